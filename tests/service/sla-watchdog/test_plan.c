/* Plans: what is refused when it is saved, and which plan a case gets. */
#include "fixture.h"

static int
s_setup (void **state)
{
    *state = company ();
    return 0;
}

static void
s_tier_plan (plan_t *plan, int order, const char *tier, int64_t budget_ms)
{
    plan_default (plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, budget_ms);
    plan->details.is_default = false;
    plan->details.order = order;
    plan->tiers [0] = (char *) tier;
    plan->details.contract_tiers = plan->tiers;
    plan->details.n_contract_tiers = 1;
}

static void
test_j3_a_plan_is_published_in_full_with_its_version (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, HOUR_MS);
    publish (tx, "standard", &plan);
    assert_accepted (tx);
    assert_string_equal (tx_fake_subject (tx), "standard");
    assert_at (emitted (tx, sla_plan_published)->version, 1);
    assert_int_equal (emitted (tx, sla_plan_published)->details->n_targets, 1);
    publish (tx, "standard", &plan);
    assert_accepted (tx);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    plan.specs [0].budget_ms = 2 * HOUR_MS;
    publish (tx, "standard", &plan);
    assert_at (emitted (tx, sla_plan_published)->version, 2);
}

static void
test_a_plan_without_condition_must_say_that_it_is_the_default (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, HOUR_MS);
    plan.details.is_default = false;
    publish (tx, "standard", &plan);
    assert_rejected (tx, "plan.no_condition");
    assert_int_equal (stored_count (tx, sla_plan), 0);
    s_tier_plan (&plan, 100, "gold", HOUR_MS);
    plan.details.is_default = true;
    publish (tx, "standard", &plan);
    assert_rejected (tx, "plan.default_with_condition");
}

static void
test_two_defaults_are_refused_and_the_other_one_is_named (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, HOUR_MS);
    publish (tx, "standard", &plan);
    plan.details.order = 101;
    publish (tx, "other", &plan);
    assert_rejected (tx, "plan.two_defaults");
    assert_non_null (strstr (tx_fake_message (tx), "standard"));
}

static void
test_two_plans_of_the_same_order_are_refused (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    s_tier_plan (&plan, 10, "gold", HOUR_MS);
    publish (tx, "gold", &plan);
    s_tier_plan (&plan, 10, "silver", HOUR_MS);
    publish (tx, "silver", &plan);
    assert_rejected (tx, "plan.same_order");
}

static void
test_a_plan_that_could_never_be_taken_is_refused_and_so_is_one_that_hides_another (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, HOUR_MS);
    publish (tx, "standard", &plan);
    s_tier_plan (&plan, 200, "gold", HOUR_MS);
    publish (tx, "gold", &plan);
    assert_rejected (tx, "plan.unreachable");
    plan.details.order = 50;
    publish (tx, "gold", &plan);
    assert_accepted (tx);
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, HOUR_MS);
    plan.details.order = 10;
    publish (tx, "standard", &plan);
    assert_rejected (tx, "plan.hides_another");
    s_tier_plan (&plan, 60, "gold", HOUR_MS);
    plan.details.request_types = (request_type_t []) { REQUEST_TYPE_REPAIR };
    plan.details.n_request_types = 1;
    publish (tx, "gold-repair", &plan);
    assert_rejected (tx, "plan.unreachable");
    plan.details.order = 40;
    publish (tx, "gold-repair", &plan);
    assert_accepted (tx);
}

static void
test_a_plan_whose_cases_several_others_take_together_is_refused (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    s_tier_plan (&plan, 10, "gold", HOUR_MS);
    publish (tx, "gold", &plan);
    s_tier_plan (&plan, 20, "silver", HOUR_MS);
    publish (tx, "silver", &plan);
    plan.details.contract_tiers = (char *[]) { "silver", "gold", "bronze" };
    plan.details.n_contract_tiers = 3;
    plan.details.order = 30;
    publish (tx, "metal", &plan);
    assert_accepted (tx);                   /* bronze is left for it */
    plan.details.n_contract_tiers = 2;
    publish (tx, "metal", &plan);
    assert_rejected (tx, "plan.unreachable");
    s_tier_plan (&plan, 25, "bronze", HOUR_MS);
    publish (tx, "bronze", &plan);
    assert_rejected (tx, "plan.hides_another");
    assert_non_null (strstr (tx_fake_message (tx), "metal"));
}

static void
test_a_plan_without_targets_or_with_a_budget_of_nothing_is_refused (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 0);
    publish (tx, "standard", &plan);
    assert_rejected (tx, "target.no_budget");
    plan.specs [0].budget_type = BUDGET_TYPE_WORKING_DAYS_END_OF_DAY;
    publish (tx, "standard", &plan);
    assert_rejected (tx, "target.no_budget");
    plan.details.n_targets = 0;
    publish (tx, "standard", &plan);
    assert_rejected (tx, "plan.no_targets");
}

