/* compliance_answer - how promises did, contract by contract and month by month, as it stands now. */
#include "compliance.h"
#include "valid.h"

enum { PAGE = 200 };

static compliance_month_t **
s_page (tx_t *tx, const get_sla_compliance_t *query, const char *month, int *ret_count)
{
    if (!is_empty (query->contract_id) && !is_empty (query->month)) {
        compliance_month_t **one = arena_array (tx_arena (tx), 2, sizeof *one);
        one [0] = tx_get (tx, compliance_month, tx_printf (tx, "%s:%s", query->contract_id, query->month));
        *ret_count = one [0] ? 1 : 0;
        return one;
    }
    list_t page = is_empty (query->contract_id)
        ? tx_page (tx, compliance_month, month, month, query->after, PAGE)
        : tx_page (tx, compliance_month, contract_id, query->contract_id, query->after, PAGE);
    *ret_count = page.count;
    return (compliance_month_t **) page.rows;
}

static contract_compliance_t *
s_month (tx_t *tx, const compliance_month_t *row)
{
    const sla_compliance_closed_t *sum = compliance_sum (tx, row);
    contract_compliance_t *month = arena_alloc (tx_arena (tx), sizeof *month);
    *month = (contract_compliance_t) {
        .base = contract_compliance_init, .contract_id = row->contract_id, .month = row->month,
        .time_zone = row->time_zone, .n_milestones = sum->n_milestones, .milestones = sum->milestones,
        .met = sum->met, .missed = sum->missed, .basis_points = sum->basis_points, .version = row->version,
        .closes_at = compliance_month_ends_at (row->month, row->time_zone) + COMPLIANCE_GRACE_MS,
        .closed_at = row->closed_at
    };
    return month;
}

void
on_get_sla_compliance (tx_t *tx, const get_sla_compliance_t *query)
{
    const char *month = is_empty (query->month) ? compliance_month_of (tx, tx_now (tx), "UTC") : query->month;
    if (!valid_optional_id (tx, "contract_id", query->contract_id)
        || !valid_text (tx, "after", query->after, 0, 200))
        return;
    if (!compliance_month_ends_at (month, "UTC"))
        return tx_reject (tx, "month.invalid", "month %s is none: give one such as 2026-06", month);
    int count;
    compliance_month_t **rows = s_page (tx, query, month, &count);
    if (!count && !is_empty (query->contract_id) && !tx_get (tx, contract, query->contract_id))
        return tx_reject (tx, "contract.unknown", "no contract %s: register it with billing", query->contract_id);
    sla_compliance_t answer = {
        .base = sla_compliance_init, .next_after = count < PAGE ? "" : rows [count - 1]->id,
        .months = arena_array (tx_arena (tx), (size_t) count + 1, sizeof *answer.months)
    };
    for (int i = 0; i < count; i++)
        tx_expect_find (tx, compliance_count, month_id, rows [i]->id);
    for (int i = 0; i < count; i++)
        answer.months [answer.n_months++] = s_month (tx, rows [i]);
    tx_answer (tx, &answer.base);
}
