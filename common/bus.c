#include "bus.h"
#include "bus_address.h"
#include "bus_keys.h"
#include "bus_socket.h"
#include "bus_strangers.h"
#include "check.h"
#include "config.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum { MAX_SOURCES = 16, MAX_OPEN_DOORS = 2, HWM_EVENTS = 50000, HWM_COMMANDS = 20000 };

struct bus_route_t { blob_t identity; bool is_enveloped; };

/* A tcp address where followers connect, to be bound again when one of them loses its key. */
typedef struct { char endpoint [256]; bool is_bound; } open_door_t;

struct bus_t {
    void *context, *pub;
    bus_ear_t router, zap, subs [MAX_SOURCES], dealers [MAX_SOURCES];
    char names [MAX_SOURCES] [32];
    bool held [MAX_SOURCES], paused;
    int source_count;
    bus_keys_t *keys;
    open_door_t open_doors [MAX_OPEN_DOORS];
    int open_door_count, removals;
    arena_t *zap_arena;
    bus_strangers_t *strangers;
    void *jobs;                         /* this thread's ends */
    bus_ear_t results;
    void *worker_jobs, *worker_results; /* the worker's ends */
    pthread_t worker;
    bool has_worker, is_working;
    bus_worker_fn *work;
    void *work_closure;
};

static bool
s_bind_one (bus_t *self, void *socket, const char *address, bus_door_t door, char error [512])
{
    if (!bus_socket_bind (socket, address, self->keys, door == DOOR_PUB ? "pub" : "cmd", error))
        return false;
    if (door == DOOR_PUB && bus_is_tcp (address)) {
        open_door_t *open = &self->open_doors [self->open_door_count++];
        size_t size = sizeof open->endpoint;
        open->is_bound = zmq_getsockopt (socket, ZMQ_LAST_ENDPOINT, open->endpoint, &size) == 0;
    }
    return true;
}

static bool
s_bind (bus_t *self, void *socket, const char *service, bus_door_t door, char error [512])
{
    char address [256];
    bus_bind_address (service, door, address);
    if (!s_bind_one (self, socket, address, door, error))
        return false;
    bus_outside_address (service, door, address);
    return !*address || s_bind_one (self, socket, address, door, error);
}

static bool
s_connect (bus_t *self, int i, char error [512])
{
    char address [256];
    void *sub = bus_socket_new (self->context, ZMQ_SUB, HWM_EVENTS);
    void *dealer = bus_socket_new (self->context, ZMQ_DEALER, 100);
    bus_ear_open (&self->subs [i], sub);
    bus_ear_open (&self->dealers [i], dealer);
    zmq_setsockopt (sub, ZMQ_SUBSCRIBE, "", 0);
    bus_address (self->names [i], DOOR_PUB, address);
    if (!bus_socket_connect (sub, address, self->keys, error))
        return false;
    bus_address (self->names [i], DOOR_CMD, address);
    return bus_socket_connect (dealer, address, self->keys, error);
}

static bool
s_connect_source (bus_t *self, const char *source, char error [512])
{
    int i = self->source_count++;
    check (i < MAX_SOURCES);
    snprintf (self->names [i], sizeof self->names [i], "%s", source);
    return s_connect (self, i, error);
}

static bool
s_open (bus_t *self, const char *service, const char *const *sources, char error [512])
{
    const char *directory = config_text ("FETTLE_KEYS", "");
    if (*directory && !(self->keys = bus_keys_open (directory, error)))
        return false;
    bus_ear_open (&self->zap, zmq_socket (self->context, ZMQ_REP));
    zmq_bind (self->zap.socket, "inproc://zeromq.zap.01");
    self->pub = bus_socket_new (self->context, ZMQ_PUB, HWM_EVENTS);
    bus_ear_open (&self->router, bus_socket_new (self->context, ZMQ_ROUTER, HWM_COMMANDS));
    for (int i = 0; i < 2 && self->keys; i++)
        bus_strangers_watch (self->strangers, self->context, i ? self->router.socket : self->pub);
    if (!s_bind (self, self->pub, service, DOOR_PUB, error)
        || !s_bind (self, self->router.socket, service, DOOR_CMD, error))
        return false;
    for (int i = 0; sources [i]; i++)
        if (!s_connect_source (self, sources [i], error))
            return false;
    return true;
}

