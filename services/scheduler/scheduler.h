/* scheduler.h - what the scheduler remembers, and the prototypes of its rooms. */
#pragma once
#include "calendars.h"
#include "on_call.h"
#include "service.h"

/* ---- time that can be had */

/* own is what the operator said, details the same with its parents merged in: what everybody works with. */
#define PUBLISHED_CALENDAR_FIELDS(F, T) \
    F (T, text, id) F (T, int, version) F (T, text, parent_id) F (T, blob, own) F (T, blob, details)
ENTITY_STRUCT (published_calendar, PUBLISHED_CALENDAR_FIELDS);

#define TERRITORY_FIELDS(F, T) \
    F (T, text, id) F (T, text, calendar_id) F (T, text, parent_id) F (T, text, time_zone)
ENTITY_STRUCT (territory, TERRITORY_FIELDS);

#define ENGINEER_FIELDS(F, T) F (T, text, id) F (T, text, territory_id) F (T, bool, retired)
ENTITY_STRUCT (engineer, ENGINEER_FIELDS);

/* id is the engineer's. */
#define SHIFT_FIELDS(F, T) F (T, text, id) F (T, text, calendar_id)
ENTITY_STRUCT (shift, SHIFT_FIELDS);

/* open_engineer_id is the engineer while the absence can still matter: not cancelled, not over. */
#define ABSENCE_FIELDS(F, T) \
    F (T, text, id) F (T, text, engineer_id) F (T, text, open_engineer_id) F (T, time, from_at) F (T, time, to_at) \
    F (T, text, reason) F (T, bool, cancelled)
ENTITY_STRUCT (absence, ABSENCE_FIELDS);

/* The numbers are in the table's exclusion constraint: the first two claim the time. */
typedef enum {
    BOOKING_HELD = 1, BOOKING_CONFIRMED, BOOKING_RELEASED, BOOKING_FINISHED, BOOKING_REFUSED
} booking_state_t;

/* Whose time it is. A driver is an engineer as far as he can have one vehicle only. */
typedef enum { KIND_ENGINEER = 1, KIND_TOOL, KIND_VEHICLE, KIND_DRIVER } resource_kind_t;

/* A claim on the time of one resource. A visit has one for each stretch of its engineer's shift and one for each tool;
 * the first has the visit's id, and all of them stand or fall together. open_resource_id is the resource while the
 * booking claims its time. replaces_visit_id: the visit whose time with the same
 * resource gave way to it; was: the state that comes back when that does not happen, 0 when none does. */
#define BOOKING_FIELDS(F, T) \
    F (T, text, id) F (T, text, visit_id) F (T, text, work_order_id) F (T, enum, kind) F (T, text, resource_id) \
    F (T, text, open_resource_id) F (T, enum, state) F (T, time, starts_at) F (T, time, ends_at) \
    F (T, text, reason) F (T, enum, type) F (T, text, replaces_visit_id) F (T, enum, was)
ENTITY_STRUCT (booking, BOOKING_FIELDS);

/* id is "<territory>:<type>". open_territory_id is "" when nothing is reserved any more. */
#define CAPACITY_QUOTA_FIELDS(F, T) \
    F (T, text, id) F (T, text, open_territory_id) F (T, enum, type) F (T, int, percent)
ENTITY_STRUCT (capacity_quota, CAPACITY_QUOTA_FIELDS);

typedef enum { SLOT_HELD = 1, SLOT_CONFIRMED, SLOT_EXPIRED, SLOT_RELEASED } slot_state_t;

/* A time that is kept for a customer; its bookings have its id as their visit. open_work_order_id is the order while
 * the slot is held or confirmed. */
#define SLOT_FIELDS(F, T) \
    F (T, text, id) F (T, text, work_order_id) F (T, text, open_work_order_id) F (T, text, engineer_id) \
    F (T, enum, state) F (T, time, starts_at) F (T, time, ends_at) F (T, time, window_from_at) \
    F (T, time, window_to_at) F (T, text, reason)
ENTITY_STRUCT (slot, SLOT_FIELDS);

/* open_kind: "" once retired. engineer_id: who has it, "" it is in store. details: ToolDetails */
#define TOOL_FIELDS(F, T) \
    F (T, text, id) F (T, text, open_kind) F (T, text, territory_id) F (T, text, engineer_id) F (T, text, location_id) \
    F (T, time, calibrated_until_at) F (T, int, custodies) F (T, int, version) F (T, blob, details)
