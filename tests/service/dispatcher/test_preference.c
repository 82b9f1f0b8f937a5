/* Preferred, secondary, required and excluded engineers. */
#include "world.h"

/* The subject says one thing of one engineer. */
static void
s_wish (tx_t *tx, preference_level_t level, const char *subject_id, const char *engineer_id,
    preference_kind_t kind)
{
    engineer_preference_t wish = *PART (engineer_preference, .engineer_id = (char *) engineer_id,
        .kind = kind, .reason = "as agreed"), *list [] = { &wish };
    run (tx, set_engineer_preferences (.subject_id = (char *) subject_id, .level = level,
        .n_preferences = 1, .preferences = list));
    assert_accepted (tx);
}

static dispatch_candidate_t *
s_candidate (const dispatch_decided_t *document, const char *engineer_id)
{
    dispatch_candidate_t *candidate = document ? decision_candidate (document, engineer_id) : NULL;
    assert_non_null (candidate);
    return candidate;
}

/* ann is near, bob further, eve furthest. */
static void
s_three (tx_t *tx)
{
    engineer_is (tx, "ann", 1, "gas", 2);
    engineer_is (tx, "bob", 3, "gas", 2);
    engineer_is (tx, "eve", 5, "gas", 2);
}

static const dispatch_decided_t *
s_decide (tx_t *tx)
{
    char order [64];
    ready_is (tx, order_is (tx, "r1", order));
    return emitted (tx, dispatch_decided);
}

static void
test_x3_who_is_excluded_may_not_go_and_the_reason_is_in_the_document (void **state)
{
    tx_t *tx = *state;
    s_three (tx);
    s_wish (tx, PREFERENCE_LEVEL_CUSTOMER, "c1", "ann", PREFERENCE_KIND_EXCLUDED);
    const dispatch_decided_t *document = s_decide (tx);
    assert_string_equal (document->winner_id, "bob");
    const failed_rule_t *failed = s_candidate (document, "ann")->failed_rules [0];
    assert_string_equal (failed->rule, "excluded");
    assert_string_equal (failed->needed, "not excluded by customer c1");
    assert_string_equal (failed->had, "excluded: as agreed");
}

static void
test_x3_only_who_is_required_may_go (void **state)
{
    tx_t *tx = *state;
    s_three (tx);
    s_wish (tx, PREFERENCE_LEVEL_SITE, "s1", "eve", PREFERENCE_KIND_REQUIRED);
    const dispatch_decided_t *document = s_decide (tx);
    assert_string_equal (document->winner_id, "eve");
    assert_string_equal (s_candidate (document, "ann")->failed_rules [0]->rule, "required");
    assert_string_equal (s_candidate (document, "ann")->failed_rules [0]->needed,
        "site s1 requires eve");
}

static void
test_x3_the_preferred_one_goes_while_the_way_costs_less_than_the_wish (void **state)
{
    tx_t *tx = *state;
    s_three (tx);
    s_wish (tx, PREFERENCE_LEVEL_ASSET, "a1", "bob", PREFERENCE_KIND_PREFERRED);
    const dispatch_decided_t *document = s_decide (tx);
    assert_string_equal (document->winner_id, "bob");
    const dispatch_candidate_t *ann = s_candidate (document, "ann");
    const cost_term_t *missed = ann->terms [ann->n_terms - 1];
    assert_string_equal (missed->term, "preferred");
    assert_int_equal (missed->amount_minor, 2 * policy_defaults.preferred_missed_minor);

    dispatch_policy_details_t cheap = policy_defaults;
    cheap.preferred_missed_minor = 1;
    run (tx, publish_dispatch_policy (.policy_id = "cheap", .details = &cheap));
    char order [64];
    tx_fake_now (tx, NOW + 7 * DAY);
    ready_is (tx, order_is (tx, "r2", order));
    assert_string_equal (emitted (tx, dispatch_decided)->winner_id, "ann");
}

