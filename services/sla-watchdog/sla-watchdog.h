/* sla-watchdog.h - what the sla-watchdog remembers, and the prototypes of its rooms.
 *
 * Remembered are facts; clocks are derived from them (verdict.h) again and again, so that a late fact, another level
 * or an edited calendar need no code of their own. */
#pragma once
#include "calendar/calendar.h"
#include "on_call.h"
#include "turn.h"

/* A plan as published. rank is its order: low is looked at first. */
#define SLA_PLAN_FIELDS(F, T) \
    F (T, text, id) F (T, int, version) F (T, int, rank) F (T, bool, is_default) F (T, blob, details)
ENTITY_STRUCT (sla_plan, SLA_PLAN_FIELDS);

/* A calendar of the scheduler. fingerprint tells an edit from a repetition. */
#define KNOWN_CALENDAR_FIELDS(F, T) \
    F (T, text, id) F (T, int, version) F (T, int, fingerprint) F (T, blob, details)
ENTITY_STRUCT (known_calendar, KNOWN_CALENDAR_FIELDS);

#define TERRITORY_FIELDS(F, T) \
    F (T, text, id) F (T, text, calendar_id) F (T, text, time_zone) F (T, text, parent_id)
ENTITY_STRUCT (territory, TERRITORY_FIELDS);

/* What is promised to somebody: a service request. accepted_at 0: others spoke of it before intake did.
 * is_watched: a gauge runs until somebody takes it in hand; waits_since_at: another one since then, 0 none.
 * is_called_at_night: somebody was called because it came while its territory was closed. merged_from_at: the earliest
 * acceptance of those it has absorbed. open_* are empty once it is resolved or cancelled. */
#define SLA_CASE_FIELDS(F, T) \
    F (T, text, id) F (T, time, accepted_at) F (T, enum, request_type) F (T, text, customer_id) F (T, text, site_id) \
    F (T, text, territory_id) F (T, enum, region_class) F (T, text, customer_grade) \
    F (T, int, fault_level) F (T, time, triaged_at) \
    F (T, text, contract_id) F (T, text, contract_tier) F (T, text, contract_plan_id) F (T, time, entitled_at) \
    F (T, text, plan_id) F (T, int, fact_count) F (T, bool, is_watched) F (T, time, waits_since_at) \
    F (T, text, open_plan_id) F (T, text, open_territory_id) F (T, bool, is_called_at_night) \
    F (T, time, merged_from_at)
ENTITY_STRUCT (sla_case, SLA_CASE_FIELDS);

#define NO_PLAN "?"                 /* open_plan_id of an open case that no plan matches: no id looks so */

typedef enum {
    FACT_WAIT_STARTED = 1,              /* detail: WaitReason, holder */
    FACT_WAIT_ENDED = 2,                /* detail: WaitReason */
    FACT_REACHED = 3,                   /* detail: Milestone */
    FACT_RESOLVED = 4,                  /* detail: SupportTier */
    FACT_REOPENED = 5,
    FACT_CANCELLED = 6,
    FACT_TIER = 7,                      /* detail: SupportTier */
    FACT_PROMISED = 8,                  /* detail: Milestone, value_at: the instant promised */
    FACT_BEGUN = 9                      /* detail: Milestone that counts from here and not from the acceptance */
} fact_kind_t;

/* Something that happened to a case. number is the order of arrival: it decides between facts of the same instant. */
#define SLA_FACT_FIELDS(F, T) \
    F (T, text, id) F (T, text, case_id) F (T, enum, kind) F (T, enum, detail) F (T, text, holder) \
    F (T, time, happened_at) F (T, time, value_at) F (T, int, number)
ENTITY_STRUCT (sla_fact, SLA_FACT_FIELDS);

/* One promise of a case as last derived; id "<case_id>:<MILESTONE name>". state UNSPECIFIED: its calendar is not known
 * yet. generation counts promises: another target, or a breach taken back. handled_percent: thresholds up to this one
 * are done in this generation; warned_percent: the highest ever said.
 * policy, target: how the promise may be changed, and what it is (RETROACTIVE: empty). kept: an older promise that
 * holds by keeps_t. counted_from_at: the change that the clock began again from, 0 none. counted_id: the count of its
 * contract's month that knows its verdict, "" none. */
typedef enum { KEEPS_NOTHING, KEEPS_IF_EARLIER, KEEPS_ALWAYS } keeps_t;

