/* plan_print - a plan for people. */
#include "plan_result.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *
s_visit_id (const plan_file_t *file, int32_t visit)
{
    if (visit != PLAN_NONE)
        return file->problem.visits [visit].id;
    return file->format == PLAN_FORMAT_TRSP ? "0" : "(supply)";
}

static void
s_print_ids (const plan_file_t *file, const plan_route_t *route)
{
    printf ("   ");
    for (int i = 0; i < route->stop_count; i++)
        printf (" %s", s_visit_id (file, route->stops [i].visit));
    putchar ('\n');
}

static void
s_print_stops (const plan_file_t *file, const plan_route_t *route)
{
    char begins [PLAN_TEXT_SIZE], ends [PLAN_TEXT_SIZE], travel [PLAN_TEXT_SIZE];
    for (int i = 0; i < route->stop_count; i++) {
        const plan_stop_t *stop = &route->stops [i];
        printf ("    %s - %s  %s  (travel %s)\n", plan_time_text (file, stop->begins, begins),
            plan_time_text (file, stop->ends, ends), s_visit_id (file, stop->visit),
            plan_span_text (file, stop->travel, travel));
    }
}

static void
s_print_route (const plan_file_t *file, const plan_route_t *route, int number)
{
    char leaves [PLAN_TEXT_SIZE], returns [PLAN_TEXT_SIZE], stops [PLAN_TEXT_SIZE];
    bool is_plain = file->format == PLAN_FORMAT_SOLOMON;
    printf ("route %d", number);
    if (!is_plain)
        printf (", resource %s", file->problem.resources [route->resource].id);
    if (file->problem.resources [route->resource].shift_count > 1)
        printf (", shift %d", route->shift);
    printf (": %s, %s to %s\n", plan_count_text (route->stop_count, "stop", stops),
        plan_time_text (file, route->leaves, leaves), plan_time_text (file, route->returns, returns));
    (file->format == PLAN_FORMAT_JSON ? s_print_stops : s_print_ids) (file, route);
}

static void
s_print_cost (const plan_result_t *result)
{
    int count;
    char text [PLAN_TEXT_SIZE];
    plan_cost_t cost = result->cost;
    cost.amount [PLAN_TERM_UNASSIGNED] -= plan_result_must (result, &count);
    printf ("cost %.10g", plan_money (result->file, plan_cost_sum (&cost)));
    const char *separator = ": ";
    for (int term = 0; term < PLAN_TERMS; term++)
        if (cost.amount [term]) {
            printf ("%s%s %.10g", separator, plan_term_names [term], plan_money (result->file, cost.amount [term]));
            separator = ", ";
        }
    putchar ('\n');
    if (count)
        printf ("%s that must be done %s left out: that is not in the cost\n", plan_count_text (count, "visit", text),
            count == 1 ? "is" : "are");
}

static void
s_print_bound (const plan_result_t *result, const plan_search_t *search)
{
    int must;
    int64_t cost = plan_cost_sum (&result->cost) - plan_result_must (result, &must);
    if (search->is_optimal)
        printf ("nothing is cheaper: the bound is the cost\n");
    else if (search->has_bound)
        printf ("no plan costs less than %.10g; gap at most %.2f %%\n", plan_money (result->file, search->bound),
            cost ? 100.0 * (double) (cost - search->bound) / (double) cost : 0);
    if (search->is_cut)
        printf ("the clock ended the search before its effort was spent: another run may give another plan\n");
}

static void
s_print_unassigned (arena_t *arena, const plan_result_t *result, plan_t *plan)
{
    int counts [PLAN_RULES];
    if (result->unassigned_count)
        printf ("%d unassigned:\n", result->unassigned_count);
    for (int i = 0; i < result->unassigned_count; i++) {
        const char *why = plan_why (arena, result->file, plan, result->unassigned [i], counts);
        printf ("    %s: %s", result->file->problem.visits [result->unassigned [i]].id, why);
        const char *separator = " (";
        for (int rule = 1; rule < PLAN_RULES; rule++)
            if (counts [rule]) {
                printf ("%s%d %s", separator, counts [rule], plan_rule_names [rule]);
                separator = ", ";
            }
        printf ("%s\n", *separator == ',' ? ")" : "");
    }
}

void
plan_print (arena_t *arena, const plan_result_t *result, const plan_search_t *search, plan_t *plan)
{
    const plan_file_t *file = result->file;
    char vehicles [PLAN_TEXT_SIZE];
    for (int i = 0; i < result->route_count; i++)
        s_print_route (file, &result->routes [i], i + 1);
    printf ("%s, distance %.10g", plan_count_text (plan_result_vehicles (result), "vehicle", vehicles),
        plan_result_distance (result));
    if (file->format == PLAN_FORMAT_TRSP)
        printf (", working_time %.4f", plan_result_working_time (result));
    putchar ('\n');
    s_print_cost (result);
    s_print_bound (result, search);
    s_print_unassigned (arena, result, plan);
}
