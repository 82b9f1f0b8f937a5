/* Worked time into bands: at the calendar's boundaries, safe when clocks change, rounded as a whole. */
#include "office.h"
#include <inttypes.h>

static calendar_t *
s_weekdays (const char *zone)
{
    calendar_t *calendar = calendar_new (zone);
    for (int day = DATE_MONDAY; day <= DATE_FRIDAY; day++)
        calendar_weekly_add (calendar, (date_weekday_t) day, DATE_HM (8, 0), DATE_HM (18, 0));
    calendar_except_close (calendar, date_from_ymd (2026, 6, 2));       /* Festa della Repubblica, a Tuesday */
    assert_null (calendar_seal (calendar));
    return calendar;
}

static int64_t
s_at (const char *zone, int year, int month, int day, int hour, int minute)
{
    return zone_at (zone_find (zone, NULL), date_from_ymd (year, month, day), DATE_HM (hour, minute));
}

static void
s_assert_minutes (const int64_t ms [BANDS], int64_t normal, int64_t overtime, int64_t night, int64_t holiday)
{
    assert_int_equal (ms [LABOUR_BAND_NORMAL], normal * 60000);
    assert_int_equal (ms [LABOUR_BAND_OVERTIME], overtime * 60000);
    assert_int_equal (ms [LABOUR_BAND_NIGHT], night * 60000);
    assert_int_equal (ms [LABOUR_BAND_HOLIDAY], holiday * 60000);
}

static void
s_assert_split (int64_t from_at, int64_t to_at, int64_t normal, int64_t overtime, int64_t night, int64_t holiday)
{
    calendar_t *calendar = s_weekdays ("Europe/Rome");
    int64_t ms [BANDS] = { 0 };
    labour_split (calendar, from_at, to_at, ms);
    s_assert_minutes (ms, normal, overtime, night, holiday);
    calendar_destroy (&calendar);
}

#define ROME(...) s_at ("Europe/Rome", __VA_ARGS__)

static void
test_l4_work_in_the_open_hours_is_normal (void **state)
{
    (void) state;
    s_assert_split (ROME (2026, 6, 8, 8, 0), ROME (2026, 6, 8, 18, 0), 600, 0, 0, 0);
}

static void
test_l4_work_across_closing_and_ten_at_night_is_split_in_three (void **state)
{
    (void) state;
    s_assert_split (ROME (2026, 6, 8, 17, 0), ROME (2026, 6, 8, 23, 30), 60, 240, 90, 0);
}

static void
test_l4_the_night_goes_on_over_midnight_until_six (void **state)
{
    (void) state;
    s_assert_split (ROME (2026, 6, 8, 21, 0), ROME (2026, 6, 9, 9, 0), 60, 60 + 120, 480, 0);
}

static void
test_l4_a_day_without_hours_is_holiday_all_day_and_its_neighbours_are_not (void **state)
{
    (void) state;
    s_assert_split (ROME (2026, 6, 1, 23, 0), ROME (2026, 6, 3, 1, 0), 0, 0, 60 + 60, 1440);
    s_assert_split (ROME (2026, 6, 7, 10, 0), ROME (2026, 6, 7, 12, 0), 0, 0, 0, 120);
}

static void
test_l4_the_hour_that_spring_skips_is_not_paid (void **state)
{
    (void) state;
    s_assert_split (ROME (2026, 3, 28, 23, 0), ROME (2026, 3, 29, 6, 0), 0, 0, 0,
        360);   /* Saturday to Sunday: 6 real hours */
    s_assert_split (ROME (2026, 3, 27, 22, 0), ROME (2026, 3, 28, 0, 0), 0, 0, 120, 0);
}

static void
test_l4_the_hour_that_autumn_repeats_is_paid_twice (void **state)
{
    (void) state;
    s_assert_split (ROME (2026, 10, 24, 23, 0), ROME (2026, 10, 25, 6, 0), 0, 0, 0, 480);
}

