/* Waits that stop clocks, and facts that come late. Case numbers are those of the SLA design's table. */
#include "fixture.h"

static int
s_setup (void **state)
{
    *state = company ();
    return 0;
}

static void
test_t5_a_case_born_waiting_consumes_nothing_and_never_warns (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_BUSINESS_TIME, 2 * HOUR_MS);
    tx_fake_now (tx, OPEN_MONDAY);
    accept_at (tx, "r1", "milan", OPEN_MONDAY);
    wait_from (tx, "r1", WAIT_REASON_CUSTOMER, OPEN_MONDAY);
    triage_at (tx, "r1", 3, OPEN_MONDAY);
    assert_int_equal (emitted_count (tx, sla_clock_paused), 1);
    assert_int_equal (tx_fake_advance (tx, utc (2026, 7, 8, 0, 0)), 0);
    run (tx, get_sla (.case_id = "r1"));
    assert_at (answer (tx, sla_standing)->clocks [0]->consumed_ms, 0);
    assert_int_equal (answer (tx, sla_standing)->clocks [0]->state, CLOCK_STATE_PAUSED);
}

static void
test_t30_the_deadline_of_a_paused_clock_passes_in_silence_and_what_was_left_is_left (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_ELAPSED_24X7, 4 * HOUR_MS);
    request (tx, "r1", 2, OPEN_MONDAY);
    tx_fake_now (tx, OPEN_MONDAY + HOUR_MS);
    wait_from (tx, "r1", WAIT_REASON_CUSTOMER, OPEN_MONDAY + HOUR_MS);
    assert_at (emitted (tx, sla_clock_paused)->consumed_ms, HOUR_MS);
    assert_int_equal (tx_fake_advance (tx, OPEN_MONDAY + 100 * HOUR_MS), 0);
    wait_until (tx, "r1", WAIT_REASON_CUSTOMER, OPEN_MONDAY + 100 * HOUR_MS);
    assert_at (emitted (tx, sla_clock_resumed)->due_at, OPEN_MONDAY + 103 * HOUR_MS);
}

static void
test_t31_a_pause_is_credited_once_however_often_plan_and_level_change (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    sla_target_spec_t *high = plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    pause_on (&plan, high, WAIT_REASON_CUSTOMER);
    high->fault_levels = (int32_t []) { 1 };
    high->n_fault_levels = 1;
    pause_on (&plan, add_target (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 8 * HOUR_MS), WAIT_REASON_CUSTOMER);
    publish (tx, "standard", &plan);
    request (tx, "r1", 3, OPEN_MONDAY);
    tx_fake_now (tx, OPEN_MONDAY + HOUR_MS);
    wait_from (tx, "r1", WAIT_REASON_CUSTOMER, OPEN_MONDAY + 10 * MINUTE_MS);
    wait_until (tx, "r1", WAIT_REASON_CUSTOMER, OPEN_MONDAY + 40 * MINUTE_MS);
    triage_at (tx, "r1", 1, OPEN_MONDAY + HOUR_MS);
    assert_at (emitted (tx, sla_clock_recomputed)->due_at, OPEN_MONDAY + 2 * HOUR_MS + 30 * MINUTE_MS);
    triage_at (tx, "r1", 4, OPEN_MONDAY + HOUR_MS);
    assert_at (emitted (tx, sla_clock_recomputed)->due_at, OPEN_MONDAY + 8 * HOUR_MS + 30 * MINUTE_MS);
    assert_at (stored (tx, sla_clock, "r1:ARRIVE")->started_at, OPEN_MONDAY);
}

static void
test_t32_only_open_hours_of_a_pause_over_night_and_weekend_are_credited (void **state)
{
    tx_t *tx = *state;
    int64_t friday = utc (2026, 6, 12, 13, 0);                      /* 15:00 in Rome */
    arrive_plan (tx, BUDGET_TYPE_BUSINESS_TIME, 4 * HOUR_MS);
    request (tx, "r1", 3, friday);
    tx_fake_now (tx, utc (2026, 6, 15, 7, 30));
    wait_from (tx, "r1", WAIT_REASON_CUSTOMER, friday + HOUR_MS);    /* Friday 16:00 */
    wait_until (tx, "r1", WAIT_REASON_CUSTOMER, utc (2026, 6, 15, 7, 30));   /* Monday 9:30: two open hours */
    assert_at (stored (tx, sla_clock, "r1:ARRIVE")->due_at, utc (2026, 6, 15, 10, 30));
}

static void
test_two_waits_for_the_same_reason_are_both_credited_even_back_to_back (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    request (tx, "r1", 3, OPEN_MONDAY);
    tx_fake_now (tx, OPEN_MONDAY + 2 * HOUR_MS);
    wait_from (tx, "r1", WAIT_REASON_CUSTOMER, OPEN_MONDAY + 10 * MINUTE_MS);
    wait_until (tx, "r1", WAIT_REASON_CUSTOMER, OPEN_MONDAY + 40 * MINUTE_MS);
    wait_from (tx, "r1", WAIT_REASON_CUSTOMER, OPEN_MONDAY + 40 * MINUTE_MS);
    wait_until (tx, "r1", WAIT_REASON_CUSTOMER, OPEN_MONDAY + 60 * MINUTE_MS);
    wait_from (tx, "r1", WAIT_REASON_CUSTOMER, OPEN_MONDAY + 90 * MINUTE_MS);
    wait_until (tx, "r1", WAIT_REASON_CUSTOMER, OPEN_MONDAY + 100 * MINUTE_MS);
    assert_at (stored (tx, sla_clock, "r1:ARRIVE")->due_at, OPEN_MONDAY + 3 * HOUR_MS);
}

