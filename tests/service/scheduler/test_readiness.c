/* Which orders can go, and which can not, and why (G4, A2, K8). */
#include "world.h"

static void
s_site (tx_t *tx, const char *address, geo_point_t *point)
{
    site_details_t details = {
        .base = site_details_init, .customer_id = "acme", .name = "works", .address = (char *) address, .point = point,
        .time_zone = "", .territory_id = "north" };
    run (tx, site_published (.site_id = "s1", .details = &details, .version = 1, .time_zone = "Europe/Rome"));
}

static void
s_contact (tx_t *tx, const char *site_id, const char *phone)
{
    contact_details_t details = {
        .base = contact_details_init, .customer_id = "acme", .site_id = (char *) site_id, .name = "Eva",
        .phone = (char *) phone, .email = "" };
    run (tx, contact_published (.contact_id = "c1", .details = &details, .version = 1));
}

static void
s_order (tx_t *tx, const char *item_id)
{
    part_quantity_t part = { .base = part_quantity_init, .item_id = (char *) item_id, .quantity = 2, .serial = "" };
    part_quantity_t *parts [] = { &part };
    run (tx, work_order_created (.work_order_id = "w1", .request_id = "r1", .customer_id = "acme", .site_id = "s1",
        .n_parts = *item_id ? 1 : 0, .parts = parts));
}

static tx_t *
s_complete_world (void)
{
    tx_t *tx = world ();
    s_site (tx, "Via Roma 1", NULL);
    s_contact (tx, "s1", "+39 02 1234");
    return tx;
}

/* The codes of what was said last, in order, with a space between; "ready", or "silence". */
static const char *
s_said (tx_t *tx)
{
    static char text [256];
    const readiness_changed_t *said = emitted (tx, readiness_changed);
    text [0] = '\0';
    if (!said)
        return "silence";
    if (said->ready)
        return said->n_blockers ? "ready with blockers" : "ready";
    for (size_t i = 0; i < said->n_blockers; i++)
        snprintf (text + strlen (text), sizeof text - strlen (text), "%s%s", i ? " " : "", said->blockers [i]->code);
    return text;
}

static void
test_g4_an_order_with_all_it_needs_is_ready_at_once (void **state)
{
    (void) state;
    tx_t *tx = s_complete_world ();
    s_order (tx, "");
    assert_string_equal (s_said (tx), "ready");
    assert_int_equal (emitted_count (tx, readiness_changed), 1);
    tx_fake_destroy (&tx);
}

static void
test_a2_a_site_without_address_and_coordinates_blocks_until_it_has_one (void **state)
{
    (void) state;
    tx_t *tx = s_complete_world ();
    s_site (tx, "", NULL);
    s_order (tx, "");
    assert_string_equal (s_said (tx), "site.no_location");
    assert_string_equal (emitted (tx, readiness_changed)->blockers [0]->reference, "s1");
    geo_point_t point = { .base = geo_point_init, .latitude = 45.4, .longitude = 9.2 };
    s_site (tx, "", &point);
    assert_string_equal (s_said (tx), "ready");
    s_site (tx, "Via Roma 1", &point);
    assert_string_equal (s_said (tx), "silence");
    tx_fake_destroy (&tx);
}

static void
test_a2_a_site_nobody_can_call_blocks_until_a_contact_has_a_phone (void **state)
{
    (void) state;
    tx_t *tx = world ();
    s_site (tx, "Via Roma 1", NULL);
    s_order (tx, "");
    assert_string_equal (s_said (tx), "site.no_phone");
    s_contact (tx, "s1", "");
    assert_string_equal (s_said (tx), "silence");
    s_contact (tx, "s2", "+39 02 1234");
    assert_string_equal (s_said (tx), "silence");
    s_contact (tx, "s1", "+39 02 1234");
    assert_string_equal (s_said (tx), "ready");
    s_contact (tx, "s2", "+39 02 1234");
    assert_string_equal (s_said (tx), "site.no_phone");
    s_contact (tx, "", "+39 02 1234");
    assert_string_equal (s_said (tx), "ready");
    tx_fake_destroy (&tx);
}

