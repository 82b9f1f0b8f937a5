/* policy - the prices that decide, named and versioned. */
#include "dispatcher.h"
#include <string.h>

ENTITY_CACHED (policy, POLICY_FIELDS, NULL);

enum { OUTSIDE_MAX_MINUTES = 8 * 60, BROADCAST_MAX = 100, CRITERIA_MAX = 2,
    PROVIDERS_MAX = 100 };
#define PRICE_MAX_MINOR INT64_C (100000000)
#define DAY_MS INT64_C (86400000)

/* Equal to deploy/data/defaults/dispatch.json. */
const dispatch_policy_details_t policy_defaults = {
    .base = PROTOBUF_C_MESSAGE_INIT (&dispatch_policy_details_descriptor),
    .travel_per_minute_minor = 50, .travel_per_km_minor = 30, .late_per_minute_minor = 100,
    .wait_per_hour_minor = 600, .load_per_booked_hour_minor = 100, .overskill_per_level_minor = 300,
    .offer_timeout_ms = 900000, .max_offers = 5, .position_fresh_ms = 600000, .speed_kmh = 50,
    .detour_percent = 130, .geofence_m = 300, .accuracy_limit_m = 100,
    .preferred_missed_minor = 1000, .same_site_bonus_minor = 300,
    .replan_automatic = true, .replan_max_moved = 10, .replan_frozen_minutes = 60, .moved_visit_minor = 2000,
    .moved_per_hour_minor = 1000,
};

static bool
s_valid_hours (tx_t *tx, const dispatch_policy_details_t *details)
{
    return valid_int (tx, "overtime_max_minutes", details->overtime_max_minutes, 0,
        OUTSIDE_MAX_MINUTES)
        && valid_int (tx, "overtime_per_hour_minor", details->overtime_per_hour_minor, 0,
        PRICE_MAX_MINOR)
        && valid_int (tx, "travel_outside_max_minutes", details->travel_outside_max_minutes, 0,
        OUTSIDE_MAX_MINUTES)
        && valid_int (tx, "travel_outside_per_hour_minor", details->travel_outside_per_hour_minor,
        0, PRICE_MAX_MINOR)
        && valid_int (tx, "same_site_bonus_minor", details->same_site_bonus_minor, 0,
        PRICE_MAX_MINOR);
}

static bool
s_valid_replan (tx_t *tx, const dispatch_policy_details_t *details)
{
    return valid_int (tx, "replan_max_moved", details->replan_max_moved, 0, REPLAN_VISITS_MAX)
        && valid_int (tx, "replan_frozen_minutes", details->replan_frozen_minutes, 0, 24 * 60)
        && valid_int (tx, "moved_visit_minor", details->moved_visit_minor, 0, PRICE_MAX_MINOR)
        && valid_int (tx, "moved_per_hour_minor", details->moved_per_hour_minor, 0, PRICE_MAX_MINOR)
        && valid_int (tx, "replan_effort_ms", details->replan_effort_ms, 0, REPLAN_EFFORT_MAX_MS);
}

static bool
s_valid_providers (tx_t *tx, const dispatch_policy_details_t *details)
{
    if ((details->provider_use && !valid_enum (tx, "provider_use", &provider_use_descriptor,
            (int) details->provider_use))
        || !valid_int (tx, "provider_order", (int64_t) details->n_provider_order, 0, CRITERIA_MAX)
        || !valid_int (tx, "provider_timeout_ms", details->provider_timeout_ms, 0, 7 * DAY_MS)
        || !valid_ids (tx, "provider_ids", details->provider_ids, details->n_provider_ids,
            PROVIDERS_MAX))
        return false;
    for (size_t i = 0; i < details->n_provider_order; i++)
        if (!valid_enum (tx, "provider_order", &provider_criterion_descriptor,
            (int) details->provider_order [i]))
            return false;
    for (size_t i = 0; i < details->n_provider_ids; i++)
        if (!tx_get (tx, provider, details->provider_ids [i]))
            return tx_reject (tx, "provider.unknown", "no provider %s: register it first",
                details->provider_ids [i]), false;
    return true;
}

static bool
s_valid (tx_t *tx, const dispatch_policy_details_t *details)
{
    return valid_int (tx, "travel_per_minute_minor", details->travel_per_minute_minor, 0,
        PRICE_MAX_MINOR)
        && valid_int (tx, "travel_per_km_minor", details->travel_per_km_minor, 0, PRICE_MAX_MINOR)
        && valid_int (tx, "late_per_minute_minor", details->late_per_minute_minor, 0,
        PRICE_MAX_MINOR)
        && valid_int (tx, "wait_per_hour_minor", details->wait_per_hour_minor, 0, PRICE_MAX_MINOR)
        && valid_int (tx, "load_per_booked_hour_minor", details->load_per_booked_hour_minor, 0,
        PRICE_MAX_MINOR)
        && valid_int (tx, "overskill_per_level_minor", details->overskill_per_level_minor, 0,
        PRICE_MAX_MINOR)
        && valid_int (tx, "offer_timeout_ms", details->offer_timeout_ms, 1000, 7 * DAY_MS)
        && valid_int (tx, "max_offers", details->max_offers, 1, 100)
        && valid_int (tx, "position_fresh_ms", details->position_fresh_ms, 0, DAY_MS)
        && valid_int (tx, "speed_kmh", details->speed_kmh, 1, 300)
        && valid_int (tx, "detour_percent", details->detour_percent, 100, 500)
        && valid_int (tx, "geofence_m", details->geofence_m, 1, 100000)
        && valid_int (tx, "accuracy_limit_m", details->accuracy_limit_m, 1, 100000)
        && valid_int (tx, "preferred_missed_minor", details->preferred_missed_minor, 0,
        PRICE_MAX_MINOR)
        && valid_int (tx, "broadcast_count", details->broadcast_count, 0, BROADCAST_MAX)
        && s_valid_providers (tx, details)
        && s_valid_replan (tx, details)
        && s_valid_hours (tx, details);
}

void
on_publish_dispatch_policy (tx_t *tx, const publish_dispatch_policy_t *command)
{
    if (!command->details)
        return tx_reject (tx, "details.missing", "policy %s has no details: send them",
            command->policy_id);
    if (!valid_id (tx, "policy_id", command->policy_id) || !s_valid (tx, command->details))
        return;
    list_t all = tx_all (tx, policy);
    policy_t *policy = tx_get (tx, policy, command->policy_id);
    blob_t packed = tx_pack (tx, &command->details->base);
    tx_accept (tx, command->policy_id);
    bool is_same = policy && policy->details.size == packed.size
        && memcmp (policy->details.data, packed.data, packed.size) == 0;
    if (is_same && policy->is_current)
        return;
    EACH (policy, other, all)
        other->is_current = false;
    if (!policy)
        policy = tx_put (tx, policy, { .id = command->policy_id });
    policy->details = packed;
    policy->version += !is_same;
    policy->published_at = tx_now (tx);
    policy->is_current = true;
    tx_emit (tx, dispatch_policy_published (
        .policy_id = policy->id, .details = command->details, .version = policy->version));
}
