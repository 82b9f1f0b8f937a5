/* labour.c - worked time into bands, at the boundaries of the calendar and of the local day (L4).
 *
 * Open is normal. Closed is holiday on a local date on which no hours start, else night from 22 to 06, else
 * overtime. The walk goes from boundary to boundary in instants, so an hour that daylight saving repeats is worked
 * and paid twice, and one that it skips is neither. */
#include "billing.h"

static int
s_closed_band (calendar_t *calendar, int32_t date, int64_t time_ms)
{
    interval_t hull;
    if (!calendar_day (calendar, date, &hull))
        return LABOUR_BAND_HOLIDAY;
    return time_ms < DATE_HM (6, 0) || time_ms >= DATE_HM (22, 0) ? LABOUR_BAND_NIGHT : LABOUR_BAND_OVERTIME;
}

int
labour_band (calendar_t *calendar, int64_t at)
{
    if (!calendar || calendar_is_open (calendar, at))
        return LABOUR_BAND_NORMAL;
    int64_t time_ms;
    int32_t date = zone_date (calendar_zone (calendar), at, &time_ms);
    return s_closed_band (calendar, date, time_ms);
}

static int64_t
s_earlier (int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Where the band of a closed instant can change next: opening, 06:00, 22:00, midnight. */
static int64_t
s_closed_until (calendar_t *calendar, int64_t at, int64_t to_at)
{
    const zone_t *zone = calendar_zone (calendar);
    int32_t date = zone_date (zone, at, NULL);
    int64_t until = s_earlier (to_at, calendar_next_open (calendar, at));
    static const int hours [] = { 6, 22, 24 };
    for (int i = 0; i < 3; i++) {
        int64_t boundary = zone_at (zone, date, DATE_HM (hours [i], 0));
        if (boundary > at)
            return s_earlier (until, boundary);
    }
    return until;
}

void
labour_split (calendar_t *calendar, int64_t from_at, int64_t to_at, int64_t ms [BANDS])
{
    while (from_at < to_at) {
        int band = labour_band (calendar, from_at);
        int64_t until = !calendar ? to_at
            : band == LABOUR_BAND_NORMAL ? s_earlier (to_at, calendar_next_close (calendar, from_at))
            : s_closed_until (calendar, from_at, to_at);
        ms [band] += until - from_at;
        from_at = until;
    }
}

/* Shares the charged minutes out along the worked ones: each boundary is rounded once, so parts add up to the whole. */
int64_t
labour_round (const int64_t ms [BANDS], int64_t unit_minutes, int64_t minimum_minutes, int64_t minutes [BANDS])
{
    int64_t total_ms = 0;
    for (int band = 0; band < BANDS; band++) {
        total_ms += ms [band];
        minutes [band] = 0;
    }
    if (!total_ms)
        return 0;
    int64_t unit_ms = unit_minutes * 60000;
    int64_t total = (total_ms + unit_ms - 1) / unit_ms * unit_minutes;
    if (total < minimum_minutes)
        total = minimum_minutes;
    int64_t worked_ms = 0, given = 0;
    for (int band = 0; band < BANDS; band++) {
        worked_ms += ms [band];
        int64_t upto = (int64_t) (((__int128) worked_ms * total * 2 + total_ms) / ((__int128) total_ms * 2));
        minutes [band] = upto - given;
        given = upto;
    }
    return total;
}
