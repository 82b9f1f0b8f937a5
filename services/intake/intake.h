/* intake - what intake remembers, and its rooms. */
#pragma once
#include "service.h"
#include "valid.h"
#include <string.h>

enum { MINUTE_MS = 60000, FOLD_WINDOW_DEFAULT_MS = 5 * MINUTE_MS, SILENCE_DAYS = 3 };
enum { LEVEL_DEFAULT = 3, CANDIDATES_MAX = 50 };
#define DAY_MS INT64_C (86400000)

static inline bool
blob_same (blob_t left, blob_t right)
{
    return left.size == right.size
        && (left.size == 0 || memcmp (left.data, right.data, left.size) == 0);
}

/* ---- master data. details is the packed message last published, to see whether anything has
 * changed. */

#define CUSTOMER_FIELDS(F, T) \
    F (T, text, id) F (T, text, name) F (T, text, grade) F (T, text, tax_key) \
    F (T, text, phone_key) F (T, text, survivor_id) F (T, int, version) F (T, blob, details)
ENTITY_STRUCT (customer, CUSTOMER_FIELDS);

#define CONTACT_FIELDS(F, T) \
    F (T, text, id) F (T, text, customer_id) F (T, text, site_id) F (T, text, phone_key) \
    F (T, int, version) F (T, blob, details)
ENTITY_STRUCT (contact, CONTACT_FIELDS);

#define PERSON_FIELDS(F, T) F (T, text, id) F (T, int, version) F (T, blob, details)
ENTITY_STRUCT (person, PERSON_FIELDS);

#define TERRITORY_FIELDS(F, T) \
    F (T, text, id) F (T, text, parent_id) F (T, text, time_zone) F (T, int, version) \
    F (T, blob, details)
ENTITY_STRUCT (territory, TERRITORY_FIELDS);

#define SITE_FIELDS(F, T) \
    F (T, text, id) F (T, text, customer_id) F (T, text, territory_id) F (T, text, time_zone) \
    F (T, enum, region_class) F (T, int, version) F (T, blob, details)
ENTITY_STRUCT (site, SITE_FIELDS);

/* alarm_request_id: the request that this device's alarms belong to; "" when there is none. */
#define ASSET_FIELDS(F, T) \
    F (T, text, id) F (T, text, customer_id) F (T, text, site_id) F (T, text, model) \
    F (T, text, device_type) F (T, text, serial) F (T, text, serial_key) \
    F (T, time, warranty_from_at) F (T, time, warranty_until_at) F (T, int, criticality) \
    F (T, bool, retired) F (T, int, places) F (T, text, alarm_request_id) F (T, int, version) \
    F (T, blob, details)
ENTITY_STRUCT (asset, ASSET_FIELDS);

/* Where an asset was and whose, from <= t < until; until 0: still. The id is "<asset id>:<n>". */
#define ASSET_PLACE_FIELDS(F, T) \
    F (T, text, id) F (T, text, asset_id) F (T, text, customer_id) F (T, text, site_id) \
    F (T, bool, retired) F (T, time, from_at) F (T, time, until_at)
ENTITY_STRUCT (asset_place, ASSET_PLACE_FIELDS);

/* ---- rules */

/* What is matched for every alarm lies open; the rest is the command as it came. */
#define ALARM_RULE_FIELDS(F, T) \
    F (T, text, id) F (T, text, device_type) F (T, text, code) F (T, int, min_severity) \
    F (T, blob, rule)
ENTITY_STRUCT (alarm_rule, ALARM_RULE_FIELDS);

#define TRIAGE_RULE_FIELDS(F, T) F (T, text, id) F (T, int, position) F (T, blob, rule)
ENTITY_STRUCT (triage_rule, TRIAGE_RULE_FIELDS);

#define EMERGENCY_PLAN_FIELDS(F, T) F (T, text, id) F (T, int, version) F (T, blob, details)
ENTITY_STRUCT (emergency_plan, EMERGENCY_PLAN_FIELDS);

/* open_request_id is "" once it is over. */
#define EMERGENCY_FIELDS(F, T) \
    F (T, text, id) F (T, text, request_id) F (T, text, open_request_id) F (T, text, site_id) \
    F (T, text, territory_id) F (T, time, ended_at)
ENTITY_STRUCT (emergency, EMERGENCY_FIELDS);

