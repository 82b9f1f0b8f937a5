/* Ids: UUID version 7. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "id.h"

#define NOW_MS \
    INT64_C (1645557742000) /* the instant of the example of RFC 9562, appendix A.6: \
                               017F22E2-79B0-7... */

static void
test_an_id_begins_with_its_instant_as_the_rfc_says (void **state)
{
    (void) state;
    id_source_t source;
    char id [ID_SIZE];
    id_source_init (&source);
    id_new (&source, NOW_MS, id);
    assert_memory_equal (id, "017f22e2-79b0-7", 15);
    assert_int_equal (strlen (id), 36);
}

static void
test_an_id_of_ours_is_valid_and_tells_its_time (void **state)
{
    (void) state;
    static const int64_t instants [] = { 0, 1, 65535, 65536, NOW_MS, (INT64_C (1) << 48) - 1 };
    for (size_t index = 0; index < sizeof (instants) / sizeof (instants [0]); index++) {
        id_source_t source;
        char id [ID_SIZE];
        id_source_seed (&source, index);
        id_new (&source, instants [index], id);
        assert_true (id_is_valid (id));
        assert_int_equal (id_time_ms (id), instants [index]);
    }
}

static void
test_the_example_of_the_rfc_is_valid (void **state)
{
    (void) state;
    assert_true (id_is_valid ("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
    assert_int_equal (id_time_ms ("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"), NOW_MS);
}

static void
test_text_that_is_no_id_is_not_valid_and_has_no_time (void **state)
{
    (void) state;
    static const char *const wrong [] = {
        NULL,
        "",
        "v1",
        "017f22e2-79b0-4cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-78c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-c8c4-dc0c0c07398f",
        "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
        "017f22e279b07cc398c4dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "017f22e2_79b0-7cc3-98c4-dc0c0c07398f",
    };
    for (size_t index = 0; index < sizeof (wrong) / sizeof (wrong [0]); index++) {
        assert_false (id_is_valid (wrong [index]));
        assert_int_equal (id_time_ms (wrong [index]), -1);
    }
}

static void
test_ids_of_one_millisecond_are_in_the_order_they_were_made (void **state)
{
    (void) state;
    id_source_t source;
    char last [ID_SIZE] = "", id [ID_SIZE];
    id_source_init (&source);
    for (int count = 0; count < 100000; count++) {
        id_new (&source, NOW_MS, id);
        assert_true (strcmp (last, id) < 0);
        assert_int_equal (id_time_ms (id), NOW_MS);
        memcpy (last, id, ID_SIZE);
    }
}

static void
test_ids_keep_their_order_when_the_clock_steps_back (void **state)
{
    (void) state;
    id_source_t source;
    char before [ID_SIZE], after [ID_SIZE];
    id_source_init (&source);
    id_new (&source, NOW_MS, before);
    id_new (&source, NOW_MS - 3600000, after);
    assert_true (strcmp (before, after) < 0);
    assert_int_equal (id_time_ms (after), NOW_MS);
}

static void
test_ids_keep_their_order_when_the_counter_runs_over (void **state)
{
    (void) state;
    id_source_t source;
    char before [ID_SIZE], after [ID_SIZE];
    id_source_seed (&source, 1);
    id_new (&source, NOW_MS, before);
    source.last_high = 0xFFF;
    source.last_low = (UINT64_C (1) << 62) - 1;
    id_new (&source, NOW_MS, after);
    assert_true (strcmp (before, after) < 0);
    assert_true (id_is_valid (after));
    assert_int_equal (id_time_ms (after), NOW_MS + 1);
}

static void
test_an_instant_no_id_can_hold_is_taken_as_the_nearest (void **state)
{
    (void) state;
    id_source_t source;
    char id [ID_SIZE];
    id_source_seed (&source, 1);
    id_new (&source, -5, id);
    assert_int_equal (id_time_ms (id), 0);
    id_new (&source, INT64_MAX, id);
    assert_int_equal (id_time_ms (id), (INT64_C (1) << 48) - 1);
}

static void
test_the_same_seed_gives_the_same_ids_and_another_seed_gives_others (void **state)
{
    (void) state;
    id_source_t one, same, other;
    id_source_seed (&one, 42);
    id_source_seed (&same, 42);
    id_source_seed (&other, 43);
    for (int64_t step = 0; step < 1000; step++) {
        char a [ID_SIZE], b [ID_SIZE], c [ID_SIZE];
        id_new (&one, NOW_MS + step / 3, a);
        id_new (&same, NOW_MS + step / 3, b);
        id_new (&other, NOW_MS + step / 3, c);
        assert_string_equal (a, b);
        assert_string_not_equal (a, c);
    }
}

static void
test_two_sources_from_the_kernel_differ (void **state)
{
    (void) state;
    id_source_t one, other;
    id_source_init (&one);
    id_source_init (&other);
    assert_memory_not_equal (one.key, other.key, sizeof (one.key));
    assert_true (id_random (&one) != id_random (&other));
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_an_id_begins_with_its_instant_as_the_rfc_says),
        cmocka_unit_test (test_an_id_of_ours_is_valid_and_tells_its_time),
        cmocka_unit_test (test_the_example_of_the_rfc_is_valid),
        cmocka_unit_test (test_text_that_is_no_id_is_not_valid_and_has_no_time),
        cmocka_unit_test (test_ids_of_one_millisecond_are_in_the_order_they_were_made),
        cmocka_unit_test (test_ids_keep_their_order_when_the_clock_steps_back),
        cmocka_unit_test (test_ids_keep_their_order_when_the_counter_runs_over),
        cmocka_unit_test (test_an_instant_no_id_can_hold_is_taken_as_the_nearest),
        cmocka_unit_test (test_the_same_seed_gives_the_same_ids_and_another_seed_gives_others),
        cmocka_unit_test (test_two_sources_from_the_kernel_differ),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
