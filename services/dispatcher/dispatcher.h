/* dispatcher - what it remembers, and the prototypes of its rooms. */
#pragma once
#include "turn.h"
#include "valid.h"
#include "choose.h"
#include "decision.h"
#include "machine.h"
#include "message_new.h"
#include "replan.h"

/* ---- what others own and we need a part of (projections.c) */

#define CUSTOMER_FIELDS(F, T) \
    F (T, text, id) F (T, text, name) F (T, enum, language) F (T, text, survivor_id)
ENTITY_STRUCT (customer, CUSTOMER_FIELDS);

#define TERRITORY_FIELDS(F, T) \
    F (T, text, id) F (T, text, parent_id) F (T, text, time_zone) F (T, enum, language)
ENTITY_STRUCT (territory, TERRITORY_FIELDS);

/* percent 0: it has ended, and territory_id is empty */
#define CAPACITY_QUOTA_FIELDS(F, T) \
    F (T, text, id) F (T, text, territory_id) F (T, enum, type) F (T, int, percent)
ENTITY_STRUCT (capacity_quota, CAPACITY_QUOTA_FIELDS);

/* access_hours: CalendarDetails, empty: none of its own */
#define SITE_FIELDS(F, T) \
    F (T, text, id) F (T, text, customer_id) F (T, text, territory_id) F (T, text, name) \
    F (T, text, address) \
    F (T, text, time_zone) F (T, bool, has_point) F (T, real, latitude) F (T, real, longitude) \
    F (T, int, version) F (T, text, access_calendar_id) F (T, blob, access_hours)
ENTITY_STRUCT (site, SITE_FIELDS);

#define ASSET_FIELDS(F, T) \
    F (T, text, id) F (T, text, model) F (T, text, serial) F (T, text, device_type) \
    F (T, text, access_calendar_id)
ENTITY_STRUCT (asset, ASSET_FIELDS);

/* details: CalendarDetails */
#define SHIFT_CALENDAR_FIELDS(F, T) F (T, text, id) F (T, int, version) F (T, blob, details)
ENTITY_STRUCT (shift_calendar, SHIFT_CALENDAR_FIELDS);

/* id: the request's; there is one only while the clock of its arrival runs */
#define PROMISE_FIELDS(F, T) F (T, text, id) F (T, time, arrive_at)
ENTITY_STRUCT (promise, PROMISE_FIELDS);

/* id: the request's */
#define ENTITLEMENT_FIELDS(F, T) F (T, text, id) F (T, text, contract_id)
ENTITY_STRUCT (entitlement, ENTITLEMENT_FIELDS);

/* ---- ours */

/* id: "<level>:<subject>"; list: EngineerPreferences */
#define PREFERENCE_FIELDS(F, T) \
    F (T, text, id) F (T, text, subject_id) F (T, enum, level) F (T, int, version) F (T, blob, list)
ENTITY_STRUCT (preference, PREFERENCE_FIELDS);

/* details: EngineerDetails */
#define ENGINEER_FIELDS(F, T) \
    F (T, text, id) F (T, text, territory_id) F (T, blob, details) F (T, int, version) \
    F (T, bool, on_duty)
ENTITY_STRUCT (engineer, ENGINEER_FIELDS);

/* id: the engineer's; per_mille: what visits taught of his efficiency, 500 to 2000; visits: how many. Apart from
 * his master data, which a person may send again at any time. */
#define EFFICIENCY_FIELDS(F, T) F (T, text, id) F (T, int, per_mille) F (T, int, visits)
ENTITY_STRUCT (efficiency, EFFICIENCY_FIELDS);

/* What changes often about an engineer: his shift, where he is, and when he is taken. entries:
 * DiaryEntries */
#define DIARY_FIELDS(F, T) \
    F (T, text, id) F (T, text, territory_id) F (T, text, calendar_id) F (T, real, latitude) \
    F (T, real, longitude) \
    F (T, real, accuracy_m) F (T, time, fixed_at) F (T, blob, entries)
ENTITY_STRUCT (diary, DIARY_FIELDS);

/* id: the engineer's; days: VehicleDays, those of today and later */
#define DRIVER_FIELDS(F, T) F (T, text, id) F (T, blob, days)
ENTITY_STRUCT (driver, DRIVER_FIELDS);

/* details: ProviderDetails */
#define PROVIDER_FIELDS(F, T) F (T, text, id) F (T, blob, details) F (T, int, version)
ENTITY_STRUCT (provider, PROVIDER_FIELDS);

