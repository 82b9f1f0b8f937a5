/* look - what workload and invariants see: services, rows, events, dead letters. */
#include "world.h"
#include "check.h"
#include <stdio.h>
#include <string.h>

const char *
sim_service_name (sim_service_t service)
{
    return world_services [service]->name;
}

sim_service_t
sim_service (const char *name)
{
    int s = 0;
    while (s < SIM_SERVICES && strcmp (world_services [s]->name, name) != 0)
        s++;
    return (sim_service_t) s;
}

int64_t sim_now (const sim_t *sim) { return sim->now; }
int64_t sim_begins_at (const sim_t *sim) { return sim->begins_at; }
int64_t sim_ends_at (const sim_t *sim) { return sim->ends_at; }
arena_t *sim_arena (sim_t *sim) { return sim->arena; }
uint64_t sim_random (sim_t *sim) { return dice_roll (&sim->workload); }
int64_t sim_between (sim_t *sim, int64_t from, int64_t to) { return dice_between (&sim->workload, from, to); }

uint64_t
sim_chance (const sim_t *sim, const char *text)
{
    uint64_t hash = UINT64_C (14695981039346656037);
    for (const char *p = text; *p; p++)
        hash = (hash ^ (uint8_t) *p) * UINT64_C (1099511628211);
    return dice_roll (&(dice_t) { hash ^ (sim->options.seed * UINT64_C (0x9e3779b97f4a7c15)) });
}

void
sim_at (sim_t *sim, int64_t at, sim_deed_fn *deed, void *closure)
{
    (void) sim;
    world_at (at, deed, closure);
}

void
sim_fail (sim_t *sim, const char *invariant, const char *format, ...)
{
    if (sim->failed)
        return;
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (sim->result->sentence, sizeof sim->result->sentence, format, arguments);
    va_end (arguments);
    snprintf (sim->result->invariant, sizeof sim->result->invariant, "%s", invariant);
    sim->failed = sim->result->failed = true;
    TELL ("%s is broken: %s", invariant, sim->result->sentence);
}

/* ---- rows */

/* Answers to commands are an entity that all services share: here each has one that is known as its own. */
static entity_t s_replies [SIM_SERVICES];

const entity_t *
sim_entity (const sim_t *sim, sim_service_t service, const char *name)
{
    (void) sim;
    s_replies [service] = reply_entity;
    if (strcmp (name, reply_entity.name) == 0)
        return &s_replies [service];
    for (int i = 0; world_services [service]->entities [i]; i++)
        if (strcmp (world_services [service]->entities [i]->name, name) == 0)
            return world_services [service]->entities [i];
    fprintf (stderr, "%s has no entity \"%s\"\n", sim_service_name (service), name);
    check (!"the entity is one of the service's");
    return NULL;
}

static store_t *
s_rows (const sim_t *sim, const entity_t **entity_p)
{
    const entity_t *entity = *entity_p;
    if (entity >= s_replies && entity < s_replies + SIM_SERVICES) {
        *entity_p = &reply_entity;
        return sim->databases [entity - s_replies].rows;
    }
    for (int s = 0; s < SIM_SERVICES; s++)
        for (int i = 0; world_services [s]->entities [i]; i++)
            if (world_services [s]->entities [i] == entity)
                return sim->databases [s].rows;
    check (!"the entity is one of a service's");
    return NULL;
}

const void *
sim_row (const sim_t *sim, const entity_t *entity, const char *id)
{
    store_t *rows = s_rows (sim, &entity);
    return store_memory_get (rows, entity, id);
}

int
sim_row_count (const sim_t *sim, const entity_t *entity)
{
    store_t *rows = s_rows (sim, &entity);
    return store_memory_count (rows, entity);
}

const void *
sim_next (const sim_t *sim, const entity_t *entity, const void *after)
{
    store_t *rows = s_rows (sim, &entity);
    return store_memory_next (rows, entity, after ? entity_key (entity, after) : "");
}

static const field_t *
s_field (const entity_t *entity, const char *name)
{
    const field_t *field = entity_field (entity, name);
    if (!field)
        fprintf (stderr, "%s has no field \"%s\"\n", entity->name, name);
    check (field);
    return field;
}

const char *
sim_text (const entity_t *entity, const void *row, const char *field)
{
    const field_t *found = s_field (entity, field);
    check (found->kind == FIELD_text);
    return entity_text (found, row);
}

int64_t
sim_int (const entity_t *entity, const void *row, const char *field)
{
    const field_t *found = s_field (entity, field);
    const char *at = (const char *) row + found->offset;
    check (found->kind != FIELD_text && found->kind != FIELD_blob && found->kind != FIELD_real);
    return found->kind == FIELD_enum ? *(const int *) at : found->kind == FIELD_bool ? *(const bool *) at
        : *(const int64_t *) at;
}

blob_t
sim_blob (const entity_t *entity, const void *row, const char *field)
{
    const field_t *found = s_field (entity, field);
    check (found->kind == FIELD_blob);
    return *(const blob_t *) ((const char *) row + found->offset);
}

/* ---- events and letters */

int64_t sim_head (const sim_t *sim, sim_service_t publisher) { return sim->databases [publisher].last_sequence; }

/* Of the process that writes, if there is one: what only moved is saved a little later. */
int64_t
sim_cursor (const sim_t *sim, sim_service_t consumer, sim_service_t publisher)
{
    if (!database_is_listening (consumer, publisher))
        return -1;
    const process_t *process = process_writer (sim, consumer);
    char event_id [EVENT_ID_SIZE];
    if (process)
        return db_store_cursor (process->loop->store, sim_service_name (publisher), event_id);
    return sim->databases [consumer].cursors [publisher].sequence;
}

const bus_event_t *
sim_event (const sim_t *sim, sim_service_t publisher, int64_t sequence)
{
    check (sequence >= 1 && sequence <= sim->databases [publisher].last_sequence);
    return sim->databases [publisher].events [sequence - 1];
}

const ProtobufCMessage *
sim_body (const sim_t *sim, const bus_event_t *event, arena_t *arena)
{
    (void) sim;
    ProtobufCAllocator allocator = arena_protobuf (arena);
    const ProtobufCMessageDescriptor *type = fault_type (event->type);
    check (type);
    return protobuf_c_message_unpack (type, &allocator, event->data.len, event->data.data);
}

int sim_letter_count (const sim_t *sim, sim_service_t service) { return sim->databases [service].letter_count; }

const sim_letter_t *
sim_letter (const sim_t *sim, sim_service_t service, int i)
{
    return &sim->databases [service].letters [i];
}

void
sim_retry_letter (sim_t *sim, sim_service_t service, int i)
{
    if (strcmp (sim->databases [service].letters [i].state, "dead") == 0)
        sim->databases [service].letters [i].state = "retry";
}

int64_t sim_last_trouble_at (const sim_t *sim, sim_service_t service) { return sim->databases [service].trouble_at; }
