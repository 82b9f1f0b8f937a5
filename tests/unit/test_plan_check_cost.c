/* plan_check: each price is counted. Estimates of travel. Places are points on a line, a unit apart. */
#include "plan_company.h"

/* ---- what it costs */

static void
test_travel_distance_and_use_are_counted_and_paid (void **state)
{
    company_t *self = *state;
    self->problem.policy = (plan_policy_t) { .hour = 60, .travel_per_hour = 90, .travel_per_distance = 500,
        .price_of_use = 11 };
    self->resources [1].price_per_distance = 250;
    self->resources [1].price_of_use = 4;
    ROUTE (self, 0, 0);
    ROUTE (self, 1, 1, 2, 3);
    company_assert_good (self);
    assert_int_equal (self->cost.quantity [PLAN_TERM_TRAVEL], 20 + 80);
    assert_int_equal (self->cost.amount [PLAN_TERM_TRAVEL], 150);
    assert_int_equal (self->cost.quantity [PLAN_TERM_DISTANCE], 40 + 160);
    assert_int_equal (self->cost.amount [PLAN_TERM_DISTANCE], (40 * 500 + 160 * 750) / 1000);
    assert_int_equal (self->cost.quantity [PLAN_TERM_USE], 2);
    assert_int_equal (self->cost.amount [PLAN_TERM_USE], 26);
}

static void
test_work_time_is_the_least_and_waiting_what_is_left_of_it (void **state)
{
    company_t *self = *state;
    const plan_window_t noon = { 500, 510 }, evening = { 600, 700 };
    self->visits [0].windows = &noon;
    self->visits [1].windows = &evening;
    self->visits [0].window_count = self->visits [1].window_count = 1;
    self->problem.policy = (plan_policy_t) { .hour = 1, .work_time_per_hour = 2, .wait_per_hour = 3 };
    self->resources [0].price_per_hour = 5;
    ROUTE (self, 0, 0, 1);
    company_assert_good (self);                   /* leaves at 500 for the first at 510, home at 625: waits 75 of 125 */
    assert_int_equal (self->cost.quantity [PLAN_TERM_WORK_TIME], 125);
    assert_int_equal (self->cost.amount [PLAN_TERM_WORK_TIME], 125 * 7);
    assert_int_equal (self->cost.quantity [PLAN_TERM_WAIT], 75);
    assert_int_equal (self->cost.amount [PLAN_TERM_WAIT], 225);
}

static void
test_leaving_later_does_not_delay_what_others_wait_for (void **state)
{
    company_t *self = *state;
    const plan_window_t evening = { 600, 700 };
    self->visits [1].windows = &evening;
    self->visits [1].window_count = 1;
    self->visits [2].after = 0;
    ROUTE (self, 0, 0, 1);
    ROUTE (self, 1, 2);
    company_assert_good (self);                       /* anna leaves at 0 for v0 at 10, home at 625; bruno needs 65 */
    assert_int_equal (self->cost.quantity [PLAN_TERM_WORK_TIME], 625 + 65);
}

static void
test_lateness_is_what_is_begun_after_it_was_due (void **state)
{
    company_t *self = *state;
    self->visits [0].due = 6;
    self->visits [0].late_price_per_hour = 9;
    self->visits [1].due = 25;
    self->visits [1].late_price_per_hour = 1000;
    ROUTE (self, 0, 0, 1);
    company_assert_good (self);
    assert_int_equal (self->cost.quantity [PLAN_TERM_LATE], 4);
    assert_int_equal (self->cost.amount [PLAN_TERM_LATE], 36);
}

static void
test_who_waits_has_a_price_beside_lateness (void **state)
{
    company_t *self = *state;
    self->visits [0].wanted = 4;
    self->visits [0].delay_price_per_hour = 20;
    self->visits [0].due = 6;
    self->visits [0].late_price_per_hour = 9;
    ROUTE (self, 0, 0);
    company_assert_good (self);
    assert_int_equal (self->cost.quantity [PLAN_TERM_DELAY], 6);
    assert_int_equal (self->cost.amount [PLAN_TERM_DELAY], 120);
    assert_int_equal (self->cost.amount [PLAN_TERM_LATE], 36);
    self->visits [0].wanted = 10;
    company_assert_good (self);
    assert_int_equal (self->cost.quantity [PLAN_TERM_DELAY], 0);
}

static void
test_preferred_told_and_too_skilled_people_have_their_price (void **state)
{
    company_t *self = *state;
    const int32_t bruno [] = { 1 };
    const plan_skill_t needed [] = { { 0, 1, 0 } }, held [] = { { 0, 4, PLAN_NEVER } };
    self->problem.policy = (plan_policy_t) { .hour = 10, .preferred_missed = 3, .moved_resource = 50,
        .moved_per_hour = 20, .overskill_per_level = 7 };
    self->visits [0].preferred = bruno;
    self->visits [0].preferred_count = 1;
    self->visits [0].told_resource = 1;
    self->visits [0].told_at = 15;
    self->visits [0].skills = needed;
    self->visits [0].skill_count = 1;
    self->resources [0].skills = self->resources [1].skills = held;
    self->resources [0].skill_count = self->resources [1].skill_count = 1;
    ROUTE (self, 0, 0);
    company_assert_good (self);
    assert_int_equal (self->cost.amount [PLAN_TERM_PREFERRED], 3);
    assert_int_equal (self->cost.amount [PLAN_TERM_MOVED], 50 + 5 * 20 / 10);
    assert_int_equal (self->cost.amount [PLAN_TERM_OVERSKILL], 21);
    self->routes [0].resource = 1;
    self->visits [0].told_at = 10;
    company_assert_good (self);
    assert_int_equal (self->cost.amount [PLAN_TERM_PREFERRED] + self->cost.amount [PLAN_TERM_MOVED], 0);
    assert_int_equal (self->cost.quantity [PLAN_TERM_MOVED], 0);
}

