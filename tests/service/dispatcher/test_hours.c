/* Overtime and travel outside hours at a price, and how long somebody needs for standard work. It is 10:00 in
 * Milan; the shift ends at 18:00. */
#include "choice.h"

static dispatch_policy_details_t *
s_policy (case_t *self)
{
    dispatch_policy_details_t *policy = arena_alloc (self->arena, sizeof *policy);
    *policy = policy_defaults;
    self->input.policy.details = policy;
    return policy;
}

/* It is so long before the end of the shift. */
static void
s_before_end (case_t *self, int64_t ms)
{
    self->input.now = NOW + 8 * HOUR - ms;
}

static void
test_x10_nobody_works_past_his_shift_unless_the_policy_has_a_limit_for_it (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 1);
    s_before_end (self, HOUR);
    const dispatch_candidate_t *ann = choose (self->arena, &self->input)->candidates [0];
    assert_int_equal (ann->ends_at, NOW + 22 * HOUR + ann->travel_minutes * MINUTE + HOUR);
    assert_int_equal (ann->overtime_minutes, 0);
}

static void
test_x10_overtime_up_to_the_limit_is_a_term_and_cheaper_than_tomorrow (void **state)
{
    case_t *self = *state;
    dispatch_policy_details_t *policy = s_policy (self);
    policy->overtime_max_minutes = 30;
    policy->overtime_per_hour_minor = 3000;
    s_add (self, "ann", 1);
    s_before_end (self, HOUR);
    const dispatch_candidate_t *ann = choose (self->arena, &self->input)->candidates [0];
    assert_int_equal (ann->starts_at, self->input.now);
    assert_int_equal (ann->overtime_minutes, ann->travel_minutes);
    assert_int_equal (s_term (ann, "overtime")->amount_minor, ann->travel_minutes * 3000 / 60);
    assert_true (decision_holds (choose (self->arena, &self->input)));

    s_before_end (self, HOUR / 2);              /* half an hour and the way: more than the limit */
    ann = choose (self->arena, &self->input)->candidates [0];
    assert_int_equal (ann->overtime_minutes, 0);
    assert_null (s_term (ann, "overtime"));
}

static void
test_x10_overtime_that_costs_more_than_waiting_is_not_taken (void **state)
{
    case_t *self = *state;
    dispatch_policy_details_t *policy = s_policy (self);
    policy->overtime_max_minutes = 120;
    policy->overtime_per_hour_minor = 100000000;
    s_add (self, "ann", 1);
    s_before_end (self, HOUR);
    const dispatch_candidate_t *ann = choose (self->arena, &self->input)->candidates [0];
    assert_int_equal (ann->overtime_minutes, 0);
    assert_true (ann->starts_at > NOW + 8 * HOUR);
}

static void
test_x10_after_the_end_of_the_shift_overtime_still_counts_from_its_end (void **state)
{
    case_t *self = *state;
    dispatch_policy_details_t *policy = s_policy (self);
    policy->overtime_max_minutes = 240;
    policy->overtime_per_hour_minor = 60;
    s_add (self, "ann", 1);
    self->input.now = NOW + 9 * HOUR;
    const dispatch_candidate_t *ann = choose (self->arena, &self->input)->candidates [0];
    assert_int_equal (ann->starts_at, self->input.now);
    assert_int_equal (ann->overtime_minutes, ann->travel_minutes + 60);
    assert_int_equal (s_term (ann, "overtime")->amount_minor, ann->overtime_minutes);
}

static void
test_x10_the_way_may_begin_before_the_shift_but_the_work_does_not (void **state)
{
    case_t *self = *state;
    dispatch_policy_details_t *policy = s_policy (self);
    policy->travel_outside_max_minutes = 60;
    policy->travel_outside_per_hour_minor = 600;
    s_add (self, "ann", 20);
    self->input.now = NOW + 14 * HOUR;          /* midnight: the shift begins eight hours later */
    const dispatch_candidate_t *ann = choose (self->arena, &self->input)->candidates [0];
    assert_int_equal (ann->starts_at + ann->travel_minutes * MINUTE, NOW + 22 * HOUR);
    assert_int_equal (ann->travel_outside_minutes, ann->travel_minutes);
    assert_int_equal (s_term (ann, "travel outside hours")->amount_minor, ann->travel_minutes * 10);
}

