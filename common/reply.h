/* reply - the stored answer to each command: the same id again gets the same answer. An entity of every service. */
#pragma once
#include "entity.h"

#define REPLY_FIELDS(F, T) \
    F (T, text, id) F (T, text, body_hash) F (T, int, status) F (T, text, code) F (T, text, message) \
    F (T, text, subject) F (T, time, at)
ENTITY_STRUCT (reply, REPLY_FIELDS);
