/* loop_wakeup - what a service tells itself: durable timers, periodic handlers, results of the worker, dead letters
 * to try again.
 *
 * Timers of the next second and a half are kept in a small sorted window, so that each is handled at its own
 * millisecond. The window is filled from Redis when the service keeps its index there and the index is whole, from
 * Postgres otherwise; what it says is only a hint, the engine looks at the row. */
#include "loop.h"
#include "config.h"
#include "crashpoint.h"
#include "moment.h"
#include "wire.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW_MS = 1500, REFRESH_MS = 1000, REBUILD_PAGE = 5000, EFFECT_GRACE_MS = 5000 };

#define DUE_KEY "sla:due"
#define MARKER_KEY "sla:due:marker"

void
loop_forget_window (loop_t *self)
{
    for (int i = 0; i < self->window_count; i++)
        free (self->window [i].key);
    self->window_count = 0;
    self->window_refresh_at = 0;
}

static void
s_insert (loop_t *self, const char *key, int64_t due_at)
{
    if (self->window_count == WINDOW_MAX) {
        self->window_until = 0;         /* more than fits: the rest comes with the next refresh */
        return;
    }
    int at = self->window_count++;
    while (at > 0 && self->window [at - 1].due_at > due_at) {
        self->window [at] = self->window [at - 1];
        at--;
    }
    self->window [at] = (due_entry_t) { due_at, strdup (key) };
}

/* ---- the index in Redis */

static bool
s_index_is_whole (loop_t *self)
{
    char epoch [32];
    snprintf (epoch, sizeof epoch, "%lld", (long long) self->engine.epoch);
    const char *marker = redis_text (self->redis, "GET %s", MARKER_KEY);
    return marker && strcmp (marker, epoch) == 0;
}

static bool
s_rebuild_index (loop_t *self)
{
    arena_t *arena = arena_new ();
    const char *after = "";
    bool ok = true, more = true;
    redis_queue (self->redis, "DEL %s %s", DUE_KEY, MARKER_KEY);
    while (ok && more) {
        due_t page = db_store_timers_after (self->store, arena, after, REBUILD_PAGE);
        for (int i = 0; i < page.count; i++)
            redis_queue (self->redis, "ZADD %s %lld %s", DUE_KEY, (long long) page.rows [i].due_at, page.rows [i].id);
        more = page.count == REBUILD_PAGE;
        after = page.count ? page.rows [page.count - 1].id : "";
        ok = page.ok && redis_flush (self->redis);
    }
    if (ok) {
        redis_queue (self->redis, "SET %s %lld", MARKER_KEY, (long long) self->engine.epoch);
        ok = redis_flush (self->redis);
    }
    arena_destroy (&arena);
    return ok;
}

static void
s_visit (void *closure, const char *member, double score)
{
    s_insert (closure, member, (int64_t) score);
}

static bool
s_fill_from_redis (loop_t *self, int64_t until)
{
    if (!self->service->timers_in_redis || !redis_is_up (self->redis))
        return false;
    if (self->redis_index_behind || !s_index_is_whole (self)) {
        if (!s_rebuild_index (self))
            return false;
        self->redis_index_behind = false;
    }
    return redis_range (self->redis, DUE_KEY, until, WINDOW_MAX, s_visit, self);
}

static bool
s_fill_from_postgres (loop_t *self, int64_t until)
{
    arena_t *arena = arena_new ();
    due_t due = db_store_due (self->store, arena, until, WINDOW_MAX);
    for (int i = 0; i < due.count; i++)
        s_insert (self, due.rows [i].id, due.rows [i].due_at);
    arena_destroy (&arena);
    return due.ok;
}

static void
s_refresh (loop_t *self)
{
    int64_t now = moment_now ();
    if (now < self->window_refresh_at && self->window_until)
        return;
    loop_forget_window (self);
    self->window_until = now + WINDOW_MS;
    self->window_refresh_at = now + REFRESH_MS;
    self->redis_index_ok = s_fill_from_redis (self, self->window_until);
    if (!self->redis_index_ok) {
        loop_forget_window (self);
        s_fill_from_postgres (self, self->window_until);
        self->window_refresh_at = now + REFRESH_MS;
    }
}

