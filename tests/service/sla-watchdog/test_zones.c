/* F16: another release of the tz database while promises are open. */
#include "calendar/zone.h"
#include "fixture.h"
#include "timer.h"

#define LOOK_MS (60 * INT64_C (1000))

static int64_t s_at;

/* Two cases in Milan, due on Monday at 12:00 in Rome; the service looks for other rules. */
static int
s_setup (void **state)
{
    tx_t *tx = company ();
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_BUSINESS_TIME, 2 * HOUR_MS);
    publish (tx, "standard", &plan);
    s_at = utc (2026, 6, 8, 8, 0);
    request (tx, "r1", 2, s_at);
    request (tx, "r2", 2, s_at);
    tx_fake_store (tx, &timer_entity, &(wakeup_row_t) { .id = "zones:rules", .due_at = s_at });
    *state = tx;
    return 0;
}

/* What rules of before would have said. */
static void
s_promised (tx_t *tx, const char *clock_id, int64_t due_at)
{
    sla_clock_t clock = *stored (tx, sla_clock, clock_id);
    clock.due_at = due_at;
    tx_fake_store (tx, &sla_clock_entity, &clock);
}

static void
test_f16_the_first_look_notes_the_release_and_changes_nothing (void **state)
{
    tx_t *tx = *state;
    assert_int_equal (tx_fake_fire (tx, 10), 1);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    assert_string_equal (stored (tx, zone_rules, "rules")->release, zone_release ());
    assert_at (tx_fake_timer (tx, "zones", "rules"), s_at + LOOK_MS);
}

static void
test_f16_another_release_derives_what_is_open_and_tells_what_moved (void **state)
{
    tx_t *tx = *state;
    given (tx, zone_rules, { .id = "rules", .release = "2020a" });
    s_promised (tx, "r1:ARRIVE", s_at + HOUR_MS);
    settle (tx);
    assert_at (stored (tx, sla_clock, "r1:ARRIVE")->due_at, s_at + 2 * HOUR_MS);
    assert_int_equal (emitted_count (tx, sla_clock_recomputed), 1);
    assert_string_equal (emitted (tx, sla_clock_recomputed)->clock_id, "r1:ARRIVE");
    assert_string_equal (emitted (tx, sla_clock_recomputed)->cause, "rules of time zones");
    assert_string_equal (emitted (tx, sla_clock_recomputed)->tz_release, zone_release ());
    assert_string_equal (stored (tx, zone_rules, "rules")->release, zone_release ());
    assert_int_equal (stored_count (tx, sweep), 0);
    assert_int_equal (tx_fake_advance (tx, s_at + LOOK_MS), 1);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_f16_days_of_a_territory_without_calendar_are_those_of_its_zone (void **state)
{
    tx_t *tx = *state;
    publish_territory (tx, "rome", "Europe/Rome", "");
    accept_at (tx, "r3", "rome", s_at);
    triage_at (tx, "r3", 2, s_at);
    s_promised (tx, "r3:ARRIVE", s_at + HOUR_MS);
    given (tx, zone_rules, { .id = "rules", .release = "2020a" });
    settle (tx);
    assert_int_equal (emitted_count (tx, sla_clock_recomputed), 1);
    assert_at (emitted (tx, sla_clock_recomputed)->due_at, s_at + 2 * HOUR_MS);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test_setup_teardown (test_f16_the_first_look_notes_the_release_and_changes_nothing, s_setup,
            company_close),
        cmocka_unit_test_setup_teardown (test_f16_another_release_derives_what_is_open_and_tells_what_moved, s_setup,
            company_close),
        cmocka_unit_test_setup_teardown (test_f16_days_of_a_territory_without_calendar_are_those_of_its_zone, s_setup,
            company_close),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
