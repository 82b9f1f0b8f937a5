/* invariant_log - I11: every event is in the outbox once and in order, every consumer has applied all of them;
 * I14: nothing that can not be handled is lost, and nothing that can be is buried. */
#include "invariant.h"
#include <string.h>

static struct {
    map_t ids;
    int64_t last [SIM_SERVICES], epoch [SIM_SERVICES];
    int letters [SIM_SERVICES];
} s_log;

static void
s_begin (sim_t *sim)
{
    (void) sim;
    memset (&s_log, 0, sizeof s_log);
}

bool invariant_is_event (const char *id) { return map_get (&s_log.ids, id) != NULL; }

static void
s_event (sim_t *sim, const sim_commit_t *commit, const bus_event_t *event, const ProtobufCMessage *body)
{
    sim_service_t service = commit->service;
    const char *name = sim_service_name (service);
    (void) body;
    if (event->sequence != s_log.last [service] + 1)
        sim_fail (sim, "I11", "%s says sequence %lld after %lld", name, (long long) event->sequence,
            (long long) s_log.last [service]);
    if (strcmp (event->source, name) != 0)
        sim_fail (sim, "I11", "%s says sequence %lld in the name of %s", name, (long long) event->sequence,
            event->source);
    if (event->epoch < s_log.epoch [service])
        sim_fail (sim, "I11", "sequence %lld of %s is of epoch %lld, though epoch %lld has spoken before",
            (long long) event->sequence, name, (long long) event->epoch, (long long) s_log.epoch [service]);
    void **slot = map_at (&s_log.ids, invariant_arena (), event->id);
    if (*slot)
        sim_fail (sim, "I11", "sequence %lld of %s has the id %s of another event", (long long) event->sequence, name,
            event->id);
    *slot = &s_log;
    s_log.last [service] = event->sequence;
    s_log.epoch [service] = event->epoch;
}

static void
s_commit (sim_t *sim, const sim_commit_t *commit)
{
    if (sim_head (sim, commit->service) != s_log.last [commit->service])
        sim_fail (sim, "I11", "%s has committed up to sequence %lld and said %lld",
            sim_service_name (commit->service), (long long) sim_head (sim, commit->service),
            (long long) s_log.last [commit->service]);
}

static void
s_cursors (sim_t *sim, sim_service_t consumer)
{
    for (sim_service_t publisher = 0; publisher < SIM_SERVICES; publisher++) {
        int64_t cursor = sim_cursor (sim, consumer, publisher), head = sim_head (sim, publisher);
        if (cursor >= 0 && cursor != head)
            sim_fail (sim, "I11", "%s is at %lld of the %lld events of %s, and nothing moves any more",
                sim_service_name (consumer), (long long) cursor, (long long) head, sim_service_name (publisher));
    }
}

/* What is said by our own services can be handled by them; what others have spoilt must have bytes and a reason. */
static void
s_letter (sim_t *sim, sim_service_t service, const sim_letter_t *letter)
{
    sim_service_t source = is_empty (letter->source) ? SIM_SERVICES : sim_service (letter->source);
    const bus_event_t *event = source < SIM_SERVICES && letter->sequence > 0
        && letter->sequence <= sim_head (sim, source) ? sim_event (sim, source, letter->sequence) : NULL;
    if (is_empty (letter->reason))
        sim_fail (sim, "I14", "%s has buried %s %s without a reason", sim_service_name (service), letter->origin,
            letter->message_id);
    if (event && strcmp (event->id, letter->message_id) == 0 && letter->body.size == event->data.len
        && memcmp (letter->body.data, event->data.data, event->data.len) == 0)
        sim_fail (sim, "I14", "%s has buried %s, sequence %lld of %s, which nobody has spoilt: %s",
            sim_service_name (service), letter->type, (long long) letter->sequence, letter->source, letter->reason);
    if (strcmp (letter->origin, "event") != 0 && strcmp (letter->state, "done") != 0)
        sim_fail (sim, "I14", "%s has buried a %s of its own, %s: %s", sim_service_name (service), letter->origin,
            letter->type, letter->reason);
}

static void
s_quiet (sim_t *sim)
{
    for (sim_service_t service = 0; service < SIM_SERVICES; service++) {
        s_cursors (sim, service);
        int count = sim_letter_count (sim, service);
        if (count < s_log.letters [service])
            sim_fail (sim, "I14", "%s had %d dead letters and has %d now", sim_service_name (service),
                s_log.letters [service], count);
        for (int i = s_log.letters [service]; i < count; i++)
            s_letter (sim, service, sim_letter (sim, service, i));
        s_log.letters [service] = count;
    }
}

const page_t invariant_log = { .begin = s_begin, .event = s_event, .commit = s_commit, .quiet = s_quiet };
