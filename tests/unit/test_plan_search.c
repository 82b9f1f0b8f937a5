/* What the search must not overlook, and what taking out, adding and loading must leave whole. */
#include "plan_line.h"

#define STOPS(...) (const int []) { __VA_ARGS__, -2 }

/* ---- what a place costs */

static void
test_a_place_that_brings_others_nearer_to_what_they_were_told_is_seen (void **state)
{
    (void) state;
    line_t *line = line_make (1, 3);
    plan_window_t at_100 = { 100, 100 };
    line->visits [0].place = 10;
    line->visits [0].windows = &at_100, line->visits [0].window_count = 1;
    line->visits [1].place = 20;
    line->visits [1].told_resource = 0;
    line->visits [1].told_at = 160;                         /* comes at 110, alone with the first */
    line->visits [2].place = 5;
    line->visits [2].work = 30;
    line->problem.policy.moved_per_hour = 10;
    plan_t *plan = line_open (line);
    plan_stop_t stops [3];
    plan_route_t route = line_route (0, STOPS (0, 1), stops);
    line_load (plan, &route, 1);
    plan_placement_t placement = { .reasons = NULL };
    plan_place (plan, 2, 1, false, &placement);
    assert_int_equal (placement.best [0].position, 1);      /* 10 longer on the way, 400 less for moving */
    assert_int_equal (placement.best [0].added, 10 - 400);
    plan_close (&plan);
    free (line);
}

static void
test_everybody_of_a_crew_is_judged_by_his_levels (void **state)
{
    (void) state;
    static const plan_skill_t levels [] = { { 0, 1, PLAN_NEVER }, { 0, 5, PLAN_NEVER }, { 0, 1, PLAN_NEVER } };
    line_t *line = line_make (3, 1);
    plan_window_t when_all_can = { 200, 300 };
    for (int i = 0; i < 3; i++)
        line->resources [i].skills = &levels [i], line->resources [i].skill_count = 1;
    line->shifts [2].start_place = line->shifts [2].end_place = 100;        /* not as near as the expert */
    line->visits [0].skills = &levels [0], line->visits [0].skill_count = 1;
    line->visits [0].crew = 2;
    line->visits [0].windows = &when_all_can, line->visits [0].window_count = 1;
    line->problem.policy.overskill_per_level = 1000;
    plan_t *plan = line_open (line);
    plan_build (plan);
    assert_int_equal (plan_route_count (plan), 2);
    assert_int_equal (plan_route (plan, 0).resource, 0);
    assert_int_equal (plan_route (plan, 1).resource, 2);
    assert_int_equal (line_cost (plan), 200);
    plan_close (&plan);
    free (line);
}

static void
test_a_dear_visit_among_a_thousand_is_not_left_out_because_prices_must_add_up (void **state)
{
    (void) state;
    line_t *line = line_make (2, LINE_VISITS);
    char error [PLAN_ERROR_SIZE];
    line->problem.policy.hour = 3600;
    line->problem.policy.travel_per_hour = INT64_C (1000000000000);
    for (int i = 0; i < LINE_VISITS; i++)
        line->visits [i].unassigned_price = 1000000;
    line->visits [7].place = 1000;                          /* there and back: 2,000 / 3,600 x 10^12 */
    line->visits [7].unassigned_price = INT64_C (1000000000000);
    plan_t *plan = line_open (line);
    line_improve (plan, 0.01, 2);
    assert_int_equal (plan_unassigned_count (plan), 0);
    plan_close (&plan);
    for (int i = 0; i < LINE_VISITS; i++)
        line->visits [i].unassigned_price = 0;              /* all must be done, and their prices do not fit */
    assert_null (plan_open (&line->problem, error));
    assert_non_null (strstr (error, "leaving it out can be counted up to"));
    line->problem.policy.travel_per_hour = 3600;
    plan = line_open (line);
    line_improve (plan, 0.01, 2);
    assert_int_equal (plan_unassigned_count (plan), 0);
    plan_close (&plan);
    free (line);
}

