/* company_day - what a day brings: requests by the hour of the place and the day of the week, devices that say the same
 * hundreds of times, whatever else was planned; and at midnight the next day. */
#include "company.h"
#include "calendar/date.h"
#include <string.h>

/* Of a thousand requests of a day so many come in each hour. */
static const int s_hours [24] = { 4, 3, 2, 2, 3, 6, 14, 40, 95, 118, 110, 86, 52, 62, 88, 92, 80, 56, 34, 20,
                                   13, 9, 6, 5 };
static const int s_weekdays [8] = { 0, 120, 105, 100, 100, 98, 40, 22 };

static int
s_hour (sim_t *sim)
{
    int left = (int) sim_between (sim, 0, 999);
    for (int hour = 0; hour < 24; hour++)
        if ((left -= s_hours [hour]) < 0)
            return hour;
    return 12;
}

/* ---- requests */

static request_type_t
s_type (sim_t *sim)
{
    static const struct { request_type_t type; int percent; } mix [] = {
        { REQUEST_TYPE_REPAIR, 58 }, { REQUEST_TYPE_CONSULTATION, 14 }, { REQUEST_TYPE_INSTALLATION, 6 },
        { REQUEST_TYPE_COMPLAINT, 6 }, { REQUEST_TYPE_MODIFICATION, 4 }, { REQUEST_TYPE_TRAINING, 4 },
        { REQUEST_TYPE_QUOTE, 4 }, { REQUEST_TYPE_MAINTENANCE, 4 } };
    int left = company_pick (sim, 100);
    for (size_t i = 0; i < sizeof mix / sizeof *mix; i++)
        if ((left -= mix [i].percent) < 0)
            return mix [i].type;
    return REQUEST_TYPE_REPAIR;
}

static void
s_name_the_thing (sim_t *sim, int country, submit_service_request_t *request)
{
    int n = 1 + company_pick (sim, ASSETS), how = company_pick (sim, 10);
    if (how < 6)
        request->asset_id = company_name (sim, country, 'a', n);
    else if (how < 8)
        request->serial = company_text (sim, "sn-%s %d", company_countries [country].code, n);
    else if (how < 9)
        request->site_id = company_name (sim, country, 's', 1 + company_pick (sim, SITES));
    else {
        request->site_id = company_name (sim, country, 's', 1 + company_pick (sim, SITES));
        request->contact_phone = company_text (sim, "0%d960%d01", 1632, country);
    }
}

static void
s_request (sim_t *sim, void *about)
{
    static char *const texts [] = { "it leaks", "abnormal noise", "does not start", "sometimes it stops", "smoke!",
                                    "too warm", "how is it set up?", "the display is dark", "overheat, again" };
    const country_t *country = about;
    submit_service_request_t request = { .base = submit_service_request_init, .type = s_type (sim),
        .channel = country->channels [company_pick (sim, 3)], .text = texts [company_pick (sim, 9)],
        .external_id = company_text (sim, "x-%llx", (unsigned long long) sim_random (sim)),
        .fault_level_hint = company_often (sim, 10) ? 1 + company_pick (sim, 4) : 0,
        .reported_at = company_often (sim, 10) ? sim_now (sim) - MINUTES (company_pick (sim, 90)) : 0 };
    s_name_the_thing (sim, (int) (country - company_countries), &request);
    char *actor = company_text (sim, "channel-%d", (int) request.channel);
    company_send (sim, actor, 0, &request.base, NULL, NULL);
    if (company_often (sim, 6))         /* the channel delivers its message twice */
        company_wrong_repeat (sim, actor, &request.base);
}

static void
s_requests (sim_t *sim, int country, int64_t day_at)
{
    const zone_t *zone = company_countries [country].zone;
    int32_t date = zone_date (zone, day_at + HOURS (12), NULL);
    int count = (int) sim_between (sim, 9, 19) * s_weekdays [date_weekday (date)] / 100;
    for (int i = 0; i < count; i++) {
        int64_t at = zone_at (zone, date, HOURS (s_hour (sim)) + sim_between (sim, 0, HOURS (1) - 1));
        sim_at (sim, at > sim_now (sim) ? at : sim_now (sim) + 1, s_request, &company_countries [country]);
    }
}

/* ---- alarms: one, some, or a storm */

typedef struct { char *device_id, *code; int left, severity; bool clears; } storm_t;

static void
s_alarm (sim_t *sim, void *about)
{
    storm_t *storm = about;
    const ProtobufCMessage *command = raise_alarm (.device_id = storm->device_id, .code = storm->code,
        .severity = storm->severity, .gateway_id = "gateway-1", .text = "",
        .device_time_at = sim_now (sim) - (company_often (sim, 5) ? DAYS (400) : 2000),
        .count = storm->left % 7 == 3 ? company_pick (sim, 30) : 0);
    company_send (sim, "gateway:1", 0, command, NULL, NULL);
    if (--storm->left > 0)
        company_later (sim, 200, 3000, s_alarm, storm);
    else if (storm->clears)
        company_send (sim, "gateway:1", 0, clear_alarm (.device_id = storm->device_id, .code = storm->code,
            .device_time_at = sim_now (sim), .gateway_id = "gateway-1"), NULL, NULL);
}

static void
s_alarms (sim_t *sim, int64_t day_at)
{
    static char *const codes [] = { "LEAK", "OVERHEAT", "VIBRATION", "OFFLINE", "FILTER_DIRTY", "SELF_TEST", "E17",
                                    "FIRE" };
    int storms = company_pick (sim, 5);
    for (int i = 0; i < storms; i++) {
        int country = company_pick (sim, COUNTRIES);
        storm_t *storm = arena_alloc (sim_arena (sim), sizeof *storm);
        *storm = (storm_t) { company_name (sim, country, 'a', 1 + company_pick (sim, ASSETS)),
            codes [company_pick (sim, company_often (sim, 10) ? 8 : 7)], 1 + company_pick (sim, 3),
            1 + company_pick (sim, 5), company_often (sim, 40) };
        if (company_often (sim, 5))
            storm->left = 100 + company_pick (sim, 200);
        sim_at (sim, day_at + sim_between (sim, 0, DAYS (1) - 1), s_alarm, storm);
    }
}

/* ---- a day */

static void
s_day (sim_t *sim, void *about)
{
    int64_t day_at = sim_now (sim);
    (void) about;
    if (company_is_over (sim))
        return;
    for (int country = 0; country < COUNTRIES; country++)
        s_requests (sim, country, day_at);
    s_alarms (sim, day_at);
    company_store_day (sim, day_at);
    company_field_day (sim, day_at);
    company_manager_day (sim, day_at);
    company_wrong_day (sim, day_at);
    sim_at (sim, day_at + DAYS (1), s_day, NULL);
}

void
company_day_begin (sim_t *sim)
{
    sim_at (sim, sim_begins_at (sim) + MINUTES (30), s_day, NULL);
}
