/* Alarms: a storm is one request with a count. */
#include "company.h"

#define WINDOW_MS INT64_C (300000)

static void
s_raise_n (tx_t *tx, const char *device_id, const char *code, int severity, int64_t count)
{
    run (tx,
        raise_alarm (.device_id = (char *) device_id, .code = (char *) code, .severity = severity,
            .count = count, .gateway_id = "gw-1"));
}

static void
s_raise (tx_t *tx, const char *code)
{
    s_raise_n (tx, "press-1", code, 3, 0);
    assert_accepted (tx);
}

static const char *
s_subject (tx_t *tx)
{
    static char ids [8][80];
    static int next;
    char *id = ids [next++ % 8];
    snprintf (id, sizeof ids [0], "%s", tx_fake_subject (tx));
    return id;
}

static void
test_c4_a_thousand_repeats_in_five_minutes_are_one_request_with_count_1000 (void **state)
{
    tx_t *tx = *state;
    int said = 0;
    for (int i = 0; i < 1000; i++) {
        tx_fake_now (tx, MONDAY_AT + i * 300);
        s_raise (tx, "OVERHEAT");
        said += tx_fake_emitted_count (tx, &alarm_folded_descriptor);
    }
    assert_int_equal (stored_count (tx, service_request), 1);
    assert_int_equal (emitted (tx, alarm_folded)->count, 1000);
    assert_int_equal (stored (tx, alarm, "press-1 OVERHEAT")->repeats, 1000);
    assert_int_equal (said, 10);
}

