/* test_delivery - the performers against a real mail server and an HTTP receiver that misbehaves
 * (O3, O6, S1). receivers.py is the other side: it writes down what it receives before it answers.
 */
#include "house.h"
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "json.h"
#include "moment.h"
#include "performer.h"

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

static struct {
    pid_t pid;
    int input; /* closing it ends the receivers */
    int smtp, http, closed;
    int starttls, plain, broken, https; /* a stranger's certificate; no TLS; it fails; a stranger's */
    char log [64];
} s_receivers;

static arena_t *s_arena;

/* ---- the other side */

static void
s_run_receivers (int input, int output)
{
    dup2 (input, STDIN_FILENO);
    dup2 (output, STDOUT_FILENO);
    for (int i = 3; i < 64; i++)
        close (i);
    execl ("/usr/bin/python3", "python3", "tests/service/notifier/receivers.py", s_receivers.log,
        (char *) NULL);
    _exit (127);
}

static void
s_read_ports (int output)
{
    char line [256] = "", error [256];
    const struct { const char *name; int *port; } doors [] = { { "smtp", &s_receivers.smtp },
        { "http", &s_receivers.http }, { "closed", &s_receivers.closed }, { "starttls", &s_receivers.starttls },
        { "plain", &s_receivers.plain }, { "broken", &s_receivers.broken }, { "https", &s_receivers.https } };
    FILE *file = fdopen (output, "r");
    assert_non_null (fgets (line, sizeof line, file));
    fclose (file);
    json_t *ports = json_parse (line, strlen (line), error);
    assert_non_null (ports);
    for (size_t i = 0; i < sizeof doors / sizeof *doors; i++)
        *doors [i].port = (int) json_integer_value (json_object_get (ports, doors [i].name));
    json_decref (ports);
}

static int
s_start (void **state)
{
    (void) state;
    int input [2], output [2];
    snprintf (s_receivers.log, sizeof s_receivers.log, "/tmp/fettle-receivers.XXXXXX");
    close (mkstemp (s_receivers.log));
    assert_int_equal (pipe (input), 0);
    assert_int_equal (pipe (output), 0);
    s_receivers.pid = fork ();
    if (s_receivers.pid == 0) {
        close (input [1]);
        s_run_receivers (input [0], output [1]);
    }
    close (input [0]);
    close (output [1]);
    s_receivers.input = input [1];
    s_read_ports (output [0]);
    char url [64];
    snprintf (url, sizeof url, "smtp://127.0.0.1:%d", s_receivers.smtp);
    setenv ("FETTLE_SMTP_URL", url, 1);
    setenv ("FETTLE_SMTP_FROM", "Fettle <service@fettle.example>", 1);
    snprintf (url, sizeof url, "http://127.0.0.1:%d/gateway", s_receivers.http);
    setenv ("FETTLE_SMS_URL", url, 1);
    setenv ("FETTLE_SMS_TOKEN", "open sesame", 1);
    snprintf (url, sizeof url, "http://127.0.0.1:%d/500", s_receivers.http);
    setenv ("FETTLE_ZALO_URL", url, 1);
    setenv ("FETTLE_WEBHOOK_ALLOW_PRIVATE", "1", 1);
    setenv ("FETTLE_DELIVERY_TIMEOUT_MS", "2000", 1);
    return 0;
}

static int
s_stop (void **state)
{
    (void) state;
    close (s_receivers.input);
    waitpid (s_receivers.pid, NULL, 0);
    unlink (s_receivers.log);
    return 0;
}

static int
s_new_arena (void **state)
{
    (void) state;
    s_arena = arena_new ();
    assert_int_equal (truncate (s_receivers.log, 0), 0);
    return 0;
}

static int
s_end_arena (void **state)
{
    (void) state;
    arena_destroy (&s_arena);
    return 0;
}

/* What was received since the test began: the number of things, and the last one as JSON, to be
 * json_decref'd. */
static int
s_received (json_t **ret_last)
{
    static char line [1 << 20];
    FILE *file = fopen (s_receivers.log, "re");
    int count = 0;
    char error [256];
    *ret_last = NULL;
    while (fgets (line, sizeof line, file)) {
        json_decref (*ret_last);
        *ret_last = json_parse (line, strlen (line), error);
        count++;
    }
    fclose (file);
    return count;
}

static int
s_count (void)
{
    json_t *last;
    int count = s_received (&last);
    json_decref (last);
    return count;
}

