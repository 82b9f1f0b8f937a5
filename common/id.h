/* id - names nobody else gives: UUID version 7, sorted by the time they were made.
 *
 * Within one source every id is greater than the one before, also in the same millisecond and when
 * the clock steps back (RFC 9562 section 6.2, method 2: the 74 random bits are a counter that grows
 * by a random amount). The random bits are ChaCha20 under a key that comes from the kernel in
 * production and from a seed in simulations. */
#ifndef ID_H
#define ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ID_SIZE 37 /* 36 characters and the NUL */

typedef struct {
    unsigned char key [32];
    unsigned char pool [512]; /* random bytes not used yet are at the end */
    size_t left;
    uint64_t drawn; /* pools drawn so far, the nonce of the next */
    bool has_last;
    int64_t last_ms;
    uint16_t last_high; /* the counter of the last id: 12 bits and 62 bits */
    uint64_t last_low;
} id_source_t;

/* Makes *self a source whose ids nobody can foretell. Aborts when the kernel has no random bytes.
 */
void id_source_init (id_source_t *self);

/* Makes *self a source that always gives the same ids for the same seed and times: for tests and
 * simulation only. */
void id_source_seed (id_source_t *self, uint64_t seed);

/* Writes the next id, lower case with hyphens; now_ms is since the epoch, UTC, and taken as 0 or
 * 2^48 - 1 when outside. */
void id_new (id_source_t *self, int64_t now_ms, char ret_id [ID_SIZE]);

/* Returns 64 random bits from the same generator. */
uint64_t id_random (id_source_t *self);

/* Returns whether TEXT is a UUID of version 7 in its text form, lower case. NULL is not. */
bool id_is_valid (const char *text);

/* Returns when the id was made, in ms since the epoch, or -1 when it is not valid. */
int64_t id_time_ms (const char *id);

#endif
