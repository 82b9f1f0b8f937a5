/* The scan of bytes from strangers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "json_test.pb-c.c"
#include "utf8.h"
#include "wire.h"

#define SCALARS &fettle__test__v1__scalars__descriptor
#define LISTS &fettle__test__v1__lists__descriptor
#define TREE &fettle__test__v1__tree__descriptor

/* The bytes are copied into memory of just their size, so that a sanitizer sees a read beyond them.
 */
static wire_code_t
s_scan (const ProtobufCMessageDescriptor *descriptor, const char *bytes, size_t size,
    const wire_limits_t *limits, wire_error_t *error)
{
    char *exact = malloc (size ? size : 1);
    assert_non_null (exact);
    memcpy (exact, bytes, size);
    wire_code_t code = wire_scan (descriptor, exact, size, limits, error);
    free (exact);
    return code;
}

#define BYTES(literal) literal, sizeof (literal) - 1

#define assert_scan(wanted, descriptor, literal) \
    do { \
        wire_error_t error_; \
        assert_string_equal (wire_code_name (s_scan (descriptor, BYTES (literal), NULL, &error_)), \
            wire_code_name (wanted)); \
        if (wanted) \
            assert_int_equal (error_.code, wanted); \
    } while (0)

static void
test_a_message_of_every_kind_of_field_passes (void **state)
{
    (void) state;
    Fettle__Test__V1__Scalars scalars = FETTLE__TEST__V1__SCALARS__INIT;
    scalars.an_int32 = -1;
    scalars.a_sint64 = INT64_MIN;
    scalars.a_fixed64 = UINT64_MAX;
    scalars.a_float = 1.5f;
    scalars.a_double = -2.5;
    scalars.a_bool = 1;
    scalars.a_colour = FETTLE__TEST__V1__COLOUR__COLOUR_NEGATIVE;
    scalars.a_string = (char *) "tiếng Việt, 中文";
    scalars.some_bytes = (ProtobufCBinaryData) { 4, (uint8_t *) "\0\xFF\0\x80" };
    uint8_t bytes [512];
    size_t size = fettle__test__v1__scalars__pack (&scalars, bytes);
    assert_int_equal (s_scan (SCALARS, (char *) bytes, size, NULL, NULL), WIRE_OK);
}

static void
test_no_bytes_are_an_empty_message (void **state)
{
    (void) state;
    assert_int_equal (wire_scan (SCALARS, NULL, 0, NULL, NULL), WIRE_OK);
}

static void
test_a_message_cut_short_inside_a_field_is_truncated (void **state)
{
    (void) state;
    assert_scan (WIRE_TRUNCATED, SCALARS, "\x08");
    assert_scan (WIRE_TRUNCATED, SCALARS, "\x08\xAC");
    assert_scan (WIRE_TRUNCATED, SCALARS,
        "\x7A\x03"
        "ab");
    assert_scan (WIRE_TRUNCATED, SCALARS, "\x7A");
    assert_scan (WIRE_TRUNCATED, SCALARS, "\x1D\1\2\3");
    assert_scan (WIRE_TRUNCATED, SCALARS, "\x31\1\2\3\4\5\6\7");
    assert_scan (WIRE_TRUNCATED, SCALARS, "\x82");
    assert_scan (WIRE_TRUNCATED, LISTS, "\x1A\x05\1\2\3\4\5");
    assert_scan (WIRE_TRUNCATED, LISTS, "\x0A\x02\x80\x80");
}

static void
test_a_message_inside_may_not_reach_beyond_the_one_around_it (void **state)
{
    (void) state;
    assert_scan (WIRE_TRUNCATED, TREE,
        "\x32\x02\x7A\x03"
        "abc");
    assert_scan (WIRE_OK, TREE,
        "\x32\x05\x7A\x03"
        "abc");
}

