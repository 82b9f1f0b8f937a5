/* dispatcher - chooses the engineer for each visit and follows the job to its signed report.
 *
 * in:        orders wanted (intake, scheduler), readiness, bookings, absences (scheduler), postings
 *            (billing), promised arrivals (sla-watchdog); engineers, policies, positions, answers
 *            and reports as commands
 * out:       work orders and visits, decisions with everybody's reasons, time entries, reports
 * remembers: engineers, their diaries and how fast they work, work orders, visits, decisions, time
 *            entries, reports
 * rebuilds:  positions on the map (Redis), from the diaries */
#include "dispatcher.h"
#include "service.h"

static const handler_t handlers [] = {
    EVENT (intake, customer_registered, on_customer_registered),
    EVENT (intake, customer_updated, on_customer_updated),
    EVENT (intake, customer_merged, on_customer_merged),
    EVENT (intake, territory_published, on_territory_published),
    EVENT (intake, site_published, on_site_published),
    EVENT (intake, asset_published, on_asset_published),
    EVENT (intake, work_order_requested, on_work_order_requested),
    EVENT (intake, service_request_triaged, on_service_request_triaged),
    EVENT (intake, service_request_cancelled, on_service_request_cancelled),
    EVENT (intake, service_request_merged, on_service_request_merged),
    EVENT (intake, service_request_resolved, on_service_request_resolved),
    EVENT (intake, support_tier_changed, on_support_tier_changed),

    EVENT (scheduler, calendar_published, on_calendar_published),
    EVENT (scheduler, shift_assigned, on_shift_assigned),
    EVENT (scheduler, absence_recorded, on_absence_recorded),
    EVENT (scheduler, absence_cancelled, on_absence_cancelled),
    EVENT (scheduler, occurrence_generated, on_occurrence_generated),
    EVENT (scheduler, readiness_changed, on_readiness_changed),
    EVENT (scheduler, capacity_quota_published, on_capacity_quota_published),
    EVENT (scheduler, slot_held, on_slot_held),
    EVENT (scheduler, slot_expired, on_slot_expired),
    EVENT (scheduler, slot_released, on_slot_released),
    EVENT (scheduler, appointment_confirmed, on_appointment_confirmed),
    EVENT (scheduler, vehicle_assigned, on_vehicle_assigned),
    EVENT (scheduler, vehicle_released, on_vehicle_released),
    EVENT (scheduler, booking_held, on_booking_held),
    EVENT (scheduler, booking_refused, on_booking_refused),

    EVENT (billing, entitlement_resolved, on_entitlement_resolved),
    EVENT (billing, work_order_posted, on_work_order_posted),

    EVENT (sla-watchdog, sla_clock_started, on_sla_clock_started),
    EVENT (sla-watchdog, sla_clock_recomputed, on_sla_clock_recomputed),
    EVENT (sla-watchdog, sla_clock_resumed, on_sla_clock_resumed),
    EVENT (sla-watchdog, sla_clock_met, on_sla_clock_met),
    EVENT (sla-watchdog, sla_clock_missed, on_sla_clock_missed),
    EVENT (sla-watchdog, sla_clock_cancelled, on_sla_clock_cancelled),

    COMMAND (register_engineer, on_register_engineer),
    COMMAND (register_provider, on_register_provider),
    COMMAND (set_duty, on_set_duty),
    COMMAND (report_position, on_report_position),
    COMMAND (set_engineer_preferences, on_set_engineer_preferences),
    COMMAND (publish_dispatch_policy, on_publish_dispatch_policy),
    COMMAND (set_policy_rules, on_set_policy_rules),
    COMMAND (publish_report_template, on_publish_report_template),
    COMMAND (create_work_order, on_create_work_order),
    COMMAND (cancel_work_order, on_cancel_work_order),
    COMMAND (choose_engineer, on_choose_engineer),
    COMMAND (accept_visit, on_accept_visit),
    COMMAND (reject_visit, on_reject_visit),
    COMMAND (reassign_visit, on_reassign_visit),
    COMMAND (lock_visit, on_lock_visit),
    COMMAND (unlock_visit, on_unlock_visit),
    COMMAND (confirm_planned, on_confirm_planned),
    COMMAND (replan_day, on_replan_day),
    COMMAND (apply_replan, on_apply_replan),
    COMMAND (start_travel, on_start_travel),
    COMMAND (arrive_at_site, on_arrive_at_site),
    COMMAND (start_work, on_start_work),
    COMMAND (pause_work, on_pause_work),
    COMMAND (finish_work, on_finish_work),
    COMMAND (report_no_access, on_report_no_access),
    COMMAND (record_time_entry, on_record_time_entry),
    COMMAND (correct_time_entry, on_correct_time_entry),
    COMMAND (issue_service_report, on_issue_service_report),
    COMMAND (sign_service_report, on_sign_service_report),
    COMMAND (refuse_signature, on_refuse_signature),

    QUERY (get_decision, on_get_decision),
    QUERY (recommend_slots, on_recommend_slots),
    QUERY (get_travel_legs, on_get_travel_legs),
    QUERY (get_replan, on_get_replan),
    QUERY (get_territories, on_get_territories),
    EFFECT (search_day, replan_perform),
    RESULT (day_searched, on_day_searched),
    TIMER ("replan_due", on_replan_due),
    TIMER ("visit_overruns", on_visit_overruns),
    TIMER ("offer_expires", on_offer_expires),
    TIMER ("dispatch_retry", on_dispatch_retry),
    TIMER ("territory_retry", on_territory_retry),
    TIMER ("promise_broken", on_promise_broken),
    { 0 }
};

static const entity_t *const entities [] = {
    &customer_entity, &territory_entity, &site_entity, &asset_entity, &shift_calendar_entity,
    &capacity_quota_entity, &promise_entity, &entitlement_entity, &preference_entity,
    &engineer_entity, &efficiency_entity, &diary_entity, &policy_entity, &policy_rule_list_entity, &provider_entity,
    &report_template_entity,
    &work_order_entity, &visit_entity, &decision_entity, &time_entry_entity, &service_report_entity,
    &driver_entity, &replan_entity,
    NULL
};

SERVICE (dispatcher, "dispatcher", handlers, entities);
