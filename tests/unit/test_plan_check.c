/* plan_check: each rule refuses with its reason, and each price is counted. Places are points on a line, a unit
 * apart. */
#include "plan/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { HOME = 0, SUPPLY = 50, PLACES = 101, VISITS = 4, RESOURCES = 2, DAY = 1000, ROUTES_MAX = 3, STOPS_MAX = 6 };

/* A small company: two resources who live at 0 and work from 0 to 1,000; four visits at 10, 20, 30, 40 of 5 each. */
typedef struct {
    plan_problem_t problem;
    plan_resource_t resources [RESOURCES];
    plan_visit_t visits [VISITS];
    plan_shift_t shifts [RESOURCES] [2];
    plan_route_t routes [ROUTES_MAX];
    plan_stop_t stops [ROUTES_MAX] [STOPS_MAX];
    int route_count;
    plan_cost_t cost;
    char error [PLAN_ERROR_SIZE];
} company_t;

static void
s_leg (void *context, int from, int to, int32_t *ret_time, int32_t *ret_distance)
{
    (void) context;
    *ret_time = abs (from - to);
    *ret_distance = 2 * abs (from - to);
}

static int
s_setup (void **state)
{
    static const char *const names [] = { "v0", "v1", "v2", "v3" }, *const people [] = { "anna", "bruno" };
    company_t *self = calloc (1, sizeof *self);
    for (int i = 0; i < RESOURCES; i++) {
        self->shifts [i] [0] = (plan_shift_t) { .to = DAY, .start_place = HOME, .end_place = HOME };
        self->resources [i] = (plan_resource_t) { .id = people [i], .shifts = self->shifts [i], .shift_count = 1 };
    }
    for (int i = 0; i < VISITS; i++)
        self->visits [i] = (plan_visit_t) { .id = names [i], .place = 10 * (i + 1), .work = 5, .due = PLAN_NEVER,
            .unassigned_price = 7, .territory = PLAN_NONE, .after = PLAN_NONE, .fixed_at = PLAN_NONE,
            .fixed_resource = PLAN_NONE, .told_resource = PLAN_NONE, .told_at = PLAN_NONE };
    self->problem = (plan_problem_t) { .resources = self->resources, .visits = self->visits,
        .resource_count = RESOURCES, .visit_count = VISITS, .travel = { .places = PLACES, .leg = s_leg },
        .supply_place = PLAN_NONE, .policy = { .hour = 1 } };
    *state = self;
    return 0;
}

static int
s_teardown (void **state)
{
    free (*state);
    return 0;
}

/* Adds a route; -1 is the supply place, the list ends with -2. */
static void
s_route (company_t *self, int resource, int shift, const int *visits)
{
    plan_stop_t *stops = self->stops [self->route_count];
    int count = 0;
    for (; visits [count] != -2; count++)
        stops [count].visit = visits [count];
    self->routes [self->route_count++] =
        (plan_route_t) { .resource = resource, .shift = shift, .stops = stops, .stop_count = count };
}

#define ROUTE(self, resource, ...) s_route (self, resource, 0, (const int []) { __VA_ARGS__, -2 })

static bool
s_is_good (company_t *self)
{
    return plan_check (&self->problem, self->routes, self->route_count, &self->cost, self->error);
}

static void
s_assert_good (company_t *self)
{
    if (!s_is_good (self))
        fail_msg ("refused: %s", self->error);
}

static void
s_assert_refused (company_t *self, const char *sentence)
{
    if (s_is_good (self))
        fail_msg ("accepted, expected: %s", sentence);
    assert_string_equal (self->error, sentence);
}

/* ---- what is there at all */

static void
test_a_plan_of_nothing_is_one_and_costs_what_is_left_out (void **state)
{
    company_t *self = *state;
    self->visits [3].unassigned_price = 0;
    s_assert_good (self);
    assert_int_equal (self->cost.quantity [PLAN_TERM_UNASSIGNED], 4);
    assert_int_equal (self->cost.amount [PLAN_TERM_UNASSIGNED], 21 + INT64_C (1000000000000));
    assert_int_equal (self->cost.quantity [PLAN_TERM_USE], 0);
}

