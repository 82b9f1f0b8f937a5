#include "place_gap.h"
#include <string.h>

#define MINUTE_MS INT64_C (60000)
#define HOUR_MS (60 * MINUTE_MS)
#define NEAR_MS (2 * DATE_DAY_MS)   /* looked at first: whatever is later costs at least that much waiting */

static int64_t
s_since_at (const place_question_t *question)
{
    return question->not_before_at > question->now ? question->not_before_at : question->now;
}

static int64_t
s_until_at (const place_question_t *question)
{
    int64_t until_at = s_since_at (question) + PLACE_HORIZON_DAYS * DATE_DAY_MS;
    int64_t longest_ms = question->work_ms + question->overtime_ms;
    return question->begins_by_at && question->begins_by_at + longest_ms < until_at
        ? question->begins_by_at + longest_ms : until_at;
}

/* Nothing that begins after the near days can cost less. */
static bool
s_is_settled (const place_question_t *question, const place_t *place)
{
    int64_t wait_ms = NEAR_MS - question->work_ms;
    int64_t price = question->is_earliest ? 60 : question->wait_per_hour_minor;
    return place->is_found && wait_ms > 0 && place->added_minor <= wait_ms / HOUR_MS * price;
}

/* Asks for all that are not settled, as many at once as have the same pace; they are settled then. */
static void
s_ask (arena_t *arena, const place_question_t *questions, int count, int64_t until_at, bool *is_settled,
    place_t *ret_places)
{
    const place_question_t **asked = arena_array (arena, (size_t) count, sizeof *asked);
    place_t **places = arena_array (arena, (size_t) count, sizeof *places);
    for (int first = 0; first < count; first++) {
        int size = 0;
        for (int i = first; i < count && !is_settled [first]; i++) {
            if (is_settled [i] || !questions [i].shift || questions [i].work_ms != questions [first].work_ms)
                continue;
            asked [size] = &questions [i];
            places [size++] = &ret_places [i];
        }
        for (int i = 0; i < size; i++)
            is_settled [asked [i] - questions] = true;
        if (size)
            place_plan (arena, asked, size, until_at, places);
    }
}

static void
s_over_days (arena_t *arena, const place_question_t *question, place_t *ret_place)
{
    place_t place;
    if (!place_takes_days (arena, question) || !place_over_days (question, &place)
        || (question->begins_by_at && place.work_starts_at > question->begins_by_at)
        || (question->until_at && place.ends_at > question->until_at))
        return;
    place.is_found = true;
    place.detour = place.leg;
    *ret_place = place;
}

void
place_best (arena_t *arena, const place_question_t *questions, int count, place_t *ret_places)
{
    bool *is_settled = arena_array (arena, (size_t) count + 1, sizeof *is_settled);
    memset (ret_places, 0, (size_t) count * sizeof *ret_places);
    if (!count)
        return;
    int64_t near_at = s_since_at (questions) + NEAR_MS, until_at = s_until_at (questions);
    if (near_at < until_at)
        s_ask (arena, questions, count, near_at, is_settled, ret_places);
    for (int i = 0; i < count; i++)
        is_settled [i] = near_at < until_at && s_is_settled (&questions [i], &ret_places [i]);
    s_ask (arena, questions, count, until_at, is_settled, ret_places);
    for (int i = 0; i < count; i++)
        if (!ret_places [i].is_found && questions [i].shift)
            s_over_days (arena, &questions [i], &ret_places [i]);
}

place_t
place_best_of (arena_t *arena, const place_question_t *question)
{
    place_t place;
    place_best (arena, question, 1, &place);
    return place;
}

typedef struct { const place_question_t *question; bool is_held; } holder_t;

static bool
s_hold (void *context, const gap_t *gap)
{
    holder_t *self = context;
    const place_question_t *question = self->question;
    int64_t travel_ms = travel_leg (gap->start, question->site, question->policy).minutes * MINUTE_MS;
    travel_ms = travel_ms > gap->early_ms ? travel_ms - gap->early_ms : 0;
    int64_t from_at = gap->from_at + travel_ms;
    self->is_held = (from_at > question->not_before_at ? from_at : question->not_before_at) + question->work_ms
        <= gap->latest_at;
    return !self->is_held;
}

bool
place_takes_days (arena_t *arena, const place_question_t *question)
{
    place_question_t alone = *question;
    holder_t holder = { .question = question };
    alone.busy_count = 0;
    alone.until_at = 0;
    hours_t hours = place_hours (arena, &alone, s_since_at (question) + PLACE_HORIZON_DAYS * DATE_DAY_MS);
    place_gaps (&alone, &hours, s_hold, &holder);
    return question->shift && !holder.is_held;
}

place_t
place_at (const place_question_t *question, int64_t starts_at)
{
    const busy_t *before = NULL;
    for (int i = 0; i < question->busy_count; i++)
        if (question->busy [i].kind == BUSY_VISIT && question->busy [i].to_at <= starts_at)
            before = &question->busy [i];
    place_t place = { .is_found = true, .starts_at = starts_at };
    const geo_point_t *from = place_departure (question, starts_at, starts_at <= question->now, before);
    place.leg = place.detour = travel_leg (from, question->site, question->policy);
    place.work_starts_at = starts_at + place.leg.minutes * MINUTE_MS;
    if (place.work_starts_at < question->not_before_at)
        place.work_starts_at = question->not_before_at;
    place.ends_at = place.work_starts_at + question->work_ms;
    return place;
}

const busy_t *
place_conflict (const place_question_t *question, int64_t from_at, int64_t to_at)
{
    for (int i = 0; i < question->busy_count; i++)
        if (question->busy [i].from_at < to_at && question->busy [i].to_at > from_at)
            return &question->busy [i];
    return NULL;
}
