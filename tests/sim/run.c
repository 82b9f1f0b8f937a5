/* run - one run, from a seed to a result. */
#include "world.h"
#include "check.h"
#include <stdlib.h>
#include <string.h>

sim_t *world;

#define MONDAY_AT INT64_C (1780876800000)       /* 2026-06-08T00:00Z */
#define DAY_MS INT64_C (86400000)

extern const service_t fettle_service_intake, fettle_service_dispatcher, fettle_service_scheduler,
    fettle_service_inventory, fettle_service_billing, fettle_service_notifier, fettle_service_sla_watchdog;

const service_t *const world_services [SIM_SERVICES] = {
    [SIM_INTAKE] = &fettle_service_intake, [SIM_DISPATCHER] = &fettle_service_dispatcher,
    [SIM_SCHEDULER] = &fettle_service_scheduler, [SIM_INVENTORY] = &fettle_service_inventory,
    [SIM_BILLING] = &fettle_service_billing, [SIM_NOTIFIER] = &fettle_service_notifier,
    [SIM_SLA_WATCHDOG] = &fettle_service_sla_watchdog,
};

static void
s_begin_processes (sim_t *sim)
{
    for (int s = 0; s < SIM_SERVICES; s++) {
        database_begin (sim, (sim_service_t) s);
        for (int i = 0; i < INSTANCES; i++) {
            process_t *process = &sim->processes [s] [i];
            *process = (process_t) { .service = (sim_service_t) s, .number = i };
        }
    }
    for (int s = 0; s < SIM_SERVICES; s++)
        process_start (&sim->processes [s] [0]);
}

/* Whatever it takes is given back by the end of the program: each run has one of its own (campaign.c). */
void
run_seed (const options_t *options, result_t *ret_result)
{
    sim_t *sim = world = calloc (1, sizeof *sim);
    check (sim);
    sim->options = *options;
    sim->result = ret_result;
    sim->now = sim->begins_at = MONDAY_AT;
    sim->ends_at = MONDAY_AT + options->days * DAY_MS;
    sim->arena = arena_new ();
    ret_result->seed = options->seed;
    fault_begin (sim);
    trace_begin (sim);
    client_begin (sim);
    s_begin_processes (sim);
    invariant_begin (sim);
    company_begin (sim);
    world_run (sim);
    for (int s = 0; s < SIM_SERVICES; s++)
        ret_result->digests [s] = digest (sim->databases [s].rows, world_services [s]);
    invariant_end (sim);
    ret_result->done = true;
}
