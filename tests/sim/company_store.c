/* company_store - the warehouse: what runs out is bought and comes a day later, what was issued and not used comes
 * back; and the depot, where customers' units are repaired. */
#include "company.h"
#include <string.h>

static char *
s_warehouse_of (sim_t *sim, int country)
{
    return company_text (sim, "wh-%s", company_countries [country].code);
}

static char *
s_document (sim_t *sim, const char *what)
{
    static const char letters [] = "abcdefghijklmnopqrstuvwxyz";
    char name [13] = { 0 };
    for (int i = 0; i < 12; i++)
        name [i] = letters [company_pick (sim, 26)];
    return company_text (sim, "%s-%s", what, name);
}

int
company_some_parts (sim_t *sim, part_quantity_t *ret_parts [3], int max_quantity)
{
    int count = company_often (sim, 45) ? 1 + company_pick (sim, 3) : 0, first = company_pick (sim, ITEMS);
    for (int i = 0; i < count; i++) {
        ret_parts [i] = arena_alloc (sim_arena (sim), sizeof **ret_parts);
        *ret_parts [i] = (part_quantity_t) { .base = part_quantity_init, .serial = "",
            .item_id = (char *) company_items [(first + i * 3) % ITEMS],
            .quantity = 1 + company_pick (sim, max_quantity) };
    }
    return count;
}

/* ---- goods in */

typedef struct { int country; char *item_id; int64_t quantity; char *document_id; } delivery_t;

static void
s_receive (sim_t *sim, void *about)
{
    delivery_t *delivery = about;
    part_quantity_t part = { .base = part_quantity_init, .item_id = delivery->item_id, .serial = "",
        .quantity = delivery->quantity };
    part_quantity_t *parts [] = { &part };
    for (int i = 0; i < 1 + company_often (sim, 8); i++)    /* some delivery notes are typed in twice */
        company_send (sim, "operator:store", 0, receive_stock (.document_id = delivery->document_id,
            .location_id = s_warehouse_of (sim, delivery->country), .n_parts = 1, .parts = parts,
            .unit_cost_minor = 700 + 13 * company_pick (sim, 40), .currency = "EUR"), NULL, NULL);
}

static void
s_buy (sim_t *sim, int country, const char *item_id, int64_t quantity)
{
    delivery_t *delivery = arena_alloc (sim_arena (sim), sizeof *delivery);
    *delivery = (delivery_t) { country, arena_strdup (sim_arena (sim), item_id), quantity, s_document (sim, "in") };
    company_later (sim, HOURS (3), HOURS (40), s_receive, delivery);
}

/* ---- what was issued and not used */

static void
s_take_back (sim_t *sim, void *about)
{
    order_t *order = about;
    part_quantity_t parts [6], *list [6];
    size_t count = 0;
    for (int i = 0; i < order->part_count; i++)
        if (order->parts [i].out > 0) {
            parts [count] = (part_quantity_t) { .base = part_quantity_init, .serial = "",
                .item_id = order->parts [i].item_id, .quantity = order->parts [i].out };
            list [count] = &parts [count];
            count++;
            order->parts [i].out = 0;
        }
    if (count)
        company_send (sim, "operator:store", 0, return_parts (.document_id = s_document (sim, "back"),
            .work_order_id = order->id, .to_location_id = s_warehouse_of (sim, order->country), .n_parts = count,
            .parts = list), NULL, NULL);
}

static void
s_order_is_over (sim_t *sim, const char *work_order_id)
{
    order_t *order = company_order (work_order_id);
    if (!order)
        return;
    order->is_over = true;
    company_later (sim, HOURS (1), HOURS (20), s_take_back, order);
}

static void
s_issued (const parts_issued_t *issued)
{
    order_t *order = company_order (issued->work_order_id);
    for (size_t i = 0; order && i < issued->n_parts; i++)
        for (int p = 0; p < order->part_count; p++)
            if (strcmp (order->parts [p].item_id, issued->parts [i]->item_id) == 0)
                order->parts [p].out += issued->parts [i]->quantity;
}

/* ---- depot */

typedef struct { char *id; depot_outcome_t outcome; } unit_t;

static void
s_ship (sim_t *sim, void *about)
{
    unit_t *unit = about;
    company_send (sim, "operator:depot", 0, ship_depot_unit (.depot_repair_id = unit->id, .carrier = "by train",
        .tracking_number = "1Z"), NULL, NULL);
}

