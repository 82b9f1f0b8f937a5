/* company - what the rooms of the simulated company share. It knows what its people would know: what they were told
 * (events) and what they were answered; it never looks into a service's rows.
 *
 *     company.c            the doors that sim.h wants, errands, what is known of requests, orders and visits
 *     company_country.c    three countries: their places, hours, holidays, money
 *     company_masters.c    what is registered before the first day
 *     company_day.c        what a day brings: requests, alarms, absences, deliveries, changes of masters
 *     company_desk.c       agents: take in hand, help by phone and remotely, send somebody, wait, close
 *     company_manager.c    who is called, who chooses when nobody can, who plans a day again
 *     company_field.c      engineers and providers: answer offers, travel, work, report; late, ill, out of reach
 *     company_store.c      the warehouse: issues, takes back, orders what runs out; the depot
 *     company_wrong.c      what is wrong on purpose */
#pragma once
#include "sim.h"
#include "calendar/zone.h"
#include "map.h"

#define MINUTES(n) ((int64_t) (n) * 60000)
#define HOURS(n)   ((int64_t) (n) * 3600000)
#define DAYS(n)    ((int64_t) (n) * 86400000)

enum { COUNTRIES = 3, CUSTOMERS = 8, SITES = 12, ASSETS = 30, ENGINEERS = 6, ITEMS = 10, TOOLS = 2 };    /* of each */

/* A country as the company works there; everything in it is named "<code>-<letter><number>". */
typedef struct {
    const char *code, *territory, *parent, *zone_name, *country, *currency, *calendar;
    language_t language;
    channel_t channels [3];             /* how its customers write */
    double latitude, longitude;
    int64_t minor_per_euro_cent_x100;
    const char *invoice_series;
    const zone_t *zone;
} country_t;
extern country_t company_countries [COUNTRIES];
extern const char *const company_items [ITEMS];
extern const char *const company_skills [4];

/* ---- chance */

bool company_often (sim_t *sim, int percent);
int company_pick (sim_t *sim, int count);               /* 0 .. count - 1 */
char *company_text (sim_t *sim, const char *format, ...) __attribute__ ((format (printf, 2, 3)));   /* for the run */
/* "<code>-<letter><number>", number from 1 */
char *company_name (sim_t *sim, int country, char letter, int number);
int company_country_of (const char *name);              /* by its code; -1: none */
/* The next instant from at on in which somebody is in the office of that country, a while after it opens. */
int64_t company_office (sim_t *sim, int country, int64_t at);
geo_point_t *company_point (sim_t *sim, int country, int site);

/* ---- doing. what: a few letters for ids and for who reads a trace. */

typedef void (company_answer_fn) (sim_t *sim, const sim_verdict_t *verdict, void *about);
/* then may be NULL. happened_at 0: now. */
void company_send (sim_t *sim, const char *actor, int64_t happened_at, const ProtobufCMessage *command,
    company_answer_fn *then, void *about);
/* After a while between two lengths. */
void company_later (sim_t *sim, int64_t from_ms, int64_t to_ms, sim_deed_fn *deed, void *about);
bool company_is_over (const sim_t *sim);                /* nothing new is begun any more */

/* ---- what is known */

typedef enum { REQUEST_OPEN, REQUEST_SOLVED, REQUEST_OVER } request_stage_t;

typedef struct {
    char *id, *asset_id, *site_id, *customer_id;
    int country, number;                /* number: the how manieth */
    request_type_t type;
    support_tier_t tier;
    request_stage_t stage;
    bool has_order, is_waiting, is_taken;
} request_t;

typedef struct {
    char *id, *request_id, *site_id;
    int country, part_count, choices;
    struct { char *item_id; int64_t needed, out; } parts [6];       /* out: in a van */
    bool is_over;
} order_t;

enum { STEPS = 9 };
typedef struct {
    char *id, *engineer_id, *report_id, *report_hash;
    order_t *order;
    int64_t work_starts_at, starts_at, ends_at;
    int64_t times [STEPS];              /* when each step is done; 0: left out */
    int step, tries;
    bool is_ended, is_accepted, is_offline, work_remains, is_provider;
} visit_t;

request_t *company_request (const char *id);            /* NULL: nobody has heard of it */
order_t *company_order (const char *id);
visit_t *company_visit (const char *id);
request_t *company_some_request (sim_t *sim, request_stage_t stage);     /* of the newest; NULL: none found */
request_t *company_request_add (sim_t *sim, const service_request_accepted_t *accepted);
order_t *company_order_add (sim_t *sim, const work_order_created_t *created);
visit_t *company_visit_add (sim_t *sim, const visit_offered_t *offered);

/* ---- rooms. Each is told of what concerns it; a message that does not is not looked at. */

void company_masters_begin (sim_t *sim);
void company_day_begin (sim_t *sim);
void company_desk_heard (sim_t *sim, const bus_event_t *event, const ProtobufCMessage *body);
void company_manager_heard (sim_t *sim, const bus_event_t *event, const ProtobufCMessage *body);
void company_field_heard (sim_t *sim, const bus_event_t *event, const ProtobufCMessage *body);
void company_store_heard (sim_t *sim, const bus_event_t *event, const ProtobufCMessage *body);
void company_wrong_day (sim_t *sim, int64_t day_at);
void company_store_day (sim_t *sim, int64_t day_at);
void company_field_day (sim_t *sim, int64_t day_at);
void company_manager_day (sim_t *sim, int64_t day_at);
/* Something of it is sent again, byte by byte, under another id: as a device does that forgets what it said. */
void company_wrong_repeat (sim_t *sim, const char *actor, const ProtobufCMessage *command);
/* An order that was wanted for a request, and parts that it takes. */
int company_some_parts (sim_t *sim, part_quantity_t *ret_parts [3], int max_quantity);

#define COMPANY_IS(body, message) ((body)->descriptor == &message##_descriptor)
