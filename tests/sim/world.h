/* world - the inside of the simulated world. sim.h is what workload and invariants see of it.
 *
 *   main.c       what is asked for                        campaign.c  many runs, the count, the table of coverage
 *   run.c        one run, from a seed to a result         trial.c     a run in its own process; shrinking
 *   lag.c        who is behind for too long
 *   step.c       what happens next, and when              process.c   the services' loops as coroutines: crash, pause
 *   database.c   what is on disk, leases, fences          connection.c  the store that a loop has: db_store.h, db.h
 *   wire_sim.c   sockets: bus.h, with faults on each link redis_sim.c redis.h
 *   client.c     commands until they are answered         effect.c    the worker and the provider
 *   fault.c      kinds, rates, coverage                   look.c      sim_row, sim_event ...
 *   trace.c      what happened, in sentences              digest.c    a hash over all rows
 *   replay.c     a consumer's projections made again from nothing */
#pragma once
#include "loop.h"
#include "sim.h"
#include <setjmp.h>
#include <ucontext.h>

#define FAULT_LIST(F) \
    F (drop) F (duplicate) F (delay) F (reorder) F (crash) F (stop) F (pause) F (double) F (database) F (unknown) \
    F (refused) F (redis) F (clock) F (provider)
#define FAULT_ENUM_(name) FAULT_##name,
typedef enum { FAULT_LIST (FAULT_ENUM_) FAULTS } fault_t;

enum { KINDS_MAX = 512, INSTANCES = 2, SENTENCE = 512 };

typedef struct { uint64_t state; } dice_t;
uint64_t dice_roll (dice_t *self);
int64_t dice_between (dice_t *self, int64_t from, int64_t to);     /* both included */

typedef struct {
    uint64_t seed;
    int64_t days, steps;            /* steps 0: no limit */
    int64_t faults_from, faults_until;      /* steps between which faults may begin; until 0: to the end */
    bool on [FAULTS];               /* may happen at all */
    bool trace;                     /* every line, not only the last ones */
    bool tell;                      /* keep lines at all */
} options_t;

/* What one run tells whoever began it; shared memory. */
typedef struct {
    uint64_t seed;
    int64_t day, steps, commits, events, commands, faults [FAULTS], effects, turns, replayed;
    int64_t kind_count;
    char kinds [KINDS_MAX] [80];                    /* event types, of all services */
    int64_t seen [KINDS_MAX], met [KINDS_MAX] [FAULTS];
    uint64_t digests [SIM_SERVICES];
    bool done, failed;
    char invariant [32], sentence [2 * SENTENCE];
} result_t;

/* ---- databases: what outlives processes */

typedef struct { int64_t first, last; blob_t events; } run_of_events_t;
typedef struct { int64_t sequence; char event_id [EVENT_ID_SIZE]; } cursor_t;

typedef struct {
    const service_t *service;
    store_t *rows;
    int64_t epoch, last_sequence, renewed_at;
    char holder [128];
    uint64_t backend;               /* the connection of the holder */
    run_of_events_t *runs;
    int run_count, run_capacity;
    bus_event_t **events;
    int64_t event_capacity;
    cursor_t cursors [SIM_SERVICES];
    sim_letter_t *letters;
    int letter_count, letter_capacity;
    bool is_gone;
    int64_t trouble_at;
    int64_t hurt_at;                /* a process of it, or the database, was last not itself */
    int64_t heads [2];              /* one and two looks ago (lag.c) */
    int64_t heard;                  /* by company_heard */
    int64_t heard_at;
} database_t;

struct db_t { struct process *process; uint64_t serial; int64_t barrier_at; bool is_broken; char error [256]; };

/* ---- processes */

typedef struct process {
    sim_service_t service;
    int number;                     /* 0 or 1 of this service */
    uint64_t serial;                /* a new one with each start; 0: not running */
    ucontext_t context;
    jmp_buf here;
    void *stack;
    loop_t *loop;
    bus_t *bus;
    db_t *db;
    int64_t wake_at;
    bool is_begun, is_idle, is_paused, must_stop, has_ended, was_refused, is_in_turn;
    int64_t clock_ahead;
} process_t;

typedef void (thing_fn) (sim_t *sim, void *closure);
typedef struct { int64_t at; uint64_t serial; thing_fn *run; void *closure; } thing_t;

typedef struct client client_t;

