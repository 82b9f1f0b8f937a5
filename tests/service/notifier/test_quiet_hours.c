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

/* Anna is called about a request of that level when it is 02:00 in Rome, where she sleeps. */
static tx_t *
s_call_at_night (int32_t fault_level)
{
    tx_t *tx = house_new ();
    house_person (tx, "anna", "+39333");
    house_template (tx, sla_escalated_descriptor.name, "person", LANGUAGE_EN, "Call {{escalationId}}",
        "{{recipient.name}}, go to {{site.name}}, {{site.address}}, by {{acknowledgeUntil}}");
    house_template (tx, sla_warned_descriptor.name, "manager", LANGUAGE_EN, "Warning", "{{percent}}");
    run (tx, set_preference (.recipient_id = "anna", .quiet_from = "22:00", .quiet_to = "07:00"));
    assert_accepted (tx);
    run (tx, set_preference (.recipient_id = "manager:hanoi", .quiet_from = "22:00", .quiet_to = "07:30"));
    assert_accepted (tx);
    house_request (tx, fault_level);
    tx_fake_now (tx, s_at ("Europe/Rome", "2026-06-09", "02:00"));
    run (tx,
        sla_escalated (.escalation_id = "x1", .case_id = "r1", .person_id = "anna",
            .fault_level = fault_level, .territory_id = "hanoi",
            .acknowledge_until = s_at ("Europe/Rome", "2026-06-09", "02:10")));
    return tx;
}

static void
test_t38_a_call_of_level_four_at_night_waits_until_the_person_wakes (void **state)
{
    (void) state;
    tx_t *tx = s_call_at_night (4);
    const message_queued_t *queued = emitted (tx, message_queued);
    assert_string_equal (queued->recipient_id, "anna");
    assert_string_equal (queued->audience, "person");
    assert_string_equal (queued->address, "+39333");
    assert_string_equal (
        queued->body, "anna, go to Plant 1, 1 Tràng Tiền, by Tuesday, 9 June 2026, 07:10");
    assert_int_equal (queued->send_at, s_at ("Europe/Rome", "2026-06-09", "07:00"));
    assert_null (effect (tx, perform_delivery));
    tx_fake_destroy (&tx);
}

static void
test_t38_a_call_of_level_one_wakes_him (void **state)
{
    (void) state;
    tx_t *tx = s_call_at_night (1);
    assert_true (emitted (tx, message_queued)->urgent);
    assert_non_null (effect (tx, perform_delivery));
    tx_fake_destroy (&tx);
}

static void
test_t38_a_warning_of_level_four_is_held_to_the_managers_opening_and_level_one_is_not (void **state)
{
    (void) state;
    for (int32_t level = 1; level <= 4; level += 3) {
        tx_t *tx = s_call_at_night (level);
        tx_fake_now (tx, s_at ("Asia/Ho_Chi_Minh", "2026-06-10", "02:00"));
        run (tx,
            sla_warned (.clock_id = "r1:ARRIVE", .case_id = "r1", .milestone = MILESTONE_ARRIVE,
                .percent = 75, .fault_level = level, .territory_id = "hanoi"));
        int64_t opens_at = s_at ("Asia/Ho_Chi_Minh", "2026-06-10", "07:30");
        assert_int_equal (emitted (tx, message_queued)->send_at, level == 1 ? tx_now (tx) : opens_at);
        tx_fake_destroy (&tx);
    }
}

static void
test_a_call_of_somebody_not_heard_of_yet_waits_for_him (void **state)
{
    (void) state;
    tx_t *tx = s_call_at_night (1);
    run (tx, sla_escalated (.escalation_id = "x2", .case_id = "r1", .person_id = "bo", .fault_level = 1));
    assert_int_equal (emitted_count (tx, message_queued), 0);
    house_person (tx, "bo", "+39334");
    tx_fake_advance (tx, tx_now (tx));
    assert_string_equal (emitted (tx, message_queued)->recipient_id, "bo");
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
        cmocka_unit_test (test_t38_a_call_of_level_four_at_night_waits_until_the_person_wakes),
        cmocka_unit_test (test_t38_a_call_of_level_one_wakes_him),
        cmocka_unit_test (
            test_t38_a_warning_of_level_four_is_held_to_the_managers_opening_and_level_one_is_not),
        cmocka_unit_test (test_a_call_of_somebody_not_heard_of_yet_waits_for_him),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
