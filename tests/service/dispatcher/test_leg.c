/* Ways as they were planned and as they were (H8). */
#include "world.h"

static void
test_h8_a_leg_tells_what_was_planned_and_what_his_time_and_report_say (void **state)
{
    tx_t *tx = *state;
    char order_id [64], visit_id [64];
    accepted_visit (tx, order_id, visit_id);
    work_begins (tx, visit_id);                 /* twenty minutes on the road */
    work_ends (tx, visit_id, false);
    run (tx, issue_service_report (.visit_id = visit_id, .engineer_id = "ann", .symptom_code = "s",
         .cause_code = "c", .remedy_code = "r", .findings = "worn", .distance_km = 4.2));
    assert_accepted (tx);
    run (tx, get_travel_legs (.engineer_id = "ann", .day_on = "2026-06-08"));
    const travel_legs_t *found = answer (tx, travel_legs);
    assert_int_equal (found->n_legs, 1);
    assert_string_equal (found->legs [0]->visit_id, visit_id);
    assert_string_equal (found->legs [0]->work_order_id, order_id);
    assert_int_equal (found->legs [0]->planned_minutes, 2);
    assert_int_equal (found->legs [0]->planned_m, 1445);
    assert_int_equal (found->actual_minutes, 20);
    assert_int_equal (found->actual_m, 4200);
    run (tx, get_travel_legs (.engineer_id = "ann", .day_on = "2026-06-09"));
    assert_int_equal (answer (tx, travel_legs)->n_legs, 0);
}

static void
test_h8_nobody_and_no_day_are_refused (void **state)
{
    tx_t *tx = *state;
    run (tx, get_travel_legs (.engineer_id = "nobody", .day_on = "2026-06-08"));
    assert_rejected (tx, "engineer.unknown");
    engineer_is (tx, "ann", 1, "gas", 2);
    run (tx, get_travel_legs (.engineer_id = "ann", .day_on = "yesterday"));
    assert_rejected (tx, "day_on.invalid");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_h8_a_leg_tells_what_was_planned_and_what_his_time_and_report_say),
        TEST (test_h8_nobody_and_no_day_are_refused),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