/* details: DispatchPolicyDetails; the one published last decides */
#define POLICY_FIELDS(F, T) \
    F (T, text, id) F (T, blob, details) F (T, int, version) F (T, time, published_at) \
    F (T, bool, is_current)
ENTITY_STRUCT (policy, POLICY_FIELDS);

/* one row; list: PolicyRules */
#define POLICY_RULE_LIST_FIELDS(F, T) F (T, text, id) F (T, int, version) F (T, blob, list)
ENTITY_STRUCT (policy_rule_list, POLICY_RULE_LIST_FIELDS);

/* details: ReportTemplateDetails */
#define REPORT_TEMPLATE_FIELDS(F, T) F (T, text, id) F (T, blob, details) F (T, int, version)
ENTITY_STRUCT (report_template, REPORT_TEMPLATE_FIELDS);

/* facts: WorkOrderCreated; setbacks: Setbacks. root_id: the story it belongs to. open_request_id,
 * open_visit_id and waiting_territory_id are "" when there is no such thing any more. needs_person:
 * nobody is chosen by itself. has_standard: work_minutes was said, not assumed. */
#define WORK_ORDER_FIELDS(F, T) \
    F (T, text, id) F (T, text, request_id) F (T, text, open_request_id) \
    F (T, text, occurrence_id) \
    F (T, text, root_id) F (T, text, customer_id) F (T, text, site_id) F (T, text, asset_id) \
    F (T, text, territory_id) \
    F (T, enum, type) F (T, enum, state) F (T, int, priority) F (T, int, work_minutes) \
    F (T, time, not_before_at) F (T, time, not_after_at) F (T, time, created_at) \
    F (T, time, completed_at) \
    F (T, bool, is_ready) F (T, bool, needs_person) F (T, bool, work_remains) \
    F (T, bool, is_cancelled) F (T, bool, is_posted) \
    F (T, int, attempts) F (T, int, offers) F (T, int, refusals) F (T, text, failure) \
    F (T, text, open_visit_id) F (T, text, waiting_territory_id) F (T, blob, facts) \
    F (T, blob, setbacks) F (T, time, offered_at) \
    F (T, time, accepted_at) F (T, bool, has_standard)
ENTITY_STRUCT (work_order, WORK_ORDER_FIELDS);

/* phase_at: when it came into its state; open_engineer_id is "" once it has ended; planned_territory_id
 * is "" unless its time is held and nobody was told yet; decision_id is "" when it is its own; crew:
 * Crew, those who go with him; provider_id is "" unless a provider does it, then engineer_id is one of
 * the places it has that day; replaces_visit_id: the visit of its order that people know of, and
 * that stands until this one is certain */
#define VISIT_FIELDS(F, T) \
    F (T, text, id) F (T, text, work_order_id) F (T, text, engineer_id) \
    F (T, text, open_engineer_id) \
    F (T, enum, state) F (T, time, starts_at) F (T, time, work_starts_at) F (T, time, ends_at) \
    F (T, time, answer_by_at) F (T, time, phase_at) F (T, time, travel_started_at) \
    F (T, time, arrived_at) \
    F (T, time, finished_at) F (T, bool, work_remains) F (T, bool, is_manual) F (T, int, entries) \
    F (T, text, report_id) F (T, text, reason) F (T, enum, lock) F (T, time, lock_from_at) \
    F (T, time, lock_to_at) F (T, text, planned_territory_id) \
    F (T, text, decision_id) F (T, blob, crew) F (T, text, provider_id) F (T, text, replaces_visit_id)
ENTITY_STRUCT (visit, VISIT_FIELDS);

/* id: the visit's, or the order's when nobody could go; document: DispatchDecided */
#define DECISION_FIELDS(F, T) F (T, text, id) F (T, text, work_order_id) F (T, blob, document)
ENTITY_STRUCT (decision, DECISION_FIELDS);

typedef enum { REPLAN_WAITS = 1, REPLAN_SEARCHED, REPLAN_THERE } replan_state_t;

/* problem: DayProblem; document: ReplanProposed */
#define REPLAN_FIELDS(F, T) \
    F (T, text, id) F (T, text, territory_id) F (T, text, day_on) F (T, text, policy_id) \
    F (T, int, policy_version) F (T, enum, state) F (T, enum, trigger) F (T, text, subject_id) \
    F (T, bool, dry_run) F (T, int, effort_ms) F (T, time, planned_at) F (T, blob, problem) \
    F (T, blob, document)
