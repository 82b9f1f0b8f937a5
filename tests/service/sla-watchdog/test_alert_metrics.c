/* J6: what else may be left undone, whom a rule looks at, and whom it tells. */
#include "fixture.h"

static const int64_t s_start = INT64_C (1780900200000);

static void
s_rule (tx_t *tx, const char *metric, alert_rule_details_t details)
{
    details.base = (ProtobufCMessage) alert_rule_details_init;
    details.name = "left undone";
    details.metric = (char *) metric;
    details.threshold = 2 * HOUR_MS;
    if (!details.territory_id)
        details.territory_id = "";
    run (tx, publish_alert_rule (.rule_id = (char *) metric, .details = &details));
}

#define RULE(metric, ...) s_rule (tx, metric, (alert_rule_details_t) { __VA_ARGS__ })

static int
s_setup (void **state)
{
    *state = company ();
    tx_fake_now (*state, s_start);
    return 0;
}

static void
s_order (tx_t *tx, const char *id, int level)
{
    run (tx, work_order_created (.work_order_id = (char *) id, .territory_id = "milan", .type = REQUEST_TYPE_REPAIR,
        .fault_level = level, .created_at = s_start));
}

static void
s_ready (tx_t *tx, const char *id, bool ready)
{
    run (tx, readiness_changed (.work_order_id = (char *) id, .ready = ready));
}

static void
s_short (tx_t *tx, const char *id)
{
    part_shortage_t *shortages [] = {
        &(part_shortage_t) { .base = part_shortage_init, .item_id = "seal", .needed = 2 } };
    run (tx, reservation_short (.work_order_id = (char *) id, .n_shortages = 1, .shortages = shortages));
}

static void
s_assert_one (tx_t *tx, const char *metric, const char *subject_id)
{
    assert_int_equal (tx_fake_advance (tx, s_start + 2 * HOUR_MS - 1), 0);
    assert_int_equal (tx_fake_advance (tx, s_start + 2 * HOUR_MS), 1);
    assert_int_equal (emitted_count (tx, alert_raised), 1);
    assert_string_equal (emitted (tx, alert_raised)->metric, metric);
    assert_string_equal (emitted (tx, alert_raised)->subject_id, subject_id);
    assert_int_equal (tx_fake_advance (tx, s_start + 100 * HOUR_MS), 0);
}

static void
test_h12_an_order_for_which_a_person_must_choose_raises_one_alert_until_somebody_did (void **state)
{
    tx_t *tx = *state;
    RULE (METRIC_PERSON, .territory_id = "milan");
    s_order (tx, "w1", 3);
    run (tx, dispatch_failed (.work_order_id = "w1", .reason = "nobody of 3 may go"));
    s_order (tx, "w2", 3);
    run (tx, dispatch_failed (.work_order_id = "w2", .reason = "5 offers", .needs_person = true));
    s_assert_one (tx, METRIC_PERSON, "w2");
    run (tx, work_order_state_changed (.work_order_id = "w2", .state = WORK_ORDER_STATE_SCHEDULED));
    assert_int_equal (emitted_count (tx, alert_cleared), 1);
}

static void
test_j6_a_work_order_that_can_not_go_for_too_long_raises_one_alert_until_it_can (void **state)
{
    tx_t *tx = *state;
    RULE (METRIC_UNREADY, .territory_id = "milan");
    s_order (tx, "w1", 3);
    s_ready (tx, "w1", false);
    s_assert_one (tx, METRIC_UNREADY, "w1");
    s_ready (tx, "w1", true);
    assert_int_equal (emitted_count (tx, alert_cleared), 1);
    s_ready (tx, "w1", false);
    assert_int_equal (tx_fake_advance (tx, s_start + 102 * HOUR_MS), 1);
    assert_int_equal (emitted_count (tx, alert_raised), 1);
}

