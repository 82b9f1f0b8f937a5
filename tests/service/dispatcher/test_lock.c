/* What a person has fixed of a visit, and visits that nobody is told of yet. */
#include "world.h"

/* A visit that is offered to ann; bob could go as well. */
static const char *
s_offered (tx_t *tx, char ret_order [64], char ret_visit [64])
{
    engineer_is (tx, "ann", 1, "gas", 2);
    engineer_is (tx, "bob", 3, "gas", 2);
    ready_is (tx, order_is (tx, "r1", ret_order));
    booking_is_held (tx, visit_of (tx, ret_order, ret_visit));
    return ret_visit;
}

static void
s_lock (tx_t *tx, const char *visit_id, visit_lock_t lock)
{
    run (tx, lock_visit (.visit_id = (char *) visit_id, .lock = lock, .reason = "promised by phone"));
    assert_accepted (tx);
}

static void
test_x2_a_lock_is_kept_and_said_once (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_offered (tx, order, visit);
    int64_t work_starts_at = visit_row (tx, visit)->work_starts_at;
    s_lock (tx, visit, VISIT_LOCK_BOTH);
    const visit_locked_t *said = emitted (tx, visit_locked);
    assert_int_equal (said->lock, VISIT_LOCK_BOTH);
    assert_int_equal (said->from_at, work_starts_at);
    assert_int_equal (said->to_at, work_starts_at + MINUTE);
    assert_string_equal (said->engineer_id, "ann");
    s_lock (tx, visit, VISIT_LOCK_BOTH);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    run (tx, unlock_visit (.visit_id = visit, .reason = "not needed"));
    assert_string_equal (emitted (tx, visit_unlocked)->visit_id, visit);
    assert_int_equal (visit_row (tx, visit)->lock, VISIT_LOCK_UNSPECIFIED);
    run (tx, unlock_visit (.visit_id = visit, .reason = "again"));
    assert_rejected (tx, "visit.not_locked");
}

static void
test_x2_the_system_does_not_move_a_locked_visit_for_an_earlier_promise (void **state)
{
    tx_t *tx = *state;
    for (visit_lock_t lock = VISIT_LOCK_UNSPECIFIED; lock <= VISIT_LOCK_RANGE; lock++) {
        char order [64], visit [64], request [8];
        snprintf (request, sizeof request, "r%d", (int) lock);
        engineer_is (tx, "ann", 9, "gas", 2);
        ready_is (tx, order_is (tx, request, order));
        visit_of (tx, order, visit);
        int64_t work_starts_at = visit_row (tx, visit)->work_starts_at;
        if (lock == VISIT_LOCK_RANGE)
            run (tx, lock_visit (.visit_id = visit, .lock = lock, .from_at = work_starts_at,
                .to_at = work_starts_at + HOUR, .reason = "x"));
        else if (lock)
            s_lock (tx, visit, lock);
        run (tx, sla_clock_started (.case_id = request, .milestone = MILESTONE_ARRIVE,
            .due_at = NOW + MINUTE));
        tx_fake_fire (tx, 10);
        assert_int_equal (visit_row (tx, visit)->state,
            lock ? VISIT_STATE_PROPOSED : VISIT_STATE_CANCELLED);
    }
}

static void
test_x2_who_is_locked_to_a_visit_is_not_replaced_before_it_is_unlocked (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_offered (tx, order, visit);
    s_lock (tx, visit, VISIT_LOCK_ENGINEER);
    run (tx, reassign_visit (.visit_id = visit, .reason = "bob is free"));
    assert_rejected (tx, "visit.locked");
    assert_string_equal (visit_row (tx, visit)->open_engineer_id, "ann");
    run (tx, unlock_visit (.visit_id = visit, .reason = "bob is free"));
    run (tx, reassign_visit (.visit_id = visit, .reason = "bob is free"));
    assert_accepted (tx);
    assert_string_equal (emitted (tx, dispatch_decided)->winner_id, "bob");
}

static void
test_x2_when_the_locked_engineer_will_not_go_a_person_must_choose (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_offered (tx, order, visit);
    s_lock (tx, visit, VISIT_LOCK_ENGINEER);
    run (tx, reject_visit (.visit_id = visit, .engineer_id = "ann", .reason = "ill"));
    assert_null (emitted (tx, visit_proposed));
    assert_non_null (strstr (emitted (tx, dispatch_failed)->reason, "ann was locked to it"));
    assert_true (stored (tx, work_order, order)->needs_person);
}

