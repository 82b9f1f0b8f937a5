#include "spread.h"

int
calendar_spread (calendar_t *self, int64_t from_at, int64_t duration_ms, interval_t *ret_pieces,
    int max)
{
    int64_t to_at = calendar_add (self, from_at, duration_ms), at = from_at;
    int count = 0;
    if (duration_ms <= 0 || to_at == CALENDAR_NEVER)
        return 0;
    for (interval_t open; calendar_each (self, &at, to_at, &open); )
        if (count == max)
            return 0;
        else
            ret_pieces [count++] = open;
    return count;
}