static void
test_x10_a_break_is_not_worked_through_into_the_next_stretch (void **state)
{
    case_t *self = *state;
    dispatch_policy_details_t *policy = s_policy (self);
    policy->overtime_max_minutes = 240;
    calendar_t *shift = calendar_new ("Europe/Rome");
    calendar_weekly_add (shift, DATE_MONDAY, DATE_HM (8, 0), DATE_HM (12, 0));
    calendar_weekly_add (shift, DATE_MONDAY, DATE_HM (13, 0), DATE_HM (18, 0));
    assert_null (calendar_seal (shift));
    s_add (self, "ann", 0);
    self->people [0].shift = shift;
    self->input.order.work_ms = 200 * MINUTE;   /* two hours are left of the morning, and the break */
    const dispatch_candidate_t *ann = choose (self->arena, &self->input)->candidates [0];
    assert_int_equal (ann->starts_at, NOW + 3 * HOUR);
    assert_int_equal (ann->overtime_minutes, 0);
    calendar_destroy (&shift);
}

static void
test_x9_who_works_faster_needs_less_time_and_the_document_says_so (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 1)->efficiency_percent = 80;
    s_add (self, "bob", 1);
    s_add (self, "eve", 1)->efficiency_percent = 200;
    const dispatch_decided_t *document = choose (self->arena, &self->input);
    const int64_t minutes [] = { 75, 60, 30 };
    const int percents [] = { 80, 100, 200 };
    for (int i = 0; i < 3; i++) {
        const dispatch_candidate_t *candidate = document->candidates [i];
        assert_int_equal (candidate->work_minutes, minutes [i]);
        assert_int_equal (candidate->efficiency_percent, percents [i]);
        assert_int_equal (candidate->ends_at - candidate->starts_at,
            (candidate->travel_minutes + minutes [i]) * MINUTE);
    }
}

static void
test_x9_property_what_a_person_gave_wins_over_whatever_was_learned (void **state)
{
    case_t *self = *state;
    unsigned seed = 5;
    print_message ("seed %u\n", seed);
    srand (seed);
    engineer_details_t *ann = s_add (self, "ann", 1);
    for (int i = 0; i < 300; i++) {
        int given = rand () % 3 ? 50 + rand () % 151 : 0, learned = rand () % 3 ? 50 + rand () % 151 : 0;
        ann->efficiency_percent = given;
        self->people [0].learned_percent = learned;
        self->people [0].learned_visits = learned ? 12 : 0;
        const dispatch_candidate_t *candidate = choose (self->arena, &self->input)->candidates [0];
        int percent = given ? given : learned ? learned : 100;
        assert_int_equal (candidate->efficiency_percent, percent);
        assert_int_equal (candidate->learned_visits, !given && learned ? 12 : 0);
        assert_int_equal (candidate->work_minutes, (60 * 100 + percent - 1) / percent);
    }
}

static void
test_x9_what_was_learned_is_in_the_hash (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 1);
    char *before = choose (self->arena, &self->input)->input_hash;
    self->people [0].learned_percent = 100;
    char *learned = choose (self->arena, &self->input)->input_hash;
    assert_string_not_equal (before, learned);
    self->people [0].learned_visits = 12;
    assert_string_not_equal (choose (self->arena, &self->input)->input_hash, learned);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        PURE (test_x10_nobody_works_past_his_shift_unless_the_policy_has_a_limit_for_it),
        PURE (test_x10_overtime_up_to_the_limit_is_a_term_and_cheaper_than_tomorrow),
        PURE (test_x10_overtime_that_costs_more_than_waiting_is_not_taken),
        PURE (test_x10_after_the_end_of_the_shift_overtime_still_counts_from_its_end),
        PURE (test_x10_the_way_may_begin_before_the_shift_but_the_work_does_not),
        PURE (test_x10_a_break_is_not_worked_through_into_the_next_stretch),
        PURE (test_x9_who_works_faster_needs_less_time_and_the_document_says_so),
        PURE (test_x9_property_what_a_person_gave_wins_over_whatever_was_learned),
        PURE (test_x9_what_was_learned_is_in_the_hash),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
