/* slot.c - a time that is kept for a customer: held for a while, confirmed as an appointment, or free again. */
#include "scheduler.h"
#include "valid.h"
#include <string.h>

#define HOLD_MS         INT64_C (900000)
#define HOLD_MAX_MS     DATE_DAY_MS
#define LONG_MS         (31 * DATE_DAY_MS)

static bool
s_is_open (const slot_t *self)
{
    return self->state == SLOT_HELD || self->state == SLOT_CONFIRMED;
}

/* ---- for the visit of its order */

void
slot_step_aside (tx_t *tx, const char *work_order_id)
{
    EACH (slot, slot, tx_find (tx, slot, open_work_order_id, work_order_id))
        booking_give_back (tx, slot->id, BOOKING_RELEASED, "");
}

void
slot_step_back (tx_t *tx, const char *work_order_id)
{
    EACH (slot, slot, tx_find (tx, slot, open_work_order_id, work_order_id))
        booking_claim (tx, slot->id, slot->state == SLOT_CONFIRMED ? BOOKING_CONFIRMED : BOOKING_HELD);
}

void
slot_end (tx_t *tx, slot_t *self, slot_state_t state, const char *reason)
{
    booking_give_back (tx, self->id, BOOKING_RELEASED, reason);
    self->state = state;
    self->open_work_order_id = "";
    self->reason = (char *) reason;
    tx_timer_clear (tx, "slot_expires", self->id);
    if (state == SLOT_EXPIRED)
        tx_emit (tx, slot_expired (
            .slot_id = self->id, .work_order_id = self->work_order_id, .engineer_id = self->engineer_id,
            .expired_at = tx_now (tx)));
    else
        tx_emit (tx, slot_released (
            .slot_id = self->id, .work_order_id = self->work_order_id, .engineer_id = self->engineer_id,
            .reason = self->reason));
}

/* All but one. */
static void
s_end_others (tx_t *tx, const char *work_order_id, const char *but_id, const char *reason)
{
    EACH (slot, slot, tx_find (tx, slot, open_work_order_id, work_order_id))
        if (strcmp (slot->id, but_id) != 0 && s_is_open (slot))
            slot_end (tx, slot, SLOT_RELEASED, reason);
}

void
slot_release_all (tx_t *tx, const char *work_order_id, const char *reason)
{
    s_end_others (tx, work_order_id, "", reason);
}

/* ---- holding */

static bool
s_order_is_fine (tx_t *tx, const char *work_order_id)
{
    work_order_t *order = tx_get (tx, work_order, work_order_id);
    if (!order || order->created.size == 0)
        return tx_reject (tx, "work_order.unknown", "no work order %s: look the id up again", work_order_id), false;
    if (order->closed)
        return tx_reject (tx, "work_order.closed", "work order %s is over: nothing is kept for it", order->id), false;
    return true;
}

static bool
s_times_are_valid (tx_t *tx, const hold_slot_t *command)
{
    if (!valid_order (tx, "ends_at", command->starts_at, command->ends_at)
        || !valid_instant (tx, "starts_at", command->starts_at) || !valid_instant (tx, "ends_at", command->ends_at)
        || !valid_instant (tx, "window_from_at", command->window_from_at)
        || !valid_instant (tx, "window_to_at", command->window_to_at)
        || !valid_int (tx, "hold_ms", command->hold_ms, 0, HOLD_MAX_MS))
        return false;
    if ((command->window_from_at || command->window_to_at)
        && !valid_order (tx, "window_to_at", command->window_from_at, command->window_to_at))
        return false;
    if (command->work_starts_at && (command->work_starts_at < command->starts_at
        || command->work_starts_at >= command->ends_at))
        return tx_reject (tx, "work_starts_at.invalid", "work of slot %s would begin outside of it: send a time "
            "between starts_at and ends_at", command->slot_id), false;
    if (command->starts_at < tx_now (tx) || command->ends_at - command->starts_at > LONG_MS)
        return tx_reject (tx, "starts_at.invalid", "slot %s begins in the past or is longer than 31 days: ask for "
            "slots again", command->slot_id), false;
    return true;
}

static const char *
s_territory (tx_t *tx, const hold_slot_t *command)
{
    const work_order_t *order = tx_get (tx, work_order, command->work_order_id);
    return order ? tx_unpack (tx, work_order_created, order->created)->territory_id
        : tx_get (tx, engineer, command->engineer_id)->territory_id;
}