#define SLA_CLOCK_FIELDS(F, T) \
    F (T, text, id) F (T, text, case_id) F (T, enum, milestone) F (T, enum, state) F (T, int, generation) \
    F (T, text, plan_id) F (T, text, promise) F (T, text, calendar_id) F (T, int, calendar_version) \
    F (T, text, open_calendar_id) F (T, time, started_at) F (T, time, due_at) F (T, time, breach_at) \
    F (T, time, stopped_at) F (T, int, consumed_ms) F (T, int, budget_ms) F (T, bool, breached) \
    F (T, int, handled_percent) F (T, int, warned_percent) \
    F (T, enum, policy) F (T, blob, target) F (T, enum, keeps) F (T, blob, kept) F (T, time, counted_from_at) \
    F (T, text, counted_id) F (T, bool, counted_met)
ENTITY_STRUCT (sla_clock, SLA_CLOCK_FIELDS);

/* A threshold that was passed, 100 is the breach; id "<clock_id>:<generation>:<percent>". said false: logged only. */
#define THRESHOLD_FIELDS(F, T) \
    F (T, text, id) F (T, text, clock_id) F (T, int, generation) F (T, int, percent) \
    F (T, time, threshold_at) F (T, time, decided_at) F (T, int, late_by_ms) F (T, bool, said)
ENTITY_STRUCT (threshold, THRESHOLD_FIELDS);

/* People called one after the other: a step of the ladder, "<clock_id>:<generation>:<step_id>"; a request in the night,
 * "<case_id>:NIGHT:1:<step_id>"; an emergency by its id, case_id "". standing: EscalationStanding. acknowledged_at:
 * enough have answered, or it is over. */
#define ESCALATION_FIELDS(F, T) \
    F (T, text, id) F (T, text, clock_id) F (T, text, case_id) F (T, int, generation) F (T, text, step_id) \
    F (T, text, role) F (T, text, next_step_id) F (T, time, began_at) F (T, time, acknowledge_until) \
    F (T, time, acknowledged_at) F (T, text, acknowledged_by) F (T, int, within_ms) F (T, int, needed) \
    F (T, blob, standing)
ENTITY_STRUCT (escalation, ESCALATION_FIELDS);

/* place: "<territory> <role>", "" once retired. */
#define ON_CALL_ROSTER_FIELDS(F, T) F (T, text, id) F (T, text, place) F (T, blob, details)
ENTITY_STRUCT (on_call_roster, ON_CALL_ROSTER_FIELDS);

/* Engineers and people of ours who are here no more, though a roster may still name them. */
#define RETIRED_PERSON_FIELDS(F, T) F (T, text, id) F (T, text, name)
ENTITY_STRUCT (retired_person, RETIRED_PERSON_FIELDS);

/* Gone when it is over. */
#define ABSENCE_FIELDS(F, T) F (T, text, id) F (T, text, person_id) F (T, time, from_at) F (T, time, to_at)
ENTITY_STRUCT (absence, ABSENCE_FIELDS);

/* J6: a rule, a value that grows while something is left undone, and the alerts that stand. */
#define ALERT_RULE_FIELDS(F, T) \
    F (T, text, id) F (T, int, version) F (T, text, name) F (T, text, metric) F (T, int, threshold) \
    F (T, text, territory_id) F (T, bool, retired) F (T, blob, details)
ENTITY_STRUCT (alert_rule, ALERT_RULE_FIELDS);

#define GAUGE_FIELDS(F, T) \
    F (T, text, id) F (T, text, metric) F (T, text, subject_id) F (T, text, territory_id) \
    F (T, enum, request_type) F (T, int, fault_level) F (T, text, root_id) F (T, time, since_at)
ENTITY_STRUCT (gauge, GAUGE_FIELDS);

#define ALERT_FIELDS(F, T) \
    F (T, text, id) F (T, text, alert_id) F (T, text, rule_id) F (T, text, gauge_id) \
    F (T, text, subject_id) F (T, time, raised_at)
ENTITY_STRUCT (alert, ALERT_FIELDS);

/* Where a work order is and what it is about, for gauges. is_over: what is said of it later is an echo. */
#define WORK_ORDER_FIELDS(F, T) \
    F (T, text, id) F (T, text, territory_id) F (T, enum, request_type) F (T, int, fault_level) F (T, bool, is_over)
