/* The rest of a day planned again: who comes instead, what stays, and what a refusal leaves. */
#include "day.h"

static void
test_x5_the_visits_of_who_is_ill_go_to_others_and_nobody_elses_move (void **state)
{
    tx_t *tx = *state;
    s_policy (tx, 0, 2000, false);
    day_t day = s_day (tx);
    s_away (tx, "ann");
    const replan_proposed_t *plan = s_replan (tx, "p-1", false);
    assert_string_equal (plan->error, "");
    assert_string_equal (plan->not_applied_reason, "");
    assert_true (plan->applied);
    assert_int_equal (plan->n_moves, 2);
    assert_int_equal (plan->moved, 0);
    for (size_t i = 0; i < plan->n_moves; i++) {
        assert_string_equal (plan->moves [i]->from_engineer_id, "ann");
        assert_string_equal (plan->moves [i]->engineer_id, "bob");
        assert_true (plan->moves [i]->must);
        assert_true (plan->moves [i]->work_starts_at >= plan->moves [i]->from_work_starts_at);
    }
    assert_int_equal (emitted_count (tx, visit_proposed), 2);
    assert_int_equal (emitted_count (tx, visit_ended), 2);
    assert_true (emitted (tx, visit_ended)->is_moved);
    assert_int_equal (visit_row (tx, day.visits [2])->state, VISIT_STATE_ACCEPTED);
    char visit [64];
    booking_is_held (tx, visit_of (tx, day.orders [0], visit));
    run (tx, accept_visit (.visit_id = visit, .engineer_id = "bob"));
    assert_accepted (tx);
    assert_string_equal (emitted (tx, visit_moved)->from_visit_id, day.visits [0]);
    assert_string_equal (emitted (tx, visit_moved)->from_engineer_id, "ann");
    assert_string_equal (emitted (tx, visit_accepted)->replaces_visit_id, day.visits [0]);
}

