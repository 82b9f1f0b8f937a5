#include "recur_series.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOR_EVER INT32_MAX

struct recur {
    const zone_t *zone;
    int32_t start_on, until_on, except_until_on;
    int64_t time_ms;
    phase_t phases [RECUR_PHASES_MAX];
    size_t phases_count;
    series_t rule, dates, except_rule, except_dates;
    bool has_rule, has_except_rule, sealed;
    recur_month_end_t month_end;
    recur_shift_t shift;
    calendar_t *calendar;
    char error [ZONE_ERROR_SIZE + RECUR_RULE_SIZE];
};

/* The first mistake counts. */
static void __attribute__ ((format (printf, 2, 3)))
s_mistake (recur_t *self, const char *format, ...)
{
    if (self->error [0])
        return;
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (self->error, sizeof self->error, format, arguments);
    va_end (arguments);
}

static bool
s_is_date (recur_t *self, int32_t date)
{
    if (date >= 0 && date <= RECUR_LAST_ON)
        return true;
    s_mistake (self, "day %d since 1970: a real date from 1970 to 2398 is needed", date);
    return false;
}

recur_t *
recur_new (const char *zone_name, int32_t start_on, int64_t time_ms)
{
    recur_t *self = calloc (1, sizeof *self);
    if (!self)
        abort ();
    char error [ZONE_ERROR_SIZE];
    self->zone = zone_find (zone_name, error);
    self->until_on = self->except_until_on = RECUR_LAST_ON;
    if (!self->zone)
        s_mistake (self, "%s", error);
    if (time_ms < 0 || time_ms >= DATE_DAY_MS)
        s_mistake (self, "time %lld ms after midnight: 0 to 86399999", (long long) time_ms);
    if (s_is_date (self, start_on)) {
        self->start_on = start_on;
        self->time_ms = time_ms;
    }
    return self;
}

void
recur_destroy (recur_t **self_p)
{
    recur_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    series_close (&self->rule);
    series_close (&self->dates);
    series_close (&self->except_rule);
    series_close (&self->except_dates);
    calendar_destroy (&self->calendar);
    free (self);
}

void
recur_every (recur_t *self, recur_unit_t unit, int n, int count)
{
    if ((int) unit < RECUR_DAY || (int) unit > RECUR_YEAR)
        s_mistake (self, "unit %d: day, week, month, quarter or year", (int) unit);
    else if (n < 1 || n > RECUR_EVERY_MAX || count < 0 || count > RECUR_DATES_MAX)
        s_mistake (self, "every %d, %d times: 1 to %d, 0 to %d times", n, count, RECUR_EVERY_MAX,
            RECUR_DATES_MAX);
    else if (self->phases_count == RECUR_PHASES_MAX)
        s_mistake (self, "more than %d phases: join some", RECUR_PHASES_MAX);
    else
        self->phases [self->phases_count++] = (phase_t) { .unit = unit, .n = n, .count = count };
}

static void
s_open_rule (recur_t *self, series_t *series, bool *has, const char *rule, int32_t *until_on)
{
    if (*has)
        s_mistake (self, "a second rule \"%.80s\": one is allowed", rule);
    else if (strlen (rule) >= RECUR_RULE_SIZE)
        s_mistake (self, "a rule of %zu bytes: at most %d", strlen (rule), RECUR_RULE_SIZE - 1);
    if (self->error [0])
        return;
    const char *problem
        = series_open (series, rule, self->start_on, self->time_ms, self->zone, until_on);
    if (problem)
        s_mistake (self, "rule \"%.300s\": %s", rule, problem);
    *has = true;
}

void
recur_rule (recur_t *self, const char *rule)
{
    s_open_rule (self, &self->rule, &self->has_rule, rule, &self->until_on);
}

void
recur_except_rule (recur_t *self, const char *rule)
{
    s_open_rule (self, &self->except_rule, &self->has_except_rule, rule, &self->except_until_on);
}

