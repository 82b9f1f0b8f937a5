#include "chain.h"
#include <stdlib.h>
#include <string.h>

enum { CHECK_EVERY = 64, STEPS = 64 };
#define BLINK UINT32_C (42949673)                   /* 1 % */
#define TAILS UINT32_C (0x80000000)                  /* every other step */
#define BENT UINT32_C (214748365)                   /* 5 %: an empty shift looks cheaper */

/* 2^(-i/64) x 65,536 */
static const uint32_t s_powers [STEPS] = {
    65536, 64830, 64132, 63441, 62757, 62081, 61413, 60751, 60097, 59449, 58809, 58176,
    57549, 56929, 56316, 55709, 55109, 54515, 53928, 53347, 52773, 52204, 51642, 51085,
    50535, 49991, 49452, 48920, 48393, 47871, 47356, 46846, 46341, 45842, 45348, 44859,
    44376, 43898, 43425, 42958, 42495, 42037, 41584, 41136, 40693, 40255, 39821, 39392,
    38968, 38548, 38133, 37722, 37316, 36914, 36516, 36123, 35734, 35349, 34968, 34591,
    34219, 33850, 33486, 33125,
};

chain_t *
chain_open (const model_t *model)
{
    chain_t *self = memory_array (1, sizeof *self);
    self->search = search_open (model);
    self->best = memory_array ((size_t) model->shift_count, sizeof *self->best);
    self->bounds = memory_array ((size_t) model->visit_nodes, sizeof *self->bounds);
    return self;
}

void
chain_close (chain_t **self_p)
{
    chain_t *self = *self_p;
    if (!self)
        return;
    for (int s = 0; s < self->search->model->shift_count; s++)
        free (self->best [s].nodes);
    search_close (&self->search);
    free (self->best);
    free (self->bounds);
    free (self);
    *self_p = NULL;
}

/* Crews and sequences are bound by more than their routes. */
static void
s_keep_bounds (chain_t *self)
{
    const node_t *nodes = self->search->nodes;
    for (int i = 0; i < self->search->model->visit_nodes; i++)
        if (nodes [i].is_bound)
            self->bounds [i] = (bounds_t) { i, nodes [i].opens, nodes [i].closes, nodes [i].ends_by };
}

static void
s_return_bounds (chain_t *self)
{
    node_t *nodes = self->search->nodes;
    for (int i = 0; i < self->search->model->visit_nodes; i++)
        if (nodes [i].is_bound) {
            nodes [i].opens = self->bounds [i].opens;
            nodes [i].closes = self->bounds [i].closes;
            nodes [i].ends_by = self->bounds [i].ends_by;
        }
}

/* Only routes that changed since they were kept last are copied. */
void
chain_keep (chain_t *self)
{
    search_t *search = self->search;
    for (int i = 0; i < search->active_count; i++) {
        int shift = search->active [i];
        const route_t *route = &search->routes [shift];
        kept_t *kept = &self->best [shift];
        if (kept->version == route->version)
            continue;
        if (kept->room < route->count) {
            kept->room = route->count * 2;
            kept->nodes = memory_grow (kept->nodes, (size_t) kept->room * sizeof *kept->nodes);
        }
        for (int k = 0; k < route->count; k++)
            kept->nodes [k] = route->stops [k + 1].node;
        kept->count = route->count;
        kept->version = route->version;
    }
    if (search->model->bound_count)
        s_keep_bounds (self);
    self->best_cost = search->cost;
    self->best_used = search->used_count;
    self->best_bank = search->bank_count;
}

void
chain_start (chain_t *self, const search_t *plan, uint64_t seed)
{
    search_copy (self->search, plan);
    random_seed (&self->search->random, seed);
    self->search->used_max = plan->used_max;
    self->search->prices_differ = plan->prices_differ;
    chain_keep (self);
}

