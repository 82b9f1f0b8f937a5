/* insert - where a visit fits best. */
#include "search.h"
#include <string.h>

enum { LONG_ROUTE = 12, FAR_EFFORT = 6 };    /* a route that was not in the processor's cache */

/* What does not depend on where in the route: room, stock, number of visits. */
static bool
s_has_room (const search_t *self, int shift, const node_t *node)
{
    const shift_t *own = &self->model->shifts [shift];
    const route_t *route = &self->routes [shift];
    if (route->load + node->load > own->capacity || route->visits >= own->visits_max)
        return false;
    if (!self->stock || self->model->supply != PLAN_NONE)
        return true;
    const plan_visit_t *visit = &self->model->visits [node->visit];
    for (int i = 0; i < visit->part_count; i++)
        if (self->stock [shift * self->part_count + visit->parts [i].part] < visit->parts [i].quantity)
            return false;
    return true;
}

/* ---- plain: told by the two neighbours alone */

typedef struct { int32_t time, index; } best_t;

/* Stops that close before the visit could be done are skipped; arriving too late ends it. */
static inline best_t
s_scan_plain (search_t *self, const route_t *route, int node_index)
{
    const model_t *model = self->model;
    const node_t *node = &self->nodes [node_index];
    size_t row = (size_t) node_index * (size_t) model->node_room;
    const int32_t *from = model->time_to + row, *to = model->time + row;
    const stop_t *stops = route->stops;
    const int32_t opens = node->opens, closes = node->closes, work = node->work;
    best_t best = { INT32_MAX, 0 };
    int i = route->pinned;
    if (route->count > LONG_ROUTE) {
        int low = i, high = route->count, earliest = opens + work;
        while (low < high) {
            int middle = (low + high) / 2;
            if (stops [middle + 1].latest < earliest)
                low = middle + 1;
            else
                high = middle;
        }
        i = low;
    }
    int first = i;
    for (; i <= route->count; i++) {
        int32_t leg = from [stops [i].node], arrives = stops [i].departs + leg;
        if (arrives > closes)
            break;
        int32_t onward = to [stops [i + 1].node], begins = arrives > opens ? arrives : opens;
        int32_t time = leg + onward - stops [i].onward;
        if (time < best.time && begins + work + onward <= stops [i + 1].latest)
            best = (best_t) { time, i + 1 };
    }
    self->effort += (uint64_t) (i - first + 2);
    return best;
}

static inline int32_t
s_time_at (const search_t *self, const route_t *route, int node_index, int index)
{
    const model_t *model = self->model;
    const node_t *node = &self->nodes [node_index];
    size_t row = (size_t) node_index * (size_t) model->node_room;
    const stop_t *before = &route->stops [index - 1];
    int32_t leg = model->time_to [row + (unsigned) before->node], arrives = before->departs + leg;
    int32_t onward = model->time [row + (unsigned) before [1].node];
    int32_t begins = arrives > node->opens ? arrives : node->opens;
    if (arrives > node->closes || begins + node->work + onward > before [1].latest)
        return INT32_MAX;
    return leg + onward - before->onward;
}

static money_t
s_plain_added (const search_t *self, int shift, int node, int32_t time)
{
    if (time == INT32_MAX)
        return MONEY_MAX;
    money_t added = (money_t) time * self->model->plain_per_travel + search_suits (self, node, shift);
    return self->routes [shift].visits == 0 ? added + self->model->shifts [shift].of_use : added;
}

/* ---- not plain: asked the same way first, then walked */

/* What it costs more at least, `added` of the way and `work` being new. Whoever comes later only because of it may be
 * nearer to what was told; whoever comes earlier, by a detour that is quicker, may be less late. */
static money_t
s_least (const search_t *self, int shift, int node_index, const stop_t *before, int32_t added, int32_t work)
{
    const model_t *model = self->model;
    const shift_t *own = &model->shifts [shift];
    if (model->moved_time || added + work < 0)
        return -MONEY_MAX;
    money_t least = added * own->per_travel + (added + work) * own->per_work_time - self->routes [shift].relief;
    if (own->per_distance_1000) {
        int after = before [1].node;
        int64_t distance = (int64_t) model_distance (model, before->node, node_index)
            + (after == PLAN_NONE ? 0 : model_distance (model, node_index, after)
            - model_distance (model, before->node, after));
        least += distance * own->per_distance_1000 / 1000 - 1;
    }
    return least;
}

