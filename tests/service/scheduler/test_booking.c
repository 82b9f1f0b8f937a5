/* Bookings never overlap (G5). */
#include "world.h"

#define NINE    (MONDAY_AT + HOUR)
#define TEN     (MONDAY_AT + 2 * HOUR)
#define ELEVEN  (MONDAY_AT + 3 * HOUR)

static void
test_g5_a_proposed_visit_holds_the_time (void **state)
{
    (void) state;
    tx_t *tx = world ();
    propose (tx, "v1", NINE, TEN);
    assert_string_equal (emitted (tx, booking_held)->booking_id, "v1");
    assert_int_equal (emitted (tx, booking_held)->from_at, NINE);
    assert_int_equal (stored (tx, booking, "v1")->state, BOOKING_HELD);
    propose (tx, "v1", NINE, TEN);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    tx_fake_destroy (&tx);
}

static void
test_g5_a_visit_that_overlaps_a_held_or_confirmed_one_is_refused (void **state)
{
    (void) state;
    tx_t *tx = world ();
    propose (tx, "v1", NINE, TEN);
    propose (tx, "v2", TEN - 1, ELEVEN);
    assert_string_equal (emitted (tx, booking_refused)->code, "overlap");
    assert_non_null (strstr (emitted (tx, booking_refused)->message, "v1"));
    accept_proposed (tx, "v1");
    propose (tx, "v3", NINE + MINUTE, NINE + 2 * MINUTE);
    assert_string_equal (emitted (tx, booking_refused)->code, "overlap");
    propose (tx, "v4", NINE - HOUR, ELEVEN);
    assert_string_equal (emitted (tx, booking_refused)->code, "overlap");
    tx_fake_destroy (&tx);
}

static void
test_g5_visits_that_touch_do_not_overlap (void **state)
{
    (void) state;
    tx_t *tx = world ();
    propose (tx, "v1", NINE, TEN);
    propose (tx, "v2", TEN, ELEVEN);
    assert_non_null (emitted (tx, booking_held));
    tx_fake_destroy (&tx);
}

static void
test_g5_of_two_overlapping_visits_in_one_turn_the_first_wins (void **state)
{
    (void) state;
    tx_t *tx = world ();
    const ProtobufCMessage *both [] = {
        visit_proposed (.visit_id = "v2", .engineer_id = "anna", .starts_at = NINE, .ends_at = ELEVEN),
        visit_proposed (.visit_id = "v1", .engineer_id = "anna", .starts_at = TEN, .ends_at = ELEVEN),
    };
    tx_fake_run_all (tx, both, 2);
    assert_int_equal (emitted_count (tx, booking_held), 1);
    assert_string_equal (emitted (tx, booking_held)->booking_id, "v2");
    assert_string_equal (emitted (tx, booking_refused)->booking_id, "v1");
    tx_fake_destroy (&tx);
}

static void
test_g5_another_engineer_has_his_own_time (void **state)
{
    (void) state;
    tx_t *tx = world ();
    propose (tx, "v1", NINE, TEN);
    run (tx, visit_proposed (.visit_id = "v2", .engineer_id = "bo", .starts_at = NINE, .ends_at = TEN));
    assert_non_null (emitted (tx, booking_held));
    tx_fake_destroy (&tx);
}

static void
test_g5_a_rejected_visit_gives_the_time_back (void **state)
{
    (void) state;
    tx_t *tx = world ();
    propose (tx, "v1", NINE, TEN);
    run (tx, visit_ended (.visit_id = "v1", .state = VISIT_STATE_REJECTED, .reason = "ill"));
    assert_string_equal (emitted (tx, booking_released)->reason, "ill");
    run (tx, visit_ended (.visit_id = "v1", .state = VISIT_STATE_REJECTED, .reason = "ill"));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    propose (tx, "v2", NINE, TEN);
    assert_non_null (emitted (tx, booking_held));
    tx_fake_destroy (&tx);
}

