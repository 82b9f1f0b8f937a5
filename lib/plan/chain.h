/* chain - one annealed sequence of plans, and the best it has met. Internal to lib/plan. */
#pragma once
#include "search.h"
#include <stdatomic.h>

typedef struct {
    int32_t *nodes;
    int32_t count, room;
    uint32_t version;           /* of the route when it was kept */
} kept_t;

typedef struct {
    search_t *search;
    kept_t *best;               /* of each shift */
    bounds_t *bounds;           /* of each bound node, in the best */
    _Atomic money_t best_cost;  /* others look at it */
    atomic_int best_bank;
    int32_t best_used;
    int64_t iterations;
} chain_t;

chain_t *chain_open (const model_t *model);
void chain_close (chain_t **self_p);
/* Takes over a plan, which is the best one then. */
void chain_start (chain_t *self, const search_t *plan, uint64_t seed);
/* Only this part of it. */
void chain_restrict (chain_t *self, const int32_t *shifts, int count, const int32_t *bank, int bank_count);
/* Heat after `done` of `whole`, when it falls evenly from the first to the second. */
money_t chain_heat (money_t from, money_t to, int done, int whole);
/* Anneals until that much effort has been spent; heat, in money, falls from the first to the second. */
void chain_run (chain_t *self, uint64_t effort, money_t from_heat, money_t to_heat, const atomic_bool *is_cut);
/* What is in the search is the best now. */
void chain_keep (chain_t *self);
/* Iterations around one node that only ever make it cheaper. What is kept as the best is not looked at. */
void chain_mend (chain_t *self, int node, int iterations);
/* The search is the best again. */
void chain_return (chain_t *self);
/* Uses fewer shifts, as long as effort lasts. */
void chain_fewer (chain_t *self, uint64_t effort, const atomic_bool *is_cut);
/* The mean price of a leg of the plan as it is: the natural unit of heat. */
money_t chain_mean_leg (const search_t *plan);
