/* Customers: registered, changed, suspected of being double, merged. */
#include "company.h"

static void
test_a1_a_new_customer_is_published_with_version_one (void **state)
{
    tx_t *tx = *state;
    run (tx,
        register_customer (.customer_id = "bianchi",
            .details = &(customer_details_t) { .base = customer_details_init, .name = "Bianchi" }));
    const customer_registered_t *event = emitted (tx, customer_registered);
    assert_string_equal (event->customer_id, "bianchi");
    assert_string_equal (event->details->name, "Bianchi");
    assert_int_equal (event->version, 1);
    assert_string_equal (event->possible_duplicate_of, "");
    assert_string_equal (tx_fake_subject (tx), "bianchi");
}

static void
test_a1_a_change_publishes_one_update_and_the_same_again_none (void **state)
{
    tx_t *tx = *state;
    customer_details_t *details = company_customer ();
    details->payment_days = 60;
    run (tx, register_customer (.customer_id = "rossi", .details = details));
    assert_int_equal (tx_fake_emitted_total (tx), 1);
    assert_int_equal (emitted (tx, customer_updated)->version, 2);
    assert_int_equal (emitted (tx, customer_updated)->details->payment_days, 60);
    run (tx, register_customer (.customer_id = "rossi", .details = details));
    assert_accepted (tx);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_a1_the_same_tax_id_however_written_is_flagged_as_a_possible_duplicate (void **state)
{
    tx_t *tx = *state;
    run (tx,
        register_customer (.customer_id = "r2",
            .details = &(customer_details_t) { .base = customer_details_init,
                .name = "ROSSI",
                .tax_id = "it0123456" }));
    assert_accepted (tx);
    assert_string_equal (emitted (tx, customer_registered)->possible_duplicate_of, "rossi");
}

static void
test_a1_the_same_phone_with_and_without_country_code_is_flagged (void **state)
{
    tx_t *tx = *state;
    static const char *const same [] = { "02 123 4567", "0039 02-1234567",
        "+39 (02) 1234567 ext 9" };
    for (int i = 0; i < 3; i++) {
        char id [8];
        snprintf (id, sizeof id, "p%d", i);
        run (tx,
            register_customer (.customer_id = id,
                .details = &(customer_details_t) { .base = customer_details_init,
                    .name = "Somebody",
                    .phone = (char *) same [i] }));
        assert_string_not_equal (emitted (tx, customer_registered)->possible_duplicate_of, "");
    }
    run (tx,
        register_customer (.customer_id = "p9",
            .details = &(customer_details_t) { .base = customer_details_init,
                .name = "Somebody",
                .phone = "02 123 4568" }));
    assert_string_equal (emitted (tx, customer_registered)->possible_duplicate_of, "");
}

static void
test_a1_chinese_and_vietnamese_numbers_are_the_same_with_and_without_country_code (void **state)
{
    tx_t *tx = *state;
    static const char *const pairs [][2] = { { "+86 138 0013 8000", "13800138000" },
        { "+84 91 234 5678", "0912345678" } };
    for (int i = 0; i < 2; i++) {
        char first [16], second [16];
        snprintf (first, sizeof first, "first-%d", i);
        snprintf (second, sizeof second, "second-%d", i);
        run (tx,
            register_customer (.customer_id = first,
                .details = &(customer_details_t) { .base = customer_details_init,
                    .name = "First",
                    .phone = (char *) pairs [i][0] }));
        run (tx,
            register_customer (.customer_id = second,
                .details = &(customer_details_t) { .base = customer_details_init,
                    .name = "Second",
                    .phone = (char *) pairs [i][1] }));
        assert_string_equal (emitted (tx, customer_registered)->possible_duplicate_of, first);
    }
}

static void
test_a1_nonsense_is_rejected_with_the_field_in_the_code (void **state)
{
    tx_t *tx = *state;
    run (tx, register_customer (.customer_id = "a b", .details = company_customer ()));
    assert_rejected (tx, "customer_id.invalid");
    run (tx, register_customer (.customer_id = "x"));
    assert_rejected (tx, "details.missing");
    customer_details_t *details = company_customer ();
    details->currency = "LIR";
    run (tx, register_customer (.customer_id = "x", .details = details));
    assert_rejected (tx, "currency.invalid");
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    assert_int_equal (stored_count (tx, customer), 1);
}

static void
s_register_survivor (tx_t *tx)
{
    run (tx,
        register_customer (.customer_id = "group",
            .details = &(customer_details_t) { .base = customer_details_init,
                .name = "Rossi Group",
                .grade = "A" }));
    assert_accepted (tx);
}

static void
s_merge (tx_t *tx, const char *customer_id, const char *survivor_id)
{
    run (tx,
        merge_customers (.customer_id = (char *) customer_id, .survivor_id = (char *) survivor_id,
            .reason = "the same company"));
}

static void
test_a1_a_merge_redirects_sites_assets_contacts_and_open_requests_to_the_survivor (void **state)
{
    tx_t *tx = *state;
    const char *request_id = company_repair (tx, "m1");
    s_register_survivor (tx);
    s_merge (tx, "rossi", "group");
    assert_accepted (tx);
    assert_string_equal (emitted (tx, customer_merged)->survivor_id, "group");
    assert_string_equal (emitted (tx, site_published)->details->customer_id, "group");
    assert_string_equal (emitted (tx, asset_published)->details->customer_id, "group");
    assert_int_equal (emitted (tx, asset_published)->version, 2);
    assert_string_equal (emitted (tx, contact_published)->details->customer_id, "group");
    assert_string_equal (stored (tx, service_request, request_id)->customer_id, "group");
    assert_string_equal (stored (tx, site, "milan")->customer_id, "group");
    assert_string_equal (stored (tx, asset, "press-1")->customer_id, "group");
    assert_string_equal (stored (tx, contact, "anna")->customer_id, "group");
}

static void
test_a1_a_merge_into_a_better_grade_raises_the_priority_of_open_requests (void **state)
{
    tx_t *tx = *state;
    const char *request_id = company_repair (tx, "m2");
    int64_t before = stored (tx, service_request, request_id)->priority;
    s_register_survivor (tx);
    s_merge (tx, "rossi", "group");
    assert_string_equal (emitted (tx, service_request_triaged)->request_id, request_id);
    assert_int_equal (emitted (tx, service_request_triaged)->priority, before - 3);
}

static void
test_a1_an_ended_request_stays_with_the_customer_it_was_made_for (void **state)
{
    tx_t *tx = *state;
    const char *request_id = company_repair (tx, "m3");
    run (tx, cancel_service_request (.request_id = (char *) request_id, .reason = "works again"));
    s_register_survivor (tx);
    s_merge (tx, "rossi", "group");
    assert_string_equal (stored (tx, service_request, request_id)->customer_id, "rossi");
}

static void
test_a1_the_old_id_stays_as_an_alias_through_every_later_merge (void **state)
{
    tx_t *tx = *state;
    s_register_survivor (tx);
    run (tx,
        register_customer (.customer_id = "holding",
            .details = &(customer_details_t) { .base = customer_details_init, .name = "Holding" }));
    s_merge (tx, "rossi", "group");
    s_merge (tx, "group", "holding");
    contact_details_t *details = company_contact ();
    details->site_id = "";
    run (tx, register_contact (.contact_id = "bruno", .details = details));
    assert_accepted (tx);
    assert_string_equal (emitted (tx, contact_published)->details->customer_id, "holding");
    run (tx,
        submit_service_request (.channel = CHANNEL_WEB, .external_id = "alias",
            .customer_id = "rossi", .type = REQUEST_TYPE_COMPLAINT));
    assert_string_equal (emitted (tx, service_request_accepted)->customer_id, "holding");
}

static void
test_a1_merging_in_a_circle_twice_or_with_nobody_is_rejected_or_silent (void **state)
{
    tx_t *tx = *state;
    s_register_survivor (tx);
    s_merge (tx, "rossi", "rossi");
    assert_rejected (tx, "customer.same");
    s_merge (tx, "rossi", "nobody");
    assert_rejected (tx, "customer.unknown");
    s_merge (tx, "nobody", "rossi");
    assert_rejected (tx, "customer.unknown");
    s_merge (tx, "rossi", "group");
    assert_accepted (tx);
    s_merge (tx, "rossi", "group");
    assert_accepted (tx);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    s_merge (tx, "group", "rossi");
    assert_rejected (tx, "customer.same");
    run (tx, register_customer (.customer_id = "rossi", .details = company_customer ()));
    assert_rejected (tx, "customer.merged");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        COMPANY_TEST (test_a1_a_new_customer_is_published_with_version_one),
        COMPANY_TEST (test_a1_a_change_publishes_one_update_and_the_same_again_none),
        COMPANY_TEST (test_a1_the_same_tax_id_however_written_is_flagged_as_a_possible_duplicate),
        COMPANY_TEST (test_a1_the_same_phone_with_and_without_country_code_is_flagged),
        COMPANY_TEST (
            test_a1_chinese_and_vietnamese_numbers_are_the_same_with_and_without_country_code),
        COMPANY_TEST (test_a1_nonsense_is_rejected_with_the_field_in_the_code),
        COMPANY_TEST (
            test_a1_a_merge_redirects_sites_assets_contacts_and_open_requests_to_the_survivor),
        COMPANY_TEST (test_a1_a_merge_into_a_better_grade_raises_the_priority_of_open_requests),
        COMPANY_TEST (test_a1_an_ended_request_stays_with_the_customer_it_was_made_for),
        COMPANY_TEST (test_a1_the_old_id_stays_as_an_alias_through_every_later_merge),
        COMPANY_TEST (test_a1_merging_in_a_circle_twice_or_with_nobody_is_rejected_or_silent),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
