/* test_db_store - the turn over a real Postgres (FETTLE_TEST_DSN): round trips, fence, halving, outbox, cursors,
 * letters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "db_barrier.h"
#include "db_lease.h"
#include "db_store.h"
#include "engine.h"
#include "migration.h"

#define PARCEL_FIELDS(F, T) \
    F (T, text, id) F (T, text, owner) F (T, enum, state) F (T, int, weight_g) F (T, bool, is_fragile) \
    F (T, real, volume) F (T, time, sent_at) F (T, blob, label)
ENTITY_STRUCT (parcel, PARCEL_FIELDS);
ENTITY_TABLE (parcel, PARCEL_FIELDS, "owner");
#define RULE_FIELDS(F, T) F (T, text, id) F (T, int, amount)
ENTITY_STRUCT (rule, RULE_FIELDS);
ENTITY_CACHED (rule, RULE_FIELDS);

static const char s_tables [] =
    "create table parcel (id text primary key, owner text not null, state integer not null, weight_g bigint not null "
        "check (weight_g >= 0), "
    "is_fragile boolean not null, volume float8 not null, sent_at timestamptz, label bytea not null);"
    "create index on parcel (owner) where owner <> '';"
    "create table rule (id text primary key, amount bigint not null);"
    "insert into rule values ('a', 40), ('b', 2)";

/* Puts or changes a parcel: engineer_id is the owner, visit_id the parcel; "minus" breaks the check, "twice" says it
 * twice, "elsewhere" in another story. */
static void
on_start_work (tx_t *tx, const start_work_t *command)
{
    int64_t amount = 0;
    EACH (rule, rule, tx_all (tx, rule))
        amount += rule->amount;
    parcel_t *parcel = tx_need (tx, parcel, command->visit_id);
    parcel->owner = command->engineer_id;
    parcel->weight_g = strcmp (command->engineer_id, "minus") == 0 ? -1
                     : amount + tx_find (tx, parcel, owner, command->engineer_id).count;
    parcel->state = VISIT_STATE_WORKING;
    parcel->is_fragile = true;
    parcel->volume = 0.1;
    parcel->sent_at = INT64_C (1780905600123);
    parcel->label = tx_pack (tx, cost_term (.term = "ciào", .amount_minor = 5));
    tx_timer_set (tx, "lost", command->visit_id, tx_now (tx) + 1000);
    if (strcmp (command->engineer_id, "elsewhere") == 0)
        tx_correlate (tx, "root");
    for (int i = 0; i <= (strcmp (command->engineer_id, "twice") == 0); i++)
        tx_emit (tx, visit_work_started (.visit_id = command->visit_id));
    tx_accept (tx, command->visit_id);
}

static void
on_visit_accepted (tx_t *tx, const visit_accepted_t *event)
{
    tx_need (tx, parcel, event->visit_id)->weight_g++;
}

/* Answers the keys of the owner's parcels, two after "p1" and two from the start. */
static void
on_finish_work (tx_t *tx, const finish_work_t *command)
{
    char *keys = "";
    EACH (parcel, parcel, tx_page (tx, parcel, owner, command->visit_id, "p1", 2))
        keys = tx_printf (tx, "%s %s", keys, parcel->id);
    EACH (parcel, parcel, tx_page (tx, parcel, owner, command->visit_id, "", 2))
        keys = tx_printf (tx, "%s %s", keys, parcel->id);
    tx_accept (tx, keys);
}

static const handler_t s_handlers [] = {
    COMMAND (start_work, on_start_work), EVENT (dispatcher, visit_accepted, on_visit_accepted),
    COMMAND (finish_work, on_finish_work), { 0 } };
static const entity_t *const s_entities [] = { &parcel_entity, &rule_entity, NULL };
static const service_t s_service = { .name = "parcels", .handlers = s_handlers, .entities = s_entities };

typedef struct {
    db_t *db;
    store_t *store;
    engine_t engine;
    char schema [32];
    lease_t lease;
    int answered;
    message_t last;
} world_t;

static const char *
s_dsn (void)
{
    const char *dsn = getenv ("FETTLE_TEST_DSN");
    if (!dsn)
        fail_msg ("FETTLE_TEST_DSN names no Postgres: run this through tests/run");
    return dsn;
}

static void
s_run (db_t *db, const char *sql)
{
    if (!db_run (db, sql))
        fail_msg ("%s", db_error (db));
}