static void
s_complete (sim_t *sim, void *about)
{
    unit_t *unit = about;
    company_send (sim, "operator:depot", 0, complete_depot_repair (.depot_repair_id = unit->id,
        .outcome = unit->outcome, .replacement_serial = unit->outcome == DEPOT_OUTCOME_REPLACED ? "SN-NEW" : "",
        .note = "", .completed_at = company_often (sim, 30) ? sim_now (sim) - HOURS (4) : 0), NULL, NULL);
    if (unit->outcome == DEPOT_OUTCOME_REPAIRED || company_often (sim, 20))
        company_later (sim, HOURS (1), HOURS (30), s_ship, unit);
}

static void
s_unit_comes (sim_t *sim, void *about)
{
    request_t *request = company_some_request (sim, REQUEST_OPEN);
    unit_t *unit = arena_alloc (sim_arena (sim), sizeof *unit);
    (void) about;
    if (!request || is_empty (request->asset_id))
        return;
    *unit = (unit_t) { s_document (sim, "unit"), (depot_outcome_t) (1 + company_pick (sim, 4)) };
    company_send (sim, "operator:depot", 0, receive_depot_unit (.depot_repair_id = unit->id,
        .request_id = request->id, .customer_id = request->customer_id, .asset_id = request->asset_id,
        .location_id = s_warehouse_of (sim, request->country), .fault = "dead"), NULL, NULL);
    company_later (sim, DAYS (1), DAYS (8), s_complete, unit);
}

/* ---- a day */

static void
s_count_and_move (sim_t *sim, void *about)
{
    int country = company_pick (sim, COUNTRIES);
    part_quantity_t part = { .base = part_quantity_init, .serial = "", .quantity = 1,
        .item_id = (char *) company_items [company_pick (sim, ITEMS)] };
    part_quantity_t *parts [] = { &part };
    char *warehouse = s_warehouse_of (sim, country);
    (void) about;
    company_send (sim, "operator:store", 0, transfer_stock (.document_id = s_document (sim, "move"),
        .from_location_id = warehouse, .reason = "for emergencies", .n_parts = 1, .parts = parts,
        .to_location_id = company_text (sim, "van-%s", company_name (sim, country, 'e', 1 + company_pick (sim, 6)))),
        NULL, NULL);
    part.quantity = company_often (sim, 50) ? 1 : -1;
    company_send (sim, "operator:store", 0, adjust_stock (.document_id = s_document (sim, "count"),
        .location_id = warehouse, .n_parts = 1, .parts = parts, .reason = "counted"), NULL, NULL);
}

void
company_store_day (sim_t *sim, int64_t day_at)
{
    if (company_often (sim, 60))
        sim_at (sim, day_at + sim_between (sim, 0, DAYS (1) - 1), s_count_and_move, NULL);
    if (company_often (sim, 50))
        sim_at (sim, day_at + sim_between (sim, 0, DAYS (1) - 1), s_unit_comes, NULL);
}

void
company_store_heard (sim_t *sim, const bus_event_t *event, const ProtobufCMessage *body)
{
    (void) event;
    if (COMPANY_IS (body, work_order_created))
        company_order_add (sim, (const work_order_created_t *) body);
    else if (COMPANY_IS (body, parts_issued))
        s_issued ((const parts_issued_t *) body);
    else if (COMPANY_IS (body, work_order_completed))
        s_order_is_over (sim, ((const work_order_completed_t *) body)->work_order_id);
    else if (COMPANY_IS (body, work_order_cancelled))
        s_order_is_over (sim, ((const work_order_cancelled_t *) body)->work_order_id);
    else if (COMPANY_IS (body, stock_low)) {
        const stock_low_t *low = (const stock_low_t *) body;
        for (int i = 0; i < COUNTRIES; i++)     /* "wh-bj" */
            if (strcmp (low->location_id + 3, company_countries [i].code) == 0)
                s_buy (sim, i, low->item_id, 3 + company_pick (sim, 6));
    } else if (COMPANY_IS (body, reservation_short)) {
        const reservation_short_t *missing = (const reservation_short_t *) body;
        const order_t *order = company_order (missing->work_order_id);
        for (size_t i = 0; order && i < missing->n_shortages && company_often (sim, 90); i++)
            s_buy (sim, order->country, missing->shortages [i]->item_id, missing->shortages [i]->needed + 1);
    }
}
