/* pg_array - columns of values as binary parameters of Postgres, and statements that must succeed. */
#pragma once
#include "exchange.h"
#include <libpq-fe.h>

enum { PG_BYTEA = 17, PG_BIGINT = 20, PG_TEXT = 25 };       /* oids */

typedef struct { uint8_t bytes [20 + BATCH_MAX * (BODY_SIZE + 4)]; size_t size; } pg_array_t;

void pg_array_begin (pg_array_t *self, int oid, int count);
void pg_array_add (pg_array_t *self, const void *value, size_t size);
void pg_array_add_bigint (pg_array_t *self, int64_t value);

PGconn *pg_open (const char *dsn);
void pg_run (PGconn *conn, const char *sql);
void pg_prepare (PGconn *conn, const char *name, const char *sql);
/* Binary result, for PQclear. */
PGresult *pg_execute (PGconn *conn, const char *name, const pg_array_t *const *columns, int count);
