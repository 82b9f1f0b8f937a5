/* plan_check: each rule refuses with its reason. Places are points on a line, a unit apart. */
#include "plan_company.h"

/* ---- what is there at all */

static void
test_a_plan_of_nothing_is_one_and_costs_what_is_left_out (void **state)
{
    company_t *self = *state;
    self->visits [3].unassigned_price = 0;
    company_assert_good (self);
    assert_int_equal (self->cost.quantity [PLAN_TERM_UNASSIGNED], 4);
    assert_int_equal (self->cost.amount [PLAN_TERM_UNASSIGNED], 21 + INT64_C (1000000000000));
    assert_int_equal (self->cost.quantity [PLAN_TERM_USE], 0);
}

static void
test_what_there_is_not_is_refused (void **state)
{
    company_t *self = *state;
    ROUTE (self, 2, 0);
    company_assert_refused (self, "route 1: there is no resource 2");
    self->routes [0].resource = 1;
    self->routes [0].shift = 1;
    company_assert_refused (self, "route 1: resource 1 has no shift 1");
    self->routes [0].shift = 0;
    self->stops [0] [0].visit = 4;
    company_assert_refused (self, "route 1, stop 1: there is no visit 4");
    self->stops [0] [0].visit = PLAN_NONE;
    company_assert_refused (self, "route 1 (resource bruno), stop 1 (supply): there is no supply place");
}

static void
test_a_visit_is_done_once (void **state)
{
    company_t *self = *state;
    ROUTE (self, 0, 0, 1, 0);
    company_assert_refused (self, "route 1 (resource anna), stop 3 (visit v0): is there twice, at stop 1 too");
    self->routes [0].stop_count = 2;
    ROUTE (self, 1, 1);
    company_assert_refused (self, "visit v1: is there twice: 2 come, 1 wanted");
}

static void
test_a_shift_has_one_route (void **state)
{
    company_t *self = *state;
    ROUTE (self, 0, 0);
    ROUTE (self, 1, 1);
    ROUTE (self, 0, 2);
    company_assert_refused (self, "two routes for shift 0 of resource anna");
}

/* ---- who */

static void
test_only_a_required_resource_may_and_an_excluded_may_not (void **state)
{
    company_t *self = *state;
    const int32_t bruno [] = { 1 };
    self->visits [0].required = bruno;
    self->visits [0].required_count = 1;
    ROUTE (self, 0, 0);
    company_assert_refused (self, "route 1 (resource anna), stop 1 (visit v0): required: only others may do it");
    self->routes [0].resource = 1;
    company_assert_good (self);
    self->visits [0].excluded = bruno;
    self->visits [0].excluded_count = 1;
    company_assert_refused (self, "route 1 (resource bruno), stop 1 (visit v0): excluded: he must not do it");
}

static void
test_a_territory_that_is_not_his_is_refused (void **state)
{
    company_t *self = *state;
    const int32_t north [] = { 3 };
    self->visits [0].territory = 4;
    ROUTE (self, 0, 0);
    company_assert_good (self);
    self->resources [0].territories = north;
    self->resources [0].territory_count = 1;
    company_assert_refused (self, "route 1 (resource anna), stop 1 (visit v0): territory: 4 is not one of his");
}

static void
test_a_skill_must_reach_the_level_until_the_work_ends (void **state)
{
    company_t *self = *state;
    const plan_skill_t gas = { .skill = 2, .level = 3 };
    plan_skill_t held [] = { { 2, 3, 15 }, { 2, 2, PLAN_NEVER } };
    self->visits [0].skills = &gas;
    self->visits [0].skill_count = 1;
    ROUTE (self, 0, 0);
    company_assert_refused (self, "route 1 (resource anna), stop 1 (visit v0): skill: needs skill 2 level 3, has none");
    self->resources [0].skills = held;
    self->resources [0].skill_count = 1;
    company_assert_good (self);
    held [0].until = 14;
    company_assert_refused (self,
        "route 1 (resource anna), stop 1 (visit v0): skill: needs skill 2 until 15, has it until 14");
    self->resources [0].skill_count = 2;
    company_assert_refused (self, "route 1 (resource anna), stop 1 (visit v0): skill: needs skill 2 level 3, has 2");
}

