/* Who is on duty by a roster, against a walk over every duty there ever is. PROPERTY_RUNS rosters (2,000 unless set),
 * PROPERTY_SEED to repeat one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "calendar/calendar.h"
#include "on_call.h"

enum { DUTIES = 6, REPEATS_MAX = 300 };

static uint64_t s_seed;

/* xorshift64*, Vigna 2016. */
static int
s_below (int limit)
{
    s_seed ^= s_seed >> 12, s_seed ^= s_seed << 25, s_seed ^= s_seed >> 27;
    return (int) ((s_seed * UINT64_C (2685821657736338717) >> 33) % (uint64_t) limit);
}

typedef struct {
    on_call_roster_details_t roster;
    on_call_duty_t duties [DUTIES], *list [DUTIES];
    char texts [DUTIES] [5] [DATE_TEXT_SIZE], people [DUTIES] [4];
} random_t;

/* Around the changes of clocks in Rome in 2026, from an hour to the whole period. */
static void
s_duty (random_t *self, int number)
{
    char (*text) [DATE_TEXT_SIZE] = self->texts [number];
    int every_weeks = s_below (4), starts = s_below (24 * 4), days = every_weeks ? 7 * every_weeks : 30;
    int minutes = 15 * (1 + s_below (days * 24 * 4)), ends = starts * 15 + minutes;
    int32_t first_on = date_from_ymd (2026, 3, 1) + s_below (40);
    snprintf (text [0], DATE_TEXT_SIZE, "%02d:%02d", starts / 4, starts % 4 * 15);
    snprintf (text [1], DATE_TEXT_SIZE, "%02d:%02d", ends / 60 % 24, ends % 60);
    date_format (first_on, text [2]);
    date_format (first_on + ends / (24 * 60), text [3]);
    date_format (first_on + s_below (200), text [4]);
    snprintf (self->people [number], sizeof self->people [number], "p%d", number);
    self->duties [number] = (on_call_duty_t) {
        .base = on_call_duty_init, .person_id = self->people [number], .rank = s_below (3), .first_on = text [2],
        .starts = text [0], .ends_on = text [3], .ends = text [1], .every_weeks = every_weeks,
        .until_on = s_below (2) ? text [4] : "" };
    self->list [number] = &self->duties [number];
}

static void
s_roster (random_t *self)
{
    self->roster = (on_call_roster_details_t) {
        .base = on_call_roster_details_init, .n_duties = (size_t) (1 + s_below (DUTIES)), .duties = self->list };
    for (size_t i = 0; i < self->roster.n_duties; i++)
        s_duty (self, (int) i);
}

/* The number-th time this duty comes, counted from 0; false: it does not come so often. */
static bool
s_span (const on_call_duty_t *duty, const zone_t *zone, int number, interval_t *ret_span)
{
    int32_t days = 7 * duty->every_weeks * number, on = date_parse (duty->first_on) + days;
    if ((number && !duty->every_weeks) || (*duty->until_on && on > date_parse (duty->until_on)))
        return false;
    *ret_span = (interval_t) {
        zone_at (zone, on, date_parse_time (duty->starts)),
        zone_at (zone, date_parse (duty->ends_on) + days, date_parse_time (duty->ends)) };
    return true;
}

/* The walk: whether the duty runs at the instant, and its first beginning after it. */
static bool
s_walk (const on_call_duty_t *duty, const zone_t *zone, int64_t at, int64_t *next_at)
{
    bool runs = false;
    interval_t span;
    for (int number = 0; number < REPEATS_MAX && s_span (duty, zone, number, &span); number++) {
        runs |= span.from_at <= at && at < span.to_at;
        if (span.from_at > at && span.from_at < *next_at)
            *next_at = span.from_at;
    }
    return runs;
}

static void
s_assert_as_walked (const random_t *random, const zone_t *zone, int64_t at)
{
    on_call_t found [ON_CALL_MAX], next;
    int count = on_call_duties (&random->roster, zone, at, found), walked = 0;
    int64_t next_at = INT64_MAX;
    for (size_t i = 0; i < random->roster.n_duties; i++)
        walked += s_walk (random->list [i], zone, at, &next_at);
    assert_int_equal (count, walked);
    for (int i = 0; i < count; i++) {
        assert_true (found [i].from_at <= at && at < found [i].to_at);
        assert_true (i == 0 || found [i - 1].rank <= found [i].rank);
    }
    assert_int_equal (on_call_next (&random->roster, zone, at, &next), next_at != INT64_MAX);
    if (next_at != INT64_MAX)
        assert_int_equal (next.from_at, next_at);
}

static void
test_g1_property_who_is_on_duty_and_who_is_next_is_what_a_walk_over_all_duties_finds (void **state)
{
    (void) state;
    const char *runs = getenv ("PROPERTY_RUNS");
    const zone_t *zone = zone_find ("Europe/Rome", NULL);
    for (long run = 0; run < (runs ? strtol (runs, NULL, 10) : 2000); run++) {
        random_t random;
        s_roster (&random);
        for (int i = 0; i < 20; i++)
            s_assert_as_walked (&random, zone,
                zone_at (zone, date_from_ymd (2026, 2, 20), 0) + s_below (300 * 96) * INT64_C (900000));
    }
}

int
main (void)
{
    const char *seed = getenv ("PROPERTY_SEED");
    s_seed = seed ? strtoull (seed, NULL, 10) : (uint64_t) time (NULL) * 2654435761u + 1;
    printf ("PROPERTY_SEED=%llu\n", (unsigned long long) s_seed);
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_g1_property_who_is_on_duty_and_who_is_next_is_what_a_walk_over_all_duties_finds),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