/* ---- requests. The open_ fields are "" once the request has ended. order_open from the wish for
 * a work order until its end;
 * order_id as soon as the dispatcher has named it. */

#define SERVICE_REQUEST_FIELDS(F, T) \
    F (T, text, id) F (T, enum, type) F (T, enum, state) F (T, enum, channel) \
    F (T, text, external_id) F (T, text, customer_id) F (T, text, open_customer_id) \
    F (T, text, site_id) F (T, text, asset_id) F (T, text, open_asset_id) \
    F (T, text, territory_id) F (T, enum, region_class) F (T, text, customer_grade) \
    F (T, text, contact_phone) F (T, blob, attachments) F (T, text, note) \
    F (T, text, fault_code) F (T, int, level_hint) F (T, int, fault_level) \
    F (T, text, level_rule) F (T, text, level_reason) F (T, int, priority) F (T, blob, triage) \
    F (T, enum, tier) F (T, blob, needs) F (T, bool, order_open) F (T, text, order_id) \
    F (T, int, attempts) F (T, int, waits) F (T, enum, coverage) F (T, text, contract_id) \
    F (T, text, contract_tier) F (T, time, reported_at) F (T, time, accepted_at) \
    F (T, time, acknowledged_at) F (T, time, resolved_at) F (T, enum, resolved_tier) \
    F (T, time, ended_at) F (T, text, survivor_id) F (T, bool, has_emergency)
ENTITY_STRUCT (service_request, SERVICE_REQUEST_FIELDS);

/* The id is "<channel> <external id>": one request for each message of a channel. */
#define EXTERNAL_MESSAGE_FIELDS(F, T) F (T, text, id) F (T, text, request_id)
ENTITY_STRUCT (external_message, EXTERNAL_MESSAGE_FIELDS);

/* The id is "<request id>:<n>". */
#define SUPPORT_ATTEMPT_FIELDS(F, T) \
    F (T, text, id) F (T, text, request_id) F (T, enum, tier) F (T, text, agent) \
    F (T, time, started_at) F (T, time, ended_at) F (T, bool, solved) F (T, text, note)
ENTITY_STRUCT (support_attempt, SUPPORT_ATTEMPT_FIELDS);

/* One device saying one code. The id is "<asset id> <code>"; repeats are those of request_id, or
 * of the suppression.
 * settled_at: when that request was resolved or ended; 0 while it is open. */
#define ALARM_FIELDS(F, T) \
    F (T, text, id) F (T, text, asset_id) F (T, text, code) F (T, text, request_id) \
    F (T, text, open_request_id) F (T, text, rule_id) F (T, int, repeats) F (T, int, said) \
    F (T, time, first_at) F (T, time, last_at) F (T, time, settled_at)
ENTITY_STRUCT (alarm, ALARM_FIELDS);

/* X22: waits that last, and what happens meanwhile. The ids are "<request>:<reason>" and the reason's name. */
#define WAITING_FIELDS(F, T) \
    F (T, text, id) F (T, text, request_id) F (T, enum, reason) F (T, time, started_at) \
    F (T, time, resume_at) F (T, int, reminded) F (T, time, reminded_at)
ENTITY_STRUCT (waiting, WAITING_FIELDS);

#define WAITING_POLICY_FIELDS(F, T) F (T, text, id) F (T, blob, details)
ENTITY_STRUCT (waiting_policy, WAITING_POLICY_FIELDS);

#define BUSINESS_CALENDAR_FIELDS(F, T) F (T, text, id) F (T, int, version) F (T, blob, details)
ENTITY_STRUCT (business_calendar, BUSINESS_CALENDAR_FIELDS);

/* Of billing's contracts what identifying a caller needs. */
#define CONTRACT_FIELDS(F, T) \
    F (T, text, id) F (T, text, customer_id) F (T, text, open_customer_id) F (T, int, version) \
    F (T, blob, details)
ENTITY_STRUCT (contract, CONTRACT_FIELDS);

/* ---- phone: numbers made comparable */

/* The national number without trunk zeros, "" when too short to tell people apart: the same for
 * "+39 02 123456" and "02 123456".
 * Source: ITU-T E.164, list of assigned country codes. */
char *phone_key (tx_t *tx, const char *number);

/* ---- customer */

/* The customer of that id, or the survivor when it was merged; NULL: unknown. */
customer_t *customer_get (tx_t *tx, const char *id);
/* The same, or rejects with customer.unknown. */
customer_t *customer_known (tx_t *tx, const char *id);
void on_register_customer (tx_t *tx, const register_customer_t *command);

