/* load - a plan told from outside becomes ours, or it is said why it can not be. */
#include "inside.h"
#include <stdio.h>
#include <string.h>

typedef struct {
    plan_t *plan;
    const plan_route_t *route;
    char *error;
} loading_t;

static bool
s_wrong (loading_t *self, int visit, const char *why)
{
    const plan_problem_t *problem = self->plan->model->problem;
    snprintf (self->error, PLAN_ERROR_SIZE, "route of resource %s, shift %d%s%s: %s",
        self->route->resource >= 0 && self->route->resource < problem->resource_count
        ? problem->resources [self->route->resource].id : "?", self->route->shift, visit < 0 ? "" : ", visit ",
        visit < 0 ? "" : self->plan->model->visits [visit].id, why);
    return false;
}

/* A member of the visit that is in no route yet; PLAN_NONE: all are. */
static int
s_member (const plan_t *plan, int visit)
{
    for (int node = plan->model->first_node [visit]; node < plan->model->first_node [visit + 1]; node++)
        if (plan->search->shift_of [node] == PLAN_NONE)
            return node;
    return PLAN_NONE;
}

static bool
s_is_twice (const int32_t *nodes, int count, int node)
{
    for (int i = 0; i < count; i++)
        if (nodes [i] == node)
            return true;
    return false;
}

/* Fixed stops go before the first visit that can not be done before them, or is said to come after. */
static int
s_weave (const search_t *search, int shift, const plan_route_t *route, int32_t *nodes, int count)
{
    const shift_t *own = &search->model->shifts [shift];
    for (int k = 0; k < own->fixed_count; k++) {
        int fixed = own->first_fixed + k, at = 0, here = own->start;
        int32_t time = own->from;
        const node_t *own_fixed = &search->nodes [fixed];
        for (; at < count; at++) {
            int stop = at - k;                          /* those before are woven in already */
            const node_t *node = &search->nodes [nodes [at]];
            int32_t work = walk_work (node, own);
            int32_t begins = walk_begins (node, own, walk_go (own, time, model_time (search->model, here,
                nodes [at])), work);
            int32_t told = node->is_fixed || stop < 0 ? 0 : route->stops [stop].begins;
            if (begins == PLAN_NEVER || told >= own_fixed->opens + own_fixed->work)
                break;
            if (!node->is_fixed && told <= 0            /* not told: before, when that is in time */
                && walk_go (own, begins + work, model_time (search->model, nodes [at], fixed)) > own_fixed->opens)
                break;
            time = begins + work;
            here = nodes [at];
        }
        memmove (nodes + at + 1, nodes + at, (size_t) (count - at) * sizeof *nodes);
        nodes [at] = fixed;
        count++;
    }
    return count;
}

/* Crews and sequences begin when it is told, if they can: others rely on it. */
static void
s_begin_as_told (search_t *search, int shift, const plan_route_t *route)
{
    for (int i = 1, stop = 0; i <= search->routes [shift].count; i++) {
        int index = search->routes [shift].stops [i].node;
        node_t before = search->nodes [index];
        if (before.is_fixed)
            continue;
        int32_t told = route->stops [stop++].begins;
        if (!before.is_bound || told < before.opens || told > before.closes)
            continue;
        search_bound (search, index, told, before.closes, before.ends_by);
        if (search->broken_count)
            search_bound (search, index, before.opens, before.closes, before.ends_by);
    }
}

