#include "bus_address.h"
#include "bus.h"
#include "config.h"
#include <stdio.h>
#include <string.h>

const char *const bus_services [] = {
    "intake", "dispatcher", "scheduler", "inventory", "billing", "notifier", "sla-watchdog", NULL
};

static int
s_port (const char *service, bus_door_t door)
{
    int number = 0;
    while (bus_services [number] && strcmp (bus_services [number], service) != 0)
        number++;
    return (int) config_int ("FETTLE_PORT", 7100, 1, 65000) + 10 * (number + 1) + (int) door;
}

/* Replaces {service}, {door} and {port}. */
static void
s_fill (const char *template, const char *service, bus_door_t door, char ret_address [256])
{
    size_t used = 0;
    ret_address [0] = '\0';
    for (const char *p = template; *p && used < 250;) {
        if (strncmp (p, "{service}", 9) == 0)
            used += (size_t) snprintf (ret_address + used, 256 - used, "%s", service), p += 9;
        else if (strncmp (p, "{door}", 6) == 0)
            used += (size_t) snprintf (ret_address + used, 256 - used, "%s", door == DOOR_PUB ? "pub" : "cmd"), p += 6;
        else if (strncmp (p, "{port}", 6) == 0)
            used += (size_t) snprintf (ret_address + used, 256 - used, "%d", s_port (service, door)), p += 6;
        else {
            ret_address [used++] = *p++;
            ret_address [used] = '\0';
        }
    }
}

void
bus_address (const char *service, bus_door_t door, char ret_address [256])
{
    s_fill (config_text ("FETTLE_BUS", "ipc://var/bus/{service}.{door}"), service, door, ret_address);
}

void
bus_bind_address (const char *service, bus_door_t door, char ret_address [256])
{
    const char *bind = config_text ("FETTLE_BIND", "");
    if (*bind)
        s_fill (bind, service, door, ret_address);
    else
        bus_address (service, door, ret_address);
}

void
bus_outside_address (const char *service, bus_door_t door, char ret_address [256])
{
    s_fill (config_text ("FETTLE_TCP", ""), service, door, ret_address);
}

void
bus_metrics_address (const char *service, char ret_address [256])
{
    s_fill (config_text ("FETTLE_METRICS", ""), service, DOOR_METRICS, ret_address);
}

bool
bus_is_tcp (const char *address)
{
    return strncmp (address, "tcp://", 6) == 0;
}
