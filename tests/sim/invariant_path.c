/* invariant_path - I3: what the dispatcher and intake say of an order, a visit and a request is a path of the published
 * graph, and the row is where the path has led. */
#include "invariant.h"
#include <string.h>

typedef struct { int from, to; } step_t;

#define ORDER(from, to)   { WORK_ORDER_STATE_##from, WORK_ORDER_STATE_##to }
#define VISIT(from, to)   { VISIT_STATE_##from, VISIT_STATE_##to }
#define REQUEST(from, to) { REQUEST_STATE_##from, REQUEST_STATE_##to }

static const step_t s_order_steps [] = {
    ORDER (UNSCHEDULED, SCHEDULED), ORDER (UNSCHEDULED, CANCELLED), ORDER (SCHEDULED, UNSCHEDULED),
    ORDER (SCHEDULED, IN_PROGRESS), ORDER (SCHEDULED, CANCELLED), ORDER (IN_PROGRESS, ON_HOLD),
    ORDER (IN_PROGRESS, COMPLETED), ORDER (IN_PROGRESS, UNSCHEDULED), ORDER (IN_PROGRESS, SCHEDULED),
    ORDER (IN_PROGRESS, CANCELLED), ORDER (ON_HOLD, IN_PROGRESS), ORDER (ON_HOLD, UNSCHEDULED),
    ORDER (ON_HOLD, CANCELLED), ORDER (COMPLETED, POSTED), ORDER (POSTED, CLOSED), { 0, 0 } };

static const step_t s_visit_steps [] = {
    VISIT (UNSPECIFIED, PROPOSED), VISIT (PROPOSED, OFFERED), VISIT (OFFERED, ACCEPTED), VISIT (PROPOSED, ACCEPTED),
    VISIT (ACCEPTED, TRAVELLING), VISIT (ACCEPTED, ON_SITE), VISIT (TRAVELLING, ON_SITE), VISIT (ON_SITE, WORKING),
    VISIT (PAUSED, WORKING), VISIT (WORKING, PAUSED), VISIT (WORKING, FINISHED), VISIT (PAUSED, FINISHED),
    VISIT (FINISHED, REPORTED), VISIT (OFFERED, REJECTED), VISIT (OFFERED, EXPIRED), VISIT (TRAVELLING, NO_ACCESS),
    VISIT (ON_SITE, NO_ACCESS), VISIT (PROPOSED, CANCELLED), VISIT (OFFERED, CANCELLED), VISIT (ACCEPTED, CANCELLED),
    VISIT (TRAVELLING, CANCELLED), VISIT (ON_SITE, CANCELLED), VISIT (WORKING, CANCELLED), VISIT (PAUSED, CANCELLED),
    VISIT (PROPOSED, LOST), VISIT (OFFERED, LOST), { 0, 0 } };

static const step_t s_request_steps [] = {
    REQUEST (UNSPECIFIED, OPEN), REQUEST (OPEN, RESOLVED), REQUEST (OPEN, CANCELLED), REQUEST (OPEN, MERGED),
    REQUEST (RESOLVED, CLOSED), REQUEST (RESOLVED, OPEN), REQUEST (CLOSED, OPEN), { 0, 0 } };

/* An event about a thing means a state. */
typedef struct { const ProtobufCMessageDescriptor *type; int state; } meaning_t;

static const meaning_t s_visit_meanings [] = {
    { &visit_proposed_descriptor, VISIT_STATE_PROPOSED }, { &visit_offered_descriptor, VISIT_STATE_OFFERED },
    { &visit_accepted_descriptor, VISIT_STATE_ACCEPTED },
    { &visit_travel_started_descriptor, VISIT_STATE_TRAVELLING }, { &visit_arrived_descriptor, VISIT_STATE_ON_SITE },
    { &visit_work_started_descriptor, VISIT_STATE_WORKING }, { &visit_work_paused_descriptor, VISIT_STATE_PAUSED },
    { &visit_finished_descriptor, VISIT_STATE_FINISHED }, { NULL, 0 } };

static const meaning_t s_request_meanings [] = {
    { &service_request_accepted_descriptor, REQUEST_STATE_OPEN },
    { &service_request_resolved_descriptor, REQUEST_STATE_RESOLVED },
    { &service_request_closed_descriptor, REQUEST_STATE_CLOSED },
    { &service_request_cancelled_descriptor, REQUEST_STATE_CANCELLED },
    { &service_request_merged_descriptor, REQUEST_STATE_MERGED },
    { &service_request_reopened_descriptor, REQUEST_STATE_OPEN }, { NULL, 0 } };

