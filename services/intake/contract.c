/* contract - of billing's contracts, what telling a caller his rights needs. */
#include "intake.h"

#include "calendar/zone.h"

ENTITY_TABLE (contract, CONTRACT_FIELDS, "open_customer_id");

static const zone_t *
s_zone (const contract_details_t *details)
{
    const zone_t *zone =
        is_empty (details->time_zone) ? NULL : zone_find (details->time_zone, NULL);
    return zone ? zone : zone_find ("UTC", NULL);
}

/* DATE_NONE: it has no end. */
static int32_t
s_last_date (const contract_details_t *details)
{
    return date_parse (is_empty (details->cancelled_on) ? details->end_on : details->cancelled_on);
}

/* The first instant after its last day; 0: it has no end. */
static int64_t
s_ends_at (const contract_details_t *details)
{
    int32_t end = s_last_date (details);
    return end == DATE_NONE ? 0 : zone_at (s_zone (details), end + 1, 0);
}

void
on_contract_activated (tx_t *tx, const contract_activated_t *event)
{
    if (!event->details)
        tx_fail (tx, "contract %s without details: billing must send the full state",
            event->contract_id);
    customer_t *customer = customer_get (tx, event->details->customer_id);
    contract_t *contract = tx_need (tx, contract, event->contract_id);
    if (event->version < contract->version)
        return;
    int64_t ends_at = s_ends_at (event->details);
    contract->customer_id = customer ? customer->id : event->details->customer_id;
    contract->open_customer_id = ends_at && ends_at <= tx_now (tx) ? "" : contract->customer_id;
    contract->version = event->version;
    contract->details = tx_pack (tx, &event->details->base);
    if (ends_at > tx_now (tx))
        tx_timer_set (tx, "contract_ends", contract->id, ends_at);
    else
        tx_timer_clear (tx, "contract_ends", contract->id);
}

/* Ended contracts are not looked through again and again. */
void
on_contract_ends (tx_t *tx, const wakeup_t *wakeup)
{
    contract_t *contract = tx_get (tx, contract, wakeup->id);
    if (contract)
        contract->open_customer_id = "";
}

static bool
s_line_covers (const contract_line_spec_t *line, const asset_t *asset)
{
    if (*line->asset_id)
        return !strcmp (line->asset_id, asset->id);
    if (*line->site_id)
        return !strcmp (line->site_id, asset->site_id);
    return is_empty (line->device_type) || !strcmp (line->device_type, asset->device_type);
}

static bool
s_covers (const contract_details_t *details, const asset_t *asset)
{
    if (!asset || !details->n_lines)
        return true;
    for (size_t i = 0; i < details->n_lines; i++)
        if (s_line_covers (details->lines [i], asset))
            return true;
    return false;
}

static bool
s_runs (tx_t *tx, const contract_details_t *details)
{
    int32_t today = zone_date (s_zone (details), tx_now (tx), NULL);
    int32_t start = date_parse (details->start_on), end = s_last_date (details);
    return (start == DATE_NONE || start <= today) && (end == DATE_NONE || today <= end);
}

int
contract_find (tx_t *tx, const char *customer_id, const asset_t *asset, char **ret_ids, int max)
{
    int count = 0;
    EACH (contract, contract, tx_find (tx, contract, open_customer_id, customer_id)) {
        const contract_details_t *details = tx_unpack (tx, contract_details, contract->details);
        if (count < max && s_runs (tx, details) && s_covers (details, asset))
            ret_ids [count++] = contract->id;
    }
    return count;
}