static void
test_g5_time_given_back_and_taken_in_one_turn_is_held (void **state)
{
    (void) state;
    tx_t *tx = world ();
    propose (tx, "v2", NINE, TEN);
    const ProtobufCMessage *both [] = {
        visit_ended (.visit_id = "v2", .state = VISIT_STATE_EXPIRED),
        visit_proposed (.visit_id = "v1", .engineer_id = "anna", .starts_at = NINE, .ends_at = TEN),
    };
    tx_fake_run_all (tx, both, 2);
    assert_string_equal (emitted (tx, booking_released)->reason, "VISIT_STATE_EXPIRED");
    assert_string_equal (emitted (tx, booking_held)->booking_id, "v1");
    tx_fake_destroy (&tx);
}

static void
test_g5_an_accepted_visit_is_confirmed_once (void **state)
{
    (void) state;
    tx_t *tx = world ();
    propose (tx, "v1", NINE, TEN);
    accept_proposed (tx, "v1");
    assert_int_equal (emitted (tx, booking_confirmed)->to_at, TEN);
    accept_proposed (tx, "v1");
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    tx_fake_destroy (&tx);
}

static void
test_g5_an_accepted_visit_that_was_never_proposed_is_a_dead_letter (void **state)
{
    (void) state;
    tx_t *tx = world ();
    accept_proposed (tx, "v9");
    assert_dead (tx, "v9");
    tx_fake_destroy (&tx);
}

static void
test_g5_a_visit_that_ends_before_it_starts_is_a_dead_letter (void **state)
{
    (void) state;
    tx_t *tx = world ();
    propose (tx, "v1", TEN, NINE);
    assert_dead (tx, "must end after it starts");
    assert_int_equal (stored_count (tx, booking), 0);
    tx_fake_destroy (&tx);
}

static void
test_g1_a_visit_in_an_absence_is_refused (void **state)
{
    (void) state;
    tx_t *tx = world ();
    run (tx, record_absence (.absence_id = "a1", .engineer_id = "anna", .from_at = TEN, .to_at = ELEVEN));
    propose (tx, "v1", NINE, TEN + 1);
    assert_string_equal (emitted (tx, booking_refused)->code, "absence");
    propose (tx, "v2", NINE, TEN);
    assert_non_null (emitted (tx, booking_held));
    tx_fake_destroy (&tx);
}

static void
test_m1_the_time_of_a_provider_is_not_booked_here (void **state)
{
    (void) state;
    tx_t *tx = world ();
    run (tx, visit_proposed (.visit_id = "v1", .work_order_id = "w1", .engineer_id = "acme:1",
        .provider_id = "acme", .starts_at = NINE, .ends_at = TEN));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    run (tx, visit_accepted (.visit_id = "v1", .work_order_id = "w1", .engineer_id = "acme:1",
        .provider_id = "acme", .starts_at = NINE, .ends_at = TEN));
    assert_string_equal (tx_fake_dead_letter (tx), "");
    run (tx, visit_ended (.visit_id = "v1", .work_order_id = "w1", .engineer_id = "acme:1",
        .state = VISIT_STATE_CANCELLED));
    assert_string_equal (tx_fake_dead_letter (tx), "");
    assert_int_equal (stored_count (tx, booking), 0);
    tx_fake_destroy (&tx);
}

static void
test_x10_a_visit_outside_the_shift_is_held_when_the_policy_allows_it (void **state)
{
    (void) state;
    tx_t *tx = world ();
    int64_t closing = MONDAY_AT + 9 * HOUR;
    run (tx, visit_proposed (.visit_id = "v1", .work_order_id = "w1", .engineer_id = "anna",
         .starts_at = closing - HOUR, .work_starts_at = closing - HOUR, .ends_at = closing + HOUR,
         .outside_hours = true));
    assert_non_null (emitted (tx, booking_held));
    tx_fake_destroy (&tx);
}

