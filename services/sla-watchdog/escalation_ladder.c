/* escalation_ladder - the steps of a plan: a threshold, or a request that comes in the night, calls the people of a
 * role; when none of them answers, those of the next step. A step holds for the promise (the generation) it was climbed
 * for; one that was reached or changed climbs no further. */
#include <string.h>

#include "calendars.h"
#include "promise.h"

const escalation_step_t *
escalation_find_step (const sla_plan_details_t *details, const char *step_id)
{
    for (size_t i = 0; details && i < details->n_escalation; i++)
        if (strcmp (details->escalation [i]->step_id, step_id) == 0)
            return details->escalation [i];
    return NULL;
}

/* Steps may lead to the same next one: it is climbed once. clock NULL: a request that came in the night. */
static void
s_climb (tx_t *tx, const sla_case_t *sla_case, const sla_clock_t *clock, const escalation_step_t *step,
    bool is_repeated)
{
    const char *clock_id = clock ? clock->id : tx_printf (tx, "%s:NIGHT", sla_case->id);
    int64_t generation = clock ? clock->generation : 1;
    char *id = tx_printf (tx, "%s:%lld:%s", clock_id, (long long) generation, step->step_id);
    if (tx_get (tx, escalation, id))
        return;
    escalation_t *self = tx_put (tx, escalation, {
        .id = id, .clock_id = clock ? clock->id : "", .case_id = sla_case->id, .generation = generation,
        .step_id = step->step_id, .role = step->role, .next_step_id = step->next_step_id,
        .within_ms = step->acknowledge_within_minutes * INT64_C (60000), .needed = 1
    });
    sla_escalated_t about = {
        .base = sla_escalated_init, .clock_id = self->clock_id, .case_id = self->case_id,
        .milestone = clock ? (milestone_t) clock->milestone : MILESTONE_UNSPECIFIED, .step_id = step->step_id,
        .role = step->role, .fault_level = (int32_t) sla_case->fault_level, .territory_id = sla_case->territory_id,
        .customer_id = sla_case->customer_id, .site_id = sla_case->site_id, .is_repeated = is_repeated,
        .cause = clock ? ESCALATION_CAUSE_UNSPECIFIED : ESCALATION_CAUSE_OUT_OF_HOURS
    };
    escalation_begin (tx, self, &about, NULL, 0);
}

void
escalation_at_threshold (tx_t *tx, const derivation_t *of, const sla_clock_t *clock, int percent)
{
    for (size_t i = 0; of->details && i < of->details->n_escalation; i++) {
        const escalation_step_t *step = of->details->escalation [i];
        if (step->percent == percent)
            s_climb (tx, of->sla_case, clock, step, false);
    }
}

/* Closed when it came, and closed still: who was away for hours need not wake anybody in the morning. */
static bool
s_is_night (tx_t *tx, const sla_case_t *sla_case)
{
    calendar_t *hours = business_time_of_territory (tx, sla_case->territory_id);
    return hours && !calendar_is_open (hours, sla_case->accepted_at) && !calendar_is_open (hours, tx_now (tx));
}

void
escalation_out_of_hours (tx_t *tx, const derivation_t *of)
{
    sla_case_t *sla_case = of->sla_case;
    if (sla_case->is_called_at_night || !sla_case->is_watched || !of->details)
        return;
    for (size_t i = 0; i < of->details->n_escalation; i++)
        if (of->details->escalation [i]->out_of_hours && s_is_night (tx, sla_case)) {
            s_climb (tx, sla_case, NULL, of->details->escalation [i], false);
            sla_case->is_called_at_night = true;
        }
}

/* A clock that stands in the way of nothing any more, a request that somebody has taken in hand: nobody is called. */
bool
escalation_is_moot (tx_t *tx, const escalation_t *self)
{
    if (!is_empty (self->clock_id)) {
        sla_clock_t *clock = tx_get (tx, sla_clock, self->clock_id);
        return !clock || clock->generation != self->generation
            || (clock->state != CLOCK_STATE_RUNNING && clock->state != CLOCK_STATE_PAUSED);
    }
    sla_case_t *sla_case = tx_get (tx, sla_case, self->case_id);
    return !is_empty (self->case_id) && (!sla_case || !sla_case->is_watched);
}

bool
escalation_climb_on (tx_t *tx, const escalation_t *self)
{
    if (is_empty (self->next_step_id))
        return false;
    sla_case_t *sla_case = tx_get (tx, sla_case, self->case_id);
    sla_clock_t *clock = tx_get (tx, sla_clock, self->clock_id);
    sla_plan_t *plan = sla_case ? tx_get (tx, sla_plan, sla_case->plan_id) : NULL;
    const escalation_step_t *next = plan
        ? escalation_find_step (tx_unpack (tx, sla_plan_details, plan->details), self->next_step_id) : NULL;
    if (next)
        s_climb (tx, sla_case, clock, next, true);
    return next != NULL;
}
