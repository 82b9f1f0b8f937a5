/* moved - a visit of which people know goes to another time or engineer: the one that is stands until the
 * new one is certain, so that no refusal leaves a customer without anybody. */
#include "dispatcher.h"
#include <string.h>

#define MINUTE_MS INT64_C (60000)
#define OVERRUN_MS (30 * MINUTE_MS)     /* work that goes on beyond its end is taken to last so much longer */

visit_t *
moved_from (tx_t *tx, const visit_t *visit)
{
    visit_t *old = tx_get (tx, visit, visit->replaces_visit_id);
    return old && !is_empty (old->open_engineer_id) ? old : NULL;
}

bool
moved_in_place (tx_t *tx, const trip_t *trip)
{
    visit_t *old = moved_from (tx, trip->visit);
    bool is_untold = old && !is_empty (old->planned_territory_id);
    if (!old || (!is_untold && strcmp (old->engineer_id, trip->visit->engineer_id) != 0))
        return false;
    tx_find (tx, visit, work_order_id, trip->order->id);
    if (old->state == VISIT_STATE_ACCEPTED) {       /* he has said yes to the visit: he is told the new time */
        visit_move (trip->visit, "BookingHeld", trip->at);
        offer_accept (tx, trip);
        return true;
    }
    moved_away (tx, trip, old);
    if (is_untold)
        offer_or_plan (tx, trip);
    else
        offer_make (tx, trip);
    return true;
}

void
moved_away (tx_t *tx, const trip_t *won, visit_t *old)
{
    const visit_t *visit = won->visit;
    if (!is_empty (old->open_engineer_id))
        visit_end (tx, &(trip_t) { .visit = old, .order = won->order, .at = won->at, .is_moved = true }, "moved",
            "the day was planned again");
    won->order->open_visit_id = visit->id;
    if (!won->order->accepted_at)
        return;                                     /* nobody but the engineer has heard of it */
    tx_emit (tx, visit_moved (
        .visit_id = visit->id, .from_visit_id = old->id, .work_order_id = visit->work_order_id,
        .engineer_id = visit->engineer_id, .starts_at = visit->starts_at, .work_starts_at = visit->work_starts_at,
        .ends_at = visit->ends_at, .from_engineer_id = old->engineer_id,
        .from_work_starts_at = old->work_starts_at, .customer_id = won->order->customer_id,
        .site_id = won->order->site_id, .request_id = won->order->request_id));
}

void
moved_too_late (tx_t *tx, const trip_t *trip)
{
    visit_t **others;
    int count = visit_others (tx, trip->order, trip->visit, &others);
    for (int i = 0; i < count; i++)
        if (strcmp (others [i]->replaces_visit_id, trip->visit->id) == 0)
            offer_lose (tx, trip, others [i]);
    trip->order->open_visit_id = trip->visit->id;
}

/* ---- work that takes longer (X5) */

void
moved_expect_end (tx_t *tx, const trip_t *trip)
{
    const visit_t *visit = trip->visit;
    if (policy_of (tx, trip->order).details->replan_automatic)
        tx_timer_set (tx, "visit_overruns", visit->id, trip->at + visit->ends_at - visit->work_starts_at);
}

/* True when he can not be at his next visit in time any more. */
static bool
s_is_late (const diary_entries_t *entries, const diary_entry_t *this, const dispatch_policy_details_t *policy)
{
    for (size_t i = 0; i < entries->n_entries; i++) {
        const diary_entry_t *next = entries->entries [i];
        if (next == this || next->kind != DIARY_KIND_VISIT || next->work_from_at < this->work_from_at)
            continue;
        return this->to_at + travel_leg (this->point, next->point, policy).minutes * MINUTE_MS > next->work_from_at;
    }
    return false;
}

void
on_visit_overruns (tx_t *tx, const wakeup_t *wakeup)
{
    const visit_t *visit = tx_get (tx, visit, wakeup->id);
    if (!visit || (visit->state != VISIT_STATE_WORKING && visit->state != VISIT_STATE_PAUSED))
        return;
    const work_order_t *order = tx_get (tx, work_order, visit->work_order_id);
    const dispatch_policy_details_t *policy = policy_of (tx, order).details;
    diary_t *diary = tx_need (tx, diary, visit->engineer_id);
    diary_entries_t *entries = tx_unpack (tx, diary_entries, diary->entries);
    tx_timer_set (tx, "visit_overruns", visit->id, tx_now (tx) + OVERRUN_MS);
    for (size_t i = 0; i < entries->n_entries; i++)
        if (strcmp (entries->entries [i]->entry_id, visit->id) == 0) {
            entries->entries [i]->to_at = tx_now (tx) + OVERRUN_MS;
            if (s_is_late (entries, entries->entries [i], policy))
                replan_trigger (tx, order->territory_id, tx_now (tx), REPLAN_TRIGGER_OVERRUN, visit->id);
            return diary_write (tx, diary, entries->entries [i]);
        }
}
