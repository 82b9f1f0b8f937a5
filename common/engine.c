#include "engine.h"
#include "check.h"
#include "crashpoint.h"
#include "unpacked.h"
#include "wire.h"
#include <sodium.h>
#include <string.h>

/* Each pass loads at least one row that was missing, so passes end; a handler over many rows needs one for each row it
 * did not foresee (a receipt of fifty lines takes two hundred). The limit only tells a bug from patience. */
enum { MAX_PASSES = 20000 };

/* A stored run of events is cut behind the event that passes this size. */
enum { SEGMENT_BYTES = 128 * 1024 };

/* A command that was answered before is rare, and its stored answer refuses the new one: whether there is one is looked
 * up in the turns after a start and after such a refusal. */
enum { WARY_TURNS = 64 };

void
engine_init (engine_t *self, const service_t *service, store_t *store, uint64_t seed)
{
    *self = (engine_t) { .service = service, .store = store, .wary_turns = WARY_TURNS };
    if (seed)
        id_source_seed (&self->ids, seed);
    else
        id_source_init (&self->ids);
    self->tx = (tx_t) { .arena = arena_new (), .service = service, .ids = &self->ids };
}

void
engine_free (engine_t *self)
{
    arena_destroy (&self->tx.arena);
}

void
engine_be_wary (engine_t *self)
{
    self->wary_turns = WARY_TURNS;
}

arena_t *
engine_arena (engine_t *self)
{
    return self->tx.arena;
}

void
engine_next (engine_t *self)
{
    arena_reset (self->tx.arena);
}

arena_t *
engine_exchange_arena (engine_t *self, arena_t *other)
{
    arena_t *used = self->tx.arena;
    self->tx.arena = other;
    return used;
}

static char *
s_body_hash (tx_t *tx, const message_t *message)
{
    unsigned char hash [16];
    char text [2 * sizeof hash + 1];
    crypto_generichash (hash, sizeof hash, message->raw.data, message->raw.size,
                        (const unsigned char *) message->type, strlen (message->type));
    return arena_strdup (tx->arena, sodium_bin2hex (text, sizeof text, hash, sizeof hash));
}

/* A command seen before gets its stored answer. Whether it was is not known in the first pass: the handler goes
 * ahead as if not, to say what it misses itself; that pass does not count. In a turn that is not wary only what this
 * turn has answered is known. */
static bool
s_is_known (tx_t *tx, message_t *message)
{
    if (!tx->is_wary && !tx_knows_row (tx, &reply_entity, message->id))
        return false;
    int wants = tx->want_count;
    tx_expect (tx, reply, message->id);
    reply_t *stored = tx->want_count > wants ? NULL : tx_get (tx, reply, message->id);
    if (!stored)
        return false;
    if (strcmp (stored->body_hash, s_body_hash (tx, message)) != 0)
        return tx_reject (tx, "command.id_reused",
            "command %s was sent before with other content: use a new id for a new command", message->id), true;
    message->status = STATUS_DUPLICATE;
    message->first_status = (int) stored->status;
    message->code = stored->code;
    message->message = stored->message;
    message->subject = stored->subject;
    return true;
}

static void
s_keep_reply (tx_t *tx, message_t *message)
{
    if (message->status == 0)
        message->status = STATUS_ACCEPTED;
    message->kept = tx_put (tx, reply, {
        .id = message->id, .body_hash = s_body_hash (tx, message), .status = message->status, .code = message->code,
        .message = message->message, .subject = message->subject, .at = tx->now });
}

static void
s_call_command (tx_t *tx, message_t *message)
{
    if (s_is_known (tx, message))
        return;
    if (message->dead)
        tx_reject (tx, "command.failed", "%s", message->dead);
    else
        tx_call_handler (tx, message);
    s_keep_reply (tx, message);
}

