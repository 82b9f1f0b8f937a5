/* Calendars as they come over the bus. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "calendars.h"

#define MONDAY_08_00Z   INT64_C (1780905600000)     /* 2026-06-08T08:00:00Z */
#define HOUR_MS         INT64_C (3600000)

static weekly_interval_t s_monday = { .base = weekly_interval_init, .weekday = 1, .start = "08:30", .end = "17:00" };
static weekly_interval_t s_night = { .base = weekly_interval_init, .weekday = 1, .start = "22:00", .end = "06:00" };
static weekly_interval_t *s_mondays [] = { &s_monday };
static weekly_interval_t *s_nights [] = { &s_night };
static day_interval_t s_morning = { .base = day_interval_init, .start = "09:00", .end = "12:00" };
static day_interval_t *s_half_day [] = { &s_morning };
static calendar_exception_t s_holiday = { .base = calendar_exception_init, .date_on = "2026-06-15", .name = "holiday" };
static calendar_exception_t s_short = {
    .base = calendar_exception_init, .date_on = "2026-06-15", .n_intervals = 1, .intervals = s_half_day };
static calendar_exception_t *s_holidays [] = { &s_holiday };
static calendar_exception_t *s_shorts [] = { &s_short };

static const calendar_details_t s_rome = {
    .base = calendar_details_init, .name = "Rome", .time_zone = "Europe/Rome", .parent_id = "",
    .n_weekly = 1, .weekly = s_mondays };

static int
s_setup (void **state)
{
    *state = arena_new ();
    return 0;
}

static int
s_teardown (void **state)
{
    arena_destroy ((arena_t **) state);
    calendars_forget ();
    return 0;
}

static const char *
s_error_of (void **state, calendar_details_t details)
{
    const char *error = NULL;
    calendar_t *calendar = calendars_build (*state, &details, &error);
    assert_null (calendar);
    assert_non_null (error);
    return error;
}

static calendar_t *
s_built (void **state, calendar_details_t details)
{
    const char *error = NULL;
    calendar_t *calendar = calendars_build (*state, &details, &error);
    if (error)
        fail_msg ("%s", error);
    return calendar;
}

static blob_t
s_packed (void **state, calendar_details_t details)
{
    size_t size = protobuf_c_message_get_packed_size (&details.base);
    uint8_t *bytes = arena_alloc (*state, size);
    protobuf_c_message_pack (&details.base, bytes);
    return (blob_t) { bytes, size };
}

static void
test_weekly_hours_are_wall_time_of_the_calendars_zone (void **state)
{
    calendar_t *calendar = s_built (state, s_rome);
    assert_int_equal (calendar_next_open (calendar, MONDAY_08_00Z - 3 * HOUR_MS), MONDAY_08_00Z - 3 * HOUR_MS / 2);
    assert_int_equal (calendar_next_close (calendar, MONDAY_08_00Z), MONDAY_08_00Z + 7 * HOUR_MS);
    calendar_destroy (&calendar);
}

static void
test_an_interval_that_ends_before_it_starts_crosses_midnight (void **state)
{
    calendar_details_t details = s_rome;
    details.weekly = s_nights;
    calendar_t *calendar = s_built (state, details);
    assert_int_equal (calendar_between (calendar, MONDAY_08_00Z, MONDAY_08_00Z + 24 * HOUR_MS), 8 * HOUR_MS);
    calendar_destroy (&calendar);
}

static void
test_an_exception_without_hours_is_a_holiday_and_one_with_hours_a_half_day (void **state)
{
    calendar_details_t details = s_rome;
    details.n_exceptions = 1;
    details.exceptions = s_holidays;
    calendar_t *closed = s_built (state, details);
    details.exceptions = s_shorts;
    calendar_t *half = s_built (state, details);
    int64_t from_at = MONDAY_08_00Z + 6 * 24 * HOUR_MS, to_at = MONDAY_08_00Z + 8 * 24 * HOUR_MS;
    assert_int_equal (calendar_between (closed, from_at, to_at), 0);
    assert_int_equal (calendar_between (half, from_at, to_at), 3 * HOUR_MS);
    calendar_destroy (&closed);
    calendar_destroy (&half);
}

