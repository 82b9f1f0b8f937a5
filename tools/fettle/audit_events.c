/* audit_events - every event that was ever said, read once: is the outbox whole, does each row have its event and
 * each event its row, and do the events that carry more than a row can tell hold true. */
#include "audit.h"
#include "bus.h"
#include "show.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_MAX = 200 };

/* Each row of the query has so many events of the type about it; and no event is about a row that is not there. */
typedef struct {
    const char *invariant;
    const ProtobufCMessageDescriptor *type;
    const char *rows;           /* of (id, how many) */
} expectation_t;

static const expectation_t s_expectations [] = {
    { "I1", &service_request_accepted_descriptor,
      "select id, 1 from intake.service_request" },
    { "I2", &work_order_created_descriptor,
      "select id, 1 from dispatcher.work_order" },
    { "I3", &visit_proposed_descriptor,
      "select id, 1 from dispatcher.visit" },
    { "I4", &stock_moved_descriptor,
      "select id, 1 from inventory.stock_move" },
    { "I5", &parts_settled_descriptor,
      "select id, 1 from inventory.work_order where settled" },
    { "I7", &invoice_issued_descriptor,
      "select id, 1 from billing.invoice" },
    { "I7", &work_order_posted_descriptor,
      "select id, 1 from billing.work_order where posted" },
    { "I8", &sla_breached_descriptor,
      "select clock_id, count (*) from sla_watchdog.threshold where said and percent = 100 group "
      "by 1" },
    { "I8", &sla_warned_descriptor,
      "select clock_id, count (*) from sla_watchdog.threshold where said and percent <> 100 group "
      "by 1" },
    { "I10", &message_sent_descriptor,
      "select id, 1 from notifier.message where state = 3 and audience <> 'webhook'" },
};

typedef struct {
    audit_t *audit;
    arena_t *page_arena;
    map_t ids;                  /* of events */
    map_t said [sizeof s_expectations / sizeof *s_expectations];    /* subject -> int * */
    map_t asked;                /* request -> an order was wanted */
    map_t causes;               /* work order -> cause_t: what made it */
    int64_t answered_from;      /* answers to older commands may have been removed */
    map_t totals;               /* invoice -> its event's total */
    paths_t paths;
    int64_t expected;           /* next sequence of the service being read */
    int64_t lost;               /* events whose numbers were closed after a restore */
    PGresult *cursors;          /* of all consumers: who, of whom, where, on which event */
} reader_t;

typedef struct { const char *id; int64_t at; } cause_t;

static char s_seen;             /* any address: the key is known */

/* ---- one event */

static void
s_count_event (reader_t *self, const bus_event_t *event)
{
    for (size_t i = 0; i < sizeof s_expectations / sizeof *s_expectations; i++) {
        if (strcmp (s_expectations [i].type->name, event->type) != 0)
            continue;
        int *count = map_get (&self->said [i], event->subject);
        if (!count) {
            count = arena_alloc (self->audit->arena, sizeof *count);
            *map_at (&self->said [i], self->audit->arena, arena_strdup (self->audit->arena, event->subject)) = count;
        }
        ++*count;
    }
}

static void
s_remember (map_t *map, audit_t *audit, const char *key, void *value)
{
    if (!map_get (map, key))
        *map_at (map, audit->arena, arena_strdup (audit->arena, key)) = value;
}

static const dispatch_candidate_t *
s_winner (const dispatch_decided_t *decided)
{
    for (size_t i = 0; i < decided->n_candidates; i++)
        if (strcmp (decided->candidates [i]->engineer_id, decided->winner_id) == 0)
            return decided->candidates [i];
    return NULL;
}

/* A person may send somebody whom a rule refuses, with a reason. */
static void
s_check_decision (audit_t *audit, const dispatch_decided_t *decided)
{
    const dispatch_candidate_t *winner = s_winner (decided);
    audit_count (audit, "I6", 1);
    if (!winner)
        audit_find (audit, "I6", "visit %s was given to %s, who was never looked at", decided->visit_id,
            decided->winner_id);
    else if (winner->n_failed_rules && (!decided->manual || !*decided->override_reason))
        audit_find (audit, "I6", "visit %s was given to %s, whom rule %s refuses: needed %s, had %s",
            decided->visit_id,
                    decided->winner_id, winner->failed_rules [0]->rule, winner->failed_rules [0]->needed,
                    winner->failed_rules [0]->had);
}

