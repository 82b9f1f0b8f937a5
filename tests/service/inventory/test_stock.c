/* Stock without orders: goods in, transfers, counts, serials, minimum; each document once. */
#include "stockroom.h"

static void
test_k1_available_is_on_hand_less_reserved (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "milano", "pump", 5);
    ORDER ("w1", 1, PART ("pump", 2));
    run (tx, get_stock (.item_id = "pump", .location_id = "milano"));
    const stock_levels_t *levels = answer (tx, stock_levels);
    assert_int_equal (levels->n_levels, 1);
    assert_int_equal (levels->levels [0]->on_hand, 5);
    assert_int_equal (levels->levels [0]->reserved, 2);
    assert_int_equal (levels->levels [0]->available, 3);
}

static void
test_k1_stock_can_be_asked_by_item_by_place_and_for_nothing_there (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "milano", "pump", 5);
    stockroom_receive (tx, "r2", "torino", "pump", 2);
    run (tx, get_stock (.item_id = "pump"));
    assert_int_equal (answer (tx, stock_levels)->n_levels, 3);         /* two warehouses and the supplier's side */
    run (tx, get_stock (.location_id = "torino"));
    assert_int_equal (answer (tx, stock_levels)->n_levels, 1);
    run (tx, get_stock (.item_id = "seal", .location_id = "torino"));
    assert_int_equal (answer (tx, stock_levels)->n_levels, 0);
    run (tx, get_stock (.item_id = ""));
    assert_rejected (tx, "item_id.missing");
}

static void
test_k6_a_receipt_is_one_movement_from_the_supplier (void **state)
{
    tx_t *tx = *state;
    run (tx, receive_stock (.document_id = "r1", .location_id = "milano", PARTS (PART ("pump", 5))));
    const stock_moved_t *moved = emitted (tx, stock_moved);
    assert_string_equal (moved->from_location_id, "supplier");
    assert_string_equal (moved->to_location_id, "milano");
    assert_int_equal (moved->quantity, 5);
    assert_int_equal (stockroom_on_hand (tx, "supplier", "pump"), -5);
    assert_int_equal (stored_count (tx, stock_move), 1);
}

static void
test_k6_the_same_document_again_moves_nothing (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "milano", "pump", 5);
    stockroom_receive (tx, "r1", "milano", "pump", 5);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    assert_int_equal (stockroom_on_hand (tx, "milano", "pump"), 5);
}

static void
test_k6_a_document_number_with_other_content_is_rejected (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "milano", "pump", 5);
    run (tx, receive_stock (.document_id = "r1", .location_id = "milano", PARTS (PART ("pump", 6))));
    assert_rejected (tx, "document.used");
    run (tx, transfer_stock (.document_id = "r1", .from_location_id = "milano", .to_location_id = "torino",
        .reason = "x",
        PARTS (PART ("pump", 1))));
    assert_rejected (tx, "document.used");
    assert_int_equal (stockroom_on_hand (tx, "milano", "pump"), 5);
}

static void
test_k6_the_last_price_paid_is_what_a_part_costs (void **state)
{
    tx_t *tx = *state;
    run (tx, receive_stock (.document_id = "r1", .location_id = "milano", .unit_cost_minor = 1234, .currency = "EUR",
        PARTS (PART ("pump", 5))));
    assert_int_equal (emitted (tx, item_published)->details->cost_minor, 1234);
    assert_int_equal (emitted (tx, item_published)->version, 2);
    assert_int_equal (stored (tx, item, "pump")->cost_minor, 1234);
}

static void
test_k6_a_transfer_takes_from_one_place_what_it_brings_to_the_other (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "milano", "pump", 5);
    run (tx, transfer_stock (.document_id = "t1", .from_location_id = "milano", .to_location_id = "van-li",
        .reason = "van stock",
        PARTS (PART ("pump", 2))));
    assert_accepted (tx);
    assert_int_equal (stockroom_on_hand (tx, "milano", "pump"), 3);
    assert_int_equal (stockroom_on_hand (tx, "van-li", "pump"), 2);
}

static void
test_k6_what_is_reserved_cannot_be_transferred_or_counted_away (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "milano", "pump", 3);
    ORDER ("w1", 1, PART ("pump", 2));
    run (tx, transfer_stock (.document_id = "t1", .from_location_id = "milano", .to_location_id = "torino",
        .reason = "x",
        PARTS (PART ("pump", 2))));
    assert_rejected (tx, "stock.short");
    run (tx, adjust_stock (.document_id = "a1", .location_id = "milano", .reason = "count", PARTS (PART ("pump", -2))));
    assert_rejected (tx, "stock.short");
    assert_int_equal (stockroom_on_hand (tx, "milano", "pump"), 3);
}

