/* doctor_services - are the services ready, do they keep up, has anything been put aside. */
#include "doctor.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TIMEOUT_MS = 2000, PAUSE_US = 1500000 };

static void
s_check_one (const health_t *health)
{
    const bus_service_status_t *status = health->status;
    char program [96];
    snprintf (program, sizeof program, "See the log of %s; what it says names the cure.", health->service);
    if (!status)
        return doctor_wrong ("`fettle up` starts it; if it runs, check FETTLE_BUS (and keys, for tcp).",
                             "%s does not answer", health->service);
    if (status->standby && !status->ready)
        return doctor_wrong ("Stop the other process, or leave this one as its standby.", "%s: %s",
                             health->service, status->reason);
    if (!status->ready)
        return doctor_wrong (program, "%s is not ready: %s", health->service, status->reason);
    if (strcmp (status->version, FETTLE_VERSION) != 0)
        doctor_note ("%s is version %s, this program is %s", health->service, status->version, FETTLE_VERSION);
    if (status->dead_letters)
        doctor_wrong ("`fettle dead list` shows why; then retry or drop them.",
                      "%s has put aside %lld messages", health->service,
                      (long long) status->dead_letters);
}

static int64_t
s_lag (const health_t *health)
{
    return health->status ? health_lag (health->status) : 0;
}

/* Being behind is normal under load; not catching up is not. */
static void
s_check_lag (const health_t *before, int count)
{
    health_t after [HEALTH_MAX];
    arena_t *arena = arena_new ();
    int64_t behind = 0;
    for (int i = 0; i < count; i++)
        behind += s_lag (&before [i]);
    if (behind) {
        usleep (PAUSE_US);
        health_ask (arena, TIMEOUT_MS, after);
    }
    for (int i = 0; behind && i < count; i++)
        if (s_lag (&after [i]) && s_lag (&after [i]) >= s_lag (&before [i]))
            doctor_wrong ("See its log, and the load of this machine.",
                          "%s is %lld events behind and does not catch up", after [i].service,
                          (long long) s_lag (&after [i]));
        else if (s_lag (&after [i]))
            doctor_note ("%s is %lld events behind and catches up", after [i].service, (long long) s_lag (&after [i]));
    if (!behind)
        doctor_ok ("nobody is behind");
    arena_destroy (&arena);
}

void
doctor_services (void)
{
    health_t health [HEALTH_MAX];
    arena_t *arena = arena_new ();
    int count = health_ask (arena, TIMEOUT_MS, health), ready = 0, answering = 0;
    for (int i = 0; i < count; i++)
        answering += health [i].status != NULL;
    if (!answering)
        doctor_wrong ("`fettle up` starts them; if they run, check FETTLE_BUS (and keys, for tcp).",
                      "no service answers");
    for (int i = 0; answering && i < count; i++) {
        s_check_one (&health [i]);
        ready += health [i].status && health [i].status->ready;
    }
    if (ready == count)
        doctor_ok ("all %d services are ready", count);
    if (ready)
        s_check_lag (health, count);
    arena_destroy (&arena);
}
