#include "hashed.h"
#include "check.h"
#include "map.h"
#include <stdlib.h>
#include <string.h>

/* Where the row of that key is, or would be put. */
static hashed_slot_t *
s_slot (const hashed_t *self, const entity_t *entity, const char *key, uint32_t hash)
{
    for (uint32_t i = hash;; i++) {
        hashed_slot_t *slot = &self->slots [i & (self->capacity - 1)];
        if (!slot->row || (slot->hash == hash && strcmp (entity_key (entity, slot->row), key) == 0))
            return slot;
    }
}

static void
s_grow (hashed_t *self)
{
    hashed_t old = *self;
    self->capacity = old.capacity ? old.capacity * 2 : 16;
    self->slots = calloc (self->capacity, sizeof *self->slots);
    check (self->slots);
    for (uint32_t i = 0; i < old.capacity; i++) {
        uint32_t at = old.slots [i].hash;
        if (!old.slots [i].row)
            continue;
        while (self->slots [at & (self->capacity - 1)].row)
            at++;
        self->slots [at & (self->capacity - 1)] = old.slots [i];
    }
    free (old.slots);
}

void *
hashed_get (const hashed_t *self, const entity_t *entity, const char *key)
{
    return self->capacity ? s_slot (self, entity, key, map_hash (key))->row : NULL;
}

void
hashed_put (hashed_t *self, const entity_t *entity, void *row)
{
    if (self->count * 4 >= self->capacity * 3)
        s_grow (self);
    const char *key = entity_key (entity, row);
    uint32_t hash = map_hash (key);
    hashed_slot_t *slot = s_slot (self, entity, key, hash);
    self->count += !slot->row;
    *slot = (hashed_slot_t) { row, hash };
}

/* Rows behind the gap that began to look before it move into it. */
void
hashed_remove (hashed_t *self, const entity_t *entity, const char *key)
{
    hashed_slot_t *gap = self->capacity ? s_slot (self, entity, key, map_hash (key)) : NULL;
    if (!gap || !gap->row)
        return;
    uint32_t mask = self->capacity - 1, hole = (uint32_t) (gap - self->slots);
    for (uint32_t i = (hole + 1) & mask; self->slots [i].row; i = (i + 1) & mask)
        if (((i - self->slots [i].hash) & mask) >= ((i - hole) & mask)) {
            self->slots [hole] = self->slots [i];
            hole = i;
        }
    self->slots [hole].row = NULL;
    self->count--;
}

void
hashed_free (hashed_t *self)
{
    free (self->slots);
    *self = (hashed_t) { 0 };
}
