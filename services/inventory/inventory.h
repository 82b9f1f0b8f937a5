/* inventory.h - what inventory remembers, and the prototypes of its rooms. */
#pragma once
#include "service.h"

/* ---- rows */

#define ITEM_FIELDS(F, T) \
    F (T, text, id) F (T, int, version) F (T, bool, serialised) F (T, int, cost_minor) F (T, text, currency) \
    F (T, int, min_quantity) F (T, blob, details)
ENTITY_STRUCT (item, ITEM_FIELDS);

#define LOCATION_FIELDS(F, T) \
    F (T, text, id) F (T, int, version) F (T, enum, kind) F (T, text, territory_id) F (T, text, engineer_id) \
    F (T, blob, details)
ENTITY_STRUCT (location, LOCATION_FIELDS);

/* One item in one place. territory_item is "<territory>/<item>" in warehouses, what an order may draw on, else "". */
#define STOCK_FIELDS(F, T) \
    F (T, text, id) F (T, text, location_id) F (T, text, item_id) F (T, enum, kind) \
    F (T, text, territory_item) F (T, int, on_hand) F (T, int, reserved) F (T, bool, low)
ENTITY_STRUCT (stock, STOCK_FIELDS);

/* The journal: what left one place and came to another. Never changed. */
#define STOCK_MOVE_FIELDS(F, T) \
    F (T, text, id) F (T, text, item_id) F (T, text, from_location_id) F (T, text, to_location_id) \
    F (T, int, quantity) F (T, text, serial) F (T, text, document_id) F (T, text, work_order_id) \
    F (T, text, asset_id) F (T, text, reason) F (T, time, moved_at)
ENTITY_STRUCT (stock_move, STOCK_MOVE_FIELDS);

#define SERIAL_UNIT_FIELDS(F, T) \
    F (T, text, id) F (T, text, item_id) F (T, text, serial) F (T, text, location_id) F (T, text, asset_id) \
    F (T, time, moved_at)
ENTITY_STRUCT (serial_unit, SERIAL_UNIT_FIELDS);

/* A document moves stock once; content tells a repetition from another document under the same number. */
#define DOCUMENT_FIELDS(F, T) F (T, text, id) F (T, text, kind) F (T, blob, content)
ENTITY_STRUCT (document, DOCUMENT_FIELDS);

/* What a work order needs and how far it is. */
#define WORK_ORDER_FIELDS(F, T) \
    F (T, text, id) F (T, text, root) F (T, text, territory_id) F (T, int, priority) F (T, time, created_at) \
    F (T, blob, needed) F (T, blob, shortage) F (T, blob, settlement) \
    F (T, bool, completed) F (T, bool, cancelled) F (T, bool, settled)
ENTITY_STRUCT (work_order, WORK_ORDER_FIELDS);

/* An item whose arrival may help an order that is short: asked for, or a substitute. Key "<order>/<item>". */
#define WANTED_PART_FIELDS(F, T) \
    F (T, text, id) F (T, text, work_order_id) F (T, text, item_id) F (T, text, territory_item)
ENTITY_STRUCT (wanted_part, WANTED_PART_FIELDS);

/* quantity = kept (still in the warehouse) + released + issued; issued = used + returned + what is in the van. */
#define RESERVATION_FIELDS(F, T) \
    F (T, text, id) F (T, text, work_order_id) F (T, text, item_id) F (T, text, asked_item_id) \
    F (T, text, location_id) F (T, text, van_location_id) F (T, int, quantity) F (T, int, kept) \
    F (T, int, released) F (T, int, issued) F (T, int, used) F (T, int, returned)
ENTITY_STRUCT (reservation, RESERVATION_FIELDS);

typedef enum { DEPOT_RECEIVED = 1, DEPOT_COMPLETED, DEPOT_SHIPPED } depot_state_t;

/* A customer's unit in the depot; open_unit names it until it has gone. */
#define DEPOT_REPAIR_FIELDS(F, T) \
    F (T, text, id) F (T, text, request_id) F (T, text, customer_id) F (T, text, asset_id) F (T, text, item_id) \
    F (T, text, serial) F (T, text, location_id) F (T, text, open_unit) F (T, enum, state) F (T, enum, outcome) \
    F (T, text, replacement_serial) F (T, time, received_at) F (T, time, completed_at) F (T, time, shipped_at)
ENTITY_STRUCT (depot_repair, DEPOT_REPAIR_FIELDS);

/* ---- places that exist without being registered */

#define SUPPLIER    "supplier"
#define CONSUMED    "consumed"
#define ADJUSTMENT  "adjustment"

