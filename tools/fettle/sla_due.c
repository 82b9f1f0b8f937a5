/* sla due - when one promise falls due, and the walk over open time that leads there. */
#include "sla.h"
#include "fettle.h"
#include "options.h"
#include <stdio.h>
#include <string.h>

enum { LINES_MAX = 400 };

typedef struct {
    const sla_promise_t *promise;
    const zone_t *zone;
    int64_t sums_ms [3];
    int lines;
} walk_t;

static const char *const s_kinds [] = {
    [LEDGER_RUNNING] = "counted", [LEDGER_PAUSED] = "paused", [LEDGER_CLOSED] = "closed" };

static void
s_print_entry (walk_t *self, const ledger_span_t *entry)
{
    char from [SLA_TEXT_SIZE], to [SLA_TEXT_SIZE], length [SLA_TEXT_SIZE], sum [SLA_TEXT_SIZE];
    if (self->lines++ >= LINES_MAX)
        return;
    sla_local_print (self->zone, entry->from_at, from);
    sla_local_print (self->zone, entry->to_at, to);
    printf ("  %-22s  %-22s  %-8s %12s", from, to, s_kinds [entry->kind],
            sla_duration_print (entry->to_at - entry->from_at, length));
    if (entry->kind == LEDGER_RUNNING)
        printf ("  %12s in all", sla_duration_print (self->sums_ms [LEDGER_RUNNING], sum));
    putchar ('\n');
}

static void
s_print_walk (walk_t *self, int64_t from_at, int64_t to_at)
{
    ledger_span_t entry;
    const sla_promise_t *p = self->promise;
    for (int64_t at = from_at; ledger_each (p->calendar, p->pauses, p->pause_count, &at, to_at, &entry);) {
        self->sums_ms [entry.kind] += entry.to_at - entry.from_at;
        s_print_entry (self, &entry);
    }
}

static void
s_print_instant (const walk_t *self, const char *name, int64_t at)
{
    char text [SLA_TEXT_SIZE], local [SLA_TEXT_SIZE];
    if (at == CALENDAR_NEVER)
        printf ("%-10s never\n", name);
    else
        printf ("%-10s %s  %s %s\n", name, sla_moment_print (at, text), sla_local_print (self->zone, at, local),
                zone_name (self->zone));
}

static void
s_print_sums (const walk_t *self)
{
    char text [SLA_TEXT_SIZE];
    int64_t all_ms = 0;
    if (self->lines > LINES_MAX)
        printf ("  and %d more\n", self->lines - LINES_MAX);
    printf ("  in all");
    for (int kind = LEDGER_RUNNING; kind <= LEDGER_CLOSED; kind++) {
        printf ("%s %s %s", kind ? "," : "", s_kinds [kind], sla_duration_print (self->sums_ms [kind], text));
        all_ms += self->sums_ms [kind];
    }
    printf ("; together %s\n", sla_duration_print (all_ms, text));
}

/* What never falls due waits without end, from where the last pause begins, or finds no more open time. */
static int64_t
s_last_wait (const sla_promise_t *promise)
{
    int64_t from_at = CALENDAR_NEVER;
    for (size_t i = 0; i < promise->pause_count; i++)
        if (promise->pauses [i].to_at == BUDGET_FOREVER && promise->pauses [i].from_at < from_at)
            from_at = promise->pauses [i].from_at;
    return from_at;
}

static int
s_tell (const sla_promise_t *promise)
{
    walk_t walk = { .promise = promise, .zone = calendar_zone (promise->calendar) };
    deadline_t deadline = sla_promise_deadline (promise);
    int64_t wait_at = s_last_wait (promise);
    int64_t until = deadline.due_at != CALENDAR_NEVER ? deadline.due_at
                  : wait_at != CALENDAR_NEVER ? wait_at : promise->start_at;
    s_print_instant (&walk, "start", promise->start_at);
    s_print_walk (&walk, promise->start_at, until);
    s_print_sums (&walk);
    s_print_instant (&walk, "due_at", deadline.due_at);
    s_print_instant (&walk, "breach_at", deadline.breach_at);
    if (deadline.due_at != CALENDAR_NEVER)
        return EXIT_OK;
    if (wait_at != CALENDAR_NEVER)
        printf ("It waits without end.\n");
    else
        printf ("There is not so much open time before the year 2398.\n");
    return EXIT_OK;
}

