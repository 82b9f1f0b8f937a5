/* Nobody is sent where nobody is let in (X4). */
#include "world.h"

static int64_t s_version;

static void
s_site (tx_t *tx, const char *calendar_id, const char *start, const char *end)
{
    weekly_interval_t hours = {
        .base = weekly_interval_init, .weekday = 1, .start = (char *) start, .end = (char *) end };
    weekly_interval_t *all [] = { &hours };
    site_details_t details = {
        .base = site_details_init, .customer_id = "acme", .address = "Via Roma 1", .territory_id = "north",
        .n_access_hours = *start ? 1 : 0, .access_hours = all };
    run (tx, site_published (.site_id = "s1", .details = &details, .version = ++s_version,
        .time_zone = "UTC", .access_calendar_id = (char *) calendar_id));
}

static void
s_asset (tx_t *tx, const char *calendar_id)
{
    asset_details_t details = {
        .base = asset_details_init, .site_id = "s1", .access_calendar_id = (char *) calendar_id };
    run (tx, asset_published (.asset_id = "a1", .details = &details, .version = 1));
}

static void
s_order (tx_t *tx)
{
    run (tx, work_order_created (.work_order_id = "w1", .customer_id = "acme", .site_id = "s1", .asset_id = "a1"));
}

static tx_t *
s_world (void)
{
    tx_t *tx = world ();
    given (tx, customer, { .id = "acme", .has_phone = true });
    publish_hours (tx, "mornings", "UTC", "", "08:00", "12:00");
    publish_hours (tx, "evenings", "UTC", "", "13:00", "17:00");
    s_site (tx, "", "", "");
    return tx;
}

/* Open on one date only. */
static void
s_publish_day (tx_t *tx, const char *id, const char *date_on)
{
    day_interval_t day = { .base = day_interval_init, .start = "08:00", .end = "12:00" };
    day_interval_t *intervals [] = { &day };
    calendar_exception_t exception = {
        .base = calendar_exception_init, .date_on = (char *) date_on, .n_intervals = 1, .intervals = intervals };
    calendar_exception_t *exceptions [] = { &exception };
    calendar_details_t details = {
        .base = calendar_details_init, .time_zone = "UTC", .n_exceptions = 1, .exceptions = exceptions };
    run (tx, publish_calendar (.calendar_id = (char *) id, .details = &details));
    assert_accepted (tx);
}

static const char *
s_said (tx_t *tx)
{
    const readiness_changed_t *said = emitted (tx, readiness_changed);
    return !said ? "silence" : said->ready ? "ready" : said->blockers [0]->code;
}

static void
test_x4_a_visit_outside_the_access_hours_is_refused (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_site (tx, "mornings", "", "");
    s_order (tx);
    assert_string_equal (s_said (tx), "ready");
    propose (tx, "v1", MONDAY_AT + 3 * HOUR, MONDAY_AT + 4 * HOUR + MINUTE);
    assert_string_equal (emitted (tx, booking_refused)->code, "access");
    propose (tx, "v2", MONDAY_AT + 3 * HOUR, MONDAY_AT + 4 * HOUR);
    assert_non_null (emitted (tx, booking_held));
    run (tx, visit_proposed (.visit_id = "v3", .work_order_id = "w1", .engineer_id = "anna",
        .starts_at = MONDAY_AT + 5 * HOUR, .ends_at = MONDAY_AT + 6 * HOUR, .override_reason = "the porter waits"));
    assert_non_null (emitted (tx, booking_held));
    tx_fake_destroy (&tx);
}

static void
test_x4_travel_may_begin_before_one_is_let_in (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_site (tx, "evenings", "", "");
    s_order (tx);
    run (tx, visit_proposed (.visit_id = "v1", .work_order_id = "w1", .engineer_id = "anna",
        .starts_at = MONDAY_AT + 4 * HOUR, .work_starts_at = MONDAY_AT + 5 * HOUR,
        .ends_at = MONDAY_AT + 6 * HOUR));
    assert_non_null (emitted (tx, booking_held));
    tx_fake_destroy (&tx);
}

static void
test_x4_the_asset_weighs_more_than_its_site_and_a_calendar_more_than_weekly_hours (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_site (tx, "", "09:00", "10:00");
    s_order (tx);
    propose (tx, "v1", MONDAY_AT, MONDAY_AT + HOUR);
    assert_string_equal (emitted (tx, booking_refused)->code, "access");
    s_site (tx, "mornings", "", "");
    propose (tx, "v2", MONDAY_AT, MONDAY_AT + HOUR);
    assert_non_null (emitted (tx, booking_held));
    s_asset (tx, "evenings");
    propose (tx, "v3", MONDAY_AT + HOUR, MONDAY_AT + 2 * HOUR);
    assert_string_equal (emitted (tx, booking_refused)->code, "access");
    tx_fake_destroy (&tx);
}

static void
test_x4_an_order_whose_site_lets_nobody_in_for_14_days_is_not_ready_until_that_is_nearer (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_publish_day (tx, "summer", "2026-07-01");
    s_site (tx, "summer", "", "");
    s_order (tx);
    assert_string_equal (s_said (tx), "site.no_access");
    assert_non_null (strstr (emitted (tx, readiness_changed)->blockers [0]->message, "2026-07-01"));
    tx_fake_advance (tx, at ("UTC", "2026-06-17", 8, 0));
    assert_string_equal (s_said (tx), "silence");
    tx_fake_advance (tx, at ("UTC", "2026-06-17", 8, 0) + 1);
    assert_string_equal (s_said (tx), "ready");
    tx_fake_destroy (&tx);
}

static void
test_x4_an_order_that_begins_later_asks_for_access_from_then_on (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_publish_day (tx, "summer", "2026-07-01");
    s_site (tx, "summer", "", "");
    run (tx, work_order_created (.work_order_id = "w1", .customer_id = "acme", .site_id = "s1",
        .not_before_at = at ("UTC", "2026-06-28", 0, 0)));
    assert_string_equal (s_said (tx), "ready");
    tx_fake_destroy (&tx);
}

static void
test_x4_access_hours_that_change_are_felt_by_open_orders (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_site (tx, "summer", "", "");
    s_order (tx);
    assert_string_equal (s_said (tx), "site.access_unknown");
    s_publish_day (tx, "summer", "2026-06-09");
    assert_string_equal (s_said (tx), "ready");
    s_publish_day (tx, "summer", "2026-06-01");
    assert_string_equal (s_said (tx), "site.no_access");
    assert_non_null (strstr (emitted (tx, readiness_changed)->blockers [0]->message, "any more"));
    s_asset (tx, "mornings");
    assert_string_equal (s_said (tx), "ready");
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_x4_a_visit_outside_the_access_hours_is_refused),
        cmocka_unit_test (test_x4_travel_may_begin_before_one_is_let_in),
        cmocka_unit_test (test_x4_the_asset_weighs_more_than_its_site_and_a_calendar_more_than_weekly_hours),
        cmocka_unit_test (test_x4_an_order_whose_site_lets_nobody_in_for_14_days_is_not_ready_until_that_is_nearer),
        cmocka_unit_test (test_x4_an_order_that_begins_later_asks_for_access_from_then_on),
        cmocka_unit_test (test_x4_access_hours_that_change_are_felt_by_open_orders),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
