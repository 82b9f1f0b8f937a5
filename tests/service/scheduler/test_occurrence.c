/* Occurrences of maintenance plans: generated once, ahead of time, and caught up after a stop. */
#include "plan_world.h"

static uint64_t
s_draw (uint64_t *seed, uint64_t below)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed % below;
}

/* Dates of the plan from its first one to the last whose time to be generated has come. */
static int
s_expected (const maintenance_plan_details_t *details, int64_t now)
{
    int count = 0, year, month, day;
    char text [DATE_TEXT_SIZE];
    date_to_ymd (date_parse (details->first_on), &year, &month, &day);
    for (const char *on = details->first_on; ; count++) {
        if (plan_rule_due_at (details, "Europe/Rome", on) - details->lead_ms > now)
            break;
        int months = (count + 1) * details->every + month - 1;
        int length = date_days_in_month (year + months / 12, months % 12 + 1);
        on = date_format (date_from_ymd (year + months / 12, months % 12 + 1, day < length ? day : length), text);
    }
    return count;
}

static void
test_f2_an_occurrence_is_generated_its_lead_time_before_it_is_due_with_all_it_needs (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_publish (tx, s_plan (RECURRENCE_KIND_MONTHLY, "2026-07-01"));
    assert_int_equal (emitted_count (tx, occurrence_generated), 0);
    assert_int_equal (tx_fake_timer (tx, "plan", "p1"), s_rome ("2026-07-01", 9) - 7 * DAY);
    tx_fake_advance (tx, s_rome ("2026-07-01", 9) - 7 * DAY);
    const occurrence_generated_t *made = emitted (tx, occurrence_generated);
    assert_string_equal (made->occurrence_id, "p1:2026-07-01");
    assert_string_equal (made->asset_id, "boiler-1");
    assert_string_equal (made->customer_id, "acme");
    assert_string_equal (made->territory_id, "north");
    assert_string_equal (made->description, "inspect");
    assert_int_equal (made->work_minutes, 90);
    assert_int_equal (made->due_at, s_rome ("2026-07-01", 9));
    assert_string_equal (tx_fake_envelope (tx, 0)->correlation_id, "p1:2026-07-01");
    tx_fake_destroy (&tx);
}

static void
test_f2_a_lead_longer_than_the_interval_generates_the_whole_horizon_at_once (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    maintenance_plan_details_t details = s_plan (RECURRENCE_KIND_WEEKLY, "2026-06-10");
    details.lead_ms = 30 * DAY;
    s_publish (tx, details);
    assert_int_equal (emitted_count (tx, occurrence_generated), 5);
    assert_string_equal (s_dates (tx, MONDAY_AT + 7 * DAY), "2026-07-15");
    tx_fake_destroy (&tx);
}

static void
test_f2_publishing_a_plan_again_generates_nothing_twice (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    maintenance_plan_details_t details = s_plan (RECURRENCE_KIND_WEEKLY, "2026-06-10");
    s_publish (tx, details);
    s_publish (tx, details);
    assert_accepted (tx);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    details.description = "inspect and clean";
    s_publish (tx, details);
    assert_int_equal (emitted (tx, maintenance_plan_published)->version, 2);
    assert_int_equal (emitted_count (tx, occurrence_generated), 0);
    assert_int_equal (stored_count (tx, plan_occurrence), 1);
    assert_string_equal (s_dates (tx, s_rome ("2026-06-17", 9)), "2026-06-17 2026-06-24");
    tx_fake_destroy (&tx);
}

static void
test_f2_after_downtime_catch_up_all_makes_every_missed_occurrence (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    maintenance_plan_details_t details = s_plan (RECURRENCE_KIND_WEEKLY, "2026-07-01");
    details.missed_policy = MISSED_POLICY_CATCH_UP_ALL;
    s_publish (tx, details);
    s_wake_up_at (tx, s_rome ("2026-07-20", 12));
    assert_int_equal (emitted_count (tx, occurrence_generated), 4);
    assert_string_equal (emitted_nth (tx, occurrence_generated, 3)->due_on, "2026-07-22");
    assert_int_equal (emitted_count (tx, occurrence_skipped), 0);
    tx_fake_destroy (&tx);
}

static void
test_f2_after_downtime_catch_up_one_makes_the_last_missed_one_and_logs_the_others (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_publish (tx, s_plan (RECURRENCE_KIND_WEEKLY, "2026-07-01"));
    s_wake_up_at (tx, s_rome ("2026-07-20", 12));
    assert_int_equal (emitted_count (tx, occurrence_skipped), 2);
    assert_string_equal (emitted (tx, occurrence_skipped)->due_on, "2026-07-01");
    assert_non_null (strstr (emitted (tx, occurrence_skipped)->reason, "later one"));
    assert_int_equal (emitted_count (tx, occurrence_generated), 2);
    assert_string_equal (emitted_nth (tx, occurrence_generated, 0)->due_on, "2026-07-15");
    assert_string_equal (emitted_nth (tx, occurrence_generated, 1)->due_on, "2026-07-22");
    tx_fake_destroy (&tx);
}

