/* location.c - where stock can be. */
#include "inventory.h"
#include "valid.h"
#include <string.h>

bool
location_is_source (int kind)
{
    return kind == LOCATION_KIND_SUPPLIER || kind == LOCATION_KIND_ADJUSTMENT;
}

static int
s_kind_built_in (const char *id)
{
    return strcmp (id, SUPPLIER) == 0 ? LOCATION_KIND_SUPPLIER
        : strcmp (id, CONSUMED) == 0 ? LOCATION_KIND_CONSUMED
        : strcmp (id, ADJUSTMENT) == 0 ? LOCATION_KIND_ADJUSTMENT : LOCATION_KIND_UNSPECIFIED;
}

location_t *
location_find (tx_t *tx, const char *id)
{
    location_t *location = tx_get (tx, location, id);
    if (location || is_empty (id) || !s_kind_built_in (id))
        return location;
    return tx_put (tx, location, { .id = (char *) id, .kind = s_kind_built_in (id) });
}

location_t *
location_of_stock (tx_t *tx, const char *field, const char *id)
{
    if (!valid_id (tx, field, id))
        return NULL;
    location_t *location = tx_get (tx, location, id);
    if (!location && !s_kind_built_in (id))
        return tx_reject (tx, "location.unknown", "no location %s: register it first", id), NULL;
    int kind = location ? location->kind : s_kind_built_in (id);
    if (kind == LOCATION_KIND_WAREHOUSE || kind == LOCATION_KIND_VAN || kind == LOCATION_KIND_CUSTOMER)
        return location;
    tx_reject (tx, "location.not_stock", "%s is %s: name a warehouse, van or customer", id,
        enum_name (&location_kind_descriptor, kind));
    return NULL;
}

static bool
s_valid (tx_t *tx, const register_location_t *command)
{
    const location_details_t *details = command->details;
    if (!valid_id (tx, "location_id", command->location_id))
        return false;
    if (!details)
        return tx_reject (tx, "details.missing", "location %s has no details: send name and kind",
            command->location_id), false;
    int built_in = s_kind_built_in (command->location_id);
    if (built_in && built_in != (int) details->kind)
        return tx_reject (tx, "location.built_in", "%s is always %s: choose another id", command->location_id,
            enum_name (&location_kind_descriptor, built_in)), false;
    return valid_text (tx, "name", details->name, 1, 200) && valid_enum (tx, "kind", &location_kind_descriptor,
        (int) details->kind)
        && valid_optional_id (tx, "territory_id", details->territory_id)
        && valid_optional_id (tx, "engineer_id", details->engineer_id) && valid_point (tx, "point", details->point);
}

/* Stock moves with its warehouse into another territory, where orders may be waiting for it. */
static void
s_move_territory (tx_t *tx, location_t *location, const char *territory_id, list_t rows)
{
    location->territory_id = (char *) territory_id;
    if (location->kind != LOCATION_KIND_WAREHOUSE)
        return;
    const char **items = arena_array (tx_arena (tx), (size_t) rows.count + 1, sizeof *items);
    size_t count = 0;
    EACH (stock, row, rows) {
        row->territory_item = tx_printf (tx, "%s/%s", territory_id, row->item_id);
        items [count++] = row->item_id;
    }
    reservation_retry (tx, territory_id, items, count);
}

void
on_register_location (tx_t *tx, const register_location_t *command)
{
    if (!s_valid (tx, command))
        return;
    location_details_t *details = command->details;
    location_t *location = tx_need (tx, location, command->location_id);
    if (location->version && location->kind != (int) details->kind)
        return tx_reject (tx, "location.kind_fixed",
            "%s is %s and stays so, its journal would not balance: register a new location",
            location->id, enum_name (&location_kind_descriptor, location->kind));
    blob_t packed = tx_pack (tx, &details->base);
    tx_accept (tx, location->id);
    if (location->version && packed.size == location->details.size
        && memcmp (packed.data, location->details.data, packed.size) == 0)
        return;
    bool has_moved = location->version && strcmp (location->territory_id, details->territory_id) != 0;
    list_t rows = has_moved ? tx_find (tx, stock, location_id, location->id) : (list_t) { 0 };
    location->version++;
    location->kind = (int) details->kind;
    location->engineer_id = details->engineer_id;
    location->details = packed;
    tx_emit (tx, location_published (.location_id = location->id, .details = details, .version = location->version));
    if (has_moved)
        s_move_territory (tx, location, details->territory_id, rows);
    location->territory_id = details->territory_id;
}
