/* Random calendars and histories against an oracle that knows nothing of indexes: it marks every
 * minute of a few weeks open or closed and walks. PROPERTY_RUNS histories (10,000 unless set),
 * PROPERTY_SEED to repeat one. */
#include "calendar/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#define MINUTE          INT64_C (60000)
#define DAYS            21
#define MINUTES         (DAYS * 24 * 60)
#define PAUSES_MAX      5
#define HOURS_MAX       24
#define PER_CALENDAR    25

static uint64_t s_seed;

/* xorshift64*: the same everywhere, so that a printed seed is worth something. */
static uint64_t
s_random (uint64_t below)
{
    s_seed ^= s_seed >> 12;
    s_seed ^= s_seed << 25;
    s_seed ^= s_seed >> 27;
    return (s_seed * UINT64_C (2685821657736338717) >> 11) % below;
}

static long
s_runs (void)
{
    const char *text = getenv ("PROPERTY_RUNS");
    long runs = text ? strtol (text, NULL, 10) : 0;
    return runs > 0 ? runs : 10000;
}

/*  -- the oracle ----------------------------------------------------- */

typedef struct {
    int32_t date;               /* or weekday */
    int start, end;             /* minutes; start -1 is closed */
} hours_t;

typedef struct {
    const char *zone_name;
    const zone_t *zone;
    hours_t weekly [HOURS_MAX], exceptions [HOURS_MAX];
    size_t weekly_count, exceptions_count;
    int64_t from_at;                        /* of the first minute */
    bool open [MINUTES];
} oracle_t;

/* The first minute of the window whose wall time is that or, if none is, would be but for the
 * gap. */
static int64_t
s_slow_utc (const oracle_t *self, int64_t wall_ms)
{
    int64_t from_at = wall_ms - 16 * 60 * MINUTE, before_ms = 0;
    for (int64_t at = from_at; at <= wall_ms + 16 * 60 * MINUTE; at += MINUTE) {
        int64_t seen_ms = zone_to_wall (self->zone, at);
        if (seen_ms == wall_ms)
            return at;
        if (seen_ms > wall_ms)                                  /* jumped over it: read it with the offset before */
            return wall_ms - before_ms;
        before_ms = seen_ms - at;
    }
    return INT64_MIN;
}

static void
s_mark (oracle_t *self, int32_t date, const hours_t *hours)
{
    int64_t length = hours->end > hours->start ? hours->end - hours->start : hours->end + 1440 - hours->start;
    int64_t wall_ms = date * DATE_DAY_MS + hours->start * MINUTE;
    int64_t to_at = s_slow_utc (self, wall_ms + length * MINUTE);
    for (int64_t at = s_slow_utc (self, wall_ms); at < to_at; at += MINUTE) {
        int64_t minute = (at - self->from_at) / MINUTE;
        if (at >= self->from_at && minute < MINUTES)
            self->open [minute] = true;
    }
}

static void
s_mark_all (oracle_t *self)
{
    int32_t first = (int32_t) (self->from_at / DATE_DAY_MS);
    memset (self->open, 0, sizeof self->open);
    for (int32_t date = first - 3; date < first + DAYS + 2; date++) {
        bool is_replaced = false;
        for (size_t i = 0; i < self->exceptions_count; i++)
            if (self->exceptions [i].date == date) {
                is_replaced = true;
                if (self->exceptions [i].start >= 0)
                    s_mark (self, date, &self->exceptions [i]);
            }
        for (size_t i = 0; i < self->weekly_count && !is_replaced; i++)
            if (self->weekly [i].date == (int32_t) date_weekday (date))
                s_mark (self, date, &self->weekly [i]);
    }
}

static bool
s_is_running (const oracle_t *self, int64_t at, const interval_t *pauses, size_t count)
{
    int64_t minute = (at - self->from_at) / MINUTE;
    if (at < self->from_at || minute >= MINUTES || !self->open [minute])
        return false;
    for (size_t i = 0; i < count; i++)
        if (pauses [i].from_at <= at && at < pauses [i].to_at)
            return false;
    return true;
}