static void
test_what_there_is_not_is_refused (void **state)
{
    company_t *self = *state;
    ROUTE (self, 2, 0);
    s_assert_refused (self, "route 1: there is no resource 2");
    self->routes [0].resource = 1;
    self->routes [0].shift = 1;
    s_assert_refused (self, "route 1: resource 1 has no shift 1");
    self->routes [0].shift = 0;
    self->stops [0] [0].visit = 4;
    s_assert_refused (self, "route 1, stop 1: there is no visit 4");
    self->stops [0] [0].visit = PLAN_NONE;
    s_assert_refused (self, "route 1 (resource bruno), stop 1 (supply): there is no supply place");
}

static void
test_a_visit_is_done_once (void **state)
{
    company_t *self = *state;
    ROUTE (self, 0, 0, 1, 0);
    s_assert_refused (self, "route 1 (resource anna), stop 3 (visit v0): is there twice, at stop 1 too");
    self->routes [0].stop_count = 2;
    ROUTE (self, 1, 1);
    s_assert_refused (self, "visit v1: is there twice: 2 come, 1 wanted");
}

static void
test_a_shift_has_one_route (void **state)
{
    company_t *self = *state;
    ROUTE (self, 0, 0);
    ROUTE (self, 1, 1);
    ROUTE (self, 0, 2);
    s_assert_refused (self, "two routes for shift 0 of resource anna");
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
    s_assert_refused (self, "route 1 (resource anna), stop 1 (visit v0): required: only others may do it");
    self->routes [0].resource = 1;
    s_assert_good (self);
    self->visits [0].excluded = bruno;
    self->visits [0].excluded_count = 1;
    s_assert_refused (self, "route 1 (resource bruno), stop 1 (visit v0): excluded: he must not do it");
}

static void
test_a_territory_that_is_not_his_is_refused (void **state)
{
    company_t *self = *state;
    const int32_t north [] = { 3 };
    self->visits [0].territory = 4;
    ROUTE (self, 0, 0);
    s_assert_good (self);
    self->resources [0].territories = north;
    self->resources [0].territory_count = 1;
    s_assert_refused (self, "route 1 (resource anna), stop 1 (visit v0): territory: 4 is not one of his");
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
    s_assert_refused (self, "route 1 (resource anna), stop 1 (visit v0): skill: needs skill 2 level 3, has none");
    self->resources [0].skills = held;
    self->resources [0].skill_count = 1;
    s_assert_good (self);
    held [0].until = 14;
    s_assert_refused (self,
        "route 1 (resource anna), stop 1 (visit v0): skill: needs skill 2 until 15, has it until 14");
    self->resources [0].skill_count = 2;
    s_assert_refused (self, "route 1 (resource anna), stop 1 (visit v0): skill: needs skill 2 level 3, has 2");
}

static void
test_tools_are_carried_or_fetched_before (void **state)
{
    company_t *self = *state;
    const int32_t ladder [] = { 1 };
    self->visits [1].tools = ladder;
    self->visits [1].tool_count = 1;
    ROUTE (self, 0, 0, 1);
    s_assert_refused (self,
        "route 1 (resource anna), stop 2 (visit v1): tool: needs tool 1, does not carry it");
    self->problem.supply_place = SUPPLY;
    self->route_count = 0;
    ROUTE (self, 0, 1, -1, 0);
    assert_false (s_is_good (self));
    self->route_count = 0;
    ROUTE (self, 0, 0, -1, 1);
    s_assert_good (self);
    assert_int_equal (self->cost.quantity [PLAN_TERM_TRAVEL], 10 + 40 + 30 + 20);
    self->resources [0].tools = ladder;
    self->resources [0].tool_count = 1;
    self->stops [0] [1].visit = 2;
    s_assert_good (self);
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
    s_assert_refused (self, "route 1 (resource anna), stop 2 (visit v1): part: needs 2 of part 5, has 1");
    self->problem.supply_place = SUPPLY;
    self->route_count = 0;
    ROUTE (self, 0, 0, -1, 1, 2, 3);
    s_assert_good (self);
    self->stops [0] [3].visit = PLAN_NONE;
    s_assert_refused (self, "route 1 (resource anna), stop 4 (supply): passes the supply place twice");
}

static void
test_capacity_and_the_number_of_visits_have_limits (void **state)
{
    company_t *self = *state;
    self->visits [0].load = self->visits [1].load = 6;
    self->resources [0].capacity = 11;
    ROUTE (self, 0, 0, 1);
    s_assert_refused (self, "route 1 (resource anna), stop 2 (visit v1): capacity: 12 with this one, has 11");
    self->resources [0].capacity = 12;
    s_assert_good (self);
    self->resources [0].visits_max = 1;
    s_assert_refused (self, "route 1 (resource anna), stop 2 (visit v1): visits_max: 2 with this one, may do 1");
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
    s_assert_good (self);
    self->visits [0].window_count = 1;
    s_assert_refused (self,
        "route 1 (resource anna), stop 2 (visit v0): window: must begin by 9, is there at 35");
}

