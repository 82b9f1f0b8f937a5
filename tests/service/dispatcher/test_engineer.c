/* Engineers, duty, positions and the policy that prices them. */
#include "world.h"
#include <stdlib.h>

static void
test_h6_registering_again_counts_the_version_up_only_when_something_changed (void **state)
{
    tx_t *tx = *state;
    for (int i = 0; i < 2; i++)
        run (tx, register_engineer (.engineer_id = "ann", .details = PART (engineer_details,
             .name = "Ann", .territory_id = "milan")));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    assert_string_equal (tx_fake_code (tx), "");
    run (tx, register_engineer (.engineer_id = "ann", .details = PART (engineer_details,
         .name = "Ann B.", .territory_id = "milan")));
    assert_int_equal (emitted (tx, engineer_published)->version, 2);
    assert_string_equal (emitted (tx, engineer_published)->details->name, "Ann B.");
}

static void
test_h6_senseless_engineers_are_refused_with_the_field (void **state)
{
    tx_t *tx = *state;
    run (tx, register_engineer (.engineer_id = "ann"));
    assert_rejected (tx, "details.missing");
    run (tx, register_engineer (.engineer_id = "a b",
        .details = PART (engineer_details, .name = "A", .territory_id = "milan")));
    assert_rejected (tx, "engineer_id.invalid");
    run (tx, register_engineer (.engineer_id = "ann",
        .details = PART (engineer_details, .name = "A", .territory_id = "mars")));
    assert_rejected (tx, "territory.unknown");
    run (tx, register_engineer (.engineer_id = "ann", .details = PART (engineer_details,
        .name = "A", .territory_id = "milan", .efficiency_percent = 49)));
    assert_rejected (tx, "efficiency_percent.invalid");
    skill_level_t *skills [] = { SKILL ("gas", 0) };
    run (tx, register_engineer (.engineer_id = "ann",
         .details = PART (engineer_details, .name = "A", .territory_id = "milan", .n_skills = 1,
         .skills = skills)));
    assert_rejected (tx, "level.invalid");
    run (tx, register_engineer (.engineer_id = "ann",
         .details = PART (engineer_details, .name = "A", .territory_id = "milan",
         .home = POINT (91, 0))));
    assert_rejected (tx, "home.invalid");
    assert_int_equal (tx_fake_stored_count (tx, &engineer_entity), 0);
}

static void
test_h6_a_retired_engineer_is_not_looked_at_any_more (void **state)
{
    tx_t *tx = *state;
    char order [64];
    engineer_is (tx, "ann", 1, "gas", 2);
    engineer_is (tx, "bob", 3, "gas", 2);
    run (tx, register_engineer (.engineer_id = "ann", .details = PART (engineer_details,
         .name = "ann", .territory_id = "milan", .retired = true)));
    ready_is (tx, order_is (tx, "r1", order));
    assert_string_equal (emitted (tx, dispatch_decided)->winner_id, "bob");
    assert_int_equal (emitted (tx, dispatch_decided)->n_candidates, 1);
}

static void
test_h7_the_newest_position_counts_and_only_while_it_is_fresh (void **state)
{
    tx_t *tx = *state;
    char order [64];
    engineer_is (tx, "ann", 10, "gas", 2);
    run (tx, report_position (.engineer_id = "ann", .point = POINT (45.4642, 9.19),
        .fixed_at = NOW - MINUTE));
    run (tx, report_position (.engineer_id = "ann", .point = POINT (45.9, 9.19),
        .fixed_at = NOW - 2 * MINUTE));
    assert_string_equal (tx_fake_code (tx), "");
    ready_is (tx, order_is (tx, "r1", order));
    assert_int_equal (emitted (tx, dispatch_decided)->candidates [0]->distance_m, 0);
    run (tx, cancel_work_order (.work_order_id = order, .reason = "x"));

    tx_fake_now (tx, NOW + 10 * MINUTE);
    ready_is (tx, order_is (tx, "r2", order));
    assert_int_equal (emitted (tx, dispatch_decided)->candidates [0]->distance_m, 14456);
}

static void
test_h7_off_duty_no_position_is_kept (void **state)
{
    tx_t *tx = *state;
    engineer_is (tx, "ann", 10, "gas", 2);
    run (tx, report_position (.engineer_id = "ann", .point = POINT (45.4642, 9.19),
        .fixed_at = NOW));
    assert_int_equal (stored (tx, diary, "ann")->fixed_at, NOW);
    run (tx, set_duty (.engineer_id = "ann", .on_duty = false));
    assert_false (emitted (tx, engineer_duty_changed)->on_duty);
    assert_int_equal (stored (tx, diary, "ann")->fixed_at, 0);
    assert_true (stored (tx, diary, "ann")->latitude == 0);
    run (tx, report_position (.engineer_id = "ann", .point = POINT (45.4642, 9.19),
        .fixed_at = NOW));
    assert_rejected (tx, "engineer.off_duty");
    run (tx, set_duty (.engineer_id = "ann", .on_duty = false));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_h7_a_position_from_the_future_or_nowhere_is_refused (void **state)
{
    tx_t *tx = *state;
    engineer_is (tx, "ann", 10, "gas", 2);
    run (tx, report_position (.engineer_id = "ann", .point = POINT (45.4642, 9.19),
        .fixed_at = NOW + HOUR));
    assert_rejected (tx, "fixed_at.invalid");
    run (tx, report_position (.engineer_id = "ann", .fixed_at = NOW));
    assert_rejected (tx, "point.missing");
    run (tx, report_position (.engineer_id = "who", .point = POINT (45.4642, 9.19),
        .fixed_at = NOW));
    assert_rejected (tx, "engineer.unknown");
}

static void
test_h5_off_duty_at_night_does_not_keep_him_from_tomorrow (void **state)
{
    tx_t *tx = *state;
    char order [64];
    engineer_is (tx, "ann", 1, "gas", 2);
    tx_fake_now (tx, NOW + 12 * HOUR);
    run (tx, set_duty (.engineer_id = "ann", .on_duty = false));
    ready_is (tx, order_is (tx, "r1", order));
    assert_int_equal (emitted (tx, visit_proposed)->starts_at, NOW + 22 * HOUR);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_h6_registering_again_counts_the_version_up_only_when_something_changed),
        TEST (test_h6_senseless_engineers_are_refused_with_the_field),
        TEST (test_h6_a_retired_engineer_is_not_looked_at_any_more),
        TEST (test_h7_the_newest_position_counts_and_only_while_it_is_fresh),
        TEST (test_h7_off_duty_no_position_is_kept),
        TEST (test_h7_a_position_from_the_future_or_nowhere_is_refused),
        TEST (test_h5_off_duty_at_night_does_not_keep_him_from_tomorrow),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
