/* plan_print_json - a plan for programs; `fettle plan check` reads it again. No time that the search took is in it, so
 * that the same seed gives the same bytes. */
#include "plan_result.h"
#include "json.h"
#include <math.h>
#include <stdio.h>

static json_t *
s_visit (const plan_file_t *file, int32_t visit)
{
    if (visit != PLAN_NONE)
        return json_string (file->problem.visits [visit].id);
    return file->format == PLAN_FORMAT_TRSP ? json_string ("0") : json_null ();
}

/* A time: an instant where the file has an origin, else a number in the file's own unit. */
static json_t *
s_time (const plan_file_t *file, int64_t time)
{
    char text [PLAN_TEXT_SIZE];
    if (file->has_origin)
        return json_string (plan_time_text (file, time, text));
    return file->scale == 1 ? json_integer (time) : json_real ((double) time / (double) file->scale);
}

static json_t *
s_span (const plan_file_t *file, int64_t span)
{
    return file->scale == 1 ? json_integer (span) : json_real ((double) span / (double) file->scale);
}

static json_t *
s_money (const plan_file_t *file, int64_t amount)
{
    return s_span (file, amount);
}

static json_t *
s_stop (const plan_file_t *file, const plan_stop_t *stop)
{
    return json_pack ("{s:o, s:o, s:o, s:o, s:o, s:o}", "visit", s_visit (file, stop->visit), "arrives",
        s_time (file, stop->arrives), "begins", s_time (file, stop->begins), "ends", s_time (file, stop->ends),
        "travel", s_span (file, stop->travel), "distance", s_span (file, stop->distance));
}

/* Vehicles of Solomon's are all the same: they are numbered as they come. */
static json_t *
s_route (const plan_file_t *file, const plan_route_t *route, int number)
{
    char text [PLAN_TEXT_SIZE];
    json_t *visits = json_array (), *stops = json_array ();
    snprintf (text, sizeof text, "%d", number);
    for (int i = 0; i < route->stop_count; i++) {
        json_array_append_new (visits, s_visit (file, route->stops [i].visit));
        json_array_append_new (stops, s_stop (file, &route->stops [i]));
    }
    const char *id = file->format == PLAN_FORMAT_SOLOMON ? text : file->problem.resources [route->resource].id;
    return json_pack ("{s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:o}", "resource", id, "shift", (int) route->shift, "visits",
        visits, "leaves", s_time (file, route->leaves), "returns", s_time (file, route->returns), "travel",
        s_span (file, route->travel), "distance", s_span (file, route->distance), "stops", stops);
}

static json_t *
s_terms (const plan_file_t *file, const plan_cost_t *cost)
{
    json_t *terms = json_object ();
    for (int term = 0; term < PLAN_TERMS; term++)
        if (cost->amount [term])
            json_object_set_new (terms, plan_term_names [term], s_money (file, cost->amount [term]));
    return terms;
}

static json_t *
s_why (arena_t *arena, const plan_result_t *result, plan_t *plan, int visit)
{
    int counts [PLAN_RULES];
    json_t *kept = json_object ();
    const char *why = plan_why (arena, result->file, plan, visit, counts);
    for (int rule = 0; rule < PLAN_RULES; rule++)
        if (counts [rule])
            json_object_set_new (kept, plan_rule_names [rule], json_integer (counts [rule]));
    return json_pack ("{s:s, s:s, s:o}", "visit", result->file->problem.visits [visit].id, "why", why, "resources",
        kept);
}

static void
s_add_figures (json_t *root, const plan_result_t *result, const plan_search_t *search)
{
    const plan_file_t *file = result->file;
    int must;
    plan_cost_t terms = result->cost;
    terms.amount [PLAN_TERM_UNASSIGNED] -= plan_result_must (result, &must);
    int64_t cost = plan_cost_sum (&terms);
    json_object_set_new (root, "vehicles", json_integer (plan_result_vehicles (result)));
    double distance = plan_result_distance (result);
    json_object_set_new (root, "distance", file->format == PLAN_FORMAT_JSON ? json_integer (llround (distance))
        : json_real (distance));
    if (file->format == PLAN_FORMAT_TRSP)
        json_object_set_new (root, "working_time", json_real (plan_result_working_time (result)));
    json_object_set_new (root, "cost", s_money (file, cost));
    json_object_set_new (root, "terms", s_terms (file, &terms));
    json_object_set_new (root, "must_left_out", json_integer (must));
    json_object_set_new (root, "bound", search->has_bound ? s_money (file, search->bound) : json_null ());
    bool has_gap = search->has_bound && cost > 0;
    json_object_set_new (root, "gap", has_gap ? json_real ((double) (cost - search->bound) / (double) cost)
        : json_null ());
    json_object_set_new (root, "is_optimal", json_boolean (search->is_optimal));
    json_object_set_new (root, "is_cut", json_boolean (search->is_cut));
    json_object_set_new (root, "iterations", json_integer (search->iterations));
}

static json_t *
s_root (const plan_file_t *file, const plan_search_t *search)
{
    const char *conventions [] = { "dimacs", "exact" };
    json_t *root = json_pack ("{s:s, s:s}", "format", plan_format_names [file->format], "name", file->name);
    if (file->format == PLAN_FORMAT_SOLOMON)
        json_object_set_new (root, "convention", json_string (conventions [file->convention]));
    json_object_set_new (root, "objective", json_string (search->fewest_shifts ? "vehicles" : "distance"));
    json_object_set_new (root, "seconds", json_real (search->seconds));
    json_object_set_new (root, "threads", json_integer (search->threads));
    json_object_set_new (root, "seed", json_integer (search->seed));
    return root;
}

void
plan_print_json (arena_t *arena, const plan_result_t *result, const plan_search_t *search, plan_t *plan)
{
    const plan_file_t *file = result->file;
    json_t *root = s_root (file, search), *routes = json_array (), *ids = json_array (), *whys = json_array ();
    for (int i = 0; i < result->route_count; i++)
        json_array_append_new (routes, s_route (file, &result->routes [i], i + 1));
    for (int i = 0; i < result->unassigned_count; i++) {
        json_array_append_new (ids, json_string (file->problem.visits [result->unassigned [i]].id));
        json_array_append_new (whys, s_why (arena, result, plan, result->unassigned [i]));
    }
    json_object_set_new (root, "routes", routes);
    json_object_set_new (root, "unassigned", ids);
    json_object_set_new (root, "unassigned_why", whys);
    s_add_figures (root, result, search);
    puts (json_print (arena, root, 0));
    json_decref (root);
}
