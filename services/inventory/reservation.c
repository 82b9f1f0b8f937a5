/* reservation.c - everything an order needs is kept for it, or nothing is (K8).
 *
 * The same stock and the same order always give the same choice: one warehouse that has it all, else all warehouses of
 * the territory, else substitutes, each in order of id. Lines that can be met exactly take their parts before any line
 * looks for a substitute, so that a substitute is never taken from the line that asks for it by name. */
#include "inventory.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
    stock_t *from;
    const char *asked_item_id;
    int64_t quantity;
} pick_t;

typedef struct {
    tx_t *tx;
    const char *territory_id;
    work_order_created_t *needed;
    pick_t *picks;
    int count, capacity;
} plan_t;

static list_t
s_rows (plan_t *plan, const char *item_id)
{
    return tx_find (plan->tx, stock, territory_item, tx_printf (plan->tx, "%s/%s", plan->territory_id, item_id));
}

static bool
s_is_allowed (const stock_t *row, const char *only)
{
    return stock_available (row) > 0 && (!only || strcmp (row->location_id, only) == 0);
}

static int64_t
s_total (plan_t *plan, const char *item_id, const char *only)
{
    int64_t total = 0;
    EACH (stock, row, s_rows (plan, item_id))
        if (s_is_allowed (row, only))
            total += stock_available (row);
    return total;
}

static void
s_pick (plan_t *plan, stock_t *row, const char *asked_item_id, int64_t quantity)
{
    if (plan->count == plan->capacity) {
        pick_t *more = arena_array (tx_arena (plan->tx), (size_t) plan->capacity * 2 + 8, sizeof *more);
        if (plan->count)
            memcpy (more, plan->picks, (size_t) plan->count * sizeof *more);
        plan->picks = more;
        plan->capacity = plan->capacity * 2 + 8;
    }
    row->reserved += quantity;
    plan->picks [plan->count++] = (pick_t) { row, asked_item_id, quantity };
}

static void
s_put_back (plan_t *plan)
{
    while (plan->count) {
        pick_t *pick = &plan->picks [--plan->count];
        pick->from->reserved -= pick->quantity;
    }
}

/* One whole line from one place if any has enough, else from several. */
static bool
s_take (plan_t *plan, const part_quantity_t *part, const char *item_id, const char *only)
{
    if (s_total (plan, item_id, only) < part->quantity)
        return false;
    EACH (stock, row, s_rows (plan, item_id))
        if (s_is_allowed (row, only) && stock_available (row) >= part->quantity)
            return s_pick (plan, row, part->item_id, part->quantity), true;
    int64_t left = part->quantity;
    EACH (stock, row, s_rows (plan, item_id))
        if (left && s_is_allowed (row, only)) {
            int64_t some = stock_available (row) < left ? stock_available (row) : left;
            s_pick (plan, row, part->item_id, some);
            left -= some;
        }
    return true;
}

static bool
s_take_substitute (plan_t *plan, const part_quantity_t *part)
{
    item_t *item = tx_get (plan->tx, item, part->item_id);
    if (!item)
        return false;
    item_details_t *details = tx_unpack (plan->tx, item_details, item->details);
    for (size_t i = 0; i < details->n_substitutes; i++)
        if (s_take (plan, part, details->substitutes [i], NULL))
            return true;
    return false;
}

static bool
s_plan (plan_t *plan, const char *only, bool substitutes)
{
    work_order_created_t *needed = plan->needed;
    bool *is_met = arena_array (tx_arena (plan->tx), needed->n_parts + 1, sizeof *is_met);
    bool all = true;
    for (size_t i = 0; i < needed->n_parts; i++)
        all &= is_met [i] = s_take (plan, needed->parts [i], needed->parts [i]->item_id, only);
    if (!all && substitutes) {
        all = true;
        for (size_t i = 0; i < needed->n_parts; i++)
            all &= is_met [i] || s_take_substitute (plan, needed->parts [i]);
    }
    if (!all)
        s_put_back (plan);
    return all;
}

