/* test_attempt - what follows from each way in which an attempt can end (O6, I10). */
#include "house.h"

static sent_t
s_first (tx_t *tx)
{
    house_request (tx, 3);
    house_visit_accepted (tx);
    return house_sent (tx);
}

/* Fails attempt after attempt, each time waiting for the next one; the instants between are in
 * *ret_waits_ms. */
static sent_t
s_fail_times (tx_t *tx, sent_t sent, delivery_outcome_t outcome, int times, int64_t ret_waits_ms [])
{
    for (int i = 0; i < times; i++) {
        house_done (tx, sent.attempt, outcome);
        int64_t due_at = tx_fake_timer (tx, "message_due", sent.message);
        assert_true (due_at > 0);
        int64_t before_at = stored (tx, attempt, sent.attempt)->ended_at;
        ret_waits_ms [i] = due_at - before_at;
        tx_fake_advance (tx, due_at);
        sent = house_sent (tx);
    }
    return sent;
}

static void
test_i10_an_attempt_is_a_row_before_it_is_made (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    sent_t sent = s_first (tx);
    const attempt_t *attempt = stored (tx, attempt, sent.attempt);
    assert_non_null (attempt);
    assert_int_equal (attempt->outcome, DELIVERY_OUTCOME_UNSPECIFIED);
    assert_int_equal (attempt->channel, CHANNEL_EMAIL);
    assert_string_equal (attempt->message_id, sent.message);
    assert_int_equal (attempt->began_at, NOW);
    assert_int_equal (stored (tx, message, sent.message)->state, MESSAGE_STATE_SENDING);
    tx_fake_destroy (&tx);
}

static void
test_o3_a_mail_that_was_taken_is_sent_and_nothing_more_happens (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    sent_t sent = s_first (tx);
    house_done (tx, sent.attempt, DELIVERY_OUTCOME_SENT);
    assert_string_equal (emitted (tx, message_sent)->message_id, sent.message);
    assert_int_equal (emitted (tx, message_sent)->channel, CHANNEL_EMAIL);
    assert_int_equal (emitted (tx, message_sent)->attempt, 1);
    assert_int_equal (tx_fake_advance (tx, NOW + 100 * HOUR), 0);
    house_done (tx, sent.attempt, DELIVERY_OUTCOME_SENT);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    tx_fake_destroy (&tx);
}

static void
test_retries_wait_longer_each_time_with_some_chance_in_it (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    int64_t waits_ms [3];
    s_fail_times (tx, s_first (tx), DELIVERY_OUTCOME_NOT_NOW, 3, waits_ms);
    for (int i = 0; i < 3; i++) {
        int64_t whole_ms = (30 * 1000) << i;
        assert_in_range (waits_ms [i], whole_ms / 2, whole_ms);
    }
    assert_int_not_equal (waits_ms [1], 2 * waits_ms [0]);
    tx_fake_destroy (&tx);
}

static void
test_a_receiver_that_asks_for_patience_gets_it (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    sent_t sent = s_first (tx);
    run (tx,
        delivery_done (.attempt_id = sent.attempt, .outcome = DELIVERY_OUTCOME_NOT_NOW,
            .retry_after_ms = 10 * MINUTE));
    assert_int_equal (tx_fake_timer (tx, "message_due", sent.message), NOW + 10 * MINUTE);
    tx_fake_destroy (&tx);
}

static void
test_o6_when_a_channel_keeps_failing_the_next_is_tried_and_only_one_succeeds (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    int64_t waits_ms [3];
    sent_t sent = s_fail_times (tx, s_first (tx), DELIVERY_OUTCOME_NOT_NOW, 3, waits_ms);
    house_done (tx, sent.attempt, DELIVERY_OUTCOME_NOT_NOW);
    assert_int_equal (emitted (tx, message_fell_back)->from_channel, CHANNEL_EMAIL);
    assert_int_equal (emitted (tx, message_fell_back)->to_channel, CHANNEL_SMS);
    assert_string_equal (emitted (tx, message_fell_back)->error, "test");
    assert_string_equal (effect (tx, perform_delivery)->address, "+84902");
    sent = house_sent (tx);
    house_done (tx, sent.attempt, DELIVERY_OUTCOME_SENT);
    assert_int_equal (emitted (tx, message_sent)->channel, CHANNEL_SMS);
    assert_int_equal (emitted (tx, message_sent)->attempt, 5);
    assert_int_equal (tx_fake_advance (tx, NOW + 100 * HOUR), 0);
    tx_fake_destroy (&tx);
}

