/* ics - holidays as an iCalendar file (RFC 5545): read from a feed, written for others.
 *
 * A holiday is a local date, never an instant: an event of whole days counts on the dates it is
 * written with, whatever zone the file was made in, and so does one from midnight to midnight.
 * Events of less than a day and cancelled ones are no holidays. A property of ours,
 * X-FETTLE-HOURS:08:30-12:00\,13:30-17:00, makes a date a working day with those hours. Uses
 * libical. */
#ifndef CALENDAR_ICS_H
#define CALENDAR_ICS_H

#include "calendar.h"

#define ICS_SIZE_MAX        (4 * 1024 * 1024)   /* bytes of a file */
#define ICS_HOLIDAYS_MAX    CALENDAR_DATES_MAX
#define ICS_HOURS_MAX       8                   /* intervals of a date */
#define ICS_NAME_SIZE       128                 /* bytes of a name, cut there between characters */
#define ICS_ERROR_SIZE      160

/* Hours of a date in milliseconds after midnight, as for calendar_except_add. */
typedef struct {
    int32_t start_ms, end_ms;
} ics_hours_t;

typedef struct {
    int32_t date;
    char name [ICS_NAME_SIZE];                  /* UTF-8, may be empty */
    size_t hours_count;                         /* 0: closed */
    ics_hours_t hours [ICS_HOURS_MAX];
} ics_holiday_t;

/* Reads the holidays from first_on to last_on, repeated ones expanded, in order of date; of
 * several on one date the one with hours is kept, else the first. Returns true and
 * *ret_holidays, which the caller frees, or false and an error that says what to do: too large,
 * not iCalendar, bad hours, too many dates;
 * with the line where there is one. */
bool ics_read (const char *text, size_t size, int32_t first_on, int32_t last_on,
    ics_holiday_t **ret_holidays, size_t *ret_count, char error [ICS_ERROR_SIZE]);

/* Adds holidays to a calendar being built, as exceptions. */
void ics_apply (calendar_t *calendar, const ics_holiday_t *holidays, size_t count);

/* Writes holidays as a calendar of that name. Returns text that the caller frees. */
char *ics_write (const char *name, const ics_holiday_t *holidays, size_t count);

#endif
