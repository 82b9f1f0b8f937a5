/* sla_ledger - where the time of a clock went (N10): running, paused and for whom, closed. Derived from the facts like
 * the clock itself, so that it proves what the clock says. */
#include <string.h>

#include "calendar/ledger.h"
#include "promise.h"

enum { ENTRIES_MAX = 1000 };                /* listed of one clock: all of them must fit into an answer */

/* The waits that stop this promise, in the order of the history's pauses. */
static const wait_t **
s_waits (tx_t *tx, const derivation_t *of, const terms_t *terms)
{
    const wait_t **waits = arena_array (tx_arena (tx), (size_t) of->story.wait_count + 1, sizeof *waits);
    for (int i = 0, count = 0; i < of->story.wait_count; i++)
        if (story_is_listed (of->story.waits [i].reason, terms->reasons, terms->reason_count))
            waits [count++] = &of->story.waits [i];
    return waits;
}

static ledger_entry_t *
s_entry (tx_t *tx, const ledger_span_t *span, const wait_t *const *waits)
{
    static const ledger_state_t states [] = {
        [LEDGER_RUNNING] = LEDGER_STATE_RUNNING, [LEDGER_PAUSED] = LEDGER_STATE_PAUSED,
        [LEDGER_CLOSED] = LEDGER_STATE_CLOSED
    };
    ledger_entry_t *entry = arena_alloc (tx_arena (tx), sizeof *entry);
    *entry = (ledger_entry_t) {
        .base = ledger_entry_init, .state = states [span->kind], .from_at = span->from_at, .to_at = span->to_at,
        .holder = ""
    };
    if (span->kind == LEDGER_PAUSED) {
        entry->reason = waits [span->pause]->reason;
        entry->holder = is_empty (waits [span->pause]->holder) ? "" : waits [span->pause]->holder;
    }
    return entry;
}

static bool
s_is_of (const ledger_total_t *total, const ledger_entry_t *entry)
{
    return total->state == entry->state && total->reason == entry->reason
        && strcmp (total->holder, entry->holder) == 0;
}

/* There are at most as many as there are waits, and one for running and closed time each. */
static void
s_add (tx_t *tx, clock_ledger_t *self, const ledger_entry_t *entry)
{
    ledger_total_t *total = NULL;
    for (size_t i = 0; i < self->n_totals && !total; i++)
        total = s_is_of (self->totals [i], entry) ? self->totals [i] : NULL;
    if (!total) {
        total = self->totals [self->n_totals++] = arena_alloc (tx_arena (tx), sizeof *total);
        *total = (ledger_total_t) {
            .base = ledger_total_init, .state = entry->state, .reason = entry->reason, .holder = entry->holder
        };
    }
    total->total_ms += entry->to_at - entry->from_at;
}

static void
s_sum (clock_ledger_t *self, const ledger_span_t *span)
{
    int64_t *const sums [] = {
        [LEDGER_RUNNING] = &self->running_ms, [LEDGER_PAUSED] = &self->paused_ms, [LEDGER_CLOSED] = &self->closed_ms
    };
    *sums [span->kind] += span->to_at - span->from_at;
}

static bool
s_each (const clock_ledger_t *self, const terms_t *terms, int64_t *at, ledger_span_t *ret_span)
{
    const history_t *history = &terms->history;
    return ledger_each (terms->promise.calendar, history->pauses, history->pause_count, at, self->until_at, ret_span);
}

static size_t
s_count (const clock_ledger_t *self, const terms_t *terms)
{
    size_t count = 0;
    ledger_span_t span;
    for (int64_t at = self->started_at; s_each (self, terms, &at, &span);)
        count++;
    return count;
}

static void
s_fill (tx_t *tx, const derivation_t *of, const terms_t *terms, clock_ledger_t *self)
{
    size_t count = s_count (self, terms), left_out = count > ENTRIES_MAX ? count - ENTRIES_MAX : 0, number = 0;
    ledger_span_t span;
    const wait_t **waits = s_waits (tx, of, terms);
    self->left_out = (int32_t) left_out;
    self->entries = arena_array (tx_arena (tx), count - left_out + 1, sizeof *self->entries);
    self->totals = arena_array (tx_arena (tx), (size_t) of->story.wait_count + 2, sizeof *self->totals);
    for (int64_t at = self->started_at; s_each (self, terms, &at, &span);) {
        ledger_entry_t *entry = s_entry (tx, &span, waits);
        s_sum (self, &span);
        s_add (tx, self, entry);
        if (number++ >= left_out)
            self->entries [self->n_entries++] = entry;
    }
}

/* A clock that was withdrawn, or whose calendar is not known, has no time that went anywhere. */
static clock_ledger_t *
s_ledger (tx_t *tx, const derivation_t *of, sla_clock_t *clock)
{
    clock_ledger_t *self = arena_alloc (tx_arena (tx), sizeof *self);
    *self = (clock_ledger_t) {
        .base = clock_ledger_init, .clock_id = clock->id, .milestone = (milestone_t) clock->milestone,
        .state = (clock_state_t) clock->state, .started_at = clock->started_at, .until_at = clock->started_at,
        .due_at = clock->due_at, .breach_at = clock->breach_at, .budget_ms = clock->budget_ms,
        .calendar_id = clock->calendar_id, .calendar_version = clock->calendar_version, .plan_id = clock->plan_id,
        .time_zone = ""
    };
    terms_t terms;
    if (promise_terms (tx, of, self->milestone, clock, &terms) != PROMISE_MADE)
        return self;
    verdict_t verdict = verdict_of (&terms.promise, &terms.history, tx_now (tx));
    self->state = verdict.state;
    self->consumed_ms = verdict.consumed_ms;
    self->started_at = terms.history.started_at;
    self->until_at = terms.history.ended_at ? terms.history.ended_at : tx_now (tx);
    if (self->until_at < self->started_at)
        self->until_at = self->started_at;          /* a device whose clock is behind reached it before it was asked */
    self->time_zone = (char *) zone_name (calendar_zone (terms.promise.calendar));
    s_fill (tx, of, &terms, self);
    return self;
}

void
on_get_sla_ledger (tx_t *tx, const get_sla_ledger_t *query)
{
    sla_case_expect (tx, query->case_id);
    sla_case_t *sla_case = tx_get (tx, sla_case, query->case_id);
    if (!sla_case || !sla_case->accepted_at)
        return tx_reject (tx, "case.unknown", "no case %s: give the id of a service request", query->case_id);
    derivation_t of = derivation_of (tx, sla_case, "");
    list_t clocks = tx_find (tx, sla_clock, case_id, sla_case->id);
    sla_ledger_t answer = {
        .base = sla_ledger_init, .case_id = sla_case->id,
        .clocks = arena_array (tx_arena (tx), (size_t) clocks.count + 1, sizeof (clock_ledger_t *))
    };
    EACH (sla_clock, clock, clocks)
        if (!query->milestone || (int) query->milestone == clock->milestone)
            answer.clocks [answer.n_clocks++] = s_ledger (tx, &of, clock);
    tx_answer (tx, &answer.base);
}
