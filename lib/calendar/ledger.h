/* ledger - where the time went: the intervals that tile a span, each running, paused or closed.
 *
 * The proof of what budget.h computes: the running intervals add up to budget_consumed. A pause
 * counts only while it is open, so where a pause meets closed time the interval is closed. Of
 * overlapping pauses the one that began first is named (of several at once, the first in the
 * list). Pauses are as in budget.h, [from_at, to_at), in any order; empty ones are nothing. */
#ifndef CALENDAR_LEDGER_H
#define CALENDAR_LEDGER_H

#include "calendar.h"

typedef enum { LEDGER_RUNNING, LEDGER_PAUSED, LEDGER_CLOSED } ledger_kind_t;

typedef struct {
    int64_t from_at, to_at;
    ledger_kind_t kind;
    size_t pause;                           /* LEDGER_PAUSED: its number in the list */
} ledger_span_t;

/* Walks the entries of [*at, to_at) in order: true and the next one, and *at moved to its end;
 * false at the end. Entries are never empty, and follow each other without gap or overlap.
 *     for (int64_t at = from_at; ledger_each (calendar, pauses, count, &at, to_at, &entry); ) ... */
bool ledger_each (calendar_t *calendar, const interval_t *pauses, size_t pauses_count, int64_t *at,
    int64_t to_at, ledger_span_t *ret_entry);

#endif
