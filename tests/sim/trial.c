/* trial - a run in a process of its own, and the search for the shortest one that breaks the same. */
#include "world.h"
#include "check.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LAST_LINES = 60, NARROWING = 12 };

result_t *
trial_result (void)
{
    result_t *result = mmap (NULL, sizeof *result, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    check (result != MAP_FAILED);
    return result;
}

void
trial_begin (const options_t *options, result_t *shared, int *ret_pid)
{
    memset (shared, 0, sizeof *shared);
    fflush (stdout);
    *ret_pid = fork ();
    check (*ret_pid >= 0);
    if (*ret_pid)
        return;
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    run_seed (options, shared);
    if (shared->failed && options->tell && !options->trace)
        trace_print (world, LAST_LINES);
    fflush (stdout);
    _exit (0);
}

void
trial_end (int status, const options_t *options, result_t *shared)
{
    shared->seed = options->seed;
    if (shared->done)
        return;
    shared->failed = true;
    if (*shared->invariant)             /* broken, and then it fell */
        return;
    snprintf (shared->invariant, sizeof shared->invariant, "abort");
    snprintf (shared->sentence, sizeof shared->sentence, WIFSIGNALED (status) ? "the program ended by signal %d"
        : "the program ended with exit code %d", WIFSIGNALED (status) ? WTERMSIG (status) : WEXITSTATUS (status));
}

void
trial (const options_t *options, result_t *shared)
{
    int pid, status;
    trial_begin (options, shared, &pid);
    check (waitpid (pid, &status, 0) == pid);
    trial_end (status, options, shared);
}

void
trial_print_options (const options_t *options)
{
    int on = 0;
    printf ("--seed %llu --days %lld", (unsigned long long) options->seed, (long long) options->days);
    for (int f = 0; f < FAULTS; f++)
        on += options->on [f];
    if (options->faults_from)
        printf (" --faults-from %lld", (long long) options->faults_from);
    if (options->faults_until)
        printf (" --faults-until %lld", (long long) options->faults_until);
    if (on == FAULTS)
        return;
    printf (" --faults ");
    if (!on)
        printf ("none");
    for (int f = 0, first = 1; f < FAULTS; f++)
        if (options->on [f])
            printf ("%s%s", first ? "" : ",", fault_name ((fault_t) f)), first = 0;
}

static bool
s_breaks (const options_t *options, const char *invariant, result_t *result)
{
    trial (options, result);
    return result->failed && strcmp (result->invariant, invariant) == 0;
}

static void
s_without_kinds (options_t *options, const char *invariant, result_t *result)
{
    options_t calm = *options;
    memset (calm.on, 0, sizeof calm.on);
    if (s_breaks (&calm, invariant, result)) {
        *options = calm;                /* nothing has to go wrong for it */
        return;
    }
    for (int f = 0; f < FAULTS; f++) {
        if (!options->on [f])
            continue;
        options->on [f] = false;
        options->on [f] = !s_breaks (options, invariant, result);
    }
}

/* The last step from which on faults may begin, then the first one after which none needs to. */
static void
s_without_steps (options_t *options, const char *invariant, int64_t last, result_t *result)
{
    int64_t low = 0, high = last;
    for (int i = 0; i < NARROWING && low + 1 < high; i++) {
        options->faults_until = (low + high) / 2;
        if (s_breaks (options, invariant, result))
            high = options->faults_until;
        else
            low = options->faults_until;
    }
    options->faults_until = high;
    int64_t until = high;
    for (low = 0, high = until; low + 1 < high;) {
        options->faults_from = (low + high) / 2;
        if (s_breaks (options, invariant, result))
            low = options->faults_from;
        else
            high = options->faults_from;
        if (high - low <= until >> NARROWING)
            break;
    }
    options->faults_from = low;
}

void
trial_shrink (options_t options, const result_t *broken)
{
    result_t *result = trial_result ();
    options.days = broken->day + 1;
    options.tell = options.trace = false;
    printf ("#   looking for a shorter story ...\n");
    fflush (stdout);
    s_without_kinds (&options, broken->invariant, result);
    bool is_calm = true;
    for (int f = 0; f < FAULTS; f++)
        is_calm &= !options.on [f];
    if (!is_calm && s_breaks (&options, broken->invariant, result))
        s_without_steps (&options, broken->invariant, result->steps, result);
    options.tell = true;
    printf ("#   the last lines of fettle-sim ");
    trial_print_options (&options);
    printf ("\n");
    trial (&options, result);
    printf ("#   %s in step %lld: %s\n", result->invariant, (long long) result->steps, result->sentence);
    munmap (result, sizeof *result);
}
