/* fault - what may go wrong, how often, and which kinds of events have met it. Each fault has its own dice, so that
 * one can be switched off and the others fall as before. */
#include "world.h"
#include "check.h"
#include <string.h>

#define FAULT_NAME_(name) #name,
static const char *const s_names [] = { FAULT_LIST (FAULT_NAME_) };

/* Chances at each place where it could happen: each frame; each crash point; each wait; each load and commit. */
static const double s_rates [] = {
    [FAULT_drop] = 1.0 / 60, [FAULT_duplicate] = 1.0 / 60, [FAULT_delay] = 1.0 / 200, [FAULT_reorder] = 1.0 / 60,
    [FAULT_crash] = 1.0 / 2500, [FAULT_pause] = 1.0 / 10000, [FAULT_stop] = 1.0 / 4500, [FAULT_double] = 1.0 / 4500,
    [FAULT_database] = 1.0 / 8000, [FAULT_unknown] = 1.0 / 1000, [FAULT_refused] = 1.0 / 100,
    [FAULT_redis] = 1.0 / 2250, [FAULT_clock] = 1.0 / 12000, [FAULT_provider] = 1.0 / 10,
};

uint64_t
dice_roll (dice_t *self)
{
    /* SplitMix64: Steele, Lea, Flood, Fast splittable pseudorandom number generators, 2014 */
    uint64_t z = self->state += UINT64_C (0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C (0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C (0x94d049bb133111eb);
    return z ^ (z >> 31);
}

int64_t
dice_between (dice_t *self, int64_t from, int64_t to)
{
    return from + (int64_t) (dice_roll (self) % (uint64_t) (to - from + 1));
}

const char *
fault_name (fault_t fault)
{
    return s_names [fault];
}

/* Kinds are known before the first of them is seen, so that those that never come can be told. */
static void
s_know_kinds (sim_t *sim)
{
    for (int i = 0; registry_all [i]; i++) {
        const char *name = registry_all [i]->name;
        *map_at (&sim->types, sim->arena, name) = (void *) registry_all [i];
        bool is_heard = false;
        for (int s = 0; s < SIM_SERVICES && !is_heard; s++)
            for (const handler_t *h = world_services [s]->handlers; h->kind && !is_heard; h++)
                is_heard = h->kind == HANDLER_EVENT && h->type == registry_all [i];
        if (is_heard && sim->result->kind_count < KINDS_MAX) {
            int64_t kind = sim->result->kind_count++;
            strncpy (sim->result->kinds [kind], name, sizeof sim->result->kinds [kind] - 1);
            *map_at (&sim->kinds, sim->arena, name) = (void *) (intptr_t) (kind + 1);
        }
    }
}

/* Each seed is another kind of weather: some faults not at all, others thrice as often. */
void
fault_begin (sim_t *sim)
{
    dice_t weather = { sim->options.seed * 1000003 + 17 };
    for (int f = 0; f < FAULTS; f++) {
        static const double factors [] = { 0, 0.3, 1, 1, 3 };
        double factor = factors [dice_roll (&weather) % 5];
        sim->dice [f].state = dice_roll (&weather);
        sim->rates [f] = sim->options.on [f] ? s_rates [f] * factor : 0;
    }
    sim->workload.state = sim->options.seed * 7919 + 1;
    sim->luck.state = dice_roll (&weather);
    s_know_kinds (sim);
}

int
fault_kind (const char *type)
{
    return (int) (intptr_t) map_get (&world->kinds, type) - 1;
}

const ProtobufCMessageDescriptor *
fault_type (const char *name)
{
    return map_get (&world->types, name);
}

bool
fault_strikes (fault_t fault)
{
    double rate = world->rates [fault];
    int64_t step = world->result->steps;
    const options_t *options = &world->options;
    if (step < options->faults_from || (options->faults_until && step > options->faults_until))
        return false;
    return rate > 0 && (double) (dice_roll (&world->dice [fault]) >> 11) * 0x1.0p-53 < rate;
}

static void
s_meet (fault_t fault, const char *event_type)
{
    int kind = event_type ? fault_kind (event_type) : -1;
    if (kind >= 0)
        world->result->met [kind] [fault]++;
}

void
fault_note (fault_t fault, sim_service_t service, const char *event_type)
{
    world->result->faults [fault]++;
    world->databases [service].trouble_at = world->now;
    s_meet (fault, event_type);
    if (fault <= FAULT_reorder && event_type)
        TELL ("%s: %s on its way to %s", fault_name (fault), event_type, sim_service_name (service));
}

/* What the process had in its hands, heard and about to be said. */
void
fault_note_batch (fault_t fault, const process_t *process)
{
    const loop_t *loop = process->loop;
    fault_note (fault, process->service, NULL);
    for (int i = 0; i < loop->count; i++)
        if (loop->messages [i].origin == ORIGIN_EVENT)
            s_meet (fault, loop->messages [i].type);
    for (int i = 0; process->is_in_turn && i < loop->engine.tx.emit_count; i++)
        s_meet (fault, loop->engine.tx.emits [i].type->name);
}
