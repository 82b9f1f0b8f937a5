/* fewer - as few shifts as possible: one after the other is emptied, and the rest made to take its visits, those
 * first that were left out least often so far (Christiaens & Vanden Berghe 2020, section 6). */
#include "chain.h"
#include <stdlib.h>
#include <string.h>

static int64_t
s_sum (const search_t *search, const int64_t *absences)
{
    int64_t sum = 0;
    for (int i = 0; i < search->bank_count; i++)
        sum += absences [search->bank [i]];
    return sum;
}

/* The used shift whose visits have been left out least. */
static int
s_weakest (const search_t *search, const int64_t *absences)
{
    int weakest = PLAN_NONE;
    int64_t least = INT64_MAX;
    for (int i = 0; i < search->used_count; i++) {
        const route_t *route = &search->routes [search->active [i]];
        int64_t sum = 0;
        for (int k = 1; k <= route->count; k++)
            sum += absences [route->stops [k].node];
        if (route->pinned == 0 && (sum < least || (sum == least && search->active [i] < weakest)))
            least = sum, weakest = search->active [i];
    }
    return weakest;
}

static bool
s_empty_one (search_t *search, const int64_t *absences)
{
    int shift = s_weakest (search, absences);
    if (shift == PLAN_NONE)
        return false;
    search_begin (search);
    const route_t *route = &search->routes [shift];
    search->removed_count = 0;
    for (int i = 1; i <= route->count; i++)
        if (search->nodes [route->stops [i].node].visit != PLAN_NONE)
            search->removed [search->removed_count++] = route->stops [i].node;
    route_set (search, shift, NULL, 0);
    group_remove_bound (search);
    if (search->routes [shift].visits)
        return false;
    search->used_max = search->used_count;
    return true;
}

static void
s_step (search_t *search, int64_t *absences)
{
    int64_t before = s_sum (search, absences);
    int count = search->bank_count;
    search_begin (search);
    ruin (search, search->seeds [random_below (&search->random, (uint32_t) search->seed_count)]);
    bool is_whole = recreate (search, INT64_MAX / 2);
    int64_t after = s_sum (search, absences);
    for (int i = 0; i < search->bank_count; i++)
        absences [search->bank [i]]++;
    if (is_whole && (search->bank_count < count || after < before))
        search_keep (search);
    else
        search_rollback (search);
}

/* The least number of shifts that can hold the load. */
static int
s_least (const model_t *model)
{
    int64_t load = 0, capacity = 0;
    for (int i = 0; i < model->visit_nodes; i++)
        load += model->nodes [i].load;
    for (int s = 0; s < model->shift_count; s++)
        capacity = model->shifts [s].capacity > capacity ? model->shifts [s].capacity : capacity;
    return capacity ? (int) ((load + capacity - 1) / capacity) : 0;
}

void
chain_fewer (chain_t *self, uint64_t effort, const atomic_bool *is_cut)
{
    search_t *search = self->search;
    uint64_t until = search->effort + effort;
    int64_t *absences = memory_array ((size_t) search->model->node_room, sizeof *absences);
    int least = s_least (search->model), kept_bank = search->bank_count;
    while (search->used_count > least && search->effort < until && !*is_cut && s_empty_one (search, absences)) {
        while (search->bank_count > kept_bank && search->effort < until && !*is_cut) {
            s_step (search, absences);
            search->effort += 8;
            self->iterations++;
        }
        if (search->bank_count <= kept_bank)
            chain_keep (self);
    }
    free (absences);
    chain_return (self);
    search->used_max = search->used_count;
}
