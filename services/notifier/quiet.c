/* quiet.c - hours in which somebody wants to be left alone, on the clock on his wall. */
#include "notifier.h"
#include "calendar/zone.h"

/* On the night the clock goes back a wall time comes twice; the end that is meant is the one still
 * ahead, or none. */
static int64_t
s_end (const zone_t *zone, int32_t date, int64_t time_ms, int64_t at)
{
    int64_t end_at = zone_at (zone, date, time_ms);
    return end_at > at ? end_at : at;
}

int64_t
quiet_until (const char *from_hh_mm, const char *to_hh_mm, const char *time_zone, int64_t at)
{
    const zone_t *zone = is_empty (time_zone) ? NULL : zone_find (time_zone, NULL);
    int64_t from_ms = is_empty (from_hh_mm) ? -1 : date_parse_time (from_hh_mm);
    int64_t to_ms = is_empty (to_hh_mm) ? -1 : date_parse_time (to_hh_mm);
    if (!zone || from_ms < 0 || to_ms < 0 || from_ms == to_ms)
        return at;
    int64_t time_ms;
    int32_t date = zone_date (zone, at, &time_ms);
    if (from_ms < to_ms)
        return time_ms >= from_ms && time_ms < to_ms ? s_end (zone, date, to_ms, at) : at;
    if (time_ms >= from_ms)
        return s_end (zone, date + 1, to_ms, at);
    return time_ms < to_ms ? s_end (zone, date, to_ms, at) : at;
}
