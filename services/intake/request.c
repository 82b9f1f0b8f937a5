/* request - what a customer or a device asks, taken on in one step: accepted, triaged, sent on its
 * way. */
#include "intake.h"

ENTITY_TABLE (service_request, SERVICE_REQUEST_FIELDS, "open_customer_id", "open_asset_id");

service_request_t *
request_known (tx_t *tx, const char *request_id)
{
    service_request_t *request = tx_get (tx, service_request, request_id);
    if (!request) {
        tx_reject (tx, "request.unknown", "no service request \"%s\": check the id", request_id);
        return NULL;
    }
    tx_correlate (tx, request->id);
    tx_accept (tx, request->id);
    return request;
}

service_request_t *
request_still_open (tx_t *tx, const char *request_id)
{
    service_request_t *request = request_known (tx, request_id);
    if (!request || request->state == REQUEST_STATE_OPEN)
        return request;
    if (request->state == REQUEST_STATE_MERGED) {
        tx_reject (tx, "request.merged", "service request %s was merged into %s: speak of that one",
            request->id, request->survivor_id);
        return NULL;
    }
    tx_reject (tx, "request.not_open", "service request %s is %s: reopen it first", request->id,
        enum_name (&request_state_descriptor, request->state));
    return NULL;
}

/* Work that can only be done there, and devices whose rule says so. */
static support_tier_t
s_first_tier (const asked_t *asked)
{
    if (asked->type == REQUEST_TYPE_INSTALLATION || asked->type == REQUEST_TYPE_MAINTENANCE)
        return SUPPORT_TIER_ONSITE;
    return asked->alarm_rule && asked->alarm_rule->first_tier ? asked->alarm_rule->first_tier
                                                              : SUPPORT_TIER_PHONE;
}

static char *
s_key (const char *text)
{
    return (char *) (text ? text : "");
}

static service_request_t *
s_put (tx_t *tx, const asked_t *asked)
{
    char *customer_id = asked->customer ? asked->customer->id : "",
         *asset_id = asked->asset ? asked->asset->id : "";
    return tx_put (tx, service_request,
        { .id = tx_id (tx),
            .type = asked->type,
            .state = REQUEST_STATE_OPEN,
            .channel = asked->channel,
            .external_id = s_key (asked->external_id),
            .customer_id = customer_id,
            .open_customer_id = customer_id,
            .site_id = asked->site ? asked->site->id : "",
            .asset_id = asset_id,
            .open_asset_id = asset_id,
            .territory_id = asked->site ? asked->site->territory_id : "",
            .region_class = asked->site ? asked->site->region_class : 0,
            .customer_grade = asked->customer ? asked->customer->grade : "",
            .contact_phone = s_key (asked->contact_phone),
            .note = s_key (asked->text),
            .fault_code = s_key (asked->fault_code),
            .level_hint = asked->level_hint,
            .tier = s_first_tier (asked),
            .order_id = "",
            .contract_id = "",
            .contract_tier = "",
            .level_reason = "",
            .survivor_id = "",
            .reported_at = asked->reported_at,
            .accepted_at = tx_now (tx) });
}

static void
s_say_accepted (tx_t *tx, const service_request_t *request)
{
    tx_emit (tx,
        service_request_accepted (.request_id = request->id, .type = request->type,
            .channel = request->channel, .external_id = request->external_id,
            .customer_id = request->customer_id, .site_id = request->site_id,
            .asset_id = request->asset_id, .territory_id = request->territory_id,
            .region_class = request->region_class, .customer_grade = request->customer_grade,
            .text = request->note, .fault_code = request->fault_code,
            .reported_at = request->reported_at, .accepted_at = request->accepted_at,
            .tier = request->tier));
}

service_request_t *
request_open (tx_t *tx, const asked_t *asked)
{
    service_request_t *request = s_put (tx, asked);
    tx_correlate (tx, request->id);
    s_say_accepted (tx, request);
    triage_first (tx, request, asked->asset, asked->alarm_rule);
    if (request->tier == SUPPORT_TIER_ONSITE)
        ladder_order (tx, request);
    return request;
}
