/* travel - how far and how long between two points: great circle, stretched to a road, at one
 * speed. Source: the haversine formula on the mean earth radius of IUGG, 6,371,008.8 m. */
#pragma once
#include "messages.h"

enum { TRAVEL_UNKNOWN_MINUTES = 30 };       /* when one end is not known */

typedef struct {
    int64_t distance_m;     /* by road; 0 when an end is not known */
    int64_t minutes;        /* rounded up */
} leg_t;

/* Metres along the great circle, to the nearest metre. Both points must be there. */
int64_t travel_distance_m (const geo_point_t *from, const geo_point_t *to);

/* The leg by road at the policy's detour and speed; NULL is an unknown place. */
leg_t travel_leg (const geo_point_t *from, const geo_point_t *to,
    const dispatch_policy_details_t *policy);
