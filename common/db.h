/* db - Postgres through one connection: pipelined, prepared, set-based, binary.
 *
 * A parameter is a whole column: statements take arrays and unnest them, so that a statement costs the same round trip
 * for one row and for five hundred. Nothing is retried here: a failed connection stays failed until db_close.
 * Not thread-safe; never cancels (the outcome of a cancelled commit is unknown). */
#pragma once
#include "arena.h"
#include "entity.h"
#include <libpq-fe.h>

typedef struct db_t db_t;

/* NULL with a sentence in error when there is no connection. dsn: libpq keywords or URI. role, schema: NULL keeps
 * the dsn's. */
db_t *db_open (const char *dsn, const char *role, const char *schema, const char *password, char error [512]);
void db_close (db_t **self);
int64_t db_timeline (const db_t *self);         /* of the server when it was connected to; 0 for tools */
/* An answer that does not come within this time breaks the connection, what became of it is not known; 0: waits for
 * ever. At first DB_DEADLINE_MS for those with a schema, 0 for tools. */
void db_set_deadline (db_t *self, int deadline_ms);
bool db_is_alive (const db_t *self);
int db_backend_pid (const db_t *self);
int64_t db_round_trips (const db_t *self);      /* so far */

/* ---- columns: one array parameter, filled value by value */

typedef struct column_t column_t;
column_t *column_new (arena_t *arena, field_kind_t kind);
void column_text (column_t *self, const char *value);               /* NULL: '' */
void column_int (column_t *self, int64_t value);
void column_blob (column_t *self, const void *data, size_t size);
void column_field (column_t *self, const field_t *field, const void *row);      /* the value that the row has there */
int column_count (const column_t *self);

/* ---- pipelined work: send any number, then flush or commit, then fetch one answer for each send, in order */

void db_prepare (db_t *self, const char *name, const char *text);   /* an error shows at the next db_commit */
void db_send (db_t *self, const char *name, column_t *const *columns, int count);
void db_flush (db_t *self);
/* The answer to the oldest send, or NULL when it or one before it failed. Free with PQclear. */
PGresult *db_fetch (db_t *self);

typedef enum { DB_OK, DB_REFUSED, DB_BROKEN } db_outcome_t;
/* Ends the transaction, reads what has not been fetched. REFUSED: constraint, value or size (SQLSTATE 22, 23, 54);
 * BROKEN: anything else, the outcome may be unknown. */
db_outcome_t db_commit (db_t *self);
/* The same in two steps, for who has other things to do meanwhile: begin, and db_commit once it is done. While it is
 * under way db_socket becomes readable when there is news. */
void db_commit_begin (db_t *self);
bool db_commit_is_done (db_t *self);            /* db_commit will not wait */
int db_socket (const db_t *self);
const char *db_error (const db_t *self);        /* of the last failure, a sentence */
const char *db_sqlstate (const db_t *self);
const char *db_failed_statement (const db_t *self);

/* ---- plain statements for tools and boot: text in, text out; not in a pipeline, each its own transaction */

/* NULL on failure, see db_error. params: text values, NULL is null. */
PGresult *db_query (db_t *self, const char *sql, int count, const char *const *params);
bool db_run (db_t *self, const char *sql);      /* several statements in one transaction; false: see db_error */
#define DB_VALUE(result, row, column) PQgetvalue (result, row, column)
#define DB_ROWS(result) PQntuples (result)
#define DB_COLUMNS(result) PQnfields (result)
#define DB_NAME(result, column) PQfname (result, column)
#define DB_FREE(result) PQclear (result)

/* ---- reading binary answers */
int64_t db_read_int (const PGresult *result, int row, int column);
/* Fills the field of a struct from a column; text and blob point into the result. */
void db_read_field (const PGresult *result, int row, int column, const field_t *field, void *ret_row);
