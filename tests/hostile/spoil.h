/* spoil - a file as a broken program, a tired person or an enemy would hand it in: a good one with one to three things
 * wrong. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { SPOIL_SIZE_MAX = 1 << 20 };

typedef struct { char *bytes; size_t size; } spoil_text_t;

/* The same state makes the same files. */
typedef struct {
    uint64_t state;
    const spoil_text_t *good;       /* examples, the caller's */
    size_t good_count;
} spoil_t;

/* The next one, at most SPOIL_SIZE_MAX bytes, in a buffer that holds until the next call. */
spoil_text_t spoil_next (spoil_t *self);
