/* company_masters - what is registered before the first day: the data that Fettle is delivered with, and three
 * countries with their calendars, people, customers, machines, stock, prices, contracts and plans. */
#include "company.h"
#include "calendar/date.h"
#include "json.h"
#include "company_masters.h"
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRIES = 60 };

typedef struct { const ProtobufCMessage *command; int tries; } master_t;

static sim_deed_fn s_register;

/* What it speaks of may not have come to that service yet: as an operator does who loads a file again. */
static void
s_registered (sim_t *sim, const sim_verdict_t *verdict, void *about)
{
    master_t *master = about;
    if (verdict->status != STATUS_REJECTED)
        return;
    if (!strstr (verdict->code, ".unknown"))
        return sim_fail (sim, "company", "%s is refused: %s: %s", verdict->message->descriptor->short_name,
            verdict->code, verdict->text);
    if (master->tries++ < TRIES)        /* else it was lost on the way, which is not for the company to judge */
        company_later (sim, MINUTES (1), MINUTES (3), s_register, master);
}

static void
s_register (sim_t *sim, void *about)
{
    master_t *master = about;
    company_send (sim, "operator:load", 0, master->command, s_registered, master);
}

/* Sent a while later, by which time what comes before is known everywhere if nothing is wrong. */
void
company_master (sim_t *sim, int wave, const ProtobufCMessage *command)
{
    master_t *master = arena_alloc (sim_arena (sim), sizeof *master);
    size_t size = protobuf_c_message_get_packed_size (command);
    uint8_t *bytes = arena_alloc (sim_arena (sim), size + 1);
    ProtobufCAllocator allocator = arena_protobuf (sim_arena (sim));
    protobuf_c_message_pack (command, bytes);
    master->command = protobuf_c_message_unpack (command->descriptor, &allocator, size, bytes);
    sim_at (sim, sim_begins_at (sim) + wave * 20000, s_register, master);
}

/* ---- as delivered */

static void
s_load_file (sim_t *sim, const char *path, int wave)
{
    char error [256], *text = malloc (JSON_TEXT_MAX);
    FILE *file = fopen (path, "r");
    size_t size = file ? fread (text, 1, JSON_TEXT_MAX, file) : 0;
    if (file)
        fclose (file);
    json_t *json = json_parse (text, size, error), *entry;
    size_t i;
    if (!json)
        sim_fail (sim, "company", "%s: %s", path, error);
    json_array_foreach (json_object_get (json, "commands"), i, entry) {
        const ProtobufCMessageDescriptor *type = registry_find (json_string_value (json_object_get (entry, "type")));
        const ProtobufCMessage *command = type
            ? json_value_to_message (sim_arena (sim), type, json_object_get (entry, "data"), 0, error) : NULL;
        if (!command)
            sim_fail (sim, "company", "%s, command %zu: %s", path, i + 1, type ? error : "no such type");
        else
            company_master (sim, wave, command);
    }
    json_decref (json);
    free (text);
}

static void
s_defaults (sim_t *sim)
{
    static const char *const files [] = { "alarms", "sla", "templates", "triage", "waiting" };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        s_load_file (sim, company_text (sim, "deploy/data/defaults/%s.json", files [i]), 0);
}

/* ---- calendars */

static weekly_interval_t **
s_week (sim_t *sim, int last_day, const char *start, const char *end, size_t *ret_count)
{
    weekly_interval_t **week = arena_array (sim_arena (sim), (size_t) last_day, sizeof *week);
    for (int day = 1; day <= last_day; day++) {
        weekly_interval_t *interval = week [day - 1] = arena_alloc (sim_arena (sim), sizeof *interval);
        *interval = (weekly_interval_t) { .base = weekly_interval_init, .weekday = day, .start = (char *) start,
            .end = (char *) end };
    }
    *ret_count = (size_t) last_day;
    return week;
}

/* Month and day; those that end in + are worked though it may be a weekend, as China and Vietnam do. */
static const char *const s_holidays [COUNTRIES] [16] = {
    { "01-01", "02-15", "02-16", "02-17", "02-18", "02-19", "04-05", "05-01", "06-19", "09-25", "10-01", "10-02",
      "10-05", "10-10+", "02-14+", NULL },
    { "01-01", "02-16", "02-17", "02-18", "02-19", "02-20", "04-27", "04-30", "05-01", "09-02", "08-22+", NULL },
    { "01-01", "01-06", "04-06", "04-25", "05-01", "06-02", "08-15", "10-04", "11-01", "12-07", "12-08", "12-25",
      "12-26", "03-30", NULL } };

