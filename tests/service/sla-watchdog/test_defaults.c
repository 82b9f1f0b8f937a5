/* The plans that come with the product (deploy/data/defaults/sla.json) are accepted, and promise what was ruled. */
#include <stdio.h>

#include "fixture.h"
#include "json.h"

static json_t *
s_read (const char *path)
{
    static char text [JSON_TEXT_MAX];
    char error [256];
    FILE *file = fopen (path, "rb");
    assert_non_null (file);
    size_t size = fread (text, 1, sizeof text, file);
    fclose (file);
    json_t *value = json_parse (text, size, error);
    assert_non_null (value);
    return value;
}

static void
s_publish (tx_t *tx, json_t *commands)
{
    arena_t *arena = arena_new ();
    size_t i;
    json_t *command;
    json_array_foreach (commands, i, command) {
        char error [256] = "";
        const char *type = json_string_value (json_object_get (command, "type"));
        const ProtobufCMessageDescriptor *descriptor = strcmp (type, publish_sla_plan_descriptor.name) == 0
            ? &publish_sla_plan_descriptor : &publish_alert_rule_descriptor;
        assert_string_equal (type, descriptor->name);
        json_t *data = json_object_get (command, "data");
        const ProtobufCMessage *message = json_value_to_message (arena, descriptor, data, 0, error);
        assert_string_equal (error, "");
        run (tx, message);
        assert_string_equal (tx_fake_message (tx), "");
        assert_accepted (tx);
    }
    arena_destroy (&arena);
}

static int
s_setup (void **state)
{
    *state = company ();
    json_t *file = s_read ("deploy/data/defaults/sla.json");
    s_publish (*state, json_object_get (file, "commands"));
    json_decref (file);
    return 0;
}

static const int64_t s_start = INT64_C (1780900200000);            /* Monday 8:30 in Rome */

static int64_t
s_due (tx_t *tx, int level, region_class_t region, const char *tier, const char *milestone)
{
    static int count = 0;
    char id [32], clock_id [64];
    snprintf (id, sizeof id, "r%d", ++count);
    snprintf (clock_id, sizeof clock_id, "%s:%s", id, milestone);
    tx_fake_now (tx, s_start);
    run (tx, service_request_accepted (.request_id = id, .type = REQUEST_TYPE_REPAIR, .territory_id = "milan",
        .region_class = region, .accepted_at = s_start, .tier = SUPPORT_TIER_PHONE));
    run (tx, entitlement_resolved (.request_id = id, .contract_tier = (char *) tier));
    triage_at (tx, id, level, s_start);
    const sla_clock_t *clock = stored (tx, sla_clock, clock_id);
    assert_non_null (clock);
    return clock->due_at;
}

static void
test_j3_two_twelve_and_forty_eight_hours_by_region_round_the_clock_for_a_grave_fault (void **state)
{
    tx_t *tx = *state;
    assert_at (s_due (tx, 2, REGION_CLASS_CITY, "", "ARRIVE"), s_start + 2 * HOUR_MS);
    assert_at (s_due (tx, 2, REGION_CLASS_AROUND, "", "ARRIVE"), s_start + 12 * HOUR_MS);
    assert_at (s_due (tx, 2, REGION_CLASS_ELSEWHERE, "", "ARRIVE"), s_start + 48 * HOUR_MS);
    assert_at (s_due (tx, 2, REGION_CLASS_UNSPECIFIED, "", "ARRIVE"), s_start + 48 * HOUR_MS);
}

static void
test_j3_business_hours_for_the_lower_levels (void **state)
{
    tx_t *tx = *state;
    assert_at (s_due (tx, 3, REGION_CLASS_CITY, "", "ARRIVE"), s_start + 2 * HOUR_MS);
    assert_at (s_due (tx, 4, REGION_CLASS_AROUND, "", "ARRIVE"), utc (2026, 6, 9, 10, 0));
    assert_at (s_due (tx, 3, REGION_CLASS_ELSEWHERE, "", "ARRIVE"), utc (2026, 6, 15, 12, 0));    /* G34 */
}

static void
test_j3_the_worst_fault_gets_the_time_of_the_next_nearer_region (void **state)
{
    tx_t *tx = *state;
    assert_at (s_due (tx, 1, REGION_CLASS_CITY, "", "ARRIVE"), s_start + 2 * HOUR_MS);
    assert_at (s_due (tx, 1, REGION_CLASS_AROUND, "", "ARRIVE"), s_start + 2 * HOUR_MS);
    assert_at (s_due (tx, 1, REGION_CLASS_ELSEWHERE, "", "ARRIVE"), s_start + 12 * HOUR_MS);
}