ENTITY_STRUCT (work_order, WORK_ORDER_FIELDS);

/* A publication whose consequences are being noted; id "<kind>:<id of what was published>", after_id how far. */
#define SWEEP_FIELDS(F, T) \
    F (T, text, id) F (T, text, after_id)
ENTITY_STRUCT (sweep, SWEEP_FIELDS);

/* Id "rules": the release of the tz database that open promises were derived by. */
#define ZONE_RULES_FIELDS(F, T) \
    F (T, text, id) F (T, text, release)
ENTITY_STRUCT (zone_rules, ZONE_RULES_FIELDS);

/* The zone in which the months of a contract begin. */
#define CONTRACT_FIELDS(F, T) \
    F (T, text, id) F (T, int, version) F (T, text, time_zone)
ENTITY_STRUCT (contract, CONTRACT_FIELDS);

/* J7: a contract in a calendar month, id "<contract>:<month>", and what is counted of each milestone, id
 * "<month's id>:<MILESTONE>". said: SlaComplianceClosed as last published, empty while the month is open. */
#define COMPLIANCE_MONTH_FIELDS(F, T) \
    F (T, text, id) F (T, text, contract_id) F (T, text, month) F (T, text, time_zone) F (T, int, version) \
    F (T, time, closed_at) F (T, blob, said)
ENTITY_STRUCT (compliance_month, COMPLIANCE_MONTH_FIELDS);

#define COMPLIANCE_COUNT_FIELDS(F, T) \
    F (T, text, id) F (T, text, month_id) F (T, enum, milestone) F (T, int, met) F (T, int, missed)
ENTITY_STRUCT (compliance_count, COMPLIANCE_COUNT_FIELDS);

/* X20: cases that are derived again because somebody wants it. is_noted: each has its timer now. */
#define RECOMPUTE_FIELDS(F, T) \
    F (T, text, id) F (T, text, case_id) F (T, text, plan_id) F (T, text, reason) F (T, text, actor) \
    F (T, bool, chooses_plan) F (T, time, began_at) F (T, text, after_id) F (T, bool, is_noted) \
    F (T, int, noted) F (T, int, done) F (T, int, moved)
ENTITY_STRUCT (recompute, RECOMPUTE_FIELDS);

/* A threshold that has passed already when it becomes known waits this long: the fact that explains it may be on its
 * way. */
enum { SETTLE_MS = 2000 };

/* The instant to set a timer to for something due at due_at. */
int64_t wake_at (tx_t *tx, int64_t due_at);
/* The timer for due_at rings long after it: the watchdog was down, and should first hear what happened meanwhile.
 * Setting the timer again by wake_at makes the next ring count. */
bool is_after_a_stop (const wakeup_t *wakeup, int64_t due_at);

/* plan.c */
void on_publish_sla_plan (tx_t *tx, const publish_sla_plan_t *command);
/* The plan of a case: its contract's, else the first that matches by rank, else NULL. */
const sla_plan_details_t *plan_details (const sla_plan_t *self);
sla_plan_t *plan_choose (tx_t *tx, const sla_case_t *sla_case);
/* plan_check.c: rejects the command and returns false when the plan makes no sense, alone or beside the others. */
bool plan_check (tx_t *tx, const char *plan_id, const sla_plan_details_t *details);

/* target.c */
bool target_check (tx_t *tx, const sla_plan_details_t *details);
/* The first target of this milestone that matches the case, or NULL. */
const sla_target_spec_t *target_choose (const sla_plan_details_t *details, const sla_case_t *sla_case,
    milestone_t milestone);

/* business_time.c */
void on_calendar_published (tx_t *tx, const calendar_published_t *event);
void on_territory_published (tx_t *tx, const territory_published_t *event);
/* When a territory is open; NULL: it has no calendar, or none that is known yet. */
calendar_t *business_time_of_territory (tx_t *tx, const char *territory_id);
/* at, or the next opening of the calendar when it is closed then; "" and unknown calendars are never closed. */
int64_t business_time_opens (tx_t *tx, const char *calendar_id, int64_t at);

