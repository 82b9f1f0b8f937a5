/* message.c - one intent to tell one recipient of one event: queued once, held in quiet hours, sent
 * by one channel or given up. */
#include "notifier.h"
#include <string.h>

ENTITY_TABLE (message, MESSAGE_FIELDS, "event_id");

/* ---- where it goes */

route_t *
message_route (tx_t *tx, const message_t *self, int64_t index)
{
    routes_t *routes = tx_unpack (tx, routes, self->routes);
    return index < (int64_t) routes->n_routes ? routes->routes [index] : NULL;
}

/* ---- when it goes */

/* Programs have no night, so nothing is looked up for them: hundreds may want the same event. */
static bool
s_knows_quiet_hours (const message_t *self)
{
    return !self->urgent && strcmp (self->audience, AUDIENCE_WEBHOOK) != 0;
}

static int64_t
s_send_at (tx_t *tx, const message_t *self, int64_t not_before_at)
{
    int64_t at = not_before_at > tx_now (tx) ? not_before_at : tx_now (tx);
    preference_t *preference =
        s_knows_quiet_hours (self) ? tx_get (tx, preference, self->recipient_id) : NULL;
    if (!preference)
        return at;
    return quiet_until (preference->quiet_from, preference->quiet_to,
        is_empty (preference->time_zone) ? self->time_zone : preference->time_zone, at);
}

static void
s_send_or_hold (tx_t *tx, message_t *self)
{
    self->state = MESSAGE_STATE_QUEUED;
    if (self->send_at > tx_now (tx))
        tx_timer_set (tx, "message_due", self->id, self->send_at);
    else
        attempt_begin (tx, self);
}

void
message_schedule (tx_t *tx, message_t *self, int64_t not_before_at)
{
    self->send_at = s_send_at (tx, self, not_before_at);
    s_send_or_hold (tx, self);
}

/* Quiet hours may have been set, or moved, since the timer was. */
void
on_message_due (tx_t *tx, const wakeup_t *wakeup)
{
    message_t *self = tx_get (tx, message, wakeup->id);
    if (!self || self->state != MESSAGE_STATE_QUEUED)
        return;
    tx_correlate (tx, self->correlation_id);
    message_schedule (tx, self, 0);
}

/* ---- how it ends */

void
message_succeed (tx_t *tx, message_t *self, channel_t channel, const char *provider_reference)
{
    self->state = MESSAGE_STATE_SENT;
    self->error = "";
    tx_timer_clear (tx, "message_due", self->id);
    if (strcmp (self->audience, AUDIENCE_WEBHOOK) == 0)
        return;
    tx_emit (tx,
        message_sent (.message_id = self->id, .channel = channel,
            .provider_reference = (char *) provider_reference, .attempt = (int32_t) self->attempts,
            .sent_at = tx_now (tx)));
}

void
message_fail (tx_t *tx, message_t *self, const char *error)
{
    route_t *route = message_route (tx, self, self->route);
    self->state = MESSAGE_STATE_FAILED;
    self->error = tx_printf (tx, "%s", error);
    tx_emit (tx,
        message_failed (.message_id = self->id,
            .channel = route ? route->channel : CHANNEL_UNSPECIFIED, .error = self->error,
            .attempts = (int32_t) self->attempts, .unknown = self->doubtful));
}

/* Never after an attempt that may have arrived: he would be told twice, by two channels. */
void
message_next_route (tx_t *tx, message_t *self, const char *error)
{
    route_t *from = message_route (tx, self, self->route);
    route_t *to = message_route (tx, self, self->route + 1);
    if (self->doubtful || !to)
        return message_fail (tx, self, error);
    self->route++;
    self->route_attempts = 0;
    tx_emit (tx,
        message_fell_back (.message_id = self->id, .from_channel = from->channel,
            .to_channel = to->channel, .error = (char *) error));
    message_schedule (tx, self, 0);
}

/* ---- how it begins */

static bool
s_is_queued (tx_t *tx, const char *event_id, const char *effect_key)
{
    EACH (message, message, tx_find (tx, message, event_id, event_id))
        if (strcmp (message->effect_key, effect_key) == 0)
            return true;
    return false;
}

static template_t *
s_template (
    tx_t *tx, const facts_t *facts, const recipient_t *recipient, const preference_t *preference)
{
    int own = preference && preference->language ? preference->language : recipient->language;
    int languages [3] = { own, facts->territory ? facts->territory->language : LANGUAGE_UNSPECIFIED,
        LANGUAGE_EN };
    return template_find (tx, facts->topic->type->name, recipient->audience, languages);
}

static const char *
s_unreachable (tx_t *tx, const recipient_t *recipient)
{
    if (is_empty (recipient->email) && is_empty (recipient->phone))
        return tx_printf (
            tx, "%s has neither an e-mail address nor a telephone number: add one", recipient->id);
    return tx_printf (tx,
        "no channel that %s can be reached by is set up: set FETTLE_SMTP_URL and FETTLE_SMTP_FROM, "
        "or the URL of a gateway he has an address for",
        recipient->id);
}

static void
s_emit_queued (tx_t *tx, const message_t *self, const route_t *route)
{
    tx_emit (tx,
        message_queued (.message_id = self->id, .effect_key = self->effect_key,
            .topic = self->topic, .recipient_id = self->recipient_id, .audience = self->audience,
            .language = (language_t) self->language, .subject = self->subject, .body = self->body,
            .channel = route ? route->channel : CHANNEL_UNSPECIFIED,
            .address = route ? route->address : (char *) "", .send_at = self->send_at,
            .urgent = self->urgent));
}

