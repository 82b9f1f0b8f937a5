/* plan_routes - a plan that somebody made: what `fettle plan --json` prints, or lines as VRPLIB and DIMACS
 * have them, "Route #1: 3 17"; the number is of the vehicle or technician. */
#include "json_reader.h"
#include "plan_file.h"
#include "plan_lines.h"
#include "sla.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHIFTS_MAX = 1000 };

typedef struct {
    const plan_file_t *file;
    plan_route_t *routes;
    int count;
} plan_list_t;

/* The depot of a TRSP is written as its node, and nothing at all is the supply place everywhere. */
static bool
s_is_supply (const plan_file_t *file, const char *id)
{
    return file->format == PLAN_FORMAT_TRSP && strcmp (id, "0") == 0;
}

/* ---- JSON */

typedef struct {
    json_reader_t json;
    plan_list_t *list;
} reader_t;

static int32_t
s_json_visit (reader_t *self, const json_t *value)
{
    if (json_is_null (value))
        return PLAN_NONE;
    const char *id = json_reader_text (&self->json, value);
    int32_t visit = plan_file_visit (self->list->file, id);
    if (visit == PLAN_NONE && !s_is_supply (self->list->file, id))
        json_reader_refuse (&self->json, "there is no visit \"%.60s\" in the problem", id);
    return visit;
}

static int32_t
s_json_shift (reader_t *self, const json_t *value, int32_t resource)
{
    const json_t *shift = json_object_get (value, "shift");
    int64_t index = shift ? json_integer_value (shift) : 0;
    int count = self->list->file->problem.resources [resource].shift_count;
    if ((shift && !json_is_integer (shift)) || index < 0 || index >= count)
        json_reader_refuse (&self->json, "shift is not one of the %d of that resource, counted from 0", count);
    return (int32_t) index;
}

/* When a stop begins, if that is told: it says on which side of a pause at a place of its own it is. */
static int32_t
s_json_begins (reader_t *self, const json_t *stop)
{
    const json_t *begins = json_object_get (stop, "begins");
    const plan_file_t *file = self->list->file;
    int64_t at = json_integer_value (begins), moment;
    if (json_is_string (begins) && file->has_origin && sla_moment_read (json_string_value (begins), &moment))
        at = (moment - file->origin_ms) / 1000;
    return at > 0 && at <= PLAN_NEVER ? (int32_t) at : 0;
}

static void
s_json_route (reader_t *self, const json_t *value, plan_route_t *route)
{
    static const char *const keys [] = { "resource", "shift", "visits", "leaves", "returns", "travel", "distance",
        "stops", NULL };
    json_reader_only (&self->json, value, keys);
    const char *id = json_reader_text (&self->json, json_reader_member (&self->json, value, "resource"));
    route->resource = plan_file_resource (self->list->file, id);
    if (route->resource == PLAN_NONE)
        json_reader_refuse (&self->json, "there is no resource \"%.60s\" in the problem", id);
    route->shift = s_json_shift (self, value, route->resource);
    const json_t *visits = json_reader_array (&self->json, json_reader_member (&self->json, value, "visits"));
    size_t count = json_array_size (visits);
    if (count > 2 * PLAN_FILE_VISITS_MAX)
        json_reader_refuse (&self->json, "more than %d visits", 2 * PLAN_FILE_VISITS_MAX);
    plan_stop_t *stops = arena_array (self->json.arena, count, sizeof *stops);
    for (size_t i = 0; i < count; i++) {
        size_t up = json_reader_down (&self->json, ".visits[%zu]", i);
        stops [i].visit = s_json_visit (self, json_array_get (visits, i));
        stops [i].begins = s_json_begins (self, json_array_get (json_object_get (value, "stops"), i));
        json_reader_up (&self->json, up);
    }
    route->stops = stops;
    route->stop_count = (int) count;
}

static bool
s_json_plan (reader_t *self, const json_t *root)
{
    static const char *const keys [] = { "format", "name", "convention", "objective", "seconds", "threads", "seed",
        "routes", "unassigned", "unassigned_why", "vehicles", "distance", "working_time", "cost", "terms", "bound",
        "gap", "is_optimal", "must_left_out", "is_cut", "iterations", NULL };
    if (setjmp (self->json.refused))
        return false;
    json_reader_only (&self->json, root, keys);
    const json_t *routes = json_reader_member (&self->json, root, "routes");
    json_reader_down (&self->json, "routes");
    size_t count = json_array_size (json_reader_array (&self->json, routes));
    if (count > PLAN_FILE_RESOURCES_MAX * 2)
        json_reader_refuse (&self->json, "more than %d routes", PLAN_FILE_RESOURCES_MAX * 2);
    self->list->routes = arena_array (self->json.arena, count, sizeof (plan_route_t));
    for (size_t i = 0; i < count; i++) {
        size_t up = json_reader_down (&self->json, "[%zu]", i);
        s_json_route (self, json_array_get (routes, i), &self->list->routes [i]);
        json_reader_up (&self->json, up);
    }
    self->list->count = (int) count;
    return true;
}

