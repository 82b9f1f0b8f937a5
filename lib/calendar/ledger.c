#include "ledger.h"

static bool
s_covers (const interval_t *pause, int64_t at)
{
    return pause->from_at <= at && at < pause->to_at;
}

/* The pause that holds at an instant and began first, or count. */
static size_t
s_pause_at (const interval_t *pauses, size_t count, int64_t at)
{
    size_t found = count;
    for (size_t i = 0; i < count; i++)
        if (s_covers (&pauses [i], at)
            && (found == count || pauses [i].from_at < pauses [found].from_at))
            found = i;
    return found;
}

/* When the next pause begins, or until. */
static int64_t
s_next_pause (const interval_t *pauses, size_t count, int64_t at, int64_t until)
{
    for (size_t i = 0; i < count; i++)
        if (pauses [i].from_at > at && pauses [i].from_at < until
            && pauses [i].from_at < pauses [i].to_at)
            until = pauses [i].from_at;
    return until;
}

static int64_t
s_earlier (int64_t a, int64_t b)
{
    return a < b ? a : b;
}

bool
ledger_each (calendar_t *calendar, const interval_t *pauses, size_t pauses_count, int64_t *at,
    int64_t to_at, ledger_span_t *ret_entry)
{
    if (*at >= to_at)
        return false;
    ledger_span_t entry = { *at, to_at, LEDGER_CLOSED, pauses_count };
    if (!calendar_is_open (calendar, *at)) {
        entry.to_at = s_earlier (calendar_next_open (calendar, *at), to_at);
    } else {
        int64_t close_at = s_earlier (calendar_next_close (calendar, *at), to_at);
        entry.pause = s_pause_at (pauses, pauses_count, *at);
        entry.kind = entry.pause < pauses_count ? LEDGER_PAUSED : LEDGER_RUNNING;
        entry.to_at = entry.kind == LEDGER_PAUSED
            ? s_earlier (pauses [entry.pause].to_at, close_at)
            : s_next_pause (pauses, pauses_count, *at, close_at);
    }
    *at = entry.to_at;
    *ret_entry = entry;
    return true;
}