static void
test_a_number_of_more_than_64_bits_is_refused (void **state)
{
    (void) state;
    assert_scan (WIRE_OK, SCALARS, "\x48\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01");
    assert_scan (WIRE_BAD_VARINT, SCALARS, "\x48\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02");
    assert_scan (WIRE_BAD_VARINT, SCALARS, "\x48\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01");
}

static void
test_a_tag_or_length_of_more_than_32_bits_is_refused (void **state)
{
    (void) state;
    assert_scan (WIRE_BAD_VARINT, SCALARS, "\x88\x80\x80\x80\x80\x80\x01");
    assert_scan (WIRE_BAD_VARINT, SCALARS, "\x88\x80\x80\x80\x10\x01");
    assert_scan (WIRE_BAD_VARINT, SCALARS, "\x7A\x80\x80\x80\x80\x80\x01");
    assert_scan (WIRE_TRUNCATED, SCALARS, "\x7A\xFF\xFF\xFF\xFF\x0F");
}

static void
test_field_number_0_and_wire_types_6_and_7_are_refused (void **state)
{
    (void) state;
    assert_scan (WIRE_BAD_TAG, SCALARS, "\x00\x01");
    assert_scan (WIRE_BAD_TAG, SCALARS, "\x0E\x01");
    assert_scan (WIRE_BAD_TAG, SCALARS, "\x0F\x01");
}

static void
test_groups_are_refused_also_in_unknown_fields (void **state)
{
    (void) state;
    assert_scan (WIRE_GROUP, SCALARS, "\x0B\x0C");
    assert_scan (WIRE_GROUP, SCALARS, "\xFB\x07\xFC\x07");
}

static void
test_a_known_field_of_another_wire_type_is_refused (void **state)
{
    (void) state;
    assert_scan (WIRE_WRONG_TYPE, SCALARS, "\x0D\1\2\3\4");
    assert_scan (WIRE_WRONG_TYPE, SCALARS, "\x0A\x01\x01");
    assert_scan (WIRE_WRONG_TYPE, SCALARS, "\x78\x01");
    assert_scan (WIRE_WRONG_TYPE, LISTS, "\x78\x01");
    assert_scan (WIRE_WRONG_TYPE, TREE, "\x30\x01");
}

static void
test_lists_of_numbers_pass_packed_and_unpacked (void **state)
{
    (void) state;
    assert_scan (WIRE_OK, LISTS, "\x0A\x03\x01\xAC\x02");
    assert_scan (WIRE_OK, LISTS, "\x08\x01\x08\xAC\x02");
    assert_scan (WIRE_OK, LISTS, "\x1A\x08\1\0\0\0\2\0\0\0");
    assert_scan (WIRE_OK, LISTS, "\x92\x01\x02\x01\x02");
    assert_scan (WIRE_OK, LISTS, "\x0A\x00");
}

static void
test_text_that_is_no_utf8_is_refused_but_bytes_may_hold_anything (void **state)
{
    (void) state;
    assert_scan (WIRE_BAD_UTF8, SCALARS, "\x7A\x02\xC3(");
    assert_scan (WIRE_BAD_UTF8, SCALARS, "\x7A\x02\xC0\x80");
    assert_scan (WIRE_BAD_UTF8, SCALARS, "\x7A\x03\xED\xA0\x80");
    assert_scan (WIRE_BAD_UTF8, SCALARS, "\x7A\x04\xF4\x90\x80\x80");
    assert_scan (WIRE_BAD_UTF8, SCALARS, "\x7A\x02\xE4\xB8");
    assert_scan (WIRE_BAD_UTF8, LISTS, "\x7A\x01\xFF");
    assert_scan (WIRE_OK, SCALARS, "\x82\x01\x02\xC3(");
}

static void
test_text_with_a_nul_is_refused_and_the_place_is_told (void **state)
{
    (void) state;
    wire_error_t error;
    assert_int_equal (s_scan (SCALARS,
                          BYTES ("\x7A\x03"
                                 "a\0b"),
                          NULL, &error),
        WIRE_HAS_NUL);
    assert_int_equal (error.position, 3);
    assert_non_null (strstr (error.sentence, "a_string"));
}

