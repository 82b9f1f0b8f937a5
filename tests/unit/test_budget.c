/* Deadlines with exact answers: the cases that other systems got wrong. */
#include "calendar/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define MINUTE      INT64_C (60000)
#define HOUR        (60 * MINUTE)
#define PAUSES_MAX  4

/* YYYY-MM-DDTHH:MM:SS[.mmm]Z, the last part from seconds on optional. */
static int64_t
s_at (const char *text)
{
    char date [11], time [9];
    snprintf (date, sizeof date, "%.10s", text);
    snprintf (time, sizeof time, "%.*s", text [16] == ':' ? 8 : 5, text + 11);
    int64_t at = date_parse (date) * DATE_DAY_MS + date_parse_time (time);
    return text [16] == ':' && text [19] == '.' ? at + strtol (text + 20, NULL, 10) : at;
}

static calendar_t *
s_weekly (const char *zone, const char *weekdays, const char *hours)
{
    calendar_t *calendar = calendar_new (zone);
    for (; *weekdays; weekdays++)
        for (const char *at = hours; *at; at += at [11] ? 12 : 11) {
            char from [6], to [6];
            snprintf (from, sizeof from, "%.5s", at);
            snprintf (to, sizeof to, "%.5s", at + 6);
            calendar_weekly_add (calendar, (date_weekday_t) (*weekdays - '0'),
                date_parse_time (from), date_parse_time (to));
        }
    return calendar;
}

static void
s_close (calendar_t *calendar, const char *dates)
{
    for (; *dates; dates += dates [10] ? 11 : 10) {
        char date [11];
        snprintf (date, sizeof date, "%.10s", dates);
        calendar_except_close (calendar, date_parse (date));
    }
}

typedef struct {
    const char *name, *zone, *weekdays, *hours, *holidays, *workdays;
} sample_t;

#define ITALIAN_HOLIDAYS "2026-04-06 2026-12-25 2026-12-26 2027-01-01"

static const sample_t s_samples [] = {
    { "CN", "Asia/Shanghai", "12345", "08:30-17:00",
        "2025-01-28 2025-01-29 2025-01-30 2025-01-31 2025-02-03 2025-02-04", "2025-01-26 2025-02-08" },
    { "IT", "Europe/Rome", "12345", "08:30-17:00", ITALIAN_HOLIDAYS, "" },
    { "VN", "Asia/Ho_Chi_Minh", "12345", "08:30-17:00", "2025-01-27 2025-01-28 2025-01-29 2025-01-30 2025-01-31", "" },
    { "CN split", "Asia/Shanghai", "12345", "08:30-12:00 13:30-17:00", "", "" },
    { "IT nights", "Europe/Rome", "12345", "22:00-06:00", "", "" },
    { "IT Saturday night", "Europe/Rome", "6", "22:00-06:00", "", "" },
    { "IT 2 June", "Europe/Rome", "12345", "08:30-17:00", "2026-06-02", "" },
    { "Milan", "Europe/Rome", "12345", "08:30-17:00", "2026-12-07 2026-12-08", "" },
    { "Rome", "Europe/Rome", "12345", "08:30-17:00", "2026-12-08", "" },
    { "UTC 9-17", "UTC", "12345", "09:00-17:00", "", "" },
    { "UTC 8-18", "UTC", "12345", "08:00-18:00", "", "" },
    { "UTC 8-20", "UTC", "12345", "08:00-20:00", "", "" },
    { "UTC 5x24", "UTC", "12345", "00:00-24:00", "", "" },
    { "Berlin 8-18", "Europe/Berlin", "12345", "08:00-18:00", "", "" },
    { "Berlin 7x9-18", "Europe/Berlin", "1234567", "09:00-18:00", "", "" },
    { "Berlin 8-20", "Europe/Berlin", "12345", "08:00-20:00", "2016-11-01", "" },
    { "three a day", "UTC", "12345", "08:00-10:00 11:00-13:00 14:00-16:00", "", "" },
    { NULL, NULL, NULL, NULL, NULL, NULL }
};

