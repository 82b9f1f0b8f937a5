/* loop_source - events of other services: in order, once, with the gaps filled from the publisher's outbox. */
#include "loop.h"
#include "crashpoint.h"
#include "log.h"
#include "moment.h"
#include "wire.h"
#include <stdio.h>
#include <string.h>

enum { REPLAY_TIMEOUT_MS = 3000, SILENCE_MS = 5000 };

static const wire_limits_t s_envelope_limits = {
    .message_size = BUS_MESSAGE_MAX, .string_size = 1024, .bytes_size = BUS_MESSAGE_MAX, .depth = 3, .fields = 100000,
    .unknown_fields = 64, .repeated = 10000 };

static void
s_canonical (const char *identifier, char name [32])
{
    snprintf (name, 32, "%s", identifier);
    for (char *p = name; *p; p++)
        if (*p == '_')
            *p = '-';
}

const char *const *
loop_source_names (const service_t *service, arena_t *arena)
{
    const char **names = arena_array (arena, MAX_LOOP_SOURCES + 1, sizeof *names);
    int count = 0;
    for (const handler_t *h = service->handlers; h->kind; h++) {
        if (h->kind != HANDLER_EVENT)
            continue;
        char name [32];
        s_canonical (h->source, name);
        int i = 0;
        while (i < count && strcmp (names [i], name) != 0)
            i++;
        if (i == count && count < MAX_LOOP_SOURCES)
            names [count++] = arena_strdup (arena, name);
    }
    return names;
}

void
loop_sources_init (loop_t *self)
{
    arena_t *arena = arena_new ();
    const char *const *names = loop_source_names (self->service, arena);
    for (self->source_count = 0; names [self->source_count]; self->source_count++)
        snprintf (self->sources [self->source_count].name, 32, "%s", names [self->source_count]);
    arena_destroy (&arena);
}

/* What comes after the last event applied; first of all that one too, to see whether it is still the same. */
static int64_t
s_after (const source_t *source)
{
    return source->applied - source->unproved;
}

static void
s_ask (loop_t *self, int s)
{
    source_t *source = &self->sources [s];
    bus_replay_t replay = { .base = bus_replay_init, .after = s_after (source), .max = BATCH_MAX };
    bus_request_t request = { .base = bus_request_init, .body_case = FETTLE__BUS__V1__REQUEST__BODY_REPLAY, .replay =
        &replay };
    uint8_t bytes [64];
    size_t size = protobuf_c_message_pack (&request.base, bytes);
    bus_ask (self->bus, s, (blob_t) { bytes, size });
    source->replaying = true;
    source->asked_at = moment_steady ();
    bus_hold (self->bus, s, true);
}

void
loop_sources_reset (loop_t *self)
{
    for (int s = 0; s < self->source_count; s++) {
        source_t *source = &self->sources [s];
        source->applied = db_store_cursor (self->store, source->name, source->applied_id);
        source->unproved = source->applied > 0;
        if (source->head < source->applied)
            source->head = source->applied;
        source->heard_at = moment_steady ();
        s_ask (self, s);
    }
}

/* Every publisher gives a sign of life each second. One that does not may be stopped, holding our connections, while
 * its standby already speaks at the same address. */
void
loop_look_for_silent (loop_t *self)
{
    int64_t now = moment_steady ();
    for (int s = 0; s < self->source_count; s++)
        if (now - self->sources [s].heard_at > SILENCE_MS) {
            self->sources [s].heard_at = now;
            bus_reconnect (self->bus, s);
        }
}

/* A publisher that was down when asked is asked again. */
void
loop_ask_replays (loop_t *self)
{
    for (int s = 0; s < self->source_count; s++)
        if (self->sources [s].replaying && moment_steady () - self->sources [s].asked_at > REPLAY_TIMEOUT_MS)
            s_ask (self, s);
}

const handler_t *
loop_handler (const service_t *service, handler_kind_t kind, const char *type, size_t length)
{
    for (const handler_t *h = service->handlers; h->kind; h++)
        if (h->kind == kind && h->type && strncmp (h->type->name, type, length) == 0 && h->type->name [length] == '\0')
            return h;
    return NULL;
}