bus_t *
bus_new (const char *service, const char *const *sources, char error [512])
{
    bus_t *self = calloc (1, sizeof *self);
    check (self);
    self->context = zmq_ctx_new ();
    self->zap_arena = arena_new ();
    self->strangers = bus_strangers_new ();
    if (!s_open (self, service, sources, error))
        bus_destroy (&self);
    return self;
}

void
bus_worker_stop (bus_t *self)
{
    if (!self->is_working)
        return;
    bus_worker_send (self, "", (blob_t) { 0 });
    pthread_join (self->worker, NULL);
    self->is_working = false;
    self->results.is_awake = true;      /* who stops waits no more, and the last result may have come */
}

static void
s_close_worker (bus_t *self)
{
    void *sockets [] = { self->jobs, self->results.socket, self->worker_jobs, self->worker_results };
    bus_worker_stop (self);
    for (int i = 0; i < 4 && self->has_worker; i++)
        zmq_close (sockets [i]);
}

void
bus_destroy (bus_t **self_p)
{
    bus_t *self = *self_p;
    if (!self)
        return;
    s_close_worker (self);
    *self_p = NULL;                     /* not before: until it ends, the worker reaches us by it */
    for (int i = 0; i < self->source_count; i++) {
        zmq_close (self->subs [i].socket);
        if (self->dealers [i].socket)
            zmq_close (self->dealers [i].socket);
    }
    void *sockets [] = { self->pub, self->router.socket, self->zap.socket };
    for (int i = 0; i < 3; i++)
        if (sockets [i])
            zmq_close (sockets [i]);
    bus_strangers_destroy (&self->strangers);
    zmq_ctx_term (self->context);
    bus_keys_close (&self->keys);
    arena_destroy (&self->zap_arena);
    free (self);
}

/* New sockets, not new connections of the old ones: libzmq 4.3.4 aborts when a connection that is being left had one
 * frame of a message read. */
void
bus_reconnect (bus_t *self, int source)
{
    char error [512];
    zmq_close (self->subs [source].socket);
    zmq_close (self->dealers [source].socket);
    s_connect (self, source, error);            /* as it did at the start */
}

/* ---- who may connect (RFC 27/ZAP) */

bool
bus_key_is_valid (bus_t *self, const char *key)
{
    return !*key || (self->keys && bus_keys_has (self->keys, key));
}

static bool
s_may_enter (bus_t *self, blob_t domain, const char *public_key)
{
    const char *name, *role, *speaker;
    if (!self->keys || !bus_keys_find (self->keys, public_key, &name, &role, &speaker))
        return false;
    return domain.size != 3 || memcmp (domain.data, "pub", 3) != 0 || bus_may_follow (role);
}

/* The user's id is the public key itself: a name can be given to another key while the first is still connected. */
static void
s_answer_zap (bus_t *self, blob_t request_id, bool welcome, const char *public_key)
{
    blob_t empty = { (const uint8_t *) "", 0 };
#define S_TEXT(text) ((blob_t) { (const uint8_t *) (text), strlen (text) })
    bus_ear_send (&self->zap, S_TEXT ("1.0"), true);
    bus_ear_send (&self->zap, request_id, true);
    bus_ear_send (&self->zap, S_TEXT (welcome ? "200" : "400"), true);
    bus_ear_send (&self->zap, S_TEXT (welcome ? "OK" : "unknown key"), true);
    bus_ear_send (&self->zap, S_TEXT (welcome ? public_key : ""), true);
    bus_ear_send (&self->zap, empty, false);
#undef S_TEXT
}

/* version, request id, domain, address, identity, mechanism, credentials */
static bool
s_handle_zap (bus_t *self)
{
    blob_t frames [7] = { { 0 } };
    bool more = true;
    int count = 0;
    for (blob_t frame; more && bus_ear_receive (&self->zap, self->zap_arena, &frame, &more); count++)
        if (count < 7)
            frames [count] = frame;
    if (count == 0)
        return false;
    char public_key [41] = "";
    bool curve = count == 7 && frames [5].size == 5 && memcmp (frames [5].data, "CURVE", 5) == 0
        && frames [6].size == 32;
    if (curve)
        zmq_z85_encode (public_key, frames [6].data, 32);
    bool welcome = curve && s_may_enter (self, frames [2], public_key);
    if (!welcome)
        bus_strangers_note (self->strangers, arena_printf (self->zap_arena, "%.*s", (int) frames [3].size,
            (const char *) frames [3].data), "a key that is unknown, revoked or not for this door");
    s_answer_zap (self, frames [1], welcome, public_key);
    arena_reset (self->zap_arena);
    return true;
}

