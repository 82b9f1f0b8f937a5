/* sla_file - calendars and cases in a file. */
#include "sla.h"
#include "json.h"
#include "json_reader.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

#define ALWAYS "24x7"

enum { FILE_SIZE_MAX = 64 * 1024 * 1024 };

typedef struct {
    json_reader_t json;
    sla_file_t *file;
} reader_t;

static int64_t
s_moment (reader_t *self, const json_t *value)
{
    int64_t at = 0;
    const char *text = json_reader_text (&self->json, value);
    if (!sla_moment_read (text, &at))
        json_reader_refuse (&self->json, "\"%.40s\" is not an instant of the years 1970 to 2397: "
            "write 2026-06-08T08:00:00Z",
            text);
    return at;
}

static int64_t
s_moment_or_never (reader_t *self, const json_t *value)
{
    return json_is_null (value) ? CALENDAR_NEVER : s_moment (self, value);
}

/* ---- calendars */

typedef struct { int64_t start_ms, end_ms; } hours_t;

static int64_t
s_time (reader_t *self, const json_t *value)
{
    const char *text = json_reader_text (&self->json, value);
    int32_t time_ms = date_parse_time (text);
    if (time_ms < 0)
        json_reader_refuse (&self->json, "\"%.40s\" is not a time of day: write 08:30, at most 24:00", text);
    return time_ms;
}

static hours_t
s_hours (reader_t *self, const json_t *value)
{
    if (json_array_size (json_reader_array (&self->json, value)) != 2)
        json_reader_refuse (&self->json, "not two times: write [\"08:30\", \"17:00\"]");
    hours_t hours = { s_time (self, json_array_get (value, 0)), s_time (self, json_array_get (value, 1)) };
    if (hours.start_ms == DATE_DAY_MS)
        json_reader_refuse (&self->json, "opens at 24:00: that is 00:00 of the next day");
    return hours;
}

static void
s_add_weekday (reader_t *self, calendar_t *calendar, int weekday, const json_t *list)
{
    size_t i;
    json_t *value;
    json_array_foreach ((json_t *) json_reader_array (&self->json, list), i, value) {
        size_t up = json_reader_down (&self->json, "[%zu]", i);
        hours_t hours = s_hours (self, value);
        calendar_weekly_add (calendar, (date_weekday_t) weekday, hours.start_ms, hours.end_ms);
        json_reader_up (&self->json, up);
    }
}

static void
s_add_weekly (reader_t *self, calendar_t *calendar, const json_t *weekly)
{
    static const char *const days [] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL };
    json_reader_only (&self->json, weekly, days);
    for (int day = 0; days [day]; day++) {
        const json_t *list = json_object_get (weekly, days [day]);
        size_t up = json_reader_down (&self->json, ".%s", days [day]);
        if (list)
            s_add_weekday (self, calendar, day + 1, list);
        json_reader_up (&self->json, up);
    }
}

static void
s_add_exception (reader_t *self, calendar_t *calendar, const char *key, const json_t *list)
{
    int32_t date = date_parse (key);
    if (date == DATE_NONE)
        json_reader_refuse (&self->json, "not a date: write 2026-12-25");
    if (json_array_size (json_reader_array (&self->json, list)) == 0)
        return calendar_except_close (calendar, date);
    for (size_t i = 0; i < json_array_size (list); i++) {
        hours_t hours = s_hours (self, json_array_get (list, i));
        calendar_except_add (calendar, date, hours.start_ms, hours.end_ms);
    }
}

static void
s_add_exceptions (reader_t *self, calendar_t *calendar, const json_t *exceptions)
{
    const char *key;
    json_t *list;
    json_object_foreach ((json_t *) json_reader_object (&self->json, exceptions), key, list) {
        size_t up = json_reader_down (&self->json, ".%.40s", key);
        s_add_exception (self, calendar, key, list);
        json_reader_up (&self->json, up);
    }
}

