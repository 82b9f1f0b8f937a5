/* map - text -> pointer, for the length of a turn. Open addressing (Knuth, TAOCP 3, 6.4); no deletion.
 * Keys are not copied: they must live as long as the map. */
#pragma once
#include "arena.h"
#include <stdint.h>

typedef struct { const char *key; void *value; uint32_t hash; } map_slot_t;
typedef struct { map_slot_t *slots; uint32_t capacity, count; } map_t;

/* The place of this key's value: NULL inside when it is new, and then for the caller to fill. Never fails. */
void **map_at (map_t *self, arena_t *arena, const char *key);
/* The value, or NULL. */
void *map_get (const map_t *self, const char *key);
/* From now on the key has no value; nothing happens when it had none. */
void map_forget (map_t *self, const char *key);
/* The hash of a text, within one process: eight bytes at a time by multiplication (Dietzfelbinger, 1996). */
uint32_t map_hash (const char *key);
