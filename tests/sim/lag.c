/* lag - I16 by day: messages may be lost at any time, and yet nobody is behind for more than two minutes after he and
 * the one he listens to were last killed, paused or without their database. */
#include "world.h"

enum { LOOK_MS = 60000, LOOKS = 2 };

static bool
s_is_excused (const sim_t *sim, int service)
{
    const database_t *database = &sim->databases [service];
    bool is_hurt = database->is_gone;
    for (int i = 0; i < INSTANCES; i++)
        is_hurt |= sim->processes [service] [i].is_paused || sim->processes [service] [i].clock_ahead;
    return is_hurt || sim->now - database->hurt_at < (LOOKS + 1) * LOOK_MS;
}

static void
s_look_at (sim_t *sim, int consumer)
{
    const process_t *process = process_writer (sim, (sim_service_t) consumer);
    if (s_is_excused (sim, consumer))
        return;
    if (!process)
        return sim_fail (sim, "I16", "nobody works for %s, and nothing has happened to it for three minutes",
            sim_service_name ((sim_service_t) consumer));
    for (int i = 0; i < process->loop->source_count; i++) {
        const source_t *source = &process->loop->sources [i];
        sim_service_t publisher = wire_publisher (process->bus, i);
        if (source->applied < sim->databases [publisher].heads [LOOKS - 1] && !s_is_excused (sim, (int) publisher))
            sim_fail (sim, "I16", "%s has heard %lld events of %s, which said %lld of them two minutes ago",
                process->loop->service->name, (long long) source->applied, source->name,
                (long long) sim->databases [publisher].heads [LOOKS - 1]);
    }
}

static void
s_look (sim_t *sim, void *closure)
{
    (void) closure;
    for (int s = 0; s < SIM_SERVICES; s++)
        s_look_at (sim, s);
    for (int s = 0; s < SIM_SERVICES; s++) {
        sim->databases [s].heads [1] = sim->databases [s].heads [0];
        sim->databases [s].heads [0] = sim->databases [s].last_sequence;
    }
    world_at (sim->now + LOOK_MS, s_look, NULL);
}

void
lag_begin (sim_t *sim)
{
    for (int s = 0; s < SIM_SERVICES; s++)
        sim->databases [s].hurt_at = sim->now;
    world_at (sim->now + LOOK_MS, s_look, NULL);
}
