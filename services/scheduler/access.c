/* access.c - when one may come in: what the asset says, else the site, else the customer. */
#include "scheduler.h"
#include <string.h>

void
access_of_site (tx_t *tx, site_t *site, const site_published_t *event)
{
    const site_details_t *details = event->details;
    site->version = event->version;
    site->access_calendar_id = event->access_calendar_id;
    site->access_hours = (blob_t) { NULL, 0 };
    if (details->n_access_hours)
        site->access_hours = tx_pack (tx, &calendars_weekly (tx_arena (tx), event->time_zone, details->access_hours,
            details->n_access_hours)->base);
}

calendar_t *
access_of (tx_t *tx, const char *site_id, const char *asset_id, const char **ret_unknown_id)
{
    site_t *site = tx_get (tx, site, site_id);
    asset_t *asset = tx_get (tx, asset, asset_id);
    const char *named = asset && !is_empty (asset->access_calendar_id) ? asset->access_calendar_id
        : site ? site->access_calendar_id : "";
    calendar_t *calendar = calendar_of (tx, named);
    *ret_unknown_id = is_empty (named) || calendar ? NULL : named;
    if (!is_empty (named) || !site || !site->access_hours.size)
        return calendar;
    return calendars_get (tx_printf (tx, "site %s", site->id), site->version, site->access_hours);
}

calendar_t *
access_of_order (tx_t *tx, const char *work_order_id)
{
    const char *unknown_id;
    work_order_t *order = tx_get (tx, work_order, work_order_id);
    if (!order)
        return NULL;
    const work_order_created_t *created = tx_unpack (tx, work_order_created, order->created);
    return access_of (tx, created->site_id, created->asset_id, &unknown_id);
}

void
access_review (tx_t *tx, const char *calendar_id)
{
    list_t assets = tx_find (tx, asset, access_calendar_id, calendar_id);
    EACH (site, site, tx_find (tx, site, access_calendar_id, calendar_id))
        readiness_review_site (tx, site->id);
    EACH (asset, asset, assets)
        readiness_review_site (tx, asset->site_id);
}
