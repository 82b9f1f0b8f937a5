/* A person chooses, and anyone asks why. */
#include "decided.h"

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

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_h4_a_person_may_choose_anyone_but_must_say_why_when_a_rule_is_broken),
        TEST (test_h4_no_reason_overrides_a_certificate),
        TEST (test_h4_a_person_may_choose_the_hour_and_is_told_what_it_runs_into),
        TEST (test_h4_the_hour_that_a_person_chose_is_taken_as_it_is),
        TEST (test_n5_the_decision_is_stored_and_told_to_whoever_asks_for_it),
        TEST (test_n5_why_nobody_can_take_an_order_is_kept_and_told),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
