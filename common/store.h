/* store - where rows are between turns. One for Postgres (store_postgres), one in memory for tests and simulation. */
#pragma once
#include "tx.h"

typedef enum {
    STORE_OK,
    /* by a constraint or a value: the batch holds something that can never be saved; error says what */
    STORE_REFUSED,
    STORE_BROKEN        /* the world: connection lost, server going down, fenced. Nothing is known about the turn */
} store_result_t;

/* A run of events as they are kept and replayed. */
typedef struct {
    int64_t first_sequence, last_sequence;
    blob_t events;                          /* packed fettle.bus.v1.Events */
    const char **correlations;              /* distinct roots of the events that no answer tells of */
    int correlation_count;
} segment_t;

/* What a turn leaves behind, beside the rows of the tx. */
typedef struct {
    int64_t first_sequence, last_sequence;  /* of the events; last < first: none */
    segment_t *segments;                    /* the events, in runs of bounded size */
    int segment_count;
    struct { const char *source, *event_id; int64_t sequence; } *cursors;
    int cursor_count;
    message_t **dead;                       /* to be kept with their reasons */
    int dead_count;
    int64_t *retried;                       /* dead letters that were tried again */
    int retried_count;
    bool is_silent;                         /* nobody hears of it, and all that it did would be done again */
} turn_t;

/* Work for the time that a commit takes. False: there is none now. */
typedef bool (meanwhile_fn) (void *closure);

typedef struct store_t store_t;
struct store_t {
    /* all tx->wants, by tx_row_loaded and tx_want_done */
    store_result_t (*load) (store_t *self, tx_t *tx);
    peek_fn *peek;                                                  /* NULL: nothing is in memory */
    store_result_t (*commit) (store_t *self, tx_t *tx, const turn_t *turn);
    meanwhile_fn *meanwhile;            /* called again and again while a commit is under way; NULL: nobody */
    void *meanwhile_closure;
    char error [512];
};

store_t *store_memory_new (const service_t *service);
store_t *store_memory_new_cache (const service_t *service);      /* its cached entities only */
void store_memory_destroy (store_t **self);
void store_memory_put (store_t *self, const entity_t *entity, const void *row);
/* valid until the next commit */
const void *store_memory_get (store_t *self, const entity_t *entity, const char *id);
int store_memory_count (store_t *self, const entity_t *entity);
/* For caches: copies what the tx changed in these entities only. */
void store_memory_apply (store_t *self, tx_t *tx);
bool store_memory_load_one (store_t *self, tx_t *tx, const want_t *want);   /* false: the entity is not here */
/* The first row whose key comes after this one, "" the first of all; NULL: none. */
const void *store_memory_next (store_t *self, const entity_t *entity, const char *after);
/* The first timers with after < due_at <= until, in that order, at most max; how many. */
int store_memory_due (store_t *self, int64_t after, int64_t until, int max, const wakeup_row_t **ret_rows);
const char *store_memory_last_dead (store_t *self, int *ret_count);
