/* lock - what a person has fixed of a visit: the system moves neither its time nor its engineer. */
#include "dispatcher.h"

#define MINUTE_MS INT64_C (60000)

bool
lock_holds_engineer (const visit_t *visit)
{
    return visit->lock == VISIT_LOCK_ENGINEER || visit->lock == VISIT_LOCK_BOTH;
}

static bool
s_holds_time (int lock)
{
    return lock == VISIT_LOCK_TIME || lock == VISIT_LOCK_BOTH || lock == VISIT_LOCK_RANGE;
}

/* The minute in which work begins, or the range that was given, in which it begins. */
static bool
s_range (tx_t *tx, const lock_visit_t *command, const visit_t *visit, int64_t *ret_from_at,
    int64_t *ret_to_at)
{
    bool is_range = command->lock == VISIT_LOCK_RANGE, has_time = s_holds_time ((int) command->lock);
    *ret_from_at = is_range ? command->from_at : has_time ? visit->work_starts_at : 0;
    *ret_to_at = is_range ? command->to_at : has_time ? visit->work_starts_at + MINUTE_MS : 0;
    if (!is_range || (command->from_at <= visit->work_starts_at
        && visit->work_starts_at < command->to_at))
        return true;
    tx_reject (tx, "visit.outside_range", "work of visit %s begins at %lld, not between %lld and "
        "%lld: lock a range that it lies in", visit->id, (long long) visit->work_starts_at,
        (long long) command->from_at, (long long) command->to_at);
    return false;
}

void
on_lock_visit (tx_t *tx, const lock_visit_t *command)
{
    trip_t trip;
    int64_t from_at, to_at;
    bool is_range = command->lock == VISIT_LOCK_RANGE;
    if (!valid_enum (tx, "lock", &visit_lock_descriptor, (int) command->lock)
        || !valid_text (tx, "reason", command->reason, 1, 500)
        || !valid_instant (tx, "from_at", command->from_at)
        || !valid_instant (tx, "to_at", command->to_at)
        || (is_range && !valid_order (tx, "to_at", command->from_at, command->to_at))
        || !visit_may (tx, command->visit_id, NULL, "LockVisit", &trip)
        || !s_range (tx, command, trip.visit, &from_at, &to_at))
        return;
    visit_t *visit = trip.visit;
    if (visit->lock == (int) command->lock && visit->lock_from_at == from_at
        && visit->lock_to_at == to_at)
        return;
    visit->lock = (int) command->lock;
    visit->lock_from_at = from_at;
    visit->lock_to_at = to_at;
    tx_emit (tx, visit_locked (
        .visit_id = visit->id, .work_order_id = visit->work_order_id,
        .engineer_id = visit->engineer_id, .lock = command->lock, .from_at = from_at,
        .to_at = to_at, .reason = command->reason, .request_id = trip.order->request_id));
}

void
on_unlock_visit (tx_t *tx, const unlock_visit_t *command)
{
    trip_t trip;
    if (!valid_text (tx, "reason", command->reason, 1, 500)
        || !visit_may (tx, command->visit_id, NULL, "UnlockVisit", &trip))
        return;
    if (!trip.visit->lock)
        return tx_reject (tx, "visit.not_locked", "visit %s is not locked: it may be moved as it is",
            trip.visit->id);
    trip.visit->lock = 0;
    trip.visit->lock_from_at = trip.visit->lock_to_at = 0;
    tx_emit (tx, visit_unlocked (
        .visit_id = trip.visit->id, .work_order_id = trip.order->id, .reason = command->reason,
        .request_id = trip.order->request_id));
}

/* Of a lock of both only the time outlives the visit: a person took it from its engineer. */
void
lock_keep (tx_t *tx, work_order_t *order, const visit_t *visit)
{
    if (!s_holds_time (visit->lock))
        return;
    setbacks_t *setbacks = tx_unpack (tx, setbacks, order->setbacks);
    setbacks->lock = visit->lock == VISIT_LOCK_RANGE ? VISIT_LOCK_RANGE : VISIT_LOCK_TIME;
    setbacks->lock_from_at = visit->lock_from_at;
    setbacks->lock_to_at = visit->lock_to_at;
    order->setbacks = tx_pack (tx, &setbacks->base);
}

void
lock_hand_on (tx_t *tx, const work_order_t *order, visit_t *visit)
{
    const setbacks_t *setbacks = tx_unpack (tx, setbacks, order->setbacks);
    if (visit->work_starts_at < setbacks->lock_from_at
        || visit->work_starts_at >= setbacks->lock_to_at)
        return;
    visit->lock = (int) setbacks->lock;
    visit->lock_from_at = setbacks->lock_from_at;
    visit->lock_to_at = setbacks->lock_to_at;
}

void
lock_forget (tx_t *tx, work_order_t *order)
{
    setbacks_t *setbacks = tx_unpack (tx, setbacks, order->setbacks);
    if (!setbacks->lock)
        return;
    setbacks->lock = VISIT_LOCK_UNSPECIFIED;
    setbacks->lock_from_at = setbacks->lock_to_at = 0;
    order->setbacks = tx_pack (tx, &setbacks->base);
}
