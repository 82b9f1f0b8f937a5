#include "plan_file.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

const char *const plan_format_names [] = { "", "solomon", "trsp", "json", NULL };

/* ---- which format */

static bool
s_says (const char *text, size_t size, const char *word)
{
    size_t most = size < 4096 ? size : 4096, length = strlen (word);
    for (size_t at = 0; at + length <= most; at++)
        if (strncasecmp (text + at, word, length) == 0)
            return true;
    return false;
}

static plan_format_t
s_guess (const char *text, size_t size)
{
    size_t at = 0;
    while (at < size && isspace ((unsigned char) text [at]))
        at++;
    if (at < size && text [at] == '{')
        return PLAN_FORMAT_JSON;
    if (s_says (text, size, "CREW COUNT"))
        return PLAN_FORMAT_TRSP;
    return s_says (text, size, "VEHICLE") ? PLAN_FORMAT_SOLOMON : PLAN_FORMAT_GUESS;
}

/* ---- visits */

plan_visit_t
plan_file_visit_new (const char *id, int32_t place, int32_t work)
{
    return (plan_visit_t) { .id = id, .place = place, .work = work, .priority = 1, .due = PLAN_NEVER,
        .territory = PLAN_NONE, .after = PLAN_NONE, .fixed_at = PLAN_NONE, .fixed_resource = PLAN_NONE,
        .told_resource = PLAN_NONE, .told_at = PLAN_NONE };
}

static void
s_index_ids (arena_t *arena, plan_file_t *file)
{
    const plan_problem_t *problem = &file->problem;
    for (int i = 0; i < problem->visit_count; i++)
        *map_at (&file->visit_ids, arena, problem->visits [i].id) = (void *) &problem->visits [i];
    for (int i = 0; i < problem->resource_count; i++)
        *map_at (&file->resource_ids, arena, problem->resources [i].id) = (void *) &problem->resources [i];
}

int
plan_file_visit (const plan_file_t *file, const char *id)
{
    const plan_visit_t *visit = map_get (&file->visit_ids, id);
    return visit ? (int) (visit - file->problem.visits) : PLAN_NONE;
}

int
plan_file_resource (const plan_file_t *file, const char *id)
{
    const plan_resource_t *resource = map_get (&file->resource_ids, id);
    return resource ? (int) (resource - file->problem.resources) : PLAN_NONE;
}

/* ---- the file */

bool
plan_file_parse (arena_t *arena, const char *text, size_t size, const plan_file_options_t *options,
    plan_file_t *ret_file, char error [512])
{
    static bool (*const parse []) (arena_t *, const char *, size_t, plan_file_t *, char *) = {
        [PLAN_FORMAT_SOLOMON] = plan_solomon_parse,
        [PLAN_FORMAT_TRSP] = plan_trsp_parse,
        [PLAN_FORMAT_JSON] = plan_json_parse,
    };
    *ret_file = (plan_file_t) { .convention = options->convention, .name = "", .scale = 1 };
    ret_file->format = options->format ? options->format : s_guess (text, size);
    if (ret_file->format == PLAN_FORMAT_GUESS)
        return snprintf (error, 512, "line 1: neither JSON nor a problem of Solomon's or of the TRSP: say which with "
            "--format"), false;
    if (!parse [ret_file->format] (arena, text, size, ret_file, error))
        return false;
    if (options->fewest_shifts)
        ret_file->problem.policy.fewest_shifts = true;
    if (ret_file->format != PLAN_FORMAT_JSON)
        s_index_ids (arena, ret_file);
    return true;
}
