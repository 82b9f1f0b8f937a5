/* test_quiet_hours - nobody is woken at night, unless it burns (O1). */
#include "house.h"
#include "calendar/zone.h"

/* The instant of a wall time in a place. */
static int64_t
s_at (const char *zone, const char *date_on, const char *hh_mm)
{
    return zone_at (zone_find (zone, NULL), date_parse (date_on), date_parse_time (hh_mm));
}

static void
s_assert_quiet (const char *from, const char *to, const char *zone, const char *hh_mm,
    const char *until_on, const char *until)
{
    int64_t at = s_at (zone, "2026-06-08", hh_mm);
    assert_int_equal (quiet_until (from, to, zone, at), until ? s_at (zone, until_on, until) : at);
}

static void
test_o1_quiet_hours_over_midnight_end_in_the_morning (void **state)
{
    (void) state;
    s_assert_quiet ("22:00", "07:00", "Europe/Rome", "21:59", NULL, NULL);
    s_assert_quiet ("22:00", "07:00", "Europe/Rome", "22:00", "2026-06-09", "07:00");
    s_assert_quiet ("22:00", "07:00", "Europe/Rome", "00:30", "2026-06-08", "07:00");
    s_assert_quiet ("22:00", "07:00", "Europe/Rome", "06:59", "2026-06-08", "07:00");
    s_assert_quiet ("22:00", "07:00", "Europe/Rome", "07:00", NULL, NULL);
}

static void
test_o1_quiet_hours_within_a_day_end_the_same_day (void **state)
{
    (void) state;
    s_assert_quiet ("12:00", "14:00", "Asia/Shanghai", "11:59", NULL, NULL);
    s_assert_quiet ("12:00", "14:00", "Asia/Shanghai", "12:00", "2026-06-08", "14:00");
    s_assert_quiet ("12:00", "14:00", "Asia/Shanghai", "14:00", NULL, NULL);
    s_assert_quiet ("20:00", "24:00", "Asia/Shanghai", "23:00", "2026-06-09", "00:00");
}

static void
test_quiet_hours_end_by_the_wall_clock_on_the_nights_when_it_changes (void **state)
{
    (void) state;
    int64_t at = s_at ("Europe/Rome", "2026-03-28", "23:00");
    assert_int_equal (quiet_until ("22:00", "07:00", "Europe/Rome", at) - at, 7 * HOUR);
    at = s_at ("Europe/Rome", "2026-10-24", "23:00");
    assert_int_equal (quiet_until ("22:00", "07:00", "Europe/Rome", at) - at, 9 * HOUR);
    /* 02:10 comes a second time after the first 02:30: that end is over, nothing is held into the
     * past. */
    at = s_at ("Europe/Rome", "2026-10-25", "02:10") + HOUR;
    assert_int_equal (quiet_until ("22:00", "02:30", "Europe/Rome", at), at);
}

static void
test_without_hours_or_zone_nothing_is_quiet (void **state)
{
    (void) state;
    assert_int_equal (quiet_until ("", "", "Europe/Rome", NOW), NOW);
    assert_int_equal (quiet_until ("00:00", "24:00", "", NOW), NOW);
    assert_int_equal (quiet_until ("08:00", "08:00", "Europe/Rome", NOW), NOW);
}

static tx_t *
s_house_at_night (int32_t fault_level)
{
    tx_t *tx = house_new ();
    run (tx, set_preference (.recipient_id = "lan", .quiet_from = "22:00", .quiet_to = "07:00"));
    assert_accepted (tx);
    house_request (tx, fault_level);
    tx_fake_now (tx, s_at ("Asia/Ho_Chi_Minh", "2026-06-08", "23:15"));
    house_visit_accepted (tx);
    return tx;
}

static void
test_o1_a_message_at_night_is_queued_at_once_and_sent_when_the_quiet_hours_end (void **state)
{
    (void) state;
    tx_t *tx = s_house_at_night (3);
    int64_t morning_at = s_at ("Asia/Ho_Chi_Minh", "2026-06-09", "07:00");
    assert_int_equal (emitted (tx, message_queued)->send_at, morning_at);
    assert_null (effect (tx, perform_delivery));
    tx_fake_advance (tx, morning_at - 1);
    assert_null (effect (tx, perform_delivery));
    tx_fake_advance (tx, morning_at);
    assert_non_null (effect (tx, perform_delivery));
    tx_fake_destroy (&tx);
}

static void
test_o1_fault_level_one_breaks_the_silence (void **state)
{
    (void) state;
    tx_t *tx = s_house_at_night (1);
    assert_true (emitted (tx, message_queued)->urgent);
    assert_non_null (effect (tx, perform_delivery));
    tx_fake_destroy (&tx);
}

static void
test_a_retry_that_would_fall_into_the_night_waits_for_the_morning (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    run (tx,
        set_preference (.recipient_id = "lan", .quiet_from = "22:00", .quiet_to = "07:00",
            .time_zone = "Europe/Rome"));
    house_request (tx, 3);
    tx_fake_now (tx, s_at ("Europe/Rome", "2026-06-08", "21:59"));
    house_visit_accepted (tx);
    sent_t sent = house_sent (tx);
    run (tx,
        delivery_done (.attempt_id = sent.attempt, .outcome = DELIVERY_OUTCOME_NOT_NOW,
            .retry_after_ms = 5 * MINUTE));
    assert_int_equal (tx_fake_timer (tx, "message_due", sent.message),
        s_at ("Europe/Rome", "2026-06-09", "07:00"));
    tx_fake_destroy (&tx);
}

static void
test_quiet_hours_that_were_moved_hold_what_waits_a_little_longer (void **state)
{
    (void) state;
    tx_t *tx = s_house_at_night (3);
    run (tx, set_preference (.recipient_id = "lan", .quiet_from = "22:00", .quiet_to = "09:00"));
    tx_fake_advance (tx, s_at ("Asia/Ho_Chi_Minh", "2026-06-09", "07:00"));
    assert_null (effect (tx, perform_delivery));
    tx_fake_advance (tx, s_at ("Asia/Ho_Chi_Minh", "2026-06-09", "09:00"));
    assert_non_null (effect (tx, perform_delivery));
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_o1_quiet_hours_over_midnight_end_in_the_morning),
        cmocka_unit_test (test_o1_quiet_hours_within_a_day_end_the_same_day),
        cmocka_unit_test (test_quiet_hours_end_by_the_wall_clock_on_the_nights_when_it_changes),
        cmocka_unit_test (test_without_hours_or_zone_nothing_is_quiet),
        cmocka_unit_test (
            test_o1_a_message_at_night_is_queued_at_once_and_sent_when_the_quiet_hours_end),
        cmocka_unit_test (test_o1_fault_level_one_breaks_the_silence),
        cmocka_unit_test (test_a_retry_that_would_fall_into_the_night_waits_for_the_morning),
        cmocka_unit_test (test_quiet_hours_that_were_moved_hold_what_waits_a_little_longer),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
