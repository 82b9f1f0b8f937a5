/* From an order that may go to a visit that is proposed, and why him. */
#include "decided.h"

static void
test_h3_a_ready_order_goes_to_the_nearest_who_may (void **state)
{
    tx_t *tx = *state;
    char order [64];
    engineer_is (tx, "far", 20, "gas", 2);
    engineer_is (tx, "near", 2, "gas", 2);
    engineer_is (tx, "nearest", 1, "electricity", 2);
    ready_is (tx, order_is (tx, "r1", order));

    const dispatch_decided_t *decided = emitted (tx, dispatch_decided);
    assert_string_equal (decided->winner_id, "near");
    assert_string_equal (decided->runner_up_id, "far");
    assert_true (decided->runner_up_gap_minor > 0);
    assert_string_equal (decided->policy_id, "built-in");
    assert_int_equal (decided->n_candidates, 3);
    const visit_proposed_t *proposed = emitted (tx, visit_proposed);
    assert_string_equal (proposed->engineer_id, "near");
    assert_string_equal (proposed->visit_id, decided->visit_id);
    assert_int_equal (proposed->ends_at - proposed->work_starts_at, HOUR);
    assert_int_equal (proposed->starts_at, NOW);
    assert_int_equal (emitted (tx, work_order_state_changed)->state, WORK_ORDER_STATE_SCHEDULED);
}

static void
test_h3_an_order_that_is_not_ready_waits (void **state)
{
    tx_t *tx = *state;
    char order [64];
    engineer_is (tx, "ann", 1, "gas", 2);
    run (tx, readiness_changed (.work_order_id = order_is (tx, "r1", order), .ready = false));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    ready_is (tx, order);
    assert_non_null (emitted (tx, visit_proposed));
}

static void
test_h5_every_hard_rule_names_what_was_needed_and_what_was_there (void **state)
{
    tx_t *tx = *state;
    char order [64];
    engineer_is (tx, "unskilled", 1, "gas", 1);
    engineer_is (tx, "off-duty", 1, "gas", 2);
    run (tx, set_duty (.engineer_id = "off-duty", .on_duty = false));
    engineer_is (tx, "away", 1, "gas", 2);
    run (tx, absence_recorded (.absence_id = "x", .engineer_id = "away", .from_at = NOW - DAY,
        .to_at = NOW + 60 * DAY));
    char *excluded [] = { "c1" };
    skill_level_t *gas [] = { SKILL ("gas", 3) };
    run (tx, register_engineer (.engineer_id = "disliked",
         .details = PART (engineer_details, .name = "disliked", .territory_id = "milan",
         .n_skills = 1, .skills = gas, .n_excluded_customer_ids = 1,
         .excluded_customer_ids = excluded)));
    run (tx, shift_assigned (.engineer_id = "disliked", .calendar_id = "office"));
    run (tx, register_engineer (.engineer_id = "shiftless",
         .details = PART (engineer_details, .name = "shiftless", .territory_id = "milan",
         .n_skills = 1, .skills = gas)));
    ready_is (tx, order_is (tx, "r1", order));

    const dispatch_failed_t *failed = emitted (tx, dispatch_failed);
    assert_non_null (failed);
    assert_null (emitted (tx, visit_proposed));
    const dispatch_decided_t as_document = {
        .base = dispatch_decided_init, .n_candidates = failed->n_candidates,
            .candidates = failed->candidates };
    assert_string_equal (s_failed (s_candidate (&as_document, "unskilled"))->rule, "skill");
    assert_string_equal (s_failed (s_candidate (&as_document, "unskilled"))->needed,
        "gas level 2 on 2026-06-08");
    assert_string_equal (s_failed (s_candidate (&as_document, "unskilled"))->had, "level 1");
    assert_string_equal (s_failed (s_candidate (&as_document, "off-duty"))->rule, "duty");
    assert_string_equal (s_failed (s_candidate (&as_document, "away"))->rule, "absence");
    assert_string_equal (s_failed (s_candidate (&as_document, "disliked"))->rule, "customer");
    assert_string_equal (s_failed (s_candidate (&as_document, "shiftless"))->rule, "shift");
    assert_string_equal (failed->reason,
        "nobody of 5 may go: 1 absence, 1 customer, 1 duty, 1 shift, 1 skill");
}

static void
test_h5_engineers_of_another_territory_are_not_sent_but_those_of_the_country_are (void **state)
{
    tx_t *tx = *state;
    char order [64];
    skill_level_t *gas [] = { SKILL ("gas", 2) };
    run (tx, register_engineer (.engineer_id = "roman",
         .details = PART (engineer_details, .name = "roman", .territory_id = "rome", .n_skills = 1,
         .skills = gas, .home = POINT (45.4642, 9.19))));
    run (tx, shift_assigned (.engineer_id = "roman", .calendar_id = "office"));
    ready_is (tx, order_is (tx, "r1", order));
    assert_string_equal (emitted (tx, dispatch_failed)->reason,
        "no engineer is registered in territory milan");

    run (tx, register_engineer (.engineer_id = "specialist",
         .details = PART (engineer_details, .name = "specialist", .territory_id = "italy",
         .n_skills = 1, .skills = gas)));
    run (tx, shift_assigned (.engineer_id = "specialist", .calendar_id = "office"));
    /* milan, rome, italy, and the order that waits in milan */
    assert_int_equal (tx_fake_advance (tx, NOW + 2000), 4);
    assert_string_equal (emitted (tx, dispatch_decided)->winner_id, "specialist");
}

