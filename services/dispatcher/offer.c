/* offer - from the proposal to yes or no: booking, offer, accept, reject, expiry, and another
 * engineer instead. */
#include "dispatcher.h"
#include <string.h>

static bool
s_find (tx_t *tx, const char *visit_id, const char *message, trip_t *ret_trip)
{
    visit_t *visit = tx_get (tx, visit, visit_id);
    if (!visit || !machine_next (visit_transitions, visit->state, message))
        return false;
    *ret_trip = (trip_t) { .visit = visit, .order = tx_get (tx, work_order, visit->work_order_id), .at = tx_time (tx) };
    tx_correlate (tx, ret_trip->order->root_id);
    return true;
}

/* ---- the scheduler answers. A visit that has ended meanwhile has told it so. */

const figure_t offer_delay_figure = { "fettle_order_offered_seconds",
    "From an order to the first time that somebody is asked.", 0.05 };
const figure_t accept_delay_figure = { "fettle_order_accepted_seconds",
    "From an order to the first time that somebody says yes.", 0.05 };

/* Only the first time: what comes after a refusal or a reassignment is another matter. */
static void
s_observe (tx_t *tx, const figure_t *figure, const work_order_t *order, int64_t *at)
{
    if (*at)
        return;
    *at = tx_now (tx);
    tx_observe (tx, figure, (double) (*at - order->created_at) / 1000);
}

void
offer_make (tx_t *tx, const trip_t *trip)
{
    visit_t *visit = trip->visit;
    const crew_t *crew = visit_crew (tx, visit);
    visit_move (visit, "BookingHeld", trip->at);
    visit->planned_territory_id = "";
    const dispatch_policy_details_t *policy = policy_of (tx, trip->order).details;
    bool is_provider = !is_empty (visit->provider_id);
    visit->answer_by_at = tx_now (tx) + (is_provider && policy->provider_timeout_ms
        ? policy->provider_timeout_ms : policy->offer_timeout_ms);
    /* all at once are one, and a chain of providers ends by itself */
    trip->order->offers += is_empty (visit->decision_id) && !is_provider;
    s_observe (tx, &offer_delay_figure, trip->order, &trip->order->offered_at);
    tx_timer_set (tx, "offer_expires", visit->id, visit->answer_by_at);
    tx_emit (tx, visit_offered (
        .visit_id = visit->id, .work_order_id = visit->work_order_id,
        .engineer_id = visit->engineer_id, .starts_at = visit->starts_at,
        .work_starts_at = visit->work_starts_at, .ends_at = visit->ends_at,
        .answer_by_at = visit->answer_by_at, .customer_id = trip->order->customer_id,
        .site_id = trip->order->site_id, .request_id = trip->order->request_id,
        .n_crew_ids = crew->n_engineer_ids, .crew_ids = crew->engineer_ids,
        .provider_id = visit->provider_id));
}

/* X1: planned, and nobody is told before a person says so. */
static void
s_plan (tx_t *tx, const trip_t *trip)
{
    visit_t *visit = trip->visit;
    visit->planned_territory_id = trip->order->territory_id;
    tx_emit (tx, visit_planned (
        .visit_id = visit->id, .work_order_id = visit->work_order_id,
        .engineer_id = visit->engineer_id, .starts_at = visit->starts_at,
        .work_starts_at = visit->work_starts_at, .ends_at = visit->ends_at,
        .territory_id = trip->order->territory_id, .request_id = trip->order->request_id));
}

void
offer_or_plan (tx_t *tx, const trip_t *trip)
{
    if (policy_of (tx, trip->order).details->hold_offers && !is_empty (trip->order->territory_id))
        s_plan (tx, trip);
    else
        offer_make (tx, trip);
}

void
on_booking_held (tx_t *tx, const booking_held_t *event)
{
    trip_t trip;
    tx_expect (tx, work_order, event->work_order_id);
    if (s_find (tx, event->booking_id, "BookingHeld", &trip) && !moved_in_place (tx, &trip))
        offer_or_plan (tx, &trip);
}

