/* C19: a customer's unit in the depot, from its arrival to the way back. */
#include "stockroom.h"

static const int64_t s_now = INT64_C (1780905600000);

static void
s_receive (tx_t *tx, const char *id, const char *request_id, const char *serial)
{
    run (tx, receive_depot_unit (.depot_repair_id = (char *) id, .request_id = (char *) request_id,
        .customer_id = "rossi", .item_id = "scanner", .serial = (char *) serial, .location_id = "milano",
        .received_at = s_now - 3600000, .fault = "does not read"));
}

static void
s_complete (tx_t *tx, const char *id, depot_outcome_t outcome)
{
    run (tx, complete_depot_repair (.depot_repair_id = (char *) id, .outcome = outcome,
        .replacement_serial = outcome == DEPOT_OUTCOME_REPLACED ? "new-7" : ""));
}

static void
test_c19_a_unit_is_received_repaired_and_shipped_back (void **state)
{
    tx_t *tx = *state;
    s_receive (tx, "d1", "r1", "s1");
    assert_accepted (tx);
    assert_string_equal (emitted (tx, depot_repair_received)->request_id, "r1");
    assert_int_equal (emitted (tx, depot_repair_received)->received_at, s_now - 3600000);
    assert_string_equal (tx_fake_envelope (tx, 0)->correlation_id, "r1");
    s_complete (tx, "d1", DEPOT_OUTCOME_REPAIRED);
    assert_int_equal (emitted (tx, depot_repair_completed)->completed_at, s_now);
    run (tx, ship_depot_unit (.depot_repair_id = "d1", .carrier = "BRT", .tracking_number = "42"));
    assert_string_equal (emitted (tx, depot_repair_shipped)->serial, "s1");
    assert_int_equal (stored (tx, depot_repair, "d1")->state, DEPOT_SHIPPED);
    assert_int_equal (tx_fake_stored_count (tx, &stock_move_entity), 0);
}

static void
test_c19_each_step_has_its_place_and_its_time (void **state)
{
    tx_t *tx = *state;
    run (tx, ship_depot_unit (.depot_repair_id = "d1"));
    assert_rejected (tx, "depot_repair.unknown");
    s_receive (tx, "d1", "r1", "s1");
    run (tx, ship_depot_unit (.depot_repair_id = "d1"));
    assert_rejected (tx, "depot_repair.state");
    assert_string_equal (tx_fake_message (tx), "depot repair d1 is in the depot, not done");
    run (tx, complete_depot_repair (.depot_repair_id = "d1", .outcome = DEPOT_OUTCOME_REPAIRED,
        .completed_at = s_now - 2 * 3600000));
    assert_rejected (tx, "depot_repair.order");
    s_complete (tx, "d1", DEPOT_OUTCOME_REPAIRED);
    s_complete (tx, "d1", DEPOT_OUTCOME_REPAIRED);
    assert_rejected (tx, "depot_repair.state");
    run (tx, ship_depot_unit (.depot_repair_id = "d1", .shipped_at = s_now - 1));
    assert_rejected (tx, "depot_repair.order");
}

static void
test_c19_a_request_has_one_unit_and_a_unit_is_in_the_depot_once (void **state)
{
    tx_t *tx = *state;
    s_receive (tx, "d1", "r1", "s1");
    s_receive (tx, "d1", "r1", "s1");
    assert_accepted (tx);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    s_receive (tx, "d1", "r2", "s2");
    assert_rejected (tx, "depot_repair.other");
    s_receive (tx, "d2", "r1", "s2");
    assert_rejected (tx, "depot_repair.request");
    s_receive (tx, "d2", "r2", "s1");
    assert_rejected (tx, "depot_repair.open");
    s_complete (tx, "d1", DEPOT_OUTCOME_REPAIRED);
    run (tx, ship_depot_unit (.depot_repair_id = "d1"));
    s_receive (tx, "d2", "r2", "s1");
    assert_accepted (tx);
}

static void
test_c19_what_is_scrapped_does_not_go_back_and_what_is_replaced_goes_back_as_another (void **state)
{
    tx_t *tx = *state;
    s_receive (tx, "d1", "r1", "s1");
    s_complete (tx, "d1", DEPOT_OUTCOME_SCRAPPED);
    run (tx, ship_depot_unit (.depot_repair_id = "d1"));
    assert_rejected (tx, "depot_repair.nothing_to_ship");
    s_receive (tx, "d2", "r2", "s2");
    run (tx, complete_depot_repair (.depot_repair_id = "d2", .outcome = DEPOT_OUTCOME_REPLACED));
    assert_rejected (tx, "replacement_serial.missing");
    s_complete (tx, "d2", DEPOT_OUTCOME_REPLACED);
    run (tx, ship_depot_unit (.depot_repair_id = "d2"));
    assert_string_equal (emitted (tx, depot_repair_shipped)->serial, "new-7");
}

static void
test_c19_a_depot_is_a_warehouse_and_a_unit_has_a_name (void **state)
{
    tx_t *tx = *state;
    s_receive (tx, "d1", "r1", "");
    assert_rejected (tx, "unit.missing");
    run (tx, receive_depot_unit (.depot_repair_id = "d1", .request_id = "r1", .customer_id = "rossi", .asset_id = "a1",
        .location_id = "van-li"));
    assert_rejected (tx, "location.no_depot");
    run (tx, receive_depot_unit (.depot_repair_id = "d1", .request_id = "r1", .customer_id = "rossi", .asset_id = "a1",
        .location_id = "nowhere"));
    assert_rejected (tx, "location.unknown");
    run (tx, receive_depot_unit (.depot_repair_id = "d1", .customer_id = "rossi", .asset_id = "a1",
        .location_id = "milano"));
    assert_rejected (tx, "request_id.missing");
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, stockroom_open, stockroom_close)

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_c19_a_unit_is_received_repaired_and_shipped_back),
        TEST (test_c19_each_step_has_its_place_and_its_time),
        TEST (test_c19_a_request_has_one_unit_and_a_unit_is_in_the_depot_once),
        TEST (test_c19_what_is_scrapped_does_not_go_back_and_what_is_replaced_goes_back_as_another),
        TEST (test_c19_a_depot_is_a_warehouse_and_a_unit_has_a_name),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