static void
test_tools_are_carried_or_fetched_before (void **state)
{
    company_t *self = *state;
    const int32_t ladder [] = { 1 };
    self->visits [1].tools = ladder;
    self->visits [1].tool_count = 1;
    ROUTE (self, 0, 0, 1);
    company_assert_refused (self,
        "route 1 (resource anna), stop 2 (visit v1): tool: needs tool 1, does not carry it");
    self->problem.supply_place = SUPPLY;
    self->route_count = 0;
    ROUTE (self, 0, 1, -1, 0);
    assert_false (company_is_good (self));
    self->route_count = 0;
    ROUTE (self, 0, 0, -1, 1);
    company_assert_good (self);
    assert_int_equal (self->cost.quantity [PLAN_TERM_TRAVEL], 10 + 40 + 30 + 20);
    self->resources [0].tools = ladder;
    self->resources [0].tool_count = 1;
    self->stops [0] [1].visit = 2;
    company_assert_good (self);
}

static void
test_parts_are_used_up_in_a_shift_and_endless_after_the_supply_place (void **state)
{
    company_t *self = *state;
    const plan_part_t two = { 5, 2 }, three = { 5, 3 };
    self->resources [0].parts = &three;
    self->resources [0].part_count = 1;
    for (int i = 0; i < VISITS; i++) {
        self->visits [i].parts = &two;
        self->visits [i].part_count = 1;
    }
    ROUTE (self, 0, 0, 1);
    company_assert_refused (self, "route 1 (resource anna), stop 2 (visit v1): part: needs 2 of part 5, has 1");
    self->problem.supply_place = SUPPLY;
    self->route_count = 0;
    ROUTE (self, 0, 0, -1, 1, 2, 3);
    company_assert_good (self);
    self->stops [0] [3].visit = PLAN_NONE;
    company_assert_refused (self, "route 1 (resource anna), stop 4 (supply): passes the supply place twice");
}

static void
test_capacity_and_the_number_of_visits_have_limits (void **state)
{
    company_t *self = *state;
    self->visits [0].load = self->visits [1].load = 6;
    self->resources [0].capacity = 11;
    ROUTE (self, 0, 0, 1);
    company_assert_refused (self, "route 1 (resource anna), stop 2 (visit v1): capacity: 12 with this one, has 11");
    self->resources [0].capacity = 12;
    company_assert_good (self);
    self->resources [0].visits_max = 1;
    company_assert_refused (self, "route 1 (resource anna), stop 2 (visit v1): visits_max: 2 with this one, may do 1");
}

/* ---- when */

static void
test_work_begins_in_a_window (void **state)
{
    company_t *self = *state;
    const plan_window_t windows [] = { { 0, 9 }, { 100, 110 } };
    self->visits [0].windows = windows;
    self->visits [0].window_count = 2;
    ROUTE (self, 0, 1, 0);
    company_assert_good (self);
    self->visits [0].window_count = 1;
    company_assert_refused (self,
        "route 1 (resource anna), stop 2 (visit v0): window: must begin by 9, is there at 35");
}

static void
test_the_shift_ends_at_home_or_with_the_last_visit (void **state)
{
    company_t *self = *state;
    self->shifts [0] [0].to = 24;
    ROUTE (self, 0, 0);
    company_assert_refused (self, "route 1 (resource anna), the way back: shift: must be there by 24, is there at 25");
    self->shifts [0] [0].end_place = PLAN_NONE;
    self->shifts [0] [0].to = 15;
    company_assert_good (self);
    self->shifts [0] [0].to = 14;
    assert_false (company_is_good (self));
    self->shifts [0] [0].overtime_max = 1;
    self->problem.policy.overtime_per_hour = 10;
    company_assert_good (self);
    assert_int_equal (self->cost.amount [PLAN_TERM_OVERTIME], 10);
}

static void
test_efficiency_makes_work_longer_or_shorter_rounded_up (void **state)
{
    company_t *self = *state;
    self->resources [0].efficiency_percent = 75;
    self->shifts [0] [0].to = 26;
    ROUTE (self, 0, 0);
    company_assert_refused (self, "route 1 (resource anna), the way back: shift: must be there by 26, is there at 27");
    self->resources [0].efficiency_percent = 125;
    self->shifts [0] [0].to = 24;
    company_assert_good (self);
}

