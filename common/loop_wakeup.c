/* loop_wakeup - what a service tells itself: timers (loop_timer.c), periodic handlers, results of the worker, dead
 * letters to try again. */
#include "loop.h"
#include "config.h"
#include "moment.h"
#include "wire.h"
#include <stdlib.h>
#include <string.h>

enum { EFFECT_GRACE_MS = 5000 };

void
loop_find_periodic (loop_t *self)
{
    for (const handler_t *h = self->service->handlers; h->kind; h++)
        self->has_periodic |= h->kind == HANDLER_EVERY;
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
    loop_take_timers (self, max);
    if (self->has_periodic)
        s_take_periodic (self, moment_now ());
}

int
loop_next_wakeup_ms (loop_t *self, int at_most)
{
    int64_t now = moment_now (), next = loop_next_timer_at (self);
    if (next > now + at_most)
        next = now + at_most;
    int i = 0;
    for (const handler_t *h = self->service->handlers; self->has_periodic && h->kind && i < 64; h++, i++)
        if (h->kind == HANDLER_EVERY && self->every_at [i] < next)
            next = self->every_at [i];
    return next > now ? (int) (next - now) : 0;
}

/* ---- the worker */

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
    loop_t *self = closure;
    const handler_t *handler = loop_handler (self->service, HANDLER_EFFECT, type, strlen (type));
    ProtobufCAllocator allocator = arena_protobuf (self->work_arena);
    const void *message = protobuf_c_message_unpack (handler->type, &allocator, packed.size, packed.data);
    typedef const ProtobufCMessage *(perform_fn) (arena_t *, const void *);
    const ProtobufCMessage *result = ((perform_fn *) handler->run) (self->work_arena, message);
    if (result) {
        size_t size = protobuf_c_message_get_packed_size (result);
        uint8_t *bytes = arena_alloc (self->work_arena, size + 1);
        protobuf_c_message_pack (result, bytes);
        bus_worker_return (self->bus, result->descriptor->name, (blob_t) { bytes, size });
    }
    arena_reset (self->work_arena);
}

bool
loop_start_worker (loop_t *self)
{
    for (const handler_t *h = self->service->handlers; h->kind; h++)
        if (h->kind == HANDLER_EFFECT) {
            arena_destroy (&self->work_arena);  /* of a bus that was closed since */
            s_stopping_at = 0;
            self->work_arena = arena_new ();
            return bus_worker_start (self->bus, s_work, self);
        }
    return true;
}

/* A result of our own worker, or a letter, within the limits of its kind. */
static message_t
s_internal (loop_t *self, const handler_t *handler, const char *type, blob_t packed)
{
    arena_t *arena = engine_arena (&self->engine);
    wire_error_t error;
    const wire_limits_t *limits = handler && handler->kind == HANDLER_COMMAND ? &wire_limits : &wire_event_limits;
    message_t message = {
        .origin = ORIGIN_RESULT, .handler = handler, .id = "result", .actor =
            arena_printf (arena, "service:%s", self->service->name),
        .correlation = "", .type = type, .raw = packed };
    if (!handler)
        message.dead = "this service has no handler for it any more";
    else if (!(message.body = wire_unpack (arena, handler->type, packed.data, packed.size, limits, &error)))
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
