/* Who pays: warranty first, one contract by precedence and then by how exactly it fits, else the customer. */
#include "office.h"

static void
test_c8_without_warranty_and_contract_the_customer_pays_and_is_told_why (void **state)
{
    tx_t *tx = *state;
    const entitlement_resolved_t *resolved = office_request (tx, "q1", REQUEST_TYPE_REPAIR, MONDAY_AT);
    assert_int_equal (resolved->coverage, COVERAGE_CHARGEABLE);
    assert_string_equal (resolved->reason, "no contract covers REPAIR on that day");
    assert_string_equal (resolved->contract_id, "");
}

static void
test_c8_the_most_specific_line_pays_and_the_others_are_alternatives (void **state)
{
    tx_t *tx = *state;
    office_cover (tx, "a-customer", "", "", "", 0);
    office_cover (tx, "b-type", "", "", "press", 0);
    office_cover (tx, "c-site", "", "milan", "", 0);
    office_cover (tx, "d-asset", "press-1", "", "", 0);
    office_cover (tx, "e-other", "press-2", "", "", 9);
    const entitlement_resolved_t *resolved = office_request (tx, "q1", REQUEST_TYPE_REPAIR, MONDAY_AT);
    assert_int_equal (resolved->coverage, COVERAGE_CONTRACT);
    assert_string_equal (resolved->contract_id, "d-asset");
    assert_string_equal (resolved->contract_line_id, "l1");
    assert_string_equal (resolved->contract_tier, "gold");
    assert_string_equal (resolved->sla_plan_id, "plan-gold");
    assert_int_equal (resolved->n_alternative_contract_ids, 3);
    assert_string_equal (resolved->alternative_contract_ids [0], "c-site");
    assert_string_equal (resolved->alternative_contract_ids [1], "b-type");
    assert_string_equal (resolved->alternative_contract_ids [2], "a-customer");
}

static void
test_c8_precedence_comes_before_specificity (void **state)
{
    tx_t *tx = *state;
    office_cover (tx, "asset", "press-1", "", "", 1);
    office_cover (tx, "whole", "", "", "", 2);
    assert_string_equal (office_request (tx, "q1", REQUEST_TYPE_REPAIR, MONDAY_AT)->contract_id, "whole");
}

static void
test_c8_a_line_for_other_types_does_not_cover (void **state)
{
    tx_t *tx = *state;
    contract_line_spec_t *line = &(contract_line_spec_t) { .base = contract_line_spec_init, .line_id = "l1",
        .n_types = 1,
        .types = (request_type_t []) { REQUEST_TYPE_MAINTENANCE }, .covers_labour = true };
    contract_details_t details = office_contract (&line);
    run (tx, register_contract (.contract_id = "c1", .details = &details));
    assert_int_equal (office_request (tx, "q1", REQUEST_TYPE_REPAIR, MONDAY_AT)->coverage, COVERAGE_CHARGEABLE);
    assert_int_equal (office_request (tx, "q2", REQUEST_TYPE_MAINTENANCE, MONDAY_AT)->coverage, COVERAGE_CONTRACT);
}

static void
test_e1_the_last_day_of_the_term_is_covered_until_midnight_in_the_contracts_zone (void **state)
{
    tx_t *tx = *state;
    const int64_t midnight_at = INT64_C (1798758000000);        /* 2027-01-01 00:00 in Rome */
    office_cover (tx, "c1", "press-1", "", "", 0);
    assert_int_equal (office_request (tx, "q1", REQUEST_TYPE_REPAIR, midnight_at - 1)->coverage, COVERAGE_CONTRACT);
    assert_int_equal (office_request (tx, "q2", REQUEST_TYPE_REPAIR, midnight_at)->coverage, COVERAGE_CHARGEABLE);
}

static void
test_e3_warranty_pays_before_a_contract_but_the_contracts_tier_still_counts (void **state)
{
    tx_t *tx = *state;
    office_asset (tx, "press-1", MONDAY_AT + DAY_MS);
    office_cover (tx, "c1", "press-1", "", "", 0);
    const entitlement_resolved_t *resolved = office_request (tx, "q1", REQUEST_TYPE_REPAIR, MONDAY_AT);
    assert_int_equal (resolved->coverage, COVERAGE_WARRANTY);
    assert_string_equal (resolved->contract_id, "");
    assert_string_equal (resolved->contract_tier, "gold");
    assert_string_equal (resolved->alternative_contract_ids [0], "c1");
    assert_string_equal (resolved->reason, "asset press-1 is in warranty until 2026-06-09");
}

static void
test_e11_the_warranty_covers_its_last_millisecond_and_not_the_next_one (void **state)
{
    tx_t *tx = *state;
    const int64_t until_at = MONDAY_AT + DAY_MS;
    office_asset (tx, "press-1", until_at);
    assert_int_equal (office_request (tx, "q1", REQUEST_TYPE_REPAIR, until_at - 1)->coverage, COVERAGE_WARRANTY);
    const entitlement_resolved_t *resolved = office_request (tx, "q2", REQUEST_TYPE_REPAIR, until_at);
    assert_int_equal (resolved->coverage, COVERAGE_CHARGEABLE);
    assert_string_equal (resolved->reason, "no contract covers REPAIR on that day; warranty ended after 2026-06-09");
}

static void
test_e3_an_installation_is_no_case_for_the_warranty (void **state)
{
    tx_t *tx = *state;
    office_asset (tx, "press-1", MONDAY_AT + DAY_MS);
    assert_int_equal (office_request (tx, "q1", REQUEST_TYPE_INSTALLATION, MONDAY_AT)->coverage, COVERAGE_CHARGEABLE);
}

