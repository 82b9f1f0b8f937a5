/* Time that is recorded, corrected, and never counted twice. */
#include "world.h"
#include <stdlib.h>

static void
test_i4_a_break_recorded_during_work_is_left_out_of_the_work (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    work_begins (tx, visit);
    tx_fake_now (tx, NOW + 70 * MINUTE);
    run (tx, record_time_entry (.time_entry_id = "lunch", .visit_id = visit, .engineer_id = "ann",
         .kind = TIME_KIND_BREAK, .from_at = NOW + 50 * MINUTE, .to_at = NOW + 60 * MINUTE));
    assert_string_equal (tx_fake_code (tx), "");
    work_ends (tx, visit, false);
    assert_int_equal (emitted_count (tx, time_entry_recorded), 2);
    const time_entry_recorded_t *before = emitted_nth (tx, time_entry_recorded, 0);
    const time_entry_recorded_t *after = emitted_nth (tx, time_entry_recorded, 1);
    assert_int_equal (before->from_at, NOW + 40 * MINUTE);
    assert_int_equal (before->to_at, NOW + 50 * MINUTE);
    assert_int_equal (after->from_at, NOW + 60 * MINUTE);
    assert_int_equal (after->to_at, NOW + 100 * MINUTE);
}

static void
test_i4_an_entry_that_overlaps_another_is_refused_with_the_other_ones_name (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    work_begins (tx, visit);
    work_ends (tx, visit, false);
    run (tx, record_time_entry (.time_entry_id = "x", .visit_id = visit, .kind = TIME_KIND_OVERTIME,
         .from_at = NOW + 20 * MINUTE, .to_at = NOW + 35 * MINUTE));
    assert_rejected (tx, "time_entry.overlap");
    assert_non_null (strstr (tx_fake_message (tx), "TIME_KIND_TRAVEL"));
    run (tx, record_time_entry (.time_entry_id = "x", .visit_id = visit, .kind = TIME_KIND_OVERTIME,
         .from_at = NOW + 30 * MINUTE, .to_at = NOW + 40 * MINUTE));
    assert_string_equal (tx_fake_code (tx), "");    /* ends are not included: it just fits */
    run (tx, record_time_entry (.time_entry_id = "x", .visit_id = visit, .kind = TIME_KIND_BREAK,
         .from_at = NOW - 40 * MINUTE, .to_at = NOW - 30 * MINUTE));
    assert_rejected (tx, "time_entry.exists");
}

static void
test_i4_a_correction_needs_a_reason_and_counts_the_version_up (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64], entry [80];
    accepted_visit (tx, order, visit);
    work_begins (tx, visit);
    work_ends (tx, visit, false);
    snprintf (entry, sizeof entry, "%s:2", visit);
    run (tx, correct_time_entry (.time_entry_id = entry, .from_at = NOW + 45 * MINUTE,
        .to_at = NOW + 90 * MINUTE));
    assert_rejected (tx, "reason.missing");
    run (tx, correct_time_entry (.time_entry_id = entry, .from_at = NOW + 25 * MINUTE,
        .to_at = NOW + 90 * MINUTE, .reason = "x"));
    assert_rejected (tx, "time_entry.overlap");
    run (tx, correct_time_entry (.time_entry_id = entry, .from_at = NOW + 45 * MINUTE,
         .to_at = NOW + 90 * MINUTE, .reason = "forgot to press stop"));
    const time_entry_recorded_t *corrected = emitted (tx, time_entry_recorded);
    assert_int_equal (corrected->version, 2);
    assert_string_equal (corrected->corrects_reason, "forgot to press stop");
    assert_int_equal (corrected->to_at, NOW + 90 * MINUTE);
}

static void
test_i4_a_correction_to_another_day_is_found_there (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    run (tx, record_time_entry (.time_entry_id = "a", .visit_id = visit, .kind = TIME_KIND_BREAK,
         .from_at = NOW - 2 * HOUR, .to_at = NOW - HOUR));
    run (tx, correct_time_entry (.time_entry_id = "a", .from_at = NOW - 3 * DAY - HOUR,
        .to_at = NOW - 3 * DAY, .reason = "x"));
    assert_string_equal (tx_fake_code (tx), "");
    run (tx, record_time_entry (.time_entry_id = "b", .visit_id = visit, .kind = TIME_KIND_BREAK,
         .from_at = NOW - 3 * DAY - 10 * MINUTE, .to_at = NOW - 3 * DAY + 10 * MINUTE));
    assert_rejected (tx, "time_entry.overlap");
    run (tx, record_time_entry (.time_entry_id = "b", .visit_id = visit, .kind = TIME_KIND_BREAK,
         .from_at = NOW - 2 * HOUR, .to_at = NOW - HOUR));
    assert_string_equal (tx_fake_code (tx), "");
}

static void
test_i4_times_in_the_future_backwards_or_longer_than_a_day_are_refused (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    accepted_visit (tx, order, visit);
    run (tx, record_time_entry (.time_entry_id = "a", .visit_id = visit, .kind = TIME_KIND_BREAK,
         .from_at = NOW, .to_at = NOW + HOUR));
    assert_rejected (tx, "to_at.invalid");
    run (tx, record_time_entry (.time_entry_id = "a", .visit_id = visit, .kind = TIME_KIND_BREAK,
         .from_at = NOW, .to_at = NOW - HOUR));
    assert_rejected (tx, "to_at.invalid");
    run (tx, record_time_entry (.time_entry_id = "a", .visit_id = visit, .kind = TIME_KIND_BREAK,
         .from_at = NOW - 25 * HOUR, .to_at = NOW));
    assert_rejected (tx, "to_at.invalid");
    assert_int_equal (tx_fake_stored_count (tx, &time_entry_entity), 0);
}

static void
test_i4_property_whatever_is_recorded_no_two_entries_of_an_engineer_overlap (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    unsigned seed = 7;
    print_message ("seed %u\n", seed);
    srand (seed);
    accepted_visit (tx, order, visit);
    int64_t spans [400] [2];
    int count = 0;
    for (int i = 0; i < 400; i++) {
        char id [16];
        snprintf (id, sizeof id, "t%d", i);
        int64_t from_at = NOW - 5 * DAY + rand () % 6000 * MINUTE,
            to_at = from_at + (1 + rand () % 90) * MINUTE;
        bool is_free = true;
        for (int k = 0; k < count; k++)
            is_free &= spans [k] [0] >= to_at || spans [k] [1] <= from_at;
        run (tx, record_time_entry (.time_entry_id = id, .visit_id = visit, .kind = TIME_KIND_BREAK,
             .from_at = from_at, .to_at = to_at));
        assert_string_equal (tx_fake_code (tx), is_free ? "" : "time_entry.overlap");
        if (is_free) {
            spans [count] [0] = from_at;
            spans [count++] [1] = to_at;
        }
    }
    assert_int_equal (tx_fake_stored_count (tx, &time_entry_entity), count);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_i4_a_break_recorded_during_work_is_left_out_of_the_work),
        TEST (test_i4_an_entry_that_overlaps_another_is_refused_with_the_other_ones_name),
        TEST (test_i4_a_correction_needs_a_reason_and_counts_the_version_up),
        TEST (test_i4_a_correction_to_another_day_is_found_there),
        TEST (test_i4_times_in_the_future_backwards_or_longer_than_a_day_are_refused),
        TEST (test_i4_property_whatever_is_recorded_no_two_entries_of_an_engineer_overlap),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
