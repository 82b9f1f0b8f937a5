/* site - a place of a customer: where, in which territory and zone, and when one may come in. */
#include "intake.h"

ENTITY_TABLE (site, SITE_FIELDS, "customer_id", "territory_id");

enum { ACCESS_HOURS_MAX = 64 };

static char *
s_zone (tx_t *tx, const site_t *site)
{
    if (!is_empty (site->time_zone))
        return site->time_zone;
    territory_t *territory = tx_get (tx, territory, site->territory_id);
    return territory ? territory->time_zone : "";
}

/* The site's word weighs more than its customer's. */
static char *
s_access (tx_t *tx, const site_details_t *details)
{
    if (!is_empty (details->access_calendar_id) || details->n_access_hours)
        return details->access_calendar_id;
    const customer_t *customer = customer_get (tx, details->customer_id);
    return customer ? tx_unpack (tx, customer_details, customer->details)->access_calendar_id : "";
}

void
site_publish (tx_t *tx, site_t *site, const site_details_t *details)
{
    site->customer_id = details->customer_id;
    site->territory_id = details->territory_id;
    site->time_zone = details->time_zone;
    site->region_class = details->region_class;
    site->details = tx_pack (tx, &details->base);
    site->version++;
    tx_emit (tx,
        site_published (.site_id = site->id, .details = (site_details_t *) details,
            .version = site->version, .time_zone = s_zone (tx, site),
            .access_calendar_id = s_access (tx, details)));
}

static bool
s_hours_are_valid (tx_t *tx, const site_details_t *details)
{
    for (size_t i = 0; i < details->n_access_hours; i++) {
        const weekly_interval_t *hours = details->access_hours [i];
        if (!valid_int (tx, "weekday", hours->weekday, 1, 7)
            || !valid_clock (tx, "start", hours->start) || !valid_clock (tx, "end", hours->end))
            return false;
    }
    return valid_int (tx, "access_hours", (int64_t) details->n_access_hours, 0, ACCESS_HOURS_MAX);
}

static bool
s_is_valid (tx_t *tx, const char *id, const site_details_t *details)
{
    if (!valid_id (tx, "site_id", id))
        return false;
    if (!details)
        return tx_reject (tx, "details.missing",
                   "site %s has no details: give customer and territory", id),
               false;
    return valid_id (tx, "customer_id", details->customer_id)
        && valid_text (tx, "name", details->name, 0, 200)
        && valid_text (tx, "address", details->address, 0, 500)
        && valid_point (tx, "point", details->point)
        && (is_empty (details->time_zone) || valid_zone (tx, "time_zone", details->time_zone))
        && valid_id (tx, "territory_id", details->territory_id)
        && (!details->region_class
            || valid_enum (tx, "region_class", &region_class_descriptor, details->region_class))
        && valid_optional_id (tx, "access_calendar_id", details->access_calendar_id)
        && s_hours_are_valid (tx, details);
}

/* The place that a request without a region class belongs to is the nearest one: a city. */
static site_details_t
s_completed (const site_details_t *given, char *customer_id)
{
    site_details_t details = *given;
    details.customer_id = customer_id;
    if (!details.region_class)
        details.region_class = REGION_CLASS_CITY;
    return details;
}

void
on_register_site (tx_t *tx, const register_site_t *command)
{
    if (!s_is_valid (tx, command->site_id, command->details))
        return;
    customer_t *customer = customer_known (tx, command->details->customer_id);
    territory_t *territory = tx_get (tx, territory, command->details->territory_id);
    if (!customer)
        return;
    if (!territory)
        return tx_reject (tx, "territory.unknown", "no territory %s: register it first",
            command->details->territory_id);
    site_details_t details = s_completed (command->details, customer->id);
    site_t *site = tx_need (tx, site, command->site_id);
    tx_accept (tx, site->id);
    if (!blob_same (site->details, tx_pack (tx, &details.base)))
        site_publish (tx, site, &details);
}
