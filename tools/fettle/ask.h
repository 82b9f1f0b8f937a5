/* ask - one command or question of the tool's own to the service that takes it. */
#pragma once
#include "client.h"

/* Sends it and waits. NULL: refused, or nobody answered; a sentence is printed for `fettle COMMAND`, and its exit code
 * is in *ret_code. */
const bus_reply_t *ask_service (arena_t *arena, const char *command, const ProtobufCMessage *message, int *ret_code);
/* The same for a question: its answer, of the type that this question has. */
const ProtobufCMessage *ask_question (arena_t *arena, const char *command, const ProtobufCMessage *question,
    int *ret_code);
