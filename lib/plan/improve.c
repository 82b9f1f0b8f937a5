/* improve - spends a budget on a plan: chains side by side on small plans, regions side by side on large ones. */
#include "inside.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TELL_EVERY_MS = 100, ROUNDS = 24, HEAT_PARTS = 64 };

typedef struct work_t work_t;

typedef struct {
    work_t *work;
    chain_t *chain;
    pthread_t thread;
    uint64_t effort;
    money_t from_heat, to_heat;
    bool is_fewer;
} worker_t;

struct work_t {
    plan_t *plan;
    const plan_budget_t *budget;
    worker_t workers [PLAN_THREADS_MAX];
    int threads;
    double began_at;
    atomic_bool is_cut;
    pthread_mutex_t mutex;
    pthread_cond_t ended;
    int running;
};

static double
s_now (void)
{
    struct timespec at;
    clock_gettime (CLOCK_MONOTONIC, &at);
    return (double) at.tv_sec + 1e-9 * (double) at.tv_nsec;
}

static void *
s_thread (void *argument)
{
    worker_t *worker = argument;
    work_t *work = worker->work;
    if (worker->is_fewer)
        chain_fewer (worker->chain, worker->effort, &work->is_cut);
    else
        chain_run (worker->chain, worker->effort, worker->from_heat, worker->to_heat, &work->is_cut);
    pthread_mutex_lock (&work->mutex);
    work->running--;
    pthread_cond_signal (&work->ended);
    pthread_mutex_unlock (&work->mutex);
    return NULL;
}

static void
s_tell (work_t *work)
{
    const plan_budget_t *budget = work->budget;
    double limit = budget->clock_seconds > 0 ? budget->clock_seconds : budget->seconds,
        passed = s_now () - work->began_at;
    if (passed >= limit)
        work->is_cut = true;
    if (!budget->progress)
        return;
    double done = passed / limit;
    if (!budget->progress (budget->context, done < 1 ? done : 1,
        work->workers [0].chain->best_cost / work->plan->model->hour,
        work->workers [0].chain->best_bank))
        work->is_cut = true;
}

/* Runs all workers to their end; meanwhile looks at the clock and tells how it goes. */
static void
s_run (work_t *work)
{
    work->running = work->threads;
    for (int i = 0; i < work->threads; i++)
        if (pthread_create (&work->workers [i].thread, NULL, s_thread, &work->workers [i]))
            abort ();
    pthread_mutex_lock (&work->mutex);
    while (work->running > 0) {
        struct timespec until;
        clock_gettime (CLOCK_REALTIME, &until);
        until.tv_nsec += TELL_EVERY_MS * 1000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        if (pthread_cond_timedwait (&work->ended, &work->mutex, &until) == ETIMEDOUT)
            s_tell (work);
    }
    pthread_mutex_unlock (&work->mutex);
    for (int i = 0; i < work->threads; i++)
        pthread_join (work->workers [i].thread, NULL);
    s_tell (work);
}

static uint64_t
s_seed (const plan_budget_t *budget, int thread, int round)
{
    return budget->seed * UINT64_C (1000003) + (uint64_t) thread * UINT64_C (7919)
        + (uint64_t) round * UINT64_C (104729);
}

static bool
s_is_better (const chain_t *a, const chain_t *b, bool fewest)
{
    if (fewest && a->best_used != b->best_used)
        return a->best_used < b->best_used;
    return a->best_cost < b->best_cost;
}

static chain_t *
s_best (const work_t *work, bool fewest)
{
    chain_t *best = work->workers [0].chain;
    for (int i = 1; i < work->threads; i++)
        if (s_is_better (work->workers [i].chain, best, fewest))
            best = work->workers [i].chain;
    return best;
}

static void
s_take (work_t *work, chain_t *chain)
{
    chain_return (chain);
    search_t *search = work->plan->search;
    search->used_max = chain->search->used_max;
    search_copy (search, chain->search);
}

/* ---- small: everybody searches everything, the best counts */

static void
s_fewest (work_t *work, uint64_t effort)
{
    for (int i = 0; i < work->threads; i++) {
        worker_t *worker = &work->workers [i];
        chain_start (worker->chain, work->plan->search, s_seed (work->budget, i, -1));
        worker->effort = effort;
        worker->is_fewer = true;
    }
    s_run (work);
    s_take (work, s_best (work, true));
    for (int i = 0; i < work->threads; i++)
        work->workers [i].is_fewer = false;
}

