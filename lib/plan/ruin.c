/* ruin - takes strings of neighbouring visits out of neighbouring routes (Christiaens & Vanden Berghe 2020,
 * section 5). */
#include "search.h"

enum { MEAN_REMOVED = 10, STRING_MAX = 10, BANK_TRIED = 10, REMOVED_MAX = 400 };
#define SPLIT_CHANCE UINT32_C (0x80000000)          /* a string that keeps some of its middle */
#define SPLIT_MORE UINT32_C (0x02000000)            /* and one more of it */

static bool
s_moves (const search_t *self, int node)
{
    const node_t *own = &self->nodes [node];
    if (own->visit == PLAN_NONE)
        return false;
    const plan_visit_t *visit = &self->model->visits [own->visit];
    return visit->lock != (PLAN_LOCK_TIME | PLAN_LOCK_RESOURCE);
}

/* All of [first, first + count) that may be moved, run by run from behind. */
static void
s_remove (search_t *self, int shift, int first, int count)
{
    for (int last = first + count - 1; last >= first; last--) {
        int run = last;
        while (run >= first && s_moves (self, self->routes [shift].stops [run].node))
            run--;
        if (run == last)
            continue;
        for (int i = run + 1; i <= last; i++)
            if (self->removed_count < REMOVED_MAX)
                self->removed [self->removed_count++] = self->routes [shift].stops [i].node;
        route_remove (self, shift, run + 1, last - run);
        last = run + 1;
    }
}

/* A string that holds the stop `index`: of `length` visits, or one split around some that stay. */
static void
s_string (search_t *self, int shift, int index, int longest)
{
    route_t *route = &self->routes [shift];
    int free_count = route->count - route->pinned, length = 1 + (int) random_below (&self->random, (uint32_t) longest);
    length = length < free_count ? length : free_count;
    int kept = 0;
    if (length > 1 && length < free_count && random_hit (&self->random, SPLIT_CHANCE)) {
        kept = 1;
        while (length + kept < free_count && random_hit (&self->random, SPLIT_MORE))
            kept++;
    }
    int window = length + kept, low = index - window + 1, high = index;
    low = low > route->pinned ? low : route->pinned + 1;
    high = high + window - 1 <= route->count ? high : route->count - window + 1;
    int first = low + (int) random_below (&self->random, (uint32_t) (high - low + 1));
    if (kept == 0)
        return s_remove (self, shift, first, length);
    int before = 1 + (int) random_below (&self->random, (uint32_t) (length - 1));
    s_remove (self, shift, first + before + kept, length - before);
    s_remove (self, shift, first, before);
}

/* The supply place is passed where it costs least now, or not at all. */
static void
s_settle_supply (search_t *self, int shift)
{
    route_t *route = &self->routes [shift];
    if (!route->supply)
        return;
    int32_t *nodes = self->scratch + self->model->node_room;
    int count = 0, best = PLAN_NONE;
    for (int i = 1; i <= route->count; i++)
        if (i != route->supply)
            nodes [count++] = route->stops [i].node;
    money_t best_cost = walk_cost (self, shift, nodes, count);
    if (best_cost == MONEY_MAX)
        for (int at = route->pinned; at <= count; at++) {
            for (int i = 0; i < count; i++)
                self->scratch [i + (i >= at)] = nodes [i];
            self->scratch [at] = self->model->supply;
            money_t cost = walk_cost (self, shift, self->scratch, count + 1);
            if (cost < best_cost)
                best_cost = cost, best = at;
        }
    if (best != PLAN_NONE && best + 1 == route->supply)
        return;
    for (int i = 0; i < count; i++)
        self->scratch [i + (best != PLAN_NONE && i >= best)] = nodes [i];
    if (best != PLAN_NONE)
        self->scratch [best] = self->model->supply;
    route_set (self, shift, self->scratch, count + (best != PLAN_NONE));
}

/* Some of what is unassigned near the seed gets another chance. */
static void
s_take_along (search_t *self, int seed)
{
    if (self->bank_count == 0)
        return;
    const model_t *model = self->model;
    const int32_t *near = model->near + (size_t) seed * (size_t) model->near_count;
    int taken = 0;
    if (self->bank_count - self->removed_count <= BANK_TRIED) {
        for (int i = 0; i < self->bank_before_count && self->removed_count < REMOVED_MAX; i++)
            if (self->shift_of [self->bank_before [i]] == PLAN_NONE)
                self->removed [self->removed_count++] = self->bank_before [i];
        return;
    }
    for (int i = 0; i < model->near_count && near [i] != PLAN_NONE && taken < BANK_TRIED; i++) {
        int index = self->bank_index [near [i]];
        if (index == PLAN_NONE || index >= self->bank_before_count || self->bank_before [index] != near [i])
            continue;
        self->removed [self->removed_count++] = near [i];
        taken++;
    }
}

void
ruin (search_t *self, int seed)
{
    const model_t *model = self->model;
    self->removed_count = 0;
    int placed = self->seed_count - self->bank_count, routes = self->used_count ? self->used_count : 1;
    int mean = placed / routes, longest = mean < 1 ? 1 : mean < STRING_MAX ? mean : STRING_MAX;
    int most = 4 * MEAN_REMOVED / (1 + longest) - 1;
    int strings = 1 + (int) random_below (&self->random, (uint32_t) (most < 1 ? 1 : most));
    const int32_t *near = model->near + (size_t) seed * (size_t) model->near_count;
    self->marks++;
    for (int i = 0, done = 0; i < model->near_count && done < strings && near [i] != PLAN_NONE; i++) {
        int shift = self->shift_of [near [i]];
        if (shift < 0 || self->mark [shift] == self->marks || self->index_of [near [i]] <= self->routes [shift].pinned)
            continue;
        self->mark [shift] = self->marks;
        done++;
        int own = self->routes [shift].count - self->routes [shift].pinned;
        s_string (self, shift, self->index_of [near [i]], own < longest ? own : longest);
        s_settle_supply (self, shift);
    }
    group_remove_bound (self);
    s_take_along (self, seed);
}