static void
test_a_lock_is_never_broken (void **state)
{
    company_t *self = *state;
    const plan_window_t window = { 0, 50 };
    self->visits [0].lock = PLAN_LOCK_TIME;
    self->visits [0].fixed_at = 8;
    ROUTE (self, 0, 0);
    company_assert_refused (self,
        "route 1 (resource anna), stop 1 (visit v0): lock: must begin at 8, can not before 10");
    self->visits [0].fixed_at = 60;
    company_assert_good (self);
    self->visits [0].windows = &window;
    self->visits [0].window_count = 1;
    assert_false (company_is_good (self));
    self->visits [0].lock = PLAN_LOCK_RESOURCE;
    self->visits [0].fixed_resource = 1;
    company_assert_refused (self, "visit v0: lock: resource 1 must do it, does not");
}

static void
test_work_does_not_lie_in_a_pause_and_travel_is_interrupted_by_it (void **state)
{
    company_t *self = *state;
    plan_pause_t lunch = { 12, 30, PLAN_NONE };
    self->resources [0].pauses = &lunch;
    self->resources [0].pause_count = 1;
    self->shifts [0] [0].to = 45;
    ROUTE (self, 0, 0);
    company_assert_good (self);                                   /* there at 10, works 30 to 35, home at 45 */
    assert_int_equal (self->cost.quantity [PLAN_TERM_WAIT], 0);
    assert_int_equal (self->cost.quantity [PLAN_TERM_WORK_TIME], 43);
    self->shifts [0] [0].to = 44;
    assert_false (company_is_good (self));
    lunch = (plan_pause_t) { 4, 9, PLAN_NONE };             /* on the way: there at 15, home at 30 */
    self->shifts [0] [0].to = 30;
    company_assert_good (self);
    self->shifts [0] [0].to = 29;
    assert_false (company_is_good (self));
}

static void
test_a_pause_at_a_place_of_its_own_is_kept (void **state)
{
    company_t *self = *state;
    plan_pause_t meeting = { 40, 60, 60 };
    self->resources [0].pauses = &meeting;
    self->resources [0].pause_count = 1;
    ROUTE (self, 0, 0);
    company_assert_refused (self,
        "route 1 (resource anna), stop 1 (visit v0): pause: must be there by 40, can not before 60");
    meeting = (plan_pause_t) { 70, 90, 60 };
    company_assert_good (self);                                   /* the visit, then there, then home */
    assert_int_equal (self->cost.quantity [PLAN_TERM_TRAVEL], 120);
    self->route_count = 0;
    ROUTE (self, 0, 0, 3);
    company_assert_good (self);                                   /* v3 at 45, ends at 50: there at 70, home at 150 */
    assert_int_equal (self->cost.quantity [PLAN_TERM_WORK_TIME], 150);
    meeting = (plan_pause_t) { 69, 90, 60 };
    company_assert_good (self);                                   /* v3 is after it, so leaves at 4, home at 155 */
    assert_int_equal (self->cost.quantity [PLAN_TERM_WORK_TIME], 151);
}

/* ---- several at once, one after the other */

static void
test_a_crew_begins_together_and_is_complete (void **state)
{
    company_t *self = *state;
    const plan_window_t late = { 100, 200 };
    self->visits [0].crew = 2;
    self->visits [1].windows = &late;
    self->visits [1].window_count = 1;
    ROUTE (self, 0, 0);
    company_assert_refused (self, "visit v0: crew: needs 2, 1 come");
    ROUTE (self, 1, 1, 0);
    self->shifts [0] [0].to = 130;
    company_assert_good (self);                                   /* bruno: 100 to 105, there at 115; home at 130 */
    self->shifts [0] [0].to = 129;
    company_assert_refused (self,
        "route 1 (resource anna), the way back: shift: must be there by 129, is there at 130");
    self->shifts [0] [0].to = DAY;
    self->routes [1].resource = 0;
    self->shifts [0] [1] = (plan_shift_t) { .from = DAY, .to = 2 * DAY };
    self->resources [0].shift_count = 2;
    self->routes [1].shift = 1;
    self->visits [1].window_count = 0;
    company_assert_refused (self, "visit v0: crew: resource 0 comes twice");
}

static void
test_a_visit_waits_for_the_one_it_follows (void **state)
{
    company_t *self = *state;
    self->visits [0].after = 3;
    self->visits [0].after_gap = 6;
    ROUTE (self, 0, 0);
    company_assert_refused (self, "visit v0: order: comes after visit 3, which nobody does");
    ROUTE (self, 1, 3);
    self->shifts [0] [0].to = 66;
    company_assert_good (self);                                   /* v3: 40 to 45; v0: 51 to 56, home at 66 */
    self->shifts [0] [0].to = 65;
    assert_false (company_is_good (self));
    self->shifts [0] [0].to = DAY;
    self->visits [0].after_same_resource = true;
    company_assert_refused (self, "visit v0: order: who does visit 3 must do it too");
    self->route_count = 0;
    ROUTE (self, 1, 3, 0);
    company_assert_good (self);
}

