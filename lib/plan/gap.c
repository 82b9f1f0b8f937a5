/* gap - one visit into one free stretch, without a plan around it. */
#include "plan.h"

static int32_t
s_begins (const plan_visit_t *visit, int32_t at)
{
    for (int i = 0; i < visit->window_count; i++)
        if (visit->windows [i].to >= at)
            return at > visit->windows [i].from ? at : visit->windows [i].from;
    return visit->window_count ? PLAN_NEVER : at;
}

static int64_t
s_late (const plan_visit_t *visit, int32_t begins)
{
    return visit->late_price_per_hour && begins > visit->due ? (begins - visit->due) * visit->late_price_per_hour : 0;
}

static int64_t
s_delay (const plan_visit_t *visit, int32_t begins)
{
    return visit->delay_price_per_hour && begins > visit->wanted
        ? (begins - visit->wanted) * visit->delay_price_per_hour : 0;
}

int32_t
plan_gap_begins (const plan_visit_t *visit, const plan_gap_t *gap, int32_t time)
{
    int32_t begins = s_begins (visit, gap->from + time);
    return begins == PLAN_NEVER || begins + visit->work > gap->to + gap->overtime_max ? PLAN_NEVER : begins;
}

int64_t
plan_gap_waits (const plan_visit_t *visit, const plan_gap_t *gap)
{
    int32_t begins = s_begins (visit, gap->from);
    return s_late (visit, begins) + s_delay (visit, begins);
}

bool
plan_gap (const plan_policy_t *policy, const plan_visit_t *visit, const plan_gap_t *gap, const plan_gap_legs_t *legs,
    plan_fit_t *ret_fit)
{
    int32_t begins = plan_gap_begins (visit, gap, legs->time), ends = begins + visit->work;
    int32_t latest = gap->to + gap->overtime_max;
    if (begins == PLAN_NEVER || ends + legs->onward_time > latest || gap->from + legs->without_time > latest)
        return false;
    int32_t hour = policy->hour ? policy->hour : 3600;
    int64_t per_distance = policy->travel_per_distance * hour;
    int64_t way = legs->distance + legs->onward_distance, without = legs->without_distance;
    const int64_t terms [] = {
        (legs->time + legs->onward_time - legs->without_time) * policy->travel_per_hour,
        way * per_distance / 1000 - without * per_distance / 1000,
        !gap->is_followed && ends > gap->to ? (ends - gap->to) * policy->overtime_per_hour : 0,
        s_late (visit, begins), s_delay (visit, begins),
    };
    *ret_fit = (plan_fit_t) { .begins = begins };
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        ret_fit->exact += terms [i];
        ret_fit->added += terms [i] / hour;
    }
    return true;
}
