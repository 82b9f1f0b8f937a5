/* Where in a day a visit is put: the planner's answer, against every minute tried. It is Monday, 10:00 in Milan; the
 * shift ends at 18:00. */
#include "choice.h"
#include "choose_place.h"

static dispatch_policy_details_t *
s_policy (case_t *self)
{
    dispatch_policy_details_t *policy = arena_alloc (self->arena, sizeof *policy);
    *policy = policy_defaults;
    self->input.policy.details = policy;
    return policy;
}

static void
s_keep_all (case_t *self, int person, int count, diary_entry_t *const *entries)
{
    diary_entry_t **kept = arena_array (self->arena, (size_t) count, sizeof *kept);
    memcpy (kept, entries, (size_t) count * sizeof *kept);
    self->people [person].entries = kept;
    self->people [person].entry_count = (size_t) count;
}

static const dispatch_candidate_t *
s_first (case_t *self)
{
    return choose (self->arena, &self->input)->candidates [0];
}

static void
test_h5_unhurried_work_waits_for_the_visit_that_leads_there_anyway_and_urgent_work_does_not (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 30);                        /* 33 km away; tomorrow at ten she is next door */
    s_keep_busy (self, 0, s_busy_visit (self, NOW + DAY, NOW + DAY + HOUR, s_point (self, 45.4643, 9.19)));
    self->input.order.priority = 1;
    assert_int_equal (s_first (self)->starts_at, NOW);
    assert_int_equal (s_first (self)->detour_minutes, s_first (self)->travel_minutes);
    self->input.order.priority = 100;
    s_policy (self)->wait_per_hour_minor = 50;
    const dispatch_candidate_t *ann = s_first (self);
    assert_true (ann->starts_at >= NOW + DAY - 3 * HOUR);
    assert_true (ann->detour_minutes <= 1);
    assert_true (decision_holds (choose (self->arena, &self->input)));
}

static void
test_h5_what_the_way_costs_is_what_the_visit_adds_to_it (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 20);
    s_keep_busy (self, 0, s_busy_visit (self, NOW + 3 * HOUR, NOW + 4 * HOUR, s_point (self, 45.4642, 9.20)));
    const dispatch_candidate_t *ann = s_first (self);
    assert_int_equal (ann->starts_at, NOW);
    assert_true (ann->travel_minutes > 30 && ann->detour_minutes < 5);
    assert_int_equal (s_term (ann, "travel")->quantity, ann->detour_minutes);
    assert_int_equal (s_term (ann, "distance")->quantity, (ann->detour_m + 999) / 1000);
}

static void
test_h6_the_place_is_sought_while_his_skills_last (void **state)
{
    case_t *self = *state;
    engineer_details_t *ann = s_add (self, "ann", 30);
    s_keep_busy (self, 0, s_busy_visit (self, NOW + DAY, NOW + DAY + HOUR, s_point (self, 45.4643, 9.19)));
    s_skill (self, ann, "gas", 2, NOW + 10 * HOUR);
    s_need (self, "gas", 2);
    self->input.order.priority = 100;
    s_policy (self)->wait_per_hour_minor = 50;      /* tomorrow would cost less */
    assert_int_equal (s_first (self)->n_failed_rules, 0);
    assert_int_equal (s_first (self)->starts_at, NOW);
}

static void
test_h3_prices_at_the_limits_of_a_policy_can_still_be_counted (void **state)
{
    case_t *self = *state;
    dispatch_policy_details_t *policy = s_policy (self);
    int64_t most = 100000000;
    policy->travel_per_minute_minor = policy->travel_per_km_minor = policy->late_per_minute_minor = most;
    policy->wait_per_hour_minor = policy->overtime_per_hour_minor = policy->travel_outside_per_hour_minor = most;
    policy->overtime_max_minutes = policy->travel_outside_max_minutes = 480;
    policy->speed_kmh = 1;
    policy->detour_percent = 500;
    self->input.order.priority = 1;
    self->input.order.promised_at = NOW - 365 * DAY;
    s_add (self, "ann", 1);
    s_add (self, "bob", 4000);                      /* in the far north, where no shift is long enough */
    s_keep_busy (self, 1, s_busy_visit (self, NOW + DAY, NOW + DAY + HOUR, s_point (self, -80, -170)));
    dispatch_decided_t *document = choose (self->arena, &self->input);
    assert_string_equal (document->winner_id, "ann");
    assert_int_equal (decision_candidate (document, "bob")->n_failed_rules, 1);
}

/* ---- against every minute */

typedef struct { int64_t cost, work_at; } best_t;

static bool
s_is_free (const place_question_t *question, int64_t from_at, int64_t to_at)
{
    return from_at >= question->now && !place_conflict (question, from_at, to_at)
        && calendar_between (question->shift, from_at, to_at) == to_at - from_at;
}

