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

static int
s_teardown (void **state)
{
    tx_fake_destroy ((tx_t **) state);
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

#define TEST(name) cmocka_unit_test_setup_teardown (name, s_setup, s_teardown)

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
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
