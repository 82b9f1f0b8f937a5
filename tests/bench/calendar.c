/* calendar - what a deadline in business time costs, near and far: a week away and ten years away, with holidays.
 * Prints "name value" lines, in nanoseconds; medians of rounds that are taken in turn. */
#include "calendar/budget.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ASKED = 20000, ROUNDS = 31, YEARS = 12 };
#define HOUR_MS INT64_C (3600000)
#define WEEK_MS (42 * HOUR_MS + HOUR_MS / 2)        /* five days of eight and a half hours */
#define DECADE_MS (520 * WEEK_MS)

static calendar_t *
s_calendar (void)
{
    calendar_t *calendar = calendar_new ("Europe/Rome");
    for (int day = DATE_MONDAY; day < DATE_MONDAY + 5; day++)
        calendar_weekly_add (calendar, day, DATE_HM (8, 30), DATE_HM (17, 0));
    for (int year = 0; year < YEARS; year++)
        for (int month = 1; month <= 12; month++) {
            char date [16];
            snprintf (date, sizeof date, "%d-%02d-02", 2026 + year, month);
            calendar_except_close (calendar, date_parse (date));
        }
    const char *error = calendar_seal (calendar);
    if (error) {
        fprintf (stderr, "%s\n", error);
        exit (1);
    }
    return calendar;
}

static double
s_round (calendar_t *calendar, int64_t budget_ms)
{
    struct timespec from, to;
    int64_t sum = 0;
    clock_gettime (CLOCK_MONOTONIC, &from);
    for (int i = 0; i < ASKED; i++)
        sum += budget_deadline (calendar, INT64_C (1767600000000) + i * 60000, budget_ms, NULL, 0).due_at;
    clock_gettime (CLOCK_MONOTONIC, &to);
    if (sum == 0)
        exit (1);
    return ((double) (to.tv_sec - from.tv_sec) * 1e9 + (double) (to.tv_nsec - from.tv_nsec)) / ASKED;
}

static int
s_by_value (const void *left, const void *right)
{
    double a = *(const double *) left, b = *(const double *) right;
    return (a > b) - (a < b);
}

int
main (void)
{
    calendar_t *calendar = s_calendar ();
    double near [ROUNDS], far [ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        near [i] = s_round (calendar, WEEK_MS);
        far [i] = s_round (calendar, DECADE_MS);
    }
    qsort (near, ROUNDS, sizeof *near, s_by_value);
    qsort (far, ROUNDS, sizeof *far, s_by_value);
    printf ("deadline_a_week_ns %.0f\ndeadline_ten_years_ns %.0f\n", near [ROUNDS / 2], far [ROUNDS / 2]);
    printf ("ten_years_to_a_week %.2f\n", far [ROUNDS / 2] / near [ROUNDS / 2]);
    calendar_destroy (&calendar);
    return 0;
}
