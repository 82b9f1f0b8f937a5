/* plan_check - does a plan make sense, alone and beside the others? What is ambiguous or can never be taken is refused
 * when it is saved, not discovered when a customer complains. */
#include <string.h>

#include "sla-watchdog.h"
#include "valid.h"

enum { TARGETS_MAX = 200, CONDITIONS_MAX = 100 };

static bool
s_has_condition (const sla_plan_details_t *details)
{
    return details->n_contract_tiers || details->n_customer_grades || details->n_request_types;
}

/* wide empty: matches anything. */
static bool
s_covers_texts (char *const *wide, size_t wide_count, char *const *narrow, size_t narrow_count)
{
    if (wide_count && !narrow_count)
        return false;
    for (size_t i = 0; wide_count && i < narrow_count; i++) {
        bool found = false;
        for (size_t j = 0; j < wide_count && !found; j++)
            found = strcmp (wide [j], narrow [i]) == 0;
        if (!found)
            return false;
    }
    return true;
}

static bool
s_covers_types (const sla_plan_details_t *wide, const sla_plan_details_t *narrow)
{
    if (wide->n_request_types && !narrow->n_request_types)
        return false;
    for (size_t i = 0; wide->n_request_types && i < narrow->n_request_types; i++) {
        bool found = false;
        for (size_t j = 0; j < wide->n_request_types && !found; j++)
            found = wide->request_types [j] == narrow->request_types [i];
        if (!found)
            return false;
    }
    return true;
}

static bool
s_covers (const sla_plan_details_t *wide, const sla_plan_details_t *narrow)
{
    return s_covers_types (wide, narrow)
        && s_covers_texts (wide->contract_tiers, wide->n_contract_tiers,
            narrow->contract_tiers, narrow->n_contract_tiers)
        && s_covers_texts (wide->customer_grades, wide->n_customer_grades,
            narrow->customer_grades, narrow->n_customer_grades);
}

static bool
s_refuse (tx_t *tx, const char *code, const char *reason)
{
    tx_reject (tx, code, "%s", reason);
    return false;
}

static bool
s_check_conditions (tx_t *tx, const sla_plan_details_t *details)
{
    if (details->n_contract_tiers > CONDITIONS_MAX || details->n_customer_grades > CONDITIONS_MAX
        || details->n_request_types > CONDITIONS_MAX)
        return s_refuse (tx, "plan.too_many_conditions", "more than 100 values in one condition: use several plans");
    for (size_t i = 0; i < details->n_contract_tiers; i++)
        if (!valid_text (tx, "contract_tier", details->contract_tiers [i], 1, 64))
            return false;
    for (size_t i = 0; i < details->n_customer_grades; i++)
        if (!valid_text (tx, "customer_grade", details->customer_grades [i], 1, 64))
            return false;
    for (size_t i = 0; i < details->n_request_types; i++)
        if (!valid_enum (tx, "request_type", &request_type_descriptor, (int) details->request_types [i]))
            return false;
    return true;
}

static bool
s_check_alone (tx_t *tx, const sla_plan_details_t *details)
{
    if (!valid_text (tx, "name", details->name, 1, 200) || !valid_int (tx, "order", details->order, 0, 1000000)
        || !s_check_conditions (tx, details))
        return false;
    if (details->change_policy
        && !valid_enum (tx, "change_policy", &change_policy_descriptor, (int) details->change_policy))
        return false;
    if (details->merge_policy
        && !valid_enum (tx, "merge_policy", &merge_policy_descriptor, (int) details->merge_policy))
        return false;
    if (!details->is_default && !s_has_condition (details))
        return s_refuse (tx, "plan.no_condition", "a plan without condition matches everything: say is_default, or "
            "give a contract tier, a customer grade or a request type");
    if (details->is_default && s_has_condition (details))
        return s_refuse (tx, "plan.default_with_condition", "the default plan is for whatever no other plan matches: "
            "leave its conditions out, or do not say is_default");
    if (!details->n_targets)
        return s_refuse (tx, "plan.no_targets", "a plan without targets promises nothing: give at least one target");
    if (details->n_targets > TARGETS_MAX)
        return s_refuse (tx, "plan.too_many_targets", "more than 200 targets: split the plan");
    return target_check (tx, details) && escalation_check (tx, details);
}

static bool
s_check_beside (tx_t *tx, const sla_plan_details_t *details, const sla_plan_t *other)
{
    const sla_plan_details_t *theirs = tx_unpack (tx, sla_plan_details, other->details);
    if (details->is_default && other->is_default)
        tx_reject (tx, "plan.two_defaults", "%s is the default plan: give it or this one a condition", other->id);
    else if (details->order == other->rank)
        tx_reject (tx, "plan.same_order", "plan %s has order %d too: which is first must be certain, choose another",
            other->id, details->order);
    else if (details->order > other->rank && s_covers (theirs, details))
        tx_reject (tx, "plan.unreachable", "can never be taken: plan %s (order %lld) matches all its cases first",
            other->id, (long long) other->rank);
    else if (details->order < other->rank && s_covers (details, theirs))
        tx_reject (tx, "plan.hides_another", "plan %s (order %lld) could never be taken any more: come after it",
            other->id, (long long) other->rank);
    else
        return true;
    return false;
}

bool
plan_check (tx_t *tx, const char *plan_id, const sla_plan_details_t *details)
{
    if (!s_check_alone (tx, details))
        return false;
    EACH (sla_plan, other, tx_all (tx, sla_plan))
        if (strcmp (other->id, plan_id) != 0 && !s_check_beside (tx, details, other))
            return false;
    return true;
}
