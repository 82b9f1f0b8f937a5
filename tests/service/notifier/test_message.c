/* test_message - who hears of what, in which words, and only once. */
#include "house.h"

static void
test_o1_a_customers_contact_is_told_in_his_language_and_his_sites_time (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    house_request (tx, 3);
    house_visit_accepted (tx);
    assert_int_equal (emitted_count (tx, message_queued), 1);
    const message_queued_t *queued = emitted (tx, message_queued);
    assert_string_equal (queued->recipient_id, "lan");
    assert_string_equal (queued->audience, "customer");
    assert_int_equal (queued->language, LANGUAGE_VI);
    assert_string_equal (queued->subject, "Lịch hẹn 09:00 Thứ Ba, 09/06/2026");
    assert_string_equal (
        queued->body, "Kính gửi lan, Nguyễn Văn An sẽ đến Plant 1 lúc 09:00 Thứ Ba, 09/06/2026.");
    assert_int_equal (queued->channel, CHANNEL_EMAIL);
    assert_string_equal (queued->address, "lan@acme.example");
    assert_int_equal (queued->send_at, NOW);
    tx_fake_destroy (&tx);
}

static void
test_s6_a_person_without_a_language_is_told_in_his_territorys_else_in_english (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    house_contact (tx, "hoa", "s1", LANGUAGE_UNSPECIFIED, "hoa@acme.example", "");
    house_contact (tx, "li", "s1", LANGUAGE_ZH, "li@acme.example", "");
    house_request (tx, 3);
    house_visit_accepted (tx);
    assert_int_equal (emitted_count (tx, message_queued), 3);
    assert_string_equal (emitted_nth (tx, message_queued, 0)->recipient_id, "hoa");
    assert_int_equal (emitted_nth (tx, message_queued, 0)->language, LANGUAGE_VI);
    assert_int_equal (emitted_nth (tx, message_queued, 2)->language, LANGUAGE_VI);

    house_template (tx, service_request_accepted_descriptor.name, "customer", LANGUAGE_EN,
        "Received", "We have {{text}}");
    house_request (tx, 3);
    run (tx,
        service_request_accepted (.request_id = "r2", .customer_id = "c1", .site_id = "s1",
            .territory_id = "hanoi"));
    assert_int_equal (emitted_count (tx, message_queued), 3);
    assert_int_equal (emitted (tx, message_queued)->language, LANGUAGE_EN);
    tx_fake_destroy (&tx);
}

static void
test_without_people_of_the_site_those_of_the_customer_are_told (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    house_contact (tx, "lan", "other-site", LANGUAGE_VI, "lan@acme.example", "");
    house_request (tx, 3);
    house_visit_accepted (tx);
    assert_string_equal (emitted (tx, message_queued)->recipient_id, "c1");
    assert_string_equal (emitted (tx, message_queued)->address, "office@acme.example");

    house_contact (tx, "minh", "", LANGUAGE_VI, "minh@acme.example", "");
    house_visit_accepted (tx);
    assert_int_equal (emitted_count (tx, message_queued), 1);
    assert_string_equal (emitted (tx, message_queued)->recipient_id, "minh");
    tx_fake_destroy (&tx);
}

static void
test_of_a_crowd_at_a_site_twenty_are_told (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    for (int i = 0; i < 60; i++) {
        char id [16];
        snprintf (id, sizeof id, "person-%02d", i);
        house_contact (tx, id, "s1", LANGUAGE_VI, "x@acme.example", "");
    }
    house_request (tx, 3);
    house_visit_accepted (tx);
    assert_int_equal (emitted_count (tx, message_queued), 20);
    tx_fake_destroy (&tx);
}

