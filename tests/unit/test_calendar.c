/* Building and asking calendars: hours, exceptions, parents, combinations, zones. */
#include "calendar/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* The instant of YYYY-MM-DD and a time in UTC. */
static int64_t
s_utc (const char *date, const char *time)
{
    return date_parse (date) * DATE_DAY_MS + date_parse_time (time);
}

static calendar_t *
s_office (const char *zone, int last_weekday, int start_ms, int end_ms)
{
    calendar_t *calendar = calendar_new (zone);
    for (int weekday = DATE_MONDAY; weekday <= last_weekday; weekday++)
        calendar_weekly_add (calendar, (date_weekday_t) weekday, start_ms, end_ms);
    return calendar;
}

static calendar_t *
s_sealed (calendar_t *calendar)
{
    const char *error = calendar_seal (calendar);
    if (error)
        fail_msg ("refused: %s", error);
    return calendar;
}

static void
s_assert_refused (calendar_t *calendar, const char *because)
{
    const char *error = calendar_seal (calendar);
    assert_non_null (error);
    if (!strstr (error, because))
        fail_msg ("\"%s\" does not say \"%s\"", error, because);
    calendar_destroy (&calendar);
    assert_null (calendar);
}

static void
test_t49_a_calendar_with_no_open_time_is_refused (void **state)
{
    (void) state;
    calendar_t *only_holidays = calendar_new ("Europe/Rome");
    calendar_except_close (only_holidays, date_parse ("2026-12-25"));
    s_assert_refused (only_holidays, "never open");
    s_assert_refused (calendar_new ("Europe/Rome"), "never open");

    calendar_t *mornings = s_sealed (s_office ("Europe/Rome", DATE_FRIDAY, DATE_HM (8, 0), DATE_HM (12, 0)));
    calendar_t *afternoons = s_sealed (s_office ("Europe/Rome", DATE_FRIDAY, DATE_HM (12, 0), DATE_HM (17, 0)));
    s_assert_refused (calendar_new_intersection (mornings, afternoons), "never open");
    calendar_destroy (&mornings);
    calendar_destroy (&afternoons);
}

static void
test_fixed_offsets_and_unknown_zones_are_refused (void **state)
{
    (void) state;
    static const char *const s_bad [] = {
        "+08:00", "UTC+8", "GMT", "EST", "EST5EDT", "Etc/GMT-8", "Europe/Atlantis", "../etc/passwd", "Europe/../UTC",
        "/etc/passwd", "right/Europe/Rome", "posix/Europe/Rome", "Europe", "Europe/", "", "CET-1CEST,M3.5.0,M10.5.0/3"
    };
    char error [ZONE_ERROR_SIZE];
    for (size_t i = 0; i < sizeof s_bad / sizeof s_bad [0]; i++) {
        assert_null (zone_find (s_bad [i], error));
        assert_non_null (strstr (error, s_bad [i]));
    }
    assert_null (zone_find (NULL, NULL));
    assert_ptr_equal (zone_find ("Europe/Rome", error), zone_find ("Europe/Rome", NULL));
    s_assert_refused (s_office ("UTC+8", DATE_FRIDAY, 0, DATE_HM (8, 0)), "UTC+8");
}

static void
test_mistakes_in_building_are_told_at_sealing_with_their_value (void **state)
{
    (void) state;
    s_assert_refused (s_office ("UTC", DATE_FRIDAY, DATE_HM (24, 0), DATE_HM (8, 0)), "86400000 to");
    s_assert_refused (s_office ("UTC", DATE_FRIDAY, 0, DATE_HM (24, 1)), "86460000");
    s_assert_refused (s_office ("UTC", 8, 0, DATE_HM (8, 0)), "weekday 8");
    calendar_t *calendar = s_office ("UTC", DATE_FRIDAY, 0, DATE_HM (8, 0));
    calendar_except_close (calendar, date_parse ("2026-02-30"));
    s_assert_refused (calendar, "1970 to 2398");
    calendar = calendar_new_always ("UTC");
    calendar_except_close (calendar, date_parse ("2026-12-25"));
    s_assert_refused (calendar, "always open");
    calendar = calendar_new ("UTC");
    for (int i = 0; i <= CALENDAR_HOURS_MAX; i++)
        calendar_weekly_add (calendar, DATE_MONDAY, i * 1000, i * 1000 + 500);
    s_assert_refused (calendar, "more than 48");
}