static calendar_t *
s_sample (const char *name)
{
    calendar_t *calendar = strcmp (name, "24x7") == 0 ? calendar_new_always ("UTC") : NULL;
    for (const sample_t *sample = s_samples; sample->name && !calendar; sample++)
        if (strcmp (sample->name, name) == 0) {
            calendar = s_weekly (sample->zone, sample->weekdays, sample->hours);
            s_close (calendar, sample->holidays);
            for (const char *date = sample->workdays; *date; date += date [10] ? 11 : 10) {
                char text [11];
                snprintf (text, sizeof text, "%.10s", date);
                calendar_except_add (calendar, date_parse (text), DATE_HM (8, 30), DATE_HM (17, 0));
            }
        }
    assert_non_null (calendar);
    assert_null (calendar_seal (calendar));
    return calendar;
}

typedef struct {
    const char *id, *calendar, *start_at;
    int64_t budget_ms;
    const char *pauses [PAUSES_MAX] [2];    /* to NULL: still running */
    const char *due_at, *breach_at;         /* breach NULL: the same */
} case_t;

static size_t
s_pauses (const char *const texts [PAUSES_MAX] [2], interval_t pauses [PAUSES_MAX])
{
    size_t count = 0;
    for (; count < PAUSES_MAX && texts [count] [0]; count++)
        pauses [count] = (interval_t) {
            s_at (texts [count] [0]), texts [count] [1] ? s_at (texts [count] [1]) : BUDGET_FOREVER
        };
    return count;
}

static void
s_assert_at (const char *id, const char *what, int64_t actual, const char *expected)
{
    if (actual != s_at (expected)) {
        char date [DATE_TEXT_SIZE];
        int64_t time_ms = actual % DATE_DAY_MS;
        fail_msg ("%s: %s is %sT%02d:%02d:%06.3fZ, not %s", id, what,
            date_format ((int32_t) (actual / DATE_DAY_MS), date), (int) (time_ms / HOUR),
            (int) (time_ms / MINUTE % 60), (double) (time_ms % MINUTE) / 1000, expected);
    }
}

static void
s_assert_case (const case_t *self)
{
    interval_t pauses [PAUSES_MAX];
    size_t count = s_pauses (self->pauses, pauses);
    calendar_t *calendar = s_sample (self->calendar);
    deadline_t deadline = budget_deadline (calendar, s_at (self->start_at), self->budget_ms, pauses, count);
    s_assert_at (self->id, "due_at", deadline.due_at, self->due_at);
    s_assert_at (self->id, "breach_at", deadline.breach_at, self->breach_at ? self->breach_at : self->due_at);
    if (deadline.breach_at != deadline.due_at || self->budget_ms == 0)
        assert_int_equal (
            budget_consumed (calendar, s_at (self->start_at), deadline.breach_at, pauses, count),
            self->budget_ms);
    assert_int_equal (budget_consumed (calendar, s_at (self->start_at), deadline.breach_at + 1, pauses, count),
        self->budget_ms + 1);
    calendar_destroy (&calendar);
}

