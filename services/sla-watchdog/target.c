/* target - one promise of a plan: for which milestone, level and region, how long, and what stops it. */
#include "sla-watchdog.h"
#include "valid.h"
#include "verdict.h"

static bool
s_holds (const int32_t *list, size_t count, int32_t value)
{
    for (size_t i = 0; i < count; i++)
        if (list [i] == value)
            return true;
    return false;
}

static bool
s_has_region (const sla_target_spec_t *self, region_class_t region)
{
    for (size_t i = 0; i < self->n_region_classes; i++)
        if (self->region_classes [i] == region)
            return true;
    return false;
}

static bool
s_matches (const sla_target_spec_t *self, milestone_t milestone, int32_t level, region_class_t region)
{
    return self->milestone == milestone
        && (!self->n_fault_levels || s_holds (self->fault_levels, self->n_fault_levels, level))
        && (!self->n_region_classes || s_has_region (self, region));
}

const sla_target_spec_t *
target_choose (const sla_plan_details_t *details, const sla_case_t *sla_case, milestone_t milestone)
{
    for (size_t i = 0; i < details->n_targets; i++) {
        const sla_target_spec_t *target = details->targets [i];
        if (s_matches (target, milestone, (int32_t) sla_case->fault_level, (region_class_t) sla_case->region_class))
            return target;
    }
    return NULL;
}

/* Everything that narrow matches, wide matches too. */
static bool
s_covers (const sla_target_spec_t *wide, const sla_target_spec_t *narrow)
{
    if (wide->milestone != narrow->milestone || (wide->n_fault_levels && !narrow->n_fault_levels)
        || (wide->n_region_classes && !narrow->n_region_classes))
        return false;
    for (size_t i = 0; wide->n_fault_levels && i < narrow->n_fault_levels; i++)
        if (!s_holds (wide->fault_levels, wide->n_fault_levels, narrow->fault_levels [i]))
            return false;
    for (size_t i = 0; wide->n_region_classes && i < narrow->n_region_classes; i++)
        if (!s_has_region (wide, narrow->region_classes [i]))
            return false;
    return true;
}

static bool
s_refuse (tx_t *tx, size_t number, const char *code, const char *reason)
{
    tx_reject (tx, code, "target %zu: %s", number + 1, reason);
    return false;
}

/* Each type takes its own budget and no other, so that nobody reads "1 day" as three days of eight hours. */
static bool
s_check_budget (tx_t *tx, const sla_target_spec_t *target, size_t number)
{
    bool in_ms = target->budget_type == BUDGET_TYPE_BUSINESS_TIME || target->budget_type == BUDGET_TYPE_ELAPSED_24X7;
    bool in_days = target->budget_type == BUDGET_TYPE_WORKING_DAYS_SAME_TIME
        || target->budget_type == BUDGET_TYPE_WORKING_DAYS_END_OF_DAY;
    const int64_t year_ms = INT64_C (366) * 86400000;
    if (!in_ms && target->budget_ms)
        return s_refuse (tx, number, "target.wrong_budget", "budget_ms is for times, not days: leave it out");
    if (!in_days && target->budget_days)
        return s_refuse (tx, number, "target.wrong_budget", "budget_days is for working days only: leave it out");
    if (in_ms && target->budget_ms <= 0)
        return s_refuse (tx, number, "target.no_budget", "budget_ms must be above 0: it would be broken at once");
    if (in_days && target->budget_days <= 0)
        return s_refuse (tx, number, "target.no_budget", "budget_days must be above 0: it would be broken at once");
    if (target->budget_ms > 5 * year_ms || target->budget_days > 1000)
        return s_refuse (tx, number, "target.budget_too_long", "more than 5 years or 1000 days: promise less");
    return true;
}

static bool
s_check_conditions (tx_t *tx, const sla_target_spec_t *target, size_t number)
{
    for (size_t i = 0; i < target->n_fault_levels; i++)
        if (target->fault_levels [i] < 1 || target->fault_levels [i] > 4)
            return s_refuse (tx, number, "target.fault_level", "fault levels are 1 (worst) to 4");
    for (size_t i = 0; i < target->n_region_classes; i++)
        if (!valid_enum (tx, "region_class", &region_class_descriptor, (int) target->region_classes [i]))
            return false;
    for (size_t i = 0; i < target->n_pause_reasons; i++)
        if (!valid_enum (tx, "pause_reason", &wait_reason_descriptor, (int) target->pause_reasons [i]))
            return false;
    return true;
}

