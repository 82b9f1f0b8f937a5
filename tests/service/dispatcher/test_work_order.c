/* An order from its request, occurrence or command to what ends it. */
#include "world.h"

static void
test_h1_a_request_makes_one_order_with_all_that_it_needs (void **state)
{
    tx_t *tx = *state;
    char order [64];
    order_is (tx, "r1", order);
    const work_order_created_t *created = emitted (tx, work_order_created);
    assert_string_equal (created->request_id, "r1");
    assert_string_equal (created->territory_id, "milan");
    assert_int_equal (created->n_skills, 1);
    assert_int_equal (stored (tx, work_order, order)->state, WORK_ORDER_STATE_UNSCHEDULED);

    run (tx, work_order_requested (.request_id = "r1", .site_id = "s1"));
    assert_int_equal (emitted_count (tx, work_order_created), 0);
    assert_int_equal (tx_fake_stored_count (tx, &work_order_entity), 1);
}

static void
test_h1_an_occurrence_makes_one_order_around_its_due_date (void **state)
{
    tx_t *tx = *state;
    for (int i = 0; i < 2; i++)
        run (tx, occurrence_generated (
             .occurrence_id = "p1:2026-06-15", .plan_id = "p1", .due_at = NOW + 7 * DAY,
             .tolerance_ms = 2 * DAY, .site_id = "s1", .customer_id = "c1", .territory_id = "milan",
             .work_minutes = 90));
    assert_int_equal (tx_fake_stored_count (tx, &work_order_entity), 1);
    run (tx, occurrence_generated (.occurrence_id = "p1:2026-07-15", .due_at = NOW + 37 * DAY,
        .tolerance_ms = DAY));
    assert_int_equal (emitted (tx, work_order_created)->type, REQUEST_TYPE_MAINTENANCE);
    assert_int_equal (emitted (tx, work_order_created)->not_before_at, NOW + 36 * DAY);
    assert_int_equal (emitted (tx, work_order_created)->not_after_at, NOW + 38 * DAY);
}

static void
test_h1_work_without_a_request_needs_a_known_site (void **state)
{
    tx_t *tx = *state;
    run (tx, create_work_order (.work_order_id = "w1", .type = REQUEST_TYPE_INSTALLATION,
        .site_id = "nowhere"));
    assert_rejected (tx, "site.unknown");
    run (tx, create_work_order (.work_order_id = "w1", .type = REQUEST_TYPE_INSTALLATION,
        .site_id = "s1"));
    assert_string_equal (tx_fake_code (tx), "");
    assert_string_equal (emitted (tx, work_order_created)->customer_id, "c1");
    run (tx, create_work_order (.work_order_id = "w1", .type = REQUEST_TYPE_INSTALLATION,
        .site_id = "s1"));
    assert_rejected (tx, "work_order.exists");
}

static void
test_h2_an_order_can_be_cancelled_until_its_work_is_done (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    run (tx, cancel_work_order (.work_order_id = order));
    assert_rejected (tx, "reason.missing");
    run (tx, cancel_work_order (.work_order_id = order, .reason = "works again"));
    assert_string_equal (tx_fake_code (tx), "");
    assert_int_equal (emitted (tx, visit_ended)->state, VISIT_STATE_CANCELLED);
    assert_int_equal (emitted (tx, work_order_state_changed)->state, WORK_ORDER_STATE_CANCELLED);
    assert_string_equal (emitted (tx, work_order_cancelled)->request_id, "r1");
    run (tx, cancel_work_order (.work_order_id = order, .reason = "again"));
    assert_rejected (tx, "work_order.not_open");
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_h2_a_cancelled_request_takes_its_order_along (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    run (tx, service_request_cancelled (.request_id = "r1", .reason = "moved out"));
    assert_int_equal (stored (tx, work_order, order)->state, WORK_ORDER_STATE_CANCELLED);
    run (tx, service_request_cancelled (.request_id = "r1", .reason = "moved out"));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_t46_a_request_that_was_merged_takes_its_order_along (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    run (tx, service_request_merged (.request_id = "r1", .survivor_id = "r2", .reason = "reported twice"));
    assert_int_equal (stored (tx, work_order, order)->state, WORK_ORDER_STATE_CANCELLED);
    assert_int_equal (emitted (tx, visit_ended)->state, VISIT_STATE_CANCELLED);
}

static void
test_c11_what_was_solved_without_a_visit_takes_its_order_along (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    run (tx, service_request_resolved (.request_id = "r1", .tier = SUPPORT_TIER_ONSITE));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    run (tx, service_request_resolved (.request_id = "r1", .tier = SUPPORT_TIER_PHONE));
    assert_int_equal (stored (tx, work_order, order)->state, WORK_ORDER_STATE_CANCELLED);
}

static void
test_c11_a_request_that_goes_down_the_ladder_gives_its_order_up (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    run (tx, support_tier_changed (.request_id = "r1", .from_tier = SUPPORT_TIER_REMOTE,
        .tier = SUPPORT_TIER_ONSITE));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    run (tx, support_tier_changed (.request_id = "r1", .from_tier = SUPPORT_TIER_ONSITE,
        .tier = SUPPORT_TIER_REMOTE, .reason = "customer has VPN now"));
    assert_string_equal (emitted (tx, work_order_cancelled)->reason, "customer has VPN now");
}

static void
test_c9_a_new_priority_of_the_request_is_the_orders_too (void **state)
{
    tx_t *tx = *state;
    char order [64];
    order_is (tx, "r1", order);
    run (tx, service_request_triaged (.request_id = "r1", .priority = 3));
    assert_int_equal (stored (tx, work_order, order)->priority, 3);
}

static void
test_an_event_about_an_order_that_never_was_goes_to_the_dead_letters (void **state)
{
    tx_t *tx = *state;
    ready_is (tx, "unheard-of");
    assert_non_null (strstr (tx_fake_dead_letter (tx), "unheard-of"));
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_h1_a_request_makes_one_order_with_all_that_it_needs),
        TEST (test_h1_an_occurrence_makes_one_order_around_its_due_date),
        TEST (test_h1_work_without_a_request_needs_a_known_site),
        TEST (test_h2_an_order_can_be_cancelled_until_its_work_is_done),
        TEST (test_h2_a_cancelled_request_takes_its_order_along),
        TEST (test_t46_a_request_that_was_merged_takes_its_order_along),
        TEST (test_c11_what_was_solved_without_a_visit_takes_its_order_along),
        TEST (test_c11_a_request_that_goes_down_the_ladder_gives_its_order_up),
        TEST (test_c9_a_new_priority_of_the_request_is_the_orders_too),
        TEST (test_an_event_about_an_order_that_never_was_goes_to_the_dead_letters),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
