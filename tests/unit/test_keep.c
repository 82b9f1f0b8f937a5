/* What was made from bytes and kept, and messages that were unpacked once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "arena.h"
#include "keep.h"
#include "messages.h"
#include "unpacked.h"

static int s_made, s_dropped;

/* A copy as a text; nothing for "none". */
static void *
s_make (const void *how, blob_t bytes)
{
    (void) how;
    s_made++;
    return bytes.size == 4 && memcmp (bytes.data, "none", 4) == 0 ? NULL
        : bytes.size ? strndup ((const char *) bytes.data, bytes.size) : strdup ("");
}

static void
s_drop (void *value)
{
    s_dropped++;
    free (value);
}

static int
s_setup (void **state)
{
    s_made = s_dropped = 0;
    *state = keep_new (s_make, s_drop);
    return 0;
}

static int
s_teardown (void **state)
{
    keep_destroy ((keep_t **) state);
    unpacked_forget ();
    return 0;
}

static blob_t
s_bytes (const char *text)
{
    return (blob_t) { (const uint8_t *) text, strlen (text) };
}

static const char *
s_get (void **state, const char *id, const char *text)
{
    return keep_get (*state, NULL, id, 1, s_bytes (text));
}

static void
test_the_same_bytes_under_the_same_name_are_made_once (void **state)
{
    const char *first = s_get (state, "a", "one");
    assert_string_equal (first, "one");
    assert_ptr_equal (s_get (state, "a", "one"), first);
    assert_ptr_not_equal (s_get (state, "b", "one"), first);
    assert_ptr_not_equal (keep_get (*state, NULL, "a", 2, s_bytes ("one")), first);
    assert_ptr_not_equal (keep_get (*state, state, "a", 1, s_bytes ("one")), first);
    assert_int_equal (s_made, 4);
}

static void
test_other_bytes_are_made_anew_and_what_they_replace_lives_until_the_trim (void **state)
{
    const char *before = s_get (state, "a", "one");
    assert_string_equal (s_get (state, "a", "two"), "two");
    assert_string_equal (before, "one");
    assert_string_equal (s_get (state, "a", "one"), "one");
    assert_int_equal (s_dropped, 0);
    keep_trim (*state, 10);
    assert_int_equal (s_dropped, 2);
    assert_string_equal (s_get (state, "a", "one"), "one");
    assert_int_equal (s_made, 3);
}

static void
test_what_was_not_asked_for_longest_goes_first (void **state)
{
    s_get (state, "a", "1");
    s_get (state, "b", "2");
    s_get (state, "c", "3");
    s_get (state, "a", "1");
    keep_trim (*state, 2);
    assert_int_equal (s_dropped, 1);
    s_get (state, "a", "1");
    s_get (state, "c", "3");
    assert_int_equal (s_made, 3);
    s_get (state, "b", "2");
    assert_int_equal (s_made, 4);
}

static void
test_thousands_of_names_stay_apart (void **state)
{
    char id [16];
    for (int i = 0; i < 5000; i++) {
        snprintf (id, sizeof id, "%d", i);
        assert_string_equal (s_get (state, id, id), id);
    }
    for (int i = 4999; i >= 0; i--) {
        snprintf (id, sizeof id, "%d", i);
        assert_string_equal (s_get (state, id, id), id);
    }
    assert_int_equal (s_made, 5000);
    keep_trim (*state, 0);
    assert_int_equal (s_dropped, 5000);
}

static void
test_that_nothing_could_be_made_is_kept_too (void **state)
{
    assert_null (s_get (state, "a", "none"));
    assert_null (s_get (state, "a", "none"));
    assert_int_equal (s_made, 1);
    assert_string_equal (s_get (state, "a", ""), "");
    keep_trim (*state, 0);
    assert_int_equal (s_dropped, 1);
}

static void
test_a_message_is_unpacked_once_and_its_digest_is_that_of_the_message (void **state)
{
    (void) state;
    uint8_t bytes [64];
    cost_term_t term = { .base = cost_term_init, .term = "wait", .unit = "min", .amount_minor = 5 };
    blob_t packed = { bytes, protobuf_c_message_pack (&term.base, bytes) };
    const unpacked_t *kept = unpacked_get (&cost_term_descriptor, "t1", packed);
    assert_string_equal (((const cost_term_t *) kept->message)->term, "wait");
    assert_ptr_equal (unpacked_get (&cost_term_descriptor, "t1", packed), kept);

    unsigned char digest [32];
    unpacked_digest (&term.base, digest);
    assert_memory_equal (digest, kept->digest, sizeof digest);
    term.amount_minor++;
    unpacked_digest (&term.base, digest);
    assert_memory_not_equal (digest, kept->digest, sizeof digest);
    assert_memory_equal (unpacked_digest_of ("t1", packed), kept->digest, sizeof digest);
    assert_null (unpacked_get (&cost_term_descriptor, "t2", s_bytes ("\xff\xff")));
    assert_string_equal (((const cost_term_t *) unpacked_get (&cost_term_descriptor, "t3", (blob_t) { 0 })->message)
        ->term, "");
}

int
main (void)
{
#define CASE(name) cmocka_unit_test_setup_teardown (name, s_setup, s_teardown)
    const struct CMUnitTest tests [] = {
        CASE (test_the_same_bytes_under_the_same_name_are_made_once),
        CASE (test_other_bytes_are_made_anew_and_what_they_replace_lives_until_the_trim),
        CASE (test_what_was_not_asked_for_longest_goes_first),
        CASE (test_thousands_of_names_stay_apart),
        CASE (test_that_nothing_could_be_made_is_kept_too),
        CASE (test_a_message_is_unpacked_once_and_its_digest_is_that_of_the_message),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
