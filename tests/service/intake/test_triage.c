/* Triage: fault level by rules, priority by four terms, and the trace that says why. */
#include "company.h"

static void
test_c10_the_first_rule_that_matches_decides_the_level (void **state)
{
    tx_t *tx = *state;
    run (tx,
        register_triage_rule (.rule_id = "late", .order = 20, .request_type = REQUEST_TYPE_REPAIR,
            .fault_level = 4));
    run (tx,
        register_triage_rule (.rule_id = "stands", .order = 10, .keyword = "STANDS still",
            .fault_level = 1));
    run (tx,
        register_triage_rule (.rule_id = "pumps", .order = 5, .device_type = "pump",
            .fault_level = 2));
    company_repair (tx, "t1");
    const service_request_triaged_t *event = emitted (tx, service_request_triaged);
    assert_int_equal (event->fault_level, 1);
    assert_string_equal (event->trace [0]->rule, "triage:pumps");
    assert_false (event->trace [0]->matched);
    assert_non_null (strstr (event->trace [0]->detail, "press"));
    assert_string_equal (event->trace [1]->rule, "triage:stands");
    assert_true (event->trace [1]->matched);
}

static void
test_c10_a_fault_code_that_ends_in_a_dot_is_a_family (void **state)
{
    tx_t *tx = *state;
    run (tx,
        register_triage_rule (.rule_id = "e", .order = 1, .fault_code = "E.", .fault_level = 1));
    run (tx,
        register_triage_rule (.rule_id = "f", .order = 2, .fault_code = "F1", .fault_level = 2));
    static const struct {
        const char *code;
        int level;
    } cases [] = { { "E.12", 1 }, { "E", 3 }, { "F1", 2 }, { "F12", 3 }, { "", 3 } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char external_id [8];
        snprintf (external_id, sizeof external_id, "f%zu", i);
        run (tx,
            submit_service_request (.channel = CHANNEL_WEB, .external_id = external_id,
                .asset_id = "press-1", .type = REQUEST_TYPE_REPAIR,
                .fault_code = (char *) cases [i].code));
        assert_int_equal (emitted (tx, service_request_triaged)->fault_level, cases [i].level);
    }
}

static void
test_c10_without_a_rule_the_hint_counts_and_without_a_hint_the_middle (void **state)
{
    tx_t *tx = *state;
    company_repair (tx, "h0");
    assert_int_equal (emitted (tx, service_request_triaged)->fault_level, 3);
    run (tx,
        submit_service_request (.channel = CHANNEL_WEB, .external_id = "h1", .asset_id = "press-1",
            .type = REQUEST_TYPE_REPAIR, .fault_level_hint = 1));
    assert_int_equal (emitted (tx, service_request_triaged)->fault_level, 1);
    assert_string_equal (emitted (tx, service_request_triaged)->trace [0]->rule, "triage.hint");
}

static void
test_c10_a_person_may_change_the_level_and_must_say_why (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "p1");
    run (tx, triage_service_request (.request_id = (char *) id, .fault_level = 1));
    assert_rejected (tx, "reason.missing");
    run (tx, triage_service_request (.request_id = (char *) id, .fault_level = 5, .reason = "x"));
    assert_rejected (tx, "fault_level.invalid");
    run (tx,
        triage_service_request (.request_id = (char *) id, .fault_level = 1,
            .reason = "the whole line stands"));
    assert_accepted (tx);
    assert_int_equal (emitted (tx, service_request_triaged)->fault_level, 1);
    assert_string_equal (emitted (tx, service_request_triaged)->reason, "the whole line stands");
    run (tx,
        triage_service_request (.request_id = (char *) id, .fault_level = 1, .reason = "again"));
    assert_accepted (tx);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    run (tx, triage_service_request (.request_id = "nobody", .fault_level = 1, .reason = "x"));
    assert_rejected (tx, "request.unknown");
}

static int
s_priority (tx_t *tx, int level, const char *tier, const char *grade, int criticality)
{
    trace_t trace = { .count = 0 };
    int priority = priority_of (tx, level, tier, grade, criticality, &trace);
    assert_int_equal (trace.count, 4);
    return priority;
}

static void
test_c9_a_worse_fault_always_comes_first_whoever_the_customer_is (void **state)
{
    tx_t *tx = *state;
    static const char *const tiers [] = { "", "platinum", "Gold", "silver", "bronze", "basic" };
    static const char *const grades [] = { "", "A", "B", "C", "D", "Z" };
    int least [6] = { 0 }, most [6] = { 0 };
    for (int level = 1; level <= 4; level++) {
        least [level] = 1000;
        for (int tier = 0; tier < 6; tier++)
            for (int grade = 0; grade < 6; grade++)
                for (int criticality = 0; criticality <= 3; criticality++) {
                    int priority =
                        s_priority (tx, level, tiers [tier], grades [grade], criticality);
                    least [level] = priority < least [level] ? priority : least [level];
                    most [level] = priority > most [level] ? priority : most [level];
                }
        assert_true (least [level] > most [level - 1]);
    }
    assert_int_equal (least [1], 1);
    assert_int_equal (most [4], 100);
}

