#include "search.h"
#include <string.h>

/* Only pauses without a place are met here: who is on the way is held up by them, who works must be done before or
 * begin after. One with a place is a stop. */

int32_t
walk_go (const shift_t *shift, int32_t at, int32_t time)
{
    for (int i = 0; i < shift->pause_count; i++) {
        const plan_pause_t *pause = &shift->pauses [i];
        if (pause->place != PLAN_NONE || pause->to <= at || (time == 0 && pause->from >= at))
            continue;
        if (pause->from >= at + time && time > 0)
            break;
        if (at < pause->from)
            time -= pause->from - at;
        at = pause->to;
    }
    return at + time;
}

int32_t
walk_back (const shift_t *shift, int32_t at, int32_t time)
{
    for (int i = shift->pause_count - 1; i >= 0; i--) {
        const plan_pause_t *pause = &shift->pauses [i];
        if (pause->place != PLAN_NONE || pause->from >= at || (time == 0 && pause->to <= at))
            continue;
        if (pause->to <= at - time && time > 0)
            break;
        if (at > pause->to)
            time -= at - pause->to;
        at = pause->from;
    }
    return at - time;
}

int32_t
walk_work (const node_t *node, const shift_t *shift)
{
    if (shift->efficiency == 100 || node->visit == PLAN_NONE)
        return node->work;
    return (int32_t) (((int64_t) node->work * 100 + shift->efficiency - 1) / shift->efficiency);
}

/* The pause that work in [at, at + work) would lie in, or NULL. */
static const plan_pause_t *
s_pause_in (const shift_t *shift, int32_t at, int32_t work)
{
    for (int i = 0; i < shift->pause_count; i++)
        if (shift->pauses [i].place == PLAN_NONE && shift->pauses [i].from < at + work && shift->pauses [i].to > at)
            return &shift->pauses [i];
    return NULL;
}

int32_t
walk_begins (const node_t *node, const shift_t *shift, int32_t at, int32_t work)
{
    at = at > node->opens ? at : node->opens;
    for (int i = 0; ; ) {
        while (i < node->window_count && node->windows [i].to < at)
            i++;
        if (i < node->window_count && at < node->windows [i].from)
            at = node->windows [i].from;
        if (at > node->closes || (node->window_count && i == node->window_count) || at > node->ends_by - work)
            return PLAN_NEVER;
        const plan_pause_t *pause = shift->pause_count ? s_pause_in (shift, at, work) : NULL;
        if (!pause)
            return at;
        at = pause->to;
    }
}

int32_t
walk_begins_by (const node_t *node, const shift_t *shift, int32_t by, int32_t work)
{
    by = by < node->ends_by ? by : node->ends_by;
    int32_t at = by - work < node->closes ? by - work : node->closes;
    for (int i = node->window_count - 1; ; ) {
        while (i >= 0 && node->windows [i].from > at)
            i--;
        if (i >= 0 && at > node->windows [i].to)
            at = node->windows [i].to;
        if (at < node->opens || (node->window_count && i < 0))
            return PLAN_NONE;
        const plan_pause_t *pause = shift->pause_count ? s_pause_in (shift, at, work) : NULL;
        if (!pause)
            return at;
        at = pause->from - work;
    }
}

/* ---- goods: tools and parts that are carried, until the supply place */

static bool
s_takes_parts (const model_t *model, const node_t *node, int32_t *left)
{
    const plan_visit_t *visit = &model->visits [node->visit];
    for (int i = 0; i < visit->part_count; i++)
        if ((left [visit->parts [i].part] -= visit->parts [i].quantity) < 0)
            return false;
    return true;
}

static bool
s_has_tools (const model_t *model, const node_t *node, const plan_resource_t *resource)
{
    const plan_visit_t *visit = &model->visits [node->visit];
    for (int i = 0; i < visit->tool_count; i++) {
        bool has = false;
        for (int k = 0; k < resource->tool_count && !has; k++)
            has = resource->tools [k] == visit->tools [i];
        if (!has)
            return false;
    }
    return true;
}

static bool
s_has_goods (const search_t *self, int shift, const int32_t *nodes, int count)
{
    const model_t *model = self->model;
    const plan_resource_t *resource = &model->problem->resources [model->shifts [shift].resource];
    int32_t left [PLAN_PARTS_MAX];
    memset (left, 0, (size_t) self->part_count * sizeof *left);
    for (int i = 0; i < resource->part_count; i++)
        if (resource->parts [i].part < self->part_count)
            left [resource->parts [i].part] += resource->parts [i].quantity;
    for (int i = 0; i < count; i++) {
        if (nodes [i] == model->supply)
            return true;
        const node_t *node = &self->nodes [nodes [i]];
        if (node->visit == PLAN_NONE)
            continue;
        if (!s_takes_parts (model, node, left) || (model->supply != PLAN_NONE && !s_has_tools (model, node, resource)))
            return false;
    }
    return true;
}

/* ---- the walk */

typedef struct {
    search_t *search;
    const shift_t *shift;
    const int32_t *nodes;
    int count;
    int32_t at, here, travel, work, kept, load, visits;     /* kept: pauses with a place */
    int64_t distance;
    money_t cost;
    plan_cost_t *detail;                /* or NULL; amounts in our unit */
} walk_t;

static void
s_charge (walk_t *self, plan_term_t term, int64_t quantity, money_t price)
{
    self->cost += quantity * price;
    if (!self->detail)
        return;
    self->detail->quantity [term] += quantity;
    self->detail->amount [term] += quantity * price;
}

