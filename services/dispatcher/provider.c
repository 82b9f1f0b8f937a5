/* provider - companies that do visits for us: who they are, and how many visits they still take on a
 * day. */
#include "dispatcher.h"
#include <string.h>

ENTITY_CACHED (provider, PROVIDER_FIELDS, NULL);

enum { LIST_MAX = 200, CAPACITY_MAX = 50, SCORE_MAX = 100, LEVEL_MAX = 10, ID_MAX = 56 };
#define PRICE_MAX_MINOR INT64_C (100000000000)

static bool
s_valid_lists (tx_t *tx, const provider_details_t *details)
{
    if (!valid_ids (tx, "territory_ids", details->territory_ids, details->n_territory_ids, LIST_MAX)
        || !valid_ids (tx, "device_types", details->device_types, details->n_device_types, LIST_MAX)
        || !valid_int (tx, "skills", (int64_t) details->n_skills, 0, LIST_MAX))
        return false;
    for (size_t i = 0; i < details->n_skills; i++)
        if (!valid_id (tx, "skill", details->skills [i]->skill)
            || !valid_int (tx, "level", details->skills [i]->level, 1, LEVEL_MAX)
            || !valid_instant (tx, "valid_until_at", details->skills [i]->valid_until_at))
            return false;
    for (size_t i = 0; i < details->n_territory_ids; i++)
        if (!tx_get (tx, territory, details->territory_ids [i]))
            return tx_reject (tx, "territory.unknown", "no territory %s: register it first",
                details->territory_ids [i]), false;
    return true;
}

static bool
s_valid (tx_t *tx, const provider_details_t *details)
{
    return valid_text (tx, "name", details->name, 1, 200)
        && valid_int (tx, "daily_capacity", details->daily_capacity, 1, CAPACITY_MAX)
        && valid_int (tx, "score", details->score, 0, SCORE_MAX)
        && valid_int (tx, "price_per_visit_minor", details->price_per_visit_minor, 0,
        PRICE_MAX_MINOR)
        && (is_empty (details->currency) || valid_currency (tx, "currency", details->currency))
        && valid_email (tx, "email", details->email)
        && valid_text (tx, "phone", details->phone, 0, 40)
        && (!details->language || valid_enum (tx, "language", &language_descriptor,
        (int) details->language))
        && (is_empty (details->time_zone) || valid_zone (tx, "time_zone", details->time_zone))
        && s_valid_lists (tx, details);
}

void
on_register_provider (tx_t *tx, const register_provider_t *command)
{
    if (!command->details)
        return tx_reject (tx, "details.missing", "provider %s has no details: send them",
            command->provider_id);
    if (!valid_id (tx, "provider_id", command->provider_id)
        || !valid_text (tx, "provider_id", command->provider_id, 1, ID_MAX)
        || !s_valid (tx, command->details))
        return;
    if (tx_get (tx, engineer, command->provider_id))
        return tx_reject (tx, "provider.is_engineer", "%s is an engineer: give the provider another "
            "id", command->provider_id);
    provider_t *provider = tx_need (tx, provider, command->provider_id);
    blob_t packed = tx_pack (tx, &command->details->base);
    tx_accept (tx, command->provider_id);
    if (provider->details.size == packed.size
        && memcmp (provider->details.data, packed.data, packed.size) == 0)
        return;
    provider->details = packed;
    provider->version++;
    tx_emit (tx, provider_published (
        .provider_id = provider->id, .details = command->details, .version = provider->version));
    for (size_t i = 0; i < command->details->n_territory_ids; i++)
        dispatch_wake (tx, command->details->territory_ids [i]);
}

/* ---- its places of a day: each takes one visit, as an engineer who has only that one */

static const zone_t *
s_zone (tx_t *tx, const provider_details_t *details)
{
    const territory_t *territory = details->n_territory_ids
        ? tx_get (tx, territory, details->territory_ids [0]) : NULL;
    const char *name = !is_empty (details->time_zone) ? details->time_zone
        : territory && !is_empty (territory->time_zone) ? territory->time_zone : "UTC";
    return zone_find (name, NULL);
}

/* By a visit that lies on one of the days from from_at to to_at. */
static bool
s_is_taken (tx_t *tx, const char *place_id, const zone_t *zone, int64_t from_at, int64_t to_at)
{
    const diary_t *diary = tx_get (tx, diary, place_id);
    const diary_entries_t *entries = tx_unpack (tx, diary_entries,
        diary ? diary->entries : (blob_t) { 0 });
    for (size_t i = 0; i < entries->n_entries; i++)
        if (zone_date (zone, entries->entries [i]->from_at, NULL) <= zone_date (zone, to_at - 1, NULL)
            && zone_date (zone, from_at, NULL)
            <= zone_date (zone, entries->entries [i]->to_at - 1, NULL))
            return true;
    return false;
}

static int
s_taken (tx_t *tx, const provider_t *provider, const provider_details_t *details, int64_t from_at,
    int64_t to_at)
{
    const zone_t *zone = s_zone (tx, details);
    int taken = 0;
    for (int i = 1; i <= details->daily_capacity; i++)
        taken += s_is_taken (tx, tx_printf (tx, "%s:%d", provider->id, i), zone, from_at, to_at);
    return taken;
}

/* Beyond its capacity only by a person's word. */
char *
provider_place (tx_t *tx, const provider_t *provider, int64_t from_at, int64_t to_at)
{
    const zone_t *zone = s_zone (tx, tx_unpack (tx, provider_details, provider->details));
    for (int i = 1; ; i++) {
        char *place_id = tx_printf (tx, "%s:%d", provider->id, i);
        if (!s_is_taken (tx, place_id, zone, from_at, to_at))
            return place_id;
    }
}

static bool
s_serves (const provider_details_t *details, const char *const *path, int depth)
{
    for (size_t i = 0; i < details->n_territory_ids; i++)
        for (int j = 0; j < depth; j++)
            if (strcmp (details->territory_ids [i], path [j]) == 0)
                return true;
    return false;
}

void
provider_gather (tx_t *tx, const work_order_t *order, const choose_input_t *input,
    const choose_provider_t **ret_providers, int *ret_count)
{
    list_t all = tx_all (tx, provider);
    const char *path [TERRITORY_DEPTH_MAX];
    int depth = territory_path (tx, order->territory_id, path), count = 0;
    choose_provider_t *providers = arena_array (tx_arena (tx), (size_t) all.count + 1,
        sizeof *providers);
    int64_t from_at = choose_provider_at (input);
    EACH (provider, provider, all) {
        const provider_details_t *details = tx_unpack (tx, provider_details, provider->details);
        bool is_chosen = input->manual_id && strcmp (input->manual_id, provider->id) == 0;
        bool is_in_territory = s_serves (details, path, depth);
        if (is_chosen || (is_in_territory && input->policy.details->provider_use))
            providers [count++] = (choose_provider_t) { provider->id, details, is_in_territory,
                s_taken (tx, provider, details, from_at, from_at + input->order.work_ms) };
    }
    *ret_providers = providers;
    *ret_count = count;
}
