/* escalation_check - a ladder that makes no sense is refused when the plan is saved. */
#include <string.h>

#include "promise.h"
#include "valid.h"

enum { STEPS_MAX = 20 };

static bool
s_passes (const sla_target_spec_t *target, int percent)
{
    for (size_t i = 0; i < target->n_warn_percents; i++)
        if (target->warn_percents [i] == percent)
            return true;
    return !target->n_warn_percents && percent == WARN_PERCENT_DEFAULT;
}

static bool
s_is_passed (const sla_plan_details_t *details, int percent)
{
    bool is_passed = percent == BREACH_PERCENT || percent == 0;
    for (size_t i = 0; i < details->n_targets; i++)
        is_passed |= s_passes (details->targets [i], percent);
    return is_passed;
}

/* A ladder that leads back to itself would be climbed once, and then nobody would be told any more. */
static bool
s_ends (const sla_plan_details_t *details, const escalation_step_t *step)
{
    for (size_t i = 0; step && i < details->n_escalation; i++)
        step = escalation_find_step (details, step->next_step_id);
    return !step;
}

static bool
s_check_step (tx_t *tx, const sla_plan_details_t *details, const escalation_step_t *step)
{
    if (!valid_id (tx, "step_id", step->step_id) || !valid_text (tx, "role", step->role, 1, 64)
        || !valid_int (tx, "acknowledge_within_minutes", step->acknowledge_within_minutes, 0, 10080))
        return false;
    if (escalation_find_step (details, step->step_id) != step)
        tx_reject (tx, "escalation.twice", "step %s is there twice: name one of them otherwise", step->step_id);
    else if (!s_is_passed (details, step->percent))
        tx_reject (tx, "escalation.percent", "step %s: no target warns at %d %%: list it in warn_percents",
            step->step_id, step->percent);
    else if (!is_empty (step->next_step_id) && !escalation_find_step (details, step->next_step_id))
        tx_reject (tx, "escalation.next", "step %s: there is no step %s", step->step_id, step->next_step_id);
    else if (!is_empty (step->next_step_id) && !step->acknowledge_within_minutes)
        tx_reject (tx, "escalation.next", "step %s has a next one but no time to acknowledge: it would never come",
            step->step_id);
    else if (!s_ends (details, step))
        tx_reject (tx, "escalation.circle", "step %s leads back to itself: a ladder has an end", step->step_id);
    else
        return true;
    return false;
}

bool
escalation_check (tx_t *tx, const sla_plan_details_t *details)
{
    if (details->n_escalation > STEPS_MAX) {
        tx_reject (tx, "escalation.too_many", "more than %d steps: nobody climbs so high", STEPS_MAX);
        return false;
    }
    for (size_t i = 0; i < details->n_escalation; i++)
        if (!s_check_step (tx, details, details->escalation [i]))
            return false;
    return true;
}
