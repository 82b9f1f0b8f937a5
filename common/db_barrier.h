/* db_barrier - tells when what was committed without waiting for the disk is there: a commit that does wait, on a
 * connection of its own. The log is one, so what was committed before it is written before it. */
#pragma once
#include "db.h"

bool db_barrier_prepare (db_t *db);             /* once; false: see db_error */
/* For all that is committed by now, by anybody. One at a time. */
void db_barrier_begin (db_t *db);
bool db_barrier_is_done (db_t *db);             /* db_barrier_end will not wait */
bool db_barrier_end (db_t *db);                 /* false: what is on disk is not known, see db_error */
int db_barrier_file (const db_t *db);           /* readable when there is news of it */
