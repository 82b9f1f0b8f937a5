/* test_engine - commands that come again, when nobody looks whether they were answered before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "engine.h"

#define PARCEL_FIELDS(F, T) F (T, text, id) F (T, int, starts)
ENTITY_STRUCT (parcel, PARCEL_FIELDS);
ENTITY_TABLE (parcel, PARCEL_FIELDS, NULL);

enum { CALM = 100 };        /* turns after which nobody is wary any more */

/* visit_id is the parcel; without one it looks nothing up, and "once" asks whether his
 * is taken. "second" can not handle one that was not started once. */
static void
on_start_work (tx_t *tx, const start_work_t *command)
{
    if (strcmp (command->engineer_id, "second") == 0 && tx_need (tx, parcel, command->visit_id)->starts != 1)
        tx_fail (tx, "it is not the second");
    if (!is_empty (command->visit_id))
        tx_need (tx, parcel, command->visit_id)->starts++;
    else if (strcmp (command->engineer_id, "nobody") == 0)
        tx_reject (tx, "engineer.nobody", "nobody starts");
    else if (strcmp (command->engineer_id, "once") == 0 && tx_is_taken (tx, parcel, "once"))
        return tx_reject (tx, "parcel.exists", "once");
    else
        tx_put (tx, parcel, { .id = command->engineer_id, .starts = 1 });
    tx_accept (tx, command->engineer_id);
}

/* Looks only into what is long. */
static void
on_packed (tx_t *tx, const packed_event_t *event)
{
    if (event->bytes.size > 3)
        tx_put (tx, parcel, { .id = ((const visit_accepted_t *) tx_open (tx, event))->visit_id, .starts = 5 });
}

static const handler_t s_handlers [] = {
    COMMAND (start_work, on_start_work), EVENT_PACKED (dispatcher, visit_accepted, on_packed), { 0 } };
static const entity_t *const s_entities [] = { &parcel_entity, NULL };
static const service_t s_service = { .name = "parcels", .handlers = s_handlers, .entities = s_entities };

typedef struct { engine_t engine; store_t *store; message_t told [8]; int told_count; } world_t;

static int
s_setup (void **state)
{
    static world_t world;
    world = (world_t) { .store = store_memory_new (&s_service) };
    engine_init (&world.engine, &s_service, world.store, 7);
    *state = &world;
    return 0;
}

static int
s_teardown (void **state)
{
    world_t *world = *state;
    engine_free (&world->engine);
    store_memory_destroy (&world->store);
    return 0;
}

static message_t
s_command (world_t *world, const char *id, const char *parcel, const char *engineer)
{
    arena_t *arena = engine_arena (&world->engine);
    start_work_t *body = arena_alloc (arena, sizeof *body);
    *body = (start_work_t) { .base = start_work_init, .visit_id = (char *) parcel, .engineer_id = (char *) engineer };
    uint8_t *bytes = arena_alloc (arena, 256);
    size_t size = protobuf_c_message_pack (&body->base, bytes);
    return (message_t) { .origin = ORIGIN_COMMAND, .handler = &s_handlers [0], .body = body, .id = (char *) id,
        .actor = "test", .correlation = "", .raw = { bytes, size }, .type = start_work_descriptor.name };
}

static message_t
s_event (const char *bytes)
{
    return (message_t) { .origin = ORIGIN_EVENT, .handler = &s_handlers [1], .id = "event", .actor = "test",
        .correlation = "", .raw = { (const uint8_t *) bytes, strlen (bytes) }, .type = visit_accepted_descriptor.name };
}

static void
s_tell (void *closure, const outcome_t *outcome)
{
    world_t *world = closure;
    for (int i = 0; i < outcome->message_count; i++)
        world->told [world->told_count++] = outcome->messages [i];
}

/* The passes it took. */
static int
s_turn (world_t *world, message_t *messages, int count)
{
    int64_t before = world->engine.count.passes;
    world->told_count = 0;
    assert_int_equal (engine_turn (&world->engine, 1000, messages, count, s_tell, world), STORE_OK);
    return (int) (world->engine.count.passes - before);
}

static void
s_calm_down (world_t *world)
{
    for (int i = 0; i < CALM; i++) {
        char id [32];
        snprintf (id, sizeof id, "calm-%d", i);
        message_t command = s_command (world, id, "", "nobody");
        s_turn (world, &command, 1);
    }
}

static void
test_a_packed_event_is_opened_by_its_handler_alone_and_is_dead_when_it_can_not_be (void **state)
{
    world_t *world = *state;
    message_t events [] = { s_event ("\xff\xff"), s_event ("\x0a\x02v1"), s_event ("\x0a\x7fv1") };
    s_turn (world, events, 3);
    assert_null (world->told [0].dead);
    assert_null (world->told [1].dead);
    assert_int_equal (((const parcel_t *) store_memory_get (world->store, &parcel_entity, "v1"))->starts, 5);
    assert_non_null (strstr (world->told [2].dead, "wire."));
}

