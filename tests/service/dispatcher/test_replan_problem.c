/* From engineers, diaries and orders to what the planner understands: minutes, places and people by number. It is
 * Monday, 10:00 in Milan; the shift is from 8 to 18. */
#include "choice.h"
#include "replan.h"

typedef struct {
    case_t *world;
    replan_person_t people [4];
    replan_fixed_t fixed [4];
    replan_visit_t visits [2];
    replan_input_t input;
} problem_t;

static problem_t *
s_problem (case_t *world)
{
    static const char *const milan [] = { "milan" };
    problem_t *self = arena_alloc (world->arena, sizeof *self);
    memset (self, 0, sizeof *self);
    self->world = world;
    self->visits [0] = (replan_visit_t) { .order = world->input.order, .visit_id = "v1", .engineer_id = "ann",
        .work_starts_at = NOW + 3 * HOUR, .is_told = true, .territories = milan,
        .territory_count = 1 };
    self->input = (replan_input_t) { .now = NOW, .from_at = NOW - 10 * HOUR, .to_at = NOW + 14 * HOUR,
        .policy = &policy_defaults, .people = self->people, .visits = self->visits, .visit_count = 1 };
    return self;
}

static replan_person_t *
s_person (problem_t *self, const char *id, double north)
{
    s_add (self->world, id, north);
    replan_person_t *person = &self->people [self->input.person_count];
    person->who = self->world->people [self->input.person_count++];
    return person;
}

static const day_problem_t *
s_made (problem_t *self)
{
    return replan_problem (self->world->arena, &self->input);
}

static void
test_x5_the_day_begins_now_and_ends_with_the_shift (void **state)
{
    problem_t *self = s_problem (*state);
    self->input.now = NOW + 1;                      /* a little after ten: the next whole minute counts */
    s_person (self, "ann", 1);
    const day_problem_t *day = s_made (self);
    assert_int_equal (day->base_at, NOW + MINUTE);
    assert_int_equal (day->people [0]->shift->from_minute, 0);
    assert_int_equal (day->people [0]->shift->to_minute, 8 * 60 - 1);
    assert_int_equal (day->visits [0]->from_minute, 3 * 60 - 1);
    assert_int_equal (day->visits [0]->from_person, 0);
}

static void
test_x5_who_is_at_work_begins_where_and_when_that_ends (void **state)
{
    problem_t *self = s_problem (*state);
    replan_person_t *ann = s_person (self, "ann", 1);
    ann->free_at = NOW + HOUR;
    ann->free_point = s_point (self->world, 45.6, 9.3);
    const day_problem_t *day = s_made (self);
    assert_int_equal (day->people [0]->shift->from_minute, 60);
    assert_true (day->places [day->people [0]->shift->place]->latitude == 45.6);
}

static void
test_x5_a_fresh_position_counts_today_and_home_on_another_day (void **state)
{
    problem_t *self = s_problem (*state);
    replan_person_t *ann = s_person (self, "ann", 1);
    ann->who.position = s_point (self->world, 45.7, 9.4);
    const day_problem_t *day = s_made (self);
    assert_true (day->places [day->people [0]->shift->place]->latitude == 45.7);
    self->input.from_at += DAY;
    self->input.to_at += DAY;
    day = s_made (self);
    assert_true (day->places [day->people [0]->shift->place] == ann->who.details->home);
    assert_int_equal (day->people [0]->shift->from_minute, 8 * 60);
}

static void
test_x5_pauses_that_overlap_are_one_and_he_who_is_away_all_day_has_no_shift (void **state)
{
    problem_t *self = s_problem (*state);
    replan_person_t *ann = s_person (self, "ann", 1);
    self->fixed [0] = (replan_fixed_t) { .from_at = NOW + 2 * HOUR, .to_at = NOW + 3 * HOUR,
        .point = s_point (self->world, 45.5, 9.2), .is_place = true };
    self->fixed [1] = (replan_fixed_t) { .from_at = NOW + 150 * MINUTE, .to_at = NOW + 4 * HOUR };
    self->fixed [2] = (replan_fixed_t) { .from_at = NOW + 7 * HOUR, .to_at = NOW + 20 * HOUR };
    ann->fixed = self->fixed;
    ann->fixed_count = 3;
    const day_person_t *made = s_made (self)->people [0];
    assert_int_equal (made->n_pauses, 2);
    assert_int_equal (made->pauses [0]->from_minute, 120);
    assert_int_equal (made->pauses [0]->to_minute, 240);
    assert_int_equal (made->pauses [0]->place, -1);         /* where he is in it can not be told any more */
    assert_int_equal (made->pauses [1]->to_minute, made->shift->to_minute);
    self->fixed [0] = (replan_fixed_t) { .from_at = NOW - HOUR, .to_at = NOW + DAY };
    ann->fixed_count = 1;
    assert_null (s_made (self)->people [0]->shift);
}

static void
test_x5_a_visit_is_not_brought_forward_unless_it_is_late (void **state)
{
    problem_t *self = s_problem (*state);
    s_person (self, "ann", 1);
    assert_int_equal (s_made (self)->visits [0]->windows [0]->from_minute, 180);
    self->visits [0].order.promised_at = NOW + 4 * HOUR;
    assert_int_equal (s_made (self)->visits [0]->windows [0]->from_minute, 180);
    self->visits [0].order.promised_at = NOW + HOUR;        /* it comes two hours after what was promised */
    assert_int_equal (s_made (self)->visits [0]->windows [0]->from_minute, 0);
    assert_int_equal (s_made (self)->visits [0]->due_minute, 60);
    self->visits [0].order.promised_at = 0;
    self->visits [0].is_told = false;
    assert_int_equal (s_made (self)->visits [0]->windows [0]->from_minute, 0);
}

