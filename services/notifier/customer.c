/* customer.c - customers, their people, sites and assets, and our own territories, engineers, parts
 * and places, as others publish them. */
#include "notifier.h"

ENTITY_TABLE (customer, CUSTOMER_FIELDS);
ENTITY_TABLE (contact, CONTACT_FIELDS, "site_id", "whole_customer_id");
ENTITY_TABLE (site, SITE_FIELDS);
ENTITY_TABLE (asset, ASSET_FIELDS);
ENTITY_TABLE (engineer, ENGINEER_FIELDS);
ENTITY_TABLE (person, PERSON_FIELDS);
ENTITY_CACHED (territory, TERRITORY_FIELDS);
ENTITY_CACHED (item, ITEM_FIELDS);
ENTITY_CACHED (location, LOCATION_FIELDS);

static void
s_customer (tx_t *tx, const char *id, const customer_details_t *details)
{
    if (!details)
        tx_fail (
            tx, "customer %s came without details: the publisher must send its full state", id);
    customer_t *row = tx_need (tx, customer, id);
    row->name = details->name;
    row->email = details->email;
    row->phone = details->phone;
    row->language = (int) details->language;
    notice_resume (tx, "customer", id);
}

void
on_customer_registered (tx_t *tx, const customer_registered_t *event)
{
    s_customer (tx, event->customer_id, event->details);
    on_event (tx, &event->base);
}

void
on_customer_updated (tx_t *tx, const customer_updated_t *event)
{
    s_customer (tx, event->customer_id, event->details);
    on_event (tx, &event->base);
}

static blob_t
s_lists (tx_t *tx, channel_t *channels, size_t n_channels)
{
    preference_lists_t lists = {
        .base = preference_lists_init, .n_channels = n_channels, .channels = channels
    };
    return tx_pack (tx, &lists.base);
}

void
on_contact_published (tx_t *tx, const contact_published_t *event)
{
    const contact_details_t *details = event->details;
    if (!details)
        tx_fail (tx, "contact %s came without details: the publisher must send its full state",
            event->contact_id);
    contact_t *row = tx_need (tx, contact, event->contact_id);
    row->customer_id = details->customer_id;
    row->site_id = details->site_id;
    row->whole_customer_id = is_empty (details->site_id) ? details->customer_id : "";
    row->name = details->name;
    row->phone = details->phone;
    row->email = details->email;
    row->language = (int) details->language;
    row->lists = s_lists (tx, details->channels, details->n_channels);
    row->is_manager = details->is_manager;
    on_event (tx, &event->base);
}

void
on_territory_published (tx_t *tx, const territory_published_t *event)
{
    const territory_details_t *details = event->details;
    if (!details)
        tx_fail (tx, "territory %s came without details: the publisher must send its full state",
            event->territory_id);
    territory_t *row = tx_need (tx, territory, event->territory_id);
    row->name = details->name;
    row->language = (int) details->language;
    row->time_zone = details->time_zone;
    row->manager_email = details->manager_email;
    notice_resume (tx, "territory", row->id);
    on_event (tx, &event->base);
}

void
on_site_published (tx_t *tx, const site_published_t *event)
{
    const site_details_t *details = event->details;
    if (!details)
        tx_fail (tx, "site %s came without details: the publisher must send its full state",
            event->site_id);
    site_t *row = tx_need (tx, site, event->site_id);
    row->customer_id = details->customer_id;
    row->name = details->name;
    row->address = details->address;
    row->time_zone = is_empty (event->time_zone) ? details->time_zone : event->time_zone;
    row->territory_id = details->territory_id;
    notice_resume (tx, "site", row->id);
    on_event (tx, &event->base);
}

void
on_asset_published (tx_t *tx, const asset_published_t *event)
{
    if (!event->details)
        tx_fail (tx, "asset %s came without details: the publisher must send its full state",
            event->asset_id);
    asset_t *row = tx_need (tx, asset, event->asset_id);
    row->model = event->details->model;
    row->serial = event->details->serial;
    on_event (tx, &event->base);
}

static void
s_keep_engineer (tx_t *tx, const char *id, const engineer_details_t *details)
{
    engineer_t *row = tx_need (tx, engineer, id);
    row->name = details->name;
    row->phone = details->phone;
    row->email = details->email;
    row->language = (int) details->language;
    row->territory_id = details->territory_id;
    row->time_zone = details->time_zone;
    notice_resume (tx, "engineer", row->id);
    notice_resume (tx, "person", row->id);
}

void
on_engineer_published (tx_t *tx, const engineer_published_t *event)
{
    if (!event->details)
        tx_fail (tx, "engineer %s came without details: the publisher must send its full state",
            event->engineer_id);
    s_keep_engineer (tx, event->engineer_id, event->details);
    on_event (tx, &event->base);
}

/* Whoever does visits is told of them in the same way, be it a company. */
void
on_provider_published (tx_t *tx, const provider_published_t *event)
{
    const provider_details_t *details = event->details;
    if (!details)
        tx_fail (tx, "provider %s came without details: the publisher must send its full state",
            event->provider_id);
    s_keep_engineer (tx, event->provider_id, &(engineer_details_t) {
        .name = details->name, .phone = details->phone, .email = details->email,
        .language = details->language, .time_zone = details->time_zone,
        .territory_id = details->n_territory_ids ? details->territory_ids [0] : (char *) "" });
    on_event (tx, &event->base);
}

void
on_person_published (tx_t *tx, const person_published_t *event)
{
    const person_details_t *details = event->details;
    if (!details)
        tx_fail (tx, "person %s came without details: the publisher must send its full state",
            event->person_id);
    person_t *row = tx_need (tx, person, event->person_id);
    row->name = details->name;
    row->phone = details->phone;
    row->email = details->email;
    row->language = (int) details->language;
    row->territory_id = details->territory_id;
    row->time_zone = details->time_zone;
    row->lists = s_lists (tx, details->channels, details->n_channels);
    notice_resume (tx, "person", row->id);
    on_event (tx, &event->base);
}

void
on_item_published (tx_t *tx, const item_published_t *event)
{
    if (!event->details)
        tx_fail (tx, "item %s came without details: the publisher must send its full state",
            event->item_id);
    item_t *row = tx_need (tx, item, event->item_id);
    row->name = event->details->name;
    row->unit = event->details->unit;
    on_event (tx, &event->base);
}

void
on_location_published (tx_t *tx, const location_published_t *event)
{
    if (!event->details)
        tx_fail (tx, "location %s came without details: the publisher must send its full state",
            event->location_id);
    location_t *row = tx_need (tx, location, event->location_id);
    row->name = event->details->name;
    row->territory_id = event->details->territory_id;
    notice_resume (tx, "location", row->id);
    on_event (tx, &event->base);
}
