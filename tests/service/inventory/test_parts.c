/* Parts of an order: into the van, used or back, and settled when nothing is out any more. */
#include "stockroom.h"

static void
s_kept (tx_t *tx, int64_t quantity)
{
    stockroom_receive (tx, "r1", "milano", "pump", 10);
    ORDER ("w1", 1, PART ("pump", quantity));
    assert_non_null (emitted (tx, reservation_made));
}

static void
s_issued (tx_t *tx, int64_t quantity)
{
    s_kept (tx, quantity);
    run (tx, issue_parts (.document_id = "i1", .work_order_id = "w1", .to_location_id = "van-li"));
    assert_accepted (tx);
}

static void
s_used (tx_t *tx, const char *report_id, const char *item_id, int64_t quantity)
{
    run (tx, parts_declared_used (.report_id = (char *) report_id, .visit_id = "v1", .work_order_id = "w1",
        .van_location_id = "van-li", .asset_id = "press-1", PARTS (PART ((char *) item_id, quantity))));
}

static void
test_k4_issued_parts_sit_in_the_van_and_belong_to_the_order (void **state)
{
    tx_t *tx = *state;
    s_issued (tx, 2);
    const parts_issued_t *issued = emitted (tx, parts_issued);
    assert_string_equal (issued->to_location_id, "van-li");
    assert_int_equal (issued->parts [0]->quantity, 2);
    assert_int_equal (stockroom_on_hand (tx, "milano", "pump"), 8);
    assert_int_equal (stockroom_reserved (tx, "milano", "pump"), 0);
    assert_int_equal (stockroom_on_hand (tx, "van-li", "pump"), 2);
    assert_int_equal (stockroom_reserved (tx, "van-li", "pump"), 2);
}

static void
test_k5_parts_are_issued_once_and_only_into_a_van (void **state)
{
    tx_t *tx = *state;
    s_issued (tx, 2);
    run (tx, issue_parts (.document_id = "i1", .work_order_id = "w1", .to_location_id = "van-li"));
    assert_accepted (tx);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    run (tx, issue_parts (.document_id = "i2", .work_order_id = "w1", .to_location_id = "van-li"));
    assert_rejected (tx, "reservation.none");
    run (tx, issue_parts (.document_id = "i2", .work_order_id = "w1", .to_location_id = "torino"));
    assert_rejected (tx, "location.not_van");
    run (tx, issue_parts (.document_id = "i2", .work_order_id = "w9", .to_location_id = "van-li"));
    assert_rejected (tx, "work_order.unknown");
}

static void
test_k5_used_parts_are_consumed_from_the_van (void **state)
{
    tx_t *tx = *state;
    s_issued (tx, 2);
    s_used (tx, "rep-1", "pump", 2);
    const part_consumed_t *consumed = emitted (tx, part_consumed);
    assert_int_equal (consumed->quantity, 2);
    assert_int_equal (consumed->cost_minor, 1000);
    assert_string_equal (consumed->asset_id, "press-1");
    assert_string_equal (emitted (tx, stock_moved)->from_location_id, "van-li");
    assert_int_equal (stockroom_on_hand (tx, "van-li", "pump"), 0);
    assert_int_equal (stockroom_reserved (tx, "van-li", "pump"), 0);
    assert_int_equal (stockroom_on_hand (tx, "consumed", "pump"), 2);
}

static void
test_k5_what_the_van_has_not_comes_from_the_reservation_and_then_from_nowhere_visibly (void **state)
{
    tx_t *tx = *state;
    s_kept (tx, 2);
    run (tx, transfer_stock (.document_id = "t1", .from_location_id = "milano", .to_location_id = "van-li",
        .reason = "van stock",
        PARTS (PART ("pump", 1))));
    s_used (tx, "rep-1", "pump", 5);
    assert_int_equal (emitted_count (tx, part_consumed), 3);
    assert_string_equal (emitted_nth (tx, stock_moved, 0)->from_location_id, "van-li");
    assert_string_equal (emitted_nth (tx, stock_moved, 1)->from_location_id, "milano");
    assert_string_equal (emitted_nth (tx, stock_moved, 2)->from_location_id, "adjustment");
    assert_int_equal (emitted_nth (tx, stock_moved, 2)->quantity, 2);
    assert_int_equal (stockroom_on_hand (tx, "adjustment", "pump"), -2);
}

