/* fact - something that happened to a case: noted once, then the case is derived again. */
#include <string.h>

#include "sla-watchdog.h"
#include "valid.h"

/* All facts of the case are needed to derive it anyway: looking among them saves a question. */
static sla_fact_t *
s_known (tx_t *tx, const sla_case_t *sla_case, const char *id)
{
    EACH (sla_fact, fact, tx_find (tx, sla_fact, case_id, sla_case->id))
        if (strcmp (fact->id, id) == 0)
            return fact;
    return NULL;
}

/* The same kind, detail and instant is the same fact, told twice. */
void
fact_note (tx_t *tx, sla_case_t *sla_case, const sla_fact_t *fact)
{
    char *id = tx_printf (tx, "%s:%d:%d:%lld", sla_case->id, fact->kind, fact->detail, (long long) fact->happened_at);
    sla_fact_t *known = s_known (tx, sla_case, id);
    if (known && fact->kind != FACT_PROMISED)
        return;
    if (!known)
        known = tx_put (tx, sla_fact, {
            .id = id, .case_id = sla_case->id, .kind = fact->kind, .detail = fact->detail, .holder = fact->holder,
            .happened_at = fact->happened_at
        });
    known->value_at = fact->value_at;
    known->number = ++sla_case->fact_count;
}

static void
s_happened (tx_t *tx, const char *case_id, fact_kind_t kind, int detail, int64_t at, const char *cause)
{
    sla_case_expect (tx, case_id);
    sla_case_t *sla_case = tx_need (tx, sla_case, case_id);
    fact_note (tx, sla_case, &(sla_fact_t) {
        .kind = (int) kind, .detail = detail, .happened_at = at ? at : tx_time (tx)
    });
    sla_case_derive (tx, sla_case, cause);
}

static void
s_reached (tx_t *tx, sla_case_t *sla_case, milestone_t milestone, int64_t at)
{
    fact_note (tx, sla_case, &(sla_fact_t) { .kind = FACT_REACHED, .detail = (int) milestone, .happened_at = at });
}

/* A person is at it: both names of the same promise are kept. */
static void
s_taken_in_hand (tx_t *tx, sla_case_t *sla_case, int64_t at)
{
    s_reached (tx, sla_case, MILESTONE_ACKNOWLEDGE, at);
    s_reached (tx, sla_case, MILESTONE_ACCEPT, at);
}

void
on_service_request_acknowledged (tx_t *tx, const service_request_acknowledged_t *event)
{
    sla_case_expect (tx, event->request_id);
    sla_case_t *sla_case = tx_need (tx, sla_case, event->request_id);
    s_taken_in_hand (tx, sla_case, event->acknowledged_at ? event->acknowledged_at : tx_time (tx));
    sla_case_derive (tx, sla_case, "acknowledged");
}

void
on_support_attempt_recorded (tx_t *tx, const support_attempt_recorded_t *event)
{
    sla_case_expect (tx, event->request_id);
    sla_case_t *sla_case = tx_need (tx, sla_case, event->request_id);
    int64_t started_at = event->started_at ? event->started_at : tx_time (tx);
    s_taken_in_hand (tx, sla_case, started_at);
    if (event->solved)
        s_reached (tx, sla_case, MILESTONE_SOLVE_REMOTE, event->ended_at ? event->ended_at : started_at);
    sla_case_derive (tx, sla_case, "support attempt");
}

void
on_support_tier_changed (tx_t *tx, const support_tier_changed_t *event)
{
    s_happened (tx, event->request_id, FACT_TIER, (int) event->tier, 0, "support tier changed");
}

void
on_service_request_resolved (tx_t *tx, const service_request_resolved_t *event)
{
    s_happened (tx, event->request_id, FACT_RESOLVED, (int) event->tier, event->resolved_at, "request resolved");
}

void
on_service_request_reopened (tx_t *tx, const service_request_reopened_t *event)
{
    s_happened (tx, event->request_id, FACT_REOPENED, 0, 0, "request reopened");
}

void
on_service_request_cancelled (tx_t *tx, const service_request_cancelled_t *event)
{
    s_happened (tx, event->request_id, FACT_CANCELLED, 0, 0, "request cancelled");
}

/* The absorbed one ends as if cancelled; the survivor takes its start over. */
void
on_service_request_merged (tx_t *tx, const service_request_merged_t *event)
{
    sla_case_expect (tx, event->request_id);
    sla_case_expect (tx, event->survivor_id);
    sla_case_t *survivor = tx_get (tx, sla_case, event->survivor_id);
    sla_case_t *absorbed = tx_need (tx, sla_case, event->request_id);
    int64_t from_at = event->accepted_at;
    if (absorbed->merged_from_at && absorbed->merged_from_at < from_at)
        from_at = absorbed->merged_from_at;             /* it has absorbed others itself */
    s_happened (tx, event->request_id, FACT_CANCELLED, 0, event->merged_at, "request merged");
    if (!survivor || (survivor->merged_from_at && survivor->merged_from_at <= from_at))
        return;
    survivor->merged_from_at = from_at;
    sla_case_derive (tx, survivor, "another request was merged into it");
}

void
on_case_waiting_started (tx_t *tx, const case_waiting_started_t *event)
{
    sla_case_expect (tx, event->case_id);
    sla_case_t *sla_case = tx_need (tx, sla_case, event->case_id);
    fact_note (tx, sla_case, &(sla_fact_t) {
        .kind = FACT_WAIT_STARTED, .detail = (int) event->reason, .holder = event->holder,
        .happened_at = event->started_at ? event->started_at : tx_time (tx)
    });
    sla_case_derive (tx, sla_case, "waiting started");
}

