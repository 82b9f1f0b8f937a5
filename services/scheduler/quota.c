/* quota.c - what of each week is kept for one type of work: times that are kept for customers leave it free. */
#include "scheduler.h"
#include "valid.h"
#include <string.h>

#define MINUTE_MS INT64_C (60000)

void
on_publish_capacity_quota (tx_t *tx, const publish_capacity_quota_t *command)
{
    if (!valid_id (tx, "territory_id", command->territory_id)
        || !valid_enum (tx, "type", &request_type_descriptor, (int) command->type)
        || !valid_int (tx, "percent", command->percent, 0, 100))
        return;
    if (!tx_get (tx, territory, command->territory_id))
        return tx_reject (tx, "territory.unknown", "no territory %s: register it first", command->territory_id);
    int sum = command->percent;
    EACH (capacity_quota, other, tx_find (tx, capacity_quota, open_territory_id, command->territory_id))
        if (other->type != (int) command->type)
            sum += (int) other->percent;
    if (sum > 100)
        return tx_reject (tx, "percent.too_much", "territory %s would keep %d %% of its hours for single types of "
            "work: at most 100", command->territory_id, sum);
    char *id = tx_printf (tx, "%s:%s", command->territory_id, enum_name (&request_type_descriptor, command->type));
    capacity_quota_t *quota = tx_need (tx, capacity_quota, id);
    tx_accept (tx, quota->id);
    if (quota->percent == command->percent)
        return;
    quota->type = (int) command->type;
    quota->percent = command->percent;
    quota->open_territory_id = quota->percent ? command->territory_id : "";
    tx_emit (tx, capacity_quota_published (
        .quota_id = quota->id, .territory_id = command->territory_id, .type = command->type,
        .percent = command->percent));
}

/* What of the week is booked for one type of work. */
static int64_t
s_booked_ms (tx_t *tx, list_t engineers, const interval_t *span, int type)
{
    int64_t sum = 0;
    EACH (engineer, engineer, engineers)
        EACH (booking, booking, tx_find (tx, booking, open_resource_id, engineer->id))
            if (booking->kind == KIND_ENGINEER && booking->type == type)
                sum += capacity_common_ms (NULL, span, booking->starts_at, booking->ends_at);
    return sum;
}

bool
quota_leaves (claims_t *claims, const char *territory_id)
{
    tx_t *tx = claims->tx;
    list_t quotas = tx_find (tx, capacity_quota, open_territory_id, territory_id);
    if (!quotas.count)
        return true;
    list_t engineers = tx_find (tx, engineer, territory_id, territory_id);
    const zone_t *zone = capacity_zone (tx, territory_id);
    int32_t monday = capacity_monday (zone_date (zone, claims->visit->starts_at, NULL));
    interval_t span = capacity_span (tx, zone, monday);
    load_t total = capacity_of (tx, engineers, &span);
    int64_t wanted_ms = 0, kept_ms = 0;
    for (int i = 0; i < claims->count; i++)
        if (claims->claims [i].kind == KIND_ENGINEER)
            wanted_ms += capacity_common_ms (NULL, &span, claims->claims [i].from_at, claims->claims [i].to_at);
    EACH (capacity_quota, quota, quotas) {
        int64_t left_ms = total.open_ms * quota->percent / 100 - s_booked_ms (tx, engineers, &span, quota->type);
        if (quota->type != (int) claims->type && left_ms > 0)
            kept_ms += left_ms;
    }
    if (total.booked_ms + wanted_ms + kept_ms <= total.open_ms)
        return true;
    char text [DATE_TEXT_SIZE];
    claims->refusal.code = "quota";
    claims->refusal.message = tx_printf (tx, "the week of %s keeps %lld min of territory %s for other types of work",
        date_format (monday, text), (long long) (kept_ms / MINUTE_MS), territory_id);
    return false;
}
