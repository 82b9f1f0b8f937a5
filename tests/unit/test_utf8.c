#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "utf8.h"

static void
s_check (const char *given, const char *expected)
{
    char text [64];
    snprintf (text, sizeof text, "%s", given);
    assert_string_equal (utf8_tame (text), expected);
}

static void
test_what_a_stranger_wrote_is_shown_and_moves_no_cursor (void **state)
{
    (void) state;
    s_check ("", "");
    s_check ("plain, \xc3\xa9 and \xe4\xb8\xad", "plain, \xc3\xa9 and \xe4\xb8\xad");
    s_check ("\x1b[2Jgone", "?[2Jgone");
    s_check ("\a\b\r\x7f", "????");
    s_check ("two\n\tlines", "two\n\tlines");
    s_check ("\xff\xfe", "??");
    s_check ("cut \xe4\xb8", "cut ??");
    s_check ("\xed\xa0\x80 and \xc0\x80", "??? and ??");
}

int
main (void)
{
    const struct CMUnitTest tests [] = { cmocka_unit_test (test_what_a_stranger_wrote_is_shown_and_moves_no_cursor) };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
