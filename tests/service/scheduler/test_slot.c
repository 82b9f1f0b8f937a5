/* Times that are kept for customers (X6). */
#include "world.h"
#include <stdlib.h>

#define NINE    (MONDAY_AT + HOUR)
#define TEN     (MONDAY_AT + 2 * HOUR)

static tx_t *
s_world (void)
{
    tx_t *tx = world ();
    given (tx, customer, { .id = "acme", .has_phone = true });
    given (tx, site, { .id = "s1", .has_location = true });
    run (tx, work_order_created (.work_order_id = "w1", .customer_id = "acme", .site_id = "s1"));
    run (tx, work_order_created (.work_order_id = "w2", .customer_id = "acme", .site_id = "s1"));
    return tx;
}

static void
s_hold (tx_t *tx, const char *slot_id, const char *order_id, int64_t from_at)
{
    run (tx, hold_slot (.slot_id = (char *) slot_id, .work_order_id = (char *) order_id, .engineer_id = "anna",
        .starts_at = from_at, .work_starts_at = from_at + 10 * MINUTE, .ends_at = from_at + HOUR,
        .window_from_at = MONDAY_AT, .window_to_at = MONDAY_AT + 4 * HOUR));
}

static void
s_propose (tx_t *tx, const char *visit_id, const char *order_id, int64_t from_at)
{
    run (tx, visit_proposed (.visit_id = (char *) visit_id, .work_order_id = (char *) order_id, .engineer_id = "anna",
        .starts_at = from_at, .ends_at = from_at + HOUR));
}

static void
test_x6_a_held_slot_takes_the_time_and_says_until_when (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_hold (tx, "s-1", "w1", NINE);
    assert_accepted (tx);
    assert_int_equal (emitted (tx, slot_held)->hold_until_at, MONDAY_AT + 15 * MINUTE);
    s_propose (tx, "v2", "w2", NINE);
    assert_string_equal (emitted (tx, booking_refused)->code, "overlap");
    s_hold (tx, "s-2", "w2", NINE + 30 * MINUTE);
    assert_rejected (tx, "slot.overlap");
    assert_non_null (strstr (tx_fake_message (tx), "s-1"));
    tx_fake_destroy (&tx);
}

static void
test_x6_a_slot_that_nobody_confirms_expires_frees_its_time_and_says_so (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_hold (tx, "s-1", "w1", NINE);
    tx_fake_advance (tx, MONDAY_AT + 15 * MINUTE);
    assert_string_equal (emitted (tx, slot_expired)->slot_id, "s-1");
    s_hold (tx, "s-2", "w2", NINE);
    assert_accepted (tx);
    run (tx, confirm_appointment (.slot_id = "s-1"));
    assert_rejected (tx, "slot.over");
    tx_fake_destroy (&tx);
}

static void
test_x6_a_confirmed_appointment_does_not_expire_and_lets_the_others_go (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_hold (tx, "s-1", "w1", NINE);
    s_hold (tx, "s-2", "w1", TEN);
    run (tx, confirm_appointment (.slot_id = "s-2"));
    assert_string_equal (emitted (tx, slot_released)->slot_id, "s-1");
    assert_string_equal (emitted (tx, appointment_confirmed)->work_order_id, "w1");
    assert_int_equal (emitted (tx, appointment_confirmed)->window_to_at, MONDAY_AT + 4 * HOUR);
    run (tx, confirm_appointment (.slot_id = "s-2"));
    assert_accepted (tx);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    tx_fake_advance (tx, TEN);
    assert_int_equal (stored (tx, slot, "s-2")->state, SLOT_CONFIRMED);
    s_hold (tx, "s-3", "w2", TEN);
    assert_rejected (tx, "slot.overlap");
    tx_fake_destroy (&tx);
}

static void
test_x6_the_visit_of_its_order_takes_the_slots_place (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_hold (tx, "s-1", "w1", NINE);
    run (tx, confirm_appointment (.slot_id = "s-1"));
    s_propose (tx, "v1", "w1", NINE + 10 * MINUTE);
    assert_non_null (emitted (tx, booking_held));
    assert_string_equal (emitted (tx, slot_released)->slot_id, "s-1");
    s_propose (tx, "v2", "w2", NINE - 50 * MINUTE);
    assert_non_null (emitted (tx, booking_held));
    tx_fake_destroy (&tx);
}

