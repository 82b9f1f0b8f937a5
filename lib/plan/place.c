/* place - one visit into the plan as it is: the best places, and for everybody else why not. */
#include "inside.h"
#include <string.h>

enum { DISPLACED_TRIED = 16 };

/* ---- why not */

static plan_reason_t
s_goods_left (const search_t *search, int shift, const node_t *node)
{
    const shift_t *own = &search->model->shifts [shift];
    const route_t *route = &search->routes [shift];
    const plan_visit_t *visit = &search->model->visits [node->visit];
    if (route->load + node->load > own->capacity)
        return (plan_reason_t) { PLAN_RULE_CAPACITY, PLAN_NONE, node->load, own->capacity - route->load, 0 };
    if (route->visits >= own->visits_max)
        return (plan_reason_t) { PLAN_RULE_VISITS_MAX, PLAN_NONE, route->visits + 1, own->visits_max, 0 };
    for (int i = 0; search->stock && search->model->supply == PLAN_NONE && i < visit->part_count; i++) {
        int32_t left = search->stock [shift * search->part_count + visit->parts [i].part];
        if (left < visit->parts [i].quantity)
            return (plan_reason_t) { PLAN_RULE_PART, visit->parts [i].part, visit->parts [i].quantity, left, 0 };
    }
    return (plan_reason_t) { .subject = PLAN_NONE };
}

/* The longest time between two stops, travel and all. */
static int32_t
s_largest_gap (const search_t *search, int shift)
{
    const route_t *route = &search->routes [shift];
    int32_t largest = 0;
    for (int i = 1; i <= route->count + 1; i++) {
        int32_t gap = route->stops [i].latest - route->stops [i - 1].departs;
        largest = gap > largest ? gap : largest;
    }
    return largest;
}

/* He may, but there is no place in this shift. */
static plan_reason_t
s_time_reason (const search_t *search, int shift, int node_index)
{
    const model_t *model = search->model;
    const shift_t *own = &model->shifts [shift];
    const node_t *node = &search->nodes [node_index];
    int32_t work = walk_work (node, own);
    int32_t arrives = walk_go (own, own->from, model_time (model, own->start, node_index));
    int32_t begins = walk_begins (node, own, arrives, work);
    if (begins == PLAN_NEVER)
        return (plan_reason_t) { PLAN_RULE_WINDOW, PLAN_NONE, node->closes, arrives, 0 };
    int32_t returns = own->end == PLAN_NONE ? begins + work
        : walk_go (own, begins + work, model_time (model, node_index, own->end));
    if (returns > own->latest)
        return (plan_reason_t) { PLAN_RULE_SHIFT, PLAN_NONE, returns, own->latest, 0 };
    int32_t needed = model_time (model, own->start, node_index) + work;
    if (own->end != PLAN_NONE)
        needed += model_time (model, node_index, own->end);
    return (plan_reason_t) { PLAN_RULE_FULL, PLAN_NONE, needed, s_largest_gap (search, shift), 0 };
}

/* Of all his shifts the reason that comes last in the list: the one nearest to a place. */
static plan_reason_t
s_reason (const search_t *search, int visit, int node, int resource)
{
    const model_t *model = search->model;
    plan_reason_t reason = { PLAN_RULE_SHIFT, PLAN_NONE, 0, 0, 0 };
    for (int shift = model->first_shift [resource]; shift < model->first_shift [resource + 1]; shift++) {
        plan_reason_t own = model_person (model, visit, resource, model->shifts [shift].from);
        if (own.rule == PLAN_MAY && model_is_frozen (model, visit))
            own = (plan_reason_t) { PLAN_RULE_LOCK, PLAN_NONE, model->visits [visit].told_resource, resource, 0 };
        if (own.rule == PLAN_MAY)
            own = s_goods_left (search, shift, &search->nodes [node]);
        if (own.rule == PLAN_MAY)
            own = s_time_reason (search, shift, node);
        if (shift == model->first_shift [resource] || own.rule > reason.rule)
            reason = own;
    }
    return reason;
}

/* ---- a place in full */

