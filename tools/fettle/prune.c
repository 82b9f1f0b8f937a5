/* prune - removes what nobody needs any more when it is old: answers to commands, dead letters that were dealt with,
 * attempts of deliveries that are over. Events and whatever else a service remembers stay: they are the record.
 *
 * It walks through a table once, a piece of its file at a time, each piece a transaction of its own, and rests as long
 * as each took: services wait for none of it, and to kill it is harmless. That rows may be gone is written before the
 * first one goes. */
#include "bus.h"
#include "client.h"
#include "fettle.h"
#include "json.h"
#include "moment.h"
#include "options.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DAYS_MIN = 30, DAYS_MAX = 36500, PIECE_PAGES = 128 };
#define LOCK "x'7072756e65'::bigint"

typedef struct {
    const char *name, *about, *table, *service;     /* service NULL: each has the table */
    const char *condition;                          /* which rows t are not needed, when they are older than $1 */
    const char *also;                               /* what is kept of those that are gone; %s is the schema */
} kind_t;

/* An answer can be all that tells where a story's events are. */
#define STORIES ", told as (insert into \"%s\".trail (correlation_id, last_sequence) " \
    "select id, last_sequence from gone where last_sequence > 0 on conflict do nothing)"

static const kind_t s_kinds [] = {
    { "answers", "answers to commands", "reply", NULL, "t.at < $1::timestamptz", STORIES },
    { "letters", "dead letters dealt with", "dead_letter", NULL,
      "t.received_at < $1::timestamptz and t.state in ('retried', 'dropped')", NULL },
    { "attempts", "attempts to deliver", "attempt", "notifier",
      "t.ended_at < $1::timestamptz and t.outcome <> 0 and exists (select from notifier.message m "
      "where m.id = t.message_id and m.state in (3, 4) and m.queued_at < $1::timestamptz)", NULL },
};
enum { KINDS = sizeof s_kinds / sizeof *s_kinds };

typedef struct {
    arena_t *arena;
    db_t *db;
    const char *older_than, *service;
    char *before;                                   /* as Postgres writes it */
    option_list_t keep;
    bool dry_run, json;
    json_t *rows;
} prune_t;

typedef struct { int64_t removed, bytes, all; } sum_t;

static bool
s_is_kept (const prune_t *self, const char *name)
{
    bool is_kept = false;
    for (int i = 0; i < self->keep.count; i++)
        is_kept |= strcmp (self->keep.values [i], name) == 0;
    return is_kept;
}

static int64_t
s_number (const PGresult *row, int column)
{
    return strtoll (DB_VALUE (row, 0, column), NULL, 10);
}

/* ---- one table */

static bool
s_note (prune_t *self, const kind_t *kind, const char *schema)
{
    const char *values [] = { kind->name, self->before, client_actor () };
    PGresult *done = db_query (self->db, arena_printf (self->arena, "insert into \"%s\".pruning (id, before_at, actor) "
        "values ($1, $2, $3) on conflict (id) do update set before_at = greatest (pruning.before_at, "
        "excluded.before_at), at = now (), actor = excluded.actor", schema), 3, values);
    DB_FREE (done);
    return done != NULL;
}

/* Of the rows between two places of the file: how many are gone, their bytes, how many there were. */
static const char *
s_statement (prune_t *self, const kind_t *kind, const char *schema)
{
    const char *range = "t.ctid >= $2::tid and t.ctid < $3::tid";
    const char *from = arena_printf (self->arena, "\"%s\".%s t where %s", schema, kind->table, range);
    const char *also = kind->also && !self->dry_run ? arena_printf (self->arena, kind->also, schema) : "";
    return arena_printf (self->arena, "with gone as (%s %s and %s %s)%s select count (*), "
        "coalesce (sum (pg_column_size (gone.*)), 0), (select count (*) from %s) from gone",
        self->dry_run ? "select t.* from" : "delete from", from, kind->condition,
        self->dry_run ? "" : "returning t.*", also, from);
}

static bool
s_take_piece (prune_t *self, const char *statement, int64_t page, sum_t *sum)
{
    char from [32], to [32];
    const char *values [] = { self->before, from, to };
    snprintf (from, sizeof from, "(%lld,0)", (long long) page);
    snprintf (to, sizeof to, "(%lld,0)", (long long) page + PIECE_PAGES);
    PGresult *row = db_query (self->db, statement, 3, values);
    if (!row)
        return false;
    sum->removed += s_number (row, 0);
    sum->bytes += s_number (row, 1);
    sum->all += s_number (row, 2);
    DB_FREE (row);
    return true;
}

