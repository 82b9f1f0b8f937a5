/* Properties of whole histories: outages (P7), there and back again (P8), edits elsewhere (P6), another week (P10); and
 * that compliance counts what the clocks say. PROPERTY_RUNS and PROPERTY_SEED as in test_permutation. */
#include "history.h"

#define WEEK_MS (168 * HOUR_MS)

/* Said so far, and how often the clocks were retracted. */
typedef struct { int warned, breached, retracted; } said_t;

static void
s_count (tx_t *tx, said_t *said)
{
    said->warned += emitted_count (tx, sla_warned);
    said->breached += emitted_count (tx, sla_breached);
    said->retracted += emitted_count (tx, sla_breach_retracted);
}

static void
s_tell (tx_t *tx, const told_t *fact, said_t *said)
{
    run_at (tx, fact->at, fact->message);
    assert_string_equal (tx_fake_dead_letter (tx), "");
    s_count (tx, said);
}

static void
s_advance (tx_t *tx, int64_t to_at, said_t *said)
{
    tx_fake_advance (tx, to_at);
    s_count (tx, said);
}

static tx_t *
s_open (const history_of_t *history)
{
    tx_t *tx = company ();
    history_plans (tx);
    tx_fake_now (tx, history->start_at);
    return tx;
}

/* Each fact when it happens. With outages the service is down at times: it comes back with nothing in memory, hears
 * first what has happened meanwhile, and only then looks at its timers. */
static tx_t *
s_live (const history_of_t *history, bool has_outages, said_t *said)
{
    tx_t *tx = s_open (history);
    *said = (said_t) { 0 };
    bool is_down = false;
    for (int i = 0; i < history->count; i++) {
        if (is_down) {
            tx_fake_now (tx, history->facts [i].at);
            calendars_forget ();
        } else
            s_advance (tx, history->facts [i].at, said);
        s_tell (tx, &history->facts [i], said);
        is_down = has_outages && history_random (2);
    }
    s_advance (tx, history->end_at + 10000, said);
    return tx;
}

/* Each history in the order in which it happened. */
static void
s_each (long usual, void (*prove) (history_of_t *history))
{
    for (long run = history_begin (usual); run > 0; run--) {
        arena_t *arena = arena_new ();
        history_of_t history = history_new (arena, "milan", HISTORY_START);
        history_sort (&history);
        prove (&history);
        arena_destroy (&arena);
    }
}

static int
s_thresholds_said (tx_t *tx, const char *clock_id)
{
    int count = 0;
    for (int generation = 1; generation < 40; generation++)
        for (int percent = 1; percent <= 100; percent++) {
            char id [80];
            snprintf (id, sizeof id, "%s:%d:%d", clock_id, generation, percent);
            const threshold_t *row = stored (tx, threshold, id);
            count += row && row->said;
        }
    return count;
}

static const char *const s_clocks [] = {
    "r1:ARRIVE", "r1:ACCEPT", "r1:SOLVE_REMOTE", "r1:COMPLETE" };
enum { CLOCKS = sizeof s_clocks / sizeof *s_clocks };

static int s_outages_mattered;

static void
s_survives_outages (history_of_t *history)
{
    said_t said, with_outages;
    tx_t *tx = s_live (history, false, &said);
    char *live = history_stand (tx, history->arena);
    tx_fake_destroy (&tx);
    tx = s_live (history, true, &with_outages);
    assert_string_equal (history_stand (tx, history->arena), live);
    int rows = 0;
    for (int i = 0; i < CLOCKS; i++)
        rows += s_thresholds_said (tx, s_clocks [i]);
    assert_int_equal (with_outages.warned + with_outages.breached, rows);
    assert_int_equal (with_outages.breached - with_outages.retracted, said.breached - said.retracted);
    s_outages_mattered += with_outages.warned != said.warned || with_outages.breached != said.breached;
    tx_fake_destroy (&tx);
}

static void
test_p7_through_any_outage_no_threshold_is_said_twice_and_no_breach_is_missed (void **state)
{
    (void) state;
    s_each (150, s_survives_outages);
    assert_true (s_outages_mattered > 0);
}

/* The same life, in which somebody held the fault for another one for a while. */
static history_of_t
s_with_a_mistake (const history_of_t *history)
{
    history_of_t other = *history;
    int32_t level = 0;
    int64_t said_at = 0;
    for (int i = 0; i < history->count; i++)
        if (history->facts [i].message->descriptor == &service_request_triaged_descriptor
            && history->facts [i].at > said_at) {
            level = ((const service_request_triaged_t *) history->facts [i].message)->fault_level;
            said_at = history->facts [i].at;
        }
    int64_t at = history_later (said_at);
    TELL (&other, at, service_request_triaged, .request_id = "r1", .fault_level = level == 1 ? 4 : level - 1);
    at = history_later (at);
    TELL (&other, at, service_request_triaged, .request_id = "r1", .fault_level = level);
    history_sort (&other);
    return other;
}