static bool
s_plan_best (plan_t *plan)
{
    EACH (stock, row, s_rows (plan, plan->needed->parts [0]->item_id))
        if (s_plan (plan, row->location_id, false))
            return true;
    return s_plan (plan, NULL, false) || s_plan (plan, NULL, true);
}

/* ---- it is all there */

static reserved_part_t *
s_part (tx_t *tx, const pick_t *pick)
{
    reserved_part_t *part = arena_alloc (tx_arena (tx), sizeof *part);
    *part = (reserved_part_t) { .base = reserved_part_init };
    part->item_id = pick->from->item_id;
    part->quantity = pick->quantity;
    part->location_id = pick->from->location_id;
    return part;
}

static void
s_keep (plan_t *plan, work_order_t *order)
{
    tx_t *tx = plan->tx;
    reserved_part_t **parts = arena_array (tx_arena (tx), (size_t) plan->count + 1, sizeof *parts);
    for (int i = 0; i < plan->count; i++) {
        pick_t *pick = &plan->picks [i];
        tx_put (tx, reservation, {
            .id = tx_printf (tx, "%s:%d", order->id, i + 1), .work_order_id = order->id, .item_id = pick->from->item_id,
            .asked_item_id = (char *) pick->asked_item_id, .location_id = pick->from->location_id,
            .quantity = pick->quantity, .kept = pick->quantity });
        parts [i] = s_part (tx, pick);
    }
    order->shortage = (blob_t) { 0 };
    tx_emit (tx, reservation_made (.work_order_id = order->id, .n_parts = (size_t) plan->count, .parts = parts));
    for (int i = 0; i < plan->count; i++)
        stock_watch (tx, plan->picks [i].from);
}

/* ---- something is missing */

static part_shortage_t *
s_shortage (plan_t *plan, const part_quantity_t *part)
{
    part_shortage_t *shortage = arena_alloc (tx_arena (plan->tx), sizeof *shortage);
    *shortage = (part_shortage_t) { .base = part_shortage_init };
    shortage->item_id = part->item_id;
    shortage->needed = part->quantity;
    shortage->available = s_total (plan, part->item_id, NULL);
    return shortage;
}

static void
s_want (plan_t *plan, const work_order_t *order, const char *item_id)
{
    tx_t *tx = plan->tx;
    EACH (wanted_part, row, tx_find (tx, wanted_part, work_order_id, order->id))
        if (strcmp (row->item_id, item_id) == 0)
            return;
    tx_put (tx, wanted_part, { .id = tx_printf (tx, "%s/%s", order->id, item_id), .work_order_id = order->id,
        .item_id = (char *) item_id, .territory_item = tx_printf (tx, "%s/%s", order->territory_id, item_id) });
}

static void
s_want_parts (plan_t *plan, const work_order_t *order)
{
    for (size_t i = 0; i < plan->needed->n_parts; i++) {
        item_t *item = tx_get (plan->tx, item, plan->needed->parts [i]->item_id);
        item_details_t *details = item ? tx_unpack (plan->tx, item_details, item->details) : NULL;
        s_want (plan, order, plan->needed->parts [i]->item_id);
        for (size_t j = 0; details && j < details->n_substitutes; j++)
            s_want (plan, order, details->substitutes [j]);
    }
}

static void
s_want_no_more (tx_t *tx, const work_order_t *order)
{
    EACH (wanted_part, wanted, tx_find (tx, wanted_part, work_order_id, order->id))
        tx_delete (tx, wanted_part, wanted);
}

