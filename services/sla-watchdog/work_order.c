/* work_order - how long work lies unplanned and offers lie unanswered (J6). */
#include "sla-watchdog.h"

void
on_work_order_created (tx_t *tx, const work_order_created_t *event)
{
    work_order_t *order = tx_need (tx, work_order, event->work_order_id);
    order->territory_id = event->territory_id;
    gauge_open (tx, METRIC_ORDER, order->id, order->territory_id, event->created_at ? event->created_at : tx_time (tx));
}

/* On hold is not left undone: somebody has decided so. */
void
on_work_order_state_changed (tx_t *tx, const work_order_state_changed_t *event)
{
    work_order_t *order = tx_get (tx, work_order, event->work_order_id);
    if (event->state != WORK_ORDER_STATE_UNSCHEDULED)
        gauge_close (tx, METRIC_ORDER, event->work_order_id);
    else if (order)
        gauge_open (tx, METRIC_ORDER, order->id, order->territory_id, tx_time (tx));
}

static void
s_end (tx_t *tx, const char *work_order_id)
{
    gauge_close (tx, METRIC_ORDER, work_order_id);
    work_order_t *order = tx_get (tx, work_order, work_order_id);
    if (order)
        tx_delete (tx, work_order, order);
}

void
on_work_order_completed (tx_t *tx, const work_order_completed_t *event)
{
    s_end (tx, event->work_order_id);
}

void
on_work_order_cancelled (tx_t *tx, const work_order_cancelled_t *event)
{
    s_end (tx, event->work_order_id);
}

void
on_visit_offered (tx_t *tx, const visit_offered_t *event)
{
    work_order_t *order = tx_get (tx, work_order, event->work_order_id);
    gauge_open (tx, METRIC_OFFER, event->visit_id, order ? order->territory_id : "", tx_time (tx));
}

void
on_visit_ended (tx_t *tx, const visit_ended_t *event)
{
    gauge_close (tx, METRIC_OFFER, event->visit_id);
}