static void
s_note_refused (tx_t *tx, work_order_t *order, const visit_t *visit, const booking_refused_t *event)
{
    setbacks_t *setbacks = tx_unpack (tx, setbacks, order->setbacks);
    refused_time_t **longer = arena_array (tx_arena (tx), setbacks->n_refused + 1, sizeof *longer);
    for (size_t i = 0; i < setbacks->n_refused; i++)
        longer [i] = setbacks->refused [i];
    refused_time_t *refused = message_new (tx_arena (tx), refused_time);
    refused->engineer_id = event->for_everyone ? ""
        : is_empty (event->engineer_id) ? visit->engineer_id : event->engineer_id;
    refused->from_at = event->from_at ? event->from_at : visit->starts_at;
    refused->to_at = event->to_at > visit->starts_at ? event->to_at : visit->ends_at;
    longer [setbacks->n_refused++] = refused;
    setbacks->refused = longer;
    order->setbacks = tx_pack (tx, &setbacks->base);
    order->refusals++;
}

void
on_booking_refused (tx_t *tx, const booking_refused_t *event)
{
    trip_t trip;
    if (!s_find (tx, event->booking_id, "BookingRefused", &trip))
        return;
    char *reason = tx_printf (tx, "the scheduler refused the time: %s %s", event->code,
        event->message);
    bool stays = moved_from (tx, trip.visit);
    visit_end (tx, &trip, "BookingRefused", reason);
    if (stays)
        return work_order_refresh (tx, trip.order, reason);     /* the visit as people know it */
    s_note_refused (tx, trip.order, trip.visit, event);
    work_order_refresh (tx, trip.order, reason);
    if (trip.visit->is_manual || trip.visit->lock)
        dispatch_give_up (tx, trip.order, reason);      /* who chose the time must choose another */
    else
        dispatch_decide (tx, trip.order);
}

/* ---- the engineer answers */

/* His booking gives the time back as after any end of a visit; who had been asked is told that it is
 * gone. */
void
offer_lose (tx_t *tx, const trip_t *won, visit_t *visit)
{
    bool was_asked = visit->state == VISIT_STATE_OFFERED;
    visit->lock = VISIT_LOCK_UNSPECIFIED;       /* of a visit that was never his */
    visit_end (tx, &(trip_t) { .visit = visit, .order = won->order, .at = tx_time (tx) }, "offer_lost",
        "another engineer has accepted it");
    if (was_asked)
        tx_emit (tx, visit_offer_lost (
            .visit_id = visit->id, .work_order_id = visit->work_order_id,
            .engineer_id = visit->engineer_id, .won_by_visit_id = won->visit->id,
            .lost_at = tx_time (tx), .request_id = won->order->request_id));
}

static void
s_win (tx_t *tx, const trip_t *trip)
{
    visit_t **others, *old = tx_get (tx, visit, trip->visit->replaces_visit_id);
    int count = visit_others (tx, trip->order, trip->visit, &others);
    for (int i = 0; i < count; i++)
        if (others [i] != old)
            offer_lose (tx, trip, others [i]);
    if (old)
        moved_away (tx, trip, old);
    trip->order->open_visit_id = trip->visit->id;
}

void
offer_accept (tx_t *tx, const trip_t *trip)
{
    visit_t *visit = trip->visit;
    const crew_t *crew = visit_crew (tx, visit);
    char *van = driver_van (tx, visit->engineer_id, visit->starts_at);
    tx_find (tx, visit, work_order_id, trip->order->id);
    tx_get (tx, visit, visit->replaces_visit_id);
    visit_move (visit, "AcceptVisit", trip->at);
    tx_timer_clear (tx, "offer_expires", visit->id);
    tx_emit_at (tx, trip->at, visit_accepted (
        .visit_id = visit->id, .work_order_id = visit->work_order_id,
        .engineer_id = visit->engineer_id, .starts_at = visit->starts_at,
        .work_starts_at = visit->work_starts_at, .ends_at = visit->ends_at, .accepted_at = trip->at,
        .customer_id = trip->order->customer_id, .site_id = trip->order->site_id,
        .request_id = trip->order->request_id, .van_location_id = van,
        .n_crew_ids = crew->n_engineer_ids, .crew_ids = crew->engineer_ids,
        .provider_id = visit->provider_id,
        .replaces_visit_id = trip->order->accepted_at ? visit->replaces_visit_id : ""));
    crew_call (tx, trip);
    s_win (tx, trip);
    s_observe (tx, &accept_delay_figure, trip->order, &trip->order->accepted_at);
    work_order_refresh (tx, trip->order, "");
}

