/* audit_paths - the states of orders and visits one after another, as the dispatcher said them. */
#include "audit.h"
#include "show.h"
#include <stdlib.h>
#include <string.h>

typedef struct { int from, to; } step_t;

#define ORDER(from, to) { WORK_ORDER_STATE_##from, WORK_ORDER_STATE_##to }
#define VISIT(from, to) { VISIT_STATE_##from, VISIT_STATE_##to }

/* While an order is open its state follows from its visits; it ends completed and posted, or cancelled. */
static const step_t s_order_steps [] = {
    ORDER (UNSCHEDULED, SCHEDULED), ORDER (UNSCHEDULED, CANCELLED),
    ORDER (SCHEDULED, UNSCHEDULED), ORDER (SCHEDULED, IN_PROGRESS), ORDER (SCHEDULED, CANCELLED),
    ORDER (IN_PROGRESS, ON_HOLD), ORDER (IN_PROGRESS, COMPLETED),
    ORDER (IN_PROGRESS, UNSCHEDULED), ORDER (IN_PROGRESS, SCHEDULED),
    ORDER (IN_PROGRESS, CANCELLED), ORDER (ON_HOLD, IN_PROGRESS), ORDER (ON_HOLD, UNSCHEDULED),
    ORDER (ON_HOLD, CANCELLED), ORDER (COMPLETED, POSTED), ORDER (POSTED, CLOSED),
    { 0, 0 }
};

static const step_t s_visit_steps [] = {
    VISIT (UNSPECIFIED, PROPOSED), VISIT (PROPOSED, OFFERED), VISIT (OFFERED, ACCEPTED),
    VISIT (ACCEPTED, TRAVELLING), VISIT (ACCEPTED, ON_SITE), VISIT (TRAVELLING, ON_SITE),
    VISIT (ON_SITE, WORKING), VISIT (PAUSED, WORKING), VISIT (WORKING, PAUSED),
    VISIT (WORKING, FINISHED), VISIT (PAUSED, FINISHED), VISIT (FINISHED, REPORTED),
    VISIT (OFFERED, REJECTED), VISIT (OFFERED, EXPIRED), VISIT (TRAVELLING, NO_ACCESS),
    VISIT (ON_SITE, NO_ACCESS), VISIT (PROPOSED, CANCELLED), VISIT (OFFERED, CANCELLED),
    VISIT (ACCEPTED, CANCELLED), VISIT (TRAVELLING, CANCELLED), VISIT (ON_SITE, CANCELLED),
    VISIT (WORKING, CANCELLED), VISIT (PAUSED, CANCELLED), VISIT (PROPOSED, LOST),
    VISIT (OFFERED, LOST),
    VISIT (PROPOSED, ACCEPTED),         /* a visit of his at another time, after planning the day again */
    { 0, 0 }
};

typedef struct { int state; } life_t;

static bool
s_is_step (const step_t *steps, int from, int to)
{
    for (; steps->to; steps++)
        if (steps->from == from && steps->to == to)
            return true;
    return false;
}

static life_t *
s_life (map_t *map, audit_t *audit, const char *id)
{
    life_t *life = map_get (map, id);
    if (!life) {
        life = arena_alloc (audit->arena, sizeof *life);
        *map_at (map, audit->arena, arena_strdup (audit->arena, id)) = life;
    }
    return life;
}

/* ---- orders */

static void
s_take_order (paths_t *self, audit_t *audit, const bus_event_t *event, const work_order_state_changed_t *changed)
{
    life_t *life = s_life (&self->orders, audit, changed->work_order_id);
    const ProtobufCEnumDescriptor *states = &work_order_state_descriptor;
    audit_count (audit, "I3", 1);
    if (life->state != (int) changed->from_state)
        audit_find (audit, "I3", "work order %s was %s, and changed from %s in sequence %lld",
            changed->work_order_id,
                    show_enum (audit->arena, states, life->state), show_enum (audit->arena, states,
                    (int) changed->from_state),
                    (long long) event->sequence);
    else if (!s_is_step (s_order_steps, (int) changed->from_state, (int) changed->state))
        audit_find (audit, "I3", "work order %s went from %s to %s in sequence %lld, which it may not",
            changed->work_order_id,
                    show_enum (audit->arena, states, (int) changed->from_state), show_enum (audit->arena, states,
                    (int) changed->state),
                    (long long) event->sequence);
    life->state = (int) changed->state;
}

