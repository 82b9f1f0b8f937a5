/* waiting - a case waits for somebody. Said here, understood by the watchdog and the scheduler. It goes on when
 * somebody says so, on a date, or by the policy of its reason (X22). */
#include "intake.h"

ENTITY_TABLE (waiting, WAITING_FIELDS, NULL);

/* The reasons a request waits for are bits, because several people may be waited for at once. */
static int64_t
s_bit (int reason)
{
    return INT64_C (1) << reason;
}

static char *
s_id (tx_t *tx, const service_request_t *request, int reason)
{
    return tx_printf (tx, "%s:%d", request->id, reason);
}

static void
s_arm (tx_t *tx, const service_request_t *request, const waiting_t *waiting)
{
    waiting_step_t step = waiting_policy_next (tx, request, waiting);
    if (step.what != WAITING_STAYS)
        tx_timer_set (tx, "waiting", waiting->id, step.at);
}

static bool
s_is_valid (tx_t *tx, const start_waiting_t *command)
{
    if (!valid_enum (tx, "reason", &wait_reason_descriptor, (int) command->reason)
        || !valid_text (tx, "holder", command->holder, 0, 100)
        || !valid_instant (tx, "resume_at", command->resume_at))
        return false;
    if (!command->resume_at || command->resume_at > tx_now (tx))
        return true;
    return tx_reject (tx, "resume_at.past", "resume_at %lld is not in the future: do not wait, or say until when",
               (long long) command->resume_at),
           false;
}

void
on_start_waiting (tx_t *tx, const start_waiting_t *command)
{
    service_request_t *request = request_still_open (tx, command->request_id);
    if (!request || !s_is_valid (tx, command) || (request->waits & s_bit ((int) command->reason)))
        return;
    waiting_t *waiting = tx_need (tx, waiting, s_id (tx, request, (int) command->reason));
    waiting->request_id = request->id;
    waiting->reason = (int) command->reason;
    waiting->started_at = tx_time (tx);
    waiting->resume_at = command->resume_at;
    request->waits |= s_bit ((int) command->reason);
    s_arm (tx, request, waiting);
    tx_emit (tx,
        case_waiting_started (.case_id = request->id, .reason = command->reason,
            .holder = command->holder, .started_at = tx_time (tx), .resume_at = command->resume_at));
}

/* Waits of former versions have no row. */
static void
s_end (tx_t *tx, service_request_t *request, int reason, int64_t ended_at)
{
    waiting_t *waiting = tx_get (tx, waiting, s_id (tx, request, reason));
    request->waits &= ~s_bit (reason);
    if (waiting) {
        tx_timer_clear (tx, "waiting", waiting->id);
        tx_delete (tx, waiting, waiting);
    }
    tx_emit (tx,
        case_waiting_ended (.case_id = request->id, .reason = (wait_reason_t) reason,
            .ended_at = ended_at));
}

void
waiting_end_all (tx_t *tx, service_request_t *request)
{
    for (int reason = 1; request->waits && reason < 63; reason++)
        if (request->waits & s_bit (reason))
            s_end (tx, request, reason, tx_time (tx));
}

void
on_end_waiting (tx_t *tx, const end_waiting_t *command)
{
    service_request_t *request = request_known (tx, command->request_id);
    if (!request || !valid_enum (tx, "reason", &wait_reason_descriptor, (int) command->reason))
        return;
    if (!(request->waits & s_bit ((int) command->reason)))
        return tx_reject (tx, "request.not_waiting",
            "service request %s does not wait for %s: start waiting first", request->id,
            enum_name (&wait_reason_descriptor, (int) command->reason));
    s_end (tx, request, (int) command->reason, tx_time (tx));
}

/* ---- by itself */

static void
s_remind (tx_t *tx, const service_request_t *request, waiting_t *waiting)
{
    waiting->reminded++;
    waiting->reminded_at = tx_now (tx);
    tx_emit (tx,
        waiting_reminder_due (.request_id = request->id, .reason = (wait_reason_t) waiting->reason,
            .number = (int32_t) waiting->reminded, .reminders = waiting_policy_reminders (tx, waiting),
            .waits_since_at = waiting->started_at,
            .resolves_at = waiting_policy_resolves_at (tx, request, waiting),
            .customer_id = request->customer_id, .site_id = request->site_id));
    s_arm (tx, request, waiting);
}

/* Solved on no step of the ladder; a visit that was planned is not needed. */
static void
s_give_up (tx_t *tx, service_request_t *request)
{
    request->order_open = false;
    outcome_resolve (tx, request, SUPPORT_TIER_UNSPECIFIED, tx_now (tx));
}

/* The policy, or the calendar, may be another one than when the timer was set: then it is not time yet. */
void
on_waiting (tx_t *tx, const wakeup_t *wakeup)
{
    waiting_t *waiting = tx_get (tx, waiting, wakeup->id);
    service_request_t *request = waiting ? tx_get (tx, service_request, waiting->request_id) : NULL;
    if (!request)
        return;
    tx_correlate (tx, request->id);
    waiting_step_t step = waiting_policy_next (tx, request, waiting);
    if (step.at > tx_now (tx))
        s_arm (tx, request, waiting);
    else if (step.what == WAITING_REMIND)
        s_remind (tx, request, waiting);
    else if (step.what == WAITING_RESUME)
        s_end (tx, request, waiting->reason, step.at);
    else
        s_give_up (tx, request);
}
