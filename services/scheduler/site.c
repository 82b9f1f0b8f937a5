/* site.c - what is known of places and people: enough to say whether an engineer finds the place and can call. */
#include "scheduler.h"
#include <string.h>

void
on_site_published (tx_t *tx, const site_published_t *event)
{
    if (!event->details)
        tx_fail (tx, "site %s is published without details", event->site_id);
    site_t *site = tx_need (tx, site, event->site_id);
    list_t plans = tx_find (tx, maintenance_plan, site_id, site->id);
    bool zone_changed = is_empty (site->time_zone) || strcmp (site->time_zone, event->time_zone) != 0;
    site->customer_id = event->details->customer_id;
    site->territory_id = event->details->territory_id;
    site->time_zone = event->time_zone;
    site->has_location = !is_empty (event->details->address) || event->details->point;
    access_of_site (tx, site, event);
    readiness_review_site (tx, site->id);
    if (zone_changed)
        EACH (maintenance_plan, plan, plans)
            plan_advance (tx, plan);
}

/* Maintenance goes where the asset goes. */
void
on_asset_published (tx_t *tx, const asset_published_t *event)
{
    if (!event->details)
        tx_fail (tx, "asset %s is published without details", event->asset_id);
    asset_t *asset = tx_need (tx, asset, event->asset_id);
    asset->site_id = event->details->site_id;
    asset->retired = event->details->retired;
    bool same_access = strcmp (asset->access_calendar_id, event->details->access_calendar_id) == 0;
    asset->access_calendar_id = event->details->access_calendar_id;
    EACH (maintenance_plan, plan, tx_find (tx, maintenance_plan, asset_id, asset->id))
        if (!is_empty (asset->site_id) && strcmp (plan->site_id, asset->site_id) != 0) {
            plan->site_id = asset->site_id;
            plan_advance (tx, plan);
        }
    if (!same_access)
        readiness_review_site (tx, asset->site_id);
}

/* Both where it was and where it is now: a contact that moves takes its phone along. */
void
on_contact_published (tx_t *tx, const contact_published_t *event)
{
    const contact_details_t *details = event->details;
    if (!details)
        tx_fail (tx, "contact %s is published without details", event->contact_id);
    contact_t *contact = tx_need (tx, contact, event->contact_id);
    const char *was_at = contact->site_id, *was_of = contact->customer_id;
    bool has_phone = !is_empty (details->phone);
    contact->customer_id = details->customer_id;
    contact->site_id = details->site_id;
    contact->phone_site_id = has_phone ? details->site_id : "";
    contact->phone_customer_id = has_phone && is_empty (details->site_id) ? details->customer_id : "";
    readiness_review_site (tx, was_at);
    readiness_review_customer (tx, was_of);
    readiness_review_site (tx, contact->site_id);
    readiness_review_customer (tx, contact->customer_id);
}

static void
s_customer (tx_t *tx, const char *customer_id, const customer_details_t *details)
{
    customer_t *customer = tx_need (tx, customer, customer_id);
    customer->has_phone = details && !is_empty (details->phone);
    readiness_review_customer (tx, customer->id);
}

void
on_customer_registered (tx_t *tx, const customer_registered_t *event)
{
    s_customer (tx, event->customer_id, event->details);
}

void
on_customer_updated (tx_t *tx, const customer_updated_t *event)
{
    s_customer (tx, event->customer_id, event->details);
}

/* Orders of the old customer are the survivor's now. */
void
on_customer_merged (tx_t *tx, const customer_merged_t *event)
{
    customer_t *customer = tx_need (tx, customer, event->customer_id);
    list_t orders = tx_find (tx, work_order, open_customer_id, customer->id);
    customer->survivor_id = event->survivor_id;
    EACH (work_order, order, orders)
        if (!order->closed) {
            order->open_customer_id = event->survivor_id;
            readiness_review (tx, order);
        }
}

const char *
customer_now (tx_t *tx, const char *customer_id)
{
    for (int merges = 0; merges < 16; merges++) {
        customer_t *customer = tx_get (tx, customer, customer_id);
        if (!customer || is_empty (customer->survivor_id))
            break;
        customer_id = customer->survivor_id;
    }
    return customer_id;
}

bool
site_has_phone (tx_t *tx, const char *site_id, const char *customer_id)
{
    customer_t *customer = tx_get (tx, customer, customer_id);
    list_t of_site = tx_find (tx, contact, phone_site_id, site_id);
    list_t of_customer = tx_find (tx, contact, phone_customer_id, customer_id);
    EACH (contact, contact, of_site)
        if (!is_empty (contact->phone_site_id))
            return true;
    EACH (contact, contact, of_customer)
        if (!is_empty (contact->phone_customer_id))
            return true;
    return customer && customer->has_phone;
}
