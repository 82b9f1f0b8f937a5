/* intake - takes on what customers and devices ask, and follows it to its end; keeps customers,
 * sites and assets.
 * in:  registrations, requests, alarms, attempts; entitlements, contracts, work orders that ended
 * out: master data in full, requests accepted, triaged, resolved, closed; work orders wanted
 * remembers: customers, contacts, territories, sites, assets, rules, requests, alarms
 * rebuilds: nothing */
#include "intake.h"

static const handler_t handlers [] = {
    COMMAND (register_customer,             on_register_customer),
    COMMAND (merge_customers,               on_merge_customers),
    COMMAND (register_contact,              on_register_contact),
    COMMAND (register_person,               on_register_person),
    COMMAND (register_territory,            on_register_territory),
    COMMAND (register_site,                 on_register_site),
    COMMAND (register_asset,                on_register_asset),
    COMMAND (register_alarm_rule,           on_register_alarm_rule),
    COMMAND (register_triage_rule,          on_register_triage_rule),
    COMMAND (publish_emergency_plan,        on_publish_emergency_plan),

    COMMAND (submit_service_request,        on_submit_service_request),
    COMMAND (raise_alarm,                   on_raise_alarm),
    COMMAND (clear_alarm,                   on_clear_alarm),
    COMMAND (acknowledge_service_request,   on_acknowledge_service_request),
    COMMAND (triage_service_request,        on_triage_service_request),
    COMMAND (record_support_attempt,        on_record_support_attempt),
    COMMAND (change_support_tier,           on_change_support_tier),
    COMMAND (start_waiting,                 on_start_waiting),
    COMMAND (end_waiting,                   on_end_waiting),
    COMMAND (publish_waiting_policy,        on_publish_waiting_policy),
    COMMAND (confirm_service_request,       on_confirm_service_request),
    COMMAND (cancel_service_request,        on_cancel_service_request),
    COMMAND (reopen_service_request,        on_reopen_service_request),
    COMMAND (merge_service_requests,        on_merge_service_requests),
    COMMAND (declare_emergency,             on_declare_emergency),
    COMMAND (end_emergency,                 on_end_emergency),

    EVENT   (scheduler,  calendar_published,       on_calendar_published),
    EVENT   (billing,    contract_activated,       on_contract_activated),
    EVENT   (billing,    entitlement_resolved,     on_entitlement_resolved),
    EVENT   (dispatcher, work_order_created,       on_work_order_created),
    EVENT   (dispatcher, work_order_completed,     on_work_order_completed),
    EVENT   (dispatcher, work_order_cancelled,     on_work_order_cancelled),
    EVENT   (dispatcher, work_order_state_changed, on_work_order_state_changed),

    QUERY   (identify,                      on_identify),
    QUERY   (get_asset,                     on_get_asset),

    TIMER   ("silence",                     on_silence),
    TIMER   ("waiting",                     on_waiting),
    TIMER   ("contract_ends",               on_contract_ends),
    { 0 }
};

static const entity_t *const entities [] = {
    &customer_entity, &contact_entity, &person_entity, &territory_entity, &site_entity,
    &asset_entity, &asset_place_entity, &alarm_rule_entity, &triage_rule_entity, &service_request_entity,
    &external_message_entity, &support_attempt_entity, &alarm_entity, &contract_entity,
    &emergency_plan_entity, &emergency_entity,
    &waiting_entity, &waiting_policy_entity, &business_calendar_entity, NULL
};

SERVICE (intake, "intake", handlers, entities);