/* ---- taking what is due */

static const handler_t *
s_timer_handler (const service_t *service, const char *kind)
{
    for (const handler_t *h = service->handlers; h->kind; h++)
        if (h->kind == HANDLER_TIMER && strcmp (h->source, kind) == 0)
            return h;
    return NULL;
}

static void
s_take_timer (loop_t *self, const due_entry_t *entry)
{
    arena_t *arena = engine_arena (&self->engine);
    wakeup_t *wakeup = arena_alloc (arena, sizeof *wakeup);
    char *key = arena_strdup (arena, entry->key), *colon = strchr (key, ':');
    if (colon)
        *colon = '\0';
    *wakeup = (wakeup_t) { key, colon ? colon + 1 : (char *) "", entry->due_at, 0 };
    message_t *message = &self->messages [self->count++];
    *message = (message_t) {
        .origin = ORIGIN_TIMER, .handler = s_timer_handler (self->service, key), .body = wakeup, .actor = "timer",
            .correlation = "",
        .id = arena_strdup (arena, entry->key), .type = "timer", .raw = { (const uint8_t *) "", 0 } };
    CRASHPOINT ("timer_claimed");
}

static void
s_take_periodic (loop_t *self, int64_t now)
{
    int i = 0;
    for (const handler_t *h = self->service->handlers; h->kind && i < 64; h++, i++)
        if (h->kind == HANDLER_EVERY && now >= self->every_at [i] && self->count < BATCH_MAX) {
            self->every_at [i] = now + h->every_ms;
            self->messages [self->count++] = (message_t) {
                .origin = ORIGIN_EVERY, .handler = h, .body = "", .id = "every", .actor = "timer", .correlation = "",
                    .type = "every",
                .raw = { (const uint8_t *) "", 0 } };
        }
}

void
loop_take_wakeups (loop_t *self, int max)
{
    int64_t now = moment_now ();
    s_refresh (self);
    int taken = 0;
    while (taken < self->window_count && self->count < max && self->window [taken].due_at <= now) {
        s_take_timer (self, &self->window [taken]);
        free (self->window [taken++].key);
    }
    memmove (self->window, self->window + taken, (size_t) (self->window_count - taken) * sizeof *self->window);
    self->window_count -= taken;
    s_take_periodic (self, now);
}

int
loop_next_wakeup_ms (loop_t *self, int at_most)
{
    int64_t now = moment_now (), next = now + at_most;
    if (self->window_count && self->window [0].due_at < next)
        next = self->window [0].due_at;
    if (self->window_refresh_at < next)
        next = self->window_refresh_at;
    int i = 0;
    for (const handler_t *h = self->service->handlers; h->kind && i < 64; h++, i++)
        if (h->kind == HANDLER_EVERY && self->every_at [i] < next)
            next = self->every_at [i];
    return next > now ? (int) (next - now) : 0;
}

/* After a commit: the window learns what falls into it, the index in Redis everything. */
void
loop_note_timers (loop_t *self, const outcome_t *outcome)
{
    const tx_t *tx = outcome->tx;
    for (int i = 0; i < tx->timer_count; i++)
        if (tx->timers [i]->due_at && tx->timers [i]->due_at <= self->window_until)
            s_insert (self, tx->timers [i]->key, tx->timers [i]->due_at);
    if (!self->service->timers_in_redis)
        return;
    if (!self->redis_index_ok) {
        self->redis_index_behind |= tx->timer_count > 0;
        return;
    }
    CRASHPOINT ("before_redis");
    for (int i = 0; i < outcome->message_count; i++)
        if (outcome->messages [i].origin == ORIGIN_TIMER)
            redis_queue (self->redis, "ZREM %s %s", DUE_KEY, outcome->messages [i].id);
    for (int i = 0; i < tx->timer_count; i++)
        if (tx->timers [i]->due_at)
            redis_queue (self->redis, "ZADD %s %lld %s", DUE_KEY, (long long) tx->timers [i]->due_at,
                tx->timers [i]->key);
        else
            redis_queue (self->redis, "ZREM %s %s", DUE_KEY, tx->timers [i]->key);
    if (!redis_flush (self->redis)) {
        self->redis_index_ok = false;
        self->redis_index_behind = true;
    }
}