static struct { map_t orders, visits, requests; } s_path;

static void
s_begin (sim_t *sim)
{
    (void) sim;
    memset (&s_path, 0, sizeof s_path);
}

static int
s_meaning (const meaning_t *meanings, const ProtobufCMessage *body)
{
    for (; meanings->type; meanings++)
        if (meanings->type == body->descriptor)
            return meanings->state;
    return 0;
}

static void
s_walk (sim_t *sim, map_t *map, const char *noun, const char *id, const step_t *steps,
    const ProtobufCEnumDescriptor *states, int to)
{
    int64_t *state = invariant_number (map, id);
    for (const step_t *step = steps; step->to; step++)
        if (step->from == *state && step->to == to) {
            *state = to;
            return;
        }
    sim_fail (sim, "I3", "%s %s goes from %s to %s, which it may not", noun, id, enum_name (states, (int) *state),
        enum_name (states, to));
}

static void
s_order (sim_t *sim, const work_order_state_changed_t *changed)
{
    const int64_t *state = invariant_number (&s_path.orders, changed->work_order_id);
    if (*state != (int64_t) changed->from_state)
        sim_fail (sim, "I3", "work order %s was %s, and says it comes from %s", changed->work_order_id,
            enum_name (&work_order_state_descriptor, (int) *state),
            enum_name (&work_order_state_descriptor, (int) changed->from_state));
    s_walk (sim, &s_path.orders, "work order", changed->work_order_id, s_order_steps, &work_order_state_descriptor,
        (int) changed->state);
}

/* Visits that can only move together are proposed in one event. */
static void
s_moves (sim_t *sim, const moves_proposed_t *moves)
{
    for (size_t i = 0; i < moves->n_visits; i++)
        s_walk (sim, &s_path.visits, "visit", moves->visits [i]->visit_id, s_visit_steps, &visit_state_descriptor,
            VISIT_STATE_PROPOSED);
}

static void
s_event (sim_t *sim, const sim_commit_t *commit, const bus_event_t *event, const ProtobufCMessage *body)
{
    int state;
    if (commit->service == SIM_INTAKE) {
        if ((state = s_meaning (s_request_meanings, body)))
            s_walk (sim, &s_path.requests, "request", event->subject, s_request_steps,
                &request_state_descriptor, state);
    } else if (commit->service != SIM_DISPATCHER)
        return;
    else if (IS (body, work_order_created))
        *invariant_number (&s_path.orders, event->subject) = WORK_ORDER_STATE_UNSCHEDULED;
    else if (IS (body, work_order_state_changed))
        s_order (sim, (const work_order_state_changed_t *) body);
    else if (IS (body, moves_proposed))
        s_moves (sim, (const moves_proposed_t *) body);
    else if ((state = s_meaning (s_visit_meanings, body)))
        s_walk (sim, &s_path.visits, "visit", event->subject, s_visit_steps, &visit_state_descriptor, state);
    else if (IS (body, visit_ended))
        s_walk (sim, &s_path.visits, "visit", event->subject, s_visit_steps, &visit_state_descriptor,
            (int) ((const visit_ended_t *) body)->state);
    else if (IS (body, service_report_signed))
        s_walk (sim, &s_path.visits, "visit", ((const service_report_signed_t *) body)->visit_id, s_visit_steps,
            &visit_state_descriptor, VISIT_STATE_REPORTED);
}

/* A visit that leaves work says "signed" like one that is done. */
static void
s_row (sim_t *sim, const sim_commit_t *commit, const sim_change_t *change)
{
    const char *name = change->entity->name;
    bool is_visit = commit->service == SIM_DISPATCHER && strcmp (name, "visit") == 0;
    bool is_order = commit->service == SIM_DISPATCHER && strcmp (name, "work_order") == 0;
    bool is_request = commit->service == SIM_INTAKE && strcmp (name, "service_request") == 0;
    if (!change->after || (!is_visit && !is_order && !is_request))
        return;
    const char *id = entity_key (change->entity, change->after);
    int64_t stored = sim_int (change->entity, change->after, "state");
    int64_t said = *invariant_number (is_visit ? &s_path.visits : is_order ? &s_path.orders : &s_path.requests, id);
    if (stored != said && !(is_visit && said == VISIT_STATE_REPORTED && stored == VISIT_STATE_PARTIAL))
        sim_fail (sim, "I3", "%s %s is in state %lld, its events leave it in %lld", name, id, (long long) stored,
            (long long) said);
}

const page_t invariant_path = { .begin = s_begin, .event = s_event, .row = s_row };
