#include "place_gap.h"

#define MINUTE_MS INT64_C (60000)
#define HOUR_MS (60 * MINUTE_MS)
#define LINGER_MS (6 * HOUR_MS)     /* so long after a visit he is near it, then at home */

typedef struct {
    const place_question_t *question;
    gap_fn *tell;
    void *context;
    bool is_enough;
} finder_t;

static int64_t
s_later (int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t
s_earlier (int64_t a, int64_t b)
{
    return a < b ? a : b;
}

const geo_point_t *
place_departure (const place_question_t *question, int64_t at, bool is_now, const busy_t *before)
{
    if (is_now && question->position)
        return question->position;
    if (before && before->to_at + LINGER_MS > s_later (at, question->now))
        return before->point;
    return question->home;
}

/* reach: the stretch with what may be done before and after it. */
static void
s_add_free (finder_t *self, interval_t open, interval_t reach, int64_t from_at, const busy_t *before,
    const busy_t *next)
{
    const place_question_t *question = self->question;
    const busy_t *after = next && next->from_at < reach.to_at ? next : NULL;
    int64_t to_at = after ? after->from_at : reach.to_at, starts_at = s_later (from_at, question->now);
    if (to_at <= starts_at)
        return;
    bool is_now = reach.from_at <= question->now && from_at <= question->now;
    gap_t gap = { .open = open, .from_at = s_later (starts_at, open.from_at),
        .early_ms = s_later (open.from_at - starts_at, 0),
        .start = place_departure (question, from_at, is_now, before),
        .latest_at = question->until_at ? s_earlier (to_at, question->until_at) : to_at };
    gap.to_at = s_earlier (gap.latest_at, s_later (open.to_at, gap.from_at));
    if (after && after->kind == BUSY_VISIT && gap.latest_at == to_at)
        gap.after = after;
    if (gap.latest_at > gap.from_at)
        self->is_enough = !self->tell (self->context, &gap);
}

static void
s_add_stretch (finder_t *self, interval_t open, interval_t reach)
{
    const place_question_t *question = self->question;
    const busy_t *before = NULL;
    int64_t from_at = reach.from_at;
    for (int i = 0; i <= question->busy_count && from_at < reach.to_at && !self->is_enough; i++) {
        const busy_t *next = i < question->busy_count ? &question->busy [i] : NULL;
        s_add_free (self, open, reach, from_at, before, next);
        if (!next)
            break;
        from_at = s_later (from_at, next->to_at);
        if (next->kind == BUSY_VISIT && (!before || next->to_at >= before->to_at))
            before = next;
    }
}

static int64_t
s_first_at (const place_question_t *question)
{
    return s_later (question->now, question->not_before_at - DATE_DAY_MS) - question->overtime_ms;
}

hours_t
place_hours (arena_t *arena, const place_question_t *question, int64_t until_at)
{
    hours_t self = { .shift = question->shift };
    int64_t at = s_first_at (question);
    for (interval_t open; question->shift && calendar_each (question->shift, &at, until_at, &open); self.count++) {
        if (self.count == self.room) {
            self.room = self.room ? self.room * 2 : 32;
            stretch_t *longer = arena_array (arena, (size_t) self.room, sizeof *longer);
            for (int i = 0; i < self.count; i++)
                longer [i] = self.stretches [i];
            self.stretches = longer;
        }
        int64_t next_at = question->overtime_ms ? calendar_next_open (question->shift, open.to_at) : CALENDAR_NEVER;
        self.stretches [self.count] = (stretch_t) { open, next_at };
    }
    return self;
}

void
place_gaps (const place_question_t *question, const hours_t *hours, gap_fn *tell, void *context)
{
    finder_t self = { .question = question, .tell = tell, .context = context };
    int64_t closed_at = s_first_at (question);
    for (int i = 0; i < hours->count && !self.is_enough; i++) {
        /* begins early or ends late, but never reaches into the stretch before or after */
        interval_t open = hours->stretches [i].open;
        interval_t reach = { s_later (open.from_at - question->early_ms, closed_at),
            open.to_at + question->overtime_ms };
        if (hours->stretches [i].next_at != CALENDAR_NEVER && hours->stretches [i].next_at < reach.to_at)
            reach.to_at = hours->stretches [i].next_at;
        s_add_stretch (&self, open, reach);
        closed_at = open.to_at;
    }
}