ENTITY_STRUCT (replan, REPLAN_FIELDS);

/* engineer_day: "<engineer>:<days since 1970>" of from_at, so that no look-up grows with history */
#define TIME_ENTRY_FIELDS(F, T) \
    F (T, text, id) F (T, text, visit_id) F (T, text, work_order_id) F (T, text, engineer_id) \
    F (T, text, engineer_day) \
    F (T, enum, kind) F (T, time, from_at) F (T, time, to_at) F (T, int, version) \
    F (T, text, reason)
ENTITY_STRUCT (time_entry, TIME_ENTRY_FIELDS);

/* said: IssueServiceReport. Immutable once signed_at is set. */
#define SERVICE_REPORT_FIELDS(F, T) \
    F (T, text, id) F (T, text, visit_id) F (T, text, work_order_id) F (T, int, version) \
    F (T, text, content) \
    F (T, text, content_hash) F (T, enum, language) F (T, time, issued_at) \
    F (T, time, signed_at) F (T, text, signer_name) \
    F (T, text, signer_role) F (T, bool, is_refused) F (T, text, refusal) \
    F (T, bool, has_point) F (T, real, latitude) \
    F (T, real, longitude) F (T, blob, said)
ENTITY_STRUCT (service_report, SERVICE_REPORT_FIELDS);

/* A visit, its order, and when that happened which is done to it. */
typedef struct {
    visit_t *visit;
    work_order_t *order;
    int64_t at;
    bool is_moved;                  /* it ends because another visit takes its place */
} trip_t;

/* ---- projections.c */

void on_customer_registered (tx_t *tx, const customer_registered_t *event);
void on_customer_updated (tx_t *tx, const customer_updated_t *event);
void on_customer_merged (tx_t *tx, const customer_merged_t *event);
void on_territory_published (tx_t *tx, const territory_published_t *event);
void on_site_published (tx_t *tx, const site_published_t *event);
void on_asset_published (tx_t *tx, const asset_published_t *event);
void on_calendar_published (tx_t *tx, const calendar_published_t *event);
void on_sla_clock_started (tx_t *tx, const sla_clock_started_t *event);
void on_sla_clock_recomputed (tx_t *tx, const sla_clock_recomputed_t *event);
void on_sla_clock_resumed (tx_t *tx, const sla_clock_resumed_t *event);
void on_sla_clock_met (tx_t *tx, const sla_clock_met_t *event);
void on_sla_clock_missed (tx_t *tx, const sla_clock_missed_t *event);
void on_sla_clock_cancelled (tx_t *tx, const sla_clock_cancelled_t *event);
void on_entitlement_resolved (tx_t *tx, const entitlement_resolved_t *event);
geo_point_t *site_point (tx_t *tx, const site_t *site);     /* NULL: unknown */
/* when one may come in, by the asset or else the site; NULL: always */
calendar_t *site_access (tx_t *tx, const site_t *site, const char *asset_id);
enum { TERRITORY_DEPTH_MAX = 8 };
/* The territory and those above it, lowest first; how many. */
int territory_path (tx_t *tx, const char *id, const char *ret_ids [TERRITORY_DEPTH_MAX]);
bool territory_is_below (tx_t *tx, const territory_t *territory, const char *above_id);
language_t customer_language (tx_t *tx, const char *customer_id, const char *territory_id);

/* ---- engineer.c, position.c, diary.c */

void on_register_engineer (tx_t *tx, const register_engineer_t *command);
void on_set_duty (tx_t *tx, const set_duty_t *command);
void on_report_position (tx_t *tx, const report_position_t *command);
void on_shift_assigned (tx_t *tx, const shift_assigned_t *event);
void on_absence_recorded (tx_t *tx, const absence_recorded_t *event);
void on_absence_cancelled (tx_t *tx, const absence_cancelled_t *event);
void on_vehicle_assigned (tx_t *tx, const vehicle_assigned_t *event);
void on_vehicle_released (tx_t *tx, const vehicle_released_t *event);
/* The stock of the vehicle that the engineer drives at that time, else his own van's. */
char *driver_van (tx_t *tx, const char *engineer_id, int64_t at);
/* replaces the entry of that id */
void diary_write (tx_t *tx, diary_t *diary, const diary_entry_t *entry);
void diary_erase (tx_t *tx, diary_t *diary, const char *entry_id);

