/* Change policies: what becomes of a promise when level, contract or plan change while it runs. */
#include "fixture.h"

static int64_t s_open;                      /* Monday 8:30 in Rome */

/* Arrival: level 1 within 2 open hours, else 8; level 4 within 12. Waits for the customer stop it. */
static tx_t *
s_company (change_policy_t policy)
{
    tx_t *tx = company ();
    plan_t plan;
    sla_target_spec_t *specs [3];
    static int32_t first [] = { 1 }, last [] = { 4 };
    specs [0] = plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_BUSINESS_TIME, 2 * HOUR_MS);
    specs [0]->fault_levels = first;
    specs [1] = add_target (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_BUSINESS_TIME, 12 * HOUR_MS);
    specs [1]->fault_levels = last;
    specs [2] = add_target (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_BUSINESS_TIME, 8 * HOUR_MS);
    specs [0]->n_fault_levels = specs [1]->n_fault_levels = 1;
    for (int i = 0; i < 3; i++)
        pause_on (&plan, specs [i], WAIT_REASON_CUSTOMER);
    plan.details.change_policy = policy;
    publish (tx, "standard", &plan);
    assert_accepted (tx);
    s_open = utc (2026, 6, 8, 6, 30);
    request (tx, "r1", 3, s_open);
    return tx;
}

static const sla_clock_t *
s_clock (tx_t *tx)
{
    return stored (tx, sla_clock, "r1:ARRIVE");
}

static void
s_level (tx_t *tx, int level, int64_t at)
{
    tx_fake_advance (tx, at);
    triage_at (tx, "r1", level, at);
}

static void
s_arrive (tx_t *tx, int64_t at)
{
    tx_fake_advance (tx, at);
    run_at (tx, at, visit_arrived (.visit_id = "v1", .request_id = "r1", .arrived_at = at));
}

static void
test_g22_retroactive_is_the_default_and_counts_from_the_start (void **state)
{
    (void) state;
    tx_t *tx = s_company (CHANGE_POLICY_UNSPECIFIED);
    s_level (tx, 1, s_open + HOUR_MS);
    assert_at (emitted (tx, sla_clock_recomputed)->due_at, s_open + 2 * HOUR_MS);
    tx_fake_destroy (&tx);
}

static void
test_g23_from_change_counts_the_new_budget_from_the_change (void **state)
{
    (void) state;
    tx_t *tx = s_company (CHANGE_POLICY_FROM_CHANGE);
    s_level (tx, 1, s_open + 3 * HOUR_MS);
    assert_at (emitted (tx, sla_clock_recomputed)->due_at, utc (2026, 6, 8, 11, 30));
    assert_int_equal (emitted_count (tx, sla_breached), 0);
    assert_at (s_clock (tx)->started_at, s_open + 3 * HOUR_MS);
    tx_fake_advance (tx, s_open + 5 * HOUR_MS + 1);
    assert_int_equal (emitted_count (tx, sla_breached), 1);
    s_arrive (tx, s_open + 6 * HOUR_MS);
    assert_at (emitted (tx, sla_clock_missed)->consumed_ms, 3 * HOUR_MS);
    tx_fake_destroy (&tx);
}

static void
test_t27_from_change_three_hours_in_breaches_once_at_its_own_time (void **state)
{
    (void) state;
    tx_t *tx = s_company (CHANGE_POLICY_FROM_CHANGE);
    s_level (tx, 1, s_open + 3 * HOUR_MS);
    tx_fake_advance (tx, s_open + 100 * HOUR_MS);
    assert_int_equal (emitted_count (tx, sla_breached), 1);
    assert_int_equal (emitted_count (tx, sla_warned), 1);
    tx_fake_destroy (&tx);
}

static void
test_t31_from_change_a_wait_is_credited_once_to_the_promise_it_lies_in (void **state)
{
    (void) state;
    tx_t *tx = s_company (CHANGE_POLICY_FROM_CHANGE);
    tx_fake_advance (tx, s_open + HOUR_MS);
    wait_from (tx, "r1", WAIT_REASON_CUSTOMER, s_open + HOUR_MS / 2);
    wait_until (tx, "r1", WAIT_REASON_CUSTOMER, s_open + HOUR_MS);
    s_level (tx, 4, s_open + HOUR_MS);
    s_level (tx, 1, s_open + 2 * HOUR_MS);
    assert_at (s_clock (tx)->due_at, s_open + 4 * HOUR_MS);
    wait_from (tx, "r1", WAIT_REASON_CUSTOMER, s_open + 2 * HOUR_MS);
    tx_fake_advance (tx, s_open + 3 * HOUR_MS);
    wait_until (tx, "r1", WAIT_REASON_CUSTOMER, s_open + 3 * HOUR_MS);
    assert_at (s_clock (tx)->due_at, s_open + 5 * HOUR_MS);
    tx_fake_destroy (&tx);
}

static void
test_keep_earlier_takes_an_earlier_deadline_and_never_gives_it_back (void **state)
{
    (void) state;
    tx_t *tx = s_company (CHANGE_POLICY_KEEP_EARLIER);
    s_level (tx, 4, s_open + HOUR_MS / 2);
    assert_int_equal (emitted_count (tx, sla_clock_recomputed), 0);
    assert_at (s_clock (tx)->due_at, s_open + 8 * HOUR_MS);
    s_level (tx, 1, s_open + HOUR_MS);
    assert_at (s_clock (tx)->due_at, s_open + 2 * HOUR_MS);
    s_level (tx, 4, s_open + HOUR_MS + MINUTE_MS);
    assert_int_equal (emitted_count (tx, sla_clock_recomputed), 0);
    assert_at (s_clock (tx)->due_at, s_open + 2 * HOUR_MS);
    tx_fake_destroy (&tx);
}

