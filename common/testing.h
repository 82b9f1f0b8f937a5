/* testing - a service in memory: the same turn over the in-memory store, a clock that stands still, no bus.
 *
 *     tx_t *tx = tx_fake (&fettle_service);
 *     given (tx, visit, { .id = "v1", .state = VISIT_STATE_ACCEPTED });
 *     run (tx, accept_visit (.visit_id = "v1"));
 *     assert_rejected (tx, "visit.not_offered");
 *
 * Include after <setjmp.h>, <stdarg.h>, <stddef.h>, <stdint.h>, <cmocka.h>. */
#pragma once
#include "service.h"

tx_t *tx_fake (const service_t *service);           /* now = 2026-06-08T08:00:00Z, a Monday; seed fixed */
void tx_fake_destroy (tx_t **tx);
void tx_fake_now (tx_t *tx, int64_t now);           /* moves the clock; fires no timer */
void tx_fake_recorded (tx_t *tx, int64_t recorded_at);  /* of the events to come; 0 as they happen */
void tx_fake_actor (tx_t *tx, const char *actor);
void tx_fake_speaker (tx_t *tx, const char *speaker);   /* for whom the key speaks from now on; "" anybody */
/* fires due timers in order on the way, the clock at each one's instant; how many fired */
int tx_fake_advance (tx_t *tx, int64_t to);
void tx_fake_store (tx_t *tx, const entity_t *entity, const void *row);

/* One message as a turn of its own: as the command, event (from its own service), query or effect result that the
 * table says. */
void tx_fake_run (tx_t *tx, const ProtobufCMessage *message);
void tx_fake_run_at (tx_t *tx, int64_t happened_at, const ProtobufCMessage *message);
/* Several messages as one turn. */
void tx_fake_run_all (tx_t *tx, const ProtobufCMessage *const *messages, int count);

/* The timers that are due now, at most max of them, as one turn; how many. */
int tx_fake_fire (tx_t *tx, int max);
/* over the messages of the last run or fire: the round trips they cost */
int tx_fake_passes (tx_t *tx);

/* Of the last run (or advance): what was said. index counts from 0 within the type; NULL: not said. */
const void *tx_fake_emitted (tx_t *tx, const ProtobufCMessageDescriptor *type, int index);
int tx_fake_emitted_count (tx_t *tx, const ProtobufCMessageDescriptor *type);
int tx_fake_emitted_total (tx_t *tx);
/* the index-th event of the run as it goes on the bus; NULL: none */
const bus_event_t *tx_fake_envelope (tx_t *tx, int index);
const void *tx_fake_effect (tx_t *tx, const ProtobufCMessageDescriptor *type, int index);
/* whether that figure was the last to be observed, and its value */
bool tx_fake_observed (tx_t *tx, const figure_t *figure, double *ret_value);
const void *tx_fake_answer (tx_t *tx, const ProtobufCMessageDescriptor *type);
const char *tx_fake_code (tx_t *tx);                /* of the last command's reply; "" accepted */
const char *tx_fake_message (tx_t *tx);
const char *tx_fake_subject (tx_t *tx);
const char *tx_fake_dead_letter (tx_t *tx);         /* reason of the last dead letter; "" none in this run */
const void *tx_fake_stored (tx_t *tx, const entity_t *entity, const char *id);  /* valid until the next run */
int tx_fake_stored_count (tx_t *tx, const entity_t *entity);
int64_t tx_fake_timer (tx_t *tx, const char *kind, const char *id);     /* due_at; 0 not set */

#define given(tx, type, ...) tx_fake_store (tx, &type##_entity, &(type##_t) __VA_ARGS__)
#define run(tx, message) tx_fake_run (tx, message)
#define run_at(tx, at, message) tx_fake_run_at (tx, at, message)
#define emitted(tx, type) ((const type##_t *) tx_fake_emitted (tx, &type##_descriptor, 0))
#define emitted_nth(tx, type, n) ((const type##_t *) tx_fake_emitted (tx, &type##_descriptor, n))
#define emitted_count(tx, type) tx_fake_emitted_count (tx, &type##_descriptor)
#define effect(tx, type) ((const type##_t *) tx_fake_effect (tx, &type##_descriptor, 0))
#define answer(tx, type) ((const type##_t *) tx_fake_answer (tx, &type##_descriptor))
#define stored(tx, type, id) ((const type##_t *) tx_fake_stored (tx, &type##_entity, id))
#define stored_count(tx, type) tx_fake_stored_count (tx, &type##_entity)
#define assert_rejected(tx, code) assert_string_equal (tx_fake_code (tx), code)
#define assert_accepted(tx) assert_string_equal (tx_fake_code (tx), "")
#define assert_dead(tx, reason) assert_non_null (strstr (tx_fake_dead_letter (tx), reason))
