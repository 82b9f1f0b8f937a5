#include "home.h"
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The longest name below: "/bus/sla-watchdog.cmd". */
enum { SOCKET_PATH_MAX = 107, LONGEST_NAME = 21 };

home_t home;

/* ---- where */

static bool
s_absolute (const char *directory, char error [512])
{
    char here [PATH_MAX];
    bool is_absolute = *directory == '/';
    if (!is_absolute && !getcwd (here, sizeof here)) {
        snprintf (error, 512, "The current directory can not be read (%s): set FETTLE_HOME to an absolute path.",
                  strerror (errno));
        return false;
    }
    if (!is_absolute && strncmp (directory, "./", 2) == 0)
        directory += 2;
    int length = is_absolute ? snprintf (home.path, sizeof home.path, "%s", directory)
                             : snprintf (home.path, sizeof home.path, "%s/%s", here, directory);
    while (length > 1 && length < (int) sizeof home.path && home.path [length - 1] == '/')
        home.path [--length] = '\0';
    if (length < (int) sizeof home.path - 64)
        return true;
    snprintf (error, 512, "FETTLE_HOME is a path of %d characters: choose one of less than %d.", length,
              (int) sizeof home.path - 64);
    return false;
}

static bool
s_fits (const char *path)
{
    static const char plain [] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-";
    return strlen (path) + LONGEST_NAME <= SOCKET_PATH_MAX && strlen (path) < sizeof home.sockets
        && path [strspn (path, plain)] == '\0';
}

/* Another user's client finds the directory by the note that `up` left. */
static bool
s_read_note (void)
{
    FILE *file = fopen (home_file ("sockets"), "re");
    bool is_read = file && fgets (home.sockets, sizeof home.sockets, file);
    if (file)
        fclose (file);
    home.sockets [strcspn (home.sockets, "\n")] = '\0';
    return is_read && access (home.sockets, F_OK) == 0;
}

static void
s_hashed (void)
{
    unsigned char hash [crypto_generichash_BYTES_MIN];
    char text [17];
    const char *base = getenv ("XDG_RUNTIME_DIR");
    if (!base || geteuid () == 0 || !s_fits (base) || strlen (base) > 40 || access (base, W_OK) != 0)
        base = "/tmp";
    crypto_generichash (hash, sizeof hash, (const unsigned char *) home.path, strlen (home.path), NULL, 0);
    for (int i = 0; i < 8; i++)
        snprintf (text + 2 * i, 3, "%02x", hash [i]);
    snprintf (home.sockets, sizeof home.sockets, "%s/fettle-%d-%s", base, (int) geteuid (), text);
}

static void
s_choose_sockets (void)
{
    home.is_short = !s_fits (home.path);
    if (!home.is_short)
        snprintf (home.sockets, sizeof home.sockets, "%s", home.path);
    else if (!s_read_note ())
        s_hashed ();
}

/* ---- what follows */

static bool
s_is_set (const char *name)
{
    char file_name [64];
    const char *value = getenv (name);
    snprintf (file_name, sizeof file_name, "%s_FILE", name);
    const char *file = getenv (file_name);
    return (value && *value) || (file && *file);
}

static bool
s_default (const char *name, const char *format, ...)
{
    char value [1400];
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (value, sizeof value, format, arguments);
    va_end (arguments);
    if (s_is_set (name))
        return false;
    return setenv (name, value, 1) == 0;
}

static void
s_set_environment (void)
{
    setenv ("FETTLE_HOME", home.path, 1);
    home.has_postgres = s_default ("FETTLE_DSN", "host=%s/pg port=5432 dbname=fettle", home.sockets);
    if (home.has_postgres)
        s_default ("FETTLE_ADMIN_DSN", "host=%s/pg port=5432 dbname=fettle user=postgres", home.sockets);
    else
        s_default ("FETTLE_ADMIN_DSN", "%s", config_text ("FETTLE_DSN", ""));
    home.has_redis = s_default ("FETTLE_REDIS", "unix:%s/redis/redis.sock", home.sockets);
    home.has_bus = s_default ("FETTLE_BUS", "ipc://%s/bus/{service}.{door}", home.sockets);
    if (access (home_file ("keys/server.key_secret"), R_OK) == 0)
        s_default ("FETTLE_KEYS", "%s", home_file ("keys"));
}

