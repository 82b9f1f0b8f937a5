/* database - what is on disk of one service: rows, outbox, cursors, dead letters, the lease. Outlives processes. */
#include "world.h"
#include "check.h"
#include "wire.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEASE_MS = 8000, HEARD_MIN_MS = 3, HEARD_MAX_MS = 15 };

void
database_begin (sim_t *sim, sim_service_t service)
{
    database_t *self = &sim->databases [service];
    *self = (database_t) { .service = world_services [service], .rows = store_memory_new (world_services [service]) };
}

static bool
s_is_source (const handler_t *handler, const char *name)
{
    if (handler->kind != HANDLER_EVENT || strlen (handler->source) != strlen (name))
        return false;
    for (size_t i = 0; name [i]; i++)
        if (handler->source [i] != name [i] && !(handler->source [i] == '_' && name [i] == '-'))
            return false;
    return true;
}

bool
database_is_listening (sim_service_t consumer, sim_service_t publisher)
{
    static signed char known [SIM_SERVICES] [SIM_SERVICES];
    if (!known [consumer] [publisher]) {
        known [consumer] [publisher] = -1;
        for (const handler_t *h = world_services [consumer]->handlers; h->kind; h++)
            if (s_is_source (h, sim_service_name (publisher)))
                known [consumer] [publisher] = 1;
    }
    return known [consumer] [publisher] > 0;
}

/* ---- the lease */

/* Somebody who is alive and not paused has renewed it, though nobody saw it happen. */
static bool
s_is_renewed (const database_t *self)
{
    for (int s = 0; s < SIM_SERVICES; s++)
        for (int i = 0; i < INSTANCES; i++) {
            const process_t *process = &world->processes [s] [i];
            const db_t *db = process->serial ? process->loop->db : NULL;
            if (db && db->serial == self->backend && !process->is_paused)
                return true;
        }
    return self->renewed_at >= world->now - LEASE_MS;
}

static bool
s_is_connected (const database_t *self)
{
    for (int s = 0; s < SIM_SERVICES; s++)
        for (int i = 0; i < INSTANCES; i++) {
            const process_t *process = &world->processes [s] [i];
            const db_t *db = process->serial ? process->loop->db : NULL;
            if (db && db->serial == self->backend && !db->is_broken)
                return true;
        }
    return false;
}

bool
database_may_take (database_t *self, const char *holder)
{
    return !*self->holder || strcmp (self->holder, holder) == 0 || !s_is_connected (self) || !s_is_renewed (self);
}

/* ---- a commit */

typedef struct { database_t *database; sim_change_t *changes; int count, capacity; } changes_t;

static void
s_note_change (void *closure, table_t *table, change_t change, const void *row)
{
    changes_t *self = closure;
    if (self->count == self->capacity) {
        self->capacity = self->capacity ? self->capacity * 2 : 64;
        self->changes = realloc (self->changes, (size_t) self->capacity * sizeof *self->changes);
        check (self->changes);
    }
    self->changes [self->count++] = (sim_change_t) { table->entity,
        store_memory_get (self->database->rows, table->entity, entity_key (table->entity, row)),
        change == CHANGE_DELETE ? NULL : row };
}

/* What is there after the commit is the store's own copy. */
static void
s_look_after (changes_t *self)
{
    for (int i = 0; i < self->count; i++) {
        sim_change_t *change = &self->changes [i];
        if (change->after)
            change->after = store_memory_get (self->database->rows, change->entity,
                entity_key (change->entity, change->after));
    }
}

static void
s_keep_event (database_t *self, const bus_event_t *event)
{
    check (event->sequence == self->last_sequence + 1);
    if (self->last_sequence == self->event_capacity) {
        self->event_capacity = self->event_capacity ? self->event_capacity * 2 : 1024;
        self->events = realloc (self->events, (size_t) self->event_capacity * sizeof *self->events);
        check (self->events);
    }
    self->events [self->last_sequence++] = (bus_event_t *) event;
    world->result->events++;
    TELL ("%s says %s of %s", self->service->name, strrchr (event->type, '.') + 1, event->subject);
    int kind = fault_kind (event->type);
    if (kind >= 0)
        world->result->seen [kind]++;
}