static void
test_c8_c16_a_consultation_and_a_quote_are_never_billed (void **state)
{
    tx_t *tx = *state;
    run (tx, service_request_accepted (.request_id = "q1", .type = REQUEST_TYPE_CONSULTATION, .customer_id = "rossi",
        .accepted_at = MONDAY_AT));
    assert_int_equal (emitted (tx, entitlement_resolved)->coverage, COVERAGE_GOODWILL);
    assert_string_equal (emitted (tx, entitlement_resolved)->reason, "consultations and quotes are not billed");
    run (tx, service_request_accepted (.request_id = "q2", .type = REQUEST_TYPE_QUOTE, .customer_id = "rossi",
        .accepted_at = MONDAY_AT));
    assert_int_equal (emitted (tx, entitlement_resolved)->coverage, COVERAGE_GOODWILL);
}

static void
test_c8_the_contracts_of_a_merged_customer_cover_the_survivor (void **state)
{
    tx_t *tx = *state;
    office_cover (tx, "c1", "", "", "", 0);
    run (tx, customer_merged (.customer_id = "rossi", .survivor_id = "rossi-spa"));
    run (tx, service_request_accepted (.request_id = "q1", .type = REQUEST_TYPE_REPAIR, .customer_id = "rossi-spa",
        .accepted_at = MONDAY_AT));
    assert_string_equal (emitted (tx, entitlement_resolved)->contract_id, "c1");
}

static void
test_c8_a_person_may_choose_another_contract_with_a_reason (void **state)
{
    tx_t *tx = *state;
    office_cover (tx, "c1", "press-1", "", "", 5);
    office_cover (tx, "c2", "", "milan", "", 0);
    office_request (tx, "q1", REQUEST_TYPE_REPAIR, MONDAY_AT);
    tx_fake_actor (tx, "agent:anna");
    run (tx, override_entitlement (.request_id = "q1", .contract_id = "c2", .reason = "agreed with the customer"));
    assert_accepted (tx);
    const entitlement_resolved_t *resolved = emitted (tx, entitlement_resolved);
    assert_string_equal (resolved->contract_id, "c2");
    assert_true (resolved->overridden);
    assert_string_equal (resolved->reason, "agreed with the customer (agent:anna)");
    assert_string_equal (resolved->alternative_contract_ids [0], "c1");
}

static void
test_c8_an_override_to_no_contract_makes_it_chargeable (void **state)
{
    tx_t *tx = *state;
    office_cover (tx, "c1", "press-1", "", "", 5);
    office_request (tx, "q1", REQUEST_TYPE_REPAIR, MONDAY_AT);
    run (tx, override_entitlement (.request_id = "q1", .reason = "misuse, photographed"));
    assert_int_equal (emitted (tx, entitlement_resolved)->coverage, COVERAGE_CHARGEABLE);
}

static void
test_c8_an_override_without_reason_or_with_somebody_elses_contract_is_rejected (void **state)
{
    tx_t *tx = *state;
    contract_line_spec_t *line = &(contract_line_spec_t) { .base = contract_line_spec_init, .line_id = "l1" };
    contract_details_t details = office_contract (&line);
    details.customer_id = "bianchi";
    run (tx, register_contract (.contract_id = "theirs", .details = &details));
    office_cover (tx, "c1", "press-1", "", "", 5);
    office_request (tx, "q1", REQUEST_TYPE_REPAIR, MONDAY_AT);
    run (tx, override_entitlement (.request_id = "q1", .contract_id = "c1"));
    assert_rejected (tx, "reason.missing");
    run (tx, override_entitlement (.request_id = "q1", .contract_id = "theirs", .reason = "x"));
    assert_rejected (tx, "contract.other_customer");
    run (tx, override_entitlement (.request_id = "q1", .contract_id = "ghost", .reason = "x"));
    assert_rejected (tx, "contract.unknown");
    run (tx, override_entitlement (.request_id = "q9", .contract_id = "c1", .reason = "x"));
    assert_rejected (tx, "request.unknown");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        OFFICE_TEST (test_c8_without_warranty_and_contract_the_customer_pays_and_is_told_why),
        OFFICE_TEST (test_c8_the_most_specific_line_pays_and_the_others_are_alternatives),
        OFFICE_TEST (test_c8_precedence_comes_before_specificity),
        OFFICE_TEST (test_c8_a_line_for_other_types_does_not_cover),
        OFFICE_TEST (test_e1_the_last_day_of_the_term_is_covered_until_midnight_in_the_contracts_zone),
        OFFICE_TEST (test_e3_warranty_pays_before_a_contract_but_the_contracts_tier_still_counts),
        OFFICE_TEST (test_e11_the_warranty_covers_its_last_millisecond_and_not_the_next_one),
        OFFICE_TEST (test_e3_an_installation_is_no_case_for_the_warranty),
        OFFICE_TEST (test_c8_c16_a_consultation_and_a_quote_are_never_billed),
        OFFICE_TEST (test_c8_the_contracts_of_a_merged_customer_cover_the_survivor),
        OFFICE_TEST (test_c8_a_person_may_choose_another_contract_with_a_reason),
        OFFICE_TEST (test_c8_an_override_to_no_contract_makes_it_chargeable),
        OFFICE_TEST (test_c8_an_override_without_reason_or_with_somebody_elses_contract_is_rejected),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