static void
s_add_date (recur_t *self, series_t *series, int32_t date)
{
    if (series->count >= RECUR_DATES_MAX)
        s_mistake (self, "more than %d dates: leave out past ones", RECUR_DATES_MAX);
    else if (s_is_date (self, date))
        series_add (series, date);
}

void
recur_date_add (recur_t *self, int32_t date)
{
    s_add_date (self, &self->dates, date);
}

void
recur_except_date (recur_t *self, int32_t date)
{
    s_add_date (self, &self->except_dates, date);
}

void
recur_until (recur_t *self, int32_t last_on)
{
    if (s_is_date (self, last_on) && last_on < self->until_on)
        self->until_on = last_on;
}

void
recur_month_end (recur_t *self, recur_month_end_t month_end)
{
    self->month_end = month_end;
}

void
recur_shift (recur_t *self, recur_shift_t shift, calendar_t *calendar)
{
    if (shift != RECUR_KEEP && (!calendar || calendar_fingerprint (calendar) == 0))
        s_mistake (self, "moving off holidays needs a sealed calendar");
    calendar_destroy (&self->calendar);
    self->shift = shift;
    self->calendar = calendar ? calendar_share (calendar) : NULL;
}

/* Steps of a phase: the first phase has its anchor as step 0, the later ones begin after theirs. */
static int64_t
s_first_step (size_t phase)
{
    return phase == 0 ? 0 : 1;
}

static int64_t
s_last_step (const recur_t *self, size_t phase)
{
    return self->phases [phase].count == 0 ? FOR_EVER : self->phases [phase].count - (phase == 0);
}

static bool
s_is_by_months (const phase_t *phase)
{
    return phase->unit >= RECUR_MONTH;
}

/* Each phase is anchored on the last date of the one before; months hand on the day they want,
 * 31 after a 28 February. */
static void
s_anchor_phases (recur_t *self)
{
    int32_t anchor_on = self->start_on;
    int wanted_day;
    date_to_ymd (anchor_on, NULL, NULL, &wanted_day);
    for (size_t i = 0; i < self->phases_count; i++) {
        phase_t *phase = &self->phases [i];
        if (i > 0 && !s_is_by_months (phase - 1))
            date_to_ymd (anchor_on, NULL, NULL, &wanted_day);
        phase->anchor_on = anchor_on;
        phase->wanted_day = wanted_day;
        if (phase->count == 0 && i + 1 < self->phases_count)
            s_mistake (self, "phase %zu goes on for ever: only the last one may", i + 1);
        else if (phase->count > 0)
            anchor_on = phase_date (phase, s_last_step (self, i), RECUR_CLAMP);
        if (anchor_on == DATE_NONE) {
            s_mistake (self, "phase %zu ends after 2398: repeat it less often", i + 1);
            return;
        }
    }
}

const char *
recur_seal (recur_t *self)
{
    if (self->sealed || self->error [0])
        return self->error [0] ? self->error : NULL;
    int sources = (self->phases_count > 0) + self->has_rule + (self->dates.count > 0);
    if (sources != 1)
        s_mistake (self, "%d sources of dates: give steps, or a rule, or a list", sources);
    series_sort (&self->dates);
    series_sort (&self->except_dates);
    s_anchor_phases (self);
    if (self->error [0])
        return self->error;
    self->sealed = true;
    return NULL;
}

static void
s_check_sealed (const recur_t *self)
{
    if (!self->sealed) {
        fprintf (stderr, "recur: asked before recur_seal accepted it\n");
        abort ();
    }
}

/* The next date of the source, exceptions not yet left out. */
static int32_t
s_next_of_source (recur_t *self, int32_t after_on)
{
    if (self->has_rule)
        return series_next (&self->rule, after_on);
    if (self->phases_count == 0)
        return series_next (&self->dates, after_on);
    for (size_t i = 0; i < self->phases_count; i++) {
        int32_t date = phase_next (
            &self->phases [i], after_on, s_first_step (i), s_last_step (self, i), self->month_end);
        if (date != DATE_NONE)
            return date;
    }
    return DATE_NONE;
}