static void
test_waits_stop_only_the_clocks_that_name_their_reason (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_ELAPSED_24X7, 4 * HOUR_MS);
    request (tx, "r1", 2, OPEN_MONDAY);
    wait_from (tx, "r1", WAIT_REASON_PARTS, OPEN_MONDAY);
    assert_int_equal (emitted_count (tx, sla_clock_paused), 0);
    assert_int_equal (tx_fake_advance (tx, OPEN_MONDAY + 3 * HOUR_MS), 1);
}

static void
test_n8_an_arrival_uploaded_late_takes_the_breach_back (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    request (tx, "r1", 2, OPEN_MONDAY);
    tx_fake_advance (tx, OPEN_MONDAY + 3 * HOUR_MS);
    assert_int_equal (emitted_count (tx, sla_breached), 1);
    tx_fake_now (tx, OPEN_MONDAY + 4 * HOUR_MS);
    arrive (tx, "r1", OPEN_MONDAY + 2 * HOUR_MS - 2 * MINUTE_MS);
    assert_at (emitted (tx, sla_breach_retracted)->met_at, OPEN_MONDAY + 2 * HOUR_MS - 2 * MINUTE_MS);
    assert_at (emitted (tx, sla_breach_retracted)->breach_at, OPEN_MONDAY + 2 * HOUR_MS);
    assert_string_equal (emitted (tx, sla_breach_retracted)->territory_id, "milan");
    assert_int_equal (emitted_count (tx, sla_clock_met), 1);
    assert_false (stored (tx, sla_clock, "r1:ARRIVE")->breached);
}

static void
test_n8_an_earlier_arrival_uploaded_after_a_late_one_turns_the_verdict (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    request (tx, "r1", 2, OPEN_MONDAY);
    tx_fake_advance (tx, OPEN_MONDAY + 5 * HOUR_MS);
    arrive (tx, "r1", OPEN_MONDAY + 3 * HOUR_MS);
    assert_int_equal (emitted_count (tx, sla_clock_missed), 1);
    assert_int_equal (emitted_count (tx, sla_breached), 0);        /* said when it happened */
    arrive (tx, "r1", OPEN_MONDAY + HOUR_MS);
    assert_int_equal (emitted_count (tx, sla_breach_retracted), 1);
    assert_int_equal (stored (tx, sla_clock, "r1:ARRIVE")->state, CLOCK_STATE_MET);
}

static void
test_n8_a_wait_uploaded_late_takes_the_breach_back_while_the_clock_runs_on (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    request (tx, "r1", 2, OPEN_MONDAY);
    tx_fake_advance (tx, OPEN_MONDAY + 3 * HOUR_MS);
    wait_from (tx, "r1", WAIT_REASON_CUSTOMER, OPEN_MONDAY + HOUR_MS);
    assert_int_equal (emitted_count (tx, sla_breach_retracted), 1);
    assert_int_equal (emitted_count (tx, sla_clock_paused), 1);
    wait_until (tx, "r1", WAIT_REASON_CUSTOMER, OPEN_MONDAY + 3 * HOUR_MS);
    assert_at (emitted (tx, sla_clock_resumed)->due_at, OPEN_MONDAY + 4 * HOUR_MS);
    tx_fake_advance (tx, OPEN_MONDAY + 4 * HOUR_MS + 1);
    assert_int_equal (emitted_count (tx, sla_breached), 1);
    assert_at (emitted (tx, sla_breached)->late_by_ms, 0);
}

static void
test_j8_a_reopened_request_continues_its_clock_and_the_time_it_was_solved_is_a_wait (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    sla_target_spec_t *spec = plan_default (&plan, MILESTONE_COMPLETE, BUDGET_TYPE_ELAPSED_24X7, 10 * HOUR_MS);
    pause_on (&plan, spec, WAIT_REASON_RESOLVED);
    publish (tx, "standard", &plan);
    request (tx, "r1", 2, OPEN_MONDAY);
    tx_fake_now (tx, OPEN_MONDAY + 4 * HOUR_MS);
    run (tx, service_request_resolved (.request_id = "r1", .tier = SUPPORT_TIER_ONSITE,
        .resolved_at = OPEN_MONDAY + 4 * HOUR_MS));
    assert_int_equal (stored (tx, sla_clock, "r1:COMPLETE")->state, CLOCK_STATE_MET);
    assert_int_equal (tx_fake_advance (tx, OPEN_MONDAY + 50 * HOUR_MS), 0);
    run (tx, service_request_reopened (.request_id = "r1", .reason = "again"));
    assert_at (emitted (tx, sla_clock_resumed)->due_at, OPEN_MONDAY + 56 * HOUR_MS);
    run (tx, get_sla (.case_id = "r1"));
    assert_at (answer (tx, sla_standing)->clocks [0]->consumed_ms, 4 * HOUR_MS);
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, s_setup, company_close)

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_t5_a_case_born_waiting_consumes_nothing_and_never_warns),
        TEST (test_t30_the_deadline_of_a_paused_clock_passes_in_silence_and_what_was_left_is_left),
        TEST (test_t31_a_pause_is_credited_once_however_often_plan_and_level_change),
        TEST (test_t32_only_open_hours_of_a_pause_over_night_and_weekend_are_credited),
        TEST (test_two_waits_for_the_same_reason_are_both_credited_even_back_to_back),
        TEST (test_waits_stop_only_the_clocks_that_name_their_reason),
        TEST (test_n8_an_arrival_uploaded_late_takes_the_breach_back),
        TEST (test_n8_an_earlier_arrival_uploaded_after_a_late_one_turns_the_verdict),
        TEST (test_n8_a_wait_uploaded_late_takes_the_breach_back_while_the_clock_runs_on),
        TEST (test_j8_a_reopened_request_continues_its_clock_and_the_time_it_was_solved_is_a_wait),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
