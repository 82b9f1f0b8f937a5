/* plan_json_value - single values of JSON problems. */
#include "plan_json.h"
#include "sla.h"
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

int64_t
plan_json_whole (plan_json_t *self, const json_t *value, int64_t min, int64_t max)
{
    if (!json_is_integer (value))
        json_reader_refuse (&self->json, "not a whole number");
    int64_t number = json_integer_value (value);
    if (number < min || number > max)
        json_reader_refuse (&self->json, "%" PRId64 ": it goes from %" PRId64 " to %" PRId64, number, min, max);
    return number;
}

int32_t
plan_json_time (plan_json_t *self, const json_t *value)
{
    if (!json_is_string (value))
        return (int32_t) plan_json_whole (self, value, 0, PLAN_NEVER);
    int64_t at = 0;
    const char *text = json_string_value (value);
    if (!sla_moment_read (text, &at))
        json_reader_refuse (&self->json, "\"%.40s\" is not an instant: write 2026-06-08T08:00:00+02:00, or seconds",
            text);
    if (!self->file->has_origin)
        json_reader_refuse (&self->json, "\"%.40s\" is an instant, and there is no origin: say which is second 0",
            text);
    int64_t seconds = (at - self->file->origin_ms) / 1000;
    if (at < self->file->origin_ms || (at - self->file->origin_ms) % 1000 || seconds > PLAN_NEVER)
        json_reader_refuse (&self->json, "\"%.40s\" is before the origin, 30 years after it, or no whole second", text);
    return (int32_t) seconds;
}

const char *
plan_json_id (plan_json_t *self, const json_t *value)
{
    const char *id = json_reader_text (&self->json, value);
    for (const char *at = id; *at; at++)
        if (iscntrl ((unsigned char) *at))
            json_reader_refuse (&self->json, "\"%.60s\" has a control character: leave it out", id);
    return id;
}

const char *
plan_json_text (plan_json_t *self, const json_t *object, const char *name, const char *without)
{
    const json_t *value = json_object_get (object, name);
    size_t up = json_reader_down (&self->json, ".%s", name);
    const char *text = value ? plan_json_id (self, value) : without;
    json_reader_up (&self->json, up);
    return text;
}

int32_t
plan_json_time_of (plan_json_t *self, const json_t *object, const char *name, int32_t without)
{
    const json_t *value = json_object_get (object, name);
    size_t up = json_reader_down (&self->json, ".%s", name);
    int32_t time = value && !json_is_null (value) ? plan_json_time (self, value) : without;
    json_reader_up (&self->json, up);
    return time;
}

bool
plan_json_flag (plan_json_t *self, const json_t *object, const char *name)
{
    const json_t *value = json_object_get (object, name);
    if (value && !json_is_boolean (value))
        json_reader_refuse (&self->json, "%s is neither true nor false", name);
    return json_is_true (value);
}

void
plan_json_numbers (plan_json_t *self, const json_t *object, const plan_number_t *table, void *structure)
{
    for (; table->name; table++) {
        const json_t *value = json_object_get (object, table->name);
        size_t up = json_reader_down (&self->json, ".%s", table->name);
        int64_t number = value ? plan_json_whole (self, value, table->min, table->max) : table->without;
        char *at = (char *) structure + table->offset;
        if (table->is_wide)
            memcpy (at, &number, sizeof number);
        else
            memcpy (at, &(int32_t) { (int32_t) number }, sizeof (int32_t));
        json_reader_up (&self->json, up);
    }
}

const json_t *
plan_json_list (plan_json_t *self, const json_t *object, const char *name, size_t most, int *ret_count)
{
    const json_t *list = json_object_get (object, name);
    *ret_count = 0;
    if (!list)
        return NULL;
    size_t up = json_reader_down (&self->json, ".%s", name);
    size_t count = json_array_size (json_reader_array (&self->json, list));
    if (count > most)
        json_reader_refuse (&self->json, "%zu elements: there may be %zu", count, most);
    json_reader_up (&self->json, up);
    *ret_count = (int) count;
    return list;
}

/* ---- names */

int32_t
plan_json_name (plan_json_t *self, plan_names_t *names, const char *kind, const char *name, int most)
{
    void **known = map_at (&names->indexes, self->json.arena, name);
    if (*known)
        return (int32_t) ((const char **) *known - names->names);
    if (names->count == most)
        json_reader_refuse (&self->json, "\"%.40s\" is one more than the %d different %s there may be", name, most,
            kind);
    if (!names->names)
        names->names = arena_array (self->json.arena, (size_t) most, sizeof *names->names);
    names->names [names->count] = name;
    *known = &names->names [names->count];
    return names->count++;
}

int32_t *
plan_json_names (plan_json_t *self, const json_t *object, const char *member, plan_names_t *names, int most,
    int *ret_count)
{
    const json_t *list = plan_json_list (self, object, member, PLAN_FILE_LIST_MAX, ret_count);
    int32_t *indexes = arena_array (self->json.arena, (size_t) *ret_count, sizeof *indexes);
    for (int i = 0; i < *ret_count; i++) {
        size_t up = json_reader_down (&self->json, ".%s[%d]", member, i);
        const char *name = plan_json_id (self, json_array_get (list, (size_t) i));
        indexes [i] = plan_json_name (self, names, member, name, most);
        json_reader_up (&self->json, up);
    }
    return indexes;
}

int32_t
plan_json_person (plan_json_t *self, const json_t *value)
{
    const char *id = json_reader_text (&self->json, value);
    int index = plan_file_resource (self->file, id);
    if (index == PLAN_NONE)
        json_reader_refuse (&self->json, "there is no resource \"%.60s\"", id);
    return index;
}

int32_t *
plan_json_people (plan_json_t *self, const json_t *object, const char *member, int *ret_count)
{
    const json_t *list = plan_json_list (self, object, member, PLAN_FILE_RESOURCES_MAX, ret_count);
    int32_t *indexes = arena_array (self->json.arena, (size_t) *ret_count, sizeof *indexes);
    for (int i = 0; i < *ret_count; i++) {
        size_t up = json_reader_down (&self->json, ".%s[%d]", member, i);
        indexes [i] = plan_json_person (self, json_array_get (list, (size_t) i));
        json_reader_up (&self->json, up);
    }
    return indexes;
}

int32_t
plan_json_place (plan_json_t *self, const json_t *value)
{
    const char *id = json_reader_text (&self->json, value);
    const char **name = map_get (&self->file->places.indexes, id);
    if (!name)
        json_reader_refuse (&self->json, "there is no place \"%.60s\"", id);
    return (int32_t) (name - self->file->places.names);
}
