/* cost.c - what an order costs by the list: call-out, travel, labour, parts. Same inputs, same lines (L5). */
#include "billing.h"
#include <stdlib.h>
#include <string.h>

int64_t
money_sure (tx_t *tx, money_code_t code, money_t money)
{
    if (code != MONEY_OK)
        tx_fail (tx, "an amount cannot be computed: %s", money_code_text (code));
    return money.amount_minor;
}

static cost_t *
s_add (bill_t *bill, cost_t cost)
{
    if (bill->count == bill->capacity) {
        cost_t *more = arena_array (tx_arena (bill->tx), (size_t) bill->capacity * 2 + 16, sizeof *more);
        if (bill->count)
            memcpy (more, bill->costs, (size_t) bill->count * sizeof *more);
        bill->costs = more;
        bill->capacity = bill->capacity * 2 + 16;
    }
    bill->costs [bill->count] = cost;
    return &bill->costs [bill->count++];
}

static char *
s_rule (bill_t *bill, const char *how)
{
    return tx_printf (bill->tx, "%s version %lld; %s", bill->list->id, (long long) bill->list->version, how);
}

/* quantity of a price for `per` units: minutes are priced by the hour. */
static int64_t
s_amount (bill_t *bill, int64_t price_minor, int64_t quantity, int64_t per)
{
    money_t price, amount = { 0 };
    money_code_t code = money_make (price_minor, bill->list->currency, &price);
    if (code == MONEY_OK)
        code = money_ratio (price, quantity, per, MONEY_HALF_UP, &amount);
    return money_sure (bill->tx, code, amount);
}

/* ---- call-out: once for a request, however many orders and visits it takes (L1) */

static int64_t
s_first_work_at (const bill_t *bill)
{
    EACH (time_entry, entry, bill->entries)
        if (entry->kind == TIME_KIND_WORK || entry->kind == TIME_KIND_OVERTIME)
            return entry->from_at;
    return bill->order->completed_at;
}

static void
s_call_out (bill_t *bill)
{
    const work_order_t *order = bill->order;
    const char *paid_by = bill->entitlement->call_out_order_id;
    int band = labour_band (bill->calendar, s_first_work_at (bill));
    int64_t price;
    if (is_empty (order->request_id) || (!is_empty (paid_by) && strcmp (paid_by, order->id) != 0)
        || !price_find (bill->prices, COST_KIND_CALL_OUT, band, "", &price))
        return;
    s_add (bill, (cost_t) { .visit_id = "", .item_id = "", .unit = "call", .kind = COST_KIND_CALL_OUT,
        .band = band, .quantity = 1, .price_minor = price, .amount_minor = price,
        .rule = s_rule (bill, tx_printf (bill->tx, "once for request %s, in the band of the first work",
        order->request_id)) });
}

/* ---- travel (L2) */

static void
s_travel_km (bill_t *bill, const char *visit_id)
{
    trip_t *trip = NULL;
    EACH (trip, row, bill->trips)
        if (strcmp (row->id, visit_id) == 0)
            trip = row;
    int64_t price, km = trip ? (trip->distance_m + 500) / 1000 : 0;
    if (!km || !price_find (bill->prices, COST_KIND_TRAVEL_KM, LABOUR_BAND_UNSPECIFIED, "", &price))
        return;
    s_add (bill, (cost_t) { .visit_id = visit_id, .item_id = "", .unit = "km", .kind = COST_KIND_TRAVEL_KM,
        .quantity = km, .price_minor = price, .amount_minor = s_amount (bill, price, km, 1),
        .rule = s_rule (bill, tx_printf (bill->tx, "%lld m of the report, to the nearest km",
        (long long) trip->distance_m)) });
}

static void
s_travel_time (bill_t *bill, const char *visit_id)
{
    int64_t price, ms = 0;
    EACH (time_entry, entry, bill->entries)
        if (entry->kind == TIME_KIND_TRAVEL && strcmp (entry->visit_id, visit_id) == 0 && entry->to_at > entry->from_at)
            ms += entry->to_at - entry->from_at;
    int64_t minutes = (ms + 30000) / 60000;
    if (!minutes || !price_find (bill->prices, COST_KIND_TRAVEL_TIME, LABOUR_BAND_UNSPECIFIED, "", &price))
        return;
    s_add (bill, (cost_t) { .visit_id = visit_id, .item_id = "", .unit = "minute",
        .kind = COST_KIND_TRAVEL_TIME, .quantity = minutes,
        .price_minor = price, .amount_minor = s_amount (bill, price, minutes, 60),
        .rule = s_rule (bill, "time entries of travel, to the nearest minute") });
}

/* ---- labour (L4) */

