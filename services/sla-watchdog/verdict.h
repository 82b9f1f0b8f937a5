/* verdict - how a promise stands: facts + promise + calendar -> instants and state. Pure.
 *
 * Two instants bound a promise: due_at, the first at which consumed = budget and what people are told; breach_at, the
 * last. Met if the end is not after breach_at; broken from the first millisecond after. CALENDAR_NEVER: does not come
 * while it waits. Percent thresholds are found by the same walk over open time as the deadline, never by wall time. */
#pragma once
#include "calendar/budget.h"
#include "messages.h"

enum { BREACH_PERCENT = 100, PERCENTS_MAX = 17 };

/* What was promised. */
typedef struct {
    budget_type_t type;
    int64_t budget_ms;                  /* BUSINESS_TIME, ELAPSED_24X7 */
    int64_t budget_days;                /* WORKING_DAYS_* */
    int64_t fixed_at;                   /* FIXED_INSTANT */
    calendar_t *calendar;               /* always open for ELAPSED_24X7 and FIXED_INSTANT */
} promise_t;

/* What happened. */
typedef struct {
    int64_t started_at;
    int64_t ended_at;                   /* 0: not over */
    bool is_cancelled;                  /* ended_at is when it stopped to matter, not when it was reached */
    interval_t *pauses;                 /* of the reasons that stop this promise, any order */
    size_t pause_count;
} history_t;

typedef struct {
    clock_state_t state;
    int64_t due_at, breach_at;
    int64_t budget_ms, consumed_ms;     /* open time; for working days that of start to due, 0 while it waits */
    bool is_broken;                     /* at its end, or now */
} verdict_t;

/* The standing at now. Pauses that reach over the end are cut there in place. */
verdict_t verdict_of (const promise_t *promise, const history_t *history, int64_t now);

/* The instant at which to act on a percentage: the one at which that share is used up, for 100 the first millisecond
 * after breach_at; CALENDAR_NEVER if it does not come. */
int64_t verdict_threshold_at (const promise_t *promise, const history_t *history, const verdict_t *verdict,
    int percent);
