/* plan_company - two people, four visits on a line, a unit apart: for tests that say what a plan means. */
#pragma once
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

static inline void
company_leg (void *context, int from, int to, int32_t *ret_time, int32_t *ret_distance)
{
    (void) context;
    *ret_time = abs (from - to);
    *ret_distance = 2 * abs (from - to);
}

static inline int
company_setup (void **state)
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
        .resource_count = RESOURCES, .visit_count = VISITS, .travel = { .places = PLACES, .leg = company_leg },
        .supply_place = PLAN_NONE, .policy = { .hour = 1 } };
    *state = self;
    return 0;
}

static inline int
company_teardown (void **state)
{
    free (*state);
    return 0;
}

/* Adds a route; -1 is the supply place, the list ends with -2. */
static inline void
company_route (company_t *self, int resource, int shift, const int *visits)
{
    plan_stop_t *stops = self->stops [self->route_count];
    int count = 0;
    for (; visits [count] != -2; count++)
        stops [count].visit = visits [count];
    self->routes [self->route_count++] =
        (plan_route_t) { .resource = resource, .shift = shift, .stops = stops, .stop_count = count };
}

#define ROUTE(self, resource, ...) company_route (self, resource, 0, (const int []) { __VA_ARGS__, -2 })

static inline bool
company_is_good (company_t *self)
{
    return plan_check (&self->problem, self->routes, self->route_count, &self->cost, self->error);
}

static inline void
company_assert_good (company_t *self)
{
    if (!company_is_good (self))
        fail_msg ("refused: %s", self->error);
}

static inline void
company_assert_refused (company_t *self, const char *sentence)
{
    if (company_is_good (self))
        fail_msg ("accepted, expected: %s", sentence);
    assert_string_equal (self->error, sentence);
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, company_setup, company_teardown)
