/* loop - the inside of a running service. service.c is its life; the other rooms are what it hears and says:
 * loop_request.c commands and questions, loop_source.c events of others, loop_timer.c and loop_wakeup.c what it tells
 * itself, loop_ahead.c while a commit is under way, loop_pending.c until it is on disk, loop_outcome.c after that,
 * loop_stranger.c who was not let in, loop_metrics.c figures. One thread. */
#pragma once
#include "bus.h"
#include "db_barrier.h"
#include "db_lease.h"
#include "db_store.h"
#include "engine.h"
#include "metrics_door.h"
#include "redis.h"
#include "timer_index.h"
#include "window.h"

enum { BATCH_MAX = 512, MAX_LOOP_SOURCES = 16, HISTOGRAM = 12, FIGURES_MAX = 8, FIGURE_FACTOR = 4 };
enum { PENDING_TURNS_MAX = 4, SPARES_MAX = 2 };

/* A publisher as this consumer sees it. */
typedef struct {
    char name [32];
    int64_t applied;            /* last sequence taken into a batch */
    int64_t head;               /* last sequence the publisher is known to have */
    bool replaying;             /* live events wait in their socket meanwhile */
    int64_t asked_at;           /* steady ms */
    int64_t heard_at;           /* steady ms: last sign of life, or the last try to find it elsewhere */
    char applied_id [EVENT_ID_SIZE];    /* of the event at applied; "" not known */
    int64_t epoch;              /* of its writer, as last heard; 0 not yet */
    bool unproved;              /* it has not shown yet that its event at applied is the one that was applied */
    char trouble [256];         /* it was restored to an earlier state: its events wait until that is resolved */
} source_t;

/* What a committed part of a turn says, while it may not be on disk. Lives in its turn's arena, which the last part of
 * a turn owns. */
typedef struct pending_t pending_t;
struct pending_t {
    pending_t *next;
    outcome_t outcome;
    tx_t tx;
    int64_t last_sequence;
    arena_t *arena;
};

typedef struct { int64_t count, buckets [HISTOGRAM]; double sum; } histogram_t;

/* What handlers have observed of one figure. */
typedef struct { const figure_t *figure; histogram_t values; } observed_t;

typedef struct {
    const service_t *service;
    char schema [64], holder [128];
    db_t *db;
    store_t *store;
    engine_t engine;
    bus_t *bus;
    redis_t *redis;
    int64_t published;          /* last sequence that others may know of: it is on disk */
    /* turns that may not be on disk */
    db_t *barrier;
    pending_t *pending, *pending_last;
    pending_t *barrier_covers;  /* the last one that was committed when the barrier began; NULL: none is under way */
    int pending_turns;
    bool is_unhurried;          /* the turn at hand does not wait for the disk */
    arena_t *spare_arenas [SPARES_MAX];
    source_t sources [MAX_LOOP_SOURCES];
    int source_count, source_turn;
    message_t *messages;        /* at hand */
    int count;
    message_t batches [2] [BATCH_MAX];
    struct { message_t *messages; int count; arena_t *arena; } ahead;   /* what has come during a commit */
    bool is_committing;         /* the database can not be asked */
    bus_incoming_t put_aside;   /* a request that came then and needs it */
    bool has_put_aside;
    /* timers */
    window_t window;
    int fill_page;
    int64_t fill_at, sweep_at;
    timer_index_t timer_index;
    bool is_index_growing;
    int64_t clock_offset_ms;    /* of the clock to the one that does not jump, when it was right */
    int64_t clock_ahead_ms;     /* of Postgres' clock */
    int64_t clock_measured_at;  /* steady ms: Postgres has told */
    int64_t clock_asked_at;     /* steady ms: it was asked */
    bool is_clock_held;         /* Postgres does not agree with it */
    int64_t postgres_offset_ms; /* meanwhile: of Postgres' clock to the one that does not jump */
    bool has_periodic;
    int64_t every_at [64];
    /* life */
    bool ready, fenced;
    char reason [512];
    int64_t started_at, heartbeat_at, renew_at, reconnect_at, backoff_ms, strangers_at;
    /* figures */
    struct {
        int64_t accepted, rejected, duplicate, retried, malformed, forbidden, gaps, replayed, strangers;
    } count_of;
    int64_t dead_letters;
    double outbox_age_s;        /* of the last turn that said something: from its instant to the bus */
    histogram_t turn_size, turn_seconds;
    observed_t observed [FIGURES_MAX];
    int observed_count;
    metrics_door_t *door;
    int64_t door_at;
    arena_t *work_arena;        /* of the worker's thread */
} loop_t;

