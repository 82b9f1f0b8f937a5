#include "recur/recur.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

static recur_t *
s_start (const char *date)
{
    return recur_new ("Europe/Paris", date_parse (date), DATE_HM (15, 0));
}

static recur_t *
s_sealed (recur_t *recur)
{
    const char *error = recur_seal (recur);
    if (error)
        fail_msg ("refused: %s", error);
    return recur;
}

/* Every nominal date after a date is exactly what the text says; a trailing * allows more.
 * Destroys. */
static void
s_assert_dates (recur_t *recur, const char *after, const char *expected)
{
    char date [DATE_TEXT_SIZE];
    occurrence_t next = { 0 };
    s_sealed (recur);
    int32_t on = date_parse (after);
    for (; *expected && *expected != '*'; expected += expected [10] ? 11 : 10) {
        if (!recur_next (recur, on, &next))
            fail_msg ("ended before %.10s", expected);
        on = next.nominal_on;
        if (strncmp (date_format (on, date), expected, 10) != 0)
            fail_msg ("%s instead of %.10s", date, expected);
    }
    if (*expected != '*' && recur_next (recur, on, &next))
        fail_msg ("%s after the end", date_format (next.nominal_on, date));
    recur_destroy (&recur);
}

static void
s_assert_refused (recur_t *recur, const char *because)
{
    const char *error = recur_seal (recur);
    if (!error || !strstr (error, because))
        fail_msg ("\"%s\" does not say \"%s\"", error ? error : "accepted", because);
    recur_destroy (&recur);
    assert_null (recur);
}

static void
test_f1_the_31st_is_clamped_to_short_months_and_does_not_drift (void **state)
{
    (void) state;
    recur_t *recur = s_start ("2026-01-31");
    recur_every (recur, RECUR_MONTH, 1, 0);
    s_assert_dates (recur, "2026-01-01", "2026-01-31 2026-02-28 2026-03-31 2026-04-30 2026-05-31 *");
    recur = s_start ("2027-11-30");
    recur_every (recur, RECUR_QUARTER, 1, 0);
    s_assert_dates (recur, "2027-11-01", "2027-11-30 2028-02-29 2028-05-30 2028-08-30 *");
    recur = s_start ("2024-02-29");
    recur_every (recur, RECUR_YEAR, 1, 0);
    s_assert_dates (recur, "2024-02-29", "2025-02-28 2026-02-28 2027-02-28 2028-02-29 *");
}

static void
test_f1_the_31st_may_skip_short_months_instead (void **state)
{
    (void) state;
    recur_t *recur = s_start ("2026-01-31");
    recur_every (recur, RECUR_MONTH, 1, 0);
    recur_month_end (recur, RECUR_SKIP);
    s_assert_dates (recur, "2026-01-01", "2026-01-31 2026-03-31 2026-05-31 2026-07-31 2026-08-31 *");
    recur = s_start ("2096-02-29");
    recur_every (recur, RECUR_YEAR, 1, 0);
    recur_month_end (recur, RECUR_SKIP);
    s_assert_dates (recur, "2096-02-29", "2104-02-29 2108-02-29 *");
}

static void
test_f1_weeks_and_days_are_counted_from_the_start (void **state)
{
    (void) state;
    recur_t *recur = s_start ("2026-06-08");
    recur_every (recur, RECUR_WEEK, 3, 0);
    s_assert_dates (recur, "2026-06-08", "2026-06-29 2026-07-20 2026-08-10 *");
    recur = s_start ("2026-06-08");
    recur_every (recur, RECUR_WEEK, 3, 0);
    s_assert_dates (recur, "2046-06-08", "2046-06-11 *");
    recur = s_start ("2026-06-08");
    recur_every (recur, RECUR_DAY, 365, 3);
    s_assert_dates (recur, "2020-01-01", "2026-06-08 2027-06-08 2028-06-07");
}

static void
test_f1_listed_dates_come_in_order_and_once (void **state)
{
    (void) state;
    recur_t *recur = s_start ("2026-06-08");
    recur_date_add (recur, date_parse ("2026-09-01"));
    recur_date_add (recur, date_parse ("2026-03-01"));
    recur_date_add (recur, date_parse ("2026-09-01"));
    s_assert_dates (recur, "2026-01-01", "2026-03-01 2026-09-01");
}

