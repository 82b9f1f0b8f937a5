/* perform.c - one delivery, from the row that says it was begun to the message that says how it
 * ended. */
#include "notifier.h"
#include "crashpoint.h"
#include "delivery_config.h"
#include "moment.h"
#include "performer.h"
#include <pthread.h>
#include <stdio.h>
#include <time.h>

/* curl asks about once a second, and also while it takes leave, which its own limit leaves out. */
static int
s_on_progress (void *closure, curl_off_t down, curl_off_t downed, curl_off_t up, curl_off_t upped)
{
    const int64_t *until = closure;
    (void) down, (void) downed, (void) up, (void) upped;
    return !effect_may_go_on () || moment_steady () > *until;
}

static void
s_start_curl (void)
{
    curl_global_init (CURL_GLOBAL_DEFAULT);
}

CURL *
perform_curl (arena_t *arena, const char *url, const char *protocols, long limit_ms)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once (&once, s_start_curl);
    CURL *curl = curl_easy_init ();
    if (!curl)
        return NULL;
    int64_t *until = arena_alloc (arena, sizeof *until);
    *until = moment_steady () + limit_ms;
    curl_easy_setopt (curl, CURLOPT_URL, url);
    curl_easy_setopt (curl, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt (curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt (curl, CURLOPT_XFERINFOFUNCTION, s_on_progress);
    curl_easy_setopt (curl, CURLOPT_XFERINFODATA, until);
    /* A connection that is kept takes its leave when the handle is gone, and then asks nobody. */
    curl_easy_setopt (curl, CURLOPT_FORBID_REUSE, 1L);
    /* The thread that waits for a name is not waited for. */
    curl_easy_setopt (curl, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt (curl, CURLOPT_CONNECTTIMEOUT_MS, (long) PERFORM_CONNECT_MS);
    curl_easy_setopt (curl, CURLOPT_TIMEOUT_MS, limit_ms);
    curl_easy_setopt (curl, CURLOPT_USERAGENT, "Fettle/" FETTLE_VERSION);
    return curl;
}

delivery_done_t *
perform_done (arena_t *arena, const perform_delivery_t *delivery, delivery_outcome_t outcome,
    const char *error)
{
    delivery_done_t *done = arena_alloc (arena, sizeof *done);
    *done = (delivery_done_t) { .base = delivery_done_init };
    done->attempt_id = arena_strdup (arena, delivery->attempt_id);
    done->outcome = outcome;
    done->error = arena_strdup (arena, error);
    return done;
}

static int64_t
s_clock_ms (void)
{
    struct timespec now;
    clock_gettime (CLOCK_REALTIME, &now);
    return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static delivery_done_t *
s_perform (arena_t *arena, const perform_delivery_t *delivery)
{
    if (!effect_may_begin ())
        return perform_done (
            arena, delivery, DELIVERY_OUTCOME_NOT_BEGUN, "the service was stopped before its turn");
    if (s_clock_ms () > delivery->begin_by_at)
        return perform_done (
            arena, delivery, DELIVERY_OUTCOME_NOT_BEGUN, "it waited too long for its turn");
    if (!delivery_config_has ((int) delivery->channel))
        return perform_done (
            arena, delivery, DELIVERY_OUTCOME_REFUSED, "this channel is not set up any more");
    CRASHPOINT ("attempt_recorded");
    delivery_done_t *done = delivery->channel == CHANNEL_EMAIL ? perform_mail (arena, delivery)
        : delivery->channel == CHANNEL_WEBHOOK                 ? perform_webhook (arena, delivery)
                                                               : perform_gateway (arena, delivery);
    CRASHPOINT ("provider_answered");
    return done;
}

const ProtobufCMessage *
perform (arena_t *arena, const perform_delivery_t *delivery)
{
    return &s_perform (arena, delivery)->base;
}
