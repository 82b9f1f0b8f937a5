/* work_order.c - collects what billing must know of an order, in whatever order it comes, and posts its cost once. */
#include "billing.h"
#include <string.h>

territory_t *
work_order_territory (tx_t *tx, const work_order_t *order)
{
    site_t *site = is_empty (order->territory_id) ? tx_get (tx, site, order->site_id) : NULL;
    return tx_get (tx, territory, site ? site->territory_id : order->territory_id);
}

/* ---- what is there, and what is missing */

/* An order that no request stands behind, of a plan or a person, gets an entitlement of its own. */
static entitlement_t *
s_own_entitlement (tx_t *tx, const work_order_t *order)
{
    entitlement_t *own = tx_need (tx, entitlement, order->id);
    size_t count;
    if (own->coverage)
        return own;
    own->root = order->root;
    own->customer_id = order->customer_id;
    own->site_id = order->site_id;
    own->asset_id = order->asset_id;
    own->type = order->type;
    own->at = order->created_at;
    entitlement_choose (tx, own, &count);
    return own;
}

/* NULL when everything is there. */
static char *
s_missing_terms (tx_t *tx, const work_order_t *order, bill_t *bill)
{
    territory_t *territory = work_order_territory (tx, order);
    if (!territory && !is_empty (order->territory_id))
        return tx_printf (tx, "territory:%s", order->territory_id);
    if (territory && !is_empty (territory->calendar_id)) {
        business_calendar_t *row = tx_get (tx, business_calendar, territory->calendar_id);
        bill->calendar = row ? calendars_get (row->id, row->version, row->details) : NULL;
        if (!bill->calendar)
            return tx_printf (tx, "calendar:%s", territory->calendar_id);
    }
    customer_t *customer = territory ? NULL : tx_get (tx, customer, order->customer_id);
    if (!territory && !customer && !is_empty (order->customer_id))
        return tx_printf (tx, "customer:%s", order->customer_id);
    const char *currency = territory ? territory->currency : customer ? customer->currency : "";
    bill->list = price_list_choose (tx, territory ? territory->id : "", currency);
    bill->blocked = bill->list ? NULL : tx_printf (tx, "no price list in %s: publish one", is_empty (currency)
        ? "any currency" : currency);
    return bill->list ? NULL : tx_printf (tx, "prices:%s", currency);
}

static char *
s_missing_payer (tx_t *tx, const work_order_t *order, bill_t *bill)
{
    if (is_empty (order->request_id)) {
        if (!is_empty (order->asset_id) && !tx_get (tx, asset, order->asset_id))
            return tx_printf (tx, "asset:%s", order->asset_id);
        bill->entitlement = s_own_entitlement (tx, order);
        return NULL;
    }
    bill->entitlement = tx_get (tx, entitlement, order->request_id);
    return bill->entitlement && bill->entitlement->coverage ? NULL : tx_printf (tx, "request:%s", order->request_id);
}

static char *
s_missing_prices (tx_t *tx, const work_order_t *order, bill_t *bill)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): without a list the order has not come this far */
    bill->prices = tx_unpack (tx, price_list_details, bill->list->details);
    bill->entries = tx_find (tx, time_entry, work_order_id, order->id);
    bill->trips = tx_find (tx, trip, work_order_id, order->id);
    bill->uses = tx_find (tx, part_use, work_order_id, order->id);
    return cost_compute (bill) ? NULL : tx_printf (tx, "prices:%s", bill->list->currency);
}

/* ---- posting */

static char *
s_description (tx_t *tx, const cost_line_t *line)
{
    return tx_printf (tx, "%s%s%s%s%s", enum_name (&cost_kind_descriptor, line->kind) + strlen ("COST_KIND_"),
        line->band ? " " : "",
        line->band ? enum_name (&labour_band_descriptor, line->band) + strlen ("LABOUR_BAND_") : "",
        is_empty (line->item_id) ? "" : " ", line->item_id);
}

static invoice_line_t **
s_invoice_lines (bill_t *bill, const work_order_t *order, size_t *ret_count)
{
    tx_t *tx = bill->tx;
    invoice_line_t **lines = arena_array (tx_arena (tx), (size_t) bill->count + 1, sizeof *lines);
    *ret_count = 0;
    for (int i = 0; i < bill->count; i++) {
        cost_line_t *line = tx_get (tx, cost_line, tx_printf (tx, "%s:%d", order->id, i + 1));
        if (line->charge_minor)
            lines [(*ret_count)++] = invoice_line_new (tx, line->id, s_description (tx, line), line->quantity,
                line->unit, line->charge_minor);
    }
    return lines;
}

static void
s_invoice (bill_t *bill, work_order_t *order)
{
    tx_t *tx = bill->tx;
    size_t count;
    invoice_line_t **lines = s_invoice_lines (bill, order, &count);
    territory_t *territory = work_order_territory (tx, order);
    invoice_t *invoice = invoice_issue (tx, &(invoice_draft_t) { .id = tx_printf (tx, "work_order:%s", order->id),
        .series = bill->prices->invoice_series, .time_zone = territory ? territory->time_zone : "",
        .customer_id = customer_survivor (tx, order->customer_id), .work_order_id = order->id, .contract_id = "",
        .currency = order->currency, .lines = lines, .line_count = count });
    order->invoice_number = invoice->number;
}

