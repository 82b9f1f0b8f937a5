/* plan_plane - problems of the literature lie in a plane. */
#include "plan_file.h"
#include <math.h>

/* Squared length in millionths; spots are at most 10^9 apart either way. */
static uint64_t
s_square (plan_spot_t from, plan_spot_t to)
{
    int64_t x = from.x - to.x, y = from.y - to.y;
    return (uint64_t) (x * x) + (uint64_t) (y * y);
}

/* By whole numbers: the square root of a double is only where to begin. */
static int64_t
s_root (uint64_t value, bool is_up)
{
    uint64_t root = (uint64_t) sqrt ((double) value);
    while (root * root > value)
        root--;
    while ((root + 1) * (root + 1) <= value)
        root++;
    return (int64_t) (root + (is_up && root * root < value));
}

void
plan_plane_leg (void *context, int from, int to, int32_t *ret_time, int32_t *ret_distance)
{
    const plan_plane_t *plane = context;
    unsigned __int128 square = s_square (plane->spots [from], plane->spots [to]);
    square *= (uint64_t) (plane->scale * plane->scale);
    unsigned __int128 whole = square / 1000000 + (plane->is_up && square % 1000000 != 0);
    unsigned __int128 limit = (unsigned __int128) PLAN_NEVER * PLAN_NEVER;
    *ret_time = *ret_distance = whole >= limit ? PLAN_NEVER : (int32_t) s_root ((uint64_t) whole, plane->is_up);
}

int64_t
plan_plane_scale (int64_t horizon, int64_t most)
{
    int64_t scale = most;
    while (scale > 1 && horizon > PLAN_NEVER / 2 / scale)
        scale /= 10;
    return scale;
}

static int
s_place (const plan_file_t *file, int32_t visit)
{
    return visit == PLAN_NONE ? file->problem.supply_place : file->problem.visits [visit].place;
}

static double
s_length (const plan_file_t *file, int from, int to)
{
    return sqrt ((double) s_square (file->plane.spots [from], file->plane.spots [to])) / 1000;
}

static const plan_shift_t *
s_shift (const plan_file_t *file, const plan_route_t *route)
{
    return &file->problem.resources [route->resource].shifts [route->shift];
}

double
plan_plane_distance (const plan_file_t *file, const plan_route_t *route)
{
    const plan_shift_t *shift = s_shift (file, route);
    int place = shift->start_place;
    double sum = 0;
    for (int i = 0; i < route->stop_count; i++) {
        int next = s_place (file, route->stops [i].visit);
        sum += s_length (file, place, next);
        place = next;
    }
    return sum + s_length (file, place, shift->end_place);
}

/* Each visit has one window at most here: leaving later pushes everything by the least slack on the way, and waiting is
 * what it may use up. (Savelsbergh, "The vehicle routing problem with time windows: minimizing route duration", ORSA
 * Journal on Computing 4 (2), 1992.) */
double
plan_plane_duration (const plan_file_t *file, const plan_route_t *route)
{
    const plan_shift_t *shift = s_shift (file, route);
    double scale = (double) file->scale, leaves = shift->from / scale, time = leaves, waited = 0, slack = INFINITY;
    int place = shift->start_place;
    for (int i = 0; i < route->stop_count; i++) {
        int32_t index = route->stops [i].visit;
        int next = s_place (file, index);
        time += s_length (file, place, next);
        place = next;
        if (index == PLAN_NONE)
            continue;
        const plan_visit_t *visit = &file->problem.visits [index];
        double opens = visit->windows [0].from / scale, closes = visit->windows [0].to / scale;
        waited += time < opens ? opens - time : 0;
        time = time < opens ? opens : time;
        slack = fmin (slack, closes - time + waited);
        time += visit->work / scale;
    }
    time += s_length (file, place, shift->end_place);
    return time - leaves - fmax (0, fmin (waited, slack));
}
