/* holidays.c - dates that a feed says: in place of those it said before, and never over what a person has said. */
#include "calendar/ics.h"
#include "scheduler.h"
#include "valid.h"
#include <stdlib.h>
#include <string.h>

enum { HOLIDAYS_MAX = 2000, YEARS_BEFORE = 1, YEARS_AFTER = 2 };

/* A calendar's exceptions as they will be: a person's first, in his order, then those of feeds by date. */
typedef struct {
    calendar_exception_t **list;
    size_t count;
} dates_t;

static bool
s_has (const dates_t *self, const char *date_on)
{
    for (size_t i = 0; i < self->count; i++)
        if (strcmp (self->list [i]->date_on, date_on) == 0)
            return true;
    return false;
}

static int
s_compare (const void *left, const void *right)
{
    const calendar_exception_t *a = *(calendar_exception_t *const *) left, *b = *(calendar_exception_t *const *) right;
    bool a_is_ours = is_empty (a->source), b_is_ours = is_empty (b->source);
    return a_is_ours != b_is_ours ? a_is_ours ? -1 : 1 : strcmp (a->date_on, b->date_on);
}

/* What is a person's keeps its order: only feeds are sorted, so that the order of imports tells nothing. */
static void
s_sort_feeds (dates_t *self)
{
    size_t ours = 0;
    while (ours < self->count && is_empty (self->list [ours]->source))
        ours++;
    if (self->count > ours)
        qsort (self->list + ours, self->count - ours, sizeof *self->list, s_compare);
}

static calendar_details_t *
s_with (tx_t *tx, const calendar_details_t *details, const dates_t *dates)
{
    calendar_details_t *changed = arena_alloc (tx_arena (tx), sizeof *changed);
    *changed = *details;
    changed->n_exceptions = dates->count;
    changed->exceptions = dates->list;
    return changed;
}

calendar_details_t *
holidays_keep (tx_t *tx, const calendar_details_t *details, const calendar_details_t *before)
{
    size_t most = details->n_exceptions + before->n_exceptions;
    dates_t dates = { arena_array (tx_arena (tx), most + 1, sizeof (calendar_exception_t *)), 0 };
    for (size_t i = 0; i < details->n_exceptions; i++)
        dates.list [dates.count++] = details->exceptions [i];
    for (size_t i = 0; i < before->n_exceptions && !details->always_open; i++)
        if (!is_empty (before->exceptions [i]->source) && !s_has (&dates, before->exceptions [i]->date_on))
            dates.list [dates.count++] = before->exceptions [i];
    return s_with (tx, details, &dates);
}

/* ---- import */

static char *
s_time (tx_t *tx, int32_t time_ms)
{
    int minutes = time_ms / 60000;
    return tx_printf (tx, "%02d:%02d", minutes / 60, minutes % 60);
}

static calendar_exception_t *
s_exception (tx_t *tx, const ics_holiday_t *holiday, char *source)
{
    char date [DATE_TEXT_SIZE];
    calendar_exception_t *exception = arena_alloc (tx_arena (tx), sizeof *exception);
    *exception = (calendar_exception_t) {
        .base = calendar_exception_init, .date_on = tx_printf (tx, "%s", date_format (holiday->date, date)),
        .name = tx_printf (tx, "%s", holiday->name), .source = source,
        .intervals = arena_array (tx_arena (tx), holiday->hours_count + 1, sizeof (day_interval_t *)) };
    for (size_t i = 0; i < holiday->hours_count; i++) {
        day_interval_t *interval = arena_alloc (tx_arena (tx), sizeof *interval);
        *interval = (day_interval_t) {
            .base = day_interval_init, .start = s_time (tx, holiday->hours [i].start_ms),
            .end = s_time (tx, holiday->hours [i].end_ms) };
        exception->intervals [exception->n_intervals++] = interval;
    }
    return exception;
}

/* Whole years, so that the same feed says the same on every day of a year. */
static int32_t
s_year_begins (const calendar_details_t *details, int64_t at, int years)
{
    int year;
    const zone_t *zone = zone_find (details->time_zone, NULL);
    date_to_ymd (zone ? zone_date (zone, at, NULL) : (int32_t) (at / DATE_DAY_MS), &year, NULL, NULL);
    return date_from_ymd (year + years, 1, 1);
}

/* The feed's dates in the arena: no memory of the library is left when a handler is left by a jump. False: rejected. */
static bool
s_read (tx_t *tx, const import_holidays_t *command, int32_t first_on, int32_t last_on, dates_t *ret_feed)
{
    char error [ICS_ERROR_SIZE];
    ics_holiday_t *holidays = NULL;
    size_t count = 0;
    if (!ics_read (command->ics, strlen (command->ics), first_on, last_on, &holidays, &count, error))
        return tx_reject (tx, "ics.invalid", "%s", error), false;
    size_t kept = count < HOLIDAYS_MAX ? count : HOLIDAYS_MAX;
    *ret_feed = (dates_t) { arena_array (tx_arena (tx), kept + 1, sizeof (calendar_exception_t *)), 0 };
    for (size_t i = 0; i < kept; i++)
        ret_feed->list [ret_feed->count++] = s_exception (tx, &holidays [i], command->source);
    free (holidays);
    if (count > HOLIDAYS_MAX)
        return tx_reject (tx, "ics.too_many", "%zu holidays in four years: a feed has at most %d", count,
            HOLIDAYS_MAX), false;
    return true;
}

/* Feeds forget years gone by, but clocks may still count in them: what came from before the first date stays. */
static dates_t
s_merge (tx_t *tx, const calendar_details_t *own, const dates_t *feed, const char *source, int32_t first_on)
{
    dates_t dates = { arena_array (tx_arena (tx), own->n_exceptions + feed->count + 1, sizeof *feed->list), 0 };
    for (size_t i = 0; i < own->n_exceptions; i++) {
        calendar_exception_t *exception = own->exceptions [i];
        if (strcmp (exception->source, source) != 0 || date_parse (exception->date_on) < first_on)
            dates.list [dates.count++] = exception;
    }
    for (size_t i = 0; i < feed->count; i++)
        if (!s_has (&dates, feed->list [i]->date_on))
            dates.list [dates.count++] = feed->list [i];
    s_sort_feeds (&dates);
    return dates;
}

void
on_import_holidays (tx_t *tx, const import_holidays_t *command)
{
    if (!valid_id (tx, "calendar_id", command->calendar_id) || !valid_text (tx, "source", command->source, 1, 200))
        return;
    published_calendar_t *calendar = tx_get (tx, published_calendar, command->calendar_id);
    if (!calendar)
        return tx_reject (tx, "calendar.unknown", "no calendar %s: publish its zone and hours first",
            command->calendar_id);
    calendar_details_t *own = tx_unpack (tx, calendar_details, calendar->own);
    if (own->always_open)
        return tx_reject (tx, "calendar.always_open", "calendar %s is always open and has no holidays: choose another",
            calendar->id);
    int32_t first_on = s_year_begins (own, tx_now (tx), -YEARS_BEFORE);
    int32_t last_on = s_year_begins (own, tx_now (tx), YEARS_AFTER + 1) - 1;
    dates_t feed;
    if (!s_read (tx, command, first_on, last_on, &feed))
        return;
    dates_t dates = s_merge (tx, own, &feed, command->source, first_on);
    calendar_change (tx, calendar->id, s_with (tx, own, &dates));
}
