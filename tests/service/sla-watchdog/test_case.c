/* Cases: several promises beside each other, and two cases that were one all along. */
#include "fixture.h"

static int64_t s_start;                 /* Monday 08:30 in Rome */

static int
s_setup (void **state)
{
    *state = company ();
    s_start = utc (2026, 6, 8, 6, 30);
    return 0;
}

static void
s_plan (tx_t *tx, merge_policy_t policy)
{
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 4 * HOUR_MS);
    plan.details.merge_policy = policy;
    publish (tx, "standard", &plan);
    assert_accepted (tx);
}

static void
s_merge (tx_t *tx, const char *absorbed_id, const char *survivor_id, int64_t accepted_at, int64_t merged_at)
{
    tx_fake_now (tx, merged_at);
    run_at (tx, merged_at, service_request_merged (.request_id = (char *) absorbed_id,
        .survivor_id = (char *) survivor_id, .accepted_at = accepted_at, .merged_at = merged_at));
}

static int64_t
s_due_at (tx_t *tx, const char *clock_id)
{
    return stored (tx, sla_clock, clock_id)->due_at;
}

static void
test_t46_the_absorbed_ones_clocks_stop_and_the_survivor_counts_from_the_earlier_of_the_two (void **state)
{
    tx_t *tx = *state;
    s_plan (tx, MERGE_POLICY_UNSPECIFIED);
    request (tx, "old", 2, s_start);
    request (tx, "new", 2, s_start + HOUR_MS);
    s_merge (tx, "old", "new", s_start, s_start + 2 * HOUR_MS);
    assert_string_equal (emitted (tx, sla_clock_cancelled)->case_id, "old");
    assert_int_equal (emitted_count (tx, sla_clock_recomputed), 1);
    assert_at (emitted (tx, sla_clock_recomputed)->due_at, s_start + 4 * HOUR_MS);
    assert_at (stored (tx, sla_clock, "new:ARRIVE")->started_at, s_start);
    tx_fake_advance (tx, s_start + 100 * HOUR_MS);
    assert_int_equal (emitted_count (tx, sla_breached), 1);
    assert_string_equal (emitted (tx, sla_breached)->case_id, "new");
    assert_int_equal (emitted_count (tx, sla_warned), 1);
}

static void
test_t46_an_earlier_survivor_and_one_whose_plan_says_so_keep_their_own_start (void **state)
{
    tx_t *tx = *state;
    s_plan (tx, MERGE_POLICY_UNSPECIFIED);
    request (tx, "old", 2, s_start);
    request (tx, "new", 2, s_start + HOUR_MS);
    s_merge (tx, "new", "old", s_start + HOUR_MS, s_start + 2 * HOUR_MS);
    assert_at (s_due_at (tx, "old:ARRIVE"), s_start + 4 * HOUR_MS);
    assert_int_equal (emitted_count (tx, sla_clock_recomputed), 0);

    s_plan (tx, MERGE_POLICY_OWN);
    settle (tx);
    request (tx, "third", 2, s_start + 3 * HOUR_MS);
    s_merge (tx, "old", "third", s_start, s_start + 3 * HOUR_MS);
    assert_at (s_due_at (tx, "third:ARRIVE"), s_start + 7 * HOUR_MS);
    assert_int_equal (stored (tx, sla_clock, "old:ARRIVE")->state, CLOCK_STATE_CANCELLED);
}

static void
test_t46_the_start_of_the_first_of_a_chain_of_merges_is_kept (void **state)
{
    tx_t *tx = *state;
    s_plan (tx, MERGE_POLICY_EARLIEST);
    request (tx, "r1", 2, s_start);
    request (tx, "r2", 2, s_start + HOUR_MS);
    request (tx, "r3", 2, s_start + 2 * HOUR_MS);
    s_merge (tx, "r1", "r2", s_start, s_start + 2 * HOUR_MS);
    s_merge (tx, "r2", "r3", s_start + HOUR_MS, s_start + 2 * HOUR_MS);
    assert_at (s_due_at (tx, "r3:ARRIVE"), s_start + 4 * HOUR_MS);
}

