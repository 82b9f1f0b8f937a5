/* route - changes of routes, with the slack that follows from them, and the log that takes them back. */
#include "search.h"
#include <string.h>

static void
s_room (route_t *route, int32_t count)
{
    if (count + 2 <= route->room)
        return;
    route->room = (count + 2) * 2;
    route->stops = memory_grow (route->stops, (size_t) route->room * sizeof *route->stops);
}

/* ---- the bank */

void
bank_put (search_t *self, int node)
{
    self->bank_index [node] = self->bank_count;
    self->bank [self->bank_count++] = node;
    self->shift_of [node] = PLAN_NONE;
    self->cost += self->nodes [node].unassigned;
    self->bank_price += self->nodes [node].unassigned;
}

void
bank_take (search_t *self, int node)
{
    int index = self->bank_index [node], last = self->bank [--self->bank_count];
    self->bank [index] = last;
    self->bank_index [last] = index;
    self->bank_index [node] = PLAN_NONE;
    self->cost -= self->nodes [node].unassigned;
    self->bank_price -= self->nodes [node].unassigned;
}

/* ---- which shifts are used */

static void
s_swap_active (search_t *self, int a, int b)
{
    int shift_a = self->active [a], shift_b = self->active [b];
    self->active [a] = shift_b;
    self->active [b] = shift_a;
    self->active_index [shift_a] = b;
    self->active_index [shift_b] = a;
}

static void
s_count_visits (search_t *self, int shift, int32_t visits)
{
    route_t *route = &self->routes [shift];
    if (route->visits == 0 && visits > 0)
        s_swap_active (self, self->active_index [shift], self->used_count++);
    else if (route->visits > 0 && visits == 0)
        s_swap_active (self, self->active_index [shift], --self->used_count);
    route->visits = visits;
}

/* ---- slack */

/* From a stop that is new to the first one that nothing changes for; PLAN_NONE: all of them are new. */
static void
s_forward_plain (search_t *self, route_t *route, int fresh)
{
    stop_t *stops = route->stops;
    for (int i = fresh > 0 ? fresh : 1; i <= route->count; i++) {
        const node_t *node = &self->nodes [stops [i].node];
        int32_t begins = stops [i - 1].departs + stops [i - 1].onward;
        int32_t departs = (begins > node->opens ? begins : node->opens) + node->work;
        if (departs == stops [i].departs && fresh > 0 && i > fresh)
            return;
        stops [i].departs = departs;
    }
}

static void
s_backward_plain (search_t *self, route_t *route, int fresh)
{
    stop_t *stops = route->stops;
    for (int i = fresh > 0 ? fresh : route->count; i >= 1; i--) {
        const node_t *node = &self->nodes [stops [i].node];
        int32_t latest = stops [i + 1].latest - stops [i].onward - node->work;
        latest = latest < node->closes ? latest : node->closes;
        if (latest == stops [i].latest && fresh > 0 && i < fresh)
            return;
        stops [i].latest = latest;
    }
}

static void
s_slack (search_t *self, int shift)
{
    const shift_t *own = &self->model->shifts [shift];
    route_t *route = &self->routes [shift];
    stop_t *stops = route->stops;
    for (int i = 1; i <= route->count; i++) {
        const node_t *node = &self->nodes [stops [i].node];
        int32_t work = walk_work (node, own);
        stops [i].departs = walk_begins (node, own, walk_go (own, stops [i - 1].departs, stops [i - 1].onward),
            work) + work;
    }
    for (int i = route->count; i >= 1; i--) {
        const node_t *node = &self->nodes [stops [i].node];
        int32_t by = stops [i + 1].node == PLAN_NONE ? own->latest
            : walk_back (own, stops [i + 1].latest, stops [i].onward);
        stops [i].latest = walk_begins_by (node, own, by, walk_work (node, own));
    }
}

/* ---- stock before the supply place */

