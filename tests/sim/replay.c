/* replay - I12: whoever reads all events again from the first one, into empty tables, comes to the same projections,
 * and nothing leaves the house. */
#include "world.h"
#include "check.h"
#include <string.h>

enum { BATCH = 200 };

/* Tables that are made of events alone. The others also hold what commands said, or what timers did. */
static const struct { sim_service_t service; const char *entity; } s_projections [] = {
    { SIM_NOTIFIER, "customer" },
};

typedef struct { sim_t *sim; engine_t engine; store_t *rows; int64_t at [SIM_SERVICES]; int effects; } reader_t;

static void
s_done (void *closure, const outcome_t *outcome)
{
    ((reader_t *) closure)->effects += outcome->tx->effect_count;
}

static message_t
s_message (reader_t *self, sim_service_t consumer, const bus_event_t *event)
{
    const handler_t *handler =
        loop_handler (world_services [consumer], HANDLER_EVENT, event->type, strlen (event->type));
    return (message_t) {
        .origin = ORIGIN_EVENT, .handler = handler, .source = event->source, .sequence = event->sequence,
        .id = event->id, .actor = event->actor, .correlation = event->correlation_id, .time = event->time,
        .traceparent = event->traceparent, .type = event->type, .raw = { event->data.data, event->data.len },
        .body = handler ? sim_body (self->sim, event, engine_arena (&self->engine)) : NULL };
}

/* Publishers in turn, some events of each: another order than it was. */
static int
s_gather (reader_t *self, sim_service_t consumer, message_t *messages)
{
    int count = 0;
    for (int p = 0; p < SIM_SERVICES && count < BATCH; p++) {
        if (!database_is_listening (consumer, (sim_service_t) p))
            continue;
        const database_t *from = &self->sim->databases [p];
        for (int i = 0; i < BATCH / SIM_SERVICES && self->at [p] < from->last_sequence; i++)
            messages [count++] = s_message (self, consumer, from->events [self->at [p]++]);
    }
    return count;
}

static void
s_compare (reader_t *self, sim_service_t consumer, const entity_t *entity)
{
    sim_t *sim = self->sim;
    store_t *was = sim->databases [consumer].rows;
    const void *row = NULL;
    while ((row = store_memory_next (was, entity, row ? entity_key (entity, row) : ""))) {
        const void *again = store_memory_get (self->rows, entity, entity_key (entity, row));
        if (!again || !entity_same (entity, row, again))
            return sim_fail (sim, "I12", "%s %s of %s is %s when all events are read again",
                entity->name, entity_key (entity, row), sim_service_name (consumer), again ? "another" : "not there");
    }
    if (store_memory_count (was, entity) != store_memory_count (self->rows, entity))
        sim_fail (sim, "I12", "%s has %d rows of %s, and %d when all events are read again",
            sim_service_name (consumer), store_memory_count (was, entity), entity->name,
            store_memory_count (self->rows, entity));
}

static void
s_check (sim_t *sim, sim_service_t consumer)
{
    reader_t self = { .sim = sim, .rows = store_memory_new (world_services [consumer]) };
    message_t messages [BATCH];
    bool storm = sim->is_storm;
    sim->is_storm = false;
    engine_init (&self.engine, world_services [consumer], self.rows, sim->options.seed | 1);
    for (int count; (count = s_gather (&self, consumer, messages)) > 0; engine_next (&self.engine))
        check (engine_turn (&self.engine, sim->now, messages, count, s_done, &self) == STORE_OK);
    sim->is_storm = storm;
    if (self.effects)
        sim_fail (sim, "I12", "%s begins %d effects when all events are read again", sim_service_name (consumer),
            self.effects);
    for (size_t i = 0; i < sizeof s_projections / sizeof *s_projections; i++)
        if (s_projections [i].service == consumer)
            s_compare (&self, consumer, sim_entity (sim, consumer, s_projections [i].entity));
    engine_free (&self.engine);
    store_memory_destroy (&self.rows);
}

void
replay_check (sim_t *sim)
{
    sim_service_t done = SIM_SERVICES;
    for (size_t i = 0; i < sizeof s_projections / sizeof *s_projections && !sim->failed; i++)
        if (s_projections [i].service != done)
            s_check (sim, done = s_projections [i].service);
}
