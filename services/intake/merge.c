/* merge - two customers were one all along: everything that is alive goes to the survivor. */
#include "intake.h"

/* Aliases point at the survivor itself, so that following one is one step however many merges there
 * were. */
static void
s_redirect_aliases (list_t aliases, char *survivor_id)
{
    EACH (customer, alias, aliases)
        alias->survivor_id = survivor_id;
}

static void
s_redirect_contacts (tx_t *tx, list_t contacts, char *survivor_id)
{
    EACH (contact, contact, contacts) {
        contact_details_t *details = tx_unpack (tx, contact_details, contact->details);
        details->customer_id = survivor_id;
        contact_publish (tx, contact, details);
    }
}

static void
s_redirect_sites (tx_t *tx, list_t sites, char *survivor_id)
{
    EACH (site, site, sites) {
        site_details_t *details = tx_unpack (tx, site_details, site->details);
        details->customer_id = survivor_id;
        site_publish (tx, site, details);
    }
}

static void
s_redirect_assets (tx_t *tx, list_t assets, char *survivor_id)
{
    EACH (asset, asset, assets) {
        asset_details_t *details = tx_unpack (tx, asset_details, asset->details);
        details->customer_id = survivor_id;
        asset_publish (tx, asset, details);
    }
}

/* A request keeps its story; only its owner and so perhaps its priority is another one. */
static void
s_redirect_requests (tx_t *tx, list_t requests, const customer_t *survivor)
{
    EACH (service_request, request, requests) {
        request->customer_id = request->open_customer_id = survivor->id;
        request->customer_grade = survivor->grade;
        triage_again (tx, request);
    }
}

static void
s_redirect_contracts (list_t contracts, char *survivor_id)
{
    EACH (contract, contract, contracts)
        contract->customer_id = contract->open_customer_id = survivor_id;
}

static void
s_merge (tx_t *tx, customer_t *customer, customer_t *survivor, const char *reason)
{
    list_t aliases = tx_find (tx, customer, survivor_id, customer->id);
    list_t contacts = tx_find (tx, contact, customer_id, customer->id);
    list_t sites = tx_find (tx, site, customer_id, customer->id);
    list_t assets = tx_find (tx, asset, customer_id, customer->id);
    list_t requests = tx_find (tx, service_request, open_customer_id, customer->id);
    list_t contracts = tx_find (tx, contract, open_customer_id, customer->id);
    customer->survivor_id = survivor->id;
    customer->version++;
    tx_emit (tx,
        customer_merged (.customer_id = customer->id, .survivor_id = survivor->id,
            .reason = (char *) reason));
    s_redirect_aliases (aliases, survivor->id);
    s_redirect_sites (tx, sites, survivor->id);
    s_redirect_assets (tx, assets, survivor->id);
    s_redirect_contacts (tx, contacts, survivor->id);
    s_redirect_contracts (contracts, survivor->id);
    s_redirect_requests (tx, requests, survivor);
}

void
on_merge_customers (tx_t *tx, const merge_customers_t *command)
{
    if (!valid_id (tx, "customer_id", command->customer_id)
        || !valid_id (tx, "survivor_id", command->survivor_id)
        || !valid_text (tx, "reason", command->reason, 1, 500))
        return;
    customer_t *customer = tx_get (tx, customer, command->customer_id);
    customer_t *survivor = customer_known (tx, command->survivor_id);
    if (!customer)
        return tx_reject (tx, "customer.unknown", "no customer %s: nothing to merge",
            command->customer_id);
    if (!survivor)
        return;
    tx_accept (tx, survivor->id);
    if (!strcmp (customer->survivor_id, survivor->id))
        return; /* said twice */
    if (!is_empty (customer->survivor_id))
        return tx_reject (tx, "customer.merged", "customer %s is %s already", customer->id,
            customer->survivor_id);
    if (customer == survivor)
        return tx_reject (tx, "customer.same",
            "customer %s can not be merged with itself: name two that differ", customer->id);
    s_merge (tx, customer, survivor, command->reason);
}
