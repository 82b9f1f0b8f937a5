/* Clocks of a case: start, end, other levels, other hours. Case numbers are those of the SLA design's table. */
#include "fixture.h"

static int
s_setup (void **state)
{
    *state = company ();
    return 0;
}

static void
test_j1_accept_arrive_and_complete_are_clocks_of_their_own (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    plan_default (&plan, MILESTONE_ACCEPT, BUDGET_TYPE_ELAPSED_24X7, HOUR_MS);
    add_target (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_BUSINESS_TIME, 2 * HOUR_MS);
    add_target (&plan, MILESTONE_COMPLETE, BUDGET_TYPE_WORKING_DAYS_END_OF_DAY, 0)->budget_days = 3;
    publish (tx, "standard", &plan);
    request (tx, "r1", 3, utc (2026, 6, 8, 7, 0));
    assert_int_equal (stored_count (tx, sla_clock), 3);
    assert_at (stored (tx, sla_clock, "r1:ACCEPT")->due_at, utc (2026, 6, 8, 8, 0));
    assert_at (stored (tx, sla_clock, "r1:ARRIVE")->due_at, utc (2026, 6, 8, 9, 0));
    assert_at (stored (tx, sla_clock, "r1:COMPLETE")->due_at, utc (2026, 6, 11, 15, 0));

    tx_fake_now (tx, utc (2026, 6, 8, 7, 30));
    run (tx, service_request_acknowledged (.request_id = "r1", .agent = "anna",
        .acknowledged_at = utc (2026, 6, 8, 7, 30)));
    assert_int_equal (emitted_count (tx, sla_clock_met), 1);
    assert_int_equal (emitted (tx, sla_clock_met)->milestone, MILESTONE_ACCEPT);
    assert_at (emitted (tx, sla_clock_met)->consumed_ms, 30 * MINUTE_MS);
    tx_fake_now (tx, utc (2026, 6, 8, 8, 45));
    arrive (tx, "r1", utc (2026, 6, 8, 8, 45));
    assert_int_equal (emitted (tx, sla_clock_met)->milestone, MILESTONE_ARRIVE);
    tx_fake_now (tx, utc (2026, 6, 9, 9, 0));
    run (tx, service_request_resolved (.request_id = "r1", .tier = SUPPORT_TIER_ONSITE,
        .resolved_at = utc (2026, 6, 9, 9, 0)));
    assert_int_equal (emitted (tx, sla_clock_met)->milestone, MILESTONE_COMPLETE);
    assert_int_equal (emitted_count (tx, sla_clock_cancelled), 0);
}

static void
test_j1_no_clock_runs_before_the_level_is_known_and_then_it_counts_from_the_acceptance (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    tx_fake_now (tx, OPEN_MONDAY);
    accept_at (tx, "r1", "milan", OPEN_MONDAY);
    assert_int_equal (stored_count (tx, sla_clock), 0);
    tx_fake_now (tx, OPEN_MONDAY + 10 * MINUTE_MS);
    triage_at (tx, "r1", 2, OPEN_MONDAY + 10 * MINUTE_MS);
    assert_at (emitted (tx, sla_clock_started)->started_at, OPEN_MONDAY);
    assert_at (emitted (tx, sla_clock_started)->due_at, OPEN_MONDAY + 2 * HOUR_MS);
}

static void
test_j2_a_warning_at_75_percent_and_a_breach_in_the_first_millisecond_after_each_once (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_BUSINESS_TIME, 8 * HOUR_MS);
    request (tx, "r1", 3, OPEN_MONDAY);
    assert_int_equal (tx_fake_advance (tx, OPEN_MONDAY + 6 * HOUR_MS), 1);
    assert_at (emitted (tx, sla_warned)->threshold_at, utc (2026, 6, 8, 12, 30));    /* G24: 14:30 in Rome */
    assert_int_equal (emitted (tx, sla_warned)->percent, 75);
    assert_at (emitted (tx, sla_warned)->late_by_ms, 0);
    assert_int_equal (tx_fake_advance (tx, OPEN_MONDAY + 8 * HOUR_MS), 0);
    assert_int_equal (tx_fake_advance (tx, OPEN_MONDAY + 8 * HOUR_MS + 1), 1);
    assert_at (emitted (tx, sla_breached)->breach_at, OPEN_MONDAY + 8 * HOUR_MS);
    assert_at (emitted (tx, sla_breached)->late_by_ms, 0);
    assert_string_equal (emitted (tx, sla_breached)->customer_id, "c1");
    assert_int_equal (tx_fake_advance (tx, OPEN_MONDAY + 800 * HOUR_MS), 0);
}

