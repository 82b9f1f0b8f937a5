#include "metrics_door.h"
#include "check.h"
#include <arpa/inet.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct metrics_door_t {
    struct MHD_Daemon *daemon;
    pthread_mutex_t lock;           /* held for a copy of the page, no longer */
    char *page;
    bool ready;
};

static enum MHD_Result
s_respond (struct MHD_Connection *connection, unsigned status, const char *type, const char *text)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer (strlen (text), (void *) text, MHD_RESPMEM_MUST_COPY);
    MHD_add_response_header (response, "Content-Type", type);
    enum MHD_Result queued = MHD_queue_response (connection, status, response);
    MHD_destroy_response (response);
    return queued;
}

static enum MHD_Result
s_answer (void *closure, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
    const char *upload, size_t *upload_size, void **context)
{
    (void) version, (void) upload;
    metrics_door_t *self = closure;
    if (!*context || *upload_size) {            /* answered when all of it is there: else the connection must end */
        *context = self;
        *upload_size = 0;
        return MHD_YES;
    }
    if (strcmp (method, "GET") != 0)
        return s_respond (connection, 405, "text/plain", "only GET\n");
    pthread_mutex_lock (&self->lock);
    enum MHD_Result queued;
    if (strcmp (url, "/metrics") == 0)
        queued = s_respond (connection, 200, "text/plain; version=0.0.4; charset=utf-8", self->page);
    else if (strcmp (url, "/health") == 0)
        queued = s_respond (connection, self->ready ? 200 : 503, "text/plain", self->ready ? "ready\n" : "not ready\n");
    else
        queued = s_respond (connection, 404, "text/plain", "there is /metrics and /health\n");
    pthread_mutex_unlock (&self->lock);
    return queued;
}

static bool
s_open (metrics_door_t *self, const char *address, char error [512])
{
    char host [64];
    int port;
    struct sockaddr_in where = { .sin_family = AF_INET };
    if (sscanf (address, "%63[0-9.]:%d", host, &port) != 2 || inet_pton (AF_INET, host, &where.sin_addr) != 1) {
        snprintf (error, 512, "FETTLE_METRICS=%s: give an IPv4 address and a port, as 127.0.0.1:{port}", address);
        return false;
    }
    where.sin_port = htons ((uint16_t) port);
    self->daemon = MHD_start_daemon (MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL, 0, NULL, NULL, s_answer, self,
        MHD_OPTION_SOCK_ADDR, &where, MHD_OPTION_CONNECTION_LIMIT, 16u, MHD_OPTION_CONNECTION_TIMEOUT, 10u,
            MHD_OPTION_END);
    if (!self->daemon)
        snprintf (error, 512, "FETTLE_METRICS: %s can not be bound: is the port taken?", address);
    return self->daemon != NULL;
}

metrics_door_t *
metrics_door_new (const char *address, char error [512])
{
    metrics_door_t *self = calloc (1, sizeof *self);
    check (self);
    pthread_mutex_init (&self->lock, NULL);
    self->page = strdup ("");
    if (*address && !s_open (self, address, error))
        metrics_door_destroy (&self);
    return self;
}

void
metrics_door_destroy (metrics_door_t **self)
{
    if (!*self)
        return;
    if ((*self)->daemon)
        MHD_stop_daemon ((*self)->daemon);
    pthread_mutex_destroy (&(*self)->lock);
    free ((*self)->page);
    free (*self);
    *self = NULL;
}

bool
metrics_door_is_open (const metrics_door_t *self)
{
    return self && self->daemon;
}

void
metrics_door_show (metrics_door_t *self, const char *page, bool ready)
{
    char *copy = strdup (page);
    check (copy);
    pthread_mutex_lock (&self->lock);
    char *old = self->page;
    self->page = copy;
    self->ready = ready;
    pthread_mutex_unlock (&self->lock);
    free (old);
}
