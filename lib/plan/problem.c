/* problem - what a problem must be before it is worth compiling. */
#include "model.h"
#include <stdarg.h>
#include <stdio.h>

typedef struct {
    const plan_problem_t *problem;
    char *error;
} judge_t;

static bool __attribute__ ((format (printf, 2, 3)))
s_wrong (judge_t *self, const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (self->error, PLAN_ERROR_SIZE, format, arguments);
    va_end (arguments);
    return false;
}

static bool
s_is_time (int32_t value)
{
    return value >= 0 && value <= PLAN_NEVER;
}

static bool
s_is_place (const judge_t *self, int32_t place)
{
    return place >= 0 && place < self->problem->travel.places;
}

static bool
s_numbers (judge_t *self, const char *what, const char *id, const char *of, const int32_t *list, int count,
    int32_t limit)
{
    for (int i = 0; i < count; i++)
        if (list [i] < 0 || list [i] >= limit)
            return s_wrong (self, "%s %s: %s %d is not in 0..%d", what, id, of, list [i], limit - 1);
    return true;
}

static bool
s_skills (judge_t *self, const char *what, const char *id, const plan_skill_t *list, int count)
{
    for (int i = 0; i < count; i++)
        if (list [i].skill < 0 || list [i].skill >= PLAN_SKILLS_MAX)
            return s_wrong (self, "%s %s: skill %d is not in 0..%d", what, id, list [i].skill, PLAN_SKILLS_MAX - 1);
    return true;
}

static bool
s_parts (judge_t *self, const char *what, const char *id, const plan_part_t *list, int count)
{
    for (int i = 0; i < count; i++) {
        if (list [i].part < 0 || list [i].part >= PLAN_PARTS_MAX)
            return s_wrong (self, "%s %s: part %d is not in 0..%d", what, id, list [i].part, PLAN_PARTS_MAX - 1);
        for (int k = 0; k < i; k++)
            if (list [k].part == list [i].part && *what == 'v')
                return s_wrong (self, "%s %s: part %d is there twice: give one quantity", what, id, list [i].part);
        if (list [i].quantity < 0)
            return s_wrong (self, "%s %s: %d of part %d is less than none", what, id, list [i].quantity, list [i].part);
    }
    return true;
}

static bool
s_shift (judge_t *self, const plan_resource_t *resource, int number)
{
    const plan_shift_t *shift = &resource->shifts [number];
    if (!s_is_time (shift->from) || !s_is_time (shift->to) || shift->to < shift->from)
        return s_wrong (self, "resource %s: shift %d from %d to %d is no stretch of time", resource->id, number,
            shift->from, shift->to);
    if (shift->overtime_max < 0 || shift->overtime_max > PLAN_NEVER - shift->to)
        return s_wrong (self, "resource %s: shift %d: overtime of at most %d", resource->id, number,
            shift->overtime_max);
    if (number > 0 && shift->from < shift [-1].to)
        return s_wrong (self, "resource %s: shift %d begins at %d, before the one before ends at %d", resource->id,
            number, shift->from, shift [-1].to);
    if (!s_is_place (self, shift->start_place)
        || (shift->end_place != PLAN_NONE && !s_is_place (self, shift->end_place)))
        return s_wrong (self, "resource %s: shift %d: place %d to %d of 0..%d", resource->id, number,
            shift->start_place,
            shift->end_place, self->problem->travel.places - 1);
    return true;
}

static bool
s_pause (judge_t *self, const plan_resource_t *resource, int number)
{
    const plan_pause_t *pause = &resource->pauses [number];
    bool is_inside = false;
    for (int i = 0; i < resource->shift_count; i++)
        is_inside |= pause->from >= resource->shifts [i].from && pause->to <= resource->shifts [i].to;
    if (!is_inside || pause->to < pause->from || (number > 0 && pause->from < pause [-1].to))
        return s_wrong (self, "resource %s: pause %d from %d to %d must lie in one shift and after the one before",
            resource->id, number, pause->from, pause->to);
    if (pause->place != PLAN_NONE && !s_is_place (self, pause->place))
        return s_wrong (self, "resource %s: pause %d: no place %d", resource->id, number, pause->place);
    return true;
}

