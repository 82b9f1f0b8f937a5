/* site_visit - what the engineer does on the way and at the site, and the time that follows from
 * it. */
#include "dispatcher.h"
#include <string.h>

enum { OFFLINE_MS = 5 * 60 * 1000 };    /* told later than this: the phone had no net */

static bool
s_is_under_way (const visit_t *visit)
{
    return visit->state == VISIT_STATE_TRAVELLING || visit->state == VISIT_STATE_WORKING;
}

/* One man is in one place: another visit of his may not be under way. */
static bool
s_is_elsewhere (tx_t *tx, const visit_t *visit)
{
    EACH (visit, other, tx_find (tx, visit, open_engineer_id, visit->engineer_id))
        if (other != visit && s_is_under_way (other)) {
            tx_reject (tx, "engineer.busy",
                       "engineer %s is travelling or at work with visit %s: finish or pause that first",
                       visit->engineer_id, other->id);
            return true;
        }
    return false;
}

void
on_start_travel (tx_t *tx, const start_travel_t *command)
{
    trip_t trip;
    if (!visit_may (tx, command->visit_id, command->engineer_id, "StartTravel", &trip)
        || s_is_elsewhere (tx, trip.visit))
        return;
    moved_too_late (tx, &trip);
    visit_move (trip.visit, "StartTravel", trip.at);
    trip.visit->travel_started_at = trip.at;
    tx_emit_at (tx, trip.at, visit_travel_started (
        .visit_id = trip.visit->id, .work_order_id = trip.order->id,
        .engineer_id = trip.visit->engineer_id, .started_at = trip.at,
        .request_id = trip.order->request_id, .customer_id = trip.order->customer_id,
        .site_id = trip.order->site_id));
    work_order_refresh (tx, trip.order, "");
}

static arrival_check_t
s_check (tx_t *tx, const trip_t *trip, const arrive_at_site_t *command, const geo_point_t *site,
    int64_t distance_m)
{
    const dispatch_policy_details_t *policy = policy_of (tx, trip->order).details;
    if (!command->point)
        return ARRIVAL_CHECK_NO_FIX;
    if (!site)
        return ARRIVAL_CHECK_NO_SITE;
    if (command->accuracy_m > (double) policy->accuracy_limit_m)
        return ARRIVAL_CHECK_INACCURATE;
    if (trip->at < tx_now (tx) - OFFLINE_MS)
        return ARRIVAL_CHECK_OFFLINE;
    return distance_m <= policy->geofence_m ? ARRIVAL_CHECK_INSIDE : ARRIVAL_CHECK_OUTSIDE;
}

void
on_arrive_at_site (tx_t *tx, const arrive_at_site_t *command)
{
    trip_t trip;
    if (!valid_point (tx, "point", command->point)
        || !valid_real (tx, "accuracy_m", command->accuracy_m, 0, 1e7)
        || !visit_may (tx, command->visit_id, command->engineer_id, "ArriveAtSite", &trip))
        return;
    visit_t *visit = trip.visit;
    const geo_point_t *site = site_point (tx, tx_get (tx, site, trip.order->site_id));
    int64_t distance_m = site && command->point ? travel_distance_m (command->point, site) : 0;
    arrival_check_t checked = s_check (tx, &trip, command, site, distance_m);
    if (visit->state == VISIT_STATE_TRAVELLING)
        time_entry_derive (tx, visit, TIME_KIND_TRAVEL, visit->phase_at, trip.at);
    moved_too_late (tx, &trip);
    visit_move (visit, "ArriveAtSite", trip.at);
    visit->arrived_at = trip.at;
    tx_emit_at (tx, trip.at, visit_arrived (
        .visit_id = visit->id, .work_order_id = trip.order->id, .engineer_id = visit->engineer_id,
        .arrived_at = trip.at, .distance_m = distance_m, .check = checked,
        .request_id = trip.order->request_id, .point = command->point,
        .site_id = trip.order->site_id));
    work_order_refresh (tx, trip.order, "");
}