/* ---- efficiency.c */

enum { EFFICIENCY_MIN_PERCENT = 50, EFFICIENCY_MAX_PERCENT = 200, EFFICIENCY_VISITS_MIN = 5 };
/* One visit more is known: an eighth of the way to what it says, each of both within the limits. Exponential
 * smoothing (Brown, Smoothing, Forecasting and Prediction, 1963) in whole numbers. */
int64_t efficiency_step (int64_t per_mille, int64_t standard_ms, int64_t actual_ms);
/* The visit's report is signed: called once for each visit. */
void efficiency_learn (tx_t *tx, const trip_t *trip);
/* What has been learned of the engineer, rounded; 0 while fewer than EFFICIENCY_VISITS_MIN visits tell. */
int efficiency_learned (tx_t *tx, const char *engineer_id, int *ret_visits);

/* ---- provider.c */

void on_register_provider (tx_t *tx, const register_provider_t *command);
/* Those that the order's policy asks, and the one a person chose. */
void provider_gather (tx_t *tx, const work_order_t *order, const choose_input_t *input,
    const choose_provider_t **ret_providers, int *ret_count);
/* The first of its places that is free on those days, as an engineer_id. */
char *provider_place (tx_t *tx, const provider_t *provider, int64_t from_at, int64_t to_at);

/* ---- preference.c */

void on_set_engineer_preferences (tx_t *tx, const set_engineer_preferences_t *command);
/* each engineer known, once, at most so many */
bool preference_valid (tx_t *tx, engineer_preference_t *const *list, size_t count);
void preference_write (tx_t *tx, const char *subject_id, preference_level_t level,
    engineer_preference_t *const *list, size_t count);
/* Asks for their rows together with others; the customer and the entitlement must be there. */
void preference_expect (tx_t *tx, const work_order_t *order);
/* The same, for what is named by the order itself: nothing is looked up for it. */
void preference_expect_named (tx_t *tx, const work_order_t *order);
/* Whose wishes count for the order, most specific first; how many. */
int preference_layers (tx_t *tx, const work_order_t *order, const work_order_created_t *facts,
    preference_layer_t ret_layers [PREFERENCE_LAYERS_MAX]);

/* ---- policy.c, policy_rule.c, report_template.c */

void on_publish_dispatch_policy (tx_t *tx, const publish_dispatch_policy_t *command);
extern const dispatch_policy_details_t policy_defaults;
/* The policy of the first rule that fits the order; when none does the one published last, or the
 * defaults as policy "built-in", version 0. */
policy_choice_t policy_named (tx_t *tx, const char *id);
policy_choice_t policy_of (tx_t *tx, const work_order_t *order);
void on_set_policy_rules (tx_t *tx, const set_policy_rules_t *command);
void on_publish_report_template (tx_t *tx, const publish_report_template_t *command);
/* The most specific template for this work on this device; NULL: none. */
const report_template_details_t *report_template_for (tx_t *tx, request_type_t type,
    const char *device_type);

/* ---- work_order.c */

void on_work_order_requested (tx_t *tx, const work_order_requested_t *event);
void on_occurrence_generated (tx_t *tx, const occurrence_generated_t *event);
void on_create_work_order (tx_t *tx, const create_work_order_t *command);
void on_readiness_changed (tx_t *tx, const readiness_changed_t *event);
void on_service_request_triaged (tx_t *tx, const service_request_triaged_t *event);
void on_service_request_cancelled (tx_t *tx, const service_request_cancelled_t *event);
void on_service_request_merged (tx_t *tx, const service_request_merged_t *event);
void on_service_request_resolved (tx_t *tx, const service_request_resolved_t *event);
void on_support_tier_changed (tx_t *tx, const support_tier_changed_t *event);
void on_cancel_work_order (tx_t *tx, const cancel_work_order_t *command);
void on_work_order_posted (tx_t *tx, const work_order_posted_t *event);
/* The order's state follows from its visits again; said when it changed. */
void work_order_refresh (tx_t *tx, work_order_t *order, const char *reason);
/* Checks the skills that a visit needs; rejects. */
bool work_order_skills_valid (tx_t *tx, skill_level_t **skills, size_t count);
void work_order_exclude (tx_t *tx, work_order_t *order, const char *engineer_id, const char *rule,
    const char *detail);

/* ---- dispatch.c, manual.c, gather.c */

