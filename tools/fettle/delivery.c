#include "delivery.h"
#include "moment.h"
#include "wire.h"
#include <stdio.h>
#include <string.h>

enum { RESEND_MS = 2000, POLL_MS = 50 };

typedef struct {
    client_t *client;
    arena_t *arena;
    delivery_t *all;
    int count, under_way, done, first;      /* all before first are done */
    const delivery_rules_t *rules;
    int64_t heard_at;
} run_t;

int
delivery_status (const bus_reply_t *reply)
{
    bool is_repeated = reply->status == STATUS_DUPLICATE && reply->first_status != STATUS_UNSPECIFIED;
    return (int) (is_repeated ? reply->first_status : reply->status);
}

bool
delivery_fits (const bus_command_t *command, char error [512])
{
    char service [64];
    if (!client_service_of (command->type, service)) {
        snprintf (error, 512, "%.100s belongs to no service: name a command of one. `fettle send --list` shows all.",
            command->type);
        return false;
    }
    if (command->data.len <= wire_limits.message_size)
        return true;
    snprintf (error, 512, "the message has %zu bytes: a service takes up to %zu. Split it.", command->data.len,
        wire_limits.message_size);
    return false;
}

int64_t
delivery_retry (void *closure, delivery_t *delivery)
{
    int timeout_ms = *(const int *) closure;
    if (delivery->reply->status != STATUS_RETRY || moment_steady () - delivery->first_at > timeout_ms)
        return -1;
    return delivery->tries < 5 ? 100 : 500;
}

/* ---- out */

static bool
s_send (run_t *self, delivery_t *delivery)
{
    bus_request_t request = { .base = bus_request_init, .body_case = FETTLE__BUS__V1__REQUEST__BODY_COMMAND,
                              .command = delivery->command };
    int64_t now = moment_steady ();
    delivery->first_at = delivery->first_at ? delivery->first_at : now;
    delivery->tries++;
    delivery->is_under_way = true;
    self->under_way++;
    return client_send (self->client, self->arena, &request);
}

/* The next ones in order, as far as the window is open. What waits to be sent again does not hold up the rest. */
static void
s_send_some (run_t *self)
{
    int64_t now = moment_steady ();
    while (self->first < self->count && self->all [self->first].is_done)
        self->first++;
    for (int i = self->first; i < self->count && self->under_way < self->rules->window; i++)
        if (!self->all [i].is_done && !self->all [i].is_under_way && self->all [i].again_at <= now)
            s_send (self, &self->all [i]);
}

/* A service that was started anew has not seen what was under way. */
static void
s_send_again (run_t *self)
{
    for (int i = self->first; i < self->count; i++)
        self->all [i].is_under_way = false;
    self->under_way = 0;
    s_send_some (self);
}

/* ---- in */

/* An answer without an id is to a request that could not be read: the oldest under way. */
static delivery_t *
s_find (run_t *self, const char *id)
{
    for (int i = self->first; i < self->count; i++)
        if (self->all [i].is_under_way && (!*id || strcmp (self->all [i].command->id, id) == 0))
            return &self->all [i];
    return NULL;
}

static int64_t
s_judge (const delivery_rules_t *rules, delivery_t *delivery)
{
    int timeout_ms = rules->timeout_ms;
    return rules->judge ? rules->judge (rules->closure, delivery) : delivery_retry (&timeout_ms, delivery);
}

static void
s_take (run_t *self, const bus_reply_t *reply)
{
    delivery_t *delivery = s_find (self, reply->id);
    self->heard_at = moment_steady ();
    if (!delivery)
        return;         /* answered twice, as it was sent twice */
    delivery->reply = reply;
    delivery->is_under_way = false;
    self->under_way--;
    int64_t after_ms = s_judge (self->rules, delivery);
    delivery->again_at = after_ms < 0 ? 0 : self->heard_at + after_ms;
    delivery->is_done = after_ms < 0;
    self->done += delivery->is_done;
    if (delivery->is_done && self->rules->done)
        self->rules->done (self->rules->closure, delivery);
}

static void
s_receive (run_t *self, int timeout_ms)
{
    const bus_response_t *response = client_receive (self->client, self->arena, timeout_ms);
    if (response && response->body_case == FETTLE__BUS__V1__RESPONSE__BODY_REPLY)
        s_take (self, response->reply);
}

/* ---- the whole */

static bool
s_is_given_up (run_t *self, int64_t *resent_at)
{
    int64_t now = moment_steady ();
    if (!self->under_way) {
        self->heard_at = now;       /* it is us who wait */
        return false;
    }
    if (now - self->heard_at > self->rules->timeout_ms)
        return true;
    if (now - self->heard_at > RESEND_MS && now - *resent_at > RESEND_MS) {
        *resent_at = now;
        s_send_again (self);
    }
    return false;
}

bool
delivery_run (const char *service, arena_t *arena, delivery_t *deliveries, int count, const delivery_rules_t *rules,
char error [512])
{
    run_t self = { .client = client_open (service, error), .arena = arena, .all = deliveries, .count = count,
        .rules = rules,
                   .heard_at = moment_steady () };
    int64_t resent_at = self.heard_at;
    bool is_lost = false;
    while (self.client && self.done < count && !is_lost) {
        s_send_some (&self);
        s_receive (&self, POLL_MS);
        is_lost = s_is_given_up (&self, &resent_at);
    }
    if (is_lost)
        snprintf (error, 512, "%s does not answer within %.1f s (%d of %d answered). Is it running? `fettle status` "
            "tells. Sending the "
                  "same again is safe when the ids are the same.", service, rules->timeout_ms / 1000.0, self.done,
                  count);
    client_close (&self.client);
    return self.done == count;
}
