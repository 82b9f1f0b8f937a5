#include "bus_socket.h"
#include "bus.h"
#include "bus_address.h"
#include "check.h"
#include "config.h"
#include "moment.h"
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <libgen.h>
#include <zmq.h>

static void
s_option (void *socket, int option, int value)
{
    zmq_setsockopt (socket, option, &value, sizeof value);
}

void *
bus_socket_new (void *context, int type, int hwm)
{
    void *socket = zmq_socket (context, type);
    int64_t max = BUS_MESSAGE_MAX;
    zmq_setsockopt (socket, ZMQ_MAXMSGSIZE, &max, sizeof max);
    s_option (socket, ZMQ_SNDHWM, hwm);
    s_option (socket, ZMQ_RCVHWM, hwm);
    s_option (socket, ZMQ_LINGER, 0);
    s_option (socket, ZMQ_HANDSHAKE_IVL, 5000);
    s_option (socket, ZMQ_RECONNECT_IVL, 50);
    s_option (socket, ZMQ_RECONNECT_IVL_MAX, 2000);
    s_option (socket, ZMQ_TCP_KEEPALIVE, 1);
    s_option (socket, ZMQ_TCP_KEEPALIVE_IDLE, 5);
    s_option (socket, ZMQ_TCP_KEEPALIVE_INTVL, 2);
    s_option (socket, ZMQ_TCP_KEEPALIVE_CNT, 3);
    s_option (socket, ZMQ_TCP_MAXRT, 10000);        /* no keepalive is sent while something waits to be acknowledged */
    s_option (socket, ZMQ_IPV6, 1);
    if (type == ZMQ_ROUTER)
        s_option (socket, ZMQ_ROUTER_MANDATORY, 1);
    return socket;
}

/* A socket file's folder is made, and a file left behind by a killed process is removed: the lease says who may
 * write. */
static void
s_prepare_ipc (const char *address)
{
    char path [256];
    snprintf (path, sizeof path, "%s", address + 6);
    mkdir (dirname (path), 0700);
}

bool
bus_socket_bind (void *socket, const char *address, const bus_keys_t *keys, const char *zap_domain, char error [512])
{
    if (bus_is_tcp (address)) {
        if (!keys)
            return snprintf (error, 512, "%s is a tcp door and needs FETTLE_KEYS: make keys with `fettle keys new`",
                address), false;
        s_option (socket, ZMQ_CURVE_SERVER, 1);
        zmq_setsockopt (socket, ZMQ_CURVE_SECRETKEY, bus_keys_server_secret (keys), 41);
        zmq_setsockopt (socket, ZMQ_ZAP_DOMAIN, zap_domain, strlen (zap_domain));
    } else
        s_prepare_ipc (address);
    if (zmq_bind (socket, address) == 0)
        return true;
    return snprintf (error, 512, "%s can not be bound: %s", address, zmq_strerror (zmq_errno ())), false;
}

static bool
s_client_keys (char server [41], char public_key [41], char secret [41], char error [512])
{
    const char *file = config_text ("FETTLE_KEY", ""), *server_file = config_text ("FETTLE_SERVER_KEY", "");
    char unused [41];
    if (!*file || !*server_file)
        return snprintf (error, 512, "tcp needs FETTLE_KEY (your certificate) and FETTLE_SERVER_KEY (server.key)"),
            false;
    return bus_keys_read_client (file, public_key, secret, error)
        && bus_keys_read_client (server_file, server, unused, error);
}

bool
bus_socket_connect (void *socket, const char *address, const bus_keys_t *keys, char error [512])
{
    char server [41], public_key [41], secret [41];
    if (bus_is_tcp (address)) {
        if (keys) {
            memcpy (server, bus_keys_server_public (keys), 41);
            memcpy (public_key, server, 41);
            memcpy (secret, bus_keys_server_secret (keys), 41);
        } else if (!s_client_keys (server, public_key, secret, error))
            return false;
        zmq_setsockopt (socket, ZMQ_CURVE_SERVERKEY, server, 41);
        zmq_setsockopt (socket, ZMQ_CURVE_PUBLICKEY, public_key, 41);
        zmq_setsockopt (socket, ZMQ_CURVE_SECRETKEY, secret, 41);
    }
    if (zmq_connect (socket, address) == 0)
        return true;
    return snprintf (error, 512, "%s: %s", address, zmq_strerror (zmq_errno ())), false;
}

bool
bus_socket_receive (void *socket, arena_t *arena, blob_t *ret_frame, bool *ret_more)
{
    zmq_msg_t frame;
    zmq_msg_init (&frame);
    if (zmq_msg_recv (&frame, socket, ZMQ_DONTWAIT) < 0) {
        zmq_msg_close (&frame);
        return false;
    }
    size_t size = zmq_msg_size (&frame);
    *ret_frame = (blob_t) { (const uint8_t *) arena_copy (arena, zmq_msg_data (&frame), size), size };
    *ret_more = zmq_msg_more (&frame);
    zmq_msg_close (&frame);
    return true;
}

bool
bus_socket_send (void *socket, blob_t frame, bool more)
{
    return zmq_send (socket, frame.data, frame.size, ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)) >= 0;
}

void
bus_ear_open (bus_ear_t *ret_ear, void *socket)
{
    size_t size = sizeof ret_ear->file;
    *ret_ear = (bus_ear_t) { .socket = socket, .file = -1, .is_awake = true };
    zmq_getsockopt (socket, ZMQ_FD, &ret_ear->file, &size);
}

/* An empty answer has emptied the socket's mailbox, too: only then does its file tell of the next news. */
bool
bus_ear_receive (bus_ear_t *self, arena_t *arena, blob_t *ret_frame, bool *ret_more)
{
    return self->is_awake && (self->is_awake = bus_socket_receive (self->socket, arena, ret_frame, ret_more));
}

/* Sending may take the news out of the mailbox. */
bool
bus_ear_send (bus_ear_t *self, blob_t frame, bool more)
{
    self->is_awake = true;
    return bus_socket_send (self->socket, frame, more);
}

/* Its file also tells of connections that come and go. */
static bool
s_hears (bus_ear_t *self)
{
    int events = 0;
    size_t size = sizeof events;
    zmq_getsockopt (self->socket, ZMQ_EVENTS, &events, &size);
    return self->is_awake = events & ZMQ_POLLIN;
}

void
bus_ears_wait (bus_ear_t *const *ears, int count, int file, int timeout_ms)
{
    struct pollfd items [BUS_EARS_MAX + 1];
    int64_t until = moment_steady () + timeout_ms, left;
    bool is_news = false;
    check (count <= BUS_EARS_MAX);
    for (int i = 0; i < count; i++) {
        items [i] = (struct pollfd) { .fd = ears [i]->file, .events = POLLIN };
        is_news |= ears [i]->is_awake && s_hears (ears [i]);
    }
    items [count] = (struct pollfd) { .fd = file, .events = POLLIN };       /* below 0: poll passes it over */
    left = is_news ? 0 : timeout_ms;
    do {
        if (poll (items, (nfds_t) count + 1, (int) left) <= 0)
            return;
        is_news |= items [count].revents != 0;
        for (int i = 0; i < count; i++)
            is_news |= items [i].revents && s_hears (ears [i]);
        left = until - moment_steady ();
    } while (!is_news && left > 0);
}
