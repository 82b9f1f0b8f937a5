/* spread - work that is longer than one stretch of open time goes on in the next ones: over lunch, over
 * nights and weekends.
 *
 * Example (ServiceNow, multi-day tasks): 20 hours from Monday 10:00 in a shift of 08:00 to 17:00 end on
 * Wednesday 12:00. The break from 12:00 to 13:00 is in those 20 hours; a calendar that closes for it has
 * 18 hours of work in the same span. */
#ifndef CALENDAR_SPREAD_H
#define CALENDAR_SPREAD_H

#include "calendar.h"

/* Writes the pieces of duration_ms of open time from from_at on, in order, none empty; returns how many.
 * 0 when duration_ms is not positive, when the calendar has not so much open time, or when there would be
 * more than max pieces. */
int calendar_spread (
    calendar_t *self, int64_t from_at, int64_t duration_ms, interval_t *ret_pieces, int max);

#endif