static void
test_l4_a_night_shift_in_an_always_working_week_has_its_real_length_when_clocks_change (void **state)
{
    (void) state;
    calendar_t *calendar = calendar_new ("Europe/Rome");
    for (int day = DATE_MONDAY; day <= DATE_SUNDAY; day++)
        calendar_weekly_add (calendar, (date_weekday_t) day, DATE_HM (8, 0), DATE_HM (18, 0));
    assert_null (calendar_seal (calendar));
    int64_t spring [BANDS] = { 0 }, autumn [BANDS] = { 0 };
    labour_split (calendar, ROME (2026, 3, 28, 22, 0), ROME (2026, 3, 29, 6, 0), spring);
    s_assert_minutes (spring, 0, 0, 7 * 60, 0);
    labour_split (calendar, ROME (2026, 10, 24, 22, 0), ROME (2026, 10, 25, 6, 0), autumn);
    s_assert_minutes (autumn, 0, 0, 9 * 60, 0);
    calendar_destroy (&calendar);
}

static void
test_l4_no_calendar_and_one_that_never_closes_know_only_normal_hours (void **state)
{
    (void) state;
    calendar_t *always = calendar_new_always ("Asia/Ho_Chi_Minh");
    assert_null (calendar_seal (always));
    int64_t ms [BANDS] = { 0 };
    labour_split (NULL, MONDAY_AT, MONDAY_AT + 90 * 60000, ms);
    labour_split (always, MONDAY_AT, MONDAY_AT + 30 * 60000, ms);
    s_assert_minutes (ms, 120, 0, 0, 0);
    calendar_destroy (&always);
}

static void
test_l4_started_units_and_the_minimum_are_charged (void **state)
{
    (void) state;
    int64_t minutes [BANDS];
    assert_int_equal (labour_round ((int64_t [BANDS]) { [LABOUR_BAND_NORMAL] = 60000 }, 15, 30, minutes), 30);
    assert_int_equal (minutes [LABOUR_BAND_NORMAL], 30);
    assert_int_equal (labour_round ((int64_t [BANDS]) { [LABOUR_BAND_NORMAL] = 45 * 60000 }, 15, 30, minutes), 45);
    assert_int_equal (labour_round ((int64_t [BANDS]) { [LABOUR_BAND_NORMAL] = 45 * 60000 + 1 }, 15, 30, minutes), 60);
    assert_int_equal (labour_round ((int64_t [BANDS]) { 0 }, 15, 30, minutes), 0);
}

static void
test_l4_what_rounding_adds_is_shared_over_the_bands (void **state)
{
    (void) state;
    int64_t minutes [BANDS];
    int64_t ms [BANDS] = { [LABOUR_BAND_NORMAL] = 60 * 60000, [LABOUR_BAND_OVERTIME] = 40 * 60000 };
    assert_int_equal (labour_round (ms, 15, 30, minutes), 105);
    assert_int_equal (minutes [LABOUR_BAND_NORMAL], 63);
    assert_int_equal (minutes [LABOUR_BAND_OVERTIME], 42);
}

/* ---- properties */

static uint64_t s_seed;

static int64_t
s_random (int64_t below)
{
    s_seed = s_seed * 6364136223846793005u + 1442695040888963407u;
    return (int64_t) ((s_seed >> 20) % (uint64_t) below);
}

/* The slow, obvious way: minute by minute. */
static void
s_split_by_minutes (calendar_t *calendar, int64_t from_at, int64_t to_at, int64_t ms [BANDS])
{
    for (int64_t at = from_at; at < to_at; at += 60000) {
        int64_t time_ms;
        interval_t hull;
        int32_t date = zone_date (calendar_zone (calendar), at, &time_ms);
        int band = calendar_is_open (calendar, at) ? LABOUR_BAND_NORMAL
            : !calendar_day (calendar, date, &hull) ? LABOUR_BAND_HOLIDAY
            : time_ms < DATE_HM (6, 0) || time_ms >= DATE_HM (22, 0) ? LABOUR_BAND_NIGHT : LABOUR_BAND_OVERTIME;
        ms [band] += 60000;
    }
}

