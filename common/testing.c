/* testing - one service over the in-memory store: what tests give, run and ask. */
#include "testing.h"
#include "check.h"
#include "engine.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A Monday, 08:00 UTC. */
#define START_AT INT64_C (1780905600000)

typedef struct {
    engine_t engine;            /* first: a fake tx_t * is the engine's own */
    store_t *store;
    int64_t now, recorded_at;
    char actor [128], speaker [80];
    uint64_t serial;
    bus_event_t **events;       /* of the last run, in kept */
    int event_count, event_capacity;
    const ProtobufCMessage **effects;
    int effect_count, effect_capacity;
    observation_t observed;     /* the last one of the last run */
    arena_t *kept;
    char code [64], text [512], subject [128];
    const ProtobufCMessage *answer;
    int dead_before;
    int64_t passes_before;
} fake_t;

static fake_t *
s_fake (tx_t *tx)
{
    return (fake_t *) ((char *) tx - offsetof (fake_t, engine) - offsetof (engine_t, tx));
}

tx_t *
tx_fake (const service_t *service)
{
    fake_t *self = calloc (1, sizeof *self);
    check (self);
    self->store = store_memory_new (service);
    self->kept = arena_new ();
    self->now = START_AT;
    engine_init (&self->engine, service, self->store, 42);
    snprintf (self->actor, sizeof self->actor, "test");
    return &self->engine.tx;
}

void
tx_fake_destroy (tx_t **tx)
{
    fake_t *self = s_fake (*tx);
    *tx = NULL;
    engine_free (&self->engine);
    store_memory_destroy (&self->store);
    arena_destroy (&self->kept);
    free (self->events);
    free (self->effects);
    free (self);
}

void tx_fake_now (tx_t *tx, int64_t now) { s_fake (tx)->now = now; }

void
tx_fake_speaker (tx_t *tx, const char *speaker)
{
    snprintf (s_fake (tx)->speaker, sizeof s_fake (tx)->speaker, "%s", speaker);
}

void
tx_fake_recorded (tx_t *tx, int64_t recorded_at)
{
    s_fake (tx)->recorded_at = recorded_at;
}

void
tx_fake_actor (tx_t *tx, const char *actor)
{
    snprintf (s_fake (tx)->actor, sizeof s_fake (tx)->actor, "%s", actor);
}

void
tx_fake_store (tx_t *tx, const entity_t *entity, const void *row)
{
    store_memory_put (s_fake (tx)->store, entity, row);
}

static void
s_forget (fake_t *self)
{
    arena_reset (self->kept);
    self->event_count = self->effect_count = 0;
    self->observed = (observation_t) { 0 };
    self->code [0] = self->text [0] = self->subject [0] = '\0';
    self->answer = NULL;
    store_memory_last_dead (self->store, &self->dead_before);
    self->passes_before = self->engine.count.passes;
}

static void *
s_repack (fake_t *self, const ProtobufCMessage *message)
{
    size_t size = protobuf_c_message_get_packed_size (message);
    uint8_t *bytes = arena_alloc (self->kept, size + 1);
    protobuf_c_message_pack (message, bytes);
    ProtobufCAllocator allocator = arena_protobuf (self->kept);
    return protobuf_c_message_unpack (message->descriptor, &allocator, size, bytes);
}

static void *
s_grow (void *array, int count, int *capacity, size_t size)
{
    if (count < *capacity)
        return array;
    *capacity = *capacity ? *capacity * 2 : 64;
    array = realloc (array, (size_t) *capacity * size);
    check (array);
    return array;
}

static void
s_keep_event (fake_t *self, blob_t packed)
{
    ProtobufCAllocator allocator = arena_protobuf (self->kept);
    self->events = s_grow (self->events, self->event_count, &self->event_capacity, sizeof *self->events);
    self->events [self->event_count++] =
        (bus_event_t *) protobuf_c_message_unpack (&bus_event_descriptor, &allocator, packed.size, packed.data);
}

static void
s_keep_verdict (fake_t *self, const message_t *message)
{
    snprintf (self->code, sizeof self->code, "%s", message->code ? message->code : "");
    snprintf (self->text, sizeof self->text, "%s", message->message ? message->message : "");
    snprintf (self->subject, sizeof self->subject, "%s", message->subject ? message->subject : "");
    self->answer = message->answer ? s_repack (self, message->answer) : NULL;
}

