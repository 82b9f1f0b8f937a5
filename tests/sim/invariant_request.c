/* invariant_request - I1: a request is accepted once, and each wish leads to its answer exactly once; I2: nothing is
 * done without a cause. */
#include "invariant.h"
#include <stdio.h>
#include <string.h>

/* Each event of the first type leads to exactly one of the others, which names it as its cause. */
static const struct { const ProtobufCMessageDescriptor *asked, *answers [2]; } s_answers [] = {
    { &visit_proposed_descriptor, { &booking_held_descriptor, &booking_refused_descriptor } },
    { &visit_accepted_descriptor, { &booking_confirmed_descriptor, &booking_refused_descriptor } },
    { &work_order_requested_descriptor, { &work_order_created_descriptor, NULL } },
    { &occurrence_generated_descriptor, { &work_order_created_descriptor, NULL } },
};
enum { ANSWERS = sizeof s_answers / sizeof *s_answers };

typedef struct { int rule, answered; const char *subject; } asked_t;

static struct {
    map_t accepted, messages;       /* request -> times; "<channel> <external id>" -> times */
    map_t requested, generated;     /* request, occurrence -> times */
    map_t asked;                    /* id of an event -> asked_t */
    map_t open_orders;              /* request -> id of the order that is open for it */
    map_t unknown;                  /* requests that nobody has looked for in the others' tables yet */
    asked_t **pending;
    int pending_count, pending_capacity;
} s_flow;

static void
s_begin (sim_t *sim)
{
    (void) sim;
    memset (&s_flow, 0, sizeof s_flow);
}

/* ---- I1: once */

static void
s_accepted (sim_t *sim, const service_request_accepted_t *accepted)
{
    if (++*invariant_number (&s_flow.accepted, accepted->request_id) > 1)
        sim_fail (sim, "I1", "request %s was accepted twice", accepted->request_id);
    *invariant_number (&s_flow.unknown, accepted->request_id) = 1;
    if (is_empty (accepted->external_id))
        return;
    char key [300];
    snprintf (key, sizeof key, "%d %s", (int) accepted->channel, accepted->external_id);
    if (++*invariant_number (&s_flow.messages, key) > 1)
        sim_fail (sim, "I1", "message %s of channel %s became two requests, the second is %s", accepted->external_id,
            enum_name (&channel_descriptor, (int) accepted->channel), accepted->request_id);
}

bool
invariant_is_message (int channel, const char *external_id)
{
    char key [300];
    snprintf (key, sizeof key, "%d %s", channel, external_id);
    return map_get (&s_flow.messages, key) != NULL;
}

static void
s_asked (const bus_event_t *event, int rule)
{
    asked_t *asked = invariant_thing (&s_flow.asked, event->id, sizeof *asked);
    *asked = (asked_t) { .rule = rule, .subject = event->subject };
    if (s_flow.pending_count == s_flow.pending_capacity) {
        s_flow.pending_capacity = s_flow.pending_capacity ? 2 * s_flow.pending_capacity : 64;
        asked_t **longer = arena_array (invariant_arena (), (size_t) s_flow.pending_capacity, sizeof *longer);
        if (s_flow.pending_count)
            memcpy (longer, s_flow.pending, (size_t) s_flow.pending_count * sizeof *longer);
        s_flow.pending = longer;
    }
    s_flow.pending [s_flow.pending_count++] = asked;
}

static void
s_answered (sim_t *sim, const bus_event_t *event, const ProtobufCMessage *body)
{
    asked_t *asked = map_get (&s_flow.asked, event->causation_id);
    if (!asked || (body->descriptor != s_answers [asked->rule].answers [0]
        && body->descriptor != s_answers [asked->rule].answers [1]))
        return;
    if (++asked->answered > 1)
        sim_fail (sim, "I1", "%s of %s (%s) led to %s a second time", s_answers [asked->rule].asked->short_name,
            asked->subject, event->causation_id, body->descriptor->short_name);
}

/* ---- I2: because */

