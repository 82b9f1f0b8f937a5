/* office.h - one territory, customer, site, press and price list, for the tests of billing. Amounts are cents. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "billing.h"
#include "testing.h"

#define HOUR_MS     INT64_C (3600000)
#define MONDAY_AT   INT64_C (1780905600000)     /* 2026-06-08T08:00Z, 10:00 in Rome */
#define DAY_MS      (24 * HOUR_MS)

static inline void
office_calendar (tx_t *tx)
{
    weekly_interval_t days [5], *weekly [5];
    for (int i = 0; i < 5; i++) {
        days [i] = (weekly_interval_t) { .base = weekly_interval_init, .weekday = i + 1, .start = "08:00",
            .end = "18:00" };
        weekly [i] = &days [i];
    }
    calendar_details_t details = { .base = calendar_details_init, .name = "Italy", .time_zone = "Europe/Rome",
        .n_weekly = 5, .weekly = weekly };
    run (tx, calendar_published (.calendar_id = "it", .details = &details, .version = 1));
}

#define PRICE(kind_, band_, item, price) \
    &(price_spec_t) { .base = price_spec_init, .kind = kind_, .band = band_, .item_id = item, .price_minor = price }

static inline void
office_prices (tx_t *tx, const char *id, int64_t hour_minor)
{
    price_spec_t *prices [] = {
        PRICE (COST_KIND_CALL_OUT, LABOUR_BAND_NORMAL, "", 5000),
            PRICE (COST_KIND_CALL_OUT, LABOUR_BAND_NIGHT, "", 9000),
        PRICE (COST_KIND_TRAVEL_KM, 0, "", 70), PRICE (COST_KIND_TRAVEL_TIME, 0, "", 4000),
        PRICE (COST_KIND_LABOUR, LABOUR_BAND_NORMAL, "", hour_minor),
        PRICE (COST_KIND_LABOUR, LABOUR_BAND_OVERTIME, "", 9000),
        PRICE (COST_KIND_LABOUR, LABOUR_BAND_NIGHT, "", 10000),
        PRICE (COST_KIND_LABOUR, LABOUR_BAND_HOLIDAY, "", 12000),
        PRICE (COST_KIND_PART, 0, "pump", 25000),
    };
    price_list_details_t details = { .base = price_list_details_init, .territory_id = "north", .currency = "EUR",
        .n_prices = sizeof prices / sizeof *prices, .prices = prices, .part_markup_percent = 40,
        .invoice_series = "IT" };
    run (tx, publish_price_list (.price_list_id = (char *) id, .details = &details));
    assert_accepted (tx);
}

static inline void
office_asset (tx_t *tx, const char *id, int64_t warranty_until_at)
{
    asset_details_t details = { .base = asset_details_init, .customer_id = "rossi", .site_id = "milan",
        .device_type = "press",
        .warranty_from_at = warranty_until_at ? MONDAY_AT - 365 * DAY_MS : 0, .warranty_until_at = warranty_until_at };
    run (tx, asset_published (.asset_id = (char *) id, .details = &details, .version = 1));
}

/* Everything but the calendar and the prices. */
static inline tx_t *
office_bare (void)
{
    tx_t *tx = tx_fake (&fettle_service);
    run (tx, territory_published (.territory_id = "north",
        .details = &(territory_details_t) { .base = territory_details_init,
        .time_zone = "Europe/Rome", .calendar_id = "it", .currency = "EUR" }));
    run (tx, customer_registered (.customer_id = "rossi",
        .details = &(customer_details_t) { .base = customer_details_init,
        .name = "Rossi", .currency = "EUR", .payment_days = 60 }));
    run (tx, site_published (.site_id = "milan", .time_zone = "Europe/Rome",
        .details = &(site_details_t) { .base = site_details_init,
        .customer_id = "rossi", .territory_id = "north" }));
    office_asset (tx, "press-1", 0);
    return tx;
}

static inline int
office_open (void **state)
{
    tx_t *tx = office_bare ();
    office_calendar (tx);
    office_prices (tx, "prices-it", 6000);
    *state = tx;
    return 0;
}

static inline int
office_close (void **state)
{
    tx_t *tx = *state;
    tx_fake_destroy (&tx);
    calendars_forget ();
    return 0;
}

#define OFFICE_TEST(name) cmocka_unit_test_setup_teardown (name, office_open, office_close)

/* ---- contracts */

