/* process - a service's loop as a coroutine: it runs until it waits, sleeps or dies. */
#include "world.h"
#include "check.h"
#include "crashpoint.h"
#include "log.h"
#include "moment.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

enum { STACK_BYTES = 1024 * 1024 };
enum { SECOND_MS = 1000, MINUTE_MS = 60000, AGAIN_MS = 1000 };
enum { DEAD = -1 };                 /* wake_at of one that is to be buried */

/* ---- what the loops ask the machine for */

int64_t __wrap_moment_now (void);
int64_t __wrap_moment_steady (void);
int __wrap_usleep (useconds_t us);
pid_t __wrap_getpid (void);
void __wrap_id_source_init (id_source_t *self);
void __wrap_log_say (log_level_t level, const char *format, ...) __attribute__ ((format (printf, 2, 3)));

int64_t
__wrap_moment_now (void)
{
    return world->now + (world->current ? world->current->clock_ahead : 0);
}

int64_t
__wrap_moment_steady (void)
{
    return world->now - world->begins_at + MINUTE_MS;
}

/* A standby connects and asks for the lease each second. That it would be told no is seen from here. */
int
__wrap_usleep (useconds_t us)
{
    process_t *self = world->current;
    int64_t ms = us / 1000, until = self->loop->reconnect_at - moment_steady ();
    process_sleep (until > ms ? until : ms, true);
    while (!database_may_take (&world->databases [self->service], self->loop->holder))
        process_sleep (SECOND_MS, true);
    return 0;
}

/* Two processes of one service must not pass for one another. */
pid_t
__wrap_getpid (void)
{
    return world->current ? (pid_t) world->current->serial : 1;
}

void
__wrap_id_source_init (id_source_t *self)
{
    id_source_seed (self, dice_roll (&world->luck) | 1);
}

void
__wrap_log_say (log_level_t level, const char *format, ...)
{
    if (level > LOG_INFO || !world->options.tell)
        return;
    char text [SENTENCE];
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (text, sizeof text, format, arguments);
    va_end (arguments);
    trace_say ("%s says: %s", world->current ? sim_service_name (world->current->service) : "?", text);
}

/* ---- there and back */

static void
s_start_again (sim_t *sim, void *closure)
{
    (void) sim;
    process_start (closure);
}

/* After the first time by setjmp, which asks the kernel for nothing; the sanitizer wants to be told of stacks. */
static void
s_enter_scheduler (process_t *self)
{
    world->current = NULL;
#ifdef __SANITIZE_ADDRESS__
    void *fake = NULL;
    __sanitizer_start_switch_fiber (self->has_ended ? NULL : &fake, world->scheduler_stack, world->scheduler_size);
    swapcontext (&self->context, &world->scheduler);
    __sanitizer_finish_switch_fiber (fake, NULL, NULL);
#else
    if (!_setjmp (self->here))
        _longjmp (world->scheduler_here, 1);
#endif
}

static void
s_switch (process_t *self)
{
#ifdef __SANITIZE_ADDRESS__
    void *fake;
    __sanitizer_start_switch_fiber (&fake, self->stack, STACK_BYTES);
    swapcontext (&world->scheduler, &self->context);
    __sanitizer_finish_switch_fiber (fake, NULL, NULL);
#else
    if (_setjmp (world->scheduler_here))
        return;
    if (self->is_begun)
        _longjmp (self->here, 1);
    self->is_begun = true;
    setcontext (&self->context);
#endif
}

void
process_resume (process_t *self)
{
    world->current = self;
    s_switch (self);
    world->current = NULL;
    if (self->has_ended) {
        TELL ("%s %d has ended", sim_service_name (self->service), self->number);
        if (self->number == 0)
            world_at (world->now + AGAIN_MS, s_start_again, self);
    }
    if (self->has_ended || self->wake_at == DEAD)
        process_kill (self);
}

void
process_sleep (int64_t ms, bool is_idle)
{
    process_t *self = world->current;
    self->is_idle = is_idle;
    self->wake_at = world->now + ms;
    s_enter_scheduler (self);
}

