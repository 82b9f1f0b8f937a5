/* Requests: taken on once, or refused with a reason. */
#include "company.h"

static void
test_c1_the_same_message_of_a_channel_makes_one_request (void **state)
{
    tx_t *tx = *state;
    const char *first = company_repair (tx, "call-7");
    assert_int_equal (emitted_count (tx, service_request_accepted), 1);
    const char *second = company_repair (tx, "call-7");
    assert_string_equal (first, second);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    assert_int_equal (stored_count (tx, service_request), 1);
}

static void
test_c1_the_same_id_of_another_channel_is_another_request (void **state)
{
    tx_t *tx = *state;
    const char *first = company_repair (tx, "7");
    run (tx,
        submit_service_request (.channel = CHANNEL_WECHAT, .external_id = "7",
            .asset_id = "press-1", .type = REQUEST_TYPE_REPAIR));
    assert_accepted (tx);
    assert_string_not_equal (tx_fake_subject (tx), first);
    assert_int_equal (stored_count (tx, service_request), 2);
}

static void
test_c3_an_accepted_request_says_all_facts_so_that_nobody_has_to_ask (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "call-8");
    const service_request_accepted_t *event = emitted (tx, service_request_accepted);
    assert_string_equal (event->request_id, id);
    assert_string_equal (event->customer_id, "rossi");
    assert_string_equal (event->site_id, "milan");
    assert_string_equal (event->asset_id, "press-1");
    assert_string_equal (event->territory_id, "north");
    assert_string_equal (event->customer_grade, "B");
    assert_int_equal (event->region_class, REGION_CLASS_AROUND);
    assert_int_equal (event->type, REQUEST_TYPE_REPAIR);
    assert_int_equal (event->tier, SUPPORT_TIER_PHONE);
    assert_int_equal (event->accepted_at, MONDAY_AT);
    assert_string_equal (event->text, "it stands still");
}

static void
s_assert_refused (tx_t *tx, const char *code)
{
    assert_rejected (tx, code);
    assert_int_equal (tx_fake_emitted_total (tx), 1);
    const service_request_rejected_t *event = emitted (tx, service_request_rejected);
    assert_non_null (event);
    assert_string_equal (event->code, code);
    assert_string_equal (event->message, tx_fake_message (tx));
    assert_true (strlen (event->message) > 10);
}

static void
test_c3_a_refused_request_is_answered_and_published_with_the_same_reason (void **state)
{
    tx_t *tx = *state;
    run (tx,
        submit_service_request (.channel = CHANNEL_SYSTEM, .external_id = "erp-1",
            .asset_id = "press-9", .type = REQUEST_TYPE_REPAIR));
    s_assert_refused (tx, "asset.unknown");
    const service_request_rejected_t *event = emitted (tx, service_request_rejected);
    assert_string_equal (event->external_id, "erp-1");
    assert_int_equal (event->channel, CHANNEL_SYSTEM);
    assert_non_null (strstr (event->message, "press-9"));
    assert_int_equal (stored_count (tx, service_request), 0);
}

static void
test_c3_what_was_refused_may_come_again_when_the_reason_is_gone (void **state)
{
    tx_t *tx = *state;
    asset_details_t *details = company_asset ();
    details->serial = "SN-2";
    for (int i = 0; i < 2; i++) {
        run (tx,
            submit_service_request (.channel = CHANNEL_WEB, .external_id = "again",
                .serial = "sn-2", .type = REQUEST_TYPE_REPAIR));
        if (i == 0) {
            s_assert_refused (tx, "serial.unknown");
            run (tx, register_asset (.asset_id = "press-2", .details = details));
        }
    }
    assert_accepted (tx);
    assert_string_equal (emitted (tx, service_request_accepted)->asset_id, "press-2");
}

