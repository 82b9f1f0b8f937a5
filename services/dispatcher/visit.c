/* visit - one trip of one engineer to one site: what every step of it has in common. */
#include "dispatcher.h"
#include <ctype.h>
#include <string.h>

ENTITY_TABLE (visit, VISIT_FIELDS, "work_order_id", "open_engineer_id", "planned_territory_id");

/* "visit.not_offered" when the message is meant for offered visits. */
void
visit_refuse (tx_t *tx, const visit_t *visit, const char *message)
{
    const size_t prefix = strlen ("VISIT_STATE_");
    const char *expected = enum_name (&visit_state_descriptor,
        machine_expects (visit_transitions, message)) + prefix;
    char *code = tx_printf (tx, "visit.not_%s", expected);
    for (char *c = code; *c; c++)
        *c = (char) tolower ((unsigned char) *c);
    const char *why = is_empty (visit->reason) ? "" : tx_printf (tx, " (%s)", visit->reason);
    tx_reject (tx, code, "visit %s is %s%s, and %s is for a visit that is %s: look at it again",
               visit->id, enum_name (&visit_state_descriptor, visit->state) + prefix, why, message,
               expected);
}

bool
visit_is_of_speaker (tx_t *tx, const visit_t *visit)
{
    if (tx_may_speak_for (tx, visit->engineer_id) || tx_may_speak_for (tx, visit->provider_id))
        return true;
    return tx_reject (tx, "visit.not_yours", "visit %s is not %s's", visit->id, tx_speaker (tx)), false;
}

bool
visit_may (tx_t *tx, const char *visit_id, const char *engineer_id, const char *message,
    trip_t *ret_trip)
{
    visit_t *visit = tx_get (tx, visit, visit_id);
    if (!visit)
        return tx_reject (tx, "visit.unknown", "no visit %s: look the id up again", visit_id),
            false;
    if (!is_empty (engineer_id) && strcmp (engineer_id, visit->engineer_id) != 0
        && strcmp (engineer_id, visit->provider_id) != 0)
        return tx_reject (tx, "visit.not_yours", "visit %s is not engineer %s's", visit->id,
            engineer_id), false;
    if (!visit_is_of_speaker (tx, visit))
        return false;
    work_order_t *order = tx_get (tx, work_order, visit->work_order_id);
    if (!machine_next (visit_transitions, visit->state, message))
        return visit_refuse (tx, visit, message), false;
    int64_t at = tx_time (tx) > visit->phase_at ? tx_time (tx) : visit->phase_at;
    *ret_trip = (trip_t) { .visit = visit, .order = order, .at = at };
    tx_correlate (tx, order->root_id);
    tx_accept (tx, visit->id);
    return true;
}

void
visit_move (visit_t *visit, const char *message, int64_t at)
{
    visit->state = machine_next (visit_transitions, visit->state, message);
    visit->phase_at = at;
}

/* Time that was running when the visit ended. */
static void
s_close_time (tx_t *tx, visit_t *visit, int64_t at)
{
    if (visit->state == VISIT_STATE_TRAVELLING)
        time_entry_derive (tx, visit, TIME_KIND_TRAVEL, visit->phase_at, at);
    else if (visit->state == VISIT_STATE_WORKING)
        time_entry_derive (tx, visit, TIME_KIND_WORK, visit->phase_at, at);
}

int
visit_others (tx_t *tx, const work_order_t *order, const visit_t *but, visit_t ***ret_others)
{
    list_t all = tx_find (tx, visit, work_order_id, order->id);
    int count = 0;
    *ret_others = arena_array (tx_arena (tx), (size_t) all.count + 1, sizeof **ret_others);
    EACH (visit, visit, all)
        if (visit != but && !is_empty (visit->open_engineer_id))
            (*ret_others) [count++] = visit;
    return count;
}

void
visit_end_all (tx_t *tx, work_order_t *order, const char *message, const char *reason)
{
    visit_t **open;
    int count = visit_others (tx, order, NULL, &open);
    for (int i = 0; i < count; i++)
        tx_need (tx, diary, open [i]->engineer_id);
    for (int i = 0; i < count; i++) {
        int64_t at = tx_time (tx) > open [i]->phase_at ? tx_time (tx) : open [i]->phase_at;
        if (machine_next (visit_transitions, open [i]->state, message))
            visit_end (tx, &(trip_t) { .visit = open [i], .order = order, .at = at }, message, reason);
    }
}

const crew_t *
visit_crew (tx_t *tx, const visit_t *visit)
{
    return tx_unpack (tx, crew, visit->crew);
}

void
visit_free (tx_t *tx, const visit_t *visit)
{
    const crew_t *crew = visit_crew (tx, visit);
    diary_erase (tx, tx_need (tx, diary, visit->engineer_id), visit->id);
    for (size_t i = 0; i < crew->n_engineer_ids; i++)
        diary_erase (tx, tx_need (tx, diary, crew->engineer_ids [i]), visit->id);
}

void
visit_end (tx_t *tx, const trip_t *trip, const char *message, const char *reason)
{
    visit_t *visit = trip->visit;
    visit_t **others;
    int other_count = visit_others (tx, trip->order, visit, &others);
    s_close_time (tx, visit, trip->at);
    bool was_accepted = visit->state >= VISIT_STATE_ACCEPTED;
    visit_move (visit, message, trip->at);
    visit->open_engineer_id = visit->planned_territory_id = "";
    lock_keep (tx, trip->order, visit);
    visit->reason = (char *) reason;
    trip->order->open_visit_id = other_count ? others [0]->id : "";
    visit_free (tx, visit);
    tx_timer_clear (tx, "offer_expires", visit->id);
    tx_timer_clear (tx, "visit_overruns", visit->id);
    tx_emit_at (tx, trip->at, visit_ended (
        .visit_id = visit->id, .work_order_id = visit->work_order_id,
        .engineer_id = visit->engineer_id, .state = visit->state, .reason = (char *) reason,
        .request_id = trip->order->request_id, .provider_id = visit->provider_id,
        .is_moved = trip->is_moved));
    if (was_accepted)
        crew_release (tx, trip, reason);
}