static void
s_done (void *closure, const outcome_t *outcome)
{
    fake_t *self = closure;
    for (int i = 0; i < outcome->event_count; i++)
        s_keep_event (self, outcome->events [i].event);
    for (int i = 0; i < outcome->message_count; i++)
        s_keep_verdict (self, &outcome->messages [i]);
    for (int i = 0; i < outcome->tx->observation_count; i++)
        self->observed = outcome->tx->observations [i];
    for (int i = 0; i < outcome->tx->effect_count; i++) {
        self->effects = s_grow (self->effects, self->effect_count, &self->effect_capacity, sizeof *self->effects);
        self->effects [self->effect_count++] = s_repack (self, outcome->tx->effects [i]);
    }
}

static const handler_t *
s_handler (const service_t *service, const ProtobufCMessageDescriptor *type)
{
    for (const handler_t *handler = service->handlers; handler->kind; handler++)
        if (handler->type == type && handler->kind != HANDLER_EFFECT)
            return handler;
    return NULL;
}

static message_t
s_message (fake_t *self, const ProtobufCMessage *body, int64_t happened_at)
{
    static const origin_t origins [] = {
        [HANDLER_EVENT] = ORIGIN_EVENT, [HANDLER_COMMAND] = ORIGIN_COMMAND, [HANDLER_QUERY] = ORIGIN_QUERY,
        [HANDLER_RESULT] = ORIGIN_RESULT,
    };
    const handler_t *handler = s_handler (self->engine.service, body->descriptor);
    check (handler);
    arena_t *arena = engine_arena (&self->engine);
    size_t size = protobuf_c_message_get_packed_size (body);
    uint8_t *bytes = arena_alloc (arena, size + 1);
    protobuf_c_message_pack (body, bytes);
    ProtobufCAllocator allocator = arena_protobuf (arena);
    return (message_t) {
        .origin = origins [handler->kind], .handler = handler, .time = happened_at, .recorded_at = self->recorded_at,
        .body = protobuf_c_message_unpack (body->descriptor, &allocator, size, bytes),
        .id = arena_printf (arena, "message-%llu", (unsigned long long) ++self->serial),
        .actor = arena_strdup (arena, self->actor), .speaker = arena_strdup (arena, self->speaker),
        .correlation = arena_strdup (arena, ""),
        .source = handler->source, .sequence = (int64_t) self->serial,
        .raw = { bytes, size }, .type = body->descriptor->name,
    };
}

static void
s_turn (fake_t *self, message_t *messages, int count)
{
    store_result_t result = engine_turn (&self->engine, self->now, messages, count, s_done, self);
    check (result == STORE_OK);
    engine_next (&self->engine);
}

void
tx_fake_run_at (tx_t *tx, int64_t happened_at, const ProtobufCMessage *body)
{
    fake_t *self = s_fake (tx);
    s_forget (self);
    message_t message = s_message (self, body, happened_at);
    s_turn (self, &message, 1);
}

void
tx_fake_run (tx_t *tx, const ProtobufCMessage *body)
{
    tx_fake_run_at (tx, 0, body);
}

void
tx_fake_run_all (tx_t *tx, const ProtobufCMessage *const *bodies, int count)
{
    fake_t *self = s_fake (tx);
    s_forget (self);
    message_t *messages = arena_array (engine_arena (&self->engine), (size_t) count, sizeof *messages);
    for (int i = 0; i < count; i++)
        messages [i] = s_message (self, bodies [i], 0);
    s_turn (self, messages, count);
}

static const handler_t *
s_timer_handler (const service_t *service, const char *kind)
{
    for (const handler_t *handler = service->handlers; handler->kind; handler++)
        if (handler->kind == HANDLER_TIMER && strcmp (handler->source, kind) == 0)
            return handler;
    return NULL;
}

static message_t
s_wakeup (fake_t *self, const wakeup_row_t *row)
{
    arena_t *arena = engine_arena (&self->engine);
    wakeup_t *wakeup = arena_alloc (arena, sizeof *wakeup);
    char *key = arena_strdup (arena, row->id), *colon = strchr (key, ':');
    *colon = '\0';
    *wakeup = (wakeup_t) { key, colon + 1, row->due_at, 0 };
    message_t message = {
        .origin = ORIGIN_TIMER, .handler = s_timer_handler (self->engine.service, key), .body = wakeup,
        .id = arena_strdup (arena, row->id), .actor = "timer", .correlation = "", .type = "timer",
    };
    check (message.handler);
    return message;
}