/* ---- the worker */

typedef struct { loop_t *loop; arena_t *arena; } work_t;

/* When the service was told to stop, steady ms; 0 before. The worker reads it. */
static _Atomic int64_t s_stopping_at;

bool
effect_may_begin (void)
{
    return s_stopping_at == 0;
}

bool
effect_may_go_on (void)
{
    int64_t stopping_at = s_stopping_at;
    return stopping_at == 0 || moment_steady () - stopping_at < EFFECT_GRACE_MS;
}

void
loop_finish_work (loop_t *self)
{
    if (!self->bus)
        return;
    s_stopping_at = moment_steady ();
    bus_worker_stop (self->bus);
}

static void
s_work (void *closure, const char *type, blob_t packed)
{
    work_t *work = closure;
    const handler_t *handler = loop_handler (work->loop->service, HANDLER_EFFECT, type, strlen (type));
    ProtobufCAllocator allocator = arena_protobuf (work->arena);
    const void *message = protobuf_c_message_unpack (handler->type, &allocator, packed.size, packed.data);
    typedef const ProtobufCMessage *(perform_fn) (arena_t *, const void *);
    const ProtobufCMessage *result = ((perform_fn *) handler->run) (work->arena, message);
    if (result) {
        size_t size = protobuf_c_message_get_packed_size (result);
        uint8_t *bytes = arena_alloc (work->arena, size + 1);
        protobuf_c_message_pack (result, bytes);
        bus_worker_return (work->loop->bus, result->descriptor->name, (blob_t) { bytes, size });
    }
    arena_reset (work->arena);
}

bool
loop_start_worker (loop_t *self)
{
    static work_t work;
    for (const handler_t *h = self->service->handlers; h->kind; h++)
        if (h->kind == HANDLER_EFFECT) {
            arena_destroy (&work.arena);        /* of a bus that was closed since */
            s_stopping_at = 0;
            work = (work_t) { self, arena_new () };
            return bus_worker_start (self->bus, s_work, &work);
        }
    return true;
}

static message_t
s_internal (loop_t *self, const handler_t *handler, const char *type, blob_t packed)
{
    arena_t *arena = engine_arena (&self->engine);
    wire_error_t error;
    message_t message = {
        .origin = ORIGIN_RESULT, .handler = handler, .id = "result", .actor =
            arena_printf (arena, "service:%s", self->service->name),
        .correlation = "", .type = type, .raw = packed };
    if (!handler)
        message.dead = "this service has no handler for it any more";
    else if (!(message.body = wire_unpack (arena, handler->type, packed.data, packed.size, NULL, &error)))
        message.dead = arena_printf (arena, "%s: %s", wire_code_name (error.code), error.sentence);
    return message;
}

void
loop_take_results (loop_t *self, int max)
{
    arena_t *arena = engine_arena (&self->engine);
    const char *type;
    blob_t packed;
    while (self->count < max && bus_worker_receive (self->bus, arena, &type, &packed))
        self->messages [self->count++] =
            s_internal (self, loop_handler (self->service, HANDLER_RESULT, type, strlen (type)), type, packed);
}

/* Dead letters that a person has marked for another try: run as what they were, without cursor or answer. The letter is
 * marked in the transaction of its effects; one that fails again becomes a new letter. */
void
loop_take_retries (loop_t *self)
{
    int count;
    letter_t *letters = db_store_retries (self->store, engine_arena (&self->engine), &count);
    for (int i = 0; i < count && self->count < BATCH_MAX; i++) {
        handler_kind_t kind = strcmp (letters [i].origin, "event") == 0 ? HANDLER_EVENT
                            : strcmp (letters [i].origin, "command") == 0 ? HANDLER_COMMAND : HANDLER_RESULT;
        message_t message = s_internal (self, loop_handler (self->service, kind, letters [i].type,
            strlen (letters [i].type)),
                                        letters [i].type, letters [i].body);
        message.letter_id = letters [i].id;
        message.id = letters [i].message_id;
        message.correlation = letters [i].correlation;
        self->messages [self->count++] = message;
    }
    self->dead_letters = db_store_dead_count (self->store);
}
