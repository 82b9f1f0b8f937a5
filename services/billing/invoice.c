/* invoice.c - numbers without a gap in each series and year, and nothing billed twice (L9). */
#include "billing.h"
#include <stdlib.h>

invoice_line_t *
invoice_line_new (tx_t *tx, const char *cost_line_id, const char *description, int64_t quantity, const char *unit,
    int64_t amount_minor)
{
    invoice_line_t *line = arena_alloc (tx_arena (tx), sizeof *line);
    *line = (invoice_line_t) { .base = invoice_line_init, .cost_line_id = (char *) cost_line_id,
        .description = (char *) description, .quantity = quantity, .unit = (char *) unit,
        .amount_minor = amount_minor };
    return line;
}

static int64_t
s_total (tx_t *tx, const invoice_draft_t *draft)
{
    money_t total = { 0 }, line = { 0 };
    money_code_t code = money_make (0, draft->currency, &total);
    for (size_t i = 0; i < draft->line_count && code == MONEY_OK; i++) {
        code = money_make (draft->lines [i]->amount_minor, draft->currency, &line);
        code = code == MONEY_OK ? money_add (total, line, &total) : code;
    }
    return money_sure (tx, code, total);
}

/* The counter is a row like any other: number and invoice are saved together or not at all, so no number is lost. */
static int64_t
s_next (tx_t *tx, const char *series, int year)
{
    invoice_series_t *counter = tx_need (tx, invoice_series, tx_printf (tx, "%s-%d", series, year));
    return ++counter->last;
}

static int
s_payment_days (tx_t *tx, const char *customer_id)
{
    customer_t *customer = tx_get (tx, customer, customer_id);
    return customer && customer->known ? (int) customer->payment_days : 30;
}

static invoice_t *
s_put (tx_t *tx, const invoice_draft_t *draft, int32_t today, int64_t total_minor)
{
    int year;
    char issued_on [DATE_TEXT_SIZE], due_on [DATE_TEXT_SIZE];
    int payment_days = s_payment_days (tx, draft->customer_id);
    date_to_ymd (today, &year, NULL, NULL);
    int64_t sequence = s_next (tx, draft->series, year);
    return tx_put (tx, invoice, { .id = (char *) draft->id, .number = tx_printf (tx, "%s-%d-%06lld",
        draft->series, year, (long long) sequence),
        .series = (char *) draft->series, .year = year, .sequence = sequence,
        .customer_id = (char *) draft->customer_id,
        .currency = (char *) draft->currency, .total_minor = total_minor, .issued_on = date_format (today, issued_on),
        .due_on = date_format (today + payment_days, due_on) });
}

invoice_t *
invoice_issue (tx_t *tx, const invoice_draft_t *draft)
{
    invoice_t *invoice = tx_get (tx, invoice, draft->id);
    if (invoice)
        return invoice;
    int64_t total_minor = s_total (tx, draft);
    invoice = s_put (tx, draft, zone_date (zone_or_utc (draft->time_zone), tx_now (tx), NULL), total_minor);
    invoice_issued_t issued = { .base = invoice_issued_init, .invoice_id = invoice->id, .number = invoice->number,
        .customer_id = invoice->customer_id, .work_order_id = (char *) draft->work_order_id,
        .contract_id = (char *) draft->contract_id,
        .currency = invoice->currency, .total_minor = total_minor, .issued_on = invoice->issued_on,
        .due_on = invoice->due_on, .n_lines = draft->line_count, .lines = draft->lines };
    invoice->details = tx_pack (tx, &issued.base);
    tx_emit (tx, &issued.base);
    return invoice;
}
