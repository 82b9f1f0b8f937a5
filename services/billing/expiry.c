/* expiry.c - a contract comes to its end, and its customer hears of it in time to renew: each notice once for each end
 * (E7). */
#include "billing.h"
#include "valid.h"
#include <string.h>

enum { NOTICES_MAX = 10, DAYS_MAX = 3650 };

static const int32_t s_usual [] = { 60, 30 };

/* Notices are for office hours of the contract's zone. */
#define TOLD_AT DATE_HM (9, 0)

#define TIMER_NOTICE "expiry_notice"

bool
expiry_valid (tx_t *tx, const contract_details_t *details)
{
    if (details->n_expiry_notice_days > NOTICES_MAX)
        return tx_reject (tx, "expiry_notice_days.invalid", "%zu notices: at most %d", details->n_expiry_notice_days,
            NOTICES_MAX), false;
    for (size_t i = 0; i < details->n_expiry_notice_days; i++) {
        if (!valid_int (tx, "expiry_notice_days", details->expiry_notice_days [i], 1, DAYS_MAX))
            return false;
        for (size_t j = 0; j < i; j++)
            if (details->expiry_notice_days [i] == details->expiry_notice_days [j])
                return tx_reject (tx, "expiry_notice_days.twice", "%d days are listed twice: once is enough",
                    details->expiry_notice_days [i]), false;
    }
    if (is_empty (details->cancelled_on))
        return true;
    if (!valid_date (tx, "cancelled_on", details->cancelled_on))
        return false;
    int32_t last = date_parse (details->cancelled_on);
    if (date_parse (details->start_on) <= last && last <= date_parse (details->end_on))
        return true;
    return tx_reject (tx, "cancelled_on.outside", "cancelled_on %s is outside the term, %s to %s: give its last day",
        details->cancelled_on, details->start_on, details->end_on), false;
}

typedef struct { int days; int64_t at; } notice_t;

static int64_t
s_at (const contract_details_t *details, int days)
{
    return zone_at (zone_or_utc (details->time_zone), date_parse (details->end_on) - days, TOLD_AT);
}

/* The one to say next: of those whose time has come the last, else the first to come; days 0: no more. */
static notice_t
s_next (tx_t *tx, const contract_t *contract, const contract_details_t *details)
{
    const int32_t *all = details->n_expiry_notice_days ? details->expiry_notice_days : s_usual;
    size_t count = details->n_expiry_notice_days ? details->n_expiry_notice_days : sizeof s_usual / sizeof *s_usual;
    notice_t come = { 0, 0 }, to_come = { 0, 0 };
    for (size_t i = 0; i < count; i++) {
        if (contract->noticed_days && all [i] >= contract->noticed_days)
            continue;
        int64_t at = s_at (details, all [i]);
        if (at <= tx_now (tx) && (!come.days || all [i] < come.days))
            come = (notice_t) { all [i], at };
        if (at > tx_now (tx) && all [i] > to_come.days)
            to_come = (notice_t) { all [i], at };
    }
    return come.days ? come : to_come;
}

static bool
s_has_ended (tx_t *tx, const contract_details_t *details)
{
    int32_t today = zone_date (zone_or_utc (details->time_zone), tx_now (tx), NULL);
    return !is_empty (details->cancelled_on) || date_parse (details->end_on) < today;
}

void
expiry_arm (tx_t *tx, contract_t *contract, const contract_details_t *details)
{
    if (is_empty (contract->notice_end_on) || strcmp (contract->notice_end_on, details->end_on) != 0) {
        contract->notice_end_on = details->end_on;
        contract->noticed_days = 0;
    }
    notice_t next = s_has_ended (tx, details) ? (notice_t) { 0, 0 } : s_next (tx, contract, details);
    if (next.days)
        tx_timer_set (tx, TIMER_NOTICE, contract->id, next.at);
    else
        tx_timer_clear (tx, TIMER_NOTICE, contract->id);
}

void
on_expiry_notice (tx_t *tx, const wakeup_t *wakeup)
{
    contract_t *contract = tx_get (tx, contract, wakeup->id);
    if (!contract)
        return;
    contract_details_t *details = tx_unpack (tx, contract_details, contract->details);
    notice_t next = s_next (tx, contract, details);
    if (next.days && next.at <= tx_now (tx) && !s_has_ended (tx, details)) {
        contract->noticed_days = next.days;
        tx_correlate (tx, contract->id);
        tx_emit (tx, contract_expiry_notice_due (
            .contract_id = contract->id, .customer_id = customer_survivor (tx, contract->customer_id),
            .name = details->name, .end_on = details->end_on, .days_before = next.days,
            .version = contract->version));
    }
    expiry_arm (tx, contract, details);
}
