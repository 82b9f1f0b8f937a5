/* policy_rule - which policy decides for which order: an ordered list, the first that fits. */
#include "dispatcher.h"
#include <string.h>

ENTITY_CACHED (policy_rule_list, POLICY_RULE_LIST_FIELDS, NULL);

enum { RULES_MAX = 200, FAULT_LEVEL_MAX = 4 };
static const char s_list_id [] = "policy-rules";

static bool
s_is_under (const char *territory_id, const char *const *path, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp (path [i], territory_id) == 0)
            return true;
    return is_empty (territory_id);
}

static bool
s_is_of_type (tx_t *tx, const work_order_t *order, const char *device_type)
{
    if (is_empty (device_type))
        return true;
    const asset_t *asset = tx_get (tx, asset, order->asset_id);
    return asset && strcmp (asset->device_type, device_type) == 0;
}

static policy_choice_t
s_choice (tx_t *tx, const policy_t *policy)
{
    if (!policy)
        return (policy_choice_t) { .id = "built-in", .details = &policy_defaults };
    return (policy_choice_t) { .id = policy->id, .version = policy->version,
        .details = tx_unpack (tx, dispatch_policy_details, policy->details) };
}

policy_choice_t
policy_named (tx_t *tx, const char *id)
{
    return s_choice (tx, tx_get (tx, policy, id));
}

static const policy_t *
s_published_last (tx_t *tx)
{
    EACH (policy, policy, tx_all (tx, policy))
        if (policy->is_current)
            return policy;
    return NULL;
}

policy_choice_t
policy_of (tx_t *tx, const work_order_t *order)
{
    const char *path [TERRITORY_DEPTH_MAX];
    int depth = territory_path (tx, order->territory_id, path);
    const policy_t *last = s_published_last (tx);
    const policy_rule_list_t *row = tx_get (tx, policy_rule_list, s_list_id);
    const policy_rules_t *whole = tx_unpack (tx, policy_rules, row ? row->list : (blob_t) { 0 });
    const work_order_created_t *facts = tx_unpack (tx, work_order_created, order->facts);
    policy_choice_t choice = s_choice (tx, last);
    for (size_t i = 0; i < whole->n_rules && !choice.rule; i++) {
        const policy_rule_t *rule = whole->rules [i];
        if ((rule->type && (int) rule->type != order->type)
            || (rule->fault_level && rule->fault_level != facts->fault_level)
            || !s_is_of_type (tx, order, rule->device_type)
            || !s_is_under (rule->territory_id, path, depth))
            continue;
        choice = s_choice (tx, tx_get (tx, policy, rule->policy_id));
        choice.rule = (int) i + 1;
    }
    choice.rules_version = row ? row->version : 0;
    return choice;
}

static bool
s_valid (tx_t *tx, const policy_rule_t *rule)
{
    if (!valid_id (tx, "policy_id", rule->policy_id)
        || !valid_optional_id (tx, "territory_id", rule->territory_id)
        || !valid_optional_id (tx, "device_type", rule->device_type)
        || !valid_int (tx, "fault_level", rule->fault_level, 0, FAULT_LEVEL_MAX)
        || (rule->type && !valid_enum (tx, "type", &request_type_descriptor, (int) rule->type)))
        return false;
    if (!tx_get (tx, policy, rule->policy_id))
        return tx_reject (tx, "policy.unknown", "no policy %s: publish it first", rule->policy_id),
            false;
    if (!is_empty (rule->territory_id) && !tx_get (tx, territory, rule->territory_id))
        return tx_reject (tx, "territory.unknown", "no territory %s: register it first",
            rule->territory_id), false;
    return true;
}

void
on_set_policy_rules (tx_t *tx, const set_policy_rules_t *command)
{
    if (!valid_int (tx, "rules", (int64_t) command->n_rules, 1, RULES_MAX))
        return;
    for (size_t i = 0; i < command->n_rules; i++)
        if (!s_valid (tx, command->rules [i]))
            return;
    policy_rule_list_t *row = tx_need (tx, policy_rule_list, s_list_id);
    policy_rules_t *whole = message_new (tx_arena (tx), policy_rules);
    whole->n_rules = command->n_rules;
    whole->rules = command->rules;
    blob_t packed = tx_pack (tx, &whole->base);
    tx_accept (tx, s_list_id);
    if (row->list.size == packed.size
        && (!packed.size || memcmp (row->list.data, packed.data, packed.size) == 0))
        return;
    row->list = packed;
    row->version++;
    tx_emit (tx, policy_rules_changed (.rules_id = (char *) s_list_id, .n_rules = command->n_rules,
        .rules = command->rules, .version = row->version));
}