static void
test_f2_after_downtime_skip_logged_makes_none_of_the_missed_and_gives_the_reason_of_each (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    maintenance_plan_details_t details = s_plan (RECURRENCE_KIND_WEEKLY, "2026-07-01");
    details.missed_policy = MISSED_POLICY_SKIP_LOGGED;
    s_publish (tx, details);
    s_wake_up_at (tx, s_rome ("2026-07-20", 12));
    assert_int_equal (emitted_count (tx, occurrence_skipped), 3);
    assert_int_equal (stored (tx, plan_occurrence, "p1:2026-07-15")->state, OCCURRENCE_SKIPPED);
    assert_int_equal (emitted_count (tx, occurrence_generated), 1);
    tx_fake_destroy (&tx);
}

static void
test_f2_an_occurrence_still_within_its_tolerance_is_late_but_not_missed (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    maintenance_plan_details_t details = s_plan (RECURRENCE_KIND_WEEKLY, "2026-07-01");
    details.missed_policy = MISSED_POLICY_SKIP_LOGGED;
    s_publish (tx, details);
    s_wake_up_at (tx, s_rome ("2026-07-03", 9));
    assert_string_equal (emitted (tx, occurrence_generated)->due_on, "2026-07-01");
    assert_int_equal (emitted_count (tx, occurrence_skipped), 0);
    tx_fake_destroy (&tx);
}

static void
test_f2_ten_years_of_downtime_are_caught_up_piece_by_piece_without_a_gap (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    maintenance_plan_details_t details = s_plan (RECURRENCE_KIND_WEEKLY, "2026-07-01");
    details.missed_policy = MISSED_POLICY_CATCH_UP_ALL;
    s_publish (tx, details);
    s_wake_up_at (tx, s_rome ("2036-07-01", 12));
    assert_int_equal (emitted_count (tx, occurrence_generated), 523);
    assert_int_equal (stored_count (tx, plan_occurrence), 523);
    tx_fake_destroy (&tx);
}

static void
test_f2_a_new_rule_settles_first_what_the_old_one_missed (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_publish (tx, s_plan (RECURRENCE_KIND_WEEKLY, "2026-07-01"));
    tx_fake_now (tx, s_rome ("2026-07-20", 12));
    s_publish (tx, s_plan (RECURRENCE_KIND_MONTHLY, "2026-07-31"));
    assert_int_equal (emitted_count (tx, occurrence_skipped), 2);
    assert_int_equal (emitted_count (tx, occurrence_generated), 2);
    assert_int_equal (emitted (tx, maintenance_plan_published)->next_due_at, s_rome ("2026-07-31", 9));
    assert_string_equal (s_dates (tx, s_rome ("2026-08-31", 9)), "2026-07-31 2026-08-31");
    tx_fake_destroy (&tx);
}

static void
test_f2_a_suspended_plan_generates_nothing_until_it_is_published_again (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_publish (tx, s_plan (RECURRENCE_KIND_WEEKLY, "2026-07-01"));
    run (tx, suspend_maintenance_plan (.plan_id = "p1", .reason = "plant closed"));
    assert_string_equal (emitted (tx, maintenance_plan_suspended)->reason, "plant closed");
    run (tx, suspend_maintenance_plan (.plan_id = "p1", .reason = "plant closed"));
    assert_rejected (tx, "plan.not_active");
    run (tx, suspend_maintenance_plan (.plan_id = "p2"));
    assert_rejected (tx, "plan.unknown");
    assert_string_equal (s_dates (tx, s_rome ("2026-08-10", 9)), "");
    s_publish (tx, s_plan (RECURRENCE_KIND_WEEKLY, "2026-07-01"));
    assert_string_equal (emitted (tx, occurrence_generated)->due_on, "2026-08-12");
    assert_int_equal (emitted_count (tx, occurrence_skipped), 0);
    tx_fake_destroy (&tx);
}

static void
test_f2_the_occurrence_of_a_retired_asset_is_skipped_with_the_reason (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_publish (tx, s_plan (RECURRENCE_KIND_WEEKLY, "2026-07-01"));
    asset_details_t details = { .base = asset_details_init, .site_id = "s1", .retired = true };
    run (tx, asset_published (.asset_id = "boiler-1", .details = &details, .version = 2));
    assert_string_equal (s_dates (tx, s_rome ("2026-06-30", 9)), "");
    assert_string_equal (emitted (tx, occurrence_skipped)->reason, "asset boiler-1 is retired");
    tx_fake_destroy (&tx);
}

static void
test_f2_maintenance_goes_where_the_asset_goes (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    given (tx, site, { .id = "s2", .customer_id = "acme", .territory_id = "south", .time_zone = "Asia/Shanghai" });
    s_publish (tx, s_plan (RECURRENCE_KIND_WEEKLY, "2026-07-01"));
    asset_details_t details = { .base = asset_details_init, .site_id = "s2" };
    run (tx, asset_published (.asset_id = "boiler-1", .details = &details, .version = 2));
    tx_fake_advance (tx, MONDAY_AT + 20 * DAY);
    assert_string_equal (emitted (tx, occurrence_generated)->site_id, "s2");
    assert_int_equal (emitted (tx, occurrence_generated)->due_at, at ("Asia/Shanghai", "2026-07-01", 9, 0));
    tx_fake_destroy (&tx);
}

