/* budget - how much of a promised time is used up, and when it runs out: business time less
 * pauses.
 *
 * consumed (t) = open time in [start_at, t) outside every pause. Pauses are [from_at, to_at), in
 * any order; overlapping ones are a union, empty ones are nothing, and only their open time
 * counts. A pause that still runs has to_at BUDGET_FOREVER.
 *
 * A deadline is two instants. due_at is the first at which consumed = budget, what people are
 * told: a closing time when it falls on one. breach_at is the last, the next opening in that
 * case. A promise is met if its stop event is not after breach_at; it is broken at the first
 * millisecond after. Deadlines that never come (still paused) are CALENDAR_NEVER. */
#ifndef CALENDAR_BUDGET_H
#define CALENDAR_BUDGET_H

#include "calendar.h"

#define BUDGET_FOREVER      INT64_MAX
#define BUDGET_ALL_BP       10000           /* 100 % in basis points */

typedef struct {
    int64_t due_at, breach_at;
} deadline_t;

typedef enum {
    BUDGET_SAME_TIME, /* the wall time of the start, moved between that day's first opening and last
                         closing */
    BUDGET_END_OF_DAY /* that day's last closing, or that of the day before when it comes later */
} budget_mode_t;

/* Milliseconds consumed from start_at to at; 0 before the start. */
int64_t budget_consumed (calendar_t *calendar, int64_t start_at, int64_t at,
    const interval_t *pauses, size_t pauses_count);

/* When budget_ms runs out. A budget of 0 and less is due at start_at. */
deadline_t budget_deadline (calendar_t *calendar, int64_t start_at, int64_t budget_ms,
    const interval_t *pauses, size_t pauses_count);

/* When a share of the budget is used, in basis points (7500 = 75 %, 15000 = 150 %), a fraction
 * of a millisecond rounded up: warn at due_at, breach after breach_at. */
deadline_t budget_threshold (calendar_t *calendar, int64_t start_at, int64_t budget_ms,
    int64_t share_bp, const interval_t *pauses, size_t pauses_count);

/* When a number of working days is over, not counting the local date of start_at. A day is used
 * at its due instant (mode), and not used if that instant lies in a pause, so nothing falls due
 * while paused. With 0 days: start_at, or the closing of the first working day that has not
 * closed yet. Negative days are 0. breach_at is the first open, unpaused instant from due_at on. */
deadline_t budget_working_days (calendar_t *calendar, int64_t start_at, int64_t days,
    budget_mode_t mode, const interval_t *pauses, size_t pauses_count);

#endif
