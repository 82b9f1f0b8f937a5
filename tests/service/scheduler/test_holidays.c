/* Holidays of feeds: imported once, changed once, never over what a person has said. */
#include "world.h"

#define DAY_OFF(date, name) "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:" date "\r\nSUMMARY:" name "\r\nEND:VEVENT\r\n"
#define FEED(events) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" events "END:VCALENDAR\r\n"

static tx_t *
s_world (void)
{
    tx_t *tx = tx_fake (&fettle_service);
    publish_hours (tx, "italy", "Europe/Rome", "", "08:30", "17:00");
    publish_hours (tx, "milan", "Europe/Rome", "italy", "", "");
    return tx;
}

static void
s_import (tx_t *tx, const char *calendar_id, const char *source, const char *ics)
{
    run (tx, import_holidays (.calendar_id = (char *) calendar_id, .source = (char *) source, .ics = (char *) ics));
}

static const calendar_details_t *
s_details (tx_t *tx, const char *calendar_id)
{
    run (tx, get_calendar (.calendar_id = (char *) calendar_id));
    return answer (tx, calendar_published)->details;
}

static const calendar_exception_t *
s_on (const calendar_details_t *details, const char *date_on)
{
    for (size_t i = 0; i < details->n_exceptions; i++)
        if (strcmp (details->exceptions [i]->date_on, date_on) == 0)
            return details->exceptions [i];
    return NULL;
}

static void
test_t10_x23_the_same_feed_twice_says_nothing_and_a_changed_one_says_each_calendar_once (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_import (tx, "milan", "state", FEED (DAY_OFF ("20260602", "Republic")));
    assert_accepted (tx);
    assert_int_equal (emitted_count (tx, calendar_published), 1);
    assert_int_equal (emitted (tx, calendar_published)->version, 2);
    assert_string_equal (s_on (emitted (tx, calendar_published)->details, "2026-06-02")->source, "state");
    s_import (tx, "milan", "state", FEED (DAY_OFF ("20260602", "Republic")));
    assert_accepted (tx);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    s_import (tx, "milan", "state", FEED (DAY_OFF ("20261208", "Immacolata") DAY_OFF ("20260602", "Republic")));
    assert_int_equal (emitted_count (tx, calendar_published), 1);
    assert_int_equal (emitted (tx, calendar_published)->version, 3);
    s_import (tx, "italy", "state", FEED (DAY_OFF ("20260815", "Ferragosto")));
    assert_int_equal (emitted_count (tx, calendar_published), 2);
    assert_non_null (s_on (s_details (tx, "milan"), "2026-08-15"));
    tx_fake_destroy (&tx);
}

static void
test_x23_a_day_that_the_feed_says_no_more_is_open_again_but_not_one_of_years_gone_by (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_import (tx, "italy", "state", FEED (DAY_OFF ("20250602", "Republic") DAY_OFF ("20260602", "Republic")));
    assert_non_null (s_on (s_details (tx, "italy"), "2025-06-02"));
    tx_fake_now (tx, MONDAY_AT + 366 * DAY);
    s_import (tx, "italy", "state", FEED (DAY_OFF ("20270602", "Republic")));
    assert_non_null (s_on (s_details (tx, "italy"), "2025-06-02"));
    assert_null (s_on (s_details (tx, "italy"), "2026-06-02"));
    assert_non_null (s_on (s_details (tx, "italy"), "2027-06-02"));
    tx_fake_destroy (&tx);
}

static void
s_publish_with (tx_t *tx, const char *date_on, const char *source)
{
    weekly_interval_t monday = { .base = weekly_interval_init, .weekday = 1, .start = "09:00", .end = "17:00" };
    day_interval_t half = { .base = day_interval_init, .start = "09:00", .end = "12:00" };
    calendar_exception_t exception = {
        .base = calendar_exception_init, .date_on = (char *) date_on, .name = "Half day", .source = (char *) source,
        .n_intervals = 1, .intervals = (day_interval_t *[]) { &half } };
    calendar_details_t details = {
        .base = calendar_details_init, .name = "Italy", .time_zone = "Europe/Rome", .n_weekly = 1,
        .weekly = (weekly_interval_t *[]) { &monday }, .n_exceptions = 1,
        .exceptions = (calendar_exception_t *[]) { &exception } };
    run (tx, publish_calendar (.calendar_id = "italy", .details = &details));
}