static const case_t s_golden [] = {
    { "G01", "CN", "2025-01-24T08:30", 2 * HOUR, { { 0 } }, "2025-01-26T02:00", NULL },
    { "G02", "CN", "2025-01-27T08:30", 2 * HOUR, { { 0 } }, "2025-02-05T02:00", NULL },
    { "G04", "IT", "2026-03-27T15:00", 2 * HOUR, { { 0 } }, "2026-03-30T07:30", NULL },
    { "G06", "IT", "2026-04-03T14:00", 2 * HOUR, { { 0 } }, "2026-04-07T07:30", NULL },
    { "G07", "IT", "2026-06-08T06:30", 510 * MINUTE, { { 0 } }, "2026-06-08T15:00",
        "2026-06-09T06:30" },
    { "G08", "IT", "2026-06-08T06:30", 8 * HOUR, { { "2026-06-08T14:00", "2026-06-09T07:30" } },
        "2026-06-09T08:00", NULL },
    { "G10", "IT", "2026-06-06T10:00", HOUR, { { "2026-06-06T11:00", "2026-06-07T11:00" } },
        "2026-06-08T07:30", NULL },
    { "G12", "CN split", "2026-06-08T03:30", HOUR, { { 0 } }, "2026-06-08T06:00", NULL },
    { "G13", "CN split", "2026-06-08T04:30", 30 * MINUTE, { { 0 } }, "2026-06-08T06:00", NULL },
    { "G14", "IT nights", "2026-03-27T20:00", 6 * HOUR, { { 0 } }, "2026-03-28T03:00", NULL },
    { "G17", "24x7", "2026-03-28T23:30", 2 * HOUR, { { 0 } }, "2026-03-29T01:30", NULL },
    { "G18", "VN", "2025-01-24T09:59:59.500Z", 1000, { { 0 } }, "2025-02-03T01:30:00.500Z", NULL },
    { "G20", "IT", "2026-06-08T06:30", 0, { { 0 } }, "2026-06-08T06:30", NULL },
    { "G21", "IT 2 June", "2026-06-01T14:00", 2 * HOUR, { { 0 } }, "2026-06-03T07:30", NULL },
    { "G23", "IT", "2026-06-08T09:30", 2 * HOUR, { { 0 } }, "2026-06-08T11:30", NULL },
    { "G24", "IT", "2026-06-08T06:30", 6 * HOUR, { { 0 } }, "2026-06-08T12:30", NULL },
    { "G25", "Milan", "2026-12-04T15:00", 2 * HOUR, { { 0 } }, "2026-12-09T08:30", NULL },
    { "G25 Rome", "Rome", "2026-12-04T15:00", 2 * HOUR, { { 0 } }, "2026-12-07T08:30", NULL },
    { "G27", "UTC 9-17", "2026-06-06T10:00", 2 * HOUR,
        { { "2026-06-06T11:00", "2026-06-08T08:30" } }, "2026-06-08T11:00", NULL },
    { "G28", "UTC 9-17", "2026-06-06T10:00", 2 * HOUR,
        { { "2026-06-08T09:30", "2026-06-08T10:30" } }, "2026-06-08T12:00", NULL },
    { "G29", "UTC 9-17", "2026-06-05T15:00", 3 * HOUR,
        { { "2026-06-05T16:00", "2026-06-05T20:00" } }, "2026-06-08T11:00", NULL },
    { "G30", "UTC 9-17", "2026-06-05T15:00", 3 * HOUR,
        { { "2026-06-05T20:00", "2026-06-08T10:00" } }, "2026-06-08T11:00", NULL },
    { "G34", "IT", "2026-06-08T06:30", 48 * HOUR, { { 0 } }, "2026-06-15T12:00", NULL },
    { "G35", "24x7", "2026-06-08T06:30", 48 * HOUR, { { 0 } }, "2026-06-10T06:30", NULL },
    { "G36", "IT", "2026-06-08T14:59:59.999Z", 1000, { { 0 } }, "2026-06-09T06:30:00.999Z", NULL },
};

