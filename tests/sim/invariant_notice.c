/* invariant_notice - I10: everybody who is to hear of an event gets one message of it; the provider is given it once,
 * or it is known that nobody knows. */
#include "invariant.h"
#include <stdio.h>
#include <string.h>

enum { OUTCOME_SENT = 1, OUTCOME_UNKNOWN = 4, STATE_SENT = 3, STATE_FAILED = 4 };

typedef struct { char *event_id, *recipient_id, *topic; bool is_seen; } expected_t;
typedef struct { char *contacts [4]; int count; } people_t;

static struct {
    map_t keys, told, received;     /* effect key; "<event> <recipient>"; message -> times given to the provider */
    map_t people;                   /* site -> its contacts */
    map_t touched;                  /* messages that have changed since it was quiet */
    map_t again;                    /* message -> times that a person has wanted it to be tried again */
    expected_t *expected;
    int expected_count, expected_capacity;
} s_notice;

static void
s_begin (sim_t *sim)
{
    (void) sim;
    memset (&s_notice, 0, sizeof s_notice);
}

static void
s_expect (const bus_event_t *event, const char *recipient_id, const ProtobufCMessage *body)
{
    if (s_notice.expected_count == s_notice.expected_capacity) {
        s_notice.expected_capacity = s_notice.expected_capacity ? 2 * s_notice.expected_capacity : 64;
        expected_t *longer = arena_array (invariant_arena (), (size_t) s_notice.expected_capacity, sizeof *longer);
        if (s_notice.expected_count)
            memcpy (longer, s_notice.expected, (size_t) s_notice.expected_count * sizeof *longer);
        s_notice.expected = longer;
    }
    s_notice.expected [s_notice.expected_count++] = (expected_t) { .event_id = event->id,
        .recipient_id = arena_strdup (invariant_arena (), recipient_id),
        .topic = arena_strdup (invariant_arena (), body->descriptor->short_name) };
}

static void
s_contact (const contact_published_t *published)
{
    people_t *people = invariant_thing (&s_notice.people, published->details->site_id, sizeof *people);
    for (int i = 0; i < people->count; i++)
        if (strcmp (people->contacts [i], published->contact_id) == 0)
            return;
    if (people->count < 4)
        people->contacts [people->count++] = arena_strdup (invariant_arena (), published->contact_id);
}

static void
s_event (sim_t *sim, const sim_commit_t *commit, const bus_event_t *event, const ProtobufCMessage *body)
{
    (void) commit;
    if (IS (body, contact_published))
        s_contact ((const contact_published_t *) body);
    else if (IS (body, service_request_accepted)) {
        const people_t *people = map_get (&s_notice.people, ((const service_request_accepted_t *) body)->site_id);
        for (int i = 0; people && i < people->count; i++)
            s_expect (event, people->contacts [i], body);
    } else if (IS (body, visit_offered) && is_empty (((const visit_offered_t *) body)->provider_id))
        s_expect (event, ((const visit_offered_t *) body)->engineer_id, body);
    else if (IS (body, sla_escalated) && !is_empty (((const sla_escalated_t *) body)->person_id))
        s_expect (event, ((const sla_escalated_t *) body)->person_id, body);
    else if (IS (body, message_queued)) {
        const message_queued_t *queued = (const message_queued_t *) body;
        if (++*invariant_number (&s_notice.keys, queued->effect_key) > 1)
            sim_fail (sim, "I10", "two messages for %s, the second is %s to %s", queued->effect_key, queued->message_id,
                queued->recipient_id);
    }
}

static void
s_row (sim_t *sim, const sim_commit_t *commit, const sim_change_t *change)
{
    const entity_t *entity = change->entity;
    char key [200];
    if (commit->service != SIM_NOTIFIER || strcmp (entity->name, "message") != 0 || !change->after)
        return;
    *invariant_number (&s_notice.touched, entity_key (entity, change->after)) = 1;
    if (change->before)
        return;
    snprintf (key, sizeof key, "%s %s", sim_text (entity, change->after, "event_id"),
        sim_text (entity, change->after, "recipient_id"));
    if (++*invariant_number (&s_notice.told, key) > 1)
        sim_fail (sim, "I10", "%s is told twice of event %s", sim_text (entity, change->after, "recipient_id"),
            sim_text (entity, change->after, "event_id"));
}

