/* bus_socket - a ZeroMQ socket as this project wants it: limits on everything, CURVE on tcp. Inside common/bus only. */
#pragma once
#include "arena.h"
#include "bus_keys.h"
#include "entity.h"

/* Type is ZMQ_PUB ...; hwm in messages. */
void *bus_socket_new (void *context, int type, int hwm);
bool bus_socket_bind (void *socket, const char *address, const bus_keys_t *keys, const char *zap_domain,
    char error [512]);
/* As the deployment itself (keys) or as a client with the certificate in FETTLE_KEY; server's public key in
 * FETTLE_SERVER_KEY. */
bool bus_socket_connect (void *socket, const char *address, const bus_keys_t *keys, char error [512]);
/* One frame, not waiting: false when there is none. more: whether another frame of the message follows. */
bool bus_socket_receive (void *socket, arena_t *arena, blob_t *ret_frame, bool *ret_more);
bool bus_socket_send (void *socket, blob_t frame, bool more);

/* A socket that is received from. ZeroMQ's own way of asking each for news costs a few calls of the kernel whether
 * there are any or not; one that was found empty is asked again only when its file says so. */
typedef struct {
    void *socket;
    int file;               /* for poll: readable when there may be news */
    bool is_awake;          /* there may be news: also after anything else was done with the socket */
} bus_ear_t;
void bus_ear_open (bus_ear_t *ret_ear, void *socket);           /* the socket stays the caller's */
bool bus_ear_receive (bus_ear_t *self, arena_t *arena, blob_t *ret_frame, bool *ret_more);
bool bus_ear_send (bus_ear_t *self, blob_t frame, bool more);   /* by the same socket */
/* Until one of them has something to receive, or file (-1: none) is readable, or the time is over. */
enum { BUS_EARS_MAX = 40 };
void bus_ears_wait (bus_ear_t *const *ears, int count, int file, int timeout_ms);