static void
test_x4_work_begins_where_one_is_let_in_for_as_long_as_the_slowest_needs (void **state)
{
    problem_t *self = s_problem (*state);
    s_person (self, "ann", 1);
    s_add (self->world, "slow", 1)->efficiency_percent = 50;
    self->people [1].who = self->world->people [1];
    self->input.person_count = 2;
    calendar_t *access = calendar_new ("Europe/Rome");
    calendar_weekly_add (access, DATE_MONDAY, DATE_HM (12, 0), DATE_HM (16, 0));
    assert_null (calendar_seal (access));
    self->visits [0].order.access = access;
    self->visits [0].is_told = false;
    const day_visit_t *visit = s_made (self)->visits [0];
    assert_int_equal (visit->n_windows, 1);
    assert_int_equal (visit->windows [0]->from_minute, 120);
    assert_int_equal (visit->windows [0]->to_minute, 360 - 120);
    self->visits [0].order.work_ms = 3 * HOUR;              /* six hours for one, and only four are open */
    visit = s_made (self)->visits [0];
    assert_true (visit->windows [0]->from_minute > 14 * 60);
    calendar_destroy (&access);
}

static void
test_x9_a_day_is_planned_with_what_was_learned_where_no_person_gave_another (void **state)
{
    problem_t *self = s_problem (*state);
    replan_person_t *ann = s_person (self, "ann", 1);
    assert_int_equal (s_made (self)->people [0]->efficiency_percent, 100);
    ann->who.learned_percent = 149;
    assert_int_equal (s_made (self)->people [0]->efficiency_percent, 149);
    ((engineer_details_t *) ann->who.details)->efficiency_percent = 80;
    assert_int_equal (s_made (self)->people [0]->efficiency_percent, 80);
}

static void
test_x2_a_lock_binds_the_time_and_the_engineer_and_others_are_out_by_the_rules_of_the_order (void **state)
{
    problem_t *self = s_problem (*state);
    s_person (self, "ann", 1);
    s_person (self, "bob", 2)->who.is_on_duty = false;
    ((engineer_details_t *) s_person (self, "rome", 3)->who.details)->territory_id = "rome";
    const day_visit_t *visit = s_made (self)->visits [0];
    assert_int_equal (visit->n_excluded, 2);
    assert_int_equal (visit->excluded [0], 1);
    assert_int_equal (visit->excluded [1], 2);
    assert_int_equal (visit->fixed_person, -1);
    self->visits [0].lock = VISIT_LOCK_BOTH;
    self->visits [0].lock_from_at = NOW + 3 * HOUR;
    self->visits [0].lock_to_at = NOW + 4 * HOUR;
    visit = s_made (self)->visits [0];
    assert_int_equal (visit->fixed_person, 0);
    assert_int_equal (visit->windows [0]->from_minute, 180);
    assert_int_equal (visit->windows [0]->to_minute, 239);
}

static void
test_x5_urgency_weighs_and_every_input_changes_the_hash (void **state)
{
    problem_t *self = s_problem (*state);
    s_person (self, "ann", 1);
    char *hashes [5];
    int count = 0;
    self->visits [0].order.priority = 100;
    const day_visit_t *idle = s_made (self)->visits [0];
    hashes [count++] = replan_hash (self->world->arena, s_made (self));
    self->visits [0].order.priority = 1;
    const day_visit_t *urgent = s_made (self)->visits [0];
    assert_int_equal (urgent->late_per_hour_minor, 10 * idle->late_per_hour_minor);
    assert_int_equal (urgent->unassigned_minor, 10 * idle->unassigned_minor);
    hashes [count++] = replan_hash (self->world->arena, s_made (self));
    self->visits [0].work_starts_at += MINUTE;
    hashes [count++] = replan_hash (self->world->arena, s_made (self));
    self->people [0].who.details->home->latitude += 0.01;
    hashes [count++] = replan_hash (self->world->arena, s_made (self));
    self->input.effort_ms = 77;
    hashes [count++] = replan_hash (self->world->arena, s_made (self));
    for (int i = 0; i < count; i++)
        for (int j = 0; j < i; j++)
            assert_string_not_equal (hashes [i], hashes [j]);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        PURE (test_x5_the_day_begins_now_and_ends_with_the_shift),
        PURE (test_x5_who_is_at_work_begins_where_and_when_that_ends),
        PURE (test_x5_a_fresh_position_counts_today_and_home_on_another_day),
        PURE (test_x5_pauses_that_overlap_are_one_and_he_who_is_away_all_day_has_no_shift),
        PURE (test_x5_a_visit_is_not_brought_forward_unless_it_is_late),
        PURE (test_x4_work_begins_where_one_is_let_in_for_as_long_as_the_slowest_needs),
        PURE (test_x9_a_day_is_planned_with_what_was_learned_where_no_person_gave_another),
        PURE (test_x2_a_lock_binds_the_time_and_the_engineer_and_others_are_out_by_the_rules_of_the_order),
        PURE (test_x5_urgency_weighs_and_every_input_changes_the_hash),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
