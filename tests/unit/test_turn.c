/* test_turn - what every handler relies on: missing rows, changes, refusals, answers, timers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "testing.h"

#define PARCEL_FIELDS(F, T) \
    F (T, text, id) F (T, text, owner) F (T, text, open_owner) F (T, enum, state) F (T, int, weight_g) \
    F (T, bool, is_fragile) F (T, real, volume) F (T, time, sent_at) F (T, blob, label)
ENTITY_STRUCT (parcel, PARCEL_FIELDS);
ENTITY_TABLE (parcel, PARCEL_FIELDS, "owner", "open_owner");

#define RULE_FIELDS(F, T) F (T, text, id) F (T, int, limit)
ENTITY_STRUCT (rule, RULE_FIELDS);
ENTITY_CACHED (rule, RULE_FIELDS);

static int s_calls;

/* A command with three look-ups that depend on each other, a change and an event. */
static void
on_accept_visit (tx_t *tx, const accept_visit_t *command)
{
    s_calls++;
    parcel_t *first = tx_get (tx, parcel, command->visit_id);
    if (!first)
        return tx_reject (tx, "parcel.unknown", "no parcel %s", command->visit_id);
    parcel_t *second = tx_get (tx, parcel, first->owner);
    int64_t total = second ? second->weight_g : 0;
    EACH (parcel, p, tx_find (tx, parcel, open_owner, command->engineer_id))
        total += p->weight_g;
    first->weight_g = total;
    tx_emit (tx, visit_accepted (.visit_id = first->id, .accepted_at = total));
}

/* Puts a parcel, and moves another from one owner to the next. */
static void
on_reject_visit (tx_t *tx, const reject_visit_t *command)
{
    tx_put (tx, parcel, { .id = command->visit_id, .open_owner = command->engineer_id, .weight_g = 7 });
    parcel_t *moved = tx_get (tx, parcel, "mover");
    if (moved)
        moved->open_owner = command->engineer_id;
    tx_emit (tx, visit_ended (.visit_id = command->visit_id,
        .reason = tx_printf (tx, "%d", tx_find (tx, parcel, open_owner, command->engineer_id).count)));
}

static void
on_start_work (tx_t *tx, const start_work_t *command)
{
    if (strcmp (command->visit_id, "poison") == 0)
        tx_fail (tx, "poison");
    tx_put (tx, parcel, { .id = command->visit_id });
    tx_timer_set (tx, "lost", command->visit_id, tx_now (tx) + 1000);
}

static void
on_lost (tx_t *tx, const wakeup_t *wakeup)
{
    parcel_t *parcel = tx_get (tx, parcel, wakeup->id);
    parcel->weight_g++;
    parcel->sent_at = wakeup->due_at;
    if (parcel->weight_g < 3)
        tx_timer_set (tx, "lost", wakeup->id, wakeup->due_at + 1000);
}

static void
on_start_travel (tx_t *tx, const start_travel_t *command)
{
    tx_timer_clear (tx, "lost", command->visit_id);
    parcel_t *parcel = tx_get (tx, parcel, command->visit_id);
    if (parcel)
        tx_delete (tx, parcel, parcel);
}

static void
on_get_decision (tx_t *tx, const get_decision_t *query)
{
    int64_t sum = 0;
    EACH (rule, r, tx_all (tx, rule))
        sum += r->limit;
    tx_answer (tx, dispatch_decided (.visit_id = query->visit_id, .decided_at = sum));
}

static void
on_pause_work (tx_t *tx, const pause_work_t *command)
{
    tx_correlate (tx, command->reason);
    parcel_t *parcel = tx_need (tx, parcel, command->visit_id);
    parcel->label = tx_pack (tx, cost_term (.term = command->reason, .amount_minor = 5));
    parcel->volume = 0.5;
    parcel->is_fragile = true;
    tx_emit_at (tx, 5, visit_work_paused (.visit_id = command->visit_id, .reason = tx_id (tx)));
    tx_accept (tx, command->visit_id);
}