static void
test_k5_a_part_that_nobody_registered_is_consumed_all_the_same (void **state)
{
    tx_t *tx = *state;
    s_used (tx, "rep-1", "mystery", 1);
    assert_string_equal (emitted (tx, part_consumed)->item_id, "mystery");
    assert_string_equal (emitted (tx, stock_moved)->from_location_id, "adjustment");
}

static void
test_k5_parts_issued_to_another_order_are_not_used_up (void **state)
{
    tx_t *tx = *state;
    s_issued (tx, 2);
    run (tx, parts_declared_used (.report_id = "rep-2", .work_order_id = "w2", .van_location_id = "van-li",
        PARTS (PART ("pump", 1))));
    assert_string_equal (emitted (tx, stock_moved)->from_location_id, "adjustment");
    assert_int_equal (stockroom_on_hand (tx, "van-li", "pump"), 2);
}

static void
test_k5_the_same_report_again_consumes_nothing (void **state)
{
    tx_t *tx = *state;
    s_issued (tx, 2);
    s_used (tx, "rep-1", "pump", 1);
    s_used (tx, "rep-1", "pump", 1);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    assert_int_equal (stockroom_on_hand (tx, "consumed", "pump"), 1);
}

static void
test_k5_an_order_without_parts_settles_when_it_is_completed_and_only_once (void **state)
{
    tx_t *tx = *state;
    run (tx, work_order_created (.work_order_id = "w1", .territory_id = "it-north"));
    run (tx, work_order_completed (.work_order_id = "w1"));
    assert_int_equal (emitted_count (tx, parts_settled), 1);
    run (tx, work_order_completed (.work_order_id = "w1"));
    assert_int_equal (emitted_count (tx, parts_settled), 0);
}

static void
test_k5_an_order_does_not_settle_while_a_part_is_out (void **state)
{
    tx_t *tx = *state;
    s_issued (tx, 3);
    s_used (tx, "rep-1", "pump", 1);
    run (tx, work_order_completed (.work_order_id = "w1"));
    assert_null (emitted (tx, parts_settled));
    run (tx, return_parts (.document_id = "b1", .work_order_id = "w1", .to_location_id = "torino",
        PARTS (PART ("pump", 2))));
    assert_accepted (tx);
    const parts_settled_t *settled = emitted (tx, parts_settled);
    assert_int_equal (settled->consumed [0]->quantity, 1);
    assert_int_equal (settled->returned [0]->quantity, 2);
    assert_int_equal (emitted (tx, parts_returned)->parts [0]->quantity, 2);
    assert_int_equal (stockroom_on_hand (tx, "torino", "pump"), 2);
    assert_int_equal (stockroom_reserved (tx, "van-li", "pump"), 0);
}

static void
test_k5_what_was_kept_and_not_issued_is_free_again_when_the_order_is_completed (void **state)
{
    tx_t *tx = *state;
    s_kept (tx, 2);
    run (tx, work_order_completed (.work_order_id = "w1"));
    assert_string_equal (emitted (tx, reservation_released)->reason, "completed");
    assert_non_null (emitted (tx, parts_settled));
    assert_int_equal (stockroom_reserved (tx, "milano", "pump"), 0);
}

