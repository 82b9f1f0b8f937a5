/* check_walk - a route in time: travel, windows, locks, pauses, the way home. Walked as a person would, one stop after
 * the other; how fast does not matter here. */
#include "check_inside.h"

typedef struct {
    const check_route_t *route;
    check_walk_t found;
    int64_t time;
    int32_t place;
    int pause;                          /* the first that is not over */
} walker_t;

static bool
s_fail (walker_t *self, plan_rule_t rule, int stop, int64_t needed, int64_t had)
{
    self->found.rule = rule;
    self->found.failed_stop = stop;
    self->found.needed = needed;
    self->found.had = had;
    return false;
}

int64_t
check_work (const plan_resource_t *resource, const plan_visit_t *visit)
{
    int64_t percent = resource->efficiency_percent ? resource->efficiency_percent : 100;
    return ((int64_t) visit->work * 100 + percent - 1) / percent;
}

/* ---- pauses */

static const plan_pause_t *
s_pause (const walker_t *self, int index)
{
    const plan_resource_t *resource = self->route->resource;
    const plan_shift_t *shift = self->route->shift;
    bool is_in_shift = index < resource->pause_count && resource->pauses [index].from < shift->to;
    return is_in_shift ? &resource->pauses [index] : NULL;
}

/* The next one at a place of its own; those before it do not matter where. */
static const plan_pause_t *
s_appointment (const walker_t *self, int *ret_index)
{
    const plan_pause_t *pause;
    for (int i = self->pause; (pause = s_pause (self, i)); i++)
        if (pause->place != PLAN_NONE && pause->to > self->time) {
            *ret_index = i;
            return pause;
        }
    return NULL;
}

/* How much of the shift's pauses lies between these times. */
static int64_t
s_paused (const walker_t *self, int64_t from, int64_t to)
{
    int64_t sum = 0;
    for (int i = 0; i < self->route->resource->pause_count; i++) {
        const plan_pause_t *pause = &self->route->resource->pauses [i];
        int64_t begins = pause->from > from ? pause->from : from, ends = pause->to < to ? pause->to : to;
        sum += ends > begins ? ends - begins : 0;
    }
    return sum;
}

/* ---- travel */

static void
s_leg (const plan_travel_t *travel, int32_t from, int32_t to, int32_t *ret_time, int32_t *ret_distance)
{
    size_t at = (size_t) from * (size_t) travel->places + (size_t) to;
    if (travel->leg) {
        travel->leg (travel->context, from, to, ret_time, ret_distance);
        return;
    }
    *ret_time = travel->time [at];
    *ret_distance = travel->distance ? travel->distance [at] : travel->time [at];
}

/* Goes to a place; a pause without place on the way interrupts. */
static void
s_go (walker_t *self, int32_t to)
{
    int32_t left, distance;
    s_leg (&self->route->problem->travel, self->place, to, &left, &distance);
    self->found.travel += left;
    self->found.distance += distance;
    self->place = to;
    const plan_pause_t *pause;
    while ((pause = s_pause (self, self->pause))) {
        if (pause->to > self->time && (pause->place != PLAN_NONE || left == 0 || self->time + left <= pause->from))
            break;
        if (pause->to > self->time) {
            left -= pause->from > self->time ? (int32_t) (pause->from - self->time) : 0;
            self->time = pause->to;
        }
        self->pause++;
    }
    self->time += left;
}

/* ---- work */

/* The first moment from `at` on that a window has; PLAN_NONE when there is none. */
static int64_t
s_in_window (const plan_visit_t *visit, int64_t at)
{
    for (int i = 0; i < visit->window_count; i++)
        if (visit->windows [i].to >= at)
            return visit->windows [i].from > at ? visit->windows [i].from : at;
    return visit->window_count ? PLAN_NONE : at;
}

/* The pause without place that work from `at` would lie in, or NULL. */
static const plan_pause_t *
s_disturbance (const walker_t *self, int64_t at, int64_t work)
{
    const plan_pause_t *pause;
    for (int i = self->pause; (pause = s_pause (self, i)); i++)
        if (pause->place == PLAN_NONE && at < pause->to && at + work > pause->from)
            return pause;
    return NULL;
}

static bool
s_begin (walker_t *self, int stop, int64_t work, int64_t *ret_begins)
{
    int32_t index = self->route->route->stops [stop].visit;
    const plan_visit_t *visit = &self->route->problem->visits [index];
    bool is_fixed = visit->lock & PLAN_LOCK_TIME;
    int64_t at = self->time;
    if (self->route->not_before && self->route->not_before [index] > at)
        at = self->route->not_before [index];
    if (is_fixed && at < visit->fixed_at)
        at = visit->fixed_at;
    for (const plan_pause_t *pause = NULL;; at = pause->to) {
        int64_t opens = s_in_window (visit, at);
        if (is_fixed && opens != visit->fixed_at)
            return s_fail (self, PLAN_RULE_LOCK, stop, visit->fixed_at, opens == PLAN_NONE ? at : opens);
        if (opens == PLAN_NONE)
            return s_fail (self, PLAN_RULE_WINDOW, stop, visit->windows [visit->window_count - 1].to, at);
        *ret_begins = at = opens;
        if (!(pause = s_disturbance (self, at, work)))
            break;
    }
    if (self->route->not_after && at > self->route->not_after [index])
        return s_fail (self, PLAN_RULE_CREW, stop, self->route->not_after [index], at);
    return true;
}