static void
test_g1_a_visit_that_begins_or_ends_outside_the_shift_is_refused (void **state)
{
    (void) state;
    tx_t *tx = world ();
    int64_t closing = MONDAY_AT + 9 * HOUR;
    propose (tx, "v1", MONDAY_AT - MINUTE, NINE);
    assert_string_equal (emitted (tx, booking_refused)->code, "off_shift");
    propose (tx, "v2", closing - HOUR, closing + MINUTE);
    assert_string_equal (emitted (tx, booking_refused)->code, "off_shift");
    propose (tx, "v3", closing - HOUR, closing);
    assert_non_null (emitted (tx, booking_held));
    tx_fake_destroy (&tx);
}

static void
test_h4_a_visit_that_a_person_wants_outside_the_shift_is_held_but_never_over_another (void **state)
{
    (void) state;
    tx_t *tx = world ();
    int64_t night = MONDAY_AT + 14 * HOUR;
    run (tx, visit_proposed (.visit_id = "v1", .work_order_id = "w1", .engineer_id = "anna", .starts_at = night,
        .ends_at = night + HOUR, .override_reason = "hospital"));
    assert_non_null (emitted (tx, booking_held));
    run (tx, visit_proposed (.visit_id = "v2", .work_order_id = "w2", .engineer_id = "anna", .starts_at = night,
        .ends_at = night + HOUR, .override_reason = "hospital"));
    assert_string_equal (emitted (tx, booking_refused)->code, "overlap");
    tx_fake_destroy (&tx);
}

static void
test_g1_a_job_of_several_days_may_span_the_nights (void **state)
{
    (void) state;
    tx_t *tx = world ();
    propose (tx, "v1", NINE, NINE + 2 * DAY);
    assert_non_null (emitted (tx, booking_held));
    tx_fake_destroy (&tx);
}

static void
test_g1_an_engineer_who_says_yes_after_an_absence_took_the_hold_is_booked_if_he_is_free (void **state)
{
    (void) state;
    tx_t *tx = world ();
    propose (tx, "v1", NINE, TEN);
    run (tx, record_absence (.absence_id = "a1", .engineer_id = "anna", .from_at = NINE, .to_at = TEN));
    accept_proposed (tx, "v1");
    assert_non_null (emitted (tx, booking_confirmed));
    assert_int_equal (stored (tx, booking, "v1")->state, BOOKING_CONFIRMED);
    tx_fake_destroy (&tx);
}

static void
test_g5_a_lost_hold_is_not_taken_back_from_another_visit (void **state)
{
    (void) state;
    tx_t *tx = world ();
    propose (tx, "v1", NINE, TEN);
    run (tx, record_absence (.absence_id = "a1", .engineer_id = "anna", .from_at = NINE, .to_at = TEN));
    run (tx, cancel_absence (.absence_id = "a1"));
    propose (tx, "v2", NINE, TEN);
    accept_proposed (tx, "v1");
    assert_string_equal (emitted (tx, booking_refused)->code, "overlap");
    assert_int_equal (stored (tx, booking, "v1")->state, BOOKING_REFUSED);
    tx_fake_destroy (&tx);
}

static void
test_g5_what_is_left_of_a_finished_visit_is_free (void **state)
{
    (void) state;
    tx_t *tx = world ();
    propose (tx, "v1", NINE, ELEVEN);
    accept_proposed (tx, "v1");
    run (tx, visit_finished (.visit_id = "v1", .engineer_id = "anna", .finished_at = TEN));
    assert_int_equal (stored (tx, booking, "v1")->state, BOOKING_FINISHED);
    assert_int_equal (stored (tx, booking, "v1")->ends_at, TEN);
    propose (tx, "v2", TEN, ELEVEN);
    assert_non_null (emitted (tx, booking_held));
    tx_fake_destroy (&tx);
}

static void
test_a_proposal_costs_few_round_trips_whatever_it_asks_for (void **state)
{
    (void) state;
    tx_t *tx = world ();
    given (tx, customer, { .id = "acme", .has_phone = true });
    given (tx, site, { .id = "s1", .has_location = true, .access_calendar_id = "office" });
    run (tx, work_order_created (.work_order_id = "w1", .customer_id = "acme", .site_id = "s1"));
    propose (tx, "v1", NINE, TEN);
    assert_true (tx_fake_passes (tx) <= 4);         /* its own rows, the place, the calendars */
    tx_fake_destroy (&tx);
}

