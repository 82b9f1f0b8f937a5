/* planner - days of field service made from a seed, and how fast and how well they are planned: one visit into a live
 * plan, a plan from nothing, a day that was disturbed.
 * usage: planner place ENGINEERS VISITS MORE SECONDS SEED        MORE visits into a plan improved for SECONDS
 *        planner whole|replan ENGINEERS VISITS SECONDS THREADS SEED
 * Prints "name value" lines; every plan is verified by plan_check. */
#include "planner_day.h"
#include <string.h>
#include <time.h>

static double
s_now (void)
{
    struct timespec at;
    clock_gettime (CLOCK_MONOTONIC, &at);
    return (double) at.tv_sec + 1e-9 * (double) at.tv_nsec;
}

/* Of this thread alone: what a busy machine adds is not in it. */
static double
s_cpu (void)
{
    struct timespec at;
    clock_gettime (CLOCK_THREAD_CPUTIME_ID, &at);
    return (double) at.tv_sec + 1e-9 * (double) at.tv_nsec;
}

static void
s_tell (const char *name, double value)
{
    printf ("%s %.6g\n", name, value);
}

/* ---- plans */

static plan_t *
s_open (const day_t *day)
{
    char error [PLAN_ERROR_SIZE];
    plan_t *plan = plan_open (&day->problem, error);
    if (plan)
        return plan;
    fprintf (stderr, "planner: %s\n", error);
    exit (1);
}

/* Its routes, to be kept; stops stay only until the plan is asked again. */
static plan_route_t *
s_routes (plan_t *plan, int *ret_count)
{
    *ret_count = plan_route_count (plan);
    plan_route_t *routes = s_array ((size_t) *ret_count, sizeof *routes);
    for (int i = 0; i < *ret_count; i++) {
        routes [i] = plan_route (plan, i);
        plan_stop_t *stops = s_array ((size_t) routes [i].stop_count, sizeof *stops);
        memcpy (stops, routes [i].stops, (size_t) routes [i].stop_count * sizeof *stops);
        routes [i].stops = stops;
    }
    return routes;
}

/* What it costs, as the checker says; a plan that is not one ends everything. added: visits that came later. */
static plan_cost_t
s_verify (const day_t *day, plan_t *plan, int added)
{
    char error [PLAN_ERROR_SIZE];
    int count;
    plan_cost_t cost, told = plan_cost (plan);
    plan_problem_t problem = day->problem;
    problem.visit_count += added;
    plan_route_t *routes = s_routes (plan, &count);
    bool is_good = plan_check (&problem, routes, count, &cost, error);
    if (!is_good)
        fprintf (stderr, "planner: the plan does not keep the rules: %s\n", error);
    else if (plan_cost_sum (&cost) != plan_cost_sum (&told))
        fprintf (stderr, "planner: the plan says it costs %lld, the checker %lld\n", (long long) plan_cost_sum (&told),
            (long long) plan_cost_sum (&cost));
    if (!is_good || plan_cost_sum (&cost) != plan_cost_sum (&told))
        exit (1);
    return cost;
}

/* Effort counts: the clock is far away. */
static void
s_improve (plan_t *plan, double seconds, int threads, uint64_t seed, double warmth)
{
    plan_effort_t effort;
    plan_improve (plan, &(plan_budget_t) { .seconds = seconds, .clock_seconds = 20 * seconds, .threads = threads,
        .seed = seed, .warmth = warmth }, &effort);
}

static double
s_hours (const plan_cost_t *cost)
{
    return (double) cost->quantity [PLAN_TERM_TRAVEL] / HOUR;
}

static int
s_by_value (const void *left, const void *right)
{
    double a = *(const double *) left, b = *(const double *) right;
    return (a > b) - (a < b);
}

/* p50 and p99 of times, in microseconds. */
static void
s_tell_times (const char *name, double *seconds, int count)
{
    char text [64];
    qsort (seconds, (size_t) count, sizeof *seconds, s_by_value);
    snprintf (text, sizeof text, "%s_p50_us", name);
    s_tell (text, 1e6 * seconds [count / 2]);
    snprintf (text, sizeof text, "%s_p99_us", name);
    s_tell (text, 1e6 * seconds [(int) (count * 0.99)]);
}

/* ---- from nothing */

