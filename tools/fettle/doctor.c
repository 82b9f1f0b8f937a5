/* doctor - checks everything in the order in which it is needed, and says what to do about what is wrong. */
#include "doctor.h"
#include "bus.h"
#include "fettle.h"
#include "home.h"
#include "postgres.h"
#include "redis_server.h"
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { FREE_WRONG_MB = 500, FREE_NOTE_MB = 5000, VERSION_MIN = 15 };

static int s_wrong;

static void
s_line (const char *mark, const char *format, va_list arguments)
{
    printf ("%-6s ", mark);
    vprintf (format, arguments);
    putchar ('\n');
}

void
doctor_ok (const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    s_line ("ok", format, arguments);
    va_end (arguments);
}

void
doctor_note (const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    s_line ("note", format, arguments);
    va_end (arguments);
}

void
doctor_wrong (const char *what_to_do, const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    s_line ("WRONG", format, arguments);
    va_end (arguments);
    printf ("       -> %s\n", what_to_do);
    s_wrong++;
}

/* ---- programs */

static void
s_check_binaries (void)
{
    char path [PATH_MAX + 64];
    int found = 0, count = 0;
    for (; bus_services [count]; count++) {
        snprintf (path, sizeof path, "%s/fettle-%s", home_binaries (), bus_services [count]);
        if (access (path, X_OK) == 0)
            found++;
        else
            doctor_wrong ("Build it with `make all`, or install it beside fettle.", "%s is missing", path);
    }
    if (found == count)
        doctor_ok ("programs of all %d services in %s", count, home_binaries ());
}

static void
s_check_postgres_package (void)
{
    const char *path = postgres_binaries (postgres_data_version ());
    const char *digit = path ? strpbrk (path, "0123456789") : NULL;
    if (!path)
        doctor_wrong ("`make deps` installs it; or set FETTLE_DSN to a Postgres that runs.",
                      "Postgres is not installed");
    else if (digit && strtol (digit, NULL, 10) < VERSION_MIN)
        doctor_wrong ("Install a newer one.", "%s: Postgres %d or newer is needed", path, VERSION_MIN);
    else
        doctor_ok ("Postgres in %s", path);
}

static void
s_check_packages (void)
{
    char error [512];
    const struct passwd *user;
    if (home.has_postgres)
        s_check_postgres_package ();
    if (home.has_postgres && !postgres_user (&user, error))
        doctor_wrong ("Install postgresql, or run as a normal user.", "%s", error);
    if (home.has_redis && !redis_server_program ())
        doctor_wrong ("`make deps` installs it; or set FETTLE_REDIS to one that runs.", "Redis is not installed");
    else if (home.has_redis)
        doctor_ok ("Redis in %s", redis_server_program ());
    if (access ("/usr/share/zoneinfo/Europe/Rome", R_OK) == 0)
        doctor_ok ("time zones in /usr/share/zoneinfo");
    else
        doctor_wrong ("Install tzdata.", "there are no time zones in /usr/share/zoneinfo");
}

/* ---- home */

static void
s_check_space (void)
{
    struct statvfs disk;
    if (!home.has_postgres)
        return;                 /* what grows is elsewhere */
    if (statvfs (home.path, &disk) != 0)
        return doctor_wrong ("Check the disk.", "%s: %s", home.path, strerror (errno));
    unsigned long long free_mb = (unsigned long long) disk.f_bavail * disk.f_frsize / (1024 * 1024);
    if (free_mb < FREE_WRONG_MB)
        doctor_wrong ("Free some: when it is full nothing can be accepted.", "only %llu MB are free in %s",
                      free_mb, home.path);
    else if (free_mb < FREE_NOTE_MB)
        doctor_note ("%llu MB are free in %s; events are kept, so it fills", free_mb, home.path);
    else
        doctor_ok ("%llu MB free in %s", free_mb, home.path);
}

static void
s_check_private (const char *path)
{
    struct stat status;
    if (stat (path, &status) == 0 && (status.st_mode & 077))
        doctor_wrong ("`chmod go-rwx` it: no other user may enter there.", "%s has mode %03o", path,
                      status.st_mode & 0777);
}

static void
s_check_home (void)
{
    char sockets [128];
    if (access (home.path, F_OK) != 0)
        return doctor_note ("%s does not exist; `fettle up` makes it", home.path);
    if (access (home.path, W_OK | X_OK) != 0)
        return doctor_wrong ("Run as its owner, or choose another FETTLE_HOME.",
                             "%s may not be written by this user", home.path);
    doctor_ok ("home %s%s%s", home.path, home.is_short ? ", sockets in " : "", home.is_short ? home.sockets : "");
    s_check_private (home_file ("postgres"));
    s_check_private (home_file ("run"));
    s_check_private (home_file ("keys"));
    snprintf (sockets, sizeof sockets, "%s/bus", home.sockets);
    s_check_private (sockets);
    s_check_space ();
}

int
command_doctor (int argc, char **argv)
{
    if (argc > 1)
        return fettle_usage ("doctor", "%s is not known here.", argv [1]);
    s_check_binaries ();
    s_check_packages ();
    s_check_home ();
    doctor_database ();
    doctor_doors ();
    doctor_services ();
    printf (s_wrong ? "\n%d wrong.\n" : "\nAll is well.\n", s_wrong);
    return s_wrong ? EXIT_NO : EXIT_OK;
}