/* Says the keys of e's open parcels, three a page; before that the parcel visit_id has gone elsewhere, and "m-new"
 * has come. */
static void
on_finish_work (tx_t *tx, const finish_work_t *command)
{
    char *keys = "", *after = "";
    parcel_t *moved = tx_get (tx, parcel, command->visit_id);
    if (moved)
        moved->open_owner = "elsewhere";
    if (strcmp (command->visit_id, "nobody") != 0)
        tx_put (tx, parcel, { .id = "m-new", .open_owner = "e" });
    for (list_t page; (page = tx_page (tx, parcel, open_owner, "e", after, 3)).count > 0; keys =
        tx_printf (tx, "%s|", keys)) {
        EACH (parcel, p, page)
            keys = tx_printf (tx, "%s %s", keys, after = p->id);
        if (page.count < 3)
            break;
    }
    tx_emit (tx, visit_work_paused (.visit_id = command->visit_id, .reason = keys));
}

static const handler_t s_handlers [] = {
    COMMAND (accept_visit, on_accept_visit),
    COMMAND (reject_visit, on_reject_visit),
    COMMAND (start_work, on_start_work),
    COMMAND (start_travel, on_start_travel),
    COMMAND (pause_work, on_pause_work),
    COMMAND (finish_work, on_finish_work),
    QUERY   (get_decision, on_get_decision),
    TIMER   ("lost", on_lost),
    { 0 }
};
static const entity_t *const s_entities [] = { &parcel_entity, &rule_entity, NULL };
static const service_t s_service = { .name = "parcels", .handlers = s_handlers, .entities = s_entities };

static int
s_setup (void **state)
{
    s_calls = 0;
    *state = tx_fake (&s_service);
    return 0;
}

static int
s_teardown (void **state)
{
    tx_t *tx = *state;
    tx_fake_destroy (&tx);
    return 0;
}

static void
test_a_handler_runs_again_until_no_row_is_missing (void **state)
{
    tx_t *tx = *state;
    given (tx, parcel, { .id = "a", .owner = "b" });
    given (tx, parcel, { .id = "b", .weight_g = 2 });
    given (tx, parcel, { .id = "c", .open_owner = "e", .weight_g = 40 });
    run (tx, accept_visit (.visit_id = "a", .engineer_id = "e"));
    assert_accepted (tx);
    assert_int_equal (stored (tx, parcel, "a")->weight_g, 42);
    /* three look-ups, each of which needs the one before, and the run that counts */
    assert_int_equal (s_calls, 4);
    assert_int_equal (emitted_count (tx, visit_accepted), 1);
}

static void
test_what_an_abandoned_run_changed_is_undone (void **state)
{
    tx_t *tx = *state;
    given (tx, parcel, { .id = "mover", .open_owner = "x" });
    run (tx, reject_visit (.visit_id = "new", .engineer_id = "e"));
    assert_string_equal (emitted (tx, visit_ended)->reason, "2");
    assert_int_equal (stored_count (tx, parcel), 2);
    assert_string_equal (stored (tx, parcel, "mover")->open_owner, "e");
}

static void
test_a_row_is_found_by_the_value_it_has_now_and_by_no_other (void **state)
{
    tx_t *tx = *state;
    given (tx, parcel, { .id = "mover", .open_owner = "x", .weight_g = 5 });
    given (tx, parcel, { .id = "a" });
    const ProtobufCMessage *both [] = { reject_visit (.visit_id = "n", .engineer_id = "e"),
                                        accept_visit (.visit_id = "a", .engineer_id = "x") };
    tx_fake_run_all (tx, both, 2);
    assert_int_equal (stored (tx, parcel, "a")->weight_g, 0);
    run (tx, accept_visit (.visit_id = "a", .engineer_id = "e"));
    assert_int_equal (stored (tx, parcel, "a")->weight_g, 12);
}

