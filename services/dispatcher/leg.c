/* leg - the ways of an engineer on one day: as they were planned, and as they were. */
#include "dispatcher.h"
#include <string.h>

#define MINUTE_MS INT64_C (60000)

static const zone_t *
s_zone (tx_t *tx, const engineer_t *engineer)
{
    const territory_t *territory = tx_get (tx, territory, engineer->territory_id);
    const zone_t *zone = territory ? zone_find (territory->time_zone, NULL) : NULL;
    return zone ? zone : zone_find ("UTC", NULL);
}

static visit_leg_t *
s_leg (tx_t *tx, travel_legs_t *legs, const char *visit_id)
{
    for (size_t i = 0; i < legs->n_legs; i++)
        if (strcmp (legs->legs [i]->visit_id, visit_id) == 0)
            return legs->legs [i];
    visit_leg_t *leg = message_new (tx_arena (tx), visit_leg);
    leg->visit_id = (char *) visit_id;
    return legs->legs [legs->n_legs++] = leg;
}

/* Time on the road within the day: summed in milliseconds, so that nothing is rounded away, then in minutes. */
static void
s_collect (tx_t *tx, travel_legs_t *legs, list_t entries, int64_t from_at, int64_t to_at)
{
    legs->legs = arena_array (tx_arena (tx), (size_t) entries.count + 1, sizeof *legs->legs);
    EACH (time_entry, entry, entries) {
        visit_leg_t *leg = s_leg (tx, legs, entry->visit_id);
        int64_t from = entry->from_at > from_at ? entry->from_at : from_at;
        int64_t to = entry->to_at < to_at ? entry->to_at : to_at;
        leg->work_order_id = entry->work_order_id;
        if (entry->kind == TIME_KIND_TRAVEL)
            leg->actual_minutes += to - from;
    }
    for (size_t i = 0; i < legs->n_legs; i++) {
        legs->legs [i]->actual_minutes /= MINUTE_MS;
        tx_expect (tx, visit, legs->legs [i]->visit_id);
        tx_expect (tx, decision, legs->legs [i]->visit_id);
    }
}

static void
s_compare (tx_t *tx, visit_leg_t *leg)
{
    const visit_t *visit = tx_get (tx, visit, leg->visit_id);
    const service_report_t *report = visit ? tx_get (tx, service_report, visit->report_id) : NULL;
    const decision_t *decision = decision_of (tx, visit);
    const dispatch_candidate_t *planned = decision ? decision_candidate (
        tx_unpack (tx, dispatch_decided, decision->document), visit->engineer_id) : NULL;
    if (planned) {
        leg->planned_minutes = planned->travel_minutes;
        leg->planned_m = planned->distance_m;
    }
    if (report)
        leg->actual_m = (int64_t) (tx_unpack (tx, issue_service_report, report->said)->distance_km
            * 1000 + 0.5);
}

void
on_get_travel_legs (tx_t *tx, const get_travel_legs_t *query)
{
    const engineer_t *engineer = tx_get (tx, engineer, query->engineer_id);
    if (!engineer)
        return tx_reject (tx, "engineer.unknown", "no engineer %s: register him first",
            query->engineer_id);
    if (!valid_date (tx, "day_on", query->day_on))
        return;
    const zone_t *zone = s_zone (tx, engineer);
    int32_t day = date_parse (query->day_on);
    int64_t from_at = zone_at (zone, day, 0), to_at = zone_at (zone, day + 1, 0);
    travel_legs_t legs = { .base = travel_legs_init, .engineer_id = engineer->id,
        .day_on = query->day_on };
    s_collect (tx, &legs, time_entry_between (tx, engineer->id, from_at, to_at), from_at, to_at);
    for (size_t i = 0; i < legs.n_legs; i++) {
        s_compare (tx, legs.legs [i]);
        legs.planned_minutes += legs.legs [i]->planned_minutes;
        legs.actual_minutes += legs.legs [i]->actual_minutes;
        legs.planned_m += legs.legs [i]->planned_m;
        legs.actual_m += legs.legs [i]->actual_m;
    }
    tx_answer (tx, &legs.base);
}
