#include "calendar_block.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_DATE  0
#define LAST_DATE   (BLOCK_COUNT * BLOCK_DAYS - 1)

/* The first mistake counts. */
static void __attribute__ ((format (printf, 2, 3)))
s_mistake (calendar_t *self, const char *format, ...)
{
    if (self->error [0])
        return;
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (self->error, sizeof self->error, format, arguments);
    va_end (arguments);
}

static calendar_t *
s_new (kind_t kind)
{
    calendar_t *self = calloc (1, sizeof *self);
    if (!self)
        abort ();
    self->kind = kind;
    self->owners = 1;
    return self;
}

static calendar_t *
s_new_in_zone (kind_t kind, const char *zone_name)
{
    calendar_t *self = s_new (kind);
    char error [ZONE_ERROR_SIZE];
    self->zone = zone_find (zone_name, error);
    if (!self->zone)
        s_mistake (self, "%s", error);
    return self;
}

calendar_t *
calendar_new (const char *zone_name)
{
    return s_new_in_zone (KIND_HOURS, zone_name);
}

calendar_t *
calendar_new_always (const char *zone_name)
{
    return s_new_in_zone (KIND_ALWAYS, zone_name);
}

static calendar_t *
s_new_of_two (kind_t kind, calendar_t *a, calendar_t *b)
{
    calendar_t *self = s_new (kind);
    self->zone = a->zone;
    self->a = calendar_share (a);
    self->b = calendar_share (b);
    self->depth = 1 + (a->depth > b->depth ? a->depth : b->depth);
    if (!a->sealed || !b->sealed)
        s_mistake (self, "only sealed calendars can be combined: seal both operands first");
    if (self->depth > CALENDAR_DEPTH_MAX)
        s_mistake (
            self, "calendars are combined %u deep: at most %d", self->depth, CALENDAR_DEPTH_MAX);
    return self;
}

calendar_t *
calendar_new_union (calendar_t *a, calendar_t *b)
{
    return s_new_of_two (KIND_UNION, a, b);
}

calendar_t *
calendar_new_intersection (calendar_t *a, calendar_t *b)
{
    return s_new_of_two (KIND_INTERSECTION, a, b);
}

calendar_t *
calendar_share (calendar_t *self)
{
    self->owners++;
    return self;
}

void
calendar_destroy (calendar_t **self_p)
{
    calendar_t *self = *self_p;
    *self_p = NULL;
    if (!self || --self->owners > 0)
        return;
    calendar_destroy (&self->a);
    calendar_destroy (&self->b);
    calendar_block_clear (self);
    free (self->weekly.rows);
    free (self->exceptions.rows);
    free (self->parent_weekly.rows);
    free (self->parent_exceptions.rows);
    free (self);
}

static void
s_rows_add (rows_t *rows, row_t row)
{
    if (rows->count == rows->capacity) {
        rows->capacity = rows->capacity ? rows->capacity * 2 : 16;
        rows->rows = realloc (rows->rows, rows->capacity * sizeof (row_t));
        if (!rows->rows)
            abort ();
    }
    rows->rows [rows->count++] = row;
}

/* True if rows may be added now; says so if not. */
static bool
s_can_add (calendar_t *self, const rows_t *rows)
{
    if (self->kind != KIND_HOURS)
        s_mistake (self,
            "an always open or combined calendar has no hours of its own: add them to a plain one");
    else if (self->sealed)
        s_mistake (self, "a sealed calendar cannot change: build a new one");
    else if (rows->count >= CALENDAR_DATES_MAX)
        s_mistake (self, "more than %d rows of hours: leave out past years", CALENDAR_DATES_MAX);
    else
        return true;
    return false;
}

static void
s_add_hours (calendar_t *self, rows_t *rows, int32_t key, int64_t start_ms, int64_t end_ms)
{
    if (start_ms < 0 || start_ms >= DATE_DAY_MS || end_ms < 0 || end_ms > DATE_DAY_MS)
        s_mistake (self,
            "hours %lld to %lld ms after midnight: start is 0 to 86399999, end 0 to 86400000",
            (long long) start_ms, (long long) end_ms);
    else if (s_can_add (self, rows))
        s_rows_add (rows, (row_t) { key, (int32_t) start_ms,
            (int32_t) (end_ms > start_ms ? end_ms : end_ms + DATE_DAY_MS) });
}

void
calendar_weekly_add (calendar_t *self, date_weekday_t weekday, int64_t start_ms, int64_t end_ms)
{
    if ((int) weekday < DATE_MONDAY || (int) weekday > DATE_SUNDAY)
        s_mistake (self, "weekday %d: Monday is 1, Sunday 7", (int) weekday);
    else
        s_add_hours (self, &self->weekly, (int32_t) weekday, start_ms, end_ms);
}

static bool
s_date_is_good (calendar_t *self, int32_t date)
{
    if (date >= FIRST_DATE && date <= LAST_DATE)
        return true;
    s_mistake (
        self, "exception on day %d since 1970: a real date from 1970 to 2398 is needed", date);
    return false;
}

void
calendar_except_close (calendar_t *self, int32_t date)
{
    if (s_date_is_good (self, date) && s_can_add (self, &self->exceptions))
        s_rows_add (&self->exceptions, (row_t) { date, -1, -1 });
}

