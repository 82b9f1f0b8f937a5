/* place - where in their days engineers could do one visit: in their shifts, around what they have to do already, at
 * the least cost.
 *
 * The visit and its travel lie in one open stretch of a shift. Travel begins where he is then: at the visit before, at
 * his last known position, or at home; the visit after it must still be reached in time. Which of all such places costs
 * least, and when work begins there, is the planner's answer (lib/plan/plan.h): the way that is added, and the
 * customer's waiting and lateness. Work that is longer than any stretch goes on in the next ones: that has the first
 * place that is free. Pure: same question, same answer. */
#pragma once
#include <stdbool.h>
#include "arena.h"
#include "calendar/calendar.h"
#include "travel.h"

enum { PLACE_HORIZON_DAYS = 14 };           /* looked ahead from the first moment that is allowed */

typedef enum { BUSY_VISIT, BUSY_ABSENCE, BUSY_REFUSED } busy_kind_t;

typedef struct {
    busy_kind_t kind;
    int64_t from_at, work_from_at, to_at;
    const geo_point_t *point;               /* visits: where; NULL unknown */
} busy_t;

/* One engineer and one visit. What is asked together differs in the engineer alone. */
typedef struct {
    const dispatch_policy_details_t *policy;
    int64_t now;
    calendar_t *shift;                      /* NULL: he has none, so there is no place */
    const geo_point_t *home, *position;     /* NULL: unknown; position: only a fresh one */
    const busy_t *busy;                     /* in order of from_at */
    int busy_count;
    const geo_point_t *site;
    int64_t work_ms, not_before_at;         /* not_before_at: of the work, 0 any time */
    int64_t begins_by_at;                   /* work begins no later; 0: within the horizon */
    int64_t until_at;                       /* the visit ends by then; 0: within the horizon */
    int64_t overtime_ms;                    /* so long he may work after his shift, 0 not at all */
    int64_t early_ms;                       /* so long he may travel before it; work waits for it */
    calendar_t *access;                     /* the work lies in one stretch of it; NULL: always */
    int64_t wait_per_hour_minor;            /* until work begins, from when it may */
    int64_t late_at, late_per_hour_minor;   /* work that begins later is late; 0: it never is */
    bool is_earliest;                       /* the first place, whatever it costs */
} place_question_t;

typedef struct {
    bool is_found;
    int64_t starts_at, work_starts_at, ends_at;
    leg_t leg;
    leg_t detour;                           /* to it, and on to the visit after it, less the way without it */
    int64_t overtime_ms, early_ms;          /* how much of it lies after and before the shift */
    int64_t added_minor;                    /* what the planner made of it */
} place_t;

/* The cheapest place of each; one that has none is not found. Equal cost: the earlier. */
void place_best (arena_t *arena, const place_question_t *questions, int count, place_t *ret_places);

/* For one. */
place_t place_best_of (arena_t *arena, const place_question_t *question);

/* The same for work that is longer than any stretch of his shift, and whether it is so long. */
bool place_over_days (const place_question_t *question, place_t *ret_place);
bool place_takes_days (arena_t *arena, const place_question_t *question);

/* The place whose travel begins at starts_at, whether it is free or not. */
place_t place_at (const place_question_t *question, int64_t starts_at);

/* What [from_at, to_at) runs into, first one first; NULL: nothing. */
const busy_t *place_conflict (const place_question_t *question, int64_t from_at, int64_t to_at);
