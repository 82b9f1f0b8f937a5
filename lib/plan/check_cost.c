/* check_cost - a plan in money, from nothing but the problem and its times. Each term is summed as quantity x price and
 * divided once, so that no rounding of a single leg is in it. */
#include "check_inside.h"

/* Sums of quantity x price: they do not fit 64 bits when both are large. */
typedef __int128 wide_t;

typedef struct {
    const checker_t *plan;
    const check_walk_t *latest;
    const plan_policy_t *policy;
    plan_cost_t cost;
    wide_t hourly [PLAN_TERMS], thousandth;     /* still to be divided */
} bill_t;

bool
check_lists (const int32_t *list, int count, int32_t value)
{
    for (int i = 0; i < count; i++)
        if (list [i] == value)
            return true;
    return false;
}

bool
check_is_empty (const plan_route_t *route)
{
    for (int i = 0; i < route->stop_count; i++)
        if (route->stops [i].visit != PLAN_NONE)
            return false;
    return true;
}

void *
check_array (size_t count, size_t size)
{
    void *array = calloc (count + 1, size);
    if (!array)
        abort ();
    return array;
}

int32_t
check_level (const plan_resource_t *resource, int32_t skill, int64_t ends, int32_t *ret_until)
{
    int32_t level = PLAN_NONE;
    *ret_until = PLAN_NONE;
    for (int i = 0; i < resource->skill_count; i++) {
        const plan_skill_t *held = &resource->skills [i];
        if (held->skill != skill)
            continue;
        if (held->until > *ret_until)
            *ret_until = held->until;
        if (held->until >= ends && held->level > level)
            level = held->level;
    }
    return level;
}

static void
s_add_hourly (bill_t *self, plan_term_t term, int64_t quantity, int64_t price)
{
    self->cost.quantity [term] += quantity;
    self->hourly [term] += (wide_t) quantity * price;
}

static void
s_add_route (bill_t *self, int index)
{
    const plan_policy_t *policy = self->policy;
    const plan_route_t *route = &self->plan->routes [index];
    const plan_resource_t *resource = &self->plan->problem->resources [route->resource];
    const check_walk_t *walk = &self->latest [index];
    int64_t duration = walk->returns - walk->leaves, to = resource->shifts [route->shift].to;
    s_add_hourly (self, PLAN_TERM_TRAVEL, walk->travel, policy->travel_per_hour);
    s_add_hourly (self, PLAN_TERM_WORK_TIME, duration, policy->work_time_per_hour + resource->price_per_hour);
    s_add_hourly (self, PLAN_TERM_WAIT, duration - walk->travel - walk->work - walk->paused, policy->wait_per_hour);
    s_add_hourly (self, PLAN_TERM_OVERTIME, walk->returns > to ? walk->returns - to : 0, policy->overtime_per_hour);
    self->cost.quantity [PLAN_TERM_DISTANCE] += walk->distance;
    self->thousandth += (wide_t) walk->distance * (policy->travel_per_distance + resource->price_per_distance);
    self->cost.quantity [PLAN_TERM_USE]++;
    self->cost.amount [PLAN_TERM_USE] += policy->price_of_use + resource->price_of_use;
}

static void
s_add_balance (bill_t *self)
{
    const plan_problem_t *problem = self->plan->problem;
    int64_t shifts = 0, sum = 0;
    for (int i = 0; i < problem->resource_count; i++)
        shifts += problem->resources [i].shift_count;
    for (int i = 0; i < problem->visit_count; i++)
        sum += (int64_t) problem->visits [i].work * (problem->visits [i].crew > 1 ? problem->visits [i].crew : 1);
    int64_t mean = shifts ? sum / shifts : 0;
    for (int i = 0; i < self->plan->route_count; i++)
        if (self->latest [i].work > mean)
            s_add_hourly (self, PLAN_TERM_BALANCE, self->latest [i].work - mean, self->policy->balance_per_hour);
}

