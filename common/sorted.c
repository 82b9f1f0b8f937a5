#include "sorted.h"
#include "check.h"
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_ROWS = 256 };

static int
s_first_block (const sorted_t *self, sorted_fn *compare, const void *wanted)
{
    int low = 0, high = self->block_count;
    while (low < high) {
        int middle = (low + high) / 2;
        const sorted_block_t *block = &self->blocks [middle];
        if (compare (wanted, block->rows [block->count - 1]) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

sorted_place_t
sorted_find (const sorted_t *self, sorted_fn *compare, const void *wanted)
{
    int number = s_first_block (self, compare, wanted);
    if (number == self->block_count)
        return (sorted_place_t) { number, 0 };
    const sorted_block_t *block = &self->blocks [number];
    int low = 0, high = block->count - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (compare (wanted, block->rows [middle]) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return (sorted_place_t) { number, low };
}

void *
sorted_at (const sorted_t *self, sorted_place_t place)
{
    return place.block < self->block_count ? self->blocks [place.block].rows [place.at] : NULL;
}

void
sorted_step (const sorted_t *self, sorted_place_t *place)
{
    if (++place->at == self->blocks [place->block].count)
        *place = (sorted_place_t) { place->block + 1, 0 };
}

static void
s_add_block (sorted_t *self, int number)
{
    if (self->block_count == self->capacity) {
        self->capacity = self->capacity ? self->capacity * 2 : 4;
        self->blocks = realloc (self->blocks, (size_t) self->capacity * sizeof *self->blocks);
        check (self->blocks);
    }
    memmove (self->blocks + number + 1, self->blocks + number,
        (size_t) (self->block_count++ - number) * sizeof *self->blocks);
    self->blocks [number] = (sorted_block_t) { malloc (BLOCK_ROWS * sizeof (void *)), 0 };
    check (self->blocks [number].rows);
}

/* What grows at its end leaves full blocks behind; a block that is full elsewhere is halved. */
static void
s_split (sorted_t *self, sorted_place_t *place)
{
    int kept = place->at == BLOCK_ROWS ? BLOCK_ROWS : BLOCK_ROWS / 2;
    s_add_block (self, place->block + 1);
    sorted_block_t *block = &self->blocks [place->block], *next = block + 1;
    next->count = BLOCK_ROWS - kept;
    memcpy (next->rows, block->rows + kept, (size_t) next->count * sizeof *next->rows);
    block->count = kept;
    if (place->at >= kept)
        *place = (sorted_place_t) { place->block + 1, place->at - kept };
}

void
sorted_insert (sorted_t *self, sorted_place_t place, void *row)
{
    if (!self->block_count)
        s_add_block (self, 0);
    else if (place.block == self->block_count)
        place = (sorted_place_t) { place.block - 1, self->blocks [place.block - 1].count };
    if (self->blocks [place.block].count == BLOCK_ROWS)
        s_split (self, &place);
    sorted_block_t *block = &self->blocks [place.block];
    memmove (block->rows + place.at + 1, block->rows + place.at,
        (size_t) (block->count++ - place.at) * sizeof *block->rows);
    block->rows [place.at] = row;
    self->count++;
}

void
sorted_remove (sorted_t *self, sorted_place_t place)
{
    sorted_block_t *block = &self->blocks [place.block];
    memmove (block->rows + place.at, block->rows + place.at + 1,
        (size_t) (--block->count - place.at) * sizeof *block->rows);
    self->count--;
    if (block->count)
        return;
    free (block->rows);
    memmove (block, block + 1, (size_t) (--self->block_count - place.block) * sizeof *block);
}

void
sorted_replace (sorted_t *self, sorted_place_t place, void *row)
{
    self->blocks [place.block].rows [place.at] = row;
}

void
sorted_free (sorted_t *self)
{
    for (int i = 0; i < self->block_count; i++)
        free (self->blocks [i].rows);
    free (self->blocks);
    *self = (sorted_t) { 0 };
}
