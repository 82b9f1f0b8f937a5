/* alert_rule - tell somebody when a value passes a limit (J6). */
#include <string.h>

#include "sla-watchdog.h"
#include "valid.h"

static bool
s_is_metric (const char *name)
{
    return strcmp (name, METRIC_OFFER) == 0 || strcmp (name, METRIC_REQUEST) == 0 || strcmp (name, METRIC_ORDER) == 0;
}

static bool
s_check (tx_t *tx, const alert_rule_details_t *details)
{
    if (!valid_text (tx, "name", details->name, 1, 200)
        || !valid_optional_id (tx, "territory_id", details->territory_id))
        return false;
    if (!s_is_metric (details->metric))
        tx_reject (tx, "metric.unknown", "no metric %s: it is %s, %s or %s", details->metric, METRIC_OFFER,
            METRIC_REQUEST, METRIC_ORDER);
    else if (details->threshold <= 0 || details->threshold > INT64_C (366) * 86400000)
        tx_reject (tx, "threshold.invalid", "threshold %lld is not between 1 millisecond and a year: give milliseconds",
            (long long) details->threshold);
    else if (!is_empty (details->territory_id) && !tx_get (tx, territory, details->territory_id))
        tx_reject (tx, "territory.unknown", "no territory %s: register it first", details->territory_id);
    else
        return true;
    return false;
}

void
on_publish_alert_rule (tx_t *tx, const publish_alert_rule_t *command)
{
    if (!valid_id (tx, "rule_id", command->rule_id))
        return;
    if (!command->details)
        return tx_reject (tx, "details.missing", "rule %s has no details: give name, metric and threshold",
            command->rule_id);
    if (!s_check (tx, command->details))
        return;
    alert_rule_t *rule = tx_need (tx, alert_rule, command->rule_id);
    char *old_metric = rule->metric;
    rule->version++;
    rule->name = command->details->name;
    rule->metric = command->details->metric;
    rule->threshold = command->details->threshold;
    rule->territory_id = command->details->territory_id;
    rule->retired = command->details->retired;
    tx_accept (tx, rule->id);
    sweep_begin (tx, SWEEP_RULE, rule->metric);
    if (!is_empty (old_metric) && strcmp (old_metric, rule->metric) != 0)
        sweep_begin (tx, SWEEP_RULE, old_metric);
}