static void
test_a_deadline_at_closing_time_is_met_until_the_next_opening (void **state)
{
    tx_t *tx = *state;                                              /* G07 */
    arrive_plan (tx, BUDGET_TYPE_BUSINESS_TIME, 8 * HOUR_MS + 30 * MINUTE_MS);
    request (tx, "r1", 3, OPEN_MONDAY);
    assert_at (emitted (tx, sla_clock_started)->due_at, utc (2026, 6, 8, 15, 0));
    assert_at (emitted (tx, sla_clock_started)->breach_at, utc (2026, 6, 9, 6, 30));
    tx_fake_advance (tx, utc (2026, 6, 9, 6, 30));
    assert_false (stored (tx, sla_clock, "r1:ARRIVE")->breached);
    arrive (tx, "r1", utc (2026, 6, 9, 6, 30));
    assert_int_equal (stored (tx, sla_clock, "r1:ARRIVE")->state, CLOCK_STATE_MET);
}

static void
test_one_millisecond_after_the_next_opening_it_is_missed (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_BUSINESS_TIME, 8 * HOUR_MS + 30 * MINUTE_MS);
    request (tx, "r1", 3, OPEN_MONDAY);
    tx_fake_advance (tx, utc (2026, 6, 9, 6, 30));
    tx_fake_now (tx, utc (2026, 6, 9, 6, 30) + 1);
    arrive (tx, "r1", utc (2026, 6, 9, 6, 30) + 1);
    assert_int_equal (emitted_count (tx, sla_breached), 1);
    assert_int_equal (emitted_count (tx, sla_clock_missed), 1);
    assert_at (emitted (tx, sla_clock_missed)->consumed_ms, emitted (tx, sla_clock_missed)->budget_ms + 1);
    assert_int_equal (tx_fake_advance (tx, utc (2026, 6, 20, 0, 0)), 0);
}

static void
test_t27_a_worse_level_after_three_hours_breaches_once_and_logs_the_warnings_it_jumped (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    sla_target_spec_t *high = plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    high->fault_levels = (int32_t []) { 1 };
    high->n_fault_levels = 1;
    high->warn_percents = (int32_t []) { 50, 75, 90 };
    high->n_warn_percents = 3;
    add_target (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 8 * HOUR_MS);
    publish (tx, "standard", &plan);
    request (tx, "r1", 3, OPEN_MONDAY);
    tx_fake_now (tx, OPEN_MONDAY + 3 * HOUR_MS);
    triage_at (tx, "r1", 1, OPEN_MONDAY + 3 * HOUR_MS);
    assert_at (stored (tx, sla_clock, "r1:ARRIVE")->started_at, OPEN_MONDAY);
    assert_int_equal (tx_fake_advance (tx, OPEN_MONDAY + 4 * HOUR_MS), 1);
    assert_int_equal (emitted_count (tx, sla_warned), 0);
    assert_int_equal (emitted_count (tx, sla_breached), 1);
    assert_at (emitted (tx, sla_breached)->late_by_ms, HOUR_MS + SETTLE_MS - 1);
    assert_false (stored (tx, threshold, "r1:ARRIVE:2:75")->said);
    assert_false (stored (tx, threshold, "r1:ARRIVE:2:90")->said);
    assert_true (stored (tx, threshold, "r1:ARRIVE:2:100")->said);
}

