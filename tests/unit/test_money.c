#include "money/money.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

static uint64_t s_seed;

/* xorshift64*: the same everywhere, so that a printed seed is worth something. */
static uint64_t
s_random (void)
{
    s_seed ^= s_seed >> 12;
    s_seed ^= s_seed << 25;
    s_seed ^= s_seed >> 27;
    return s_seed * UINT64_C (2685821657736338717);
}

static int64_t
s_random_amount (void)
{
    return (int64_t) s_random () >> (s_random () % 63);
}

static long
s_runs (void)
{
    const char *text = getenv ("PROPERTY_RUNS");
    long runs = text ? strtol (text, NULL, 10) : 0;
    return runs > 0 ? runs : 10000;
}

static money_t
s_money (int64_t amount_minor, const char *currency)
{
    money_t money;
    assert_int_equal (money_make (amount_minor, currency, &money), MONEY_OK);
    return money;
}

static void
test_a_sum_that_does_not_fit_is_an_error_and_writes_nothing (void **state)
{
    (void) state;
    money_t result = s_money (7, "EUR");
    assert_int_equal (money_add (s_money (INT64_MAX, "EUR"), s_money (1, "EUR"), &result), MONEY_OVERFLOW);
    assert_int_equal (money_subtract (s_money (INT64_MIN, "EUR"), s_money (1, "EUR"), &result), MONEY_OVERFLOW);
    assert_int_equal (money_multiply (s_money (INT64_MAX / 2 + 1, "EUR"), 2, &result), MONEY_OVERFLOW);
    assert_int_equal (money_percent (s_money (INT64_MAX, "EUR"), 10001, MONEY_HALF_UP, &result), MONEY_OVERFLOW);
    assert_int_equal (result.amount_minor, 7);
}

static void
test_two_currencies_are_never_added (void **state)
{
    (void) state;
    money_t result;
    int order;
    assert_int_equal (money_add (s_money (1, "EUR"), s_money (1, "CNY"), &result), MONEY_CURRENCY);
    assert_int_equal (money_subtract (s_money (1, "EUR"), s_money (1, "CNY"), &result), MONEY_CURRENCY);
    assert_int_equal (money_compare (s_money (1, "EUR"), s_money (1, "CNY"), &order), MONEY_CURRENCY);
}

static void
test_a_currency_has_the_decimals_of_iso_4217 (void **state)
{
    (void) state;
    assert_int_equal (money_digits ("VND"), 0);
    assert_int_equal (money_digits ("JPY"), 0);
    assert_int_equal (money_digits ("EUR"), 2);
    assert_int_equal (money_digits ("CNY"), 2);
    assert_int_equal (money_digits ("KWD"), 3);
    assert_int_equal (money_digits ("ZWG"), 2);
    assert_int_equal (money_digits ("eur"), -1);
    assert_int_equal (money_digits ("XXX"), -1);
    assert_int_equal (money_digits ("UR "), -1);
    assert_int_equal (money_digits ("EU"), -1);
    assert_int_equal (money_digits (NULL), -1);
}

static int64_t
s_share (int64_t amount_minor, int64_t share_bp, money_rounding_t rounding)
{
    money_t result;
    assert_int_equal (money_percent (s_money (amount_minor, "EUR"), share_bp, rounding, &result), MONEY_OK);
    return result.amount_minor;
}

static void
test_a_half_goes_to_the_even_neighbour_or_away_from_zero (void **state)
{
    (void) state;
    assert_int_equal (s_share (5, 5000, MONEY_HALF_EVEN), 2);
    assert_int_equal (s_share (7, 5000, MONEY_HALF_EVEN), 4);
    assert_int_equal (s_share (-5, 5000, MONEY_HALF_EVEN), -2);
    assert_int_equal (s_share (5, 5000, MONEY_HALF_UP), 3);
    assert_int_equal (s_share (-5, 5000, MONEY_HALF_UP), -3);
    assert_int_equal (s_share (10001, 2200, MONEY_HALF_UP), 2200);
    assert_int_equal (s_share (12500, -1000, MONEY_HALF_EVEN), -1250);
}

static void
test_minutes_of_an_hourly_rate_are_rounded_once (void **state)
{
    (void) state;
    money_t result;
    assert_int_equal (money_ratio (s_money (4500, "EUR"), 95, 60, MONEY_HALF_UP, &result), MONEY_OK);
    assert_int_equal (result.amount_minor, 7125);
    assert_int_equal (money_ratio (s_money (10, "EUR"), 1, 3, MONEY_HALF_UP, &result), MONEY_OK);
    assert_int_equal (result.amount_minor, 3);
    assert_int_equal (money_ratio (s_money (10, "EUR"), 1, 0, MONEY_HALF_UP, &result), MONEY_DIVISOR);
}

