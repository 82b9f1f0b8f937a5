#include "search.h"
#include <stdlib.h>
#include <string.h>

static int
s_part_count (const model_t *model)
{
    int count = 0;
    for (int i = 0; i < model->visit_count; i++)
        for (int k = 0; k < model->visits [i].part_count; k++)
            if (model->visits [i].parts [k].part >= count)
                count = model->visits [i].parts [k].part + 1;
    return count;
}

/* What each shift carries at its start. Room for parts that a visit which comes later may need. */
static void
s_fill_stock (search_t *self)
{
    const model_t *model = self->model;
    self->part_count = s_part_count (model);
    if (model->visit_room > model->visit_count)
        self->part_count = PLAN_PARTS_MAX;
    if (self->part_count == 0)
        return;
    self->stock = memory_array ((size_t) model->shift_count * (size_t) self->part_count, sizeof *self->stock);
    for (int s = 0; s < model->shift_count; s++) {
        const plan_resource_t *resource = &model->problem->resources [model->shifts [s].resource];
        for (int i = 0; i < resource->part_count; i++)
            if (resource->parts [i].part < self->part_count)
                self->stock [s * self->part_count + resource->parts [i].part] += resource->parts [i].quantity;
    }
}

static void
s_open_route (search_t *self, int shift)
{
    enum { ROOM = 16 };
    const shift_t *own = &self->model->shifts [shift];
    route_t *route = &self->routes [shift];
    route->room = ROOM + own->fixed_count;
    route->stops = memory_array ((size_t) route->room, sizeof *route->stops);
    for (int i = 0; i < own->fixed_count; i++) {
        route->stops [++route->count].node = own->first_fixed + i;
        self->shift_of [own->first_fixed + i] = shift;
    }
    self->active [shift] = self->active_index [shift] = shift;
    route_refresh (self, shift);
}

search_t *
search_open (const model_t *model)
{
    size_t nodes = (size_t) model->node_room, shifts = (size_t) model->shift_count;
    search_t *self = memory_array (1, sizeof *self);
    *self = (search_t) {
        .model = model, .nodes = memory_array (nodes, sizeof (node_t)),
        .routes = memory_array (shifts, sizeof (route_t)),
        .shift_of = memory_array (nodes, sizeof (int32_t)),
        .index_of = memory_array (nodes, sizeof (int32_t)),
        .bank = memory_array (nodes, sizeof (int32_t)), .bank_index = memory_array (nodes, sizeof (int32_t)),
        .bank_before = memory_array (nodes, sizeof (int32_t)), .active = memory_array (shifts, sizeof (int32_t)),
        .active_index = memory_array (shifts, sizeof (int32_t)), .active_count = model->shift_count,
        .seeds = memory_array (nodes, sizeof (int32_t)), .mark = memory_array (shifts, sizeof (int32_t)),
        .kind_mark = memory_array (shifts, sizeof (int32_t)), .removed = memory_array (nodes, sizeof (int32_t)),
        .key = memory_array (nodes, sizeof (int64_t)), .saved = memory_array (shifts, sizeof (saved_t)),
        .scratch = memory_array (nodes * 2, sizeof (int32_t)), .begins = memory_array (nodes, sizeof (int32_t)),
        .least = memory_array (nodes + 2, sizeof (money_t)),
        .used_max = model->shift_count, .stamp = 1,
    };
    memcpy (self->nodes, model->nodes, nodes * sizeof *self->nodes);
    for (int s = 0; s < model->shift_count; s++)
        if (model->shifts [s].kind >= self->kind_count)
            self->kind_count = model->shifts [s].kind + 1;
    for (size_t i = 0; i < nodes; i++)
        self->shift_of [i] = self->bank_index [i] = PLAN_NONE;
    s_fill_stock (self);
    for (int s = 0; s < model->shift_count; s++)
        s_open_route (self, s);
    search_welcome (self);
    search_begin (self);
    return self;
}

void
search_welcome (search_t *self)
{
    for (; self->known < self->model->visit_nodes; self->known++) {
        self->nodes [self->known] = self->model->nodes [self->known];
        self->seeds [self->seed_count++] = self->known;
        bank_put (self, self->known);
    }
}

void
search_close (search_t **self_p)
{
    search_t *self = *self_p;
    if (!self)
        return;
    for (int s = 0; s < self->model->shift_count; s++)
        free (self->routes [s].stops);
    void *arrays [] = {
        self->nodes, self->routes, self->shift_of, self->index_of, self->bank, self->bank_index, self->bank_before,
        self->active, self->active_index, self->seeds, self->mark, self->kind_mark, self->removed, self->key,
            self->saved,
        self->log, self->bounds, self->scratch, self->begins, self->least, self->stock, self->cache, self,
    };
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free (arrays [i]);
    *self_p = NULL;
}

