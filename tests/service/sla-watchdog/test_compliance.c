/* J7: how the promises of a contract did, month by month: counted as verdicts fall, closed once, then corrected. */
#include "compliance.h"
#include "fixture.h"

#define DAY_MS (24 * HOUR_MS)

static const int64_t s_start = INT64_C (1780900200000);            /* Monday 2026-06-08, 8:30 in Rome */

static void
s_contract (tx_t *tx, const char *id, const char *zone)
{
    run (tx, contract_activated (.contract_id = (char *) id, .version = 1,
        .details = &(contract_details_t) { .base = contract_details_init, .time_zone = (char *) zone }));
}

/* Arrival within two hours of all time. */
static int
s_setup (void **state)
{
    tx_t *tx = company ();
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    add_target (&plan, MILESTONE_ACCEPT, BUDGET_TYPE_ELAPSED_24X7, HOUR_MS);
    publish (tx, "standard", &plan);
    s_contract (tx, "k1", "Europe/Rome");
    *state = tx;
    return 0;
}

static void
s_entitle (tx_t *tx, const char *id, const char *contract_id)
{
    run (tx, entitlement_resolved (.request_id = (char *) id, .terms_contract_id = (char *) contract_id));
}

static void
s_request (tx_t *tx, const char *id, int64_t at)
{
    request (tx, id, 2, at);
    s_entitle (tx, id, "k1");
}

static const contract_compliance_t *
s_month (tx_t *tx, const char *contract_id, const char *month)
{
    run (tx, get_sla_compliance (.contract_id = (char *) contract_id, .month = (char *) month));
    assert_accepted (tx);
    return answer (tx, sla_compliance)->n_months ? answer (tx, sla_compliance)->months [0] : NULL;
}

static void
s_assert_counts (tx_t *tx, const char *month, int met, int missed)
{
    const contract_compliance_t *self = s_month (tx, "k1", month);
    assert_int_equal (self ? self->met : 0, met);
    assert_int_equal (self ? self->missed : 0, missed);
}

static void
test_j7_a_promise_counts_when_its_verdict_falls_and_only_once (void **state)
{
    tx_t *tx = *state;
    s_request (tx, "r1", s_start);
    s_assert_counts (tx, "2026-06", 0, 0);
    tx_fake_advance (tx, s_start + HOUR_MS);
    arrive (tx, "r1", s_start + HOUR_MS);
    s_assert_counts (tx, "2026-06", 1, 0);
    tx_fake_advance (tx, s_start + 3 * HOUR_MS);        /* nobody has accepted it: missed though it runs on */
    s_assert_counts (tx, "2026-06", 1, 1);
    run (tx, service_request_acknowledged (.request_id = "r1", .agent = "anna", .acknowledged_at = tx_now (tx)));
    s_assert_counts (tx, "2026-06", 1, 1);
    const contract_compliance_t *month = s_month (tx, "k1", "2026-06");
    assert_int_equal (month->basis_points, 5000);
    assert_int_equal (month->n_milestones, 2);
    assert_int_equal (month->milestones [0]->milestone, MILESTONE_ACCEPT);
    assert_int_equal (month->milestones [0]->missed, 1);
    assert_int_equal (month->milestones [1]->met, 1);
    assert_int_equal (month->version, 0);
}

static void
test_j7_cancelled_promises_and_those_of_nobodys_contract_count_nowhere (void **state)
{
    tx_t *tx = *state;
    s_request (tx, "r1", s_start);
    request (tx, "r2", 2, s_start);
    tx_fake_advance (tx, s_start + 3 * HOUR_MS);
    s_assert_counts (tx, "2026-06", 0, 2);
    run (tx, service_request_cancelled (.request_id = "r1", .reason = "not needed"));
    s_assert_counts (tx, "2026-06", 0, 0);
    assert_int_equal (stored_count (tx, compliance_month), 1);
}

static void
test_j7_a_month_begins_at_midnight_of_the_contracts_zone (void **state)
{
    tx_t *tx = *state;
    s_request (tx, "r1", utc (2026, 6, 30, 19, 30));            /* 21:30 in Rome: two hours lead to 23:30 */
    tx_fake_advance (tx, utc (2026, 6, 30, 21, 0));
    s_request (tx, "r2", utc (2026, 6, 30, 20, 0));             /* 22:00: broken in the first moment of July */
    tx_fake_advance (tx, utc (2026, 6, 30, 23, 0));
    const contract_compliance_t *june = s_month (tx, "k1", "2026-06");
    assert_int_equal (june->milestones [1]->missed, 1);
    assert_string_equal (june->time_zone, "Europe/Rome");
    assert_at (june->closes_at, utc (2026, 6, 30, 22, 0) + 3 * DAY_MS);
    assert_int_equal (s_month (tx, "k1", "2026-07")->milestones [0]->missed, 1);
}

