/* keep - what was made from bytes, kept for as long as the same bytes are asked for again: calendars that were built,
 * messages that were unpacked.
 *
 * It is found by name and compared by content, so nobody can tell from an answer whether it was kept: in one process,
 * a simulation for instance, two companies may have the same ids with other bytes. Not for other threads. */
#ifndef KEEP_H
#define KEEP_H

#include "entity.h"
#include <stddef.h>

typedef struct keep_t keep_t;

/* how: what else make has to know, part of the name. May return NULL, which is kept too. */
typedef void *keep_make_fn (const void *how, blob_t bytes);
/* Never called with NULL. */
typedef void keep_drop_fn (void *value);

/* Returns an empty one, owned by the caller. */
keep_t *keep_new (keep_make_fn *make, keep_drop_fn *drop);
/* Drops everything and sets *self_p to NULL. NULL is left alone. */
void keep_destroy (keep_t **self_p);

/* Returns what make gave for these bytes under this name, made now if there is none or the bytes are others. Borrowed
 * until the next keep_trim. */
void *keep_get (keep_t *self, const void *how, const char *id, int64_t version, blob_t bytes);

/* Drops what was replaced by other bytes, and what was not asked for longest until at most so many are left. */
void keep_trim (keep_t *self, size_t most);

#endif
