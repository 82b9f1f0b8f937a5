/* The POSIX TZ rule in a TZif footer, such as CET-1CEST,M3.5.0,M10.5.0/3. */
#include "date.h"
#include "tzif.h"

#include <stdlib.h>
#include <string.h>

#define DAY_S 86400

/* The day of a change: Mm.w.d, Jn (1-365, never the leap day) or n (0-365), and the wall time on
 * it. */
typedef struct {
    char kind;                  /* 'M', 'J' or 'n' */
    int month, week, weekday, day;
    int32_t time_s;
} change_t;

typedef struct {
    int32_t standard_s, summer_s;           /* offsets, ahead of UTC */
    bool has_summer;
    change_t to_summer, to_standard;
} rule_t;

static bool
s_number (const char **text, int low, int high, int *ret)
{
    int value = 0, digits = 0;
    for (; **text >= '0' && **text <= '9' && digits < 4; (*text)++, digits++)
        value = value * 10 + (**text - '0');
    *ret = value;
    return digits > 0 && value >= low && value <= high;
}

static bool
s_skip (const char **text, char expected)
{
    if (**text != expected)
        return false;
    (*text)++;
    return true;
}

/* [+-]hh[:mm[:ss]] in seconds; RFC 8536 lets the hours of a change reach 167. */
static bool
s_time (const char **text, int hours_max, int32_t *ret_s)
{
    int sign = s_skip (text, '-') ? -1 : 1, hours, minutes = 0, seconds = 0;
    if (sign == 1)
        s_skip (text, '+');
    if (!s_number (text, 0, hours_max, &hours))
        return false;
    if (s_skip (text, ':') && !s_number (text, 0, 59, &minutes))
        return false;
    if (minutes >= 0 && s_skip (text, ':') && !s_number (text, 0, 59, &seconds))
        return false;
    *ret_s = sign * (hours * 3600 + minutes * 60 + seconds);
    return true;
}

/* The abbreviation, letters or <anything>; only passed over. */
static bool
s_abbreviation (const char **text)
{
    const char *start = *text;
    if (s_skip (text, '<')) {
        while (**text && **text != '>')
            (*text)++;
        return s_skip (text, '>');
    }
    while ((**text >= 'A' && **text <= 'Z') || (**text >= 'a' && **text <= 'z'))
        (*text)++;
    return *text - start >= 3;
}

static bool
s_change (const char **text, change_t *ret)
{
    change_t change = { .kind = 'n', .time_s = 2 * 3600 };
    bool good;
    if (s_skip (text, 'M')) {
        change.kind = 'M';
        good = s_number (text, 1, 12, &change.month) && s_skip (text, '.')
            && s_number (text, 1, 5, &change.week) && s_skip (text, '.')
            && s_number (text, 0, 6, &change.weekday);
    }
    else if (s_skip (text, 'J')) {
        change.kind = 'J';
        good = s_number (text, 1, 365, &change.day);
    }
    else
        good = s_number (text, 0, 365, &change.day);
    if (good && s_skip (text, '/'))
        good = s_time (text, 167, &change.time_s);
    *ret = change;
    return good;
}

static bool
s_parse (const char *text, rule_t *ret)
{
    rule_t rule = { 0 };
    int32_t behind_s;           /* POSIX counts hours behind UTC, we ahead */
    if (!s_abbreviation (&text) || !s_time (&text, 24, &behind_s))
        return false;
    rule.standard_s = -behind_s;
    if (*text) {
        rule.has_summer = true;
        rule.summer_s = rule.standard_s + 3600;
        if (!s_abbreviation (&text))
            return false;
        if (*text != ',') {
            if (!s_time (&text, 24, &behind_s))
                return false;
            rule.summer_s = -behind_s;
        }
        if (!s_skip (&text, ',') || !s_change (&text, &rule.to_summer)
                || !s_skip (&text, ',') || !s_change (&text, &rule.to_standard))
            return false;
    }
    *ret = rule;
    return *text == 0;
}

/* Seconds since 1970 of a change in a year, read off the wall before it. */
static int64_t
s_change_wall_s (const change_t *change, int year)
{
    int32_t date;
    if (change->kind == 'M') {
        date = date_from_ymd (year, change->month, 1);
        int first = (int) date_weekday (date) % 7;              /* 0 is Sunday, as in the rule */
        int day = (change->weekday - first + 7) % 7 + 7 * (change->week - 1);
        if (day >= date_days_in_month (year, change->month))
            day -= 7;                                           /* week 5 is the last one */
        date += day;
    }
    else {
        date = date_from_ymd (year, 1, 1) + change->day;
        if (change->kind == 'J')
            date += change->day >= 60 && date_days_in_month (year, 2) == 29 ? 0 : -1;
    }
    return (int64_t) date * DAY_S + change->time_s;
}

static void
s_append (tzif_t *table, int64_t from_s, int32_t offset_s)
{
    const tzif_entry_t *last = &table->entries [table->count - 1];
    if (from_s > last->from_s && offset_s != last->offset_s)
        table->entries [table->count++] = (tzif_entry_t) { from_s, offset_s };
}

static int
s_year_of (int64_t at_s)
{
    int year = 1970;
    if (at_s > 0)
        date_to_ymd ((int32_t) (at_s / DAY_S), &year, NULL, NULL);
    return year;
}

const char *
tzif_extend (tzif_t *table, const char *text)
{
    rule_t rule;
    if (!s_parse (text, &rule))
        return "its footer is not a POSIX TZ rule";
    const tzif_entry_t *last = &table->entries [table->count - 1];
    if (!rule.has_summer)
        return last->offset_s == rule.standard_s ? NULL : "its footer contradicts its table";

    int first_year = s_year_of (last->from_s);
    if (first_year > TZIF_LAST_YEAR)
        return "its last change is too far in the future";
    size_t years = (size_t) (TZIF_LAST_YEAR - first_year + 1);
    tzif_entry_t *grown = realloc (table->entries, (table->count + 2 * years) * sizeof *grown);
    if (!grown)
        return "memory is exhausted";
    table->entries = grown;
    for (int year = first_year; year <= TZIF_LAST_YEAR; year++) {
        int64_t summer_s = s_change_wall_s (&rule.to_summer, year) - rule.standard_s;
        int64_t standard_s = s_change_wall_s (&rule.to_standard, year) - rule.summer_s;
        if (summer_s < standard_s)
            s_append (table, summer_s, rule.summer_s);
        s_append (table, standard_s, rule.standard_s);
        if (summer_s > standard_s)
            s_append (table, summer_s, rule.summer_s);
    }
    return NULL;
}
