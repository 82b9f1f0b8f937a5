/* perform_http.c - a webhook, or a gateway for short messages: JSON by POST, and what the answer
 * means.
 *
 * A webhook's URL is a stranger's: it may not lead into our own network, nor send us elsewhere, nor
 * keep us. */
#include "performer.h"
#include "delivery_config.h"
#include "json.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    arena_t *arena;
    char text [PERFORM_ANSWER_MAX + 1];
    size_t size;
    char why [CURL_ERROR_SIZE]; /* what curl says of a connection that failed */
    bool is_private; /* the name led to an address that webhooks must not reach */
} answer_t;

static size_t
s_on_body (char *bytes, size_t size, size_t count, void *closure)
{
    answer_t *answer = closure;
    if (answer->size + size * count > PERFORM_ANSWER_MAX)
        return 0;
    memcpy (answer->text + answer->size, bytes, size * count);
    answer->size += size * count;
    return size * count;
}

static curl_socket_t
s_on_socket (void *closure, curlsocktype purpose, struct curl_sockaddr *address)
{
    answer_t *answer = closure;
    (void) purpose;
    if (private_address_is (&address->addr)) {
        answer->is_private = true;
        return CURL_SOCKET_BAD;
    }
    return socket (address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- what came of it */

/* Once the head was on its way the other side may have acted on it, whatever happened to the
 * connection then. */
static delivery_outcome_t
s_broken (CURL *curl, CURLcode code, const answer_t *answer)
{
    if (answer->is_private)
        return DELIVERY_OUTCOME_REFUSED;
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
        return DELIVERY_OUTCOME_REFUSED;
    curl_off_t ready_us = 0;
    curl_easy_getinfo (curl, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
    return ready_us > 0 ? DELIVERY_OUTCOME_UNKNOWN : DELIVERY_OUTCOME_NOT_NOW;
}

/* A token that is not taken any more is an operator's mistake, and messages wait until it is mended. The
 * receiver of a webhook has none of us. */
static bool
s_is_our_token (const perform_delivery_t *delivery, long status)
{
    return status == 401 && delivery->channel != CHANNEL_WEBHOOK;
}

static delivery_outcome_t
s_meaning (const perform_delivery_t *delivery, long status)
{
    if (s_is_our_token (delivery, status))
        return DELIVERY_OUTCOME_NOT_NOW;
    if (status >= 200 && status < 300)
        return DELIVERY_OUTCOME_SENT;
    if (status == 410)
        return DELIVERY_OUTCOME_GONE;
    if (status == 408 || status == 425 || status == 429 || status == 503)
        return DELIVERY_OUTCOME_NOT_NOW;
    return status >= 500 ? DELIVERY_OUTCOME_UNKNOWN : DELIVERY_OUTCOME_REFUSED;
}

static char *
s_error (arena_t *arena, const perform_delivery_t *delivery, CURLcode code, long status, const answer_t *answer)
{
    if (s_is_our_token (delivery, status))
        return arena_printf (arena,
            "answered 401: the gateway does not take our token: set FETTLE_%s_TOKEN, and start again",
            enum_name (&channel_descriptor, (int) delivery->channel) + strlen ("CHANNEL_"));
    if (answer->is_private)
        return arena_printf (
            arena, "the URL leads to a private address: webhooks go to the public internet only");
    if (status >= 300 && status < 400)
        return arena_printf (
            arena, "answered %ld: redirects are not followed, register the final URL", status);
    if (status >= 300)
        return arena_printf (arena, "answered %ld", status);
    return arena_strdup (arena, code == CURLE_OK ? "" : *answer->why ? answer->why : curl_easy_strerror (code));
}

static delivery_done_t *
s_conclude (arena_t *arena, const perform_delivery_t *delivery, CURL *curl, CURLcode code,
    const answer_t *answer)
{
    long status = 0;
    curl_off_t retry_after_s = 0;
    curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo (curl, CURLINFO_RETRY_AFTER, &retry_after_s);
    /* With a status the other side has spoken, even if the rest of its answer was too long or never
     * came. */
    delivery_outcome_t outcome = status >= 200 ? s_meaning (delivery, status) : s_broken (curl, code, answer);
    delivery_done_t *done = perform_done (arena, delivery, outcome,
        outcome == DELIVERY_OUTCOME_SENT ? "" : s_error (arena, delivery, code, status, answer));
    done->retry_after_ms = retry_after_s > 0 && retry_after_s < 86400 ? retry_after_s * 1000 : 0;
    return done;
}

/* ---- the request */

static struct curl_slist *
s_head (arena_t *arena, struct curl_slist *list, const char *name, const char *value)
{
    return curl_slist_append (list, arena_printf (arena, "%s: %s", name, value));
}

static CURL *
s_post (arena_t *arena, const char *url, const char *body, answer_t *answer)
{
    CURL *curl = perform_curl (arena, url, "http,https", delivery_config ()->http_timeout_ms);
    if (!curl)
        return NULL;
    curl_easy_setopt (curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) strlen (body));
    curl_easy_setopt (curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt (curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt (curl, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
    curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, s_on_body);
    curl_easy_setopt (curl, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt (curl, CURLOPT_ERRORBUFFER, answer->why);
    return curl;
}

static delivery_done_t *
s_run (arena_t *arena, const perform_delivery_t *delivery, CURL *curl, struct curl_slist *head,
    const answer_t *answer)
{
    curl_easy_setopt (curl, CURLOPT_HTTPHEADER, head);
    CURLcode code = curl_easy_perform (curl);
    delivery_done_t *done = s_conclude (arena, delivery, curl, code, answer);
    curl_slist_free_all (head);
    curl_easy_cleanup (curl);
    return done;
}

delivery_done_t *
perform_webhook (arena_t *arena, const perform_delivery_t *delivery)
{
    int64_t now_s = (int64_t) time (NULL);
    char *signature =
        signature_make (arena, delivery->secret, delivery->message_id, now_s, delivery->body);
    if (!signature)
        return perform_done (arena, delivery, DELIVERY_OUTCOME_REFUSED,
            "the secret is not \"whsec_\" and base64: register the webhook again");
    answer_t *answer = arena_alloc (arena, sizeof *answer);
    CURL *curl = s_post (arena, delivery->address, delivery->body, answer);
    if (!curl)
        return perform_done (
            arena, delivery, DELIVERY_OUTCOME_NOT_NOW, "no memory for a connection");
    /* A proxy would be asked to go where we may not. */
    curl_easy_setopt (curl, CURLOPT_PROXY, "");
    if (!delivery_config ()->webhook_allow_private) {
        curl_easy_setopt (curl, CURLOPT_OPENSOCKETFUNCTION, s_on_socket);
        curl_easy_setopt (curl, CURLOPT_OPENSOCKETDATA, answer);
    }
    struct curl_slist *head =
        s_head (arena, NULL, "content-type", "application/cloudevents+json; charset=utf-8");
    head = s_head (arena, head, "webhook-id", delivery->message_id);
    head = s_head (arena, head, "webhook-timestamp", arena_printf (arena, "%" PRId64, now_s));
    head = s_head (arena, head, "webhook-signature", signature);
    return s_run (arena, delivery, curl, curl_slist_append (head, "Expect:"), answer);
}

/* ---- gateways: the company's own adapter to a telephone company, WeChat or Zalo */

static char *
s_gateway_body (arena_t *arena, const perform_delivery_t *delivery)
{
    json_t *body = json_pack ("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "message_id",
        delivery->message_id, "channel", enum_name (&channel_descriptor, (int) delivery->channel),
        "to", delivery->address, "recipient_id", delivery->recipient_id, "language",
        enum_name (&language_descriptor, (int) delivery->language), "topic", delivery->topic,
        "subject", delivery->subject, "text", delivery->body);
    char *text = body ? json_print (arena, body, 0) : NULL;
    json_decref (body);
    return text;
}

/* The gateway's own name for the message, when its answer is JSON and gives one. */
static char *
s_reference (arena_t *arena, const answer_t *answer)
{
    char error [256];
    json_t *value = json_parse (answer->text, answer->size, error);
    const char *reference = json_string_value (json_object_get (value, "reference"));
    char *copy = arena_strdup (arena, reference ? reference : "");
    json_decref (value);
    return copy;
}

delivery_done_t *
perform_gateway (arena_t *arena, const perform_delivery_t *delivery)
{
    const gateway_t *gateway = delivery_config_gateway ((int) delivery->channel);
    char *body = gateway ? s_gateway_body (arena, delivery) : NULL;
    if (!body)
        return perform_done (
            arena, delivery, DELIVERY_OUTCOME_REFUSED, "no gateway is set up for this channel");
    answer_t *answer = arena_alloc (arena, sizeof *answer);
    CURL *curl = s_post (arena, gateway->url, body, answer);
    if (!curl)
        return perform_done (
            arena, delivery, DELIVERY_OUTCOME_NOT_NOW, "no memory for a connection");
    struct curl_slist *head =
        s_head (arena, NULL, "content-type", "application/json; charset=utf-8");
    head = s_head (arena, head, "idempotency-key", delivery->message_id);
    if (*gateway->token)
        head = s_head (
            arena, head, "authorization", arena_printf (arena, "Bearer %s", gateway->token));
    delivery_done_t *done =
        s_run (arena, delivery, curl, curl_slist_append (head, "Expect:"), answer);
    if (done->outcome == DELIVERY_OUTCOME_SENT)
        done->provider_reference = s_reference (arena, answer);
    return done;
}
