/* test_loop_ahead - what is received while a commit is under way; the doors are of this file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "loop.h"

/* ---- doors before which always somebody waits */

static bool s_is_event_there;

void
loop_take_events (loop_t *self, int max)
{
    while (s_is_event_there && self->count < max)
        self->messages [self->count++] = (message_t) { .origin = ORIGIN_EVENT };
}

void
loop_take_requests (loop_t *self, int max)
{
    while (self->count < max)
        self->messages [self->count++] = (message_t) { .origin = ORIGIN_COMMAND };
}

void
loop_take_put_aside (loop_t *self)
{
    (void) self;
}

bool
loop_tell_pending (loop_t *self)
{
    (void) self;
    return true;
}

bool
db_barrier_is_done (db_t *self)
{
    (void) self;
    return true;
}

arena_t *
engine_exchange_arena (engine_t *self, arena_t *arena)
{
    (void) self;
    return arena;
}

/* ---- */

static void
test_i8_what_is_received_during_a_commit_leaves_room_for_timers (void **state)
{
    (void) state;
    static loop_t loop;
    store_t store = { 0 };
    loop.store = &store;
    loop.is_unhurried = true;
    loop_begin_ahead (&loop);
    loop_work_ahead (&loop);
    for (int i = 0; i < 2; i++) {
        s_is_event_there = i;
        while (store.meanwhile (store.meanwhile_closure))
            ;
        loop_take_up_ahead (&loop);
        assert_in_range (loop.count, 1, BATCH_MAX * 3 / 4);
        loop.count = 0;
    }
    loop_end_ahead (&loop);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_i8_what_is_received_during_a_commit_leaves_room_for_timers),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
