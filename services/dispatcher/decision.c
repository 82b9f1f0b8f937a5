#include "decision.h"
#include <stdlib.h>
#include <string.h>

int64_t
decision_cost (const dispatch_candidate_t *candidate)
{
    int64_t sum = 0;
    for (size_t i = 0; i < candidate->n_terms; i++) {
        const cost_term_t *term = candidate->terms [i];
        sum += term->quantity * term->price_minor / (term->per > 1 ? term->per : 1);
    }
    return sum;
}

dispatch_candidate_t *
decision_candidate (const dispatch_decided_t *document, const char *engineer_id)
{
    for (size_t i = 0; i < document->n_candidates; i++)
        if (strcmp (document->candidates [i]->engineer_id, engineer_id) == 0)
            return document->candidates [i];
    return NULL;
}

enum { PROVIDERS_MAX = 1000000 };

/* Our own first, or providers first; among providers the order in which they are asked. */
static int
s_turn (const dispatch_decided_t *document, const dispatch_candidate_t *candidate)
{
    bool is_provider = *candidate->provider_id;
    return (is_provider != (bool) document->provider_first ? PROVIDERS_MAX : 0) + candidate->rank;
}

static bool
s_is_before (const dispatch_decided_t *document, const dispatch_candidate_t *left,
    const dispatch_candidate_t *right)
{
    int left_turn = s_turn (document, left), right_turn = s_turn (document, right);
    if (left_turn != right_turn)
        return left_turn < right_turn;
    int64_t left_cost = decision_cost (left), right_cost = decision_cost (right);
    return left_cost != right_cost ? left_cost < right_cost
        : strcmp (left->engineer_id, right->engineer_id) < 0;
}

const dispatch_candidate_t *
decision_best (const dispatch_decided_t *document, const char *except_id)
{
    const dispatch_candidate_t *best = NULL;
    for (size_t i = 0; i < document->n_candidates; i++) {
        const dispatch_candidate_t *candidate = document->candidates [i];
        if (candidate->n_failed_rules
            || (except_id && strcmp (candidate->engineer_id, except_id) == 0))
            continue;
        if (!best || s_is_before (document, candidate, best))
            best = candidate;
    }
    return best;
}

typedef struct { const dispatch_candidate_t *candidate; int64_t cost_minor; } ranked_t;

static int
s_by_rank (const void *left, const void *right)
{
    const ranked_t *a = left, *b = right;
    if (a->cost_minor != b->cost_minor)
        return a->cost_minor < b->cost_minor ? -1 : 1;
    return strcmp (a->candidate->engineer_id, b->candidate->engineer_id);
}

int
decision_best_first (arena_t *arena, const dispatch_decided_t *document, int most,
    const dispatch_candidate_t ***ret_best)
{
    if (*decision_candidate (document, document->winner_id)->provider_id)
        most = 1;                                   /* providers are asked one after another */
    ranked_t *ranked = arena_array (arena, document->n_candidates + 1, sizeof *ranked);
    size_t count = 0;
    for (size_t i = 0; i < document->n_candidates && most > 1; i++) {
        const dispatch_candidate_t *candidate = document->candidates [i];
        if (!candidate->n_failed_rules && !*candidate->provider_id
            && strcmp (candidate->engineer_id, document->winner_id) != 0)
            ranked [count++] = (ranked_t) { candidate, decision_cost (candidate) };
    }
    qsort (ranked, count, sizeof *ranked, s_by_rank);
    *ret_best = arena_array (arena, (size_t) most, sizeof **ret_best);
    (*ret_best) [0] = decision_candidate (document, document->winner_id);
    int taken = 1;
    for (size_t i = 0; i < count && taken < most; i++)
        (*ret_best) [taken++] = ranked [i].candidate;
    return taken;
}

const char *
decision_winner (const dispatch_decided_t *document)
{
    const dispatch_candidate_t *winner = document->manual
        ? decision_candidate (document, document->winner_id) : decision_best (document, NULL);
    return winner ? winner->engineer_id : "";
}

void
decision_rank (dispatch_decided_t *document)
{
    document->winner_id = (char *) decision_winner (document);
    const dispatch_candidate_t *winner = decision_candidate (document, document->winner_id);
    const dispatch_candidate_t *second = winner ? decision_best (document, document->winner_id)
        : NULL;
    document->runner_up_id = second ? second->engineer_id : (char *) "";
    document->runner_up_gap_minor = second ? decision_cost (second) - decision_cost (winner) : 0;
}

bool
decision_holds (const dispatch_decided_t *document)
{
    for (size_t i = 0; i < document->n_candidates; i++)
        if (document->candidates [i]->cost_minor != decision_cost (document->candidates [i]))
            return false;
    dispatch_decided_t again = *document;
    decision_rank (&again);
    return strcmp (again.winner_id, document->winner_id) == 0
        && strcmp (again.runner_up_id, document->runner_up_id) == 0
        && again.runner_up_gap_minor == document->runner_up_gap_minor;
}

/* How many engineers have this as their first failed rule, counted once at its first appearance. */
static int
s_count_first (const dispatch_decided_t *document, size_t from, const char *rule)
{
    int count = 0;
    for (size_t i = 0; i < document->n_candidates; i++) {
        const dispatch_candidate_t *candidate = document->candidates [i];
        /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): a rule that failed has a name */
        if (!candidate->n_failed_rules || strcmp (candidate->failed_rules [0]->rule, rule) != 0)
            continue;
        if (i < from)
            return 0;
        count++;
    }
    return count;
}

char *
decision_summary (arena_t *arena, const dispatch_decided_t *document)
{
    if (!document->n_candidates)
        return arena_printf (arena, "no engineer is registered in territory %s",
            document->territory_id);
    char *text = arena_printf (arena, "nobody of %zu may go", document->n_candidates);
    const char *separator = ":";
    for (size_t i = 0; i < document->n_candidates; i++) {
        const dispatch_candidate_t *candidate = document->candidates [i];
        const char *rule = candidate->n_failed_rules ? candidate->failed_rules [0]->rule : NULL;
        int count = rule ? s_count_first (document, i, rule) : 0;
        if (count) {
            text = arena_printf (arena, "%s%s %d %s", text, separator, count, rule);
            separator = ",";
        }
    }
    return text;
}