static bool
s_resource (judge_t *self, const plan_resource_t *resource)
{
    if (!resource->id)
        return s_wrong (self, "resource %d has no id", (int) (resource - self->problem->resources));
    for (int i = 0; i < resource->shift_count; i++)
        if (!s_shift (self, resource, i))
            return false;
    for (int i = 0; i < resource->pause_count; i++)
        if (!s_pause (self, resource, i))
            return false;
    int32_t efficiency = resource->efficiency_percent;
    if (efficiency && (efficiency < 25 || efficiency > 400))
        return s_wrong (self, "resource %s: efficiency %d %% is not in 25..400", resource->id, efficiency);
    if (resource->capacity < 0 || resource->visits_max < 0)
        return s_wrong (self, "resource %s: capacity %d, at most %d visits: less than none", resource->id,
            resource->capacity, resource->visits_max);
    if (resource->price_per_hour < 0 || resource->price_per_distance < 0 || resource->price_of_use < 0)
        return s_wrong (self, "resource %s: a price is less than nothing", resource->id);
    return s_skills (self, "resource", resource->id, resource->skills, resource->skill_count)
           && s_parts (self, "resource", resource->id, resource->parts, resource->part_count)
           && s_numbers (self, "resource", resource->id, "tool", resource->tools, resource->tool_count, PLAN_SKILLS_MAX)
           && s_numbers (self, "resource", resource->id, "territory", resource->territories, resource->territory_count,
            PLAN_SKILLS_MAX);
}

static bool
s_windows (judge_t *self, const plan_visit_t *visit)
{
    for (int i = 0; i < visit->window_count; i++) {
        const plan_window_t *window = &visit->windows [i];
        if (!s_is_time (window->from) || !s_is_time (window->to) || window->to < window->from
            || (i > 0 && window->from <= window [-1].to))
            return s_wrong (self, "visit %s: window %d from %d to %d must be a stretch of time after the one before",
                visit->id, i, window->from, window->to);
    }
    return true;
}

static bool
s_links (judge_t *self, const plan_visit_t *visit)
{
    int index = (int) (visit - self->problem->visits), resources = self->problem->resource_count;
    if (visit->crew < 0 || visit->crew > resources)
        return s_wrong (self, "visit %s: a crew of %d of %d resources", visit->id, visit->crew, resources);
    if (visit->crew > 1 && (visit->lock || visit->after_same_resource))
        return s_wrong (self, "visit %s: a crew of %d can not be locked or follow by the same resource", visit->id,
            visit->crew);
    if (visit->after != PLAN_NONE && (visit->after < 0 || visit->after >= index))
        return s_wrong (self, "visit %s: it is after visit %d, which must come before it in the list (0..%d)",
            visit->id,
            visit->after, index - 1);
    if (visit->after_gap < 0 || visit->after_gap > PLAN_NEVER)
        return s_wrong (self, "visit %s: %d after the other is no time", visit->id, visit->after_gap);
    if ((visit->lock & PLAN_LOCK_TIME) && !s_is_time (visit->fixed_at))
        return s_wrong (self, "visit %s: locked at %d, which is no time", visit->id, visit->fixed_at);
    if ((visit->lock & PLAN_LOCK_RESOURCE) && (visit->fixed_resource < 0 || visit->fixed_resource >= resources))
        return s_wrong (self, "visit %s: locked to resource %d of 0..%d", visit->id, visit->fixed_resource,
            resources - 1);
    if (visit->told_resource != PLAN_NONE && (visit->told_resource < 0 || visit->told_resource >= resources))
        return s_wrong (self, "visit %s: told that resource %d of 0..%d comes", visit->id, visit->told_resource,
            resources - 1);
    return true;
}

