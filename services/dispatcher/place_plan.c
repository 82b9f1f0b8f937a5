/* place_plan - the free stretches of some engineers as shifts of the planner, the visits behind them as stops that are
 * fixed, and the visit that is to be placed. */
#include "place_gap.h"
#include "check.h"
#include "plan/plan.h"
#include <string.h>

#define MINUTE_MS INT64_C (60000)
enum { HOUR = 60, WINDOWS_MAX = 200 };

/* A place of the planner's. early: so much of a way that begins here is over before the shift; least: a way to here
 * takes so long at least, because it is booked. */
typedef struct { const geo_point_t *point; int32_t early, least; } spot_t;

typedef struct {
    arena_t *arena;
    const place_question_t *question;       /* the first: what all have in common */
    int64_t base_at;                        /* minute 0 */
    int64_t until_at;
    spot_t *spots;                          /* 0: the site of the visit */
    int spot_count;
    gap_t **gaps;                           /* of each engineer, those that became shifts */
    plan_resource_t *resources;
    plan_visit_t *visits;                   /* 0: the visit; then those that are there */
    plan_route_t *routes;                   /* of them */
    int visit_count, route_count;
} asking_t;

static int32_t
s_floor (const asking_t *self, int64_t at)
{
    int64_t minute = (at - self->base_at) / MINUTE_MS;
    return at < self->base_at ? 0 : minute > PLAN_NEVER ? PLAN_NEVER : (int32_t) minute;
}

static int32_t
s_ceiling (const asking_t *self, int64_t at)
{
    return s_floor (self, at + MINUTE_MS - 1);
}

static void
s_leg (void *context, int from, int to, int32_t *ret_time, int32_t *ret_distance)
{
    const asking_t *self = context;
    leg_t leg = travel_leg (self->spots [from].point, self->spots [to].point, self->question->policy);
    int32_t minutes = (int32_t) leg.minutes - self->spots [from].early;
    minutes = minutes > 0 ? minutes : 0;
    *ret_time = minutes > self->spots [to].least ? minutes : self->spots [to].least;
    *ret_distance = (int32_t) leg.distance_m;
}

static int32_t
s_spot (asking_t *self, const geo_point_t *point, int64_t early_ms, int64_t least_ms)
{
    self->spots [self->spot_count] = (spot_t) { point, (int32_t) (early_ms / MINUTE_MS),
        (int32_t) ((least_ms + MINUTE_MS - 1) / MINUTE_MS) };
    return self->spot_count++;
}

/* ---- shifts, and the visits at their ends */

/* False: he can not be there in time even now, so there is nothing free between. */
static bool
s_fix_after (asking_t *self, const busy_t *after, int32_t resource, int32_t number, plan_shift_t *shift)
{
    int32_t time, distance, fixed_at = s_floor (self, after->work_from_at);
    int32_t place = s_spot (self, after->point, 0, after->work_from_at - after->from_at);
    s_leg (self, shift->start_place, place, &time, &distance);
    if (shift->from + time > fixed_at)
        return false;
    shift->to = fixed_at;
    shift->overtime_max = 0;
    plan_stop_t *stop = arena_alloc (self->arena, sizeof *stop);
    *stop = (plan_stop_t) { .visit = self->visit_count };
    self->routes [self->route_count++] = (plan_route_t) { .resource = resource, .shift = number, .stop_count = 1,
        .stops = stop };
    self->visits [self->visit_count++] = (plan_visit_t) {
        .id = "", .place = place, .priority = 1, .due = PLAN_NEVER, .territory = PLAN_NONE, .after = PLAN_NONE,
        .lock = PLAN_LOCK_TIME | PLAN_LOCK_RESOURCE, .fixed_at = fixed_at, .fixed_resource = resource,
        .told_resource = PLAN_NONE, .told_at = PLAN_NONE };
    return true;
}