struct sim_t {
    options_t options;
    result_t *result;
    int64_t now, begins_at, ends_at;
    uint64_t serial;                /* of whatever needs a number */
    arena_t *arena;
    thing_t *things;
    int thing_count, thing_capacity;
    process_t processes [SIM_SERVICES] [INSTANCES], *current;
    ucontext_t scheduler;
    jmp_buf scheduler_here;
    const void *scheduler_stack;    /* for the sanitizer */
    size_t scheduler_size;
    database_t databases [SIM_SERVICES];
    client_t *client;
    int in_flight;                  /* frames, effects and events that somebody will still get */
    bool is_storm;                  /* faults may begin */
    double rates [FAULTS];
    dice_t dice [FAULTS], workload, luck;
    map_t kinds, types;             /* by full name: number in the result, descriptor */
    char **lines;
    int line_count;
    bool failed;
};

extern sim_t *world;                /* for those whom nobody hands it: the sockets, the clock */

/* step.c */
void world_at (int64_t at, thing_fn *run, void *closure);
void world_run (sim_t *sim);
bool world_is_calm (const sim_t *sim, char ret_why [SENTENCE]);    /* why not */
/* lag.c */
void lag_begin (sim_t *sim);
/* process.c */
void process_start (process_t *self);
void process_kill (process_t *self);            /* its memory is gone; not from within it */
void process_resume (process_t *self);
/* The current one; the world goes on. is_idle: it would do nothing if it woke. */
void process_sleep (int64_t ms, bool is_idle);
void process_maybe_die (const char *where);
bool process_writes (const process_t *self);    /* it is ready, and the database agrees that it is the one */
const process_t *process_writer (const sim_t *sim, sim_service_t service);      /* NULL: nobody */
void process_heal (sim_t *sim);                 /* everything that was broken is mended */
void process_break_database (database_t *database, int64_t for_ms);
/* database.c */
void database_begin (sim_t *sim, sim_service_t service);
store_result_t database_commit (process_t *process, tx_t *tx, const turn_t *turn, const cursor_t *cursors);
bool database_may_take (database_t *self, const char *holder);
bool database_is_listening (sim_service_t consumer, sim_service_t publisher);
/* wire_sim.c */
/* source -1: the client. */
typedef struct { sim_service_t service; uint64_t bus; int source; } return_address_t;
void wire_request (sim_service_t to, blob_t bytes);      /* of a client */
process_t *wire_door (sim_service_t service);   /* whoever has bound the doors last; NULL: nobody */
bool wire_has_work (const bus_t *self);
sim_service_t wire_publisher (const bus_t *self, int source);
/* client.c */
void client_begin (sim_t *sim);
void client_receive (blob_t response);
/* effect.c */
void effect_begin (process_t *process, bus_worker_fn *work, void *closure, const char *type, blob_t message);
/* redis_sim.c */
void redis_wipe (void);
/* fault.c */
void fault_begin (sim_t *sim);
bool fault_strikes (fault_t fault);             /* now? counted by fault_note */
void fault_note (fault_t fault, sim_service_t service, const char *event_type);       /* type NULL: no event */
void fault_note_batch (fault_t fault, const process_t *process);
const char *fault_name (fault_t fault);
int fault_kind (const char *type);              /* number of an event type in the result */
const ProtobufCMessageDescriptor *fault_type (const char *name);       /* registry_find, at once */
/* trace.c */
void trace_begin (sim_t *sim);
void trace_say (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
void trace_print (const sim_t *sim, int last);
#define TELL(...) do { if (world->options.tell) trace_say (__VA_ARGS__); } while (0)
/* digest.c, replay.c */
uint64_t digest (store_t *rows, const service_t *service);
void replay_check (sim_t *sim);
/* run.c */
extern const service_t *const world_services [SIM_SERVICES];
void run_seed (const options_t *options, result_t *ret_result);
/* trial.c: a run in a process of its own, so that it may abort, and the next one finds nothing of it */
void trial_begin (const options_t *options, result_t *shared, int *ret_pid);
void trial_end (int status, const options_t *options, result_t *shared);    /* as waitpid has it */
void trial (const options_t *options, result_t *shared);
result_t *trial_result (void);                  /* shared memory for one */
/* Fewer faults and steps that break the same; what was found is printed with the last steps. */
void trial_shrink (options_t options, const result_t *broken);
void trial_print_options (const options_t *options);
/* campaign.c: how many failed */
typedef struct { int64_t seconds, first, runs; const char *seeds; } plan_of_runs_t;     /* runs 0: as many as can be */
int campaign (const options_t *options, const plan_of_runs_t *plan, int jobs);
/* main.c */
bool options_read (options_t *self, int count, char **words);
