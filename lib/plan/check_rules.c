/* check_rules - who may do what, with what he has. */
#include "check_inside.h"
#include <inttypes.h>

/* ---- one stop after the other */

static bool
s_check_person (checker_t *self, int route, int stop)
{
    const plan_route_t *at = &self->routes [route];
    const plan_resource_t *resource = &self->problem->resources [at->resource];
    const plan_visit_t *visit = &self->problem->visits [at->stops [stop].visit];
    if (visit->required_count && !check_lists (visit->required, visit->required_count, at->resource))
        return check_refuse_stop (self, route, stop, "required: only others may do it");
    if (check_lists (visit->excluded, visit->excluded_count, at->resource))
        return check_refuse_stop (self, route, stop, "excluded: he must not do it");
    if (visit->territory != PLAN_NONE && resource->territory_count
        && !check_lists (resource->territories, resource->territory_count, visit->territory))
        return check_refuse_stop (self, route, stop, "territory: %d is not one of his", visit->territory);
    return true;
}

static bool
s_check_tools (checker_t *self, int route, int stop)
{
    const plan_route_t *at = &self->routes [route];
    const plan_resource_t *resource = &self->problem->resources [at->resource];
    const plan_visit_t *visit = &self->problem->visits [at->stops [stop].visit];
    for (int i = 0; i < visit->tool_count; i++)
        if (!check_lists (resource->tools, resource->tool_count, visit->tools [i]))
            return check_refuse_stop (self, route, stop, "tool: needs tool %d, does not carry it", visit->tools [i]);
    return true;
}

static bool
s_take_parts (checker_t *self, int route, int stop, int64_t left [PLAN_PARTS_MAX])
{
    const plan_visit_t *visit = &self->problem->visits [self->routes [route].stops [stop].visit];
    for (int i = 0; i < visit->part_count; i++) {
        int32_t part = visit->parts [i].part, quantity = visit->parts [i].quantity;
        int64_t had = part >= 0 && part < PLAN_PARTS_MAX ? left [part] : 0;
        if (had < quantity)
            return check_refuse_stop (self, route, stop, "part: needs %d of part %d, has %" PRId64, quantity, part,
                had);
        left [part] -= quantity;
    }
    return true;
}

static bool
s_check_loads (checker_t *self, int route, int stop, int64_t load, int visits)
{
    const plan_resource_t *resource = &self->problem->resources [self->routes [route].resource];
    if (resource->capacity && load > resource->capacity)
        return check_refuse_stop (self, route, stop, "capacity: %" PRId64 " with this one, has %d", load,
            resource->capacity);
    if (resource->visits_max && visits > resource->visits_max)
        return check_refuse_stop (self, route, stop, "visits_max: %d with this one, may do %d", visits,
            resource->visits_max);
    return true;
}

static bool
s_check_route_rules (checker_t *self, int route)
{
    const plan_route_t *at = &self->routes [route];
    const plan_resource_t *resource = &self->problem->resources [at->resource];
    int64_t left [PLAN_PARTS_MAX] = { 0 }, load = 0;
    bool is_supplied = false;
    int visits = 0;
    for (int i = 0; i < resource->part_count; i++)
        if (resource->parts [i].part >= 0 && resource->parts [i].part < PLAN_PARTS_MAX)
            left [resource->parts [i].part] += resource->parts [i].quantity;
    for (int i = 0; i < at->stop_count; i++) {
        if (at->stops [i].visit == PLAN_NONE) {
            is_supplied = true;
            continue;
        }
        load += self->problem->visits [at->stops [i].visit].load;
        if (!s_check_person (self, route, i) || !s_check_loads (self, route, i, load, ++visits))
            return false;
        if (!is_supplied && (!s_check_tools (self, route, i) || !s_take_parts (self, route, i, left)))
            return false;
    }
    return true;
}

/* ---- several at once, one after the other */

static int32_t
s_member (const checker_t *self, int32_t visit, int index)
{
    return self->routes [self->members [self->first_member [visit] + index]].resource;
}

static bool
s_comes (const checker_t *self, int32_t visit, int32_t resource)
{
    for (int i = 0; i < self->assigned [visit]; i++)
        if (s_member (self, visit, i) == resource)
            return true;
    return false;
}

static bool
s_check_crew (checker_t *self, int32_t index)
{
    const plan_visit_t *visit = &self->problem->visits [index];
    int crew = visit->crew ? visit->crew : 1, come = self->assigned [index];
    if (come > crew)
        return check_refuse_visit (self, index, "is there twice: %d come, %d wanted", come, crew);
    if (come < crew)
        return check_refuse_visit (self, index, "crew: needs %d, %d come", crew, come);
    for (int i = 0; i < come; i++)
        for (int j = 0; j < i; j++)
            if (s_member (self, index, i) == s_member (self, index, j))
                return check_refuse_visit (self, index, "crew: resource %d comes twice", s_member (self, index, i));
    if ((visit->lock & PLAN_LOCK_RESOURCE) && !s_comes (self, index, visit->fixed_resource))
        return check_refuse_visit (self, index, "lock: resource %d must do it, does not", visit->fixed_resource);
    return true;
}

