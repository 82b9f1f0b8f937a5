/* test_webhook - programs are told too: signed, and only where a stranger's URL may lead (S1, O6).
 */
#include "house.h"
#include "json.h"
#include "performer.h"
#include <arpa/inet.h>
#include <glob.h>

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

/* The published example of Standard Webhooks. */
static void
test_s1_the_signature_is_that_of_the_specifications_example (void **state)
{
    (void) state;
    arena_t *arena = arena_new ();
    assert_string_equal (signature_make (arena, SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                             "{\"test\": 2432232314}"),
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assert_null (signature_make (arena, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "m", 1, ""));
    assert_null (signature_make (arena, "whsec_***", "m", 1, ""));
    assert_null (signature_make (arena, "whsec_", "m", 1, ""));
    arena_destroy (&arena);
}

static bool
s_is_private (const char *text)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    if (inet_pton (AF_INET, text, &v4.sin_addr) == 1)
        return private_address_is ((const struct sockaddr *) &v4);
    assert_int_equal (inet_pton (AF_INET6, text, &v6.sin6_addr), 1);
    return private_address_is ((const struct sockaddr *) &v6);
}

static void
test_a_webhook_may_not_lead_to_an_address_that_is_not_public (void **state)
{
    (void) state;
    static const char *const private [] = { "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1",
        "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8",
        "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:10.0.0.1",
        "::ffff:127.0.0.1", "64:ff9b::192.168.0.1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1",
        "ff02::1", "2001:db8::1", "2001::1", "2002:7f00:1::", "2002:a00:1::1", "3fff::1",
        "100::1" };
    static const char *const public [] = { "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1",
        "172.15.255.255", "172.32.0.1", "192.167.255.255", "198.17.255.255", "198.20.0.1",
        "223.255.255.255", "2606:4700::1111", "2001:4860::8888", "2a00:1450::1", "::ffff:8.8.8.8",
        "2002:808:808::1", "64:ff9b::8.8.8.8" };
    for (size_t i = 0; i < sizeof private / sizeof *private; i++)
        if (!s_is_private (private [i]))
            fail_msg ("%s counts as public", private [i]);
    for (size_t i = 0; i < sizeof public / sizeof *public; i++)
        if (s_is_private (public [i]))
            fail_msg ("%s counts as private", public [i]);
    struct sockaddr other = { .sa_family = AF_UNIX };
    assert_true (private_address_is (&other));
}

static void
s_register (tx_t *tx, const char *prefix, const char *recipient_id)
{
    run (tx,
        register_webhook (.webhook_id = "erp", .url = "https://erp.example/hook", .secret = SECRET,
            .topic_prefix = (char *) prefix, .recipient_id = (char *) recipient_id));
    assert_accepted (tx);
}

static void
s_assert_text (const json_t *event, const char *name, const char *value)
{
    const char *text = json_string_value (json_object_get (event, name));
    assert_non_null (text);
    assert_string_equal (text, value);
}

static void
test_s1_a_webhook_gets_each_event_of_its_prefix_as_a_cloud_event (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    s_register (tx, "fettle.sla_watchdog.", "");
    run (tx, stock_low (.item_id = "f1"));
    assert_null (effect (tx, perform_delivery));
    run_at (tx, NOW - HOUR - 1,
        sla_breached (.clock_id = "r1:ARRIVE", .case_id = "r1", .milestone = MILESTONE_ARRIVE,
            .breach_at = NOW - HOUR));
    const perform_delivery_t *delivery = effect (tx, perform_delivery);
    assert_non_null (delivery);
    assert_int_equal (delivery->channel, CHANNEL_WEBHOOK);
    assert_string_equal (delivery->address, "https://erp.example/hook");
    assert_string_equal (delivery->secret, SECRET);
    assert_int_equal (emitted_count (tx, message_queued), 0);

    char error [256];
    json_t *event = json_parse (delivery->body, strlen (delivery->body), error);
    assert_non_null (event);
    s_assert_text (event, "specversion", "1.0");
    s_assert_text (event, "source", "/fettle/sla-watchdog");
    s_assert_text (event, "type", "fettle.sla_watchdog.v1.SlaBreached");
    s_assert_text (event, "subject", "r1:ARRIVE");
    s_assert_text (event, "time", "2026-06-08T06:59:59.999Z");
    s_assert_text (event, "datacontenttype", "application/json");
    s_assert_text (json_object_get (event, "data"), "milestone", "MILESTONE_ARRIVE");
    s_assert_text (json_object_get (event, "data"), "breachAt", "1780902000000");
    json_decref (event);
    tx_fake_destroy (&tx);
}

