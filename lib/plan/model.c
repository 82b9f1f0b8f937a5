#include "model.h"
#include <stdlib.h>
#include <string.h>

/* ---- who may do what */

/* The longest that a level that suffices is held; PLAN_NONE: none suffices. */
static int32_t
s_held_until (const plan_resource_t *resource, const plan_skill_t *needed, int32_t *ret_level)
{
    int32_t until = PLAN_NONE, level = 0;
    for (int i = 0; i < resource->skill_count; i++) {
        const plan_skill_t *held = &resource->skills [i];
        if (held->skill != needed->skill)
            continue;
        if (held->level > level)
            level = held->level;
        if (held->level >= needed->level && held->until > until)
            until = held->until;
    }
    *ret_level = level;
    return until;
}

static bool
s_contains (const int32_t *list, int count, int32_t value)
{
    for (int i = 0; i < count; i++)
        if (list [i] == value)
            return true;
    return false;
}

static plan_reason_t
s_skill_reason (const plan_visit_t *visit, const plan_resource_t *resource, int32_t until)
{
    for (int i = 0; i < visit->skill_count; i++) {
        int32_t level, held = s_held_until (resource, &visit->skills [i], &level);
        if (held < until)
            return (plan_reason_t) { PLAN_RULE_SKILL, visit->skills [i].skill, visit->skills [i].level, level, held };
    }
    return (plan_reason_t) { .subject = PLAN_NONE };
}

static plan_reason_t
s_goods_reason (const model_t *self, const plan_visit_t *visit, const plan_resource_t *resource)
{
    if (self->supply != PLAN_NONE)
        return (plan_reason_t) { .subject = PLAN_NONE };
    for (int i = 0; i < visit->tool_count; i++)
        if (!s_contains (resource->tools, resource->tool_count, visit->tools [i]))
            return (plan_reason_t) { PLAN_RULE_TOOL, visit->tools [i], 1, 0, 0 };
    for (int i = 0; i < visit->part_count; i++) {
        int32_t has = 0;
        for (int j = 0; j < resource->part_count; j++)
            if (resource->parts [j].part == visit->parts [i].part)
                has += resource->parts [j].quantity;
        if (has < visit->parts [i].quantity)
            return (plan_reason_t) { PLAN_RULE_PART, visit->parts [i].part, visit->parts [i].quantity, has, 0 };
    }
    return (plan_reason_t) { .subject = PLAN_NONE };
}

plan_reason_t
model_person (const model_t *self, int index, int resource_index, int32_t until)
{
    const plan_visit_t *visit = &self->visits [index];
    const plan_resource_t *resource = &self->problem->resources [resource_index];
    if ((visit->lock & PLAN_LOCK_RESOURCE) && visit->fixed_resource != resource_index)
        return (plan_reason_t) { PLAN_RULE_LOCK, PLAN_NONE, visit->fixed_resource, resource_index, 0 };
    if (visit->required_count && !s_contains (visit->required, visit->required_count, resource_index))
        return (plan_reason_t) { PLAN_RULE_REQUIRED, PLAN_NONE, visit->required [0], resource_index, 0 };
    if (s_contains (visit->excluded, visit->excluded_count, resource_index))
        return (plan_reason_t) { PLAN_RULE_EXCLUDED, PLAN_NONE, PLAN_NONE, resource_index, 0 };
    if (visit->territory != PLAN_NONE && resource->territory_count
        && !s_contains (resource->territories, resource->territory_count, visit->territory))
        return (plan_reason_t) { PLAN_RULE_TERRITORY, visit->territory, visit->territory, resource->territories [0],
            0 };
    plan_reason_t reason = s_skill_reason (visit, resource, until);
    if (reason.rule == PLAN_MAY)
        reason = s_goods_reason (self, visit, resource);
    if (reason.rule == PLAN_MAY && resource->capacity && visit->load > resource->capacity)
        reason = (plan_reason_t) { PLAN_RULE_CAPACITY, PLAN_NONE, visit->load, resource->capacity, 0 };
    return reason;
}

static int64_t
s_overskill (const plan_visit_t *visit, const plan_resource_t *resource)
{
    int64_t levels = 0;
    for (int i = 0; i < visit->skill_count; i++) {
        int32_t level;
        s_held_until (resource, &visit->skills [i], &level);
        if (level > visit->skills [i].level)
            levels += level - visit->skills [i].level;
    }
    return levels;
}

static void
s_charge (plan_cost_t *cost, plan_term_t term, int64_t quantity, int64_t amount)
{
    if (cost) {
        cost->quantity [term] += quantity;
        cost->amount [term] += amount;
    }
}

