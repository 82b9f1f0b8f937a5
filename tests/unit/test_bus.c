/* test_bus - a consumer that leaves its connections for new ones while the publisher speaks, who waits and is woken,
 * the last result of a worker, and strangers at the doors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <pthread.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <zmq.h>
#include "bus.h"
#include "bus_keys.h"

enum { BODY = 200, RECONNECTS = 2000, RUN = 300, EXCHANGES = 3000, PATIENCE_MS = 20000 };

static _Atomic bool s_is_over;

static void *
s_flood (void *bus)
{
    static const uint8_t body [BODY];
    while (!s_is_over) {
        for (int i = 0; i < RUN; i++)
            bus_publish (bus, (blob_t) { (const uint8_t *) "fettle.x", 8 }, (blob_t) { body, BODY });
        usleep (100);
    }
    return NULL;
}

static void
s_work_for_a_while (void *bus, const char *type, blob_t message)
{
    usleep (20000);
    bus_worker_return (*(bus_t **) bus, type, message);
}

/* How many came; all of them whole. */
static long
s_read (bus_t *bus, arena_t *arena)
{
    const char *topic;
    blob_t body;
    long got = 0;
    for (; got < RUN && bus_receive_event (bus, 0, arena, &topic, &body); got++) {
        assert_string_equal (topic, "fettle.x");
        assert_int_equal (body.size, BODY);
    }
    arena_reset (arena);
    return got;
}

/* intake, and the dispatcher that listens to it. */
static void
s_open (char directory [], bus_t **ret_publisher, bus_t **ret_consumer)
{
    char template [128], error [512];
    assert_non_null (mkdtemp (directory));
    snprintf (template, sizeof template, "ipc://%s/{service}.{door}", directory);
    setenv ("FETTLE_BUS", template, 1);
    const char *const none [] = { NULL }, *const sources [] = { "intake", NULL };
    *ret_publisher = bus_new ("intake", none, error);
    *ret_consumer = bus_new ("dispatcher", sources, error);
    assert_true (*ret_publisher && *ret_consumer);
}

static void
s_publish (bus_t *publisher)
{
    bus_publish (publisher, (blob_t) { (const uint8_t *) "fettle.x", 8 }, (blob_t) { (const uint8_t *) "e", 1 });
}

static bool
s_has_event (bus_t *consumer, arena_t *arena)
{
    const char *topic;
    blob_t body;
    return bus_receive_event (consumer, 0, arena, &topic, &body);
}

/* A question and its answer; each side has found its sockets empty before. */
static void
s_exchange (bus_t *publisher, bus_t *consumer, arena_t *arena)
{
    bus_incoming_t request = { 0 };
    blob_t answer = { 0 };
    bus_ask (consumer, 0, (blob_t) { (const uint8_t *) "q", 1 });
    while (!bus_receive_request (publisher, arena, &request))
        bus_wait (publisher, -1, PATIENCE_MS);
    bus_answer (publisher, request.route, (blob_t) { (const uint8_t *) "a", 1 });
    assert_false (bus_receive_request (publisher, arena, &request));
    bus_wait (consumer, -1, PATIENCE_MS);
    assert_true (bus_receive_answer (consumer, 0, arena, &answer));
    assert_false (bus_receive_answer (consumer, 0, arena, &answer));
}

static void
s_until_connected (bus_t *publisher, bus_t *consumer, arena_t *arena)
{
    while (!s_has_event (consumer, arena)) {
        s_publish (publisher);
        bus_wait (consumer, -1, 10);
    }
    do
        bus_wait (consumer, -1, 100);
    while (s_has_event (consumer, arena));
}

