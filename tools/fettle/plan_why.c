/* plan_why - why nobody does a visit, told as what would have to be otherwise for whom it is nearest to possible. */
#include "plan_result.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    arena_t *arena;
    const plan_file_t *file;
    const char *who;
    plan_reason_t reason;
} why_t;

static const char *
s_subject (const why_t *self, const plan_names_t *names)
{
    int32_t subject = self->reason.subject;
    if (subject >= 0 && subject < names->count)
        return arena_printf (self->arena, "\"%s\"", names->names [subject]);
    return arena_printf (self->arena, "%d", subject);
}

/* ---- a sentence a rule */

static const char *
s_person (const why_t *self)
{
    return arena_printf (self->arena, "%s could, if %s did not keep him away", self->who,
        plan_rule_names [self->reason.rule]);
}

static const char *
s_lock (const why_t *self)
{
    return arena_printf (self->arena, "its lock can not be kept, not by %s either: take it off", self->who);
}

static const char *
s_skill (const why_t *self)
{
    char until [PLAN_TEXT_SIZE];
    const plan_reason_t *reason = &self->reason;
    if (reason->had >= reason->needed && reason->had_until != PLAN_NEVER)
        return arena_printf (self->arena, "%s could, if he had skill %s longer than until %s", self->who,
            s_subject (self, &self->file->skills), plan_time_text (self->file, reason->had_until, until));
    return arena_printf (self->arena, "%s could, if he had skill %s at level %d (has %d)", self->who,
        s_subject (self, &self->file->skills), reason->needed, reason->had > 0 ? reason->had : 0);
}

static const char *
s_tool (const why_t *self)
{
    return arena_printf (self->arena, "%s could, if he carried tool %s", self->who,
        s_subject (self, &self->file->tools));
}

static const char *
s_part (const why_t *self)
{
    return arena_printf (self->arena, "%s could, if he had %d of part %s (%d left)", self->who, self->reason.needed,
        s_subject (self, &self->file->parts), self->reason.had);
}

static const char *
s_capacity (const why_t *self)
{
    return arena_printf (self->arena, "%s could, if he could load %d (can %d)", self->who, self->reason.needed,
        self->reason.had);
}

static const char *
s_visits (const why_t *self)
{
    return arena_printf (self->arena, "%s could, if he might do more than %d visits", self->who, self->reason.had);
}

static const char *
s_shift (const why_t *self)
{
    char needed [PLAN_TEXT_SIZE], had [PLAN_TEXT_SIZE];
    return arena_printf (self->arena, "%s could, if his shift lasted until %s (ends %s)", self->who,
        plan_time_text (self->file, self->reason.needed, needed), plan_time_text (self->file, self->reason.had, had));
}

static const char *
s_window (const why_t *self)
{
    char needed [PLAN_TEXT_SIZE], had [PLAN_TEXT_SIZE];
    return arena_printf (self->arena, "%s could, if it might begin at %s (must by %s)", self->who,
        plan_time_text (self->file, self->reason.had, had), plan_time_text (self->file, self->reason.needed, needed));
}

static const char *
s_full (const why_t *self)
{
    char needed [PLAN_TEXT_SIZE], had [PLAN_TEXT_SIZE];
    return arena_printf (self->arena, "%s could, if his other visits left %s free (largest gap %s)", self->who,
        plan_span_text (self->file, self->reason.needed, needed), plan_span_text (self->file, self->reason.had, had));
}

static const char *
s_order (const why_t *self)
{
    int32_t subject = self->reason.subject;
    bool is_known = subject >= 0 && subject < self->file->problem.visit_count;
    return arena_printf (self->arena, "it could be done once visit %s is", is_known
        ? self->file->problem.visits [subject].id : "before it");
}

static const char *
s_crew (const why_t *self)
{
    return arena_printf (self->arena, "it could be done if %d could come at once (%d can)", self->reason.needed,
        self->reason.had);
}

static const char *
s_price (const why_t *self)
{
    return arena_printf (self->arena, "%s could, and that costs more than leaving it out: raise its unassigned_price",
        self->who);
}

static const char *(*const s_sentences [PLAN_RULES]) (const why_t *) = {
    [PLAN_MAY] = s_price, [PLAN_RULE_REQUIRED] = s_person, [PLAN_RULE_EXCLUDED] = s_person, [PLAN_RULE_LOCK] = s_lock,
    [PLAN_RULE_TERRITORY] = s_person, [PLAN_RULE_SKILL] = s_skill, [PLAN_RULE_TOOL] = s_tool, [PLAN_RULE_PART] = s_part,
    [PLAN_RULE_CAPACITY] = s_capacity, [PLAN_RULE_VISITS_MAX] = s_visits, [PLAN_RULE_SHIFT] = s_shift,
    [PLAN_RULE_WINDOW] = s_window, [PLAN_RULE_FULL] = s_full, [PLAN_RULE_ORDER] = s_order, [PLAN_RULE_CREW] = s_crew,
};

/* ---- for whom is it nearest */

/* He who may comes first; then who fails at the latest rule (they are asked in order), by the least. */
static bool
s_is_nearer (const plan_reason_t *reason, const plan_reason_t *than)
{
    if (reason->rule != than->rule)
        return reason->rule == PLAN_MAY || (than->rule != PLAN_MAY && reason->rule > than->rule);
    return llabs ((int64_t) reason->needed - reason->had) < llabs ((int64_t) than->needed - than->had);
}

const char *
plan_why (arena_t *arena, const plan_file_t *file, plan_t *plan, int visit, int ret_counts [PLAN_RULES])
{
    int count = file->problem.resource_count, nearest = 0;
    plan_placement_t *placement = arena_alloc (arena, sizeof *placement);
    placement->reasons = arena_array (arena, (size_t) count, sizeof *placement->reasons);
    plan_place (plan, visit, 1, false, placement);
    for (int rule = 0; rule < PLAN_RULES; rule++)
        ret_counts [rule] = placement->count [rule];
    for (int i = 1; i < count; i++)
        if (s_is_nearer (&placement->reasons [i], &placement->reasons [nearest]))
            nearest = i;
    why_t why = { .arena = arena, .file = file, .who = file->problem.resources [nearest].id,
        .reason = placement->reasons [nearest] };
    return s_sentences [why.reason.rule] (&why);
}
