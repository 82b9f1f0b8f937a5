/* repair - a little ruin and recreate around one visit, on a copy that is kept. */
#include "inside.h"

void
plan_repair (plan_t *self, int visit, int iterations, uint64_t seed)
{
    model_neighbours (self->model);
    if (!self->repair)
        self->repair = chain_open (self->model);
    chain_start (self->repair, self->search, seed);
    chain_mend (self->repair, self->model->first_node [visit], iterations);
    search_copy (self->search, self->repair->search);
}