static void
s_live (void)
{
    process_t *self = world->current;
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_finish_switch_fiber (NULL, &world->scheduler_stack, &world->scheduler_size);
#endif
    loop_begin (self->loop, world_services [self->service]);
    while (!self->must_stop && !self->loop->fenced)
        loop_round (self->loop);
    loop_end (self->loop);
    self->has_ended = true;
    s_enter_scheduler (self);
}

void
process_start (process_t *self)
{
    if (self->serial)
        return;
    void *stack = self->stack ? self->stack
        : mmap (NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    check (stack != MAP_FAILED);
    *self = (process_t) { .service = self->service, .number = self->number, .serial = ++world->serial, .stack = stack,
        .loop = calloc (1, sizeof (loop_t)), .wake_at = world->now };
    check (self->loop);
    getcontext (&self->context);
    self->context.uc_stack = (stack_t) { .ss_sp = stack, .ss_size = STACK_BYTES };
    makecontext (&self->context, s_live, 0);
    TELL ("%s %d starts", sim_service_name (self->service), self->number);
}

/* Turns that nobody was told of yet. */
static void
s_forget_pending (loop_t *loop)
{
    while (loop->pending) {
        arena_t *arena = loop->pending->arena;
        loop->pending = loop->pending->next;
        arena_destroy (&arena);
    }
    loop_forget_spares (loop);
}

/* Nothing of it is left but what is in the database. */
void
process_kill (process_t *self)
{
    if (!self->serial)
        return;
    loop_t *loop = self->loop;
    bus_destroy (&loop->bus);
    if (loop->store)
        db_store_destroy (&loop->store);
    db_close (&loop->db);
    db_close (&loop->barrier);
    if (!self->has_ended) {
        s_forget_pending (loop);
        metrics_door_destroy (&loop->door);
        redis_destroy (&loop->redis);
        loop_forget_window (loop);
        arena_destroy (&loop->work_arena);
        if (loop->engine.tx.arena)
            engine_free (&loop->engine);
        loop_end_ahead (loop);
    }
    free (loop);
    self->serial = 0;
    self->loop = NULL;
}

bool
process_writes (const process_t *self)
{
    return self->serial && self->loop->ready && !self->is_paused
        && self->loop->engine.epoch == world->databases [self->service].epoch;
}

const process_t *
process_writer (const sim_t *sim, sim_service_t service)
{
    for (int i = 0; i < INSTANCES; i++)
        if (process_writes (&sim->processes [service] [i]))
            return &sim->processes [service] [i];
    return NULL;
}

/* ---- what befalls them */

static void
s_trouble (const process_t *self)
{
    world->databases [self->service].trouble_at = world->databases [self->service].hurt_at = world->now;
}

static void
s_wake (sim_t *sim, void *closure)
{
    process_t *self = closure;
    if (!self->serial || !self->is_paused)
        return;
    self->is_paused = false;
    self->wake_at = sim->now;
    s_trouble (self);
    TELL ("%s %d goes on", sim_service_name (self->service), self->number);
}

static process_t *
s_other (const process_t *self)
{
    return &world->processes [self->service] [1 - self->number];
}

static void
s_pause (process_t *self)
{
    int64_t ms = dice_between (&world->dice [FAULT_pause], 500, 40 * SECOND_MS);
    self->is_paused = true;
    self->wake_at = INT64_MAX;
    world_at (world->now + ms, s_wake, self);
    if (dice_roll (&world->dice [FAULT_pause]) % 2)
        world_at (world->now + 1000, s_start_again, s_other (self));
}

static void
s_die (process_t *self, const char *where)
{
    fault_note_batch (FAULT_crash, self);
    TELL ("%s %d is killed at %s", sim_service_name (self->service), self->number, where);
    world_at (world->now + dice_between (&world->dice [FAULT_crash], 20, 15 * SECOND_MS), s_start_again, self);
    self->wake_at = DEAD;
    s_enter_scheduler (self);
}

void
process_maybe_die (const char *where)
{
    process_t *self = world->current;
    if (!self || !world->is_storm)
        return;
    if (fault_strikes (FAULT_crash)) {
        s_trouble (self);
        s_die (self, where);
    }
    if (fault_strikes (FAULT_pause)) {
        s_trouble (self);
        fault_note_batch (FAULT_pause, self);
        TELL ("%s %d stands still at %s", sim_service_name (self->service), self->number, where);
        s_pause (self);
        self->is_idle = false;
        s_enter_scheduler (self);
    }
}

void
crashpoint_reached (const char *name)
{
    process_maybe_die (name);
}

/* ---- the fake sockets' wait is where a loop rests, and where it is told to stop */

static void
s_set_clock_right (sim_t *sim, void *closure)
{
    process_t *self = closure;
    (void) sim;
    self->clock_ahead = 0;
    s_trouble (self);
}

static void
s_jump (process_t *self)
{
    dice_t *dice = &world->dice [FAULT_clock];
    int64_t ms = dice_between (dice, 2, 3600) * SECOND_MS;
    self->clock_ahead = dice_roll (dice) % 2 ? ms : -ms;
    TELL ("the clock of %s %d jumps by %lld s", sim_service_name (self->service), self->number,
        (long long) self->clock_ahead / 1000);
    world_at (world->now + dice_between (dice, SECOND_MS, 30 * SECOND_MS), s_set_clock_right, self);
    s_trouble (self);
}

static void
s_strike_idle (process_t *self)
{
    if (fault_strikes (FAULT_stop)) {
        fault_note_batch (FAULT_stop, self);
        TELL ("%s %d is told to stop", sim_service_name (self->service), self->number);
        self->must_stop = true;
        s_trouble (self);
    }
    if (fault_strikes (FAULT_double)) {
        fault_note_batch (FAULT_double, self);
        process_start (s_other (self));
    }
    if (!self->clock_ahead && fault_strikes (FAULT_clock)) {
        fault_note_batch (FAULT_clock, self);
        s_jump (self);
    }
    if (fault_strikes (FAULT_redis)) {
        fault_note_batch (FAULT_redis, self);
        TELL ("Redis has lost everything");
        redis_wipe ();
    }
}

static int64_t
s_earlier (int64_t left, int64_t right)
{
    return left < right ? left : right;
}

/* A loop looks around four times a second. Here it sleeps until it would do something: beat, renew, take a timer. */
static int64_t
s_idle_ms (loop_t *loop)
{
    int64_t steady = moment_steady ();
    if (!loop->ready)
        return loop->reconnect_at - steady;
    return s_earlier (s_earlier (loop->heartbeat_at, loop->renew_at) - steady,
        loop_next_wakeup_ms (loop, SECOND_MS));
}

void
bus_wait (bus_t *bus, int file, int timeout_ms)
{
    process_t *self = world->current;
    self->was_refused = self->is_in_turn = false;
    if (world->is_storm)
        s_strike_idle (self);
    if (self->must_stop)
        return;
    self->is_idle = !wire_has_work (bus);
    int64_t idle_ms = s_idle_ms (self->loop);
    if (idle_ms < timeout_ms)
        idle_ms = timeout_ms;
    self->wake_at = world->now + (idle_ms ? idle_ms : 1);           /* even a loop that spins takes its time */
    if (file >= 0 && self->loop->barrier->barrier_at < self->wake_at) {
        self->wake_at = self->loop->barrier->barrier_at;
        if (self->wake_at <= world->now)
            return;
    }
    if (self->is_idle)
        s_enter_scheduler (self);
    self->is_idle = false;
}

/* ---- the calm after the storm */

static void
s_database_is_back (sim_t *sim, void *closure)
{
    database_t *database = closure;
    (void) sim;
    if (database->is_gone)
        TELL ("the database of %s is back", database->service->name);
    database->is_gone = false;
    database->trouble_at = database->hurt_at = world->now;
}

void
process_break_database (database_t *database, int64_t for_ms)
{
    TELL ("the database of %s is gone for %lld ms", database->service->name, (long long) for_ms);
    database->is_gone = true;
    database->trouble_at = database->hurt_at = world->now;
    world_at (world->now + for_ms, s_database_is_back, database);
}

void
process_heal (sim_t *sim)
{
    for (int s = 0; s < SIM_SERVICES; s++) {
        sim->databases [s].is_gone = false;
        for (int i = 0; i < INSTANCES; i++) {
            process_t *process = &sim->processes [s] [i];
            process->clock_ahead = 0;
            s_wake (sim, process);
        }
        process_start (&sim->processes [s] [0]);
    }
}
