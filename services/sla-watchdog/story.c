/* story - what the facts of a case say together. */
#include "story.h"
#include <stdlib.h>

static int
s_compare (const void *left, const void *right)
{
    const sla_fact_t *a = *(sla_fact_t *const *) left, *b = *(sla_fact_t *const *) right;
    if (a->happened_at != b->happened_at)
        return a->happened_at < b->happened_at ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

static wait_t *
s_open_wait (story_t *self, wait_reason_t reason)
{
    for (int i = self->wait_count - 1; i >= 0; i--)
        if (self->waits [i].reason == reason && self->waits [i].to_at == BUDGET_FOREVER)
            return &self->waits [i];
    return NULL;
}

static void
s_wait_start (story_t *self, wait_reason_t reason, char *holder, int64_t at)
{
    if (!s_open_wait (self, reason))
        self->waits [self->wait_count++] = (wait_t) { reason, holder, at, BUDGET_FOREVER };
}

static void
s_wait_end (story_t *self, wait_reason_t reason, int64_t at)
{
    wait_t *wait = s_open_wait (self, reason);
    if (wait)
        wait->to_at = at;
}

static void
s_reach (story_t *self, milestone_t milestone, int64_t at)
{
    if (!self->reached_at [milestone])
        self->reached_at [milestone] = at;
}

/* Time spent solved is a wait of its own reason, which only a reopening brings to light. */
static void
s_resolve (story_t *self, support_tier_t tier, int64_t at)
{
    if (self->resolved_at)
        return;
    self->resolved_at = at;
    s_reach (self, MILESTONE_COMPLETE, at);
    if (tier == SUPPORT_TIER_PHONE || tier == SUPPORT_TIER_REMOTE)
        s_reach (self, MILESTONE_SOLVE_REMOTE, at);
    s_wait_start (self, WAIT_REASON_RESOLVED, "", at);
}

static void
s_reopen (story_t *self, int64_t at)
{
    self->reopened_at = at;
    self->resolved_at = self->reached_at [MILESTONE_COMPLETE] = self->reached_at [MILESTONE_SOLVE_REMOTE] = 0;
    s_wait_end (self, WAIT_REASON_RESOLVED, at);
}

static int64_t
s_earlier (int64_t a, int64_t b)
{
    return !a ? b : !b ? a : a < b ? a : b;
}

static void
s_tell (story_t *self, const sla_fact_t *fact)
{
    int64_t at = fact->happened_at;
    switch ((fact_kind_t) fact->kind) {
    case FACT_WAIT_STARTED: s_wait_start (self, fact->detail, fact->holder, at); break;
    case FACT_WAIT_ENDED:   s_wait_end (self, fact->detail, at); break;
    case FACT_REACHED:      s_reach (self, fact->detail, at); break;
    case FACT_RESOLVED:     s_resolve (self, fact->detail, at); break;
    case FACT_REOPENED:     s_reopen (self, at); break;
    case FACT_CANCELLED:    self->cancelled_at = self->cancelled_at ? self->cancelled_at : at; break;
    case FACT_TIER:
        if (fact->detail != SUPPORT_TIER_ONSITE)
            self->onsite_at = 0;
        else if (!self->onsite_at)
            self->onsite_at = at;
        break;
    case FACT_BEGUN:
        self->begun_at [fact->detail] = s_earlier (self->begun_at [fact->detail], at);
        break;
    case FACT_PROMISED:     self->promised_at [fact->detail] = fact->value_at; break;
    }
}

story_t
story_of (tx_t *tx, const sla_case_t *sla_case)
{
    list_t facts = tx_find (tx, sla_fact, case_id, sla_case->id);
    qsort (facts.rows, (size_t) facts.count, sizeof *facts.rows, s_compare);
    story_t story = { .waits = arena_array (tx_arena (tx), (size_t) facts.count + 1, sizeof (wait_t)) };
    for (int i = 0; i < facts.count; i++)
        s_tell (&story, facts.rows [i]);
    return story;
}

bool
story_is_over (const story_t *self)
{
    return self->resolved_at || self->cancelled_at;
}

/* When it stopped to matter whether the milestone is reached. A unit in the depot is still to be repaired though its
 * place was taken by another one and the request is solved. */
static int64_t
s_void_at (const story_t *self, milestone_t milestone)
{
    if (milestone == MILESTONE_DEPOT_REPAIR)
        return self->cancelled_at;
    int64_t at = s_earlier (self->cancelled_at, self->resolved_at);
    bool is_by_phone = milestone == MILESTONE_SOLVE_REMOTE || milestone == MILESTONE_PROPOSE_SOLUTION;
    return is_by_phone ? s_earlier (at, self->onsite_at) : at;
}

bool
story_is_listed (wait_reason_t reason, const wait_reason_t *reasons, size_t reason_count)
{
    for (size_t i = 0; i < reason_count; i++)
        if (reasons [i] == reason)
            return true;
    return false;
}

history_t
story_history (tx_t *tx, const story_t *self, milestone_t milestone,
    const wait_reason_t *reasons, size_t reason_count)
{
    int64_t reached_at = self->reached_at [milestone], void_at = s_void_at (self, milestone);
    bool is_cancelled = void_at && (!reached_at || void_at < reached_at);
    history_t history = {
        .started_at = self->begun_at [milestone] ? self->begun_at [milestone] : self->started_at,
        .ended_at = is_cancelled ? void_at : reached_at,
        .is_cancelled = is_cancelled,
        .pauses = arena_array (tx_arena (tx), (size_t) self->wait_count + 1, sizeof (interval_t))
    };
    for (int i = 0; i < self->wait_count; i++)
        if (story_is_listed (self->waits [i].reason, reasons, reason_count))
            history.pauses [history.pause_count++] = (interval_t) { self->waits [i].from_at, self->waits [i].to_at };
    return history;
}

const wait_t *
story_wait_at (const story_t *self, int64_t at, const wait_reason_t *reasons, size_t reason_count)
{
    for (int i = 0; i < self->wait_count; i++)
        if (self->waits [i].from_at <= at && at < self->waits [i].to_at
            && story_is_listed (self->waits [i].reason, reasons, reason_count))
            return &self->waits [i];
    return NULL;
}

int64_t
story_waits_since (const story_t *self)
{
    int64_t since_at = 0;
    for (int i = 0; i < self->wait_count; i++)
        if (self->waits [i].to_at == BUDGET_FOREVER && self->waits [i].reason != WAIT_REASON_RESOLVED)
            since_at = s_earlier (since_at, self->waits [i].from_at);
    return since_at;
}
