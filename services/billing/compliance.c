/* compliance.c - how the promises of a contract did in a month, kept, and settled as its terms say (J7). */
#include "billing.h"

/* Both versions of a month are judged by the terms of the first: what is corrected is the month, not the contract. */
static contract_details_t *
s_terms (tx_t *tx, contract_month_t *self)
{
    contract_t *contract = tx_get (tx, contract, self->contract_id);
    if (!contract)
        return NULL;
    if (!self->contract_version)
        self->contract_version = contract->version;
    return contract_details_of (tx, contract->id, self->contract_version);
}

/* Only the difference to what was settled before is invoiced, or credited. */
static const char *
s_invoice (tx_t *tx, const contract_month_t *self, const contract_details_t *details,
    const sla_settlement_t *settlement)
{
    int64_t due_minor = settlement->amount_minor - self->amount_minor;
    if (!due_minor)
        return "";
    contract_t *contract = tx_get (tx, contract, self->contract_id);
    char *id = tx_printf (tx, "compliance:%s:%lld", self->id, (long long) self->version);
    invoice_line_t *line = invoice_line_new (tx, self->id, tx_printf (tx, "%s %s: service level of %s, %s",
        self->contract_id, details->name, self->month, settlement->reason), 1, "month", due_minor);
    return invoice_issue (tx, &(invoice_draft_t) {
        .id = id, .series = contract_series (tx, details), .time_zone = details->time_zone,
        .customer_id = customer_survivor (tx, contract->customer_id), .work_order_id = "",
        .contract_id = self->contract_id, .currency = details->currency, .lines = &line, .line_count = 1 })->number;
}

static void
s_settle (tx_t *tx, contract_month_t *self, const contract_details_t *details, const sla_compliance_closed_t *month)
{
    sla_settlement_t settlement = sla_terms_settle (tx, details, month);
    tx_correlate (tx, self->contract_id);
    const char *number = s_invoice (tx, self, details, &settlement);
    self->amount_minor = settlement.amount_minor;
    self->invoice_number = (char *) (is_empty (number) ? self->invoice_number : number);
    tx_emit (tx, sla_compliance_accounted (
        .contract_id = self->contract_id, .month = self->month, .version = self->version,
        .basis_points = settlement.basis_points, .instalment_minor = settlement.instalment_minor,
        .amount_minor = settlement.amount_minor, .currency = details->currency, .invoice_number = (char *) number,
        .reason = (char *) settlement.reason));
}

void
on_sla_compliance_closed (tx_t *tx, const sla_compliance_closed_t *event)
{
    contract_month_t *self = tx_need (tx, contract_month, tx_printf (tx, "%s:%s", event->contract_id, event->month));
    if (event->version <= self->version)
        return;
    self->contract_id = event->contract_id;
    self->month = event->month;
    self->version = event->version;
    self->met = event->met;
    self->missed = event->missed;
    self->basis_points = event->basis_points;
    self->details = tx_pack (tx, &event->base);
    const contract_details_t *details = s_terms (tx, self);
    if (details && details->sla_terms)
        s_settle (tx, self, details, event);
}
