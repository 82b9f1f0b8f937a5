/* sla_case - a service request as somebody to whom something is promised. */
#include <string.h>

#include "promise.h"

static sla_clock_t *
s_clock_of (list_t clocks, int milestone)
{
    EACH (sla_clock, clock, clocks)
        if (clock->milestone == milestone)
            return clock;
    return NULL;
}

static scope_t
s_scope (const sla_case_t *self)
{
    return (scope_t) { self->territory_id, self->request_type, (int) self->fault_level };
}

/* J6: how long it waits. Another oldest wait is another crossing. */
static void
s_watch_waits (tx_t *tx, sla_case_t *self, const story_t *story)
{
    int64_t since_at = story_is_over (story) ? 0 : story_waits_since (story);
    if (since_at && since_at == self->waits_since_at)
        return gauge_move (tx, METRIC_WAITING, self->id, s_scope (self));
    if (self->waits_since_at)
        gauge_close (tx, METRIC_WAITING, self->id);
    if (since_at)
        gauge_open (tx, METRIC_WAITING, self->id, s_scope (self), since_at);
    self->waits_since_at = since_at;
}

/* J6: how long nobody has taken it in hand. */
static void
s_watch (tx_t *tx, sla_case_t *self, const story_t *story)
{
    bool is_watched = !story->reached_at [MILESTONE_ACCEPT] && !story_is_over (story);
    int64_t since_at = story->reopened_at > self->accepted_at ? story->reopened_at : self->accepted_at;
    if (is_watched && !self->is_watched)
        gauge_open (tx, METRIC_REQUEST, self->id, s_scope (self), since_at);
    else if (is_watched)
        gauge_move (tx, METRIC_REQUEST, self->id, s_scope (self));
    else if (self->is_watched)
        gauge_close (tx, METRIC_REQUEST, self->id);
    self->is_watched = is_watched;
}

static void
s_set_open (sla_case_t *self, const story_t *story)
{
    bool is_over = story_is_over (story);
    self->open_plan_id = is_over ? "" : is_empty (self->plan_id) ? NO_PLAN : self->plan_id;
    self->open_territory_id = is_over ? "" : self->territory_id;
}

void
sla_case_expect (tx_t *tx, const char *case_id)
{
    char *gauge_id = tx_printf (tx, "%s:%s", METRIC_REQUEST, case_id);
    tx_expect (tx, sla_case, case_id);
    tx_expect_find (tx, sla_fact, case_id, case_id);
    tx_expect_find (tx, sla_clock, case_id, case_id);
    tx_expect (tx, gauge, gauge_id);
    tx_expect_find (tx, alert, gauge_id, gauge_id);
}

void
sla_case_change (tx_t *tx, sla_case_t *self, int64_t changed_at, const char *cause)
{
    if (!self->accepted_at)
        return;                             /* others were faster than intake: their facts wait here */
    tx_correlate (tx, self->id);
    derivation_t of = derivation_of (tx, self, cause);
    of.changed_at = changed_at;
    s_watch (tx, self, &of.story);
    s_watch_waits (tx, self, &of.story);
    s_set_open (self, &of.story);
    if (!self->fault_level)
        return;
    list_t clocks = tx_find (tx, sla_clock, case_id, self->id);
    for (int milestone = MILESTONE_UNSPECIFIED + 1; milestone < MILESTONES; milestone++)
        sla_clock_derive (tx, &of, (milestone_t) milestone, s_clock_of (clocks, milestone));
    escalation_out_of_hours (tx, &of);
}

void
sla_case_derive (tx_t *tx, sla_case_t *self, const char *cause)
{
    sla_case_change (tx, self, 0, cause);
}

void
on_service_request_accepted (tx_t *tx, const service_request_accepted_t *event)
{
    sla_case_expect (tx, event->request_id);
    sla_case_t *self = tx_need (tx, sla_case, event->request_id);
    int64_t accepted_at = event->accepted_at ? event->accepted_at : tx_time (tx);
    fact_note (tx, self, &(sla_fact_t) { .kind = FACT_TIER, .detail = (int) event->tier, .happened_at = accepted_at });
    self->accepted_at = accepted_at;
    self->request_type = (int) event->type;
    self->customer_id = event->customer_id;
    self->site_id = event->site_id;
    self->territory_id = event->territory_id;
    self->region_class = (int) event->region_class;
    self->customer_grade = event->customer_grade;
    sla_case_derive (tx, self, "request accepted");
}

/* Of two levels the later one counts, whichever comes first. */
void
on_service_request_triaged (tx_t *tx, const service_request_triaged_t *event)
{
    sla_case_expect (tx, event->request_id);
    sla_case_t *self = tx_need (tx, sla_case, event->request_id);
    if (tx_time (tx) < self->triaged_at || event->fault_level < 1)
        return;
    self->triaged_at = tx_time (tx);
    if (self->fault_level == event->fault_level)
        return;
    bool is_first = !self->fault_level;
    self->fault_level = event->fault_level;
    sla_case_change (tx, self, is_first ? 0 : self->triaged_at, "request triaged");
}

static bool
s_is_same (const char *left, const char *right)
{
    return strcmp (left ? left : "", right ? right : "") == 0;
}

/* What has ended already counts for the contract that pays. */
static void
s_count_again (tx_t *tx, const sla_case_t *self)
{
    EACH (sla_clock, clock, tx_find (tx, sla_clock, case_id, self->id))
        compliance_count (tx, self, clock);
}

/* Another contract is another plan. That there is one at all is no change, billing only says it after intake. */
void
on_entitlement_resolved (tx_t *tx, const entitlement_resolved_t *event)
{
    sla_case_expect (tx, event->request_id);
    sla_case_t *self = tx_need (tx, sla_case, event->request_id);
    if (tx_time (tx) < self->entitled_at)
        return;
    bool is_first = !self->entitled_at;
    self->entitled_at = tx_time (tx);
    bool is_other_contract = !s_is_same (self->contract_id, event->terms_contract_id);
    self->contract_id = event->terms_contract_id;
    bool is_same_plan = s_is_same (self->contract_tier, event->contract_tier)
        && s_is_same (self->contract_plan_id, event->sla_plan_id);
    if (is_same_plan && is_other_contract)
        s_count_again (tx, self);
    if (is_same_plan)
        return;
    self->contract_tier = event->contract_tier;
    self->contract_plan_id = event->sla_plan_id;
    self->plan_id = "";
    sla_case_change (tx, self, is_first ? 0 : self->entitled_at, "entitlement resolved");
}
