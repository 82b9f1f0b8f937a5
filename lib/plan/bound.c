/* bound - how cheap any plan could be at best.
 *
 * Few visits: every order of every set for every kind of shift, then the best way to share the sets out: exact.
 * Otherwise the assignment relaxation: each visit is entered and left once, or left out, by the cheapest legs that
 * its windows allow; solved as a linear assignment with the Hungarian method (R. Jonker, A. Volgenant, "A shortest
 * augmenting path algorithm for dense and sparse linear assignment problems", Computing 38, 1987), or, when it is
 * large, bounded by the sum of row and column minima. */
#include "inside.h"
#include <stdlib.h>
#include <string.h>

enum { EXACT_VISITS = 12, EXACT_WALKS = 3000000, HUNGARIAN_MAX = 700, KINDS_MAX = 24 };

/* ---- exact */

typedef struct {
    search_t *search;
    money_t *best;              /* of each set of visits, for the shift at hand */
    int shift, count, walks;
    int32_t sequence [EXACT_VISITS + 1];
} orders_t;

/* A sequence that can not be kept is not kept by what follows either, unless supplies come later: those are tried
 * too. */
static void
s_extend (orders_t *self, int length, unsigned set, bool supplied)
{
    const model_t *model = self->search->model;
    if (length) {
        money_t cost = walk_cost (self->search, self->shift, self->sequence, length);
        self->walks++;
        if (cost == MONEY_MAX)
            return;
        if (self->sequence [length - 1] != model->supply && cost < self->best [set])
            self->best [set] = cost;
    }
    for (int node = 0; node < self->count && self->walks < EXACT_WALKS; node++)
        if (!(set >> node & 1) && model_may (model, node, self->shift)) {
            self->sequence [length] = node;
            s_extend (self, length + 1, set | 1u << node, supplied);
        }
    if (model->supply != PLAN_NONE && !supplied && self->walks < EXACT_WALKS) {
        self->sequence [length] = model->supply;
        s_extend (self, length + 1, set, true);
    }
}

static void
s_share (money_t *total, const money_t *best, unsigned sets)
{
    /* downwards: total of smaller sets is still without this shift */
    for (unsigned set = sets - 1; set > 0; set--)
        for (unsigned part = set; part > 0; part = (part - 1) & set)
            if (best [part] < MONEY_MAX && total [set & ~part] < MONEY_MAX && total [set & ~part]
                + best [part] < total [set])
                total [set] = total [set & ~part] + best [part];
}

/* Work takes at least this with the quickest. */
static int32_t
s_least_work (const model_t *model, int node)
{
    int32_t least = model->nodes [node].work;
    for (int s = 0; s < model->shift_count; s++) {
        int32_t work = walk_work (&model->nodes [node], &model->shifts [s]);
        least = work < least ? work : least;
    }
    return least;
}

static bool
s_is_quicker_by (const model_t *model, int by, int work)
{
    for (int from = 0; from < model->visit_nodes; from++)
        for (int s = 0; s < model->shift_count; s++)
            if (model->shifts [s].end != PLAN_NONE && (int64_t) model_time (model, from, by) + work
                + model_time (model, by, model->shifts [s].end) < model_time (model, from, model->shifts [s].end))
                return true;
    return false;
}

/* Else a sequence that comes home too late could be mended by one visit more. */
static bool
s_detours_cost_time (const model_t *model)
{
    for (int by = 0; by < model->visit_nodes; by++)
        if (s_is_quicker_by (model, by, s_least_work (model, by)))
            return false;
    return model->supply == PLAN_NONE || !s_is_quicker_by (model, model->supply, 0);
}

static bool
s_can_be_exact (const model_t *model)
{
    int kinds = 0;
    for (int s = 0; s < model->shift_count; s++) {
        kinds = model->shifts [s].kind >= kinds ? model->shifts [s].kind + 1 : kinds;
        if (model->shifts [s].fixed_count || model->shifts [s].pause_count)
            return false;
    }
    return model->visit_nodes <= EXACT_VISITS && model->bound_count == 0 && kinds <= KINDS_MAX
           && s_detours_cost_time (model);
}

