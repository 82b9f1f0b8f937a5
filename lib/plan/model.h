/* model - a problem compiled for the search: nodes, legs, who may do what, neighbours. Internal to lib/plan.
 *
 * Nodes: visits as given, a node for each place where a shift starts or ends, one for the supply place. A visit for a
 * crew of n is n nodes. Costs inside are in 1/hour of the caller's money, so that legs are whole numbers and add up. */
#pragma once
#include "memory.h"
#include "plan.h"

typedef int64_t money_t;            /* 1/hour of the caller's unit */
#define MONEY_MAX INT64_C (4000000000000000000)

typedef struct {
    int32_t from, to, start, end;   /* nodes; end PLAN_NONE: open */
    int32_t latest;                 /* to + overtime_max */
    int32_t resource, number;       /* the caller's */
    int32_t kind;                   /* equal kinds are interchangeable while empty */
    int32_t efficiency;             /* percent */
    int32_t capacity, visits_max;
    const plan_pause_t *pauses;     /* within it */
    int32_t pause_count;
    int32_t first_fixed, fixed_count;   /* nodes: those of them that have a place */
    money_t per_travel, per_distance_1000, per_work_time, of_use;
} shift_t;

/* What is asked of one node. opens..closes is the hull of its windows and locks; the search narrows it for crews and
 * sequences. */
typedef struct {
    int32_t opens, closes, ends_by;
    int32_t work, load, visit, member;      /* member of a crew; visit PLAN_NONE: not a visit */
    const plan_window_t *windows;           /* more than one, else NULL */
    int32_t window_count;
    int32_t due;
    int32_t wanted;
    money_t late, delay, unassigned;
    bool has_expiry;                        /* some resource's skill for it ends within a shift */
    bool is_bound;                          /* crew or sequence: placed by more than its own place */
    bool is_fixed;                          /* a pause with a place */
} node_t;

typedef struct {
    const plan_problem_t *problem;
    plan_visit_t *visits;                   /* ours: the caller's and the added ones */
    int visit_count, visit_room;
    int node_count, node_room, visit_nodes; /* nodes [0, visit_nodes) are of visits; table rows are node_room long */
    node_t *nodes;
    int32_t *first_node;                    /* of a visit: its first node; members follow */
    int32_t *place;                         /* of a node */
    shift_t *shifts;
    int shift_count;
    int32_t *first_shift;                   /* of a resource; resource_count + 1 */
    int32_t *time, *time_to, *distance;     /* node x node; time_to transposed, or the same; distance NULL: time */
    uint64_t *may;                          /* node x may_words: shifts that pass all rules of person */
    int may_words;
    int32_t *near, near_count;              /* of each visit node: nearest visit nodes, itself first (ruin) */
    int32_t *before, *after, beside_count;  /* nodes that may well come right before it, right after it (insertion) */
    /* shifts whose start is nearest, of those that may; PLAN_NONE ends the list */
    int32_t *around, around_count;
    int32_t *remote;                        /* of each visit node: time from the nearest start */
    int32_t *bound, bound_count;            /* visits of crews and sequences */
    int32_t supply;                         /* node or PLAN_NONE */
    /* one price of travel, at most one window, nothing else that the fast way leaves out */
    bool is_plain;
    bool is_compact;                        /* working time or waiting has a price */
    bool has_parts;
    money_t plain_per_travel;
    money_t wait, overtime, preferred_missed, overskill, moved_resource, moved_time, balance;
    money_t unassigned_most;                /* of what leaving one visit out costs */
    int32_t balance_mean;                   /* work of a shift when all are equal */
    int32_t hour;
} model_t;

model_t *model_open (const plan_problem_t *problem, char error [PLAN_ERROR_SIZE]);
void model_close (model_t **self_p);
/* False, and in error what is wrong with the problem. */
bool problem_is_valid (const plan_problem_t *problem, char error [PLAN_ERROR_SIZE]);
/* What leaving a visit out costs, in 1/hour, and the most that is counted of it, so that the sum over all visits can
 * be: below it each price is what the caller says. */
money_t problem_unassigned (const plan_problem_t *problem, const plan_visit_t *visit, money_t most);
money_t problem_unassigned_most (const plan_problem_t *problem);
/* Numbers the kinds of its shifts. */
void model_kinds (model_t *self);
bool model_same_list (const void *a, int a_count, const void *b, int b_count, size_t size);
/* Tables of legs between nodes, for many questions; and neighbours too, for the search. Once. */
void model_tables (model_t *self);
void model_neighbours (model_t *self);
/* The rows of a node that came afterwards. Others' lists do not know it. */
void model_tables_add (model_t *self, int node);
void model_neighbours_add (model_t *self, int node);
/* A visit more; its node or PLAN_NONE. */
int model_add (model_t *self, const plan_visit_t *visit);

/* The rule of person that keeps this resource from this visit, or PLAN_MAY. until: skills must be valid at that
 * time. */
plan_reason_t model_person (const model_t *self, int visit, int resource, int32_t until);
/* What having this resource on this visit costs beside his time: levels too high, and, when he is the first of those
 * who come, preferred missed and another than told. */
money_t model_suits (const model_t *self, int visit, int member, int resource, plan_cost_t *ret_cost);

static inline bool
model_may (const model_t *self, int node, int shift)
{
    return self->may [(size_t) node * (size_t) self->may_words + (unsigned) shift / 64] >> (shift & 63) & 1;
}

/* Told, and under way or about to begin: it is where it was loaded, or nowhere. */
static inline bool
model_is_frozen (const model_t *self, int index)
{
    const plan_visit_t *visit = &self->visits [index];
    bool is_soon = visit->told_at != PLAN_NONE && visit->told_at < self->problem->frozen_until;
    return visit->told_resource != PLAN_NONE && (visit->is_started || is_soon);
}

/* Without a table: what the caller says. */
int32_t model_leg (const model_t *self, int from, int to, bool is_distance);

static inline int32_t
model_time (const model_t *self, int from, int to)
{
    return self->time ? self->time [(size_t) from * (size_t) self->node_room + (unsigned) to]
        : model_leg (self, from, to, false);
}

static inline int32_t
model_distance (const model_t *self, int from, int to)
{
    return self->time ? self->distance [(size_t) from * (size_t) self->node_room + (unsigned) to]
        : model_leg (self, from, to, true);
}
