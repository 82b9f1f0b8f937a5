/* The planner library: what it makes can be done, costs what it says, and is the same each time. */
#include "plan_world.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { ROUNDS = 120, RESOURCES = 8, VISITS = 40 };

typedef struct { plan_route_t routes [64]; plan_stop_t stops [64 * 64]; int count; } copy_t;

static plan_t *
s_open (const world_t *world)
{
    char error [PLAN_ERROR_SIZE];
    plan_t *plan = plan_open (&world->problem, error);
    if (!plan)
        fail_msg ("%s", error);
    return plan;
}

static copy_t *
s_copy (plan_t *plan)
{
    copy_t *copy = calloc (1, sizeof *copy);
    plan_stop_t *at = copy->stops;
    copy->count = plan_route_count (plan);
    for (int i = 0; i < copy->count; i++) {
        plan_route_t route = plan_route (plan, i);
        memcpy (at, route.stops, (size_t) route.stop_count * sizeof *at);
        copy->routes [i] = route;
        copy->routes [i].stops = at;
        at += route.stop_count;
    }
    return copy;
}

static int64_t
s_check (const world_t *world, plan_t *plan, uint64_t seed)
{
    char error [PLAN_ERROR_SIZE];
    plan_cost_t cost;
    copy_t *copy = s_copy (plan);
    if (!plan_check (&world->problem, copy->routes, copy->count, &cost, error))
        fail_msg ("seed %llu: %s", (unsigned long long) seed, error);
    free (copy);
    return plan_cost_sum (&cost);
}

static uint64_t
s_rounds (void)
{
    const char *runs = getenv ("PROPERTY_RUNS");
    return runs ? strtoull (runs, NULL, 10) : ROUNDS;
}

static void
test_property_every_plan_of_every_kind_of_problem_can_be_done (void **state)
{
    (void) state;
    for (uint64_t seed = 1; seed <= s_rounds (); seed++) {
        world_t *world = world_make (seed, RESOURCES, VISITS);
        plan_t *plan = s_open (world);
        plan_build (plan);
        int64_t built = s_check (world, plan, seed);
        plan_improve (plan, &(plan_budget_t) { .seconds = 0.01, .clock_seconds = 1000, .seed = seed, .threads = 1 }, NULL);
        int64_t improved = s_check (world, plan, seed);
        if (improved > built)
            fail_msg ("seed %llu: %lld is worse than %lld", (unsigned long long) seed, (long long) improved, (long long) built);
        plan_close (&plan);
        free (world);
    }
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_property_every_plan_of_every_kind_of_problem_can_be_done),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