static void
s_read_calendar (reader_t *self, const char *name, const json_t *value)
{
    static const char *const keys [] = { "time_zone", "weekly", "exceptions", NULL };
    json_reader_only (&self->json, value, keys);
    if (strcmp (name, ALWAYS) == 0)
        json_reader_refuse (&self->json, ALWAYS " means no calendar at all: choose another name");
    const json_t *zone = json_reader_member (&self->json, value, "time_zone");
    calendar_t *calendar = calendar_new (json_reader_text (&self->json, zone));
    self->file->calendars [self->file->calendar_count++] =
        (sla_calendar_t) { arena_strdup (self->json.arena, name), calendar };
    size_t up = json_reader_down (&self->json, ".weekly");
    if (json_object_get (value, "weekly"))
        s_add_weekly (self, calendar, json_object_get (value, "weekly"));
    json_reader_up (&self->json, up);
    json_reader_down (&self->json, ".exceptions");
    if (json_object_get (value, "exceptions"))
        s_add_exceptions (self, calendar, json_object_get (value, "exceptions"));
    json_reader_up (&self->json, up);
    const char *mistake = calendar_seal (calendar);
    if (mistake)
        json_reader_refuse (&self->json, "%s", mistake);
}

static void
s_read_calendars (reader_t *self, const json_t *calendars)
{
    const char *name;
    json_t *value;
    size_t count = calendars ? json_object_size (json_reader_object (&self->json, calendars)) : 0;
    self->file->calendars = arena_array (self->json.arena, count + 1, sizeof (sla_calendar_t));
    self->file->calendars [self->file->calendar_count++] = (sla_calendar_t) { ALWAYS, calendar_new_always ("UTC") };
    calendar_seal (self->file->calendars [0].calendar);
    json_object_foreach ((json_t *) calendars, name, value) {
        size_t up = json_reader_down (&self->json, "calendars.\"%.60s\"", name);
        s_read_calendar (self, name, value);
        json_reader_up (&self->json, up);
    }
}

/* ---- cases */

static int64_t
s_budget_ms (reader_t *self, const json_t *value)
{
    double seconds = json_number_value (value), most = SLA_BUDGET_YEARS_MAX * 366.0 * 86400;
    if (!json_is_number (value) || !(seconds >= 0 && seconds <= most))
        json_reader_refuse (&self->json, "budget_s is not a number of seconds from 0 to %.0f", most);
    if (fabs (seconds * 1000 - round (seconds * 1000)) > 1e-6 * (1 + seconds))
        json_reader_refuse (&self->json, "budget_s is finer than a millisecond: round it");
    return json_is_integer (value) ? json_integer_value (value) * 1000 : (int64_t) round (seconds * 1000);
}

static void
s_read_days (reader_t *self, const json_t *value, sla_budget_t *budget)
{
    const json_t *days = json_object_get (value, "working_days");
    const json_t *mode = json_reader_member (&self->json, value, "mode");
    const char *name = json_reader_text (&self->json, mode);
    budget->in_days = true;
    budget->days = json_integer_value (days);
    budget->mode = strcmp (name, "SAME_TIME") == 0 ? BUDGET_SAME_TIME : BUDGET_END_OF_DAY;
    if (!json_is_integer (days) || budget->days < 0 || budget->days > 10000)
        json_reader_refuse (&self->json, "working_days is not a whole number from 0 to 10000");
    if (strcmp (name, "SAME_TIME") != 0 && strcmp (name, "END_OF_DAY") != 0)
        json_reader_refuse (&self->json, "mode \"%.40s\": it is SAME_TIME or END_OF_DAY", name);
}

static void
s_read_budget (reader_t *self, const json_t *value, sla_budget_t *budget)
{
    const json_t *seconds = json_object_get (value, "budget_s"), *days = json_object_get (value, "working_days");
    if (!seconds == !days)
        json_reader_refuse (&self->json, "give budget_s, or working_days with mode: one of them");
    if (days)
        return s_read_days (self, value, budget);
    if (json_object_get (value, "mode"))
        json_reader_refuse (&self->json, "mode is for working_days only: leave it out");
    budget->ms = s_budget_ms (self, seconds);
}

static void
s_read_pauses (reader_t *self, const json_t *list, sla_promise_t *promise)
{
    size_t count = list ? json_array_size (json_reader_array (&self->json, list)) : 0;
    if (count > SLA_PAUSES_MAX)
        json_reader_refuse (&self->json, "more than %d pauses", SLA_PAUSES_MAX);
    promise->pauses = arena_array (self->json.arena, count + 1, sizeof (interval_t));
    for (size_t i = 0; i < count; i++) {
        const json_t *pair = json_array_get (list, i);
        size_t up = json_reader_down (&self->json, "[%zu]", i);
        if (json_array_size (json_reader_array (&self->json, pair)) != 2)
            json_reader_refuse (&self->json, "not two instants: write [\"from\", \"to\"], null as the second while "
                "it lasts");
        int64_t from_at = s_moment (self, json_array_get (pair, 0));
        int64_t to_at = s_moment_or_never (self, json_array_get (pair, 1));
        if (to_at < from_at)
            json_reader_refuse (&self->json, "ends before it begins");
        promise->pauses [promise->pause_count++] = (interval_t) { from_at, to_at };
        json_reader_up (&self->json, up);
    }
}

