/* attempt.c - one try to hand a message over, and what follows from its outcome.
 *
 * The attempt's row is committed before the performer runs. If the process dies in between, no
 * outcome ever comes; the timer finds the row open and calls it unknown. Mail and webhooks are then
 * tried again (their receivers know a repetition by the message's id); the others cost money and
 * have no such mark, so for them unknown is the end. The performer leaves alone what it would begin
 * after begin_by_at, so an attempt called unknown is not still to be made. */
#include "notifier.h"

enum {
    BEGIN_WITHIN_MS = 60 * 1000,
    LOST_AFTER_MS = 120 * 1000,
    MINUTE_MS = 60 * 1000,
    HOUR_MS = 60 * MINUTE_MS
};

ENTITY_TABLE (attempt, ATTEMPT_FIELDS);

/* Patience with a channel. The last channel is given more attempts than one that another can stand
 * in for. */
typedef struct {
    bool at_most_once;
    int64_t base_ms, factor, longest_ms;
    int64_t attempts, attempts_before_fallback, attempts_if_urgent;
} policy_t;

static const policy_t s_mail = { false, 30 * 1000, 2, HOUR_MS, 10, 4, 2 };
static const policy_t s_webhook = { false, 15 * 1000, 4, 8 * HOUR_MS, 9, 4, 2 };
static const policy_t s_gateway = { true, 30 * 1000, 2, HOUR_MS / 2, 6, 3, 2 };

static const policy_t *
s_policy (int channel)
{
    return channel == CHANNEL_EMAIL  ? &s_mail
        : channel == CHANNEL_WEBHOOK ? &s_webhook
                                     : &s_gateway;
}

/* ---- beginning */

/* A webhook that speaks for a person gets his message as a CloudEvent; one that gets raw events has
 * it as its body. */
static void
s_for_webhook (
    tx_t *tx, const message_t *message, const webhook_t *webhook, perform_delivery_t *delivery)
{
    delivery->address = webhook->url;
    delivery->secret = webhook->secret;
    if (is_empty (webhook->recipient_id))
        return;
    delivery->body =
        webhook_cloud_event (tx, message->id, "/fettle/notifier", message->id, message->queued_at,
            message_queued (.message_id = message->id, .effect_key = message->effect_key,
                .topic = message->topic, .recipient_id = message->recipient_id,
                .audience = message->audience, .channel = CHANNEL_WEBHOOK,
                .language = (language_t) message->language, .subject = message->subject,
                .body = message->body, .send_at = message->send_at, .urgent = message->urgent));
}

static void
s_begin (tx_t *tx, message_t *message, const route_t *route, const webhook_t *webhook)
{
    message->state = MESSAGE_STATE_SENDING;
    message->attempts++;
    message->route_attempts++;
    attempt_t *attempt = tx_put (tx, attempt,
        { .id = tx_printf (tx, "%s:%lld", message->id, (long long) message->attempts),
            .message_id = message->id,
            .channel = (int) route->channel,
            .address = route->address,
            .began_at = tx_now (tx) });
    perform_delivery_t delivery = { .base = perform_delivery_init,
        .attempt_id = attempt->id,
        .message_id = message->id,
        .channel = route->channel,
        .address = route->address,
        .subject = message->subject,
        .body = message->body,
        .language = (language_t) message->language,
        .topic = message->topic,
        .recipient_id = message->recipient_id,
        .begin_by_at = tx_now (tx) + BEGIN_WITHIN_MS,
        .queued_at = message->queued_at };
    if (webhook)
        s_for_webhook (tx, message, webhook, &delivery);
    tx_effect (tx, &delivery.base);
    tx_timer_set (tx, "attempt_overdue", attempt->id, tx_now (tx) + LOST_AFTER_MS);
}

void
attempt_begin (tx_t *tx, message_t *message)
{
    route_t *route = message_route (tx, message, message->route);
    if (!route)
        return message_fail (tx, message, "there is no channel left");
    if (route->channel != CHANNEL_WEBHOOK)
        return s_begin (tx, message, route, NULL);
    webhook_t *webhook = tx_get (tx, webhook, route->address);
    if (webhook && !webhook->disabled)
        return s_begin (tx, message, route, webhook);
    message_next_route (tx, message,
        tx_printf (tx, "webhook %s is disabled: enable it with RegisterWebhook", route->address));
}

/* ---- ending */

/* Half of it is fixed, half is chance, so that a receiver that comes back is not met by everyone at
 * once. Source: "equal jitter", Marc Brooker, Exponential Backoff And Jitter, 2015. */
static int64_t
s_patience_ms (tx_t *tx, const policy_t *policy, int64_t attempts, int64_t asked_ms)
{
    int64_t wait_ms = policy->base_ms;
    for (int64_t i = 1; i < attempts && wait_ms < policy->longest_ms; i++)
        wait_ms *= policy->factor;
    if (wait_ms > policy->longest_ms)
        wait_ms = policy->longest_ms;
    wait_ms = wait_ms / 2 + (int64_t) (tx_random (tx) % (uint64_t) (wait_ms / 2 + 1));
    if (asked_ms > HOUR_MS)
        asked_ms = HOUR_MS;
    return asked_ms > wait_ms ? asked_ms : wait_ms;
}