static const case_t s_others [] = {
    { "T1a", "Berlin 8-18", "2013-03-21T09:30", HOUR, { { 0 } }, "2013-03-21T10:30", NULL },
    { "T1b", "Berlin 8-18", "2013-03-21T09:30", 2 * HOUR, { { 0 } }, "2013-03-21T11:30", NULL },
    { "T1c", "Berlin 8-18", "2013-03-21T09:30", 3 * HOUR, { { 0 } }, "2013-03-21T12:30", NULL },
    { "T2", "Berlin 7x9-18", "2013-06-04T09:00", 2 * HOUR,
        { { "2013-06-04T09:30", "2013-06-04T09:45" }, { "2013-06-04T10:00", "2013-06-04T10:30" } },
        "2013-06-04T11:45", NULL },
    { "T7a", "Berlin 8-20", "2016-11-01T13:56:21Z", 2 * HOUR, { { 0 } }, "2016-11-02T09:00", NULL },
    { "T7b", "Berlin 8-20", "2016-11-01T13:56:21Z", 20 * HOUR, { { 0 } }, "2016-11-03T15:00",
        NULL },
    { "T13", "UTC 9-17", "2006-01-04T15:58:30Z", 90000, { { 0 } }, "2006-01-04T16:00:00Z", NULL },
    { "T14 boundary", "IT Saturday night", "2026-03-28T21:00", 7 * HOUR, { { 0 } },
        "2026-03-29T04:00", "2026-04-04T20:00" },
    { "T19", "UTC 9-17", "2026-06-08T09:00", 8 * HOUR,
        { { "2026-06-08T17:00", "2026-06-09T09:00" } }, "2026-06-08T17:00", "2026-06-09T09:00" },
    { "T20", "UTC 9-17", "2026-06-05T16:00", 3 * HOUR, { { 0 } }, "2026-06-08T11:00", NULL },
    { "T21a", "UTC 9-17", "2026-06-05T16:00", 8 * HOUR, { { 0 } }, "2026-06-08T16:00", NULL },
    { "T21b", "UTC 9-17", "2026-06-05T16:00", 2 * HOUR, { { 0 } }, "2026-06-08T10:00", NULL },
    { "T21c", "UTC 9-17", "2026-06-06T12:00", 24 * HOUR, { { 0 } }, "2026-06-10T17:00",
        "2026-06-11T09:00" },
    { "T21d", "UTC 8-18", "2026-06-05T17:00", 4 * HOUR, { { 0 } }, "2026-06-08T11:00", NULL },
    { "T24", "UTC 9-17", "2026-06-08T09:00", 24 * HOUR, { { 0 } }, "2026-06-10T17:00",
        "2026-06-11T09:00" },
    { "T31", "UTC 9-17", "2026-06-08T09:00", 2 * HOUR,
        { { "2026-06-08T09:30", "2026-06-08T10:00" }, { "2026-06-08T09:30", "2026-06-08T10:00" },
            { "2026-06-08T09:40", "2026-06-08T09:50" },
            { "2026-06-08T09:45", "2026-06-08T09:45" } },
        "2026-06-08T11:30", NULL },
    { "T32", "UTC 9-17", "2026-06-05T09:00", 10 * HOUR,
        { { "2026-06-05T16:00", "2026-06-08T10:00" } }, "2026-06-08T13:00", NULL },
    { "T42", "three a day", "2026-06-08T09:30", 3 * HOUR, { { 0 } }, "2026-06-08T14:30", NULL },
    { "T52", "IT", "2026-06-05T14:45", HOUR, { { 0 } }, "2026-06-08T07:15", NULL },
};

static void
test_golden_deadlines (void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof s_golden / sizeof s_golden [0]; i++)
        s_assert_case (&s_golden [i]);
}

static void
test_deadlines_other_systems_agreed_on_or_got_wrong (void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof s_others / sizeof s_others [0]; i++)
        s_assert_case (&s_others [i]);
}

static void
test_g15_a_visit_before_opening_after_a_full_day_is_still_in_time (void **state)
{
    (void) state;
    calendar_t *calendar = s_sample ("IT");
    int64_t start_at = s_at ("2026-06-08T06:30"), budget_ms = 510 * MINUTE;
    assert_int_equal (budget_consumed (calendar, start_at, s_at ("2026-06-08T15:00"), NULL, 0), budget_ms);
    assert_int_equal (budget_consumed (calendar, start_at, s_at ("2026-06-09T05:00"), NULL, 0), budget_ms);
    assert_int_equal (budget_consumed (calendar, start_at, s_at ("2026-06-09T06:30:00.001Z"), NULL, 0), budget_ms + 1);
    calendar_destroy (&calendar);
}

static void
s_assert_days (const char *sample, const char *start, int64_t days, budget_mode_t mode,
    const char *due, const char *breach)
{
    calendar_t *calendar = s_sample (sample);
    deadline_t deadline = budget_working_days (calendar, s_at (start), days, mode, NULL, 0);
    s_assert_at (sample, "due_at", deadline.due_at, due);
    s_assert_at (sample, "breach_at", deadline.breach_at, breach);
    calendar_destroy (&calendar);
}

static void
test_t17_g31_working_days_are_local_dates_with_hours_and_the_first_is_tomorrow (void **state)
{
    (void) state;
    s_assert_days ("UTC 8-20", "2018-11-19T10:00", 7, BUDGET_SAME_TIME, "2018-11-28T10:00", "2018-11-28T10:00");
    s_assert_days ("UTC 8-20", "2018-11-19T10:00", 7, BUDGET_END_OF_DAY, "2018-11-28T20:00", "2018-11-29T08:00");
    s_assert_days ("UTC 5x24", "2018-11-19T10:00", 7, BUDGET_END_OF_DAY, "2018-11-29T00:00", "2018-11-29T00:00");
    s_assert_days ("CN", "2025-01-24T07:00", 5, BUDGET_END_OF_DAY, "2025-02-07T09:00", "2025-02-08T00:30");
    s_assert_days ("24x7", "2026-06-05T10:00", 2, BUDGET_SAME_TIME, "2026-06-07T10:00", "2026-06-07T10:00");
}

