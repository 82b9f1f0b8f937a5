/* backup - everything that Fettle keeps, as of one instant, while it works: pg_dump within a snapshot of ours. */
#include "bus.h"
#include "client.h"
#include "fettle.h"
#include "json.h"
#include "manifest.h"
#include "moment.h"
#include "options.h"
#include "pg_tool.h"
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    arena_t *arena;
    db_t *db;
    const char *directory;      /* as it was asked for */
    char partial [PATH_MAX];    /* where it is until it is whole */
    manifest_t manifest;
    int64_t about_bytes;        /* of the database, on disk */
} backup_t;

static bool
s_fail_db (backup_t *self, const char *what, char error [512])
{
    return snprintf (error, 512, "%s: %.400s", what, db_error (self->db)), false;
}

/* ---- the instant */

/* Where the stream of a service stands, in the snapshot. */
static json_t *
s_describe (backup_t *self, const char *service)
{
    char schema [64];
    client_schema (service, schema);
    PGresult *lease = db_query (self->db, arena_printf (self->arena,
        "select epoch, last_sequence, (select count (*) from \"%s\".migration) from \"%s\".lease", schema, schema),
        0, NULL);
    PGresult *cursors = lease && DB_ROWS (lease) == 1 ? db_query (self->db, arena_printf (self->arena,
        "select source, sequence from \"%s\".cursor order by source", schema), 0, NULL) : NULL;
    json_t *applied = json_object (), *description = NULL;
    for (int i = 0; cursors && i < DB_ROWS (cursors); i++)
        json_object_set_new (applied, DB_VALUE (cursors, i, 0),
                             json_integer (strtoll (DB_VALUE (cursors, i, 1), NULL, 10)));
    if (cursors)
        description = json_pack ("{s:I, s:I, s:I, s:O}", "epoch",
            (json_int_t) strtoll (DB_VALUE (lease, 0, 0), NULL, 10), "lastSequence",
            (json_int_t) strtoll (DB_VALUE (lease, 0, 1), NULL, 10), "migrations",
            (json_int_t) strtoll (DB_VALUE (lease, 0, 2), NULL, 10), "cursors", applied);
    json_decref (applied);
    DB_FREE (lease);
    DB_FREE (cursors);
    return description;
}

/* Opens the transaction whose snapshot pg_dump reads, too; its name. NULL with a sentence. */
static const char *
s_open_snapshot (backup_t *self, char error [512])
{
    if (!db_run (self->db, "begin isolation level repeatable read read only"))
        return s_fail_db (self, "no snapshot can be taken", error), NULL;
    PGresult *row = db_query (self->db, "select pg_export_snapshot (), pg_database_size (current_database ())", 0,
                              NULL);
    if (!row)
        return s_fail_db (self, "no snapshot can be taken", error), NULL;
    const char *name = arena_strdup (self->arena, DB_VALUE (row, 0, 0));
    self->about_bytes = strtoll (DB_VALUE (row, 0, 1), NULL, 10);
    DB_FREE (row);
    moment_print (moment_now (), self->manifest.taken_at);
    client_id (self->manifest.id);
    snprintf (self->manifest.version, sizeof self->manifest.version, "%s", FETTLE_VERSION);
    self->manifest.services = json_object ();
    for (int i = 0; bus_services [i]; i++) {
        json_t *description = s_describe (self, bus_services [i]);
        if (!description)
            return s_fail_db (self, "the tables can not be read; has `fettle migrate` been run?", error), NULL;
        json_object_set_new (self->manifest.services, bus_services [i], description);
    }
    return name;
}

/* ---- the files */

static int
s_remove_one (const char *path, const struct stat *status, int flag, struct FTW *where)
{
    (void) status, (void) flag, (void) where;
    return remove (path);
}