static void
test_a_third_each_of_a_euro_gives_the_odd_cent_to_the_first (void **state)
{
    (void) state;
    money_t shares [3];
    assert_int_equal (money_allocate (s_money (100, "EUR"), (int64_t []) { 1, 1, 1 }, 3, shares), MONEY_OK);
    assert_int_equal (shares [0].amount_minor, 34);
    assert_int_equal (shares [1].amount_minor, 33);
    assert_int_equal (shares [2].amount_minor, 33);
    assert_string_equal (shares [2].currency, "EUR");
}

static void
test_the_odd_units_go_to_the_largest_remainders (void **state)
{
    (void) state;
    money_t shares [4];
    /* quotas 4.7, 1.6, 0, 3.7: one unit each to the first and the last */
    assert_int_equal (money_allocate (s_money (10, "EUR"), (int64_t []) { 47, 16, 0, 37 }, 4, shares), MONEY_OK);
    assert_int_equal (shares [0].amount_minor, 5);
    assert_int_equal (shares [1].amount_minor, 1);
    assert_int_equal (shares [2].amount_minor, 0);
    assert_int_equal (shares [3].amount_minor, 4);
}

static void
test_weights_that_divide_nothing_are_refused (void **state)
{
    (void) state;
    money_t share [2];
    assert_int_equal (money_allocate (s_money (10, "EUR"), (int64_t []) { 0, 0 }, 2, share), MONEY_WEIGHTS);
    assert_int_equal (money_allocate (s_money (10, "EUR"), (int64_t []) { 2, -1 }, 2, share), MONEY_WEIGHTS);
    assert_int_equal (money_allocate (s_money (10, "EUR"), (int64_t []) { 1 }, 0, share), MONEY_WEIGHTS);
    assert_int_equal (money_allocate (s_money (10, "EUR"), (int64_t []) { INT64_MAX, 1 }, 2, share), MONEY_OVERFLOW);
}

static void
s_assert_written (int64_t amount_minor, const char *currency, money_style_t style, const char *expected)
{
    char text [MONEY_TEXT_SIZE];
    assert_string_equal (money_format (s_money (amount_minor, currency), style, text), expected);
}

static void
test_an_amount_is_written_with_its_currencys_decimals (void **state)
{
    (void) state;
    s_assert_written (5, "EUR", MONEY_PLAIN, "0.05");
    s_assert_written (-123450, "CNY", MONEY_PLAIN, "-1234.50");
    s_assert_written (1250000, "VND", MONEY_PLAIN, "1250000");
    s_assert_written (1250000, "VND", (money_style_t) { ",", "." }, "1.250.000");
    s_assert_written (100000, "EUR", (money_style_t) { ",", "." }, "1.000,00");
    s_assert_written (99999, "EUR", (money_style_t) { ",", "." }, "999,99");
    s_assert_written (1234567, "KWD", (money_style_t) { ".", "\xe2\x80\xaf" }, "1\xe2\x80\xaf" "234.567");
    s_assert_written (INT64_MIN, "EUR", MONEY_PLAIN, "-92233720368547758.08");
}

static void
test_what_is_not_an_amount_is_refused (void **state)
{
    (void) state;
    static const char *const s_bad []
        = { "", "-", ".5", "1.", "1..2", "1.234", "1,5", " 1", "1 ", "+1", "1e3", "0x1", "--1" };
    money_t money;
    for (size_t i = 0; i < sizeof s_bad / sizeof s_bad [0]; i++)
        assert_int_equal (money_parse (s_bad [i], "EUR", &money), MONEY_TEXT);
    assert_int_equal (money_parse (NULL, "EUR", &money), MONEY_TEXT);
    assert_int_equal (money_parse ("1.5", "VND", &money), MONEY_TEXT);
    assert_int_equal (money_parse ("1", "EURO", &money), MONEY_CURRENCY);
    assert_int_equal (money_parse ("92233720368547758.08", "EUR", &money), MONEY_OVERFLOW);
    assert_int_equal (money_parse ("99999999999999999999999", "EUR", &money), MONEY_OVERFLOW);
    assert_int_equal (money_parse ("12.5", "EUR", &money), MONEY_OK);
    assert_int_equal (money.amount_minor, 1250);
}

static void
test_every_code_has_a_sentence (void **state)
{
    (void) state;
    for (int code = MONEY_OK; code <= MONEY_TEXT; code++)
        assert_string_not_equal (money_code_text ((money_code_t) code), "unknown code");
    assert_string_equal (money_code_text ((money_code_t) 99), "unknown code");
}

