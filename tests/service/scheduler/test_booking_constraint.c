/* The last wall: what the database itself refuses, whoever writes. Needs a real Postgres, FETTLE_TEST_DSN, as a role
 * that may create schemas and extensions. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "db.h"
#include "migration.h"

enum { WRITERS = 64 };

static char s_schema [64];

typedef struct {
    int number;
    const char *sql;                /* with one %d: the writer's number */
    pthread_barrier_t *start;
    bool connected, won;
    char sqlstate [6], error [512];
} writer_t;

static db_t *
s_open (char error [512])
{
    const char *dsn = getenv ("FETTLE_TEST_DSN");
    if (!dsn)
        return snprintf (error, 512, "FETTLE_TEST_DSN is not set: give it the DSN of a Postgres for tests"), NULL;
    return db_open (dsn, NULL, s_schema, NULL, error);
}

static db_t *
s_open_or_fail (void)
{
    char error [512] = "";
    db_t *db = s_open (error);
    if (!db)
        fail_msg ("%s", error);
    return db;
}

static void
s_run (db_t *db, const char *sql)
{
    if (!db_run (db, sql))
        fail_msg ("%s", db_error (db));
}

static int
s_count (db_t *db, const char *sql)
{
    PGresult *rows = db_query (db, sql, 0, NULL);
    if (!rows)
        fail_msg ("%s", db_error (db));
    int count = (int) strtol (DB_VALUE (rows, 0, 0), NULL, 10);
    PQclear (rows);
    return count;
}

/* A schema of its own with the scheduler's tables, made from the text that the programs carry. */
static int
s_setup (void **state)
{
    char sql [200];
    snprintf (s_schema, sizeof s_schema, "booking_constraint_%d", (int) getpid ());
    db_t *db = s_open_or_fail ();
    s_run (db, "create extension if not exists btree_gist schema public");
    snprintf (sql, sizeof sql, "create schema %s", s_schema);
    s_run (db, sql);
    for (const migration_t *migration = migrations_all; migration->text; migration++)
        if (strcmp (migration->service, "scheduler") == 0)
            s_run (db, migration->text);
    *state = db;
    return 0;
}

static int
s_teardown (void **state)
{
    char sql [200];
    db_t *db = *state;
    snprintf (sql, sizeof sql, "drop schema %s cascade", s_schema);
    bool dropped = db_run (db, sql);
    db_close (&db);
    return dropped ? 0 : -1;
}

static void *
s_write (void *argument)
{
    writer_t *self = argument;
    char sql [600];
    db_t *db = s_open (self->error);
    self->connected = db != NULL;
    snprintf (sql, sizeof sql, self->sql, self->number, self->number);
    pthread_barrier_wait (self->start);
    if (!db)
        return NULL;
    self->won = db_run (db, sql);
    snprintf (self->sqlstate, sizeof self->sqlstate, "%s", self->won ? "" : db_sqlstate (db));
    snprintf (self->error, sizeof self->error, "%.500s", self->won ? "" : db_error (db));
    db_close (&db);
    return NULL;
}

/* Lets all writers loose at once; how many won. Losers must have lost to a constraint, or to Postgres untying writers
 * that wait for each other. */
static int
s_race (const char *sql, const char *constraint_sqlstate)
{
    pthread_t threads [WRITERS];
    writer_t writers [WRITERS];
    pthread_barrier_t start;
    int won = 0;
    pthread_barrier_init (&start, NULL, WRITERS);
    for (int i = 0; i < WRITERS; i++) {
        writers [i] = (writer_t) { .number = i, .sql = sql, .start = &start };
        assert_int_equal (pthread_create (&threads [i], NULL, s_write, &writers [i]), 0);
    }
    for (int i = 0; i < WRITERS; i++)
        pthread_join (threads [i], NULL);
    pthread_barrier_destroy (&start);
    for (int i = 0; i < WRITERS; i++) {
        won += writers [i].won;
        if (!writers [i].connected || (!writers [i].won && strcmp (writers [i].sqlstate, constraint_sqlstate) != 0
            && strcmp (writers [i].sqlstate, "40P01") != 0))
            fail_msg ("writer %d: %s %s", i, writers [i].sqlstate, writers [i].error);
    }
    return won;
}

static void
test_g5_of_64_parallel_writers_with_overlapping_bookings_exactly_one_wins (void **state)
{
    int won = s_race ("insert into booking (id, resource_id, state, starts_at, ends_at) values ('race-%d', 'anna', 1, "
        "timestamptz '2026-06-08 09:00Z' + %d * interval '30 seconds', '2026-06-08 10:00Z')", "23P01");
    assert_int_equal (won, 1);
    assert_int_equal (s_count (*state, "select count (*) from booking where id like 'race-%'"), 1);
}

