/* E7: the customer is reminded of maintenance that is near, once for each occurrence. */
#include "world.h"

static void
s_publish (tx_t *tx, int64_t lead_ms, int64_t remind_ms)
{
    maintenance_plan_details_t details = {
        .base = maintenance_plan_details_init, .name = "boiler", .asset_id = "boiler-1", .site_id = "s1",
        .recurrence = RECURRENCE_KIND_MONTHLY, .first_on = "2026-07-20", .time_of_day = "09:00", .lead_ms = lead_ms,
        .remind_ms = remind_ms, .description = "inspect", .until_on = "2026-09-30", .work_minutes = 90 };
    run (tx, publish_maintenance_plan (.plan_id = "p1", .details = &details));
    assert_accepted (tx);
}

static tx_t *
s_world (int64_t lead_ms, int64_t remind_ms)
{
    tx_t *tx = world ();
    given (tx, site, {
        .id = "s1", .customer_id = "acme", .territory_id = "north", .time_zone = "Europe/Rome", .has_location = true });
    given (tx, asset, { .id = "boiler-1", .site_id = "s1" });
    s_publish (tx, lead_ms, remind_ms);
    return tx;
}

static int64_t
s_due (const char *date_on)
{
    return at ("Europe/Rome", date_on, 9, 0);
}

static void
test_e7_a_reminder_comes_three_days_before_each_occurrence_and_once (void **state)
{
    (void) state;
    tx_t *tx = s_world (14 * DAY, 0);
    tx_fake_advance (tx, s_due ("2026-07-20") - 3 * DAY - 1);
    assert_int_equal (emitted_count (tx, maintenance_reminder_due), 0);
    tx_fake_advance (tx, s_due ("2026-07-20") - 3 * DAY);
    const maintenance_reminder_due_t *reminder = emitted (tx, maintenance_reminder_due);
    assert_string_equal (reminder->occurrence_id, "p1:2026-07-20");
    assert_int_equal (reminder->due_at, s_due ("2026-07-20"));
    assert_string_equal (reminder->customer_id, "acme");
    assert_string_equal (reminder->asset_id, "boiler-1");
    assert_string_equal (reminder->description, "inspect");
    tx_fake_advance (tx, s_due ("2026-10-20"));
    assert_int_equal (emitted_count (tx, maintenance_reminder_due), 2);
    tx_fake_destroy (&tx);
}

static void
test_e7_the_lead_of_a_reminder_is_the_plans_own (void **state)
{
    (void) state;
    tx_t *tx = s_world (14 * DAY, DAY);
    tx_fake_advance (tx, s_due ("2026-07-20") - DAY - 1);
    assert_int_equal (emitted_count (tx, maintenance_reminder_due), 0);
    tx_fake_advance (tx, s_due ("2026-07-20") - DAY);
    assert_int_equal (emitted_count (tx, maintenance_reminder_due), 1);
    tx_fake_destroy (&tx);
}

static void
test_e7_who_hears_of_the_maintenance_later_than_that_is_told_once_by_its_order (void **state)
{
    (void) state;
    tx_t *tx = s_world (2 * DAY, 3 * DAY);
    tx_fake_advance (tx, s_due ("2026-07-20"));
    assert_int_equal (emitted_count (tx, occurrence_generated), 1);
    assert_int_equal (emitted_count (tx, maintenance_reminder_due), 0);
    tx_fake_destroy (&tx);
}

static void
test_e7_what_is_done_or_cancelled_before_is_not_reminded_of (void **state)
{
    (void) state;
    tx_t *tx = s_world (14 * DAY, 0);
    tx_fake_advance (tx, s_due ("2026-07-20") - 5 * DAY);
    run (tx, work_order_completed (.work_order_id = "w1", .occurrence_id = "p1:2026-07-20",
        .completed_at = tx_now (tx)));
    tx_fake_advance (tx, s_due ("2026-08-20") - 5 * DAY);
    assert_int_equal (emitted_count (tx, maintenance_reminder_due), 0);
    run (tx, work_order_cancelled (.work_order_id = "w2", .occurrence_id = "p1:2026-08-20", .reason = "sold"));
    tx_fake_advance (tx, s_due ("2026-08-20"));
    assert_int_equal (emitted_count (tx, maintenance_reminder_due), 0);
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_e7_a_reminder_comes_three_days_before_each_occurrence_and_once),
        cmocka_unit_test (test_e7_the_lead_of_a_reminder_is_the_plans_own),
        cmocka_unit_test (test_e7_who_hears_of_the_maintenance_later_than_that_is_told_once_by_its_order),
        cmocka_unit_test (test_e7_what_is_done_or_cancelled_before_is_not_reminded_of),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
