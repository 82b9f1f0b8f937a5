/* tool.c - tools and test instruments: which there are, whether one can be had for a visit, and for which orders. */
#include "scheduler.h"
#include "valid.h"
#include <string.h>

/* Nothing is planned further ahead than this. */
#define AHEAD_MS (14 * DATE_DAY_MS)

static bool
s_serves (const tool_t *self, const char *territory_id)
{
    return is_empty (self->territory_id) || strcmp (self->territory_id, territory_id) == 0;
}

static bool
s_is_calibrated (const tool_t *self, int64_t until_at)
{
    return !self->calibrated_until_at || self->calibrated_until_at >= until_at;
}

static const char *
s_day (tx_t *tx, int64_t at)
{
    char text [DATE_TEXT_SIZE];
    return tx_printf (tx, "%s", date_format ((int32_t) (at / DATE_DAY_MS), text));
}

/* ---- for a visit */

static bool
s_is_claimed (const claims_t *claims, const tool_t *tool)
{
    for (int i = 0; i < claims->count; i++)
        if (claims->claims [i].kind == KIND_TOOL && strcmp (claims->claims [i].resource_id, tool->id) == 0)
            return true;
    return false;
}

/* Why this tool can not be had; NULL: it can. The earliest end of what stands in the way goes to the refusal. */
static const char *
s_obstacle (claims_t *claims, const tool_t *tool)
{
    const visit_proposed_t *visit = claims->visit;
    booking_t *other = booking_in (claims->tx, KIND_TOOL, tool->id, visit->starts_at, visit->ends_at, visit->visit_id);
    if (!s_is_calibrated (tool, visit->ends_at))
        return tx_printf (claims->tx, "the calibration of %s ends on %s", tool->id,
            s_day (claims->tx, tool->calibrated_until_at));
    if (other && other->ends_at < claims->refusal.to_at)
        claims->refusal.to_at = other->ends_at;
    return other ? tx_printf (claims->tx, "%s is reserved for visit %s", tool->id, other->visit_id) : NULL;
}

/* What the engineer has with him first, then what is in store, then what a colleague would have to hand over. */
static int
s_rank (const tool_t *tool, const char *engineer_id)
{
    return is_empty (tool->engineer_id) ? 1 : strcmp (tool->engineer_id, engineer_id) == 0 ? 2 : 0;
}

static bool
s_claim (claims_t *claims, const char *kind, const char *territory_id)
{
    tool_t *best = NULL;
    const char *obstacles = "";
    EACH (tool, tool, tx_find (claims->tx, tool, open_kind, kind)) {
        if (!s_serves (tool, territory_id) || s_is_claimed (claims, tool))
            continue;
        const char *obstacle = s_obstacle (claims, tool), *engineer_id = claims->visit->engineer_id;
        if (obstacle)
            obstacles = tx_printf (claims->tx, "%s%s%s", obstacles, *obstacles ? ", " : "", obstacle);
        else if (!best || s_rank (tool, engineer_id) > s_rank (best, engineer_id))
            best = tool;
    }
    if (best)
        return claims_add (claims, KIND_TOOL, best->id, claims->visit->starts_at, claims->visit->ends_at), true;
    claims->refusal.code = "tool";
    claims->refusal.message = tx_printf (claims->tx, "no %s can be had in that time: %s", kind,
        *obstacles ? obstacles : "there is none");
    return false;
}

bool
tool_claim_all (claims_t *self, const work_order_created_t *created)
{
    self->refusal = (refusal_t) {
        .from_at = self->visit->starts_at, .to_at = self->visit->starts_at + AHEAD_MS, .for_everyone = true };
    for (size_t i = 0; i < created->n_tool_kinds; i++)
        if (!s_claim (self, created->tool_kinds [i], created->territory_id))
            return false;
    return true;
}

/* ---- for orders */

static char *
s_need_id (tx_t *tx, const work_order_created_t *created, size_t i)
{
    return tx_printf (tx, "%s:%s", created->work_order_id, created->tool_kinds [i]);
}

