/* loop_pending - turns that are committed and may not be on disk yet.
 *
 * A single message waits for its own commit. When many wait, the commit does not wait for the disk: the next turn
 * begins at once, and a commit on a second connection, the barrier, tells when all that went before it is on disk.
 * What a turn has to say is kept until then: nobody outside hears of anything that could still be lost. A turn that
 * says nothing waits for neither. */
#include "loop.h"
#include "crashpoint.h"

enum { MANY = 8 };

int
loop_pending_file (const loop_t *self)
{
    return self->barrier_covers ? db_barrier_file (self->barrier) : -1;
}

/* ---- keeping */

/* Only what somebody waits for: the rest of the batch is done with. */
static void
s_keep_messages (pending_t *kept, const outcome_t *outcome)
{
    outcome_t *copy = &kept->outcome;
    copy->messages = arena_array (kept->tx.arena, (size_t) outcome->message_count + 1, sizeof *copy->messages);
    copy->message_count = 0;
    for (int i = 0; i < outcome->message_count; i++)
        if (outcome->messages [i].route) {
            copy->messages [copy->message_count++] = outcome->messages [i];
            outcome->messages [i].route = NULL;         /* a later part of this batch may still fail */
        }
}

static void
s_keep (loop_t *self, const outcome_t *outcome)
{
    pending_t *kept = arena_alloc (outcome->tx->arena, sizeof *kept);
    *kept = (pending_t) { .outcome = *outcome, .tx = *outcome->tx, .last_sequence = self->engine.last_sequence };
    kept->outcome.tx = &kept->tx;
    s_keep_messages (kept, outcome);
    if (self->pending_last)
        self->pending_last->next = kept;
    else
        self->pending = kept;
    self->pending_last = kept;
    CRASHPOINT ("before_flush");
}

void
loop_committed (void *closure, const outcome_t *outcome)
{
    loop_t *self = closure;
    if (self->is_unhurried && (self->pending || !outcome->is_silent))
        return s_keep (self, outcome);
    self->published = self->engine.last_sequence;
    loop_say (self, outcome);
}

/* Behind turns that wait, every turn waits: it may have seen what they did. */
store_result_t
loop_run_turn (loop_t *self, int64_t now)
{
    self->is_unhurried = self->pending || self->count >= MANY;
    db_store_wait_for_disk (self->store, !self->is_unhurried);
    return engine_turn (&self->engine, now, self->messages, self->count, loop_committed, self);
}

static arena_t *
s_take_spare (loop_t *self)
{
    for (int i = 0; i < SPARES_MAX; i++)
        if (self->spare_arenas [i]) {
            arena_t *spare = self->spare_arenas [i];
            self->spare_arenas [i] = NULL;
            return spare;
        }
    return arena_new ();
}

static void
s_give_back (loop_t *self, arena_t *arena)
{
    arena_reset (arena);
    for (int i = 0; i < SPARES_MAX && arena; i++)
        if (!self->spare_arenas [i]) {
            self->spare_arenas [i] = arena;
            arena = NULL;
        }
    arena_destroy (&arena);
}

void
loop_forget_spares (loop_t *self)
{
    for (int i = 0; i < SPARES_MAX; i++)
        arena_destroy (&self->spare_arenas [i]);
}

void
loop_next_turn (loop_t *self)
{
    if (!self->pending_last || self->pending_last->arena)
        return engine_next (&self->engine);
    self->pending_last->arena = engine_exchange_arena (&self->engine, s_take_spare (self));
    self->pending_turns++;
}

/* ---- telling */

static void
s_take_first (loop_t *self)
{
    pending_t *first = self->pending;
    arena_t *arena = first->arena;
    self->pending = first->next;
    if (!self->pending)
        self->pending_last = NULL;
    if (arena) {
        self->pending_turns--;
        s_give_back (self, arena);
    }
}

static void
s_begin (loop_t *self)
{
    if (self->barrier_covers || !self->pending)
        return;
    db_barrier_begin (self->barrier);
    self->barrier_covers = self->pending_last;
}

static bool
s_end (loop_t *self)
{
    const pending_t *last = self->barrier_covers;
    self->barrier_covers = NULL;
    if (!db_barrier_end (self->barrier))
        return false;
    for (bool is_last = false; !is_last;) {
        is_last = self->pending == last;
        self->published = self->pending->last_sequence;
        loop_say (self, &self->pending->outcome);
        s_take_first (self);
    }
    return true;
}

bool
loop_tell_pending (loop_t *self)
{
    if (self->barrier_covers && (self->pending_turns >= PENDING_TURNS_MAX || db_barrier_is_done (self->barrier))
        && !s_end (self))
        return false;
    s_begin (self);
    return true;
}

bool
loop_tell_all_pending (loop_t *self)
{
    while (self->pending) {
        s_begin (self);
        if (!s_end (self))
            return false;
    }
    return true;
}

/* Whether it will be there after all is not known: who asks again under the same id learns it. */
void
loop_drop_pending (loop_t *self)
{
    self->barrier_covers = NULL;
    while (self->pending) {
        for (int i = 0; i < self->pending->outcome.message_count; i++)
            loop_answer_retry (self, &self->pending->outcome.messages [i]);
        s_take_first (self);
    }
}