static void
test_c3_every_kind_of_nonsense_has_its_own_code (void **state)
{
    tx_t *tx = *state;
    run (tx, submit_service_request (.external_id = "n", .type = REQUEST_TYPE_REPAIR));
    s_assert_refused (tx, "channel.invalid");
    run (tx,
        submit_service_request (.channel = 77, .external_id = "n", .type = REQUEST_TYPE_REPAIR));
    s_assert_refused (tx, "channel.invalid");
    run (tx, submit_service_request (.channel = CHANNEL_WEB, .type = REQUEST_TYPE_REPAIR));
    s_assert_refused (tx, "external_id.invalid");
    run (tx, submit_service_request (.channel = CHANNEL_WEB, .external_id = "n"));
    s_assert_refused (tx, "type.invalid");
    run (tx,
        submit_service_request (.channel = CHANNEL_WEB, .external_id = "n",
            .type = REQUEST_TYPE_REPAIR, .fault_level_hint = 5));
    s_assert_refused (tx, "fault_level_hint.invalid");
    run (tx,
        submit_service_request (.channel = CHANNEL_WEB, .external_id = "n",
            .type = REQUEST_TYPE_REPAIR, .reported_at = MONDAY_AT + 3600000));
    s_assert_refused (tx, "reported_at.invalid");
    run (tx,
        submit_service_request (.channel = CHANNEL_WEB, .external_id = "n",
            .type = REQUEST_TYPE_REPAIR, .asset_id = "press-1", .site_id = "turin"));
    s_assert_refused (tx, "site.mismatch");
    run (tx,
        submit_service_request (.channel = CHANNEL_WEB, .external_id = "n",
            .type = REQUEST_TYPE_REPAIR, .site_id = "turin"));
    s_assert_refused (tx, "site.unknown");
    run (tx,
        submit_service_request (.channel = CHANNEL_WEB, .external_id = "n",
            .type = REQUEST_TYPE_REPAIR, .customer_id = "nobody"));
    s_assert_refused (tx, "customer.unknown");
}

static void
test_c3_a_text_without_end_is_refused_by_its_size (void **state)
{
    tx_t *tx = *state;
    char *text = test_calloc (1, 20001);
    memset (text, 'x', 20000);
    run (tx,
        submit_service_request (.channel = CHANNEL_WEB, .external_id = "n",
            .type = REQUEST_TYPE_CONSULTATION, .text = text));
    s_assert_refused (tx, "text.invalid");
    test_free (text);
}

static void
test_c3_somebody_elses_asset_is_refused (void **state)
{
    tx_t *tx = *state;
    run (tx,
        register_customer (.customer_id = "bianchi",
            .details = &(customer_details_t) { .base = customer_details_init, .name = "Bianchi" }));
    run (tx,
        submit_service_request (.channel = CHANNEL_WEB, .external_id = "n",
            .type = REQUEST_TYPE_REPAIR, .asset_id = "press-1", .customer_id = "bianchi"));
    s_assert_refused (tx, "customer.mismatch");
}

static void
test_c5_each_type_asks_for_what_it_can_not_do_without (void **state)
{
    tx_t *tx = *state;
    static const request_type_t places [] = { REQUEST_TYPE_REPAIR, REQUEST_TYPE_MAINTENANCE,
        REQUEST_TYPE_INSTALLATION, REQUEST_TYPE_MODIFICATION, REQUEST_TYPE_TRAINING };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        run (tx,
            submit_service_request (.channel = CHANNEL_WEB, .external_id = "n", .type = places [i],
                .customer_id = "rossi"));
        s_assert_refused (tx, "site.missing");
        run (tx,
            submit_service_request (.channel = CHANNEL_WEB, .external_id = "n",
                .type = places [i]));
        s_assert_refused (tx, "customer.missing");
    }
    run (tx,
        submit_service_request (.channel = CHANNEL_WEB, .external_id = "n",
            .type = REQUEST_TYPE_COMPLAINT, .customer_id = "rossi"));
    assert_accepted (tx);
}

static void
test_c5_installation_and_maintenance_go_on_site_at_once (void **state)
{
    tx_t *tx = *state;
    run (tx,
        submit_service_request (.channel = CHANNEL_WEB, .external_id = "i",
            .type = REQUEST_TYPE_INSTALLATION, .site_id = "milan", .text = "new press"));
    assert_accepted (tx);
    assert_int_equal (emitted (tx, service_request_accepted)->tier, SUPPORT_TIER_ONSITE);
    assert_int_equal (emitted_count (tx, work_order_requested), 1);
    assert_string_equal (emitted (tx, work_order_requested)->site_id, "milan");
    assert_string_equal (emitted (tx, work_order_requested)->diagnosis, "new press");
    run (tx,
        submit_service_request (.channel = CHANNEL_WEB, .external_id = "m",
            .type = REQUEST_TYPE_MAINTENANCE, .asset_id = "press-1"));
    assert_int_equal (emitted_count (tx, work_order_requested), 1);
}

