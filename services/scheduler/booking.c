/* booking.c - claims on the time of resources. Two that live never overlap; the table's exclusion constraint is the
 * last wall. All claims of a visit stand or fall together. */
#include "scheduler.h"
#include <string.h>

static bool
s_is_live (const booking_t *self)
{
    return self && (self->state == BOOKING_HELD || self->state == BOOKING_CONFIRMED);
}

booking_t *
booking_in_state (tx_t *tx, resource_kind_t kind, const char *resource_id, booking_state_t state, int64_t from_at,
    int64_t to_at, const char *but_visit_id)
{
    EACH (booking, booking, tx_find (tx, booking, open_resource_id, resource_id))
        if (booking->kind == (int) kind && booking->state == (int) state && booking->starts_at < to_at
            && booking->ends_at > from_at && (is_empty (but_visit_id) || strcmp (booking->visit_id, but_visit_id) != 0))
            return booking;
    return NULL;
}

booking_t *
booking_in (tx_t *tx, resource_kind_t kind, const char *resource_id, int64_t from_at, int64_t to_at,
    const char *but_visit_id)
{
    booking_t *confirmed = booking_in_state (tx, kind, resource_id, BOOKING_CONFIRMED, from_at, to_at, but_visit_id);
    return confirmed ? confirmed
        : booking_in_state (tx, kind, resource_id, BOOKING_HELD, from_at, to_at, but_visit_id);
}

static list_t
s_of_visit (tx_t *tx, const char *visit_id)
{
    return tx_find (tx, booking, visit_id, visit_id);
}

void
booking_claim (tx_t *tx, const char *visit_id, booking_state_t state)
{
    EACH (booking, booking, s_of_visit (tx, visit_id)) {
        booking->state = state;
        booking->open_resource_id = booking->resource_id;
        booking->reason = "";
    }
}

void
booking_give_back (tx_t *tx, const char *visit_id, booking_state_t state, const char *reason)
{
    EACH (booking, booking, s_of_visit (tx, visit_id)) {
        booking->state = state;
        booking->open_resource_id = "";
        booking->reason = (char *) reason;
    }
}

/* The first stretch of the visit begins when it does; the last one to end tells when it ends. */
static int64_t
s_ends_at (tx_t *tx, const booking_t *self)
{
    int64_t ends_at = self->ends_at;
    EACH (booking, booking, s_of_visit (tx, self->visit_id))
        if (booking->ends_at > ends_at)
            ends_at = booking->ends_at;
    return ends_at;
}

void
booking_refuse (tx_t *tx, booking_t *self, const refusal_t *refusal)
{
    booking_t *first = tx_get (tx, booking, self->visit_id);
    slot_t *slot = tx_get (tx, slot, self->visit_id);
    if (slot)
        return slot_end (tx, slot, SLOT_RELEASED, refusal->message);
    int64_t ends_at = s_ends_at (tx, first);
    booking_give_back (tx, first->visit_id, BOOKING_REFUSED, refusal->code);
    tx_emit (tx, booking_refused (
        .booking_id = first->id, .work_order_id = first->work_order_id,
        .engineer_id = is_empty (refusal->engineer_id) ? first->resource_id : (char *) refusal->engineer_id,
        .code = (char *) refusal->code, .message = (char *) refusal->message,
        .from_at = refusal->from_at ? refusal->from_at : first->starts_at,
        .to_at = refusal->to_at ? refusal->to_at : ends_at, .for_everyone = refusal->for_everyone));
}

/* One that is refused leaves a row as well: the same proposal again changes nothing. */
static booking_t *
s_put (const claims_t *claims, const claim_t *claim, int number)
{
    tx_t *tx = claims->tx;
    const visit_proposed_t *visit = claims->visit;
    return tx_put (tx, booking, {
        .id = number ? tx_printf (tx, "%s+%d", visit->visit_id, number) : visit->visit_id,
        .visit_id = visit->visit_id, .work_order_id = visit->work_order_id, .kind = claim->kind,
        .resource_id = (char *) claim->resource_id, .state = BOOKING_HELD, .starts_at = claim->from_at,
        .ends_at = claim->to_at, .type = claims->type });
}