static bool
s_step (walk_t *self, int index)
{
    const model_t *model = self->search->model;
    int next = self->nodes [index];
    const node_t *node = &self->search->nodes [next];
    int32_t leg = model_time (model, self->here, next), work = walk_work (node, self->shift);
    int32_t begins = walk_begins (node, self->shift, walk_go (self->shift, self->at, leg), work);
    if (begins == PLAN_NEVER)
        return false;
    self->search->begins [index] = begins;
    self->travel += leg;
    self->distance += self->shift->per_distance_1000 ? model_distance (model, self->here, next) : 0;
    self->at = begins + work;
    self->here = next;
    if (node->visit == PLAN_NONE) {
        self->kept += work;
        return true;
    }
    self->work += work;
    const plan_visit_t *visit = &model->visits [node->visit];
    self->load += node->load;
    self->visits++;
    if (node->late && begins > node->due)
        s_charge (self, PLAN_TERM_LATE, begins - node->due, node->late);
    if (node->delay && begins > node->wanted)
        s_charge (self, PLAN_TERM_DELAY, begins - node->wanted, node->delay);
    if (model->moved_time && visit->told_at != PLAN_NONE)
        s_charge (self, PLAN_TERM_MOVED, begins > visit->told_at ? begins - visit->told_at : visit->told_at - begins,
            model->moved_time);
    self->cost += model_suits (model, node->visit, node->member, self->shift->resource, self->detail);
    return !node->has_expiry
           || model_person (model, node->visit, self->shift->resource, self->at).rule != PLAN_RULE_SKILL;
}

/* When he must leave to be back when he is, as late as can be. */
static int32_t
s_leaves (const walk_t *self, int32_t returns)
{
    const model_t *model = self->search->model;
    int32_t by = returns, next = self->shift->end;
    for (int i = self->count - 1; i >= 0; i--) {
        const node_t *node = &self->search->nodes [self->nodes [i]];
        if (next != PLAN_NONE)
            by = walk_back (self->shift, by, model_time (model, self->nodes [i], next));
        by = walk_begins_by (node, self->shift, by, walk_work (node, self->shift));
        if (node->is_bound && by > self->search->begins [i])
            by = self->search->begins [i];                  /* others rely on it */
        next = self->nodes [i];
    }
    return walk_back (self->shift, by, model_time (model, self->shift->start, next));
}

static int32_t
s_paused (const shift_t *shift, int32_t from, int32_t to)
{
    int32_t paused = 0;
    for (int i = 0; i < shift->pause_count; i++)
        if (shift->pauses [i].place == PLAN_NONE && shift->pauses [i].from >= from && shift->pauses [i].to <= to)
            paused += shift->pauses [i].to - shift->pauses [i].from;
    return paused;
}

static void
s_charge_time (walk_t *self, int32_t returns)
{
    const model_t *model = self->search->model;
    const shift_t *shift = self->shift;
    if (returns > shift->to)
        s_charge (self, PLAN_TERM_OVERTIME, returns - shift->to, model->overtime);
    if (model->balance && self->work > model->balance_mean)
        s_charge (self, PLAN_TERM_BALANCE, self->work - model->balance_mean, model->balance);
    if (!model->is_compact)
        return;
    int32_t leaves = s_leaves (self, returns), duration = returns - leaves;
    s_charge (self, PLAN_TERM_WORK_TIME, duration, shift->per_work_time);
    int32_t busy = self->travel + self->work + self->kept + s_paused (shift, leaves, returns);
    s_charge (self, PLAN_TERM_WAIT, duration - busy, model->wait);
    self->search->relief = (duration - self->travel - self->work - self->kept) * (shift->per_work_time + model->wait);
}

static money_t
s_cost (walk_t *self, int32_t returns)
{
    const shift_t *shift = self->shift;
    if (self->visits == 0)
        return 0;
    s_charge (self, PLAN_TERM_TRAVEL, self->travel, shift->per_travel);
    __int128 wide = (__int128) self->distance * shift->per_distance_1000 / 1000;
    money_t most = MONEY_MAX / 4 / (self->search->model->shift_count + 1),
        distance = wide < most ? (money_t) wide : most;
    self->cost += distance;
    if (self->detail) {
        self->detail->quantity [PLAN_TERM_DISTANCE] += self->distance;
        self->detail->amount [PLAN_TERM_DISTANCE] += distance;
    }
    s_charge (self, PLAN_TERM_USE, 1, shift->of_use);
    s_charge_time (self, returns);
    return self->cost;
}

money_t
walk_cost (search_t *self, int shift, const int32_t *nodes, int count)
{
    return walk_detail (self, shift, nodes, count, NULL);
}

money_t
walk_detail (search_t *self, int shift_index, const int32_t *nodes, int count, plan_cost_t *ret_detail)
{
    const shift_t *shift = &self->model->shifts [shift_index];
    walk_t walk = {
        .search = self, .shift = shift, .nodes = nodes, .count = count, .at = shift->from, .here = shift->start,
        .detail = ret_detail,
    };
    self->relief = 0;
    self->effort += 2 * (uint64_t) count + 2;               /* a walk asks more of each stop than a look does */
    for (int i = 0; i < count; i++)
        if (!s_step (&walk, i))
            return MONEY_MAX;
    int32_t returns = walk.at;
    if (shift->end != PLAN_NONE) {
        int32_t leg = model_time (self->model, walk.here, shift->end);
        walk.travel += leg;
        walk.distance += shift->per_distance_1000 ? model_distance (self->model, walk.here, shift->end) : 0;
        returns = walk_go (shift, walk.at, leg);
    }
    if (returns > shift->latest || walk.load > shift->capacity || walk.visits > shift->visits_max)
        return MONEY_MAX;
    if ((self->model->has_parts || self->model->supply != PLAN_NONE) && !s_has_goods (self, shift_index, nodes, count))
        return MONEY_MAX;
    return s_cost (&walk, returns);
}