static void
s_check_invoice (reader_t *self, const invoice_issued_t *issued)
{
    int64_t sum = 0, *total = arena_alloc (self->audit->arena, sizeof *total);
    for (size_t i = 0; i < issued->n_lines; i++)
        sum += issued->lines [i]->amount_minor;
    audit_count (self->audit, "I13", 1);
    if (sum != issued->total_minor)
        audit_find (self->audit, "I13", "invoice %s says %lld, its lines add up to %lld", issued->number,
            (long long) issued->total_minor,
                    (long long) sum);
    *total = issued->total_minor;
    s_remember (&self->totals, self->audit, issued->invoice_id, total);
}

static void
s_remember_cause (reader_t *self, const bus_event_t *event)
{
    cause_t *cause = arena_alloc (self->audit->arena, sizeof *cause);
    *cause = (cause_t) { arena_strdup (self->audit->arena, event->causation_id), event->recorded };
    s_remember (&self->causes, self->audit, event->subject, cause);
}

static void
s_take_message (reader_t *self, const bus_event_t *event, const ProtobufCMessage *message)
{
    audit_t *audit = self->audit;
    s_count_event (self, event);
    if (message->descriptor == &dispatch_decided_descriptor)
        s_check_decision (audit, (const dispatch_decided_t *) message);
    else if (message->descriptor == &invoice_issued_descriptor)
        s_check_invoice (self, (const invoice_issued_t *) message);
    else if (message->descriptor == &work_order_requested_descriptor)
        s_remember (&self->asked, audit, event->subject, &s_seen);
    else if (message->descriptor == &work_order_created_descriptor)
        s_remember_cause (self, event);
    if (strcmp (event->source, "dispatcher") == 0)
        paths_take (&self->paths, audit, event, message);
}

/* Visits that can only move together are proposed in one event: each of them is proposed all the same. */
static void
s_take_together (reader_t *self, const bus_event_t *event, const moves_proposed_t *moves)
{
    for (size_t i = 0; i < moves->n_visits; i++) {
        bus_event_t proposed = *event;
        proposed.type = (char *) visit_proposed_descriptor.name;
        proposed.subject = moves->visits [i]->visit_id;
        s_take_message (self, &proposed, &moves->visits [i]->base);
    }
}

/* Who has applied this number has applied this event. */
static void
s_check_cursors (reader_t *self, const char *service, const bus_event_t *event)
{
    bool is_lost = strcmp (event->type, bus_event_lost_descriptor.name) == 0;
    self->lost += is_lost;
    for (int i = 0; self->cursors && !is_lost && i < DB_ROWS (self->cursors); i++)
        if (strcmp (DB_VALUE (self->cursors, i, 1), service) == 0
            && strtoll (DB_VALUE (self->cursors, i, 2), NULL, 10) == event->sequence
            && strcmp (DB_VALUE (self->cursors, i, 3), event->id) != 0)
            audit_find (self->audit, "I11", "%s has applied another event %lld of %s than the one that is stored: "
                        "`fettle resync %s`", DB_VALUE (self->cursors, i, 0), (long long) event->sequence, service,
                        service);
}

static void
s_take (reader_t *self, const char *service, const bus_event_t *event)
{
    audit_t *audit = self->audit;
    audit_count (audit, "I11", 1);
    if (event->sequence != self->expected)
        audit_find (audit, "I11", "%s: event %s has sequence %lld where %lld is expected", service, event->id,
                    (long long) event->sequence, (long long) self->expected);
    self->expected = event->sequence + 1;
    if (strcmp (event->source, service) != 0)
        audit_find (audit, "I11", "%s: sequence %lld is of %s", service, (long long) event->sequence, event->source);
    if (map_get (&self->ids, event->id))
        audit_find (audit, "I11", "%s: sequence %lld has the id %s of another event", service,
            (long long) event->sequence, event->id);
    s_remember (&self->ids, audit, event->id, &s_seen);
    s_check_cursors (self, service, event);
    const ProtobufCMessage *message = show_open (self->page_arena, event->type, event->data.data, event->data.len);
    if (message) {
        s_take_message (self, event, message);
        if (message->descriptor == &moves_proposed_descriptor)
            s_take_together (self, event, (const moves_proposed_t *) message);
    } else if (registry_find (event->type))
        audit_find (audit, "I11", "%s: sequence %lld can not be read as %s", service, (long long) event->sequence,
            event->type);
}

/* ---- one segment */

/* How many stories the events belong to. */
static int
s_stories (reader_t *self, const bus_events_t *events)
{
    map_t stories = { 0 };
    for (size_t i = 0; i < events->n_events; i++)
        *map_at (&stories, self->page_arena, events->events [i]->correlation_id) = &s_seen;
    return (int) stories.count;
}

