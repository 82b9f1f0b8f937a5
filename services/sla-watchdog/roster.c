/* roster - whom to call: on-call rosters, the tree of territories, absences, as the scheduler and intake publish
 * them. */
#include "sla-watchdog.h"

static char *
s_place (tx_t *tx, const char *territory_id, const char *role)
{
    return tx_printf (tx, "%s %s", territory_id, role);
}

void
on_on_call_roster_published (tx_t *tx, const on_call_roster_published_t *event)
{
    if (!event->details)
        tx_fail (tx, "roster %s came without details: the publisher must send its full state", event->roster_id);
    on_call_roster_t *roster = tx_need (tx, on_call_roster, event->roster_id);
    roster->place = event->details->retired ? "" : s_place (tx, event->details->territory_id, event->details->role);
    roster->details = tx_pack (tx, &event->details->base);
}

static void
s_retire (tx_t *tx, const char *person_id, const char *name, bool is_retired)
{
    retired_person_t *retired = tx_get (tx, retired_person, person_id);
    if (is_retired && !retired)
        tx_put (tx, retired_person, { .id = (char *) person_id, .name = (char *) name });
    else if (!is_retired && retired)
        tx_delete (tx, retired_person, retired);
}

void
on_person_published (tx_t *tx, const person_published_t *event)
{
    if (event->details)
        s_retire (tx, event->person_id, event->details->name, event->details->retired);
}

void
on_engineer_published (tx_t *tx, const engineer_published_t *event)
{
    if (event->details)
        s_retire (tx, event->engineer_id, event->details->name, event->details->retired);
}

void
on_absence_recorded (tx_t *tx, const absence_recorded_t *event)
{
    absence_t *absence = tx_need (tx, absence, event->absence_id);
    absence->person_id = event->engineer_id;
    absence->from_at = event->from_at;
    absence->to_at = event->to_at;
    tx_timer_set (tx, "absence_over", absence->id, absence->to_at);
}

static void
s_forget (tx_t *tx, const char *absence_id)
{
    absence_t *absence = tx_get (tx, absence, absence_id);
    if (absence)
        tx_delete (tx, absence, absence);
}

void
on_absence_cancelled (tx_t *tx, const absence_cancelled_t *event)
{
    tx_timer_clear (tx, "absence_over", event->absence_id);
    s_forget (tx, event->absence_id);
}

void
on_absence_over (tx_t *tx, const wakeup_t *wakeup)
{
    s_forget (tx, wakeup->id);
}

bool
roster_is_absent (tx_t *tx, const char *person_id, int64_t at)
{
    EACH (absence, absence, tx_find (tx, absence, person_id, person_id))
        if (absence->from_at <= at && at < absence->to_at)
            return true;
    return tx_get (tx, retired_person, person_id) != NULL;
}

static bool
s_look_up (tx_t *tx, const char *territory_id, const char *role, on_call_place_t *ret_place)
{
    territory_t *territory = tx_get (tx, territory, territory_id);
    if (!territory)
        return false;
    *ret_place = (on_call_place_t) { .parent_id = territory->parent_id, .time_zone = territory->time_zone };
    EACH (on_call_roster, roster, tx_find (tx, on_call_roster, place, s_place (tx, territory_id, role))) {
        ret_place->roster_id = roster->id;
        ret_place->roster = tx_unpack (tx, on_call_roster_details, roster->details);
    }
    return true;
}

int
roster_people (tx_t *tx, const char *territory_id, const char *role, int64_t at, on_call_t people [ON_CALL_MAX])
{
    static const on_call_source_t source = { s_look_up, roster_is_absent };
    return on_call_list (tx, &source, territory_id, role, at, people);
}
