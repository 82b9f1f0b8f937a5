/* loop_request - commands, questions, and consumers' fetches at the command door. */
#include "loop.h"
#include "crashpoint.h"
#include "moment.h"
#include "wire.h"
#include <stdio.h>
#include <string.h>

enum { FETCH_MAX = 512, CLOCK_AHEAD_MS = 300000 };

static const wire_limits_t s_request_limits = {
    .message_size = 128 * 1024, .string_size = 4096, .bytes_size = 128 * 1024, .depth = 3, .fields = 64,
    .unknown_fields = 16, .repeated = 64 };

static void
s_respond (loop_t *self, const bus_route_t *route, const bus_response_t *response)
{
    arena_t *arena = engine_arena (&self->engine);
    size_t size = protobuf_c_message_get_packed_size (&response->base);
    uint8_t *bytes = arena_piece (arena, size + 1);
    protobuf_c_message_pack (&response->base, bytes);
    bus_answer (self->bus, route, (blob_t) { bytes, size });
}

static void
s_reply (loop_t *self, const bus_route_t *route, bus_reply_t *reply)
{
    bus_response_t response = { .base = bus_response_init, .reply = reply,
                                .body_case = FETTLE__BUS__V1__RESPONSE__BODY_REPLY };
    s_respond (self, route, &response);
}

static void
s_refuse (loop_t *self, const bus_route_t *route, const char *id, int status, const char *code, const char *text)
{
    bus_reply_t reply = { .base = bus_reply_init, .id = (char *) id, .status = (Fettle__Bus__V1__Reply__Status) status,
                          .code = (char *) code, .message = (char *) text };
    if (status == STATUS_RETRY)
        self->count_of.retried++;
    else
        self->count_of.malformed++;
    s_reply (self, route, &reply);
}

void
loop_answer (loop_t *self, const message_t *message)
{
    bus_reply_t reply = {
        .base = bus_reply_init, .id = message->id, .code = message->code, .message = message->message,
        .subject = message->subject,
        .status = (Fettle__Bus__V1__Reply__Status) (message->status ? message->status : STATUS_ACCEPTED),
        .first_status = (Fettle__Bus__V1__Reply__Status) message->first_status };
    if (message->answer) {
        blob_t packed = tx_pack (&self->engine.tx, message->answer);
        reply.type = (char *) message->answer->descriptor->name;
        reply.data = (ProtobufCBinaryData) { packed.size, (uint8_t *) packed.data };
    }
    self->count_of.accepted += reply.status == STATUS_ACCEPTED;
    self->count_of.rejected += reply.status == STATUS_REJECTED;
    self->count_of.duplicate += reply.status == STATUS_DUPLICATE;
    s_reply (self, message->route, &reply);
}

void
loop_answer_retry (loop_t *self, message_t *message)
{
    if (!message->route)
        return;
    message->status = STATUS_RETRY;
    message->code = "database.down";
    const char *error = self->store && *self->store->error ? self->store->error : "it does not answer";
    message->message = arena_printf (engine_arena (&self->engine), "the database keeps nothing now (%.*s): try again "
                                     "in a moment", (int) strcspn (error, "\n"), error);
    loop_answer (self, message);
}

/* ---- commands */

