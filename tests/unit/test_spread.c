/* Work that goes on over breaks, nights and weekends (X8). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include "calendar/spread.h"

#define HOUR INT64_C (3600000)

static calendar_t *
s_shift (bool has_break)
{
    calendar_t *shift = calendar_new ("Europe/Rome");
    for (int day = DATE_MONDAY; day <= DATE_FRIDAY; day++)
        if (has_break) {
            calendar_weekly_add (shift, (date_weekday_t) day, DATE_HM (8, 0), DATE_HM (12, 0));
            calendar_weekly_add (shift, (date_weekday_t) day, DATE_HM (13, 0), DATE_HM (17, 0));
        } else
            calendar_weekly_add (shift, (date_weekday_t) day, DATE_HM (8, 0), DATE_HM (17, 0));
    assert_null (calendar_seal (shift));
    return shift;
}

static int64_t
s_at (const char *date_on, int hour)
{
    return zone_at (zone_find ("Europe/Rome", NULL), date_parse (date_on), DATE_HM (hour, 0));
}

static void
s_assert_piece (interval_t piece, const char *date_on, int from_hour, int to_hour)
{
    assert_int_equal (piece.from_at, s_at (date_on, from_hour));
    assert_int_equal (piece.to_at, s_at (date_on, to_hour));
}

static void
test_x8_20_hours_from_monday_10_to_wednesday_12_as_in_servicenows_example (void **state)
{
    (void) state;
    interval_t pieces [8];
    calendar_t *shift = s_shift (false);
    assert_int_equal (calendar_spread (shift, s_at ("2026-06-08", 10), 20 * HOUR, pieces, 8), 3);
    s_assert_piece (pieces [0], "2026-06-08", 10, 17);
    s_assert_piece (pieces [1], "2026-06-09", 8, 17);
    s_assert_piece (pieces [2], "2026-06-10", 8, 12);
    calendar_destroy (&shift);
}

static void
test_x8_a_break_that_is_closed_splits_each_day_and_takes_its_hours_out_of_the_work (void **state)
{
    (void) state;
    interval_t pieces [8];
    calendar_t *shift = s_shift (true);
    assert_int_equal (calendar_spread (shift, s_at ("2026-06-08", 10), 18 * HOUR, pieces, 8), 5);
    s_assert_piece (pieces [0], "2026-06-08", 10, 12);
    s_assert_piece (pieces [1], "2026-06-08", 13, 17);
    s_assert_piece (pieces [2], "2026-06-09", 8, 12);
    s_assert_piece (pieces [3], "2026-06-09", 13, 17);
    s_assert_piece (pieces [4], "2026-06-10", 8, 12);
    assert_int_equal (calendar_spread (shift, s_at ("2026-06-08", 10), 20 * HOUR, pieces, 8), 6);
    s_assert_piece (pieces [5], "2026-06-10", 13, 15);
    calendar_destroy (&shift);
}

static void
test_x8_a_weekend_is_passed_over (void **state)
{
    (void) state;
    interval_t pieces [4];
    calendar_t *shift = s_shift (false);
    assert_int_equal (calendar_spread (shift, s_at ("2026-06-12", 16), 2 * HOUR, pieces, 4), 2);
    s_assert_piece (pieces [1], "2026-06-15", 8, 9);
    calendar_destroy (&shift);
}

static void
test_x8_nothing_too_much_and_more_pieces_than_wanted_are_none (void **state)
{
    (void) state;
    interval_t pieces [2];
    calendar_t *shift = s_shift (false);
    assert_int_equal (calendar_spread (shift, s_at ("2026-06-08", 10), 0, pieces, 2), 0);
    assert_int_equal (calendar_spread (shift, s_at ("2026-06-08", 10), 20 * HOUR, pieces, 2), 0);
    assert_int_equal (calendar_spread (shift, s_at ("2026-06-08", 10), INT64_C (1) << 50, pieces, 2), 0);
    calendar_destroy (&shift);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_x8_20_hours_from_monday_10_to_wednesday_12_as_in_servicenows_example),
        cmocka_unit_test (test_x8_a_break_that_is_closed_splits_each_day_and_takes_its_hours_out_of_the_work),
        cmocka_unit_test (test_x8_a_weekend_is_passed_over),
        cmocka_unit_test (test_x8_nothing_too_much_and_more_pieces_than_wanted_are_none),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
