/* The support ladder: phone, remote, on-site. */
#include "company.h"

#define HOUR_MS INT64_C (3600000)

static void
s_attempt (tx_t *tx, const char *request_id, support_tier_t tier, bool solved)
{
    run (tx,
        record_support_attempt (.request_id = (char *) request_id, .tier = tier, .agent = "mei",
            .started_at = MONDAY_AT - HOUR_MS, .ended_at = MONDAY_AT - HOUR_MS / 2,
            .solved = solved, .note = "restarted it"));
}

static void
s_go (tx_t *tx, const char *request_id, support_tier_t tier, const char *reason)
{
    run (tx,
        change_support_tier (.request_id = (char *) request_id, .tier = tier,
            .reason = (char *) reason));
}

static void
test_c11_each_attempt_is_kept_with_start_end_and_outcome (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "l1");
    s_attempt (tx, id, SUPPORT_TIER_PHONE, false);
    const support_attempt_recorded_t *event = emitted (tx, support_attempt_recorded);
    assert_string_equal (event->agent, "mei");
    assert_int_equal (event->started_at, MONDAY_AT - HOUR_MS);
    assert_int_equal (event->ended_at, MONDAY_AT - HOUR_MS / 2);
    assert_false (event->solved);
    s_attempt (tx, id, SUPPORT_TIER_PHONE, false);
    assert_int_equal (stored_count (tx, support_attempt), 2);
    assert_int_equal (stored (tx, service_request, id)->state, REQUEST_STATE_OPEN);
}

static void
test_c11_solving_on_a_call_resolves_the_request_without_a_work_order (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "l2");
    s_attempt (tx, id, SUPPORT_TIER_PHONE, true);
    assert_int_equal (emitted (tx, service_request_resolved)->tier, SUPPORT_TIER_PHONE);
    assert_int_equal (emitted (tx, service_request_resolved)->resolved_at, MONDAY_AT - HOUR_MS / 2);
    assert_int_equal (emitted_count (tx, work_order_requested), 0);
    assert_int_equal (stored (tx, service_request, id)->resolved_tier, SUPPORT_TIER_PHONE);
}

static void
test_c11_an_attempt_on_a_higher_step_is_the_climb_to_it (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "l3");
    s_attempt (tx, id, SUPPORT_TIER_REMOTE, false);
    assert_int_equal (emitted (tx, support_tier_changed)->tier, SUPPORT_TIER_REMOTE);
    assert_int_equal (emitted (tx, support_tier_changed)->from_tier, SUPPORT_TIER_PHONE);
    s_attempt (tx, id, SUPPORT_TIER_PHONE, false);
    assert_int_equal (emitted_count (tx, support_tier_changed), 0);
    assert_int_equal (stored (tx, service_request, id)->tier, SUPPORT_TIER_REMOTE);
}

static void
test_c11_a_visit_is_no_support_attempt_and_an_attempt_ends_after_it_begins (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "l4");
    s_attempt (tx, id, SUPPORT_TIER_ONSITE, true);
    assert_rejected (tx, "tier.invalid");
    run (tx,
        record_support_attempt (.request_id = (char *) id, .tier = SUPPORT_TIER_PHONE,
            .agent = "mei", .started_at = MONDAY_AT, .ended_at = MONDAY_AT));
    assert_rejected (tx, "ended_at.invalid");
    run (tx,
        record_support_attempt (.request_id = (char *) id, .tier = SUPPORT_TIER_PHONE,
            .agent = "mei", .started_at = MONDAY_AT, .ended_at = MONDAY_AT + HOUR_MS));
    assert_rejected (tx, "ended_at.invalid");
    assert_int_equal (stored_count (tx, support_attempt), 0);
}

static void
test_c11_going_on_site_asks_for_one_work_order_with_diagnosis_parts_and_skills (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "l5");
    skill_level_t skill = { .base = skill_level_init, .skill = "hydraulics", .level = 2 };
    part_quantity_t part = { .base = part_quantity_init, .item_id = "seal", .quantity = 4 };
    skill_level_t *skills [] = { &skill };
    part_quantity_t *parts [] = { &part };
    run (tx,
        change_support_tier (.request_id = (char *) id, .tier = SUPPORT_TIER_ONSITE,
            .diagnosis = "leaking ram", .n_skills = 1, .skills = skills, .n_parts = 1,
            .parts = parts, .work_minutes = 90, .not_before_at = MONDAY_AT,
            .not_after_at = MONDAY_AT + HOUR_MS));
    assert_accepted (tx);
    assert_int_equal (emitted_count (tx, support_tier_changed), 1);
    assert_int_equal (emitted_count (tx, work_order_requested), 1);
    const work_order_requested_t *order = emitted (tx, work_order_requested);
    assert_string_equal (order->request_id, id);
    assert_string_equal (order->diagnosis, "leaking ram");
    assert_string_equal (order->skills [0]->skill, "hydraulics");
    assert_int_equal (order->parts [0]->quantity, 4);
    assert_int_equal (order->work_minutes, 90);
    assert_int_equal (order->not_before_at, MONDAY_AT);
    assert_string_equal (order->territory_id, "north");
    assert_int_equal (order->priority, stored (tx, service_request, id)->priority);
}

