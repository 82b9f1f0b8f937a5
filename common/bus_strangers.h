/* bus_strangers - who came to the doors on the network and was not let in, for the log and the figures. Keys that are
 * unknown are told by ZAP; whoever speaks no CURVE, or stops half way, is seen by watching the handshakes. Inside
 * common/bus only. */
#pragma once
#include "bus.h"
#include "bus_socket.h"

typedef struct bus_strangers_t bus_strangers_t;

bus_strangers_t *bus_strangers_new (void);
void bus_strangers_destroy (bus_strangers_t **self);    /* after the sockets that it watches, before their context */
void bus_strangers_watch (bus_strangers_t *self, void *context, void *socket);  /* before it is bound */
/* What there is to poll; at most STRANGERS_DOORS. */
enum { STRANGERS_DOORS = 2 };
int bus_strangers_ears (bus_strangers_t *self, bus_ear_t *ret_ears [STRANGERS_DOORS]);
void bus_strangers_look (bus_strangers_t *self);
void bus_strangers_note (bus_strangers_t *self, const char *address, const char *why);
int bus_strangers_take (bus_strangers_t *self, bus_stranger_t ret_strangers [BUS_STRANGERS_MAX], int64_t *ret_others);
