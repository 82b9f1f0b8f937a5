/* Memory that dies together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "arena.h"
#include "writer.h"

static int
s_setup (void **state)
{
    *state = arena_new ();
    return 0;
}

static int
s_teardown (void **state)
{
    arena_t *arena = *state;
    arena_destroy (&arena);
    assert_null (arena);
    return 0;
}

static void
test_every_piece_is_zeroed_also_after_a_reset (void **state)
{
    static const size_t sizes [] = { 1, 7, 16, 100, 4096, 70000, 200000 };
    for (int turn = 0; turn < 3; turn++) {
        for (size_t index = 0; index < sizeof (sizes) / sizeof (sizes [0]); index++) {
            unsigned char *piece = arena_alloc (*state, sizes [index]);
            for (size_t at = 0; at < sizes [index]; at++)
                assert_int_equal (piece [at], 0);
            memset (piece, 0xA5, sizes [index]);
        }
        arena_reset (*state);
    }
}

static void
test_every_piece_is_aligned_to_16_bytes (void **state)
{
    for (size_t size = 0; size < 3000; size++)
        assert_int_equal ((uintptr_t) arena_alloc (*state, size) % 16, 0);
}

static void
test_pieces_do_not_overlap (void **state)
{
    enum { COUNT = 2000 };
    unsigned char *pieces [COUNT];
    for (unsigned index = 0; index < COUNT; index++) {
        pieces [index] = arena_alloc (*state, 1 + index * 37 % 500);
        memset (pieces [index], (int) (index % 251), 1 + index * 37 % 500);
    }
    for (unsigned index = 0; index < COUNT; index++)
        for (size_t at = 0; at < 1 + index * 37 % 500; at++)
            assert_int_equal (pieces [index][at], index % 251);
}

static void
test_small_pieces_go_on_in_the_same_block_after_a_big_one (void **state)
{
    char *before = arena_alloc (*state, 32);
    arena_alloc (*state, 1000000);
    char *after = arena_alloc (*state, 32);
    assert_in_range (after - before, 32, 1024);
}

static void
test_a_reset_gives_everything_back (void **state)
{
    assert_int_equal (arena_used (*state), 0);
    char *first = arena_alloc (*state, 1000);
    assert_in_range (arena_used (*state), 1000, 1100);
    arena_reset (*state);
    assert_int_equal (arena_used (*state), 0);
    assert_ptr_equal (arena_alloc (*state, 1000), first);
}

static void
test_a_copy_of_no_text_is_null (void **state)
{
    assert_null (arena_strdup (*state, NULL));
    assert_string_equal (arena_strdup (*state, ""), "");
    assert_string_equal (arena_strdup (*state, "visit"), "visit");
}

static void
test_a_copy_of_bytes_ends_in_a_nul (void **state)
{
    const char *copy = arena_copy (*state, "a\0b", 3);
    assert_memory_equal (copy, "a\0b\0", 4);
}

static void
test_printed_text_may_have_any_length (void **state)
{
    assert_string_equal (arena_printf (*state, "visit %s at %d", "v1", 7), "visit v1 at 7");
    const char *wide = arena_printf (*state, "%100000d", 1);
    assert_int_equal (strlen (wide), 100000);
}

static void
test_protobuf_may_free_what_it_took_and_nothing_happens (void **state)
{
    ProtobufCAllocator allocator = arena_protobuf (*state);
    char *piece = allocator.alloc (allocator.allocator_data, 10);
    memcpy (piece, "unpacked", 9);
    allocator.free (allocator.allocator_data, piece);
    assert_string_equal (piece, "unpacked");
}

static void
test_destroying_nothing_does_nothing (void **state)
{
    (void) state;
    arena_t *nothing = NULL;
    arena_destroy (&nothing);
    assert_null (nothing);
}

static void
test_a_writer_grows_up_to_its_limit_and_not_beyond (void **state)
{
    writer_t writer = writer_new (*state, 1000);
    assert_string_equal (writer_text (&writer), "");
    for (int count = 0; count < 100; count++)
        writer_add_text (&writer, "0123456789");
    assert_int_equal (writer.size, 1000);
    assert_false (writer.is_overfull);
    writer_add_character (&writer, 'x');
    assert_true (writer.is_overfull);
    assert_int_equal (strlen (writer_text (&writer)), 1000);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test_setup_teardown (
            test_every_piece_is_zeroed_also_after_a_reset, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown (
            test_every_piece_is_aligned_to_16_bytes, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown (test_pieces_do_not_overlap, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown (
            test_small_pieces_go_on_in_the_same_block_after_a_big_one, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown (test_a_reset_gives_everything_back, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown (test_a_copy_of_no_text_is_null, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown (test_a_copy_of_bytes_ends_in_a_nul, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown (
            test_printed_text_may_have_any_length, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown (
            test_protobuf_may_free_what_it_took_and_nothing_happens, s_setup, s_teardown),
        cmocka_unit_test (test_destroying_nothing_does_nothing),
        cmocka_unit_test_setup_teardown (
            test_a_writer_grows_up_to_its_limit_and_not_beyond, s_setup, s_teardown),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
