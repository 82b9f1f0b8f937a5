/* alert_rule - tell somebody when a value passes a limit (J6). */
#include <string.h>

#include "sla-watchdog.h"
#include "valid.h"

enum { LEVELS_MAX = 4, TYPES_MAX = 20, RECIPIENTS_MAX = 20 };

static const char *const s_metrics [] = {
    METRIC_OFFER, METRIC_REQUEST, METRIC_WAITING, METRIC_ORDER, METRIC_UNREADY, METRIC_PERSON, METRIC_PARTS,
    METRIC_VISIT };

enum { METRICS = sizeof s_metrics / sizeof *s_metrics };

static bool
s_metric_valid (tx_t *tx, const char *name)
{
    char *names = "";
    for (int i = 0; i < METRICS; i++) {
        if (strcmp (name, s_metrics [i]) == 0)
            return true;
        names = tx_printf (tx, "%s%s%s", names, !i ? "" : i + 1 < METRICS ? ", " : " or ", s_metrics [i]);
    }
    return tx_reject (tx, "metric.unknown", "no metric %s: it is %s", name, names), false;
}

static bool
s_scope_valid (tx_t *tx, const alert_rule_details_t *details)
{
    if (!valid_int (tx, "fault_levels", (int64_t) details->n_fault_levels, 0, LEVELS_MAX)
        || !valid_int (tx, "request_types", (int64_t) details->n_request_types, 0, TYPES_MAX)
        || !valid_int (tx, "recipient_ids", (int64_t) details->n_recipient_ids, 0, RECIPIENTS_MAX))
        return false;
    for (size_t i = 0; i < details->n_fault_levels; i++)
        if (!valid_int (tx, "fault_levels", details->fault_levels [i], 1, 4))
            return false;
    for (size_t i = 0; i < details->n_request_types; i++)
        if (!valid_enum (tx, "request_types", &request_type_descriptor, (int) details->request_types [i]))
            return false;
    for (size_t i = 0; i < details->n_recipient_ids; i++)
        if (!valid_id (tx, "recipient_ids", details->recipient_ids [i]))
            return false;
    return true;
}

static bool
s_check (tx_t *tx, const alert_rule_details_t *details)
{
    if (!valid_text (tx, "name", details->name, 1, 200) || !s_metric_valid (tx, details->metric)
        || !valid_optional_id (tx, "territory_id", details->territory_id) || !s_scope_valid (tx, details))
        return false;
    if (details->threshold <= 0 || details->threshold > INT64_C (366) * 86400000)
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
    rule->details = tx_pack (tx, &command->details->base);
    tx_accept (tx, rule->id);
    sweep_begin (tx, SWEEP_RULE, rule->metric);
    if (!is_empty (old_metric) && strcmp (old_metric, rule->metric) != 0)
        sweep_begin (tx, SWEEP_RULE, old_metric);
}