ENTITY_STRUCT (tool, TOOL_FIELDS);

/* The log of custody: id is "<tool>:<n>", 1 the first. to_at 0: he still has it. */
#define TOOL_CUSTODY_FIELDS(F, T) \
    F (T, text, id) F (T, text, tool_id) F (T, text, engineer_id) F (T, time, from_at) F (T, time, to_at) \
    F (T, text, note)
ENTITY_STRUCT (tool_custody, TOOL_CUSTODY_FIELDS);

/* What open orders need: id is "<work order>:<kind>". Gone when the order is over. */
#define TOOL_NEED_FIELDS(F, T) F (T, text, id) F (T, text, work_order_id) F (T, text, kind)
ENTITY_STRUCT (tool_need, TOOL_NEED_FIELDS);

/* details: VehicleDetails. The odometer as it was read last. */
#define VEHICLE_FIELDS(F, T) \
    F (T, text, id) F (T, int, odometer_km) F (T, time, read_at) F (T, int, version) F (T, blob, details)
ENTITY_STRUCT (vehicle, VEHICLE_FIELDS);

/* One of our own people who is no engineer. */
#define PERSON_FIELDS(F, T) F (T, text, id) F (T, bool, retired)
ENTITY_STRUCT (person, PERSON_FIELDS);

/* place is "<territory> <role>", "" once retired; details is OnCallRosterDetails as published. */
#define ON_CALL_ROSTER_FIELDS(F, T) F (T, text, id) F (T, int, version) F (T, text, place) F (T, blob, details)
ENTITY_STRUCT (on_call_roster, ON_CALL_ROSTER_FIELDS);

/* ---- places and people */

/* access_hours: CalendarDetails, empty: none of its own. */
#define SITE_FIELDS(F, T) \
    F (T, text, id) F (T, text, customer_id) F (T, text, territory_id) F (T, text, time_zone) \
    F (T, bool, has_location) F (T, int, version) F (T, text, access_calendar_id) F (T, blob, access_hours)
ENTITY_STRUCT (site, SITE_FIELDS);

/* A contact with a phone is found by its site, or by its customer when it speaks for the whole customer. */
#define CONTACT_FIELDS(F, T) \
    F (T, text, id) F (T, text, customer_id) F (T, text, site_id) \
    F (T, text, phone_site_id) F (T, text, phone_customer_id)
ENTITY_STRUCT (contact, CONTACT_FIELDS);

#define CUSTOMER_FIELDS(F, T) F (T, text, id) F (T, bool, has_phone) F (T, text, survivor_id)
ENTITY_STRUCT (customer, CUSTOMER_FIELDS);

#define ASSET_FIELDS(F, T) \
    F (T, text, id) F (T, text, site_id) F (T, bool, retired) F (T, text, access_calendar_id)
ENTITY_STRUCT (asset, ASSET_FIELDS);

/* ---- readiness */

/* reasons: one bit for each WaitReason that runs. id is the request's. */
#define WAITING_FIELDS(F, T) F (T, text, id) F (T, int, reasons)
ENTITY_STRUCT (waiting, WAITING_FIELDS);

typedef enum { PARTS_UNRESERVED, PARTS_SHORT, PARTS_RESERVED } parts_state_t;

/* open_after_id: the order that it waits for. created is WorkOrderCreated, empty while inventory has told of an order
 * that the dispatcher's event has not; said is the last ReadinessChanged. The open_ ids are empty once the order is
 * over. */
#define WORK_ORDER_FIELDS(F, T) \
    F (T, text, id) F (T, text, root) F (T, text, open_request_id) F (T, text, open_site_id) \
    F (T, text, open_customer_id) F (T, text, open_after_id) F (T, bool, closed) F (T, enum, parts_state) \
    F (T, blob, shortage) F (T, blob, created) F (T, blob, said)
ENTITY_STRUCT (work_order, WORK_ORDER_FIELDS);

/* ---- maintenance */

typedef enum { PLAN_ACTIVE = 1, PLAN_SUSPENDED } plan_state_t;

/* next_on is the date of the occurrence that comes next, "" when none does or a floating plan waits for the open
 * one. */
#define MAINTENANCE_PLAN_FIELDS(F, T) \
    F (T, text, id) F (T, int, version) F (T, enum, state) F (T, text, asset_id) F (T, text, site_id) \
    F (T, text, next_on) F (T, text, open_occurrence_id) F (T, text, reason) F (T, blob, details)