static void
test_n4_each_effect_key_has_one_message_and_names_event_and_recipient (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    house_request (tx, 3);
    house_visit_accepted (tx);
    const message_queued_t *queued = emitted (tx, message_queued);
    const message_t *message = stored (tx, message, queued->message_id);
    char key [256];
    snprintf (key, sizeof key, "fettle.dispatcher.v1.VisitAccepted:%s:lan", message->event_id);
    assert_string_equal (queued->effect_key, key);

    /* The next event is one that lan was told of already, as if it came a second time by another
     * way. */
    char next [64];
    snprintf (next, sizeof next, "message-%ld",
        strtol (message->event_id + strlen ("message-"), NULL, 10) + 1);
    snprintf (key, sizeof key, "fettle.dispatcher.v1.VisitAccepted:%s:lan", next);
    given (tx, message,
        { .id = "m1", .event_id = next, .effect_key = key, .state = MESSAGE_STATE_SENT });
    house_visit_accepted (tx);
    assert_int_equal (emitted_count (tx, message_queued), 0);
    house_visit_accepted (tx);
    assert_int_equal (emitted_count (tx, message_queued), 1);
    tx_fake_destroy (&tx);
}

static void
test_o4_a_manager_of_the_customer_who_is_also_at_the_site_is_told_once (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    house_template (tx, occurrence_generated_descriptor.name, "customer", LANGUAGE_EN,
        "Due {{dueOn}}", "{{description}}");
    house_template (tx, occurrence_generated_descriptor.name, "manager", LANGUAGE_EN,
        "Due {{dueOn}}", "{{customer.name}}");
    contact_details_t boss = { .base = contact_details_init,
        .customer_id = "c1",
        .name = "boss",
        .is_manager = true,
        .email = "boss@acme.example",
        .language = LANGUAGE_IT };
    run (tx, contact_published (.contact_id = "boss", .details = &boss));
    run (tx,
        occurrence_generated (.occurrence_id = "p1:2026-06-15", .plan_id = "p1",
            .due_on = "2026-06-15", .site_id = "s1", .customer_id = "c1", .territory_id = "hanoi",
            .description = "Filters"));
    assert_int_equal (emitted_count (tx, message_queued), 3);
    assert_string_equal (emitted_nth (tx, message_queued, 0)->recipient_id, "lan");
    assert_string_equal (emitted_nth (tx, message_queued, 1)->recipient_id, "boss");
    assert_string_equal (emitted_nth (tx, message_queued, 2)->recipient_id, "manager:hanoi");
    assert_string_equal (emitted_nth (tx, message_queued, 2)->address, "manager@fettle.example");
    assert_string_equal (emitted_nth (tx, message_queued, 2)->subject, "Due Monday, 15 June 2026");
    assert_string_equal (emitted_nth (tx, message_queued, 2)->body, "Acme Việt Nam");
    tx_fake_destroy (&tx);
}

static void
test_an_event_that_comes_before_its_request_waits_for_it (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    run (tx,
        work_order_created (.work_order_id = "w1", .request_id = "r1", .customer_id = "c1",
            .site_id = "s1"));
    house_visit_accepted (tx);
    assert_int_equal (emitted_count (tx, message_queued), 0);
    assert_int_equal (stored_count (tx, awaited), 1);
    run (tx,
        service_request_accepted (.request_id = "r1", .customer_id = "c1", .site_id = "s1",
            .territory_id = "hanoi"));
    assert_int_equal (tx_fake_advance (tx, NOW), 1);
    assert_int_equal (emitted_count (tx, message_queued), 1);
    assert_string_equal (emitted (tx, message_queued)->recipient_id, "lan");
    assert_int_equal (stored_count (tx, awaited), 0);
    tx_fake_destroy (&tx);
}

static void
test_an_event_whose_request_never_comes_is_told_after_two_minutes_anyway (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    house_visit_accepted (tx);
    assert_int_equal (emitted_count (tx, message_queued), 0);
    tx_fake_advance (tx, NOW + 2 * MINUTE - 1);
    assert_int_equal (emitted_count (tx, message_queued), 0);
    tx_fake_advance (tx, NOW + 2 * MINUTE);
    assert_int_equal (emitted_count (tx, message_queued), 1);
    tx_fake_destroy (&tx);
}

