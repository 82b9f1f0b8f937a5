/* Two requests that speak of the same thing become one. */
#include "company.h"

static void
s_merge (tx_t *tx, const char *absorbed_id, const char *survivor_id)
{
    run (tx,
        merge_service_requests (.absorbed_id = (char *) absorbed_id,
            .survivor_id = (char *) survivor_id, .reason = "reported twice"));
}

static void
test_t46_the_absorbed_request_is_over_and_points_to_the_one_that_goes_on (void **state)
{
    tx_t *tx = *state;
    const char *survivor = company_repair (tx, "m1"), *absorbed = company_repair (tx, "m2");
    run (tx,
        start_waiting (.request_id = (char *) absorbed, .reason = WAIT_REASON_CUSTOMER,
            .holder = "Anna"));
    s_merge (tx, absorbed, survivor);
    assert_accepted (tx);
    assert_string_equal (tx_fake_subject (tx), survivor);
    assert_int_equal (emitted_count (tx, case_waiting_ended), 1);
    assert_string_equal (emitted (tx, service_request_merged)->request_id, absorbed);
    assert_string_equal (emitted (tx, service_request_merged)->survivor_id, survivor);
    assert_int_equal (emitted (tx, service_request_merged)->accepted_at, MONDAY_AT);
    assert_int_equal (stored (tx, service_request, survivor)->state, REQUEST_STATE_OPEN);
    s_merge (tx, absorbed, survivor);
    assert_accepted (tx);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    run (tx, acknowledge_service_request (.request_id = (char *) absorbed));
    assert_rejected (tx, "request.merged");
    assert_non_null (strstr (tx_fake_message (tx), survivor));
}

static void
test_t46_attempts_and_messages_of_the_absorbed_request_stay_readable (void **state)
{
    tx_t *tx = *state;
    const char *survivor = company_repair (tx, "m1"), *absorbed = company_repair (tx, "m2");
    run (tx,
        record_support_attempt (.request_id = (char *) absorbed, .tier = SUPPORT_TIER_PHONE,
            .started_at = MONDAY_AT - MINUTE_MS, .ended_at = MONDAY_AT, .note = "no luck"));
    s_merge (tx, absorbed, survivor);
    char attempt_id [100];
    snprintf (attempt_id, sizeof attempt_id, "%s:1", absorbed);
    assert_string_equal (stored (tx, support_attempt, attempt_id)->note, "no luck");
    run (tx,
        submit_service_request (.channel = CHANNEL_PHONE, .external_id = "m2",
            .asset_id = "press-1", .type = REQUEST_TYPE_REPAIR, .text = "it stands still"));
    assert_string_equal (tx_fake_subject (tx), absorbed);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_t46_the_worse_level_of_the_two_is_the_survivors (void **state)
{
    tx_t *tx = *state;
    const char *survivor = company_repair (tx, "m1"), *absorbed = company_repair (tx, "m2");
    run (tx,
        triage_service_request (.request_id = (char *) absorbed, .fault_level = 2,
            .reason = "smoke"));
    s_merge (tx, absorbed, survivor);
    assert_string_equal (emitted (tx, service_request_triaged)->request_id, survivor);
    assert_int_equal (emitted (tx, service_request_triaged)->fault_level, 2);
}

static void
test_t46_what_the_device_says_from_now_on_belongs_to_the_survivor (void **state)
{
    tx_t *tx = *state;
    const char *survivor = company_repair (tx, "m1");
    run (tx, raise_alarm (.device_id = "press-1", .code = "E1", .severity = 3));
    char absorbed [80];
    snprintf (absorbed, sizeof absorbed, "%s", tx_fake_subject (tx));
    s_merge (tx, absorbed, survivor);
    assert_accepted (tx);
    tx_fake_now (tx, MONDAY_AT + DAY_MS);
    run (tx, raise_alarm (.device_id = "press-1", .code = "E1", .severity = 3));
    assert_string_equal (tx_fake_subject (tx), survivor);
}

static void
test_requests_that_can_not_be_one_are_refused (void **state)
{
    tx_t *tx = *state;
    const char *first = company_repair (tx, "m1"), *second = company_repair (tx, "m2");
    s_merge (tx, first, first);
    assert_rejected (tx, "request.same");
    s_merge (tx, first, "r9");
    assert_rejected (tx, "request.unknown");
    s_merge (tx, "r9", first);
    assert_rejected (tx, "request.unknown");
    run (tx,
        change_support_tier (.request_id = (char *) first, .tier = SUPPORT_TIER_ONSITE,
            .reason = "hands"));
    s_merge (tx, first, second);
    assert_rejected (tx, "request.order_open");
    run (tx, register_customer (.customer_id = "bianchi", .details = company_customer ()));
    run (tx,
        submit_service_request (.channel = CHANNEL_WEB, .external_id = "w1",
            .customer_id = "bianchi", .type = REQUEST_TYPE_CONSULTATION, .text = "how?"));
    char other [80];
    snprintf (other, sizeof other, "%s", tx_fake_subject (tx));
    s_merge (tx, other, second);
    assert_rejected (tx, "customer.mismatch");
    run (tx, cancel_service_request (.request_id = (char *) second, .reason = "no"));
    s_merge (tx, second, first);
    assert_rejected (tx, "request.not_open");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        COMPANY_TEST (test_t46_the_absorbed_request_is_over_and_points_to_the_one_that_goes_on),
        COMPANY_TEST (test_t46_attempts_and_messages_of_the_absorbed_request_stay_readable),
        COMPANY_TEST (test_t46_the_worse_level_of_the_two_is_the_survivors),
        COMPANY_TEST (test_t46_what_the_device_says_from_now_on_belongs_to_the_survivor),
        COMPANY_TEST (test_requests_that_can_not_be_one_are_refused),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
