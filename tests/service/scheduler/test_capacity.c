/* Hours booked and free, and hours that are kept for one type of work (G6, X27). */
#include "world.h"

#define TUESDAY_AT  (MONDAY_AT + DAY)

static tx_t *
s_world (void)
{
    tx_t *tx = world ();
    given (tx, territory, { .id = "north", .time_zone = "UTC" });
    given (tx, shift, { .id = "bo", .calendar_id = "office" });
    given (tx, customer, { .id = "acme", .has_phone = true });
    given (tx, site, { .id = "s1", .has_location = true });
    run (tx, work_order_created (.work_order_id = "w1", .type = REQUEST_TYPE_REPAIR, .customer_id = "acme",
        .site_id = "s1", .territory_id = "north"));
    run (tx, work_order_created (.work_order_id = "w2", .type = REQUEST_TYPE_MAINTENANCE, .customer_id = "acme",
        .site_id = "s1", .territory_id = "north"));
    return tx;
}

static capacity_week_t
s_week (tx_t *tx, const char *week_on)
{
    run (tx, get_capacity (.territory_id = "north", .week_on = (char *) week_on));
    const capacity_t *found = answer (tx, capacity);
    assert_non_null (found);
    assert_int_equal (found->n_weeks, 1);
    return *found->weeks [0];
}

static void
test_g6_a_week_is_the_hours_of_everybody_less_absences_and_what_is_booked (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    propose (tx, "v1", TUESDAY_AT, TUESDAY_AT + 3 * HOUR);
    run (tx, record_absence (.absence_id = "a1", .engineer_id = "bo", .from_at = TUESDAY_AT,
        .to_at = TUESDAY_AT + DAY));
    capacity_week_t week = s_week (tx, "2026-06-10");
    assert_string_equal (week.week_on, "2026-06-08");
    assert_int_equal (week.open_minutes, (45 + 36) * 60);
    assert_int_equal (week.booked_minutes, 3 * 60);
    assert_int_equal (week.free_minutes, (45 + 36 - 3) * 60);
    assert_int_equal (week.n_engineers, 2);
    assert_string_equal (week.engineers [0]->engineer_id, "anna");
    assert_int_equal (week.engineers [0]->booked_minutes, 3 * 60);
    tx_fake_destroy (&tx);
}

static void
test_g6_of_this_week_only_what_is_still_to_come_counts (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    tx_fake_now (tx, TUESDAY_AT + 4 * HOUR);            /* Tuesday noon */
    assert_int_equal (s_week (tx, "").open_minutes, 2 * (5 + 27) * 60);
    assert_int_equal (s_week (tx, "2026-06-01").open_minutes, 0);
    tx_fake_destroy (&tx);
}

static void
test_g6_who_has_nine_tenths_booked_is_overloaded (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    for (int day = 0; day < 5; day++) {
        char id [8];
        snprintf (id, sizeof id, "v%d", day);
        propose (tx, id, MONDAY_AT + day * DAY, MONDAY_AT + day * DAY + 8 * HOUR + 6 * MINUTE);
        assert_int_equal (s_week (tx, "").engineers [0]->overloaded, day == 4);
    }
    assert_false (s_week (tx, "").overloaded);
    run (tx, get_capacity (.engineer_id = "anna"));
    assert_true (answer (tx, capacity)->weeks [0]->overloaded);
    tx_fake_destroy (&tx);
}

static void
test_g6_a_territory_publishes_its_capacity_each_midnight (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    territory_details_t details = { .base = territory_details_init, .name = "North", .time_zone = "UTC" };
    run (tx, territory_published (.territory_id = "north", .details = &details));
    tx_fake_advance (tx, TUESDAY_AT - 8 * HOUR);
    const capacity_published_t *said = emitted (tx, capacity_published);
    assert_int_equal (said->n_weeks, 4);
    assert_string_equal (said->weeks [1]->week_on, "2026-06-15");
    assert_int_equal (said->weeks [1]->open_minutes, 90 * 60);
    assert_int_equal (said->weeks [1]->n_engineers, 0);
    assert_int_equal (tx_fake_advance (tx, TUESDAY_AT + 16 * HOUR), 1);
    tx_fake_destroy (&tx);
}

