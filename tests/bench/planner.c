/* planner - days of field service made from a seed, and how fast and how well they are planned: one visit into a live
 * plan, a plan from nothing, a day that was disturbed.
 * usage: planner place ENGINEERS VISITS MORE SECONDS SEED        MORE visits into a plan improved for SECONDS
 *        planner whole|replan ENGINEERS VISITS SECONDS THREADS SEED
 * Prints "name value" lines; every plan is verified by plan_check. */
#include "plan/plan.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SKILLS = 12, PARTS = 40, SKILLS_EACH = 5, PARTS_EACH = 28, HOUR = 3600, PRICE_OF_PRIORITY = 7200 };

typedef struct { int32_t x, y; } spot_t;

typedef struct {
    plan_problem_t problem;
    plan_resource_t *resources;
    plan_visit_t *visits;
    spot_t *spots;                      /* in metres; visits, then homes */
    int engineers, count, more;
    uint64_t state;
} day_t;

static void *
s_array (size_t count, size_t size)
{
    void *array = calloc (count + 1, size);
    if (!array)
        abort ();
    return array;
}

static double
s_now (void)
{
    struct timespec at;
    clock_gettime (CLOCK_MONOTONIC, &at);
    return (double) at.tv_sec + 1e-9 * (double) at.tv_nsec;
}

static void
s_tell (const char *name, double value)
{
    printf ("%s %.6g\n", name, value);
}

/* ---- chance: splitmix64 (Steele, Lea, Flood, OOPSLA 2014), whole numbers, so that a seed is one problem everywhere */

