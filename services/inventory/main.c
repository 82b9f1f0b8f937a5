/* inventory - knows every part, where it is, and for which order it is kept.
 * in:  items, places, goods in and out, counts; work orders, parts used     out: the journal, reservations, shortages
 * remembers: items, locations, stock, journal, reservations, depot repairs  rebuilds: nothing */
#include "inventory.h"

ENTITY_TABLE (item, ITEM_FIELDS);
ENTITY_TABLE (location, LOCATION_FIELDS);
ENTITY_TABLE (stock, STOCK_FIELDS, "location_id", "item_id", "territory_item");
ENTITY_TABLE (stock_move, STOCK_MOVE_FIELDS, "serial");
ENTITY_TABLE (serial_unit, SERIAL_UNIT_FIELDS, "serial");
ENTITY_TABLE (document, DOCUMENT_FIELDS);
ENTITY_TABLE (work_order, WORK_ORDER_FIELDS);
ENTITY_TABLE (wanted_part, WANTED_PART_FIELDS, "work_order_id", "item_id", "territory_item");
ENTITY_TABLE (reservation, RESERVATION_FIELDS, "work_order_id");

static const handler_t handlers [] = {
    COMMAND (register_item,       on_register_item),
    COMMAND (register_location,   on_register_location),
    COMMAND (receive_stock,       on_receive_stock),
    COMMAND (transfer_stock,      on_transfer_stock),
    COMMAND (adjust_stock,        on_adjust_stock),
    COMMAND (issue_parts,         on_issue_parts),
    COMMAND (return_parts,        on_return_parts),
    COMMAND (receive_depot_unit,  on_receive_depot_unit),
    COMMAND (complete_depot_repair, on_complete_depot_repair),
    COMMAND (ship_depot_unit,     on_ship_depot_unit),
    EVENT   (dispatcher, work_order_created,   on_work_order_created),
    EVENT   (dispatcher, parts_declared_used,  on_parts_declared_used),
    EVENT   (dispatcher, work_order_completed, on_work_order_completed),
    EVENT   (dispatcher, work_order_cancelled, on_work_order_cancelled),
    QUERY   (get_stock,           on_get_stock),
    QUERY   (trace_serial,        on_trace_serial),
    { 0 }
};

static const entity_t *const entities [] = {
    &item_entity, &location_entity, &stock_entity, &stock_move_entity, &serial_unit_entity, &document_entity,
    &work_order_entity, &wanted_part_entity, &reservation_entity,
    &depot_repair_entity, NULL
};

SERVICE (inventory, "inventory", handlers, entities);