static message_t *
s_put (tx_t *tx, const facts_t *facts, const recipient_t *recipient, const char *effect_key,
    const routes_t *routes)
{
    return tx_put (tx, message,
        { .id = tx_id (tx),
            .event_id = facts->event_id,
            .effect_key = (char *) effect_key,
            .topic = (char *) facts->topic->type->name,
            .recipient_id = recipient->id,
            .audience = (char *) recipient->audience,
            .time_zone = recipient->time_zone,
            .correlation_id = tx_correlation (tx),
            .urgent = facts->urgent,
            .routes = tx_pack (tx, &routes->base),
            .queued_at = tx_now (tx) });
}

/* The text as it will be sent; a text that cannot be made is a failed message, not a lost one. */
static const char *
s_word (tx_t *tx, message_t *self, const template_t *template, const facts_t *facts,
    const recipient_t *recipient)
{
    char error [256];
    self->language = template->language;
    rendered_t text = context_render (tx, template, facts, recipient, error);
    if (!text.subject)
        return tx_printf (tx, "template %s cannot be filled: %s", template->id, error);
    self->subject = text.subject;
    self->body = text.body;
    return NULL;
}

void
message_queue (tx_t *tx, const facts_t *facts, const recipient_t *recipient)
{
    char *effect_key =
        tx_printf (tx, "%s:%s:%s", facts->topic->type->name, facts->event_id, recipient->id);
    preference_t *preference = tx_get (tx, preference, recipient->id);
    template_t *template = s_template (tx, facts, recipient, preference);
    if (!template || preference_mutes (tx, preference, facts->topic->type->name)
        || s_is_queued (tx, facts->event_id, effect_key))
        return;
    routes_t routes;
    recipient_routes (tx, recipient, preference, facts->topic->flags & TOPIC_DOCUMENT, &routes);

    message_t *self = s_put (tx, facts, recipient, effect_key, &routes);
    const char *error = s_word (tx, self, template, facts, recipient);
    if (!error && routes.n_routes == 0)
        error = s_unreachable (tx, recipient);
    self->send_at = s_send_at (tx, self, 0);
    s_emit_queued (tx, self, routes.n_routes ? routes.routes [0] : NULL);
    if (error)
        message_fail (tx, self, error);
    else
        s_send_or_hold (tx, self);
}

/* An event as such for a program: no MessageQueued, or each event would make another. */
void
message_queue_raw (tx_t *tx, const webhook_t *webhook, const char *topic, const char *body)
{
    char *event_id = tx_message_id (tx);
    char *effect_key = tx_printf (tx, "%s:%s:%s", topic, event_id, webhook->id);
    if (s_is_queued (tx, event_id, effect_key))
        return;
    route_t route = { .base = route_init, .channel = CHANNEL_WEBHOOK, .address = webhook->id };
    routes_t routes = { .base = routes_init, .n_routes = 1, .routes = (route_t *[]) { &route } };
    message_t *self = tx_put (tx, message,
        { .id = tx_id (tx),
            .event_id = event_id,
            .effect_key = effect_key,
            .topic = (char *) topic,
            .recipient_id = webhook->id,
            .audience = (char *) AUDIENCE_WEBHOOK,
            .body = (char *) body,
            .correlation_id = tx_correlation (tx),
            .routes = tx_pack (tx, &routes.base),
            .queued_at = tx_now (tx) });
    message_schedule (tx, self, 0);
}

/* ---- again, because a person says so */

/* His address may be a better one now. After a doubtful attempt the channel must stay: another
 * could tell him twice. */
static void
s_renew_routes (tx_t *tx, message_t *self)
{
    recipient_t *recipient = self->doubtful ? NULL : recipient_find (tx, self->recipient_id);
    if (!recipient)
        return;
    const topic_t *topic = topic_find (self->topic);
    routes_t routes;
    recipient_routes (tx, recipient, tx_get (tx, preference, recipient->id),
        topic && topic->flags & TOPIC_DOCUMENT, &routes);
    self->routes = tx_pack (tx, &routes.base);
    self->route = 0;
}

void
on_retry_message (tx_t *tx, const retry_message_t *command)
{
    if (!valid_id (tx, "message_id", command->message_id))
        return;
    message_t *self = tx_get (tx, message, command->message_id);
    if (!self)
        return tx_reject (tx, "message.unknown", "no message %s", command->message_id);
    if (self->state != MESSAGE_STATE_FAILED)
        return tx_reject (tx, "message.not_failed",
            "message %s is %s: only what failed can be tried again", self->id,
            enum_name (&message_state_descriptor, self->state));
    s_renew_routes (tx, self);
    if (!message_route (tx, self, self->route))
        return tx_reject (tx, "message.no_channel",
            "message %s: %s still cannot be reached by any channel: add an address, "
            "or set up a channel",
            self->id, self->recipient_id);
    if (is_empty (self->body))
        return tx_reject (
            tx, "message.no_text", "message %s has no text: %s", self->id, self->error);
    self->route_attempts = 0;
    self->retries++;
    tx_correlate (tx, self->correlation_id);
    message_schedule (tx, self, 0);
    tx_accept (tx, self->id);
}
