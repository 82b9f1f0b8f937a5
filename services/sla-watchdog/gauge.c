/* gauge - a value that grows by a millisecond a millisecond while something is left undone. A rule raises one alert
 * when it passes its limit, clears it when the value is back, and is armed again for the next time. */
#include <string.h>

#include "sla-watchdog.h"

static char *
s_id (tx_t *tx, const char *metric, const char *subject_id)
{
    return tx_printf (tx, "%s:%s", metric, subject_id);
}

static bool
s_is_listed (const alert_rule_details_t *details, const gauge_t *gauge)
{
    bool has_level = details->n_fault_levels == 0, has_type = details->n_request_types == 0;
    for (size_t i = 0; i < details->n_fault_levels; i++)
        has_level |= details->fault_levels [i] == gauge->fault_level;
    for (size_t i = 0; i < details->n_request_types; i++)
        has_type |= (int) details->request_types [i] == gauge->request_type;
    return has_level && has_type;
}

static bool
s_applies (tx_t *tx, const alert_rule_t *rule, const gauge_t *gauge)
{
    return !rule->retired && strcmp (rule->metric, gauge->metric) == 0
        && (is_empty (rule->territory_id) || strcmp (rule->territory_id, gauge->territory_id) == 0)
        && (!rule->details.size || s_is_listed (tx_unpack (tx, alert_rule_details, rule->details), gauge));
}

static alert_t *
s_alert_of (list_t alerts, const alert_rule_t *rule)
{
    EACH (alert, alert, alerts)
        if (strcmp (alert->rule_id, rule->id) == 0)
            return alert;
    return NULL;
}

static void
s_raise (tx_t *tx, const gauge_t *gauge, const alert_rule_t *rule)
{
    alert_t *alert = tx_put (tx, alert, {
        .id = tx_printf (tx, "%s:%s", rule->id, gauge->id), .alert_id = tx_id (tx), .rule_id = rule->id,
        .gauge_id = gauge->id, .subject_id = gauge->subject_id, .raised_at = tx_now (tx)
    });
    const alert_rule_details_t *details = tx_unpack (tx, alert_rule_details, rule->details);
    tx_emit (tx, alert_raised (
        .alert_id = alert->alert_id, .rule_id = rule->id, .subject_id = gauge->subject_id,
        .value = tx_now (tx) - gauge->since_at, .threshold = rule->threshold, .metric = gauge->metric,
        .territory_id = gauge->territory_id, .n_recipient_ids = details->n_recipient_ids,
        .recipient_ids = details->recipient_ids));
}

static void
s_clear (tx_t *tx, alert_t *alert)
{
    tx_emit (tx, alert_cleared (
        .alert_id = alert->alert_id, .rule_id = alert->rule_id, .subject_id = alert->subject_id));
    tx_delete (tx, alert, alert);
}

/* A rule may have been retired, or its limit lifted, while its alert stood. */
static void
s_clear_unfounded (tx_t *tx, const gauge_t *self, list_t alerts)
{
    EACH (alert, alert, alerts) {
        alert_rule_t *rule = tx_get (tx, alert_rule, alert->rule_id);
        if (!rule || !s_applies (tx, rule, self) || tx_now (tx) - self->since_at < rule->threshold)
            s_clear (tx, alert);
    }
}

static int64_t
s_next_at (tx_t *tx, const gauge_t *self, list_t alerts)
{
    int64_t next_at = INT64_MAX;
    EACH (alert_rule, rule, tx_all (tx, alert_rule)) {
        bool is_armed = s_applies (tx, rule, self) && !s_alert_of (alerts, rule);
        if (is_armed && self->since_at + rule->threshold < next_at)
            next_at = self->since_at + rule->threshold;
    }
    return next_at;
}

static void
s_arm (tx_t *tx, const gauge_t *self, list_t alerts)
{
    int64_t next_at = s_next_at (tx, self, alerts);
    if (next_at == INT64_MAX)
        tx_timer_clear (tx, "gauge", self->id);
    else
        tx_timer_set (tx, "gauge", self->id, wake_at (tx, next_at));
}

void
gauge_settle (tx_t *tx, gauge_t *self)
{
    s_clear_unfounded (tx, self, tx_find (tx, alert, gauge_id, self->id));
    s_arm (tx, self, tx_find (tx, alert, gauge_id, self->id));
}

static void
s_take_scope (gauge_t *self, scope_t scope)
{
    self->territory_id = (char *) scope.territory_id;
    self->request_type = scope.request_type;
    self->fault_level = scope.fault_level;
}

void
gauge_open (tx_t *tx, const char *metric, const char *subject_id, scope_t scope, int64_t since_at)
{
    char *id = s_id (tx, metric, subject_id);
    tx_expect_find (tx, alert, gauge_id, id);
    gauge_t *gauge = tx_get (tx, gauge, id);
    if (gauge)
        return;
    gauge = tx_put (tx, gauge, {
        .id = id, .metric = (char *) metric, .subject_id = (char *) subject_id, .root_id = tx_correlation (tx),
        .since_at = since_at
    });
    s_take_scope (gauge, scope);
    gauge_settle (tx, gauge);
}

void
gauge_move (tx_t *tx, const char *metric, const char *subject_id, scope_t scope)
{
    char *id = s_id (tx, metric, subject_id);
    tx_expect_find (tx, alert, gauge_id, id);
    gauge_t *gauge = tx_get (tx, gauge, id);
    if (!gauge)
        return;
    gauge_t before = *gauge;
    s_take_scope (gauge, scope);
    if (!entity_same (&gauge_entity, &before, gauge))
        gauge_settle (tx, gauge);
}

void
gauge_close (tx_t *tx, const char *metric, const char *subject_id)
{
    char *id = s_id (tx, metric, subject_id);
    tx_expect_find (tx, alert, gauge_id, id);
    gauge_t *gauge = tx_get (tx, gauge, id);
    if (!gauge)
        return;
    EACH (alert, alert, tx_find (tx, alert, gauge_id, gauge->id))
        s_clear (tx, alert);
    tx_timer_clear (tx, "gauge", gauge->id);
    tx_delete (tx, gauge, gauge);
}

static void
s_raise_passed (tx_t *tx, const gauge_t *self, list_t alerts)
{
    EACH (alert_rule, rule, tx_all (tx, alert_rule)) {
        bool is_passed = tx_now (tx) - self->since_at >= rule->threshold;
        if (is_passed && s_applies (tx, rule, self) && !s_alert_of (alerts, rule))
            s_raise (tx, self, rule);
    }
}

void
on_gauge (tx_t *tx, const wakeup_t *wakeup)
{
    tx_expect_find (tx, alert, gauge_id, wakeup->id);
    gauge_t *gauge = tx_get (tx, gauge, wakeup->id);
    if (!gauge)
        return;
    tx_correlate (tx, gauge->root_id);
    list_t alerts = tx_find (tx, alert, gauge_id, gauge->id);
    if (!is_after_a_stop (wakeup, s_next_at (tx, gauge, alerts)))
        s_raise_passed (tx, gauge, alerts);
    s_arm (tx, gauge, tx_find (tx, alert, gauge_id, gauge->id));
}
