/* recompute - somebody wants cases derived again from their history, and to hear what moved (X20). Whatever a
 * publication moves is derived by sweeps; this is for the rest: a clock that is doubted, a plan chosen before another
 * one was published, another release of the tz database. Each case is a timer of its own, so that turns take
 * hundreds. */
#include <string.h>

#include "promise.h"
#include "valid.h"

enum { PAGE = 1024, CLOCKS_MAX = MILESTONES };

#define TIMER_PAGE "recompute"
#define TIMER_CASE "recompute_case"

static void
s_finish (tx_t *tx, recompute_t *self)
{
    tx_correlate (tx, self->id);
    tx_emit (tx, sla_recomputed (
        .recompute_id = self->id, .case_id = self->case_id, .plan_id = self->plan_id, .cases = self->done,
        .moved_clocks = self->moved, .reason = self->reason, .by = self->actor, .began_at = self->began_at,
        .ended_at = tx_now (tx)));
    tx_delete (tx, recompute, self);
}

static void
s_note (tx_t *tx, recompute_t *self, const char *case_id)
{
    self->noted++;
    tx_timer_set (tx, TIMER_CASE, tx_printf (tx, "%s:%s", self->id, case_id), tx_now (tx));
}

/* Notes a page of the plan's open cases; the timer goes on with the rest. */
static void
s_note_page (tx_t *tx, recompute_t *self)
{
    list_t page = tx_page (tx, sla_case, open_plan_id, self->plan_id, self->after_id, PAGE);
    EACH (sla_case, sla_case, page)
        s_note (tx, self, sla_case->id);
    self->is_noted = page.count < PAGE;
    if (self->is_noted)
        return;
    self->after_id = ((sla_case_t *) page.rows [page.count - 1])->id;
    tx_timer_set (tx, TIMER_PAGE, self->id, tx_now (tx));
}

void
on_recompute (tx_t *tx, const wakeup_t *wakeup)
{
    recompute_t *self = tx_get (tx, recompute, wakeup->id);
    if (!self)
        return;
    s_note_page (tx, self);
    if (self->is_noted && self->done == self->noted)
        s_finish (tx, self);
}

/* ---- one case */

static bool
s_has_moved (const sla_clock_t *before, const sla_clock_t *now)
{
    return before->state != now->state || before->breached != now->breached || before->due_at != now->due_at
        || before->breach_at != now->breach_at;
}

/* How many clocks of the case stand otherwise than before; one that is new has moved too. */
static int
s_derive (tx_t *tx, const recompute_t *self, sla_case_t *sla_case)
{
    sla_clock_t before [CLOCKS_MAX] = { 0 };
    int moved = 0;
    EACH (sla_clock, clock, tx_find (tx, sla_clock, case_id, sla_case->id))
        before [clock->milestone] = *clock;
    if (self->chooses_plan)
        sla_case->plan_id = "";
    sla_case_change (tx, sla_case, self->chooses_plan ? self->began_at : 0,
        tx_printf (tx, "recomputed: %s", self->reason));
    EACH (sla_clock, clock, tx_find (tx, sla_clock, case_id, sla_case->id))
        moved += s_has_moved (&before [clock->milestone], clock);
    return moved;
}

void
on_recompute_case (tx_t *tx, const wakeup_t *wakeup)
{
    const char *colon = strchr (wakeup->id, ':');
    if (!colon)
        return;
    sla_case_expect (tx, colon + 1);
    recompute_t *self = tx_get (tx, recompute, tx_printf (tx, "%.*s", (int) (colon - wakeup->id), wakeup->id));
    sla_case_t *sla_case = tx_get (tx, sla_case, colon + 1);
    if (!self)
        return;
    if (sla_case)
        self->moved += s_derive (tx, self, sla_case);
    self->done++;
    if (self->is_noted && self->done == self->noted)
        s_finish (tx, self);
}

/* ---- the command */

static bool
s_check (tx_t *tx, const recompute_sla_t *command)
{
    if (!valid_optional_id (tx, "plan_id", command->plan_id) || !valid_text (tx, "reason", command->reason, 1, 500))
        return false;
    if (is_empty (command->case_id) == is_empty (command->plan_id))
        tx_reject (tx, "recompute.what", "give either case_id or plan_id: what is to be derived again?");
    else if (!is_empty (command->plan_id) && !tx_get (tx, sla_plan, command->plan_id))
        tx_reject (tx, "plan.unknown", "no plan %s: publish it first", command->plan_id);
    else
        return is_empty (command->case_id) || fact_known_case (tx, command->case_id);
    return false;
}

void
on_recompute_sla (tx_t *tx, const recompute_sla_t *command)
{
    if (!s_check (tx, command))
        return;
    recompute_t *self = tx_put (tx, recompute, {
        .id = tx_id (tx), .case_id = command->case_id, .plan_id = command->plan_id, .reason = command->reason,
        .actor = tx_actor (tx), .chooses_plan = command->choose_plan_again, .began_at = tx_now (tx)
    });
    tx_accept (tx, self->id);
    self->is_noted = !is_empty (self->case_id);
    if (self->is_noted)
        s_note (tx, self, self->case_id);
    else
        s_note_page (tx, self);
    if (!self->noted)
        s_finish (tx, self);
}
