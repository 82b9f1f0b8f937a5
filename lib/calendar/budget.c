#include "budget.h"

#include <stdlib.h>
#include <string.h>

/* Pauses in order, apart, none empty. */
typedef struct {
    interval_t *list;
    size_t count;
    interval_t few [16];                    /* most cases have no more */
} pauses_t;

static int
s_compare (const void *a, const void *b)
{
    const interval_t *x = a, *y = b;
    return (x->from_at > y->from_at) - (x->from_at < y->from_at);
}

static void
s_pauses_init (pauses_t *self, const interval_t *pauses, size_t count)
{
    self->list = count > sizeof self->few / sizeof self->few [0] ? malloc (count * sizeof *pauses)
                                                                 : self->few;
    if (!self->list)
        abort ();
    self->count = 0;
    if (count == 0)
        return;
    memcpy (self->list, pauses, count * sizeof *pauses);
    qsort (self->list, count, sizeof *pauses, s_compare);
    for (size_t i = 0; i < count; i++) {
        interval_t next = self->list [i],
                   *last = self->count > 0 ? &self->list [self->count - 1] : NULL;
        if (next.from_at >= next.to_at)
            continue;
        if (last && next.from_at <= last->to_at)
            last->to_at = next.to_at > last->to_at ? next.to_at : last->to_at;
        else
            self->list [self->count++] = next;
    }
}

static void
s_pauses_free (pauses_t *self)
{
    if (self->list != self->few)
        free (self->list);
}