static bool
s_parse_json (arena_t *arena, const char *text, size_t size, plan_list_t *list, char error [512])
{
    json_error_t found;
    json_t *root = json_loadb (text, size, JSON_REJECT_DUPLICATES, &found);
    if (!root) {
        snprintf (error, 512, "line %d, column %d: %.200s", found.line, found.column, sla_text_tame (found.text));
        return false;
    }
    reader_t *reader = arena_alloc (arena, sizeof *reader);
    reader->json.arena = arena;
    reader->json.error = error;
    reader->list = list;
    bool is_read = s_json_plan (reader, root);
    json_decref (root);
    return is_read;
}

/* ---- lines */

/* The next word of the line; false: there is none. */
static bool
s_word (plan_lines_t *lines, char word [64])
{
    lines->at += strspn (lines->at, " \t\r,");
    size_t length = strcspn (lines->at, " \t\r,");
    if (length >= 64)
        plan_lines_refuse (lines, "\"%.60s\" is too long for an id", lines->at);
    memcpy (word, lines->at, length);
    word [length] = '\0';
    lines->at += length;
    return length > 0;
}

static void
s_line_route (arena_t *arena, plan_lines_t *lines, plan_list_t *list)
{
    char word [64];
    plan_route_t *route = &list->routes [list->count];
    plan_stop_t *stops = arena_array (arena, strlen (lines->at) / 2 + 1, sizeof *stops);
    while (s_word (lines, word)) {
        plan_stop_t *stop = &stops [route->stop_count++];
        stop->visit = plan_file_visit (list->file, word);
        if (stop->visit == PLAN_NONE && !s_is_supply (list->file, word))
            plan_lines_refuse (lines, "there is no visit \"%s\" in the problem", word);
    }
    route->stops = stops;
}

static void
s_lines (arena_t *arena, plan_lines_t *lines, plan_list_t *list)
{
    int most = list->file->problem.resource_count;
    list->routes = arena_array (arena, (size_t) most, sizeof *list->routes);
    while (plan_lines_next (lines)) {
        if (strncasecmp (lines->at, "cost", 4) == 0)
            continue;
        if (strncasecmp (lines->at, "route", 5) != 0)
            plan_lines_refuse (lines, "\"%.60s\": write \"Route #1: 3 17\" or \"Cost ...\"", lines->line);
        lines->at += 5;
        lines->at += strspn (lines->at, " \t#");
        int64_t number = strtoll (lines->at, (char **) &lines->at, 10);
        lines->at += strspn (lines->at, " \t");
        if (number < 1 || number > most || *lines->at++ != ':')
            plan_lines_refuse (lines, "\"%.60s\": expected \"Route #1:\", up to #%d", lines->line, most);
        if (list->count == most)
            plan_lines_refuse (lines, "more routes than the %d vehicles there are", most);
        list->routes [list->count].resource = (int32_t) number - 1;
        s_line_route (arena, lines, list);
        list->count++;
    }
    if (!list->count)
        plan_lines_refuse (lines, "there is no route in it");
}

static bool
s_parse_lines (arena_t *arena, const char *text, size_t size, plan_list_t *list, char error [512])
{
    plan_lines_t *lines = arena_alloc (arena, sizeof *lines);
    plan_lines_open (lines, arena, text, size, error);
    if (setjmp (lines->refused))
        return false;
    s_lines (arena, lines, list);
    return true;
}

bool
plan_routes_parse (arena_t *arena, const char *text, size_t size, const plan_file_t *file,
    plan_route_t **ret_routes, int *ret_count, char error [512])
{
    size_t at = 0;
    plan_list_t list = { .file = file };
    while (at < size && isspace ((unsigned char) text [at]))
        at++;
    bool is_json = at < size && text [at] == '{';
    if (!(is_json ? s_parse_json : s_parse_lines) (arena, text, size, &list, error))
        return false;
    *ret_routes = list.routes;
    *ret_count = list.count;
    return true;
}