static void
test_o6_an_address_that_is_refused_is_not_tried_again_but_the_next_channel_is (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    sent_t sent = s_first (tx);
    house_done (tx, sent.attempt, DELIVERY_OUTCOME_REFUSED);
    assert_int_equal (emitted_count (tx, message_fell_back), 1);
    sent = house_sent (tx);
    house_done (tx, sent.attempt, DELIVERY_OUTCOME_REFUSED);
    assert_int_equal (emitted (tx, message_failed)->channel, CHANNEL_SMS);
    assert_int_equal (emitted (tx, message_failed)->attempts, 2);
    assert_false (emitted (tx, message_failed)->unknown);
    assert_int_equal (tx_fake_advance (tx, NOW + 100 * HOUR), 0);
    tx_fake_destroy (&tx);
}

static void
test_i10_a_mail_whose_outcome_a_crash_lost_is_unknown_and_sent_again_under_its_id (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    sent_t first = s_first (tx);
    tx_fake_advance (tx, NOW + 2 * MINUTE);
    assert_int_equal (stored (tx, attempt, first.attempt)->outcome, DELIVERY_OUTCOME_UNKNOWN);
    assert_true (stored (tx, message, first.message)->doubtful);
    tx_fake_advance (tx, tx_fake_timer (tx, "message_due", first.message));
    sent_t second = house_sent (tx);
    assert_string_equal (second.message, first.message);
    assert_string_not_equal (second.attempt, first.attempt);
    house_done (tx, second.attempt, DELIVERY_OUTCOME_SENT);
    assert_int_equal (emitted_count (tx, message_sent), 1);
    tx_fake_destroy (&tx);
}

static void
test_o6_after_an_attempt_that_may_have_arrived_no_other_channel_is_tried (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    int64_t waits_ms [9];
    sent_t sent = s_fail_times (tx, s_first (tx), DELIVERY_OUTCOME_UNKNOWN, 9, waits_ms);
    house_done (tx, sent.attempt, DELIVERY_OUTCOME_NOT_NOW);
    assert_int_equal (emitted_count (tx, message_fell_back), 0);
    assert_true (emitted (tx, message_failed)->unknown);
    assert_int_equal (emitted (tx, message_failed)->channel, CHANNEL_EMAIL);
    assert_int_equal (emitted (tx, message_failed)->attempts, 10);
    tx_fake_destroy (&tx);
}

static sent_t
s_by_text_message (tx_t *tx)
{
    house_contact (tx, "lan", "s1", LANGUAGE_VI, "", "+84902");
    sent_t sent = s_first (tx);
    assert_int_equal (effect (tx, perform_delivery)->channel, CHANNEL_SMS);
    return sent;
}

static void
test_i10_a_text_message_whose_outcome_is_unknown_is_never_sent_twice (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    sent_t sent = s_by_text_message (tx);
    tx_fake_advance (tx, NOW + 2 * MINUTE);
    assert_true (emitted (tx, message_failed)->unknown);
    assert_string_equal (emitted (tx, message_failed)->message_id, sent.message);
    assert_int_equal (tx_fake_advance (tx, NOW + 100 * HOUR), 0);
    assert_null (effect (tx, perform_delivery));
    tx_fake_destroy (&tx);
}

static void
test_a_text_message_that_was_surely_not_taken_is_tried_again (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    sent_t sent = s_by_text_message (tx);
    house_done (tx, sent.attempt, DELIVERY_OUTCOME_NOT_NOW);
    assert_int_equal (emitted_count (tx, message_failed), 0);
    assert_true (tx_fake_timer (tx, "message_due", sent.message) > 0);
    tx_fake_destroy (&tx);
}