static void
s_labour_band (bill_t *bill, const char *visit_id, int band, int64_t minutes, const char *how)
{
    int64_t price = 0;
    price_find (bill->prices, COST_KIND_LABOUR, band, "", &price);     /* a published list has the normal hour */
    s_add (bill, (cost_t) { .visit_id = visit_id, .item_id = "", .unit = "minute", .kind = COST_KIND_LABOUR,
        .band = band,
        .quantity = minutes, .price_minor = price, .amount_minor = s_amount (bill, price, minutes, 60),
        .rule = s_rule (bill, how) });
}

static void
s_labour (bill_t *bill, const char *visit_id)
{
    int64_t ms [BANDS] = { 0 }, minutes [BANDS], worked_ms = 0;
    EACH (time_entry, entry, bill->entries)
        if ((entry->kind == TIME_KIND_WORK || entry->kind == TIME_KIND_OVERTIME)
            && strcmp (entry->visit_id, visit_id) == 0)
            labour_split (bill->calendar, entry->from_at, entry->to_at, ms);
    for (int band = 0; band < BANDS; band++)
        worked_ms += ms [band];
    int unit = bill->prices->labour_round_minutes ? bill->prices->labour_round_minutes : 15;
    int minimum = bill->prices->labour_minimum_minutes ? bill->prices->labour_minimum_minutes : 30;
    int64_t total = labour_round (ms, unit, minimum, minutes);
    char *how = tx_printf (bill->tx,
        "worked %lld s, charged %lld min: started %d min, at least %d, shared over the bands",
        (long long) (worked_ms / 1000), (long long) total, unit, minimum);
    for (int band = 0; band < BANDS; band++)
        if (minutes [band])
            s_labour_band (bill, visit_id, band, minutes [band], how);
}

/* ---- parts (L6) */

static bool
s_part_price (bill_t *bill, const part_use_t *use, int64_t *ret_price, char **ret_how)
{
    *ret_how = "price of the list";
    if (price_find (bill->prices, COST_KIND_PART, LABOUR_BAND_UNSPECIFIED, use->item_id, ret_price))
        return true;
    if (strcmp (use->currency, bill->list->currency) != 0) {
        bill->blocked = tx_printf (bill->tx,
            "part %s has no price in %s and its cost is in %s: put a price into %s", use->item_id,
            bill->list->currency, is_empty (use->currency) ? "no currency" : use->currency, bill->list->id);
        return false;
    }
    *ret_price = s_amount (bill, use->cost_minor, 100 + bill->prices->part_markup_percent, 100);
    *ret_how = tx_printf (bill->tx, "cost %lld and %d %%", (long long) use->cost_minor,
        (int) bill->prices->part_markup_percent);
    return true;
}

static cost_t *
s_same_part (bill_t *bill, const part_use_t *use)
{
    for (int i = 0; i < bill->count; i++)
        if (bill->costs [i].kind == COST_KIND_PART && strcmp (bill->costs [i].item_id, use->item_id) == 0
            && strcmp (bill->costs [i].visit_id, use->visit_id) == 0)
            return &bill->costs [i];
    return NULL;
}

static void
s_parts (bill_t *bill)
{
    EACH (part_use, use, bill->uses) {
        int64_t price;
        char *how;
        if (!s_part_price (bill, use, &price, &how))
            return;
        cost_t *cost = s_same_part (bill, use);
        if (!cost)
            cost = s_add (bill, (cost_t) { .visit_id = use->visit_id, .item_id = use->item_id, .unit = "piece",
                .kind = COST_KIND_PART, .price_minor = price, .rule = s_rule (bill, how) });
        cost->quantity += use->quantity;
        cost->amount_minor = s_amount (bill, cost->price_minor, cost->quantity, 1);
    }
}

/* ---- all of it, visit by visit in the order of their first time entry */

static int
s_by_time (const void *left, const void *right)
{
    const time_entry_t *a = *(time_entry_t *const *) left, *b = *(time_entry_t *const *) right;
    if (a->from_at != b->from_at)
        return a->from_at < b->from_at ? -1 : 1;
    return strcmp (a->id, b->id);
}

static void
s_visit (bill_t *bill, const char *visit_id)
{
    for (int i = 0; i < bill->count; i++)
        if (bill->costs [i].kind != COST_KIND_CALL_OUT && strcmp (bill->costs [i].visit_id, visit_id) == 0)
            return;                                             /* done already */
    s_travel_km (bill, visit_id);
    s_travel_time (bill, visit_id);
    s_labour (bill, visit_id);
}

bool
cost_compute (bill_t *bill)
{
    qsort (bill->entries.rows, (size_t) bill->entries.count, sizeof *bill->entries.rows, s_by_time);
    s_call_out (bill);
    EACH (time_entry, entry, bill->entries)
        s_visit (bill, entry->visit_id);
    EACH (trip, trip, bill->trips)
        s_visit (bill, trip->id);
    s_parts (bill);
    return !bill->blocked;
}