static int64_t
s_attempts_max (tx_t *tx, const message_t *message, const policy_t *policy)
{
    if (message->doubtful || !message_route (tx, message, message->route + 1))
        return policy->attempts;
    return message->urgent ? policy->attempts_if_urgent : policy->attempts_before_fallback;
}

static void
s_try_later (
    tx_t *tx, message_t *message, const policy_t *policy, const char *error, int64_t asked_ms)
{
    if (message->route_attempts >= s_attempts_max (tx, message, policy))
        return message_next_route (tx, message, error);
    message->error = tx_printf (tx, "%s", error);
    message_schedule (
        tx, message, tx_now (tx) + s_patience_ms (tx, policy, message->route_attempts, asked_ms));
}

static void
s_unknown (tx_t *tx, message_t *message, const policy_t *policy, const char *error)
{
    message->doubtful = true;
    if (policy->at_most_once)
        message_fail (tx, message, error);
    else
        s_try_later (tx, message, policy, error, 0);
}

/* The receiver wants no more of these: nobody should have to switch it off by hand. */
static void
s_gone (tx_t *tx, message_t *message, const attempt_t *attempt, const char *error)
{
    webhook_t *webhook =
        attempt->channel == CHANNEL_WEBHOOK ? tx_get (tx, webhook, attempt->address) : NULL;
    if (webhook)
        webhook->disabled = true;
    message_next_route (tx, message, error);
}

static void
s_follow (tx_t *tx, message_t *message, const attempt_t *attempt, int64_t asked_ms)
{
    const policy_t *policy = s_policy (attempt->channel);
    switch (attempt->outcome) {
        case DELIVERY_OUTCOME_SENT:
            return message_succeed (
                tx, message, (channel_t) attempt->channel, attempt->provider_reference);
        case DELIVERY_OUTCOME_REFUSED:
            return message_next_route (tx, message, attempt->error);
        case DELIVERY_OUTCOME_GONE:
            return s_gone (tx, message, attempt, attempt->error);
        case DELIVERY_OUTCOME_NOT_BEGUN:
            message->route_attempts--;
            return message_schedule (tx, message, tx_now (tx) + s_patience_ms (tx, policy, 1, 0));
        case DELIVERY_OUTCOME_NOT_NOW:
            return s_try_later (tx, message, policy, attempt->error, asked_ms);
        default:
            return s_unknown (tx, message, policy, attempt->error);
    }
}

static void
s_end (tx_t *tx, attempt_t *attempt, int outcome, const char *error, const char *reference)
{
    attempt->outcome = outcome == DELIVERY_OUTCOME_UNSPECIFIED ? DELIVERY_OUTCOME_UNKNOWN : outcome;
    attempt->ended_at = tx_now (tx);
    attempt->error = tx_printf (tx, "%s", error);
    attempt->provider_reference = tx_printf (tx, "%s", reference);
    tx_timer_clear (tx, "attempt_overdue", attempt->id);
}

void
on_delivery_done (tx_t *tx, const delivery_done_t *done)
{
    attempt_t *attempt = tx_get (tx, attempt, done->attempt_id);
    message_t *message = attempt ? tx_get (tx, message, attempt->message_id) : NULL;
    if (!message)
        tx_fail (tx, "an outcome came for attempt %s, which was never begun", done->attempt_id);
    bool is_late = attempt->outcome != DELIVERY_OUTCOME_UNSPECIFIED;
    if (is_late
        && (attempt->outcome != DELIVERY_OUTCOME_UNKNOWN || done->outcome != DELIVERY_OUTCOME_SENT))
        return;
    tx_correlate (tx, message->correlation_id);
    s_end (tx, attempt, (int) done->outcome, done->error, done->provider_reference);
    if (message->state == MESSAGE_STATE_SENDING
        || (is_late && message->state != MESSAGE_STATE_SENT))
        s_follow (tx, message, attempt, done->retry_after_ms);
}

void
on_attempt_overdue (tx_t *tx, const wakeup_t *wakeup)
{
    attempt_t *attempt = tx_get (tx, attempt, wakeup->id);
    message_t *message = attempt ? tx_get (tx, message, attempt->message_id) : NULL;
    if (!message || attempt->outcome != DELIVERY_OUTCOME_UNSPECIFIED)
        return;
    tx_correlate (tx, message->correlation_id);
    s_end (tx, attempt, DELIVERY_OUTCOME_UNKNOWN,
        "the process ended before it heard of the outcome", "");
    if (message->state == MESSAGE_STATE_SENDING)
        s_follow (tx, message, attempt, 0);
}
