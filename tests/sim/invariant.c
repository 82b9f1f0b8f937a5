/* invariant - what must be true of the whole company. */
#include "sim.h"

void
invariant_begin (sim_t *sim)
{
    (void) sim;
}

void
invariant_step (sim_t *sim, const sim_commit_t *commit)
{
    (void) sim, (void) commit;
}

void
invariant_quiet (sim_t *sim)
{
    (void) sim;
}

void
invariant_end (sim_t *sim)
{
    (void) sim;
}