static void
test_a_sealed_calendar_cannot_change (void **state)
{
    (void) state;
    calendar_t *calendar = s_sealed (s_office ("UTC", DATE_FRIDAY, 0, DATE_HM (8, 0)));
    calendar_weekly_add (calendar, DATE_SUNDAY, 0, DATE_HM (8, 0));
    assert_false (calendar_is_open (calendar, s_utc ("2026-06-07", "01:00")));
    s_assert_refused (calendar, "sealed");
}

static void
test_dates_and_times_are_read_strictly (void **state)
{
    (void) state;
    static const char *const s_bad_dates []
        = { "", "2026-6-1", "2026-02-29", "2026-13-01", "26-01-01", "2026-01-01 ", "0000-01-01" };
    static const char *const s_bad_times []
        = { "", "8:00", "24:01", "25:00", "08:60", "08-00", "08:00:60", "24:00:01", "08:00:0" };
    char text [DATE_TEXT_SIZE];
    for (size_t i = 0; i < sizeof s_bad_dates / sizeof s_bad_dates [0]; i++)
        assert_int_equal (date_parse (s_bad_dates [i]), DATE_NONE);
    for (size_t i = 0; i < sizeof s_bad_times / sizeof s_bad_times [0]; i++)
        assert_int_equal (date_parse_time (s_bad_times [i]), -1);
    assert_int_equal (date_parse_time ("24:00"), DATE_DAY_MS);
    assert_int_equal (date_parse ("1970-01-01"), 0);
    assert_int_equal (date_weekday (date_parse ("2026-06-08")), DATE_MONDAY);
    assert_int_equal (date_weekday (date_parse ("1969-12-28")), DATE_SUNDAY);
    for (int32_t date = date_parse ("0001-01-01"); date < date_parse ("2500-01-01"); date += 13)
        assert_int_equal (date_parse (date_format (date, text)), date);
}

static void
s_assert_wall (const char *zone_text, const char *date, const char *wall_time, const char *utc_date,
    const char *utc_time)
{
    const zone_t *zone = zone_find (zone_text, NULL);
    assert_non_null (zone);
    assert_int_equal (zone_at (zone, date_parse (date), date_parse_time (wall_time)), s_utc (utc_date, utc_time));
}

static void
test_a_wall_time_in_a_gap_moves_forward_and_a_doubled_one_is_the_first (void **state)
{
    (void) state;
    s_assert_wall ("America/Los_Angeles", "2014-03-09", "02:30", "2014-03-09", "10:30");
    s_assert_wall ("America/Los_Angeles", "2014-11-02", "01:30", "2014-11-02", "08:30");
    s_assert_wall ("America/Sao_Paulo", "2015-10-17", "24:00", "2015-10-18", "03:00");
    s_assert_wall ("Europe/Rome", "2026-03-29", "02:00", "2026-03-29", "01:00");
    s_assert_wall ("Europe/Rome", "2026-03-29", "03:00", "2026-03-29", "01:00");
    s_assert_wall ("Europe/Rome", "2026-10-25", "02:00", "2026-10-25", "00:00");
    s_assert_wall ("Europe/Rome", "2026-10-25", "03:00", "2026-10-25", "02:00");
    s_assert_wall ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03", "15:45");
    s_assert_wall ("Asia/Shanghai", "2026-06-08", "08:30", "2026-06-08", "00:30");
}

static void
test_a_zone_goes_on_by_its_rule_in_the_far_future (void **state)
{
    (void) state;
    s_assert_wall ("Europe/Rome", "2099-07-01", "12:00", "2099-07-01", "10:00");
    s_assert_wall ("Europe/Rome", "2399-12-01", "12:00", "2399-12-01", "11:00");
    s_assert_wall ("America/Los_Angeles", "2100-03-14", "02:30", "2100-03-14", "10:30");
    s_assert_wall ("Australia/Sydney", "2200-01-01", "12:00", "2200-01-01", "01:00");
    s_assert_wall ("Asia/Shanghai", "2399-07-01", "12:00", "2399-07-01", "04:00");
}