void
on_accept_visit (tx_t *tx, const accept_visit_t *command)
{
    trip_t trip;
    if (!visit_may (tx, command->visit_id, command->engineer_id, "AcceptVisit", &trip))
        return;
    if (trip.at > trip.visit->answer_by_at)
        return tx_reject (tx, "visit.offer_expired",
                          "visit %s was to be answered %lld ms earlier: it goes to somebody else",
                          trip.visit->id, (long long) (trip.at - trip.visit->answer_by_at));
    offer_accept (tx, &trip);
}

/* Not him again; somebody else, until enough have been asked, and only when no other is being asked. */
static void
s_ask_next (tx_t *tx, const trip_t *trip, const char *rule, const char *detail)
{
    const dispatch_policy_details_t *policy = policy_of (tx, trip->order).details;
    const visit_t *visit = trip->visit;
    work_order_exclude (tx, trip->order, is_empty (visit->provider_id) ? visit->engineer_id
        : visit->provider_id, rule, detail);
    work_order_refresh (tx, trip->order, detail);
    dispatch_wake (tx, trip->order->territory_id);
    if (!is_empty (trip->order->open_visit_id))
        return;
    if (lock_holds_engineer (trip->visit))
        dispatch_give_up (tx, trip->order, tx_printf (tx,
            "engineer %s was locked to it, and will not go: choose somebody", trip->visit->engineer_id));
    else if (trip->order->offers >= policy->max_offers && !policy->provider_use)
        dispatch_give_up (tx, trip->order, tx_printf (tx,
            "%lld offers and nobody took it: choose somebody", (long long) trip->order->offers));
    else
        dispatch_decide (tx, trip->order);
}

void
on_reject_visit (tx_t *tx, const reject_visit_t *command)
{
    trip_t trip;
    if (!valid_text (tx, "reason", command->reason, 1, 500)
        || !visit_may (tx, command->visit_id, command->engineer_id, "RejectVisit", &trip))
        return;
    visit_end (tx, &trip, "RejectVisit", command->reason);
    s_ask_next (tx, &trip, "rejected", tx_printf (tx, "rejected: %s", command->reason));
}

void
on_offer_expires (tx_t *tx, const wakeup_t *wakeup)
{
    trip_t trip;
    if (!s_find (tx, wakeup->id, "offer_expires", &trip))
        return;
    trip.at = wakeup->due_at;
    visit_end (tx, &trip, "offer_expires", "not answered in time");
    s_ask_next (tx, &trip, "rejected", "let the offer expire");
}

/* ---- a person takes it from him (H11) */

void
on_reassign_visit (tx_t *tx, const reassign_visit_t *command)
{
    trip_t trip;
    if (!valid_text (tx, "reason", command->reason, 1, 500)
        || !visit_may (tx, command->visit_id, NULL, "ReassignVisit", &trip))
        return;
    if (lock_holds_engineer (trip.visit))
        return tx_reject (tx, "visit.locked", "visit %s is locked to engineer %s: unlock it first",
            trip.visit->id, trip.visit->engineer_id);
    visit_end (tx, &trip, "ReassignVisit", command->reason);
    trip.order->offers = 0;
    s_ask_next (tx, &trip, "excluded", tx_printf (tx, "reassigned: %s", command->reason));
}