static void
s_keep_segment (database_t *self, const segment_t *segment)
{
    if (self->run_count == self->run_capacity) {
        self->run_capacity = self->run_capacity ? self->run_capacity * 2 : 256;
        self->runs = realloc (self->runs, (size_t) self->run_capacity * sizeof *self->runs);
        check (self->runs);
    }
    blob_t kept = { (const uint8_t *) arena_copy (world->arena, segment->events.data, segment->events.size),
        segment->events.size };
    self->runs [self->run_count++] = (run_of_events_t) { segment->first_sequence, segment->last_sequence, kept };
    ProtobufCAllocator allocator = arena_protobuf (world->arena);
    bus_events_t *events = (bus_events_t *) protobuf_c_message_unpack (&bus_events_descriptor, &allocator, kept.size,
        kept.data);
    check (events);
    for (size_t i = 0; i < events->n_events; i++)
        s_keep_event (self, events->events [i]);
}

static void
s_keep_letter (database_t *self, const message_t *dead)
{
    arena_t *arena = world->arena;
    if (self->letter_count == self->letter_capacity) {
        self->letter_capacity = self->letter_capacity ? self->letter_capacity * 2 : 16;
        self->letters = realloc (self->letters, (size_t) self->letter_capacity * sizeof *self->letters);
        check (self->letters);
    }
    const char *source = dead->source ? dead->source : dead->actor;
    self->letters [self->letter_count] = (sim_letter_t) {
        .id = self->letter_count + 1, .origin = tx_origin_name (dead->origin), .sequence = dead->sequence,
        .source = arena_strdup (arena, source ? source : ""), .message_id = arena_strdup (arena, dead->id),
        .type = arena_strdup (arena, dead->type), .reason = arena_strdup (arena, dead->dead), .state = "dead",
        .body = { (const uint8_t *) arena_copy (arena, dead->raw.size ? (const void *) dead->raw.data : "",
            dead->raw.size), dead->raw.size } };
    self->letter_count++;
    TELL ("%s can not handle %s %s: %s", self->service->name, tx_origin_name (dead->origin), dead->type, dead->dead);
}

static void
s_hear (sim_t *sim, void *closure)
{
    database_t *self = closure;
    sim_service_t service = (sim_service_t) (self - sim->databases);
    arena_t *arena = arena_new ();
    sim->in_flight--;
    for (; self->heard < self->last_sequence && !sim->failed; self->heard++) {
        const bus_event_t *event = self->events [self->heard];
        company_heard (sim, service, event, sim_body (sim, event, arena));
        arena_reset (arena);
    }
    arena_destroy (&arena);
}

static void
s_let_hear (database_t *self)
{
    int64_t at = world->now + dice_between (&world->luck, HEARD_MIN_MS, HEARD_MAX_MS);
    self->heard_at = at > self->heard_at ? at : self->heard_at;
    world->in_flight++;
    world_at (self->heard_at, s_hear, self);
}

static void
s_apply (database_t *self, const turn_t *turn, const cursor_t *cursors)
{
    for (int i = 0; i < turn->segment_count; i++)
        s_keep_segment (self, &turn->segments [i]);
    memcpy (self->cursors, cursors, sizeof self->cursors);
    for (int i = 0; i < turn->dead_count; i++)
        s_keep_letter (self, turn->dead [i]);
    for (int i = 0; i < turn->retried_count; i++)
        self->letters [turn->retried [i] - 1].state = "retried";
    self->renewed_at = world->now;
}

/* Fenced and in sequence already: the connection has looked. */
store_result_t
database_commit (process_t *process, tx_t *tx, const turn_t *turn, const cursor_t *cursors)
{
    static changes_t changes;
    database_t *self = &world->databases [process->service];
    changes.database = self;
    changes.count = 0;
    tx_changes (tx, s_note_change, &changes);
    if (self->rows->commit (self->rows, tx, turn) != STORE_OK)
        return STORE_REFUSED;
    s_look_after (&changes);
    s_apply (self, turn, cursors);
    world->result->commits++;
    if (turn->last_sequence >= turn->first_sequence)
        s_let_hear (self);
    sim_commit_t commit = { process->service, tx->now, changes.changes, changes.count, turn->first_sequence,
        turn->last_sequence };
    process_t *current = world->current;
    invariant_step (world, &commit);
    world->current = current;
    return STORE_OK;
}
