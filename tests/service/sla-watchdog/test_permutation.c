/* Whatever the order in which facts are told, the clocks end the same (N8; properties P3, P5, P7 of the SLA design). */
#include <stdio.h>

#include "fixture.h"

enum { HISTORIES = 250, ORDERS = 4, FACTS_MAX = 32 };

typedef struct {
    int64_t at;
    const ProtobufCMessage *message;
} told_t;

typedef struct {
    arena_t *arena;
    told_t facts [FACTS_MAX];
    int count;
    int64_t end_at;
} history_of_t;

static uint64_t s_seed = 20260608;

static uint64_t
s_random (uint64_t below)
{
    s_seed ^= s_seed << 13;
    s_seed ^= s_seed >> 7;
    s_seed ^= s_seed << 17;
    return s_seed % below;
}

static const int64_t s_start = INT64_C (1780900200000);            /* a Monday, 8:30 in Rome */

#define TELL(self, when, name, ...) \
    do { \
        const int64_t told_at = (when); \
        name##_t *kept = arena_alloc ((self)->arena, sizeof *kept); \
        *kept = (name##_t) { .base = PROTOBUF_C_MESSAGE_INIT (&name##_descriptor), __VA_ARGS__ }; \
        (self)->facts [(self)->count++] = (told_t) { told_at, &kept->base }; \
    } while (0)

/* Never the same instant twice: which of two comes first would not be known. */
static int64_t
s_later (int64_t at)
{
    return at + 1 + (int64_t) s_random (9 * HOUR_MS);
}

static void
s_tell_waits (history_of_t *self, int64_t at)
{
    for (uint64_t i = s_random (4); i > 0; i--) {
        wait_reason_t reason = s_random (2) ? WAIT_REASON_CUSTOMER : WAIT_REASON_PARTS;
        at = s_later (at);
        TELL (self, at, case_waiting_started, .case_id = "r1", .reason = reason, .holder = "c1", .started_at = told_at);
        at = s_later (at);
        if (s_random (5))
            TELL (self, at, case_waiting_ended, .case_id = "r1", .reason = reason, .ended_at = told_at);
    }
}

static void
s_tell_work (history_of_t *self, int64_t at)
{
    if (s_random (2))
        TELL (self, s_later (at), service_request_acknowledged, .request_id = "r1", .agent = "anna",
            .acknowledged_at = told_at);
    if (s_random (2))
        TELL (self, s_later (at), support_attempt_recorded, .request_id = "r1", .tier = SUPPORT_TIER_REMOTE,
            .agent = "anna", .started_at = told_at, .ended_at = told_at + MINUTE_MS, .solved = s_random (3) == 0);
    if (s_random (2))
        TELL (self, s_later (at), support_tier_changed, .request_id = "r1", .tier = SUPPORT_TIER_ONSITE);
    for (uint64_t i = s_random (3); i > 0; i--)
        TELL (self, s_later (at), visit_arrived, .visit_id = "v1", .work_order_id = "w1", .request_id = "r1",
            .arrived_at = told_at);
}

static void
s_tell_end (history_of_t *self, int64_t at)
{
    at = s_later (at);
    if (s_random (4) == 0)
        TELL (self, at, service_request_cancelled, .request_id = "r1", .reason = "not needed");
    for (uint64_t i = s_random (3); i > 0; i--) {
        at = s_later (at);
        TELL (self, at, service_request_resolved, .request_id = "r1", .resolved_at = told_at,
            .tier = s_random (2) ? SUPPORT_TIER_ONSITE : SUPPORT_TIER_REMOTE);
        at = s_later (at);
        if (s_random (2))
            TELL (self, at, service_request_reopened, .request_id = "r1", .reason = "again");
    }
}

static void
s_tell_terms (history_of_t *self)
{
    int64_t at = s_start;
    for (uint64_t i = 1 + s_random (3); i > 0; i--) {
        at = at == s_start ? at + 1 : s_later (at);
        TELL (self, at, service_request_triaged, .request_id = "r1", .fault_level = 1 + (int32_t) s_random (4));
    }
    at = s_start;
    for (uint64_t i = s_random (3); i > 0; i--) {
        at = s_later (at);
        TELL (self, at, entitlement_resolved, .request_id = "r1", .contract_tier = s_random (2) ? "gold" : "silver");
    }
}

static history_of_t
s_history (arena_t *arena)
{
    history_of_t self = { .arena = arena };
    TELL (&self, s_start, service_request_accepted, .request_id = "r1", .territory_id = "milan", .customer_id = "c1",
        .accepted_at = s_start, .tier = s_random (4) ? SUPPORT_TIER_PHONE : SUPPORT_TIER_ONSITE);
    s_tell_terms (&self);
    s_tell_waits (&self, s_start);
    s_tell_work (&self, s_start + (int64_t) s_random (5 * HOUR_MS));
    s_tell_end (&self, s_start);
    for (int i = 0; i < self.count; i++)
        self.end_at = self.facts [i].at > self.end_at ? self.facts [i].at : self.end_at;
    self.end_at += (int64_t) s_random (3) * 20 * HOUR_MS + HOUR_MS;
    return self;
}

static void
s_shuffle (history_of_t *self)
{
    for (int i = self->count - 1; i > 0; i--) {
        int j = (int) s_random ((uint64_t) i + 1);
        told_t swapped = self->facts [i];
        self->facts [i] = self->facts [j];
        self->facts [j] = swapped;
    }
}

static void
s_sort (history_of_t *self)
{
    for (int i = 1; i < self->count; i++)
        for (int j = i; j > 0 && self->facts [j].at < self->facts [j - 1].at; j--) {
            told_t swapped = self->facts [j];
            self->facts [j] = self->facts [j - 1];
            self->facts [j - 1] = swapped;
        }
}

static void
s_plans (tx_t *tx)
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

/* How the clocks stand, as text. A clock that was cancelled in time and one that never ran are the same. */
static char *
s_stand (tx_t *tx, arena_t *arena)
{
    char *text = "";
    run (tx, get_sla (.case_id = "r1"));
    const sla_standing_t *standing = answer (tx, sla_standing);
    for (size_t i = 0; i < standing->n_clocks; i++) {
        const clock_standing_t *clock = standing->clocks [i];
        if (clock->state == CLOCK_STATE_CANCELLED && !clock->breached)
            continue;
        text = arena_printf (arena, "%s%s state %d due %lld breach %lld stop %lld used %lld of %lld%s\n", text,
            clock->clock_id, (int) clock->state, (long long) clock->due_at, (long long) clock->breach_at,
            (long long) clock->stopped_at, (long long) clock->consumed_ms, (long long) clock->budget_ms,
            clock->breached ? " breached" : "");
    }
    return text;
}

/* Tells the facts in their order. Live: each when it happens, timers firing in between. Breaches less retractions must
 * be what the clocks say in the end. */
static char *
s_play (history_of_t *self, bool is_live)
{
    tx_t *tx = company ();
    s_plans (tx);
    int standing_breaches = 0;
    tx_fake_now (tx, is_live ? s_start : self->end_at);
    for (int i = 0; i < self->count; i++) {
        if (is_live) {
            tx_fake_advance (tx, self->facts [i].at);
            standing_breaches += emitted_count (tx, sla_breached);
        }
        run_at (tx, self->facts [i].at, self->facts [i].message);
        assert_string_equal (tx_fake_dead_letter (tx), "");
        standing_breaches += emitted_count (tx, sla_breached) - emitted_count (tx, sla_breach_retracted);
    }
    tx_fake_advance (tx, self->end_at + 10000);
    standing_breaches += emitted_count (tx, sla_breached);
    assert_int_equal (tx_fake_advance (tx, self->end_at + 10000), 0);
    char *stand = s_stand (tx, self->arena);
    int said = 0;
    for (const char *at = stand; (at = strstr (at, " breached")); at++)
        said++;
    assert_int_equal (said, standing_breaches);
    tx_fake_destroy (&tx);
    return stand;
}

static void
test_n8_the_clocks_end_the_same_in_whatever_order_facts_are_told (void **state)
{
    (void) state;
    printf ("seed %llu\n", (unsigned long long) s_seed);
    int different = 0, breached = 0;
    for (int i = 0; i < HISTORIES; i++) {
        arena_t *arena = arena_new ();
        history_of_t history = s_history (arena);
        s_sort (&history);
        char *live = s_play (&history, true);
        breached += strstr (live, "breached") != NULL;
        for (int order = 0; order < ORDERS; order++) {
            s_shuffle (&history);
            char *late = s_play (&history, false);
            if (strcmp (live, late) != 0)
                print_message ("history %d, order %d:\n%s-- and late:\n%s", i, order, live, late);
            different += strcmp (live, late) != 0;
        }
        arena_destroy (&arena);
    }
    assert_int_equal (different, 0);
    assert_in_range (breached, HISTORIES / 10, HISTORIES);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_n8_the_clocks_end_the_same_in_whatever_order_facts_are_told),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
