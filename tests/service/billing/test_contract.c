/* Contracts: what is accepted, what the instalments add up to, when they are invoiced. */
#include "office.h"
#include <inttypes.h>

static contract_line_spec_t *s_line = &(contract_line_spec_t) { .base = contract_line_spec_init,
    .line_id = "l1", .covers_labour = true };

static void
s_register (tx_t *tx, contract_details_t *details)
{
    run (tx, register_contract (.contract_id = "c1", .details = details));
}

static void
test_e1_a_contract_is_announced_in_full_and_the_same_again_says_nothing (void **state)
{
    tx_t *tx = *state;
    contract_details_t details = office_contract (&s_line);
    s_register (tx, &details);
    assert_string_equal (emitted (tx, contract_activated)->details->tier, "gold");
    assert_int_equal (emitted (tx, contract_activated)->version, 1);
    s_register (tx, &details);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    details.name = "Full service plus";
    s_register (tx, &details);
    assert_int_equal (emitted (tx, contract_activated)->version, 2);
    assert_int_equal (stored_count (tx, contract_version), 2);
}

static void
test_e1_twelve_instalments_in_advance_fall_on_the_first_of_each_month (void **state)
{
    (void) state;
    contract_details_t details = office_contract (&s_line);
    details.value_minor = 100000;
    details.instalment_count = 12;
    rate_t rates [INSTALMENTS_MAX];
    assert_int_equal (instalment_plan (&details, rates), 12);
    assert_string_equal (rates [0].due_on, "2026-01-01");
    assert_string_equal (rates [11].due_on, "2026-12-01");
    assert_int_equal (rates [0].amount_minor, 8334);
    assert_int_equal (rates [11].amount_minor, 8333);
}

static void
test_e1_quarters_in_arrears_fall_on_their_last_days (void **state)
{
    (void) state;
    contract_details_t details = office_contract (&s_line);
    details.value_minor = 100000;
    details.instalment_count = 4;
    details.billing_mode = BILLING_MODE_ARREARS;
    rate_t rates [INSTALMENTS_MAX];
    assert_int_equal (instalment_plan (&details, rates), 4);
    assert_string_equal (rates [0].due_on, "2026-03-31");
    assert_string_equal (rates [3].due_on, "2026-12-31");
}

static void
test_e1_instalments_add_up_to_the_value_exactly_and_their_dates_lie_in_the_term_in_order (void **state)
{
    (void) state;
    uint64_t seed = 20260608;
    print_message ("seed %" PRIu64 "\n", seed);
    for (int round = 0; round < 2000; round++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        char start_on [DATE_TEXT_SIZE], end_on [DATE_TEXT_SIZE];
        int32_t start = date_from_ymd (2020, 1, 1) + (int32_t) ((seed >> 40) % 3000),
            days = 1 + (int32_t) ((seed >> 20) % 2000);
        contract_details_t details = office_contract (&s_line);
        details.start_on = date_format (start, start_on);
        details.end_on = date_format (start + days - 1, end_on);
        details.value_minor = 1 + (int64_t) (seed >> 13) % INT64_C (1000000000);
        details.instalment_count = 1 + (int) ((seed >> 33) % 600);
        details.billing_mode = seed & 1024 ? BILLING_MODE_ADVANCE : BILLING_MODE_ARREARS;
        details.currency = seed & 2048 ? "EUR" : "VND";
        rate_t rates [INSTALMENTS_MAX];
        int count = instalment_plan (&details, rates);
        assert_int_equal (count, details.instalment_count);
        int64_t sum = 0;
        for (int i = 0; i < count; i++) {
            sum += rates [i].amount_minor;
            assert_true (i == 0 || strcmp (rates [i - 1].due_on, rates [i].due_on) <= 0);
            assert_true (i == 0 || llabs (rates [i].amount_minor - rates [0].amount_minor) <= 1);
        }
        assert_int_equal (sum, details.value_minor);
        assert_true (date_parse (rates [0].due_on) >= start - 1
            && date_parse (rates [count - 1].due_on) < start + days);
    }
}

static void
test_e1_instalments_that_do_not_add_up_to_the_value_are_rejected (void **state)
{
    tx_t *tx = *state;
    contract_details_t details = office_contract (&s_line);
    details.value_minor = 1000;
    details.n_instalments = 2;
    details.instalments = (instalment_spec_t *[]) {
        &(instalment_spec_t) { .base = instalment_spec_init, .due_on = "2026-07-01", .amount_minor = 500 },
        &(instalment_spec_t) { .base = instalment_spec_init, .due_on = "2026-08-01", .amount_minor = 499 } };
    s_register (tx, &details);
    assert_rejected (tx, "instalments.sum");
    assert_int_equal (stored_count (tx, instalment), 0);
}

