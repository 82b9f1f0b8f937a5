/* appointment - slots that are asked for, held and chosen; an order that has an appointment is done in
 * its window. */
#include "dispatcher.h"
#include "slots.h"
#include <string.h>

ENTITY_CACHED (capacity_quota, CAPACITY_QUOTA_FIELDS, "territory_id");

enum { COUNT_DEFAULT = 3 };
#define SPAN_MS (PLACE_HORIZON_DAYS * DATE_DAY_MS)
#define SPAN_MAX_MS (62 * DATE_DAY_MS)

static bool
s_is_valid (tx_t *tx, const recommend_slots_t *query, int64_t from_at, int64_t until_at)
{
    if (!valid_optional_id (tx, "work_order_id", query->work_order_id)
        || !valid_optional_id (tx, "asset_id", query->asset_id)
        || !work_order_skills_valid (tx, query->skills, query->n_skills)
        || !valid_int (tx, "work_minutes", query->work_minutes, 0, 14 * 24 * 60)
        || !valid_int (tx, "count", query->count, 0, SLOTS_MAX)
        || !valid_instant (tx, "wanted_at", query->wanted_at)
        || !valid_instant (tx, "from_at", from_at) || !valid_instant (tx, "until_at", until_at)
        || !valid_order (tx, "until_at", from_at, until_at))
        return false;
    if (until_at - from_at > SPAN_MAX_MS)
        return tx_reject (tx, "until_at.too_late",
            "slots are asked for more than 62 days: ask for fewer at a time"), false;
    return true;
}

/* An order that there is not yet, as far as choosing goes. */
static bool
s_imagine (tx_t *tx, const recommend_slots_t *query, work_order_t *ret_order)
{
    const site_t *site = tx_get (tx, site, query->site_id);
    if (!site)
        return tx_reject (tx, "site.unknown", "no site %s: register it first", query->site_id),
            false;
    if (!is_empty (query->asset_id) && !tx_get (tx, asset, query->asset_id))
        return tx_reject (tx, "asset.unknown", "no asset %s: register it first", query->asset_id),
            false;
    work_order_created_t facts = { .base = work_order_created_init, .n_skills = query->n_skills,
        .skills = query->skills, .site_id = query->site_id, .asset_id = query->asset_id };
    *ret_order = (work_order_t) {
        .id = "", .site_id = site->id, .asset_id = query->asset_id,
        .customer_id = site->customer_id, .territory_id = site->territory_id, .priority = 50,
        .work_minutes = query->work_minutes ? query->work_minutes : 60,
        .facts = tx_pack (tx, &facts.base), .is_ready = true };
    return true;
}

static bool
s_order (tx_t *tx, const recommend_slots_t *query, work_order_t *ret_order)
{
    if (is_empty (query->work_order_id))
        return s_imagine (tx, query, ret_order);
    const work_order_t *order = tx_get (tx, work_order, query->work_order_id);
    if (!order)
        return tx_reject (tx, "work_order.unknown", "no work order %s: look the id up again",
            query->work_order_id), false;
    *ret_order = *order;
    return true;
}

static recommended_slots_t *
s_answer (tx_t *tx, const work_order_t *order, const slots_offer_t *offers, int count)
{
    recommended_slots_t *answer = message_new (tx_arena (tx), recommended_slots);
    answer->work_order_id = order->id;
    answer->slots = arena_array (tx_arena (tx), (size_t) count + 1, sizeof *answer->slots);
    for (int i = 0; i < count; i++) {
        const slots_offer_t *offer = &offers [i];
        offered_slot_t *slot = message_new (tx_arena (tx), offered_slot);
        slot->engineer_id = (char *) offer->engineer_id;
        slot->window_from_at = offer->window_from_at;
        slot->window_to_at = offer->window_to_at;
        slot->starts_at = offer->place.starts_at;
        slot->work_starts_at = offer->place.work_starts_at;
        slot->ends_at = offer->place.ends_at;
        slot->extra_minutes = offer->detour.minutes;
        slot->extra_m = offer->detour.distance_m;
        slot->cost_minor = offer->cost_minor;
        answer->slots [answer->n_slots++] = slot;
    }
    return answer;
}

/* What the week keeps for other types of work, as the scheduler will count it when a slot is held. */
static void
s_quotas (tx_t *tx, const work_order_t *order, slots_search_t *search)
{
    const territory_t *territory = tx_get (tx, territory, order->territory_id);
    list_t all = tx_find (tx, capacity_quota, territory_id, order->territory_id);
    slots_quota_t *quotas = arena_array (tx_arena (tx), (size_t) all.count + 1, sizeof *quotas);
    EACH (capacity_quota, quota, all)
        quotas [search->quota_count++] = (slots_quota_t) { (int) quota->type, quota->percent };
    const zone_t *zone = territory ? zone_find (territory->time_zone, NULL) : NULL;
    search->quotas = quotas;
    search->week_zone = zone ? zone : zone_find ("UTC", NULL);
    search->type = (int) order->type;
}

