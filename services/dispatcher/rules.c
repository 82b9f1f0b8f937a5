/* rules - hard rules: each refuses with what was needed and what there was. */
#include "choose.h"
#include "message_new.h"
#include <string.h>

void
rules_fail (arena_t *arena, dispatch_candidate_t *candidate, const char *rule, const char *needed,
    const char *had)
{
    failed_rule_t **longer = arena_array (arena, candidate->n_failed_rules + 1, sizeof *longer);
    if (candidate->n_failed_rules)
        memcpy (longer, candidate->failed_rules, candidate->n_failed_rules * sizeof *longer);
    failed_rule_t *failed = message_new (arena, failed_rule);
    failed->rule = arena_strdup (arena, rule);
    failed->needed = arena_strdup (arena, needed);
    failed->had = arena_strdup (arena, had);
    longer [candidate->n_failed_rules++] = failed;
    candidate->failed_rules = longer;
}

bool
rules_waivable (const dispatch_candidate_t *candidate)
{
    for (size_t i = 0; i < candidate->n_failed_rules; i++)
        if (strcmp (candidate->failed_rules [i]->rule, "certificate") == 0)
            return false;
    return true;
}

const char *
rules_names (arena_t *arena, const dispatch_candidate_t *candidate)
{
    const char *names = "";
    for (size_t i = 0; i < candidate->n_failed_rules; i++)
        names = arena_printf (arena, "%s%s%s (needed %s, had %s)", names, i ? "; " : "",
                              candidate->failed_rules [i]->rule,
                              candidate->failed_rules [i]->needed,
                              candidate->failed_rules [i]->had);
    return names;
}

static void
s_rule_customer (arena_t *arena, const choose_input_t *input, const choose_person_t *engineer,
    dispatch_candidate_t *candidate)
{
    const engineer_details_t *details = engineer->details;
    for (size_t i = 0; i < details->n_excluded_customer_ids; i++)
        if (strcmp (details->excluded_customer_ids [i], input->order.customer_id) == 0)
            rules_fail (arena, candidate, "customer",
                arena_printf (arena, "may serve %s", input->order.customer_id),
                        "excluded from this customer");
}

static void
s_rule_exclusion (arena_t *arena, const choose_input_t *input, const choose_person_t *engineer,
    dispatch_candidate_t *candidate)
{
    const setbacks_t *setbacks = input->order.setbacks;
    for (size_t i = 0; setbacks && i < setbacks->n_exclusions; i++)
        if (strcmp (setbacks->exclusions [i]->engineer_id, engineer->id) == 0)
            rules_fail (arena, candidate, setbacks->exclusions [i]->rule,
                        "not asked before for this order", setbacks->exclusions [i]->detail);
}

const engineer_preference_t *
rules_preference (const choose_order_t *order, const char *engineer_id, int *ret_layer)
{
    for (*ret_layer = 0; *ret_layer < order->layer_count; ++*ret_layer) {
        const preference_layer_t *layer = &order->layers [*ret_layer];
        for (size_t i = 0; i < layer->count; i++)
            if (strcmp (layer->list [i]->engineer_id, engineer_id) == 0)
                return layer->list [i];
    }
    return NULL;
}

/* "site s1 requires ann, bob" of the layer, or NULL when it requires nobody. */
static const char *
s_requires (arena_t *arena, const preference_layer_t *layer)
{
    const char *names = NULL;
    for (size_t i = 0; i < layer->count; i++)
        if (layer->list [i]->kind == PREFERENCE_KIND_REQUIRED)
            names = arena_printf (arena, "%s%s%s", names ? names : "", names ? ", " : "",
                layer->list [i]->engineer_id);
    return names ? arena_printf (arena, "%s %s requires %s", layer->level, layer->subject_id, names)
        : NULL;
}

/* Whom a layer requires binds everybody but those of whom a more specific one says something. */
static void
s_rule_preference (arena_t *arena, const choose_input_t *input, const choose_person_t *engineer,
    dispatch_candidate_t *candidate)
{
    const choose_order_t *order = &input->order;
    int own;
    const engineer_preference_t *wish = rules_preference (order, engineer->id, &own);
    if (wish && wish->kind == PREFERENCE_KIND_EXCLUDED)
        rules_fail (arena, candidate, "excluded", arena_printf (arena, "not excluded by %s %s",
            order->layers [own].level, order->layers [own].subject_id),
            arena_printf (arena, "excluded: %s", wish->reason));
    for (int i = 0; i <= own && i < order->layer_count; i++) {
        const char *required = s_requires (arena, &order->layers [i]);
        if (required && (i < own || (wish && wish->kind != PREFERENCE_KIND_REQUIRED)))
            rules_fail (arena, candidate, "required", required, "not required there");
        if (required)
            return;
    }
}