static void
test_visits_that_wait_for_each_other_are_refused (void **state)
{
    company_t *self = *state;
    self->visits [0].after = 1;
    self->visits [2].after = 3;
    ROUTE (self, 0, 0, 3);
    ROUTE (self, 1, 2, 1);
    assert_false (company_is_good (self));
    assert_non_null (strstr (self->error, ": "));
    for (int i = 0; i < RESOURCES; i++)
        self->shifts [i] [0].to = PLAN_NEVER;
    company_assert_refused (self, "order: visits of several routes wait for each other without end");
}

/* ---- what does not move any more */

static void
test_what_is_frozen_stays_first_and_with_whom_it_was_told (void **state)
{
    company_t *self = *state;
    self->visits [1].told_resource = 0;
    self->visits [1].told_at = 30;
    ROUTE (self, 1, 0, 1);
    company_assert_good (self);
    self->problem.frozen_until = 31;
    company_assert_refused (self,
        "route 1 (resource bruno), stop 2 (visit v1): frozen: another visit was put before it");
    self->stops [0] [0].visit = 1;
    self->stops [0] [1].visit = 0;
    company_assert_refused (self, "visit v1: frozen: resource 0 was told to do it and does not");
    self->routes [0].resource = 0;
    company_assert_good (self);
    self->problem.frozen_until = 30;
    self->route_count = 0;
    company_assert_good (self);
    self->visits [1].is_started = true;
    company_assert_refused (self, "visit v1: frozen: it is under way, and nobody does it");
}

static void
test_frozen_visits_keep_their_order (void **state)
{
    company_t *self = *state;
    self->problem.frozen_until = 100;
    for (int i = 0; i < 2; i++) {
        self->visits [i].told_resource = 0;
        self->visits [i].told_at = 10 + i;
    }
    ROUTE (self, 0, 1, 0);
    company_assert_refused (self,
        "route 1 (resource anna), stop 2 (visit v0): frozen: was told to come before the visit in front of it");
}

/* The lift was to be seen to before the boiler, but the boiler was begun. */
static void
test_what_is_under_way_has_overtaken_what_was_to_begin_before_it (void **state)
{
    company_t *self = *state;
    self->problem.frozen_until = 100;
    for (int i = 0; i < 2; i++) {
        self->visits [i].told_resource = 0;
        self->visits [i].told_at = 10 + i;
    }
    self->visits [1].is_started = true;
    ROUTE (self, 0, 1, 0);
    company_assert_good (self);
    self->visits [0].is_started = true;
    company_assert_refused (self,
        "route 1 (resource anna), stop 2 (visit v0): frozen: was told to come before the visit in front of it");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_a_plan_of_nothing_is_one_and_costs_what_is_left_out),
        TEST (test_what_there_is_not_is_refused),
        TEST (test_a_visit_is_done_once),
        TEST (test_a_shift_has_one_route),
        TEST (test_only_a_required_resource_may_and_an_excluded_may_not),
        TEST (test_a_territory_that_is_not_his_is_refused),
        TEST (test_a_skill_must_reach_the_level_until_the_work_ends),
        TEST (test_tools_are_carried_or_fetched_before),
        TEST (test_parts_are_used_up_in_a_shift_and_endless_after_the_supply_place),
        TEST (test_capacity_and_the_number_of_visits_have_limits),
        TEST (test_work_begins_in_a_window),
        TEST (test_the_shift_ends_at_home_or_with_the_last_visit),
        TEST (test_efficiency_makes_work_longer_or_shorter_rounded_up),
        TEST (test_a_lock_is_never_broken),
        TEST (test_work_does_not_lie_in_a_pause_and_travel_is_interrupted_by_it),
        TEST (test_a_pause_at_a_place_of_its_own_is_kept),
        TEST (test_a_crew_begins_together_and_is_complete),
        TEST (test_a_visit_waits_for_the_one_it_follows),
        TEST (test_visits_that_wait_for_each_other_are_refused),
        TEST (test_what_is_frozen_stays_first_and_with_whom_it_was_told),
        TEST (test_frozen_visits_keep_their_order),
        TEST (test_what_is_under_way_has_overtaken_what_was_to_begin_before_it),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
