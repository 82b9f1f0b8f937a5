/* wire_sim - the sockets of bus.h: frames between processes and clients, each on a link that may lose, double, delay
 * or overtake it. A link is of one process to one publisher: a process that is paused keeps its links, as with ZeroMQ,
 * until the other side leaves them. */
#include "world.h"
#include "check.h"
#include "moment.h"
#include "wire.h"
#include <stdlib.h>
#include <string.h>

enum { LATENCY_MIN_MS = 1, LATENCY_MAX_MS = 4, LATE_MIN_MS = 50, LATE_MAX_MS = 10000, OVERTAKE_MS = 12 };
enum { QUEUE_MAX = 100000 };

/* What it says is unpacked once, for whoever gets it next as well; envelope and body live as long as the run. */
typedef struct { int references; const char *topic; bus_event_t *envelope; ProtobufCMessage *body; size_t size;
                 uint8_t bytes []; } frame_t;
typedef struct { frame_t **frames; return_address_t *from; int first, count, capacity; } queue_t;

typedef struct {
    sim_service_t service;
    uint64_t peer;                      /* the serial of the process at the other end; 0: nobody */
    int64_t last_at;                    /* when the last frame arrives */
    queue_t events, answers;
    bool held;
} link_t;

struct bus_t {
    uint64_t serial;
    process_t *process;
    link_t links [MAX_LOOP_SOURCES];
    int link_count;
    queue_t requests, results;
    frame_t *at_hand;                   /* the event that was received last */
    bool paused, has_worker;
    bus_worker_fn *work;
    void *closure;
};

struct bus_route_t { return_address_t to; };

/* ---- frames and queues */

static frame_t *
s_frame (const char *topic, blob_t bytes)
{
    frame_t *self = malloc (sizeof *self + bytes.size + 1);
    check (self);
    *self = (frame_t) { .references = 1, .topic = topic, .size = bytes.size };
    if (bytes.size)
        memcpy (self->bytes, bytes.data, bytes.size);
    return self;
}

static void
s_let_go (frame_t *self)
{
    if (--self->references == 0)
        free (self);
}

static void
s_push (queue_t *self, frame_t *frame, const return_address_t *from)
{
    if (self->first && self->first + self->count == self->capacity) {
        memmove (self->frames, self->frames + self->first, (size_t) self->count * sizeof *self->frames);
        memmove (self->from, self->from + self->first, (size_t) self->count * sizeof *self->from);
        self->first = 0;
    }
    if (self->count == self->capacity) {
        self->capacity = self->capacity ? self->capacity * 2 : 16;
        self->frames = realloc (self->frames, (size_t) self->capacity * sizeof *self->frames);
        self->from = realloc (self->from, (size_t) self->capacity * sizeof *self->from);
        check (self->frames && self->from && self->capacity < QUEUE_MAX);
    }
    self->from [self->first + self->count] = from ? *from : (return_address_t) { 0 };
    self->frames [self->first + self->count++] = frame;
}

static frame_t *
s_take (queue_t *self, return_address_t *ret_from)
{
    frame_t *frame = self->frames [self->first];
    if (ret_from)
        *ret_from = self->from [self->first];
    self->first++;
    self->count--;
    return frame;
}

/* ---- unpacking: bytes from elsewhere are none of a frame's */

ProtobufCMessage *__wrap_wire_unpack (arena_t *arena, const ProtobufCMessageDescriptor *type, const void *bytes,
    size_t size, const wire_limits_t *limits, wire_error_t *ret_error);
ProtobufCMessage *__real_wire_unpack (arena_t *arena, const ProtobufCMessageDescriptor *type, const void *bytes,
    size_t size, const wire_limits_t *limits, wire_error_t *ret_error);

ProtobufCMessage *
__wrap_wire_unpack (arena_t *arena, const ProtobufCMessageDescriptor *type, const void *bytes, size_t size,
    const wire_limits_t *limits, wire_error_t *ret_error)
{
    bus_t *bus = world->current ? world->current->bus : NULL;
    frame_t *frame = bus ? bus->at_hand : NULL;
    if (frame && bytes == frame->bytes && type == &bus_event_descriptor) {
        if (!frame->envelope)
            frame->envelope = (bus_event_t *) __real_wire_unpack (world->arena, type, bytes, size, limits, ret_error);
        return frame->envelope ? &frame->envelope->base : NULL;
    }
    if (!frame || !frame->envelope || !size || bytes != frame->envelope->data.data)
        return __real_wire_unpack (arena, type, bytes, size, limits, ret_error);
    if (!frame->body)
        frame->body = __real_wire_unpack (world->arena, type, bytes, size, limits, ret_error);
    check (!frame->body || frame->body->descriptor == type);
    return frame->body;
}

