/* free_time.c - when is he free? Shift less absences less bookings, in whole minutes. */
#include "scheduler.h"
#include "valid.h"
#include <stdlib.h>

#define MINUTE_MS       INT64_C (60000)
#define SPAN_MAX_MS     (INT64_C (366) * 24 * 3600 * 1000)

typedef struct {
    tx_t *tx;
    interval_t *busy;               /* by start */
    size_t busy_count;
    time_span_t **free;
    size_t free_count, capacity;
} search_t;

static int
s_compare (const void *left, const void *right)
{
    const interval_t *a = left, *b = right;
    return (a->from_at > b->from_at) - (a->from_at < b->from_at);
}

static void
s_load_busy (search_t *self, const char *engineer_id)
{
    list_t absences = tx_find (self->tx, absence, open_engineer_id, engineer_id);
    list_t bookings = tx_find (self->tx, booking, open_resource_id, engineer_id);
    size_t most = (size_t) absences.count + (size_t) bookings.count;
    self->busy = arena_array (tx_arena (self->tx), most, sizeof *self->busy);
    EACH (absence, absence, absences)
        if (!is_empty (absence->open_engineer_id))
            self->busy [self->busy_count++] = (interval_t) { absence->from_at, absence->to_at };
    EACH (booking, booking, bookings)
        if (booking->kind == KIND_ENGINEER && !is_empty (booking->open_resource_id))
            self->busy [self->busy_count++] = (interval_t) { booking->starts_at, booking->ends_at };
    if (self->busy_count > 0)
        qsort (self->busy, self->busy_count, sizeof *self->busy, s_compare);
}

static void
s_grow (search_t *self)
{
    if (self->free_count < self->capacity)
        return;
    time_span_t **old = self->free;
    self->capacity = self->capacity ? self->capacity * 2 : 64;
    self->free = arena_array (tx_arena (self->tx), self->capacity, sizeof *self->free);
    for (size_t i = 0; i < self->free_count; i++)
        self->free [i] = old [i];
}

/* Rounds inwards, so that nothing is promised that is not there. */
static void
s_add (search_t *self, int64_t from_at, int64_t to_at)
{
    from_at = (from_at + MINUTE_MS - 1) / MINUTE_MS * MINUTE_MS;
    to_at = to_at / MINUTE_MS * MINUTE_MS;
    if (from_at >= to_at)
        return;
    s_grow (self);
    time_span_t *span = arena_alloc (tx_arena (self->tx), sizeof *span);
    *span = (time_span_t) { .base = time_span_init, .from_at = from_at, .to_at = to_at };
    self->free [self->free_count++] = span;
}

static void
s_add_open (search_t *self, interval_t open)
{
    int64_t at = open.from_at;
    for (size_t i = 0; i < self->busy_count && self->busy [i].from_at < open.to_at; i++) {
        if (self->busy [i].from_at > at)
            s_add (self, at, self->busy [i].from_at);
        if (self->busy [i].to_at > at)
            at = self->busy [i].to_at;
    }
    s_add (self, at, open.to_at);
}

void
on_get_free_time (tx_t *tx, const get_free_time_t *query)
{
    if (!engineer_of_command (tx, query->engineer_id) || !valid_instant (tx, "from_at", query->from_at)
        || !valid_instant (tx, "to_at", query->to_at) || !valid_order (tx, "free_time", query->from_at, query->to_at))
        return;
    if (query->to_at - query->from_at > SPAN_MAX_MS)
        return tx_reject (tx, "free_time.too_long",
            "free time is asked for more than 366 days: ask for less at a time");
    search_t search = { .tx = tx };
    s_load_busy (&search, query->engineer_id);
    calendar_t *hours = engineer_hours (tx, query->engineer_id);
    int64_t at = query->from_at > tx_now (tx) ? query->from_at : tx_now (tx);       /* time gone by is nobody's */
    interval_t open = { at, query->to_at };
    if (!hours)
        s_add_open (&search, open);
    else
        while (calendar_each (hours, &at, query->to_at, &open))
            s_add_open (&search, open);
    tx_answer (tx, free_time (.engineer_id = query->engineer_id, .n_free = search.free_count, .free = search.free));
}