static void
test_g5_of_64_parallel_writers_of_one_tool_or_one_vehicle_exactly_one_wins (void **state)
{
    int tool = s_race ("insert into booking (id, kind, resource_id, state, starts_at, ends_at) values ('tool-%d', 2, "
        "'meter', 1, timestamptz '2026-06-08 09:00Z' + %d * interval '30 seconds', '2026-06-08 10:00Z')", "23P01");
    int vehicle = s_race ("insert into booking (id, kind, resource_id, state, starts_at, ends_at) values ('van-%d', 3, "
        "'van', 2, timestamptz '2026-06-08 00:00Z' + %d * interval '1 minute', '2026-06-09 00:00Z')", "23P01");
    assert_int_equal (tool, 1);
    assert_int_equal (vehicle, 1);
    assert_int_equal (s_count (*state, "select count (*) from booking where kind in (2, 3)"), 2);
}

static void
test_g5_a_tool_and_an_engineer_of_the_same_id_do_not_stand_in_each_others_way (void **state)
{
    s_run (*state, "insert into booking (id, kind, resource_id, state, starts_at, ends_at) "
        "select 'same-' || k, k, 'x1', 1, '2026-06-08 09:00Z', '2026-06-08 10:00Z' from generate_series (1, 4) k");
    assert_int_equal (s_count (*state, "select count (*) from booking where resource_id = 'x1'"), 4);
}

static void
test_f2_of_64_parallel_writers_of_one_occurrence_exactly_one_wins (void **state)
{
    int won = s_race ("insert into plan_occurrence (id, plan_id, due_on, due_at, tolerance_ms, state, in_time) values "
        "('other-key-%d', 'p1', '2026-06-08', now (), 0, 1, false)", "23505");
    assert_int_equal (won, 1);
    assert_int_equal (s_count (*state, "select count (*) from plan_occurrence"), 1);
}

static void
test_g5_released_finished_and_refused_bookings_do_not_stand_in_the_way (void **state)
{
    s_run (*state, "insert into booking (id, resource_id, state, starts_at, ends_at) select 'past-' || s, 'bo', s, "
        "'2026-06-08 09:00Z', '2026-06-08 10:00Z' from generate_series (2, 5) s");
    s_run (*state, "insert into booking (id, resource_id, state, starts_at, ends_at) values "
        "('touching', 'bo', 1, '2026-06-08 10:00Z', '2026-06-08 11:00Z'), "
        "('other', 'carl', 1, '2026-06-08 09:00Z', '2026-06-08 10:00Z')");
    assert_int_equal (s_count (*state, "select count (*) from booking where resource_id in ('bo', 'carl')"), 6);
}

static void
test_g5_held_and_confirmed_bookings_exclude_each_other (void **state)
{
    s_run (*state, "insert into booking (id, resource_id, state, starts_at, ends_at) values "
        "('held', 'dora', 1, '2026-06-08 09:00Z', '2026-06-08 10:00Z')");
    assert_false (db_run (*state, "insert into booking (id, resource_id, state, starts_at, ends_at) values "
        "('confirmed', 'dora', 2, '2026-06-08 09:59:59.999Z', '2026-06-08 11:00Z')"));
    assert_string_equal (db_sqlstate (*state), "23P01");
    assert_non_null (strstr (db_error (*state), "booking_never_overlaps"));
}

static void
test_g5_one_statement_may_give_back_and_take_the_same_time_in_any_order_of_rows (void **state)
{
    s_run (*state, "insert into booking (id, resource_id, state, starts_at, ends_at) values "
        "('x', 'emil', 1, '2026-06-08 09:00Z', '2026-06-08 10:00Z'), "
        "('y', 'emil', 1, '2026-06-08 10:00Z', '2026-06-08 11:00Z')");
    s_run (*state, "update booking as b set starts_at = o.starts_at, ends_at = o.ends_at from booking as o "
        "where b.resource_id = 'emil' and o.resource_id = 'emil' and o.id <> b.id");
    assert_int_equal (s_count (*state, "select extract (hour from starts_at at time zone 'UTC')::int from booking "
        "where id = 'x'"), 10);
}

static void
test_g5_a_booking_ends_after_it_starts (void **state)
{
    assert_false (db_run (*state, "insert into booking (id, resource_id, state, starts_at, ends_at) values "
        "('backwards', 'fay', 1, '2026-06-08 10:00Z', '2026-06-08 10:00Z')"));
    assert_string_equal (db_sqlstate (*state), "23514");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_g5_of_64_parallel_writers_with_overlapping_bookings_exactly_one_wins),
        cmocka_unit_test (test_g5_of_64_parallel_writers_of_one_tool_or_one_vehicle_exactly_one_wins),
        cmocka_unit_test (test_g5_a_tool_and_an_engineer_of_the_same_id_do_not_stand_in_each_others_way),
        cmocka_unit_test (test_f2_of_64_parallel_writers_of_one_occurrence_exactly_one_wins),
        cmocka_unit_test (test_g5_released_finished_and_refused_bookings_do_not_stand_in_the_way),
        cmocka_unit_test (test_g5_held_and_confirmed_bookings_exclude_each_other),
        cmocka_unit_test (test_g5_one_statement_may_give_back_and_take_the_same_time_in_any_order_of_rows),
        cmocka_unit_test (test_g5_a_booking_ends_after_it_starts),
    };
    return cmocka_run_group_tests (tests, s_setup, s_teardown);
}