static void
test_a_date_that_a_zone_skipped_has_no_hours (void **state)
{
    (void) state;
    assert_false (zone_has_date (zone_find ("Pacific/Apia", NULL), date_parse ("2011-12-30")));
    calendar_t *calendar = s_sealed (s_office ("Pacific/Apia", DATE_SUNDAY, DATE_HM (8, 0), DATE_HM (9, 0)));
    interval_t hull;
    assert_false (calendar_day (calendar, date_parse ("2011-12-30"), &hull));
    assert_int_equal (calendar_workday_after (calendar, date_parse ("2011-12-29"), 1), date_parse ("2011-12-31"));
    assert_int_equal (calendar_between (calendar, s_utc ("2011-12-29", "00:00"), s_utc ("2012-01-01", "00:00")),
        3 * DATE_HM (1, 0));
    calendar_destroy (&calendar);
}

static void
test_the_tz_database_release_is_known (void **state)
{
    (void) state;
    assert_string_not_equal (zone_release (), "");
    assert_ptr_equal (zone_release (), zone_release ());
}

static void
test_an_interval_that_vanishes_in_a_gap_is_dropped (void **state)
{
    (void) state;
    calendar_t *calendar = s_sealed (s_office ("America/Los_Angeles", DATE_SUNDAY, DATE_HM (2, 30), DATE_HM (3, 15)));
    interval_t hull;
    assert_false (calendar_day (calendar, date_parse ("2006-04-02"), &hull));
    assert_true (calendar_day (calendar, date_parse ("2006-04-03"), &hull));
    assert_int_equal (hull.to_at - hull.from_at, DATE_HM (0, 45));
    calendar_destroy (&calendar);
}

static void
test_t43_a_night_shift_has_its_real_length_when_the_clock_changes (void **state)
{
    (void) state;
    calendar_t *calendar = s_sealed (s_office ("Europe/Rome", DATE_SUNDAY, DATE_HM (22, 0), DATE_HM (6, 0)));
    interval_t shift;
    assert_true (calendar_day (calendar, date_parse ("2026-03-28"), &shift));
    assert_int_equal (shift.to_at - shift.from_at, DATE_HM (7, 0));
    assert_true (calendar_day (calendar, date_parse ("2026-10-24"), &shift));
    assert_int_equal (shift.to_at - shift.from_at, DATE_HM (9, 0));
    assert_int_equal (calendar_between (calendar, shift.from_at, shift.to_at), DATE_HM (9, 0));
    calendar_destroy (&calendar);
}

static void
test_a_holiday_does_not_cut_the_night_shift_that_began_before_it (void **state)
{
    (void) state;
    calendar_t *calendar = s_office ("UTC", DATE_SUNDAY, DATE_HM (22, 0), DATE_HM (6, 0));
    calendar_except_close (calendar, date_parse ("2026-06-02"));
    s_sealed (calendar);
    assert_true (calendar_is_open (calendar, s_utc ("2026-06-02", "05:59")));
    assert_false (calendar_is_open (calendar, s_utc ("2026-06-02", "06:00")));
    assert_false (calendar_is_open (calendar, s_utc ("2026-06-02", "22:00")));
    assert_int_equal (calendar_next_open (calendar, s_utc ("2026-06-02", "06:00")), s_utc ("2026-06-03", "22:00"));
    calendar_destroy (&calendar);
}

static void
test_t11_midnight_loses_no_minute_when_days_end_at_24_00 (void **state)
{
    (void) state;
    calendar_t *calendar = s_sealed (s_office ("Europe/Rome", DATE_SUNDAY, 0, DATE_HM (24, 0)));
    int64_t from_at = s_utc ("2020-01-01", "00:00"), to_at = s_utc ("2030-01-01", "00:00");
    assert_int_equal (calendar_between (calendar, from_at, to_at), to_at - from_at);
    int64_t at = from_at;
    interval_t open;
    assert_true (calendar_each (calendar, &at, to_at, &open));
    assert_int_equal (open.from_at, from_at);
    assert_int_equal (open.to_at, to_at);
    assert_false (calendar_each (calendar, &at, to_at, &open));
    calendar_destroy (&calendar);
}

