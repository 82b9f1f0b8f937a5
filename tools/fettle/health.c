#include "health.h"
#include "bus.h"
#include "client.h"
#include "moment.h"

int64_t
health_lag (const bus_service_status_t *status)
{
    int64_t lag = 0;
    for (size_t i = 0; i < status->n_lags; i++)
        if (status->lags [i]->head > status->lags [i]->applied)
            lag += status->lags [i]->head - status->lags [i]->applied;
    return lag;
}

static const bus_service_status_t *
s_answer (client_t *client, arena_t *arena, int64_t until)
{
    int64_t left = until - moment_steady ();
    const bus_response_t *response = client_receive (client, arena, left > 0 ? (int) left : 0);
    return response && response->body_case == FETTLE__BUS__V1__RESPONSE__BODY_STATUS ? response->status : NULL;
}

int
health_ask (arena_t *arena, int timeout_ms, health_t ret_health [HEALTH_MAX])
{
    return health_ask_these (arena, bus_services, timeout_ms, ret_health);
}

int
health_ask_these (arena_t *arena, const char *const *services, int timeout_ms, health_t ret_health [HEALTH_MAX])
{
    char error [512];
    client_t *clients [HEALTH_MAX];
    int count = 0;
    bus_get_status_t how = bus_get_status_init;
    bus_request_t request = { .base = bus_request_init, .body_case = FETTLE__BUS__V1__REQUEST__BODY_GET_STATUS,
                              .get_status = &how };
    for (; services [count] && count < HEALTH_MAX; count++) {
        ret_health [count] = (health_t) { services [count], NULL };
        clients [count] = client_open (services [count], error);
        if (clients [count])
            client_send (clients [count], arena, &request);
    }
    int64_t until = moment_steady () + timeout_ms;
    for (int i = 0; i < count; i++)
        if (clients [i])
            ret_health [i].status = s_answer (clients [i], arena, until);
    for (int i = 0; i < count; i++)
        client_close (&clients [i]);
    return count;
}