static void
test_keep_earlier_still_credits_a_wait (void **state)
{
    (void) state;
    tx_t *tx = s_company (CHANGE_POLICY_KEEP_EARLIER);
    s_level (tx, 4, s_open + HOUR_MS);
    wait_from (tx, "r1", WAIT_REASON_CUSTOMER, s_open + HOUR_MS);
    tx_fake_advance (tx, s_open + HOUR_MS + 30 * MINUTE_MS);
    wait_until (tx, "r1", WAIT_REASON_CUSTOMER, s_open + HOUR_MS + 30 * MINUTE_MS);
    assert_at (s_clock (tx)->due_at, s_open + 8 * HOUR_MS + 30 * MINUTE_MS);
    tx_fake_destroy (&tx);
}

static void
test_what_was_reached_before_the_change_keeps_its_verdict (void **state)
{
    (void) state;
    static const change_policy_t policies [] = { CHANGE_POLICY_FROM_CHANGE, CHANGE_POLICY_KEEP_EARLIER };
    for (int i = 0; i < 2; i++) {
        tx_t *tx = s_company (policies [i]);
        s_arrive (tx, s_open + 3 * HOUR_MS);
        s_level (tx, 1, s_open + 4 * HOUR_MS);
        assert_int_equal (tx_fake_emitted_total (tx), 0);
        assert_int_equal (s_clock (tx)->state, CLOCK_STATE_MET);
        assert_at (s_clock (tx)->budget_ms, 8 * HOUR_MS);
        tx_fake_destroy (&tx);
    }
}

static void
test_the_contract_that_billing_finds_after_the_request_came_is_no_change (void **state)
{
    (void) state;
    tx_t *tx = s_company (CHANGE_POLICY_FROM_CHANGE);
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_BUSINESS_TIME, 4 * HOUR_MS);
    plan.details.is_default = false;
    plan.details.order = 10;
    plan.details.change_policy = CHANGE_POLICY_FROM_CHANGE;
    plan.tiers [0] = "gold";
    plan.details.contract_tiers = plan.tiers;
    plan.details.n_contract_tiers = 1;
    publish (tx, "gold", &plan);
    assert_accepted (tx);
    tx_fake_now (tx, s_open + MINUTE_MS);
    run (tx, entitlement_resolved (.request_id = "r1", .contract_tier = "gold"));
    assert_at (s_clock (tx)->due_at, s_open + 4 * HOUR_MS);
    tx_fake_now (tx, s_open + HOUR_MS);
    run (tx, entitlement_resolved (.request_id = "r1", .contract_tier = "none"));
    assert_at (s_clock (tx)->due_at, utc (2026, 6, 9, 7, 30) - 30 * MINUTE_MS);
    tx_fake_destroy (&tx);
}

static void
test_a_plan_that_is_edited_changes_its_running_promises_as_it_said_before (void **state)
{
    (void) state;
    tx_t *tx = s_company (CHANGE_POLICY_FROM_CHANGE);
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_BUSINESS_TIME, HOUR_MS);
    tx_fake_now (tx, s_open + 3 * HOUR_MS);
    publish (tx, "standard", &plan);
    settle (tx);
    assert_at (s_clock (tx)->due_at, s_open + 4 * HOUR_MS);
    tx_fake_destroy (&tx);
}

static void
test_p8_there_and_back_again_is_as_if_nothing_had_been (void **state)
{
    (void) state;
    static const change_policy_t policies [] = { CHANGE_POLICY_RETROACTIVE, CHANGE_POLICY_UNSPECIFIED };
    for (int i = 0; i < 2; i++) {
        tx_t *tx = s_company (policies [i]);
        sla_clock_t before = *s_clock (tx);
        s_level (tx, 4, s_open + HOUR_MS);
        s_level (tx, 3, s_open + HOUR_MS);
        assert_at (s_clock (tx)->due_at, before.due_at);
        assert_at (s_clock (tx)->started_at, before.started_at);
        tx_fake_destroy (&tx);
    }
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_g22_retroactive_is_the_default_and_counts_from_the_start),
        cmocka_unit_test (test_g23_from_change_counts_the_new_budget_from_the_change),
        cmocka_unit_test (test_t27_from_change_three_hours_in_breaches_once_at_its_own_time),
        cmocka_unit_test (test_t31_from_change_a_wait_is_credited_once_to_the_promise_it_lies_in),
        cmocka_unit_test (test_keep_earlier_takes_an_earlier_deadline_and_never_gives_it_back),
        cmocka_unit_test (test_keep_earlier_still_credits_a_wait),
        cmocka_unit_test (test_what_was_reached_before_the_change_keeps_its_verdict),
        cmocka_unit_test (test_the_contract_that_billing_finds_after_the_request_came_is_no_change),
        cmocka_unit_test (test_a_plan_that_is_edited_changes_its_running_promises_as_it_said_before),
        cmocka_unit_test (test_p8_there_and_back_again_is_as_if_nothing_had_been),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
