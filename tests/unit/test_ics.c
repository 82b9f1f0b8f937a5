#include "calendar/ics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define FEED(events)    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n" events "END:VCALENDAR\r\n"
#define EVENT(lines)    "BEGIN:VEVENT\r\nUID:1\r\n" lines "END:VEVENT\r\n"

/* The dates read from 2026 to 2027, and @ after those with hours. */
static void
s_assert_read (const char *feed, const char *expected)
{
    char error [ICS_ERROR_SIZE] = "", actual [1024] = "", date [DATE_TEXT_SIZE];
    ics_holiday_t *holidays = NULL;
    size_t count = 0, length = 0;
    if (!ics_read (feed, strlen (feed), date_parse ("2026-01-01"), date_parse ("2027-12-31"), &holidays, &count, error))
        fail_msg ("refused: %s", error);
    for (size_t i = 0; i < count; i++)
        length += (size_t) snprintf (actual + length, sizeof actual - length, "%s%s%s", i ? " " : "",
            date_format (holidays [i].date, date), holidays [i].hours_count ? "@" : "");
    assert_string_equal (actual, expected);
    free (holidays);
}

static void
s_assert_refused (const char *feed, size_t size, const char *because)
{
    char error [ICS_ERROR_SIZE] = "";
    ics_holiday_t *holidays = NULL;
    size_t count;
    assert_false (ics_read (feed, size, 0, date_parse ("2398-01-01"), &holidays, &count, error));
    if (!strstr (error, because))
        fail_msg ("\"%s\" does not say \"%s\"", error, because);
}

static void
test_t41_a_holiday_counts_on_the_local_date_whatever_zone_the_feed_is_of (void **state)
{
    (void) state;
    s_assert_read (FEED (EVENT ("DTSTART;VALUE=DATE:20260602\r\nDTEND;VALUE=DATE:20260603\r\n")), "2026-06-02");
    s_assert_read (FEED (EVENT ("DTSTART;TZID=Asia/Tokyo:20260602T000000\r\nDTEND;TZID=Asia/"
                                "Tokyo:20260603T000000\r\n")),
        "2026-06-02");
    s_assert_read (FEED (EVENT ("DTSTART:20260602T000000Z\r\nDURATION:P1D\r\n")), "2026-06-02");
}

static void
test_an_event_of_several_days_closes_each_and_its_end_is_not_one_of_them (void **state)
{
    (void) state;
    s_assert_read (FEED (EVENT ("DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\n")),
        "2026-12-24 2026-12-25 2026-12-26");
    s_assert_read (FEED (EVENT ("DTSTART;VALUE=DATE:20261224\r\n")), "2026-12-24");
    s_assert_read (FEED (EVENT ("DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261224\r\n")), "2026-12-24");
}

static void
test_a_meeting_and_a_cancelled_day_are_no_holidays (void **state)
{
    (void) state;
    s_assert_read (FEED (EVENT ("DTSTART:20260602T090000Z\r\nDTEND:20260602T100000Z\r\n")
        EVENT ("DTSTART:20260602T000000Z\r\nDTEND:20260602T100000Z\r\n")
        EVENT ("DTSTART;VALUE=DATE:20260603\r\nSTATUS:CANCELLED\r\n")
        EVENT ("SUMMARY:some day\r\n")), "");
}

static void
test_a_yearly_holiday_is_repeated_within_the_span (void **state)
{
    (void) state;
    s_assert_read (FEED (EVENT ("DTSTART;VALUE=DATE:20001225\r\nRRULE:FREQ=YEARLY\r\n")), "2026-12-25 2027-12-25");
    s_assert_read (FEED (EVENT ("DTSTART;VALUE=DATE:20250101\r\nRRULE:FREQ=YEARLY;COUNT=2\r\n")), "2026-01-01");
}

static void
test_a_make_up_working_day_has_hours_and_wins_over_a_holiday (void **state)
{
    (void) state;
    s_assert_read (FEED (EVENT ("DTSTART;VALUE=DATE:20260215\r\nSUMMARY:rest\r\n")
        EVENT ("DTSTART;VALUE=DATE:20260214\r\nX-FETTLE-HOURS:08:30-12:00\\,13:30-17:00\r\n")
        EVENT ("DTSTART;VALUE=DATE:20260215\r\nX-FETTLE-HOURS:08:30-17:00\r\n")), "2026-02-14@ 2026-02-15@");
}