/* service.c */
void loop_begin (loop_t *self, const service_t *service);       /* all zero before */
/* Become ready if it is not, wait, one turn, what is to be done now and then. Until told to stop, or fenced. */
void loop_round (loop_t *self);
void loop_end (loop_t *self);                   /* drain, give the lease back, free everything */

/* loop_request.c */
void loop_take_requests (loop_t *self, int max);
void loop_take_put_aside (loop_t *self);        /* what could not be answered during a commit */
void loop_answer (loop_t *self, const message_t *message);
void loop_drop_messages (loop_t *self);         /* all at hand: whoever waits shall try again */
void loop_answer_retry (loop_t *self, message_t *message);   /* when somebody waits: the database is down */
/* loop_source.c */
void loop_sources_init (loop_t *self);
const char *const *loop_source_names (const service_t *service, arena_t *arena);
void loop_sources_reset (loop_t *self);         /* after the world broke: from the saved cursors again */
void loop_take_events (loop_t *self, int max);
void loop_ask_replays (loop_t *self);
void loop_look_for_silent (loop_t *self);
const char *loop_sources_trouble (loop_t *self);    /* "" none; lives until the next turn */
const handler_t *loop_handler (const service_t *service, handler_kind_t kind, const char *type, size_t length);
/* loop_timer.c */
void loop_forget_window (loop_t *self);         /* it is filled again */
void loop_forget_timers (loop_t *self);         /* with each new lease: the index, too */
void loop_take_timers (loop_t *self, int max);
int64_t loop_next_timer_at (const loop_t *self);
void loop_note_timers (loop_t *self, const tx_t *tx);
void loop_make_index (loop_t *self);            /* a page of it, if some is missing */
/* loop_clock.c */
void loop_believe_clock (loop_t *self);         /* with each new lease */
bool loop_clock_is_right (loop_t *self);
int64_t loop_now (const loop_t *self);          /* while the clock is held, by Postgres' */
/* loop_wakeup.c */
void loop_find_periodic (loop_t *self);          /* once */
void loop_take_wakeups (loop_t *self, int max);
void loop_take_results (loop_t *self, int max);
void loop_take_retries (loop_t *self);
int loop_next_wakeup_ms (loop_t *self, int at_most);
bool loop_start_worker (loop_t *self);
void loop_finish_work (loop_t *self);           /* effects that have not begun will say so */
/* loop_pending.c */
void loop_committed (void *self, const outcome_t *outcome);
store_result_t loop_run_turn (loop_t *self, int64_t now);   /* over the messages at hand */
void loop_next_turn (loop_t *self);                         /* instead of engine_next */
bool loop_tell_pending (loop_t *self);                      /* what is on disk by now; false: the world broke */
bool loop_tell_all_pending (loop_t *self);                  /* waits for it */
void loop_drop_pending (loop_t *self);                      /* nobody hears of it from us */
void loop_forget_spares (loop_t *self);                      /* memory that only a burst needs */
int loop_pending_file (const loop_t *self);                 /* readable when there is news of it; -1: nothing waits */
/* loop_ahead.c */
void loop_begin_ahead (loop_t *self);
void loop_work_ahead (loop_t *self);            /* with each new store */
void loop_take_up_ahead (loop_t *self);         /* what was put ahead is at hand */
void loop_end_ahead (loop_t *self);
/* loop_outcome.c */
void loop_say (loop_t *self, const outcome_t *outcome);
void loop_heartbeat (loop_t *self);
/* loop_stranger.c */
void loop_tell_strangers (loop_t *self);
/* loop_metrics.c */
/* Each bucket is so many times as wide as the one before. */
void histogram_add (histogram_t *self, double value, double first_bucket, int factor);
char *loop_metrics (loop_t *self, arena_t *arena);
