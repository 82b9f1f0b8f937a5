/* Steps of a fixed length, in closed form. */
#include "recur_series.h"

static int
s_months (const phase_t *self)
{
    return self->n * (self->unit == RECUR_YEAR ? 12 : self->unit == RECUR_QUARTER ? 3 : 1);
}

static int32_t
s_days (const phase_t *self)
{
    return self->n * (self->unit == RECUR_WEEK ? 7 : 1);
}

static bool
s_is_by_days (const phase_t *self)
{
    return self->unit == RECUR_DAY || self->unit == RECUR_WEEK;
}

static int64_t
s_month_of (int32_t date)
{
    int year, month;
    date_to_ymd (date, &year, &month, NULL);
    return (int64_t) year * 12 + month - 1;
}

int32_t
phase_date (const phase_t *self, int64_t k, recur_month_end_t month_end)
{
    if (s_is_by_days (self)) {
        int64_t date = self->anchor_on + k * s_days (self);
        return date <= RECUR_LAST_ON ? (int32_t) date : DATE_NONE;
    }
    int64_t month = s_month_of (self->anchor_on) + k * s_months (self);
    int year = (int) (month / 12),
        length = month / 12 <= 9999 ? date_days_in_month (year, (int) (month % 12) + 1) : 0;
    int day = self->wanted_day;
    if (day > length && month_end == RECUR_SKIP)
        return DATE_NONE;
    int32_t date = date_from_ymd (year, (int) (month % 12) + 1, day < length ? day : length);
    return date <= RECUR_LAST_ON ? date : DATE_NONE;
}

/* The last step that can be before or on a date: an estimate from below is enough, the caller
 * walks from it. */
static int64_t
s_step_before (const phase_t *self, int32_t on)
{
    int64_t distance = s_is_by_days (self) ? (int64_t) on - self->anchor_on
                                           : s_month_of (on) - s_month_of (self->anchor_on);
    return distance / (s_is_by_days (self) ? s_days (self) : s_months (self)) - 1;
}

int32_t
phase_next (const phase_t *self, int32_t after_on, int64_t first_k, int64_t last_k,
    recur_month_end_t month_end)
{
    int32_t bounded_on = after_on < self->anchor_on ? self->anchor_on
        : after_on > RECUR_LAST_ON                  ? RECUR_LAST_ON
                                                    : after_on;
    int64_t k = s_step_before (self, bounded_on);
    int64_t end_k = s_step_before (self, RECUR_LAST_ON) + 2;    /* no date from here on */
    for (k = k < first_k ? first_k : k; k <= last_k && k <= end_k; k++) {
        int32_t date = phase_date (self, k, month_end);
        if (date != DATE_NONE && date > after_on)
            return date;
    }
    return DATE_NONE;
}
