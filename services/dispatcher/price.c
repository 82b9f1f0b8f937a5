/* price - soft terms: everything that speaks against an engineer, in money, so that it adds up and
 * can be explained. */
#include "choose.h"
#include "message_new.h"
#include "decision.h"
#include <string.h>

enum { TERMS_MAX = 13 };
#define MINUTE_MS INT64_C (60000)
#define WEEK_MS (7 * DATE_DAY_MS)
#define NEAR_IN_TIME_MS (6 * 60 * MINUTE_MS)
#define SAME_SITE_M 100

static int64_t
s_positive (int64_t value)
{
    return value > 0 ? value : 0;
}

static cost_term_t *
s_add (arena_t *arena, dispatch_candidate_t *candidate, const char *name, int64_t quantity,
    const char *unit, int64_t price_minor, int64_t per)
{
    cost_term_t *term = message_new (arena, cost_term);
    term->term = (char *) name;
    term->quantity = quantity;
    term->unit = (char *) unit;
    term->price_minor = price_minor;
    term->per = per;
    term->amount_minor = quantity * price_minor / (per > 1 ? per : 1);
    candidate->terms [candidate->n_terms++] = term;
    return term;
}

/* A term of nothing is left out: it can not tell two engineers apart. */
static void
s_term (arena_t *arena, dispatch_candidate_t *candidate, const char *name, int64_t quantity,
    const char *unit, int64_t price_minor, int64_t per)
{
    if (quantity && price_minor)
        s_add (arena, candidate, name, quantity, unit, price_minor, per);
}

/* 10 for the most urgent order, 1 for the least. Ten to one, because below that the cheapest man
 * beats the one who is there an hour earlier, and far above it nobody else would ever be served. */
int64_t
price_weight (int priority)
{
    int urgent = priority < 1 ? 1 : priority > 100 ? 100 : priority;
    return 1 + (100 - urgent) / 11;
}

static int64_t
s_booked_minutes (const choose_input_t *input, const choose_person_t *engineer)
{
    int64_t from_at = input->now, to_at = input->now + WEEK_MS, sum_ms = 0;
    for (size_t i = 0; i < engineer->entry_count; i++) {
        const diary_entry_t *entry = engineer->entries [i];
        int64_t from = entry->from_at > from_at ? entry->from_at : from_at;
        int64_t to = entry->to_at < to_at ? entry->to_at : to_at;
        if (entry->kind == DIARY_KIND_VISIT)
            sum_ms += s_positive (to - from);
    }
    return sum_ms / MINUTE_MS;
}

/* Levels that he has and the visit does not need. */
static int64_t
s_overskill (const choose_input_t *input, const choose_person_t *engineer)
{
    int64_t levels = 0;
    for (size_t i = 0; i < input->order.skill_count; i++) {
        int64_t best = 0;
        for (size_t j = 0; j < engineer->details->n_skills; j++) {
            const skill_level_t *held = engineer->details->skills [j];
            if (strcmp (held->skill, input->order.skills [i]->skill) == 0 && held->level > best)
                best = held->level;
        }
        levels += s_positive (best - input->order.skills [i]->level);
    }
    return levels;
}

/* How far he is from whom they would like: nothing where nobody is named. */
static int64_t
s_steps (const choose_order_t *order, const char *engineer_id)
{
    int own;
    const engineer_preference_t *wish = rules_preference (order, engineer_id, &own);
    if (wish && wish->kind != PREFERENCE_KIND_EXCLUDED)
        return wish->kind == PREFERENCE_KIND_SECONDARY ? 1 : 0;
    for (int i = 0; i < order->layer_count; i++)
        for (size_t j = 0; j < order->layers [i].count; j++)
            if (order->layers [i].list [j]->kind == PREFERENCE_KIND_PREFERRED
                || order->layers [i].list [j]->kind == PREFERENCE_KIND_SECONDARY)
                return 2;
    return 0;
}

