/* Messages as JSON and back. What every message of ours looks like is compared with Google's own by
 * json_oracle.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <math.h>
#include <cmocka.h>
#include "base64.h"
#include "json.h"
#include "json_test.pb-c.c"

#define SCALARS &fettle__test__v1__scalars__descriptor
#define LISTS &fettle__test__v1__lists__descriptor
#define CHOICE &fettle__test__v1__choice__descriptor
#define TREE &fettle__test__v1__tree__descriptor

typedef Fettle__Test__V1__Scalars scalars_t;

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
    return 0;
}

static const void *
s_read (arena_t *arena, const ProtobufCMessageDescriptor *descriptor, const char *text)
{
    char error [256] = "";
    const void *message = json_to_message (arena, descriptor, text, strlen (text), error);
    if (!message)
        fail_msg ("%s: %s", text, error);
    return message;
}

static void
s_assert_refused (arena_t *arena, const ProtobufCMessageDescriptor *descriptor, const char *text,
    const char *wanted)
{
    char error [256] = "";
    if (json_to_message (arena, descriptor, text, strlen (text), error))
        fail_msg ("%s was accepted", text);
    if (!strstr (error, wanted))
        fail_msg ("%s: \"%s\" does not say \"%s\"", text, error, wanted);
}

static void
s_assert_same (arena_t *arena, const ProtobufCMessageDescriptor *descriptor, const char *text,
    const char *wanted)
{
    assert_string_equal (json_from_message (arena, s_read (arena, descriptor, text), 0), wanted);
}

static void
test_names_are_lower_camel_case_out_and_either_in (void **state)
{
    s_assert_same (*state, SCALARS, "{\"an_int32\": 7, \"aString\": \"x\"}",
        "{\"anInt32\":7,\"aString\":\"x\"}");
    char name [JSON_NAME_SIZE];
    static const char *const names [][2] = {
        { "amount_minor", "amountMinor" },
        { "id", "id" },
        { "a_b_c", "aBC" },
        { "x1_y2", "x1Y2" },
        { "trailing_", "trailing" },
        { "two__underscores", "twoUnderscores" },
        { "UpperCase", "UpperCase" },
        { "number_1_in", "number1In" },
    };
    for (size_t index = 0; index < sizeof (names) / sizeof (names [0]); index++) {
        json_name (names [index][0], name);
        assert_string_equal (name, names [index][1]);
    }
}

static void
test_the_same_field_under_both_names_is_refused (void **state)
{
    s_assert_refused (*state, SCALARS, "{\"an_int32\": 7, \"anInt32\": 7}", "is given twice");
}

static void
test_the_same_key_twice_is_refused (void **state)
{
    s_assert_refused (*state, SCALARS, "{\"anInt32\": 7, \"anInt32\": 7}", "duplicate");
}

static void
test_whole_numbers_may_be_numbers_or_text_but_must_fit (void **state)
{
    const scalars_t *scalars = s_read (*state, SCALARS,
        "{\"anInt32\": \"-2147483648\", \"aUint32\": 4294967295, \"anInt64\": -9223372036854775808,"
        " \"aSint64\": \"9223372036854775807\", \"aUint64\": \"18446744073709551615\", "
        "\"aFixed64\": 5.0, \"aSint32\": 1e3}");
    assert_true (scalars->an_int32 == INT32_MIN && scalars->a_uint32 == UINT32_MAX
        && scalars->an_int64 == INT64_MIN);
    assert_true (scalars->a_sint64 == INT64_MAX && scalars->a_uint64 == UINT64_MAX
        && scalars->a_fixed64 == 5);
    assert_int_equal (scalars->a_sint32, 1000);
    s_assert_refused (*state, SCALARS, "{\"anInt32\": 2147483648}",
        "anInt32: 2147483648 is not a whole number from -2147483648 to 2147483647");
    s_assert_refused (*state, SCALARS, "{\"aUint32\": -1}",
        "aUint32: -1 is not a whole number from 0 to 4294967295");
    s_assert_refused (*state, SCALARS, "{\"anInt32\": 1.5}", "anInt32: 1.5 is not a whole number");
    s_assert_refused (*state, SCALARS, "{\"anInt64\": \"9223372036854775808\"}", "anInt64");
    s_assert_refused (*state, SCALARS, "{\"aUint64\": \"18446744073709551616\"}", "aUint64");
    s_assert_refused (*state, SCALARS, "{\"aUint64\": 18446744073709551615}", "in quotes");
    s_assert_refused (
        *state, SCALARS, "{\"anInt64\": \"99999999999999999999999999999999999999999\"}", "anInt64");
    static const char *const no_numbers [] = { "\"\"", "\"-\"", "\" 1\"", "\"1 \"", "\"1x\"",
        "\"0x10\"", "true", "[1]", "{}" };
    for (size_t index = 0; index < sizeof (no_numbers) / sizeof (no_numbers [0]); index++)
        s_assert_refused (*state, SCALARS,
            arena_printf (*state, "{\"anInt64\": %s}", no_numbers [index]), "whole number");
}

static void
test_64_bit_numbers_are_text_out (void **state)
{
    s_assert_same (*state, SCALARS, "{\"anInt64\": -5, \"aUint64\": \"18446744073709551615\"}",
        "{\"anInt64\":\"-5\",\"aUint64\":\"18446744073709551615\"}");
}

static void
test_reals_have_the_fewest_digits_that_read_back_the_same (void **state)
{
    s_assert_same (
        *state, SCALARS, "{\"aFloat\": 0.1, \"aDouble\": 0.1}", "{\"aFloat\":0.1,\"aDouble\":0.1}");
    s_assert_same (*state, SCALARS, "{\"aFloat\": 3.4028234663852886e38}",
        "{\"aFloat\":3.4028234663852886e+38}");
    s_assert_same (
        *state, SCALARS, "{\"aDouble\": 0.30000000000000004}", "{\"aDouble\":0.30000000000000004}");
    s_assert_same (*state, SCALARS, "{\"aDouble\": 100000000000000000000}", "{\"aDouble\":1e+20}");
    s_assert_same (*state, SCALARS, "{\"aDouble\": \"2.5e-3\", \"aFloat\": 3}",
        "{\"aFloat\":3,\"aDouble\":0.0025}");
    s_assert_refused (*state, SCALARS, "{\"aFloat\": 1e39}", "aFloat");
    s_assert_refused (*state, SCALARS, "{\"aDouble\": 1e400}", "not JSON");
    s_assert_refused (
        *state, SCALARS, "{\"aDouble\": \"0x10\"}", "aDouble: \"0x10\" is not a number");
    s_assert_refused (*state, SCALARS, "{\"aDouble\": \"inf\"}", "aDouble");
    s_assert_refused (*state, SCALARS, "{\"aDouble\": \"\"}", "aDouble");
}

static void
test_what_is_no_number_has_a_name (void **state)
{
    const scalars_t *scalars = s_read (
        *state, SCALARS, "{\"aDouble\": \"NaN\", \"aFloat\": \"-Infinity\"}");
    assert_true (isnan (scalars->a_double));
    assert_true (isinf (scalars->a_float) && scalars->a_float < 0);
    assert_string_equal (json_from_message (*state, &scalars->base, 0),
        "{\"aFloat\":\"-Infinity\",\"aDouble\":\"NaN\"}");
    s_assert_same (*state, SCALARS, "{\"aDouble\": \"Infinity\"}", "{\"aDouble\":\"Infinity\"}");
}

static void
test_enums_are_names_out_and_names_or_numbers_in (void **state)
{
    s_assert_same (*state, SCALARS, "{\"aColour\": \"COLOUR_DEEP_BLUE\"}",
        "{\"aColour\":\"COLOUR_DEEP_BLUE\"}");
    s_assert_same (*state, SCALARS, "{\"aColour\": -3}", "{\"aColour\":\"COLOUR_NEGATIVE\"}");
    s_assert_same (*state, SCALARS, "{\"aColour\": 99}", "{\"aColour\":99}");
    s_assert_refused (*state, SCALARS, "{\"aColour\": \"RED\"}",
        "aColour: \"RED\" is not one of COLOUR_NEGATIVE, COLOUR_UNSP");
    s_assert_refused (*state, SCALARS, "{\"aColour\": 2147483648}", "aColour");
}

static void
test_bytes_are_base64_of_either_alphabet_in_and_the_standard_one_out (void **state)
{
    static const char *const same [] = { "+/8=", "-_8=", "+/8", "-_8" };
    for (size_t index = 0; index < 4; index++)
        s_assert_same (*state, SCALARS,
            arena_printf (*state, "{\"someBytes\": \"%s\"}", same [index]),
            "{\"someBytes\":\"+/8=\"}");
    static const char *const wrong [] = { "a", "+_8=", "ab=", "ab==c", "a b=", "é", "ab=c" };
    for (size_t index = 0; index < sizeof (wrong) / sizeof (wrong [0]); index++)
        s_assert_refused (*state, SCALARS,
            arena_printf (*state, "{\"someBytes\": \"%s\"}", wrong [index]), "text in base64");
    s_assert_refused (
        *state, SCALARS, "{\"someBytes\": [1]}", "someBytes: a list is not text in base64");
}

static void
test_base64_of_every_length_reads_back (void **state)
{
    unsigned char bytes [64];
    for (size_t size = 0; size < sizeof (bytes); size++) {
        size_t back_size = 0;
        bytes [size] = (unsigned char) (size * 37);
        const unsigned char *back = base64_decode (
            *state, base64_encode (*state, bytes, size), &back_size);
        assert_non_null (back);
        assert_int_equal (back_size, size);
        assert_memory_equal (back, bytes, size);
    }
}

static void
test_null_is_the_default (void **state)
{
    s_assert_same (
        *state, SCALARS, "{\"anInt32\": null, \"aString\": null, \"someBytes\": null}", "{}");
    s_assert_same (*state, TREE, "{\"oneBranch\": null, \"branches\": null}", "{}");
    s_assert_same (*state, CHOICE, "{\"number\": null, \"text\": \"\"}", "{\"text\":\"\"}");
    s_assert_refused (
        *state, LISTS, "{\"int32s\": [1, null]}", "int32s[1]: null is not a whole number");
}

static void
test_defaults_are_left_out_unless_asked_for (void **state)
{
    const void *empty = s_read (
        *state, SCALARS, "{\"anInt32\": 0, \"aString\": \"\", \"aBool\": false}");
    assert_string_equal (json_from_message (*state, empty, 0), "{}");
    const char *all = json_from_message (*state, empty, JSON_PRINT_DEFAULTS);
    assert_string_equal (all,
        "{\"anInt32\":0,\"aSint32\":0,\"aSfixed32\":0,\"anInt64\":\"0\",\"aSint64\":\"0\","
        "\"aSfixed64\":\"0\",\"aUint32\":0,"
        "\"aFixed32\":0,\"aUint64\":\"0\",\"aFixed64\":\"0\",\"aFloat\":0,\"aDouble\":0,\"aBool\":"
        "false,"
        "\"aColour\":\"COLOUR_UNSPECIFIED\",\"aString\":\"\",\"someBytes\":\"\"}");
    assert_string_equal (
        json_from_message (*state, s_read (*state, TREE, "{}"), JSON_PRINT_DEFAULTS),
        "{\"name\":\"\",\"branches\":[]}");
    assert_string_equal (
        json_from_message (*state, s_read (*state, CHOICE, "{}"), JSON_PRINT_DEFAULTS),
        "{\"besideIt\":\"\"}");
}

static void
test_one_member_of_a_choice_may_be_given (void **state)
{
    const Fettle__Test__V1__Choice *choice = s_read (
        *state, CHOICE, "{\"number\": 0, \"firstName2nd\": \"x\"}");
    assert_int_equal (choice->value_case, FETTLE__TEST__V1__CHOICE__VALUE_NUMBER);
    assert_int_equal (
        choice->second_value_case, FETTLE__TEST__V1__CHOICE__SECOND_VALUE_FIRST_NAME_2ND);
    assert_string_equal (
        json_from_message (*state, &choice->base, 0), "{\"number\":0,\"firstName2nd\":\"x\"}");
    s_assert_same (
        *state, CHOICE, "{\"scalars\": {\"anInt32\": 1}}", "{\"scalars\":{\"anInt32\":1}}");
    s_assert_same (*state, CHOICE, "{\"nothing\": {}}", "{\"nothing\":{}}");
    s_assert_refused (*state, CHOICE, "{\"number\": 1, \"text\": \"x\"}",
        "text: another field of the same choice");
}

static void
test_lists_and_messages_inside_keep_their_order (void **state)
{
    s_assert_same (*state, LISTS,
        "{\"strings\": [\"b\", \"a\", \"\"], \"bools\": [true, false], \"bytesList\": [\"\", "
        "\"AA==\"]}",
        "{\"bools\":[true,false],\"strings\":[\"b\",\"a\",\"\"],\"bytesList\":[\"\",\"AA==\"]}");
    s_assert_same (*state, TREE, "{\"branches\": [{\"name\": \"a\"}, {}, {\"oneBranch\": {}}]}",
        "{\"branches\":[{\"name\":\"a\"},{},{\"oneBranch\":{}}]}");
    s_assert_refused (*state, LISTS, "{\"strings\": \"a\"}", "strings: \"a\" is not a list");
}

static void
test_an_error_says_where_in_the_message_it_is (void **state)
{
    s_assert_refused (*state, TREE,
        "{\"branches\": [{}, {\"lists\": {\"messages\": [{\"aBool\": \"yes\"}]}}]}",
        "branches[1].lists.messages[0].aBool: \"yes\" is not true or false");
    s_assert_refused (*state, TREE, "{\"branches\": [[]]}",
        "branches[0]: a list is not an object with the fields of");
    s_assert_refused (*state, TREE, "{\"oneBranch\": {\"nmae\": 1}}",
        "oneBranch.nmae: fettle.test.v1.Tree has no such field");
    s_assert_refused (*state, TREE, "[]", "the whole message: a list is not an object");
    s_assert_refused (*state, TREE, "{\"name\": 5}", "name: 5 is not text");
    s_assert_refused (*state, TREE, "{\n\"name\": }", "line 2");
}

static void
test_an_error_is_text_even_when_the_value_is_cut (void **state)
{
    char *text = arena_printf (*state, "{\"aBool\": \"x%s\"}",
        "中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中"
        "中中中中中");
    char error [256];
    assert_null (json_to_message (*state, SCALARS, text, strlen (text), error));
    json_t *sentence = json_string (error);
    assert_non_null (sentence);
    json_decref (sentence);
}

static void
test_unknown_fields_are_refused_or_skipped_by_flag (void **state)
{
    char error [256];
    json_t *value = json_pack ("{s:i, s:{s:[i]}}", "anInt32", 5, "later", "deep", 1);
    assert_null (json_value_to_message (*state, SCALARS, value, 0, error));
    const ProtobufCMessage *message = json_value_to_message (
        *state, SCALARS, value, JSON_IGNORE_UNKNOWN, error);
    assert_non_null (message);
    assert_string_equal (json_from_message (*state, message, 0), "{\"anInt32\":5}");
    json_decref (value);
}

static void
test_maps_are_refused (void **state)
{
    const ProtobufCMessageDescriptor *with_map = &fettle__test__v1__with__map__descriptor;
    s_assert_refused (*state, with_map, "{\"stockLevels\": {\"bolt\": 5}}",
        "stockLevels: maps are not supported");
    s_assert_same (*state, with_map, "{\"besideIt\": \"x\"}", "{\"besideIt\":\"x\"}");
}

static void
test_objects_deeper_than_16_are_refused (void **state)
{
    char text [20000] = "";
    for (int depth = 1; depth < 16; depth++)
        strncat (text, "{\"oneBranch\":", sizeof (text) - strlen (text) - 1);
    size_t size = strlen (text);
    snprintf (text + size, sizeof (text) - size, "{}%s", "}}}}}}}}}}}}}}}");
    s_assert_same (*state, TREE, text, text);
    s_assert_refused (
        *state, TREE, arena_printf (*state, "{\"oneBranch\":%s}", text), "more than 16 deep");
    memset (text, '[', 10000);
    text [10000] = 0;
    s_assert_refused (*state, TREE, text, "depth");
}

static void
test_text_that_is_too_long_is_refused_unread (void **state)
{
    char error [256];
    assert_null (json_to_message (*state, TREE, NULL, JSON_TEXT_MAX + 1, error));
    assert_non_null (strstr (error, "at most 1048576"));
}

static void
test_text_must_be_utf8_without_nul_and_one_value (void **state)
{
    s_assert_refused (*state, SCALARS, "{\"aString\": \"\xFF\"}", "not JSON");
    s_assert_refused (*state, SCALARS, "{\"aString\": \"a\\u0000b\"}", "not JSON");
    s_assert_refused (*state, SCALARS, "{\"aString\": \"\\ud800\"}", "not JSON");
    s_assert_refused (*state, SCALARS, "{} {}", "not JSON");
    s_assert_refused (*state, SCALARS, "", "not JSON");
    s_assert_refused (*state, SCALARS, "5", "not JSON");
    s_assert_same (
        *state, SCALARS, "{\"aString\": \"\\u4e2d\\ud83d\\ude00\"}", "{\"aString\":\"中😀\"}");
}

static void
test_special_characters_are_escaped_out (void **state)
{
    scalars_t scalars = FETTLE__TEST__V1__SCALARS__INIT;
    scalars.a_string = (char *) "\" \\ / \b\t\n\v\f\r\x01 \x7F";
    assert_string_equal (json_from_message (*state, &scalars.base, 0),
        "{\"aString\":\"\\\" \\\\ / \\b\\t\\n\\u000b\\f\\r\\u0001 \x7F\"}");
    assert_string_equal (
        ((const scalars_t *) s_read (*state, SCALARS, json_from_message (*state, &scalars.base, 0)))
            ->a_string,
        scalars.a_string);
}

static void
test_a_string_that_is_no_text_is_repaired_out (void **state)
{
    scalars_t scalars = FETTLE__TEST__V1__SCALARS__INIT;
    scalars.a_string = (char *) "a\xFFz";
    assert_string_equal (
        json_from_message (*state, &scalars.base, 0), "{\"aString\":\"a\xEF\xBF\xBDz\"}");
}

static void
test_pretty_text_has_a_line_for_every_value (void **state)
{
    const void *tree = s_read (
        *state, TREE, "{\"name\": \"x\", \"branches\": [{}, {\"name\": \"y\"}]}");
    assert_string_equal (json_from_message (*state, tree, JSON_PRETTY_PRINT),
        "{\n  \"name\": \"x\",\n  \"branches\": [\n    {},\n    {\n      \"name\": \"y\"\n    }\n  "
        "]\n}");
}

#define UNIT(name) cmocka_unit_test_setup_teardown (name, s_setup, s_teardown)

int
main (void)
{
    const struct CMUnitTest tests [] = {
        UNIT (test_names_are_lower_camel_case_out_and_either_in),
        UNIT (test_the_same_field_under_both_names_is_refused),
        UNIT (test_the_same_key_twice_is_refused),
        UNIT (test_whole_numbers_may_be_numbers_or_text_but_must_fit),
        UNIT (test_64_bit_numbers_are_text_out),
        UNIT (test_reals_have_the_fewest_digits_that_read_back_the_same),
        UNIT (test_what_is_no_number_has_a_name),
        UNIT (test_enums_are_names_out_and_names_or_numbers_in),
        UNIT (test_bytes_are_base64_of_either_alphabet_in_and_the_standard_one_out),
        UNIT (test_base64_of_every_length_reads_back),
        UNIT (test_null_is_the_default),
        UNIT (test_defaults_are_left_out_unless_asked_for),
        UNIT (test_one_member_of_a_choice_may_be_given),
        UNIT (test_lists_and_messages_inside_keep_their_order),
        UNIT (test_an_error_says_where_in_the_message_it_is),
        UNIT (test_an_error_is_text_even_when_the_value_is_cut),
        UNIT (test_unknown_fields_are_refused_or_skipped_by_flag),
        UNIT (test_maps_are_refused),
        UNIT (test_objects_deeper_than_16_are_refused),
        UNIT (test_text_that_is_too_long_is_refused_unread),
        UNIT (test_text_must_be_utf8_without_nul_and_one_value),
        UNIT (test_special_characters_are_escaped_out),
        UNIT (test_a_string_that_is_no_text_is_repaired_out),
        UNIT (test_pretty_text_has_a_line_for_every_value),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
