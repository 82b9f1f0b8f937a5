/* Maintenance that falls due by itself: which dates, once each, and what becomes of missed ones (F1, F2, F5). */
#include "plan_world.h"

static void
test_f1_a_weekly_plan_falls_due_at_the_same_wall_time_of_the_site_over_a_clock_change (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_publish (tx, s_plan (RECURRENCE_KIND_WEEKLY, "2026-10-12"));
    assert_accepted (tx);
    assert_string_equal (s_dates (tx, s_rome ("2026-10-26", 12)), "2026-10-12 2026-10-19 2026-10-26 2026-11-02");
    assert_int_equal (emitted_nth (tx, occurrence_generated, 1)->due_at, s_rome ("2026-10-19", 9));
    assert_int_equal (emitted_nth (tx, occurrence_generated, 2)->due_at, s_rome ("2026-10-19", 9) + 7 * DAY + HOUR);
    tx_fake_destroy (&tx);
}

static void
test_f1_every_three_weeks_is_twenty_one_days (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    maintenance_plan_details_t details = s_plan (RECURRENCE_KIND_WEEKLY, "2026-06-15");
    details.every = 3;
    s_publish (tx, details);
    assert_string_equal (emitted (tx, occurrence_generated)->due_on, "2026-06-15");
    assert_string_equal (s_dates (tx, s_rome ("2026-07-27", 12)), "2026-07-06 2026-07-27");
    tx_fake_destroy (&tx);
}

static void
test_f1_a_monthly_plan_from_the_31st_clamps_to_month_ends_without_drift (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_publish (tx, s_plan (RECURRENCE_KIND_MONTHLY, "2027-01-31"));
    assert_string_equal (s_dates (tx, s_rome ("2027-05-31", 0)),
        "2027-01-31 2027-02-28 2027-03-31 2027-04-30 2027-05-31");
    tx_fake_destroy (&tx);
}

static void
test_f1_quarterly_and_yearly_plans_step_by_three_and_twelve_months (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_publish (tx, s_plan (RECURRENCE_KIND_QUARTERLY, "2026-08-31"));
    assert_string_equal (s_dates (tx, s_rome ("2027-05-31", 0)), "2026-08-31 2026-11-30 2027-02-28 2027-05-31");
    s_publish (tx, s_plan (RECURRENCE_KIND_YEARLY, "2028-02-29"));
    assert_string_equal (s_dates (tx, s_rome ("2029-03-31", 0)), "2028-02-29 2029-02-28");
    tx_fake_destroy (&tx);
}

static void
test_f1_listed_dates_fall_due_each_once_in_order (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    char *dates [] = { "2026-09-01", "2026-07-01", "2026-09-01", "2025-01-01" };
    maintenance_plan_details_t details = s_plan (RECURRENCE_KIND_DATES, "");
    details.n_dates_on = 4;
    details.dates_on = dates;
    s_publish (tx, details);
    assert_int_equal (emitted (tx, maintenance_plan_published)->next_due_at, s_rome ("2026-07-01", 9));
    assert_string_equal (s_dates (tx, s_rome ("2030-01-01", 0)), "2026-07-01 2026-09-01");
    tx_fake_destroy (&tx);
}

static void
test_f1_the_first_occurrence_is_one_of_the_rule_and_not_today_nor_in_the_past (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_publish (tx, s_plan (RECURRENCE_KIND_WEEKLY, "2020-01-01"));      /* a Wednesday */
    assert_int_equal (emitted_count (tx, occurrence_generated), 1);
    assert_string_equal (emitted (tx, occurrence_generated)->due_on, "2026-06-10");
    assert_int_equal (emitted_count (tx, occurrence_skipped), 0);
    tx_fake_destroy (&tx);
}

static void
test_f1_no_occurrence_falls_due_after_the_end_of_the_plan (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    maintenance_plan_details_t details = s_plan (RECURRENCE_KIND_WEEKLY, "2026-07-01");
    details.until_on = "2026-07-08";
    s_publish (tx, details);
    assert_string_equal (s_dates (tx, s_rome ("2027-01-01", 0)), "2026-07-01 2026-07-08");
    assert_int_equal (tx_fake_timer (tx, "plan", "p1"), 0);
    tx_fake_destroy (&tx);
}

static void
test_f1_a_plan_without_time_of_day_is_due_by_the_end_of_the_day (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    maintenance_plan_details_t details = s_plan (RECURRENCE_KIND_WEEKLY, "2026-07-01");
    details.time_of_day = "";
    s_publish (tx, details);
    assert_int_equal (emitted (tx, maintenance_plan_published)->next_due_at, at ("Europe/Rome", "2026-07-01", 23, 59));
    tx_fake_destroy (&tx);
}

static void
test_f1_a_site_that_changes_its_zone_moves_what_is_to_come (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_publish (tx, s_plan (RECURRENCE_KIND_WEEKLY, "2026-07-01"));
    site_details_t details = {
        .base = site_details_init, .customer_id = "acme", .territory_id = "north", .address = "x" };
    run (tx, site_published (.site_id = "s1", .details = &details, .version = 2, .time_zone = "Asia/Shanghai"));
    assert_int_equal (tx_fake_timer (tx, "plan", "p1"), at ("Asia/Shanghai", "2026-07-01", 9, 0) - 7 * DAY);
    tx_fake_destroy (&tx);
}

