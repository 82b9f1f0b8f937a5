/* parts.c - the way of an order's parts: warehouse, van, used or back again (K4, K5). */
#include "inventory.h"
#include "valid.h"
#include <string.h>

static part_quantity_t *
s_part (tx_t *tx, const char *item_id, int64_t quantity, const char *serial)
{
    part_quantity_t *part = arena_alloc (tx_arena (tx), sizeof *part);
    *part = (part_quantity_t) { .base = part_quantity_init };
    part->item_id = (char *) item_id;
    part->quantity = quantity;
    part->serial = (char *) serial;
    return part;
}

static void
s_append (tx_t *tx, size_t *count, part_quantity_t ***parts, part_quantity_t *part)
{
    part_quantity_t **more = arena_array (tx_arena (tx), *count + 1, sizeof *more);
    if (*count)
        memcpy (more, *parts, *count * sizeof *more);
    more [(*count)++] = part;
    *parts = more;
}

/* ---- into the van */

static void
s_issue (tx_t *tx, const issue_parts_t *command, reservation_t *line)
{
    stock_t *from = stock_need (tx, line->location_id, line->item_id);
    int64_t quantity = line->kept;
    line->van_location_id = command->to_location_id;
    line->issued += quantity;
    line->kept = 0;
    from->reserved -= quantity;
    stock_carry (tx, &(movement_t) { .item_id = line->item_id, .from_location_id = line->location_id,
        .to_location_id = command->to_location_id, .quantity = quantity, .document_id = command->document_id,
        .work_order_id = line->work_order_id });
    stock_need (tx, command->to_location_id, line->item_id)->reserved += quantity;  /* nobody else's,
        though it is in the van */
}

static bool
s_is_van (tx_t *tx, const issue_parts_t *command)
{
    location_t *van = location_of_stock (tx, "to_location_id", command->to_location_id);
    if (van && van->kind != LOCATION_KIND_VAN)
        return tx_reject (tx, "location.not_van", "%s is %s: parts of an order are issued to a van", van->id,
            enum_name (&location_kind_descriptor, van->kind)), false;
    return van;
}

/* The order of a command; rejects when there is none. */
static work_order_t *
s_order (tx_t *tx, const char *work_order_id)
{
    if (!valid_id (tx, "work_order_id", work_order_id))
        return NULL;
    work_order_t *order = tx_get (tx, work_order, work_order_id);
    if (!order)
        tx_reject (tx, "work_order.unknown", "no work order %s: check the number", work_order_id);
    return order;
}

void
on_issue_parts (tx_t *tx, const issue_parts_t *command)
{
    if (!valid_id (tx, "document_id", command->document_id) || document_seen (tx, command->document_id, &command->base))
        return;
    work_order_t *order = s_order (tx, command->work_order_id);
    if (!order || !s_is_van (tx, command))
        return;
    list_t lines = tx_find (tx, reservation, work_order_id, order->id);
    parts_issued_t issued = { .base = parts_issued_init };
    EACH (reservation, line, lines)
        if (line->kept)
            s_append (tx, &issued.n_parts, &issued.parts, s_part (tx, line->item_id, line->kept, ""));
    if (!issued.n_parts)
        return tx_reject (tx, "reservation.none",
            "nothing is kept for work order %s: parts are missing, issued or released", order->id);
    work_order_story (tx, order);
    document_keep (tx, command->document_id, &command->base);
    EACH (reservation, kept, lines)
        if (kept->kept)
            s_issue (tx, command, kept);
    issued.document_id = command->document_id;
    issued.work_order_id = order->id;
    issued.to_location_id = command->to_location_id;
    tx_emit (tx, &issued.base);
}

/* ---- back again */

static int64_t
s_in_vans (list_t lines, const char *item_id)
{
    int64_t total = 0;
    EACH (reservation, line, lines)
        if (strcmp (line->item_id, item_id) == 0)
            total += reservation_in_van (line);
    return total;
}

static bool
s_was_issued (tx_t *tx, const return_parts_t *command, list_t lines)
{
    for (size_t i = 0; i < command->n_parts; i++) {
        int64_t wanted = 0, out = s_in_vans (lines, command->parts [i]->item_id);
        for (size_t j = 0; j < command->n_parts; j++)
            if (strcmp (command->parts [j]->item_id, command->parts [i]->item_id) == 0)
                wanted += command->parts [j]->quantity;
        if (wanted > out)
            return tx_reject (tx, "parts.not_issued",
                "%lld of %s to return, but %lld are out for work order %s: transfer the rest",
                (long long) wanted, command->parts [i]->item_id, (long long) out, command->work_order_id), false;
    }
    return true;
}

static void
s_return_line (tx_t *tx, const return_parts_t *command, reservation_t *line, int64_t quantity, const char *serial)
{
    line->returned += quantity;
    stock_need (tx, line->van_location_id, line->item_id)->reserved -= quantity;
    stock_carry (tx, &(movement_t) { .item_id = line->item_id, .from_location_id = line->van_location_id,
        .to_location_id = command->to_location_id, .quantity = quantity, .serial = serial,
        .document_id = command->document_id, .work_order_id = line->work_order_id });
}

static void
s_return (tx_t *tx, const return_parts_t *command, list_t lines, const part_quantity_t *part)
{
    int64_t left = part->quantity;
    EACH (reservation, line, lines) {
        int64_t some = strcmp (line->item_id, part->item_id) == 0 ? reservation_in_van (line) : 0;
        some = some < left ? some : left;
        if (some)
            s_return_line (tx, command, line, some, part->serial);
        left -= some;
    }
}

