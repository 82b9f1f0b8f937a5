#include "ics.h"
#include "ics_check.h"

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOURS_PROPERTY  "X-FETTLE-HOURS"
#define EVENT_DAYS_MAX  366                 /* longer "holidays" are mistakes */

typedef struct {
    ics_holiday_t *list;
    size_t count, capacity;
    int32_t first_on, last_on;
    const char *text;
    int events;                             /* looked at so far */
    char *error;
} reader_t;

/* What is wrong, and in the event that begins on which line. */
static bool
s_fail (reader_t *self, const char *problem)
{
    if (self->events > 0)
        snprintf (self->error, ICS_ERROR_SIZE, "line %d: %s", ics_event_line (self->text, self->events), problem);
    else
        snprintf (self->error, ICS_ERROR_SIZE, "%s", problem);
    return false;
}

static bool
s_append (reader_t *self, const ics_holiday_t *holiday)
{
    if (holiday->date < self->first_on || holiday->date > self->last_on)
        return true;
    if (self->count >= ICS_HOLIDAYS_MAX)
        return s_fail (self, "more than 20000 holidays: read a shorter span of years");
    if (self->count == self->capacity) {
        self->capacity = self->capacity ? self->capacity * 2 : 32;
        self->list = realloc (self->list, self->capacity * sizeof *self->list);
        if (!self->list)
            abort ();
    }
    self->list [self->count++] = *holiday;
    return true;
}

static int32_t
s_date (struct icaltimetype time)
{
    return date_from_ymd (time.year, time.month, time.day);
}

static bool
s_is_midnight (struct icaltimetype time)
{
    return time.is_date || (time.hour == 0 && time.minute == 0 && time.second == 0);
}

/* Whole days from start to end as they are written, at least one; 0 if the event is not of whole
 * days. */
static int32_t
s_days (icalcomponent *event, struct icaltimetype start)
{
    icalproperty *end_property = icalcomponent_get_first_property (event, ICAL_DTEND_PROPERTY);
    icalproperty *duration_property
        = icalcomponent_get_first_property (event, ICAL_DURATION_PROPERTY);
    if (!s_is_midnight (start) || s_date (start) == DATE_NONE)
        return 0;
    if (duration_property) {
        int seconds = icaldurationtype_as_int (icalproperty_get_duration (duration_property));
        return seconds > 0 && seconds % 86400 == 0 ? seconds / 86400 : 0;
    }
    if (!end_property)
        return start.is_date ? 1 : 0;
    struct icaltimetype end = icalproperty_get_dtend (end_property);
    int32_t end_on = s_date (end);
    if (!s_is_midnight (end) || end_on == DATE_NONE)
        return 0;
    return end_on > s_date (start) ? end_on - s_date (start) : start.is_date;
}

/* HH:MM-HH:MM, several with commas between, which iCalendar may write as \, */
static bool
s_read_hours (const char *text, ics_holiday_t *holiday)
{
    while (*text) {
        char from [6], to [6];
        if (strnlen (text, 11) < 11 || text [5] != '-' || holiday->hours_count == ICS_HOURS_MAX)
            return false;
        snprintf (from, sizeof from, "%.5s", text);
        snprintf (to, sizeof to, "%.5s", text + 6);
        ics_hours_t hours = { date_parse_time (from), date_parse_time (to) };
        if (hours.start_ms < 0 || hours.start_ms >= DATE_DAY_MS || hours.end_ms < 0)
            return false;
        holiday->hours [holiday->hours_count++] = hours;
        text += 11;
        text += *text == '\\' && text [1] == ',' ? 1 : 0;
        if (*text && (*text++ != ',' || !*text))
            return false;
    }
    return holiday->hours_count > 0;
}

/* Copies a name and cuts it between characters, or after the last word. Feeds in Latin-1 are about: what is no UTF-8
 * becomes "?". */
static void
s_copy_name (char name [ICS_NAME_SIZE], const char *text)
{
    size_t length = strnlen (text, ICS_NAME_SIZE);
    if (length == ICS_NAME_SIZE)
        for (length--; length > 0 && ((unsigned char) text [length] & 0xc0) == 0x80; )
            length--;
    memcpy (name, text, length);
    while (length > 0 && name [length - 1] == ' ')
        length--;
    name [length] = 0;
    ics_tame (name);
}

static bool
s_read_extension (reader_t *self, icalcomponent *event, ics_holiday_t *holiday)
{
    for (icalproperty *property = icalcomponent_get_first_property (event, ICAL_X_PROPERTY);
         property; property = icalcomponent_get_next_property (event, ICAL_X_PROPERTY)) {
        const char *name = icalproperty_get_x_name (property),
                   *value = icalproperty_get_x (property);
        if (name && strcmp (name, HOURS_PROPERTY) == 0
            && (!value || !s_read_hours (value, holiday)))
            return s_fail (self,
                HOURS_PROPERTY
                " is not up to 8 times HH:MM-HH:MM with commas between: correct the event");
    }
    return true;
}

/* All days of one event, begun on a date. */
static bool
s_add_days (reader_t *self, ics_holiday_t holiday, int32_t start_on, int32_t days)
{
    for (int32_t i = 0; i < days; i++) {
        holiday.date = start_on + i;
        if (!s_append (self, &holiday))
            return false;
    }
    return true;
}

/* The dates an event begins on: its own, and those of its rule. */
static bool
s_add_repeated (reader_t *self, icalcomponent *event, const ics_holiday_t *holiday,
    struct icaltimetype start, int32_t days)
{
    icalproperty *property = icalcomponent_get_first_property (event, ICAL_RRULE_PROPERTY);
    if (!property)
        return s_add_days (self, *holiday, s_date (start), days);