static void
test_k6_two_lines_of_one_transfer_do_not_take_the_same_piece (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "milano", "pump", 3);
    run (tx, transfer_stock (.document_id = "t1", .from_location_id = "milano", .to_location_id = "torino",
        .reason = "x",
        PARTS (PART ("pump", 2), PART ("pump", 2))));
    assert_rejected (tx, "stock.short");
}

static void
test_k6_a_count_moves_the_difference_against_the_adjustment_side (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "milano", "pump", 5);
    run (tx, adjust_stock (.document_id = "a1", .location_id = "milano", .reason = "count", PARTS (PART ("pump", -1))));
    assert_int_equal (stockroom_on_hand (tx, "milano", "pump"), 4);
    assert_int_equal (stockroom_on_hand (tx, "adjustment", "pump"), 1);
    run (tx, adjust_stock (.document_id = "a2", .location_id = "milano", .reason = "count", PARTS (PART ("pump", 3))));
    assert_int_equal (stockroom_on_hand (tx, "milano", "pump"), 7);
    assert_int_equal (stockroom_on_hand (tx, "adjustment", "pump"), -2);
}

static void
test_k6_nonsense_is_rejected_by_its_name (void **state)
{
    tx_t *tx = *state;
    run (tx, receive_stock (.document_id = "r1", .location_id = "nowhere", PARTS (PART ("pump", 1))));
    assert_rejected (tx, "location.unknown");
    run (tx, receive_stock (.document_id = "r1", .location_id = "consumed", PARTS (PART ("pump", 1))));
    assert_rejected (tx, "location.not_stock");
    run (tx, receive_stock (.document_id = "r1", .location_id = "milano", PARTS (PART ("ghost", 1))));
    assert_rejected (tx, "item.unknown");
    run (tx, receive_stock (.document_id = "r1", .location_id = "milano", PARTS (PART ("pump", -1))));
    assert_rejected (tx, "quantity.invalid");
    run (tx, receive_stock (.document_id = "r1", .location_id = "milano"));
    assert_rejected (tx, "parts.missing");
    run (tx, adjust_stock (.document_id = "a1", .location_id = "milano", .reason = "", PARTS (PART ("pump", 1))));
    assert_rejected (tx, "reason.missing");
    assert_int_equal (stored_count (tx, stock_move), 0);
}

static void
test_k13_falling_below_the_minimum_is_said_once_until_it_is_filled_up_again (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "milano", "filter", 6);
    assert_null (emitted (tx, stock_low));
    ORDER ("w1", 1, PART ("filter", 2));
    assert_int_equal (emitted (tx, stock_low)->available, 4);
    ORDER ("w2", 2, PART ("filter", 1));
    assert_null (emitted (tx, stock_low));
    stockroom_receive (tx, "r2", "milano", "filter", 4);
    ORDER ("w3", 3, PART ("filter", 4));
    assert_int_equal (emitted_count (tx, stock_low), 1);
}

static void
test_k13_a_higher_minimum_is_felt_at_once (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "milano", "filter", 6);
    stockroom_item (tx, "filter", false, NULL, 10);
    assert_int_equal (emitted (tx, stock_low)->min_quantity, 10);
}

static void
test_k11_a_serial_is_traced_from_its_receipt_to_the_asset_it_is_in (void **state)
{
    tx_t *tx = *state;
    run_at (tx, 1780905600000 - 3000, receive_stock (.document_id = "r1", .location_id = "milano",
        PARTS (UNIT ("board", "sn-7", 1))));
    run_at (tx, 1780905600000 - 2000, transfer_stock (.document_id = "t1", .from_location_id = "milano",
        .to_location_id = "van-li",
        .reason = "van stock", PARTS (UNIT ("board", "sn-7", 1))));
    run (tx, parts_declared_used (.report_id = "rep-1", .work_order_id = "w1", .van_location_id = "van-li",
        .asset_id = "press-1",
        PARTS (UNIT ("board", "sn-7", 1))));
    run (tx, trace_serial (.serial = "sn-7"));
    const serial_trace_t *trace = answer (tx, serial_trace);
    assert_string_equal (trace->item_id, "board");
    assert_string_equal (trace->location_id, "consumed");
    assert_string_equal (trace->installed_in_asset_id, "press-1");
    assert_int_equal (trace->n_moves, 3);
    assert_string_equal (trace->moves [0]->from_location_id, "supplier");
    assert_string_equal (trace->moves [0]->document_id, "r1");
    assert_string_equal (trace->moves [2]->work_order_id, "w1");
}