static bool
s_visit (judge_t *self, const plan_visit_t *visit)
{
    int resources = self->problem->resource_count;
    if (!visit->id)
        return s_wrong (self, "visit %d has no id", (int) (visit - self->problem->visits));
    if (!s_is_place (self, visit->place))
        return s_wrong (self, "visit %s: place %d of 0..%d", visit->id, visit->place, self->problem->travel.places - 1);
    if (visit->work < 0 || visit->work > PLAN_WORK_MAX || !s_is_time (visit->due))
        return s_wrong (self, "visit %s: work of %d is not in 0..%d, or due at %d not in 0..%d", visit->id, visit->work,
            PLAN_WORK_MAX, visit->due, PLAN_NEVER);
    if (!s_is_time (visit->wanted))
        return s_wrong (self, "visit %s: wanted at %d, which is not in 0..%d", visit->id, visit->wanted, PLAN_NEVER);
    if (visit->load < 0 || visit->late_price_per_hour < 0 || visit->delay_price_per_hour < 0
        || visit->unassigned_price < 0)
        return s_wrong (self, "visit %s: load %d or a price is less than nothing", visit->id, visit->load);
    if (visit->territory != PLAN_NONE && (visit->territory < 0 || visit->territory >= PLAN_SKILLS_MAX))
        return s_wrong (self, "visit %s: territory %d is not in 0..%d", visit->id, visit->territory,
            PLAN_SKILLS_MAX - 1);
    return s_windows (self, visit) && s_links (self, visit)
           && s_skills (self, "visit", visit->id, visit->skills, visit->skill_count)
           && s_parts (self, "visit", visit->id, visit->parts, visit->part_count)
           && s_numbers (self, "visit", visit->id, "tool", visit->tools, visit->tool_count, PLAN_SKILLS_MAX)
           && s_numbers (self, "visit", visit->id, "required resource", visit->required, visit->required_count,
           resources)
           && s_numbers (self, "visit", visit->id, "preferred resource", visit->preferred, visit->preferred_count,
           resources)
           && s_numbers (self, "visit", visit->id, "excluded resource", visit->excluded, visit->excluded_count,
           resources);
}

static bool
s_policy (judge_t *self)
{
    const plan_policy_t *policy = &self->problem->policy;
    const int64_t prices [] = {
        policy->travel_per_hour, policy->travel_per_distance, policy->work_time_per_hour, policy->wait_per_hour,
        policy->overtime_per_hour, policy->price_of_use, policy->preferred_missed, policy->overskill_per_level,
        policy->moved_resource, policy->moved_per_hour, policy->balance_per_hour, policy->must_price,
    };
    for (size_t i = 0; i < sizeof prices / sizeof *prices; i++)
        if (prices [i] < 0 || prices [i] > INT64_C (1000000000000))
            return s_wrong (self, "policy: price %zu is %lld: prices are 0..10^12", i, (long long) prices [i]);
    if (policy->hour < 0 || policy->hour > 100000000)
        return s_wrong (self, "policy: an hour of %d units", policy->hour);
    return true;
}

money_t
problem_unassigned (const plan_problem_t *problem, const plan_visit_t *visit, money_t most)
{
    const plan_policy_t *policy = &problem->policy;
    money_t hour = policy->hour ? policy->hour : 3600;
    int64_t price = visit->unassigned_price ? visit->unassigned_price
        : policy->must_price ? policy->must_price : PLAN_MUST_PRICE;
    return price < most / hour ? price * hour : most;
}

/* The largest that they may all have at once, found bit by bit. */
money_t
problem_unassigned_most (const plan_problem_t *problem)
{
    enum { BITS = 61 };
    money_t most = 0;
    for (int bit = BITS - 1; bit >= 0; bit--) {
        money_t tried = most + (INT64_C (1) << bit);
        if (tried > MONEY_MAX / 2)
            continue;
        __int128 sum = (__int128) tried * problem->spare_visits;
        for (int i = 0; i < problem->visit_count; i++)
            sum += problem_unassigned (problem, &problem->visits [i], tried);
        most = sum <= MONEY_MAX / 2 ? tried : most;
    }
    return most;
}

