/* movement.c - goods in, goods moved, goods counted: documents without a work order (K6). */
#include "inventory.h"
#include "valid.h"
#include <stdlib.h>
#include <string.h>

/* Orders may have waited for what has come. */
static void
s_arrived (tx_t *tx, const location_t *location, size_t count, part_quantity_t *const *parts)
{
    if (location->kind == LOCATION_KIND_WAREHOUSE)
        reservation_retry (tx, location->territory_id, item_ids_of (tx, count, parts), count);
}

static bool
s_serials_fit (tx_t *tx, size_t count, part_quantity_t *const *parts, bool comes_in)
{
    for (size_t i = 0; i < count; i++) {
        if (!serial_fits (tx, tx_get (tx, item, parts [i]->item_id), parts [i], comes_in))
            return false;
        for (size_t j = 0; j < i; j++)
            if (!is_empty (parts [i]->serial) && strcmp (parts [i]->serial, parts [j]->serial) == 0
                && strcmp (parts [i]->item_id, parts [j]->item_id) == 0)
                return tx_reject (tx, "serial.twice", "serial %s is listed twice", parts [i]->serial), false;
    }
    return true;
}

/* What the lines take from one place together, item by item, must be free there. */
static bool
s_is_enough (tx_t *tx, const char *location_id, size_t count, part_quantity_t *const *parts, int sign)
{
    for (size_t i = 0; i < count; i++) {
        int64_t wanted = 0;
        for (size_t j = 0; j < count; j++)
            if (sign * parts [j]->quantity > 0 && strcmp (parts [j]->item_id, parts [i]->item_id) == 0)
                wanted += sign * parts [j]->quantity;
        int64_t available = stock_available (stock_get (tx, location_id, parts [i]->item_id));
        if (wanted > available)
            return tx_reject (tx, "stock.short", "%lld of %s wanted and %lld free in %s: receive or release some first",
                (long long) wanted, parts [i]->item_id, (long long) available, location_id), false;
    }
    return true;
}

/* ---- from a supplier */

static bool
s_receipt_valid (tx_t *tx, const receive_stock_t *command)
{
    return valid_int (tx, "unit_cost_minor", command->unit_cost_minor, 0, INT64_C (1000000000000))
        && (!command->unit_cost_minor || valid_currency (tx, "currency", command->currency))
        && item_parts_valid (tx, command->n_parts, command->parts, 1)
        && s_serials_fit (tx, command->n_parts, command->parts, true);
}

void
on_receive_stock (tx_t *tx, const receive_stock_t *command)
{
    if (!valid_id (tx, "document_id", command->document_id) || document_seen (tx, command->document_id, &command->base))
        return;
    location_t *to = location_of_stock (tx, "location_id", command->location_id);
    if (!to || !s_receipt_valid (tx, command))
        return;
    document_keep (tx, command->document_id, &command->base);
    for (size_t i = 0; i < command->n_parts; i++) {
        stock_carry (tx, &(movement_t) { .item_id = command->parts [i]->item_id, .from_location_id = SUPPLIER,
            .to_location_id = to->id, .quantity = command->parts [i]->quantity, .serial = command->parts [i]->serial,
            .document_id = command->document_id });
        item_bought (tx, command->parts [i]->item_id, command->unit_cost_minor, command->currency);
    }
    s_arrived (tx, to, command->n_parts, command->parts);
}

/* ---- from one place to another */

void
on_transfer_stock (tx_t *tx, const transfer_stock_t *command)
{
    if (!valid_id (tx, "document_id", command->document_id) || document_seen (tx, command->document_id, &command->base))
        return;
    location_t *from = location_of_stock (tx, "from_location_id", command->from_location_id);
    location_t *to = from ? location_of_stock (tx, "to_location_id", command->to_location_id) : NULL;
    if (!to || !valid_text (tx, "reason", command->reason, 1, 500)
        || !item_parts_valid (tx, command->n_parts, command->parts, 1))
        return;
    if (from == to)
        return tx_reject (tx, "transfer.same_place", "from and to are both %s: name two places", to->id);
    if (!s_serials_fit (tx, command->n_parts, command->parts, false)
        || !s_is_enough (tx, from->id, command->n_parts, command->parts, 1))
        return;
    document_keep (tx, command->document_id, &command->base);
    for (size_t i = 0; i < command->n_parts; i++)
        stock_carry (tx, &(movement_t) { .item_id = command->parts [i]->item_id, .from_location_id = from->id,
            .to_location_id = to->id, .quantity = command->parts [i]->quantity, .serial = command->parts [i]->serial,
            .document_id = command->document_id, .reason = command->reason });
    s_arrived (tx, to, command->n_parts, command->parts);
}

/* ---- counted */

static bool
s_count_serials_fit (tx_t *tx, const adjust_stock_t *command)
{
    for (size_t i = 0; i < command->n_parts; i++)
        if (!s_serials_fit (tx, 1, &command->parts [i], command->parts [i]->quantity > 0))
            return false;
    return true;
}

void
on_adjust_stock (tx_t *tx, const adjust_stock_t *command)
{
    if (!valid_id (tx, "document_id", command->document_id) || document_seen (tx, command->document_id, &command->base))
        return;
    location_t *place = location_of_stock (tx, "location_id", command->location_id);
    if (!place || !valid_text (tx, "reason", command->reason, 1, 500)
        || !item_parts_valid (tx, command->n_parts, command->parts, -1000000000)
        || !s_count_serials_fit (tx, command) || !s_is_enough (tx, place->id, command->n_parts, command->parts, -1))
        return;
    document_keep (tx, command->document_id, &command->base);
    for (size_t i = 0; i < command->n_parts; i++) {
        bool is_found = command->parts [i]->quantity > 0;
        stock_carry (tx, &(movement_t) { .item_id = command->parts [i]->item_id, .from_location_id = is_found
            ? ADJUSTMENT : place->id,
            .to_location_id = is_found ? place->id : ADJUSTMENT, .quantity = llabs (command->parts [i]->quantity),
            .serial = command->parts [i]->serial, .document_id = command->document_id, .reason = command->reason });
    }
    s_arrived (tx, place, command->n_parts, command->parts);
}
