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

static const plan_route_t *
s_route_of (const copy_t *copy, int resource)
{
    for (int i = 0; i < copy->count; i++)
        if (copy->routes [i].resource == resource)
            return &copy->routes [i];
    return NULL;
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
        plan_improve (plan, &(plan_budget_t) { .seconds = 0.01, .clock_seconds = 1000, .seed = seed, .threads = 1 },
            NULL);
        int64_t improved = s_check (world, plan, seed);
        if (improved > built)
            fail_msg ("seed %llu: %lld is worse than %lld", (unsigned long long) seed, (long long) improved,
                (long long) built);
        plan_close (&plan);
        free (world);
    }
}

static void
test_the_same_problem_seed_and_threads_give_the_same_plan (void **state)
{
    (void) state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        world_t *world = world_make (seed, RESOURCES, VISITS);
        copy_t *copies [2];
        for (int i = 0; i < 2; i++) {
            plan_t *plan = s_open (world);
            plan_improve (plan, &(plan_budget_t) { .seconds = 0.02, .clock_seconds = 1000, .seed = 7, .threads = 2 },
                NULL);
            copies [i] = s_copy (plan);
            plan_close (&plan);
        }
        assert_int_equal (copies [0]->count, copies [1]->count);
        assert_memory_equal (copies [0]->stops, copies [1]->stops, sizeof copies [0]->stops);
        free (copies [0]);
        free (copies [1]);
        free (world);
    }
}

static void
test_nobody_is_left_out_who_has_a_place_that_costs_less (void **state)
{
    (void) state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        world_t *world = world_make (seed, RESOURCES - 4, VISITS);
        plan_t *plan = s_open (world);
        plan_improve (plan, &(plan_budget_t) { .seconds = 0.01, .clock_seconds = 1000, .seed = seed, .threads = 1 },
            NULL);
        for (int i = 0; i < plan_unassigned_count (plan); i++) {
            int visit = plan_unassigned (plan, i);
            if (world->visits [visit].crew > 1 || world->visits [visit].after != PLAN_NONE)
                continue;
            plan_placement_t placement = { .reasons = NULL };
            plan_place (plan, visit, 1, false, &placement);
            if (placement.best_count && placement.best [0].added < world->visits [visit].unassigned_price)
                fail_msg ("seed %llu: visit %d could be done for %lld", (unsigned long long) seed, visit,
                    (long long) placement.best [0].added);
        }
        plan_close (&plan);
        free (world);
    }
}

static void
test_what_is_loaded_is_what_was_read (void **state)
{
    (void) state;
    for (uint64_t seed = 1; seed <= 150; seed++) {
        world_t *world = world_make (seed, RESOURCES, VISITS);
        plan_t *plan = s_open (world), *other = s_open (world);
        plan_build (plan);
        copy_t *copy = s_copy (plan);
        char error [PLAN_ERROR_SIZE];
        if (!plan_load (other, copy->routes, copy->count, error))
            fail_msg ("seed %llu: %s", (unsigned long long) seed, error);
        copy_t *again = s_copy (other);
        assert_int_equal (copy->count, again->count);
        for (int i = 0; i < copy->count; i++) {
            assert_int_equal (copy->routes [i].stop_count, again->routes [i].stop_count);
            for (int k = 0; k < copy->routes [i].stop_count; k++)
                assert_int_equal (copy->routes [i].stops [k].visit, again->routes [i].stops [k].visit);
        }
        free (copy);
        free (again);
        plan_close (&plan);
        plan_close (&other);
        free (world);
    }
}

static void
test_a_plan_that_can_not_be_is_refused_with_the_visit_and_the_rule (void **state)
{
    (void) state;
    world_t *world = world_make (2, 2, 4);
    world->visits [1].excluded = (const int32_t [1]) { 0 };
    world->visits [1].excluded_count = 1;
    plan_t *plan = s_open (world);
    plan_stop_t stop = { .visit = 1 }, twice [2] = { { .visit = 2 }, { .visit = 2 } };
    char error [PLAN_ERROR_SIZE];
    assert_false (plan_load (plan, &(plan_route_t) { .stop_count = 1, .stops = &stop }, 1, error));
    assert_string_equal (error, "route of resource r0, shift 0, visit v1: excluded");
    assert_false (plan_load (plan, &(plan_route_t) { .resource = 1, .shift = 4, .stop_count = 1, .stops = &stop }, 1,
        error));
    assert_string_equal (error, "route of resource r1, shift 4: no such shift");
    world->visits [2].skill_count = 0;
    plan_close (&plan);
    plan = s_open (world);
    assert_false (plan_load (plan, &(plan_route_t) { .stop_count = 2, .stops = twice }, 1, error));
    assert_string_equal (error, "route of resource r0, shift 0, visit v2: it is there twice");
    plan_close (&plan);
    free (world);
}

