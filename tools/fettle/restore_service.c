/* restore_service - the schema of one service, in one transaction with the renaming of the one that is there. */
#include "restore.h"
#include "bus.h"
#include "config.h"
#include "migration.h"
#include "pg_tool.h"
#include "resync.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    restore_t *restore;
    const char *service, *before;
    char schema [64];
    db_t *db;
    bool is_there;
    int64_t epoch, given;               /* of the state before */
    char script [64];                   /* the schema as SQL; a file that is removed */
} job_t;

static bool
s_look (job_t *self, char error [512])
{
    arena_t *arena = self->restore->arena;
    if (manifest_number (&self->restore->manifest, self->service, "lastSequence") < 0)
        return snprintf (error, 512, "the backup does not hold %s.", self->service), false;
    if (restore_is_at_work (self->restore, self->db, self->service, error))
        return false;
    PGresult *schema = db_query (self->db, arena_printf (arena, "select from pg_namespace where nspname = '%s'",
                                                         self->schema), 0, NULL);
    self->is_there = schema && DB_ROWS (schema);
    DB_FREE (schema);
    PGresult *lease = self->is_there ? db_query (self->db, arena_printf (arena, "select epoch, last_sequence from "
        "\"%s\".lease", self->schema), 0, NULL) : NULL;
    if (lease && DB_ROWS (lease)) {
        self->epoch = strtoll (DB_VALUE (lease, 0, 0), NULL, 10);
        self->given = strtoll (DB_VALUE (lease, 0, 1), NULL, 10);
    }
    DB_FREE (lease);
    if (!self->is_there || self->restore->over)
        return true;
    snprintf (error, 512, "the schema %s is there. --over restores all the same, and keeps what is there as schema %s.",
              self->schema, self->before);
    return false;
}

/* ---- the rows */

/* Whole in a file before anything runs: a stream that ends too early would look like a short backup. */
static bool
s_spool (job_t *self, char error [512])
{
    int file = mkstemp (self->script);
    if (file < 0)
        return snprintf (error, 512, "%s can not be made: %s.", self->script, strerror (errno)), false;
    close (file);
    const char *arguments [] = { "pg_restore", "--no-owner", "-n", self->schema, "-f", self->script,
                                 self->restore->dump, NULL };
    return pg_tool_run (arguments, NULL, NULL, error);
}

/* The notifier hears again of what happened since the backup, and finds by these rows that it has told of it: what was
 * told to the world outside stays told. */
static const char *
s_keeping_messages (const job_t *self)
{
    if (strcmp (self->service, "notifier") != 0 || !self->is_there)
        return "select";
    return arena_printf (self->restore->arena, "do $do$ declare fresh text := '%s'; former text := '%s'; part text; "
        "list text; which text; begin foreach part in array array ['message', 'attempt', 'pruning', 'timer'] loop "
        "select string_agg (quote_ident (a.column_name), ', ') into list from information_schema.columns a join "
        "information_schema.columns b using (table_name, column_name) where a.table_schema = fresh and "
        "b.table_schema = former and table_name = part; "
        "continue when list is null; "
        "which := case part when 'timer' then 'where id like ''message_due:%%'' or id like ''attempt_overdue:%%''' "
        "else '' end; "
        "execute format ('delete from %%I.%%I where id in (select id from %%I.%%I ', fresh, part, former, part) "
        "|| which || ')'; "
        "execute format ('insert into %%I.%%I (%%s) select %%s from %%I.%%I ', fresh, part, list, list, former, part) "
        "|| which; end loop; end $do$", self->schema, self->before);
}

/* All of it, or nothing. */
static bool
s_load (job_t *self, char error [512])
{
    arena_t *arena = self->restore->arena;
    const char *away = !self->is_there ? "" : arena_printf (arena, "alter schema \"%s\" rename to \"%s\";",
                                                            self->schema, self->before);
    const char *arguments [] = { "psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null",
        "-d", pg_tool_dsn (arena, NULL),
        "-c", arena_printf (arena, "%s create schema \"%s\"", away, self->schema), "-f", self->script,
        "-c", arena_printf (arena, "select 1 / (l.last_sequence = %lld and l.last_sequence = coalesce ((select max "
                            "(last_sequence) from \"%s\".segment), 0))::integer from \"%s\".lease l",
                            (long long) manifest_number (&self->restore->manifest, self->service, "lastSequence"),
                            self->schema, self->schema),
        "-c", restore_settling (self->restore, self->service, self->epoch), "-c", s_keeping_messages (self), NULL };
    return pg_tool_run (arguments, NULL, NULL, error);
}

/* ---- then the others */

static void
s_say_applied (void *closure, const char *service, const char *name, migration_state_t state, const char *applied_at)
{
    (void) closure, (void) state, (void) applied_at;
    printf ("  %-14s %s\n", service, name);
}

static bool
s_resync (job_t *self, char error [512])
{
    bool is_found;
    const resync_t resync = { .publisher = self->service, .given = self->given,
                              .backup_id = self->restore->manifest.id };
    if (!self->restore->no_resync)
        return resync_run (self->db, &resync, &is_found, error);
    printf ("Its consumers may have heard more than it knows now: they stop and say so until `fettle resync %s`.\n",
            self->service);
    return true;
}

static bool
s_replace (job_t *self, char error [512])
{
    if (!s_load (self, error))
        return false;
    if (self->is_there)
        printf ("What was there is kept as schema %s: drop it when nobody needs it any more.\n", self->before);
    return migration_apply (self->db, self->service, NULL, s_say_applied, NULL, error) && s_resync (self, error);
}

bool
restore_service (restore_t *restore, char error [512])
{
    job_t self = { .restore = restore, .service = restore->service, .script = "/tmp/fettle-restore-XXXXXX" };
    client_schema (restore->service, self.schema);
    self.before = arena_printf (restore->arena, "%s_before_%s", self.schema, restore->stamp);
    self.db = pg_tool_connect (NULL, error);
    bool done = self.db && s_look (&self, error) && s_spool (&self, error);
    if (done && !restore->dry_run)
        done = s_replace (&self, error);
    unlink (self.script);
    db_close (&self.db);
    return done;
}
