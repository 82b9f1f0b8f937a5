/* X20: cases derived again from their history because somebody wants it, and what moved. */
#include <stdio.h>

#include "fixture.h"

enum { CASES = 1500 };

static const int64_t s_start = INT64_C (1780900200000);            /* Monday 2026-06-08, 8:30 in Rome */

static void
s_publish_hours (tx_t *tx, const char *id, int order, const char *tier, int hours)
{
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, hours * HOUR_MS);
    if (tier) {
        plan.details.is_default = false;
        plan.details.order = order;
        plan.tiers [0] = (char *) tier;
        plan.details.contract_tiers = plan.tiers;
        plan.details.n_contract_tiers = 1;
    }
    publish (tx, id, &plan);
    assert_accepted (tx);
}

static tx_t *
s_company (void)
{
    tx_t *tx = company ();
    s_publish_hours (tx, "standard", 100, NULL, 4);
    return tx;
}

/* What a fault of the program or of a disk could have left. */
static void
s_damage (tx_t *tx, const char *clock_id)
{
    sla_clock_t clock = *stored (tx, sla_clock, clock_id);
    clock.due_at += HOUR_MS;
    tx_fake_store (tx, &sla_clock_entity, &clock);
}

static void
test_x20_a_case_is_derived_again_from_its_history_and_says_what_moved (void **state)
{
    (void) state;
    tx_t *tx = s_company ();
    request (tx, "r1", 2, s_start);
    s_damage (tx, "r1:ARRIVE");
    run (tx, recompute_sla (.case_id = "r1", .reason = "the customer disputes it"));
    assert_accepted (tx);
    settle (tx);
    assert_at (stored (tx, sla_clock, "r1:ARRIVE")->due_at, s_start + 4 * HOUR_MS);
    assert_at (emitted (tx, sla_clock_recomputed)->due_at, s_start + 4 * HOUR_MS);
    assert_string_equal (emitted (tx, sla_clock_recomputed)->cause, "recomputed: the customer disputes it");
    assert_int_equal (emitted (tx, sla_recomputed)->cases, 1);
    assert_int_equal (emitted (tx, sla_recomputed)->moved_clocks, 1);
    assert_int_equal (stored_count (tx, recompute), 0);
    tx_fake_destroy (&tx);
}

static void
test_x20_what_has_not_moved_says_nothing_but_that (void **state)
{
    (void) state;
    tx_t *tx = s_company ();
    request (tx, "r1", 2, s_start);
    run (tx, recompute_sla (.plan_id = "standard", .reason = "check"));
    settle (tx);
    assert_int_equal (tx_fake_emitted_total (tx), 1);
    assert_int_equal (emitted (tx, sla_recomputed)->cases, 1);
    assert_int_equal (emitted (tx, sla_recomputed)->moved_clocks, 0);
    tx_fake_destroy (&tx);
}

static void
test_x20_all_open_cases_of_a_plan_are_derived_and_counted_over_many_turns (void **state)
{
    (void) state;
    char id [16];
    tx_t *tx = s_company ();
    for (int i = 0; i < CASES; i++) {
        snprintf (id, sizeof id, "r%04d", i);
        request (tx, id, 2, s_start);
    }
    run (tx, service_request_cancelled (.request_id = "r0000", .reason = "not needed"));
    for (int i = 1; i <= 700; i++) {
        snprintf (id, sizeof id, "r%04d:ARRIVE", i);
        s_damage (tx, id);
    }
    run (tx, recompute_sla (.plan_id = "standard", .reason = "restored from a backup"));
    settle (tx);
    assert_int_equal (emitted_count (tx, sla_recomputed), 1);
    assert_int_equal (emitted (tx, sla_recomputed)->cases, CASES - 1);
    assert_int_equal (emitted (tx, sla_recomputed)->moved_clocks, 700);
    assert_int_equal (emitted_count (tx, sla_clock_recomputed), 700);
    tx_fake_destroy (&tx);
}

static void
test_x20_a_case_keeps_its_plan_unless_it_is_to_choose_again (void **state)
{
    (void) state;
    tx_t *tx = s_company ();
    request (tx, "r1", 2, s_start);
    run (tx, entitlement_resolved (.request_id = "r1", .contract_tier = "gold"));
    s_publish_hours (tx, "gold", 10, "gold", 1);
    settle (tx);
    run (tx, recompute_sla (.case_id = "r1", .reason = "a better plan"));
    settle (tx);
    assert_string_equal (stored (tx, sla_case, "r1")->plan_id, "standard");
    run (tx, recompute_sla (.case_id = "r1", .reason = "a better plan", .choose_plan_again = true));
    settle (tx);
    assert_string_equal (stored (tx, sla_case, "r1")->plan_id, "gold");
    assert_int_equal (emitted (tx, sla_recomputed)->moved_clocks, 1);
    assert_at (stored (tx, sla_clock, "r1:ARRIVE")->due_at, s_start + HOUR_MS);
    tx_fake_destroy (&tx);
}

static void
test_x20_a_recomputation_of_nothing_or_of_the_unknown_is_refused (void **state)
{
    (void) state;
    tx_t *tx = s_company ();
    run (tx, recompute_sla (.reason = "why not"));
    assert_rejected (tx, "recompute.what");
    run (tx, recompute_sla (.case_id = "r1", .plan_id = "standard", .reason = "why not"));
    assert_rejected (tx, "recompute.what");
    run (tx, recompute_sla (.case_id = "r9", .reason = "why not"));
    assert_rejected (tx, "case.unknown");
    run (tx, recompute_sla (.plan_id = "p9", .reason = "why not"));
    assert_rejected (tx, "plan.unknown");
    run (tx, recompute_sla (.plan_id = "standard"));
    assert_rejected (tx, "reason.missing");
    run (tx, recompute_sla (.plan_id = "standard", .reason = "no case is open"));
    assert_accepted (tx);
    assert_int_equal (emitted (tx, sla_recomputed)->cases, 0);
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_x20_a_case_is_derived_again_from_its_history_and_says_what_moved),
        cmocka_unit_test (test_x20_what_has_not_moved_says_nothing_but_that),
        cmocka_unit_test (test_x20_all_open_cases_of_a_plan_are_derived_and_counted_over_many_turns),
        cmocka_unit_test (test_x20_a_case_keeps_its_plan_unless_it_is_to_choose_again),
        cmocka_unit_test (test_x20_a_recomputation_of_nothing_or_of_the_unknown_is_refused),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