static void
test_working_days_keep_the_wall_time_over_a_clock_change_and_stay_inside_the_hours (void **state)
{
    (void) state;
    s_assert_days ("IT", "2026-03-27T10:00", 1, BUDGET_SAME_TIME, "2026-03-30T09:00", "2026-03-30T09:00");
    s_assert_days ("IT", "2026-06-08T20:00", 1, BUDGET_SAME_TIME, "2026-06-09T15:00", "2026-06-10T06:30");
    s_assert_days ("IT", "2026-06-08T04:00", 1, BUDGET_SAME_TIME, "2026-06-09T06:30", "2026-06-09T06:30");
    s_assert_days ("IT", "2026-06-06T10:00", 1, BUDGET_END_OF_DAY, "2026-06-08T15:00", "2026-06-09T06:30");
}

static void
test_no_working_days_are_over_today_or_at_the_next_closing (void **state)
{
    (void) state;
    s_assert_days ("IT", "2026-06-08T10:00", 0, BUDGET_SAME_TIME, "2026-06-08T10:00", "2026-06-08T10:00");
    s_assert_days ("IT", "2026-06-08T10:00", 0, BUDGET_END_OF_DAY, "2026-06-08T15:00", "2026-06-09T06:30");
    s_assert_days ("IT", "2026-06-08T15:01", 0, BUDGET_END_OF_DAY, "2026-06-09T15:00", "2026-06-10T06:30");
    s_assert_days ("IT", "2026-06-05T15:01", -3, BUDGET_END_OF_DAY, "2026-06-08T15:00", "2026-06-09T06:30");
}

static void
test_a_working_day_whose_due_instant_is_paused_is_not_used_up (void **state)
{
    (void) state;
    calendar_t *calendar = s_sample ("UTC 9-17");
    interval_t pauses [] = { { s_at ("2026-06-09T10:00"), s_at ("2026-06-11T10:00") } };
    deadline_t deadline = budget_working_days (calendar, s_at ("2026-06-08T12:00"), 3, BUDGET_END_OF_DAY, pauses, 1);
    s_assert_at ("end of day", "due_at", deadline.due_at, "2026-06-15T17:00");
    deadline = budget_working_days (calendar, s_at ("2026-06-08T12:00"), 1, BUDGET_SAME_TIME, pauses, 1);
    s_assert_at ("same time", "due_at", deadline.due_at, "2026-06-11T12:00");
    pauses [0].to_at = BUDGET_FOREVER;
    deadline = budget_working_days (calendar, s_at ("2026-06-08T12:00"), 2, BUDGET_SAME_TIME, pauses, 1);
    assert_int_equal (deadline.due_at, CALENDAR_NEVER);
    assert_int_equal (deadline.breach_at, CALENDAR_NEVER);
    calendar_destroy (&calendar);
}

static void
test_t30_nothing_falls_due_while_paused (void **state)
{
    (void) state;
    calendar_t *calendar = s_sample ("UTC 9-17");
    interval_t pause = { s_at ("2026-06-08T10:00"), BUDGET_FOREVER };
    int64_t start_at = s_at ("2026-06-08T09:00");
    deadline_t deadline = budget_deadline (calendar, start_at, 2 * HOUR, &pause, 1);
    assert_int_equal (deadline.due_at, CALENDAR_NEVER);
    assert_int_equal (deadline.breach_at, CALENDAR_NEVER);
    assert_int_equal (budget_consumed (calendar, start_at, s_at ("2026-07-08T10:00"), &pause, 1), HOUR);
    deadline = budget_deadline (calendar, start_at, HOUR, &pause, 1);
    assert_int_equal (deadline.due_at, pause.from_at);
    assert_int_equal (deadline.breach_at, CALENDAR_NEVER);
    calendar_destroy (&calendar);
}

