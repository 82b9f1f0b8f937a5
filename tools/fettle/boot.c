#include "boot.h"
#include "bus.h"
#include "bus_address.h"
#include "bus_keys.h"
#include "config.h"
#include "fettle.h"
#include "health.h"
#include "home.h"
#include "migrate.h"
#include "moment.h"
#include "postgres.h"
#include "redis_server.h"
#include "supervisor.h"
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STAGE_POSTGRES, STAGE_REDIS, STAGE_SERVICES };
enum { POSTGRES_PATIENCE_MS = 60000, REDIS_PATIENCE_MS = 5000, DRAIN_MS = 10000, PATIENCE_MS = 3000,
       READY_MS = 60000, ENDS_MAX = 5, ARGUMENTS_MAX = 16 };

/* ---- what was left over */

bool
boot_clear (char error [512])
{
    for (int i = 0; bus_services [i]; i++)
        if (!process_end_leftover (bus_services [i], SIGTERM, DRAIN_MS, error))
            return false;
    return process_end_leftover ("redis", SIGTERM, REDIS_PATIENCE_MS, error)
        && process_end_leftover ("postgres", SIGINT, POSTGRES_PATIENCE_MS, error);
}

/* ---- servers */

static pid_t
s_start_postgres (const char *name, char error [512])
{
    (void) name;
    return postgres_start (error);
}

static pid_t
s_start_redis (const char *name, char error [512])
{
    (void) name;
    return redis_server_start (error);
}

/* The last line of a log usually says why. */
static const char *
s_last_line (const char *name)
{
    static char line [400];
    char next [400];
    FILE *file = fopen (home_file ("log/%s.log", name), "re");
    line [0] = '\0';
    if (file && fseek (file, -4096, SEEK_END) != 0)
        rewind (file);
    while (file && fgets (next, sizeof next, file))
        if (next [0] > ' ')
            memcpy (line, next, sizeof line);
    if (file)
        fclose (file);
    line [strcspn (line, "\n")] = '\0';
    return line;
}

static bool
s_wait_server (const char *name, bool (*is_ready) (void), char error [512])
{
    int64_t until = moment_steady () + READY_MS;
    while (!is_ready ()) {
        if (!supervisor_step (50)) {
            snprintf (error, 512, "stopped");
            return false;
        }
        if (moment_steady () > until || supervisor_ends_of (name) >= 3) {
            snprintf (error, 512, "%s does not become ready: see %.200s. Its last line: %.200s", name,
                      home_file ("log/%s.log", name), s_last_line (name));
            return false;
        }
    }
    return true;
}

static bool
s_boot_postgres (char error [512])
{
    process_rotate_log (home_file ("log/postgres.log"));
    return postgres_prepare (error)
        && supervisor_add ("postgres", STAGE_POSTGRES, s_start_postgres, SIGINT, POSTGRES_PATIENCE_MS, error)
        && s_wait_server ("postgres", postgres_is_ready, error);
}

static bool
s_boot_redis (char error [512])
{
    process_rotate_log (home_file ("log/redis.log"));
    return redis_server_prepare (error)
        && supervisor_add ("redis", STAGE_REDIS, s_start_redis, SIGTERM, REDIS_PATIENCE_MS, error)
        && s_wait_server ("redis", redis_server_is_ready, error);
}

bool
boot_servers (char error [512])
{
    int applied;
    return (!home.has_postgres || s_boot_postgres (error)) && (!home.has_redis || s_boot_redis (error))
        && migrate_run (&applied, error);
}

/* ---- services */

static const char *
s_program (const char *service)
{
    static char path [PATH_MAX + 64];
    snprintf (path, sizeof path, "%s/fettle-%s", home_binaries (), service);
    return path;
}

static pid_t
s_start_service (const char *name, char error [512])
{
    const char *arguments [] = { s_program (name), NULL };
    return process_start (&(process_spec_t) {
        .name = name, .arguments = arguments, .log_file = home_file ("log/%s.log", name),
        .death_signal = SIGKILL,        /* nobody writes unwatched; a crash loses nothing */
    }, error);
}

/* Doors on the network need keys: the deployment's own pair is made here, those of clients by `fettle keys`. */
static bool
s_make_keys (char error [512])
{
    static const char *const names [] = { "FETTLE_BUS", "FETTLE_BIND", "FETTLE_TCP" };
    bool is_tcp = false;
    for (int i = 0; i < 3; i++)
        is_tcp |= bus_is_tcp (config_text (names [i], ""));
    if (!is_tcp || *config_text ("FETTLE_KEYS", ""))
        return true;
    return bus_keys_make_server (home_file ("keys"), error) && setenv ("FETTLE_KEYS", home_file ("keys"), 1) == 0;
}

