/* check - is this plan one that can be driven, and what does it cost? Asks each rule of each stop anew, from the
 * problem alone. */
#include "check_inside.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* ---- sentences */

bool
check_refuse (checker_t *self, const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (self->error, PLAN_ERROR_SIZE, format, arguments);
    va_end (arguments);
    return false;
}

static const char *
s_name (const char *id, int index, char text [48])
{
    if (id)
        snprintf (text, 48, "%.40s", id);
    else
        snprintf (text, 48, "%d", index);
    return text;
}

/* "route 2 (resource e7), stop 3 (visit v12): rule: ..."; stops count from 1. */
bool
check_refuse_stop (checker_t *self, int route, int stop, const char *format, ...)
{
    char who [48], whom [48], text [PLAN_ERROR_SIZE];
    const plan_route_t *at = &self->routes [route];
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (text, sizeof text, format, arguments);
    va_end (arguments);
    s_name (self->problem->resources [at->resource].id, at->resource, who);
    if (stop >= at->stop_count)
        return check_refuse (self, "route %d (resource %s), the way back: %s", route + 1, who, text);
    int32_t visit = at->stops [stop].visit;
    if (visit == PLAN_NONE)
        return check_refuse (self, "route %d (resource %s), stop %d (supply): %s", route + 1, who, stop + 1, text);
    return check_refuse (self, "route %d (resource %s), stop %d (visit %s): %s", route + 1, who, stop + 1,
        s_name (self->problem->visits [visit].id, visit, whom), text);
}

bool
check_refuse_visit (checker_t *self, int32_t visit, const char *format, ...)
{
    char whom [48], text [PLAN_ERROR_SIZE];
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (text, sizeof text, format, arguments);
    va_end (arguments);
    return check_refuse (self, "visit %s: %s", s_name (self->problem->visits [visit].id, visit, whom), text);
}

/* ---- what is written there at all */

static bool
s_check_stop_known (checker_t *self, int route, int stop, int *supplies)
{
    const plan_route_t *at = &self->routes [route];
    int32_t visit = at->stops [stop].visit;
    if (visit != PLAN_NONE && (visit < 0 || visit >= self->problem->visit_count))
        return check_refuse (self, "route %d, stop %d: there is no visit %d", route + 1, stop + 1, visit);
    if (visit == PLAN_NONE && self->problem->supply_place == PLAN_NONE)
        return check_refuse_stop (self, route, stop, "there is no supply place");
    if (visit == PLAN_NONE && ++*supplies > 1)
        return check_refuse_stop (self, route, stop, "passes the supply place twice");
    for (int i = 0; visit != PLAN_NONE && i < stop; i++)
        if (at->stops [i].visit == visit)
            return check_refuse_stop (self, route, stop, "is there twice, at stop %d too", i + 1);
    if (visit != PLAN_NONE)
        self->assigned [visit]++;
    return true;
}

static bool
s_check_route_known (checker_t *self, int route)
{
    const plan_route_t *at = &self->routes [route];
    int supplies = 0;
    if (at->resource < 0 || at->resource >= self->problem->resource_count)
        return check_refuse (self, "route %d: there is no resource %d", route + 1, at->resource);
    if (at->shift < 0 || at->shift >= self->problem->resources [at->resource].shift_count)
        return check_refuse (self, "route %d: resource %d has no shift %d", route + 1, at->resource, at->shift);
    for (int i = 0; i < at->stop_count; i++)
        if (!s_check_stop_known (self, route, i, &supplies))
            return false;
    return true;
}

static int
s_by_shift (const void *left, const void *right)
{
    const plan_route_t *a = *(const plan_route_t *const *) left, *b = *(const plan_route_t *const *) right;
    return a->resource != b->resource ? a->resource - b->resource : a->shift - b->shift;
}