static void
test_l4_bands_tile_the_worked_time_and_agree_with_a_walk_minute_by_minute (void **state)
{
    (void) state;
    s_seed = 41;
    print_message ("seed %" PRIu64 "\n", s_seed);
    static const char *const zones [] = { "Europe/Rome", "Asia/Shanghai", "America/Havana", "America/Sao_Paulo",
        "Australia/Lord_Howe" };
    for (int z = 0; z < 5; z++) {
        calendar_t *calendar = s_weekdays (zones [z]);
        for (int round = 0; round < 150; round++) {
            int64_t from_at = s_at (zones [z], 2017, 1, 1, 0, 0) + s_random (3000 * 1440) * 60000;
            if (round % 2)          /* near the changes of the clock */
                from_at = s_at (zones [z], 2017, (int [4]) { 2, 3, 10, 11 } [round / 2 % 4], 1, 0,
                    0) + s_random (31 * 1440) * 60000;
            int64_t to_at = from_at + s_random (3000) * 60000, sum = 0;
            int64_t fast [BANDS] = { 0 }, slow [BANDS] = { 0 };
            labour_split (calendar, from_at, to_at, fast);
            s_split_by_minutes (calendar, from_at, to_at, slow);
            for (int band = 0; band < BANDS; band++) {
                assert_int_equal (fast [band], slow [band]);
                sum += fast [band];
            }
            assert_int_equal (sum, to_at - from_at);
        }
        calendar_destroy (&calendar);
    }
}

static void
test_l4_charged_minutes_of_the_bands_add_up_to_the_rounded_total (void **state)
{
    (void) state;
    s_seed = 43;
    print_message ("seed %" PRIu64 "\n", s_seed);
    for (int round = 0; round < 20000; round++) {
        int64_t ms [BANDS] = { 0 }, minutes [BANDS], worked = 0, charged = 0;
        for (int band = LABOUR_BAND_NORMAL; band < BANDS; band++)
            worked += ms [band] = s_random (3) ? s_random (36000000) : 0;
        int64_t unit = 1 + s_random (60), minimum = s_random (120);
        int64_t total = labour_round (ms, unit, minimum, minutes);
        for (int band = 0; band < BANDS; band++) {
            charged += minutes [band];
            assert_true (minutes [band] >= 0 && (ms [band] || !minutes [band]));
        }
        assert_int_equal (charged, total);
        assert_true (!worked || (total * 60000 >= worked && total >= minimum));
        assert_true (total <= minimum || (total % unit == 0 && (total - unit) * 60000 < worked));
    }
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_l4_work_in_the_open_hours_is_normal),
        cmocka_unit_test (test_l4_work_across_closing_and_ten_at_night_is_split_in_three),
        cmocka_unit_test (test_l4_the_night_goes_on_over_midnight_until_six),
        cmocka_unit_test (test_l4_a_day_without_hours_is_holiday_all_day_and_its_neighbours_are_not),
        cmocka_unit_test (test_l4_the_hour_that_spring_skips_is_not_paid),
        cmocka_unit_test (test_l4_the_hour_that_autumn_repeats_is_paid_twice),
        cmocka_unit_test (test_l4_a_night_shift_in_an_always_working_week_has_its_real_length_when_clocks_change),
        cmocka_unit_test (test_l4_no_calendar_and_one_that_never_closes_know_only_normal_hours),
        cmocka_unit_test (test_l4_started_units_and_the_minimum_are_charged),
        cmocka_unit_test (test_l4_what_rounding_adds_is_shared_over_the_bands),
        cmocka_unit_test (test_l4_bands_tile_the_worked_time_and_agree_with_a_walk_minute_by_minute),
        cmocka_unit_test (test_l4_charged_minutes_of_the_bands_add_up_to_the_rounded_total),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