static void
test_the_shift_ends_at_home_or_with_the_last_visit (void **state)
{
    company_t *self = *state;
    self->shifts [0] [0].to = 24;
    ROUTE (self, 0, 0);
    s_assert_refused (self, "route 1 (resource anna), the way back: shift: must be there by 24, is there at 25");
    self->shifts [0] [0].end_place = PLAN_NONE;
    self->shifts [0] [0].to = 15;
    s_assert_good (self);
    self->shifts [0] [0].to = 14;
    assert_false (s_is_good (self));
    self->shifts [0] [0].overtime_max = 1;
    self->problem.policy.overtime_per_hour = 10;
    s_assert_good (self);
    assert_int_equal (self->cost.amount [PLAN_TERM_OVERTIME], 10);
}

static void
test_efficiency_makes_work_longer_or_shorter_rounded_up (void **state)
{
    company_t *self = *state;
    self->resources [0].efficiency_percent = 75;
    self->shifts [0] [0].to = 26;
    ROUTE (self, 0, 0);
    s_assert_refused (self, "route 1 (resource anna), the way back: shift: must be there by 26, is there at 27");
    self->resources [0].efficiency_percent = 125;
    self->shifts [0] [0].to = 24;
    s_assert_good (self);
}

static void
test_a_lock_is_never_broken (void **state)
{
    company_t *self = *state;
    const plan_window_t window = { 0, 50 };
    self->visits [0].lock = PLAN_LOCK_TIME;
    self->visits [0].fixed_at = 8;
    ROUTE (self, 0, 0);
    s_assert_refused (self, "route 1 (resource anna), stop 1 (visit v0): lock: must begin at 8, can not before 10");
    self->visits [0].fixed_at = 60;
    s_assert_good (self);
    self->visits [0].windows = &window;
    self->visits [0].window_count = 1;
    assert_false (s_is_good (self));
    self->visits [0].lock = PLAN_LOCK_RESOURCE;
    self->visits [0].fixed_resource = 1;
    s_assert_refused (self, "visit v0: lock: resource 1 must do it, does not");
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
    s_assert_good (self);                                   /* there at 10, works 30 to 35, home at 45 */
    assert_int_equal (self->cost.quantity [PLAN_TERM_WAIT], 0);
    assert_int_equal (self->cost.quantity [PLAN_TERM_WORK_TIME], 43);
    self->shifts [0] [0].to = 44;
    assert_false (s_is_good (self));
    lunch = (plan_pause_t) { 4, 9, PLAN_NONE };             /* on the way: there at 15, home at 30 */
    self->shifts [0] [0].to = 30;
    s_assert_good (self);
    self->shifts [0] [0].to = 29;
    assert_false (s_is_good (self));
}

static void
test_a_pause_at_a_place_of_its_own_is_kept (void **state)
{
    company_t *self = *state;
    plan_pause_t meeting = { 40, 60, 60 };
    self->resources [0].pauses = &meeting;
    self->resources [0].pause_count = 1;
    ROUTE (self, 0, 0);
    s_assert_refused (self,
        "route 1 (resource anna), stop 1 (visit v0): pause: must be there by 40, can not before 60");
    meeting = (plan_pause_t) { 70, 90, 60 };
    s_assert_good (self);                                   /* the visit, then there, then home */
    assert_int_equal (self->cost.quantity [PLAN_TERM_TRAVEL], 120);
    self->route_count = 0;
    ROUTE (self, 0, 0, 3);
    s_assert_good (self);                                   /* v3 at 45, ends at 50: there at 70, home at 150 */
    assert_int_equal (self->cost.quantity [PLAN_TERM_WORK_TIME], 150);
    meeting = (plan_pause_t) { 69, 90, 60 };
    s_assert_good (self);                                   /* v3 is after it, so leaves at 4, home at 155 */
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
    s_assert_refused (self, "visit v0: crew: needs 2, 1 come");
    ROUTE (self, 1, 1, 0);
    self->shifts [0] [0].to = 130;
    s_assert_good (self);                                   /* bruno: 100 to 105, there at 115; home at 130 */
    self->shifts [0] [0].to = 129;
    s_assert_refused (self, "route 1 (resource anna), the way back: shift: must be there by 129, is there at 130");
    self->shifts [0] [0].to = DAY;
    self->routes [1].resource = 0;
    self->shifts [0] [1] = (plan_shift_t) { .from = DAY, .to = 2 * DAY };
    self->resources [0].shift_count = 2;
    self->routes [1].shift = 1;
    self->visits [1].window_count = 0;
    s_assert_refused (self, "visit v0: crew: resource 0 comes twice");
}

