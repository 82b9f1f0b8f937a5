/* work_order.c - what an order needs of stock, from its first day until every part is accounted for. */
#include "inventory.h"

char *
work_order_story (tx_t *tx, const work_order_t *order)
{
    char *before = tx_correlation (tx);
    tx_correlate (tx, order->root);
    return before;
}

/* The parts that count: whole, positive quantities. */
static blob_t
s_needed (tx_t *tx, const work_order_created_t *ev)
{
    work_order_created_t needed = { .base = work_order_created_init };
    needed.parts = arena_array (tx_arena (tx), ev->n_parts + 1, sizeof *needed.parts);
    for (size_t i = 0; i < ev->n_parts; i++)
        if (ev->parts [i]->quantity > 0 && !is_empty (ev->parts [i]->item_id))
            needed.parts [needed.n_parts++] = ev->parts [i];
    return tx_pack (tx, &needed.base);
}

void
on_work_order_created (tx_t *tx, const work_order_created_t *ev)
{
    work_order_t *order = tx_need (tx, work_order, ev->work_order_id);
    if (order->created_at)
        return;
    order->root = tx_correlation (tx);
    order->territory_id = ev->territory_id;
    order->priority = ev->priority ? ev->priority : 100;
    order->created_at = ev->created_at ? ev->created_at : tx_time (tx);
    order->needed = s_needed (tx, ev);
    if (!order->completed && !order->cancelled)
        reservation_try (tx, order);
}

void
work_order_settle (tx_t *tx, work_order_t *order)
{
    if (!order->completed || order->settled)
        return;
    EACH (reservation, line, tx_find (tx, reservation, work_order_id, order->id))
        if (reservation_in_van (line))
            return;
    order->settled = true;
    parts_settled_t *settled = tx_unpack (tx, parts_settled, order->settlement);
    settled->work_order_id = order->id;
    char *story = work_order_story (tx, order);
    tx_emit (tx, &settled->base);
    tx_correlate (tx, story);
}

void
on_work_order_completed (tx_t *tx, const work_order_completed_t *ev)
{
    work_order_t *order = tx_need (tx, work_order, ev->work_order_id);
    if (order->completed)
        return;
    order->completed = true;
    reservation_release (tx, order, "completed");
    work_order_settle (tx, order);
}

void
on_work_order_cancelled (tx_t *tx, const work_order_cancelled_t *ev)
{
    work_order_t *order = tx_need (tx, work_order, ev->work_order_id);
    if (order->completed || order->cancelled)
        return;
    order->cancelled = true;
    reservation_release (tx, order, "cancelled");
}