static bool
s_serve (walker_t *self, int stop, check_stop_t *ret_stop)
{
    int32_t index = self->route->route->stops [stop].visit;
    if (index == PLAN_NONE) {
        s_go (self, self->route->problem->supply_place);
        *ret_stop = (check_stop_t) { self->time, self->time };
        return true;
    }
    const plan_visit_t *visit = &self->route->problem->visits [index];
    int64_t work = check_work (self->route->resource, visit);
    s_go (self, visit->place);
    if (!s_begin (self, stop, work, &ret_stop->begins))
        return false;
    self->time = ret_stop->ends = ret_stop->begins + work;
    self->found.work += work;
    return true;
}

/* ---- the whole */

/* Goes where the pause wants him, and stays until it is over. */
static bool
s_keep (walker_t *self, int stop, const plan_pause_t *pause, int index)
{
    s_go (self, pause->place);
    self->found.is_at_pause = self->time > pause->from;
    if (self->found.is_at_pause)
        return s_fail (self, PLAN_RULE_SHIFT, stop, pause->from, self->time);
    self->time = pause->to;
    self->pause = index + 1;
    self->found.kept_at += stop;
    return true;
}

/* The plan says that the stop comes after the pause. */
static bool
s_is_after (const walker_t *self, int stop, const plan_pause_t *pause)
{
    return pause && self->route->route->stops [stop].begins >= pause->to;
}

/* The plan says that it comes before, though perhaps only with others between. */
static bool
s_is_before (const walker_t *self, int stop, const plan_pause_t *pause)
{
    int32_t begins = self->route->route->stops [stop].begins;
    return begins > 0 && begins < pause->to;
}

/* The stop, before the next appointment when he can still be there in time and the plan does not say otherwise,
 * else after it. */
static bool
s_next (walker_t *self, int stop, check_stop_t *ret_stop)
{
    for (;;) {
        int index = 0;
        walker_t first = *self;
        bool is_served = s_serve (&first, stop, ret_stop);
        const plan_pause_t *pause = s_appointment (self, &index);
        if (s_is_after (self, stop, pause))
            is_served = false;
        if (pause && is_served && !s_is_before (self, stop, pause)) {
            walker_t after = first;
            s_go (&after, pause->place);
            is_served = after.time <= pause->from;
        }
        if (is_served || !pause) {
            *self = first;
            return is_served;
        }
        if (!s_keep (self, stop, pause, index))
            return false;
    }
}

static bool
s_go_home (walker_t *self)
{
    const plan_shift_t *shift = self->route->shift;
    int index = 0, stop = self->route->route->stop_count;
    for (const plan_pause_t *pause; (pause = s_appointment (self, &index));)
        if (!s_keep (self, stop, pause, index))
            return false;
    if (shift->end_place != PLAN_NONE)
        s_go (self, shift->end_place);
    self->found.returns = self->time;
    int64_t latest = (int64_t) shift->to + shift->overtime_max;
    return self->time <= latest || s_fail (self, PLAN_RULE_SHIFT, stop, latest, self->time);
}

check_walk_t
check_walk (const check_route_t *route, int64_t leaves, check_stop_t *ret_stops)
{
    walker_t walker = { .route = route, .time = leaves, .place = route->shift->start_place };
    walker.found.leaves = leaves;
    const plan_pause_t *pause;
    while ((pause = s_pause (&walker, walker.pause)) && pause->to <= leaves)
        walker.pause++;
    for (int stop = 0; stop < route->route->stop_count; stop++)
        if (!s_next (&walker, stop, &ret_stops [stop]))
            return walker.found;
    s_go_home (&walker);
    walker.found.paused = s_paused (&walker, leaves, walker.found.returns);
    return walker.found;
}

/* Coming back is never earlier for leaving later, so the latest departure is found by halving. Stops stay on their side
 * of an appointment, or it would be another plan. */
check_walk_t
check_walk_latest (const check_route_t *route, const check_walk_t *early, check_stop_t *scratch)
{
    check_walk_t best = *early;
    int64_t least = early->leaves, most = early->returns;
    for (int i = 0; i < route->resource->pause_count; i++) {        /* an appointment is kept however late he leaves */
        const plan_pause_t *pause = &route->resource->pauses [i];
        if (pause->place != PLAN_NONE && pause->from >= route->shift->from && pause->from < most)
            most = pause->from;
    }
    while (least < most) {
        int64_t middle = least + (most - least + 1) / 2;
        check_walk_t found = check_walk (route, middle, scratch);
        if (found.rule == PLAN_MAY && found.returns <= early->returns && found.kept_at == early->kept_at) {
            best = found;
            least = middle;
        } else
            most = middle - 1;
    }
    return best;
}