static void
test_c4_a_repeat_within_the_window_says_nothing (void **state)
{
    tx_t *tx = *state;
    for (int i = 0; i < 10; i++)
        s_raise (tx, "OVERHEAT");
    s_raise (tx, "OVERHEAT");
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_c4_a_thousand_repeats_in_one_turn_are_one_request (void **state)
{
    tx_t *tx = *state;
    raise_alarm_t alarm = { .base = raise_alarm_init,
        .device_id = "sn-0001",
        .code = "OVERHEAT",
        .severity = 3 };
    const ProtobufCMessage *all [1000];
    for (int i = 0; i < 1000; i++)
        all [i] = &alarm.base;
    tx_fake_run_all (tx, all, 1000);
    assert_int_equal (stored_count (tx, service_request), 1);
    assert_int_equal (emitted_count (tx, service_request_accepted), 1);
    assert_int_equal (emitted_count (tx, alarm_folded), 10);
    assert_int_equal (stored (tx, alarm, "press-1 OVERHEAT")->repeats, 1000);
}

static void
test_c4_repeats_that_the_gateway_counted_itself_are_added (void **state)
{
    tx_t *tx = *state;
    s_raise_n (tx, "press-1", "OVERHEAT", 3, 400);
    assert_int_equal (emitted (tx, alarm_folded)->count, 400);
    s_raise_n (tx, "press-1", "OVERHEAT", 3, 600);
    assert_int_equal (emitted (tx, alarm_folded)->count, 1000);
    s_raise_n (tx, "press-1", "OVERHEAT", 3, -1);
    assert_rejected (tx, "count.invalid");
}

static void
test_c4_an_alarm_makes_a_repair_with_level_needs_and_step_of_its_rule (void **state)
{
    tx_t *tx = *state;
    skill_level_t skill = { .base = skill_level_init, .skill = "hydraulics", .level = 2 };
    skill_level_t *skills [] = { &skill };
    run (tx,
        register_alarm_rule (.rule_id = "leak", .device_type = "press", .code = "LEAK",
            .min_severity = 2, .first_tier = SUPPORT_TIER_ONSITE, .fault_level = 1,
            .fault_code = "H.1", .n_skills = 1, .skills = skills, .work_minutes = 120));
    s_raise (tx, "LEAK");
    const service_request_accepted_t *event = emitted (tx, service_request_accepted);
    assert_int_equal (event->type, REQUEST_TYPE_REPAIR);
    assert_int_equal (event->channel, CHANNEL_IOT);
    assert_int_equal (event->tier, SUPPORT_TIER_ONSITE);
    assert_string_equal (event->fault_code, "H.1");
    assert_int_equal (emitted (tx, service_request_triaged)->fault_level, 1);
    assert_string_equal (emitted (tx, service_request_triaged)->trace [0]->rule, "alarm:leak");
    assert_string_equal (emitted (tx, work_order_requested)->skills [0]->skill, "hydraulics");
    assert_int_equal (emitted (tx, work_order_requested)->work_minutes, 120);
}

static void
test_c4_the_most_specific_rule_counts_and_severity_must_reach_it (void **state)
{
    tx_t *tx = *state;
    run (tx, register_alarm_rule (.rule_id = "any", .fault_level = 4));
    run (tx, register_alarm_rule (.rule_id = "code", .code = "HOT", .fault_level = 3));
    run (tx,
        register_alarm_rule (.rule_id = "device", .device_type = "press", .code = "HOT",
            .min_severity = 4, .fault_level = 1));
    s_raise_n (tx, "press-1", "HOT", 3, 0);
    assert_int_equal (emitted (tx, service_request_triaged)->fault_level, 3);
    s_raise_n (tx, "press-1", "COLD", 3, 0);
    assert_string_equal (stored (tx, alarm, "press-1 COLD")->rule_id, "any");
    asset_details_t *details = company_asset ();
    details->serial = "other";
    run (tx, register_asset (.asset_id = "press-2", .details = details));
    s_raise_n (tx, "press-2", "HOT", 4, 0);
    assert_int_equal (emitted (tx, service_request_triaged)->fault_level, 1);
}

static void
test_c4_an_alarm_that_nobody_made_a_rule_for_is_not_lost (void **state)
{
    tx_t *tx = *state;
    s_raise_n (tx, "press-1", "NEW", 5, 0);
    assert_int_equal (emitted (tx, service_request_triaged)->fault_level, 1);
    assert_string_equal (emitted (tx, service_request_triaged)->trace [0]->rule, "alarm:built-in");
}

static void
test_c4_a_suppressed_alarm_is_counted_and_makes_no_request (void **state)
{
    tx_t *tx = *state;
    run (tx, register_alarm_rule (.rule_id = "noise", .code = "DOOR", .suppressed = true));
    assert_accepted (tx);
    s_raise (tx, "DOOR");
    assert_string_equal (emitted (tx, alarm_suppressed)->rule_id, "noise");
    assert_int_equal (stored_count (tx, service_request), 0);
    for (int i = 0; i < 9; i++)
        s_raise (tx, "DOOR");
    assert_int_equal (emitted (tx, alarm_suppressed)->count, 10);
    s_raise (tx, "DOOR");
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_c4_another_alarm_of_the_same_device_joins_its_open_request (void **state)
{
    tx_t *tx = *state;
    s_raise (tx, "OVERHEAT");
    const char *id = s_subject (tx);
    s_raise (tx, "VIBRATION");
    assert_string_equal (tx_fake_subject (tx), id);
    assert_string_equal (emitted (tx, alarm_folded)->request_id, id);
    assert_int_equal (stored_count (tx, service_request), 1);
}

static void
test_c4_a_worse_alarm_makes_the_request_it_joins_as_bad_as_itself (void **state)
{
    tx_t *tx = *state;
    run (tx,
        register_alarm_rule (.rule_id = "fire", .code = "FIRE", .fault_level = 1,
            .first_tier = SUPPORT_TIER_ONSITE));
    s_raise (tx, "OVERHEAT");
    s_raise (tx, "FIRE");
    assert_int_equal (emitted (tx, service_request_triaged)->fault_level, 1);
    assert_int_equal (emitted (tx, support_tier_changed)->tier, SUPPORT_TIER_ONSITE);
    assert_int_equal (emitted_count (tx, work_order_requested), 1);
    s_raise (tx, "FIRE");
    assert_int_equal (emitted_count (tx, work_order_requested), 0);
}

static void
test_c4_the_count_goes_on_after_the_window_while_the_request_is_open (void **state)
{
    tx_t *tx = *state;
    s_raise (tx, "OVERHEAT");
    tx_fake_now (tx, MONDAY_AT + 2 * WINDOW_MS);
    s_raise (tx, "OVERHEAT");
    assert_int_equal (stored_count (tx, service_request), 1);
    assert_int_equal (emitted (tx, alarm_folded)->count, 2);
}

static void
test_c4_an_alarm_that_comes_back_later_reopens_what_was_thought_solved (void **state)
{
    tx_t *tx = *state;
    s_raise (tx, "OVERHEAT");
    const char *id = s_subject (tx);
    run (tx,
        work_order_completed (.work_order_id = "o1", .request_id = (char *) id,
            .completed_at = MONDAY_AT));
    tx_fake_now (tx, MONDAY_AT + WINDOW_MS);
    s_raise (tx, "OVERHEAT");
    assert_int_equal (stored (tx, service_request, id)->state, REQUEST_STATE_RESOLVED);
    tx_fake_now (tx, MONDAY_AT + WINDOW_MS + 1);
    s_raise (tx, "OVERHEAT");
    assert_string_equal (emitted (tx, service_request_reopened)->request_id, id);
    assert_int_equal (stored (tx, service_request, id)->state, REQUEST_STATE_OPEN);
    assert_int_equal (stored_count (tx, service_request), 1);
}

static void
test_c4_after_the_request_has_ended_the_next_alarm_is_another_request (void **state)
{
    tx_t *tx = *state;
    s_raise (tx, "OVERHEAT");
    const char *id = s_subject (tx);
    for (int i = 0; i < 2; i++)
        s_raise (tx, "OVERHEAT");
    run (tx, cancel_service_request (.request_id = (char *) id, .reason = "known"));
    assert_int_equal (emitted (tx, alarm_folded)->count, 3);
    tx_fake_now (tx, MONDAY_AT + WINDOW_MS + 1);
    s_raise (tx, "OVERHEAT");
    assert_string_not_equal (tx_fake_subject (tx), id);
    assert_int_equal (emitted (tx, alarm_folded)->count, 1);
    assert_int_equal (stored_count (tx, service_request), 2);
}

static void
test_c4_a_cleared_alarm_says_its_last_count_and_the_next_is_a_new_occurrence (void **state)
{
    tx_t *tx = *state;
    for (int i = 0; i < 3; i++)
        s_raise (tx, "OVERHEAT");
    const char *id = s_subject (tx);
    run (tx, clear_alarm (.device_id = "press-1", .code = "OVERHEAT", .device_time_at = MONDAY_AT));
    assert_int_equal (emitted (tx, alarm_folded)->count, 3);
    assert_string_equal (emitted (tx, alarm_cleared)->request_id, id);
    assert_int_equal (emitted (tx, alarm_cleared)->cleared_at, MONDAY_AT);
    run (tx, clear_alarm (.device_id = "press-1", .code = "OVERHEAT"));
    assert_accepted (tx);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    run (tx, cancel_service_request (.request_id = (char *) id, .reason = "well again"));
    s_raise (tx, "OVERHEAT");
    assert_string_not_equal (tx_fake_subject (tx), id);
}

static void
test_c4_devices_are_known_by_id_or_serial_and_strangers_are_refused (void **state)
{
    tx_t *tx = *state;
    s_raise_n (tx, "SN 0001", "OVERHEAT", 3, 0);
    assert_accepted (tx);
    assert_string_equal (emitted (tx, service_request_accepted)->asset_id, "press-1");
    s_raise_n (tx, "press-9", "OVERHEAT", 3, 0);
    assert_rejected (tx, "device.unknown");
    s_raise_n (tx, "press-1", "OVERHEAT", 6, 0);
    assert_rejected (tx, "severity.invalid");
    s_raise_n (tx, "press-1", "", 3, 0);
    assert_rejected (tx, "code.missing");
    s_raise_n (tx, "", "OVERHEAT", 3, 0);
    assert_rejected (tx, "device_id.missing");
}

static void
test_c4_a_device_with_a_wrong_clock_is_heard_all_the_same (void **state)
{
    tx_t *tx = *state;
    run (tx,
        raise_alarm (.device_id = "press-1", .code = "X", .severity = 3,
            .device_time_at = MONDAY_AT * 2));
    assert_accepted (tx);
    assert_int_equal (emitted (tx, service_request_accepted)->reported_at, MONDAY_AT);
    run (tx,
        raise_alarm (.device_id = "press-1", .code = "Y", .severity = 3, .device_time_at = -5));
    assert_accepted (tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        COMPANY_TEST (test_c4_a_thousand_repeats_in_five_minutes_are_one_request_with_count_1000),
        COMPANY_TEST (test_c4_a_repeat_within_the_window_says_nothing),
        COMPANY_TEST (test_c4_a_thousand_repeats_in_one_turn_are_one_request),
        COMPANY_TEST (test_c4_repeats_that_the_gateway_counted_itself_are_added),
        COMPANY_TEST (test_c4_an_alarm_makes_a_repair_with_level_needs_and_step_of_its_rule),
        COMPANY_TEST (test_c4_the_most_specific_rule_counts_and_severity_must_reach_it),
        COMPANY_TEST (test_c4_an_alarm_that_nobody_made_a_rule_for_is_not_lost),
        COMPANY_TEST (test_c4_a_suppressed_alarm_is_counted_and_makes_no_request),
        COMPANY_TEST (test_c4_another_alarm_of_the_same_device_joins_its_open_request),
        COMPANY_TEST (test_c4_a_worse_alarm_makes_the_request_it_joins_as_bad_as_itself),
        COMPANY_TEST (test_c4_the_count_goes_on_after_the_window_while_the_request_is_open),
        COMPANY_TEST (test_c4_an_alarm_that_comes_back_later_reopens_what_was_thought_solved),
        COMPANY_TEST (test_c4_after_the_request_has_ended_the_next_alarm_is_another_request),
        COMPANY_TEST (test_c4_a_cleared_alarm_says_its_last_count_and_the_next_is_a_new_occurrence),
        COMPANY_TEST (test_c4_devices_are_known_by_id_or_serial_and_strangers_are_refused),
        COMPANY_TEST (test_c4_a_device_with_a_wrong_clock_is_heard_all_the_same),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
