/* invariant - what must be true of the whole company, checked after each commit on what it has changed, and in whole
 * when everything is quiet. Each page keeps books of its own, from events alone, and holds the rows against them; none
 * of them calls a function of a service or looks into its headers.
 *
 *     invariant_log.c       I11 sequences, cursors; I14 dead letters
 *     invariant_request.c   I1 requests and what each leads to once, I2 nothing without a cause
 *     invariant_answer.c    I1 a command is decided once, and does once what it says
 *     invariant_path.c      I3 states follow their graph
 *     invariant_stock.c     I4 the journal adds up, I5 what is reserved is used, returned, released or open
 *     invariant_visit.c     I6 nobody is in two places, and may do what he is sent for
 *     invariant_invoice.c   I7 numbers and one line each, I13 money
 *     invariant_clock.c     I8 thresholds are said once and in time, I9 pauses and business time
 *     invariant_notice.c    I10 messages */
#pragma once
#include "sim.h"
#include "map.h"

#define IS(body, message) ((body)->descriptor == &message##_descriptor)

/* A page. Any may be NULL. event: each one that a commit has said, before its rows. */
typedef struct {
    void (*begin) (sim_t *sim);
    void (*event) (sim_t *sim, const sim_commit_t *commit, const bus_event_t *event, const ProtobufCMessage *body);
    void (*row) (sim_t *sim, const sim_commit_t *commit, const sim_change_t *change);
    void (*commit) (sim_t *sim, const sim_commit_t *commit);
    void (*quiet) (sim_t *sim);
} page_t;
extern const page_t invariant_log, invariant_request, invariant_answer, invariant_path, invariant_stock,
    invariant_visit, invariant_invoice, invariant_clock, invariant_notice;

/* Memory of the run, freed by invariant_end. */
arena_t *invariant_arena (void);
char *invariant_text (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
/* The number kept under that key, 0 at first; the key is copied. */
int64_t *invariant_number (map_t *map, const char *key);
/* The same for a thing of some bytes, zeroed at first. */
void *invariant_thing (map_t *map, const char *key, size_t size);
bool invariant_is_event (const char *id);             /* somebody has said it */
bool invariant_is_message (int channel, const char *external_id);   /* a request was accepted for it */
void invariant_each (const map_t *map, void (*visit) (sim_t *sim, const char *key, void *value), sim_t *sim);

/* The workload tells what it alone can know: what was answered, and what reached the provider. */
void invariant_answered (sim_t *sim, const sim_verdict_t *verdict);
void invariant_retried (const char *message_id);
void invariant_received (sim_t *sim, const perform_delivery_t *delivery);