static int64_t
s_pages (prune_t *self, const kind_t *kind, const char *schema)
{
    PGresult *row = db_query (self->db, arena_printf (self->arena, "select (pg_relation_size ('\"%s\".%s') / "
        "current_setting ('block_size')::integer)", schema, kind->table), 0, NULL);
    int64_t pages = row ? s_number (row, 0) : -1;
    DB_FREE (row);
    return pages;
}

static void
s_tell (prune_t *self, const kind_t *kind, const char *service, const sum_t *sum)
{
    json_array_append_new (self->rows, json_pack ("{s:s, s:s, s:I, s:I, s:I}", "service", service, "what", kind->name,
        "removed", (json_int_t) sum->removed, "bytes", (json_int_t) sum->bytes, "kept",
        (json_int_t) (sum->all - sum->removed)));
    if (!self->json && sum->all)
        printf ("%-13s %-24s %10lld %s %10.1f MB %10lld kept\n", service, kind->about, (long long) sum->removed,
                self->dry_run ? "would go" : "removed ", (double) sum->bytes / 1e6,
                (long long) (sum->all - sum->removed));
    fflush (stdout);
}

static bool
s_prune_table (prune_t *self, const kind_t *kind, const char *service)
{
    char schema [64];
    sum_t sum = { 0 };
    client_schema (service, schema);
    if (!self->dry_run && !s_note (self, kind, schema))
        return false;
    int64_t pages = s_pages (self, kind, schema);
    const char *statement = s_statement (self, kind, schema);
    bool done = pages >= 0;
    for (int64_t page = 0; done && page < pages; page += PIECE_PAGES) {
        int64_t from = moment_steady ();
        done = s_take_piece (self, statement, page, &sum);
        usleep ((useconds_t) (moment_steady () - from) * 1000);
    }
    if (done)
        s_tell (self, kind, service, &sum);
    return done;
}

static bool
s_prune (prune_t *self)
{
    bool done = true;
    for (int k = 0; done && k < KINDS; k++)
        for (int i = 0; done && bus_services [i]; i++) {
            const char *service = bus_services [i], *only = s_kinds [k].service;
            if (!s_is_kept (self, s_kinds [k].name) && (!only || strcmp (only, service) == 0)
                && (!self->service || strcmp (self->service, service) == 0))
                done = s_prune_table (self, &s_kinds [k], service);
        }
    return done;
}

/* ---- what stays */

static bool
s_tell_kept (prune_t *self, json_t *kept)
{
    char schema [64];
    for (int i = 0; bus_services [i]; i++) {
        client_schema (bus_services [i], schema);
        PGresult *row = db_query (self->db, arena_printf (self->arena,
            "select (select last_sequence from \"%1$s\".lease), "
            "pg_total_relation_size ('\"%1$s\".segment') + pg_total_relation_size ('\"%1$s\".trail'), "
            "(select sum (pg_total_relation_size (c.oid)) from pg_class c "
            "where c.relnamespace = '\"%1$s\"'::regnamespace and c.relkind = 'r')", schema), 0, NULL);
        if (!row)
            return false;
        json_array_append_new (kept, json_pack ("{s:s, s:I, s:I, s:I}", "service", bus_services [i], "events",
            (json_int_t) s_number (row, 0), "eventBytes", (json_int_t) s_number (row, 1), "bytes",
            (json_int_t) s_number (row, 2)));
        if (!self->json)
            printf ("%-13s %-24s %10lld stay     %10.1f MB, of %.1f MB in all\n", bus_services [i], "events",
                    (long long) s_number (row, 0), (double) s_number (row, 1) / 1e6, (double) s_number (row, 2) / 1e6);
        DB_FREE (row);
    }
    return true;
}