static void
test_f1_a_plan_that_makes_no_sense_is_refused_with_the_reason (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    maintenance_plan_details_t details = s_plan (RECURRENCE_KIND_UNSPECIFIED, "2026-07-01");
    s_publish (tx, details);
    assert_rejected (tx, "recurrence.missing");
    details = s_plan (RECURRENCE_KIND_MONTHLY, "2026-02-30");
    s_publish (tx, details);
    assert_rejected (tx, "first_on.invalid");
    details = s_plan (RECURRENCE_KIND_DATES, "");
    s_publish (tx, details);
    assert_rejected (tx, "dates_on.missing");
    details = s_plan (RECURRENCE_KIND_WEEKLY, "2026-07-01");
    details.site_id = details.asset_id = "";
    s_publish (tx, details);
    assert_rejected (tx, "site.unknown");
    details.asset_id = "boiler-2";
    s_publish (tx, details);
    assert_rejected (tx, "asset.unknown");
    details.asset_id = "boiler-1";
    details.site_id = "s2";
    s_publish (tx, details);
    assert_rejected (tx, "plan.other_site");
    details.site_id = "";
    details.until_on = "2026-06-30";
    s_publish (tx, details);
    assert_rejected (tx, "plan.no_occurrence");
    details.until_on = "";
    details.time_of_day = "24:00";
    s_publish (tx, details);
    assert_rejected (tx, "plan.invalid");
    assert_int_equal (stored_count (tx, maintenance_plan), 0);
    tx_fake_destroy (&tx);
}

static void
test_f5_a_fixed_plan_counts_from_the_schedule_however_late_the_work_is (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_publish (tx, s_plan (RECURRENCE_KIND_MONTHLY, "2026-06-10"));
    tx_fake_advance (tx, s_rome ("2026-06-20", 15));
    s_complete (tx, "p1:2026-06-10", s_rome ("2026-06-20", 15));
    assert_int_equal (emitted (tx, occurrence_done)->next_due_at, s_rome ("2026-07-10", 9));
    tx_fake_destroy (&tx);
}

static void
test_f5_a_floating_plan_counts_from_the_completion_and_waits_for_it (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    maintenance_plan_details_t details = s_plan (RECURRENCE_KIND_MONTHLY, "2026-06-10");
    details.floating = true;
    s_publish (tx, details);
    assert_string_equal (emitted (tx, occurrence_generated)->due_on, "2026-06-10");
    assert_string_equal (s_dates (tx, s_rome ("2026-08-30", 9)), "");
    tx_fake_now (tx, s_rome ("2026-08-31", 15));
    s_complete (tx, "p1:2026-06-10", s_rome ("2026-08-31", 15));
    assert_int_equal (emitted (tx, occurrence_done)->next_due_at, s_rome ("2026-09-30", 9));
    assert_string_equal (s_dates (tx, s_rome ("2026-09-30", 9)), "2026-09-30");
    tx_fake_destroy (&tx);
}

static void
test_f5_a_floating_plan_goes_on_when_an_order_is_cancelled (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    maintenance_plan_details_t details = s_plan (RECURRENCE_KIND_WEEKLY, "2026-06-10");
    details.floating = true;
    s_publish (tx, details);
    run (tx, work_order_cancelled (.work_order_id = "w1", .occurrence_id = "p1:2026-06-10", .reason = "closed"));
    assert_string_equal (s_dates (tx, s_rome ("2026-06-17", 9)), "2026-06-17");
    tx_fake_destroy (&tx);
}

static void
test_f5_work_done_so_early_that_the_next_date_is_taken_falls_due_the_day_after (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    maintenance_plan_details_t details = s_plan (RECURRENCE_KIND_WEEKLY, "2026-06-15");
    details.floating = true;
    s_publish (tx, details);
    s_complete (tx, "p1:2026-06-15", MONDAY_AT);
    assert_int_equal (emitted (tx, occurrence_done)->next_due_at, s_rome ("2026-06-16", 9));
    assert_string_equal (s_dates (tx, s_rome ("2026-06-16", 9)), "2026-06-16");
    tx_fake_destroy (&tx);
}

static void
test_f5_a_list_of_dates_can_not_float (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    char *dates [] = { "2026-09-01" };
    maintenance_plan_details_t details = s_plan (RECURRENCE_KIND_DATES, "");
    details.n_dates_on = 1;
    details.dates_on = dates;
    details.floating = true;
    s_publish (tx, details);
    assert_rejected (tx, "plan.floating_dates");
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_f1_a_weekly_plan_falls_due_at_the_same_wall_time_of_the_site_over_a_clock_change),
        cmocka_unit_test (test_f1_every_three_weeks_is_twenty_one_days),
        cmocka_unit_test (test_f1_a_monthly_plan_from_the_31st_clamps_to_month_ends_without_drift),
        cmocka_unit_test (test_f1_quarterly_and_yearly_plans_step_by_three_and_twelve_months),
        cmocka_unit_test (test_f1_listed_dates_fall_due_each_once_in_order),
        cmocka_unit_test (test_f1_the_first_occurrence_is_one_of_the_rule_and_not_today_nor_in_the_past),
        cmocka_unit_test (test_f1_no_occurrence_falls_due_after_the_end_of_the_plan),
        cmocka_unit_test (test_f1_a_plan_without_time_of_day_is_due_by_the_end_of_the_day),
        cmocka_unit_test (test_f1_a_site_that_changes_its_zone_moves_what_is_to_come),
        cmocka_unit_test (test_f1_a_plan_that_makes_no_sense_is_refused_with_the_reason),
        cmocka_unit_test (test_f5_a_fixed_plan_counts_from_the_schedule_however_late_the_work_is),
        cmocka_unit_test (test_f5_a_floating_plan_counts_from_the_completion_and_waits_for_it),
        cmocka_unit_test (test_f5_a_floating_plan_goes_on_when_an_order_is_cancelled),
        cmocka_unit_test (test_f5_work_done_so_early_that_the_next_date_is_taken_falls_due_the_day_after),
        cmocka_unit_test (test_f5_a_list_of_dates_can_not_float),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