static void
test_messages_of_one_batch_see_what_those_before_them_did (void **state)
{
    tx_t *tx = *state;
    const ProtobufCMessage *both [] = { reject_visit (.visit_id = "n1", .engineer_id = "e"),
                                        reject_visit (.visit_id = "n2", .engineer_id = "e") };
    tx_fake_run_all (tx, both, 2);
    assert_string_equal (((const visit_ended_t *) tx_fake_emitted (tx, &visit_ended_descriptor, 1))->reason, "2");
}

static void
test_a_rejected_command_says_why_and_leaves_no_event (void **state)
{
    tx_t *tx = *state;
    run (tx, accept_visit (.visit_id = "nobody", .engineer_id = "e"));
    assert_rejected (tx, "parcel.unknown");
    assert_string_equal (tx_fake_message (tx), "no parcel nobody");
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_a_poison_message_is_dead_and_its_neighbours_live (void **state)
{
    tx_t *tx = *state;
    const ProtobufCMessage *three [] = { start_work (.visit_id = "one"), start_work (.visit_id = "poison"),
        start_work (.visit_id = "two") };
    tx_fake_run_all (tx, three, 3);
    assert_dead (tx, "poison");
    assert_non_null (stored (tx, parcel, "one"));
    assert_non_null (stored (tx, parcel, "two"));
    assert_int_equal (stored_count (tx, parcel), 2);
}

static void
test_what_the_store_refuses_is_halved_until_the_culprit_is_alone (void **state)
{
    tx_t *tx = *state;
    given (tx, parcel, { .id = "taken" });
    const ProtobufCMessage *five [] = { start_work (.visit_id = "1"), start_work (.visit_id = "2"),
        start_work (.visit_id = "taken"),
                                        start_work (.visit_id = "3"), start_work (.visit_id = "4") };
    tx_fake_run_all (tx, five, 5);
    assert_dead (tx, "taken exists already");
    assert_int_equal (stored_count (tx, parcel), 5);
    assert_int_not_equal (tx_fake_timer (tx, "lost", "4"), 0);
    assert_int_equal (tx_fake_timer (tx, "lost", "taken"), 0);
}

static void
test_a_timer_fires_at_its_instant_and_may_be_set_again (void **state)
{
    tx_t *tx = *state;
    run (tx, start_work (.visit_id = "p"));
    int64_t due_at = tx_fake_timer (tx, "lost", "p");
    assert_int_equal (tx_fake_advance (tx, due_at - 1), 0);
    assert_int_equal (tx_fake_advance (tx, due_at + 100000), 3);
    assert_int_equal (stored (tx, parcel, "p")->sent_at, due_at + 2000);
    assert_int_equal (tx_fake_timer (tx, "lost", "p"), 0);
}

static void
test_a_cleared_timer_and_a_deleted_row_are_gone (void **state)
{
    tx_t *tx = *state;
    run (tx, start_work (.visit_id = "p"));
    int64_t due_at = tx_fake_timer (tx, "lost", "p");
    run (tx, start_travel (.visit_id = "p"));
    assert_null (stored (tx, parcel, "p"));
    assert_int_equal (tx_fake_advance (tx, due_at + 1), 0);
}

static void
test_a_row_made_and_deleted_in_one_turn_was_never_there (void **state)
{
    tx_t *tx = *state;
    const ProtobufCMessage *both [] = { start_work (.visit_id = "p"), start_travel (.visit_id = "p") };
    tx_fake_run_all (tx, both, 2);
    assert_null (stored (tx, parcel, "p"));
    assert_int_equal (tx_fake_timer (tx, "lost", "p"), 0);
}

static void
test_a_query_reads_the_whole_of_a_cached_table_and_stores_no_reply (void **state)
{
    tx_t *tx = *state;
    given (tx, rule, { .id = "a", .limit = 40 });
    given (tx, rule, { .id = "b", .limit = 2 });
    run (tx, get_decision (.visit_id = "v"));
    assert_int_equal (answer (tx, dispatch_decided)->decided_at, 42);
}

static void
test_an_event_carries_subject_story_actor_and_the_time_it_happened (void **state)
{
    tx_t *tx = *state;
    tx_fake_actor (tx, "engineer:li-wei");
    run (tx, pause_work (.visit_id = "v", .reason = "story"));
    const bus_event_t *event = tx_fake_envelope (tx, 0);
    assert_string_equal (event->subject, "v");
    assert_string_equal (event->source, "parcels");
    assert_string_equal (event->type, "fettle.dispatcher.v1.VisitWorkPaused");
    assert_string_equal (event->correlation_id, "story");
    assert_string_equal (event->causation_id, "message-1");
    assert_string_equal (event->actor, "engineer:li-wei");
    assert_int_equal (event->time, 5);
    assert_int_equal (event->sequence, 1);
    assert_string_equal (tx_fake_subject (tx), "v");
    run (tx, pause_work (.visit_id = "v", .reason = "story"));
    assert_int_equal (tx_fake_envelope (tx, 0)->sequence, 2);
}

static void
test_every_kind_of_field_is_kept (void **state)
{
    tx_t *tx = *state;
    run (tx, pause_work (.visit_id = "v", .reason = "why"));
    const parcel_t *parcel = stored (tx, parcel, "v");
    assert_true (parcel->is_fragile);
    assert_true (parcel->volume == 0.5);
    assert_true (parcel->label.size > 0);
}

static const char *
s_pages (tx_t *tx, const char *moved_id)
{
    run (tx, finish_work (.visit_id = (char *) moved_id));
    return emitted (tx, visit_work_paused)->reason;
}

static void
test_a_multitude_is_read_in_pages_in_order_of_key (void **state)
{
    tx_t *tx = *state;
    static const char *const ids [] = { "f", "a", "Z", "c", "e", "b", "d" };
    assert_string_equal (s_pages (tx, "nobody"), "");
    for (int i = 0; i < 7; i++)
        given (tx, parcel, { .id = (char *) ids [i], .open_owner = "e" });
    given (tx, parcel, { .id = "bb", .open_owner = "ee" });
    assert_string_equal (s_pages (tx, "nobody"), " Z a b| c d e| f");
}

static void
test_a_page_has_what_came_in_this_turn_and_fills_up_for_what_went (void **state)
{
    tx_t *tx = *state;
    for (const char *id = "abcdefnop"; *id; id++)
        given (tx, parcel, { .id = (char []) { *id, 0 }, .open_owner = "e" });
    assert_string_equal (s_pages (tx, "b"), " a c d| e f m-new| n o p|");
    assert_string_equal (stored (tx, parcel, "b")->open_owner, "elsewhere");
}

int
main (void)
{
#define T(name) cmocka_unit_test_setup_teardown (name, s_setup, s_teardown)
    const struct CMUnitTest tests [] = {
        T (test_a_handler_runs_again_until_no_row_is_missing),
        T (test_what_an_abandoned_run_changed_is_undone),
        T (test_a_row_is_found_by_the_value_it_has_now_and_by_no_other),
        T (test_messages_of_one_batch_see_what_those_before_them_did),
        T (test_a_rejected_command_says_why_and_leaves_no_event),
        T (test_a_poison_message_is_dead_and_its_neighbours_live),
        T (test_what_the_store_refuses_is_halved_until_the_culprit_is_alone),
        T (test_a_timer_fires_at_its_instant_and_may_be_set_again),
        T (test_a_cleared_timer_and_a_deleted_row_are_gone),
        T (test_a_row_made_and_deleted_in_one_turn_was_never_there),
        T (test_a_query_reads_the_whole_of_a_cached_table_and_stores_no_reply),
        T (test_an_event_carries_subject_story_actor_and_the_time_it_happened),
        T (test_every_kind_of_field_is_kept),
        T (test_a_multitude_is_read_in_pages_in_order_of_key),
        T (test_a_page_has_what_came_in_this_turn_and_fills_up_for_what_went),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
