#include "date.h"

#include <stdio.h>
#include <string.h>

int
date_days_in_month (int year, int month)
{
    static const int8_t s_days [12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return s_days [month - 1] + (month == 2 && leap);
}

int32_t
date_from_ymd (int year, int month, int day)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1
        || day > date_days_in_month (year, month))
        return DATE_NONE;

    int32_t shifted
        = month > 2 ? year : year - 1; /* years begin in March: the leap day comes last */
    int32_t era = shifted / 400, year_of_era = shifted % 400;
    int32_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void
date_to_ymd (int32_t date, int *ret_year, int *ret_month, int *ret_day)
{
    int64_t days = (int64_t) date + 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int32_t day_of_era = (int32_t) (days - era * 146097);
    int32_t year_of_era
        = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int32_t shifted_month = (5 * day_of_year + 2) / 153;
    int month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;

    if (ret_year)
        *ret_year = (int) (year_of_era + era * 400) + (month <= 2);
    if (ret_month)
        *ret_month = month;
    if (ret_day)
        *ret_day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
}

date_weekday_t
date_weekday (int32_t date)
{
    int64_t from_monday = ((int64_t) date + 3) % 7;             /* 1970-01-01 was a Thursday */
    return (date_weekday_t) (from_monday < 0 ? from_monday + 8 : from_monday + 1);
}

/* The number made of exactly `count` digits, or -1. */
static int
s_digits (const char *text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (text [i] < '0' || text [i] > '9')
            return -1;
        value = value * 10 + (text [i] - '0');
    }
    return value;
}

int32_t
date_parse (const char *text)
{
    if (!text || strlen (text) != 10 || text [4] != '-' || text [7] != '-')
        return DATE_NONE;
    return date_from_ymd (s_digits (text, 4), s_digits (text + 5, 2), s_digits (text + 8, 2));
}

char *
date_format (int32_t date, char text [DATE_TEXT_SIZE])
{
    int year, month, day;
    date_to_ymd (date, &year, &month, &day);
    snprintf (text, DATE_TEXT_SIZE, "%04d-%02d-%02d", year, month, day);
    return text;
}

int32_t
date_parse_time (const char *text)
{
    size_t length = text ? strlen (text) : 0;
    if ((length != 5 && length != 8) || text [2] != ':' || (length == 8 && text [5] != ':'))
        return -1;
    int hour = s_digits (text, 2), minute = s_digits (text + 3, 2),
        second = length == 8 ? s_digits (text + 6, 2) : 0;
    if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return -1;
    int32_t time_ms = (hour * 3600 + minute * 60 + second) * 1000;
    return time_ms <= DATE_DAY_MS ? time_ms : -1;
}
