/* projection.c - what others own and billing must know: customers, sites, assets, territories, calendars. */
#include "billing.h"

const zone_t *
zone_or_utc (const char *name)
{
    const zone_t *zone = is_empty (name) ? NULL : zone_find (name, NULL);
    return zone ? zone : zone_find ("UTC", NULL);
}

static void
s_customer (tx_t *tx, const char *customer_id, const customer_details_t *details)
{
    customer_t *customer = tx_need (tx, customer, customer_id);
    customer->known = true;
    if (details) {
        customer->currency = details->currency;
        customer->payment_days = details->payment_days;
    }
    work_order_wake (tx, tx_printf (tx, "customer:%s", customer_id));
}

void
on_customer_registered (tx_t *tx, const customer_registered_t *ev)
{
    s_customer (tx, ev->customer_id, ev->details);
}

void
on_customer_updated (tx_t *tx, const customer_updated_t *ev)
{
    s_customer (tx, ev->customer_id, ev->details);
}

/* The survivor has the contracts from now on. */
void
on_customer_merged (tx_t *tx, const customer_merged_t *ev)
{
    customer_t *customer = tx_need (tx, customer, ev->customer_id);
    list_t contracts = tx_find (tx, contract, customer_id, ev->customer_id);
    customer->merged_into = ev->survivor_id;
    EACH (contract, contract, contracts)
        contract->customer_id = ev->survivor_id;
}

/* A survivor may be merged again; intake allows no circle, but nothing here may hang on it. */
char *
customer_survivor (tx_t *tx, const char *customer_id)
{
    char *id = (char *) customer_id;
    for (int hops = 0; hops < 16; hops++) {
        customer_t *customer = tx_get (tx, customer, id);
        if (!customer || is_empty (customer->merged_into))
            break;
        id = customer->merged_into;
    }
    return id;
}

void
on_territory_published (tx_t *tx, const territory_published_t *ev)
{
    territory_t *territory = tx_need (tx, territory, ev->territory_id);
    if (ev->details) {
        territory->time_zone = ev->details->time_zone;
        territory->calendar_id = ev->details->calendar_id;
        territory->currency = ev->details->currency;
    }
    work_order_wake (tx, tx_printf (tx, "territory:%s", territory->id));
}

void
on_site_published (tx_t *tx, const site_published_t *ev)
{
    site_t *site = tx_need (tx, site, ev->site_id);
    site->time_zone = ev->time_zone;
    if (ev->details) {
        site->customer_id = ev->details->customer_id;
        site->territory_id = ev->details->territory_id;
    }
}

void
on_asset_published (tx_t *tx, const asset_published_t *ev)
{
    asset_t *asset = tx_need (tx, asset, ev->asset_id);
    if (ev->details) {
        asset->customer_id = ev->details->customer_id;
        asset->site_id = ev->details->site_id;
        asset->device_type = ev->details->device_type;
        asset->warranty_from_at = ev->details->warranty_from_at;
        asset->warranty_until_at = ev->details->warranty_until_at;
    }
    work_order_wake (tx, tx_printf (tx, "asset:%s", asset->id));
}

void
on_calendar_published (tx_t *tx, const calendar_published_t *ev)
{
    business_calendar_t *calendar = tx_need (tx, business_calendar, ev->calendar_id);
    if (ev->version < calendar->version || !ev->details)
        return;
    calendar->version = ev->version;
    calendar->details = tx_pack (tx, &ev->details->base);
    work_order_wake (tx, tx_printf (tx, "calendar:%s", calendar->id));
}
