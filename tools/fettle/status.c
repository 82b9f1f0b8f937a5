/* status - how the services are. */
#include "bus.h"
#include "client.h"
#include "fettle.h"
#include "health.h"
#include "json.h"
#include "moment.h"
#include "options.h"
#include <stdio.h>
#include <string.h>

enum { TIMEOUT_MS = 2000 };

static void
s_duration (int64_t ms, char ret_text [32])
{
    long long s = ms > 0 ? ms / 1000 : 0;
    if (s < 60)
        snprintf (ret_text, 32, "%llds", s);
    else if (s < 3600)
        snprintf (ret_text, 32, "%lldm%02llds", s / 60, s % 60);
    else if (s < 86400)
        snprintf (ret_text, 32, "%lldh%02lldm", s / 3600, s / 60 % 60);
    else
        snprintf (ret_text, 32, "%lldd%02lldh", s / 86400, s / 3600 % 24);
}

/* "0", or "intake 12, scheduler 3". */
static void
s_lags (const bus_service_status_t *status, char ret_text [160])
{
    int used = snprintf (ret_text, 160, "%s", health_lag (status) ? "" : "0");
    for (size_t i = 0; i < status->n_lags && used < 120; i++) {
        const bus_lag_t *lag = status->lags [i];
        if (lag->head > lag->applied)
            used += snprintf (ret_text + used, 160 - (size_t) used, "%s%.30s %lld", used ? ", " : "", lag->source,
                              (long long) (lag->head - lag->applied));
    }
}

static void
s_row (const health_t *health)
{
    const bus_service_status_t *status = health->status;
    char uptime [32], lags [160];
    if (!status) {
        printf ("%-13s no answer\n", health->service);
        return;
    }
    s_duration (moment_now () - status->started_at, uptime);
    s_lags (status, lags);
    printf ("%-13s %-9s %5lld %10lld %7s %6lld %8s  %s\n", health->service,
            status->ready ? "ready" : status->standby ? "standby" : "NOT READY", (long long) status->epoch,
            (long long) status->last_sequence, strlen (lags) > 7 ? "*" : lags, (long long) status->dead_letters, uptime,
            status->reason);
    if (strlen (lags) > 7)
        printf ("%-13s * behind: %s\n", "", lags);
}

static void
s_json (const health_t *health, int count)
{
    arena_t *arena = arena_new ();
    json_t *list = json_array ();
    for (int i = 0; i < count; i++) {
        json_t *one = health [i].status
            ? json_value_from_message (&health [i].status->base, JSON_PRINT_DEFAULTS) : json_object ();
        json_object_set_new (one, "service", json_string (health [i].service));
        json_object_set_new (one, "answers", json_boolean (health [i].status != NULL));
        json_object_del (one, "metrics");
        json_array_append_new (list, one);
    }
    puts (json_print (arena, list, JSON_PRETTY_PRINT));
    json_decref (list);
    arena_destroy (&arena);
}

static int
s_verdict (const health_t *health, int count)
{
    int answering = 0, ready = 0;
    for (int i = 0; i < count; i++) {
        answering += health [i].status != NULL;
        ready += health [i].status && health [i].status->ready && !*health [i].status->reason;
    }
    return ready == count ? EXIT_OK : answering ? EXIT_NO : EXIT_UNREACHABLE;
}

static void
s_table (const health_t *health, int count)
{
    printf ("%-13s %-9s %5s %10s %7s %6s %8s\n", "service", "state", "epoch", "sequence", "lag", "dead", "up");
    for (int i = 0; i < count; i++)
        s_row (&health [i]);
}

int
command_status (int argc, char **argv)
{
    bool as_json = false;
    char error [512];
    const option_t options [] = { { "--json", OPTION_FLAG, &as_json, 0, 0 }, { 0 } };
    int named = options_take (argc, argv, options);
    if (named < 0)
        return EXIT_USAGE;
    if (named >= HEALTH_MAX)
        return fettle_usage ("status", "there are not that many services.");
    const char *services [HEALTH_MAX] = { NULL };
    for (int i = 0; i < named; i++)
        if (!client_is_service (services [i] = argv [i + 1], error))
            return fettle_usage ("status", "%s", error);
    health_t health [HEALTH_MAX];
    arena_t *arena = arena_new ();
    int count = health_ask_these (arena, named ? services : bus_services, TIMEOUT_MS, health);
    if (as_json)
        s_json (health, count);
    else
        s_table (health, count);
    int code = s_verdict (health, count);
    arena_destroy (&arena);
    return code;
}
