/* What the SLA promises, heard in any order, and gone with its clock. */
#include "world.h"

static void
s_starts (tx_t *tx, const char *request_id, milestone_t milestone, int64_t due_at)
{
    run (tx, sla_clock_started (.clock_id = "clock", .case_id = (char *) request_id,
        .milestone = milestone, .started_at = NOW, .due_at = due_at, .breach_at = due_at));
}

static int64_t
s_promised_at (tx_t *tx, const char *request_id)
{
    const promise_t *promise = stored (tx, promise, request_id);
    return promise ? promise->arrive_at : 0;
}

/* The instant that the winner's arrival was compared with; 0: with none. */
static int64_t
s_compared_at (const dispatch_decided_t *decided)
{
    const dispatch_candidate_t *winner = decision_candidate (decided, decided->winner_id);
    for (size_t i = 0; i < winner->n_terms; i++)
        if (strcmp (winner->terms [i]->term, "late") == 0)
            return winner->terms [i]->after_at;
    return 0;
}

static void
test_h5_a_promise_that_comes_before_its_order_is_in_the_decision (void **state)
{
    tx_t *tx = *state;
    char order [64];
    engineer_is (tx, "ann", 1, "gas", 2);
    s_starts (tx, "r1", MILESTONE_ARRIVE, NOW + HOUR);
    ready_is (tx, order_is (tx, "r1", order));
    const dispatch_decided_t *decided = emitted (tx, dispatch_decided);
    assert_int_equal (decided->promised_at, NOW + HOUR);
    assert_int_equal (s_compared_at (decided), NOW + HOUR);
}

static void
test_h5_a_promise_that_comes_after_its_order_is_in_the_decision (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    engineer_is (tx, "ann", 1, "gas", 2);
    order_is (tx, "r1", order);
    s_starts (tx, "r1", MILESTONE_ARRIVE, NOW + HOUR);
    ready_is (tx, order);
    assert_int_equal (s_compared_at (emitted (tx, dispatch_decided)), NOW + HOUR);
    run (tx, get_decision (.visit_id = visit_of (tx, order, visit)));
    const dispatch_decided_t *told = answer (tx, dispatch_decided);
    assert_int_equal (s_compared_at (told), NOW + HOUR);
    assert_true (decision_holds (told));
}

static void
test_h5_only_the_promise_of_the_same_request_and_of_the_arrival_counts (void **state)
{
    tx_t *tx = *state;
    char order [64];
    engineer_is (tx, "ann", 1, "gas", 2);
    s_starts (tx, "r2", MILESTONE_ARRIVE, NOW + HOUR);
    s_starts (tx, "r1", MILESTONE_COMPLETE, NOW + HOUR);
    ready_is (tx, order_is (tx, "r1", order));
    assert_int_equal (emitted (tx, dispatch_decided)->promised_at, 0);
    assert_int_equal (s_compared_at (emitted (tx, dispatch_decided)), 0);
    run (tx, sla_clock_met (.case_id = "r2", .milestone = MILESTONE_ACCEPT));
    assert_int_equal (s_promised_at (tx, "r2"), NOW + HOUR);
}

static void
test_h5_the_promise_moves_with_its_clock (void **state)
{
    tx_t *tx = *state;
    s_starts (tx, "r1", MILESTONE_ARRIVE, NOW + 4 * HOUR);
    run (tx, sla_clock_recomputed (.case_id = "r1", .milestone = MILESTONE_ARRIVE,
        .due_at = NOW + HOUR));
    assert_int_equal (s_promised_at (tx, "r1"), NOW + HOUR);
    run (tx, sla_clock_resumed (.case_id = "r1", .milestone = MILESTONE_ARRIVE,
        .due_at = NOW + 2 * HOUR));
    assert_int_equal (s_promised_at (tx, "r1"), NOW + 2 * HOUR);
    run (tx, sla_clock_recomputed (.case_id = "r1", .milestone = MILESTONE_ARRIVE));
    assert_int_equal (tx_fake_stored_count (tx, &promise_entity), 0);   /* it waits without end */
}

static void
test_h5_nothing_is_kept_of_a_promise_whose_clock_has_stopped (void **state)
{
    tx_t *tx = *state;
    s_starts (tx, "r1", MILESTONE_ARRIVE, NOW + HOUR);
    s_starts (tx, "r2", MILESTONE_ARRIVE, NOW + HOUR);
    s_starts (tx, "r3", MILESTONE_ARRIVE, NOW + HOUR);
    assert_int_equal (tx_fake_stored_count (tx, &promise_entity), 3);
    for (int i = 0; i < 2; i++) {                   /* a verdict may be said again */
        run (tx, sla_clock_met (.case_id = "r1", .milestone = MILESTONE_ARRIVE, .met_at = NOW));
        run (tx, sla_clock_missed (.case_id = "r2", .milestone = MILESTONE_ARRIVE));
        run (tx, sla_clock_cancelled (.case_id = "r3", .milestone = MILESTONE_ARRIVE));
    }
    assert_int_equal (tx_fake_stored_count (tx, &promise_entity), 0);
}