void
on_case_waiting_ended (tx_t *tx, const case_waiting_ended_t *event)
{
    s_happened (tx, event->case_id, FACT_WAIT_ENDED, (int) event->reason, event->ended_at, "waiting ended");
}

/* Orders of maintenance plans have no request, and nobody promised them anything. */
void
on_visit_arrived (tx_t *tx, const visit_arrived_t *event)
{
    work_order_visit_begun (tx, event->visit_id);
    if (!is_empty (event->request_id))
        s_happened (tx, event->request_id, FACT_REACHED, MILESTONE_ARRIVE, event->arrived_at, "arrival");
}

/* C19: from the arrival at the depot until its work is done; the way back is not the depot's. */
void
on_depot_repair_received (tx_t *tx, const depot_repair_received_t *event)
{
    s_happened (tx, event->request_id, FACT_BEGUN, MILESTONE_DEPOT_REPAIR, event->received_at, "unit in the depot");
}

void
on_depot_repair_completed (tx_t *tx, const depot_repair_completed_t *event)
{
    s_happened (tx, event->request_id, FACT_REACHED, MILESTONE_DEPOT_REPAIR, event->completed_at, "depot repair done");
}

void
on_visit_accepted (tx_t *tx, const visit_accepted_t *event)
{
    gauge_close (tx, METRIC_OFFER, event->visit_id);
    work_order_visit_planned (tx, event->work_order_id, event->visit_id,
        event->work_starts_at ? event->work_starts_at : event->starts_at);
    if (is_empty (event->request_id))
        return;
    sla_case_expect (tx, event->request_id);
    sla_case_t *sla_case = tx_need (tx, sla_case, event->request_id);
    s_taken_in_hand (tx, sla_case, event->accepted_at ? event->accepted_at : tx_time (tx));
    sla_case_derive (tx, sla_case, "visit accepted");
}

sla_case_t *
fact_known_case (tx_t *tx, const char *case_id)
{
    sla_case_expect (tx, case_id);
    sla_case_t *sla_case = tx_get (tx, sla_case, case_id);
    if (!sla_case || !sla_case->accepted_at) {
        tx_reject (tx, "case.unknown", "no case %s: give the id of a service request that was accepted", case_id);
        return NULL;
    }
    return sla_case;
}

/* The instant promised, or the next opening of the hours that this milestone runs on. */
static int64_t
s_promised (tx_t *tx, const sla_case_t *sla_case, const set_sla_deadline_t *command)
{
    EACH (sla_clock, clock, tx_find (tx, sla_clock, case_id, sla_case->id))
        if (clock->milestone == (int) command->milestone && !command->even_if_closed)
            return business_time_opens (tx, clock->calendar_id, command->due_at);
    return command->due_at;
}

void
on_set_sla_deadline (tx_t *tx, const set_sla_deadline_t *command)
{
    if (!valid_enum (tx, "milestone", &milestone_descriptor, (int) command->milestone)
        || !valid_instant (tx, "due_at", command->due_at) || !valid_text (tx, "reason", command->reason, 0, 500))
        return;
    sla_case_t *sla_case = fact_known_case (tx, command->case_id);
    if (!sla_case)
        return;
    if (command->due_at <= tx_now (tx))
        return tx_reject (tx, "deadline.past", "due_at %lld is not in the future: promise an instant to come",
            (long long) command->due_at);
    if (is_empty (sla_case->open_plan_id))
        return tx_reject (tx, "case.over", "case %s is over: reopen the request first", sla_case->id);
    int64_t promised_at = s_promised (tx, sla_case, command);
    fact_note (tx, sla_case, &(sla_fact_t) {
        .kind = FACT_PROMISED, .detail = (int) command->milestone, .holder = tx_actor (tx),
        .happened_at = tx_time (tx), .value_at = promised_at
    });
    const char *reason = is_empty (command->reason) ? "deadline set" : command->reason;
    if (promised_at != command->due_at)
        reason = tx_printf (tx, "%s (closed then: moved to the next opening)", reason);
    sla_case_derive (tx, sla_case, reason);
    tx_accept (tx, sla_case->id);
}

static bool
s_is_reached_by_hand (milestone_t milestone)
{
    return milestone == MILESTONE_PROPOSE_SOLUTION || milestone == MILESTONE_PROPOSAL
        || milestone == MILESTONE_COMPLAINT_OUTCOME;
}

void
on_reach_sla_milestone (tx_t *tx, const reach_sla_milestone_t *command)
{
    int64_t at = command->reached_at ? command->reached_at : tx_now (tx);
    if (!valid_enum (tx, "milestone", &milestone_descriptor, (int) command->milestone)
        || !valid_past (tx, "reached_at", at))
        return;
    if (!s_is_reached_by_hand (command->milestone))
        return tx_reject (tx, "milestone.told_by_events", "%s follows from request, visits and depot: act on those",
            enum_name (&milestone_descriptor, (int) command->milestone));
    sla_case_t *sla_case = fact_known_case (tx, command->case_id);
    if (!sla_case)
        return;
    s_reached (tx, sla_case, command->milestone, at);
    sla_case_derive (tx, sla_case, "milestone reached");
    tx_accept (tx, sla_case->id);
}