/* Nobody listening is no message to unpack, only a cursor to move; who wants it packed opens it himself. */
static void
s_append (loop_t *self, source_t *source, bus_event_t *event)
{
    message_t *message = &self->messages [self->count++];
    arena_t *arena = engine_arena (&self->engine);
    *message = (message_t) {
        .origin = ORIGIN_EVENT, .source = source->name, .sequence = event->sequence, .id = event->id, .actor =
            event->actor,
        .correlation = event->correlation_id, .traceparent = event->traceparent, .time = event->time,
        .recorded_at = event->recorded, .type = event->type,
        .raw = { event->data.data, event->data.len } };
    message->handler = loop_handler (self->service, HANDLER_EVENT, event->type, strlen (event->type));
    if (!message->handler || message->handler->is_packed)
        return;
    wire_error_t error;
    message->body = wire_unpack (arena, message->handler->type, event->data.data, event->data.len, &wire_event_limits,
        &error);
    if (!message->body)
        message->dead = arena_printf (arena, "%s: %s", wire_code_name (error.code), error.sentence);
    CRASHPOINT ("message_received");
}

/* Ids are compared as far as they are kept. */
static bool
s_is_id (const source_t *source, const bus_event_t *event)
{
    return strncmp (source->applied_id, event->id, EVENT_ID_SIZE - 1) == 0;
}

/* Each event leaves its id: printf would be a twentieth of what one costs. */
static void
s_note_id (source_t *source, const char *id)
{
    size_t length = strnlen (id, EVENT_ID_SIZE - 1);
    memcpy (source->applied_id, id, length);
    source->applied_id [length] = '\0';
}

/* Next in sequence: taken. Lower: a duplicate. Higher, or another event than the one applied: to be asked about. */
static bool
s_offer (loop_t *self, source_t *source, bus_event_t *event)
{
    if (event->sequence > source->head)
        source->head = event->sequence;
    if (event->sequence == source->applied && *source->applied_id && !s_is_id (source, event))
        return false;
    if (event->sequence <= source->applied)
        return true;
    if (event->sequence != source->applied + 1)
        return false;
    source->applied++;
    s_note_id (source, event->id);
    s_append (self, source, event);
    return true;
}

/* Another writer may be one whose database was restored: it shall show that it goes on where it was left. A beat that
 * has waited behind a replay is older than what was replayed, and costs one question. */
static void
s_take_heartbeat (loop_t *self, int s, blob_t bytes)
{
    source_t *source = &self->sources [s];
    wire_error_t error;
    const bus_heartbeat_t *beat = (const bus_heartbeat_t *) wire_unpack (engine_arena (&self->engine),
        &bus_heartbeat_descriptor, bytes.data, bytes.size, NULL, &error);
    if (!beat) {
        self->count_of.malformed++;
        return;
    }
    bool is_strange = beat->last_sequence < source->applied || (source->epoch && source->epoch != beat->epoch);
    source->epoch = beat->epoch;
    if (beat->last_sequence > source->head)
        source->head = beat->last_sequence;
    if (beat->last_sequence > source->applied)
        self->count_of.gaps++;
    source->unproved |= is_strange && source->applied;
    if (beat->last_sequence > source->applied || source->unproved)
        s_ask (self, s);
}

static void
s_take_live (loop_t *self, int s, int max)
{
    source_t *source = &self->sources [s];
    arena_t *arena = engine_arena (&self->engine);
    const char *topic;
    blob_t bytes;
    while (self->count < max && !source->replaying && bus_receive_event (self->bus, s, arena, &topic, &bytes)) {
        wire_error_t error;
        source->heard_at = moment_steady ();
        if (strcmp (topic, "fettle.bus.v1.Heartbeat") == 0) {
            s_take_heartbeat (self, s, bytes);
            continue;
        }
        bus_event_t *event = (bus_event_t *) wire_unpack (arena, &bus_event_descriptor, bytes.data, bytes.size,
            &s_envelope_limits, &error);
        if (!event)
            self->count_of.malformed++;
        else if (!s_offer (self, source, event)) {
            self->count_of.gaps++;
            source->unproved = source->applied > 0;
            s_ask (self, s);
        }
    }
}

/* ---- a publisher that was restored to an earlier state */