/* The bytes live in the arena. */
static bool
s_pop (queue_t *self, arena_t *arena, blob_t *ret_bytes, const char **ret_topic, return_address_t *ret_from)
{
    if (!self->count)
        return false;
    frame_t *frame = s_take (self, ret_from);
    if (ret_topic)
        *ret_topic = frame->topic;
    *ret_bytes = (blob_t) { (const uint8_t *) arena_copy (arena, frame->bytes, frame->size), frame->size };
    s_let_go (frame);
    return true;
}

static void
s_put_down (bus_t *self)
{
    if (self->at_hand)
        s_let_go (self->at_hand);
    self->at_hand = NULL;
}

static void
s_empty (queue_t *self)
{
    for (int i = 0; i < self->count; i++)
        s_let_go (self->frames [self->first + i]);
    free (self->frames);
    free (self->from);
    *self = (queue_t) { 0 };
}

/* ---- on its way */

typedef enum { TO_REQUESTS, TO_EVENTS, TO_ANSWERS, TO_CLIENT } door_t;

typedef struct { door_t door; uint64_t bus; process_t *process; int link; frame_t *frame; return_address_t from;
                 uint64_t peer; } parcel_t;

static void
s_wake (process_t *process)
{
    if (!process->is_idle || process->is_paused || !wire_has_work (process->bus))
        return;
    process->wake_at = world->now;
    process->is_idle = false;
}

static queue_t *
s_queue (const parcel_t *parcel)
{
    bus_t *bus = parcel->process->serial ? parcel->process->loop->bus : NULL;
    if (!bus || bus->serial != parcel->bus)
        return NULL;
    if (parcel->door == TO_REQUESTS)
        return &bus->requests;
    link_t *link = &bus->links [parcel->link];
    if (link->peer != parcel->peer)
        return NULL;
    return parcel->door == TO_EVENTS ? &link->events : &link->answers;
}

static void
s_arrive (sim_t *sim, void *closure)
{
    parcel_t *parcel = closure;
    frame_t *frame = parcel->frame;
    sim->in_flight--;
    if (parcel->door == TO_CLIENT)
        client_receive ((blob_t) { frame->bytes, frame->size });
    queue_t *queue = parcel->door == TO_CLIENT ? NULL : s_queue (parcel);
    if (queue) {
        s_push (queue, frame, &parcel->from);
        frame->references++;
        s_wake (parcel->process);
    }
    s_let_go (frame);
    free (parcel);
}

static void
s_send_at (const parcel_t *parcel, int64_t at)
{
    parcel_t *copy = malloc (sizeof *copy);
    check (copy);
    *copy = *parcel;
    copy->frame->references++;
    world->in_flight++;
    world_at (at, s_arrive, copy);
}

static bool
s_strikes (fault_t fault, const parcel_t *parcel, sim_service_t service)
{
    if (!world->is_storm || !fault_strikes (fault))
        return false;
    fault_note (fault, service, parcel->door == TO_EVENTS ? parcel->frame->topic : NULL);
    return true;
}

/* last_at: keeps the order of a link; NULL: there is none to keep. Lets go of the frame. */
static void
s_send (const parcel_t *parcel, int64_t *last_at, sim_service_t service)
{
    int64_t at = world->now + dice_between (&world->luck, LATENCY_MIN_MS, LATENCY_MAX_MS);
    if (last_at && *last_at > at)
        at = *last_at;
    bool is_lost = s_strikes (FAULT_drop, parcel, service);
    if (s_strikes (FAULT_delay, parcel, service))
        at += dice_between (&world->dice [FAULT_delay], LATE_MIN_MS, LATE_MAX_MS);
    if (last_at)
        *last_at = at;
    if (s_strikes (FAULT_reorder, parcel, service))
        at += dice_between (&world->dice [FAULT_reorder], 1, OVERTAKE_MS);
    if (!is_lost)
        s_send_at (parcel, at);
    if (s_strikes (FAULT_duplicate, parcel, service))
        s_send_at (parcel, at + dice_between (&world->dice [FAULT_duplicate], 0, 3000));
    s_let_go (parcel->frame);
}