static void
test_x1_nobody_hears_of_a_visit_that_was_cancelled_before_it_was_offered (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    house_template (tx, visit_ended_descriptor.name, "engineer", LANGUAGE_VI, "Hủy",
        "{{visit.workStartsAt}} {{reason}}");
    house_template (
        tx, visit_ended_descriptor.name, "customer", LANGUAGE_VI, "Hủy", "{{visit.workStartsAt}}");
    house_request (tx, 3);
    run (tx,
        visit_ended (.visit_id = "v1", .work_order_id = "w1", .engineer_id = "e1",
            .state = VISIT_STATE_CANCELLED));
    assert_int_equal (emitted_count (tx, message_queued), 0);
    tx_fake_destroy (&tx);
}

/* The place of the day that does the visit is nobody whom one could write to. */
static void
test_m1_a_provider_is_told_of_its_visits_and_the_customer_hears_who_comes (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    house_template (tx, visit_offered_descriptor.name, "engineer", LANGUAGE_VI, "Mới", "{{visitId}}");
    house_template (tx, visit_offer_lost_descriptor.name, "engineer", LANGUAGE_VI, "Mất", "{{visitId}}");
    house_template (tx, visit_travel_started_descriptor.name, "customer", LANGUAGE_VI, "Đi",
        "{{engineer.name}}");
    house_request (tx, 3);
    char *territories [] = { "t1" };
    provider_details_t acme = { .base = provider_details_init, .name = "Acme", .n_territory_ids = 1,
        .territory_ids = territories, .language = LANGUAGE_VI, .email = "acme@example.com" };
    run (tx, provider_published (.provider_id = "acme", .version = 1, .details = &acme));
    run (tx,
        visit_offered (.visit_id = "v1", .work_order_id = "w1", .engineer_id = "acme:1",
            .provider_id = "acme", .work_starts_at = NOW + 18 * HOUR, .customer_id = "c1",
            .site_id = "s1", .request_id = "r1"));
    assert_string_equal (emitted (tx, message_queued)->recipient_id, "acme");
    run (tx,
        visit_travel_started (.visit_id = "v1", .work_order_id = "w1", .engineer_id = "acme:1",
            .request_id = "r1", .customer_id = "c1", .site_id = "s1"));
    assert_string_equal (emitted (tx, message_queued)->body, "Acme");
    run (tx, visit_offer_lost (.visit_id = "v1", .work_order_id = "w1", .engineer_id = "acme:1"));
    assert_string_equal (emitted (tx, message_queued)->recipient_id, "acme");
    tx_fake_destroy (&tx);
}

static void
test_o8_a_cancelled_visit_is_told_to_whoever_expected_it (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    house_template (tx, visit_offered_descriptor.name, "engineer", LANGUAGE_VI, "Mới",
        "{{site.name}} {{answerByAt}}");
    house_template (tx, visit_ended_descriptor.name, "engineer", LANGUAGE_VI, "Hủy",
        "{{visit.workStartsAt}} {{reason}}");
    house_template (
        tx, visit_ended_descriptor.name, "customer", LANGUAGE_VI, "Hủy", "{{visit.workStartsAt}}");
    house_request (tx, 3);
    run (tx,
        visit_offered (.visit_id = "v1", .work_order_id = "w1", .engineer_id = "e1",
            .work_starts_at = NOW + 18 * HOUR, .answer_by_at = NOW + HOUR, .customer_id = "c1",
            .site_id = "s1", .request_id = "r1"));
    assert_string_equal (emitted (tx, message_queued)->recipient_id, "e1");
    assert_string_equal (emitted (tx, message_queued)->body, "Plant 1 16:00 Thứ Hai, 08/06/2026");
    run (tx,
        visit_ended (.visit_id = "v1", .work_order_id = "w1", .engineer_id = "e1",
            .state = VISIT_STATE_CANCELLED, .reason = "mưa"));
    assert_int_equal (emitted_count (tx, message_queued), 1);
    assert_string_equal (emitted (tx, message_queued)->recipient_id, "e1");
    assert_string_equal (emitted (tx, message_queued)->body, "09:00 Thứ Ba, 09/06/2026 mưa");

    house_visit_accepted (tx);
    run (tx,
        visit_ended (.visit_id = "v1", .work_order_id = "w1", .engineer_id = "e1",
            .state = VISIT_STATE_REJECTED));
    assert_int_equal (emitted_count (tx, message_queued), 0);
    run (tx,
        visit_ended (.visit_id = "v1", .work_order_id = "w1", .engineer_id = "e1",
            .state = VISIT_STATE_CANCELLED));
    assert_int_equal (emitted_count (tx, message_queued), 2);
    tx_fake_destroy (&tx);
}

