/* check_walk - a route in time: travel, windows, locks, pauses, the way home. Walked as a person would, one stop after
 * the other; how fast does not matter here. */
#include "check_inside.h"

typedef struct {
    const check_route_t *route;
    check_walk_t found;
    int64_t time;
    int32_t place;
    int pause;                          /* the first that is not over */
    check_step_t *steps;
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
    return true;
}

static void
s_step (walker_t *self, int stop, int64_t begins, int64_t ends)
{
    self->steps [self->found.step_count++] = (check_step_t) { stop, self->place, begins, ends };
    self->time = ends;
}

static bool
s_serve (walker_t *self, int stop)
{
    int32_t index = self->route->route->stops [stop].visit;
    int64_t begins = 0;
    if (index == PLAN_NONE) {
        s_go (self, self->route->problem->supply_place);
        s_step (self, stop, self->time, self->time);
        return true;
    }
    const plan_visit_t *visit = &self->route->problem->visits [index];
    int64_t work = check_work (self->route->resource, visit);
    s_go (self, visit->place);
    if (!s_begin (self, stop, work, &begins))
        return false;
    s_step (self, stop, begins, begins + work);
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
    s_step (self, PLAN_NONE, pause->from, pause->to);
    self->pause = index + 1;
    return true;
}

/* The stop, before the next appointment when he can still be there in time, else after it. */
static bool
s_next (walker_t *self, int stop)
{
    for (;;) {
        int index = 0;
        walker_t first = *self;
        bool is_served = s_serve (&first, stop);
        const plan_pause_t *pause = s_appointment (self, &index);
        if (pause && is_served) {
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

static walker_t
s_walker (const check_route_t *route, int32_t place, int64_t time)
{
    walker_t walker = { .route = route, .time = time, .place = place };
    const plan_pause_t *pause;
    while ((pause = s_pause (&walker, walker.pause)) && pause->to <= time)
        walker.pause++;
    return walker;
}

check_walk_t
check_walk (const check_route_t *route, check_step_t *ret_steps)
{
    walker_t walker = s_walker (route, route->shift->start_place, route->shift->from);
    walker.found.leaves = walker.time;
    walker.steps = ret_steps;
    for (int stop = 0; stop < route->route->stop_count; stop++)
        if (!s_next (&walker, stop))
            return walker.found;
    s_go_home (&walker);
    return walker.found;
}

/* ---- pressed together */

/* The latest time to leave, from `least` on, to be there by `by`: being there is never earlier for leaving later, so it
 * is found by halving. */
static int64_t
s_latest_leave (const check_route_t *route, int32_t from, int32_t to, int64_t least, int64_t by)
{
    int64_t most = by;
    while (least < most) {
        int64_t middle = least + (most - least + 1) / 2;
        walker_t walker = s_walker (route, from, middle);
        s_go (&walker, to);
        if (walker.time <= by)
            least = middle;
        else
            most = middle - 1;
    }
    return least;
}

/* The latest time for a step to begin that ends by `by`: in its window, before it is late or more so, not in a pause. */
static int64_t
s_latest_begin (const check_route_t *route, const check_step_t *step, int64_t by)
{
    int64_t work = step->ends - step->begins, at = by - work;
    int32_t index = step->stop == PLAN_NONE ? PLAN_NONE : route->route->stops [step->stop].visit;
    if (step->stop == PLAN_NONE)
        return step->begins;
    if (index == PLAN_NONE)
        return at;
    const plan_visit_t *visit = &route->problem->visits [index];
    for (int i = 0; i < visit->window_count; i++)
        if (visit->windows [i].to >= step->begins) {
            at = at < visit->windows [i].to ? at : visit->windows [i].to;
            break;
        }
    int64_t late = visit->due > step->begins ? visit->due : step->begins;
    if ((visit->lock & PLAN_LOCK_TIME) || (route->not_after && route->not_after [index] == step->begins))
        return step->begins;
    at = visit->due != PLAN_NEVER && late < at ? late : at;
    walker_t walker = s_walker (route, step->place, step->begins);
    for (const plan_pause_t *pause; (pause = s_disturbance (&walker, at, work));)
        at = pause->from - work;
    return at;
}

void
check_press (const check_route_t *route, bool is_whole, check_walk_t *walk, check_step_t *steps)
{
    int32_t to = route->shift->end_place;
    int64_t by = walk->returns;
    for (int i = walk->step_count - 1; is_whole && i >= 0; i--) {
        check_step_t *step = &steps [i];
        int64_t work = step->ends - step->begins;
        if (to != PLAN_NONE)
            by = s_latest_leave (route, step->place, to, step->ends, by);
        step->begins = s_latest_begin (route, step, by);
        step->ends = step->begins + work;
        to = step->place;
        by = step->begins;
    }
    int32_t start = route->shift->start_place;
    walk->leaves = s_latest_leave (route, start, steps->place, route->shift->from, steps->begins);
    walker_t walker = s_walker (route, start, walk->leaves);
    walk->paused = s_paused (&walker, walk->leaves, walk->returns);
}
