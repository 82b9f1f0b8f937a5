/* booking.c - claims on an engineer's time. Two that live never overlap; the table's exclusion constraint is the last
 * wall. */
#include "scheduler.h"
#include <string.h>

booking_t *
booking_in (tx_t *tx, const char *engineer_id, booking_state_t state, int64_t from_at, int64_t to_at,
    const char *but_id)
{
    EACH (booking, booking, tx_find (tx, booking, open_engineer_id, engineer_id))
        if (booking->state == (int) state && booking->starts_at < to_at && booking->ends_at > from_at
            && (is_empty (but_id) || strcmp (booking->id, but_id) != 0))
            return booking;
    return NULL;
}

/* Begins and ends in the shift. What is between may be lunch, or the nights of a job of several days. */
static bool
s_is_in_shift (tx_t *tx, const booking_t *self)
{
    calendar_t *shift = engineer_shift (tx, self->engineer_id);
    return !shift || (calendar_is_open (shift, self->starts_at) && calendar_is_open (shift, self->ends_at - 1));
}

/* Why the time can not be had: a code, and the sentence in *ret_message; NULL: it can. Overtime is a person's word. */
static const char *
s_obstacle (tx_t *tx, const booking_t *self, int64_t work_starts_at, bool overtime, const char **ret_message)
{
    absence_t *absence = absence_in (tx, self->engineer_id, self->starts_at, self->ends_at);
    booking_t *other = booking_in (tx, self->engineer_id, BOOKING_CONFIRMED, self->starts_at, self->ends_at, self->id);
    if (!other)
        other = booking_in (tx, self->engineer_id, BOOKING_HELD, self->starts_at, self->ends_at, self->id);
    if (absence)
        return *ret_message = tx_printf (tx, "engineer %s is away (%s)", self->engineer_id, absence->id), "absence";
    if (other)
        return *ret_message = tx_printf (tx, "engineer %s has visit %s in that time", self->engineer_id, other->id),
            "overlap";
    if (!overtime && !access_given (tx, self->work_order_id, work_starts_at, self->ends_at))
        return *ret_message = tx_printf (tx, "nobody is let in for order %s in that time", self->work_order_id),
            "access";
    if (!overtime && !s_is_in_shift (tx, self))
        return *ret_message = tx_printf (tx, "engineer %s does not work in that time", self->engineer_id), "off_shift";
    return NULL;
}

void
booking_refuse (tx_t *tx, booking_t *self, const char *code, const char *message)
{
    self->state = BOOKING_REFUSED;
    self->open_engineer_id = "";
    self->reason = (char *) code;
    tx_emit (tx, booking_refused (
        .booking_id = self->id, .engineer_id = self->engineer_id, .work_order_id = self->work_order_id,
        .code = (char *) code, .message = (char *) message, .from_at = self->starts_at, .to_at = self->ends_at));
}

void
on_visit_proposed (tx_t *tx, const visit_proposed_t *event)
{
    if (event->starts_at <= 0 || event->starts_at >= event->ends_at)
        tx_fail (tx, "visit %s is proposed from %lld to %lld: it must end after it starts", event->visit_id,
            (long long) event->starts_at, (long long) event->ends_at);
    booking_t wanted = {
        .id = event->visit_id, .work_order_id = event->work_order_id, .engineer_id = event->engineer_id,
        .starts_at = event->starts_at, .ends_at = event->ends_at
    };
    int64_t work_starts_at = event->work_starts_at ? event->work_starts_at : event->starts_at;
    bool overtime = !is_empty (event->override_reason);
    const char *message = "", *code = s_obstacle (tx, &wanted, work_starts_at, overtime, &message);
    if (tx_get (tx, booking, event->visit_id))
        return;
    booking_t *booking = tx_put_row (tx, &booking_entity, &wanted);
    if (code)
        return booking_refuse (tx, booking, code, message);
    booking->state = BOOKING_HELD;
    booking->open_engineer_id = booking->engineer_id;
    tx_emit (tx, booking_held (
        .booking_id = booking->id, .engineer_id = booking->engineer_id, .work_order_id = booking->work_order_id,
        .from_at = booking->starts_at, .to_at = booking->ends_at));
}

/* He said yes though his hold was lost to an absence meanwhile: his word counts if nobody else has the time. */
static bool
s_can_take_back (tx_t *tx, const booking_t *self)
{
    return self->state == BOOKING_REFUSED
        && !booking_in (tx, self->engineer_id, BOOKING_CONFIRMED, self->starts_at, self->ends_at, self->id)
        && !booking_in (tx, self->engineer_id, BOOKING_HELD, self->starts_at, self->ends_at, self->id);
}

void
on_visit_accepted (tx_t *tx, const visit_accepted_t *event)
{
    booking_t *booking = tx_get (tx, booking, event->visit_id);
    if (!booking)
        tx_fail (tx, "visit %s is accepted, but was never proposed", event->visit_id);
    if (booking->state != BOOKING_HELD && !s_can_take_back (tx, booking)) {
        if (booking->state == BOOKING_REFUSED)
            booking_refuse (tx, booking, "overlap", "the time was given to another visit meanwhile");
        return;
    }
    booking->state = BOOKING_CONFIRMED;
    booking->open_engineer_id = booking->engineer_id;
    booking->reason = "";
    tx_emit (tx, booking_confirmed (
        .booking_id = booking->id, .engineer_id = booking->engineer_id, .work_order_id = booking->work_order_id,
        .from_at = booking->starts_at, .to_at = booking->ends_at));
}

static bool
s_is_live (const booking_t *self)
{
    return self && (self->state == BOOKING_HELD || self->state == BOOKING_CONFIRMED);
}

void
on_visit_ended (tx_t *tx, const visit_ended_t *event)
{
    booking_t *booking = tx_get (tx, booking, event->visit_id);
    if (!s_is_live (booking))
        return;
    booking->state = BOOKING_RELEASED;
    booking->open_engineer_id = "";
    booking->reason = event->reason;
    if (is_empty (event->reason))
        booking->reason = (char *) enum_name (&visit_state_descriptor, event->state);
    tx_emit (tx, booking_released (
        .booking_id = booking->id, .engineer_id = booking->engineer_id, .work_order_id = booking->work_order_id,
        .reason = booking->reason));
}

/* What is left of the booked time is free. */
void
on_visit_finished (tx_t *tx, const visit_finished_t *event)
{
    booking_t *booking = tx_get (tx, booking, event->visit_id);
    if (!s_is_live (booking))
        return;
    booking->state = BOOKING_FINISHED;
    booking->open_engineer_id = "";
    if (event->finished_at > booking->starts_at && event->finished_at < booking->ends_at)
        booking->ends_at = event->finished_at;
}
