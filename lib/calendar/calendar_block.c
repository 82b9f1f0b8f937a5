#include "calendar_block.h"

#include <stdlib.h>

const row_t *
calendar_rows_of (const rows_t *rows, int32_t key, size_t *ret_count)
{
    size_t low = 0, high = rows->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rows->rows [middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    size_t end = low;
    while (end < rows->count && rows->rows [end].key == key)
        end++;
    *ret_count = end - low;
    return rows->rows ? rows->rows + low : NULL;
}

const row_t *
calendar_rows_on (const calendar_t *self, int32_t date, size_t *ret_count)
{
    const row_t *rows = calendar_rows_of (&self->exceptions, date, ret_count);
    return *ret_count > 0
        ? rows
        : calendar_rows_of (&self->weekly, (int32_t) date_weekday (date), ret_count);
}

static void
s_append (block_t *block, int64_t from_at, int64_t to_at)
{
    if (from_at >= to_at)
        return;
    if (block->count == block->capacity) {
        block->capacity = block->capacity ? block->capacity * 2 : 64;
        block->stretches = realloc (block->stretches, block->capacity * sizeof (stretch_t));
        if (!block->stretches)
            abort ();
    }
    block->stretches [block->count++] = (stretch_t) { from_at, to_at, 0 };
}

static int
s_compare (const void *a, const void *b)
{
    const stretch_t *x = a, *y = b;
    return (x->from_at > y->from_at) - (x->from_at < y->from_at);
}

/* Sorts, joins what touches, and sums up. */
static void
s_finish (block_t *block)
{
    size_t kept = 0;
    if (block->count > 0)
        qsort (block->stretches, block->count, sizeof (stretch_t), s_compare);
    for (size_t i = 0; i < block->count; i++) {
        stretch_t *last = kept > 0 ? &block->stretches [kept - 1] : NULL,
                  *next = &block->stretches [i];
        if (last && next->from_at <= last->to_at)
            last->to_at = next->to_at > last->to_at ? next->to_at : last->to_at;
        else
            block->stretches [kept++] = *next;
    }
    block->count = kept;
    for (size_t i = 0; i < kept; i++) {
        block->stretches [i].before_ms = block->open_ms;
        block->open_ms += block->stretches [i].to_at - block->stretches [i].from_at;
    }
}

static void
s_append_cut (block_t *block, int64_t from_at, int64_t to_at, int64_t block_from_at)
{
    int64_t block_to_at = block_from_at + BLOCK_MS;
    s_append (block, from_at > block_from_at ? from_at : block_from_at,
        to_at < block_to_at ? to_at : block_to_at);
}

/* Hours start on a date up to 48 h and the zone's offset before they reach into the block. */
static void
s_fill_hours (const calendar_t *self, block_t *block, int index)
{
    int32_t first = index * BLOCK_DAYS;
    for (int32_t date = first - 4; date < first + BLOCK_DAYS + 2; date++) {
        size_t count;
        const row_t *rows = calendar_rows_on (self, date, &count);
        if (count == 0 || rows [0].start_ms < 0 || !zone_has_date (self->zone, date))
            continue;
        for (size_t i = 0; i < count; i++)
            s_append_cut (block, zone_at (self->zone, date, rows [i].start_ms),
                zone_at (self->zone, date, rows [i].end_ms), index * BLOCK_MS);
    }
}

/* What one operand gives to a union; an always open one gives the whole block. */
static void
s_fill_operand (block_t *block, calendar_t *operand, int index)
{
    if (operand->kind == KIND_ALWAYS) {
        s_append (block, index * BLOCK_MS, (index + 1) * BLOCK_MS);
        return;
    }
    const block_t *other = calendar_block (operand, index);
    for (size_t i = 0; i < other->count; i++)
        s_append (block, other->stretches [i].from_at, other->stretches [i].to_at);
}

static void
s_fill_intersection (const calendar_t *self, block_t *block, int index)
{
    block_t a = { 0 }, b = { 0 };
    s_fill_operand (&a, self->a, index);
    s_fill_operand (&b, self->b, index);
    for (size_t i = 0, j = 0; i < a.count && j < b.count; ) {
        const stretch_t *x = &a.stretches [i], *y = &b.stretches [j];
        s_append (block, x->from_at > y->from_at ? x->from_at : y->from_at,
            x->to_at < y->to_at ? x->to_at : y->to_at);
        if (x->to_at < y->to_at)
            i++;
        else
            j++;
    }
    free (a.stretches);
    free (b.stretches);
}

static block_t *
s_new_block (const calendar_t *self, int index)
{
    block_t *block = calloc (1, sizeof *block);
    if (!block)
        abort ();
    switch (self->kind) {
    case KIND_HOURS:
        s_fill_hours (self, block, index);
        break;
    case KIND_UNION:
        s_fill_operand (block, self->a, index);
        s_fill_operand (block, self->b, index);
        break;
    case KIND_INTERSECTION:
        s_fill_intersection (self, block, index);
        break;
    case KIND_ALWAYS:
        s_append (block, index * BLOCK_MS, (index + 1) * BLOCK_MS);
        break;
    }
    s_finish (block);
    return block;
}

const block_t *
calendar_block (calendar_t *self, int index)
{
    if (!self->blocks [index])
        self->blocks [index] = s_new_block (self, index);
    return self->blocks [index];
}

const block_t *
calendar_block_workdays (calendar_t *self, int index)
{
    calendar_block (self, index);
    block_t *block = self->blocks [index];
    if (block->workdays)
        return block;

    int32_t *dates = malloc (BLOCK_DAYS * sizeof *dates);
    if (!dates)
        abort ();
    size_t count = 0;
    for (int32_t date = index * BLOCK_DAYS; date < (index + 1) * BLOCK_DAYS; date++) {
        interval_t hull;
        if (calendar_day (self, date, &hull))
            dates [count++] = date;
    }
    block->workdays = dates;
    block->workdays_count = count;
    return block;
}

size_t
calendar_block_find (const block_t *block, int64_t at)
{
    size_t low = 0, high = block->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (block->stretches [middle].to_at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t
calendar_block_before (const block_t *block, int64_t at)
{
    size_t i = calendar_block_find (block, at);
    if (i == block->count)
        return block->open_ms;
    const stretch_t *stretch = &block->stretches [i];
    return stretch->before_ms + (at > stretch->from_at ? at - stretch->from_at : 0);
}

void
calendar_block_clear (calendar_t *self)
{
    for (int i = 0; i < BLOCK_COUNT; i++) {
        if (self->blocks [i]) {
            free (self->blocks [i]->stretches);
            free (self->blocks [i]->workdays);
            free (self->blocks [i]);
        }
        self->blocks [i] = NULL;
    }
}
