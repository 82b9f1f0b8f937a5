/* notifier.h - what the notifier remembers, and its rooms. */
#pragma once
#include "service.h"
#include "valid.h"

/* ---- projections of what others own: only what a text or an address needs */

#define CUSTOMER_FIELDS(F, T) \
    F (T, text, id) F (T, text, name) F (T, text, email) F (T, text, phone) \
    F (T, enum, language)
#define CONTACT_FIELDS(F, T) \
    F (T, text, id) F (T, text, customer_id) F (T, text, site_id) \
    F (T, text, whole_customer_id)      /* customer_id when for no site in particular */ \
    F (T, text, name) F (T, text, phone) F (T, text, email) F (T, enum, language) \
    F (T, blob, lists) F (T, bool, is_manager)
#define TERRITORY_FIELDS(F, T) \
    F (T, text, id) F (T, text, name) F (T, enum, language) F (T, text, time_zone) \
    F (T, text, manager_email)
#define SITE_FIELDS(F, T) \
    F (T, text, id) F (T, text, customer_id) F (T, text, name) F (T, text, address) \
    F (T, text, time_zone) \
    F (T, text, territory_id)
#define ASSET_FIELDS(F, T) F (T, text, id) F (T, text, model) F (T, text, serial)
#define ENGINEER_FIELDS(F, T) \
    F (T, text, id) F (T, text, name) F (T, text, phone) F (T, text, email) F (T, enum, language) \
    F (T, text, territory_id) F (T, text, time_zone)
#define PERSON_FIELDS(F, T) \
    F (T, text, id) F (T, text, name) F (T, text, phone) F (T, text, email) F (T, enum, language) \
    F (T, text, territory_id) F (T, text, time_zone) F (T, blob, lists)
#define ITEM_FIELDS(F, T) F (T, text, id) F (T, text, name) F (T, text, unit)
#define LOCATION_FIELDS(F, T) F (T, text, id) F (T, text, name) F (T, text, territory_id)
#define REQUEST_FIELDS(F, T) \
    F (T, text, id) F (T, text, customer_id) F (T, text, site_id) F (T, text, asset_id) \
    F (T, text, territory_id) \
    F (T, enum, type) F (T, text, description) F (T, int, fault_level)
#define WORK_ORDER_FIELDS(F, T) \
    F (T, text, id) F (T, text, request_id) F (T, text, customer_id) F (T, text, site_id) \
    F (T, text, asset_id) \
    F (T, text, territory_id) F (T, enum, type) F (T, text, description) F (T, int, fault_level)
#define VISIT_FIELDS(F, T) \
    F (T, text, id) F (T, text, work_order_id) F (T, text, engineer_id) F (T, time, starts_at) \
    F (T, time, work_starts_at) F (T, time, ends_at) F (T, bool, is_accepted)
#define REPORT_FIELDS(F, T) F (T, text, id) F (T, text, content) F (T, text, engineer_id)

/* ---- what the notifier owns */

#define PREFERENCE_FIELDS(F, T) \
    F (T, text, id)                     /* the recipient */ \
    F (T, blob, lists) F (T, enum, language) F (T, text, quiet_from) F (T, text, quiet_to) \
    F (T, text, time_zone) \
    F (T, text, email)
#define TEMPLATE_FIELDS(F, T) \
    F (T, text, id)                     /* <topic>:<audience>:<EN> */ \
    F (T, text, topic) F (T, text, audience) F (T, enum, language) F (T, text, subject) \
    F (T, text, body)
#define WEBHOOK_FIELDS(F, T) \
    F (T, text, id) F (T, text, url) F (T, text, secret) F (T, text, topic_prefix) \
    F (T, text, recipient_id) \
    F (T, bool, disabled) F (T, time, registered_at)
#define MESSAGE_FIELDS(F, T) \
    F (T, text, id) F (T, text, event_id) F (T, text, effect_key) F (T, text, topic) \
    F (T, text, recipient_id) F (T, text, audience) \
    F (T, enum, language) F (T, text, subject) F (T, text, body) F (T, text, time_zone) \
    F (T, text, correlation_id) \
    F (T, bool, urgent) F (T, enum, state) \
    F (T, blob, routes) F (T, int, route)       /* the ways to him, and which one is taken now */ \
    F (T, int, route_attempts) F (T, int, attempts) \
    F (T, bool, doubtful) /* an attempt may have arrived: take no other channel */ \
    F (T, int, retries)   /* times a person wanted it tried again */ \
    F (T, time, queued_at) F (T, time, send_at) F (T, text, error)
