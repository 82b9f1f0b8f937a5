/* choose_provider - subcontractors as candidates: the same hard rules, their own ones, and the order in
 * which they are asked. */
#include "choose.h"
#include "decision.h"
#include "message_new.h"
#include <stdlib.h>
#include <string.h>

#define MINUTE_MS INT64_C (60000)

int64_t
choose_provider_at (const choose_input_t *input)
{
    const choose_order_t *order = &input->order;
    int64_t at = order->not_before_at > input->now ? order->not_before_at : input->now;
    if (input->manual_starts_at)
        at = input->manual_starts_at;
    else if (order->setbacks && order->setbacks->lock_from_at > at)
        at = order->setbacks->lock_from_at;
    else if (order->access && calendar_next_open (order->access, at) != CALENDAR_NEVER)
        at = calendar_next_open (order->access, at);
    return (at + MINUTE_MS - 1) / MINUTE_MS * MINUTE_MS;
}

static void
s_rule_product (arena_t *arena, const choose_input_t *input, const choose_provider_t *provider,
    dispatch_candidate_t *candidate)
{
    const provider_details_t *details = provider->details;
    const char *known = "";
    for (size_t i = 0; i < details->n_device_types; i++) {
        if (strcmp (details->device_types [i], input->order.device_type) == 0)
            return;
        known = arena_printf (arena, "%s%s%s", known, i ? ", " : "", details->device_types [i]);
    }
    if (details->n_device_types)
        rules_fail (arena, candidate, "product", input->order.device_type, known);
}

/* Its place in the policy's chain, from 1; 0: it is not in it. */
static int
s_chain_place (const choose_input_t *input, const char *provider_id)
{
    const dispatch_policy_details_t *policy = input->policy.details;
    for (size_t i = 0; i < policy->n_provider_ids; i++)
        if (strcmp (policy->provider_ids [i], provider_id) == 0)
            return (int) i + 1;
    return 0;
}

/* What any engineer must pass as well: a company is on duty, and has one list of skills. */
static choose_person_t
s_as_person (arena_t *arena, const choose_provider_t *provider)
{
    engineer_details_t *details = message_new (arena, engineer_details);
    details->skills = provider->details->skills;
    details->n_skills = provider->details->n_skills;
    details->retired = provider->details->retired;
    details->territory_id = provider->details->n_territory_ids
        ? provider->details->territory_ids [0] : (char *) "none";
    return (choose_person_t) { .id = provider->id, .details = details, .is_on_duty = true,
        .is_in_territory = provider->is_in_territory };
}

static dispatch_candidate_t *
s_candidate (arena_t *arena, const choose_input_t *input, const choose_provider_t *provider)
{
    dispatch_candidate_t *candidate = message_new (arena, dispatch_candidate);
    choose_person_t person = s_as_person (arena, provider);
    const provider_details_t *details = provider->details;
    bool is_chosen = input->manual_id && strcmp (provider->id, input->manual_id) == 0;
    candidate->engineer_id = candidate->provider_id = arena_strdup (arena, provider->id);
    candidate->score = details->score;
    candidate->work_minutes = input->order.work_ms / MINUTE_MS;
    candidate->starts_at = choose_provider_at (input);
    candidate->ends_at = candidate->starts_at + input->order.work_ms;
    rules_of_person (arena, input, &person, candidate);
    s_rule_product (arena, input, provider, candidate);
    rules_of_skills (arena, input, &person, candidate->ends_at, candidate);
    if (input->policy.details->n_provider_ids && !is_chosen && !s_chain_place (input, provider->id))
        rules_fail (arena, candidate, "chain", "named by the policy", "not named");
    if (provider->taken >= details->daily_capacity)
        rules_fail (arena, candidate, "capacity",
            arena_printf (arena, "fewer than %d visits that day", details->daily_capacity),
            arena_printf (arena, "%d", provider->taken));
    if (candidate->n_failed_rules && !is_chosen)
        candidate->starts_at = candidate->ends_at = 0;
    else
        price_provider (arena, details, candidate);
    return candidate;
}

/* ---- who is asked first */

typedef struct {
    const choose_input_t *input;
    dispatch_candidate_t *candidate;
} ranked_t;

static int64_t
s_criterion (const dispatch_candidate_t *candidate, provider_criterion_t criterion)
{
    return criterion == PROVIDER_CRITERION_SCORE ? -candidate->score : candidate->cost_minor;
}

static int
s_by_rank (const void *left, const void *right)
{
    static const provider_criterion_t usual [] = { PROVIDER_CRITERION_SCORE,
        PROVIDER_CRITERION_PRICE };
    const ranked_t *a = left, *b = right;
    const dispatch_policy_details_t *policy = a->input->policy.details;
    int a_place = s_chain_place (a->input, a->candidate->engineer_id);
    int b_place = s_chain_place (b->input, b->candidate->engineer_id);
    const provider_criterion_t *order = policy->n_provider_order ? policy->provider_order : usual;
    size_t count = policy->n_provider_order ? policy->n_provider_order : 2;
    if (a_place != b_place)
        return a_place - b_place;
    for (size_t i = 0; i < count; i++) {
        int64_t mine = s_criterion (a->candidate, order [i]), other = s_criterion (b->candidate,
            order [i]);
        if (mine != other)
            return mine < other ? -1 : 1;
    }
    return strcmp (a->candidate->engineer_id, b->candidate->engineer_id);
}

void
choose_providers (arena_t *arena, const choose_input_t *input, dispatch_decided_t *document)
{
    ranked_t *ranked = arena_array (arena, (size_t) input->provider_count + 1, sizeof *ranked);
    size_t count = 0;
    for (int i = 0; i < input->provider_count; i++) {
        dispatch_candidate_t *candidate = s_candidate (arena, input, &input->providers [i]);
        document->candidates [document->n_candidates++] = candidate;
        if (!candidate->n_failed_rules)
            ranked [count++] = (ranked_t) { input, candidate };
    }
    qsort (ranked, count, sizeof *ranked, s_by_rank);
    for (size_t i = 0; i < count; i++)
        ranked [i].candidate->rank = (int32_t) i + 1;
}
