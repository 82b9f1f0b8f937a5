/* sla_text - instants, budgets and lengths of time as people write and read them. */
#include "sla.h"
#include "moment.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
s_has_shape (const char *text, const char *shape)
{
    for (; *shape; text++, shape++)
        if (*shape == '0' ? !isdigit ((unsigned char) *text) : *text != *shape)
            return false;
    return true;
}

/* "Z", "+08:00" */
static bool
s_is_zone (const char *text)
{
    bool is_offset = strlen (text) == 6 && (s_has_shape (text, "+00:00") || s_has_shape (text, "-00:00"));
    return is_offset || strcmp (text, "Z") == 0;
}

bool
sla_moment_read (const char *text, int64_t *ret_at)
{
    if (!s_has_shape (text, "0000-00-00T00:00:00") || text [14] > '5' || text [17] > '5')
        return false;
    size_t digits = text [19] == '.' ? strspn (text + 20, "0123456789") : 0;
    const char *zone = text + 19 + (text [19] == '.' ? 1 + digits : 0);
    int64_t at;
    /* 08:30:00.500000 is no finer than a millisecond */
    size_t zeros = digits > 3 ? strspn (text + 23, "0") : 0;
    if ((digits > 3 && zeros != digits - 3) || (text [19] == '.' && !digits) || !s_is_zone (zone)
        || !moment_read (text, &at))
        return false;
    if (at < 0 || at >= date_from_ymd (2398, 1, 1) * DATE_DAY_MS)
        return false;
    *ret_at = at;
    return true;
}

static int64_t
s_unit_ms (const char *unit, size_t length)
{
    static const struct { const char *name; int64_t ms; } units [] = {
        { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 } };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strlen (units [i].name) == length && strncmp (units [i].name, unit, length) == 0)
            return units [i].ms;
    return 0;
}

static const int64_t s_most_ms = SLA_BUDGET_YEARS_MAX * INT64_C (366) * DATE_DAY_MS;

/* One "1.5s"; moves *text behind it. */
static bool
s_read_part (const char **text, int64_t *sum_ms)
{
    const char *at = *text;
    int64_t whole = 0, share = 0, scale = 1;
    size_t digits = strspn (at, "0123456789"), unit;
    if (digits < 1 || digits > 15)
        return false;
    for (size_t i = 0; i < digits; i++)
        whole = whole * 10 + *at++ - '0';
    if (*at == '.') {
        size_t decimals = strspn (++at, "0123456789");
        if (decimals < 1 || decimals > 6)
            return false;
        for (; decimals; decimals--, scale *= 10)
            share = share * 10 + *at++ - '0';
    }
    unit = strspn (at, "hms");
    int64_t unit_ms = s_unit_ms (at, unit);
    if (!unit_ms || whole > s_most_ms / unit_ms || share * unit_ms % scale)
        return false;
    *sum_ms += whole * unit_ms + share * unit_ms / scale;
    *text = at + unit;
    return *sum_ms <= s_most_ms;
}

static bool
s_read_days (const char *text, sla_budget_t *ret_budget)
{
    size_t digits = strspn (text, "0123456789");
    bool is_end = strcmp (text + digits, "wd-end") == 0;
    if (digits < 1 || digits > 4 || (!is_end && strcmp (text + digits, "wd") != 0))
        return false;
    *ret_budget = (sla_budget_t) {
        .in_days = true, .days = strtol (text, NULL, 10), .mode = is_end ? BUDGET_END_OF_DAY : BUDGET_SAME_TIME };
    return true;
}

bool
sla_budget_read (const char *text, sla_budget_t *ret_budget)
{
    if (s_read_days (text, ret_budget))
        return true;
    int64_t sum_ms = 0;
    if (!*text)
        return false;
    while (*text)
        if (!s_read_part (&text, &sum_ms))
            return false;
    *ret_budget = (sla_budget_t) { .ms = sum_ms };
    return true;
}

char *
sla_duration_print (int64_t ms, char text [SLA_TEXT_SIZE])
{
    int64_t hours = ms / 3600000, minutes = ms / 60000 % 60, rest_ms = ms % 60000;
    char *at = text, *end = text + SLA_TEXT_SIZE;
    *at = '\0';
    if (hours)
        at += snprintf (at, (size_t) (end - at), "%lldh ", (long long) hours);
    if (minutes)
        at += snprintf (at, (size_t) (end - at), "%lldm ", (long long) minutes);
    if (rest_ms % 1000)
        at += snprintf (at, (size_t) (end - at), "%lld.%03llds ", (long long) rest_ms / 1000,
                        (long long) rest_ms % 1000);
    else if (rest_ms || at == text)
        at += snprintf (at, (size_t) (end - at), "%llds ", (long long) rest_ms / 1000);
    at [-1] = '\0';
    return text;
}

char *
sla_local_print (const zone_t *zone, int64_t at, char text [SLA_TEXT_SIZE])
{
    static const char *const days [] = { "", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    int64_t time_ms;
    char date_text [DATE_TEXT_SIZE];
    int32_t date = zone_date (zone, at, &time_ms);
    int used = snprintf (text, SLA_TEXT_SIZE, "%s %s %02d:%02d", days [date_weekday (date)],
                         date_format (date, date_text), (int) (time_ms / 3600000), (int) (time_ms / 60000 % 60));
    if (time_ms % 60000)
        used += snprintf (text + used, SLA_TEXT_SIZE - (size_t) used, ":%02d", (int) (time_ms / 1000 % 60));
    if (time_ms % 1000)
        snprintf (text + used, SLA_TEXT_SIZE - (size_t) used, ".%03d", (int) (time_ms % 1000));
    return text;
}

char *
sla_moment_print (int64_t at, char text [SLA_TEXT_SIZE])
{
    if (at == CALENDAR_NEVER)
        snprintf (text, SLA_TEXT_SIZE, "never");
    else
        moment_print (at, text);
    return text;
}

char *
sla_text_tame (char *text)
{
    for (char *at = text; *at; at++)
        if (iscntrl ((unsigned char) *at))
            *at = '?';
    return text;
}

deadline_t
sla_promise_deadline (const sla_promise_t *self)
{
    const sla_budget_t *budget = &self->budget;
    if (budget->in_days)
        return budget_working_days (self->calendar, self->start_at, budget->days, budget->mode, self->pauses,
                                    self->pause_count);
    return budget_deadline (self->calendar, self->start_at, budget->ms, self->pauses, self->pause_count);
}
