/* exchange - what the driver of the bench asks of each system: a sender whose messages are confirmed once durable, and
 * a receiver that acknowledges once their effects are. One process is the sender, another the receiver. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BODY_SIZE = 200, BATCH_MAX = 512 };

/* A message: its head, and bytes up to BODY_SIZE. */
typedef struct {
    char id [32];
    int64_t sent_us;
    int64_t is_marked;      /* its receiver tells the driver when it is applied */
    uint8_t rest [BODY_SIZE - 48];
} body_t;

typedef struct {
    const char *name, *address;     /* of address: what the driver is told of where the system is */
    void (*make) (const char *address);             /* the queue, empty */
    void (*open_sender) (const char *address);
    void (*send) (const body_t *body);
    int (*confirmed) (int timeout_ms);              /* how many more are durable; in order of sending */
    /* NULL: the system has a receiver of its own, which tells through the named pipe */
    void (*open_receiver) (const char *address);
    int (*receive) (body_t *ret_bodies, int max, int timeout_ms);
    void (*acknowledge) (void);                     /* all of the last receive */
} exchange_t;

extern const exchange_t exchange_fettle, exchange_jetstream, exchange_rabbitmq, exchange_redis, exchange_postgres;

/* Prints the sentence and ends the process with 1. */
_Noreturn void exchange_fail (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