static void
test_who_waits_is_woken_by_whatever_comes_however_he_stopped_reading (void **state)
{
    (void) state;
    char directory [] = "/tmp/fettle-bus.XXXXXX";
    bus_t *publisher, *consumer;
    s_open (directory, &publisher, &consumer);
    arena_t *arena = arena_new ();
    s_until_connected (publisher, consumer, arena);
    for (int i = 0; i < EXCHANGES; i++) {
        s_exchange (publisher, consumer, arena);
        bus_hold (consumer, 0, true);
        int count = 1 + i % 3;
        for (int e = 0; e < count; e++)
            s_publish (publisher);
        s_exchange (publisher, consumer, arena);        /* events wait, and do not wake */
        bus_hold (consumer, 0, false);
        for (int e = 0; e < count; e++) {               /* the rest is left in the socket each time */
            bus_wait (consumer, -1, PATIENCE_MS);
            assert_true (s_has_event (consumer, arena));
        }
        if (i % 2)
            assert_false (s_has_event (consumer, arena));
        arena_reset (arena);
    }
    arena_destroy (&arena);
    bus_destroy (&consumer);
    bus_destroy (&publisher);
    rmdir (directory);
}

static void
test_f3_what_the_worker_ends_while_it_is_stopped_is_not_lost (void **state)
{
    (void) state;
    char directory [] = "/tmp/fettle-bus.XXXXXX";
    bus_t *publisher, *consumer;
    s_open (directory, &publisher, &consumer);
    arena_t *arena = arena_new ();
    const char *type = "";
    blob_t result;
    assert_true (bus_worker_start (consumer, s_work_for_a_while, &consumer));
    assert_false (bus_worker_receive (consumer, arena, &type, &result));       /* found empty */
    bus_worker_send (consumer, "fettle.x", (blob_t) { (const uint8_t *) "e", 1 });
    bus_worker_stop (consumer);
    assert_true (bus_worker_receive (consumer, arena, &type, &result));
    assert_string_equal (type, "fettle.x");
    arena_destroy (&arena);
    bus_destroy (&consumer);
    bus_destroy (&publisher);
    rmdir (directory);
}

static void
test_connections_are_left_for_new_ones_in_the_middle_of_a_flood (void **state)
{
    (void) state;
    char directory [] = "/tmp/fettle-bus.XXXXXX";
    bus_t *publisher, *consumer;
    s_open (directory, &publisher, &consumer);
    arena_t *arena = arena_new ();
    pthread_t flood;
    long got = 0;
    assert_int_equal (pthread_create (&flood, NULL, s_flood, publisher), 0);
    for (int i = 0; i < RECONNECTS; i++) {
        bus_wait (consumer, -1, 1);
        bus_reconnect (consumer, 0);            /* with messages waiting, and read on at once */
        got += s_read (consumer, arena);
        bus_wait (consumer, -1, 1);
        got += s_read (consumer, arena);
    }
    s_is_over = true;
    pthread_join (flood, NULL);
    assert_true (got > RUN);
    arena_destroy (&arena);
    bus_destroy (&consumer);
    bus_destroy (&publisher);
    rmdir (directory);
}

/* ---- strangers */

/* It says that it speaks without a key (RFC 23/ZMTP). */
static const uint8_t s_null_greeting [64] = { 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0, 'N', 'U', 'L', 'L' };

/* The door has greeted him: he is known to be there. */
static int
s_connect_to (bus_t *bus, int port)
{
    char greeting [10];
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((uint16_t) port),
        .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
    int file = socket (AF_INET, SOCK_STREAM, 0);
    assert_int_equal (connect (file, (struct sockaddr *) &address, sizeof address), 0);
    assert_int_equal (recv (file, greeting, sizeof greeting, MSG_WAITALL), sizeof greeting);
    bus_wait (bus, -1, 0);
    return file;
}

/* Ports that are free: base is what they are counted from. */
static bus_t *
s_open_doors (int *ret_base)
{
    const char *const none [] = { NULL };
    char text [16], error [512];
    bus_t *bus = NULL;
    for (int i = 0; !bus && i < 100; i++) {
        *ret_base = 20000 + (getpid () * 37 + i * 101) % 10000;
        snprintf (text, sizeof text, "%d", *ret_base);
        setenv ("FETTLE_PORT", text, 1);
        bus = bus_new ("intake", none, error);
    }
    assert_non_null (bus);
    return bus;
}

