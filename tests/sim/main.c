/* fettle-sim - the whole company in one process, under faults, again and again.
 *
 *   fettle-sim [--minutes M | --seconds S | --first N --runs R] [--jobs J] [--days D] [--seeds DIRECTORY]
 *                              the kept seeds, then new ones for so long, or R of them from N on
 *   fettle-sim --seed N [--days D] [--steps S] [--faults a,b|none] [--faults-from S] [--faults-until S] [--trace] */
#include "world.h"
#include "check.h"
#include <errno.h>
#include <malloc.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DAYS = 5, SECONDS = 60, KEPT_BYTES = 256 * 1024 * 1024 };

typedef struct { int64_t jobs; bool one; plan_of_runs_t plan; } task_t;

static bool
s_faults (options_t *self, const char *list)
{
    memset (self->on, 0, sizeof self->on);
    if (strcmp (list, "none") == 0)
        return true;
    for (const char *p = list; *p;) {
        size_t length = strcspn (p, ",");
        int f = 0;
        while (f < FAULTS && (strlen (fault_name ((fault_t) f)) != length
                              || strncmp (fault_name ((fault_t) f), p, length) != 0))
            f++;
        if (f == FAULTS) {
            fprintf (stderr, "there is no fault \"%.*s\": take from", (int) length, p);
            for (f = 0; f < FAULTS; f++)
                fprintf (stderr, " %s", fault_name ((fault_t) f));
            return fprintf (stderr, "\n"), false;
        }
        self->on [f] = true;
        p += length + (p [length] == ',');
    }
    return true;
}

static bool
s_number (const char *name, const char *text, int64_t *ret_value)
{
    char *end;
    errno = 0;
    *ret_value = strtoll (text, &end, 10);
    if (!errno && *text && !*end && *ret_value >= 0)
        return true;
    fprintf (stderr, "%s takes a number of 0 or more, not \"%s\"\n", name, text);
    return false;
}

/* true: it was one of a run's own; ret_ok: and good. */
static bool
s_take (options_t *self, const char *name, const char *value, bool *ret_ok)
{
    int64_t seed = (int64_t) self->seed;
    struct { const char *name; int64_t *value; } numbers [] = { { "--seed", &seed }, { "--days", &self->days },
        { "--steps", &self->steps }, { "--faults-from", &self->faults_from },
        { "--faults-until", &self->faults_until } };
    if (strcmp (name, "--faults") == 0)
        return *ret_ok = s_faults (self, value), true;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (strcmp (name, numbers [i].name) == 0) {
            *ret_ok = s_number (name, value, numbers [i].value);
            self->seed = (uint64_t) seed;
            return true;
        }
    return false;
}

bool
options_read (options_t *self, int count, char **words)
{
    bool ok = count % 2 == 0;
    *self = (options_t) { .seed = 1, .days = DAYS };
    memset (self->on, 1, sizeof self->on);
    for (int i = 0; i + 1 < count && ok; i += 2)
        if (!s_take (self, words [i], words [i + 1], &ok))
            return false;
    return ok;
}

static bool
s_read (int argc, char **argv, options_t *options, task_t *task)
{
    char *rest [32];
    int count = 0;
    int64_t minutes = -1;
    bool trace = false, ok = true;
    struct { const char *name; int64_t *value; } numbers [] = { { "--minutes", &minutes },
        { "--seconds", &task->plan.seconds }, { "--jobs", &task->jobs }, { "--first", &task->plan.first },
        { "--runs", &task->plan.runs }, { NULL, NULL } };
    for (int i = 1; i < argc && count < 30 && ok; i++) {
        const char *value = i + 1 < argc ? argv [i + 1] : "";
        int n = 0;
        while (numbers [n].name && strcmp (argv [i], numbers [n].name) != 0)
            n++;
        if (strcmp (argv [i], "--trace") == 0)
            trace = true;
        else if (numbers [n].name)
            ok = s_number (argv [i++], value, numbers [n].value);
        else if (strcmp (argv [i], "--seeds") == 0)
            task->plan.seeds = value, i++;
        else {
            task->one |= strcmp (argv [i], "--seed") == 0;
            rest [count++] = argv [i];
        }
    }
    task->plan.seconds = minutes >= 0 ? minutes * 60 : task->plan.seconds;
    ok = ok && options_read (options, count, rest);
    options->trace = options->tell = trace;
    return ok;
}

static int
s_one (options_t *options)
{
    result_t *result = trial_result ();
    trial (options, result);
    printf ("%s - seed %llu: %lld days, %lld steps, %lld commits, %lld events, %lld commands\n",
        result->failed ? "not ok" : "ok", (unsigned long long) options->seed, (long long) result->day,
        (long long) result->steps, (long long) result->commits, (long long) result->events,
        (long long) result->commands);
    if (result->failed)
        printf ("#   %s in step %lld: %s\n", result->invariant, (long long) result->steps, result->sentence);
    for (int s = 0; s < SIM_SERVICES && !result->failed; s++)
        printf ("#   %-12s %016llx\n", sim_service_name ((sim_service_t) s),
            (unsigned long long) result->digests [s]);
    for (int f = 0; f < FAULTS; f++)
        if (result->faults [f])
            printf ("#   %-12s %lld times\n", fault_name ((fault_t) f), (long long) result->faults [f]);
    if (result->failed && !options->trace && !options->steps)
        trial_shrink (*options, result);
    printf ("%d passed, %d failed\n", !result->failed, result->failed);
    return result->failed;
}

/* The notifier offers the channels that have an address; nothing is ever sent there. Nothing of the machine's own
 * environment is there, so that it can not change what happens (but a sanitizer's, which it has read before). */
static void
s_set_environment (void)
{
    clearenv ();
    setenv ("FETTLE_SMTP_URL", "smtp://provider.example", 1);
    setenv ("FETTLE_SMTP_FROM", "service@company.example", 1);
    setenv ("FETTLE_SMS_URL", "https://provider.example/sms", 1);
    setenv ("FETTLE_WECHAT_URL", "https://provider.example/wechat", 1);
    setenv ("FETTLE_ZALO_URL", "https://provider.example/zalo", 1);
}

int
main (int argc, char **argv)
{
    options_t options;
    task_t task = { sysconf (_SC_NPROCESSORS_ONLN), false, { .seconds = SECONDS, .seeds = "tests/sim/seeds" } };
    if (!s_read (argc, argv, &options, &task)) {
        fprintf (stderr, "fettle-sim [--minutes M | --seconds S | --first N --runs R] [--jobs J] [--days D]"
            " [--seeds DIRECTORY]\n"
            "fettle-sim --seed N [--days D] [--steps S] [--faults a,b|none] [--faults-from S] [--faults-until S]"
            " [--trace]\n");
        return 2;
    }
    check (sodium_init () >= 0);
    s_set_environment ();
    setvbuf (stdout, NULL, _IOLBF, 0);
    mallopt (M_TRIM_THRESHOLD, KEPT_BYTES);         /* what was given back is wanted again at once */
    mallopt (M_MMAP_THRESHOLD, KEPT_BYTES);
    return task.one ? s_one (&options) : campaign (&options, &task.plan, (int) task.jobs) > 0;
}
