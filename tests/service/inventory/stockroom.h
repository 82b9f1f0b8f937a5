/* stockroom.h - warehouses, vans and some items, for the tests of inventory. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "inventory.h"
#include "testing.h"

#define PART(item, count) &(part_quantity_t) { .base = part_quantity_init, .item_id = item, .quantity = count }
#define UNIT(item, number, count) &(part_quantity_t) { .base = part_quantity_init, .item_id = item, \
    .serial = number, .quantity = count }
#define PARTS(...) .n_parts = sizeof ((part_quantity_t *[]) { __VA_ARGS__ }) / sizeof (part_quantity_t *), \
    .parts = (part_quantity_t *[]) { __VA_ARGS__ }

static inline void
stockroom_item (tx_t *tx, const char *id, bool serialised, const char *substitute, int64_t min_quantity)
{
    item_details_t details = { .base = item_details_init, .name = "part", .unit = "piece", .serialised = serialised,
        .cost_minor = 1000, .currency = "EUR", .min_quantity = min_quantity,
        .n_substitutes = substitute ? 1 : 0, .substitutes = (char *[]) { (char *) substitute } };
    run (tx, register_item (.item_id = (char *) id, .details = &details));
    assert_accepted (tx);
}

static inline void
stockroom_place (tx_t *tx, const char *id, int kind, const char *territory_id)
{
    location_details_t details = { .base = location_details_init, .name = "place", .kind = (location_kind_t) kind,
        .territory_id = (char *) territory_id };
    run (tx, register_location (.location_id = (char *) id, .details = &details));
    assert_accepted (tx);
}

static inline int
stockroom_open (void **state)
{
    tx_t *tx = tx_fake (&fettle_service);
    stockroom_item (tx, "pump", false, NULL, 0);
    stockroom_item (tx, "seal", false, "seal-new", 0);
    stockroom_item (tx, "seal-new", false, NULL, 0);
    stockroom_item (tx, "board", true, NULL, 0);
    stockroom_item (tx, "filter", false, NULL, 5);
    stockroom_place (tx, "milano", LOCATION_KIND_WAREHOUSE, "it-north");
    stockroom_place (tx, "torino", LOCATION_KIND_WAREHOUSE, "it-north");
    stockroom_place (tx, "roma", LOCATION_KIND_WAREHOUSE, "it-centre");
    stockroom_place (tx, "van-li", LOCATION_KIND_VAN, "it-north");
    stockroom_place (tx, "van-wu", LOCATION_KIND_VAN, "it-north");
    *state = tx;
    return 0;
}

static inline int
stockroom_close (void **state)
{
    tx_t *tx = *state;
    tx_fake_destroy (&tx);
    return 0;
}

static inline void
stockroom_receive (tx_t *tx, const char *document_id, const char *location_id, const char *item_id, int64_t quantity)
{
    run (tx, receive_stock (.document_id = (char *) document_id, .location_id = (char *) location_id,
        PARTS (PART ((char *) item_id, quantity))));
    assert_accepted (tx);
}

/* Priority 10; created_at as given, the younger the later. */
#define ORDER(id, at, ...) \
    run (tx, work_order_created (.work_order_id = id, .territory_id = "it-north", .priority = 10, \
    .created_at = at, PARTS (__VA_ARGS__)))

static inline int64_t
stockroom_on_hand (tx_t *tx, const char *location_id, const char *item_id)
{
    char key [160];
    snprintf (key, sizeof key, "%s/%s", location_id, item_id);
    const stock_t *row = stored (tx, stock, key);
    return row ? row->on_hand : 0;
}

static inline int64_t
stockroom_reserved (tx_t *tx, const char *location_id, const char *item_id)
{
    char key [160];
    snprintf (key, sizeof key, "%s/%s", location_id, item_id);
    const stock_t *row = stored (tx, stock, key);
    return row ? row->reserved : 0;
}
