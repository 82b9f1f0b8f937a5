/* estimate - how long and how far between two points when nobody has measured it. Whole numbers from the first step on:
 * two machines that round a cosine or a square root differently would else drive different plans. */
#include "plan.h"
#include <math.h>

enum {
    UNITS_PER_DEGREE = 10000000,
    NANOMETRES_PER_UNIT = 11119508,     /* 6,371,008.8 m x pi / 180 / 10^7 */
};

static const int64_t s_one = INT64_C (1) << 31;             /* of the cosine's fixed point */
static const int64_t s_half_turn = INT64_C (6746518852);    /* pi in it */

/* Cut, not rounded: one multiplication gives the same on every machine, with an addition it may be fused. */
static int64_t
s_units (double degrees)
{
    return (int64_t) (degrees * UNITS_PER_DEGREE);
}

/* Taylor's series to x^16: no worse than the fixed point up to a right angle, and latitudes have no more. */
static int64_t
s_cosine (int64_t units)
{
    int64_t half_turn_units = INT64_C (180) * UNITS_PER_DEGREE;
    int64_t x = (int64_t) ((__int128) units * s_half_turn / half_turn_units);
    int64_t square = (int64_t) ((__int128) x * x / s_one), sum = 0, term = s_one;
    for (int i = 1; i <= 9; i++) {
        sum += term;
        term = -(int64_t) ((__int128) term * square / s_one) / ((2 * i - 1) * (2 * i));
    }
    return sum > 0 ? sum : 0;
}

/* Of a sum of two squares of at most 2 x 10^9. */
static int64_t
s_root (int64_t value)
{
    int64_t root = (int64_t) sqrt ((double) value);
    while (root * root > value)
        root--;
    while ((root + 1) * (root + 1) <= value)
        root++;
    return root;
}

static int32_t
s_divide (__int128 value, int64_t by)
{
    __int128 rounded = (value + by / 2) / by;
    return rounded > PLAN_NEVER ? PLAN_NEVER : (int32_t) rounded;
}

void
plan_estimate_leg (const plan_estimate_t *estimate, plan_point_t from, plan_point_t to, int32_t *ret_seconds,
    int32_t *ret_metres)
{
    int64_t turn = INT64_C (360) * UNITS_PER_DEGREE;
    int64_t south = s_units (from.latitude), north = s_units (to.latitude);
    int64_t east = s_units (to.longitude) - s_units (from.longitude);
    if (east > turn / 2)                /* the shorter way around */
        east -= turn;
    if (east < -turn / 2)
        east += turn;
    bool is_same = east == 0 && north == south;
    east = (int64_t) ((__int128) east * s_cosine ((south + north) / 2) / s_one);
    __int128 nanometres = (__int128) s_root (east * east + (north - south) * (north - south))
        * NANOMETRES_PER_UNIT * estimate->detour_percent / 100;
    *ret_metres = s_divide (nanometres, INT64_C (1000000000));
    int64_t seconds = s_divide (nanometres * 36, (int64_t) estimate->speed_kmh * INT64_C (10000000000));
    seconds += is_same ? 0 : estimate->parking_s;
    *ret_seconds = seconds > PLAN_NEVER ? PLAN_NEVER : (int32_t) seconds;
}

void
plan_estimate_table (const plan_estimate_t *estimate, const plan_point_t *points, int count, int32_t *ret_seconds,
    int32_t *ret_metres)
{
    for (int from = 0; from < count; from++)
        for (int to = 0; to < count; to++) {
            size_t at = (size_t) from * (size_t) count + (size_t) to;
            plan_estimate_leg (estimate, points [from], points [to], &ret_seconds [at], &ret_metres [at]);
        }
}