/* Waits until so many have been told, and returns what was told of the first. */
static bus_stranger_t
s_strangers (bus_t *bus, int64_t wanted)
{
    bus_stranger_t told [BUS_STRANGERS_MAX], first = { 0 };
    int64_t others = 0, times = 0;
    for (int i = 0; i < 2000 && times < wanted; i++) {
        bus_wait (bus, -1, 10);
        int count = bus_take_strangers (bus, told, &others);
        for (int k = 0; k < count; k++)
            times += told [k].times;
        if (count && !first.why)
            first = told [0];
        times += others;
    }
    assert_int_equal (times, wanted);
    return first;
}

static void
s_come_with_unknown_key (bus_t *bus, int port)
{
    char address [64], server [41], public_key [41], secret [41], unused [41], file [256], error [512];
    snprintf (address, sizeof address, "tcp://127.0.0.1:%d", port);
    snprintf (file, sizeof file, "%s/server.key_secret", getenv ("FETTLE_KEYS"));
    assert_true (bus_keys_read_client (file, server, unused, error));
    assert_int_equal (zmq_curve_keypair (public_key, secret), 0);
    void *context = zmq_ctx_new (), *peer = zmq_socket (context, ZMQ_DEALER);
    int linger = 0;
    zmq_setsockopt (peer, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt (peer, ZMQ_CURVE_SERVERKEY, server, 41);
    zmq_setsockopt (peer, ZMQ_CURVE_PUBLICKEY, public_key, 41);
    zmq_setsockopt (peer, ZMQ_CURVE_SECRETKEY, secret, 41);
    assert_int_equal (zmq_connect (peer, address), 0);
    bus_stranger_t first = s_strangers (bus, 1);
    assert_string_equal (first.address, "127.0.0.1");
    assert_non_null (strstr (first.why, "key"));
    zmq_close (peer);
    zmq_ctx_term (context);
}

static void
s_come_without_key (bus_t *bus, int base)
{
    enum { JUNK = 20 };
    int files [JUNK];
    for (int i = 0; i < JUNK; i++) {
        files [i] = s_connect_to (bus, base + 10 + i % 2);
        assert_int_equal (write (files [i], s_null_greeting, sizeof s_null_greeting), sizeof s_null_greeting);
    }
    bus_stranger_t first = s_strangers (bus, JUNK);
    assert_string_equal (first.address, "127.0.0.1");
    assert_non_null (strstr (first.why, "CURVE"));
    for (int i = 0; i < JUNK; i++)
        close (files [i]);
}

static void
test_f22_who_is_not_let_in_is_told_with_his_address_and_how_often_he_came (void **state)
{
    (void) state;
    char directory [] = "/tmp/fettle-bus.XXXXXX", template [128], command [64], error [512];
    assert_non_null (mkdtemp (directory));
    snprintf (template, sizeof template, "ipc://%s/{service}.{door}", directory);
    assert_true (bus_keys_make_server (directory, error));
    setenv ("FETTLE_BUS", template, 1);
    setenv ("FETTLE_KEYS", directory, 1);
    setenv ("FETTLE_TCP", "tcp://127.0.0.1:{port}", 1);
    int base;
    bus_t *bus = s_open_doors (&base);
    s_come_without_key (bus, base);
    s_come_with_unknown_key (bus, base + 11);
    bus_destroy (&bus);
    unsetenv ("FETTLE_TCP");
    unsetenv ("FETTLE_KEYS");
    snprintf (command, sizeof command, "rm -r %s", directory);
    assert_int_equal (system (command), 0);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_f22_who_is_not_let_in_is_told_with_his_address_and_how_often_he_came),
        cmocka_unit_test (test_who_waits_is_woken_by_whatever_comes_however_he_stopped_reading),
        cmocka_unit_test (test_f3_what_the_worker_ends_while_it_is_stopped_is_not_lost),
        cmocka_unit_test (test_connections_are_left_for_new_ones_in_the_middle_of_a_flood),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
