#include "pg_array.h"
#include <endian.h>
#include <string.h>

static void
s_add_int (pg_array_t *self, int32_t value)
{
    uint32_t wire = htobe32 ((uint32_t) value);
    memcpy (self->bytes + self->size, &wire, sizeof wire);
    self->size += sizeof wire;
}

void
pg_array_begin (pg_array_t *self, int oid, int count)
{
    const int head [] = { count ? 1 : 0, 0, oid, count, 1 };       /* dimensions, nulls, type, length, first index */
    self->size = 0;
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        s_add_int (self, head [i]);
}

void
pg_array_add (pg_array_t *self, const void *value, size_t size)
{
    s_add_int (self, (int32_t) size);
    memcpy (self->bytes + self->size, value, size);
    self->size += size;
}

void
pg_array_add_bigint (pg_array_t *self, int64_t value)
{
    uint64_t wire = htobe64 ((uint64_t) value);
    pg_array_add (self, &wire, sizeof wire);
}

PGconn *
pg_open (const char *dsn)
{
    PGconn *conn = PQconnectdb (dsn);
    if (PQstatus (conn) != CONNECTION_OK)
        exchange_fail ("%s", PQerrorMessage (conn));
    pg_run (conn, "set client_min_messages = warning; set synchronous_commit = on; "
                  "set plan_cache_mode = force_generic_plan");
    return conn;
}

static void
s_must (PGconn *conn, const PGresult *result)
{
    ExecStatusType status = PQresultStatus (result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        exchange_fail ("Postgres: %s", PQerrorMessage (conn));
}

void
pg_run (PGconn *conn, const char *sql)
{
    PGresult *result = PQexec (conn, sql);
    s_must (conn, result);
    PQclear (result);
}

void
pg_prepare (PGconn *conn, const char *name, const char *sql)
{
    PGresult *result = PQprepare (conn, name, sql, 0, NULL);
    s_must (conn, result);
    PQclear (result);
}

PGresult *
pg_execute (PGconn *conn, const char *name, const pg_array_t *const *columns, int count)
{
    const char *values [4];
    int sizes [4], formats [4] = { 1, 1, 1, 1 };
    for (int i = 0; i < count; i++) {
        values [i] = (const char *) columns [i]->bytes;
        sizes [i] = (int) columns [i]->size;
    }
    PGresult *result = PQexecPrepared (conn, name, count, values, sizes, formats, 1);
    s_must (conn, result);
    return result;
}