void
on_recommend_slots (tx_t *tx, const recommend_slots_t *query)
{
    int64_t from_at = query->from_at ? query->from_at : tx_now (tx);
    int64_t until_at = query->until_at ? query->until_at : from_at + SPAN_MS;
    work_order_t order;
    if (!s_is_valid (tx, query, from_at, until_at) || !s_order (tx, query, &order))
        return;
    const site_t *site = tx_get (tx, site, order.site_id);
    const zone_t *zone = site ? zone_find (site->time_zone, NULL) : NULL;
    choose_input_t input;
    slots_offer_t offers [SLOTS_MAX];
    gather (tx, &order, NULL, &input);
    slots_search_t search = {
        .zone = zone ? zone : zone_find ("UTC", NULL), .from_at = from_at, .until_at = until_at,
        .wanted_at = query->wanted_at, .count = query->count ? query->count : COUNT_DEFAULT };
    s_quotas (tx, &order, &search);
    int count = slots_find (tx_arena (tx), &input, &search, offers);
    tx_answer (tx, &s_answer (tx, &order, offers, count)->base);
}

/* ---- what the scheduler keeps */

void
on_capacity_quota_published (tx_t *tx, const capacity_quota_published_t *event)
{
    capacity_quota_t *quota = tx_need (tx, capacity_quota, event->quota_id);
    quota->territory_id = event->percent ? event->territory_id : "";
    quota->type = (int) event->type;
    quota->percent = event->percent;
}

void
on_slot_held (tx_t *tx, const slot_held_t *event)
{
    const work_order_t *order = tx_get (tx, work_order, event->work_order_id);
    diary_entry_t *entry = message_new (tx_arena (tx), diary_entry);
    entry->entry_id = event->slot_id;
    entry->kind = DIARY_KIND_HOLD;
    entry->from_at = event->starts_at;
    entry->work_from_at = event->work_starts_at;
    entry->to_at = event->ends_at;
    entry->point = order ? site_point (tx, tx_get (tx, site, order->site_id)) : NULL;
    entry->work_order_id = event->work_order_id;
    entry->type = order ? (request_type_t) order->type : REQUEST_TYPE_UNSPECIFIED;
    diary_write (tx, tx_need (tx, diary, event->engineer_id), entry);
}

static void
s_free (tx_t *tx, const char *engineer_id, const char *slot_id)
{
    diary_t *diary = tx_need (tx, diary, engineer_id);
    diary_erase (tx, diary, slot_id);
    dispatch_wake (tx, diary->territory_id);
}

void
on_slot_expired (tx_t *tx, const slot_expired_t *event)
{
    s_free (tx, event->engineer_id, event->slot_id);
}

void
on_slot_released (tx_t *tx, const slot_released_t *event)
{
    s_free (tx, event->engineer_id, event->slot_id);
}

/* The slot may have been held before anybody knew for which order. */
static void
s_name_order (tx_t *tx, const appointment_confirmed_t *event)
{
    diary_t *diary = tx_need (tx, diary, event->engineer_id);
    diary_entries_t *entries = tx_unpack (tx, diary_entries, diary->entries);
    for (size_t i = 0; i < entries->n_entries; i++)
        if (strcmp (entries->entries [i]->entry_id, event->slot_id) == 0) {
            entries->entries [i]->work_order_id = event->work_order_id;
            return diary_write (tx, diary, entries->entries [i]);
        }
}

/* A visit that nobody has begun gives way when it is at another time than was agreed. */
static bool
s_is_elsewhen (const visit_t *visit, const work_order_t *order)
{
    return visit && machine_next (visit_transitions, visit->state, "ReassignVisit")
        && visit->state <= VISIT_STATE_ACCEPTED
        && (visit->work_starts_at < order->not_before_at
        || visit->work_starts_at > order->not_after_at);
}

void
on_appointment_confirmed (tx_t *tx, const appointment_confirmed_t *event)
{
    work_order_t *order = tx_get (tx, work_order, event->work_order_id);
    if (!order)
        tx_fail (tx, "an appointment for work order %s, which this dispatcher never made",
            event->work_order_id);
    visit_t *visit = tx_get (tx, visit, order->open_visit_id);
    const char *reason = "another time was agreed with the customer";
    s_name_order (tx, event);
    order->not_before_at = event->window_from_at;
    order->not_after_at = event->window_to_at;
    tx_correlate (tx, order->root_id);
    if (s_is_elsewhen (visit, order)) {
        visit_end_all (tx, order, "ReassignVisit", reason);
        work_order_refresh (tx, order, reason);
    }
    dispatch_decide (tx, order);
}