static void
s_offer (tx_t *tx, const char *visit_id, int64_t work_starts_at)
{
    run (tx,
        visit_offered (.visit_id = (char *) visit_id, .work_order_id = "w1", .engineer_id = "e1",
            .work_starts_at = work_starts_at, .answer_by_at = NOW + HOUR, .customer_id = "c1",
            .site_id = "s1", .request_id = "r1"));
}

static void
test_o8_another_time_is_told_to_the_engineer_as_the_visit_that_is_off_and_the_one_that_is_on (
    void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    house_template (tx, visit_offered_descriptor.name, "engineer", LANGUAGE_VI, "Mới",
        "{{site.name}} {{workStartsAt}}");
    house_template (tx, visit_ended_descriptor.name, "engineer", LANGUAGE_VI, "Hủy",
        "{{visit.workStartsAt}} {{reason}}");
    house_request (tx, 3);
    s_offer (tx, "v1", NOW + 18 * HOUR);
    assert_string_equal (emitted (tx, message_queued)->body, "Plant 1 09:00 Thứ Ba, 09/06/2026");
    run (tx,
        visit_ended (.visit_id = "v1", .work_order_id = "w1", .engineer_id = "e1",
            .state = VISIT_STATE_CANCELLED, .reason = "another time was agreed"));
    assert_string_equal (emitted (tx, message_queued)->recipient_id, "e1");
    assert_string_equal (
        emitted (tx, message_queued)->body, "09:00 Thứ Ba, 09/06/2026 another time was agreed");
    s_offer (tx, "v2", NOW + 42 * HOUR);
    assert_string_equal (emitted (tx, message_queued)->recipient_id, "e1");
    assert_string_equal (emitted (tx, message_queued)->body, "Plant 1 09:00 Thứ Tư, 10/06/2026");
    tx_fake_destroy (&tx);
}

static void
test_i9_a_signed_report_goes_by_mail_whatever_he_likes_better (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    house_template (tx, service_report_signed_descriptor.name, "customer", LANGUAGE_VI, "Biên bản",
        "{{report.text}}|{{signerName}}");
    run (tx,
        set_preference (.recipient_id = "lan", .n_channels = 1,
            .channels = (channel_t []) { CHANNEL_SMS }));
    assert_accepted (tx);
    house_request (tx, 3);
    run (tx,
        service_report_issued (.report_id = "rep1", .visit_id = "v1", .work_order_id = "w1",
            .engineer_id = "e1", .text = "Đã thay."));
    run (tx,
        service_report_signed (.report_id = "rep1", .visit_id = "v1", .work_order_id = "w1",
            .signer_name = "Lan", .customer_id = "c1", .request_id = "r1"));
    assert_int_equal (emitted_count (tx, message_queued), 1);
    assert_int_equal (emitted (tx, message_queued)->channel, CHANNEL_EMAIL);
    assert_string_equal (emitted (tx, message_queued)->body, "Đã thay.|Lan");
    tx_fake_destroy (&tx);
}