static void
test_c11_what_the_agent_does_not_say_the_triage_rule_says (void **state)
{
    tx_t *tx = *state;
    skill_level_t skill = { .base = skill_level_init, .skill = "press", .level = 1 };
    skill_level_t *skills [] = { &skill };
    run (tx,
        register_triage_rule (.rule_id = "press", .order = 1, .device_type = "press",
            .fault_level = 2, .n_skills = 1, .skills = skills, .work_minutes = 60));
    const char *id = company_repair (tx, "l6");
    s_go (tx, id, SUPPORT_TIER_ONSITE, "");
    const work_order_requested_t *order = emitted (tx, work_order_requested);
    assert_string_equal (order->skills [0]->skill, "press");
    assert_int_equal (order->work_minutes, 60);
    assert_string_equal (order->diagnosis, "it stands still");
}

static void
test_c11_a_request_never_has_two_open_work_orders (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "l7");
    s_go (tx, id, SUPPORT_TIER_ONSITE, "");
    s_go (tx, id, SUPPORT_TIER_ONSITE, "once more");
    assert_rejected (tx, "request.order_open");
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_c11_when_its_order_was_cancelled_another_may_be_asked_for (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "l8");
    s_go (tx, id, SUPPORT_TIER_ONSITE, "");
    run (tx, work_order_created (.work_order_id = "o1", .request_id = (char *) id));
    run (tx, work_order_cancelled (.work_order_id = "o1", .request_id = (char *) id));
    s_go (tx, id, SUPPORT_TIER_ONSITE, "another day");
    assert_accepted (tx);
    assert_int_equal (emitted_count (tx, work_order_requested), 1);
    assert_int_equal (emitted_count (tx, support_tier_changed), 0);
    run (tx, work_order_created (.work_order_id = "o2", .request_id = (char *) id));
    run (tx, work_order_cancelled (.work_order_id = "o1", .request_id = (char *) id));
    s_go (tx, id, SUPPORT_TIER_ONSITE, "late word of the first");
    assert_rejected (tx, "request.order_open");
}

static void
test_c11_going_down_needs_a_reason_and_gives_the_order_up (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "l9");
    s_go (tx, id, SUPPORT_TIER_ONSITE, "");
    s_go (tx, id, SUPPORT_TIER_REMOTE, "");
    assert_rejected (tx, "reason.missing");
    s_go (tx, id, SUPPORT_TIER_REMOTE, "customer has VPN now");
    assert_accepted (tx);
    assert_int_equal (emitted (tx, support_tier_changed)->from_tier, SUPPORT_TIER_ONSITE);
    assert_string_equal (emitted (tx, support_tier_changed)->reason, "customer has VPN now");
    s_go (tx, id, SUPPORT_TIER_REMOTE, "again");
    assert_rejected (tx, "request.same_tier");
    s_go (tx, id, SUPPORT_TIER_ONSITE, "VPN is down");
    assert_int_equal (emitted_count (tx, work_order_requested), 1);
}

static void
test_c11_nobody_is_sent_to_a_request_without_a_place (void **state)
{
    tx_t *tx = *state;
    run (tx,
        submit_service_request (.channel = CHANNEL_WEB, .external_id = "l10",
            .type = REQUEST_TYPE_CONSULTATION));
    char id [80];
    snprintf (id, sizeof id, "%s", tx_fake_subject (tx));
    s_go (tx, id, SUPPORT_TIER_ONSITE, "");
    assert_rejected (tx, "site.missing");
    s_go (tx, "nobody", SUPPORT_TIER_ONSITE, "");
    assert_rejected (tx, "request.unknown");
}

static void
test_c12_why_no_remote_attempt_was_made_is_said_with_the_climb (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "l11");
    run (tx,
        change_support_tier (.request_id = (char *) id, .tier = SUPPORT_TIER_ONSITE,
            .waive_remote_reason = "no network there"));
    assert_string_equal (emitted (tx, support_tier_changed)->reason,
        "no remote attempt: no network there");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        COMPANY_TEST (test_c11_each_attempt_is_kept_with_start_end_and_outcome),
        COMPANY_TEST (test_c11_solving_on_a_call_resolves_the_request_without_a_work_order),
        COMPANY_TEST (test_c11_an_attempt_on_a_higher_step_is_the_climb_to_it),
        COMPANY_TEST (test_c11_a_visit_is_no_support_attempt_and_an_attempt_ends_after_it_begins),
        COMPANY_TEST (
            test_c11_going_on_site_asks_for_one_work_order_with_diagnosis_parts_and_skills),
        COMPANY_TEST (test_c11_what_the_agent_does_not_say_the_triage_rule_says),
        COMPANY_TEST (test_c11_a_request_never_has_two_open_work_orders),
        COMPANY_TEST (test_c11_when_its_order_was_cancelled_another_may_be_asked_for),
        COMPANY_TEST (test_c11_going_down_needs_a_reason_and_gives_the_order_up),
        COMPANY_TEST (test_c11_nobody_is_sent_to_a_request_without_a_place),
        COMPANY_TEST (test_c12_why_no_remote_attempt_was_made_is_said_with_the_climb),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