void
chain_return (chain_t *self)
{
    search_t *search = self->search;
    search_begin (search);
    bool is_bound = search->model->bound_count > 0;     /* then slack depends on more than the stops */
    if (is_bound)
        s_return_bounds (self);
    for (int pass = 0; pass < 2; pass++)
        for (int s = 0; s < search->model->shift_count; s++) {
            kept_t *kept = &self->best [s];
            if (search->active_index [s] == PLAN_NONE
                || (!is_bound && kept->version == search->routes [s].version))
                continue;
            route_set (search, s, kept->nodes, pass ? kept->count : 0);
            if (pass)
                kept->version = search->routes [s].version;
        }
    search_begin (search);
}

/* ---- annealing */

static money_t
s_heat (money_t from, int doublings_64, uint64_t done, uint64_t whole)
{
    uint64_t halvings = (uint64_t) doublings_64 * done / whole;         /* in 1/64 */
    return (money_t) (((unsigned __int128) (uint64_t) from * s_powers [halvings % STEPS] >> 16) >> halvings / STEPS);
}

/* log2 (from / to) in 1/64 */
static int
s_doublings (money_t from, money_t to)
{
    int count = 0;
    while (count < 64 * 40 && s_heat (from, count, 1, 1) > to)
        count++;
    return count;
}

money_t
chain_heat (money_t from, money_t to, int done, int whole)
{
    return s_heat (from, s_doublings (from, to), (uint64_t) done, (uint64_t) whole) + 1;
}

void
chain_restrict (chain_t *self, const int32_t *shifts, int count, const int32_t *bank, int bank_count)
{
    search_restrict (self->search, shifts, count, bank, bank_count);
    chain_keep (self);
}

static void
s_step (chain_t *self, money_t heat)
{
    search_t *search = self->search;
    int seed = search->seeds [random_below (&search->random, (uint32_t) search->seed_count)];
    money_t rise = (money_t) ((unsigned __int128) (uint64_t) heat * random_exponential (&search->random) >> 16);
    if (random_hit (&search->random, TAILS)) {
        if (tails (search, seed, search->cost + rise + 1) && search->cost < self->best_cost)
            chain_keep (self);
        return;
    }
    search->new_route_shift = random_hit (&search->random, BENT) ? 2 : 0;
    search_begin (search);
    ruin (search, seed);
    if (!recreate (search, search->cost_before + rise + 1)) {
        search_rollback (search);
        return;
    }
    search_keep (search);
    if (search->cost < self->best_cost)
        chain_keep (self);
}

void
chain_mend (chain_t *self, int node, int iterations)
{
    search_t *search = self->search;
    search->blink = BLINK;
    for (int i = 0; i < iterations; i++) {
        search_begin (search);
        ruin (search, node);
        if (recreate (search, search->cost_before))
            search_keep (search);
        else
            search_rollback (search);
    }
}

void
chain_run (chain_t *self, uint64_t effort, money_t from_heat, money_t to_heat, const atomic_bool *is_cut)
{
    search_t *search = self->search;
    uint64_t begin = search->effort;
    int doublings = s_doublings (from_heat, to_heat);
    money_t heat = from_heat;
    search->blink = BLINK;
    for (int64_t i = 0; ; i++) {
        if (i % CHECK_EVERY == 0) {
            uint64_t done = search->effort - begin;
            if (done >= effort || *is_cut || search->seed_count == 0)
                break;
            heat = s_heat (from_heat, doublings, done, effort);
        }
        s_step (self, heat);
        search->effort += 8;                            /* what each iteration costs beside its stops */
        self->iterations++;
    }
}

money_t
chain_mean_leg (const search_t *plan)
{
    const model_t *model = plan->model;
    money_t sum = 0;
    int64_t legs = 0;
    for (int i = 0; i < plan->active_count; i++) {
        const shift_t *shift = &model->shifts [plan->active [i]];
        const route_t *route = &plan->routes [plan->active [i]];
        if (route->visits == 0)
            continue;
        for (int k = 0; k <= route->count; k++)
            sum += route->stops [k].onward * (shift->per_travel + shift->per_work_time
                + (model->distance == model->time ? shift->per_distance_1000 / 1000 : shift->per_distance_1000 / 100));
        legs += route->count + 1;
    }
    return legs && sum ? sum / legs + 1 : model->hour;
}
