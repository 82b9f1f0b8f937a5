/* plan - who visits whom, when, and in which order: places one visit now, improves a whole plan within a budget,
 * and says how far from the best it can be at most.
 *
 * A problem is data of the caller's: resources with shifts, visits with windows, a table of travel times, a policy
 * of prices. `plan_open` compiles it; after that the plan is a set of routes, one for each shift of each resource,
 * that is loaded, greedily built, improved, asked, and read. Pure C on libc, no I/O, no clock but the one of a
 * budget.
 *
 * Units: time is in whole units of one axis (seconds, unless the caller says otherwise), costs are int64 of one
 * unit of money, distances are what the caller's table holds (metres). No decision depends on floating point: the
 * same problem, seed, threads and effort give the same plan on every machine and at every optimisation level.
 *
 * Hard rules refuse with a reason and the two values compared. Soft terms are money: quantity x price, so that
 * they add up. A visit is never left out while the search knows a feasible place for it that costs less than
 * leaving it out.
 *
 * Schedule of a route: every visit begins as early as it can, and lateness, overtime and moves are priced by that.
 * Working time and waiting are of the least duration with which the route can return as early: he leaves as late
 * as the windows allow. Each term is summed up over the whole plan, quantity x price, and divided (by the hour, by
 * 1,000) once.
 *
 * Source of the search: ruin and recreate by slack induction with string removals: J. Christiaens, G. Vanden Berghe,
 * "Slack Induction by String Removals for Vehicle Routing Problems", Transportation Science 54 (2), 2020; fewest
 * vehicles by sums of absences, section 6 there. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_MUST_PRICE INT64_C (1000000000000)     /* of leaving out what must be done, when the policy has none */

enum {
    PLAN_NONE = -1,
    PLAN_NEVER = 1000000000,        /* a time after everything; also the largest time allowed */
    PLAN_WORK_MAX = 100000000,      /* largest work of a visit; a longer leg counts as one of this length */
    PLAN_BEST_MAX = 16,             /* places that one question can be answered with */
    PLAN_SKILLS_MAX = 256,          /* different skills, different tools, different territories in one problem */
    PLAN_PARTS_MAX = 64,            /* different parts (consumed) in one problem */
    PLAN_THREADS_MAX = 16,
    PLAN_ERROR_SIZE = 256,
};

/* ---- the problem: all arrays are the caller's and must stay until plan_close */

/* [from, to]: work may begin in it, both ends included. */
typedef struct { int32_t from, to; } plan_window_t;

/* of a resource: held at this level while work ends no later than `until` (PLAN_NEVER: for ever); of a visit: the least
 * level, `until` is not looked at */
typedef struct { int32_t skill, level, until; } plan_skill_t;

typedef struct { int32_t part, quantity; } plan_part_t;

/* One stretch of work time: leaves start_place at `from` or later, is at end_place at `to` or earlier. Overtime: he may
 * come back up to overtime_max later, at the policy's price. end_place PLAN_NONE: the last visit may end at `to`, and
 * the way home is nobody's. */
typedef struct { int32_t from, to, start_place, end_place, overtime_max; } plan_shift_t;

/* A stretch inside a shift when he does nothing for this plan: a break, an absence, a booking of another kind. place
 * PLAN_NONE: he stays where he is. Work and travel may not lie in it, travel may be interrupted by it. */
typedef struct { int32_t from, to, place; } plan_pause_t;

typedef struct {
    const char *id;
    const plan_shift_t *shifts;         /* in order, not overlapping */
    const plan_pause_t *pauses;         /* in order, not overlapping, each within one shift */
    const plan_skill_t *skills;
    const int32_t *tools;               /* carried, not consumed */
    const plan_part_t *parts;           /* carried, consumed by visits of one shift */
    const int32_t *territories;         /* none: any */
    int shift_count, pause_count, skill_count, tool_count, part_count, territory_count;
    int32_t capacity;                   /* load of one shift; 0: not limited */
    int32_t visits_max;                 /* a shift; 0: not limited */
    int32_t efficiency_percent;         /* work takes 100 / this of its standard time, rounded up; 0 is 100; 25..400 */
    int64_t price_per_hour;             /* of his time from leaving to coming back, beside the policy's */
    int64_t price_per_distance;         /* of 1,000 units of distance, beside the policy's */
    int64_t price_of_use;               /* once for each shift in which he visits anybody */
} plan_resource_t;

