/* group - visits whose time hangs on others: crews that begin together, visits that come after one another.
 *
 * Once all are placed, each is bound to what the others rely on: members of a crew to the very time, who comes
 * first to end before the other begins, who comes second not to begin earlier than now. So routes stay independent
 * of each other, and the search may change what lies between. Taking one out frees the others, and takes out what
 * can not be without it. */
#include "search.h"

enum { TIMES_TRIED = 12 };

static int
s_members (const search_t *self, int visit)
{
    return self->model->visits [visit].crew > 1 ? self->model->visits [visit].crew : 1;
}

static int32_t
s_ends (const search_t *self, int node)
{
    return self->routes [self->shift_of [node]].stops [self->index_of [node]].departs;
}

static int32_t
s_begins (const search_t *self, int node)
{
    return s_ends (self, node) - walk_work (&self->nodes [node], &self->model->shifts [self->shift_of [node]]);
}

static void
s_free (search_t *self, int node)
{
    const node_t *own = &self->model->nodes [node];
    search_bound (self, node, own->opens, own->closes, own->ends_by);
}

/* The one that comes first must have ended before all that come after it. */
static void
s_bind_first (search_t *self, int first)
{
    int32_t by = PLAN_NEVER;
    for (int i = 0; i < self->model->bound_count; i++) {
        int visit = self->model->bound [i], node = self->model->first_node [visit];
        if (self->model->visits [visit].after != first || self->shift_of [node] < 0)
            continue;
        int32_t begins = s_begins (self, node) - self->model->visits [visit].after_gap;
        by = begins < by ? begins : by;
    }
    for (int member = 0; member < s_members (self, first); member++) {
        int node = self->model->first_node [first] + member;
        search_bound (self, node, self->nodes [node].opens, self->nodes [node].closes, by);
    }
}

void
group_remove (search_t *self, int node)
{
    int visit = self->nodes [node].visit;
    for (int member = 0; member < s_members (self, visit); member++) {
        int other = self->model->first_node [visit] + member;
        if (self->shift_of [other] >= 0) {
            route_remove (self, self->shift_of [other], self->index_of [other], 1);
            self->removed [self->removed_count++] = other;
        }
        s_free (self, other);
    }
    for (int i = 0; i < self->model->bound_count; i++) {
        int after = self->model->bound [i];
        if (self->model->visits [after].after == visit && self->shift_of [self->model->first_node [after]] >= 0) {
            int first = self->model->first_node [after];
            route_remove (self, self->shift_of [first], self->index_of [first], 1);
            self->removed [self->removed_count++] = first;
            group_remove (self, first);
        }
    }
    int before = self->model->visits [visit].after;
    if (before != PLAN_NONE && self->shift_of [self->model->first_node [before]] >= 0)
        s_bind_first (self, before);
}

void
group_remove_bound (search_t *self)
{
    if (self->model->bound_count == 0)
        return;
    for (int i = 0; i < self->removed_count; i++)
        if (self->nodes [self->removed [i]].is_bound)
            group_remove (self, self->removed [i]);
}

/* ---- insertion */

/* May this shift's resource do it beside the others of its crew, and as the same that came before? */
static bool
s_is_allowed (const search_t *self, int visit, int shift)
{
    const model_t *model = self->model;
    int resource = model->shifts [shift].resource;
    for (int member = 0; member < s_members (self, visit); member++) {
        int other = self->shift_of [model->first_node [visit] + member];
        if (other >= 0 && model->shifts [other].resource == resource)
            return false;
    }
    if (!model->visits [visit].after_same_resource)
        return true;
    int before = model->visits [visit].after;
    for (int member = 0; member < s_members (self, before); member++)
        if (model->shifts [self->shift_of [model->first_node [before] + member]].resource == resource)
            return true;
    return false;
}

static spot_t
s_best (search_t *self, int node)
{
    spot_t best = { PLAN_NONE, 0, 0, MONEY_MAX };
    for (int shift = 0; shift < self->model->shift_count; shift++) {
        if (self->active_index [shift] == PLAN_NONE || !s_is_allowed (self, self->nodes [node].visit, shift)
            || (self->routes [shift].visits == 0 && self->used_count >= self->used_max))
            continue;
        spot_t spot = insert_in (self, shift, node);
        if (spot.added < best.added)
            best = spot;
    }
    return best;
}

static bool
s_insert_single (search_t *self, int node, int32_t opens)
{
    const node_t *own = &self->model->nodes [node];
    search_bound (self, node, opens > own->opens ? opens : own->opens, own->closes, own->ends_by);
    spot_t spot = s_best (self, node);
    if (spot.shift == PLAN_NONE)
        return false;
    insert_at (self, node, &spot);
    return true;
}