void
booking_hold (const claims_t *claims)
{
    for (int i = 0; i < claims->count; i++)
        s_put (claims, &claims->claims [i], i);
    booking_claim (claims->tx, claims->visit->visit_id, BOOKING_HELD);
}

/* What every proposal asks for is asked for at once: the way to the rows is two round trips, not one for each. */
static void
s_expect (tx_t *tx, const visit_proposed_t *event)
{
    tx_expect (tx, work_order, event->work_order_id);
    tx_expect (tx, shift, event->engineer_id);
    tx_expect_find (tx, absence, open_engineer_id, event->engineer_id);
    tx_expect_find (tx, booking, open_resource_id, event->engineer_id);
    tx_expect_find (tx, booking, visit_id, event->visit_id);
    tx_expect_find (tx, slot, open_work_order_id, event->work_order_id);
    tx_expect_find (tx, booking, visit_id, event->replaces_visit_id);
}

/* The same engineer at another time: what he has for the visit gives way to it, and comes back when it does not
 * happen. Another engineer's time stays with the visit that is until that one has ended. */
static const booking_t *
s_step_aside (tx_t *tx, const visit_proposed_t *event)
{
    const booking_t *old = tx_get (tx, booking, event->replaces_visit_id);
    if (!s_is_live (old) || strcmp (old->resource_id, event->engineer_id) != 0)
        return NULL;
    EACH (booking, booking, s_of_visit (tx, old->visit_id))
        booking->was = booking->state;
    booking_give_back (tx, old->visit_id, BOOKING_RELEASED, "moved");
    return old;
}

static bool
s_is_taken (tx_t *tx, const booking_t *self)
{
    EACH (booking, booking, s_of_visit (tx, self->visit_id))
        if (booking_in (tx, booking->kind, booking->resource_id, booking->starts_at, booking->ends_at, self->visit_id))
            return true;
    return false;
}

/* It does not come back any more, or has. */
static void
s_forget (tx_t *tx, const char *visit_id)
{
    EACH (booking, booking, s_of_visit (tx, visit_id))
        booking->was = 0;
}

static void
s_step_back (tx_t *tx, const booking_t *old)
{
    if (!old || !old->was || s_is_taken (tx, old))
        return;
    booking_claim (tx, old->visit_id, old->was);
    s_forget (tx, old->visit_id);
}

static void
s_say_held (const claims_t *claims, const booking_t *old)
{
    tx_t *tx = claims->tx;
    const visit_proposed_t *event = claims->visit;
    tx_get (tx, booking, event->visit_id)->replaces_visit_id = old ? old->visit_id : "";
    slot_release_all (tx, event->work_order_id, "the visit has its time");
    tx_emit (tx, booking_held (
        .booking_id = event->visit_id, .engineer_id = event->engineer_id, .work_order_id = event->work_order_id,
        .from_at = event->starts_at, .to_at = event->ends_at));
}

static void
s_refuse_whole (const claims_t *claims)
{
    const visit_proposed_t *visit = claims->visit;
    claim_t whole = { KIND_ENGINEER, visit->engineer_id, visit->starts_at, visit->ends_at };
    booking_refuse (claims->tx, s_put (claims, &whole, 0), &claims->refusal);
}

void
on_visit_proposed (tx_t *tx, const visit_proposed_t *event)
{
    if (!is_empty (event->provider_id))
        return;
    if (event->starts_at <= 0 || event->starts_at >= event->ends_at)
        tx_fail (tx, "visit %s is proposed from %lld to %lld: it must end after it starts", event->visit_id,
            (long long) event->starts_at, (long long) event->ends_at);
    claims_t claims;
    s_expect (tx, event);
    bool is_known = s_of_visit (tx, event->visit_id).count;
    const booking_t *old = is_known ? NULL : s_step_aside (tx, event);
    slot_step_aside (tx, event->work_order_id);
    bool can_be_had = claims_collect (tx, event, &claims);
    if (is_known || !can_be_had)
        slot_step_back (tx, event->work_order_id);
    if (is_known)
        return;
    if (!can_be_had) {
        s_step_back (tx, old);
        return s_refuse_whole (&claims);
    }
    booking_hold (&claims);
    s_say_held (&claims, old);
}

