/* The rest of a day planned again: who comes instead, what stays, and what a refusal leaves. */
#include "world.h"

/* What a person or a disturbance does is asked of the worker; its answer is a message. */
static const replan_proposed_t *
s_search (tx_t *tx)
{
    const search_day_t *asked = effect (tx, search_day);
    assert_non_null (asked);
    arena_t *arena = arena_new ();                          /* the worker has a copy: the turn's memory ends */
    size_t size = protobuf_c_message_get_packed_size (&asked->base);
    uint8_t *bytes = arena_alloc (arena, size + 1);
    protobuf_c_message_pack (&asked->base, bytes);
    ProtobufCAllocator allocator = arena_protobuf (arena);
    asked = (const search_day_t *) protobuf_c_message_unpack (asked->base.descriptor, &allocator, size, bytes);
    run (tx, replan_perform (arena, asked));
    arena_destroy (&arena);
    assert_string_equal (tx_fake_dead_letter (tx), "");
    return emitted (tx, replan_proposed);
}

static const replan_proposed_t *
s_replan (tx_t *tx, const char *id, bool dry_run)
{
    run (tx, replan_day (.replan_id = (char *) id, .territory_id = "milan", .day_on = "2026-06-08",
        .dry_run = dry_run));
    assert_accepted (tx);
    return s_search (tx);
}

static void
s_policy (tx_t *tx, int max_moved, int64_t moved_visit_minor, bool automatic)
{
    dispatch_policy_details_t details = policy_defaults;
    details.replan_max_moved = max_moved;
    details.moved_visit_minor = moved_visit_minor;
    details.moved_per_hour_minor = moved_visit_minor;
    details.replan_automatic = automatic;
    details.replan_effort_ms = 50;
    run (tx, publish_dispatch_policy (.policy_id = "p1", .details = &details));
    assert_accepted (tx);
}

/* An accepted visit of that engineer whose work begins so many hours from now. */
static void
s_accepted (tx_t *tx, const char *request, const char *engineer, int hours, char ret_order [64], char ret_visit [64])
{
    order_is (tx, request, ret_order);
    run (tx, choose_engineer (.work_order_id = ret_order, .engineer_id = (char *) engineer,
        .starts_at = NOW + hours * HOUR, .override_reason = "as agreed"));
    assert_accepted (tx);
    run (tx, readiness_changed (.work_order_id = ret_order, .ready = true));
    booking_is_held (tx, visit_of (tx, ret_order, ret_visit));
    run (tx, accept_visit (.visit_id = ret_visit, .engineer_id = (char *) engineer));
    assert_accepted (tx);
}

static void
s_away (tx_t *tx, const char *engineer)
{
    run (tx, absence_recorded (.absence_id = "flu", .engineer_id = (char *) engineer, .from_at = NOW,
        .to_at = NOW + DAY, .unplanned = true));
}

/* ann has two visits, bob one; both can do all. */
typedef struct { char orders [3] [64], visits [3] [64]; } day_t;

static day_t
s_day (tx_t *tx)
{
    day_t day;
    engineer_is (tx, "ann", 1, "gas", 2);
    engineer_is (tx, "bob", 3, "gas", 2);
    s_accepted (tx, "r1", "ann", 2, day.orders [0], day.visits [0]);
    s_accepted (tx, "r2", "ann", 4, day.orders [1], day.visits [1]);
    s_accepted (tx, "r3", "bob", 6, day.orders [2], day.visits [2]);
    return day;
}

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

static void
test_x25_no_more_visits_move_than_the_policy_allows (void **state)
{
    tx_t *tx = *state;
    s_policy (tx, 1, 0, false);
    s_day (tx);
    engineer_is (tx, "eve", 0, "gas", 2);
    const replan_proposed_t *plan = s_replan (tx, "p-1", false);
    assert_int_equal (plan->max_moved, 1);
    if (plan->moved > 1) {
        assert_false (plan->applied);
        assert_non_null (strstr (plan->not_applied_reason, "the policy allows 1"));
        assert_int_equal (emitted_count (tx, visit_proposed), 0);
    } else
        assert_true (emitted_count (tx, visit_proposed) <= 1);
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
        TEST (test_x5_an_emergency_that_nobody_can_take_has_the_day_planned_again_once_not_at_each_try),
        TEST (test_x5_the_visits_of_who_is_ill_go_to_others_and_nobody_elses_move),
        TEST (test_x5_by_itself_when_the_policy_says_so_once_for_what_comes_together),
        TEST (test_x5_nothing_is_planned_by_itself_when_the_policy_does_not_say_so),
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
        TEST (test_x5_a_cancelled_visit_frees_time_that_is_used_only_when_it_is_worth_it),
        TEST (test_x5_what_can_not_be_planned_is_refused_with_what_to_do),
        TEST (test_x5_a_search_that_was_lost_with_its_process_is_begun_again),
        TEST (test_x5_work_that_takes_longer_is_seen_when_the_next_visit_would_be_late),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