void
search_use_cache (search_t *self)
{
    if (!self->cache)
        self->cache = memory_array ((size_t) self->model->node_room * (size_t) self->model->shift_count,
            sizeof *self->cache);
}

static bool
s_is_same (const route_t *a, const route_t *b)
{
    bool is_same = a->count == b->count;
    for (int i = 1; i <= a->count && is_same; i++)
        is_same = a->stops [i].node == b->stops [i].node;
    return is_same;
}

static void
s_activate (search_t *self, const int32_t *shifts, int count)
{
    for (int s = 0; s < self->model->shift_count; s++)
        self->active_index [s] = PLAN_NONE;
    self->active_count = self->used_count = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < count; i++) {
            int shift = shifts ? shifts [i] : i;
            if ((self->routes [shift].visits == 0) != pass)
                continue;
            self->active_index [shift] = self->active_count;
            self->active [self->active_count++] = shift;
            self->used_count += pass == 0;
        }
}

/* These shifts are ours: what is in them, and what it costs. */
static void
s_own (search_t *self, const int32_t *shifts, int count)
{
    s_activate (self, shifts, count);
    self->seed_count = self->bank_count = 0;
    self->bank_price = self->cost = 0;
    for (int k = 0; k < count; k++) {
        int shift = shifts ? shifts [k] : k;
        const route_t *route = &self->routes [shift];
        self->cost += route->cost;
        for (int i = 1; i <= route->count; i++) {
            int node = route->stops [i].node;
            self->shift_of [node] = shift;
            if (self->nodes [node].visit != PLAN_NONE)
                self->seeds [self->seed_count++] = node;
        }
    }
}

/* All of the plan is ours again. */
static void
s_whole (search_t *self)
{
    for (int i = 0; i < self->model->visit_nodes; i++)
        self->bank_index [i] = self->shift_of [i] = PLAN_NONE;
    s_own (self, NULL, self->model->shift_count);
    for (int i = 0; i < self->model->visit_nodes; i++)
        if (self->shift_of [i] == PLAN_NONE) {
            bank_put (self, i);
            self->seeds [self->seed_count++] = i;
        }
    self->is_part = false;
}

void
search_merge (search_t *self, const search_t *from, const int32_t *shifts, int count)
{
    search_begin (self);
    for (int pass = 0; pass < 2; pass++)
        for (int k = 0; k < count; k++) {
            const route_t *other = &from->routes [shifts [k]];
            if (s_is_same (&self->routes [shifts [k]], other))
                continue;
            for (int i = 1; i <= other->count; i++)
                self->scratch [i - 1] = other->stops [i].node;
            route_set (self, shifts [k], self->scratch, pass ? other->count : 0);
        }
    search_begin (self);
}

/* Routes that are the same stay, with what is cached of them. */
void
search_copy (search_t *self, const search_t *from)
{
    const model_t *model = self->model;
    if (self->is_part)
        s_whole (self);
    search_welcome (self);
    search_begin (self);
    memcpy (self->nodes, from->nodes, (size_t) model->node_room * sizeof *self->nodes);
    bool is_bound = model->bound_count > 0;             /* then slack depends on more than the stops */
    for (int s = 0; s < model->shift_count; s++)
        if (is_bound || !s_is_same (&self->routes [s], &from->routes [s]))
            route_set (self, s, NULL, 0);
    for (int s = 0; s < model->shift_count; s++) {
        const route_t *other = &from->routes [s];
        if (is_bound || !s_is_same (&self->routes [s], other)) {
            for (int i = 1; i <= other->count; i++)
                self->scratch [i - 1] = other->stops [i].node;
            route_set (self, s, self->scratch, other->count);
        }
        self->routes [s].pinned = other->pinned;
    }
    search_begin (self);
}

/* ---- a part of the plan */

void
search_restrict (search_t *self, const int32_t *shifts, int count, const int32_t *bank, int bank_count)
{
    for (int i = 0; i < self->model->visit_nodes; i++) {
        self->bank_index [i] = PLAN_NONE;
        self->shift_of [i] = SEARCH_FOREIGN;
    }
    s_own (self, shifts, count);
    for (int i = 0; i < bank_count; i++) {
        bank_put (self, bank [i]);
        self->seeds [self->seed_count++] = bank [i];
    }
    self->is_part = true;
    search_begin (self);
}