static void
s_resource (asking_t *self, int32_t resource, const gap_t *gaps, int count)
{
    plan_shift_t *shifts = arena_array (self->arena, (size_t) count + 1, sizeof *shifts);
    gap_t *kept = arena_array (self->arena, (size_t) count + 1, sizeof *kept);
    int number = 0;
    for (int i = 0; i < count; i++) {
        plan_shift_t shift = { .from = s_ceiling (self, gaps [i].from_at), .to = s_floor (self, gaps [i].to_at),
            .start_place = s_spot (self, gaps [i].start, gaps [i].early_ms, 0), .end_place = PLAN_NONE };
        shift.overtime_max = s_floor (self, gaps [i].latest_at) - shift.to;
        bool is_any = shift.from <= shift.to && shift.from < shift.to + shift.overtime_max;
        if (!is_any || (gaps [i].after && !s_fix_after (self, gaps [i].after, resource, number, &shift)))
            continue;
        kept [number] = gaps [i];
        shifts [number++] = shift;
    }
    self->gaps [resource] = kept;
    self->resources [resource] = (plan_resource_t) { .id = "", .shifts = shifts, .shift_count = number };
}

/* ---- the visit */

static void
s_window (const asking_t *self, plan_window_t *windows, int *count, int64_t from_at, int64_t to_at)
{
    int32_t from = s_ceiling (self, from_at), to = s_floor (self, to_at);
    if (to_at < from_at || from > to || *count == WINDOWS_MAX)
        return;
    if (*count && windows [*count - 1].to >= from)
        windows [*count - 1].to = to;
    else
        windows [(*count)++] = (plan_window_t) { from, to };
}

/* When work may begin: the access hours, less the work; how many. */
static int
s_windows (const asking_t *self, plan_window_t *windows)
{
    const place_question_t *question = self->question;
    int64_t from_at = question->not_before_at > self->base_at ? question->not_before_at : self->base_at;
    int64_t to_at = question->begins_by_at ? question->begins_by_at : self->until_at, at = from_at;
    int count = 0;
    if (!question->access)
        s_window (self, windows, &count, from_at, to_at);
    int64_t until_at = to_at + question->work_ms;
    for (interval_t open; question->access && calendar_each (question->access, &at, until_at, &open); ) {
        int64_t last_at = open.to_at - question->work_ms;
        s_window (self, windows, &count, open.from_at, last_at < to_at ? last_at : to_at);
    }
    return count;
}

static plan_visit_t
s_visit (asking_t *self)
{
    const place_question_t *question = self->question;
    int64_t since_at = question->not_before_at > question->now ? question->not_before_at : question->now;
    plan_window_t *windows = arena_array (self->arena, WINDOWS_MAX, sizeof *windows);
    int count = s_windows (self, windows);
    return (plan_visit_t) {
        .id = "", .place = s_spot (self, question->site, 0, 0), .priority = 1,
        .work = (int32_t) ((question->work_ms + MINUTE_MS - 1) / MINUTE_MS), .windows = windows, .window_count = count,
        .due = question->late_at ? s_floor (self, question->late_at) : PLAN_NEVER,
        .late_price_per_hour = question->late_per_hour_minor, .wanted = s_floor (self, since_at),
        .delay_price_per_hour = question->is_earliest ? HOUR : question->wait_per_hour_minor,
        .territory = PLAN_NONE, .after = PLAN_NONE, .told_resource = PLAN_NONE, .told_at = PLAN_NONE };
}

/* ---- the answer */

static place_t
s_place (const asking_t *self, const place_question_t *question, const gap_t *gap, const plan_place_t *planned)
{
    place_t place = { .is_found = true, .work_starts_at = self->base_at + planned->begins * MINUTE_MS,
        .added_minor = planned->added, .leg = travel_leg (gap->start, question->site, question->policy) };
    place.starts_at = place.work_starts_at - place.leg.minutes * MINUTE_MS;
    place.ends_at = place.work_starts_at + question->work_ms;
    place.detour = place.leg;
    if (gap->after) {
        leg_t on = travel_leg (question->site, gap->after->point, question->policy);
        leg_t without = travel_leg (gap->start, gap->after->point, question->policy);
        place.detour.minutes += on.minutes - without.minutes;
        place.detour.distance_m += on.distance_m - without.distance_m;
    }
    int64_t late_from_at = gap->open.to_at > place.starts_at ? gap->open.to_at : place.starts_at;
    place.early_ms = gap->open.from_at > place.starts_at ? gap->open.from_at - place.starts_at : 0;
    place.overtime_ms = place.ends_at > late_from_at ? place.ends_at - late_from_at : 0;
    return place;
}

