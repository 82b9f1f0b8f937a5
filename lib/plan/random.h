/* random - numbers of a search: fast, seeded, the same on every machine. Internal to lib/plan. Source: S. Vigna,
 * "Further scramblings of Marsaglia's xorshift generators", 2017 (xorshift128+); seeded by splitmix64. */
#pragma once
#include <stdint.h>

typedef struct { uint64_t low, high; } random_t;

void random_seed (random_t *self, uint64_t seed);
/* Of -ln (u), u uniform in (0, 1], in 1/65,536; by table and interpolation, no floating point. */
uint32_t random_exponential (random_t *self);

static inline uint64_t
random_next (random_t *self)
{
    uint64_t a = self->low, b = self->high;
    self->low = b;
    a ^= a << 23;
    self->high = a ^ b ^ (a >> 17) ^ (b >> 26);
    return self->high + b;
}

/* Uniform in [0, bound). */
static inline uint32_t
random_below (random_t *self, uint32_t bound)
{
    return (uint32_t) (((random_next (self) >> 32) * bound) >> 32);
}

/* True with a chance of part / 2^32. */
static inline int
random_hit (random_t *self, uint32_t part)
{
    return (uint32_t) (random_next (self) >> 32) < part;
}
