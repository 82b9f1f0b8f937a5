#include "db_dsn.h"
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

bool
db_dsn_get (const char *dsn, const char *keyword, char *ret_value, size_t size)
{
    PQconninfoOption *options = PQconninfoParse (dsn, NULL);
    bool is_found = false;
    for (PQconninfoOption *o = options; o && o->keyword && !is_found; o++)
        if (strcmp (o->keyword, keyword) == 0 && o->val) {
            snprintf (ret_value, size, "%s", o->val);
            is_found = true;
        }
    PQconninfoFree (options);
    return is_found;
}

/* In both forms the last mention of a keyword wins. */
void
db_dsn_set (const char *dsn, const char *keyword, const char *value, char *ret_dsn, size_t size)
{
    bool is_uri = strncmp (dsn, "postgresql://", 13) == 0 || strncmp (dsn, "postgres://", 11) == 0;
    const char *separator = !is_uri ? " " : strchr (dsn, '?') ? "&" : "?";
    snprintf (ret_dsn, size, "%s%s%s=%s", dsn, separator, keyword, value);
}
