/* Subcontractors: who of them may be asked, in which order, and what becomes of their answers. */
#include "world.h"

static void
s_provider (tx_t *tx, const char *id, int score, int64_t price_minor, int capacity)
{
    char *territories [] = { "italy" }, *types [] = { "boiler" };
    skill_level_t *skills [] = { SKILL ("gas", 3) };
    run (tx, register_provider (.provider_id = (char *) id, .details = PART (provider_details,
         .name = (char *) id, .n_territory_ids = 1, .territory_ids = territories,
         .n_device_types = 1, .device_types = types, .n_skills = 1, .skills = skills,
         .daily_capacity = capacity, .score = score, .price_per_visit_minor = price_minor)));
    assert_accepted (tx);
}

static dispatch_policy_details_t
s_policy (tx_t *tx, provider_use_t use)
{
    dispatch_policy_details_t details = policy_defaults;
    details.provider_use = use;
    details.provider_timeout_ms = 60 * MINUTE;
    run (tx, publish_dispatch_policy (.policy_id = "with-providers", .details = &details));
    assert_accepted (tx);
    return details;
}

static void
s_two (tx_t *tx)
{
    s_provider (tx, "acme", 70, 9000, 2);
    s_provider (tx, "bolt", 90, 12000, 2);
}

static dispatch_candidate_t *
s_candidate (const dispatch_decided_t *document, const char *id)
{
    dispatch_candidate_t *candidate = document ? decision_candidate (document, id) : NULL;
    assert_non_null (candidate);
    return candidate;
}

static void
test_m1_a_provider_is_asked_when_none_of_our_own_may_go (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_two (tx);
    s_policy (tx, PROVIDER_USE_AFTER);
    engineer_is (tx, "ann", 1, "gas", 2);
    ready_is (tx, order_is (tx, "r1", order));
    const dispatch_decided_t *decided = emitted (tx, dispatch_decided);
    assert_string_equal (decided->winner_id, "ann");
    assert_int_equal (s_candidate (decided, "bolt")->rank, 1);

    engineer_is (tx, "ann", 1, "gas", 1);
    ready_is (tx, order_is (tx, "r2", order));
    decided = emitted (tx, dispatch_decided);
    assert_string_equal (decided->winner_id, "bolt");
    assert_string_equal (decided->runner_up_id, "acme");
    assert_true (decision_holds (decided));
    assert_string_equal (decision_winner (decided), "bolt");
    assert_string_equal (emitted (tx, visit_proposed)->provider_id, "bolt");
    const visit_offered_t *offered = emitted (tx, visit_offered);
    assert_string_equal (offered->provider_id, "bolt");
    assert_string_equal (offered->engineer_id, "bolt:1");
    assert_int_equal (offered->answer_by_at, NOW + 60 * MINUTE);
    run (tx, accept_visit (.visit_id = visit_of (tx, order, visit), .engineer_id = "bolt"));
    assert_accepted (tx);
    assert_string_equal (emitted (tx, visit_accepted)->provider_id, "bolt");
    assert_int_equal (stored (tx, work_order, order)->state, WORK_ORDER_STATE_SCHEDULED);
}

static void
test_m1_without_a_policy_that_asks_them_providers_are_not_looked_at (void **state)
{
    tx_t *tx = *state;
    char order [64];
    s_two (tx);
    ready_is (tx, order_is (tx, "r1", order));
    assert_int_equal (emitted (tx, dispatch_failed)->n_candidates, 0);
}

