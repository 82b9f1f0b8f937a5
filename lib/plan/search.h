/* search - a plan that is being changed: routes as arrays of stops that know their slack, what is unassigned, and
 * a log to take changes back. Internal to lib/plan.
 *
 * A stop knows the earliest time to leave it, the latest time to arrive at it, and the time to the next stop:
 * whether a visit fits between two stops, and what it costs there, is told by the two alone. A model that is not
 * plain (windows in pieces, pauses, lateness, working time, supplies) is asked the same way first, and then
 * walked. */
#pragma once
#include "model.h"
#include "random.h"

typedef struct { int32_t node, departs, latest, onward; } stop_t;

typedef struct {
    stop_t *stops;              /* [0] start, [1..count] visits, [count + 1] end */
    int32_t count, room;
    int32_t load, visits, pinned;   /* stops [1..pinned] do not move */
    int32_t supply;             /* index of the stop at the supply place, 0: none */
    money_t cost;
    money_t relief;             /* at most so much of it goes when a visit more fills the waiting */
    uint32_t version, stamp;
    bool is_broken;             /* it can not be kept as it is: a detour was left out that made it quicker */
} route_t;

typedef struct { uint32_t version; int32_t position; money_t added; } cached_t;

typedef struct {
    int32_t shift, count, load, visits, supply;
    uint32_t version;
    money_t cost, relief;
    size_t offset;              /* of its stops in the log */
} saved_t;

typedef struct { int32_t node, opens, closes, ends_by; } bounds_t;

typedef struct search_t {
    const model_t *model;
    node_t *nodes;              /* ours: bounds of crews and sequences move with the plan */
    route_t *routes;            /* of each shift */
    int32_t *shift_of;          /* of a node: its route; PLAN_NONE unassigned; SEARCH_FOREIGN not ours */
    int32_t *index_of;          /* of a node: its index among the stops */
    int32_t *bank, bank_count;  /* unassigned nodes */
    int32_t *bank_index;        /* of a node: its place in the bank or PLAN_NONE */
    int32_t *active, active_count, *active_index;   /* shifts of this search, used ones first */
    int32_t used_count;
    int32_t broken_count;       /* routes that can not be kept */
    int32_t known;              /* nodes of visits that it knows */
    int32_t *seeds, seed_count; /* nodes that ruin may begin with */
    money_t cost, bank_price;   /* of routes and of what is unassigned; of the latter alone */
    int32_t *stock, part_count; /* shift x part: left before the supply place; NULL without parts */
    cached_t *cache;            /* node x active; NULL: neighbours are tried instead */
    uint32_t versions, stamp;
    int32_t *mark, marks;       /* of shifts, for ruin; of kinds, for insertion */
    int32_t *kind_mark, kind_marks, kind_count;
    int32_t *removed, removed_count;
    int64_t *key;               /* of nodes, for the orders of recreate */
    /* the log of what is not yet kept */
    saved_t *saved;
    int32_t saved_count;
    stop_t *log;
    size_t log_size, log_room;
    bounds_t *bounds;
    int32_t bounds_count, bounds_room;
    int32_t *bank_before, bank_before_count;
    money_t cost_before, bank_price_before;
    random_t random;
    uint32_t blink;             /* chance of overlooking a place, of 2^32 */
    bool is_part;               /* not the whole plan: search_restrict */
    bool prices_differ;         /* of being unassigned */
    uint32_t new_route_shift;   /* how much cheaper an empty shift looks for this once, power of two */
    int32_t used_max;           /* shifts that may be used */
    uint64_t effort;            /* positions looked at and stops counted: what a budget is spent on */
    int32_t *scratch;           /* of a walk: nodes; twice as many as there are */
    int32_t *begins;            /* of the walk: of each stop */
    money_t *least;             /* of an insertion: at each index */
    money_t relief;             /* of the walk: as a route has it */
} search_t;

enum { SEARCH_FOREIGN = -2 };

