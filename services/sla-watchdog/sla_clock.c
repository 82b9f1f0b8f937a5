/* sla_clock - one promise of a case: derived anew after every fact, and the difference said. */
#include <string.h>

#include "promise.h"

static bool
s_is_live (const sla_clock_t *self)
{
    return self->state != CLOCK_STATE_UNSPECIFIED && self->state != CLOCK_STATE_CANCELLED;
}

static sla_clock_t *
s_new (tx_t *tx, const derivation_t *of, milestone_t milestone)
{
    const char *name = enum_name (&milestone_descriptor, (int) milestone) + strlen ("MILESTONE_");
    return tx_put (tx, sla_clock, {
        .id = tx_printf (tx, "%s:%s", of->sla_case->id, name), .case_id = of->sla_case->id,
        .milestone = (int) milestone, .generation = 1, .started_at = of->story.started_at
    });
}

/* The plan promises this no more: as if it never had, so a breach that was announced is taken back. */
static void
s_withdraw (tx_t *tx, const derivation_t *of, sla_clock_t *self)
{
    bool was_live = s_is_live (self), was_breached = self->breached;
    self->state = CLOCK_STATE_CANCELLED;
    self->breached = false;
    self->promise = "withdrawn";
    self->open_calendar_id = "";
    self->due_at = self->stopped_at = 0;
    if (was_breached)
        say_retracted (tx, of, self);
    self->breach_at = 0;
    if (was_live)
        say_cancelled (tx, self, of->cause);
    tx_timer_clear (tx, "threshold", self->id);
    compliance_count (tx, of->sla_case, self);
}

/* Nothing is said of a clock that cannot be computed yet; the calendar's publication brings it back. */
static void
s_wait_for_calendar (tx_t *tx, const derivation_t *of, milestone_t milestone, const terms_t *terms, sla_clock_t *self)
{
    if (!self)
        self = s_new (tx, of, milestone);
    self->open_calendar_id = (char *) terms->calendar_id;
}

static int64_t
s_known (int64_t at)
{
    return at == CALENDAR_NEVER ? 0 : at;
}

/* A promise that may not simply be forgotten is kept beside the clock. */
static void
s_take_policy (tx_t *tx, sla_clock_t *self, const derivation_t *of, const sla_target_spec_t *target)
{
    change_policy_t policy = target && of->details ? of->details->change_policy : CHANGE_POLICY_UNSPECIFIED;
    self->policy = (int) policy;
    self->target = policy > CHANGE_POLICY_RETROACTIVE ? tx_pack (tx, &target->base) : (blob_t) { 0 };
}

static void
s_take (tx_t *tx, sla_clock_t *self, const derivation_t *of, const terms_t *terms, const verdict_t *verdict)
{
    bool runs = verdict->state == CLOCK_STATE_RUNNING || verdict->state == CLOCK_STATE_PAUSED;
    s_take_policy (tx, self, of, terms->target);
    self->state = (int) verdict->state;
    self->plan_id = of->sla_case->plan_id;
    self->promise = terms->text;
    self->calendar_id = (char *) terms->calendar_id;
    self->calendar_version = terms->calendar_version;
    self->open_calendar_id = runs ? (char *) terms->calendar_id : "";
    self->started_at = terms->history.started_at;
    self->stopped_at = terms->history.ended_at;
    self->due_at = s_known (verdict->due_at);
    self->breach_at = s_known (verdict->breach_at);
    self->consumed_ms = verdict->consumed_ms;
    self->budget_ms = verdict->budget_ms;
}

/* Thresholds count anew when another promise is made, or when a breach was none. */
static void
s_begin_generation (tx_t *tx, const terms_t *terms, const verdict_t *verdict, sla_clock_t *self)
{
    self->generation++;
    self->handled_percent = 0;
    threshold_skip (tx, terms, verdict, self);
}

/* In the order in which a listener can follow: all clear, started, broken, then how it stands. */
static void
s_say (tx_t *tx, const derivation_t *of, const terms_t *terms, const verdict_t *verdict, const sla_clock_t *before,
    sla_clock_t *self)
{
    bool is_retracted = before->breached && !verdict->is_broken;
    bool is_another = !is_empty (before->promise) && strcmp (before->promise, terms->text) != 0;
    if (is_retracted) {
        self->breached = false;
        say_retracted (tx, of, self);
    }
    if (is_retracted || is_another)
        s_begin_generation (tx, terms, verdict, self);
    if (!s_is_live (before) && (s_is_live (self) || before->state == CLOCK_STATE_UNSPECIFIED))
        say_started (tx, of, self);
    if (terms->history.ended_at && verdict->is_broken && !self->breached)
        threshold_breach (tx, of, self);
    say_clock (tx, of, terms, before, self);
}

void
sla_clock_derive (tx_t *tx, const derivation_t *of, milestone_t milestone, sla_clock_t *self)
{
    terms_t terms;
    if (self)
        promise_change (tx, of, milestone, self);
    promised_t promised = promise_terms (tx, of, milestone, self, &terms);
    if (promised == PROMISE_NONE) {
        if (self)
            s_withdraw (tx, of, self);
        return;
    }
    if (promised == PROMISE_WAITS)
        return s_wait_for_calendar (tx, of, milestone, &terms, self);
    verdict_t verdict = verdict_of (&terms.promise, &terms.history, tx_now (tx));
    bool is_nothing = verdict.state == CLOCK_STATE_CANCELLED && !verdict.is_broken;
    if (!self && is_nothing)
        return;                             /* never mattered: a remote solution of a case that began on site */
    if (!self)
        self = s_new (tx, of, milestone);
    sla_clock_t before = *self;
    s_take (tx, self, of, &terms, &verdict);
    if (s_is_live (&before) || before.breached || !is_nothing)
        s_say (tx, of, &terms, &verdict, &before, self);
    threshold_arm (tx, &terms, &verdict, self);
    compliance_count (tx, of->sla_case, self);
}
