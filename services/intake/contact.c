/* contact - the people of a customer: whom to call, and in which language. */
#include "intake.h"

ENTITY_TABLE (contact, CONTACT_FIELDS, "customer_id", "site_id", "phone_key");

void
contact_publish (tx_t *tx, contact_t *contact, const contact_details_t *details)
{
    contact->customer_id = details->customer_id;
    contact->site_id = details->site_id;
    contact->phone_key = phone_key (tx, details->phone);
    contact->details = tx_pack (tx, &details->base);
    contact->version++;
    tx_emit (tx,
        contact_published (.contact_id = contact->id, .details = (contact_details_t *) details,
            .version = contact->version));
}

bool
contact_channels_valid (tx_t *tx, const channel_t *channels, size_t n_channels)
{
    for (size_t i = 0; i < n_channels; i++)
        if (!valid_enum (tx, "channels", &channel_descriptor, (int) channels [i]))
            return false;
    return valid_int (tx, "channels", (int64_t) n_channels, 0, 16);
}

static bool
s_is_valid (tx_t *tx, const char *id, const contact_details_t *details)
{
    if (!valid_id (tx, "contact_id", id))
        return false;
    if (!details)
        return tx_reject (tx, "details.missing",
                   "contact %s has no details: give customer and name", id),
               false;
    return valid_id (tx, "customer_id", details->customer_id)
        && valid_optional_id (tx, "site_id", details->site_id)
        && valid_text (tx, "name", details->name, 1, 200)
        && valid_text (tx, "phone", details->phone, 0, 40)
        && valid_email (tx, "email", details->email)
        && (!details->language
            || valid_enum (tx, "language", &language_descriptor, details->language))
        && contact_channels_valid (tx, details->channels, details->n_channels);
}

/* The site, when one is named, is the customer's own. */
static bool
s_site_fits (tx_t *tx, const char *site_id, const customer_t *customer)
{
    if (is_empty (site_id))
        return true;
    site_t *site = tx_get (tx, site, site_id);
    if (!site)
        tx_reject (tx, "site.unknown", "no site %s: register it first", site_id);
    else if (strcmp (site->customer_id, customer->id) != 0)
        tx_reject (tx, "site.mismatch", "site %s is of customer %s, not of %s", site_id,
            site->customer_id, customer->id);
    return site && !strcmp (site->customer_id, customer->id);
}

void
on_register_contact (tx_t *tx, const register_contact_t *command)
{
    if (!s_is_valid (tx, command->contact_id, command->details))
        return;
    customer_t *customer = customer_known (tx, command->details->customer_id);
    if (!customer || !s_site_fits (tx, command->details->site_id, customer))
        return;
    contact_details_t details = *command->details;
    details.customer_id = customer->id;
    contact_t *contact = tx_need (tx, contact, command->contact_id);
    tx_accept (tx, contact->id);
    if (!blob_same (contact->details, tx_pack (tx, &details.base)))
        contact_publish (tx, contact, &details);
}