static bool
s_is_id (const char *id)
{
    size_t length = strlen (id);
    return length >= 1 && length <= 64
        && strspn (id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-") == length;
}

typedef struct { const char *code, *text; int status; } objection_t;

static objection_t
s_no (const char *code, const char *text)
{
    return (objection_t) { code, text, STATUS_REJECTED };
}

/* What can be said against a command before anybody looks at its meaning. */
static objection_t
s_objection (loop_t *self, const bus_incoming_t *incoming, const bus_command_t *command, const handler_t *handler)
{
    arena_t *arena = engine_arena (&self->engine);
    if (!s_is_id (command->id))
        return s_no ("command.bad_id",
                     "the command's id must be 1 to 64 characters of A-Z a-z 0-9 . _ : - (a UUID is best)");
    if (!bus_key_is_valid (self->bus, incoming->key))
        return s_no ("key.revoked", arena_printf (arena, "the key %s has been revoked", incoming->key));
    if (!handler)
        return s_no ("command.unknown_type", arena_printf (arena,
                     "%s takes no \"%.100s\": see docs/events.md for who takes what", self->service->name,
                     command->type));
    if (!bus_may_send (incoming->role, command->type)) {
        self->count_of.forbidden++;
        return s_no ("command.forbidden", arena_printf (arena,
                     "the key %s has the role %s, which may not send %.100s", incoming->key,
                     incoming->role, command->type));
    }
    if (command->deadline && command->deadline < loop_now (self))
        return s_no ("command.expired", "the command's deadline had passed when it arrived");
    if (command->time > loop_now (self) + CLOCK_AHEAD_MS)
        return s_no ("command.time_in_future",
                     "the command's time is more than 5 minutes ahead of the service's clock");
    if (strlen (command->actor) > 128 || strlen (command->traceparent) > 64)
        return s_no ("command.too_long", "actor takes up to 128 bytes, traceparent up to 64");
    if (!self->ready)
        return (objection_t) { "service.not_ready", self->reason, STATUS_RETRY };
    return (objection_t) { NULL, NULL, 0 };
}

static char *
s_actor (loop_t *self, const bus_incoming_t *incoming, const bus_command_t *command)
{
    arena_t *arena = engine_arena (&self->engine);
    if (!*incoming->key)
        return *command->actor ? command->actor : (char *) "local";
    return arena_printf (arena, "key:%s%s%s", incoming->key, *command->actor ? "/" : "", command->actor);
}

/* Whoever speaks for one engineer or provider does not speak for another: where the command has nobody's id, it is his.
 * NULL, or for whom it is wrongly said. */
static const char *
s_put_speaker (const bus_incoming_t *incoming, ProtobufCMessage *body)
{
    static const char *const fields [] = { "engineer_id", "person_id" };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name (body->descriptor,
            fields [i]);
        if (!field || field->type != PROTOBUF_C_TYPE_STRING || field->label == PROTOBUF_C_LABEL_REPEATED)
            continue;
        char **value = (char **) (void *) ((char *) body + field->offset);
        if (!**value)
            *value = (char *) incoming->speaker;
        else if (strcmp (*value, incoming->speaker) != 0)
            return *value;
    }
    return NULL;
}

static objection_t
s_speaks_wrongly (loop_t *self, const bus_incoming_t *incoming, ProtobufCMessage *body)
{
    arena_t *arena = engine_arena (&self->engine);
    if (!bus_speaks (incoming->role))
        return (objection_t) { NULL, NULL, 0 };
    if (!*incoming->speaker)
        return s_no ("key.for_nobody", arena_printf (arena, "the key %s does not say for whom it speaks: make another "
            "with `fettle keys new NAME --role %s --for ID`", incoming->key, incoming->role));
    const char *other = s_put_speaker (incoming, body);
    return other ? s_no ("key.not_yours", arena_printf (arena, "the key %s speaks for %s and not for %.100s",
        incoming->key, incoming->speaker, other)) : (objection_t) { NULL, NULL, 0 };
}

static void
s_take_command (loop_t *self, const bus_incoming_t *incoming, const bus_command_t *command)
{
    arena_t *arena = engine_arena (&self->engine);
    const handler_t *handler = loop_handler (self->service, HANDLER_COMMAND, command->type, strlen (command->type));
    if (!handler)
        handler = loop_handler (self->service, HANDLER_QUERY, command->type, strlen (command->type));
    objection_t objection = s_objection (self, incoming, command, handler);
    if (objection.code) {
        s_refuse (self, incoming->route, command->id, objection.status, objection.code, objection.text);
        return;
    }
    wire_error_t error;
    ProtobufCMessage *body = wire_unpack (arena, handler->type, command->data.data, command->data.len, NULL, &error);
    if (!body) {
        s_refuse (self, incoming->route, command->id, STATUS_REJECTED, wire_code_name (error.code), error.sentence);
        return;
    }
    objection = s_speaks_wrongly (self, incoming, body);
    if (objection.code) {
        self->count_of.forbidden++;
        s_refuse (self, incoming->route, command->id, objection.status, objection.code, objection.text);
        return;
    }
    self->messages [self->count++] = (message_t) {
        .speaker = bus_speaks (incoming->role) ? incoming->speaker : "",
        .origin = handler->kind == HANDLER_QUERY ? ORIGIN_QUERY : ORIGIN_COMMAND, .handler = handler, .body = body,
        .id = command->id, .actor = s_actor (self, incoming, command), .correlation = "",
        .traceparent = command->traceparent, .time = command->time,
        .raw = { command->data.data, command->data.len }, .type = handler->type->name,
        .route = incoming->route };
    CRASHPOINT ("message_received");
}

/* ---- events for those who ask */

static void
s_send_events (loop_t *self, const bus_route_t *route, blob_t packed, bus_events_t tail)
{
    /* Response.events = 2 holds an Events; its list is stored packed, the other fields are appended behind it */
    arena_t *arena = engine_arena (&self->engine);
    tail.last_sequence = self->published;
    size_t tail_size = protobuf_c_message_get_packed_size (&tail.base), size = packed.size + tail_size;
    uint8_t *bytes = arena_alloc (arena, size + 16), *p = bytes;
    p = wire_put_header (p, 2, size);
    if (packed.size)
        memcpy (p, packed.data, packed.size);
    protobuf_c_message_pack (&tail.base, p + packed.size);
    bus_answer (self->bus, route, (blob_t) { bytes, (size_t) (p - bytes) + size });
}

