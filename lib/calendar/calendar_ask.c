/* The questions a sealed calendar answers. */
#include "calendar_block.h"

#include <stdio.h>
#include <stdlib.h>

static void
s_check_sealed (const calendar_t *self)
{
    if (!self->sealed) {
        fprintf (stderr, "calendar: asked before calendar_seal accepted it\n");
        abort ();
    }
}

/* The bounds of what a calendar knows. */
static int64_t
s_clamp (int64_t at)
{
    return at < 0 ? 0 : at > BLOCK_END_AT ? BLOCK_END_AT : at;
}

static int64_t
s_add_saturated (int64_t at, int64_t duration_ms)
{
    int64_t sum;
    if (__builtin_add_overflow (at, duration_ms, &sum))
        return duration_ms > 0 ? INT64_MAX : INT64_MIN;
    return sum;
}

bool
calendar_is_open (calendar_t *self, int64_t at)
{
    return at != CALENDAR_NEVER && calendar_next_open (self, at) == at;
}

int64_t
calendar_next_open (calendar_t *self, int64_t at)
{
    s_check_sealed (self);
    if (self->kind == KIND_ALWAYS)
        return at;
    at = at < 0 ? 0 : at;
    for (int64_t index = at / BLOCK_MS; index < BLOCK_COUNT; index++) {
        const block_t *block = calendar_block (self, (int) index);
        size_t i = calendar_block_find (block, at);
        if (i < block->count)
            return at > block->stretches [i].from_at ? at : block->stretches [i].from_at;
    }
    return CALENDAR_NEVER;
}

/* Blocks cut open time in two: open time that ends with a block may go on in the next. */
int64_t
calendar_next_close (calendar_t *self, int64_t at)
{
    s_check_sealed (self);
    if (self->kind == KIND_ALWAYS)
        return CALENDAR_NEVER;
    while (at >= 0 && at < BLOCK_END_AT) {
        const block_t *block = calendar_block (self, (int) (at / BLOCK_MS));
        size_t i = calendar_block_find (block, at);
        if (i == block->count || block->stretches [i].from_at > at)
            return at;
        at = block->stretches [i].to_at;
    }
    return at;
}

int64_t
calendar_previous_close (calendar_t *self, int64_t at)
{
    s_check_sealed (self);
    if (self->kind == KIND_ALWAYS || at <= 0)
        return INT64_MIN;
    at = s_clamp (at);
    for (int64_t index = (at - 1) / BLOCK_MS; index >= 0; index--) {
        const block_t *block = calendar_block (self, (int) index);
        for (size_t i = calendar_block_find (block, at); i > 0; i--) {
            int64_t to_at = block->stretches [i - 1].to_at;
            if (to_at % BLOCK_MS != 0 || !calendar_is_open (self, to_at))
                return to_at;
        }
    }
    return INT64_MIN;
}

int64_t
calendar_between (calendar_t *self, int64_t from_at, int64_t to_at)
{
    s_check_sealed (self);
    if (to_at <= from_at)
        return 0;
    if (self->kind == KIND_ALWAYS) {
        int64_t elapsed_ms;
        return __builtin_sub_overflow (to_at, from_at, &elapsed_ms) ? INT64_MAX : elapsed_ms;
    }
    from_at = s_clamp (from_at);
    to_at = s_clamp (to_at);
    int64_t open_ms = 0;
    for (int64_t index = from_at / BLOCK_MS; index < BLOCK_COUNT && index * BLOCK_MS < to_at;
         index++) {
        const block_t *block = calendar_block (self, (int) index);
        open_ms += to_at < (index + 1) * BLOCK_MS ? calendar_block_before (block, to_at)
                                                  : block->open_ms;
        open_ms -= from_at > index * BLOCK_MS ? calendar_block_before (block, from_at) : 0;
    }
    return open_ms;
}

/* The first instant of a block with want_ms > 0 of open time before it. */
static int64_t
s_first_with (const block_t *block, int64_t want_ms)
{
    size_t low = 0, high = block->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (block->stretches [middle].before_ms < want_ms)
            low = middle;
        else
            high = middle;
    }
    return block->stretches [low].from_at + want_ms - block->stretches [low].before_ms;
}

int64_t
calendar_add (calendar_t *self, int64_t from_at, int64_t duration_ms)
{
    s_check_sealed (self);
    if (duration_ms <= 0)
        return from_at;
    if (self->kind == KIND_ALWAYS)
        return s_add_saturated (from_at, duration_ms);
    from_at = from_at < 0 ? 0 : from_at;
    int64_t index = from_at / BLOCK_MS;
    if (index < BLOCK_COUNT)                                    /* count from the block's start */
        duration_ms = s_add_saturated (
            duration_ms, calendar_block_before (calendar_block (self, (int) index), from_at));
    for (; index < BLOCK_COUNT; index++) {
        const block_t *block = calendar_block (self, (int) index);
        if (duration_ms <= block->open_ms)
            return s_first_with (block, duration_ms);
        duration_ms -= block->open_ms;
    }
    return CALENDAR_NEVER;
}