static int s_compared;

static void
s_forgets_mistakes (history_of_t *history)
{
    said_t said;
    history->end_at += 2 * WEEK_MS;
    history_of_t mistaken = s_with_a_mistake (history);
    tx_t *tx = s_live (history, false, &said);
    char *plain = history_stand (tx, history->arena);
    tx_fake_destroy (&tx);
    tx = s_live (&mistaken, false, &said);
    assert_string_equal (history_stand (tx, history->arena), plain);
    tx_fake_destroy (&tx);
    s_compared += strlen (plain) > 0;
}

static void
test_p8_another_level_and_back_again_is_as_if_nothing_had_been (void **state)
{
    (void) state;
    s_each (250, s_forgets_mistakes);
    assert_true (s_compared > 0);
}

static void
s_minds_its_own_days (history_of_t *history)
{
    said_t said;
    tx_t *tx = s_live (history, false, &said);
    char *before = history_stand (tx, history->arena);
    publish_hours (tx, "it", 2, "Europe/Rome", "08:30", "17:00", history_random (2) ? "2026-05-01" : "2027-01-06");
    settle (tx);
    assert_int_equal (emitted_count (tx, sla_clock_recomputed), 0);
    assert_string_equal (history_stand (tx, history->arena), before);
    tx_fake_destroy (&tx);
}

static void
test_p6_a_holiday_long_before_or_after_a_history_moves_nothing_and_says_nothing (void **state)
{
    (void) state;
    s_each (100, s_minds_its_own_days);
}

static char *
s_clocks_from (uint64_t seed, int64_t start_at, arena_t *arena)
{
    history_seed = seed;
    history_of_t history = history_new (arena, "beijing", start_at);
    history_sort (&history);
    said_t said;
    tx_t *tx = s_live (&history, false, &said);
    char *text = history_clocks (tx, arena, start_at);
    tx_fake_destroy (&tx);
    return text;
}

static void
test_p10_a_history_whole_weeks_later_stands_whole_weeks_later_where_clocks_never_change (void **state)
{
    (void) state;
    for (long run = history_begin (150); run > 0; run--) {
        arena_t *arena = arena_new ();
        uint64_t seed = history_seed;
        char *now = s_clocks_from (seed, HISTORY_START, arena);
        int64_t weeks = 1 + (int64_t) history_random (60);
        char *later = s_clocks_from (seed, HISTORY_START + weeks * WEEK_MS, arena);
        assert_string_equal (now, later);
        arena_destroy (&arena);
    }
}

static int64_t
s_counted (tx_t *tx)
{
    int64_t sum = 0;
    for (int contract = 1; contract <= 2; contract++) {
        run (tx, get_sla_compliance (.contract_id = contract == 1 ? "k1" : "k2"));
        const sla_compliance_t *found = answer (tx, sla_compliance);
        for (size_t i = 0; found && i < found->n_months; i++)
            sum += found->months [i]->met * 1000 + found->months [i]->missed;
    }
    return sum;
}

static int64_t s_counted_in_all;

static void
s_adds_up (history_of_t *history)
{
    said_t said;
    tx_t *tx = s_live (history, true, &said);
    bool has_contract = !is_empty (stored (tx, sla_case, "r1")->contract_id);
    int64_t expected = 0;
    for (int i = 0; i < CLOCKS; i++) {
        const sla_clock_t *clock = stored (tx, sla_clock, s_clocks [i]);
        if (!clock || !has_contract || clock->state == CLOCK_STATE_CANCELLED)
            continue;
        expected += clock->state == CLOCK_STATE_MET ? 1000 : clock->breached ? 1 : 0;
    }
    assert_int_equal (s_counted (tx), expected);
    s_counted_in_all += expected;
    tx_fake_destroy (&tx);
}

static void
test_j7_compliance_counts_each_verdict_that_stands_and_nothing_else (void **state)
{
    (void) state;
    s_each (150, s_adds_up);
    assert_true (s_counted_in_all > 0);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_p6_a_holiday_long_before_or_after_a_history_moves_nothing_and_says_nothing),
        cmocka_unit_test (test_p7_through_any_outage_no_threshold_is_said_twice_and_no_breach_is_missed),
        cmocka_unit_test (test_p8_another_level_and_back_again_is_as_if_nothing_had_been),
        cmocka_unit_test (test_p10_a_history_whole_weeks_later_stands_whole_weeks_later_where_clocks_never_change),
        cmocka_unit_test (test_j7_compliance_counts_each_verdict_that_stands_and_nothing_else),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
