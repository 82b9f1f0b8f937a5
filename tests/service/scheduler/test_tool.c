/* Tools and test instruments are reserved with the engineer or not at all (G2, G3, K15). */
#include "world.h"

#define NINE    (MONDAY_AT + HOUR)
#define TEN     (MONDAY_AT + 2 * HOUR)
#define ELEVEN  (MONDAY_AT + 3 * HOUR)

static void
s_tool (tx_t *tx, const char *id, int64_t calibrated_until_at)
{
    tool_details_t details = {
        .base = tool_details_init, .kind = "meter", .location_id = "store",
        .calibrated_until_at = calibrated_until_at };
    run (tx, register_tool (.tool_id = (char *) id, .details = &details));
    assert_accepted (tx);
}

static void
s_order (tx_t *tx, const char *id, size_t meters)
{
    char *kinds [] = { "meter", "meter" };
    run (tx, work_order_created (.work_order_id = (char *) id, .customer_id = "acme", .site_id = "s1",
        .territory_id = "north", .n_tool_kinds = meters, .tool_kinds = kinds));
}

static void
s_propose (tx_t *tx, const char *visit_id, const char *order_id, const char *engineer_id, int64_t from_at)
{
    run (tx, visit_proposed (.visit_id = (char *) visit_id, .work_order_id = (char *) order_id,
        .engineer_id = (char *) engineer_id, .starts_at = from_at, .work_starts_at = from_at,
        .ends_at = from_at + HOUR));
}

static tx_t *
s_world (void)
{
    tx_t *tx = world ();
    given (tx, customer, { .id = "acme", .has_phone = true });
    given (tx, site, { .id = "s1", .has_location = true });
    return tx;
}

static const char *
s_said (tx_t *tx)
{
    const readiness_changed_t *said = emitted (tx, readiness_changed);
    return !said ? "silence" : said->ready ? "ready" : said->blockers [0]->code;
}

static void
test_g3_a_visit_reserves_the_engineer_and_the_tool (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_tool (tx, "m1", 0);
    s_order (tx, "w1", 1);
    s_propose (tx, "v1", "w1", "anna", NINE);
    assert_non_null (emitted (tx, booking_held));
    assert_int_equal (stored_count (tx, booking), 2);
    assert_string_equal (stored (tx, booking, "v1+1")->resource_id, "m1");
    assert_int_equal (stored (tx, booking, "v1+1")->kind, KIND_TOOL);
    run (tx, visit_accepted (.visit_id = "v1"));
    assert_int_equal (stored (tx, booking, "v1+1")->state, BOOKING_CONFIRMED);
    run (tx, visit_ended (.visit_id = "v1", .state = VISIT_STATE_CANCELLED));
    assert_string_equal (stored (tx, booking, "v1+1")->open_resource_id, "");
    tx_fake_destroy (&tx);
}

static void
test_g3_a_tool_that_is_reserved_for_another_visit_is_refused_for_everyone_until_it_is_free (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_tool (tx, "m1", 0);
    s_order (tx, "w1", 1);
    s_order (tx, "w2", 1);
    s_propose (tx, "v1", "w1", "anna", NINE);
    s_propose (tx, "v2", "w2", "bo", NINE + 30 * MINUTE);
    const booking_refused_t *refused = emitted (tx, booking_refused);
    assert_string_equal (refused->code, "tool");
    assert_non_null (strstr (refused->message, "m1 is reserved for visit v1"));
    assert_true (refused->for_everyone);
    assert_int_equal (refused->from_at, NINE + 30 * MINUTE);
    assert_int_equal (refused->to_at, TEN);
    s_propose (tx, "v3", "w2", "bo", TEN);
    assert_non_null (emitted (tx, booking_held));
    tx_fake_destroy (&tx);
}

