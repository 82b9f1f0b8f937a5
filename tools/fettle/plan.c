/* plan - who visits whom, when and in which order: found for a problem in a file, or checked. */
#include "plan_result.h"
#include "fettle.h"
#include <string.h>

static plan_format_t
s_format (const char *name)
{
    for (int format = 1; plan_format_names [format]; format++)
        if (strcmp (plan_format_names [format], name) == 0)
            return (plan_format_t) format;
    return PLAN_FORMAT_GUESS;
}

bool
plan_options_read (const plan_options_t *options, plan_file_options_t *ret_options)
{
    bool is_exact = strcmp (options->convention, "exact") == 0;
    *ret_options = (plan_file_options_t) { .format = options->format ? s_format (options->format) : PLAN_FORMAT_GUESS,
        .convention = is_exact ? PLAN_CONVENTION_EXACT : PLAN_CONVENTION_DIMACS };
    if (options->format && !ret_options->format)
        return fettle_usage ("plan", "--format %s: it is solomon, trsp or json.", options->format), false;
    if (!is_exact && strcmp (options->convention, "dimacs") != 0)
        return fettle_usage ("plan", "--convention %s: it is dimacs or exact.", options->convention), false;
    return true;
}

bool
plan_problem_read (arena_t *arena, const char *path, const plan_options_t *options,
    const plan_file_options_t *file_options, plan_file_t *ret_file, int *ret_code)
{
    char error [512];
    if (!plan_file_read (arena, path, file_options, ret_file, error)) {
        *ret_code = fettle_fail (EXIT_USAGE, "plan", "%s", error);
        return false;
    }
    if (options->osrm && (ret_file->format != PLAN_FORMAT_JSON || ret_file->problem.travel.time)) {
        *ret_code = fettle_fail (EXIT_USAGE, "plan", "%s: --osrm is for JSON problems of points without a matrix.",
            path);
        return false;
    }
    if (options->osrm && !plan_osrm_fill (arena, options->osrm, options->osrm_seconds, ret_file, error)) {
        *ret_code = fettle_fail (EXIT_UNREACHABLE, "plan", "--osrm: %s.", error);
        return false;
    }
    return true;
}

int
command_plan (int argc, char **argv)
{
    if (argc < 2 || strcmp (argv [1], "check") != 0)
        return plan_solve (argc, argv);
    argv [1] = argv [0];
    return plan_check_file (argc - 1, argv + 1);
}