/* The hint may be old: the row, or what this turn has done to it, says whether it is due. */
static void
s_call_timer (tx_t *tx, message_t *message)
{
    const wakeup_t *wakeup = message->body;
    char *key = tx_printf (tx, "%s:%s", wakeup->kind, wakeup->id);
    const timer_op_t *changed = map_get (&tx->timer_map, key);
    int wants = tx->want_count;
    if (!changed)
        tx_expect_row (tx, &timer_entity, key);
    bool guessing = tx->want_count > wants;
    const wakeup_row_t *row = changed || guessing ? NULL : tx_get_row (tx, &timer_entity, key);
    int64_t due_at = changed ? changed->due_at : row ? row->due_at : guessing ? wakeup->due_at : 0;
    if (due_at == 0 || due_at > tx->now)
        return;
    tx_timer_clear (tx, wakeup->kind, wakeup->id);
    wakeup_t *true_wakeup = arena_alloc (tx->arena, sizeof *true_wakeup);
    *true_wakeup = (wakeup_t) { wakeup->kind, wakeup->id, due_at, tx->now - due_at };
    message->body = true_wakeup;
    if (!message->dead)
        tx_call_handler (tx, message);
}

static void
s_call_event (tx_t *tx, message_t *message)
{
    if (!message->dead)
        tx_call_handler (tx, message);
    if (message->letter_id && message->status == STATUS_REJECTED)
        tx_fail (tx, "rejected again: %s: %s", message->code, message->message);
}

static run_t
s_run (tx_t *tx, message_t *message)
{
    static call_fn *const calls [] = {
        [ORIGIN_EVENT] = s_call_event, [ORIGIN_COMMAND] = s_call_command, [ORIGIN_QUERY] = s_call_event,
        [ORIGIN_TIMER] = s_call_timer, [ORIGIN_EVERY] = s_call_event, [ORIGIN_RESULT] = s_call_event,
    };
    return message->handler ? tx_run (tx, message, calls [message->origin]) : RAN;      /* dead or of no interest */
}

/* One pass over the batch. FAILED: a message has just been found dead, so the pass must be made again without it. */
static run_t
s_pass (engine_t *self, message_t *messages, int count, bool is_last)
{
    self->count.passes++;
    for (int i = 0; i < count; i++) {
        run_t how = s_run (&self->tx, &messages [i]);
        if (how == ABANDONED && is_last) {
            messages [i].dead = "its handler makes more look-ups, one after the other, than a turn has passes";
            return FAILED;
        }
        if (how == FAILED)
            return FAILED;
    }
    return self->tx.wanting ? ABANDONED : RAN;
}

static store_result_t
s_settle (engine_t *self, message_t *messages, int count)
{
    for (int pass = 0; ; pass++) {
        run_t how = s_pass (self, messages, count, pass >= MAX_PASSES);
        if (how == RAN)
            return STORE_OK;
        want_t *wants = self->tx.wants;
        int want_count = self->tx.want_count, want_capacity = self->tx.want_capacity;
        tx_rewind (&self->tx);
        if (how == ABANDONED) {
            self->tx.wants = wants, self->tx.want_count = want_count, self->tx.want_capacity = want_capacity;
            store_result_t result = self->store->load (self->store, &self->tx);
            self->tx.want_count = 0;
            if (result != STORE_OK)
                return result;
            CRASHPOINT ("rows_loaded");
        }
    }
}

static blob_t
s_pack_event (engine_t *self, const emit_t *emit, int64_t sequence)
{
    char id [ID_SIZE];
    id_new (&self->ids, self->tx.now, id);
    bus_event_t event = { .base = bus_event_init };
    event.id = id;
    event.source = (char *) self->service->name;
    event.type = (char *) emit->type->name;
    event.subject = (char *) emit->subject;
    event.time = emit->time;
    event.recorded = self->tx.now;
    event.sequence = sequence;
    event.correlation_id = emit->correlation;
    event.causation_id = emit->causation;
    event.traceparent = emit->traceparent ? emit->traceparent : (char *) "";
    event.actor = emit->actor;
    event.epoch = self->epoch;
    event.data = (ProtobufCBinaryData) { emit->data.size, (uint8_t *) emit->data.data };
    return tx_pack (&self->tx, &event.base);
}

/* Events.events = 1 is a length-delimited field: the packed list is the packed events with tag and length before each,
 * and lists of lists concatenate to one list. */