static void
test_l9_an_invoice_goes_to_the_customers_office_with_amounts_as_he_writes_them (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    house_template (tx, invoice_issued_descriptor.name, "customer", LANGUAGE_IT, "{{number}}",
        "{{#lines}}{{amountMinor}} {{/lines}}{{totalMinor}} {{dueOn}}");
    run (tx, set_preference (.recipient_id = "c1", .language = LANGUAGE_IT));
    assert_accepted (tx);
    invoice_line_t line = { .base = invoice_line_init, .description = "x", .amount_minor = 123456 };
    run (tx,
        invoice_issued (.invoice_id = "i1", .number = "IT-2026-000001", .customer_id = "c1",
            .currency = "EUR", .total_minor = 123456, .due_on = "2026-07-01", .n_lines = 1,
            .lines = (invoice_line_t *[]) { &line }));
    assert_string_equal (emitted (tx, message_queued)->recipient_id, "c1");
    assert_string_equal (
        emitted (tx, message_queued)->body, "1.234,56 EUR 1.234,56 EUR mercoledì 1 luglio 2026");
    tx_fake_destroy (&tx);
}

static void
test_a_topic_without_a_text_tells_nobody (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    house_request (tx, 3);
    run (tx, dispatch_failed (.work_order_id = "w1", .territory_id = "hanoi", .reason = "nobody"));
    assert_int_equal (emitted_count (tx, message_queued), 0);
    house_template (tx, dispatch_failed_descriptor.name, "manager", LANGUAGE_VI, "", "");
    run (tx, dispatch_failed (.work_order_id = "w1", .territory_id = "hanoi", .reason = "nobody"));
    assert_int_equal (emitted_count (tx, message_queued), 0);
    tx_fake_destroy (&tx);
}

static void
test_a_message_to_somebody_who_cannot_be_reached_fails_and_can_be_retried_when_he_can (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    house_contact (tx, "lan", "s1", LANGUAGE_VI, "", "");
    house_request (tx, 3);
    house_visit_accepted (tx);
    assert_int_equal (emitted (tx, message_queued)->channel, CHANNEL_UNSPECIFIED);
    assert_non_null (strstr (emitted (tx, message_failed)->error, "neither an e-mail address nor"));
    assert_false (emitted (tx, message_failed)->unknown);
    assert_null (effect (tx, perform_delivery));
    char id [64];
    snprintf (id, sizeof id, "%s", emitted (tx, message_failed)->message_id);

    run (tx, retry_message (.message_id = id));
    assert_rejected (tx, "message.no_channel");
    house_contact (tx, "lan", "s1", LANGUAGE_VI, "lan@acme.example", "");
    run (tx, retry_message (.message_id = id));
    assert_accepted (tx);
    assert_string_equal (effect (tx, perform_delivery)->address, "lan@acme.example");
    tx_fake_destroy (&tx);
}

static void
test_j6_an_alert_is_told_to_those_whom_its_rule_names_else_to_the_manager (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    house_template (tx, alert_raised_descriptor.name, "manager", LANGUAGE_VI, "Cảnh báo", "{{metric}}");
    char *named [] = { "e1", "nobody", "lan" };
    run (tx,
        alert_raised (.alert_id = "a1", .rule_id = "ru1", .subject_id = "w1", .metric = "work_order.unready_ms",
            .territory_id = "hanoi", .n_recipient_ids = 3, .recipient_ids = named));
    assert_int_equal (emitted_count (tx, message_queued), 2);
    assert_string_equal (emitted_nth (tx, message_queued, 0)->recipient_id, "e1");
    assert_string_equal (emitted_nth (tx, message_queued, 1)->recipient_id, "lan");
    run (tx,
        alert_raised (.alert_id = "a2", .rule_id = "ru1", .subject_id = "w2", .metric = "work_order.unready_ms",
            .territory_id = "hanoi", .n_recipient_ids = 1, .recipient_ids = &named [1]));
    assert_int_equal (emitted_count (tx, message_queued), 1);
    assert_string_equal (emitted (tx, message_queued)->recipient_id, "manager:hanoi");
    tx_fake_destroy (&tx);
}