/* ---- visits: each event means a state */

static int
s_visit_state (const bus_event_t *event, const ProtobufCMessage *message)
{
    static const struct { const ProtobufCMessageDescriptor *type; int state; } meanings [] = {
        { &visit_proposed_descriptor, VISIT_STATE_PROPOSED },
        { &visit_offered_descriptor, VISIT_STATE_OFFERED },
        { &visit_accepted_descriptor, VISIT_STATE_ACCEPTED },
        { &visit_travel_started_descriptor, VISIT_STATE_TRAVELLING },
        { &visit_arrived_descriptor, VISIT_STATE_ON_SITE },
        { &visit_work_started_descriptor, VISIT_STATE_WORKING },
        { &visit_work_paused_descriptor, VISIT_STATE_PAUSED },
        { &visit_finished_descriptor, VISIT_STATE_FINISHED },
        { &service_report_signed_descriptor, VISIT_STATE_REPORTED },
    };
    if (message->descriptor == &visit_ended_descriptor)
        return (int) ((const visit_ended_t *) message)->state;
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (strcmp (meanings [i].type->name, event->type) == 0)
            return meanings [i].state;
    return 0;
}

static void
s_take_visit (paths_t *self, audit_t *audit, const bus_event_t *event, const ProtobufCMessage *message, int state)
{
    const char *id = message->descriptor == &service_report_signed_descriptor
        ? ((const service_report_signed_t *) message)->visit_id
                                                                               : event->subject;
    life_t *life = s_life (&self->visits, audit, id);
    audit_count (audit, "I3", 1);
    if (!s_is_step (s_visit_steps, life->state, state))
        audit_find (audit, "I3", "visit %s went from %s to %s in sequence %lld, which it may not", id,
                    show_enum (audit->arena, &visit_state_descriptor, life->state), show_enum (audit->arena,
                    &visit_state_descriptor, state),
                    (long long) event->sequence);
    life->state = state;
}

void
paths_take (paths_t *self, audit_t *audit, const bus_event_t *event, const ProtobufCMessage *message)
{
    if (message->descriptor == &work_order_created_descriptor)
        s_life (&self->orders, audit, event->subject)->state = WORK_ORDER_STATE_UNSCHEDULED;
    else if (message->descriptor == &work_order_state_changed_descriptor)
        s_take_order (self, audit, event, (const work_order_state_changed_t *) message);
    else if (s_visit_state (event, message))
        s_take_visit (self, audit, event, message, s_visit_state (event, message));
}

/* ---- where they ended */

/* A visit with work left says "signed" like one that is done. */
static bool
s_is_same (int said, int stored)
{
    return said == stored || (said == VISIT_STATE_REPORTED && stored == VISIT_STATE_PARTIAL);
}

static void
s_compare (audit_t *audit, const map_t *lives, const char *noun, const ProtobufCEnumDescriptor *states,
    const char *sql)
{
    PGresult *rows = audit_query (audit, sql);
    for (int i = 0; rows && i < DB_ROWS (rows); i++) {
        const life_t *life = map_get (lives, DB_VALUE (rows, i, 0));
        int stored = (int) strtol (DB_VALUE (rows, i, 1), NULL, 10), said = life ? life->state : 0;
        if (!s_is_same (said, stored))
            audit_find (audit, "I3", "%s %s is %s, but its events leave it %s", noun, DB_VALUE (rows, i, 0),
                        show_enum (audit->arena, states, stored), said ? show_enum (audit->arena, states,
                        said) : "unsaid");
    }
    audit_count (audit, "I3", rows ? DB_ROWS (rows) : 0);
    DB_FREE (rows);
}

void
paths_compare (paths_t *self, audit_t *audit)
{
    s_compare (audit, &self->orders, "work order", &work_order_state_descriptor,
        "select id, state from dispatcher.work_order");
    s_compare (audit, &self->visits, "visit", &visit_state_descriptor, "select id, state from dispatcher.visit");
}