static location_t *
s_return_place (tx_t *tx, const char *location_id)
{
    location_t *place = location_of_stock (tx, "to_location_id", location_id);
    if (place && place->kind != LOCATION_KIND_WAREHOUSE)
        return tx_reject (tx, "location.not_warehouse", "%s is %s: unused parts go back to a warehouse", place->id,
            enum_name (&location_kind_descriptor, place->kind)), NULL;
    return place;
}

void
on_return_parts (tx_t *tx, const return_parts_t *command)
{
    if (!valid_id (tx, "document_id", command->document_id) || document_seen (tx, command->document_id, &command->base))
        return;
    work_order_t *order = s_order (tx, command->work_order_id);
    location_t *to = order ? s_return_place (tx, command->to_location_id) : NULL;
    if (!to || !item_parts_valid (tx, command->n_parts, command->parts, 1))
        return;
    list_t lines = tx_find (tx, reservation, work_order_id, order->id);
    if (!s_was_issued (tx, command, lines))
        return;
    work_order_story (tx, order);
    document_keep (tx, command->document_id, &command->base);
    parts_settled_t *settlement = tx_unpack (tx, parts_settled, order->settlement);
    for (size_t i = 0; i < command->n_parts; i++) {
        s_return (tx, command, lines, command->parts [i]);
        s_append (tx, &settlement->n_returned, &settlement->returned, command->parts [i]);
    }
    order->settlement = tx_pack (tx, &settlement->base);
    tx_emit (tx, parts_returned (.document_id = command->document_id, .work_order_id = order->id,
        .to_location_id = to->id, .n_parts = command->n_parts, .parts = command->parts));
    work_order_settle (tx, order);
    reservation_retry (tx, to->territory_id, item_ids_of (tx, command->n_parts, command->parts), command->n_parts);
}

/* ---- used */

typedef struct {
    tx_t *tx;
    const parts_declared_used_t *ev;
    const part_quantity_t *part;
    int64_t left;
} use_t;

static void
s_consume (use_t *use, const char *from_location_id, int64_t quantity)
{
    tx_t *tx = use->tx;
    item_t *item = tx_get (tx, item, use->part->item_id);
    char *move_id = stock_carry (tx, &(movement_t) { .item_id = use->part->item_id,
        .from_location_id = from_location_id,
        .to_location_id = CONSUMED, .quantity = quantity, .serial = use->part->serial,
        .document_id = use->ev->report_id,
        .work_order_id = use->ev->work_order_id, .asset_id = use->ev->asset_id,
        .reason = strcmp (from_location_id, ADJUSTMENT) == 0 ? "used, but in no stock" : "" });
    tx_emit (tx, part_consumed (.move_id = move_id, .work_order_id = use->ev->work_order_id,
        .visit_id = use->ev->visit_id,
        .item_id = use->part->item_id, .quantity = quantity, .serial = use->part->serial,
        .cost_minor = item ? item->cost_minor : 0, .currency = item ? item->currency : "",
        .asset_id = use->ev->asset_id, .report_id = use->ev->report_id));
    use->left -= quantity;
}

static int64_t
s_less (int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* What was issued to the order, and what is kept for it in the warehouse, is reserved: give it free and take it. */
static void
s_use_line (use_t *use, reservation_t *line, bool in_van)
{
    int64_t some = s_less (in_van ? reservation_in_van (line) : line->kept, use->left);
    if (!some || strcmp (line->item_id, use->part->item_id) != 0)
        return;
    const char *place = in_van ? line->van_location_id : line->location_id;
    stock_need (use->tx, place, line->item_id)->reserved -= some;
    line->used += some;
    if (!in_van) {
        line->kept -= some;
        line->issued += some;
    }
    s_consume (use, place, some);
}

/* What was used is a fact: parts that no place has come from the adjustment side, where the journal shows them. */
static void
s_use (use_t *use, list_t lines)
{
    EACH (reservation, issued, lines)
        s_use_line (use, issued, true);
    stock_t *van = is_empty (use->ev->van_location_id) ? NULL : stock_get (use->tx, use->ev->van_location_id,
        use->part->item_id);
    int64_t in_van = s_less (stock_available (van), use->left);
    if (van && in_van > 0)
        s_consume (use, van->location_id, in_van);
    EACH (reservation, kept, lines)
        s_use_line (use, kept, false);
    if (use->left)
        s_consume (use, ADJUSTMENT, use->left);
}

void
on_parts_declared_used (tx_t *tx, const parts_declared_used_t *ev)
{
    char *key = tx_printf (tx, "report/%s",
        ev->report_id);     /* "/" is in no id: no document of a person is named so */
    if (tx_is_taken (tx, document, key))
        return;
    work_order_t *order = tx_need (tx, work_order, ev->work_order_id);
    list_t lines = tx_find (tx, reservation, work_order_id, order->id);
    tx_put (tx, document, { .id = key, .kind = "report" });
    parts_settled_t *settlement = tx_unpack (tx, parts_settled, order->settlement);
    for (size_t i = 0; i < ev->n_parts; i++) {
        if (ev->parts [i]->quantity <= 0 || is_empty (ev->parts [i]->item_id))
            continue;
        s_use (&(use_t) { tx, ev, ev->parts [i], ev->parts [i]->quantity }, lines);
        s_append (tx, &settlement->n_consumed, &settlement->consumed, ev->parts [i]);
    }
    order->settlement = tx_pack (tx, &settlement->base);
    work_order_settle (tx, order);
}
