/* money - exact amounts: int64 minor units of an ISO 4217 currency, and no arithmetic that can
 * go wrong unnoticed.
 *
 * 12.50 EUR is { 1250, "EUR" }, 12500 dong is { 12500, "VND" }: the number of decimals is the
 * currency's own. Every function that computes returns MONEY_OK and writes its result, or
 * another code and writes nothing. Nothing allocates. */
#ifndef MONEY_MONEY_H
#define MONEY_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    int64_t amount_minor;
    char currency [4];                      /* three capitals and the end */
} money_t;

typedef enum {
    MONEY_OK,
    MONEY_OVERFLOW, /* the result does not fit 64 bits: refuse the amount, it is a typing error or
                       an attack */
    MONEY_CURRENCY, /* two currencies in one sum, or an unknown one: convert or correct first */
    MONEY_WEIGHTS, /* weights negative or all zero, or none given: nothing to divide by */
    MONEY_DIVISOR, /* a ratio over zero or less */
    MONEY_TEXT /* not a decimal number of that currency's precision */
} money_code_t;

typedef enum {
    MONEY_HALF_EVEN, /* 2.5 is 2, 3.5 is 4: no drift over many roundings (IEEE 754 roundTiesToEven)
                      */
    MONEY_HALF_UP /* 2.5 is 3, -2.5 is -3: as invoices and tax offices round */
} money_rounding_t;

/* How a country writes numbers; any text of up to 4 bytes, such as a no-break space. */
typedef struct {
    const char *decimal, *group;
} money_style_t;

#define MONEY_PLAIN         (money_style_t) { ".", "" }
#define MONEY_TEXT_SIZE     64
#define MONEY_WHOLE_BP      10000           /* 100 % in basis points */

/* The sentence for people that goes with a code; never NULL. */
const char *money_code_text (money_code_t code);

/* Decimals of a currency (VND 0, EUR 2, KWD 3), or -1 if the code is not in ISO 4217's list of
 * circulating currencies. */
int money_digits (const char *currency);

/* An amount of a currency. MONEY_CURRENCY if it is unknown. */
money_code_t money_make (int64_t amount_minor, const char *currency, money_t *ret_money);

/* a + b, a - b. MONEY_CURRENCY if they differ, MONEY_OVERFLOW. */
money_code_t money_add (money_t a, money_t b, money_t *ret_sum);
money_code_t money_subtract (money_t a, money_t b, money_t *ret_difference);

/* The amount times a whole number. MONEY_OVERFLOW. */
money_code_t money_multiply (money_t money, int64_t factor, money_t *ret_product);

/* The amount times numerator / denominator, rounded once: 95 minutes of an hourly rate is 95 /
 * 60. The denominator is positive. MONEY_DIVISOR, MONEY_OVERFLOW. */
money_code_t money_ratio (money_t money, int64_t numerator, int64_t denominator,
    money_rounding_t rounding, money_t *ret_money);

/* A share in basis points, 2200 = 22 %, negative for a discount. MONEY_OVERFLOW. */
money_code_t money_percent (
    money_t money, int64_t share_bp, money_rounding_t rounding, money_t *ret_money);

/* Divides a total by weights into shares whose sum is exactly the total: each gets its quota
 * rounded toward zero, and the units left over go one by one to the largest remainders, the
 * earlier share first when they tie. Shares of weight 0 are 0. Method: largest remainder
 * (Hamilton, Hare quota). MONEY_WEIGHTS, MONEY_OVERFLOW if the sum of weights does not fit. */
money_code_t money_allocate (
    money_t total, const int64_t *weights, size_t count, money_t *ret_shares);

/* Negative, 0 or positive as a is less than, equal to or more than b, in *ret_order.
 * MONEY_CURRENCY if they differ. */
money_code_t money_compare (money_t a, money_t b, int *ret_order);

/* Writes the number with the currency's decimals and without its name, "-1234.50", and returns
 * the buffer. */
char *money_format (money_t money, money_style_t style, char text [MONEY_TEXT_SIZE]);

/* Reads a plain decimal number, "-1234.5", digits and one point, no more decimals than the
 * currency has. MONEY_TEXT, MONEY_CURRENCY, MONEY_OVERFLOW. */
money_code_t money_parse (const char *text, const char *currency, money_t *ret_money);

#endif
