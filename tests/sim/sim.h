/* sim - a whole company in one process: seven services, their bus, their databases, a clock that obeys, and chance
 * from one number. This page is what the workload (company*.c) and the invariants (invariant*.c) see of that world;
 * how it is made is in world.h.
 *
 * The services are the real ones, with the real loop around them (common/service.c, loop_*.c, engine.c). Not real are
 * the sockets, the databases and the clock, so that all of them can fail, and every failure can be repeated. What is
 * modelled and what is not: tests/sim/README.md */
#pragma once
#include "entity.h"
#include "messages.h"
#include "reply.h"
#include "service.h"

typedef struct sim_t sim_t;

typedef enum { SIM_INTAKE, SIM_DISPATCHER, SIM_SCHEDULER, SIM_INVENTORY, SIM_BILLING, SIM_NOTIFIER, SIM_SLA_WATCHDOG,
               SIM_SERVICES } sim_service_t;
const char *sim_service_name (sim_service_t service);      /* "sla-watchdog" */
sim_service_t sim_service (const char *name);               /* SIM_SERVICES: none of that name */

/* ---- time and chance. The services' clocks may jump; this one does not. */

int64_t sim_now (const sim_t *sim);             /* ms UTC */
int64_t sim_begins_at (const sim_t *sim);       /* 00:00 UTC of a day that depends on the seed */
int64_t sim_ends_at (const sim_t *sim);         /* the workload begins nothing new after it; what is begun goes on */
uint64_t sim_random (sim_t *sim);               /* the workload's alone: what goes wrong is drawn from another stream */
int64_t sim_between (sim_t *sim, int64_t from, int64_t to);     /* both included */
/* A number that depends on the seed and this text alone, in whatever order things happen: for what shall be the same
 * with and without faults. */
uint64_t sim_chance (const sim_t *sim, const char *text);

typedef void (sim_deed_fn) (sim_t *sim, void *closure);
void sim_at (sim_t *sim, int64_t at, sim_deed_fn *deed, void *closure);
arena_t *sim_arena (sim_t *sim);                /* lives as long as the run */
/* A line in the trace, which is shown when something fails: "Li Wei accepts visit 0190..." */
void sim_say (sim_t *sim, const char *format, ...) __attribute__ ((format (printf, 2, 3)));

/* ---- a client. It sends the same id until there is an answer other than RETRY, which may take hours. The package
 * of the message says which service takes it. */

typedef struct {
    const char *id;
    sim_service_t service;
    const ProtobufCMessage *message;            /* what was sent */
    int status;                                 /* STATUS_ACCEPTED or _REJECTED; of a DUPLICATE the first one */
    const char *code, *text, *subject;
    const ProtobufCMessage *answer;             /* queries only; NULL otherwise */
    int sent;                                   /* times */
} sim_verdict_t;

/* The message is copied. id: 1 to 64 of A-Z a-z 0-9 . _ : -; never again for something else. happened_at 0: now. */
void sim_send (sim_t *sim, const char *id, const char *actor, int64_t happened_at, const ProtobufCMessage *command);
/* A question. heard is told of the answer, once; the verdict lives as long as the call. */
typedef void (sim_heard_fn) (sim_t *sim, const sim_verdict_t *verdict, void *closure);
void sim_ask (sim_t *sim, const ProtobufCMessage *query, sim_heard_fn *heard, void *closure);
/* So many commands and questions have no answer yet. */
int sim_unanswered (const sim_t *sim);

/* ---- the workload: company*.c */

/* Before the first step: masters are sent from here, later deeds set with sim_at. */
void company_begin (sim_t *sim);
/* Each event once, in order of its publisher, some ms after its commit, whatever the bus loses: as a person who looks
 * at a screen would know. */
