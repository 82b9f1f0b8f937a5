/* engine - runs a batch of messages as a turn: passes until no row is missing, one commit, halving when it is
 * refused. */
#pragma once
#include "store.h"

typedef struct {
    const service_t *service;
    store_t *store;
    id_source_t ids;
    int64_t last_sequence, epoch;
    int wary_turns;                 /* so many turns yet look up whether a command was answered before */
    tx_t tx;
    struct {
        int64_t turns, messages, passes, refused, dead, max_batch;
    } count;
} engine_t;

/* Arena and ids are the engine's own; store stays the caller's. seed 0: from the kernel. */
void engine_init (engine_t *self, const service_t *service, store_t *store, uint64_t seed);
void engine_free (engine_t *self);

/* What a turn has said once it is committed; all in the turn's arena. */
typedef struct {
    struct { blob_t topic, event; } *events;    /* as published; the topic is the full type name */
    int event_count;
    message_t *messages;
    int message_count;
    bool is_silent;                             /* as in turn_t */
    tx_t *tx;                                   /* timers, geos, effects */
} outcome_t;

/* Runs messages in order. For each committed part done is called once, before the next part begins: publish, answer,
 * arm timers there. Returns STORE_BROKEN when the world failed: parts already done stay done, the rest was not saved
 * (or is not known to be: the next load tells).
 * Everything the messages point to must live in engine_arena until the call is over. */
typedef void (engine_done_fn) (void *closure, const outcome_t *outcome);
store_result_t engine_turn (engine_t *self, int64_t now, message_t *messages, int count, engine_done_fn *done,
    void *closure);

/* Senders may ask again now: the next turns look up whether a command was answered before. */
void engine_be_wary (engine_t *self);

/* The arena of the turn to come; reset by engine_next. */
arena_t *engine_arena (engine_t *self);
void engine_next (engine_t *self);
/* For who still needs what a turn has said: gives the arena away and goes on with another, which is empty. */
arena_t *engine_exchange_arena (engine_t *self, arena_t *other);
