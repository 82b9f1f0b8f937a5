/* plan.c - maintenance plans: what falls due when, until it is suspended. */
#include "scheduler.h"
#include "valid.h"
#include <string.h>

#define YEAR_MS         (INT64_C (366) * 24 * 3600 * 1000)

enum { SKILLS_MAX = 32, PARTS_MAX = 100, TOOL_KINDS_MAX = 20, CREW_MAX = 20, DATES_MAX = 1000 };
enum { PLAN_ID_MAX = 53 };          /* "<plan>:YYYY-MM-DD" is an id too */

static bool
s_dates_are_valid (tx_t *tx, const maintenance_plan_details_t *details)
{
    if (!valid_int (tx, "dates_on", (int64_t) details->n_dates_on, 0, DATES_MAX))
        return false;
    for (size_t i = 0; i < details->n_dates_on; i++)
        if (!valid_date (tx, "dates_on", details->dates_on [i]))
            return false;
    if (details->recurrence != RECURRENCE_KIND_DATES)
        return valid_date (tx, "first_on", details->first_on);
    if (details->n_dates_on == 0)
        return tx_reject (tx, "dates_on.missing", "a plan by dates has no dates_on: list at least one date"), false;
    if (details->floating)
        return tx_reject (tx, "plan.floating_dates",
            "a list of dates can not float: choose a recurrence, or unset floating"), false;
    return true;
}

static bool
s_needs_are_valid (tx_t *tx, const maintenance_plan_details_t *details)
{
    if (!valid_int (tx, "skills", (int64_t) details->n_skills, 0, SKILLS_MAX)
        || !valid_int (tx, "parts", (int64_t) details->n_parts, 0, PARTS_MAX))
        return false;
    for (size_t i = 0; i < details->n_skills; i++)
        if (!valid_text (tx, "skill", details->skills [i]->skill, 1, 100)
            || !valid_int (tx, "level", details->skills [i]->level, 0, 100))
            return false;
    for (size_t i = 0; i < details->n_parts; i++)
        if (!valid_id (tx, "item_id", details->parts [i]->item_id)
            || !valid_int (tx, "quantity", details->parts [i]->quantity, 1, 1000000)
            || !valid_text (tx, "serial", details->parts [i]->serial, 0, 100))
            return false;
    return valid_ids (tx, "tool_kinds", details->tool_kinds, details->n_tool_kinds, TOOL_KINDS_MAX)
        && valid_int (tx, "crew_size", details->crew_size, 0, CREW_MAX)
        && valid_int (tx, "work_minutes", details->work_minutes, 0, 60 * 24 * 30)
        && valid_text (tx, "description", details->description, 0, 4000);
}

static bool
s_is_valid (tx_t *tx, const char *plan_id, const maintenance_plan_details_t *details)
{
    if (!valid_id (tx, "plan_id", plan_id))
        return false;
    if (strlen (plan_id) > PLAN_ID_MAX)
        return tx_reject (tx, "plan_id.invalid",
            "plan_id \"%s\" is longer than %d characters: occurrences are named after it", plan_id, PLAN_ID_MAX), false;
    if (!details)
        return tx_reject (tx, "details.missing", "plan %s has no details: send asset, site and recurrence", plan_id),
            false;
    return valid_text (tx, "name", details->name, 0, 200)
        && valid_optional_id (tx, "asset_id", details->asset_id) && valid_optional_id (tx, "site_id", details->site_id)
        && valid_enum (tx, "recurrence", &recurrence_kind_descriptor, details->recurrence)
        && valid_int (tx, "every", details->every, 0, 1000) && s_dates_are_valid (tx, details)
        && (is_empty (details->time_of_day) || valid_clock (tx, "time_of_day", details->time_of_day))
        && (is_empty (details->until_on) || valid_date (tx, "until_on", details->until_on))
        && valid_int (tx, "lead_ms", details->lead_ms, 0, YEAR_MS)
        && valid_int (tx, "tolerance_ms", details->tolerance_ms, 0, YEAR_MS)
        && valid_int (tx, "remind_ms", details->remind_ms, 0, YEAR_MS)
        && (!details->missed_policy
            || valid_enum (tx, "missed_policy", &missed_policy_descriptor, details->missed_policy))
        && s_needs_are_valid (tx, details);
}