static void
test_k8_missing_parts_are_told_to_the_manager_by_their_names (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    house_template (tx, reservation_short_descriptor.name, "manager", LANGUAGE_VI, "Thiếu",
        "{{#shortages}}{{itemName}} {{needed}};{{/shortages}}");
    item_details_t item = { .base = item_details_init, .name = "Bộ lọc", .unit = "cái" };
    run (tx, item_published (.item_id = "f1", .details = &item));
    house_request (tx, 3);
    part_shortage_t known = { .base = part_shortage_init, .item_id = "f1", .needed = 2 };
    part_shortage_t unknown = { .base = part_shortage_init, .item_id = "f2", .needed = 1 };
    run (tx,
        reservation_short (.work_order_id = "w1", .n_shortages = 2,
            .shortages = (part_shortage_t *[]) { &known, &unknown }));
    assert_string_equal (emitted (tx, message_queued)->body, "Bộ lọc 2;f2 1;");
    tx_fake_destroy (&tx);
}

static void
test_a_customer_cannot_write_a_second_line_into_a_subject (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    house_template (tx, service_request_accepted_descriptor.name, "customer", LANGUAGE_VI,
        "Nhận: {{text}}", "x");
    run (tx,
        service_request_accepted (.request_id = "r1", .customer_id = "c1", .site_id = "s1",
            .territory_id = "hanoi", .text = "a\r\nBcc: all@example.org"));
    assert_string_equal (emitted (tx, message_queued)->subject, "Nhận: a  Bcc: all@example.org");
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_o1_a_customers_contact_is_told_in_his_language_and_his_sites_time),
        cmocka_unit_test (
            test_s6_a_person_without_a_language_is_told_in_his_territorys_else_in_english),
        cmocka_unit_test (test_without_people_of_the_site_those_of_the_customer_are_told),
        cmocka_unit_test (test_of_a_crowd_at_a_site_twenty_are_told),
        cmocka_unit_test (test_n4_each_effect_key_has_one_message_and_names_event_and_recipient),
        cmocka_unit_test (test_o4_a_manager_of_the_customer_who_is_also_at_the_site_is_told_once),
        cmocka_unit_test (test_an_event_that_comes_before_its_request_waits_for_it),
        cmocka_unit_test (test_an_event_whose_request_never_comes_is_told_after_two_minutes_anyway),
        cmocka_unit_test (test_x1_nobody_hears_of_a_visit_that_was_cancelled_before_it_was_offered),
        cmocka_unit_test (test_m1_a_provider_is_told_of_its_visits_and_the_customer_hears_who_comes),
        cmocka_unit_test (test_o8_a_cancelled_visit_is_told_to_whoever_expected_it),
        cmocka_unit_test (
            test_o8_another_time_is_told_to_the_engineer_as_the_visit_that_is_off_and_the_one_that_is_on),
        cmocka_unit_test (test_i9_a_signed_report_goes_by_mail_whatever_he_likes_better),
        cmocka_unit_test (
            test_l9_an_invoice_goes_to_the_customers_office_with_amounts_as_he_writes_them),
        cmocka_unit_test (test_a_topic_without_a_text_tells_nobody),
        cmocka_unit_test (
            test_a_message_to_somebody_who_cannot_be_reached_fails_and_can_be_retried_when_he_can),
        cmocka_unit_test (test_j6_an_alert_is_told_to_those_whom_its_rule_names_else_to_the_manager),
        cmocka_unit_test (test_k8_missing_parts_are_told_to_the_manager_by_their_names),
        cmocka_unit_test (test_a_customer_cannot_write_a_second_line_into_a_subject),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
