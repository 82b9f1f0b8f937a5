/* Work that takes days claims what is in the shift, all of it or nothing (X8). */
#include "world.h"

#define TEN     (MONDAY_AT + 2 * HOUR)

static tx_t *
s_world (void)
{
    tx_t *tx = world ();
    weekly_interval_t hours [10], *weekly [10];
    for (int i = 0; i < 10; i++) {
        hours [i] = (weekly_interval_t) {
            .base = weekly_interval_init, .weekday = 1 + i / 2, .start = i % 2 ? "13:00" : "08:00",
            .end = i % 2 ? "17:00" : "12:00" };
        weekly [i] = &hours [i];
    }
    calendar_details_t details = {
        .base = calendar_details_init, .time_zone = "UTC", .n_weekly = 10, .weekly = weekly };
    run (tx, publish_calendar (.calendar_id = "office", .details = &details));
    assert_accepted (tx);
    return tx;
}

static void
s_assert_piece (tx_t *tx, const char *id, int64_t from_at, int64_t to_at)
{
    const booking_t *booking = stored (tx, booking, id);
    assert_non_null (booking);
    assert_string_equal (booking->open_resource_id, "anna");
    assert_int_equal (booking->starts_at, from_at);
    assert_int_equal (booking->ends_at, to_at);
}

static void
test_x8_monday_10_to_wednesday_12_is_five_bookings_without_breaks_and_nights (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    propose (tx, "v1", TEN, TEN + 2 * DAY + 2 * HOUR);
    assert_int_equal (emitted (tx, booking_held)->to_at, TEN + 2 * DAY + 2 * HOUR);
    assert_int_equal (stored_count (tx, booking), 5);
    s_assert_piece (tx, "v1", TEN, TEN + 2 * HOUR);
    s_assert_piece (tx, "v1+1", TEN + 3 * HOUR, TEN + 7 * HOUR);
    s_assert_piece (tx, "v1+2", TEN + DAY - 2 * HOUR, TEN + DAY + 2 * HOUR);
    s_assert_piece (tx, "v1+3", TEN + DAY + 3 * HOUR, TEN + DAY + 7 * HOUR);
    s_assert_piece (tx, "v1+4", TEN + 2 * DAY - 2 * HOUR, TEN + 2 * DAY + 2 * HOUR);
    accept_proposed (tx, "v1");
    assert_int_equal (emitted (tx, booking_confirmed)->to_at, TEN + 2 * DAY + 2 * HOUR);
    assert_int_equal (stored (tx, booking, "v1+4")->state, BOOKING_CONFIRMED);
    tx_fake_destroy (&tx);
}

static void
test_x8_one_piece_that_can_not_be_had_refuses_them_all (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    propose (tx, "v1", TEN + DAY + 3 * HOUR, TEN + DAY + 4 * HOUR);
    propose (tx, "v2", TEN, TEN + 2 * DAY);
    assert_string_equal (emitted (tx, booking_refused)->code, "overlap");
    assert_int_equal (emitted (tx, booking_refused)->to_at, TEN + 2 * DAY);
    propose (tx, "v3", TEN, TEN + HOUR);
    assert_non_null (emitted (tx, booking_held));
    tx_fake_destroy (&tx);
}

static void
test_x8_the_break_of_a_long_job_is_free (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    propose (tx, "v1", TEN, TEN + 2 * DAY);
    run (tx, visit_proposed (.visit_id = "v2", .engineer_id = "anna", .starts_at = TEN + 2 * HOUR,
        .ends_at = TEN + 3 * HOUR, .override_reason = "he eats there"));
    assert_non_null (emitted (tx, booking_held));
    tx_fake_destroy (&tx);
}

static void
test_x8_pieces_lie_where_one_is_let_in (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    given (tx, site, { .id = "s1", .access_calendar_id = "afternoons" });
    publish_hours (tx, "afternoons", "UTC", "", "14:00", "18:00");
    run (tx, work_order_created (.work_order_id = "w1", .site_id = "s1"));
    run (tx, visit_proposed (.visit_id = "v1", .work_order_id = "w1", .engineer_id = "anna",
        .starts_at = TEN + 3 * HOUR, .work_starts_at = TEN + 4 * HOUR, .ends_at = TEN + DAY + 5 * HOUR));
    assert_non_null (emitted (tx, booking_held));
    assert_int_equal (stored_count (tx, booking), 2);
    s_assert_piece (tx, "v1", TEN + 3 * HOUR, TEN + 7 * HOUR);      /* with the way there */
    s_assert_piece (tx, "v1+1", TEN + DAY + 4 * HOUR, TEN + DAY + 5 * HOUR);
    tx_fake_destroy (&tx);
}

static void
test_x8_a_long_job_that_is_finished_early_gives_back_what_is_left (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    propose (tx, "v1", TEN, TEN + 2 * DAY);
    accept_proposed (tx, "v1");
    run (tx, visit_finished (.visit_id = "v1", .engineer_id = "anna", .finished_at = TEN + DAY));
    assert_string_equal (stored (tx, booking, "v1+4")->open_resource_id, "");
    assert_int_equal (stored (tx, booking, "v1+2")->ends_at, TEN + DAY);
    propose (tx, "v2", TEN + DAY + 3 * HOUR, TEN + DAY + 4 * HOUR);
    assert_non_null (emitted (tx, booking_held));
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_x8_monday_10_to_wednesday_12_is_five_bookings_without_breaks_and_nights),
        cmocka_unit_test (test_x8_one_piece_that_can_not_be_had_refuses_them_all),
        cmocka_unit_test (test_x8_the_break_of_a_long_job_is_free),
        cmocka_unit_test (test_x8_pieces_lie_where_one_is_let_in),
        cmocka_unit_test (test_x8_a_long_job_that_is_finished_early_gives_back_what_is_left),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
