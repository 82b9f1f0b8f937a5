/* The laws of business time over random calendars, promises and waits: P1, P2, P4, P6, P9 and P10 of the SLA design,
 * without an oracle, so that a million take seconds. PROPERTY_RUNS histories (20,000 unless set), PROPERTY_SEED to
 * repeat one. */
#include "calendar/budget.h"
#include "calendar/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define MINUTE      INT64_C (60000)
#define PER_CALENDAR 200
enum { PAUSES_MAX = 6, INTERVALS_MAX = 12, HOLIDAYS_MAX = 8 };

static uint64_t s_seed;

/* xorshift64*: the same everywhere, so that a printed seed is worth something. */
static int64_t
s_random (int64_t below)
{
    s_seed ^= s_seed >> 12;
    s_seed ^= s_seed << 25;
    s_seed ^= s_seed >> 27;
    return (int64_t) ((s_seed * UINT64_C (2685821657736338717) >> 11) % (uint64_t) below);
}

static long
s_number (const char *name, long usual)
{
    const char *text = getenv (name);
    long number = text ? strtol (text, NULL, 10) : 0;
    return number > 0 ? number : usual;
}

/* ---- what is random */

typedef struct {
    const char *zone;
    struct { date_weekday_t day; int32_t start_ms, end_ms; } weekly [INTERVALS_MAX];
    int32_t holidays [HOLIDAYS_MAX];
    int intervals, holiday_count;
} hours_t;

static const int32_t s_first = 20454;                   /* 2026-01-01 */

static hours_t
s_random_hours (const char *zone, bool has_holidays)
{
    static const char *const zones [] = { "Europe/Rome", "Asia/Shanghai", "America/New_York", "Asia/Ho_Chi_Minh" };
    hours_t hours = { .zone = zone ? zone : zones [s_random (4)], .intervals = 1 + (int) s_random (INTERVALS_MAX) };
    for (int i = 0; i < hours.intervals; i++) {
        hours.weekly [i].day = (date_weekday_t) (1 + s_random (7));
        hours.weekly [i].start_ms = (int32_t) (s_random (95) * 15 * MINUTE);
        hours.weekly [i].end_ms = (int32_t) ((1 + s_random (96)) * 15 * MINUTE);
    }
    hours.holiday_count = has_holidays ? (int) s_random (HOLIDAYS_MAX) : 0;
    for (int i = 0; i < hours.holiday_count; i++)
        hours.holidays [i] = s_first + (int32_t) s_random (365);
    return hours;
}

static calendar_t *
s_build (const hours_t *hours)
{
    calendar_t *calendar = calendar_new (hours->zone);
    for (int i = 0; i < hours->intervals; i++)
        calendar_weekly_add (calendar, hours->weekly [i].day, hours->weekly [i].start_ms, hours->weekly [i].end_ms);
    for (int i = 0; i < hours->holiday_count; i++)
        calendar_except_close (calendar, hours->holidays [i]);
    assert_null (calendar_seal (calendar));
    return calendar;
}

typedef struct {
    int64_t start_at, budget_ms, days;
    budget_mode_t mode;
    interval_t pauses [PAUSES_MAX + 1];
    size_t pause_count;
} promise_t;

static promise_t
s_random_promise (void)
{
    promise_t promise = {
        .start_at = s_first * DATE_DAY_MS + s_random (300 * DATE_DAY_MS), .budget_ms = 1 + s_random (5 * DATE_DAY_MS),
        .days = 1 + s_random (10), .mode = s_random (2) ? BUDGET_END_OF_DAY : BUDGET_SAME_TIME,
        .pause_count = (size_t) s_random (PAUSES_MAX)
    };
    for (size_t i = 0; i < promise.pause_count; i++) {
        int64_t from_at = promise.start_at + s_random (10 * DATE_DAY_MS) - DATE_DAY_MS;
        promise.pauses [i] = (interval_t) { from_at, from_at + s_random (2 * DATE_DAY_MS) };
    }
    return promise;
}