static void
test_m1_the_chain_goes_on_when_a_provider_declines_or_does_not_answer (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_two (tx);
    s_policy (tx, PROVIDER_USE_AFTER);
    ready_is (tx, order_is (tx, "r1", order));
    run (tx, reject_visit (.visit_id = visit_of (tx, order, visit), .engineer_id = "bolt",
        .reason = "no people"));
    assert_string_equal (emitted (tx, visit_offered)->provider_id, "acme");
    const dispatch_candidate_t *bolt = s_candidate (emitted (tx, dispatch_decided), "bolt");
    assert_string_equal (bolt->failed_rules [0]->rule, "rejected");
    tx_fake_advance (tx, NOW + 60 * MINUTE);
    assert_int_equal (emitted (tx, visit_ended)->state, VISIT_STATE_EXPIRED);
    assert_string_equal (emitted (tx, visit_ended)->provider_id, "acme");
    assert_non_null (emitted (tx, dispatch_failed));
    assert_null (emitted (tx, visit_offered));
}

static void
test_m1_the_policy_orders_providers_by_score_price_or_a_chain_of_names (void **state)
{
    tx_t *tx = *state;
    char order [64];
    s_two (tx);
    dispatch_policy_details_t details = s_policy (tx, PROVIDER_USE_AFTER);
    provider_criterion_t price [] = { PROVIDER_CRITERION_PRICE };
    details.n_provider_order = 1;
    details.provider_order = price;
    run (tx, publish_dispatch_policy (.policy_id = "with-providers", .details = &details));
    ready_is (tx, order_is (tx, "r1", order));
    assert_string_equal (emitted (tx, dispatch_decided)->winner_id, "acme");

    s_provider (tx, "zeta", 1, 99000, 2);
    char *chain [] = { "zeta", "bolt" };
    details.n_provider_ids = 2;
    details.provider_ids = chain;
    run (tx, publish_dispatch_policy (.policy_id = "with-providers", .details = &details));
    ready_is (tx, order_is (tx, "r2", order));
    assert_string_equal (emitted (tx, dispatch_decided)->winner_id, "zeta");
    assert_string_equal (emitted (tx, dispatch_decided)->runner_up_id, "bolt");
    assert_string_equal (s_candidate (emitted (tx, dispatch_decided), "acme")->failed_rules [0]->rule,
        "chain");
}

static void
test_m1_providers_may_come_before_our_own (void **state)
{
    tx_t *tx = *state;
    char order [64];
    s_two (tx);
    s_policy (tx, PROVIDER_USE_FIRST);
    engineer_is (tx, "ann", 1, "gas", 2);
    ready_is (tx, order_is (tx, "r1", order));
    const dispatch_decided_t *decided = emitted (tx, dispatch_decided);
    assert_string_equal (decided->winner_id, "bolt");
    assert_true (decided->provider_first);
    assert_true (decision_holds (decided));
    for (int i = 0; i < 2; i++) {
        char visit [64];
        run (tx, reject_visit (.visit_id = visit_of (tx, order, visit), .reason = "no"));
    }
    assert_string_equal (emitted (tx, dispatch_decided)->winner_id, "ann");
}

static void
test_m1_each_rule_that_refuses_a_provider_is_in_the_document (void **state)
{
    tx_t *tx = *state;
    char order [64];
    char *milan [] = { "milan" }, *lifts [] = { "lift" };
    skill_level_t *little [] = { SKILL ("gas", 1) };
    s_provider (tx, "good", 50, 1, 1);
    run (tx, register_provider (.provider_id = "lifts", .details = PART (provider_details,
        .name = "L", .n_territory_ids = 1, .territory_ids = milan, .n_device_types = 1,
        .device_types = lifts, .n_skills = 1, .skills = little, .daily_capacity = 1)));
    char *rome [] = { "rome" };
    run (tx, register_provider (.provider_id = "romans", .details = PART (provider_details,
        .name = "R", .n_territory_ids = 1, .territory_ids = rome, .daily_capacity = 1)));
    s_policy (tx, PROVIDER_USE_AFTER);
    ready_is (tx, order_is (tx, "r1", order));
    const dispatch_decided_t *decided = emitted (tx, dispatch_decided);
    assert_null (decision_candidate (decided, "romans"));
    const dispatch_candidate_t *candidate = s_candidate (decided, "lifts");
    assert_int_equal (candidate->n_failed_rules, 2);
    assert_string_equal (candidate->failed_rules [0]->rule, "product");
    assert_string_equal (candidate->failed_rules [0]->needed, "boiler");
    assert_string_equal (candidate->failed_rules [0]->had, "lift");
    assert_string_equal (candidate->failed_rules [1]->rule, "skill");

    ready_is (tx, order_is (tx, "r2", order));
    const dispatch_failed_t *failed = emitted (tx, dispatch_failed);
    assert_string_equal (failed->candidates [0]->engineer_id, "good");
    assert_string_equal (failed->candidates [0]->failed_rules [0]->rule, "capacity");
    assert_string_equal (failed->candidates [0]->failed_rules [0]->had, "1");
}