static void
s_put (tx_t *tx, const hold_slot_t *command, int64_t until_at)
{
    int64_t work_at = command->work_starts_at ? command->work_starts_at : command->starts_at;
    slot_t *slot = tx_put (tx, slot, {
        .id = command->slot_id, .work_order_id = command->work_order_id,
        .open_work_order_id = command->work_order_id, .engineer_id = command->engineer_id, .state = SLOT_HELD,
        .starts_at = command->starts_at, .ends_at = command->ends_at,
        .window_from_at = command->window_from_at ? command->window_from_at : work_at,
        .window_to_at = command->window_to_at ? command->window_to_at : work_at });
    tx_timer_set (tx, "slot_expires", slot->id, until_at);
    tx_emit (tx, slot_held (
        .slot_id = slot->id, .work_order_id = slot->work_order_id, .engineer_id = slot->engineer_id,
        .starts_at = slot->starts_at, .work_starts_at = work_at, .ends_at = slot->ends_at,
        .window_from_at = slot->window_from_at, .window_to_at = slot->window_to_at, .hold_until_at = until_at));
}

void
on_hold_slot (tx_t *tx, const hold_slot_t *command)
{
    if (!valid_id (tx, "slot_id", command->slot_id) || !engineer_of_command (tx, command->engineer_id)
        || !valid_optional_id (tx, "work_order_id", command->work_order_id) || !s_times_are_valid (tx, command)
        || (!is_empty (command->work_order_id) && !s_order_is_fine (tx, command->work_order_id)))
        return;
    if (tx_get (tx, booking, command->slot_id) || tx_get (tx, slot, command->slot_id))
        return tx_reject (tx, "slot.known", "%s is taken already: choose another slot_id", command->slot_id);
    visit_proposed_t visit = {
        .base = visit_proposed_init, .visit_id = command->slot_id, .work_order_id = command->work_order_id,
        .engineer_id = command->engineer_id, .starts_at = command->starts_at,
        .work_starts_at = command->work_starts_at, .ends_at = command->ends_at };
    claims_t claims;
    if (!claims_collect (tx, &visit, &claims) || !quota_leaves (&claims, s_territory (tx, command)))
        return tx_reject (tx, tx_printf (tx, "slot.%s", claims.refusal.code), "%s: ask for slots again",
            claims.refusal.message);
    booking_hold (&claims);
    s_put (tx, command, tx_now (tx) + (command->hold_ms ? command->hold_ms : HOLD_MS));
    tx_accept (tx, command->slot_id);
}

/* ---- deciding */

static slot_t *
s_slot (tx_t *tx, const char *slot_id)
{
    slot_t *slot = tx_get (tx, slot, slot_id);
    if (!slot)
        return tx_reject (tx, "slot.unknown", "no slot %s: hold it first", slot_id), NULL;
    if (!s_is_open (slot))
        return tx_reject (tx, "slot.over", "slot %s is not kept any more%s%s: hold another one", slot->id,
            *slot->reason ? ": " : "", slot->reason), NULL;
    return slot;
}

void
on_release_slot (tx_t *tx, const release_slot_t *command)
{
    slot_t *slot = valid_text (tx, "reason", command->reason, 0, 500) ? s_slot (tx, command->slot_id) : NULL;
    if (!slot)
        return;
    tx_accept (tx, slot->id);
    slot_end (tx, slot, SLOT_RELEASED, command->reason);
}

/* The order that the slot is for, said with the slot or now. */
static const char *
s_order_of (tx_t *tx, const slot_t *slot, const confirm_appointment_t *command)
{
    if (is_empty (command->work_order_id))
        return slot->work_order_id;
    if (!is_empty (slot->work_order_id) && strcmp (slot->work_order_id, command->work_order_id) != 0)
        return tx_reject (tx, "slot.other_order", "slot %s is kept for work order %s: hold another one", slot->id,
            slot->work_order_id), NULL;
    return command->work_order_id;
}

void
on_confirm_appointment (tx_t *tx, const confirm_appointment_t *command)
{
    slot_t *slot = s_slot (tx, command->slot_id);
    const char *order_id = slot ? s_order_of (tx, slot, command) : NULL;
    if (!order_id || !valid_id (tx, "work_order_id", order_id) || !s_order_is_fine (tx, order_id))
        return;
    tx_accept (tx, slot->id);
    if (slot->state == SLOT_CONFIRMED)
        return;
    s_end_others (tx, order_id, slot->id, "another time was chosen");
    slot->state = SLOT_CONFIRMED;
    slot->work_order_id = slot->open_work_order_id = (char *) order_id;
    booking_claim (tx, slot->id, BOOKING_CONFIRMED);
    tx_timer_set (tx, "slot_expires", slot->id, slot->ends_at);
    tx_emit (tx, appointment_confirmed (
        .slot_id = slot->id, .work_order_id = slot->work_order_id, .engineer_id = slot->engineer_id,
        .starts_at = slot->starts_at, .window_from_at = slot->window_from_at, .window_to_at = slot->window_to_at));
}

void
on_slot_expires (tx_t *tx, const wakeup_t *wakeup)
{
    slot_t *slot = tx_get (tx, slot, wakeup->id);
    if (slot && s_is_open (slot))
        slot_end (tx, slot, SLOT_EXPIRED, "nobody decided in time");
}
