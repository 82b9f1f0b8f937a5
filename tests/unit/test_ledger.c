/* The ledger tiles the span, and its running time is what was consumed. */
#include "calendar/budget.h"
#include "calendar/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define HOUR INT64_C (3600000)
enum { ROUNDS = 100000, PAUSES_MAX = 6 };

static uint64_t s_state;

static int64_t
s_random (int64_t below)
{
    s_state = s_state * UINT64_C (6364136223846793005) + UINT64_C (1442695040888963407);
    return (int64_t) (s_state >> 33) % below;
}

static calendar_t *
s_calendar (const char *zone, int start_hour, int end_hour)
{
    calendar_t *calendar = calendar_new (zone);
    for (int day = DATE_MONDAY; day <= DATE_FRIDAY; day++)
        calendar_weekly_add (calendar, (date_weekday_t) day, DATE_HM (start_hour, 30), DATE_HM (end_hour, 0));
    calendar_except_close (calendar, date_from_ymd (2026, 6, 2));
    assert_null (calendar_seal (calendar));
    return calendar;
}

typedef struct { interval_t list [PAUSES_MAX]; size_t count; } pauses_t;

static pauses_t
s_pauses (int64_t start_at)
{
    pauses_t pauses = { .count = (size_t) s_random (PAUSES_MAX + 1) };
    for (size_t i = 0; i < pauses.count; i++) {
        int64_t from_at = start_at + (s_random (300) - 50) * HOUR / 4;
        bool is_endless = s_random (12) == 0;
        pauses.list [i] = (interval_t) { from_at, is_endless ? BUDGET_FOREVER : from_at + s_random (200) * HOUR / 4 };
    }
    return pauses;
}

static bool
s_is_right (calendar_t *calendar, const pauses_t *pauses, const ledger_span_t *entry)
{
    bool is_open = calendar_between (calendar, entry->from_at, entry->to_at) == entry->to_at - entry->from_at;
    if (entry->kind == LEDGER_CLOSED)
        return calendar_between (calendar, entry->from_at, entry->to_at) == 0;
    if (entry->kind == LEDGER_RUNNING)
        return is_open && budget_consumed (calendar, entry->from_at, entry->to_at, pauses->list, pauses->count)
            == entry->to_at - entry->from_at;
    const interval_t *pause = &pauses->list [entry->pause];
    return is_open && pause->from_at <= entry->from_at && entry->to_at <= pause->to_at;
}

static void
s_prove (calendar_t *calendar, int64_t start_at, int64_t stop_at, const pauses_t *pauses)
{
    int64_t sums [3] = { 0 }, expected_at = start_at;
    ledger_span_t entry;
    for (int64_t at = start_at; ledger_each (calendar, pauses->list, pauses->count, &at, stop_at, &entry);) {
        assert_int_equal (entry.from_at, expected_at);
        assert_true (entry.to_at > entry.from_at);
        assert_int_equal (at, entry.to_at);
        assert_true (s_is_right (calendar, pauses, &entry));
        sums [entry.kind] += entry.to_at - entry.from_at;
        expected_at = entry.to_at;
    }
    assert_int_equal (expected_at, start_at < stop_at ? stop_at : start_at);
    assert_int_equal (sums [LEDGER_RUNNING], budget_consumed (calendar, start_at, stop_at, pauses->list,
        pauses->count));
    assert_int_equal (sums [LEDGER_RUNNING] + sums [LEDGER_PAUSED], calendar_between (calendar, start_at, stop_at));
}

static void
test_n10_the_ledger_tiles_the_span_and_its_running_time_is_what_was_consumed (void **state)
{
    (void) state;
    calendar_t *calendars [] = {
        s_calendar ("Europe/Rome", 8, 17), s_calendar ("Europe/Rome", 22, 6), calendar_new_always ("UTC")
    };
    assert_null (calendar_seal (calendars [2]));
    s_state = 20260608;
    print_message ("seed %llu\n", (unsigned long long) s_state);
    for (int round = 0; round < ROUNDS; round++) {
        int64_t start_at = date_from_ymd (2026, 3, 25) * DATE_DAY_MS + s_random (INT64_C (100) * DATE_DAY_MS);
        pauses_t pauses = s_pauses (start_at);
        s_prove (calendars [round % 3], start_at, start_at + s_random (INT64_C (9) * DATE_DAY_MS) - HOUR, &pauses);
    }
    for (int i = 0; i < 3; i++)
        calendar_destroy (&calendars [i]);
}

static void
test_a_pause_over_night_is_closed_in_the_closed_hours (void **state)
{
    (void) state;
    calendar_t *calendar = s_calendar ("UTC", 8, 17);
    int64_t day = date_from_ymd (2026, 6, 8) * DATE_DAY_MS;
    interval_t pause = { day + 16 * HOUR, day + 34 * HOUR };
    static const ledger_kind_t kinds [] = {
        LEDGER_CLOSED, LEDGER_RUNNING, LEDGER_PAUSED, LEDGER_CLOSED, LEDGER_PAUSED, LEDGER_RUNNING
    };
    static const int quarters [] = { 34, 64, 68, 130, 136, 144 };
    ledger_span_t entry;
    int count = 0;
    for (int64_t at = day; ledger_each (calendar, &pause, 1, &at, day + 36 * HOUR, &entry); count++) {
        assert_int_equal (entry.kind, kinds [count]);
        assert_int_equal (entry.to_at - day, quarters [count] * HOUR / 4);
    }
    assert_int_equal (count, 6);
    calendar_destroy (&calendar);
}

static void
test_of_overlapping_pauses_the_one_that_began_first_is_named (void **state)
{
    (void) state;
    calendar_t *calendar = calendar_new_always ("UTC");
    assert_null (calendar_seal (calendar));
    interval_t pauses [] = { { 50, 90 }, { 10, 60 }, { 70, 70 } };
    ledger_span_t entry;
    int64_t at = 20;
    assert_true (ledger_each (calendar, pauses, 3, &at, 100, &entry));
    assert_int_equal (entry.pause, 1);
    assert_int_equal (entry.to_at, 60);
    assert_true (ledger_each (calendar, pauses, 3, &at, 100, &entry));
    assert_int_equal (entry.pause, 0);
    assert_int_equal (entry.to_at, 90);
    assert_true (ledger_each (calendar, pauses, 3, &at, 100, &entry));
    assert_int_equal (entry.kind, LEDGER_RUNNING);
    assert_false (ledger_each (calendar, pauses, 3, &at, 100, &entry));
    calendar_destroy (&calendar);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_n10_the_ledger_tiles_the_span_and_its_running_time_is_what_was_consumed),
        cmocka_unit_test (test_a_pause_over_night_is_closed_in_the_closed_hours),
        cmocka_unit_test (test_of_overlapping_pauses_the_one_that_began_first_is_named),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