static void
test_what_is_written_is_read_back_and_makes_the_same_calendar (void **state)
{
    (void) state;
    ics_holiday_t holidays [] = {
        { .date = date_parse ("2026-02-14"), .name = "补班, 正常上班; a\\b", .hours_count = 2,
            .hours = { { DATE_HM (8, 30), DATE_HM (12, 0) }, { DATE_HM (13, 30), DATE_HM (24, 0) } } },
        { .date = date_parse ("2026-02-16"), .name = "春节" },
        { .date = date_parse ("2026-02-17") },
    };
    char error [ICS_ERROR_SIZE], *text = ics_write ("China, 2026", holidays, 3);
    ics_holiday_t *read = NULL;
    size_t count = 0;
    assert_true (ics_read (text, strlen (text), 0, date_parse ("2030-01-01"), &read, &count, error));
    assert_int_equal (count, 3);
    uint64_t prints [2];
    for (int i = 0; i < 2; i++) {
        calendar_t *calendar = calendar_new ("Asia/Shanghai");
        ics_apply (calendar, i ? read : holidays, 3);
        assert_null (calendar_seal (calendar));
        prints [i] = calendar_fingerprint (calendar);
        calendar_destroy (&calendar);
        assert_string_equal (read [i].name, holidays [i].name);
    }
    assert_true (prints [0] == prints [1]);
    free (read);
    free (text);
}

static void
test_a_long_name_is_cut_between_characters (void **state)
{
    (void) state;
    char feed [1024], error [ICS_ERROR_SIZE];
    ics_holiday_t *holidays = NULL;
    size_t count = 0;
    snprintf (feed, sizeof feed, FEED (EVENT ("DTSTART;VALUE=DATE:20260602\r\nSUMMARY:%s\r\n")),
        "节节节节节节节节节节节节节节节节节节节节节节节节节节节节节节节节节节节节节节节节节节节节节"
        "节节节节节");
    assert_true (ics_read (feed, strlen (feed), 0, date_parse ("2030-01-01"), &holidays, &count, error));
    assert_int_equal (strlen (holidays [0].name), 126);
    free (holidays);
}

static void
test_what_is_not_a_feed_of_holidays_is_refused (void **state)
{
    (void) state;
    static const char s_bad_hours [] = FEED (EVENT ("DTSTART;VALUE=DATE:20260215\r\nX-FETTLE-HOURS:9 to 5\r\n"));
    static const char s_too_long [] = FEED (EVENT ("DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20290101\r\n"));
    static const char s_too_often [] = FEED (EVENT ("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=HOURLY\r\n"));
    static const char s_too_many [] = FEED (EVENT ("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=DAILY\r\n"));
    s_assert_refused ("", 0, "iCalendar");
    s_assert_refused ("<html></html>", 13, "iCalendar");
    s_assert_refused ("BEGIN:VEVENT\r\nEND:VEVENT\r\n", 26, "VCALENDAR");
    s_assert_refused ("a\0b", 3, "NUL");
    s_assert_refused ("", ICS_SIZE_MAX + 1, "4 MB");
    s_assert_refused (s_bad_hours, strlen (s_bad_hours), "X-FETTLE-HOURS");
    s_assert_refused (s_too_long, strlen (s_too_long), "longer than a year");
    s_assert_refused (s_too_often, strlen (s_too_often), "often");
    s_assert_refused (s_too_many, strlen (s_too_many), "20000");
}

/* A writer may lose the space at the end of a line. */
static void
test_x23_a_name_has_no_space_at_its_end_wherever_it_was_cut (void **state)
{
    (void) state;
    char feed [1024], name [200], error [ICS_ERROR_SIZE];
    ics_holiday_t *holidays = NULL;
    size_t count = 0;
    memset (name, 'x', sizeof name);
    name [120] = name [126] = ' ';                          /* the last byte that is kept */
    name [199] = 0;
    snprintf (feed, sizeof feed, FEED (EVENT ("DTSTART;VALUE=DATE:20260602\r\nSUMMARY:%s\r\n")), name);
    assert_true (ics_read (feed, strlen (feed), 0, date_parse ("2030-01-01"), &holidays, &count, error));
    assert_int_equal (strlen (holidays [0].name), 126);
    assert_int_equal (holidays [0].name [120], ' ');
    free (holidays);
}