static void
test_f1_an_occurrence_keeps_its_wall_time_when_the_clocks_change (void **state)
{
    (void) state;
    recur_t *recur = s_start ("2022-03-21");
    recur_every (recur, RECUR_WEEK, 1, 0);
    s_sealed (recur);
    occurrence_t first, second;
    assert_true (recur_next (recur, date_parse ("2022-03-20"), &first));
    assert_true (recur_next_at (recur, first.at, &second));
    assert_int_equal (first.at, date_parse ("2022-03-21") * DATE_DAY_MS + DATE_HM (14, 0));
    assert_int_equal (second.at, date_parse ("2022-03-28") * DATE_DAY_MS + DATE_HM (13, 0));
    recur_destroy (&recur);
}

static void
test_f1_the_first_date_of_a_rule_is_the_first_that_satisfies_it (void **state)
{
    (void) state;
    recur_t *recur = s_start ("2026-06-03");
    recur_rule (recur, "FREQ=MONTHLY;BYDAY=1MO");
    s_assert_dates (recur, "2026-01-01", "2026-07-06 2026-08-03 2026-09-07 *");
    recur = s_start ("2026-01-31");
    recur_rule (recur, "RRULE:FREQ=MONTHLY");
    s_assert_dates (recur, "2026-01-01", "2026-01-31 2026-03-31 2026-05-31 *");
    recur = s_start ("2026-06-08");
    recur_rule (recur, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=4");
    s_assert_dates (recur, "2026-01-01", "2026-06-08 2026-06-11 2026-06-22 2026-06-25");
    recur = s_start ("2026-06-08");
    recur_rule (recur, "FREQ=WEEKLY;BYDAY=MO,MO,WE");
    s_assert_dates (recur, "2026-06-01", "2026-06-08 2026-06-10 2026-06-15 2026-06-17 *");
    recur = s_start ("2026-01-01");
    recur_rule (recur, "FREQ=MONTHLY;BYMONTHDAY=-1");
    s_assert_dates (recur, "2028-01-31", "2028-02-29 2028-03-31 *");
}

static void
test_f1_a_rule_ends_at_its_bound_in_the_zone_of_the_site (void **state)
{
    (void) state;
    recur_t *recur = s_start ("2026-06-08");
    recur_rule (recur, "FREQ=DAILY;UNTIL=20260610T130000Z");        /* 15:00 in Paris: the 10th is in */
    s_assert_dates (recur, "2026-01-01", "2026-06-08 2026-06-09 2026-06-10");
    recur = s_start ("2026-06-08");
    recur_rule (recur, "FREQ=DAILY;UNTIL=20260610T125959Z");
    s_assert_dates (recur, "2026-01-01", "2026-06-08 2026-06-09");
    recur = s_start ("2026-06-08");
    recur_rule (recur, "FREQ=DAILY;UNTIL=20260609");
    s_assert_dates (recur, "2026-01-01", "2026-06-08 2026-06-09");
}

static void
test_weekdays_without_every_other_wednesday (void **state)
{
    (void) state;
    recur_t *recur = s_start ("2026-06-08");
    recur_rule (recur, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR");
    recur_except_rule (recur, "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;UNTIL=20260710");
    recur_except_date (recur, date_parse ("2026-06-09"));
    s_assert_dates (recur, "2026-06-07", "2026-06-08 2026-06-11 2026-06-12 2026-06-15 2026-06-16 2026-06-17 2026-06-18 "
        "2026-06-19 2026-06-22 2026-06-23 2026-06-25 *");
}

static void
test_an_exception_rule_that_has_ended_takes_nothing_away (void **state)
{
    (void) state;
    recur_t *recur = s_start ("2026-06-08");
    recur_every (recur, RECUR_WEEK, 1, 0);
    recur_except_rule (recur, "FREQ=WEEKLY;UNTIL=20260622");
    s_assert_dates (recur, "2026-06-01", "2026-06-29 2026-07-06 *");
}

static void
test_a_sequence_of_phases_goes_on_from_the_last_date (void **state)
{
    (void) state;
    recur_t *recur = s_start ("2020-01-31");
    recur_every (recur, RECUR_DAY, 365, 2);
    recur_every (recur, RECUR_YEAR, 2, 4);
    recur_every (recur, RECUR_YEAR, 1, 0);
    s_assert_dates (recur, "2020-01-01",
        "2020-01-31 2021-01-30 2023-01-30 2025-01-30 2027-01-30 2029-01-30 2030-01-30 *");
    recur = s_start ("2026-01-31");
    recur_every (recur, RECUR_MONTH, 1, 2);
    recur_every (recur, RECUR_QUARTER, 1, 0);
    s_assert_dates (recur, "2026-01-01", "2026-01-31 2026-02-28 2026-05-31 2026-08-31 *");
}

static calendar_t *
s_holidays (void)
{
    calendar_t *calendar = calendar_new ("Europe/Paris");
    for (int weekday = DATE_MONDAY; weekday <= DATE_FRIDAY; weekday++)
        calendar_weekly_add (calendar, (date_weekday_t) weekday, DATE_HM (8, 0), DATE_HM (18, 0));
    calendar_except_close (calendar, date_parse ("2026-05-01"));        /* a Friday */
    assert_null (calendar_seal (calendar));
    return calendar;
}

static void
s_assert_shifted (recur_shift_t shift, const char *expected_on)
{
    calendar_t *calendar = s_holidays ();
    recur_t *recur = s_start ("2026-04-01");
    recur_every (recur, RECUR_MONTH, 1, 0);
    recur_shift (recur, shift, calendar);
    calendar_destroy (&calendar);
    s_sealed (recur);
    occurrence_t next, later;
    assert_true (recur_next (recur, date_parse ("2026-04-01"), &next));
    assert_int_equal (next.nominal_on, date_parse ("2026-05-01"));
    assert_int_equal (next.on, date_parse (expected_on));
    assert_int_equal (next.at, date_parse (expected_on) * DATE_DAY_MS + DATE_HM (13, 0));
    assert_true (recur_next_at (recur, next.at - 1, &later));
    assert_int_equal (later.nominal_on, next.nominal_on);
    assert_true (recur_next_at (recur, next.at, &later));
    assert_int_equal (later.nominal_on, date_parse ("2026-06-01"));
    recur_destroy (&recur);
}

static void
test_f1_a_holiday_moves_the_visit_but_not_its_identity (void **state)
{
    (void) state;
    s_assert_shifted (RECUR_KEEP, "2026-05-01");
    s_assert_shifted (RECUR_NEXT, "2026-05-04");
    s_assert_shifted (RECUR_PREV, "2026-04-30");
}

static int32_t
s_floating (recur_unit_t unit, int n, recur_month_end_t month_end, const char *completed_on, int done_count)
{
    recur_t *recur = s_start ("2026-01-10");
    recur_every (recur, RECUR_WEEK, 1, 3);
    recur_every (recur, unit, n, 0);
    recur_month_end (recur, month_end);
    s_sealed (recur);
    occurrence_t next;
    int64_t completed_at
        = date_parse (completed_on) * DATE_DAY_MS + DATE_HM (23, 30); /* the next day in Paris */
    assert_true (recur_after_completion (recur, completed_at, done_count, &next));
    recur_destroy (&recur);
    return next.nominal_on;
}

static void
test_f5_a_floating_plan_counts_from_the_local_date_of_completion (void **state)
{
    (void) state;
    assert_int_equal (s_floating (RECUR_MONTH, 1, RECUR_CLAMP, "2026-01-30", 1), date_parse ("2026-02-07"));
    assert_int_equal (s_floating (RECUR_MONTH, 1, RECUR_CLAMP, "2026-01-30", 2), date_parse ("2026-02-07"));
    assert_int_equal (s_floating (RECUR_MONTH, 1, RECUR_CLAMP, "2026-01-30", 3), date_parse ("2026-02-28"));
    assert_int_equal (s_floating (RECUR_MONTH, 1, RECUR_SKIP, "2026-01-30", 3), date_parse ("2026-03-31"));
    assert_int_equal (s_floating (RECUR_YEAR, 2, RECUR_CLAMP, "2026-01-30", 90), date_parse ("2028-01-31"));
}

static void
test_f5_a_floating_plan_ends_with_its_phases_and_its_bound (void **state)
{
    (void) state;
    occurrence_t next;
    recur_t *recur = s_start ("2026-01-10");
    recur_every (recur, RECUR_WEEK, 1, 3);
    s_sealed (recur);
    assert_true (recur_after_completion (recur, date_parse ("2026-02-01") * DATE_DAY_MS, 2, &next));
    assert_false (recur_after_completion (recur, date_parse ("2026-02-01") * DATE_DAY_MS, 3, &next));
    recur_destroy (&recur);
    recur = s_start ("2026-01-10");
    recur_every (recur, RECUR_WEEK, 1, 0);
    recur_until (recur, date_parse ("2026-02-07"));
    s_sealed (recur);
    assert_true (recur_after_completion (recur, date_parse ("2026-01-31") * DATE_DAY_MS, 3, &next));
    assert_false (recur_after_completion (recur, date_parse ("2026-02-01") * DATE_DAY_MS, 3, &next));
    recur_destroy (&recur);
    recur = s_start ("2026-01-10");
    recur_rule (recur, "FREQ=DAILY");
    s_sealed (recur);
    assert_false (recur_after_completion (recur, 0, 0, &next));
    recur_destroy (&recur);
}

static recur_t *
s_with_rule (const char *rule)
{
    recur_t *recur = s_start ("2026-01-10");
    recur_rule (recur, rule);
    return recur;
}

static void
test_what_cannot_recur_is_refused_with_the_reason (void **state)
{
    (void) state;
    s_assert_refused (s_start ("2026-01-10"), "0 sources");
    s_assert_refused (s_start ("2026-02-30"), "1970 to 2398");
    s_assert_refused (recur_new ("GMT+1", date_parse ("2026-01-10"), 0), "GMT+1");
    s_assert_refused (recur_new ("UTC", date_parse ("2026-01-10"), DATE_DAY_MS), "86400000");
    s_assert_refused (s_with_rule ("FREQ=HOURLY"), "times of day");
    s_assert_refused (s_with_rule ("FREQ=DAILY;BYHOUR=9,17"), "times of day");
    s_assert_refused (s_with_rule ("FREQ=NEVERLY"), "NEVERLY");
    s_assert_refused (s_with_rule ("now and then"), "RFC 5545");
    s_assert_refused (s_with_rule (""), "RFC 5545");
    recur_t *recur = s_with_rule ("FREQ=DAILY");
    recur_every (recur, RECUR_MONTH, 1, 0);
    s_assert_refused (recur, "2 sources");
    recur = s_with_rule ("FREQ=DAILY");
    recur_rule (recur, "FREQ=WEEKLY");
    s_assert_refused (recur, "second rule");
    recur = s_start ("2026-01-10");
    recur_every (recur, RECUR_MONTH, 0, 0);
    s_assert_refused (recur, "every 0");
    recur = s_start ("2026-01-10");
    recur_every (recur, RECUR_MONTH, 1, 0);
    recur_every (recur, RECUR_YEAR, 1, 0);
    s_assert_refused (recur, "for ever");
    recur = s_start ("2026-01-10");
    recur_every (recur, RECUR_YEAR, 10000, 2);
    recur_every (recur, RECUR_YEAR, 1, 0);
    s_assert_refused (recur, "after 2398");
    recur = s_start ("2026-01-10");
    recur_every (recur, RECUR_YEAR, 1, 0);
    recur_shift (recur, RECUR_NEXT, NULL);
    s_assert_refused (recur, "sealed calendar");
}

static void
test_a_rule_that_no_date_satisfies_gives_none (void **state)
{
    (void) state;
    occurrence_t next;
    recur_t *recur = s_with_rule ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30");
    if (!recur_seal (recur))
        assert_false (recur_next (recur, date_parse ("2026-01-01"), &next));
    recur_destroy (&recur);
}

static void
test_the_known_years_end_a_plan_quietly (void **state)
{
    (void) state;
    occurrence_t next;
    recur_t *recur = s_start ("2026-01-10");
    recur_every (recur, RECUR_YEAR, 100, 0);
    s_sealed (recur);
    assert_true (recur_next (recur, date_parse ("2300-01-01"), &next));
    assert_false (recur_next (recur, next.nominal_on, &next));
    assert_false (recur_next (recur, INT32_MAX, &next));
    assert_true (recur_next (recur, INT32_MIN, &next));
    assert_false (recur_next_at (recur, INT64_MAX, &next));
    assert_true (recur_next_at (recur, INT64_MIN, &next));
    assert_int_equal (next.nominal_on, date_parse ("2026-01-10"));
    recur_destroy (&recur);
}

/* Against a walk over all days: a month step falls on a day if the day is the wanted one or,
 * clamped, the month's last. */
static bool
s_is_month_step (int32_t date, int32_t start_on, int months, recur_month_end_t month_end)
{
    int year, month, day, start_year, start_month, wanted;
    date_to_ymd (date, &year, &month, &day);
    date_to_ymd (start_on, &start_year, &start_month, &wanted);
    int distance = (year - start_year) * 12 + month - start_month;
    bool is_day = day == wanted
        || (month_end == RECUR_CLAMP && day < wanted && day == date_days_in_month (year, month));
    return distance >= 0 && distance % months == 0 && is_day;
}

static void
test_property_month_steps_are_what_a_walk_over_the_days_finds (void **state)
{
    (void) state;
    const char *runs_text = getenv ("PROPERTY_RUNS"), *seed_text = getenv ("PROPERTY_SEED");
    long runs = runs_text ? strtol (runs_text, NULL, 10) / 20 : 500;
    uint64_t seed = seed_text ? strtoull (seed_text, NULL, 10) : (uint64_t) time (NULL);
    printf ("PROPERTY_SEED=%llu\n", (unsigned long long) seed);
    for (long run = 0; run < runs; run++) {
        seed = seed * UINT64_C (6364136223846793005) + UINT64_C (1442695040888963407);
        int32_t start_on = date_parse ("2020-01-01") + (int32_t) ((seed >> 33) % 2000);
        int months = 1 + (int) ((seed >> 20) % 14);
        recur_month_end_t month_end = seed >> 63 ? RECUR_SKIP : RECUR_CLAMP;
        recur_t *recur = recur_new ("Asia/Shanghai", start_on, 0);
        recur_every (recur, RECUR_MONTH, months, 0);
        recur_month_end (recur, month_end);
        s_sealed (recur);
        occurrence_t next;
        int32_t on = start_on - 5;
        for (int32_t date = start_on - 4; date < start_on + 1500; date++) {
            if (!s_is_month_step (date, start_on, months, month_end))
                continue;
            assert_true (recur_next (recur, on, &next));
            assert_int_equal (next.nominal_on, date);
            on = date;
        }
        recur_destroy (&recur);
    }
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_f1_the_31st_is_clamped_to_short_months_and_does_not_drift),
        cmocka_unit_test (test_f1_the_31st_may_skip_short_months_instead),
        cmocka_unit_test (test_f1_weeks_and_days_are_counted_from_the_start),
        cmocka_unit_test (test_f1_listed_dates_come_in_order_and_once),
        cmocka_unit_test (test_f1_an_occurrence_keeps_its_wall_time_when_the_clocks_change),
        cmocka_unit_test (test_f1_the_first_date_of_a_rule_is_the_first_that_satisfies_it),
        cmocka_unit_test (test_f1_a_rule_ends_at_its_bound_in_the_zone_of_the_site),
        cmocka_unit_test (test_weekdays_without_every_other_wednesday),
        cmocka_unit_test (test_an_exception_rule_that_has_ended_takes_nothing_away),
        cmocka_unit_test (test_a_sequence_of_phases_goes_on_from_the_last_date),
        cmocka_unit_test (test_f1_a_holiday_moves_the_visit_but_not_its_identity),
        cmocka_unit_test (test_f5_a_floating_plan_counts_from_the_local_date_of_completion),
        cmocka_unit_test (test_f5_a_floating_plan_ends_with_its_phases_and_its_bound),
        cmocka_unit_test (test_what_cannot_recur_is_refused_with_the_reason),
        cmocka_unit_test (test_a_rule_that_no_date_satisfies_gives_none),
        cmocka_unit_test (test_the_known_years_end_a_plan_quietly),
        cmocka_unit_test (test_property_month_steps_are_what_a_walk_over_the_days_finds),
    };
    return cmocka_run_group_tests_name ("recur", tests, NULL, NULL);
}
