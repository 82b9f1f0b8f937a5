/* check_inside - the inside of plan_check, for check*.c only. Nothing here is shared with the search, so that a mistake
 * of one is not a mistake of both. */
#pragma once
#include "plan.h"
#include <stdlib.h>

/* ---- check_walk.c: one route walked in time */

/* One route in its problem. not_before: earliest begin of each visit; not_after: latest; either may be NULL. */
typedef struct {
    const plan_problem_t *problem;
    const plan_route_t *route;
    const plan_resource_t *resource;
    const plan_shift_t *shift;
    const int64_t *not_before, *not_after;
} check_route_t;

typedef struct { int64_t begins, ends; } check_stop_t;

/* What a walk found; failed_stop is stop_count when the way home is what fails. */
typedef struct {
    int64_t leaves, returns, travel, distance, work, paused;
    plan_rule_t rule;                   /* PLAN_MAY: it can be done */
    int failed_stop;
    bool is_at_pause;                   /* it is an appointment of his that can not be kept */
    int64_t kept_at;                    /* sum of the stops before which appointments were kept */
    int64_t needed, had;
} check_walk_t;

/* Walks the route as early as it can when it leaves at that time. ret_stops has room for all its stops; what comes
 * after a failure is not written. */
check_walk_t check_walk (const check_route_t *route, int64_t leaves, check_stop_t *ret_stops);
/* The same route, leaving as late as it can without coming back later than `early` does. */
check_walk_t check_walk_latest (const check_route_t *route, const check_walk_t *early, check_stop_t *scratch);

/* Time the work takes him: standard time x 100 / efficiency, rounded up. */
int64_t check_work (const plan_resource_t *resource, const plan_visit_t *visit);

/* ---- the whole plan */

typedef struct {
    const plan_problem_t *problem;
    const plan_route_t *routes;
    int route_count;
    char *error;
    check_walk_t *walks;                /* of each route, as early as it can */
    check_stop_t **stops;               /* of each route */
    int64_t *begins, *ends;             /* of each visit: of its last member; PLAN_NONE: not in the plan */
    int64_t *not_before;
    int *assigned;                      /* how many come to a visit */
    int *first_member, *members;        /* routes of visit v: members [first_member [v]] and on */
    bool *is_bound;                     /* its time is that of another visit: crew, after */
} checker_t;

/* Write the sentence and return false. Stops count from 1 there; the one after the last is the way back. */
bool check_refuse (checker_t *self, const char *format, ...) __attribute__ ((format (printf, 2, 3)));
bool check_refuse_stop (checker_t *self, int route, int stop, const char *format, ...)
    __attribute__ ((format (printf, 4, 5)));
bool check_refuse_visit (checker_t *self, int32_t visit, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

/* check_rules.c: who may do what with what he has, before and after the times are known. */
bool check_rules (checker_t *self);
bool check_rules_timed (checker_t *self);

/* check_cost.c: what the routes cost, term by term; latest: the latest walk of each. */
plan_cost_t check_cost (const checker_t *self, const check_walk_t *latest);
/* The highest level of a skill he has when work ends at that time, or PLAN_NONE; *ret_until: until when he has it at
 * any level, the latest. */
int32_t check_level (const plan_resource_t *resource, int32_t skill, int64_t ends, int32_t *ret_until);
bool check_lists (const int32_t *list, int count, int32_t value);
/* A route that visits nobody: its shift is not used. */
bool check_is_empty (const plan_route_t *route);
/* Zeroed, to be freed; out of memory is the end. */
void *check_array (size_t count, size_t size);
