/* place_gap - what of an engineer's shifts is free, each stretch with what lies on both sides of it. */
#pragma once
#include "place.h"

typedef struct {
    interval_t open;                        /* the stretch of the shift in which it lies */
    int64_t from_at, to_at, latest_at;      /* latest_at: with overtime */
    int64_t early_ms;                       /* so much of the way to the first visit may lie before from_at */
    const geo_point_t *start;               /* where he is then; NULL: unknown */
    const busy_t *after;                    /* the visit that he must reach then; NULL: none */
} gap_t;

/* All that begin before until_at, in order, in the arena; how many. */
int place_gaps (arena_t *arena, const place_question_t *question, int64_t until_at, gap_t **ret_gaps);

/* Where he departs from at that time, when the visit before it is this one, or NULL. */
const geo_point_t *place_departure (const place_question_t *question, int64_t at, bool is_now, const busy_t *before);

/* The planner's answer for some engineers, within until_at: places that were not found stay as they are. All have the
 * same work_ms. Source of the method: lib/plan/plan.h. */
void place_plan (arena_t *arena, const place_question_t *const *asked, int count, int64_t until_at,
    place_t *const *ret_places);