/* A subscriber sends nothing that could be refused, so a key that was removed is shut out by closing the door on all:
 * those who still may come in again by themselves and fetch what they missed. */
static void
s_shut_out_removed (bus_t *self)
{
    int removals = self->keys ? bus_keys_removals (self->keys) : 0;
    for (int i = 0; i < self->open_door_count; i++) {
        open_door_t *open = &self->open_doors [i];
        if (removals != self->removals && open->is_bound)
            open->is_bound = zmq_unbind (self->pub, open->endpoint) != 0;
        if (!open->is_bound)            /* the address is free a moment later */
            open->is_bound = zmq_bind (self->pub, open->endpoint) == 0;
    }
    self->removals = removals;
}

int
bus_take_strangers (bus_t *self, bus_stranger_t ret_strangers [BUS_STRANGERS_MAX], int64_t *ret_others)
{
    return bus_strangers_take (self->strangers, ret_strangers, ret_others);
}

/* ---- waiting and receiving */

void
bus_hold (bus_t *self, int source, bool held)
{
    self->held [source] = held;
    self->subs [source].is_awake = true;
}

void
bus_pause (bus_t *self, bool paused)
{
    self->paused = paused;
}

void
bus_wait (bus_t *self, int file, int timeout_ms)
{
    bus_ear_t *ears [BUS_EARS_MAX] = { &self->zap, &self->router };
    int count = 2 + bus_strangers_ears (self->strangers, ears + 2);
    if (self->has_worker && !self->paused)
        ears [count++] = &self->results;
    for (int i = 0; i < self->source_count && !self->paused; i++) {
        ears [count++] = &self->dealers [i];
        if (!self->held [i])
            ears [count++] = &self->subs [i];
    }
    bus_ears_wait (ears, count, file, timeout_ms);
    bus_strangers_look (self->strangers);
    s_shut_out_removed (self);
    while (s_handle_zap (self))
        ;
}

/* A key that was removed since it connected keeps its public key for a name, and has no role. */
static void
s_identify (bus_t *self, arena_t *arena, const char *public_key, bus_incoming_t *request)
{
    const char *name = "", *role = "operator", *speaker = "";   /* ipc: whoever may open the socket file */
    if (public_key && !bus_keys_find (self->keys, public_key, &name, &role, &speaker))
        name = public_key, role = "";
    request->key = arena_strdup (arena, name);
    request->role = arena_strdup (arena, role);
    request->speaker = arena_strdup (arena, speaker);
}

/* One frame is the request. REQ sockets put an empty one before it, and want it back; others are of no use. */
static void
s_receive_body (bus_t *self, arena_t *arena, bus_incoming_t *request, bool more)
{
    zmq_msg_t frame;
    for (int i = 0; more; i++) {
        zmq_msg_init (&frame);
        if (zmq_msg_recv (&frame, self->router.socket, ZMQ_DONTWAIT) < 0)
            break;
        size_t size = zmq_msg_size (&frame);
        more = zmq_msg_more (&frame);
        if (i == 0)
            s_identify (self, arena, zmq_msg_gets (&frame, "User-Id"), request);
        if (i == 0 && size == 0 && more)
            request->route->is_enveloped = true;
        else if (i == request->route->is_enveloped)
            request->bytes = (blob_t) { (const uint8_t *) arena_copy (arena, zmq_msg_data (&frame), size), size };
        zmq_msg_close (&frame);
    }
}

bool
bus_receive_request (bus_t *self, arena_t *arena, bus_incoming_t *ret_request)
{
    blob_t identity;
    bool more;
    if (!bus_ear_receive (&self->router, arena, &identity, &more))
        return false;
    bus_route_t *route = arena_alloc (arena, sizeof *route);
    *route = (bus_route_t) { .identity = identity };
    *ret_request = (bus_incoming_t) { .route = route, .key = "", .role = "", .speaker = "",
        .bytes = { (const uint8_t *) "", 0 } };
    s_receive_body (self, arena, ret_request, more);
    return true;
}

/* The rest of a message that has more frames than it should. */
static void
s_skip (bus_ear_t *ear, arena_t *arena, bool more)
{
    blob_t frame;
    while (more && bus_ear_receive (ear, arena, &frame, &more))
        ;
}