static void
s_broken (loop_t *self, const bus_route_t *route)
{
    s_refuse (self, route, "", STATUS_RETRY, "database.down", "the database does not answer: try again in a moment");
}

static int
s_limit (int max)
{
    return max > 0 && max < FETCH_MAX ? max : FETCH_MAX;
}

static void
s_take_replay (loop_t *self, const bus_route_t *route, int64_t after, int max)
{
    bool ok;
    arena_t *arena = engine_arena (&self->engine);
    blob_t packed = db_store_replay (self->store, arena, after < 0 ? 0 : after, self->published, s_limit (max),
        &ok);
    if (!ok)
        return s_broken (self, route);
    bus_events_t tail = { .base = bus_events_init, .from = after < INT64_MAX ? after + 1 : 0 };
    s_send_events (self, route, packed, tail);
}

/* Events of the wanted types only. after moves to the last event that was looked at. */
static blob_t
s_filter (loop_t *self, blob_t packed, const char *prefix, int max, int64_t *after)
{
    arena_t *arena = engine_arena (&self->engine);
    ProtobufCAllocator allocator = arena_protobuf (arena);
    bus_events_t *events = (bus_events_t *) protobuf_c_message_unpack (&bus_events_descriptor, &allocator, packed.size,
                                                                        packed.data);
    size_t kept = 0;
    for (size_t i = 0; events && i < events->n_events && (int) kept < max; i++) {
        bus_event_t *event = events->events [i];
        if (event->sequence <= *after)
            continue;
        *after = event->sequence;
        if (strncmp (event->type, prefix, strlen (prefix)) == 0)
            events->events [kept++] = event;
    }
    if (!events)
        return (blob_t) { 0 };
    events->n_events = kept;
    return tx_pack (&self->engine.tx, &events->base);
}

/* With a prefix, runs without a wanted event are passed over, some at a time: the consumer asks on from where this
 * ended. */
static blob_t
s_collect (loop_t *self, const bus_fetch_t *fetch, int64_t *after, bool *ret_ok)
{
    int max = s_limit (fetch->max), run_max = *fetch->type_prefix ? FETCH_MAX : max;
    for (int run = 0; run < 16 && *after < self->published; run++) {
        int64_t before = *after;
        blob_t packed = db_store_replay (self->store, engine_arena (&self->engine), before, self->published, run_max,
            ret_ok);
        blob_t filtered = *ret_ok ? s_filter (self, packed, fetch->type_prefix, max, after) : (blob_t) { 0 };
        if (filtered.size || *after == before)
            return filtered;
    }
    return (blob_t) { 0 };
}

static void
s_refuse_name (loop_t *self, const bus_route_t *route)
{
    s_refuse (self, route, "", STATUS_REJECTED, "consumer.bad_name",
              "the consumer's name must be 1 to 64 characters of A-Z a-z 0-9 . _ : -");
}

static void
s_take_fetch (loop_t *self, const bus_incoming_t *incoming, const bus_fetch_t *fetch)
{
    bool ok = true;
    if (!s_is_id (fetch->consumer))
        return s_refuse_name (self, incoming->route);
    int64_t acknowledged = db_store_consumer (self->store, fetch->consumer, incoming->key, &ok);
    if (!ok)
        return s_broken (self, incoming->route);
    if (acknowledged < 0)
        return s_refuse (self, incoming->route, "", STATUS_REJECTED, "consumer.not_yours",
                         "a consumer of this name belongs to another key: choose another name");
    int64_t up_to = fetch->after < 0 ? acknowledged : fetch->after;
    blob_t packed = s_collect (self, fetch, &up_to, &ok);
    if (!ok)
        return s_broken (self, incoming->route);
    bus_events_t tail = { .base = bus_events_init, .acknowledged = acknowledged, .up_to = up_to };
    s_send_events (self, incoming->route, packed, tail);
}

