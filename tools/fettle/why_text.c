#include "why_text.h"
#include "show.h"
#include <stdlib.h>
#include <string.h>

static bool
s_is (const char *left, const char *right)
{
    return left && right && strcmp (left, right) == 0;
}

const dispatch_candidate_t *
why_candidate (const dispatch_decided_t *document, const char *engineer_id)
{
    for (size_t i = 0; i < document->n_candidates; i++)
        if (s_is (document->candidates [i]->engineer_id, engineer_id))
            return document->candidates [i];
    return NULL;
}

/* Prices of decisions are of one notional currency, so none is named. */
static char *
s_money (arena_t *arena, int64_t amount_minor)
{
    const char *sign = amount_minor < 0 ? "-" : "";
    long long whole = llabs ((long long) amount_minor);
    return arena_printf (arena, "%s%lld.%02lld", sign, whole / 100, whole % 100);
}

static char *
s_difference (arena_t *arena, int64_t amount_minor)
{
    return arena_printf (arena, "%s%s", amount_minor < 0 ? "" : "+", s_money (arena, amount_minor));
}

static const cost_term_t *
s_term (const dispatch_candidate_t *candidate, const char *name)
{
    for (size_t i = 0; candidate && i < candidate->n_terms; i++)
        if (s_is (candidate->terms [i]->term, name))
            return candidate->terms [i];
    return NULL;
}

/* ---- the decision */

static const char *
s_head (arena_t *arena, const dispatch_decided_t *document)
{
    const char *who = !*document->winner_id ? "nobody may go"
        : document->manual ? arena_printf (arena, "a person chose %s", document->winner_id)
        : arena_printf (arena, "%s was chosen", document->winner_id);
    const char *why = *document->override_reason
        ? arena_printf (arena, " because \"%s\"", document->override_reason) : "";
    return arena_printf (arena, "%s %s: %s%s at %s, attempt %d, of %zu looked at, by policy %s "
        "version %lld.", *document->visit_id ? "visit" : "work order",
        *document->visit_id ? document->visit_id : document->work_order_id, who, why,
        show_instant (arena, document->decided_at), document->attempt, document->n_candidates,
        document->policy_id, (long long) document->policy_version);
}

/* What the way costs, when it is not the way there. */
static char *
s_detour (arena_t *arena, const dispatch_candidate_t *candidate)
{
    if (candidate->detour_minutes == candidate->travel_minutes || *candidate->provider_id)
        return "";
    return arena_printf (arena, " (%lld min more than without it)", (long long) candidate->detour_minutes);
}

/* Decisions of before efficiency was known do not have it. */
static const char *
s_pace (arena_t *arena, const dispatch_candidate_t *candidate)
{
    if (!candidate->learned_visits && (!candidate->efficiency_percent || candidate->efficiency_percent == 100))
        return "";
    const char *learned = candidate->learned_visits
        ? arena_printf (arena, " learned from %d visits", candidate->learned_visits) : "";
    return arena_printf (arena, ", works %lld min at an efficiency of %d %%%s",
        (long long) candidate->work_minutes, candidate->efficiency_percent, learned);
}

static char *
s_place (arena_t *arena, const dispatch_candidate_t *candidate)
{
    return arena_printf (arena, "leaves %s, travels %lld min and %lld.%lld km%s%s, ends %s",
        show_instant (arena, candidate->starts_at), (long long) candidate->travel_minutes,
        (long long) candidate->distance_m / 1000, (long long) candidate->distance_m % 1000 / 100,
        s_detour (arena, candidate), s_pace (arena, candidate), show_instant (arena, candidate->ends_at));
}

static char *
s_terms (arena_t *arena, const dispatch_candidate_t *candidate)
{
    char *text = arena_strdup (arena, "");
    for (size_t i = 0; i < candidate->n_terms; i++) {
        const cost_term_t *term = candidate->terms [i];
        text = arena_printf (arena, "%s%s%s %s (%lld %s at %s%s)", text, i ? ", " : "", term->term,
            s_money (arena, term->amount_minor), (long long) term->quantity, term->unit,
            s_money (arena, term->price_minor),
            term->per > 1 ? arena_printf (arena, " for %lld", (long long) term->per) : "");
    }
    return *text ? text : arena_strdup (arena, "nothing speaks against him");
}

static char *
s_rules (arena_t *arena, const dispatch_candidate_t *candidate)
{
    char *text = arena_strdup (arena, "");
    for (size_t i = 0; i < candidate->n_failed_rules; i++)
        text = arena_printf (arena, "%s%s%s (needed %s, had %s)", text, i ? "; " : "",
            candidate->failed_rules [i]->rule, candidate->failed_rules [i]->needed,
            candidate->failed_rules [i]->had);
    return text;
}