/* The end of the stretch from an instant in which nothing changes: the minute's end or a pause's
 * edge. */
static int64_t
s_edge (int64_t at, const interval_t *pauses, size_t count)
{
    int64_t edge_at = (at / MINUTE + 1) * MINUTE;
    for (size_t i = 0; i < count; i++) {
        if (pauses [i].from_at > at && pauses [i].from_at < edge_at)
            edge_at = pauses [i].from_at;
        if (pauses [i].to_at > at && pauses [i].to_at < edge_at)
            edge_at = pauses [i].to_at;
    }
    return edge_at;
}

static int64_t
s_slow_consumed (const oracle_t *self, int64_t from_at, int64_t to_at, const interval_t *pauses, size_t count)
{
    int64_t consumed_ms = 0;
    for (int64_t at = from_at, edge_at; at < to_at; at = edge_at) {
        edge_at = s_edge (at, pauses, count);
        edge_at = edge_at < to_at ? edge_at : to_at;
        consumed_ms += s_is_running (self, at, pauses, count) ? edge_at - at : 0;
    }
    return consumed_ms;
}

/* Both instants at which the budget is just used; CALENDAR_NEVER when the window ends first. */
static deadline_t
s_slow_deadline (const oracle_t *self, int64_t start_at, int64_t budget_ms, const interval_t *pauses, size_t count)
{
    deadline_t deadline = { budget_ms == 0 ? start_at : CALENDAR_NEVER, CALENDAR_NEVER };
    int64_t end_at = self->from_at + MINUTES * MINUTE;
    for (int64_t at = start_at, edge_at; at < end_at; at = edge_at) {
        edge_at = s_edge (at, pauses, count);
        if (!s_is_running (self, at, pauses, count))
            continue;
        if (budget_ms == 0) {
            deadline.breach_at = at;
            return deadline;
        }
        if (budget_ms <= edge_at - at)
            deadline.due_at = edge_at = at + budget_ms;
        budget_ms -= edge_at - at;
    }
    return deadline;
}

/*  -- random histories ----------------------------------------------- */

static calendar_t *
s_build (const oracle_t *self)
{
    calendar_t *calendar = calendar_new (self->zone_name);
    for (size_t i = 0; i < self->weekly_count; i++)
        calendar_weekly_add (calendar, (date_weekday_t) self->weekly [i].date,
            self->weekly [i].start * MINUTE, self->weekly [i].end * MINUTE);
    for (size_t i = 0; i < self->exceptions_count; i++)
        if (self->exceptions [i].start < 0)
            calendar_except_close (calendar, self->exceptions [i].date);
        else
            calendar_except_add (calendar, self->exceptions [i].date,
                self->exceptions [i].start * MINUTE, self->exceptions [i].end * MINUTE);
    const char *error = calendar_seal (calendar);
    if (error)
        fail_msg ("refused: %s", error);
    return calendar;
}

static hours_t
s_random_hours (int32_t date)
{
    int step = s_random (2) ? 30 : 1;
    int start = (int) s_random ((uint64_t) (1440 / step)) * step;
    int end = s_random (6) == 0 ? 1440 : (int) s_random ((uint64_t) (1440 / step)) * step;
    return (hours_t) { date, start, end };
}

/* Half of the windows lie over a clock change or the edge of a year, and some over the edge of
 * one of the index's blocks. */
static int32_t
s_random_date (void)
{
    static const char *const s_days [] = { "2026-03-29", "2026-10-25", "2025-04-06", "2025-10-05",
        "2026-03-08", "2026-11-01", "2050-03-27", "2099-10-25", "1997-12-31", "2015-10-18" };
    if (s_random (5) == 0)
        return 364 * (28 + (int32_t) s_random (100)) - 1 - (int32_t) s_random (10);
    if (s_random (2))
        return date_parse (s_days [s_random (sizeof s_days / sizeof s_days [0])]) - 1 - (int32_t) s_random (10);
    return date_parse ("1995-01-01") + (int32_t) s_random (20000);
}

