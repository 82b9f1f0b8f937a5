/* J6: tell somebody when a value passes a limit, once a crossing. */
#include "fixture.h"

static const int64_t s_start = INT64_C (1780900200000);

static void
s_rule (tx_t *tx, const char *id, const char *metric, int64_t threshold, const char *territory, bool retired)
{
    alert_rule_details_t details = {
        .base = alert_rule_details_init, .name = "left undone", .metric = (char *) metric, .threshold = threshold,
        .territory_id = (char *) territory, .retired = retired
    };
    run (tx, publish_alert_rule (.rule_id = (char *) id, .details = &details));
}

static int
s_setup (void **state)
{
    tx_t *tx = company ();
    s_rule (tx, "offers", METRIC_OFFER, 2 * HOUR_MS, "", false);
    s_rule (tx, "requests", METRIC_REQUEST, HOUR_MS, "", false);
    s_rule (tx, "orders", METRIC_ORDER, 4 * HOUR_MS, "milan", false);
    tx_fake_now (tx, s_start);
    *state = tx;
    return 0;
}

static void
s_order (tx_t *tx, const char *id, const char *territory)
{
    run (tx, work_order_created (.work_order_id = (char *) id, .territory_id = (char *) territory,
        .created_at = s_start));
}

static void
s_order_state (tx_t *tx, const char *id, work_order_state_t state)
{
    run (tx, work_order_state_changed (.work_order_id = (char *) id, .state = state));
}

static void
test_j6_an_offer_not_answered_for_two_hours_raises_one_alert (void **state)
{
    tx_t *tx = *state;
    s_order (tx, "w1", "beijing");
    run (tx, visit_offered (.visit_id = "v1", .work_order_id = "w1"));
    assert_int_equal (tx_fake_advance (tx, s_start + 2 * HOUR_MS - 1), 0);
    assert_int_equal (tx_fake_advance (tx, s_start + 2 * HOUR_MS), 1);
    assert_int_equal (emitted_count (tx, alert_raised), 1);
    assert_string_equal (emitted (tx, alert_raised)->subject_id, "v1");
    assert_string_equal (emitted (tx, alert_raised)->territory_id, "beijing");
    assert_at (emitted (tx, alert_raised)->value, 2 * HOUR_MS);
    assert_int_equal (tx_fake_advance (tx, s_start + 200 * HOUR_MS), 0);
}

static void
test_j6_an_offer_answered_while_the_watchdog_was_down_raises_none (void **state)
{
    tx_t *tx = *state;
    run (tx, visit_offered (.visit_id = "v1", .work_order_id = "w1"));
    tx_fake_now (tx, s_start + 9 * HOUR_MS);
    tx_fake_advance (tx, s_start + 9 * HOUR_MS + 1);
    run (tx, visit_accepted (.visit_id = "v1", .work_order_id = "w1", .accepted_at = s_start + HOUR_MS));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    assert_int_equal (tx_fake_advance (tx, s_start + 20 * HOUR_MS), 0);
}

static void
test_j6_an_alert_clears_when_the_offer_is_answered (void **state)
{
    tx_t *tx = *state;
    run (tx, visit_offered (.visit_id = "v1", .work_order_id = "w1"));
    tx_fake_advance (tx, s_start + 3 * HOUR_MS);
    assert_int_equal (emitted_count (tx, alert_raised), 1);
    char *raised_id = strdup (emitted (tx, alert_raised)->alert_id);
    run (tx, visit_accepted (.visit_id = "v1", .work_order_id = "w1", .accepted_at = s_start + 3 * HOUR_MS));
    assert_string_equal (emitted (tx, alert_cleared)->alert_id, raised_id);
    free (raised_id);
    assert_int_equal (stored_count (tx, alert), 0);
    run (tx, visit_offered (.visit_id = "v2", .work_order_id = "w1"));
    run (tx, visit_ended (.visit_id = "v2", .work_order_id = "w1", .state = VISIT_STATE_REJECTED));
    assert_int_equal (tx_fake_advance (tx, s_start + 20 * HOUR_MS), 0);
}

static void
test_j6_an_alert_is_armed_again_for_the_next_crossing (void **state)
{
    tx_t *tx = *state;
    s_order (tx, "w1", "milan");
    tx_fake_advance (tx, s_start + 4 * HOUR_MS);
    assert_int_equal (emitted_count (tx, alert_raised), 1);
    s_order_state (tx, "w1", WORK_ORDER_STATE_SCHEDULED);
    assert_int_equal (emitted_count (tx, alert_cleared), 1);
    tx_fake_now (tx, s_start + 10 * HOUR_MS);
    s_order_state (tx, "w1", WORK_ORDER_STATE_UNSCHEDULED);
    assert_int_equal (tx_fake_advance (tx, s_start + 14 * HOUR_MS - 1), 0);
    assert_int_equal (tx_fake_advance (tx, s_start + 14 * HOUR_MS), 1);
    assert_int_equal (emitted_count (tx, alert_raised), 1);
}

