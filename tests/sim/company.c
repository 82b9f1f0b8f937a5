/* company - what people and machines of the simulated company do. */
#include "sim.h"

void
company_begin (sim_t *sim)
{
    sim_say (sim, "nobody is here yet");
}

void
company_heard (sim_t *sim, sim_service_t publisher, const bus_event_t *event, const ProtobufCMessage *body)
{
    (void) sim, (void) publisher, (void) event, (void) body;
}

void
company_answered (sim_t *sim, const sim_verdict_t *verdict)
{
    (void) sim, (void) verdict;
}

const ProtobufCMessage *
company_perform (sim_t *sim, arena_t *arena, const perform_delivery_t *delivery, sim_provider_t trouble)
{
    static const delivery_outcome_t outcomes [] = { [SIM_PROVIDER_FINE] = DELIVERY_OUTCOME_SENT,
        [SIM_PROVIDER_BUSY] = DELIVERY_OUTCOME_NOT_NOW, [SIM_PROVIDER_SILENT] = DELIVERY_OUTCOME_UNKNOWN };
    (void) sim;
    delivery_done_t *done = arena_alloc (arena, sizeof *done);
    *done = (delivery_done_t) { .base = delivery_done_init };
    done->attempt_id = arena_strdup (arena, delivery->attempt_id);
    done->outcome = outcomes [trouble];
    done->error = arena_strdup (arena, "");
    return &done->base;
}