/* What must not move. TIME: work begins at fixed_at. RESOURCE: fixed_resource does it. Both may be set. A lock is never
 * broken: a visit whose lock can not be kept is unassigned with that reason. */
typedef enum { PLAN_LOCK_NONE = 0, PLAN_LOCK_TIME = 1, PLAN_LOCK_RESOURCE = 2 } plan_lock_t;

typedef struct {
    const char *id;
    int32_t place, work;                /* standard work time */
    int32_t load;
    /* 1 first .. 100 last; only said back and compared when one displaces another */
    int32_t priority;
    const plan_window_t *windows;       /* in order, not overlapping; none: any time */
    int window_count;
    int32_t due;                        /* beginning later than this is late; PLAN_NEVER: never late */
    int64_t late_price_per_hour;        /* after due, in proportion */
    int32_t wanted;                     /* somebody waits from then until it begins */
    int64_t delay_price_per_hour;       /* of that, beside lateness, in proportion; 0: it may take its time */
    int64_t unassigned_price;           /* of leaving it out; 0: it must be done, the policy's must_price counts */
    const plan_skill_t *skills;         /* least levels */
    const int32_t *tools;
    const plan_part_t *parts;
    int skill_count, tool_count, part_count;
    int32_t territory;                  /* PLAN_NONE: any */
    const int32_t *required;            /* only one of these resources; none: anybody */
    const int32_t *preferred;           /* anybody else costs the policy's preferred_missed */
    const int32_t *excluded;
    int required_count, preferred_count, excluded_count;
    int32_t crew;                       /* so many resources at once, beginning together; 0 is 1 */
    /* index of a visit that must have ended after_gap before this begins, or PLAN_NONE */
    int32_t after;
    int32_t after_gap;
    bool after_same_resource;           /* and by the same resource */
    plan_lock_t lock;
    int32_t fixed_at, fixed_resource;
    int32_t told_resource, told_at;     /* what people have been told: moving it has a price; PLAN_NONE: nothing */
    bool is_started;                    /* under way or done: with all visits before it in its route it does not move */
} plan_visit_t;

/* Time and distance from place to place. Either tables, places x places, row = from; or a function that is asked for
 * each leg (then plan_improve makes its own table). distance NULL: the time. */
typedef struct {
    int places;
    const int32_t *time, *distance;
    void (*leg) (void *context, int from, int to, int32_t *ret_time, int32_t *ret_distance);
    void *context;
} plan_travel_t;

/* Prices of the soft terms; the whole policy is a vector of numbers, to be named and versioned by who keeps it. */
typedef struct {
    int64_t travel_per_hour;            /* of time on the way (3,600 units) */
    int64_t travel_per_distance;        /* of 1,000 units of distance */
    int64_t work_time_per_hour;         /* from leaving to coming back, least possible: travel, work and waiting */
    int64_t wait_per_hour;              /* before a window opens */
    int64_t overtime_per_hour;
    int64_t price_of_use;               /* for each shift that is used */
    int64_t preferred_missed;           /* for each visit that has preferred resources and goes to another */
    int64_t overskill_per_level;        /* levels above what is needed, for each skill needed */
    int64_t moved_resource;             /* told_resource is not who comes */
    int64_t moved_per_hour;             /* told_at is not when he comes, in proportion */
    /* of a shift's work beyond the mean: standard work of all visits / all shifts */
    int64_t balance_per_hour;
    int64_t must_price;                 /* unassigned_price of a visit that must be done; 0 is PLAN_MUST_PRICE */
    int32_t hour;                       /* units of time in an hour; 0 is 3,600 */
    bool fewest_shifts;                 /* first as few used shifts as possible, then cost */
} plan_policy_t;

typedef struct {
    const plan_resource_t *resources;
    const plan_visit_t *visits;
    int resource_count, visit_count;
    plan_travel_t travel;
    /* where each route may pass once, and has all tools and parts afterwards; or PLAN_NONE */
    int32_t supply_place;
    plan_policy_t policy;
    int32_t frozen_until;               /* what begins before does not move; 0: nothing is frozen so */
    int spare_visits;                   /* how many visits plan_add may add */
} plan_problem_t;