/* The place, made when it is one of the three above and new; NULL: unknown. */
location_t *location_find (tx_t *tx, const char *id);
/* The same for a command: rejects what is unknown, or no warehouse, van or customer. */
location_t *location_of_stock (tx_t *tx, const char *field, const char *id);
/* True when stock there may fall below zero: the other side of receipts and counts. */
bool location_is_source (int kind);

/* ---- stock */

typedef struct {
    const char *item_id, *from_location_id, *to_location_id;
    int64_t quantity;
    const char *serial, *document_id, *work_order_id, *asset_id, *reason;
} movement_t;

/* The row of an item in a place, new and empty if there was none. */
stock_t *stock_need (tx_t *tx, const char *location_id, const char *item_id);
/* The row, or NULL. */
stock_t *stock_get (tx_t *tx, const char *location_id, const char *item_id);
int64_t stock_available (const stock_t *self);
/* Writes one line of the journal, carries the quantity over, says StockMoved; returns the move's id. The caller has
 * seen to it that there is enough; where there is not, the message fails. */
char *stock_carry (tx_t *tx, const movement_t *movement);
/* Says StockLow when the row has just fallen below the item's minimum. To be called after each change. */
void stock_watch (tx_t *tx, stock_t *self);
void on_get_stock (tx_t *tx, const get_stock_t *query);

/* ---- serials */

/* The unit of that item has gone there. */
void serial_move (tx_t *tx, const movement_t *movement);
/* For commands: rejects serials that do not fit the item or the movement. */
bool serial_fits (tx_t *tx, const item_t *item, const part_quantity_t *part, bool comes_in);
void on_trace_serial (tx_t *tx, const trace_serial_t *query);

/* ---- documents */

/* True when this document has been answered: it is a repetition, or its number belongs to another one. */
bool document_seen (tx_t *tx, const char *id, const ProtobufCMessage *command);
void document_keep (tx_t *tx, const char *id, const ProtobufCMessage *command);

/* ---- items */

/* The ids of the items of parts, in the turn's memory. */
const char *const *item_ids_of (tx_t *tx, size_t count, part_quantity_t *const *parts);
/* For commands: the items of all parts are known and the quantities make sense; else rejects. */
bool item_parts_valid (tx_t *tx, size_t count, part_quantity_t *const *parts, int64_t min_quantity);
void on_register_item (tx_t *tx, const register_item_t *command);
void item_bought (tx_t *tx, const char *item_id, int64_t unit_cost_minor, const char *currency);
void on_register_location (tx_t *tx, const register_location_t *command);

/* ---- movements without an order (K6) */

void on_receive_stock (tx_t *tx, const receive_stock_t *command);
void on_transfer_stock (tx_t *tx, const transfer_stock_t *command);
void on_adjust_stock (tx_t *tx, const adjust_stock_t *command);

/* ---- reservations (K8) */

/* Keeps everything the order needs or nothing, and says which. */
void reservation_try (tx_t *tx, work_order_t *order);
/* Tries the orders of the territory that wait for one of these items, best priority first, then oldest. */
void reservation_retry (tx_t *tx, const char *territory_id, const char *const *item_ids, size_t count);
/* The substitutes of an item are others now: tries the orders that wait for it. */
void reservation_retry_item (tx_t *tx, const char *item_id);
/* Gives back what is still kept in warehouses for the order. */
void reservation_release (tx_t *tx, work_order_t *order, const char *reason);
/* Pieces in the van for this line. */
int64_t reservation_in_van (const reservation_t *self);

/* ---- work orders */

void on_work_order_created (tx_t *tx, const work_order_created_t *ev);
void on_work_order_completed (tx_t *tx, const work_order_completed_t *ev);
void on_work_order_cancelled (tx_t *tx, const work_order_cancelled_t *ev);
/* Says PartsSettled once the finished order has nothing in a van any more. */
void work_order_settle (tx_t *tx, work_order_t *order);
/* From here on in this handler the story is the order's; returns the story before. */
char *work_order_story (tx_t *tx, const work_order_t *order);

/* ---- parts of an order (K4, K5) */

void on_issue_parts (tx_t *tx, const issue_parts_t *command);
void on_return_parts (tx_t *tx, const return_parts_t *command);
void on_parts_declared_used (tx_t *tx, const parts_declared_used_t *ev);

/* ---- depot (C19) */

void on_receive_depot_unit (tx_t *tx, const receive_depot_unit_t *command);
void on_complete_depot_repair (tx_t *tx, const complete_depot_repair_t *command);
void on_ship_depot_unit (tx_t *tx, const ship_depot_unit_t *command);
