/* The ledger of a case (N10): it tiles the time of each clock, and its running time is what the clock consumed. */
#include "fixture.h"

enum { HISTORIES = 300, FACTS_MAX = 12 };

static uint64_t s_state;

static int64_t
s_random (int64_t below)
{
    s_state = s_state * UINT64_C (6364136223846793005) + UINT64_C (1442695040888963407);
    return (int64_t) (s_state >> 33) % below;
}

/* Arrival within eight open hours, which waits for customer and parts stop; completion within two days of all time. */
static tx_t *
s_company (void)
{
    tx_t *tx = company ();
    plan_t plan;
    sla_target_spec_t *arrive = plan_default (&plan, MILESTONE_ARRIVE, BUDGET_TYPE_BUSINESS_TIME, 8 * HOUR_MS);
    plan.reasons [0] = WAIT_REASON_CUSTOMER;
    plan.reasons [1] = WAIT_REASON_PARTS;
    arrive->pause_reasons = plan.reasons;
    arrive->n_pause_reasons = 2;
    add_target (&plan, MILESTONE_COMPLETE, BUDGET_TYPE_ELAPSED_24X7, 48 * HOUR_MS);
    publish (tx, "standard", &plan);
    return tx;
}

static void
s_something_happens (tx_t *tx, int64_t at)
{
    static const wait_reason_t reasons [] = { WAIT_REASON_CUSTOMER, WAIT_REASON_PARTS, WAIT_REASON_SITE_ACCESS };
    wait_reason_t reason = reasons [s_random (3)];
    switch (s_random (6)) {
    case 0: case 1: wait_from (tx, "r1", reason, at); break;
    case 2: case 3: wait_until (tx, "r1", reason, at); break;
    case 4: run_at (tx, at, visit_arrived (.visit_id = "v1", .request_id = "r1", .arrived_at = at)); break;
    default:
        run_at (tx, at, service_request_resolved (.request_id = "r1", .resolved_at = at, .tier = SUPPORT_TIER_ONSITE));
    }
}

static void
s_prove (const clock_ledger_t *clock)
{
    int64_t at = clock->started_at, sums_ms [4] = { 0 };
    for (size_t i = 0; i < clock->n_entries; i++) {
        const ledger_entry_t *entry = clock->entries [i];
        assert_at (entry->from_at, at);
        assert_true (entry->to_at > entry->from_at);
        assert_int_equal (entry->reason != WAIT_REASON_UNSPECIFIED, entry->state == LEDGER_STATE_PAUSED);
        sums_ms [entry->state] += entry->to_at - entry->from_at;
        at = entry->to_at;
    }
    assert_at (at, clock->until_at);
    assert_at (clock->running_ms, clock->consumed_ms);
    assert_at (sums_ms [LEDGER_STATE_RUNNING], clock->running_ms);
    assert_at (sums_ms [LEDGER_STATE_PAUSED], clock->paused_ms);
    assert_at (sums_ms [LEDGER_STATE_CLOSED], clock->closed_ms);
    for (size_t i = 0; i < clock->n_totals; i++)
        sums_ms [clock->totals [i]->state] -= clock->totals [i]->total_ms;
    for (int ledger_state = 0; ledger_state < 4; ledger_state++)
        assert_at (sums_ms [ledger_state], 0);
}

static void
test_n10_the_ledger_of_any_history_tiles_it_and_adds_up_to_what_was_consumed (void **state)
{
    (void) state;
    s_state = 20260608;
    print_message ("seed %llu\n", (unsigned long long) s_state);
    for (int round = 0; round < HISTORIES; round++) {
        tx_t *tx = s_company ();
        int64_t start_at = utc (2026, 6, 4, 6, 30) + s_random (7 * 24 * 60) * MINUTE_MS, at = start_at;
        request (tx, "r1", 2, start_at);
        for (int i = (int) s_random (FACTS_MAX); i > 0; i--) {
            at += s_random (600) * MINUTE_MS;
            tx_fake_advance (tx, at);
            s_something_happens (tx, at - s_random (2) * s_random (60) * MINUTE_MS);
        }
        tx_fake_advance (tx, at + s_random (3000) * MINUTE_MS);
        run (tx, get_sla_ledger (.case_id = "r1"));
        assert_int_equal (answer (tx, sla_ledger)->n_clocks, 2);
        s_prove (answer (tx, sla_ledger)->clocks [0]);
        s_prove (answer (tx, sla_ledger)->clocks [1]);
        tx_fake_destroy (&tx);
    }
}