#define ATTEMPT_FIELDS(F, T) \
    F (T, text, id)                     /* <message>:<n> */ \
    F (T, text, message_id) F (T, enum, channel) F (T, text, address) F (T, enum, outcome) \
    F (T, time, began_at) \
    F (T, time, ended_at) F (T, text, error) F (T, text, provider_reference)
#define AWAITED_FIELDS(F, T) \
    F (T, text, id)                     /* of the event */ \
    F (T, text, waits_for)              /* "site:s1" */ \
    F (T, text, type) F (T, blob, data) F (T, text, correlation_id) F (T, time, until_at)

ENTITY_STRUCT (customer, CUSTOMER_FIELDS);
ENTITY_STRUCT (contact, CONTACT_FIELDS);
ENTITY_STRUCT (territory, TERRITORY_FIELDS);
ENTITY_STRUCT (site, SITE_FIELDS);
ENTITY_STRUCT (asset, ASSET_FIELDS);
ENTITY_STRUCT (engineer, ENGINEER_FIELDS);
ENTITY_STRUCT (person, PERSON_FIELDS);
ENTITY_STRUCT (item, ITEM_FIELDS);
ENTITY_STRUCT (location, LOCATION_FIELDS);
ENTITY_STRUCT (request, REQUEST_FIELDS);
ENTITY_STRUCT (work_order, WORK_ORDER_FIELDS);
ENTITY_STRUCT (visit, VISIT_FIELDS);
ENTITY_STRUCT (report, REPORT_FIELDS);
ENTITY_STRUCT (preference, PREFERENCE_FIELDS);
ENTITY_STRUCT (template, TEMPLATE_FIELDS);
ENTITY_STRUCT (webhook, WEBHOOK_FIELDS);
ENTITY_STRUCT (message, MESSAGE_FIELDS);
ENTITY_STRUCT (attempt, ATTEMPT_FIELDS);
ENTITY_STRUCT (awaited, AWAITED_FIELDS);

/* ---- customer.c, work.c: projections */

void on_customer_registered (tx_t *tx, const customer_registered_t *event);
void on_customer_updated (tx_t *tx, const customer_updated_t *event);
void on_contact_published (tx_t *tx, const contact_published_t *event);
void on_territory_published (tx_t *tx, const territory_published_t *event);
void on_site_published (tx_t *tx, const site_published_t *event);
void on_asset_published (tx_t *tx, const asset_published_t *event);
void on_engineer_published (tx_t *tx, const engineer_published_t *event);
void on_provider_published (tx_t *tx, const provider_published_t *event);
void on_person_published (tx_t *tx, const person_published_t *event);
void on_item_published (tx_t *tx, const item_published_t *event);
void on_location_published (tx_t *tx, const location_published_t *event);
void on_service_request_accepted (tx_t *tx, const service_request_accepted_t *event);
void on_service_request_triaged (tx_t *tx, const service_request_triaged_t *event);
void on_work_order_created (tx_t *tx, const work_order_created_t *event);
void on_visit_offered (tx_t *tx, const visit_offered_t *event);
void on_visit_accepted (tx_t *tx, const visit_accepted_t *event);
void on_service_report_issued (tx_t *tx, const service_report_issued_t *event);

/* ---- topic.c: which events people are told of, and who */

#define AUDIENCE_CUSTOMER "customer"
#define AUDIENCE_ENGINEER "engineer"
#define AUDIENCE_MANAGER  "manager"
#define AUDIENCE_PERSON   "person"          /* one of ours, engineer or not, whom the event calls by name */
#define AUDIENCE_WEBHOOK  "webhook"         /* the event itself, for a program */

typedef enum {
    TOPIC_DOCUMENT = 1,     /* a document: by mail first, whatever he likes better */
    TOPIC_BILLING = 2,      /* for the customer's office, not for the people of the site */
    TOPIC_MANAGERS = 4      /* the customer's managers too, wherever they sit */
} topic_flags_t;

typedef struct {
    const ProtobufCMessageDescriptor *type;
    const char *audiences [3];              /* ends with NULL */
    int flags;
} topic_t;

const topic_t *topic_find (const char *name);       /* NULL: nobody is told */
bool topic_has_audience (const topic_t *self, const char *audience);
bool topic_is_prefix (const char *prefix);          /* of any event of another service */

/* ---- facts.c: all that is known around an event */

typedef struct {
    const topic_t *topic;
    const ProtobufCMessage *event;
    char *event_id;
    request_t *request;
    work_order_t *work_order;
    visit_t *visit;
    report_t *report;
    customer_t *customer;
    site_t *site;
    asset_t *asset;
    territory_t *territory;
    engineer_t *engineer;
    location_t *location;
    const char *person_id;                  /* whom the event calls; "" nobody */
    item_t **items;                         /* every item the event names; ends with NULL */
    char *zone;                             /* IANA name: site's, else territory's, else "UTC" */
    bool urgent;                            /* fault level 1 */
} facts_t;