static void
test_x23_what_a_person_has_said_of_a_date_stands_over_every_feed (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_import (tx, "italy", "state", FEED (DAY_OFF ("20261224", "Eve") DAY_OFF ("20261225", "Christmas")));
    s_publish_with (tx, "2026-12-24", "");
    assert_accepted (tx);
    assert_int_equal (s_on (s_details (tx, "italy"), "2026-12-24")->n_intervals, 1);
    assert_non_null (s_on (s_details (tx, "italy"), "2026-12-25"));
    s_import (tx, "italy", "state", FEED (DAY_OFF ("20261224", "Eve") DAY_OFF ("20261225", "Christmas")));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    s_publish_with (tx, "2026-12-24", "state");
    assert_rejected (tx, "exception.imported");
    tx_fake_destroy (&tx);
}

static void
test_x23_feeds_stand_beside_each_other_whatever_comes_first (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_import (tx, "italy", "city", FEED (DAY_OFF ("20261207", "Ambrogio")));
    s_import (tx, "italy", "state", FEED (DAY_OFF ("20260602", "Republic") DAY_OFF ("20261208", "Immacolata")));
    s_import (tx, "italy", "city", FEED (DAY_OFF ("20261207", "Ambrogio")));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    s_import (tx, "italy", "city", FEED (""));
    assert_null (s_on (emitted (tx, calendar_published)->details, "2026-12-07"));
    assert_int_equal (emitted (tx, calendar_published)->details->n_exceptions, 2);
    tx_fake_destroy (&tx);
}

static void
test_t41_a_whole_day_of_another_zone_closes_the_date_it_is_written_with (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_import (tx, "italy", "shanghai", FEED ("BEGIN:VEVENT\r\nDTSTART;TZID=Asia/Shanghai:20260619T000000\r\n"
        "DTEND;TZID=Asia/Shanghai:20260620T000000\r\nSUMMARY:Dragon boats\r\nEND:VEVENT\r\n"));
    assert_accepted (tx);
    const calendar_details_t *details = s_details (tx, "italy");
    assert_int_equal (details->n_exceptions, 1);
    assert_string_equal (details->exceptions [0]->date_on, "2026-06-19");
    tx_fake_destroy (&tx);
}

static void
test_x23_what_is_no_feed_or_no_calendar_is_refused_with_the_line (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    s_import (tx, "italy", "state", FEED (DAY_OFF ("20260231", "Never")));
    assert_rejected (tx, "ics.invalid");
    assert_non_null (strstr (tx_fake_message (tx), "line 4"));
    s_import (tx, "spain", "state", FEED (""));
    assert_rejected (tx, "calendar.unknown");
    s_import (tx, "italy", "", FEED (""));
    assert_rejected (tx, "source.missing");
    calendar_details_t always = {
        .base = calendar_details_init, .name = "Always", .time_zone = "Europe/Rome", .always_open = true };
    run (tx, publish_calendar (.calendar_id = "always", .details = &always));
    s_import (tx, "always", "state", FEED (""));
    assert_rejected (tx, "calendar.always_open");
    run (tx, get_calendar (.calendar_id = "spain"));
    assert_rejected (tx, "calendar.unknown");
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_t10_x23_the_same_feed_twice_says_nothing_and_a_changed_one_says_each_calendar_once),
        cmocka_unit_test (test_x23_a_day_that_the_feed_says_no_more_is_open_again_but_not_one_of_years_gone_by),
        cmocka_unit_test (test_x23_what_a_person_has_said_of_a_date_stands_over_every_feed),
        cmocka_unit_test (test_x23_feeds_stand_beside_each_other_whatever_comes_first),
        cmocka_unit_test (test_t41_a_whole_day_of_another_zone_closes_the_date_it_is_written_with),
        cmocka_unit_test (test_x23_what_is_no_feed_or_no_calendar_is_refused_with_the_line),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