static void
test_n10_a_pause_is_named_with_its_reason_and_whom_it_waits_for (void **state)
{
    (void) state;
    tx_t *tx = s_company ();
    int64_t at = utc (2026, 6, 8, 6, 30);
    request (tx, "r1", 2, at);
    tx_fake_advance (tx, at + 4 * HOUR_MS);
    wait_from (tx, "r1", WAIT_REASON_SITE_ACCESS, at + HOUR_MS);
    wait_from (tx, "r1", WAIT_REASON_PARTS, at + 2 * HOUR_MS);
    wait_until (tx, "r1", WAIT_REASON_PARTS, at + 3 * HOUR_MS);
    run (tx, get_sla_ledger (.case_id = "r1", .milestone = MILESTONE_ARRIVE));
    assert_int_equal (answer (tx, sla_ledger)->n_clocks, 1);
    const clock_ledger_t *clock = answer (tx, sla_ledger)->clocks [0];
    assert_string_equal (clock->time_zone, "Europe/Rome");
    assert_int_equal (clock->n_entries, 3);
    assert_int_equal (clock->entries [1]->state, LEDGER_STATE_PAUSED);
    assert_int_equal (clock->entries [1]->reason, WAIT_REASON_PARTS);
    assert_string_equal (clock->entries [1]->holder, "c1");
    assert_at (clock->consumed_ms, 3 * HOUR_MS);
    tx_fake_destroy (&tx);
}

static void
test_x21_the_totals_say_who_held_the_clock_how_long_and_why (void **state)
{
    (void) state;
    tx_t *tx = s_company ();
    int64_t at = utc (2026, 6, 8, 6, 30);
    request (tx, "r1", 2, at);
    tx_fake_advance (tx, at + 24 * HOUR_MS);
    wait_from (tx, "r1", WAIT_REASON_CUSTOMER, at + HOUR_MS);
    wait_until (tx, "r1", WAIT_REASON_CUSTOMER, at + 2 * HOUR_MS);
    run_at (tx, at, case_waiting_started (.case_id = "r1", .reason = WAIT_REASON_PARTS, .holder = "warehouse",
        .started_at = at + 3 * HOUR_MS));
    wait_until (tx, "r1", WAIT_REASON_PARTS, at + 6 * HOUR_MS);
    wait_from (tx, "r1", WAIT_REASON_CUSTOMER, at + 7 * HOUR_MS);
    wait_until (tx, "r1", WAIT_REASON_CUSTOMER, at + 8 * HOUR_MS);
    run (tx, get_sla_ledger (.case_id = "r1", .milestone = MILESTONE_ARRIVE));
    const clock_ledger_t *clock = answer (tx, sla_ledger)->clocks [0];
    assert_int_equal (clock->n_totals, 4);
    assert_int_equal (clock->totals [0]->state, LEDGER_STATE_RUNNING);
    assert_at (clock->totals [0]->total_ms, 3 * HOUR_MS + HOUR_MS / 2);
    assert_int_equal (clock->totals [1]->reason, WAIT_REASON_CUSTOMER);
    assert_string_equal (clock->totals [1]->holder, "c1");
    assert_at (clock->totals [1]->total_ms, 2 * HOUR_MS);
    assert_int_equal (clock->totals [2]->reason, WAIT_REASON_PARTS);
    assert_string_equal (clock->totals [2]->holder, "warehouse");
    assert_at (clock->totals [2]->total_ms, 3 * HOUR_MS);
    assert_int_equal (clock->totals [3]->state, LEDGER_STATE_CLOSED);
    tx_fake_destroy (&tx);
}

static void
test_a_ledger_of_years_lists_its_end_and_sums_all (void **state)
{
    (void) state;
    tx_t *tx = s_company ();
    request (tx, "r1", 2, utc (2026, 6, 8, 6, 30));
    tx_fake_now (tx, utc (2031, 6, 9, 6, 30));
    run (tx, get_sla_ledger (.case_id = "r1", .milestone = MILESTONE_ARRIVE));
    const clock_ledger_t *clock = answer (tx, sla_ledger)->clocks [0];
    assert_int_equal (clock->n_entries, 1000);
    assert_true (clock->left_out > 1000);
    assert_at (clock->entries [999]->to_at, clock->until_at);
    assert_at (clock->running_ms, clock->consumed_ms);
    assert_at (clock->running_ms + clock->closed_ms, clock->until_at - clock->started_at);
    tx_fake_destroy (&tx);
}

static void
test_the_ledger_of_an_unknown_case_is_refused (void **state)
{
    (void) state;
    tx_t *tx = s_company ();
    run (tx, get_sla_ledger (.case_id = "r9"));
    assert_rejected (tx, "case.unknown");
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_n10_the_ledger_of_any_history_tiles_it_and_adds_up_to_what_was_consumed),
        cmocka_unit_test (test_n10_a_pause_is_named_with_its_reason_and_whom_it_waits_for),
        cmocka_unit_test (test_x21_the_totals_say_who_held_the_clock_how_long_and_why),
        cmocka_unit_test (test_a_ledger_of_years_lists_its_end_and_sums_all),
        cmocka_unit_test (test_the_ledger_of_an_unknown_case_is_refused),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