static void
test_h5_he_who_has_work_already_is_sent_after_it_from_there (void **state)
{
    tx_t *tx = *state;
    char first [64], second [64];
    engineer_is (tx, "ann", 1, "gas", 2);
    ready_is (tx, order_is (tx, "r1", first));
    int64_t first_ends_at = emitted (tx, visit_proposed)->ends_at;
    ready_is (tx, order_is (tx, "r2", second));
    const visit_proposed_t *proposed = emitted (tx, visit_proposed);
    assert_string_equal (proposed->engineer_id, "ann");
    assert_int_equal (proposed->starts_at, first_ends_at);          /* the same house: no travel */
    assert_int_equal (proposed->work_starts_at, first_ends_at);
}

static void
test_h6_a_certificate_that_expires_before_the_visit_day_does_not_count (void **state)
{
    tx_t *tx = *state;
    skill_level_t *expiring [] = { SKILL ("f-gas", 1, .valid_until_at = NOW + DAY,
        .is_certificate = true) };
    run (tx, register_engineer (.engineer_id = "ann",
         .details = PART (engineer_details, .name = "ann", .territory_id = "milan", .n_skills = 1,
         .skills = expiring)));
    run (tx, shift_assigned (.engineer_id = "ann", .calendar_id = "office"));
    skill_level_t *needed [] = { SKILL ("f-gas", 1) };
    run (tx, create_work_order (.work_order_id = "today", .type = REQUEST_TYPE_MAINTENANCE,
         .site_id = "s1", .n_skills = 1, .skills = needed));
    ready_is (tx, "today");
    assert_non_null (emitted (tx, visit_proposed));
    run (tx, create_work_order (.work_order_id = "later", .type = REQUEST_TYPE_MAINTENANCE,
         .site_id = "s1", .n_skills = 1, .skills = needed, .not_before_at = NOW + 2 * DAY));
    ready_is (tx, "later");
    const failed_rule_t *failed = s_failed (emitted (tx, dispatch_failed)->candidates [0]);
    assert_string_equal (failed->rule, "certificate");
    assert_string_equal (failed->needed, "f-gas level 1 on 2026-06-10");
    assert_string_equal (failed->had, "level 1 until 2026-06-09");
}

static void
test_h3_an_order_nobody_could_take_is_tried_again_when_somebody_comes (void **state)
{
    tx_t *tx = *state;
    char order [64];
    ready_is (tx, order_is (tx, "r1", order));
    assert_non_null (emitted (tx, dispatch_failed));
    assert_int_equal (tx_fake_timer (tx, "dispatch_retry", order), NOW + 15 * MINUTE);
    engineer_is (tx, "ann", 1, "gas", 2);
    tx_fake_advance (tx, NOW + 2000);
    assert_string_equal (emitted (tx, visit_proposed)->engineer_id, "ann");
    assert_int_equal (tx_fake_timer (tx, "dispatch_retry", order), 0);
}

static void
test_h3_the_same_failure_is_said_once_and_tried_every_quarter_of_an_hour (void **state)
{
    tx_t *tx = *state;
    char order [64];
    engineer_is (tx, "ann", 1, "gas", 1);
    tx_fake_advance (tx, NOW + 2000);
    ready_is (tx, order_is (tx, "r1", order));
    assert_int_equal (emitted_count (tx, dispatch_failed), 1);
    assert_int_equal (tx_fake_advance (tx, NOW + HOUR), 3);
    assert_int_equal (emitted_count (tx, dispatch_failed), 0);
}

static void
test_x1_what_the_scheduler_refuses_counts_as_taken_and_the_next_place_is_found (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    engineer_is (tx, "ann", 1, "gas", 2);
    ready_is (tx, order_is (tx, "r1", order));
    visit_of (tx, order, visit);
    run (tx, booking_refused (.booking_id = visit, .code = "overlap", .from_at = NOW,
        .to_at = NOW + 2 * HOUR));
    assert_int_equal (emitted (tx, visit_ended)->state, VISIT_STATE_CANCELLED);
    assert_int_equal (emitted (tx, visit_proposed)->starts_at, NOW + 2 * HOUR);
    assert_int_equal (emitted (tx, dispatch_decided)->attempt, 2);
    run (tx, booking_refused (.booking_id = visit, .code = "overlap"));
    assert_int_equal (tx_fake_emitted_total (tx), 0);       /* that visit is over */
}

static void
test_x1_a_scheduler_that_refuses_everything_is_left_alone_for_a_quarter_of_an_hour (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    engineer_is (tx, "ann", 1, "gas", 2);
    ready_is (tx, order_is (tx, "r1", order));
    int refused = 0;
    while (*visit_of (tx, order, visit) && refused < 50) {
        run (tx, booking_refused (.booking_id = visit, .code = "off_shift"));
        refused++;
    }
    assert_int_equal (refused, 20);
    assert_non_null (emitted (tx, dispatch_failed));
    tx_fake_advance (tx, NOW + 15 * MINUTE);
    assert_non_null (emitted (tx, visit_proposed));
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_h3_a_ready_order_goes_to_the_nearest_who_may),
        TEST (test_h3_an_order_that_is_not_ready_waits),
        TEST (test_h5_every_hard_rule_names_what_was_needed_and_what_was_there),
        TEST (test_h5_engineers_of_another_territory_are_not_sent_but_those_of_the_country_are),
        TEST (test_h5_he_who_has_work_already_is_sent_after_it_from_there),
        TEST (test_h6_a_certificate_that_expires_before_the_visit_day_does_not_count),
        TEST (test_h3_an_order_nobody_could_take_is_tried_again_when_somebody_comes),
        TEST (test_h3_the_same_failure_is_said_once_and_tried_every_quarter_of_an_hour),
        TEST (test_x1_what_the_scheduler_refuses_counts_as_taken_and_the_next_place_is_found),
        TEST (test_x1_a_scheduler_that_refuses_everything_is_left_alone_for_a_quarter_of_an_hour),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