static bool
s_is_same_site (const choose_order_t *order, const diary_entry_t *entry)
{
    return entry && entry->kind == DIARY_KIND_VISIT && entry->point && order->site
        && travel_distance_m (entry->point, order->site) <= SAME_SITE_M;
}

/* What he does before and after is at the same place, within a few hours: there is one way for two
 * visits. */
static bool
s_is_bundled (const choose_input_t *input, const choose_person_t *engineer,
    const dispatch_candidate_t *candidate)
{
    const diary_entry_t *before = NULL, *after = NULL;
    for (size_t i = 0; i < engineer->entry_count; i++) {
        const diary_entry_t *entry = engineer->entries [i];
        if (entry->to_at <= candidate->starts_at)
            before = entry;
        else if (!after && entry->from_at >= candidate->ends_at)
            after = entry;
    }
    return (s_is_same_site (&input->order, before)
        && candidate->starts_at - before->to_at < NEAR_IN_TIME_MS)
        || (s_is_same_site (&input->order, after)
        && after->from_at - candidate->ends_at < NEAR_IN_TIME_MS);
}

/* Being in time is told as well: the promise was looked at. */
static void
s_late (arena_t *arena, const choose_input_t *input, int64_t arrives_at,
    dispatch_candidate_t *candidate)
{
    const choose_order_t *order = &input->order;
    int64_t after_at = order->not_after_at ? order->not_after_at : order->promised_at;
    int64_t price_minor = input->policy.details->late_per_minute_minor * price_weight (order->priority);
    if (after_at && price_minor)
        s_add (arena, candidate, "late", s_positive (arrives_at - after_at) / MINUTE_MS, "min",
            price_minor, 0)->after_at = after_at;
}

void
price_candidate (arena_t *arena, const choose_input_t *input, const choose_person_t *engineer,
    dispatch_candidate_t *candidate)
{
    const dispatch_policy_details_t *policy = input->policy.details;
    const choose_order_t *order = &input->order;
    int64_t arrives_at = candidate->starts_at + candidate->travel_minutes * MINUTE_MS;
    int64_t since_at = order->not_before_at > input->now ? order->not_before_at : input->now;
    int64_t waits = s_positive (arrives_at - since_at) / MINUTE_MS;

    candidate->terms = arena_array (arena, TERMS_MAX, sizeof *candidate->terms);
    s_term (arena, candidate, "travel", candidate->detour_minutes, "min",
        policy->travel_per_minute_minor, 0);
    s_term (arena, candidate, "distance", (candidate->detour_m + 999) / 1000, "km",
        policy->travel_per_km_minor, 0);
    s_late (arena, input, arrives_at, candidate);
    s_term (arena, candidate, "wait", waits, "min",
        policy->wait_per_hour_minor * price_weight (order->priority), 60);
    s_term (arena, candidate, "load", s_booked_minutes (input, engineer), "min",
        policy->load_per_booked_hour_minor, 60);
    s_term (arena, candidate, "overskill", s_overskill (input, engineer), "level",
        policy->overskill_per_level_minor, 0);
    s_term (arena, candidate, "overtime", candidate->overtime_minutes, "min",
        policy->overtime_per_hour_minor, 60);
    s_term (arena, candidate, "travel outside hours", candidate->travel_outside_minutes, "min",
        policy->travel_outside_per_hour_minor, 60);
    s_term (arena, candidate, "preferred", s_steps (order, engineer->id), "step",
        policy->preferred_missed_minor, 0);
    s_term (arena, candidate, "same site", s_is_bundled (input, engineer, candidate), "visit",
        -policy->same_site_bonus_minor, 0);
    candidate->cost_minor = decision_cost (candidate);
}

void
price_provider (arena_t *arena, const provider_details_t *details, dispatch_candidate_t *candidate)
{
    candidate->terms = arena_array (arena, TERMS_MAX, sizeof *candidate->terms);
    s_term (arena, candidate, "price", 1, "visit", details->price_per_visit_minor, 0);
    candidate->cost_minor = decision_cost (candidate);
}