static void
test_property_what_is_written_is_read_back (void **state)
{
    (void) state;
    static const char *const s_currencies [] = { "EUR", "VND", "KWD" };
    char text [MONEY_TEXT_SIZE];
    for (long run = s_runs (); run > 0; run--) {
        money_t money = s_money (s_random_amount (), s_currencies [run % 3]), read;
        assert_int_equal (money_parse (money_format (money, MONEY_PLAIN, text), money.currency, &read), MONEY_OK);
        assert_int_equal (read.amount_minor, money.amount_minor);
    }
}

/* Sum exact, and no share further than one unit from its quota; a larger weight never gets less. */
static void
test_property_shares_add_up_to_the_total_exactly (void **state)
{
    (void) state;
    for (long run = s_runs (); run > 0; run--) {
        int64_t weights [12], sum = 0;
        size_t count = 1 + s_random () % 12;
        for (size_t i = 0; i < count; i++)
            sum += weights [i] = (int64_t) (s_random () >> (8 + s_random () % 55)) + (i == 0);
        money_t total = s_money (s_random_amount (), "EUR"), shares [12];
        assert_int_equal (money_allocate (total, weights, count, shares), MONEY_OK);
        __int128 given = 0;
        for (size_t i = 0; i < count; i++) {
            given += shares [i].amount_minor;
            __int128 off = (__int128) shares [i].amount_minor * sum - (__int128) total.amount_minor * weights [i];
            assert_true (off < sum && off > -(__int128) sum);
            for (size_t j = 0; j < count && total.amount_minor >= 0; j++)
                assert_true (weights [i] <= weights [j] || shares [i].amount_minor >= shares [j].amount_minor);
        }
        assert_true (given == total.amount_minor);
    }
}

/* Rounding never moves by more than half, both ways, and negation changes nothing but the sign. */
static void
test_property_rounding_is_nearest_and_symmetric (void **state)
{
    (void) state;
    for (long run = s_runs (); run > 0; run--) {
        int64_t amount = s_random_amount () / 2, numerator = s_random_amount () >> 33;
        int64_t denominator = (int64_t) (s_random () >> (33 + s_random () % 30)) + 1;
        money_t there, back;
        money_rounding_t rounding = run % 2 ? MONEY_HALF_EVEN : MONEY_HALF_UP;
        money_code_t code = money_ratio (s_money (amount, "EUR"), numerator, denominator, rounding, &there);
        if (code == MONEY_OVERFLOW)
            continue;
        __int128 off = (__int128) there.amount_minor * denominator - (__int128) amount * numerator;
        assert_true (off * 2 <= denominator && off * 2 >= -(__int128) denominator);
        assert_int_equal (money_ratio (s_money (-amount, "EUR"), numerator, denominator, rounding, &back), MONEY_OK);
        assert_true ((__int128) back.amount_minor == -(__int128) there.amount_minor);
    }
}

int
main (void)
{
    const char *seed = getenv ("PROPERTY_SEED");
    s_seed = seed ? strtoull (seed, NULL, 10) : (uint64_t) time (NULL);
    s_seed = s_seed ? s_seed : 1;
    printf ("PROPERTY_SEED=%llu\n", (unsigned long long) s_seed);
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_a_sum_that_does_not_fit_is_an_error_and_writes_nothing),
        cmocka_unit_test (test_two_currencies_are_never_added),
        cmocka_unit_test (test_a_currency_has_the_decimals_of_iso_4217),
        cmocka_unit_test (test_a_half_goes_to_the_even_neighbour_or_away_from_zero),
        cmocka_unit_test (test_minutes_of_an_hourly_rate_are_rounded_once),
        cmocka_unit_test (test_a_third_each_of_a_euro_gives_the_odd_cent_to_the_first),
        cmocka_unit_test (test_the_odd_units_go_to_the_largest_remainders),
        cmocka_unit_test (test_weights_that_divide_nothing_are_refused),
        cmocka_unit_test (test_an_amount_is_written_with_its_currencys_decimals),
        cmocka_unit_test (test_what_is_not_an_amount_is_refused),
        cmocka_unit_test (test_every_code_has_a_sentence),
        cmocka_unit_test (test_property_what_is_written_is_read_back),
        cmocka_unit_test (test_property_shares_add_up_to_the_total_exactly),
        cmocka_unit_test (test_property_rounding_is_nearest_and_symmetric),
    };
    return cmocka_run_group_tests_name ("money", tests, NULL, NULL);
}
