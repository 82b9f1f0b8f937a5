/* demo_decision - why this engineer, and what the job cost: as the events say it. */
#include "demo.h"
#include <stdio.h>
#include <string.h>

bool
demo_was_refused (const dispatch_decided_t *decided, const char *engineer_id, const char *rule)
{
    for (size_t i = 0; i < decided->n_candidates; i++)
        for (size_t j = 0; strcmp (decided->candidates [i]->engineer_id, engineer_id) == 0
            && j < decided->candidates [i]->n_failed_rules; j++)
            if (strcmp (decided->candidates [i]->failed_rules [j]->rule, rule) == 0)
                return true;
    return false;
}

static void
s_terms (demo_t *demo, const dispatch_candidate_t *candidate, const char *role)
{
    const char *text = arena_printf (demo->arena, "%-9s %s: cost %lld =", role,
        NAME (demo, candidate->engineer_id), (long long) candidate->cost_minor);
    for (size_t i = 0; i < candidate->n_terms; i++) {
        const cost_term_t *term = candidate->terms [i];
        text = arena_printf (demo->arena, "%s%s %s %lld (%lld %s)", text, i ? "," : "", term->term,
            (long long) term->amount_minor, (long long) term->quantity, term->unit);
    }
    demo_note (demo, "      %s", text);
}

static void
s_candidate (demo_t *demo, const dispatch_decided_t *decided, const dispatch_candidate_t *candidate)
{
    if (strcmp (candidate->engineer_id, decided->winner_id) == 0)
        return s_terms (demo, candidate, "winner");
    if (strcmp (candidate->engineer_id, decided->runner_up_id) == 0)
        return s_terms (demo, candidate, "runner-up");
    if (!candidate->n_failed_rules)
        return;
    const failed_rule_t *failed = candidate->failed_rules [0];
    demo_note (demo, "      refused   %s by %s: needed %s, had %s",
        NAME (demo, candidate->engineer_id), failed->rule, failed->needed,
               failed->had);
}

void
demo_decision (demo_t *demo, const dispatch_decided_t *decided)
{
    demo_note (demo, "    why %s, of %zu engineers (policy %s version %lld, inputs %.12s...):",
        NAME (demo, decided->winner_id),
               decided->n_candidates, decided->policy_id, (long long) decided->policy_version,
               decided->input_hash);
    for (size_t i = 0; i < decided->n_candidates; i++)
        s_candidate (demo, decided, decided->candidates [i]);
    demo_pause (demo, 1000);
}

/* ---- parts */

int64_t
demo_available (demo_t *demo, const char *item_id, const char *location_id)
{
    const stock_levels_t *stock = (const stock_levels_t *) demo_ask (demo,
        get_stock (.item_id = (char *) item_id, .location_id = (char *) location_id));
    int64_t available = 0;
    for (size_t i = 0; stock && i < stock->n_levels; i++)
        available += stock->levels [i]->available;
    return available;
}

void
demo_stock (demo_t *demo, const char *warehouse_id, const char *item_id, int64_t at_least)
{
    int64_t missing = at_least - demo_available (demo, item_id, warehouse_id);
    if (missing <= 0)
        return;
    part_quantity_t part = { .base = part_quantity_init, .item_id = (char *) item_id,
        .quantity = missing };
    part_quantity_t *parts [] = { &part };
    demo_send (demo, NULL, receive_stock (.document_id = arena_printf (demo->arena, "demo-%s-%s",
        demo->run, item_id),
        .location_id = (char *) warehouse_id, .n_parts = 1, .parts = parts));
}
