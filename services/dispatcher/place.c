#include "place.h"
#include <string.h>

#define MINUTE_MS INT64_C (60000)
#define HOUR_MS (60 * MINUTE_MS)
#define LINGER_MS (6 * HOUR_MS)     /* so long after a visit he is near it, then at home */

/* A stretch that is free, and what lies on both sides of it. */
typedef struct {
    int64_t from_at, to_at, open_at;
    const busy_t *before, *after;
} gap_t;

static int64_t
s_later (int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t
s_whole_minute (int64_t at)
{
    return (at + MINUTE_MS - 1) / MINUTE_MS * MINUTE_MS;
}

static const geo_point_t *
s_departure (const place_question_t *question, const gap_t *gap)
{
    bool is_now = gap->open_at <= question->now && gap->from_at <= question->now;
    if (is_now && question->position)
        return question->position;
    if (gap->before && gap->before->to_at + LINGER_MS > s_later (gap->from_at, question->now))
        return gap->before->point;
    return question->home;
}

/* The first moment not before at from which one is let in for all of the work; until_at when there
 * is none before it. */
static int64_t
s_let_in (const place_question_t *question, int64_t at, int64_t until_at)
{
    while (question->access && at < until_at) {
        at = calendar_next_open (question->access, at);
        if (at >= until_at)
            return until_at;
        int64_t closes_at = calendar_next_close (question->access, at);
        if (closes_at - at >= question->work_ms)
            break;
        at = closes_at;
    }
    return at;
}

static place_t
s_place (const place_question_t *question, const geo_point_t *from, int64_t earliest_at,
    int64_t until_at)
{
    place_t place = { .leg = travel_leg (from, question->site, question->policy) };
    int64_t travel_ms = place.leg.minutes * MINUTE_MS;
    place.work_starts_at = s_let_in (question,
        s_whole_minute (s_later (earliest_at + travel_ms, question->not_before_at)), until_at);
    place.starts_at = place.work_starts_at - travel_ms;
    place.ends_at = place.work_starts_at + question->work_ms;
    return place;
}

static bool
s_reaches_next (const place_question_t *question, const gap_t *gap, const place_t *place)
{
    if (!gap->after || gap->after->kind != BUSY_VISIT || !gap->after->point)
        return true;
    leg_t leg = travel_leg (question->site, gap->after->point, question->policy);
    return place->ends_at + leg.minutes * MINUTE_MS <= gap->after->work_from_at;
}

static bool
s_fits (const place_question_t *question, const gap_t *gap, place_t *ret_place)
{
    int64_t earliest_at = s_later (gap->from_at, question->now);
    if (earliest_at >= gap->to_at)
        return false;
    place_t place = s_place (question, s_departure (question, gap), earliest_at, gap->to_at);
    if (place.ends_at > gap->to_at || !s_reaches_next (question, gap, &place))
        return false;
    *ret_place = place;
    return true;
}

/* All gaps of one open stretch, first one first. */
static bool
s_fits_stretch (const place_question_t *question, interval_t open, place_t *ret_place)
{
    gap_t gap = { .from_at = open.from_at, .open_at = open.from_at };
    for (int i = 0; i <= question->busy_count && gap.from_at < open.to_at; i++) {
        const busy_t *next = i < question->busy_count ? &question->busy [i] : NULL;
        gap.after = next && next->from_at < open.to_at ? next : NULL;
        gap.to_at = gap.after ? next->from_at : open.to_at;
        if (gap.to_at > gap.from_at && s_fits (question, &gap, ret_place))
            return true;
        if (!next)
            break;
        gap.from_at = s_later (gap.from_at, next->to_at);
        if (next->kind == BUSY_VISIT && (!gap.before || next->to_at >= gap.before->to_at))
            gap.before = next;
    }
    return false;
}

/* Begins early or ends late, but never reaches into the stretch before or after. */
static bool
s_fits_extended (const place_question_t *question, interval_t open, int64_t closed_at,
    place_t *ret_place)
{
    interval_t longer = { s_later (open.from_at - question->early_ms, closed_at),
        open.to_at + question->overtime_ms };
    int64_t next_at = calendar_next_open (question->shift, open.to_at);
    if (next_at != CALENDAR_NEVER && next_at < longer.to_at)
        longer.to_at = next_at;
    place_question_t within = *question;
    within.not_before_at = s_later (question->not_before_at, open.from_at);
    if (!s_fits_stretch (&within, longer, ret_place))
        return false;
    ret_place->early_ms = s_later (open.from_at - ret_place->starts_at, 0);
    ret_place->overtime_ms = s_later (ret_place->ends_at
        - s_later (open.to_at, ret_place->starts_at), 0);
    return true;
}

static bool
s_in_one_stretch (const place_question_t *question, place_t *ret_place)
{
    int64_t first_at = s_later (question->now, question->not_before_at - DATE_DAY_MS);
    int64_t until_at = s_later (question->now,
        question->not_before_at) + PLACE_HORIZON_DAYS * DATE_DAY_MS;
    if (question->until_at)
        until_at = question->until_at;
    int64_t at = first_at - question->overtime_ms, closed_at = at;
    bool is_plain = !question->overtime_ms && !question->early_ms;
    for (interval_t open; calendar_each (question->shift, &at, until_at, &open);
        closed_at = open.to_at)
        if (is_plain ? s_fits_stretch (question, open, ret_place)
            : s_fits_extended (question, open, closed_at, ret_place))
            return true;
    return false;
}

bool
place_takes_days (const place_question_t *question)
{
    place_t place;
    place_question_t alone = *question;
    alone.busy_count = 0;
    alone.access = NULL;
    alone.until_at = 0;
    return question->shift && !s_in_one_stretch (&alone, &place);
}

bool
place_earliest (const place_question_t *question, place_t *ret_place)
{
    if (!question->shift)
        return false;
    return s_in_one_stretch (question, ret_place)
        || (place_takes_days (question) && place_over_days (question, ret_place));
}

place_t
place_at (const place_question_t *question, int64_t starts_at)
{
    gap_t gap = { .from_at = starts_at, .open_at = starts_at };
    for (int i = 0; i < question->busy_count; i++)
        if (question->busy [i].kind == BUSY_VISIT && question->busy [i].to_at <= starts_at)
            gap.before = &question->busy [i];
    place_t place = { .starts_at = starts_at };
    place.leg = travel_leg (s_departure (question, &gap), question->site, question->policy);
    place.work_starts_at = s_later (starts_at + place.leg.minutes * MINUTE_MS,
        question->not_before_at);
    place.ends_at = place.work_starts_at + question->work_ms;
    return place;
}

leg_t
place_detour (const place_question_t *question, const place_t *place)
{
    gap_t gap = { .from_at = place->starts_at, .open_at = place->starts_at };
    for (int i = 0; i < question->busy_count; i++) {
        const busy_t *busy = &question->busy [i];
        if (busy->kind != BUSY_VISIT)
            continue;
        if (busy->to_at <= place->starts_at)
            gap.before = busy;
        else if (!gap.after && busy->from_at >= place->ends_at
            && busy->from_at < place->ends_at + LINGER_MS)
            gap.after = busy;
    }
    if (!gap.after)
        return place->leg;
    leg_t on = travel_leg (question->site, gap.after->point, question->policy);
    leg_t without = travel_leg (s_departure (question, &gap), gap.after->point, question->policy);
    return (leg_t) { .distance_m = place->leg.distance_m + on.distance_m - without.distance_m,
                     .minutes = place->leg.minutes + on.minutes - without.minutes };
}

const busy_t *
place_conflict (const place_question_t *question, int64_t from_at, int64_t to_at)
{
    for (int i = 0; i < question->busy_count; i++)
        if (question->busy [i].from_at < to_at && question->busy [i].to_at > from_at)
            return &question->busy [i];
    return NULL;
}