static void
test_t24_a_budget_in_days_is_no_budget_in_hours (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_BUSINESS_TIME, HOUR_MS)->budget_days = 1;
    publish (tx, "standard", &plan);
    assert_rejected (tx, "target.wrong_budget");
}

static void
test_a_target_that_an_earlier_one_covers_is_refused (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, HOUR_MS);
    sla_target_spec_t *second = add_target (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    second->region_classes = (region_class_t []) { REGION_CLASS_CITY };
    second->n_region_classes = 1;
    publish (tx, "standard", &plan);
    assert_rejected (tx, "target.unreachable");
    assert_non_null (strstr (tx_fake_message (tx), "target 2"));
}

static void
test_a_target_that_earlier_ones_cover_together_is_refused (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    sla_target_spec_t *first = plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, HOUR_MS);
    first->fault_levels = (int32_t []) { 1, 2 };
    first->n_fault_levels = 2;
    sla_target_spec_t *second = add_target (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    second->fault_levels = (int32_t []) { 3, 4 };
    second->n_fault_levels = 1;
    add_target (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 3 * HOUR_MS);
    publish (tx, "standard", &plan);
    assert_accepted (tx);                   /* level 4 is left for it */
    second->n_fault_levels = 2;
    publish (tx, "standard", &plan);
    assert_rejected (tx, "target.unreachable");
    assert_non_null (strstr (tx_fake_message (tx), "target 3"));
}

static void
test_t28_a_clock_that_would_never_start_or_never_run_again_is_refused_when_the_plan_is_saved (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_FIXED_INSTANT, 0);
    publish (tx, "p1", &plan);
    assert_rejected (tx, "target.never_starts");
    sla_target_spec_t *depot = plan_default (&plan, MILESTONE_DEPOT_REPAIR, BUDGET_TYPE_WORKING_DAYS_END_OF_DAY, 0);
    depot->budget_days = 5;
    pause_on (&plan, depot, WAIT_REASON_RESOLVED);
    publish (tx, "p1", &plan);
    assert_rejected (tx, "target.waits_for_ever");
    sla_target_spec_t *arrive = plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_BUSINESS_TIME, HOUR_MS);
    pause_on (&plan, arrive, WAIT_REASON_PARTS);
    plan.reasons [1] = WAIT_REASON_PARTS;
    arrive->n_pause_reasons = 2;
    publish (tx, "p1", &plan);
    assert_rejected (tx, "target.pause_reasons");
}

static void
test_nonsense_in_a_target_is_refused (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    sla_target_spec_t *spec = plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_BUSINESS_TIME, HOUR_MS);
    spec->calendar_id = "nowhere";
    publish (tx, "standard", &plan);
    assert_rejected (tx, "calendar.unknown");
    spec->calendar_id = "";
    spec->fault_levels = (int32_t []) { 5 };
    spec->n_fault_levels = 1;
    publish (tx, "standard", &plan);
    assert_rejected (tx, "target.fault_level");
    spec->n_fault_levels = 0;
    spec->warn_percents = (int32_t []) { 100 };
    spec->n_warn_percents = 1;
    publish (tx, "standard", &plan);
    assert_rejected (tx, "target.warn_percents");
    spec->n_warn_percents = 0;
    spec->milestone = MILESTONE_UNSPECIFIED;
    publish (tx, "standard", &plan);
    assert_string_not_equal (tx_fake_code (tx), "");
}

static void
test_the_first_plan_that_matches_is_taken_and_kept_with_the_case (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 48 * HOUR_MS);
    publish (tx, "standard", &plan);
    s_tier_plan (&plan, 10, "gold", 4 * HOUR_MS);
    publish (tx, "gold", &plan);
    int64_t at = utc (2026, 6, 8, 8, 0);
    request (tx, "r1", 2, at);
    assert_string_equal (stored (tx, sla_case, "r1")->plan_id, "standard");
    run (tx, entitlement_resolved (.request_id = "r1", .contract_tier = "gold", .coverage = COVERAGE_CONTRACT));
    assert_at (emitted (tx, sla_clock_recomputed)->due_at, at + 4 * HOUR_MS);
    assert_string_equal (emitted (tx, sla_clock_recomputed)->plan_id, "gold");
    assert_string_equal (stored (tx, sla_case, "r1")->plan_id, "gold");
    assert_at (stored (tx, sla_clock, "r1:ARRIVE")->started_at, at);
}

