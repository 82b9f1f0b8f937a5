#include "id.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define MS_MAX ((INT64_C (1) << 48) - 1)
#define HIGH_MASK 0x0FFFu                   /* rand_a of the RFC: 12 bits */
#define LOW_MASK ((UINT64_C (1) << 62) - 1) /* rand_b: 62 bits */

void
id_source_init (id_source_t *self)
{
    *self = (id_source_t) { 0 };
    if (getrandom (self->key, sizeof (self->key), 0) != (ssize_t) sizeof (self->key)) {
        fprintf (
            stderr, "id: the kernel gives no random bytes; is this a sandbox without getrandom?\n");
        abort ();
    }
}

void
id_source_seed (id_source_t *self, uint64_t seed)
{
    *self = (id_source_t) { 0 };
    memcpy (self->key, &seed, sizeof (seed));
}

static void
s_draw_pool (id_source_t *self)
{
    unsigned char nonce [crypto_stream_chacha20_NONCEBYTES] = { 0 };
    memcpy (nonce, &self->drawn, sizeof (self->drawn));
    self->drawn++;
    crypto_stream_chacha20 (self->pool, sizeof (self->pool), nonce, self->key);
    self->left = sizeof (self->pool);
}

uint64_t
id_random (id_source_t *self)
{
    uint64_t random;
    if (self->left < sizeof (random))
        s_draw_pool (self);
    memcpy (&random, self->pool + sizeof (self->pool) - self->left, sizeof (random));
    self->left -= sizeof (random);
    return random;
}

/* The top bit of a new counter is 0, which leaves 2^73 steps of 2^32 at most before it could run
 * over. */
static void
s_new_counter (id_source_t *self)
{
    self->last_high = (uint16_t) (id_random (self) & (HIGH_MASK >> 1));
    self->last_low = id_random (self) & LOW_MASK;
}

static void
s_step_counter (id_source_t *self)
{
    uint64_t low = self->last_low + (id_random (self) >> 32) + 1;
    self->last_low = low & LOW_MASK;
    self->last_high = (uint16_t) (self->last_high + (low >> 62));
    if (self->last_high > HIGH_MASK) { /* borrow from the next millisecond rather than go back */
        self->last_ms++;
        s_new_counter (self);
    }
}

static void
s_put_hex (char *at, int digits, uint64_t value)
{
    for (; digits > 0; value >>= 4)
        at [--digits] = "0123456789abcdef" [value & 0xF];
}

void
id_new (id_source_t *self, int64_t now_ms, char ret_id [ID_SIZE])
{
    int64_t ms = now_ms < 0 ? 0 : now_ms > MS_MAX ? MS_MAX : now_ms;
    if (!self->has_last || ms > self->last_ms) {
        self->has_last = true;
        self->last_ms = ms;
        s_new_counter (self);
    } else
        s_step_counter (self);
    memcpy (ret_id, "xxxxxxxx-xxxx-7xxx-xxxx-xxxxxxxxxxxx", ID_SIZE);
    s_put_hex (ret_id, 8, (uint64_t) self->last_ms >> 16);
    s_put_hex (ret_id + 9, 4, (uint64_t) self->last_ms);
    s_put_hex (ret_id + 15, 3, self->last_high);
    s_put_hex (ret_id + 19, 4, (UINT64_C (2) << 14) | (self->last_low >> 48));
    s_put_hex (ret_id + 24, 12, self->last_low);
}

bool
id_is_valid (const char *text)
{
    static const char shape [] = "xxxxxxxx-xxxx-7xxx-vxxx-xxxxxxxxxxxx";
    if (!text || strlen (text) != ID_SIZE - 1)
        return false;
    for (size_t at = 0; at < ID_SIZE - 1; at++) {
        const char *allowed = NULL;
        if (shape [at] == 'x')
            allowed = "0123456789abcdef";
        else if (shape [at] == 'v')
            allowed = "89ab";
        if (allowed ? !strchr (allowed, text [at]) : text [at] != shape [at])
            return false;
    }
    return true;
}

int64_t
id_time_ms (const char *id)
{
    if (!id_is_valid (id))
        return -1;
    int64_t ms = 0;
    for (size_t at = 0; at < 13; at++)
        if (id [at] != '-')
            ms = ms * 16 + (id [at] <= '9' ? id [at] - '0' : id [at] - 'a' + 10);
    return ms;
}