static void
test_t27_a_better_level_takes_a_breach_back_and_a_second_breach_is_said_again (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    sla_target_spec_t *high = plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    high->fault_levels = (int32_t []) { 1 };
    high->n_fault_levels = 1;
    add_target (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 8 * HOUR_MS);
    publish (tx, "standard", &plan);
    request (tx, "r1", 1, OPEN_MONDAY);
    assert_int_equal (tx_fake_advance (tx, OPEN_MONDAY + 3 * HOUR_MS), 2);
    triage_at (tx, "r1", 3, OPEN_MONDAY + 3 * HOUR_MS);
    assert_int_equal (emitted_count (tx, sla_breach_retracted), 1);
    assert_at (emitted (tx, sla_breach_retracted)->met_at, 0);
    assert_int_equal (tx_fake_advance (tx, OPEN_MONDAY + 9 * HOUR_MS), 2);
    assert_int_equal (emitted_count (tx, sla_breached), 1);
    assert_at (emitted (tx, sla_breached)->breach_at, OPEN_MONDAY + 8 * HOUR_MS);
}

static void
test_t34_an_instant_promised_to_the_customer_does_not_move_when_the_level_does (void **state)
{
    tx_t *tx = *state;
    int64_t promised_at = utc (2026, 6, 10, 18, 30);
    plan_t plan;
    sla_target_spec_t *high = plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    high->fault_levels = (int32_t []) { 1 };
    high->n_fault_levels = 1;
    add_target (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 8 * HOUR_MS);
    publish (tx, "standard", &plan);
    request (tx, "r1", 3, OPEN_MONDAY);
    run (tx, set_sla_deadline (.case_id = "r1", .milestone = MILESTONE_ARRIVE, .due_at = promised_at,
        .reason = "customer away"));
    assert_accepted (tx);
    assert_at (emitted (tx, sla_clock_recomputed)->due_at, promised_at);
    triage_at (tx, "r1", 1, OPEN_MONDAY);
    assert_int_equal (emitted_count (tx, sla_clock_recomputed), 0);
    assert_at (stored (tx, sla_clock, "r1:ARRIVE")->due_at, promised_at);
    assert_at (stored (tx, sla_clock, "r1:ARRIVE")->breach_at, promised_at);
}

static void
test_t26_an_instant_promised_while_closed_is_the_next_opening_and_says_so (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_BUSINESS_TIME, 2 * HOUR_MS);
    request (tx, "r1", 3, OPEN_MONDAY);
    run (tx, set_sla_deadline (.case_id = "r1", .milestone = MILESTONE_ARRIVE, .due_at = utc (2026, 6, 10, 18, 30)));
    assert_accepted (tx);
    assert_at (stored (tx, sla_clock, "r1:ARRIVE")->due_at, OPEN_MONDAY + 3 * DATE_DAY_MS);
    assert_string_equal (emitted (tx, sla_clock_recomputed)->cause,
        "deadline set (closed then: moved to the next opening)");
    run (tx, set_sla_deadline (.case_id = "r1", .milestone = MILESTONE_ARRIVE, .due_at = utc (2026, 6, 10, 15, 0)));
    assert_at (stored (tx, sla_clock, "r1:ARRIVE")->due_at, utc (2026, 6, 10, 15, 0));      /* closing time stands */
    run (tx, set_sla_deadline (.case_id = "r1", .milestone = MILESTONE_ARRIVE, .due_at = utc (2026, 6, 10, 18, 30),
        .even_if_closed = true));
    assert_at (stored (tx, sla_clock, "r1:ARRIVE")->due_at, utc (2026, 6, 10, 18, 30));
}

static void
test_a_promise_in_the_past_is_refused (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    request (tx, "r1", 3, OPEN_MONDAY);
    run (tx, set_sla_deadline (.case_id = "r1", .milestone = MILESTONE_ARRIVE, .due_at = OPEN_MONDAY));
    assert_rejected (tx, "deadline.past");
    run (tx, set_sla_deadline (.case_id = "r9", .milestone = MILESTONE_ARRIVE, .due_at = OPEN_MONDAY + 1));
    assert_rejected (tx, "case.unknown");
}

static void
test_t37_after_a_breach_nothing_more_is_said_whatever_happens_to_the_case (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    request (tx, "r1", 2, OPEN_MONDAY);
    tx_fake_advance (tx, OPEN_MONDAY + 3 * HOUR_MS);
    for (int i = 1; i <= 100; i++) {
        int64_t at = OPEN_MONDAY + 3 * HOUR_MS + i * MINUTE_MS;
        tx_fake_now (tx, at);
        run_at (tx, at, support_attempt_recorded (.request_id = "r1", .tier = SUPPORT_TIER_PHONE, .agent = "anna",
            .started_at = at));
        assert_int_equal (emitted_count (tx, sla_breached), 0);
        assert_int_equal (tx_fake_advance (tx, at + 1), 0);
    }
    assert_int_equal (stored_count (tx, threshold), 2);
}