/* ---- merge */

void on_merge_customers (tx_t *tx, const merge_customers_t *command);

/* ---- contact, territory, site */

/* True when these are channels somebody can be told by; rejects. */
bool contact_channels_valid (tx_t *tx, const channel_t *channels, size_t n_channels);
void contact_publish (tx_t *tx, contact_t *contact, const contact_details_t *details);
void on_register_contact (tx_t *tx, const register_contact_t *command);
void on_register_territory (tx_t *tx, const register_territory_t *command);
void site_publish (tx_t *tx, site_t *site, const site_details_t *details);
void on_register_site (tx_t *tx, const register_site_t *command);

/* ---- person */

void on_register_person (tx_t *tx, const register_person_t *command);

/* ---- asset */

/* True when warranty start <= at < end. */
bool asset_in_warranty (const asset_t *asset, int64_t at);
/* A serial as it is compared: upper case, nothing but letters and digits. */
char *asset_serial_key (tx_t *tx, const char *serial);
/* Takes over new details, from the instant of the message at hand, and publishes them. */
void asset_publish (tx_t *tx, asset_t *asset, const asset_details_t *details);
void on_register_asset (tx_t *tx, const register_asset_t *command);
void on_get_asset (tx_t *tx, const get_asset_t *query);

/* ---- rules */

/* The most specific rule for an alarm; never NULL: without any there is a built-in one with the
 * id "built-in". */
const register_alarm_rule_t *alarm_rule_match (tx_t *tx, const char *device_type, const char *code,
    int severity);
void on_register_alarm_rule (tx_t *tx, const register_alarm_rule_t *command);
void on_register_triage_rule (tx_t *tx, const register_triage_rule_t *command);
enum { TOOL_KINDS_MAX = 20, CREW_MAX = 20 };

/* Checks what a rule or an agent says that a visit needs; rejects. */
bool needs_valid (tx_t *tx, skill_level_t **skills, size_t n_skills, part_quantity_t **parts, size_t
    n_parts, int minutes);

/* ---- triage: fault level and priority */

typedef struct { rule_trace_t *lines [16]; int count; } trace_t;
void trace_add (tx_t *tx, trace_t *trace, const char *rule, bool matched, char *detail);

/* The first rule that matches the request, or NULL; each one looked at leaves a line. */
const register_triage_rule_t *triage_rule_match (tx_t *tx, const service_request_t *request, const
    char *device_type,
    trace_t *trace);

/* 1 first .. 100 last; each term leaves a line. A worse fault level always comes first. */
int priority_of (tx_t *tx, int fault_level, const char *contract_tier, const char *customer_grade,
    int criticality,
    trace_t *trace);

/* Says ServiceRequestTriaged when level or priority come out otherwise than before. */
void triage_first (tx_t *tx, service_request_t *request, const asset_t *asset, const
    register_alarm_rule_t *alarm_rule);
void triage_again (tx_t *tx, service_request_t *request);
void triage_set_level (tx_t *tx, service_request_t *request, int fault_level, const char *rule,
    const char *reason);
void on_triage_service_request (tx_t *tx, const triage_service_request_t *command);
void on_entitlement_resolved (tx_t *tx, const entitlement_resolved_t *event);

/* ---- request: how it begins */

typedef struct {
    channel_t channel;
    request_type_t type;
    customer_t *customer;
    site_t *site;
    asset_t *asset;
    const char *external_id, *contact_phone, *text, *fault_code;
    int level_hint;
    int64_t reported_at;
    const register_alarm_rule_t *alarm_rule;    /* NULL: a person asks */
} asked_t;

/* Takes it on: accepted, triaged, and sent on-site at once when its type or the alarm rule says
 * so. */
service_request_t *request_open (tx_t *tx, const asked_t *asked);
/* The request of a command, its story correlated, or NULL and rejected. */
service_request_t *request_known (tx_t *tx, const char *request_id);
/* The same, and it is open. */
service_request_t *request_still_open (tx_t *tx, const char *request_id);

/* ---- submit */

void on_submit_service_request (tx_t *tx, const submit_service_request_t *command);

/* ---- outcome: how it ends */

/* It is found as an open one no more. */
void outcome_leave_open (service_request_t *request, request_state_t state);
void outcome_resolve (tx_t *tx, service_request_t *request, support_tier_t tier, int64_t
    resolved_at);