/* ---- doors */

static process_t *
s_process (sim_service_t service, uint64_t serial)
{
    for (int i = 0; i < INSTANCES; i++)
        if (serial && world->processes [service] [i].serial == serial)
            return &world->processes [service] [i];
    return NULL;
}

process_t *
wire_door (sim_service_t service)
{
    process_t *found = NULL;
    for (int i = 0; i < INSTANCES; i++) {
        process_t *process = &world->processes [service] [i];
        bus_t *bus = process->serial ? process->loop->bus : NULL;
        if (bus && (!found || bus->serial > found->loop->bus->serial))
            found = process;
    }
    return found;
}

/* The process at the other end. One that is gone is replaced by whoever has the doors now. */
static process_t *
s_peer (link_t *link)
{
    process_t *peer = s_process (link->service, link->peer);
    if (!peer || !peer->loop->bus) {
        peer = wire_door (link->service);
        link->peer = peer ? peer->serial : 0;
    }
    return peer;
}

bus_t *
bus_new (const char *service, const char *const *sources, char error [512])
{
    (void) service, (void) error;
    bus_t *self = calloc (1, sizeof *self);
    check (self);
    self->serial = ++world->serial;
    self->process = world->current;
    self->process->bus = self;
    for (; sources [self->link_count]; self->link_count++)
        self->links [self->link_count].service = sim_service (sources [self->link_count]);
    return self;
}

void
bus_destroy (bus_t **self_p)
{
    bus_t *self = *self_p;
    if (!self)
        return;
    for (int i = 0; i < self->link_count; i++) {
        s_empty (&self->links [i].events);
        s_empty (&self->links [i].answers);
    }
    s_empty (&self->requests);
    s_empty (&self->results);
    s_put_down (self);
    self->process->bus = NULL;
    free (self);
    *self_p = NULL;
}

void
bus_reconnect (bus_t *self, int source)
{
    link_t *link = &self->links [source];
    process_t *door = wire_door (link->service);
    s_empty (&link->events);
    s_empty (&link->answers);
    link->peer = door ? door->serial : 0;
}

void bus_hold (bus_t *self, int source, bool held) { self->links [source].held = held; }
void bus_pause (bus_t *self, bool paused) { self->paused = paused; }
bool bus_may_send (const char *role, const char *type) { return *role && *type; }
bool bus_may_follow (const char *role) { return (void) role, true; }
bool bus_speaks (const char *role) { return (void) role, false; }      /* whoever speaks here is the operator */
bool bus_key_is_valid (bus_t *self, const char *key) { return self && !*key; }

/* Nobody comes to this door who has no business here. */
int
bus_take_strangers (bus_t *self, bus_stranger_t ret_strangers [BUS_STRANGERS_MAX], int64_t *ret_others)
{
    (void) self, (void) ret_strangers;
    return *ret_others = 0;
}

bool
wire_has_work (const bus_t *self)
{
    if (self->requests.count || (self->results.count && !self->paused))
        return true;
    for (int i = 0; i < self->link_count && !self->paused; i++)
        if (self->links [i].answers.count || (self->links [i].events.count && !self->links [i].held))
            return true;
    return false;
}

sim_service_t
wire_publisher (const bus_t *self, int source)
{
    return self->links [source].service;
}

/* ---- receiving */

bool
bus_receive_request (bus_t *self, arena_t *arena, bus_incoming_t *ret_request)
{
    if (!self->requests.count)
        return false;
    *ret_request = (bus_incoming_t) { .route = arena_alloc (arena, sizeof (bus_route_t)), .key = "",
        .role = "operator", .speaker = "" };
    return s_pop (&self->requests, arena, &ret_request->bytes, NULL, &ret_request->route->to);
}

bool
bus_receive_event (bus_t *self, int source, arena_t *arena, const char **ret_topic, blob_t *ret_bytes)
{
    link_t *link = &self->links [source];
    (void) arena;
    if (link->held || !link->events.count)
        return false;
    s_put_down (self);
    frame_t *frame = self->at_hand = s_take (&link->events, NULL);
    *ret_topic = frame->topic;
    *ret_bytes = (blob_t) { frame->bytes, frame->size };
    return true;
}

bool
bus_receive_answer (bus_t *self, int source, arena_t *arena, blob_t *ret_bytes)
{
    return s_pop (&self->links [source].answers, arena, ret_bytes, NULL, NULL);
}