static void
test_a_visit_waits_for_the_one_it_follows (void **state)
{
    company_t *self = *state;
    self->visits [0].after = 3;
    self->visits [0].after_gap = 6;
    ROUTE (self, 0, 0);
    s_assert_refused (self, "visit v0: order: comes after visit 3, which nobody does");
    ROUTE (self, 1, 3);
    self->shifts [0] [0].to = 66;
    s_assert_good (self);                                   /* v3: 40 to 45; v0: 51 to 56, home at 66 */
    self->shifts [0] [0].to = 65;
    assert_false (s_is_good (self));
    self->shifts [0] [0].to = DAY;
    self->visits [0].after_same_resource = true;
    s_assert_refused (self, "visit v0: order: who does visit 3 must do it too");
    self->route_count = 0;
    ROUTE (self, 1, 3, 0);
    s_assert_good (self);
}

static void
test_visits_that_wait_for_each_other_are_refused (void **state)
{
    company_t *self = *state;
    self->visits [0].after = 1;
    self->visits [2].after = 3;
    ROUTE (self, 0, 0, 3);
    ROUTE (self, 1, 2, 1);
    assert_false (s_is_good (self));
    assert_non_null (strstr (self->error, ": "));
    for (int i = 0; i < RESOURCES; i++)
        self->shifts [i] [0].to = PLAN_NEVER;
    s_assert_refused (self, "order: visits of several routes wait for each other without end");
}

/* ---- what does not move any more */

static void
test_what_is_frozen_stays_first_and_with_whom_it_was_told (void **state)
{
    company_t *self = *state;
    self->visits [1].told_resource = 0;
    self->visits [1].told_at = 30;
    ROUTE (self, 1, 0, 1);
    s_assert_good (self);
    self->problem.frozen_until = 31;
    s_assert_refused (self, "route 1 (resource bruno), stop 2 (visit v1): frozen: another visit was put before it");
    self->stops [0] [0].visit = 1;
    self->stops [0] [1].visit = 0;
    s_assert_refused (self, "visit v1: frozen: resource 0 was told to do it and does not");
    self->routes [0].resource = 0;
    s_assert_good (self);
    self->problem.frozen_until = 30;
    self->route_count = 0;
    s_assert_good (self);
    self->visits [1].is_started = true;
    s_assert_refused (self, "visit v1: frozen: it is under way, and nobody does it");
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
    s_assert_refused (self,
        "route 1 (resource anna), stop 2 (visit v0): frozen: was told to come before the visit in front of it");
}

/* ---- what it costs */

static void
test_travel_distance_and_use_are_counted_and_paid (void **state)
{
    company_t *self = *state;
    self->problem.policy = (plan_policy_t) { .hour = 60, .travel_per_hour = 90, .travel_per_distance = 500,
        .price_of_use = 11 };
    self->resources [1].price_per_distance = 250;
    self->resources [1].price_of_use = 4;
    ROUTE (self, 0, 0);
    ROUTE (self, 1, 1, 2, 3);
    s_assert_good (self);
    assert_int_equal (self->cost.quantity [PLAN_TERM_TRAVEL], 20 + 80);
    assert_int_equal (self->cost.amount [PLAN_TERM_TRAVEL], 150);
    assert_int_equal (self->cost.quantity [PLAN_TERM_DISTANCE], 40 + 160);
    assert_int_equal (self->cost.amount [PLAN_TERM_DISTANCE], (40 * 500 + 160 * 750) / 1000);
    assert_int_equal (self->cost.quantity [PLAN_TERM_USE], 2);
    assert_int_equal (self->cost.amount [PLAN_TERM_USE], 26);
}