/* sla_case.c */
void on_service_request_accepted (tx_t *tx, const service_request_accepted_t *event);
void on_service_request_triaged (tx_t *tx, const service_request_triaged_t *event);
void on_entitlement_resolved (tx_t *tx, const entitlement_resolved_t *event);
/* What deriving the case will look up, asked for at once. */
void sla_case_expect (tx_t *tx, const char *case_id);
/* Derives every clock of the case from its facts, and says what changed. cause: why, for the events. */
void sla_case_derive (tx_t *tx, sla_case_t *self, const char *cause);
/* The same after level, contract or plan have changed at changed_at: promises are changed as their plans say. */
void sla_case_change (tx_t *tx, sla_case_t *self, int64_t changed_at, const char *cause);

/* sweep.c: those that a publication concerns, derived or settled one by one from timers. */
#define SWEEP_CALENDAR  "calendar_changed"
#define SWEEP_TERRITORY "territory_changed"
#define SWEEP_PLAN      "plan_changed"
#define SWEEP_RULE      "rule_changed"
#define SWEEP_ZONES     "zones_of_calendar"
#define SWEEP_TERRITORY_ZONE "zones_of_territory"
void sweep_begin (tx_t *tx, const char *kind, const char *value);
/* The same, all of it by timers: for many at once. */
void sweep_later (tx_t *tx, const char *kind, const char *value);
void on_sweep (tx_t *tx, const wakeup_t *wakeup);
void on_case_swept (tx_t *tx, const wakeup_t *wakeup);
void on_gauge_swept (tx_t *tx, const wakeup_t *wakeup);
/* zones.c: by other rules of time zones, what is open is derived again. */
void on_zones (tx_t *tx, const wakeup_t *wakeup);

/* fact.c: each notes what happened, and derives the case. */
void on_service_request_acknowledged (tx_t *tx, const service_request_acknowledged_t *event);
void on_support_attempt_recorded (tx_t *tx, const support_attempt_recorded_t *event);
void on_support_tier_changed (tx_t *tx, const support_tier_changed_t *event);
void on_service_request_resolved (tx_t *tx, const service_request_resolved_t *event);
void on_service_request_reopened (tx_t *tx, const service_request_reopened_t *event);
void on_service_request_cancelled (tx_t *tx, const service_request_cancelled_t *event);
void on_service_request_merged (tx_t *tx, const service_request_merged_t *event);
void on_case_waiting_started (tx_t *tx, const case_waiting_started_t *event);
void on_case_waiting_ended (tx_t *tx, const case_waiting_ended_t *event);
void on_visit_arrived (tx_t *tx, const visit_arrived_t *event);
void on_depot_repair_received (tx_t *tx, const depot_repair_received_t *event);
void on_depot_repair_completed (tx_t *tx, const depot_repair_completed_t *event);
void on_set_sla_deadline (tx_t *tx, const set_sla_deadline_t *command);
void on_reach_sla_milestone (tx_t *tx, const reach_sla_milestone_t *command);
void fact_note (tx_t *tx, sla_case_t *sla_case, const sla_fact_t *fact);
/* The case of a command; NULL and rejected: there is none. */
sla_case_t *fact_known_case (tx_t *tx, const char *case_id);

/* threshold.c */
void on_threshold (tx_t *tx, const wakeup_t *wakeup);

/* escalation_check.c */
bool escalation_check (tx_t *tx, const sla_plan_details_t *details);

/* escalation_ladder.c */
const escalation_step_t *escalation_find_step (const sla_plan_details_t *details, const char *step_id);
/* Nobody needs to look at it any more. */
bool escalation_is_moot (tx_t *tx, const escalation_t *self);
/* Nobody of this step has answered: the next one. False: there is none. */
bool escalation_climb_on (tx_t *tx, const escalation_t *self);

/* escalation.c */
/* Calls the first of the members, or of those on call for the role. self was put by the caller, with role, within_ms
 * and needed. */
void escalation_begin (tx_t *tx, escalation_t *self, const sla_escalated_t *about, char **member_ids,
    size_t member_count);
void on_escalation (tx_t *tx, const wakeup_t *wakeup);
void on_acknowledge_escalation (tx_t *tx, const acknowledge_escalation_t *command);
void on_get_escalation (tx_t *tx, const get_escalation_t *query);
void on_emergency_declared (tx_t *tx, const emergency_declared_t *event);
void on_emergency_ended (tx_t *tx, const emergency_ended_t *event);

