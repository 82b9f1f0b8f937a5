/* triage - how bad is it, and when is its turn? */
#include "intake.h"

enum { TRACE_MAX = sizeof ((trace_t *) 0)->lines / sizeof (rule_trace_t *), TERM_LINES = 6 };

/* Rules that did not match leave room for the terms of the priority, which always are there. */
void
trace_add (tx_t *tx, trace_t *trace, const char *rule, bool matched, char *detail)
{
    if (trace->count
        >= (matched || !strncmp (rule, "priority:", 9) ? TRACE_MAX : TRACE_MAX - TERM_LINES))
        return;
    rule_trace_t *line = arena_alloc (tx_arena (tx), sizeof *line);
    *line = (rule_trace_t) { .base = rule_trace_init,
        .rule = (char *) rule,
        .matched = matched,
        .detail = detail };
    trace->lines [trace->count++] = line;
}

static void
s_say (tx_t *tx, service_request_t *request, int priority, trace_t *trace)
{
    request->priority = priority;
    service_request_triaged_t event = {
        .base = service_request_triaged_init,
        .request_id = request->id,
        .fault_level = (int) request->fault_level,
        .priority = priority,
        .n_trace = (size_t) trace->count,
        .trace = trace->lines,
        .reason = request->level_reason,
    };
    request->triage = tx_pack (tx, &event.base);
    tx_emit (tx, &event.base);
    emergency_consider (tx, request);
}

static int
s_priority (tx_t *tx, const service_request_t *request, trace_t *trace)
{
    asset_t *asset = tx_get (tx, asset, request->asset_id);
    return priority_of (tx, (int) request->fault_level, request->contract_tier,
        request->customer_grade, asset ? (int) asset->criticality : 0, trace);
}

/* What the visit would need, should it come to that. The alarm's rule knows the device better than
 * the general ones. */
static void
s_keep_needs (tx_t *tx, service_request_t *request, const register_alarm_rule_t *alarm_rule,
    const register_triage_rule_t *rule)
{
    work_order_requested_t needs = { .base = work_order_requested_init,
        .diagnosis = request->note };
    if (rule) {
        needs.n_skills = rule->n_skills, needs.skills = rule->skills;
        needs.n_parts = rule->n_parts, needs.parts = rule->parts;
        needs.work_minutes = rule->work_minutes;
        needs.n_tool_kinds = rule->n_tool_kinds, needs.tool_kinds = rule->tool_kinds;
        needs.crew_size = rule->crew_size;
    }
    if (alarm_rule && alarm_rule->n_skills)
        needs.n_skills = alarm_rule->n_skills, needs.skills = alarm_rule->skills;
    if (alarm_rule && alarm_rule->n_parts)
        needs.n_parts = alarm_rule->n_parts, needs.parts = alarm_rule->parts;
    if (alarm_rule && alarm_rule->n_tool_kinds)
        needs.n_tool_kinds = alarm_rule->n_tool_kinds, needs.tool_kinds = alarm_rule->tool_kinds;
    if (alarm_rule && alarm_rule->work_minutes)
        needs.work_minutes = alarm_rule->work_minutes;
    request->needs = tx_pack (tx, &needs.base);
}

static void
s_set_level (service_request_t *request, int level, const char *rule)
{
    request->fault_level = level;
    request->level_rule = (char *) rule;
}

/* Rule, else the hint of who asked, else the middle. */
static void
s_decide_level (tx_t *tx, service_request_t *request, const register_triage_rule_t *rule,
    trace_t *trace)
{
    if (rule && rule->fault_level)
        return s_set_level (request, rule->fault_level, tx_printf (tx, "triage:%s", rule->rule_id));
    int level = request->level_hint ? (int) request->level_hint : LEVEL_DEFAULT;
    s_set_level (request, level, request->level_hint ? "triage.hint" : "triage.default");
    trace_add (tx, trace, request->level_rule, true,
        tx_printf (tx, "no rule sets a level: %d", level));
}

void
triage_first (tx_t *tx, service_request_t *request, const asset_t *asset,
    const register_alarm_rule_t *alarm_rule)
{
    trace_t trace = { .count = 0 };
    if (alarm_rule)
        trace_add (tx, &trace, tx_printf (tx, "alarm:%s", alarm_rule->rule_id), true,
            tx_printf (tx, "the alarm's rule says level %d", alarm_rule->fault_level));
    const register_triage_rule_t *rule =
        triage_rule_match (tx, request, asset ? asset->device_type : "", &trace);
    if (alarm_rule)
        s_set_level (request, alarm_rule->fault_level,
            tx_printf (tx, "alarm:%s", alarm_rule->rule_id));
    else
        s_decide_level (tx, request, rule, &trace);
    s_keep_needs (tx, request, alarm_rule, rule);
    s_say (tx, request, s_priority (tx, request, &trace), &trace);
}

/* The level stands; what it is worth may have changed. */
void
triage_again (tx_t *tx, service_request_t *request)
{
    trace_t trace = { .count = 0 };
    trace_add (tx, &trace, request->level_rule, true,
        tx_printf (tx, "fault level %lld stands", (long long) request->fault_level));
    int priority = s_priority (tx, request, &trace);
    if (priority == request->priority)
        return;
    tx_correlate (tx, request->id);
    s_say (tx, request, priority, &trace);
}

void
triage_set_level (tx_t *tx, service_request_t *request, int fault_level, const char *rule,
    const char *reason)
{
    trace_t trace = { .count = 0 };
    trace_add (tx, &trace, rule, true,
        tx_printf (tx, "fault level %lld becomes %d: %s", (long long) request->fault_level,
            fault_level, reason));
    s_set_level (request, fault_level, rule);
    request->level_reason = (char *) reason;
    s_say (tx, request, s_priority (tx, request, &trace), &trace);
}

void
on_triage_service_request (tx_t *tx, const triage_service_request_t *command)
{
    service_request_t *request = request_still_open (tx, command->request_id);
    if (!request || !valid_int (tx, "fault_level", command->fault_level, 1, 4)
        || !valid_text (tx, "reason", command->reason, 1, 500))
        return;
    if (request->fault_level != command->fault_level)
        triage_set_level (tx, request, command->fault_level,
            tx_printf (tx, "person:%s", tx_actor (tx)), command->reason);
}

/* Billing has found the terms. They come after the request was taken on, never before: nobody waits
 * for them. */
void
on_entitlement_resolved (tx_t *tx, const entitlement_resolved_t *event)
{
    service_request_t *request = tx_get (tx, service_request, event->request_id);
    if (!request)
        return; /* of a planned occurrence, which is no request */
    request->coverage = event->coverage;
    request->contract_id = event->contract_id;
    request->contract_tier = event->contract_tier;
    if (request->state == REQUEST_STATE_OPEN)
        triage_again (tx, request);
}