static void
s_make_schema (const char *schema)
{
    char error [512], sql [128];
    db_t *db = db_open (s_dsn (), NULL, schema, NULL, error);
    assert_non_null (db);
    snprintf (sql, sizeof sql, "drop schema if exists %s cascade; create schema %s", schema, schema);
    s_run (db, sql);
    for (const migration_t *m = migrations_all; m->name; m++)
        if (!*m->service)
            s_run (db, m->text);
    s_run (db, s_tables);
    db_close (&db);
}

static int
s_setup (void **state)
{
    static int serial;
    char error [512];
    world_t *world = calloc (1, sizeof *world);
    snprintf (world->schema, sizeof world->schema, "store_%d_%d", (int) getpid (), serial++);
    s_make_schema (world->schema);
    world->db = db_open (s_dsn (), NULL, world->schema, NULL, error);
    assert_int_equal (db_lease_take (world->db, "me", &world->lease), LEASE_TAKEN);
    world->store = db_store_new (world->db, &s_service, world->lease.epoch, error);
    if (!world->store)
        fail_msg ("%s", error);
    engine_init (&world->engine, &s_service, world->store, 7);
    *state = world;
    return 0;
}

static int
s_teardown (void **state)
{
    world_t *world = *state;
    engine_free (&world->engine);
    db_store_destroy (&world->store);
    char sql [96];
    snprintf (sql, sizeof sql, "drop schema %s cascade", world->schema);
    s_run (world->db, sql);
    db_close (&world->db);
    free (world);
    return 0;
}

static message_t
s_command (world_t *world, const char *id, const char *parcel, const char *owner)
{
    arena_t *arena = engine_arena (&world->engine);
    start_work_t *body = arena_alloc (arena, sizeof *body);
    *body = (start_work_t) { .base = start_work_init, .visit_id = arena_strdup (arena, parcel), .engineer_id =
        arena_strdup (arena, owner) };
    uint8_t *bytes = arena_alloc (arena, 256);
    size_t size = protobuf_c_message_pack (&body->base, bytes);
    return (message_t) { .origin = ORIGIN_COMMAND, .handler = &s_handlers [0], .body = body, .id =
        arena_strdup (arena, id), .actor = "test",
                         .correlation = "", .raw = { bytes, size }, .type = start_work_descriptor.name };
}

static message_t
s_event (world_t *world, int64_t sequence, const char *parcel)
{
    arena_t *arena = engine_arena (&world->engine);
    visit_accepted_t *body = arena_alloc (arena, sizeof *body);
    *body = (visit_accepted_t) { .base = visit_accepted_init, .visit_id = arena_strdup (arena, parcel) };
    return (message_t) { .origin = ORIGIN_EVENT, .handler = &s_handlers [1], .body = body, .id = "e", .actor = "",
        .correlation = "root",
                         .source = "dispatcher", .sequence = sequence, .type = visit_accepted_descriptor.name, .raw =
                             { (const uint8_t *) "", 0 } };
}

static void
s_done (void *closure, const outcome_t *outcome)
{
    world_t *world = closure;
    world->answered += outcome->message_count;
    world->last = outcome->messages [outcome->message_count - 1];
}

static store_result_t
s_turn (world_t *world, message_t *messages, int count)
{
    return engine_turn (&world->engine, INT64_C (1780905600000), messages, count, s_done, world);
}

static int64_t
s_number (world_t *world, const char *sql)
{
    char error [512];
    db_t *other = db_open (s_dsn (), NULL, world->schema, NULL, error);
    PGresult *result = db_query (other, sql, 0, NULL);
    if (!result)
        fail_msg ("%s", db_error (other));
    int64_t number = strtoll (DB_VALUE (result, 0, 0), NULL, 10);
    PQclear (result);
    db_close (&other);
    return number;
}

static void
s_many (world_t *world, int from, int count, message_t *messages)
{
    for (int i = 0; i < count; i++) {
        char id [32], parcel [32], owner [32];
        snprintf (id, sizeof id, "c%d", from + i);
        snprintf (parcel, sizeof parcel, "p%d", from + i);
        snprintf (owner, sizeof owner, "o%d", i % 5);
        messages [i] = s_command (world, id, parcel, owner);
    }
}

static int64_t
s_trips_of (world_t *world, int from, int count)
{
    message_t messages [512];
    s_many (world, from, count, messages);
    int64_t before = db_round_trips (world->db);
    assert_int_equal (s_turn (world, messages, count), STORE_OK);
    engine_next (&world->engine);
    return db_round_trips (world->db) - before;
}