/* ---- sending */

static int
s_link_to (const bus_t *bus, sim_service_t service)
{
    for (int i = 0; i < bus->link_count; i++)
        if (bus->links [i].service == service)
            return i;
    return -1;
}

/* A heartbeat that says nothing new is heard and done with: most are. */
static bool
s_is_no_news (process_t *process, int link, sim_service_t publisher)
{
    source_t *source = &process->loop->sources [link];
    if (source->replaying || source->epoch != world->databases [publisher].epoch
        || source->applied < world->databases [publisher].last_sequence)
        return false;
    source->heard_at = moment_steady ();
    return true;
}

static void
s_publish_to (bus_t *self, process_t *process, frame_t *frame, bool is_beat)
{
    bus_t *bus = process->serial ? process->loop->bus : NULL;
    sim_service_t service = self->process->service;
    int number = bus && bus != self ? s_link_to (bus, service) : -1;
    if (number < 0 || s_peer (&bus->links [number]) != self->process)
        return;
    if (is_beat && s_is_no_news (process, number, service))
        return;
    link_t *link = &bus->links [number];
    frame->references++;
    s_send (&(parcel_t) { TO_EVENTS, bus->serial, process, number, frame, { 0 }, link->peer }, &link->last_at,
        process->service);
}

void
bus_publish (bus_t *self, blob_t topic, blob_t event)
{
    bool is_beat = topic.size == 23 && memcmp (topic.data, "fettle.bus.v1.Heartbeat", 23) == 0;
    const ProtobufCMessageDescriptor *type = is_beat ? NULL : fault_type ((const char *) topic.data);
    frame_t *frame = s_frame (is_beat ? "fettle.bus.v1.Heartbeat" : type->name, event);
    for (int s = 0; s < SIM_SERVICES; s++)
        for (int i = 0; i < INSTANCES; i++)
            s_publish_to (self, &world->processes [s] [i], frame, is_beat);
    s_let_go (frame);
}

void
bus_answer (bus_t *self, const bus_route_t *route, blob_t response)
{
    const return_address_t *to = &route->to;
    frame_t *frame = s_frame (NULL, response);
    if (to->source < 0)
        return s_send (&(parcel_t) { .door = TO_CLIENT, .frame = frame }, NULL, self->process->service);
    for (int i = 0; i < INSTANCES; i++) {
        process_t *process = &world->processes [to->service] [i];
        bus_t *bus = process->serial ? process->loop->bus : NULL;
        if (bus && bus->serial == to->bus)
            return s_send (&(parcel_t) { TO_ANSWERS, bus->serial, process, to->source, frame, { 0 },
                self->process->serial }, NULL, process->service);
    }
    s_let_go (frame);
}

void
bus_ask (bus_t *self, int source, blob_t request)
{
    process_t *peer = s_peer (&self->links [source]);
    if (!peer)
        return;
    world->result->replayed++;
    return_address_t from = { self->process->service, self->serial, source };
    s_send (&(parcel_t) { TO_REQUESTS, peer->loop->bus->serial, peer, 0, s_frame (NULL, request), from, 0 }, NULL,
        peer->service);
}

void
wire_request (sim_service_t to, blob_t bytes)
{
    process_t *door = wire_door (to);
    if (door)
        s_send (&(parcel_t) { TO_REQUESTS, door->loop->bus->serial, door, 0, s_frame (NULL, bytes),
            { .source = -1 }, 0 }, NULL, to);
}

/* ---- the worker */

bool
bus_worker_start (bus_t *self, bus_worker_fn *work, void *closure)
{
    self->has_worker = true;
    self->work = work;
    self->closure = closure;
    return true;
}

/* What it was sent and has not begun is left undone: as when the process is told to stop. */
void
bus_worker_stop (bus_t *self)
{
    self->has_worker = false;
}

void
bus_worker_send (bus_t *self, const char *type, blob_t message)
{
    effect_begin (self->process, self->work, self->closure, type, message);
}

void
bus_worker_return (bus_t *self, const char *type, blob_t message)
{
    const ProtobufCMessageDescriptor *known = fault_type (type);
    s_push (&self->results, s_frame (known->name, message), NULL);
    s_wake (self->process);
}

bool
bus_worker_receive (bus_t *self, arena_t *arena, const char **ret_type, blob_t *ret_message)
{
    return s_pop (&self->results, arena, ret_message, ret_type, NULL);
}