money_t
model_suits (const model_t *self, int index, int member, int resource_index, plan_cost_t *ret_cost)
{
    const plan_visit_t *visit = &self->visits [index];
    money_t sum = 0;
    if (self->preferred_missed && visit->preferred_count && member == 0
        && !s_contains (visit->preferred, visit->preferred_count, resource_index)) {
        sum += self->preferred_missed;
        s_charge (ret_cost, PLAN_TERM_PREFERRED, 1, self->preferred_missed);
    }
    if (self->overskill && visit->skill_count) {
        int64_t levels = s_overskill (visit, &self->problem->resources [resource_index]);
        sum += levels * self->overskill;
        s_charge (ret_cost, PLAN_TERM_OVERSKILL, levels, levels * self->overskill);
    }
    if (self->moved_resource && member == 0 && visit->told_resource != PLAN_NONE
        && visit->told_resource != resource_index) {
        sum += self->moved_resource;
        s_charge (ret_cost, PLAN_TERM_MOVED, 1, self->moved_resource);
    }
    return sum;
}

static void
s_may_of_node (model_t *self, int node)
{
    int visit = self->nodes [node].visit;
    uint64_t *row = self->may + (size_t) node * (size_t) self->may_words;
    memset (row, 0, (size_t) self->may_words * sizeof *row);
    if (model_is_frozen (self, visit))                  /* the search puts it nowhere: it is loaded */
        return;
    for (int r = 0; r < self->problem->resource_count; r++) {
        if (self->first_shift [r] == self->first_shift [r + 1] || model_person (self, visit, r, 0).rule != PLAN_MAY)
            continue;
        for (int s = self->first_shift [r]; s < self->first_shift [r + 1]; s++) {
            if (model_person (self, visit, r, self->shifts [s].from).rule != PLAN_MAY)
                continue;
            row [s / 64] |= UINT64_C (1) << (s & 63);
            self->nodes [node].has_expiry |= model_person (self, visit, r, self->shifts [s].latest).rule != PLAN_MAY;
        }
    }
}

/* ---- shifts */

static int
s_node_of_place (model_t *self, int *places, int32_t place)
{
    if (place == PLAN_NONE)
        return PLAN_NONE;
    if (places [place] == 0) {
        int node = self->node_count++;
        self->place [node] = place;
        self->nodes [node] = (node_t) { .visit = PLAN_NONE, .closes = PLAN_NEVER, .ends_by = PLAN_NEVER,
            .due = PLAN_NEVER };
        places [place] = node + 1;
    }
    return places [place] - 1;
}

/* A pause with a place is a stop that is always there. */
static void
s_fix (model_t *self, shift_t *shift, const plan_pause_t *pause)
{
    if (pause->place == PLAN_NONE)
        return;
    int node = self->node_count++;
    shift->fixed_count++;
    self->place [node] = pause->place;
    self->nodes [node] = (node_t) {
        .opens = pause->from, .closes = pause->from, .ends_by = PLAN_NEVER, .work = pause->to - pause->from,
        .visit = PLAN_NONE, .due = PLAN_NEVER, .is_fixed = true,
    };
}

static void
s_shifts (model_t *self, int *places)
{
    const plan_problem_t *problem = self->problem;
    const plan_policy_t *policy = &problem->policy;
    for (int r = 0, s = 0; r < problem->resource_count; r++) {
        const plan_resource_t *resource = &problem->resources [r];
        self->first_shift [r] = s;
        for (int i = 0, p = 0; i < resource->shift_count; i++, s++) {
            const plan_shift_t *shift = &resource->shifts [i];
            shift_t *ours = &self->shifts [s];
            *ours = (shift_t) {
                .from = shift->from, .to = shift->to, .latest = shift->to + shift->overtime_max, .resource = r,
                .number = i,
                .efficiency = resource->efficiency_percent ? resource->efficiency_percent : 100,
                .capacity = resource->capacity ? resource->capacity : INT32_MAX,
                .visits_max = resource->visits_max ? resource->visits_max : INT32_MAX,
                .per_travel = policy->travel_per_hour,
                .per_distance_1000 = (policy->travel_per_distance + resource->price_per_distance) * self->hour,
                .per_work_time = policy->work_time_per_hour + resource->price_per_hour,
                .of_use = (policy->price_of_use + resource->price_of_use) * self->hour,
                .start = s_node_of_place (self, places, shift->start_place),
                .end = s_node_of_place (self, places, shift->end_place),
            };
            ours->pauses = &resource->pauses [p];
            ours->first_fixed = self->node_count;
            for (; p < resource->pause_count && resource->pauses [p].from < shift->to; p++, ours->pause_count++)
                s_fix (self, ours, &resource->pauses [p]);
        }
        self->first_shift [r + 1] = s;
    }
}

/* ---- nodes of visits */

