/* plan_json - a problem as JSON: places, travel, policy, resources, visits. */
#include "plan_json.h"
#include "sla.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- places and travel */

static double
s_degrees (plan_json_t *self, const json_t *object, const char *name, double most)
{
    const json_t *value = json_object_get (object, name);
    double degrees = json_number_value (value);
    if (!json_is_number (value) || !(degrees >= -most && degrees <= most))
        json_reader_refuse (&self->json, "%s is not a number of degrees from -%.0f to %.0f", name, most, most);
    return degrees;
}

static void
s_read_places (plan_json_t *self, const json_t *root, bool has_matrix)
{
    static const char *const keys [] = { "id", "lat", "lon", NULL };
    int count;
    json_reader_member (&self->json, root, "places");
    const json_t *list = plan_json_list (self, root, "places", PLAN_FILE_PLACES_MAX, &count);
    self->file->earth.points = arena_array (self->json.arena, (size_t) count, sizeof *self->file->earth.points);
    for (int i = 0; i < count; i++) {
        size_t up = json_reader_down (&self->json, "places[%d]", i);
        const json_t *value = json_reader_only (&self->json, json_array_get (list, (size_t) i), keys);
        const char *id = plan_json_id (self, json_reader_member (&self->json, value, "id"));
        if (plan_json_name (self, &self->file->places, "places", id, PLAN_FILE_PLACES_MAX) != i)
            json_reader_refuse (&self->json, "id \"%.60s\" is there twice", id);
        if (!has_matrix || json_object_get (value, "lat") || json_object_get (value, "lon"))
            self->file->earth.points [i] =
                (plan_point_t) { s_degrees (self, value, "lat", 90), s_degrees (self, value, "lon", 180) };
        json_reader_up (&self->json, up);
    }
    self->file->problem.travel.places = count;
}

static int32_t *
s_read_table (plan_json_t *self, const json_t *matrix, const char *name)
{
    int rows, places = self->file->problem.travel.places;
    size_t up = json_reader_down (&self->json, "matrix");
    const json_t *list = plan_json_list (self, matrix, name, PLAN_FILE_MATRIX_MAX, &rows);
    int32_t *table = arena_array (self->json.arena, (size_t) places * (size_t) places, sizeof *table);
    json_reader_down (&self->json, ".%s", name);
    if (rows != places)
        json_reader_refuse (&self->json, "%d rows: there are %d places", rows, places);
    size_t row_up = strlen (self->json.where);
    for (int row = 0; row < rows; row++) {
        json_reader_down (&self->json, "[%d]", row);
        const json_t *values = json_reader_array (&self->json, json_array_get (list, (size_t) row));
        if (json_array_size (values) != (size_t) places)
            json_reader_refuse (&self->json, "%zu numbers: there are %d places", json_array_size (values), places);
        for (int i = 0; i < places; i++)
            table [(size_t) row * (size_t) places + (size_t) i] =
                (int32_t) plan_json_whole (self, json_array_get (values, (size_t) i), 0, PLAN_NEVER);
        json_reader_up (&self->json, row_up);
    }
    json_reader_up (&self->json, up);
    return table;
}

static void
s_read_matrix (plan_json_t *self, const json_t *matrix)
{
    static const char *const keys [] = { "time", "distance", NULL };
    size_t up = json_reader_down (&self->json, "matrix");
    json_reader_only (&self->json, matrix, keys);
    json_reader_member (&self->json, matrix, "time");
    json_reader_up (&self->json, up);
    self->file->problem.travel.time = s_read_table (self, matrix, "time");
    if (json_object_get (matrix, "distance"))
        self->file->problem.travel.distance = s_read_table (self, matrix, "distance");
}

static void
s_leg (void *context, int from, int to, int32_t *ret_time, int32_t *ret_distance)
{
    const plan_earth_t *earth = context;
    plan_estimate_leg (&earth->estimate, earth->points [from], earth->points [to], ret_time, ret_distance);
}

static void
s_read_estimate (plan_json_t *self, const json_t *root)
{
    static const char *const keys [] = { "detour_percent", "speed_kmh", "parking_s", NULL };
    static const plan_number_t numbers [] = {
        { "detour_percent", offsetof (plan_estimate_t, detour_percent), false, 100, 1000, 130 },
        { "speed_kmh", offsetof (plan_estimate_t, speed_kmh), false, 1, 1000, 40 },
        { "parking_s", offsetof (plan_estimate_t, parking_s), false, 0, 86400, 60 }, { 0 } };
    const json_t *value = json_object_get (root, "estimate");
    size_t up = json_reader_down (&self->json, "estimate");
    if (value)
        json_reader_only (&self->json, value, keys);
    plan_json_numbers (self, value, numbers, &self->file->earth.estimate);
    json_reader_up (&self->json, up);
    self->file->problem.travel.leg = s_leg;
    self->file->problem.travel.context = &self->file->earth;
}

