/* replay - I12: whoever reads all events again from the first one, into empty tables, comes to the same projections,
 * and nothing leaves the house. */
#include "world.h"
#include "check.h"
#include <stdio.h>
#include <string.h>

enum { BATCH = 200 };

/* Tables that are made of events alone. The others also hold what commands said, or what timers did. */
static const char *const s_projections [SIM_SERVICES] = {
    [SIM_INTAKE] = "contract business_calendar",
    [SIM_DISPATCHER] = "customer territory site asset shift_calendar promise entitlement",
    [SIM_SCHEDULER] = "territory engineer person site contact customer asset tool_need",
    [SIM_BILLING] = "customer site asset territory business_calendar time_entry trip",
    [SIM_NOTIFIER] = "customer contact territory site asset engineer person item location request work_order visit "
                     "report",
    [SIM_SLA_WATCHDOG] = "known_calendar territory work_order on_call_roster contract",
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
s_compare_all (reader_t *self, sim_service_t consumer)
{
    char names [256], *rest = NULL;
    snprintf (names, sizeof names, "%s", s_projections [consumer] ? s_projections [consumer] : "");
    for (char *name = strtok_r (names, " ", &rest); name; name = strtok_r (NULL, " ", &rest))
        s_compare (self, consumer, sim_entity (self->sim, consumer, name));
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
    s_compare_all (&self, consumer);
    engine_free (&self.engine);
    store_memory_destroy (&self.rows);
}

void
replay_check (sim_t *sim)
{
    s_check (sim, (sim_service_t) (sim->options.seed % SIM_SERVICES));    /* one a run: it costs a third of it */
}
