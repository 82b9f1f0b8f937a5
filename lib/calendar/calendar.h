/* calendar - when a place is open: weekly hours, dated exceptions, inheritance, union,
 * intersection.
 *
 * Instants are int64 milliseconds since 1970-01-01T00:00Z (`_at`), lengths int64 milliseconds
 * (`_ms`), dates as in date.h, hours of a day in milliseconds after local midnight. All rules
 * are wall time of the calendar's zone:
 *   - an interval whose end is not after its start crosses midnight, and belongs to the day it
 *     starts on;
 *   - 24:00 is a legal end, 00:00-24:00 is a whole day;
 *   - a dated exception replaces everything that starts on that local date; without intervals it
 *     is a holiday;
 *   - wall times follow zone_to_utc, so a night shift has its real length on the night the clock
 *     changes, and an interval that vanishes in a gap is dropped; overlapping intervals are a
 *     union.
 * A calendar knows 1970 to 2398 and is closed outside; an always open calendar has no bounds.
 *
 * Build, seal, ask: calendar_new, the adding calls, calendar_seal, then the questions. Adding
 * calls remember the first mistake and calendar_seal reports it, so they need no checks. Asking
 * an unsealed calendar is a bug and aborts; so is running out of memory. Questions fill an index
 * in blocks of 52 weeks as they need them; after that a question costs a binary search, near or
 * far. No locks: a calendar belongs to one thread. */
#ifndef CALENDAR_CALENDAR_H
#define CALENDAR_CALENDAR_H

#include "date.h"
#include "zone.h"

typedef struct calendar calendar_t;

/* A stretch of time, [from_at, to_at). */
typedef struct {
    int64_t from_at, to_at;
} interval_t;

#define CALENDAR_NEVER                                                                             \
    INT64_MAX /* there is no such instant: open time or the known years run out */
#define CALENDAR_HOURS_MAX  48              /* intervals a day */
#define CALENDAR_DATES_MAX  20000           /* exceptions a calendar */
#define CALENDAR_DEPTH_MAX  16              /* unions of unions */

/*  -- building ------------------------------------------------------- */

/* A new calendar in an IANA zone, without hours. Never NULL; a bad zone is reported by
 * calendar_seal. Caller owns. */
calendar_t *calendar_new (const char *zone_name);

/* A new calendar that is always open: 24 x 7, elapsed time, no daylight saving. The zone only
 * says what a working day is. */
calendar_t *calendar_new_always (const char *zone_name);

/* A new calendar open when either, or both, of two sealed calendars are. The operands are
 * shared, and may be destroyed by the caller. It has the zone of the first. Seal it: an
 * intersection without any open time is refused there. */
calendar_t *calendar_new_union (calendar_t *a, calendar_t *b);
calendar_t *calendar_new_intersection (calendar_t *a, calendar_t *b);

/* Another owner of the same calendar, to be destroyed too. Returns self. */
calendar_t *calendar_share (calendar_t *self);

/* Gives up one ownership and sets *self_p to NULL; NULL is legal. */
void calendar_destroy (calendar_t **self_p);

/* Adds weekly hours. start_ms 0 to 23:59:59.999, end_ms 0 to 24:00; end not after start crosses
 * midnight. */
void calendar_weekly_add (
    calendar_t *self, date_weekday_t weekday, int64_t start_ms, int64_t end_ms);

/* Replaces a date by no hours (a holiday), or by the hours added for it (half day, make-up
 * working day); call calendar_except_add once an interval. */
void calendar_except_close (calendar_t *self, int32_t date);
void calendar_except_add (calendar_t *self, int32_t date, int64_t start_ms, int64_t end_ms);

/* Inherits from a sealed calendar (territory from country): its exceptions hold unless this
 * calendar has its own for the date, its weekly hours hold if this calendar has none. Copies:
 * the parent may be destroyed. Zones may differ, dates are local. */
void calendar_parent (calendar_t *self, const calendar_t *parent);

/* Ends building. NULL if the calendar may be used, else what is wrong with it and what to do;
 * the text lives as long as the calendar. Refused: bad zone, bad hours or dates, limits above,
 * no open time at all. */
const char *calendar_seal (calendar_t *self);

/*  -- asking --------------------------------------------------------- */

/* The calendar's zone; NULL only if sealing failed for it. */
const zone_t *calendar_zone (const calendar_t *self);

/* A number that is the same for calendars of the same content, whatever the order of adding;
 * never 0. For "did this edit change anything". */
uint64_t calendar_fingerprint (const calendar_t *self);

/* True if open at the instant. An interval is open at its start and closed at its end. */
bool calendar_is_open (calendar_t *self, int64_t at);

/* First open instant not before at (at itself when open), or CALENDAR_NEVER. */
int64_t calendar_next_open (calendar_t *self, int64_t at);

/* First closed instant not before at (at itself when closed), or CALENDAR_NEVER. */
int64_t calendar_next_close (calendar_t *self, int64_t at);

/* Last closing not after at, that is the end of the last open interval that has ended; INT64_MIN
 * if there was none. */
int64_t calendar_previous_close (calendar_t *self, int64_t at);

/* Open milliseconds in [from_at, to_at); 0 if to_at is not after from_at. */
int64_t calendar_between (calendar_t *self, int64_t from_at, int64_t to_at);

/* First instant not before from_at with duration_ms of open time since from_at: a closing time
 * when it falls on one. from_at itself for 0 and less; CALENDAR_NEVER if there is not so much
 * open time. */
int64_t calendar_add (calendar_t *self, int64_t from_at, int64_t duration_ms);

/* The inverse: the last instant not after to_at with duration_ms of open time until to_at;
 * INT64_MIN if there is not so much. */
int64_t calendar_subtract (calendar_t *self, int64_t to_at, int64_t duration_ms);

/* Walks the open intervals in [*at, to_at): true and the next one, cut to the span, and *at
 * moved to its end; false at the end.
 *     for (int64_t at = from_at; calendar_each (calendar, &at, to_at, &open); ) ... */
bool calendar_each (calendar_t *self, int64_t *at, int64_t to_at, interval_t *ret_open);

/* True if hours start on that local date, and then from the first opening to the last closing of
 * those hours. */
bool calendar_day (calendar_t *self, int32_t date, interval_t *ret_hull);

/* The working day number `days` after a date (1 = the next one); DATE_NONE if there is none.
 * days must be positive. */
int32_t calendar_workday_after (calendar_t *self, int32_t date, int64_t days);

#endif