/* Xorshift: the same bookings for the same seed. */
static uint64_t
s_draw (uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    return *seed ^= *seed << 17;
}

static void
s_assert_apart (tx_t *tx, int count)
{
    for (int i = 0; i < count; i++)
        for (int j = i + 1; j < count; j++) {
            char left_id [16], right_id [16];
            snprintf (left_id, sizeof left_id, "v%d", i);
            snprintf (right_id, sizeof right_id, "v%d", j);
            booking_t left = *stored (tx, booking, left_id), right = *stored (tx, booking, right_id);
            bool live = left.state <= BOOKING_CONFIRMED && right.state <= BOOKING_CONFIRMED;
            assert_false (live && left.starts_at < right.ends_at && right.starts_at < left.ends_at);
        }
}

static void
test_g5_whatever_is_proposed_accepted_and_rejected_live_bookings_stay_apart (void **state)
{
    (void) state;
    uint64_t seed = UINT64_C (20260608);
    print_message ("seed %llu\n", (unsigned long long) seed);
    tx_t *tx = world ();
    for (int i = 0; i < 60; i++) {
        char visit_id [16];
        snprintf (visit_id, sizeof visit_id, "v%d", i);
        int64_t starts_at = MONDAY_AT + (int64_t) (s_draw (&seed) % 480) * MINUTE;
        propose (tx, visit_id, starts_at, starts_at + (int64_t) (1 + s_draw (&seed) % 60) * MINUTE);
        snprintf (visit_id, sizeof visit_id, "v%d", (int) (s_draw (&seed) % (uint64_t) (i + 1)));
        if (s_draw (&seed) % 3 == 0)
            accept_proposed (tx, visit_id);
        else if (s_draw (&seed) % 3 == 0)
            run (tx, visit_ended (.visit_id = visit_id, .state = VISIT_STATE_REJECTED));
    }
    s_assert_apart (tx, 60);
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_g5_a_proposed_visit_holds_the_time),
        cmocka_unit_test (test_g5_a_visit_that_overlaps_a_held_or_confirmed_one_is_refused),
        cmocka_unit_test (test_g5_visits_that_touch_do_not_overlap),
        cmocka_unit_test (test_g5_of_two_overlapping_visits_in_one_turn_the_first_wins),
        cmocka_unit_test (test_g5_another_engineer_has_his_own_time),
        cmocka_unit_test (test_g5_a_rejected_visit_gives_the_time_back),
        cmocka_unit_test (test_g5_time_given_back_and_taken_in_one_turn_is_held),
        cmocka_unit_test (test_g5_an_accepted_visit_is_confirmed_once),
        cmocka_unit_test (test_g5_an_accepted_visit_that_was_never_proposed_is_a_dead_letter),
        cmocka_unit_test (test_g5_a_visit_that_ends_before_it_starts_is_a_dead_letter),
        cmocka_unit_test (test_g1_a_visit_in_an_absence_is_refused),
        cmocka_unit_test (test_m1_the_time_of_a_provider_is_not_booked_here),
        cmocka_unit_test (test_x10_a_visit_outside_the_shift_is_held_when_the_policy_allows_it),
        cmocka_unit_test (test_g1_a_visit_that_begins_or_ends_outside_the_shift_is_refused),
        cmocka_unit_test (test_h4_a_visit_that_a_person_wants_outside_the_shift_is_held_but_never_over_another),
        cmocka_unit_test (test_g1_a_job_of_several_days_may_span_the_nights),
        cmocka_unit_test (test_g1_an_engineer_who_says_yes_after_an_absence_took_the_hold_is_booked_if_he_is_free),
        cmocka_unit_test (test_g5_a_lost_hold_is_not_taken_back_from_another_visit),
        cmocka_unit_test (test_g5_what_is_left_of_a_finished_visit_is_free),
        cmocka_unit_test (test_a_proposal_costs_few_round_trips_whatever_it_asks_for),
        cmocka_unit_test (test_g5_whatever_is_proposed_accepted_and_rejected_live_bookings_stay_apart),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