static void
test_x3_a_secondary_engineer_is_half_as_far_from_the_wish_as_a_stranger (void **state)
{
    tx_t *tx = *state;
    s_three (tx);
    engineer_preference_t bob = *PART (engineer_preference, .engineer_id = "bob",
        .kind = PREFERENCE_KIND_PREFERRED);
    engineer_preference_t eve = *PART (engineer_preference, .engineer_id = "eve",
        .kind = PREFERENCE_KIND_SECONDARY), *list [] = { &bob, &eve };
    run (tx, set_engineer_preferences (.subject_id = "s1", .level = PREFERENCE_LEVEL_SITE,
        .n_preferences = 2, .preferences = list));
    const dispatch_decided_t *document = s_decide (tx);
    const dispatch_candidate_t *ann = s_candidate (document, "ann");
    const dispatch_candidate_t *second = s_candidate (document, "eve");
    assert_int_equal (ann->terms [ann->n_terms - 1]->quantity, 2);
    assert_int_equal (second->terms [second->n_terms - 1]->quantity, 1);
    assert_string_not_equal (s_candidate (document, "bob")->terms [0]->term, "preferred");
}

static void
test_x3_the_most_specific_level_that_names_an_engineer_counts_for_him (void **state)
{
    tx_t *tx = *state;
    s_three (tx);
    s_wish (tx, PREFERENCE_LEVEL_CUSTOMER, "c1", "ann", PREFERENCE_KIND_EXCLUDED);
    s_wish (tx, PREFERENCE_LEVEL_SITE, "s1", "ann", PREFERENCE_KIND_PREFERRED);
    const dispatch_decided_t *document = s_decide (tx);
    assert_string_equal (document->winner_id, "ann");
    assert_int_equal (s_candidate (document, "ann")->n_failed_rules, 0);

    s_wish (tx, PREFERENCE_LEVEL_ASSET, "a1", "ann", PREFERENCE_KIND_EXCLUDED);
    char order [64];
    ready_is (tx, order_is (tx, "r2", order));
    assert_string_equal (emitted (tx, dispatch_decided)->winner_id, "bob");
}

static void
test_x3_a_requirement_does_not_bind_whom_a_more_specific_level_names (void **state)
{
    tx_t *tx = *state;
    s_three (tx);
    s_wish (tx, PREFERENCE_LEVEL_CUSTOMER, "c1", "eve", PREFERENCE_KIND_REQUIRED);
    s_wish (tx, PREFERENCE_LEVEL_SITE, "s1", "bob", PREFERENCE_KIND_SECONDARY);
    const dispatch_decided_t *document = s_decide (tx);
    assert_string_equal (s_candidate (document, "ann")->failed_rules [0]->rule, "required");
    assert_int_equal (s_candidate (document, "bob")->n_failed_rules, 0);
    assert_int_equal (s_candidate (document, "eve")->n_failed_rules, 0);
}

static void
test_x3_wishes_of_the_contract_that_pays_count (void **state)
{
    tx_t *tx = *state;
    s_three (tx);
    run (tx, entitlement_resolved (.request_id = "r1", .contract_id = "gold"));
    s_wish (tx, PREFERENCE_LEVEL_CONTRACT, "gold", "eve", PREFERENCE_KIND_REQUIRED);
    assert_string_equal (s_decide (tx)->winner_id, "eve");
}

static void
test_h9_a_project_restricts_the_orders_that_belong_to_it (void **state)
{
    tx_t *tx = *state;
    s_three (tx);
    s_wish (tx, PREFERENCE_LEVEL_PROJECT, "metro", "bob", PREFERENCE_KIND_REQUIRED);
    const char *projects [] = { "metro", "" }, *winners [] = { "bob", "ann" };
    for (int i = 0; i < 2; i++) {
        run (tx, create_work_order (.type = REQUEST_TYPE_REPAIR, .site_id = "s1",
            .project_id = (char *) projects [i]));
        assert_accepted (tx);
        assert_string_equal (emitted (tx, work_order_created)->project_id, projects [i]);
        char order [64];
        snprintf (order, sizeof order, "%s", tx_fake_subject (tx));
        ready_is (tx, order);
        assert_string_equal (emitted (tx, dispatch_decided)->winner_id, winners [i]);
    }
}

