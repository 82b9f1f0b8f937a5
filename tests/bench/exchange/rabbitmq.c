/* rabbitmq - a quorum queue with publisher confirms and manual acknowledgements. */
#include "exchange.h"
#if __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/tcp_socket.h>
#define HAS_RABBITMQ
#elif __has_include(<amqp.h>)
#include <amqp.h>
#include <amqp_tcp_socket.h>
#define HAS_RABBITMQ
#endif
#ifdef HAS_RABBITMQ
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

enum { CHANNEL = 1, PREFETCH = 2 * BATCH_MAX, FRAME_MAX = 131072 };

static amqp_connection_state_t s_conn;
static uint64_t s_last_confirmed, s_last_received;

static void
s_must (amqp_rpc_reply_t reply, const char *what)
{
    if (reply.reply_type != AMQP_RESPONSE_NORMAL)
        exchange_fail ("RabbitMQ: %s: %s", what, reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION
            ? amqp_error_string2 (reply.library_error) : "refused");
}

static void
s_open (const char *address)
{
    s_conn = amqp_new_connection ();
    amqp_socket_t *socket = amqp_tcp_socket_new (s_conn);
    if (!socket || amqp_socket_open (socket, "127.0.0.1", (int) strtol (address, NULL, 10)) != AMQP_STATUS_OK)
        exchange_fail ("RabbitMQ does not answer at port %s", address);
    s_must (amqp_login (s_conn, "/", 0, FRAME_MAX, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest"), "login");
    amqp_channel_open (s_conn, CHANNEL);
    s_must (amqp_get_rpc_reply (s_conn), "channel");
}

static void
s_make (const char *address)
{
    amqp_field_value_t quorum = { .kind = AMQP_FIELD_KIND_UTF8, .value = { .bytes = amqp_cstring_bytes ("quorum") } };
    amqp_table_entry_t kind = { .key = amqp_cstring_bytes ("x-queue-type"), .value = quorum };
    amqp_table_t arguments = { .num_entries = 1, .entries = &kind };
    amqp_bytes_t queue = amqp_cstring_bytes ("parcels");
    s_open (address);
    amqp_queue_delete (s_conn, CHANNEL, queue, 0, 0);
    s_must (amqp_get_rpc_reply (s_conn), "queue of the run before");
    amqp_queue_declare (s_conn, CHANNEL, queue, 0, 1, 0, 0, arguments);
    s_must (amqp_get_rpc_reply (s_conn), "queue");
    amqp_connection_close (s_conn, AMQP_REPLY_SUCCESS);
    amqp_destroy_connection (s_conn);
}

static void
s_open_sender (const char *address)
{
    s_open (address);
    amqp_confirm_select (s_conn, CHANNEL);
    s_must (amqp_get_rpc_reply (s_conn), "confirms");
}

static void
s_send (const body_t *body)
{
    amqp_basic_properties_t persistent = { ._flags = AMQP_BASIC_DELIVERY_MODE_FLAG, .delivery_mode = 2 };
    if (amqp_basic_publish (s_conn, CHANNEL, amqp_empty_bytes, amqp_cstring_bytes ("parcels"), 0, 0, &persistent,
        (amqp_bytes_t) { BODY_SIZE, (void *) body }) != AMQP_STATUS_OK)
        exchange_fail ("RabbitMQ: a message can not be sent");
}

/* Single confirms come out of order, multiple ones close all before them: what is counted is how many. */
static int
s_count (const amqp_basic_ack_t *ack)
{
    int count = ack->multiple ? 0 : 1;
    if (ack->delivery_tag > s_last_confirmed) {
        count = ack->multiple ? (int) (ack->delivery_tag - s_last_confirmed) : 1;
        s_last_confirmed = ack->delivery_tag;
    }
    return count;
}

static int
s_confirmed (int timeout_ms)
{
    int count = 0;
    amqp_frame_t frame;
    struct timeval wait = { 0, timeout_ms * 1000 };
    while (count < PREFETCH && amqp_simple_wait_frame_noblock (s_conn, &frame, &wait) == AMQP_STATUS_OK) {
        wait.tv_usec = 0;
        if (frame.frame_type == AMQP_FRAME_METHOD && frame.payload.method.id == AMQP_BASIC_ACK_METHOD)
            count += s_count (frame.payload.method.decoded);
        else if (frame.frame_type == AMQP_FRAME_METHOD)
            exchange_fail ("RabbitMQ: method %x instead of a confirm", (unsigned) frame.payload.method.id);
    }
    amqp_maybe_release_buffers (s_conn);
    return count;
}

static void
s_open_receiver (const char *address)
{
    s_open (address);
    amqp_basic_qos (s_conn, CHANNEL, 0, PREFETCH, 0);
    amqp_basic_consume (s_conn, CHANNEL, amqp_cstring_bytes ("parcels"), amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
    s_must (amqp_get_rpc_reply (s_conn), "consume");
}

static int
s_receive (body_t *ret_bodies, int max, int timeout_ms)
{
    int count = 0;
    struct timeval wait = { 0, timeout_ms * 1000 };
    amqp_envelope_t envelope;
    while (count < max) {
        amqp_maybe_release_buffers (s_conn);
        if (amqp_consume_message (s_conn, &envelope, &wait, 0).reply_type != AMQP_RESPONSE_NORMAL)
            break;
        if (envelope.message.body.len != BODY_SIZE)
            exchange_fail ("RabbitMQ: a message that nobody sent");
        wait.tv_usec = 0;
        memcpy (&ret_bodies [count++], envelope.message.body.bytes, BODY_SIZE);
        s_last_received = envelope.delivery_tag;
        amqp_destroy_envelope (&envelope);
    }
    return count;
}

static void
s_acknowledge (void)
{
    if (amqp_basic_ack (s_conn, CHANNEL, s_last_received, 1) != AMQP_STATUS_OK)
        exchange_fail ("RabbitMQ: a message can not be acknowledged");
}

const exchange_t exchange_rabbitmq = {
    .name = "rabbitmq", .address = "port", .make = s_make, .open_sender = s_open_sender, .send = s_send,
    .confirmed = s_confirmed, .open_receiver = s_open_receiver, .receive = s_receive, .acknowledge = s_acknowledge };
#else
const exchange_t exchange_rabbitmq = { .name = "rabbitmq", .address = "built without librabbitmq-dev" };
#endif