static void
test_k5_no_more_is_returned_than_was_issued (void **state)
{
    tx_t *tx = *state;
    s_issued (tx, 2);
    run (tx, return_parts (.document_id = "b1", .work_order_id = "w1", .to_location_id = "milano",
        PARTS (PART ("pump", 1), PART ("pump", 2))));
    assert_rejected (tx, "parts.not_issued");
    run (tx, return_parts (.document_id = "b1", .work_order_id = "w1", .to_location_id = "van-wu",
        PARTS (PART ("pump", 1))));
    assert_rejected (tx, "location.not_warehouse");
}

static void
test_k8_a_returned_part_goes_to_the_order_that_waits (void **state)
{
    tx_t *tx = *state;
    s_issued (tx, 10);
    ORDER ("w2", 2, PART ("pump", 1));
    assert_non_null (emitted (tx, reservation_short));
    run (tx, return_parts (.document_id = "b1", .work_order_id = "w1", .to_location_id = "milano",
        PARTS (PART ("pump", 1))));
    assert_string_equal (emitted (tx, reservation_made)->work_order_id, "w2");
}

/* ---- I4 and I5, whatever happens: Monte Carlo over the whole service */

enum { ORDERS = 40, STEPS = 500, PLACES = 7 };
static const char *const s_items [] = { "pump", "seal", "seal-new", "filter" };
static const char *const s_places [PLACES] = { "milano", "torino", "van-li", "van-wu", "supplier", "consumed",
    "adjustment" };

typedef struct { uint64_t seed; int64_t journal [PLACES] [4]; int created, steps; } world_t;

static int
s_random (world_t *world, int below)
{
    world->seed = world->seed * 6364136223846793005u + 1442695040888963407u;
    return (int) ((world->seed >> 33) % (uint64_t) below);
}

static int
s_place (const char *id)
{
    for (int i = 0; i < PLACES; i++)
        if (strcmp (s_places [i], id) == 0)
            return i;
    fail_msg ("moved to %s", id);
    return -1;
}

static void
s_step (tx_t *tx, world_t *world)
{
    char document [32], order [32];
    char *item = (char *) s_items [s_random (world, 4)];
    int64_t quantity = 1 + s_random (world, 4);
    snprintf (document, sizeof document, "d%d", world->steps);
    snprintf (order, sizeof order, "o%d", s_random (world, ORDERS));
    char *place = (char *) s_places [s_random (world, 4)], *other = (char *) s_places [s_random (world, 4)];
    char *warehouse = (char *) s_places [s_random (world, 2)], *van = (char *) s_places [2 + s_random (world, 2)];
    switch (s_random (world, 9)) {
    case 0: run (tx, receive_stock (.document_id = document, .location_id = place,
        PARTS (PART (item, quantity)))); break;
    case 1: run (tx, transfer_stock (.document_id = document, .from_location_id = place,
        .to_location_id = other, .reason = "x",
        PARTS (PART (item, quantity)))); break;
    case 2: run (tx, adjust_stock (.document_id = document, .location_id = place, .reason = "x",
        PARTS (PART (item, quantity - 3)))); break;
    case 3:
    case 4: run (tx, work_order_created (.work_order_id = order, .territory_id = "it-north",
        .created_at = 1 + world->steps,
        PARTS (PART (item, quantity), PART ("pump", 1)))); break;
    case 5: run (tx, issue_parts (.document_id = document, .work_order_id = order, .to_location_id = van)); break;
    case 6: run (tx, return_parts (.document_id = document, .work_order_id = order, .to_location_id = warehouse,
        PARTS (PART (item, 1)))); break;
    case 7: run (tx, parts_declared_used (.report_id = document, .work_order_id = order, .van_location_id = van,
        PARTS (PART (item, quantity)))); break;
    default:
        if (s_random (world, 2))
            run (tx, work_order_completed (.work_order_id = order));
        else
            run (tx, work_order_cancelled (.work_order_id = order));
    }
    world->steps++;
}