static bool
s_may_fit (const search_t *self, int shift, int node_index, int index, money_t *ret_least)
{
    const model_t *model = self->model;
    const shift_t *own = &model->shifts [shift];
    const node_t *node = &self->nodes [node_index];
    const stop_t *before = &self->routes [shift].stops [index - 1], *after = before + 1;
    int32_t leg = model_time (model, before->node, node_index), work = walk_work (node, own);
    int32_t begins = walk_begins (node, own, walk_go (own, before->departs, leg), work);
    if (begins == PLAN_NEVER)
        return false;
    int32_t onward = after->node == PLAN_NONE ? 0 : model_time (model, node_index, after->node);
    if (walk_go (own, begins + work, onward) > after->latest)
        return false;
    *ret_least = s_least (self, shift, node_index, before, leg + onward - before->onward, work);
    return true;
}

static money_t
s_walk_with (search_t *self, int shift, int node, int index, int supply)
{
    const route_t *route = &self->routes [shift];
    int count = 0;
    for (int i = 1; i <= route->count + 1; i++) {
        if (i == supply)
            self->scratch [count++] = self->model->supply;
        if (i == index)
            self->scratch [count++] = node;
        if (i <= route->count)
            self->scratch [count++] = route->stops [i].node;
    }
    money_t cost = walk_cost (self, shift, self->scratch, count);
    return cost == MONEY_MAX ? MONEY_MAX : cost - route->cost;
}

/* He lacks something for it, and has not been at the supply place. */
static bool
s_wants_supply (const search_t *self, int shift, const node_t *node)
{
    const model_t *model = self->model;
    if (model->supply == PLAN_NONE || self->routes [shift].supply)
        return false;
    const plan_visit_t *visit = &model->visits [node->visit];
    const plan_resource_t *resource = &model->problem->resources [model->shifts [shift].resource];
    for (int i = 0; i < visit->part_count; i++)
        if (self->stock [shift * self->part_count + visit->parts [i].part] < visit->parts [i].quantity)
            return true;
    for (int i = 0; i < visit->tool_count; i++) {
        bool has = false;
        for (int k = 0; k < resource->tool_count && !has; k++)
            has = resource->tools [k] == visit->tools [i];
        if (!has)
            return true;
    }
    return false;
}

static void
s_try (search_t *self, int node, int index, int supply, spot_t *best)
{
    money_t added = s_walk_with (self, best->shift, node, index, supply);
    if (added < best->added)
        *best = (spot_t) { best->shift, index, supply, added };
}

/* What it costs at least at an index; MONEY_MAX: it does not fit. */
static money_t
s_look_at (search_t *self, int shift, int node, int index)
{
    money_t least;
    self->effort += 2;
    return s_may_fit (self, shift, node, index, &least) ? least : MONEY_MAX;
}

/* One index, where it costs at least so much; *best is of this shift. */
static void
s_try_at (search_t *self, int node, int index, money_t least, bool wants_supply, spot_t *best)
{
    if (least >= best->added)
        return;
    if (!wants_supply)
        return s_try (self, node, index, 0, best);
    for (int supply = self->routes [best->shift].pinned + 1; supply <= index; supply++)
        s_try (self, node, index, supply, best);
}

static spot_t
s_scan_walked (search_t *self, int shift, int node)
{
    spot_t best = { shift, 0, 0, MONEY_MAX };
    bool wants_supply = s_wants_supply (self, shift, &self->nodes [node]);
    int first = self->routes [shift].pinned + 1, last = self->routes [shift].count + 1, likely = first;
    for (int i = first; i <= last; i++) {
        self->least [i] = s_look_at (self, shift, node, i);
        if (self->least [i] < self->least [likely])
            likely = i;
    }
    s_try_at (self, node, likely, self->least [likely], wants_supply, &best);   /* then few others need a walk */
    for (int i = first; i <= last; i++)
        if (i != likely)
            s_try_at (self, node, i, self->least [i], wants_supply, &best);
    return best;
}

/* ---- a route, all routes */

spot_t
insert_in (search_t *self, int shift, int node)
{
    spot_t none = { shift, 0, 0, MONEY_MAX };
    if (!model_may (self->model, node, shift) || !s_has_room (self, shift, &self->nodes [node]))
        return none;
    if (!self->model->is_plain || !self->model->time)       /* no table: few questions, no search */
        return s_scan_walked (self, shift, node);
    best_t best = s_scan_plain (self, &self->routes [shift], node);
    return (spot_t) { shift, best.index, 0, s_plain_added (self, shift, node, best.time) };
}

static spot_t
s_cached (search_t *self, int shift, int node)
{
    cached_t *cached = &self->cache [(size_t) node * (size_t) self->model->shift_count + (unsigned) shift];
    self->effort++;
    if (cached->version != self->routes [shift].version) {
        spot_t spot = insert_in (self, shift, node);
        if (spot.supply || self->nodes [node].is_bound)
            return spot;
        *cached = (cached_t) { self->routes [shift].version, spot.index, spot.added };
    }
    return (spot_t) { shift, cached->position, 0, cached->added };
}