static void
test_a2_the_phone_of_the_customer_is_enough (void **state)
{
    (void) state;
    tx_t *tx = world ();
    s_site (tx, "Via Roma 1", NULL);
    s_order (tx, "");
    customer_details_t details = { .base = customer_details_init, .name = "Acme", .phone = "+39 02 1234" };
    details.tax_id = details.classification = details.grade = details.currency = details.email = "";
    run (tx, customer_registered (.customer_id = "acme", .details = &details, .version = 1));
    assert_string_equal (s_said (tx), "ready");
    details.phone = "";
    run (tx, customer_updated (.customer_id = "acme", .details = &details, .version = 2));
    assert_string_equal (s_said (tx), "site.no_phone");
    tx_fake_destroy (&tx);
}

static void
test_a2_orders_of_a_merged_customer_use_the_phone_of_the_survivor (void **state)
{
    (void) state;
    tx_t *tx = world ();
    given (tx, customer, { .id = "acme-group", .has_phone = true });
    s_site (tx, "Via Roma 1", NULL);
    s_order (tx, "");
    assert_string_equal (s_said (tx), "site.no_phone");
    run (tx, customer_merged (.customer_id = "acme", .survivor_id = "acme-group"));
    assert_string_equal (s_said (tx), "ready");
    tx_fake_destroy (&tx);
}

static void
test_a2_a_merge_does_not_lose_the_contacts_of_the_merged_customer (void **state)
{
    (void) state;
    tx_t *tx = world ();
    s_site (tx, "Via Roma 1", NULL);
    s_contact (tx, "", "+39 02 1234");
    s_order (tx, "");
    assert_string_equal (s_said (tx), "ready");
    run (tx, customer_merged (.customer_id = "acme", .survivor_id = "acme-group"));
    assert_string_equal (s_said (tx), "silence");
    tx_fake_destroy (&tx);
}

static void
test_a2_an_order_of_a_site_not_heard_of_yet_names_every_blocker (void **state)
{
    (void) state;
    tx_t *tx = world ();
    s_order (tx, "filter");
    assert_string_equal (s_said (tx), "site.no_location site.no_phone parts.unreserved");
    tx_fake_destroy (&tx);
}

static void
test_k8_parts_block_until_they_are_reserved_and_again_when_released (void **state)
{
    (void) state;
    tx_t *tx = s_complete_world ();
    s_order (tx, "filter");
    assert_string_equal (s_said (tx), "parts.unreserved");
    assert_string_equal (emitted (tx, readiness_changed)->blockers [0]->reference, "filter");
    run (tx, reservation_made (.work_order_id = "w1"));
    assert_string_equal (s_said (tx), "ready");
    run (tx, reservation_released (.work_order_id = "w1", .reason = "taken over by w0"));
    assert_string_equal (s_said (tx), "parts.unreserved");
    tx_fake_destroy (&tx);
}

static void
test_k8_a_shortage_names_the_item_and_how_much_is_there (void **state)
{
    (void) state;
    tx_t *tx = s_complete_world ();
    s_order (tx, "filter");
    part_shortage_t line = { .base = part_shortage_init, .item_id = "filter", .needed = 2, .available = 1 };
    part_shortage_t *lines [] = { &line };
    run (tx, reservation_short (.work_order_id = "w1", .n_shortages = 1, .shortages = lines));
    assert_string_equal (s_said (tx), "parts.short");
    assert_string_equal (emitted (tx, readiness_changed)->blockers [0]->message, "item filter: 2 needed, 1 available");
    run (tx, reservation_short (.work_order_id = "w1", .n_shortages = 1, .shortages = lines));
    assert_string_equal (s_said (tx), "silence");
    run (tx, reservation_made (.work_order_id = "w1"));
    assert_string_equal (s_said (tx), "ready");
    tx_fake_destroy (&tx);
}

static void
test_k8_a_reservation_heard_of_before_its_order_counts (void **state)
{
    (void) state;
    tx_t *tx = s_complete_world ();
    run (tx, reservation_made (.work_order_id = "w1"));
    assert_string_equal (s_said (tx), "silence");
    s_order (tx, "filter");
    assert_string_equal (s_said (tx), "ready");
    tx_fake_destroy (&tx);
}

