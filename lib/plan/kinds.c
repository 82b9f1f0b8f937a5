/* kinds - which shifts are interchangeable while they are empty: of each kind one is asked, not all. */
#include "model.h"
#include <stdlib.h>
#include <string.h>

bool
model_same_list (const void *a, int a_count, const void *b, int b_count, size_t size)
{
    return a_count == b_count && (a_count == 0 || memcmp (a, b, (size_t) a_count * size) == 0);
}

/* No visit tells them apart by name, and nothing else does. */
static bool
s_is_kind (const model_t *self, const shift_t *a, const shift_t *b, const bool *is_named)
{
    const plan_resource_t *x = &self->problem->resources [a->resource], *y = &self->problem->resources [b->resource];
    return a->from == b->from && a->to == b->to && a->latest == b->latest
        && self->place [a->start] == self->place [b->start]
           && (a->end == PLAN_NONE ? b->end == PLAN_NONE : b->end != PLAN_NONE
           && self->place [a->end] == self->place [b->end])
           && a->efficiency == b->efficiency && a->capacity == b->capacity && a->visits_max == b->visits_max
           && a->per_travel == b->per_travel && a->per_distance_1000 == b->per_distance_1000
           && a->per_work_time == b->per_work_time && a->of_use == b->of_use
           && !x->pause_count && !y->pause_count && !is_named [a->resource] && !is_named [b->resource]
           && model_same_list (x->skills, x->skill_count, y->skills, y->skill_count, sizeof *x->skills)
           && model_same_list (x->tools, x->tool_count, y->tools, y->tool_count, sizeof *x->tools)
           && model_same_list (x->parts, x->part_count, y->parts, y->part_count, sizeof *x->parts)
           && model_same_list (x->territories, x->territory_count, y->territories, y->territory_count,
           sizeof *x->territories);
}

void
model_kinds (model_t *self)
{
    bool *is_named = memory_array ((size_t) self->problem->resource_count, sizeof *is_named);
    for (int i = 0; i < self->visit_count; i++) {
        const plan_visit_t *visit = &self->visits [i];
        for (int k = 0; k < visit->required_count; k++)
            is_named [visit->required [k]] = true;
        for (int k = 0; k < visit->preferred_count; k++)
            is_named [visit->preferred [k]] = true;
        for (int k = 0; k < visit->excluded_count; k++)
            is_named [visit->excluded [k]] = true;
        if (visit->lock & PLAN_LOCK_RESOURCE)
            is_named [visit->fixed_resource] = true;
        if (visit->told_resource != PLAN_NONE)
            is_named [visit->told_resource] = true;
    }
    int kinds = 0, *first = memory_array ((size_t) self->shift_count, sizeof *first);
    for (int s = 0; s < self->shift_count; s++) {
        int kind = 0;
        while (kind < kinds && !s_is_kind (self, &self->shifts [s], &self->shifts [first [kind]], is_named))
            kind++;
        if (kind == kinds)
            first [kinds++] = s;
        self->shifts [s].kind = kind;
    }
    free (first);
    free (is_named);
}