static void
test_j6_a_work_order_short_of_parts_for_too_long_raises_one_alert_until_they_are_there (void **state)
{
    tx_t *tx = *state;
    RULE (METRIC_PARTS);
    s_short (tx, "w1");
    s_order (tx, "w1", 3);
    s_assert_one (tx, METRIC_PARTS, "w1");
    assert_string_equal (stored (tx, gauge, METRIC_PARTS ":w1")->territory_id, "milan");
    run (tx, reservation_made (.work_order_id = "w1"));
    assert_int_equal (emitted_count (tx, alert_cleared), 1);
}

static void
test_j6_a_visit_that_has_not_begun_in_time_raises_one_alert_until_it_has (void **state)
{
    tx_t *tx = *state;
    RULE (METRIC_VISIT);
    s_order (tx, "w1", 3);
    run (tx, visit_accepted (.visit_id = "v1", .work_order_id = "w1", .starts_at = s_start - HOUR_MS,
        .work_starts_at = s_start, .accepted_at = s_start - 5 * HOUR_MS));
    s_assert_one (tx, METRIC_VISIT, "v1");
    run (tx, visit_work_started (.visit_id = "v1", .work_order_id = "w1", .started_at = tx_now (tx)));
    assert_int_equal (emitted_count (tx, alert_cleared), 1);
}

static void
test_j6_a_visit_that_was_cancelled_or_has_arrived_is_not_waited_for (void **state)
{
    tx_t *tx = *state;
    RULE (METRIC_VISIT);
    run (tx, visit_accepted (.visit_id = "v1", .work_order_id = "w1", .work_starts_at = s_start));
    run (tx, visit_accepted (.visit_id = "v2", .work_order_id = "w2", .work_starts_at = s_start));
    run (tx, visit_ended (.visit_id = "v1", .work_order_id = "w1", .state = VISIT_STATE_CANCELLED));
    run (tx, visit_arrived (.visit_id = "v2", .work_order_id = "w2", .arrived_at = s_start));
    assert_int_equal (tx_fake_advance (tx, s_start + 100 * HOUR_MS), 0);
}

static void
test_j6_a_request_that_waits_for_too_long_raises_one_alert_until_it_goes_on (void **state)
{
    tx_t *tx = *state;
    RULE (METRIC_WAITING);
    accept_at (tx, "r1", "milan", s_start);
    wait_from (tx, "r1", WAIT_REASON_CUSTOMER, s_start);
    s_assert_one (tx, METRIC_WAITING, "r1");
    wait_until (tx, "r1", WAIT_REASON_CUSTOMER, tx_now (tx));
    assert_int_equal (emitted_count (tx, alert_cleared), 1);
    assert_int_equal (stored (tx, sla_case, "r1")->waits_since_at, 0);
}

static void
test_j6_a_wait_that_ends_within_another_one_counts_from_that_one (void **state)
{
    tx_t *tx = *state;
    RULE (METRIC_WAITING);
    accept_at (tx, "r1", "milan", s_start);
    wait_from (tx, "r1", WAIT_REASON_PARTS, s_start);
    tx_fake_advance (tx, s_start + HOUR_MS);
    wait_from (tx, "r1", WAIT_REASON_CUSTOMER, s_start + HOUR_MS);
    assert_int_equal (tx_fake_advance (tx, s_start + 2 * HOUR_MS), 1);
    assert_int_equal (emitted_count (tx, alert_raised), 1);
    wait_until (tx, "r1", WAIT_REASON_PARTS, tx_now (tx));
    assert_int_equal (emitted_count (tx, alert_cleared), 1);
    assert_int_equal (tx_fake_advance (tx, s_start + 3 * HOUR_MS - 1), 0);
    assert_int_equal (tx_fake_advance (tx, s_start + 3 * HOUR_MS), 1);
    assert_int_equal (emitted_count (tx, alert_raised), 1);
    assert_at (emitted (tx, alert_raised)->value, 2 * HOUR_MS);
}

