/* Reservations: everything or nothing, the same choice every time, and nobody forgotten when parts come. */
#include "stockroom.h"

static void
test_k8_an_order_whose_parts_are_all_there_has_them_kept (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "milano", "pump", 3);
    ORDER ("w1", 1, PART ("pump", 2));
    const reservation_made_t *made = emitted (tx, reservation_made);
    assert_string_equal (made->work_order_id, "w1");
    assert_string_equal (made->parts [0]->location_id, "milano");
    assert_int_equal (made->parts [0]->quantity, 2);
    assert_int_equal (stockroom_reserved (tx, "milano", "pump"), 2);
    assert_int_equal (stockroom_on_hand (tx, "milano", "pump"), 3);
}

static void
test_k8_when_one_part_is_missing_nothing_is_kept_and_the_shortage_says_which (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "milano", "pump", 3);
    stockroom_receive (tx, "r2", "milano", "filter", 1);
    ORDER ("w1", 1, PART ("pump", 2), PART ("filter", 2));
    const reservation_short_t *said = emitted (tx, reservation_short);
    assert_null (emitted (tx, reservation_made));
    assert_int_equal (said->n_shortages, 1);
    assert_string_equal (said->shortages [0]->item_id, "filter");
    assert_int_equal (said->shortages [0]->needed, 2);
    assert_int_equal (said->shortages [0]->available, 1);
    assert_int_equal (stockroom_reserved (tx, "milano", "pump"), 0);
}

static void
test_k8_the_same_item_on_two_lines_is_counted_together (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "milano", "pump", 3);
    ORDER ("w1", 1, PART ("pump", 2), PART ("pump", 2));
    assert_int_equal (emitted (tx, reservation_short)->n_shortages, 2);
    assert_int_equal (stockroom_reserved (tx, "milano", "pump"), 0);
}

static void
test_k8_a_warehouse_of_another_territory_does_not_help (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "roma", "pump", 9);
    ORDER ("w1", 1, PART ("pump", 1));
    assert_int_equal (emitted (tx, reservation_short)->shortages [0]->available, 0);
}

static void
test_k8_one_warehouse_that_has_it_all_is_preferred_to_two (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "milano", "pump", 1);
    stockroom_receive (tx, "r2", "torino", "pump", 1);
    stockroom_receive (tx, "r3", "torino", "filter", 1);
    ORDER ("w1", 1, PART ("pump", 1), PART ("filter", 1));
    assert_int_equal (stockroom_reserved (tx, "torino", "pump"), 1);
    assert_int_equal (stockroom_reserved (tx, "milano", "pump"), 0);
}

static void
test_k8_two_warehouses_together_serve_what_neither_has_alone (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "milano", "pump", 2);
    stockroom_receive (tx, "r2", "torino", "pump", 2);
    ORDER ("w1", 1, PART ("pump", 3));
    assert_int_equal (emitted (tx, reservation_made)->n_parts, 2);
    assert_int_equal (stockroom_reserved (tx, "milano", "pump"), 2);
    assert_int_equal (stockroom_reserved (tx, "torino", "pump"), 1);
}

static void
test_k8_a_substitute_is_kept_when_the_part_itself_is_not_there (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "milano", "seal-new", 1);
    ORDER ("w1", 1, PART ("seal", 1));
    assert_string_equal (emitted (tx, reservation_made)->parts [0]->item_id, "seal-new");
}

static void
test_k8_a_substitute_is_not_taken_from_the_line_that_asks_for_it_by_name (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "milano", "seal-new", 1);
    ORDER ("w1", 1, PART ("seal", 1), PART ("seal-new", 1));
    assert_null (emitted (tx, reservation_made));
    stockroom_receive (tx, "r2", "milano", "seal-new", 1);
    assert_int_equal (emitted (tx, reservation_made)->n_parts, 2);
}

static void
test_k8_an_order_without_parts_says_nothing (void **state)
{
    tx_t *tx = *state;
    run (tx, work_order_created (.work_order_id = "w1", .territory_id = "it-north"));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_k8_a_shortage_is_said_again_only_when_it_has_changed (void **state)
{
    tx_t *tx = *state;
    ORDER ("w1", 1, PART ("pump", 3));
    assert_int_equal (emitted_count (tx, reservation_short), 1);
    stockroom_receive (tx, "r1", "milano", "filter", 7);
    assert_int_equal (emitted_count (tx, reservation_short), 0);
    stockroom_receive (tx, "r2", "milano", "pump", 1);
    assert_int_equal (emitted (tx, reservation_short)->shortages [0]->available, 1);
}

static void
test_k8_parts_that_come_go_to_the_best_priority_and_then_to_the_oldest (void **state)
{
    tx_t *tx = *state;
    ORDER ("young", 30, PART ("pump", 1));
    ORDER ("old", 20, PART ("pump", 1));
    run (tx, work_order_created (.work_order_id = "urgent", .territory_id = "it-north", .priority = 1, .created_at = 40,
        PARTS (PART ("pump", 1))));
    stockroom_receive (tx, "r1", "milano", "pump", 2);
    assert_int_equal (emitted_count (tx, reservation_made), 2);
    assert_string_equal (emitted_nth (tx, reservation_made, 0)->work_order_id, "urgent");
    assert_string_equal (emitted_nth (tx, reservation_made, 1)->work_order_id, "old");
}

static void
test_k8_a_cancelled_order_gives_its_parts_to_the_one_that_waits (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "milano", "pump", 1);
    ORDER ("w1", 1, PART ("pump", 1));
    ORDER ("w2", 2, PART ("pump", 1));
    run (tx, work_order_cancelled (.work_order_id = "w1"));
    assert_string_equal (emitted (tx, reservation_released)->work_order_id, "w1");
    assert_string_equal (emitted (tx, reservation_made)->work_order_id, "w2");
    assert_int_equal (stockroom_reserved (tx, "milano", "pump"), 1);
}

