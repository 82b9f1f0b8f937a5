/* When somebody could come, what it adds to the way, and orders with an appointment (X6, F7). */
#include "world.h"

/* The site s2, an hour's drive north of s1. */
static void
s_far_site (tx_t *tx)
{
    run (tx, site_published (.site_id = "s2", .version = 1, .time_zone = "Europe/Rome",
         .details = PART (site_details, .customer_id = "c1", .territory_id = "milan",
         .point = POINT (45.8, 9.19))));
}

static const recommended_slots_t *
s_slots (tx_t *tx, const char *site_id, int count, int64_t until_at)
{
    skill_level_t *skills [] = { SKILL ("gas", 2) };
    run (tx, recommend_slots (.site_id = (char *) site_id, .n_skills = 1, .skills = skills,
         .work_minutes = 60, .count = count, .until_at = until_at));
    const recommended_slots_t *found = answer (tx, recommended_slots);
    assert_non_null (found);
    return found;
}

static void
test_x6_each_half_day_has_its_best_engineer_and_the_cheapest_half_days_come_first (void **state)
{
    tx_t *tx = *state;
    engineer_is (tx, "ann", 30, "gas", 2);
    engineer_is (tx, "bob", 5, "gas", 2);
    const recommended_slots_t *found = s_slots (tx, "s1", 20, NOW + DAY + 14 * HOUR);
    assert_int_equal (found->n_slots, 4);       /* today and tomorrow, morning and afternoon */
    for (size_t i = 0; i < found->n_slots; i++) {
        const offered_slot_t *slot = found->slots [i];
        assert_string_equal (slot->engineer_id, "bob");
        assert_true (slot->work_starts_at >= slot->window_from_at
            && slot->work_starts_at < slot->window_to_at);
        assert_int_equal (slot->ends_at - slot->work_starts_at, HOUR);
        assert_true (i == 0 || slot->cost_minor >= found->slots [i - 1]->cost_minor);
    }
}

static void
test_x6_the_cost_is_the_detour_next_to_a_visit_that_is_there_anyway (void **state)
{
    tx_t *tx = *state;
    char order_id [64], visit_id [64];
    s_far_site (tx);
    engineer_is (tx, "ann", 0, "gas", 2);
    /* ann is at s2 today from about 11 to 12 in the morning */
    skill_level_t *skills [] = { SKILL ("gas", 2) };
    run (tx, create_work_order (.work_order_id = "far", .type = REQUEST_TYPE_REPAIR, .site_id = "s2",
         .n_skills = 1, .skills = skills, .work_minutes = 60));
    assert_accepted (tx);
    snprintf (order_id, sizeof order_id, "far");
    ready_is (tx, order_id);
    visit_of (tx, order_id, visit_id);
    const recommended_slots_t *found = s_slots (tx, "s2", 3, NOW + DAY);
    assert_int_equal (found->slots [0]->extra_minutes, 0);
    assert_int_equal (found->slots [0]->cost_minor, 0);
    assert_true (found->slots [0]->starts_at >= visit_row (tx, visit_id)->ends_at);
    assert_int_equal (found->slots [1]->extra_minutes, 0);      /* from there in the afternoon */
    assert_true (found->slots [2]->extra_minutes > 40);         /* from home tomorrow */
}

static void
test_f7_the_time_that_a_customer_proposes_comes_first_and_then_those_nearest_to_it (void **state)
{
    tx_t *tx = *state;
    skill_level_t *skills [] = { SKILL ("gas", 2) };
    engineer_is (tx, "ann", 10, "gas", 2);
    run (tx, recommend_slots (.site_id = "s1", .n_skills = 1, .skills = skills,
         .wanted_at = NOW + 2 * DAY + HOUR));
    const recommended_slots_t *found = answer (tx, recommended_slots);
    assert_int_equal (found->n_slots, 3);
    assert_true (found->slots [0]->window_from_at <= NOW + 2 * DAY + HOUR
        && NOW + 2 * DAY + HOUR < found->slots [0]->window_to_at);
    assert_int_equal (found->slots [1]->window_from_at, found->slots [0]->window_to_at);
}

static void
test_x6_nobody_with_the_skill_means_no_slots (void **state)
{
    tx_t *tx = *state;
    engineer_is (tx, "ann", 0, "gas", 1);
    assert_int_equal (s_slots (tx, "s1", 5, 0)->n_slots, 0);
}

static void
test_x6_a_held_slot_is_not_offered_again_until_it_expires (void **state)
{
    tx_t *tx = *state;
    engineer_is (tx, "ann", 0, "gas", 2);
    offered_slot_t first = *s_slots (tx, "s1", 1, NOW + 2 * HOUR)->slots [0];
    run (tx, slot_held (.slot_id = "h1", .engineer_id = "ann", .starts_at = NOW,
         .work_starts_at = NOW, .ends_at = NOW + 8 * HOUR));
    assert_int_equal (s_slots (tx, "s1", 1, NOW + 2 * HOUR)->n_slots, 0);
    run (tx, slot_expired (.slot_id = "h1", .engineer_id = "ann"));
    assert_int_equal (s_slots (tx, "s1", 1, NOW + 2 * HOUR)->slots [0]->starts_at,
        first.starts_at);
}

