/* Vehicles: who drives which on which days, and what the odometer says (G8). */
#include "world.h"

static void
s_vehicle (tx_t *tx, const char *id)
{
    vehicle_details_t details = {
        .base = vehicle_details_init, .name = "van", .van_location_id = "stock-van", .currency = "EUR",
        .cost_per_km_minor = 45 };
    run (tx, register_vehicle (.vehicle_id = (char *) id, .details = &details));
    assert_accepted (tx);
}

static void
s_assign (tx_t *tx, const char *id, const char *vehicle_id, const char *engineer_id, const char *from,
    const char *until)
{
    run (tx, assign_vehicle (.assignment_id = (char *) id, .vehicle_id = (char *) vehicle_id,
        .engineer_id = (char *) engineer_id, .from_on = (char *) from, .until_on = (char *) until));
}

static void
test_g8_a_vehicle_is_given_for_whole_days_of_the_engineers_zone (void **state)
{
    (void) state;
    tx_t *tx = world ();
    publish_hours (tx, "rome", "Europe/Rome", "", "08:00", "17:00");
    run (tx, assign_shift (.engineer_id = "bo", .calendar_id = "rome"));
    s_vehicle (tx, "v1");
    s_assign (tx, "as1", "v1", "bo", "2026-06-09", "2026-06-10");
    const vehicle_assigned_t *said = emitted (tx, vehicle_assigned);
    assert_int_equal (said->from_at, at ("Europe/Rome", "2026-06-09", 0, 0));
    assert_int_equal (said->to_at, at ("Europe/Rome", "2026-06-11", 0, 0));
    assert_string_equal (said->van_location_id, "stock-van");
    tx_fake_destroy (&tx);
}

static void
test_g5_a_vehicle_has_one_driver_and_a_driver_one_vehicle_at_a_time (void **state)
{
    (void) state;
    tx_t *tx = world ();
    s_vehicle (tx, "v1");
    s_vehicle (tx, "v2");
    s_assign (tx, "as1", "v1", "anna", "2026-06-09", "2026-06-10");
    s_assign (tx, "as2", "v1", "bo", "2026-06-10", "");
    assert_rejected (tx, "vehicle.taken");
    s_assign (tx, "as3", "v2", "anna", "2026-06-10", "");
    assert_rejected (tx, "engineer.has_vehicle");
    s_assign (tx, "as1", "v2", "bo", "2026-06-10", "");
    assert_rejected (tx, "assignment.known");
    s_assign (tx, "as4", "v1", "bo", "2026-06-11", "");
    assert_accepted (tx);
    run (tx, release_vehicle (.assignment_id = "as1"));
    assert_string_equal (emitted (tx, vehicle_released)->engineer_id, "anna");
    s_assign (tx, "as5", "v1", "bo", "2026-06-10", "");
    assert_accepted (tx);
    run (tx, release_vehicle (.assignment_id = "as1"));
    assert_rejected (tx, "assignment.over");
    tx_fake_destroy (&tx);
}

static void
test_g8_a_vehicle_does_not_stand_in_the_way_of_visits (void **state)
{
    (void) state;
    tx_t *tx = world ();
    s_vehicle (tx, "v1");
    s_assign (tx, "as1", "v1", "anna", "2026-06-08", "");
    propose (tx, "visit", MONDAY_AT + HOUR, MONDAY_AT + 2 * HOUR);
    assert_non_null (emitted (tx, booking_held));
    run (tx, get_free_time (.engineer_id = "anna", .from_at = MONDAY_AT, .to_at = MONDAY_AT + DAY));
    assert_int_equal (answer (tx, free_time)->n_free, 2);
    tx_fake_destroy (&tx);
}

static void
test_g8_the_odometer_never_goes_backwards_and_what_was_driven_has_a_driver_and_a_cost (void **state)
{
    (void) state;
    tx_t *tx = world ();
    s_vehicle (tx, "v1");
    s_assign (tx, "as1", "v1", "anna", "2026-06-08", "");
    run (tx, record_mileage (.vehicle_id = "v1", .odometer_km = 1000, .read_at = MONDAY_AT));
    assert_int_equal (emitted (tx, mileage_recorded)->driven_km, 0);
    tx_fake_now (tx, MONDAY_AT + 8 * HOUR);
    run (tx, record_mileage (.vehicle_id = "v1", .odometer_km = 1120, .read_at = MONDAY_AT + 8 * HOUR));
    assert_int_equal (emitted (tx, mileage_recorded)->driven_km, 120);
    assert_int_equal (emitted (tx, mileage_recorded)->cost_minor, 5400);
    assert_string_equal (emitted (tx, mileage_recorded)->engineer_id, "anna");
    run (tx, record_mileage (.vehicle_id = "v1", .odometer_km = 1119, .read_at = MONDAY_AT + 8 * HOUR));
    assert_rejected (tx, "odometer_km.backwards");
    assert_non_null (strstr (tx_fake_message (tx), "1120"));
    run (tx, record_mileage (.vehicle_id = "v1", .odometer_km = 1130, .read_at = MONDAY_AT));
    assert_rejected (tx, "read_at.late");
    tx_fake_destroy (&tx);
}

static void
test_g8_days_gone_by_are_found_for_a_week_and_then_no_more (void **state)
{
    (void) state;
    tx_t *tx = world ();
    s_vehicle (tx, "v1");
    s_assign (tx, "as1", "v1", "anna", "2026-06-08", "");
    tx_fake_advance (tx, at ("UTC", "2026-06-15", 23, 59));
    assert_string_equal (stored (tx, booking, "as1")->open_resource_id, "v1");
    tx_fake_advance (tx, at ("UTC", "2026-06-16", 0, 0));
    assert_string_equal (stored (tx, booking, "as1")->open_resource_id, "");
    assert_string_equal (stored (tx, booking, "as1+1")->open_resource_id, "");
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_g8_a_vehicle_is_given_for_whole_days_of_the_engineers_zone),
        cmocka_unit_test (test_g5_a_vehicle_has_one_driver_and_a_driver_one_vehicle_at_a_time),
        cmocka_unit_test (test_g8_a_vehicle_does_not_stand_in_the_way_of_visits),
        cmocka_unit_test (test_g8_the_odometer_never_goes_backwards_and_what_was_driven_has_a_driver_and_a_cost),
        cmocka_unit_test (test_g8_days_gone_by_are_found_for_a_week_and_then_no_more),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