static void
s_created (sim_t *sim, const bus_event_t *event, const work_order_created_t *created)
{
    if (!is_empty (created->request_id) && !map_get (&s_flow.accepted, created->request_id))
        sim_fail (sim, "I2", "work order %s is for request %s, which was never accepted", created->work_order_id,
            created->request_id);
    if (!is_empty (created->occurrence_id) && !map_get (&s_flow.generated, created->occurrence_id))
        sim_fail (sim, "I2", "work order %s is for occurrence %s, which was never generated", created->work_order_id,
            created->occurrence_id);
    if (is_empty (event->causation_id) || (!invariant_is_event (event->causation_id)
        && strncmp (event->causation_id, "c-", 2) != 0))
        sim_fail (sim, "I2", "work order %s was caused by \"%s\", which is neither an event nor a command",
            created->work_order_id, event->causation_id);
    if (is_empty (event->correlation_id))
        sim_fail (sim, "I2", "work order %s belongs to no story", created->work_order_id);
}

/* A subcontractor's time is its own: nothing is held for it. */
static bool
s_is_of_provider (const ProtobufCMessage *body)
{
    return (IS (body, visit_proposed) && !is_empty (((const visit_proposed_t *) body)->provider_id))
        || (IS (body, visit_accepted) && !is_empty (((const visit_accepted_t *) body)->provider_id));
}

static void
s_event (sim_t *sim, const sim_commit_t *commit, const bus_event_t *event, const ProtobufCMessage *body)
{
    (void) commit;
    if (IS (body, service_request_accepted))
        s_accepted (sim, (const service_request_accepted_t *) body);
    else if (IS (body, work_order_created))
        s_created (sim, event, (const work_order_created_t *) body);
    else if (IS (body, occurrence_generated) && ++*invariant_number (&s_flow.generated, event->subject) > 1)
        sim_fail (sim, "I1", "occurrence %s was generated twice", event->subject);
    for (int i = 0; i < ANSWERS; i++)
        if (body->descriptor == s_answers [i].asked && !s_is_of_provider (body))
            s_asked (event, i);
    s_answered (sim, event, body);
}

/* One open order at a time for a request. */
static void
s_row (sim_t *sim, const sim_commit_t *commit, const sim_change_t *change)
{
    const entity_t *entity = change->entity;
    if (commit->service != SIM_DISPATCHER || strcmp (entity->name, "work_order") != 0 || !change->after)
        return;
    const char *was = change->before ? sim_text (entity, change->before, "open_request_id") : "";
    const char *is = sim_text (entity, change->after, "open_request_id"), *id = entity_key (entity, change->after);
    if (strcmp (was, is) == 0)
        return;
    char **slot = is_empty (was) ? NULL : invariant_thing (&s_flow.open_orders, was, sizeof *slot);
    if (slot && *slot && strcmp (*slot, id) == 0)
        *slot = NULL;
    if (is_empty (is))
        return;
    slot = invariant_thing (&s_flow.open_orders, is, sizeof *slot);
    if (*slot)
        sim_fail (sim, "I1", "request %s has two open work orders, %s and %s", is, *slot, id);
    *slot = arena_strdup (invariant_arena (), id);
}

/* ---- quiet: nothing is outstanding */

static void
s_look_for (sim_t *sim, const char *request_id, void *value)
{
    int64_t *is_unknown = value;
    if (!*is_unknown)
        return;
    *is_unknown = 0;
    if (!sim_row (sim, sim_entity (sim, SIM_BILLING, "entitlement"), request_id))
        sim_fail (sim, "I1", "billing knows nothing of request %s", request_id);
    if (!sim_row (sim, sim_entity (sim, SIM_SLA_WATCHDOG, "sla_case"), request_id))
        sim_fail (sim, "I1", "the sla-watchdog knows nothing of request %s", request_id);
    if (!sim_row (sim, sim_entity (sim, SIM_INTAKE, "service_request"), request_id))
        sim_fail (sim, "I1", "request %s was accepted, and is in no table", request_id);
}

static void
s_quiet (sim_t *sim)
{
    for (int i = 0; i < s_flow.pending_count; i++)
        if (!s_flow.pending [i]->answered)
            sim_fail (sim, "I1", "%s of %s led to nothing",
                s_answers [s_flow.pending [i]->rule].asked->short_name, s_flow.pending [i]->subject);
    s_flow.pending_count = 0;
    invariant_each (&s_flow.unknown, s_look_for, sim);
    memset (&s_flow.unknown, 0, sizeof s_flow.unknown);
}

const page_t invariant_request = { .begin = s_begin, .event = s_event, .row = s_row, .quiet = s_quiet };
