/* From an order that may go to a visit that is proposed, and why him. */
#include "world.h"

static const dispatch_candidate_t *
s_candidate (const dispatch_decided_t *document, const char *engineer_id)
{
    const dispatch_candidate_t *candidate = decision_candidate (document, engineer_id);
    assert_non_null (candidate);
    return candidate;
}

static const failed_rule_t *
s_failed (const dispatch_candidate_t *candidate)
{
    assert_int_equal (candidate->n_failed_rules, 1);
    return candidate->failed_rules [0];
}

static void
test_h1_a_request_makes_one_order_with_all_that_it_needs (void **state)
{
    tx_t *tx = *state;
    char order [64];
    order_is (tx, "r1", order);
    const work_order_created_t *created = emitted (tx, work_order_created);
    assert_string_equal (created->request_id, "r1");
    assert_string_equal (created->territory_id, "milan");
    assert_int_equal (created->n_skills, 1);
    assert_int_equal (stored (tx, work_order, order)->state, WORK_ORDER_STATE_UNSCHEDULED);

    run (tx, work_order_requested (.request_id = "r1", .site_id = "s1"));
    assert_int_equal (emitted_count (tx, work_order_created), 0);
    assert_int_equal (tx_fake_stored_count (tx, &work_order_entity), 1);
}

static void
test_h1_an_occurrence_makes_one_order_around_its_due_date (void **state)
{
    tx_t *tx = *state;
    for (int i = 0; i < 2; i++)
        run (tx, occurrence_generated (
             .occurrence_id = "p1:2026-06-15", .plan_id = "p1", .due_at = NOW + 7 * DAY,
             .tolerance_ms = 2 * DAY, .site_id = "s1", .customer_id = "c1", .territory_id = "milan",
             .work_minutes = 90));
    assert_int_equal (tx_fake_stored_count (tx, &work_order_entity), 1);
    run (tx, occurrence_generated (.occurrence_id = "p1:2026-07-15", .due_at = NOW + 37 * DAY,
        .tolerance_ms = DAY));
    assert_int_equal (emitted (tx, work_order_created)->type, REQUEST_TYPE_MAINTENANCE);
    assert_int_equal (emitted (tx, work_order_created)->not_before_at, NOW + 36 * DAY);
    assert_int_equal (emitted (tx, work_order_created)->not_after_at, NOW + 38 * DAY);
}

static void
test_h1_work_without_a_request_needs_a_known_site (void **state)
{
    tx_t *tx = *state;
    run (tx, create_work_order (.work_order_id = "w1", .type = REQUEST_TYPE_INSTALLATION,
        .site_id = "nowhere"));
    assert_rejected (tx, "site.unknown");
    run (tx, create_work_order (.work_order_id = "w1", .type = REQUEST_TYPE_INSTALLATION,
        .site_id = "s1"));
    assert_string_equal (tx_fake_code (tx), "");
    assert_string_equal (emitted (tx, work_order_created)->customer_id, "c1");
    run (tx, create_work_order (.work_order_id = "w1", .type = REQUEST_TYPE_INSTALLATION,
        .site_id = "s1"));
    assert_rejected (tx, "work_order.exists");
}

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
test_h4_a_person_may_choose_anyone_but_must_say_why_when_a_rule_is_broken (void **state)
{
    tx_t *tx = *state;
    char order [64];
    engineer_is (tx, "ann", 1, "gas", 2);
    engineer_is (tx, "apprentice", 5, "gas", 1);
    order_is (tx, "r1", order);
    run (tx, readiness_changed (.work_order_id = order, .ready = true));
    char visit [64];
    run (tx, reassign_visit (.visit_id = visit_of (tx, order, visit),
        .reason = "customer complained"));
    /* ann is excluded, the apprentice lacks a level */
    assert_non_null (emitted (tx, dispatch_failed));

    run (tx, choose_engineer (.work_order_id = order, .engineer_id = "apprentice"));
    assert_rejected (tx, "dispatch.rules_broken");
    assert_non_null (strstr (tx_fake_message (tx),
        "skill (needed gas level 2 on 2026-06-08, had level 1)"));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    run (tx, choose_engineer (.work_order_id = order, .engineer_id = "apprentice",
        .override_reason = "ann helps by phone"));
    assert_string_equal (tx_fake_code (tx), "");
    const dispatch_decided_t *decided = emitted (tx, dispatch_decided);
    assert_true (decided->manual);
    assert_string_equal (decided->override_reason, "ann helps by phone");
    assert_string_equal (decided->winner_id, "apprentice");
    assert_string_equal (s_failed (s_candidate (decided, "apprentice"))->rule, "skill");
    assert_string_equal (decision_winner (decided), "apprentice");
}