/* ---- policy */

#define PRICE(name) { #name, offsetof (plan_policy_t, name), true, 0, PLAN_MONEY_MAX, 0 }

static const plan_number_t s_policy [] = {
    PRICE (travel_per_hour), PRICE (travel_per_distance), PRICE (work_time_per_hour), PRICE (wait_per_hour),
    PRICE (overtime_per_hour), PRICE (price_of_use), PRICE (preferred_missed), PRICE (overskill_per_level),
    PRICE (moved_resource), PRICE (moved_per_hour), PRICE (balance_per_hour), PRICE (must_price),
    { "hour", offsetof (plan_policy_t, hour), false, 1, 1000000, 3600 }, { 0 }
};

/* Without a policy, what is least is travel: an hour of it is 3,600, so that costs are seconds. */
static void
s_read_policy (plan_json_t *self, const json_t *root)
{
    enum { COUNT = sizeof s_policy / sizeof *s_policy };
    const char *keys [COUNT + 1] = { "fewest_shifts" };
    const json_t *value = json_object_get (root, "policy");
    plan_policy_t *policy = &self->file->problem.policy;
    if (!value) {
        *policy = (plan_policy_t) { .travel_per_hour = 3600, .hour = 3600 };
        return;
    }
    for (int i = 0; i + 1 < COUNT; i++)
        keys [i + 1] = s_policy [i].name;
    size_t up = json_reader_down (&self->json, "policy");
    json_reader_only (&self->json, value, keys);
    plan_json_numbers (self, value, s_policy, policy);
    policy->fewest_shifts = plan_json_flag (self, value, "fewest_shifts");
    json_reader_up (&self->json, up);
    if (policy->hour != 3600 && (self->file->has_origin || !self->file->problem.travel.time))
        json_reader_refuse (&self->json, "policy.hour: %d: with instants or points times are in seconds", policy->hour);
}

/* ---- the whole */

static void
s_read_origin (plan_json_t *self, const json_t *root)
{
    const char *text = plan_json_text (self, root, "origin", NULL);
    if (text && !sla_moment_read (text, &self->file->origin_ms))
        json_reader_refuse (&self->json, "origin: \"%.40s\" is not an instant: write 2026-06-08T00:00:00Z", text);
    if (self->file->origin_ms % 1000)
        json_reader_refuse (&self->json, "origin: \"%.40s\" is no whole second", text);
    self->file->has_origin = text != NULL;
    self->file->zone = text ? text + strlen (text) - (text [strlen (text) - 1] == 'Z' ? 1 : 6) : NULL;
}

static void
s_read_root (plan_json_t *self, const json_t *root)
{
    static const char *const keys [] = { "about", "name", "origin", "places", "matrix", "estimate", "supply_place",
        "frozen_until", "policy", "resources", "visits", NULL };
    plan_problem_t *problem = &self->file->problem;
    const json_t *matrix = json_object_get (json_reader_only (&self->json, root, keys), "matrix");
    plan_json_text (self, root, "about", NULL);
    self->file->name = plan_json_text (self, root, "name", "");
    s_read_origin (self, root);
    s_read_places (self, root, matrix != NULL);
    if (matrix && json_object_get (root, "estimate"))
        json_reader_refuse (&self->json, "matrix and estimate: give one of them");
    if (matrix)
        s_read_matrix (self, matrix);
    else
        s_read_estimate (self, root);
    problem->supply_place = PLAN_NONE;
    const json_t *supply = json_object_get (root, "supply_place");
    size_t up = json_reader_down (&self->json, "supply_place");
    if (supply)
        problem->supply_place = plan_json_place (self, supply);
    json_reader_up (&self->json, up);
    problem->frozen_until = plan_json_time_of (self, root, "frozen_until", 0);
    s_read_policy (self, root);
    plan_json_resources (self, root);
    plan_json_visits (self, root);
}

static bool
s_read (plan_json_t *self, const json_t *root)
{
    if (setjmp (self->json.refused))
        return false;
    s_read_root (self, root);
    return true;
}

bool
plan_json_parse (arena_t *arena, const char *text, size_t size, plan_file_t *file, char error [512])
{
    json_error_t found;
    json_t *root = json_loadb (text, size, JSON_REJECT_DUPLICATES, &found);
    if (!root) {
        snprintf (error, 512, "line %d, column %d: %.200s", found.line, found.column, sla_text_tame (found.text));
        return false;
    }
    plan_json_t *self = arena_alloc (arena, sizeof *self);
    self->json.arena = arena;
    self->json.error = error;
    self->file = file;
    bool is_read = s_read (self, root);
    json_decref (root);
    return is_read;
}
