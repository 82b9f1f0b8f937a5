/* emergency_plan - how emergencies are met: who is called, and by which document. */
#include "intake.h"

ENTITY_CACHED (emergency_plan, EMERGENCY_PLAN_FIELDS);

enum { MEMBERS_MAX = 50, DEPTH_MAX = 16 };

static bool
s_members_are_valid (tx_t *tx, const char *id, const emergency_plan_details_t *details)
{
    if (!valid_int (tx, "member_ids", (int64_t) details->n_member_ids, 0, MEMBERS_MAX)
        || !valid_optional_id (tx, "role", details->role)
        || !valid_int (tx, "acknowledgements", details->acknowledgements, 0, MEMBERS_MAX))
        return false;
    for (size_t i = 0; i < details->n_member_ids; i++)
        if (!valid_id (tx, "member_ids", details->member_ids [i]))
            return false;
    if (!details->n_member_ids && is_empty (details->role))
        return tx_reject (tx, "plan.nobody",
                   "emergency plan %s calls nobody: give member_ids, or a role of the on-call rosters",
                   id),
               false;
    if (details->n_member_ids && details->acknowledgements > (int32_t) details->n_member_ids)
        return tx_reject (tx, "acknowledgements.invalid",
                   "%d must answer and only %zu are called: ask for fewer",
                   details->acknowledgements, details->n_member_ids),
               false;
    return true;
}

static bool
s_is_valid (tx_t *tx, const char *id, const emergency_plan_details_t *details)
{
    if (!valid_id (tx, "plan_id", id))
        return false;
    if (!details)
        return tx_reject (tx, "details.missing",
                   "emergency plan %s has no details: say who is called", id),
               false;
    if (!valid_text (tx, "name", details->name, 1, 200)
        || !valid_optional_id (tx, "territory_id", details->territory_id)
        || !s_members_are_valid (tx, id, details)
        || !valid_int (tx, "acknowledge_within_minutes", details->acknowledge_within_minutes, 1,
            1440)
        || !valid_text (tx, "document", details->document, 0, 500))
        return false;
    if (is_empty (details->territory_id) || tx_get (tx, territory, details->territory_id))
        return true;
    return tx_reject (tx, "territory.unknown", "no territory %s: register it first",
               details->territory_id),
           false;
}

void
on_publish_emergency_plan (tx_t *tx, const publish_emergency_plan_t *command)
{
    if (!s_is_valid (tx, command->plan_id, command->details))
        return;
    emergency_plan_t *plan = tx_need (tx, emergency_plan, command->plan_id);
    tx_accept (tx, plan->id);
    blob_t packed = tx_pack (tx, &command->details->base);
    if (blob_same (plan->details, packed))
        return;
    plan->details = packed;
    plan->version++;
    tx_emit (tx,
        emergency_plan_published (.plan_id = plan->id, .details = command->details,
            .version = plan->version));
}

/* ---- which plan holds where */

static emergency_plan_details_t *
s_of_territory (tx_t *tx, const char *territory_id, bool only_automatic, const char **ret_id)
{
    EACH (emergency_plan, plan, tx_all (tx, emergency_plan)) {
        emergency_plan_details_t *details = tx_unpack (tx, emergency_plan_details, plan->details);
        if (details->retired || (only_automatic && !details->declares_itself)
            || strcmp (details->territory_id, territory_id) != 0)
            continue;
        *ret_id = plan->id;
        return details;
    }
    return NULL;
}

emergency_plan_details_t *
emergency_plan_nearest (tx_t *tx, const char *territory_id, bool only_automatic,
    const char **ret_id)
{
    for (int depth = 0; depth < DEPTH_MAX && !is_empty (territory_id); depth++) {
        emergency_plan_details_t *found =
            s_of_territory (tx, territory_id, only_automatic, ret_id);
        if (found)
            return found;
        territory_t *territory = tx_get (tx, territory, territory_id);
        territory_id = territory ? territory->parent_id : "";
    }
    return s_of_territory (tx, "", only_automatic, ret_id);
}