static void
test_thresholds_that_came_while_the_watchdog_was_down_are_said_once_with_how_late (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    request (tx, "r1", 2, OPEN_MONDAY);
    tx_fake_now (tx, OPEN_MONDAY + 5 * HOUR_MS);
    assert_int_equal (tx_fake_advance (tx, OPEN_MONDAY + 5 * HOUR_MS + 10000), 2);
    assert_int_equal (emitted_count (tx, sla_warned), 1);
    assert_int_equal (emitted_count (tx, sla_breached), 1);
    assert_true (emitted (tx, sla_breached)->late_by_ms >= 3 * HOUR_MS - 1);
    assert_true (emitted (tx, sla_warned)->late_by_ms >= 3 * HOUR_MS + 30 * MINUTE_MS);
}

static void
test_after_a_stop_the_watchdog_first_hears_what_happened_meanwhile (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    request (tx, "r1", 2, OPEN_MONDAY);
    tx_fake_now (tx, OPEN_MONDAY + 5 * HOUR_MS);
    assert_int_equal (tx_fake_advance (tx, OPEN_MONDAY + 5 * HOUR_MS + 1), 1);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    arrive (tx, "r1", OPEN_MONDAY + HOUR_MS);
    assert_int_equal (emitted_count (tx, sla_clock_met), 1);
    assert_int_equal (tx_fake_advance (tx, OPEN_MONDAY + 50 * HOUR_MS), 0);
}

static void
test_t40_the_same_plan_runs_by_the_hours_of_each_site (void **state)
{
    tx_t *tx = *state;
    int64_t at = utc (2026, 6, 8, 8, 0);                            /* 10:00 in Rome, 16:00 in Beijing */
    arrive_plan (tx, BUDGET_TYPE_BUSINESS_TIME, 2 * HOUR_MS);
    tx_fake_now (tx, at);
    accept_at (tx, "rome", "milan", at);
    triage_at (tx, "rome", 3, at);
    accept_at (tx, "peking", "beijing", at);
    triage_at (tx, "peking", 3, at);
    assert_at (stored (tx, sla_clock, "rome:ARRIVE")->due_at, utc (2026, 6, 8, 10, 0));
    assert_at (stored (tx, sla_clock, "peking:ARRIVE")->due_at, utc (2026, 6, 9, 1, 30));
    assert_string_equal (stored (tx, sla_clock, "peking:ARRIVE")->calendar_id, "cn");
}

static void
test_t35_a_target_may_name_its_own_calendar (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_BUSINESS_TIME, HOUR_MS)->calendar_id = "cn";
    add_target (&plan, MILESTONE_COMPLETE, BUDGET_TYPE_BUSINESS_TIME, HOUR_MS);
    publish (tx, "standard", &plan);
    request (tx, "r1", 3, utc (2026, 6, 8, 10, 0));                 /* Beijing has closed, Rome has not */
    assert_at (stored (tx, sla_clock, "r1:ARRIVE")->due_at, utc (2026, 6, 9, 1, 30));
    assert_at (stored (tx, sla_clock, "r1:COMPLETE")->due_at, utc (2026, 6, 8, 11, 0));
}

static void
test_t46_a_cancelled_request_stops_its_clocks_and_escalates_no_more (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    request (tx, "r1", 2, OPEN_MONDAY);
    run (tx, service_request_cancelled (.request_id = "r1", .reason = "merged"));
    assert_int_equal (emitted_count (tx, sla_clock_cancelled), 1);
    assert_at (tx_fake_timer (tx, "threshold", "r1:ARRIVE"), 0);
    assert_int_equal (tx_fake_advance (tx, OPEN_MONDAY + 100 * HOUR_MS), 0);
}

