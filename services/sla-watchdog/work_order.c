/* work_order - how long work lies unplanned, can not go, or lacks parts; offers lie unanswered; visits have not begun
 * (J6). What others say of an order may come before the dispatcher's own word, and after its end. */
#include "sla-watchdog.h"

static scope_t
s_scope (const work_order_t *order)
{
    return (scope_t) { order->territory_id, order->request_type, (int) order->fault_level };
}

void
on_work_order_created (tx_t *tx, const work_order_created_t *event)
{
    work_order_t *order = tx_need (tx, work_order, event->work_order_id);
    if (order->is_over)
        return;
    order->territory_id = event->territory_id;
    order->request_type = (int) event->type;
    order->fault_level = event->fault_level;
    gauge_open (tx, METRIC_ORDER, order->id, s_scope (order), event->created_at ? event->created_at : tx_time (tx));
    gauge_move (tx, METRIC_UNREADY, order->id, s_scope (order));
    gauge_move (tx, METRIC_PERSON, order->id, s_scope (order));
    gauge_move (tx, METRIC_PARTS, order->id, s_scope (order));
}

/* On hold is not left undone: somebody has decided so. */
void
on_work_order_state_changed (tx_t *tx, const work_order_state_changed_t *event)
{
    work_order_t *order = tx_get (tx, work_order, event->work_order_id);
    if (event->state != WORK_ORDER_STATE_UNSCHEDULED) {
        gauge_close (tx, METRIC_ORDER, event->work_order_id);
        gauge_close (tx, METRIC_PERSON, event->work_order_id);
    } else if (order && !order->is_over)
        gauge_open (tx, METRIC_ORDER, order->id, s_scope (order), tx_time (tx));
}

static void
s_end (tx_t *tx, const char *work_order_id)
{
    work_order_t *order = tx_need (tx, work_order, work_order_id);
    gauge_close (tx, METRIC_ORDER, work_order_id);
    gauge_close (tx, METRIC_UNREADY, work_order_id);
    gauge_close (tx, METRIC_PERSON, work_order_id);
    gauge_close (tx, METRIC_PARTS, work_order_id);
    order->is_over = true;
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

/* ---- what others say of it */

static void
s_watch (tx_t *tx, const char *metric, const char *work_order_id, bool is_wrong)
{
    work_order_t *order = tx_need (tx, work_order, work_order_id);
    if (!is_wrong)
        gauge_close (tx, metric, order->id);
    else if (!order->is_over)
        gauge_open (tx, metric, order->id, s_scope (order), tx_time (tx));
}

void
on_readiness_changed (tx_t *tx, const readiness_changed_t *event)
{
    s_watch (tx, METRIC_UNREADY, event->work_order_id, !event->ready);
}

/* H12: enough have been asked, or who was locked to it will not go. */
void
on_dispatch_failed (tx_t *tx, const dispatch_failed_t *event)
{
    if (event->needs_person)
        s_watch (tx, METRIC_PERSON, event->work_order_id, true);
}

void
on_reservation_short (tx_t *tx, const reservation_short_t *event)
{
    s_watch (tx, METRIC_PARTS, event->work_order_id, event->n_shortages > 0);
}

void
on_reservation_made (tx_t *tx, const reservation_made_t *event)
{
    s_watch (tx, METRIC_PARTS, event->work_order_id, false);
}

void
on_reservation_released (tx_t *tx, const reservation_released_t *event)
{
    s_watch (tx, METRIC_PARTS, event->work_order_id, false);
}

/* ---- its visits */

static scope_t
s_scope_of (tx_t *tx, const char *work_order_id)
{
    work_order_t *order = tx_get (tx, work_order, work_order_id);
    return order ? s_scope (order) : (scope_t) { "", 0, 0 };
}

void
on_visit_offered (tx_t *tx, const visit_offered_t *event)
{
    gauge_open (tx, METRIC_OFFER, event->visit_id, s_scope_of (tx, event->work_order_id), tx_time (tx));
}

void
on_visit_ended (tx_t *tx, const visit_ended_t *event)
{
    gauge_close (tx, METRIC_OFFER, event->visit_id);
    work_order_visit_begun (tx, event->visit_id);
}

void
work_order_visit_planned (tx_t *tx, const char *work_order_id, const char *visit_id, int64_t begins_at)
{
    if (begins_at)
        gauge_open (tx, METRIC_VISIT, visit_id, s_scope_of (tx, work_order_id), begins_at);
}

void
work_order_visit_begun (tx_t *tx, const char *visit_id)
{
    gauge_close (tx, METRIC_VISIT, visit_id);
}

/* Who has forgotten to say that he arrived is there all the same. */
void
on_visit_work_started (tx_t *tx, const visit_work_started_t *event)
{
    work_order_visit_begun (tx, event->visit_id);
}
