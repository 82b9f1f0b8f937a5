/* One visit into free stretches without a plan: the answer is that of the whole planner. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "plan_world.h"

enum { GAPS = 6, PLACES = 1 + 2 * GAPS, CASES = 20000 };

/* A resource whose shifts are the gaps; visit 0 is to be placed, the others are behind a gap each. */
typedef struct {
    world_t world;                      /* for its numbers alone */
    plan_problem_t problem;
    plan_resource_t resource;
    plan_shift_t shifts [GAPS];
    plan_gap_t gaps [GAPS];
    plan_visit_t visits [1 + GAPS];
    plan_window_t windows [3];
    plan_stop_t stops [GAPS];
    plan_route_t routes [GAPS];
    int32_t time [PLACES * PLACES], distance [PLACES * PLACES];
    int route_count;
} case_t;

static int32_t
s_up_to (case_t *self, int most)
{
    return (int32_t) world_below (&self->world, (uint32_t) most + 1);
}

static void
s_leg (void *context, int from, int to, int32_t *ret_time, int32_t *ret_distance)
{
    const case_t *self = context;
    *ret_time = self->time [from * PLACES + to];
    *ret_distance = self->distance [from * PLACES + to];
}

static plan_visit_t
s_visit (int32_t place, int32_t work)
{
    return (plan_visit_t) { .id = "", .place = place, .work = work, .priority = 1, .due = PLAN_NEVER,
        .territory = PLAN_NONE, .after = PLAN_NONE, .told_resource = PLAN_NONE, .told_at = PLAN_NONE };
}

static void
s_asked (case_t *self)
{
    plan_visit_t *visit = &self->visits [0];
    *visit = s_visit (0, 1 + s_up_to (self, 90));
    if (s_up_to (self, 1))
        visit->due = s_up_to (self, 900), visit->late_price_per_hour = s_up_to (self, 3000);
    visit->wanted = s_up_to (self, 200);
    visit->delay_price_per_hour = s_up_to (self, 2) ? s_up_to (self, 2000) : 0;
    visit->windows = self->windows;
    for (int32_t at = s_up_to (self, 300); visit->window_count < s_up_to (self, 3); visit->window_count++) {
        self->windows [visit->window_count] = (plan_window_t) { at, at + s_up_to (self, 300) };
        at = self->windows [visit->window_count].to + 1 + s_up_to (self, 200);
    }
}

/* Places 1 + 2 i and 2 + 2 i: where gap i begins, and where its end is fixed. */
static void
s_gaps (case_t *self)
{
    int32_t at = 0;
    for (int i = 0; i < self->resource.shift_count; i++) {
        at += s_up_to (self, 60);
        plan_gap_t gap = { .from = at, .to = at + s_up_to (self, 240), .overtime_max = s_up_to (self, 40),
            .is_followed = s_up_to (self, 1) };
        int32_t without = self->time [(1 + 2 * i) * PLACES + 2 + 2 * i];
        if (gap.is_followed)
            gap.overtime_max = 0;
        if (gap.is_followed && gap.from + without > gap.to)
            gap.to = gap.from + without;
        self->gaps [i] = gap;
        self->shifts [i] = (plan_shift_t) { gap.from, gap.to, 1 + 2 * i, PLAN_NONE, gap.overtime_max };
        at = gap.to + gap.overtime_max;
        if (!gap.is_followed)
            continue;
        int visit = self->problem.visit_count++;
        self->visits [visit] = s_visit (2 + 2 * i, 0);
        self->visits [visit].lock = PLAN_LOCK_TIME | PLAN_LOCK_RESOURCE;
        self->visits [visit].fixed_at = gap.to;
        self->stops [i] = (plan_stop_t) { .visit = visit };
        self->routes [self->route_count++] = (plan_route_t) { .shift = i, .stop_count = 1, .stops = &self->stops [i] };
    }
}

static void
s_make (case_t *self, uint64_t seed)
{
    *self = (case_t) { .world.state = seed * UINT64_C (0x9e3779b97f4a7c15) + 1 };
    for (int i = 0; i < PLACES * PLACES; i++) {
        self->time [i] = s_up_to (self, 60);
        self->distance [i] = s_up_to (self, 40000);
    }
    self->resource = (plan_resource_t) { .id = "", .shifts = self->shifts,
        .shift_count = 1 + s_up_to (self, GAPS - 1) };
    self->problem = (plan_problem_t) {
        .resources = &self->resource, .resource_count = 1, .visits = self->visits, .visit_count = 1,
        .travel = { .places = PLACES, .leg = s_leg, .context = self }, .supply_place = PLAN_NONE,
        .policy = { .travel_per_hour = s_up_to (self, 5000), .travel_per_distance = s_up_to (self, 60),
                    .overtime_per_hour = s_up_to (self, 4000), .hour = 60 } };
    s_asked (self);
    s_gaps (self);
}

static plan_gap_legs_t
s_legs (const case_t *self, int i)
{
    int start = 1 + 2 * i, behind = 2 + 2 * i, there = start * PLACES, on = behind, without = start * PLACES + behind;
    if (!self->gaps [i].is_followed)
        return (plan_gap_legs_t) { .time = self->time [there], .distance = self->distance [there] };
    return (plan_gap_legs_t) {
        self->time [there], self->time [on], self->time [without],
        self->distance [there], self->distance [on], self->distance [without] };
}

static void
test_property_the_best_of_some_gaps_is_what_the_planner_finds_in_them_as_shifts (void **state)
{
    (void) state;
    int found_count = 0;
    case_t *self = calloc (1, sizeof *self);
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        s_make (self, seed);
        plan_fit_t best = { 0 }, fit;
        int best_gap = PLAN_NONE;
        for (int i = 0; i < self->resource.shift_count; i++) {
            plan_gap_legs_t legs = s_legs (self, i);
            bool is_fit = plan_gap (&self->problem.policy, &self->visits [0], &self->gaps [i], &legs, &fit);
            assert_true (!is_fit || plan_gap_waits (&self->visits [0], &self->gaps [i]) <= fit.exact
                + legs.without_time * self->problem.policy.travel_per_hour
                + legs.without_distance * self->problem.policy.travel_per_distance * 60 / 1000 + 1);
            assert_true (!is_fit || plan_gap_begins (&self->visits [0], &self->gaps [i], legs.time) == fit.begins);
            if (is_fit && (best_gap == PLAN_NONE || fit.exact < best.exact))
                best = fit, best_gap = i;
        }
        char error [PLAN_ERROR_SIZE] = "";
        plan_place_t place;
        plan_placement_t placement = { .places = &place };
        plan_t *plan = plan_open (&self->problem, error);
        if (!plan || !plan_load (plan, self->routes, self->route_count, error))
            fail_msg ("seed %llu: %s", (unsigned long long) seed, error);
        plan_place (plan, 0, 1, false, &placement);
        assert_int_equal (place.resource, best_gap == PLAN_NONE ? PLAN_NONE : 0);
        if (best_gap != PLAN_NONE) {
            assert_int_equal (place.shift, best_gap);
            assert_int_equal (place.begins, best.begins);
            assert_int_equal (place.added, best.added);
            found_count++;
        }
        plan_close (&plan);
    }
    free (self);
    assert_in_range (found_count, CASES / 4, CASES - 1);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_property_the_best_of_some_gaps_is_what_the_planner_finds_in_them_as_shifts),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
