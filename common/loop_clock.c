/* loop_clock - whether this machine's clock can be believed: a jump of it would fire timers early. Known by a clock
 * that does not jump (CLOCK_BOOTTIME), judged by that of Postgres. */
#include "loop.h"
#include "log.h"
#include "moment.h"
#include <stdlib.h>

enum { JUMP_MS = 1000, ASK_MS = 1000 };

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
    self->is_clock_held = false;
    s_measure (self, &self->clock_ahead_ms);
}

static bool
s_has_jumped_rightly (loop_t *self)
{
    int64_t ahead_ms;
    self->clock_asked_at = moment_steady ();
    if (!s_measure (self, &ahead_ms))
        return false;
    if (s_is_near (ahead_ms, 0) || s_is_near (ahead_ms, self->clock_ahead_ms)) {
        self->clock_ahead_ms = ahead_ms;
        return true;
    }
    if (!self->is_clock_held)
        log_warning ("the clock of this machine has jumped and is %lld ms ahead of Postgres': timers wait until it is "
            "set right", (long long) ahead_ms);
    self->is_clock_held = true;
    return false;
}

/* What is slowly adjusted is followed. */
bool
loop_clock_is_right (loop_t *self)
{
    int64_t offset_ms = moment_now () - moment_steady ();
    bool is_right = s_is_near (offset_ms, self->clock_offset_ms);
    if (!is_right && moment_steady () >= self->clock_asked_at + ASK_MS)
        is_right = s_has_jumped_rightly (self);
    if (!is_right)
        return false;
    if (self->is_clock_held)
        log_info ("the clock of this machine is right again: timers go on");
    if (self->is_clock_held || !s_is_near (offset_ms, self->clock_offset_ms))
        loop_forget_window (self);
    self->is_clock_held = false;
    self->clock_offset_ms = offset_ms;
    return true;
}
