/* campaign - many runs: the kept seeds, then new ones until the time is over, as many at once as there are cores. */
#include "world.h"
#include "check.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum { JOBS_MAX = 64, SEEDS_MAX = 1000, WORDS_MAX = 20, TELL_S = 10, SEEN_OFTEN = 300 };

typedef struct { char name [64]; options_t options; } kept_t;
typedef struct { int pid; options_t options; const char *name; result_t *result; } job_t;

typedef struct {
    options_t options;
    int64_t began, until, told_at;
    job_t jobs [JOBS_MAX];
    int job_count, running;
    kept_t *kept;
    int kept_count, next_kept;
    uint64_t next_seed;
    int64_t runs_left;              /* below 0: until the time is over */
    int passed, failed;
    result_t total;
} campaign_t;

static int64_t
s_seconds (void)
{
    struct timespec now;
    clock_gettime (CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/* ---- kept seeds: a file each, its first line the options */

static bool
s_read_kept (const char *directory, const char *name, kept_t *ret_kept)
{
    char path [512], line [512], *words [WORDS_MAX], *rest = NULL;
    int count = 0;
    snprintf (path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen (path, "re");
    bool ok = file && fgets (line, sizeof line, file);
    if (file)
        fclose (file);
    if (!ok)
        return false;
    for (char *word = strtok_r (line, " \n", &rest); word && count < WORDS_MAX; word = strtok_r (NULL, " \n", &rest))
        words [count++] = word;
    snprintf (ret_kept->name, sizeof ret_kept->name, "%.60s", name);
    return options_read (&ret_kept->options, count, words);
}

static void
s_find_kept (campaign_t *self, const char *directory)
{
    struct dirent **entries;
    int count = scandir (directory, &entries, NULL, alphasort);
    self->kept = calloc (SEEDS_MAX, sizeof *self->kept);
    check (self->kept);
    for (int i = 0; i < count; i++) {
        const char *name = entries [i]->d_name;
        if (*name != '.' && self->kept_count < SEEDS_MAX) {
            if (s_read_kept (directory, name, &self->kept [self->kept_count]))
                self->kept_count++;
            else
                printf ("not ok - %s/%s has no options in its first line\n", directory, name), self->failed++;
        }
        free (entries [i]);
    }
    if (count >= 0)
        free (entries);
}

/* ---- jobs */

static bool
s_begin_job (campaign_t *self, job_t *job)
{
    job->options = self->options;
    job->name = NULL;
    if (self->next_kept < self->kept_count) {
        job->options = self->kept [self->next_kept].options;
        job->name = self->kept [self->next_kept++].name;
    } else if (self->runs_left > 0 || (self->runs_left < 0 && s_seconds () < self->until)) {
        job->options.seed = self->next_seed++;
        self->runs_left -= self->runs_left > 0;
    } else
        return false;
    trial_begin (&job->options, job->result, &job->pid);
    self->running++;
    return true;
}

static void
s_add (result_t *total, const result_t *one)
{
    total->day += one->day, total->steps += one->steps, total->commits += one->commits;
    total->events += one->events, total->commands += one->commands;
    for (int f = 0; f < FAULTS; f++)
        total->faults [f] += one->faults [f];
    if (one->kind_count > total->kind_count) {
        memcpy (total->kinds, one->kinds, sizeof total->kinds);
        total->kind_count = one->kind_count;
    }
    for (int k = 0; k < one->kind_count; k++) {
        total->seen [k] += one->seen [k];
        for (int f = 0; f < FAULTS; f++)
            total->met [k] [f] += one->met [k] [f];
    }
}

static int64_t
s_faults (const result_t *result)
{
    int64_t count = 0;
    for (int f = 0; f < FAULTS; f++)
        count += result->faults [f];
    return count;
}

static void
s_end_job (campaign_t *self, job_t *job, int status)
{
    result_t *result = job->result;
    trial_end (status, &job->options, result);
    job->pid = 0;
    self->running--;
    s_add (&self->total, result);
    printf ("%s - seed %llu%s%s: %lld days, %lld events, %lld faults", result->failed ? "not ok" : "ok",
        (unsigned long long) result->seed, job->name ? ", kept: " : "", job->name ? job->name : "",
        (long long) result->day, (long long) result->events, (long long) s_faults (result));
    if (!result->failed) {
        printf ("\n");
        self->passed++;
        return;
    }
    self->failed++;
    printf ("\n#   %s in step %lld: %s\n", result->invariant, (long long) result->steps, result->sentence);
    trial_shrink (job->options, result);
}

static void
s_tell_progress (campaign_t *self)
{
    int64_t now = s_seconds ();
    if (now < self->told_at + TELL_S)
        return;
    self->told_at = now;
    int64_t days = self->total.day, steps = self->total.steps, faults = s_faults (&self->total);
    for (int i = 0; i < self->job_count; i++)
        if (self->jobs [i].pid) {
            days += self->jobs [i].result->day;
            steps += self->jobs [i].result->steps;
            faults += s_faults (self->jobs [i].result);
        }
    printf ("# %lld s: %lld company-days, %lld steps, %lld faults, %lld days a minute\n",
        (long long) (now - self->began), (long long) days, (long long) steps, (long long) faults,
        (long long) (days * 60 / (now > self->began ? now - self->began : 1)));
}

static void
s_wait (campaign_t *self)
{
    int status, pid = waitpid (-1, &status, WNOHANG);
    s_tell_progress (self);
    if (pid <= 0) {
        nanosleep (&(struct timespec) { 0, 20000000 }, NULL);
        return;
    }
    for (int i = 0; i < self->job_count; i++)
        if (self->jobs [i].pid == pid)
            s_end_job (self, &self->jobs [i], status);
}

/* ---- what is said at the end */

static void
s_same_twice (campaign_t *self)
{
    result_t *first = trial_result (), *second = trial_result ();
    options_t options = self->options;
    options.days = 1;
    trial (&options, first);
    trial (&options, second);
    bool same = first->steps == second->steps
        && memcmp (first->digests, second->digests, sizeof first->digests) == 0;
    printf ("%s - the same seed is the same company: %lld steps, %lld events, every row\n", same ? "ok" : "not ok",
        (long long) first->steps, (long long) first->events);
    *(same ? &self->passed : &self->failed) += 1;
}

static void
s_print_row (const result_t *total, int kind)
{
    printf ("# %-58.58s %8lld", total->kinds [kind] + strlen ("fettle."), (long long) total->seen [kind]);
    for (int f = 0; f < FAULTS; f++)
        printf (" %6lld", (long long) total->met [kind] [f]);
    printf ("\n");
}

static void
s_print_coverage (campaign_t *self)
{
    const result_t *total = &self->total;
    int spared = 0, absent = 0;
    printf ("# %-58s %8s", "which events met which faults", "said");
    for (int f = 0; f < FAULTS; f++)
        printf (" %6.6s", fault_name ((fault_t) f));
    printf ("\n");
    for (int k = 0; k < total->kind_count; k++) {
        int64_t met = 0;
        for (int f = 0; f < FAULTS; f++)
            met += total->met [k] [f];
        if (total->seen [k])
            s_print_row (total, k);
        absent += !total->seen [k];
        if (total->seen [k] >= SEEN_OFTEN && !met)
            printf ("#   %s was said %lld times and never met a fault\n", total->kinds [k],
                (long long) total->seen [k]), spared++;
    }
    printf ("# %d kinds were never said:", absent);
    for (int k = 0; k < total->kind_count; k++)
        if (!total->seen [k])
            printf (" %s", strrchr (total->kinds [k], '.') + 1);
    printf ("\n%s - every kind of event that was said %d times met a fault\n", spared ? "not ok" : "ok", SEEN_OFTEN);
    *(spared ? &self->failed : &self->passed) += 1;
}

int
campaign (const options_t *options, const plan_of_runs_t *plan, int jobs)
{
    campaign_t *self = calloc (1, sizeof *self);
    check (self);
    self->options = *options;
    self->job_count = jobs < 1 ? 1 : jobs > JOBS_MAX ? JOBS_MAX : jobs;
    self->began = self->told_at = s_seconds ();
    self->until = self->began + plan->seconds;
    self->runs_left = plan->runs ? plan->runs : -1;
    self->next_seed = plan->runs ? (uint64_t) plan->first : (uint64_t) time (NULL) * 1000;
    for (int i = 0; i < self->job_count; i++)
        self->jobs [i].result = trial_result ();
    s_find_kept (self, plan->seeds);
    s_same_twice (self);
    for (;;) {
        for (int i = 0; i < self->job_count; i++)
            if (!self->jobs [i].pid)
                s_begin_job (self, &self->jobs [i]);
        if (!self->running)
            break;
        s_wait (self);
    }
    s_print_coverage (self);
    int64_t took = s_seconds () - self->began;
    printf ("# %lld company-days, %lld steps, %lld commits, %lld events, %lld commands, %lld faults in %lld s\n",
        (long long) self->total.day, (long long) self->total.steps, (long long) self->total.commits,
        (long long) self->total.events, (long long) self->total.commands, (long long) s_faults (&self->total),
        (long long) took);
    printf ("%d passed, %d failed\n", self->passed, self->failed);
    int failed = self->failed;
    free (self->kept);
    free (self);
    return failed;
}