choose_order_t gather_order (tx_t *tx, const work_order_t *order);
/* shift calendars must be there */
choose_person_t gather_person (tx_t *tx, const engineer_t *engineer, bool is_in_territory,
    int64_t fresh_ms);
void gather (tx_t *tx, const work_order_t *order, const char *manual_id, choose_input_t *ret_input);
/* The decision that made the visit; NULL: there is none, or no visit. */
const decision_t *decision_of (tx_t *tx, const visit_t *visit);
/* when the order is ready and open, else nothing */
void dispatch_decide (tx_t *tx, work_order_t *order);
/* a person must choose now */
void dispatch_give_up (tx_t *tx, work_order_t *order, const char *reason);
/* the same for an order that keeps its visit */
void dispatch_tell_person (tx_t *tx, work_order_t *order, const char *reason);
void dispatch_propose (tx_t *tx, work_order_t *order, dispatch_decided_t *document);
/* The same, but the proposal is the caller's to say, with others. */
visit_proposed_t *dispatch_propose_together (tx_t *tx, work_order_t *order, dispatch_decided_t *document);
/* something has changed there for orders nobody could take */
void dispatch_wake (tx_t *tx, const char *territory_id);
void on_dispatch_retry (tx_t *tx, const wakeup_t *wakeup);
void on_territory_retry (tx_t *tx, const wakeup_t *wakeup);
/* The promise came, or moved, after the decision: a visit that breaks it and of which nobody has
 * been told yet is decided again. */
void dispatch_promised (tx_t *tx, const char *request_id, int64_t arrive_at);
void on_promise_broken (tx_t *tx, const wakeup_t *wakeup);
void on_choose_engineer (tx_t *tx, const choose_engineer_t *command);
void on_get_decision (tx_t *tx, const get_decision_t *query);

/* ---- replan_day.c, replan_gather.c, replan_apply.c, moved.c */

void on_replan_day (tx_t *tx, const replan_day_t *command);
void on_apply_replan (tx_t *tx, const apply_replan_t *command);
void on_get_replan (tx_t *tx, const get_replan_t *query);
void on_get_territories (tx_t *tx, const get_territories_t *query);
void on_replan_due (tx_t *tx, const wakeup_t *wakeup);
void on_day_searched (tx_t *tx, const day_searched_t *result);
const ProtobufCMessage *replan_perform (arena_t *arena, const search_day_t *effect);
/* Something has upset the day of that instant: planned again soon, once for all that comes meanwhile,
 * when the policy of the territory says so. */
void replan_trigger (tx_t *tx, const char *territory_id, int64_t at, replan_trigger_t trigger,
    const char *subject_id);
/* NULL, or why it can not be planned. */
const char *replan_gather (tx_t *tx, const replan_t *row, policy_choice_t policy,
    replan_input_t *ret_input);
/* Says the document, and proposes what it changes as far as it still holds. */
void replan_apply (tx_t *tx, replan_proposed_t *document);
/* Work has begun: when it goes on beyond its end, those after it are looked at. */
void moved_expect_end (tx_t *tx, const trip_t *trip);
void on_visit_overruns (tx_t *tx, const wakeup_t *wakeup);

/* The open visit of which people know and in whose place this one is; NULL: there is none. */
visit_t *moved_from (tx_t *tx, const visit_t *visit);
/* The scheduler has given the new time. True: that was all, the same engineer comes. */
bool moved_in_place (tx_t *tx, const trip_t *trip);
/* The new one is certain: the old one ends, people are told. */
void moved_away (tx_t *tx, const trip_t *won, visit_t *old);
/* He has begun the visit as it was, or it goes elsewhere: what was to be moved is not any more. */
void moved_too_late (tx_t *tx, const trip_t *trip);

/* ---- appointment.c */

void on_recommend_slots (tx_t *tx, const recommend_slots_t *query);
void on_capacity_quota_published (tx_t *tx, const capacity_quota_published_t *event);
void on_slot_held (tx_t *tx, const slot_held_t *event);
void on_slot_expired (tx_t *tx, const slot_expired_t *event);
void on_slot_released (tx_t *tx, const slot_released_t *event);
void on_appointment_confirmed (tx_t *tx, const appointment_confirmed_t *event);

/* ---- offer.c, visit.c, site_visit.c */

