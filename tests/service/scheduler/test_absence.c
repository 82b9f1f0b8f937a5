/* Shifts, absences and free time (G1). */
#include "world.h"

static void
s_absent (tx_t *tx, const char *absence_id, int64_t from_at, int64_t to_at)
{
    run (tx, record_absence (.absence_id = (char *) absence_id, .engineer_id = "anna", .from_at = from_at,
        .to_at = to_at, .reason = "training"));
}

static const free_time_t *
s_free (tx_t *tx, const char *engineer_id, int64_t from_at, int64_t to_at)
{
    run (tx, get_free_time (.engineer_id = (char *) engineer_id, .from_at = from_at, .to_at = to_at));
    if (!answer (tx, free_time))
        fail_msg ("%s: %s", tx_fake_code (tx), tx_fake_message (tx));
    return answer (tx, free_time);
}

static void
s_assert_span (const free_time_t *free, size_t index, int64_t from_at, int64_t to_at)
{
    assert_true (index < free->n_free);
    assert_int_equal (free->free [index]->from_at, from_at);
    assert_int_equal (free->free [index]->to_at, to_at);
}

static void
test_g1_a_shift_is_assigned_once_and_said_once (void **state)
{
    (void) state;
    tx_t *tx = world ();
    run (tx, assign_shift (.engineer_id = "bo", .calendar_id = "office"));
    assert_accepted (tx);
    assert_string_equal (emitted (tx, shift_assigned)->calendar_id, "office");
    run (tx, assign_shift (.engineer_id = "bo", .calendar_id = "office"));
    assert_accepted (tx);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    tx_fake_destroy (&tx);
}

static void
test_g1_a_shift_needs_a_known_engineer_and_a_known_calendar (void **state)
{
    (void) state;
    tx_t *tx = world ();
    run (tx, assign_shift (.engineer_id = "nobody", .calendar_id = "office"));
    assert_rejected (tx, "engineer.unknown");
    run (tx, assign_shift (.engineer_id = "anna", .calendar_id = "nights"));
    assert_rejected (tx, "calendar.unknown");
    tx_fake_destroy (&tx);
}

static void
test_g1_an_absence_over_a_confirmed_booking_is_refused (void **state)
{
    (void) state;
    tx_t *tx = world ();
    propose (tx, "v1", MONDAY_AT + HOUR, MONDAY_AT + 2 * HOUR);
    accept_proposed (tx, "v1");
    s_absent (tx, "a1", MONDAY_AT, MONDAY_AT + HOUR + 1);
    assert_rejected (tx, "absence.booked");
    assert_non_null (strstr (tx_fake_message (tx), "v1"));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    s_absent (tx, "a1", MONDAY_AT, MONDAY_AT + HOUR);
    assert_accepted (tx);
    tx_fake_destroy (&tx);
}

static void
test_g1_an_absence_takes_the_time_of_an_offer_that_is_not_answered (void **state)
{
    (void) state;
    tx_t *tx = world ();
    propose (tx, "v1", MONDAY_AT + HOUR, MONDAY_AT + 2 * HOUR);
    s_absent (tx, "a1", MONDAY_AT, MONDAY_AT + DAY);
    assert_accepted (tx);
    assert_string_equal (emitted (tx, absence_recorded)->reason, "training");
    assert_string_equal (emitted (tx, booking_refused)->code, "absence");
    assert_int_equal (stored (tx, booking, "v1")->state, BOOKING_REFUSED);
    tx_fake_destroy (&tx);
}

static void
test_g1_an_absence_can_be_cancelled_once_and_changed (void **state)
{
    (void) state;
    tx_t *tx = world ();
    s_absent (tx, "a1", MONDAY_AT, MONDAY_AT + DAY);
    s_absent (tx, "a1", MONDAY_AT, MONDAY_AT + DAY);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    s_absent (tx, "a1", MONDAY_AT, MONDAY_AT + 2 * DAY);
    assert_int_equal (emitted (tx, absence_recorded)->to_at, MONDAY_AT + 2 * DAY);
    run (tx, cancel_absence (.absence_id = "a1"));
    assert_string_equal (emitted (tx, absence_cancelled)->engineer_id, "anna");
    run (tx, cancel_absence (.absence_id = "a1"));
    assert_rejected (tx, "absence.cancelled");
    run (tx, cancel_absence (.absence_id = "a2"));
    assert_rejected (tx, "absence.unknown");
    propose (tx, "v1", MONDAY_AT + HOUR, MONDAY_AT + 2 * HOUR);
    assert_non_null (emitted (tx, booking_held));
    tx_fake_destroy (&tx);
}

