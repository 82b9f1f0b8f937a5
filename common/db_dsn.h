/* db_dsn - reading and changing a libpq connection string: keywords or URI. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* The value a keyword has in dsn; false: it has none, or dsn is no connection string. */
bool db_dsn_get (const char *dsn, const char *keyword, char *ret_value, size_t size);
/* The same dsn with another value, which must need no quoting. */
void db_dsn_set (const char *dsn, const char *keyword, const char *value, char *ret_dsn, size_t size);
