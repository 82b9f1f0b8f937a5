/* test_preference - how somebody wants to be told is what happens (O1, O6, S6). */
#include "house.h"

static void
test_o6_channels_are_taken_in_the_order_he_wants (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    channel_t channels [] = { CHANNEL_ZALO, CHANNEL_SMS, CHANNEL_EMAIL };
    run (tx, set_preference (.recipient_id = "lan", .n_channels = 3, .channels = channels));
    assert_accepted (tx);
    house_request (tx, 3);
    house_visit_accepted (tx);
    /* Zalo is not set up here, so it is no way at all. */
    assert_int_equal (emitted (tx, message_queued)->channel, CHANNEL_SMS);
    house_done (tx, house_sent (tx).attempt, DELIVERY_OUTCOME_REFUSED);
    assert_int_equal (emitted (tx, message_fell_back)->to_channel, CHANNEL_EMAIL);
    tx_fake_destroy (&tx);
}

static void
test_when_nothing_he_wants_can_be_gone_the_usual_ways_are_taken (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    run (tx,
        set_preference (.recipient_id = "lan", .n_channels = 1,
            .channels = (channel_t []) { CHANNEL_WECHAT }));
    house_request (tx, 3);
    house_visit_accepted (tx);
    assert_int_equal (emitted (tx, message_queued)->channel, CHANNEL_EMAIL);
    tx_fake_destroy (&tx);
}

static void
test_s6_the_language_and_address_he_set_come_before_those_others_know (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    run (tx,
        set_preference (.recipient_id = "lan", .language = LANGUAGE_EN,
            .email = "private@lan.example"));
    house_request (tx, 3);
    house_visit_accepted (tx);
    assert_string_equal (
        emitted (tx, message_queued)->subject, "Visit Tuesday, 9 June 2026, 09:00");
    assert_string_equal (emitted (tx, message_queued)->address, "private@lan.example");
    tx_fake_destroy (&tx);
}

static void
test_o1_a_muted_topic_tells_him_nothing_and_the_others_still_do (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    house_template (
        tx, service_request_accepted_descriptor.name, "customer", LANGUAGE_VI, "Nhận", "{{text}}");
    char *muted [] = { "fettle.dispatcher.v1.Visit" };
    run (tx, set_preference (.recipient_id = "lan", .n_muted_topics = 1, .muted_topics = muted));
    assert_accepted (tx);
    run (tx,
        service_request_accepted (.request_id = "r1", .customer_id = "c1", .site_id = "s1",
            .territory_id = "hanoi"));
    assert_int_equal (emitted_count (tx, message_queued), 1);
    house_request (tx, 3);
    house_visit_accepted (tx);
    assert_int_equal (emitted_count (tx, message_queued), 0);
    tx_fake_destroy (&tx);
}

static void
test_a_manager_has_preferences_too (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    run (tx, set_preference (.recipient_id = "manager:hanoi", .language = LANGUAGE_IT));
    assert_accepted (tx);
    tx_fake_destroy (&tx);
}

static void
test_preferences_that_make_no_sense_are_rejected_with_a_reason (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    run (tx, set_preference (.recipient_id = "nobody"));
    assert_rejected (tx, "recipient.unknown");
    run (tx,
        set_preference (.recipient_id = "lan", .n_channels = 1,
            .channels = (channel_t []) { CHANNEL_PHONE }));
    assert_rejected (tx, "channel.not_outgoing");
    run (tx,
        set_preference (.recipient_id = "lan", .n_channels = 2,
            .channels = (channel_t []) { CHANNEL_SMS, CHANNEL_SMS }));
    assert_rejected (tx, "channel.twice");
    run (tx, set_preference (.recipient_id = "lan", .quiet_from = "22:00", .quiet_to = "25:00"));
    assert_rejected (tx, "quiet_to.invalid");
    run (tx, set_preference (.recipient_id = "lan", .quiet_from = "22:00", .quiet_to = "22:00"));
    assert_rejected (tx, "quiet_hours.empty");
    run (tx, set_preference (.recipient_id = "lan", .time_zone = "Mars/Olympus"));
    assert_rejected (tx, "time_zone.invalid");
    run (tx, set_preference (.recipient_id = "lan", .email = "not an address"));
    assert_rejected (tx, "email.invalid");
    run (tx,
        set_preference (.recipient_id = "lan", .n_muted_topics = 1,
            .muted_topics = (char *[]) { "weather" }));
    assert_rejected (tx, "topic.unknown");
    assert_null (stored (tx, preference, "lan"));
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_o6_channels_are_taken_in_the_order_he_wants),
        cmocka_unit_test (test_when_nothing_he_wants_can_be_gone_the_usual_ways_are_taken),
        cmocka_unit_test (test_s6_the_language_and_address_he_set_come_before_those_others_know),
        cmocka_unit_test (test_o1_a_muted_topic_tells_him_nothing_and_the_others_still_do),
        cmocka_unit_test (test_a_manager_has_preferences_too),
        cmocka_unit_test (test_preferences_that_make_no_sense_are_rejected_with_a_reason),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