search_t *search_open (const model_t *model);
void search_close (search_t **self_p);
/* Visits that have come to the model are unassigned here. */
void search_welcome (search_t *self);
/* A copy of the plan of another search of the same model. */
void search_copy (search_t *self, const search_t *from);
/* Only these shifts, what is in them, and these unassigned nodes, from now on. */
void search_restrict (search_t *self, const int32_t *shifts, int count, const int32_t *bank, int bank_count);
/* Takes over these shifts of a part that was searched apart. */
void search_merge (search_t *self, const search_t *from, const int32_t *shifts, int count);
void search_use_cache (search_t *self);

/* ---- changes (route.c) */

void route_insert (search_t *self, int shift, int index, int node);    /* it becomes stop `index` */
void route_remove (search_t *self, int shift, int first, int count);
/* These nodes and no others, which must be unassigned or in this route; stops that are always there may be left out. */
void route_set (search_t *self, int shift, const int32_t *nodes, int count);
/* Slack and cost after a change made by hand. */
void route_refresh (search_t *self, int shift);
void search_begin (search_t *self);
void search_rollback (search_t *self);
/* Routes that are again as they were get their old version, so that what is cached of them counts again. */
void search_keep (search_t *self);
void bank_put (search_t *self, int node);
void bank_take (search_t *self, int node);
void search_bound (search_t *self, int node, int32_t opens, int32_t closes, int32_t ends_by);

/* ---- time in a shift (walk.c) */

/* Arrival when leaving at `at`; leaving when arriving at `at`. Pauses interrupt. */
int32_t walk_go (const shift_t *shift, int32_t at, int32_t time);
int32_t walk_back (const shift_t *shift, int32_t at, int32_t time);
int32_t walk_work (const node_t *node, const shift_t *shift);
/* The first beginning not before `at`, PLAN_NEVER: none. The last one that ends by `by`, PLAN_NONE: none. */
int32_t walk_begins (const node_t *node, const shift_t *shift, int32_t at, int32_t work);
int32_t walk_begins_by (const node_t *node, const shift_t *shift, int32_t by, int32_t work);
/* What a shift with these nodes costs, MONEY_MAX: it can not be. */
money_t walk_cost (search_t *self, int shift, const int32_t *nodes, int count);
/* The same, and its terms are added to *ret_detail, amounts in 1/hour. */
money_t walk_detail (search_t *self, int shift, const int32_t *nodes, int count, plan_cost_t *ret_detail);

/* ---- insertion (insert.c) */

typedef struct { int32_t shift, index, supply; money_t added; } spot_t;

/* The best index in that route; added MONEY_MAX: none. */
spot_t insert_in (search_t *self, int shift, int node);
/* The best spot that costs less than limit, blinking; shift PLAN_NONE: none. */
spot_t insert_best (search_t *self, int node, money_t limit);
/* Without blinking, over all shifts. */
spot_t insert_exact (search_t *self, int node, money_t limit);
void insert_at (search_t *self, int node, const spot_t *spot);

/* ---- improving */

void ruin (search_t *self, int seed);   /* around that node */
/* False: the cost would reach limit, or a route can not be kept; what was done so far stays to be rolled back. */
bool recreate (search_t *self, money_t limit);
/* Changes tails of the seed's route and one nearby, if the plan costs less than limit then; else it is as it was. */
bool tails (search_t *self, int seed, money_t limit);
void search_build (search_t *self);
/* Crews and sequences (group.c): puts in all members of the node's visit, and first what it comes after; false: it can
 * not be, and some of it may have been put in: roll back. */
bool group_insert (search_t *self, int node);
/* The node is unassigned now: so are the other members of its visit and what comes after it. */
void group_remove (search_t *self, int node);
/* The same for all that was removed. */
void group_remove_bound (search_t *self);
/* After loading: binds the visit to the others as if it had been inserted; false: it can not be kept. */
bool group_settle (search_t *self, int visit);

static inline money_t
search_suits (const search_t *self, int node, int shift)
{
    const model_t *model = self->model;
    if (!model->preferred_missed && !model->overskill && !model->moved_resource)
        return 0;
    const node_t *own = &self->nodes [node];
    return model_suits (model, own->visit, own->member, model->shifts [shift].resource, NULL);
}