static bool
s_check_after (checker_t *self, int32_t index)
{
    const plan_visit_t *visit = &self->problem->visits [index];
    if (visit->after == PLAN_NONE)
        return true;
    if (!self->assigned [visit->after])
        return check_refuse_visit (self, index, "order: comes after visit %d, which nobody does", visit->after);
    bool is_shared = false;
    for (int i = 0; i < self->assigned [index]; i++)
        is_shared |= s_comes (self, visit->after, s_member (self, index, i));
    if (visit->after_same_resource && !is_shared)
        return check_refuse_visit (self, index, "order: who does visit %d must do it too", visit->after);
    return true;
}

/* ---- what does not move any more */

static bool
s_is_frozen (const checker_t *self, const plan_visit_t *visit)
{
    bool is_soon = visit->told_at != PLAN_NONE && visit->told_at < self->problem->frozen_until;
    return visit->told_resource != PLAN_NONE && (visit->is_started || is_soon);
}

static bool
s_check_frozen (checker_t *self, int32_t index)
{
    const plan_visit_t *visit = &self->problem->visits [index];
    if (!s_is_frozen (self, visit))
        return true;
    if (!self->assigned [index])
        return !visit->is_started || check_refuse_visit (self, index, "frozen: it is under way, and nobody does it");
    return s_comes (self, index, visit->told_resource)
        || check_refuse_visit (self, index, "frozen: resource %d was told to do it and does not", visit->told_resource);
}

/* Frozen visits come first in their route, in the order they were told; what is under way has overtaken what was to
 * begin before it. */
static bool
s_check_frozen_first (checker_t *self, int route)
{
    int64_t told_at [2] = { INT64_MIN, INT64_MIN };         /* of what is not under way, of what is */
    bool is_over = false;
    for (int i = 0; i < self->routes [route].stop_count; i++) {
        int32_t index = self->routes [route].stops [i].visit;
        if (index == PLAN_NONE)
            continue;
        const plan_visit_t *visit = &self->problem->visits [index];
        if (!s_is_frozen (self, visit)) {
            is_over = true;
            continue;
        }
        if (is_over)
            return check_refuse_stop (self, route, i, "frozen: another visit was put before it");
        if (visit->told_at != PLAN_NONE && visit->told_at < told_at [visit->is_started])
            return check_refuse_stop (self, route, i, "frozen: was told to come before the visit in front of it");
        if (visit->told_at != PLAN_NONE)
            told_at [visit->is_started] = visit->told_at;
    }
    return true;
}

bool
check_rules (checker_t *self)
{
    for (int i = 0; i < self->route_count; i++)
        if (!s_check_route_rules (self, i) || !s_check_frozen_first (self, i))
            return false;
    for (int i = 0; i < self->problem->visit_count; i++) {
        if (!s_check_frozen (self, i))
            return false;
        if (self->assigned [i] && (!s_check_crew (self, i) || !s_check_after (self, i)))
            return false;
    }
    return true;
}

/* ---- once times are known: skills, held until work ends */

static bool
s_check_skills (checker_t *self, int route, int stop)
{
    const plan_route_t *at = &self->routes [route];
    const plan_visit_t *visit = &self->problem->visits [at->stops [stop].visit];
    int64_t ends = self->stops [route] [stop].ends;
    for (int i = 0; i < visit->skill_count; i++) {
        const plan_skill_t *needed = &visit->skills [i];
        int32_t until, had = check_level (&self->problem->resources [at->resource], needed->skill, ends, &until);
        if (had >= needed->level)
            continue;
        if (until == PLAN_NONE)
            return check_refuse_stop (self, route, stop, "skill: needs skill %d level %d, has none", needed->skill,
                needed->level);
        if (until < ends)
            return check_refuse_stop (self, route, stop, "skill: needs skill %d until %" PRId64 ", has it until %d",
                needed->skill, ends, until);
        return check_refuse_stop (self, route, stop, "skill: needs skill %d level %d, has %d", needed->skill,
            needed->level, had);
    }
    return true;
}

bool
check_rules_timed (checker_t *self)
{
    for (int route = 0; route < self->route_count; route++)
        for (int i = 0; i < self->routes [route].stop_count; i++)
            if (self->routes [route].stops [i].visit != PLAN_NONE && !s_check_skills (self, route, i))
                return false;
    return true;
}
