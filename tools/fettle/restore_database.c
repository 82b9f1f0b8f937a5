/* restore_database - all schemas, into a database beside the one in use; then the two change names. */
#include "restore.h"
#include "bus.h"
#include "config.h"
#include "migration.h"
#include "pg_tool.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    restore_t *restore;
    const char *name, *beside, *before;
    db_t *server;                       /* the database postgres */
    bool is_there, is_empty;
    int64_t floors [32];                /* epochs of the state before */
} job_t;

static bool
s_on_server (job_t *self, char error [512], const char *what, const char *sql)
{
    return db_run (self->server, sql) || restore_fail (self->server, error, what);
}

/* ---- what is there already */

static bool
s_look (job_t *self, char error [512])
{
    PGresult *row = db_query (self->server, "select from pg_database where datname = $1", 1, &self->name);
    self->is_there = row && DB_ROWS (row);
    DB_FREE (row);
    self->is_empty = true;
    if (!self->is_there)
        return true;
    db_t *db = pg_tool_connect (self->name, error);
    if (!db)
        return false;
    PGresult *tables = db_query (db, "select count (*) from pg_tables where schemaname not in ('pg_catalog', "
                                 "'information_schema')", 0, NULL);
    self->is_empty = tables && strcmp (DB_VALUE (tables, 0, 0), "0") == 0;
    bool is_read = tables != NULL, is_at_work = is_read && restore_is_at_work (self->restore, db, NULL, error);
    for (int i = 0; is_read && bus_services [i] && i < 32; i++) {
        char schema [64];
        client_schema (bus_services [i], schema);
        PGresult *epoch = db_query (db, arena_printf (self->restore->arena, "select epoch from \"%s\".lease", schema),
                                    0, NULL);
        self->floors [i] = epoch && DB_ROWS (epoch) ? strtoll (DB_VALUE (epoch, 0, 0), NULL, 10) : 0;
        DB_FREE (epoch);
    }
    DB_FREE (tables);
    if (!is_read)
        restore_fail (db, error, "the database can not be read");
    db_close (&db);
    return is_read && !is_at_work;
}

static bool
s_may (job_t *self, char error [512])
{
    if (!s_look (self, error))
        return false;
    if (self->is_empty || self->restore->over)
        return true;
    snprintf (error, 512, "the database %s is not empty. --over restores all the same, and keeps what is there as %s.",
              self->name, self->before);
    return false;
}

/* ---- into a database beside it */

static bool
s_make_roles (job_t *self, char error [512])
{
    for (int i = 0; bus_services [i]; i++)
        if (!migration_make_role (self->server, bus_services [i], NULL, error))
            return false;
    return true;
}

static void
s_measure (void *closure)
{
    job_t *self = closure;
    PGresult *row = db_query (self->server, "select pg_database_size ($1) / 1024", 1, &self->beside);
    if (row)
        printf ("\r  %s KB in the new database  ", DB_VALUE (row, 0, 0)), fflush (stdout);
    DB_FREE (row);
}

static bool
s_fill (job_t *self, char error [512])
{
    restore_t *restore = self->restore;
    const char *arguments [] = { "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", "-d",
                                 pg_tool_dsn (restore->arena, self->beside), restore->dump, NULL };
    arena_t *arena = restore->arena;
    return s_on_server (self, error, "an interrupted restore can not be removed",
                        arena_printf (arena, "drop database if exists \"%s\"", self->beside))
        && s_on_server (self, error, "a database can not be made",
                        arena_printf (arena, "create database \"%s\" " MIGRATION_NEW_DATABASE, self->beside))
        && pg_tool_run (arguments, s_measure, self, error);
}

static void
s_say_unknown (void *closure, const char *service, const char *name, migration_state_t state, const char *applied_at)
{
    char *error = closure;
    (void) applied_at;
    if (state == MIGRATION_UNKNOWN || state == MIGRATION_CHANGED)
        snprintf (error, 512, "the backup holds migration %s of %s, which this program %s: restore with the version "
                  "that made the backup.", name, service,
                  state == MIGRATION_UNKNOWN ? "does not know" : "has otherwise");
}

static bool
s_settle (job_t *self, char error [512])
{
    db_t *db = pg_tool_connect (self->beside, error);
    bool done = db != NULL;
    *error = '\0';
    for (int i = 0; done && bus_services [i]; i++)
        done = migration_each (db, bus_services [i], s_say_unknown, error, error) && !*error
            && restore_verify (self->restore, db, bus_services [i], error);
    for (int i = 0; done && bus_services [i]; i++)
        done = db_run (db, restore_settling (self->restore, bus_services [i], self->floors [i]))
            || restore_fail (db, error, "what follows a restore can not be done");
    db_close (&db);
    return done;
}

/* ---- and then the two change names, both or neither */

static bool
s_swap (job_t *self, char error [512])
{
    arena_t *arena = self->restore->arena;
    if (self->is_there && self->is_empty
        && !s_on_server (self, error, "the empty database can not be replaced",
                         arena_printf (arena, "drop database \"%s\"", self->name)))
        return false;
    bool is_kept = self->is_there && !self->is_empty;
    char *away = is_kept ? arena_printf (arena, "alter database \"%s\" rename to \"%s\"; ", self->name, self->before)
        : "";
    if (!s_on_server (self, error, "the database can not be replaced: is anybody still connected to it?",
                      arena_printf (arena, "%salter database \"%s\" rename to \"%s\"", away, self->beside, self->name)))
        return false;
    if (is_kept)
        printf ("What was there is kept as database %s: drop it when nobody needs it any more.\n", self->before);
    return true;
}

bool
restore_database (restore_t *restore, char error [512])
{
    arena_t *arena = restore->arena;
    job_t self = { .restore = restore, .name = pg_tool_database () };
    self.beside = arena_printf (arena, "%s_restoring", self.name);
    self.before = arena_printf (arena, "%s_before_%s", self.name, restore->stamp);
    self.server = pg_tool_connect ("postgres", error);
    bool done = self.server && s_may (&self, error) && s_make_roles (&self, error) && s_fill (&self, error)
        && s_settle (&self, error);
    if (done && !restore->dry_run)
        done = s_swap (&self, error);
    if (self.server && (!done || restore->dry_run))
        db_run (self.server, arena_printf (arena, "drop database if exists \"%s\"", self.beside));
    db_close (&self.server);
    return done;
}
