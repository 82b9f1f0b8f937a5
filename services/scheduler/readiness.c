/* readiness.c - which orders can go, and what keeps the others: decided again when something it depends on changes. */
#include "scheduler.h"
#include <string.h>

/* The dispatcher looks as far for a place. */
#define ACCESS_AHEAD_MS (14 * DATE_DAY_MS)

typedef struct {
    tx_t *tx;
    blocker_t **blockers;
    size_t count;
} blockers_t;

static void __attribute__ ((format (printf, 4, 5)))
s_block (blockers_t *self, const char *code, const char *reference, const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    blocker_t *blocker = arena_alloc (tx_arena (self->tx), sizeof *blocker);
    *blocker = (blocker_t) {
        .base = blocker_init, .code = (char *) code, .reference = (char *) reference,
        .message = arena_vprintf (tx_arena (self->tx), format, arguments)
    };
    va_end (arguments);
    self->blockers [self->count++] = blocker;
}

static void
s_look_at_site (blockers_t *self, const work_order_t *order, const work_order_created_t *created)
{
    site_t *site = tx_get (self->tx, site, created->site_id);
    if (!site || !site->has_location)
        s_block (self, "site.no_location", created->site_id,
            "site %s has neither address nor coordinates: complete it", created->site_id);
    if (!site_has_phone (self->tx, created->site_id, order->open_customer_id)
        && !site_has_phone (self->tx, created->site_id, created->customer_id))      /* merged, its contacts not yet */
        s_block (self, "site.no_phone", created->site_id,
            "nobody at site %s or of customer %s has a phone: add a contact", created->site_id,
            order->open_customer_id);
}

static void
s_look_at_parts (blockers_t *self, const work_order_t *order, const work_order_created_t *created)
{
    const reservation_short_t *shortage = tx_unpack (self->tx, reservation_short, order->shortage);
    if (created->n_parts == 0 || order->parts_state == PARTS_RESERVED)
        return;
    if (order->parts_state == PARTS_SHORT)
        for (size_t i = 0; i < shortage->n_shortages; i++)
            s_block (self, "parts.short", shortage->shortages [i]->item_id, "item %s: %lld needed, %lld available",
                shortage->shortages [i]->item_id, (long long) shortage->shortages [i]->needed,
                (long long) shortage->shortages [i]->available);
    else
        for (size_t i = 0; i < created->n_parts; i++)
            s_block (self, "parts.unreserved", created->parts [i]->item_id, "item %s is not reserved yet",
                created->parts [i]->item_id);
}

static void
s_look_at_waiting (blockers_t *self, const work_order_t *order)
{
    waiting_t *waiting = tx_get (self->tx, waiting, order->open_request_id);
    const char *names = "";
    for (unsigned i = 0; waiting && i < wait_reason_descriptor.n_values; i++)
        if (waiting->reasons >> wait_reason_descriptor.values [i].value & 1)
            names = tx_printf (self->tx, "%s%s%s", names, *names ? ", " : "", wait_reason_descriptor.values [i].name);
    if (*names)
        s_block (self, "request.waiting", order->open_request_id, "request %s waits: %s", order->open_request_id,
            names);
}

/* One that was cancelled is over as well: it is a person who decides what that means for the next. */
static void
s_look_at_predecessor (blockers_t *self, const work_order_created_t *created)
{
    const work_order_t *before = tx_get (self->tx, work_order, created->after_work_order_id);
    if (before && !before->closed)
        s_block (self, "order.waits_for", before->id, "work order %s comes first and is not done yet", before->id);
}

static void
s_look_at_tools (blockers_t *self, const work_order_created_t *created)
{
    for (size_t i = 0; i < created->n_tool_kinds; i++) {
        const char *kind = created->tool_kinds [i], *message = "";
        const char *code = tool_missing (self->tx, kind, created->territory_id, &message);
        if (code)
            s_block (self, code, kind, "%s", message);
    }
}