/* "A/B"; "A/" while it lasts. */
static bool
s_read_pause (const char *text, interval_t *ret_pause)
{
    char from [64];
    const char *slash = strchr (text, '/');
    size_t length = slash ? (size_t) (slash - text) : 0;
    *ret_pause = (interval_t) { 0, BUDGET_FOREVER };
    if (!slash || length >= sizeof from)
        return false;
    snprintf (from, sizeof from, "%.*s", (int) length, text);
    return sla_moment_read (from, &ret_pause->from_at) && (!slash [1] || sla_moment_read (slash + 1, &ret_pause->to_at))
        && ret_pause->from_at <= ret_pause->to_at;
}

typedef struct { const char *calendar, *start, *budget; option_list_t pauses; } asked_t;

static int
s_read_promise (arena_t *arena, const asked_t *asked, sla_promise_t *promise)
{
    if (!sla_moment_read (asked->start, &promise->start_at))
        return fettle_usage ("sla", "--start %s: give an instant such as 2026-06-08T08:00:00Z or "
                             "2026-06-08T10:00:00+02:00.", asked->start);
    if (!sla_budget_read (asked->budget, &promise->budget))
        return fettle_usage ("sla", "--budget %s: give open time such as 2h, 90m, 2h30m or 1.5s, or working days such "
                             "as 5wd (the same time of day) or 5wd-end (closing time). There is no day of hours: say "
                             "24h, or 3wd.", asked->budget);
    promise->pauses = arena_array (arena, OPTION_LIST_MAX, sizeof (interval_t));
    for (int i = 0; i < asked->pauses.count; i++)
        if (!s_read_pause (asked->pauses.values [i], &promise->pauses [promise->pause_count++]))
            return fettle_usage ("sla", "--pause %s: give FROM/TO, or FROM/ while it lasts, with instants such as "
                                 "2026-06-08T08:00:00Z.", asked->pauses.values [i]);
    return EXIT_OK;
}

/* "FILE:NAME", or "24x7" alone. */
static int
s_find_calendar (arena_t *arena, const char *text, sla_file_t *file, calendar_t **ret_calendar)
{
    char error [512];
    const char *colon = strchr (text, ':');
    if (strcmp (text, "24x7") == 0) {
        *ret_calendar = calendar_new_always ("UTC");
        calendar_seal (*ret_calendar);
        return EXIT_OK;
    }
    if (!colon || colon == text)
        return fettle_usage ("sla", "--calendar %s: give FILE:NAME, or 24x7 for no calendar at all.", text);
    char *path = arena_printf (arena, "%.*s", (int) (colon - text), text);
    if (!sla_file_read (arena, path, file, error))
        return fettle_fail (EXIT_USAGE, "sla", "%s: %s.", path, error);
    calendar_t *calendar = sla_file_calendar (file, colon + 1);
    if (!calendar)
        return fettle_fail (EXIT_USAGE, "sla", "%s has no calendar \"%s\".", path, colon + 1);
    *ret_calendar = calendar_share (calendar);
    return EXIT_OK;
}

int
sla_due (int argc, char **argv)
{
    asked_t asked = { 0 };
    sla_promise_t promise = { 0 };
    sla_file_t file = { 0 };
    const option_t options [] = {
        { .name = "--calendar", OPTION_TEXT, &asked.calendar }, { .name = "--start", OPTION_TEXT, &asked.start },
        { .name = "--budget", OPTION_TEXT, &asked.budget }, { .name = "--pause", OPTION_LIST, &asked.pauses }, { 0 } };
    if (options_take (argc, argv, options) != 0)
        return fettle_usage ("sla", "due takes options only.");
    if (!asked.calendar || !asked.start || !asked.budget)
        return fettle_usage ("sla", "due needs --calendar, --start and --budget.");
    arena_t *arena = arena_new ();
    int code = s_read_promise (arena, &asked, &promise);
    if (code == EXIT_OK)
        code = s_find_calendar (arena, asked.calendar, &file, &promise.calendar);
    if (code == EXIT_OK)
        code = s_tell (&promise);
    calendar_destroy (&promise.calendar);
    sla_file_free (&file);
    arena_destroy (&arena);
    return code;
}
