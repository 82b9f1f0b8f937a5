/* plan_osrm - travel from a routing service that speaks the table protocol of OSRM
 * (http://project-osrm.org/docs/v5.24.0/api/#table-service). Its URL is the administrator's; its answers are a
 * stranger's: they are limited in size and time, are not followed elsewhere, and each number is looked at. */
#include "plan_result.h"
#include "json.h"
#include <curl/curl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A service answers about 100 places at once unless it was told otherwise. */
enum { BLOCK = 50, ANSWER_MAX = 1024 * 1024, CONNECT_MS = 5000 };

typedef struct { char text [ANSWER_MAX + 1]; size_t size; bool is_too_long; } answer_t;

typedef struct {
    arena_t *arena;
    const char *url;
    long limit_ms;
    plan_file_t *file;
    int32_t *time, *distance;
    answer_t *answer;
    char *error;
} osrm_t;

/* A block of the table: so many places from each of two on. */
typedef struct { int from, from_count, to, to_count; } block_t;

static size_t
s_on_body (char *bytes, size_t size, size_t count, void *closure)
{
    answer_t *answer = closure;
    answer->is_too_long = answer->size + size * count > ANSWER_MAX;
    if (answer->is_too_long)
        return 0;
    memcpy (answer->text + answer->size, bytes, size * count);
    answer->size += size * count;
    return size * count;
}

/* ---- the question */

static char *
s_add_points (osrm_t *self, char *text, int from, int count)
{
    for (int i = from; i < from + count; i++) {
        plan_point_t point = self->file->earth.points [i];
        text = arena_printf (self->arena, "%s%s%.7f,%.7f", text, *text ? ";" : "", point.longitude, point.latitude);
    }
    return text;
}

static const char *
s_numbers (osrm_t *self, int from, int count)
{
    char *text = arena_printf (self->arena, "%d", from);
    for (int i = from + 1; i < from + count; i++)
        text = arena_printf (self->arena, "%s;%d", text, i);
    return text;
}

static const char *
s_question (osrm_t *self, const block_t *block)
{
    char *points = s_add_points (self, "", block->from, block->from_count);
    points = s_add_points (self, points, block->to, block->to_count);
    return arena_printf (self->arena, "%s/%s?annotations=duration,distance&sources=%s&destinations=%s", self->url,
        points, s_numbers (self, 0, block->from_count), s_numbers (self, block->from_count, block->to_count));
}

static bool
s_fail (osrm_t *self, const char *what)
{
    snprintf (self->error, 512, "%.200s: %.280s", self->url, what);
    return false;
}

static bool
s_ask (osrm_t *self, const char *question)
{
    CURL *curl = curl_easy_init ();
    long status = 0;
    if (!curl)
        return s_fail (self, "no memory for a connection");
    self->answer->size = 0;
    curl_easy_setopt (curl, CURLOPT_URL, question);
    curl_easy_setopt (curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt (curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt (curl, CURLOPT_CONNECTTIMEOUT_MS, (long) CONNECT_MS);
    curl_easy_setopt (curl, CURLOPT_TIMEOUT_MS, self->limit_ms);
    curl_easy_setopt (curl, CURLOPT_USERAGENT, "Fettle/" FETTLE_VERSION);
    curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, s_on_body);
    curl_easy_setopt (curl, CURLOPT_WRITEDATA, self->answer);
    CURLcode code = curl_easy_perform (curl);
    curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup (curl);
    if (self->answer->is_too_long)
        return s_fail (self, "its answer is longer than a MiB");
    if (code != CURLE_OK)
        return s_fail (self, curl_easy_strerror (code));
    if (status >= 300 && status < 400)
        return s_fail (self, "it sends us elsewhere: give the final URL");
    if (status != 200)
        return s_fail (self, arena_printf (self->arena, "it answered %ld", status));
    return true;
}

/* ---- the answer */

static const char *
s_place (const osrm_t *self, int index)
{
    return self->file->places.names [index];
}

static bool
s_take_number (osrm_t *self, const json_t *value, const char *name, int from, int to, int32_t *table)
{
    double number = json_number_value (value);
    if (json_is_null (value))
        return s_fail (self, arena_printf (self->arena, "there is no way from %.60s to %.60s", s_place (self, from),
            s_place (self, to)));
    if (!json_is_number (value) || !(number >= 0 && number < PLAN_NEVER))
        return s_fail (self, arena_printf (self->arena, "its %s from %.60s to %.60s is no number of a way", name,
            s_place (self, from), s_place (self, to)));
    size_t at = (size_t) from * (size_t) self->file->problem.travel.places + (size_t) to;
    table [at] = (int32_t) (number + 0.5);
    return true;
}

static bool
s_take_table (osrm_t *self, const json_t *root, const char *name, const block_t *block, int32_t *table)
{
    const json_t *rows = json_object_get (root, name);
    if (json_array_size (rows) != (size_t) block->from_count)
        return s_fail (self, arena_printf (self->arena, "its %s have %zu rows, asked for %d", name,
            json_array_size (rows), block->from_count));
    for (int row = 0; row < block->from_count; row++) {
        const json_t *values = json_array_get (rows, (size_t) row);
        if (json_array_size (values) != (size_t) block->to_count)
            return s_fail (self, arena_printf (self->arena, "a row of its %s has %zu numbers, asked for %d", name,
                json_array_size (values), block->to_count));
        for (int i = 0; i < block->to_count; i++) {
            const json_t *value = json_array_get (values, (size_t) i);
            if (!s_take_number (self, value, name, block->from + row, block->to + i, table))
                return false;
        }
    }
    return true;
}

static bool
s_take (osrm_t *self, const block_t *block)
{
    char mistake [256];
    json_t *root = json_parse (self->answer->text, self->answer->size, mistake);
    if (!root)
        return s_fail (self, "its answer is not JSON");
    const char *code = json_string_value (json_object_get (root, "code"));
    bool is_good = code && strcmp (code, "Ok") == 0;
    if (!is_good)
        s_fail (self, arena_printf (self->arena, "it says code %.60s", code ? code : "nothing"));
    is_good = is_good && s_take_table (self, root, "durations", block, self->time)
        && s_take_table (self, root, "distances", block, self->distance);
    json_decref (root);
    return is_good;
}

static bool
s_fill (osrm_t *self)
{
    int places = self->file->problem.travel.places;
    for (int from = 0; from < places; from += BLOCK)
        for (int to = 0; to < places; to += BLOCK) {
            block_t block = { .from = from, .to = to,
                .from_count = places - from < BLOCK ? places - from : BLOCK,
                .to_count = places - to < BLOCK ? places - to : BLOCK };
            if (!s_ask (self, s_question (self, &block)) || !s_take (self, &block))
                return false;
        }
    return true;
}

bool
plan_osrm_fill (arena_t *arena, const char *url, int64_t seconds, plan_file_t *file, char error [512])
{
    size_t places = (size_t) file->problem.travel.places;
    osrm_t self = { .arena = arena, .url = url, .limit_ms = (long) seconds * 1000, .file = file, .error = error };
    if (places > PLAN_FILE_MATRIX_MAX)
        return s_fail (&self, "asked about more places than are put into a matrix (5,000)");
    self.time = arena_array (arena, places * places, sizeof *self.time);
    self.distance = arena_array (arena, places * places, sizeof *self.distance);
    self.answer = arena_alloc (arena, sizeof *self.answer);
    curl_global_init (CURL_GLOBAL_DEFAULT);
    if (!s_fill (&self))
        return false;
    file->problem.travel = (plan_travel_t) { .places = (int) places, .time = self.time, .distance = self.distance };
    return true;
}