static const char *
s_day (tx_t *tx, const calendar_t *calendar, int64_t at)
{
    char text [DATE_TEXT_SIZE];
    return tx_printf (tx, "%s", date_format (zone_date (calendar_zone (calendar), at, NULL), text));
}

/* The first moment that counts is the order's own, if it has one. */
static void
s_look_at_access (blockers_t *self, const work_order_created_t *created)
{
    const char *unknown_id;
    calendar_t *access = access_of (self->tx, created->site_id, created->asset_id, &unknown_id);
    if (unknown_id)
        s_block (self, "site.access_unknown", unknown_id, "access to site %s follows calendar %s, which nobody has "
            "published: publish it", created->site_id, unknown_id);
    if (!access)
        return;
    int64_t now = tx_now (self->tx), from_at = created->not_before_at > now ? created->not_before_at : now;
    int64_t opens_at = calendar_next_open (access, from_at);
    if (opens_at < from_at + ACCESS_AHEAD_MS)
        return;
    s_block (self, "site.no_access", created->site_id, "nobody is let in at site %s %s: ask for other access hours",
        created->site_id, opens_at == CALENDAR_NEVER ? "any more"
        : tx_printf (self->tx, "before %s", s_day (self->tx, access, opens_at)));
    if (opens_at != CALENDAR_NEVER)
        tx_timer_set (self->tx, "access_opens", created->work_order_id, opens_at - ACCESS_AHEAD_MS + 1);
}

void
on_access_opens (tx_t *tx, const wakeup_t *wakeup)
{
    work_order_t *order = tx_get (tx, work_order, wakeup->id);
    if (order)
        readiness_review (tx, order);
}

static ProtobufCMessage *
s_readiness (tx_t *tx, const work_order_t *order)
{
    const work_order_created_t *created = tx_unpack (tx, work_order_created, order->created);
    const reservation_short_t *shortage = tx_unpack (tx, reservation_short, order->shortage);
    blockers_t found = { .tx = tx };
    found.blockers = arena_array (tx_arena (tx), 6 + created->n_parts + created->n_tool_kinds
        + shortage->n_shortages, sizeof *found.blockers);
    s_look_at_site (&found, order, created);
    s_look_at_parts (&found, order, created);
    s_look_at_waiting (&found, order);
    s_look_at_access (&found, created);
    s_look_at_tools (&found, created);
    s_look_at_predecessor (&found, created);
    readiness_changed_t *readiness = arena_alloc (tx_arena (tx), sizeof *readiness);
    *readiness = (readiness_changed_t) {
        .base = readiness_changed_init, .work_order_id = order->id, .ready = found.count == 0,
        .n_blockers = found.count, .blockers = found.blockers
    };
    return &readiness->base;
}

void
readiness_review (tx_t *tx, work_order_t *order)
{
    if (order->closed || order->created.size == 0)
        return;
    const ProtobufCMessage *readiness = s_readiness (tx, order);
    if (blob_holds (tx, order->said, readiness))
        return;
    order->said = tx_pack (tx, readiness);
    tx_correlate (tx, order->root);         /* what changed may belong to no story, or another one */
    tx_emit (tx, readiness);
}

void
readiness_review_site (tx_t *tx, const char *site_id)
{
    EACH (work_order, order, tx_find (tx, work_order, open_site_id, site_id))
        readiness_review (tx, order);
}

void
readiness_review_customer (tx_t *tx, const char *customer_id)
{
    EACH (work_order, order, tx_find (tx, work_order, open_customer_id, customer_id))
        readiness_review (tx, order);
}

void
on_get_readiness (tx_t *tx, const get_readiness_t *query)
{
    work_order_t *order = tx_get (tx, work_order, query->work_order_id);
    if (!order || order->created.size == 0)
        return tx_reject (tx, "work_order.unknown", "no work order %s", query->work_order_id);
    if (order->closed)
        return tx_reject (tx, "work_order.closed", "work order %s is over", order->id);
    tx_answer (tx, s_readiness (tx, order));
}