static bool
s_report (prune_t *self)
{
    json_t *kept = json_array ();
    bool done = s_tell_kept (self, kept);
    json_t *whole = json_pack ("{s:s, s:b, s:O, s:O}", "before", self->before, "dryRun", self->dry_run, "pruned",
                               self->rows, "kept", kept);
    if (done && self->json)
        printf ("%s\n", json_print (self->arena, whole, JSON_PRETTY_PRINT));
    else if (done)
        printf ("Events are the company's history: audit, explain, new consumers read them from the first one.\n%s\n",
                self->dry_run ? "Nothing was changed: this was --dry-run."
                : "New rows take the place of what was removed; files do not become smaller.");
    json_decref (whole);
    json_decref (kept);
    return done;
}

/* ---- the command */

static bool
s_read_days (prune_t *self)
{
    char *end = NULL;
    long days = self->older_than ? strtol (self->older_than, &end, 10) : 0;
    if (end && strcmp (end, "d") == 0 && days >= DAYS_MIN && days <= DAYS_MAX) {
        self->before = arena_printf (self->arena, "%ld", days);
        return true;
    }
    fettle_usage ("prune", "--older-than %s: give days from %d, as 400d. Who sends a command again after its answer is "
                  "gone has it done again.", self->older_than ? self->older_than : "is missing", DAYS_MIN);
    return false;
}

static bool
s_knows_kinds (const prune_t *self)
{
    for (int i = 0; i < self->keep.count; i++) {
        int k = 0;
        while (k < KINDS && strcmp (s_kinds [k].name, self->keep.values [i]) != 0)
            k++;
        if (k == KINDS)
            return fettle_usage ("prune", "--keep %s: there are answers, letters and attempts.", self->keep.values [i]),
                false;
    }
    return true;
}

/* One that has just ended may hold the lock for a moment. */
static bool
s_be_alone (prune_t *self, char error [512])
{
    PGresult *row = db_query (self->db, "select pg_advisory_lock (" LOCK ")", 0, NULL);
    if (!row)
        snprintf (error, 512, "%.400s", strcmp (db_sqlstate (self->db), "55P03") == 0
                  ? "another fettle prune is at work: let it end" : db_error (self->db));
    DB_FREE (row);
    return row != NULL;
}

/* How old rows are is told by the clock that is theirs as well. */
static bool
s_begin (prune_t *self, char error [512])
{
    const char *days [] = { self->before };
    if (!db_run (self->db, "set application_name = 'fettle prune'; set synchronous_commit = off; "
                 "set lock_timeout = '5s'") || !s_be_alone (self, error))
        return false;
    PGresult *row = db_query (self->db, "select now () - $1::integer * interval '1 day'", 1, days);
    if (row)
        self->before = arena_strdup (self->arena, DB_VALUE (row, 0, 0));
    else
        snprintf (error, 512, "%.400s", db_error (self->db));
    DB_FREE (row);
    return row != NULL;
}

static int
s_run (prune_t *self)
{
    char error [512] = "";
    self->db = client_database (error);
    if (!self->db)
        return fettle_fail (EXIT_UNREACHABLE, "prune", "%s", error);
    bool has_begun = s_begin (self, error);
    self->rows = json_array ();
    int code = EXIT_OK;
    if (!has_begun)
        code = fettle_fail (EXIT_NO, "prune", "%s.", error);
    else if (!s_prune (self) || !s_report (self))
        code = fettle_fail (EXIT_NO, "prune", "%.400s. What was removed until then is gone, nothing else has changed; "
                            "the same again goes on. Has `fettle migrate` been run?", db_error (self->db));
    json_decref (self->rows);
    db_close (&self->db);
    return code;
}

int
command_prune (int argc, char **argv)
{
    char error [512];
    prune_t self = { .arena = arena_new () };
    const option_t options [] = {
        { "--older-than", OPTION_TEXT, &self.older_than, 0, 0 }, { "--service", OPTION_TEXT, &self.service, 0, 0 },
        { "--keep", OPTION_LIST, &self.keep, 0, 0 },             { "--dry-run", OPTION_FLAG, &self.dry_run, 0, 0 },
        { "--json", OPTION_FLAG, &self.json, 0, 0 },             { 0 } };
    int count = options_take (argc, argv, options), code = EXIT_USAGE;
    if (count > 0)
        fettle_usage ("prune", "%s: there is nothing to name.", argv [1]);
    else if (count == 0 && self.service && !client_is_service (self.service, error))
        fettle_usage ("prune", "%s", error);
    else if (count == 0 && s_read_days (&self) && s_knows_kinds (&self))
        code = s_run (&self);
    arena_destroy (&self.arena);
    return code;
}