static void
test_a_plan_that_the_contract_names_goes_before_the_rules (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 48 * HOUR_MS);
    publish (tx, "standard", &plan);
    s_tier_plan (&plan, 10, "gold", 4 * HOUR_MS);
    publish (tx, "gold", &plan);
    request (tx, "r1", 2, utc (2026, 6, 8, 8, 0));
    run (tx, entitlement_resolved (.request_id = "r1", .contract_tier = "silver", .sla_plan_id = "gold"));
    assert_string_equal (stored (tx, sla_case, "r1")->plan_id, "gold");
}

static void
test_t9_a_plan_that_matches_no_more_cancels_its_clocks_and_says_nothing_later (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    s_tier_plan (&plan, 10, "gold", 4 * HOUR_MS);
    publish (tx, "gold", &plan);
    int64_t at = utc (2026, 6, 8, 8, 0);
    tx_fake_now (tx, at);
    run (tx, entitlement_resolved (.request_id = "r1", .contract_tier = "gold"));
    request (tx, "r1", 2, at);
    assert_int_equal (stored (tx, sla_clock, "r1:ARRIVE")->state, CLOCK_STATE_RUNNING);
    s_tier_plan (&plan, 10, "platinum", 4 * HOUR_MS);
    publish (tx, "gold", &plan);
    settle (tx);
    assert_int_equal (emitted_count (tx, sla_clock_cancelled), 1);
    assert_at (stored (tx, sla_clock, "r1:ARRIVE")->due_at, 0);
    assert_int_equal (tx_fake_advance (tx, at + 100 * HOUR_MS), 0);
}

static void
test_a_default_that_was_demoted_is_no_longer_taken_by_everything (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 4 * HOUR_MS);
    publish (tx, "standard", &plan);
    s_tier_plan (&plan, 100, "gold", 4 * HOUR_MS);
    publish (tx, "standard", &plan);
    request (tx, "r1", 2, utc (2026, 6, 8, 8, 0));
    assert_string_equal (stored (tx, sla_case, "r1")->plan_id, "");
    assert_int_equal (stored_count (tx, sla_clock), 0);
}

static void
test_a_case_that_no_plan_matched_gets_one_when_it_is_published (void **state)
{
    tx_t *tx = *state;
    int64_t at = utc (2026, 6, 8, 8, 0);
    request (tx, "r1", 2, at);
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 4 * HOUR_MS);
    publish (tx, "standard", &plan);
    settle (tx);
    assert_at (emitted (tx, sla_clock_started)->due_at, at + 4 * HOUR_MS);
}

static void
test_j3_level_and_region_choose_the_target (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    sla_target_spec_t *city = plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    city->region_classes = (region_class_t []) { REGION_CLASS_CITY };
    city->n_region_classes = 1;
    add_target (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 48 * HOUR_MS);
    publish (tx, "standard", &plan);
    int64_t at = utc (2026, 6, 8, 8, 0);
    request (tx, "near", 2, at);
    run_at (tx, at, service_request_accepted (.request_id = "far", .territory_id = "milan", .accepted_at = at,
        .region_class = REGION_CLASS_ELSEWHERE, .tier = SUPPORT_TIER_PHONE));
    triage_at (tx, "far", 2, at);
    assert_at (stored (tx, sla_clock, "near:ARRIVE")->due_at, at + 2 * HOUR_MS);
    assert_at (stored (tx, sla_clock, "far:ARRIVE")->due_at, at + 48 * HOUR_MS);
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, s_setup, company_close)

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_j3_a_plan_is_published_in_full_with_its_version),
        TEST (test_a_plan_without_condition_must_say_that_it_is_the_default),
        TEST (test_two_defaults_are_refused_and_the_other_one_is_named),
        TEST (test_two_plans_of_the_same_order_are_refused),
        TEST (test_a_plan_that_could_never_be_taken_is_refused_and_so_is_one_that_hides_another),
        TEST (test_a_plan_whose_cases_several_others_take_together_is_refused),
        TEST (test_a_plan_without_targets_or_with_a_budget_of_nothing_is_refused),
        TEST (test_t24_a_budget_in_days_is_no_budget_in_hours),
        TEST (test_a_target_that_an_earlier_one_covers_is_refused),
        TEST (test_a_target_that_earlier_ones_cover_together_is_refused),
        TEST (test_t28_a_clock_that_would_never_start_or_never_run_again_is_refused_when_the_plan_is_saved),
        TEST (test_nonsense_in_a_target_is_refused),
        TEST (test_the_first_plan_that_matches_is_taken_and_kept_with_the_case),
        TEST (test_a_plan_that_the_contract_names_goes_before_the_rules),
        TEST (test_t9_a_plan_that_matches_no_more_cancels_its_clocks_and_says_nothing_later),
        TEST (test_a_default_that_was_demoted_is_no_longer_taken_by_everything),
        TEST (test_a_case_that_no_plan_matched_gets_one_when_it_is_published),
        TEST (test_j3_level_and_region_choose_the_target),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