static void
test_x3_an_order_brings_its_own_wishes_and_a_person_may_change_them (void **state)
{
    tx_t *tx = *state;
    s_three (tx);
    engineer_preference_t wish = *PART (engineer_preference, .engineer_id = "bob",
        .kind = PREFERENCE_KIND_REQUIRED), *list [] = { &wish };
    run (tx, create_work_order (.work_order_id = "w1", .type = REQUEST_TYPE_REPAIR,
        .site_id = "s1", .n_preferences = 1, .preferences = list));
    assert_string_equal (emitted (tx, engineer_preferences_changed)->subject_id, "w1");
    s_wish (tx, PREFERENCE_LEVEL_ORDER, "w1", "eve", PREFERENCE_KIND_REQUIRED);
    ready_is (tx, "w1");
    assert_string_equal (emitted (tx, dispatch_decided)->winner_id, "eve");
}

static void
test_x3_the_same_wishes_again_say_nothing_and_an_empty_list_takes_them_back (void **state)
{
    tx_t *tx = *state;
    s_three (tx);
    s_wish (tx, PREFERENCE_LEVEL_SITE, "s1", "ann", PREFERENCE_KIND_EXCLUDED);
    assert_int_equal (emitted (tx, engineer_preferences_changed)->version, 1);
    s_wish (tx, PREFERENCE_LEVEL_SITE, "s1", "ann", PREFERENCE_KIND_EXCLUDED);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    run (tx, set_engineer_preferences (.subject_id = "s1", .level = PREFERENCE_LEVEL_SITE));
    assert_int_equal (emitted (tx, engineer_preferences_changed)->version, 2);
    assert_string_equal (s_decide (tx)->winner_id, "ann");
}

static void
test_x3_wishes_without_sense_are_refused (void **state)
{
    tx_t *tx = *state;
    engineer_is (tx, "ann", 1, "gas", 2);
    engineer_preference_t wish = *PART (engineer_preference, .engineer_id = "nobody",
        .kind = PREFERENCE_KIND_REQUIRED), *list [] = { &wish, &wish };
    run (tx, set_engineer_preferences (.subject_id = "s1", .level = PREFERENCE_LEVEL_SITE,
        .n_preferences = 1, .preferences = list));
    assert_rejected (tx, "engineer.unknown");
    wish.engineer_id = "ann";
    run (tx, set_engineer_preferences (.subject_id = "s1", .level = PREFERENCE_LEVEL_SITE,
        .n_preferences = 2, .preferences = list));
    assert_rejected (tx, "engineer_id.twice");
    run (tx, set_engineer_preferences (.subject_id = "w9", .level = PREFERENCE_LEVEL_ORDER));
    assert_rejected (tx, "work_order.unknown");
    run (tx, set_engineer_preferences (.subject_id = "s1"));
    assert_rejected (tx, "level.missing");
    assert_int_equal (stored_count (tx, preference), 0);
}

static void
test_x3_a_person_may_override_a_wish_with_a_reason (void **state)
{
    tx_t *tx = *state;
    char order [64];
    engineer_is (tx, "ann", 1, "gas", 2);
    s_wish (tx, PREFERENCE_LEVEL_CUSTOMER, "c1", "ann", PREFERENCE_KIND_EXCLUDED);
    order_is (tx, "r1", order);
    ready_is (tx, order);
    assert_non_null (emitted (tx, dispatch_failed));
    run (tx, choose_engineer (.work_order_id = order, .engineer_id = "ann"));
    assert_rejected (tx, "dispatch.rules_broken");
    run (tx, choose_engineer (.work_order_id = order, .engineer_id = "ann",
        .override_reason = "they made peace"));
    assert_accepted (tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_x3_who_is_excluded_may_not_go_and_the_reason_is_in_the_document),
        TEST (test_x3_only_who_is_required_may_go),
        TEST (test_x3_the_preferred_one_goes_while_the_way_costs_less_than_the_wish),
        TEST (test_x3_a_secondary_engineer_is_half_as_far_from_the_wish_as_a_stranger),
        TEST (test_x3_the_most_specific_level_that_names_an_engineer_counts_for_him),
        TEST (test_x3_a_requirement_does_not_bind_whom_a_more_specific_level_names),
        TEST (test_x3_wishes_of_the_contract_that_pays_count),
        TEST (test_h9_a_project_restricts_the_orders_that_belong_to_it),
        TEST (test_x3_an_order_brings_its_own_wishes_and_a_person_may_change_them),
        TEST (test_x3_the_same_wishes_again_say_nothing_and_an_empty_list_takes_them_back),
        TEST (test_x3_wishes_without_sense_are_refused),
        TEST (test_x3_a_person_may_override_a_wish_with_a_reason),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