static void
test_g1_an_absence_must_end_after_it_starts_and_belong_to_one_engineer (void **state)
{
    (void) state;
    tx_t *tx = world ();
    s_absent (tx, "a1", MONDAY_AT, MONDAY_AT);
    assert_rejected (tx, "absence.invalid");
    s_absent (tx, "a1", MONDAY_AT, MONDAY_AT + DAY);
    run (tx, record_absence (.absence_id = "a1", .engineer_id = "bo", .from_at = MONDAY_AT, .to_at = MONDAY_AT + DAY));
    assert_rejected (tx, "absence.other_engineer");
    tx_fake_destroy (&tx);
}

static void
test_g1_an_absence_that_is_over_is_looked_at_no_more (void **state)
{
    (void) state;
    tx_t *tx = world ();
    s_absent (tx, "a1", MONDAY_AT, MONDAY_AT + DAY);
    assert_int_equal (tx_fake_advance (tx, MONDAY_AT + DAY), 1);
    assert_string_equal (stored (tx, absence, "a1")->open_engineer_id, "");
    tx_fake_destroy (&tx);
}

static void
test_g1_free_time_is_the_shift_less_absences_and_bookings_to_the_minute (void **state)
{
    (void) state;
    tx_t *tx = world ();
    int64_t tuesday = MONDAY_AT + DAY;
    s_absent (tx, "a1", tuesday + 61 * MINUTE, tuesday + 122 * MINUTE);
    propose (tx, "v1", tuesday + 4 * HOUR + 7 * MINUTE, tuesday + 5 * HOUR + 3 * MINUTE);
    const free_time_t *free = s_free (tx, "anna", tuesday - 5 * HOUR, tuesday + 12 * HOUR);
    assert_int_equal (free->n_free, 3);
    s_assert_span (free, 0, tuesday, tuesday + 61 * MINUTE);
    s_assert_span (free, 1, tuesday + 122 * MINUTE, tuesday + 4 * HOUR + 7 * MINUTE);
    s_assert_span (free, 2, tuesday + 5 * HOUR + 3 * MINUTE, tuesday + 9 * HOUR);
    tx_fake_destroy (&tx);
}

static void
test_g1_free_time_is_rounded_inwards_to_whole_minutes (void **state)
{
    (void) state;
    tx_t *tx = world ();
    int64_t tuesday = MONDAY_AT + DAY;
    s_absent (tx, "a1", tuesday + HOUR + 1, tuesday + 2 * HOUR + 1);
    const free_time_t *free = s_free (tx, "anna", tuesday, tuesday + 3 * HOUR);
    s_assert_span (free, 0, tuesday, tuesday + HOUR);
    s_assert_span (free, 1, tuesday + 2 * HOUR + MINUTE, tuesday + 3 * HOUR);
    tx_fake_destroy (&tx);
}

static void
test_g1_absences_that_overlap_bookings_and_each_other_are_one_gap (void **state)
{
    (void) state;
    tx_t *tx = world ();
    int64_t tuesday = MONDAY_AT + DAY;
    s_absent (tx, "a1", tuesday + HOUR, tuesday + 6 * HOUR);
    s_absent (tx, "a2", tuesday + 2 * HOUR, tuesday + 3 * HOUR);
    s_absent (tx, "a3", tuesday + 6 * HOUR, tuesday + 7 * HOUR);
    const free_time_t *free = s_free (tx, "anna", tuesday, tuesday + DAY);
    assert_int_equal (free->n_free, 2);
    s_assert_span (free, 1, tuesday + 7 * HOUR, tuesday + 9 * HOUR);
    tx_fake_destroy (&tx);
}

