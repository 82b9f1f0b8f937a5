/* up - starts everything on this machine and stays with it; down ends it. */
#include "boot.h"
#include "bus.h"
#include "config.h"
#include "fettle.h"
#include "home.h"
#include "moment.h"
#include "process.h"
#include "supervisor.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DOWN_MS = 120000 };

typedef struct { bool detached, demo; } options_t;

/* ---- one at a time */

/* The lock belongs to the open file: it stays through the fork of --detach and ends with the last who has it. */
static int
s_lock (char error [512])
{
    const char *file = home_file ("fettle.pid");
    int lock = open (file, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock >= 0 && flock (lock, LOCK_EX | LOCK_NB) == 0)
        return lock;
    if (lock >= 0)
        snprintf (error, 512, "It is running already (process %d, in %.300s). `fettle status` shows how it is, "
                  "`fettle down` stops it.",
                  (int) process_holder (file), home.path);
    else
        snprintf (error, 512, "%.300s can not be opened: %s.", file, strerror (errno));
    if (lock >= 0)
        close (lock);
    return -1;
}

static void
s_note_self (int lock)
{
    char text [32];
    int length = snprintf (text, sizeof text, "%d\n", (int) getpid ());
    if (ftruncate (lock, 0) != 0 || pwrite (lock, text, (size_t) length, 0) != length)
        perror (home_file ("fettle.pid"));
}

/* ---- in the background: the first process shows what the second says until it is ready */

static int
s_show_until_ready (int output, int result)
{
    char text [4096];
    char code = EXIT_NO;
    for (ssize_t size; (size = read (output, text, sizeof text)) > 0;)
        if (write (STDOUT_FILENO, text, (size_t) size) < 0)
            break;
    return read (result, &code, 1) == 1 ? code : EXIT_NO;
}

/* Returns in the child only, with where to write the result; -1: it can not be done. */
static int
s_detach (void)
{
    int output [2], result [2];
    if (pipe2 (output, O_CLOEXEC) != 0 || pipe2 (result, O_CLOEXEC) != 0)
        return -1;
    fflush (stdout);
    pid_t pid = fork ();
    if (pid < 0)
        return -1;
    if (pid > 0) {
        close (output [1]);
        close (result [1]);
        _exit (s_show_until_ready (output [0], result [0]));
    }
    setsid ();
    dup2 (output [1], STDOUT_FILENO);
    dup2 (output [1], STDERR_FILENO);
    close (output [0]);
    close (output [1]);
    close (result [0]);
    return result [1];
}

static void
s_move_to_log (int result, int exit_code)
{
    char code = (char) exit_code;
    fflush (stdout);
    process_rotate_log (home_file ("log/fettle.log"));
    int log = open (home_file ("log/fettle.log"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (write (result, &code, 1) != 1)
        supervisor_say ("nobody waited for the start");
    close (result);
    if (log >= 0) {
        dup2 (log, STDOUT_FILENO);
        dup2 (log, STDERR_FILENO);
        close (log);
    }
}

/* ---- from start to end */

static void
s_summary (int64_t began, bool is_detached)
{
    int services = 0;
    const char *self = fettle_program ();
    while (bus_services [services])
        services++;
    printf ("\nFettle is ready: %d services%s%s, after %.1f s.\n", services, home.has_postgres ? ", Postgres" : "",
            home.has_redis ? ", Redis" : "", (double) (moment_steady () - began) / 1000);
    printf ("  home  %s\n  logs  %s\n  bus   %s\n", home.path, home_file ("log"), config_text ("FETTLE_BUS", ""));
    if (*config_text ("FETTLE_TCP", ""))
        printf ("  tcp   %s\n", config_text ("FETTLE_TCP", ""));
    printf ("  look  %s status    %s tail    %s help\n", self, self, self);
    printf ("  stop  %s%s down\n\n", is_detached ? "" : "Ctrl-C, or ", self);
    fflush (stdout);
}

static bool
s_start_all (const options_t *options, char error [512])
{
    int64_t began = moment_steady ();
    printf ("Starting Fettle in %s\n", home.path);
    fflush (stdout);
    if (!boot_clear (error) || !boot_servers (error) || !boot_services (error))
        return false;
    boot_defaults ();
    s_summary (began, options->detached);
    static const char *const demo [] = { "demo", NULL };
    char reason [512] = "";
    int code = options->demo && !supervisor_is_stopping () ? boot_command (demo, reason) : 0;
    if (code > 0)
        snprintf (reason, sizeof reason, code > 128 ? "signal %d" : "exit code %d", code > 128 ? code - 128 : code);
    if (code != 0 && !supervisor_is_stopping ())
        supervisor_say ("the demo did not end well (%s)", reason);
    return true;
}

static int
s_live (const options_t *options, int lock)
{
    char error [512] = "";
    int result = options->detached ? s_detach () : -1;
    if (options->detached && result < 0)
        return fettle_fail (EXIT_NO, "up", "no process can be started: %s.", strerror (errno));
    s_note_self (lock);
    supervisor_init ();
    bool is_started = s_start_all (options, error);
    if (!is_started && !supervisor_is_stopping ())
        fettle_fail (EXIT_NO, "up", "%s", error);
    if (is_started && options->detached)
        s_move_to_log (result, EXIT_OK);
    while (is_started && supervisor_step (60000))
        ;
    supervisor_say ("stopping");
    supervisor_stop_all ();
    supervisor_say ("stopped");
    close (lock);
    return is_started ? EXIT_OK : EXIT_NO;
}

int
command_up (int argc, char **argv)
{
    char error [512];
    options_t options = { 0 };
    for (int i = 1; i < argc; i++)
        if (strcmp (argv [i], "-d") == 0 || strcmp (argv [i], "--detach") == 0)
            options.detached = true;
        else if (strcmp (argv [i], "--demo") == 0 || strcmp (argv [i], "--no-demo") == 0)
            options.demo = argv [i] [2] == 'd';
        else
            return fettle_usage ("up", "%s is not known here.", argv [i]);
    umask (022);
    if (!home_make (error))
        return fettle_fail (EXIT_NO, "up", "%s", error);
    int lock = s_lock (error);
    return lock < 0 ? fettle_fail (EXIT_NO, "up", "%s", error) : s_live (&options, lock);
}

/* ---- down */

int
command_down (int argc, char **argv)
{
    const char *file = home_file ("fettle.pid");
    if (argc > 1)
        return fettle_usage ("down", "%s is not known here.", argv [1]);
    pid_t pid = process_holder (file);
    for (int i = 0; i < 50 && pid < 0; i++, pid = process_holder (file))
        usleep (20000);                 /* it has just taken the lock, and not written its number yet */
    if (pid == 0)
        return fettle_fail (EXIT_NO, "down", "nothing is running in %s.", home.path);
    if (pid < 0 || kill (pid, SIGTERM) != 0)
        return fettle_fail (EXIT_NO, "down", "process %d can not be told to stop: %s.", (int) pid, strerror (errno));
    if (!process_wait_unlocked (file, DOWN_MS))
        return fettle_fail (EXIT_NO, "down", "process %d still runs after %d s; %s tells why.", (int) pid,
                            DOWN_MS / 1000,
                            home_file ("log/fettle.log"));
    printf ("Stopped.\n");
    return EXIT_OK;
}
