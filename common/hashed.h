/* hashed - rows by their keys: to find one costs one look, however many there are. Open addressing with linear probing;
 * what is taken out leaves no mark (Knuth, TAOCP 3, 6.4, algorithm R). */
#pragma once
#include "entity.h"
#include <stdint.h>

typedef struct { void *row; uint32_t hash; } hashed_slot_t;
typedef struct { hashed_slot_t *slots; uint32_t capacity, count; } hashed_t;

void *hashed_get (const hashed_t *self, const entity_t *entity, const char *key);     /* NULL: none */
/* In place of the row of the same key, if there is one. */
void hashed_put (hashed_t *self, const entity_t *entity, void *row);
void hashed_remove (hashed_t *self, const entity_t *entity, const char *key);         /* nothing if there is none */
void hashed_free (hashed_t *self);          /* not the rows */