static void
s_random_oracle (oracle_t *self, const char *zone_name, bool has_exceptions)
{
    static const char *const s_zones [] = { "Europe/Rome", "Asia/Shanghai", "America/Los_Angeles",
        "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu", "UTC", "Pacific/Auckland",
        "Africa/Casablanca", "Asia/Ho_Chi_Minh" };
    *self = (oracle_t) { .zone_name
        = zone_name ? zone_name : s_zones [s_random (sizeof s_zones / sizeof s_zones [0])] };
    self->zone = zone_find (self->zone_name, NULL);
    int32_t first = s_random_date ();
    self->from_at = first * DATE_DAY_MS;
    for (size_t count = 1 + s_random (12); self->weekly_count < count; )
        self->weekly [self->weekly_count++] = s_random_hours (1 + (int32_t) s_random (7));
    for (size_t count = has_exceptions ? s_random (8) : 0; self->exceptions_count < count; ) {
        hours_t hours = s_random_hours (first + (int32_t) s_random (DAYS));
        hours.start = s_random (2) ? hours.start : -1;
        self->exceptions [self->exceptions_count++] = hours;
    }
    s_mark_all (self);
}

static int64_t
s_random_at (const oracle_t *self)
{
    int64_t at = self->from_at + (int64_t) s_random (MINUTES) * MINUTE;
    return s_random (3) ? at : at + (int64_t) s_random (MINUTE);
}

/* Whole half hours as often as not: what is due exactly at a closing or a pause is where the
 * mistakes are. */
static int64_t
s_random_budget (int64_t below_ms)
{
    int64_t budget_ms = (int64_t) s_random ((uint64_t) below_ms);
    int64_t step_ms = s_random (3) ? s_random (2) ? MINUTE : 30 * MINUTE : 1;
    return budget_ms / step_ms * step_ms;
}

static size_t
s_random_pauses (const oracle_t *self, interval_t pauses [PAUSES_MAX])
{
    size_t count = s_random (PAUSES_MAX + 1);
    for (size_t i = 0; i < count; i++) {
        int64_t from_at = self->from_at + (int64_t) s_random (MINUTES / 30) * 30 * MINUTE;
        from_at = s_random (2) ? s_random_at (self) : from_at;
        pauses [i] = (interval_t) { from_at, from_at + (int64_t) s_random (3 * DATE_DAY_MS) - DATE_DAY_MS / 4 };
    }
    return count;
}

/*  -- properties ----------------------------------------------------- */

/* Beyond the window the oracle knows nothing: then the answer must lie beyond it too. */
static void
s_assert_instant (const oracle_t *oracle, int64_t actual, int64_t expected)
{
    if (expected == CALENDAR_NEVER)
        assert_true (actual >= oracle->from_at + MINUTES * MINUTE);
    else
        assert_int_equal (actual, expected);
}

static void
s_assert_like_oracle (calendar_t *calendar, const oracle_t *oracle)
{
    interval_t pauses [PAUSES_MAX];
    size_t count = s_random_pauses (oracle, pauses);
    int64_t start_at = s_random_at (oracle), to_at = s_random_at (oracle);
    start_at = s_random (2) ? start_at : start_at / (30 * MINUTE) * (30 * MINUTE);
    int64_t budget_ms = s_random (8) == 0 ? 0 : s_random_budget (s_random (2) ? 100 * MINUTE : 3 * DATE_DAY_MS);

    assert_int_equal (calendar_is_open (calendar, start_at), s_is_running (oracle, start_at, NULL, 0));
    assert_int_equal (budget_consumed (calendar, start_at, to_at, pauses, count),
        s_slow_consumed (oracle, start_at, to_at, pauses, count));
    deadline_t expected = s_slow_deadline (oracle, start_at, budget_ms, pauses, count);
    deadline_t actual = budget_deadline (calendar, start_at, budget_ms, pauses, count);
    s_assert_instant (oracle, actual.due_at, expected.due_at);
    s_assert_instant (oracle, actual.breach_at, expected.breach_at);
    s_assert_instant (oracle, calendar_next_open (calendar, start_at),
        s_slow_deadline (oracle, start_at, 0, NULL, 0).breach_at);
}

