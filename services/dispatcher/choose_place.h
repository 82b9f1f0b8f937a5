/* choose_place - what choose asks of place, for all at once. */
#pragma once
#include "choose.h"
#include "message_new.h"

/* What a person gave, else what was learned from so many visits, else 100; ret_visits may be NULL, 0: not learned. */
int choose_efficiency_percent (const choose_person_t *engineer, int *ret_visits);
/* Of the order, at his pace. */
int64_t choose_work_ms (const choose_input_t *input, const choose_person_t *engineer);

/* The best place of each, within his hours or outside as the policy's prices say; not found when he has none. One that
 * has none in the time that a person fixed, or while his skills last, has the best one outside of that: the rule says
 * so then. */
void choose_places (arena_t *arena, const choose_input_t *input, const choose_person_t *const *people,
    const place_question_t *questions, int count, place_t *ret_places);

/* Why there is none: one rule more in the candidate. */
void choose_explain (arena_t *arena, const place_question_t *question, dispatch_candidate_t *candidate);

void choose_set_place (dispatch_candidate_t *candidate, const place_t *place);