static void
test_m1_a_provider_brings_its_own_people_where_several_are_needed (void **state)
{
    tx_t *tx = *state;
    s_provider (tx, "bolt", 90, 12000, 2);
    s_policy (tx, PROVIDER_USE_FIRST);
    engineer_is (tx, "ann", 1, "gas", 2);
    engineer_is (tx, "bob", 1, "gas", 2);
    run (tx, create_work_order (.work_order_id = "w1", .type = REQUEST_TYPE_REPAIR, .site_id = "s1",
        .asset_id = "a1", .crew_size = 2));
    assert_accepted (tx);
    ready_is (tx, "w1");
    assert_string_equal (emitted (tx, visit_offered)->provider_id, "bolt");
    assert_int_equal (emitted (tx, dispatch_decided)->n_crew_ids, 0);
    const diary_t *diary = stored (tx, diary, "bolt:1");
    assert_int_not_equal (diary->entries.size, 0);
}

static void
test_m1_two_visits_of_one_provider_on_a_day_have_two_places (void **state)
{
    tx_t *tx = *state;
    char order [64];
    const char *places [] = { "bolt:1", "bolt:2" };
    s_provider (tx, "bolt", 90, 12000, 2);
    s_policy (tx, PROVIDER_USE_AFTER);
    for (int i = 0; i < 2; i++) {
        ready_is (tx, order_is (tx, i ? "r2" : "r1", order));
        assert_string_equal (emitted (tx, visit_offered)->engineer_id, places [i]);
    }
    run (tx, cancel_work_order (.work_order_id = order, .reason = "sold"));
    ready_is (tx, order_is (tx, "r3", order));
    assert_string_equal (emitted (tx, visit_offered)->engineer_id, "bolt:2");
}

static void
test_m1_when_our_own_have_declined_as_often_as_the_policy_allows_a_provider_is_asked (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_provider (tx, "bolt", 90, 12000, 2);
    dispatch_policy_details_t details = s_policy (tx, PROVIDER_USE_AFTER);
    details.max_offers = 1;
    run (tx, publish_dispatch_policy (.policy_id = "with-providers", .details = &details));
    engineer_is (tx, "ann", 1, "gas", 2);
    engineer_is (tx, "bob", 2, "gas", 2);
    ready_is (tx, order_is (tx, "r1", order));
    booking_is_held (tx, visit_of (tx, order, visit));
    run (tx, reject_visit (.visit_id = visit, .reason = "no"));
    assert_string_equal (emitted (tx, visit_offered)->provider_id, "bolt");
    assert_string_equal (s_candidate (emitted (tx, dispatch_decided), "bob")->failed_rules [0]->rule,
        "offers");
    run (tx, reject_visit (.visit_id = visit_of (tx, order, visit), .reason = "no"));
    assert_non_null (strstr (emitted (tx, dispatch_failed)->reason, "no provider may"));
    assert_true (stored (tx, work_order, order)->needs_person);
}