static blob_t
s_concatenate (engine_t *self, const outcome_t *outcome, int from, int to)
{
    size_t size = 0;
    for (int i = from; i < to; i++)
        size += outcome->events [i].event.size + 16;
    uint8_t *bytes = arena_piece (self->tx.arena, size + 1), *p = bytes;
    for (int i = from; i < to; i++) {
        blob_t event = outcome->events [i].event;
        p = wire_put_header (p, 1, event.size);
        memcpy (p, event.data, event.size);
        p += event.size;
    }
    return (blob_t) { bytes, (size_t) (p - bytes) };
}

/* A command's own story is found by its answer, and needs no trail while it is in one segment. */
static bool
s_is_told_by_answer (const emit_t *emit, const segment_t *segment)
{
    reply_t *kept = emit->cause->kept;
    if (!kept || strcmp (emit->correlation, emit->cause->id) != 0
        || (kept->last_sequence && kept->last_sequence != segment->last_sequence))
        return false;
    kept->last_sequence = segment->last_sequence;
    return true;
}

static void
s_note_roots (engine_t *self, segment_t *segment, int from, int to)
{
    map_t seen = { 0 };
    segment->correlations = arena_array (self->tx.arena, (size_t) (to - from) + 1, sizeof *segment->correlations);
    for (int i = from; i < to; i++) {
        const char *root = self->tx.emits [i].correlation;
        if (s_is_told_by_answer (&self->tx.emits [i], segment))
            continue;
        void **slot = map_at (&seen, self->tx.arena, root);
        if (!*slot)
            segment->correlations [segment->correlation_count++] = root;
        *slot = segment;
    }
}

/* A turn may say much: cut into runs that fit into one answer to a replay. */
static void
s_cut_segments (engine_t *self, const outcome_t *outcome, turn_t *turn)
{
    turn->segments = arena_array (self->tx.arena, (size_t) outcome->event_count + 1, sizeof *turn->segments);
    for (int from = 0, to; from < outcome->event_count; from = to) {
        size_t size = 0;
        for (to = from; to < outcome->event_count && (to == from || size < SEGMENT_BYTES); to++)
            size += outcome->events [to].event.size;
        segment_t *segment = &turn->segments [turn->segment_count++];
        segment->first_sequence = turn->first_sequence + from;
        segment->last_sequence = turn->first_sequence + to - 1;
        segment->events = s_concatenate (self, outcome, from, to);
        s_note_roots (self, segment, from, to);
    }
}

static void
s_pack_events (engine_t *self, outcome_t *outcome, turn_t *turn)
{
    tx_t *tx = &self->tx;
    outcome->event_count = tx->emit_count;
    outcome->events = arena_array (tx->arena, (size_t) tx->emit_count + 1, sizeof *outcome->events);
    for (int i = 0; i < tx->emit_count; i++) {
        const emit_t *emit = &tx->emits [i];
        outcome->events [i].topic = (blob_t) { (const uint8_t *) emit->type->name, strlen (emit->type->name) };
        outcome->events [i].event = s_pack_event (self, emit, self->last_sequence + 1 + i);
    }
    turn->first_sequence = self->last_sequence + 1;
    turn->last_sequence = self->last_sequence + tx->emit_count;
    s_cut_segments (self, outcome, turn);
}

static void
s_collect_cursors (engine_t *self, message_t *messages, int count, turn_t *turn)
{
    turn->cursors = arena_array (self->tx.arena, 16, sizeof *turn->cursors);
    turn->dead = arena_array (self->tx.arena, (size_t) count + 1, sizeof *turn->dead);
    turn->retried = arena_array (self->tx.arena, (size_t) count + 1, sizeof *turn->retried);
    for (int i = 0; i < count; i++) {
        if (messages [i].dead && messages [i].status != STATUS_DUPLICATE)
            turn->dead [turn->dead_count++] = &messages [i];
        if (messages [i].letter_id)
            turn->retried [turn->retried_count++] = messages [i].letter_id;
        if (messages [i].origin != ORIGIN_EVENT || !messages [i].source)
            continue;
        int c = 0;
        while (c < turn->cursor_count && strcmp (turn->cursors [c].source, messages [i].source) != 0)
            c++;
        check (c < 16);
        turn->cursors [c].source = messages [i].source;
        turn->cursors [c].sequence = messages [i].sequence;
        turn->cursors [c].event_id = messages [i].id;
        if (c == turn->cursor_count)
            turn->cursor_count++;
    }
}

