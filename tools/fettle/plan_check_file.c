/* plan check - is this plan one that keeps all rules, and what does it cost? Knows nothing of how it was found. */
#include "plan_result.h"
#include "fettle.h"
#include "options.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const plan_file_t *file;
    plan_route_t *routes;
    int route_count, violations;
    char first [PLAN_ERROR_SIZE];
} check_t;

static void
s_say (check_t *self, const char *sentence)
{
    if (self->violations && strcmp (sentence, self->first) == 0)
        return;
    if (!self->violations++)
        snprintf (self->first, sizeof self->first, "%s", sentence);
    char text [PLAN_SENTENCE_SIZE];
    printf ("violation: %s\n", plan_sentence_text (self->file, sentence, text));
}

/* The checker stops at the first violation. What is wrong in other routes alone is found by asking it about each of
 * them with all others empty; sentences about visits are then of what is not in that one, and not told. */
static void
s_check_each (check_t *self, plan_cost_t *ret_cost)
{
    char error [PLAN_ERROR_SIZE];
    if (plan_check (&self->file->problem, self->routes, self->route_count, ret_cost, error))
        return;
    s_say (self, error);
    plan_route_t *alone = calloc ((size_t) self->route_count + 1, sizeof *alone);
    if (!alone)
        abort ();
    for (int i = 0; i < self->route_count; i++) {
        memcpy (alone, self->routes, (size_t) self->route_count * sizeof *alone);
        for (int other = 0; other < self->route_count; other++)
            alone [other].stop_count = other == i ? alone [other].stop_count : 0;
        bool is_good = plan_check (&self->file->problem, alone, self->route_count, NULL, error);
        if (!is_good && strncmp (error, "route", 5) == 0)
            s_say (self, error);
    }
    free (alone);
}

/* Visits in no route; those that must be done are violations. */
static int *
s_find_missing (check_t *self, arena_t *arena, int *ret_count)
{
    const plan_problem_t *problem = &self->file->problem;
    bool *is_there = arena_array (arena, (size_t) problem->visit_count, sizeof *is_there);
    int *missing = arena_array (arena, (size_t) problem->visit_count, sizeof *missing);
    for (int i = 0; i < self->route_count; i++)
        for (int stop = 0; stop < self->routes [i].stop_count; stop++)
            if (self->routes [i].stops [stop].visit != PLAN_NONE)
                is_there [self->routes [i].stops [stop].visit] = true;
    *ret_count = 0;
    for (int i = 0; i < problem->visit_count; i++) {
        if (is_there [i])
            continue;
        missing [(*ret_count)++] = i;
        if (!problem->visits [i].unassigned_price)
            s_say (self, arena_printf (arena, "visit %s: nobody does it", problem->visits [i].id));
    }
    return missing;
}

static int
s_check (arena_t *arena, check_t *self)
{
    plan_result_t result = { .file = self->file, .routes = self->routes, .route_count = self->route_count };
    s_check_each (self, &result.cost);
    result.unassigned = s_find_missing (self, arena, &result.unassigned_count);
    if (self->violations)
        return EXIT_NO;
    char vehicles [PLAN_TEXT_SIZE];
    printf ("valid: %s, distance %.10g", plan_count_text (plan_result_vehicles (&result), "vehicle", vehicles),
        plan_result_distance (&result));
    if (self->file->format == PLAN_FORMAT_TRSP)
        printf (", working_time %.4f", plan_result_working_time (&result));
    printf (", cost %.10g, %d unassigned\n", plan_money (self->file, plan_cost_sum (&result.cost)),
        result.unassigned_count);
    return EXIT_OK;
}

int
plan_check_file (int argc, char **argv)
{
    char error [512];
    int code;
    plan_options_t options = { .convention = "dimacs", .osrm_seconds = 30 };
    plan_file_options_t file_options;
    const option_t table [] = {
        { "--format", OPTION_TEXT, &options.format, 0, 0 }, { "--convention", OPTION_TEXT, &options.convention, 0, 0 },
        { "--osrm", OPTION_TEXT, &options.osrm, 0, 0 },
        { "--osrm-seconds", OPTION_INT, &options.osrm_seconds, 1, 3600 },
        { 0 } };
    int operands = options_take (argc, argv, table);
    if (operands < 0 || !plan_options_read (&options, &file_options))
        return EXIT_USAGE;
    if (operands != 2)
        return fettle_usage ("plan", "check takes a problem and a plan for it.");
    arena_t *arena = arena_new ();
    plan_file_t *file = arena_alloc (arena, sizeof *file);
    check_t self = { .file = file };
    if (plan_problem_read (arena, argv [1], &options, &file_options, file, &code)) {
        bool is_read = plan_routes_read (arena, argv [2], file, &self.routes, &self.route_count, error);
        code = is_read ? s_check (arena, &self) : fettle_fail (EXIT_USAGE, "plan", "%s", error);
    }
    arena_destroy (&arena);
    return code;
}
