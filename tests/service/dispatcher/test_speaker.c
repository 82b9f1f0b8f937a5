/* Keys that speak for one engineer or one subcontractor alone, against visits of others (M1, H13). */
#include "world.h"

static const char *
s_code_as (tx_t *tx, const char *speaker, const char *visit_id)
{
    tx_fake_speaker (tx, speaker);
    run (tx, start_travel (.visit_id = (char *) visit_id));
    const char *code = tx_fake_code (tx);
    tx_fake_speaker (tx, "");
    return code;
}

static void
test_h12_a_key_of_another_engineer_moves_no_visit_and_his_own_does (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    assert_string_equal (s_code_as (tx, "bob", visit), "visit.not_yours");
    assert_string_equal (s_code_as (tx, "", visit), "");
    tx_fake_now (tx, NOW + 30 * MINUTE);
    tx_fake_speaker (tx, "bob");
    run (tx, arrive_at_site (.visit_id = visit, .point = POINT (45.4642, 9.1901)));
    assert_rejected (tx, "visit.not_yours");
    tx_fake_speaker (tx, "ann");
    run (tx, arrive_at_site (.visit_id = visit, .point = POINT (45.4642, 9.1901)));
    assert_accepted (tx);
}

static void
test_h12_reports_signatures_and_times_of_another_are_refused_as_well (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    work_begins (tx, visit);
    work_ends (tx, visit, false);
    run (tx, issue_service_report (.visit_id = visit, .engineer_id = "ann", .symptom_code = "s", .cause_code = "c",
        .remedy_code = "r", .findings = "a seal"));
    const service_report_issued_t *issued = emitted (tx, service_report_issued);
    char *report = arena_strdup (tx_arena (tx), issued->report_id), *hash = arena_strdup (tx_arena (tx),
        issued->content_hash);
    char report_id [64], content_hash [80];
    snprintf (report_id, sizeof report_id, "%s", report);
    snprintf (content_hash, sizeof content_hash, "%s", hash);
    tx_fake_speaker (tx, "bob");
    run (tx, sign_service_report (.report_id = report_id, .content_hash = content_hash, .signer_name = "Rossi"));
    assert_rejected (tx, "visit.not_yours");
    run (tx, refuse_signature (.report_id = report_id, .reason = "nobody there"));
    assert_rejected (tx, "visit.not_yours");
    run (tx, record_time_entry (.time_entry_id = "t1", .visit_id = visit, .engineer_id = "bob",
        .kind = TIME_KIND_WORK, .from_at = NOW - HOUR, .to_at = NOW - HOUR / 2));
    assert_rejected (tx, "visit.not_yours");
    tx_fake_speaker (tx, "ann");
    run (tx, record_time_entry (.time_entry_id = "t1", .visit_id = visit, .engineer_id = "ann",
        .kind = TIME_KIND_WORK, .from_at = NOW - HOUR, .to_at = NOW - HOUR / 2));
    assert_accepted (tx);
    tx_fake_speaker (tx, "bob");
    run (tx, correct_time_entry (.time_entry_id = "t1", .from_at = NOW - HOUR, .to_at = NOW - HOUR / 4,
        .reason = "longer"));
    assert_rejected (tx, "visit.not_yours");
}

static void
test_m1_a_subcontractor_sees_of_its_own_visits_what_is_said_of_itself_and_of_others_nothing (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64], other [64], other_visit [64];
    skill_level_t *skills [] = { SKILL ("gas", 2) };
    engineer_is (tx, "ann", 1, "gas", 1);
    run (tx, register_provider (.provider_id = "acme", .details = PART (provider_details, .name = "Acme",
        .n_territory_ids = 1, .territory_ids = (char *[]) { "milan" }, .n_skills = 1, .skills = skills,
        .daily_capacity = 3)));
    assert_accepted (tx);
    dispatch_policy_details_t policy = policy_defaults;
    policy.provider_use = PROVIDER_USE_AFTER;
    run (tx, publish_dispatch_policy (.policy_id = "p", .details = &policy));
    assert_accepted (tx);
    ready_is (tx, order_is (tx, "r1", order));
    visit_of (tx, order, visit);
    assert_string_equal (visit_row (tx, visit)->provider_id, "acme");
    engineer_is (tx, "bob", 1, "gas", 2);
    ready_is (tx, order_is (tx, "r2", other));
    visit_of (tx, other, other_visit);
    assert_string_equal (visit_row (tx, other_visit)->engineer_id, "bob");

    tx_fake_speaker (tx, "acme");
    run (tx, get_decision (.visit_id = visit));
    const dispatch_decided_t *seen = answer (tx, dispatch_decided);
    assert_non_null (seen);
    assert_int_equal (seen->n_candidates, 1);
    assert_string_equal (seen->candidates [0]->engineer_id, "acme");
    run (tx, get_decision (.visit_id = other_visit));
    assert_rejected (tx, "visit.not_yours");
    run (tx, get_decision (.visit_id = other));
    assert_rejected (tx, "visit.not_yours");
    run (tx, accept_visit (.visit_id = other_visit, .engineer_id = "acme"));
    assert_rejected (tx, "visit.not_yours");
    run (tx, accept_visit (.visit_id = visit, .engineer_id = "acme"));
    assert_accepted (tx);
    tx_fake_speaker (tx, "bolt");
    run (tx, start_travel (.visit_id = visit));
    assert_rejected (tx, "visit.not_yours");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_h12_a_key_of_another_engineer_moves_no_visit_and_his_own_does),
        TEST (test_h12_reports_signatures_and_times_of_another_are_refused_as_well),
        TEST (test_m1_a_subcontractor_sees_of_its_own_visits_what_is_said_of_itself_and_of_others_nothing),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
