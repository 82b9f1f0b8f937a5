/* promise - what a case was promised for one milestone. */
#include <stdlib.h>

#include "promise.h"

/* One that has absorbed an older request has kept its customer waiting since that one came. */
static int64_t
s_started_at (const sla_case_t *sla_case, const sla_plan_details_t *details)
{
    bool is_earlier = sla_case->merged_from_at && sla_case->merged_from_at < sla_case->accepted_at;
    bool is_own = details && details->merge_policy == MERGE_POLICY_OWN;
    return is_earlier && !is_own ? sla_case->merged_from_at : sla_case->accepted_at;
}

derivation_t
derivation_of (tx_t *tx, sla_case_t *sla_case, const char *cause)
{
    derivation_t of = { .sla_case = sla_case, .cause = cause, .story = story_of (tx, sla_case) };
    of.plan = is_empty (sla_case->plan_id) ? plan_choose (tx, sla_case) : tx_get (tx, sla_plan, sla_case->plan_id);
    sla_case->plan_id = of.plan ? of.plan->id : "";
    of.details = of.plan ? plan_details (of.plan) : NULL;
    of.story.started_at = s_started_at (sla_case, of.details);
    return of;
}

static int
s_compare (const void *left, const void *right)
{
    const int *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static void
s_percents (const sla_target_spec_t *target, terms_t *terms)
{
    size_t count = target ? target->n_warn_percents : 0;
    for (size_t i = 0; i < count; i++)
        terms->percents [terms->percent_count++] = target->warn_percents [i];
    if (count == 0)
        terms->percents [terms->percent_count++] = WARN_PERCENT_DEFAULT;
    terms->percents [terms->percent_count++] = BREACH_PERCENT;
    qsort (terms->percents, (size_t) terms->percent_count, sizeof *terms->percents, s_compare);
}

static char *
s_text (tx_t *tx, const terms_t *terms)
{
    const promise_t *promise = &terms->promise;
    unsigned reasons = 0;
    for (size_t i = 0; i < terms->reason_count; i++)
        reasons |= 1u << terms->reasons [i];
    return tx_printf (tx, "%d:%lld:%lld:%lld:%x:%s", (int) promise->type, (long long) promise->budget_ms,
        (long long) promise->budget_days, (long long) promise->fixed_at, reasons, terms->calendar_id);
}

/* A promise that counts from a change is another one, though its budget be the same. */
static void
s_count_from (tx_t *tx, const sla_clock_t *clock, terms_t *terms)
{
    if (!clock || clock->counted_from_at <= terms->history.started_at)
        return;
    terms->history.started_at = clock->counted_from_at;
    terms->text = tx_printf (tx, "%s@%lld", terms->text, (long long) clock->counted_from_at);
}

/* An instant named to the customer stands whatever the plan says, and waits do not move it. */
static bool
s_promise (tx_t *tx, const derivation_t *of, const sla_target_spec_t *target, int64_t fixed_at, terms_t *terms)
{
    if (fixed_at) {
        terms->promise = (promise_t) {
            .type = BUDGET_TYPE_FIXED_INSTANT, .fixed_at = fixed_at, .calendar = business_time_always (tx, "")
        };
        return true;
    }
    terms->promise = (promise_t) {
        .type = target->budget_type, .budget_ms = target->budget_ms, .budget_days = target->budget_days
    };
    terms->reasons = target->pause_reasons;
    terms->reason_count = target->n_pause_reasons;
    return business_time_find (tx, of->sla_case, target, terms);
}

static promised_t
s_terms (tx_t *tx, const derivation_t *of, milestone_t milestone, const sla_target_spec_t *target,
    const sla_clock_t *clock, terms_t *ret_terms)
{
    int64_t fixed_at = of->story.promised_at [milestone];
    bool is_to_begin = milestone == MILESTONE_DEPOT_REPAIR && !of->story.begun_at [milestone];
    if (!fixed_at && (!target || is_to_begin || target->budget_type == BUDGET_TYPE_FIXED_INSTANT))
        return PROMISE_NONE;
    terms_t terms = { .calendar_id = "", .target = fixed_at ? NULL : target };
    bool known = s_promise (tx, of, target, fixed_at, &terms);
    s_percents (target, &terms);
    terms.text = s_text (tx, &terms);
    terms.history = story_history (tx, &of->story, milestone, terms.reasons, terms.reason_count);
    s_count_from (tx, clock, &terms);
    *ret_terms = terms;
    return known ? PROMISE_MADE : PROMISE_WAITS;
}

static int64_t
s_due_at (tx_t *tx, const terms_t *terms)
{
    return verdict_of (&terms->promise, &terms->history, tx_now (tx)).due_at;
}

promised_t
promise_terms (tx_t *tx, const derivation_t *of, milestone_t milestone, const sla_clock_t *clock, terms_t *ret_terms)
{
    const sla_target_spec_t *target = of->details ? target_choose (of->details, of->sla_case, milestone) : NULL;
    const sla_target_spec_t *kept = clock && clock->keeps ? tx_unpack (tx, sla_target_spec, clock->kept) : NULL;
    if (!kept)
        return s_terms (tx, of, milestone, target, clock, ret_terms);
    promised_t promised = s_terms (tx, of, milestone, kept, clock, ret_terms);
    if (clock->keeps == KEEPS_ALWAYS)
        return promised;
    terms_t terms;
    if (s_terms (tx, of, milestone, target, clock, &terms) == PROMISE_MADE
        && (promised != PROMISE_MADE || s_due_at (tx, &terms) < s_due_at (tx, ret_terms))) {
        *ret_terms = terms;
        return PROMISE_MADE;
    }
    return promised;
}