static void
test_k8_a_cancelled_order_that_waited_gets_nothing_any_more (void **state)
{
    tx_t *tx = *state;
    ORDER ("w1", 1, PART ("pump", 1));
    run (tx, work_order_cancelled (.work_order_id = "w1"));
    stockroom_receive (tx, "r1", "milano", "pump", 1);
    assert_null (emitted (tx, reservation_made));
}

static void
test_k8_a_warehouse_that_changes_territory_brings_its_stock_to_those_who_wait_there (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "roma", "pump", 1);
    ORDER ("w1", 1, PART ("pump", 1));
    stockroom_place (tx, "roma", LOCATION_KIND_WAREHOUSE, "it-north");
    assert_string_equal (emitted (tx, reservation_made)->parts [0]->location_id, "roma");
}

static void
test_k8_a_new_substitute_helps_the_order_that_waits (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "milano", "filter", 9);
    ORDER ("w1", 1, PART ("pump", 1));
    assert_non_null (emitted (tx, reservation_short));
    stockroom_item (tx, "pump", false, "filter", 0);
    assert_string_equal (emitted (tx, reservation_made)->parts [0]->item_id, "filter");
}

static void
test_k8_two_hundred_orders_that_wait_are_served_when_their_parts_come (void **state)
{
    tx_t *tx = *state;
    char item [16], order [16];
    for (int i = 0; i < 200; i++) {
        snprintf (item, sizeof item, "own-%d", i);
        snprintf (order, sizeof order, "w%d", i);
        stockroom_item (tx, item, false, NULL, 0);
        stockroom_receive (tx, item, "milano", item, 1);
        ORDER (order, 1 + i, PART ("pump", 1), PART (item, 1));
    }
    stockroom_receive (tx, "r1", "milano", "pump", 150);
    assert_int_equal (emitted_count (tx, reservation_made), 150);
    assert_string_equal (emitted_nth (tx, reservation_made, 149)->work_order_id, "w149");
}

static void
test_k8_two_orders_of_one_turn_do_not_get_the_same_part (void **state)
{
    tx_t *tx = *state;
    stockroom_receive (tx, "r1", "milano", "pump", 1);
    part_quantity_t *parts [] = { PART ("pump", 1) };
    const ProtobufCMessage *both [] = {
        work_order_created (.work_order_id = "w1", .territory_id = "it-north", .n_parts = 1, .parts = parts),
        work_order_created (.work_order_id = "w2", .territory_id = "it-north", .n_parts = 1, .parts = parts),
    };
    tx_fake_run_all (tx, both, 2);
    assert_int_equal (emitted_count (tx, reservation_made), 1);
    assert_int_equal (emitted_count (tx, reservation_short), 1);
    assert_int_equal (stockroom_reserved (tx, "milano", "pump"), 1);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
#define T(name) cmocka_unit_test_setup_teardown (name, stockroom_open, stockroom_close)
        T (test_k8_an_order_whose_parts_are_all_there_has_them_kept),
        T (test_k8_when_one_part_is_missing_nothing_is_kept_and_the_shortage_says_which),
        T (test_k8_the_same_item_on_two_lines_is_counted_together),
        T (test_k8_a_warehouse_of_another_territory_does_not_help),
        T (test_k8_one_warehouse_that_has_it_all_is_preferred_to_two),
        T (test_k8_two_warehouses_together_serve_what_neither_has_alone),
        T (test_k8_a_substitute_is_kept_when_the_part_itself_is_not_there),
        T (test_k8_a_substitute_is_not_taken_from_the_line_that_asks_for_it_by_name),
        T (test_k8_an_order_without_parts_says_nothing),
        T (test_k8_a_shortage_is_said_again_only_when_it_has_changed),
        T (test_k8_parts_that_come_go_to_the_best_priority_and_then_to_the_oldest),
        T (test_k8_a_cancelled_order_gives_its_parts_to_the_one_that_waits),
        T (test_k8_a_cancelled_order_that_waited_gets_nothing_any_more),
        T (test_k8_a_warehouse_that_changes_territory_brings_its_stock_to_those_who_wait_there),
        T (test_k8_a_new_substitute_helps_the_order_that_waits),
        T (test_k8_two_hundred_orders_that_wait_are_served_when_their_parts_come),
        T (test_k8_two_orders_of_one_turn_do_not_get_the_same_part),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