int64_t
calendar_subtract (calendar_t *self, int64_t to_at, int64_t duration_ms)
{
    s_check_sealed (self);
    if (duration_ms <= 0)
        return to_at;
    if (self->kind == KIND_ALWAYS)
        return __builtin_sub_overflow (to_at, duration_ms, &to_at) ? INT64_MIN : to_at;
    to_at = s_clamp (to_at);
    for (int64_t index = (to_at - 1) / BLOCK_MS; to_at > 0 && index >= 0; index--) {
        const block_t *block = calendar_block (self, (int) index);
        int64_t open_ms = calendar_block_before (block, to_at);
        if (duration_ms <= open_ms) { /* 1 ms later, and that ms back: the last such instant */
            int64_t after_at = s_first_with (block, open_ms - duration_ms + 1);
            return after_at - 1;
        }
        duration_ms -= open_ms;
    }
    return INT64_MIN;
}

bool
calendar_each (calendar_t *self, int64_t *at, int64_t to_at, interval_t *ret_open)
{
    int64_t from_at = calendar_next_open (self, *at);
    if (from_at >= to_at)
        return false;
    int64_t close_at = calendar_next_close (self, from_at);
    *ret_open = (interval_t) { from_at, close_at < to_at ? close_at : to_at };
    *at = ret_open->to_at;
    return true;
}

static bool
s_day_of_hours (const calendar_t *self, int32_t date, interval_t *hull)
{
    size_t count;
    const row_t *rows = calendar_rows_on (self, date, &count);
    bool found = false;
    if (count == 0 || rows [0].start_ms < 0 || !zone_has_date (self->zone, date))
        return false;
    for (size_t i = 0; i < count; i++) {
        int64_t from_at = zone_at (self->zone, date, rows [i].start_ms),
                to_at = zone_at (self->zone, date, rows [i].end_ms);
        if (from_at >= to_at)
            continue;
        hull->from_at = found && hull->from_at < from_at ? hull->from_at : from_at;
        hull->to_at = found && hull->to_at > to_at ? hull->to_at : to_at;
        found = true;
    }
    return found;
}

static bool
s_day_of_union (calendar_t *self, int32_t date, interval_t *hull)
{
    interval_t a, b;
    bool in_a = calendar_day (self->a, date, &a), in_b = calendar_day (self->b, date, &b);
    if (in_a && in_b)
        *hull = (interval_t) { a.from_at < b.from_at ? a.from_at : b.from_at,
            a.to_at > b.to_at ? a.to_at : b.to_at };
    else if (in_a || in_b)
        *hull = in_a ? a : b;
    return in_a || in_b;
}

/* Both days may overlap without any common hours; what is open in the overlap decides. */
static bool
s_day_of_intersection (calendar_t *self, int32_t date, interval_t *hull)
{
    interval_t a, b;
    if (!calendar_day (self->a, date, &a) || !calendar_day (self->b, date, &b))
        return false;
    int64_t from_at = a.from_at > b.from_at ? a.from_at : b.from_at,
            to_at = a.to_at < b.to_at ? a.to_at : b.to_at;
    int64_t open_ms = calendar_between (self, from_at, to_at);
    if (open_ms > 0)
        *hull = (interval_t) { calendar_next_open (self, from_at),
            calendar_add (self, from_at, open_ms) };
    return open_ms > 0;
}

bool
calendar_day (calendar_t *self, int32_t date, interval_t *ret_hull)
{
    s_check_sealed (self);
    if (date < 0 || date >= BLOCK_COUNT * BLOCK_DAYS)
        return false;
    switch (self->kind) {
    case KIND_HOURS:
        return s_day_of_hours (self, date, ret_hull);
    case KIND_UNION:
        return s_day_of_union (self, date, ret_hull);
    case KIND_INTERSECTION:
        return s_day_of_intersection (self, date, ret_hull);
    case KIND_ALWAYS:
        break;
    }
    *ret_hull = (interval_t) { zone_at (self->zone, date, 0), zone_at (self->zone, date + 1, 0) };
    return ret_hull->from_at < ret_hull->to_at;
}

int32_t
calendar_workday_after (calendar_t *self, int32_t date, int64_t days)
{
    s_check_sealed (self);
    if (date >= BLOCK_COUNT * BLOCK_DAYS)
        return DATE_NONE;
    date = date < -1 ? -1 : date;
    for (int32_t index = (date + 1) / BLOCK_DAYS; index < BLOCK_COUNT && days > 0; index++) {
        const block_t *block = calendar_block_workdays (self, index);
        size_t low = 0, high = block->workdays_count;
        while (low < high) {                                    /* the first after date */
            size_t middle = low + (high - low) / 2;
            if (block->workdays [middle] <= date)
                low = middle + 1;
            else
                high = middle;
        }
        if (days <= (int64_t) (block->workdays_count - low))
            return block->workdays [low + (size_t) days - 1];
        days -= (int64_t) (block->workdays_count - low);
    }
    return DATE_NONE;
}
