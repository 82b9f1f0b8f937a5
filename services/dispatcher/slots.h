/* slots - when somebody could come, and what each time adds to the way.
 *
 * Time is cut into half days of the site. For each the engineer with the least detour is found, and the
 * half days are ranked. Pure, as choose is; a planner can take its place. */
#pragma once
#include "choose.h"

enum { SLOTS_MAX = 20 };

/* So much of each week is kept for that type of work (X27). */
typedef struct { int type; int64_t percent; } slots_quota_t;

typedef struct {
    const slots_quota_t *quotas;            /* of the order's territory */
    int quota_count;
    int type;                               /* of the order */
    const zone_t *week_zone;                /* of the territory: its weeks begin on Monday there */
    const zone_t *zone;                     /* of the site */
    int64_t from_at, until_at;
    int64_t wanted_at;                      /* 0: the cheapest first; else the nearest to this */
    int count;                              /* at most SLOTS_MAX */
} slots_search_t;

typedef struct {
    const char *engineer_id;
    int64_t window_from_at, window_to_at;
    place_t place;
    leg_t detour;
    int64_t cost_minor;
} slots_offer_t;

/* Whether that time, of somebody with that shift, leaves what its week keeps for other types of work. */
bool slots_leave (const choose_input_t *input, const slots_search_t *search, calendar_t *shift,
    const place_t *place);

/* Writes the best half days, best first; how many. */
int slots_find (arena_t *arena, const choose_input_t *input, const slots_search_t *search,
    slots_offer_t ret_offers [SLOTS_MAX]);