/* ---- what must not move */

static void
test_x2_a_lock_is_never_broken (void **state)
{
    (void) state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        world_t *world = world_make (seed * 2, RESOURCES, VISITS);
        plan_t *plan = s_open (world);
        plan_build (plan);
        int resource, shift, position, locked = 0;
        for (int i = 0; i < VISITS; i += 3)
            if (plan_where (plan, i, &resource, &shift, &position)) {
                copy_t *now = s_copy (plan);
                world->visits [i].lock = i % 2 ? PLAN_LOCK_TIME | PLAN_LOCK_RESOURCE : PLAN_LOCK_RESOURCE;
                world->visits [i].fixed_resource = resource;
                world->visits [i].fixed_at = s_route_of (now, resource)->stops [position].begins;
                free (now);
                locked++;
            }
        copy_t *copy = s_copy (plan);
        plan_close (&plan);
        plan = s_open (world);
        char error [PLAN_ERROR_SIZE];
        assert_true (plan_load (plan, copy->routes, copy->count, error));
        plan_improve (plan, &(plan_budget_t) { .seconds = 0.02, .clock_seconds = 1000, .seed = seed, .threads = 1 },
            NULL);
        s_check (world, plan, seed);                        /* looks at locks too */
        for (int i = 0; i < VISITS; i += 3)
            if (world->visits [i].lock)
                assert_true (plan_where (plan, i, &resource, &shift, &position));
        assert_true (locked > 5);
        free (copy);
        plan_close (&plan);
        free (world);
    }
}

static void
test_x5_what_has_begun_stays_with_all_before_it (void **state)
{
    (void) state;
    for (uint64_t seed = 2; seed <= 30; seed += 2) {
        world_t *world = world_make (seed, RESOURCES, VISITS);
        plan_t *plan = s_open (world);
        plan_build (plan);
        copy_t *copy = s_copy (plan);
        plan_close (&plan);
        world->problem.frozen_until = 39600;
        plan = s_open (world);
        char error [PLAN_ERROR_SIZE];
        assert_true (plan_load (plan, copy->routes, copy->count, error));
        plan_improve (plan, &(plan_budget_t) { .seconds = 0.02, .clock_seconds = 1000, .seed = seed, .threads = 1 },
            NULL);
        copy_t *after = s_copy (plan);
        for (int i = 0; i < copy->count; i++) {
            const plan_route_t *route = s_route_of (after, copy->routes [i].resource);
            for (int k = 0; k < copy->routes [i].stop_count && copy->routes [i].stops [k].begins < 39600; k++)
                assert_int_equal (route->stops [k].visit, copy->routes [i].stops [k].visit);
        }
        free (copy);
        free (after);
        plan_close (&plan);
        free (world);
    }
}

static int
s_moved (const world_t *world, plan_t *plan)
{
    int moved = 0, resource, shift, position;
    for (int i = 0; i < VISITS; i++)
        moved += world->visits [i].told_resource != PLAN_NONE && plan_where (plan, i, &resource, &shift, &position)
            && resource != world->visits [i].told_resource;
    return moved;
}

