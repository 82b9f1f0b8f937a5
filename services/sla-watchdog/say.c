/* say - the difference between what a clock was and what it is, as events. */
#include "calendar/zone.h"
#include "promise.h"

void
say_started (tx_t *tx, const derivation_t *of, const sla_clock_t *clock)
{
    tx_emit_at (tx, clock->started_at, sla_clock_started (
        .clock_id = clock->id, .case_id = clock->case_id, .milestone = (milestone_t) clock->milestone,
        .plan_id = clock->plan_id, .started_at = clock->started_at, .due_at = clock->due_at,
        .breach_at = clock->breach_at, .calendar_id = clock->calendar_id, .calendar_version = clock->calendar_version,
        .cause = (char *) of->cause, .tz_release = (char *) zone_release ()));
}

void
say_retracted (tx_t *tx, const derivation_t *of, const sla_clock_t *clock)
{
    tx_emit (tx, sla_breach_retracted (
        .clock_id = clock->id, .case_id = clock->case_id, .milestone = (milestone_t) clock->milestone,
        .met_at = clock->state == CLOCK_STATE_MET ? clock->stopped_at : 0, .breach_at = clock->breach_at,
        .territory_id = of->sla_case->territory_id, .cause = (char *) of->cause));
}

void
say_cancelled (tx_t *tx, const sla_clock_t *clock, const char *cause)
{
    tx_emit (tx, sla_clock_cancelled (
        .clock_id = clock->id, .case_id = clock->case_id, .milestone = (milestone_t) clock->milestone,
        .cause = (char *) cause));
}

static void
s_paused (tx_t *tx, const derivation_t *of, const terms_t *terms, const sla_clock_t *clock)
{
    const wait_t *wait = story_wait_at (&of->story, tx_now (tx), terms->reasons, terms->reason_count);
    tx_emit (tx, sla_clock_paused (
        .clock_id = clock->id, .case_id = clock->case_id, .milestone = (milestone_t) clock->milestone,
        .reason = wait ? wait->reason : WAIT_REASON_UNSPECIFIED, .paused_at = wait ? wait->from_at : tx_now (tx),
        .consumed_ms = clock->consumed_ms));
}

static void
s_resumed (tx_t *tx, const sla_clock_t *clock)
{
    tx_emit (tx, sla_clock_resumed (
        .clock_id = clock->id, .case_id = clock->case_id, .milestone = (milestone_t) clock->milestone,
        .resumed_at = tx_time (tx), .due_at = clock->due_at, .breach_at = clock->breach_at,
        .tz_release = (char *) zone_release ()));
}

static void
s_recomputed (tx_t *tx, const derivation_t *of, const sla_clock_t *clock)
{
    tx_emit (tx, sla_clock_recomputed (
        .clock_id = clock->id, .case_id = clock->case_id, .milestone = (milestone_t) clock->milestone,
        .due_at = clock->due_at, .breach_at = clock->breach_at, .cause = (char *) of->cause,
        .plan_id = clock->plan_id, .tz_release = (char *) zone_release ()));
}

static void
s_met (tx_t *tx, const sla_clock_t *clock)
{
    tx_emit_at (tx, clock->stopped_at, sla_clock_met (
        .clock_id = clock->id, .case_id = clock->case_id, .milestone = (milestone_t) clock->milestone,
        .met_at = clock->stopped_at, .consumed_ms = clock->consumed_ms, .budget_ms = clock->budget_ms));
}

static void
s_missed (tx_t *tx, const sla_clock_t *clock)
{
    tx_emit_at (tx, clock->stopped_at, sla_clock_missed (
        .clock_id = clock->id, .case_id = clock->case_id, .milestone = (milestone_t) clock->milestone,
        .stopped_at = clock->stopped_at, .consumed_ms = clock->consumed_ms, .budget_ms = clock->budget_ms));
}

static bool
s_was_going (const sla_clock_t *before)
{
    return before->state == CLOCK_STATE_RUNNING || before->state == CLOCK_STATE_PAUSED;
}

/* A verdict is said again when a late fact or another budget changes its numbers; the last one counts. */
static void
s_say_end (tx_t *tx, const derivation_t *of, const sla_clock_t *before, const sla_clock_t *now)
{
    bool is_news = before->state != now->state || before->stopped_at != now->stopped_at
        || before->consumed_ms != now->consumed_ms || before->budget_ms != now->budget_ms;
    if (now->state == CLOCK_STATE_CANCELLED) {
        if (before->state != CLOCK_STATE_CANCELLED)
            say_cancelled (tx, now, of->cause);
    } else if (is_news && now->state == CLOCK_STATE_MET)
        s_met (tx, now);
    else if (is_news)
        s_missed (tx, now);
}

void
say_clock (tx_t *tx, const derivation_t *of, const terms_t *terms, const sla_clock_t *before, const sla_clock_t *now)
{
    bool was_said = before->state != CLOCK_STATE_UNSPECIFIED && before->state != CLOCK_STATE_CANCELLED;
    bool has_moved = before->due_at != now->due_at || before->breach_at != now->breach_at;
    if (now->state == CLOCK_STATE_PAUSED && before->state != CLOCK_STATE_PAUSED)
        s_paused (tx, of, terms, now);
    else if (now->state == CLOCK_STATE_RUNNING && was_said && before->state != CLOCK_STATE_RUNNING)
        s_resumed (tx, now);
    else if (now->state == CLOCK_STATE_PAUSED || now->state == CLOCK_STATE_RUNNING) {
        if (s_was_going (before) && has_moved)
            s_recomputed (tx, of, now);
    } else
        s_say_end (tx, of, before, now);
}
