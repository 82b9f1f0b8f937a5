/* timer_index - the due times of a service as a sorted set in Redis: what falls due next is found without asking
 * Postgres. Nothing depends on it. It is as good as the connection that it was written through and the marker beside
 * it, which holds the lease epoch: with another connection, or without the marker, it is made again from Postgres,
 * page by page between turns. Until it is whole, it has no answers. */
#pragma once
#include "db_store.h"
#include "redis.h"

typedef struct {
    const service_t *service;
    redis_t *redis;
    int64_t epoch;              /* of the lease */
    int connection;             /* that it was begun through */
    bool is_begun, is_whole;
    int64_t made_until;         /* what falls due later is not in it yet */
    int page;
    int64_t again_at;           /* steady ms: not begun before, for one could not be made (a Redis that is full) */
} timer_index_t;

/* Another writer, another index: to be called with each new lease. */
void timer_index_init (timer_index_t *self, const service_t *service, redis_t *redis, int64_t epoch);
/* As db_store_due. ok false: it is not whole, Postgres knows. */
due_t timer_index_due (timer_index_t *self, arena_t *arena, int64_t after, int64_t until, int max);
/* After a commit: what the turn has set and cleared. Does not wait for Redis. */
void timer_index_note (timer_index_t *self, const tx_t *tx);
/* One page of what is missing. True: there is more to be done, as soon as there is time. */
bool timer_index_make (timer_index_t *self, store_t *store);

/* How far a page of due times reaches: all that falls due after the last page and up to there is on it. The last
 * instant of a full page may be cut. */
int64_t timer_page_reach (const due_t *page, int max, int64_t until);