static void
s_follow_journal (tx_t *tx, world_t *world)
{
    const stock_moved_t *moved;
    for (int i = 0; (moved = emitted_nth (tx, stock_moved, i)); i++)
        for (int item = 0; item < 4; item++)
            if (strcmp (s_items [item], moved->item_id) == 0) {
                world->journal [s_place (moved->from_location_id)] [item] -= moved->quantity;
                world->journal [s_place (moved->to_location_id)] [item] += moved->quantity;
            }
}

/* Reserved in a place by all orders together; every line accounts for each of its pieces. */
static int64_t
s_promised (tx_t *tx, const char *place, const char *item)
{
    int64_t promised = 0;
    char key [32];
    for (int order = 0; order < ORDERS; order++)
        for (int line = 1; line < 8; line++) {
            snprintf (key, sizeof key, "o%d:%d", order, line);
            const reservation_t *row = stored (tx, reservation, key);
            if (!row)
                break;
            assert_int_equal (row->quantity, row->kept + row->released + row->issued);
            assert_true (row->used + row->returned <= row->issued);
            if (strcmp (row->item_id, item) == 0)
                promised += (strcmp (row->location_id, place) == 0 ? row->kept : 0)
                    + (strcmp (row->van_location_id, place) == 0 ? row->issued - row->used - row->returned : 0);
        }
    return promised;
}

static void
s_check (tx_t *tx, world_t *world)
{
    for (int item = 0; item < 4; item++) {
        int64_t everywhere = 0;
        for (int place = 0; place < PLACES; place++) {
            int64_t on_hand = stockroom_on_hand (tx, s_places [place], s_items [item]);
            int64_t reserved = stockroom_reserved (tx, s_places [place], s_items [item]);
            assert_int_equal (on_hand, world->journal [place] [item]);
            assert_true (on_hand >= 0 || place == 4 || place == 6);
            assert_true (reserved >= 0 && (reserved == 0 || reserved <= on_hand));
            assert_int_equal (reserved, s_promised (tx, s_places [place], s_items [item]));
            everywhere += on_hand;
        }
        assert_int_equal (everywhere, 0);
    }
}

static void
test_i4_i5_the_journal_balances_and_every_reserved_part_is_accounted_for_whatever_happens (void **state)
{
    (void) state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        void *room;
        stockroom_open (&room);
        world_t world = { .seed = seed };
        print_message ("seed %llu\n", (unsigned long long) seed);
        while (world.steps < STEPS) {
            s_step (room, &world);
            assert_string_equal (tx_fake_dead_letter (room), "");
            s_follow_journal (room, &world);
            s_check (room, &world);
        }
        assert_true (stored_count ((tx_t *) room, stock_move) > 100);       /* it did something */
        stockroom_close (&room);
    }
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
#define T(name) cmocka_unit_test_setup_teardown (name, stockroom_open, stockroom_close)
        T (test_k4_issued_parts_sit_in_the_van_and_belong_to_the_order),
        T (test_k5_parts_are_issued_once_and_only_into_a_van),
        T (test_k5_used_parts_are_consumed_from_the_van),
        T (test_k5_what_the_van_has_not_comes_from_the_reservation_and_then_from_nowhere_visibly),
        T (test_k5_a_part_that_nobody_registered_is_consumed_all_the_same),
        T (test_k5_parts_issued_to_another_order_are_not_used_up),
        T (test_k5_the_same_report_again_consumes_nothing),
        T (test_k5_an_order_without_parts_settles_when_it_is_completed_and_only_once),
        T (test_k5_an_order_does_not_settle_while_a_part_is_out),
        T (test_k5_what_was_kept_and_not_issued_is_free_again_when_the_order_is_completed),
        T (test_k5_no_more_is_returned_than_was_issued),
        T (test_k8_a_returned_part_goes_to_the_order_that_waits),
        cmocka_unit_test (test_i4_i5_the_journal_balances_and_every_reserved_part_is_accounted_for_whatever_happens),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