static void
test_g1_time_gone_by_is_not_free (void **state)
{
    (void) state;
    tx_t *tx = world ();
    tx_fake_now (tx, MONDAY_AT + 2 * HOUR);
    const free_time_t *free = s_free (tx, "anna", MONDAY_AT, MONDAY_AT + 3 * HOUR);
    assert_int_equal (free->n_free, 1);
    s_assert_span (free, 0, MONDAY_AT + 2 * HOUR, MONDAY_AT + 3 * HOUR);
    tx_fake_destroy (&tx);
}

static void
test_g1_an_engineer_without_a_shift_has_the_hours_of_his_territory (void **state)
{
    (void) state;
    tx_t *tx = world ();
    assert_int_equal (s_free (tx, "bo", MONDAY_AT, MONDAY_AT + 2 * DAY)->n_free, 1);
    given (tx, territory, { .id = "north", .calendar_id = "office" });
    assert_int_equal (s_free (tx, "bo", MONDAY_AT, MONDAY_AT + 2 * DAY)->n_free, 2);
    tx_fake_destroy (&tx);
}

static void
test_g1_free_time_of_an_unknown_engineer_or_an_endless_span_is_refused (void **state)
{
    (void) state;
    tx_t *tx = world ();
    run (tx, get_free_time (.engineer_id = "nobody", .from_at = MONDAY_AT, .to_at = MONDAY_AT + DAY));
    assert_rejected (tx, "engineer.unknown");
    run (tx, get_free_time (.engineer_id = "anna", .from_at = MONDAY_AT, .to_at = MONDAY_AT + 400 * DAY));
    assert_rejected (tx, "free_time.too_long");
    tx_fake_destroy (&tx);
}

static void
test_x5_who_is_ill_is_away_though_he_is_booked_and_his_visits_are_told_to_the_dispatcher (void **state)
{
    (void) state;
    tx_t *tx = world ();
    propose (tx, "v1", MONDAY_AT + HOUR, MONDAY_AT + 2 * HOUR);
    accept_proposed (tx, "v1");
    run (tx, record_absence (.absence_id = "flu", .engineer_id = "anna", .from_at = MONDAY_AT,
        .to_at = MONDAY_AT + 3 * HOUR, .unplanned = true));
    assert_accepted (tx);
    assert_true (emitted (tx, absence_recorded)->unplanned);
    assert_int_equal (stored (tx, booking, "v1")->state, BOOKING_CONFIRMED);
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_x5_who_is_ill_is_away_though_he_is_booked_and_his_visits_are_told_to_the_dispatcher),
        cmocka_unit_test (test_g1_a_shift_is_assigned_once_and_said_once),
        cmocka_unit_test (test_g1_a_shift_needs_a_known_engineer_and_a_known_calendar),
        cmocka_unit_test (test_g1_an_absence_over_a_confirmed_booking_is_refused),
        cmocka_unit_test (test_g1_an_absence_takes_the_time_of_an_offer_that_is_not_answered),
        cmocka_unit_test (test_g1_an_absence_can_be_cancelled_once_and_changed),
        cmocka_unit_test (test_g1_an_absence_must_end_after_it_starts_and_belong_to_one_engineer),
        cmocka_unit_test (test_g1_an_absence_that_is_over_is_looked_at_no_more),
        cmocka_unit_test (test_g1_free_time_is_the_shift_less_absences_and_bookings_to_the_minute),
        cmocka_unit_test (test_g1_free_time_is_rounded_inwards_to_whole_minutes),
        cmocka_unit_test (test_g1_absences_that_overlap_bookings_and_each_other_are_one_gap),
        cmocka_unit_test (test_g1_time_gone_by_is_not_free),
        cmocka_unit_test (test_g1_an_engineer_without_a_shift_has_the_hours_of_his_territory),
        cmocka_unit_test (test_g1_free_time_of_an_unknown_engineer_or_an_endless_span_is_refused),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