/* ---- opening, closing */

typedef struct plan_t plan_t;

/* NULL and a sentence that names the element and the value when the problem can not be. O(places^2) when it has a table
 * to make, else O(visits log visits + resources x visits / 64). */
plan_t *plan_open (const plan_problem_t *problem, char error [PLAN_ERROR_SIZE]);
void plan_close (plan_t **self_p);

/* ---- a plan as data */

/* A stop of a route. visit PLAN_NONE: the supply place. Who reads a plan (plan_load, plan_check) looks at the
 * visit alone; but on which side of a pause with a place a stop is, `begins` tells, when it is not 0: else before
 * it if that is in time. */
typedef struct {
    int32_t visit;
    int32_t leaves, arrives, begins, ends;  /* leaves the stop before, arrives, work begins, work ends */
    int32_t travel, distance;               /* of the leg that leads here */
} plan_stop_t;

typedef struct {
    int32_t resource, shift;
    int32_t leaves, returns;                /* as late, and as early, as the stops allow */
    int32_t travel, distance;               /* of the whole route, the way home too */
    int stop_count;
    const plan_stop_t *stops;
} plan_route_t;

typedef enum {
    PLAN_TERM_TRAVEL, PLAN_TERM_DISTANCE, PLAN_TERM_WORK_TIME, PLAN_TERM_WAIT, PLAN_TERM_OVERTIME, PLAN_TERM_USE,
    PLAN_TERM_LATE, PLAN_TERM_DELAY, PLAN_TERM_PREFERRED, PLAN_TERM_OVERSKILL, PLAN_TERM_MOVED, PLAN_TERM_BALANCE,
    PLAN_TERM_UNASSIGNED,
    PLAN_TERMS
} plan_term_t;

extern const char *const plan_term_names [PLAN_TERMS];     /* "travel", "distance", ... */

/* amount: money; quantity: time, distance, or a count, as the price says */
typedef struct { int64_t amount [PLAN_TERMS], quantity [PLAN_TERMS]; } plan_cost_t;

int64_t plan_cost_sum (const plan_cost_t *cost);

/* ---- why not */

typedef enum {
    PLAN_MAY, PLAN_RULE_REQUIRED, PLAN_RULE_EXCLUDED, PLAN_RULE_LOCK, PLAN_RULE_TERRITORY, PLAN_RULE_SKILL,
        PLAN_RULE_TOOL,
    PLAN_RULE_PART, PLAN_RULE_CAPACITY, PLAN_RULE_VISITS_MAX, PLAN_RULE_SHIFT, PLAN_RULE_WINDOW, PLAN_RULE_FULL,
    PLAN_RULE_ORDER, PLAN_RULE_CREW, PLAN_RULES
} plan_rule_t;

extern const char *const plan_rule_names [PLAN_RULES];     /* "may", "required", ... */

/* subject: the skill, tool, part or visit concerned, or PLAN_NONE. needed and had: levels, quantities or times, as the
 * rule says; had_until: of a skill that ends too early.
 *   SKILL     level needed, level had, until when he has it      PART      quantity needed, left for it
 *   SHIFT     latest end possible, end of his shift: too far or too long even alone in his shift
 *   WINDOW    last beginning allowed, earliest possible even alone in his shift
 *   FULL      it would fit alone; the visits he has leave no gap. needed: units of time, had: the largest gap */
typedef struct { plan_rule_t rule; int32_t subject, needed, had, had_until; } plan_reason_t;

/* ---- placing one visit */

/* position: it becomes the stop of that index. cost: what the plan costs more with it than without it (not
 * counting that it is not unassigned any more). supply_position: a way by the supply place is put in there first,
 * or PLAN_NONE. */
typedef struct {
    int32_t resource, shift, position, supply_position;
    int32_t leaves, begins, ends;
    int64_t added;
    plan_cost_t cost;
    int32_t displaced, displaced_resource, displaced_shift, displaced_position;   /* PLAN_NONE: nobody gives way */
    int32_t displaced_begins;
} plan_place_t;

