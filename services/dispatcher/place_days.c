/* place_days - a place for work that is longer than any stretch of the shift: it goes on after lunch and
 * on the next days. */
#include "place.h"
#include "calendar/spread.h"

#define MINUTE_MS INT64_C (60000)
enum { TRIES_MAX = 500, PIECES_MAX = 64 };

/* What stands in the way while he would be at work; at night and at lunch nothing does. */
static const busy_t *
s_conflict (const place_question_t *question, calendar_t *open, const place_t *place)
{
    for (int i = 0; i < question->busy_count; i++) {
        const busy_t *busy = &question->busy [i];
        int64_t from_at = busy->from_at > place->starts_at ? busy->from_at : place->starts_at;
        int64_t to_at = busy->to_at < place->ends_at ? busy->to_at : place->ends_at;
        if (to_at > from_at && (from_at < place->work_starts_at
            || calendar_between (open, from_at, to_at) > 0))
            return busy;
    }
    return NULL;
}

/* When to begin instead, so that work and travel lie in the shift. */
static int64_t
s_begin_again (const place_question_t *question, calendar_t *open, const place_t *place)
{
    int64_t travel_ms = place->leg.minutes * MINUTE_MS;
    int64_t work_at = calendar_next_open (open, place->work_starts_at);
    if (work_at == CALENDAR_NEVER
        || calendar_between (question->shift, work_at - travel_ms, work_at) == travel_ms)
        return work_at == CALENDAR_NEVER ? work_at : work_at - travel_ms;
    return calendar_next_close (question->shift, place->starts_at);
}

static bool
s_search (const place_question_t *question, calendar_t *open, int64_t from_at, int64_t until_at,
    place_t *ret_place)
{
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        int64_t at = calendar_next_open (question->shift, from_at);
        if (at >= until_at)
            return false;
        place_t place = place_at (question, at);
        if (!calendar_is_open (open, place.work_starts_at)) {
            from_at = s_begin_again (question, open, &place);
            continue;
        }
        interval_t pieces [PIECES_MAX];
        int count = calendar_spread (open, place.work_starts_at, question->work_ms, pieces,
            PIECES_MAX);
        if (!count || pieces [count - 1].to_at > until_at)
            return false;
        place.starts_at = place.work_starts_at - place.leg.minutes * MINUTE_MS;
        place.ends_at = pieces [count - 1].to_at;
        const busy_t *conflict = s_conflict (question, open, &place);
        if (!conflict) {
            *ret_place = place;
            return true;
        }
        from_at = conflict->to_at;
    }
    return false;
}

bool
place_over_days (const place_question_t *question, place_t *ret_place)
{
    int64_t from_at = question->not_before_at - DATE_DAY_MS / 2, now = question->now;
    int64_t until_at = (question->not_before_at > now ? question->not_before_at : now)
        + PLACE_HORIZON_DAYS * DATE_DAY_MS;
    calendar_t *open = question->access
        ? calendar_new_intersection (question->shift, question->access)
        : calendar_share (question->shift);
    bool is_found = (!question->access || !calendar_seal (open))
        && s_search (question, open, from_at > now ? from_at : now, until_at, ret_place);
    calendar_destroy (&open);
    return is_found;
}
