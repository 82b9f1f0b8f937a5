/* history - random lives of a request, for the properties of the sla-watchdog: what happened, in the order in which it
 * happened or in any other. */
#pragma once
#include <stdio.h>

#include "fixture.h"

enum { FACTS_MAX = 32 };

typedef struct {
    int64_t at;
    const ProtobufCMessage *message;
} told_t;

typedef struct {
    arena_t *arena;
    told_t facts [FACTS_MAX];
    int count;
    int64_t start_at, end_at;
} history_of_t;

static uint64_t history_seed;

static inline uint64_t
history_random (uint64_t below)
{
    history_seed ^= history_seed << 13;
    history_seed ^= history_seed >> 7;
    history_seed ^= history_seed << 17;
    return history_seed % below;
}

#define HISTORY_START INT64_C (1780900200000)                       /* a Monday, 8:30 in Rome */

#define TELL(self, when, name, ...) \
    do { \
        const int64_t told_at = (when); \
        name##_t *kept = arena_alloc ((self)->arena, sizeof *kept); \
        *kept = (name##_t) { .base = PROTOBUF_C_MESSAGE_INIT (&name##_descriptor), __VA_ARGS__ }; \
        (self)->facts [(self)->count++] = (told_t) { told_at, &kept->base }; \
    } while (0)

/* Never the same instant twice: which of two comes first would not be known. */
static inline int64_t
history_later (int64_t at)
{
    return at + 1 + (int64_t) history_random (9 * HOUR_MS);
}

static inline void
history_tell_waits (history_of_t *self, int64_t at)
{
    for (uint64_t i = history_random (4); i > 0; i--) {
        wait_reason_t reason = history_random (2) ? WAIT_REASON_CUSTOMER : WAIT_REASON_PARTS;
        at = history_later (at);
        TELL (self, at, case_waiting_started, .case_id = "r1", .reason = reason, .holder = "c1", .started_at = told_at);
        at = history_later (at);
        if (history_random (5))
            TELL (self, at, case_waiting_ended, .case_id = "r1", .reason = reason, .ended_at = told_at);
    }
}

static inline void
history_tell_work (history_of_t *self, int64_t at)
{
    if (history_random (2))
        TELL (self, history_later (at), service_request_acknowledged, .request_id = "r1", .agent = "anna",
            .acknowledged_at = told_at);
    if (history_random (2))
        TELL (self, history_later (at), support_attempt_recorded, .request_id = "r1", .tier = SUPPORT_TIER_REMOTE,
            .agent = "anna", .started_at = told_at, .ended_at = told_at + MINUTE_MS, .solved = history_random (3) == 0);
    if (history_random (2))
        TELL (self, history_later (at), support_tier_changed, .request_id = "r1", .tier = SUPPORT_TIER_ONSITE);
    for (uint64_t i = history_random (3); i > 0; i--)
        TELL (self, history_later (at), visit_arrived, .visit_id = "v1", .work_order_id = "w1", .request_id = "r1",
            .arrived_at = told_at);
}

static inline void
history_tell_end (history_of_t *self, int64_t at)
{
    at = history_later (at);
    if (history_random (4) == 0)
        TELL (self, at, service_request_cancelled, .request_id = "r1", .reason = "not needed");
    for (uint64_t i = history_random (3); i > 0; i--) {
        at = history_later (at);
        TELL (self, at, service_request_resolved, .request_id = "r1", .resolved_at = told_at,
            .tier = history_random (2) ? SUPPORT_TIER_ONSITE : SUPPORT_TIER_REMOTE);
        at = history_later (at);
        if (history_random (2))
            TELL (self, at, service_request_reopened, .request_id = "r1", .reason = "again");
    }
}

static inline void
history_tell_terms (history_of_t *self)
{
    int64_t at = self->start_at;
    for (uint64_t i = 1 + history_random (3); i > 0; i--) {
        at = at == self->start_at ? at + 1 : history_later (at);
        TELL (self, at, service_request_triaged, .request_id = "r1", .fault_level = 1 + (int32_t) history_random (4));
    }
    at = self->start_at;
    for (uint64_t i = history_random (3); i > 0; i--) {
        at = history_later (at);
        TELL (self, at, entitlement_resolved, .request_id = "r1",
            .contract_tier = history_random (2) ? "gold" : "silver",
            .terms_contract_id = history_random (2) ? "k1" : "k2");
    }
}

static inline history_of_t
history_new (arena_t *arena, const char *territory, int64_t start_at)
{
    history_of_t self = { .arena = arena, .start_at = start_at };
    TELL (&self, start_at, service_request_accepted, .request_id = "r1", .territory_id = (char *) territory,
        .customer_id = "c1", .accepted_at = start_at,
        .tier = history_random (4) ? SUPPORT_TIER_PHONE : SUPPORT_TIER_ONSITE);
    history_tell_terms (&self);
    history_tell_waits (&self, start_at);
    history_tell_work (&self, start_at + (int64_t) history_random (5 * HOUR_MS));
    history_tell_end (&self, start_at);
    for (int i = 0; i < self.count; i++)
        self.end_at = self.facts [i].at > self.end_at ? self.facts [i].at : self.end_at;
    self.end_at += (int64_t) history_random (3) * 20 * HOUR_MS + HOUR_MS;
    return self;
}

static inline void
history_shuffle (history_of_t *self)
{
    for (int i = self->count - 1; i > 0; i--) {
        int j = (int) history_random ((uint64_t) i + 1);
        told_t swapped = self->facts [i];
        self->facts [i] = self->facts [j];
        self->facts [j] = swapped;
    }
}

static inline void
history_sort (history_of_t *self)
{
    for (int i = 1; i < self->count; i++)
        for (int j = i; j > 0 && self->facts [j].at < self->facts [j - 1].at; j--) {
            told_t swapped = self->facts [j];
            self->facts [j] = self->facts [j - 1];
            self->facts [j - 1] = swapped;
        }
}

static inline void
history_plans (tx_t *tx)
{
    plan_t plan;
    sla_target_spec_t *high = plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 4 * HOUR_MS);
    high->fault_levels = (int32_t []) { 1, 2 };
    high->n_fault_levels = 2;
    pause_on (&plan, high, WAIT_REASON_CUSTOMER);
    pause_on (&plan, add_target (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_BUSINESS_TIME, 8 * HOUR_MS + 30 * MINUTE_MS),
        WAIT_REASON_CUSTOMER);
    add_target (&plan, MILESTONE_ACCEPT, BUDGET_TYPE_BUSINESS_TIME, HOUR_MS);
    sla_target_spec_t *low = add_target (&plan, MILESTONE_SOLVE_REMOTE, BUDGET_TYPE_BUSINESS_TIME, 6 * HOUR_MS);
    low->fault_levels = (int32_t []) { 3, 4 };
    low->n_fault_levels = 2;
    sla_target_spec_t *complete = add_target (&plan, MILESTONE_COMPLETE, BUDGET_TYPE_WORKING_DAYS_END_OF_DAY, 0);
    complete->budget_days = 1;
    complete->pause_reasons = (wait_reason_t []) { WAIT_REASON_CUSTOMER, WAIT_REASON_PARTS, WAIT_REASON_RESOLVED };
    complete->n_pause_reasons = 3;
    publish (tx, "standard", &plan);
    assert_accepted (tx);
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 2 * HOUR_MS);
    plan.details.is_default = false;
    plan.details.order = 10;
    plan.details.contract_tiers = plan.tiers;
    plan.tiers [0] = "gold";
    plan.details.n_contract_tiers = 1;
    publish (tx, "gold", &plan);
    assert_accepted (tx);
}