static void
test_j6_a_rule_of_one_territory_leaves_the_others_alone (void **state)
{
    tx_t *tx = *state;
    s_order (tx, "w1", "beijing");
    assert_int_equal (tx_fake_advance (tx, s_start + 100 * HOUR_MS), 0);
}

static void
test_j6_an_order_that_ended_is_not_left_undone (void **state)
{
    tx_t *tx = *state;
    s_order (tx, "w1", "milan");
    run (tx, work_order_cancelled (.work_order_id = "w1", .reason = "mistake"));
    assert_int_equal (tx_fake_advance (tx, s_start + 100 * HOUR_MS), 0);
    assert_true (stored (tx, work_order, "w1")->is_over);
    assert_int_equal (stored_count (tx, gauge), 0);
}

static void
test_j6_a_request_nobody_takes_in_hand_raises_an_alert_until_somebody_does (void **state)
{
    tx_t *tx = *state;
    accept_at (tx, "r1", "milan", s_start);
    assert_int_equal (tx_fake_advance (tx, s_start + HOUR_MS), 1);
    assert_string_equal (emitted (tx, alert_raised)->metric, METRIC_REQUEST);
    run (tx, service_request_acknowledged (.request_id = "r1", .agent = "anna", .acknowledged_at = s_start + HOUR_MS));
    assert_int_equal (emitted_count (tx, alert_cleared), 1);
}

static void
test_j6_a_retired_or_lifted_rule_clears_what_it_raised (void **state)
{
    tx_t *tx = *state;
    s_order (tx, "w1", "milan");
    tx_fake_advance (tx, s_start + 4 * HOUR_MS);
    s_rule (tx, "orders", METRIC_ORDER, 6 * HOUR_MS, "milan", false);
    settle (tx);
    assert_int_equal (emitted_count (tx, alert_cleared), 1);
    assert_int_equal (tx_fake_advance (tx, s_start + 6 * HOUR_MS), 1);
    assert_int_equal (emitted_count (tx, alert_raised), 1);
    s_rule (tx, "orders", METRIC_ORDER, 6 * HOUR_MS, "milan", true);
    settle (tx);
    assert_int_equal (emitted_count (tx, alert_cleared), 1);
    assert_int_equal (tx_fake_advance (tx, s_start + 100 * HOUR_MS), 0);
}

static void
test_j6_a_new_rule_looks_at_what_is_undone_already (void **state)
{
    tx_t *tx = *state;
    s_order (tx, "w1", "beijing");
    tx_fake_now (tx, s_start + 10 * HOUR_MS);
    s_rule (tx, "all-orders", METRIC_ORDER, 6 * HOUR_MS, "", false);
    settle (tx);
    assert_int_equal (tx_fake_advance (tx, s_start + 11 * HOUR_MS), 1);
    assert_true (emitted (tx, alert_raised)->value >= 10 * HOUR_MS);
}

static void
test_j6_a_rule_that_makes_no_sense_is_refused (void **state)
{
    tx_t *tx = *state;
    s_rule (tx, "x", "moon.phase", HOUR_MS, "", false);
    assert_rejected (tx, "metric.unknown");
    s_rule (tx, "x", METRIC_ORDER, 0, "", false);
    assert_rejected (tx, "threshold.invalid");
    s_rule (tx, "x", METRIC_ORDER, HOUR_MS, "atlantis", false);
    assert_rejected (tx, "territory.unknown");
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, s_setup, company_close)

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_j6_an_offer_not_answered_for_two_hours_raises_one_alert),
        TEST (test_j6_an_offer_answered_while_the_watchdog_was_down_raises_none),
        TEST (test_j6_an_alert_clears_when_the_offer_is_answered),
        TEST (test_j6_an_alert_is_armed_again_for_the_next_crossing),
        TEST (test_j6_a_rule_of_one_territory_leaves_the_others_alone),
        TEST (test_j6_an_order_that_ended_is_not_left_undone),
        TEST (test_j6_a_request_nobody_takes_in_hand_raises_an_alert_until_somebody_does),
        TEST (test_j6_a_retired_or_lifted_rule_clears_what_it_raised),
        TEST (test_j6_a_new_rule_looks_at_what_is_undone_already),
        TEST (test_j6_a_rule_that_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