static void
s_stock (search_t *self, int shift, const node_t *node, int sign)
{
    if (!self->stock || node->visit == PLAN_NONE)
        return;
    const plan_visit_t *visit = &self->model->visits [node->visit];
    for (int i = 0; i < visit->part_count; i++)
        self->stock [shift * self->part_count + visit->parts [i].part] += sign * visit->parts [i].quantity;
}

/* ---- the log */

static void
s_save (search_t *self, int shift)
{
    route_t *route = &self->routes [shift];
    if (route->stamp == self->stamp)
        return;
    route->stamp = self->stamp;
    size_t size = (size_t) route->count + 2;
    if (self->log_size + size > self->log_room) {
        self->log_room = (self->log_size + size) * 2;
        self->log = memory_grow (self->log, self->log_room * sizeof *self->log);
    }
    self->saved [self->saved_count++] = (saved_t) {
        shift, route->count, route->load, route->visits, route->supply, route->version, route->cost, route->relief,
        self->log_size
    };
    memcpy (self->log + self->log_size, route->stops, size * sizeof *route->stops);
    self->log_size += size;
}

void
search_begin (search_t *self)
{
    self->stamp++;
    self->saved_count = 0;
    self->log_size = 0;
    self->bounds_count = 0;
    self->cost_before = self->cost;
    self->bank_price_before = self->bank_price;
    self->bank_before_count = self->bank_count;
    memcpy (self->bank_before, self->bank, (size_t) self->bank_count * sizeof *self->bank);
}

static void
s_break (search_t *self, route_t *route, bool is_broken)
{
    self->broken_count += is_broken - route->is_broken;
    route->is_broken = is_broken;
}

static void
s_restore (search_t *self, const saved_t *saved)
{
    route_t *route = &self->routes [saved->shift];
    const stop_t *log = self->log + saved->offset;
    if (self->stock)
        for (int i = 1; i <= saved->count; i++)
            s_stock (self, saved->shift, &self->nodes [log [i].node], -1);
    s_count_visits (self, saved->shift, saved->visits);
    memcpy (route->stops, log, ((size_t) saved->count + 2) * sizeof *log);
    route->count = saved->count;
    route->load = saved->load;
    route->supply = saved->supply;
    route->cost = saved->cost;
    route->relief = saved->relief;
    route->version = saved->version;
    s_break (self, route, false);
    for (int i = 1; i <= route->count; i++) {
        self->shift_of [route->stops [i].node] = saved->shift;
        self->index_of [route->stops [i].node] = i;
    }
}

void
search_rollback (search_t *self)
{
    for (int k = 0; k < self->saved_count; k++) {           /* first out of where they are now */
        const route_t *route = &self->routes [self->saved [k].shift];
        for (int i = 1; i <= route->count; i++) {
            self->shift_of [route->stops [i].node] = PLAN_NONE;
            s_stock (self, self->saved [k].shift, &self->nodes [route->stops [i].node], 1);
        }
    }
    for (int i = 0; i < self->bank_count; i++)
        self->bank_index [self->bank [i]] = PLAN_NONE;
    for (int k = 0; k < self->saved_count; k++)
        s_restore (self, &self->saved [k]);
    self->bank_count = self->bank_before_count;
    memcpy (self->bank, self->bank_before, (size_t) self->bank_count * sizeof *self->bank);
    for (int i = 0; i < self->bank_count; i++) {
        self->bank_index [self->bank [i]] = i;
        self->shift_of [self->bank [i]] = PLAN_NONE;
    }
    for (int k = self->bounds_count - 1; k >= 0; k--) {
        node_t *node = &self->nodes [self->bounds [k].node];
        node->opens = self->bounds [k].opens;
        node->closes = self->bounds [k].closes;
        node->ends_by = self->bounds [k].ends_by;
    }
    self->cost = self->cost_before;
    self->bank_price = self->bank_price_before;
}

