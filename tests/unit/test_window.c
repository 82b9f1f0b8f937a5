/* test_window - the wake-ups of the next seconds, in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include "window.h"

static void
assert_next (window_t *self, int64_t due_at, const char *key)
{
    const due_entry_t *first = window_first (self);
    assert_non_null (first);
    assert_int_equal (first->due_at, due_at);
    assert_string_equal (first->key, key);
    window_drop_first (self);
}

static void
test_what_is_due_first_comes_first_and_of_the_same_instant_what_came_first (void **state)
{
    (void) state;
    window_t window = { .until = 100 };
    window_add (&window, 30, "c");
    window_add (&window, 10, "a");
    window_add (&window, 20, "b");
    window_add (&window, 20, "b2");
    assert_next (&window, 10, "a");
    window_add (&window, 5, "late");
    assert_next (&window, 5, "late");
    assert_next (&window, 20, "b");
    assert_next (&window, 20, "b2");
    assert_next (&window, 30, "c");
    assert_null (window_first (&window));
    window_forget (&window);
}

static void
test_what_is_due_after_its_end_is_not_taken (void **state)
{
    (void) state;
    window_t window = { .until = 100 };
    window_add (&window, 101, "later");
    assert_null (window_first (&window));
    window_add (&window, 100, "last");
    assert_next (&window, 100, "last");
    window_forget (&window);
    window_add (&window, 1, "nothing is known any more");
    assert_null (window_first (&window));
}

/* Whoever fills it goes on from its end: nothing between the last entry and the end may be missing. */
static void
test_when_it_is_full_it_ends_earlier_and_keeps_all_that_is_due_before (void **state)
{
    (void) state;
    window_t window = { .until = INT64_C (10000000) };
    for (int64_t at = 1; at <= WINDOW_MAX; at++)
        window_add (&window, at * 10, "k");
    assert_int_equal (window.count, WINDOW_MAX);
    window_add (&window, 15, "one more");
    assert_true (window.count < WINDOW_MAX);
    assert_int_equal (window.until, ((int64_t) window.count) * 10 - 1);
    assert_next (&window, 10, "k");
    assert_next (&window, 15, "one more");
    for (int64_t at = 2; at * 10 <= window.until; at++)
        assert_next (&window, at * 10, "k");
    assert_null (window_first (&window));
    window_forget (&window);
}

/* A long day: what was dropped makes room, whatever the order of adding and dropping. */
static void
test_it_never_loses_an_entry_while_entries_come_and_go (void **state)
{
    (void) state;
    window_t window = { .until = INT64_MAX };
    int64_t next = 0;
    char key [24];
    for (int64_t at = 0; at < 100000; at++) {
        snprintf (key, sizeof key, "%lld", (long long) at);
        window_add (&window, at, key);
        for (; at % 3000 == 2999 && next <= at - 700; next++) {
            snprintf (key, sizeof key, "%lld", (long long) next);
            assert_next (&window, next, key);
        }
    }
    assert_int_equal (window.count, 100000 - next);
    window_forget (&window);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_what_is_due_first_comes_first_and_of_the_same_instant_what_came_first),
        cmocka_unit_test (test_what_is_due_after_its_end_is_not_taken),
        cmocka_unit_test (test_when_it_is_full_it_ends_earlier_and_keeps_all_that_is_due_before),
        cmocka_unit_test (test_it_never_loses_an_entry_while_entries_come_and_go),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