/* The next time, not before `from`, at which one more could begin; PLAN_NEVER: none. */
static int32_t
s_next_time (search_t *self, int node, int32_t from)
{
    int32_t next = PLAN_NEVER;
    const node_t *own = &self->model->nodes [node];
    search_bound (self, node, from > own->opens ? from : own->opens, own->closes, own->ends_by);
    for (int shift = 0; shift < self->model->shift_count; shift++) {
        if (self->active_index [shift] == PLAN_NONE)
            continue;
        spot_t spot = insert_in (self, shift, node);
        if (spot.added == MONEY_MAX)
            continue;
        const shift_t *shift_ = &self->model->shifts [shift];
        const stop_t *before = &self->routes [shift].stops [spot.index - 1];
        int32_t arrives = walk_go (shift_, before->departs, model_time (self->model, before->node, node));
        int32_t begins = walk_begins (&self->nodes [node], shift_, arrives, walk_work (&self->nodes [node], shift_));
        next = begins < next ? begins : next;
    }
    return next;
}

static void
s_take_out (search_t *self, int visit)
{
    for (int member = 0; member < s_members (self, visit); member++) {
        int node = self->model->first_node [visit] + member;
        if (self->shift_of [node] >= 0)
            route_remove (self, self->shift_of [node], self->index_of [node], 1);
    }
}

static bool
s_insert_at_once (search_t *self, int visit, int32_t at)
{
    for (int member = 0; member < s_members (self, visit); member++) {
        int node = self->model->first_node [visit] + member;
        search_bound (self, node, at, at, self->model->nodes [node].ends_by);
        spot_t spot = s_best (self, node);
        if (spot.shift == PLAN_NONE)
            return false;
        insert_at (self, node, &spot);
    }
    return true;
}

/* Tries the times at which somebody could begin, and steps of a quarter of an hour after them. */
static bool
s_insert_crew (search_t *self, int visit, int32_t opens)
{
    int32_t from = opens;
    for (int i = 0; i < TIMES_TRIED; i++) {
        int32_t at = s_next_time (self, self->model->first_node [visit], from);
        if (at == PLAN_NEVER)
            return false;
        if (s_insert_at_once (self, visit, at))
            return true;
        s_take_out (self, visit);
        from = at + self->model->hour / 4 + 1;
    }
    return false;
}

bool
group_insert (search_t *self, int node)
{
    const model_t *model = self->model;
    int visit = self->nodes [node].visit, before = model->visits [visit].after, first = model->first_node [visit];
    int32_t opens = 0;
    if (before != PLAN_NONE) {
        int head = model->first_node [before];
        if (self->shift_of [head] == PLAN_NONE && !group_insert (self, head))
            return false;
        if (self->shift_of [head] < 0)
            return false;                               /* another part of the plan has it */
        for (int member = 0; member < s_members (self, before); member++) {
            int32_t ends = s_ends (self, head + member);
            search_bound (self, head + member, self->nodes [head + member].opens, self->nodes [head + member].closes,
                ends);
            ends += model->visits [visit].after_gap;
            opens = ends > opens ? ends : opens;
        }
    }
    if (s_members (self, visit) > 1 ? !s_insert_crew (self, visit, opens) : !s_insert_single (self, first, opens))
        return false;
    if (before != PLAN_NONE) {
        for (int member = 0; member < s_members (self, visit); member++)
            search_bound (self, first + member, s_begins (self, first + member), self->nodes [first + member].closes,
                self->nodes [first + member].ends_by);
        s_bind_first (self, before);
    }
    return true;
}

/* ---- a plan that was told */

/* The members begin together, not before `opens`: as early as the latest of them can. */
static bool
s_settle_crew (search_t *self, int visit, int32_t opens)
{
    int first = self->model->first_node [visit], count = s_members (self, visit);
    int32_t at = opens;
    for (int member = 0; member < count; member++) {
        int32_t begins = s_begins (self, first + member);
        at = begins > at ? begins : at;
    }
    for (int member = 0; member < count; member++) {
        search_bound (self, first + member, at, count > 1 ? at : self->nodes [first + member].closes,
            self->nodes [first + member].ends_by);
        if (self->broken_count)
            return false;
    }
    return true;
}

bool
group_settle (search_t *self, int visit)
{
    const model_t *model = self->model;
    int first = model->first_node [visit], count = s_members (self, visit), placed = 0,
        before = model->visits [visit].after;
    for (int member = 0; member < count; member++)
        placed += self->shift_of [first + member] >= 0;
    if (placed == 0)
        return true;
    int32_t opens = self->model->nodes [first].opens;
    if (placed < count || (before != PLAN_NONE && self->shift_of [model->first_node [before]] < 0))
        return false;
    for (int member = 0; before != PLAN_NONE && member < s_members (self, before); member++) {
        int32_t ends = s_ends (self, model->first_node [before] + member) + model->visits [visit].after_gap;
        opens = ends > opens ? ends : opens;
    }
    if (!s_settle_crew (self, visit, opens))
        return false;
    if (before == PLAN_NONE)
        return true;
    for (int member = 0; member < count; member++)
        search_bound (self, first + member, s_begins (self, first + member), self->nodes [first + member].closes,
            self->nodes [first + member].ends_by);
    s_bind_first (self, before);
    return true;
}