static bool
s_exact (const model_t *model, money_t *ret_bound)
{
    unsigned sets = 1u << model->visit_nodes;
    search_t *search = search_open (model);
    money_t *total = memory_array (sets, sizeof *total), *best = memory_array (sets, sizeof *best);
    orders_t orders = { .search = search, .best = best, .count = model->visit_nodes };
    for (unsigned set = 0; set < sets; set++)
        total [set] = set ? MONEY_MAX : 0;
    for (int s = 0, kind = PLAN_NONE; s < model->shift_count && orders.walks < EXACT_WALKS; s++) {
        if (model->shifts [s].kind != kind) {
            for (unsigned set = 0; set < sets; set++)
                best [set] = MONEY_MAX;
            orders.shift = s;
            s_extend (&orders, 0, 0, false);
            kind = model->shifts [s].kind;
        }
        s_share (total, best, sets);
    }
    money_t bound = MONEY_MAX;
    for (unsigned set = 0; set < sets; set++) {
        money_t left_out = 0;
        for (int node = 0; node < model->visit_nodes; node++)
            left_out += set >> node & 1 ? 0 : model->nodes [node].unassigned;
        if (total [set] < MONEY_MAX && total [set] + left_out < bound)
            bound = total [set] + left_out;
    }
    *ret_bound = bound;
    free (total);
    free (best);
    search_close (&search);
    return orders.walks < EXACT_WALKS;
}

/* ---- relaxation: rows leave, columns are entered; visits, then starts (rows) and ends (columns) of shifts */

typedef struct {
    const model_t *model;
    money_t per_time;           /* the least price of a unit of travel */
    int visits, size;
    money_t *work;              /* of each visit: at least this is paid for it, done or left out */
    int32_t *ends;              /* of each visit: no earlier than that */
} relaxed_t;

static money_t
s_least_price (const model_t *model)
{
    money_t least = MONEY_MAX;
    for (int s = 0; s < model->shift_count; s++) {
        money_t price = model->shifts [s].per_travel + model->shifts [s].per_work_time;
        least = price < least ? price : least;
    }
    return model->shift_count ? least : 0;
}

static money_t
s_entry (const relaxed_t *self, int row, int column)
{
    const model_t *model = self->model;
    const node_t *nodes = model->nodes;
    if (row < self->visits && row == column)
        return nodes [row].unassigned - self->work [row];
    if (row < self->visits && column < self->visits) {
        int32_t time = model_time (model, row, column);
        bool is_late = (int64_t) self->ends [row] + time > nodes [column].closes;
        return is_late ? MONEY_MAX / 4 / self->size : time * self->per_time;
    }
    int shift = (row < self->visits ? column : row) - self->visits;
    const shift_t *own = &model->shifts [shift];
    if (row >= self->visits && column >= self->visits)
        return row == column ? 0 : MONEY_MAX / 4 / self->size;
    int node = row < self->visits ? row : column;
    if (!model_may (model, node, shift))
        return MONEY_MAX / 4 / self->size;
    if (row < self->visits)
        return own->end == PLAN_NONE ? 0 : model_time (model, node, own->end) * self->per_time;
    return model_time (model, own->start, node) * self->per_time + own->of_use;
}

/* Rows are added one by one along a shortest augmenting path; u and v are the dual prices. */
static money_t
s_hungarian (const relaxed_t *self)
{
    size_t size = (size_t) self->size;
    money_t *u = memory_array (size + 1, sizeof *u), *v = memory_array (size + 1, sizeof *v),
        *least = memory_array (size + 1, sizeof *least);
    int *row_of = memory_array (size + 1, sizeof *row_of), *from = memory_array (size + 1, sizeof *from);
    bool *is_done = memory_array (size + 1, sizeof *is_done);
    money_t sum = 0;
    for (int row = 1; row <= self->size; row++) {
        int column = 0;
        row_of [0] = row;
        for (int j = 0; j <= self->size; j++)
            least [j] = MONEY_MAX, is_done [j] = false;
        do {
            int own = row_of [column], next = 0;
            money_t delta = MONEY_MAX;
            is_done [column] = true;
            for (int j = 1; j <= self->size; j++) {
                if (is_done [j])
                    continue;
                money_t reduced = s_entry (self, own - 1, j - 1) - u [own] - v [j];
                if (reduced < least [j])
                    least [j] = reduced, from [j] = column;
                if (least [j] < delta)
                    delta = least [j], next = j;
            }
            for (int j = 0; j <= self->size; j++)
                if (is_done [j])
                    u [row_of [j]] += delta, v [j] -= delta;
                else
                    least [j] -= delta;
            column = next;
        } while (row_of [column]);
        for (; column; column = from [column])
            row_of [column] = row_of [from [column]];
    }
    for (int j = 1; j <= self->size; j++)
        sum += s_entry (self, row_of [j] - 1, j - 1);
    free (u), free (v), free (least), free (row_of), free (from), free (is_done);
    return sum;
}

