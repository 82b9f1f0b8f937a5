/* test_bus - a consumer that leaves its connections for new ones while the publisher speaks. */
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
#include "bus.h"

enum { BODY = 200, RECONNECTS = 2000, RUN = 300 };

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

static void
test_connections_are_left_for_new_ones_in_the_middle_of_a_flood (void **state)
{
    (void) state;
    char directory [] = "/tmp/fettle-bus.XXXXXX", template [128], error [512];
    assert_non_null (mkdtemp (directory));
    snprintf (template, sizeof template, "ipc://%s/{service}.{door}", directory);
    setenv ("FETTLE_BUS", template, 1);
    const char *const none [] = { NULL }, *const sources [] = { "intake", NULL };
    bus_t *publisher = bus_new ("intake", none, error), *consumer = bus_new ("dispatcher", sources, error);
    assert_true (publisher && consumer);
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

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_connections_are_left_for_new_ones_in_the_middle_of_a_flood),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
