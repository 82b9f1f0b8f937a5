/* projections - what others own and the dispatcher keeps a part of. */
#include "dispatcher.h"
#include "calendars.h"
#include <string.h>

ENTITY_TABLE (customer, CUSTOMER_FIELDS, NULL);
ENTITY_CACHED (territory, TERRITORY_FIELDS, NULL);
ENTITY_TABLE (site, SITE_FIELDS, NULL);
ENTITY_TABLE (asset, ASSET_FIELDS, NULL);
ENTITY_CACHED (shift_calendar, SHIFT_CALENDAR_FIELDS, NULL);
ENTITY_TABLE (promise, PROMISE_FIELDS, NULL);
ENTITY_TABLE (entitlement, ENTITLEMENT_FIELDS, NULL);

static void
s_keep_customer (tx_t *tx, const char *id, const customer_details_t *details)
{
    customer_t *customer = tx_need (tx, customer, id);
    if (details) {
        customer->name = details->name;
        customer->language = details->language;
    }
}

void
on_customer_registered (tx_t *tx, const customer_registered_t *event)
{
    s_keep_customer (tx, event->customer_id, event->details);
}

void
on_customer_updated (tx_t *tx, const customer_updated_t *event)
{
    s_keep_customer (tx, event->customer_id, event->details);
}

void
on_customer_merged (tx_t *tx, const customer_merged_t *event)
{
    customer_t *customer = tx_need (tx, customer, event->customer_id);
    customer->survivor_id = event->survivor_id;
}

void
on_territory_published (tx_t *tx, const territory_published_t *event)
{
    territory_t *territory = tx_need (tx, territory, event->territory_id);
    if (!event->details)
        return;
    territory->parent_id = event->details->parent_id;
    territory->time_zone = event->details->time_zone;
    territory->language = event->details->language;
}

void
on_site_published (tx_t *tx, const site_published_t *event)
{
    const site_details_t *details = event->details;
    site_t *site = tx_need (tx, site, event->site_id);
    if (!details)
        return;
    site->customer_id = details->customer_id;
    site->territory_id = details->territory_id;
    site->name = details->name;
    site->address = details->address;
    site->time_zone = is_empty (event->time_zone) ? details->time_zone : event->time_zone;
    site->has_point = details->point;
    site->latitude = details->point ? details->point->latitude : 0;
    site->longitude = details->point ? details->point->longitude : 0;
    site->version = event->version;
    site->access_calendar_id = event->access_calendar_id;
    site->access_hours = (blob_t) { NULL, 0 };
    if (details->n_access_hours)
        site->access_hours = tx_pack (tx, &calendars_weekly (tx_arena (tx), site->time_zone,
            details->access_hours, details->n_access_hours)->base);
}

void
on_asset_published (tx_t *tx, const asset_published_t *event)
{
    asset_t *asset = tx_need (tx, asset, event->asset_id);
    if (!event->details)
        return;
    asset->model = event->details->model;
    asset->serial = event->details->serial;
    asset->device_type = event->details->device_type;
    asset->access_calendar_id = event->details->access_calendar_id;
}

void
on_calendar_published (tx_t *tx, const calendar_published_t *event)
{
    shift_calendar_t *calendar = tx_need (tx, shift_calendar, event->calendar_id);
    if (!event->details || calendar->version >= event->version)
        return;
    calendar->version = event->version;
    calendar->details = tx_pack (tx, &event->details->base);
}

/* The promise may come before the order it is about, and before anyone asks for one. A clock that
 * waits without end promises nothing. */
static void
s_promise (tx_t *tx, const char *case_id, milestone_t milestone, int64_t arrive_at)
{
    if (milestone != MILESTONE_ARRIVE)
        return;
    promise_t *promise = tx_get (tx, promise, case_id);
    if (promise && !arrive_at)
        tx_delete (tx, promise, promise);
    else if (promise)
        promise->arrive_at = arrive_at;
    else if (arrive_at)
        tx_put (tx, promise, { .id = (char *) case_id, .arrive_at = arrive_at });
    if (arrive_at)
        dispatch_promised (tx, case_id, arrive_at);
}

void
on_sla_clock_started (tx_t *tx, const sla_clock_started_t *event)
{
    s_promise (tx, event->case_id, event->milestone, event->due_at);
}

void
on_sla_clock_recomputed (tx_t *tx, const sla_clock_recomputed_t *event)
{
    s_promise (tx, event->case_id, event->milestone, event->due_at);
}

void
on_sla_clock_resumed (tx_t *tx, const sla_clock_resumed_t *event)
{
    s_promise (tx, event->case_id, event->milestone, event->due_at);
}

void
on_sla_clock_met (tx_t *tx, const sla_clock_met_t *event)
{
    s_promise (tx, event->case_id, event->milestone, 0);
}

void
on_sla_clock_missed (tx_t *tx, const sla_clock_missed_t *event)
{
    s_promise (tx, event->case_id, event->milestone, 0);
}

void
on_sla_clock_cancelled (tx_t *tx, const sla_clock_cancelled_t *event)
{
    s_promise (tx, event->case_id, event->milestone, 0);
}

void
on_entitlement_resolved (tx_t *tx, const entitlement_resolved_t *event)
{
    entitlement_t *entitlement = tx_get (tx, entitlement, event->request_id);
    if (entitlement)
        entitlement->contract_id = event->contract_id;
    else if (!is_empty (event->contract_id))
        tx_put (tx, entitlement, { .id = event->request_id, .contract_id = event->contract_id });
}

geo_point_t *
site_point (tx_t *tx, const site_t *site)
{
    if (!site || !site->has_point)
        return NULL;
    geo_point_t *point = message_new (tx_arena (tx), geo_point);
    point->latitude = site->latitude;
    point->longitude = site->longitude;
    return point;
}

calendar_t *
site_access (tx_t *tx, const site_t *site, const char *asset_id)
{
    const asset_t *asset = tx_get (tx, asset, asset_id);
    const char *named = asset && !is_empty (asset->access_calendar_id) ? asset->access_calendar_id
        : site ? site->access_calendar_id : "";
    const shift_calendar_t *calendar = tx_get (tx, shift_calendar, named);
    if (calendar && calendar->version)
        return calendars_get (calendar->id, calendar->version, calendar->details);
    if (!is_empty (named) || !site || !site->access_hours.size)
        return NULL;
    return calendars_get (tx_printf (tx, "site %s", site->id), site->version, site->access_hours);
}

int
territory_path (tx_t *tx, const char *id, const char *ret_ids [TERRITORY_DEPTH_MAX])
{
    int count = 0;
    tx_all (tx, territory);
    while (!is_empty (id) && count < TERRITORY_DEPTH_MAX) {
        ret_ids [count++] = id;
        const territory_t *territory = tx_get (tx, territory, id);
        id = territory ? territory->parent_id : NULL;
    }
    return count;
}

bool
territory_is_below (tx_t *tx, const territory_t *territory, const char *above_id)
{
    const char *path [TERRITORY_DEPTH_MAX];
    int depth = territory_path (tx, territory->id, path);
    for (int i = 0; i < depth; i++)
        if (strcmp (path [i], above_id) == 0)
            return true;
    return false;
}

language_t
customer_language (tx_t *tx, const char *customer_id, const char *territory_id)
{
    const customer_t *customer = tx_get (tx, customer, customer_id);
    const territory_t *territory = tx_get (tx, territory, territory_id);
    if (customer && customer->language)
        return customer->language;
    return territory && territory->language ? (language_t) territory->language : LANGUAGE_EN;
}
