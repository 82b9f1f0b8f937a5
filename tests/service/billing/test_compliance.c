/* J7: what a month's compliance means for a contract, in money, and what a correction changes. */
#include "office.h"

static contract_line_spec_t *s_line = &(contract_line_spec_t) { .base = contract_line_spec_init,
    .line_id = "l1", .covers_labour = true };

static sla_penalty_step_t *s_steps [] = {
    &(sla_penalty_step_t) { .base = sla_penalty_step_init, .below_by_basis_points = 1, .share_basis_points = 500 },
    &(sla_penalty_step_t) { .base = sla_penalty_step_init, .below_by_basis_points = 1000, .share_basis_points = 2000 },
};

static sla_terms_t
s_terms (void)
{
    return (sla_terms_t) { .base = sla_terms_init, .target_basis_points = 9500, .n_penalties = 2,
        .penalties = s_steps, .bonus_from_basis_points = 10000, .bonus_basis_points = 300, .minimum_count = 4 };
}

/* 1,200 EUR a year: 100 EUR each month. */
static void
s_register (tx_t *tx, sla_terms_t *terms)
{
    contract_details_t details = office_contract (&s_line);
    details.value_minor = 120000;
    details.instalment_count = 12;
    details.sla_terms = terms;
    run (tx, register_contract (.contract_id = "c1", .details = &details));
}

static void
s_close (tx_t *tx, int64_t version, int64_t met, int64_t missed)
{
    milestone_compliance_t arrive = { .base = milestone_compliance_init, .milestone = MILESTONE_ARRIVE, .met = met,
        .missed = missed, .basis_points = (int32_t) (met * 10000 / (met + missed)) };
    milestone_compliance_t *milestones [] = { &arrive };
    run (tx, sla_compliance_closed (.contract_id = "c1", .month = "2026-05", .version = version,
        .time_zone = "Europe/Rome", .n_milestones = 1, .milestones = milestones, .met = met, .missed = missed,
        .basis_points = arrive.basis_points, .closed_at = MONDAY_AT));
}

static void
s_assert_settled (tx_t *tx, int64_t amount_minor, int64_t invoiced_minor)
{
    assert_int_equal (emitted (tx, sla_compliance_accounted)->amount_minor, amount_minor);
    assert_int_equal (emitted_count (tx, invoice_issued), invoiced_minor != 0);
    if (invoiced_minor)
        assert_int_equal (emitted (tx, invoice_issued)->total_minor, invoiced_minor);
}

static void
test_j7_a_month_below_the_target_is_a_credit_of_its_instalment (void **state)
{
    tx_t *tx = *state;
    sla_terms_t terms = s_terms ();
    s_register (tx, &terms);
    assert_accepted (tx);
    s_close (tx, 1, 9, 1);
    s_assert_settled (tx, -500, -500);
    assert_int_equal (emitted (tx, sla_compliance_accounted)->instalment_minor, 10000);
    assert_int_equal (emitted (tx, sla_compliance_accounted)->basis_points, 9000);
    assert_string_equal (emitted (tx, sla_compliance_accounted)->reason,
        "all promises: 90.00 % met, target 95.00 %: -5.00 % of the month's instalment");
    assert_string_equal (emitted (tx, invoice_issued)->contract_id, "c1");
    assert_string_equal (emitted (tx, invoice_issued)->number, emitted (tx, sla_compliance_accounted)->invoice_number);
    assert_int_equal (stored (tx, contract_month, "c1:2026-05")->missed, 1);
}

static void
test_j7_the_deepest_step_that_is_reached_holds_and_the_boundary_belongs_to_it (void **state)
{
    tx_t *tx = *state;
    sla_terms_t terms = s_terms ();
    s_register (tx, &terms);
    s_close (tx, 1, 19, 1);
    s_assert_settled (tx, 0, 0);
    s_close (tx, 2, 17, 3);
    s_assert_settled (tx, -2000, -2000);
}

static void
test_j7_a_month_without_a_miss_may_be_a_bonus (void **state)
{
    tx_t *tx = *state;
    sla_terms_t terms = s_terms ();
    s_register (tx, &terms);
    s_close (tx, 1, 4, 0);
    s_assert_settled (tx, 300, 300);
}

static void
test_j7_too_few_promises_are_neither_good_nor_bad (void **state)
{
    tx_t *tx = *state;
    sla_terms_t terms = s_terms ();
    s_register (tx, &terms);
    s_close (tx, 1, 0, 3);
    s_assert_settled (tx, 0, 0);
    assert_string_equal (emitted (tx, sla_compliance_accounted)->reason,
        "3 of all promises ended, 4 make a month count");
}