static void
s_take_ack (loop_t *self, const bus_incoming_t *incoming, bus_ack_t *ack)
{
    bool ok = true;
    if (!s_is_id (ack->consumer))
        return s_refuse_name (self, incoming->route);
    int64_t acknowledged = db_store_consumer (self->store, ack->consumer, incoming->key, &ok);
    if (acknowledged < 0)
        return s_refuse (self, incoming->route, "", STATUS_REJECTED, "consumer.not_yours",
                         "this cursor belongs to another key");
    if (ack->sequence < 0 || ack->sequence > self->published)
        return s_refuse (self, incoming->route, "", STATUS_REJECTED, "ack.out_of_range",
                         arena_printf (engine_arena (&self->engine), "sequence %lld was never given: the last is %lld",
                                       (long long) ack->sequence, (long long) self->published));
    if (!ok || !db_store_acknowledge (self->store, ack->consumer, ack->sequence))
        return s_broken (self, incoming->route);
    bus_response_t response = { .base = bus_response_init, .ack = ack,
                                .body_case = FETTLE__BUS__V1__RESPONSE__BODY_ACK };
    s_respond (self, incoming->route, &response);
}

/* ---- health */

static void
s_take_status (loop_t *self, const bus_route_t *route)
{
    bus_lag_t lags [MAX_LOOP_SOURCES], *pointers [MAX_LOOP_SOURCES];
    for (int i = 0; i < self->source_count; i++) {
        const source_t *source = &self->sources [i];
        lags [i] = (bus_lag_t) { .base = bus_lag_init, .source = (char *) source->name, .applied = source->applied,
                                 .head = source->head };
        pointers [i] = &lags [i];
    }
    bus_service_status_t status = {
        .base = bus_service_status_init, .service = (char *) self->service->name, .ready = self->ready,
        .reason = self->ready ? (char *) loop_sources_trouble (self) : self->reason,
        .epoch = self->engine.epoch, .last_sequence = self->published,
        .started_at = self->started_at,
        .n_lags = (size_t) self->source_count, .lags = pointers, .dead_letters = self->dead_letters,
        .version = FETTLE_VERSION,
        .metrics = loop_metrics (self, engine_arena (&self->engine)) };
    bus_response_t response = { .base = bus_response_init, .status = &status,
                                .body_case = FETTLE__BUS__V1__RESPONSE__BODY_STATUS };
    s_respond (self, route, &response);
}

/* ---- the door */

static void
s_take (loop_t *self, const bus_incoming_t *incoming)
{
    wire_error_t error;
    bus_request_t *request = (bus_request_t *) wire_unpack (engine_arena (&self->engine), &bus_request_descriptor,
        incoming->bytes.data, incoming->bytes.size, &s_request_limits, &error);
    if (!request)
        return s_refuse (self, incoming->route, "", STATUS_REJECTED, wire_code_name (error.code), error.sentence);
    if (request->body_case == FETTLE__BUS__V1__REQUEST__BODY_COMMAND)
        return s_take_command (self, incoming, request->command);
    if (request->body_case == FETTLE__BUS__V1__REQUEST__BODY_GET_STATUS)
        return s_take_status (self, incoming->route);
    if (request->body_case == FETTLE__BUS__V1__REQUEST__BODY__NOT_SET)
        return s_refuse (self, incoming->route, "", STATUS_REJECTED, "request.empty",
                         "a Request holds a command, replay, fetch, ack or get_status: see docs/integrating.md");
    if (!bus_key_is_valid (self->bus, incoming->key))
        return s_refuse (self, incoming->route, "", STATUS_REJECTED, "key.revoked", "this key has been revoked");
    if (!bus_may_follow (incoming->role))
        return s_refuse (self, incoming->route, "", STATUS_REJECTED, "request.forbidden",
                         arena_printf (engine_arena (&self->engine), "the key %s has the role %s, which may not read"
                                       " events", incoming->key, incoming->role));
    if (!self->ready)
        return s_broken (self, incoming->route);
    if (self->is_committing) {
        self->put_aside = *incoming;
        self->has_put_aside = true;
        return;
    }
    if (request->body_case == FETTLE__BUS__V1__REQUEST__BODY_REPLAY)
        s_take_replay (self, incoming->route, request->replay->after, request->replay->max);
    else if (request->body_case == FETTLE__BUS__V1__REQUEST__BODY_FETCH)
        s_take_fetch (self, incoming, request->fetch);
    else
        s_take_ack (self, incoming, request->ack);
}

void
loop_take_put_aside (loop_t *self)
{
    bool has_one = self->has_put_aside;
    self->has_put_aside = false;
    if (has_one)
        s_take (self, &self->put_aside);
}

void
loop_drop_messages (loop_t *self)
{
    for (int i = 0; i < self->count; i++)
        loop_answer_retry (self, &self->messages [i]);
    self->count = 0;
}

void
loop_take_requests (loop_t *self, int max)
{
    bus_incoming_t incoming;
    while (self->count < max && !self->has_put_aside
        && bus_receive_request (self->bus, engine_arena (&self->engine), &incoming))
        s_take (self, &incoming);
}
