/* message_new - a message with every field at its default, in an arena, to be filled in place. */
#pragma once
#include "arena.h"
#include "messages.h"

static inline void *
message_new_of (arena_t *arena, const ProtobufCMessageDescriptor *descriptor)
{
    void *message = arena_alloc (arena, descriptor->sizeof_message);
    protobuf_c_message_init (descriptor, message);
    return message;
}

#define message_new(arena, type) ((type##_t *) message_new_of (arena, &type##_descriptor))
