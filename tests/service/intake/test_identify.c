/* Who is calling: candidates by serial, phone or id, with warranty and contracts. */
#include "company.h"

static void
s_activate (tx_t *tx, const char *contract_id, const char *start_on, const char *end_on,
    const char *asset_id)
{
    contract_line_spec_t line = { .base = contract_line_spec_init,
        .line_id = "1",
        .asset_id = (char *) asset_id };
    contract_line_spec_t *lines [] = { &line };
    contract_details_t details = { .base = contract_details_init,
        .customer_id = "rossi",
        .tier = "gold",
        .start_on = (char *) start_on,
        .end_on = (char *) end_on,
        .time_zone = "Europe/Rome",
        .n_lines = 1,
        .lines = lines };
    run (tx,
        contract_activated (.contract_id = (char *) contract_id, .details = &details,
            .version = 1));
    assert_string_equal (tx_fake_dead_letter (tx), "");
}

static void
test_c7_a_serial_finds_customer_device_warranty_and_contracts (void **state)
{
    tx_t *tx = *state;
    asset_details_t *details = company_asset ();
    details->warranty_from_at = MONDAY_AT - 1000;
    details->warranty_until_at = MONDAY_AT + 1000;
    run (tx, register_asset (.asset_id = "press-1", .details = details));
    s_activate (tx, "c1", "2026-01-01", "2026-12-31", "press-1");
    s_activate (tx, "c2", "2026-01-01", "2026-12-31", "press-2");
    run (tx, identify (.serial = "SN-0001"));
    const identified_t *found = answer (tx, identified);
    assert_int_equal (found->n_candidates, 1);
    const candidate_t *candidate = found->candidates [0];
    assert_string_equal (candidate->customer_name, "Rossi SpA");
    assert_string_equal (candidate->asset_id, "press-1");
    assert_string_equal (candidate->site_id, "milan");
    assert_true (candidate->in_warranty);
    assert_int_equal (candidate->n_contract_ids, 1);
    assert_string_equal (candidate->contract_ids [0], "c1");
}

static void
test_c7_contracts_count_from_their_first_day_to_the_end_of_their_last (void **state)
{
    tx_t *tx = *state;
    s_activate (tx, "ends-today", "2025-06-09", "2026-06-08", "press-1");
    s_activate (tx, "ended", "2025-06-08", "2026-06-07", "press-1");
    s_activate (tx, "tomorrow", "2026-06-09", "2027-06-08", "press-1");
    run (tx, identify (.asset_id = "press-1"));
    assert_int_equal (answer (tx, identified)->candidates [0]->n_contract_ids, 1);
    assert_string_equal (answer (tx, identified)->candidates [0]->contract_ids [0], "ends-today");
    tx_fake_advance (tx, MONDAY_AT + 14 * INT64_C (3600000)); /* midnight in Rome is 22:00Z */
    assert_string_equal (stored (tx, contract, "ends-today")->open_customer_id, "");
    run (tx, identify (.asset_id = "press-1"));
    assert_int_equal (answer (tx, identified)->candidates [0]->n_contract_ids, 1);
    assert_string_equal (answer (tx, identified)->candidates [0]->contract_ids [0], "tomorrow");
}

static void
test_c7_a_contacts_phone_finds_what_stands_at_his_site (void **state)
{
    tx_t *tx = *state;
    run (tx, identify (.phone = "333 765 4321"));
    const identified_t *found = answer (tx, identified);
    assert_int_equal (found->n_candidates, 1);
    assert_string_equal (found->candidates [0]->contact_id, "anna");
    assert_string_equal (found->candidates [0]->asset_id, "press-1");
}

static void
test_c7_a_customers_phone_finds_each_of_his_assets_once (void **state)
{
    tx_t *tx = *state;
    asset_details_t *details = company_asset ();
    details->serial = "two";
    run (tx, register_asset (.asset_id = "press-2", .details = details));
    details->serial = "three";
    details->retired = true;
    run (tx, register_asset (.asset_id = "press-3", .details = details));
    run (tx, identify (.phone = "021234567", .customer_id = "rossi"));
    assert_int_equal (answer (tx, identified)->n_candidates, 2);
}

static void
test_c7_the_device_that_was_named_comes_first (void **state)
{
    tx_t *tx = *state;
    asset_details_t *details = company_asset ();
    details->serial = "two";
    run (tx, register_asset (.asset_id = "press-2", .details = details));
    run (tx, identify (.serial = "TWO", .phone = "3337654321"));
    assert_int_equal (answer (tx, identified)->n_candidates, 2);
    assert_string_equal (answer (tx, identified)->candidates [0]->asset_id, "press-2");
}

static void
test_c7_a_customer_without_assets_is_found_all_the_same (void **state)
{
    tx_t *tx = *state;
    run (tx,
        register_customer (.customer_id = "bianchi",
            .details = &(customer_details_t) { .base = customer_details_init,
                .name = "Bianchi",
                .phone = "02 999999" }));
    run (tx, identify (.phone = "+3902999999"));
    assert_int_equal (answer (tx, identified)->n_candidates, 1);
    assert_string_equal (answer (tx, identified)->candidates [0]->customer_id, "bianchi");
    assert_string_equal (answer (tx, identified)->candidates [0]->asset_id, "");
}

static void
test_c7_nobody_is_found_by_nothing (void **state)
{
    tx_t *tx = *state;
    run (tx, identify (.phone = "12", .serial = "-"));
    assert_int_equal (answer (tx, identified)->n_candidates, 0);
}

static void
test_c7_a_merged_customers_contracts_are_the_survivors (void **state)
{
    tx_t *tx = *state;
    s_activate (tx, "before", "2026-01-01", "2026-12-31", "press-1");
    run (tx,
        register_customer (.customer_id = "group",
            .details = &(customer_details_t) { .base = customer_details_init, .name = "Group" }));
    run (tx, merge_customers (.customer_id = "rossi", .survivor_id = "group", .reason = "same"));
    s_activate (tx, "later", "2026-01-01", "2026-12-31", "press-1");
    run (tx, identify (.asset_id = "press-1"));
    assert_string_equal (answer (tx, identified)->candidates [0]->customer_id, "group");
    assert_int_equal (answer (tx, identified)->candidates [0]->n_contract_ids, 2);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        COMPANY_TEST (test_c7_a_serial_finds_customer_device_warranty_and_contracts),
        COMPANY_TEST (test_c7_contracts_count_from_their_first_day_to_the_end_of_their_last),
        COMPANY_TEST (test_c7_a_contacts_phone_finds_what_stands_at_his_site),
        COMPANY_TEST (test_c7_a_customers_phone_finds_each_of_his_assets_once),
        COMPANY_TEST (test_c7_the_device_that_was_named_comes_first),
        COMPANY_TEST (test_c7_a_customer_without_assets_is_found_all_the_same),
        COMPANY_TEST (test_c7_nobody_is_found_by_nothing),
        COMPANY_TEST (test_c7_a_merged_customers_contracts_are_the_survivors),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
