/* work_order - the container of everything from the wish to the bill. */
#include "dispatcher.h"
#include <string.h>

ENTITY_TABLE (work_order, WORK_ORDER_FIELDS, "open_request_id", "occurrence_id",
    "waiting_territory_id");

enum { SKILLS_MAX = 32, PARTS_MAX = 100, TOOL_KINDS_MAX = 20, CREW_MAX = 20 };
enum { DEFAULT_WORK_MINUTES = 60, DEFAULT_PRIORITY = 50, MAINTENANCE_PRIORITY = 60,
    WORK_MINUTES_MAX = 14 * 24 * 60 };

static const char *
s_root (const work_order_created_t *facts)
{
    return !is_empty (facts->request_id) ? facts->request_id
        : !is_empty (facts->occurrence_id) ? facts->occurrence_id : facts->work_order_id;
}

static void
s_make (tx_t *tx, work_order_created_t *facts)
{
    bool has_standard = facts->work_minutes > 0;
    facts->created_at = tx_time (tx);
    if (!has_standard)
        facts->work_minutes = DEFAULT_WORK_MINUTES;
    if (facts->priority <= 0)
        facts->priority = DEFAULT_PRIORITY;
    tx_put (tx, work_order, {
        .id = facts->work_order_id, .request_id = facts->request_id,
            .open_request_id = facts->request_id,
        .occurrence_id = facts->occurrence_id, .root_id = (char *) s_root (facts),
        .customer_id = facts->customer_id, .site_id = facts->site_id, .asset_id = facts->asset_id,
        .territory_id = facts->territory_id, .type = facts->type,
        .state = WORK_ORDER_STATE_UNSCHEDULED, .priority = facts->priority,
        .work_minutes = facts->work_minutes, .has_standard = has_standard, .not_before_at = facts->not_before_at,
        .not_after_at = facts->not_after_at, .created_at = facts->created_at,
        .facts = tx_pack (tx, &facts->base) });
    tx_correlate (tx, s_root (facts));
    tx_emit (tx, &facts->base);
}

void
on_work_order_requested (tx_t *tx, const work_order_requested_t *event)
{
    tx_expect (tx, site, event->site_id);
    if (tx_find (tx, work_order, open_request_id, event->request_id).count)
        return;                                     /* one open order a request */
    const site_t *site = tx_get (tx, site, event->site_id);
    work_order_created_t *facts = message_new (tx_arena (tx), work_order_created);
    facts->work_order_id = tx_id (tx);
    facts->request_id = event->request_id;
    facts->type = event->type;
    facts->customer_id = event->customer_id;
    facts->site_id = event->site_id;
    facts->asset_id = event->asset_id;
    facts->territory_id = is_empty (event->territory_id)
        && site ? site->territory_id : event->territory_id;
    facts->fault_level = event->fault_level;
    facts->priority = event->priority;
    facts->description = event->diagnosis;
    facts->n_skills = event->n_skills;
    facts->skills = event->skills;
    facts->n_parts = event->n_parts;
    facts->parts = event->parts;
    facts->n_tool_kinds = event->n_tool_kinds;
    facts->tool_kinds = event->tool_kinds;
    facts->crew_size = event->crew_size;
    facts->work_minutes = event->work_minutes;
    facts->not_before_at = event->not_before_at;
    facts->not_after_at = event->not_after_at;
    s_make (tx, facts);
}

void
on_occurrence_generated (tx_t *tx, const occurrence_generated_t *event)
{
    if (tx_find (tx, work_order, occurrence_id, event->occurrence_id).count)
        return;
    work_order_created_t *facts = message_new (tx_arena (tx), work_order_created);
    facts->work_order_id = tx_id (tx);
    facts->occurrence_id = event->occurrence_id;
    facts->type = REQUEST_TYPE_MAINTENANCE;
    facts->customer_id = event->customer_id;
    facts->site_id = event->site_id;
    facts->asset_id = event->asset_id;
    facts->territory_id = event->territory_id;
    facts->priority = MAINTENANCE_PRIORITY;
    facts->description = event->description;
    facts->n_skills = event->n_skills;
    facts->skills = event->skills;
    facts->n_parts = event->n_parts;
    facts->parts = event->parts;
    facts->n_tool_kinds = event->n_tool_kinds;
    facts->tool_kinds = event->tool_kinds;
    facts->crew_size = event->crew_size;
    facts->work_minutes = event->work_minutes;
    facts->not_before_at = event->due_at - event->tolerance_ms;
    facts->not_after_at = event->due_at + event->tolerance_ms;
    s_make (tx, facts);
}

