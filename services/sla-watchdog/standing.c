/* standing - how the clocks of a case stand right now. */
#include <stdlib.h>

#include "promise.h"

static clock_standing_t *
s_standing (tx_t *tx, const derivation_t *of, sla_clock_t *clock)
{
    clock_standing_t *standing = arena_alloc (tx_arena (tx), sizeof *standing);
    *standing = (clock_standing_t) {
        .base = PROTOBUF_C_MESSAGE_INIT (&clock_standing_descriptor),
        .clock_id = clock->id, .milestone = (milestone_t) clock->milestone, .state = (clock_state_t) clock->state,
        .started_at = clock->started_at, .due_at = clock->due_at, .breach_at = clock->breach_at,
        .stopped_at = clock->stopped_at, .consumed_ms = clock->consumed_ms, .budget_ms = clock->budget_ms,
        .breached = clock->breached
    };
    terms_t terms;
    bool runs = clock->state == CLOCK_STATE_RUNNING || clock->state == CLOCK_STATE_PAUSED;
    if (runs && promise_terms (tx, of, standing->milestone, clock, &terms) == PROMISE_MADE)
        standing->consumed_ms = verdict_of (&terms.promise, &terms.history, tx_now (tx)).consumed_ms;
    return standing;
}

/* What falls due first stands first; what has no end, last. */
static int
s_compare (const void *left, const void *right)
{
    const clock_standing_t *a = *(clock_standing_t *const *) left, *b = *(clock_standing_t *const *) right;
    if (a->due_at != b->due_at)
        return !a->due_at ? 1 : !b->due_at ? -1 : a->due_at < b->due_at ? -1 : 1;
    return (a->milestone > b->milestone) - (a->milestone < b->milestone);
}

void
on_get_sla (tx_t *tx, const get_sla_t *query)
{
    sla_case_t *sla_case = tx_get (tx, sla_case, query->case_id);
    if (!sla_case || !sla_case->accepted_at)
        return tx_reject (tx, "case.unknown", "no case %s: give the id of a service request", query->case_id);
    derivation_t of = derivation_of (tx, sla_case, "");
    list_t clocks = tx_find (tx, sla_clock, case_id, sla_case->id);
    sla_standing_t *answer = arena_alloc (tx_arena (tx), sizeof *answer);
    *answer = (sla_standing_t) {
        .base = PROTOBUF_C_MESSAGE_INIT (&sla_standing_descriptor),
        .case_id = sla_case->id, .plan_id = sla_case->plan_id, .fault_level = (int32_t) sla_case->fault_level,
        .clocks = arena_array (tx_arena (tx), (size_t) clocks.count + 1, sizeof (clock_standing_t *))
    };
    EACH (sla_clock, clock, clocks)
        answer->clocks [answer->n_clocks++] = s_standing (tx, &of, clock);
    if (answer->n_clocks > 0)
        qsort (answer->clocks, answer->n_clocks, sizeof *answer->clocks, s_compare);
    tx_answer (tx, &answer->base);
}
