/* plan_line - problems as small or as large as a test wants, of places on a line, a unit apart, home at 0: for tests
 * that say what the search must not overlook. */
#pragma once
#include "plan/plan.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { LINE_PLACES = 1001, LINE_DAY = 10000, LINE_PEOPLE = 4, LINE_VISITS = 1100 };

typedef struct {
    plan_problem_t problem;
    plan_resource_t resources [LINE_PEOPLE];
    plan_shift_t shifts [LINE_PEOPLE];
    plan_visit_t visits [LINE_VISITS];
} line_t;

static inline void
line_leg (void *context, int from, int to, int32_t *ret_time, int32_t *ret_distance)
{
    (void) context;
    *ret_time = *ret_distance = abs (from - to);
}

/* People at home all day; visits without work at home, each of a price that nothing costs. A unit of travel costs 1. */
static inline line_t *
line_make (int people, int visits)
{
    static const char *const names [] = { "anna", "bruno", "carl", "dora" };
    line_t *self = calloc (1, sizeof *self);
    for (int i = 0; i < people; i++) {
        self->shifts [i] = (plan_shift_t) { .to = LINE_DAY };
        self->resources [i] = (plan_resource_t) { .id = names [i], .shifts = &self->shifts [i], .shift_count = 1 };
    }
    for (int i = 0; i < visits; i++)
        self->visits [i] = (plan_visit_t) { .id = "visit", .due = PLAN_NEVER, .unassigned_price = 100000,
            .territory = PLAN_NONE, .after = PLAN_NONE, .fixed_at = PLAN_NONE, .fixed_resource = PLAN_NONE,
            .told_resource = PLAN_NONE, .told_at = PLAN_NONE };
    self->problem = (plan_problem_t) { .resources = self->resources, .resource_count = people,
        .visits = self->visits, .visit_count = visits, .travel = { .places = LINE_PLACES, .leg = line_leg },
        .supply_place = PLAN_NONE, .policy = { .travel_per_hour = 1, .hour = 1 } };
    return self;
}

static inline plan_t *
line_open (const line_t *self)
{
    char error [PLAN_ERROR_SIZE];
    plan_t *plan = plan_open (&self->problem, error);
    if (!plan)
        fail_msg ("%s", error);
    return plan;
}

/* One route, in this order; the list ends with -2. */
static inline plan_route_t
line_route (int resource, const int *visits, plan_stop_t *stops)
{
    int count = 0;
    for (; visits [count] != -2; count++)
        stops [count] = (plan_stop_t) { .visit = visits [count] };
    return (plan_route_t) { .resource = resource, .stops = stops, .stop_count = count };
}

static inline void
line_load (plan_t *plan, const plan_route_t *routes, int count)
{
    char error [PLAN_ERROR_SIZE];
    if (!plan_load (plan, routes, count, error))
        fail_msg ("%s", error);
}

/* Who has it; PLAN_NONE: nobody. */
static inline int
line_who (const plan_t *plan, int visit)
{
    int resource, shift, position;
    return plan_where (plan, visit, &resource, &shift, &position) ? resource : PLAN_NONE;
}

static inline int64_t
line_cost (plan_t *plan)
{
    plan_cost_t cost = plan_cost (plan);
    return plan_cost_sum (&cost);
}

static inline void
line_improve (plan_t *plan, double seconds, int threads)
{
    plan_improve (plan, &(plan_budget_t) { .seconds = seconds, .clock_seconds = 1000, .seed = 1, .threads = threads },
        NULL);
}