static void
test_t46_the_steps_of_the_absorbed_one_are_climbed_no_further (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    escalation_step_t step = {
        .base = escalation_step_init, .step_id = "first", .percent = 75, .role = "dispatcher",
        .acknowledge_within_minutes = 30, .next_step_id = "second" };
    escalation_step_t next = { .base = escalation_step_init, .step_id = "second", .role = "manager" };
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 4 * HOUR_MS);
    plan.details.n_escalation = 2;
    plan.details.escalation = (escalation_step_t *[]) { &step, &next };
    plan.details.merge_policy = MERGE_POLICY_OWN;
    publish (tx, "standard", &plan);
    request (tx, "old", 2, s_start);
    tx_fake_advance (tx, s_start + 3 * HOUR_MS);
    assert_string_equal (emitted (tx, sla_escalated)->case_id, "old");
    request (tx, "new", 2, s_start + 3 * HOUR_MS);
    s_merge (tx, "old", "new", s_start, s_start + 3 * HOUR_MS);
    tx_fake_advance (tx, s_start + 5 * HOUR_MS);
    assert_int_equal (emitted_count (tx, sla_escalated), 0);
}

static void
test_t39_a_promise_that_falls_due_earlier_stands_first_and_overwrites_no_other_deadline (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    plan_default (&plan, MILESTONE_ACCEPT, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    add_target (&plan, MILESTONE_PROPOSAL, BUDGET_TYPE_ELAPSED_24X7, HOUR_MS);
    publish (tx, "standard", &plan);
    request (tx, "r1", 2, s_start);
    wait_from (tx, "r1", WAIT_REASON_PARTS, s_start + 10 * MINUTE_MS);
    assert_at (s_due_at (tx, "r1:ACCEPT"), s_start + 2 * HOUR_MS);
    assert_at (s_due_at (tx, "r1:PROPOSAL"), s_start + HOUR_MS);
    run (tx, get_sla (.case_id = "r1"));
    assert_int_equal (answer (tx, sla_standing)->clocks [0]->milestone, MILESTONE_PROPOSAL);
    assert_int_equal (answer (tx, sla_standing)->clocks [1]->milestone, MILESTONE_ACCEPT);
    tx_fake_advance (tx, s_start + HOUR_MS + 1);
    assert_int_equal (emitted_count (tx, sla_breached), 1);
    assert_int_equal (emitted (tx, sla_breached)->milestone, MILESTONE_PROPOSAL);
    assert_at (s_due_at (tx, "r1:ACCEPT"), s_start + 2 * HOUR_MS);
}

static void
test_t51_while_the_customer_is_waited_for_after_our_answer_the_clock_towards_him_does_not_run (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    sla_target_spec_t *proposal = plan_default (&plan, MILESTONE_PROPOSAL, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    pause_on (&plan, proposal, WAIT_REASON_CUSTOMER);
    publish (tx, "standard", &plan);
    request (tx, "r1", 2, s_start);
    run_at (tx, s_start, service_request_acknowledged (.request_id = "r1", .acknowledged_at = s_start));
    wait_from (tx, "r1", WAIT_REASON_CUSTOMER, s_start + HOUR_MS);
    tx_fake_advance (tx, s_start + 500 * HOUR_MS);
    assert_int_equal (emitted_count (tx, sla_warned) + emitted_count (tx, sla_breached), 0);
    wait_until (tx, "r1", WAIT_REASON_CUSTOMER, s_start + 500 * HOUR_MS);
    assert_at (s_due_at (tx, "r1:PROPOSAL"), s_start + 501 * HOUR_MS);
}

int
main (void)
{
#define TEST(name) cmocka_unit_test_setup_teardown (name, s_setup, company_close)
    const struct CMUnitTest tests [] = {
        TEST (test_t46_the_absorbed_ones_clocks_stop_and_the_survivor_counts_from_the_earlier_of_the_two),
        TEST (test_t46_an_earlier_survivor_and_one_whose_plan_says_so_keep_their_own_start),
        TEST (test_t46_the_start_of_the_first_of_a_chain_of_merges_is_kept),
        TEST (test_t46_the_steps_of_the_absorbed_one_are_climbed_no_further),
        TEST (test_t39_a_promise_that_falls_due_earlier_stands_first_and_overwrites_no_other_deadline),
        TEST (test_t51_while_the_customer_is_waited_for_after_our_answer_the_clock_towards_him_does_not_run),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