static void
s_whole (int engineers, int visits, double seconds, int threads, uint64_t seed)
{
    day_t *day = s_day (engineers, visits, 0, seed);
    double began = s_now (), cpu_began = s_cpu ();
    plan_t *plan = s_open (day);
    s_tell ("open_s", s_now () - began);
    s_tell ("open_cpu_s", s_cpu () - cpu_began);
    began = s_now (), cpu_began = s_cpu ();
    plan_build (plan);
    s_tell ("greedy_s", s_now () - began);
    s_tell ("greedy_cpu_s", s_cpu () - cpu_began);
    plan_cost_t greedy = s_verify (day, plan, 0);
    s_tell ("greedy_travel_h", s_hours (&greedy));
    s_tell ("greedy_unassigned", plan_unassigned_count (plan));
    began = s_now ();
    s_improve (plan, seconds, threads, seed, 1);
    s_tell ("improve_s", s_now () - began);
    plan_cost_t better = s_verify (day, plan, 0);
    s_tell ("travel_h", s_hours (&better));
    s_tell ("unassigned", plan_unassigned_count (plan));
    s_tell ("less_travel_percent", 100 - 100 * s_hours (&better) / s_hours (&greedy));
    plan_close (&plan);
}

/* ---- one visit now */

enum { BEST = 5, REPAIR_ITERATIONS = 400 };

typedef enum { PLACE, DISPLACE, REPAIR, QUESTIONS } question_t;

/* Of each question how long it took, by the clock and of the processor. */
typedef struct { double *clock [QUESTIONS], *cpu [QUESTIONS], began, cpu_began; int count [QUESTIONS]; } times_t;

static void
s_begin (times_t *self)
{
    self->began = s_now ();
    self->cpu_began = s_cpu ();
}

static void
s_end (times_t *self, question_t question)
{
    int index = self->count [question]++;
    self->cpu [question] [index] = s_cpu () - self->cpu_began;
    self->clock [question] [index] = s_now () - self->began;
}

static void
s_tell_questions (times_t *self)
{
    static const char *const names [] = { "place", "displace", "repair" };
    char text [64];
    double whole = 0, whole_cpu = 0;
    for (int i = 0; i < self->count [PLACE]; i++)
        whole += self->clock [PLACE] [i], whole_cpu += self->cpu [PLACE] [i];
    s_tell ("decisions_per_s", self->count [PLACE] / whole);
    s_tell ("decisions_per_cpu_s", self->count [PLACE] / whole_cpu);
    for (int i = 0; i < QUESTIONS; i++) {
        snprintf (text, sizeof text, "%s_cpu", names [i]);
        s_tell_times (text, self->cpu [i], self->count [i]);
        s_tell_times (names [i], self->clock [i], self->count [i]);
    }
}

static void
s_place (int engineers, int visits, int more, double seconds, uint64_t seed)
{
    day_t *day = s_day (engineers, visits, more, seed);
    plan_t *plan = s_open (day);
    times_t times = { .began = 0 };
    double gain = 0;
    plan_placement_t placement = { .reasons = s_array ((size_t) engineers, sizeof (plan_reason_t)) };
    for (int i = 0; i < QUESTIONS; i++) {
        times.clock [i] = s_array ((size_t) more, sizeof (double));
        times.cpu [i] = s_array ((size_t) more, sizeof (double));
    }
    plan_build (plan);
    if (seconds > 0)
        s_improve (plan, seconds, 2, seed, 1);
    s_verify (day, plan, 0);
    for (int i = 0; i < more; i++) {
        int visit = plan_add (plan, &day->visits [visits + i]);
        s_begin (&times);
        plan_place (plan, visit, BEST, true, &placement);
        s_end (&times, DISPLACE);
        s_begin (&times);
        plan_place (plan, visit, BEST, false, &placement);
        s_end (&times, PLACE);
        if (placement.best_count == 0)
            continue;
        plan_take (plan, visit, &placement.best [0]);
        plan_cost_t taken = plan_cost (plan);
        s_begin (&times);
        plan_repair (plan, visit, REPAIR_ITERATIONS, seed + (uint64_t) i);
        s_end (&times, REPAIR);
        plan_cost_t repaired = plan_cost (plan);
        gain += (double) (plan_cost_sum (&taken) - plan_cost_sum (&repaired)) / 60;
    }
    s_verify (day, plan, more);
    s_tell_questions (&times);
    s_tell ("repair_gain_min", gain / times.count [REPAIR]);
    s_tell ("placed_percent", 100.0 * times.count [REPAIR] / more);
    plan_close (&plan);
}

/* ---- a disturbed day: one in twenty is cancelled, as many come new */