static void
test_work_time_is_the_least_and_waiting_what_is_left_of_it (void **state)
{
    company_t *self = *state;
    const plan_window_t noon = { 500, 510 }, evening = { 600, 700 };
    self->visits [0].windows = &noon;
    self->visits [1].windows = &evening;
    self->visits [0].window_count = self->visits [1].window_count = 1;
    self->problem.policy = (plan_policy_t) { .hour = 1, .work_time_per_hour = 2, .wait_per_hour = 3 };
    self->resources [0].price_per_hour = 5;
    ROUTE (self, 0, 0, 1);
    s_assert_good (self);                       /* leaves at 500 for the first at 510, home at 625: waits 75 of 125 */
    assert_int_equal (self->cost.quantity [PLAN_TERM_WORK_TIME], 125);
    assert_int_equal (self->cost.amount [PLAN_TERM_WORK_TIME], 125 * 7);
    assert_int_equal (self->cost.quantity [PLAN_TERM_WAIT], 75);
    assert_int_equal (self->cost.amount [PLAN_TERM_WAIT], 225);
}

static void
test_leaving_later_does_not_delay_what_others_wait_for (void **state)
{
    company_t *self = *state;
    const plan_window_t evening = { 600, 700 };
    self->visits [1].windows = &evening;
    self->visits [1].window_count = 1;
    self->visits [2].after = 0;
    ROUTE (self, 0, 0, 1);
    ROUTE (self, 1, 2);
    s_assert_good (self);                       /* anna leaves at 0 for v0 at 10, home at 625; bruno needs 65 */
    assert_int_equal (self->cost.quantity [PLAN_TERM_WORK_TIME], 625 + 65);
}

static void
test_lateness_is_what_is_begun_after_it_was_due (void **state)
{
    company_t *self = *state;
    self->visits [0].due = 6;
    self->visits [0].late_price_per_hour = 9;
    self->visits [1].due = 25;
    self->visits [1].late_price_per_hour = 1000;
    ROUTE (self, 0, 0, 1);
    s_assert_good (self);
    assert_int_equal (self->cost.quantity [PLAN_TERM_LATE], 4);
    assert_int_equal (self->cost.amount [PLAN_TERM_LATE], 36);
}

static void
test_who_waits_has_a_price_beside_lateness (void **state)
{
    company_t *self = *state;
    self->visits [0].wanted = 4;
    self->visits [0].delay_price_per_hour = 20;
    self->visits [0].due = 6;
    self->visits [0].late_price_per_hour = 9;
    ROUTE (self, 0, 0);
    s_assert_good (self);
    assert_int_equal (self->cost.quantity [PLAN_TERM_DELAY], 6);
    assert_int_equal (self->cost.amount [PLAN_TERM_DELAY], 120);
    assert_int_equal (self->cost.amount [PLAN_TERM_LATE], 36);
    self->visits [0].wanted = 10;
    s_assert_good (self);
    assert_int_equal (self->cost.quantity [PLAN_TERM_DELAY], 0);
}

static void
test_preferred_told_and_too_skilled_people_have_their_price (void **state)
{
    company_t *self = *state;
    const int32_t bruno [] = { 1 };
    const plan_skill_t needed [] = { { 0, 1, 0 } }, held [] = { { 0, 4, PLAN_NEVER } };
    self->problem.policy = (plan_policy_t) { .hour = 10, .preferred_missed = 3, .moved_resource = 50,
        .moved_per_hour = 20, .overskill_per_level = 7 };
    self->visits [0].preferred = bruno;
    self->visits [0].preferred_count = 1;
    self->visits [0].told_resource = 1;
    self->visits [0].told_at = 15;
    self->visits [0].skills = needed;
    self->visits [0].skill_count = 1;
    self->resources [0].skills = self->resources [1].skills = held;
    self->resources [0].skill_count = self->resources [1].skill_count = 1;
    ROUTE (self, 0, 0);
    s_assert_good (self);
    assert_int_equal (self->cost.amount [PLAN_TERM_PREFERRED], 3);
    assert_int_equal (self->cost.amount [PLAN_TERM_MOVED], 50 + 5 * 20 / 10);
    assert_int_equal (self->cost.amount [PLAN_TERM_OVERSKILL], 21);
    self->routes [0].resource = 1;
    self->visits [0].told_at = 10;
    s_assert_good (self);
    assert_int_equal (self->cost.amount [PLAN_TERM_PREFERRED] + self->cost.amount [PLAN_TERM_MOVED], 0);
    assert_int_equal (self->cost.quantity [PLAN_TERM_MOVED], 0);
}