static deadline_t
s_deadline (calendar_t *calendar, const promise_t *of)
{
    return budget_deadline (calendar, of->start_at, of->budget_ms, of->pauses, of->pause_count);
}

static deadline_t
s_day_deadline (calendar_t *calendar, const promise_t *of)
{
    return budget_working_days (calendar, of->start_at, of->days, of->mode, of->pauses, of->pause_count);
}

static void
s_each (void (*law) (calendar_t *, const hours_t *, const promise_t *), const char *zone, bool has_holidays)
{
    s_seed = (uint64_t) s_number ("PROPERTY_SEED", 20260608);
    print_message ("seed %llu\n", (unsigned long long) s_seed);
    for (long run = s_number ("PROPERTY_RUNS", 20000); run > 0; run -= PER_CALENDAR) {
        hours_t hours = s_random_hours (zone, has_holidays);
        calendar_t *calendar = s_build (&hours);
        for (int i = 0; i < PER_CALENDAR; i++) {
            promise_t promise = s_random_promise ();
            law (calendar, &hours, &promise);
        }
        calendar_destroy (&calendar);
    }
}

/* ---- the laws */

static void
s_tiles (calendar_t *calendar, const hours_t *hours, const promise_t *of)
{
    (void) hours;
    int64_t stop_at = of->start_at + s_random (12 * DATE_DAY_MS), expected_at = of->start_at, sums_ms [3] = { 0 };
    ledger_span_t span;
    for (int64_t at = of->start_at; ledger_each (calendar, of->pauses, of->pause_count, &at, stop_at, &span);) {
        assert_true (span.from_at == expected_at && span.to_at > span.from_at);
        sums_ms [span.kind] += span.to_at - span.from_at;
        expected_at = span.to_at;
    }
    assert_true (expected_at == stop_at);
    assert_true (sums_ms [LEDGER_RUNNING]
        == budget_consumed (calendar, of->start_at, stop_at, of->pauses, of->pause_count));
}

static void
test_p1_the_ledger_tiles_any_span_and_its_running_time_is_what_was_consumed (void **state)
{
    (void) state;
    s_each (s_tiles, NULL, true);
}

static void
s_is_monotone (calendar_t *calendar, const hours_t *hours, const promise_t *of)
{
    (void) hours;
    deadline_t before = s_deadline (calendar, of), before_days = s_day_deadline (calendar, of);
    promise_t more = *of;
    int64_t from_at = of->start_at + s_random (8 * DATE_DAY_MS);
    more.pauses [more.pause_count++] = (interval_t) { from_at, from_at + s_random (2 * DATE_DAY_MS) };
    deadline_t after = s_deadline (calendar, &more), after_days = s_day_deadline (calendar, &more);
    assert_true (of->start_at <= before.due_at && before.due_at <= before.breach_at);
    assert_true (before.due_at <= after.due_at && before.breach_at <= after.breach_at);
    assert_true (of->start_at <= before_days.due_at && before_days.due_at <= after_days.due_at);
}

static void
test_p2_one_wait_more_never_makes_a_promise_due_earlier_and_never_before_its_start (void **state)
{
    (void) state;
    s_each (s_is_monotone, NULL, true);
}

static void
s_is_inverse (calendar_t *calendar, const hours_t *hours, const promise_t *of)
{
    (void) hours;
    int64_t open_at = calendar_next_open (calendar, of->start_at + of->budget_ms);
    int64_t within_at = open_at + s_random (calendar_next_close (calendar, open_at) - open_at) + 1;
    int64_t open_ms = calendar_between (calendar, of->start_at, within_at);
    if (open_ms > 0)
        assert_true (calendar_add (calendar, of->start_at, open_ms) == within_at);
    deadline_t deadline = s_deadline (calendar, of);
    assert_true (budget_consumed (calendar, of->start_at, deadline.due_at, of->pauses, of->pause_count)
        == of->budget_ms);
    assert_true (budget_consumed (calendar, of->start_at, deadline.breach_at, of->pauses, of->pause_count)
        == of->budget_ms);
}

