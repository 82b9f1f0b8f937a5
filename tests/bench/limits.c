/* limits - what this machine can do at all: raw ZeroMQ, a small write on the disk, single-row commits, batched commits.
 * Prints "name figure unit" lines.
 *
 *   limits DSN DIRECTORY      DIRECTORY: for an ipc socket and a file */
#include "check.h"
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

int
main (int argc, char **argv)
{
    if (argc != 3)
        return fprintf (stderr, "usage: limits DSN DIRECTORY\n"), 2;
    s_raw_pair (argv [2]);
    s_sync (argv [2]);
    s_commits (argv [1]);
    return 0;
}
