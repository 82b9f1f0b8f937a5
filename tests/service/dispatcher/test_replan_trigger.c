/* What upsets a day, and that it is planned again by itself then: illness, overrun, emergency, cancellation, nobody at
 * home (X5). */
#include "day.h"

static void
test_x5_by_itself_when_the_policy_says_so_once_for_what_comes_together (void **state)
{
    tx_t *tx = *state;
    s_policy (tx, 0, 2000, true);
    s_day (tx);
    s_away (tx, "ann");
    assert_int_equal (stored_count (tx, replan), 1);
    tx_fake_advance (tx, NOW + 5000);
    const replan_proposed_t *plan = s_search (tx);
    assert_int_equal (plan->trigger, REPLAN_TRIGGER_ABSENCE);
    assert_string_equal (plan->subject_id, "flu");
    assert_true (plan->applied);
    assert_int_equal (plan->n_moves, 2);
}

static void
test_x5_nothing_is_planned_by_itself_when_the_policy_does_not_say_so (void **state)
{
    tx_t *tx = *state;
    s_policy (tx, 0, 2000, false);
    s_day (tx);
    s_away (tx, "ann");
    assert_int_equal (stored_count (tx, replan), 0);
}

static void
test_x5_a_cancelled_visit_frees_time_that_is_used_only_when_it_is_worth_it (void **state)
{
    tx_t *tx = *state;
    s_policy (tx, 100, 1000000, true);
    day_t day = s_day (tx);
    run (tx, cancel_work_order (.work_order_id = day.orders [0], .reason = "works again"));
    assert_accepted (tx);
    tx_fake_advance (tx, NOW + 5000);
    const replan_proposed_t *plan = s_search (tx);
    assert_int_equal (plan->trigger, REPLAN_TRIGGER_CANCELLATION);
    assert_int_equal (plan->n_moves, 0);
    assert_int_equal (visit_row (tx, day.visits [1])->state, VISIT_STATE_ACCEPTED);
}

static void
test_x5_work_that_takes_longer_is_seen_when_the_next_visit_would_be_late (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64], next_order [64], next [64];
    s_policy (tx, 100, 100, true);
    accepted_visit (tx, order, visit);
    s_accepted (tx, "r2", "ann", 2, next_order, next);
    work_begins (tx, visit);
    tx_fake_advance (tx, NOW + 102 * MINUTE);
    assert_int_equal (stored_count (tx, replan), 1);
    const replan_proposed_t *plan = s_search (tx);
    assert_int_equal (plan->trigger, REPLAN_TRIGGER_OVERRUN);
    assert_string_equal (plan->subject_id, visit);
}

/* An order of level 1 with an arrival that is promised within the hour. */
static void
s_emergency (tx_t *tx, char ret_order [64])
{
    skill_level_t *skills [] = { SKILL ("gas", 2) };
    run (tx, work_order_requested (.request_id = "trapped", .type = REQUEST_TYPE_REPAIR, .customer_id = "c1",
        .site_id = "s1", .asset_id = "a1", .territory_id = "milan", .fault_level = 1, .priority = 1,
        .diagnosis = "somebody is trapped", .n_skills = 1, .skills = skills, .work_minutes = 60));
    snprintf (ret_order, 64, "%s", emitted (tx, work_order_created)->work_order_id);
    run (tx, sla_clock_started (.clock_id = "clock", .case_id = "trapped", .milestone = MILESTONE_ARRIVE,
        .due_at = NOW + HOUR));
    ready_is (tx, ret_order);
}

/* ann has a visit in an hour and one that is locked some hours from now; in the hour before, nobody is free for a visit
 * of an hour. What the plan is that follows. */
static const replan_proposed_t *
s_plan_of_emergency (tx_t *tx, int locked_hours, char orders [3] [64])
{
    char visits [2] [64], visit [64];
    s_policy (tx, 100, 100, true);
    engineer_is (tx, "ann", 1, "gas", 2);
    s_accepted (tx, "r1", "ann", 1, orders [0], visits [0]);
    s_accepted (tx, "r2", "ann", locked_hours, orders [1], visits [1]);
    run (tx, lock_visit (.visit_id = visits [1], .lock = VISIT_LOCK_TIME, .reason = "promised"));
    s_emergency (tx, orders [2]);
    visit_of (tx, orders [2], visit);
    assert_true (visit_row (tx, visit)->work_starts_at > NOW + HOUR);
    booking_is_held (tx, visit);
    assert_int_equal (stored_count (tx, replan), 1);
    tx_fake_advance (tx, NOW + 5000);
    return s_search (tx);
}

static void
test_x5_an_emergency_that_nobody_reaches_in_time_comes_first_and_others_a_little_later (void **state)
{
    tx_t *tx = *state;
    char orders [3] [64];
    const replan_proposed_t *plan = s_plan_of_emergency (tx, 3, orders);
    assert_int_equal (plan->trigger, REPLAN_TRIGGER_EMERGENCY);
    assert_string_equal (plan->subject_id, orders [2]);
    assert_true (plan->applied);
    assert_int_equal (emitted_count (tx, visit_proposed), 2);
    assert_int_equal (emitted_count (tx, moves_proposed), 0);   /* the later one goes first, then its time is free */
    assert_string_equal (emitted (tx, visit_proposed)->work_order_id, orders [0]);
    char visit [64];
    assert_true (visit_row (tx, visit_of (tx, orders [2], visit))->work_starts_at <= NOW + HOUR);
}

