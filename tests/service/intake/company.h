/* company - the small company that intake's tests serve: one territory, customer, contact, site and
 * press. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "intake.h"
#include "testing.h"

#define MONDAY_AT INT64_C (1780905600000) /* 2026-06-08T08:00Z, when every test begins */

static inline customer_details_t *
company_customer (void)
{
    static customer_details_t details;
    details = (customer_details_t) { .base = customer_details_init,
        .name = "Rossi SpA",
        .tax_id = "IT 0123.456",
        .grade = "B",
        .currency = "EUR",
        .phone = "+39 02 1234567",
        .email = "info@rossi.example" };
    return &details;
}

static inline contact_details_t *
company_contact (void)
{
    static contact_details_t details;
    details = (contact_details_t) { .base = contact_details_init,
        .customer_id = "rossi",
        .site_id = "milan",
        .name = "Anna",
        .phone = "+39 333 7654321" };
    return &details;
}

static inline site_details_t *
company_site (void)
{
    static site_details_t details;
    details = (site_details_t) { .base = site_details_init,
        .customer_id = "rossi",
        .name = "Milan works",
        .address = "Via Roma 1",
        .territory_id = "north",
        .region_class = REGION_CLASS_AROUND };
    return &details;
}

static inline asset_details_t *
company_asset (void)
{
    static asset_details_t details;
    details = (asset_details_t) { .base = asset_details_init,
        .customer_id = "rossi",
        .site_id = "milan",
        .model = "PX-200",
        .device_type = "press",
        .serial = "sn-0001" };
    return &details;
}

static inline territory_details_t *
company_territory (void)
{
    static territory_details_t details;
    details = (territory_details_t) { .base = territory_details_init,
        .name = "North",
        .time_zone = "Europe/Rome",
        .country = "IT",
        .language = LANGUAGE_IT,
        .calendar_id = "it",
        .currency = "EUR" };
    return &details;
}

static inline tx_t *
company_new (void)
{
    tx_t *tx = tx_fake (&fettle_service);
    run (tx, register_territory (.territory_id = "north", .details = company_territory ()));
    run (tx, register_customer (.customer_id = "rossi", .details = company_customer ()));
    run (tx, register_site (.site_id = "milan", .details = company_site ()));
    run (tx, register_contact (.contact_id = "anna", .details = company_contact ()));
    run (tx, register_asset (.asset_id = "press-1", .details = company_asset ()));
    assert_accepted (tx);
    return tx;
}

/* A repair of the press, reported by phone; returns the request's id, which the test owns until it
 * ends. */
static inline const char *
company_repair (tx_t *tx, const char *external_id)
{
    static char ids [8][80];
    static int next;
    char *id = ids [next++ % 8];
    run (tx,
        submit_service_request (.channel = CHANNEL_PHONE, .external_id = (char *) external_id,
            .asset_id = "press-1", .type = REQUEST_TYPE_REPAIR, .text = "it stands still"));
    assert_accepted (tx);
    snprintf (id, sizeof ids [0], "%s", tx_fake_subject (tx));
    return id;
}

/* For cmocka: *state is the company's tx. */
static inline int
company_setup (void **state)
{
    *state = company_new ();
    return 0;
}

static inline int
company_teardown (void **state)
{
    tx_t *tx = *state;
    tx_fake_destroy (&tx);
    return 0;
}

#define COMPANY_TEST(test) cmocka_unit_test_setup_teardown (test, company_setup, company_teardown)