void outcome_reopen (tx_t *tx, service_request_t *request, const char *reason);
void on_acknowledge_service_request (tx_t *tx, const acknowledge_service_request_t *command);
void on_confirm_service_request (tx_t *tx, const confirm_service_request_t *command);
void on_cancel_service_request (tx_t *tx, const cancel_service_request_t *command);
void on_reopen_service_request (tx_t *tx, const reopen_service_request_t *command);
void on_silence (tx_t *tx, const wakeup_t *wakeup);

/* ---- merge_requests */

void on_merge_service_requests (tx_t *tx, const merge_service_requests_t *command);

/* ---- emergency_plan, emergency */

/* The plan of the territory, else of the nearest above it, else the one for everywhere; NULL: none.
 * only_automatic: of those that declare themselves. */
emergency_plan_details_t *emergency_plan_nearest (tx_t *tx, const char *territory_id, bool
    only_automatic, const char **ret_id);
void on_publish_emergency_plan (tx_t *tx, const publish_emergency_plan_t *command);
/* Declares one for a request of fault level 1, once, if a plan says so. */
void emergency_consider (tx_t *tx, service_request_t *request);
void emergency_end_of_request (tx_t *tx, const service_request_t *request, const char *reason);
void on_declare_emergency (tx_t *tx, const declare_emergency_t *command);
void on_end_emergency (tx_t *tx, const end_emergency_t *command);

/* ---- ladder: phone, remote, on-site */

/* Wants exactly one work order; needs holds what the visit will need. */
void ladder_order (tx_t *tx, service_request_t *request);
void ladder_climb (tx_t *tx, service_request_t *request, support_tier_t tier, const char *reason);
void on_record_support_attempt (tx_t *tx, const record_support_attempt_t *command);
void on_change_support_tier (tx_t *tx, const change_support_tier_t *command);

/* ---- order: what the dispatcher says of it */

void on_work_order_created (tx_t *tx, const work_order_created_t *event);
void on_work_order_completed (tx_t *tx, const work_order_completed_t *event);
void on_work_order_cancelled (tx_t *tx, const work_order_cancelled_t *event);
void on_work_order_state_changed (tx_t *tx, const work_order_state_changed_t *event);

/* ---- waiting */

void waiting_end_all (tx_t *tx, service_request_t *request);
void on_start_waiting (tx_t *tx, const start_waiting_t *command);
void on_end_waiting (tx_t *tx, const end_waiting_t *command);
void on_waiting (tx_t *tx, const wakeup_t *wakeup);

/* ---- waiting_policy */

typedef enum { WAITING_STAYS, WAITING_REMIND, WAITING_RESUME, WAITING_RESOLVE } waiting_what_t;
typedef struct { waiting_what_t what; int64_t at; } waiting_step_t;

void on_calendar_published (tx_t *tx, const calendar_published_t *event);
void on_publish_waiting_policy (tx_t *tx, const publish_waiting_policy_t *command);
/* What happens next to this wait, and when. */
waiting_step_t waiting_policy_next (tx_t *tx, const service_request_t *request,
    const waiting_t *waiting);
/* When the request is taken as solved; 0: never by itself. */
int64_t waiting_policy_resolves_at (tx_t *tx, const service_request_t *request,
    const waiting_t *waiting);
/* How many reminders there are in all. */
int waiting_policy_reminders (tx_t *tx, const waiting_t *waiting);

/* ---- alarm */

/* The request is resolved: what still comes within the window is its echo, what comes later wakes
 * it up. */
void alarm_settle (tx_t *tx, const service_request_t *request);
/* The request has ended: says the last counts, lets the device go, so that what comes later is
 * another request. */
void alarm_release (tx_t *tx, const service_request_t *request);
void on_raise_alarm (tx_t *tx, const raise_alarm_t *command);
void on_clear_alarm (tx_t *tx, const clear_alarm_t *command);

/* ---- contract, identify */

void on_contract_activated (tx_t *tx, const contract_activated_t *event);
void on_contract_ends (tx_t *tx, const wakeup_t *wakeup);
/* The contracts of a customer that run now and cover the asset (NULL: any); in the turn's memory.
 * */
int contract_find (tx_t *tx, const char *customer_id, const asset_t *asset, char **ret_ids, int
    max);
void on_identify (tx_t *tx, const identify_t *query);