/* Events are replayed from the cursor, timers are rows, and what is done every so often is done again: a turn of these
 * alone that tells nobody may be lost with Postgres. Then its cursors and timers are lost with it. */
static bool
s_is_silent (const outcome_t *outcome, const turn_t *turn)
{
    const tx_t *tx = outcome->tx;
    if (outcome->event_count || tx->effect_count || tx->geo_count || turn->dead_count || turn->retried_count)
        return false;
    for (int i = 0; i < outcome->message_count; i++) {
        origin_t origin = outcome->messages [i].origin;
        if (origin != ORIGIN_EVENT && origin != ORIGIN_TIMER && origin != ORIGIN_EVERY)
            return false;
    }
    return true;
}

static store_result_t
s_try (engine_t *self, int64_t now, message_t *messages, int count, engine_done_fn *done, void *closure)
{
    unpacked_trim ();
    self->tx.peek = self->store->peek;
    self->tx.peek_store = self->store;
    tx_begin (&self->tx, now);
    self->tx.is_wary = self->wary_turns > 0;
    store_result_t result = s_settle (self, messages, count);
    if (result != STORE_OK)
        return result;
    CRASHPOINT ("handlers_run");
    outcome_t outcome = { .messages = messages, .message_count = count, .tx = &self->tx };
    turn_t turn = { 0 };
    s_pack_events (self, &outcome, &turn);
    s_collect_cursors (self, messages, count, &turn);
    outcome.is_silent = turn.is_silent = s_is_silent (&outcome, &turn);
    CRASHPOINT ("before_commit");
    result = self->store->commit (self->store, &self->tx, &turn);
    if (result != STORE_OK)
        return result;
    CRASHPOINT ("after_commit");
    self->last_sequence = turn.last_sequence;
    self->count.turns++;
    self->count.messages += count;
    self->count.dead += turn.dead_count;
    if (count > self->count.max_batch)
        self->count.max_batch = count;
    if (done)
        done (closure, &outcome);
    return STORE_OK;
}

/* Refused without having looked for stored answers: once more with them. What that turn found dead may have been so
 * because of a command that had been done before. */
static store_result_t
s_attempt (engine_t *self, int64_t now, message_t *messages, int count, engine_done_fn *done, void *closure)
{
    bool is_wary = self->wary_turns > 0;
    char **reasons = arena_array (self->tx.arena, (size_t) count + 1, sizeof *reasons);
    for (int i = 0; i < count; i++)
        reasons [i] = messages [i].dead;
    store_result_t result = s_try (self, now, messages, count, done, closure);
    if (is_wary)
        self->wary_turns--;
    if (result != STORE_REFUSED || is_wary)
        return result;
    for (int i = 0; i < count; i++)
        messages [i].dead = reasons [i];
    engine_be_wary (self);
    return s_try (self, now, messages, count, done, closure);
}

/* What the database refuses is halved until the culprit is alone; then it is dead and its neighbours live. */
store_result_t
engine_turn (engine_t *self, int64_t now, message_t *messages, int count, engine_done_fn *done, void *closure)
{
    store_result_t result = s_attempt (self, now, messages, count, done, closure);
    if (result != STORE_REFUSED)
        return result;
    self->count.refused++;
    if (count > 1) {
        result = engine_turn (self, now, messages, count / 2, done, closure);
        return result == STORE_OK
            ? engine_turn (self, now, messages + count / 2, count - count / 2, done, closure) : result;
    }
    if (messages->dead)
        return STORE_BROKEN;            /* even its obituary is refused */
    messages->dead = arena_strdup (self->tx.arena, self->store->error);
    return engine_turn (self, now, messages, 1, done, closure);
}