static void
test_round_trips_of_a_turn_do_not_grow_with_its_size (void **state)
{
    world_t *world = *state;
    s_trips_of (world, 0, 1);                   /* the cached table is read in the first turn */
    int64_t one = s_trips_of (world, 1000, 1), many = s_trips_of (world, 2000, 512);
    assert_int_equal (one, many);
    assert_true (one <= 5);
    assert_int_equal (s_number (world, "select count(*) from parcel"), 514);
    assert_int_equal (s_number (world, "select count(*) from segment"), 3);
    assert_int_equal (s_number (world, "select last_sequence from lease"), 514);
}

static void
test_what_was_saved_comes_back_as_it_was (void **state)
{
    world_t *world = *state;
    message_t first = s_command (world, "c1", "p1", "o"), second = s_command (world, "c2", "p2", "o");
    assert_int_equal (s_turn (world, &first, 1), STORE_OK);
    engine_next (&world->engine);
    second = s_command (world, "c2", "p1", "o");
    assert_int_equal (s_turn (world, &second, 1), STORE_OK);
    assert_int_equal (s_number (world, "select weight_g from parcel where id = 'p1'"), 43);
    assert_int_equal (s_number (world, "select (extract (epoch from sent_at) * 1000)::bigint from parcel"),
        INT64_C (1780905600123));
    assert_int_equal (s_number (world, "select length (label) from parcel"), 9);
    assert_int_equal (s_number (world, "select (current_setting ('default_toast_compression') = 'lz4')::int"), 1);
    assert_int_equal (s_number (world, "select (volume * 10)::int from parcel where is_fragile and state = 6"), 1);
}

static void
test_the_same_command_again_gets_the_stored_answer_and_has_no_effect (void **state)
{
    world_t *world = *state;
    for (int i = 0; i < 3; i++) {
        message_t command = s_command (world, "same", "p", "o");
        assert_int_equal (s_turn (world, &command, 1), STORE_OK);
        assert_int_equal (world->last.status, i ? STATUS_DUPLICATE : STATUS_ACCEPTED);
        assert_string_equal (world->last.subject, "p");
        engine_next (&world->engine);
    }
    assert_int_equal (s_number (world, "select last_sequence from lease"), 1);
    message_t other = s_command (world, "same", "another", "o");
    s_turn (world, &other, 1);
    assert_string_equal (world->last.code, "command.id_reused");
}

static void
test_a_constraint_costs_the_message_that_broke_it_only (void **state)
{
    world_t *world = *state;
    message_t messages [64];
    s_many (world, 0, 64, messages);
    messages [37] = s_command (world, "c37", "p37", "minus");
    assert_int_equal (s_turn (world, messages, 64), STORE_OK);
    assert_int_equal (s_number (world, "select count(*) from parcel"), 63);
    assert_int_equal (s_number (world, "select count(*) from dead_letter where message_id = 'c37' and reason like "
        "'%parcel_weight_g_check%'"), 1);
    assert_int_equal (s_number (world, "select count(*) from reply where id = 'c37' and code = 'command.failed'"), 1);
    assert_int_equal (s_number (world, "select count(*) from reply"), 64);
    assert_int_equal (s_number (world, "select last_sequence from lease"), 63);
    assert_int_equal (world->answered, 64);
}

static void
test_a_fenced_writer_saves_nothing (void **state)
{
    world_t *world = *state;
    char error [512];
    lease_t taken;
    message_t first = s_command (world, "c1", "p1", "o");
    assert_int_equal (s_turn (world, &first, 1), STORE_OK);
    db_t *other = db_open (s_dsn (), NULL, world->schema, NULL, error);
    assert_int_equal (db_lease_take (other, "other", &taken), LEASE_HELD_BY_OTHER);
    s_run (other, "update lease set renewed_at = now () - interval '1 minute'");
    assert_int_equal (db_lease_take (other, "other", &taken), LEASE_TAKEN);
    assert_int_equal (taken.epoch, world->lease.epoch + 1);
    assert_int_equal (taken.last_sequence, 1);
    message_t late = s_command (world, "late", "p2", "o");
    assert_int_equal (s_turn (world, &late, 1), STORE_BROKEN);
    assert_non_null (strstr (world->store->error, "has taken the lease"));
    assert_int_equal (s_number (world, "select count(*) from parcel"), 1);
    db_close (&other);
}