static int64_t
s_member_moment (reader_t *self, const json_t *value, const char *name, bool may_be_never)
{
    const json_t *member = json_reader_member (&self->json, value, name);
    size_t up = json_reader_down (&self->json, ".%s", name);
    int64_t at = may_be_never ? s_moment_or_never (self, member) : s_moment (self, member);
    json_reader_up (&self->json, up);
    return at;
}

static calendar_t *
s_member_calendar (reader_t *self, const json_t *value)
{
    const char *name = json_reader_text (&self->json, json_reader_member (&self->json, value, "calendar"));
    calendar_t *calendar = sla_file_calendar (self->file, name);
    if (!calendar)
        json_reader_refuse (&self->json, "no calendar \"%.60s\" in calendars", name);
    return calendar;
}

static void
s_read_case (reader_t *self, const json_t *value, sla_case_t *one)
{
    static const char *const keys [] = { "id", "calendar", "start", "budget_s", "working_days", "mode", "pauses",
                                         "due_at", "breach_at", "note", NULL };
    json_reader_only (&self->json, value, keys);
    one->id = json_reader_text (&self->json, json_reader_member (&self->json, value, "id"));
    for (const sla_case_t *other = self->file->cases; other < one; other++)
        if (strcmp (other->id, one->id) == 0)
            json_reader_refuse (&self->json, "id \"%.60s\" is there twice", one->id);
    one->promise.calendar = s_member_calendar (self, value);
    one->promise.start_at = s_member_moment (self, value, "start", false);
    s_read_budget (self, value, &one->promise.budget);
    size_t up = json_reader_down (&self->json, ".pauses");
    s_read_pauses (self, json_object_get (value, "pauses"), &one->promise);
    json_reader_up (&self->json, up);
    one->due_at = s_member_moment (self, value, "due_at", true);
    one->has_breach_at = json_object_get (value, "breach_at") != NULL;
    one->breach_at = one->has_breach_at ? s_member_moment (self, value, "breach_at", true) : 0;
}

static void
s_read_cases (reader_t *self, const json_t *cases)
{
    size_t i, count = cases ? json_array_size (json_reader_array (&self->json, cases)) : 0;
    json_t *value;
    self->file->cases = arena_array (self->json.arena, count + 1, sizeof (sla_case_t));
    json_array_foreach ((json_t *) cases, i, value) {
        size_t up = json_reader_down (&self->json, "cases[%zu]", i);
        s_read_case (self, value, &self->file->cases [i]);
        json_reader_up (&self->json, up);
        self->file->case_count++;
    }
}

static bool
s_read (reader_t *self, const json_t *root)
{
    static const char *const keys [] = { "about", "calendars", "cases", NULL };
    if (setjmp (self->json.refused))
        return false;
    json_reader_only (&self->json, root, keys);
    s_read_calendars (self, json_object_get (root, "calendars"));
    s_read_cases (self, json_object_get (root, "cases"));
    return true;
}

/* ---- the file */

bool
sla_file_parse (arena_t *arena, const char *text, size_t size, sla_file_t *ret_file, char error [512])
{
    char mistake [256] = "";
    *ret_file = (sla_file_t) { 0 };
    json_t *root = json_parse_file (text, size, FILE_SIZE_MAX, mistake);
    if (!root)
        return snprintf (error, 512, "%.200s", sla_text_tame (mistake)), false;
    reader_t reader = { .json = { .arena = arena, .error = error }, .file = ret_file };
    bool is_read = s_read (&reader, root);
    json_decref (root);
    return is_read;
}

void
sla_file_free (sla_file_t *self)
{
    for (size_t i = 0; i < self->calendar_count; i++)
        calendar_destroy (&self->calendars [i].calendar);
    self->calendar_count = 0;
}

calendar_t *
sla_file_calendar (const sla_file_t *self, const char *name)
{
    for (size_t i = 0; i < self->calendar_count; i++)
        if (strcmp (self->calendars [i].name, name) == 0)
            return self->calendars [i].calendar;
    return NULL;
}
