#include "money.h"

#include <stdio.h>
#include <string.h>

const char *
money_code_text (money_code_t code)
{
    static const char *const s_texts [] = {
        [MONEY_OK] = "fine",
        [MONEY_OVERFLOW] = "the amount is too large to be true: correct it",
        [MONEY_CURRENCY]
        = "the currencies differ, or one is unknown: use one ISO 4217 code throughout",
        [MONEY_WEIGHTS] = "there is nothing to divide by: give weights of which at least one is "
                          "above zero, and none below",
        [MONEY_DIVISOR] = "the divisor must be above zero",
        [MONEY_TEXT] = "this is not an amount: write digits, a point, and no more decimals than "
                       "the currency has",
    };
    return (size_t) code < sizeof s_texts / sizeof s_texts [0] ? s_texts [code] : "unknown code";
}

money_code_t
money_make (int64_t amount_minor, const char *currency, money_t *ret_money)
{
    if (money_digits (currency) < 0)
        return MONEY_CURRENCY;
    *ret_money = (money_t) { .amount_minor = amount_minor };
    memcpy (ret_money->currency, currency, 3);
    return MONEY_OK;
}

static bool
s_is_same (money_t a, money_t b)
{
    return memcmp (a.currency, b.currency, sizeof a.currency) == 0;
}

money_code_t
money_add (money_t a, money_t b, money_t *ret_sum)
{
    if (!s_is_same (a, b))
        return MONEY_CURRENCY;
    if (__builtin_add_overflow (a.amount_minor, b.amount_minor, &a.amount_minor))
        return MONEY_OVERFLOW;
    *ret_sum = a;
    return MONEY_OK;
}

money_code_t
money_subtract (money_t a, money_t b, money_t *ret_difference)
{
    if (!s_is_same (a, b))
        return MONEY_CURRENCY;
    if (__builtin_sub_overflow (a.amount_minor, b.amount_minor, &a.amount_minor))
        return MONEY_OVERFLOW;
    *ret_difference = a;
    return MONEY_OK;
}

money_code_t
money_multiply (money_t money, int64_t factor, money_t *ret_product)
{
    if (__builtin_mul_overflow (money.amount_minor, factor, &money.amount_minor))
        return MONEY_OVERFLOW;
    *ret_product = money;
    return MONEY_OK;
}

/* The quotient nearest to exact; the denominator is positive. */
static __int128
s_divide (__int128 numerator, int64_t denominator, money_rounding_t rounding)
{
    int sign = numerator < 0 ? -1 : 1;
    __int128 size = numerator * sign, quotient = size / denominator, twice = size % denominator * 2;
    bool is_half = twice == denominator;
    if (twice > denominator || (is_half && (rounding == MONEY_HALF_UP || quotient % 2 == 1)))
        quotient++;
    return quotient * sign;
}

money_code_t
money_ratio (money_t money, int64_t numerator, int64_t denominator, money_rounding_t rounding,
    money_t *ret_money)
{
    if (denominator <= 0)
        return MONEY_DIVISOR;
    __int128 amount = s_divide ((__int128) money.amount_minor * numerator, denominator, rounding);
    if (amount > INT64_MAX || amount < INT64_MIN)
        return MONEY_OVERFLOW;
    money.amount_minor = (int64_t) amount;
    *ret_money = money;
    return MONEY_OK;
}

money_code_t
money_percent (money_t money, int64_t share_bp, money_rounding_t rounding, money_t *ret_money)
{
    return money_ratio (money, share_bp, MONEY_WHOLE_BP, rounding, ret_money);
}

money_code_t
money_compare (money_t a, money_t b, int *ret_order)
{
    if (!s_is_same (a, b))
        return MONEY_CURRENCY;
    *ret_order = (a.amount_minor > b.amount_minor) - (a.amount_minor < b.amount_minor);
    return MONEY_OK;
}

/* Copies at most four bytes of a separator, so that a text of any length stays inside the
 * buffer. */
static size_t
s_separate (char *text, const char *separator)
{
    size_t length = strnlen (separator, 4);
    memcpy (text, separator, length);
    return length;
}

char *
money_format (money_t money, money_style_t style, char text [MONEY_TEXT_SIZE])
{
    char figures [24];
    int decimals = money_digits (money.currency);
    uint64_t size
        = money.amount_minor < 0 ? -(uint64_t) money.amount_minor : (uint64_t) money.amount_minor;
    decimals = decimals < 0 ? 0 : decimals;
    int length
        = snprintf (figures, sizeof figures, "%0*llu", decimals + 1, (unsigned long long) size);
    int whole = length - decimals;

    size_t at = 0;
    if (money.amount_minor < 0)
        text [at++] = '-';
    for (int i = 0; i < length; i++) {
        if (i == whole)
            at += s_separate (text + at, style.decimal);
        else if (i > 0 && i < whole && (whole - i) % 3 == 0)
            at += s_separate (text + at, style.group);
        text [at++] = figures [i];
    }
    text [at] = 0;
    return text;
}

/* Appends a decimal digit to a negative number: negative, because there is one more of those. */
static bool
s_push_digit (int64_t *amount, int digit)
{
    return !__builtin_mul_overflow (*amount, 10, amount)
        && !__builtin_sub_overflow (*amount, digit, amount);
}

money_code_t
money_parse (const char *text, const char *currency, money_t *ret_money)
{
    int decimals = money_digits (currency), seen = 0;
    bool is_negative = text && *text == '-', has_point = false;
    int64_t amount = 0;
    if (decimals < 0)
        return MONEY_CURRENCY;
    if (!text || text [is_negative] < '0' || text [is_negative] > '9')
        return MONEY_TEXT;
    for (text += is_negative; *text; text++) {
        if (*text == '.' && !has_point && decimals > 0 && text [1])
            has_point = true;
        else if (*text < '0' || *text > '9' || (has_point && ++seen > decimals))
            return MONEY_TEXT;
        else if (!s_push_digit (&amount, *text - '0'))
            return MONEY_OVERFLOW;
    }
    for (; seen < decimals; seen++)
        if (!s_push_digit (&amount, 0))
            return MONEY_OVERFLOW;
    if (!is_negative && __builtin_sub_overflow (0, amount, &amount))
        return MONEY_OVERFLOW;
    return money_make (amount, currency, ret_money);
}