static void
s_office_exceptions (sim_t *sim, int country, calendar_details_t *details)
{
    int year;
    date_to_ymd ((int32_t) (sim_begins_at (sim) / DATE_DAY_MS), &year, NULL, NULL);
    details->exceptions = arena_array (sim_arena (sim), 32, sizeof *details->exceptions);
    for (int y = year; y <= year + 1; y++)
        for (int i = 0; s_holidays [country] [i]; i++) {
            const char *day = s_holidays [country] [i];
            calendar_exception_t *exception = arena_alloc (sim_arena (sim), sizeof *exception);
            *exception = (calendar_exception_t) { .base = calendar_exception_init,
                .date_on = company_text (sim, "%d-%.5s", y, day), .name = "holiday", .source = "" };
            if (strchr (day, '+')) {
                day_interval_t *hours = arena_alloc (sim_arena (sim), sizeof *hours);
                *hours = (day_interval_t) { .base = day_interval_init, .start = "09:00", .end = "16:00" };
                exception->n_intervals = 1;
                exception->intervals = arena_array (sim_arena (sim), 1, sizeof *exception->intervals);
                exception->intervals [0] = hours;
            }
            details->exceptions [details->n_exceptions++] = exception;
        }
}

calendar_details_t *
company_office_details (sim_t *sim, int country)
{
    calendar_details_t *details = arena_alloc (sim_arena (sim), sizeof *details);
    *details = (calendar_details_t) { .base = calendar_details_init,
        .name = "office", .time_zone = (char *) company_countries [country].zone_name, .parent_id = "" };
    details->weekly = s_week (sim, 5, "08:30", "17:00", &details->n_weekly);
    s_office_exceptions (sim, country, details);
    return details;
}

static void
s_calendars (sim_t *sim, int country)
{
    static const struct { const char *name, *start, *end; int days; } shifts [] = {
        { "day", "08:00", "18:00", 6 }, { "late", "12:00", "22:00", 7 }, { "night", "22:00", "08:00", 7 },
        { "access", "06:00", "22:00", 6 } };
    const country_t *self = &company_countries [country];
    company_master (sim, 0, publish_calendar (.calendar_id = (char *) self->calendar,
        .details = company_office_details (sim, country)));
    for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++) {
        calendar_details_t details = { .base = calendar_details_init, .name = (char *) shifts [i].name,
            .time_zone = (char *) self->zone_name, .parent_id = "" };
        details.weekly = s_week (sim, shifts [i].days, shifts [i].start, shifts [i].end, &details.n_weekly);
        company_master (sim, 0, publish_calendar (
            .calendar_id = company_text (sim, "%s-%s", shifts [i].name, self->code), .details = &details));
    }
}

/* ---- customers, places, machines */

static void
s_territories (sim_t *sim, int country)
{
    const country_t *self = &company_countries [country];
    for (int leaf = 0; leaf < 2; leaf++) {
        territory_details_t details = { .base = territory_details_init,
            .name = (char *) (leaf ? self->territory : self->parent), .parent_id = (char *) (leaf ? self->parent : ""),
            .time_zone = (char *) self->zone_name, .country = (char *) self->country, .language = self->language,
            .calendar_id = (char *) self->calendar, .currency = (char *) self->currency,
            .manager_email = company_text (sim, "manager.%s@example.com", leaf ? self->territory : self->parent) };
        company_master (sim, 1 + leaf, register_territory (
            .territory_id = (char *) (leaf ? self->territory : self->parent), .details = &details));
    }
}

static void
s_customers (sim_t *sim, int country)
{
    static char *const grades [] = { "A", "B", "B", "C" };
    const country_t *self = &company_countries [country];
    for (int n = 1; n <= CUSTOMERS; n++) {
        customer_details_t details = { .base = customer_details_init, .name = company_text (sim, "Customer %d", n),
            .tax_id = company_text (sim, "%s%06d", self->country, n), .language = self->language,
            .payment_days = 30 * (1 + n % 2), .classification = "factory", .grade = grades [n % 4],
            .currency = (char *) self->currency, .email = company_text (sim, "c%d.%s@example.com", n, self->code),
            .phone = company_text (sim, "+44 1632 960%d%02d", country, n), .access_calendar_id = "" };
        company_master (sim, 2, register_customer (.customer_id = company_name (sim, country, 'c', n),
            .details = &details));
    }
}