int
tx_fake_fire (tx_t *tx, int max)
{
    fake_t *self = s_fake (tx);
    s_forget (self);
    message_t *messages = arena_array (engine_arena (&self->engine), (size_t) max + 1, sizeof *messages);
    int count = 0;
    const wakeup_row_t *row = NULL;
    while (count < max && (row = store_memory_next (self->store, &timer_entity, row ? row->id : "")))
        if (row->due_at <= self->now)
            messages [count++] = s_wakeup (self, row);
    s_turn (self, messages, count);
    return count;
}

int
tx_fake_passes (tx_t *tx)
{
    const fake_t *self = s_fake (tx);
    return (int) (self->engine.count.passes - self->passes_before);
}

int
tx_fake_advance (tx_t *tx, int64_t to)
{
    fake_t *self = s_fake (tx);
    s_forget (self);
    int fired = 0;
    for (;;) {
        const wakeup_row_t *row;
        if (!store_memory_due (self->store, 0, to, 1, &row))
            break;
        if (row->due_at > self->now)
            self->now = row->due_at;
        message_t message = s_wakeup (self, row);
        s_turn (self, &message, 1);
        fired++;
    }
    self->now = to;
    return fired;
}

const void *
tx_fake_emitted (tx_t *tx, const ProtobufCMessageDescriptor *type, int index)
{
    fake_t *self = s_fake (tx);
    for (int i = 0; i < self->event_count; i++)
        if (strcmp (self->events [i]->type, type->name) == 0 && index-- == 0) {
            ProtobufCAllocator allocator = arena_protobuf (self->kept);
            return protobuf_c_message_unpack (type, &allocator, self->events [i]->data.len,
                self->events [i]->data.data);
        }
    return NULL;
}

int
tx_fake_emitted_count (tx_t *tx, const ProtobufCMessageDescriptor *type)
{
    fake_t *self = s_fake (tx);
    int count = 0;
    for (int i = 0; i < self->event_count; i++)
        count += strcmp (self->events [i]->type, type->name) == 0;
    return count;
}

bool
tx_fake_observed (tx_t *tx, const figure_t *figure, double *ret_value)
{
    fake_t *self = s_fake (tx);
    if (self->observed.figure != figure)
        return false;
    *ret_value = self->observed.value;
    return true;
}

const void *
tx_fake_effect (tx_t *tx, const ProtobufCMessageDescriptor *type, int index)
{
    fake_t *self = s_fake (tx);
    for (int i = 0; i < self->effect_count; i++)
        if (self->effects [i]->descriptor == type && index-- == 0)
            return self->effects [i];
    return NULL;
}

const void *
tx_fake_answer (tx_t *tx, const ProtobufCMessageDescriptor *type)
{
    const ProtobufCMessage *answer = s_fake (tx)->answer;
    return answer && answer->descriptor == type ? answer : NULL;
}

const bus_event_t *
tx_fake_envelope (tx_t *tx, int index)
{
    fake_t *self = s_fake (tx);
    return index < self->event_count ? self->events [index] : NULL;
}

int tx_fake_emitted_total (tx_t *tx) { return s_fake (tx)->event_count; }
const char *tx_fake_code (tx_t *tx) { return s_fake (tx)->code; }
const char *tx_fake_message (tx_t *tx) { return s_fake (tx)->text; }
const char *tx_fake_subject (tx_t *tx) { return s_fake (tx)->subject; }

const char *
tx_fake_dead_letter (tx_t *tx)
{
    fake_t *self = s_fake (tx);
    int count;
    const char *last = store_memory_last_dead (self->store, &count);
    return count > self->dead_before ? last : "";
}

const void *
tx_fake_stored (tx_t *tx, const entity_t *entity, const char *id)
{
    return store_memory_get (s_fake (tx)->store, entity, id);
}

int
tx_fake_stored_count (tx_t *tx, const entity_t *entity)
{
    return store_memory_count (s_fake (tx)->store, entity);
}

int64_t
tx_fake_timer (tx_t *tx, const char *kind, const char *id)
{
    char key [256];
    snprintf (key, sizeof key, "%s:%s", kind, id);
    const wakeup_row_t *row = store_memory_get (s_fake (tx)->store, &timer_entity, key);
    return row ? row->due_at : 0;
}
