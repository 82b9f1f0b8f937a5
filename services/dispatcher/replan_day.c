/* replan_day - when the rest of a day is planned again: by a person, or because something has upset it.
 *
 * The problem is made in the turn and kept; the worker searches (ADR 15); what it finds comes back as a
 * message, and is proposed, kept and, within the limits of the policy, done. */
#include "dispatcher.h"
#include <stdlib.h>
#include <string.h>

ENTITY_TABLE (replan, REPLAN_FIELDS, NULL);

#define TOGETHER_MS INT64_C (5000)      /* what upsets a day within so long is one reason to plan it again */
#define LOST_MS     INT64_C (120000)    /* no answer of the worker so long after the effort: it died with the process */
#define MINUTE_MS   INT64_C (60000)
enum { EVENT_MAX = 400 * 1024 };

static policy_choice_t
s_policy (tx_t *tx, const char *territory_id, const char *policy_id)
{
    const work_order_t anything = { .territory_id = (char *) territory_id };
    return is_empty (policy_id) ? policy_of (tx, &anything) : policy_named (tx, policy_id);
}

/* NULL, or why not */
static const char *
s_begin (tx_t *tx, replan_t *row)
{
    policy_choice_t policy = s_policy (tx, row->territory_id, row->policy_id);
    replan_input_t input;
    const char *error = replan_gather (tx, row, policy, &input);
    if (error)
        return error;
    day_problem_t *problem = replan_problem (tx_arena (tx), &input);
    row->policy_id = (char *) policy.id;
    row->policy_version = policy.version;
    row->state = REPLAN_SEARCHED;
    row->planned_at = input.now;
    row->problem = tx_pack (tx, &problem->base);
    tx_timer_set (tx, "replan_due", row->id, input.now + LOST_MS + problem->effort_ms);
    tx_effect (tx, search_day (.replan_id = row->id, .problem = problem));
    return NULL;
}

/* ---- by a person */

static const zone_t *
s_zone (const territory_t *territory)
{
    const zone_t *zone = zone_find (is_empty (territory->time_zone) ? "UTC" : territory->time_zone, NULL);
    return zone ? zone : zone_find ("UTC", NULL);
}

static bool
s_is_valid (tx_t *tx, const replan_day_t *command)
{
    if (!valid_id (tx, "replan_id", command->replan_id) || !valid_id (tx, "territory_id", command->territory_id)
        || !valid_date (tx, "day_on", command->day_on) || !valid_optional_id (tx, "policy_id", command->policy_id)
        || !valid_int (tx, "effort_ms", command->effort_ms, 0, REPLAN_EFFORT_MAX_MS))
        return false;
    const territory_t *territory = tx_get (tx, territory, command->territory_id);
    if (!territory)
        return tx_reject (tx, "territory.unknown", "no territory %s: register it first", command->territory_id), false;
    if (!is_empty (command->policy_id) && !tx_get (tx, policy, command->policy_id))
        return tx_reject (tx, "policy.unknown", "no policy %s: publish it first", command->policy_id), false;
    if (tx_get (tx, replan, command->replan_id))
        return tx_reject (tx, "replan.exists", "there is a plan %s already: use another id", command->replan_id), false;
    if (zone_at (s_zone (territory), date_parse (command->day_on) + 1, 0) <= tx_now (tx))
        return tx_reject (tx, "day_on.past", "%s is over in territory %s: plan today or a later day", command->day_on,
            territory->id), false;
    return true;
}

void
on_replan_day (tx_t *tx, const replan_day_t *command)
{
    if (!s_is_valid (tx, command))
        return;
    replan_t row = { .id = command->replan_id, .territory_id = command->territory_id, .day_on = command->day_on,
        .policy_id = command->policy_id, .trigger = REPLAN_TRIGGER_PERSON, .dry_run = command->dry_run,
        .effort_ms = command->effort_ms };
    const char *error = s_begin (tx, &row);
    if (error)
        return tx_reject (tx, "replan.too_large", "territory %s on %s: %s", row.territory_id, row.day_on, error);
    tx_put_row (tx, &replan_entity, &row);
    tx_accept (tx, row.id);
}

/* ---- by itself */

void
replan_trigger (tx_t *tx, const char *territory_id, int64_t at, replan_trigger_t trigger, const char *subject_id)
{
    const territory_t *territory = tx_get (tx, territory, territory_id);
    if (!territory || !s_policy (tx, territory_id, "").details->replan_automatic)
        return;
    char day [DATE_TEXT_SIZE];
    date_format (zone_date (s_zone (territory), at, NULL), day);
    int64_t turn = tx_now (tx) / TOGETHER_MS + 1;
    char *id = tx_printf (tx, "%s.%s.%lld", territory_id, day, (long long) turn);
    if (tx_get (tx, replan, id))
        return;
    tx_put (tx, replan, { .id = id, .territory_id = (char *) territory_id, .day_on = day, .state = REPLAN_WAITS,
        .trigger = (int) trigger, .subject_id = (char *) subject_id });
    tx_timer_set (tx, "replan_due", id, turn * TOGETHER_MS);
}

/* ---- what comes of it */