static void
test_j4_one_hour_to_accept_and_eight_to_solve_remotely (void **state)
{
    tx_t *tx = *state;
    assert_at (s_due (tx, 3, REGION_CLASS_CITY, "", "ACCEPT"), s_start + HOUR_MS);
    assert_at (s_due (tx, 3, REGION_CLASS_CITY, "", "SOLVE_REMOTE"), s_start + 8 * HOUR_MS);
}

static void
test_j3_gold_is_never_later_than_standard (void **state)
{
    tx_t *tx = *state;
    static const char *const milestones [] = { "ACCEPT", "SOLVE_REMOTE", "ARRIVE", "COMPLETE" };
    for (int level = 1; level <= 4; level++)
        for (int region = REGION_CLASS_CITY; region <= REGION_CLASS_ELSEWHERE; region++)
            for (size_t i = 0; i < sizeof milestones / sizeof *milestones; i++) {
                int64_t gold = s_due (tx, level, (region_class_t) region, "gold", milestones [i]);
                assert_true (gold <= s_due (tx, level, (region_class_t) region, "", milestones [i]));
            }
    assert_at (s_due (tx, 2, REGION_CLASS_ELSEWHERE, "gold", "ARRIVE"), s_start + 24 * HOUR_MS);
}

static void
test_c15_a_consultation_promises_no_visit (void **state)
{
    tx_t *tx = *state;
    tx_fake_now (tx, s_start);
    run (tx, service_request_accepted (.request_id = "q1", .type = REQUEST_TYPE_CONSULTATION, .territory_id = "milan",
        .accepted_at = s_start, .tier = SUPPORT_TIER_PHONE));
    triage_at (tx, "q1", 4, s_start);
    assert_non_null (stored (tx, sla_clock, "q1:ACCEPT"));
    assert_null (stored (tx, sla_clock, "q1:ARRIVE"));
}

/* Shanghai, with the make-up Sunday and the Spring Festival of 2025. */
static void
s_publish_china (tx_t *tx)
{
    weekly_interval_t days [5], *weekly [5];
    calendar_exception_t closed [9], *exceptions [9];
    static char dates [9] [12];
    for (int i = 0; i < 5; i++) {
        days [i] = (weekly_interval_t) {
            .base = weekly_interval_init, .weekday = i + 1, .start = "08:30", .end = "17:00" };
        weekly [i] = &days [i];
    }
    for (int i = 0; i < 9; i++) {
        date_format (date_from_ymd (2025, 1, 28) + i - 1, dates [i]);
        closed [i] = (calendar_exception_t) { .base = calendar_exception_init, .date_on = dates [i] };
        exceptions [i] = &closed [i];
    }
    closed [0].date_on = "2025-01-26";
    closed [0].n_intervals = 1;
    closed [0].intervals = (day_interval_t *[]) {
        &(day_interval_t) { .base = day_interval_init, .start = "08:30", .end = "17:00" } };
    run (tx, calendar_published (.calendar_id = "cn", .version = 2, .details = &(calendar_details_t) {
        .base = calendar_details_init, .name = "cn", .time_zone = "Asia/Shanghai", .n_weekly = 5, .weekly = weekly,
        .n_exceptions = 9, .exceptions = exceptions }));
}

static void
test_c19_g31_a_unit_is_repaired_within_five_working_days_of_its_arrival_at_the_depot (void **state)
{
    tx_t *tx = *state;
    int64_t arrived_at = utc (2025, 1, 24, 7, 0);
    s_publish_china (tx);
    tx_fake_now (tx, arrived_at - 48 * HOUR_MS);
    accept_at (tx, "r1", "beijing", tx_now (tx));
    triage_at (tx, "r1", 3, tx_now (tx));
    assert_null (stored (tx, sla_clock, "r1:DEPOT_REPAIR"));
    tx_fake_advance (tx, arrived_at);
    run_at (tx, arrived_at, depot_repair_received (.depot_repair_id = "d1", .request_id = "r1",
        .received_at = arrived_at));
    const sla_clock_t *clock = stored (tx, sla_clock, "r1:DEPOT_REPAIR");
    assert_at (clock->started_at, arrived_at);
    assert_at (clock->due_at, utc (2025, 2, 7, 9, 0));
    run (tx, service_request_resolved (.request_id = "r1", .resolved_at = tx_now (tx), .tier = SUPPORT_TIER_ONSITE));
    assert_int_equal (stored (tx, sla_clock, "r1:DEPOT_REPAIR")->state, CLOCK_STATE_RUNNING);
    tx_fake_advance (tx, utc (2025, 2, 7, 9, 0));
    run_at (tx, tx_now (tx), depot_repair_completed (.depot_repair_id = "d1", .request_id = "r1",
        .completed_at = tx_now (tx)));
    assert_int_equal (stored (tx, sla_clock, "r1:DEPOT_REPAIR")->state, CLOCK_STATE_MET);
}