static void
test_the_lease_of_a_dead_connection_is_free_at_once (void **state)
{
    world_t *world = *state;
    char error [512];
    lease_t lease;
    db_t *dying = db_open (s_dsn (), NULL, world->schema, NULL, error), *heir =
        db_open (s_dsn (), NULL, world->schema, NULL, error);
    db_lease_release (world->db, "me");
    assert_int_equal (db_lease_take (dying, "dying", &lease), LEASE_TAKEN);
    assert_int_equal (db_lease_take (heir, "heir", &lease), LEASE_HELD_BY_OTHER);
    db_close (&dying);
    lease_result_t result = LEASE_HELD_BY_OTHER;
    for (int i = 0; i < 100 && result != LEASE_TAKEN; i++, usleep (20000))
        result = db_lease_take (heir, "heir", &lease);
    assert_int_equal (result, LEASE_TAKEN);
    db_close (&heir);
}

static void
test_cursors_move_with_the_effects_and_alone_are_saved_by_the_flush (void **state)
{
    world_t *world = *state;
    message_t events [] = { s_event (world, 1, "p1"), s_event (world, 2, "p1") };
    assert_int_equal (s_turn (world, events, 2), STORE_OK);
    engine_next (&world->engine);
    assert_int_equal (s_number (world, "select sequence from cursor where source = 'dispatcher'"), 2);
    assert_int_equal (s_number (world, "select weight_g from parcel"), 2);
    message_t ignored = s_event (world, 3, "p1");
    ignored.handler = NULL;
    assert_int_equal (s_turn (world, &ignored, 1), STORE_OK);
    assert_int_equal (s_number (world, "select sequence from cursor"), 2);
    char event_id [EVENT_ID_SIZE];
    assert_int_equal (db_store_cursor (world->store, "dispatcher", event_id), 3);
    assert_string_equal (event_id, ignored.id);
    assert_int_equal (db_store_flush (world->store, world->engine.last_sequence), STORE_OK);
    assert_int_equal (s_number (world, "select sequence from cursor"), 3);
}

static void
test_replay_gives_every_event_after_the_cursor_once_and_in_order (void **state)
{
    world_t *world = *state;
    for (int t = 0; t < 7; t++)
        s_trips_of (world, t * 100, 1 + t * 3);
    arena_t *arena = arena_new ();
    ProtobufCAllocator allocator = arena_protobuf (arena);
    int64_t next = 1;
    for (int rounds = 0; next <= world->engine.last_sequence && rounds < 100; rounds++) {
        bool ok;
        blob_t packed = db_store_replay (world->store, arena, next - 1, INT64_MAX, 10, &ok);
        assert_true (ok);
        bus_events_t *events = (bus_events_t *) protobuf_c_message_unpack (&bus_events_descriptor, &allocator,
            packed.size, packed.data);
        for (size_t i = 0; i < events->n_events; i++)
            if (events->events [i]->sequence >= next)
                assert_int_equal (events->events [i]->sequence, next++);
    }
    assert_int_equal (next, 71);
    bool ok;
    assert_int_equal (db_store_replay (world->store, arena, 1, 1, 10, &ok).size, 0);      /* nothing behind the end */
    assert_true (ok);
    arena_destroy (&arena);
}

static message_t
s_ask_pages (world_t *world, const char *owner)
{
    arena_t *arena = engine_arena (&world->engine);
    finish_work_t *body = arena_alloc (arena, sizeof *body);
    *body = (finish_work_t) { .base = finish_work_init, .visit_id = (char *) owner };
    return (message_t) { .origin = ORIGIN_COMMAND, .handler = &s_handlers [2], .body = body, .id = (char *) owner,
        .actor = "test",
                         .correlation = "", .raw = { (const uint8_t *) "", 0 }, .type = finish_work_descriptor.name };
}

static const char s_end [] = "select pg_current_wal_insert_lsn () - '0/0'";
static const char s_written [] = "select pg_current_wal_flush_lsn () - '0/0'";

/* Whether what was committed last was not on disk: the log writer of Postgres may be faster than we are, not always. */
static bool
s_says_nothing_and_does_not_wait (world_t *world, int64_t sequence, int64_t *ret_committed)
{
    message_t event = s_event (world, sequence, "p1");
    assert_int_equal (s_turn (world, &event, 1), STORE_OK);
    engine_next (&world->engine);
    *ret_committed = s_number (world, s_end);
    return s_number (world, s_written) < *ret_committed;
}

