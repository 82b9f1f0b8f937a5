/* calendar_block - the inside of a calendar, for calendar*.c only: its rows, and the index of
 * its open time.
 *
 * Time is cut into blocks of 52 weeks of UTC. A block lists its open intervals with a running
 * sum, and is filled when a question first touches it; a long span then is a few whole blocks
 * and two binary searches. */
#ifndef CALENDAR_CALENDAR_BLOCK_H
#define CALENDAR_CALENDAR_BLOCK_H

#include "calendar.h"

#define BLOCK_DAYS      364
#define BLOCK_MS        (BLOCK_DAYS * DATE_DAY_MS)
#define BLOCK_COUNT     430                 /* 1970 to 2398 */
#define BLOCK_END_AT    (BLOCK_COUNT * BLOCK_MS)

/* Hours of a weekday or a date (key); end_ms is after start_ms and may be beyond 24:00; start_ms
 * -1 means closed. */
typedef struct {
    int32_t key, start_ms, end_ms;
} row_t;

typedef struct {
    row_t *rows;
    size_t count, capacity;
} rows_t;

typedef struct {
    int64_t from_at, to_at;
    int64_t before_ms;                      /* open time of the block before this interval */
} stretch_t;

typedef struct {
    stretch_t *stretches;                   /* ascending, apart */
    size_t count, capacity;
    int64_t open_ms;
    int32_t *workdays;                      /* dates; NULL until asked for */
    size_t workdays_count;
} block_t;

typedef enum {
    KIND_HOURS, KIND_ALWAYS, KIND_UNION, KIND_INTERSECTION
} kind_t;

struct calendar {
    kind_t kind;
    unsigned owners, depth;
    bool sealed;
    const zone_t *zone;
    rows_t weekly, exceptions;              /* after sealing: sorted, the parent's included */
    rows_t parent_weekly, parent_exceptions;
    bool has_parent;
    calendar_t *a, *b;                      /* operands of union and intersection */
    uint64_t fingerprint;
    char error [ZONE_ERROR_SIZE + 40];
    block_t *blocks [BLOCK_COUNT];
};

/* The rows of one key, sorted rows assumed; *ret_count may be 0. */
const row_t *calendar_rows_of (const rows_t *rows, int32_t key, size_t *ret_count);

/* The rows that hold on a date. */
const row_t *calendar_rows_on (const calendar_t *self, int32_t date, size_t *ret_count);

/* The block of a number 0 to BLOCK_COUNT - 1, filled. Not for KIND_ALWAYS. */
const block_t *calendar_block (calendar_t *self, int index);

/* The same with its working days filled, any kind. */
const block_t *calendar_block_workdays (calendar_t *self, int index);

/* Open time of a block before an instant of it. */
int64_t calendar_block_before (const block_t *block, int64_t at);

/* The first stretch that ends after an instant, or block->count. */
size_t calendar_block_find (const block_t *block, int64_t at);

/* Frees all blocks. */
void calendar_block_clear (calendar_t *self);

#endif
