#include "postgres.h"
#include "config.h"
#include "db.h"
#include "db_dsn.h"
#include "home.h"
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <glob.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char s_settings [] =
    "# Written by `fettle up` at each start. Your own: in postgresql.conf, below the line that includes this.\n"
    "listen_addresses = ''\n"
    "unix_socket_directories = '%s/pg'\n"
    "unix_socket_permissions = 0700\n"
    "port = 5432\n"
    "max_connections = 100\n"
    "shared_buffers = 128MB\n"
    "fsync = on\n"
    "full_page_writes = on\n"
    "synchronous_commit = on\n"
    "wal_compression = lz4\n"
    "max_wal_size = 2GB\n"
    "checkpoint_timeout = 10min\n"
    "jit = off\n"
    "timezone = 'UTC'\n"
    "log_timezone = 'UTC'\n"
    "log_destination = 'stderr'\n"
    "logging_collector = off\n"
    "log_line_prefix = '%%m %%u '\n"
    "log_min_error_statement = panic\n";

/* ---- what is installed */

bool
postgres_user (const struct passwd **ret_user, char error [512])
{
    static struct passwd copy;
    *ret_user = NULL;
    if (geteuid () != 0)
        return true;
    const struct passwd *user = getpwnam ("postgres");
    if (!user || user->pw_uid == 0) {
        snprintf (error, 512, "Postgres does not run as root, and there is no user postgres to run it as: install "
                  "postgresql, or run fettle as a normal user.");
        return false;
    }
    copy = *user;
    *ret_user = &copy;
    return true;
}

/* ".../16/bin" is 16; a directory without a number is as good as version 1. */
static int
s_version_of (const char *path, const char *name)
{
    char program [PATH_MAX];
    snprintf (program, sizeof program, "%s/%s", path, name);
    if (access (program, X_OK) != 0)
        return 0;
    const char *digit = strpbrk (path, "0123456789");
    int version = digit ? (int) strtol (digit, NULL, 10) : 0;
    return version ? version : 1;
}

