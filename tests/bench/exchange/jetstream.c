/* jetstream - a stream in files and a durable consumer with explicit acknowledgements. */
#include "exchange.h"
#if __has_include(<nats/nats.h>)
#include <nats/nats.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CONFIRMED_MAX = 1024, OUTSTANDING_MAX = 4096 };

static natsConnection *s_conn;
static jsCtx *s_jetstream;
static natsSubscription *s_answers, *s_messages;
static natsMsg *s_received [BATCH_MAX];
static int s_received_count;
static char s_inbox [64];

static void
s_must (natsStatus status, const char *what)
{
    if (status != NATS_OK)
        exchange_fail ("NATS: %s: %s", what, natsStatus_GetText (status));
}

static void
s_open (const char *address)
{
    natsOptions *options;
    s_must (natsOptions_Create (&options), "options");
    s_must (natsOptions_SetURL (options, address), "address");
    s_must (natsOptions_SetMaxPendingMsgs (options, 1000000), "pending messages");
    s_must (natsConnection_Connect (&s_conn, options), address);
    natsOptions_Destroy (options);
    s_must (natsConnection_JetStream (&s_jetstream, s_conn, NULL), "JetStream");
}

static void
s_make (const char *address)
{
    jsErrCode code;
    jsStreamConfig config;
    s_open (address);
    js_DeleteStream (s_jetstream, "PARCELS", NULL, NULL);       /* of the run before, if there was one */
    jsStreamConfig_Init (&config);
    config.Name = "PARCELS";
    config.Subjects = (const char *[]) { "parcels" };
    config.SubjectsLen = 1;
    config.Storage = js_FileStorage;
    s_must (js_AddStream (NULL, s_jetstream, &config, NULL, &code), "stream");
    natsConnection_Destroy (s_conn);
}

static void
s_open_sender (const char *address)
{
    s_open (address);
    snprintf (s_inbox, sizeof s_inbox, "_INBOX.sender%d", (int) getpid ());
    s_must (natsConnection_SubscribeSync (&s_answers, s_conn, s_inbox), "answers");
    natsSubscription_SetPendingLimits (s_answers, -1, -1);
    s_must (natsConnection_Flush (s_conn), "flush");
}

static void
s_send (const body_t *body)
{
    s_must (natsConnection_PublishRequest (s_conn, "parcels", s_inbox, body, BODY_SIZE), "publish");
}

static int
s_confirmed (int timeout_ms)
{
    int count = 0;
    natsMsg *answer;
    while (count < CONFIRMED_MAX
        && natsSubscription_NextMsg (&answer, s_answers, count ? 0 : timeout_ms) == NATS_OK) {
        if (!strstr (natsMsg_GetData (answer), "\"seq\""))
            exchange_fail ("NATS: not stored: %s", natsMsg_GetData (answer));
        natsMsg_Destroy (answer);
        count++;
    }
    return count;
}

static void
s_open_receiver (const char *address)
{
    jsErrCode code;
    jsSubOptions options;
    s_open (address);
    jsSubOptions_Init (&options);
    options.ManualAck = true;
    options.Config.Durable = "keeper";
    options.Config.AckPolicy = js_AckExplicit;
    options.Config.MaxAckPending = OUTSTANDING_MAX;
    s_must (js_SubscribeSync (&s_messages, s_jetstream, "parcels", NULL, &options, &code), "consumer");
    natsSubscription_SetPendingLimits (s_messages, -1, -1);
}

static int
s_receive (body_t *ret_bodies, int max, int timeout_ms)
{
    natsMsg *message;
    s_received_count = 0;
    while (s_received_count < max
        && natsSubscription_NextMsg (&message, s_messages, s_received_count ? 0 : timeout_ms) == NATS_OK) {
        if (natsMsg_GetDataLength (message) != BODY_SIZE)
            exchange_fail ("NATS: a message that nobody sent");
        memcpy (&ret_bodies [s_received_count], natsMsg_GetData (message), BODY_SIZE);
        s_received [s_received_count++] = message;
    }
    return s_received_count;
}

static void
s_acknowledge (void)
{
    for (int i = 0; i < s_received_count; i++) {
        s_must (natsMsg_Ack (s_received [i], NULL), "acknowledge");
        natsMsg_Destroy (s_received [i]);
    }
}

const exchange_t exchange_jetstream = {
    .name = "jetstream", .address = "nats://127.0.0.1:PORT", .make = s_make, .open_sender = s_open_sender,
    .send = s_send, .confirmed = s_confirmed, .open_receiver = s_open_receiver, .receive = s_receive,
    .acknowledge = s_acknowledge };
#else
const exchange_t exchange_jetstream = { .name = "jetstream", .address = "built without libnats-dev" };
#endif