static void
test_a_price_for_moving_people_moves_fewer_of_them (void **state)
{
    (void) state;
    int moved [2] = { 0, 0 };
    for (uint64_t seed = 2; seed <= 40; seed += 2)
        for (int priced = 0; priced < 2; priced++) {
            world_t *world = world_make (seed, RESOURCES, VISITS);
            plan_t *plan = s_open (world);
            plan_build (plan);
            int shift, position;
            for (int i = 0; i < VISITS; i++)
                plan_where (plan, i, &world->visits [i].told_resource, &shift, &position);
            copy_t *copy = s_copy (plan);
            plan_close (&plan);
            world->problem.policy.moved_resource = priced ? 400 : 0;
            plan = s_open (world);
            char error [PLAN_ERROR_SIZE];
            assert_true (plan_load (plan, copy->routes, copy->count, error));
            plan_improve (plan, &(plan_budget_t) {
                .seconds = 0.02, .clock_seconds = 1000, .seed = seed, .threads = 1, .warmth = 0.1 }, NULL);
            moved [priced] += s_moved (world, plan);
            free (copy);
            plan_close (&plan);
            free (world);
        }
    assert_true (moved [0] > 20);
    assert_true (moved [1] * 3 < moved [0]);
}

/* ---- how many, how cheap */

static void
test_fewest_shifts_come_before_cost (void **state)
{
    (void) state;
    int fewer = 0;
    for (uint64_t seed = 2; seed <= 20; seed += 2) {
        int used [2];
        for (int i = 0; i < 2; i++) {
            world_t *world = world_make (seed, RESOURCES + 4, 24);
            world->problem.policy.fewest_shifts = i;
            plan_t *plan = s_open (world);
            plan_improve (plan, &(plan_budget_t) { .seconds = 0.05, .clock_seconds = 1000, .seed = seed,
                .threads = 1 }, NULL);
            used [i] = plan_route_count (plan);
            s_check (world, plan, seed);
            plan_close (&plan);
            free (world);
        }
        assert_true (used [1] <= used [0]);
        fewer += used [1] < used [0];
    }
    assert_true (fewer >= 5);
}

static void
test_n6_no_plan_is_cheaper_than_its_bound (void **state)
{
    (void) state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        world_t *world = world_make (seed, RESOURCES, VISITS);
        plan_t *plan = s_open (world);
        plan_improve (plan, &(plan_budget_t) { .seconds = 0.01, .clock_seconds = 1000, .seed = seed, .threads = 1 },
            NULL);
        plan_bound_t bound = plan_bound (plan);
        int64_t cost = s_check (world, plan, seed);
        if (bound.bound > cost || bound.bound < 0 || bound.is_exact)
            fail_msg ("seed %llu: bound %lld of %lld", (unsigned long long) seed, (long long) bound.bound,
                (long long) cost);
        plan_close (&plan);
        free (world);
    }
}

static void
test_n6_a_small_plan_is_proved_to_be_the_best (void **state)
{
    (void) state;
    int best = 0;
    for (uint64_t seed = 2; seed <= 60; seed += 2) {
        world_t *world = world_make (seed, 3, 7);
        plan_t *plan = s_open (world);
        plan_improve (plan, &(plan_budget_t) { .seconds = 0.01, .clock_seconds = 1000, .seed = seed, .threads = 1 },
            NULL);
        plan_bound_t bound = plan_bound (plan);
        int64_t cost = s_check (world, plan, seed);
        assert_true (bound.is_exact);
        assert_true (bound.bound <= cost);
        /* what is rounded down once and what is rounded down twice */
        best += bound.bound + 2 >= cost;
        plan_close (&plan);
        free (world);
    }
    assert_true (best >= 29);
}

/* Few resources, so that two routes hold most visits; crews and sequences among them. */
static void
test_property_fewest_shifts_and_two_resources_keep_every_rule (void **state)
{
    (void) state;
    for (uint64_t seed = 1; seed <= s_rounds (); seed++) {
        world_t *world = world_make (seed, seed % 3 ? RESOURCES : 2, VISITS / 2);
        world->problem.policy.fewest_shifts = seed % 3 != 0;
        plan_t *plan = s_open (world);
        plan_improve (plan, &(plan_budget_t) { .seconds = 0.005, .clock_seconds = 1000, .seed = seed, .threads = 2 },
            NULL);
        s_check (world, plan, seed);
        plan_close (&plan);
        free (world);
    }
}

