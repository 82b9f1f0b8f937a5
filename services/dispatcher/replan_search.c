/* replan_search - a better day, and in what it differs from the one that is. */
#include "replan.h"
#include "message_new.h"
#include "replan_model.h"
#include <string.h>

#define MINUTE_MS INT64_C (60000)
enum { SLACK_MINUTES = 15 };            /* a later begin that is not worth a word */
enum { HARDER = 8, TRIES = 3 };         /* moves get so many times dearer until there are few enough */

typedef struct {
    arena_t *arena;
    const day_problem_t *day;
    plan_problem_t model;
    plan_t *plan;
    replan_proposed_t *document;
} search_t;

static int64_t
s_instant (const search_t *self, int32_t minute)
{
    return self->day->base_at + minute * MINUTE_MS;
}

/* Behind a visit that moves every minute counts: it may be the one that the other needs. */
static bool
s_differs (const day_visit_t *visit, int32_t person, int32_t begins, bool is_behind)
{
    int32_t later = begins - visit->from_minute, slack = is_behind ? 0 : SLACK_MINUTES;
    return visit->from_person != person || visit->must || later > slack || later < -slack;
}

/* Visits of which people know, that could stay, and do not. */
static int
s_moved (const search_t *self)
{
    int moved = 0;
    for (int i = 0; i < plan_route_count (self->plan); i++) {
        plan_route_t route = plan_route (self->plan, i);
        bool differs = false;
        for (int j = 0; j < route.stop_count; j++) {
            const day_visit_t *visit = self->day->visits [route.stops [j].visit];
            differs = s_differs (visit, route.resource, route.stops [j].begins, differs);
            moved += visit->is_told && !visit->must && differs;
        }
    }
    return moved;
}

/* ---- the document */

static void
s_stop (search_t *self, const plan_stop_t *at, int32_t person, replan_stop_t *stop)
{
    const day_visit_t *visit = self->day->visits [at->visit];
    stop->visit_id = visit->visit_id;
    stop->work_order_id = visit->work_order_id;
    stop->starts_at = s_instant (self, replan_departure (self->day->people [person], at->begins, at->travel));
    stop->work_starts_at = s_instant (self, at->begins);
    stop->ends_at = s_instant (self, at->ends);
    stop->travel_minutes = at->travel;
    stop->distance_m = at->distance;
}

static void
s_move (search_t *self, const day_visit_t *visit, int32_t person, const replan_stop_t *stop)
{
    const day_stretch_t *shift = self->day->people [person]->shift;
    replan_move_t *move = message_new (self->arena, replan_move);
    bool has_from = visit->from_person >= 0;
    move->visit_id = visit->visit_id;
    move->work_order_id = visit->work_order_id;
    move->from_engineer_id = has_from ? self->day->people [visit->from_person]->engineer_id : (char *) "";
    move->from_work_starts_at = visit->from_at;
    move->engineer_id = self->day->people [person]->engineer_id;
    move->starts_at = stop->starts_at;
    move->work_starts_at = stop->work_starts_at;
    move->ends_at = stop->ends_at;
    move->travel_minutes = stop->travel_minutes;
    move->distance_m = stop->distance_m;
    move->overtime_minutes = (stop->ends_at - s_instant (self, shift->to_minute)) / MINUTE_MS;
    if (move->overtime_minutes < 0)
        move->overtime_minutes = 0;
    move->must = visit->must;
    move->is_told = visit->is_told;
    self->document->moves [self->document->n_moves++] = move;
}

static void
s_routes (search_t *self)
{
    replan_proposed_t *document = self->document;
    int count = plan_route_count (self->plan);
    document->routes = arena_array (self->arena, (size_t) count + 1, sizeof *document->routes);
    document->moves = arena_array (self->arena, self->day->n_visits + 1, sizeof *document->moves);
    for (int i = 0; i < count; i++) {
        plan_route_t from = plan_route (self->plan, i);
        replan_route_t *route = message_new (self->arena, replan_route);
        route->engineer_id = self->day->people [from.resource]->engineer_id;
        route->stops = arena_array (self->arena, (size_t) from.stop_count + 1, sizeof *route->stops);
        bool differs = false;
        for (int j = 0; j < from.stop_count; j++) {
            const day_visit_t *visit = self->day->visits [from.stops [j].visit];
            replan_stop_t *stop = message_new (self->arena, replan_stop);
            s_stop (self, &from.stops [j], from.resource, stop);
            route->stops [route->n_stops++] = stop;
            differs = s_differs (visit, from.resource, from.stops [j].begins, differs);
            if (differs)
                s_move (self, visit, from.resource, stop);
        }
        document->routes [document->n_routes++] = route;
    }
}