static void
s_chains (work_t *work, money_t from_heat, money_t to_heat, uint64_t effort)
{
    for (int i = 0; i < work->threads; i++) {
        worker_t *worker = &work->workers [i];
        chain_start (worker->chain, work->plan->search, s_seed (work->budget, i, 0));
        worker->effort = effort;
        worker->from_heat = from_heat;
        worker->to_heat = to_heat;
    }
    s_run (work);
    s_take (work, s_best (work, false));
}

/* ---- large: the plan is cut into regions, one for each thread, cut anew each round */

typedef struct { int32_t far, shift; } far_t;

static int
s_by_far (const void *left, const void *right)
{
    const far_t *a = left, *b = right;
    return a->far != b->far ? (a->far > b->far) - (a->far < b->far) : a->shift - b->shift;
}

/* Shifts by how far they are from one of them, so that a piece of the list is a region. */
static void
s_order (const work_t *work, int round, far_t *order, int32_t *region_of)
{
    const model_t *model = work->plan->model;
    const search_t *search = work->plan->search;
    random_t random;
    random_seed (&random, s_seed (work->budget, PLAN_THREADS_MAX, round));
    int pivot = (int) random_below (&random, (uint32_t) model->shift_count);
    const route_t *route = &search->routes [pivot];
    int from = route->count ? route->stops [(route->count + 1) / 2].node : model->shifts [pivot].start;
    int64_t visits = 0, before = 0;
    for (int s = 0; s < model->shift_count; s++) {
        const route_t *other = &search->routes [s];
        int to = other->count ? other->stops [(other->count + 1) / 2].node : model->shifts [s].start;
        order [s] = (far_t) { model_time (model, from, to), s };
        visits += other->visits + 1;
    }
    qsort (order, (size_t) model->shift_count, sizeof *order, s_by_far);
    for (int i = 0; i < model->shift_count; i++) {
        region_of [order [i].shift] = (int32_t) (before * work->threads / visits);
        before += search->routes [order [i].shift].visits + 1;
    }
}

typedef struct { int32_t *shifts, *bank; int shift_count, bank_count; } region_t;

static void
s_give_out (const work_t *work, const int32_t *region_of, const far_t *order, region_t *regions)
{
    const model_t *model = work->plan->model;
    const search_t *search = work->plan->search;
    for (int i = 0; i < work->threads; i++)
        regions [i].shift_count = regions [i].bank_count = 0;
    for (int i = 0; i < model->shift_count; i++) {
        region_t *region = &regions [region_of [order [i].shift]];
        region->shifts [region->shift_count++] = order [i].shift;
    }
    for (int i = 0; i < search->bank_count; i++) {
        int node = search->bank [i], near = model->around [(size_t) node * (size_t) model->around_count];
        region_t *region = &regions [near == PLAN_NONE ? 0 : region_of [near]];
        region->bank [region->bank_count++] = node;
    }
}

/* One round: cut, search apart, put together. The last round takes the best that each region met. */
static void
s_round (work_t *work, int round, int rounds, const int32_t *region_of, const far_t *order, region_t *regions)
{
    s_give_out (work, region_of, order, regions);
    for (int i = 0; i < work->threads; i++) {
        worker_t *worker = &work->workers [i];
        chain_start (worker->chain, work->plan->search, s_seed (work->budget, i, round));
        chain_restrict (worker->chain, regions [i].shifts, regions [i].shift_count, regions [i].bank,
            regions [i].bank_count);
        if (work->plan->model->problem->policy.fewest_shifts)
            worker->chain->search->used_max = worker->chain->search->used_count;
    }
    s_run (work);
    for (int i = 0; i < work->threads; i++) {
        chain_t *chain = work->workers [i].chain;
        if (round == rounds - 1 || work->is_cut)
            chain_return (chain);
        search_merge (work->plan->search, chain->search, regions [i].shifts, regions [i].shift_count);
    }
}

