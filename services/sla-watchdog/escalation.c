/* escalation - the ladder: a threshold tells somebody, who must answer in time, or the next is told. Steps are the
 * plan's data. A step holds for the promise (the generation) it was climbed for; one that was reached or changed climbs
 * no further. */
#include <string.h>

#include "promise.h"
#include "valid.h"

enum { STEPS_MAX = 20 };

static const escalation_step_t *
s_step (const sla_plan_details_t *details, const char *step_id)
{
    for (size_t i = 0; details && i < details->n_escalation; i++)
        if (strcmp (details->escalation [i]->step_id, step_id) == 0)
            return details->escalation [i];
    return NULL;
}

static void
s_tell (tx_t *tx, const sla_case_t *sla_case, const sla_clock_t *clock, const escalation_t *self, bool is_repeated)
{
    tx_emit (tx, sla_escalated (
        .escalation_id = self->id, .clock_id = clock->id, .case_id = clock->case_id,
        .milestone = (milestone_t) clock->milestone, .step_id = self->step_id, .role = self->role,
        .acknowledge_until = self->acknowledge_until, .fault_level = (int32_t) sla_case->fault_level,
        .territory_id = sla_case->territory_id, .customer_id = sla_case->customer_id, .is_repeated = is_repeated));
}

/* Steps may lead to the same next one: it is climbed once. */
static void
s_climb (tx_t *tx, const sla_case_t *sla_case, const sla_clock_t *clock, const escalation_step_t *step,
    bool is_repeated)
{
    char *id = tx_printf (tx, "%s:%lld:%s", clock->id, (long long) clock->generation, step->step_id);
    if (tx_get (tx, escalation, id))
        return;
    int64_t within_ms = step->acknowledge_within_minutes * INT64_C (60000);
    escalation_t *self = tx_put (tx, escalation, {
        .id = id, .clock_id = clock->id, .case_id = clock->case_id, .generation = clock->generation,
        .step_id = step->step_id, .role = step->role, .next_step_id = step->next_step_id, .began_at = tx_now (tx),
        .acknowledge_until = within_ms ? tx_now (tx) + within_ms : 0
    });
    s_tell (tx, sla_case, clock, self, is_repeated);
    if (self->acknowledge_until)
        tx_timer_set (tx, "escalation", id, self->acknowledge_until);
}

void
escalation_begin (tx_t *tx, const derivation_t *of, const sla_clock_t *clock, int percent)
{
    for (size_t i = 0; of->details && i < of->details->n_escalation; i++)
        if (of->details->escalation [i]->percent == percent)
            s_climb (tx, of->sla_case, clock, of->details->escalation [i], false);
}

static bool
s_is_moot (const sla_clock_t *clock, const escalation_t *self)
{
    return !clock || clock->generation != self->generation || self->acknowledged_at
        || (clock->state != CLOCK_STATE_RUNNING && clock->state != CLOCK_STATE_PAUSED);
}

void
on_escalation (tx_t *tx, const wakeup_t *wakeup)
{
    escalation_t *self = tx_get (tx, escalation, wakeup->id);
    if (!self)
        return;
    tx_expect (tx, sla_case, self->case_id);
    sla_clock_t *clock = tx_get (tx, sla_clock, self->clock_id);
    sla_case_t *sla_case = tx_get (tx, sla_case, self->case_id);
    sla_plan_t *plan = sla_case ? tx_get (tx, sla_plan, sla_case->plan_id) : NULL;
    if (!plan || s_is_moot (clock, self))
        return;
    tx_correlate (tx, sla_case->id);
    const escalation_step_t *next = s_step (tx_unpack (tx, sla_plan_details, plan->details), self->next_step_id);
    if (next)
        s_climb (tx, sla_case, clock, next, true);
}

void
on_acknowledge_escalation (tx_t *tx, const acknowledge_escalation_t *command)
{
    escalation_t *self = tx_get (tx, escalation, command->escalation_id);
    if (!self)
        return tx_reject (tx, "escalation.unknown", "no escalation %s: give the id of SlaEscalated",
            command->escalation_id);
    tx_accept (tx, self->id);
    if (self->acknowledged_at)
        return;                             /* somebody was faster */
    tx_correlate (tx, self->case_id);
    self->acknowledged_at = tx_time (tx);
    self->acknowledged_by = tx_actor (tx);
    tx_timer_clear (tx, "escalation", self->id);
    tx_emit (tx, sla_escalation_acknowledged (
        .escalation_id = self->id, .clock_id = self->clock_id, .case_id = self->case_id, .step_id = self->step_id,
        .acknowledged_by = self->acknowledged_by, .acknowledged_at = self->acknowledged_at));
}

/* ---- what makes no sense is refused when the plan is saved */

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
        step = s_step (details, step->next_step_id);
    return !step;
}

static bool
s_check_step (tx_t *tx, const sla_plan_details_t *details, const escalation_step_t *step)
{
    if (!valid_id (tx, "step_id", step->step_id) || !valid_text (tx, "role", step->role, 1, 64)
        || !valid_int (tx, "acknowledge_within_minutes", step->acknowledge_within_minutes, 0, 10080))
        return false;
    if (s_step (details, step->step_id) != step)
        tx_reject (tx, "escalation.twice", "step %s is there twice: name one of them otherwise", step->step_id);
    else if (!s_is_passed (details, step->percent))
        tx_reject (tx, "escalation.percent", "step %s: no target warns at %d %%: list it in warn_percents",
            step->step_id, step->percent);
    else if (!is_empty (step->next_step_id) && !s_step (details, step->next_step_id))
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
