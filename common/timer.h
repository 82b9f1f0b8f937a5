/* timer - durable wake-ups. The row in Postgres is the truth; whoever says that one is due only gives a hint.
 * key: "kind:id". An entity of every service; set and cleared blindly, looked at when it fires. */
#pragma once
#include "entity.h"

#define WAKEUP_ROW_FIELDS(F, T) F (T, text, id) F (T, time, due_at)
typedef struct { WAKEUP_ROW_FIELDS (ENTITY_MEMBER_, _) } wakeup_row_t;
extern const entity_t timer_entity;
