/* asset - an installed unit, with serial or counted: whose, where, since when, and how long under
 * warranty. */
#include "intake.h"

ENTITY_TABLE (asset, ASSET_FIELDS, "customer_id", "site_id", "serial_key");
ENTITY_TABLE (asset_place, ASSET_PLACE_FIELDS, "asset_id");

bool
asset_in_warranty (const asset_t *asset, int64_t at)
{
    return asset->warranty_from_at <= at && at < asset->warranty_until_at;
}

char *
asset_serial_key (tx_t *tx, const char *serial)
{
    char *key = tx_printf (tx, "%s", serial ? serial : ""), *end = key;
    for (const char *c = key; *c; c++) {
        if (*c >= 'a' && *c <= 'z')
            *end++ = (char) (*c - 'a' + 'A');
        else if ((*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || (unsigned char) *c >= 0x80)
            *end++ = *c;
    }
    *end = 0;
    return key;
}

static char *
s_place_id (tx_t *tx, const asset_t *asset)
{
    return tx_printf (tx, "%s:%lld", asset->id, (long long) asset->places);
}

/* Ends the old place and begins a new one when owner, site or retirement has changed. History is
 * only ever added to. */
static void
s_note_place (tx_t *tx, asset_t *asset, const asset_details_t *details)
{
    asset_place_t *last = asset->places ? tx_get (tx, asset_place, s_place_id (tx, asset)) : NULL;
    if (last && !strcmp (last->customer_id, details->customer_id)
        && !strcmp (last->site_id, details->site_id) && last->retired == details->retired)
        return;
    int64_t at = tx_time (tx);
    if (last) {
        at = at < last->from_at ? last->from_at : at;
        last->until_at = at;
    } else if (details->installed_at && details->installed_at < at)
        at = details->installed_at;
    asset->places++;
    tx_put (tx, asset_place,
        { .id = s_place_id (tx, asset),
            .asset_id = asset->id,
            .customer_id = details->customer_id,
            .site_id = details->site_id,
            .retired = details->retired,
            .from_at = at });
}

void
asset_publish (tx_t *tx, asset_t *asset, const asset_details_t *details)
{
    s_note_place (tx, asset, details);
    asset->customer_id = details->customer_id;
    asset->site_id = details->site_id;
    asset->model = details->model;
    asset->device_type = details->device_type;
    asset->serial = details->serial;
    asset->serial_key = asset_serial_key (tx, details->serial);
    asset->warranty_from_at = details->warranty_from_at;
    asset->warranty_until_at = details->warranty_until_at;
    asset->retired = details->retired;
    asset->details = tx_pack (tx, &details->base);
    asset->version++;
    tx_emit (tx,
        asset_published (.asset_id = asset->id, .details = (asset_details_t *) details,
            .version = asset->version));
    if (asset->criticality == details->criticality)
        return;
    asset->criticality = details->criticality;
    EACH (service_request, request, tx_find (tx, service_request, open_asset_id, asset->id))
        triage_again (tx, request);
}

static bool
s_quantity_is_valid (tx_t *tx, const asset_details_t *details)
{
    if (!is_empty (details->serial) && details->quantity > 1)
        return tx_reject (tx, "quantity.serial",
                   "quantity %lld with serial %s: a serial is one unit",
                   (long long) details->quantity, details->serial),
               false;
    return valid_int (tx, "quantity", details->quantity, 0, 1000000000);
}

static bool
s_is_valid (tx_t *tx, const char *id, const asset_details_t *details)
{
    if (!valid_id (tx, "asset_id", id))
        return false;
    if (!details)
        return tx_reject (tx, "details.missing",
                   "asset %s has no details: give customer, site and model", id),
               false;
    return valid_id (tx, "customer_id", details->customer_id)
        && valid_id (tx, "site_id", details->site_id)
        && valid_text (tx, "model", details->model, 1, 100)
        && valid_text (tx, "device_type", details->device_type, 0, 64)
        && valid_text (tx, "serial", details->serial, 0, 100) && s_quantity_is_valid (tx, details)
        && ((!details->warranty_from_at && !details->warranty_until_at)
            || valid_order (tx, "warranty", details->warranty_from_at, details->warranty_until_at))
        && valid_instant (tx, "warranty_from_at", details->warranty_from_at)
        && valid_instant (tx, "warranty_until_at", details->warranty_until_at)
        && valid_int (tx, "criticality", details->criticality, 0, 3)
        && valid_instant (tx, "installed_at", details->installed_at)
        && valid_optional_id (tx, "access_calendar_id", details->access_calendar_id);
}

/* Serials are unique within a model. */
static bool
s_serial_is_free (tx_t *tx, const char *id, const asset_details_t *details)
{
    EACH (asset, other, tx_find (tx, asset, serial_key, asset_serial_key (tx, details->serial)))
        if (strcmp (other->id, id) != 0 && !strcmp (other->model, details->model))
            return tx_reject (tx, "serial.taken", "serial %s of model %s is asset %s already",
                       details->serial, details->model, other->id),
                   false;
    return true;
}

static bool
s_site_fits (tx_t *tx, const char *site_id, const customer_t *customer)
{
    site_t *site = tx_get (tx, site, site_id);
    if (!site)
        return tx_reject (tx, "site.unknown", "no site %s: register it first", site_id), false;
    if (strcmp (site->customer_id, customer->id) != 0)
        return tx_reject (tx, "site.mismatch", "site %s is of customer %s, not of %s", site_id,
                   site->customer_id, customer->id),
               false;
    return true;
}

void
on_register_asset (tx_t *tx, const register_asset_t *command)
{
    if (!s_is_valid (tx, command->asset_id, command->details))
        return;
    customer_t *customer = customer_known (tx, command->details->customer_id);
    if (!customer || !s_site_fits (tx, command->details->site_id, customer)
        || !s_serial_is_free (tx, command->asset_id, command->details))
        return;
    asset_details_t details = *command->details;
    details.customer_id = customer->id;
    asset_t *asset = tx_need (tx, asset, command->asset_id);
    tx_accept (tx, asset->id);
    if (!blob_same (asset->details, tx_pack (tx, &details.base)))
        asset_publish (tx, asset, &details);
}

void
on_get_asset (tx_t *tx, const get_asset_t *query)
{
    int64_t at = query->at ? query->at : tx_now (tx);
    asset_at_t reply = { .base = asset_at_init, .asset_id = query->asset_id, .at = at };
    asset_t *asset = tx_get (tx, asset, query->asset_id);
    if (asset) {
        reply.details = tx_unpack (tx, asset_details, asset->details);
        reply.in_warranty = asset_in_warranty (asset, at);
    }
    EACH (asset_place, place, tx_find (tx, asset_place, asset_id, query->asset_id))
        if (place->from_at <= at && (at < place->until_at || !place->until_at)) {
            reply.known = true;
            reply.customer_id = place->customer_id;
            reply.site_id = place->site_id;
            reply.retired = place->retired;
        }
    tx_answer (tx, &reply.base);
}