/* The site where the work is: that of the asset, else the one that is named. Rejects and returns NULL when unknown. */
static site_t *
s_site (tx_t *tx, const maintenance_plan_details_t *details)
{
    asset_t *asset = tx_get (tx, asset, details->asset_id);
    if (!is_empty (details->asset_id) && !asset)
        return tx_reject (tx, "asset.unknown", "no asset %s: register it first", details->asset_id), NULL;
    if (asset && asset->retired)
        return tx_reject (tx, "asset.retired", "asset %s is retired: it needs no maintenance", asset->id), NULL;
    const char *site_id = asset && !is_empty (asset->site_id) ? asset->site_id : details->site_id;
    if (!is_empty (details->site_id) && strcmp (details->site_id, site_id) != 0)
        return tx_reject (tx, "plan.other_site", "asset %s is at site %s, not %s: name that site or none", asset->id,
            site_id, details->site_id), NULL;
    site_t *site = tx_get (tx, site, site_id);
    if (!site)
        tx_reject (tx, "site.unknown", "no site %s: register it first", site_id);
    return site;
}

static void
s_take (tx_t *tx, maintenance_plan_t *self, maintenance_plan_details_t *details, const site_t *site,
    const char *first_on)
{
    bool waits = details->floating && !is_empty (self->open_occurrence_id);
    self->version++;
    self->state = PLAN_ACTIVE;
    self->asset_id = details->asset_id;
    self->site_id = site->id;
    self->next_on = waits ? "" : (char *) first_on;
    self->reason = "";
    self->details = tx_pack (tx, &details->base);
    tx_emit (tx, maintenance_plan_published (
        .plan_id = self->id, .details = details, .version = self->version,
        .next_due_at = plan_rule_due_at (details, site->time_zone, self->next_on)));
}

void
on_publish_maintenance_plan (tx_t *tx, const publish_maintenance_plan_t *command)
{
    maintenance_plan_details_t *details = command->details;
    site_t *site = s_is_valid (tx, command->plan_id, details) ? s_site (tx, details) : NULL;
    if (!site)
        return;
    const char *error = plan_rule_error (tx, details, site->time_zone);
    if (error)
        return tx_reject (tx, "plan.invalid", "plan %s: %s", command->plan_id, error);
    const char *first_on = plan_rule_from (tx, details, site->time_zone, tx_now (tx));
    if (is_empty (first_on))
        return tx_reject (tx, "plan.no_occurrence", "plan %s has no occurrence from now on: give later dates",
            command->plan_id);
    maintenance_plan_t *plan = tx_need (tx, maintenance_plan, command->plan_id);
    tx_accept (tx, plan->id);
    if (plan->state == PLAN_ACTIVE && blob_holds (tx, plan->details, &details->base))
        return;
    plan_advance (tx, plan);            /* what the old rule owes is settled by the old rule */
    s_take (tx, plan, details, site, first_on);
    plan_advance (tx, plan);
}

void
on_suspend_maintenance_plan (tx_t *tx, const suspend_maintenance_plan_t *command)
{
    if (!valid_id (tx, "plan_id", command->plan_id))
        return;
    maintenance_plan_t *plan = tx_get (tx, maintenance_plan, command->plan_id);
    if (!plan)
        return tx_reject (tx, "plan.unknown", "no plan %s", command->plan_id);
    if (plan->state != PLAN_ACTIVE)
        return tx_reject (tx, "plan.not_active", "plan %s is suspended already", plan->id);
    if (!valid_text (tx, "reason", command->reason, 0, 500))
        return;
    plan_advance (tx, plan);
    plan->state = PLAN_SUSPENDED;
    plan->reason = command->reason;
    plan->next_on = "";
    tx_timer_clear (tx, "plan", plan->id);
    tx_accept (tx, plan->id);
    tx_emit (tx, maintenance_plan_suspended (.plan_id = plan->id, .reason = plan->reason));
}

void
on_plan_timer (tx_t *tx, const wakeup_t *wakeup)
{
    maintenance_plan_t *plan = tx_get (tx, maintenance_plan, wakeup->id);
    if (plan)
        plan_advance (tx, plan);
}