static void
test_an_exception_replaces_the_day_and_a_child_overrides_its_parent (void **state)
{
    (void) state;
    calendar_t *country = s_office ("Europe/Rome", DATE_FRIDAY, DATE_HM (9, 0), DATE_HM (17, 0));
    calendar_except_close (country, date_parse ("2026-12-08"));
    calendar_except_close (country, date_parse ("2026-12-25"));
    calendar_except_add (country, date_parse ("2026-12-24"), DATE_HM (9, 0), DATE_HM (12, 0));
    s_sealed (country);
    calendar_t *milan = calendar_new ("Europe/Rome");
    calendar_parent (milan, country);
    calendar_except_close (milan, date_parse ("2026-12-07"));
    calendar_except_add (milan, date_parse ("2026-12-25"), DATE_HM (10, 0), DATE_HM (11, 0));
    s_sealed (milan);
    calendar_destroy (&country);

    interval_t hull;
    assert_false (calendar_day (milan, date_parse ("2026-12-07"), &hull));
    assert_false (calendar_day (milan, date_parse ("2026-12-08"), &hull));
    assert_true (calendar_day (milan, date_parse ("2026-12-24"), &hull));
    assert_int_equal (hull.to_at, s_utc ("2026-12-24", "11:00"));
    assert_true (calendar_day (milan, date_parse ("2026-12-25"), &hull));
    assert_int_equal (hull.from_at, s_utc ("2026-12-25", "09:00"));
    assert_true (calendar_day (milan, date_parse ("2026-12-09"), &hull));
    calendar_destroy (&milan);
}

static void
test_a_calendar_has_one_parent_with_hours_of_its_own (void **state)
{
    (void) state;
    calendar_t *parent = s_sealed (s_office ("UTC", DATE_FRIDAY, 0, DATE_HM (8, 0)));
    calendar_t *always = s_sealed (calendar_new_always ("UTC"));
    calendar_t *child = calendar_new ("UTC");
    calendar_parent (child, parent);
    calendar_parent (child, parent);
    s_assert_refused (child, "one parent");
    child = calendar_new ("UTC");
    calendar_parent (child, always);
    s_assert_refused (child, "parent must be");
    calendar_destroy (&parent);
    calendar_destroy (&always);
}

static void
test_union_and_intersection_outlive_their_operands (void **state)
{
    (void) state;
    calendar_t *rome = s_sealed (s_office ("Europe/Rome", DATE_FRIDAY, DATE_HM (9, 0), DATE_HM (17, 0)));
    calendar_t *shanghai = s_sealed (s_office ("Asia/Shanghai", DATE_SATURDAY, DATE_HM (9, 0), DATE_HM (17, 0)));
    calendar_t *either = s_sealed (calendar_new_union (rome, shanghai));
    calendar_t *both = s_sealed (calendar_new_intersection (rome, shanghai));
    calendar_destroy (&rome);
    calendar_destroy (&shanghai);

    int64_t monday_at = s_utc ("2026-06-08", "00:00");          /* Rome 07-15Z, Shanghai 01-09Z */
    assert_int_equal (calendar_between (either, monday_at, monday_at + DATE_DAY_MS), DATE_HM (14, 0));
    assert_int_equal (calendar_between (both, monday_at, monday_at + DATE_DAY_MS), DATE_HM (2, 0));
    assert_int_equal (calendar_next_open (both, monday_at), s_utc ("2026-06-08", "07:00"));
    assert_int_equal (calendar_next_close (either, s_utc ("2026-06-08", "02:00")), s_utc ("2026-06-08", "15:00"));
    interval_t hull;
    assert_true (calendar_day (either, date_parse ("2026-06-13"), &hull));
    assert_false (calendar_day (both, date_parse ("2026-06-13"), &hull));
    assert_true (calendar_day (both, date_parse ("2026-06-12"), &hull));
    assert_int_equal (hull.to_at, s_utc ("2026-06-12", "09:00"));
    calendar_destroy (&either);
    calendar_destroy (&both);
}

