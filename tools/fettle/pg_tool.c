#include "pg_tool.h"
#include "config.h"
#include "db_dsn.h"
#include "home.h"
#include "migration.h"
#include "moment.h"
#include "postgres.h"
#include "process.h"
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READY_MS = 60000, WORDS_MAX = 32 };

static pid_t s_woken;           /* the private Postgres that runs for this command only; 0: none */

/* ---- a Postgres that answers */

static bool
s_start_private (char error [512])
{
    if (!home_make (error) || !postgres_prepare (error) || (s_woken = postgres_start (error)) < 0)
        return s_woken = 0, false;
    for (int64_t until = moment_steady () + READY_MS; moment_steady () < until; usleep (50000)) {
        if (postgres_is_ready ())
            return true;
        if (waitpid (s_woken, NULL, WNOHANG) == s_woken) {
            s_woken = 0;
            break;
        }
    }
    snprintf (error, 512, "the private Postgres does not start: see %.300s.", home_file ("log/postgres.log"));
    pg_tool_sleep ();
    return false;
}

bool
pg_tool_wake (bool is_making, char error [512])
{
    const char *password = config_text ("FETTLE_ADMIN_PASSWORD", NULL);
    if (password)
        setenv ("PGPASSWORD", password, 1);
    if (!home.has_postgres || postgres_is_ready ())
        return true;
    if (!is_making && postgres_data_version () == 0) {
        snprintf (error, 512, "there is no database in %.300s: nothing was ever started there. Set FETTLE_HOME, or "
                  "FETTLE_ADMIN_DSN.", home.path);
        return false;
    }
    return s_start_private (error);
}

void
pg_tool_sleep (void)
{
    if (s_woken <= 0)
        return;
    kill (s_woken, SIGINT);
    while (waitpid (s_woken, NULL, 0) < 0 && errno == EINTR)
        ;
    s_woken = 0;
}

const char *
pg_tool_database (void)
{
    static char name [128];
    snprintf (name, sizeof name, "fettle");
    db_dsn_get (config_text ("FETTLE_ADMIN_DSN", ""), "dbname", name, sizeof name);
    return name;
}

const char *
pg_tool_dsn (arena_t *arena, const char *database)
{
    char dsn [2048];
    db_dsn_set (config_text ("FETTLE_ADMIN_DSN", ""), "dbname", database ? database : pg_tool_database (), dsn,
                sizeof dsn);
    return arena_strdup (arena, dsn);
}

db_t *
pg_tool_connect (const char *database, char error [512])
{
    char reason [512];
    arena_t *arena = arena_new ();
    db_t *db = db_open (pg_tool_dsn (arena, database), NULL, NULL, config_text ("FETTLE_ADMIN_PASSWORD", NULL),
                        reason);
    if (!db)
        snprintf (error, 512, "Postgres can not be reached (FETTLE_ADMIN_DSN): %.*s",
                  (int) strcspn (reason, "\n"), reason);
    arena_destroy (&arena);
    return db;
}

/* ---- its programs */

static void
s_last_words (const char *log, char words [400])
{
    char line [400];
    FILE *file = fopen (log, "re");
    words [0] = '\0';
    while (file && fgets (line, sizeof line, file))
        if (line [0] > ' ' && strcasestr (line, "error"))
            memcpy (words, line, sizeof line);
    if (file)
        fclose (file);
    words [strcspn (words, "\n")] = '\0';
}

static int
s_wait (pid_t pid, pg_tool_measure_fn *measure, void *closure)
{
    int status, pauses = 0;
    bool is_shown = measure && isatty (STDOUT_FILENO);
    for (pid_t ended; (ended = waitpid (pid, &status, is_shown ? WNOHANG : 0)) != pid; usleep (100000)) {
        if (ended < 0 && errno != EINTR)
            return -1;
        if (is_shown && ++pauses % 10 == 0)
            measure (closure);
    }
    if (is_shown && pauses >= 10)
        putchar ('\n');
    return status;
}

bool
pg_tool_run (const char *const *arguments, pg_tool_measure_fn *measure, void *closure, char error [512])
{
    char log [] = "/tmp/fettle-pg-XXXXXX", words [400];
    const char *full [WORDS_MAX] = { postgres_client (arguments [0]) };
    if (!full [0])
        return snprintf (error, 512, "%s is not installed: install the package postgresql-client.", arguments [0]),
            false;
    for (int i = 1; arguments [i] && i < WORDS_MAX - 1; i++)
        full [i] = arguments [i];
    int file = mkstemp (log);
    process_spec_t spec = { .arguments = full, .log_file = file >= 0 ? log : NULL, .death_signal = SIGTERM };
    pid_t pid = process_start (&spec, error);
    int status = pid < 0 ? -1 : s_wait (pid, measure, closure);
    s_last_words (log, words);
    if (file >= 0)
        close (file), unlink (log);
    if (pid >= 0 && status != 0)
        snprintf (error, 512, "%s: %.400s", arguments [0], *words ? words : process_end (status));
    return pid >= 0 && status == 0;
}
