#include "db_barrier.h"

/* Written to the log and to no table. */
bool
db_barrier_prepare (db_t *db)
{
    db_prepare (db, "barrier", "select pg_logical_emit_message (true, 'fettle', '')");
    return db_commit (db) == DB_OK;
}

void
db_barrier_begin (db_t *db)
{
    db_send (db, "barrier", NULL, 0);
    db_commit_begin (db);
}

bool db_barrier_is_done (db_t *db) { return db_commit_is_done (db); }
bool db_barrier_end (db_t *db) { return db_commit (db) == DB_OK; }
int db_barrier_file (const db_t *db) { return db_socket (db); }