static void
test_x6_the_visit_lies_in_the_window_that_was_agreed (void **state)
{
    tx_t *tx = *state;
    char order_id [64];
    engineer_is (tx, "ann", 0, "gas", 2);
    order_is (tx, "r1", order_id);
    run (tx, slot_held (.slot_id = "h1", .work_order_id = order_id, .engineer_id = "ann",
         .starts_at = NOW + DAY, .work_starts_at = NOW + DAY, .ends_at = NOW + DAY + HOUR));
    run (tx, appointment_confirmed (.slot_id = "h1", .work_order_id = order_id,
         .engineer_id = "ann", .starts_at = NOW + DAY, .window_from_at = NOW + DAY,
         .window_to_at = NOW + DAY + 2 * HOUR));
    assert_int_equal (emitted_count (tx, visit_proposed), 0);
    ready_is (tx, order_id);
    /* what is kept for the order does not stand in its way */
    assert_int_equal (emitted (tx, visit_proposed)->work_starts_at, NOW + DAY);
}

static void
test_x6_a_visit_at_another_time_gives_way_to_the_appointment (void **state)
{
    tx_t *tx = *state;
    char order_id [64], visit_id [64];
    accepted_visit (tx, order_id, visit_id);
    run (tx, appointment_confirmed (.slot_id = "h1", .work_order_id = order_id,
         .engineer_id = "ann", .starts_at = NOW + DAY, .window_from_at = NOW + DAY,
         .window_to_at = NOW + DAY + 2 * HOUR));
    assert_string_equal (emitted (tx, visit_ended)->visit_id, visit_id);
    assert_true (emitted (tx, visit_proposed)->work_starts_at >= NOW + DAY);
    visit_of (tx, order_id, visit_id);
    run (tx, appointment_confirmed (.slot_id = "h1", .work_order_id = order_id,
         .engineer_id = "ann", .starts_at = NOW + DAY, .window_from_at = NOW + DAY,
         .window_to_at = NOW + DAY + 2 * HOUR));
    assert_int_equal (emitted_count (tx, visit_ended), 0);
}

/* An order for that type of work at s1; its id. */
static const char *
s_order_of (tx_t *tx, const char *id, request_type_t type)
{
    skill_level_t *skills [] = { SKILL ("gas", 2) };
    run (tx, create_work_order (.work_order_id = (char *) id, .type = type, .site_id = "s1", .n_skills = 1,
        .skills = skills, .work_minutes = 240));
    assert_accepted (tx);
    return id;
}

static size_t
s_count_this_week (tx_t *tx, const char *order_id)
{
    run (tx, recommend_slots (.work_order_id = (char *) order_id, .count = 20, .until_at = NOW + 5 * DAY));
    return answer (tx, recommended_slots)->n_slots;
}

static void
test_x27_what_a_week_keeps_for_other_work_is_not_recommended (void **state)
{
    tx_t *tx = *state;
    engineer_is (tx, "ann", 0, "gas", 2);
    const char *repair = s_order_of (tx, "w-repair", REQUEST_TYPE_REPAIR);
    const char *install = s_order_of (tx, "w-install", REQUEST_TYPE_INSTALLATION);
    assert_true (s_count_this_week (tx, install) > 3);
    run (tx, capacity_quota_published (.quota_id = "milan:REPAIR", .territory_id = "milan",
        .type = REQUEST_TYPE_REPAIR, .percent = 95));
    assert_int_equal (s_count_this_week (tx, install), 0);
    assert_true (s_count_this_week (tx, repair) > 3);
    /* the next week keeps its own share, so it is not that there is never a time */
    run (tx, capacity_quota_published (.quota_id = "milan:REPAIR", .territory_id = "milan",
        .type = REQUEST_TYPE_REPAIR, .percent = 40));
    size_t before = s_count_this_week (tx, install);
    assert_true (before > 0);
    /* what is booked of the type itself is not kept twice, what is booked of another takes from what is left */
    for (int day = 0; day < 4; day++) {
        char id [16];
        snprintf (id, sizeof id, "h%d", day);
        run (tx, slot_held (.slot_id = id, .work_order_id = (char *) install, .engineer_id = "ann",
            .starts_at = NOW + day * DAY, .work_starts_at = NOW + day * DAY, .ends_at = NOW + day * DAY + 7 * HOUR));
    }
    const char *other = s_order_of (tx, "w-other", REQUEST_TYPE_INSTALLATION);
    assert_int_equal (s_count_this_week (tx, other), 0);
    run (tx, capacity_quota_published (.quota_id = "milan:REPAIR", .territory_id = "milan",
        .type = REQUEST_TYPE_REPAIR, .percent = 0));
    assert_true (s_count_this_week (tx, other) > 0);
}

static void
test_x6_questions_that_make_no_sense_are_refused (void **state)
{
    tx_t *tx = *state;
    run (tx, recommend_slots (.site_id = "nowhere"));
    assert_rejected (tx, "site.unknown");
    run (tx, recommend_slots (.work_order_id = "nothing"));
    assert_rejected (tx, "work_order.unknown");
    run (tx, recommend_slots (.site_id = "s1", .until_at = NOW + 63 * DAY));
    assert_rejected (tx, "until_at.too_late");
    run (tx, recommend_slots (.site_id = "s1", .count = 21));
    assert_rejected (tx, "count.invalid");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_x6_each_half_day_has_its_best_engineer_and_the_cheapest_half_days_come_first),
        TEST (test_x6_the_cost_is_the_detour_next_to_a_visit_that_is_there_anyway),
        TEST (test_f7_the_time_that_a_customer_proposes_comes_first_and_then_those_nearest_to_it),
        TEST (test_x6_nobody_with_the_skill_means_no_slots),
        TEST (test_x6_a_held_slot_is_not_offered_again_until_it_expires),
        TEST (test_x6_the_visit_lies_in_the_window_that_was_agreed),
        TEST (test_x6_a_visit_at_another_time_gives_way_to_the_appointment),
        TEST (test_x27_what_a_week_keeps_for_other_work_is_not_recommended),
        TEST (test_x6_questions_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