bool
work_order_skills_valid (tx_t *tx, skill_level_t **skills, size_t count)
{
    if (!valid_int (tx, "skills", (int64_t) count, 0, SKILLS_MAX))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!valid_id (tx, "skill", skills [i]->skill)
            || !valid_int (tx, "level", skills [i]->level, 1, 10))
            return false;
    return true;
}

static bool
s_needs_are_valid (tx_t *tx, const create_work_order_t *command)
{
    if (!work_order_skills_valid (tx, command->skills, command->n_skills)
        || !valid_int (tx, "parts", (int64_t) command->n_parts, 0, PARTS_MAX))
        return false;
    for (size_t i = 0; i < command->n_parts; i++)
        if (!valid_id (tx, "item_id", command->parts [i]->item_id)
            || !valid_int (tx, "quantity", command->parts [i]->quantity, 1, 1000000)
            || !valid_text (tx, "serial", command->parts [i]->serial, 0, 100))
            return false;
    return true;
}

/* It is there before its successor, so that no two wait for each other. */
static bool
s_predecessor_is_known (tx_t *tx, const char *id)
{
    return valid_optional_id (tx, "after_work_order_id", id)
        && (is_empty (id) || tx_get (tx, work_order, id)
        || (tx_reject (tx, "after_work_order_id.unknown",
        "no work order %s to wait for: create it first", id), false));
}

static bool
s_valid (tx_t *tx, const create_work_order_t *command)
{
    return s_needs_are_valid (tx, command)
        && valid_int (tx, "crew_size", command->crew_size, 0, CREW_MAX)
        && s_predecessor_is_known (tx, command->after_work_order_id)
        && valid_ids (tx, "tool_kinds", command->tool_kinds, command->n_tool_kinds, TOOL_KINDS_MAX)
        && valid_optional_id (tx, "work_order_id", command->work_order_id)
        && valid_enum (tx, "type", &request_type_descriptor, command->type)
        && valid_id (tx, "site_id", command->site_id)
        && valid_optional_id (tx, "asset_id", command->asset_id)
        && valid_text (tx, "description", command->description, 0, 4000)
        && valid_int (tx, "work_minutes", command->work_minutes, 0, WORK_MINUTES_MAX)
        && valid_int (tx, "priority", command->priority, 0, 100)
        && valid_optional_id (tx, "project_id", command->project_id)
        && preference_valid (tx, command->preferences, command->n_preferences)
        && valid_instant (tx, "not_before_at", command->not_before_at)
        && valid_instant (tx, "not_after_at", command->not_after_at)
        && (!command->not_before_at || !command->not_after_at
            || valid_order (tx, "not_after_at", command->not_before_at, command->not_after_at));
}