static void
test_balance_is_work_beyond_the_mean_of_all_shifts (void **state)
{
    company_t *self = *state;
    self->problem.policy.balance_per_hour = 10;
    ROUTE (self, 0, 0, 1, 2);
    ROUTE (self, 1, 3);
    s_assert_good (self);                                   /* 15 and 5: the mean is 10 */
    assert_int_equal (self->cost.quantity [PLAN_TERM_BALANCE], 5);
    assert_int_equal (self->cost.amount [PLAN_TERM_BALANCE], 50);
}

static void
test_sums_are_divided_once (void **state)
{
    company_t *self = *state;
    self->problem.policy = (plan_policy_t) { .hour = 3600, .travel_per_hour = 100 };
    ROUTE (self, 0, 0);
    ROUTE (self, 1, 1);
    s_assert_good (self);
    assert_int_equal (self->cost.amount [PLAN_TERM_TRAVEL], (20 + 40) * 100 / 3600);
}

/* ---- travel that nobody has measured */

static void
test_an_estimate_is_a_great_circle_stretched_to_a_road (void **state)
{
    (void) state;
    const plan_estimate_t straight = { .detour_percent = 100, .speed_kmh = 36, .parking_s = 60 };
    const plan_point_t milan = { 45.4642, 9.19 }, bergamo = { 45.6983, 9.6773 };
    int32_t seconds, metres;
    plan_estimate_leg (&straight, milan, bergamo, &seconds, &metres);
    assert_in_range (metres, 45900, 46200);                 /* 46.0 km by the haversine formula */
    assert_in_range (seconds, metres / 10 + 59, metres / 10 + 61);
    plan_estimate_leg (&(plan_estimate_t) { .detour_percent = 130, .speed_kmh = 36 }, milan, bergamo, &seconds,
        &metres);
    assert_in_range (metres, 59700, 60060);
    plan_estimate_leg (&straight, milan, milan, &seconds, &metres);
    assert_int_equal (seconds, 0);
    assert_int_equal (metres, 0);
}

static void
test_an_estimate_goes_the_shorter_way_around_and_over_the_pole (void **state)
{
    (void) state;
    const plan_estimate_t straight = { .detour_percent = 100, .speed_kmh = 1 };
    int32_t seconds, metres, back_s, back_m;
    plan_estimate_leg (&straight, (plan_point_t) { 0, 179.5 }, (plan_point_t) { 0, -179.5 }, &seconds, &metres);
    assert_in_range (metres, 111190, 111200);
    plan_estimate_leg (&straight, (plan_point_t) { 0, -179.5 }, (plan_point_t) { 0, 179.5 }, &back_s, &back_m);
    assert_int_equal (seconds, back_s);
    assert_int_equal (metres, back_m);
    plan_estimate_leg (&straight, (plan_point_t) { 90, 0 }, (plan_point_t) { 90, 120 }, &seconds, &metres);
    assert_int_equal (metres, 0);
}

static void
test_a_table_of_estimates_has_each_leg (void **state)
{
    (void) state;
    const plan_estimate_t estimate = { .detour_percent = 130, .speed_kmh = 50, .parking_s = 60 };
    const plan_point_t points [3] = { { 10.7, 106.6 }, { 10.8, 106.7 }, { 10.75, 106.65 } };
    int32_t seconds [9], metres [9], leg_s, leg_m;
    plan_estimate_table (&estimate, points, 3, seconds, metres);
    for (int i = 0; i < 9; i++) {
        plan_estimate_leg (&estimate, points [i / 3], points [i % 3], &leg_s, &leg_m);
        assert_int_equal (seconds [i], leg_s);
        assert_int_equal (metres [i], leg_m);
    }
    assert_int_equal (metres [1], 20264);                   /* the same on every machine */
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, s_setup, s_teardown)

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
        TEST (test_travel_distance_and_use_are_counted_and_paid),
        TEST (test_work_time_is_the_least_and_waiting_what_is_left_of_it),
        TEST (test_leaving_later_does_not_delay_what_others_wait_for),
        TEST (test_lateness_is_what_is_begun_after_it_was_due),
        TEST (test_who_waits_has_a_price_beside_lateness),
        TEST (test_preferred_told_and_too_skilled_people_have_their_price),
        TEST (test_balance_is_work_beyond_the_mean_of_all_shifts),
        TEST (test_sums_are_divided_once),
        TEST (test_an_estimate_is_a_great_circle_stretched_to_a_road),
        TEST (test_an_estimate_goes_the_shorter_way_around_and_over_the_pole),
        TEST (test_a_table_of_estimates_has_each_leg),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