static void
s_take_segment (reader_t *self, const char *service, const PGresult *rows, int i, map_t *trails)
{
    audit_t *audit = self->audit;
    int64_t first = strtoll (DB_VALUE (rows, i, 0), NULL, 10), last = strtoll (DB_VALUE (rows, i, 1), NULL, 10);
    blob_t bytes = audit_bytes (self->page_arena, rows, i, 2);
    const bus_events_t *events = (const bus_events_t *) show_open (self->page_arena, bus_events_descriptor.name,
        bytes.data, bytes.size);
    self->expected = first;
    if (!events)
        return audit_find (audit, "I11", "%s: sequences %lld to %lld can not be read", service, (long long) first,
            (long long) last);
    if ((int64_t) events->n_events != last - first + 1)
        audit_find (audit, "I11", "%s: %zu events are stored as sequences %lld to %lld", service, events->n_events,
            (long long) first,
                    (long long) last);
    for (size_t e = 0; e < events->n_events; e++)
        s_take (self, service, events->events [e]);
    const char *in_trail = map_get (trails, DB_VALUE (rows, i, 1));
    int stories = s_stories (self, events), trailed = in_trail ? (int) strtol (in_trail, NULL, 10) : 0;
    if (stories != trailed)
        audit_find (audit, "I11", "%s: sequences %lld to %lld belong to %d stories, the trail knows %d", service,
            (long long) first,
                    (long long) last, stories, trailed);
}

/* How many stories lead to each segment of a schema, by the text of its last sequence. */
static map_t
s_trails (audit_t *audit, const char *schema)
{
    map_t trails = { 0 };
    PGresult *rows = audit_query (audit, arena_printf (audit->arena,
        "select last_sequence, count (*) from (select correlation_id, last_sequence from \"%s\".trail union "
        "select id, last_sequence from \"%s\".reply where last_sequence > 0) t group by 1", schema, schema));
    for (int i = 0; rows && i < DB_ROWS (rows); i++)
        s_remember (&trails, audit, DB_VALUE (rows, i, 0), arena_strdup (audit->arena, DB_VALUE (rows, i, 1)));
    DB_FREE (rows);
    return trails;
}

static void
s_read_service (reader_t *self, const char *service)
{
    char schema [64], after [32] = "0";
    int rows_read = PAGE_MAX;
    client_schema (service, schema);
    map_t trails = s_trails (self->audit, schema);
    while (rows_read == PAGE_MAX && !*self->audit->error) {
        arena_reset (self->page_arena);
        PGresult *rows = audit_query (self->audit, arena_printf (self->page_arena,
            "select first_sequence, last_sequence, "
            "encode (events, 'hex') from \"%s\".segment where last_sequence > %s order by last_sequence limit %d",
            schema, after, PAGE_MAX));
        rows_read = rows ? DB_ROWS (rows) : 0;
        for (int i = 0; i < rows_read; i++)
            s_take_segment (self, service, rows, i, &trails);
        if (rows_read)
            snprintf (after, sizeof after, "%s", DB_VALUE (rows, rows_read - 1, 1));
        DB_FREE (rows);
    }
}

/* An older program moves the number alone: then the id says nothing. */
static PGresult *
s_cursors (audit_t *audit)
{
    char *sql = "", schema [64];
    for (int i = 0; bus_services [i]; i++) {
        client_schema (bus_services [i], schema);
        sql = arena_printf (audit->arena, "%s%sselect '%s', source, sequence, event_id from \"%s\".cursor where "
                            "event_sequence = sequence and event_id <> ''", sql, i ? " union all " : "",
                            bus_services [i], schema);
    }
    return audit_query (audit, sql);
}

/* ---- after the last */

static void
s_expect (reader_t *self, const expectation_t *expectation, const map_t *said)
{
    audit_t *audit = self->audit;
    PGresult *rows = audit_wants (audit, expectation->invariant) ? audit_query (audit, expectation->rows) : NULL;
    const char *type = show_type (expectation->type->name);
    int found = 0;
    for (int i = 0; rows && i < DB_ROWS (rows); i++) {
        const int *count = map_get (said, DB_VALUE (rows, i, 0));
        int wanted = (int) strtol (DB_VALUE (rows, i, 1), NULL, 10), is = count ? *count : 0;
        found += count != NULL;
        if (is != wanted)
            audit_find (audit, expectation->invariant, "%s was said %d times of %s, which should be %d", type, is,
                DB_VALUE (rows, i, 0),
                        wanted);
    }
    if (rows && found < (int) said->count)
        audit_find (audit, expectation->invariant, "%s was said of %d things that are in no table", type,
            (int) said->count - found);
    DB_FREE (rows);
}