static void
s_add_overskill (bill_t *self, const plan_resource_t *resource, const plan_visit_t *visit, int64_t ends)
{
    for (int i = 0; i < visit->skill_count; i++) {
        int32_t until;
        int64_t had = check_level (resource, visit->skills [i].skill, ends, &until);
        int64_t over = had - visit->skills [i].level;
        self->cost.quantity [PLAN_TERM_OVERSKILL] += over;
        self->cost.amount [PLAN_TERM_OVERSKILL] += over * self->policy->overskill_per_level;
    }
}

/* What depends on who comes: for each stop, and how many of those who come were told or are preferred. */
static void
s_add_stops (bill_t *self, const plan_route_t *route, const check_stop_t *stops, int *told, int *preferred)
{
    const plan_problem_t *problem = self->plan->problem;
    for (int i = 0; i < route->stop_count; i++) {
        int32_t index = route->stops [i].visit;
        if (index == PLAN_NONE)
            continue;
        const plan_visit_t *visit = &problem->visits [index];
        s_add_overskill (self, &problem->resources [route->resource], visit, stops [i].ends);
        told [index] += visit->told_resource == route->resource;
        preferred [index] += check_lists (visit->preferred, visit->preferred_count, route->resource);
    }
}

static void
s_add_unassigned (bill_t *self, const plan_visit_t *visit)
{
    int64_t must = self->policy->must_price ? self->policy->must_price : PLAN_MUST_PRICE;
    self->cost.quantity [PLAN_TERM_UNASSIGNED]++;
    self->cost.amount [PLAN_TERM_UNASSIGNED] += visit->unassigned_price ? visit->unassigned_price : must;
}

static void
s_add_visit (bill_t *self, const plan_visit_t *visit, int64_t begins, bool is_told_who, bool is_preferred)
{
    bool is_other = visit->told_resource != PLAN_NONE && !is_told_who;
    int64_t moved = visit->told_at == PLAN_NONE ? 0 : begins - visit->told_at;
    if (visit->due != PLAN_NEVER && begins > visit->due)
        s_add_hourly (self, PLAN_TERM_LATE, begins - visit->due, visit->late_price_per_hour);
    if (visit->delay_price_per_hour && begins > visit->wanted)
        s_add_hourly (self, PLAN_TERM_DELAY, begins - visit->wanted, visit->delay_price_per_hour);
    self->cost.quantity [PLAN_TERM_MOVED] += is_other || moved != 0;
    self->cost.amount [PLAN_TERM_MOVED] += is_other ? self->policy->moved_resource : 0;
    self->hourly [PLAN_TERM_MOVED] += (wide_t) (moved < 0 ? -moved : moved) * self->policy->moved_per_hour;
    if (visit->preferred_count && !is_preferred) {
        self->cost.quantity [PLAN_TERM_PREFERRED]++;
        self->cost.amount [PLAN_TERM_PREFERRED] += self->policy->preferred_missed;
    }
}

static int64_t
s_narrow (wide_t value)
{
    return value > INT64_MAX ? INT64_MAX : (int64_t) value;
}

plan_cost_t
check_cost (const checker_t *plan, const check_walk_t *latest)
{
    const plan_problem_t *problem = plan->problem;
    bill_t bill = { .plan = plan, .latest = latest, .policy = &problem->policy };
    int *counts = check_array (2 * (size_t) problem->visit_count, sizeof *counts);
    int *told = counts, *preferred = counts + problem->visit_count;
    for (int i = 0; i < plan->route_count; i++) {
        s_add_stops (&bill, &plan->routes [i], plan->stops [i], told, preferred);
        if (!check_is_empty (&plan->routes [i]))
            s_add_route (&bill, i);
    }
    for (int i = 0; i < problem->visit_count; i++)
        if (plan->assigned [i])
            s_add_visit (&bill, &problem->visits [i], plan->begins [i], told [i] > 0, preferred [i] > 0);
        else
            s_add_unassigned (&bill, &problem->visits [i]);
    s_add_balance (&bill);
    free (counts);
    int32_t hour = problem->policy.hour ? problem->policy.hour : 3600;
    for (int term = 0; term < PLAN_TERMS; term++)
        bill.cost.amount [term] += s_narrow (bill.hourly [term] / hour);
    bill.cost.amount [PLAN_TERM_DISTANCE] += s_narrow (bill.thousandth / 1000);
    return bill.cost;
}
