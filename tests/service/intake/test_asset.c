/* Assets: with serial and counted, moved, retired, under warranty. */
#include "company.h"

#define DAY_LATER_AT (MONDAY_AT + 24 * INT64_C (3600000))

static void
test_b4_warranty_covers_its_first_instant_and_not_its_last (void **state)
{
    (void) state;
    asset_t asset = { .warranty_from_at = 1000, .warranty_until_at = 2000 };
    assert_false (asset_in_warranty (&asset, 999));
    assert_true (asset_in_warranty (&asset, 1000));
    assert_true (asset_in_warranty (&asset, 1999));
    assert_false (asset_in_warranty (&asset, 2000));
}

static void
test_b4_an_asset_without_warranty_dates_is_never_in_warranty (void **state)
{
    (void) state;
    asset_t asset = { 0 };
    assert_false (asset_in_warranty (&asset, 0));
    assert_false (asset_in_warranty (&asset, MONDAY_AT));
}

static void
test_b4_a_warranty_that_ends_before_it_begins_is_rejected (void **state)
{
    tx_t *tx = *state;
    asset_details_t *details = company_asset ();
    details->warranty_from_at = MONDAY_AT;
    details->warranty_until_at = MONDAY_AT;
    run (tx, register_asset (.asset_id = "press-1", .details = details));
    assert_rejected (tx, "warranty.invalid");
    details->warranty_until_at = 0;
    run (tx, register_asset (.asset_id = "press-1", .details = details));
    assert_rejected (tx, "warranty.missing");
}

static void
test_b4_the_answer_about_an_instant_says_whether_it_was_in_warranty (void **state)
{
    tx_t *tx = *state;
    asset_details_t *details = company_asset ();
    details->warranty_from_at = MONDAY_AT;
    details->warranty_until_at = DAY_LATER_AT;
    run (tx, register_asset (.asset_id = "press-1", .details = details));
    run (tx, get_asset (.asset_id = "press-1", .at = DAY_LATER_AT - 1));
    assert_true (answer (tx, asset_at)->in_warranty);
    run (tx, get_asset (.asset_id = "press-1", .at = DAY_LATER_AT));
    assert_false (answer (tx, asset_at)->in_warranty);
}

static void
test_b1_a_serial_is_unique_within_a_model_only (void **state)
{
    tx_t *tx = *state;
    asset_details_t *details = company_asset ();
    details->serial = "SN 0001";
    run (tx, register_asset (.asset_id = "press-2", .details = details));
    assert_rejected (tx, "serial.taken");
    details->model = "PX-300";
    run (tx, register_asset (.asset_id = "press-2", .details = details));
    assert_accepted (tx);
}

static void
test_b1_assets_without_serial_are_counted (void **state)
{
    tx_t *tx = *state;
    asset_details_t *details = company_asset ();
    details->serial = "";
    details->quantity = 40;
    run (tx, register_asset (.asset_id = "lamps", .details = details));
    assert_accepted (tx);
    assert_int_equal (emitted (tx, asset_published)->details->quantity, 40);
    run (tx, register_asset (.asset_id = "lamps-2", .details = details));
    assert_accepted (tx);
    details->serial = "one";
    run (tx, register_asset (.asset_id = "lamps-3", .details = details));
    assert_rejected (tx, "quantity.serial");
}

static void
s_move (tx_t *tx, int64_t at)
{
    run (tx,
        register_customer (.customer_id = "bianchi",
            .details = &(customer_details_t) { .base = customer_details_init, .name = "Bianchi" }));
    site_details_t *site = company_site ();
    site->customer_id = "bianchi";
    run (tx, register_site (.site_id = "turin", .details = site));
    asset_details_t *details = company_asset ();
    details->customer_id = "bianchi";
    details->site_id = "turin";
    tx_fake_now (tx, at);
    run (tx, register_asset (.asset_id = "press-1", .details = details));
    assert_accepted (tx);
}

static void
test_b1_owner_and_site_are_known_as_of_any_past_instant (void **state)
{
    tx_t *tx = *state;
    s_move (tx, DAY_LATER_AT);
    run (tx, get_asset (.asset_id = "press-1", .at = DAY_LATER_AT - 1));
    assert_string_equal (answer (tx, asset_at)->customer_id, "rossi");
    assert_string_equal (answer (tx, asset_at)->site_id, "milan");
    run (tx, get_asset (.asset_id = "press-1", .at = DAY_LATER_AT));
    assert_string_equal (answer (tx, asset_at)->customer_id, "bianchi");
    assert_string_equal (answer (tx, asset_at)->site_id, "turin");
    run (tx, get_asset (.asset_id = "press-1", .at = MONDAY_AT - 1));
    assert_false (answer (tx, asset_at)->known);
    run (tx, get_asset (.asset_id = "press-9"));
    assert_false (answer (tx, asset_at)->known);
}

static void
test_b1_a_change_that_moves_nothing_begins_no_new_place (void **state)
{
    tx_t *tx = *state;
    asset_details_t *details = company_asset ();
    details->criticality = 2;
    run (tx, register_asset (.asset_id = "press-1", .details = details));
    assert_int_equal (emitted (tx, asset_published)->version, 2);
    assert_int_equal (stored_count (tx, asset_place), 1);
    run (tx, register_asset (.asset_id = "press-1", .details = details));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_b1_a_retired_asset_stays_known_and_takes_no_repair (void **state)
{
    tx_t *tx = *state;
    asset_details_t *details = company_asset ();
    details->retired = true;
    tx_fake_now (tx, DAY_LATER_AT);
    run (tx, register_asset (.asset_id = "press-1", .details = details));
    run (tx, get_asset (.asset_id = "press-1"));
    assert_true (answer (tx, asset_at)->known && answer (tx, asset_at)->retired);
    run (tx, get_asset (.asset_id = "press-1", .at = DAY_LATER_AT - 1));
    assert_false (answer (tx, asset_at)->retired);
    run (tx,
        submit_service_request (.channel = CHANNEL_WEB, .external_id = "1", .asset_id = "press-1",
            .type = REQUEST_TYPE_REPAIR));
    assert_rejected (tx, "asset.retired");
}

static void
test_b1_an_asset_stands_at_a_site_of_its_customer (void **state)
{
    tx_t *tx = *state;
    s_move (tx, MONDAY_AT);
    asset_details_t *details = company_asset ();
    details->serial = "other";
    details->site_id = "turin";
    run (tx, register_asset (.asset_id = "press-2", .details = details));
    assert_rejected (tx, "site.mismatch");
    details->site_id = "nowhere";
    run (tx, register_asset (.asset_id = "press-2", .details = details));
    assert_rejected (tx, "site.unknown");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_b4_warranty_covers_its_first_instant_and_not_its_last),
        cmocka_unit_test (test_b4_an_asset_without_warranty_dates_is_never_in_warranty),
        COMPANY_TEST (test_b4_a_warranty_that_ends_before_it_begins_is_rejected),
        COMPANY_TEST (test_b4_the_answer_about_an_instant_says_whether_it_was_in_warranty),
        COMPANY_TEST (test_b1_a_serial_is_unique_within_a_model_only),
        COMPANY_TEST (test_b1_assets_without_serial_are_counted),
        COMPANY_TEST (test_b1_owner_and_site_are_known_as_of_any_past_instant),
        COMPANY_TEST (test_b1_a_change_that_moves_nothing_begins_no_new_place),
        COMPANY_TEST (test_b1_a_retired_asset_stays_known_and_takes_no_repair),
        COMPANY_TEST (test_b1_an_asset_stands_at_a_site_of_its_customer),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