static void
test_a_file_nested_without_end_is_refused_before_it_is_parsed (void **state)
{
    (void) state;
    static const char s_line [] = "BEG\r\n IN:VEVENT\r\n";
    size_t size = 200000 * (sizeof s_line - 1);
    char *feed = malloc (size + 1);
    assert_non_null (feed);
    for (size_t i = 0; i < 200000; i++)
        memcpy (feed + i * (sizeof s_line - 1), s_line, sizeof s_line);
    s_assert_refused (feed, size, "line 1: VEVENT is in no VCALENDAR");
    memcpy (feed, "BEGIN:VCALENDAR\n", 16);
    s_assert_refused (feed, size, "nested more than 8 deep");
    free (feed);
}

static void
test_x23_a_parameter_that_is_very_long_is_no_mistake (void **state)
{
    (void) state;
    char feed [1200], error [ICS_ERROR_SIZE] = "";
    ics_holiday_t *holidays = NULL;
    size_t count;
    snprintf (feed, sizeof feed, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260101\r\n"
        "DESCRIPTION;ALTREP=\"%0600d\":long\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", 0);
    if (!ics_read (feed, strlen (feed), 0, date_parse ("2398-01-01"), &holidays, &count, error))
        fail_msg ("refused: %s", error);
    assert_int_equal (count, 1);
    free (holidays);
}

static void
test_x23_what_is_wrong_with_a_feed_is_said_with_its_line (void **state)
{
    (void) state;
    static const struct { const char *text, *error; } wrong [] = {
        { "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260231\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            "line 3: \"20260231\" is no date that exists: write YYYYMMDD" },
        { "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:long\n er\nDTSTART:2026-01-01\nEND:VEVENT\nEND:VCALENDAR\n",
            "line 5: \"2026-01-01\" is no date that exists: write YYYYMMDD" },
        { "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\nEND:VCALENDAR\n",
            "line 4: END:VCALENDAR closes what is not open: look for a missing BEGIN or END" },
        { "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\n",
            "line 3: the file ends within VEVENT: the rest is missing" },
        { "BEGIN:VCALENDAR\nnonsense\nEND:VCALENDAR\n",
            "line 2: \"nonsense\" is no line of iCalendar: it would be NAME:VALUE" },
        { "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:20260101\n"
          "DTEND:20290101\nEND:VEVENT\nEND:VCALENDAR\n",
            "line 5: a holiday lasts longer than a year: correct its DTEND" },
        { "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:2026\x82\nEND:VEVENT\nEND:VCALENDAR\n",
            "line 3: \"2026?\" is no date that exists: write YYYYMMDD" },
        { "BEGIN:VCALENDAR\n春节\nEND:VCALENDAR\n", "line 2: \"春节\" is no line of iCalendar: it would be NAME:VALUE" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        s_assert_refused (wrong [i].text, strlen (wrong [i].text), wrong [i].error);
}

static void
test_holidays_in_any_order_come_sorted_and_once (void **state)
{
    (void) state;
    s_assert_read (FEED (EVENT ("DTSTART;VALUE=DATE:20261225\r\n") EVENT ("DTSTART;VALUE=DATE:20260101\r\n")
        EVENT ("DTSTART;VALUE=DATE:20261225\r\n") EVENT ("DTSTART;VALUE=DATE:20260602\r\n")),
        "2026-01-01 2026-06-02 2026-12-25");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_t41_a_holiday_counts_on_the_local_date_whatever_zone_the_feed_is_of),
        cmocka_unit_test (test_an_event_of_several_days_closes_each_and_its_end_is_not_one_of_them),
        cmocka_unit_test (test_a_meeting_and_a_cancelled_day_are_no_holidays),
        cmocka_unit_test (test_a_yearly_holiday_is_repeated_within_the_span),
        cmocka_unit_test (test_a_make_up_working_day_has_hours_and_wins_over_a_holiday),
        cmocka_unit_test (test_what_is_written_is_read_back_and_makes_the_same_calendar),
        cmocka_unit_test (test_a_long_name_is_cut_between_characters),
        cmocka_unit_test (test_x23_a_name_has_no_space_at_its_end_wherever_it_was_cut),
        cmocka_unit_test (test_a_file_nested_without_end_is_refused_before_it_is_parsed),
        cmocka_unit_test (test_x23_a_parameter_that_is_very_long_is_no_mistake),
        cmocka_unit_test (test_x23_what_is_wrong_with_a_feed_is_said_with_its_line),
        cmocka_unit_test (test_holidays_in_any_order_come_sorted_and_once),
        cmocka_unit_test (test_what_is_not_a_feed_of_holidays_is_refused),
    };
    return cmocka_run_group_tests_name ("ics", tests, NULL, NULL);
}