static void
test_p4_what_is_added_can_be_measured_again_to_the_millisecond (void **state)
{
    (void) state;
    s_each (s_is_inverse, NULL, true);
}

static void
s_is_untouched (calendar_t *calendar, const hours_t *hours, const promise_t *of)
{
    if (hours->holiday_count == HOLIDAYS_MAX || s_random (20))
        return;                             /* a calendar to build for each of these */
    deadline_t before = s_deadline (calendar, of);
    hours_t edited = *hours;
    int64_t outside_at = s_random (2) ? before.breach_at + 3 * DATE_DAY_MS : of->start_at - 3 * DATE_DAY_MS;
    edited.holidays [edited.holiday_count++] = (int32_t) (outside_at / DATE_DAY_MS);
    calendar_t *other = s_build (&edited);
    deadline_t after = s_deadline (other, of);
    assert_true (before.due_at == after.due_at && before.breach_at == after.breach_at);
    calendar_destroy (&other);
}

static void
test_p6_a_holiday_before_the_start_or_after_the_deadline_changes_nothing (void **state)
{
    (void) state;
    s_each (s_is_untouched, NULL, true);
}

static void
s_is_additive (calendar_t *calendar, const hours_t *hours, const promise_t *of)
{
    (void) hours;
    int64_t middle_at = of->start_at + s_random (10 * DATE_DAY_MS), end_at = middle_at + s_random (10 * DATE_DAY_MS);
    assert_true (budget_consumed (calendar, of->start_at, end_at, of->pauses, of->pause_count)
        == budget_consumed (calendar, of->start_at, middle_at, of->pauses, of->pause_count)
            + budget_consumed (calendar, middle_at, end_at, of->pauses, of->pause_count));
    promise_t split = *of;
    if (!of->pause_count)
        return;
    interval_t *first = &split.pauses [0];
    int64_t cut_at = first->from_at + s_random (first->to_at - first->from_at + 1);
    split.pauses [split.pause_count++] = (interval_t) { cut_at, first->to_at };
    first->to_at = cut_at;
    assert_true (s_deadline (calendar, &split).due_at == s_deadline (calendar, of).due_at);
}

static void
test_p9_a_span_or_a_wait_in_two_parts_is_the_same_as_in_one (void **state)
{
    (void) state;
    s_each (s_is_additive, NULL, true);
}

static void
s_is_shifted (calendar_t *calendar, const hours_t *hours, const promise_t *of)
{
    (void) hours;
    int64_t shift_ms = 7 * DATE_DAY_MS * (1 + s_random (500));
    promise_t later = *of;
    later.start_at += shift_ms;
    for (size_t i = 0; i < later.pause_count; i++)
        later.pauses [i] = (interval_t) { later.pauses [i].from_at + shift_ms, later.pauses [i].to_at + shift_ms };
    deadline_t a = s_deadline (calendar, of), b = s_deadline (calendar, &later);
    assert_true (a.due_at + shift_ms == b.due_at && a.breach_at + shift_ms == b.breach_at);
    a = s_day_deadline (calendar, of);
    b = s_day_deadline (calendar, &later);
    assert_true (a.due_at + shift_ms == b.due_at);
}

static void
test_p10_whole_weeks_later_is_whole_weeks_later_where_clocks_never_change (void **state)
{
    (void) state;
    s_each (s_is_shifted, "Asia/Ho_Chi_Minh", false);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_p1_the_ledger_tiles_any_span_and_its_running_time_is_what_was_consumed),
        cmocka_unit_test (test_p2_one_wait_more_never_makes_a_promise_due_earlier_and_never_before_its_start),
        cmocka_unit_test (test_p4_what_is_added_can_be_measured_again_to_the_millisecond),
        cmocka_unit_test (test_p6_a_holiday_before_the_start_or_after_the_deadline_changes_nothing),
        cmocka_unit_test (test_p9_a_span_or_a_wait_in_two_parts_is_the_same_as_in_one),
        cmocka_unit_test (test_p10_whole_weeks_later_is_whole_weeks_later_where_clocks_never_change),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
