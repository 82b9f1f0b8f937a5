/* reply, timer - the entities that every service has. */
#include "reply.h"
#include "timer.h"

ENTITY_TABLE (reply, REPLY_FIELDS);

static const field_t s_timer_fields [] = { WAKEUP_ROW_FIELDS (ENTITY_FIELD_, wakeup_row_t) };
const entity_t timer_entity = {
    .name = "timer", .size = sizeof (wakeup_row_t), .fields = s_timer_fields, .field_count = 2,
};