/* Off duty at night is how it should be; off duty in the middle of one's shift means not to be
 * counted on. */
static void
s_rule_duty (arena_t *arena, const choose_input_t *input, const choose_person_t *engineer,
    dispatch_candidate_t *candidate)
{
    if (!engineer->is_on_duty && engineer->shift && calendar_is_open (engineer->shift, input->now))
        rules_fail (arena, candidate, "duty", "on duty while his shift is open", "off duty");
}

void
rules_of_person (arena_t *arena, const choose_input_t *input, const choose_person_t *engineer,
    dispatch_candidate_t *candidate)
{
    if (engineer->details->retired)
        rules_fail (arena, candidate, "retired", "in service", "retired");
    if (!engineer->is_in_territory)
        rules_fail (arena, candidate, "territory", input->order.territory_id,
            engineer->details->territory_id);
    s_rule_customer (arena, input, engineer, candidate);
    s_rule_exclusion (arena, input, engineer, candidate);
    s_rule_preference (arena, input, engineer, candidate);
    s_rule_duty (arena, input, engineer, candidate);
}

static const char *
s_day (arena_t *arena, const choose_person_t *engineer, int64_t at)
{
    char text [DATE_TEXT_SIZE];
    int32_t date = engineer->shift && calendar_zone (engineer->shift)
        ? zone_date (calendar_zone (engineer->shift), at, NULL) : (int32_t) (at / DATE_DAY_MS);
    return arena_strdup (arena, date_format (date, text));
}

/* The best of what he holds: valid at the time first, then the highest level. */
static const skill_level_t *
s_best_held (const engineer_details_t *details, const char *skill, int64_t at)
{
    const skill_level_t *best = NULL;
    for (size_t i = 0; i < details->n_skills; i++) {
        const skill_level_t *held = details->skills [i];
        if (strcmp (held->skill, skill) != 0)
            continue;
        bool is_valid = !held->valid_until_at || held->valid_until_at >= at;
        bool best_is_valid = best && (!best->valid_until_at || best->valid_until_at >= at);
        if (!best || (is_valid && !best_is_valid)
            || (is_valid == best_is_valid && held->level > best->level))
            best = held;
    }
    return best;
}

int64_t
rules_skills_until (const choose_input_t *input, const choose_person_t *engineer)
{
    int64_t until_at = 0;
    for (size_t i = 0; i < input->order.skill_count; i++) {
        const skill_level_t *needed = input->order.skills [i];
        int64_t longest_at = 0;
        bool is_for_ever = false;
        for (size_t j = 0; j < engineer->details->n_skills; j++) {
            const skill_level_t *held = engineer->details->skills [j];
            if (strcmp (held->skill, needed->skill) != 0 || held->level < needed->level)
                continue;
            is_for_ever |= !held->valid_until_at;
            longest_at = held->valid_until_at > longest_at ? held->valid_until_at : longest_at;
        }
        if (longest_at && !is_for_ever && (!until_at || longest_at < until_at))
            until_at = longest_at;
    }
    return until_at;
}

static void
s_rule_skill (arena_t *arena, const choose_person_t *engineer, const skill_level_t *needed,
    int64_t at, dispatch_candidate_t *candidate)
{
    const skill_level_t *held = s_best_held (engineer->details, needed->skill, at);
    if (held && held->level >= needed->level
        && (!held->valid_until_at || held->valid_until_at >= at))
        return;
    const char *had = !held ? "not held" : !held->valid_until_at
        ? arena_printf (arena, "level %d", held->level)
        : arena_printf (arena, "level %d until %s", held->level,
                        s_day (arena, engineer, held->valid_until_at));
    bool is_certificate = needed->is_certificate || (held && held->is_certificate);
    rules_fail (arena, candidate, is_certificate ? "certificate" : "skill",
                arena_printf (arena, "%s level %d on %s", needed->skill, needed->level,
                s_day (arena, engineer, at)), had);
}

void
rules_of_skills (arena_t *arena, const choose_input_t *input, const choose_person_t *engineer,
    int64_t at, dispatch_candidate_t *candidate)
{
    for (size_t i = 0; i < input->order.skill_count; i++)
        s_rule_skill (arena, engineer, input->order.skills [i], at, candidate);
}
