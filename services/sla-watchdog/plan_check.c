/* plan_check - does a plan make sense, alone and beside the others? What is ambiguous or can never be taken is refused
 * when it is saved, not discovered when a customer complains. */
#include <string.h>

#include "sla-watchdog.h"
#include "valid.h"

enum { TARGETS_MAX = 200, CONDITIONS_MAX = 100, KINDS_MAX = 10000 };

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

/* One value of each condition; NULL and UNSPECIFIED: one that no plan names. */
typedef struct { char *tier, *grade; request_type_t type; } kind_of_case_t;

static bool
s_takes (const sla_plan_details_t *details, kind_of_case_t of)
{
    sla_plan_details_t narrow = {
        .contract_tiers = &of.tier, .n_contract_tiers = of.tier != NULL,
        .customer_grades = &of.grade, .n_customer_grades = of.grade != NULL,
        .request_types = &of.type, .n_request_types = of.type != REQUEST_TYPE_UNSPECIFIED };
    return s_covers (details, &narrow);
}

/* The number-th of the kinds of cases that a plan names. */
static kind_of_case_t
s_kind (const sla_plan_details_t *self, size_t number)
{
    size_t tiers = self->n_contract_tiers ? self->n_contract_tiers : 1,
           grades = self->n_customer_grades ? self->n_customer_grades : 1;
    return (kind_of_case_t) {
        self->n_contract_tiers ? self->contract_tiers [number % tiers] : NULL,
        self->n_customer_grades ? self->customer_grades [number / tiers % grades] : NULL,
        self->n_request_types ? self->request_types [number / tiers / grades] : REQUEST_TYPE_UNSPECIFIED };
}

static size_t
s_kinds (const sla_plan_details_t *self)
{
    return (self->n_contract_tiers ? self->n_contract_tiers : 1)
        * (self->n_customer_grades ? self->n_customer_grades : 1) * (self->n_request_types ? self->n_request_types : 1);
}

/* Each of its cases is taken by one of the plans before it, though none of them takes all. A plan that names more
 * kinds than KINDS_MAX is not looked through: a turn is short. */
static bool
s_is_used_up (const sla_plan_details_t *self, const sla_plan_details_t *const *plans, size_t count)
{
    size_t kinds = s_kinds (self);
    for (size_t number = 0; number < kinds; number++) {
        bool is_taken = false;
        for (size_t i = 0; i < count && !is_taken; i++)
            is_taken = plans [i]->order < self->order && s_takes (plans [i], s_kind (self, number));
        if (!is_taken || kinds > KINDS_MAX)
            return false;
    }
    return true;
}

/* The plan itself, or one after it, would be left without cases by several together. */
static bool
s_check_among_all (tx_t *tx, const char *plan_id, const sla_plan_details_t *details)
{
    list_t others = tx_all (tx, sla_plan);
    const sla_plan_details_t **plans = arena_array (tx_arena (tx), others.count + 1, sizeof *plans);
    const char **ids = arena_array (tx_arena (tx), others.count + 1, sizeof *ids);
    size_t count = 0;
    EACH (sla_plan, other, others)
        if (strcmp (other->id, plan_id) != 0) {
            ids [count] = other->id;
            plans [count++] = tx_unpack (tx, sla_plan_details, other->details);
        }
    if (s_is_used_up (details, plans, count))
        return s_refuse (tx, "plan.unreachable",
            "can never be taken: the plans before it match all its cases together");
    plans [count] = details;
    for (size_t i = 0; i < count; i++)
        if (plans [i]->order > details->order && s_is_used_up (plans [i], plans, count + 1)
            && !s_is_used_up (plans [i], plans, count)) {
            tx_reject (tx, "plan.hides_another", "plan %s (order %d) could never be taken any more, as this one and "
                "others match all its cases: come after it", ids [i], plans [i]->order);
            return false;
        }
    return true;
}

bool
plan_check (tx_t *tx, const char *plan_id, const sla_plan_details_t *details)
{
    if (!s_check_alone (tx, details))
        return false;
    EACH (sla_plan, other, tx_all (tx, sla_plan))
        if (strcmp (other->id, plan_id) != 0 && !s_check_beside (tx, details, other))
            return false;
    return s_check_among_all (tx, plan_id, details);
}
