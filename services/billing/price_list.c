/* price_list.c - what a call, a kilometre, an hour, a part costs. */
#include "billing.h"
#include "valid.h"
#include <string.h>

static bool
s_is_same_thing (const price_spec_t *a, const price_spec_t *b)
{
    return a->kind == b->kind && a->band == b->band && strcmp (a->item_id, b->item_id) == 0;
}

static bool
s_price_valid (tx_t *tx, const price_list_details_t *details, size_t at)
{
    const price_spec_t *price = details->prices [at];
    if (!valid_enum (tx, "kind", &cost_kind_descriptor, (int) price->kind)
        || !valid_optional_id (tx, "item_id", price->item_id)
        || !valid_int (tx, "price_minor", price->price_minor, 0, INT64_C (1000000000000)))
        return false;
    if ((int) price->band < 0 || (int) price->band >= BANDS)
        return tx_reject (tx, "band.invalid", "labour band %d does not exist", (int) price->band), false;
    for (size_t i = 0; i < at; i++)
        if (s_is_same_thing (details->prices [i], price))
            return tx_reject (tx, "price.twice", "two prices for %s %s %s: keep one",
                enum_name (&cost_kind_descriptor, (int) price->kind),
                enum_name (&labour_band_descriptor, (int) price->band), price->item_id), false;
    return true;
}

static bool
s_prices_valid (tx_t *tx, const price_list_details_t *details)
{
    int64_t hour;
    for (size_t i = 0; i < details->n_prices; i++)
        if (!s_price_valid (tx, details, i))
            return false;
    if (!price_find (details, COST_KIND_LABOUR, LABOUR_BAND_NORMAL, "", &hour))
        return tx_reject (tx, "labour.missing",
            "no price for an hour of labour in the normal band: add it, 0 is legal"), false;
    return true;
}

static bool
s_valid (tx_t *tx, const publish_price_list_t *command)
{
    const price_list_details_t *details = command->details;
    if (!valid_id (tx, "price_list_id", command->price_list_id))
        return false;
    if (!details)
        return tx_reject (tx, "details.missing", "price list %s has no details", command->price_list_id), false;
    return valid_optional_id (tx, "territory_id", details->territory_id)
        && valid_currency (tx, "currency", details->currency)
        && valid_int (tx, "labour_round_minutes", details->labour_round_minutes, 0, 480)
        && valid_int (tx, "labour_minimum_minutes", details->labour_minimum_minutes, 0, 1440)
        && valid_int (tx, "part_markup_percent", details->part_markup_percent, 0, 1000)
        && valid_id (tx, "invoice_series", details->invoice_series)
            && valid_text (tx, "invoice_series", details->invoice_series, 1, 12)
        && s_prices_valid (tx, details);
}

void
on_publish_price_list (tx_t *tx, const publish_price_list_t *command)
{
    if (!s_valid (tx, command))
        return;
    blob_t packed = tx_pack (tx, &command->details->base);
    price_list_t *list = tx_need (tx, price_list, command->price_list_id);
    tx_accept (tx, list->id);
    if (list->version && packed.size == list->details.size && memcmp (packed.data, list->details.data,
        packed.size) == 0)
        return;
    list->version++;
    list->territory_id = command->details->territory_id;
    list->currency = command->details->currency;
    list->details = packed;
    tx_emit (tx, price_list_published (.price_list_id = list->id, .details = command->details,
        .version = list->version));
    work_order_wake (tx, tx_printf (tx, "prices:%s", list->currency));
    work_order_wake (tx, "prices:");
}

price_list_t *
price_list_choose (tx_t *tx, const char *territory_id, const char *currency)
{
    price_list_t *general = NULL;
    EACH (price_list, list, tx_all (tx, price_list)) {
        if (!list->version || (!is_empty (currency) && strcmp (list->currency, currency) != 0))
            continue;
        if (!is_empty (territory_id) && strcmp (list->territory_id, territory_id) == 0)
            return list;
        if (!general && is_empty (list->territory_id))
            general = list;
    }
    return general;
}

static const price_spec_t *
s_find (const price_list_details_t *list, int kind, int band, const char *item_id)
{
    for (size_t i = 0; i < list->n_prices; i++)
        if ((int) list->prices [i]->kind == kind && (int) list->prices [i]->band == band
            && strcmp (list->prices [i]->item_id, item_id) == 0)
            return list->prices [i];
    return NULL;
}

bool
price_find (const price_list_details_t *list, int kind, int band, const char *item_id, int64_t *ret_price_minor)
{
    const price_spec_t *price = s_find (list, kind, band, item_id);
    if (!price && band)
        price = s_find (list, kind, LABOUR_BAND_NORMAL, item_id);
    if (!price)
        price = s_find (list, kind, LABOUR_BAND_UNSPECIFIED, item_id);
    if (!price)
        price = s_find (list, kind, LABOUR_BAND_UNSPECIFIED, "");
    if (price)
        *ret_price_minor = price->price_minor;
    return price;
}
