/* scheduler - grants time: calendars, shifts, absences and bookings that never overlap; maintenance that falls due by
 * itself; whether an order can go.
 * in:  calendars, shifts, absences, plans; visits, orders, reservations, sites and contacts
 * out: bookings, occurrences, readiness
 * remembers: calendars, shifts, absences, bookings, plans, occurrences, open orders      rebuilds: nothing */
#include "scheduler.h"
#include <string.h>

ENTITY_TABLE (published_calendar, PUBLISHED_CALENDAR_FIELDS, "parent_id");
ENTITY_TABLE (territory, TERRITORY_FIELDS);
ENTITY_TABLE (engineer, ENGINEER_FIELDS, "territory_id");
ENTITY_TABLE (person, PERSON_FIELDS);
ENTITY_TABLE (on_call_roster, ON_CALL_ROSTER_FIELDS, "place");
ENTITY_TABLE (shift, SHIFT_FIELDS);
ENTITY_TABLE (absence, ABSENCE_FIELDS, "open_engineer_id");
ENTITY_TABLE (booking, BOOKING_FIELDS, "open_resource_id", "visit_id");
ENTITY_TABLE (tool, TOOL_FIELDS, "open_kind");
ENTITY_TABLE (tool_custody, TOOL_CUSTODY_FIELDS);
ENTITY_TABLE (tool_need, TOOL_NEED_FIELDS, "kind");
ENTITY_TABLE (vehicle, VEHICLE_FIELDS);
ENTITY_TABLE (slot, SLOT_FIELDS, "open_work_order_id");
ENTITY_TABLE (capacity_quota, CAPACITY_QUOTA_FIELDS, "open_territory_id");
ENTITY_TABLE (site, SITE_FIELDS, "access_calendar_id");
ENTITY_TABLE (contact, CONTACT_FIELDS, "phone_site_id", "phone_customer_id");
ENTITY_TABLE (customer, CUSTOMER_FIELDS);
ENTITY_TABLE (asset, ASSET_FIELDS, "access_calendar_id");
ENTITY_TABLE (waiting, WAITING_FIELDS);
ENTITY_TABLE (work_order, WORK_ORDER_FIELDS, "open_request_id", "open_site_id", "open_customer_id", "open_after_id");
ENTITY_TABLE (maintenance_plan, MAINTENANCE_PLAN_FIELDS, "asset_id", "site_id");
ENTITY_TABLE (plan_occurrence, PLAN_OCCURRENCE_FIELDS);

static const handler_t handlers [] = {
    COMMAND (publish_calendar,         on_publish_calendar),
    COMMAND (import_holidays,          on_import_holidays),
    COMMAND (assign_shift,             on_assign_shift),
    COMMAND (publish_on_call_roster,   on_publish_on_call_roster),
    COMMAND (record_absence,           on_record_absence),
    COMMAND (cancel_absence,           on_cancel_absence),
    COMMAND (publish_capacity_quota,   on_publish_capacity_quota),
    COMMAND (hold_slot,                on_hold_slot),
    COMMAND (release_slot,             on_release_slot),
    COMMAND (confirm_appointment,      on_confirm_appointment),
    COMMAND (register_tool,            on_register_tool),
    COMMAND (issue_tool,               on_issue_tool),
    COMMAND (return_tool,              on_return_tool),
    COMMAND (register_vehicle,         on_register_vehicle),
    COMMAND (assign_vehicle,           on_assign_vehicle),
    COMMAND (release_vehicle,          on_release_vehicle),
    COMMAND (record_mileage,           on_record_mileage),
    COMMAND (publish_maintenance_plan, on_publish_maintenance_plan),
    COMMAND (suspend_maintenance_plan, on_suspend_maintenance_plan),
    EVENT   (intake, territory_published,     on_territory_published),
    EVENT   (intake, person_published,        on_person_published),
    EVENT   (intake, site_published,          on_site_published),
    EVENT   (intake, asset_published,         on_asset_published),
    EVENT   (intake, contact_published,       on_contact_published),
    EVENT   (intake, customer_registered,     on_customer_registered),
    EVENT   (intake, customer_updated,        on_customer_updated),
    EVENT   (intake, customer_merged,         on_customer_merged),
    EVENT   (intake, case_waiting_started,    on_case_waiting_started),
    EVENT   (intake, case_waiting_ended,      on_case_waiting_ended),
    EVENT   (dispatcher, engineer_published,   on_engineer_published),
    EVENT   (dispatcher, work_order_created,   on_work_order_created),
    EVENT   (dispatcher, work_order_completed, on_work_order_completed),
    EVENT   (dispatcher, work_order_cancelled, on_work_order_cancelled),
    EVENT   (dispatcher, visit_proposed,       on_visit_proposed),
    EVENT   (dispatcher, moves_proposed,       on_moves_proposed),
    EVENT   (dispatcher, visit_accepted,       on_visit_accepted),
    EVENT   (dispatcher, visit_ended,          on_visit_ended),
    EVENT   (dispatcher, visit_finished,       on_visit_finished),
    EVENT   (inventory, reservation_made,      on_reservation_made),
    EVENT   (inventory, reservation_short,     on_reservation_short),
    EVENT   (inventory, reservation_released,  on_reservation_released),
    QUERY   (get_free_time,            on_get_free_time),
    QUERY   (get_calendar,             on_get_calendar),
    QUERY   (who_is_on_call,           on_who_is_on_call),
    QUERY   (get_readiness,            on_get_readiness),
    QUERY   (get_capacity,             on_get_capacity),
    QUERY   (get_tool,                 on_get_tool),
    TIMER   ("absence_over",           on_absence_over),
    TIMER   ("access_opens",           on_access_opens),
    TIMER   ("capacity",               on_capacity_day),
    TIMER   ("slot_expires",           on_slot_expires),
    TIMER   ("calibration_ends",       on_calibration_ends),
    TIMER   ("vehicle_over",           on_vehicle_over),
    TIMER   ("plan",                   on_plan_timer),
    TIMER   ("reminder",               on_reminder),
    { 0 }
};

static const entity_t *const entities [] = {
    &published_calendar_entity, &territory_entity, &engineer_entity, &person_entity, &on_call_roster_entity,
    &shift_entity, &absence_entity, &booking_entity,
    &site_entity, &contact_entity, &customer_entity, &asset_entity, &waiting_entity, &work_order_entity,
    &maintenance_plan_entity, &plan_occurrence_entity, &tool_entity, &tool_custody_entity, &tool_need_entity,
    &vehicle_entity, &slot_entity, &capacity_quota_entity, NULL
};

SERVICE (scheduler, "scheduler", handlers, entities);

bool
blob_holds (tx_t *tx, blob_t blob, const ProtobufCMessage *message)
{
    blob_t packed = tx_pack (tx, message);
    return packed.size == blob.size && (blob.size == 0 || memcmp (packed.data, blob.data, blob.size) == 0);
}