/* T28: a clock that would never start, or never run again, is found when the plan is saved and not by a customer. */
static bool
s_check_runs (tx_t *tx, const sla_target_spec_t *target, size_t number)
{
    if (target->budget_type == BUDGET_TYPE_FIXED_INSTANT)
        return s_refuse (tx, number, "target.never_starts",
            "an instant is promised to one customer at a time: send SetSlaDeadline, a plan has a budget");
    for (size_t i = 0; i < target->n_pause_reasons; i++) {
        if (target->milestone == MILESTONE_DEPOT_REPAIR && target->pause_reasons [i] == WAIT_REASON_RESOLVED)
            return s_refuse (tx, number, "target.waits_for_ever",
                "a depot repair outlives the solution of its request: WAIT_REASON_RESOLVED would stop it for ever");
        for (size_t earlier = 0; earlier < i; earlier++)
            if (target->pause_reasons [earlier] == target->pause_reasons [i])
                return s_refuse (tx, number, "target.pause_reasons", "a reason is listed twice: once is enough");
    }
    return true;
}

static bool
s_check_percents (tx_t *tx, const sla_target_spec_t *target, size_t number)
{
    if (target->n_warn_percents >= PERCENTS_MAX)
        return s_refuse (tx, number, "target.warn_percents", "more than 16 warnings are noise: choose fewer");
    for (size_t i = 0; i < target->n_warn_percents; i++) {
        int32_t percent = target->warn_percents [i];
        if (percent < 1 || percent > 1000 || percent == BREACH_PERCENT)
            return s_refuse (tx, number, "target.warn_percents", "percents are 1 to 1000; 100 is the breach itself");
        if (s_holds (target->warn_percents, i, percent))
            return s_refuse (tx, number, "target.warn_percents", "a percent is listed twice: once is enough");
    }
    return true;
}

static bool
s_check_one (tx_t *tx, const sla_target_spec_t *target, size_t number)
{
    if (!valid_enum (tx, "milestone", &milestone_descriptor, (int) target->milestone)
        || !valid_enum (tx, "budget_type", &budget_type_descriptor, (int) target->budget_type)
        || !valid_optional_id (tx, "calendar_id", target->calendar_id)
        || !s_check_budget (tx, target, number) || !s_check_conditions (tx, target, number)
        || !s_check_runs (tx, target, number) || !s_check_percents (tx, target, number))
        return false;
    if (!is_empty (target->calendar_id) && !tx_get (tx, known_calendar, target->calendar_id)) {
        tx_reject (tx, "calendar.unknown", "target %zu: no calendar %s: publish it first", number + 1,
            target->calendar_id);
        return false;
    }
    return true;
}

/* Each case it matches is taken by one of those before it, though none of them takes all. */
static bool
s_is_used_up (const sla_plan_details_t *details, size_t number)
{
    const sla_target_spec_t *target = details->targets [number];
    for (int32_t level = 1; level <= 4; level++)
        for (unsigned region = 0; region < region_class_descriptor.n_values; region++) {
            region_class_t class = (region_class_t) region_class_descriptor.values [region].value;
            bool is_taken = !s_matches (target, target->milestone, level, class);
            for (size_t earlier = 0; earlier < number && !is_taken; earlier++)
                is_taken = s_matches (details->targets [earlier], target->milestone, level, class);
            if (!is_taken)
                return false;
        }
    return true;
}

bool
target_check (tx_t *tx, const sla_plan_details_t *details)
{
    for (size_t i = 0; i < details->n_targets; i++) {
        if (!s_check_one (tx, details->targets [i], i))
            return false;
        for (size_t earlier = 0; earlier < i; earlier++)
            if (s_covers (details->targets [earlier], details->targets [i])) {
                tx_reject (tx, "target.unreachable", "target %zu is never taken: target %zu matches its cases first",
                    i + 1, earlier + 1);
                return false;
            }
        if (s_is_used_up (details, i))
            return s_refuse (tx, i, "target.unreachable",
                "is never taken: the targets before it match all its cases together");
    }
    return true;
}
