#include "process.h"
#include "home.h"
#include "moment.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOG_MAX = 10 * 1024 * 1024, NOT_STARTED = 127 };

/* ---- in the child, between fork and exec: system calls only */

/* One capability survives the change of user: to pass through directories. Containers often have only the second. */
static void
s_keep_reach (void)
{
    int capability = prctl (PR_CAPBSET_READ, CAP_DAC_READ_SEARCH) == 1 ? CAP_DAC_READ_SEARCH : CAP_DAC_OVERRIDE;
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct data [2] = { { 0 }, { 0 } };
    data [0].effective = data [0].permitted = data [0].inheritable = 1u << capability;
    syscall (SYS_capset, &header, data);
    prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
}

static bool
s_become (const struct passwd *user, bool reads_all)
{
    if (reads_all)
        prctl (PR_SET_KEEPCAPS, 1);
    if (setgroups (0, NULL) != 0 || setgid (user->pw_gid) != 0 || setuid (user->pw_uid) != 0)
        return false;
    if (reads_all)
        s_keep_reach ();
    return true;
}

static void
s_redirect (int log)
{
    int nothing = open ("/dev/null", O_RDONLY);
    if (nothing >= 0)
        dup2 (nothing, STDIN_FILENO);
    if (log >= 0) {
        dup2 (log, STDOUT_FILENO);
        dup2 (log, STDERR_FILENO);
    }
}

static _Noreturn void
s_child (const process_spec_t *spec, int log, int lock, pid_t parent)
{
    sigset_t none;
    sigemptyset (&none);
    sigprocmask (SIG_SETMASK, &none, NULL);
    signal (SIGPIPE, SIG_DFL);
    setpgid (0, 0);
    s_redirect (log);
    if (lock >= 0)
        fcntl (lock, F_SETFD, 0);
    if ((spec->user && !s_become (spec->user, spec->reads_all)) || (spec->directory && chdir (spec->directory) != 0))
        _exit (NOT_STARTED);
    prctl (PR_SET_PDEATHSIG, spec->death_signal);       /* after the change of user, which clears it */
    if (getppid () != parent)
        _exit (NOT_STARTED);
    execv (spec->arguments [0], (char *const *) spec->arguments);
    dprintf (STDERR_FILENO, "%s can not be run: %s\n", spec->arguments [0], strerror (errno));
    _exit (NOT_STARTED);
}

/* ---- pid files */

static const char *
s_pid_file (const char *name)
{
    return home_file ("run/%s.pid", name);
}

/* -1: another holds it. The lock belongs to the open file, which the child inherits. */
static int
s_lock (const char *name, char error [512])
{
    const char *file = s_pid_file (name);
    int lock = open (file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0)
        snprintf (error, 512, "%.300s can not be opened: %s.", file, strerror (errno));
    else if (flock (lock, LOCK_EX | LOCK_NB) != 0) {
        snprintf (error, 512, "%s is still running from an earlier start (%.300s).", name, file);
        close (lock);
        lock = -1;
    }
    return lock;
}

static bool
s_is_locked (int file)
{
    return flock (file, LOCK_SH | LOCK_NB) != 0;
}

pid_t
process_holder (const char *file)
{
    char text [32] = "";
    int opened = open (file, O_RDONLY | O_CLOEXEC);
    if (opened < 0)
        return errno == ENOENT ? 0 : -1;
    pid_t holder = 0;
    if (s_is_locked (opened))
        holder = read (opened, text, sizeof text - 1) > 0 ? (pid_t) strtol (text, NULL, 10) : -1;
    close (opened);
    return holder;
}

bool
process_wait_unlocked (const char *file, int timeout_ms)
{
    int64_t until = moment_steady () + timeout_ms;
    while (process_holder (file) != 0) {
        if (moment_steady () >= until)
            return false;
        usleep (20000);
    }
    return true;
}

bool
process_end_leftover (const char *name, int signal, int patience_ms, char error [512])
{
    const char *file = s_pid_file (name);
    pid_t holder = process_holder (file);
    if (holder == 0)
        return true;
    if (holder > 1)
        kill (holder, signal);
    if (process_wait_unlocked (file, patience_ms))
        return true;
    if (holder > 1)
        kill (-holder, SIGKILL), kill (holder, SIGKILL);
    if (process_wait_unlocked (file, 5000))
        return true;
    snprintf (error, 512, "%s (process %d) is left over from an earlier start and can not be ended: end it, then "
              "try again.", name, (int) holder);
    return false;
}

/* ---- starting */

static int
s_open_log (const char *file, char error [512])
{
    int log = open (file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (log < 0)
        snprintf (error, 512, "%.300s can not be opened: %s.", file, strerror (errno));
    return log;
}

static void
s_close (int file)
{
    if (file >= 0)
        close (file);
}

static void
s_note_pid (int lock, pid_t pid)
{
    char text [32];
    int length = snprintf (text, sizeof text, "%d\n", (int) pid);
    if (ftruncate (lock, 0) == 0 && pwrite (lock, text, (size_t) length, 0) != length)
        perror ("fettle: a pid file can not be written");
}

pid_t
process_start (const process_spec_t *spec, char error [512])
{
    int log = spec->log_file ? s_open_log (spec->log_file, error) : -1;
    if (spec->log_file && log < 0)
        return -1;
    int lock = spec->name ? s_lock (spec->name, error) : -1;
    pid_t pid = -1, self = getpid ();
    if (!spec->name || lock >= 0) {
        pid = fork ();
        if (pid == 0)
            s_child (spec, log, lock, self);
        if (pid < 0)
            snprintf (error, 512, "no process can be started: %s.", strerror (errno));
        else if (lock >= 0)
            s_note_pid (lock, pid);
    }
    s_close (log);
    s_close (lock);
    return pid;
}

int
process_run (const process_spec_t *spec, char error [512])
{
    int status;
    pid_t pid = process_start (spec, error);
    if (pid < 0)
        return -1;
    while (waitpid (pid, &status, 0) < 0)
        if (errno != EINTR) {
            snprintf (error, 512, "%s was lost: %s.", spec->arguments [0], strerror (errno));
            return -1;
        }
    return WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
}

const char *
process_end (int wait_status)
{
    static char text [80];
    if (WIFSIGNALED (wait_status))
        snprintf (text, sizeof text, "killed by signal %d (%s)", WTERMSIG (wait_status),
                  strsignal (WTERMSIG (wait_status)));
    else
        snprintf (text, sizeof text, "exit code %d", WEXITSTATUS (wait_status));
    return text;
}

/* ---- files */

static bool
s_may_enter (const struct passwd *user, const struct stat *status)
{
    if (status->st_uid == user->pw_uid)
        return status->st_mode & S_IXUSR;
    if (status->st_gid == user->pw_gid)
        return status->st_mode & S_IXGRP;
    return status->st_mode & S_IXOTH;
}

bool
process_may_reach (const struct passwd *user, const char *path)
{
    char part [PATH_MAX];
    struct stat status;
    snprintf (part, sizeof part, "%s", path);
    for (char *slash; (slash = strrchr (part, '/')) && slash > part;) {
        *slash = '\0';
        if (stat (part, &status) != 0 || !s_may_enter (user, &status))
            return false;
    }
    return true;
}

void
process_rotate_log (const char *file)
{
    char old [PATH_MAX + 2];
    struct stat status;
    snprintf (old, sizeof old, "%s.1", file);
    if (stat (file, &status) == 0 && status.st_size > LOG_MAX && rename (file, old) != 0)
        perror (file);
}
