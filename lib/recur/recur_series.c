/* Lists of dates, and rules expanded by libical as far as somebody asks. */
#include "recur_series.h"

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

void
series_add (series_t *self, int32_t date)
{
    if (self->count == self->capacity) {
        self->capacity = self->capacity ? self->capacity * 2 : 32;
        self->dates = realloc (self->dates, self->capacity * sizeof *self->dates);
        if (!self->dates)
            abort ();
    }
    self->dates [self->count++] = date;
}

static int
s_compare (const void *a, const void *b)
{
    int32_t x = *(const int32_t *) a, y = *(const int32_t *) b;
    return (x > y) - (x < y);
}

void
series_sort (series_t *self)
{
    size_t kept = 0;
    if (self->count > 0)
        qsort (self->dates, self->count, sizeof *self->dates, s_compare);
    for (size_t i = 0; i < self->count; i++)
        if (kept == 0 || self->dates [kept - 1] != self->dates [i])
            self->dates [kept++] = self->dates [i];
    self->count = kept;
}

static bool
s_is_given (const short *by)
{
    return by [0] != ICAL_RECURRENCE_ARRAY_MAX;
}

/* The last date that is not after UNTIL, at the wall time of the plan. */
static int32_t
s_until_on (struct icaltimetype until, int64_t time_ms, const zone_t *zone)
{
    int32_t date = date_from_ymd (until.year, until.month, until.day);
    if (until.is_date || date == DATE_NONE)
        return date;
    int64_t until_ms = ((until.hour * 60 + until.minute) * 60 + until.second) * INT64_C (1000);
    if (icaltime_is_utc (until))
        date = zone_date (zone, date * DATE_DAY_MS + until_ms, &until_ms);
    return time_ms > until_ms ? date - 1 : date;
}

const char *
series_open (series_t *self, const char *text, int32_t start_on, int64_t time_ms,
    const zone_t *zone, int32_t *until_on)
{
    icalerror_set_errors_are_fatal (false);
    struct icalrecurrencetype rule
        = icalrecurrencetype_from_string (strncmp (text, "RRULE:", 6) == 0 ? text + 6 : text);
    if (rule.freq == ICAL_NO_RECURRENCE)
        return "it is not an RRULE of RFC 5545";
    if (rule.freq < ICAL_DAILY_RECURRENCE || s_is_given (rule.by_hour)
        || s_is_given (rule.by_minute) || s_is_given (rule.by_second))
        return "it has times of day: use FREQ=DAILY or slower, and give the time with the plan";

    if (!icaltime_is_null_time (rule.until)) {
        int32_t last_on = s_until_on (rule.until, time_ms, zone);
        *until_on = last_on < *until_on ? last_on : *until_on;
        rule.until = icaltime_null_time ();
    }
    struct icaltimetype start
        = icaltime_null_time (); /* a null date has hours of -1, and rules stumble over them */
    date_to_ymd (start_on, &start.year, &start.month, &start.day);
    self->iterator = icalrecur_iterator_new (rule, start);
    return self->iterator ? NULL : "it can never be satisfied";
}

void
series_close (series_t *self)
{
    if (self->iterator)
        icalrecur_iterator_free (self->iterator);
    free (self->dates);
    *self = (series_t) { 0 };
}

/* The iterator's next date that is after `last`, or DATE_NONE. It may repeat itself for a rule
 * that names a day twice; one that stands still has ended. */
static int32_t
s_iterate (struct icalrecur_iterator_impl *iterator, int32_t last)
{
    for (int i = 0; i < 100; i++) {
        struct icaltimetype next = icalrecur_iterator_next (iterator);
        if (icaltime_is_null_time (next))
            break;
        int32_t date = date_from_ymd (next.year, next.month, next.day);
        if (date > last || date == DATE_NONE)
            return date;
    }
    return DATE_NONE;
}

/* One more date of the rule; false when it has ended. */
static bool
s_expand (series_t *self)
{
    if (!self->iterator)
        return false;
    int32_t date = s_iterate (self->iterator, self->count > 0 ? self->dates [self->count - 1] : -1);
    if (date == DATE_NONE || date > RECUR_LAST_ON || self->count >= RECUR_DATES_MAX) {
        icalrecur_iterator_free (self->iterator);
        self->iterator = NULL;
        return false;
    }
    series_add (self, date);
    return true;
}

int32_t
series_next (series_t *self, int32_t after_on)
{
    while ((self->count == 0 || self->dates [self->count - 1] <= after_on) && s_expand (self))
        ;
    size_t low = 0, high = self->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (self->dates [middle] <= after_on)
            low = middle + 1;
        else
            high = middle;
    }
    return low < self->count ? self->dates [low] : DATE_NONE;
}
