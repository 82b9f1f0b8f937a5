#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include "sorted.h"

enum { NUMBERS = 3000, STEPS = 40000 };

static int s_numbers [NUMBERS];

static int
s_compare (const void *wanted, const void *row)
{
    return *(const int *) wanted - *(const int *) row;
}

/* Beside an array that says for each number whether it is in. */
static void
test_what_was_put_in_and_not_taken_out_is_there_in_order (void **state)
{
    (void) state;
    sorted_t sorted = { 0 };
    bool is_in [NUMBERS] = { false };
    int count = 0;
    srand (7);
    for (int step = 0; step < STEPS; step++) {
        int n = rand () % NUMBERS;
        s_numbers [n] = n;
        sorted_place_t place = sorted_find (&sorted, s_compare, &n);
        const int *found = sorted_at (&sorted, place);
        assert_int_equal (found && *found == n, is_in [n]);
        if (!is_in [n])
            sorted_insert (&sorted, place, &s_numbers [n]);
        else if (step % 3 == 0 || step > STEPS / 2)
            sorted_remove (&sorted, place);
        else
            continue;
        is_in [n] = !is_in [n];
        count += is_in [n] ? 1 : -1;
    }
    assert_int_equal (sorted.count, count);
    sorted_place_t place = { 0, 0 };
    for (int n = 0; n < NUMBERS; n++)
        if (is_in [n]) {
            assert_ptr_equal (sorted_at (&sorted, place), &s_numbers [n]);
            sorted_step (&sorted, &place);
        }
    assert_null (sorted_at (&sorted, place));
    sorted_free (&sorted);
}

static void
test_numbers_that_only_grow_fill_their_blocks (void **state)
{
    (void) state;
    sorted_t sorted = { 0 };
    for (int n = 0; n < NUMBERS; n++) {
        s_numbers [n] = n;
        sorted_insert (&sorted, sorted_find (&sorted, s_compare, &n), &s_numbers [n]);
    }
    assert_true (sorted.block_count <= NUMBERS / 256 + 1);
    sorted_free (&sorted);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_what_was_put_in_and_not_taken_out_is_there_in_order),
        cmocka_unit_test (test_numbers_that_only_grow_fill_their_blocks),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
