/* redis - a stream and a consumer group; as durable as the server's appendfsync makes it. */
#include "exchange.h"
#include <hiredis/hiredis.h>
#include <poll.h>
#include <string.h>

static redisContext *s_redis;
static char s_ids [BATCH_MAX] [40];
static int s_received;

static redisContext *
s_open (const char *address)
{
    redisContext *redis = redisConnectUnix (address);
    if (!redis || redis->err)
        exchange_fail ("Redis at %s: %s", address, redis ? redis->errstr : "no memory");
    return redis;
}

static redisReply *
s_must (redisReply *reply)
{
    if (!reply || reply->type == REDIS_REPLY_ERROR)
        exchange_fail ("Redis: %s", reply ? reply->str : "it does not answer");
    return reply;
}

static void
s_make (const char *address)
{
    redisContext *redis = s_open (address);
    freeReplyObject (s_must (redisCommand (redis, "DEL parcels")));
    freeReplyObject (s_must (redisCommand (redis, "XGROUP CREATE parcels keeper $ MKSTREAM")));
    redisFree (redis);
}

static void
s_open_sender (const char *address)
{
    s_redis = s_open (address);
}

static void
s_send (const body_t *body)
{
    redisAppendCommand (s_redis, "XADD parcels * body %b", body, (size_t) BODY_SIZE);
}

static int
s_read (void)
{
    int count = 0;
    void *reply;
    while (redisGetReplyFromReader (s_redis, &reply) == REDIS_OK && reply) {
        freeReplyObject (s_must (reply));
        count++;
    }
    return count;
}

static int
s_confirmed (int timeout_ms)
{
    int is_written = 0;
    while (!is_written)
        if (redisBufferWrite (s_redis, &is_written) != REDIS_OK)
            exchange_fail ("Redis: %s", s_redis->errstr);
    struct pollfd ready = { .fd = s_redis->fd, .events = POLLIN };
    if (poll (&ready, 1, timeout_ms) <= 0)
        return 0;
    if (redisBufferRead (s_redis) != REDIS_OK)
        exchange_fail ("Redis: %s", s_redis->errstr);
    return s_read ();
}

static void
s_take (const redisReply *entry, body_t *ret_body)
{
    const redisReply *id = entry->element [0], *body = entry->element [1]->element [1];
    if (id->len >= sizeof s_ids [0] || body->len != BODY_SIZE)
        exchange_fail ("Redis: an entry that nobody sent");
    memcpy (s_ids [s_received++], id->str, id->len + 1);
    memcpy (ret_body, body->str, BODY_SIZE);
}

static int
s_receive (body_t *ret_bodies, int max, int timeout_ms)
{
    redisReply *reply = s_must (redisCommand (s_redis,
        "XREADGROUP GROUP keeper one COUNT %d BLOCK %d STREAMS parcels >", max, timeout_ms));
    s_received = 0;
    if (reply->type == REDIS_REPLY_ARRAY && reply->elements) {
        const redisReply *entries = reply->element [0]->element [1];
        for (size_t i = 0; i < entries->elements; i++)
            s_take (entries->element [i], &ret_bodies [i]);
    }
    freeReplyObject (reply);
    return s_received;
}

static void
s_acknowledge (void)
{
    const char *words [BATCH_MAX + 3] = { "XACK", "parcels", "keeper" };
    for (int i = 0; i < s_received; i++)
        words [3 + i] = s_ids [i];
    freeReplyObject (s_must (redisCommandArgv (s_redis, 3 + s_received, words, NULL)));
}

const exchange_t exchange_redis = {
    .name = "redis", .address = "path of the socket", .make = s_make, .open_sender = s_open_sender, .send = s_send,
    .confirmed = s_confirmed, .open_receiver = s_open_sender, .receive = s_receive, .acknowledge = s_acknowledge };