static void
test_a_calendar_without_open_time_is_refused (void **state)
{
    calendar_details_t details = s_rome;
    details.n_weekly = 0;
    assert_non_null (strstr (s_error_of (state, details), "never open"));
}

static void
test_errors_are_sentences_with_the_value (void **state)
{
    weekly_interval_t bad = s_monday;
    weekly_interval_t *bads [] = { &bad };
    calendar_details_t details = s_rome;
    details.weekly = bads;
    bad.weekday = 8;
    assert_string_equal (s_error_of (state, details), "weekday 8 does not exist: Monday is 1, Sunday 7");
    bad.weekday = 1;
    bad.start = "8 o'clock";
    assert_string_equal (s_error_of (state, details),
        "weekday 1 starts at \"8 o'clock\": write HH:MM from 00:00 to 23:59");
    bad.start = "24:00";
    assert_string_equal (s_error_of (state, details), "weekday 1 starts at \"24:00\": write HH:MM from 00:00 to 23:59");
    bad.start = "08:00";
    bad.end = "25:00";
    assert_string_equal (s_error_of (state, details), "weekday 1 ends at \"25:00\": write HH:MM from 00:00 to 24:00");
}

static void
test_a_fixed_offset_is_no_zone_of_a_calendar (void **state)
{
    calendar_details_t details = s_rome;
    details.time_zone = "+08:00";
    assert_non_null (strstr (s_error_of (state, details), "+08:00"));
}

static void
test_an_exception_on_a_date_that_does_not_exist_is_refused (void **state)
{
    calendar_exception_t bad = s_holiday;
    calendar_exception_t *bads [] = { &bad };
    bad.date_on = "2026-02-30";
    calendar_details_t details = s_rome;
    details.n_exceptions = 1;
    details.exceptions = bads;
    assert_string_equal (s_error_of (state, details),
        "exception on \"2026-02-30\": write a date that exists as YYYY-MM-DD");
}

static void
test_a_date_listed_twice_is_refused (void **state)
{
    calendar_exception_t *twice [] = { &s_holiday, &s_short };
    calendar_details_t details = s_rome;
    details.n_exceptions = 2;
    details.exceptions = twice;
    assert_string_equal (s_error_of (state, details),
        "exception on 2026-06-15 is listed twice: put all its hours into one");
}

static void
test_always_open_beside_hours_is_refused (void **state)
{
    calendar_details_t details = s_rome;
    details.always_open = true;
    assert_non_null (strstr (s_error_of (state, details), "always open"));
}

static void
test_always_open_counts_elapsed_time (void **state)
{
    calendar_details_t details = { .base = calendar_details_init, .time_zone = "Asia/Shanghai", .always_open = true };
    details.name = details.parent_id = "";
    calendar_t *calendar = s_built (state, details);
    assert_int_equal (calendar_add (calendar, MONDAY_08_00Z, 50 * HOUR_MS), MONDAY_08_00Z + 50 * HOUR_MS);
    calendar_destroy (&calendar);
}

static void
test_a_child_without_hours_takes_those_of_its_parent (void **state)
{
    calendar_details_t parent = s_rome, child = s_rome;
    parent.n_exceptions = 1;
    parent.exceptions = s_holidays;
    child.n_weekly = 0;
    child.name = "Milan";
    calendar_details_t *merged = calendars_merge (*state, &child, &parent);
    assert_string_equal (merged->name, "Milan");
    assert_int_equal (merged->n_weekly, 1);
    assert_int_equal (merged->n_exceptions, 1);
    calendar_t *calendar = s_built (state, *merged);
    assert_true (calendar_is_open (calendar, MONDAY_08_00Z));
    assert_false (calendar_is_open (calendar, MONDAY_08_00Z + 7 * 24 * HOUR_MS));
    calendar_destroy (&calendar);
}

static void
test_the_childs_own_exception_wins_over_its_parents (void **state)
{
    calendar_details_t parent = s_rome, child = s_rome;
    parent.n_exceptions = child.n_exceptions = 1;
    parent.exceptions = s_holidays;
    child.exceptions = s_shorts;
    calendar_details_t *merged = calendars_merge (*state, &child, &parent);
    assert_int_equal (merged->n_exceptions, 1);
    assert_int_equal (merged->exceptions [0]->n_intervals, 1);
}