static void
test_c9_contract_tier_grade_and_criticality_each_bring_a_request_forward (void **state)
{
    tx_t *tx = *state;
    int plain = s_priority (tx, 2, "", "", 0);
    assert_true (s_priority (tx, 2, "gold", "", 0) < s_priority (tx, 2, "silver", "", 0));
    assert_true (s_priority (tx, 2, "silver", "", 0) < plain);
    assert_true (s_priority (tx, 2, "house brand", "", 0) < plain);
    assert_true (s_priority (tx, 2, "", "A", 0) < s_priority (tx, 2, "", "B", 0));
    assert_true (s_priority (tx, 2, "", "B", 0) < plain);
    assert_true (s_priority (tx, 2, "", "D", 0) > plain);
    assert_true (s_priority (tx, 2, "", "", 3) < s_priority (tx, 2, "", "", 1));
}

static void
test_c9_the_contract_that_billing_finds_later_changes_the_priority (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "e1");
    int before = emitted (tx, service_request_triaged)->priority;
    run (tx,
        entitlement_resolved (.request_id = (char *) id, .coverage = COVERAGE_CONTRACT,
            .contract_id = "c1", .contract_tier = "gold"));
    const service_request_triaged_t *event = emitted (tx, service_request_triaged);
    assert_int_equal (event->priority, before - 7);
    assert_int_equal (event->fault_level, 3);
    assert_string_equal (event->trace [2]->rule, "priority:contract_tier");
    assert_non_null (strstr (event->trace [2]->detail, "gold"));
    run (tx,
        entitlement_resolved (.request_id = (char *) id, .coverage = COVERAGE_CONTRACT,
            .contract_id = "c1", .contract_tier = "gold"));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    assert_string_equal (stored (tx, service_request, id)->contract_id, "c1");
}

static void
test_c9_an_entitlement_of_what_is_no_request_is_ignored (void **state)
{
    tx_t *tx = *state;
    run (tx, entitlement_resolved (.request_id = "plan-1:2026-06-08", .contract_tier = "gold"));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    assert_string_equal (tx_fake_dead_letter (tx), "");
}

static void
test_c9_an_asset_that_becomes_critical_brings_its_open_requests_forward (void **state)
{
    tx_t *tx = *state;
    company_repair (tx, "a1");
    int before = emitted (tx, service_request_triaged)->priority;
    asset_details_t *details = company_asset ();
    details->criticality = 3;
    run (tx, register_asset (.asset_id = "press-1", .details = details));
    assert_int_equal (emitted (tx, service_request_triaged)->priority, before - 6);
}

static void
test_c9_the_rule_trace_is_kept_with_the_request (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "k1");
    const service_request_t *request = stored (tx, service_request, id);
    service_request_triaged_t *kept = (service_request_triaged_t *) protobuf_c_message_unpack (
        &service_request_triaged_descriptor, NULL, request->triage.size, request->triage.data);
    assert_non_null (kept);
    assert_int_equal (kept->n_trace, 5);
    assert_int_equal (kept->priority, request->priority);
    protobuf_c_message_free_unpacked (&kept->base, NULL);
}

static void
test_c9_many_rules_leave_room_in_the_trace_for_the_terms_of_the_priority (void **state)
{
    tx_t *tx = *state;
    for (int i = 0; i < 60; i++) {
        char rule_id [16];
        snprintf (rule_id, sizeof rule_id, "r%d", i);
        run (tx,
            register_triage_rule (.rule_id = rule_id, .order = i, .device_type = "pump",
                .fault_level = 2));
    }
    company_repair (tx, "m1");
    const service_request_triaged_t *event = emitted (tx, service_request_triaged);
    assert_true (event->n_trace <= 16);
    assert_string_equal (event->trace [event->n_trace - 1]->rule, "priority:asset_criticality");
    assert_string_equal (event->trace [event->n_trace - 4]->rule, "priority:fault_level");
}

static void
test_c10_a_rule_with_nonsense_is_rejected (void **state)
{
    tx_t *tx = *state;
    run (tx, register_triage_rule (.rule_id = "x", .fault_level = 5));
    assert_rejected (tx, "fault_level.invalid");
    part_quantity_t part = { .base = part_quantity_init, .item_id = "belt", .quantity = 0 };
    part_quantity_t *parts [] = { &part };
    run (tx, register_triage_rule (.rule_id = "x", .fault_level = 2, .n_parts = 1, .parts = parts));
    assert_rejected (tx, "quantity.invalid");
    assert_int_equal (stored_count (tx, triage_rule), 0);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        COMPANY_TEST (test_c10_the_first_rule_that_matches_decides_the_level),
        COMPANY_TEST (test_c10_a_fault_code_that_ends_in_a_dot_is_a_family),
        COMPANY_TEST (test_c10_without_a_rule_the_hint_counts_and_without_a_hint_the_middle),
        COMPANY_TEST (test_c10_a_person_may_change_the_level_and_must_say_why),
        COMPANY_TEST (test_c9_a_worse_fault_always_comes_first_whoever_the_customer_is),
        COMPANY_TEST (test_c9_contract_tier_grade_and_criticality_each_bring_a_request_forward),
        COMPANY_TEST (test_c9_the_contract_that_billing_finds_later_changes_the_priority),
        COMPANY_TEST (test_c9_an_entitlement_of_what_is_no_request_is_ignored),
        COMPANY_TEST (test_c9_an_asset_that_becomes_critical_brings_its_open_requests_forward),
        COMPANY_TEST (test_c9_the_rule_trace_is_kept_with_the_request),
        COMPANY_TEST (test_c9_many_rules_leave_room_in_the_trace_for_the_terms_of_the_priority),
        COMPANY_TEST (test_c10_a_rule_with_nonsense_is_rejected),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