static void
test_only_sealed_calendars_are_combined (void **state)
{
    (void) state;
    calendar_t *open = s_sealed (calendar_new_always ("UTC")), *raw = calendar_new ("UTC");
    s_assert_refused (calendar_new_union (open, raw), "sealed");
    for (int i = 0; i < CALENDAR_DEPTH_MAX; i++) {
        calendar_t *deeper = s_sealed (calendar_new_union (open, open));
        calendar_destroy (&open);
        open = deeper;
    }
    s_assert_refused (calendar_new_union (open, open), "17 deep");
    calendar_destroy (&open);
    calendar_destroy (&raw);
}

static void
test_openings_and_closings_are_where_they_belong (void **state)
{
    (void) state;
    calendar_t *calendar = s_sealed (s_office ("UTC", DATE_FRIDAY, DATE_HM (9, 0), DATE_HM (17, 0)));
    int64_t open_at = s_utc ("2026-06-08", "09:00"), close_at = s_utc ("2026-06-08", "17:00");
    assert_true (calendar_is_open (calendar, open_at));
    assert_false (calendar_is_open (calendar, close_at));
    assert_int_equal (calendar_next_open (calendar, open_at), open_at);
    assert_int_equal (calendar_next_open (calendar, close_at), s_utc ("2026-06-09", "09:00"));
    assert_int_equal (calendar_next_close (calendar, open_at), close_at);
    assert_int_equal (calendar_next_close (calendar, close_at), close_at);
    assert_int_equal (calendar_previous_close (calendar, close_at), close_at);
    assert_int_equal (calendar_previous_close (calendar, close_at - 1), s_utc ("2026-06-05", "17:00"));
    assert_int_equal (calendar_subtract (calendar, close_at, DATE_HM (8, 0)), open_at);
    assert_int_equal (calendar_subtract (calendar, open_at, DATE_HM (1, 0)), s_utc ("2026-06-05", "16:00"));
    calendar_destroy (&calendar);
}

static void
test_a_roster_of_dates_runs_out (void **state)
{
    (void) state;
    calendar_t *calendar = calendar_new ("UTC");
    calendar_except_add (calendar, date_parse ("2026-06-06"), DATE_HM (9, 0), DATE_HM (17, 0));
    s_sealed (calendar);
    int64_t from_at = s_utc ("2026-06-06", "10:00");
    assert_int_equal (calendar_add (calendar, from_at, DATE_HM (7, 0)), s_utc ("2026-06-06", "17:00"));
    assert_int_equal (calendar_add (calendar, from_at, DATE_HM (7, 0) + 1), CALENDAR_NEVER);
    assert_int_equal (calendar_subtract (calendar, from_at, DATE_HM (1, 0) + 1), INT64_MIN);
    assert_int_equal (calendar_next_open (calendar, s_utc ("2026-06-06", "17:00")), CALENDAR_NEVER);
    assert_int_equal (calendar_previous_close (calendar, from_at), INT64_MIN);
    assert_int_equal (calendar_workday_after (calendar, date_parse ("2026-06-06"), 1), DATE_NONE);
    calendar_destroy (&calendar);
}

static void
test_the_ends_of_time_are_no_trap (void **state)
{
    (void) state;
    calendar_t *always = s_sealed (calendar_new_always ("Europe/Rome"));
    calendar_t *office = s_sealed (s_office ("Europe/Rome", DATE_FRIDAY, DATE_HM (9, 0), DATE_HM (17, 0)));
    assert_int_equal (calendar_add (always, INT64_MAX - 5, 10), CALENDAR_NEVER);
    assert_int_equal (calendar_between (always, INT64_MIN, INT64_MAX), INT64_MAX);
    assert_int_equal (calendar_next_close (always, 0), CALENDAR_NEVER);
    assert_int_equal (calendar_subtract (always, INT64_MIN, 1), INT64_MIN);
    assert_int_equal (calendar_add (office, INT64_MIN, INT64_MAX), CALENDAR_NEVER);
    assert_int_equal (calendar_next_open (office, INT64_MAX), CALENDAR_NEVER);
    assert_int_equal (calendar_previous_close (office, INT64_MIN), INT64_MIN);
    assert_true (calendar_between (office, INT64_MIN, INT64_MAX) > 0);
    assert_int_equal (calendar_workday_after (office, INT32_MAX, 1), DATE_NONE);
    assert_int_equal (calendar_workday_after (office, INT32_MIN, 1), 0);
    calendar_destroy (&always);
    calendar_destroy (&office);
}