static void
test_f2_the_order_of_an_occurrence_that_is_cancelled_is_logged_as_skipped (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_publish (tx, s_plan (RECURRENCE_KIND_WEEKLY, "2026-06-10"));
    run (tx, work_order_cancelled (.work_order_id = "w1", .occurrence_id = "p1:2026-06-10",
        .reason = "customer closed"));
    assert_string_equal (emitted (tx, occurrence_skipped)->reason, "work order w1 was cancelled: customer closed");
    tx_fake_destroy (&tx);
}

static void
test_f2_maintenance_done_within_its_tolerance_is_in_time_and_a_millisecond_later_is_not (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    int64_t due_at = s_rome ("2026-06-10", 9);
    s_publish (tx, s_plan (RECURRENCE_KIND_WEEKLY, "2026-06-10"));
    tx_fake_advance (tx, due_at + 8 * DAY);
    s_complete (tx, "p1:2026-06-10", due_at + 2 * DAY);
    assert_true (emitted (tx, occurrence_done)->in_time);
    s_complete (tx, "p1:2026-06-10", due_at + 2 * DAY);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    s_complete (tx, "p1:2026-06-17", due_at + 9 * DAY + 1);
    assert_false (emitted (tx, occurrence_done)->in_time);
    tx_fake_destroy (&tx);
}

static void
test_f2_work_on_an_occurrence_nobody_generated_is_a_dead_letter (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_complete (tx, "p9:2026-06-10", MONDAY_AT);
    assert_dead (tx, "p9:2026-06-10");
    tx_fake_destroy (&tx);
}

static void
test_f2_however_it_sleeps_and_wakes_each_date_has_exactly_one_line_in_the_ledger (void **state)
{
    (void) state;
    for (uint64_t round = 1; round <= 20; round++) {
        uint64_t seed = round * UINT64_C (0x9e3779b97f4a7c15);
        print_message ("seed %llu\n", (unsigned long long) seed);
        tx_t *tx = s_world ();
        maintenance_plan_details_t details = s_plan (RECURRENCE_KIND_MONTHLY, "2026-07-31");
        details.every = 1 + (int32_t) s_draw (&seed, 3);
        details.lead_ms = (int64_t) s_draw (&seed, 80) * DAY;
        details.missed_policy = (missed_policy_t) s_draw (&seed, 4);
        int64_t now = MONDAY_AT;
        s_publish (tx, details);
        for (int step = 0; step < 30; step++) {
            now += (int64_t) s_draw (&seed, 120 * 24) * HOUR;
            if (s_draw (&seed, 2))
                tx_fake_now (tx, now);
            details.work_minutes = (int32_t) s_draw (&seed, 3);
            if (s_draw (&seed, 3) == 0)
                s_publish (tx, details);
            tx_fake_advance (tx, now);
        }
        assert_int_equal (stored_count (tx, plan_occurrence), s_expected (&details, now));
        tx_fake_destroy (&tx);
    }
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_f2_an_occurrence_is_generated_its_lead_time_before_it_is_due_with_all_it_needs),
        cmocka_unit_test (test_f2_a_lead_longer_than_the_interval_generates_the_whole_horizon_at_once),
        cmocka_unit_test (test_f2_publishing_a_plan_again_generates_nothing_twice),
        cmocka_unit_test (test_f2_after_downtime_catch_up_all_makes_every_missed_occurrence),
        cmocka_unit_test (test_f2_after_downtime_catch_up_one_makes_the_last_missed_one_and_logs_the_others),
        cmocka_unit_test (test_f2_after_downtime_skip_logged_makes_none_of_the_missed_and_gives_the_reason_of_each),
        cmocka_unit_test (test_f2_an_occurrence_still_within_its_tolerance_is_late_but_not_missed),
        cmocka_unit_test (test_f2_ten_years_of_downtime_are_caught_up_piece_by_piece_without_a_gap),
        cmocka_unit_test (test_f2_a_new_rule_settles_first_what_the_old_one_missed),
        cmocka_unit_test (test_f2_a_suspended_plan_generates_nothing_until_it_is_published_again),
        cmocka_unit_test (test_f2_the_occurrence_of_a_retired_asset_is_skipped_with_the_reason),
        cmocka_unit_test (test_f2_maintenance_goes_where_the_asset_goes),
        cmocka_unit_test (test_f2_the_order_of_an_occurrence_that_is_cancelled_is_logged_as_skipped),
        cmocka_unit_test (test_f2_maintenance_done_within_its_tolerance_is_in_time_and_a_millisecond_later_is_not),
        cmocka_unit_test (test_f2_work_on_an_occurrence_nobody_generated_is_a_dead_letter),
        cmocka_unit_test (test_f2_however_it_sleeps_and_wakes_each_date_has_exactly_one_line_in_the_ledger),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