static void
test_g3_booking_is_all_or_nothing_without_the_tool_the_engineer_stays_free (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_order (tx, "w1", 1);
    s_propose (tx, "v1", "w1", "anna", NINE);
    assert_non_null (strstr (emitted (tx, booking_refused)->message, "there is none"));
    s_order (tx, "w2", 0);
    s_propose (tx, "v2", "w2", "anna", NINE);
    assert_non_null (emitted (tx, booking_held));
    tx_fake_destroy (&tx);
}

static void
test_g3_without_the_engineer_the_tool_stays_free (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_tool (tx, "m1", 0);
    s_order (tx, "w1", 1);
    run (tx, record_absence (.absence_id = "a1", .engineer_id = "anna", .from_at = NINE, .to_at = TEN));
    s_propose (tx, "v1", "w1", "anna", NINE);
    assert_string_equal (emitted (tx, booking_refused)->code, "absence");
    s_propose (tx, "v2", "w1", "bo", NINE);
    assert_non_null (emitted (tx, booking_held));
    tx_fake_destroy (&tx);
}

static void
test_g3_an_order_that_needs_two_gets_two_different_ones (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_tool (tx, "m1", 0);
    s_order (tx, "w1", 2);
    s_propose (tx, "v1", "w1", "anna", NINE);
    assert_string_equal (emitted (tx, booking_refused)->code, "tool");
    s_tool (tx, "m2", 0);
    s_propose (tx, "v2", "w1", "anna", NINE);
    assert_non_null (emitted (tx, booking_held));
    assert_string_not_equal (stored (tx, booking, "v2+1")->resource_id, stored (tx, booking, "v2+2")->resource_id);
    tx_fake_destroy (&tx);
}

static void
test_g3_a_calibration_must_last_until_the_end_of_the_visit (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_tool (tx, "m1", TEN - 1);
    s_order (tx, "w1", 1);
    s_propose (tx, "v1", "w1", "anna", NINE);
    assert_string_equal (emitted (tx, booking_refused)->code, "tool");
    assert_non_null (strstr (emitted (tx, booking_refused)->message, "the calibration of m1 ends on 2026-06-08"));
    s_tool (tx, "m1", TEN);
    s_propose (tx, "v2", "w1", "anna", NINE);
    assert_non_null (emitted (tx, booking_held));
    tx_fake_destroy (&tx);
}

static void
test_g2_an_order_is_ready_when_a_calibrated_tool_of_its_kind_exists_and_not_any_more_when_it_expires (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_order (tx, "w1", 1);
    assert_string_equal (s_said (tx), "tool.none");
    s_tool (tx, "m1", NINE);
    assert_string_equal (s_said (tx), "ready");
    tx_fake_advance (tx, NINE);
    assert_string_equal (s_said (tx), "tool.uncalibrated");
    assert_string_equal (emitted (tx, readiness_changed)->blockers [0]->reference, "meter");
    s_tool (tx, "m1", NINE + DAY);
    assert_string_equal (s_said (tx), "ready");
    run (tx, work_order_cancelled (.work_order_id = "w1"));
    assert_int_equal (stored_count (tx, tool_need), 0);
    tx_fake_destroy (&tx);
}

static void
test_g3_a_tool_of_another_territory_serves_nobody_here (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    tool_details_t details = { .base = tool_details_init, .kind = "meter", .territory_id = "south" };
    run (tx, register_tool (.tool_id = "m1", .details = &details));
    s_order (tx, "w1", 1);
    assert_string_equal (s_said (tx), "tool.none");
    details.territory_id = "north";
    run (tx, register_tool (.tool_id = "m1", .details = &details));
    assert_string_equal (s_said (tx), "ready");
    details.retired = true;
    run (tx, register_tool (.tool_id = "m1", .details = &details));
    assert_string_equal (s_said (tx), "tool.none");
    tx_fake_destroy (&tx);
}

