/* db_lease - one writer a schema. The row says who; the epoch goes up each time it changes hands, and every turn
 * checks it. */
#pragma once
#include "db.h"

typedef struct { int64_t epoch, last_sequence; } lease_t;
typedef enum { LEASE_TAKEN, LEASE_HELD_BY_OTHER, LEASE_BROKEN } lease_result_t;

/* Free: never held, given back, not renewed for 8 s, its holder's connection gone, or held by this very holder. */
lease_result_t db_lease_take (db_t *db, const char *holder, lease_t *ret_lease);
void db_lease_release (db_t *db, const char *holder);