static const char *
s_text (const json_t *object, const char *name)
{
    const char *text = json_string_value (json_object_get (object, name));
    return text ? text : "";
}

/* ---- this side */

static perform_delivery_t
s_delivery (channel_t channel, const char *address)
{
    struct timespec now;
    clock_gettime (CLOCK_REALTIME, &now);
    return (perform_delivery_t) { .base = perform_delivery_init,
        .attempt_id = "m1:1",
        .message_id = "0190-m1",
        .channel = channel,
        .address = (char *) address,
        .subject =
            "Lịch hẹn dịch vụ của Quý khách: 09:00 Thứ Ba, 09/06/2026 · 上门服务安排 · perché",
        .body = "Kính gửi Lan,\n\n.\n我们的工程师将上门为您服务。\n",
        .language = LANGUAGE_VI,
        .topic = "fettle.dispatcher.v1.VisitAccepted",
        .secret = SECRET,
        .begin_by_at = (int64_t) now.tv_sec * 1000 + 60000,
        .queued_at = NOW,
        .recipient_id = "lan" };
}

static const delivery_done_t *
s_perform (const perform_delivery_t *delivery)
{
    const delivery_done_t *done = (const delivery_done_t *) perform (s_arena, delivery);
    assert_string_equal (done->attempt_id, delivery->attempt_id);
    if (done->outcome != DELIVERY_OUTCOME_SENT)
        assert_true (strlen (done->error) > 0);
    return done;
}

static const delivery_done_t *
s_mail_to (const char *address)
{
    perform_delivery_t delivery = s_delivery (CHANNEL_EMAIL, address);
    return s_perform (&delivery);
}

static const delivery_done_t *
s_post_to (int port, const char *path)
{
    char url [128];
    snprintf (url, sizeof url, "http://127.0.0.1:%d%s", port, path);
    perform_delivery_t delivery = s_delivery (CHANNEL_WEBHOOK, url);
    delivery.body = "{\"type\":\"x\",\"text\":\"上门\"}";
    return s_perform (&delivery);
}

/* ---- mail */

static void
test_o3_a_mail_arrives_as_it_was_written_in_four_languages (void **state)
{
    (void) state;
    perform_delivery_t delivery = s_delivery (CHANNEL_EMAIL, "lan@acme.example");
    assert_int_equal (s_perform (&delivery)->outcome, DELIVERY_OUTCOME_SENT);
    json_t *mail;
    assert_int_equal (s_received (&mail), 1);
    assert_string_equal (
        json_string_value (json_array_get (json_object_get (mail, "to"), 0)), "lan@acme.example");
    assert_string_equal (s_text (mail, "sender"), "service@fettle.example");
    assert_string_equal (s_text (mail, "subject"), delivery.subject);
    assert_string_equal (s_text (mail, "body"), delivery.body);
    assert_string_equal (s_text (mail, "message_id"), "<0190-m1@fettle.example>");
    assert_string_equal (s_text (mail, "language"), "vi");
    assert_string_equal (s_text (mail, "date"), "Mon, 08 Jun 2026 08:00:00 +0000");
    assert_in_range (json_integer_value (json_object_get (mail, "longest")), 1, 78);
    json_decref (mail);
}

static void
test_o3_a_report_of_many_pages_arrives_whole (void **state)
{
    (void) state;
    enum { SIZE = 200000 };
    char *body = arena_alloc (s_arena, SIZE + 1);
    for (int i = 0; i < SIZE; i++)
        body [i] = i % 60 == 59 ? '\n' : (char) ('a' + i % 26);
    perform_delivery_t delivery = s_delivery (CHANNEL_EMAIL, "lan@acme.example");
    delivery.body = body;
    assert_int_equal (s_perform (&delivery)->outcome, DELIVERY_OUTCOME_SENT);
    json_t *mail;
    s_received (&mail);
    assert_string_equal (s_text (mail, "body"), body);
    json_decref (mail);
}

static void
test_o6_a_box_that_does_not_exist_is_refused_and_one_that_is_busy_is_not_now (void **state)
{
    (void) state;
    assert_int_equal (s_mail_to ("nobody@acme.example")->outcome, DELIVERY_OUTCOME_REFUSED);
    assert_int_equal (s_mail_to ("busy@acme.example")->outcome, DELIVERY_OUTCOME_NOT_NOW);
    assert_int_equal (s_count (), 0);
}

