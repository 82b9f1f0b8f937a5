#include "map.h"
#include <string.h>

uint32_t
map_hash (const char *key)
{
    const uint64_t factor = UINT64_C (0x9e3779b97f4a7c15);
    size_t left = strlen (key);
    uint64_t hash = left * factor, eight = 0;
    for (; left >= sizeof eight; left -= sizeof eight, key += sizeof eight) {
        memcpy (&eight, key, sizeof eight);
        hash = (hash ^ eight) * factor;
        hash ^= hash >> 32;
    }
    eight = 0;
    memcpy (&eight, key, left);
    hash = (hash ^ eight) * factor;
    return (uint32_t) (hash >> 32);
}

static map_slot_t *
s_slot (const map_t *self, const char *key, uint32_t hash)
{
    for (uint32_t i = hash;; i++) {
        map_slot_t *slot = &self->slots [i & (self->capacity - 1)];
        if (!slot->key || (slot->hash == hash && strcmp (slot->key, key) == 0))
            return slot;
    }
}

static void
s_grow (map_t *self, arena_t *arena)
{
    map_t old = *self;
    self->capacity = old.capacity ? old.capacity * 2 : 16;
    self->slots = arena_array (arena, self->capacity, sizeof *self->slots);
    for (uint32_t i = 0; i < old.capacity; i++)
        if (old.slots [i].key)
            *s_slot (self, old.slots [i].key, old.slots [i].hash) = old.slots [i];
}

void **
map_at (map_t *self, arena_t *arena, const char *key)
{
    if (self->count * 4 >= self->capacity * 3)
        s_grow (self, arena);
    uint32_t hash = map_hash (key);
    map_slot_t *slot = s_slot (self, key, hash);
    if (!slot->key) {
        slot->key = key;
        slot->hash = hash;
        self->count++;
    }
    return &slot->value;
}

void *
map_get (const map_t *self, const char *key)
{
    return self->capacity ? s_slot (self, key, map_hash (key))->value : NULL;
}

void
map_forget (map_t *self, const char *key)
{
    if (self->capacity)
        s_slot (self, key, map_hash (key))->value = NULL;
}
