/* bus_client - the other end of a service's doors: for the command line and for tests. */
#include "bus.h"
#include "bus_address.h"
#include "bus_keys.h"
#include "bus_socket.h"
#include "check.h"
#include "config.h"
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

struct bus_client_t { void *context, *dealer; };
struct bus_follow_t { void *context, *sub; };

/* Tools of the deployment have its own keys; others name theirs in FETTLE_KEY. */
static bool
s_connect (void *socket, const char *service, bus_door_t door, char error [512])
{
    char address [256];
    bus_address (service, door, address);
    const char *directory = config_text ("FETTLE_KEYS", "");
    bus_keys_t *keys = NULL;
    if (bus_is_tcp (address) && *directory && !*config_text ("FETTLE_KEY", "")
        && !(keys = bus_keys_open (directory, error)))
        return false;
    bool connected = bus_socket_connect (socket, address, keys, error);
    bus_keys_close (&keys);
    return connected;
}

bus_client_t *
bus_client_new (const char *service, char error [512])
{
    bus_client_t *self = calloc (1, sizeof *self);
    check (self);
    self->context = zmq_ctx_new ();
    self->dealer = bus_socket_new (self->context, ZMQ_DEALER, 100000);
    if (!s_connect (self->dealer, service, DOOR_CMD, error))
        bus_client_destroy (&self);
    return self;
}

void
bus_client_destroy (bus_client_t **self)
{
    if (*self) {
        zmq_close ((*self)->dealer);
        zmq_ctx_term ((*self)->context);
        free (*self);
        *self = NULL;
    }
}

bool
bus_client_send (bus_client_t *self, blob_t request)
{
    /* never waits: a peer that refused our key is gone for good */
    return zmq_send (self->dealer, request.data, request.size, ZMQ_DONTWAIT) >= 0;
}

static bool
s_wait (void *socket, int timeout_ms)
{
    zmq_pollitem_t item = { .socket = socket, .events = ZMQ_POLLIN };
    return zmq_poll (&item, 1, timeout_ms) > 0;
}

blob_t
bus_client_receive (bus_client_t *self, arena_t *arena, int timeout_ms)
{
    blob_t frame = { 0 };
    bool more = false;
    if (!bus_socket_receive (self->dealer, arena, &frame, &more)    /* what is there needs no waiting */
        && s_wait (self->dealer, timeout_ms))
        more = true;
    while (more && bus_socket_receive (self->dealer, arena, &frame, &more))
        ;
    return frame;
}

bus_follow_t *
bus_follow_new (const char *const *services, const char *prefix, char error [512])
{
    bus_follow_t *self = calloc (1, sizeof *self);
    check (self);
    self->context = zmq_ctx_new ();
    self->sub = bus_socket_new (self->context, ZMQ_SUB, 100000);
    zmq_setsockopt (self->sub, ZMQ_SUBSCRIBE, prefix, strlen (prefix));
    for (int i = 0; services [i] && self; i++)
        if (!s_connect (self->sub, services [i], DOOR_PUB, error))
            bus_follow_destroy (&self);
    return self;
}

void
bus_follow_destroy (bus_follow_t **self)
{
    if (*self) {
        zmq_close ((*self)->sub);
        zmq_ctx_term ((*self)->context);
        free (*self);
        *self = NULL;
    }
}

bool
bus_follow_receive (bus_follow_t *self, arena_t *arena, int timeout_ms, const char **ret_topic, blob_t *ret_event)
{
    blob_t topic;
    bool more;
    *ret_event = (blob_t) { 0 };
    if (!s_wait (self->sub, timeout_ms) || !bus_socket_receive (self->sub, arena, &topic, &more))
        return false;
    *ret_topic = (const char *) topic.data;
    while (more && bus_socket_receive (self->sub, arena, ret_event, &more))
        ;
    return true;
}
