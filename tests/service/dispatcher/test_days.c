/* Work that takes days, as it is placed (X8). */
#include "choice.h"

/* 08:00 to 17:00 with a break at noon, Monday to Friday. */
static calendar_t *
s_shift_with_break (case_t *self)
{
    calendar_destroy (&self->shift);
    self->shift = calendar_new ("Europe/Rome");
    for (int day = DATE_MONDAY; day <= DATE_FRIDAY; day++) {
        calendar_weekly_add (self->shift, (date_weekday_t) day, DATE_HM (8, 0), DATE_HM (12, 0));
        calendar_weekly_add (self->shift, (date_weekday_t) day, DATE_HM (13, 0), DATE_HM (17, 0));
    }
    assert_null (calendar_seal (self->shift));
    return self->shift;
}

static const dispatch_candidate_t *
s_chosen (case_t *self)
{
    return choose (self->arena, &self->input)->candidates [0];
}

static void
test_x8_18_hours_of_work_from_monday_10_end_on_wednesday_12 (void **state)
{
    case_t *self = *state;
    s_shift_with_break (self);
    s_add (self, "ann", 0);
    self->input.order.work_ms = 18 * HOUR;
    const dispatch_candidate_t *ann = s_chosen (self);
    assert_int_equal (ann->n_failed_rules, 0);
    assert_int_equal (ann->starts_at, NOW);
    assert_int_equal (ann->ends_at, NOW + 2 * DAY + 2 * HOUR);
}

static void
test_x8_work_that_fits_one_stretch_is_not_split (void **state)
{
    case_t *self = *state;
    s_shift_with_break (self);
    s_add (self, "ann", 0);
    self->input.order.work_ms = 3 * HOUR;
    const dispatch_candidate_t *ann = s_chosen (self);
    assert_int_equal (ann->starts_at, NOW + 3 * HOUR);      /* two hours are left before noon */
    assert_int_equal (ann->ends_at - ann->starts_at, 3 * HOUR);
}

static void
test_x8_long_work_begins_after_what_stands_in_the_way_while_he_works (void **state)
{
    case_t *self = *state;
    s_shift_with_break (self);
    s_add (self, "ann", 0);
    self->input.order.work_ms = 18 * HOUR;
    s_keep_busy (self, 0, s_busy_visit (self, NOW + DAY, NOW + DAY + HOUR, NULL));
    assert_true (s_chosen (self)->starts_at >= NOW + DAY + HOUR);
    /* at night nothing stands in the way */
    s_keep_busy (self, 0, s_busy_visit (self, NOW + 10 * HOUR, NOW + 12 * HOUR, NULL));
    assert_int_equal (s_chosen (self)->starts_at, NOW);
}

static void
test_x8_long_work_waits_where_nobody_is_let_in (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 0);
    calendar_t *access = calendar_new ("Europe/Rome");
    for (int day = DATE_MONDAY; day <= DATE_FRIDAY; day++)
        calendar_weekly_add (access, (date_weekday_t) day, DATE_HM (14, 0), DATE_HM (18, 0));
    assert_null (calendar_seal (access));
    self->input.order.access = access;
    self->input.order.work_ms = 11 * HOUR;      /* longer than the shift: four hours, four, three */
    const dispatch_candidate_t *ann = s_chosen (self);
    assert_int_equal (ann->starts_at, NOW + 4 * HOUR);
    assert_int_equal (ann->ends_at, NOW + 2 * DAY + 7 * HOUR);
    calendar_destroy (&access);
}

static void
test_x8_a_person_who_names_the_start_of_long_work_breaks_no_rule (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 0);
    self->input.order.work_ms = 20 * HOUR;
    self->input.manual_id = "ann";
    self->input.manual_starts_at = NOW + HOUR;
    const dispatch_candidate_t *ann = s_chosen (self);
    assert_int_equal (ann->n_failed_rules, 0);
    assert_int_equal (ann->ends_at, NOW + 2 * DAY + HOUR);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        PURE (test_x8_18_hours_of_work_from_monday_10_end_on_wednesday_12),
        PURE (test_x8_work_that_fits_one_stretch_is_not_split),
        PURE (test_x8_long_work_begins_after_what_stands_in_the_way_while_he_works),
        PURE (test_x8_long_work_waits_where_nobody_is_let_in),
        PURE (test_x8_a_person_who_names_the_start_of_long_work_breaks_no_rule),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