/* What is counted of both contracts, month by month. */
static inline char *
history_counts (tx_t *tx, arena_t *arena, const char *contract_id, char *text)
{
    run (tx, get_sla_compliance (.contract_id = (char *) contract_id));
    for (size_t i = 0; answer (tx, sla_compliance) && i < answer (tx, sla_compliance)->n_months; i++) {
        const contract_compliance_t *month = answer (tx, sla_compliance)->months [i];
        for (size_t j = 0; j < month->n_milestones; j++)
            text = arena_printf (arena, "%s%s %s milestone %d met %lld missed %lld\n", text, contract_id, month->month,
                (int) month->milestones [j]->milestone, (long long) month->milestones [j]->met,
                (long long) month->milestones [j]->missed);
    }
    return text;
}

static inline long long
history_since (int64_t at, int64_t base_at)
{
    return at ? (long long) (at - base_at) : 0;
}

/* How the clocks stand, as text, instants counted from base_at. A clock that was cancelled in time and one that never
 * ran are the same. */
static inline char *
history_clocks (tx_t *tx, arena_t *arena, int64_t base_at)
{
    char *text = "";
    run (tx, get_sla (.case_id = "r1"));
    const sla_standing_t *standing = answer (tx, sla_standing);
    for (size_t i = 0; i < standing->n_clocks; i++) {
        const clock_standing_t *clock = standing->clocks [i];
        if (clock->state == CLOCK_STATE_CANCELLED && !clock->breached)
            continue;
        text = arena_printf (arena, "%s%s state %d due %lld breach %lld stop %lld used %lld of %lld%s\n", text,
            clock->clock_id, (int) clock->state, history_since (clock->due_at, base_at),
            history_since (clock->breach_at, base_at), history_since (clock->stopped_at, base_at),
            (long long) clock->consumed_ms, (long long) clock->budget_ms, clock->breached ? " breached" : "");
    }
    return text;
}

/* The clocks and what is counted of them. */
static inline char *
history_stand (tx_t *tx, arena_t *arena)
{
    char *text = history_counts (tx, arena, "k1", history_clocks (tx, arena, 0));
    return history_counts (tx, arena, "k2", text);
}

static inline long
history_number (const char *name, long usual)
{
    const char *text = getenv (name);
    long number = text ? strtol (text, NULL, 10) : 0;
    return number > 0 ? number : usual;
}

/* How many histories a test plays: PROPERTY_RUNS, or as many as are quick. PROPERTY_SEED repeats one run. */
static inline long
history_begin (long usual)
{
    history_seed = (uint64_t) history_number ("PROPERTY_SEED", 20260608);
    print_message ("seed %llu\n", (unsigned long long) history_seed);
    return history_number ("PROPERTY_RUNS", usual);
}
