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