void
search_keep (search_t *self)
{
    for (int k = 0; k < self->saved_count; k++) {
        const saved_t *saved = &self->saved [k];
        route_t *route = &self->routes [saved->shift];
        const stop_t *log = self->log + saved->offset;
        bool is_same = route->count == saved->count;
        for (int i = 1; i <= route->count && is_same; i++)
            is_same = route->stops [i].node == log [i].node;
        if (is_same && self->bounds_count == 0)
            route->version = saved->version;
    }
}

void
search_bound (search_t *self, int node, int32_t opens, int32_t closes, int32_t ends_by)
{
    if (self->bounds_count == self->bounds_room) {
        self->bounds_room = self->bounds_room * 2 + 16;
        self->bounds = memory_grow (self->bounds, (size_t) self->bounds_room * sizeof *self->bounds);
    }
    node_t *bound = &self->nodes [node];
    self->bounds [self->bounds_count++] = (bounds_t) { node, bound->opens, bound->closes, bound->ends_by };
    bound->opens = opens;
    bound->closes = closes;
    bound->ends_by = ends_by;
    int shift = self->shift_of [node];
    if (shift >= 0)
        route_refresh (self, shift);
}

/* ---- changes */

static money_t
s_walked (search_t *self, int shift)
{
    route_t *route = &self->routes [shift];
    for (int i = 0; i < route->count; i++)
        self->scratch [i] = route->stops [i + 1].node;
    return walk_cost (self, shift, self->scratch, route->count);
}

static void
s_recount (search_t *self, int shift)
{
    route_t *route = &self->routes [shift];
    int32_t visits = 0, load = 0;
    route->supply = 0;
    for (int i = 1; i <= route->count; i++) {
        int node = route->stops [i].node;
        visits += self->nodes [node].visit != PLAN_NONE;
        load += self->nodes [node].load;
        if (node == self->model->supply)
            route->supply = i;
        else
            self->index_of [node] = i;
    }
    route->load = load;
    s_count_visits (self, shift, visits);
}

static money_t
s_plain_cost (search_t *self, int shift)
{
    const route_t *route = &self->routes [shift];
    if (route->visits == 0)
        return 0;
    money_t time = 0, cost = self->model->shifts [shift].of_use;
    for (int i = 0; i <= route->count; i++)
        time += route->stops [i].onward;
    for (int i = 1; i <= route->count; i++)
        cost += search_suits (self, route->stops [i].node, shift);
    return cost + time * self->model->plain_per_travel;
}

static bool
s_is_late (const search_t *self, const route_t *route)
{
    for (int i = 1; i <= route->count; i++) {
        const node_t *node = &self->nodes [route->stops [i].node];
        if (route->stops [i].departs - node->work > node->closes)
            return true;
    }
    return route->stops [route->count].departs
        + route->stops [route->count].onward > route->stops [route->count + 1].latest;
}

void
route_refresh (search_t *self, int shift)
{
    const shift_t *own = &self->model->shifts [shift];
    s_save (self, shift);
    route_t *route = &self->routes [shift];
    stop_t *stops = route->stops;
    s_recount (self, shift);
    stops [0] = (stop_t) { own->start, own->from, own->from, 0 };
    stops [route->count + 1] = (stop_t) { own->end, own->latest, own->latest, 0 };
    for (int i = 0; i <= route->count; i++)
        stops [i].onward = stops [i + 1].node == PLAN_NONE || route->count == 0 ? 0
            : model_time (self->model, stops [i].node, stops [i + 1].node);
    money_t before = route->cost;
    if (self->model->is_plain) {
        s_forward_plain (self, route, PLAN_NONE);
        s_backward_plain (self, route, PLAN_NONE);
        route->cost = s_plain_cost (self, shift);
        s_break (self, route, s_is_late (self, route));
    } else {
        s_slack (self, shift);
        money_t cost = s_walked (self, shift);
        s_break (self, route, cost == MONEY_MAX && route->visits);  /* nobody keeps a pause of a day without visits */
        route->cost = cost == MONEY_MAX ? 0 : cost;
        route->relief = cost == MONEY_MAX ? MONEY_MAX / 4 : self->relief;
    }
    self->cost += route->cost - before;
    route->version = ++self->versions;
    self->effort += (uint64_t) route->count + 4;
}

