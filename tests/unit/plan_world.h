/* plan_world - problems made from a seed, for tests of the planner: every part of the model turns up in some of
 * them. */
#pragma once
#include "plan/plan.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORLD_RESOURCES = 12, WORLD_VISITS = 60, WORLD_PLACES = 80 };

typedef struct {
    plan_problem_t problem;
    plan_resource_t resources [WORLD_RESOURCES];
    plan_visit_t visits [WORLD_VISITS];
    plan_shift_t shifts [WORLD_RESOURCES] [2];
    plan_pause_t pauses [WORLD_RESOURCES] [2];
    plan_skill_t skills [WORLD_RESOURCES + WORLD_VISITS] [3];
    plan_part_t parts [WORLD_RESOURCES + WORLD_VISITS] [2];
    int32_t numbers [WORLD_RESOURCES + WORLD_VISITS] [6];
    plan_window_t windows [WORLD_VISITS] [2];
    char ids [WORLD_RESOURCES + WORLD_VISITS] [16];
    int32_t time [WORLD_PLACES * WORLD_PLACES], distance [WORLD_PLACES * WORLD_PLACES];
    uint64_t state;
} world_t;

static inline uint32_t
world_below (world_t *self, uint32_t bound)
{
    self->state = self->state * UINT64_C (6364136223846793005) + UINT64_C (1442695040888963407);
    return (uint32_t) ((self->state >> 33) % bound);
}

static inline bool
world_hit (world_t *self, uint32_t percent)
{
    return world_below (self, 100) < percent;
}

static inline void
world_places (world_t *self, bool is_plain)
{
    int x [WORLD_PLACES], y [WORLD_PLACES];
    for (int i = 0; i < WORLD_PLACES; i++)
        x [i] = (int) world_below (self, 3000), y [i] = (int) world_below (self, 3000);
    for (int i = 0; i < WORLD_PLACES; i++)
        for (int j = 0; j < WORLD_PLACES; j++) {
            int metres = abs (x [i] - x [j]) + abs (y [i] - y [j]);
            self->time [i * WORLD_PLACES + j] = metres / 2 + (is_plain || i == j ? 0 : (i * 7 + j * 13) % 60);
            self->distance [i * WORLD_PLACES + j] = metres;
        }
}

static inline void
world_resource (world_t *self, int r, bool is_plain)
{
    plan_resource_t *own = &self->resources [r];
    int32_t from = 28800 + 3600 * (int32_t) world_below (self, 3), place = (int32_t) world_below (self, WORLD_PLACES);
    snprintf (self->ids [r], sizeof self->ids [r], "r%d", r);
    self->shifts [r] [0] = (plan_shift_t) { from, from + 28800, place, is_plain || world_hit (self, 80) ? place
        : PLAN_NONE, 0 };
    *own = (plan_resource_t) { .id = self->ids [r], .shifts = self->shifts [r], .shift_count = 1, .capacity = 40 };
    for (int i = 0; i < 2; i++)
        self->skills [r] [i] = (plan_skill_t) { (int32_t) world_below (self, 4), 1 + (int32_t) world_below (self, 3),
            PLAN_NEVER };
    own->skills = self->skills [r];
    own->skill_count = 2;
    for (int i = 0; i < 2; i++)
        self->parts [r] [i] = (plan_part_t) { i, (int32_t) world_below (self, 6) };
    own->parts = self->parts [r];
    own->part_count = 2;
    self->numbers [r] [0] = (int32_t) world_below (self, 2);
    own->tools = self->numbers [r];
    own->tool_count = 1;
    if (is_plain)
        return;
    if (world_hit (self, 30)) {
        self->shifts [r] [1] = (plan_shift_t) { from + 86400, from + 86400 + 20000, place, place, 0 };
        own->shift_count = 2;
    }
    if (world_hit (self, 30))
        self->shifts [r] [0].overtime_max = 3600;
    if (world_hit (self, 40)) {
        self->pauses [r] [0] = (plan_pause_t) {
            from + 10800, from + 14400, world_hit (self, 50) ? PLAN_NONE : (int32_t) world_below (self, WORLD_PLACES)
        };
        own->pauses = self->pauses [r];
        own->pause_count = 1;
    }
    if (world_hit (self, 30))
        self->skills [r] [0].until = from + 18000;
    own->efficiency_percent = world_hit (self, 30) ? 80 + (int32_t) world_below (self, 60) : 0;
    own->price_per_hour = world_hit (self, 30) ? 700 : 0;
    own->price_per_distance = world_hit (self, 30) ? 300 : 0;
    own->visits_max = world_hit (self, 20) ? 4 : 0;
}