static void
test_k11_a_serialised_item_needs_one_line_of_one_piece_for_each_serial (void **state)
{
    tx_t *tx = *state;
    run (tx, receive_stock (.document_id = "r1", .location_id = "milano", PARTS (PART ("board", 1))));
    assert_rejected (tx, "serial.missing");
    run (tx, receive_stock (.document_id = "r1", .location_id = "milano", PARTS (UNIT ("board", "sn-1", 2))));
    assert_rejected (tx, "serial.quantity");
    run (tx, receive_stock (.document_id = "r1", .location_id = "milano",
        PARTS (UNIT ("board", "sn-1", 1), UNIT ("board", "sn-1", 1))));
    assert_rejected (tx, "serial.twice");
}

static void
test_k11_a_serial_is_in_one_place_only (void **state)
{
    tx_t *tx = *state;
    run (tx, receive_stock (.document_id = "r1", .location_id = "milano", PARTS (UNIT ("board", "sn-1", 1))));
    run (tx, receive_stock (.document_id = "r2", .location_id = "torino", PARTS (UNIT ("board", "sn-1", 1))));
    assert_rejected (tx, "serial.in_stock");
    run (tx, transfer_stock (.document_id = "t1", .from_location_id = "milano", .to_location_id = "torino",
        .reason = "x",
        PARTS (UNIT ("board", "sn-2", 1))));
    assert_rejected (tx, "serial.not_in_stock");
    run (tx, trace_serial (.serial = "sn-2"));
    assert_rejected (tx, "serial.unknown");
}

static void
test_an_item_registered_again_counts_its_version_up_and_the_same_again_says_nothing (void **state)
{
    tx_t *tx = *state;
    stockroom_item (tx, "pump", false, "seal", 0);
    assert_int_equal (emitted (tx, item_published)->version, 2);
    stockroom_item (tx, "pump", false, "seal", 0);
    assert_null (emitted (tx, item_published));
}

static void
test_a_place_cannot_become_another_kind_of_place (void **state)
{
    tx_t *tx = *state;
    location_details_t details = { .base = location_details_init, .name = "x", .kind = LOCATION_KIND_VAN };
    run (tx, register_location (.location_id = "milano", .details = &details));
    assert_rejected (tx, "location.kind_fixed");
    run (tx, register_location (.location_id = "supplier", .details = &details));
    assert_rejected (tx, "location.built_in");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
#define T(name) cmocka_unit_test_setup_teardown (name, stockroom_open, stockroom_close)
        T (test_k1_available_is_on_hand_less_reserved),
        T (test_k1_stock_can_be_asked_by_item_by_place_and_for_nothing_there),
        T (test_k6_a_receipt_is_one_movement_from_the_supplier),
        T (test_k6_the_same_document_again_moves_nothing),
        T (test_k6_a_document_number_with_other_content_is_rejected),
        T (test_k6_the_last_price_paid_is_what_a_part_costs),
        T (test_k6_a_transfer_takes_from_one_place_what_it_brings_to_the_other),
        T (test_k6_what_is_reserved_cannot_be_transferred_or_counted_away),
        T (test_k6_two_lines_of_one_transfer_do_not_take_the_same_piece),
        T (test_k6_a_count_moves_the_difference_against_the_adjustment_side),
        T (test_k6_nonsense_is_rejected_by_its_name),
        T (test_k13_falling_below_the_minimum_is_said_once_until_it_is_filled_up_again),
        T (test_k13_a_higher_minimum_is_felt_at_once),
        T (test_k11_a_serial_is_traced_from_its_receipt_to_the_asset_it_is_in),
        T (test_k11_a_serialised_item_needs_one_line_of_one_piece_for_each_serial),
        T (test_k11_a_serial_is_in_one_place_only),
        T (test_an_item_registered_again_counts_its_version_up_and_the_same_again_says_nothing),
        T (test_a_place_cannot_become_another_kind_of_place),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