static node_t
s_node (const model_t *self, int index, int member)
{
    const plan_visit_t *visit = &self->visits [index];
    node_t node = {
        .closes = PLAN_NEVER, .ends_by = PLAN_NEVER, .work = visit->work, .load = visit->load, .visit = index,
        .member = member, .due = visit->due, .late = member ? 0 : visit->late_price_per_hour,
        .wanted = visit->wanted, .delay = member ? 0 : visit->delay_price_per_hour,
        .unassigned = member ? 0 : problem_unassigned (self->problem, visit, self->unassigned_most),
        .is_bound = visit->crew > 1 || visit->after != PLAN_NONE,
    };
    if (visit->window_count) {
        node.opens = visit->windows [0].from;
        node.closes = visit->windows [visit->window_count - 1].to;
    }
    if (visit->window_count > 1)
        node.windows = visit->windows, node.window_count = visit->window_count;
    if (visit->lock & PLAN_LOCK_TIME) {
        node.opens = visit->fixed_at > node.opens ? visit->fixed_at : node.opens;
        node.closes = visit->fixed_at < node.closes ? visit->fixed_at : node.closes;
    }
    return node;
}

static bool
s_same_needs (const plan_visit_t *a, const plan_visit_t *b)
{
    return a->territory == b->territory && a->load == b->load && !a->required_count && !b->required_count
           && !a->excluded_count && !b->excluded_count && !(a->lock & PLAN_LOCK_RESOURCE)
           && !(b->lock & PLAN_LOCK_RESOURCE) && !a->is_started && !b->is_started
           && a->told_resource == PLAN_NONE && b->told_resource == PLAN_NONE
           && model_same_list (a->skills, a->skill_count, b->skills, b->skill_count, sizeof *a->skills)
           && model_same_list (a->tools, a->tool_count, b->tools, b->tool_count, sizeof *a->tools)
           && model_same_list (a->parts, a->part_count, b->parts, b->part_count, sizeof *a->parts);
}

static void
s_add_nodes (model_t *self, int index)
{
    const plan_visit_t *visit = &self->visits [index];
    enum { LOOK_BACK = 400 };
    self->first_node [index] = self->visit_nodes;
    for (int member = 0; member < (visit->crew > 1 ? visit->crew : 1); member++) {
        int node = self->visit_nodes++;
        self->nodes [node] = s_node (self, index, member);
        self->place [node] = visit->place;
        int like = node - 1;
        while (like >= 0 && node - like < LOOK_BACK && !s_same_needs (visit, &self->visits [self->nodes [like].visit]))
            like--;
        if (like < 0 || node - like >= LOOK_BACK) {
            s_may_of_node (self, node);
            continue;
        }
        size_t words = (size_t) self->may_words;
        memcpy (self->may + (size_t) node * words, self->may + (size_t) like * words, words * sizeof *self->may);
        self->nodes [node].has_expiry = self->nodes [like].has_expiry;
    }
    if (visit->after != PLAN_NONE)
        for (int member = 0; member < (self->visits [visit->after].crew > 1 ? self->visits [visit->after].crew
            : 1); member++)
            self->nodes [self->first_node [visit->after] + member].is_bound = true;
}

/* ---- the whole */

static int32_t
s_balance_mean (const model_t *self)
{
    int64_t work = 0;
    for (int i = 0; i < self->visit_count; i++)
        work += (int64_t) self->visits [i].work * (self->visits [i].crew > 1 ? self->visits [i].crew : 1);
    return self->shift_count ? (int32_t) (work / self->shift_count) : 0;
}

static bool
s_shifts_are_plain (const model_t *self)
{
    for (int s = 0; s < self->shift_count; s++) {
        const shift_t *shift = &self->shifts [s];
        if (shift->pause_count || shift->efficiency != 100 || shift->per_work_time || shift->per_distance_1000
            || shift->latest != shift->to || shift->end == PLAN_NONE)
            return false;
    }
    return true;
}

/* What it costs does not depend on when it begins. */
static bool
s_is_plain_node (const node_t *node)
{
    bool is_timed = (node->late && node->due < node->closes) || (node->delay && node->wanted < node->closes);
    return !node->windows && !is_timed && !node->has_expiry && !node->is_bound;
}

static bool
s_is_plain (const model_t *self)
{
    const plan_policy_t *policy = &self->problem->policy;
    if (policy->work_time_per_hour || policy->wait_per_hour || policy->balance_per_hour || policy->moved_per_hour
        || self->supply != PLAN_NONE || !s_shifts_are_plain (self))
        return false;
    for (int i = 0; i < self->visit_nodes; i++) {
        const node_t *node = &self->nodes [i];
        if (!s_is_plain_node (node))
            return false;
    }
    return true;
}