/* seconds from the order to the first offer, and to the first yes (H10) */
extern const figure_t offer_delay_figure, accept_delay_figure;
void on_booking_held (tx_t *tx, const booking_held_t *event);
void on_booking_refused (tx_t *tx, const booking_refused_t *event);
void on_accept_visit (tx_t *tx, const accept_visit_t *command);
void on_reject_visit (tx_t *tx, const reject_visit_t *command);
void on_offer_expires (tx_t *tx, const wakeup_t *wakeup);
void on_reassign_visit (tx_t *tx, const reassign_visit_t *command);
void on_start_travel (tx_t *tx, const start_travel_t *command);
void on_arrive_at_site (tx_t *tx, const arrive_at_site_t *command);
void on_start_work (tx_t *tx, const start_work_t *command);
void on_pause_work (tx_t *tx, const pause_work_t *command);
void on_finish_work (tx_t *tx, const finish_work_t *command);
void on_report_no_access (tx_t *tx, const report_no_access_t *command);

/* The visit and its order when the command may be done to it; else the command is rejected and this
 * is false. engineer_id "" is the visit's own. */
bool visit_may (tx_t *tx, const char *visit_id, const char *engineer_id, const char *message,
    trip_t *ret_trip);
/* Else it is rejected: the sender's key speaks for somebody else. */
bool visit_is_of_speaker (tx_t *tx, const visit_t *visit);
void visit_move (visit_t *visit, const char *message, int64_t at);
/* rejects: not in that state */
void visit_refuse (tx_t *tx, const visit_t *visit, const char *message);
/* Those who go with him, "" never among them. */
const crew_t *visit_crew (tx_t *tx, const visit_t *visit);
/* His time and theirs is free from now on. */
void visit_free (tx_t *tx, const visit_t *visit);
/* Tells those who go with him; the second only those who were told before. */
void crew_call (tx_t *tx, const trip_t *trip);
void crew_release (tx_t *tx, const trip_t *trip, const char *reason);
/* It will not happen, or no further: says so, frees the engineer, closes his time. */
void visit_end (tx_t *tx, const trip_t *trip, const char *message, const char *reason);

/* ---- lock.c, planned.c */

void on_lock_visit (tx_t *tx, const lock_visit_t *command);
void on_unlock_visit (tx_t *tx, const unlock_visit_t *command);
bool lock_holds_engineer (const visit_t *visit);
/* A visit of the order ends: the time that a person fixed is kept for the next one. */
void lock_keep (tx_t *tx, work_order_t *order, const visit_t *visit);
/* The next one has it, if it still begins in that time. */
void lock_hand_on (tx_t *tx, const work_order_t *order, visit_t *visit);
void lock_forget (tx_t *tx, work_order_t *order);
void on_confirm_planned (tx_t *tx, const confirm_planned_t *command);
/* he goes: the other visits of the order end */
void offer_accept (tx_t *tx, const trip_t *trip);
/* somebody else goes, or the visit stays as it was */
void offer_lose (tx_t *tx, const trip_t *won, visit_t *visit);
/* asks the engineer, by the policy of the order */
void offer_make (tx_t *tx, const trip_t *trip);
/* the same, or only said to be planned when the policy holds offers back */
void offer_or_plan (tx_t *tx, const trip_t *trip);

/* All open visits of the order at which the message is legal end by it. */
void visit_end_all (tx_t *tx, work_order_t *order, const char *message, const char *reason);
/* The open visits of the order, but one (NULL: all), in order of id; how many. */
int visit_others (tx_t *tx, const work_order_t *order, const visit_t *but, visit_t ***ret_others);

/* ---- time_entry.c */

void on_record_time_entry (tx_t *tx, const record_time_entry_t *command);
void on_correct_time_entry (tx_t *tx, const correct_time_entry_t *command);
/* What [from_at, to_at) leaves free of the engineer's other entries becomes entries of the
 * visit. */
void time_entry_derive (tx_t *tx, visit_t *visit, time_kind_t kind, int64_t from_at, int64_t to_at);

/* His entries that overlap the span, in order. */
list_t time_entry_between (tx_t *tx, const char *engineer_id, int64_t from_at, int64_t to_at);

/* ---- leg.c */

void on_get_travel_legs (tx_t *tx, const get_travel_legs_t *query);

/* ---- service_report.c, signature.c, report_text.c */

void on_issue_service_report (tx_t *tx, const issue_service_report_t *command);
void on_sign_service_report (tx_t *tx, const sign_service_report_t *command);
void on_refuse_signature (tx_t *tx, const refuse_signature_t *command);