    struct icalrecurrencetype rule = icalproperty_get_rrule (property);
    if (rule.freq < ICAL_DAILY_RECURRENCE || rule.freq == ICAL_NO_RECURRENCE)
        return s_fail (self,
            "a holiday repeats more often than daily, or by no known rule: correct the event");
    start.is_date = start.hour = start.minute = start.second = 0; /* libical's rules want a time */
    icalrecur_iterator *iterator = icalrecur_iterator_new (rule, start);
    bool good = true;
    int32_t last = DATE_NONE;
    while (iterator && good) {
        struct icaltimetype next = icalrecur_iterator_next (iterator);
        int32_t date = icaltime_is_null_time (next) ? DATE_NONE : s_date (next);
        if (date <= last || date > self->last_on)
            break;
        last = date;
        good = s_add_days (self, *holiday, date, days);
    }
    if (iterator)
        icalrecur_iterator_free (iterator);
    return good;
}

static bool
s_read_event (reader_t *self, icalcomponent *event)
{
    icalproperty *start_property = icalcomponent_get_first_property (event, ICAL_DTSTART_PROPERTY);
    self->events++;
    if (!start_property || icalcomponent_get_status (event) == ICAL_STATUS_CANCELLED)
        return true;
    struct icaltimetype start = icalproperty_get_dtstart (start_property);
    int32_t days = s_days (event, start);
    if (days <= 0)
        return true;
    if (days > EVENT_DAYS_MAX)
        return s_fail (self, "a holiday lasts longer than a year: correct its DTEND");

    ics_holiday_t holiday = { 0 };
    const char *summary = icalcomponent_get_summary (event);
    s_copy_name (holiday.name, summary ? summary : "");
    return s_read_extension (self, event, &holiday)
        && s_add_repeated (self, event, &holiday, start, days);
}

/* Feeds come as one VCALENDAR or several, one after the other. */
static bool
s_read_calendar (reader_t *self, icalcomponent *root)
{
    if (icalcomponent_isa (root) == ICAL_XROOT_COMPONENT) {
        for (icalcomponent *part
             = icalcomponent_get_first_component (root, ICAL_VCALENDAR_COMPONENT);
             part; part = icalcomponent_get_next_component (root, ICAL_VCALENDAR_COMPONENT))
            if (!s_read_calendar (self, part))
                return false;
        return true;
    }
    if (icalcomponent_isa (root) != ICAL_VCALENDAR_COMPONENT)
        return s_fail (self, "there is no VCALENDAR: send an iCalendar file");
    for (icalcomponent *event = icalcomponent_get_first_component (root, ICAL_VEVENT_COMPONENT);
         event; event = icalcomponent_get_next_component (root, ICAL_VEVENT_COMPONENT))
        if (!s_read_event (self, event))
            return false;
    return true;
}

/* By date, working days first, the rest as it came: pointers into the list know where they were. */
static int
s_compare (const void *a, const void *b)
{
    const ics_holiday_t *x = *(ics_holiday_t *const *) a, *y = *(ics_holiday_t *const *) b;
    if (x->date != y->date)
        return x->date < y->date ? -1 : 1;
    int hours = (x->hours_count == 0) - (y->hours_count == 0);
    return hours ? hours : (x > y) - (x < y);
}

/* Sorts, and keeps one of each date. */
static void
s_sort (reader_t *self)
{
    if (self->count == 0)
        return;
    const ics_holiday_t **order = malloc (self->count * sizeof *order);
    ics_holiday_t *sorted = malloc (self->count * sizeof *sorted);
    if (!order || !sorted)
        abort ();
    for (size_t i = 0; i < self->count; i++)
        order [i] = &self->list [i];
    qsort (order, self->count, sizeof *order, s_compare);
    size_t kept = 0;
    for (size_t i = 0; i < self->count; i++)
        if (kept == 0 || sorted [kept - 1].date != order [i]->date)
            sorted [kept++] = *order [i];
    free (order);
    free (self->list);
    self->list = sorted;
    self->count = kept;
}

bool
ics_read (const char *text, size_t size, int32_t first_on, int32_t last_on,
    ics_holiday_t **ret_holidays, size_t *ret_count, char error [ICS_ERROR_SIZE])
{
    reader_t reader = { .first_on = first_on, .last_on = last_on, .error = error };
    if (size > ICS_SIZE_MAX)
        return s_fail (&reader, "the file is larger than 4 MB: a feed of holidays is a few KB");
    if (memchr (text, 0, size))
        return s_fail (&reader, "the file has NUL bytes: it is not iCalendar");

    char *copy = strndup (text, size);
    if (!copy)
        abort ();
    reader.text = copy;
    icalerror_set_errors_are_fatal (false);
    bool good = ics_check (copy, error);            /* before libical, which frees nested things by recursion */
    icalcomponent *root = good ? icalparser_parse_string (copy) : NULL;
    if (good)
        good = root ? s_read_calendar (&reader, root)
                    : s_fail (&reader, "the file is not iCalendar: send an .ics file");
    if (root)
        icalcomponent_free (root);
    free (copy);
    if (!good) {
        free (reader.list);
        return false;
    }
    s_sort (&reader);
    *ret_holidays = reader.list;
    *ret_count = reader.count;
    return true;
}

void
ics_apply (calendar_t *calendar, const ics_holiday_t *holidays, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        calendar_except_close (calendar, holidays [i].date);
        for (size_t j = 0; j < holidays [i].hours_count; j++)
            calendar_except_add (calendar, holidays [i].date, holidays [i].hours [j].start_ms,
                holidays [i].hours [j].end_ms);
    }
}