static void
test_x6_a_visit_that_is_refused_leaves_the_slot_as_it_was (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_hold (tx, "s-1", "w1", NINE);
    s_propose (tx, "v1", "w1", MONDAY_AT - HOUR);
    assert_string_equal (emitted (tx, booking_refused)->code, "off_shift");
    assert_int_equal (stored (tx, booking, "s-1")->state, BOOKING_HELD);
    s_propose (tx, "v2", "w2", NINE);
    assert_string_equal (emitted (tx, booking_refused)->code, "overlap");
    tx_fake_destroy (&tx);
}

static void
test_x6_a_slot_without_an_order_is_given_one_with_the_appointment (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_hold (tx, "s-1", "", NINE);
    assert_accepted (tx);
    run (tx, confirm_appointment (.slot_id = "s-1"));
    assert_rejected (tx, "work_order_id.missing");
    run (tx, confirm_appointment (.slot_id = "s-1", .work_order_id = "w2"));
    assert_string_equal (emitted (tx, appointment_confirmed)->work_order_id, "w2");
    run (tx, confirm_appointment (.slot_id = "s-1", .work_order_id = "w1"));
    assert_rejected (tx, "slot.other_order");
    tx_fake_destroy (&tx);
}

static void
test_x6_an_absence_and_the_end_of_the_order_let_the_slot_go (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_hold (tx, "s-1", "w1", NINE);
    run (tx, record_absence (.absence_id = "a1", .engineer_id = "anna", .from_at = NINE, .to_at = NINE + MINUTE));
    assert_accepted (tx);
    assert_string_equal (emitted (tx, slot_released)->slot_id, "s-1");
    s_hold (tx, "s-2", "w1", TEN);
    run (tx, work_order_cancelled (.work_order_id = "w1"));
    assert_string_equal (emitted (tx, slot_released)->slot_id, "s-2");
    run (tx, release_slot (.slot_id = "s-2"));
    assert_rejected (tx, "slot.over");
    tx_fake_destroy (&tx);
}

static void
test_x6_of_64_who_want_the_same_slot_in_one_turn_exactly_one_gets_it (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    const ProtobufCMessage *all [64];
    char ids [64] [16];
    for (int i = 0; i < 64; i++) {
        snprintf (ids [i], sizeof ids [i], "s-%d", i);
        all [i] = &((hold_slot_t *) memcpy (malloc (sizeof (hold_slot_t)), hold_slot (.slot_id = ids [i],
            .engineer_id = "anna", .starts_at = NINE + i * MINUTE / 2, .ends_at = TEN), sizeof (hold_slot_t)))->base;
    }
    tx_fake_run_all (tx, all, 64);
    assert_int_equal (emitted_count (tx, slot_held), 1);
    assert_int_equal (stored_count (tx, slot), 1);
    assert_int_equal (stored_count (tx, booking), 1);
    for (int i = 0; i < 64; i++)
        free ((void *) all [i]);
    tx_fake_destroy (&tx);
}

static void
test_x6_what_makes_no_sense_is_refused_with_its_reason (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_hold (tx, "s-1", "nothing", NINE);
    assert_rejected (tx, "work_order.unknown");
    s_hold (tx, "s-1", "w1", MONDAY_AT - HOUR);
    assert_rejected (tx, "starts_at.invalid");
    run (tx, hold_slot (.slot_id = "s-1", .engineer_id = "anna", .starts_at = NINE, .work_starts_at = TEN,
        .ends_at = TEN));
    assert_rejected (tx, "work_starts_at.invalid");
    s_hold (tx, "s-1", "w1", MONDAY_AT + 10 * HOUR);
    assert_rejected (tx, "slot.off_shift");
    s_hold (tx, "s-1", "w1", NINE);
    s_hold (tx, "s-1", "w1", TEN);
    assert_rejected (tx, "slot.known");
    run (tx, confirm_appointment (.slot_id = "s-9"));
    assert_rejected (tx, "slot.unknown");
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_x6_a_held_slot_takes_the_time_and_says_until_when),
        cmocka_unit_test (test_x6_a_slot_that_nobody_confirms_expires_frees_its_time_and_says_so),
        cmocka_unit_test (test_x6_a_confirmed_appointment_does_not_expire_and_lets_the_others_go),
        cmocka_unit_test (test_x6_the_visit_of_its_order_takes_the_slots_place),
        cmocka_unit_test (test_x6_a_visit_that_is_refused_leaves_the_slot_as_it_was),
        cmocka_unit_test (test_x6_a_slot_without_an_order_is_given_one_with_the_appointment),
        cmocka_unit_test (test_x6_an_absence_and_the_end_of_the_order_let_the_slot_go),
        cmocka_unit_test (test_x6_of_64_who_want_the_same_slot_in_one_turn_exactly_one_gets_it),
        cmocka_unit_test (test_x6_what_makes_no_sense_is_refused_with_its_reason),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
