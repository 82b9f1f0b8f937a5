/* plan_json_rows - the resources and visits of a JSON problem. */
#include "plan_json.h"
#include <string.h>

#define WIDE(type, name) { #name, offsetof (type, name), true, 0, PLAN_MONEY_MAX, 0 }
#define COUNT(type, name, most) { #name, offsetof (type, name), false, 0, most, 0 }

/* ---- both */

static plan_skill_t *
s_skills (plan_json_t *self, const json_t *object, bool is_held, int *ret_count)
{
    static const char *const keys [] = { "skill", "level", "until", NULL };
    static const plan_number_t numbers [] = {
        { "level", offsetof (plan_skill_t, level), false, 0, 1000000, 1 }, { 0 } };
    const json_t *list = plan_json_list (self, object, "skills", PLAN_FILE_LIST_MAX, ret_count);
    plan_skill_t *skills = arena_array (self->json.arena, (size_t) *ret_count, sizeof *skills);
    for (int i = 0; i < *ret_count; i++) {
        size_t up = json_reader_down (&self->json, ".skills[%d]", i);
        const json_t *value = json_reader_only (&self->json, json_array_get (list, (size_t) i), keys);
        const char *name = plan_json_id (self, json_reader_member (&self->json, value, "skill"));
        if (!is_held && json_object_get (value, "until"))
            json_reader_refuse (&self->json, "until is for skills that are held: leave it out");
        skills [i].skill = plan_json_name (self, &self->file->skills, "skills", name, PLAN_SKILLS_MAX);
        skills [i].until = plan_json_time_of (self, value, "until", PLAN_NEVER);
        plan_json_numbers (self, value, numbers, &skills [i]);
        json_reader_up (&self->json, up);
    }
    return skills;
}

static plan_part_t *
s_parts (plan_json_t *self, const json_t *object, int *ret_count)
{
    static const char *const keys [] = { "part", "quantity", NULL };
    static const plan_number_t numbers [] = {
        { "quantity", offsetof (plan_part_t, quantity), false, 0, 1000000, 1 }, { 0 } };
    const json_t *list = plan_json_list (self, object, "parts", PLAN_FILE_LIST_MAX, ret_count);
    plan_part_t *parts = arena_array (self->json.arena, (size_t) *ret_count, sizeof *parts);
    for (int i = 0; i < *ret_count; i++) {
        size_t up = json_reader_down (&self->json, ".parts[%d]", i);
        const json_t *value = json_reader_only (&self->json, json_array_get (list, (size_t) i), keys);
        const char *name = plan_json_id (self, json_reader_member (&self->json, value, "part"));
        parts [i].part = plan_json_name (self, &self->file->parts, "parts", name, PLAN_PARTS_MAX);
        plan_json_numbers (self, value, numbers, &parts [i]);
        json_reader_up (&self->json, up);
    }
    return parts;
}

static const char *
s_new_id (plan_json_t *self, const json_t *object, map_t *ids, void *row)
{
    const char *id = plan_json_id (self, json_reader_member (&self->json, object, "id"));
    void **known = map_at (ids, self->json.arena, id);
    if (*known)
        json_reader_refuse (&self->json, "id \"%.60s\" is there twice", id);
    *known = row;
    return id;
}

static int32_t
s_member_place (plan_json_t *self, const json_t *object, const char *name)
{
    const json_t *value = json_reader_member (&self->json, object, name);
    size_t up = json_reader_down (&self->json, ".%s", name);
    int32_t place = plan_json_place (self, value);
    json_reader_up (&self->json, up);
    return place;
}

static int32_t
s_place_or_none (plan_json_t *self, const json_t *object, const char *name)
{
    const json_t *value = json_object_get (object, name);
    return !value || json_is_null (value) ? PLAN_NONE : s_member_place (self, object, name);
}

/* [from, to] of an object; must be there, and in order. */
static void
s_stretch (plan_json_t *self, const json_t *object, int32_t *ret_from, int32_t *ret_to)
{
    json_reader_member (&self->json, object, "from");
    json_reader_member (&self->json, object, "to");
    *ret_from = plan_json_time_of (self, object, "from", 0);
    *ret_to = plan_json_time_of (self, object, "to", 0);
    if (*ret_to < *ret_from)
        json_reader_refuse (&self->json, "ends before it begins");
}

