/* recur - when maintenance falls due: every n weeks or months, an iCalendar rule, or a list of
 * dates, in the wall time of a site.
 *
 * An occurrence has a nominal date, which is its identity and never moves, and an instant, which
 * is the nominal date after the holiday policy, at the plan's wall time. So a 15:00 visit is at
 * 15:00 the week after the clocks change, and an occurrence that was moved off a holiday is
 * still the same one. Steps are counted from the first date, never from the last result: 31
 * January, 28 February, 31 March. Dates as in calendar/date.h, instants int64 ms UTC. Nothing
 * after 2398.
 *
 * Build, seal, ask, as with a calendar: building calls remember the first mistake and recur_seal
 * reports it. Exactly one source is needed: recur_every (once, or more often for a sequence of
 * phases), recur_rule, or recur_date_add. Rules are expanded by libical (RFC 5545). No locks: a
 * recurrence belongs to one thread. */
#ifndef RECUR_RECUR_H
#define RECUR_RECUR_H

#include "calendar/calendar.h"

typedef struct recur recur_t;

typedef enum {
    RECUR_DAY, RECUR_WEEK, RECUR_MONTH, RECUR_QUARTER, RECUR_YEAR
} recur_unit_t;

/* What to do in a month that has no such day. */
typedef enum {
    RECUR_CLAMP,                /* its last day */
    RECUR_SKIP                  /* nothing that month */
} recur_month_end_t;

/* What to do when the nominal date is not a working day. */
typedef enum {
    RECUR_KEEP,                 /* nothing */
    RECUR_NEXT,                 /* the next working day */
    RECUR_PREV                  /* the working day before */
} recur_shift_t;

typedef struct {
    int32_t nominal_on;         /* identity */
    int32_t on;                 /* after the holiday policy */
    int64_t at;
} occurrence_t;

#define RECUR_PHASES_MAX    16
#define RECUR_EVERY_MAX     10000
#define RECUR_DATES_MAX     20000           /* explicit dates, and occurrences of a rule */
#define RECUR_RULE_SIZE     512             /* bytes of a rule's text */

/*  -- building ------------------------------------------------------- */

/* A recurrence in an IANA zone, that starts on a date at a wall time (ms after midnight). The
 * start is an occurrence of recur_every; a rule begins with the first date from the start on
 * that satisfies it; listed dates need not be after it. Caller owns. */
recur_t *recur_new (const char *zone_name, int32_t start_on, int64_t time_ms);

/* Frees it and sets *self_p to NULL; NULL is legal. */
void recur_destroy (recur_t **self_p);

/* Every n units, n 1 to RECUR_EVERY_MAX. Each further call adds a phase that goes on from the
 * last date of the phase before; count is the number of occurrences of a phase (a skipped month
 * counts), and 0, for ever, is for the last one. */
void recur_every (recur_t *self, recur_unit_t unit, int n, int count);

/* An RRULE (RFC 5545), "FREQ=MONTHLY;BYDAY=1MO", with or without "RRULE:"; DAILY and slower,
 * without times of day. Months without such a day are skipped, as the RFC says. */
void recur_rule (recur_t *self, const char *rule);

/* One of a list of dates, in any order; doubles are one. */
void recur_date_add (recur_t *self, int32_t date);

/* Leaves out a nominal date, or all dates of a rule. */
void recur_except_date (recur_t *self, int32_t date);
void recur_except_rule (recur_t *self, const char *rule);

/* The last nominal date that counts. */
void recur_until (recur_t *self, int32_t last_on);

/* Months without the day, for recur_every; RECUR_CLAMP unless set. */
void recur_month_end (recur_t *self, recur_month_end_t month_end);

/* Holidays; RECUR_KEEP unless set. The sealed calendar is shared. */
void recur_shift (recur_t *self, recur_shift_t shift, calendar_t *calendar);

/* Ends building. NULL if the recurrence may be used, else what is wrong and what to do, a text
 * that lives as long as it. */
const char *recur_seal (recur_t *self);

/*  -- asking --------------------------------------------------------- */

/* The first occurrence whose nominal date is after a date; false if there is none. Walk a
 * horizon with this:
 *     for (int32_t on = done_on; recur_next (recur, on, &next) && next.nominal_on <= horizon_on; on
 * = next.nominal_on) */
bool recur_next (recur_t *self, int32_t after_on, occurrence_t *ret_next);

/* The first occurrence whose instant is after an instant; false if there is none. Occurrences
 * that a holiday moved onto one day share an instant, and only the first of them is found here. */
bool recur_next_at (recur_t *self, int64_t after_at, occurrence_t *ret_next);

/* Floating plans: the occurrence due one step after a completion, when done_count occurrences
 * (this one included) are done, which chooses the phase. Its nominal date counts from the local
 * date of the completion. False for rules and lists, and when all phases or recur_until are
 * over; leaves recur_except_* out of account. */
bool recur_after_completion (
    recur_t *self, int64_t completed_at, int done_count, occurrence_t *ret_next);

#endif
