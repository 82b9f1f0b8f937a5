/* All of a crew are booked or nobody (X8). */
#include "world.h"

#define TEN     (MONDAY_AT + 2 * HOUR)

static void
s_propose (tx_t *tx, const char *visit_id)
{
    crew_member_t bo = {
        .base = crew_member_init, .engineer_id = "bo", .starts_at = TEN - 10 * MINUTE, .ends_at = TEN + HOUR };
    crew_member_t *crew [] = { &bo };
    run (tx, visit_proposed (.visit_id = (char *) visit_id, .engineer_id = "anna", .starts_at = TEN - 20 * MINUTE,
        .work_starts_at = TEN, .ends_at = TEN + HOUR, .n_crew = 1, .crew = crew));
}

static void
test_x8_each_of_a_crew_has_his_own_time_booked (void **state)
{
    (void) state;
    tx_t *tx = world ();
    s_propose (tx, "v1");
    assert_non_null (emitted (tx, booking_held));
    assert_string_equal (stored (tx, booking, "v1+1")->open_resource_id, "bo");
    assert_int_equal (stored (tx, booking, "v1+1")->starts_at, TEN - 10 * MINUTE);
    accept_proposed (tx, "v1");
    assert_string_equal (emitted (tx, booking_confirmed)->engineer_id, "anna");
    assert_int_equal (stored (tx, booking, "v1+1")->state, BOOKING_CONFIRMED);
    tx_fake_destroy (&tx);
}

static void
test_x8_one_of_a_crew_who_is_not_free_leaves_all_of_them_free_and_is_named (void **state)
{
    (void) state;
    tx_t *tx = world ();
    run (tx, record_absence (.absence_id = "a1", .engineer_id = "bo", .from_at = TEN, .to_at = TEN + MINUTE));
    s_propose (tx, "v1");
    assert_string_equal (emitted (tx, booking_refused)->code, "absence");
    assert_string_equal (emitted (tx, booking_refused)->engineer_id, "bo");
    propose (tx, "v2", TEN, TEN + HOUR);
    assert_non_null (emitted (tx, booking_held));
    tx_fake_destroy (&tx);
}

static void
test_x8_an_absence_of_one_takes_the_hold_from_all (void **state)
{
    (void) state;
    tx_t *tx = world ();
    s_propose (tx, "v1");
    run (tx, record_absence (.absence_id = "a1", .engineer_id = "bo", .from_at = TEN, .to_at = TEN + MINUTE));
    assert_string_equal (emitted (tx, booking_refused)->booking_id, "v1");
    assert_string_equal (emitted (tx, booking_refused)->engineer_id, "bo");
    assert_string_equal (stored (tx, booking, "v1")->open_resource_id, "");
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_x8_each_of_a_crew_has_his_own_time_booked),
        cmocka_unit_test (test_x8_one_of_a_crew_who_is_not_free_leaves_all_of_them_free_and_is_named),
        cmocka_unit_test (test_x8_an_absence_of_one_takes_the_hold_from_all),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