static char *
s_winner (arena_t *arena, const dispatch_candidate_t *winner)
{
    const char *broken = winner->n_failed_rules
        ? arena_printf (arena, " He breaks %s.", s_rules (arena, winner)) : "";
    return arena_printf (arena, "%s costs %s: %s; %s.%s", winner->engineer_id,
        s_money (arena, winner->cost_minor), s_terms (arena, winner), s_place (arena, winner), broken);
}

/* ---- the others */

/* "travel +3.00 (24 against 18 min)" for each term in which the two differ. */
static char *
s_term_difference (arena_t *arena, char *text, const cost_term_t *his, const cost_term_t *hers)
{
    int64_t difference = (his ? his->amount_minor : 0) - (hers ? hers->amount_minor : 0);
    const cost_term_t *known = his ? his : hers;
    if (!difference)
        return text;
    return arena_printf (arena, "%s%s%s %s (%lld against %lld %s)", text, *text ? ", " : "",
        known->term, s_difference (arena, difference), (long long) (his ? his->quantity : 0),
        (long long) (hers ? hers->quantity : 0), known->unit);
}

static char *
s_differences (arena_t *arena, const dispatch_candidate_t *candidate,
    const dispatch_candidate_t *winner)
{
    char *text = arena_strdup (arena, "");
    for (size_t i = 0; i < candidate->n_terms; i++)
        text = s_term_difference (arena, text, candidate->terms [i],
            s_term (winner, candidate->terms [i]->term));
    for (size_t i = 0; i < winner->n_terms; i++)
        if (!s_term (candidate, winner->terms [i]->term))
            text = s_term_difference (arena, text, NULL, winner->terms [i]);
    return text;
}

static const char *
s_other (arena_t *arena, const dispatch_candidate_t *candidate, const dispatch_candidate_t *winner)
{
    if (candidate->n_failed_rules)
        return arena_printf (arena, "%s may not go: %s.", candidate->engineer_id,
            s_rules (arena, candidate));
    int64_t more = winner ? candidate->cost_minor - winner->cost_minor : 0;
    bool is_other_kind = winner && !*winner->provider_id != !*candidate->provider_id;
    if (is_other_kind)
        return arena_printf (arena, "%s could go for %s: %s.", candidate->engineer_id,
            s_money (arena, candidate->cost_minor), *winner->provider_id
            ? "the policy asks providers first" : "providers are asked when none of our own may go");
    if (winner && *winner->provider_id)
        return arena_printf (arena, "%s could go for %s, score %d: it is asked as number %d.",
            candidate->engineer_id, s_money (arena, candidate->cost_minor), candidate->score,
            candidate->rank);
    if (!winner)
        return arena_printf (arena, "%s may go.", candidate->engineer_id);
    if (!more)
        return arena_printf (arena, "%s costs %s, as much as %s: the lower id goes.",
            candidate->engineer_id, s_money (arena, candidate->cost_minor), winner->engineer_id);
    return arena_printf (arena, "%s costs %s, %s %s than %s: %s; %s.", candidate->engineer_id,
        s_money (arena, candidate->cost_minor), s_money (arena, llabs ((long long) more)),
        more > 0 ? "more" : "less", winner->engineer_id, s_differences (arena, candidate, winner),
        s_place (arena, candidate));
}

static int
s_by_cost (const void *left, const void *right)
{
    const dispatch_candidate_t *a = *(dispatch_candidate_t *const *) left;
    const dispatch_candidate_t *b = *(dispatch_candidate_t *const *) right;
    bool a_fails = a->n_failed_rules, b_fails = b->n_failed_rules;
    if (a_fails != b_fails)
        return a_fails - b_fails;
    if (!a_fails && a->cost_minor != b->cost_minor)
        return a->cost_minor < b->cost_minor ? -1 : 1;
    return strcmp (a->engineer_id, b->engineer_id);
}

why_text_t
why_text (arena_t *arena, const dispatch_decided_t *document, const char *engineer_id)
{
    size_t count = document->n_candidates;
    why_text_t text = { arena_array (arena, count + 2, sizeof *text.lines), 0 };
    const dispatch_candidate_t *winner = why_candidate (document, document->winner_id);
    dispatch_candidate_t **ranked = arena_array (arena, count + 1, sizeof *ranked);
    for (size_t i = 0; i < count; i++)
        ranked [i] = document->candidates [i];
    qsort (ranked, count, sizeof *ranked, s_by_cost);
    text.lines [text.count++] = s_head (arena, document);
    if (winner)
        text.lines [text.count++] = s_winner (arena, winner);
    for (size_t i = 0; i < count; i++)
        if (ranked [i] != winner
            && (!engineer_id || !*engineer_id || s_is (ranked [i]->engineer_id, engineer_id)))
            text.lines [text.count++] = s_other (arena, ranked [i], winner);
    return text;
}
