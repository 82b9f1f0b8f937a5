/* health - how all services say they are. */
#pragma once
#include "arena.h"
#include "messages.h"

enum { HEALTH_MAX = 16 };

typedef struct {
    const char *service;
    const bus_service_status_t *status;     /* NULL: no answer; lives in the arena */
} health_t;

/* Asks all at once; returns how many services there are. Waits timeout_ms at most for those that do not answer. */
int health_ask (arena_t *arena, int timeout_ms, health_t ret_health [HEALTH_MAX]);
/* The same of some; services ends with NULL. */
int health_ask_these (arena_t *arena, const char *const *services, int timeout_ms, health_t ret_health [HEALTH_MAX]);
/* Events of others it has not applied yet. */
int64_t health_lag (const bus_service_status_t *status);
