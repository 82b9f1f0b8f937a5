/* demo_watch - everything all services say from now on, in order, complete: fetched with Replay
 * from a cursor for each. */
#pragma once
#include "client.h"

typedef struct watch_t watch_t;

typedef struct {
    const bus_event_t *envelope;
    const ProtobufCMessage *message;
} watched_t;

/* Begins at what each service said last. NULL with a sentence when one does not answer. What it
 * reads lives in the arena. */
watch_t *watch_open (arena_t *arena, char error [512]);
void watch_close (watch_t **self);
/* Takes in what is new. Returns how many; -1 with a sentence when a service does not answer. */
int watch_sweep (watch_t *self, char error [512]);
size_t watch_count (const watch_t *self);
const watched_t *watch_at (const watch_t *self, size_t index);
/* The first event of this type from an index on, whose text field has this value; field NULL:
 * any. NULL: none yet. */
const ProtobufCMessage *watch_find (const watch_t *self, const ProtobufCMessageDescriptor *type,
    const char *field, const char *value, size_t from);
/* The text field of a message, "" when it has none of that name. */
const char *watch_text (const ProtobufCMessage *message, const char *field);
client_t *watch_client (const watch_t *self, const char *service);
