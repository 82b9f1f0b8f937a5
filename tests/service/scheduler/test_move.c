/* Visits that move: their old time gives way to the new one, and comes back when nothing comes of it (X5). */
#include "world.h"

#define NINE    (MONDAY_AT + HOUR)
#define TEN     (MONDAY_AT + 2 * HOUR)
#define ELEVEN  (MONDAY_AT + 3 * HOUR)
#define TWELVE  (MONDAY_AT + 4 * HOUR)

static void
s_propose_instead (tx_t *tx, const char *id, const char *old_id, int64_t from_at, int64_t to_at)
{
    run (tx, visit_proposed (.visit_id = (char *) id, .engineer_id = "anna", .starts_at = from_at, .ends_at = to_at,
        .replaces_visit_id = (char *) old_id));
}

static void
test_x5_a_visit_that_moves_a_little_is_not_in_its_own_way (void **state)
{
    (void) state;
    tx_t *tx = world ();
    propose (tx, "v1", NINE, TEN);
    accept_proposed (tx, "v1");
    s_propose_instead (tx, "v2", "v1", NINE + MINUTE, TEN + MINUTE);
    assert_string_equal (emitted (tx, booking_held)->booking_id, "v2");
    assert_string_equal (stored (tx, booking, "v1")->open_resource_id, "");
    run (tx, visit_accepted (.visit_id = "v2", .engineer_id = "anna"));
    run (tx, visit_ended (.visit_id = "v1", .engineer_id = "anna", .state = VISIT_STATE_CANCELLED, .reason = "moved"));
    assert_int_equal (stored (tx, booking, "v2")->state, BOOKING_CONFIRMED);
    run (tx, visit_ended (.visit_id = "v2", .engineer_id = "anna", .state = VISIT_STATE_CANCELLED, .reason = "ill"));
    assert_string_equal (stored (tx, booking, "v1")->open_resource_id, "");
    tx_fake_destroy (&tx);
}

static void
test_x5_a_move_that_is_refused_or_given_up_leaves_the_time_as_it_was (void **state)
{
    (void) state;
    tx_t *tx = world ();
    propose (tx, "v1", NINE, TEN);
    accept_proposed (tx, "v1");
    propose (tx, "v3", TEN + MINUTE, ELEVEN);
    s_propose_instead (tx, "v2", "v1", TEN, ELEVEN);
    assert_string_equal (emitted (tx, booking_refused)->booking_id, "v2");
    assert_int_equal (stored (tx, booking, "v1")->state, BOOKING_CONFIRMED);
    s_propose_instead (tx, "v4", "v1", NINE + MINUTE, TEN + MINUTE);
    assert_non_null (emitted (tx, booking_held));
    run (tx, visit_ended (.visit_id = "v4", .engineer_id = "anna", .state = VISIT_STATE_LOST, .reason = "set out"));
    assert_int_equal (stored (tx, booking, "v1")->state, BOOKING_CONFIRMED);
    assert_string_equal (stored (tx, booking, "v1")->open_resource_id, "anna");
    tx_fake_destroy (&tx);
}

/* a: the visit in whose place b has that time, and so on; the hours are anna's. */
static void
s_swap (tx_t *tx, int64_t a_at, int64_t b_at)
{
    visit_proposed_t a = { .base = visit_proposed_init, .visit_id = "a2", .work_order_id = "wa", .engineer_id = "anna",
        .starts_at = a_at, .ends_at = a_at + HOUR, .replaces_visit_id = "a" };
    visit_proposed_t b = { .base = visit_proposed_init, .visit_id = "b2", .work_order_id = "wb", .engineer_id = "anna",
        .starts_at = b_at, .ends_at = b_at + HOUR, .replaces_visit_id = "b" };
    visit_proposed_t *visits [] = { &a, &b };
    run (tx, moves_proposed (.replan_id = "p", .n_visits = 2, .visits = visits));
}

static void
s_two (tx_t *tx)
{
    propose (tx, "a", NINE, TEN);
    accept_proposed (tx, "a");
    propose (tx, "b", TEN, ELEVEN);
    accept_proposed (tx, "b");
}

static void
test_x5_two_visits_that_take_each_others_time_are_both_held_or_neither (void **state)
{
    (void) state;
    tx_t *tx = world ();
    s_two (tx);
    s_swap (tx, TEN, NINE);
    assert_int_equal (emitted_count (tx, booking_held), 2);
    assert_int_equal (emitted_count (tx, booking_refused), 0);
    assert_int_equal (stored (tx, booking, "a")->state, BOOKING_RELEASED);
    assert_int_equal (stored (tx, booking, "a2")->starts_at, TEN);
    assert_int_equal (stored (tx, booking, "b2")->starts_at, NINE);
    s_swap (tx, TEN, NINE);                                 /* said again after a replay */
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    run (tx, visit_accepted (.visit_id = "a2", .engineer_id = "anna"));
    run (tx, visit_ended (.visit_id = "a", .engineer_id = "anna", .state = VISIT_STATE_CANCELLED));
    assert_int_equal (stored (tx, booking, "a2")->state, BOOKING_CONFIRMED);
    assert_int_equal (stored (tx, booking, "a")->state, BOOKING_RELEASED);
    tx_fake_destroy (&tx);
}

static void
test_x5_one_of_them_that_can_not_be_had_leaves_both_as_they_were (void **state)
{
    (void) state;
    for (int which = 0; which < 2; which++) {
        tx_t *tx = world ();
        s_two (tx);
        propose (tx, "c", ELEVEN, TWELVE);
        s_swap (tx, which ? ELEVEN : TEN, which ? NINE : ELEVEN);
        assert_int_equal (emitted_count (tx, booking_held), 0);
        assert_int_equal (emitted_count (tx, booking_refused), 2);
        const char *visits [] = { "a", "b" };
        for (int i = 0; i < 2; i++) {
            assert_int_equal (stored (tx, booking, visits [i])->state, BOOKING_CONFIRMED);
            assert_string_equal (stored (tx, booking, visits [i])->open_resource_id, "anna");
        }
        assert_int_equal (stored (tx, booking, "a2")->state, BOOKING_REFUSED);
        assert_int_equal (stored (tx, booking, "b2")->state, BOOKING_REFUSED);
        assert_string_equal (stored (tx, booking, "a2")->open_resource_id, "");
        tx_fake_destroy (&tx);
    }
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_x5_a_visit_that_moves_a_little_is_not_in_its_own_way),
        cmocka_unit_test (test_x5_a_move_that_is_refused_or_given_up_leaves_the_time_as_it_was),
        cmocka_unit_test (test_x5_two_visits_that_take_each_others_time_are_both_held_or_neither),
        cmocka_unit_test (test_x5_one_of_them_that_can_not_be_had_leaves_both_as_they_were),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
