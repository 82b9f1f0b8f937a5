/* invariant_answer - I1: a command is decided once, whatever becomes of its answers; what was accepted has happened
 * once, what was refused has not. */
#include "invariant.h"
#include "invariant_hours.h"
#include <stdio.h>
#include <string.h>

/* What an accepted command says exactly once. Others say nothing when nothing changes, or more. */
static const struct { const ProtobufCMessageDescriptor *command, *effect; } s_effects [] = {
    { &record_support_attempt_descriptor, &support_attempt_recorded_descriptor },
    { &cancel_service_request_descriptor, &service_request_cancelled_descriptor },
    { &confirm_service_request_descriptor, &service_request_closed_descriptor },
    { &reopen_service_request_descriptor, &service_request_reopened_descriptor },
    { &accept_visit_descriptor, &visit_accepted_descriptor },
    { &reject_visit_descriptor, &visit_ended_descriptor },
    { &report_no_access_descriptor, &visit_ended_descriptor },
    { &start_travel_descriptor, &visit_travel_started_descriptor },
    { &arrive_at_site_descriptor, &visit_arrived_descriptor },
    { &start_work_descriptor, &visit_work_started_descriptor },
    { &pause_work_descriptor, &visit_work_paused_descriptor },
    { &finish_work_descriptor, &visit_finished_descriptor },
    { &issue_service_report_descriptor, &service_report_issued_descriptor },
    { &sign_service_report_descriptor, &service_report_signed_descriptor },
    { &refuse_signature_descriptor, &service_report_signed_descriptor },
    { &record_time_entry_descriptor, &time_entry_recorded_descriptor },
};
enum { EFFECTS = sizeof s_effects / sizeof *s_effects };

static struct {
    map_t said;             /* "<command id> <event type>" -> times */
    map_t any;              /* command id -> events */
    map_t decided;          /* command id -> its status */
} s_answer;

static void
s_begin (sim_t *sim)
{
    (void) sim;
    memset (&s_answer, 0, sizeof s_answer);
}

static void
s_key (char key [200], const char *id, const ProtobufCMessageDescriptor *type)
{
    snprintf (key, 200, "%s %s", id, type->short_name);
}

/* Of one command several visits may end, and work before and after somebody else's entry is two of them. */
static bool
s_may_be_said_again (const ProtobufCMessage *body)
{
    return IS (body, visit_ended) || IS (body, time_entry_recorded);
}

static void
s_event (sim_t *sim, const sim_commit_t *commit, const bus_event_t *event, const ProtobufCMessage *body)
{
    char key [200];
    (void) commit;
    if (strncmp (event->causation_id, "c-", 2) != 0)
        return;
    s_key (key, event->causation_id, body->descriptor);
    int64_t times = ++*invariant_number (&s_answer.said, key);
    ++*invariant_number (&s_answer.any, event->causation_id);
    for (int i = 0; i < EFFECTS && times > 1; i++)
        if (s_effects [i].effect == body->descriptor && !s_may_be_said_again (body))
            sim_fail (sim, "I1", "command %s has said %s of %s %lld times", event->causation_id,
                body->descriptor->short_name, event->subject, (long long) times);
    const int64_t *status = map_get (&s_answer.decided, event->causation_id);
    if (status && *status == STATUS_REJECTED && !strstr (body->descriptor->short_name, "Rejected"))
        sim_fail (sim, "I1", "command %s was refused, and says %s of %s after that", event->causation_id,
            body->descriptor->short_name, event->subject);
}

static int64_t
s_said (const char *id, const ProtobufCMessageDescriptor *type)
{
    char key [200];
    s_key (key, id, type);
    const int64_t *times = map_get (&s_answer.said, key);
    return times ? *times : 0;
}

static void
s_check_effect (sim_t *sim, const sim_verdict_t *verdict)
{
    const ProtobufCMessageDescriptor *type = verdict->message->descriptor;
    const int64_t *any = map_get (&s_answer.any, verdict->id);
    if (verdict->status == STATUS_REJECTED && any && !s_said (verdict->id, &service_request_rejected_descriptor))
        sim_fail (sim, "I1", "%s %s was refused (%s), and has said %lld events", type->short_name, verdict->id,
            verdict->code, (long long) *any);
    for (int i = 0; i < EFFECTS && verdict->status == STATUS_ACCEPTED; i++)
        if (s_effects [i].command == type && s_said (verdict->id, s_effects [i].effect) == 0)
            sim_fail (sim, "I1", "%s %s was accepted, and has never said %s", type->short_name, verdict->id,
                s_effects [i].effect->short_name);
    const submit_service_request_t *submitted = type == &submit_service_request_descriptor
        && verdict->status == STATUS_ACCEPTED ? (const submit_service_request_t *) verdict->message : NULL;
    if (submitted && !invariant_is_message ((int) submitted->channel, submitted->external_id))
        sim_fail (sim, "I1", "%s was accepted as request %s, which is of another message", verdict->id,
            verdict->subject);
    if (submitted && !sim_row (sim, sim_entity (sim, SIM_INTAKE, "service_request"), verdict->subject))
        sim_fail (sim, "I1", "%s was accepted as request %s, which is not there", verdict->id, verdict->subject);
}

void
invariant_answered (sim_t *sim, const sim_verdict_t *verdict)
{
    int64_t *status = invariant_number (&s_answer.decided, verdict->id);
    if (*status)
        sim_fail (sim, "I1", "command %s is answered twice, with %lld and %d", verdict->id, (long long) *status,
            verdict->status);
    *status = verdict->status;
    if (IS (verdict->message, set_sla_deadline) && verdict->status == STATUS_ACCEPTED) {
        const set_sla_deadline_t *set = (const set_sla_deadline_t *) verdict->message;
        hours_fixed (set->case_id, set->milestone);
    }
    if (IS (verdict->message, retry_message) && verdict->status == STATUS_ACCEPTED)
        invariant_retried (((const retry_message_t *) verdict->message)->message_id);
    s_check_effect (sim, verdict);
}

const page_t invariant_answer = { .begin = s_begin, .event = s_event };