static bool
s_is_excepted (recur_t *self, int32_t date)
{
    return series_next (&self->except_dates, date - 1) == date
        || (date <= self->except_until_on && series_next (&self->except_rule, date - 1) == date);
}

/* The working day before a date, looking back a year at most; DATE_NONE if there is none. */
static int32_t
s_workday_before (calendar_t *calendar, int32_t date)
{
    interval_t hull;
    for (int32_t earlier = date - 1; earlier > date - 400; earlier--)
        if (calendar_day (calendar, earlier, &hull))
            return earlier;
    return DATE_NONE;
}

/* A date that no working day is near stays where it is. */
static int32_t
s_shifted (const recur_t *self, int32_t date)
{
    interval_t hull;
    if (self->shift == RECUR_KEEP || calendar_day (self->calendar, date, &hull))
        return date;
    int32_t moved = self->shift == RECUR_NEXT ? calendar_workday_after (self->calendar, date, 1)
        : s_workday_before (self->calendar, date);
    return moved == DATE_NONE ? date : moved;
}

static occurrence_t
s_occurrence (const recur_t *self, int32_t nominal_on)
{
    int32_t on = s_shifted (self, nominal_on);
    return (occurrence_t) { nominal_on, on, zone_at (self->zone, on, self->time_ms) };
}

bool
recur_next (recur_t *self, int32_t after_on, occurrence_t *ret_next)
{
    s_check_sealed (self);
    after_on = after_on < -1 ? -1 : after_on;
    int32_t date = s_next_of_source (self, after_on);
    while (date != DATE_NONE && date <= self->until_on && s_is_excepted (self, date))
        date = s_next_of_source (self, date);
    if (date == DATE_NONE || date > self->until_on)
        return false;
    *ret_next = s_occurrence (self, date);
    return true;
}

/* Moving keeps the order, so it is enough to begin early: with NEXT, at the last day that stayed
 * where it was. */
bool
recur_next_at (recur_t *self, int64_t after_at, occurrence_t *ret_next)
{
    s_check_sealed (self);
    int64_t last_at = (RECUR_LAST_ON + INT64_C (2)) * DATE_DAY_MS;
    int32_t on = zone_date (self->zone,
                     after_at < 0             ? 0
                         : after_at > last_at ? last_at
                                              : after_at,
                     NULL)
        - 1;
    if (self->shift == RECUR_NEXT) {
        int32_t unmoved_on = s_workday_before (self->calendar, on + 1);
        on = unmoved_on == DATE_NONE ? on : unmoved_on - 1;
    }
    occurrence_t next;
    for (; recur_next (self, on, &next); on = next.nominal_on)
        if (next.at > after_at) {
            *ret_next = next;
            return true;
        }
    return false;
}

/* The phase of an occurrence by its number from 1, or NULL when all are over. */
static const phase_t *
s_phase_of (const recur_t *self, int64_t number)
{
    for (size_t i = 0; i < self->phases_count; i++) {
        if (self->phases [i].count == 0 || number <= self->phases [i].count)
            return &self->phases [i];
        number -= self->phases [i].count;
    }
    return NULL;
}

bool
recur_after_completion (recur_t *self, int64_t completed_at, int done_count, occurrence_t *ret_next)
{
    s_check_sealed (self);
    const phase_t *phase = s_phase_of (self, (int64_t) done_count + 1);
    if (!phase || completed_at < 0 || completed_at > RECUR_LAST_ON * DATE_DAY_MS)
        return false;
    phase_t step = *phase;
    step.anchor_on = zone_date (self->zone, completed_at, NULL);
    date_to_ymd (step.anchor_on, NULL, NULL, &step.wanted_day);
    int32_t date = phase_next (&step, step.anchor_on, 1, FOR_EVER, self->month_end);
    if (date == DATE_NONE || date > self->until_on)
        return false;
    *ret_next = s_occurrence (self, date);
    return true;
}
