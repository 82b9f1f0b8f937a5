/* postgres - a queue in a table: inserted in batches of what waits, taken with SKIP LOCKED in the transaction of the
 * effects. Nobody is told of new rows: the receiver looks each millisecond. */
#include "effect.h"
#include "pg_array.h"
#include <string.h>
#include <time.h>

enum { PENDING_MAX = 4096 };

static PGconn *s_sender;
static body_t s_pending [PENDING_MAX];
static int s_pending_count;
static bool s_in_transaction;

static void
s_make (const char *address)
{
    PGconn *conn = pg_open (address);
    pg_run (conn, "create schema if not exists bench; drop table if exists bench.queue; "
                  "create table bench.queue (number bigserial primary key, body bytea not null) "
                  "with (autovacuum_vacuum_scale_factor = 0.05)");
    PQfinish (conn);
}

static void
s_open_sender (const char *address)
{
    s_sender = pg_open (address);
    pg_prepare (s_sender, "put", "insert into bench.queue (body) select unnest ($1::bytea[])");
}

static void
s_send (const body_t *body)
{
    if (s_pending_count == PENDING_MAX)
        exchange_fail ("more than %d messages wait: give a smaller window", PENDING_MAX);
    s_pending [s_pending_count++] = *body;
}

static int
s_confirmed (int timeout_ms)
{
    static pg_array_t s_bodies;
    int count = s_pending_count < BATCH_MAX ? s_pending_count : BATCH_MAX;
    if (!count) {
        nanosleep (&(struct timespec) { 0, timeout_ms * 1000000L }, NULL);
        return 0;
    }
    pg_array_begin (&s_bodies, PG_BYTEA, count);
    for (int i = 0; i < count; i++)
        pg_array_add (&s_bodies, &s_pending [i], BODY_SIZE);
    PQclear (pg_execute (s_sender, "put", (const pg_array_t *[]) { &s_bodies }, 1));
    s_pending_count -= count;
    memmove (s_pending, s_pending + count, (size_t) s_pending_count * sizeof *s_pending);
    return count;
}

static void
s_open_receiver (const char *address)
{
    (void) address;
    pg_prepare (effect_connection (), "take", "delete from bench.queue where number in (select number from bench.queue "
        "order by number limit ($1::bigint[]) [1] for update skip locked) returning body");
}

static int
s_receive (body_t *ret_bodies, int max, int timeout_ms)
{
    static pg_array_t s_max;
    (void) timeout_ms;
    pg_array_begin (&s_max, PG_BIGINT, 1);
    pg_array_add_bigint (&s_max, max);
    pg_run (effect_connection (), "begin");
    PGresult *taken = pg_execute (effect_connection (), "take", (const pg_array_t *[]) { &s_max }, 1);
    int count = PQntuples (taken);
    for (int i = 0; i < count; i++)
        memcpy (&ret_bodies [i], PQgetvalue (taken, i, 0), BODY_SIZE);
    PQclear (taken);
    s_in_transaction = count > 0;
    if (!count) {
        pg_run (effect_connection (), "rollback");
        nanosleep (&(struct timespec) { 0, 1000000 }, NULL);
    }
    return count;
}

static void
s_acknowledge (void)
{
    if (s_in_transaction)
        pg_run (effect_connection (), "commit");
    s_in_transaction = false;
}

const exchange_t exchange_postgres = {
    .name = "postgres", .address = "connection string", .make = s_make, .open_sender = s_open_sender, .send = s_send,
    .confirmed = s_confirmed, .open_receiver = s_open_receiver, .receive = s_receive, .acknowledge = s_acknowledge };