ENTITY_STRUCT (maintenance_plan, MAINTENANCE_PLAN_FIELDS);

typedef enum { OCCURRENCE_GENERATED = 1, OCCURRENCE_SKIPPED, OCCURRENCE_DONE } occurrence_state_t;

/* The ledger: each date of each plan has at most one line, "<plan>:<date>", that says what became of it. */
#define PLAN_OCCURRENCE_FIELDS(F, T) \
    F (T, text, id) F (T, text, plan_id) F (T, text, due_on) F (T, time, due_at) F (T, int, tolerance_ms) \
    F (T, enum, state) F (T, text, reason) F (T, time, done_at) F (T, bool, in_time)
ENTITY_STRUCT (plan_occurrence, PLAN_OCCURRENCE_FIELDS);

/* ---- handlers */

void on_publish_calendar (tx_t *tx, const publish_calendar_t *command);
void on_get_calendar (tx_t *tx, const get_calendar_t *query);
void on_import_holidays (tx_t *tx, const import_holidays_t *command);

void on_territory_published (tx_t *tx, const territory_published_t *event);
void on_engineer_published (tx_t *tx, const engineer_published_t *event);
void on_assign_shift (tx_t *tx, const assign_shift_t *command);

void on_person_published (tx_t *tx, const person_published_t *event);
void on_publish_on_call_roster (tx_t *tx, const publish_on_call_roster_t *command);
void on_who_is_on_call (tx_t *tx, const who_is_on_call_t *query);

void on_record_absence (tx_t *tx, const record_absence_t *command);
void on_cancel_absence (tx_t *tx, const cancel_absence_t *command);
void on_absence_over (tx_t *tx, const wakeup_t *wakeup);

void on_visit_proposed (tx_t *tx, const visit_proposed_t *event);
void on_moves_proposed (tx_t *tx, const moves_proposed_t *event);
void on_visit_accepted (tx_t *tx, const visit_accepted_t *event);
void on_visit_ended (tx_t *tx, const visit_ended_t *event);
void on_visit_finished (tx_t *tx, const visit_finished_t *event);

void on_get_capacity (tx_t *tx, const get_capacity_t *query);
void on_publish_capacity_quota (tx_t *tx, const publish_capacity_quota_t *command);
void on_capacity_day (tx_t *tx, const wakeup_t *wakeup);
/* The hours of engineers in a span, and what of them is booked. */
typedef struct { int64_t open_ms, booked_ms; } load_t;
load_t capacity_of (tx_t *tx, list_t engineers, const interval_t *span);
/* What [from_at, to_at) and the span have in common, as far as hours are open; NULL: always. */
int64_t capacity_common_ms (calendar_t *hours, const interval_t *span, int64_t from_at, int64_t to_at);
/* The territory's zone, the Monday of a date, what is left of the week that begins there. */
const zone_t *capacity_zone (tx_t *tx, const char *territory_id);
int32_t capacity_monday (int32_t date);
interval_t capacity_span (tx_t *tx, const zone_t *zone, int32_t monday);
/* Publishes the territory's capacity each midnight from now on. */
void capacity_begin (tx_t *tx, const territory_t *territory);

void on_hold_slot (tx_t *tx, const hold_slot_t *command);
void on_release_slot (tx_t *tx, const release_slot_t *command);
void on_confirm_appointment (tx_t *tx, const confirm_appointment_t *command);
void on_slot_expires (tx_t *tx, const wakeup_t *wakeup);

void on_register_tool (tx_t *tx, const register_tool_t *command);
void on_issue_tool (tx_t *tx, const issue_tool_t *command);
void on_return_tool (tx_t *tx, const return_tool_t *command);
void on_get_tool (tx_t *tx, const get_tool_t *query);
void on_calibration_ends (tx_t *tx, const wakeup_t *wakeup);

void on_register_vehicle (tx_t *tx, const register_vehicle_t *command);
void on_assign_vehicle (tx_t *tx, const assign_vehicle_t *command);
void on_release_vehicle (tx_t *tx, const release_vehicle_t *command);
void on_record_mileage (tx_t *tx, const record_mileage_t *command);
void on_vehicle_over (tx_t *tx, const wakeup_t *wakeup);

void on_get_free_time (tx_t *tx, const get_free_time_t *query);

