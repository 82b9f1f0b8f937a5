/* waiting - a case waits for somebody. Said here, understood by the watchdog and the scheduler. */
#include "intake.h"

/* The reasons a request waits for are bits, because several people may be waited for at once. */
static int64_t
s_bit (int reason)
{
    return INT64_C (1) << reason;
}

void
on_start_waiting (tx_t *tx, const start_waiting_t *command)
{
    service_request_t *request = request_still_open (tx, command->request_id);
    if (!request || !valid_enum (tx, "reason", &wait_reason_descriptor, (int) command->reason)
        || !valid_text (tx, "holder", command->holder, 0, 100)
        || (request->waits & s_bit ((int) command->reason)))
        return;
    request->waits |= s_bit ((int) command->reason);
    tx_emit (tx,
        case_waiting_started (.case_id = request->id, .reason = command->reason,
            .holder = command->holder, .started_at = tx_time (tx)));
}

static void
s_end (tx_t *tx, service_request_t *request, int reason)
{
    request->waits &= ~s_bit (reason);
    tx_emit (tx,
        case_waiting_ended (.case_id = request->id, .reason = (wait_reason_t) reason,
            .ended_at = tx_time (tx)));
}

void
waiting_end_all (tx_t *tx, service_request_t *request)
{
    for (int reason = 1; request->waits && reason < 63; reason++)
        if (request->waits & s_bit (reason))
            s_end (tx, request, reason);
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
    s_end (tx, request, (int) command->reason);
}