static void
test_x2_a_locked_time_stays_when_another_engineer_comes (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    engineer_is (tx, "ann", 1, "gas", 2);
    engineer_is (tx, "bob", 2, "gas", 2);
    order_is (tx, "r1", order);
    ready_is (tx, order);
    run (tx, reassign_visit (.visit_id = visit_of (tx, order, visit), .reason = "later, please"));
    run (tx, reassign_visit (.visit_id = visit_of (tx, order, visit), .reason = "later, please"));
    run (tx, choose_engineer (.work_order_id = order, .engineer_id = "ann",
        .starts_at = NOW + 3 * HOUR, .override_reason = "as agreed"));
    int64_t work_starts_at = visit_row (tx, visit_of (tx, order, visit))->work_starts_at;
    s_lock (tx, visit, VISIT_LOCK_TIME);
    engineer_is (tx, "eve", 4, "gas", 2);
    run (tx, reassign_visit (.visit_id = visit, .reason = "ann is ill"));
    assert_string_equal (emitted (tx, dispatch_decided)->winner_id, "eve");
    assert_int_equal (emitted (tx, visit_proposed)->work_starts_at, work_starts_at);
    visit_of (tx, order, visit);
    assert_int_equal (visit_row (tx, visit)->lock, VISIT_LOCK_TIME);
    assert_int_equal (visit_row (tx, visit)->lock_from_at, work_starts_at);
}

static void
test_x2_who_can_not_come_at_the_locked_time_may_not_go (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_offered (tx, order, visit);
    s_lock (tx, visit, VISIT_LOCK_TIME);
    run (tx, absence_recorded (.absence_id = "x", .engineer_id = "bob", .from_at = NOW,
        .to_at = NOW + 4 * HOUR));
    run (tx, reject_visit (.visit_id = visit, .engineer_id = "ann", .reason = "ill"));
    const dispatch_failed_t *failed = emitted (tx, dispatch_failed);
    assert_non_null (failed);
    assert_string_equal (failed->candidates [1]->engineer_id, "bob");
    assert_string_equal (failed->candidates [1]->failed_rules [0]->rule, "lock");
}

static void
test_x2_locks_without_sense_are_refused (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_offered (tx, order, visit);
    run (tx, lock_visit (.visit_id = visit, .reason = "x"));
    assert_rejected (tx, "lock.missing");
    run (tx, lock_visit (.visit_id = visit, .lock = VISIT_LOCK_TIME));
    assert_rejected (tx, "reason.missing");
    run (tx, lock_visit (.visit_id = "v9", .lock = VISIT_LOCK_TIME, .reason = "x"));
    assert_rejected (tx, "visit.unknown");
    run (tx, lock_visit (.visit_id = visit, .lock = VISIT_LOCK_RANGE, .from_at = NOW + DAY,
        .to_at = NOW + 2 * DAY, .reason = "x"));
    assert_rejected (tx, "visit.outside_range");
    run (tx, accept_visit (.visit_id = visit));
    run (tx, start_travel (.visit_id = visit));
    run (tx, lock_visit (.visit_id = visit, .lock = VISIT_LOCK_TIME, .reason = "x"));
    assert_rejected (tx, "visit.not_accepted");
}

/* ---- X1 */

static void
s_hold (tx_t *tx)
{
    dispatch_policy_details_t details = policy_defaults;
    details.hold_offers = true;
    run (tx, publish_dispatch_policy (.policy_id = "planned", .details = &details));
    engineer_is (tx, "ann", 1, "gas", 2);
}

static char *
s_planned (tx_t *tx, const char *request_id, char ret_visit [64])
{
    char order [64];
    ready_is (tx, order_is (tx, request_id, order));
    visit_of (tx, order, ret_visit);
    run (tx, booking_held (.booking_id = ret_visit));
    return ret_visit;
}

static void
test_x1_a_planned_visit_is_held_and_nobody_is_told_before_it_is_confirmed (void **state)
{
    tx_t *tx = *state;
    char visit [64];
    s_hold (tx);
    s_planned (tx, "r1", visit);
    assert_null (emitted (tx, visit_offered));
    assert_string_equal (emitted (tx, visit_planned)->territory_id, "milan");
    assert_int_equal (tx_fake_timer (tx, "offer_expires", visit), 0);
    run (tx, accept_visit (.visit_id = visit, .engineer_id = "ann"));
    assert_rejected (tx, "visit.not_offered");
    char *ids [] = { visit };
    run (tx, confirm_planned (.n_visit_ids = 1, .visit_ids = ids));
    assert_accepted (tx);
    assert_string_equal (emitted (tx, visit_offered)->visit_id, visit);
    run (tx, accept_visit (.visit_id = visit, .engineer_id = "ann"));
    assert_accepted (tx);
    run (tx, confirm_planned (.n_visit_ids = 1, .visit_ids = ids));
    assert_rejected (tx, "visit.not_planned");
}

