/* instalment.c - when a contract is paid, and that the parts are the whole (E1, L9). */
#include "billing.h"
#include <string.h>

static int32_t
s_months_later (int32_t date, int months)
{
    int year, month, day;
    date_to_ymd (date, &year, &month, &day);
    int ordinal = year * 12 + month - 1 + months;
    int last = date_days_in_month (ordinal / 12, ordinal % 12 + 1);
    return date_from_ymd (ordinal / 12, ordinal % 12 + 1, day < last ? day : last);
}

/* Whole months from start to the day after the last one; 0 if the term is not whole months. */
static int
s_whole_months (int32_t start, int32_t after)
{
    int from_year, from_month, to_year, to_month;
    date_to_ymd (start, &from_year, &from_month, NULL);
    date_to_ymd (after, &to_year, &to_month, NULL);
    int months = (to_year - from_year) * 12 + to_month - from_month;
    return months > 0 && s_months_later (start, months) == after ? months : 0;
}

/* The first day of part `number` of the term: by months when they divide evenly, else by days. */
static int32_t
s_part_start (const contract_details_t *details, int number, int count)
{
    int32_t start = date_parse (details->start_on), after = date_parse (details->end_on) + 1;
    int months = s_whole_months (start, after);
    if (months && months % count == 0)
        return s_months_later (start, months / count * number);
    return start + (int32_t) ((int64_t) (after - start) * number / count);
}

static int
s_plan_given (const contract_details_t *details, rate_t *rates)
{
    for (size_t i = 0; i < details->n_instalments; i++) {
        date_format (date_parse (details->instalments [i]->due_on), rates [i].due_on);
        rates [i].amount_minor = details->instalments [i]->amount_minor;
    }
    return (int) details->n_instalments;
}

int
instalment_plan (const contract_details_t *details, rate_t rates [INSTALMENTS_MAX])
{
    if (details->n_instalments || !details->value_minor)
        return s_plan_given (details, rates);
    int count = details->instalment_count ? details->instalment_count : 1;
    int64_t weights [INSTALMENTS_MAX];
    money_t value, shares [INSTALMENTS_MAX];
    for (int i = 0; i < count; i++)
        weights [i] = 1;
    if (money_make (details->value_minor, details->currency, &value) != MONEY_OK
        || money_allocate (value, weights, (size_t) count, shares) != MONEY_OK)
        return 0;
    bool in_arrears = details->billing_mode == BILLING_MODE_ARREARS;
    for (int i = 0; i < count; i++) {
        int32_t due = in_arrears ? s_part_start (details, i + 1, count) - 1 : s_part_start (details, i, count);
        date_format (due, rates [i].due_on);
        rates [i].amount_minor = shares [i].amount_minor;
    }
    return count;
}

/* ---- a new version may not rewrite what has been invoiced */

bool
instalment_plan_fits (tx_t *tx, const char *contract_id, const rate_t *rates, int count)
{
    EACH (instalment, old, tx_find (tx, instalment, contract_id, contract_id)) {
        const rate_t *rate = old->number <= count ? &rates [old->number - 1] : NULL;
        if (is_empty (old->invoice_number)
            || (rate && rate->amount_minor == old->amount_minor && strcmp (rate->due_on, old->due_on) == 0))
            continue;
        tx_reject (tx, "instalment.invoiced",
            "instalment %lld of %lld, due on %s, is invoice %s: keep it as it is in instalments",
            (long long) old->number, (long long) old->amount_minor, old->due_on, old->invoice_number);
        return false;
    }
    return true;
}

static bool
s_is_cancelled (const contract_details_t *details, const rate_t *rate)
{
    return !is_empty (details->cancelled_on) && date_parse (rate->due_on) > date_parse (details->cancelled_on);
}

/* What falls due after a cancellation is never invoiced. */
static void
s_keep (tx_t *tx, instalment_t *instalment, const contract_details_t *details, const rate_t *rate)
{
    const zone_t *zone = zone_or_utc (details->time_zone);
    instalment->due_on = tx_printf (tx, "%s", rate->due_on);
    instalment->amount_minor = rate->amount_minor;
    if (is_empty (instalment->invoice_number) && rate->amount_minor && !s_is_cancelled (details, rate))
        tx_timer_set (tx, "instalment_due", instalment->id, zone_at (zone, date_parse (rate->due_on), 0));
    else
        tx_timer_clear (tx, "instalment_due", instalment->id);
}

void
instalment_plan_keep (tx_t *tx, const char *contract_id, const contract_details_t *details, const rate_t *rates,
    int count)
{
    instalment_t **kept = arena_array (tx_arena (tx), (size_t) count + 1, sizeof *kept);
    EACH (instalment, old, tx_find (tx, instalment, contract_id, contract_id))
        if (old->number <= count)
            kept [old->number - 1] = old;
        else {
            tx_timer_clear (tx, "instalment_due", old->id);
            tx_delete (tx, instalment, old);
        }
    for (int i = 0; i < count; i++) {
        if (!kept [i])
            kept [i] = tx_put (tx, instalment, { .id = tx_printf (tx, "%s:%d", contract_id, i + 1),
                .contract_id = (char *) contract_id, .number = i + 1 });
        s_keep (tx, kept [i], details, &rates [i]);
    }
}

/* ---- due */

void
on_instalment_due (tx_t *tx, const wakeup_t *wakeup)
{
    instalment_t *instalment = tx_get (tx, instalment, wakeup->id);
    if (!instalment || !is_empty (instalment->invoice_number))
        return;
    contract_t *contract = tx_get (tx, contract, instalment->contract_id);
    contract_details_t *details = tx_unpack (tx, contract_details, contract->details);
    invoice_line_t *line = invoice_line_new (tx, instalment->id, tx_printf (tx, "%s %s: instalment %lld", contract->id,
        details->name, (long long) instalment->number), 1, "instalment", instalment->amount_minor);
    tx_correlate (tx, contract->id);
    invoice_t *invoice = invoice_issue (tx, &(invoice_draft_t) {
        .id = tx_printf (tx, "instalment:%s", instalment->id),
        .series = contract_series (tx, details),
        .time_zone = details->time_zone, .customer_id = customer_survivor (tx, contract->customer_id),
        .work_order_id = "",
        .contract_id = contract->id, .currency = details->currency, .lines = &line, .line_count = 1 });
    instalment->invoice_number = invoice->number;
}