static void
s_insert_plain (search_t *self, int shift, int index, int node)
{
    const model_t *model = self->model;
    route_t *route = &self->routes [shift];
    stop_t *stops = route->stops;
    int32_t before = stops [index - 1].onward;
    stops [index - 1].onward = model_time (model, stops [index - 1].node, node);
    stops [index].onward = model_time (model, node, stops [index + 1].node);
    money_t added = (money_t) (stops [index - 1].onward + stops [index].onward - before) * model->plain_per_travel
        + search_suits (self, node, shift);
    if (route->count == 0)
        added += model->shifts [shift].of_use;
    route->count++;
    route->load += self->nodes [node].load;
    s_count_visits (self, shift, route->visits + 1);
    for (int i = index; i <= route->count; i++)
        self->index_of [stops [i].node] = i;
    s_forward_plain (self, route, index);
    s_backward_plain (self, route, index);
    route->cost += added;
    self->cost += added;
    route->version = ++self->versions;
    self->effort += (uint64_t) route->count + 4;
}

void
route_insert (search_t *self, int shift, int index, int node)
{
    s_save (self, shift);
    route_t *route = &self->routes [shift];
    s_room (route, route->count + 1);
    memmove (route->stops + index + 1, route->stops + index,
        (size_t) (route->count + 2 - index) * sizeof *route->stops);
    route->stops [index] = (stop_t) { .node = node };
    if (node != self->model->supply) {
        self->shift_of [node] = shift;
        s_stock (self, shift, &self->nodes [node], -1);
    }
    if (self->model->is_plain)
        return s_insert_plain (self, shift, index, node);
    route->count++;
    route_refresh (self, shift);
}

void
route_remove (search_t *self, int shift, int first, int count)
{
    s_save (self, shift);
    route_t *route = &self->routes [shift];
    stop_t *stops = route->stops;
    for (int i = first; i < first + count; i++) {
        int node = stops [i].node;
        if (node == self->model->supply)
            continue;
        s_stock (self, shift, &self->nodes [node], 1);
        bank_put (self, node);
    }
    memmove (stops + first, stops + first + count, (size_t) (route->count + 2 - first - count) * sizeof *stops);
    route->count -= count;
    route_refresh (self, shift);
}

/* Fixed stops come where the caller has them, or by their time. */
static int
s_with_fixed (const search_t *self, int shift, const int32_t *nodes, int count, int32_t *ret_nodes)
{
    const shift_t *own = &self->model->shifts [shift];
    int total = 0;
    for (int i = 0; i < count; i++)
        ret_nodes [total++] = nodes [i];
    for (int i = 0; i < own->fixed_count; i++) {
        bool is_there = false;
        for (int k = 0; k < count; k++)
            is_there |= nodes [k] == own->first_fixed + i;
        if (!is_there)
            ret_nodes [total++] = own->first_fixed + i;
    }
    return total;
}

void
route_set (search_t *self, int shift, const int32_t *nodes, int count)
{
    s_save (self, shift);
    route_t *route = &self->routes [shift];
    for (int i = 1; i <= route->count; i++) {
        int node = route->stops [i].node;
        if (self->nodes [node].visit == PLAN_NONE)
            continue;
        s_stock (self, shift, &self->nodes [node], 1);
        bank_put (self, node);
    }
    int32_t *all = self->scratch + self->model->node_room;
    int total = s_with_fixed (self, shift, nodes, count, all);
    s_room (route, total);
    for (int i = 0; i < total; i++) {
        route->stops [i + 1] = (stop_t) { .node = all [i] };
        if (self->nodes [all [i]].visit == PLAN_NONE)
            continue;
        bank_take (self, all [i]);
        self->shift_of [all [i]] = shift;
        s_stock (self, shift, &self->nodes [all [i]], -1);
    }
    route->count = total;
    route_refresh (self, shift);
}
