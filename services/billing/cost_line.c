/* cost_line.c - each cost with its coverage and the reason: decided, said, asked for, and forgiven (B6, L5). */
#include "billing.h"
#include "valid.h"
#include <stdlib.h>
#include <string.h>

static cost_line_posted_t
s_message (const cost_line_t *line)
{
    return (cost_line_posted_t) { .base = cost_line_posted_init, .cost_line_id = line->id,
        .work_order_id = line->work_order_id, .visit_id = line->visit_id, .kind = (cost_kind_t) line->kind,
        .band = (labour_band_t) line->band, .item_id = line->item_id, .quantity = line->quantity,
        .unit = line->unit, .price_minor = line->price_minor, .amount_minor = line->amount_minor,
        .charge_minor = line->charge_minor, .currency = line->currency,
        .coverage = (coverage_t) line->coverage, .reason = line->reason, .rule = line->rule };
}

static void
s_say (tx_t *tx, const cost_line_t *line)
{
    cost_line_posted_t posted = s_message (line);
    tx_emit (tx, &posted.base);
    tx_emit (tx, coverage_decided (.cost_line_id = line->id, .work_order_id = line->work_order_id,
        .coverage = (coverage_t) line->coverage, .contract_id = line->contract_id, .reason = line->reason));
}

/* ---- posting */

static int64_t
s_sum (tx_t *tx, int64_t a, int64_t b, const char *currency)
{
    money_t left, right, sum = { 0 };
    money_code_t code = money_make (a, currency, &left);
    code = code == MONEY_OK ? money_make (b, currency, &right) : code;
    code = code == MONEY_OK ? money_add (left, right, &sum) : code;
    return money_sure (tx, code, sum);
}

static cost_line_t *
s_put (bill_t *bill, const work_order_t *order, const cost_t *cost, int number,
    const contract_line_spec_t *contract_line)
{
    char *reason;
    int coverage = entitlement_cover (bill->tx, bill->entitlement, contract_line, cost->kind, &reason);
    return tx_put (bill->tx, cost_line, {
        .id = tx_printf (bill->tx, "%s:%d", order->id, number), .work_order_id = order->id,
        .visit_id = (char *) cost->visit_id, .kind = cost->kind, .band = cost->band,
        .item_id = (char *) cost->item_id, .quantity = cost->quantity,
        .unit = (char *) cost->unit, .price_minor = cost->price_minor, .amount_minor = cost->amount_minor,
        .charge_minor = coverage == COVERAGE_CHARGEABLE ? cost->amount_minor : 0, .currency = bill->list->currency,
        .coverage = coverage, .contract_id = coverage == COVERAGE_CONTRACT ? bill->entitlement->contract_id : "",
        .reason = reason, .rule = (char *) cost->rule });
}

void
cost_line_post (bill_t *bill, work_order_t *order)
{
    contract_line_spec_t *contract_line = entitlement_line (bill->tx, bill->entitlement);
    order->currency = bill->list->currency;
    for (int i = 0; i < bill->count; i++) {
        cost_line_t *line = s_put (bill, order, &bill->costs [i], i + 1, contract_line);
        order->list_minor = s_sum (bill->tx, order->list_minor, line->amount_minor, line->currency);
        order->charge_minor = s_sum (bill->tx, order->charge_minor, line->charge_minor, line->currency);
        s_say (bill->tx, line);
    }
}

/* ---- goodwill: the line is free after all, and what was invoiced comes back as a credit note in the same series */

static void
s_credit (tx_t *tx, const cost_line_t *line, const work_order_t *order, int64_t amount_minor)
{
    invoice_t *invoice = tx_get (tx, invoice, tx_printf (tx, "work_order:%s", order->id));
    if (!invoice)
        return;
    territory_t *territory = work_order_territory (tx, order);
    invoice_line_t *credit = invoice_line_new (tx, line->id, tx_printf (tx, "credit for invoice %s: %s",
        invoice->number, line->reason),
        -line->quantity, line->unit, -amount_minor);
    invoice_issue (tx, &(invoice_draft_t) { .id = tx_printf (tx, "goodwill:%s", line->id), .series = invoice->series,
        .time_zone = territory ? territory->time_zone : "", .customer_id = invoice->customer_id,
        .work_order_id = order->id,
        .contract_id = "", .currency = line->currency, .lines = &credit, .line_count = 1 });
}

void
on_grant_goodwill (tx_t *tx, const grant_goodwill_t *command)
{
    cost_line_t *line = tx_get (tx, cost_line, command->cost_line_id);
    if (!line)
        return tx_reject (tx, "cost_line.unknown", "no cost line %s: ask GetCost for the lines of the order",
            command->cost_line_id);
    if (line->coverage != COVERAGE_CHARGEABLE || !line->charge_minor)
        return tx_reject (tx, "cost_line.not_charged", "cost line %s is free already: %s, %s", line->id,
            enum_name (&coverage_descriptor, line->coverage), line->reason);
    if (!valid_text (tx, "reason", command->reason, 1, 500))
        return;
    work_order_t *order = tx_get (tx, work_order, line->work_order_id);
    int64_t amount_minor = line->charge_minor;
    tx_correlate (tx, order->root);
    order->charge_minor -= amount_minor;
    line->charge_minor = 0;
    line->coverage = COVERAGE_GOODWILL;
    line->reason = tx_printf (tx, "%s (%s)", command->reason, tx_actor (tx));
    s_say (tx, line);
    s_credit (tx, line, order, amount_minor);
    tx_accept (tx, line->id);
}

/* ---- what has it cost, and why? */

/* "<order>:10" comes after "<order>:2". */
static int
s_number (const cost_line_t *line)
{
    return (int) strtol (strrchr (line->id, ':') + 1, NULL, 10);
}

void
on_get_cost (tx_t *tx, const get_cost_t *query)
{
    work_order_t *order = tx_get (tx, work_order, query->work_order_id);
    if (!order)
        return tx_reject (tx, "work_order.unknown", "no work order %s: check the number", query->work_order_id);
    list_t lines = tx_find (tx, cost_line, work_order_id, order->id);
    work_order_cost_t cost = { .base = work_order_cost_init, .work_order_id = order->id,
        .total_minor = order->charge_minor,
        .currency = order->currency, .invoice_number = order->invoice_number, .n_lines = (size_t) lines.count,
        .lines = arena_array (tx_arena (tx), (size_t) lines.count + 1, sizeof *cost.lines) };
    EACH (cost_line, line, lines) {
        cost_line_posted_t *posted = arena_alloc (tx_arena (tx), sizeof *posted);
        *posted = s_message (line);
        if (s_number (line) >= 1 && s_number (line) <= lines.count)
            cost.lines [s_number (line) - 1] = posted;
    }
    tx_answer (tx, &cost.base);
}
