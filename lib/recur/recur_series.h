/* recur_series - the sources of dates, for recur*.c only. */
#ifndef RECUR_RECUR_SERIES_H
#define RECUR_RECUR_SERIES_H

#include "recur.h"

#define RECUR_LAST_ON 156519 /* 2398-07-15: no date is beyond what a calendar knows */

/* Ascending dates; from a list, or from a rule as far as anybody asked. */
typedef struct {
    int32_t *dates;
    size_t count, capacity;
    struct icalrecur_iterator_impl *iterator;       /* NULL when there is no more */
} series_t;

/* Every n units from an anchor. A month step keeps the day it wants, though a month may not have
 * it. */
typedef struct {
    recur_unit_t unit;
    int n, count;
    int32_t anchor_on;
    int wanted_day;
} phase_t;

/* Opens the series of a rule from a date on. A bound in the rule's text is taken out of the rule
 * and written to *until_on if earlier; it is compared at time_ms in the zone. Returns NULL, or
 * what is wrong, a constant text. */
const char *series_open (series_t *self, const char *rule, int32_t start_on, int64_t time_ms,
    const zone_t *zone, int32_t *until_on);

void series_close (series_t *self);
void series_add (series_t *self, int32_t date);

/* Sorts a list and drops doubles. */
void series_sort (series_t *self);

/* The first date after a date, or DATE_NONE. */
int32_t series_next (series_t *self, int32_t after_on);

/* The date k steps from the anchor; DATE_NONE if the month has no such day and month_end says
 * so, or beyond RECUR_LAST_ON. */
int32_t phase_date (const phase_t *self, int64_t k, recur_month_end_t month_end);

/* The first date of steps first_k to last_k that is after a date, or DATE_NONE. */
int32_t phase_next (const phase_t *self, int32_t after_on, int64_t first_k, int64_t last_k,
    recur_month_end_t month_end);

#endif