static void
test_k15_custody_goes_from_hand_to_hand_and_back_and_is_never_forgotten (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_tool (tx, "m1", 0);
    run (tx, issue_tool (.tool_id = "m1", .engineer_id = "anna"));
    assert_string_equal (emitted (tx, tool_issued)->from_engineer_id, "");
    run (tx, issue_tool (.tool_id = "m1", .engineer_id = "anna"));
    assert_rejected (tx, "tool.issued");
    tx_fake_now (tx, NINE);
    run (tx, issue_tool (.tool_id = "m1", .engineer_id = "bo"));
    assert_string_equal (emitted (tx, tool_issued)->from_engineer_id, "anna");
    tx_fake_now (tx, TEN);
    run (tx, return_tool (.tool_id = "m1"));
    assert_string_equal (emitted (tx, tool_returned)->location_id, "store");
    run (tx, return_tool (.tool_id = "m1"));
    assert_rejected (tx, "tool.not_issued");
    run (tx, get_tool (.tool_id = "m1"));
    const tool_state_t *tool = answer (tx, tool_state);
    assert_int_equal (tool->n_custody, 2);
    assert_string_equal (tool->custody [0]->engineer_id, "bo");
    assert_int_equal (tool->custody [0]->to_at, TEN);
    assert_int_equal (tool->custody [1]->to_at, NINE);
    assert_string_equal (tool->engineer_id, "");
    tx_fake_destroy (&tx);
}

static void
test_k15_the_tool_an_engineer_has_with_him_is_reserved_before_one_in_store (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_tool (tx, "m1", 0);
    s_tool (tx, "m2", 0);
    run (tx, issue_tool (.tool_id = "m2", .engineer_id = "anna"));
    s_order (tx, "w1", 1);
    s_propose (tx, "v1", "w1", "anna", NINE);
    assert_string_equal (stored (tx, booking, "v1+1")->resource_id, "m2");
    s_propose (tx, "v2", "w1", "bo", TEN);
    assert_string_equal (stored (tx, booking, "v2+1")->resource_id, "m1");
    run (tx, get_tool (.tool_id = "m2"));
    assert_int_equal (answer (tx, tool_state)->n_bookings, 1);
    assert_string_equal (answer (tx, tool_state)->bookings [0]->visit_id, "v1");
    tx_fake_destroy (&tx);
}

static void
test_g3_a_hold_lost_to_an_absence_frees_the_tool_too (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_tool (tx, "m1", 0);
    s_order (tx, "w1", 1);
    s_propose (tx, "v1", "w1", "anna", NINE);
    run (tx, record_absence (.absence_id = "a1", .engineer_id = "anna", .from_at = NINE, .to_at = TEN));
    assert_string_equal (emitted (tx, booking_refused)->code, "absence");
    s_propose (tx, "v2", "w1", "bo", NINE);
    assert_non_null (emitted (tx, booking_held));
    run (tx, visit_accepted (.visit_id = "v1"));
    assert_string_equal (emitted (tx, booking_refused)->code, "overlap");
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_g3_a_visit_reserves_the_engineer_and_the_tool),
        cmocka_unit_test (test_g3_a_tool_that_is_reserved_for_another_visit_is_refused_for_everyone_until_it_is_free),
        cmocka_unit_test (test_g3_booking_is_all_or_nothing_without_the_tool_the_engineer_stays_free),
        cmocka_unit_test (test_g3_without_the_engineer_the_tool_stays_free),
        cmocka_unit_test (test_g3_an_order_that_needs_two_gets_two_different_ones),
        cmocka_unit_test (test_g3_a_calibration_must_last_until_the_end_of_the_visit),
        cmocka_unit_test (
            test_g2_an_order_is_ready_when_a_calibrated_tool_of_its_kind_exists_and_not_any_more_when_it_expires),
        cmocka_unit_test (test_g3_a_tool_of_another_territory_serves_nobody_here),
        cmocka_unit_test (test_k15_custody_goes_from_hand_to_hand_and_back_and_is_never_forgotten),
        cmocka_unit_test (test_k15_the_tool_an_engineer_has_with_him_is_reserved_before_one_in_store),
        cmocka_unit_test (test_g3_a_hold_lost_to_an_absence_frees_the_tool_too),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