static void
test_property_answers_are_what_a_walk_over_the_minutes_finds (void **state)
{
    (void) state;
    for (long run = s_runs (); run > 0; run -= PER_CALENDAR) {
        static oracle_t s_oracle;
        s_random_oracle (&s_oracle, NULL, true);
        calendar_t *calendar = s_build (&s_oracle);
        for (int i = 0; i < PER_CALENDAR; i++)
            s_assert_like_oracle (calendar, &s_oracle);
        calendar_destroy (&calendar);
    }
}

static void
test_property_unions_and_intersections_are_those_of_the_minutes (void **state)
{
    (void) state;
    for (long run = s_runs (); run > 0; run -= PER_CALENDAR) {
        static oracle_t s_a, s_b;
        s_random_oracle (&s_a, NULL, true);
        s_random_oracle (&s_b, NULL, true);
        s_b.from_at = s_a.from_at;
        s_mark_all (&s_b);
        calendar_t *a = s_build (&s_a), *b = s_build (&s_b);
        calendar_t *either = calendar_new_union (a, b), *both = calendar_new_intersection (a, b);
        assert_null (calendar_seal (either));
        bool is_ever = calendar_seal (both) == NULL;
        for (int i = 0; i < PER_CALENDAR; i++) {
            int64_t at = s_random_at (&s_a);
            bool in_a = s_is_running (&s_a, at, NULL, 0), in_b = s_is_running (&s_b, at, NULL, 0);
            assert_int_equal (calendar_is_open (either, at), in_a || in_b);
            assert_int_equal (is_ever && calendar_is_open (both, at), in_a && in_b);
        }
        calendar_destroy (&a);
        calendar_destroy (&b);
        calendar_destroy (&either);
        calendar_destroy (&both);
    }
}