static void
s_regions (work_t *work, money_t from_heat, money_t to_heat, uint64_t effort)
{
    const model_t *model = work->plan->model;
    size_t shifts = (size_t) model->shift_count + 1, nodes = (size_t) model->visit_nodes + 1;
    int rounds = work->threads > 1 ? ROUNDS : 1;
    /* cutting may lose what was found: the best of all rounds is kept */
    chain_t *best = chain_open (model);
    chain_start (best, work->plan->search, 0);
    far_t *order = memory_array (shifts, sizeof *order);
    int32_t *region_of = memory_array (shifts, sizeof *region_of);
    region_t regions [PLAN_THREADS_MAX];
    for (int i = 0; i < PLAN_THREADS_MAX; i++)
        regions [i] = (region_t) {
            memory_array (shifts, sizeof (int32_t)), memory_array (nodes, sizeof (int32_t)), 0, 0
        };
    for (int round = 0; round < rounds && !work->is_cut; round++) {
        for (int i = 0; i < work->threads; i++) {
            work->workers [i].effort = effort / (uint64_t) rounds;
            work->workers [i].from_heat = chain_heat (from_heat, to_heat, round, rounds);
            work->workers [i].to_heat = chain_heat (from_heat, to_heat, round + 1, rounds);
        }
        s_order (work, round, order, region_of);
        s_round (work, round, rounds, region_of, order, regions);
        if (work->plan->search->cost < best->best_cost)
            chain_start (best, work->plan->search, 0);
    }
    search_copy (work->plan->search, best->search);
    chain_close (&best);
    for (int i = 0; i < PLAN_THREADS_MAX; i++) {
        free (regions [i].shifts);
        free (regions [i].bank);
    }
    free (order);
    free (region_of);
}

static void
s_open (work_t *work)
{
    bool is_large = work->plan->model->visit_nodes >= PLAN_NEAR_FROM;
    pthread_mutex_init (&work->mutex, NULL);
    pthread_cond_init (&work->ended, NULL);
    for (int i = 0; i < work->threads; i++) {
        work->workers [i] = (worker_t) { .work = work, .chain = chain_open (work->plan->model) };
        if (!is_large)
            search_use_cache (work->workers [i].chain->search);
    }
}

static void
s_close (work_t *work)
{
    for (int i = 0; i < work->threads; i++)
        chain_close (&work->workers [i].chain);
    pthread_cond_destroy (&work->ended);
    pthread_mutex_destroy (&work->mutex);
}

static bool
s_prices_differ (const model_t *model)
{
    for (int i = 1; i < model->visit_nodes; i++)
        if (model->nodes [i].unassigned != model->nodes [0].unassigned)
            return true;
    return false;
}

void
plan_improve (plan_t *self, const plan_budget_t *budget, plan_effort_t *ret_effort)
{
    work_t work = {
        .plan = self, .budget = budget, .began_at = s_now (),
        .threads = budget->threads < 1 ? 1 : budget->threads < PLAN_THREADS_MAX ? budget->threads : PLAN_THREADS_MAX,
    };
    model_neighbours (self->model);
    self->search->prices_differ = s_prices_differ (self->model);
    search_build (self->search);
    uint64_t whole = (uint64_t) (budget->seconds * (double) PLAN_EFFORT_A_SECOND);
    s_open (&work);
    bool fewest = self->model->problem->policy.fewest_shifts;
    if (fewest)
        s_fewest (&work, whole / 3);
    money_t leg = chain_mean_leg (self->search);
    int64_t warmth = (int64_t) ((budget->warmth > 0 ? budget->warmth : 1) * HEAT_PARTS);
    money_t from_heat = leg * warmth / HEAT_PARTS + 1, to_heat = leg / 100 + 1;
    uint64_t rest = fewest ? whole - whole / 3 : whole;
    if (self->model->visit_nodes >= PLAN_NEAR_FROM && self->model->shift_count > 0 && self->model->bound_count == 0)
        s_regions (&work, from_heat, to_heat, rest);
    else
        s_chains (&work, from_heat, to_heat, rest);
    int64_t iterations = 0;
    for (int i = 0; i < work.threads; i++)
        iterations += work.workers [i].chain->iterations;
    s_close (&work);
    search_build (self->search);
    if (ret_effort)
        *ret_effort = (plan_effort_t) { iterations, s_now () - work.began_at, work.is_cut };
}
