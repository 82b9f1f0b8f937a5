/* delivery - many commands to one service: in order, several under way at once, sent again when the service asks
 * for it.
 *
 * A command's id is its idempotency key, so what got no answer is sent again after a while: the service answers
 * what it answered first. */
#pragma once
#include "client.h"

typedef struct {
    bus_command_t *command;
    const bus_reply_t *reply;       /* the last answer; NULL: none yet */
    int64_t again_at, first_at;     /* of the steady clock; 0: never sent */
    int tries;
    bool is_under_way, is_done;
    void *context;                  /* the caller's */
} delivery_t;

/* Asked for each answer. Below 0: it is final. Else: send again after so many ms (the judge may change the
 * command's id). */
typedef int64_t (delivery_judge_fn) (void *closure, delivery_t *delivery);

typedef struct {
    int window;                     /* so many under way at once */
    int timeout_ms;                 /* without any answer for so long: the service can not be reached */
    delivery_judge_fn *judge;       /* NULL: delivery_retry for up to timeout_ms */
    void *closure;
    void (*done) (void *closure, const delivery_t *delivery);   /* in the order of final answers; NULL: none */
} delivery_rules_t;

/* Returns when all have their final answer. False with a sentence: no answer for timeout_ms; those that are not
 * done are unknown. */
bool delivery_run (const char *service, arena_t *arena, delivery_t *deliveries, int count,
    const delivery_rules_t *rules,
                   char error [512]);
/* The judge that waits while the service says "not now", for up to timeout_ms of the closure (an int). */
int64_t delivery_retry (void *closure, delivery_t *delivery);

/* The answer that counts: of a duplicate the first one's. */
int delivery_status (const bus_reply_t *reply);
/* Is the command's message one that a service takes? False with a sentence. */
bool delivery_fits (const bus_command_t *command, char error [512]);
