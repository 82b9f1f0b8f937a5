#include "supervisor.h"
#include "moment.h"
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHILDREN_MAX = 32, BACKOFF_MIN_MS = 200, BACKOFF_MAX_MS = 5000, SETTLED_MS = 30000 };

typedef struct {
    const char *name;
    int stage, stop_signal, patience_ms;
    supervised_fn *start;
    pid_t pid;                  /* 0: not running */
    int ends, backoff_ms;
    int64_t started_at, start_at;
} child_t;

static child_t s_children [CHILDREN_MAX];
static int s_count, s_stop_requests;
static bool s_is_ending;
static pid_t s_task;
static int s_task_status;

void
supervisor_say (const char *format, ...)
{
    char now [MOMENT_SIZE];
    va_list arguments;
    moment_print (moment_now (), now);
    printf ("%.8s  ", now + 11);
    va_start (arguments, format);
    vprintf (format, arguments);
    va_end (arguments);
    putchar ('\n');
    fflush (stdout);
}

static void
s_signals (sigset_t *ret_signals)
{
    sigemptyset (ret_signals);
    sigaddset (ret_signals, SIGCHLD);
    sigaddset (ret_signals, SIGTERM);
    sigaddset (ret_signals, SIGINT);
    sigaddset (ret_signals, SIGHUP);
}

void
supervisor_init (void)
{
    sigset_t signals;
    s_signals (&signals);
    sigprocmask (SIG_BLOCK, &signals, NULL);
}

bool supervisor_is_stopping (void) { return s_stop_requests > 0; }

/* ---- starting, and starting again */

static bool
s_start (child_t *child, char error [512])
{
    child->started_at = moment_steady ();
    pid_t pid = child->start (child->name, error);
    child->pid = pid > 0 ? pid : 0;
    return pid > 0;
}

bool
supervisor_add (const char *name, int stage, supervised_fn *start, int stop_signal, int patience_ms, char error [512])
{
    if (s_count == CHILDREN_MAX)
        return false;
    child_t *child = &s_children [s_count++];
    *child = (child_t) { .name = name, .stage = stage, .start = start, .stop_signal = stop_signal,
                         .patience_ms = patience_ms };
    if (s_start (child, error))
        return true;
    s_count--;
    return false;
}

static void
s_start_later (child_t *child, const char *reason)
{
    int64_t now = moment_steady ();
    bool was_settled = now - child->started_at > SETTLED_MS;
    child->backoff_ms = was_settled || !child->backoff_ms ? BACKOFF_MIN_MS : child->backoff_ms * 2;
    if (child->backoff_ms > BACKOFF_MAX_MS)
        child->backoff_ms = BACKOFF_MAX_MS;
    child->start_at = now + child->backoff_ms;
    child->ends++;
    supervisor_say ("%s ended (%s); starting it again in %.1f s", child->name, reason, child->backoff_ms / 1000.0);
}

static void
s_start_due (void)
{
    char error [512];
    for (child_t *c = s_children; c < s_children + s_count; c++)
        if (!c->pid && moment_steady () >= c->start_at && !s_start (c, error))
            s_start_later (c, error);
}

int
supervisor_ends_of (const char *name)
{
    for (int i = 0; i < s_count; i++)
        if (strcmp (s_children [i].name, name) == 0)
            return s_children [i].ends;
    return 0;
}

/* ---- watching */

static void
s_note_end (pid_t pid, int status)
{
    if (pid == s_task) {
        s_task = 0;
        s_task_status = status;
        return;
    }
    for (child_t *c = s_children; c < s_children + s_count; c++)
        if (c->pid == pid) {
            c->pid = 0;
            if (!s_is_ending)
                s_start_later (c, process_end (status));
        }
}

static void
s_reap (void)
{
    int status;
    for (pid_t pid; (pid = waitpid (-1, &status, WNOHANG)) > 0;)
        s_note_end (pid, status);
}

static int64_t
s_next_start (int64_t until)
{
    for (int i = 0; i < s_count; i++)
        if (!s_children [i].pid && s_children [i].start_at < until)
            until = s_children [i].start_at;
    return until;
}

static void
s_wait (int64_t until)
{
    sigset_t signals;
    s_signals (&signals);
    int64_t ms = until - moment_steady ();
    struct timespec timeout = { ms > 0 ? ms / 1000 : 0, ms > 0 ? ms % 1000 * 1000000 : 0 };
    int number = sigtimedwait (&signals, NULL, &timeout);
    if (number > 0 && number != SIGCHLD)
        s_stop_requests++;
    s_reap ();
}

bool
supervisor_step (int timeout_ms)
{
    int64_t until = moment_steady () + timeout_ms;
    do {
        s_wait (s_next_start (until));
        if (s_stop_requests)
            return false;
        s_start_due ();
    } while (moment_steady () < until);
    return true;
}

int
supervisor_run (const process_spec_t *spec, char error [512])
{
    s_task = process_start (spec, error);
    if (s_task < 0)
        return s_task = 0, -1;
    pid_t task = s_task;
    while (s_task && supervisor_step (50))
        ;
    if (s_task) {
        kill (-task, SIGTERM);
        snprintf (error, 512, "stopped");
        return -1;
    }
    return WIFEXITED (s_task_status) ? WEXITSTATUS (s_task_status) : 128 + WTERMSIG (s_task_status);
}

/* ---- stopping */

static void
s_signal_stage (int stage, int number)
{
    for (child_t *c = s_children; c < s_children + s_count; c++)
        if (c->stage == stage && c->pid) {
            if (number)
                supervisor_say ("%s did not stop in time and is killed", c->name);
            kill (c->pid, number ? number : c->stop_signal);
        }
}

static bool
s_is_running (int stage)
{
    for (child_t *c = s_children; c < s_children + s_count; c++)
        if (c->stage == stage && c->pid)
            return true;
    return false;
}

static void
s_stop_stage (int stage, int patience_ms)
{
    int requests = s_stop_requests;
    int64_t until = moment_steady () + patience_ms;
    s_signal_stage (stage, 0);
    while (s_is_running (stage) && moment_steady () < until && s_stop_requests <= requests)
        s_wait (moment_steady () + 100);
    s_signal_stage (stage, SIGKILL);
    while (s_is_running (stage))
        s_wait (moment_steady () + 100);
}

void
supervisor_stop_all (void)
{
    int latest = 0;
    s_is_ending = true;
    for (int i = 0; i < s_count; i++)
        latest = s_children [i].stage > latest ? s_children [i].stage : latest;
    for (int stage = latest; stage >= 0; stage--) {
        int patience_ms = 0;
        for (int i = 0; i < s_count; i++)
            if (s_children [i].stage == stage && s_children [i].patience_ms > patience_ms)
                patience_ms = s_children [i].patience_ms;
        s_stop_stage (stage, patience_ms);
    }
}
