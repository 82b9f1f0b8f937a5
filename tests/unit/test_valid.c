/* The checks that every command begins with: what passes, what is refused, and how the refusal
 * reads. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "testing.h"
#include "valid.h"

#define MONDAY_AT INT64_C (1780905600000) /* when the fake clock stands */
#define MINUTE_MS INT64_C (60000)

/* A service of one command, whose handler is the check under test. */
static bool (*s_check) (tx_t *tx);
static bool s_passed;

static void
on_get_cost (tx_t *tx, const get_cost_t *command)
{
    (void) command;
    s_passed = s_check (tx);
}

static const handler_t s_handlers [] = { COMMAND (get_cost, on_get_cost), { 0 } };
static const entity_t *const s_entities [] = { NULL };
static const service_t s_service = { .name = "checks",
    .handlers = s_handlers,
    .entities = s_entities };
static tx_t *s_tx;

static int
s_setup (void **state)
{
    (void) state;
    s_tx = tx_fake (&s_service);
    return 0;
}

static int
s_teardown (void **state)
{
    (void) state;
    tx_fake_destroy (&s_tx);
    return 0;
}

static void
s_run (bool (*check_it) (tx_t *))
{
    s_check = check_it;
    s_passed = false;
    run (s_tx, get_cost (.work_order_id = "w"));
    assert_int_equal (s_passed, is_empty (tx_fake_code (s_tx)));
}

/* The values of one run; C has no closures. */
static const char *s_text;
static int64_t s_number, s_other;

static void
s_assert (bool (*check_it) (tx_t *), const char *text, const char *code)
{
    s_text = text;
    s_run (check_it);
    assert_string_equal (tx_fake_code (s_tx), code);
}

static void
s_assert_number (bool (*check_it) (tx_t *), int64_t number, const char *code)
{
    s_number = number;
    s_run (check_it);
    assert_string_equal (tx_fake_code (s_tx), code);
}

static bool
s_id (tx_t *tx)
{
    return valid_id (tx, "site_id", s_text);
}
static bool
s_optional_id (tx_t *tx)
{
    return valid_optional_id (tx, "site_id", s_text);
}
static bool
s_name (tx_t *tx)
{
    return valid_text (tx, "name", s_text, 2, 8);
}
static bool
s_note (tx_t *tx)
{
    return valid_text (tx, "note", s_text, 0, 8);
}
static bool
s_int (tx_t *tx)
{
    return valid_int (tx, "level", s_number, 1, 4);
}
static double s_measure;

static bool
s_real (tx_t *tx)
{
    return valid_real (tx, "distance_km", s_measure, 0, 2.5);
}
static bool
s_order (tx_t *tx)
{
    return valid_order (tx, "to_at", s_number, s_other);
}
static bool
s_instant (tx_t *tx)
{
    return valid_instant (tx, "at", s_number);
}
static bool
s_past (tx_t *tx)
{
    return valid_past (tx, "at", s_number);
}
static bool
s_zone (tx_t *tx)
{
    return valid_zone (tx, "time_zone", s_text);
}
static bool
s_currency (tx_t *tx)
{
    return valid_currency (tx, "currency", s_text);
}
static bool
s_date (tx_t *tx)
{
    return valid_date (tx, "start_on", s_text);
}
static bool
s_clock (tx_t *tx)
{
    return valid_clock (tx, "start", s_text);
}
static bool
s_email (tx_t *tx)
{
    return valid_email (tx, "email", s_text);
}
static bool
s_enum (tx_t *tx)
{
    return valid_enum (tx, "tier", &support_tier_descriptor, (int) s_number);
}