static void
test_c11_a_request_solved_by_phone_cancels_the_promise_to_arrive (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    request (tx, "r1", 2, OPEN_MONDAY);
    run (tx, service_request_resolved (.request_id = "r1", .tier = SUPPORT_TIER_PHONE, .resolved_at = OPEN_MONDAY));
    assert_int_equal (emitted_count (tx, sla_clock_cancelled), 1);
    assert_int_equal (stored (tx, sla_clock, "r1:ARRIVE")->state, CLOCK_STATE_CANCELLED);
}

static void
test_j4_going_on_site_cancels_the_promise_to_solve_remotely (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    plan_default (&plan, MILESTONE_SOLVE_REMOTE, BUDGET_TYPE_BUSINESS_TIME, 8 * HOUR_MS);
    publish (tx, "standard", &plan);
    request (tx, "r1", 3, OPEN_MONDAY);
    run (tx, support_tier_changed (.request_id = "r1", .tier = SUPPORT_TIER_ONSITE, .from_tier = SUPPORT_TIER_PHONE));
    assert_int_equal (emitted_count (tx, sla_clock_cancelled), 1);
    run_at (tx, OPEN_MONDAY, service_request_accepted (.request_id = "r2", .territory_id = "milan",
        .accepted_at = OPEN_MONDAY, .tier = SUPPORT_TIER_ONSITE));
    triage_at (tx, "r2", 3, OPEN_MONDAY);
    assert_null (stored (tx, sla_clock, "r2:SOLVE_REMOTE"));
}

static void
test_facts_that_come_before_the_request_itself_are_kept (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    tx_fake_now (tx, OPEN_MONDAY + HOUR_MS);
    arrive (tx, "r1", OPEN_MONDAY + HOUR_MS);
    triage_at (tx, "r1", 2, OPEN_MONDAY);
    assert_int_equal (stored_count (tx, sla_clock), 0);
    accept_at (tx, "r1", "milan", OPEN_MONDAY);
    assert_int_equal (emitted_count (tx, sla_clock_started), 1);
    assert_int_equal (emitted_count (tx, sla_clock_met), 1);
}

static void
test_a_clock_whose_calendar_is_not_known_yet_starts_when_it_is_published (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_BUSINESS_TIME, 2 * HOUR_MS);
    publish_territory (tx, "hanoi", "Asia/Ho_Chi_Minh", "vn");
    tx_fake_now (tx, utc (2026, 6, 8, 3, 0));
    accept_at (tx, "r1", "hanoi", utc (2026, 6, 8, 3, 0));
    triage_at (tx, "r1", 3, utc (2026, 6, 8, 3, 0));
    assert_int_equal (emitted_count (tx, sla_clock_started), 0);
    publish_hours (tx, "vn", 1, "Asia/Ho_Chi_Minh", "08:30", "17:00", NULL);
    settle (tx);
    assert_at (emitted (tx, sla_clock_started)->due_at, utc (2026, 6, 8, 5, 0));
}

static void
test_t10_a_calendar_published_again_unchanged_moves_nothing_and_a_holiday_moves_what_it_touches (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_BUSINESS_TIME, 2 * HOUR_MS);
    request (tx, "late", 3, utc (2026, 6, 8, 14, 0));               /* 16:00 in Rome: due on Tuesday 9:30 */
    request (tx, "early", 3, utc (2026, 6, 8, 7, 0));
    publish_hours (tx, "it", 2, "Europe/Rome", "08:30", "17:00", NULL);
    assert_at (tx_fake_timer (tx, SWEEP_CALENDAR, "late"), 0);
    publish_hours (tx, "it", 3, "Europe/Rome", "08:30", "17:00", "2026-06-09");
    settle (tx);
    assert_int_equal (emitted_count (tx, sla_clock_recomputed), 1);
    assert_string_equal (emitted (tx, sla_clock_recomputed)->case_id, "late");
    assert_at (emitted (tx, sla_clock_recomputed)->due_at, utc (2026, 6, 10, 7, 30));
}

static void
test_a_breach_that_is_known_when_the_engineer_arrives_is_said_before_the_verdict (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    request (tx, "r1", 2, OPEN_MONDAY);
    tx_fake_now (tx, OPEN_MONDAY + 6 * HOUR_MS);                  /* the watchdog was down */
    arrive (tx, "r1", OPEN_MONDAY + 3 * HOUR_MS);
    assert_at (emitted (tx, sla_breached)->late_by_ms, 4 * HOUR_MS - 1);
    assert_at (emitted (tx, sla_clock_missed)->consumed_ms, 3 * HOUR_MS);
    assert_int_equal (tx_fake_advance (tx, OPEN_MONDAY + 9 * HOUR_MS), 0);
}