bool
bus_receive_event (bus_t *self, int source, arena_t *arena, const char **ret_topic, blob_t *ret_bytes)
{
    blob_t topic;
    bool more;
    if (self->held [source] || !bus_ear_receive (&self->subs [source], arena, &topic, &more))
        return false;
    *ret_topic = (const char *) topic.data;
    *ret_bytes = (blob_t) { (const uint8_t *) "", 0 };
    if (more && bus_ear_receive (&self->subs [source], arena, ret_bytes, &more))
        s_skip (&self->subs [source], arena, more);
    return true;
}

bool
bus_receive_answer (bus_t *self, int source, arena_t *arena, blob_t *ret_bytes)
{
    bool more;
    if (!bus_ear_receive (&self->dealers [source], arena, ret_bytes, &more))
        return false;
    s_skip (&self->dealers [source], arena, more);
    return true;
}

/* ---- sending */

void
bus_publish (bus_t *self, blob_t topic, blob_t event)
{
    bus_socket_send (self->pub, topic, true);
    bus_socket_send (self->pub, event, false);
}

void
bus_answer (bus_t *self, const bus_route_t *route, blob_t response)
{
    if (!bus_ear_send (&self->router, route->identity, true))
        return;
    if (route->is_enveloped)
        bus_ear_send (&self->router, (blob_t) { (const uint8_t *) "", 0 }, true);
    bus_ear_send (&self->router, response, false);
}

void
bus_ask (bus_t *self, int source, blob_t request)
{
    bus_ear_send (&self->dealers [source], request, false);
}

/* ---- the worker */

static void *
s_work (void *closure)
{
    bus_t *self = closure;
    arena_t *arena = arena_new ();
    for (;;) {
        zmq_pollitem_t item = { .socket = self->worker_jobs, .events = ZMQ_POLLIN };
        zmq_poll (&item, 1, -1);
        blob_t type, message = { 0 };
        bool more;
        if (!bus_socket_receive (self->worker_jobs, arena, &type, &more))
            continue;
        if (more)
            bus_socket_receive (self->worker_jobs, arena, &message, &more);
        if (type.size == 0)
            break;
        self->work (self->work_closure, (const char *) type.data, message);
        arena_reset (arena);
    }
    arena_destroy (&arena);
    return NULL;
}

static void *
s_inproc (bus_t *self, int type, const char *address, bool bind)
{
    void *socket = zmq_socket (self->context, type);
    int linger = 0, hwm = 0;
    zmq_setsockopt (socket, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt (socket, ZMQ_SNDHWM, &hwm, sizeof hwm);
    zmq_setsockopt (socket, ZMQ_RCVHWM, &hwm, sizeof hwm);
    check ((bind ? zmq_bind (socket, address) : zmq_connect (socket, address)) == 0);
    return socket;
}

bool
bus_worker_start (bus_t *self, bus_worker_fn *work, void *closure)
{
    self->jobs = s_inproc (self, ZMQ_PUSH, "inproc://jobs", true);
    bus_ear_open (&self->results, s_inproc (self, ZMQ_PULL, "inproc://results", true));
    self->worker_jobs = s_inproc (self, ZMQ_PULL, "inproc://jobs", false);
    self->worker_results = s_inproc (self, ZMQ_PUSH, "inproc://results", false);
    self->work = work;
    self->work_closure = closure;
    self->has_worker = true;
    self->is_working = pthread_create (&self->worker, NULL, s_work, self) == 0;
    return self->is_working;
}

static void
s_send_typed (void *socket, const char *type, blob_t message)
{
    bus_socket_send (socket, (blob_t) { (const uint8_t *) type, strlen (type) }, true);
    bus_socket_send (socket, message, false);
}

void
bus_worker_send (bus_t *self, const char *type, blob_t message)
{
    s_send_typed (self->jobs, type, message);
}

void
bus_worker_return (bus_t *self, const char *type, blob_t message)
{
    s_send_typed (self->worker_results, type, message);
}

bool
bus_worker_receive (bus_t *self, arena_t *arena, const char **ret_type, blob_t *ret_message)
{
    blob_t type;
    bool more;
    if (!self->has_worker || !bus_ear_receive (&self->results, arena, &type, &more))
        return false;
    *ret_type = (const char *) type.data;
    *ret_message = (blob_t) { 0 };
    if (more)
        bus_ear_receive (&self->results, arena, ret_message, &more);
    return true;
}
