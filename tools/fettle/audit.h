/* audit - what must always be true, checked over all schemas: by SQL (audit_sql.c), and by reading every event that
 * was ever said (audit_events.c, audit_paths.c). Everything is read in one snapshot. */
#pragma once
#include "client.h"
#include "map.h"

enum { AUDIT_INVARIANTS = 12 };

typedef struct {
    const char *name;           /* "I4" */
    const char *about;          /* a sentence: what is true */
    int64_t checked;            /* rows or events looked at */
    int broken;
    char note [160];            /* "" or something worth knowing that breaks nothing */
} invariant_t;

typedef struct { const invariant_t *of; const char *sentence; } finding_t;

typedef struct {
    arena_t *arena;
    db_t *db;
    const char *only;           /* NULL: all */
    invariant_t invariants [AUDIT_INVARIANTS];
    finding_t *findings;
    int finding_count, finding_capacity;
    char error [512];           /* why it could not be checked; "" none */
} audit_t;

bool audit_wants (const audit_t *self, const char *invariant);
void audit_count (audit_t *self, const char *invariant, int64_t more);
void audit_find (audit_t *self, const char *invariant, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));
void audit_note (audit_t *self, const char *invariant, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

/* A query's rows; NULL when it failed, which is then the audit's error. */
PGresult *audit_query (audit_t *self, const char *sql);
/* Bytes that a query gives as encode (..., 'hex'). */
blob_t audit_bytes (arena_t *arena, const PGresult *result, int row, int column);

/* A query of (service, last_sequence): how far each service has come. */
char *audit_heads (arena_t *arena);

void audit_sql (audit_t *self);
void audit_events (audit_t *self);

/* ---- audit_paths.c: the lives of orders and visits as the events tell them */

typedef struct { map_t orders, visits; } paths_t;
/* An event of the dispatcher, in the order of sequences. */
void paths_take (paths_t *self, audit_t *audit, const bus_event_t *event, const ProtobufCMessage *message);
/* Compares where they ended with the tables. */
void paths_compare (paths_t *self, audit_t *audit);