static int
s_sequence (const search_t *search, const spot_t *spot, int node, int32_t *ret_nodes)
{
    const route_t *route = &search->routes [spot->shift];
    int count = 0;
    for (int i = 1; i <= route->count + 1; i++) {
        if (i == spot->supply)
            ret_nodes [count++] = search->model->supply;
        if (i == spot->index)
            ret_nodes [count++] = node;
        if (i <= route->count)
            ret_nodes [count++] = route->stops [i].node;
    }
    return count;
}

static int32_t
s_begins (const search_t *search, const spot_t *spot, int node)
{
    const shift_t *own = &search->model->shifts [spot->shift];
    const stop_t *before = &search->routes [spot->shift].stops [spot->index - 1];
    int32_t arrives = walk_go (own, before->departs, model_time (search->model, before->node, node));
    return walk_begins (&search->nodes [node], own, arrives, walk_work (&search->nodes [node], own));
}

static void
s_times (const search_t *search, const spot_t *spot, int node, plan_place_t *place)
{
    const model_t *model = search->model;
    const shift_t *own = &model->shifts [spot->shift];
    const stop_t *before = &search->routes [spot->shift].stops [spot->index - 1];
    int32_t leg = model_time (model, before->node, node), work = walk_work (&search->nodes [node], own);
    place->begins = s_begins (search, spot, node);
    place->ends = place->begins + work;
    place->leaves = spot->index == 1 ? walk_back (own, place->begins, leg) : before->departs;
}

static int
s_visible (const search_t *search, int shift, int index)
{
    int position = 0;
    for (int i = 1; i < index; i++)
        position += !search->nodes [search->routes [shift].stops [i].node].is_fixed;
    return position;
}

static plan_place_t
s_place (search_t *search, const spot_t *spot, int node)
{
    const model_t *model = search->model;
    const shift_t *own = &model->shifts [spot->shift];
    plan_place_t place = {
        .resource = own->resource, .shift = own->number, .position = s_visible (search, spot->shift, spot->index),
        .supply_position = spot->supply ? s_visible (search, spot->shift, spot->supply) : PLAN_NONE,
        .displaced = PLAN_NONE, .displaced_resource = PLAN_NONE, .displaced_shift = PLAN_NONE,
        .displaced_position = PLAN_NONE,
    };
    s_times (search, spot, node, &place);
    plan_cost_t before = { .amount = { 0 } };
    spot_t none = { spot->shift, 0, 0, 0 };
    walk_detail (search, spot->shift, search->scratch, s_sequence (search, &none, node, search->scratch), &before);
    walk_detail (search, spot->shift, search->scratch, s_sequence (search, spot, node, search->scratch), &place.cost);
    for (int i = 0; i < PLAN_TERMS; i++) {
        place.cost.quantity [i] -= before.quantity [i];
        place.cost.amount [i] = (place.cost.amount [i] - before.amount [i]) / model->hour;
        place.added += place.cost.amount [i];
    }
    return place;
}

/* ---- the scan */

typedef struct { spot_t spots [PLAN_BEST_MAX]; int count, most; } leaders_t;

static void
s_lead (leaders_t *self, const spot_t *spot)
{
    if (self->count == self->most && spot->added >= self->spots [self->count - 1].added)
        return;
    int i = self->count < self->most ? self->count++ : self->count - 1;
    for (; i > 0 && self->spots [i - 1].added > spot->added; i--)
        self->spots [i] = self->spots [i - 1];
    self->spots [i] = *spot;
}

static spot_t
s_best_of_resource (search_t *search, int resource, int node)
{
    const model_t *model = search->model;
    spot_t best = { PLAN_NONE, 0, 0, MONEY_MAX };
    for (int shift = model->first_shift [resource]; shift < model->first_shift [resource + 1]; shift++) {
        spot_t spot = insert_in (search, shift, node);
        if (spot.added < best.added)
            best = spot;
    }
    return best;
}

/* ---- who gives way */

typedef struct { spot_t spot; int32_t node; } giver_t;

static bool
s_gives_way (const search_t *search, int node, int priority)
{
    const node_t *own = &search->nodes [node];
    return own->visit != PLAN_NONE && !own->is_bound && search->model->visits [own->visit].lock == PLAN_LOCK_NONE
           && search->model->visits [own->visit].priority > priority;
}

