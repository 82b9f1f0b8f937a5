/* decision - the document that says who goes and why: ranked, recomputed and summed up from itself
 * alone. */
#pragma once
#include <stdbool.h>
#include "arena.h"
#include "messages.h"

/* quantity x price / per, summed over the terms; what cost_minor says is not looked at. */
int64_t decision_cost (const dispatch_candidate_t *candidate);

/* The candidate that the document says must win: no failed rule; our own before providers or after
 * them as it says, providers by rank; least cost recomputed from its terms, then least id; of a manual
 * decision the one whom the person chose. except_id leaves one out. NULL: nobody. */
const dispatch_candidate_t *decision_best (const dispatch_decided_t *document,
    const char *except_id);

/* The winner and after him the others who may go, best first, at most so many; how many. At least one
 * must have won. */
int decision_best_first (arena_t *arena, const dispatch_decided_t *document, int most,
    const dispatch_candidate_t ***ret_best);

/* The id of the winner recomputed from the document alone, "" for nobody (N5). */
const char *decision_winner (const dispatch_decided_t *document);

/* Writes winner, runner-up and gap as the candidates say. The strings are the candidates' own. */
void decision_rank (dispatch_decided_t *document);

/* True when winner, runner-up, gap and every cost are what the terms say. */
bool decision_holds (const dispatch_decided_t *document);

/* The candidate of that engineer; NULL: he was not looked at. */
dispatch_candidate_t *decision_candidate (const dispatch_decided_t *document,
    const char *engineer_id);

/* "nobody of 12 may go: 7 skill, 4 shift, 1 customer", in the arena. */
char *decision_summary (arena_t *arena, const dispatch_decided_t *document);
