#include "calendars.h"
#include "keep.h"
#include <stdlib.h>
#include <string.h>

/*  -- from the message ------------------------------------------------ */

/* What is being built, and the first thing that is wrong with it. */
typedef struct {
    arena_t *arena;
    calendar_t *calendar;
    const char *error;
} build_t;

/* Reads both ends of an interval; false, and the error set, when one of them is no time of day. */
static bool
s_hours (build_t *self, const char *where, const char *start, const char *end, int32_t *ret_start_ms,
    int32_t *ret_end_ms)
{
    *ret_start_ms = date_parse_time (start);
    *ret_end_ms = date_parse_time (end);
    if (*ret_start_ms < 0 || *ret_start_ms >= DATE_DAY_MS)
        self->error = arena_printf (self->arena, "%s starts at \"%s\": write HH:MM from 00:00 to 23:59", where, start);
    else if (*ret_end_ms < 0)
        self->error = arena_printf (self->arena, "%s ends at \"%s\": write HH:MM from 00:00 to 24:00", where, end);
    return !self->error;
}

static void
s_add_weekly (build_t *self, const weekly_interval_t *weekly)
{
    int32_t start_ms, end_ms;
    if (weekly->weekday < DATE_MONDAY || weekly->weekday > DATE_SUNDAY)
        self->error = arena_printf (self->arena, "weekday %d does not exist: Monday is 1, Sunday 7", weekly->weekday);
    else if (s_hours (self, arena_printf (self->arena, "weekday %d", weekly->weekday), weekly->start, weekly->end,
                 &start_ms, &end_ms))
        calendar_weekly_add (self->calendar, (date_weekday_t) weekly->weekday, start_ms, end_ms);
}

static void
s_add_exception (build_t *self, const calendar_exception_t *exception)
{
    int32_t start_ms, end_ms, date = date_parse (exception->date_on);
    if (date == DATE_NONE) {
        self->error = arena_printf (self->arena, "exception on \"%s\": write a date that exists as YYYY-MM-DD",
            exception->date_on);
        return;
    }
    calendar_except_close (self->calendar, date);
    for (size_t i = 0; i < exception->n_intervals && !self->error; i++)
        if (s_hours (self, exception->date_on, exception->intervals [i]->start, exception->intervals [i]->end,
                &start_ms, &end_ms))
            calendar_except_add (self->calendar, date, start_ms, end_ms);
}

static int
s_compare_dates (const void *left, const void *right)
{
    return strcmp (*(char *const *) left, *(char *const *) right);
}

/* The dates of the exceptions in order. */
static char **
s_sorted_dates (arena_t *arena, const calendar_details_t *details)
{
    char **dates = arena_array (arena, details->n_exceptions, sizeof *dates);
    for (size_t i = 0; i < details->n_exceptions; i++)
        dates [i] = details->exceptions [i]->date_on;
    if (details->n_exceptions > 0)
        qsort (dates, details->n_exceptions, sizeof *dates, s_compare_dates);
    return dates;
}

/* A holiday and a half day for the same date: which one was meant, nobody can tell. */
static void
s_check_twice (build_t *self, const calendar_details_t *details)
{
    char **dates = s_sorted_dates (self->arena, details);
    for (size_t i = 1; i < details->n_exceptions && !self->error; i++)
        if (strcmp (dates [i - 1], dates [i]) == 0)
            self->error = arena_printf (self->arena,
                "exception on %s is listed twice: put all its hours into one", dates [i]);
}

static void
s_add_all (build_t *self, const calendar_details_t *details)
{
    if (details->always_open && (details->n_weekly > 0 || details->n_exceptions > 0))
        self->error = "a calendar that is always open has neither weekly hours nor exceptions: "
                      "remove them, or unset always_open";
    s_check_twice (self, details);
    for (size_t i = 0; i < details->n_weekly && !self->error; i++)
        s_add_weekly (self, details->weekly [i]);
    for (size_t i = 0; i < details->n_exceptions && !self->error; i++)
        s_add_exception (self, details->exceptions [i]);
    if (!self->error)
        self->error = calendar_seal (self->calendar);
}

