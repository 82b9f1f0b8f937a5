/* place_plan - the free stretches of some engineers, each asked of the planner: what the visit would cost there. */
#include "place_gap.h"
#include "plan/plan.h"

#define MINUTE_MS INT64_C (60000)
enum { HOUR = 60, WINDOWS_MAX = 200 };

/* A way over a third place is not shorter than the straight one, but for rounding: of each leg to a minute, and to a
 * metre that a detour makes five. */
enum { ROUNDING_MINUTES = 1, ROUNDING_M = 10 };

typedef struct { gap_t gap; plan_fit_t fit; leg_t leg, onward, without; } found_t;

typedef struct {
    const place_question_t *question;       /* of the engineer at hand */
    int64_t base_at;                        /* minute 0 */
    plan_policy_t policy;
    plan_visit_t visit;
    int64_t rounding;                       /* what a way that is added can seem to save */
    bool is_found;
    found_t best;                           /* his best so far */
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

/* ---- one stretch */

/* early: so much of the way is over before the shift; least: it takes so long at least, because it is booked. */
static int32_t
s_minutes (leg_t leg, int32_t early, int32_t least)
{
    int32_t minutes = (int32_t) leg.minutes > early ? (int32_t) leg.minutes - early : 0;
    return minutes > least ? minutes : least;
}

static plan_gap_t
s_gap (const asking_t *self, const gap_t *gap)
{
    plan_gap_t asked = { .from = s_ceiling (self, gap->from_at), .to = s_floor (self, gap->to_at) };
    asked.overtime_max = s_floor (self, gap->latest_at) - asked.to;
    return asked;
}

static bool
s_fits (const asking_t *self, const gap_t *gap, const plan_gap_t *asked, found_t *found)
{
    const place_question_t *question = self->question;
    int32_t early = (int32_t) (gap->early_ms / MINUTE_MS);
    found->leg = travel_leg (gap->start, question->site, question->policy);
    plan_gap_legs_t legs = { .time = s_minutes (found->leg, early, 0), .distance = (int32_t) found->leg.distance_m };
    if (plan_gap_begins (&self->visit, asked, legs.time) == PLAN_NEVER)
        return false;
    if (gap->after) {
        int32_t least = (int32_t) ((gap->after->work_from_at - gap->after->from_at + MINUTE_MS - 1) / MINUTE_MS);
        found->onward = travel_leg (question->site, gap->after->point, question->policy);
        found->without = travel_leg (gap->start, gap->after->point, question->policy);
        legs.onward_time = s_minutes (found->onward, 0, least);
        legs.without_time = s_minutes (found->without, early, least);
        legs.onward_distance = (int32_t) found->onward.distance_m;
        legs.without_distance = (int32_t) found->without.distance_m;
    }
    return plan_gap (&self->policy, &self->visit, asked, &legs, &found->fit);
}

/* False: no later one can be better. */
static bool
s_try (void *context, const gap_t *gap)
{
    asking_t *self = context;
    plan_gap_t asked = s_gap (self, gap);
    if (asked.from > asked.to || asked.from >= asked.to + asked.overtime_max)
        return true;
    if (self->is_found && self->question->site
        && plan_gap_waits (&self->visit, &asked) - self->rounding >= self->best.fit.exact)
        return false;
    if (gap->after) {
        asked.to = s_floor (self, gap->after->work_from_at);
        asked.overtime_max = 0;
        asked.is_followed = true;
    }
    found_t found = { .gap = *gap };
    if (s_fits (self, gap, &asked, &found) && (!self->is_found || found.fit.exact < self->best.fit.exact)) {
        self->best = found;
        self->is_found = true;
    }
    return true;
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
s_windows (const asking_t *self, int64_t until_at, plan_window_t *windows)
{
    const place_question_t *question = self->question;
    int64_t from_at = question->not_before_at > self->base_at ? question->not_before_at : self->base_at;
    int64_t to_at = question->begins_by_at ? question->begins_by_at : until_at, at = from_at;
    int count = 0;
    if (!question->access)
        s_window (self, windows, &count, from_at, to_at);
    int64_t access_until_at = to_at + question->work_ms;
    for (interval_t open; question->access && calendar_each (question->access, &at, access_until_at, &open); ) {
        int64_t last_at = open.to_at - question->work_ms;
        s_window (self, windows, &count, open.from_at, last_at < to_at ? last_at : to_at);
    }
    return count;
}

static void
s_visit (asking_t *self, int64_t until_at, plan_window_t *windows)
{
    const place_question_t *question = self->question;
    int64_t since_at = question->not_before_at > question->now ? question->not_before_at : question->now;
    self->visit = (plan_visit_t) {
        .work = (int32_t) ((question->work_ms + MINUTE_MS - 1) / MINUTE_MS), .windows = windows,
        .window_count = s_windows (self, until_at, windows),
        .due = question->late_at ? s_floor (self, question->late_at) : PLAN_NEVER,
        .late_price_per_hour = question->late_per_hour_minor, .wanted = s_floor (self, since_at),
        .delay_price_per_hour = question->is_earliest ? HOUR : question->wait_per_hour_minor };
}

static void
s_policy (asking_t *self)
{
    const dispatch_policy_details_t *policy = self->question->policy;
    int64_t way = !self->question->is_earliest;
    self->policy = (plan_policy_t) {
        .travel_per_hour = way * policy->travel_per_minute_minor * HOUR,
        .travel_per_distance = way * policy->travel_per_km_minor,
        .overtime_per_hour = way * policy->overtime_per_hour_minor, .hour = HOUR };
    self->rounding = ROUNDING_MINUTES * self->policy.travel_per_hour
        + (ROUNDING_M * self->policy.travel_per_distance * HOUR + 999) / 1000 + 1;
}

/* ---- the answer */

static place_t
s_place (const asking_t *self)
{
    const place_question_t *question = self->question;
    const found_t *best = &self->best;
    place_t place = { .is_found = true, .work_starts_at = self->base_at + best->fit.begins * MINUTE_MS,
        .added_minor = best->fit.added, .leg = best->leg, .detour = best->leg };
    place.starts_at = place.work_starts_at - place.leg.minutes * MINUTE_MS;
    place.ends_at = place.work_starts_at + question->work_ms;
    place.detour.minutes += best->onward.minutes - best->without.minutes;
    place.detour.distance_m += best->onward.distance_m - best->without.distance_m;
    interval_t open = best->gap.open;
    int64_t late_from_at = open.to_at > place.starts_at ? open.to_at : place.starts_at;
    place.early_ms = open.from_at > place.starts_at ? open.from_at - place.starts_at : 0;
    place.overtime_ms = place.ends_at > late_from_at ? place.ends_at - late_from_at : 0;
    return place;
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
    hours_t *hours = arena_array (arena, (size_t) count, sizeof *hours);
    int shift_count = 0;
    plan_window_t windows [WINDOWS_MAX];
    asking_t self = { .question = asked [0], .base_at = (asked [0]->now + MINUTE_MS - 1) / MINUTE_MS * MINUTE_MS };
    s_policy (&self);
    s_visit (&self, until_at, windows);
    for (int i = 0; i < count && self.visit.window_count; i++) {
        self.question = asked [i];
        self.is_found = false;
        place_gaps (asked [i], s_hours (arena, asked [i], until_at, hours, &shift_count), s_try, &self);
        if (self.is_found)
            *ret_places [i] = s_place (&self);
    }
}