/* Said once; asked again every few seconds until somebody has resolved it. */
static void
s_doubt (source_t *source, int64_t head, const bus_event_t *other)
{
    char trouble [sizeof source->trouble];
    if (other)
        snprintf (trouble, sizeof trouble, "%s has another event %lld than the one applied here (its last is %lld): it "
                  "was restored from a backup; its events wait until `fettle resync %s` was run", source->name,
                  (long long) source->applied, (long long) head, source->name);
    else
        snprintf (trouble, sizeof trouble, "%s ends at event %lld, and %lld of it were applied here: it was restored "
                  "from a backup; its events wait until `fettle resync %s` was run", source->name, (long long) head,
                  (long long) source->applied, source->name);
    if (!*source->trouble)
        log_error ("%s", trouble);
    memcpy (source->trouble, trouble, sizeof trouble);
    source->head = head;
}

static void
s_believe (source_t *source, const bus_event_t *event)
{
    source->unproved = false;
    if (event)
        s_note_id (source, event->id);
    if (*source->trouble)
        log_info ("events of %s are taken again, from %lld on", source->name, (long long) source->applied + 1);
    source->trouble [0] = '\0';
}

/* Does the publisher go on where this consumer has left it? The number of a lost event is taken for the event. */
static bool
s_prove (source_t *source, const bus_events_t *events)
{
    const bus_event_t *found = NULL;
    for (size_t i = 0; i < events->n_events && !found; i++)
        if (events->events [i]->sequence == source->applied)
            found = events->events [i];
    bool is_same = found && (!*source->applied_id || s_is_id (source, found)
                             || strcmp (found->type, bus_event_lost_descriptor.name) == 0);
    bool is_older_program = events->from == 0;
    if (is_same || is_older_program || (!found && events->last_sequence >= source->applied))
        return s_believe (source, found), true;
    s_doubt (source, events->last_sequence, found);
    return false;
}

const char *
loop_sources_trouble (loop_t *self)
{
    const char *all = "";
    for (int s = 0; s < self->source_count; s++)
        if (*self->sources [s].trouble)
            all = arena_printf (engine_arena (&self->engine), "%s%s%s", all, *all ? "; " : "",
                                self->sources [s].trouble);
    return all;
}

/* ---- replay */

static const bus_events_t *
s_receive_replayed (loop_t *self, int s)
{
    source_t *source = &self->sources [s];
    blob_t bytes;
    wire_error_t error;
    if (self->count || !bus_receive_answer (self->bus, s, engine_arena (&self->engine), &bytes))
        return NULL;            /* an answer may fill a batch: it waits for an empty one */
    source->heard_at = moment_steady ();
    const bus_response_t *response = (const bus_response_t *) wire_unpack (engine_arena (&self->engine),
        &bus_response_descriptor, bytes.data, bytes.size, &s_envelope_limits, &error);
    if (!response)
        self->count_of.malformed++;
    if (!response || response->body_case != FETTLE__BUS__V1__RESPONSE__BODY_EVENTS || !source->replaying)
        return NULL;
    bool is_late = response->events->from && response->events->from != s_after (source) + 1;
    return is_late ? NULL : response->events;
}

static void
s_take_replayed (loop_t *self, int s)
{
    source_t *source = &self->sources [s];
    const bus_events_t *events = s_receive_replayed (self, s);
    if (!events || (source->unproved && !s_prove (source, events)))
        return;
    for (size_t i = 0; i < events->n_events && self->count < BATCH_MAX; i++) {
        s_offer (self, source, events->events [i]);
        self->count_of.replayed++;
    }
    source->head = events->last_sequence > source->applied ? events->last_sequence : source->applied;
    source->replaying = source->applied < events->last_sequence;
    if (source->replaying)
        s_ask (self, s);
    else
        bus_hold (self->bus, s, false);
}

/* Publishers take turns at being first, so that a busy one does not starve the others. */
void
loop_take_events (loop_t *self, int max)
{
    for (int i = 0; i < self->source_count; i++) {
        int s = (self->source_turn + i) % self->source_count;
        s_take_replayed (self, s);
    }
    for (int i = 0; i < self->source_count && self->count < max; i++) {
        int s = (self->source_turn + i) % self->source_count;
        s_take_live (self, s, max);
    }
    if (self->source_count)
        self->source_turn = (self->source_turn + 1) % self->source_count;
}
