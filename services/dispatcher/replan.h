/* replan - the rest of a day planned again: from rows to a problem, from a problem to a document.
 *
 * Both are pure: no tx, no clock, no chance. The problem is a message: its hash is the input's, and
 * the worker that searches needs nothing else. Source of the search: lib/plan/plan.h. */
#pragma once
#include "choose.h"

enum { REPLAN_PEOPLE_MAX = 300, REPLAN_VISITS_MAX = 2000, REPLAN_EFFORT_MAX_MS = 60000 };

/* A visit that may move, or an order that waits for one: then visit_id is "". */
typedef struct {
    choose_order_t order;
    const char *visit_id, *engineer_id;
    int64_t work_starts_at;
    int lock;                               /* visit_lock_t; its times */
    int64_t lock_from_at, lock_to_at;
    bool is_told, must;                     /* must: it can not stay where it is */
    const char *const *territories;         /* whose engineers may do it */
    int territory_count;
} replan_visit_t;

/* What of an engineer's time is not this plan's: a visit that stays, a hold, an absence. */
typedef struct {
    int64_t from_at, to_at;
    const geo_point_t *point;
    bool is_place;                          /* he is at that point then, even if it is unknown */
} replan_fixed_t;

typedef struct {
    choose_person_t who;
    const replan_fixed_t *fixed;
    int fixed_count;
    int64_t free_at;                        /* when the visit that he is at ends; 0 he is at none */
    const geo_point_t *free_point;
} replan_person_t;

typedef struct {
    int64_t now, from_at, to_at;            /* the day, where the territory is */
    const dispatch_policy_details_t *policy;
    const replan_person_t *people;          /* in order of id */
    int person_count;
    const replan_visit_t *visits;           /* in order of work order */
    int visit_count;
    int effort_ms;                          /* 0: the policy's */
} replan_input_t;

/* In the arena. */
day_problem_t *replan_problem (arena_t *arena, const replan_input_t *input);

/* SHA-256 of the packed problem, hex. */
char *replan_hash (arena_t *arena, const day_problem_t *problem);

/* Moves, routes, terms, what was left out, bound; or error. Everything else is the caller's. */
replan_proposed_t *replan_search (arena_t *arena, const day_problem_t *problem);