static bool
s_is_command (audit_t *audit, const char *id)
{
    const char *parameters [] = { id };
    PGresult *row = db_query (audit->db, "select 1 from dispatcher.reply where id = $1", 1, parameters);
    bool is_known = row && DB_ROWS (row) == 1;
    DB_FREE (row);
    return is_known;
}

static int64_t
s_answered_from (audit_t *audit)
{
    PGresult *row = audit_query (audit, "select (extract (epoch from before_at) * 1000)::bigint from "
                                 "dispatcher.pruning where id = 'answers'");
    int64_t at = row && DB_ROWS (row) == 1 ? strtoll (DB_VALUE (row, 0, 0), NULL, 10) : 0;
    DB_FREE (row);
    return at;
}

static void
s_check_causes (reader_t *self)
{
    int64_t forgotten = 0;
    for (uint32_t i = 0; i < self->causes.capacity; i++) {
        const map_slot_t *slot = &self->causes.slots [i];
        const cause_t *cause = slot->key ? slot->value : NULL;
        if (!cause || map_get (&self->ids, cause->id) || s_is_command (self->audit, cause->id))
            continue;
        forgotten += cause->at < self->answered_from;
        if (cause->at >= self->answered_from)
            audit_find (self->audit, "I2", "work order %s was caused by %s, which is neither an event nor a command",
                        slot->key, cause->id);
    }
    if (forgotten)
        audit_note (self->audit, "I2", "of %lld the command is older than the answers that `fettle prune` left",
                    (long long) forgotten);
}

static void
s_check_asked (reader_t *self)
{
    PGresult *rows = audit_query (self->audit, "select distinct request_id from dispatcher.work_order where "
        "request_id <> ''");
    map_t made = { 0 };
    for (int i = 0; rows && i < DB_ROWS (rows); i++)
        s_remember (&made, self->audit, DB_VALUE (rows, i, 0), &s_seen);
    for (uint32_t i = 0; rows && i < self->asked.capacity; i++)
        if (self->asked.slots [i].key && !map_get (&made, self->asked.slots [i].key))
            audit_find (self->audit, "I1", "request %s asked for a work order, and none was made",
                self->asked.slots [i].key);
    DB_FREE (rows);
}

static void
s_check_totals (reader_t *self)
{
    PGresult *rows = audit_query (self->audit, "select id, number, total_minor from billing.invoice");
    for (int i = 0; rows && i < DB_ROWS (rows); i++) {
        const int64_t *said = map_get (&self->totals, DB_VALUE (rows, i, 0));
        if (said && *said != strtoll (DB_VALUE (rows, i, 2), NULL, 10))
            audit_find (self->audit, "I13", "invoice %s was issued over %lld, the table says %s", DB_VALUE (rows, i,
                1), (long long) *said,
                        DB_VALUE (rows, i, 2));
    }
    DB_FREE (rows);
}

static void
s_check_contracts (reader_t *self)
{
    PGresult *rows = audit_query (self->audit, "select c.id, encode (c.details, 'hex'), coalesce (sum "
        "(i.amount_minor), 0) "
        "from billing.contract c left join billing.instalment i on i.contract_id = c.id group by c.id");
    for (int i = 0; rows && i < DB_ROWS (rows); i++) {
        blob_t bytes = audit_bytes (self->audit->arena, rows, i, 1);
        const contract_details_t *details = (const contract_details_t *) show_open (self->audit->arena,
            contract_details_descriptor.name,
            bytes.data, bytes.size);
        audit_count (self->audit, "I13", 1);
        if (details && details->value_minor != strtoll (DB_VALUE (rows, i, 2), NULL, 10))
            audit_find (self->audit, "I13", "contract %s is worth %lld, its instalments add up to %s",
                DB_VALUE (rows, i, 0),
                        (long long) details->value_minor, DB_VALUE (rows, i, 2));
    }
    DB_FREE (rows);
}

void
audit_events (audit_t *audit)
{
    reader_t self = { .audit = audit, .page_arena = arena_new (), .cursors = s_cursors (audit) };
    for (int i = 0; bus_services [i]; i++)
        s_read_service (&self, bus_services [i]);
    DB_FREE (self.cursors);
    self.answered_from = s_answered_from (audit);
    if (self.lost)
        audit_note (audit, "I11", "%lld events were lost when a service was restored", (long long) self.lost);
    for (size_t i = 0; i < sizeof s_expectations / sizeof *s_expectations; i++)
        s_expect (&self, &s_expectations [i], &self.said [i]);
    paths_compare (&self.paths, audit);
    s_check_causes (&self);
    s_check_asked (&self);
    s_check_totals (&self);
    s_check_contracts (&self);
    arena_destroy (&self.page_arena);
}
