/* identify - who is calling? From a serial, a phone or an id to customers, devices and their
 * rights. */
#include "intake.h"

enum { CONTRACTS_MAX = 20 };

typedef struct {
    candidate_t *found [CANDIDATES_MAX];
    int count;
} candidates_t;

static bool
s_is_listed (const candidates_t *candidates, const char *customer_id, const char *asset_id)
{
    for (int i = 0; i < candidates->count; i++)
        if (!strcmp (candidates->found [i]->customer_id, customer_id)
            && !strcmp (candidates->found [i]->asset_id, asset_id))
            return true;
    return false;
}

/* One customer with one asset, or with none (asset NULL). Best first is the order they are added
 * in. */
static void
s_add (tx_t *tx, candidates_t *candidates, const customer_t *customer, const asset_t *asset,
    const char *contact_id)
{
    if (!customer || candidates->count == CANDIDATES_MAX
        || s_is_listed (candidates, customer->id, asset ? asset->id : ""))
        return;
    candidate_t *candidate = arena_alloc (tx_arena (tx), sizeof *candidate);
    char **contract_ids = arena_array (tx_arena (tx), CONTRACTS_MAX, sizeof *contract_ids);
    int contracts = contract_find (tx, customer->id, asset, contract_ids, CONTRACTS_MAX);
    *candidate = (candidate_t) {
        .base = candidate_init,
        .customer_id = customer->id,
        .customer_name = customer->name,
        .site_id = asset ? asset->site_id : "",
        .asset_id = asset ? asset->id : "",
        .serial = asset ? asset->serial : "",
        .model = asset ? asset->model : "",
        .in_warranty = asset && asset_in_warranty (asset, tx_now (tx)),
        .n_contract_ids = (size_t) contracts,
        .contract_ids = contract_ids,
        .contact_id = (char *) contact_id,
    };
    candidates->found [candidates->count++] = candidate;
}

static void
s_add_asset (tx_t *tx, candidates_t *candidates, const asset_t *asset)
{
    if (asset)
        s_add (tx, candidates, customer_get (tx, asset->customer_id), asset, "");
}

/* All that a person may be calling about: what stands at his site, else all his company has, else
 * just the company. */
static void
s_add_customer (tx_t *tx, candidates_t *candidates, const char *customer_id, const char *site_id,
    const char *contact_id)
{
    const customer_t *customer = customer_get (tx, customer_id);
    if (!customer)
        return;
    bool has_any = false;
    list_t assets = is_empty (site_id) ? tx_find (tx, asset, customer_id, customer->id)
                                       : tx_find (tx, asset, site_id, site_id);
    EACH (asset, asset, assets)
        if (!asset->retired) {
            s_add (tx, candidates, customer, asset, contact_id);
            has_any = true;
        }
    if (!has_any)
        s_add (tx, candidates, customer, NULL, contact_id);
}

static void
s_add_phone (tx_t *tx, candidates_t *candidates, const char *phone)
{
    const char *key = phone_key (tx, phone);
    list_t contacts = tx_find (tx, contact, phone_key, key),
           customers = tx_find (tx, customer, phone_key, key);
    EACH (contact, contact, contacts)
        s_add_customer (tx, candidates, contact->customer_id, contact->site_id, contact->id);
    EACH (customer, customer, customers)
        s_add_customer (tx, candidates, customer->id, "", "");
}

void
on_identify (tx_t *tx, const identify_t *query)
{
    candidates_t candidates = { .count = 0 };
    s_add_asset (tx, &candidates, tx_get (tx, asset, query->asset_id));
    EACH (asset, asset, tx_find (tx, asset, serial_key, asset_serial_key (tx, query->serial)))
        s_add_asset (tx, &candidates, asset);
    s_add_phone (tx, &candidates, query->phone);
    s_add_customer (tx, &candidates, query->customer_id, "", "");
    tx_answer (tx,
        identified (.n_candidates = (size_t) candidates.count, .candidates = candidates.found));
}