/* What the route costs more with the visit in place of the stop; MONEY_MAX: it can not be. */
static money_t
s_instead (search_t *search, int shift, int index, int node)
{
    const route_t *route = &search->routes [shift];
    for (int i = 1; i <= route->count; i++)
        search->scratch [i - 1] = i == index ? node : route->stops [i].node;
    money_t cost = walk_cost (search, shift, search->scratch, route->count);
    return cost == MONEY_MAX ? MONEY_MAX : cost - route->cost;
}

static bool
s_could_be_there (const search_t *search, int shift, int index, int node)
{
    const model_t *model = search->model;
    const shift_t *own = &model->shifts [shift];
    const stop_t *before = &search->routes [shift].stops [index - 1], *after = before + 2;
    int32_t work = walk_work (&search->nodes [node], own);
    int32_t arrives = walk_go (own, before->departs, model_time (model, before->node, node));
    int32_t begins = walk_begins (&search->nodes [node], own, arrives, work);
    if (begins == PLAN_NEVER)
        return false;
    int32_t onward = after->node == PLAN_NONE ? 0 : model_time (model, node, after->node);
    return walk_go (own, begins + work, onward) <= after->latest;
}

static int
s_givers (search_t *search, int node, giver_t givers [DISPLACED_TRIED])
{
    const model_t *model = search->model;
    int count = 0, priority = model->visits [search->nodes [node].visit].priority;
    for (int shift = 0; shift < model->shift_count; shift++) {
        const route_t *route = &search->routes [shift];
        if (!model_may (model, node, shift))
            continue;
        for (int i = route->pinned + 1; i <= route->count; i++) {
            if (!s_gives_way (search, route->stops [i].node, priority) || !s_could_be_there (search, shift, i, node))
                continue;
            money_t added = s_instead (search, shift, i, node);
            if (added == MONEY_MAX || (count == DISPLACED_TRIED && added >= givers [count - 1].spot.added))
                continue;
            int k = count < DISPLACED_TRIED ? count++ : count - 1;
            for (; k > 0 && givers [k - 1].spot.added > added; k--)
                givers [k] = givers [k - 1];
            givers [k] = (giver_t) { { shift, i, 0, added }, route->stops [i].node };
        }
    }
    return count;
}

static spot_t
s_elsewhere (search_t *search, int node, int but_shift)
{
    spot_t best = { PLAN_NONE, 0, 0, MONEY_MAX };
    for (int shift = 0; shift < search->model->shift_count; shift++) {
        if (shift == but_shift)
            continue;
        spot_t spot = insert_in (search, shift, node);
        if (spot.added < best.added && !spot.supply)
            best = spot;
    }
    return best;
}

static void
s_displace (search_t *search, int node, int most, plan_placement_t *placement)
{
    giver_t givers [DISPLACED_TRIED];
    int count = s_givers (search, node, givers);
    money_t best = MONEY_MAX;
    plan_place_t place;
    for (int i = 0; i < count; i++) {
        spot_t home = s_elsewhere (search, givers [i].node, givers [i].spot.shift);
        if (home.added == MONEY_MAX || givers [i].spot.added + home.added >= best)
            continue;
        best = givers [i].spot.added + home.added;
        const shift_t *own = &search->model->shifts [givers [i].spot.shift],
            *other = &search->model->shifts [home.shift];
        place = (plan_place_t) {
            .resource = own->resource, .shift = own->number, .supply_position = PLAN_NONE,
            .position = s_visible (search, givers [i].spot.shift, givers [i].spot.index),
            .added = best / search->model->hour,
            .displaced = search->nodes [givers [i].node].visit, .displaced_resource = other->resource,
            .displaced_shift = other->number, .displaced_position = s_visible (search, home.shift, home.index),
            .displaced_begins = s_begins (search, &home, givers [i].node),
        };
        s_times (search, &givers [i].spot, node, &place);
    }
    if (best == MONEY_MAX)
        return;
    int at = placement->best_count;
    while (at > 0 && placement->best [at - 1].added > place.added)
        at--;
    if (at >= most)
        return;
    if (placement->best_count < most)
        placement->best_count++;
    memmove (&placement->best [at + 1], &placement->best [at],
        (size_t) (placement->best_count - 1 - at) * sizeof *placement->best);
    placement->best [at] = place;
}

/* ---- the question */