/* Said again only when it has changed: an order may be tried a hundred times before its part comes. */
static void
s_wait (plan_t *plan, work_order_t *order)
{
    tx_t *tx = plan->tx;
    reservation_short_t said = { .base = reservation_short_init };
    said.work_order_id = order->id;
    said.shortages = arena_array (tx_arena (tx), plan->needed->n_parts + 1, sizeof *said.shortages);
    for (int all = 0; all < 2 && !said.n_shortages; all++)      /* lines that compete for an item: name them all */
        for (size_t i = 0; i < plan->needed->n_parts; i++) {
            part_shortage_t *shortage = s_shortage (plan, plan->needed->parts [i]);
            if (all || shortage->available < shortage->needed)
                said.shortages [said.n_shortages++] = shortage;
        }
    blob_t packed = tx_pack (tx, &said.base);
    s_want_parts (plan, order);
    if (packed.size == order->shortage.size && memcmp (packed.data, order->shortage.data, packed.size) == 0)
        return;
    order->shortage = packed;
    tx_emit (tx, &said.base);
}

void
reservation_try (tx_t *tx, work_order_t *order)
{
    plan_t plan = { .tx = tx, .territory_id = order->territory_id,
        .needed = tx_unpack (tx, work_order_created, order->needed) };
    if (!plan.needed->n_parts)
        return;
    char *story = work_order_story (tx, order);
    if (s_plan_best (&plan)) {
        s_keep (&plan, order);
        s_want_no_more (tx, order);
    } else
        s_wait (&plan, order);
    tx_correlate (tx, story);
}

static int
s_urgent_first (const void *left, const void *right)
{
    const work_order_t *a = *(work_order_t *const *) left, *b = *(work_order_t *const *) right;
    if (a->priority != b->priority)
        return a->priority < b->priority ? -1 : 1;
    if (a->created_at != b->created_at)
        return a->created_at < b->created_at ? -1 : 1;
    return strcmp (a->id, b->id);
}

/* Each order once, however many of its items are wanted. */
static void
s_try_all (tx_t *tx, const list_t *wanted, size_t lists, int total)
{
    work_order_t **orders = arena_array (tx_arena (tx), (size_t) total + 1, sizeof *orders);
    size_t count = 0;
    for (size_t i = 0; i < lists; i++)
        EACH (wanted_part, part, wanted [i])
            orders [count++] = tx_get (tx, work_order, part->work_order_id);
    qsort (orders, count, sizeof *orders, s_urgent_first);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || orders [i] != orders [i - 1])
            reservation_try (tx, orders [i]);
}

void
reservation_retry (tx_t *tx, const char *territory_id, const char *const *item_ids, size_t count)
{
    list_t *wanted = arena_array (tx_arena (tx), count + 1, sizeof *wanted);
    int total = 0;
    for (size_t i = 0; i < count; i++) {
        wanted [i] = tx_find (tx, wanted_part, territory_item, tx_printf (tx, "%s/%s", territory_id, item_ids [i]));
        total += wanted [i].count;
    }
    s_try_all (tx, wanted, count, total);
}

void
reservation_retry_item (tx_t *tx, const char *item_id)
{
    list_t wanted = tx_find (tx, wanted_part, item_id, item_id);
    s_try_all (tx, &wanted, 1, wanted.count);
}

/* ---- not needed any more */

int64_t
reservation_in_van (const reservation_t *self)
{
    return self->issued - self->used - self->returned;
}

void
reservation_release (tx_t *tx, work_order_t *order, const char *reason)
{
    list_t lines = tx_find (tx, reservation, work_order_id, order->id);
    const char **items = arena_array (tx_arena (tx), (size_t) lines.count + 1, sizeof *items);
    size_t released = 0;
    s_want_no_more (tx, order);
    EACH (reservation, line, lines) {
        stock_t *row = line->kept ? stock_get (tx, line->location_id, line->item_id) : NULL;
        if (!row)
            continue;
        row->reserved -= line->kept;
        items [released++] = line->item_id;
        line->released += line->kept;
        line->kept = 0;
        stock_watch (tx, row);
    }
    if (!released)
        return;
    tx_emit (tx, reservation_released (.work_order_id = order->id, .reason = (char *) reason));
    reservation_retry (tx, order->territory_id, items, released);
}
