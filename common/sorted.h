/* sorted - pointers in an order that the caller knows, in blocks of a few hundred: to find, insert and remove costs two
 * binary searches and one short move, however many there are. */
#pragma once

typedef struct { void **rows; int count; } sorted_block_t;
typedef struct { sorted_block_t *blocks; int block_count, capacity, count; } sorted_t;
typedef struct { int block, at; } sorted_place_t;

/* Below zero: what is looked for comes before the row; above: after it. */
typedef int (sorted_fn) (const void *wanted, const void *row);

/* Of the first row that does not come before what is wanted; behind the last one when there is none. */
sorted_place_t sorted_find (const sorted_t *self, sorted_fn *compare, const void *wanted);
void *sorted_at (const sorted_t *self, sorted_place_t place);      /* NULL: behind the last one */
void sorted_step (const sorted_t *self, sorted_place_t *place);    /* to the next */
/* Before the row at that place, which no other change may have come between. */
void sorted_insert (sorted_t *self, sorted_place_t place, void *row);
void sorted_remove (sorted_t *self, sorted_place_t place);
/* In place of the one that is there and is its equal in the order. */
void sorted_replace (sorted_t *self, sorted_place_t place, void *row);
void sorted_free (sorted_t *self);          /* not what it points to */
