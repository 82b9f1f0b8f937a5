#include "travel.h"
#include <math.h>

static double
s_radians (double degrees)
{
    return degrees * (3.14159265358979323846 / 180);
}

int64_t
travel_distance_m (const geo_point_t *from, const geo_point_t *to)
{
    const double diameter_m = 2 * 6371008.8;
    double north = sin (s_radians (to->latitude - from->latitude) / 2);
    double east = sin (s_radians (to->longitude - from->longitude) / 2);
    double shrink = cos (s_radians (from->latitude)) * cos (s_radians (to->latitude));
    double part = north * north + shrink * east * east;
    return llround (diameter_m * asin (sqrt (part < 1 ? part : 1)));
}

leg_t
travel_leg (const geo_point_t *from, const geo_point_t *to, const dispatch_policy_details_t *policy)
{
    if (!from || !to)
        return (leg_t) { .minutes = TRAVEL_UNKNOWN_MINUTES };
    int64_t distance_m = travel_distance_m (from, to) * policy->detour_percent / 100;
    int64_t m_per_hour = policy->speed_kmh * 1000;
    return (leg_t) { distance_m, (distance_m * 60 + m_per_hour - 1) / m_per_hour };
}