/* Fills *self. Returns NULL, or what was not heard of yet, as "site:s1". */
char *facts_gather (tx_t *tx, facts_t *self);
/* The text of a field of a message, "" when it has no such field. */
const char *facts_text (const ProtobufCMessage *message, const char *field);

/* ---- notice.c: an event becomes messages */

/* For every type: webhooks, then people. */
void on_event (tx_t *tx, const ProtobufCMessage *event);
/* The same, of which nobody is told unless a webhook wants it: it is not even looked into then. */
void on_packed_event (tx_t *tx, const packed_event_t *event);
/* What waited for this thing to be known. */
void notice_resume (tx_t *tx, const char *noun, const char *id);
void on_awaited (tx_t *tx, const wakeup_t *wakeup);

/* ---- recipient.c: who is told, and the ways to him */

typedef struct {
    char *id, *name, *email, *phone;
    const char *audience;
    int language;                           /* his own, unspecified if he has none */
    char *time_zone;
    channel_t *channels;                    /* wanted, first best */
    size_t n_channels;
} recipient_t;

typedef struct { recipient_t *people; int count; } recipients_t;

recipients_t recipient_all (tx_t *tx, const facts_t *facts, const char *audience);
recipient_t *recipient_find (tx_t *tx, const char *id);    /* NULL: nobody of that id */
/* The ways to him that can be gone, best first; *ret_routes.n_routes may be 0. */
void recipient_routes (tx_t *tx, const recipient_t *self, const preference_t *preference,
    bool mail_first, routes_t *ret_routes);

/* ---- preference.c, quiet.c */

void on_set_preference (tx_t *tx, const set_preference_t *command);
bool preference_mutes (tx_t *tx, const preference_t *self, const char *topic);
/* Instants in ms UTC. Returns at, or when the quiet hours that it lies in end. Empty times: none. */
int64_t quiet_until (const char *from_hh_mm, const char *to_hh_mm, const char *time_zone,
    int64_t at);

/* ---- template.c, context.c, phrase.c, label.c: the words */

void on_publish_template (tx_t *tx, const publish_template_t *command);
template_t *template_find (tx_t *tx, const char *topic, const char *audience,
    const int languages [3]);

typedef struct { char *subject, *body; } rendered_t;

/* Fills the template with the facts as this person reads them. NULL subject: see error. */
rendered_t context_render (tx_t *tx, const template_t *template, const facts_t *facts,
    const recipient_t *recipient, char error [256]);

char *phrase_instant (arena_t *arena, int language, const char *time_zone, int64_t at);
char *phrase_date (arena_t *arena, int language, const char *date_on);
char *phrase_duration (arena_t *arena, int language, int64_t duration_ms);
char *phrase_money (arena_t *arena, int language, int64_t amount_minor, const char *currency);
/* The word for an enum value or a metric: "MILESTONE_ARRIVE" -> "arrivo". */
char *label_text (arena_t *arena, int language, const char *name);

/* ---- message.c, attempt.c: one message's life */

void message_queue (tx_t *tx, const facts_t *facts, const recipient_t *recipient);
void message_queue_raw (tx_t *tx, const webhook_t *webhook, const char *topic, const char *body);
void message_schedule (tx_t *tx, message_t *self, int64_t not_before_at);
void message_succeed (tx_t *tx, message_t *self, channel_t channel, const char *provider_reference);
void message_next_route (tx_t *tx, message_t *self, const char *error);
void message_fail (tx_t *tx, message_t *self, const char *error);
route_t *message_route (tx_t *tx, const message_t *self, int64_t index);    /* NULL: no more */
void on_message_due (tx_t *tx, const wakeup_t *wakeup);
void on_retry_message (tx_t *tx, const retry_message_t *command);

void attempt_begin (tx_t *tx, message_t *message);
void on_delivery_done (tx_t *tx, const delivery_done_t *done);
void on_attempt_overdue (tx_t *tx, const wakeup_t *wakeup);

/* ---- webhook.c */

void on_register_webhook (tx_t *tx, const register_webhook_t *command);
void webhook_publish (tx_t *tx, const ProtobufCMessage *event);
/* Some webhook wants events of that name. */
bool webhook_is_wanted (tx_t *tx, const char *topic);
/* A CloudEvent in JSON, in the turn's memory. */
char *webhook_cloud_event (tx_t *tx, const char *id, const char *source, const char *subject,
    int64_t happened_at, const ProtobufCMessage *data);

/* ---- perform.c: the world outside; runs on threads of its own and touches nothing of the turn */

const ProtobufCMessage *perform (arena_t *arena, const perform_delivery_t *delivery);
