/* tx - the inside of a turn's transaction; handlers see turn.h only.
 *
 * Life of a tx: tx_begin, then passes over the batch (tx_rewind before each but the first) until no row is missing,
 * then the store takes tx_changes and the engine the emitted events; then tx_begin again. */
#pragma once
#include "id.h"
#include "map.h"
#include "reply.h"
#include "timer.h"
#include "service.h"
#include <setjmp.h>

/* A row of the turn. base is as loaded or as first put; now is what handlers change. */
typedef struct {
    const char *key;
    void *now, *base;           /* both NULL: known to be absent */
    bool is_known;              /* the database was asked for this key */
    bool is_new, deleted, touched;
} row_t;

typedef struct { row_t **rows; int count, capacity, loaded; bool is_loaded; } posting_t;

/* Rows found by an index in order of key from some key on, as they came; never sorted again. */
typedef struct { posting_t found; const char *after; int limit; } rows_page_t;

/* The rows of one entity in this turn. */
typedef struct {
    const entity_t *entity;
    bool is_used;                               /* anybody has looked into it */
    map_t by_key;                               /* key -> row_t */
    map_t by_index [ENTITY_MAX_INDEXES];        /* value -> posting_t */
    map_t pages;                                /* index, limit, value, after -> rows_page_t */
    posting_t all, touched;                     /* all: every row_t of the turn */
    bool whole;                                 /* every row of the table is here */
    list_t list;                                /* what tx_all gave last; rows NULL: to be made again */
} table_t;

/* Something to fetch: index NULL is by key, "*" the whole table; page: of what the index finds a part only. */
typedef struct { table_t *table; const char *index, *value; int index_number; rows_page_t *page; } want_t;

typedef struct { const char *key; int64_t due_at; } timer_op_t;     /* due_at 0: clear */
typedef struct { const char *id; double latitude, longitude; int64_t fixed_at; bool remove; } geo_op_t;
typedef struct { const figure_t *figure; double value; } observation_t;

typedef enum { ORIGIN_EVENT, ORIGIN_COMMAND, ORIGIN_QUERY, ORIGIN_TIMER, ORIGIN_EVERY, ORIGIN_RESULT } origin_t;

/* One thing that waits to be handled, and what became of it. Lives in the turn's arena. */
typedef struct {
    origin_t origin;
    const handler_t *handler;           /* NULL: nobody listens, only the cursor moves */
    const void *body;                   /* unpacked message or wakeup_t */
    char *id, *actor, *correlation, *traceparent;
    const char *speaker;                /* COMMAND, QUERY: for whom the sender's key speaks; NULL, "": for anybody */
    int64_t time, recorded_at;          /* recorded_at: EVENT, when its publisher has kept it; else 0 */
    const char *source;                 /* EVENT: publisher */
    int64_t sequence;
    blob_t raw;                         /* COMMAND, EVENT: bytes for the dead letter and the body hash */
    const char *type;
    void *route;                        /* COMMAND, QUERY: whom to answer */
    int64_t letter_id;                  /* RESULT: the dead letter that is tried again; 0 none */
    /* verdict */
    int status;                         /* STATUS_ of fettle.bus.v1.Reply */
    char *code, *message, *subject;
    int first_status;
    const ProtobufCMessage *answer;
    reply_t *kept;                      /* COMMAND: its answer, a row of this turn */
    char *dead;                         /* reason; NULL alive */
} message_t;

typedef struct {
    const ProtobufCMessageDescriptor *type;
    const char *subject;
    char *correlation, *causation, *actor, *traceparent;
    message_t *cause;
    int64_t time;
    blob_t data;
} emit_t;

typedef enum { CHANGE_INSERT, CHANGE_UPDATE, CHANGE_DELETE } change_t;
typedef struct { table_t *table; row_t *row; change_t change; } changed_t;

/* Gives a want from memory now, if the store can: then nobody has to be abandoned. */
typedef bool (peek_fn) (void *store, tx_t *tx, const want_t *want);

struct tx_t {
    arena_t *arena;
    peek_fn *peek;                      /* NULL: the store has nothing in memory */
    void *peek_store;
    const service_t *service;
    table_t *tables;
    int table_count;
    want_t *wants;
    int want_count, want_capacity;
    changed_t *changed;
    int changed_count, changed_capacity;
    bool are_changes_known;             /* no handler has run since they were found */
    emit_t *emits;
    int emit_count, emit_capacity;
    map_t timer_map;
    timer_op_t **timers;
    int timer_count, timer_capacity;
    geo_op_t *geos;
    int geo_count, geo_capacity;
    observation_t *observations;
    int observation_count, observation_capacity;
    const ProtobufCMessage **effects;
    int effect_count, effect_capacity;
    int64_t now;
    id_source_t *ids, ids_at_begin;
    message_t *at_hand;
    char *correlation;
    jmp_buf abandon;
    bool wanting;                       /* this pass misses rows: verdicts do not count */
    bool is_wary;                       /* a command may have been answered before */
};

void tx_begin (tx_t *tx, int64_t now);  /* arena must be fresh */
void tx_rewind (tx_t *tx);              /* forget what handlers did, keep what was loaded */
void rows_rewind (table_t *table);
typedef enum { RAN, ABANDONED, FAILED } run_t;
typedef void (call_fn) (tx_t *tx, message_t *message);
run_t tx_run (tx_t *tx, message_t *message, call_fn *call);
void tx_call_handler (tx_t *tx, message_t *message);
const char *tx_origin_name (origin_t origin);           /* "event", "command" ...: as dead letters keep it */

/* For stores: what was fetched, a page's rows in order of key (as strcmp has it). tx_want_done after all rows of a
 * want. */
table_t *tx_table (tx_t *tx, const entity_t *entity);
bool tx_knows_row (tx_t *tx, const entity_t *entity, const char *id);   /* loaded, put, or known to be absent */
void tx_row_loaded (tx_t *tx, table_t *table, const void *row, const want_t *want);
void tx_want_done (tx_t *tx, const want_t *want);
bool tx_want_is_done (const want_t *want);

/* What is to be saved: calls visit for each row that is new, changed or deleted. */
typedef void (change_fn) (void *closure, table_t *table, change_t change, const void *row);
int tx_changes (tx_t *tx, change_fn *visit, void *closure);

/* Grows an array in the arena: TX_PUSH (tx, tx->wants, tx->want_count, tx->want_capacity) = value. */
void *tx_grow (tx_t *tx, void *array, int count, int *capacity, size_t size);
#define TX_PUSH(tx, array, count, capacity) \
    ((array) = tx_grow (tx, array, count, &(capacity), sizeof *(array)), &(array) [(count)++])
