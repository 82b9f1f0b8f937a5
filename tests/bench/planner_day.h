/* planner_day - days of field service made from a seed: towns, country, twelve skills, tools, windows, priorities. */
#pragma once
#include "plan/plan.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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
