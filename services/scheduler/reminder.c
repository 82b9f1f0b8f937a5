/* reminder.c - the customer hears again of maintenance that is near, once for each occurrence (E7). That it falls due
 * he has heard when its order was made; a reminder that would come before that is none. */
#include "scheduler.h"

#define USUAL_MS INT64_C (259200000)         /* three days */

void
reminder_set (tx_t *tx, const plan_occurrence_t *occurrence, const maintenance_plan_details_t *details)
{
    int64_t at = occurrence->due_at - (details->remind_ms ? details->remind_ms : USUAL_MS);
    if (at > tx_now (tx))
        tx_timer_set (tx, "reminder", occurrence->id, at);
}

void
reminder_clear (tx_t *tx, const plan_occurrence_t *occurrence)
{
    tx_timer_clear (tx, "reminder", occurrence->id);
}

void
on_reminder (tx_t *tx, const wakeup_t *wakeup)
{
    plan_occurrence_t *occurrence = tx_get (tx, plan_occurrence, wakeup->id);
    maintenance_plan_t *plan = occurrence ? tx_get (tx, maintenance_plan, occurrence->plan_id) : NULL;
    if (!plan || occurrence->state != OCCURRENCE_GENERATED || occurrence->due_at <= tx_now (tx))
        return;
    site_t *site = tx_get (tx, site, plan->site_id);
    const maintenance_plan_details_t *details = tx_unpack (tx, maintenance_plan_details, plan->details);
    tx_correlate (tx, occurrence->id);
    tx_emit (tx, maintenance_reminder_due (
        .occurrence_id = occurrence->id, .plan_id = plan->id, .due_on = occurrence->due_on,
        .due_at = occurrence->due_at, .asset_id = plan->asset_id, .site_id = plan->site_id,
        .customer_id = site ? site->customer_id : "", .territory_id = site ? site->territory_id : "",
        .description = details->description));
}
