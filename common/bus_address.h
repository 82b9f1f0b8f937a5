/* bus_address - where each door of each service is, from the template in FETTLE_BUS. */
#pragma once
#include <stdbool.h>

typedef enum { DOOR_PUB, DOOR_CMD, DOOR_METRICS } bus_door_t;

/* Where to connect to. FETTLE_BUS, default ipc://var/bus/{service}.{door}. */
void bus_address (const char *service, bus_door_t door, char ret_address [256]);
/* Where to bind: FETTLE_BIND, else the same as bus_address. */
void bus_bind_address (const char *service, bus_door_t door, char ret_address [256]);
/* An additional door for the outside: FETTLE_TCP, "" none. */
void bus_outside_address (const char *service, bus_door_t door, char ret_address [256]);
/* Where /metrics is served: FETTLE_METRICS, "" nowhere. */
void bus_metrics_address (const char *service, char ret_address [256]);
bool bus_is_tcp (const char *address);