static void
s_hold (tx_t *tx, const char *slot_id, const char *order_id, int64_t from_at, int64_t hours)
{
    run (tx, hold_slot (.slot_id = (char *) slot_id, .work_order_id = (char *) order_id, .engineer_id = "anna",
        .starts_at = from_at, .ends_at = from_at + hours * HOUR, .hold_ms = DAY));
}

static void
test_x27_times_for_other_work_leave_what_a_week_keeps_for_one_type (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    /* 90 hours are open, 81 of them are for maintenance: nine are left for the rest */
    run (tx, publish_capacity_quota (.territory_id = "north", .type = REQUEST_TYPE_MAINTENANCE, .percent = 90));
    assert_int_equal (emitted (tx, capacity_quota_published)->percent, 90);
    s_hold (tx, "s1", "w1", MONDAY_AT, 8);
    assert_accepted (tx);
    s_hold (tx, "s2", "w1", TUESDAY_AT, 2);
    assert_rejected (tx, "slot.quota");
    assert_non_null (strstr (tx_fake_message (tx), "2026-06-08"));
    s_hold (tx, "s3", "w2", TUESDAY_AT, 2);
    assert_accepted (tx);
    s_hold (tx, "s4", "w1", TUESDAY_AT + 7 * DAY, 2);
    assert_accepted (tx);
    tx_fake_destroy (&tx);
}

static void
test_x27_what_is_booked_of_the_type_itself_is_not_kept_twice (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    run (tx, publish_capacity_quota (.territory_id = "north", .type = REQUEST_TYPE_MAINTENANCE, .percent = 90));
    s_hold (tx, "s1", "w2", MONDAY_AT, 9);
    s_hold (tx, "s2", "w1", TUESDAY_AT, 9);         /* 81 - 9 are kept, 9 + 9 are booked */
    assert_accepted (tx);
    s_hold (tx, "s3", "w1", TUESDAY_AT + DAY, 1);
    assert_rejected (tx, "slot.quota");
    run (tx, publish_capacity_quota (.territory_id = "north", .type = REQUEST_TYPE_MAINTENANCE, .percent = 0));
    s_hold (tx, "s3", "w1", TUESDAY_AT + DAY, 1);
    assert_accepted (tx);
    tx_fake_destroy (&tx);
}

static void
test_x27_no_more_than_all_hours_can_be_kept (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    run (tx, publish_capacity_quota (.territory_id = "north", .type = REQUEST_TYPE_MAINTENANCE, .percent = 60));
    run (tx, publish_capacity_quota (.territory_id = "north", .type = REQUEST_TYPE_REPAIR, .percent = 41));
    assert_rejected (tx, "percent.too_much");
    run (tx, publish_capacity_quota (.territory_id = "south", .type = REQUEST_TYPE_REPAIR, .percent = 10));
    assert_rejected (tx, "territory.unknown");
    tx_fake_destroy (&tx);
}

static void
test_g6_everybodys_hours_cost_a_few_round_trips_however_many_they_are (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_week (tx, "");
    int few = tx_fake_passes (tx);
    for (int i = 0; i < 50; i++) {
        char id [16];
        snprintf (id, sizeof id, "e%d", i);
        given (tx, engineer, { .id = id, .territory_id = "north" });
        given (tx, shift, { .id = id, .calendar_id = "office" });
    }
    s_week (tx, "");
    assert_int_equal (tx_fake_passes (tx), few);
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_g6_a_week_is_the_hours_of_everybody_less_absences_and_what_is_booked),
        cmocka_unit_test (test_g6_of_this_week_only_what_is_still_to_come_counts),
        cmocka_unit_test (test_g6_who_has_nine_tenths_booked_is_overloaded),
        cmocka_unit_test (test_g6_a_territory_publishes_its_capacity_each_midnight),
        cmocka_unit_test (test_g6_everybodys_hours_cost_a_few_round_trips_however_many_they_are),
        cmocka_unit_test (test_x27_times_for_other_work_leave_what_a_week_keeps_for_one_type),
        cmocka_unit_test (test_x27_what_is_booked_of_the_type_itself_is_not_kept_twice),
        cmocka_unit_test (test_x27_no_more_than_all_hours_can_be_kept),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
