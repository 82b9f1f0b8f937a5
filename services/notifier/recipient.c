/* recipient.c - who is told, and the ways to him. */
#include "notifier.h"
#include "delivery_config.h"
#include <string.h>

/* More people of one site are not told of one event: a list of hundreds is a mistake or an attack.
 */
enum { PEOPLE_MAX = 20 };

#define MANAGER_PREFIX "manager:"

static const channel_t s_usual [] = { CHANNEL_EMAIL, CHANNEL_SMS };

static recipient_t
s_contact (tx_t *tx, const contact_t *contact, char *time_zone)
{
    preference_lists_t *lists = tx_unpack (tx, preference_lists, contact->lists);
    return (recipient_t) { .id = contact->id,
        .name = contact->name,
        .email = contact->email,
        .phone = contact->phone,
        .audience = AUDIENCE_CUSTOMER,
        .language = contact->language,
        .time_zone = time_zone,
        .channels = lists->channels,
        .n_channels = lists->n_channels };
}

static recipient_t
s_customer (const customer_t *customer, char *time_zone)
{
    return (recipient_t) { .id = customer->id,
        .name = customer->name,
        .email = customer->email,
        .phone = customer->phone,
        .audience = AUDIENCE_CUSTOMER,
        .language = customer->language,
        .time_zone = time_zone };
}

static recipient_t
s_engineer (const engineer_t *engineer, char *time_zone)
{
    return (recipient_t) { .id = engineer->id,
        .name = engineer->name,
        .email = engineer->email,
        .phone = engineer->phone,
        .audience = AUDIENCE_ENGINEER,
        .language = engineer->language,
        .time_zone = is_empty (engineer->time_zone) ? time_zone : engineer->time_zone };
}

static recipient_t
s_person (tx_t *tx, const person_t *person, char *time_zone)
{
    preference_lists_t *lists = tx_unpack (tx, preference_lists, person->lists);
    return (recipient_t) { .id = person->id,
        .name = person->name,
        .email = person->email,
        .phone = person->phone,
        .audience = AUDIENCE_PERSON,
        .language = person->language,
        .time_zone = is_empty (person->time_zone) ? time_zone : person->time_zone,
        .channels = lists->channels,
        .n_channels = lists->n_channels };
}

static recipient_t
s_manager (tx_t *tx, const territory_t *territory)
{
    return (recipient_t) { .id = tx_printf (tx, MANAGER_PREFIX "%s", territory->id),
        .name = territory->name,
        .email = territory->manager_email,
        .audience = AUDIENCE_MANAGER,
        .language = territory->language,
        .time_zone = territory->time_zone };
}

static void
s_add (recipients_t *all, recipient_t person)
{
    for (int i = 0; i < all->count; i++)
        if (strcmp (all->people [i].id, person.id) == 0)
            return;
    if (all->count < PEOPLE_MAX)
        all->people [all->count++] = person;
}

/* The people of the site, else those of the whole customer, else the customer's own address. */
static void
s_add_customer (tx_t *tx, const facts_t *facts, recipients_t *all)
{
    if (facts->site && !(facts->topic->flags & TOPIC_BILLING))
        EACH (contact, contact, tx_find (tx, contact, site_id, facts->site->id))
            s_add (all, s_contact (tx, contact, facts->zone));
    if (!facts->customer)
        return;
    bool is_none = all->count == 0;
    if (is_none || facts->topic->flags & TOPIC_MANAGERS)
        EACH (contact, contact, tx_find (tx, contact, whole_customer_id, facts->customer->id))
            if (is_none || contact->is_manager)
                s_add (all, s_contact (tx, contact, facts->zone));
    if (all->count == 0)
        s_add (all, s_customer (facts->customer, facts->zone));
}

/* Called by name: in his own zone, where his night is, and with the text for who is called whatever
 * he is otherwise. */
static void
s_add_called (tx_t *tx, const facts_t *facts, recipients_t *all)
{
    recipient_t *person = is_empty (facts->person_id) ? NULL : recipient_find (tx, facts->person_id);
    if (!person)
        return;
    person->audience = AUDIENCE_PERSON;
    if (is_empty (person->time_zone))
        person->time_zone = facts->zone;
    s_add (all, *person);
}

/* Those whom an alert's rule names. False: it names nobody that is known. */
static bool
s_add_named (tx_t *tx, const facts_t *facts, recipients_t *all)
{
    if (facts->event->descriptor != &alert_raised_descriptor)
        return false;
    const alert_raised_t *alert = (const alert_raised_t *) facts->event;
    for (size_t i = 0; i < alert->n_recipient_ids; i++) {
        recipient_t *person = recipient_find (tx, alert->recipient_ids [i]);
        if (!person)
            continue;
        person->audience = AUDIENCE_MANAGER;
        s_add (all, *person);
    }
    return all->count > 0;
}

