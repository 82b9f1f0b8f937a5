/* work_order.c - orders that are open, as far as their readiness goes; and the occurrences behind them. */
#include "scheduler.h"

/* What readiness will look at, in one round trip. */
static void
s_expect (tx_t *tx, const work_order_created_t *event)
{
    tx_expect (tx, customer, event->customer_id);
    tx_expect (tx, site, event->site_id);
    tx_expect (tx, asset, event->asset_id);
    tx_expect (tx, waiting, event->request_id);
    tx_expect (tx, work_order, event->after_work_order_id);
    tx_expect_find (tx, contact, phone_site_id, event->site_id);
    tx_expect_find (tx, contact, phone_customer_id, event->customer_id);
}

void
on_work_order_created (tx_t *tx, const work_order_created_t *event)
{
    s_expect (tx, event);
    work_order_t *order = tx_need (tx, work_order, event->work_order_id);
    const char *customer_id = customer_now (tx, event->customer_id);
    if (order->created.size > 0 || order->closed)
        return;
    order->root = !is_empty (event->request_id) ? event->request_id
        : !is_empty (event->occurrence_id) ? event->occurrence_id : event->work_order_id;
    order->open_request_id = event->request_id;
    order->open_site_id = event->site_id;
    order->open_customer_id = (char *) customer_id;
    order->open_after_id = event->after_work_order_id;
    order->created = tx_pack (tx, &event->base);
    tool_need_open (tx, event);
    readiness_review (tx, order);
}

static void
s_close (tx_t *tx, const char *work_order_id)
{
    work_order_t *order = tx_need (tx, work_order, work_order_id);
    tool_need_close (tx, tx_unpack (tx, work_order_created, order->created));
    slot_release_all (tx, order->id, "the order is over");
    order->closed = true;
    order->open_request_id = order->open_site_id = order->open_customer_id = order->open_after_id = "";
    EACH (work_order, successor, tx_find (tx, work_order, open_after_id, order->id))
        readiness_review (tx, successor);
}

void
on_work_order_completed (tx_t *tx, const work_order_completed_t *event)
{
    s_close (tx, event->work_order_id);
    if (!is_empty (event->occurrence_id))
        occurrence_complete (tx, event->occurrence_id, event->completed_at);
}

void
on_work_order_cancelled (tx_t *tx, const work_order_cancelled_t *event)
{
    s_close (tx, event->work_order_id);
    if (!is_empty (event->occurrence_id))
        occurrence_drop (tx, event->occurrence_id, tx_printf (tx, "work order %s was cancelled: %s",
            event->work_order_id, event->reason));
}

/* Inventory may speak of an order before the dispatcher's own event is here: the row waits for it. */
static void
s_parts (tx_t *tx, const char *work_order_id, parts_state_t state, blob_t shortage)
{
    work_order_t *order = tx_need (tx, work_order, work_order_id);
    order->parts_state = state;
    order->shortage = shortage;
    readiness_review (tx, order);
}

void
on_reservation_made (tx_t *tx, const reservation_made_t *event)
{
    s_parts (tx, event->work_order_id, PARTS_RESERVED, (blob_t) { NULL, 0 });
}

void
on_reservation_short (tx_t *tx, const reservation_short_t *event)
{
    parts_state_t state = event->n_shortages > 0 ? PARTS_SHORT : PARTS_UNRESERVED;
    s_parts (tx, event->work_order_id, state, tx_pack (tx, &event->base));
}

void
on_reservation_released (tx_t *tx, const reservation_released_t *event)
{
    s_parts (tx, event->work_order_id, PARTS_UNRESERVED, (blob_t) { NULL, 0 });
}

static void
s_review_request (tx_t *tx, const char *request_id)
{
    EACH (work_order, order, tx_find (tx, work_order, open_request_id, request_id))
        readiness_review (tx, order);
}

void
on_case_waiting_started (tx_t *tx, const case_waiting_started_t *event)
{
    waiting_t *waiting = tx_need (tx, waiting, event->case_id);
    waiting->reasons |= INT64_C (1) << (event->reason & 31);
    s_review_request (tx, event->case_id);
}

void
on_case_waiting_ended (tx_t *tx, const case_waiting_ended_t *event)
{
    waiting_t *waiting = tx_get (tx, waiting, event->case_id);
    if (!waiting)
        return;
    waiting->reasons &= ~(INT64_C (1) << (event->reason & 31));
    s_review_request (tx, event->case_id);
}
