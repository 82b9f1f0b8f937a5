/* How requests end: resolved, confirmed or silent, cancelled, reopened; and how they wait
 * meanwhile. */
#include "company.h"

#define THREE_DAYS_MS (3 * 24 * INT64_C (3600000))

static void
s_resolve (tx_t *tx, const char *request_id)
{
    run (tx,
        work_order_completed (.work_order_id = "o1", .request_id = (char *) request_id,
            .completed_at = MONDAY_AT));
}

static void
test_a_completed_work_order_resolves_its_request_on_site (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "o1");
    s_resolve (tx, id);
    const service_request_resolved_t *event = emitted (tx, service_request_resolved);
    assert_string_equal (event->request_id, id);
    assert_int_equal (event->tier, SUPPORT_TIER_ONSITE);
    assert_int_equal (event->resolved_at, MONDAY_AT);
    s_resolve (tx, id);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_a_completed_order_of_a_plan_resolves_nothing (void **state)
{
    tx_t *tx = *state;
    run (tx, work_order_completed (.work_order_id = "o1", .occurrence_id = "plan:2026-06-08"));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    assert_string_equal (tx_fake_dead_letter (tx), "");
}

static void
test_a_resolved_request_is_closed_when_the_customer_confirms (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "o2");
    run (tx, confirm_service_request (.request_id = (char *) id, .by = "anna"));
    assert_rejected (tx, "request.not_resolved");
    s_resolve (tx, id);
    run (tx, confirm_service_request (.request_id = (char *) id, .by = "anna"));
    assert_accepted (tx);
    assert_string_equal (emitted (tx, service_request_closed)->by, "anna");
    assert_int_equal (tx_fake_timer (tx, "silence", id), 0);
    assert_int_equal (stored (tx, service_request, id)->state, REQUEST_STATE_CLOSED);
}

static void
test_three_days_of_silence_close_a_resolved_request_and_not_a_moment_earlier (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "o3");
    s_resolve (tx, id);
    assert_int_equal (tx_fake_timer (tx, "silence", id), MONDAY_AT + THREE_DAYS_MS);
    assert_int_equal (tx_fake_advance (tx, MONDAY_AT + THREE_DAYS_MS - 1), 0);
    assert_int_equal (tx_fake_advance (tx, MONDAY_AT + THREE_DAYS_MS), 1);
    assert_string_equal (emitted (tx, service_request_closed)->by, "silence");
    assert_int_equal (emitted (tx, service_request_closed)->closed_at, MONDAY_AT + THREE_DAYS_MS);
}

static void
test_a_reopened_request_is_not_closed_by_an_old_silence (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "o4");
    s_resolve (tx, id);
    run (tx, reopen_service_request (.request_id = (char *) id, .reason = "leaks again"));
    assert_accepted (tx);
    assert_string_equal (emitted (tx, service_request_reopened)->reason, "leaks again");
    tx_fake_advance (tx, MONDAY_AT + 2 * THREE_DAYS_MS);
    assert_int_equal (stored (tx, service_request, id)->state, REQUEST_STATE_OPEN);
    run (tx, change_support_tier (.request_id = (char *) id, .tier = SUPPORT_TIER_ONSITE));
    assert_int_equal (emitted_count (tx, work_order_requested), 1);
}

static void
test_only_what_was_resolved_or_closed_can_be_reopened (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "o5");
    run (tx, reopen_service_request (.request_id = (char *) id, .reason = "x"));
    assert_rejected (tx, "request.not_ended");
    run (tx, cancel_service_request (.request_id = (char *) id, .reason = "x"));
    run (tx, reopen_service_request (.request_id = (char *) id, .reason = "x"));
    assert_rejected (tx, "request.not_ended");
}

