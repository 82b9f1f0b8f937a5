/* notice.c - an event becomes messages, now or when what it speaks of is known.
 *
 * Events of different publishers come in any order relative to each other: after a pause the
 * notifier may hear of a visit before it hears of the site. Such an event waits for that row, but
 * not for ever: late news is better than none. */
#include "notifier.h"
#include <string.h>

enum { AWAIT_MS = 2 * 60 * 1000 };

ENTITY_TABLE (awaited, AWAITED_FIELDS, "waits_for");

/* People are told of the end of a visit only when it was cancelled, and only who knew of the visit. */
static bool
s_ended_concerns (const facts_t *facts, const visit_ended_t *ended, const char *audience)
{
    bool is_customer = strcmp (audience, AUDIENCE_CUSTOMER) == 0;
    return ended->state == VISIT_STATE_CANCELLED && facts->visit && !(is_customer && ended->is_moved)
        && (facts->visit->is_accepted || !is_customer);
}

/* Of a visit that moves the customer hears once, by VisitMoved; the engineer when it stays his, else he has been asked
 * or is told that it is gone. */
static bool
s_concerns (const facts_t *facts, const char *audience)
{
    const ProtobufCMessage *event = facts->event;
    if (event->descriptor == &visit_accepted_descriptor)
        return is_empty (((const visit_accepted_t *) event)->replaces_visit_id);
    if (event->descriptor == &visit_moved_descriptor && strcmp (audience, AUDIENCE_ENGINEER) == 0)
        return strcmp (((const visit_moved_t *) event)->engineer_id,
            ((const visit_moved_t *) event)->from_engineer_id) == 0;
    return event->descriptor != &visit_ended_descriptor
        || s_ended_concerns (facts, (const visit_ended_t *) event, audience);
}

static void
s_tell (tx_t *tx, const facts_t *facts)
{
    for (int i = 0; facts->topic->audiences [i]; i++) {
        if (!s_concerns (facts, facts->topic->audiences [i]))
            continue;
        recipients_t all = recipient_all (tx, facts, facts->topic->audiences [i]);
        for (int person = 0; person < all.count; person++)
            message_queue (tx, facts, &all.people [person]);
    }
}

static void
s_await (tx_t *tx, const facts_t *facts, const char *wanted)
{
    awaited_t *row = tx_need (tx, awaited, facts->event_id);
    row->waits_for = tx_printf (tx, "%s", wanted);
    row->type = tx_printf (tx, "%s", facts->topic->type->name);
    row->data = tx_pack (tx, facts->event);
    row->correlation_id = tx_correlation (tx);
    row->until_at = tx_now (tx) + AWAIT_MS;
    tx_timer_set (tx, "awaited", row->id, row->until_at);
}

void
on_event (tx_t *tx, const ProtobufCMessage *event)
{
    webhook_publish (tx, event);
    facts_t facts = { .topic = topic_find (event->descriptor->name),
        .event = event,
        .event_id = tx_message_id (tx) };
    if (!facts.topic)
        return;
    char *wanted = facts_gather (tx, &facts);
    if (wanted)
        s_await (tx, &facts, wanted);
    else
        s_tell (tx, &facts);
}

void
on_packed_event (tx_t *tx, const packed_event_t *event)
{
    if (topic_find (event->type->name) || webhook_is_wanted (tx, event->type->name))
        on_event (tx, tx_open (tx, event));
}

static void
s_forget (tx_t *tx, awaited_t *row)
{
    tx_timer_clear (tx, "awaited", row->id);
    tx_delete (tx, awaited, row);
}

/* Tells of an event that waited, or lets it wait for the next thing it lacks. */
void
on_awaited (tx_t *tx, const wakeup_t *wakeup)
{
    awaited_t *row = tx_get (tx, awaited, wakeup->id);
    if (!row)
        return;
    const ProtobufCMessageDescriptor *type = registry_find (row->type);
    facts_t facts = { .topic = topic_find (row->type), .event_id = row->id };
    if (!type || !facts.topic)
        return s_forget (tx, row);
    facts.event = tx_unpack_message (tx, type, row->data);
    char *wanted = facts_gather (tx, &facts);
    if (wanted && tx_now (tx) < row->until_at) {
        row->waits_for = wanted;
        tx_timer_set (tx, "awaited", row->id, row->until_at);
        return;
    }
    tx_correlate (tx, row->correlation_id);
    s_tell (tx, &facts);
    s_forget (tx, row);
}

/* Each in a turn step of its own: a thousand events that waited for one site must not become one
 * handler. */
void
notice_resume (tx_t *tx, const char *noun, const char *id)
{
    EACH (awaited, row, tx_find (tx, awaited, waits_for, tx_printf (tx, "%s:%s", noun, id)))
        tx_timer_set (tx, "awaited", row->id, tx_now (tx));
}
