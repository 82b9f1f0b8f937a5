/* loop_ahead - what is done while a commit is under way.
 *
 * Postgres works on a turn of many for milliseconds. Meanwhile what earlier turns say is told when it is on disk, and
 * what has come since is received and unpacked. It is put ahead, as a batch of its own, and is at hand when the turn is
 * over. Nothing here asks the database: its connection is in the middle of an answer. */
#include "loop.h"

/* A bit of work: the connection wants to be looked after in between. What is due when the turn is over needs room in
 * the batch, too. */
enum { AHEAD_PART = 64, AHEAD_MAX = BATCH_MAX * 3 / 4 };

/* The turn's arena goes with its messages. */
static void
s_exchange (loop_t *self)
{
    message_t *messages = self->messages;
    int count = self->count;
    self->messages = self->ahead.messages, self->count = self->ahead.count;
    self->ahead.messages = messages, self->ahead.count = count;
    self->ahead.arena = engine_exchange_arena (&self->engine, self->ahead.arena);
}

static bool
s_receive_part (loop_t *self)
{
    s_exchange (self);
    int before = self->count, max = before + AHEAD_PART < AHEAD_MAX ? before + AHEAD_PART : AHEAD_MAX;
    loop_take_events (self, max);
    loop_take_requests (self, max);
    bool is_more = self->count > before;
    s_exchange (self);
    return is_more;
}

/* False: there is nothing to do. A small turn is over sooner than anything could be done. */
static bool
s_work (void *closure)
{
    loop_t *self = closure;
    if (!self->is_unhurried)
        return false;
    self->is_committing = true;
    bool is_told = self->barrier_covers && db_barrier_is_done (self->barrier) && loop_tell_pending (self);
    bool is_more = s_receive_part (self);
    self->is_committing = false;
    return is_told || is_more;
}

void
loop_work_ahead (loop_t *self)
{
    self->store->meanwhile = s_work;
    self->store->meanwhile_closure = self;
}

void
loop_begin_ahead (loop_t *self)
{
    self->messages = self->batches [0];
    self->ahead.messages = self->batches [1];
    self->ahead.arena = arena_new ();
}

/* After a turn, when nothing is at hand any more. */
void
loop_take_up_ahead (loop_t *self)
{
    if (self->ahead.count || self->has_put_aside)
        s_exchange (self);
    else
        arena_reset (self->ahead.arena);
    loop_take_put_aside (self);
}

void
loop_end_ahead (loop_t *self)
{
    arena_destroy (&self->ahead.arena);
}