calendar_t *
calendars_build (arena_t *arena, const calendar_details_t *details, const char **ret_error)
{
    build_t build = { .arena = arena };
    build.calendar = (details->always_open ? calendar_new_always : calendar_new) (details->time_zone);
    s_add_all (&build, details);
    if (build.error) {
        *ret_error = arena_strdup (arena, build.error);
        calendar_destroy (&build.calendar);
    }
    return build.calendar;
}

calendar_details_t *
calendars_weekly (arena_t *arena, const char *zone_name, weekly_interval_t **hours, size_t count)
{
    calendar_details_t *details = arena_alloc (arena, sizeof *details);
    *details = (calendar_details_t) {
        .base = calendar_details_init, .time_zone = (char *) zone_name, .n_weekly = count, .weekly = hours };
    return details;
}

/*  -- parents ---------------------------------------------------------- */

/* Every day from midnight to midnight: the always open parent of a child that has holidays. */
static void
s_every_day (arena_t *arena, calendar_details_t *details)
{
    details->n_weekly = 7;
    details->weekly = arena_array (arena, 7, sizeof *details->weekly);
    for (int weekday = DATE_MONDAY; weekday <= DATE_SUNDAY; weekday++) {
        weekly_interval_t *day = arena_alloc (arena, sizeof *day);
        *day = (weekly_interval_t) {
            .base = weekly_interval_init, .weekday = weekday, .start = "00:00", .end = "24:00" };
        details->weekly [weekday - DATE_MONDAY] = day;
    }
}

static void
s_merge_exceptions (arena_t *arena, calendar_details_t *merged, const calendar_details_t *child,
    const calendar_details_t *parent)
{
    char **own = s_sorted_dates (arena, child);
    merged->exceptions = arena_array (arena, child->n_exceptions + parent->n_exceptions, sizeof *merged->exceptions);
    for (size_t i = 0; i < child->n_exceptions; i++)
        merged->exceptions [i] = child->exceptions [i];
    for (size_t i = 0; i < parent->n_exceptions; i++)
        if (child->n_exceptions == 0
            || !bsearch (&parent->exceptions [i]->date_on, own, child->n_exceptions, sizeof *own, s_compare_dates))
            merged->exceptions [merged->n_exceptions++] = parent->exceptions [i];
}

calendar_details_t *
calendars_merge (arena_t *arena, const calendar_details_t *child, const calendar_details_t *parent)
{
    calendar_details_t *merged = arena_alloc (arena, sizeof *merged);
    *merged = *child;
    if (child->always_open)
        return merged;
    s_merge_exceptions (arena, merged, child, parent);
    if (child->n_weekly > 0)
        return merged;
    if (parent->always_open && merged->n_exceptions == 0)
        merged->always_open = true;
    else if (parent->always_open)
        s_every_day (arena, merged);
    merged->n_weekly = parent->always_open ? merged->n_weekly : parent->n_weekly;
    merged->weekly = parent->always_open ? merged->weekly : parent->weekly;
    return merged;
}

/*  -- kept calendars --------------------------------------------------- */

static keep_t *s_keep;

static void *
s_unpack_and_build (const void *how, blob_t details)
{
    (void) how;
    arena_t *arena = arena_new ();
    ProtobufCAllocator allocator = arena_protobuf (arena);
    const char *error = NULL;
    ProtobufCMessage *message = protobuf_c_message_unpack (&calendar_details_descriptor, &allocator, details.size,
        details.data);
    calendar_t *calendar = message ? calendars_build (arena, (calendar_details_t *) message, &error) : NULL;
    arena_destroy (&arena);
    return calendar;
}

static void
s_drop (void *value)
{
    calendar_t *calendar = value;
    calendar_destroy (&calendar);
}

calendar_t *
calendars_get (const char *calendar_id, int64_t version, blob_t details)
{
    if (!s_keep)
        s_keep = keep_new (s_unpack_and_build, s_drop);
    keep_trim (s_keep, CALENDARS_KEPT_MAX);
    return keep_get (s_keep, NULL, calendar_id, version, details);
}

void
calendars_forget (void)
{
    keep_destroy (&s_keep);
}
