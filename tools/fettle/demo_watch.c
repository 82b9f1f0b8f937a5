#include "demo_watch.h"
#include "bus.h"
#include "check.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SOURCES_MAX = 16, EVENTS_AT_ONCE = 500 };

struct watch_t {
    arena_t *arena;
    client_t *clients [SOURCES_MAX];
    int64_t cursors [SOURCES_MAX];
    watched_t *events;
    size_t count, capacity;
};

/* ---- asking */

static bool
s_head (watch_t *self, int source, char error [512])
{
    bus_get_status_t status = { .base = bus_get_status_init };
    bus_request_t request = { .base = bus_request_init,
        .body_case = FETTLE__BUS__V1__REQUEST__BODY_GET_STATUS, .get_status = &status };
    const bus_response_t *response = client_ask (self->clients [source], self->arena, &request,
        CLIENT_TIMEOUT_MS, error);
    if (!response || response->body_case != FETTLE__BUS__V1__RESPONSE__BODY_STATUS)
        return false;
    self->cursors [source] = response->status->last_sequence;
    return true;
}

watch_t *
watch_open (arena_t *arena, char error [512])
{
    watch_t *self = calloc (1, sizeof *self);
    check (self);
    self->arena = arena;
    for (int i = 0; bus_services [i]; i++) {
        check (i < SOURCES_MAX);
        self->clients [i] = client_open (bus_services [i], error);
        if (!self->clients [i] || !s_head (self, i, error)) {
            watch_close (&self);
            return NULL;
        }
    }
    return self;
}

void
watch_close (watch_t **self)
{
    if (*self)
        for (int i = 0; i < SOURCES_MAX; i++)
            client_close (&(*self)->clients [i]);
    if (*self)
        free ((*self)->events);
    free (*self);
    *self = NULL;
}

client_t *
watch_client (const watch_t *self, const char *service)
{
    for (int i = 0; bus_services [i]; i++)
        if (strcmp (bus_services [i], service) == 0)
            return self->clients [i];
    return NULL;
}

/* ---- taking in */

static void
s_push (watch_t *self, const bus_event_t *envelope)
{
    const ProtobufCMessageDescriptor *type = registry_find (envelope->type);
    ProtobufCAllocator allocator = arena_protobuf (self->arena);
    const ProtobufCMessage *message = type
        ? protobuf_c_message_unpack (type, &allocator, envelope->data.len, envelope->data.data)
        : NULL;
    if (!message)
        return;
    if (self->count == self->capacity) {
        self->capacity = self->capacity * 2 + 1024;
        self->events = realloc (self->events, self->capacity * sizeof *self->events);
        check (self->events);
    }
    self->events [self->count++] = (watched_t) { envelope, message };
}

static bool
s_fetch (watch_t *self, int source, char error [512])
{
    bus_replay_t replay = { .base = bus_replay_init, .after = self->cursors [source],
        .max = EVENTS_AT_ONCE };
    bus_request_t request = { .base = bus_request_init,
        .body_case = FETTLE__BUS__V1__REQUEST__BODY_REPLAY, .replay = &replay };
    const bus_response_t *response = client_ask (self->clients [source], self->arena, &request,
        CLIENT_TIMEOUT_MS, error);
    if (!response || response->body_case != FETTLE__BUS__V1__RESPONSE__BODY_EVENTS)
        return false;
    for (size_t i = 0; i < response->events->n_events; i++) {
        s_push (self, response->events->events [i]);
        self->cursors [source] = response->events->events [i]->sequence;
    }
    return true;
}

/* As the company lived it: by the time of recording; one service's own order is kept. */
static int
s_by_time (const void *left, const void *right)
{
    const bus_event_t *a = ((const watched_t *) left)->envelope,
        *b = ((const watched_t *) right)->envelope;
    if (strcmp (a->source, b->source) == 0)
        return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
    return a->recorded < b->recorded ? -1 : a->recorded > b->recorded;
}

int
watch_sweep (watch_t *self, char error [512])
{
    size_t before = self->count;
    for (int i = 0; bus_services [i]; i++)
        if (!s_fetch (self, i, error))
            return -1;
    if (self->count > before)
        qsort (self->events + before, self->count - before, sizeof *self->events, s_by_time);
    return (int) (self->count - before);
}

/* ---- looking back */

size_t
watch_count (const watch_t *self)
{
    return self->count;
}

const watched_t *
watch_at (const watch_t *self, size_t index)
{
    return &self->events [index];
}

const char *
watch_text (const ProtobufCMessage *message, const char *field)
{
    const ProtobufCFieldDescriptor *found =
        protobuf_c_message_descriptor_get_field_by_name (message->descriptor, field);
    if (!found || found->type != PROTOBUF_C_TYPE_STRING
        || found->label == PROTOBUF_C_LABEL_REPEATED)
        return "";
    const char *text = *(char *const *) ((const char *) message + found->offset);
    return text ? text : "";
}

const ProtobufCMessage *
watch_find (const watch_t *self, const ProtobufCMessageDescriptor *type, const char *field,
const char *value, size_t from)
{
    for (size_t i = from; i < self->count; i++) {
        const ProtobufCMessage *message = self->events [i].message;
        if (message->descriptor == type
            && (!field || strcmp (watch_text (message, field), value) == 0))
            return message;
    }
    return NULL;
}
