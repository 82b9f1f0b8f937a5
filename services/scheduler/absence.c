/* absence.c - when an engineer is away. */
#include "scheduler.h"
#include "valid.h"
#include <string.h>

#define ABSENCE_MAX_MS  (INT64_C (2) * 366 * 24 * 3600 * 1000)

absence_t *
absence_in (tx_t *tx, const char *engineer_id, int64_t from_at, int64_t to_at)
{
    EACH (absence, absence, tx_find (tx, absence, open_engineer_id, engineer_id))
        if (!is_empty (absence->open_engineer_id) && absence->from_at < to_at && absence->to_at > from_at)
            return absence;
    return NULL;
}

/* Engineers are away, and so are those who are only called. */
static bool
s_is_somebody (tx_t *tx, const char *engineer_id)
{
    return tx_get (tx, person, engineer_id) || engineer_of_command (tx, engineer_id);
}

static bool
s_is_valid (tx_t *tx, const record_absence_t *command)
{
    if (!valid_id (tx, "absence_id", command->absence_id) || !s_is_somebody (tx, command->engineer_id)
        || !valid_order (tx, "absence", command->from_at, command->to_at)
        || !valid_instant (tx, "from_at", command->from_at) || !valid_instant (tx, "to_at", command->to_at)
        || !valid_text (tx, "reason", command->reason, 0, 500))
        return false;
    if (command->to_at - command->from_at > ABSENCE_MAX_MS)
        return tx_reject (tx, "absence.too_long", "absence %s is longer than two years: retire engineer %s instead",
            command->absence_id, command->engineer_id), false;
    absence_t *known = tx_get (tx, absence, command->absence_id);
    if (known && strcmp (known->engineer_id, command->engineer_id) != 0)
        return tx_reject (tx, "absence.other_engineer", "absence %s is of engineer %s: choose another id",
            known->id, known->engineer_id), false;
    return true;
}

static bool
s_is_same (const absence_t *self, const record_absence_t *command)
{
    return !is_empty (self->engineer_id) && !self->cancelled && self->from_at == command->from_at
        && self->to_at == command->to_at && strcmp (self->reason, command->reason) == 0;
}

/* Offers not answered yet give way: the dispatcher looks for somebody else. */
static void
s_refuse_offers (tx_t *tx, const absence_t *self)
{
    booking_t *held;
    while ((held = booking_in_state (tx, KIND_ENGINEER, self->engineer_id, BOOKING_HELD, self->from_at, self->to_at,
        "")))
        booking_refuse (tx, held, &(refusal_t) {
            .code = "absence", .engineer_id = self->engineer_id,
            .message = tx_printf (tx, "engineer %s is away (%s)", self->engineer_id, self->id) });
}

static void
s_record (tx_t *tx, const record_absence_t *command)
{
    absence_t *absence = tx_need (tx, absence, command->absence_id);
    absence->engineer_id = absence->open_engineer_id = command->engineer_id;
    absence->from_at = command->from_at;
    absence->to_at = command->to_at;
    absence->reason = command->reason;
    absence->cancelled = false;
    tx_timer_set (tx, "absence_over", absence->id, absence->to_at);
    tx_emit (tx, absence_recorded (
        .absence_id = absence->id, .engineer_id = absence->engineer_id, .from_at = absence->from_at,
        .to_at = absence->to_at, .reason = absence->reason, .unplanned = command->unplanned));
    s_refuse_offers (tx, absence);
}

void
on_record_absence (tx_t *tx, const record_absence_t *command)
{
    if (!s_is_valid (tx, command))
        return;
    booking_t *confirmed = booking_in_state (tx, KIND_ENGINEER, command->engineer_id, BOOKING_CONFIRMED,
        command->from_at, command->to_at, "");
    if (confirmed && !command->unplanned)
        return tx_reject (tx, "absence.booked", "engineer %s is booked for visit %s of order %s in that time: "
            "give the visit to somebody else first, or send it as unplanned", command->engineer_id, confirmed->visit_id,
            confirmed->work_order_id);
    absence_t *known = tx_get (tx, absence, command->absence_id);
    tx_accept (tx, command->absence_id);
    if (!known || !s_is_same (known, command))
        s_record (tx, command);
}

void
on_cancel_absence (tx_t *tx, const cancel_absence_t *command)
{
    absence_t *absence = tx_get (tx, absence, command->absence_id);
    if (!absence)
        return tx_reject (tx, "absence.unknown", "no absence %s", command->absence_id);
    if (absence->cancelled)
        return tx_reject (tx, "absence.cancelled", "absence %s is cancelled already", absence->id);
    absence->cancelled = true;
    absence->open_engineer_id = "";
    tx_timer_clear (tx, "absence_over", absence->id);
    tx_accept (tx, absence->id);
    tx_emit (tx, absence_cancelled (.absence_id = absence->id, .engineer_id = absence->engineer_id));
}

/* Absences of the past are found no more, so looking up an engineer's never grows with the years. */
void
on_absence_over (tx_t *tx, const wakeup_t *wakeup)
{
    absence_t *absence = tx_get (tx, absence, wakeup->id);
    if (absence)
        absence->open_engineer_id = "";
}