static bool
s_check_shifts_once (checker_t *self)
{
    const plan_route_t **order = check_array ((size_t) self->route_count, sizeof *order);
    int twice = PLAN_NONE;
    for (int i = 0; i < self->route_count; i++)
        order [i] = &self->routes [i];
    qsort (order, (size_t) self->route_count, sizeof *order, s_by_shift);
    for (int i = 1; i < self->route_count; i++)
        if (s_by_shift (&order [i - 1], &order [i]) == 0)
            twice = (int) (order [i] - self->routes);
    free (order);
    char who [48];
    if (twice == PLAN_NONE)
        return true;
    int32_t resource = self->routes [twice].resource;
    return check_refuse (self, "two routes for shift %d of resource %s", self->routes [twice].shift,
        s_name (self->problem->resources [resource].id, resource, who));
}

static void
s_list_members (checker_t *self)
{
    int count = self->problem->visit_count;
    for (int i = 0; i < count; i++)
        self->first_member [i + 1] = self->first_member [i] + self->assigned [i];
    self->members = check_array ((size_t) self->first_member [count], sizeof *self->members);
    int *next = check_array ((size_t) count, sizeof *next);
    for (int route = 0; route < self->route_count; route++)
        for (int i = 0; i < self->routes [route].stop_count; i++) {
            int32_t visit = self->routes [route].stops [i].visit;
            if (visit != PLAN_NONE)
                self->members [self->first_member [visit] + next [visit]++] = route;
        }
    free (next);
}

static bool
s_check_known (checker_t *self)
{
    for (int i = 0; i < self->route_count; i++)
        if (!s_check_route_known (self, i))
            return false;
    if (!s_check_shifts_once (self))
        return false;
    s_list_members (self);
    return true;
}

/* ---- when */

static bool
s_refuse_walk (checker_t *self, int route)
{
    const check_walk_t *walk = &self->walks [route];
    const char *says [PLAN_RULES] = {
        [PLAN_RULE_LOCK] = "lock: must begin at %" PRId64 ", can not before %" PRId64,
        [PLAN_RULE_WINDOW] = "window: must begin by %" PRId64 ", is there at %" PRId64,
        [PLAN_RULE_SHIFT] = "shift: must be there by %" PRId64 ", is there at %" PRId64,
    };
    char text [PLAN_ERROR_SIZE];
    const char *format = walk->is_at_pause ? "pause: must be there by %" PRId64 ", can not before %" PRId64
        : says [walk->rule];
    snprintf (text, sizeof text, format, walk->needed, walk->had);
    return check_refuse_stop (self, route, walk->failed_stop, "%s", text);
}

static check_route_t
s_route (const checker_t *self, int route)
{
    const plan_route_t *at = &self->routes [route];
    const plan_resource_t *resource = &self->problem->resources [at->resource];
    return (check_route_t) { .problem = self->problem, .route = at, .resource = resource,
        .shift = &resource->shifts [at->shift], .not_before = self->not_before };
}

static bool
s_walk_all (checker_t *self)
{
    for (int i = 0; i < self->problem->visit_count; i++)
        self->begins [i] = self->ends [i] = PLAN_NONE;
    for (int route = 0; route < self->route_count; route++) {
        const plan_route_t *at = &self->routes [route];
        check_route_t in = s_route (self, route);
        if (check_is_empty (at))
            continue;
        self->walks [route] = check_walk (&in, in.shift->from, self->stops [route]);
        if (self->walks [route].rule != PLAN_MAY)
            return s_refuse_walk (self, route);
        for (int i = 0; i < at->stop_count; i++) {
            int32_t visit = at->stops [i].visit;
            check_stop_t found = self->stops [route] [i];
            if (visit != PLAN_NONE && found.begins > self->begins [visit])
                self->begins [visit] = found.begins;
            if (visit != PLAN_NONE && found.ends > self->ends [visit])
                self->ends [visit] = found.ends;
        }
    }
    return true;
}

/* Members begin when the last of them is there, and what comes after another waits for it. True: something waits longer
 * than it did. */
static bool
s_bind (checker_t *self)
{
    bool is_changed = false;
    for (int i = 0; i < self->problem->visit_count; i++) {
        const plan_visit_t *visit = &self->problem->visits [i];
        if (!self->assigned [i] || (visit->crew <= 1 && visit->after == PLAN_NONE))
            continue;
        int64_t at = self->begins [i];
        if (visit->after != PLAN_NONE && self->ends [visit->after] + visit->after_gap > at)
            at = self->ends [visit->after] + visit->after_gap;
        is_changed |= at > self->not_before [i] && (at > self->begins [i] || visit->crew > 1);
        if (at > self->not_before [i])
            self->not_before [i] = at;
    }
    return is_changed;
}

