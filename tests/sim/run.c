/* run - one run, from a seed to a result. */
#include "world.h"
#include "calendar/date.h"
#include "check.h"
#include <stdlib.h>
#include <string.h>

sim_t *world;

#define DAY_MS INT64_C (86400000)

/* Weeks like others, and such as have what goes wrong once a year: new year's days of three countries, clocks that go
 * forward and back, golden weeks, ends of months, of a year, a leap day. */
static const char *const s_begins_on [] = { "2026-06-08", "2026-02-13", "2026-03-27", "2026-04-29", "2026-06-29",
    "2026-09-14", "2026-09-29", "2026-10-23", "2026-12-22", "2028-02-27" };

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
    sim->now = sim->begins_at
        = date_parse (s_begins_on [options->seed % (sizeof s_begins_on / sizeof *s_begins_on)]) * DAY_MS;
    sim->ends_at = sim->begins_at + options->days * DAY_MS;
    sim->arena = arena_new ();
    ret_result->seed = options->seed;
    fault_begin (sim);
    trace_begin (sim);
    client_begin (sim);
    s_begin_processes (sim);
    lag_begin (sim);
    invariant_begin (sim);
    company_begin (sim);
    world_run (sim);
    for (int s = 0; s < SIM_SERVICES; s++)
        ret_result->digests [s] = digest (sim->databases [s].rows, world_services [s]);
    invariant_end (sim);
    ret_result->done = true;
}
