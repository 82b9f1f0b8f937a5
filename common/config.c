#include "config.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Values live as long as the process; a few dozen settings at most. */
static const char *
s_keep (const char *value)
{
    static struct kept { struct kept *next; char value []; } *kept;
    size_t size = strlen (value) + 1;
    struct kept *one = malloc (sizeof *one + size);
    if (!one)
        abort ();
    one->next = kept;
    kept = one;
    return memcpy (one->value, value, size);
}

static const char *
s_first_line (const char *name, const char *path)
{
    char line [4096];
    FILE *file = fopen (path, "re");
    if (!file || !fgets (line, sizeof line, file)) {
        fprintf (stderr, "%s=%s can not be read: %s. Name a file that this user may read.\n", name, path,
            strerror (errno));
        exit (2);
    }
    fclose (file);
    line [strcspn (line, "\r\n")] = '\0';
    return s_keep (line);
}

const char *
config_text (const char *name, const char *fallback)
{
    const char *value = getenv (name);
    if (value && *value)
        return value;
    char file_name [128];
    snprintf (file_name, sizeof file_name, "%s_FILE", name);
    const char *path = getenv (file_name);
    return path && *path ? s_first_line (file_name, path) : fallback;
}

int64_t
config_int (const char *name, int64_t fallback, int64_t min, int64_t max)
{
    const char *text = config_text (name, NULL);
    if (!text)
        return fallback;
    char *end;
    errno = 0;
    long long value = strtoll (text, &end, 10);
    if (errno || end == text || *end || value < min || value > max) {
        fprintf (stderr, "%s=%s: give a whole number from %lld to %lld.\n", name, text, (long long) min,
            (long long) max);
        exit (2);
    }
    return value;
}

bool
config_is_on (const char *name)
{
    static const char *const words [] = { "1", "yes", "true", "on" };
    const char *value = config_text (name, "");
    for (int i = 0; i < 4; i++)
        if (strcasecmp (value, words [i]) == 0)
            return true;
    return false;
}
