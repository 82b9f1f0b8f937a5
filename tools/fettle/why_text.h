/* why_text - a decision in sentences: who goes and what that costs, and for everybody else the rule
 * that refused him or the terms in which he costs more. Pure: from the document alone. */
#pragma once
#include "arena.h"
#include "messages.h"

typedef struct {
    const char **lines;
    int count;
} why_text_t;

/* The candidate of that engineer; NULL: he was not looked at. */
const dispatch_candidate_t *why_candidate (const dispatch_decided_t *document,
    const char *engineer_id);

/* A line each, in the arena: the decision, the winner, then the others, cheapest first and after them
 * those who may not go. engineer_id: only that one beside the winner; NULL or "": all. */
why_text_t why_text (arena_t *arena, const dispatch_decided_t *document, const char *engineer_id);