void
invariant_received (sim_t *sim, const perform_delivery_t *delivery)
{
    (void) sim;
    ++*invariant_number (&s_notice.received, delivery->message_id);
}

void
invariant_retried (const char *message_id)
{
    ++*invariant_number (&s_notice.again, message_id);
}

/* ---- quiet */

typedef struct { int attempts, sent, maybe [16]; } tally_t;

static tally_t
s_attempts (sim_t *sim, const char *message_id)
{
    tally_t tally = { 0 };
    const entity_t *entity = sim_entity (sim, SIM_NOTIFIER, "attempt");
    char id [200];
    for (int n = 1; n < 400; n++) {
        snprintf (id, sizeof id, "%s:%d", message_id, n);
        const void *row = sim_row (sim, entity, id);
        if (!row)
            break;
        int64_t outcome = sim_int (entity, row, "outcome"), channel = sim_int (entity, row, "channel");
        tally.attempts++;
        tally.sent += outcome == OUTCOME_SENT;
        if (channel >= 0 && channel < 16)
            tally.maybe [channel] += outcome == OUTCOME_SENT || outcome == OUTCOME_UNKNOWN;
    }
    return tally;
}

static void
s_is_right (sim_t *sim, const char *id, void *value)
{
    int64_t *is_touched = value;
    const entity_t *entity = sim_entity (sim, SIM_NOTIFIER, "message");
    const void *row = *is_touched ? sim_row (sim, entity, id) : NULL;
    if (!row)
        return;
    *is_touched = 0;
    tally_t tally = s_attempts (sim, id);
    const int64_t *received = map_get (&s_notice.received, id), *again = map_get (&s_notice.again, id);
    int64_t state = sim_int (entity, row, "state"), given = received ? *received : 0;
    if (tally.attempts != sim_int (entity, row, "attempts"))
        sim_fail (sim, "I10", "message %s counts %lld attempts, there are %d", id,
            (long long) sim_int (entity, row, "attempts"), tally.attempts);
    if (tally.sent > 1 || (given > 1 && !sim_int (entity, row, "doubtful")))
        sim_fail (sim, "I10", "message %s was handed over %d times, the provider has it %lld times, and nobody doubts "
            "it", id, tally.sent, (long long) given);
    if (state == STATE_SENT && (!tally.sent || !given))
        sim_fail (sim, "I10", "message %s is sent, by %d attempts, and the provider has it %lld times", id, tally.sent,
            (long long) given);
    if (state == STATE_FAILED && is_empty (sim_text (entity, row, "error")))
        sim_fail (sim, "I10", "message %s failed without saying why", id);
    for (int channel = 0; channel < 16; channel++)
        if (channel != CHANNEL_EMAIL && channel != CHANNEL_WEBHOOK && tally.maybe [channel] > 1 + (again ? *again : 0))
            sim_fail (sim, "I10", "message %s was tried again on %s, where it may have arrived", id,
                enum_name (&channel_descriptor, channel));
}

static void
s_quiet (sim_t *sim)
{
    char key [200];
    for (int i = 0; i < s_notice.expected_count; i++) {
        const expected_t *expected = &s_notice.expected [i];
        snprintf (key, sizeof key, "%s %s", expected->event_id, expected->recipient_id);
        if (!map_get (&s_notice.told, key))
            sim_fail (sim, "I10", "%s was never told of %s %s", expected->recipient_id, expected->topic,
                expected->event_id);
    }
    s_notice.expected_count = 0;
    invariant_each (&s_notice.touched, s_is_right, sim);
}

const page_t invariant_notice = { .begin = s_begin, .event = s_event, .row = s_row, .quiet = s_quiet };
