/* Publishing calendars. */
#include "world.h"

static void
test_a_calendar_is_published_in_full_with_its_version (void **state)
{
    (void) state;
    tx_t *tx = tx_fake (&fettle_service);
    publish_hours (tx, "rome", "Europe/Rome", "", "08:30", "17:00");
    assert_accepted (tx);
    assert_string_equal (tx_fake_subject (tx), "rome");
    assert_int_equal (emitted (tx, calendar_published)->version, 1);
    assert_int_equal (emitted (tx, calendar_published)->details->n_weekly, 5);
    tx_fake_destroy (&tx);
}

static void
test_the_same_calendar_again_is_accepted_and_says_nothing (void **state)
{
    (void) state;
    tx_t *tx = tx_fake (&fettle_service);
    publish_hours (tx, "rome", "Europe/Rome", "", "08:30", "17:00");
    publish_hours (tx, "rome", "Europe/Rome", "", "08:30", "17:00");
    assert_accepted (tx);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    publish_hours (tx, "rome", "Europe/Rome", "", "08:30", "18:00");
    assert_int_equal (emitted (tx, calendar_published)->version, 2);
    tx_fake_destroy (&tx);
}

static void
test_a_calendar_without_open_time_is_refused (void **state)
{
    (void) state;
    tx_t *tx = tx_fake (&fettle_service);
    publish_hours (tx, "never", "Europe/Rome", "", "", "");
    assert_rejected (tx, "calendar.invalid");
    assert_non_null (strstr (tx_fake_message (tx), "never open"));
    assert_int_equal (stored_count (tx, published_calendar), 0);
    tx_fake_destroy (&tx);
}

static void
test_a_calendar_without_details_is_refused (void **state)
{
    (void) state;
    tx_t *tx = tx_fake (&fettle_service);
    run (tx, publish_calendar (.calendar_id = "rome"));
    assert_rejected (tx, "details.missing");
    tx_fake_destroy (&tx);
}

static void
test_a_child_is_published_with_the_hours_of_its_parent (void **state)
{
    (void) state;
    tx_t *tx = tx_fake (&fettle_service);
    publish_hours (tx, "italy", "Europe/Rome", "", "08:30", "17:00");
    publish_hours (tx, "milan", "Europe/Rome", "italy", "", "");
    assert_accepted (tx);
    assert_int_equal (emitted (tx, calendar_published)->details->n_weekly, 5);
    tx_fake_destroy (&tx);
}

static void
test_a_change_of_a_parent_publishes_every_descendant_again (void **state)
{
    (void) state;
    tx_t *tx = tx_fake (&fettle_service);
    publish_hours (tx, "italy", "Europe/Rome", "", "08:30", "17:00");
    publish_hours (tx, "milan", "Europe/Rome", "italy", "", "");
    publish_hours (tx, "duomo", "Europe/Rome", "milan", "", "");
    publish_hours (tx, "italy", "Europe/Rome", "", "09:00", "17:00");
    assert_int_equal (emitted_count (tx, calendar_published), 3);
    assert_string_equal (emitted_nth (tx, calendar_published, 2)->calendar_id, "duomo");
    assert_string_equal (emitted_nth (tx, calendar_published, 2)->details->weekly [0]->start, "09:00");
    assert_int_equal (emitted_nth (tx, calendar_published, 2)->version, 2);
    tx_fake_destroy (&tx);
}

static void
test_a_change_that_would_close_a_child_for_ever_is_refused_and_changes_nothing (void **state)
{
    (void) state;
    tx_t *tx = tx_fake (&fettle_service);
    publish_hours (tx, "italy", "Europe/Rome", "", "08:30", "17:00");
    publish_hours (tx, "milan", "Europe/Rome", "italy", "", "");
    calendar_exception_t day = { .base = calendar_exception_init, .date_on = "2026-06-08" };
    day_interval_t hours = { .base = day_interval_init, .start = "08:00", .end = "09:00" };
    day_interval_t *intervals [] = { &hours };
    calendar_exception_t *days [] = { &day };
    day.n_intervals = 1;
    day.intervals = intervals;
    calendar_exception_t closed = { .base = calendar_exception_init, .date_on = "2026-06-08" };
    calendar_exception_t *closings [] = { &closed };
    calendar_details_t child = { .base = calendar_details_init, .time_zone = "Europe/Rome", .parent_id = "italy",
        .n_exceptions = 1, .exceptions = closings };
    child.name = "milan";
    run (tx, publish_calendar (.calendar_id = "milan", .details = &child));
    assert_accepted (tx);
    calendar_details_t parent = { .base = calendar_details_init, .name = "italy", .time_zone = "Europe/Rome",
        .parent_id = "", .n_exceptions = 1, .exceptions = days };
    run (tx, publish_calendar (.calendar_id = "italy", .details = &parent));
    assert_rejected (tx, "calendar.invalid");
    assert_non_null (strstr (tx_fake_message (tx), "milan"));
    assert_int_equal (stored (tx, published_calendar, "italy")->version, 1);
    tx_fake_destroy (&tx);
}

static void
test_a_calendar_can_not_inherit_from_itself_nor_from_an_unknown_one (void **state)
{
    (void) state;
    tx_t *tx = tx_fake (&fettle_service);
    publish_hours (tx, "italy", "Europe/Rome", "europe", "08:30", "17:00");
    assert_rejected (tx, "calendar.parent_unknown");
    publish_hours (tx, "italy", "Europe/Rome", "", "08:30", "17:00");
    publish_hours (tx, "milan", "Europe/Rome", "italy", "", "");
    publish_hours (tx, "italy", "Europe/Rome", "milan", "08:30", "17:00");
    assert_rejected (tx, "calendar.parent_loop");
    publish_hours (tx, "italy", "Europe/Rome", "italy", "08:30", "17:00");
    assert_rejected (tx, "calendar.parent_loop");
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_a_calendar_is_published_in_full_with_its_version),
        cmocka_unit_test (test_the_same_calendar_again_is_accepted_and_says_nothing),
        cmocka_unit_test (test_a_calendar_without_open_time_is_refused),
        cmocka_unit_test (test_a_calendar_without_details_is_refused),
        cmocka_unit_test (test_a_child_is_published_with_the_hours_of_its_parent),
        cmocka_unit_test (test_a_change_of_a_parent_publishes_every_descendant_again),
        cmocka_unit_test (test_a_change_that_would_close_a_child_for_ever_is_refused_and_changes_nothing),
        cmocka_unit_test (test_a_calendar_can_not_inherit_from_itself_nor_from_an_unknown_one),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
