/* plan FILE - the best plan that can be found in so long. */
#include "plan_result.h"
#include "fettle.h"
#include "options.h"
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    plan_options_t file;
    const char *objective, *seconds, *clock;
    plan_search_t search;
    double clock_seconds;
    bool as_json;
} solve_t;

static volatile sig_atomic_t s_is_over;

static void
s_on_interrupt (int number)
{
    (void) number;
    s_is_over = true;
}

/* One line, on a terminal only. */
static bool
s_progress (void *context, double done, int64_t cost, int unassigned)
{
    const plan_file_t *file = context;
    if (isatty (STDERR_FILENO))
        fprintf (stderr, "\r%3.0f %%  cost %.10g, %d unassigned\x1b[K", 100 * done, plan_money (file, cost),
            unassigned);
    return !s_is_over;
}

/* ---- options */

static bool
s_read_seconds (const char *name, const char *text, double *ret_seconds)
{
    char *end;
    double value = strtod (text, &end);
    if (*end || end == text || !(value >= 0.01 && value <= 86400)) {
        fettle_usage ("plan", "%s %s: give seconds from 0.01 to 86400.", name, text);
        return false;
    }
    *ret_seconds = value;
    return true;
}

static bool
s_read_options (solve_t *self, plan_file_options_t *ret_options)
{
    if (!s_read_seconds ("--seconds", self->seconds, &self->search.seconds))
        return false;
    self->clock_seconds = self->search.seconds;
    if (self->clock && !s_read_seconds ("--clock", self->clock, &self->clock_seconds))
        return false;
    self->search.fewest_shifts = strcmp (self->objective, "vehicles") == 0;
    if (!self->search.fewest_shifts && strcmp (self->objective, "distance") != 0) {
        fettle_usage ("plan", "--objective %s: it is distance or vehicles.", self->objective);
        return false;
    }
    if (!plan_options_read (&self->file, ret_options))
        return false;
    ret_options->fewest_shifts = self->search.fewest_shifts;
    return true;
}

/* ---- the plan */

static void
s_search (solve_t *self, const plan_file_t *file, plan_t *plan)
{
    plan_effort_t effort;
    plan_budget_t budget = { .seconds = self->search.seconds, .clock_seconds = self->clock_seconds,
        .threads = (int) self->search.threads, .seed = (uint64_t) self->search.seed, .progress = s_progress,
        .context = (void *) file };
    signal (SIGINT, s_on_interrupt);
    plan_improve (plan, &budget, &effort);
    if (isatty (STDERR_FILENO))
        fprintf (stderr, "\r\x1b[K");
    plan_bound_t bound = plan_bound (plan);
    self->search.iterations = effort.iterations;
    self->search.is_cut = effort.is_cut || s_is_over;
    self->search.has_bound = bound.bound > 0;
    self->search.bound = bound.bound;
}

/* Stops stay where they are only until the plan is asked again. */
static const plan_route_t *
s_copy_routes (arena_t *arena, plan_t *plan, int count)
{
    plan_route_t *routes = arena_array (arena, (size_t) count, sizeof *routes);
    for (int i = 0; i < count; i++) {
        routes [i] = plan_route (plan, i);
        plan_stop_t *stops = arena_array (arena, (size_t) routes [i].stop_count, sizeof *stops);
        memcpy (stops, routes [i].stops, (size_t) routes [i].stop_count * sizeof *stops);
        routes [i].stops = stops;
    }
    return routes;
}

/* What is told has been checked, and costs what the checker says. */
static int
s_tell (solve_t *self, arena_t *arena, const plan_file_t *file, plan_t *plan)
{
    char error [PLAN_ERROR_SIZE];
    plan_result_t result = { .file = file, .route_count = plan_route_count (plan) };
    result.routes = s_copy_routes (arena, plan, result.route_count);
    result.unassigned_count = plan_unassigned_count (plan);
    result.unassigned = arena_array (arena, (size_t) result.unassigned_count, sizeof *result.unassigned);
    for (int i = 0; i < result.unassigned_count; i++)
        result.unassigned [i] = plan_unassigned (plan, i);
    if (!plan_check (&file->problem, result.routes, result.route_count, &result.cost, error))
        return fettle_fail (EXIT_NO, "plan", "the plan found does not keep the rules, which is a bug: %s.", error);
    /* Each term of the cost is rounded down, the bound is not made of terms. */
    int64_t cost = plan_cost_sum (&result.cost);
    self->search.bound = self->search.bound > cost ? cost : self->search.bound;
    self->search.is_optimal = self->search.has_bound && self->search.bound == cost;
    /* What must be done and can not be is told apart; the bound holds for the rest when it counts all of that, too. */
    int must;
    self->search.bound -= plan_result_must (&result, &must);
    self->search.has_bound &= must == 0 || self->search.bound > 0 || self->search.is_optimal;
    (self->as_json ? plan_print_json : plan_print) (arena, &result, &self->search, plan);
    return EXIT_OK;
}

static int
s_solve (solve_t *self, arena_t *arena, const char *path, const plan_file_options_t *options)
{
    int code;
    char error [PLAN_ERROR_SIZE];
    plan_file_t *file = arena_alloc (arena, sizeof *file);
    if (!plan_problem_read (arena, path, &self->file, options, file, &code))
        return code;
    plan_t *plan = plan_open (&file->problem, error);
    if (!plan)
        return fettle_fail (EXIT_USAGE, "plan", "%s: %s.", path, error);
    if (plan_told (arena, file, plan, error)) {
        s_search (self, file, plan);
        code = s_tell (self, arena, file, plan);
    } else
        code = fettle_fail (EXIT_NO, "plan", "%s: what is frozen can not be kept: %s.", path, error);
    plan_close (&plan);
    return code;
}

int
plan_solve (int argc, char **argv)
{
    solve_t self = { .file = { .convention = "dimacs", .osrm_seconds = 30 }, .objective = "distance", .seconds = "10",
        .search = { .threads = 1, .seed = 1 } };
    plan_file_options_t options;
    const option_t table [] = {
        { "--format", OPTION_TEXT, &self.file.format, 0, 0 },
        { "--convention", OPTION_TEXT, &self.file.convention, 0, 0 },
        { "--osrm", OPTION_TEXT, &self.file.osrm, 0, 0 },
        { "--osrm-seconds", OPTION_INT, &self.file.osrm_seconds, 1, 3600 },
        { "--objective", OPTION_TEXT, &self.objective, 0, 0 }, { "--seconds", OPTION_TEXT, &self.seconds, 0, 0 },
        { "--clock", OPTION_TEXT, &self.clock, 0, 0 },
        { "--threads", OPTION_INT, &self.search.threads, 1, PLAN_THREADS_MAX },
        { "--seed", OPTION_INT, &self.search.seed, 0, INT64_MAX },
        { "--json", OPTION_FLAG, &self.as_json, 0, 0 }, { 0 } };
    int operands = options_take (argc, argv, table);
    if (operands < 0 || !s_read_options (&self, &options))
        return EXIT_USAGE;
    if (operands != 1)
        return fettle_usage ("plan", "give one file: a problem (- is standard input).");
    arena_t *arena = arena_new ();
    int code = s_solve (&self, arena, argv [1], &options);
    arena_destroy (&arena);
    return code;
}