static void
test_i10_a_server_that_vanishes_with_the_letter_leaves_the_outcome_unknown (void **state)
{
    (void) state;
    assert_int_equal (s_mail_to ("vanish@acme.example")->outcome, DELIVERY_OUTCOME_UNKNOWN);
    assert_int_equal (s_count (), 1);
}

/* Without a limit of our own the library waits two minutes for the answer to QUIT. */
static void
test_a_mail_server_that_never_says_good_bye_holds_nobody_up (void **state)
{
    (void) state;
    int64_t began = moment_steady ();
    assert_int_equal (s_mail_to ("stay@acme.example")->outcome, DELIVERY_OUTCOME_SENT);
    assert_int_equal (s_count (), 1);
    assert_true (moment_steady () - began < 60000);
}

static void
test_an_address_cannot_add_recipients_or_lines_to_the_head (void **state)
{
    (void) state;
    static const char *const bad [] = { "a@b.example, c@d.example",
        "a@b.example\r\nBcc: c@d.example", "a b@c.example", "nobody", "@x.example", "x@",
        "<a@b.example" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal (s_mail_to (bad [i])->outcome, DELIVERY_OUTCOME_REFUSED);
    assert_int_equal (s_count (), 0);
}

/* ---- who the other side is, and who we are to it. Before the tests that read the environment, for it is read once: a
 * child reads it as it is here. */

static void
s_assert_waits_in_child (channel_t channel, const char *address, const char *why)
{
    pid_t child = fork ();
    if (child == 0) {
        perform_delivery_t delivery = s_delivery (channel, address);
        const delivery_done_t *done = (const delivery_done_t *) perform (s_arena, &delivery);
        bool is_well = done->outcome == DELIVERY_OUTCOME_NOT_NOW && strstr (done->error, why);
        if (!is_well)
            fprintf (stderr, "%d: %s\n", done->outcome, done->error);
        _exit (!is_well);
    }
    int status = -1;
    waitpid (child, &status, 0);
    assert_int_equal (status, 0);
}

static void
s_assert_letter_waits (int port, const char *why)
{
    char usual [64], url [64];
    snprintf (usual, sizeof usual, "%s", getenv ("FETTLE_SMTP_URL"));
    snprintf (url, sizeof url, "smtp://127.0.0.1:%d", port);
    setenv ("FETTLE_SMTP_URL", url, 1);
    setenv ("FETTLE_SMTP_USER", "fettle", 1);
    setenv ("FETTLE_SMTP_PASSWORD", "open sesame", 1);
    s_assert_waits_in_child (CHANNEL_EMAIL, "lan@acme.example", why);
    setenv ("FETTLE_SMTP_URL", usual, 1);
    unsetenv ("FETTLE_SMTP_USER");
    unsetenv ("FETTLE_SMTP_PASSWORD");
    assert_int_equal (s_count (), 0);
}

static void
test_f20_who_can_not_show_a_good_certificate_is_told_nothing_and_the_message_waits (void **state)
{
    (void) state;
    s_assert_waits_in_child (CHANNEL_WEBHOOK,
        arena_printf (s_arena, "https://127.0.0.1:%d/200", s_receivers.https), "certificate");
    assert_int_equal (s_count (), 0);
    s_assert_letter_waits (s_receivers.starttls, "certificate");
}

static void
test_f20_a_password_is_never_said_without_tls_and_the_letter_waits (void **state)
{
    (void) state;
    s_assert_letter_waits (s_receivers.plain, "STARTTLS");
    s_assert_letter_waits (s_receivers.broken, "STARTTLS");
}

/* Its token is ours to set right; the receiver of a webhook has no other word for "not you". */
static void
test_f20_a_gateway_that_does_not_take_our_token_any_more_is_asked_again_later (void **state)
{
    (void) state;
    char usual [64];
    snprintf (usual, sizeof usual, "%s", getenv ("FETTLE_SMS_URL"));
    setenv ("FETTLE_SMS_URL", arena_printf (s_arena, "http://127.0.0.1:%d/401", s_receivers.http), 1);
    s_assert_waits_in_child (CHANNEL_SMS, "+84902", "FETTLE_SMS_TOKEN");
    assert_int_equal (s_count (), 1);
    setenv ("FETTLE_SMS_URL", usual, 1);
}

/* ---- webhooks */

/* Before the tests that read the environment as well. */
static void
test_a_webhook_is_never_sent_to_a_private_address_whatever_name_leads_there (void **state)
{
    (void) state;
    static const char *const hosts [] = { "127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]",
        "[::ffff:127.0.0.1]", "0" };
    pid_t child = fork ();
    if (child == 0) {
        unsetenv ("FETTLE_WEBHOOK_ALLOW_PRIVATE");
        for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
            perform_delivery_t delivery = s_delivery (CHANNEL_WEBHOOK,
                arena_printf (s_arena, "http://%s:%d/200", hosts [i], s_receivers.http));
            const delivery_done_t *done = (const delivery_done_t *) perform (s_arena, &delivery);
            if (done->outcome != DELIVERY_OUTCOME_REFUSED || !strstr (done->error, "private"))
                _exit ((int) i + 1);
        }
        _exit (0);
    }
    int status = -1;
    waitpid (child, &status, 0);
    assert_true (WIFEXITED (status));
    if (WEXITSTATUS (status) != 0)
        fail_msg ("%s was not refused", hosts [WEXITSTATUS (status) - 1]);
    assert_int_equal (s_count (), 0);
}