static void
test_j4_a_milestone_that_no_event_tells_is_reached_by_hand (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    plan_default (&plan, MILESTONE_PROPOSE_SOLUTION, BUDGET_TYPE_WORKING_DAYS_END_OF_DAY, 0)->budget_days = 3;
    publish (tx, "standard", &plan);
    request (tx, "r1", 3, OPEN_MONDAY);
    run (tx, reach_sla_milestone (.case_id = "r1", .milestone = MILESTONE_ARRIVE));
    assert_rejected (tx, "milestone.told_by_events");
    run (tx, reach_sla_milestone (.case_id = "r1", .milestone = MILESTONE_PROPOSE_SOLUTION));
    assert_accepted (tx);
    assert_int_equal (emitted_count (tx, sla_clock_met), 1);
}

static void
test_the_standing_of_a_case_counts_up_to_now (void **state)
{
    tx_t *tx = *state;
    arrive_plan (tx, BUDGET_TYPE_BUSINESS_TIME, 4 * HOUR_MS);
    request (tx, "r1", 3, OPEN_MONDAY);
    tx_fake_now (tx, OPEN_MONDAY + HOUR_MS + 1);
    run (tx, get_sla (.case_id = "r1"));
    const sla_standing_t *standing = answer (tx, sla_standing);
    assert_int_equal (standing->n_clocks, 1);
    assert_string_equal (standing->plan_id, "standard");
    assert_at (standing->clocks [0]->consumed_ms, HOUR_MS + 1);
    assert_at (standing->clocks [0]->budget_ms, 4 * HOUR_MS);
    run (tx, get_sla (.case_id = "r9"));
    assert_rejected (tx, "case.unknown");
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, s_setup, company_close)

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_j1_accept_arrive_and_complete_are_clocks_of_their_own),
        TEST (test_j1_no_clock_runs_before_the_level_is_known_and_then_it_counts_from_the_acceptance),
        TEST (test_j2_a_warning_at_75_percent_and_a_breach_in_the_first_millisecond_after_each_once),
        TEST (test_a_deadline_at_closing_time_is_met_until_the_next_opening),
        TEST (test_one_millisecond_after_the_next_opening_it_is_missed),
        TEST (test_t27_a_worse_level_after_three_hours_breaches_once_and_logs_the_warnings_it_jumped),
        TEST (test_t27_a_better_level_takes_a_breach_back_and_a_second_breach_is_said_again),
        TEST (test_t34_an_instant_promised_to_the_customer_does_not_move_when_the_level_does),
        TEST (test_t26_an_instant_promised_while_closed_is_the_next_opening_and_says_so),
        TEST (test_a_promise_in_the_past_is_refused),
        TEST (test_t37_after_a_breach_nothing_more_is_said_whatever_happens_to_the_case),
        TEST (test_thresholds_that_came_while_the_watchdog_was_down_are_said_once_with_how_late),
        TEST (test_after_a_stop_the_watchdog_first_hears_what_happened_meanwhile),
        TEST (test_t40_the_same_plan_runs_by_the_hours_of_each_site),
        TEST (test_t35_a_target_may_name_its_own_calendar),
        TEST (test_t46_a_cancelled_request_stops_its_clocks_and_escalates_no_more),
        TEST (test_c11_a_request_solved_by_phone_cancels_the_promise_to_arrive),
        TEST (test_j4_going_on_site_cancels_the_promise_to_solve_remotely),
        TEST (test_facts_that_come_before_the_request_itself_are_kept),
        TEST (test_a_clock_whose_calendar_is_not_known_yet_starts_when_it_is_published),
        TEST (test_t10_a_calendar_published_again_unchanged_moves_nothing_and_a_holiday_moves_what_it_touches),
        TEST (test_a_breach_that_is_known_when_the_engineer_arrives_is_said_before_the_verdict),
        TEST (test_j4_a_milestone_that_no_event_tells_is_reached_by_hand),
        TEST (test_the_standing_of_a_case_counts_up_to_now),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