static void
test_j7_a_correction_settles_the_difference_by_the_terms_of_the_first (void **state)
{
    tx_t *tx = *state;
    sla_terms_t terms = s_terms ();
    s_register (tx, &terms);
    s_close (tx, 1, 8, 2);
    s_assert_settled (tx, -2000, -2000);
    terms.n_penalties = 1;
    s_register (tx, &terms);
    s_close (tx, 2, 9, 1);
    s_assert_settled (tx, -500, 1500);
    s_close (tx, 2, 9, 1);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    s_close (tx, 1, 8, 2);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    s_close (tx, 3, 10, 0);
    s_assert_settled (tx, 300, 800);
    assert_int_equal (stored (tx, contract_month, "c1:2026-05")->amount_minor, 300);
    assert_int_equal (stored_count (tx, invoice), 3);
}

static void
test_j7_terms_may_look_at_one_milestone (void **state)
{
    tx_t *tx = *state;
    sla_terms_t terms = s_terms ();
    terms.milestone = MILESTONE_COMPLETE;
    s_register (tx, &terms);
    s_close (tx, 1, 0, 9);
    s_assert_settled (tx, 0, 0);
    terms.milestone = MILESTONE_ARRIVE;
    s_register (tx, &terms);
    milestone_compliance_t *milestones [] = {
        &(milestone_compliance_t) { .base = milestone_compliance_init, .milestone = MILESTONE_ARRIVE, .met = 8,
            .missed = 2, .basis_points = 8000 } };
    run (tx, sla_compliance_closed (.contract_id = "c1", .month = "2026-04", .version = 1, .n_milestones = 1,
        .milestones = milestones, .met = 98, .missed = 2, .basis_points = 9800));
    s_assert_settled (tx, -2000, -2000);
}

static void
test_j7_without_terms_a_month_is_kept_for_information (void **state)
{
    tx_t *tx = *state;
    s_register (tx, NULL);
    s_close (tx, 1, 1, 9);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    assert_int_equal (stored (tx, contract_month, "c1:2026-05")->basis_points, 1000);
    run (tx, sla_compliance_closed (.contract_id = "nobodys", .month = "2026-05", .version = 1));
    assert_non_null (stored (tx, contract_month, "nobodys:2026-05"));
}

static void
test_j7_what_falls_to_the_months_adds_up_to_the_value (void **state)
{
    tx_t *tx = *state;
    contract_details_t details = office_contract (&s_line);
    details.value_minor = 100001;
    details.start_on = "2026-03-16";
    details.end_on = "2027-03-15";
    int64_t sum = 0;
    for (int i = 0; i < 15; i++) {
        char month [16];
        snprintf (month, sizeof month, "%d-%02d", 2026 + (i + 1) / 12, (i + 1) % 12 + 1);
        int64_t part_minor = sla_terms_instalment (tx, &details, month);
        assert_true (i == 0 || i == 14 ? part_minor == 0 : part_minor > 0);
        sum += part_minor;
    }
    assert_int_equal (sum, 100001);
    assert_in_range (sla_terms_instalment (tx, &details, "2026-08"), 8333, 8335);
    assert_in_range (sla_terms_instalment (tx, &details, "2026-03"), 4300, 4302);      /* 16 of 31 days */
}

static void
test_j7_terms_that_make_no_sense_are_refused (void **state)
{
    tx_t *tx = *state;
    sla_terms_t terms = { .base = sla_terms_init, .target_basis_points = 9500 };
    s_register (tx, &terms);
    assert_rejected (tx, "sla_terms.empty");
    terms = s_terms ();
    terms.target_basis_points = 10001;
    s_register (tx, &terms);
    assert_rejected (tx, "sla_terms.target_basis_points.invalid");
    terms = s_terms ();
    terms.bonus_from_basis_points = 9000;
    s_register (tx, &terms);
    assert_rejected (tx, "sla_terms.bonus_from_basis_points.invalid");
    terms = s_terms ();
    terms.penalties = (sla_penalty_step_t *[]) { s_steps [1], s_steps [0] };
    s_register (tx, &terms);
    assert_rejected (tx, "sla_terms.order");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        OFFICE_TEST (test_j7_a_month_below_the_target_is_a_credit_of_its_instalment),
        OFFICE_TEST (test_j7_the_deepest_step_that_is_reached_holds_and_the_boundary_belongs_to_it),
        OFFICE_TEST (test_j7_a_month_without_a_miss_may_be_a_bonus),
        OFFICE_TEST (test_j7_too_few_promises_are_neither_good_nor_bad),
        OFFICE_TEST (test_j7_a_correction_settles_the_difference_by_the_terms_of_the_first),
        OFFICE_TEST (test_j7_terms_may_look_at_one_milestone),
        OFFICE_TEST (test_j7_without_terms_a_month_is_kept_for_information),
        OFFICE_TEST (test_j7_what_falls_to_the_months_adds_up_to_the_value),
        OFFICE_TEST (test_j7_terms_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
