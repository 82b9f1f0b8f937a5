/* alarm_rule - what to do when a kind of device says a code. */
#include "intake.h"

ENTITY_CACHED (alarm_rule, ALARM_RULE_FIELDS, NULL);

static bool
s_is_valid (tx_t *tx, const register_alarm_rule_t *rule)
{
    return valid_id (tx, "rule_id", rule->rule_id)
        && valid_text (tx, "device_type", rule->device_type, 0, 64)
        && valid_text (tx, "code", rule->code, 0, 64)
        && valid_int (tx, "min_severity", rule->min_severity, 0, 5)
        && valid_int (tx, "fold_window_ms", rule->fold_window_ms, 0, 7 * DAY_MS)
        && (!rule->first_tier
            || valid_enum (tx, "first_tier", &support_tier_descriptor, rule->first_tier))
        && valid_int (tx, "fault_level", rule->fault_level, rule->suppressed ? 0 : 1, 4)
        && valid_text (tx, "fault_code", rule->fault_code, 0, 64)
        && valid_ids (tx, "tool_kinds", rule->tool_kinds, rule->n_tool_kinds, TOOL_KINDS_MAX)
        && needs_valid (tx, rule->skills, rule->n_skills, rule->parts, rule->n_parts,
            rule->work_minutes);
}

void
on_register_alarm_rule (tx_t *tx, const register_alarm_rule_t *command)
{
    if (!s_is_valid (tx, command))
        return;
    alarm_rule_t *rule = tx_need (tx, alarm_rule, command->rule_id);
    rule->device_type = command->device_type;
    rule->code = command->code;
    rule->min_severity = command->min_severity;
    rule->rule = tx_pack (tx, &command->base);
    tx_accept (tx, rule->id);
}

/* Device type counts more than code, code more than severity. -1: the rule does not match. */
static int
s_specificity (const alarm_rule_t *rule, const char *device_type, const char *code, int severity)
{
    if (severity < rule->min_severity
        || (*rule->device_type && strcmp (rule->device_type, device_type) != 0)
        || (*rule->code && strcmp (rule->code, code) != 0))
        return -1;
    return (*rule->device_type ? 100 : 0) + (*rule->code ? 10 : 0) + (int) rule->min_severity;
}

/* Nobody made a rule for this alarm: better a request too many than an alarm lost. */
static const register_alarm_rule_t *
s_built_in (tx_t *tx, int severity)
{
    register_alarm_rule_t *rule = arena_alloc (tx_arena (tx), sizeof *rule);
    *rule = (register_alarm_rule_t) {
        .base = register_alarm_rule_init,
        .rule_id = "built-in",
        .device_type = "",
        .code = "",
        .fault_code = "",
        .first_tier = SUPPORT_TIER_PHONE,
        .fault_level = severity >= 5 ? 1
            : severity == 4          ? 2
            : severity == 3          ? 3
                                     : 4,
    };
    return rule;
}

const register_alarm_rule_t *
alarm_rule_match (tx_t *tx, const char *device_type, const char *code, int severity)
{
    const alarm_rule_t *best = NULL;
    int best_specificity = -1;
    EACH (alarm_rule, rule, tx_all (tx, alarm_rule)) {
        int specificity = s_specificity (rule, device_type, code, severity);
        if (specificity > best_specificity) {
            best = rule;
            best_specificity = specificity;
        }
    }
    return best ? tx_unpack (tx, register_alarm_rule, best->rule) : s_built_in (tx, severity);
}
