/* step - what happens next: the first of all things that are to happen, or the first process that is to wake. When
 * nobody has anything to do, time passes to the next timer at once. */
#include "world.h"
#include "check.h"
#include "moment.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DAY_MS = 86400000, LOOK_MS = 50, PATIENCE_MS = 60000, BEAT_MS = 1000, RENEW_MS = 2000,
       WAIT_MS = 250, PATIENCE_S = 180 };

/* ---- a heap of things, in order of time, then of having been said */

static bool
s_is_before (const thing_t *left, const thing_t *right)
{
    return left->at < right->at || (left->at == right->at && left->serial < right->serial);
}

void
world_at (int64_t at, thing_fn *run, void *closure)
{
    sim_t *sim = world;
    if (sim->thing_count == sim->thing_capacity) {
        sim->thing_capacity = sim->thing_capacity ? sim->thing_capacity * 2 : 1024;
        sim->things = realloc (sim->things, (size_t) sim->thing_capacity * sizeof *sim->things);
        check (sim->things);
    }
    thing_t thing = { at > sim->now ? at : sim->now, ++sim->serial, run, closure };
    int i = sim->thing_count++;
    for (; i > 0 && s_is_before (&thing, &sim->things [(i - 1) / 2]); i = (i - 1) / 2)
        sim->things [i] = sim->things [(i - 1) / 2];
    sim->things [i] = thing;
}

static thing_t
s_take (sim_t *sim)
{
    thing_t first = sim->things [0], last = sim->things [--sim->thing_count];
    int i = 0;
    for (int child; (child = 2 * i + 1) < sim->thing_count; i = child) {
        if (child + 1 < sim->thing_count && s_is_before (&sim->things [child + 1], &sim->things [child]))
            child++;
        if (!s_is_before (&sim->things [child], &last))
            break;
        sim->things [i] = sim->things [child];
    }
    sim->things [i] = last;
    return first;
}

/* ---- calm */

static bool
s_has_heard_all (const sim_t *sim, const process_t *process, char ret_why [SENTENCE])
{
    const loop_t *loop = process->loop;
    for (int i = 0; i < loop->source_count; i++) {
        const source_t *source = &loop->sources [i];
        int64_t head = sim->databases [wire_publisher (process->bus, i)].last_sequence;
        if (source->applied == head && !source->replaying)
            continue;
        if (ret_why)
            snprintf (ret_why, SENTENCE, "%s has heard %lld of %lld events of %s", loop->service->name,
                (long long) source->applied, (long long) head, source->name);
        return false;
    }
    return true;
}

bool
world_is_calm (const sim_t *sim, char ret_why [SENTENCE])
{
    if (sim->in_flight || sim_unanswered (sim)) {
        if (ret_why)
            snprintf (ret_why, SENTENCE, "%d messages are under way and %d commands have no answer", sim->in_flight,
                sim_unanswered (sim));
        return false;
    }
    for (int s = 0; s < SIM_SERVICES; s++) {
        const process_t *process = process_writer (sim, (sim_service_t) s);
        if (!process || !process->is_idle || process->loop->pending || process->loop->count || process->clock_ahead
            || process->loop->is_clock_held) {
            if (ret_why)
                snprintf (ret_why, SENTENCE, "%s is %s", sim_service_name ((sim_service_t) s),
                    process ? "busy" : "not there");
            return false;
        }
        if (!s_has_heard_all (sim, process, ret_why))
            return false;
    }
    return true;
}

/* The first timer of any service that falls due after now, or before and was not taken yet. */
static int64_t
s_first_due (const sim_t *sim, process_t **ret_process)
{
    int64_t first = INT64_MAX;
    for (int s = 0; s < SIM_SERVICES; s++) {
        const wakeup_row_t *row;
        if (!store_memory_due (sim->databases [s].rows, 0, INT64_MAX, 1, &row) || row->due_at >= first)
            continue;
        first = row->due_at;
        *ret_process = (process_t *) process_writer (sim, (sim_service_t) s);
    }
    return first;
}