static void
test_a_bound_allows_for_each_term_being_rounded_down (void **state)
{
    (void) state;
    line_t *line = line_make (1, 1);
    plan_pause_t noon = { 9000, 9001, PLAN_NONE };          /* not exact, then */
    line->resources [0].pauses = &noon, line->resources [0].pause_count = 1;
    line->visits [0].place = 750;
    line->problem.policy = (plan_policy_t) { .hour = 1000, .travel_per_hour = 1, .work_time_per_hour = 1 };
    plan_t *plan = line_open (line);
    plan_build (plan);
    assert_int_equal (line_cost (plan), 2);                 /* 1,500 and 1,500 thousandths */
    plan_bound_t bound = plan_bound (plan);
    assert_int_equal (bound.bound, 2);
    plan_close (&plan);
    free (line);
}

/* ---- taking out and adding */

static void
test_taking_one_out_takes_out_what_can_not_be_without_it (void **state)
{
    (void) state;
    line_t *line = line_make (3, 4);
    line->visits [0].crew = 2;
    line->visits [1].after = 0;
    line->visits [2].after = 1;
    line->visits [3].place = 5;
    plan_t *plan = line_open (line);
    plan_build (plan);
    assert_int_equal (plan_unassigned_count (plan), 0);
    plan_remove (plan, 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal (line_who (plan, i), PLAN_NONE);
    assert_int_not_equal (line_who (plan, 3), PLAN_NONE);
    assert_int_equal (line_cost (plan), 300000 + 10);
    plan_build (plan);
    assert_int_equal (plan_unassigned_count (plan), 0);
    plan_close (&plan);
    free (line);
}

static void
test_who_is_late_without_a_detour_that_was_quicker_is_out_too (void **state)
{
    (void) state;
    static const int32_t time [] = { 0, 10, 100, 10, 0, 10, 100, 10, 0 };
    line_t *line = line_make (1, 2);
    plan_window_t by_50 = { 0, 50 };
    line->problem.travel = (plan_travel_t) { .places = 3, .time = time };
    line->visits [0].place = 1;
    line->visits [1].place = 2;
    line->visits [1].windows = &by_50, line->visits [1].window_count = 1;
    plan_t *plan = line_open (line);
    plan_stop_t stops [2];
    plan_route_t route = line_route (0, STOPS (0, 1), stops);
    line_load (plan, &route, 1);
    plan_remove (plan, 0);
    assert_int_equal (line_who (plan, 1), PLAN_NONE);
    assert_int_equal (line_cost (plan), 200000);
    plan_close (&plan);
    free (line);
}

static void
test_a_visit_that_comes_later_changes_what_is_balanced_and_costs_what_it_says (void **state)
{
    (void) state;
    line_t *line = line_make (2, 3);
    for (int i = 0; i < 3; i++)
        line->visits [i].work = 100;
    line->problem.visit_count = 2;
    line->problem.spare_visits = 1;
    line->problem.policy.balance_per_hour = 7;
    plan_t *plan = line_open (line);
    plan_build (plan);
    int visit = plan_add (plan, &line->visits [2]);
    int64_t before = line_cost (plan);
    plan_placement_t placement = { .reasons = NULL };
    plan_place (plan, visit, 1, false, &placement);
    plan_take (plan, visit, &placement.best [0]);
    assert_int_equal (line_cost (plan) - before, placement.best [0].added - 100000);
    plan_close (&plan);
    free (line);
}

/* ---- shifts */

static void
test_a_pause_that_nobody_can_reach_binds_nobody_while_the_shift_is_empty (void **state)
{
    (void) state;
    line_t *line = line_make (2, 2);
    plan_pause_t far = { 100, 200, 900 };
    line->resources [0].pauses = &far, line->resources [0].pause_count = 1;
    line->visits [1].place = 3;
    plan_t *plan = line_open (line);
    line_improve (plan, 0.01, 1);
    assert_int_equal (line_who (plan, 0), 1);
    assert_int_equal (line_who (plan, 1), 1);
    plan_remove (plan, 1);
    assert_int_equal (line_who (plan, 0), 1);
    plan_close (&plan);
    free (line);
}

static void
test_who_starts_at_the_supply_place_has_to_pass_it_to_have_what_is_there (void **state)
{
    (void) state;
    static const plan_part_t fuse = { 0, 1 };
    line_t *line = line_make (1, 2);
    line->problem.supply_place = 0;
    for (int i = 0; i < 2; i++) {
        line->visits [i].place = 4 + i;
        line->visits [i].parts = &fuse, line->visits [i].part_count = 1;
    }
    plan_t *plan = line_open (line);
    line_improve (plan, 0.01, 1);
    assert_int_equal (plan_unassigned_count (plan), 0);
    assert_int_equal (plan_route (plan, 0).stop_count, 3);
    assert_int_equal (plan_route (plan, 0).stops [0].visit, PLAN_NONE);
    assert_int_equal (line_cost (plan), 10);
    plan_close (&plan);
    free (line);
}

/* ---- what does not move */

static void
test_what_comes_before_a_visit_under_way_stays_with_it (void **state)
{
    (void) state;
    line_t *line = line_make (2, 2);
    line->visits [0].place = 500;
    line->visits [0].work = 10;
    line->visits [1].place = 500;
    line->visits [1].after = 0;
    line->visits [1].told_resource = 1;
    line->visits [1].told_at = 600;
    line->visits [1].is_started = true;
    plan_t *plan = line_open (line);
    plan_stop_t stops [2];
    plan_route_t routes [] = { line_route (0, STOPS (0), &stops [0]), line_route (1, STOPS (1), &stops [1]) };
    line_load (plan, routes, 2);
    line_improve (plan, 0.02, 1);                           /* one of them could do both for half of it */
    assert_int_equal (line_who (plan, 0), 0);
    assert_int_equal (line_who (plan, 1), 1);
    plan_close (&plan);
    free (line);
}

/* ---- sizes */

static void
test_a_thousand_visits_without_shifts_or_with_more_threads_than_shifts_are_planned (void **state)
{
    (void) state;
    line_t *line = line_make (2, LINE_VISITS);
    for (int shifts = 1; shifts >= 0; shifts--) {
        for (int i = 0; i < 2; i++)
            line->resources [i].shift_count = shifts;
        plan_t *plan = line_open (line);
        line_improve (plan, 0.01, PLAN_THREADS_MAX);
        assert_int_equal (plan_unassigned_count (plan), shifts ? 0 : LINE_VISITS);
        plan_close (&plan);
    }
    free (line);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_a_place_that_brings_others_nearer_to_what_they_were_told_is_seen),
        cmocka_unit_test (test_everybody_of_a_crew_is_judged_by_his_levels),
        cmocka_unit_test (test_a_dear_visit_among_a_thousand_is_not_left_out_because_prices_must_add_up),
        cmocka_unit_test (test_a_bound_allows_for_each_term_being_rounded_down),
        cmocka_unit_test (test_taking_one_out_takes_out_what_can_not_be_without_it),
        cmocka_unit_test (test_who_is_late_without_a_detour_that_was_quicker_is_out_too),
        cmocka_unit_test (test_a_visit_that_comes_later_changes_what_is_balanced_and_costs_what_it_says),
        cmocka_unit_test (test_a_pause_that_nobody_can_reach_binds_nobody_while_the_shift_is_empty),
        cmocka_unit_test (test_who_starts_at_the_supply_place_has_to_pass_it_to_have_what_is_there),
        cmocka_unit_test (test_what_comes_before_a_visit_under_way_stays_with_it),
        cmocka_unit_test (test_a_thousand_visits_without_shifts_or_with_more_threads_than_shifts_are_planned),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
