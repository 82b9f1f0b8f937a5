/* plan - which promises hold for which case. Plans are looked at by rank; the first that matches is taken and kept. */
#include <string.h>

#include "sla-watchdog.h"
#include "unpacked.h"
#include "valid.h"

const sla_plan_details_t *
plan_details (const sla_plan_t *self)
{
    return (const void *) unpacked_get (&sla_plan_details_descriptor, self->id, self->details)->message;
}

static bool
s_holds (char *const *list, size_t count, const char *value)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp (list [i], value ? value : "") == 0)
            return true;
    return count == 0;
}

static bool
s_matches (const sla_plan_t *self, const sla_case_t *sla_case)
{
    if (self->is_default)
        return true;
    const sla_plan_details_t *details = plan_details (self);
    bool type_matches = details->n_request_types == 0;
    for (size_t i = 0; i < details->n_request_types; i++)
        type_matches |= (int) details->request_types [i] == sla_case->request_type;
    return type_matches && s_holds (details->contract_tiers, details->n_contract_tiers, sla_case->contract_tier)
        && s_holds (details->customer_grades, details->n_customer_grades, sla_case->customer_grade);
}

sla_plan_t *
plan_choose (tx_t *tx, const sla_case_t *sla_case)
{
    sla_plan_t *named = tx_get (tx, sla_plan, sla_case->contract_plan_id), *first = NULL;
    if (named)
        return named;
    EACH (sla_plan, plan, tx_all (tx, sla_plan))
        if ((!first || plan->rank < first->rank) && s_matches (plan, sla_case))
            first = plan;
    return first;
}

static bool
s_is_same (blob_t left, blob_t right)
{
    return left.size == right.size && memcmp (left.data, right.data, left.size) == 0;
}

void
on_publish_sla_plan (tx_t *tx, const publish_sla_plan_t *command)
{
    if (!valid_id (tx, "plan_id", command->plan_id))
        return;
    if (!command->details)
        return tx_reject (tx, "details.missing", "plan %s has no details: give name, order and targets",
            command->plan_id);
    if (!plan_check (tx, command->plan_id, command->details))
        return;
    blob_t details = tx_pack (tx, &command->details->base);
    sla_plan_t *plan = tx_need (tx, sla_plan, command->plan_id);
    tx_accept (tx, plan->id);
    if (plan->version && s_is_same (plan->details, details))
        return;
    plan->version++;
    plan->rank = command->details->order;
    plan->is_default = command->details->is_default;
    plan->details = details;
    tx_emit (tx, sla_plan_published (.plan_id = plan->id, .details = command->details, .version = plan->version));
    sweep_begin (tx, SWEEP_PLAN, plan->id);
    sweep_begin (tx, SWEEP_PLAN, NO_PLAN);
}