/* roster.c */
void on_on_call_roster_published (tx_t *tx, const on_call_roster_published_t *event);
void on_person_published (tx_t *tx, const person_published_t *event);
void on_engineer_published (tx_t *tx, const engineer_published_t *event);
void on_absence_recorded (tx_t *tx, const absence_recorded_t *event);
void on_absence_cancelled (tx_t *tx, const absence_cancelled_t *event);
void on_absence_over (tx_t *tx, const wakeup_t *wakeup);
/* Away at that instant, or here no more. */
bool roster_is_absent (tx_t *tx, const char *person_id, int64_t at);
/* Those on call for a role of a territory, in the order of calling; returns how many. */
int roster_people (tx_t *tx, const char *territory_id, const char *role, int64_t at,
    on_call_t people [ON_CALL_MAX]);

/* standing.c, sla_ledger.c */
void on_get_sla (tx_t *tx, const get_sla_t *query);
void on_get_sla_ledger (tx_t *tx, const get_sla_ledger_t *query);

/* alert_rule.c, gauge.c */
#define METRIC_OFFER   "offer.unanswered_ms"
#define METRIC_REQUEST "request.unacknowledged_ms"
#define METRIC_WAITING "request.waiting_ms"
#define METRIC_ORDER   "work_order.unscheduled_ms"
#define METRIC_UNREADY "work_order.unready_ms"
#define METRIC_PERSON  "work_order.needs_person_ms"
#define METRIC_PARTS   "parts.short_ms"
#define METRIC_VISIT   "visit.unstarted_ms"

/* What rules look at before they look at the value. */
typedef struct {
    const char *territory_id;
    int request_type, fault_level;      /* 0: not known */
} scope_t;

void on_publish_alert_rule (tx_t *tx, const publish_alert_rule_t *command);
void on_gauge (tx_t *tx, const wakeup_t *wakeup);
/* The value begins to grow at since_at; nothing if it grows already. */
void gauge_open (tx_t *tx, const char *metric, const char *subject_id, scope_t scope, int64_t since_at);
/* What it is about is known only now, or is something else now. */
void gauge_move (tx_t *tx, const char *metric, const char *subject_id, scope_t scope);
/* The value is back at nothing: alerts that stand are cleared. */
void gauge_close (tx_t *tx, const char *metric, const char *subject_id);
/* Raises, clears and sets the timer by the rules as they are now. */
void gauge_settle (tx_t *tx, gauge_t *self);

/* work_order.c */
void on_work_order_created (tx_t *tx, const work_order_created_t *event);
void on_work_order_state_changed (tx_t *tx, const work_order_state_changed_t *event);
void on_work_order_completed (tx_t *tx, const work_order_completed_t *event);
void on_work_order_cancelled (tx_t *tx, const work_order_cancelled_t *event);
void on_visit_offered (tx_t *tx, const visit_offered_t *event);
void on_visit_accepted (tx_t *tx, const visit_accepted_t *event);
void on_visit_ended (tx_t *tx, const visit_ended_t *event);
void on_visit_work_started (tx_t *tx, const visit_work_started_t *event);
void on_readiness_changed (tx_t *tx, const readiness_changed_t *event);
void on_dispatch_failed (tx_t *tx, const dispatch_failed_t *event);
void on_reservation_short (tx_t *tx, const reservation_short_t *event);
void on_reservation_made (tx_t *tx, const reservation_made_t *event);
void on_reservation_released (tx_t *tx, const reservation_released_t *event);
/* A visit is planned to begin its work then; it has begun, or never will. */
void work_order_visit_planned (tx_t *tx, const char *work_order_id, const char *visit_id, int64_t begins_at);
void work_order_visit_begun (tx_t *tx, const char *visit_id);

/* compliance.c, compliance_answer.c */
void on_contract_activated (tx_t *tx, const contract_activated_t *event);
/* Counts the clock as it stands now; one that is counted otherwise is taken out there. */
void compliance_count (tx_t *tx, const sla_case_t *sla_case, sla_clock_t *clock);
void on_compliance (tx_t *tx, const wakeup_t *wakeup);
void on_get_sla_compliance (tx_t *tx, const get_sla_compliance_t *query);

/* recompute.c */
void on_recompute_sla (tx_t *tx, const recompute_sla_t *command);
void on_recompute (tx_t *tx, const wakeup_t *wakeup);
void on_recompute_case (tx_t *tx, const wakeup_t *wakeup);
