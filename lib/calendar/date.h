/* date - civil dates as a count of days, so that a holiday is a number and a week is seven.
 *
 * A date is the int32 number of days since 1970-01-01 in the proleptic Gregorian calendar; it
 * has no zone. Wall time of a day is a number of milliseconds after its midnight, 0 to
 * DATE_DAY_MS (24:00). Nothing here allocates. Method: Howard Hinnant, "chrono-compatible
 * low-level date algorithms". */
#ifndef CALENDAR_DATE_H
#define CALENDAR_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DATE_DAY_MS     INT64_C (86400000)
#define DATE_NONE       INT32_MIN           /* no date: not parsed, or does not exist */
#define DATE_TEXT_SIZE  16                  /* room for YYYY-MM-DD and its end */

/* ISO 8601 numbers of the days of the week. */
typedef enum {
    DATE_MONDAY = 1,
    DATE_TUESDAY,
    DATE_WEDNESDAY,
    DATE_THURSDAY,
    DATE_FRIDAY,
    DATE_SATURDAY,
    DATE_SUNDAY
} date_weekday_t;

/* Wall time in milliseconds after midnight: DATE_HM (8, 30). DATE_HM (24, 0) is the end of the
 * day. */
#define DATE_HM(hour, minute) (((hour) * 60 + (minute)) * 60000)

/* The date of year, month 1-12, day 1-31; DATE_NONE if there is no such day or the year is not 1
 * to 9999. */
int32_t date_from_ymd (int year, int month, int day);

/* The parts of a date; any of the three results may be NULL. */
void date_to_ymd (int32_t date, int *ret_year, int *ret_month, int *ret_day);

/* The day of the week of a date. */
date_weekday_t date_weekday (int32_t date);

/* Days in a month 1-12 of a year, 28 to 31. */
int date_days_in_month (int year, int month);

/* The date written YYYY-MM-DD, nothing before or after; DATE_NONE if it is anything else. */
int32_t date_parse (const char *text);

/* Writes YYYY-MM-DD into the buffer and returns the buffer. */
char *date_format (int32_t date, char text [DATE_TEXT_SIZE]);

/* Wall time written HH:MM or HH:MM:SS, 00:00 to 24:00, in milliseconds after midnight; -1 if it
 * is anything else. */
int32_t date_parse_time (const char *text);

#endif