static void
test_g4_a_request_that_waits_for_two_things_is_ready_when_both_are_over (void **state)
{
    (void) state;
    tx_t *tx = s_complete_world ();
    s_order (tx, "");
    run (tx, case_waiting_started (.case_id = "r1", .reason = WAIT_REASON_CUSTOMER, .started_at = MONDAY_AT));
    assert_string_equal (s_said (tx), "request.waiting");
    run (tx, case_waiting_started (.case_id = "r1", .reason = WAIT_REASON_SITE_ACCESS, .started_at = MONDAY_AT));
    run (tx, case_waiting_ended (.case_id = "r1", .reason = WAIT_REASON_CUSTOMER, .ended_at = MONDAY_AT));
    assert_string_equal (s_said (tx), "request.waiting");
    run (tx, case_waiting_ended (.case_id = "r1", .reason = WAIT_REASON_SITE_ACCESS, .ended_at = MONDAY_AT));
    assert_string_equal (s_said (tx), "ready");
    tx_fake_destroy (&tx);
}

static void
test_g4_an_order_that_is_over_is_not_looked_at_any_more (void **state)
{
    (void) state;
    tx_t *tx = s_complete_world ();
    s_order (tx, "");
    run (tx, work_order_completed (.work_order_id = "w1", .completed_at = MONDAY_AT));
    s_site (tx, "", NULL);
    assert_string_equal (s_said (tx), "silence");
    run (tx, get_readiness (.work_order_id = "w1"));
    assert_rejected (tx, "work_order.closed");
    tx_fake_destroy (&tx);
}

static void
test_g4_readiness_can_be_asked_for_and_is_what_was_said (void **state)
{
    (void) state;
    tx_t *tx = s_complete_world ();
    run (tx, get_readiness (.work_order_id = "w1"));
    assert_rejected (tx, "work_order.unknown");
    s_order (tx, "filter");
    run (tx, get_readiness (.work_order_id = "w1"));
    assert_false (answer (tx, readiness_changed)->ready);
    assert_string_equal (answer (tx, readiness_changed)->blockers [0]->code, "parts.unreserved");
    tx_fake_destroy (&tx);
}

static void
test_g4_what_clears_a_blocker_belongs_to_the_story_of_the_order (void **state)
{
    (void) state;
    tx_t *tx = s_complete_world ();
    s_site (tx, "", NULL);
    s_order (tx, "");
    s_site (tx, "Via Roma 1", NULL);
    assert_string_equal (tx_fake_envelope (tx, 0)->correlation_id, "r1");
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_g4_an_order_with_all_it_needs_is_ready_at_once),
        cmocka_unit_test (test_a2_a_site_without_address_and_coordinates_blocks_until_it_has_one),
        cmocka_unit_test (test_a2_a_site_nobody_can_call_blocks_until_a_contact_has_a_phone),
        cmocka_unit_test (test_a2_the_phone_of_the_customer_is_enough),
        cmocka_unit_test (test_a2_orders_of_a_merged_customer_use_the_phone_of_the_survivor),
        cmocka_unit_test (test_a2_a_merge_does_not_lose_the_contacts_of_the_merged_customer),
        cmocka_unit_test (test_a2_an_order_of_a_site_not_heard_of_yet_names_every_blocker),
        cmocka_unit_test (test_k8_parts_block_until_they_are_reserved_and_again_when_released),
        cmocka_unit_test (test_k8_a_shortage_names_the_item_and_how_much_is_there),
        cmocka_unit_test (test_k8_a_reservation_heard_of_before_its_order_counts),
        cmocka_unit_test (test_g4_a_request_that_waits_for_two_things_is_ready_when_both_are_over),
        cmocka_unit_test (test_g4_an_order_that_is_over_is_not_looked_at_any_more),
        cmocka_unit_test (test_g4_readiness_can_be_asked_for_and_is_what_was_said),
        cmocka_unit_test (test_g4_what_clears_a_blocker_belongs_to_the_story_of_the_order),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
