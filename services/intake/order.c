/* order - what becomes of the work order of a request; orders are the dispatcher's own. */
#include "intake.h"

static service_request_t *
s_request (tx_t *tx, const char *request_id)
{
    return tx_get (tx, service_request, request_id); /* NULL: a plan or a person made the order */
}

static void
s_let_go (service_request_t *request)
{
    request->order_open = false;
    request->order_id = "";
}

/* Also an order made by hand for this request is its one order. */
void
on_work_order_created (tx_t *tx, const work_order_created_t *event)
{
    service_request_t *request = s_request (tx, event->request_id);
    if (!request || request->state != REQUEST_STATE_OPEN)
        return;
    request->order_open = true;
    request->order_id = event->work_order_id;
}

void
on_work_order_completed (tx_t *tx, const work_order_completed_t *event)
{
    service_request_t *request = s_request (tx, event->request_id);
    if (!request)
        return;
    s_let_go (request);
    if (request->state != REQUEST_STATE_OPEN)
        return;
    tx_correlate (tx, request->id);
    outcome_resolve (tx, request, SUPPORT_TIER_ONSITE,
        event->completed_at ? event->completed_at : tx_time (tx));
}

/* An order that was given up says good-bye late, when its successor may be there already: only its
 * own id counts. */
static void
s_order_ended (tx_t *tx, const char *request_id, const char *work_order_id)
{
    service_request_t *request = s_request (tx, request_id);
    if (request && !strcmp (request->order_id, work_order_id))
        s_let_go (request);
}

void
on_work_order_cancelled (tx_t *tx, const work_order_cancelled_t *event)
{
    s_order_ended (tx, event->request_id, event->work_order_id);
}

/* Cancelled and completed have events of their own. */
void
on_work_order_state_changed (tx_t *tx, const work_order_state_changed_t *event)
{
    if (event->state == WORK_ORDER_STATE_CANNOT_COMPLETE)
        s_order_ended (tx, event->request_id, event->work_order_id);
}
