/* load - sends service requests and alarms to intake as fast as asked and measures the durable answers.
 *
 *   load accept COUNT WINDOW [RATE]     consultations: accepted, triaged, answered after the commit
 *   load repair COUNT WINDOW [RATE]     repairs of the bench company's assets, straight to on-site by alarm rule
 *   load alarm  COUNT WINDOW            repeats of one alarm
 *   load offered COUNT WINDOW [RATE]    like repair, measured until an engineer is offered the visit
 *
 * WINDOW: requests outstanding; RATE: a second, 0 is as fast as the window allows. Prints one line:
 * count seconds per_second p50_ms p99_ms rejected offered */
#include "bus.h"
#include "check.h"
#include "id.h"
#include "messages.h"
#include "moment.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    const char *what;
    long count, window, rate;
    bus_client_t *client;
    arena_t *arena;
    id_source_t ids;
    int64_t *sent_us, *took_us;
    char run [ID_SIZE];
    long sent, answered, rejected, offered;
    bus_follow_t *offers;           /* offered: the dispatcher's live events */
    char **requests;                /* offered: id of each request, by number */
} load_t;

static int64_t
s_now_us (void)
{
    struct timespec t;
    clock_gettime (CLOCK_MONOTONIC, &t);
    return (int64_t) t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static const ProtobufCMessage *
s_body (load_t *self, long n)
{
    char *external = arena_printf (self->arena, "%s-%ld", self->run, n);
    char *asset = arena_printf (self->arena, "bench-asset-%ld", n % 200);
    if (strcmp (self->what, "alarm") == 0) {
        raise_alarm_t *alarm = arena_alloc (self->arena, sizeof *alarm);
        *alarm = (raise_alarm_t) { .base = raise_alarm_init, .device_id = "bench-asset-0", .code = "E-BENCH",
            .severity = 4,
                                   .device_time_at = moment_now (), .gateway_id = "bench" };
        return &alarm->base;
    }
    submit_service_request_t *request = arena_alloc (self->arena, sizeof *request);
    bool repair = strcmp (self->what, "accept") != 0;
    *request = (submit_service_request_t) {
        .base = submit_service_request_init, .channel = CHANNEL_SYSTEM, .external_id = external,
        .type = repair ? REQUEST_TYPE_INSTALLATION : REQUEST_TYPE_CONSULTATION,
        .customer_id = repair ? "" : "bench-customer", .asset_id = repair ? asset : "", .text = "bench" };
    return &request->base;
}

/* The command's id carries its number, so that the answer finds its start. */
static void
s_send (load_t *self)
{
    const ProtobufCMessage *body = s_body (self, self->sent);
    size_t size = protobuf_c_message_get_packed_size (body);
    uint8_t *data = arena_alloc (self->arena, size + 1);
    protobuf_c_message_pack (body, data);
    bus_command_t command = { .base = bus_command_init, .type = (char *) body->descriptor->name, .actor = "bench",
        .id = arena_printf (self->arena, "%s:%ld", self->run, self->sent), .data = { size, data } };
    bus_request_t request = { .base = bus_request_init, .body_case = FETTLE__BUS__V1__REQUEST__BODY_COMMAND,
        .command = &command };
    size = protobuf_c_message_get_packed_size (&request.base);
    uint8_t *bytes = arena_alloc (self->arena, size);
    protobuf_c_message_pack (&request.base, bytes);
    self->sent_us [self->sent++] = s_now_us ();
    check (bus_client_send (self->client, (blob_t) { bytes, size }));
}

static bool
s_receive (load_t *self, int timeout_ms)
{
    blob_t bytes = bus_client_receive (self->client, self->arena, timeout_ms);
    if (!bytes.size)
        return false;
    ProtobufCAllocator allocator = arena_protobuf (self->arena);
    bus_response_t *response = (bus_response_t *) protobuf_c_message_unpack (&bus_response_descriptor, &allocator,
        bytes.size, bytes.data);
    check (response && response->body_case == FETTLE__BUS__V1__RESPONSE__BODY_REPLY);
    long n = strtol (strchr (response->reply->id, ':') + 1, NULL, 10);
    self->took_us [n] = s_now_us () - self->sent_us [n];
    if (response->reply->status != STATUS_ACCEPTED && self->rejected++ == 0)
        fprintf (stderr, "load: %s %s\n", response->reply->code, response->reply->message);
    if (self->requests)
        self->requests [n] = strdup (response->reply->subject);
    self->answered++;
    return true;
}

static bool
s_note_offer (load_t *self, const char *request_id)
{
    for (long n = 0; n < self->sent; n++)
        if (self->requests [n] && strcmp (self->requests [n], request_id) == 0) {
            self->took_us [n] = s_now_us () - self->sent_us [n];
            self->offered++;
            return true;
        }
    return false;
}

/* An offer may be heard before the answer is read: answers are read first. timeout_ms: for the first of them, asleep,
 * because what this program takes of the CPU the services do not have. */
static void
s_receive_offers (load_t *self, int timeout_ms)
{
    const char *topic;
    blob_t bytes;
    for (; bus_follow_receive (self->offers, self->arena, timeout_ms, &topic, &bytes); timeout_ms = 0) {
        ProtobufCAllocator allocator = arena_protobuf (self->arena);
        bus_event_t *event = (bus_event_t *) protobuf_c_message_unpack (&bus_event_descriptor, &allocator, bytes.size,
            bytes.data);
        visit_offered_t *offer = event && strcmp (event->type, visit_offered_descriptor.name) == 0
            ? (visit_offered_t *) protobuf_c_message_unpack (&visit_offered_descriptor, &allocator, event->data.len,
                event->data.data) : NULL;
        while (offer && !s_note_offer (self, offer->request_id) && self->answered < self->sent)
            s_receive (self, 100);
    }
}

static bool
s_may_send (const load_t *self, int64_t began)
{
    if (self->sent == self->count || self->sent - self->answered >= self->window)
        return false;
    return !self->rate || s_now_us () - began >= self->sent * 1000000 / self->rate;
}

static void
s_drive (load_t *self)
{
    int64_t began = s_now_us (), last = began;
    while (self->answered < self->count) {
        while (s_may_send (self, began))
            s_send (self);
        while (s_receive (self, self->rate ? 0 : 1))
            last = s_now_us ();
        if (self->offers)
            s_receive_offers (self, 0);
        if (self->rate)
            nanosleep (&(struct timespec) { 0, 100000 }, NULL);
        if (self->sent == self->answered || self->sent % 4096 == 0)
            arena_reset (self->arena);
        if (s_now_us () - last > 30000000) {
            fprintf (stderr, "load: no answer for half a minute: is the stack at FETTLE_BUS running?\n");
            exit (1);
        }
    }
    for (last = s_now_us (); self->offers && self->offered + self->rejected < self->count
        && s_now_us () - last < 30000000;)
        s_receive_offers (self, 1);
}

static int
s_by_value (const void *left, const void *right)
{
    int64_t l = *(const int64_t *) left, r = *(const int64_t *) right;
    return (l > r) - (l < r);
}

int
main (int argc, char **argv)
{
    if (argc < 4 || sodium_init () < 0)
        return fprintf (stderr, "usage: load accept|repair|alarm|offered COUNT WINDOW [RATE]\n"), 2;
    char error [512];
    load_t load = { .what = argv [1], .count = strtol (argv [2], NULL, 10), .window = strtol (argv [3], NULL, 10),
                    .rate = argc > 4 ? strtol (argv [4], NULL, 10) : 0, .arena = arena_new (), .client =
                        bus_client_new ("intake", error) };
    if (!load.client)
        return fprintf (stderr, "load: %s\n", error), 1;
    id_source_init (&load.ids);
    id_new (&load.ids, moment_now (), load.run);
    if (strcmp (load.what, "offered") == 0) {
        const char *const services [] = { "dispatcher", NULL };
        load.offers = bus_follow_new (services, "fettle.dispatcher.v1.VisitOffered", error);
        load.requests = calloc ((size_t) load.count, sizeof (char *));
        nanosleep (&(struct timespec) { 0, 300000000 }, NULL);      /* subscriptions travel */
    }
    load.sent_us = calloc ((size_t) load.count, sizeof (int64_t));
    load.took_us = calloc ((size_t) load.count, sizeof (int64_t));
    int64_t began = s_now_us ();
    s_drive (&load);
    double seconds = (double) (s_now_us () - began) / 1e6;
    qsort (load.took_us, (size_t) load.count, sizeof (int64_t), s_by_value);
    printf ("%ld %.3f %.0f %.3f %.3f %ld %ld\n", load.count, seconds, (double) load.count / seconds,
            (double) load.took_us [load.count / 2] / 1000, (double) load.took_us [load.count * 99 / 100] / 1000,
                load.rejected, load.offered);
    bus_client_destroy (&load.client);
    bus_follow_destroy (&load.offers);
    arena_destroy (&load.arena);
    free (load.sent_us);
    free (load.took_us);
    return 0;
}