static void
test_h5_he_who_keeps_the_promise_wins_over_the_nearer_who_breaks_it (void **state)
{
    tx_t *tx = *state;
    char first [64], second [64];
    engineer_is (tx, "near", 1, "gas", 2);
    ready_is (tx, order_is (tx, "r1", first));      /* an hour of work is his now */
    engineer_is (tx, "far", 20, "gas", 2);
    order_is (tx, "r2", second);
    run (tx, service_request_triaged (.request_id = "r2", .priority = 1));
    s_starts (tx, "r2", MILESTONE_ARRIVE, NOW + HOUR);
    ready_is (tx, second);
    const dispatch_decided_t *decided = emitted (tx, dispatch_decided);
    assert_string_equal (decided->winner_id, "far");
    assert_string_equal (decided->runner_up_id, "near");
    assert_true (decision_holds (decided));
}

/* near is at work for an hour, far is there in 35 minutes but costs more; near is chosen as long as
 * nothing is promised */
static char *
s_near_is_proposed (tx_t *tx, char ret_order_id [64])
{
    char first [64];
    engineer_is (tx, "near", 1, "gas", 2);
    ready_is (tx, order_is (tx, "r1", first));
    engineer_is (tx, "far", 20, "gas", 2);
    order_is (tx, "r2", ret_order_id);
    run (tx, service_request_triaged (.request_id = "r2", .priority = 60));
    ready_is (tx, ret_order_id);
    assert_string_equal (emitted (tx, visit_proposed)->engineer_id, "near");
    return ret_order_id;
}

static void
test_h5_a_promise_that_comes_after_the_decision_makes_another_while_nobody_was_told (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_near_is_proposed (tx, order);
    visit_of (tx, order, visit);
    s_starts (tx, "r2", MILESTONE_ARRIVE, NOW + 40 * MINUTE);
    tx_fake_advance (tx, NOW + 100);
    assert_string_equal (emitted (tx, visit_ended)->visit_id, visit);
    assert_string_equal (emitted (tx, visit_proposed)->engineer_id, "far");
    assert_int_equal (emitted (tx, dispatch_decided)->promised_at, NOW + 40 * MINUTE);
    assert_int_equal (stored (tx, work_order, order)->state, WORK_ORDER_STATE_SCHEDULED);
    run (tx, booking_held (.booking_id = visit));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_h5_a_promise_that_is_kept_anyway_or_was_offered_already_changes_nothing (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_near_is_proposed (tx, order);
    s_starts (tx, "r2", MILESTONE_ARRIVE, NOW + 4 * HOUR);
    assert_int_equal (tx_fake_timer (tx, "promise_broken", order), 0);
    booking_is_held (tx, visit_of (tx, order, visit));
    run (tx, sla_clock_recomputed (.case_id = "r2", .milestone = MILESTONE_ARRIVE,
        .due_at = NOW + 40 * MINUTE));
    assert_int_equal (tx_fake_timer (tx, "promise_broken", order), 0);
    assert_int_equal (visit_row (tx, visit)->state, VISIT_STATE_OFFERED);
}

static void
test_h5_a_promise_nobody_can_keep_is_decided_once_more_and_not_for_ever (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_near_is_proposed (tx, order);
    for (int i = 0; i < 3; i++) {
        s_starts (tx, "r2", MILESTONE_ARRIVE, NOW + MINUTE);
        tx_fake_advance (tx, NOW + 100 * (i + 1));
        assert_int_equal (emitted_count (tx, visit_proposed), i == 0);
    }
    assert_int_equal (visit_row (tx, visit_of (tx, order, visit))->state, VISIT_STATE_PROPOSED);
    assert_int_equal (stored (tx, work_order, order)->attempts, 2);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_h5_a_promise_that_comes_before_its_order_is_in_the_decision),
        TEST (test_h5_a_promise_that_comes_after_its_order_is_in_the_decision),
        TEST (test_h5_only_the_promise_of_the_same_request_and_of_the_arrival_counts),
        TEST (test_h5_the_promise_moves_with_its_clock),
        TEST (test_h5_nothing_is_kept_of_a_promise_whose_clock_has_stopped),
        TEST (test_h5_a_promise_that_comes_after_the_decision_makes_another_while_nobody_was_told),
        TEST (test_h5_a_promise_that_is_kept_anyway_or_was_offered_already_changes_nothing),
        TEST (test_h5_a_promise_nobody_can_keep_is_decided_once_more_and_not_for_ever),
        TEST (test_h5_he_who_keeps_the_promise_wins_over_the_nearer_who_breaks_it),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