static void
test_t10_equal_content_has_an_equal_fingerprint (void **state)
{
    (void) state;
    uint64_t prints [3];
    for (int i = 0; i < 3; i++) {
        calendar_t *calendar = s_office ("UTC", DATE_FRIDAY, DATE_HM (9, 0), DATE_HM (17, 0));
        calendar_except_close (calendar, date_parse (i == 1 ? "2026-12-26" : "2026-12-25"));
        calendar_except_close (calendar, date_parse (i == 1 ? "2026-12-25" : "2026-12-26"));
        if (i == 2)
            calendar_except_add (calendar, date_parse ("2026-12-26"), 0, 1);
        prints [i] = calendar_fingerprint (s_sealed (calendar));
        calendar_destroy (&calendar);
    }
    assert_true (prints [0] != 0 && prints [0] == prints [1] && prints [0] != prints [2]);
}

static void
test_l4_worked_time_splits_exactly_at_the_boundaries_of_bands (void **state)
{
    (void) state;
    calendar_t *normal = s_sealed (s_office ("Europe/Rome", DATE_FRIDAY, DATE_HM (8, 30), DATE_HM (17, 0)));
    int64_t from_at = s_utc ("2026-06-08", "13:00"), to_at = s_utc ("2026-06-09", "08:00"), at = from_at, sum_ms = 0;
    interval_t open;
    int pieces = 0;
    for (; calendar_each (normal, &at, to_at, &open); pieces++)
        sum_ms += open.to_at - open.from_at;
    assert_int_equal (pieces, 2);
    assert_int_equal (sum_ms, DATE_HM (3, 30));
    assert_int_equal (sum_ms, calendar_between (normal, from_at, to_at));
    calendar_destroy (&normal);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_t49_a_calendar_with_no_open_time_is_refused),
        cmocka_unit_test (test_fixed_offsets_and_unknown_zones_are_refused),
        cmocka_unit_test (test_mistakes_in_building_are_told_at_sealing_with_their_value),
        cmocka_unit_test (test_a_sealed_calendar_cannot_change),
        cmocka_unit_test (test_dates_and_times_are_read_strictly),
        cmocka_unit_test (test_a_wall_time_in_a_gap_moves_forward_and_a_doubled_one_is_the_first),
        cmocka_unit_test (test_a_zone_goes_on_by_its_rule_in_the_far_future),
        cmocka_unit_test (test_a_date_that_a_zone_skipped_has_no_hours),
        cmocka_unit_test (test_the_tz_database_release_is_known),
        cmocka_unit_test (test_an_interval_that_vanishes_in_a_gap_is_dropped),
        cmocka_unit_test (test_t43_a_night_shift_has_its_real_length_when_the_clock_changes),
        cmocka_unit_test (test_a_holiday_does_not_cut_the_night_shift_that_began_before_it),
        cmocka_unit_test (test_t11_midnight_loses_no_minute_when_days_end_at_24_00),
        cmocka_unit_test (test_an_exception_replaces_the_day_and_a_child_overrides_its_parent),
        cmocka_unit_test (test_a_calendar_has_one_parent_with_hours_of_its_own),
        cmocka_unit_test (test_union_and_intersection_outlive_their_operands),
        cmocka_unit_test (test_only_sealed_calendars_are_combined),
        cmocka_unit_test (test_openings_and_closings_are_where_they_belong),
        cmocka_unit_test (test_a_roster_of_dates_runs_out),
        cmocka_unit_test (test_the_ends_of_time_are_no_trap),
        cmocka_unit_test (test_t10_equal_content_has_an_equal_fingerprint),
        cmocka_unit_test (test_l4_worked_time_splits_exactly_at_the_boundaries_of_bands),
    };
    return cmocka_run_group_tests_name ("calendar", tests, NULL, NULL);
}