void
on_create_work_order (tx_t *tx, const create_work_order_t *command)
{
    if (!s_valid (tx, command))
        return;
    const site_t *site = tx_get (tx, site, command->site_id);
    if (!site)
        return tx_reject (tx, "site.unknown", "no site %s: register it first", command->site_id);
    if (!is_empty (command->asset_id) && !tx_get (tx, asset, command->asset_id))
        return tx_reject (tx, "asset.unknown", "no asset %s: register it first", command->asset_id);
    if (tx_is_taken (tx, work_order, command->work_order_id))
        return tx_reject (tx, "work_order.exists",
            "there is a work order %s already: use another id", command->work_order_id);
    work_order_created_t *facts = message_new (tx_arena (tx), work_order_created);
    facts->work_order_id = is_empty (command->work_order_id) ? tx_id (tx) : command->work_order_id;
    facts->type = command->type;
    facts->customer_id = site->customer_id;
    facts->site_id = site->id;
    facts->asset_id = command->asset_id;
    facts->territory_id = site->territory_id;
    facts->priority = command->priority;
    facts->description = command->description;
    facts->n_skills = command->n_skills;
    facts->skills = command->skills;
    facts->n_parts = command->n_parts;
    facts->parts = command->parts;
    facts->n_tool_kinds = command->n_tool_kinds;
    facts->tool_kinds = command->tool_kinds;
    facts->crew_size = command->crew_size;
    facts->after_work_order_id = command->after_work_order_id;
    facts->work_minutes = command->work_minutes;
    facts->not_before_at = command->not_before_at;
    facts->not_after_at = command->not_after_at;
    facts->project_id = command->project_id;
    s_make (tx, facts);
    if (command->n_preferences)
        preference_write (tx, facts->work_order_id, PREFERENCE_LEVEL_ORDER, command->preferences,
            command->n_preferences);
    tx_accept (tx, facts->work_order_id);
}

static work_order_state_t
s_state (tx_t *tx, const work_order_t *order)
{
    if (order->is_cancelled)
        return WORK_ORDER_STATE_CANCELLED;
    list_t visits = tx_find (tx, visit, work_order_id, order->id);
    visit_state_t *states = arena_array (tx_arena (tx), (size_t) visits.count + 1, sizeof *states);
    for (int i = 0; i < visits.count; i++)
        states [i] = ((visit_t *) visits.rows [i])->state;
    work_order_state_t state = machine_order_state (states, visits.count, order->work_remains);
    return state == WORK_ORDER_STATE_COMPLETED
        && order->is_posted ? WORK_ORDER_STATE_POSTED : state;
}

void
work_order_refresh (tx_t *tx, work_order_t *order, const char *reason)
{
    work_order_state_t state = s_state (tx, order);
    work_order_state_t from = order->state;
    if (state == from)
        return;
    order->state = state;
    tx_emit (tx, work_order_state_changed (
        .work_order_id = order->id, .state = state, .from_state = from,
        .request_id = order->request_id, .reason = (char *) reason));
}

void
work_order_exclude (tx_t *tx, work_order_t *order, const char *engineer_id, const char *rule,
    const char *detail)
{
    setbacks_t *setbacks = tx_unpack (tx, setbacks, order->setbacks);
    exclusion_t **longer = arena_array (tx_arena (tx), setbacks->n_exclusions + 1, sizeof *longer);
    for (size_t i = 0; i < setbacks->n_exclusions; i++)
        longer [i] = setbacks->exclusions [i];
    exclusion_t *exclusion = message_new (tx_arena (tx), exclusion);
    exclusion->engineer_id = (char *) engineer_id;
    exclusion->rule = (char *) rule;
    exclusion->detail = (char *) detail;
    longer [setbacks->n_exclusions++] = exclusion;
    setbacks->exclusions = longer;
    order->setbacks = tx_pack (tx, &setbacks->base);
}

void
on_readiness_changed (tx_t *tx, const readiness_changed_t *event)
{
    work_order_t *order = tx_get (tx, work_order, event->work_order_id);
    if (!order)
        tx_fail (tx, "readiness of work order %s, which this dispatcher never made",
            event->work_order_id);
    order->is_ready = event->ready;
    dispatch_decide (tx, order);
}

static void
s_triage (tx_t *tx, work_order_t *order, const service_request_triaged_t *event)
{
    if (event->priority > 0)
        order->priority = event->priority;
    work_order_created_t *facts = tx_unpack (tx, work_order_created, order->facts);
    if (event->fault_level <= 0 || facts->fault_level == event->fault_level)
        return;
    facts->fault_level = event->fault_level;
    order->facts = tx_pack (tx, &facts->base);
}

