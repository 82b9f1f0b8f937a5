/* sla_terms.c - what a contract says of promises that were kept or not: a share of the month's instalment (J7). */
#include "billing.h"
#include "valid.h"
#include <stdlib.h>

enum { STEPS_MAX = 20, COUNT_MAX = 1000000 };

/* Divisible by 28, 29, 30 and 31: whole months weigh the same, begun ones by their days, without rounding. */
#define WHOLE_MONTH INT64_C (377580)

/* ---- does it make sense? */

static bool
s_steps_valid (tx_t *tx, const sla_terms_t *terms)
{
    if (terms->n_penalties > STEPS_MAX)
        return tx_reject (tx, "sla_terms.penalties", "%zu penalties: at most %d", terms->n_penalties, STEPS_MAX), false;
    for (size_t i = 0; i < terms->n_penalties; i++) {
        const sla_penalty_step_t *step = terms->penalties [i], *before = i ? terms->penalties [i - 1] : NULL;
        if (!valid_int (tx, "sla_terms.below_by_basis_points", step->below_by_basis_points, 1,
            terms->target_basis_points)
            || !valid_int (tx, "sla_terms.share_basis_points", step->share_basis_points, 1, MONEY_WHOLE_BP))
            return false;
        if (before && (step->below_by_basis_points <= before->below_by_basis_points
            || step->share_basis_points < before->share_basis_points))
            return tx_reject (tx, "sla_terms.order",
                "penalty %zu is not deeper than the one before it: list them from the target down", i + 1), false;
    }
    return true;
}

bool
sla_terms_valid (tx_t *tx, const sla_terms_t *terms)
{
    if (!terms)
        return true;
    if ((terms->milestone && !valid_enum (tx, "sla_terms.milestone", &milestone_descriptor, (int) terms->milestone))
        || !valid_int (tx, "sla_terms.target_basis_points", terms->target_basis_points, 1, MONEY_WHOLE_BP)
        || !valid_int (tx, "sla_terms.minimum_count", terms->minimum_count, 0, COUNT_MAX)
        || !s_steps_valid (tx, terms))
        return false;
    if (!terms->n_penalties && !terms->bonus_from_basis_points)
        return tx_reject (tx, "sla_terms.empty",
            "terms with neither penalty nor bonus do nothing: give one, or leave sla_terms out"), false;
    if (!terms->bonus_from_basis_points && !terms->bonus_basis_points)
        return true;
    return valid_int (tx, "sla_terms.bonus_from_basis_points", terms->bonus_from_basis_points,
        terms->target_basis_points, MONEY_WHOLE_BP)
        && valid_int (tx, "sla_terms.bonus_basis_points", terms->bonus_basis_points, 1, MONEY_WHOLE_BP);
}

/* ---- what falls to a month */

static int
s_ordinal (int32_t date)
{
    int year, month;
    date_to_ymd (date, &year, &month, NULL);
    return year * 12 + month - 1;
}

static int64_t
s_weight (const contract_details_t *details, int ordinal)
{
    int year = ordinal / 12, month = ordinal % 12 + 1, days = date_days_in_month (year, month);
    int32_t first = date_from_ymd (year, month, 1), last = first + days - 1;
    int32_t start = date_parse (details->start_on), end = date_parse (details->end_on);
    int32_t from = first > start ? first : start, to = last < end ? last : end;
    return to < from ? 0 : (to - from + 1) * (WHOLE_MONTH / days);
}

int64_t
sla_terms_instalment (tx_t *tx, const contract_details_t *details, const char *month)
{
    int begin = s_ordinal (date_parse (details->start_on));
    int count = s_ordinal (date_parse (details->end_on)) - begin + 1;
    int wanted = s_ordinal (date_parse (tx_printf (tx, "%s-01", month))) - begin;
    if (wanted < 0 || wanted >= count || !details->value_minor)
        return 0;
    int64_t *weights = arena_array (tx_arena (tx), (size_t) count, sizeof *weights);
    money_t value, *shares = arena_array (tx_arena (tx), (size_t) count, sizeof *shares);
    for (int i = 0; i < count; i++)
        weights [i] = s_weight (details, begin + i);
    money_code_t code = money_make (details->value_minor, details->currency, &value);
    code = code == MONEY_OK ? money_allocate (value, weights, (size_t) count, shares) : code;
    return money_sure (tx, code, shares [wanted]);
}

/* ---- what follows */

static int64_t
s_share (tx_t *tx, int64_t instalment_minor, const char *currency, int share_bp)
{
    money_t instalment, share = { 0 };
    money_code_t code = money_make (instalment_minor, currency, &instalment);
    code = code == MONEY_OK ? money_percent (instalment, share_bp, MONEY_HALF_UP, &share) : code;
    return money_sure (tx, code, share);
}

static int
s_penalty (const sla_terms_t *terms, int basis_points)
{
    int share_bp = 0;
    for (size_t i = 0; i < terms->n_penalties; i++)
        if (basis_points + terms->penalties [i]->below_by_basis_points <= terms->target_basis_points)
            share_bp = terms->penalties [i]->share_basis_points;
    return share_bp;
}

static void
s_judge (const sla_terms_t *terms, const sla_compliance_closed_t *month, int64_t *ret_count, int *ret_basis_points)
{
    *ret_count = terms->milestone ? 0 : month->met + month->missed;
    *ret_basis_points = terms->milestone ? 0 : month->basis_points;
    for (size_t i = 0; i < month->n_milestones; i++)
        if (terms->milestone && month->milestones [i]->milestone == terms->milestone) {
            *ret_count = month->milestones [i]->met + month->milestones [i]->missed;
            *ret_basis_points = month->milestones [i]->basis_points;
        }
}

sla_settlement_t
sla_terms_settle (tx_t *tx, const contract_details_t *details, const sla_compliance_closed_t *month)
{
    const sla_terms_t *terms = details->sla_terms;
    sla_settlement_t self = { .instalment_minor = sla_terms_instalment (tx, details, month->month) };
    int64_t count;
    s_judge (terms, month, &count, &self.basis_points);
    const char *of = terms->milestone ? enum_name (&milestone_descriptor, (int) terms->milestone) : "all promises";
    int penalty_bp = s_penalty (terms, self.basis_points);
    bool is_bonus = terms->bonus_from_basis_points && self.basis_points >= terms->bonus_from_basis_points;
    int share_bp = penalty_bp ? -penalty_bp : is_bonus ? terms->bonus_basis_points : 0;
    if (!count || count < terms->minimum_count) {
        self.reason = tx_printf (tx, "%lld of %s ended, %d make a month count", (long long) count, of,
            terms->minimum_count > 1 ? terms->minimum_count : 1);
        return self;
    }
    self.amount_minor = s_share (tx, self.instalment_minor, details->currency, share_bp);
    self.reason = tx_printf (tx, "%s: %d.%02d %% met, target %d.%02d %%: %s%d.%02d %% of the month's instalment", of,
        self.basis_points / 100, self.basis_points % 100, terms->target_basis_points / 100,
        terms->target_basis_points % 100, share_bp < 0 ? "-" : "", abs (share_bp) / 100, abs (share_bp) % 100);
    return self;
}
