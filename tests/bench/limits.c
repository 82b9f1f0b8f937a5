/* limits - what this machine can do at all: raw ZeroMQ, a small write on the disk, single-row commits, batched commits,
 * and what a message of the two services leaves in Postgres, with nothing around it.
 * Prints "name figure unit" lines.
 *
 *   limits DSN DIRECTORY      DIRECTORY: for an ipc socket and a file */
#include "check.h"
#include "db.h"
#include <fcntl.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

enum { TURNS = 60, TURN = 512, EVENT_SIZE = 400 };
enum { MESSAGES = 300000, MESSAGE_SIZE = 200, COMMITS = 1000, BATCHES = 60, BATCH = 256, WRITES = 500 };

static double
s_now (void)
{
    struct timespec t;
    clock_gettime (CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

static char s_address [256];

static void *
s_push (void *context)
{
    void *socket = zmq_socket (context, ZMQ_PUSH);
    char message [MESSAGE_SIZE] = { 0 };
    check (zmq_connect (socket, s_address) == 0);
    for (int i = 0; i < MESSAGES; i++)
        zmq_send (socket, message, sizeof message, 0);
    zmq_close (socket);
    return NULL;
}

static void
s_raw_pair (const char *directory)
{
    void *context = zmq_ctx_new (), *socket = zmq_socket (context, ZMQ_PULL);
    snprintf (s_address, sizeof s_address, "ipc://%s/limits", directory);
    check (zmq_bind (socket, s_address) == 0);
    pthread_t pusher;
    char message [MESSAGE_SIZE];
    double began = s_now ();
    check (pthread_create (&pusher, NULL, s_push, context) == 0);
    for (int i = 0; i < MESSAGES; i++)
        zmq_recv (socket, message, sizeof message, 0);
    printf ("zeromq_pair %.0f messages/s\n", MESSAGES / (s_now () - began));
    pthread_join (pusher, NULL);
    zmq_close (socket);
    zmq_ctx_term (context);
}

static int
s_by_value (const void *left, const void *right)
{
    double l = *(const double *) left, r = *(const double *) right;
    return (l > r) - (l < r);
}

/* The median of a message's worth of bytes appended and on the disk. */
static void
s_sync (const char *directory)
{
    char path [256], message [MESSAGE_SIZE] = { 0 };
    double seconds [WRITES];
    snprintf (path, sizeof path, "%s/limits.sync", directory);
    int file = open (path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    check (file >= 0);
    for (int i = 0; i < WRITES; i++) {
        double began = s_now ();
        check (write (file, message, sizeof message) == sizeof message && fdatasync (file) == 0);
        seconds [i] = s_now () - began;
    }
    close (file);
    unlink (path);
    qsort (seconds, WRITES, sizeof *seconds, s_by_value);
    printf ("fsync_time %.3f ms\n", seconds [WRITES / 2] * 1000);
}

static void
s_run (PGconn *conn, const char *sql)
{
    PGresult *result = PQexec (conn, sql);
    check (PQresultStatus (result) == PGRES_COMMAND_OK || PQresultStatus (result) == PGRES_TUPLES_OK);
    PQclear (result);
}

static void
s_commits (const char *dsn)
{
    PGconn *conn = PQconnectdb (dsn);
    check (PQstatus (conn) == CONNECTION_OK);
    s_run (conn, "set client_min_messages = error; drop table if exists bench_limit; "
                 "create table bench_limit (id bigserial primary key, body text)");
    double began = s_now ();
    for (int i = 0; i < COMMITS; i++)
        s_run (conn, "insert into bench_limit (body) values (repeat ('x', 200))");
    double each = (s_now () - began) / COMMITS;
    printf ("single_commit %.0f commits/s\ncommit_time %.3f ms\n", 1 / each, each * 1000);
    char sql [160];
    snprintf (sql, sizeof sql, "insert into bench_limit (body) select repeat ('x', 200) from unnest ((select "
        "array_agg (g) "
              "from generate_series (1, %d) g))", BATCH);
    began = s_now ();
    for (int i = 0; i < BATCHES; i++)
        s_run (conn, sql);
    printf ("batched_commit %.0f rows/s\n", BATCHES * BATCH / (s_now () - began));
    s_run (conn, "drop table bench_limit");
    PQfinish (conn);
}

/* ---- the rows of a message, in turns as large as those of a service */

static const char s_tables [] =
    "drop schema if exists bench_rows cascade; create schema bench_rows; set search_path = bench_rows;"
    "create table parcel (id text primary key, sent_us bigint not null, body bytea not null);"
    "create table reply (id text primary key, body_hash text not null, status bigint not null, code text not null, "
    "message text not null, subject text not null, at timestamptz, last_sequence bigint not null);"
    "create table segment (last_sequence bigint primary key, first_sequence bigint not null unique, "
    "recorded_at timestamptz not null, events bytea not null);"
    "alter table segment alter column events set compression lz4;";

static void
s_prepare (db_t *db)
{
    db_prepare (db, "row", "insert into bench_rows.parcel select unnest ($1::text[]), unnest ($2::bigint[]), "
                "unnest ($3::bytea[])");
    db_prepare (db, "answer", "insert into bench_rows.reply select unnest ($1::text[]), unnest ($2::text[]), "
                "unnest ($3::bigint[]), unnest ($4::text[]), unnest ($5::text[]), unnest ($6::text[]), "
                "unnest ($7::timestamptz[]), unnest ($8::bigint[])");
    db_prepare (db, "events", "insert into bench_rows.segment select unnest ($1::bigint[]), unnest ($2::bigint[]), "
                "unnest ($3::timestamptz[]), unnest ($4::bytea[])");
    check (db_commit (db) == DB_OK);
}

static char s_bytes [TURN * EVENT_SIZE];        /* nothing that gets smaller */

static void
s_make_bytes (void)
{
    uint64_t chance = 1;
    for (size_t i = 0; i < sizeof s_bytes; i += sizeof chance) {
        chance = chance * 6364136223846793005u + 1442695040888963407u;
        uint64_t mixed = chance ^ chance >> 29;
        memcpy (s_bytes + i, &mixed, sizeof mixed);
    }
}

static void
s_fill (arena_t *arena, const char *kinds, int first, int count, column_t *ret_columns [8])
{
    static const field_kind_t kind_of [128] = { ['i'] = FIELD_text, ['h'] = FIELD_text, ['e'] = FIELD_text,
        ['n'] = FIELD_int, ['t'] = FIELD_time, ['b'] = FIELD_blob, ['s'] = FIELD_blob };
    for (int c = 0; kinds [c]; c++) {
        column_t *column = ret_columns [c] = column_new (arena, kind_of [(int) kinds [c]]);
        for (int i = first; i < first + count; i++)
            switch (kinds [c]) {
            case 'i': column_text (column, arena_printf (arena, "0123456789abcdef:%d", i)); break;
            case 'h': column_text (column, "0123456789abcdef0123456789abcdef"); break;
            case 'e': column_text (column, ""); break;
            case 't': column_int (column, INT64_C (1780905600000) + i); break;
            case 'b': column_blob (column, s_bytes + (i - first) * MESSAGE_SIZE, MESSAGE_SIZE); break;
            case 's': column_blob (column, s_bytes, TURN * EVENT_SIZE / 2); break;
            default: column_int (column, i);
            }
    }
}

static void
s_send (db_t *db, arena_t *arena, const char *name, const char *kinds, int first, int count)
{
    column_t *columns [8];
    s_fill (arena, kinds, first, count, columns);
    db_send (db, name, columns, (int) strlen (kinds));
}

static void
s_rows (const char *dsn, const char *figure, bool is_accepted)
{
    char error [512];
    db_t *db = db_open (dsn, NULL, NULL, NULL, error);
    arena_t *arena = arena_new ();
    check (db && db_run (db, s_tables));
    s_prepare (db);
    double began = s_now ();
    for (int turn = 0; turn < TURNS; turn++) {
        s_send (db, arena, "row", "inb", turn * TURN, TURN);
        if (is_accepted) {
            s_send (db, arena, "answer", "ihneeitn", turn * TURN, TURN);
            s_send (db, arena, "events", "nnts", turn * 2, 2);
        }
        check (db_commit (db) == DB_OK);
        arena_reset (arena);
    }
    printf ("%s %.0f messages/s\n", figure, TURNS * TURN / (s_now () - began));
    check (db_run (db, "drop schema bench_rows cascade"));
    arena_destroy (&arena);
    db_close (&db);
}

int
main (int argc, char **argv)
{
    if (argc != 3)
        return fprintf (stderr, "usage: limits DSN DIRECTORY\n"), 2;
    s_raw_pair (argv [2]);
    s_sync (argv [2]);
    s_commits (argv [1]);
    s_make_bytes ();
    s_rows (argv [1], "accepted_rows", true);
    s_rows (argv [1], "applied_rows", false);
    return 0;
}
