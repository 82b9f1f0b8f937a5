/* service - the life of every service: take the lease, then receive, turn, publish, until told to stop. */
#include "service.h"
#include "bus_address.h"
#include "check.h"
#include "config.h"
#include "log.h"
#include "loop.h"
#include "moment.h"
#include <malloc.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEARTBEAT_MS = 1000, RENEW_MS = 2000 };
enum { BACKOFF_MIN_MS = 100, BACKOFF_MAX_MS = 5000, STANDBY_MS = 1000 };

static volatile sig_atomic_t s_stop;

static void
s_on_signal (int number)
{
    (void) number;
    s_stop = 1;
}

static void
s_not_ready (loop_t *self, const char *format, ...)
{
    char reason [512];
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (reason, sizeof reason, format, arguments);
    va_end (arguments);
    if (self->ready || strcmp (reason, self->reason) != 0)
        log_warning ("not ready: %s", reason);
    self->ready = false;
    self->door_at = 0;
    memcpy (self->reason, reason, sizeof reason);
}

static void
s_schema (const char *name, char ret_schema [64])
{
    snprintf (ret_schema, 64, "%s", name);
    for (char *p = ret_schema; *p; p++)
        if (*p == '-')
            *p = '_';
}

static const char *
s_password (const char *schema)
{
    char name [96] = "FETTLE_PASSWORD_";
    size_t used = strlen (name);
    for (const char *p = schema; *p && used < sizeof name - 1; p++)
        name [used++] = (char) (*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
    name [used] = '\0';
    return config_text (name, config_text ("FETTLE_PASSWORD", NULL));
}

/* ---- the database */

static void
s_disconnect (loop_t *self)
{
    loop_drop_pending (self);
    if (self->store)
        db_store_destroy (&self->store);
    db_close (&self->db);
    db_close (&self->barrier);
    self->engine.store = NULL;
    if (self->bus)
        bus_pause (self->bus, true);
    self->backoff_ms = self->backoff_ms ? self->backoff_ms * 2 : BACKOFF_MIN_MS;
    if (self->backoff_ms > BACKOFF_MAX_MS)
        self->backoff_ms = BACKOFF_MAX_MS;
    self->reconnect_at = moment_steady () + self->backoff_ms;
    loop_forget_window (self);
}

static db_t *
s_connect (loop_t *self)
{
    char error [512], role [96];
    snprintf (role, sizeof role, "fettle_%s", self->schema);
    db_t *db = db_open (config_text ("FETTLE_DSN", "host=var/pg dbname=fettle"), config_text ("FETTLE_DB_USER", role),
        self->schema, s_password (self->schema), error);
    if (!db)
        s_not_ready (self, "no database: %s", error);
    return db;
}

/* One for the turns, one for the barrier behind them. */
static bool
s_connect_db (loop_t *self)
{
    self->db = s_connect (self);
    self->barrier = self->db ? s_connect (self) : NULL;
    if (!self->barrier)
        return false;
    if (db_timeline (self->db) != db_timeline (self->barrier))
        return s_not_ready (self, "no database: another server has become the primary just now"), false;
    if (!db_barrier_prepare (self->barrier))
        return s_not_ready (self, "no database: %s", db_error (self->barrier)), false;
    return true;
}

/* Doors are for the one who writes: whoever still talks to this process must find the other one. */
static void
s_stand_by (loop_t *self)
{
    s_not_ready (self, "standby: another process holds the lease of %s", self->service->name);
    loop_finish_work (self);
    bus_destroy (&self->bus);
    self->backoff_ms = STANDBY_MS / 2;          /* a lease is asked for at a steady pace: a failover waits for it */
}

static bool
s_take_lease (loop_t *self, lease_t *lease)
{
    lease_result_t result = db_lease_take (self->db, self->holder, lease);
    if (result == LEASE_HELD_BY_OTHER)
        s_stand_by (self);
    if (result == LEASE_BROKEN)
        s_not_ready (self, "the lease can not be read: %s", db_error (self->db));
    return result == LEASE_TAKEN;
}

static bool
s_open_store (loop_t *self, const lease_t *lease)
{
    char error [512];
    self->store = db_store_new (self->db, self->service, lease->epoch, error);
    if (!self->store) {
        s_not_ready (self, "%s", error);
        return false;
    }
    self->engine.store = self->store;
    loop_work_ahead (self);
    self->engine.epoch = lease->epoch;
    engine_be_wary (&self->engine);
    self->engine.last_sequence = self->published = lease->last_sequence;
    return true;
}

static bool
s_open_bus (loop_t *self)
{
    char error [512];
    if (self->bus)
        return true;
    arena_t *arena = arena_new ();
    self->bus = bus_new (self->service->name, loop_source_names (self->service, arena), error);
    arena_destroy (&arena);
    if (!self->bus)
        s_not_ready (self, "%s", error);
    return self->bus && loop_start_worker (self);
}

/* From nothing to ready. Each step that fails is said once and tried again later. */
static bool
s_become_ready (loop_t *self)
{
    lease_t lease;
    if (moment_steady () < self->reconnect_at)
        return false;
    if (!s_connect_db (self) || !s_take_lease (self, &lease)) {
        s_disconnect (self);
        return false;
    }
    if (!s_open_store (self, &lease) || !s_open_bus (self)) {
        db_lease_release (self->db, self->holder);      /* somebody else may be able to */
        s_disconnect (self);
        return false;
    }
    bus_pause (self->bus, false);
    loop_sources_reset (self);
    loop_forget_timers (self);
    loop_believe_clock (self);
    self->ready = true;
    self->door_at = 0;                  /* whoever asks for our health shall not hear old news */
    self->reason [0] = '\0';
    self->backoff_ms = 0;
    self->renew_at = moment_steady () + RENEW_MS;
    log_info ("ready, epoch %lld, last sequence %lld", (long long) lease.epoch, (long long) lease.last_sequence);
    return true;
}

static void
s_world_broke (loop_t *self, const char *cause)
{
    char error [512];
    snprintf (error, sizeof error, "%s", cause);
    loop_drop_messages (self);
    self->fenced = strstr (error, "has taken the lease") != NULL;
    s_not_ready (self, "%s", error);
    s_disconnect (self);
}

/* ---- the turn */

static void
s_turn (loop_t *self)
{
    int64_t began = moment_steady ();
    store_result_t result = self->count
        ? loop_run_turn (self, loop_now (self)) : STORE_OK;
    if (self->count && result == STORE_OK) {
        histogram_add (&self->turn_size, self->count, 1, 2);
        histogram_add (&self->turn_seconds, (double) (moment_steady () - began) / 1000, 0.00025, 2);
    }
    if (result != STORE_OK)
        s_world_broke (self, self->store->error);
    self->count = 0;
    loop_next_turn (self);
    loop_take_up_ahead (self);
    if (!self->ready)
        loop_drop_messages (self);
}

static void
s_tell (loop_t *self)
{
    if (!loop_tell_pending (self))
        s_world_broke (self, db_error (self->barrier));
}

static void
s_gather (loop_t *self)
{
    if (self->ready) {
        loop_take_events (self, BATCH_MAX * 3 / 4);
        loop_take_wakeups (self, BATCH_MAX);
        loop_take_results (self, BATCH_MAX);
    }
    loop_take_requests (self, BATCH_MAX);
}

static void
s_show_metrics (loop_t *self)
{
    int64_t now = moment_steady ();
    if (!metrics_door_is_open (self->door) || now < self->door_at)
        return;
    arena_t *arena = arena_new ();
    metrics_door_show (self->door, loop_metrics (self, arena), self->ready);
    arena_destroy (&arena);
    self->door_at = now + HEARTBEAT_MS;
}

static void
s_open_door (loop_t *self)
{
    char address [256], error [512];
    bus_metrics_address (self->service->name, address);
    self->door = metrics_door_new (address, error);
    if (!self->door) {
        log_error ("%s", error);
        exit (2);
    }
}

/* All services of a machine beat together: one wakes for the beats of all, and for its own. */
static int64_t
s_on_the_beat (int64_t steady)
{
    return steady - steady % HEARTBEAT_MS;
}

static int
s_until_heartbeat_ms (const loop_t *self)
{
    int64_t left = self->heartbeat_at - moment_steady ();
    return left < 0 ? 0 : left > HEARTBEAT_MS ? HEARTBEAT_MS : (int) left;
}

static void
s_housekeeping (loop_t *self)
{
    int64_t now = moment_steady ();
    if (now >= self->heartbeat_at) {
        loop_heartbeat (self);
        loop_look_for_silent (self);
        loop_ask_replays (self);
        loop_forget_spares (self);
        self->heartbeat_at = s_on_the_beat (now) + HEARTBEAT_MS;
    }
    if (now < self->renew_at)
        return;
    self->renew_at = s_on_the_beat (now) + RENEW_MS;
    if (db_store_flush (self->store, self->engine.last_sequence) != STORE_OK)
        return s_world_broke (self, self->store->error);
    loop_take_retries (self);
    s_turn (self);
}

void
loop_round (loop_t *self)
{
    s_show_metrics (self);
    if (!self->ready && !s_become_ready (self) && !self->bus) {
        usleep (100000);
        return;
    }
    bus_wait (self->bus, loop_pending_file (self), self->count ? 0
              : self->ready ? loop_next_wakeup_ms (self, s_until_heartbeat_ms (self)) : 100);
    loop_tell_strangers (self);
    s_gather (self);
    if (self->ready)
        s_turn (self);
    else
        self->count = 0, engine_next (&self->engine);
    if (self->ready)
        s_tell (self);
    if (self->ready)
        s_housekeeping (self);
    if (self->ready)
        loop_make_index (self);
}

/* What effects have come to is kept, so that nobody has to guess after the restart. */
static void
s_take_last_results (loop_t *self)
{
    bool more = true;
    while (more && self->ready) {
        loop_take_results (self, BATCH_MAX);
        more = self->count > 0;
        s_turn (self);
    }
}

void
loop_end (loop_t *self)
{
    loop_finish_work (self);
    if (self->store)
        self->store->meanwhile = NULL;          /* who still asks finds the next process */
    if (self->ready)
        s_take_last_results (self);
    if (self->ready && loop_tell_all_pending (self)) {
        db_store_flush (self->store, self->engine.last_sequence);
        db_lease_release (self->db, self->holder);
    }
    loop_drop_pending (self);
    log_info (self->fenced ? "stopped: another process writes now" : "stopped");
    bus_destroy (&self->bus);
    if (self->store)
        db_store_destroy (&self->store);
    db_close (&self->db);
    db_close (&self->barrier);
    loop_forget_spares (self);
    metrics_door_destroy (&self->door);
    redis_destroy (&self->redis);
    loop_forget_window (self);
    arena_destroy (&self->work_arena);
    engine_free (&self->engine);
    loop_end_ahead (self);
}

void
loop_begin (loop_t *self, const service_t *service)
{
    char host [64] = "";
    gethostname (host, sizeof host - 1);
    self->service = service;
    s_schema (service->name, self->schema);
    snprintf (self->holder, sizeof self->holder, "%s/%d/%lld", host, (int) getpid (), (long long) moment_now ());
    self->started_at = moment_now ();
    self->redis = redis_new (config_text ("FETTLE_REDIS", ""), config_text ("FETTLE_REDIS_PASSWORD", ""));
    engine_init (&self->engine, service, NULL, 0);
    loop_begin_ahead (self);
    loop_sources_init (self);
    loop_find_periodic (self);
    s_open_door (self);
}

static int
s_version (const service_t *service)
{
    printf ("fettle-%s %s\n", service->name, FETTLE_VERSION);
    return 0;
}

int
service_main (int argc, char **argv, const service_t *service)
{
    static loop_t loop;             /* large; one a process */
    if (argc > 1 && strcmp (argv [1], "--version") == 0)
        return s_version (service);
    log_init (service->name);
    check (sodium_init () >= 0);
    mallopt (M_ARENA_MAX, 1);       /* resident size: one thread does the work */
    struct sigaction action = { .sa_handler = s_on_signal };
    sigaction (SIGTERM, &action, NULL);
    sigaction (SIGINT, &action, NULL);
    signal (SIGPIPE, SIG_IGN);
    loop_begin (&loop, service);
    while (!s_stop && !loop.fenced)
        loop_round (&loop);
    loop_end (&loop);
    return loop.fenced ? 3 : 0;
}
