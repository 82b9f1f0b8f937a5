/* Division by largest remainder. */
#include "money.h"

static money_code_t
s_sum_weights (const int64_t *weights, size_t count, int64_t *ret_sum)
{
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (weights [i] < 0)
            return MONEY_WEIGHTS;
        if (__builtin_add_overflow (sum, weights [i], &sum))
            return MONEY_OVERFLOW;
    }
    *ret_sum = sum;
    return sum > 0 ? MONEY_OK : MONEY_WEIGHTS;
}

static unsigned __int128
s_quota (uint64_t size, int64_t weight)
{
    return (unsigned __int128) size * (uint64_t) weight;
}

static int64_t
s_remainder (uint64_t size, int64_t weight, int64_t sum)
{
    return (int64_t) (s_quota (size, weight) % (uint64_t) sum);
}

static uint64_t
s_count_from (uint64_t size, const int64_t *weights, size_t count, int64_t sum, int64_t least)
{
    uint64_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += s_remainder (size, weights [i], sum) >= least;
    return found;
}

/* The largest remainder that at least `units` shares reach. Bisection: nothing to sort, nothing
 * to allocate. */
static int64_t
s_mark (uint64_t size, const int64_t *weights, size_t count, int64_t sum, uint64_t units)
{
    int64_t low = 0, high = sum;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (s_count_from (size, weights, count, sum, middle) >= units)
            low = middle;
        else
            high = middle;
    }
    return low;
}

money_code_t
money_allocate (money_t total, const int64_t *weights, size_t count, money_t *ret_shares)
{
    int64_t sum = 0;
    money_code_t code = s_sum_weights (weights, count, &sum);
    if (code != MONEY_OK)
        return code;

    bool is_negative = total.amount_minor < 0;
    uint64_t size = is_negative ? -(uint64_t) total.amount_minor : (uint64_t) total.amount_minor,
             left = size;
    for (size_t i = 0; i < count; i++)
        left -= (uint64_t) (s_quota (size, weights [i]) / (uint64_t) sum);

    int64_t mark = s_mark (size, weights, count, sum, left);
    uint64_t at_mark = left > 0 ? left - s_count_from (size, weights, count, sum, mark + 1) : 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t share = (uint64_t) (s_quota (size, weights [i]) / (uint64_t) sum);
        int64_t remainder = s_remainder (size, weights [i], sum);
        if (left > 0 && (remainder > mark || (remainder == mark && at_mark > 0))) {
            at_mark -= remainder == mark;
            share++;
        }
        ret_shares [i] = total;
        ret_shares [i].amount_minor = (int64_t) (is_negative ? -share : share);
    }
    return MONEY_OK;
}