/* An empty shift is as good as any other of its kind; how good it looks may be bent for once. */
static bool
s_is_worth_asking (search_t *self, int shift)
{
    if (self->routes [shift].visits)
        return true;
    int kind = self->model->shifts [shift].kind;
    if (self->used_count >= self->used_max || self->kind_mark [kind] == self->kind_marks)
        return false;
    self->kind_mark [kind] = self->kind_marks;
    return true;
}

static spot_t
s_best_cached (search_t *self, int node, money_t limit)
{
    spot_t best = { PLAN_NONE, 0, 0, limit };
    money_t best_looks = limit;
    self->kind_marks++;
    int last = self->model->is_plain && self->kind_count == 1 && self->used_count < self->active_count
        ? self->used_count + 1 : self->active_count;
    for (int i = 0; i < last; i++) {
        int shift = self->active [i];
        if (!model_may (self->model, node, shift) || !s_is_worth_asking (self, shift))
            continue;
        spot_t spot = s_cached (self, shift, node);
        money_t looks = self->routes [shift].visits || spot.added == MONEY_MAX ? spot.added
            : spot.added >> self->new_route_shift;
        if (looks < best_looks && spot.added < limit && !random_hit (&self->random, self->blink)) {
            best = spot;
            best_looks = looks;
        }
    }
    return best;
}

static void
s_near_at (search_t *self, int shift, int node, int index, spot_t *best)
{
    const route_t *route = &self->routes [shift];
    if (index <= route->pinned || random_hit (&self->random, self->blink))
        return;
    spot_t spot = { shift, index, 0, best->added };
    self->effort += FAR_EFFORT;
    if (self->model->is_plain) {
        spot.added = s_plain_added (self, shift, node, s_time_at (self, route, node, index));
        if (spot.added < best->added)
            *best = spot;
        return;
    }
    s_try_at (self, node, index, s_look_at (self, shift, node, index),
        s_wants_supply (self, shift, &self->nodes [node]), &spot);
    if (spot.added < best->added)
        *best = spot;
}

/* Right after each of these, or right before. */
static void
s_near_list (search_t *self, int node, const int32_t *list, int offset, spot_t *best)
{
    const model_t *model = self->model;
    for (int i = 0; i < model->beside_count && list [i] != PLAN_NONE; i++) {
        int shift = self->shift_of [list [i]];
        if (shift >= 0 && model_may (model, node, shift) && s_has_room (self, shift, &self->nodes [node]))
            s_near_at (self, shift, node, self->index_of [list [i]] + offset, best);
    }
}

/* First and last of a route whose start is near; all the same while all start alike. */
static void
s_near_ends (search_t *self, int node, int shift, spot_t *best)
{
    const route_t *route = &self->routes [shift];
    if (self->active_index [shift] == PLAN_NONE || !s_is_worth_asking (self, shift)
        || !s_has_room (self, shift, &self->nodes [node]))
        return;
    s_near_at (self, shift, node, route->pinned + 1, best);
    if (route->count > route->pinned)
        s_near_at (self, shift, node, route->count + 1, best);
}

static spot_t
s_best_near (search_t *self, int node, money_t limit)
{
    const model_t *model = self->model;
    spot_t best = { PLAN_NONE, 0, 0, limit };
    const int32_t *around = model->around + (size_t) node * (size_t) model->around_count;
    s_near_list (self, node, model->before + (size_t) node * (size_t) model->beside_count, 1, &best);
    s_near_list (self, node, model->after + (size_t) node * (size_t) model->beside_count, 0, &best);
    self->kind_marks++;
    if (self->kind_count == 1) {
        if (self->used_count < self->active_count && model_may (model, node, self->active [self->used_count]))
            s_near_ends (self, node, self->active [self->used_count], &best);
        return best;
    }
    for (int i = 0; i < model->around_count && around [i] != PLAN_NONE; i++)
        s_near_ends (self, node, around [i], &best);
    return best;
}

spot_t
insert_best (search_t *self, int node, money_t limit)
{
    return self->cache ? s_best_cached (self, node, limit) : s_best_near (self, node, limit);
}

spot_t
insert_exact (search_t *self, int node, money_t limit)
{
    spot_t best = { PLAN_NONE, 0, 0, limit };
    for (int shift = 0; shift < self->model->shift_count; shift++) {
        if (self->active_index [shift] == PLAN_NONE
            || (self->routes [shift].visits == 0 && self->used_count >= self->used_max))
            continue;
        spot_t spot = insert_in (self, shift, node);
        if (spot.added < best.added)
            best = spot;
    }
    return best;
}

void
insert_at (search_t *self, int node, const spot_t *spot)
{
    bank_take (self, node);
    if (spot->supply)
        route_insert (self, spot->shift, spot->supply, self->model->supply);
    route_insert (self, spot->shift, spot->index + (spot->supply != 0), node);
}