static void
test_an_id_is_1_to_64_characters_of_letters_digits_and_four_marks (void **state)
{
    (void) state;
    char longest [66];
    memset (longest, 'a', sizeof longest);
    longest [64] = 0;
    s_assert (s_id, "A-z.0_9:x", "");
    s_assert (s_id, longest, "");
    longest [64] = 'a', longest [65] = 0;
    s_assert (s_id, longest, "site_id.invalid");
    s_assert (s_id, "", "site_id.missing");
    s_assert (s_id, NULL, "site_id.missing");
    static const char *const wrong [] = { "a b", "a/b", "ü", "a\n", "a'b", "*" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        s_assert (s_id, wrong [i], "site_id.invalid");
    s_assert (s_optional_id, "", "");
    s_assert (s_optional_id, "a b", "site_id.invalid");
}

static void
test_a_refusal_says_the_value_and_what_to_do_and_never_sends_a_megabyte_back (void **state)
{
    (void) state;
    s_assert (s_id, "a b", "site_id.invalid");
    assert_non_null (strstr (tx_fake_message (s_tx), "\"a b\""));
    assert_non_null (strstr (tx_fake_message (s_tx), "1 to 64"));
    char *text = test_calloc (1, 300001);
    for (int i = 0; i < 100000; i++)
        memcpy (text + 3 * i, "设", 3);
    s_assert (s_id, text, "site_id.invalid");
    assert_true (strlen (tx_fake_message (s_tx)) < 250);
    assert_non_null (strstr (tx_fake_message (s_tx), "设..."));
    test_free (text);
}

static void
test_a_text_has_a_size_in_bytes_and_no_control_characters (void **state)
{
    (void) state;
    s_assert (s_name, "ab", "");
    s_assert (s_name, "abcdefgh", "");
    s_assert (s_name, "", "name.missing");
    s_assert (s_name, "a", "name.invalid");
    s_assert (s_name, "abcdefghi", "name.invalid");
    s_assert (s_name, "设设", "");
    s_assert (s_name, "设设设", "name.invalid");
    s_assert (s_note, "", "");
    s_assert (s_note, NULL, "");
    s_assert (s_note, "a\r\n\tb", "");
    s_assert (s_note, "a\x1b[2J", "note.invalid");
    s_assert (s_note, "a\x7f", "note.invalid");
}

static void
test_a_number_may_be_each_end_of_its_range_and_nothing_beyond (void **state)
{
    (void) state;
    s_assert_number (s_int, 1, "");
    s_assert_number (s_int, 4, "");
    s_assert_number (s_int, 0, "level.invalid");
    s_assert_number (s_int, 5, "level.invalid");
    s_assert_number (s_int, INT64_MIN, "level.invalid");
    assert_non_null (strstr (tx_fake_message (s_tx), "-9223372036854775808"));
}

static void
s_assert_measure (double measure, const char *code)
{
    s_measure = measure;
    s_assert_number (s_real, 0, code);
}

static void
test_a_measure_is_a_number_within_its_range (void **state)
{
    (void) state;
    s_assert_measure (0, "");
    s_assert_measure (2.5, "");
    s_assert_measure (-0.001, "distance_km.invalid");
    s_assert_measure (2.501, "distance_km.invalid");
    s_assert_measure (NAN, "distance_km.invalid");
    s_assert_measure (INFINITY, "distance_km.invalid");
    s_assert_measure (-INFINITY, "distance_km.invalid");
}

static void
test_a_span_of_time_has_both_ends_and_ends_after_it_begins (void **state)
{
    (void) state;
    s_other = 10;
    s_assert_number (s_order, 9, "");
    s_assert_number (s_order, 10, "to_at.invalid");
    s_assert_number (s_order, 11, "to_at.invalid");
    s_assert_number (s_order, 0, "to_at.missing");
    s_other = 0;
    s_assert_number (s_order, 9, "to_at.missing");
}

static void
test_an_instant_lies_in_the_years_2000_to_2199_or_is_not_set (void **state)
{
    (void) state;
    s_assert_number (s_instant, 0, "");
    s_assert_number (s_instant, INT64_C (946684800000), "");
    s_assert_number (s_instant, INT64_C (946684799999), "at.invalid");
    s_assert_number (s_instant, INT64_C (7258118399999), "");
    s_assert_number (s_instant, INT64_C (7258118400000), "at.invalid");
    s_assert_number (s_instant, MONDAY_AT / 1000, "at.invalid"); /* seconds, a common mistake */
}

static void
test_what_has_happened_lies_at_most_five_minutes_ahead (void **state)
{
    (void) state;
    s_assert_number (s_past, MONDAY_AT, "");
    s_assert_number (s_past, MONDAY_AT + 5 * MINUTE_MS, "");
    s_assert_number (s_past, MONDAY_AT + 5 * MINUTE_MS + 1, "at.invalid");
    s_assert_number (s_past, 0, "at.missing");
    s_assert_number (s_past, 1, "at.invalid");
}

static geo_point_t s_point = { .base = geo_point_init };
static bool
s_here (tx_t *tx)
{
    return valid_point (tx, "point", &s_point);
}
static bool
s_nowhere (tx_t *tx)
{
    return valid_point (tx, "point", NULL);
}

static void
test_a_point_lies_on_the_earth_or_is_not_known (void **state)
{
    (void) state;
    static const struct {
        double latitude, longitude;
        bool fine;
    } cases [] = { { 90, 180, true }, { -90, -180, true }, { 0, 0, true }, { 90.001, 0, false },
        { 0, -180.001, false }, { __builtin_nan (""), 0, false }, { 0, __builtin_inf (), false } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        s_point.latitude = cases [i].latitude;
        s_point.longitude = cases [i].longitude;
        s_assert (s_here, "", cases [i].fine ? "" : "point.invalid");
    }
    s_assert (s_nowhere, "", "");
}

static void
test_a_zone_is_a_place_that_the_system_knows (void **state)
{
    (void) state;
    s_assert (s_zone, "Asia/Ho_Chi_Minh", "");
    s_assert (s_zone, "", "time_zone.missing");
    static const char *const wrong [] = { "+08:00", "Etc/GMT-8", "Europe/Nowhere",
        "../../etc/passwd", "Europe/Rome\n" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        s_assert (s_zone, wrong [i], "time_zone.invalid");
}

static void
test_a_currency_is_one_that_circulates (void **state)
{
    (void) state;
    s_assert (s_currency, "VND", "");
    s_assert (s_currency, "", "currency.missing");
    s_assert (s_currency, "ITL", "currency.invalid");
    s_assert (s_currency, "eur", "currency.invalid");
    s_assert (s_currency, "EURO", "currency.invalid");
}

static void
test_a_date_exists (void **state)
{
    (void) state;
    s_assert (s_date, "2028-02-29", "");
    s_assert (s_date, "2026-02-29", "start_on.invalid");
    s_assert (s_date, "2026-6-8", "start_on.invalid");
    s_assert (s_date, "08/06/2026", "start_on.invalid");
    s_assert (s_date, "", "start_on.missing");
}

static void
test_a_time_of_day_is_hours_and_minutes_up_to_24_00 (void **state)
{
    (void) state;
    s_assert (s_clock, "00:00", "");
    s_assert (s_clock, "24:00", "");
    static const char *const wrong [] = { "24:01", "8:30", "08:60", "08:30:00", "0830", "ab:cd" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        s_assert (s_clock, wrong [i], "start.invalid");
    s_assert (s_clock, "", "start.missing");
}

static void
test_a_mail_address_has_one_at_and_no_way_to_smuggle_a_header_in (void **state)
{
    (void) state;
    s_assert (s_email, "", "");
    s_assert (s_email, "anna.rossi+press@works.example.com", "");
    s_assert (s_email, "ánh@công-ty.vn", "");
    static const char *const wrong [] = { "anna", "@x.y", "anna@", "a@b@c", "a b@c.d",
        "a@b.c\r\nBcc: all@x.y", "a@.b", "a@b..c", "a@b.", "<a@b.c>", "a@b.c,d@e.f" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        s_assert (s_email, wrong [i], "email.invalid");
}

static void
test_an_enum_value_is_known_and_set (void **state)
{
    (void) state;
    s_assert_number (s_enum, SUPPORT_TIER_REMOTE, "");
    s_assert_number (s_enum, 0, "tier.missing");
    s_assert_number (s_enum, 4, "tier.invalid");
    s_assert_number (s_enum, -1, "tier.invalid");
}

#define VALID_TEST(test) cmocka_unit_test_setup_teardown (test, s_setup, s_teardown)

int
main (void)
{
    const struct CMUnitTest tests [] = {
        VALID_TEST (test_an_id_is_1_to_64_characters_of_letters_digits_and_four_marks),
        VALID_TEST (test_a_refusal_says_the_value_and_what_to_do_and_never_sends_a_megabyte_back),
        VALID_TEST (test_a_text_has_a_size_in_bytes_and_no_control_characters),
        VALID_TEST (test_a_number_may_be_each_end_of_its_range_and_nothing_beyond),
        VALID_TEST (test_a_measure_is_a_number_within_its_range),
        VALID_TEST (test_a_span_of_time_has_both_ends_and_ends_after_it_begins),
        VALID_TEST (test_an_instant_lies_in_the_years_2000_to_2199_or_is_not_set),
        VALID_TEST (test_what_has_happened_lies_at_most_five_minutes_ahead),
        VALID_TEST (test_a_point_lies_on_the_earth_or_is_not_known),
        VALID_TEST (test_a_zone_is_a_place_that_the_system_knows),
        VALID_TEST (test_a_currency_is_one_that_circulates),
        VALID_TEST (test_a_date_exists),
        VALID_TEST (test_a_time_of_day_is_hours_and_minutes_up_to_24_00),
        VALID_TEST (test_a_mail_address_has_one_at_and_no_way_to_smuggle_a_header_in),
        VALID_TEST (test_an_enum_value_is_known_and_set),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