static void
s_take_better (const char *pattern, const char *program, int major, int *best, char *ret_path)
{
    glob_t found;
    if (glob (pattern, 0, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        int version = s_version_of (found.gl_pathv [i], program);
        if (version > *best && (!major || version == major || version == 1)) {
            *best = version;
            snprintf (ret_path, PATH_MAX, "%s", found.gl_pathv [i]);
        }
    }
    globfree (&found);
}

static const char *
s_directory_of (const char *program, int major)
{
    static char path [PATH_MAX];
    static const char *const patterns [] = { "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/bin",
                                             "/usr/bin" };
    int best = 0;
    for (int i = 0; i < 4 && best <= 1; i++)
        s_take_better (patterns [i], program, major, &best, path);
    return best ? path : NULL;
}

const char *
postgres_binaries (int major)
{
    return s_directory_of ("initdb", major);
}

const char *
postgres_client (const char *program)
{
    static char path [PATH_MAX + 64];
    const char *directory = s_directory_of (program, 0);
    snprintf (path, sizeof path, "%s/%s", directory ? directory : "", program);
    return directory ? path : NULL;
}

int
postgres_data_version (void)
{
    char text [16] = "";
    FILE *file = fopen (home_file ("postgres/PG_VERSION"), "re");
    if (!file)
        return 0;
    int version = fgets (text, sizeof text, file) ? (int) strtol (text, NULL, 10) : 0;
    fclose (file);
    return version;
}

static const char *
s_binaries (char error [512])
{
    int major = postgres_data_version ();
    const char *path = postgres_binaries (major);
    if (!path && major)
        snprintf (error, 512, "The data in %.200s is of Postgres %d, which is not installed: install postgresql-%d.",
                  home_file ("postgres"), major, major);
    else if (!path)
        snprintf (error, 512, "Postgres is not installed (no initdb in /usr/lib/postgresql/*/bin): install postgresql, "
                  "or set FETTLE_DSN to one that runs.");
    return path;
}

/* ---- making the cluster */

static bool
s_make_directory (const char *path, const struct passwd *user, char error [512])
{
    if (mkdir (path, 0700) != 0 && errno != EEXIST) {
        snprintf (error, 512, "%.300s can not be made: %s.", path, strerror (errno));
        return false;
    }
    if (!user || chown (path, user->pw_uid, user->pw_gid) == 0)
        return true;
    snprintf (error, 512, "%.300s can not be given to the user %s: %s.", path, user->pw_name, strerror (errno));
    return false;
}

static int
s_remove_one (const char *path, const struct stat *status, int flag, struct FTW *where)
{
    (void) status, (void) flag, (void) where;
    return remove (path);
}

static process_spec_t
s_spec (const char *const *arguments, const char *log_file, const struct passwd *user)
{
    return (process_spec_t) {
        .arguments = arguments, .log_file = log_file, .directory = "/", .user = user, .death_signal = SIGINT,
        .reads_all = user && !process_may_reach (user, home_file ("postgres")),
    };
}

/* Made beside and moved into place, so that an interrupted first start leaves nothing half-made. */
static bool
s_initdb (const char *binaries, const struct passwd *user, char error [512])
{
    char program [PATH_MAX + 16];
    const char *made = home_file ("postgres.new"), *log = home_file ("log/postgres.log");
    snprintf (program, sizeof program, "%s/initdb", binaries);
    nftw (made, s_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (!s_make_directory (made, user, error))
        return false;
    const char *arguments [] = { program, "-D", made, "-U", "postgres", "--auth-local=trust",
                                 "--auth-host=reject", "-E", "UTF8",
                                 "--locale=C.UTF-8", "--data-checksums", NULL };
    process_spec_t spec = s_spec (arguments, log, user);
    error [0] = '\0';
    int code = process_run (&spec, error);
    if (code == 0 && rename (made, home_file ("postgres")) == 0)
        return true;
    if (!*error)
        snprintf (error, 512, "initdb failed (exit code %d): see %.200s.%s", code, log,
                  spec.reads_all ? " The user postgres may not enter the directories above: `chmod o+x` them, or "
                  "choose another FETTLE_HOME." : "");
    return false;
}

static bool
s_configure (bool is_new, const struct passwd *user, char error [512])
{
    char text [4096];
    snprintf (text, sizeof text, s_settings, home.sockets);
    if (home_write (home_file ("postgres/fettle.conf"), false, text, user)
        && (!is_new || home_write (home_file ("postgres/postgresql.conf"), true, "\ninclude 'fettle.conf'\n", user)))
        return true;
    snprintf (error, 512, "%.300s can not be written: %s. Was it made by another user? Then run as that one, or "
              "choose another FETTLE_HOME.", home_file ("postgres/fettle.conf"), strerror (errno));
    return false;
}

bool
postgres_prepare (char error [512])
{
    const struct passwd *user;
    char sockets [128];
    const char *binaries = s_binaries (error);
    snprintf (sockets, sizeof sockets, "%s/pg", home.sockets);
    if (!binaries || !postgres_user (&user, error) || !s_make_directory (sockets, user, error))
        return false;
    bool is_new = postgres_data_version () == 0;
    if (is_new && access (home_file ("postgres"), F_OK) == 0 && geteuid () != 0
        && access (home_file ("postgres"), R_OK | X_OK) != 0) {
        snprintf (error, 512, "%.300s belongs to another user: run as that one, or choose another FETTLE_HOME.",
                  home_file ("postgres"));
        return false;
    }
    if (is_new)
        printf ("  making a private Postgres in %s\n", home_file ("postgres")), fflush (stdout);
    return (!is_new || s_initdb (binaries, user, error)) && s_configure (is_new, user, error);
}

/* ---- running it */

/* After a power cut the number in postmaster.pid may be another process's by now: Postgres would refuse to start. */
static void
s_forget_dead_postmaster (void)
{
    char text [32] = "", link [64], where [PATH_MAX] = "", data [PATH_MAX];
    const char *file = home_file ("postgres/postmaster.pid");
    FILE *opened = fopen (file, "re");
    if (!opened)
        return;
    long pid = fgets (text, sizeof text, opened) ? strtol (text, NULL, 10) : 0;
    fclose (opened);
    snprintf (link, sizeof link, "/proc/%ld/cwd", pid);
    ssize_t length = readlink (link, where, sizeof where - 1);
    bool is_ours = length > 0 && realpath (home_file ("postgres"), data) && strcmp (where, data) == 0;
    if (pid > 0 && !is_ours && (length > 0 || errno == ENOENT))
        unlink (file);
}

pid_t
postgres_start (char error [512])
{
    char program [PATH_MAX + 16];
    const struct passwd *user;
    const char *binaries = s_binaries (error);
    if (!binaries || !postgres_user (&user, error))
        return -1;
    snprintf (program, sizeof program, "%s/postgres", binaries);
    const char *arguments [] = { program, "-D", home_file ("postgres"), NULL };
    process_spec_t spec = s_spec (arguments, home_file ("log/postgres.log"), user);
    spec.name = "postgres";
    s_forget_dead_postmaster ();
    return process_start (&spec, error);
}

bool
postgres_is_ready (void)
{
    char dsn [2048], error [512];
    db_dsn_set (config_text ("FETTLE_ADMIN_DSN", ""), "dbname", "postgres", dsn, sizeof dsn);
    db_t *db = db_open (dsn, NULL, NULL, config_text ("FETTLE_ADMIN_PASSWORD", NULL), error);
    bool is_ready = db != NULL;
    db_close (&db);
    return is_ready;
}
