#include "log.h"
#include "config.h"
#include "moment.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *s_service = "fettle";
static log_level_t s_most = LOG_INFO;
static const char *const s_names [] = { "error", "warning", "info", "debug" };

void
log_init (const char *service)
{
    s_service = service;
    const char *level = config_text ("FETTLE_LOG", "info");
    for (int i = 0; i < 4; i++)
        if (strcmp (level, s_names [i]) == 0)
            s_most = (log_level_t) i;
}

static void
s_print_escaped (const char *text)
{
    for (const unsigned char *p = (const unsigned char *) text; *p; p++)
        if (*p == '"' || *p == '\\')
            fprintf (stderr, "\\%c", *p);
        else if (*p < 0x20)
            fprintf (stderr, "\\u%04x", *p);
        else
            fputc (*p, stderr);
}

static void
s_print_json (log_level_t level, const char *text, const char *at)
{
    fprintf (stderr, "{\"at\":\"%s\",\"level\":\"%s\",\"service\":\"%s\",\"message\":\"", at, s_names [level],
        s_service);
    s_print_escaped (text);
    fputs ("\"}\n", stderr);
}

void
log_say (log_level_t level, const char *format, ...)
{
    if (level > s_most)
        return;
    char text [2048], at [MOMENT_SIZE];
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (text, sizeof text, format, arguments);
    va_end (arguments);
    moment_print (moment_now (), at);
    if (isatty (STDERR_FILENO))
        fprintf (stderr, "%.8s %-12s %s%s\n", at + 11, s_service, level <= LOG_WARNING ? "! " : "", text);
    else
        s_print_json (level, text, at);
    fflush (stderr);
}