void
on_service_request_triaged (tx_t *tx, const service_request_triaged_t *event)
{
    EACH (work_order, order, tx_find (tx, work_order, open_request_id, event->request_id))
        s_triage (tx, order, event);
}

static void
s_cancel (tx_t *tx, work_order_t *order, const char *reason)
{
    const visit_t *visit = tx_get (tx, visit, order->open_visit_id);
    tx_correlate (tx, order->root_id);
    if (visit && visit->ends_at > tx_now (tx))
        replan_trigger (tx, order->territory_id, visit->starts_at, REPLAN_TRIGGER_CANCELLATION, order->id);
    visit_end_all (tx, order, "CancelWorkOrder", reason);
    order->is_cancelled = true;
    order->open_request_id = order->waiting_territory_id = "";
    tx_timer_clear (tx, "dispatch_retry", order->id);
    work_order_refresh (tx, order, reason);
    tx_emit (tx, work_order_cancelled (
        .work_order_id = order->id, .request_id = order->request_id,
        .occurrence_id = order->occurrence_id, .reason = (char *) reason));
}

/* Not any more when the engineer has finished: then there is work to be billed. */
static bool
s_may_cancel (tx_t *tx, const work_order_t *order)
{
    const visit_t *visit = tx_get (tx, visit, order->open_visit_id);
    return machine_next (work_order_transitions, order->state, "CancelWorkOrder")
        && (!visit || machine_next (visit_transitions, visit->state, "CancelWorkOrder"));
}

void
on_cancel_work_order (tx_t *tx, const cancel_work_order_t *command)
{
    if (!valid_text (tx, "reason", command->reason, 1, 500))
        return;
    work_order_t *order = tx_get (tx, work_order, command->work_order_id);
    if (!order)
        return tx_reject (tx, "work_order.unknown", "no work order %s: look the id up again",
            command->work_order_id);
    if (!s_may_cancel (tx, order))
        return tx_reject (tx, "work_order.not_open",
            "work order %s is %s and its work is done or ended: it can not be "
                          "cancelled", order->id, enum_name (&work_order_state_descriptor,
                          order->state));
    tx_accept (tx, order->id);
    s_cancel (tx, order, command->reason);
}

static void
s_cancel_of_request (tx_t *tx, const char *request_id, const char *reason)
{
    EACH (work_order, order, tx_find (tx, work_order, open_request_id, request_id))
        if (s_may_cancel (tx, order))
            s_cancel (tx, order, reason);
}

void
on_service_request_cancelled (tx_t *tx, const service_request_cancelled_t *event)
{
    s_cancel_of_request (tx, event->request_id, event->reason);
}

/* The visit of the survivor is the one that is made. */
void
on_service_request_merged (tx_t *tx, const service_request_merged_t *event)
{
    s_cancel_of_request (tx, event->request_id, tx_printf (tx, "the request was merged into %s", event->survivor_id));
}

/* Solved by phone or remotely while a visit was planned: nobody drives to what works again. */
void
on_service_request_resolved (tx_t *tx, const service_request_resolved_t *event)
{
    if (event->tier != SUPPORT_TIER_ONSITE)
        s_cancel_of_request (tx, event->request_id, "solved without a visit");
}

/* Down the ladder again: the request gives its order up, and asks for another should it come to
 * that. */
void
on_support_tier_changed (tx_t *tx, const support_tier_changed_t *event)
{
    if (event->from_tier == SUPPORT_TIER_ONSITE && event->tier != SUPPORT_TIER_ONSITE)
        s_cancel_of_request (tx, event->request_id, event->reason);
}

void
on_work_order_posted (tx_t *tx, const work_order_posted_t *event)
{
    work_order_t *order = tx_get (tx, work_order, event->work_order_id);
    if (!order)
        tx_fail (tx, "work order %s was posted, which this dispatcher never made",
            event->work_order_id);
    if (!machine_next (work_order_transitions, order->state, "WorkOrderPosted"))
        return;
    order->is_posted = true;
    tx_correlate (tx, order->root_id);
    work_order_refresh (tx, order, "posted");
}