/* ---- resources */

static void
s_shifts (plan_json_t *self, const json_t *object, plan_resource_t *resource)
{
    static const char *const keys [] = { "from", "to", "start", "end", "overtime_max", NULL };
    static const plan_number_t numbers [] = { COUNT (plan_shift_t, overtime_max, PLAN_NEVER / 2), { 0 } };
    const json_t *list = plan_json_list (self, object, "shifts", PLAN_FILE_LIST_MAX, &resource->shift_count);
    plan_shift_t *shifts = arena_array (self->json.arena, (size_t) resource->shift_count, sizeof *shifts);
    resource->shifts = shifts;
    for (int i = 0; i < resource->shift_count; i++) {
        size_t up = json_reader_down (&self->json, ".shifts[%d]", i);
        const json_t *value = json_reader_only (&self->json, json_array_get (list, (size_t) i), keys);
        s_stretch (self, value, &shifts [i].from, &shifts [i].to);
        shifts [i].start_place = s_member_place (self, value, "start");
        json_reader_member (&self->json, value, "end");
        shifts [i].end_place = s_place_or_none (self, value, "end");
        plan_json_numbers (self, value, numbers, &shifts [i]);
        if (i && shifts [i].from < shifts [i - 1].to)
            json_reader_refuse (&self->json, "begins before the shift in front of it ends");
        if (shifts [i].overtime_max > PLAN_NEVER - shifts [i].to)
            json_reader_refuse (&self->json, "shift and overtime end after everything");
        json_reader_up (&self->json, up);
    }
}

static bool
s_is_in_shift (const plan_resource_t *resource, const plan_pause_t *pause)
{
    for (int i = 0; i < resource->shift_count; i++)
        if (resource->shifts [i].from <= pause->from && pause->to <= resource->shifts [i].to)
            return true;
    return false;
}

static void
s_pauses (plan_json_t *self, const json_t *object, plan_resource_t *resource)
{
    static const char *const keys [] = { "from", "to", "place", NULL };
    const json_t *list = plan_json_list (self, object, "pauses", PLAN_FILE_LIST_MAX, &resource->pause_count);
    plan_pause_t *pauses = arena_array (self->json.arena, (size_t) resource->pause_count, sizeof *pauses);
    resource->pauses = pauses;
    for (int i = 0; i < resource->pause_count; i++) {
        size_t up = json_reader_down (&self->json, ".pauses[%d]", i);
        const json_t *value = json_reader_only (&self->json, json_array_get (list, (size_t) i), keys);
        s_stretch (self, value, &pauses [i].from, &pauses [i].to);
        pauses [i].place = s_place_or_none (self, value, "place");
        if (i && pauses [i].from < pauses [i - 1].to)
            json_reader_refuse (&self->json, "begins before the pause in front of it ends");
        if (!s_is_in_shift (resource, &pauses [i]))
            json_reader_refuse (&self->json, "is not within one shift");
        json_reader_up (&self->json, up);
    }
}

static void
s_resource (plan_json_t *self, const json_t *value, plan_resource_t *resource)
{
    static const char *const keys [] = { "id", "shifts", "pauses", "skills", "tools", "parts", "territories",
        "capacity", "visits_max", "efficiency_percent", "price_per_hour", "price_per_distance", "price_of_use", NULL };
    static const plan_number_t numbers [] = {
        COUNT (plan_resource_t, capacity, PLAN_NEVER), COUNT (plan_resource_t, visits_max, PLAN_FILE_VISITS_MAX),
        { "efficiency_percent", offsetof (plan_resource_t, efficiency_percent), false, 25, 400, 100 },
        WIDE (plan_resource_t, price_per_hour), WIDE (plan_resource_t, price_per_distance),
        WIDE (plan_resource_t, price_of_use), { 0 } };
    plan_file_t *file = self->file;
    json_reader_only (&self->json, value, keys);
    resource->id = s_new_id (self, value, &file->resource_ids, resource);
    s_shifts (self, value, resource);
    s_pauses (self, value, resource);
    resource->skills = s_skills (self, value, true, &resource->skill_count);
    resource->parts = s_parts (self, value, &resource->part_count);
    resource->tools = plan_json_names (self, value, "tools", &file->tools, PLAN_SKILLS_MAX, &resource->tool_count);
    resource->territories = plan_json_names (self, value, "territories", &file->territories, PLAN_SKILLS_MAX,
        &resource->territory_count);
    plan_json_numbers (self, value, numbers, resource);
}

