/* story - what the facts of a case say together. Pure, and the same for any order of arrival: facts are put in order of
 * when they happened first. */
#pragma once
#include "sla-watchdog.h"
#include "verdict.h"

enum { MILESTONES = MILESTONE_COMPLAINT_OUTCOME + 1 };

/* A wait, [from_at, to_at); to_at BUDGET_FOREVER while it lasts. */
typedef struct {
    wait_reason_t reason;
    char *holder;
    int64_t from_at, to_at;
} wait_t;

/* Instants, 0: not so. */
typedef struct {
    wait_t *waits;
    int wait_count;
    int64_t reached_at [MILESTONES];    /* first time; SOLVE_REMOTE and COMPLETE since the last reopening */
    int64_t promised_at [MILESTONES];   /* the instant last named to the customer */
    int64_t begun_at [MILESTONES];      /* DEPOT_REPAIR: first time */
    int64_t resolved_at;                /* and not reopened since */
    int64_t reopened_at;
    int64_t cancelled_at;
    int64_t started_at;                 /* from when clocks count: derivation_of knows, by the plan */
    int64_t onsite_at;                  /* since when somebody must go there */
} story_t;

/* Everything lives in the turn. */
story_t story_of (tx_t *tx, const sla_case_t *sla_case);

bool story_is_over (const story_t *self);

/* What matters to one milestone, with the waits whose reasons are listed. */
history_t story_history (tx_t *tx, const story_t *self, milestone_t milestone,
    const wait_reason_t *reasons, size_t reason_count);

bool story_is_listed (wait_reason_t reason, const wait_reason_t *reasons, size_t reason_count);

/* The wait among these reasons that the instant lies in and that began first, or NULL. */
const wait_t *story_wait_at (const story_t *self, int64_t at, const wait_reason_t *reasons, size_t reason_count);

/* When the oldest wait began that still lasts; 0: it does not wait. Solved is no wait. */
int64_t story_waits_since (const story_t *self);