static void
test_unknown_fields_are_skipped_but_not_without_end (void **state)
{
    (void) state;
    assert_scan (WIRE_OK, SCALARS,
        "\x80\x7D\x01\x81\x7D\1\2\3\4\5\6\7\x08\x82\x7D\x02\xFF\xFE\x85\x7D\1\2\3\4");
    char many [3 * 65];
    for (size_t at = 0; at < sizeof (many); at += 3)
        memcpy (many + at, "\x80\x7D\x01", 3);
    assert_int_equal (s_scan (SCALARS, many, 3 * 64, NULL, NULL), WIRE_OK);
    assert_int_equal (s_scan (SCALARS, many, 3 * 65, NULL, NULL), WIRE_TOO_MANY_UNKNOWN);
    assert_scan (WIRE_TRUNCATED, SCALARS, "\x82\x7D\x05\x01");
    assert_scan (WIRE_TRUNCATED, SCALARS, "\x85\x7D\x05\x01");
}

static void
test_a_message_over_the_limit_of_size_is_refused_unread (void **state)
{
    (void) state;
    assert_int_equal (wire_scan (SCALARS, NULL, 64 * 1024 + 1, NULL, NULL), WIRE_TOO_BIG);
    wire_limits_t limits = wire_limits;
    limits.message_size = 2;
    assert_int_equal (s_scan (SCALARS, BYTES ("\x08\x01"), &limits, NULL), WIRE_OK);
    assert_int_equal (s_scan (SCALARS, BYTES ("\x08\xAC\x02"), &limits, NULL), WIRE_TOO_BIG);
}

/* Wraps an empty tree into COUNT others; returns the size. */
static size_t
s_nest (unsigned char *bytes, size_t room, unsigned count)
{
    size_t size = 0;
    while (count--) {
        unsigned char length [5];
        size_t length_size = 0;
        for (size_t rest = size; length_size == 0 || rest; rest >>= 7)
            length [length_size++] = (unsigned char) ((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0));
        assert_true (size + length_size + 1 <= room);
        memmove (bytes + 1 + length_size, bytes, size);
        bytes [0] = 0x1A;
        memcpy (bytes + 1, length, length_size);
        size += 1 + length_size;
    }
    return size;
}

static void
test_messages_deeper_than_16_are_refused (void **state)
{
    (void) state;
    static unsigned char bytes [65536];
    assert_int_equal (
        s_scan (TREE, (char *) bytes, s_nest (bytes, sizeof (bytes), 15), NULL, NULL), WIRE_OK);
    assert_int_equal (s_scan (TREE, (char *) bytes, s_nest (bytes, sizeof (bytes), 16), NULL, NULL),
        WIRE_TOO_DEEP);
    assert_int_equal (
        s_scan (TREE, (char *) bytes, s_nest (bytes, sizeof (bytes), 17000), NULL, NULL),
        WIRE_TOO_DEEP);
}

static void
test_one_list_may_have_so_many_values_packed_or_not (void **state)
{
    (void) state;
    wire_limits_t limits = wire_limits;
    limits.repeated = 3;
    assert_int_equal (s_scan (LISTS, BYTES ("\x08\x01\x08\x01\x08\x01"), &limits, NULL), WIRE_OK);
    assert_int_equal (s_scan (LISTS, BYTES ("\x08\x01\x0A\x02\x01\x01"), &limits, NULL), WIRE_OK);
    assert_int_equal (s_scan (LISTS, BYTES ("\x08\x01\x0A\x03\x01\x01\x01"), &limits, NULL),
        WIRE_TOO_MANY_VALUES);
    assert_int_equal (
        s_scan (LISTS, BYTES ("\x0A\x04\x01\x01\x01\x01"), &limits, NULL), WIRE_TOO_MANY_VALUES);
    assert_int_equal (
        s_scan (LISTS, BYTES ("\x08\x01\x08\x01\x10\x01\x10\x01"), &limits, NULL), WIRE_OK);
    assert_int_equal (
        s_scan (LISTS, BYTES ("\x7A\0\x7A\0\x7A\0\x7A\0"), &limits, NULL), WIRE_TOO_MANY_VALUES);
}

