/* migrate - brings the database to this version, or tells whether it is. */
#include "migrate.h"
#include "bus.h"
#include "config.h"
#include "db_dsn.h"
#include "fettle.h"
#include "migration.h"
#include "moment.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct { int applied, wrong; } tally_t;

static const char s_unreachable [] = "Postgres can not be reached (FETTLE_ADMIN_DSN): ";

static const char *
s_password_of (const char *service)
{
    char name [96];
    int used = snprintf (name, sizeof name, "FETTLE_PASSWORD_%s", service);
    for (int i = 0; i < used; i++)
        name [i] = name [i] == '-' ? '_' : (char) toupper ((unsigned char) name [i]);
    return config_text (name, config_text ("FETTLE_PASSWORD", NULL));
}

static void
s_say_applied (void *closure, const char *service, const char *name, migration_state_t state, const char *applied_at)
{
    (void) state, (void) applied_at;
    ((tally_t *) closure)->applied++;
    printf ("  %-14s %s\n", service, name);
    fflush (stdout);                    /* in order with what other processes print */
}

static db_t *
s_connect (char error [512])
{
    bool made;
    const char *dsn = config_text ("FETTLE_ADMIN_DSN", ""), *password = config_text ("FETTLE_ADMIN_PASSWORD", NULL);
    if (!migration_make_database (dsn, password, &made, error))
        return NULL;
    if (made)
        printf ("  database made\n");
    return db_open (dsn, NULL, NULL, password, error);
}

bool
migrate_run (int *ret_applied, char error [512])
{
    tally_t tally = { 0 };
    char reason [512];
    db_t *db = s_connect (reason);
    if (!db) {
        reason [strcspn (reason, "\n")] = '\0';
        snprintf (error, 512, "%s%.400s", strncmp (reason, "the database", 12) == 0 ? "" : s_unreachable, reason);
        return false;
    }
    bool done = migration_lock (db, error) && migration_prepare_database (db, error);
    for (int i = 0; done && bus_services [i]; i++)
        done = migration_apply (db, bus_services [i], s_password_of (bus_services [i]), s_say_applied, &tally, error);
    db_close (&db);
    *ret_applied = tally.applied;
    return done;
}

/* ---- --status */

static void
s_say_state (void *closure, const char *service, const char *name, migration_state_t state, const char *applied_at)
{
    static const char *const words [] = { "pending", "applied", "CHANGED since it was applied",
                                          "applied by a newer version" };
    if (state == MIGRATION_PENDING || state == MIGRATION_CHANGED)
        ((tally_t *) closure)->wrong++;
    printf ("  %-14s %-32s %s%s%s\n", service, name, words [state], *applied_at ? " at " : "", applied_at);
}

static int
s_status (void)
{
    tally_t tally = { 0 };
    char error [512];
    db_t *db = db_open (config_text ("FETTLE_ADMIN_DSN", ""), NULL, NULL,
                        config_text ("FETTLE_ADMIN_PASSWORD", NULL), error);
    if (!db)
        return fettle_fail (EXIT_UNREACHABLE, "migrate", "%s%.*s", s_unreachable, (int) strcspn (error, "\n"), error);
    bool told = true;
    for (int i = 0; told && bus_services [i]; i++)
        told = migration_each (db, bus_services [i], s_say_state, &tally, error);
    db_close (&db);
    if (!told)
        return fettle_fail (EXIT_NO, "migrate", "%s", error);
    return tally.wrong ? EXIT_NO : EXIT_OK;
}

/* ---- the command */

static bool
s_wait_for_postgres (int64_t wait_s)
{
    char error [512], dsn [2048];
    int64_t until = moment_steady () + wait_s * 1000;
    db_dsn_set (config_text ("FETTLE_ADMIN_DSN", ""), "dbname", "postgres", dsn, sizeof dsn);
    do {
        db_t *db = db_open (dsn, NULL, NULL, config_text ("FETTLE_ADMIN_PASSWORD", NULL), error);
        if (db)
            return db_close (&db), true;
        usleep (250000);
    } while (moment_steady () < until);
    return false;
}

static int
s_apply (int64_t wait_s)
{
    char error [512];
    int applied;
    if (wait_s)
        s_wait_for_postgres (wait_s);
    if (!migrate_run (&applied, error)) {
        bool is_unreachable = strncmp (error, s_unreachable, sizeof s_unreachable - 1) == 0;
        return fettle_fail (is_unreachable ? EXIT_UNREACHABLE : EXIT_NO, "migrate", "%s", error);
    }
    printf (applied ? "%d migrations applied; the database is up to date.\n" : "The database is up to date.\n",
            applied);
    return EXIT_OK;
}

int
command_migrate (int argc, char **argv)
{
    bool only_status = false;
    int64_t wait_s = 0;
    for (int i = 1; i < argc; i++) {
        char *end = NULL;
        if (strcmp (argv [i], "--status") == 0)
            only_status = true;
        else if (strcmp (argv [i], "--wait") != 0 || i + 1 == argc)
            return fettle_usage ("migrate", "%s is not known here.", argv [i]);
        else if ((wait_s = strtoll (argv [++i], &end, 10)) < 1 || *end || wait_s > 3600)
            return fettle_usage ("migrate", "--wait %s: give seconds from 1 to 3600.", argv [i]);
    }
    return only_status ? s_status () : s_apply (wait_s);
}
