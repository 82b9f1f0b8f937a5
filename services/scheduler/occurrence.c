/* occurrence.c - each date of each plan once: generated in time, or skipped with a reason, then done. */
#include "scheduler.h"
#include "calendar/date.h"
#include <string.h>

/* An order made this much after its due time, by a restart for instance, is late but not missed. */
#define GRACE_MS        INT64_C (3600000)

enum { AT_ONCE_MAX = 50 };          /* occurrences settled in one go; the timer goes on with the rest */

/* A plan with what its decisions need. */
typedef struct {
    tx_t *tx;
    maintenance_plan_t *plan;
    const maintenance_plan_details_t *details;
    const site_t *site;
    const asset_t *asset;
    const char *zone;
} planner_t;

static planner_t
s_planner (tx_t *tx, maintenance_plan_t *plan)
{
    const site_t *site = tx_get (tx, site, plan->site_id);
    return (planner_t) {
        .tx = tx, .plan = plan, .site = site, .zone = site ? site->time_zone : "",
        .asset = tx_get (tx, asset, plan->asset_id), .details = tx_unpack (tx, maintenance_plan_details, plan->details)
    };
}

static int64_t
s_due_at (const planner_t *self, const char *on)
{
    return plan_rule_due_at (self->details, self->zone, on);
}

static char *
s_key (const planner_t *self, const char *on)
{
    return tx_printf (self->tx, "%s:%s", self->plan->id, on);
}

static bool
s_is_missed (const planner_t *self, const char *on)
{
    int64_t late_ms = self->details->tolerance_ms > GRACE_MS ? self->details->tolerance_ms : GRACE_MS;
    return !is_empty (on) && tx_now (self->tx) > s_due_at (self, on) + late_ms;
}

/* One step after an instant. Done early enough, that is a date the ledger has already: then the day after. */
static char *
s_float (const planner_t *self, int64_t from_at)
{
    char text [DATE_TEXT_SIZE], *on = plan_rule_float (self->tx, self->details, self->zone, from_at);
    while (!is_empty (on) && tx_get (self->tx, plan_occurrence, s_key (self, on)))
        on = tx_printf (self->tx, "%s", date_format (date_parse (on) + 1, text));
    return is_empty (self->details->until_on) || strcmp (on, self->details->until_on) <= 0 ? on : "";
}

/* The date after this one if nobody completes it: a fixed plan's next, a floating plan's as if done in time. */
static char *
s_following (const planner_t *self, const char *on)
{
    return self->details->floating ? s_float (self, s_due_at (self, on))
        : plan_rule_after (self->tx, self->details, self->zone, on);
}

/* Why the occurrence of this date is not to be made up; NULL: it is. */
static const char *
s_skip_reason (const planner_t *self, const char *on)
{
    if (self->asset && self->asset->retired)
        return tx_printf (self->tx, "asset %s is retired", self->asset->id);
    if (!s_is_missed (self, on) || self->details->missed_policy == MISSED_POLICY_CATCH_UP_ALL)
        return NULL;
    if (self->details->missed_policy == MISSED_POLICY_SKIP_LOGGED)
        return tx_printf (self->tx, "missed on %s, and the plan does not make up for missed ones", on);
    const char *following = self->details->floating ? "" : s_following (self, on);
    return s_is_missed (self, following) ? tx_printf (self->tx, "missed on %s, made up for by a later one", on) : NULL;
}

static plan_occurrence_t *
s_enter (const planner_t *self, const char *on, occurrence_state_t state, const char *reason)
{
    return tx_put (self->tx, plan_occurrence, {
        .id = s_key (self, on), .plan_id = self->plan->id, .due_on = (char *) on, .due_at = s_due_at (self, on),
        .tolerance_ms = self->details->tolerance_ms, .state = (int) state, .reason = (char *) reason
    });
}

static void
s_say_skipped (tx_t *tx, const plan_occurrence_t *self)
{
    tx_emit (tx, occurrence_skipped (
        .occurrence_id = self->id, .plan_id = self->plan_id, .due_on = self->due_on, .reason = self->reason));
}