void
plan_json_resources (plan_json_t *self, const json_t *object)
{
    json_reader_member (&self->json, object, "resources");
    plan_problem_t *problem = &self->file->problem;
    const json_t *list = plan_json_list (self, object, "resources", PLAN_FILE_RESOURCES_MAX, &problem->resource_count);
    plan_resource_t *resources = arena_array (self->json.arena, (size_t) problem->resource_count, sizeof *resources);
    problem->resources = resources;
    if (!problem->resource_count)
        json_reader_refuse (&self->json, "resources: there is nobody");
    for (int i = 0; i < problem->resource_count; i++) {
        size_t up = json_reader_down (&self->json, "resources[%d]", i);
        s_resource (self, json_array_get (list, (size_t) i), &resources [i]);
        json_reader_up (&self->json, up);
    }
}

/* ---- visits */

static void
s_windows (plan_json_t *self, const json_t *object, plan_visit_t *visit)
{
    const json_t *list = plan_json_list (self, object, "windows", PLAN_FILE_LIST_MAX, &visit->window_count);
    plan_window_t *windows = arena_array (self->json.arena, (size_t) visit->window_count, sizeof *windows);
    visit->windows = windows;
    for (int i = 0; i < visit->window_count; i++) {
        size_t up = json_reader_down (&self->json, ".windows[%d]", i);
        const json_t *pair = json_reader_array (&self->json, json_array_get (list, (size_t) i));
        if (json_array_size (pair) != 2)
            json_reader_refuse (&self->json, "not two times: write [from, to]");
        windows [i].from = plan_json_time (self, json_array_get (pair, 0));
        windows [i].to = plan_json_time (self, json_array_get (pair, 1));
        if (windows [i].to < windows [i].from)
            json_reader_refuse (&self->json, "ends before it begins");
        if (i && windows [i].from <= windows [i - 1].to)
            json_reader_refuse (&self->json, "begins before the window in front of it ends");
        json_reader_up (&self->json, up);
    }
}

static int32_t
s_person_of (plan_json_t *self, const json_t *object, const char *name)
{
    const json_t *value = json_object_get (object, name);
    size_t up = json_reader_down (&self->json, ".%s", name);
    int32_t person = value ? plan_json_person (self, value) : PLAN_NONE;
    json_reader_up (&self->json, up);
    return person;
}

static void
s_people (plan_json_t *self, const json_t *value, plan_visit_t *visit)
{
    visit->required = plan_json_people (self, value, "required", &visit->required_count);
    visit->preferred = plan_json_people (self, value, "preferred", &visit->preferred_count);
    visit->excluded = plan_json_people (self, value, "excluded", &visit->excluded_count);
    visit->fixed_at = plan_json_time_of (self, value, "fixed_at", PLAN_NONE);
    visit->fixed_resource = s_person_of (self, value, "fixed_resource");
    visit->lock = (visit->fixed_at == PLAN_NONE ? PLAN_LOCK_NONE : PLAN_LOCK_TIME)
        | (visit->fixed_resource == PLAN_NONE ? PLAN_LOCK_NONE : PLAN_LOCK_RESOURCE);
    visit->told_resource = s_person_of (self, value, "told_resource");
    visit->told_at = plan_json_time_of (self, value, "told_at", PLAN_NONE);
    visit->is_started = plan_json_flag (self, value, "is_started");
    if (visit->is_started && visit->told_resource == PLAN_NONE)
        json_reader_refuse (&self->json, "is_started, and told_resource is missing: who does it?");
}