static void
test_balance_is_work_beyond_the_mean_of_all_shifts (void **state)
{
    company_t *self = *state;
    self->problem.policy.balance_per_hour = 10;
    ROUTE (self, 0, 0, 1, 2);
    ROUTE (self, 1, 3);
    company_assert_good (self);                                   /* 15 and 5: the mean is 10 */
    assert_int_equal (self->cost.quantity [PLAN_TERM_BALANCE], 5);
    assert_int_equal (self->cost.amount [PLAN_TERM_BALANCE], 50);
}

static void
test_sums_are_divided_once (void **state)
{
    company_t *self = *state;
    self->problem.policy = (plan_policy_t) { .hour = 3600, .travel_per_hour = 100 };
    ROUTE (self, 0, 0);
    ROUTE (self, 1, 1);
    company_assert_good (self);
    assert_int_equal (self->cost.amount [PLAN_TERM_TRAVEL], (20 + 40) * 100 / 3600);
}

/* ---- travel that nobody has measured */

static void
test_an_estimate_is_a_great_circle_stretched_to_a_road (void **state)
{
    (void) state;
    const plan_estimate_t straight = { .detour_percent = 100, .speed_kmh = 36, .parking_s = 60 };
    const plan_point_t milan = { 45.4642, 9.19 }, bergamo = { 45.6983, 9.6773 };
    int32_t seconds, metres;
    plan_estimate_leg (&straight, milan, bergamo, &seconds, &metres);
    assert_in_range (metres, 45900, 46200);                 /* 46.0 km by the haversine formula */
    assert_in_range (seconds, metres / 10 + 59, metres / 10 + 61);
    plan_estimate_leg (&(plan_estimate_t) { .detour_percent = 130, .speed_kmh = 36 }, milan, bergamo, &seconds,
        &metres);
    assert_in_range (metres, 59700, 60060);
    plan_estimate_leg (&straight, milan, milan, &seconds, &metres);
    assert_int_equal (seconds, 0);
    assert_int_equal (metres, 0);
}

static void
test_an_estimate_goes_the_shorter_way_around_and_over_the_pole (void **state)
{
    (void) state;
    const plan_estimate_t straight = { .detour_percent = 100, .speed_kmh = 1 };
    int32_t seconds, metres, back_s, back_m;
    plan_estimate_leg (&straight, (plan_point_t) { 0, 179.5 }, (plan_point_t) { 0, -179.5 }, &seconds, &metres);
    assert_in_range (metres, 111190, 111200);
    plan_estimate_leg (&straight, (plan_point_t) { 0, -179.5 }, (plan_point_t) { 0, 179.5 }, &back_s, &back_m);
    assert_int_equal (seconds, back_s);
    assert_int_equal (metres, back_m);
    plan_estimate_leg (&straight, (plan_point_t) { 90, 0 }, (plan_point_t) { 90, 120 }, &seconds, &metres);
    assert_int_equal (metres, 0);
}

static void
test_a_table_of_estimates_has_each_leg (void **state)
{
    (void) state;
    const plan_estimate_t estimate = { .detour_percent = 130, .speed_kmh = 50, .parking_s = 60 };
    const plan_point_t points [3] = { { 10.7, 106.6 }, { 10.8, 106.7 }, { 10.75, 106.65 } };
    int32_t seconds [9], metres [9], leg_s, leg_m;
    plan_estimate_table (&estimate, points, 3, seconds, metres);
    for (int i = 0; i < 9; i++) {
        plan_estimate_leg (&estimate, points [i / 3], points [i % 3], &leg_s, &leg_m);
        assert_int_equal (seconds [i], leg_s);
        assert_int_equal (metres [i], leg_m);
    }
    assert_int_equal (metres [1], 20264);                   /* the same on every machine */
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_travel_distance_and_use_are_counted_and_paid),
        TEST (test_work_time_is_the_least_and_waiting_what_is_left_of_it),
        TEST (test_leaving_later_does_not_delay_what_others_wait_for),
        TEST (test_lateness_is_what_is_begun_after_it_was_due),
        TEST (test_who_waits_has_a_price_beside_lateness),
        TEST (test_preferred_told_and_too_skilled_people_have_their_price),
        TEST (test_balance_is_work_beyond_the_mean_of_all_shifts),
        TEST (test_sums_are_divided_once),
        TEST (test_an_estimate_is_a_great_circle_stretched_to_a_road),
        TEST (test_an_estimate_goes_the_shorter_way_around_and_over_the_pole),
        TEST (test_a_table_of_estimates_has_each_leg),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
