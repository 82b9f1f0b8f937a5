/* test_timer_index - the index of due times in a real Redis (FETTLE_TEST_REDIS), made from a real Postgres
 * (FETTLE_TEST_DSN). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "db_lease.h"
#include "engine.h"
#include "migration.h"
#include "timer_index.h"

#define NOW INT64_C (1780905600000)
#define FAR INT64_C (4102444800000)

enum { EPOCH = 1 };

static void
on_start_work (tx_t *tx, const start_work_t *command)
{
    tx_timer_set (tx, "lost", command->visit_id, tx_now (tx) + 1000);
}

static void
on_finish_work (tx_t *tx, const finish_work_t *command)
{
    tx_timer_clear (tx, "lost", command->visit_id);
}

static void
on_lost (tx_t *tx, const wakeup_t *wakeup)
{
    tx_emit (tx, visit_work_started (.visit_id = wakeup->id));
}

static const handler_t s_handlers [] = {
    COMMAND (start_work, on_start_work), COMMAND (finish_work, on_finish_work), TIMER ("lost", on_lost), { 0 } };
static const entity_t *const s_entities [] = { NULL };
static const service_t s_service = { .name = "parcels", .handlers = s_handlers, .entities = s_entities };

typedef struct {
    db_t *db;
    store_t *store;
    redis_t *redis;
    engine_t engine;
    timer_index_t index;
    int said;                           /* events of the turns so far */
    char schema [32];
    arena_t *arena;
} world_t;

static void
s_run (db_t *db, const char *sql)
{
    if (!db_run (db, sql))
        fail_msg ("%s", db_error (db));
}

static int
s_setup (void **state)
{
    static int serial;
    const char *dsn = getenv ("FETTLE_TEST_DSN"), *redis = getenv ("FETTLE_TEST_REDIS");
    char error [512], sql [128];
    lease_t lease;
    if (!dsn || !redis)
        fail_msg ("FETTLE_TEST_DSN and FETTLE_TEST_REDIS name no servers: run this through tests/run");
    world_t *world = calloc (1, sizeof *world);
    snprintf (world->schema, sizeof world->schema, "index_%d_%d", (int) getpid (), serial++);
    world->db = db_open (dsn, NULL, world->schema, NULL, error);
    assert_non_null (world->db);
    snprintf (sql, sizeof sql, "create schema %s", world->schema);
    s_run (world->db, sql);
    for (const migration_t *m = migrations_all; m->name; m++)
        if (!*m->service)
            s_run (world->db, m->text);
    assert_int_equal (db_lease_take (world->db, "me", &lease), LEASE_TAKEN);
    world->store = db_store_new (world->db, &s_service, lease.epoch, error);
    if (!world->store)
        fail_msg ("%s", error);
    engine_init (&world->engine, &s_service, world->store, 7);
    world->redis = redis_new (redis, "");
    timer_index_init (&world->index, &s_service, world->redis, EPOCH);
    world->arena = arena_new ();
    *state = world;
    return 0;
}

static int
s_teardown (void **state)
{
    world_t *world = *state;
    char sql [96];
    snprintf (sql, sizeof sql, "drop schema %s cascade", world->schema);
    s_run (world->db, sql);
    engine_free (&world->engine);
    db_store_destroy (&world->store);
    db_close (&world->db);
    redis_destroy (&world->redis);
    arena_destroy (&world->arena);
    free (world);
    return 0;
}

static void
s_make (world_t *world)
{
    while (timer_index_make (&world->index, world->store))
        ;
}

static int
s_by_id (const void *left, const void *right)
{
    return strcmp (((const wakeup_row_t *) left)->id, ((const wakeup_row_t *) right)->id);
}

static void
assert_same_as_postgres (world_t *world, int count)
{
    due_t index = timer_index_due (&world->index, world->arena, 1, FAR, count + 1);
    due_t truth = db_store_due (world->store, world->arena, 1, FAR, count + 1);
    assert_true (index.ok && truth.ok);
    assert_int_equal (truth.count, count);
    assert_int_equal (index.count, count);
    for (int i = 1; i < index.count; i++)
        assert_true (index.rows [i - 1].due_at <= index.rows [i].due_at);
    qsort (index.rows, (size_t) count, sizeof *index.rows, s_by_id);
    qsort (truth.rows, (size_t) count, sizeof *truth.rows, s_by_id);
    for (int i = 0; i < count; i++) {
        assert_string_equal (index.rows [i].id, truth.rows [i].id);
        assert_int_equal (index.rows [i].due_at, truth.rows [i].due_at);
    }
}

static void
s_note (void *closure, const outcome_t *outcome)
{
    world_t *world = closure;
    world->said += outcome->event_count;
    timer_index_note (&world->index, outcome->tx);
}

static void
s_turn (world_t *world, int64_t now, message_t message)
{
    assert_int_equal (engine_turn (&world->engine, now, &message, 1, s_note, world), STORE_OK);
    engine_next (&world->engine);
}

static void
s_start (world_t *world, int64_t now, const char *id)
{
    start_work_t body = { .base = start_work_init, .visit_id = (char *) id };
    s_turn (world, now, (message_t) { .origin = ORIGIN_COMMAND, .handler = &s_handlers [0], .body = &body,
        .id = arena_printf (world->arena, "start-%s-%lld", id, (long long) now), .actor = "", .correlation = "",
        .type = start_work_descriptor.name, .raw = { (const uint8_t *) "", 0 } });
}