static void
test_s1_a_webhook_arrives_signed_so_that_another_implementation_believes_it (void **state)
{
    (void) state;
    assert_int_equal (s_post_to (s_receivers.http, "/200")->outcome, DELIVERY_OUTCOME_SENT);
    json_t *post;
    assert_int_equal (s_received (&post), 1);
    assert_true (json_is_true (json_object_get (post, "signed")));
    assert_string_equal (s_text (post, "body"), "{\"type\":\"x\",\"text\":\"上门\"}");
    assert_string_equal (s_text (json_object_get (post, "headers"), "webhook-id"), "0190-m1");
    assert_string_equal (s_text (json_object_get (post, "headers"), "content-type"),
        "application/cloudevents+json; charset=utf-8");
    json_decref (post);
}

static void
test_each_answer_of_a_receiver_has_its_meaning (void **state)
{
    (void) state;
    static const struct {
        const char *path;
        delivery_outcome_t outcome;
    } answers [] = {
        { "/200", DELIVERY_OUTCOME_SENT },
        { "/204", DELIVERY_OUTCOME_SENT },
        { "/400", DELIVERY_OUTCOME_REFUSED },
        { "/401", DELIVERY_OUTCOME_REFUSED },
        { "/404", DELIVERY_OUTCOME_REFUSED },
        { "/408", DELIVERY_OUTCOME_NOT_NOW },
        { "/410", DELIVERY_OUTCOME_GONE },
        { "/429", DELIVERY_OUTCOME_NOT_NOW },
        { "/500", DELIVERY_OUTCOME_UNKNOWN },
        { "/502", DELIVERY_OUTCOME_UNKNOWN },
        { "/503", DELIVERY_OUTCOME_NOT_NOW },
        { "/504", DELIVERY_OUTCOME_UNKNOWN },
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        const delivery_done_t *done = s_post_to (s_receivers.http, answers [i].path);
        if (done->outcome != answers [i].outcome)
            fail_msg ("%s means %d, not %d: %s", answers [i].path, answers [i].outcome,
                done->outcome, done->error);
    }
    assert_int_equal (s_post_to (s_receivers.http, "/429")->retry_after_ms, 7000);
}

static void
test_a_redirect_is_not_followed (void **state)
{
    (void) state;
    const delivery_done_t *done = s_post_to (s_receivers.http, "/redirect");
    assert_int_equal (done->outcome, DELIVERY_OUTCOME_REFUSED);
    assert_non_null (strstr (done->error, "redirects are not followed"));
    assert_int_equal (s_count (), 1);
}

static void
test_i10_a_receiver_that_reads_and_resets_or_never_answers_may_have_taken_it (void **state)
{
    (void) state;
    assert_int_equal (s_post_to (s_receivers.http, "/reset")->outcome, DELIVERY_OUTCOME_UNKNOWN);
    assert_int_equal (s_post_to (s_receivers.http, "/silent")->outcome, DELIVERY_OUTCOME_UNKNOWN);
    assert_int_equal (s_count (), 2);
}

static void
test_a_receiver_that_cannot_be_reached_has_surely_not_taken_it (void **state)
{
    (void) state;
    assert_int_equal (s_post_to (s_receivers.closed, "/200")->outcome, DELIVERY_OUTCOME_NOT_NOW);
    perform_delivery_t delivery = s_delivery (CHANNEL_WEBHOOK, "http://no-such-host.invalid/");
    assert_int_equal (s_perform (&delivery)->outcome, DELIVERY_OUTCOME_NOT_NOW);
    delivery.address = "file:///etc/passwd";
    assert_int_equal (s_perform (&delivery)->outcome, DELIVERY_OUTCOME_REFUSED);
}