static void
test_a_stored_answer_is_looked_up_after_a_start_and_not_for_ever (void **state)
{
    world_t *world = *state;
    message_t command = s_command (world, "first", "", "nobody");
    assert_int_equal (s_turn (world, &command, 1), 2);
    s_calm_down (world);
    command = s_command (world, "later", "", "nobody");
    assert_int_equal (s_turn (world, &command, 1), 1);
    engine_be_wary (&world->engine);
    command = s_command (world, "last", "", "nobody");
    assert_int_equal (s_turn (world, &command, 1), 2);
}

static void
test_a_command_that_comes_again_gets_the_stored_answer_and_its_neighbours_live (void **state)
{
    world_t *world = *state;
    s_calm_down (world);
    message_t first [] = { s_command (world, "a", "p1", "li"), s_command (world, "b", "", "nobody") };
    s_turn (world, first, 2);
    message_t again [] = { s_command (world, "c", "p1", "wei"), s_command (world, "a", "p1", "li"),
        s_command (world, "b", "", "nobody") };
    s_turn (world, again, 3);
    assert_int_equal (world->told_count, 3);
    assert_int_equal (world->told [0].status, STATUS_ACCEPTED);
    assert_int_equal (world->told [1].status, STATUS_DUPLICATE);
    assert_string_equal (world->told [1].subject, "li");
    assert_int_equal (world->told [2].first_status, STATUS_REJECTED);
    assert_string_equal (world->told [2].code, "engineer.nobody");
    assert_int_equal (((const parcel_t *) store_memory_get (world->store, &parcel_entity, "p1"))->starts, 2);
}

static void
test_a_command_that_comes_twice_in_one_turn_is_done_once (void **state)
{
    world_t *world = *state;
    s_calm_down (world);
    message_t twice [] = { s_command (world, "a", "p1", "li"), s_command (world, "a", "p1", "li") };
    s_turn (world, twice, 2);
    assert_int_equal (world->told [0].status, STATUS_ACCEPTED);
    assert_int_equal (world->told [1].status, STATUS_DUPLICATE);
    assert_int_equal (((const parcel_t *) store_memory_get (world->store, &parcel_entity, "p1"))->starts, 1);
}

static void
test_what_fails_because_its_neighbour_was_done_twice_is_not_dead (void **state)
{
    world_t *world = *state;
    s_calm_down (world);
    message_t first = s_command (world, "a", "p1", "li");
    s_turn (world, &first, 1);
    message_t again [] = { s_command (world, "a", "p1", "li"), s_command (world, "b", "p1", "second") };
    s_turn (world, again, 2);
    assert_int_equal (world->told [0].status, STATUS_DUPLICATE);
    assert_int_equal (world->told [1].status, STATUS_ACCEPTED);
    assert_int_equal (world->engine.count.dead, 0);
}

static void
test_an_id_used_for_another_command_is_refused (void **state)
{
    world_t *world = *state;
    s_calm_down (world);
    message_t first = s_command (world, "a", "p1", "li");
    s_turn (world, &first, 1);
    message_t other = s_command (world, "a", "p2", "li");
    s_turn (world, &other, 1);
    assert_int_equal (world->told [0].status, STATUS_REJECTED);
    assert_string_equal (world->told [0].code, "command.id_reused");
    assert_null (store_memory_get (world->store, &parcel_entity, "p2"));
}

static void
test_a_key_that_nobody_looked_up_is_found_taken_and_its_neighbours_live (void **state)
{
    world_t *world = *state;
    s_calm_down (world);
    message_t twice [] = { s_command (world, "a", "", "once"), s_command (world, "b", "", "once") };
    assert_int_equal (s_turn (world, twice, 2), 1);
    assert_int_equal (world->told [0].status, STATUS_ACCEPTED);
    assert_string_equal (world->told [1].code, "parcel.exists");
    message_t again [] = { s_command (world, "c", "", "once"), s_command (world, "d", "p1", "li") };
    s_turn (world, again, 2);
    assert_string_equal (world->told [0].code, "parcel.exists");
    assert_int_equal (world->told [1].status, STATUS_ACCEPTED);
    assert_int_equal (world->engine.count.dead, 0);
    message_t wary = s_command (world, "e", "", "once");
    assert_int_equal (s_turn (world, &wary, 1), 2);
    assert_string_equal (world->told [0].code, "parcel.exists");
}

int
main (void)
{
#define T(name) cmocka_unit_test_setup_teardown (name, s_setup, s_teardown)
    const struct CMUnitTest tests [] = {
        T (test_a_packed_event_is_opened_by_its_handler_alone_and_is_dead_when_it_can_not_be),
        T (test_a_stored_answer_is_looked_up_after_a_start_and_not_for_ever),
        T (test_a_command_that_comes_again_gets_the_stored_answer_and_its_neighbours_live),
        T (test_a_command_that_comes_twice_in_one_turn_is_done_once),
        T (test_what_fails_because_its_neighbour_was_done_twice_is_not_dead),
        T (test_an_id_used_for_another_command_is_refused),
        T (test_a_key_that_nobody_looked_up_is_found_taken_and_its_neighbours_live),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