bool
home_init (const char *directory, char error [512])
{
    if (sodium_init () < 0) {
        snprintf (error, 512, "This system gives no random numbers.");
        return false;
    }
    if (!s_absolute (directory ? directory : config_text ("FETTLE_HOME", "var"), error))
        return false;
    s_choose_sockets ();
    s_set_environment ();
    return true;
}

/* ---- making it */

static bool
s_make_directory (const char *path, mode_t mode, char error [512])
{
    if (mkdir (path, mode) == 0 || errno == EEXIST)
        return true;
    snprintf (error, 512, "%.300s can not be made: %s. Set FETTLE_HOME to a directory that you may write.",
              path, strerror (errno));
    return false;
}

static bool
s_make_with_parents (const char *path, char error [512])
{
    char part [PATH_MAX];
    snprintf (part, sizeof part, "%s", path);
    for (char *slash = strchr (part + 1, '/'); slash; slash = strchr (slash + 1, '/')) {
        *slash = '\0';
        if (!s_make_directory (part, 0755, error))
            return false;
        *slash = '/';
    }
    return s_make_directory (path, 0755, error);
}

/* A directory in /tmp could be someone else's trap. */
static bool
s_make_sockets (char error [512])
{
    struct stat status;
    if (!home.is_short)
        return true;
    mode_t mode = geteuid () == 0 ? 0711 : 0700;        /* root's Postgres is another user */
    if (!s_make_directory (home.sockets, mode, error))
        return false;
    if (lstat (home.sockets, &status) != 0 || !S_ISDIR (status.st_mode) || status.st_uid != geteuid ()
        || (status.st_mode & 022)) {
        snprintf (error, 512, "%s is not a directory that only this user may write: remove it.", home.sockets);
        return false;
    }
    char note [128];
    snprintf (note, sizeof note, "%s\n", home.sockets);
    if (!home_write (home_file ("sockets"), false, note, NULL) || chmod (home_file ("sockets"), 0644) != 0) {
        snprintf (error, 512, "%.300s can not be written: %s.", home_file ("sockets"), strerror (errno));
        return false;
    }
    return true;
}

bool
home_make (char error [512])
{
    char path [128];
    if (!s_make_with_parents (home.path, error) || !s_make_sockets (error))
        return false;
    if (access (home.path, W_OK | X_OK) != 0) {
        snprintf (error, 512, "%.300s may not be written by this user: set FETTLE_HOME to another directory.",
                  home.path);
        return false;
    }
    snprintf (path, sizeof path, "%s/bus", home.sockets);
    return s_make_directory (home_file ("log"), 0750, error) && s_make_directory (home_file ("run"), 0700, error)
        && s_make_directory (path, 0700, error);
}

bool
home_write (const char *file, bool append, const char *text, const struct passwd *owner)
{
    int opened = open (file, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (append ? O_APPEND : O_TRUNC), 0600);
    if (opened < 0)
        return false;
    bool done = write (opened, text, strlen (text)) == (ssize_t) strlen (text)
        && (!owner || fchown (opened, owner->pw_uid, owner->pw_gid) == 0);
    return close (opened) == 0 && done;
}

const char *
home_file (const char *format, ...)
{
    static char buffers [8] [PATH_MAX];
    static int turn;
    char *buffer = buffers [turn++ % 8];
    int used = snprintf (buffer, PATH_MAX, "%s/", home.path);
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (buffer + used, PATH_MAX - (size_t) used, format, arguments);
    va_end (arguments);
    return buffer;
}

/* ---- what came with the program */

const char *
home_binaries (void)
{
    static char path [PATH_MAX];
    ssize_t length = readlink ("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return "/usr/local/bin";
    path [length] = '\0';
    char *slash = strrchr (path, '/');
    *(slash > path ? slash : slash + 1) = '\0';
    return path;
}

const char *
home_share (void)
{
    static char found [PATH_MAX];
    static const char *const beside [] = { "../deploy/data", "../share/fettle" };
    const char *set = config_text ("FETTLE_SHARE", NULL);
    if (set)
        return access (set, R_OK) == 0 ? set : NULL;
    if (realpath ("deploy/data", found))
        return found;
    for (int i = 0; i < 2; i++) {
        char path [PATH_MAX + 32];
        snprintf (path, sizeof path, "%s/%s", home_binaries (), beside [i]);
        if (realpath (path, found))
            return found;
    }
    return NULL;
}