/* What is right before and right after in the same stretch of the shift. */
static void
s_beside (const place_question_t *question, int64_t from_at, int64_t to_at, const busy_t **ret_before,
    const busy_t **ret_after)
{
    *ret_before = *ret_after = NULL;
    for (int i = 0; i < question->busy_count; i++) {
        const busy_t *busy = &question->busy [i];
        if (busy->to_at <= from_at)
            *ret_before = busy;
        else if (!*ret_after && busy->from_at >= to_at
            && calendar_between (question->shift, to_at, busy->from_at) == busy->from_at - to_at
            && calendar_is_open (question->shift, busy->from_at))
            *ret_after = busy;
    }
}

static bool
s_try (const place_question_t *question, int64_t from_at, best_t *best)
{
    const dispatch_policy_details_t *policy = question->policy;
    const busy_t *before, *after;
    s_beside (question, from_at, from_at + 1, &before, &after);
    bool is_near = before && before->to_at + 6 * HOUR > from_at;
    const geo_point_t *start = is_near ? before->point : question->home;
    leg_t leg = travel_leg (start, question->site, policy), on = { 0 }, without = { 0 };
    int64_t work_at = from_at + leg.minutes * MINUTE, to_at = work_at + question->work_ms;
    if (work_at < question->not_before_at || !s_is_free (question, from_at, to_at))
        return false;
    s_beside (question, from_at, to_at, &before, &after);
    if (after) {
        on = travel_leg (question->site, after->point, policy);
        without = travel_leg (start, after->point, policy);
        if (to_at + on.minutes * MINUTE > after->work_from_at)
            return false;
    }
    int64_t since_at = question->not_before_at > question->now ? question->not_before_at : question->now;
    int64_t late_ms = question->late_at && work_at > question->late_at ? work_at - question->late_at : 0;
    int64_t cost = (leg.minutes + on.minutes - without.minutes) * policy->travel_per_minute_minor
        + (leg.distance_m + on.distance_m - without.distance_m) * policy->travel_per_km_minor / 1000
        + (work_at - since_at) / MINUTE * question->wait_per_hour_minor / 60
        + late_ms / MINUTE * question->late_per_hour_minor / 60;
    if (best->work_at && cost >= best->cost)
        return true;
    *best = (best_t) { cost, work_at };
    return true;
}

static void
test_h3_property_no_minute_of_two_weeks_would_cost_less (void **state)
{
    case_t *self = *state;
    unsigned seed = 20260608;
    print_message ("seed %u\n", seed);
    srand (seed);
    s_add (self, "ann", 3);
    dispatch_policy_details_t *policy = s_policy (self);
    for (int round = 0; round < 150; round++) {
        diary_entry_t *entries [8];
        int64_t at = NOW;
        policy->wait_per_hour_minor = rand () % 3 ? rand () % 200 : 0;
        self->input.order.priority = 1 + rand () % 100;
        for (int i = 0; i < 8; i++) {
            geo_point_t *point = s_point (self, 45.40 + rand () % 12 / 100.0, 9.10 + rand () % 12 / 100.0);
            at = calendar_next_open (self->shift, at + (45 + rand () % 300) * MINUTE);
            entries [i] = s_busy_visit (self, at, at + (1 + rand () % 60) * MINUTE, point);
            at = entries [i]->to_at;
        }
        s_keep_all (self, 0, 8, entries);
        self->input.order.work_ms = (1 + rand () % 180) * MINUTE;
        self->input.order.promised_at = rand () % 2 ? NOW + rand () % 6000 * MINUTE : 0;
        place_question_t question = choose_question (self->arena, &self->input, &self->people [0]);
        place_t place = place_best_of (self->arena, &question);
        best_t best = { 0 }, found = { 0 };
        for (int64_t minute = 0; minute < 14 * 24 * 60; minute++)
            s_try (&question, NOW + minute * MINUTE, &best);
        assert_int_equal (place.is_found, best.work_at != 0);
        assert_true (s_try (&question, place.starts_at, &found));
        if (found.cost > best.cost + 4)             /* the planner rounds each term down, we their sum */
            fail_msg ("round %d: %lld at %lld, but %lld at %lld", round, (long long) found.cost,
                (long long) ((place.work_starts_at - NOW) / MINUTE), (long long) best.cost,
                (long long) ((best.work_at - NOW) / MINUTE));
    }
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        PURE (test_h5_unhurried_work_waits_for_the_visit_that_leads_there_anyway_and_urgent_work_does_not),
        PURE (test_h5_what_the_way_costs_is_what_the_visit_adds_to_it),
        PURE (test_h6_the_place_is_sought_while_his_skills_last),
        PURE (test_h3_prices_at_the_limits_of_a_policy_can_still_be_counted),
        PURE (test_h3_property_no_minute_of_two_weeks_would_cost_less),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