static void
test_t5_a_case_born_waiting_uses_nothing (void **state)
{
    (void) state;
    calendar_t *calendar = s_sample ("Berlin 7x9-18");
    interval_t pause = { s_at ("2013-06-04T09:00"), BUDGET_FOREVER };
    assert_int_equal (budget_consumed (calendar, pause.from_at, s_at ("2014-06-04T09:00"), &pause, 1), 0);
    assert_int_equal (budget_threshold (calendar, pause.from_at, HOUR, 100, &pause, 1).due_at, CALENDAR_NEVER);
    calendar_destroy (&calendar);
}

static void
s_assert_consumed (const char *sample, const char *from, const char *to, int64_t expected_ms)
{
    calendar_t *calendar = s_sample (sample);
    assert_int_equal (budget_consumed (calendar, s_at (from), s_at (to), NULL, 0), expected_ms);
    calendar_destroy (&calendar);
}

static void
test_t4_t15_t23_consumed_time_is_open_time (void **state)
{
    (void) state;
    s_assert_consumed ("UTC 9-17", "2026-06-08T14:00", "2026-06-09T09:00", 3 * HOUR);
    s_assert_consumed ("24x7", "2026-06-08T14:00", "2026-06-09T09:00", 19 * HOUR);
    s_assert_consumed ("UTC 9-17", "2026-06-09T09:00", "2026-06-08T14:00", 0);

    calendar_t *berlin = s_sample ("Berlin 7x9-18");
    interval_t pause = { s_at ("2013-06-04T10:00"), s_at ("2013-06-04T10:30") };
    int64_t start_at = s_at ("2013-06-04T09:00");
    assert_int_equal (budget_consumed (berlin, start_at, s_at ("2013-06-04T10:45"), &pause, 1), 75 * MINUTE);
    assert_int_equal (budget_consumed (berlin, start_at, s_at ("2013-06-04T12:00"), &pause, 1), 150 * MINUTE);
    calendar_destroy (&berlin);

    calendar_t *weekend = s_weekly ("UTC", "15", "09:00-17:00");
    calendar_weekly_add (weekend, DATE_SATURDAY, DATE_HM (10, 0), DATE_HM (15, 0));
    assert_null (calendar_seal (weekend));
    assert_int_equal (calendar_between (weekend, s_at ("2026-06-05T15:00"), s_at ("2026-06-08T11:00")), 9 * HOUR);
    calendar_destroy (&weekend);
    calendar_t *whole_days = s_weekly ("UTC", "1567", "00:00-24:00");
    assert_null (calendar_seal (whole_days));
    assert_int_equal (calendar_between (whole_days, s_at ("2026-06-05T15:00"), s_at ("2026-06-08T11:00")), 68 * HOUR);
    calendar_destroy (&whole_days);
}

static void
test_t12_every_weekday_may_have_its_own_hours (void **state)
{
    (void) state;
    calendar_t *calendar = s_weekly ("UTC", "135", "09:00-17:00");
    calendar_weekly_add (calendar, DATE_TUESDAY, DATE_HM (10, 0), DATE_HM (16, 0));
    calendar_weekly_add (calendar, DATE_THURSDAY, DATE_HM (10, 0), DATE_HM (16, 0));
    calendar_weekly_add (calendar, DATE_SATURDAY, DATE_HM (11, 0), DATE_HM (14, 30));
    assert_null (calendar_seal (calendar));
    assert_int_equal (calendar_between (calendar, s_at ("2006-01-05T12:00"), s_at ("2006-01-06T12:00")), 7 * HOUR);
    assert_int_equal (calendar_between (calendar, s_at ("2006-01-01T00:00"), s_at ("2006-01-08T00:00")), 2370 * MINUTE);
    calendar_destroy (&calendar);
}

