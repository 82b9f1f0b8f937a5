/* replan_model - a day as lib/plan has it. */
#pragma once
#include "arena.h"
#include "messages.h"
#include "plan/plan.h"

/* In the arena; points into the message. moved_times multiplies the price of a move. */
plan_problem_t replan_model (arena_t *arena, const day_problem_t *day, int64_t moved_times);

/* How the day is now, as far as it can be kept: loaded into the plan. */
void replan_load (plan_t *plan, arena_t *arena, const day_problem_t *day);

/* When the travel begins that ends at that minute: what he does not work in between is left out. */
int32_t replan_departure (const day_person_t *person, int32_t arrives, int32_t travel);
