/* loop_clock - whether this machine's clock can be believed: one that is ahead would fire timers early. Known by a
 * clock that does not jump (CLOCK_BOOTTIME), judged by that of Postgres. */
#include "loop.h"
#include "log.h"
#include "moment.h"
#include <stdlib.h>

enum { JUMP_MS = 1000, ASK_MS = 1000, MEASURE_MS = 60000 };

static bool
s_is_near (int64_t left, int64_t right)
{
    return llabs (left - right) <= JUMP_MS;
}

/* How far it is ahead of Postgres'. */
static bool
s_measure (loop_t *self, int64_t *ret_ahead_ms)
{
    int64_t postgres_at;
    bool ok = db_store_now (self->store, &postgres_at);
    *ret_ahead_ms = moment_now () - postgres_at;
    return ok;
}

void
loop_believe_clock (loop_t *self)
{
    self->clock_offset_ms = moment_now () - moment_steady ();
    self->clock_measured_at = moment_steady ();
    self->is_clock_held = false;
    s_measure (self, &self->clock_ahead_ms);
}

/* Judged by what it was ahead by at first, or less since: a limit that went with a drift would never be reached. */
static bool
s_is_believed (loop_t *self)
{
    int64_t ahead_ms;
    self->clock_asked_at = moment_steady ();
    if (!s_measure (self, &ahead_ms))
        return false;
    self->clock_measured_at = self->clock_asked_at;
    if (s_is_near (ahead_ms, 0) || s_is_near (ahead_ms, self->clock_ahead_ms)) {
        if (llabs (ahead_ms) < llabs (self->clock_ahead_ms))
            self->clock_ahead_ms = ahead_ms;
        return true;
    }
    self->postgres_offset_ms = moment_now () - ahead_ms - moment_steady ();
    if (!self->is_clock_held)
        log_warning ("the clock of this machine is wrong: it is %lld ms ahead of Postgres': timers wait until it is "
            "set right", (long long) ahead_ms);
    self->is_clock_held = true;
    return false;
}

/* Postgres is asked when it has moved by a second since it was last asked, at once or slowly, and now and then: the
 * clock that does not jump may be slow or fast with it. */
bool
loop_clock_is_right (loop_t *self)
{
    int64_t steady = moment_steady (), offset_ms = moment_now () - steady;
    bool has_moved = !s_is_near (offset_ms, self->clock_offset_ms), is_suspect = has_moved || self->is_clock_held;
    if (!is_suspect && steady < self->clock_measured_at + MEASURE_MS)
        return true;
    bool is_news = has_moved && !self->is_clock_held;
    if (!is_news && steady < self->clock_asked_at + ASK_MS)
        return !is_suspect;
    if (!s_is_believed (self))
        return false;
    if (self->is_clock_held)
        log_info ("the clock of this machine is right again: timers go on");
    if (is_suspect)
        loop_forget_window (self);
    self->is_clock_held = false;
    self->clock_offset_ms = offset_ms;
    return true;
}

/* What is said meanwhile would carry an instant that has not come, and others judge by it. */
int64_t
loop_now (const loop_t *self)
{
    return self->is_clock_held ? moment_steady () + self->postgres_offset_ms : moment_now ();
}
