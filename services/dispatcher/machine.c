#include "machine.h"
#include <string.h>

#define VISIT(from, message, to) { VISIT_STATE_##from, message, VISIT_STATE_##to }
#define ORDER(from, message, to) { WORK_ORDER_STATE_##from, message, WORK_ORDER_STATE_##to }

const transition_t visit_transitions [] = {
    VISIT (PROPOSED,   "BookingHeld",       OFFERED),
    VISIT (PROPOSED,   "BookingRefused",    CANCELLED),
    VISIT (OFFERED,    "BookingRefused",    CANCELLED),     /* an absence came before the answer */
    VISIT (OFFERED,    "AcceptVisit",       ACCEPTED),
    VISIT (OFFERED,    "RejectVisit",       REJECTED),
    VISIT (OFFERED,    "offer_expires",     EXPIRED),
    VISIT (ACCEPTED,   "StartTravel",       TRAVELLING),
    VISIT (TRAVELLING, "ArriveAtSite",      ON_SITE),
    VISIT (ACCEPTED,   "ArriveAtSite",      ON_SITE),       /* was in the house already */
    VISIT (ON_SITE,    "StartWork",         WORKING),
    VISIT (PAUSED,     "StartWork",         WORKING),
    VISIT (WORKING,    "PauseWork",         PAUSED),
    VISIT (WORKING,    "FinishWork",        FINISHED),
    VISIT (PAUSED,     "FinishWork",        FINISHED),
    VISIT (ON_SITE,    "ReportNoAccess",    NO_ACCESS),
    VISIT (TRAVELLING, "ReportNoAccess",    NO_ACCESS),
    VISIT (FINISHED,   "IssueServiceReport", FINISHED),
    VISIT (FINISHED,   "SignServiceReport", REPORTED),
    VISIT (FINISHED,   "RefuseSignature",   REPORTED),
    VISIT (FINISHED,   "work remains",      PARTIAL),       /* signed or refused, not all done */

    VISIT (ACCEPTED,   "LockVisit",         ACCEPTED),
    VISIT (OFFERED,    "LockVisit",         OFFERED),
    VISIT (PROPOSED,   "LockVisit",         PROPOSED),
    VISIT (ACCEPTED,   "UnlockVisit",       ACCEPTED),
    VISIT (OFFERED,    "UnlockVisit",       OFFERED),
    VISIT (PROPOSED,   "UnlockVisit",       PROPOSED),

    VISIT (ACCEPTED,   "ReassignVisit",     CANCELLED),
    VISIT (PROPOSED,   "ReassignVisit",     CANCELLED),
    VISIT (OFFERED,    "ReassignVisit",     CANCELLED),
    VISIT (TRAVELLING, "ReassignVisit",     CANCELLED),
    VISIT (ON_SITE,    "ReassignVisit",     CANCELLED),
    VISIT (WORKING,    "ReassignVisit",     CANCELLED),
    VISIT (PAUSED,     "ReassignVisit",     CANCELLED),
    VISIT (PROPOSED,   "offer_lost",        LOST),          /* another one of those asked at once goes */
    VISIT (OFFERED,    "offer_lost",        LOST),
    VISIT (PROPOSED,   "moved",             CANCELLED),     /* by planning the day again */
    VISIT (OFFERED,    "moved",             CANCELLED),
    VISIT (ACCEPTED,   "moved",             CANCELLED),
    VISIT (PROPOSED,   "CancelWorkOrder",   CANCELLED),
    VISIT (OFFERED,    "CancelWorkOrder",   CANCELLED),
    VISIT (ACCEPTED,   "CancelWorkOrder",   CANCELLED),
    VISIT (TRAVELLING, "CancelWorkOrder",   CANCELLED),
    VISIT (ON_SITE,    "CancelWorkOrder",   CANCELLED),
    VISIT (WORKING,    "CancelWorkOrder",   CANCELLED),
    VISIT (PAUSED,     "CancelWorkOrder",   CANCELLED),
    { 0, NULL, 0 }
};

const transition_t work_order_transitions [] = {
    ORDER (UNSCHEDULED, "ChooseEngineer",   SCHEDULED),
    ORDER (UNSCHEDULED, "CancelWorkOrder",  CANCELLED),
    ORDER (SCHEDULED,   "CancelWorkOrder",  CANCELLED),
    ORDER (IN_PROGRESS, "CancelWorkOrder",  CANCELLED),
    ORDER (ON_HOLD,     "CancelWorkOrder",  CANCELLED),
    ORDER (COMPLETED,   "WorkOrderPosted",  POSTED),
    { 0, NULL, 0 }
};

int
machine_next (const transition_t *table, int state, const char *message)
{
    for (; table->message; table++)
        if (table->from == state && strcmp (table->message, message) == 0)
            return table->to;
    return 0;
}

int
machine_expects (const transition_t *table, const char *message)
{
    for (; table->message; table++)
        if (strcmp (table->message, message) == 0)
            return table->from;
    return 0;
}

bool
machine_is_final (const transition_t *table, int state)
{
    for (; table->message; table++)
        if (table->from == state)
            return false;
    return true;
}

/* What a visit means to its order. */
typedef enum { PART_NONE, PART_SCHEDULED, PART_ACTIVE, PART_PAUSED, PART_COMPLETED, PART_PARTIAL,
    PARTS } part_t;

static part_t
s_part (visit_state_t state)
{
    switch (state) {
    case VISIT_STATE_PROPOSED: case VISIT_STATE_OFFERED: case VISIT_STATE_ACCEPTED:
        return PART_SCHEDULED;
    case VISIT_STATE_TRAVELLING: case VISIT_STATE_ON_SITE: case VISIT_STATE_WORKING:
    case VISIT_STATE_FINISHED:
        return PART_ACTIVE;
    case VISIT_STATE_PAUSED:
        return PART_PAUSED;
    case VISIT_STATE_REPORTED:
        return PART_COMPLETED;
    case VISIT_STATE_PARTIAL:
        return PART_PARTIAL;
    default:
        return PART_NONE;       /* ended before any work: as if it had never been */
    }
}

work_order_state_t
machine_order_state (const visit_state_t *visits, int count, bool work_remains)
{
    int has [PARTS] = { 0 };
    for (int i = 0; i < count; i++)
        has [s_part (visits [i])]++;
    if (has [PART_ACTIVE] || (has [PART_PAUSED] && has [PART_SCHEDULED]))
        return WORK_ORDER_STATE_IN_PROGRESS;
    if (has [PART_PAUSED])
        return WORK_ORDER_STATE_ON_HOLD;
    if (has [PART_SCHEDULED])
        return has [PART_COMPLETED] ? WORK_ORDER_STATE_IN_PROGRESS : WORK_ORDER_STATE_SCHEDULED;
    if (has [PART_COMPLETED] && !(has [PART_PARTIAL] && work_remains))
        return WORK_ORDER_STATE_COMPLETED;
    return WORK_ORDER_STATE_UNSCHEDULED;
}
