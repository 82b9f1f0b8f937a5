#include "effect.h"
#include "pg_array.h"
#include <string.h>

static PGconn *s_conn;

void
effect_open (const char *dsn)
{
    s_conn = pg_open (dsn);
    pg_run (s_conn, "create schema if not exists bench; drop table if exists bench.effect; "
                    "create table bench.effect (id text primary key, sent_us bigint not null, body bytea not null)");
    pg_prepare (s_conn, "effect", "insert into bench.effect "
        "select * from unnest ($1::text[], $2::bigint[], $3::bytea[]) on conflict do nothing");
}

PGconn *
effect_connection (void)
{
    return s_conn;
}

void
effect_apply (const body_t *bodies, int count)
{
    static pg_array_t s_ids, s_sent, s_bodies;
    pg_array_begin (&s_ids, PG_TEXT, count);
    pg_array_begin (&s_sent, PG_BIGINT, count);
    pg_array_begin (&s_bodies, PG_BYTEA, count);
    for (int i = 0; i < count; i++) {
        pg_array_add (&s_ids, bodies [i].id, strlen (bodies [i].id));
        pg_array_add_bigint (&s_sent, bodies [i].sent_us);
        pg_array_add (&s_bodies, &bodies [i], BODY_SIZE);
    }
    PQclear (pg_execute (s_conn, "effect", (const pg_array_t *[]) { &s_ids, &s_sent, &s_bodies }, 3));
}
