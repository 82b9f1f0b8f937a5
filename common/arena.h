/* arena - memory that dies together: allocate freely during a turn or a request, give all of it
 * back at once.
 *
 * Nobody frees single pieces. Every piece is aligned to 16 bytes, and zeroed where it says so.
 * Running out of memory is a broken world no caller can mend, so the process says so and aborts; no
 * function here returns NULL. Under AddressSanitizer everything not handed out is poisoned, so a
 * pointer kept over arena_reset is found. Source of the method: memory contexts of PostgreSQL, pools
 * of nginx; Hanson, "Fast allocation and deallocation of memory based on object lifetimes", 1990. */
#ifndef ARENA_H
#define ARENA_H

#include <stdarg.h>
#include <stddef.h>
#include <protobuf-c/protobuf-c.h>

typedef struct arena arena_t;

/* Returns a new, empty arena, owned by the caller until arena_destroy. */
arena_t *arena_new (void);

/* Frees the arena and everything allocated from it, and sets *arena_p to NULL. A NULL arena is left
 * alone. */
void arena_destroy (arena_t **arena_p);

/* Takes back everything allocated from the arena; some blocks are kept for the next use. */
void arena_reset (arena_t *self);

/* Returns SIZE zeroed bytes, aligned to 16, that live until the reset. SIZE 0 gives a pointer that
 * must not be read. */
void *arena_alloc (arena_t *self, size_t size);

/* The same bytes, not zeroed: for who fills all of them. */
void *arena_piece (arena_t *self, size_t size);

/* Returns COUNT zeroed elements of SIZE bytes; aborts when the product overflows. */
void *arena_array (arena_t *self, size_t count, size_t size);

/* Returns a copy of TEXT, or NULL for NULL. */
char *arena_strdup (arena_t *self, const char *text);

/* Returns a copy of SIZE bytes with a NUL after them. */
char *arena_copy (arena_t *self, const void *bytes, size_t size);

/* Returns the text printf would print. */
char *arena_printf (arena_t *self, const char *format, ...)
    __attribute__ ((format (printf, 2, 3), nonnull (2)));
char *arena_vprintf (arena_t *self, const char *format, va_list arguments)
    __attribute__ ((format (printf, 2, 0), nonnull (2)));

/* Returns the number of bytes handed out since the last reset, padding included. */
size_t arena_used (const arena_t *self);

/* Returns an allocator for protobuf_c_message_unpack. What it unpacks lives in the arena: never
 * free_unpacked it. */
ProtobufCAllocator arena_protobuf (arena_t *self);

#endif