/* The row is the turn's own; bill only reads it. */
static void
s_mark_posted (bill_t *bill, work_order_t *order)
{
    entitlement_t *paid = tx_get (bill->tx, entitlement, bill->entitlement->id);
    order->posted = paid->posted = true;
    order->waits_for = order->blocked_reason = "";
    if (bill->count && bill->costs [0].kind == COST_KIND_CALL_OUT)
        paid->call_out_order_id = order->id;
}

static void
s_post_bill (bill_t *bill, work_order_t *order)
{
    cost_line_post (bill, order);
    s_mark_posted (bill, order);
    tx_emit (bill->tx, work_order_posted (.work_order_id = order->id, .request_id = order->request_id,
        .list_minor = order->list_minor, .charge_minor = order->charge_minor, .currency = order->currency));
    if (order->charge_minor > 0)
        s_invoice (bill, order);
}

static void
s_wait (bill_t *bill, work_order_t *order, char *waits_for)
{
    order->waits_for = waits_for;
    if (bill->blocked && strcmp (bill->blocked, order->blocked_reason ? order->blocked_reason : "") != 0) {
        order->blocked_reason = bill->blocked;
        tx_emit (bill->tx, posting_blocked (.work_order_id = order->id, .reason = bill->blocked));
    }
}

static void
s_try_post (tx_t *tx, work_order_t *order)
{
    if (order->posted || !order->created_at || !order->completed_at || !order->settled)
        return;
    bill_t bill = { .tx = tx, .order = order };
    char *before = tx_correlation (tx);
    tx_correlate (tx, order->root);
    char *missing = s_missing_terms (tx, order, &bill);
    missing = missing ? missing : s_missing_payer (tx, order, &bill);
    missing = missing ? missing : s_missing_prices (tx, order, &bill);
    if (missing)
        s_wait (&bill, order, missing);
    else
        s_post_bill (&bill, order);
    tx_correlate (tx, before);
}

/* Hundreds may wait for one price list: each is a message of its own, so that one handler does not carry them all. */
void
work_order_wake (tx_t *tx, const char *waits_for)
{
    EACH (work_order, order, tx_find (tx, work_order, waits_for, waits_for))
        tx_timer_set (tx, "post", order->id, tx_now (tx));
}

void
on_post_due (tx_t *tx, const wakeup_t *wakeup)
{
    work_order_t *order = tx_get (tx, work_order, wakeup->id);
    if (order)
        s_try_post (tx, order);
}

/* ---- facts, of three publishers, in any order */

void
on_work_order_created (tx_t *tx, const work_order_created_t *ev)
{
    work_order_t *order = tx_need (tx, work_order, ev->work_order_id);
    order->root = tx_correlation (tx);
    order->request_id = ev->request_id;
    order->customer_id = ev->customer_id;
    order->site_id = ev->site_id;
    order->asset_id = ev->asset_id;
    order->territory_id = ev->territory_id;
    order->type = (int) ev->type;
    order->created_at = ev->created_at ? ev->created_at : tx_time (tx);
    s_try_post (tx, order);
}

void
on_work_order_completed (tx_t *tx, const work_order_completed_t *ev)
{
    work_order_t *order = tx_need (tx, work_order, ev->work_order_id);
    order->completed_at = ev->completed_at ? ev->completed_at : tx_time (tx);
    s_try_post (tx, order);
}

void
on_parts_settled (tx_t *tx, const parts_settled_t *ev)
{
    work_order_t *order = tx_need (tx, work_order, ev->work_order_id);
    order->settled = true;
    s_try_post (tx, order);
}

void
on_time_entry_recorded (tx_t *tx, const time_entry_recorded_t *ev)
{
    time_entry_t *entry = tx_need (tx, time_entry, ev->time_entry_id);
    if (ev->version < entry->version)
        return;
    entry->version = ev->version;
    entry->work_order_id = ev->work_order_id;
    entry->visit_id = ev->visit_id;
    entry->kind = (int) ev->kind;
    entry->from_at = ev->from_at;
    entry->to_at = ev->to_at;
}

void
on_service_report_issued (tx_t *tx, const service_report_issued_t *ev)
{
    trip_t *trip = tx_need (tx, trip, ev->visit_id);
    if (ev->version < trip->version)
        return;
    trip->version = ev->version;
    trip->work_order_id = ev->work_order_id;
    trip->distance_m = ev->distance_km > 0 && ev->distance_km < 100000 ? (int64_t) (ev->distance_km * 1000 + 0.5) : 0;
}

void
on_part_consumed (tx_t *tx, const part_consumed_t *ev)
{
    part_use_t *use = tx_need (tx, part_use, ev->move_id);
    use->work_order_id = ev->work_order_id;
    use->visit_id = ev->visit_id;
    use->item_id = ev->item_id;
    use->quantity = ev->quantity;
    use->cost_minor = ev->cost_minor;
    use->currency = ev->currency;
}