static void
s_keep (tx_t *tx, replan_t *row, replan_proposed_t *document)
{
    row->state = REPLAN_THERE;
    row->document = tx_pack (tx, &document->base);
    tx_timer_clear (tx, "replan_due", row->id);
}

static void
s_head (const replan_t *row, replan_proposed_t *document)
{
    document->replan_id = row->id;
    document->territory_id = row->territory_id;
    document->day_on = row->day_on;
    document->trigger = row->trigger;
    document->subject_id = row->subject_id;
    document->policy_id = row->policy_id;
    document->policy_version = row->policy_version;
    document->planned_at = row->planned_at;
    document->dry_run = row->dry_run;
}

void
on_replan_due (tx_t *tx, const wakeup_t *wakeup)
{
    replan_t *row = tx_get (tx, replan, wakeup->id);
    if (!row || row->state == REPLAN_THERE)
        return;
    const char *error = s_begin (tx, row);
    if (!error)
        return;
    replan_proposed_t *document = message_new (tx_arena (tx), replan_proposed);
    s_head (row, document);
    document->error = document->not_applied_reason = (char *) error;
    s_keep (tx, row, document);
    tx_emit (tx, &document->base);
}

/* "" when it may be done */
static char *
s_objection (tx_t *tx, const replan_proposed_t *document)
{
    bool has_must = false;
    for (size_t i = 0; i < document->n_left_out; i++)
        has_must |= document->left_out [i]->must;
    if (!is_empty (document->error))
        return document->error;
    if (!document->n_moves && !has_must)
        return "nothing would be better";
    if (document->dry_run)
        return "it was only asked for";
    if (document->moved > document->max_moved)
        return tx_printf (tx, "%d visits of which people know would move, the policy allows %d", document->moved,
            document->max_moved);
    return "";
}

void
on_day_searched (tx_t *tx, const day_searched_t *result)
{
    replan_t *row = tx_get (tx, replan, result->replan_id);
    replan_proposed_t *document = result->document;
    if (!row || row->state != REPLAN_SEARCHED || !document
        || strcmp (replan_hash (tx_arena (tx), tx_unpack (tx, day_problem, row->problem)), document->input_hash) != 0)
        return;                                     /* of a search that was begun again meanwhile */
    s_head (row, document);
    if (protobuf_c_message_get_packed_size (&document->base) > EVENT_MAX)
        document->n_routes = 0;                     /* too much for one event; the moves tell what changes */
    document->not_applied_reason = s_objection (tx, document);
    document->applied = is_empty (document->not_applied_reason);
    if (document->applied)
        replan_apply (tx, document);
    else
        tx_emit (tx, &document->base);
    s_keep (tx, row, document);
}

void
on_apply_replan (tx_t *tx, const apply_replan_t *command)
{
    replan_t *row = tx_get (tx, replan, command->replan_id);
    if (!row)
        return tx_reject (tx, "replan.unknown", "no plan %s: look the id up again", command->replan_id);
    replan_proposed_t *document = tx_unpack (tx, replan_proposed, row->document);
    if (row->state != REPLAN_THERE)
        return tx_reject (tx, "replan.not_ready", "plan %s is still searched for: try again", row->id);
    if (document->applied)
        return tx_reject (tx, "replan.applied", "plan %s was applied already: plan the day again", row->id);
    if (!is_empty (document->error))
        return tx_reject (tx, "replan.failed", "plan %s can not be applied: %s", row->id, document->error);
    tx_accept (tx, row->id);
    document->applied = true;
    document->not_applied_reason = "";
    replan_apply (tx, document);
    s_keep (tx, row, document);
}

void
on_get_replan (tx_t *tx, const get_replan_t *query)
{
    const replan_t *row = tx_get (tx, replan, query->replan_id);
    if (!row)
        return tx_reject (tx, "replan.unknown", "no plan %s: look the id up again", query->replan_id);
    if (row->state != REPLAN_THERE)
        return tx_reject (tx, "replan.not_ready", "plan %s is still searched for: ask again", row->id);
    tx_answer (tx, &tx_unpack (tx, replan_proposed, row->document)->base);
}

static int
s_by_text (const void *left, const void *right)
{
    return strcmp (*(char *const *) left, *(char *const *) right);
}

void
on_get_territories (tx_t *tx, const get_territories_t *query)
{
    (void) query;
    list_t all = tx_all (tx, territory);
    territories_t *answer = message_new (tx_arena (tx), territories);
    answer->territory_ids = arena_array (tx_arena (tx), (size_t) all.count + 1, sizeof *answer->territory_ids);
    EACH (territory, territory, all) {
        bool is_lowest = true;
        EACH (territory, other, all)
            is_lowest &= strcmp (other->parent_id, territory->id) != 0;
        if (is_lowest)
            answer->territory_ids [answer->n_territory_ids++] = territory->id;
    }
    qsort (answer->territory_ids, answer->n_territory_ids, sizeof *answer->territory_ids, s_by_text);
    tx_answer (tx, &answer->base);
}

const ProtobufCMessage *
replan_perform (arena_t *arena, const search_day_t *effect)
{
    day_searched_t *result = message_new (arena, day_searched);
    result->replan_id = arena_strdup (arena, effect->replan_id);
    result->document = replan_search (arena, effect->problem);
    result->document->input_hash = replan_hash (arena, effect->problem);
    return &result->base;
}