static void
test_h4_no_reason_overrides_a_certificate (void **state)
{
    tx_t *tx = *state;
    engineer_is (tx, "ann", 1, "gas", 2);
    skill_level_t *needed [] = { SKILL ("f-gas", 1, .is_certificate = true) };
    run (tx, create_work_order (.work_order_id = "w1", .type = REQUEST_TYPE_MAINTENANCE,
         .site_id = "s1", .n_skills = 1, .skills = needed));
    ready_is (tx, "w1");
    run (tx, choose_engineer (.work_order_id = "w1", .engineer_id = "ann",
        .override_reason = "I say so"));
    assert_rejected (tx, "dispatch.certificate");
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_h4_a_person_may_choose_the_hour_and_is_told_what_it_runs_into (void **state)
{
    tx_t *tx = *state;
    char order [64];
    engineer_is (tx, "ann", 1, "gas", 2);
    run (tx, absence_recorded (.absence_id = "x", .engineer_id = "ann", .from_at = NOW + 2 * HOUR,
        .to_at = NOW + 4 * HOUR));
    order_is (tx, "r1", order);
    run (tx, choose_engineer (.work_order_id = order, .engineer_id = "ann",
        .starts_at = NOW + 3 * HOUR));
    assert_rejected (tx, "dispatch.rules_broken");
    assert_non_null (strstr (tx_fake_message (tx), "absence"));
    assert_non_null (strstr (tx_fake_message (tx), "readiness"));
    ready_is (tx, order);
    char visit [64];
    assert_non_null (emitted (tx, visit_proposed));
    run (tx, choose_engineer (.work_order_id = order, .engineer_id = "ann",
        .starts_at = NOW + 5 * HOUR));
    assert_rejected (tx, "work_order.not_unscheduled");
    visit_of (tx, order, visit);
    run (tx, booking_refused (.booking_id = visit, .code = "overlap", .from_at = NOW,
        .to_at = NOW + 90 * MINUTE));
    visit_of (tx, order, visit);
    assert_true (visit_row (tx, visit)->starts_at >= NOW + 90 * MINUTE);
}

static void
test_h4_the_hour_that_a_person_chose_is_taken_as_it_is (void **state)
{
    tx_t *tx = *state;
    char order [64];
    engineer_is (tx, "ann", 1, "gas", 2);
    order_is (tx, "r1", order);
    run (tx, choose_engineer (.work_order_id = order, .engineer_id = "ann",
         .starts_at = NOW + 3 * HOUR, .override_reason = "parts come by taxi"));
    assert_string_equal (tx_fake_code (tx), "");
    assert_int_equal (emitted (tx, visit_proposed)->starts_at, NOW + 3 * HOUR);
    assert_string_equal (tx_fake_subject (tx), emitted (tx, visit_proposed)->visit_id);
    char visit [64];
    snprintf (visit, sizeof visit, "%s", tx_fake_subject (tx));
    run (tx, booking_refused (.booking_id = visit, .code = "off_shift"));
    /* back to the person, nobody chooses another hour for him */
    assert_non_null (emitted (tx, dispatch_failed));
    assert_true (stored (tx, work_order, order)->needs_person);
}

static void
test_n5_the_decision_is_stored_and_told_to_whoever_asks_for_it (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    engineer_is (tx, "ann", 1, "gas", 2);
    engineer_is (tx, "bob", 2, "gas", 1);
    ready_is (tx, order_is (tx, "r1", order));
    run (tx, get_decision (.visit_id = visit_of (tx, order, visit)));
    const dispatch_decided_t *told = answer (tx, dispatch_decided);
    assert_non_null (told);
    assert_string_equal (told->winner_id, "ann");
    assert_string_equal (decision_winner (told), "ann");
    assert_true (decision_holds (told));
    assert_int_equal (strlen (told->input_hash), 64);
    assert_string_equal (s_failed (s_candidate (told, "bob"))->rule, "skill");
    assert_int_equal (told->attempt, 1);
    run (tx, get_decision (.visit_id = "unheard-of"));
    assert_rejected (tx, "visit.unknown");
}

static void
test_n5_why_nobody_can_take_an_order_is_kept_and_told (void **state)
{
    tx_t *tx = *state;
    char order [64];
    engineer_is (tx, "bob", 2, "gas", 1);
    ready_is (tx, order_is (tx, "r1", order));
    assert_false (emitted (tx, dispatch_failed)->needs_person);
    run (tx, get_decision (.visit_id = order));
    const dispatch_decided_t *told = answer (tx, dispatch_decided);
    assert_non_null (told);
    assert_string_equal (told->winner_id, "");
    assert_string_equal (told->work_order_id, order);
    assert_string_equal (s_failed (s_candidate (told, "bob"))->rule, "skill");

    engineer_is (tx, "ann", 1, "gas", 2);
    tx_fake_advance (tx, NOW + 2000);
    run (tx, get_decision (.visit_id = order));
    assert_string_equal (answer (tx, dispatch_decided)->winner_id, "ann");
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

static void
test_h2_an_order_can_be_cancelled_until_its_work_is_done (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    run (tx, cancel_work_order (.work_order_id = order));
    assert_rejected (tx, "reason.missing");
    run (tx, cancel_work_order (.work_order_id = order, .reason = "works again"));
    assert_string_equal (tx_fake_code (tx), "");
    assert_int_equal (emitted (tx, visit_ended)->state, VISIT_STATE_CANCELLED);
    assert_int_equal (emitted (tx, work_order_state_changed)->state, WORK_ORDER_STATE_CANCELLED);
    assert_string_equal (emitted (tx, work_order_cancelled)->request_id, "r1");
    run (tx, cancel_work_order (.work_order_id = order, .reason = "again"));
    assert_rejected (tx, "work_order.not_open");
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_h2_a_cancelled_request_takes_its_order_along (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    run (tx, service_request_cancelled (.request_id = "r1", .reason = "moved out"));
    assert_int_equal (stored (tx, work_order, order)->state, WORK_ORDER_STATE_CANCELLED);
    run (tx, service_request_cancelled (.request_id = "r1", .reason = "moved out"));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_t46_a_request_that_was_merged_takes_its_order_along (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    run (tx, service_request_merged (.request_id = "r1", .survivor_id = "r2", .reason = "reported twice"));
    assert_int_equal (stored (tx, work_order, order)->state, WORK_ORDER_STATE_CANCELLED);
    assert_int_equal (emitted (tx, visit_ended)->state, VISIT_STATE_CANCELLED);
}

static void
test_c11_what_was_solved_without_a_visit_takes_its_order_along (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    run (tx, service_request_resolved (.request_id = "r1", .tier = SUPPORT_TIER_ONSITE));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    run (tx, service_request_resolved (.request_id = "r1", .tier = SUPPORT_TIER_PHONE));
    assert_int_equal (stored (tx, work_order, order)->state, WORK_ORDER_STATE_CANCELLED);
}

static void
test_c11_a_request_that_goes_down_the_ladder_gives_its_order_up (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    run (tx, support_tier_changed (.request_id = "r1", .from_tier = SUPPORT_TIER_REMOTE,
        .tier = SUPPORT_TIER_ONSITE));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    run (tx, support_tier_changed (.request_id = "r1", .from_tier = SUPPORT_TIER_ONSITE,
        .tier = SUPPORT_TIER_REMOTE, .reason = "customer has VPN now"));
    assert_string_equal (emitted (tx, work_order_cancelled)->reason, "customer has VPN now");
}

static void
test_c9_a_new_priority_of_the_request_is_the_orders_too (void **state)
{
    tx_t *tx = *state;
    char order [64];
    order_is (tx, "r1", order);
    run (tx, service_request_triaged (.request_id = "r1", .priority = 3));
    assert_int_equal (stored (tx, work_order, order)->priority, 3);
}

static void
test_an_event_about_an_order_that_never_was_goes_to_the_dead_letters (void **state)
{
    tx_t *tx = *state;
    ready_is (tx, "unheard-of");
    assert_non_null (strstr (tx_fake_dead_letter (tx), "unheard-of"));
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_h1_a_request_makes_one_order_with_all_that_it_needs),
        TEST (test_h1_an_occurrence_makes_one_order_around_its_due_date),
        TEST (test_h1_work_without_a_request_needs_a_known_site),
        TEST (test_h3_a_ready_order_goes_to_the_nearest_who_may),
        TEST (test_h3_an_order_that_is_not_ready_waits),
        TEST (test_h5_every_hard_rule_names_what_was_needed_and_what_was_there),
        TEST (test_h5_engineers_of_another_territory_are_not_sent_but_those_of_the_country_are),
        TEST (test_h5_he_who_has_work_already_is_sent_after_it_from_there),
        TEST (test_h6_a_certificate_that_expires_before_the_visit_day_does_not_count),
        TEST (test_h3_an_order_nobody_could_take_is_tried_again_when_somebody_comes),
        TEST (test_h3_the_same_failure_is_said_once_and_tried_every_quarter_of_an_hour),
        TEST (test_h4_a_person_may_choose_anyone_but_must_say_why_when_a_rule_is_broken),
        TEST (test_h4_no_reason_overrides_a_certificate),
        TEST (test_h4_a_person_may_choose_the_hour_and_is_told_what_it_runs_into),
        TEST (test_h4_the_hour_that_a_person_chose_is_taken_as_it_is),
        TEST (test_n5_the_decision_is_stored_and_told_to_whoever_asks_for_it),
        TEST (test_n5_why_nobody_can_take_an_order_is_kept_and_told),
        TEST (test_x1_what_the_scheduler_refuses_counts_as_taken_and_the_next_place_is_found),
        TEST (test_x1_a_scheduler_that_refuses_everything_is_left_alone_for_a_quarter_of_an_hour),
        TEST (test_h2_an_order_can_be_cancelled_until_its_work_is_done),
        TEST (test_h2_a_cancelled_request_takes_its_order_along),
        TEST (test_t46_a_request_that_was_merged_takes_its_order_along),
        TEST (test_c11_what_was_solved_without_a_visit_takes_its_order_along),
        TEST (test_c11_a_request_that_goes_down_the_ladder_gives_its_order_up),
        TEST (test_c9_a_new_priority_of_the_request_is_the_orders_too),
        TEST (test_an_event_about_an_order_that_never_was_goes_to_the_dead_letters),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