/* The rest of the day knows now when he will be free at the earliest. */
static void
s_expect_end (tx_t *tx, const trip_t *trip)
{
    int64_t ends_at = trip->at + trip->visit->ends_at - trip->visit->work_starts_at;
    diary_t *diary = tx_need (tx, diary, trip->visit->engineer_id);
    diary_entries_t *entries = tx_unpack (tx, diary_entries, diary->entries);
    for (size_t i = 0; i < entries->n_entries; i++)
        if (strcmp (entries->entries [i]->entry_id, trip->visit->id) == 0
            && entries->entries [i]->to_at < ends_at) {
            entries->entries [i]->to_at = ends_at;
            diary_write (tx, diary, entries->entries [i]);
            return;
        }
}

void
on_start_work (tx_t *tx, const start_work_t *command)
{
    trip_t trip;
    if (!visit_may (tx, command->visit_id, command->engineer_id, "StartWork", &trip)
        || s_is_elsewhere (tx, trip.visit))
        return;
    if (trip.visit->state == VISIT_STATE_ON_SITE) {
        s_expect_end (tx, &trip);
        moved_expect_end (tx, &trip);
    }
    visit_move (trip.visit, "StartWork", trip.at);
    tx_emit_at (tx, trip.at, visit_work_started (
        .visit_id = trip.visit->id, .work_order_id = trip.order->id, .started_at = trip.at));
    work_order_refresh (tx, trip.order, "");
}

void
on_pause_work (tx_t *tx, const pause_work_t *command)
{
    trip_t trip;
    if (!valid_text (tx, "reason", command->reason, 0, 500)
        || !visit_may (tx, command->visit_id, command->engineer_id, "PauseWork", &trip))
        return;
    time_entry_derive (tx, trip.visit, TIME_KIND_WORK, trip.visit->phase_at, trip.at);
    visit_move (trip.visit, "PauseWork", trip.at);
    tx_emit_at (tx, trip.at, visit_work_paused (
        .visit_id = trip.visit->id, .work_order_id = trip.order->id, .paused_at = trip.at,
        .reason = command->reason));
    work_order_refresh (tx, trip.order, command->reason);
}

void
on_finish_work (tx_t *tx, const finish_work_t *command)
{
    trip_t trip;
    if (!valid_text (tx, "note", command->note, 0, 4000)
        || !visit_may (tx, command->visit_id, command->engineer_id, "FinishWork", &trip))
        return;
    visit_t *visit = trip.visit;
    if (visit->state == VISIT_STATE_WORKING)
        time_entry_derive (tx, visit, TIME_KIND_WORK, visit->phase_at, trip.at);
    visit_move (visit, "FinishWork", trip.at);
    visit->finished_at = trip.at;
    visit->work_remains = trip.order->work_remains = command->work_remains;
    visit->reason = command->note;
    visit_free (tx, visit);
    tx_timer_clear (tx, "visit_overruns", visit->id);
    tx_emit_at (tx, trip.at, visit_finished (
        .visit_id = visit->id, .work_order_id = trip.order->id, .engineer_id = visit->engineer_id,
        .finished_at = trip.at, .work_remains = command->work_remains,
        .request_id = trip.order->request_id));
    work_order_refresh (tx, trip.order, "");
}

/* Nobody opens the same door an hour later: the next try is tomorrow where the site is. */
static int64_t
s_next_day (const site_t *site, int64_t at)
{
    const zone_t *zone = site ? zone_find (site->time_zone, NULL) : NULL;
    return zone ? zone_at (zone, zone_date (zone, at, NULL) + 1, 0)
        : (at / DATE_DAY_MS + 1) * DATE_DAY_MS;
}

void
on_report_no_access (tx_t *tx, const report_no_access_t *command)
{
    trip_t trip;
    if (!valid_text (tx, "note", command->note, 0, 500)
        || !visit_may (tx, command->visit_id, command->engineer_id, "ReportNoAccess", &trip))
        return;
    const site_t *site = tx_get (tx, site, trip.order->site_id);
    int64_t next_at = s_next_day (site, trip.at);
    visit_end (tx, &trip, "ReportNoAccess", is_empty (command->note) ? "no access" : command->note);
    if (trip.order->not_before_at < next_at)
        trip.order->not_before_at = next_at;
    work_order_refresh (tx, trip.order, "no access");
    replan_trigger (tx, trip.order->territory_id, trip.at, REPLAN_TRIGGER_NO_SHOW, trip.visit->id);
    dispatch_decide (tx, trip.order);
}