/* As when the notifier is made again from the first event: what was said before the webhook was wanted is not for
 * it. */
static void
test_f18_a_webhook_hears_of_no_event_that_is_older_than_itself (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    s_register (tx, "fettle.inventory.", "");
    tx_fake_recorded (tx, NOW - 1);
    run (tx, stock_low (.item_id = "f1"));
    assert_null (effect (tx, perform_delivery));
    tx_fake_recorded (tx, NOW);
    run (tx, stock_low (.item_id = "f2"));
    assert_non_null (effect (tx, perform_delivery));

    tx_fake_now (tx, NOW + HOUR);
    s_register (tx, "fettle.inventory.", "");       /* once more: it is as old as before */
    tx_fake_recorded (tx, NOW + 1);
    run (tx, stock_low (.item_id = "f3"));
    assert_non_null (effect (tx, perform_delivery));
    tx_fake_destroy (&tx);
}

static void
test_many_webhooks_may_want_the_same_event (void **state)
{
    (void) state;
    enum { MANY = 200 };
    tx_t *tx = house_new ();
    for (int i = 0; i < MANY; i++) {
        char id [16];
        snprintf (id, sizeof id, "hook-%03d", i);
        given (tx, webhook,
            { .id = id, .url = "https://x.example/", .secret = SECRET, .topic_prefix = "fettle." });
    }
    run (tx, stock_low (.item_id = "f1"));
    assert_string_equal (tx_fake_dead_letter (tx), "");
    assert_int_equal (stored_count (tx, attempt), MANY);
    tx_fake_destroy (&tx);
}

static bool
s_listens_to (const char *package, const char *name)
{
    char full_name [256];
    snprintf (full_name, sizeof full_name, "%s.%s", package, name);
    for (const handler_t *handler = fettle_service.handlers; handler->kind; handler++)
        if (handler->kind == HANDLER_EVENT && strcmp (handler->type->name, full_name) == 0)
            return true;
    return false;
}

/* An event is a message whose comment says who tells it to whom: "// intake -> everyone: ...". */
static int
s_check_events_of (const char *path)
{
    char line [1024], package [128] = "", name [128];
    bool is_event = false;
    int count = 0;
    FILE *file = fopen (path, "re");
    assert_non_null (file);
    while (fgets (line, sizeof line, file)) {
        sscanf (line, "package %127[a-z0-9_.]", package);
        if (line [0] == '\n')
            is_event = false;
        else if (strncmp (line, "// ", 3) == 0 && strstr (line, " -> "))
            is_event = true;
        else if (is_event && sscanf (line, "message %127[A-Za-z0-9]", name) == 1) {
            if (!s_listens_to (package, name))
                fail_msg ("%s.%s reaches no webhook: add it to main.c", package, name);
            count++;
        }
    }
    fclose (file);
    return count;
}

