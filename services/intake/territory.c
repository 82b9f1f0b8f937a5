/* territory - a service region with its zone, calendar and money. */
#include "intake.h"

ENTITY_CACHED (territory, TERRITORY_FIELDS, "parent_id");

enum { DEPTH_MAX = 16 };

static bool
s_is_valid (tx_t *tx, const char *id, const territory_details_t *details)
{
    if (!valid_id (tx, "territory_id", id))
        return false;
    if (!details)
        return tx_reject (tx, "details.missing",
                   "territory %s has no details: give name, zone and currency", id),
               false;
    return valid_text (tx, "name", details->name, 1, 200)
        && valid_optional_id (tx, "parent_id", details->parent_id)
        && valid_zone (tx, "time_zone", details->time_zone)
        && valid_text (tx, "country", details->country, 0, 2)
        && (!details->language
            || valid_enum (tx, "language", &language_descriptor, details->language))
        && valid_optional_id (tx, "calendar_id", details->calendar_id)
        && (is_empty (details->currency) || valid_currency (tx, "currency", details->currency))
        && valid_email (tx, "manager_email", details->manager_email);
}

/* Every parent exists and none is the territory itself. */
static bool
s_parents_are_valid (tx_t *tx, const char *id, const char *parent_id)
{
    for (int depth = 0; !is_empty (parent_id); depth++) {
        if (!strcmp (id, parent_id) || depth == DEPTH_MAX)
            return tx_reject (tx, "parent_id.cycle",
                       "territory %s would be its own parent: choose another parent_id", id),
                   false;
        territory_t *parent = tx_get (tx, territory, parent_id);
        if (!parent)
            return tx_reject (tx, "territory.unknown", "no territory %s: register the parent first",
                       parent_id),
                   false;
        parent_id = parent->parent_id;
    }
    return true;
}

/* Sites without a zone of their own have the territory's, so they have changed with it. */
static void
s_publish_sites (tx_t *tx, const char *territory_id)
{
    EACH (site, site, tx_find (tx, site, territory_id, territory_id))
        if (is_empty (site->time_zone))
            site_publish (tx, site, tx_unpack (tx, site_details, site->details));
}

void
on_register_territory (tx_t *tx, const register_territory_t *command)
{
    const territory_details_t *details = command->details;
    if (!s_is_valid (tx, command->territory_id, details)
        || !s_parents_are_valid (tx, command->territory_id, details->parent_id))
        return;
    territory_t *territory = tx_need (tx, territory, command->territory_id);
    tx_accept (tx, territory->id);
    blob_t packed = tx_pack (tx, &details->base);
    if (blob_same (territory->details, packed))
        return;
    bool other_zone =
        territory->version > 0 && strcmp (territory->time_zone, details->time_zone) != 0;
    territory->parent_id = details->parent_id;
    territory->time_zone = details->time_zone;
    territory->details = packed;
    territory->version++;
    tx_emit (tx,
        territory_published (.territory_id = territory->id, .details = command->details,
            .version = territory->version));
    if (other_zone)
        s_publish_sites (tx, territory->id);
}
