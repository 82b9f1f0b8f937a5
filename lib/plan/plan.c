#include "inside.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const plan_term_names [PLAN_TERMS] = {
    "travel", "distance", "work_time", "wait", "overtime", "use", "late", "delay", "preferred", "overskill", "moved",
    "balance", "unassigned",
};

const char *const plan_rule_names [PLAN_RULES] = {
    "may", "required", "excluded", "lock", "territory", "skill", "tool", "part", "capacity", "visits_max", "shift",
    "window",
    "full", "order", "crew",
};

plan_t *
plan_open (const plan_problem_t *problem, char error [PLAN_ERROR_SIZE])
{
    model_t *model = model_open (problem, error);
    if (!model)
        return NULL;
    plan_t *self = memory_array (1, sizeof *self);
    self->model = model;
    self->search = search_open (model);
    return self;
}

void
plan_close (plan_t **self_p)
{
    plan_t *self = *self_p;
    if (!self)
        return;
    chain_close (&self->repair);
    search_close (&self->search);
    model_close (&self->model);
    free (self->stops);
    free (self);
    *self_p = NULL;
}

int64_t
plan_cost_sum (const plan_cost_t *cost)
{
    int64_t sum = 0;
    for (int i = 0; i < PLAN_TERMS; i++)
        sum += cost->amount [i];
    return sum;
}

/* ---- reading */

int
plan_route_count (const plan_t *self)
{
    return self->search->used_count;
}

static int
s_shift_of_route (const plan_t *self, int index)
{
    for (int s = 0; s < self->model->shift_count; s++)
        if (self->search->routes [s].visits && index-- == 0)
            return s;
    return PLAN_NONE;
}

static void
s_stop (const plan_t *self, const shift_t *shift, const stop_t *before, const stop_t *at, plan_stop_t *ret_stop)
{
    const model_t *model = self->model;
    const node_t *node = &self->search->nodes [at->node];
    int32_t work = walk_work (node, shift);
    *ret_stop = (plan_stop_t) {
        .visit = node->visit, .leaves = before->departs, .arrives = walk_go (shift, before->departs, before->onward),
        .begins = at->departs - work, .ends = at->departs, .travel = before->onward,
        .distance = model_distance (model, before->node, at->node),
    };
}

/* Who waits does it before he leaves: the first stop is left for as late as it allows. */
static void
s_first_leaves (const shift_t *shift, plan_stop_t *first)
{
    first->leaves = walk_back (shift, first->begins, first->travel);
    first->arrives = first->begins;
}

plan_route_t
plan_route (plan_t *self, int index)
{
    int s = s_shift_of_route (self, index);
    if (s == PLAN_NONE)
        return (plan_route_t) { .resource = PLAN_NONE };
    const shift_t *shift = &self->model->shifts [s];
    const route_t *route = &self->search->routes [s];
    if (route->count > self->stops_room) {
        self->stops_room = route->count * 2;
        self->stops = memory_grow (self->stops, (size_t) self->stops_room * sizeof *self->stops);
    }
    plan_route_t view = { .resource = shift->resource, .shift = shift->number, .stops = self->stops };
    for (int i = 1; i <= route->count; i++) {
        view.travel += route->stops [i - 1].onward;
        view.distance += model_distance (self->model, route->stops [i - 1].node, route->stops [i].node);
        if (self->search->nodes [route->stops [i].node].is_fixed)
            continue;
        plan_stop_t *stop = &self->stops [view.stop_count++];
        s_stop (self, shift, &route->stops [i - 1], &route->stops [i], stop);
        if (i == 1)
            s_first_leaves (shift, stop);
    }
    const stop_t *last = &route->stops [route->count];
    view.leaves = view.stop_count ? self->stops [0].leaves : shift->from;
    view.returns = walk_go (shift, last->departs, last->onward);
    view.travel += last->onward;
    view.distance += shift->end == PLAN_NONE ? 0 : model_distance (self->model, last->node, shift->end);
    return view;
}

