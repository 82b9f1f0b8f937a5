/* The place lies where shift and access hours meet (X4). */
#include "world.h"

/* Open on Mondays from start to end in Milan. */
static void
s_mondays (tx_t *tx, const char *calendar_id, const char *start, const char *end)
{
    weekly_interval_t *hours [] = { PART (weekly_interval, .weekday = 1, .start = (char *) start,
        .end = (char *) end) };
    run (tx, calendar_published (.calendar_id = (char *) calendar_id, .version = 1,
         .details = PART (calendar_details, .time_zone = "Europe/Rome", .n_weekly = 1,
         .weekly = hours)));
}

static void
s_site (tx_t *tx, const char *calendar_id, const char *start, const char *end)
{
    weekly_interval_t *hours [] = { PART (weekly_interval, .weekday = 1, .start = (char *) start,
        .end = (char *) end) };
    run (tx, site_published (.site_id = "s1", .version = stored (tx, site, "s1")->version + 1,
         .time_zone = "Europe/Rome", .access_calendar_id = (char *) calendar_id,
         .details = PART (site_details, .customer_id = "c1", .territory_id = "milan",
         .point = POINT (45.4642, 9.1900), .n_access_hours = *start ? 1 : 0,
         .access_hours = hours)));
}

static int64_t
s_decided_start (tx_t *tx)
{
    char order_id [64];
    ready_is (tx, order_is (tx, "r1", order_id));
    const visit_proposed_t *proposed = emitted (tx, visit_proposed);
    return proposed ? proposed->work_starts_at : 0;
}

static void
test_x4_work_begins_when_one_is_let_in_and_travel_before_that (void **state)
{
    tx_t *tx = *state;
    engineer_is (tx, "ann", 10, "gas", 2);
    s_mondays (tx, "noon", "12:00", "14:00");
    s_site (tx, "noon", "", "");
    assert_int_equal (s_decided_start (tx), NOW + 2 * HOUR);
    assert_true (emitted (tx, visit_proposed)->starts_at < NOW + 2 * HOUR);
}

static void
test_x4_a_stretch_of_access_too_short_for_the_work_is_passed_over (void **state)
{
    tx_t *tx = *state;
    engineer_is (tx, "ann", 0, "gas", 2);
    s_site (tx, "", "09:00", "10:30");
    assert_int_equal (s_decided_start (tx), NOW + 7 * DAY - HOUR);
}

static void
test_x4_the_asset_weighs_more_than_its_site (void **state)
{
    tx_t *tx = *state;
    engineer_is (tx, "ann", 0, "gas", 2);
    s_mondays (tx, "noon", "12:00", "14:00");
    s_mondays (tx, "evening", "16:00", "18:00");
    s_site (tx, "noon", "", "");
    run (tx, asset_published (.asset_id = "a1", .version = 2, .details = PART (asset_details,
         .customer_id = "c1", .site_id = "s1", .access_calendar_id = "evening")));
    assert_int_equal (s_decided_start (tx), NOW + 6 * HOUR);
}

static void
test_x4_when_access_and_shift_never_meet_the_document_says_so (void **state)
{
    tx_t *tx = *state;
    engineer_is (tx, "ann", 0, "gas", 2);
    s_site (tx, "", "19:00", "22:00");
    assert_int_equal (s_decided_start (tx), 0);
    const failed_rule_t *failed = emitted (tx, dispatch_failed)->candidates [0]->failed_rules [0];
    assert_string_equal (failed->rule, "access");
    assert_string_equal (failed->needed,
        "60 min of work in his shift and the access hours of the site");
    assert_string_equal (failed->had, "no such time in 14 days");
}

static void
test_x4_a_person_who_names_an_hour_without_access_is_told (void **state)
{
    tx_t *tx = *state;
    char order_id [64];
    engineer_is (tx, "ann", 0, "gas", 2);
    s_site (tx, "", "12:00", "14:00");
    order_is (tx, "r1", order_id);
    run (tx, readiness_changed (.work_order_id = order_id, .ready = false));
    run (tx, choose_engineer (.work_order_id = order_id, .engineer_id = "ann",
         .starts_at = NOW + HOUR));
    assert_rejected (tx, "dispatch.rules_broken");
    assert_non_null (strstr (tx_fake_message (tx), "access"));
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_x4_work_begins_when_one_is_let_in_and_travel_before_that),
        TEST (test_x4_a_stretch_of_access_too_short_for_the_work_is_passed_over),
        TEST (test_x4_the_asset_weighs_more_than_its_site),
        TEST (test_x4_when_access_and_shift_never_meet_the_document_says_so),
        TEST (test_x4_a_person_who_names_an_hour_without_access_is_told),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
