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
    uint64_t spent, whole;
    volatile bool is_cut;
    bool is_stopped;
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
    double limit = budget->clock_seconds > 0 ? budget->clock_seconds : budget->seconds, passed = s_now () - work->began_at;
    if (passed >= limit)
        work->is_cut = true;
    if (!budget->progress)
        return;
    const search_t *search = work->workers [0].chain->search;
    double done = passed / limit;
    if (!budget->progress (budget->context, done < 1 ? done : 1, work->workers [0].chain->best_cost / work->plan->model->hour,
        search->bank_count))
        work->is_cut = work->is_stopped = true;
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
    return budget->seed * UINT64_C (1000003) + (uint64_t) thread * UINT64_C (7919) + (uint64_t) round * UINT64_C (104729);
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
    model_tables (self->model);
    self->search->prices_differ = s_prices_differ (self->model);
    search_build (self->search);
    uint64_t whole = (uint64_t) (budget->seconds * (double) PLAN_EFFORT_A_SECOND);
    s_open (&work);
    bool fewest = self->model->problem->policy.fewest_shifts;
    if (fewest)
        s_fewest (&work, whole / 3);
    money_t leg = chain_mean_leg (self->search);
    int64_t warmth = (int64_t) ((budget->warmth > 0 ? budget->warmth : 1) * HEAT_PARTS);
    s_chains (&work, leg * warmth / HEAT_PARTS + 1, leg / 100 + 1, fewest ? whole - whole / 3 : whole);
    int64_t iterations = 0;
    for (int i = 0; i < work.threads; i++)
        iterations += work.workers [i].chain->iterations;
    s_close (&work);
    search_build (self->search);
    if (ret_effort)
        *ret_effort = (plan_effort_t) { iterations, s_now () - work.began_at, work.is_cut };
}