/* Who is left out only because his price is cut must cost less than the dearest place there can be. */
static bool
s_prices_hold (judge_t *self, double dearest)
{
    const plan_problem_t *problem = self->problem;
    money_t most = problem_unassigned_most (problem), hour = problem->policy.hour ? problem->policy.hour : 3600;
    if (dearest <= (double) most)
        return true;
    for (int i = 0; i < problem->visit_count; i++)
        if (problem_unassigned (problem, &problem->visits [i], most) == most)
            return s_wrong (self, "visit %s: leaving it out can be counted up to %.3g beside the others, and a place "
                "can cost %.3g: give smaller prices", problem->visits [i].id, (double) most / (double) hour,
                dearest / (double) hour);
    return true;
}

/* What a plan can cost at most must be countable beside what is unassigned. Distance is left to its own limit. */
static bool
s_countable (judge_t *self)
{
    const plan_problem_t *problem = self->problem;
    const plan_policy_t *policy = &problem->policy;
    int64_t hour = policy->hour ? policy->hour : 3600;
    double most = 0, latest = 0, longest = 0, visits = 0;
    for (int i = 0; i < problem->resource_count; i++)
        for (int k = 0; k < problem->resources [i].shift_count; k++) {
            const plan_resource_t *resource = &problem->resources [i];
            double end = (double) resource->shifts [k].to + resource->shifts [k].overtime_max;
            double per_hour = (double) policy->travel_per_hour + (double) policy->work_time_per_hour
                + (double) resource->price_per_hour + (double) policy->wait_per_hour
                + (double) policy->overtime_per_hour + (double) policy->balance_per_hour;
            latest = end > latest ? end : latest;
            double shift = (end - resource->shifts [k].from) * per_hour
                + ((double) policy->price_of_use + (double) resource->price_of_use) * (double) hour;
            most += shift;
            longest = shift > longest ? shift : longest;
        }
    for (int i = 0; i < problem->visit_count; i++)
        visits += latest * ((double) problem->visits [i].late_price_per_hour
            + (double) problem->visits [i].delay_price_per_hour)
            + (latest > problem->visits [i].told_at ? latest : problem->visits [i].told_at)
            * (double) policy->moved_per_hour * (problem->visits [i].told_at != PLAN_NONE)
            + ((double) policy->preferred_missed + (double) policy->moved_resource
            + (double) policy->overskill_per_level * problem->visits [i].skill_count) * (double) hour;
    double limit = (double) MONEY_MAX / 4;
    most += visits;
    if (most > limit)
        return s_wrong (self, "prices and times are too large to be counted: %.3g of %.3g for all",
            most / (double) hour, limit / (double) hour);
    return s_prices_hold (self, longest + visits);
}

bool
problem_is_valid (const plan_problem_t *problem, char error [PLAN_ERROR_SIZE])
{
    judge_t judge = { problem, error };
    if (problem->resource_count < 0 || problem->visit_count < 0 || problem->spare_visits < 0
        || problem->travel.places < 1)
        return s_wrong (&judge, "%d resources, %d visits and %d spare ones, %d places", problem->resource_count,
            problem->visit_count, problem->spare_visits, problem->travel.places);
    if (!problem->travel.time && !problem->travel.leg)
        return s_wrong (&judge, "neither a table of times nor a function for legs");
    if (problem->supply_place != PLAN_NONE && !s_is_place (&judge, problem->supply_place))
        return s_wrong (&judge, "supply place %d of 0..%d", problem->supply_place, problem->travel.places - 1);
    for (int i = 0; i < problem->resource_count; i++)
        if (!s_resource (&judge, &problem->resources [i]))
            return false;
    for (int i = 0; i < problem->visit_count; i++)
        if (!s_visit (&judge, &problem->visits [i]))
            return false;
    return s_policy (&judge) && s_countable (&judge);
}
