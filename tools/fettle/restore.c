#include "restore.h"
#include "bus.h"
#include "config.h"
#include "fettle.h"
#include "home.h"
#include "migrate.h"
#include "moment.h"
#include "options.h"
#include "pg_tool.h"
#include "process.h"
#include "redis.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

bool
restore_fail (db_t *db, char error [512], const char *what)
{
    return snprintf (error, 512, "%s: %.400s", what, db_error (db)), false;
}

/* ---- is anybody at work? */

static bool
s_holds_lease (restore_t *self, db_t *db, const char *service, char error [512])
{
    char schema [64];
    client_schema (service, schema);
    PGresult *row = db_query (db, arena_printf (self->arena, "select l.holder from \"%s\".lease l join "
        "pg_stat_activity a on a.pid = l.backend_pid and a.backend_start = l.backend_start "
        "where l.holder <> ''", schema), 0, NULL);
    bool holds = row && DB_ROWS (row);
    if (holds)
        snprintf (error, 512, "%s is at work (%.100s holds its lease). Stop it first: `fettle down`, or "
                  "`docker compose stop %s`, or your own service manager.", service, DB_VALUE (row, 0, 0),
                  self->service ? self->service : "<service>` for each");
    DB_FREE (row);
    return holds;
}

bool
restore_is_at_work (restore_t *self, db_t *db, const char *service, char error [512])
{
    for (int i = 0; bus_services [i]; i++)
        if ((!service || strcmp (service, bus_services [i]) == 0) && s_holds_lease (self, db, bus_services [i], error))
            return true;
    return false;
}

/* A supervisor would start services in the middle of it. */
static bool
s_is_up (char error [512])
{
    int holder = (int) process_holder (home_file ("fettle.pid"));
    if (!home.has_postgres || holder == 0)
        return false;
    snprintf (error, 512, "Fettle is running in %.300s (process %d): `fettle down` first, then the same again.",
              home.path, holder);
    return true;
}

/* ---- after the rows are back */

/* Nobody knows any more what was sent between the backup and now, so nothing that waited then is sent. */
static char *
s_hold_messages (const restore_t *self)
{
    return arena_printf (self->arena,
        "update notifier.attempt set outcome = 4, ended_at = now (), error = 'restored from a backup' "
        "where outcome = 0; "
        "update notifier.message set state = 4, doubtful = true, error = 'restored from the backup of %s, when it was "
        "waiting: it may have been sent since; RetryMessage sends it' where state in (1, 2); "
        "delete from notifier.timer where id like 'message_due:%%' or id like 'attempt_overdue:%%'; ",
        self->manifest.taken_at);
}

/* A text as an SQL literal. */
static char *
s_quoted (arena_t *arena, const char *text)
{
    char *quoted = arena_alloc (arena, strlen (text) * 2 + 3), *p = quoted;
    *p++ = '\'';
    for (; *text; text++) {
        if (*text == '\'')
            *p++ = '\'';
        *p++ = *text;
    }
    *p++ = '\'';
    *p = '\0';
    return quoted;
}

const char *
restore_settling (const restore_t *self, const char *service, int64_t floor)
{
    char schema [64];
    client_schema (service, schema);
    return arena_printf (self->arena, "update \"%s\".lease set holder = '', backend_pid = 0, renewed_at = 'epoch', "
        "epoch = greatest (epoch, %lld) + 1; %s"
        "do $do$ begin if to_regclass ('\"%s\".restoration') is not null then "        /* it may be older */
        "insert into \"%s\".restoration (kind, actor, backup_id, last_sequence, note) "
        "select 'restore', %s, %s, last_sequence, 'taken at ' || %s from \"%s\".lease; end if; end $do$;",
        schema, (long long) floor, strcmp (service, "notifier") == 0 ? s_hold_messages (self) : "", schema, schema,
        s_quoted (self->arena, client_actor ()), s_quoted (self->arena, self->manifest.id),
        s_quoted (self->arena, self->manifest.taken_at), schema);
}

