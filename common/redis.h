/* redis - what can be rebuilt: an index of due times, positions for maps. Pipelined; down is not an error but a
 * state: nothing is queued, nothing is retried, the owner rebuilds when it is back. One attempt to connect a second
 * at most. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct redis_t redis_t;

/* url: "unix:/path" or "tcp://host:port"; "" is a Redis that is always down. */
redis_t *redis_new (const char *url, const char *password);
void redis_destroy (redis_t **self);
bool redis_is_up (redis_t *self);               /* connects when it is time to */
/* Which connection this is: another number than before means that something may have been lost in between. */
int redis_connection (const redis_t *self);
/* Queues a command, then redis_flush sends all and waits for the answers. Arguments are binary safe by printf's %b. */
void redis_queue (redis_t *self, const char *format, ...);
void redis_queue_words (redis_t *self, int count, const char **words, const size_t *sizes);    /* as they are */
/* Sends what is queued and does not wait; the answers are read by whoever asks or flushes next. */
void redis_send (redis_t *self);
/* false: the connection is lost, what was queued may or may not be done */
bool redis_flush (redis_t *self);
/* One command, its answer: text lives until the next call; NULL: down, or nil. */
const char *redis_text (redis_t *self, const char *format, ...);
/* The first members of a sorted set with after < score <= until, at most max: calls visit for each; false: down. */
typedef void (redis_visit_fn) (void *closure, const char *member, size_t size, int64_t score);
bool redis_range (redis_t *self, const char *key, int64_t after, int64_t until, int max, redis_visit_fn *visit,
    void *closure);
