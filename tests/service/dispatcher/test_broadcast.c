/* Several engineers are asked at once, and the first who accepts goes. */
#include "world.h"

enum { MANY = 64 };

/* So many are asked at once of those there are; their visits, best first. */
static char *
s_ask (tx_t *tx, int at_once, int engineers, char ret_visits [MANY] [64])
{
    static char order [64];
    dispatch_policy_details_t details = policy_defaults;
    details.broadcast_count = at_once;
    run (tx, publish_dispatch_policy (.policy_id = "broadcast", .details = &details));
    for (int i = 0; i < engineers; i++) {
        char id [16];
        snprintf (id, sizeof id, "e%02d", i);
        engineer_is (tx, id, 1 + i * 0.1, "gas", 2);
    }
    ready_is (tx, order_is (tx, "r1", order));
    for (int i = 0; i < emitted_count (tx, visit_proposed); i++)
        snprintf (ret_visits [i], 64, "%s", emitted_nth (tx, visit_proposed, i)->visit_id);
    return order;
}

static void
test_x30_the_best_are_asked_at_once_each_with_a_booking_of_his_own (void **state)
{
    tx_t *tx = *state;
    char visits [MANY] [64];
    char *order = s_ask (tx, 3, 5, visits);
    assert_int_equal (emitted_count (tx, visit_proposed), 3);
    assert_int_equal (emitted_count (tx, dispatch_decided), 1);
    const dispatch_decided_t *decided = emitted (tx, dispatch_decided);
    assert_int_equal (decided->n_offers, 3);
    const char *engineers [] = { "e00", "e01", "e02" };
    for (int i = 0; i < 3; i++) {
        assert_string_equal (decided->offers [i]->visit_id, visits [i]);
        assert_string_equal (decided->offers [i]->engineer_id, engineers [i]);
    }
    assert_string_equal (decided->winner_id, "e00");
    assert_true (decision_holds (decided));
    for (int i = 0; i < 3; i++)
        booking_is_held (tx, visits [i]);
    assert_int_equal (stored (tx, work_order, order)->offers, 1);
    run (tx, get_decision (.visit_id = visits [2]));
    assert_string_equal (answer (tx, dispatch_decided)->visit_id, visits [0]);
}

static void
test_x30_the_first_who_accepts_goes_and_the_others_are_told (void **state)
{
    tx_t *tx = *state;
    char visits [MANY] [64];
    char *order = s_ask (tx, 3, 3, visits);
    booking_is_held (tx, visits [0]);
    booking_is_held (tx, visits [1]);           /* the third has not been asked yet */
    run (tx, accept_visit (.visit_id = visits [1], .engineer_id = "e01"));
    assert_accepted (tx);
    assert_int_equal (emitted_count (tx, visit_accepted), 1);
    assert_int_equal (emitted_count (tx, visit_offer_lost), 1);
    assert_string_equal (emitted (tx, visit_offer_lost)->engineer_id, "e00");
    assert_string_equal (emitted (tx, visit_offer_lost)->won_by_visit_id, visits [1]);
    assert_int_equal (emitted_count (tx, visit_ended), 2);
    for (int i = 0; i < 2; i++)
        assert_int_equal (emitted_nth (tx, visit_ended, i)->state, VISIT_STATE_LOST);
    assert_string_equal (stored (tx, work_order, order)->open_visit_id, visits [1]);
    assert_int_equal (tx_fake_timer (tx, "offer_expires", visits [0]), 0);
    const diary_t *diary = stored (tx, diary, "e00");
    assert_int_equal (diary->entries.size, 0);
    run (tx, accept_visit (.visit_id = visits [0], .engineer_id = "e00"));
    assert_rejected (tx, "visit.not_offered");
    assert_non_null (strstr (tx_fake_message (tx), "another engineer has accepted it"));
    run (tx, booking_held (.booking_id = visits [2]));
    assert_null (emitted (tx, visit_offered));
}

static void
test_x30_all_who_accept_in_the_same_turn_make_one_assignment (void **state)
{
    tx_t *tx = *state;
    char visits [MANY] [64];
    s_ask (tx, MANY, MANY, visits);
    accept_visit_t answers [MANY];
    const ProtobufCMessage *batch [MANY];
    for (int i = 0; i < MANY; i++)
        booking_is_held (tx, visits [i]);
    for (int i = 0; i < MANY; i++) {
        answers [i] = *PART (accept_visit, .visit_id = visits [MANY - 1 - i]);
        batch [i] = &answers [i].base;
    }
    tx_fake_run_all (tx, batch, MANY);
    assert_int_equal (emitted_count (tx, visit_accepted), 1);
    assert_int_equal (emitted_count (tx, visit_offer_lost), MANY - 1);
}

static void
test_x30_who_rejects_leaves_it_to_the_others_and_the_last_one_to_the_next (void **state)
{
    tx_t *tx = *state;
    char visits [MANY] [64];
    char *order = s_ask (tx, 2, 3, visits);
    booking_is_held (tx, visits [0]);
    booking_is_held (tx, visits [1]);
    run (tx, reject_visit (.visit_id = visits [0], .engineer_id = "e00", .reason = "no"));
    assert_null (emitted (tx, visit_proposed));
    assert_string_equal (stored (tx, work_order, order)->open_visit_id, visits [1]);
    tx_fake_advance (tx, NOW + 15 * MINUTE);
    assert_int_equal (emitted (tx, visit_ended)->state, VISIT_STATE_EXPIRED);
    assert_int_equal (emitted_count (tx, visit_proposed), 1);
    assert_string_equal (emitted (tx, visit_proposed)->engineer_id, "e02");
}

static void
test_x30_what_the_scheduler_refuses_is_not_offered_and_the_others_stand (void **state)
{
    tx_t *tx = *state;
    char visits [MANY] [64];
    char *order = s_ask (tx, 2, 2, visits);
    run (tx, booking_refused (.booking_id = visits [0], .code = "overlap"));
    assert_null (emitted (tx, visit_proposed));
    booking_is_held (tx, visits [1]);
    run (tx, accept_visit (.visit_id = visits [1]));
    assert_accepted (tx);
    assert_int_equal (stored (tx, work_order, order)->state, WORK_ORDER_STATE_SCHEDULED);
}

static void
test_x30_a_cancelled_order_ends_all_its_offers (void **state)
{
    tx_t *tx = *state;
    char visits [MANY] [64];
    char *order = s_ask (tx, 3, 3, visits);
    booking_is_held (tx, visits [0]);
    run (tx, cancel_work_order (.work_order_id = order, .reason = "sold"));
    assert_accepted (tx);
    assert_int_equal (emitted_count (tx, visit_ended), 3);
    assert_string_equal (stored (tx, work_order, order)->open_visit_id, "");
    assert_int_equal (stored (tx, work_order, order)->state, WORK_ORDER_STATE_CANCELLED);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_x30_the_best_are_asked_at_once_each_with_a_booking_of_his_own),
        TEST (test_x30_the_first_who_accepts_goes_and_the_others_are_told),
        TEST (test_x30_all_who_accept_in_the_same_turn_make_one_assignment),
        TEST (test_x30_who_rejects_leaves_it_to_the_others_and_the_last_one_to_the_next),
        TEST (test_x30_what_the_scheduler_refuses_is_not_offered_and_the_others_stand),
        TEST (test_x30_a_cancelled_order_ends_all_its_offers),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
