/* business_time - calendars of the scheduler and which of them a promise runs on: the target's own, else that of the
 * site's territory. No calendar at all means that all time counts. */
#include <string.h>

#include "calendars.h"
#include "promise.h"

calendar_t *
business_time_always (tx_t *tx, const char *time_zone)
{
    const char *zone = is_empty (time_zone) ? "UTC" : time_zone;
    blob_t details = tx_pack (tx, calendar_details (.name = "24x7", .time_zone = (char *) zone, .always_open = true));
    return calendars_get (tx_printf (tx, "24x7 %s", zone), 1, details);
}

static calendar_t *
s_known (tx_t *tx, const char *calendar_id, int64_t *ret_version)
{
    known_calendar_t *row = tx_get (tx, known_calendar, calendar_id);
    if (!row)
        return NULL;
    *ret_version = row->version;
    return calendars_get (row->id, row->version, row->details);
}

bool
business_time_find (tx_t *tx, const sla_case_t *sla_case, const sla_target_spec_t *target, terms_t *ret_terms)
{
    ret_terms->calendar_id = "";
    if (target->budget_type == BUDGET_TYPE_ELAPSED_24X7) {
        ret_terms->promise.calendar = business_time_always (tx, "");
        return true;
    }
    territory_t *territory = tx_get (tx, territory, sla_case->territory_id);
    const char *calendar_id = !is_empty (target->calendar_id) ? target->calendar_id
        : territory ? territory->calendar_id : "";
    if (is_empty (calendar_id))
        ret_terms->promise.calendar = business_time_always (tx, territory ? territory->time_zone : "");
    else
        ret_terms->promise.calendar = s_known (tx, calendar_id, &ret_terms->calendar_version);
    ret_terms->calendar_id = calendar_id;
    return ret_terms->promise.calendar != NULL;
}

calendar_t *
business_time_of_territory (tx_t *tx, const char *territory_id)
{
    int64_t version;
    territory_t *territory = tx_get (tx, territory, territory_id);
    return territory ? s_known (tx, territory->calendar_id, &version) : NULL;
}

/* A promise in the hours that are closed is one for the next opening; at closing time it stands. */
int64_t
business_time_opens (tx_t *tx, const char *calendar_id, int64_t at)
{
    int64_t version;
    calendar_t *calendar = is_empty (calendar_id) ? NULL : s_known (tx, calendar_id, &version);
    if (!calendar || calendar_is_open (calendar, at) || calendar_is_open (calendar, at - 1))
        return at;
    int64_t opens_at = calendar_next_open (calendar, at);
    return opens_at == CALENDAR_NEVER ? at : opens_at;
}

/* The same content again is no reason to count anything again. */
void
on_calendar_published (tx_t *tx, const calendar_published_t *event)
{
    known_calendar_t *row = tx_need (tx, known_calendar, event->calendar_id);
    if (!event->details || event->version <= row->version)
        return;
    row->version = event->version;
    row->details = tx_pack (tx, &event->details->base);
    calendar_t *calendar = calendars_get (row->id, row->version, row->details);
    if (!calendar)
        tx_fail (tx, "calendar %s version %lld can not be used", event->calendar_id, (long long) event->version);
    int64_t fingerprint = (int64_t) calendar_fingerprint (calendar);
    if (fingerprint == row->fingerprint)
        return;
    row->fingerprint = fingerprint;
    sweep_begin (tx, SWEEP_CALENDAR, row->id);
}

void
on_territory_published (tx_t *tx, const territory_published_t *event)
{
    territory_t *row = tx_need (tx, territory, event->territory_id);
    if (!event->details)
        return;
    bool is_same = strcmp (row->calendar_id ? row->calendar_id : "", event->details->calendar_id) == 0
        && strcmp (row->time_zone ? row->time_zone : "", event->details->time_zone) == 0;
    row->calendar_id = event->details->calendar_id;
    row->time_zone = event->details->time_zone;
    row->parent_id = event->details->parent_id;
    if (!is_same)
        sweep_begin (tx, SWEEP_TERRITORY, row->id);
}
