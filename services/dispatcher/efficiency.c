/* efficiency - how fast an engineer works, as his visits tell; what a person gives for him comes first. */
#include "dispatcher.h"

ENTITY_CACHED (efficiency, EFFICIENCY_FIELDS, NULL);

/* Shorter work says more of when a button was pressed; longer work goes on over breaks and nights. */
enum { MINUTES_MIN = 5, STANDARD_MAX_MINUTES = 8 * 60 };
enum { UNKNOWN_PER_MILLE = 1000, WEIGHT = 8 };
#define MINUTE_MS INT64_C (60000)

static int64_t
s_bounded (int64_t per_mille)
{
    return per_mille < EFFICIENCY_MIN_PERCENT * 10 ? EFFICIENCY_MIN_PERCENT * 10
        : per_mille > EFFICIENCY_MAX_PERCENT * 10 ? EFFICIENCY_MAX_PERCENT * 10 : per_mille;
}

int64_t
efficiency_step (int64_t per_mille, int64_t standard_ms, int64_t actual_ms)
{
    int64_t further = s_bounded (standard_ms * 1000 / actual_ms) - s_bounded (per_mille);
    /* away from zero, so that it arrives */
    int64_t step = (further + (further > 0 ? WEIGHT - 1 : 1 - WEIGHT)) / WEIGHT;
    return s_bounded (per_mille) + step;
}

/* Travel and breaks are not work, nor is what lies between two entries. */
static int64_t
s_worked_ms (tx_t *tx, const visit_t *visit)
{
    int64_t worked_ms = 0;
    EACH (time_entry, entry, tx_find (tx, time_entry, visit_id, visit->id))
        if (entry->kind == TIME_KIND_WORK || entry->kind == TIME_KIND_OVERTIME)
            worked_ms += entry->to_at - entry->from_at;
    return worked_ms;
}

/* One of our own did all of the work alone, and somebody had said how long it takes. */
static bool
s_tells (tx_t *tx, const trip_t *trip)
{
    const visit_t *visit = trip->visit;
    const work_order_t *order = trip->order;
    if (!order->has_standard || order->work_minutes < MINUTES_MIN || order->work_minutes > STANDARD_MAX_MINUTES
        || visit->work_remains || visit->crew.size || !is_empty (visit->provider_id))
        return false;
    tx_expect_find (tx, time_entry, visit_id, visit->id);
    EACH (visit, other, tx_find (tx, visit, work_order_id, order->id))
        if (other != visit && other->arrived_at)
            return false;                           /* part of the work may have been done there */
    return true;
}

void
efficiency_learn (tx_t *tx, const trip_t *trip)
{
    if (!s_tells (tx, trip))
        return;
    int64_t worked_ms = s_worked_ms (tx, trip->visit);
    if (worked_ms < MINUTES_MIN * MINUTE_MS)
        return;
    efficiency_t *efficiency = tx_need (tx, efficiency, trip->visit->engineer_id);
    efficiency->per_mille = efficiency_step (efficiency->visits ? efficiency->per_mille : UNKNOWN_PER_MILLE,
        trip->order->work_minutes * MINUTE_MS, worked_ms);
    efficiency->visits++;
}

int
efficiency_learned (tx_t *tx, const char *engineer_id, int *ret_visits)
{
    const efficiency_t *efficiency = tx_get (tx, efficiency, engineer_id);
    bool is_enough = efficiency && efficiency->visits >= EFFICIENCY_VISITS_MIN;
    *ret_visits = is_enough ? (int) efficiency->visits : 0;
    return is_enough ? (int) ((efficiency->per_mille + 5) / 10) : 0;
}
