/* merge_requests - two requests speak of the same thing: one goes on, the other is over and points
 * to it. Attempts and messages stay where they were written, so that each can be read as it was. */
#include "intake.h"

static service_request_t *
s_survivor (tx_t *tx, const char *survivor_id)
{
    service_request_t *survivor = tx_get (tx, service_request, survivor_id);
    if (!survivor)
        tx_reject (tx, "request.unknown", "no service request \"%s\": check survivor_id",
            survivor_id);
    return survivor;
}

static bool
s_may_merge (tx_t *tx, const service_request_t *absorbed, const service_request_t *survivor)
{
    const service_request_t *both [] = { absorbed, survivor };
    for (int i = 0; i < 2; i++)
        if (both [i]->state != REQUEST_STATE_OPEN)
            return tx_reject (tx, "request.not_open",
                       "service request %s is %s: only open ones are merged", both [i]->id,
                       enum_name (&request_state_descriptor, both [i]->state)),
                   false;
    if (!is_empty (absorbed->customer_id) && !is_empty (survivor->customer_id)
        && strcmp (absorbed->customer_id, survivor->customer_id) != 0)
        return tx_reject (tx, "customer.mismatch",
                   "%s is of customer %s and %s of %s: merge the customers first", absorbed->id,
                   absorbed->customer_id, survivor->id, survivor->customer_id),
               false;
    if (absorbed->order_open && !survivor->order_open)
        return tx_reject (tx, "request.order_open",
                   "a visit is planned for %s and none for %s: merge the other way round",
                   absorbed->id, survivor->id),
               false;
    return true;
}

/* What the device says from now on belongs to the survivor, if it is about the same device. */
static void
s_hand_over_alarms (tx_t *tx, const service_request_t *absorbed, const service_request_t *survivor)
{
    asset_t *asset = tx_get (tx, asset, absorbed->asset_id);
    bool is_same = asset && !strcmp (asset->alarm_request_id, absorbed->id)
        && !strcmp (survivor->asset_id, asset->id);
    alarm_release (tx, absorbed);
    if (is_same)
        asset->alarm_request_id = survivor->id;
}

static void
s_absorb (tx_t *tx, service_request_t *absorbed, service_request_t *survivor, const char *reason)
{
    tx_correlate (tx, absorbed->id);
    waiting_end_all (tx, absorbed);
    s_hand_over_alarms (tx, absorbed, survivor);
    emergency_end_of_request (tx, absorbed, "its request was merged");
    outcome_leave_open (absorbed, REQUEST_STATE_MERGED);
    absorbed->survivor_id = survivor->id;
    absorbed->ended_at = tx_time (tx);
    absorbed->order_open = false; /* the dispatcher hears the event and cancels it */
    tx_emit (tx,
        service_request_merged (.request_id = absorbed->id, .survivor_id = survivor->id,
            .reason = (char *) reason, .accepted_at = absorbed->accepted_at,
            .merged_at = absorbed->ended_at));
}

void
on_merge_service_requests (tx_t *tx, const merge_service_requests_t *command)
{
    if (!valid_id (tx, "absorbed_id", command->absorbed_id)
        || !valid_id (tx, "survivor_id", command->survivor_id)
        || !valid_text (tx, "reason", command->reason, 1, 500))
        return;
    service_request_t *absorbed = request_known (tx, command->absorbed_id);
    service_request_t *survivor = absorbed ? s_survivor (tx, command->survivor_id) : NULL;
    if (!survivor)
        return;
    tx_accept (tx, survivor->id);
    if (!strcmp (absorbed->survivor_id, survivor->id))
        return; /* said twice */
    if (absorbed == survivor)
        return tx_reject (tx, "request.same",
            "service request %s can not be merged with itself: name two that differ", absorbed->id);
    if (!s_may_merge (tx, absorbed, survivor))
        return;
    s_absorb (tx, absorbed, survivor, command->reason);
    if (absorbed->fault_level >= survivor->fault_level)
        return;
    tx_correlate (tx, survivor->id);
    triage_set_level (tx, survivor, (int) absorbed->fault_level,
        tx_printf (tx, "merged:%s", absorbed->id), command->reason);
}
