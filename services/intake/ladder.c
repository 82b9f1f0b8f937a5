/* ladder - phone, then remote, then on-site: no engineer drives to what a call can solve. */
#include "intake.h"

ENTITY_TABLE (support_attempt, SUPPORT_ATTEMPT_FIELDS, NULL);

void
ladder_order (tx_t *tx, service_request_t *request)
{
    work_order_requested_t *order = tx_unpack (tx, work_order_requested, request->needs);
    order->request_id = request->id;
    order->type = request->type;
    order->customer_id = request->customer_id;
    order->site_id = request->site_id;
    order->asset_id = request->asset_id;
    order->territory_id = request->territory_id;
    order->fault_level = (int) request->fault_level;
    order->priority = (int) request->priority;
    request->order_open = true;
    request->order_id = "";
    tx_emit (tx, &order->base);
}

void
ladder_climb (tx_t *tx, service_request_t *request, support_tier_t tier, const char *reason)
{
    support_tier_t from_tier = request->tier;
    request->tier = tier;
    if (from_tier == SUPPORT_TIER_ONSITE)
        request->order_open = false; /* the dispatcher hears the same event and cancels it */
    tx_emit (tx,
        support_tier_changed (.request_id = request->id, .tier = tier, .from_tier = from_tier,
            .reason = (char *) reason));
    if (tier == SUPPORT_TIER_ONSITE)
        ladder_order (tx, request);
}

static bool
s_attempt_is_valid (tx_t *tx, const record_support_attempt_t *command)
{
    if (!valid_enum (tx, "tier", &support_tier_descriptor, (int) command->tier)
        || !valid_text (tx, "agent", command->agent, 0, 100)
        || !valid_order (tx, "ended_at", command->started_at, command->ended_at)
        || !valid_instant (tx, "started_at", command->started_at)
        || !valid_past (tx, "ended_at", command->ended_at)
        || !valid_text (tx, "note", command->note, 0, 2000))
        return false;
    if (command->tier == SUPPORT_TIER_ONSITE)
        return tx_reject (tx, "tier.invalid",
                   "tier ONSITE is a visit, not an attempt: change the support tier instead"),
               false;
    return true;
}

static void
s_put_attempt (tx_t *tx, service_request_t *request, const record_support_attempt_t *command,
    char *agent)
{
    request->attempts++;
    tx_put (tx, support_attempt,
        { .id = tx_printf (tx, "%s:%lld", request->id, (long long) request->attempts),
            .request_id = request->id,
            .tier = command->tier,
            .agent = agent,
            .started_at = command->started_at,
            .ended_at = command->ended_at,
            .solved = command->solved,
            .note = command->note });
    tx_emit_at (tx, command->ended_at,
        support_attempt_recorded (.request_id = request->id, .tier = command->tier, .agent = agent,
            .started_at = command->started_at, .ended_at = command->ended_at,
            .solved = command->solved, .note = command->note));
}

/* An attempt on a higher step is the climb to it; one on a lower step, as calling ahead of a visit,
 * moves nothing. */
void
on_record_support_attempt (tx_t *tx, const record_support_attempt_t *command)
{
    service_request_t *request = request_still_open (tx, command->request_id);
    if (!request || !s_attempt_is_valid (tx, command))
        return;
    if ((int) command->tier > request->tier)
        ladder_climb (tx, request, command->tier, "an attempt was made there");
    s_put_attempt (tx, request, command, *command->agent ? command->agent : tx_actor (tx));
    if (!command->solved)
        return;
    request->order_open =
        false; /* solved without a visit: the dispatcher cancels what is planned */
    outcome_resolve (tx, request, command->tier, command->ended_at);
}

static bool
s_change_is_valid (tx_t *tx, const service_request_t *request, const change_support_tier_t *command)
{
    if (!valid_enum (tx, "tier", &support_tier_descriptor, (int) command->tier)
        || !valid_text (tx, "reason", command->reason, 0, 500)
        || !valid_text (tx, "waive_remote_reason", command->waive_remote_reason, 0, 500)
        || !valid_text (tx, "diagnosis", command->diagnosis, 0, 2000)
        || !valid_instant (tx, "not_before_at", command->not_before_at)
        || !valid_instant (tx, "not_after_at", command->not_after_at)
        || (command->not_before_at && command->not_after_at
            && !valid_order (tx, "not_after_at", command->not_before_at, command->not_after_at))
        || !valid_ids (tx, "tool_kinds", command->tool_kinds, command->n_tool_kinds, TOOL_KINDS_MAX)
        || !valid_int (tx, "crew_size", command->crew_size, 0, CREW_MAX)
        || !needs_valid (tx, command->skills, command->n_skills, command->parts, command->n_parts,
            command->work_minutes))
        return false;
    return (int) command->tier >= request->tier
        || valid_text (tx, "reason", command->reason, 1, 500);
}

/* Where it may not go. True when the step is legal. */
static bool
s_step_is_legal (tx_t *tx, const service_request_t *request, support_tier_t tier)
{
    if (tier == SUPPORT_TIER_ONSITE && request->order_open)
        return tx_reject (tx, "request.order_open",
                   "service request %s has a work order already: one at a time", request->id),
               false;
    if (tier == SUPPORT_TIER_ONSITE && is_empty (request->site_id))
        return tx_reject (tx, "site.missing",
                   "service request %s names no site: nobody knows where to go", request->id),
               false;
    if ((int) tier == request->tier && tier != SUPPORT_TIER_ONSITE)
        return tx_reject (tx, "request.same_tier", "service request %s is on %s already",
                   request->id, enum_name (&support_tier_descriptor, (int) tier)),
               false;
    return true;
}

/* What the agent says replaces what the rule guessed, each for itself. */
static void
s_refine_needs (tx_t *tx, service_request_t *request, const change_support_tier_t *command)
{
    work_order_requested_t *needs = tx_unpack (tx, work_order_requested, request->needs);
    if (*command->diagnosis)
        needs->diagnosis = command->diagnosis;
    if (command->n_skills)
        needs->n_skills = command->n_skills, needs->skills = command->skills;
    if (command->n_parts)
        needs->n_parts = command->n_parts, needs->parts = command->parts;
    if (command->crew_size)
        needs->crew_size = command->crew_size;
    if (command->n_tool_kinds)
        needs->n_tool_kinds = command->n_tool_kinds, needs->tool_kinds = command->tool_kinds;
    if (command->work_minutes)
        needs->work_minutes = command->work_minutes;
    needs->not_before_at = command->not_before_at;
    needs->not_after_at = command->not_after_at;
    request->needs = tx_pack (tx, &needs->base);
}

static char *
s_reason (tx_t *tx, const change_support_tier_t *command)
{
    if (is_empty (command->waive_remote_reason))
        return command->reason;
    return tx_printf (tx, "%s%sno remote attempt: %s", command->reason,
        *command->reason ? "; " : "", command->waive_remote_reason);
}

void
on_change_support_tier (tx_t *tx, const change_support_tier_t *command)
{
    service_request_t *request = request_still_open (tx, command->request_id);
    if (!request || !s_change_is_valid (tx, request, command)
        || !s_step_is_legal (tx, request, command->tier))
        return;
    s_refine_needs (tx, request, command);
    if ((int) command->tier == request->tier)
        ladder_order (tx, request); /* on-site still, but its order is gone */
    else
        ladder_climb (tx, request, command->tier, s_reason (tx, command));
}