void on_site_published (tx_t *tx, const site_published_t *event);
void on_asset_published (tx_t *tx, const asset_published_t *event);
void on_contact_published (tx_t *tx, const contact_published_t *event);
void on_customer_registered (tx_t *tx, const customer_registered_t *event);
void on_customer_updated (tx_t *tx, const customer_updated_t *event);
void on_customer_merged (tx_t *tx, const customer_merged_t *event);

void on_work_order_created (tx_t *tx, const work_order_created_t *event);
void on_work_order_completed (tx_t *tx, const work_order_completed_t *event);
void on_work_order_cancelled (tx_t *tx, const work_order_cancelled_t *event);
void on_reservation_made (tx_t *tx, const reservation_made_t *event);
void on_reservation_short (tx_t *tx, const reservation_short_t *event);
void on_reservation_released (tx_t *tx, const reservation_released_t *event);
void on_case_waiting_started (tx_t *tx, const case_waiting_started_t *event);
void on_case_waiting_ended (tx_t *tx, const case_waiting_ended_t *event);
void on_access_opens (tx_t *tx, const wakeup_t *wakeup);
void on_get_readiness (tx_t *tx, const get_readiness_t *query);

void on_publish_maintenance_plan (tx_t *tx, const publish_maintenance_plan_t *command);
void on_suspend_maintenance_plan (tx_t *tx, const suspend_maintenance_plan_t *command);
void on_plan_timer (tx_t *tx, const wakeup_t *wakeup);
void on_reminder (tx_t *tx, const wakeup_t *wakeup);

/* ---- between rooms */

/* A published calendar that can be asked, or NULL. */
calendar_t *calendar_of (tx_t *tx, const char *calendar_id);
/* The calendar somebody assigned to the engineer, or NULL. */
calendar_t *engineer_shift (tx_t *tx, const char *engineer_id);
/* That, else the calendar of his territory, else NULL: nothing is known, any time will do. */
calendar_t *engineer_hours (tx_t *tx, const char *engineer_id);
/* Publishes the calendar and all that inherit from it, if its own details are others than before. False: rejected. */
bool calendar_change (tx_t *tx, const char *calendar_id, calendar_details_t *details);
/* The details with what feeds have said before about other dates. */
calendar_details_t *holidays_keep (tx_t *tx, const calendar_details_t *details, const calendar_details_t *before);

/* True for one of our people or an engineer who is not retired; otherwise rejects the command at hand. */
bool person_is_known (tx_t *tx, const char *field, const char *person_id);
/* The engineer a command names; rejects it and returns NULL when unknown. */
engineer_t *engineer_of_command (tx_t *tx, const char *engineer_id);

/* The absence of an engineer that overlaps [from_at, to_at), or NULL. */
absence_t *absence_in (tx_t *tx, const char *engineer_id, int64_t from_at, int64_t to_at);

/* A live booking of the resource in [from_at, to_at), confirmed ones first, or NULL; none of the visit but_visit_id. */
booking_t *booking_in (tx_t *tx, resource_kind_t kind, const char *resource_id, int64_t from_at, int64_t to_at,
    const char *but_visit_id);
booking_t *booking_in_state (tx_t *tx, resource_kind_t kind, const char *resource_id, booking_state_t state,
    int64_t from_at, int64_t to_at, const char *but_visit_id);
/* Why a visit does not get its time: a code, a sentence, whose time it is (NULL or "": the first engineer's), from when
 * to when, and whether no engineer would get it. */
typedef struct { const char *code, *message, *engineer_id; int64_t from_at, to_at; bool for_everyone; } refusal_t;
/* Takes the time back from all bookings of a visit and tells the dispatcher to look elsewhere. */
void booking_refuse (tx_t *tx, booking_t *self, const refusal_t *refusal);

/* All bookings of a visit, or a slot, claim their time again, or give it back. */
void booking_claim (tx_t *tx, const char *visit_id, booking_state_t state);
void booking_give_back (tx_t *tx, const char *visit_id, booking_state_t state, const char *reason);

/* What is kept for an order does not stand in the way of its own visit: its time is given back, and taken again when
 * the visit could not be held after all. */
void slot_step_aside (tx_t *tx, const char *work_order_id);
void slot_step_back (tx_t *tx, const char *work_order_id);
/* Ends all slots of an order. */
void slot_release_all (tx_t *tx, const char *work_order_id, const char *reason);
void slot_end (tx_t *tx, slot_t *self, slot_state_t state, const char *reason);