typedef struct {
    int best_count;
    plan_place_t best [PLAN_BEST_MAX];  /* cheapest first, one a resource; equal cost: lower index of resource */
    int count [PLAN_RULES];             /* resources by their reason; count [PLAN_MAY]: may go */
    plan_reason_t *reasons;             /* of each resource; the caller's array of resource_count, or NULL */
    plan_place_t *places;               /* so, too: the best place of each who may go; else resource PLAN_NONE */
} plan_placement_t;

/* Where the unassigned visit would go best, at most best_max places. With displace, when nobody may go or an
 * urgent visit asks for it: places that a less important visit, which is not locked or frozen, gives up and for
 * which there is another place. Changes nothing. O(stops of everybody who passes the masks). */
void plan_place (plan_t *self, int visit, int best_max, bool displace, plan_placement_t *ret_placement);
/* Makes it so. The place must be from plan_place on the plan as it is. */
void plan_take (plan_t *self, int visit, const plan_place_t *place);
/* Takes a visit out; it is unassigned then, and so is what can not be without it. */
void plan_remove (plan_t *self, int visit);
/* Adds a visit at a place the travel knows: for one resource, after no other (its crew and after are not looked at).
 * Its index, or PLAN_NONE when spare_visits are used up. What it points to must stay, as the problem must. */
int plan_add (plan_t *self, const plan_visit_t *visit);
/* A few iterations of ruin and recreate around that visit; deterministic. Changes only what a budget of iterations
 * finds. */
void plan_repair (plan_t *self, int visit, int iterations, uint64_t seed);

/* ---- placing one visit without a plan: into stretches that are free, each with at most one visit right behind it */

/* What plan_place would answer for a resource whose shifts these are, without an end place, each with nothing in it or
 * with a visit without work that is locked to `to` (is_followed; then there is no overtime): so cheap that hundreds of
 * people can be asked for each visit. Of the visit the windows, work (at least 1), due, wanted and their prices count;
 * of the policy the prices of travel and overtime. */
typedef struct { int32_t from, to, overtime_max; bool is_followed; } plan_gap_t;

/* From where the stretch begins to the visit, on to what is behind it, and what that way is without the visit; 0: there
 * is nothing behind it. */
typedef struct {
    int32_t time, onward_time, without_time;
    int32_t distance, onward_distance, without_distance;
} plan_gap_legs_t;

/* exact: in 1/hour of money, to compare; added: as in plan_place_t. */
typedef struct { int32_t begins; int64_t exact, added; } plan_fit_t;

/* False: it does not fit. Of several stretches the first of those with the least `exact` is the best. */
bool plan_gap (const plan_policy_t *policy, const plan_visit_t *visit, const plan_gap_t *gap,
    const plan_gap_legs_t *legs, plan_fit_t *ret_fit);
/* When it begins if the way to it takes so long, or PLAN_NEVER: before anybody asks for the other legs. */
int32_t plan_gap_begins (const plan_visit_t *visit, const plan_gap_t *gap, int32_t time);
/* What waiting and lateness alone cost at least, in `exact`, in this stretch and all later ones. */
int64_t plan_gap_waits (const plan_visit_t *visit, const plan_gap_t *gap);

/* ---- a whole plan */

/* Loads routes as they are told, in order of work; false and a sentence when one can not be kept (which visit, which
 * rule), and then nothing is in the plan. What was in it before is gone. Only resource, shift and
 * the visits of the stops are looked at. */
bool plan_load (plan_t *self, const plan_route_t *routes, int route_count, char error [PLAN_ERROR_SIZE]);
/* Inserts every unassigned visit at its best place, the important ones first. */
void plan_build (plan_t *self);

typedef struct {
    /* of work on one core of 2020; the plan depends on it, never on the clock. See effort */
    double seconds;
    double clock_seconds;               /* stop by the clock after so long; 0: seconds x 1.0. Then is_cut is set */
    int threads;                        /* 0 is 1 */
    uint64_t seed;
    double warmth;                      /* of the search: 1 from nothing, 0.1 for a plan that is good already; 0 is 1 */
    /* false: stop; from the calling thread */
    bool (*progress) (void *context, double done, int64_t cost, int unassigned);
    void *context;
} plan_budget_t;