/* What everybody would have done meanwhile: nothing, a beat each second, the lease each other second. */
static void
s_pass_time (sim_t *sim, int64_t to)
{
    sim->now = to;
    int64_t steady = moment_steady ();
    for (int s = 0; s < SIM_SERVICES; s++)
        for (int i = 0; i < INSTANCES; i++) {
            process_t *process = &sim->processes [s] [i];
            if (!process->serial || !process->is_idle || process->wake_at > to)
                continue;
            loop_t *loop = process->loop;
            process->wake_at = to + dice_between (&sim->luck, 1, WAIT_MS);
            loop->heartbeat_at = steady + dice_between (&sim->luck, 1, BEAT_MS);
            loop->renew_at = steady + dice_between (&sim->luck, 1, RENEW_MS);
            for (int k = 0; k < loop->source_count; k++)
                loop->sources [k].heard_at = steady;
        }
}

/* ---- a step */

static process_t *
s_next_process (sim_t *sim)
{
    process_t *next = NULL;
    for (int s = 0; s < SIM_SERVICES; s++)
        for (int i = 0; i < INSTANCES; i++) {
            process_t *process = &sim->processes [s] [i];
            if (process->serial && !process->is_paused && (!next || process->wake_at < next->wake_at))
                next = process;
        }
    return next;
}

static void
s_do (sim_t *sim)
{
    thing_t thing = s_take (sim);
    if (thing.at > sim->now)
        sim->now = thing.at;
    thing.run (sim, thing.closure);
}

static void
s_resume (sim_t *sim, process_t *process)
{
    if (process->wake_at > sim->now)
        sim->now = process->wake_at;
    process_resume (process);
}

/* Nobody would do anything before the next thing or timer. */
static void
s_skip (sim_t *sim)
{
    process_t *process = NULL;
    int64_t due_at = s_first_due (sim, &process), at = sim->thing_count ? sim->things [0].at : INT64_MAX;
    if (due_at > at)
        return s_pass_time (sim, at), s_do (sim);
    check (process);
    if (due_at > sim->now)
        s_pass_time (sim, due_at);
    process->wake_at = sim->now;
    s_resume (sim, process);
}

static void
s_step (sim_t *sim)
{
    process_t *process = s_next_process (sim);
    int64_t at = sim->thing_count ? sim->things [0].at : INT64_MAX;
    sim->result->steps++;
    if (!process || at <= process->wake_at)
        return s_do (sim);
    if (process->is_idle && process->wake_at > sim->now && world_is_calm (sim, NULL))
        return s_skip (sim);
    s_resume (sim, process);
}

/* ---- nights */

static bool
s_goes_on (const sim_t *sim)
{
    return !sim->failed && (!sim->options.steps || sim->result->steps < sim->options.steps);
}

static void
s_look_up (sim_t *sim, void *closure)
{
    (void) sim;
    *(bool *) closure = true;
}

/* I16: when nothing goes wrong any more, everything is right again within a minute, without anybody's help. */
static void
s_calm_down (sim_t *sim)
{
    char why [SENTENCE] = "";
    int64_t until = sim->now + PATIENCE_MS;
    TELL ("nothing goes wrong for a while");
    sim->is_storm = false;
    process_heal (sim);
    while (s_goes_on (sim) && !world_is_calm (sim, why)) {
        bool is_time = false;
        world_at (sim->now + LOOK_MS, s_look_up, &is_time);
        while (!is_time && !sim->failed)
            s_step (sim);
        if (sim->now > until)
            sim_fail (sim, "I16", "a minute after everything was mended it is not quiet: %s", why);
    }
    if (s_goes_on (sim))
        invariant_quiet (sim);
}

void
world_run (sim_t *sim)
{
    for (int64_t day = 0; day < sim->options.days && s_goes_on (sim); day++) {
        bool is_night = false;
        alarm (PATIENCE_S);             /* a handler that never ends */
        sim->is_storm = true;
        world_at (sim->begins_at + day * DAY_MS + DAY_MS, s_look_up, &is_night);
        while (!is_night && s_goes_on (sim))
            s_step (sim);
        if (s_goes_on (sim))
            s_calm_down (sim);
        sim->result->day = day + 1;
    }
    if (s_goes_on (sim))
        replay_check (sim);
}