static void
s_generate (const planner_t *self, const char *on)
{
    plan_occurrence_t *made = s_enter (self, on, OCCURRENCE_GENERATED, "");
    self->plan->open_occurrence_id = made->id;
    reminder_set (self->tx, made, self->details);
    tx_emit (self->tx, occurrence_generated (
        .occurrence_id = made->id, .plan_id = made->plan_id, .due_on = made->due_on, .due_at = made->due_at,
        .asset_id = self->plan->asset_id, .site_id = self->plan->site_id,
        .customer_id = self->site ? self->site->customer_id : "",
        .territory_id = self->site ? self->site->territory_id : "",
        .n_skills = self->details->n_skills, .skills = self->details->skills,
        .n_parts = self->details->n_parts, .parts = self->details->parts,
        .work_minutes = self->details->work_minutes, .description = self->details->description,
        .tolerance_ms = made->tolerance_ms,
        .n_tool_kinds = self->details->n_tool_kinds, .tool_kinds = self->details->tool_kinds,
        .crew_size = self->details->crew_size));
}

/* Deals with the date that comes next, and moves on. */
static void
s_settle (const planner_t *self)
{
    const char *on = self->plan->next_on, *reason = s_skip_reason (self, on);
    bool known = tx_get (self->tx, plan_occurrence, s_key (self, on));
    bool waits = self->details->floating && !known && !reason;
    char *following = waits ? "" : s_following (self, on), *story = tx_correlation (self->tx);
    tx_correlate (self->tx, s_key (self, on));
    if (!known && reason)
        s_say_skipped (self->tx, s_enter (self, on, OCCURRENCE_SKIPPED, reason));
    else if (!known)
        s_generate (self, on);
    tx_correlate (self->tx, story);
    self->plan->next_on = following;
}

void
plan_advance (tx_t *tx, maintenance_plan_t *plan)
{
    if (plan->state != PLAN_ACTIVE)
        return;
    planner_t self = s_planner (tx, plan);
    for (int i = 0; i < AT_ONCE_MAX && !is_empty (plan->next_on); i++) {
        if (s_due_at (&self, plan->next_on) - self.details->lead_ms > tx_now (tx))
            break;
        s_settle (&self);
    }
    if (is_empty (plan->next_on))
        tx_timer_clear (tx, "plan", plan->id);
    else
        tx_timer_set (tx, "plan", plan->id, s_due_at (&self, plan->next_on) - self.details->lead_ms);
}

/* A floating plan goes on from here. */
static void
s_go_on (const planner_t *self, const plan_occurrence_t *closed, int64_t from_at)
{
    if (strcmp (self->plan->open_occurrence_id, closed->id) != 0)
        return;
    self->plan->open_occurrence_id = "";
    if (self->details->floating && self->plan->state == PLAN_ACTIVE && is_empty (self->plan->next_on))
        self->plan->next_on = s_float (self, from_at);
}

static plan_occurrence_t *
s_of_order (tx_t *tx, const char *occurrence_id)
{
    plan_occurrence_t *occurrence = tx_get (tx, plan_occurrence, occurrence_id);
    if (!occurrence)
        tx_fail (tx, "no occurrence %s was ever generated", occurrence_id);
    return occurrence;
}

void
occurrence_complete (tx_t *tx, const char *occurrence_id, int64_t done_at)
{
    plan_occurrence_t *occurrence = s_of_order (tx, occurrence_id);
    maintenance_plan_t *plan = tx_need (tx, maintenance_plan, occurrence->plan_id);
    planner_t planner = s_planner (tx, plan);
    if (occurrence->state == OCCURRENCE_DONE)
        return;
    reminder_clear (tx, occurrence);
    s_go_on (&planner, occurrence, done_at);
    occurrence->state = OCCURRENCE_DONE;
    occurrence->done_at = done_at;
    occurrence->in_time = done_at <= occurrence->due_at + occurrence->tolerance_ms;
    tx_emit (tx, occurrence_done (
        .occurrence_id = occurrence->id, .plan_id = plan->id, .done_at = done_at, .in_time = occurrence->in_time,
        .next_due_at = s_due_at (&planner, plan->next_on)));
    plan_advance (tx, plan);
}

void
occurrence_drop (tx_t *tx, const char *occurrence_id, const char *reason)
{
    plan_occurrence_t *occurrence = s_of_order (tx, occurrence_id);
    maintenance_plan_t *plan = tx_need (tx, maintenance_plan, occurrence->plan_id);
    planner_t planner = s_planner (tx, plan);
    if (occurrence->state != OCCURRENCE_GENERATED)
        return;
    reminder_clear (tx, occurrence);
    s_go_on (&planner, occurrence, occurrence->due_at > tx_now (tx) ? occurrence->due_at : tx_now (tx));
    occurrence->state = OCCURRENCE_SKIPPED;
    occurrence->reason = (char *) reason;
    s_say_skipped (tx, occurrence);
    plan_advance (tx, plan);
}
