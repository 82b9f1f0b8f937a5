/* reply - the stored answer to each command: the same id again gets the same answer. An entity of every service.
 * last_sequence: of the segment with the events of the command's own story; 0: it has none. */
#pragma once
#include "entity.h"

#define REPLY_FIELDS(F, T) \
    F (T, text, id) F (T, text, body_hash) F (T, int, status) F (T, text, code) F (T, text, message) \
    F (T, text, subject) F (T, time, at) F (T, int, last_sequence)
ENTITY_STRUCT (reply, REPLY_FIELDS);
