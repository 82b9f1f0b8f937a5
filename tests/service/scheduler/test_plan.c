/* Maintenance that falls due by itself: which dates, once each, and what becomes of missed ones (F1, F2, F5). */
#include "world.h"

static maintenance_plan_details_t
s_plan (recurrence_kind_t recurrence, const char *first_on)
{
    maintenance_plan_details_t details = {
        .base = maintenance_plan_details_init, .name = "boiler", .asset_id = "boiler-1", .site_id = "s1",
        .recurrence = recurrence, .first_on = (char *) first_on, .time_of_day = "09:00", .lead_ms = 7 * DAY,
        .tolerance_ms = 2 * DAY, .description = "inspect", .until_on = "", .work_minutes = 90 };
    return details;
}

static tx_t *
s_world (void)
{
    tx_t *tx = world ();
    given (tx, site, {
        .id = "s1", .customer_id = "acme", .territory_id = "north", .time_zone = "Europe/Rome", .has_location = true });
    given (tx, asset, { .id = "boiler-1", .site_id = "s1" });
    return tx;
}

static void
s_publish (tx_t *tx, maintenance_plan_details_t details)
{
    run (tx, publish_maintenance_plan (.plan_id = "p1", .details = &details));
}

/* Lets the time pass and returns the dates generated on the way, with a space between. */
static const char *
s_dates (tx_t *tx, int64_t until_at)
{
    static char text [2000];
    text [0] = '\0';
    tx_fake_advance (tx, until_at);
    for (int i = 0; i < emitted_count (tx, occurrence_generated); i++)
        snprintf (text + strlen (text), sizeof text - strlen (text), "%s%s", i ? " " : "",
            emitted_nth (tx, occurrence_generated, i)->due_on);
    return text;
}

static int64_t
s_rome (const char *date_on, int hour)
{
    return at ("Europe/Rome", date_on, hour, 0);
}

static void
s_complete (tx_t *tx, const char *occurrence_id, int64_t completed_at)
{
    run (tx, work_order_completed (.work_order_id = "w1", .occurrence_id = (char *) occurrence_id,
        .completed_at = completed_at));
}

/* As if nothing had run until this instant. */
static void
s_wake_up_at (tx_t *tx, int64_t now)
{
    tx_fake_now (tx, now);
    tx_fake_advance (tx, now);
}

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
        cmocka_unit_test (test_f2_however_it_sleeps_and_wakes_each_date_has_exactly_one_line_in_the_ledger),
        cmocka_unit_test (test_f5_a_fixed_plan_counts_from_the_schedule_however_late_the_work_is),
        cmocka_unit_test (test_f5_a_floating_plan_counts_from_the_completion_and_waits_for_it),
        cmocka_unit_test (test_f5_a_floating_plan_goes_on_when_an_order_is_cancelled),
        cmocka_unit_test (test_f5_work_done_so_early_that_the_next_date_is_taken_falls_due_the_day_after),
        cmocka_unit_test (test_f5_a_list_of_dates_can_not_float),
        cmocka_unit_test (test_f2_maintenance_done_within_its_tolerance_is_in_time_and_a_millisecond_later_is_not),
        cmocka_unit_test (test_f2_work_on_an_occurrence_nobody_generated_is_a_dead_letter),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