static void
s_assert_written_behind_silence (world_t *world, message_t (*make) (world_t *))
{
    static int64_t sequence;
    int64_t committed;
    bool was_unwritten = false;
    for (int i = 0; i < 200 && !was_unwritten; i++) {
        was_unwritten = s_says_nothing_and_does_not_wait (world, ++sequence, &committed);
        message_t message = make (world);
        assert_int_equal (s_turn (world, &message, 1), STORE_OK);
        engine_next (&world->engine);
        assert_true (s_number (world, s_written) >= committed);
    }
    assert_true (was_unwritten);
}

/* Commands keep an answer. */
static message_t
s_make_command (world_t *world)
{
    static int serial;
    return s_command (world, arena_printf (engine_arena (&world->engine), "behind-%d", serial++), "p1", "o");
}

/* Questions change nothing, and tell what they read. */
static message_t
s_make_question (world_t *world)
{
    message_t question = s_ask_pages (world, "o");
    question.origin = ORIGIN_QUERY;
    return question;
}

static void
test_a_turn_that_says_nothing_does_not_wait_for_the_disk_and_what_is_said_after_it_does (void **state)
{
    s_assert_written_behind_silence (*state, s_make_command);
}

static void
test_an_answer_to_a_question_waits_until_what_it_was_read_from_is_on_disk (void **state)
{
    s_assert_written_behind_silence (*state, s_make_question);
}

static void
test_a_commands_own_story_is_found_by_its_answer_and_another_by_the_trail (void **state)
{
    world_t *world = *state;
    message_t messages [] = { s_command (world, "c1", "p1", "o"), s_command (world, "c2", "p2", "elsewhere"),
        s_command (world, "c3", "p3", "twice") };
    assert_int_equal (s_turn (world, messages, 3), STORE_OK);
    engine_next (&world->engine);
    assert_int_equal (s_number (world, "select count(*) from reply where id in ('c1', 'c3') and last_sequence = 4"), 2);
    assert_int_equal (s_number (world, "select last_sequence from reply where id = 'c2'"), 0);
    assert_int_equal (s_number (world, "select count(*) from trail"), 1);
    assert_int_equal (s_number (world, "select last_sequence from trail where correlation_id = 'root'"), 4);
    message_t big = s_command (world, "c4", "p4", "twice");     /* so big that each event is a segment of its own */
    big.actor = arena_alloc (engine_arena (&world->engine), 140001);
    memset (big.actor, 'a', 140000);
    assert_int_equal (s_turn (world, &big, 1), STORE_OK);
    assert_int_equal (s_number (world, "select last_sequence from reply where id = 'c4'"), 5);
    assert_int_equal (s_number (world, "select last_sequence from trail where correlation_id = 'c4'"), 6);
}

static void
test_an_unhurried_commit_is_on_disk_when_a_barrier_behind_it_has_come_back (void **state)
{
    world_t *world = *state;
    char error [512];
    db_t *barrier = db_open (s_dsn (), NULL, world->schema, NULL, error);
    assert_true (db_barrier_prepare (barrier));
    db_store_wait_for_disk (world->store, false);
    bool was_unwritten = false;         /* Postgres' own log writer may be faster than we are, but not always */
    for (int i = 0; i < 200 && !was_unwritten; i++) {
        s_trips_of (world, i * 10, 10);
        int64_t committed = s_number (world, s_end);
        was_unwritten = s_number (world, s_written) < committed;
        db_barrier_begin (barrier);
        assert_true (db_barrier_end (barrier));
        assert_true (s_number (world, s_written) >= committed);
    }
    assert_true (was_unwritten);
    db_close (&barrier);
}

static void
test_timers_come_in_order_of_time_between_two_instants (void **state)
{
    world_t *world = *state;
    arena_t *arena = arena_new ();
    s_trips_of (world, 0, 20);
    due_t due = db_store_due (world->store, arena, 1, INT64_C (1780905600999), 100);
    assert_true (due.ok);
    assert_int_equal (due.count, 0);
    due = db_store_due (world->store, arena, 1, INT64_C (1780905601000), 7);
    assert_int_equal (due.count, 7);
    due = db_store_due (world->store, arena, INT64_C (1780905600999), INT64_C (1780905601000), 100);
    assert_int_equal (due.count, 20);
    due = db_store_due (world->store, arena, INT64_C (1780905601000), INT64_C (1780905602000), 100);
    assert_int_equal (due.count, 0);
    arena_destroy (&arena);
}

