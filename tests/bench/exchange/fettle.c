/* fettle - ours: a command to the sender is confirmed by its answer; the keeper is a process of its own. */
#include "applied.h"
#include "bus.h"
#include "exchange.h"
#include "messages.h"
#include "parcel_messages.h"
#include <stdlib.h>
#include <string.h>

static bus_client_t *s_client;
static arena_t *s_arena;
static int s_since_reset;

/* A service that was not ready yet answers RETRY: the driver must not measure that. */
static void
s_check_answer (blob_t bytes)
{
    ProtobufCAllocator allocator = arena_protobuf (s_arena);
    bus_response_t *response = (bus_response_t *) protobuf_c_message_unpack (&bus_response_descriptor, &allocator,
        bytes.size, bytes.data);
    if (!response || response->body_case != FETTLE__BUS__V1__RESPONSE__BODY_REPLY)
        exchange_fail ("the sender's answer can not be read");
    if (response->reply->status != STATUS_ACCEPTED)
        exchange_fail ("the sender: %s %s", response->reply->code, response->reply->message);
}

static void
s_open_sender (const char *address)
{
    char error [512];
    (void) address;
    s_arena = arena_new ();
    s_client = bus_client_new ("sender", error);
    if (!s_client)
        exchange_fail ("%s", error);
}

static blob_t
s_pack (const ProtobufCMessage *message)
{
    uint8_t *bytes = arena_alloc (s_arena, protobuf_c_message_get_packed_size (message) + 1);
    return (blob_t) { bytes, protobuf_c_message_pack (message, bytes) };
}

static void
s_send (const body_t *body)
{
    send_parcel_t parcel = { .base = send_parcel_init, .parcel_id = (char *) body->id, .sent_us = body->sent_us,
        .is_marked = body->is_marked, .body = { BODY_SIZE, (uint8_t *) body } };
    blob_t data = s_pack (&parcel.base);
    bus_command_t command = { .base = bus_command_init, .type = (char *) send_parcel_descriptor.name, .actor = "bench",
        .id = (char *) body->id, .data = { data.size, (uint8_t *) data.data } };
    bus_request_t request = { .base = bus_request_init, .body_case = FETTLE__BUS__V1__REQUEST__BODY_COMMAND,
        .command = &command };
    if (!bus_client_send (s_client, s_pack (&request.base)))
        exchange_fail ("the sender takes no more");
}

static int
s_confirmed (int timeout_ms)
{
    int count = 0;
    blob_t bytes;
    while ((bytes = bus_client_receive (s_client, s_arena, count ? 0 : timeout_ms)).size) {
        s_check_answer (bytes);
        count++;
    }
    if ((s_since_reset += count) >= BATCH_MAX) {
        arena_reset (s_arena);
        s_since_reset = 0;
    }
    return count;
}

const exchange_t exchange_fettle = {
    .name = "fettle", .address = "the named pipe of BENCH_APPLIED; the sender is at FETTLE_BUS",
    .open_sender = s_open_sender, .send = s_send, .confirmed = s_confirmed };