static void
test_a_message_that_is_no_list_may_come_once (void **state)
{
    (void) state;
    assert_scan (WIRE_OK, TREE, "\x1A\x00\x12\x00\x12\x00");
    assert_scan (WIRE_TOO_MANY_VALUES, TREE, "\x1A\x00\x1A\x00");
}

static void
test_all_fields_together_have_a_limit (void **state)
{
    (void) state;
    wire_limits_t limits = wire_limits;
    limits.fields = 4;
    assert_int_equal (
        s_scan (TREE, BYTES ("\x12\x02\x0A\x00\x12\x02\x0A\x00"), &limits, NULL), WIRE_OK);
    assert_int_equal (
        s_scan (TREE, BYTES ("\x12\x02\x0A\x00\x12\x02\x0A\x00\x0A\x00"), &limits, NULL),
        WIRE_TOO_MANY_FIELDS);
}

static void
test_text_and_bytes_have_limits_of_their_own (void **state)
{
    (void) state;
    wire_limits_t limits = wire_limits;
    limits.string_size = 2;
    limits.bytes_size = 3;
    assert_int_equal (s_scan (SCALARS,
                          BYTES ("\x7A\x02"
                                 "ab"),
                          &limits, NULL),
        WIRE_OK);
    assert_int_equal (s_scan (SCALARS,
                          BYTES ("\x7A\x03"
                                 "abc"),
                          &limits, NULL),
        WIRE_TOO_LONG);
    assert_int_equal (s_scan (SCALARS,
                          BYTES ("\x82\x01\x03"
                                 "abc"),
                          &limits, NULL),
        WIRE_OK);
    assert_int_equal (s_scan (SCALARS,
                          BYTES ("\x82\x01\x04"
                                 "abcd"),
                          &limits, NULL),
        WIRE_TOO_LONG);
}

static void
test_what_passes_is_unpacked_into_the_arena (void **state)
{
    (void) state;
    arena_t *arena = arena_new ();
    const Fettle__Test__V1__Scalars *scalars = (void *) wire_unpack (arena, SCALARS,
        BYTES ("\x08\x07\x7A\x03"
               "abc"),
        NULL, NULL);
    assert_non_null (scalars);
    assert_int_equal (scalars->an_int32, 7);
    assert_string_equal (scalars->a_string, "abc");
    wire_error_t error;
    assert_null (wire_unpack (arena, SCALARS, BYTES ("\x08"), NULL, &error));
    assert_int_equal (error.code, WIRE_TRUNCATED);
    arena_destroy (&arena);
}

static void
test_every_error_has_a_name_of_its_own (void **state)
{
    (void) state;
    for (int code = 0; code < WIRE_CODES; code++)
        for (int other = 0; other < code; other++)
            assert_string_not_equal (wire_code_name (code), wire_code_name (other));
    assert_string_equal (wire_code_name (WIRE_TOO_DEEP), "wire.too_deep");
    assert_string_equal (wire_code_name (WIRE_REFUSED), "wire.refused");
}

/* Whatever the bytes, the scan must end, and what it lets through protobuf-c must be able to
 * unpack. */