static void
test_j7_a_month_is_closed_once_after_three_days_of_grace (void **state)
{
    tx_t *tx = *state;
    int64_t close_at = utc (2026, 6, 30, 22, 0) + COMPLIANCE_GRACE_MS;
    s_request (tx, "r1", s_start);
    arrive (tx, "r1", s_start + HOUR_MS);
    tx_fake_advance (tx, close_at - 1);
    assert_int_equal (emitted_count (tx, sla_compliance_closed), 0);
    tx_fake_advance (tx, close_at);
    const sla_compliance_closed_t *closed = emitted (tx, sla_compliance_closed);
    assert_string_equal (closed->contract_id, "k1");
    assert_string_equal (closed->month, "2026-06");
    assert_int_equal (closed->version, 1);
    assert_int_equal (closed->met, 1);
    assert_int_equal (closed->missed, 1);
    assert_at (closed->closed_at, close_at);
    tx_fake_advance (tx, close_at + 300 * DAY_MS);
    assert_int_equal (emitted_count (tx, sla_compliance_closed), 0);
}

static void
test_j7_n8_a_verdict_that_turns_after_the_close_is_one_correction (void **state)
{
    tx_t *tx = *state;
    s_request (tx, "r1", s_start);
    s_request (tx, "r2", s_start);
    tx_fake_advance (tx, utc (2026, 7, 10, 0, 0));
    s_assert_counts (tx, "2026-06", 0, 4);
    arrive (tx, "r1", s_start + HOUR_MS);
    arrive (tx, "r2", s_start + HOUR_MS);
    assert_int_equal (emitted_count (tx, sla_compliance_closed), 0);
    tx_fake_advance (tx, tx_now (tx) + MINUTE_MS);
    assert_int_equal (emitted_count (tx, sla_compliance_closed), 1);
    assert_int_equal (emitted (tx, sla_compliance_closed)->version, 2);
    assert_int_equal (emitted (tx, sla_compliance_closed)->met, 2);
    assert_int_equal (emitted (tx, sla_compliance_closed)->missed, 2);
    s_assert_counts (tx, "2026-06", 2, 2);
    tx_fake_advance (tx, tx_now (tx) + DAY_MS);
    assert_int_equal (emitted_count (tx, sla_compliance_closed), 0);
}

static void
test_j7_another_contract_takes_over_what_was_counted (void **state)
{
    tx_t *tx = *state;
    s_contract (tx, "k2", "Asia/Shanghai");
    s_request (tx, "r1", s_start);
    arrive (tx, "r1", s_start + HOUR_MS);
    s_assert_counts (tx, "2026-06", 1, 0);
    tx_fake_now (tx, s_start + HOUR_MS);
    s_entitle (tx, "r1", "k2");
    s_assert_counts (tx, "2026-06", 0, 0);
    assert_int_equal (s_month (tx, "k2", "2026-06")->met, 1);
    assert_string_equal (s_month (tx, "k2", "2026-06")->time_zone, "Asia/Shanghai");
}

static void
test_j7_compliance_is_asked_for_by_contract_by_month_or_both (void **state)
{
    tx_t *tx = *state;
    s_contract (tx, "k2", "Europe/Rome");
    s_request (tx, "r1", s_start);
    s_request (tx, "r2", s_start + 30 * DAY_MS);
    s_entitle (tx, "r2", "k2");
    tx_fake_advance (tx, s_start + 31 * DAY_MS);
    run (tx, get_sla_compliance (.month = "2026-07"));
    assert_int_equal (answer (tx, sla_compliance)->n_months, 1);
    assert_string_equal (answer (tx, sla_compliance)->months [0]->contract_id, "k2");
    run (tx, get_sla_compliance ());
    assert_string_equal (answer (tx, sla_compliance)->months [0]->month, "2026-07");
    run (tx, get_sla_compliance (.contract_id = "k1"));
    assert_int_equal (answer (tx, sla_compliance)->n_months, 1);
    assert_string_equal (answer (tx, sla_compliance)->months [0]->month, "2026-06");
    assert_string_equal (answer (tx, sla_compliance)->next_after, "");
    assert_null (s_month (tx, "k2", "2026-05"));
    run (tx, get_sla_compliance (.contract_id = "k9"));
    assert_rejected (tx, "contract.unknown");
    run (tx, get_sla_compliance (.month = "June"));
    assert_rejected (tx, "month.invalid");
    run (tx, get_sla_compliance (.month = "2026-13"));
    assert_rejected (tx, "month.invalid");
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, s_setup, company_close)

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_j7_a_promise_counts_when_its_verdict_falls_and_only_once),
        TEST (test_j7_cancelled_promises_and_those_of_nobodys_contract_count_nowhere),
        TEST (test_j7_a_month_begins_at_midnight_of_the_contracts_zone),
        TEST (test_j7_a_month_is_closed_once_after_three_days_of_grace),
        TEST (test_j7_n8_a_verdict_that_turns_after_the_close_is_one_correction),
        TEST (test_j7_another_contract_takes_over_what_was_counted),
        TEST (test_j7_compliance_is_asked_for_by_contract_by_month_or_both),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