static void
test_x26_a_dry_run_changes_nothing_until_it_is_applied (void **state)
{
    tx_t *tx = *state;
    s_policy (tx, 0, 2000, false);
    day_t day = s_day (tx);
    s_away (tx, "ann");
    const replan_proposed_t *plan = s_replan (tx, "p-1", true);
    assert_false (plan->applied);
    assert_int_equal (plan->n_moves, 2);
    assert_int_equal (tx_fake_emitted_total (tx), 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal (visit_row (tx, day.visits [i])->state, VISIT_STATE_ACCEPTED);
    run (tx, apply_replan (.replan_id = "p-1"));
    assert_accepted (tx);
    assert_int_equal (emitted_count (tx, visit_proposed), 2);
    run (tx, apply_replan (.replan_id = "p-1"));
    assert_rejected (tx, "replan.applied");
}

static void
test_x2_what_is_locked_and_x5_what_is_started_or_frozen_stays (void **state)
{
    tx_t *tx = *state;
    s_policy (tx, 100, 0, false);
    day_t day = s_day (tx);
    char order [64], visit [64];
    engineer_is (tx, "eve", 0, "gas", 2);           /* at the site already: cheaper for all of them */
    s_accepted (tx, "r4", "bob", 3, order, visit);
    run (tx, lock_visit (.visit_id = day.visits [1], .lock = VISIT_LOCK_ENGINEER, .reason = "promised"));
    run (tx, lock_visit (.visit_id = day.visits [2], .lock = VISIT_LOCK_TIME, .reason = "promised"));
    tx_fake_now (tx, NOW + 90 * MINUTE);            /* the first begins within the hour */
    const replan_proposed_t *plan = s_replan (tx, "p-1", true);
    assert_string_equal (plan->error, "");
    assert_int_equal (plan->n_moves, 1);
    assert_string_equal (plan->moves [0]->visit_id, visit);
    assert_string_equal (plan->moves [0]->engineer_id, "eve");
}

static void
test_x5_when_a_move_costs_more_than_it_saves_nobody_moves (void **state)
{
    tx_t *tx = *state;
    s_policy (tx, 100, 1000000, false);
    s_day (tx);
    engineer_is (tx, "eve", 0, "gas", 2);
    const replan_proposed_t *plan = s_replan (tx, "p-1", false);
    assert_int_equal (plan->n_moves, 0);
    assert_false (plan->applied);
    assert_string_equal (plan->not_applied_reason, "nothing would be better");
    s_policy (tx, 100, 0, false);
    assert_true (s_replan (tx, "p-2", true)->n_moves > 0);
}

/* Moves that cost nothing do not get dearer, however often they are made so: the limit alone holds them. */
static void
test_x25_no_more_visits_move_than_the_policy_allows (void **state)
{
    tx_t *tx = *state;
    s_policy (tx, 1, 0, false);
    s_day (tx);
    engineer_is (tx, "eve", 0, "gas", 2);           /* at the site: all three would be cheaper with her */
    const replan_proposed_t *plan = s_replan (tx, "p-1", false);
    assert_int_equal (plan->max_moved, 1);
    assert_true (plan->moved > 1);
    assert_false (plan->applied);
    assert_non_null (strstr (plan->not_applied_reason, "visits of which people know would move, the policy allows 1"));
    assert_int_equal (emitted_count (tx, visit_proposed), 0);
    run (tx, apply_replan (.replan_id = "p-1"));    /* a person may, all the same */
    assert_accepted (tx);
    assert_true (emitted_count (tx, visit_proposed) > 1);
}

/* One visit goes from ann to eve, who lives at the site. */
static const char *
s_moving (tx_t *tx, char ret_order [64], char ret_old [64], char ret_new [64])
{
    s_policy (tx, 100, 0, false);
    engineer_is (tx, "ann", 9, "gas", 2);
    s_accepted (tx, "r1", "ann", 4, ret_order, ret_old);
    engineer_is (tx, "eve", 0, "gas", 2);
    assert_true (s_replan (tx, "p-1", false)->applied);
    assert_string_equal (emitted (tx, visit_proposed)->engineer_id, "eve");
    assert_string_equal (emitted (tx, visit_proposed)->replaces_visit_id, ret_old);
    assert_int_equal (emitted_count (tx, visit_ended), 0);
    return visit_of (tx, ret_order, ret_new);
}

static void
test_x5_when_the_scheduler_refuses_the_new_time_the_old_visit_stands (void **state)
{
    tx_t *tx = *state;
    char order [64], old [64], new [64];
    s_moving (tx, order, old, new);
    run (tx, booking_refused (.booking_id = new, .engineer_id = "eve", .code = "overlap", .message = "taken"));
    assert_null (emitted (tx, visit_proposed));
    assert_string_equal (stored (tx, work_order, order)->open_visit_id, old);
    assert_int_equal (visit_row (tx, old)->state, VISIT_STATE_ACCEPTED);
    assert_int_equal (stored (tx, work_order, order)->state, WORK_ORDER_STATE_SCHEDULED);
}

static void
test_x5_when_the_new_engineer_will_not_go_the_old_visit_stands (void **state)
{
    tx_t *tx = *state;
    char order [64], old [64], new [64];
    s_moving (tx, order, old, new);
    booking_is_held (tx, new);
    run (tx, reject_visit (.visit_id = new, .engineer_id = "eve", .reason = "too far"));
    assert_null (emitted (tx, visit_proposed));
    assert_string_equal (stored (tx, work_order, order)->open_visit_id, old);
    assert_int_equal (visit_row (tx, old)->state, VISIT_STATE_ACCEPTED);
}

static void
test_x5_the_old_visit_ends_when_the_new_engineer_says_yes (void **state)
{
    tx_t *tx = *state;
    char order [64], old [64], new [64];
    s_moving (tx, order, old, new);
    booking_is_held (tx, new);
    assert_int_equal (visit_row (tx, old)->state, VISIT_STATE_ACCEPTED);
    run (tx, accept_visit (.visit_id = new, .engineer_id = "eve"));
    assert_string_equal (emitted (tx, visit_ended)->visit_id, old);
    assert_true (emitted (tx, visit_ended)->is_moved);
    assert_string_equal (emitted (tx, visit_moved)->visit_id, new);
    assert_string_equal (stored (tx, work_order, order)->open_visit_id, new);
    assert_int_equal (visit_row (tx, old)->state, VISIT_STATE_CANCELLED);
}

static void
test_x5_who_falls_ill_while_his_visit_is_being_moved_is_replaced_at_once (void **state)
{
    tx_t *tx = *state;
    char order [64], old [64], new [64];
    s_moving (tx, order, old, new);
    booking_is_held (tx, new);
    s_away (tx, "ann");
    assert_true (s_replan (tx, "p-2", false)->applied);
    assert_int_equal (visit_row (tx, old)->state, VISIT_STATE_CANCELLED);
    assert_int_equal (visit_row (tx, new)->state, VISIT_STATE_LOST);
    assert_string_not_equal (stored (tx, work_order, order)->open_visit_id, new);
    assert_string_not_equal (stored (tx, work_order, order)->open_visit_id, old);
}

static void
test_x5_who_sets_out_keeps_his_visit (void **state)
{
    tx_t *tx = *state;
    char order [64], old [64], new [64];
    s_moving (tx, order, old, new);
    booking_is_held (tx, new);
    run (tx, start_travel (.visit_id = old, .engineer_id = "ann"));
    assert_accepted (tx);
    assert_string_equal (emitted (tx, visit_ended)->visit_id, new);
    assert_string_equal (emitted (tx, visit_offer_lost)->engineer_id, "eve");
    assert_string_equal (stored (tx, work_order, order)->open_visit_id, old);
}

static void
test_x5_the_same_problem_gives_the_same_document_byte_for_byte (void **state)
{
    tx_t *tx = *state;
    s_policy (tx, 100, 100, false);
    s_day (tx);
    engineer_is (tx, "eve", 0, "gas", 2);
    run (tx, replan_day (.replan_id = "p-1", .territory_id = "milan", .day_on = "2026-06-08", .dry_run = true));
    const search_day_t *asked = effect (tx, search_day);
    uint8_t bytes [2] [20000];
    size_t sizes [2];
    arena_t *arena = arena_new ();
    for (int i = 0; i < 2; i++) {
        const ProtobufCMessage *found = replan_perform (arena, asked);
        sizes [i] = protobuf_c_message_get_packed_size (found);
        assert_true (sizes [i] < sizeof bytes [i]);
        protobuf_c_message_pack (found, bytes [i]);
    }
    assert_int_equal (sizes [0], sizes [1]);
    assert_memory_equal (bytes [0], bytes [1], sizes [0]);
    arena_destroy (&arena);
}

static void
test_n6_no_plan_costs_less_than_its_bound_and_no_plan_more_than_the_day_as_it_is (void **state)
{
    tx_t *tx = *state;
    s_policy (tx, 100, 0, false);
    s_day (tx);
    engineer_is (tx, "eve", 0, "gas", 2);
    const replan_proposed_t *plan = s_replan (tx, "p-1", true);
    int64_t before_minor = 0, after_minor = 0;
    for (size_t i = 0; i < plan->n_terms; i++) {
        before_minor += plan->terms [i]->before_minor;
        after_minor += plan->terms [i]->after_minor;
    }
    assert_int_equal (before_minor, plan->before_minor);
    assert_int_equal (after_minor, plan->after_minor);
    assert_true (plan->after_minor < plan->before_minor);
    assert_true (plan->bound_minor <= plan->after_minor);
    assert_int_equal (strlen (plan->input_hash), 64);
}

static void
test_x5_what_can_not_be_planned_is_refused_with_what_to_do (void **state)
{
    tx_t *tx = *state;
    run (tx, replan_day (.replan_id = "p", .territory_id = "mars", .day_on = "2026-06-08"));
    assert_rejected (tx, "territory.unknown");
    run (tx, replan_day (.replan_id = "p", .territory_id = "milan", .day_on = "2026-06-07"));
    assert_rejected (tx, "day_on.past");
    run (tx, replan_day (.replan_id = "p", .territory_id = "milan", .day_on = "soon"));
    assert_int_equal (stored_count (tx, replan), 0);
    run (tx, replan_day (.replan_id = "p", .territory_id = "milan", .day_on = "2026-06-08", .policy_id = "none"));
    assert_rejected (tx, "policy.unknown");
    run (tx, replan_day (.replan_id = "p", .territory_id = "milan", .day_on = "2026-06-08"));
    assert_accepted (tx);
    run (tx, replan_day (.replan_id = "p", .territory_id = "milan", .day_on = "2026-06-08"));
    assert_rejected (tx, "replan.exists");
    run (tx, get_replan (.replan_id = "p"));
    assert_rejected (tx, "replan.not_ready");
    run (tx, apply_replan (.replan_id = "q"));
    assert_rejected (tx, "replan.unknown");
}

static void
test_x5_a_search_that_was_lost_with_its_process_is_begun_again (void **state)
{
    tx_t *tx = *state;
    s_day (tx);
    run (tx, replan_day (.replan_id = "p", .territory_id = "milan", .day_on = "2026-06-08", .dry_run = true));
    assert_non_null (effect (tx, search_day));
    tx_fake_advance (tx, NOW + 3 * MINUTE);
    assert_non_null (s_search (tx));
    assert_int_equal (tx_fake_timer (tx, "replan_due", "p"), 0);
    run (tx, get_replan (.replan_id = "p"));
    assert_string_equal (answer (tx, replan_proposed)->replan_id, "p");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_x5_the_visits_of_who_is_ill_go_to_others_and_nobody_elses_move),
        TEST (test_x26_a_dry_run_changes_nothing_until_it_is_applied),
        TEST (test_x2_what_is_locked_and_x5_what_is_started_or_frozen_stays),
        TEST (test_x5_when_a_move_costs_more_than_it_saves_nobody_moves),
        TEST (test_x25_no_more_visits_move_than_the_policy_allows),
        TEST (test_x5_when_the_scheduler_refuses_the_new_time_the_old_visit_stands),
        TEST (test_x5_when_the_new_engineer_will_not_go_the_old_visit_stands),
        TEST (test_x5_the_old_visit_ends_when_the_new_engineer_says_yes),
        TEST (test_x5_who_falls_ill_while_his_visit_is_being_moved_is_replaced_at_once),
        TEST (test_x5_who_sets_out_keeps_his_visit),
        TEST (test_x5_the_same_problem_gives_the_same_document_byte_for_byte),
        TEST (test_n6_no_plan_costs_less_than_its_bound_and_no_plan_more_than_the_day_as_it_is),
        TEST (test_x5_what_can_not_be_planned_is_refused_with_what_to_do),
        TEST (test_x5_a_search_that_was_lost_with_its_process_is_begun_again),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