/* Everything that a visit claims, in the order in which it is looked for. */
typedef struct { resource_kind_t kind; const char *resource_id; int64_t from_at, to_at; } claim_t;
enum { CLAIMS_USUAL = 8 };
typedef struct {
    tx_t *tx;
    claim_t usual [CLAIMS_USUAL];   /* where they are until there are more */
    const visit_proposed_t *visit;
    request_type_t type;            /* of its order */
    claim_t *claims;
    int count, capacity;
    refusal_t refusal;              /* of the first one that can not be had */
} claims_t;
/* True, and all of them; false, and why not: then nothing may be taken. */
bool claims_collect (tx_t *tx, const visit_proposed_t *visit, claims_t *ret_claims);
void claims_add (claims_t *self, resource_kind_t kind, const char *resource_id, int64_t from_at, int64_t to_at);
/* Puts a row for each claim of a visit, or a slot, and holds them. */
void booking_hold (const claims_t *claims);
/* Refuses claims that would leave less than what the week keeps for other work; false, and why. */
bool quota_leaves (claims_t *claims, const char *territory_id);
/* Adds a tool for each kind that the order asks for; false when one can not be had. */
bool tool_claim_all (claims_t *self, const work_order_created_t *created);

/* Keeps what an order needs findable while it is open. */
void tool_need_open (tx_t *tx, const work_order_created_t *created);
void tool_need_close (tx_t *tx, const work_order_created_t *created);
/* Why no tool of the kind can be had for orders of a territory: a code and the sentence; NULL: one can. */
const char *tool_missing (tx_t *tx, const char *kind, const char *territory_id, const char **ret_message);

/* The customer's id now: that of the survivor if it was merged. */
const char *customer_now (tx_t *tx, const char *customer_id);

/* True when somebody can be called: a contact of the site, one of the whole customer, or the customer itself. */
bool site_has_phone (tx_t *tx, const char *site_id, const char *customer_id);

void access_of_site (tx_t *tx, site_t *site, const site_published_t *event);
/* When one may come in: by the asset, else the site, else the customer; NULL: always. *ret_unknown_id: the calendar
 * that somebody named and nobody has published, NULL when there is none such. */
calendar_t *access_of (tx_t *tx, const char *site_id, const char *asset_id, const char **ret_unknown_id);
/* The same for where an order is done; NULL as well when nothing is known of it. */
calendar_t *access_of_order (tx_t *tx, const char *work_order_id);
/* The calendar is another one: looks again at the orders of whoever names it. */
void access_review (tx_t *tx, const char *calendar_id);

/* Looks again at open orders, and says what has changed. */
void readiness_review_site (tx_t *tx, const char *site_id);
void readiness_review_customer (tx_t *tx, const char *customer_id);
void readiness_review (tx_t *tx, work_order_t *order);

/* When the occurrences of a plan are: dates are YYYY-MM-DD of the turn, "" none. zone "" is UTC. */
/* What is wrong with the plan's rule, NULL nothing. */
const char *plan_rule_error (tx_t *tx, const maintenance_plan_details_t *details, const char *zone);
/* The first occurrence that is due at or after an instant. */
char *plan_rule_from (tx_t *tx, const maintenance_plan_details_t *details, const char *zone, int64_t at);
/* The next one after a date, by the schedule. */
char *plan_rule_after (tx_t *tx, const maintenance_plan_details_t *details, const char *zone, const char *on);
/* One step after an instant: floating plans. */
char *plan_rule_float (tx_t *tx, const maintenance_plan_details_t *details, const char *zone, int64_t from_at);
/* When the occurrence of a date is due; 0 for "". */
int64_t plan_rule_due_at (const maintenance_plan_details_t *details, const char *zone, const char *on);

/* Generates or skips what is due, and sets the plan's timer for what comes next. */
void plan_advance (tx_t *tx, maintenance_plan_t *self);
/* The work of an occurrence was done, or will not be. */
void occurrence_complete (tx_t *tx, const char *occurrence_id, int64_t done_at);
void occurrence_drop (tx_t *tx, const char *occurrence_id, const char *reason);

/* reminder.c: the occurrence's one reminder; it is over. */
void reminder_set (tx_t *tx, const plan_occurrence_t *occurrence, const maintenance_plan_details_t *details);
void reminder_clear (tx_t *tx, const plan_occurrence_t *occurrence);

/* True when the row holds exactly this message. */
bool blob_holds (tx_t *tx, blob_t blob, const ProtobufCMessage *message);
