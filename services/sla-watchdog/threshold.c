/* threshold - shares of a budget that people want to hear of, and the breach. Each is a row, unique by (clock,
 * generation, percent), so that none is said twice. A clock has one timer: to the next of them. */
#include <string.h>

#include "promise.h"

int64_t
wake_at (tx_t *tx, int64_t due_at)
{
    return due_at > tx_now (tx) ? due_at : tx_now (tx) + SETTLE_MS;
}

/* A device whose clock is ahead may stop a clock in the future: that is not early, only not late. */
static int64_t
s_late (tx_t *tx, int64_t threshold_at)
{
    return tx_now (tx) > threshold_at ? tx_now (tx) - threshold_at : 0;
}

static void
s_record (tx_t *tx, sla_clock_t *clock, int percent, int64_t threshold_at, bool is_said)
{
    tx_put (tx, threshold, {
        .id = tx_printf (tx, "%s:%lld:%d", clock->id, (long long) clock->generation, percent), .clock_id = clock->id,
        .generation = clock->generation, .percent = percent, .threshold_at = threshold_at, .decided_at = tx_now (tx),
        .late_by_ms = s_late (tx, threshold_at), .said = is_said
    });
    clock->handled_percent = percent > clock->handled_percent ? percent : clock->handled_percent;
    if (is_said && percent > clock->warned_percent)
        clock->warned_percent = percent;
}

static void
s_warn (tx_t *tx, const derivation_t *of, sla_clock_t *clock, int percent, int64_t threshold_at)
{
    s_record (tx, clock, percent, threshold_at, true);
    tx_emit (tx, sla_warned (
        .clock_id = clock->id, .case_id = clock->case_id, .milestone = (milestone_t) clock->milestone,
        .percent = percent, .threshold_at = threshold_at, .late_by_ms = s_late (tx, threshold_at),
        .due_at = clock->due_at,
        .fault_level = (int32_t) of->sla_case->fault_level, .territory_id = of->sla_case->territory_id,
        .customer_id = of->sla_case->customer_id));
    escalation_at_threshold (tx, of, clock, percent);
}

void
threshold_breach (tx_t *tx, const derivation_t *of, sla_clock_t *clock)
{
    s_record (tx, clock, BREACH_PERCENT, clock->breach_at + 1, true);
    clock->breached = true;
    tx_emit (tx, sla_breached (
        .clock_id = clock->id, .case_id = clock->case_id, .milestone = (milestone_t) clock->milestone,
        .breach_at = clock->breach_at, .late_by_ms = s_late (tx, clock->breach_at + 1),
        .fault_level = (int32_t) of->sla_case->fault_level, .territory_id = of->sla_case->territory_id,
        .customer_id = of->sla_case->customer_id));
    if (!clock->stopped_at)
        escalation_at_threshold (tx, of, clock, BREACH_PERCENT);
}

static int64_t
s_at (const terms_t *terms, const verdict_t *verdict, int i)
{
    return verdict_threshold_at (&terms->promise, &terms->history, verdict, terms->percents [i]);
}

void
threshold_pass (tx_t *tx, const derivation_t *of, const terms_t *terms, const verdict_t *verdict, sla_clock_t *clock)
{
    for (int i = 0; i < terms->percent_count; i++) {
        int percent = terms->percents [i];
        int64_t at = s_at (terms, verdict, i);
        if (at > tx_now (tx))
            return;
        if (percent <= clock->handled_percent)
            continue;
        if (percent == BREACH_PERCENT)
            threshold_breach (tx, of, clock);
        else
            s_warn (tx, of, clock, percent, at);
    }
}

/* Nobody wants to hear of 50 % and 75 % when 90 % has come at once; and nobody of what he was told before. */
void
threshold_skip (tx_t *tx, const terms_t *terms, const verdict_t *verdict, sla_clock_t *clock)
{
    int passed = 0;
    for (int i = 0; i < terms->percent_count && s_at (terms, verdict, i) <= tx_now (tx); i++)
        passed = terms->percents [i];
    int kept = !clock->breached && passed >= BREACH_PERCENT ? BREACH_PERCENT
        : passed > clock->warned_percent ? passed : passed + 1;
    for (int i = 0; i < terms->percent_count && terms->percents [i] <= passed && terms->percents [i] < kept; i++)
        s_record (tx, clock, terms->percents [i], s_at (terms, verdict, i), false);
}

static int64_t
s_next_at (const terms_t *terms, const verdict_t *verdict, const sla_clock_t *clock)
{
    for (int i = 0; i < terms->percent_count; i++)
        if (terms->percents [i] > clock->handled_percent)
            return s_at (terms, verdict, i);
    return CALENDAR_NEVER;
}

void
threshold_arm (tx_t *tx, const terms_t *terms, const verdict_t *verdict, const sla_clock_t *clock)
{
    bool runs = clock->state == CLOCK_STATE_RUNNING || clock->state == CLOCK_STATE_PAUSED;
    int64_t at = runs ? s_next_at (terms, verdict, clock) : CALENDAR_NEVER;
    if (at == CALENDAR_NEVER)
        tx_timer_clear (tx, "threshold", clock->id);
    else
        tx_timer_set (tx, "threshold", clock->id, wake_at (tx, at));
}

bool
is_after_a_stop (const wakeup_t *wakeup, int64_t due_at)
{
    return wakeup->late_by_ms > SETTLE_MS && wakeup->due_at <= due_at;
}

void
on_threshold (tx_t *tx, const wakeup_t *wakeup)
{
    const char *colon = strrchr (wakeup->id, ':');
    char *case_id = tx_printf (tx, "%.*s", (int) (colon ? colon - wakeup->id : 0), wakeup->id);
    tx_expect (tx, sla_case, case_id);
    tx_expect_find (tx, sla_fact, case_id, case_id);
    sla_clock_t *clock = tx_get (tx, sla_clock, wakeup->id);
    if (!clock)
        return;
    sla_case_t *sla_case = tx_get (tx, sla_case, clock->case_id);
    terms_t terms;
    derivation_t of = derivation_of (tx, sla_case, "time passed");
    promised_t promised = promise_terms (tx, &of, (milestone_t) clock->milestone, clock, &terms);
    if (promised != PROMISE_MADE || terms.history.ended_at)
        return;
    tx_correlate (tx, sla_case->id);
    verdict_t verdict = verdict_of (&terms.promise, &terms.history, tx_now (tx));
    if (!is_after_a_stop (wakeup, s_next_at (&terms, &verdict, clock)))
        threshold_pass (tx, &of, &terms, &verdict, clock);
    clock->consumed_ms = verdict.consumed_ms;
    threshold_arm (tx, &terms, &verdict, clock);
    compliance_count (tx, sla_case, clock);
}