int
plan_unassigned_count (const plan_t *self)
{
    int count = 0;
    for (int i = 0; i < self->model->visit_count; i++)
        count += self->search->shift_of [self->model->first_node [i]] < 0;
    return count;
}

int
plan_unassigned (const plan_t *self, int index)
{
    for (int i = 0; i < self->model->visit_count; i++)
        if (self->search->shift_of [self->model->first_node [i]] < 0 && index-- == 0)
            return i;
    return PLAN_NONE;
}

/* Its index among the stops that a caller sees. */
static int
s_position (const search_t *search, int shift, int index)
{
    int position = 0;
    for (int i = 1; i < index; i++)
        position += !search->nodes [search->routes [shift].stops [i].node].is_fixed;
    return position;
}

bool
plan_where (const plan_t *self, int visit, int *ret_resource, int *ret_shift, int *ret_position)
{
    int node = self->model->first_node [visit], shift = self->search->shift_of [node];
    if (shift < 0)
        return false;
    *ret_resource = self->model->shifts [shift].resource;
    *ret_shift = self->model->shifts [shift].number;
    *ret_position = s_position (self->search, shift, self->search->index_of [node]);
    return true;
}

/* The whole plan as data, in one block: routes, then stops. */
static plan_route_t *
s_all_routes (plan_t *self, int *ret_count)
{
    int count = plan_route_count (self);
    size_t stops = (size_t) self->model->node_room + (size_t) self->model->shift_count;
    plan_route_t *routes = memory_grow (NULL, (size_t) (count + 1) * sizeof *routes + stops * sizeof (plan_stop_t));
    plan_stop_t *at = (plan_stop_t *) (routes + count + 1);
    for (int s = 0, i = 0; s < self->model->shift_count; s++) {
        const route_t *route = &self->search->routes [s];
        if (!route->visits)
            continue;
        plan_route_t *own = &routes [i++];
        *own = (plan_route_t) {
            .resource = self->model->shifts [s].resource, .shift = self->model->shifts [s].number, .stops = at
        };
        for (int k = 1; k <= route->count; k++)
            if (!self->search->nodes [route->stops [k].node].is_fixed) {
                s_stop (self, &self->model->shifts [s], &route->stops [k - 1], &route->stops [k], at++);
                own->stop_count++;
            }
    }
    *ret_count = count;
    return routes;
}

/* By who checks plans: one truth of what a plan costs. */
bool
plan_bill (plan_t *self, plan_cost_t *ret_cost, char error [PLAN_ERROR_SIZE])
{
    plan_problem_t problem = *self->model->problem;
    problem.visits = self->model->visits;
    problem.visit_count = self->model->visit_count;
    int count;
    plan_route_t *routes = s_all_routes (self, &count);
    bool can_be = plan_check (&problem, routes, count, ret_cost, error);
    free (routes);
    return can_be;
}

plan_cost_t
plan_cost (plan_t *self)
{
    char error [PLAN_ERROR_SIZE];
    plan_cost_t cost = { .amount = { 0 } };
    if (!plan_bill (self, &cost, error)) {
        fprintf (stderr, "plan: a plan of ours can not be: %s\n", error);
        abort ();
    }
    return cost;
}

int
plan_add (plan_t *self, const plan_visit_t *visit)
{
    int node = model_add (self->model, visit);
    if (node == PLAN_NONE)
        return PLAN_NONE;
    search_welcome (self->search);
    search_begin (self->search);
    if (self->model->balance) {                         /* every route is measured by another mean now */
        for (int s = 0; s < self->model->shift_count; s++)
            route_refresh (self->search, s);
        search_begin (self->search);
        chain_close (&self->repair);
    }
    return self->model->nodes [node].visit;
}

void
plan_build (plan_t *self)
{
    model_tables (self->model);
    search_build (self->search);
}