static bool
s_load_route (loading_t *self)
{
    plan_t *plan = self->plan;
    const model_t *model = plan->model;
    const plan_route_t *route = self->route;
    if (route->resource < 0 || route->resource >= model->problem->resource_count || route->shift < 0
        || route->shift >= model->problem->resources [route->resource].shift_count)
        return s_wrong (self, PLAN_NONE, "no such shift");
    int shift = model->first_shift [route->resource] + route->shift, count = 0;
    int32_t *nodes = plan->search->removed;
    for (int i = 0; i < route->stop_count; i++) {
        int visit = route->stops [i].visit;
        if (visit != PLAN_NONE && (visit < 0 || visit >= model->visit_count))
            return s_wrong (self, PLAN_NONE, "no such visit");
        int node = visit == PLAN_NONE ? model->supply : s_member (plan, visit);
        if (node == PLAN_NONE || s_is_twice (nodes, count, node))
            return s_wrong (self, visit, "it is there twice");
        plan_reason_t reason = { .rule = PLAN_MAY };
        if (visit != PLAN_NONE)
            reason = model_person (model, visit, route->resource, model->shifts [shift].from);
        if (reason.rule != PLAN_MAY)
            return s_wrong (self, visit, plan_rule_names [reason.rule]);
        nodes [count++] = node;
    }
    count = s_weave (plan->search, shift, route, nodes, count);
    if (walk_cost (plan->search, shift, nodes, count) == MONEY_MAX)
        return s_wrong (self, PLAN_NONE, "its windows, parts, capacity or the end of the shift can not be kept");
    route_set (plan->search, shift, nodes, count);
    if (model->bound_count)
        s_begin_as_told (plan->search, shift, route);
    return true;
}

/* What comes before a pinned visit, and all members of its crew, are pinned with it. */
static bool
s_pin_group (search_t *search, int visit)
{
    const model_t *model = search->model;
    bool is_pinned = false, is_news = false;
    for (int node = model->first_node [visit]; node < model->first_node [visit + 1]; node++)
        is_pinned |= search->shift_of [node] >= 0
            && search->index_of [node] <= search->routes [search->shift_of [node]].pinned;
    int before = model->visits [visit].after, first = before == PLAN_NONE ? visit : before;
    for (int pass = 0; is_pinned && pass < 2; pass++, first = visit)
        for (int node = model->first_node [first]; node < model->first_node [first + 1]; node++) {
            int shift = search->shift_of [node];
            if (shift < 0 || search->index_of [node] <= search->routes [shift].pinned)
                continue;
            search->routes [shift].pinned = search->index_of [node];
            is_news = true;
        }
    return is_news;
}

static void
s_pin (plan_t *plan)
{
    search_t *search = plan->search;
    for (int s = 0; s < plan->model->shift_count; s++) {
        route_t *route = &search->routes [s];
        route->pinned = 0;
        for (int i = 1; i <= route->count; i++) {
            const node_t *node = &search->nodes [route->stops [i].node];
            int32_t begins = route->stops [i].departs - walk_work (node, &plan->model->shifts [s]);
            if (node->visit != PLAN_NONE
                && (plan->model->visits [node->visit].is_started || model_is_frozen (plan->model, node->visit)
                || begins < plan->model->problem->frozen_until))
                route->pinned = i;
        }
    }
    for (bool is_news = true; is_news; ) {
        is_news = false;
        for (int i = 0; i < plan->model->bound_count; i++)
            is_news |= s_pin_group (search, plan->model->bound [i]);
    }
}

/* Nothing is in it, and nobody is bound by what was. */
static void
s_empty (search_t *search)
{
    const model_t *model = search->model;
    search_begin (search);
    for (int s = 0; s < model->shift_count; s++) {
        search->routes [s].pinned = 0;
        route_set (search, s, NULL, 0);
    }
    for (int i = 0; i < model->visit_nodes; i++)
        if (model->nodes [i].is_bound)
            search_bound (search, i, model->nodes [i].opens, model->nodes [i].closes, model->nodes [i].ends_by);
    search_begin (search);
}

static bool
s_load (plan_t *self, const plan_route_t *routes, int route_count, char error [PLAN_ERROR_SIZE])
{
    search_t *search = self->search;
    s_empty (search);
    for (int i = 0; i < route_count; i++)
        if (!s_load_route (&(loading_t) { self, &routes [i], error }))
            return false;
    for (int i = 0; i < self->model->bound_count; i++)
        if (!group_settle (search, self->model->bound [i])) {
            snprintf (error, PLAN_ERROR_SIZE, "visit %s: its crew or what it comes after does not fit",
                self->model->visits [self->model->bound [i]].id);
            return false;
        }
    return true;
}

bool
plan_load (plan_t *self, const plan_route_t *routes, int route_count, char error [PLAN_ERROR_SIZE])
{
    bool is_kept = s_load (self, routes, route_count, error) && plan_bill (self, NULL, error);
    if (is_kept)
        s_pin (self);
    else
        s_empty (self->search);
    search_begin (self->search);
    return is_kept;
}