static void
s_finish (world_t *world, int64_t now, const char *id)
{
    finish_work_t body = { .base = finish_work_init, .visit_id = (char *) id };
    s_turn (world, now, (message_t) { .origin = ORIGIN_COMMAND, .handler = &s_handlers [1], .body = &body,
        .id = arena_printf (world->arena, "finish-%s", id), .actor = "", .correlation = "",
        .type = finish_work_descriptor.name, .raw = { (const uint8_t *) "", 0 } });
}

static void
s_hint (world_t *world, int64_t now, const char *id, int64_t due_at)
{
    wakeup_t wakeup = { "lost", (char *) id, due_at, 0 };
    s_turn (world, now, (message_t) { .origin = ORIGIN_TIMER, .handler = &s_handlers [2], .body = &wakeup,
        .id = arena_printf (world->arena, "lost:%s", id), .actor = "", .correlation = "", .type = "timer",
        .raw = { (const uint8_t *) "", 0 } });
}

/* Ids as they are in life, some without a UUID, and more of one instant than a page holds. */
static void
test_an_index_made_page_by_page_has_every_timer_of_postgres_and_its_instant (void **state)
{
    world_t *world = *state;
    s_run (world->db, "insert into timer select 'threshold:' || gen_random_uuid () || ':ACCEPT', "
        "timestamptz '2027-01-01' + n * interval '37 milliseconds' from generate_series (1, 5000) n");
    s_run (world->db, "insert into timer select 'threshold:' || gen_random_uuid () || ':COMPLETE', '2027-01-01' "
        "from generate_series (1, 3000)");
    s_run (world->db, "insert into timer values ('sweep:calendar:it', '2026-12-01'), ('gauge:a:' || gen_random_uuid () "
        "|| ':' || gen_random_uuid (), '2026-12-01'), ('lost:0123-4567', '2027-12-01'), ('lost:ABCDEF01-2345-6789-ABCD-"
        "EF0123456789', '2027-12-01'), ('lost:', '2027-12-01')");
    s_make (world);
    assert_same_as_postgres (world, 8005);
}

static void
test_an_index_that_is_not_whole_has_no_answer (void **state)
{
    world_t *world = *state;
    s_run (world->db, "insert into timer select 'lost:' || n, timestamptz '2027-01-01' + n * interval '1 second' "
        "from generate_series (1, 5000) n");
    assert_false (timer_index_due (&world->index, world->arena, 1, FAR, 10).ok);
    assert_true (timer_index_make (&world->index, world->store));
    assert_false (timer_index_due (&world->index, world->arena, 1, FAR, 10).ok);
    s_make (world);
    assert_true (timer_index_due (&world->index, world->arena, 1, FAR, 10).ok);
}

static void
test_an_index_that_was_flushed_or_belongs_to_another_lease_is_made_again (void **state)
{
    world_t *world = *state;
    s_run (world->db, "insert into timer select 'lost:' || n, timestamptz '2027-01-01' + n * interval '1 second' "
        "from generate_series (1, 10) n");
    s_make (world);
    assert_non_null (redis_text (world->redis, "FLUSHALL"));
    assert_false (timer_index_due (&world->index, world->arena, 1, FAR, 10).ok);
    s_make (world);
    assert_same_as_postgres (world, 10);
    timer_index_t other;
    timer_index_init (&other, &s_service, world->redis, EPOCH + 1);
    while (timer_index_make (&other, world->store))
        ;
    assert_false (timer_index_due (&world->index, world->arena, 1, FAR, 10).ok);
    assert_true (timer_index_due (&other, world->arena, 1, FAR, 10).ok);
}

/* Also of a page that was made before the turn. */
static void
test_what_a_turn_sets_moves_and_clears_is_in_the_index_with_its_commit (void **state)
{
    world_t *world = *state;
    s_run (world->db, "insert into timer select 'lost:' || n, timestamptz '2027-01-01' + n * interval '1 second' "
        "from generate_series (1, 5000) n");
    assert_true (timer_index_make (&world->index, world->store));
    s_start (world, NOW, "new");
    s_finish (world, NOW, "7");
    s_start (world, NOW, "4999");
    s_make (world);
    s_start (world, NOW, "newer");
    s_finish (world, NOW, "4998");
    assert_same_as_postgres (world, 5000);
}

/* The window may still have a hint from before it was moved. */
static void
test_n3_a_hint_from_before_a_timer_was_moved_fires_nothing_and_loses_nothing (void **state)
{
    world_t *world = *state;
    s_make (world);
    s_start (world, NOW, "v");
    s_start (world, NOW + 500, "v");
    s_hint (world, NOW + 1000, "v", NOW + 1000);
    assert_int_equal (world->said, 0);
    assert_same_as_postgres (world, 1);
    s_hint (world, NOW + 1500, "v", NOW + 1500);
    assert_int_equal (world->said, 1);
    assert_same_as_postgres (world, 0);
}

int
main (void)
{
#define T(name) cmocka_unit_test_setup_teardown (name, s_setup, s_teardown)
    const struct CMUnitTest tests [] = {
        T (test_an_index_made_page_by_page_has_every_timer_of_postgres_and_its_instant),
        T (test_an_index_that_is_not_whole_has_no_answer),
        T (test_an_index_that_was_flushed_or_belongs_to_another_lease_is_made_again),
        T (test_what_a_turn_sets_moves_and_clears_is_in_the_index_with_its_commit),
        T (test_n3_a_hint_from_before_a_timer_was_moved_fires_nothing_and_loses_nothing),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