static void
s_visit (plan_json_t *self, const json_t *value, plan_visit_t *visit)
{
    static const char *const keys [] = { "id", "place", "work", "load", "priority", "windows", "due",
        "late_price_per_hour", "wanted", "delay_price_per_hour", "unassigned_price", "skills", "tools", "parts",
        "territory", "required", "preferred", "excluded", "crew", "after", "after_gap", "after_same_resource",
        "fixed_at", "fixed_resource", "told_resource", "told_at", "is_started", NULL };
    static const plan_number_t numbers [] = {
        COUNT (plan_visit_t, work, PLAN_NEVER), COUNT (plan_visit_t, load, PLAN_NEVER),
        { "priority", offsetof (plan_visit_t, priority), false, 1, 100, 50 },
        WIDE (plan_visit_t, late_price_per_hour), WIDE (plan_visit_t, delay_price_per_hour),
        WIDE (plan_visit_t, unassigned_price),
        { "crew", offsetof (plan_visit_t, crew), false, 1, 16, 1 }, COUNT (plan_visit_t, after_gap, PLAN_NEVER),
        { 0 } };
    plan_file_t *file = self->file;
    json_reader_only (&self->json, value, keys);
    visit->id = s_new_id (self, value, &file->visit_ids, visit);
    visit->place = s_member_place (self, value, "place");
    json_reader_member (&self->json, value, "work");
    plan_json_numbers (self, value, numbers, visit);
    s_windows (self, value, visit);
    visit->due = plan_json_time_of (self, value, "due", PLAN_NEVER);
    visit->wanted = plan_json_time_of (self, value, "wanted", 0);
    visit->skills = s_skills (self, value, false, &visit->skill_count);
    visit->parts = s_parts (self, value, &visit->part_count);
    visit->tools = plan_json_names (self, value, "tools", &file->tools, PLAN_SKILLS_MAX, &visit->tool_count);
    const char *territory = plan_json_text (self, value, "territory", NULL);
    visit->territory = territory ? plan_json_name (self, &file->territories, "territories", territory,
        PLAN_SKILLS_MAX) : PLAN_NONE;
    s_people (self, value, visit);
    visit->after = PLAN_NONE;
    visit->after_same_resource = plan_json_flag (self, value, "after_same_resource");
}

/* Visits may come after one that stands behind them in the file; none may come after itself. */
static void
s_after (plan_json_t *self, const json_t *list, plan_visit_t *visits, int count)
{
    for (int i = 0; i < count; i++) {
        size_t up = json_reader_down (&self->json, "visits[%d]", i);
        const char *id = plan_json_text (self, json_array_get (list, (size_t) i), "after", NULL);
        if (id && (visits [i].after = plan_file_visit (self->file, id)) == PLAN_NONE)
            json_reader_refuse (&self->json, "after: there is no visit \"%.60s\"", id);
        if (!id && (visits [i].after_gap || visits [i].after_same_resource))
            json_reader_refuse (&self->json, "after is missing: after_gap and after_same_resource are about it");
        json_reader_up (&self->json, up);
    }
    for (int i = 0; i < count; i++) {
        int at = i;
        for (int steps = 0; at != PLAN_NONE; at = visits [at].after)
            if (steps++ > count)
                json_reader_refuse (&self->json, "visits[%d].after: \"%.60s\" comes after itself", i, visits [i].id);
    }
}

void
plan_json_visits (plan_json_t *self, const json_t *object)
{
    json_reader_member (&self->json, object, "visits");
    plan_problem_t *problem = &self->file->problem;
    const json_t *list = plan_json_list (self, object, "visits", PLAN_FILE_VISITS_MAX, &problem->visit_count);
    plan_visit_t *visits = arena_array (self->json.arena, (size_t) problem->visit_count, sizeof *visits);
    problem->visits = visits;
    if (!problem->visit_count)
        json_reader_refuse (&self->json, "visits: there is nothing to do");
    for (int i = 0; i < problem->visit_count; i++) {
        size_t up = json_reader_down (&self->json, "visits[%d]", i);
        s_visit (self, json_array_get (list, (size_t) i), &visits [i]);
        json_reader_up (&self->json, up);
    }
    s_after (self, list, visits, problem->visit_count);
}
