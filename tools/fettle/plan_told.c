/* plan_told - the plan that people have been told, from where the search begins: what of it is frozen does not move,
 * and moving the rest has its price. */
#include "plan_result.h"
#include <stdlib.h>

typedef struct {
    const plan_problem_t *problem;
    plan_t *plan;
    arena_t *arena;
    const bool *is_kept;                /* of a resource: all he was told, not only what is frozen */
    char *error;
} telling_t;

typedef struct {
    const plan_problem_t *problem;
    plan_route_t *routes;
    plan_stop_t *stops;                 /* of all routes, one behind the other */
    int32_t *visits;                    /* in order of resource and time */
    int route_count, visit_count, stop_count;
} told_t;

static const plan_problem_t *s_sorted;      /* qsort has no context */

static int
s_by_time (const void *left, const void *right)
{
    int32_t one = *(const int32_t *) left, other = *(const int32_t *) right;
    const plan_visit_t *a = &s_sorted->visits [one], *b = &s_sorted->visits [other];
    if (a->told_resource != b->told_resource)
        return a->told_resource - b->told_resource;
    if (a->is_started != b->is_started)
        return b->is_started - a->is_started;
    return a->told_at != b->told_at ? (a->told_at > b->told_at ? 1 : -1) : one - other;
}

/* The shift a time lies in: the last that has begun. */
static int32_t
s_shift_at (const plan_resource_t *resource, int32_t time)
{
    int32_t shift = 0;
    for (int i = 1; i < resource->shift_count; i++)
        if (resource->shifts [i].from <= time)
            shift = i;
    return shift;
}

static void
s_add_stop (told_t *self, int32_t index)
{
    const plan_visit_t *visit = &self->problem->visits [index];
    int32_t shift = s_shift_at (&self->problem->resources [visit->told_resource], visit->told_at);
    plan_route_t *last = self->route_count ? &self->routes [self->route_count - 1] : NULL;
    if (!last || last->resource != visit->told_resource || last->shift != shift) {
        last = &self->routes [self->route_count++];
        *last = (plan_route_t) { .resource = visit->told_resource, .shift = shift,
            .stops = &self->stops [self->stop_count] };
    }
    self->stops [self->stop_count++].visit = index;
    last->stop_count++;
}

static void
s_collect (arena_t *arena, told_t *self, const bool *is_kept)
{
    const plan_problem_t *problem = self->problem;
    self->visits = arena_array (arena, (size_t) problem->visit_count, sizeof *self->visits);
    for (int i = 0; i < problem->visit_count; i++) {
        const plan_visit_t *visit = &problem->visits [i];
        bool is_soon = visit->told_at != PLAN_NONE && visit->told_at < problem->frozen_until;
        if (visit->told_resource != PLAN_NONE
            && (visit->is_started || is_soon || (visit->told_at != PLAN_NONE && is_kept [visit->told_resource])))
            self->visits [self->visit_count++] = i;
    }
    s_sorted = problem;
    qsort (self->visits, (size_t) self->visit_count, sizeof *self->visits, s_by_time);
    self->stops = arena_array (arena, (size_t) self->visit_count, sizeof *self->stops);
    self->routes = arena_array (arena, (size_t) self->visit_count, sizeof *self->routes);
    for (int i = 0; i < self->visit_count; i++)
        s_add_stop (self, self->visits [i]);
}

static bool
s_load (const telling_t *self)
{
    told_t told = { .problem = self->problem };
    s_collect (self->arena, &told, self->is_kept);
    return !told.visit_count || plan_load (self->plan, told.routes, told.route_count, self->error);
}

/* Of those whose plans are not loaded yet, half and half, so that few who can not keep theirs cost few attempts. */
static void
s_keep (const telling_t *self, bool *is_kept, int first, int count)
{
    for (int i = first; i < first + count; i++)
        is_kept [i] = true;
    if (s_load (self))
        return;
    for (int i = first; i < first + count; i++)
        is_kept [i] = false;
    if (count == 1)
        return;
    s_keep (self, is_kept, first, count / 2);
    s_keep (self, is_kept, first + count / 2, count - count / 2);
}

bool
plan_told (arena_t *arena, const plan_file_t *file, plan_t *plan, char error [PLAN_ERROR_SIZE])
{
    int count = file->problem.resource_count;
    bool *is_kept = arena_array (arena, (size_t) count, sizeof *is_kept);
    telling_t telling = { .problem = &file->problem, .plan = plan, .arena = arena, .is_kept = is_kept,
        .error = error };
    if (!s_load (&telling))                             /* what is frozen, and no more */
        return false;
    s_keep (&telling, is_kept, 0, count);
    return s_load (&telling);
}