site_details_t *
company_site_details (sim_t *sim, int country, int n)
{
    static const region_class_t regions [] = { REGION_CLASS_CITY, REGION_CLASS_CITY, REGION_CLASS_AROUND,
                                               REGION_CLASS_ELSEWHERE };
    site_details_t *details = arena_alloc (sim_arena (sim), sizeof *details);
    *details = (site_details_t) { .base = site_details_init,
        .customer_id = company_name (sim, country, 'c', (n - 1) % CUSTOMERS + 1),
        .name = company_text (sim, "Site %d", n), .address = company_text (sim, "%d, Main street", n),
        .point = company_point (sim, country, n), .time_zone = "",
        .territory_id = (char *) company_countries [country].territory, .region_class = regions [n % 4],
        .access_calendar_id = n % 6 == 1 ? company_text (sim, "access-%s", company_countries [country].code) : "" };
    if (n % 4 == 0)
        details->access_hours = s_week (sim, 6, "07:00", "20:00", &details->n_access_hours);
    return details;
}

static void
s_sites (sim_t *sim, int country)
{
    const country_t *self = &company_countries [country];
    for (int n = 1; n <= SITES; n++) {
        char *site_id = company_name (sim, country, 's', n);
        site_details_t *site = company_site_details (sim, country, n);
        channel_t channels [] = { self->channels [0], CHANNEL_SMS };
        contact_details_t contact = { .base = contact_details_init, .customer_id = site->customer_id,
            .site_id = site_id, .name = company_text (sim, "Contact %d", n), .language = self->language,
            .phone = company_text (sim, "+44 7700 90%d%03d", country, n), .n_channels = 2, .channels = channels,
            .email = company_text (sim, "p%d.%s@example.org", n, self->code) };
        company_master (sim, 3, register_site (.site_id = site_id, .details = site));
        company_master (sim, 4, register_contact (.contact_id = company_name (sim, country, 'p', n),
            .details = &contact));
        contact.phone = company_text (sim, "+44 7700 93%d%03d", country, n);
        if (n % 3 == 1)
            company_master (sim, 4, register_contact (.contact_id = company_name (sim, country, 'q', n),
                .details = &contact));
    }
}

asset_details_t *
company_asset_details (sim_t *sim, int country, int n)
{
    static char *const types [] = { "chiller", "ups", "lift", "pump" };
    int site = (n - 1) % SITES + 1;
    asset_details_t *details = arena_alloc (sim_arena (sim), sizeof *details);
    *details = (asset_details_t) { .base = asset_details_init,
        .customer_id = company_name (sim, country, 'c', (site - 1) % CUSTOMERS + 1),
        .site_id = company_name (sim, country, 's', site), .model = company_text (sim, "M-%d", n % 5),
        .device_type = types [n % 4], .serial = company_text (sim, "SN-%s-%d", company_countries [country].code, n),
        .quantity = 1, .criticality = n % 4, .installed_at = sim_begins_at (sim) - DAYS (700 + n),
        .access_calendar_id = "" };
    if (n % 3 == 0) {       /* some warranties end within the run */
        details->warranty_from_at = sim_begins_at (sim) - DAYS (365);
        details->warranty_until_at = sim_begins_at (sim) + DAYS (n % 9 ? 400 : n / 9 * 3);
    }
    return details;
}

static void
s_assets (sim_t *sim, int country)
{
    for (int n = 1; n <= ASSETS; n++)
        company_master (sim, 4, register_asset (.asset_id = company_name (sim, country, 'a', n),
            .details = company_asset_details (sim, country, n)));
}

void
company_masters_begin (sim_t *sim)
{
    s_defaults (sim);
    company_policies (sim);
    for (int country = 0; country < COUNTRIES; country++) {
        s_calendars (sim, country);
        s_territories (sim, country);
        s_customers (sim, country);
        s_sites (sim, country);
        s_assets (sim, country);
        company_people (sim, country);
        company_terms (sim, country);
    }
}
