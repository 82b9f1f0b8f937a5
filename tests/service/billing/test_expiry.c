/* E7: a customer hears that a contract ends, 60 and 30 days before or as the contract says, each once for each end. */
#include "office.h"

static contract_line_spec_t *s_line = &(contract_line_spec_t) { .base = contract_line_spec_init,
    .line_id = "l1", .covers_labour = true };

/* 9:00 in Rome, so many days before the end of 2026. */
static int64_t
s_days_before (int days)
{
    int32_t date = date_from_ymd (2026, 12, 31) - days;
    return zone_at (zone_find ("Europe/Rome", NULL), date, DATE_HM (9, 0));
}

static void
s_register (tx_t *tx, contract_details_t details)
{
    run (tx, register_contract (.contract_id = "c1", .details = &details));
    assert_accepted (tx);
}

static void
s_assert_notices (tx_t *tx, int64_t until_at, int count, int last_days)
{
    tx_fake_advance (tx, until_at);
    assert_int_equal (emitted_count (tx, contract_expiry_notice_due), count);
    if (count)
        assert_int_equal (emitted_nth (tx, contract_expiry_notice_due, count - 1)->days_before, last_days);
}

static void
test_e7_sixty_and_thirty_days_before_the_end_the_customer_is_told_once_each (void **state)
{
    tx_t *tx = *state;
    s_register (tx, office_contract (&s_line));
    s_assert_notices (tx, s_days_before (60) - 1, 0, 0);
    s_assert_notices (tx, s_days_before (60), 1, 60);
    assert_string_equal (emitted (tx, contract_expiry_notice_due)->customer_id, "rossi");
    assert_string_equal (emitted (tx, contract_expiry_notice_due)->end_on, "2026-12-31");
    s_assert_notices (tx, s_days_before (30) - 1, 0, 0);
    s_assert_notices (tx, s_days_before (30), 1, 30);
    s_assert_notices (tx, s_days_before (-400), 0, 0);
}

static void
test_e7_the_days_are_the_contracts_own (void **state)
{
    tx_t *tx = *state;
    contract_details_t details = office_contract (&s_line);
    details.n_expiry_notice_days = 3;
    details.expiry_notice_days = (int32_t []) { 10, 90, 1 };
    s_register (tx, details);
    s_assert_notices (tx, s_days_before (90), 1, 90);
    s_assert_notices (tx, s_days_before (10), 1, 10);
    s_assert_notices (tx, s_days_before (0), 1, 1);
}

static void
test_e7_another_end_arms_the_notices_again_and_other_changes_do_not (void **state)
{
    tx_t *tx = *state;
    contract_details_t details = office_contract (&s_line);
    s_register (tx, details);
    s_assert_notices (tx, s_days_before (60), 1, 60);
    details.name = "Full service plus";
    s_register (tx, details);
    s_assert_notices (tx, s_days_before (31), 0, 0);
    details.end_on = "2027-12-31";
    s_register (tx, details);
    s_assert_notices (tx, s_days_before (61 - 365), 0, 0);
    s_assert_notices (tx, s_days_before (60 - 365), 1, 60);
    s_assert_notices (tx, s_days_before (-365), 1, 30);
}

static void
test_e7_of_notices_that_were_missed_only_the_last_is_said (void **state)
{
    tx_t *tx = *state;
    s_register (tx, office_contract (&s_line));
    tx_fake_now (tx, s_days_before (20));
    s_assert_notices (tx, s_days_before (20), 1, 30);
    contract_details_t details = office_contract (&s_line);
    details.end_on = "2026-12-15";                      /* four days from then */
    s_register (tx, details);
    s_assert_notices (tx, s_days_before (20), 1, 30);
    s_assert_notices (tx, s_days_before (-100), 0, 0);
}

static void
test_e7_a_cancelled_contract_tells_nothing_covers_nothing_and_bills_nothing_after_its_last_day (void **state)
{
    tx_t *tx = *state;
    contract_details_t details = office_contract (&s_line);
    details.value_minor = 120000;
    details.instalment_count = 12;
    s_register (tx, details);
    tx_fake_advance (tx, MONDAY_AT);
    details.cancelled_on = "2026-08-15";
    s_register (tx, details);
    assert_string_equal (emitted (tx, contract_activated)->details->cancelled_on, "2026-08-15");
    tx_fake_advance (tx, s_days_before (-100));
    assert_int_equal (emitted_count (tx, invoice_issued), 2);           /* July and August */
    assert_int_equal (emitted_count (tx, contract_expiry_notice_due), 0);
    assert_true (contract_in_term (&details, MONDAY_AT));
    assert_false (contract_in_term (&details, s_days_before (100)));
}

static void
test_e7_days_and_cancellations_that_make_no_sense_are_refused (void **state)
{
    tx_t *tx = *state;
    contract_details_t details = office_contract (&s_line);
    details.n_expiry_notice_days = 2;
    details.expiry_notice_days = (int32_t []) { 30, 30 };
    run (tx, register_contract (.contract_id = "c1", .details = &details));
    assert_rejected (tx, "expiry_notice_days.twice");
    details.expiry_notice_days = (int32_t []) { 30, 0 };
    run (tx, register_contract (.contract_id = "c1", .details = &details));
    assert_rejected (tx, "expiry_notice_days.invalid");
    details.n_expiry_notice_days = 0;
    details.cancelled_on = "2027-01-01";
    run (tx, register_contract (.contract_id = "c1", .details = &details));
    assert_rejected (tx, "cancelled_on.outside");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        OFFICE_TEST (test_e7_sixty_and_thirty_days_before_the_end_the_customer_is_told_once_each),
        OFFICE_TEST (test_e7_the_days_are_the_contracts_own),
        OFFICE_TEST (test_e7_another_end_arms_the_notices_again_and_other_changes_do_not),
        OFFICE_TEST (test_e7_of_notices_that_were_missed_only_the_last_is_said),
        OFFICE_TEST (test_e7_a_cancelled_contract_tells_nothing_covers_nothing_and_bills_nothing_after_its_last_day),
        OFFICE_TEST (test_e7_days_and_cancellations_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