static void
s_prices (model_t *self)
{
    const plan_policy_t *policy = &self->problem->policy;
    self->plain_per_travel = policy->travel_per_hour;
    self->wait = policy->wait_per_hour;
    self->overtime = policy->overtime_per_hour;
    self->preferred_missed = policy->preferred_missed * self->hour;
    self->overskill = policy->overskill_per_level * self->hour;
    self->moved_resource = policy->moved_resource * self->hour;
    self->moved_time = policy->moved_per_hour;
    self->balance = policy->balance_per_hour;
    self->balance_mean = s_balance_mean (self);
    self->is_compact = policy->work_time_per_hour || policy->wait_per_hour;
    for (int r = 0; r < self->problem->resource_count; r++)
        self->is_compact |= self->problem->resources [r].price_per_hour > 0;
}

static void
s_size (model_t *self)
{
    const plan_problem_t *problem = self->problem;
    int visit_nodes = problem->spare_visits;
    for (int i = 0; i < problem->visit_count; i++) {
        visit_nodes += problem->visits [i].crew > 1 ? problem->visits [i].crew : 1;
        self->has_parts |= problem->visits [i].part_count > 0;
    }
    self->visit_room = problem->visit_count + problem->spare_visits;
    int fixed = 0;
    for (int i = 0; i < problem->resource_count; i++) {
        self->shift_count += problem->resources [i].shift_count;
        for (int k = 0; k < problem->resources [i].pause_count; k++)
            fixed += problem->resources [i].pauses [k].place != PLAN_NONE;
    }
    self->node_room = visit_nodes + 2 * self->shift_count + 1 + fixed;
    self->node_count = visit_nodes;         /* places come behind all visits that may be */
    self->may_words = self->shift_count / 64 + 1;
    self->nodes = memory_array ((size_t) self->node_room, sizeof *self->nodes);
    self->place = memory_array ((size_t) self->node_room, sizeof *self->place);
    self->may = memory_array ((size_t) visit_nodes * (size_t) self->may_words, sizeof *self->may);
    self->visits = memory_array ((size_t) self->visit_room, sizeof *self->visits);
    self->first_node = memory_array ((size_t) self->visit_room + 1, sizeof *self->first_node);
    self->shifts = memory_array ((size_t) self->shift_count, sizeof *self->shifts);
    self->first_shift = memory_array ((size_t) problem->resource_count + 1, sizeof *self->first_shift);
}

model_t *
model_open (const plan_problem_t *problem, char error [PLAN_ERROR_SIZE])
{
    if (!problem_is_valid (problem, error))
        return NULL;
    model_t *self = memory_array (1, sizeof *self);
    self->problem = problem;
    self->hour = problem->policy.hour ? problem->policy.hour : 3600;
    self->supply = PLAN_NONE;
    self->unassigned_most = problem_unassigned_most (problem);
    s_size (self);
    int *places = memory_array ((size_t) problem->travel.places, sizeof *places);
    self->supply = s_node_of_place (self, places, problem->supply_place);
    if (self->supply != PLAN_NONE)
        places [problem->supply_place] = 0;             /* a shift that begins there has a node of its own */
    s_shifts (self, places);
    free (places);
    if (problem->visit_count)
        memcpy (self->visits, problem->visits, (size_t) problem->visit_count * sizeof *self->visits);
    for (int i = 0; i < problem->visit_count; i++) {
        self->visit_count = i + 1;
        s_add_nodes (self, i);
    }
    self->first_node [self->visit_count] = self->visit_nodes;
    self->bound = memory_array ((size_t) self->visit_room, sizeof *self->bound);
    for (int i = 0; i < self->visit_count; i++)
        if (self->nodes [self->first_node [i]].is_bound)
            self->bound [self->bound_count++] = i;
    model_kinds (self);
    s_prices (self);
    self->is_plain = s_is_plain (self);
    return self;
}

int
model_add (model_t *self, const plan_visit_t *visit)
{
    if (self->visit_count == self->visit_room)
        return PLAN_NONE;
    int index = self->visit_count++;
    self->visits [index] = *visit;
    self->visits [index].crew = 1;
    self->visits [index].after = PLAN_NONE;
    self->visits [index].after_same_resource = false;
    self->has_parts |= visit->part_count > 0;
    self->balance_mean = s_balance_mean (self);
    s_add_nodes (self, index);
    self->first_node [self->visit_count] = self->visit_nodes;
    int node = self->first_node [index];
    self->is_plain &= s_is_plain_node (&self->nodes [node]);
    model_tables_add (self, node);
    return node;
}

void
model_close (model_t **self_p)
{
    model_t *self = *self_p;
    if (!self)
        return;
    void *arrays [] = {
        self->nodes, self->place, self->may, self->visits, self->first_node, self->shifts, self->first_shift,
            self->time,
        self->time_to == self->time ? NULL : self->time_to, self->distance == self->time ? NULL : self->distance,
        self->near, self->before, self->after, self->around, self->bound,
        self->remote, self,
    };
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free (arrays [i]);
    *self_p = NULL;
}
