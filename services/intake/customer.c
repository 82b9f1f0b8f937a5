/* customer - who is served. Merged customers live on as aliases of their survivor. */
#include "intake.h"

#include <string.h>

ENTITY_TABLE (customer, CUSTOMER_FIELDS, "tax_key", "phone_key", "survivor_id");

customer_t *
customer_get (tx_t *tx, const char *id)
{
    customer_t *customer = tx_get (tx, customer, id);
    if (customer && !is_empty (customer->survivor_id))
        customer = tx_get (tx, customer, customer->survivor_id);
    return customer;
}

customer_t *
customer_known (tx_t *tx, const char *id)
{
    customer_t *customer = customer_get (tx, id);
    if (!customer)
        tx_reject (tx, "customer.unknown", "no customer %s: register it first", id);
    return customer;
}

/* Tax numbers are typed with and without dots, blanks and in either case. */
static char *
s_tax_key (tx_t *tx, const char *tax_id)
{
    return asset_serial_key (tx, tax_id);
}

static bool
s_is_valid (tx_t *tx, const char *id, const customer_details_t *details)
{
    if (!valid_id (tx, "customer_id", id))
        return false;
    if (!details)
        return tx_reject (tx, "details.missing", "customer %s has no details: give at least a name",
                   id),
               false;
    return valid_text (tx, "name", details->name, 1, 200)
        && valid_text (tx, "tax_id", details->tax_id, 0, 40)
        && (!details->language
            || valid_enum (tx, "language", &language_descriptor, details->language))
        && valid_int (tx, "payment_days", details->payment_days, 0, 365)
        && valid_text (tx, "classification", details->classification, 0, 64)
        && valid_text (tx, "grade", details->grade, 0, 16)
        && (is_empty (details->currency) || valid_currency (tx, "currency", details->currency))
        && valid_email (tx, "email", details->email)
        && valid_text (tx, "phone", details->phone, 0, 40)
        && valid_optional_id (tx, "access_calendar_id", details->access_calendar_id);
}

static const char *
s_other (list_t same, const char *id)
{
    EACH (customer, other, same)
        if (strcmp (other->id, id) != 0 && is_empty (other->survivor_id))
            return other->id;
    return "";
}

/* Another customer with this tax id, else with this phone; "" none. */
static const char *
s_duplicate (tx_t *tx, const customer_t *customer)
{
    list_t same_tax = tx_find (tx, customer, tax_key, customer->tax_key);
    list_t same_phone = tx_find (tx, customer, phone_key, customer->phone_key);
    const char *other = s_other (same_tax, customer->id);
    return is_empty (other) ? s_other (same_phone, customer->id) : other;
}

static void
s_take_over (tx_t *tx, customer_t *customer, const customer_details_t *details)
{
    customer->name = details->name;
    customer->grade = details->grade;
    customer->tax_key = s_tax_key (tx, details->tax_id);
    customer->phone_key = phone_key (tx, details->phone);
    customer->details = tx_pack (tx, &details->base);
    customer->version++;
}

static void
s_register_new (tx_t *tx, const register_customer_t *command)
{
    customer_t *customer = tx_put (tx, customer, { .id = command->customer_id });
    s_take_over (tx, customer, command->details);
    tx_emit (tx,
        customer_registered (.customer_id = customer->id, .details = command->details,
            .version = customer->version,
            .possible_duplicate_of = (char *) s_duplicate (tx, customer)));
}

/* Sites without access hours of their own have the customer's. */
static void
s_publish_sites (tx_t *tx, const char *customer_id)
{
    EACH (site, site, tx_find (tx, site, customer_id, customer_id)) {
        const site_details_t *details = tx_unpack (tx, site_details, site->details);
        if (is_empty (details->access_calendar_id) && !details->n_access_hours)
            site_publish (tx, site, details);
    }
}

static bool
s_is_same_access (tx_t *tx, const customer_t *customer, const customer_details_t *details)
{
    const customer_details_t *before = tx_unpack (tx, customer_details, customer->details);
    return strcmp (before->access_calendar_id, details->access_calendar_id) == 0;
}

void
on_register_customer (tx_t *tx, const register_customer_t *command)
{
    if (!s_is_valid (tx, command->customer_id, command->details))
        return;
    customer_t *customer = tx_get (tx, customer, command->customer_id);
    tx_accept (tx, command->customer_id);
    if (!customer)
        return s_register_new (tx, command);
    if (!is_empty (customer->survivor_id))
        return tx_reject (tx, "customer.merged", "customer %s is %s now: change that one",
            customer->id, customer->survivor_id);
    if (blob_same (customer->details, tx_pack (tx, &command->details->base)))
        return;
    bool same_access = s_is_same_access (tx, customer, command->details);
    s_take_over (tx, customer, command->details);
    tx_emit (tx,
        customer_updated (.customer_id = customer->id, .details = command->details,
            .version = customer->version));
    if (!same_access)
        s_publish_sites (tx, customer->id);
}