static void
test_what_can_not_be_loaded_leaves_nothing_half_done (void **state)
{
    (void) state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        world_t *world = world_make (seed, RESOURCES, VISITS);
        plan_t *plan = s_open (world);
        plan_build (plan);
        copy_t *copy = s_copy (plan);
        plan_stop_t stranger = { .visit = VISITS };
        copy->routes [copy->count - 1].stop_count = 1;
        copy->routes [copy->count - 1].stops = &stranger;
        char error [PLAN_ERROR_SIZE];
        assert_false (plan_load (plan, copy->routes, copy->count, error));
        assert_int_equal (plan_unassigned_count (plan), VISITS);
        plan_build (plan);
        s_check (world, plan, seed);
        free (copy);
        plan_close (&plan);
        free (world);
    }
}

static void
test_x5_who_is_under_way_is_where_he_was_loaded_or_nowhere (void **state)
{
    (void) state;
    world_t *world = world_make (2, RESOURCES, VISITS);
    world->visits [3].told_resource = 1;
    world->visits [3].told_at = 30000;
    world->visits [3].is_started = true;
    plan_t *plan = s_open (world);
    plan_build (plan);
    int resource, shift, position;
    assert_false (plan_where (plan, 3, &resource, &shift, &position));
    plan_reason_t reasons [RESOURCES];
    plan_placement_t placement = { .reasons = reasons };
    plan_place (plan, 3, 1, false, &placement);
    assert_int_equal (placement.best_count, 0);
    plan_close (&plan);
    free (world);
}

static void
test_what_is_too_large_to_be_counted_is_refused (void **state)
{
    (void) state;
    world_t *world = world_make (2, 2, 4);
    char error [PLAN_ERROR_SIZE];
    world->problem.policy.travel_per_hour = INT64_C (1000000000000);
    world->shifts [0] [0].to = PLAN_NEVER;
    assert_null (plan_open (&world->problem, error));
    assert_non_null (strstr (error, "too large to be counted"));
    world->problem.policy.travel_per_hour = 3000;
    world->visits [1].work = PLAN_WORK_MAX + 1;
    assert_null (plan_open (&world->problem, error));
    assert_non_null (strstr (error, "visit v1: work of 100000001 is not in 0..100000000"));
    free (world);
}

static void
test_a_problem_that_can_not_be_is_refused_with_the_element_and_the_value (void **state)
{
    (void) state;
    char error [PLAN_ERROR_SIZE];
    world_t *world = world_make (2, 2, 4);
    world->visits [1].place = 99;
    assert_null (plan_open (&world->problem, error));
    assert_string_equal (error, "visit v1: place 99 of 0..79");
    world->visits [1].place = 1;
    world->shifts [1] [0].to = world->shifts [1] [0].from - 1;
    assert_null (plan_open (&world->problem, error));
    assert_non_null (strstr (error, "resource r1: shift 0 from"));
    world->shifts [1] [0].to = 70000;
    world->visits [0].after = 3;
    assert_null (plan_open (&world->problem, error));
    assert_non_null (strstr (error, "visit v0: it is after visit 3"));
    free (world);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_property_every_plan_of_every_kind_of_problem_can_be_done),
        cmocka_unit_test (test_the_same_problem_seed_and_threads_give_the_same_plan),
        cmocka_unit_test (test_nobody_is_left_out_who_has_a_place_that_costs_less),
        cmocka_unit_test (test_what_is_loaded_is_what_was_read),
        cmocka_unit_test (test_a_plan_that_can_not_be_is_refused_with_the_visit_and_the_rule),
        cmocka_unit_test (test_x2_a_lock_is_never_broken),
        cmocka_unit_test (test_x5_what_has_begun_stays_with_all_before_it),
        cmocka_unit_test (test_a_price_for_moving_people_moves_fewer_of_them),
        cmocka_unit_test (test_fewest_shifts_come_before_cost),
        cmocka_unit_test (test_n6_no_plan_is_cheaper_than_its_bound),
        cmocka_unit_test (test_n6_a_small_plan_is_proved_to_be_the_best),
        cmocka_unit_test (test_property_fewest_shifts_and_two_resources_keep_every_rule),
        cmocka_unit_test (test_what_can_not_be_loaded_leaves_nothing_half_done),
        cmocka_unit_test (test_x5_who_is_under_way_is_where_he_was_loaded_or_nowhere),
        cmocka_unit_test (test_what_is_too_large_to_be_counted_is_refused),
        cmocka_unit_test (test_a_problem_that_can_not_be_is_refused_with_the_element_and_the_value),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