static plan_problem_t
s_problem (const asking_t *self, int count)
{
    const dispatch_policy_details_t *policy = self->question->policy;
    int64_t way = !self->question->is_earliest;
    return (plan_problem_t) {
        .resources = self->resources, .resource_count = count, .visits = self->visits,
        .visit_count = self->visit_count,
        .travel = { .places = self->spot_count, .leg = s_leg, .context = (void *) self }, .supply_place = PLAN_NONE,
        .policy = { .travel_per_hour = way * policy->travel_per_minute_minor * HOUR,
                    .travel_per_distance = way * policy->travel_per_km_minor,
                    .overtime_per_hour = way * policy->overtime_per_hour_minor, .hour = HOUR } };
}

static void
s_ask (asking_t *self, const place_question_t *const *asked, int count, place_t *const *ret_places)
{
    char error [PLAN_ERROR_SIZE];
    plan_problem_t problem = s_problem (self, count);
    plan_placement_t placement = { .places = arena_array (self->arena, (size_t) count, sizeof *placement.places) };
    plan_t *plan = plan_open (&problem, error);
    check (plan);                                   /* prices and times are within what a policy may say */
    check (plan_load (plan, self->routes, self->route_count, error));
    plan_place (plan, 0, 1, false, &placement);
    for (int i = 0; i < count; i++)
        if (placement.places [i].resource != PLAN_NONE)
            *ret_places [i] = s_place (self, asked [i], &self->gaps [i] [placement.places [i].shift],
                &placement.places [i]);
    plan_close (&plan);
}

/* The hours of his shift: few shifts are those of many. */
static const hours_t *
s_hours (arena_t *arena, const place_question_t *question, int64_t until_at, hours_t *hours, int *count)
{
    for (int i = 0; i < *count; i++)
        if (hours [i].shift == question->shift)
            return &hours [i];
    hours [*count] = place_hours (arena, question, until_at);
    return &hours [(*count)++];
}

void
place_plan (arena_t *arena, const place_question_t *const *asked, int count, int64_t until_at,
    place_t *const *ret_places)
{
    size_t room = (size_t) count, total = 1;
    gap_t **gaps = arena_array (arena, room, sizeof *gaps);
    hours_t *hours = arena_array (arena, room, sizeof *hours);
    int *gap_counts = arena_array (arena, room, sizeof *gap_counts), shift_count = 0;
    for (int i = 0; i < count; i++) {
        const hours_t *open = s_hours (arena, asked [i], until_at, hours, &shift_count);
        total += (size_t) (gap_counts [i] = place_gaps (arena, asked [i], open, &gaps [i]));
    }
    asking_t self = {
        .arena = arena, .question = asked [0], .until_at = until_at,
        .base_at = (asked [0]->now + MINUTE_MS - 1) / MINUTE_MS * MINUTE_MS,
        .spots = arena_array (arena, 2 * total, sizeof *self.spots),
        .gaps = arena_array (arena, room, sizeof *self.gaps),
        .resources = arena_array (arena, room, sizeof *self.resources),
        .visits = arena_array (arena, total, sizeof *self.visits), .visit_count = 1,
        .routes = arena_array (arena, total, sizeof *self.routes) };
    self.visits [0] = s_visit (&self);
    for (int i = 0; i < count; i++)
        s_resource (&self, i, gaps [i], gap_counts [i]);
    if (self.visits [0].window_count)
        s_ask (&self, asked, count, ret_places);
}