static void
test_x5_two_visits_of_one_engineer_that_take_each_others_time_are_proposed_together (void **state)
{
    tx_t *tx = *state;
    char orders [3] [64], visit [64];
    const replan_proposed_t *plan = s_plan_of_emergency (tx, 2, orders);
    assert_true (plan->applied);
    assert_int_equal (plan->n_moves, 2);
    assert_int_equal (emitted_count (tx, visit_proposed), 0);
    const moves_proposed_t *moves = emitted (tx, moves_proposed);
    assert_int_equal (moves->n_visits, 2);
    for (size_t i = 0; i < moves->n_visits; i++) {
        bool is_urgent = strcmp (moves->visits [i]->work_order_id, orders [2]) == 0;
        assert_true (is_urgent == (moves->visits [i]->work_starts_at <= NOW + HOUR));
        assert_string_equal (moves->visits [i]->engineer_id, "ann");
        assert_true (*moves->visits [i]->replaces_visit_id != 0);
    }
    run (tx, booking_held (.booking_id = visit_of (tx, orders [0], visit)));
    assert_string_equal (emitted (tx, visit_accepted)->visit_id, visit);
    assert_string_equal (emitted (tx, visit_moved)->work_order_id, orders [0]);
    run (tx, booking_refused (.booking_id = visit_of (tx, orders [2], visit), .engineer_id = "ann",
        .code = "together"));
    assert_string_not_equal (stored (tx, work_order, orders [2])->open_visit_id, visit);
    assert_string_not_equal (stored (tx, work_order, orders [2])->open_visit_id, "");
}

static void
test_x5_nobody_at_home_is_a_reason_to_plan_the_rest_of_the_day_again (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_policy (tx, 100, 100, true);
    accepted_visit (tx, order, visit);
    tx_fake_now (tx, NOW + 10 * MINUTE);
    run (tx, start_travel (.visit_id = visit, .engineer_id = "ann"));
    tx_fake_now (tx, NOW + 30 * MINUTE);
    run (tx, arrive_at_site (.visit_id = visit, .engineer_id = "ann", .point = POINT (45.4642, 9.1901)));
    assert_int_equal (stored_count (tx, replan), 0);
    run (tx, report_no_access (.visit_id = visit, .engineer_id = "ann", .note = "nobody opens"));
    assert_accepted (tx);
    assert_int_equal (stored_count (tx, replan), 1);
    tx_fake_advance (tx, NOW + 31 * MINUTE);
    const replan_proposed_t *plan = s_search (tx);
    assert_int_equal (plan->trigger, REPLAN_TRIGGER_NO_SHOW);
    assert_string_equal (plan->subject_id, visit);
}

static void
test_x5_an_emergency_that_nobody_can_take_has_the_day_planned_again_once_not_at_each_try (void **state)
{
    tx_t *tx = *state;
    skill_level_t *skills [] = { SKILL ("nuclear", 4) };
    s_policy (tx, 100, 100, true);
    engineer_is (tx, "ann", 1, "gas", 2);
    run (tx, work_order_requested (.request_id = "r9", .type = REQUEST_TYPE_REPAIR, .customer_id = "c1",
        .site_id = "s1", .asset_id = "a1", .territory_id = "milan", .fault_level = 1, .priority = 1,
        .n_skills = 1, .skills = skills, .work_minutes = 60));
    char order [64];
    snprintf (order, sizeof order, "%s", emitted (tx, work_order_created)->work_order_id);
    ready_is (tx, order);
    assert_non_null (emitted (tx, dispatch_failed));
    assert_int_equal (stored_count (tx, replan), 1);
    tx_fake_advance (tx, NOW + 5000);
    assert_int_equal (s_search (tx)->trigger, REPLAN_TRIGGER_EMERGENCY);
    tx_fake_advance (tx, NOW + 3 * HOUR);
    assert_int_equal (stored_count (tx, replan), 1);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_x5_by_itself_when_the_policy_says_so_once_for_what_comes_together),
        TEST (test_x5_nothing_is_planned_by_itself_when_the_policy_does_not_say_so),
        TEST (test_x5_a_cancelled_visit_frees_time_that_is_used_only_when_it_is_worth_it),
        TEST (test_x5_work_that_takes_longer_is_seen_when_the_next_visit_would_be_late),
        TEST (test_x5_an_emergency_that_nobody_reaches_in_time_comes_first_and_others_a_little_later),
        TEST (test_x5_two_visits_of_one_engineer_that_take_each_others_time_are_proposed_together),
        TEST (test_x5_an_emergency_that_nobody_can_take_has_the_day_planned_again_once_not_at_each_try),
        TEST (test_x5_nobody_at_home_is_a_reason_to_plan_the_rest_of_the_day_again),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
