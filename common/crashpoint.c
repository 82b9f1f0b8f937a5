#include "crashpoint.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef FETTLE_CRASHPOINTS
void
crashpoint_reached (const char *name)
{
    static const char *where;
    static long left;
    if (!where) {
        const char *wanted = getenv ("FETTLE_CRASH_AT"), *colon = wanted ? strchr (wanted, ':') : NULL;
        where = wanted ? strndup (wanted, colon ? (size_t) (colon - wanted) : strlen (wanted)) : "";
        left = colon ? strtol (colon + 1, NULL, 10) : 1;
    }
    if (*where && strcmp (where, name) == 0 && --left == 0)
        _exit (137);
}
#else
typedef int crashpoint_none_t;
#endif