static bool
s_start_services (char error [512])
{
    for (int i = 0; bus_services [i]; i++) {
        if (access (s_program (bus_services [i]), X_OK) != 0) {
            snprintf (error, 512, "%.300s is missing: build it with `make all`.", s_program (bus_services [i]));
            return false;
        }
        process_rotate_log (home_file ("log/%s.log", bus_services [i]));
        if (!supervisor_add (bus_services [i], STAGE_SERVICES, s_start_service, SIGTERM, DRAIN_MS, error))
            return false;
    }
    return true;
}

/* "" when all are ready; else who is not, and why. */
static void
s_who_is_not_ready (char ret_who [512])
{
    arena_t *arena = arena_new ();
    health_t health [HEALTH_MAX];
    int count = health_ask (arena, 400, health), used = 0;
    ret_who [0] = '\0';
    for (int i = 0; i < count && used < 400; i++)
        if (!health [i].status)
            used += snprintf (ret_who + used, 512 - (size_t) used, "%s%s does not answer", used ? "; " : "",
                              health [i].service);
        else if (!health [i].status->ready)
            used += snprintf (ret_who + used, 512 - (size_t) used, "%s%s: %.100s", used ? "; " : "", health [i].service,
                              health [i].status->reason);
    arena_destroy (&arena);
}

static bool
s_keeps_ending (char error [512])
{
    for (int i = 0; bus_services [i]; i++)
        if (supervisor_ends_of (bus_services [i]) >= ENDS_MAX) {
            snprintf (error, 512, "%s keeps ending. Its last line: %s", bus_services [i],
                      s_last_line (bus_services [i]));
            return true;
        }
    return false;
}

/* One look: 1 ready, 0 not yet, -1 never. Says who is waited for when it takes long, once for each change. */
static int
s_look (int64_t began, char said [512], char error [512])
{
    char who [512];
    int64_t waited_ms = moment_steady () - began;
    s_who_is_not_ready (who);
    if (!*who)
        return 1;
    if (waited_ms > PATIENCE_MS && strcmp (who, said) != 0) {
        supervisor_say ("waiting: %s", who);
        memcpy (said, who, sizeof who);
    }
    if (waited_ms > READY_MS)
        snprintf (error, 512, "Not ready after %d s: %.400s.", READY_MS / 1000, who);
    return waited_ms > READY_MS || s_keeps_ending (error) ? -1 : 0;
}

bool
boot_services (char error [512])
{
    char said [512] = "";
    int ready = 0;
    if (!s_make_keys (error) || !s_start_services (error))
        return false;
    for (int64_t began = moment_steady (); !(ready = s_look (began, said, error));)
        if (!supervisor_step (50)) {
            snprintf (error, 512, "stopped");
            return false;
        }
    return ready > 0;
}

/* ---- after that */

int
boot_command (const char *const *arguments, char error [512])
{
    char self [PATH_MAX + 16];
    const char *all [ARGUMENTS_MAX] = { self }, *program = fettle_program ();
    if (strchr (program, '/'))
        snprintf (self, sizeof self, "%s", program);        /* what it prints then is short */
    else
        snprintf (self, sizeof self, "%s/fettle", home_binaries ());
    for (int i = 0; arguments [i] && i < ARGUMENTS_MAX - 2; i++)
        all [i + 1] = arguments [i];
    return supervisor_run (&(process_spec_t) { .arguments = all, .death_signal = SIGTERM }, error);
}

void
boot_defaults (void)
{
    char error [512] = "", folder [PATH_MAX + 16];
    const char *share = home_share (), *marker = home_file ("defaults.loaded");
    snprintf (folder, sizeof folder, "%s/defaults", share ? share : "");
    if (access (marker, F_OK) == 0)
        return;
    if (!share || access (folder, R_OK) != 0)
        return supervisor_say ("no defaults found: set FETTLE_SHARE to the directory that has defaults/, "
                               "then `fettle load` them");
    const char *arguments [] = { "load", folder, NULL };
    int code = boot_command (arguments, error);
    if (code == 0 && home_write (marker, false, "", NULL))
        return;
    if (!*error)
        snprintf (error, sizeof error, "exit code %d", code);
    supervisor_say ("the defaults were not loaded (%s): repair what it says, then `fettle load %s`", error, folder);
}
