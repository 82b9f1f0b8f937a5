/* One visit from the offer to the end of the work. */
#include "world.h"

/* ann is near, bob is farther; an order is proposed to ann. */
static void
s_proposed (tx_t *tx, char order [64], char visit [64])
{
    engineer_is (tx, "ann", 1, "gas", 2);
    engineer_is (tx, "bob", 5, "gas", 2);
    ready_is (tx, order_is (tx, "r1", order));
    visit_of (tx, order, visit);
    assert_string_equal (visit_row (tx, visit)->engineer_id, "ann");
}

static void
test_h12_a_held_booking_is_offered_with_a_time_to_answer_by (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_proposed (tx, order, visit);
    run (tx, accept_visit (.visit_id = visit, .engineer_id = "ann"));
    assert_rejected (tx, "visit.not_offered");
    booking_is_held (tx, visit);
    const visit_offered_t *offered = emitted (tx, visit_offered);
    assert_int_equal (offered->answer_by_at, NOW + 15 * MINUTE);
    assert_string_equal (offered->request_id, "r1");
    assert_int_equal (tx_fake_timer (tx, "offer_expires", visit), NOW + 15 * MINUTE);
}

static void
test_h12_an_accepted_visit_tells_the_van_and_stops_the_timer (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_proposed (tx, order, visit);
    booking_is_held (tx, visit);
    run (tx, accept_visit (.visit_id = visit, .engineer_id = "bob"));
    assert_rejected (tx, "visit.not_yours");
    run (tx, accept_visit (.visit_id = visit, .engineer_id = "ann"));
    assert_string_equal (emitted (tx, visit_accepted)->van_location_id, "van-1");
    assert_int_equal (tx_fake_timer (tx, "offer_expires", visit), 0);
    run (tx, accept_visit (.visit_id = visit, .engineer_id = "ann"));
    assert_rejected (tx, "visit.not_offered");
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_h12_a_visit_that_was_rejected_goes_to_the_next_engineer (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_proposed (tx, order, visit);
    booking_is_held (tx, visit);
    run (tx, reject_visit (.visit_id = visit, .engineer_id = "ann"));
    assert_rejected (tx, "reason.missing");
    run (tx, reject_visit (.visit_id = visit, .engineer_id = "ann", .reason = "my van is broken"));
    assert_int_equal (emitted (tx, visit_ended)->state, VISIT_STATE_REJECTED);
    assert_string_equal (emitted (tx, visit_ended)->reason, "my van is broken");
    const dispatch_decided_t *decided = emitted (tx, dispatch_decided);
    assert_string_equal (decided->winner_id, "bob");
    assert_string_equal (decision_candidate (decided, "ann")->failed_rules [0]->rule, "rejected");
    assert_string_equal (decision_candidate (decided, "ann")->failed_rules [0]->had,
        "rejected: my van is broken");
}

static void
test_h12_an_offer_not_answered_in_time_goes_to_the_next_engineer (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_proposed (tx, order, visit);
    booking_is_held (tx, visit);
    tx_fake_advance (tx, NOW + 15 * MINUTE);
    assert_int_equal (emitted (tx, visit_ended)->state, VISIT_STATE_EXPIRED);
    assert_string_equal (emitted (tx, visit_proposed)->engineer_id, "bob");
}

static void
test_h12_an_answer_after_its_time_is_too_late_even_before_the_timer_has_run (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_proposed (tx, order, visit);
    booking_is_held (tx, visit);
    tx_fake_now (tx, NOW + 15 * MINUTE + 1);
    run (tx, accept_visit (.visit_id = visit, .engineer_id = "ann"));
    assert_rejected (tx, "visit.offer_expired");
    run_at (tx, NOW + 15 * MINUTE, accept_visit (.visit_id = visit, .engineer_id = "ann"));
    /* his phone was offline: he had answered in time */
    assert_string_equal (tx_fake_code (tx), "");
    assert_int_equal (emitted (tx, visit_accepted)->accepted_at, NOW + 15 * MINUTE);
}

static void
test_h12_after_as_many_offers_as_the_policy_allows_a_person_must_choose (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    dispatch_policy_details_t two = policy_defaults;
    two.max_offers = 2;
    run (tx, publish_dispatch_policy (.policy_id = "two", .details = &two));
    engineer_is (tx, "eve", 9, "gas", 2);
    s_proposed (tx, order, visit);
    for (int i = 0; i < 2; i++) {
        booking_is_held (tx, visit_of (tx, order, visit));
        run (tx, reject_visit (.visit_id = visit, .reason = "no"));
    }
    assert_null (emitted (tx, visit_proposed));
    assert_non_null (strstr (emitted (tx, dispatch_failed)->reason, "2 offers"));
    assert_true (emitted (tx, dispatch_failed)->needs_person);
    assert_int_equal (tx_fake_timer (tx, "dispatch_retry", order), 0);
    ready_is (tx, order);
    assert_null (emitted (tx, visit_proposed));
    run (tx, choose_engineer (.work_order_id = order, .engineer_id = "eve"));
    assert_string_equal (tx_fake_code (tx), "");
    assert_false (stored (tx, work_order, order)->needs_person);
}

static void
test_h10_the_time_from_an_order_to_the_first_offer_and_yes_is_measured_once (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    double seconds;
    s_proposed (tx, order, visit);
    tx_fake_now (tx, NOW + 2500);
    booking_is_held (tx, visit);
    assert_true (tx_fake_observed (tx, &offer_delay_figure, &seconds));
    assert_true (seconds == 2.5);
    tx_fake_now (tx, NOW + MINUTE);
    run (tx, accept_visit (.visit_id = visit, .engineer_id = "ann"));
    assert_true (tx_fake_observed (tx, &accept_delay_figure, &seconds));
    assert_true (seconds == 60);
    run (tx, reassign_visit (.visit_id = visit, .reason = "ill"));
    booking_is_held (tx, visit_of (tx, order, visit));
    assert_false (tx_fake_observed (tx, &offer_delay_figure, &seconds));
    run (tx, accept_visit (.visit_id = visit));
    assert_false (tx_fake_observed (tx, &accept_delay_figure, &seconds));
}

static void
test_h11_reassigning_excludes_the_engineer_for_this_order (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_proposed (tx, order, visit);
    booking_is_held (tx, visit);
    run (tx, accept_visit (.visit_id = visit, .engineer_id = "ann"));
    run (tx, reassign_visit (.visit_id = visit, .reason = "customer was not satisfied"));
    assert_int_equal (emitted (tx, visit_ended)->state, VISIT_STATE_CANCELLED);
    const dispatch_decided_t *decided = emitted (tx, dispatch_decided);
    assert_string_equal (decided->winner_id, "bob");
    assert_string_equal (decision_candidate (decided, "ann")->failed_rules [0]->rule, "excluded");
    run (tx, reassign_visit (.visit_id = visit, .reason = "again"));
    assert_rejected (tx, "visit.not_accepted");
}

static void
test_h11_another_order_may_still_go_to_him (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_proposed (tx, order, visit);
    run (tx, reassign_visit (.visit_id = visit, .reason = "customer was not satisfied"));
    ready_is (tx, order_is (tx, "r2", order));
    assert_string_equal (emitted (tx, visit_proposed)->engineer_id, "ann");
}

static void
test_i2_arrival_tells_the_distance_to_the_site_and_what_that_means (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    run (tx, start_travel (.visit_id = visit, .engineer_id = "ann"));
    assert_string_equal (emitted (tx, visit_travel_started)->site_id, "s1");
    assert_int_equal (emitted (tx, work_order_state_changed)->state, WORK_ORDER_STATE_IN_PROGRESS);
    tx_fake_now (tx, NOW + 20 * MINUTE);
    run (tx, arrive_at_site (.visit_id = visit, .engineer_id = "ann",
        .point = POINT (45.4651, 9.1900), .accuracy_m = 10));
    const visit_arrived_t *arrived = emitted (tx, visit_arrived);
    assert_int_equal (arrived->distance_m, 100);
    assert_int_equal (arrived->check, ARRIVAL_CHECK_INSIDE);
    assert_int_equal (arrived->arrived_at, NOW + 20 * MINUTE);
}

static arrival_check_t
s_check (tx_t *tx, const char *visit, int64_t at, const ProtobufCMessage *arrive)
{
    tx_fake_now (tx, NOW + 20 * MINUTE);
    run_at (tx, at, arrive);
    assert_string_equal (tx_fake_code (tx), "");
    assert_string_equal (emitted (tx, visit_arrived)->visit_id, visit);
    return emitted (tx, visit_arrived)->check;
}

static void
test_i2_far_away_is_outside (void **state)
{
    char order [64], visit [64];
    accepted_visit (*state, order, visit);
    assert_int_equal (s_check (*state, visit, 0,
                      arrive_at_site (.visit_id = visit, .point = POINT (45.5, 9.19))),
                      ARRIVAL_CHECK_OUTSIDE);
}

static void
test_i2_a_coarse_fix_can_not_tell (void **state)
{
    char order [64], visit [64];
    accepted_visit (*state, order, visit);
    assert_int_equal (s_check (*state, visit, 0,
                      arrive_at_site (.visit_id = visit, .point = POINT (45.5, 9.19),
                      .accuracy_m = 101)), ARRIVAL_CHECK_INACCURATE);
}

static void
test_i2_no_fix_is_said_so (void **state)
{
    char order [64], visit [64];
    accepted_visit (*state, order, visit);
    assert_int_equal (s_check (*state, visit, 0, arrive_at_site (.visit_id = visit)),
        ARRIVAL_CHECK_NO_FIX);
}

static void
test_i2_told_much_later_than_it_happened_is_offline_and_keeps_its_own_time (void **state)
{
    char order [64], visit [64];
    accepted_visit (*state, order, visit);
    assert_int_equal (s_check (*state, visit, NOW + 10 * MINUTE, arrive_at_site (.visit_id = visit,
                      .point = POINT (45.4642, 9.19))), ARRIVAL_CHECK_OFFLINE);
    assert_int_equal (emitted ((tx_t *) *state, visit_arrived)->arrived_at, NOW + 10 * MINUTE);
}

static void
test_i2_one_engineer_does_not_travel_to_two_places (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64], second_order [64], second [64];
    accepted_visit (tx, order, visit);
    ready_is (tx, order_is (tx, "r2", second_order));
    booking_is_held (tx, visit_of (tx, second_order, second));
    run (tx, accept_visit (.visit_id = second));
    run (tx, start_travel (.visit_id = visit));
    run (tx, start_travel (.visit_id = second));
    assert_rejected (tx, "engineer.busy");
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_i4_travel_and_work_become_time_entries_without_the_pause (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    run (tx, start_travel (.visit_id = visit));
    tx_fake_now (tx, NOW + 20 * MINUTE);
    run (tx, arrive_at_site (.visit_id = visit));
    const time_entry_recorded_t *entry = emitted (tx, time_entry_recorded);
    assert_int_equal (entry->kind, TIME_KIND_TRAVEL);
    assert_int_equal (entry->to_at - entry->from_at, 20 * MINUTE);
    tx_fake_now (tx, NOW + 30 * MINUTE);
    run (tx, start_work (.visit_id = visit));
    assert_null (emitted (tx, time_entry_recorded));
    tx_fake_now (tx, NOW + 50 * MINUTE);
    run (tx, pause_work (.visit_id = visit, .reason = "waits for the electrician"));
    assert_int_equal (emitted (tx, work_order_state_changed)->state, WORK_ORDER_STATE_ON_HOLD);
    assert_int_equal (emitted (tx, time_entry_recorded)->kind, TIME_KIND_WORK);
    tx_fake_now (tx, NOW + 80 * MINUTE);
    run (tx, start_work (.visit_id = visit));
    tx_fake_now (tx, NOW + 90 * MINUTE);
    run (tx, finish_work (.visit_id = visit));
    entry = emitted (tx, time_entry_recorded);
    assert_int_equal (entry->from_at, NOW + 80 * MINUTE);
    assert_int_equal (entry->to_at, NOW + 90 * MINUTE);
    assert_int_equal (emitted (tx, visit_finished)->finished_at, NOW + 90 * MINUTE);
    assert_int_equal (tx_fake_stored_count (tx, &time_entry_entity), 3);
}

static void
test_nobody_let_him_in_so_the_next_try_is_tomorrow_at_the_site (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    run (tx, arrive_at_site (.visit_id = visit));
    run (tx, report_no_access (.visit_id = visit, .note = "door is locked"));
    assert_int_equal (emitted (tx, visit_ended)->state, VISIT_STATE_NO_ACCESS);
    /* 08:00, and the way */
    assert_int_equal (emitted (tx, visit_proposed)->work_starts_at, NOW + 22 * HOUR + 2 * MINUTE);
}

static void
test_an_illegal_step_is_rejected_and_says_nothing (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    run (tx, start_work (.visit_id = visit));
    assert_rejected (tx, "visit.not_on_site");
    run (tx, pause_work (.visit_id = visit));
    assert_rejected (tx, "visit.not_working");
    run (tx, finish_work (.visit_id = visit));
    assert_rejected (tx, "visit.not_working");
    run (tx, report_no_access (.visit_id = visit));
    assert_rejected (tx, "visit.not_on_site");
    run (tx, issue_service_report (.visit_id = visit));
    assert_rejected (tx, "visit.not_finished");
    run (tx, start_travel (.visit_id = "unheard-of"));
    assert_rejected (tx, "visit.unknown");
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    assert_int_equal (visit_row (tx, visit)->state, VISIT_STATE_ACCEPTED);
}

static void
test_a_visit_that_ended_frees_the_engineers_time (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64], other [64];
    accepted_visit (tx, order, visit);
    run (tx, cancel_work_order (.work_order_id = order, .reason = "works again"));
    ready_is (tx, order_is (tx, "r2", other));
    assert_int_equal (emitted (tx, visit_proposed)->starts_at, NOW);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_h12_a_held_booking_is_offered_with_a_time_to_answer_by),
        TEST (test_h12_an_accepted_visit_tells_the_van_and_stops_the_timer),
        TEST (test_h12_a_visit_that_was_rejected_goes_to_the_next_engineer),
        TEST (test_h12_an_offer_not_answered_in_time_goes_to_the_next_engineer),
        TEST (test_h12_an_answer_after_its_time_is_too_late_even_before_the_timer_has_run),
        TEST (test_h12_after_as_many_offers_as_the_policy_allows_a_person_must_choose),
        TEST (test_h10_the_time_from_an_order_to_the_first_offer_and_yes_is_measured_once),
        TEST (test_h11_reassigning_excludes_the_engineer_for_this_order),
        TEST (test_h11_another_order_may_still_go_to_him),
        TEST (test_i2_arrival_tells_the_distance_to_the_site_and_what_that_means),
        TEST (test_i2_far_away_is_outside),
        TEST (test_i2_a_coarse_fix_can_not_tell),
        TEST (test_i2_no_fix_is_said_so),
        TEST (test_i2_told_much_later_than_it_happened_is_offline_and_keeps_its_own_time),
        TEST (test_i2_one_engineer_does_not_travel_to_two_places),
        TEST (test_i4_travel_and_work_become_time_entries_without_the_pause),
        TEST (test_nobody_let_him_in_so_the_next_try_is_tomorrow_at_the_site),
        TEST (test_an_illegal_step_is_rejected_and_says_nothing),
        TEST (test_a_visit_that_ended_frees_the_engineers_time),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
