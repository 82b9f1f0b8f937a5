#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include "hashed.h"

enum { NUMBERS = 700, STEPS = 20000 };

#define SHEET_FIELDS(F, T) F (T, text, id) F (T, int, number)
ENTITY_STRUCT (sheet, SHEET_FIELDS);
ENTITY_TABLE (sheet, SHEET_FIELDS);

static sheet_t s_sheets [NUMBERS];
static char s_keys [NUMBERS] [48];

/* Keys of all lengths around eight, many of them alike but in one place. */
static void
s_make_sheets (void)
{
    for (int n = 0; n < NUMBERS; n++) {
        snprintf (s_keys [n], sizeof s_keys [n], "%.*s%d", n % 20, "0198f0aa-7c10-7000-8000", n);
        s_sheets [n] = (sheet_t) { s_keys [n], n };
    }
}

/* Beside an array that says for each number whether it is in. */
static void
test_what_was_put_in_and_not_removed_is_found_and_nothing_else (void **state)
{
    (void) state;
    hashed_t hashed = { 0 };
    bool is_in [NUMBERS] = { false };
    uint32_t count = 0;
    s_make_sheets ();
    assert_null (hashed_get (&hashed, &sheet_entity, s_keys [0]));
    hashed_remove (&hashed, &sheet_entity, s_keys [0]);
    srand (11);
    for (int step = 0; step < STEPS; step++) {
        int n = rand () % NUMBERS;
        if (is_in [n])
            hashed_remove (&hashed, &sheet_entity, s_keys [n]);
        else
            hashed_put (&hashed, &sheet_entity, &s_sheets [n]);
        is_in [n] = !is_in [n];
        count += is_in [n] ? 1u : -1u;
        if (step % 500 == 0)
            for (int i = 0; i < NUMBERS; i++)
                assert_ptr_equal (hashed_get (&hashed, &sheet_entity, s_keys [i]), is_in [i] ? &s_sheets [i] : NULL);
    }
    assert_int_equal (hashed.count, count);
    hashed_free (&hashed);
}

static void
test_a_row_takes_the_place_of_the_one_of_its_key (void **state)
{
    (void) state;
    hashed_t hashed = { 0 };
    sheet_t first = { (char *) "a", 1 }, second = { (char *) "a", 2 };
    hashed_put (&hashed, &sheet_entity, &first);
    hashed_put (&hashed, &sheet_entity, &second);
    assert_int_equal (hashed.count, 1);
    assert_ptr_equal (hashed_get (&hashed, &sheet_entity, "a"), &second);
    hashed_free (&hashed);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_what_was_put_in_and_not_removed_is_found_and_nothing_else),
        cmocka_unit_test (test_a_row_takes_the_place_of_the_one_of_its_key),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