static void
s_remove_partial (backup_t *self)
{
    nftw (self->partial, s_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static bool
s_make_partial (backup_t *self, char error [512])
{
    if (access (self->directory, F_OK) == 0)
        return snprintf (error, 512, "%.300s is there already: give a new name, such as %.100s-2.", self->directory,
                         self->directory), false;
    s_remove_partial (self);            /* of a backup that was interrupted */
    if (mkdir (self->partial, 0700) == 0)
        return true;
    return snprintf (error, 512, "%.400s can not be made: %s.", self->partial, strerror (errno)), false;
}

static void
s_measure (void *closure)
{
    const backup_t *self = closure;
    struct stat status;
    if (stat (arena_printf (self->arena, "%s/" MANIFEST_DUMP, self->partial), &status) == 0)
        printf ("\r  %lld KB written of a database of %lld KB  ", (long long) status.st_size / 1024,
                (long long) self->about_bytes / 1024), fflush (stdout);
}

static bool
s_dump (backup_t *self, const char *snapshot, char error [512])
{
    const char *file = arena_printf (self->arena, "%s/" MANIFEST_DUMP, self->partial);
    const char *arguments [] = { "pg_dump", "--format=custom", "--no-owner", "--exclude-schema=*_before_*",
        arena_printf (self->arena, "--snapshot=%s", snapshot), arena_printf (self->arena, "--file=%s", file),
        "-d", pg_tool_dsn (self->arena, NULL), NULL };
    return pg_tool_run (arguments, s_measure, self, error);
}

/* Reads the archive to its end, as a restore would. */
static bool
s_verify (backup_t *self, char error [512])
{
    const char *arguments [] = { "pg_restore", "--file=/dev/null",
                                 arena_printf (self->arena, "%s/" MANIFEST_DUMP, self->partial), NULL };
    return pg_tool_run (arguments, NULL, NULL, error);
}

static bool
s_keep (backup_t *self, char error [512])
{
    if (rename (self->partial, self->directory) == 0)
        return true;
    return snprintf (error, 512, "%.200s can not be renamed to %.200s: %s.", self->partial, self->directory,
                     strerror (errno)), false;
}

/* ---- the command */

static bool
s_run (backup_t *self, char error [512])
{
    const char *snapshot = s_open_snapshot (self, error);
    if (!snapshot || !s_make_partial (self, error))
        return false;
    printf ("Backing up database %s to %s\n", pg_tool_database (), self->directory);
    fflush (stdout);
    if (s_dump (self, snapshot, error) && s_verify (self, error)
        && manifest_write (self->partial, &self->manifest, error) && s_keep (self, error))
        return true;
    s_remove_partial (self);
    return false;
}

static void
s_tell (const backup_t *self)
{
    for (int i = 0; bus_services [i]; i++)
        printf ("  %-13s %10lld events\n", bus_services [i],
                (long long) manifest_number (&self->manifest, bus_services [i], "lastSequence"));
    printf ("%lld KB, as of %s, read through and checked. Keep FETTLE_KEYS with it.\n",
            (long long) self->manifest.bytes / 1024, self->manifest.taken_at);
}

int
command_backup (int argc, char **argv)
{
    char error [512];
    const option_t options [] = { { 0 } };
    int count = options_take (argc, argv, options);
    if (count < 0)
        return EXIT_USAGE;
    if (count != 1)
        return fettle_usage ("backup", "give one directory, which is made.");
    backup_t self = { .arena = arena_new (), .directory = argv [1] };
    char *end = argv [1] + strlen (argv [1]);
    while (end > argv [1] + 1 && end [-1] == '/')
        *--end = '\0';
    snprintf (self.partial, sizeof self.partial, "%s.partial", self.directory);
    if (!pg_tool_wake (false, error) || !(self.db = pg_tool_connect (NULL, error))) {
        pg_tool_sleep ();
        arena_destroy (&self.arena);
        return fettle_fail (EXIT_UNREACHABLE, "backup", "%s", error);
    }
    bool done = s_run (&self, error);
    if (done)
        s_tell (&self);
    db_close (&self.db);
    pg_tool_sleep ();
    manifest_free (&self.manifest);
    arena_destroy (&self.arena);
    return done ? EXIT_OK : fettle_fail (EXIT_NO, "backup", "%s Nothing was kept.", error);
}