static void
test_c15_anybody_may_ask_a_question_without_asset_contract_or_name (void **state)
{
    tx_t *tx = *state;
    run (tx,
        submit_service_request (.channel = CHANNEL_PHONE, .external_id = "q",
            .type = REQUEST_TYPE_CONSULTATION, .text = "which oil does a PX-200 take?",
            .contact_phone = "+39 06 555555"));
    assert_accepted (tx);
    assert_string_equal (emitted (tx, service_request_accepted)->customer_id, "");
    assert_int_equal (emitted (tx, service_request_accepted)->tier, SUPPORT_TIER_PHONE);
    assert_int_equal (emitted_count (tx, service_request_triaged), 1);
    assert_int_equal (emitted_count (tx, work_order_requested), 0);
}

static void
test_c16_anybody_may_ask_for_a_quote (void **state)
{
    tx_t *tx = *state;
    run (tx,
        submit_service_request (.channel = CHANNEL_WEB, .external_id = "q2",
            .type = REQUEST_TYPE_QUOTE, .text = "ten scanners for a hospital"));
    assert_accepted (tx);
    assert_int_equal (emitted (tx, service_request_accepted)->type, REQUEST_TYPE_QUOTE);
    assert_int_equal (emitted_count (tx, work_order_requested), 0);
}

static void
test_c7_the_callers_phone_tells_who_asks (void **state)
{
    tx_t *tx = *state;
    run (tx,
        submit_service_request (.channel = CHANNEL_PHONE, .external_id = "p",
            .type = REQUEST_TYPE_COMPLAINT, .contact_phone = "0039 3337654321"));
    assert_accepted (tx);
    assert_string_equal (emitted (tx, service_request_accepted)->customer_id, "rossi");
}

static void
test_c7_a_serial_that_two_models_share_is_told_apart_by_the_customer_or_refused (void **state)
{
    tx_t *tx = *state;
    asset_details_t *details = company_asset ();
    details->model = "PX-300";
    run (tx, register_asset (.asset_id = "press-2", .details = details));
    run (tx,
        submit_service_request (.channel = CHANNEL_WEB, .external_id = "s",
            .type = REQUEST_TYPE_REPAIR, .serial = "SN0001"));
    s_assert_refused (tx, "serial.ambiguous");
}

static void
test_c1_a_report_made_offline_keeps_the_time_it_was_made (void **state)
{
    tx_t *tx = *state;
    run (tx,
        submit_service_request (.channel = CHANNEL_WEB, .external_id = "o",
            .type = REQUEST_TYPE_REPAIR, .asset_id = "press-1",
            .reported_at = MONDAY_AT - 3600000));
    assert_int_equal (emitted (tx, service_request_accepted)->reported_at, MONDAY_AT - 3600000);
    assert_int_equal (emitted (tx, service_request_accepted)->accepted_at, MONDAY_AT);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        COMPANY_TEST (test_c1_the_same_message_of_a_channel_makes_one_request),
        COMPANY_TEST (test_c1_the_same_id_of_another_channel_is_another_request),
        COMPANY_TEST (test_c3_an_accepted_request_says_all_facts_so_that_nobody_has_to_ask),
        COMPANY_TEST (test_c3_a_refused_request_is_answered_and_published_with_the_same_reason),
        COMPANY_TEST (test_c3_what_was_refused_may_come_again_when_the_reason_is_gone),
        COMPANY_TEST (test_c3_every_kind_of_nonsense_has_its_own_code),
        COMPANY_TEST (test_c3_a_text_without_end_is_refused_by_its_size),
        COMPANY_TEST (test_c3_somebody_elses_asset_is_refused),
        COMPANY_TEST (test_c5_each_type_asks_for_what_it_can_not_do_without),
        COMPANY_TEST (test_c5_installation_and_maintenance_go_on_site_at_once),
        COMPANY_TEST (test_c15_anybody_may_ask_a_question_without_asset_contract_or_name),
        COMPANY_TEST (test_c16_anybody_may_ask_for_a_quote),
        COMPANY_TEST (test_c7_the_callers_phone_tells_who_asks),
        COMPANY_TEST (
            test_c7_a_serial_that_two_models_share_is_told_apart_by_the_customer_or_refused),
        COMPANY_TEST (test_c1_a_report_made_offline_keeps_the_time_it_was_made),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