void
tool_need_open (tx_t *tx, const work_order_created_t *created)
{
    for (size_t i = 0; i < created->n_tool_kinds; i++) {
        tool_need_t *need = tx_need (tx, tool_need, s_need_id (tx, created, i));
        need->work_order_id = created->work_order_id;
        need->kind = created->tool_kinds [i];
    }
}

void
tool_need_close (tx_t *tx, const work_order_created_t *created)
{
    for (size_t i = 0; i < created->n_tool_kinds; i++) {
        tool_need_t *need = tx_get (tx, tool_need, s_need_id (tx, created, i));
        if (need)
            tx_delete (tx, tool_need, need);
    }
}

const char *
tool_missing (tx_t *tx, const char *kind, const char *territory_id, const char **ret_message)
{
    const tool_t *expired = NULL;
    EACH (tool, tool, tx_find (tx, tool, open_kind, kind)) {
        if (!s_serves (tool, territory_id))
            continue;
        if (s_is_calibrated (tool, tx_now (tx) + 1))
            return NULL;
        expired = tool;
    }
    if (expired)
        *ret_message = tx_printf (tx, "no %s is calibrated; %s was until %s: calibrate it and register it again", kind,
            expired->id, s_day (tx, expired->calibrated_until_at));
    else
        *ret_message = tx_printf (tx, "there is no %s for territory %s: register one", kind, territory_id);
    return expired ? "tool.uncalibrated" : "tool.none";
}

static void
s_review (tx_t *tx, const char *kind)
{
    EACH (tool_need, need, tx_find (tx, tool_need, kind, kind)) {
        work_order_t *order = tx_get (tx, work_order, need->work_order_id);
        if (order)
            readiness_review (tx, order);
    }
}

void
on_calibration_ends (tx_t *tx, const wakeup_t *wakeup)
{
    tool_t *tool = tx_get (tx, tool, wakeup->id);
    if (tool)
        s_review (tx, tool->open_kind);
}

/* ---- registering */

static bool
s_is_valid (tx_t *tx, const register_tool_t *command)
{
    const tool_details_t *details = command->details;
    if (!valid_id (tx, "tool_id", command->tool_id))
        return false;
    if (!details)
        return tx_reject (tx, "details.missing", "tool %s has no details: send its kind", command->tool_id), false;
    return valid_text (tx, "name", details->name, 0, 200) && valid_id (tx, "kind", details->kind)
        && valid_optional_id (tx, "territory_id", details->territory_id)
        && valid_optional_id (tx, "location_id", details->location_id)
        && valid_instant (tx, "calibrated_until_at", details->calibrated_until_at);
}

static void
s_publish (tx_t *tx, tool_t *tool, const tool_details_t *details)
{
    const char *was = tool->open_kind;
    tool->open_kind = details->retired ? "" : details->kind;
    tool->territory_id = details->territory_id;
    tool->calibrated_until_at = details->calibrated_until_at;
    if (is_empty (tool->engineer_id))
        tool->location_id = details->location_id;
    tool->details = tx_pack (tx, &details->base);
    tool->version++;
    if (tool->calibrated_until_at > tx_now (tx))
        tx_timer_set (tx, "calibration_ends", tool->id, tool->calibrated_until_at);
    else
        tx_timer_clear (tx, "calibration_ends", tool->id);
    tx_emit (tx, tool_published (
        .tool_id = tool->id, .details = (tool_details_t *) details, .version = tool->version));
    s_review (tx, was);
    s_review (tx, details->kind);
}

void
on_register_tool (tx_t *tx, const register_tool_t *command)
{
    if (!s_is_valid (tx, command))
        return;
    tool_t *tool = tx_need (tx, tool, command->tool_id);
    tx_accept (tx, tool->id);
    if (!blob_holds (tx, tool->details, &command->details->base))
        s_publish (tx, tool, command->details);
}