static void
test_a_consumer_belongs_to_the_key_that_made_it (void **state)
{
    world_t *world = *state;
    bool ok;
    assert_int_equal (db_store_consumer (world->store, "erp", "key-a", &ok), 0);
    assert_true (db_store_acknowledge (world->store, "erp", 5));
    assert_true (db_store_acknowledge (world->store, "erp", 3));
    assert_int_equal (db_store_consumer (world->store, "erp", "key-a", &ok), 5);
    assert_int_equal (db_store_consumer (world->store, "erp", "key-b", &ok), -1);
}

static void
test_pages_of_several_owners_come_in_one_round_trip_each_in_order_of_key (void **state)
{
    world_t *world = *state;
    static const char *const kept [] = { "p3", "p1", "P9", "p2", "p10" };
    message_t messages [10];
    for (int i = 0; i < 10; i++) {
        char id [32];
        snprintf (id, sizeof id, "%s%s", kept [i % 5], i < 5 ? "" : "x");
        messages [i] = s_command (world, id, id, i < 5 ? "o" : "x");
    }
    assert_int_equal (s_turn (world, messages, 10), STORE_OK);
    message_t asked [] = { s_ask_pages (world, "x"), s_ask_pages (world, "o"), s_ask_pages (world, "nobody") };
    int64_t before = db_round_trips (world->db);
    assert_int_equal (s_turn (world, asked, 3), STORE_OK);
    assert_string_equal (asked [0].subject, " p10x p1x P9x p10x");
    assert_string_equal (asked [1].subject, " p10 p2 P9 p1");
    assert_string_equal (asked [2].subject, "");
    assert_int_equal (db_round_trips (world->db) - before, 3);      /* a page of each, another of each, commit */
}

static void
test_a_commit_that_gets_no_answer_in_time_breaks_the_connection (void **state)
{
    world_t *world = *state;
    char error [512];
    db_t *blocker = db_open (s_dsn (), NULL, world->schema, NULL, error);
    s_run (blocker, "begin; select from lease for update");
    db_set_deadline (world->db, 100);
    message_t event = s_event (world, 1, "p1");
    assert_int_equal (s_turn (world, &event, 1), STORE_BROKEN);
    assert_non_null (strstr (world->store->error, "no answer in time"));
    assert_false (db_is_alive (world->db));
    db_close (&blocker);
    db_close (&world->db);
    world->db = db_open (s_dsn (), NULL, world->schema, NULL, error);
}

static void
test_a_schema_that_lacks_a_declared_column_stops_the_boot (void **state)
{
    world_t *world = *state;
    char error [512];
    s_run (world->db, "alter table parcel drop column volume");
    store_t *other = db_store_new (world->db, &s_service, 1, error);
    assert_null (other);
    assert_non_null (strstr (error, "table parcel has no column volume"));
    s_run (world->db, "alter table parcel add column volume text");
    assert_null (db_store_new (world->db, &s_service, 1, error));
    assert_non_null (strstr (error, "parcel.volume is text in the database"));
}

int
main (void)
{
#define T(name) cmocka_unit_test_setup_teardown (name, s_setup, s_teardown)
    const struct CMUnitTest tests [] = {
        T (test_round_trips_of_a_turn_do_not_grow_with_its_size),
        T (test_what_was_saved_comes_back_as_it_was),
        T (test_the_same_command_again_gets_the_stored_answer_and_has_no_effect),
        T (test_a_constraint_costs_the_message_that_broke_it_only),
        T (test_a_fenced_writer_saves_nothing),
        T (test_the_lease_of_a_dead_connection_is_free_at_once),
        T (test_cursors_move_with_the_effects_and_alone_are_saved_by_the_flush),
        T (test_replay_gives_every_event_after_the_cursor_once_and_in_order),
        T (test_a_commands_own_story_is_found_by_its_answer_and_another_by_the_trail),
        T (test_a_turn_that_says_nothing_does_not_wait_for_the_disk_and_what_is_said_after_it_does),
        T (test_an_answer_to_a_question_waits_until_what_it_was_read_from_is_on_disk),
        T (test_an_unhurried_commit_is_on_disk_when_a_barrier_behind_it_has_come_back),
        T (test_timers_come_in_order_of_time_between_two_instants),
        T (test_a_consumer_belongs_to_the_key_that_made_it),
        T (test_pages_of_several_owners_come_in_one_round_trip_each_in_order_of_key),
        T (test_a_commit_that_gets_no_answer_in_time_breaks_the_connection),
        T (test_a_schema_that_lacks_a_declared_column_stops_the_boot),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
