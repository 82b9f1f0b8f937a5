/* place - the earliest time at which one engineer can do one visit: in his shift, around what he
 * has to do already.
 *
 * Travel begins where he is then: at the visit before, at his last known position, or at home. The
 * visit and its travel lie in one open stretch of his shift, and the visit after it must still be
 * reached in time. Work that is longer than any stretch goes on in the next ones: then only the first
 * way is looked at. Pure: same question, same answer. */
#pragma once
#include <stdbool.h>
#include "calendar/calendar.h"
#include "travel.h"

enum { PLACE_HORIZON_DAYS = 14 };           /* looked ahead from the first moment that is allowed */

typedef enum { BUSY_VISIT, BUSY_ABSENCE, BUSY_REFUSED } busy_kind_t;

typedef struct {
    busy_kind_t kind;
    int64_t from_at, work_from_at, to_at;
    const geo_point_t *point;               /* visits: where; NULL unknown */
} busy_t;

typedef struct {
    const dispatch_policy_details_t *policy;
    int64_t now;
    calendar_t *shift;                      /* NULL: he has none, so there is no place */
    const geo_point_t *home, *position;     /* NULL: unknown; position: only a fresh one */
    const busy_t *busy;                     /* in order of from_at */
    int busy_count;
    const geo_point_t *site;
    int64_t work_ms, not_before_at;         /* not_before_at: of the work, 0 any time */
    int64_t overtime_ms;                    /* so long he may work after his shift, 0 not at all */
    int64_t early_ms;                       /* so long he may travel before it; work waits for it */
    calendar_t *access;                     /* the work lies in one stretch of it; NULL: always */
    int64_t until_at;                       /* the visit ends before that; 0: within the horizon */
} place_question_t;

typedef struct {
    int64_t starts_at, work_starts_at, ends_at;
    leg_t leg;
    int64_t overtime_ms, early_ms;          /* how much of it lies after and before the shift */
} place_t;

/* True and the earliest place within the horizon; false when there is none, *ret_place as it
 * was. */
bool place_earliest (const place_question_t *question, place_t *ret_place);

/* The same for work that is longer than any stretch of his shift. */
bool place_over_days (const place_question_t *question, place_t *ret_place);
/* Whether it is so long. */
bool place_takes_days (const place_question_t *question);

/* The place whose travel begins at starts_at, whether it is free or not. */
place_t place_at (const place_question_t *question, int64_t starts_at);

/* What the visit adds to the engineer's way: to it, and on to the visit after it of the same day, less the
 * way he has without it. */
leg_t place_detour (const place_question_t *question, const place_t *place);

/* What [from_at, to_at) runs into, first one first; NULL: nothing. */
const busy_t *place_conflict (const place_question_t *question, int64_t from_at, int64_t to_at);