static void
s_assert_laws (calendar_t *calendar, const oracle_t *oracle)
{
    interval_t pauses [PAUSES_MAX + 1];
    size_t count = s_random_pauses (oracle, pauses);
    int64_t a_at = s_random_at (oracle), b_at = s_random_at (oracle), c_at = s_random_at (oracle);
    int64_t budget_ms = 1 + s_random_budget (5 * DATE_DAY_MS), from_at = a_at < c_at ? a_at : c_at;
    int64_t to_at = a_at < c_at ? c_at : a_at, sum_ms = 0, at = from_at, last_at = INT64_MIN;
    interval_t open;

    /* P1: what is walked tiles what is measured, and neighbours never touch */
    for (; calendar_each (calendar, &at, to_at, &open); last_at = open.to_at) {
        assert_true (open.from_at > last_at && open.from_at < open.to_at && open.to_at <= to_at);
        sum_ms += open.to_at - open.from_at;
    }
    assert_int_equal (sum_ms, calendar_between (calendar, from_at, to_at));

    /* P2: one pause more never makes it earlier, and nothing is due before the start */
    deadline_t before = budget_deadline (calendar, a_at, budget_ms, pauses, count);
    pauses [count] = (interval_t) { b_at, b_at + (int64_t) s_random (2 * DATE_DAY_MS) };
    deadline_t after = budget_deadline (calendar, a_at, budget_ms, pauses, count + 1);
    assert_true (a_at <= before.due_at && before.due_at <= before.breach_at);
    assert_true (before.due_at <= after.due_at && before.breach_at <= after.breach_at);

    /* P4, and the same backwards */
    int64_t open_at = calendar_next_open (calendar, to_at), open_ms = calendar_between (calendar, from_at, open_at);
    if (open_ms > 0 && open_at == to_at && calendar_is_open (calendar, to_at - 1))
        assert_int_equal (calendar_add (calendar, from_at, open_ms), to_at);
    assert_int_equal (calendar_between (calendar, from_at, calendar_add (calendar, from_at, budget_ms)), budget_ms);
    int64_t earlier_at = calendar_subtract (calendar, to_at, budget_ms);
    if (calendar_between (calendar, INT64_MIN, to_at) < budget_ms)
        assert_int_equal (earlier_at, INT64_MIN);               /* three minutes a week since 1970 are soon used up */
    else {
        assert_int_equal (calendar_between (calendar, earlier_at, to_at), budget_ms);
        assert_true (calendar_is_open (calendar, earlier_at));
    }

    /* P9: [a, c] is [a, b] and [b, c] */
    b_at = b_at < from_at ? from_at : b_at > to_at ? to_at : b_at;
    assert_int_equal (budget_consumed (calendar, from_at, to_at, pauses, count),
        budget_consumed (calendar, from_at, b_at, pauses, count)
            + budget_consumed (calendar, b_at, to_at, pauses, count));

    /* closings are the other side of openings */
    int64_t close_at = calendar_next_close (calendar, a_at), previous_at = calendar_previous_close (calendar, a_at);
    assert_true (!calendar_is_open (calendar, close_at)
        && calendar_between (calendar, a_at, close_at) == close_at - a_at);
    assert_true (!calendar_is_open (calendar, previous_at) && calendar_is_open (calendar, previous_at - 1));
    int64_t again_at = calendar_next_open (calendar, previous_at);
    assert_true (again_at >= a_at || calendar_next_close (calendar, again_at) > a_at);
}

static void
test_property_the_laws_of_business_time_hold (void **state)
{
    (void) state;
    for (long run = s_runs (); run > 0; run -= PER_CALENDAR) {
        static oracle_t s_oracle;
        s_random_oracle (&s_oracle, NULL, true);
        calendar_t *calendar = s_build (&s_oracle);
        for (int i = 0; i < PER_CALENDAR; i++)
            s_assert_laws (calendar, &s_oracle);
        calendar_destroy (&calendar);
    }
}

static void
test_property_an_edit_after_the_deadline_changes_nothing (void **state)
{
    (void) state;
    for (long run = s_runs () / 4; run > 0; run--) {
        static oracle_t s_oracle;
        s_random_oracle (&s_oracle, NULL, true);
        calendar_t *calendar = s_build (&s_oracle);
        int64_t start_at = s_random_at (&s_oracle), budget_ms = (int64_t) s_random (DATE_DAY_MS);
        deadline_t before = budget_deadline (calendar, start_at, budget_ms, NULL, 0);
        calendar_destroy (&calendar);
        s_oracle.exceptions [s_oracle.exceptions_count++]
            = s_random_hours ((int32_t) (before.breach_at / DATE_DAY_MS) + 3);
        calendar = s_build (&s_oracle);
        deadline_t after = budget_deadline (calendar, start_at, budget_ms, NULL, 0);
        assert_int_equal (before.due_at, after.due_at);
        assert_int_equal (before.breach_at, after.breach_at);
        calendar_destroy (&calendar);
    }
}