static void
test_g24_t25_thresholds_are_shares_of_business_time_never_rounded_down (void **state)
{
    (void) state;
    calendar_t *calendar = s_sample ("IT");
    int64_t start_at = s_at ("2026-06-08T06:30");
    s_assert_at ("75 %", "due_at",
        budget_threshold (calendar, start_at, 8 * HOUR, 7500, NULL, 0).due_at, "2026-06-08T12:30");
    s_assert_at ("150 %", "due_at",
        budget_threshold (calendar, start_at, 8 * HOUR, 15000, NULL, 0).due_at, "2026-06-09T10:00");
    s_assert_at ("rounding", "due_at",
        budget_threshold (calendar, start_at, 3, 5000, NULL, 0).due_at, "2026-06-08T06:30:00.002Z");
    assert_true (budget_threshold (calendar, start_at, 8 * HOUR, 9995, NULL, 0).due_at
        < budget_deadline (calendar, start_at, 8 * HOUR, NULL, 0).due_at);
    assert_int_equal (budget_threshold (calendar, start_at, INT64_MAX, INT64_MAX, NULL, 0).due_at, CALENDAR_NEVER);
    assert_int_equal (budget_threshold (calendar, start_at, HOUR, -1, NULL, 0).due_at, start_at);
    calendar_destroy (&calendar);
}

static void
test_t26_t38_what_falls_into_the_night_waits_for_the_opening (void **state)
{
    (void) state;
    calendar_t *calendar = s_weekly ("UTC", "12345", "08:00-16:00");
    assert_null (calendar_seal (calendar));
    assert_int_equal (calendar_next_open (calendar, s_at ("2026-06-10T20:30")), s_at ("2026-06-11T08:00"));
    calendar_destroy (&calendar);
}

static void
test_t35_t40_one_start_has_a_deadline_in_each_calendar (void **state)
{
    (void) state;
    static const char *const s_names [] = { "24x7", "IT", "CN split" };
    static const char *const s_due [] = { "2026-06-05T16:00", "2026-06-08T07:30", "2026-06-08T02:30" };
    for (int i = 0; i < 3; i++) {
        calendar_t *calendar = s_sample (s_names [i]);
        deadline_t deadline = budget_deadline (calendar, s_at ("2026-06-05T14:00"), 2 * HOUR, NULL, 0);
        s_assert_at (s_names [i], "due_at", deadline.due_at, s_due [i]);
        calendar_destroy (&calendar);
    }
}

static void
test_many_pauses_in_any_order_are_a_union (void **state)
{
    (void) state;
    calendar_t *calendar = s_sample ("UTC 9-17");
    interval_t pauses [100];
    int64_t start_at = s_at ("2026-06-08T09:00");
    for (int i = 0; i < 100; i++)                               /* 09:00-10:41 without a hole, scrambled */
        pauses [i * 37 % 100] = (interval_t) { start_at + i * MINUTE, start_at + (i + 2) * MINUTE };
    assert_int_equal (budget_deadline (calendar, start_at, 1, pauses, 100).due_at, start_at + 101 * MINUTE + 1);
    calendar_destroy (&calendar);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_golden_deadlines),
        cmocka_unit_test (test_deadlines_other_systems_agreed_on_or_got_wrong),
        cmocka_unit_test (test_g15_a_visit_before_opening_after_a_full_day_is_still_in_time),
        cmocka_unit_test (test_t17_g31_working_days_are_local_dates_with_hours_and_the_first_is_tomorrow),
        cmocka_unit_test (test_working_days_keep_the_wall_time_over_a_clock_change_and_stay_inside_the_hours),
        cmocka_unit_test (test_no_working_days_are_over_today_or_at_the_next_closing),
        cmocka_unit_test (test_a_working_day_whose_due_instant_is_paused_is_not_used_up),
        cmocka_unit_test (test_t30_nothing_falls_due_while_paused),
        cmocka_unit_test (test_t5_a_case_born_waiting_uses_nothing),
        cmocka_unit_test (test_t4_t15_t23_consumed_time_is_open_time),
        cmocka_unit_test (test_t12_every_weekday_may_have_its_own_hours),
        cmocka_unit_test (test_g24_t25_thresholds_are_shares_of_business_time_never_rounded_down),
        cmocka_unit_test (test_t26_t38_what_falls_into_the_night_waits_for_the_opening),
        cmocka_unit_test (test_t35_t40_one_start_has_a_deadline_in_each_calendar),
        cmocka_unit_test (test_many_pauses_in_any_order_are_a_union),
    };
    return cmocka_run_group_tests_name ("budget", tests, NULL, NULL);
}
