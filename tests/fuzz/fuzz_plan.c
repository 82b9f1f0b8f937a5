/* Planning problems and plans of a stranger, in all their formats: what is read is walked and priced, what is not has a
 * sentence. The first byte chooses format and convention; a zero byte ends the problem, the plan comes behind it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "tools/fettle/plan_file.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size);

static void
s_check_sentence (const char *error)
{
    if (!error [0] || !utf8_is_valid (error, strlen (error)))
        abort ();
}

/* Every id is found where it is. */
static void
s_check_ids (const plan_file_t *file)
{
    if (!utf8_is_valid (file->name, strlen (file->name)))
        abort ();
    for (int i = 0; i < file->problem.visit_count; i++)
        if (plan_file_visit (file, file->problem.visits [i].id) != i)
            abort ();
    for (int i = 0; i < file->problem.resource_count; i++)
        if (plan_file_resource (file, file->problem.resources [i].id) != i)
            abort ();
}

static void
s_check_plan (arena_t *arena, const plan_file_t *file, const char *text, size_t size)
{
    char error [512] = "", sentence [PLAN_ERROR_SIZE] = "";
    plan_route_t *routes;
    plan_cost_t cost = { 0 };
    int count;
    if (!plan_routes_parse (arena, text, size, file, &routes, &count, error)) {
        s_check_sentence (error);
        return;
    }
    bool is_good = plan_check (&file->problem, routes, count, &cost, sentence);
    if (!is_good && !sentence [0])
        abort ();
    for (int term = 0; is_good && term < PLAN_TERMS; term++)
        if (cost.amount [term] < 0 || cost.quantity [term] < 0)
            abort ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
    if (size < 1)
        return 0;
    arena_t *arena = arena_new ();
    char error [512] = "";
    plan_file_t *file = arena_alloc (arena, sizeof *file);
    plan_file_options_t options = { .format = bytes [0] % 4, .convention = bytes [0] / 4 % 2 };
    const char *text = (const char *) bytes + 1, *end = memchr (text, '\0', size - 1);
    size_t problem_size = end ? (size_t) (end - text) : size - 1;
    if (plan_file_parse (arena, text, problem_size, &options, file, error)) {
        s_check_ids (file);
        if (end)
            s_check_plan (arena, file, end + 1, size - 2 - problem_size);
    } else
        s_check_sentence (error);
    arena_destroy (&arena);
    return 0;
}
