/* service - the door of every service: a table of what it listens to, and main.
 *
 *     static const handler_t handlers [] = {
 *         EVENT   (intake, work_order_requested, on_work_order_requested),
 *         COMMAND (accept_visit, on_accept_visit),
 *         QUERY   (get_decision, on_get_decision),
 *         TIMER   ("offer_expires", on_offer_expires),
 *         EVERY   (60000, every_minute),
 *         { 0 }
 *     };
 *     static const entity_t *const entities [] = { &visit_entity, &work_order_entity, NULL };
 *     SERVICE (dispatcher, "dispatcher", handlers, entities);
 */
#pragma once
#include "turn.h"

typedef enum { HANDLER_NONE, HANDLER_EVENT, HANDLER_COMMAND, HANDLER_QUERY, HANDLER_TIMER, HANDLER_EVERY,
               HANDLER_RESULT, HANDLER_EFFECT } handler_kind_t;

typedef void (handler_fn) (void);       /* real type: void (tx_t *, const <message>_t *) */

typedef struct {
    handler_kind_t kind;
    const char *source;                 /* EVENT: the publisher; TIMER: the timer's kind */
    const ProtobufCMessageDescriptor *type;
    handler_fn *run;
    int64_t every_ms;
    bool is_packed;
} handler_t;

#define EVENT(service, message, fn) { HANDLER_EVENT, #service, &message##_descriptor, (handler_fn *) fn, 0, false }
/* For who looks into few of them: fn (tx_t *, const packed_event_t *), see tx_open. */
#define EVENT_PACKED(service, message, fn) \
    { HANDLER_EVENT, #service, &message##_descriptor, (handler_fn *) fn, 0, true }
#define COMMAND(message, fn)        { HANDLER_COMMAND, NULL, &message##_descriptor, (handler_fn *) fn, 0, false }
#define QUERY(message, fn)          { HANDLER_QUERY, NULL, &message##_descriptor, (handler_fn *) fn, 0, false }
#define RESULT(message, fn)         { HANDLER_RESULT, NULL, &message##_descriptor, (handler_fn *) fn, 0, false }
/* fn (tx_t *, const wakeup_t *) */
#define TIMER(timer_kind, fn)       { HANDLER_TIMER, timer_kind, NULL, (handler_fn *) fn, 0, false }
#define EVERY(ms, fn)               { HANDLER_EVERY, NULL, NULL, (handler_fn *) fn, ms, false }        /* fn (tx_t *) */
/* Performs an effect outside the turn, on its own thread: const ProtobufCMessage *fn (arena_t *, const <message>_t *).
 * Returns the message for RESULT (in the arena), or NULL. */
#define EFFECT(message, fn)         { HANDLER_EFFECT, NULL, &message##_descriptor, (handler_fn *) fn, 0, false }

/* For effects: false when the service has been told to stop. One that may not begin returns a result that says so,
 * and is asked for again after the restart; one that may not go on any more gives up, and what came of it is
 * unknown. */
bool effect_may_begin (void);
bool effect_may_go_on (void);           /* until 5 s after that */

typedef struct {
    const char *name;                   /* "sla-watchdog"; its schema is sla_watchdog */
    const handler_t *handlers;          /* ends with { 0 } */
    const entity_t *const *entities;    /* ends with NULL */
    bool timers_in_redis;               /* due times are indexed in Redis; Postgres stays the truth */
} service_t;

extern const service_t fettle_service;  /* the one service of this program */

int service_main (int argc, char **argv, const service_t *service);

#define SERVICE(identifier, service_name, handler_table, entity_table, ...) \
    const service_t fettle_service = { \
        .name = service_name, .handlers = handler_table, .entities = entity_table, __VA_ARGS__ }; \
    int main (int argc, char **argv); \
    __attribute__ ((weak)) int \
    main (int argc, char **argv) \
    { \
        return service_main (argc, argv, &fettle_service); \
    } \
    typedef int identifier##_service_t