static void
test_a_success_that_is_heard_of_late_ends_the_retries (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    sent_t sent = s_first (tx);
    tx_fake_advance (tx, NOW + 2 * MINUTE);
    assert_true (tx_fake_timer (tx, "message_due", sent.message) > 0);
    house_done (tx, sent.attempt, DELIVERY_OUTCOME_SENT);
    assert_int_equal (emitted_count (tx, message_sent), 1);
    assert_int_equal (tx_fake_timer (tx, "message_due", sent.message), 0);
    assert_int_equal (stored (tx, attempt, sent.attempt)->outcome, DELIVERY_OUTCOME_SENT);
    tx_fake_destroy (&tx);
}

static void
test_an_attempt_that_its_performer_came_to_too_late_does_not_count (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    int64_t waits_ms [20];
    sent_t sent = s_fail_times (tx, s_first (tx), DELIVERY_OUTCOME_NOT_BEGUN, 20, waits_ms);
    assert_int_equal (stored (tx, message, sent.message)->route_attempts, 1);
    assert_false (stored (tx, message, sent.message)->doubtful);
    tx_fake_destroy (&tx);
}

static void
test_an_urgent_message_changes_its_channel_sooner (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    house_request (tx, 1);
    house_visit_accepted (tx);
    assert_true (emitted (tx, message_queued)->urgent);
    int64_t waits_ms [1];
    sent_t sent = s_fail_times (tx, house_sent (tx), DELIVERY_OUTCOME_NOT_NOW, 1, waits_ms);
    house_done (tx, sent.attempt, DELIVERY_OUTCOME_NOT_NOW);
    assert_int_equal (emitted_count (tx, message_fell_back), 1);
    tx_fake_destroy (&tx);
}

static void
test_a_person_can_have_a_failed_message_tried_again_and_no_other (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    sent_t sent = s_by_text_message (tx);
    run (tx, retry_message (.message_id = sent.message));
    assert_rejected (tx, "message.not_failed");
    run (tx, retry_message (.message_id = "nothing"));
    assert_rejected (tx, "message.unknown");
    house_done (tx, sent.attempt, DELIVERY_OUTCOME_UNKNOWN);
    assert_true (emitted (tx, message_failed)->unknown);
    run (tx, retry_message (.message_id = sent.message));
    assert_accepted (tx);
    assert_int_equal (effect (tx, perform_delivery)->channel, CHANNEL_SMS);
    assert_int_equal (stored (tx, message, sent.message)->retries, 1);
    tx_fake_destroy (&tx);
}

static void
test_an_outcome_of_an_attempt_that_nobody_began_is_a_dead_letter (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    house_done (tx, "m1:1", DELIVERY_OUTCOME_SENT);
    assert_dead (tx, "never begun");
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_i10_an_attempt_is_a_row_before_it_is_made),
        cmocka_unit_test (test_o3_a_mail_that_was_taken_is_sent_and_nothing_more_happens),
        cmocka_unit_test (test_retries_wait_longer_each_time_with_some_chance_in_it),
        cmocka_unit_test (test_a_receiver_that_asks_for_patience_gets_it),
        cmocka_unit_test (
            test_o6_when_a_channel_keeps_failing_the_next_is_tried_and_only_one_succeeds),
        cmocka_unit_test (
            test_o6_an_address_that_is_refused_is_not_tried_again_but_the_next_channel_is),
        cmocka_unit_test (
            test_i10_a_mail_whose_outcome_a_crash_lost_is_unknown_and_sent_again_under_its_id),
        cmocka_unit_test (test_o6_after_an_attempt_that_may_have_arrived_no_other_channel_is_tried),
        cmocka_unit_test (test_i10_a_text_message_whose_outcome_is_unknown_is_never_sent_twice),
        cmocka_unit_test (test_a_text_message_that_was_surely_not_taken_is_tried_again),
        cmocka_unit_test (test_a_success_that_is_heard_of_late_ends_the_retries),
        cmocka_unit_test (test_an_attempt_that_its_performer_came_to_too_late_does_not_count),
        cmocka_unit_test (test_an_urgent_message_changes_its_channel_sooner),
        cmocka_unit_test (test_a_person_can_have_a_failed_message_tried_again_and_no_other),
        cmocka_unit_test (test_an_outcome_of_an_attempt_that_nobody_began_is_a_dead_letter),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