static inline void
world_links (world_t *self, int v, int resources)
{
    plan_visit_t *own = &self->visits [v];
    int32_t *numbers = self->numbers [WORLD_RESOURCES + v];
    if (world_hit (self, 10)) {
        numbers [0] = (int32_t) world_below (self, (uint32_t) resources), numbers [1] = 0;
        own->required = numbers, own->required_count = 2;
    } else if (world_hit (self, 10)) {
        numbers [0] = (int32_t) world_below (self, (uint32_t) resources);
        own->excluded = numbers, own->excluded_count = 1;
    }
    if (world_hit (self, 20)) {
        numbers [2] = (int32_t) world_below (self, (uint32_t) resources);
        own->preferred = &numbers [2], own->preferred_count = 1;
    }
    if (world_hit (self, 15)) {
        own->told_resource = (int32_t) world_below (self, (uint32_t) resources);
        own->told_at = 36000 + (int32_t) world_below (self, 18000);
    }
    if (world_hit (self, 8) && resources > 1)
        own->crew = 2;
    else if (world_hit (self, 8)) {
        own->lock = PLAN_LOCK_RESOURCE;
        own->fixed_resource = (int32_t) world_below (self, (uint32_t) resources);
    }
    if (v > 0 && world_hit (self, 8)) {
        own->after = (int32_t) world_below (self, (uint32_t) v);
        own->after_gap = 600;
        own->after_same_resource = own->crew < 2 && self->visits [own->after].crew < 2 && world_hit (self, 40);
    }
}

static inline void
world_visit (world_t *self, int v, int resources, bool is_plain)
{
    plan_visit_t *own = &self->visits [v];
    int slot = WORLD_RESOURCES + v;
    snprintf (self->ids [slot], sizeof self->ids [slot], "v%d", v);
    *own = (plan_visit_t) {
        .id = self->ids [slot], .place = (int32_t) world_below (self, WORLD_PLACES), .work = 600
        + 60 * (int32_t) world_below (self, 60),
        .load = 1 + (int32_t) world_below (self, 5), .priority = 1 + (int32_t) world_below (self, 100),
        .due = PLAN_NEVER,
        .unassigned_price = 2000 + 1000 * world_below (self, 20), .territory = PLAN_NONE, .after = PLAN_NONE,
        .told_resource = PLAN_NONE, .told_at = PLAN_NONE,
    };
    int32_t from = 28800 + 3600 * (int32_t) world_below (self, 7);
    self->windows [v] [0] = (plan_window_t) { from, from + 7200 + 3600 * (int32_t) world_below (self, 3) };
    own->windows = self->windows [v];
    own->window_count = world_hit (self, 80);
    if (world_hit (self, 60)) {
        self->skills [slot] [0] = (plan_skill_t) { (int32_t) world_below (self, 4), 1
            + (int32_t) world_below (self, 2), 0 };
        own->skills = self->skills [slot];
        own->skill_count = 1;
    }
    if (world_hit (self, 30)) {
        self->parts [slot] [0] = (plan_part_t) { (int32_t) world_below (self, 2), 1 + (int32_t) world_below (self, 2) };
        own->parts = self->parts [slot];
        own->part_count = 1;
    }
    if (is_plain)
        return;
    if (world_hit (self, 20)) {
        self->numbers [slot] [3] = (int32_t) world_below (self, 2);
        own->tools = &self->numbers [slot] [3];
        own->tool_count = 1;
    }
    if (own->window_count && world_hit (self, 20)) {
        self->windows [v] [1] = (plan_window_t) { self->windows [v] [0].to + 3600, self->windows [v] [0].to + 7200 };
        own->window_count = 2;
    }
    if (world_hit (self, 40)) {
        own->due = from + 1800;
        own->late_price_per_hour = 900;
    }
    if (v % 4 == 1) {
        own->wanted = from;
        own->delay_price_per_hour = 300;
    }
    world_links (self, v, resources);
}

/* Always the same for a seed. Even seeds are plain: windows, skills and parts only. */
static inline world_t *
world_make (uint64_t seed, int resources, int visits)
{
    world_t *self = calloc (1, sizeof *self);
    self->state = seed * UINT64_C (0x9E3779B97F4A7C15) + 1;
    bool is_plain = seed % 2 == 0;
    world_places (self, is_plain);
    for (int r = 0; r < resources; r++)
        world_resource (self, r, is_plain);
    for (int v = 0; v < visits; v++)
        world_visit (self, v, resources, is_plain);
    self->problem = (plan_problem_t) {
        .resources = self->resources, .visits = self->visits, .resource_count = resources, .visit_count = visits,
        .travel = { .places = WORLD_PLACES, .time = self->time, .distance = self->distance },
        .supply_place = is_plain || world_hit (self, 60) ? PLAN_NONE : 3,
        .policy = { .travel_per_hour = 3000 },
    };
    if (is_plain)
        return self;
    plan_policy_t *policy = &self->problem.policy;
    policy->travel_per_distance = world_hit (self, 50) ? 500 : 0;
    policy->work_time_per_hour = world_hit (self, 40) ? 1000 : 0;
    policy->wait_per_hour = world_hit (self, 30) ? 400 : 0;
    policy->overtime_per_hour = 1500;
    policy->price_of_use = world_hit (self, 30) ? 200 : 0;
    policy->preferred_missed = 250;
    policy->overskill_per_level = 90;
    policy->moved_resource = 300;
    policy->moved_per_hour = world_hit (self, 50) ? 120 : 0;
    policy->balance_per_hour = world_hit (self, 30) ? 100 : 0;
    return self;
}
