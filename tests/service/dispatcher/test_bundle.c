/* Two visits at one site on one way (X7). */
#include "choice.h"

static const cost_term_t *
s_bonus (case_t *self, const char *engineer_id)
{
    const dispatch_decided_t *document = choose (self->arena, &self->input);
    return s_term (decision_candidate (document, engineer_id), "same site");
}

static void
test_x7_who_is_at_the_site_right_before_has_it_taken_off_his_cost (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 10);
    s_keep_busy (self, 0, s_busy_visit (self, NOW, NOW + HOUR, s_point (self, 45.4642, 9.19)));
    const cost_term_t *bonus = s_bonus (self, "ann");
    assert_int_equal (bonus->amount_minor, -policy_defaults.same_site_bonus_minor);
    assert_true (decision_holds (choose (self->arena, &self->input)));
}

static void
test_x7_a_visit_right_after_at_the_same_site_counts_as_well (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 0);
    s_keep_busy (self, 0, s_busy_visit (self, NOW + 2 * HOUR, NOW + 3 * HOUR,
        s_point (self, 45.4642, 9.19)));
    assert_non_null (s_bonus (self, "ann"));
}

static void
test_x7_another_place_or_another_day_is_no_bundle (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 0);
    s_keep_busy (self, 0, s_busy_visit (self, NOW, NOW + HOUR, s_point (self, 45.47, 9.19)));
    assert_null (s_bonus (self, "ann"));
    s_keep_busy (self, 0, s_busy_visit (self, NOW + DAY, NOW + DAY + HOUR,
        s_point (self, 45.4642, 9.19)));
    assert_null (s_bonus (self, "ann"));
}

static void
test_x7_the_bundle_goes_to_one_engineer_when_that_saves_the_way_of_another (void **state)
{
    case_t *self = *state;
    dispatch_policy_details_t policy = policy_defaults;
    policy.wait_per_hour_minor = 100;
    self->input.policy.details = &policy;
    s_add (self, "ann", 10);
    s_add (self, "bob", 1);
    s_keep_busy (self, 0, s_busy_visit (self, NOW, NOW + HOUR, s_point (self, 45.4642, 9.19)));
    policy.same_site_bonus_minor = 0;
    assert_string_equal (choose (self->arena, &self->input)->winner_id, "bob");
    policy.same_site_bonus_minor = 1000;
    assert_string_equal (choose (self->arena, &self->input)->winner_id, "ann");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        PURE (test_x7_who_is_at_the_site_right_before_has_it_taken_off_his_cost),
        PURE (test_x7_a_visit_right_after_at_the_same_site_counts_as_well),
        PURE (test_x7_another_place_or_another_day_is_no_bundle),
        PURE (test_x7_the_bundle_goes_to_one_engineer_when_that_saves_the_way_of_another),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
