/* phone - numbers made comparable, whoever typed them. */
#include "intake.h"

#include <string.h>

enum { DIGITS_MAX = 20, KEY_MIN = 6 };

/* E.164 country codes: 1 and 7 have one digit, these have two, all others three. */
static const char s_two_digits [] = " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 "
                                    "53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86"
                                    " 90 91 92 93 94 95 98 ";

static int
s_country_digits (const char *digits)
{
    if (*digits == '1' || *digits == '7')
        return 1;
    const char code [] = { ' ', digits [0], digits [1], ' ', 0 };
    return strstr (s_two_digits, code) ? 2 : 3;
}

/* Digits up to the first letter, which begins an extension. Returns how many. */
static size_t
s_digits (const char *number, char digits [DIGITS_MAX + 1])
{
    size_t count = 0;
    for (const char *c = number; *c && count < DIGITS_MAX; c++) {
        if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z'))
            break;
        if (*c >= '0' && *c <= '9')
            digits [count++] = *c;
    }
    digits [count] = 0;
    return count;
}

char *
phone_key (tx_t *tx, const char *number)
{
    if (is_empty (number))
        return "";
    char digits [DIGITS_MAX + 1];
    const char *start = digits;
    size_t count = s_digits (number, digits);
    bool is_international = number [strspn (number, " (")] == '+';
    if (!is_international && !strncmp (digits, "00", 2)) {
        is_international = true;
        start += 2;
    }
    if (is_international && count > 4)
        start += s_country_digits (start);
    start += strspn (start, "0");
    return strlen (start) < KEY_MIN ? "" : tx_printf (tx, "%s", start);
}
