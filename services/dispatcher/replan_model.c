/* replan_model - the planner's arrays from the message, and the day as it is now. */
#include "replan_model.h"
#include "travel.h"
#include <stdlib.h>

enum { HOUR = 60 };

static void
s_leg (void *context, int from, int to, int32_t *ret_time, int32_t *ret_distance)
{
    const day_problem_t *day = context;
    leg_t leg = travel_leg (from ? day->places [from] : NULL, to ? day->places [to] : NULL, day->policy);
    *ret_time = (int32_t) leg.minutes;
    *ret_distance = (int32_t) leg.distance_m;
}

static const plan_skill_t *
s_skills (arena_t *arena, day_skill_t *const *list, size_t count)
{
    plan_skill_t *skills = arena_array (arena, count + 1, sizeof *skills);
    for (size_t i = 0; i < count; i++)
        skills [i] = (plan_skill_t) { list [i]->skill, list [i]->level, list [i]->until_minute };
    return skills;
}

static plan_resource_t
s_resource (arena_t *arena, const day_problem_t *day, const day_person_t *person)
{
    plan_shift_t *shift = arena_alloc (arena, sizeof *shift);
    plan_pause_t *pauses = arena_array (arena, person->n_pauses + 1, sizeof *pauses);
    int shift_count = person->shift ? 1 : 0, pause_count = person->shift ? (int) person->n_pauses : 0;
    if (person->shift)
        *shift = (plan_shift_t) { person->shift->from_minute, person->shift->to_minute, person->shift->place,
            PLAN_NONE, (int32_t) day->policy->overtime_max_minutes };
    for (int i = 0; i < pause_count; i++)
        pauses [i] = (plan_pause_t) { person->pauses [i]->from_minute, person->pauses [i]->to_minute,
            person->pauses [i]->place };
    return (plan_resource_t) {
        .id = person->engineer_id, .shifts = shift, .shift_count = shift_count, .pauses = pauses,
        .pause_count = pause_count, .skills = s_skills (arena, person->skills, person->n_skills),
        .skill_count = (int) person->n_skills, .efficiency_percent = person->efficiency_percent,
    };
}

static plan_visit_t
s_visit (arena_t *arena, const day_visit_t *visit)
{
    plan_window_t *windows = arena_array (arena, visit->n_windows + 1, sizeof *windows);
    for (size_t i = 0; i < visit->n_windows; i++)
        windows [i] = (plan_window_t) { visit->windows [i]->from_minute, visit->windows [i]->to_minute };
    return (plan_visit_t) {
        .id = visit->work_order_id, .place = visit->place, .work = visit->work_minutes,
        .priority = visit->priority, .windows = windows, .window_count = (int) visit->n_windows,
        .due = visit->due_minute < 0 ? PLAN_NEVER : visit->due_minute,
        .late_price_per_hour = visit->late_per_hour_minor, .unassigned_price = visit->unassigned_minor,
        .skills = s_skills (arena, visit->skills, visit->n_skills), .skill_count = (int) visit->n_skills,
        .territory = PLAN_NONE,
        .preferred = visit->preferred, .preferred_count = (int) visit->n_preferred,
        .excluded = visit->excluded, .excluded_count = (int) visit->n_excluded, .after = PLAN_NONE,
        .lock = visit->fixed_person < 0 ? PLAN_LOCK_NONE : PLAN_LOCK_RESOURCE,
        .fixed_resource = visit->fixed_person,
        .told_resource = visit->is_told ? visit->from_person : PLAN_NONE, .told_at = visit->from_minute,
    };
}

plan_problem_t
replan_model (arena_t *arena, const day_problem_t *day, int64_t moved_times)
{
    const dispatch_policy_details_t *policy = day->policy;
    plan_resource_t *resources = arena_array (arena, day->n_people + 1, sizeof *resources);
    plan_visit_t *visits = arena_array (arena, day->n_visits + 1, sizeof *visits);
    for (size_t i = 0; i < day->n_people; i++)
        resources [i] = s_resource (arena, day, day->people [i]);
    for (size_t i = 0; i < day->n_visits; i++)
        visits [i] = s_visit (arena, day->visits [i]);
    return (plan_problem_t) {
        .resources = resources, .resource_count = (int) day->n_people,
        .visits = visits, .visit_count = (int) day->n_visits,
        .travel = { .places = (int) day->n_places, .leg = s_leg, .context = (void *) day },
        .supply_place = PLAN_NONE,
        .policy = {
            .travel_per_hour = policy->travel_per_minute_minor * HOUR,
            .travel_per_distance = policy->travel_per_km_minor,
            .overtime_per_hour = policy->overtime_per_hour_minor,
            .preferred_missed = policy->preferred_missed_minor * 2,     /* two steps, as everywhere */
            .overskill_per_level = policy->overskill_per_level_minor,
            .moved_resource = policy->moved_visit_minor * moved_times,
            .moved_per_hour = policy->moved_per_hour_minor * moved_times,
            .balance_per_hour = policy->load_per_booked_hour_minor, .hour = HOUR,
        },
    };
}

/* ---- as it is now */

typedef struct { int32_t begins, visit; } told_t;

static int
s_by_begin (const void *left, const void *right)
{
    const told_t *a = left, *b = right;
    return a->begins != b->begins ? (a->begins > b->begins ? 1 : -1) : a->visit - b->visit;
}

/* His visits in order; those that can not be kept are left out. */
static plan_route_t
s_route (plan_t *plan, arena_t *arena, const day_problem_t *day, int32_t person)
{
    char error [PLAN_ERROR_SIZE];
    told_t *told = arena_array (arena, day->n_visits + 1, sizeof *told);
    int count = 0;
    for (size_t i = 0; i < day->n_visits; i++)
        if (day->visits [i]->from_person == person && day->people [person]->shift)
            told [count++] = (told_t) { day->visits [i]->from_minute, (int32_t) i };
    qsort (told, (size_t) count, sizeof *told, s_by_begin);
    plan_stop_t *stops = arena_array (arena, (size_t) count + 1, sizeof *stops);
    plan_route_t route = { .resource = person, .stops = stops };
    for (int i = 0; i < count; i++) {
        stops [route.stop_count++] = (plan_stop_t) { .visit = told [i].visit, .begins = told [i].begins };
        if (!plan_load (plan, &route, 1, error))
            route.stop_count--;
    }
    return route;
}

void
replan_load (plan_t *plan, arena_t *arena, const day_problem_t *day)
{
    char error [PLAN_ERROR_SIZE];
    plan_route_t *routes = arena_array (arena, day->n_people + 1, sizeof *routes);
    int count = 0;
    for (size_t i = 0; i < day->n_people; i++) {
        routes [count] = s_route (plan, arena, day, (int32_t) i);
        count += routes [count].stop_count > 0;
    }
    /* no rule binds routes to each other: what loads alone loads together */
    (void) plan_load (plan, routes, count, error);
}

int32_t
replan_departure (const day_person_t *person, int32_t arrives, int32_t travel)
{
    for (size_t i = person->n_pauses; i-- > 0; ) {
        const day_stretch_t *pause = person->pauses [i];
        if (pause->place < 0 && pause->to_minute <= arrives && pause->to_minute > arrives - travel) {
            travel -= arrives - pause->to_minute;
            arrives = pause->from_minute;
        }
    }
    return arrives - travel;
}