static void
test_property_whole_weeks_later_is_whole_weeks_later_where_clocks_never_change (void **state)
{
    (void) state;
    for (long run = s_runs (); run > 0; run -= PER_CALENDAR) {
        static oracle_t s_oracle;
        s_random_oracle (&s_oracle, s_random (2) ? "Asia/Ho_Chi_Minh" : "UTC", false);
        calendar_t *calendar = s_build (&s_oracle);
        for (int i = 0; i < PER_CALENDAR; i++) {
            int64_t start_at = s_random_at (&s_oracle), budget_ms = s_random_budget (40 * DATE_DAY_MS);
            int64_t shift_ms = 7 * DATE_DAY_MS * (int64_t) s_random (800);
            deadline_t now = budget_deadline (calendar, start_at, budget_ms, NULL, 0);
            deadline_t later = budget_deadline (calendar, start_at + shift_ms, budget_ms, NULL, 0);
            if (later.breach_at == CALENDAR_NEVER) /* minutes a week: the known years ran out */
                continue;
            assert_int_equal (now.due_at + shift_ms, later.due_at);
            assert_int_equal (now.breach_at + shift_ms, later.breach_at);
        }
        calendar_destroy (&calendar);
    }
}

/* Day by day, without the index of working days. */
static int64_t
s_slow_working_days (calendar_t *calendar, int64_t start_at, int64_t days, budget_mode_t mode,
    const interval_t *pauses, size_t count)
{
    int64_t time_ms;
    for (int32_t date = zone_date (calendar_zone (calendar), start_at, &time_ms) + 1; ; date++) {
        interval_t hull, night;
        if (!calendar_day (calendar, date, &hull))
            continue;
        bool is_night_longer = calendar_day (calendar, date - 1, &night) && night.to_at > hull.to_at;
        int64_t close_at = is_night_longer ? night.to_at : hull.to_at;
        int64_t due_at = mode == BUDGET_END_OF_DAY ? close_at : zone_at (calendar_zone (calendar), date, time_ms);
        if (mode == BUDGET_SAME_TIME)
            due_at = due_at < hull.from_at ? hull.from_at : due_at > hull.to_at ? hull.to_at : due_at;
        bool is_paused = false;
        for (size_t i = 0; i < count; i++)
            is_paused |= pauses [i].from_at <= due_at && due_at < pauses [i].to_at;
        if (!is_paused && --days == 0)
            return due_at;
    }
}

static void
test_property_working_days_are_what_a_walk_over_the_days_finds (void **state)
{
    (void) state;
    for (long run = s_runs (); run > 0; run -= PER_CALENDAR) {
        static oracle_t s_oracle;
        s_random_oracle (&s_oracle, NULL, true);
        calendar_t *calendar = s_build (&s_oracle);
        for (int i = 0; i < PER_CALENDAR; i++) {
            interval_t pauses [PAUSES_MAX];
            size_t count = s_random_pauses (&s_oracle, pauses);
            int64_t start_at = s_random_at (&s_oracle), days = 1 + (int64_t) s_random (s_random (5) ? 20 : 700);
            budget_mode_t mode = s_random (2) ? BUDGET_END_OF_DAY : BUDGET_SAME_TIME;
            deadline_t deadline = budget_working_days (calendar, start_at, days, mode, pauses, count);
            assert_int_equal (deadline.due_at, s_slow_working_days (calendar, start_at, days, mode, pauses, count));
            assert_true (deadline.breach_at >= deadline.due_at);
        }
        calendar_destroy (&calendar);
    }
}

int
main (void)
{
    const char *seed = getenv ("PROPERTY_SEED");
    s_seed = seed ? strtoull (seed, NULL, 10) : (uint64_t) time (NULL);
    s_seed = s_seed ? s_seed : 1;
    printf ("PROPERTY_SEED=%llu\n", (unsigned long long) s_seed);
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_property_answers_are_what_a_walk_over_the_minutes_finds),
        cmocka_unit_test (test_property_unions_and_intersections_are_those_of_the_minutes),
        cmocka_unit_test (test_property_the_laws_of_business_time_hold),
        cmocka_unit_test (test_property_an_edit_after_the_deadline_changes_nothing),
        cmocka_unit_test (test_property_whole_weeks_later_is_whole_weeks_later_where_clocks_never_change),
        cmocka_unit_test (test_property_working_days_are_what_a_walk_over_the_days_finds),
    };
    return cmocka_run_group_tests_name ("calendar properties", tests, NULL, NULL);
}
