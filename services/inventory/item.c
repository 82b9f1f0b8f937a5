/* item.c - what can be in stock. */
#include "inventory.h"
#include "valid.h"
#include <string.h>

static void
s_publish (tx_t *tx, const item_t *item, item_details_t *details)
{
    tx_emit (tx, item_published (.item_id = item->id, .details = details, .version = item->version));
}

static bool
s_valid (tx_t *tx, const register_item_t *command)
{
    const item_details_t *details = command->details;
    if (!valid_id (tx, "item_id", command->item_id))
        return false;
    if (!details)
        return tx_reject (tx, "details.missing", "item %s has no details: send name and unit", command->item_id), false;
    for (size_t i = 0; i < details->n_substitutes; i++)
        if (!valid_id (tx, "substitutes", details->substitutes [i]))
            return false;
    return valid_text (tx, "name", details->name, 1, 200) && valid_text (tx, "unit", details->unit, 0, 20)
        && valid_text (tx, "price_group", details->price_group, 0, 64)
        && valid_int (tx, "cost_minor", details->cost_minor, 0, INT64_C (1000000000000))
        && valid_int (tx, "min_quantity", details->min_quantity, 0, 1000000000)
        && ((is_empty (details->currency) && !details->cost_minor)
            || valid_currency (tx, "currency", details->currency));
}

static void
s_take (tx_t *tx, item_t *item, const item_details_t *details)
{
    item->version++;
    item->serialised = details->serialised;
    item->cost_minor = details->cost_minor;
    item->currency = details->currency;
    item->min_quantity = details->min_quantity;
    item->details = tx_pack (tx, &details->base);
}

static bool
s_is_same (tx_t *tx, const item_t *item, const item_details_t *details)
{
    blob_t packed = tx_pack (tx, &details->base);
    return packed.size == item->details.size && memcmp (packed.data, item->details.data, packed.size) == 0;
}

void
on_register_item (tx_t *tx, const register_item_t *command)
{
    if (!s_valid (tx, command))
        return;
    item_t *item = tx_need (tx, item, command->item_id);
    tx_accept (tx, item->id);
    if (item->version && s_is_same (tx, item, command->details))
        return;
    list_t rows = tx_find (tx, stock, item_id, item->id);
    s_take (tx, item, command->details);
    s_publish (tx, item, command->details);
    EACH (stock, row, rows)         /* the minimum may be another one now */
        stock_watch (tx, row);
    reservation_retry_item (tx, item->id);
}

/* The last price paid is what a part costs the company. */
void
item_bought (tx_t *tx, const char *item_id, int64_t unit_cost_minor, const char *currency)
{
    item_t *item = tx_get (tx, item, item_id);
    if (!item || !unit_cost_minor || (item->cost_minor == unit_cost_minor && strcmp (item->currency, currency) == 0))
        return;
    item_details_t *details = tx_unpack (tx, item_details, item->details);
    details->cost_minor = unit_cost_minor;
    details->currency = (char *) currency;
    s_take (tx, item, details);
    s_publish (tx, item, details);
}

const char *const *
item_ids_of (tx_t *tx, size_t count, part_quantity_t *const *parts)
{
    const char **ids = arena_array (tx_arena (tx), count + 1, sizeof *ids);
    for (size_t i = 0; i < count; i++)
        ids [i] = parts [i]->item_id;
    return ids;
}

bool
item_parts_valid (tx_t *tx, size_t count, part_quantity_t *const *parts, int64_t min_quantity)
{
    if (!count)
        return tx_reject (tx, "parts.missing", "no parts: name at least one item with its quantity"), false;
    for (size_t i = 0; i < count; i++) {
        if (!valid_id (tx, "item_id", parts [i]->item_id)
            || !valid_int (tx, "quantity", parts [i]->quantity, min_quantity, 1000000000)
            || !valid_text (tx, "serial", parts [i]->serial, 0, 100))
            return false;
        if (parts [i]->quantity == 0)
            return tx_reject (tx, "quantity.invalid", "quantity of %s is 0: leave the line out",
                parts [i]->item_id), false;
        if (!tx_get (tx, item, parts [i]->item_id))
            return tx_reject (tx, "item.unknown", "no item %s: register it first", parts [i]->item_id), false;
    }
    return true;
}
