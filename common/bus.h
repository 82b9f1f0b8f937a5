/* bus - the sockets of a service, and of a client of one.
 *
 * A service binds two doors: PUB (events out: topic, envelope) and ROUTER (Request in, Response out). It connects a
 * SUB and a DEALER to each publisher it listens to. Addresses come from a template:
 * FETTLE_BUS=ipc:///run/fettle/{service}.{door} or tcp://{service}:{port}; door is "pub" or "cmd", ports count from
 * FETTLE_PORT (7100): intake 7110 and 7111, dispatcher 7120 ... TCP doors speak CURVE with the keys of FETTLE_KEYS;
 * ipc needs none. One thread; nothing blocks but bus_wait. */
#pragma once
#include "arena.h"
#include "entity.h"

typedef struct bus_t bus_t;
typedef struct bus_route_t bus_route_t;     /* whom to answer; lives in the arena it was received into */

enum { BUS_MESSAGE_MAX = 1024 * 1024 };     /* bytes; larger frames end the connection */

/* NULL with a sentence in error. sources: names of publishers, ends with NULL. */
bus_t *bus_new (const char *service, const char *const *sources, char error [512]);
void bus_destroy (bus_t **self);

/* Waits until something can be received, also from file (-1: none), or timeout_ms are over. Sources that are held
 * (bus_hold) do not wake. */
void bus_wait (bus_t *self, int file, int timeout_ms);
void bus_hold (bus_t *self, int source, bool held);
void bus_pause (bus_t *self, bool paused);      /* paused: only requests wake, publishers wait in their sockets */

typedef struct {
    bus_route_t *route;
    const char *key;        /* name of the sender's certificate; "" inside the machine */
    const char *role;
    const char *speaker;    /* the engineer or provider for whom the key speaks; "" it is bound to nobody */
    blob_t bytes;
} bus_incoming_t;
bool bus_receive_request (bus_t *self, arena_t *arena, bus_incoming_t *ret_request);
/* One event or heartbeat of a publisher: topic and packed envelope. */
bool bus_receive_event (bus_t *self, int source, arena_t *arena, const char **ret_topic, blob_t *ret_bytes);
/* A publisher's Response to bus_ask. */
bool bus_receive_answer (bus_t *self, int source, arena_t *arena, blob_t *ret_bytes);

/* Leaves the connections to a publisher and makes new ones: a process that was stopped keeps its old ones open while
 * another one has taken its place. What was under way is lost; replay gives it again. */
void bus_reconnect (bus_t *self, int source);

/* Slow or absent peers lose what does not fit: replay gives it again. */
void bus_publish (bus_t *self, blob_t topic, blob_t event);
void bus_answer (bus_t *self, const bus_route_t *route, blob_t response);
void bus_ask (bus_t *self, int source, blob_t request);
/* May this role send commands of this type? Follow events? Does it speak for one engineer or provider alone? Roles:
 * bus_keys.h. */
bool bus_may_send (const char *role, const char *type);
bool bus_may_follow (const char *role);
bool bus_speaks (const char *role);
bool bus_key_is_valid (bus_t *self, const char *key);       /* false: revoked since it connected */

/* Whom we did not let in since the last call: the first few that differ, and how many times others came. */
enum { BUS_STRANGERS_MAX = 4 };
typedef struct { char address [64]; const char *why; int64_t times; } bus_stranger_t;
int bus_take_strangers (bus_t *self, bus_stranger_t ret_strangers [BUS_STRANGERS_MAX], int64_t *ret_others);

/* ---- work on another thread: messages there and back, packed with their type's name before them */
typedef void (bus_worker_fn) (void *closure, const char *type, blob_t message);
bool bus_worker_start (bus_t *self, bus_worker_fn *work, void *closure);
/* Waits until it has gone through all it was sent. What it has returned can still be received. */
void bus_worker_stop (bus_t *self);
void bus_worker_send (bus_t *self, const char *type, blob_t message);
bool bus_worker_receive (bus_t *self, arena_t *arena, const char **ret_type, blob_t *ret_message);
/* Called by the worker: gives its result back to the service. */
void bus_worker_return (bus_t *self, const char *type, blob_t message);

/* ---- clients: tools, tests */
typedef struct bus_client_t bus_client_t;
/* Talks to the command door of a service. key_file: the client's secret certificate, NULL for ipc. */
bus_client_t *bus_client_new (const char *service, char error [512]);
void bus_client_destroy (bus_client_t **self);
/* The Response's bytes in the arena, size 0 when none came in time. Answers come in order of commits, not of
 * sending. */
bool bus_client_send (bus_client_t *self, blob_t request);     /* false: refused by the service, or its queue is full */
blob_t bus_client_receive (bus_client_t *self, arena_t *arena, int timeout_ms);
/* Follows the live events of services; topic prefix "" is all. */
typedef struct bus_follow_t bus_follow_t;
bus_follow_t *bus_follow_new (const char *const *services, const char *prefix, char error [512]);
void bus_follow_destroy (bus_follow_t **self);
bool bus_follow_receive (bus_follow_t *self, arena_t *arena, int timeout_ms, const char **ret_topic, blob_t *ret_event);

extern const char *const bus_services [];   /* names of all services, in order of their ports; ends with NULL */
