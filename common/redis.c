#include "redis.h"
#include "check.h"
#include "moment.h"
#include <hiredis/hiredis.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RETRY_MS = 1000, TIMEOUT_MS = 500 };

struct redis_t {
    char url [256], password [256];
    redisContext *context;
    int queued, connection;
    int64_t retry_at;
    redisReply *last;
};

redis_t *
redis_new (const char *url, const char *password)
{
    redis_t *self = calloc (1, sizeof *self);
    check (self);
    snprintf (self->url, sizeof self->url, "%s", url);
    snprintf (self->password, sizeof self->password, "%s", password);
    return self;
}

static void
s_drop (redis_t *self)
{
    if (self->context)
        redisFree (self->context);
    self->context = NULL;
    self->queued = 0;
    self->retry_at = moment_steady () + RETRY_MS;
}

void
redis_destroy (redis_t **self)
{
    if (!*self)
        return;
    s_drop (*self);
    if ((*self)->last)
        freeReplyObject ((*self)->last);
    free (*self);
    *self = NULL;
}

static redisContext *
s_connect (redis_t *self)
{
    struct timeval timeout = { 0, TIMEOUT_MS * 1000 };
    char host [200];
    int port = 6379;
    if (strncmp (self->url, "unix:", 5) == 0)
        return redisConnectUnixWithTimeout (self->url + 5, timeout);
    if (sscanf (self->url, "tcp://%199[^:]:%d", host, &port) >= 1)
        return redisConnectWithTimeout (host, port, timeout);
    return NULL;
}

static bool
s_greet (redis_t *self)
{
    struct timeval timeout = { 0, TIMEOUT_MS * 1000 };
    if (!self->context || self->context->err || redisSetTimeout (self->context, timeout) != REDIS_OK)
        return false;
    redisReply *reply = *self->password ? redisCommand (self->context, "AUTH %s", self->password)
                                        : redisCommand (self->context, "PING");
    bool ok = reply && reply->type != REDIS_REPLY_ERROR;
    if (reply)
        freeReplyObject (reply);
    return ok;
}

bool
redis_is_up (redis_t *self)
{
    if (self->context && !self->context->err)
        return true;
    if (self->context)
        s_drop (self);
    if (!*self->url || moment_steady () < self->retry_at)
        return false;
    self->context = s_connect (self);
    self->connection++;
    if (s_greet (self))
        return true;
    s_drop (self);
    return false;
}

int redis_connection (const redis_t *self) { return self->connection; }

void
redis_queue (redis_t *self, const char *format, ...)
{
    va_list arguments;
    if (!redis_is_up (self))
        return;
    va_start (arguments, format);
    if (redisvAppendCommand (self->context, format, arguments) == REDIS_OK)
        self->queued++;
    va_end (arguments);
}

void
redis_queue_words (redis_t *self, int count, const char **words, const size_t *sizes)
{
    if (redis_is_up (self) && redisAppendCommandArgv (self->context, count, words, sizes) == REDIS_OK)
        self->queued++;
}

void
redis_send (redis_t *self)
{
    int done = 0;
    while (self->context && !done)
        if (redisBufferWrite (self->context, &done) != REDIS_OK)
            s_drop (self);
}

/* The answer to the oldest command that has none yet; NULL: the connection is lost. */
static redisReply *
s_answer (redis_t *self)
{
    redisReply *reply = NULL;
    if (self->context && redisGetReply (self->context, (void **) &reply) == REDIS_OK && reply
        && reply->type != REDIS_REPLY_ERROR)
        return reply;
    if (reply)
        freeReplyObject (reply);
    s_drop (self);
    return NULL;
}

bool
redis_flush (redis_t *self)
{
    bool ok = self->context != NULL;
    while (ok && self->queued > 0) {
        redisReply *reply = s_answer (self);
        ok = reply != NULL;
        if (ok) {
            freeReplyObject (reply);
            self->queued--;
        }
    }
    return ok;
}

const char *
redis_text (redis_t *self, const char *format, ...)
{
    va_list arguments;
    if (self->last)
        freeReplyObject (self->last);
    self->last = NULL;
    if (!redis_is_up (self) || !redis_flush (self))
        return NULL;
    va_start (arguments, format);
    redisvAppendCommand (self->context, format, arguments);
    va_end (arguments);
    self->last = s_answer (self);
    return self->last && (self->last->type == REDIS_REPLY_STRING || self->last->type == REDIS_REPLY_STATUS)
        ? self->last->str : NULL;
}

bool
redis_range (redis_t *self, const char *key, int64_t after, int64_t until, int max, redis_visit_fn *visit,
    void *closure)
{
    if (!redis_is_up (self) || !redis_flush (self))
        return false;
    redisAppendCommand (self->context, "ZRANGEBYSCORE %s (%lld %lld WITHSCORES LIMIT 0 %d", key, (long long) after,
        (long long) until, max);
    redisReply *reply = s_answer (self);
    bool ok = reply && reply->type == REDIS_REPLY_ARRAY;
    for (size_t i = 0; ok && i + 1 < reply->elements; i += 2)
        visit (closure, reply->element [i]->str, reply->element [i]->len,
            strtoll (reply->element [i + 1]->str, NULL, 10));
    if (reply)
        freeReplyObject (reply);
    return ok;
}