static void
test_c19_a_unit_that_stays_too_long_is_a_breach (void **state)
{
    tx_t *tx = *state;
    request (tx, "r1", 3, s_start);
    run_at (tx, s_start, depot_repair_received (.depot_repair_id = "d1", .request_id = "r1", .received_at = s_start));
    assert_at (stored (tx, sla_clock, "r1:DEPOT_REPAIR")->due_at, utc (2026, 6, 15, 15, 0));
    tx_fake_advance (tx, utc (2026, 6, 16, 7, 0));
    assert_true (stored (tx, sla_clock, "r1:DEPOT_REPAIR")->breached);
    run (tx, reach_sla_milestone (.case_id = "r1", .milestone = MILESTONE_DEPOT_REPAIR));
    assert_rejected (tx, "milestone.told_by_events");
}

static void
test_c16_a_proposal_is_due_at_closing_time_two_working_days_after_the_request_for_a_quote (void **state)
{
    tx_t *tx = *state;
    int64_t asked_at = utc (2026, 6, 11, 12, 0);        /* a Thursday */
    tx_fake_now (tx, asked_at);
    run (tx, service_request_accepted (.request_id = "q1", .type = REQUEST_TYPE_QUOTE, .territory_id = "milan",
        .accepted_at = asked_at, .tier = SUPPORT_TIER_PHONE));
    triage_at (tx, "q1", 3, asked_at);
    assert_at (stored (tx, sla_clock, "q1:PROPOSAL")->due_at, utc (2026, 6, 15, 15, 0));
    assert_null (stored (tx, sla_clock, "q1:ARRIVE"));
    tx_fake_advance (tx, utc (2026, 6, 12, 12, 0));
    run (tx, reach_sla_milestone (.case_id = "q1", .milestone = MILESTONE_PROPOSAL));
    assert_accepted (tx);
    assert_int_equal (stored (tx, sla_clock, "q1:PROPOSAL")->state, CLOCK_STATE_MET);
}

static void
test_c14_a_case_that_is_not_solved_by_phone_gets_a_proposed_solution_within_three_working_days (void **state)
{
    tx_t *tx = *state;
    request (tx, "r1", 3, s_start);
    assert_at (stored (tx, sla_clock, "r1:ACCEPT")->due_at, s_start + HOUR_MS);
    assert_at (stored (tx, sla_clock, "r1:SOLVE_REMOTE")->due_at, s_start + 8 * HOUR_MS);
    assert_at (stored (tx, sla_clock, "r1:PROPOSE_SOLUTION")->due_at, utc (2026, 6, 11, 15, 0));
    tx_fake_advance (tx, utc (2026, 6, 11, 15, 0));
    run (tx, reach_sla_milestone (.case_id = "r1", .milestone = MILESTONE_PROPOSE_SOLUTION));
    assert_int_equal (stored (tx, sla_clock, "r1:PROPOSE_SOLUTION")->state, CLOCK_STATE_MET);
    request (tx, "r2", 3, s_start);
    run (tx, support_tier_changed (.request_id = "r2", .tier = SUPPORT_TIER_ONSITE));
    assert_int_equal (stored (tx, sla_clock, "r2:PROPOSE_SOLUTION")->state, CLOCK_STATE_CANCELLED);
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, s_setup, company_close)

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_j3_two_twelve_and_forty_eight_hours_by_region_round_the_clock_for_a_grave_fault),
        TEST (test_j3_business_hours_for_the_lower_levels),
        TEST (test_j3_the_worst_fault_gets_the_time_of_the_next_nearer_region),
        TEST (test_j4_one_hour_to_accept_and_eight_to_solve_remotely),
        TEST (test_j3_gold_is_never_later_than_standard),
        TEST (test_c15_a_consultation_promises_no_visit),
        TEST (test_c19_g31_a_unit_is_repaired_within_five_working_days_of_its_arrival_at_the_depot),
        TEST (test_c19_a_unit_that_stays_too_long_is_a_breach),
        TEST (test_c16_a_proposal_is_due_at_closing_time_two_working_days_after_the_request_for_a_quote),
        TEST (test_c14_a_case_that_is_not_solved_by_phone_gets_a_proposed_solution_within_three_working_days),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
