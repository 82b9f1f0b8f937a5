/* promise - what a case was promised for one milestone: the plan's target, or an instant named to the customer. */
#pragma once
#include "story.h"

enum { WARN_PERCENT_DEFAULT = 75 };

/* What every clock of a case is derived from. */
typedef struct {
    sla_case_t *sla_case;
    const sla_plan_t *plan;             /* NULL: none matches */
    const sla_plan_details_t *details;
    story_t story;
    const char *cause;
    int64_t changed_at;                 /* level, contract or plan changed then; 0: something else has happened */
} derivation_t;

typedef enum {
    PROMISE_NONE,                       /* nothing is promised */
    PROMISE_WAITS,                      /* its calendar is not known yet */
    PROMISE_MADE
} promised_t;

typedef struct {
    promise_t promise;
    history_t history;
    const sla_target_spec_t *target;    /* NULL: an instant named to the customer */
    const wait_reason_t *reasons;       /* that stop it */
    size_t reason_count;
    const char *calendar_id;            /* "" no calendar: all time counts */
    int64_t calendar_version;
    int percents [PERCENTS_MAX];        /* ascending, the breach among them */
    int percent_count;
    char *text;                         /* the same text is the same promise */
} terms_t;

/* business_time.c: the calendar of a promise: the target's, else the territory's. False: not known yet;
 * calendar_id says which. */
bool business_time_find (tx_t *tx, const sla_case_t *sla_case, const sla_target_spec_t *target, terms_t *ret_terms);
/* business_time.c: a calendar where all time counts, days being those of a zone ("" UTC). */
calendar_t *business_time_always (tx_t *tx, const char *time_zone);

/* Loads what the clocks of a case are derived from; chooses the plan if the case has none. */
derivation_t derivation_of (tx_t *tx, sla_case_t *sla_case, const char *cause);

/* clock: the milestone's, NULL when there is none yet. */
promised_t promise_terms (tx_t *tx, const derivation_t *of, milestone_t milestone, const sla_clock_t *clock,
    terms_t *ret_terms);
/* promise_change.c: notes in the clock what of its promise outlives the change that of knows of. */
void promise_change (tx_t *tx, const derivation_t *of, milestone_t milestone, sla_clock_t *clock);

/* sla_clock.c: the clock of one milestone; NULL: none yet. */
void sla_clock_derive (tx_t *tx, const derivation_t *of, milestone_t milestone, sla_clock_t *self);
/* say.c: tells the difference between what a clock was and what it is. */
void say_clock (tx_t *tx, const derivation_t *of, const terms_t *terms, const sla_clock_t *before,
    const sla_clock_t *now);
/* say.c: that a clock runs; that a breach was none; that it applies no more. */
void say_started (tx_t *tx, const derivation_t *of, const sla_clock_t *clock);
void say_retracted (tx_t *tx, const derivation_t *of, const sla_clock_t *clock);
void say_cancelled (tx_t *tx, const sla_clock_t *clock, const char *cause);

/* threshold.c: says each threshold that has come and is not said yet. */
void threshold_pass (tx_t *tx, const derivation_t *of, const terms_t *terms, const verdict_t *verdict,
    sla_clock_t *clock);
/* Says the breach of a clock that ended after it. */
void threshold_breach (tx_t *tx, const derivation_t *of, sla_clock_t *clock);
/* At a new generation: logs what has passed already, and leaves to be said only the highest warning that is news. */
void threshold_skip (tx_t *tx, const terms_t *terms, const verdict_t *verdict, sla_clock_t *clock);
/* escalation_ladder.c: a threshold has been said: the steps of the ladder that begin there. */
void escalation_at_threshold (tx_t *tx, const derivation_t *of, const sla_clock_t *clock, int percent);
/* escalation_ladder.c: the case came while its territory was closed: the steps that begin so, once. */
void escalation_out_of_hours (tx_t *tx, const derivation_t *of);
/* Sets the one timer of the clock to the next threshold, or clears it. */
void threshold_arm (tx_t *tx, const terms_t *terms, const verdict_t *verdict, const sla_clock_t *clock);