static void
test_j6_a_rule_looks_at_its_levels_and_types_only (void **state)
{
    tx_t *tx = *state;
    RULE (METRIC_UNREADY, .n_fault_levels = 2, .fault_levels = (int32_t []) { 1, 2 });
    RULE (METRIC_PARTS, .n_request_types = 1, .request_types = (request_type_t []) { REQUEST_TYPE_MAINTENANCE });
    RULE (METRIC_REQUEST, .n_fault_levels = 1, .fault_levels = (int32_t []) { 1 });
    s_order (tx, "w1", 3);
    s_ready (tx, "w1", false);
    s_short (tx, "w1");
    s_order (tx, "w2", 2);
    s_ready (tx, "w2", false);
    accept_at (tx, "r1", "milan", s_start);
    triage_at (tx, "r1", 3, s_start);
    assert_int_equal (tx_fake_advance (tx, s_start + 2 * HOUR_MS), 1);
    assert_string_equal (emitted (tx, alert_raised)->subject_id, "w2");
    triage_at (tx, "r1", 1, tx_now (tx));               /* it was worse than it seemed */
    assert_int_equal (tx_fake_advance (tx, tx_now (tx) + MINUTE_MS), 1);
    assert_string_equal (emitted (tx, alert_raised)->subject_id, "r1");
    triage_at (tx, "r1", 2, tx_now (tx));
    assert_int_equal (emitted_count (tx, alert_cleared), 1);
}

static void
test_j6_what_is_said_of_an_order_after_its_end_is_an_echo (void **state)
{
    tx_t *tx = *state;
    RULE (METRIC_UNREADY);
    s_order (tx, "w1", 3);
    run (tx, work_order_completed (.work_order_id = "w1"));
    s_ready (tx, "w1", false);
    s_short (tx, "w1");
    assert_int_equal (stored_count (tx, gauge), 0);
}

static void
test_j6_an_alert_names_whom_its_rule_wants_told (void **state)
{
    tx_t *tx = *state;
    RULE (METRIC_UNREADY, .n_recipient_ids = 2, .recipient_ids = (char *[]) { "anna", "manager:milan" });
    s_ready (tx, "w1", false);
    tx_fake_advance (tx, s_start + 2 * HOUR_MS);
    assert_int_equal (emitted (tx, alert_raised)->n_recipient_ids, 2);
    assert_string_equal (emitted (tx, alert_raised)->recipient_ids [1], "manager:milan");
}

static void
test_j6_levels_types_and_people_that_are_none_are_refused (void **state)
{
    tx_t *tx = *state;
    RULE (METRIC_UNREADY, .n_fault_levels = 1, .fault_levels = (int32_t []) { 5 });
    assert_rejected (tx, "fault_levels.invalid");
    RULE (METRIC_UNREADY, .n_request_types = 1, .request_types = (request_type_t []) { REQUEST_TYPE_UNSPECIFIED });
    assert_rejected (tx, "request_types.missing");
    RULE (METRIC_UNREADY, .n_recipient_ids = 1, .recipient_ids = (char *[]) { "no such" });
    assert_rejected (tx, "recipient_ids.invalid");
    RULE ("work_order.sold_ms");
    assert_rejected (tx, "metric.unknown");
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, s_setup, company_close)

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_h12_an_order_for_which_a_person_must_choose_raises_one_alert_until_somebody_did),
        TEST (test_j6_a_work_order_that_can_not_go_for_too_long_raises_one_alert_until_it_can),
        TEST (test_j6_a_work_order_short_of_parts_for_too_long_raises_one_alert_until_they_are_there),
        TEST (test_j6_a_visit_that_has_not_begun_in_time_raises_one_alert_until_it_has),
        TEST (test_j6_a_visit_that_was_cancelled_or_has_arrived_is_not_waited_for),
        TEST (test_j6_a_request_that_waits_for_too_long_raises_one_alert_until_it_goes_on),
        TEST (test_j6_a_wait_that_ends_within_another_one_counts_from_that_one),
        TEST (test_j6_a_rule_looks_at_its_levels_and_types_only),
        TEST (test_j6_what_is_said_of_an_order_after_its_end_is_an_echo),
        TEST (test_j6_an_alert_names_whom_its_rule_wants_told),
        TEST (test_j6_levels_types_and_people_that_are_none_are_refused),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