void company_heard (sim_t *sim, sim_service_t publisher, const bus_event_t *event, const ProtobufCMessage *body);
/* Each command once, when the answer is known (not those of sim_ask). */
void company_answered (sim_t *sim, const sim_verdict_t *verdict);
/* What the provider makes of a delivery of the notifier: DeliveryDone. One call for each that reaches the provider;
 * what becomes of the answer on its way back is the world's affair. trouble: what the world wants to go wrong. */
typedef enum { SIM_PROVIDER_FINE, SIM_PROVIDER_BUSY /* 5xx, nothing sent */,
               SIM_PROVIDER_SILENT /* sent; the answer was lost: the outcome is unknown */ } sim_provider_t;
const ProtobufCMessage *company_perform (sim_t *sim, arena_t *arena, const perform_delivery_t *delivery,
    sim_provider_t trouble);

/* ---- the invariants: invariant*.c */

typedef struct { const entity_t *entity; const void *before, *after; } sim_change_t;  /* NULL: was not, is not */

/* One commit: nothing else changes rows. Rows and events live until the call is over. */
typedef struct {
    sim_service_t service;
    int64_t at;
    const sim_change_t *changes;
    int change_count;
    int64_t first_sequence, last_sequence;      /* of what was said; last < first: nothing */
} sim_commit_t;

void invariant_begin (sim_t *sim);
void invariant_step (sim_t *sim, const sim_commit_t *commit);
/* Everything that was said has been heard by everyone, nobody waits for an answer: each night, and at the end. */
void invariant_quiet (sim_t *sim);
void invariant_end (sim_t *sim);                /* frees what it keeps; after the last invariant_quiet */
/* The run ends after this step as failed. The first one counts. */
void sim_fail (sim_t *sim, const char *invariant, const char *format, ...) __attribute__ ((format (printf, 3, 4)));

/* ---- what is in the databases. Rows live until the service's next commit; do not keep them. */

const entity_t *sim_entity (const sim_t *sim, sim_service_t service, const char *name);   /* aborts: none of it */
const void *sim_row (const sim_t *sim, const entity_t *entity, const char *id);         /* NULL: none */
int sim_row_count (const sim_t *sim, const entity_t *entity);
/* The first row whose key comes after this one's; NULL: from the first one, and after the last.
 *     const entity_t *stock = sim_entity (sim, SIM_INVENTORY, "stock");
 *     for (const void *row = NULL; (row = sim_next (sim, stock, row)); ) */
const void *sim_next (const sim_t *sim, const entity_t *entity, const void *after);
/* Fields by name, since two services may know different structs by the same name. Abort: no such field. */
const char *sim_text (const entity_t *entity, const void *row, const char *field);
int64_t sim_int (const entity_t *entity, const void *row, const char *field);   /* int, enum, bool, time */
blob_t sim_blob (const entity_t *entity, const void *row, const char *field);

int64_t sim_head (const sim_t *sim, sim_service_t publisher);               /* last sequence it has committed */
int64_t sim_cursor (const sim_t *sim, sim_service_t consumer, sim_service_t publisher);    /* -1: does not listen */
/* The event as it was committed, sequence 1 to head; its data is packed. Lives as long as the run. */
const bus_event_t *sim_event (const sim_t *sim, sim_service_t publisher, int64_t sequence);
const ProtobufCMessage *sim_body (const sim_t *sim, const bus_event_t *event, arena_t *arena);

typedef struct { int64_t id; const char *origin, *source, *message_id, *type, *reason, *state; int64_t sequence;
                 blob_t body; } sim_letter_t;
int sim_letter_count (const sim_t *sim, sim_service_t service);
const sim_letter_t *sim_letter (const sim_t *sim, sim_service_t service, int i);
/* An operator marks a dead letter for another try (`fettle dead retry`). */
void sim_retry_letter (sim_t *sim, sim_service_t service, int i);

/* The times at which something was wrong, so that lateness can be excused: the last instant at which a fault of this
 * service (or of its database) was under way; 0 never. */
int64_t sim_last_trouble_at (const sim_t *sim, sim_service_t service);
