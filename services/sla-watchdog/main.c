/* sla-watchdog - promises to customers: how long, how much of it is used up, who must be told.
 * in:  requests and what becomes of them, arrivals, waits, entitlements, calendars
 * out: clocks started, paused, met, missed; warnings, breaches and their retraction; alerts; months closed
 * remembers: plans, cases with their facts, clocks, thresholds, gauges
 * rebuilds: the index of due times (Redis); every clock can be derived again from its case's facts */
#include "service.h"
#include "sla-watchdog.h"

static const handler_t s_handlers [] = {
    COMMAND (publish_sla_plan,                          on_publish_sla_plan),
    COMMAND (publish_alert_rule,                        on_publish_alert_rule),
    COMMAND (set_sla_deadline,                          on_set_sla_deadline),
    COMMAND (reach_sla_milestone,                       on_reach_sla_milestone),
    COMMAND (acknowledge_escalation,                    on_acknowledge_escalation),
    QUERY   (get_escalation,                            on_get_escalation),
    COMMAND (recompute_sla,                             on_recompute_sla),
    QUERY   (get_sla,                                   on_get_sla),
    QUERY   (get_sla_ledger,                            on_get_sla_ledger),
    QUERY   (get_sla_compliance,                        on_get_sla_compliance),

    EVENT   (intake,     territory_published,           on_territory_published),
    EVENT   (scheduler,  calendar_published,            on_calendar_published),
    EVENT   (scheduler,  on_call_roster_published,      on_on_call_roster_published),
    EVENT   (scheduler,  absence_recorded,              on_absence_recorded),
    EVENT   (scheduler,  absence_cancelled,             on_absence_cancelled),

    EVENT   (intake,     service_request_accepted,      on_service_request_accepted),
    EVENT   (intake,     service_request_triaged,       on_service_request_triaged),
    EVENT   (billing,    contract_activated,            on_contract_activated),
    EVENT   (billing,    entitlement_resolved,          on_entitlement_resolved),
    EVENT   (intake,     service_request_acknowledged,  on_service_request_acknowledged),
    EVENT   (intake,     support_attempt_recorded,      on_support_attempt_recorded),
    EVENT   (intake,     support_tier_changed,          on_support_tier_changed),
    EVENT   (intake,     service_request_resolved,      on_service_request_resolved),
    EVENT   (intake,     service_request_reopened,      on_service_request_reopened),
    EVENT   (intake,     service_request_cancelled,     on_service_request_cancelled),
    EVENT   (intake,     service_request_merged,        on_service_request_merged),
    EVENT   (intake,     case_waiting_started,          on_case_waiting_started),
    EVENT   (intake,     case_waiting_ended,            on_case_waiting_ended),
    EVENT   (intake,     person_published,              on_person_published),
    EVENT   (intake,     emergency_declared,            on_emergency_declared),
    EVENT   (intake,     emergency_ended,               on_emergency_ended),

    EVENT   (dispatcher, engineer_published,            on_engineer_published),
    EVENT   (dispatcher, work_order_created,            on_work_order_created),
    EVENT   (dispatcher, work_order_state_changed,      on_work_order_state_changed),
    EVENT   (dispatcher, work_order_completed,          on_work_order_completed),
    EVENT   (dispatcher, work_order_cancelled,          on_work_order_cancelled),
    EVENT   (dispatcher, dispatch_failed,               on_dispatch_failed),
    EVENT   (dispatcher, visit_offered,                 on_visit_offered),
    EVENT   (dispatcher, visit_accepted,                on_visit_accepted),
    EVENT   (dispatcher, visit_ended,                   on_visit_ended),
    EVENT   (dispatcher, visit_arrived,                 on_visit_arrived),
    EVENT   (dispatcher, visit_work_started,            on_visit_work_started),
    EVENT   (scheduler,  readiness_changed,             on_readiness_changed),
    EVENT   (inventory,  reservation_short,             on_reservation_short),
    EVENT   (inventory,  reservation_made,              on_reservation_made),
    EVENT   (inventory,  reservation_released,          on_reservation_released),

    EVENT   (inventory,  depot_repair_received,         on_depot_repair_received),
    EVENT   (inventory,  depot_repair_completed,        on_depot_repair_completed),

    TIMER   ("threshold", on_threshold),
    TIMER   ("escalation", on_escalation),
    TIMER   ("absence_over", on_absence_over),
    TIMER   ("gauge", on_gauge),
    TIMER   ("sweep", on_sweep),
    TIMER   (SWEEP_CALENDAR, on_case_swept),
    TIMER   (SWEEP_TERRITORY, on_case_swept),
    TIMER   (SWEEP_PLAN, on_case_swept),
    TIMER   (SWEEP_RULE, on_gauge_swept),
    TIMER   (SWEEP_ZONES, on_case_swept),
    TIMER   (SWEEP_TERRITORY_ZONE, on_case_swept),
    TIMER   ("zones", on_zones),
    TIMER   ("compliance", on_compliance),
    TIMER   ("recompute", on_recompute),
    TIMER   ("recompute_case", on_recompute_case),
    { 0 }
};

