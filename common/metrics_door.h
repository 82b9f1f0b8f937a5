/* metrics_door - GET /metrics (Prometheus text) and GET /health over HTTP, for those who scrape. Off unless
 * FETTLE_METRICS names an address: "127.0.0.1:{port}"; {port} is the service's own, two behind its bus doors: intake
 * 7112, dispatcher 7122 ... Private: no TLS, no keys. Serves the page that it was given last, from a thread of its
 * own; the loop never waits for it. */
#pragma once
#include <stdbool.h>

typedef struct metrics_door_t metrics_door_t;

/* address "": a door that is closed. NULL with a sentence when the address can not be had. */
metrics_door_t *metrics_door_new (const char *address, char error [512]);
void metrics_door_destroy (metrics_door_t **self);
bool metrics_door_is_open (const metrics_door_t *self);
/* Copies the page; ready decides between 200 and 503 on /health. */
void metrics_door_show (metrics_door_t *self, const char *page, bool ready);