bool
restore_verify (restore_t *self, db_t *db, const char *service, char error [512])
{
    char schema [64];
    client_schema (service, schema);
    int64_t wanted = manifest_number (&self->manifest, service, "lastSequence"), top = -1, last = -1;
    PGresult *row = db_query (db, arena_printf (self->arena, "select last_sequence, (select coalesce "
        "(max (last_sequence), 0) from \"%s\".segment) from \"%s\".lease", schema, schema), 0, NULL);
    if (!row)
        return restore_fail (db, error, "what was restored can not be read");
    last = strtoll (DB_VALUE (row, 0, 0), NULL, 10);
    top = strtoll (DB_VALUE (row, 0, 1), NULL, 10);
    DB_FREE (row);
    if (last == wanted && top == wanted)
        return true;
    snprintf (error, 512, "%s was restored to event %lld, its outbox to %lld, and the manifest says %lld: the backup "
              "is damaged, take another.", service, (long long) last, (long long) top, (long long) wanted);
    return false;
}

/* The index of due times belongs to another history now; services make it again. */
static void
s_forget_redis (void)
{
    redis_t *redis = redis_new (config_text ("FETTLE_REDIS", ""), config_text ("FETTLE_REDIS_PASSWORD", ""));
    if (redis_is_up (redis)) {
        redis_queue (redis, "DEL sla:due sla:due:marker engineer:positions engineer:fixes");
        redis_flush (redis);
    }
    redis_destroy (&redis);
}

/* ---- the command */

static void
s_tell_backup (const restore_t *self)
{
    printf ("The backup of %s, made by version %s, %lld KB, is whole.\n", self->manifest.taken_at,
            self->manifest.version, (long long) self->manifest.bytes / 1024);
    for (int i = 0; bus_services [i]; i++)
        if (!self->service || strcmp (self->service, bus_services [i]) == 0)
            printf ("  %-13s %10lld events\n", bus_services [i],
                    (long long) manifest_number (&self->manifest, bus_services [i], "lastSequence"));
    fflush (stdout);
}

static int
s_restore (restore_t *self)
{
    char error [512], reason [512];
    int applied;
    if (s_is_up (error) || !pg_tool_wake (true, error))
        return fettle_fail (EXIT_NO, "restore", "%s", error);
    bool done = self->service ? restore_service (self, error) : restore_database (self, error);
    if (done && !self->dry_run)
        s_forget_redis ();
    if (done && !self->dry_run && !self->service && !migrate_run (&applied, reason)) {
        done = false;
        snprintf (error, sizeof error, "the rows are back, but not up to this version: %.400s", reason);
    }
    pg_tool_sleep ();
    if (!done)
        return fettle_fail (EXIT_NO, "restore", "%s", error);
    puts (self->dry_run ? "Nothing was changed: this was --dry-run."
          : "Restored. Start the services (`fettle up`), then look at `fettle status` and `fettle audit`.");
    return EXIT_OK;
}

static void
s_stamp (restore_t *self)
{
    char text [32];
    struct tm parts;
    time_t now = (time_t) (moment_now () / 1000);
    strftime (text, sizeof text, "%Y%m%d_%H%M%S", gmtime_r (&now, &parts));
    self->stamp = arena_strdup (self->arena, text);
}

int
command_restore (int argc, char **argv)
{
    char error [512];
    restore_t self = { .over = false };
    const option_t options [] = {
        { "--service", OPTION_TEXT, &self.service, 0, 0 }, { "--over", OPTION_FLAG, &self.over, 0, 0 },
        { "--dry-run", OPTION_FLAG, &self.dry_run, 0, 0 }, { "--no-resync", OPTION_FLAG, &self.no_resync, 0,
            0 },
        { 0 } };
    int count = options_take (argc, argv, options);
    if (count < 0)
        return EXIT_USAGE;
    if (count != 1)
        return fettle_usage ("restore", "give the directory of one backup.");
    if (self.service && !client_is_service (self.service, error))
        return fettle_usage ("restore", "%s", error);
    if (!manifest_read (argv [1], &self.manifest, error))
        return fettle_fail (EXIT_NO, "restore", "%s", error);
    self.arena = arena_new ();
    self.directory = argv [1];
    self.dump = arena_printf (self.arena, "%s/" MANIFEST_DUMP, argv [1]);
    s_stamp (&self);
    s_tell_backup (&self);
    int code = s_restore (&self);
    manifest_free (&self.manifest);
    arena_destroy (&self.arena);
    return code;
}
