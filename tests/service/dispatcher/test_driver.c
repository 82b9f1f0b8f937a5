/* Parts go where the engineer's vehicle of the day is (G8). */
#include "world.h"

static void
s_assigned (tx_t *tx, const char *id, int64_t from_at, int64_t to_at)
{
    run (tx, vehicle_assigned (.assignment_id = (char *) id, .vehicle_id = "v7",
         .engineer_id = "ann", .from_at = from_at, .to_at = to_at,
         .van_location_id = "van-of-v7"));
}

static void
test_g8_an_accepted_visit_names_the_stock_of_the_vehicle_he_drives_that_day (void **state)
{
    tx_t *tx = *state;
    char order_id [64], visit_id [64];
    s_assigned (tx, "as1", NOW - DAY, NOW + DAY);
    accepted_visit (tx, order_id, visit_id);
    assert_string_equal (emitted (tx, visit_accepted)->van_location_id, "van-of-v7");
}

static void
test_g8_on_other_days_and_after_it_was_taken_back_it_is_his_own_van (void **state)
{
    tx_t *tx = *state;
    char order_id [64], visit_id [64];
    s_assigned (tx, "as1", NOW + DAY, NOW + 2 * DAY);
    s_assigned (tx, "as2", NOW - DAY, NOW + DAY);
    run (tx, vehicle_released (.assignment_id = "as2", .engineer_id = "ann"));
    accepted_visit (tx, order_id, visit_id);
    assert_string_equal (emitted (tx, visit_accepted)->van_location_id, "van-1");
}

static void
test_g2_a_tool_that_is_taken_moves_the_visit_for_everyone_to_when_it_is_free (void **state)
{
    tx_t *tx = *state;
    char order_id [64], visit_id [64];
    engineer_is (tx, "ann", 1, "gas", 2);
    engineer_is (tx, "bob", 2, "gas", 2);
    ready_is (tx, order_is (tx, "r1", order_id));
    visit_of (tx, order_id, visit_id);
    run (tx, booking_refused (.booking_id = visit_id, .code = "tool", .from_at = NOW,
         .to_at = NOW + 3 * HOUR, .for_everyone = true));
    assert_true (emitted (tx, visit_proposed)->starts_at >= NOW + 3 * HOUR);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_g8_an_accepted_visit_names_the_stock_of_the_vehicle_he_drives_that_day),
        TEST (test_g8_on_other_days_and_after_it_was_taken_back_it_is_his_own_van),
        TEST (test_g2_a_tool_that_is_taken_moves_the_visit_for_everyone_to_when_it_is_free),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