static void
test_x1_a_day_of_a_territory_is_confirmed_at_once_with_what_lies_below_it (void **state)
{
    tx_t *tx = *state;
    char visits [12] [64], request [8];
    int today = 0, tomorrow = 0;
    s_hold (tx);
    for (int i = 0; i < 12; i++) {
        snprintf (request, sizeof request, "r%d", i);
        s_planned (tx, request, visits [i]);
        *(visit_row (tx, visits [i])->work_starts_at < NOW + 14 * HOUR ? &today : &tomorrow) += 1;
    }
    assert_true (today > 1 && tomorrow > 1);
    run (tx, confirm_planned (.territory_id = "italy", .day_on = "2026-06-09"));
    assert_int_equal (emitted_count (tx, visit_offered), tomorrow);
    run (tx, confirm_planned (.territory_id = "italy", .day_on = "2026-06-09"));
    assert_rejected (tx, "visit.none_planned");
    run (tx, confirm_planned (.territory_id = "rome"));
    assert_rejected (tx, "visit.none_planned");
    run (tx, confirm_planned (.territory_id = "milan"));
    assert_int_equal (emitted_count (tx, visit_offered), today);
    assert_true (tx_fake_passes (tx) <= 5);
}

static void
test_x1_a_planned_visit_that_is_cancelled_is_not_confirmed_any_more (void **state)
{
    tx_t *tx = *state;
    char visit [64];
    s_hold (tx);
    s_planned (tx, "r1", visit);
    run (tx, service_request_cancelled (.request_id = "r1", .reason = "sold"));
    run (tx, confirm_planned (.territory_id = "milan"));
    assert_rejected (tx, "visit.none_planned");
    run (tx, confirm_planned (.territory_id = "atlantis"));
    assert_rejected (tx, "territory.unknown");
    run (tx, confirm_planned (.territory_id = "milan", .day_on = "2026-02-30"));
    assert_rejected (tx, "day_on.invalid");
}

static void
test_x2_of_a_visit_that_is_locked_to_who_falls_ill_a_person_is_told_once (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    run (tx, absence_recorded (.absence_id = "dentist", .engineer_id = "ann", .from_at = NOW, .to_at = NOW + DAY,
        .unplanned = true));
    assert_null (emitted (tx, dispatch_failed));            /* it moves by itself */
    run (tx, lock_visit (.visit_id = visit, .lock = VISIT_LOCK_ENGINEER, .reason = "promised"));
    assert_accepted (tx);
    for (int i = 0; i < 2; i++) {
        run (tx, absence_recorded (.absence_id = "flu", .engineer_id = "ann", .from_at = NOW, .to_at = NOW + DAY,
            .unplanned = true));
        assert_int_equal (emitted_count (tx, dispatch_failed), i == 0);
    }
    const work_order_t *row = stored (tx, work_order, order);
    assert_non_null (strstr (row->failure, "is locked to engineer ann, who is away"));
    assert_int_equal (visit_row (tx, visit)->state, VISIT_STATE_ACCEPTED);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_x2_of_a_visit_that_is_locked_to_who_falls_ill_a_person_is_told_once),
        TEST (test_x2_a_lock_is_kept_and_said_once),
        TEST (test_x2_the_system_does_not_move_a_locked_visit_for_an_earlier_promise),
        TEST (test_x2_who_is_locked_to_a_visit_is_not_replaced_before_it_is_unlocked),
        TEST (test_x2_when_the_locked_engineer_will_not_go_a_person_must_choose),
        TEST (test_x2_a_locked_time_stays_when_another_engineer_comes),
        TEST (test_x2_who_can_not_come_at_the_locked_time_may_not_go),
        TEST (test_x2_locks_without_sense_are_refused),
        TEST (test_x1_a_planned_visit_is_held_and_nobody_is_told_before_it_is_confirmed),
        TEST (test_x1_a_day_of_a_territory_is_confirmed_at_once_with_what_lies_below_it),
        TEST (test_x1_a_planned_visit_that_is_cancelled_is_not_confirmed_any_more),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
