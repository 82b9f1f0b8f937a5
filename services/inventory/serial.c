/* serial.c - single units with a number of their own: where each is, and where it has been (K11). */
#include "inventory.h"
#include <stdlib.h>

static char *
s_key (tx_t *tx, const char *item_id, const char *serial)
{
    return tx_printf (tx, "%s/%s", item_id, serial);
}

void
serial_move (tx_t *tx, const movement_t *movement)
{
    if (is_empty (movement->serial))
        return;
    serial_unit_t *unit = tx_need (tx, serial_unit, s_key (tx, movement->item_id, movement->serial));
    unit->item_id = (char *) movement->item_id;
    unit->serial = (char *) movement->serial;
    unit->location_id = (char *) movement->to_location_id;
    unit->asset_id = (char *) movement->asset_id;
    unit->moved_at = tx_time (tx);
}

static bool
s_is_gone (tx_t *tx, const serial_unit_t *unit)
{
    location_t *location = unit ? location_find (tx, unit->location_id) : NULL;
    return !location || location_is_source (location->kind) || location->kind == LOCATION_KIND_CONSUMED;
}

bool
serial_fits (tx_t *tx, const item_t *item, const part_quantity_t *part, bool comes_in)
{
    if (!item->serialised && is_empty (part->serial))
        return true;
    if (is_empty (part->serial))
        return tx_reject (tx, "serial.missing",
            "item %s is serialised: send one line of quantity 1 for each serial", item->id), false;
    if (llabs (part->quantity) != 1)
        return tx_reject (tx, "serial.quantity",
            "serial %s with quantity %lld: a serial is one piece, send a line for each",
            part->serial, (long long) part->quantity), false;
    serial_unit_t *unit = tx_get (tx, serial_unit, s_key (tx, item->id, part->serial));
    bool is_gone = s_is_gone (tx, unit);
    if (comes_in && !is_gone)
        return tx_reject (tx, "serial.in_stock", "serial %s of %s is in %s already", part->serial, item->id,
            unit->location_id), false;
    if (!comes_in && is_gone)
        return tx_reject (tx, "serial.not_in_stock", "serial %s of %s is %s%s: check the number", part->serial,
            item->id,
            unit ? "gone to " : "unknown", unit ? unit->location_id : ""), false;
    return true;
}

/* ---- the trace */

static int
s_oldest_first (const void *left, const void *right)
{
    const stock_moved_t *a = *(stock_moved_t *const *) left, *b = *(stock_moved_t *const *) right;
    return a->moved_at < b->moved_at ? -1 : a->moved_at > b->moved_at;
}

static stock_moved_t *
s_step (tx_t *tx, const stock_move_t *move)
{
    stock_moved_t *step = arena_alloc (tx_arena (tx), sizeof *step);
    *step = (stock_moved_t) { .base = stock_moved_init };
    step->move_id = move->id;
    step->item_id = move->item_id;
    step->from_location_id = move->from_location_id;
    step->to_location_id = move->to_location_id;
    step->quantity = move->quantity;
    step->serial = move->serial;
    step->document_id = move->document_id;
    step->work_order_id = move->work_order_id;
    step->moved_at = move->moved_at;
    return step;
}

/* Makers number as they like: of units of several items with the same serial the one that moved last is meant. */
static serial_unit_t *
s_latest (list_t units)
{
    serial_unit_t *latest = NULL;
    EACH (serial_unit, unit, units)
        if (!latest || unit->moved_at > latest->moved_at)
            latest = unit;
    return latest;
}

void
on_trace_serial (tx_t *tx, const trace_serial_t *query)
{
    list_t units = tx_find (tx, serial_unit, serial, query->serial);
    list_t moves = tx_find (tx, stock_move, serial, query->serial);
    serial_unit_t *unit = s_latest (units);
    if (!unit)
        return tx_reject (tx, "serial.unknown", "no unit with serial %s has ever moved: check the number",
            query->serial);
    serial_trace_t trace = { .base = serial_trace_init };
    trace.serial = unit->serial;
    trace.item_id = unit->item_id;
    trace.location_id = unit->location_id;
    trace.installed_in_asset_id = unit->asset_id;
    trace.moves = arena_array (tx_arena (tx), (size_t) moves.count + 1, sizeof *trace.moves);
    EACH (stock_move, move, moves)
        trace.moves [trace.n_moves++] = s_step (tx, move);
    qsort (trace.moves, trace.n_moves, sizeof *trace.moves,
        s_oldest_first);    /* ids are in order of time: ties stay so */
    tx_answer (tx, &trace.base);
}
