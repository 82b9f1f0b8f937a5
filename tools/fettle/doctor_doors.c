/* doctor_doors - Redis, and what the doors on the network need: keys, and ports that nobody else has. */
#include "bus.h"
#include "bus_address.h"
#include "bus_keys.h"
#include "client.h"
#include "config.h"
#include "doctor.h"
#include "home.h"
#include "redis.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
s_check_redis (void)
{
    const char *url = config_text ("FETTLE_REDIS", "");
    redis_t *redis = redis_new (url, config_text ("FETTLE_REDIS_PASSWORD", ""));
    const char *answer = redis_is_up (redis) ? redis_text (redis, "PING") : NULL;
    if (answer && strcmp (answer, "PONG") == 0)
        doctor_ok ("Redis answers");
    else
        doctor_wrong ("`fettle up` starts the private one; another: check FETTLE_REDIS and its password. "
                      "Services work without it, with coarser timers.", "Redis does not answer at %s", url);
    redis_destroy (&redis);
}

static bool
s_uses_tcp (void)
{
    return bus_is_tcp (config_text ("FETTLE_BUS", "")) || bus_is_tcp (config_text ("FETTLE_BIND", ""))
        || bus_is_tcp (config_text ("FETTLE_TCP", ""));
}

static void
s_check_keys (void)
{
    char error [512];
    const char *directory = config_text ("FETTLE_KEYS", "");
    if (!*directory)
        return doctor_wrong ("`fettle keys new NAME` makes them; then set FETTLE_KEYS to the directory.",
                             "doors on tcp, but no keys (FETTLE_KEYS is not set)");
    bus_keys_t *keys = bus_keys_open (directory, error);
    if (keys)
        doctor_ok ("keys in %s", directory);
    else
        doctor_wrong ("`fettle keys new NAME` makes what is missing.", "%s", error);
    bus_keys_close (&keys);
}

static bool
s_is_taken (int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((uint16_t) port) };
    int one = 1, opened = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt (opened, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    bool is_taken = bind (opened, (struct sockaddr *) &address, sizeof address) != 0 && errno == EADDRINUSE;
    close (opened);
    return is_taken;
}

static bool
s_answers (const char *service)
{
    char error [512];
    arena_t *arena = arena_new ();
    bus_get_status_t how = bus_get_status_init;
    bus_request_t request = { .base = bus_request_init, .body_case = FETTLE__BUS__V1__REQUEST__BODY_GET_STATUS,
                              .get_status = &how };
    bool answers = client_ask_service (service, arena, &request, 1000, error) != NULL;
    arena_destroy (&arena);
    return answers;
}

/* A port in use is right when the service answers, else another program has it. */
static void
s_check_port (const char *service, const char *address)
{
    const char *colon = bus_is_tcp (address) ? strrchr (address, ':') : NULL;
    int port = colon ? (int) strtol (colon + 1, NULL, 10) : 0;
    if (port > 0 && s_is_taken (port) && !s_answers (service))
        doctor_wrong ("Stop what listens there (`ss -ltnp`), or set FETTLE_PORT.",
                      "port %d of %s is taken by another program", port, service);
}

void
doctor_doors (void)
{
    s_check_redis ();
    if (!s_uses_tcp ())
        return;
    s_check_keys ();
    for (int i = 0; bus_services [i]; i++)
        for (bus_door_t door = DOOR_PUB; door <= DOOR_CMD; door++) {
            char address [256];
            bus_bind_address (bus_services [i], door, address);
            s_check_port (bus_services [i], address);
            bus_outside_address (bus_services [i], door, address);
            s_check_port (bus_services [i], address);
        }
}