static void
test_what_the_scan_lets_through_protobuf_unpacks (void **state)
{
    (void) state;
    const uint64_t seed = 20240607;
    uint64_t random = seed;
    unsigned passed = 0;
    arena_t *arena = arena_new ();
    print_message ("seed %llu\n", (unsigned long long) seed);
    for (int round = 0; round < 200000; round++) {
        unsigned char bytes [24];
        for (size_t at = 0; at < sizeof (bytes); at++) {
            random = random * 6364136223846793005ULL + 1442695040888963407ULL;
            bytes [at] = (unsigned char) (random >> 56) & (random >> 40 & 1 ? 0xFF : 0x1F);
        }
        wire_error_t error = { 0 };
        if (wire_unpack (arena, round & 1 ? TREE : LISTS, bytes, random >> 33 & 15, NULL, &error))
            passed++;
        assert_int_not_equal (error.code, WIRE_REFUSED);
        arena_reset (arena);
    }
    arena_destroy (&arena);
    assert_in_range (passed, 1000, 199000);
}

static void
test_text_is_repaired_byte_by_byte (void **state)
{
    (void) state;
    arena_t *arena = arena_new ();
    assert_string_equal (utf8_repair (arena,
                             "a\xFF"
                             "b\xC3"),
        "a\xEF\xBF\xBD"
        "b\xEF\xBF\xBD");
    assert_string_equal (utf8_repair (arena, "中"), "中");
    char cut [] = "ab\xE4\xB8";
    utf8_trim (cut);
    assert_string_equal (cut, "ab");
    arena_destroy (&arena);
}

static void
test_a_header_is_what_protobuf_writes_before_a_field (void **state)
{
    (void) state;
    uint8_t bytes [16];
    assert_int_equal (wire_put_header (bytes, 1, 0) - bytes, 2);
    assert_memory_equal (bytes, "\x0a\x00", 2);
    assert_int_equal (wire_put_header (bytes, 2, 127) - bytes, 2);
    assert_memory_equal (bytes, "\x12\x7f", 2);
    assert_int_equal (wire_put_header (bytes, 2, 128) - bytes, 3);
    assert_memory_equal (bytes, "\x12\x80\x01", 3);
    assert_int_equal (wire_put_header (bytes, 1, 300000) - bytes, 4);
    assert_memory_equal (bytes, "\x0a\xe0\xa7\x12", 4);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_a_message_of_every_kind_of_field_passes),
        cmocka_unit_test (test_no_bytes_are_an_empty_message),
        cmocka_unit_test (test_a_message_cut_short_inside_a_field_is_truncated),
        cmocka_unit_test (test_a_message_inside_may_not_reach_beyond_the_one_around_it),
        cmocka_unit_test (test_a_number_of_more_than_64_bits_is_refused),
        cmocka_unit_test (test_a_tag_or_length_of_more_than_32_bits_is_refused),
        cmocka_unit_test (test_field_number_0_and_wire_types_6_and_7_are_refused),
        cmocka_unit_test (test_groups_are_refused_also_in_unknown_fields),
        cmocka_unit_test (test_a_known_field_of_another_wire_type_is_refused),
        cmocka_unit_test (test_lists_of_numbers_pass_packed_and_unpacked),
        cmocka_unit_test (test_text_that_is_no_utf8_is_refused_but_bytes_may_hold_anything),
        cmocka_unit_test (test_text_with_a_nul_is_refused_and_the_place_is_told),
        cmocka_unit_test (test_unknown_fields_are_skipped_but_not_without_end),
        cmocka_unit_test (test_a_message_over_the_limit_of_size_is_refused_unread),
        cmocka_unit_test (test_messages_deeper_than_16_are_refused),
        cmocka_unit_test (test_one_list_may_have_so_many_values_packed_or_not),
        cmocka_unit_test (test_a_message_that_is_no_list_may_come_once),
        cmocka_unit_test (test_all_fields_together_have_a_limit),
        cmocka_unit_test (test_text_and_bytes_have_limits_of_their_own),
        cmocka_unit_test (test_what_passes_is_unpacked_into_the_arena),
        cmocka_unit_test (test_every_error_has_a_name_of_its_own),
        cmocka_unit_test (test_what_the_scan_lets_through_protobuf_unpacks),
        cmocka_unit_test (test_text_is_repaired_byte_by_byte),
        cmocka_unit_test (test_a_header_is_what_protobuf_writes_before_a_field),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