static void
test_e1_a_contract_that_makes_no_sense_is_rejected_by_name (void **state)
{
    tx_t *tx = *state;
    contract_details_t details = office_contract (&s_line);
    details.end_on = "2025-12-31";
    s_register (tx, &details);
    assert_rejected (tx, "term.invalid");
    details = office_contract (&s_line);
    details.time_zone = "+08:00";
    s_register (tx, &details);
    assert_rejected (tx, "time_zone.invalid");
    details = office_contract (&s_line);
    details.n_lines = 0;
    s_register (tx, &details);
    assert_rejected (tx, "lines.missing");
    details = office_contract (&s_line);
    details.currency = "XXY";
    s_register (tx, &details);
    assert_rejected (tx, "currency.invalid");
    contract_line_spec_t *vague = &(contract_line_spec_t) { .base = contract_line_spec_init, .line_id = "l1",
        .asset_id = "a", .site_id = "s" };
    details = office_contract (&vague);
    s_register (tx, &details);
    assert_rejected (tx, "line.ambiguous");
}

/* ---- invoices of instalments */

static contract_details_t
s_paid_in_two (void)
{
    static instalment_spec_t july, august;
    static instalment_spec_t *both [] = { &july, &august };
    july = (instalment_spec_t) { .base = instalment_spec_init, .due_on = "2026-07-01", .amount_minor = 60000 };
    august = (instalment_spec_t) { .base = instalment_spec_init, .due_on = "2026-08-01", .amount_minor = 40000 };
    contract_details_t details = office_contract (&s_line);
    details.value_minor = 100000;
    details.n_instalments = 2;
    details.instalments = both;
    return details;
}

#define JULY_AT     INT64_C (1782856800000)     /* 2026-07-01 00:00 in Rome */

static void
test_l9_an_instalment_is_invoiced_when_its_day_begins_in_the_contracts_zone (void **state)
{
    tx_t *tx = *state;
    contract_details_t details = s_paid_in_two ();
    s_register (tx, &details);
    assert_int_equal (tx_fake_timer (tx, "instalment_due", "c1:1"), JULY_AT);
    tx_fake_advance (tx, JULY_AT - 1);
    assert_null (emitted (tx, invoice_issued));
    tx_fake_advance (tx, JULY_AT);
    const invoice_issued_t *invoice = emitted (tx, invoice_issued);
    assert_int_equal (invoice->total_minor, 60000);
    assert_string_equal (invoice->issued_on, "2026-07-01");
    assert_string_equal (invoice->due_on, "2026-08-30");
    assert_string_equal (invoice->contract_id, "c1");
    assert_string_equal (invoice->lines [0]->cost_line_id, "c1:1");
}

static void
test_l9_each_instalment_is_invoiced_once_and_registering_again_does_not_bill_it_again (void **state)
{
    tx_t *tx = *state;
    contract_details_t details = s_paid_in_two ();
    s_register (tx, &details);
    tx_fake_advance (tx, JULY_AT);
    details.name = "renamed";
    s_register (tx, &details);
    assert_accepted (tx);
    assert_int_equal (tx_fake_timer (tx, "instalment_due", "c1:1"), 0);
    tx_fake_advance (tx, JULY_AT + 90 * DAY_MS);
    assert_int_equal (emitted_count (tx, invoice_issued), 1);
    assert_int_equal (stored_count (tx, invoice), 2);
}

static void
test_l9_a_new_version_may_not_rewrite_what_has_been_invoiced (void **state)
{
    tx_t *tx = *state;
    contract_details_t details = s_paid_in_two ();
    s_register (tx, &details);
    tx_fake_advance (tx, JULY_AT);
    details.instalments [0]->amount_minor = 50000;
    details.instalments [1]->amount_minor = 50000;
    s_register (tx, &details);
    assert_rejected (tx, "instalment.invoiced");
    details.instalments [0]->amount_minor = 60000;
    details.instalments [1]->amount_minor = 90000;
    details.value_minor = 150000;
    s_register (tx, &details);
    assert_accepted (tx);
    assert_int_equal (stored (tx, instalment, "c1:2")->amount_minor, 90000);
}

static void
test_l9_fewer_instalments_take_the_timers_of_the_others_away (void **state)
{
    tx_t *tx = *state;
    contract_details_t details = s_paid_in_two ();
    s_register (tx, &details);
    details.n_instalments = 1;
    details.instalments [0]->amount_minor = 100000;
    s_register (tx, &details);
    assert_accepted (tx);
    assert_int_equal (stored_count (tx, instalment), 1);
    assert_int_equal (tx_fake_timer (tx, "instalment_due", "c1:2"), 0);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        OFFICE_TEST (test_e1_a_contract_is_announced_in_full_and_the_same_again_says_nothing),
        OFFICE_TEST (test_e1_twelve_instalments_in_advance_fall_on_the_first_of_each_month),
        OFFICE_TEST (test_e1_quarters_in_arrears_fall_on_their_last_days),
        OFFICE_TEST (test_e1_instalments_add_up_to_the_value_exactly_and_their_dates_lie_in_the_term_in_order),
        OFFICE_TEST (test_e1_instalments_that_do_not_add_up_to_the_value_are_rejected),
        OFFICE_TEST (test_e1_a_contract_that_makes_no_sense_is_rejected_by_name),
        OFFICE_TEST (test_l9_an_instalment_is_invoiced_when_its_day_begins_in_the_contracts_zone),
        OFFICE_TEST (test_l9_each_instalment_is_invoiced_once_and_registering_again_does_not_bill_it_again),
        OFFICE_TEST (test_l9_a_new_version_may_not_rewrite_what_has_been_invoiced),
        OFFICE_TEST (test_l9_fewer_instalments_take_the_timers_of_the_others_away),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
