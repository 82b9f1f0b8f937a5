/* A publication that concerns a multitude: nobody is forgotten, nobody is told twice, and no turn costs more than a few
 * round trips. */
#include "fixture.h"
#include <stdio.h>

enum { MANY = 2000, BATCH = 512 };

static int64_t s_at;

static void
s_submit_all (tx_t *tx)
{
    static service_request_accepted_t accepted [BATCH];
    static service_request_triaged_t triaged [BATCH];
    static char ids [BATCH] [16];
    const ProtobufCMessage *messages [BATCH];
    for (int from = 0; from < MANY; from += BATCH / 2) {
        int count = MANY - from < BATCH / 2 ? MANY - from : BATCH / 2;
        for (int i = 0; i < count; i++) {
            snprintf (ids [i], sizeof ids [i], "r%d", from + i);
            accepted [i] = (service_request_accepted_t) {
                .base = service_request_accepted_init, .request_id = ids [i], .type = REQUEST_TYPE_REPAIR,
                .territory_id = "milan", .accepted_at = s_at, .tier = SUPPORT_TIER_PHONE
            };
            triaged [i] = (service_request_triaged_t) {
                .base = service_request_triaged_init, .request_id = ids [i], .fault_level = 2
            };
            messages [2 * i] = &accepted [i].base;
            messages [2 * i + 1] = &triaged [i].base;
        }
        tx_fake_run_all (tx, messages, 2 * count);
        assert_true (tx_fake_passes (tx) <= 3);
    }
}

/* Two thousand cases with two clocks each, due on Monday at 12:00 in Rome. */
static int
s_setup (void **state)
{
    tx_t *tx = company ();
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_BUSINESS_TIME, 2 * HOUR_MS);
    add_target (&plan, MILESTONE_COMPLETE, BUDGET_TYPE_BUSINESS_TIME, 2 * HOUR_MS);
    publish (tx, "standard", &plan);
    s_at = utc (2026, 6, 8, 8, 0);
    tx_fake_now (tx, s_at);
    s_submit_all (tx);
    assert_int_equal (stored_count (tx, sla_clock), 2 * MANY);
    *state = tx;
    return 0;
}

/* Fires all that is due; how many events of the type. The clock stands. */
static int
s_count_said (tx_t *tx, const ProtobufCMessageDescriptor *type)
{
    int said = 0;
    while (tx_fake_fire (tx, BATCH) > 0) {
        assert_true (tx_fake_passes (tx) <= 4);
        said += tx_fake_emitted_count (tx, type);
    }
    return said;
}

static void
test_a_calendar_moves_two_thousand_cases_each_once_in_a_few_passes_a_turn (void **state)
{
    tx_t *tx = *state;
    publish_hours (tx, "it", 2, "Europe/Rome", "08:30", "17:00", "2026-06-08");
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    assert_true (tx_fake_passes (tx) <= 3);
    assert_int_equal (stored_count (tx, sweep), 1);
    assert_int_equal (s_count_said (tx, &sla_clock_recomputed_descriptor), 2 * MANY);
    assert_int_equal (stored_count (tx, sweep), 0);
    assert_at (stored (tx, sla_clock, "r0:ARRIVE")->due_at, utc (2026, 6, 9, 8, 30));
    assert_at (stored (tx, sla_clock, "r1999:COMPLETE")->due_at, utc (2026, 6, 9, 8, 30));
}

static void
test_a_territory_that_changes_its_calendar_moves_all_its_cases (void **state)
{
    tx_t *tx = *state;
    publish_hours (tx, "late", 1, "Europe/Rome", "12:00", "20:00", NULL);
    publish_territory (tx, "milan", "Europe/Rome", "late");
    assert_int_equal (s_count_said (tx, &sla_clock_recomputed_descriptor), 2 * MANY);
    assert_string_equal (stored (tx, sla_clock, "r1234:ARRIVE")->calendar_id, "late");
}

static void
test_a_plan_moves_all_its_cases (void **state)
{
    tx_t *tx = *state;
    plan_t plan;
    plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, HOUR_MS);
    publish (tx, "standard", &plan);
    assert_int_equal (s_count_said (tx, &sla_clock_cancelled_descriptor), MANY);
    assert_at (stored (tx, sla_clock, "r77:ARRIVE")->due_at, s_at + HOUR_MS);
}

static void
test_a_second_edit_while_the_first_is_under_way_wins_everywhere (void **state)
{
    tx_t *tx = *state;
    publish_hours (tx, "it", 2, "Europe/Rome", "08:30", "17:00", "2026-06-08");
    tx_fake_fire (tx, BATCH);
    tx_fake_fire (tx, BATCH);
    publish_hours (tx, "it", 3, "Europe/Rome", "09:00", "17:00", "2026-06-08");
    s_count_said (tx, &sla_clock_recomputed_descriptor);
    for (int i = 0; i < MANY; i++) {
        char id [32];
        snprintf (id, sizeof id, "r%d:ARRIVE", i);
        assert_at (stored (tx, sla_clock, id)->due_at, utc (2026, 6, 9, 9, 0));
    }
}

static void
test_a_rule_looks_at_two_thousand_requests_in_a_few_passes_a_turn (void **state)
{
    tx_t *tx = *state;
    alert_rule_details_t details = {
        .base = alert_rule_details_init, .name = "Untouched", .metric = METRIC_REQUEST, .threshold = HOUR_MS
    };
    run (tx, publish_alert_rule (.rule_id = "untouched", .details = &details));
    s_count_said (tx, &alert_raised_descriptor);
    tx_fake_now (tx, s_at + HOUR_MS);
    assert_int_equal (s_count_said (tx, &alert_raised_descriptor), MANY);
}

int
main (void)
{
#define TEST(name) cmocka_unit_test_setup_teardown (name, s_setup, company_close)
    const struct CMUnitTest tests [] = {
        TEST (test_a_calendar_moves_two_thousand_cases_each_once_in_a_few_passes_a_turn),
        TEST (test_a_territory_that_changes_its_calendar_moves_all_its_cases),
        TEST (test_a_plan_moves_all_its_cases),
        TEST (test_a_second_edit_while_the_first_is_under_way_wins_everywhere),
        TEST (test_a_rule_looks_at_two_thousand_requests_in_a_few_passes_a_turn),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
