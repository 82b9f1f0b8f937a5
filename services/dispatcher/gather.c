/* gather - from rows to what choose needs: the order, and everybody of its territory and the ones
 * above it. */
#include "dispatcher.h"
#include "calendars.h"
#include "check.h"
#include "unpacked.h"
#include <stdlib.h>
#include <string.h>

ENTITY_TABLE (decision, DECISION_FIELDS, NULL);

const decision_t *
decision_of (tx_t *tx, const visit_t *visit)
{
    return visit ? tx_get (tx, decision, is_empty (visit->decision_id) ? visit->id
        : visit->decision_id) : NULL;
}

static geo_point_t *
s_position (tx_t *tx, const engineer_t *engineer, const diary_t *diary, int64_t fresh_ms)
{
    if (!engineer->on_duty || !diary || !diary->fixed_at
        || diary->fixed_at < tx_now (tx) - fresh_ms)
        return NULL;
    geo_point_t *point = message_new (tx_arena (tx), geo_point);
    point->latitude = diary->latitude;
    point->longitude = diary->longitude;
    return point;
}

choose_person_t
gather_person (tx_t *tx, const engineer_t *engineer, bool is_in_territory, int64_t fresh_ms)
{
    const diary_t *diary = tx_get (tx, diary, engineer->id);
    const shift_calendar_t *calendar = diary ? tx_get (tx, shift_calendar, diary->calendar_id)
        : NULL;
    const unpacked_t *details = unpacked_get (&engineer_details_descriptor, engineer->id, engineer->details);
    const unpacked_t *diary_of = unpacked_get (&diary_entries_descriptor, engineer->id,
        diary ? diary->entries : (blob_t) { 0 });
    check (details && diary_of);                    /* what we packed ourselves */
    const diary_entries_t *entries = (const void *) diary_of->message;
    int learned_visits, learned_percent = efficiency_learned (tx, engineer->id, &learned_visits);
    return (choose_person_t) {
        .id = engineer->id, .details = (const void *) details->message, .details_digest = details->digest,
        .is_on_duty = engineer->on_duty, .is_in_territory = is_in_territory,
        .position = s_position (tx, engineer, diary, fresh_ms),
        .shift = calendar && calendar->version
        ? calendars_get (calendar->id, calendar->version, calendar->details) : NULL,
        .entries = entries->entries, .entry_count = entries->n_entries,
        .entries_digest = diary_of->digest,
        .learned_percent = learned_percent, .learned_visits = learned_visits,
    };
}

static int
s_by_id (const void *left, const void *right)
{
    return strcmp (((const choose_person_t *) left)->id, ((const choose_person_t *) right)->id);
}

/* A specialist of the country may go to every town. Rows of a whole territory are asked for at
 * once: one round trip each, however many engineers. */
static void
s_people (tx_t *tx, const work_order_t *order, const char *manual_id, int64_t fresh_ms,
    choose_input_t *input)
{
    const char *territories [TERRITORY_DEPTH_MAX];
    list_t engineers [TERRITORY_DEPTH_MAX];
    int territory_count = territory_path (tx, order->territory_id, territories), total = 0;
    for (int i = 0; i < territory_count; i++) {
        engineers [i] = tx_find (tx, engineer, territory_id, territories [i]);
        tx_find (tx, diary, territory_id, territories [i]);
        total += engineers [i].count;
    }
    const engineer_t *chosen = tx_get (tx, engineer, manual_id);
    choose_person_t *people = arena_array (tx_arena (tx), (size_t) total + 1, sizeof *people);
    for (int i = 0; i < territory_count; i++)
        EACH (engineer, engineer, engineers [i]) {
            people [input->engineer_count++] = gather_person (tx, engineer, true, fresh_ms);
            if (engineer == chosen)
                chosen = NULL;
        }
    if (chosen)
        people [input->engineer_count++] = gather_person (tx, chosen, false, fresh_ms);
    qsort (people, (size_t) input->engineer_count, sizeof *people, s_by_id);
    input->engineers = people;
}

/* All that the order names, in one round trip; layers of preferences are known but for the contract's. */
static void
s_expect (tx_t *tx, const work_order_t *order)
{
    tx_expect (tx, promise, order->request_id);
    tx_expect (tx, entitlement, order->request_id);
    tx_expect (tx, asset, order->asset_id);
    tx_expect (tx, site, order->site_id);
    tx_expect (tx, customer, order->customer_id);
    preference_expect_named (tx, order);
}

choose_order_t
gather_order (tx_t *tx, const work_order_t *order)
{
    s_expect (tx, order);
    const site_t *site = tx_get (tx, site, order->site_id);
    const asset_t *asset = tx_get (tx, asset, order->asset_id);
    const customer_t *customer = tx_get (tx, customer, order->customer_id);
    const promise_t *promise = tx_get (tx, promise, order->request_id);
    const work_order_created_t *facts = tx_unpack (tx, work_order_created, order->facts);
    preference_layer_t *layers = arena_array (tx_arena (tx), PREFERENCE_LAYERS_MAX, sizeof *layers);
    int layer_count = preference_layers (tx, order, facts, layers);
    bool is_merged = customer && !is_empty (customer->survivor_id);
    return (choose_order_t) {
        .id = order->id, .territory_id = order->territory_id,
        .customer_id = is_merged ? customer->survivor_id : order->customer_id,
        .skills = facts->skills, .skill_count = facts->n_skills,
        .priority = (int) order->priority, .work_ms = order->work_minutes * 60000,
        .not_before_at = order->not_before_at, .not_after_at = order->not_after_at,
        .promised_at = promise ? promise->arrive_at : 0,
        .site = site_point (tx, site), .setbacks = tx_unpack (tx, setbacks, order->setbacks),
        .layers = layers, .layer_count = layer_count, .is_ready = order->is_ready,
        .access = site_access (tx, site, order->asset_id), .crew_size = facts->crew_size,
        .device_type = asset ? asset->device_type : "",
    };
}

void
gather (tx_t *tx, const work_order_t *order, const char *manual_id, choose_input_t *ret_input)
{
    *ret_input = (choose_input_t) { .now = tx_now (tx), .manual_id = manual_id };
    ret_input->policy = policy_of (tx, order);
    tx_all (tx, shift_calendar);
    ret_input->order = gather_order (tx, order);
    if (ret_input->policy.details->provider_use
        && order->offers >= ret_input->policy.details->max_offers)
        ret_input->order.offers_in_vain = (int) order->offers;
    s_people (tx, order, manual_id, ret_input->policy.details->position_fresh_ms, ret_input);
    provider_gather (tx, order, ret_input, &ret_input->providers, &ret_input->provider_count);
}
