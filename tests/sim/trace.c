/* trace - what happened, in sentences: the last ones are kept, all are printed when asked for. */
#include "world.h"
#include "moment.h"
#include "check.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT = 4096, LINE = 600 };

void
trace_begin (sim_t *sim)
{
    if (!sim->options.tell)
        return;
    sim->lines = calloc (KEPT, sizeof *sim->lines);
    check (sim->lines);
}

static void
s_say (const char *format, va_list arguments)
{
    char at [MOMENT_SIZE], text [LINE], **slot = &world->lines [world->line_count++ % KEPT];
    moment_print (world->now, at);
    int used = snprintf (text, sizeof text, "%8lld  %.10s %.12s  ", (long long) world->result->steps, at, at + 11);
    vsnprintf (text + used, sizeof text - (size_t) used, format, arguments);
    free (*slot);
    *slot = strdup (text);
    if (world->options.trace)
        puts (text);
}

void
trace_say (const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    s_say (format, arguments);
    va_end (arguments);
}

void
sim_say (sim_t *sim, const char *format, ...)
{
    if (!sim->options.tell)
        return;
    va_list arguments;
    va_start (arguments, format);
    s_say (format, arguments);
    va_end (arguments);
}

void
trace_print (const sim_t *sim, int last)
{
    int from = sim->line_count > last ? sim->line_count - last : 0;
    for (int i = from; i < sim->line_count; i++)
        printf ("#   %s\n", sim->lines [i % KEPT]);
}