static void
test_a_cancelled_request_takes_no_more_commands (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "o6");
    run (tx, cancel_service_request (.request_id = (char *) id));
    assert_rejected (tx, "reason.missing");
    run (tx, cancel_service_request (.request_id = (char *) id, .reason = "works again"));
    assert_string_equal (emitted (tx, service_request_cancelled)->reason, "works again");
    run (tx, cancel_service_request (.request_id = (char *) id, .reason = "works again"));
    assert_rejected (tx, "request.not_open");
    run (tx, acknowledge_service_request (.request_id = (char *) id, .agent = "mei"));
    assert_rejected (tx, "request.not_open");
    s_resolve (tx, id);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_the_first_person_who_acknowledges_counts (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "o7");
    run (tx, acknowledge_service_request (.request_id = (char *) id, .agent = "mei"));
    assert_string_equal (emitted (tx, service_request_acknowledged)->agent, "mei");
    assert_int_equal (emitted (tx, service_request_acknowledged)->acknowledged_at, MONDAY_AT);
    run (tx, acknowledge_service_request (.request_id = (char *) id, .agent = "li"));
    assert_accepted (tx);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
s_wait (tx_t *tx, const char *request_id, wait_reason_t reason)
{
    run (tx, start_waiting (.request_id = (char *) request_id, .reason = reason, .holder = "anna"));
}

static void
test_waiting_begins_and_ends_once_for_each_reason (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "w1");
    s_wait (tx, id, WAIT_REASON_CUSTOMER);
    assert_string_equal (emitted (tx, case_waiting_started)->case_id, id);
    assert_int_equal (emitted (tx, case_waiting_started)->started_at, MONDAY_AT);
    s_wait (tx, id, WAIT_REASON_CUSTOMER);
    assert_accepted (tx);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    s_wait (tx, id, WAIT_REASON_SITE_ACCESS);
    assert_int_equal (emitted_count (tx, case_waiting_started), 1);
    run (tx, end_waiting (.request_id = (char *) id, .reason = WAIT_REASON_CUSTOMER));
    assert_int_equal (emitted (tx, case_waiting_ended)->reason, WAIT_REASON_CUSTOMER);
    run (tx, end_waiting (.request_id = (char *) id, .reason = WAIT_REASON_CUSTOMER));
    assert_rejected (tx, "request.not_waiting");
    s_wait (tx, id, WAIT_REASON_UNSPECIFIED);
    assert_rejected (tx, "reason.missing");
}

static void
test_no_case_waits_for_ever_all_waits_end_with_it (void **state)
{
    tx_t *tx = *state;
    const char *first = company_repair (tx, "w2"), *second = company_repair (tx, "w3");
    s_wait (tx, first, WAIT_REASON_CUSTOMER);
    s_wait (tx, first, WAIT_REASON_PARTS);
    s_wait (tx, second, WAIT_REASON_PARTS);
    s_resolve (tx, first);
    assert_int_equal (emitted_count (tx, case_waiting_ended), 2);
    run (tx, cancel_service_request (.request_id = (char *) second, .reason = "x"));
    assert_int_equal (emitted_count (tx, case_waiting_ended), 1);
    assert_int_equal (stored (tx, service_request, second)->waits, 0);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        COMPANY_TEST (test_a_completed_work_order_resolves_its_request_on_site),
        COMPANY_TEST (test_a_completed_order_of_a_plan_resolves_nothing),
        COMPANY_TEST (test_a_resolved_request_is_closed_when_the_customer_confirms),
        COMPANY_TEST (test_three_days_of_silence_close_a_resolved_request_and_not_a_moment_earlier),
        COMPANY_TEST (test_a_reopened_request_is_not_closed_by_an_old_silence),
        COMPANY_TEST (test_only_what_was_resolved_or_closed_can_be_reopened),
        COMPANY_TEST (test_a_cancelled_request_takes_no_more_commands),
        COMPANY_TEST (test_the_first_person_who_acknowledges_counts),
        COMPANY_TEST (test_waiting_begins_and_ends_once_for_each_reason),
        COMPANY_TEST (test_no_case_waits_for_ever_all_waits_end_with_it),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