static void
s_left_out (search_t *self)
{
    replan_proposed_t *document = self->document;
    int count = plan_unassigned_count (self->plan);
    document->left_out = arena_array (self->arena, (size_t) count + 1, sizeof *document->left_out);
    for (int i = 0; i < count; i++) {
        int number = plan_unassigned (self->plan, i);
        const day_visit_t *visit = self->day->visits [number];
        replan_left_out_t *left_out = message_new (self->arena, replan_left_out);
        plan_placement_t placement = { .reasons = NULL };
        plan_place (self->plan, number, 1, false, &placement);
        left_out->visit_id = visit->visit_id;
        left_out->work_order_id = visit->work_order_id;
        left_out->must = visit->must;
        left_out->reasons = arena_array (self->arena, PLAN_RULES, sizeof *left_out->reasons);
        for (int rule = PLAN_MAY + 1; rule < PLAN_RULES; rule++)
            if (placement.count [rule]) {
                replan_reason_t *reason = message_new (self->arena, replan_reason);
                reason->rule = (char *) plan_rule_names [rule];
                reason->engineers = placement.count [rule];
                left_out->reasons [left_out->n_reasons++] = reason;
            }
        document->left_out [document->n_left_out++] = left_out;
    }
}

static void
s_terms (search_t *self, const plan_cost_t *before, const plan_cost_t *after)
{
    replan_proposed_t *document = self->document;
    document->terms = arena_array (self->arena, PLAN_TERMS, sizeof *document->terms);
    for (int i = 0; i < PLAN_TERMS; i++) {
        if (!before->amount [i] && !after->amount [i])
            continue;
        replan_term_t *term = message_new (self->arena, replan_term);
        term->term = (char *) plan_term_names [i];
        term->before_minor = before->amount [i];
        term->after_minor = after->amount [i];
        document->terms [document->n_terms++] = term;
    }
    document->before_minor = plan_cost_sum (before);
    document->after_minor = plan_cost_sum (after);
}

/* ---- the search */

/* The cost at the policy's prices, by a checker that shares nothing with the search. */
static bool
s_check (search_t *self, plan_cost_t *ret_cost)
{
    char error [PLAN_ERROR_SIZE];
    int count = plan_route_count (self->plan);
    plan_route_t *routes = arena_array (self->arena, (size_t) count + 1, sizeof *routes);
    for (int i = 0; i < count; i++) {
        routes [i] = plan_route (self->plan, i);
        size_t size = (size_t) routes [i].stop_count * sizeof *routes [i].stops;
        routes [i].stops = (plan_stop_t *) arena_copy (self->arena, routes [i].stops, size);
    }
    if (plan_check (&self->model, routes, count, ret_cost, error))
        return true;
    self->document->error = arena_strdup (self->arena, error);
    return false;
}

static bool
s_open (search_t *self, int64_t moved_times)
{
    char error [PLAN_ERROR_SIZE];
    plan_problem_t *dearer = arena_alloc (self->arena, sizeof *dearer);
    *dearer = replan_model (self->arena, self->day, moved_times);
    self->plan = plan_open (dearer, error);
    if (self->plan)
        replan_load (self->plan, self->arena, self->day);
    else
        self->document->error = arena_strdup (self->arena, error);
    return self->plan;
}

/* Effort, not time: the same problem gives the same day. */
static void
s_improve (search_t *self)
{
    plan_effort_t effort;
    plan_improve (self->plan, &(plan_budget_t) {
        .seconds = (double) self->day->effort_ms / 1000, .clock_seconds = 1e6, .threads = 1, .seed = 1,
        .warmth = 0.1 }, &effort);
    self->document->iterations += effort.iterations;
}

static void
s_tell (search_t *self, const plan_cost_t *before)
{
    plan_cost_t after;
    if (!s_check (self, &after))
        return;
    plan_bound_t bound = plan_bound (self->plan);
    s_terms (self, before, &after);
    s_routes (self);
    s_left_out (self);
    self->document->moved = s_moved (self);
    self->document->bound_minor = bound.bound < self->document->after_minor ? bound.bound
        : self->document->after_minor;
    self->document->is_exact = bound.is_exact;
}

replan_proposed_t *
replan_search (arena_t *arena, const day_problem_t *day)
{
    search_t self = { .arena = arena, .day = day, .model = replan_model (arena, day, 1),
        .document = message_new (arena, replan_proposed) };
    plan_cost_t before;
    int64_t times = 1;
    self.document->max_moved = day->policy->replan_max_moved;
    for (int i = 0; i < TRIES; i++, times *= HARDER) {
        if (!s_open (&self, times))
            return self.document;
        if (!i && !s_check (&self, &before)) {
            plan_close (&self.plan);
            return self.document;
        }
        s_improve (&self);
        if (i == TRIES - 1 || s_moved (&self) <= day->policy->replan_max_moved)
            break;
        plan_close (&self.plan);
    }
    s_tell (&self, &before);
    plan_close (&self.plan);
    return self.document;
}
