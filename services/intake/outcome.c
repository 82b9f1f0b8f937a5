/* outcome - how a request goes on once it is open: taken in hand, resolved, confirmed or silent,
 * cancelled, reopened. */
#include "intake.h"

void
outcome_leave_open (service_request_t *request, request_state_t state)
{
    request->state = state;
    request->open_customer_id = request->open_asset_id = "";
}

void
on_acknowledge_service_request (tx_t *tx, const acknowledge_service_request_t *command)
{
    service_request_t *request = request_still_open (tx, command->request_id);
    if (!request || !valid_text (tx, "agent", command->agent, 0, 100) || request->acknowledged_at)
        return; /* the first one counts */
    request->acknowledged_at = tx_time (tx);
    tx_emit (tx,
        service_request_acknowledged (.request_id = request->id,
            .agent = *command->agent ? command->agent : tx_actor (tx),
            .acknowledged_at = request->acknowledged_at));
}

/* Waits end first, so that no clock is left standing when the case is over. */
void
outcome_resolve (tx_t *tx, service_request_t *request, support_tier_t tier, int64_t resolved_at)
{
    waiting_end_all (tx, request);
    alarm_settle (tx, request);
    outcome_leave_open (request, REQUEST_STATE_RESOLVED);
    request->resolved_at = resolved_at;
    request->resolved_tier = tier;
    tx_timer_set (tx, "silence", request->id, tx_now (tx) + SILENCE_DAYS * DAY_MS);
    tx_emit_at (tx, resolved_at,
        service_request_resolved (.request_id = request->id, .tier = tier,
            .resolved_at = resolved_at, .by = tier ? tx_actor (tx) : "silence"));
}

static void
s_close (tx_t *tx, service_request_t *request, int64_t closed_at, const char *by)
{
    request->state = REQUEST_STATE_CLOSED;
    request->ended_at = closed_at;
    tx_timer_clear (tx, "silence", request->id);
    tx_correlate (tx, request->id);
    alarm_release (tx, request);
    emergency_end_of_request (tx, request, "its request was closed");
    tx_emit (tx,
        service_request_closed (.request_id = request->id, .closed_at = closed_at,
            .by = (char *) by));
}

void
on_confirm_service_request (tx_t *tx, const confirm_service_request_t *command)
{
    service_request_t *request = request_known (tx, command->request_id);
    if (!request || !valid_text (tx, "by", command->by, 0, 100))
        return;
    if (request->state != REQUEST_STATE_RESOLVED)
        return tx_reject (tx, "request.not_resolved",
            "service request %s is %s: only a resolved one can be confirmed", request->id,
            enum_name (&request_state_descriptor, request->state));
    s_close (tx, request, tx_time (tx), *command->by ? command->by : tx_actor (tx));
}

/* Nobody objected. The timer may come late; the silence ended when it was due. */
void
on_silence (tx_t *tx, const wakeup_t *wakeup)
{
    service_request_t *request = tx_get (tx, service_request, wakeup->id);
    if (request && request->state == REQUEST_STATE_RESOLVED)
        s_close (tx, request, wakeup->due_at, "silence");
}

void
on_cancel_service_request (tx_t *tx, const cancel_service_request_t *command)
{
    service_request_t *request = request_still_open (tx, command->request_id);
    if (!request || !valid_text (tx, "reason", command->reason, 1, 500))
        return;
    waiting_end_all (tx, request);
    outcome_leave_open (request, REQUEST_STATE_CANCELLED);
    request->ended_at = tx_time (tx);
    request->order_open = false; /* the dispatcher hears the same event and cancels it */
    alarm_release (tx, request);
    emergency_end_of_request (tx, request, "its request was cancelled");
    tx_emit (tx, service_request_cancelled (.request_id = request->id, .reason = command->reason));
}

void
outcome_reopen (tx_t *tx, service_request_t *request, const char *reason)
{
    customer_t *customer = customer_get (tx, request->customer_id);
    request->state = REQUEST_STATE_OPEN;
    request->customer_id = request->open_customer_id = customer ? customer->id : "";
    request->open_asset_id = request->asset_id;
    request->resolved_at = request->ended_at = 0;
    request->resolved_tier = SUPPORT_TIER_UNSPECIFIED;
    tx_timer_clear (tx, "silence", request->id);
    tx_correlate (tx, request->id);
    tx_emit (tx, service_request_reopened (.request_id = request->id, .reason = (char *) reason));
    triage_again (tx, request);
}

void
on_reopen_service_request (tx_t *tx, const reopen_service_request_t *command)
{
    service_request_t *request = request_known (tx, command->request_id);
    if (!request || !valid_text (tx, "reason", command->reason, 1, 500))
        return;
    if (request->state != REQUEST_STATE_RESOLVED && request->state != REQUEST_STATE_CLOSED)
        return tx_reject (tx, "request.not_ended",
            "service request %s is %s: only a resolved or closed one can be reopened", request->id,
            enum_name (&request_state_descriptor, request->state));
    outcome_reopen (tx, request, command->reason);
}