static void
test_an_endless_answer_is_cut_and_still_counts_as_taken (void **state)
{
    (void) state;
    assert_int_equal (s_post_to (s_receivers.http, "/flood")->outcome, DELIVERY_OUTCOME_SENT);
}

/* ---- gateways */

static void
test_o1_a_text_message_goes_to_the_gateway_and_comes_back_with_a_reference (void **state)
{
    (void) state;
    perform_delivery_t delivery = s_delivery (CHANNEL_SMS, "+84902");
    const delivery_done_t *done = s_perform (&delivery);
    assert_int_equal (done->outcome, DELIVERY_OUTCOME_SENT);
    assert_string_equal (done->provider_reference, "gw-1");
    json_t *post;
    char error [256];
    assert_int_equal (s_received (&post), 1);
    assert_string_equal (
        s_text (json_object_get (post, "headers"), "authorization"), "Bearer open sesame");
    assert_string_equal (s_text (json_object_get (post, "headers"), "idempotency-key"), "0190-m1");
    json_t *body = json_parse (s_text (post, "body"), strlen (s_text (post, "body")), error);
    assert_string_equal (s_text (body, "to"), "+84902");
    assert_string_equal (s_text (body, "channel"), "CHANNEL_SMS");
    assert_string_equal (s_text (body, "text"), delivery.body);
    json_decref (body);
    json_decref (post);
}

static void
test_i10_a_gateway_that_breaks_leaves_the_outcome_unknown (void **state)
{
    (void) state;
    perform_delivery_t delivery = s_delivery (CHANNEL_ZALO, "+84902");
    assert_int_equal (s_perform (&delivery)->outcome, DELIVERY_OUTCOME_UNKNOWN);
    delivery.channel = CHANNEL_WECHAT;
    assert_int_equal (s_perform (&delivery)->outcome, DELIVERY_OUTCOME_REFUSED);
}

static void
test_i10_what_waited_too_long_for_its_turn_is_left_alone (void **state)
{
    (void) state;
    perform_delivery_t delivery = s_delivery (CHANNEL_EMAIL, "lan@acme.example");
    delivery.begin_by_at = 1;
    assert_int_equal (s_perform (&delivery)->outcome, DELIVERY_OUTCOME_NOT_BEGUN);
    assert_int_equal (s_count (), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown (function, s_new_arena, s_end_arena)

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_f20_who_can_not_show_a_good_certificate_is_told_nothing_and_the_message_waits),
        TEST (test_f20_a_password_is_never_said_without_tls_and_the_letter_waits),
        TEST (test_f20_a_gateway_that_does_not_take_our_token_any_more_is_asked_again_later),
        TEST (test_a_webhook_is_never_sent_to_a_private_address_whatever_name_leads_there),
        TEST (test_o3_a_mail_arrives_as_it_was_written_in_four_languages),
        TEST (test_o3_a_report_of_many_pages_arrives_whole),
        TEST (test_o6_a_box_that_does_not_exist_is_refused_and_one_that_is_busy_is_not_now),
        TEST (test_i10_a_server_that_vanishes_with_the_letter_leaves_the_outcome_unknown),
        TEST (test_a_mail_server_that_never_says_good_bye_holds_nobody_up),
        TEST (test_an_address_cannot_add_recipients_or_lines_to_the_head),
        TEST (test_s1_a_webhook_arrives_signed_so_that_another_implementation_believes_it),
        TEST (test_each_answer_of_a_receiver_has_its_meaning),
        TEST (test_a_redirect_is_not_followed),
        TEST (test_i10_a_receiver_that_reads_and_resets_or_never_answers_may_have_taken_it),
        TEST (test_a_receiver_that_cannot_be_reached_has_surely_not_taken_it),
        TEST (test_an_endless_answer_is_cut_and_still_counts_as_taken),
        TEST (test_o1_a_text_message_goes_to_the_gateway_and_comes_back_with_a_reference),
        TEST (test_i10_a_gateway_that_breaks_leaves_the_outcome_unknown),
        TEST (test_i10_what_waited_too_long_for_its_turn_is_left_alone),
    };
    return cmocka_run_group_tests (tests, s_start, s_stop);
}
