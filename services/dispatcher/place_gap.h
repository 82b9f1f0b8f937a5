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

/* A stretch of a shift, and when the one behind it opens: asked only when there is overtime, else never. */
typedef struct { interval_t open; int64_t next_at; } stretch_t;

/* What a shift has open: the same for everybody who has it and is asked the same. */
typedef struct { const calendar_t *shift; stretch_t *stretches; int count, room; } hours_t;

/* All stretches of his shift that begin before until_at, in order, in the arena. */
hours_t place_hours (arena_t *arena, const place_question_t *question, int64_t until_at);

/* False: that is enough. */
typedef bool gap_fn (void *context, const gap_t *gap);

/* Tells what is free of these hours, in order. */
void place_gaps (const place_question_t *question, const hours_t *hours, gap_fn *tell, void *context);

/* Where he departs from at that time, when the visit before it is this one, or NULL. */
const geo_point_t *place_departure (const place_question_t *question, int64_t at, bool is_now, const busy_t *before);

/* The planner's answer (plan_gap) for some engineers, within until_at: places that were not found stay as they are.
 * All have the same work_ms. Source of the method: lib/plan/plan.h. */
void place_plan (arena_t *arena, const place_question_t *const *asked, int count, int64_t until_at,
    place_t *const *ret_places);
