#include "map.h"
#include <string.h>

static uint32_t
s_hash (const char *key)
{
    uint32_t hash = 2166136261u;
    for (const char *p = key; *p; p++)
        hash = (hash ^ (uint8_t) *p) * 16777619u;
    return hash;
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
    uint32_t hash = s_hash (key);
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
    return self->capacity ? s_slot (self, key, s_hash (key))->value : NULL;
}

void
map_forget (map_t *self, const char *key)
{
    if (self->capacity)
        s_slot (self, key, s_hash (key))->value = NULL;
}