static int
s_mark_bound (checker_t *self)
{
    int count = 0;
    for (int i = 0; i < self->problem->visit_count; i++) {
        const plan_visit_t *visit = &self->problem->visits [i];
        self->is_bound [i] |= visit->crew > 1 || visit->after != PLAN_NONE;
        if (visit->after != PLAN_NONE)
            self->is_bound [visit->after] = true;
        count += self->is_bound [i];
    }
    return count;
}

/* Times of all visits, each as early as the others let it. Waiting is handed on along each chain once a round: more
 * rounds than visits that wait means that they wait for each other. */
static bool
s_check_times (checker_t *self)
{
    int rounds = 2 + s_mark_bound (self);
    for (int i = 0; i < self->problem->visit_count; i++)
        self->not_before [i] = PLAN_NONE;
    do {
        if (!s_walk_all (self))
            return false;
        if (!s_bind (self))
            return true;
    } while (rounds-- > 0);
    return check_refuse (self, "order: visits of several routes wait for each other without end");
}

/* ---- the whole */

static void
s_open (checker_t *self, const plan_problem_t *problem, const plan_route_t *routes, int route_count, char *error)
{
    size_t visits = (size_t) problem->visit_count;
    *self = (checker_t) { .problem = problem, .routes = routes, .route_count = route_count, .error = error };
    self->walks = check_array ((size_t) route_count, sizeof *self->walks);
    self->stops = check_array ((size_t) route_count, sizeof *self->stops);
    for (int i = 0; i < route_count; i++)
        self->stops [i] = check_array ((size_t) routes [i].stop_count, sizeof *self->stops [i]);
    self->begins = check_array (visits, sizeof *self->begins);
    self->ends = check_array (visits, sizeof *self->ends);
    self->not_before = check_array (visits, sizeof *self->not_before);
    self->assigned = check_array (visits, sizeof *self->assigned);
    self->first_member = check_array (visits + 1, sizeof *self->first_member);
    self->is_bound = check_array (visits, sizeof *self->is_bound);
}

static void
s_close (checker_t *self)
{
    for (int i = 0; i < self->route_count; i++)
        free (self->stops [i]);
    free (self->walks);
    free (self->stops);
    free (self->begins);
    free (self->ends);
    free (self->not_before);
    free (self->assigned);
    free (self->first_member);
    free (self->members);
    free (self->is_bound);
}

/* Lateness is that of the earliest times, the length of the day that of the latest departure; a visit that others wait
 * for is not delayed for it. */
static plan_cost_t
s_cost (checker_t *self)
{
    check_walk_t *latest = check_array ((size_t) self->route_count, sizeof *latest);
    int64_t *not_after = check_array ((size_t) self->problem->visit_count, sizeof *not_after);
    for (int i = 0; i < self->problem->visit_count; i++)
        not_after [i] = self->is_bound [i] ? self->begins [i] : INT64_MAX;
    for (int route = 0; route < self->route_count; route++) {
        check_route_t in = s_route (self, route);
        check_stop_t *scratch = check_array ((size_t) self->routes [route].stop_count, sizeof *scratch);
        in.not_after = not_after;
        latest [route] = check_walk_latest (&in, &self->walks [route], scratch);
        free (scratch);
    }
    plan_cost_t cost = check_cost (self, latest);
    free (latest);
    free (not_after);
    return cost;
}

bool
plan_check (const plan_problem_t *problem, const plan_route_t *routes, int route_count, plan_cost_t *ret_cost,
    char error [PLAN_ERROR_SIZE])
{
    checker_t self;
    s_open (&self, problem, routes, route_count, error);
    bool is_good = s_check_known (&self) && check_rules (&self) && s_check_times (&self) && check_rules_timed (&self);
    if (is_good && ret_cost)
        *ret_cost = s_cost (&self);
    s_close (&self);
    return is_good;
}