/* The pause an instant lies in, or NULL. */
static const interval_t *
s_pause_at (const pauses_t *self, int64_t at)
{
    size_t low = 0, high = self->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (self->list [middle].to_at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low < self->count && self->list [low].from_at <= at ? &self->list [low] : NULL;
}

/* The first instant not before at when the clock runs. */
static int64_t
s_next_running (calendar_t *calendar, const pauses_t *pauses, int64_t at)
{
    const interval_t *pause;
    while ((at = calendar_next_open (calendar, at)) != CALENDAR_NEVER
        && (pause = s_pause_at (pauses, at))) {
        if (pause->to_at == BUDGET_FOREVER)
            return CALENDAR_NEVER;
        at = pause->to_at;
    }
    return at;
}

int64_t
budget_consumed (calendar_t *calendar, int64_t start_at, int64_t at, const interval_t *pauses,
    size_t pauses_count)
{
    pauses_t merged;
    s_pauses_init (&merged, pauses, pauses_count);
    int64_t consumed_ms = calendar_between (calendar, start_at, at);
    for (size_t i = 0; i < merged.count; i++) {
        int64_t from_at = merged.list [i].from_at, to_at = merged.list [i].to_at;
        consumed_ms -= calendar_between (
            calendar, from_at > start_at ? from_at : start_at, to_at < at ? to_at : at);
    }
    s_pauses_free (&merged);
    return consumed_ms;
}

/* The first instant with budget_ms of running time since start_at: from pause to pause. */
static int64_t
s_due (calendar_t *calendar, int64_t start_at, int64_t budget_ms, const pauses_t *pauses)
{
    for (size_t i = 0; i < pauses->count && budget_ms > 0; i++) {
        const interval_t *pause = &pauses->list [i];
        if (pause->to_at <= start_at)
            continue;
        int64_t running_ms = calendar_between (calendar, start_at, pause->from_at);
        if (running_ms >= budget_ms)
            break;
        if (pause->to_at == BUDGET_FOREVER)
            return CALENDAR_NEVER;
        budget_ms -= running_ms;
        start_at = pause->to_at;
    }
    return calendar_add (calendar, start_at, budget_ms);
}

static deadline_t
s_deadline (calendar_t *calendar, int64_t due_at, const pauses_t *pauses)
{
    return (deadline_t) { due_at,
        due_at == CALENDAR_NEVER ? CALENDAR_NEVER : s_next_running (calendar, pauses, due_at) };
}

deadline_t
budget_deadline (calendar_t *calendar, int64_t start_at, int64_t budget_ms,
    const interval_t *pauses, size_t pauses_count)
{
    pauses_t merged;
    s_pauses_init (&merged, pauses, pauses_count);
    deadline_t deadline
        = s_deadline (calendar, s_due (calendar, start_at, budget_ms, &merged), &merged);
    s_pauses_free (&merged);
    return deadline;
}

deadline_t
budget_threshold (calendar_t *calendar, int64_t start_at, int64_t budget_ms, int64_t share_bp,
    const interval_t *pauses, size_t pauses_count)
{
    __int128 share_ms = budget_ms > 0 && share_bp > 0 ? (__int128) budget_ms * share_bp : 0;
    share_ms = (share_ms + BUDGET_ALL_BP - 1) / BUDGET_ALL_BP;
    return budget_deadline (calendar, start_at,
        share_ms > INT64_MAX ? INT64_MAX : (int64_t) share_ms, pauses, pauses_count);
}

/* When a working day is used up. */
static int64_t
s_day_due (calendar_t *calendar, int32_t date, int64_t time_ms, budget_mode_t mode)
{
    interval_t hull = { CALENDAR_NEVER, CALENDAR_NEVER }, before;
    calendar_day (calendar, date, &hull);
    if (mode == BUDGET_END_OF_DAY)          /* the night shift of the day before may outlast this day's hours */
        return calendar_day (calendar, date - 1, &before) && before.to_at > hull.to_at ? before.to_at : hull.to_at;
    int64_t at = zone_at (calendar_zone (calendar), date, time_ms);
    return at < hull.from_at ? hull.from_at : at > hull.to_at ? hull.to_at : at;
}

/* Day by day while there are pauses ahead, the rest in one step. */
static int64_t
s_workdays_due (calendar_t *calendar, int64_t start_at, int64_t days, budget_mode_t mode,
    const pauses_t *pauses)
{
    const zone_t *zone = calendar_zone (calendar);
    int64_t time_ms,
        paused_until_at = pauses->count > 0 ? pauses->list [pauses->count - 1].to_at : INT64_MIN;
    int32_t date = zone_date (zone, start_at, &time_ms);
    if (days <= 0) { /* today counts, if it has not closed */
        date--;
        days = 1;
        paused_until_at = paused_until_at > start_at ? paused_until_at : start_at;
    }
    while (paused_until_at > zone_at (zone, date + 1, 0)) {
        date = calendar_workday_after (calendar, date, 1);
        if (date == DATE_NONE)
            return CALENDAR_NEVER;
        int64_t due_at = s_day_due (calendar, date, time_ms, mode);
        const interval_t *pause = s_pause_at (pauses, due_at);
        if (pause && pause->to_at == BUDGET_FOREVER)
            return CALENDAR_NEVER;
        if (!pause && due_at >= start_at && --days == 0)
            return due_at;
    }
    date = calendar_workday_after (calendar, date, days);
    return date == DATE_NONE ? CALENDAR_NEVER : s_day_due (calendar, date, time_ms, mode);
}

deadline_t
budget_working_days (calendar_t *calendar, int64_t start_at, int64_t days, budget_mode_t mode,
    const interval_t *pauses, size_t pauses_count)
{
    pauses_t merged;
    s_pauses_init (&merged, pauses, pauses_count);
    int64_t due_at = CALENDAR_NEVER;
    if (days <= 0 && mode == BUDGET_SAME_TIME)
        due_at = start_at;
    else if (calendar_next_open (calendar, start_at)
        < INT64_C (1000) * 86400 * 365 * 430) /* a year zones know */
        due_at = s_workdays_due (calendar, start_at, days, mode, &merged);
    deadline_t deadline = s_deadline (calendar, due_at, &merged);
    s_pauses_free (&merged);
    return deadline;
}