static void
test_s1_every_event_of_every_other_service_can_go_to_a_webhook (void **state)
{
    (void) state;
    glob_t files;
    int count = 0;
    assert_int_equal (glob ("proto/fettle/*/v1/events.proto", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        if (!strstr (files.gl_pathv [i], "/notifier/"))
            count += s_check_events_of (files.gl_pathv [i]);
    globfree (&files);
    assert_true (count >= 89);
}

static void
test_o6_a_recipient_may_be_told_by_his_own_webhook (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    s_register (tx, "", "lan");
    run (tx,
        set_preference (.recipient_id = "lan", .n_channels = 2,
            .channels = (channel_t []) { CHANNEL_WEBHOOK, CHANNEL_EMAIL }));
    house_request (tx, 3);
    house_visit_accepted (tx);
    assert_int_equal (emitted (tx, message_queued)->channel, CHANNEL_WEBHOOK);
    const perform_delivery_t *delivery = effect (tx, perform_delivery);
    assert_string_equal (delivery->address, "https://erp.example/hook");
    char error [256];
    json_t *event = json_parse (delivery->body, strlen (delivery->body), error);
    s_assert_text (event, "type", "fettle.notifier.v1.MessageQueued");
    s_assert_text (json_object_get (event, "data"), "recipientId", "lan");
    s_assert_text (json_object_get (event, "data"), "body", emitted (tx, message_queued)->body);
    json_decref (event);
    tx_fake_destroy (&tx);
}

static void
test_a_receiver_that_is_gone_is_switched_off (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    s_register (tx, "fettle.inventory.", "");
    run (tx, stock_low (.item_id = "f1"));
    house_done (tx, house_sent (tx).attempt, DELIVERY_OUTCOME_GONE);
    assert_int_equal (emitted_count (tx, message_failed), 1);
    assert_true (stored (tx, webhook, "erp")->disabled);
    run (tx, stock_low (.item_id = "f1"));
    assert_null (effect (tx, perform_delivery));
    tx_fake_destroy (&tx);
}

static void
test_a_webhook_that_keeps_failing_is_tried_for_most_of_a_day_and_then_given_up (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    s_register (tx, "fettle.inventory.", "");
    run (tx, stock_low (.item_id = "f1"));
    sent_t sent = house_sent (tx);
    int attempts = 1;
    int64_t at = NOW;
    for (;; attempts++) {
        house_done (tx, sent.attempt, DELIVERY_OUTCOME_NOT_NOW);
        if (emitted (tx, message_failed))
            break;
        at = tx_fake_timer (tx, "message_due", sent.message);
        tx_fake_advance (tx, at);
        sent = house_sent (tx);
    }
    assert_int_equal (attempts, 9);
    assert_true (at - NOW > 12 * HOUR);
    assert_int_equal (tx_fake_advance (tx, at + 1000 * HOUR), 0);
    tx_fake_destroy (&tx);
}

static void
s_assert_refused (
    tx_t *tx, const char *url, const char *secret, const char *prefix, const char *code)
{
    run (tx,
        register_webhook (.webhook_id = "x", .url = (char *) url, .secret = (char *) secret,
            .topic_prefix = (char *) prefix));
    assert_rejected (tx, code);
}

static void
test_webhooks_that_make_no_sense_are_rejected_with_a_reason (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    s_assert_refused (tx, "", SECRET, "", "url.missing");
    s_assert_refused (tx, "http://erp.example/", SECRET, "", "url.not_https");
    s_assert_refused (tx, "file:///etc/passwd", SECRET, "", "url.not_https");
    s_assert_refused (tx, "https://", SECRET, "", "url.invalid");
    s_assert_refused (tx, "https://user:pw@erp.example/", SECRET, "", "url.invalid");
    s_assert_refused (tx, "https://erp.example/a b", SECRET, "", "url.invalid");
    s_assert_refused (tx, "https://erp.example/", "short", "", "secret.invalid");
    s_assert_refused (tx, "https://erp.example/", "whsec_c2hvcnQ=", "", "secret.invalid");
    s_assert_refused (tx, "https://erp.example/", SECRET, "weather.", "topic.unknown");
    s_assert_refused (tx, "https://erp.example/", SECRET, "fettle.notifier.", "topic.unknown");
    run (tx,
        register_webhook (.webhook_id = "x", .url = "https://erp.example/", .secret = SECRET,
            .recipient_id = "nobody"));
    assert_rejected (tx, "recipient.unknown");
    assert_int_equal (stored_count (tx, webhook), 0);
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_s1_the_signature_is_that_of_the_specifications_example),
        cmocka_unit_test (test_a_webhook_may_not_lead_to_an_address_that_is_not_public),
        cmocka_unit_test (test_s1_a_webhook_gets_each_event_of_its_prefix_as_a_cloud_event),
        cmocka_unit_test (test_f18_a_webhook_hears_of_no_event_that_is_older_than_itself),
        cmocka_unit_test (test_many_webhooks_may_want_the_same_event),
        cmocka_unit_test (test_s1_every_event_of_every_other_service_can_go_to_a_webhook),
        cmocka_unit_test (test_o6_a_recipient_may_be_told_by_his_own_webhook),
        cmocka_unit_test (test_a_receiver_that_is_gone_is_switched_off),
        cmocka_unit_test (
            test_a_webhook_that_keeps_failing_is_tried_for_most_of_a_day_and_then_given_up),
        cmocka_unit_test (test_webhooks_that_make_no_sense_are_rejected_with_a_reason),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