static inline contract_details_t
office_contract (contract_line_spec_t **line)
{
    return (contract_details_t) { .base = contract_details_init, .customer_id = "rossi", .name = "Full service",
        .tier = "gold",
        .sla_plan_id = "plan-gold", .start_on = "2026-01-01", .end_on = "2026-12-31", .currency = "EUR",
        .time_zone = "Europe/Rome",
        .n_lines = 1, .lines = line };
}

/* Covers labour and travel of what the line names; the names of nobody: "". */
static inline void
office_cover (tx_t *tx, const char *id, const char *asset_id, const char *site_id, const char *device_type,
    int precedence)
{
    contract_line_spec_t *line = &(contract_line_spec_t) { .base = contract_line_spec_init, .line_id = "l1",
        .asset_id = (char *) asset_id,
        .site_id = (char *) site_id, .device_type = (char *) device_type, .covers_labour = true,
        .covers_travel = true };
    contract_details_t details = office_contract (&line);
    details.precedence = precedence;
    run (tx, register_contract (.contract_id = (char *) id, .details = &details));
    assert_accepted (tx);
}

/* ---- the life of a request */

static inline const entitlement_resolved_t *
office_request (tx_t *tx, const char *id, int type, int64_t at)
{
    run (tx, service_request_accepted (.request_id = (char *) id, .type = (request_type_t) type, .customer_id = "rossi",
        .site_id = "milan", .asset_id = "press-1", .territory_id = "north", .reported_at = at, .accepted_at = at));
    return emitted (tx, entitlement_resolved);
}

static inline void
office_order (tx_t *tx, const char *id, const char *request_id)
{
    run (tx, work_order_created (.work_order_id = (char *) id, .request_id = (char *) request_id,
        .type = REQUEST_TYPE_REPAIR,
        .customer_id = "rossi", .site_id = "milan", .asset_id = "press-1", .territory_id = "north",
        .created_at = MONDAY_AT));
}

static inline void
office_time (tx_t *tx, const char *id, const char *order_id, const char *visit_id, int kind, int64_t from_at,
    int64_t minutes)
{
    run (tx, time_entry_recorded (.time_entry_id = (char *) id, .work_order_id = (char *) order_id,
        .visit_id = (char *) visit_id,
        .kind = (time_kind_t) kind, .from_at = from_at, .to_at = from_at + minutes * 60000, .version = 1));
}

static inline void
office_report (tx_t *tx, const char *order_id, const char *visit_id, double km)
{
    run (tx, service_report_issued (.report_id = (char *) visit_id, .work_order_id = (char *) order_id,
        .visit_id = (char *) visit_id,
        .version = 1, .distance_km = km));
}

static inline void
office_part (tx_t *tx, const char *move_id, const char *order_id, const char *visit_id, const char *item_id,
    int64_t quantity, const char *currency)
{
    run (tx, part_consumed (.move_id = (char *) move_id, .work_order_id = (char *) order_id,
        .visit_id = (char *) visit_id,
        .item_id = (char *) item_id, .quantity = quantity, .cost_minor = 1000, .currency = (char *) currency));
}

static inline void
office_done (tx_t *tx, const char *order_id)
{
    run (tx, work_order_completed (.work_order_id = (char *) order_id, .customer_id = "rossi",
        .completed_at = MONDAY_AT));
    run (tx, parts_settled (.work_order_id = (char *) order_id));
}

static inline const char *
office_key (const char *order_id, const char *what)
{
    static char keys [4] [80];
    static int next;
    next = (next + 1) % 4;
    snprintf (keys [next], sizeof keys [next], "%s-%s", order_id, what);
    return keys [next];
}

/* A repair with 30 min and 20.4 km of travel, 60 min of work in the open hours, a pump and a seal. */
static inline void
office_repair (tx_t *tx, const char *request_id, const char *order_id)
{
    office_request (tx, request_id, REQUEST_TYPE_REPAIR, MONDAY_AT);
    office_order (tx, order_id, request_id);
    office_time (tx, office_key (order_id, "travel"), order_id, "v1", TIME_KIND_TRAVEL, MONDAY_AT, 30);
    office_time (tx, office_key (order_id, "work"), order_id, "v1", TIME_KIND_WORK, MONDAY_AT + HOUR_MS, 60);
    office_report (tx, order_id, "v1", 20.4);
    office_part (tx, office_key (order_id, "m1"), order_id, "v1", "pump", 1, "EUR");
    office_part (tx, office_key (order_id, "m2"), order_id, "v1", "seal", 3, "EUR");
    office_done (tx, order_id);
}
