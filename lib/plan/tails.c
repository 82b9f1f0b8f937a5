/* tails - two routes change what comes after a stop (2-opt*: J.-Y. Potvin, J.-M. Rousseau, "An exchange heuristic for
 * routeing problems with time windows", Journal of the Operational Research Society 46 (12), 1995). Strings are short;
 * on long routes this is what moves half a day at once. */
#include "search.h"

enum { NEAR_TRIED = 12 };
#define SPLIT_CHANCE UINT32_C (0x10000000)          /* the tail goes to an empty shift instead */

/* Behind stop `head` of one route comes what now begins at stop `tail` of the other, and the other way round. */
typedef struct { int one, other, head, tail; } cut_t;

static bool
s_is_simple (const search_t *self, int shift)
{
    return self->model->shifts [shift].fixed_count == 0 && self->routes [shift].supply == 0;
}

/* Told by the four stops at the cuts: whether both can be in time, and what it costs more on the way. */
static bool
s_may_join (search_t *self, const cut_t *cut, money_t limit)
{
    const model_t *model = self->model;
    const stop_t *a = &self->routes [cut->one].stops [cut->head], *b = &self->routes [cut->other].stops [cut->tail - 1];
    const stop_t *after_a = a + 1, *after_b = b + 1;
    self->effort += 4;
    if (!model->is_plain)
        return true;
    int32_t to_b = model_time (model, a->node, after_b->node), to_a = model_time (model, b->node, after_a->node);
    if (a->departs + to_b > after_b->latest || b->departs + to_a > after_a->latest)
        return false;
    return (to_b + to_a - a->onward - b->onward) * model->plain_per_travel < limit;
}

/* All that would come there may. */
static bool
s_may_all (const search_t *self, const route_t *route, int from, int shift)
{
    for (int i = from; i <= route->count; i++)
        if (!model_may (self->model, route->stops [i].node, shift) || self->nodes [route->stops [i].node].is_bound)
            return false;
    return true;
}

static bool
s_has_room (const search_t *self, const cut_t *cut)
{
    const route_t *a = &self->routes [cut->one], *b = &self->routes [cut->other];
    const shift_t *own = &self->model->shifts [cut->one], *other = &self->model->shifts [cut->other];
    int32_t load_a = 0, load_b = 0;                 /* of the tails */
    for (int i = cut->head + 1; i <= a->count; i++)
        load_a += self->nodes [a->stops [i].node].load;
    for (int i = cut->tail; i <= b->count; i++)
        load_b += self->nodes [b->stops [i].node].load;
    int32_t tail_a = a->count - cut->head, tail_b = b->count - cut->tail + 1;
    return a->load - load_a + load_b <= own->capacity && b->load - load_b + load_a <= other->capacity
           && a->visits - tail_a + tail_b <= own->visits_max && b->visits - tail_b + tail_a <= other->visits_max;
}

static void
s_exchange (search_t *self, const cut_t *cut)
{
    const route_t *a = &self->routes [cut->one], *b = &self->routes [cut->other];
    int32_t *own = self->removed, *other = own + cut->head + b->count - cut->tail + 1;     /* both side by side */
    int own_count = 0, other_count = 0;
    for (int i = 1; i <= cut->head; i++)
        own [own_count++] = a->stops [i].node;
    int kept = own_count;
    for (int i = 1; i < cut->tail; i++)
        other [other_count++] = b->stops [i].node;
    for (int i = cut->head + 1; i <= a->count; i++)
        other [other_count++] = a->stops [i].node;
    for (int i = cut->tail; i <= b->count; i++)
        own [own_count++] = b->stops [i].node;
    route_set (self, cut->one, own, kept);
    route_set (self, cut->other, other, other_count);
    route_set (self, cut->one, own, own_count);
}

/* Each shift has what it carries; a tail may need more of it. */
static bool
s_has_stock (const search_t *self, const cut_t *cut)
{
    if (!self->stock)
        return true;
    for (int i = 0; i < self->part_count; i++)
        if (self->stock [cut->one * self->part_count + i] < 0 || self->stock [cut->other * self->part_count + i] < 0)
            return false;
    return true;
}

static bool
s_try (search_t *self, const cut_t *cut, money_t limit)
{
    const route_t *a = &self->routes [cut->one], *b = &self->routes [cut->other];
    if (cut->head < a->pinned || cut->tail <= b->pinned || (cut->head == a->count && cut->tail > b->count)
        || (cut->head == 0 && cut->tail == 1) || !s_is_simple (self, cut->one) || !s_is_simple (self, cut->other)
        || !s_may_join (self, cut, limit - self->cost) || !s_has_room (self, cut)
        || !s_may_all (self, a, cut->head + 1, cut->other) || !s_may_all (self, b, cut->tail, cut->one))
        return false;
    search_begin (self);
    s_exchange (self, cut);
    if (self->broken_count == 0 && self->cost < limit && s_has_stock (self, cut))
        return true;
    search_rollback (self);
    return false;
}

bool
tails (search_t *self, int seed, money_t limit)
{
    const model_t *model = self->model;
    int shift = self->shift_of [seed];
    if (shift < 0)
        return false;
    if (self->used_count < self->active_count && self->used_count < self->used_max
        && random_hit (&self->random, SPLIT_CHANCE)) {
        int empty = self->active [self->used_count];
        return s_try (self, &(cut_t) { shift, empty, self->index_of [seed], self->routes [empty].count + 1 }, limit);
    }
    const int32_t *near = model->near + (size_t) seed * (size_t) model->near_count;
    int most = model->near_count - 1 < NEAR_TRIED ? model->near_count - 1 : NEAR_TRIED;
    int first = most ? (int) random_below (&self->random, (uint32_t) most) : 0;
    for (int k = 0; k < most; k++) {
        int node = near [1 + (first + k) % most], other = node == PLAN_NONE ? PLAN_NONE : self->shift_of [node];
        if (other < 0 || other == shift)
            continue;
        if (s_try (self, &(cut_t) { shift, other, self->index_of [seed], self->index_of [node] }, limit))
            return true;
    }
    return false;
}
