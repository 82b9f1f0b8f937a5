#include "bus_strangers.h"
#include "check.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum { FILES_MAX = 1024, ADDRESS_MAX = sizeof ((bus_stranger_t *) 0)->address };
enum { EVENTS = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
    | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED };

/* A handshake that failed is told without its connection, and right after it the end of that connection. One that is
 * no ZMTP at all is told by its end alone: then nobody has come in since it began. Whose key was refused is noted
 * already, and ends some time later. */
typedef struct { bus_ear_t monitor; bool has_failed; int64_t succeeded, told_by_zap; } door_t;
typedef struct { char address [ADDRESS_MAX]; int64_t succeeded; } connection_t;

struct bus_strangers_t {
    door_t doors [STRANGERS_DOORS];
    int door_count;
    connection_t connections [FILES_MAX];       /* by file descriptor */
    bus_stranger_t seen [BUS_STRANGERS_MAX];
    int seen_count;
    int64_t others;
};

bus_strangers_t *
bus_strangers_new (void)
{
    bus_strangers_t *self = calloc (1, sizeof *self);
    check (self);
    return self;
}

void
bus_strangers_destroy (bus_strangers_t **self_p)
{
    bus_strangers_t *self = *self_p;
    for (int i = 0; self && i < self->door_count; i++)
        zmq_close (self->doors [i].monitor.socket);
    free (self);
    *self_p = NULL;
}

/* No limit on what waits: libzmq's own thread would wait for us. */
void
bus_strangers_watch (bus_strangers_t *self, void *context, void *socket)
{
    check (self->door_count < STRANGERS_DOORS);
    door_t *door = &self->doors [self->door_count];
    char address [32];
    int unlimited = 0;
    snprintf (address, sizeof address, "inproc://strangers.%d", self->door_count);
    if (zmq_socket_monitor (socket, address, EVENTS) != 0)
        return;
    void *monitor = zmq_socket (context, ZMQ_PAIR);
    zmq_setsockopt (monitor, ZMQ_RCVHWM, &unlimited, sizeof unlimited);
    zmq_connect (monitor, address);
    bus_ear_open (&door->monitor, monitor);
    self->door_count++;
}

int
bus_strangers_ears (bus_strangers_t *self, bus_ear_t *ret_ears [STRANGERS_DOORS])
{
    for (int i = 0; i < self->door_count; i++)
        ret_ears [i] = &self->doors [i].monitor;
    return self->door_count;
}

void
bus_strangers_note (bus_strangers_t *self, const char *address, const char *why)
{
    const char *mapped = "::ffff:";         /* an IPv4 address as a socket for both has it */
    if (strncmp (address, mapped, strlen (mapped)) == 0)
        address += strlen (mapped);
    int i = 0;
    while (i < self->seen_count && (strcmp (self->seen [i].address, address) != 0 || self->seen [i].why != why))
        i++;
    if (i == BUS_STRANGERS_MAX) {
        self->others++;
        return;
    }
    if (i == self->seen_count) {
        self->seen [self->seen_count++] = (bus_stranger_t) { .why = why };
        snprintf (self->seen [i].address, ADDRESS_MAX, "%s", address);
    }
    self->seen [i].times++;
}

int
bus_strangers_take (bus_strangers_t *self, bus_stranger_t ret_strangers [BUS_STRANGERS_MAX], int64_t *ret_others)
{
    int count = self->seen_count;
    memcpy (ret_strangers, self->seen, sizeof self->seen);
    *ret_others = self->others;
    self->seen_count = 0;
    self->others = 0;
    return count;
}

/* ---- handshakes */

/* Who is refused at his first bytes is gone before we look, sometimes: then nobody knows who it was. */
static void
s_begin (connection_t *connection, const door_t *door, int32_t file)
{
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    *connection = (connection_t) { .succeeded = door->succeeded };
    if (getpeername (file, (struct sockaddr *) &peer, &size) != 0 || getnameinfo ((struct sockaddr *) &peer, size,
            connection->address, ADDRESS_MAX, NULL, 0, NI_NUMERICHOST) != 0)
        *connection->address = '\0';
}

static void
s_end (bus_strangers_t *self, door_t *door, const connection_t *connection)
{
    bool has_failed = door->has_failed;
    door->has_failed = false;
    if (!has_failed && connection->succeeded != door->succeeded)
        return;
    if (!has_failed && door->told_by_zap > 0)
        door->told_by_zap--;
    else
        bus_strangers_note (self, *connection->address ? connection->address : "somebody who is gone",
            "no CURVE, or no end of the handshake");
}

static void
s_on_event (bus_strangers_t *self, door_t *door, int event, int32_t value)
{
    bool has_file = event == ZMQ_EVENT_ACCEPTED || event == ZMQ_EVENT_DISCONNECTED;
    if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
        door->succeeded++;
    else if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
        door->told_by_zap++;
    else if (!has_file)
        door->has_failed = true;
    else if (value >= 0 && value < FILES_MAX && event == ZMQ_EVENT_ACCEPTED)
        s_begin (&self->connections [value], door, value);
    else if (value >= 0 && value < FILES_MAX)
        s_end (self, door, &self->connections [value]);
}

/* Two frames: number and value of the event, and the door. */
static bool
s_receive (bus_ear_t *monitor, uint16_t *ret_event, int32_t *ret_value)
{
    uint8_t head [sizeof *ret_event + sizeof *ret_value], door [256];
    monitor->is_awake = monitor->is_awake && zmq_recv (monitor->socket, head, sizeof head, ZMQ_DONTWAIT) == sizeof head;
    if (!monitor->is_awake)
        return false;
    memcpy (ret_event, head, sizeof *ret_event);
    memcpy (ret_value, head + sizeof *ret_event, sizeof *ret_value);
    zmq_recv (monitor->socket, door, sizeof door, ZMQ_DONTWAIT);
    return true;
}

void
bus_strangers_look (bus_strangers_t *self)
{
    uint16_t event;
    int32_t value;
    for (int i = 0; i < self->door_count; i++)
        while (s_receive (&self->doors [i].monitor, &event, &value))
            s_on_event (self, &self->doors [i], event, value);
}