void
plan_place (plan_t *self, int visit, int best_max, bool displace, plan_placement_t *ret_placement)
{
    search_t *search = self->search;
    int node = self->model->first_node [visit];
    leaders_t leaders = { .most = best_max < 1 ? 1 : best_max < PLAN_BEST_MAX ? best_max : PLAN_BEST_MAX };
    plan_reason_t *reasons = ret_placement->reasons;
    memset (ret_placement->count, 0, sizeof ret_placement->count);
    plan_place_t none = { .resource = PLAN_NONE };
    for (int r = 0; r < self->model->problem->resource_count; r++) {
        spot_t spot = s_best_of_resource (search, r, node);
        plan_reason_t reason = { .subject = PLAN_NONE };
        if (spot.added == MONEY_MAX)
            reason = s_reason (search, visit, node, r);
        else
            s_lead (&leaders, &spot);
        ret_placement->count [reason.rule]++;
        if (ret_placement->places)
            ret_placement->places [r] = reason.rule == PLAN_MAY ? s_place (search, &spot, node) : none;
        if (reasons)
            reasons [r] = reason;
    }
    ret_placement->best_count = leaders.count;
    for (int i = 0; i < leaders.count; i++)
        ret_placement->best [i] = s_place (search, &leaders.spots [i], node);
    if (displace)
        s_displace (search, node, leaders.most, ret_placement);
}

/* The index among all stops of what a caller counts: before a fixed stop when it begins before that. */
static int
s_index (const search_t *search, int shift, int position, int32_t begins)
{
    int index = 1;
    const route_t *route = &search->routes [shift];
    for (; index <= route->count; index++) {
        const node_t *node = &search->nodes [route->stops [index].node];
        if (position == 0 && (!node->is_fixed || begins < node->opens))
            break;
        position -= !node->is_fixed;
    }
    return index;
}

void
plan_take (plan_t *self, int visit, const plan_place_t *place)
{
    search_t *search = self->search;
    int node = self->model->first_node [visit], shift = self->model->first_shift [place->resource] + place->shift;
    search_begin (search);
    if (place->displaced != PLAN_NONE) {
        int other = self->model->first_node [place->displaced], index = search->index_of [other];
        int home = self->model->first_shift [place->displaced_resource] + place->displaced_shift;
        route_remove (search, shift, index, 1);
        insert_at (search, node, &(spot_t) { shift, index, 0, 0 });
        insert_at (search, other, &(spot_t) { home, s_index (search, home, place->displaced_position,
            place->displaced_begins), 0, 0 });
        return;
    }
    spot_t spot = { shift, s_index (search, shift, place->position, place->begins), 0, 0 };
    if (place->supply_position != PLAN_NONE)
        spot.supply = place->supply_position == place->position ? spot.index
            : s_index (search, shift, place->supply_position, place->begins);
    insert_at (search, node, &spot);
}

/* Without a detour that was quicker than the way, who comes after may be late: he is unassigned, too. */
static void
s_mend (search_t *search, int shift)
{
    while (search->routes [shift].is_broken) {
        const route_t *route = &search->routes [shift];
        int last = 1;
        for (; last <= route->count; last++) {
            for (int i = 1; i <= last; i++)
                search->scratch [i - 1] = route->stops [i].node;
            if (walk_cost (search, shift, search->scratch, last) == MONEY_MAX)
                break;
        }
        while (last > 1 && (last > route->count || search->nodes [route->stops [last].node].visit == PLAN_NONE))
            last--;
        while (search->nodes [route->stops [last].node].visit == PLAN_NONE)
            last++;                                     /* only pauses before: the first visit behind them */
        search->removed [search->removed_count++] = route->stops [last].node;
        route_remove (search, shift, last, 1);
    }
}

void
plan_remove (plan_t *self, int visit)
{
    search_t *search = self->search;
    int node = self->model->first_node [visit];
    search_begin (search);
    search->removed_count = 0;
    int shift = search->shift_of [node];
    if (shift >= 0) {
        search->routes [shift].pinned -= search->index_of [node] <= search->routes [shift].pinned;
        route_remove (search, shift, search->index_of [node], 1);
    }
    if (search->nodes [node].is_bound)
        group_remove (search, node);
    while (search->broken_count) {
        search->removed_count = 0;
        for (shift = 0; shift < self->model->shift_count; shift++)
            s_mend (search, shift);
        group_remove_bound (search);
    }
}