/* What each has had steps aside for all of them; one that can not be had brings back everything. */
void
on_moves_proposed (tx_t *tx, const moves_proposed_t *event)
{
    size_t count = event->n_visits, held = 0;
    claims_t *claims = arena_array (tx_arena (tx), count + 1, sizeof *claims);
    const booking_t **old = arena_array (tx_arena (tx), count + 1, sizeof *old);
    for (size_t i = 0; i < count; i++)
        s_expect (tx, event->visits [i]);
    for (size_t i = 0; i < count; i++)
        if (s_of_visit (tx, event->visits [i]->visit_id).count)
            return;
    for (size_t i = 0; i < count; i++)
        old [i] = s_step_aside (tx, event->visits [i]);
    while (held < count && claims_collect (tx, event->visits [held], &claims [held]))
        booking_hold (&claims [held++]);
    if (held == count) {
        for (size_t i = 0; i < count; i++)
            s_say_held (&claims [i], old [i]);
        return;
    }
    for (size_t i = 0; i < held; i++)
        booking_give_back (tx, event->visits [i]->visit_id, BOOKING_REFUSED, "together");
    for (size_t i = 0; i < count; i++)
        s_step_back (tx, old [i]);
    const refusal_t with = { .code = "together", .message = "a visit that moves with it can not have its time" };
    for (size_t i = 0; i < count; i++)
        if (i < held)
            booking_refuse (tx, tx_get (tx, booking, event->visits [i]->visit_id), &with);
        else {
            if (i > held)
                claims [i] = (claims_t) { .tx = tx, .visit = event->visits [i], .refusal = with };
            s_refuse_whole (&claims [i]);
        }
}

/* He said yes though his hold was lost to an absence meanwhile: his word counts if nobody else has anything of it. */
static bool
s_can_take_back (tx_t *tx, const booking_t *self)
{
    return self->state == BOOKING_REFUSED && !s_is_taken (tx, self);
}

void
on_visit_accepted (tx_t *tx, const visit_accepted_t *event)
{
    if (!is_empty (event->provider_id))
        return;                                     /* whose time is its own */
    booking_t *booking = tx_get (tx, booking, event->visit_id);
    if (!booking)
        tx_fail (tx, "visit %s is accepted, but was never proposed", event->visit_id);
    if (booking->state != BOOKING_HELD && !s_can_take_back (tx, booking)) {
        if (booking->state == BOOKING_REFUSED)
            booking_refuse (tx, booking, &(refusal_t) {
                .code = "overlap", .message = "the time was given to another visit meanwhile" });
        return;
    }
    booking_claim (tx, booking->visit_id, BOOKING_CONFIRMED);
    tx_emit (tx, booking_confirmed (
        .booking_id = booking->id, .engineer_id = booking->resource_id, .work_order_id = booking->work_order_id,
        .from_at = booking->starts_at, .to_at = s_ends_at (tx, booking)));
}

void
on_visit_ended (tx_t *tx, const visit_ended_t *event)
{
    booking_t *booking = tx_get (tx, booking, event->visit_id);
    s_forget (tx, event->visit_id);                 /* when its new time is certain */
    if (!s_is_live (booking))
        return;
    const char *state = enum_name (&visit_state_descriptor, event->state);
    const booking_t *old = tx_get (tx, booking, booking->replaces_visit_id);
    tx_find (tx, booking, visit_id, booking->replaces_visit_id);
    booking_give_back (tx, booking->visit_id, BOOKING_RELEASED, is_empty (event->reason) ? state : event->reason);
    s_step_back (tx, old);
    tx_emit (tx, booking_released (
        .booking_id = booking->id, .engineer_id = booking->resource_id, .work_order_id = booking->work_order_id,
        .reason = booking->reason));
}

/* What is left of the booked time is free. */
void
on_visit_finished (tx_t *tx, const visit_finished_t *event)
{
    booking_t *first = tx_get (tx, booking, event->visit_id);
    if (!s_is_live (first))
        return;
    booking_give_back (tx, first->visit_id, BOOKING_FINISHED, "");
    EACH (booking, booking, s_of_visit (tx, first->visit_id))
        if (event->finished_at > booking->starts_at && event->finished_at < booking->ends_at)
            booking->ends_at = event->finished_at;
}
