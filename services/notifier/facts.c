/* facts.c - all that is known around an event: it names a visit, the visit an order, the order a
 * site, the site a territory. */
#include "notifier.h"
#include <string.h>

/* What the event is about, by id; "" unknown. */
typedef struct {
    const char *request, *work_order, *visit, *report, *customer, *site, *asset, *territory,
        *engineer, *location, *person;
} names_t;

static const ProtobufCFieldDescriptor *
s_field (const ProtobufCMessage *message, const char *name)
{
    return protobuf_c_message_descriptor_get_field_by_name (message->descriptor, name);
}

const char *
facts_text (const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field = s_field (message, name);
    if (!field || field->type != PROTOBUF_C_TYPE_STRING
        || field->label == PROTOBUF_C_LABEL_REPEATED)
        return "";
    const char *text = *(char *const *) ((const char *) message + field->offset);
    return text ? text : "";
}

static int
s_fault_level (const ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *field = s_field (message, "fault_level");
    return field ? *(const int32_t *) ((const char *) message + field->offset) : 0;
}

static const char *
s_or (const char *first, const char *second)
{
    return is_empty (first) ? second : first;
}

static names_t
s_names (const ProtobufCMessage *event)
{
    return (names_t) {
        .request = s_or (facts_text (event, "request_id"), facts_text (event, "case_id")),
        .work_order = facts_text (event, "work_order_id"),
        .visit = facts_text (event, "visit_id"),
        .report = facts_text (event, "report_id"),
        .customer = facts_text (event, "customer_id"),
        .site = facts_text (event, "site_id"),
        .asset = facts_text (event, "asset_id"),
        .territory = facts_text (event, "territory_id"),
        .engineer = facts_text (event, "engineer_id"),
        .location = facts_text (event, "location_id"),
        .person = facts_text (event, "person_id"),
    };
}

/* The first of those that a person must not be told without, in the order in which one leads to the
 * next. */
static char *
s_wanted (tx_t *tx, const char *noun, const char *id, const void *row)
{
    return !is_empty (id) && !row ? tx_printf (tx, "%s:%s", noun, id) : NULL;
}

/* What is named by now, in one round trip: one row leads to the next, but most events name several. */
static void
s_expect (tx_t *tx, const names_t *names)
{
    tx_expect (tx, report, names->report);
    tx_expect (tx, visit, names->visit);
    tx_expect (tx, work_order, names->work_order);
    tx_expect (tx, request, names->request);
    tx_expect (tx, site, names->site);
    tx_expect (tx, customer, names->customer);
    tx_expect (tx, engineer, names->engineer);
    tx_expect (tx, asset, names->asset);
    tx_expect_find (tx, contact, site_id, names->site);
    tx_expect_find (tx, contact, whole_customer_id, names->customer);
}

static char *
s_work (tx_t *tx, facts_t *self, names_t *names)
{
    self->visit = tx_get (tx, visit, names->visit);
    if (self->visit) {
        names->work_order = s_or (names->work_order, self->visit->work_order_id);
        names->engineer = s_or (self->visit->engineer_id, names->engineer);     /* or the provider */
        s_expect (tx, names);
    }
    self->work_order = tx_get (tx, work_order, names->work_order);
    if (self->work_order) {
        names->request = s_or (names->request, self->work_order->request_id);
        names->customer = s_or (names->customer, self->work_order->customer_id);
        names->site = s_or (names->site, self->work_order->site_id);
        names->asset = s_or (names->asset, self->work_order->asset_id);
        names->territory = s_or (names->territory, self->work_order->territory_id);
        s_expect (tx, names);
    }
    self->request = tx_get (tx, request, names->request);
    if (self->request) {
        names->customer = s_or (names->customer, self->request->customer_id);
        names->site = s_or (names->site, self->request->site_id);
        names->asset = s_or (names->asset, self->request->asset_id);
        names->territory = s_or (names->territory, self->request->territory_id);
        s_expect (tx, names);
    }
    char *wanted = s_wanted (tx, "work_order", names->work_order, self->work_order);
    return wanted ? wanted : s_wanted (tx, "request", names->request, self->request);
}

static char *
s_places (tx_t *tx, facts_t *self, names_t *names)
{
    self->site = tx_get (tx, site, names->site);
    if (self->site) {
        names->customer = s_or (names->customer, self->site->customer_id);
        names->territory = s_or (names->territory, self->site->territory_id);
    }
    self->customer = tx_get (tx, customer, names->customer);
    self->location = tx_get (tx, location, names->location);
    if (self->location)
        names->territory = s_or (names->territory, self->location->territory_id);
    self->territory = tx_get (tx, territory, names->territory);
    char *wanted = s_wanted (tx, "site", names->site, self->site);
    if (!wanted)
        wanted = s_wanted (tx, "customer", names->customer, self->customer);
    if (!wanted)
        wanted = s_wanted (tx, "location", names->location, self->location);
    return wanted ? wanted : s_wanted (tx, "territory", names->territory, self->territory);
}

/* An item named by the event, or several by its shortages. */
static void
s_items (tx_t *tx, facts_t *self)
{
    size_t count = 0, most = 1;
    const reservation_short_t *lack = self->event->descriptor == &reservation_short_descriptor
        ? (const reservation_short_t *) self->event
        : NULL;
    if (lack)
        most += lack->n_shortages;
    self->items = arena_array (tx_arena (tx), most + 1, sizeof *self->items);
    item_t *item = tx_get (tx, item, facts_text (self->event, "item_id"));
    if (item)
        self->items [count++] = item;
    for (size_t i = 0; lack && i < lack->n_shortages; i++)
        if ((item = tx_get (tx, item, lack->shortages [i]->item_id)))
            self->items [count++] = item;
}

static void
s_conclude (facts_t *self)
{
    self->zone = self->site ? self->site->time_zone : NULL;
    if (is_empty (self->zone) && self->territory)
        self->zone = self->territory->time_zone;
    if (is_empty (self->zone))
        self->zone = "UTC";
    self->urgent = s_fault_level (self->event) == 1
        || (self->work_order && self->work_order->fault_level == 1)
        || (self->request && self->request->fault_level == 1);
}

char *
facts_gather (tx_t *tx, facts_t *self)
{
    names_t names = s_names (self->event);
    s_expect (tx, &names);
    tx_expect_find (tx, message, event_id, self->event_id);
    self->report = tx_get (tx, report, names.report);
    char *wanted = s_work (tx, self, &names);
    char *place = s_places (tx, self, &names);
    self->engineer = tx_get (tx, engineer, names.engineer);
    self->asset = tx_get (tx, asset, names.asset);
    self->person_id = names.person;
    if (!wanted && topic_has_audience (self->topic, AUDIENCE_PERSON))
        wanted = s_wanted (tx, "person", names.person, recipient_find (tx, names.person));
    s_items (tx, self);
    s_conclude (self);
    if (!wanted)
        wanted = place;
    return wanted ? wanted : s_wanted (tx, "engineer", names.engineer, self->engineer);
}
