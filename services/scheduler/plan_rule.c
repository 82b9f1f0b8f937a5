/* plan_rule.c - from a plan to lib/recur, and a date back. Each question builds its rule anew: a handler may be
 * abandoned at any look-up, and what malloc gave would be lost. */
#include "scheduler.h"
#include "recur/recur.h"

/* A plan that names no time is due by the end of the day. */
#define END_OF_DAY_MS   DATE_HM (23, 59)

static int64_t
s_time_ms (const maintenance_plan_details_t *details)
{
    return is_empty (details->time_of_day) ? END_OF_DAY_MS : date_parse_time (details->time_of_day);
}

static const char *
s_zone_name (const char *zone)
{
    return is_empty (zone) ? "UTC" : zone;
}

static void
s_add_source (recur_t *self, const maintenance_plan_details_t *details)
{
    static const recur_unit_t units [] = {
        [RECURRENCE_KIND_WEEKLY] = RECUR_WEEK, [RECURRENCE_KIND_MONTHLY] = RECUR_MONTH,
        [RECURRENCE_KIND_QUARTERLY] = RECUR_QUARTER, [RECURRENCE_KIND_YEARLY] = RECUR_YEAR,
    };
    if (details->recurrence == RECURRENCE_KIND_DATES)
        for (size_t i = 0; i < details->n_dates_on; i++)
            recur_date_add (self, date_parse (details->dates_on [i]));
    else
        recur_every (self, units [details->recurrence], details->every ? details->every : 1, 0);
}

/* A new rule, sealed or not: *ret_error tells. */
static recur_t *
s_recur (const maintenance_plan_details_t *details, const char *zone, const char **ret_error)
{
    bool listed = details->recurrence == RECURRENCE_KIND_DATES && details->n_dates_on > 0;
    const char *start_on = listed ? details->dates_on [0] : details->first_on;
    recur_t *self = recur_new (s_zone_name (zone), date_parse (start_on), s_time_ms (details));
    s_add_source (self, details);
    if (!is_empty (details->until_on))
        recur_until (self, date_parse (details->until_on));
    *ret_error = recur_seal (self);
    return self;
}

const char *
plan_rule_error (tx_t *tx, const maintenance_plan_details_t *details, const char *zone)
{
    const char *error;
    recur_t *recur = s_recur (details, zone, &error);
    error = error ? tx_printf (tx, "%s", error) : NULL;
    recur_destroy (&recur);
    return error;
}

typedef enum { ASK_FROM, ASK_AFTER, ASK_FLOAT } question_t;

static char *
s_ask (tx_t *tx, const maintenance_plan_details_t *details, const char *zone, question_t question, int64_t value)
{
    const char *error;
    char text [DATE_TEXT_SIZE] = "";
    occurrence_t found;
    recur_t *recur = s_recur (details, zone, &error);
    bool is_there = !error
        && (question == ASK_FROM ? recur_next_at (recur, value - 1, &found)
            : question == ASK_AFTER ? recur_next (recur, (int32_t) value, &found)
            : recur_after_completion (recur, value, 1, &found));
    recur_destroy (&recur);
    if (is_there)
        date_format (found.nominal_on, text);
    return tx_printf (tx, "%s", text);
}

char *
plan_rule_from (tx_t *tx, const maintenance_plan_details_t *details, const char *zone, int64_t at)
{
    return s_ask (tx, details, zone, ASK_FROM, at);
}

char *
plan_rule_after (tx_t *tx, const maintenance_plan_details_t *details, const char *zone, const char *on)
{
    return s_ask (tx, details, zone, ASK_AFTER, date_parse (on));
}

char *
plan_rule_float (tx_t *tx, const maintenance_plan_details_t *details, const char *zone, int64_t from_at)
{
    return s_ask (tx, details, zone, ASK_FLOAT, from_at);
}

int64_t
plan_rule_due_at (const maintenance_plan_details_t *details, const char *zone, const char *on)
{
    const zone_t *place = zone_find (s_zone_name (zone), NULL);
    return is_empty (on) ? 0 : zone_at (place ? place : zone_find ("UTC", NULL), date_parse (on), s_time_ms (details));
}