ENTITY_CACHED (sla_plan, SLA_PLAN_FIELDS, NULL);
ENTITY_CACHED (alert_rule, ALERT_RULE_FIELDS, NULL);
ENTITY_CACHED (known_calendar, KNOWN_CALENDAR_FIELDS, NULL);
ENTITY_CACHED (territory, TERRITORY_FIELDS, NULL);
ENTITY_CACHED (on_call_roster, ON_CALL_ROSTER_FIELDS, "place");
ENTITY_CACHED (retired_person, RETIRED_PERSON_FIELDS, NULL);
ENTITY_TABLE (absence, ABSENCE_FIELDS, "person_id");
ENTITY_TABLE (sla_case, SLA_CASE_FIELDS, "open_plan_id", "open_territory_id");
ENTITY_TABLE (sla_fact, SLA_FACT_FIELDS, "case_id");
ENTITY_TABLE (sla_clock, SLA_CLOCK_FIELDS, "case_id", "open_calendar_id");
ENTITY_TABLE (threshold, THRESHOLD_FIELDS, NULL);
ENTITY_TABLE (gauge, GAUGE_FIELDS, "metric");
ENTITY_TABLE (alert, ALERT_FIELDS, "gauge_id");
ENTITY_TABLE (work_order, WORK_ORDER_FIELDS, NULL);
ENTITY_TABLE (escalation, ESCALATION_FIELDS, NULL);
ENTITY_TABLE (sweep, SWEEP_FIELDS, NULL);
ENTITY_TABLE (zone_rules, ZONE_RULES_FIELDS, NULL);
ENTITY_TABLE (contract, CONTRACT_FIELDS, NULL);
ENTITY_TABLE (recompute, RECOMPUTE_FIELDS, NULL);
ENTITY_TABLE (compliance_month, COMPLIANCE_MONTH_FIELDS, "contract_id", "month");
ENTITY_TABLE (compliance_count, COMPLIANCE_COUNT_FIELDS, "month_id");

static const entity_t *const s_entities [] = {
    &sla_plan_entity, &alert_rule_entity, &known_calendar_entity, &territory_entity, &sla_case_entity, &sla_fact_entity,
    &sla_clock_entity, &threshold_entity, &gauge_entity, &alert_entity, &work_order_entity, &sweep_entity,
    &escalation_entity, &on_call_roster_entity, &absence_entity,
    &retired_person_entity, &contract_entity, &compliance_month_entity,
    &compliance_count_entity, &recompute_entity, &zone_rules_entity, NULL
};

SERVICE (sla_watchdog, "sla-watchdog", s_handlers, s_entities, .timers_in_redis = true);
