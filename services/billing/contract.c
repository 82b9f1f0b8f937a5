/* contract.c - the commercial terms: what is covered, from when until when, for how much (E1, E3). */
#include "billing.h"
#include "valid.h"
#include <string.h>

#define MONEY_MAX INT64_C (1000000000000000)

bool
contract_in_term (const contract_details_t *details, int64_t at)
{
    int32_t date = zone_date (zone_or_utc (details->time_zone), at, NULL);
    const char *last_on = is_empty (details->cancelled_on) ? details->end_on : details->cancelled_on;
    return date_parse (details->start_on) <= date && date <= date_parse (last_on);
}

static char *
s_version_key (tx_t *tx, const char *contract_id, int64_t version)
{
    return tx_printf (tx, "%s:%lld", contract_id, (long long) version);
}

contract_details_t *
contract_details_of (tx_t *tx, const char *contract_id, int64_t version)
{
    contract_version_t *row = tx_get (tx, contract_version, s_version_key (tx, contract_id, version));
    return row ? tx_unpack (tx, contract_details, row->details) : NULL;
}

char *
contract_series (tx_t *tx, const contract_details_t *details)
{
    price_list_t *list = price_list_choose (tx, "", details->currency);
    return list ? ((price_list_details_t *) tx_unpack (tx, price_list_details, list->details))->invoice_series
        : details->currency;
}

/* ---- is it one? */

static bool
s_line_valid (tx_t *tx, const contract_details_t *details, size_t at)
{
    const contract_line_spec_t *line = details->lines [at];
    if (!valid_id (tx, "line_id", line->line_id) || !valid_optional_id (tx, "asset_id", line->asset_id)
        || !valid_optional_id (tx, "site_id", line->site_id)
        || !valid_text (tx, "device_type", line->device_type, 0, 100))
        return false;
    for (size_t i = 0; i < line->n_types; i++)
        if (!valid_enum (tx, "types", &request_type_descriptor, (int) line->types [i]))
            return false;
    if (!is_empty (line->asset_id) + !is_empty (line->site_id) + !is_empty (line->device_type) > 1)
        return tx_reject (tx, "line.ambiguous",
            "line %s names more than one of asset, site and device type: make a line for each",
            line->line_id), false;
    for (size_t i = 0; i < at; i++)
        if (strcmp (details->lines [i]->line_id, line->line_id) == 0)
            return tx_reject (tx, "line.twice", "line %s is there twice: give each line its own id",
                line->line_id), false;
    return true;
}

static bool
s_lines_valid (tx_t *tx, const contract_details_t *details)
{
    if (!details->n_lines)
        return tx_reject (tx, "lines.missing", "a contract without lines covers nothing: add one"), false;
    for (size_t i = 0; i < details->n_lines; i++)
        if (!s_line_valid (tx, details, i))
            return false;
    return true;
}

static bool
s_instalments_valid (tx_t *tx, const contract_details_t *details)
{
    if (details->n_instalments > INSTALMENTS_MAX)
        return tx_reject (tx, "instalments.invalid", "%zu instalments: at most %d", details->n_instalments,
            INSTALMENTS_MAX), false;
    int64_t sum = 0;
    for (size_t i = 0; i < details->n_instalments; i++) {
        if (!valid_date (tx, "instalments.due_on", details->instalments [i]->due_on)
            || !valid_int (tx, "instalments.amount_minor", details->instalments [i]->amount_minor, 0, MONEY_MAX))
            return false;
        sum += details->instalments [i]->amount_minor;
    }
    if (details->n_instalments && sum != details->value_minor)
        return tx_reject (tx, "instalments.sum",
            "instalments add up to %lld and the contract is worth %lld: correct one of them",
            (long long) sum, (long long) details->value_minor), false;
    return valid_int (tx, "instalment_count", details->instalment_count, 0, INSTALMENTS_MAX);
}

static bool
s_term_valid (tx_t *tx, const contract_details_t *details)
{
    if (!valid_date (tx, "start_on", details->start_on) || !valid_date (tx, "end_on", details->end_on))
        return false;
    if (date_parse (details->end_on) < date_parse (details->start_on))
        return tx_reject (tx, "term.invalid", "the contract ends on %s, before it starts on %s",
            details->end_on, details->start_on), false;
    return valid_zone (tx, "time_zone", details->time_zone);
}

static bool
s_valid (tx_t *tx, const register_contract_t *command)
{
    const contract_details_t *details = command->details;
    if (!valid_id (tx, "contract_id", command->contract_id))
        return false;
    if (!details)
        return tx_reject (tx, "details.missing", "contract %s has no details", command->contract_id), false;
    return valid_id (tx, "customer_id", details->customer_id) && valid_text (tx, "name", details->name, 0, 200)
        && valid_optional_id (tx, "tier", details->tier) && valid_optional_id (tx, "sla_plan_id", details->sla_plan_id)
        && s_term_valid (tx, details) && valid_currency (tx, "currency", details->currency)
        && valid_int (tx, "value_minor", details->value_minor, 0, MONEY_MAX)
        && valid_int (tx, "precedence", details->precedence, 0, 1000000)
        && (!details->billing_mode
            || valid_enum (tx, "billing_mode", &billing_mode_descriptor, (int) details->billing_mode))
        && s_instalments_valid (tx, details) && s_lines_valid (tx, details)
        && sla_terms_valid (tx, details->sla_terms) && expiry_valid (tx, details);
}

/* ---- registering */

static bool
s_is_same (const contract_t *contract, blob_t packed)
{
    return contract->version && packed.size == contract->details.size
        && memcmp (packed.data, contract->details.data, packed.size) == 0;
}

void
on_register_contract (tx_t *tx, const register_contract_t *command)
{
    if (!s_valid (tx, command))
        return;
    contract_details_t *details = command->details;
    rate_t *rates = arena_array (tx_arena (tx), INSTALMENTS_MAX, sizeof *rates);
    int count = instalment_plan (details, rates);
    contract_t *contract = tx_get (tx, contract, command->contract_id);
    blob_t packed = tx_pack (tx, &details->base);
    tx_accept (tx, command->contract_id);
    if (contract && s_is_same (contract, packed))
        return;
    if (!instalment_plan_fits (tx, command->contract_id, rates, count))
        return;
    char *customer_id = customer_survivor (tx, details->customer_id);
    if (!contract)
        contract = tx_put (tx, contract, { .id = command->contract_id });
    contract->version++;
    contract->customer_id = customer_id;
    contract->details = packed;
    tx_put (tx, contract_version, { .id = s_version_key (tx, contract->id, contract->version),
        .contract_id = contract->id,
        .version = contract->version, .registered_at = tx_now (tx), .details = packed });
    instalment_plan_keep (tx, contract->id, details, rates, count);
    expiry_arm (tx, contract, details);
    tx_emit (tx, contract_activated (.contract_id = contract->id, .details = details, .version = contract->version));
}
