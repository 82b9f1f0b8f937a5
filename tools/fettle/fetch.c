/* fetch - durable reading of one service's events.
 *
 * Events of other names are left out here and not by the service: then the cursor also moves over what was left
 * out. */
#include "client.h"
#include "fettle.h"
#include "options.h"
#include "show.h"
#include <stdio.h>
#include <string.h>

enum { PAGE_MAX = 512 };

typedef struct {
    const char *service, *consumer, *prefix;
    int64_t after, max, printed;
    bool json, acknowledges;
    client_t *client;
} fetch_t;

static int
s_fail (int code, const char *sentence)
{
    return fettle_fail (code, "fetch", "%s", sentence);
}

static int
s_refused (const bus_reply_t *reply)
{
    return fettle_fail (reply->status == STATUS_RETRY ? EXIT_UNREACHABLE : EXIT_NO, "fetch", "%s: %s", reply->code,
        reply->message);
}

static const bus_response_t *
s_ask_page (fetch_t *self, arena_t *arena, int64_t max, char error [512])
{
    bus_replay_t replay = { .base = bus_replay_init, .after = self->after, .max = (int32_t) max };
    bus_fetch_t fetch = { .base = bus_fetch_init, .consumer = (char *) self->consumer, .after = self->after,
        .max = (int32_t) max,
                          .type_prefix = (char *) "" };
    bus_request_t request = { .base = bus_request_init };
    request.body_case = self->consumer
        ? FETTLE__BUS__V1__REQUEST__BODY_FETCH : FETTLE__BUS__V1__REQUEST__BODY_REPLAY;
    if (self->consumer)
        request.fetch = &fetch;
    else
        request.replay = &replay;
    return client_ask (self->client, arena, &request, CLIENT_TIMEOUT_MS, error);
}

/* Prints a page; false: enough. A page may begin before the cursor, as it is made of whole turns. */
static bool
s_print_page (fetch_t *self, arena_t *arena, const bus_events_t *page)
{
    bool goes_on = true;
    if (self->after < 0)
        self->after = page->acknowledged;
    for (size_t i = 0; i < page->n_events && goes_on; i++) {
        const bus_event_t *event = page->events [i];
        if (event->sequence <= self->after)
            continue;
        self->after = event->sequence;
        if (!show_has_prefix (event->type, self->prefix))
            continue;
        self->printed++;
        goes_on = show_event (arena, event, self->json) && (!self->max || self->printed < self->max);
    }
    return goes_on && self->after < page->last_sequence && page->n_events;
}

static int
s_acknowledge (fetch_t *self, arena_t *arena)
{
    char error [512];
    bus_ack_t ack = { .base = bus_ack_init, .consumer = (char *) self->consumer, .sequence = self->after };
    bus_request_t request = { .base = bus_request_init, .body_case = FETTLE__BUS__V1__REQUEST__BODY_ACK,
        .ack = &ack };
    if (fflush (stdout) != 0)
        return s_fail (EXIT_NO, "what was read could not be written: the cursor stays.");
    const bus_response_t *response = client_ask (self->client, arena, &request, CLIENT_TIMEOUT_MS, error);
    if (!response)
        return s_fail (EXIT_UNREACHABLE, error);
    return response->body_case == FETTLE__BUS__V1__RESPONSE__BODY_REPLY ? s_refused (response->reply) : EXIT_OK;
}

static int
s_page (fetch_t *self, arena_t *arena, bool *ret_goes_on)
{
    char error [512];
    int64_t left = self->max && !*self->prefix ? self->max - self->printed : PAGE_MAX;
    const bus_response_t *response = s_ask_page (self, arena, left < PAGE_MAX ? left : PAGE_MAX, error);
    if (!response)
        return s_fail (EXIT_UNREACHABLE, error);
    if (response->body_case == FETTLE__BUS__V1__RESPONSE__BODY_REPLY)
        return s_refused (response->reply);
    int64_t before = self->after;
    *ret_goes_on = s_print_page (self, arena, response->events);
    return self->acknowledges && self->after > before ? s_acknowledge (self, arena) : EXIT_OK;
}

static int
s_fetch (fetch_t *self)
{
    char error [512];
    int code = EXIT_OK;
    bool goes_on = true;
    if (!client_is_service (self->service, error))
        return s_fail (EXIT_USAGE, error);
    self->client = client_open (self->service, error);
    if (!self->client)
        return s_fail (EXIT_UNREACHABLE, error);
    while (goes_on && code == EXIT_OK) {
        arena_t *arena = arena_new ();
        goes_on = false;
        code = s_page (self, arena, &goes_on);
        arena_destroy (&arena);
    }
    client_close (&self->client);
    return code;
}

int
command_fetch (int argc, char **argv)
{
    fetch_t self = { .after = -1, .prefix = "" };
    const option_t options [] = {
        { "--after", OPTION_INT, &self.after, 0, INT64_MAX },    { "--max", OPTION_INT, &self.max, 1, INT64_MAX },
        { "--consumer", OPTION_TEXT, &self.consumer, 0, 0 },     { "--ack", OPTION_FLAG, &self.acknowledges, 0, 0 },
        { "--prefix", OPTION_TEXT, &self.prefix, 0, 0 },         { "--json", OPTION_FLAG, &self.json, 0, 0 },
        { 0 } };
    int count = options_take (argc, argv, options);
    if (count < 0)
        return EXIT_USAGE;
    if (count != 1)
        return fettle_usage ("fetch", "name one service.");
    if (self.acknowledges && !self.consumer)
        return fettle_usage ("fetch", "--ack moves a consumer's cursor: name it with --consumer.");
    if (!self.consumer && self.after < 0)
        self.after = 0;
    self.service = argv [1];
    return s_fetch (&self);
}