void
calendar_except_add (calendar_t *self, int32_t date, int64_t start_ms, int64_t end_ms)
{
    if (s_date_is_good (self, date))
        s_add_hours (self, &self->exceptions, date, start_ms, end_ms);
}

void
calendar_parent (calendar_t *self, const calendar_t *parent)
{
    if (self->has_parent)
        s_mistake (self, "a calendar has one parent: combine the two parents first");
    else if (!parent->sealed || parent->kind != KIND_HOURS)
        s_mistake (self, "the parent must be a sealed calendar with hours of its own");
    else if (s_can_add (self, &self->exceptions)) {
        for (size_t i = 0; i < parent->weekly.count; i++)
            s_rows_add (&self->parent_weekly, parent->weekly.rows [i]);
        for (size_t i = 0; i < parent->exceptions.count; i++)
            s_rows_add (&self->parent_exceptions, parent->exceptions.rows [i]);
        self->has_parent = true;
    }
}

static int
s_compare (const void *a, const void *b)
{
    const row_t *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    if (x->start_ms != y->start_ms)
        return x->start_ms < y->start_ms ? -1 : 1;
    return (x->end_ms > y->end_ms) - (x->end_ms < y->end_ms);
}

/* Sorts, and drops doubles and the closed rows of days that have hours, so that equal content is
 * equal bytes. */
static void
s_rows_normalize (rows_t *rows)
{
    size_t kept = 0;
    if (rows->count > 0)
        qsort (rows->rows, rows->count, sizeof (row_t), s_compare);
    for (size_t i = 0; i < rows->count; i++) {
        row_t *last = kept > 0 ? &rows->rows [kept - 1] : NULL;
        if (last && last->key == rows->rows [i].key && last->start_ms < 0)
            kept--;                                             /* closed sorts first in its day */
        else if (last && s_compare (last, &rows->rows [i]) == 0)
            continue;
        rows->rows [kept++] = rows->rows [i];
    }
    rows->count = kept;
}

/* Takes from the parent what this calendar does not say itself. */
static void
s_inherit (calendar_t *self)
{
    size_t own = self->exceptions.count, found;
    for (size_t i = 0; i < self->parent_exceptions.count; i++) {
        rows_t own_rows = { self->exceptions.rows, own, own };
        calendar_rows_of (&own_rows, self->parent_exceptions.rows [i].key, &found);
        if (found == 0)
            s_rows_add (&self->exceptions, self->parent_exceptions.rows [i]);
    }
    if (self->weekly.count == 0)
        for (size_t i = 0; i < self->parent_weekly.count; i++)
            s_rows_add (&self->weekly, self->parent_weekly.rows [i]);
    s_rows_normalize (&self->exceptions);
}

static void
s_check_hours_a_day (calendar_t *self, const rows_t *rows)
{
    for (size_t i = CALENDAR_HOURS_MAX; i < rows->count; i++)
        if (rows->rows [i].key == rows->rows [i - CALENDAR_HOURS_MAX].key)
            s_mistake (self, "a day has more than %d intervals: join some", CALENDAR_HOURS_MAX);
}

/* FNV-1a. */
static uint64_t
s_hash (uint64_t hash, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): rows are written in full */
        hash = (hash ^ ((const uint8_t *) bytes) [i]) * UINT64_C (0x100000001b3);
    return hash;
}

static uint64_t
s_fingerprint (const calendar_t *self)
{
    uint64_t parts [] = {
        (uint64_t) self->kind, self->weekly.count, self->exceptions.count,
        self->a ? self->a->fingerprint : 0, self->b ? self->b->fingerprint : 0
    };
    uint64_t hash = s_hash (UINT64_C (0xcbf29ce484222325), parts, sizeof parts);
    hash = s_hash (hash, zone_name (self->zone), strlen (zone_name (self->zone)));
    hash = s_hash (hash, self->weekly.rows, self->weekly.count * sizeof (row_t));
    hash = s_hash (hash, self->exceptions.rows, self->exceptions.count * sizeof (row_t));
    return hash ? hash : 1;
}

/* Any block with open time will do. Weekly hours show in the first one; only rosters of dates
 * and intersections look further. */
static bool
s_has_open_time (calendar_t *self)
{
    if (self->kind == KIND_ALWAYS)
        return true;
    for (int i = 0; i < BLOCK_COUNT; i++)
        if (calendar_block (self, i)->open_ms > 0)
            return true;
    return false;
}

const char *
calendar_seal (calendar_t *self)
{
    if (self->sealed || self->error [0])
        return self->error [0] ? self->error : NULL;
    s_rows_normalize (&self->weekly);
    s_rows_normalize (&self->exceptions);
    s_inherit (self);
    s_check_hours_a_day (self, &self->weekly);
    s_check_hours_a_day (self, &self->exceptions);
    if (!self->error [0] && !s_has_open_time (self))
        s_mistake (self, "the calendar is never open: add weekly hours or dates with hours");
    if (self->error [0])
        return self->error;
    self->fingerprint = s_fingerprint (self);
    self->sealed = true;
    return NULL;
}

const zone_t *
calendar_zone (const calendar_t *self)
{
    return self->zone;
}

uint64_t
calendar_fingerprint (const calendar_t *self)
{
    return self->fingerprint;
}