/* The visits of the day as they are told, without those cancelled; number: of each of the day's, or PLAN_NONE. */
static day_t *
s_disturb (const day_t *day, const plan_route_t *routes, int route_count, int *number)
{
    day_t *other = s_array (1, sizeof *other);
    int total = day->count + day->more, count = 0;
    *other = *day;
    other->visits = s_array ((size_t) total, sizeof *other->visits);
    for (int i = 0; i < total; i++) {
        number [i] = i < day->count && s_below (other, 20) == 0 ? PLAN_NONE : count;
        if (number [i] != PLAN_NONE)
            other->visits [count++] = day->visits [i];
    }
    for (int i = 0; i < route_count; i++)
        for (int stop = 0; stop < routes [i].stop_count; stop++)
            if (number [routes [i].stops [stop].visit] != PLAN_NONE)
                other->visits [number [routes [i].stops [stop].visit]].told_resource = routes [i].resource;
    other->problem.visits = other->visits;
    other->problem.visit_count = count;
    other->problem.spare_visits = 0;
    return other;
}

static void
s_load (const day_t *other, plan_t *plan, const plan_route_t *routes, int route_count, const int *number)
{
    char error [PLAN_ERROR_SIZE];
    plan_route_t *kept = s_array ((size_t) route_count, sizeof *kept);
    for (int i = 0; i < route_count; i++) {
        plan_stop_t *stops = s_array ((size_t) routes [i].stop_count, sizeof *stops);
        kept [i] = (plan_route_t) { .resource = routes [i].resource, .shift = routes [i].shift, .stops = stops };
        for (int stop = 0; stop < routes [i].stop_count; stop++)
            if (number [routes [i].stops [stop].visit] != PLAN_NONE)
                stops [kept [i].stop_count++].visit = number [routes [i].stops [stop].visit];
    }
    if (!plan_load (plan, kept, route_count, error)) {
        fprintf (stderr, "planner: %s\n", error);
        exit (1);
    }
    plan_build (plan);
    s_verify (other, plan, 0);
}

/* What the plan costs but for the moves, and how many moved. */
static double
s_cost_of (const day_t *other, plan_t *plan, int *ret_moved)
{
    plan_cost_t cost = s_verify (other, plan, 0);
    *ret_moved = 0;
    for (int i = 0; i < other->problem.visit_count; i++) {
        int resource, shift, position;
        if (other->visits [i].told_resource != PLAN_NONE && plan_where (plan, i, &resource, &shift, &position))
            *ret_moved += resource != other->visits [i].told_resource;
    }
    return (double) (plan_cost_sum (&cost) - cost.amount [PLAN_TERM_MOVED]);
}

static void
s_replan (int engineers, int visits, double seconds, int threads, uint64_t seed)
{
    static const int minutes [] = { 0, 5, 10, 15 };
    day_t *day = s_day (engineers, visits, visits / 20, seed);
    plan_t *plan = s_open (day);
    int count, moved, *number = s_array ((size_t) (day->count + day->more), sizeof *number);
    double free_gain = 0;
    s_improve (plan, 10, threads, seed, 1);
    plan_route_t *routes = s_routes (plan, &count);
    day_t *other = s_disturb (day, routes, count, number);
    plan_close (&plan);
    for (size_t i = 0; i < sizeof minutes / sizeof *minutes; i++) {
        char name [64];
        other->problem.policy.moved_resource = 60 * minutes [i];
        plan = s_open (other);
        s_load (other, plan, routes, count, number);
        double before = s_cost_of (other, plan, &moved);
        s_improve (plan, seconds, threads, seed, 0.1);
        double gain = before - s_cost_of (other, plan, &moved);
        free_gain = i == 0 ? gain : free_gain;
        snprintf (name, sizeof name, "moved_%d_percent", minutes [i]);
        s_tell (name, 100.0 * moved / other->problem.visit_count);
        snprintf (name, sizeof name, "kept_%d_percent", minutes [i]);
        s_tell (name, free_gain > 0 ? 100 * gain / free_gain : 0);
        plan_close (&plan);
    }
    s_tell ("free_gain_min", free_gain / 60);
}

int
main (int argc, char **argv)
{
    if (argc != 7)
        return fprintf (stderr, "usage: planner place|whole|replan ENGINEERS VISITS MORE|SECONDS "
            "SECONDS|THREADS SEED\n"), 2;
    int engineers = (int) strtol (argv [2], NULL, 10), visits = (int) strtol (argv [3], NULL, 10);
    uint64_t seed = strtoull (argv [6], NULL, 10);
    if (strcmp (argv [1], "place") == 0)
        s_place (engineers, visits, (int) strtol (argv [4], NULL, 10), strtod (argv [5], NULL), seed);
    else if (strcmp (argv [1], "whole") == 0)
        s_whole (engineers, visits, strtod (argv [4], NULL), (int) strtol (argv [5], NULL, 10), seed);
    else
        s_replan (engineers, visits, strtod (argv [4], NULL), (int) strtol (argv [5], NULL, 10), seed);
    return 0;
}
