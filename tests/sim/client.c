/* client - commands and questions, sent again under the same id until there is an answer. */
#include "world.h"
#include "check.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE_MS = 3000, PATIENCE_MAX_MS = 30000, RETRY_MS = 1000 };

typedef struct {
    const char *id;
    sim_service_t service;
    const ProtobufCMessage *message;
    blob_t request;
    sim_heard_fn *heard;                /* NULL: a command */
    void *closure;
    int sent;
    int64_t patience_ms;
    bool is_answered;
} letter_out_t;

struct client { map_t letters; int unanswered; uint64_t questions; };

void
client_begin (sim_t *sim)
{
    sim->client = arena_alloc (sim->arena, sizeof *sim->client);
}

int
sim_unanswered (const sim_t *sim)
{
    return sim->client->unanswered;
}

static void
s_send (sim_t *sim, void *closure)
{
    letter_out_t *self = closure;
    if (self->is_answered)
        return;
    self->sent++;
    wire_request (self->service, self->request);
    world_at (sim->now + self->patience_ms, s_send, self);
    if (self->patience_ms < PATIENCE_MAX_MS)
        self->patience_ms *= 2;
}

static sim_service_t
s_service (const ProtobufCMessage *message)
{
    char package [64];
    const char *from = strchr (message->descriptor->name, '.') + 1;
    snprintf (package, sizeof package, "%.*s", (int) strcspn (from, "."), from);
    for (char *p = package; *p; p++)
        if (*p == '_')
            *p = '-';
    sim_service_t service = sim_service (package);
    check (service < SIM_SERVICES);
    return service;
}

static blob_t
s_pack (arena_t *arena, const ProtobufCMessage *message)
{
    size_t size = protobuf_c_message_get_packed_size (message);
    uint8_t *bytes = arena_alloc (arena, size + 1);
    protobuf_c_message_pack (message, bytes);
    return (blob_t) { bytes, size };
}

static blob_t
s_request (arena_t *arena, const char *id, const char *actor, int64_t at, const ProtobufCMessage *message, blob_t body)
{
    bus_command_t command = { .base = bus_command_init, .id = (char *) id, .type = (char *) message->descriptor->name,
        .data = { body.size, (uint8_t *) body.data }, .actor = (char *) actor, .time = at, .traceparent = (char *) "" };
    bus_request_t request = { .base = bus_request_init, .body_case = FETTLE__BUS__V1__REQUEST__BODY_COMMAND,
        .command = &command };
    return s_pack (arena, &request.base);
}

static void
s_begin (sim_t *sim, const char *id, const char *actor, int64_t at, const ProtobufCMessage *message,
    sim_heard_fn *heard, void *closure)
{
    arena_t *arena = sim->arena;
    letter_out_t *self = arena_alloc (arena, sizeof *self);
    blob_t body = s_pack (arena, message);
    ProtobufCAllocator allocator = arena_protobuf (arena);
    *self = (letter_out_t) { .id = arena_strdup (arena, id), .service = s_service (message), .heard = heard,
        .closure = closure, .patience_ms = PATIENCE_MS,
        .message = protobuf_c_message_unpack (message->descriptor, &allocator, body.size, body.data) };
    self->request = s_request (arena, self->id, actor, at, message, body);
    void **slot = map_at (&sim->client->letters, arena, self->id);
    check (!*slot);
    *slot = self;
    sim->client->unanswered++;
    sim->result->commands++;
    TELL ("%s sends %s as %s", actor, message->descriptor->short_name, id);
    s_send (sim, self);
}

void
sim_send (sim_t *sim, const char *id, const char *actor, int64_t happened_at, const ProtobufCMessage *command)
{
    s_begin (sim, id, actor, happened_at, command, NULL, NULL);
}

void
sim_ask (sim_t *sim, const ProtobufCMessage *query, sim_heard_fn *heard, void *closure)
{
    char id [32];
    snprintf (id, sizeof id, "question-%llu", (unsigned long long) ++sim->client->questions);
    s_begin (sim, id, "screen", 0, query, heard, closure);
}

static const ProtobufCMessage *
s_answer (arena_t *arena, const bus_reply_t *reply)
{
    const ProtobufCMessageDescriptor *type = *reply->type ? fault_type (reply->type) : NULL;
    ProtobufCAllocator allocator = arena_protobuf (arena);
    return type ? protobuf_c_message_unpack (type, &allocator, reply->data.len, reply->data.data) : NULL;
}

static void
s_tell_verdict (sim_t *sim, letter_out_t *self, const bus_reply_t *reply, arena_t *arena)
{
    bool is_duplicate = reply->status == STATUS_DUPLICATE;
    sim_verdict_t verdict = { .id = self->id, .service = self->service, .message = self->message,
        .status = (int) (is_duplicate ? reply->first_status : reply->status), .code = reply->code,
        .text = reply->message, .subject = reply->subject, .answer = s_answer (arena, reply), .sent = self->sent };
    TELL ("%s %s is %s%s%s", self->message->descriptor->short_name, self->id,
        verdict.status == STATUS_ACCEPTED ? "accepted" : "refused: ", verdict.code, is_duplicate ? ", again" : "");
    self->is_answered = true;
    sim->client->unanswered--;
    if (self->heard)
        self->heard (sim, &verdict, self->closure);
    else
        company_answered (sim, &verdict);
}

void
client_receive (blob_t response)
{
    arena_t *arena = arena_new ();
    ProtobufCAllocator allocator = arena_protobuf (arena);
    bus_response_t *read = (bus_response_t *) protobuf_c_message_unpack (&bus_response_descriptor, &allocator,
        response.size, response.data);
    check (read && read->body_case == FETTLE__BUS__V1__RESPONSE__BODY_REPLY);
    letter_out_t *letter = map_get (&world->client->letters, read->reply->id);
    if (letter && !letter->is_answered && read->reply->status != STATUS_RETRY)
        s_tell_verdict (world, letter, read->reply, arena);
    else if (letter && !letter->is_answered)
        world_at (world->now + RETRY_MS, s_send, letter);
    arena_destroy (&arena);
}