static void
test_a_child_with_holidays_of_an_always_open_parent_is_closed_on_those_only (void **state)
{
    calendar_details_t parent = s_rome, child = s_rome;
    parent.n_weekly = child.n_weekly = 0;
    parent.always_open = true;
    assert_true (calendars_merge (*state, &child, &parent)->always_open);
    child.n_exceptions = 1;
    child.exceptions = s_holidays;
    calendar_t *calendar = s_built (state, *calendars_merge (*state, &child, &parent));
    assert_int_equal (calendar_between (calendar, MONDAY_08_00Z, MONDAY_08_00Z + 14 * 24 * HOUR_MS), 13 * 24 * HOUR_MS);
    calendar_destroy (&calendar);
}

static void
test_a_calendar_is_built_once_for_each_version (void **state)
{
    blob_t packed = s_packed (state, s_rome);
    calendar_t *first = calendars_get ("rome", 1, packed);
    assert_non_null (first);
    assert_ptr_equal (calendars_get ("rome", 1, packed), first);
    assert_ptr_not_equal (calendars_get ("rome", 2, packed), first);
    assert_ptr_not_equal (calendars_get ("milan", 1, packed), first);
    assert_ptr_equal (calendars_get ("rome", 1, packed), first);
}

static void
test_other_hours_under_the_same_id_and_version_are_not_mixed_up (void **state)
{
    calendar_details_t details = s_rome;
    assert_true (calendar_is_open (calendars_get ("rome", 1, s_packed (state, details)), MONDAY_08_00Z));
    details.weekly = s_nights;
    assert_false (calendar_is_open (calendars_get ("rome", 1, s_packed (state, details)), MONDAY_08_00Z));
}

static void
test_bytes_that_are_no_calendar_give_none (void **state)
{
    (void) state;
    assert_null (calendars_get ("rome", 1, (blob_t) { (const uint8_t *) "\xff\xff", 2 }));
    assert_null (calendars_get ("rome", 2, (blob_t) { NULL, 0 }));
}

static void
test_no_more_calendars_are_kept_than_the_limit_and_the_oldest_goes_first (void **state)
{
    blob_t packed = s_packed (state, s_rome);
    calendar_t *busy = calendar_share (calendars_get ("busy", 1, packed));
    calendar_t *idle = calendar_share (calendars_get ("idle", 1, packed));
    for (int version = 1; version < CALENDARS_KEPT_MAX; version++) {
        assert_non_null (calendars_get ("many", version, packed));
        assert_ptr_equal (calendars_get ("busy", 1, packed), busy);
    }
    assert_ptr_not_equal (calendars_get ("idle", 1, packed), idle);
    calendar_destroy (&busy);
    calendar_destroy (&idle);
}

int
main (void)
{
#define CASE(name) cmocka_unit_test_setup_teardown (name, s_setup, s_teardown)
    const struct CMUnitTest tests [] = {
        CASE (test_weekly_hours_are_wall_time_of_the_calendars_zone),
        CASE (test_an_interval_that_ends_before_it_starts_crosses_midnight),
        CASE (test_an_exception_without_hours_is_a_holiday_and_one_with_hours_a_half_day),
        CASE (test_a_calendar_without_open_time_is_refused),
        CASE (test_errors_are_sentences_with_the_value),
        CASE (test_a_fixed_offset_is_no_zone_of_a_calendar),
        CASE (test_an_exception_on_a_date_that_does_not_exist_is_refused),
        CASE (test_a_date_listed_twice_is_refused),
        CASE (test_always_open_beside_hours_is_refused),
        CASE (test_always_open_counts_elapsed_time),
        CASE (test_a_child_without_hours_takes_those_of_its_parent),
        CASE (test_the_childs_own_exception_wins_over_its_parents),
        CASE (test_a_child_with_holidays_of_an_always_open_parent_is_closed_on_those_only),
        CASE (test_a_calendar_is_built_once_for_each_version),
        CASE (test_other_hours_under_the_same_id_and_version_are_not_mixed_up),
        CASE (test_bytes_that_are_no_calendar_give_none),
        CASE (test_no_more_calendars_are_kept_than_the_limit_and_the_oldest_goes_first),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