static void
test_h13_a_person_may_give_an_order_to_a_provider (void **state)
{
    tx_t *tx = *state;
    char order [64];
    s_provider (tx, "bolt", 90, 12000, 2);
    order_is (tx, "r1", order);
    ready_is (tx, order);
    run (tx, choose_engineer (.work_order_id = order, .engineer_id = "bolt",
        .starts_at = NOW + 3 * HOUR));
    assert_accepted (tx);
    assert_int_equal (emitted (tx, visit_offered)->work_starts_at, NOW + 3 * HOUR);
    assert_true (emitted (tx, dispatch_decided)->manual);
}

static void
test_h13_a_providers_visit_goes_its_way_to_the_report (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_provider (tx, "bolt", 90, 12000, 2);
    s_policy (tx, PROVIDER_USE_AFTER);
    ready_is (tx, order_is (tx, "r1", order));
    run (tx, accept_visit (.visit_id = visit_of (tx, order, visit)));
    run (tx, start_travel (.visit_id = visit, .engineer_id = "bolt"));
    run (tx, arrive_at_site (.visit_id = visit, .engineer_id = "bolt:1"));
    run (tx, start_work (.visit_id = visit, .engineer_id = "bolt"));
    tx_fake_now (tx, NOW + HOUR);
    run (tx, finish_work (.visit_id = visit, .engineer_id = "bolt"));
    assert_accepted (tx);
    assert_int_equal (visit_row (tx, visit)->state, VISIT_STATE_FINISHED);
    run (tx, issue_service_report (.visit_id = visit, .engineer_id = "bolt", .symptom_code = "s",
        .cause_code = "c", .remedy_code = "r", .findings = "a leak"));
    assert_accepted (tx);
    assert_non_null (strstr (emitted (tx, service_report_issued)->text, "bolt"));
    run (tx, start_work (.visit_id = visit, .engineer_id = "ann"));
    assert_rejected (tx, "visit.not_yours");
}

static void
test_m1_providers_without_sense_are_refused_and_the_same_again_say_nothing (void **state)
{
    tx_t *tx = *state;
    engineer_is (tx, "ann", 1, "gas", 2);
    run (tx, register_provider (.provider_id = "p"));
    assert_rejected (tx, "details.missing");
    run (tx, register_provider (.provider_id = "p", .details = PART (provider_details,
        .name = "P")));
    assert_rejected (tx, "daily_capacity.invalid");
    run (tx, register_provider (.provider_id = "ann", .details = PART (provider_details,
        .name = "P", .daily_capacity = 1)));
    assert_rejected (tx, "provider.is_engineer");
    s_provider (tx, "bolt", 90, 12000, 2);
    s_provider (tx, "bolt", 90, 12000, 2);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    dispatch_policy_details_t details = policy_defaults;
    char *chain [] = { "nobody" };
    details.n_provider_ids = 1;
    details.provider_ids = chain;
    run (tx, publish_dispatch_policy (.policy_id = "x", .details = &details));
    assert_rejected (tx, "provider.unknown");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_m1_a_provider_is_asked_when_none_of_our_own_may_go),
        TEST (test_m1_without_a_policy_that_asks_them_providers_are_not_looked_at),
        TEST (test_m1_the_chain_goes_on_when_a_provider_declines_or_does_not_answer),
        TEST (test_m1_the_policy_orders_providers_by_score_price_or_a_chain_of_names),
        TEST (test_m1_providers_may_come_before_our_own),
        TEST (test_m1_each_rule_that_refuses_a_provider_is_in_the_document),
        TEST (test_m1_a_provider_brings_its_own_people_where_several_are_needed),
        TEST (test_m1_two_visits_of_one_provider_on_a_day_have_two_places),
        TEST (test_m1_when_our_own_have_declined_as_often_as_the_policy_allows_a_provider_is_asked),
        TEST (test_h13_a_person_may_give_an_order_to_a_provider),
        TEST (test_h13_a_providers_visit_goes_its_way_to_the_report),
        TEST (test_m1_providers_without_sense_are_refused_and_the_same_again_say_nothing),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