recipients_t
recipient_all (tx_t *tx, const facts_t *facts, const char *audience)
{
    recipients_t all = { arena_array (tx_arena (tx), PEOPLE_MAX, sizeof (recipient_t)), 0 };
    if (strcmp (audience, AUDIENCE_CUSTOMER) == 0)
        s_add_customer (tx, facts, &all);
    else if (strcmp (audience, AUDIENCE_ENGINEER) == 0 && facts->engineer)
        s_add (&all, s_engineer (facts->engineer, facts->zone));
    else if (strcmp (audience, AUDIENCE_PERSON) == 0)
        s_add_called (tx, facts, &all);
    else if (strcmp (audience, AUDIENCE_MANAGER) == 0 && !s_add_named (tx, facts, &all) && facts->territory
        && !is_empty (facts->territory->manager_email))
        s_add (&all, s_manager (tx, facts->territory));
    return all;
}

static char *
s_zone (tx_t *tx, const char *territory_id)
{
    territory_t *territory = tx_get (tx, territory, territory_id);
    return territory ? territory->time_zone : "";
}

static char *
s_site_zone (tx_t *tx, const char *site_id)
{
    site_t *site = tx_get (tx, site, site_id);
    return site ? site->time_zone : "";
}

static bool
s_look_up (tx_t *tx, const char *id, recipient_t *ret_person)
{
    contact_t *contact = tx_get (tx, contact, id);
    if (contact)
        return *ret_person = s_contact (tx, contact, s_site_zone (tx, contact->site_id)), true;
    engineer_t *engineer = tx_get (tx, engineer, id);
    if (engineer)
        return *ret_person = s_engineer (engineer, s_zone (tx, engineer->territory_id)), true;
    person_t *person = tx_get (tx, person, id);
    if (person)
        return *ret_person = s_person (tx, person, s_zone (tx, person->territory_id)), true;
    customer_t *customer = tx_get (tx, customer, id);
    if (customer)
        return *ret_person = s_customer (customer, ""), true;
    if (strncmp (id, MANAGER_PREFIX, strlen (MANAGER_PREFIX)) != 0)
        return false;
    territory_t *territory = tx_get (tx, territory, id + strlen (MANAGER_PREFIX));
    if (territory)
        *ret_person = s_manager (tx, territory);
    return territory;
}

recipient_t *
recipient_find (tx_t *tx, const char *id)
{
    recipient_t *person = arena_alloc (tx_arena (tx), sizeof *person);
    return s_look_up (tx, id, person) ? person : NULL;
}

/* ---- the ways to him */

static const char *
s_webhook (tx_t *tx, const char *recipient_id)
{
    EACH (webhook, webhook, tx_all (tx, webhook))
        if (!webhook->disabled && strcmp (webhook->recipient_id, recipient_id) == 0)
            return webhook->id;
    return "";
}

static const char *
s_address (tx_t *tx, const recipient_t *self, const preference_t *preference, channel_t channel)
{
    switch (channel) {
        case CHANNEL_EMAIL:
            return preference && !is_empty (preference->email) ? preference->email : self->email;
        case CHANNEL_SMS:
        case CHANNEL_WECHAT:
        case CHANNEL_ZALO:
            return self->phone;
        case CHANNEL_WEBHOOK:
            return s_webhook (tx, self->id);
        default:
            return "";
    }
}

static bool
s_has_route (const routes_t *routes, channel_t channel)
{
    for (size_t i = 0; i < routes->n_routes; i++)
        if (routes->routes [i]->channel == channel)
            return true;
    return false;
}

typedef struct {
    tx_t *tx;
    const recipient_t *person;
    const preference_t *preference;
    routes_t *routes;
} search_t;

static void
s_try (search_t *search, channel_t channel)
{
    const char *address = s_address (search->tx, search->person, search->preference, channel);
    if (is_empty (address) || !delivery_config_has (channel)
        || s_has_route (search->routes, channel))
        return;
    route_t *route = arena_alloc (tx_arena (search->tx), sizeof *route);
    *route = (route_t) {
        .base = route_init, .channel = channel, .address = tx_printf (search->tx, "%s", address)
    };
    search->routes->routes [search->routes->n_routes++] = route;
}

/* What he wants; if none of that can be gone, then the usual ways: being told matters more than
 * how. */
void
recipient_routes (tx_t *tx, const recipient_t *self, const preference_t *preference,
    bool mail_first, routes_t *ret_routes)
{
    const preference_lists_t *lists =
        preference ? tx_unpack (tx, preference_lists, preference->lists) : NULL;
    bool is_chosen = lists && lists->n_channels > 0;
    const channel_t *wanted = is_chosen ? lists->channels : self->channels;
    size_t count = is_chosen ? lists->n_channels : self->n_channels;

    *ret_routes = (routes_t) { .base = routes_init };
    ret_routes->routes = arena_array (tx_arena (tx), count + 4, sizeof *ret_routes->routes);
    search_t search = { tx, self, preference, ret_routes };
    if (mail_first)
        s_try (&search, CHANNEL_EMAIL);
    for (size_t i = 0; i < count; i++)
        s_try (&search, wanted [i]);
    for (size_t i = 0; ret_routes->n_routes == 0 && i < sizeof s_usual / sizeof *s_usual; i++)
        s_try (&search, s_usual [i]);
    if (count == 0)
        s_try (&search, CHANNEL_SMS);
}
