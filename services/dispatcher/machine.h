/* machine - the life of a visit and of a work order as one table of data: state x message -> state.
 *
 * What a table does not list is illegal. A work order's state is a pure function of its visits
 * while it is open; only the messages listed here end it otherwise. Source of the function: the
 * table of Dynamics 365 Field Service, with the flag of remaining work instead of its rule for
 * "completed and partially completed". */
#pragma once
#include <stdbool.h>
#include "messages.h"

typedef struct {
    int from;
    const char *message;        /* short name of the message, or kind of the timer */
    int to;
} transition_t;

extern const transition_t visit_transitions [];         /* of VisitState; ends with { 0 } */
extern const transition_t work_order_transitions [];    /* of WorkOrderState; ends with { 0 } */

/* The state that follows, or 0 when the message is illegal in that state. */
int machine_next (const transition_t *table, int state, const char *message);

/* The state in which the message is meant to come: the first one listed; 0 when it is listed
 * nowhere. */
int machine_expects (const transition_t *table, const char *message);

/* True when no message leads out of the state. */
bool machine_is_final (const transition_t *table, int state);

/* The state of an order with these visits. work_remains: the last visit that ended left work to
 * do. */
work_order_state_t machine_order_state (const visit_state_t *visits, int count, bool work_remains);