static uint64_t
s_random (day_t *self)
{
    uint64_t z = self->state += UINT64_C (0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C (0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C (0x94d049bb133111eb);
    return z ^ z >> 31;
}

static int
s_below (day_t *self, int limit)
{
    return (int) ((s_random (self) >> 32) * (uint64_t) limit >> 32);
}

/* About normal: mean 0, deviation 100 (sum of twelve). */
static int
s_bell (day_t *self)
{
    int sum = -600;
    for (int i = 0; i < 12; i++)
        sum += s_below (self, 101);
    return sum;
}

/* ---- a day */

static void
s_leg (void *context, int from, int to, int32_t *ret_time, int32_t *ret_distance)
{
    const spot_t *spots = context;
    int64_t x = spots [from].x - spots [to].x, y = spots [from].y - spots [to].y, square = x * x + y * y;
    int64_t metres = (int64_t) sqrt ((double) square);
    metres = metres * 13 / 10;                                      /* roads are not straight */
    *ret_distance = (int32_t) metres;
    *ret_time = from == to ? 0 : (int32_t) (metres / 13 + 60);      /* 13 m/s, a minute to park */
}

/* Towns, and a quarter in the country: about 40 km2 an engineer. */
static void
s_make_spots (day_t *self)
{
    int total = self->count + self->more + self->engineers, towns = 4 + self->engineers / 30;
    int side = (int) (6300 * sqrt (self->engineers)), spread = (int) (side / sqrt (towns) / 4);
    spot_t *centres = s_array ((size_t) towns, sizeof *centres);
    for (int i = 0; i < towns; i++)
        centres [i] = (spot_t) { s_below (self, side), s_below (self, side) };
    for (int i = 0; i < total; i++) {
        int town = s_below (self, towns);
        spot_t spot = { s_below (self, side), s_below (self, side) };
        if (s_below (self, 4) != 0)
            spot = (spot_t) { centres [town].x + s_bell (self) * spread / 100,
                centres [town].y + s_bell (self) * spread / 100 };
        self->spots [i] = spot;
    }
    free (centres);
}

/* Twelve minutes and more; the median is half an hour, some take three. */
static int32_t
s_work (day_t *self)
{
    static const int minutes [] = { 18, 21, 24, 26, 29, 31, 34, 38, 44, 55, 100 };
    int at = s_below (self, 1000), part = at / 100;
    return 60 * (minutes [part] + (minutes [part + 1] - minutes [part]) * (at % 100) / 100);
}

static plan_window_t
s_window (day_t *self)
{
    int kind = s_below (self, 100), from;
    if (kind < 35) {
        from = 8 + 2 * s_below (self, 4);
        return (plan_window_t) { from * HOUR, (from + 2) * HOUR };
    }
    if (kind < 60)
        return s_below (self, 2) ? (plan_window_t) { 12 * HOUR, 17 * HOUR } : (plan_window_t) { 8 * HOUR, 12 * HOUR };
    if (kind < 75)
        return (plan_window_t) { 7 * HOUR, (10 + s_below (self, 7)) * HOUR };
    return (plan_window_t) { 7 * HOUR, 18 * HOUR };
}

static plan_visit_t
s_visit (day_t *self, int index)
{
    static const int of_hundred [] = { 15, 50, 85, 95, 100 };       /* priorities from the least on */
    plan_window_t *window = s_array (1, sizeof *window);
    plan_skill_t *skills = s_array (2, sizeof *skills);
    int32_t *tool = s_array (1, sizeof *tool);
    char *id = s_array (16, 1);
    int rank = 0, chance = s_below (self, 100);
    while (chance >= of_hundred [rank])
        rank++;
    snprintf (id, 16, "v%d", index);
    *window = s_window (self);
    skills [0] = (plan_skill_t) { s_below (self, SKILLS), 1, PLAN_NEVER };
    skills [1] = (plan_skill_t) { (skills [0].skill + 1 + s_below (self, SKILLS - 1)) % SKILLS, 1, PLAN_NEVER };
    *tool = s_below (self, PARTS);
    return (plan_visit_t) { .id = id, .place = index, .work = s_work (self), .priority = 5 - rank, .windows = window,
        .window_count = 1, .due = PLAN_NEVER, .unassigned_price = (int64_t) PRICE_OF_PRIORITY << rank, .skills = skills,
        .skill_count = 1 + (s_below (self, 100) < 15), .tools = tool, .tool_count = s_below (self, 100) < 30,
        .territory = PLAN_NONE, .after = PLAN_NONE, .fixed_at = PLAN_NONE, .fixed_resource = PLAN_NONE,
        .told_resource = PLAN_NONE, .told_at = PLAN_NONE };
}

/* Some of many, in order. */
static int32_t *
s_some (day_t *self, int some, int of)
{
    int32_t *chosen = s_array ((size_t) some, sizeof *chosen);
    for (int i = 0, taken = 0; taken < some; i++)
        if (s_below (self, of - i) < some - taken)
            chosen [taken++] = i;
    return chosen;
}

static plan_resource_t
s_engineer (day_t *self, int index)
{
    static const int begins [] = { 7, 8, 8, 10 };
    plan_shift_t *shift = s_array (1, sizeof *shift);
    plan_skill_t *skills = s_array (SKILLS_EACH, sizeof *skills);
    int32_t *chosen = s_some (self, SKILLS_EACH, SKILLS);
    char *id = s_array (16, 1);
    int home = self->count + self->more + index, begin = begins [s_below (self, 4)] * HOUR;
    snprintf (id, 16, "e%d", index);
    *shift = (plan_shift_t) { .from = begin, .to = begin + 8 * HOUR + HOUR / 2, .start_place = home,
        .end_place = home };
    for (int i = 0; i < SKILLS_EACH; i++)
        skills [i] = (plan_skill_t) { chosen [i], 1, PLAN_NEVER };
    free (chosen);
    return (plan_resource_t) { .id = id, .shifts = shift, .shift_count = 1, .skills = skills,
        .skill_count = SKILLS_EACH, .tools = s_some (self, PARTS_EACH, PARTS), .tool_count = PARTS_EACH };
}

/* Visits [count, count + more) are not in the problem: they come later. Memory is the process's. */
static day_t *
s_day (int engineers, int count, int more, uint64_t seed)
{
    day_t *self = s_array (1, sizeof *self);
    *self = (day_t) { .engineers = engineers, .count = count, .more = more, .state = seed };
    int total = count + more;
    self->spots = s_array ((size_t) (total + engineers), sizeof *self->spots);
    self->visits = s_array ((size_t) total, sizeof *self->visits);
    self->resources = s_array ((size_t) engineers, sizeof *self->resources);
    s_make_spots (self);
    for (int i = 0; i < total; i++)
        self->visits [i] = s_visit (self, i);
    for (int i = 0; i < engineers; i++)
        self->resources [i] = s_engineer (self, i);
    self->problem = (plan_problem_t) { .resources = self->resources, .visits = self->visits,
        .resource_count = engineers, .visit_count = count, .spare_visits = more, .supply_place = PLAN_NONE,
        .travel = { .places = total + engineers, .leg = s_leg, .context = self->spots },
        .policy = { .travel_per_hour = HOUR, .hour = HOUR } };
    return self;
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
    double began = s_now ();
    plan_t *plan = s_open (day);
    s_tell ("open_s", s_now () - began);
    began = s_now ();
    plan_build (plan);
    s_tell ("greedy_s", s_now () - began);
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

static void
s_place (int engineers, int visits, int more, double seconds, uint64_t seed)
{
    day_t *day = s_day (engineers, visits, more, seed);
    plan_t *plan = s_open (day);
    double *times [3], whole = 0, gain = 0;
    int found = 0;
    plan_placement_t placement = { .reasons = s_array ((size_t) engineers, sizeof (plan_reason_t)) };
    for (int i = 0; i < 3; i++)
        times [i] = s_array ((size_t) more, sizeof *times [i]);
    plan_build (plan);
    if (seconds > 0)
        s_improve (plan, seconds, 2, seed, 1);
    s_verify (day, plan, 0);
    for (int i = 0; i < more; i++) {
        int visit = plan_add (plan, &day->visits [visits + i]);
        double began = s_now ();
        plan_place (plan, visit, BEST, true, &placement);
        times [1] [i] = s_now () - began;
        began = s_now ();
        plan_place (plan, visit, BEST, false, &placement);
        times [0] [i] = s_now () - began;
        whole += times [0] [i];
        if (placement.best_count == 0)
            continue;
        plan_take (plan, visit, &placement.best [0]);
        plan_cost_t taken = plan_cost (plan);
        began = s_now ();
        plan_repair (plan, visit, REPAIR_ITERATIONS, seed + (uint64_t) i);
        times [2] [found++] = s_now () - began;
        plan_cost_t repaired = plan_cost (plan);
        gain += (double) (plan_cost_sum (&taken) - plan_cost_sum (&repaired)) / 60;
    }
    s_verify (day, plan, more);
    s_tell ("decisions_per_s", more / whole);
    s_tell_times ("place", times [0], more);
    s_tell_times ("displace", times [1], more);
    s_tell_times ("repair", times [2], found);
    s_tell ("repair_gain_min", gain / found);
    s_tell ("placed_percent", 100.0 * found / more);
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