static money_t
s_minima (const relaxed_t *self)
{
    money_t *row_least = memory_array ((size_t) self->size, sizeof *row_least), sum = 0;
    for (int i = 0; i < self->size; i++) {
        row_least [i] = MONEY_MAX;
        for (int j = 0; j < self->size; j++) {
            money_t entry = s_entry (self, i, j);
            row_least [i] = entry < row_least [i] ? entry : row_least [i];
        }
        sum += row_least [i];
    }
    for (int j = 0; j < self->size; j++) {
        money_t least = MONEY_MAX;
        for (int i = 0; i < self->size; i++) {
            money_t reduced = s_entry (self, i, j) - row_least [i];
            least = reduced < least ? reduced : least;
        }
        sum += least;
    }
    free (row_least);
    return sum;
}

/* Working time pays for the work itself, whoever does it; or the visit is left out, if that is cheaper. */
static money_t
s_work (relaxed_t *self)
{
    money_t least = MONEY_MAX, sum = 0;
    for (int s = 0; s < self->model->shift_count; s++)
        least = self->model->shifts [s].per_work_time < least ? self->model->shifts [s].per_work_time : least;
    for (int node = 0; self->model->shift_count && node < self->visits; node++) {
        const node_t *own = &self->model->nodes [node];
        money_t work = (self->ends [node] - own->opens) * least, unassigned = own->unassigned;
        self->work [node] = work < unassigned ? work : unassigned;
        sum += self->work [node];
    }
    return sum;
}

/* Terms are rounded down one by one: all together lose that much against their sum. */
static int64_t
s_rounding (const model_t *model)
{
    const plan_policy_t *policy = &model->problem->policy;
    bool is_late = false, is_delayed = false, has_distance = false, has_work_time = false;
    for (int i = 0; i < model->visit_nodes; i++)
        is_late |= model->nodes [i].late > 0, is_delayed |= model->nodes [i].delay > 0;
    for (int s = 0; s < model->shift_count; s++) {
        has_distance |= model->shifts [s].per_distance_1000 > 0;
        has_work_time |= model->shifts [s].per_work_time > 0;
    }
    int terms = (policy->travel_per_hour > 0) + has_distance + has_work_time + (policy->wait_per_hour > 0)
        + (policy->overtime_per_hour > 0) + (policy->moved_per_hour > 0) + (policy->balance_per_hour > 0) + is_late
        + is_delayed;
    return terms ? terms - 1 : 0;
}

static int64_t
s_rounded (const model_t *model, money_t bound)
{
    int64_t rounded = bound / model->hour - s_rounding (model);
    return rounded > 0 ? rounded : 0;
}

plan_bound_t
plan_bound (plan_t *self)
{
    const model_t *model = self->model;
    money_t bound;
    if (s_can_be_exact (model) && s_exact (model, &bound)) {
        plan_cost_t cost = plan_cost (self);            /* is rounded down term by term */
        bool is_this = self->search->cost <= bound;
        return (plan_bound_t) { is_this ? plan_cost_sum (&cost) : s_rounded (model, bound), true };
    }
    model_tables (self->model);
    relaxed_t relaxed = {
        .model = model, .per_time = s_least_price (model), .visits = model->visit_nodes,
        .size = model->visit_nodes + model->shift_count,
        .work = memory_array ((size_t) model->visit_nodes, sizeof (money_t)),
        .ends = memory_array ((size_t) model->visit_nodes, sizeof (int32_t)),
    };
    for (int node = 0; node < model->visit_nodes; node++)
        relaxed.ends [node] = model->nodes [node].opens + s_least_work (model, node);
    bound = s_work (&relaxed);
    bound += relaxed.size <= HUNGARIAN_MAX ? s_hungarian (&relaxed) : s_minima (&relaxed);
    free (relaxed.work);
    free (relaxed.ends);
    return (plan_bound_t) { s_rounded (model, bound), false };
}
