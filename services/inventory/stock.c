/* stock.c - how much of an item is in a place, and the journal that says why. */
#include "inventory.h"
#include "valid.h"

static char *
s_key (tx_t *tx, const char *location_id, const char *item_id)
{
    return tx_printf (tx, "%s/%s", location_id, item_id);
}

stock_t *
stock_get (tx_t *tx, const char *location_id, const char *item_id)
{
    return tx_get (tx, stock, s_key (tx, location_id, item_id));
}

stock_t *
stock_need (tx_t *tx, const char *location_id, const char *item_id)
{
    char *key = s_key (tx, location_id, item_id);
    stock_t *row = tx_get (tx, stock, key);
    if (row)
        return row;
    location_t *location = location_find (tx, location_id);
    if (!location)
        tx_fail (tx, "stock of %s in %s, which is no location: register it first", item_id, location_id);
    bool is_warehouse = location->kind == LOCATION_KIND_WAREHOUSE;
    return tx_put (tx, stock, {
        .id = key, .location_id = (char *) location_id, .item_id = (char *) item_id, .kind = location->kind,
        .territory_item = is_warehouse ? s_key (tx, location->territory_id, item_id) : "" });
}

int64_t
stock_available (const stock_t *self)
{
    return self ? self->on_hand - self->reserved : 0;
}

void
stock_watch (tx_t *tx, stock_t *self)
{
    if (self->kind != LOCATION_KIND_WAREHOUSE)
        return;
    item_t *item = tx_get (tx, item, self->item_id);
    bool is_low = item && stock_available (self) < item->min_quantity;
    if (is_low && !self->low)
        tx_emit (tx, stock_low (.item_id = self->item_id, .location_id = self->location_id,
            .available = stock_available (self), .min_quantity = item->min_quantity));
    self->low = is_low;
}

static void
s_write (tx_t *tx, const movement_t *movement, char *move_id)
{
    tx_put (tx, stock_move, {
        .id = move_id, .item_id = (char *) movement->item_id, .from_location_id = (char *) movement->from_location_id,
        .to_location_id = (char *) movement->to_location_id, .quantity = movement->quantity,
        .serial = (char *) movement->serial,
        .document_id = (char *) movement->document_id, .work_order_id = (char *) movement->work_order_id,
        .asset_id = (char *) movement->asset_id, .reason = (char *) movement->reason, .moved_at = tx_time (tx) });
    tx_emit (tx, stock_moved (
        .move_id = move_id, .item_id = (char *) movement->item_id,
        .from_location_id = (char *) movement->from_location_id,
        .to_location_id = (char *) movement->to_location_id, .quantity = movement->quantity,
        .serial = (char *) movement->serial,
        .document_id = (char *) movement->document_id, .work_order_id = (char *) movement->work_order_id,
        .moved_at = tx_time (tx)));
}

char *
stock_carry (tx_t *tx, const movement_t *movement)
{
    stock_t *from = stock_need (tx, movement->from_location_id, movement->item_id);
    stock_t *to = stock_need (tx, movement->to_location_id, movement->item_id);
    if (from == to || movement->quantity <= 0)
        tx_fail (tx, "%lld of %s from %s to itself", (long long) movement->quantity, movement->item_id,
            from->location_id);
    if (!location_is_source (from->kind) && stock_available (from) < movement->quantity)
        tx_fail (tx, "%lld of %s from %s, where %lld are free", (long long) movement->quantity, movement->item_id,
            from->location_id, (long long) stock_available (from));
    char *move_id = tx_id (tx);
    from->on_hand -= movement->quantity;
    to->on_hand += movement->quantity;
    s_write (tx, movement, move_id);
    serial_move (tx, movement);
    stock_watch (tx, from);
    stock_watch (tx, to);
    return move_id;
}

/* ---- how much is where (K1) */

static list_t
s_asked (tx_t *tx, const get_stock_t *query)
{
    if (is_empty (query->location_id))
        return tx_find (tx, stock, item_id, query->item_id);
    if (is_empty (query->item_id))
        return tx_find (tx, stock, location_id, query->location_id);
    void **rows = arena_array (tx_arena (tx), 2, sizeof *rows);
    rows [0] = stock_get (tx, query->location_id, query->item_id);
    return (list_t) { rows, rows [0] ? 1 : 0 };
}

void
on_get_stock (tx_t *tx, const get_stock_t *query)
{
    if (is_empty (query->item_id) && is_empty (query->location_id))
        return tx_reject (tx, "item_id.missing",
            "all items in all places is too much: name an item, a location or both");
    list_t rows = s_asked (tx, query);
    stock_levels_t levels = { .base = stock_levels_init };
    levels.levels = arena_array (tx_arena (tx), (size_t) rows.count + 1, sizeof *levels.levels);
    EACH (stock, row, rows) {
        stock_level_t *level = arena_alloc (tx_arena (tx), sizeof *level);
        *level = (stock_level_t) { .base = stock_level_init };
        level->location_id = row->location_id;
        level->item_id = row->item_id;
        level->on_hand = row->on_hand;
        level->reserved = row->reserved;
        level->available = stock_available (row);
        levels.levels [levels.n_levels++] = level;
    }
    tx_answer (tx, &levels.base);
}