typedef struct {
    int64_t iterations;
    double seconds;                     /* by the clock */
    bool is_cut;                        /* by the clock, before the effort was spent: not reproducible */
} plan_effort_t;

/* Improves the plan; never makes it worse. Starts with plan_build for what is unassigned. */
void plan_improve (plan_t *self, const plan_budget_t *budget, plan_effort_t *ret_effort);

/* A lower bound of the cost of any plan of this problem, and whether it is the cost of the best one (then exact: by
 * enumeration, for up to about 12 visits). */
typedef struct { int64_t bound; bool is_exact; } plan_bound_t;
plan_bound_t plan_bound (plan_t *self);

/* ---- reading */

int plan_route_count (const plan_t *self);                      /* of used routes */
/* The i-th used route, in order of resource and shift; its stops stay until the plan is changed. */
plan_route_t plan_route (plan_t *self, int index);
plan_cost_t plan_cost (plan_t *self);
int plan_unassigned_count (const plan_t *self);
int plan_unassigned (const plan_t *self, int index);            /* visit, in order of index */
/* Where it is; false: unassigned. */
bool plan_where (const plan_t *self, int visit, int *ret_resource, int *ret_shift, int *ret_position);

/* ---- checking, without anything of the above: walks the routes over the problem alone */

/* What a plan means, exactly:
 *   times     stops begin as early as possible, the route leaving at the shift's `from`; lateness and `told_at` are
 *             priced by these. Work time and waiting are of the least duration: departure is then delayed as far as the
 *             route does not come back later and no crew visit, nor one of a sequence, begins later.
 *   work      rounded up to a whole unit
 *   money     a term is the sum of quantity x price over everything, divided once (by the hour, by 1,000), rounded
 *             down; the resource's own prices are in WORK_TIME, DISTANCE and USE
 *   MOVED     counts visits that go to another than told_resource, or begin at another time than told_at
 *   PREFERRED once a visit, when none of those who come is preferred
 *   OVERSKILL for each who comes, and each skill needed: his best level that lasts until the end, less the level needed
 *   BALANCE   sum over used shifts of the work beyond the mean: standard work of all visits / all shifts
 *   WAIT      duration less travel, work and pauses
 *   supply    takes no time; tools and parts are without end after it, load is not taken off
 *   pause     with a place: kept whenever the shift has visits; a stop is before it when he can still be there in time,
 *             and its `begins`, when told, does not say otherwise
 *   lock      at a time: in a window all the same. To a resource: he is one of those who come
 *   crew      in exactly so many routes, of different resources, each of whom keeps all rules
 *   after     its visit is in the plan
 *   frozen    has told_resource, and is_started or told_at before frozen_until: is in a route of that resource, before
 *             all visits that are not frozen; those that are started in order of told_at, and the others; one that is
 *             started is not left out */

/* True when every hard rule is kept and no visit is there twice; else a sentence that names route, stop, rule and
 * values. ret_cost (or NULL): what the plan costs, recomputed; visits not in a route are unassigned. Times of the
 * routes are not looked at. */
bool plan_check (const plan_problem_t *problem, const plan_route_t *routes, int route_count, plan_cost_t *ret_cost,
    char error [PLAN_ERROR_SIZE]);

/* ---- travel, when there is no table: great circle, stretched to a road, at a speed */

typedef struct { double latitude, longitude; } plan_point_t;

/* Seconds and metres between points: equirectangular projection of the mean earth sphere (IUGG, 6,371,008.8 m), good to
 * 0.5 % within 300 km, times detour_percent, at speed_kmh, plus parking_s for each leg between different points. */
typedef struct { int32_t detour_percent, speed_kmh, parking_s; } plan_estimate_t;

void plan_estimate_leg (const plan_estimate_t *estimate, plan_point_t from, plan_point_t to, int32_t *ret_seconds,
    int32_t *ret_metres);
/* Fills tables of count x count. */
void plan_estimate_table (const plan_estimate_t *estimate, const plan_point_t *points, int count, int32_t *ret_seconds,
    int32_t *ret_metres);
