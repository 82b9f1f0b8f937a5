#include "arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(address, size) ASAN_POISON_MEMORY_REGION (address, size)
#define UNPOISON(address, size) ASAN_UNPOISON_MEMORY_REGION (address, size)
#define RED_ZONE 16 /* so that two pieces of a round size do not touch */
#else
#define POISON(address, size) ((void) 0)
#define UNPOISON(address, size) ((void) 0)
#define RED_ZONE 0
#endif

#define ALIGNMENT 16
#define BLOCK_SIZE ((size_t) 64 * 1024)
#define USUAL_TEXT 512
#define BLOCKS_KEPT 64 /* by a reset, 4 MiB: one burst should not stay in memory for ever */

typedef struct block {
    struct block *next;
    size_t size; /* bytes after this header */
    size_t used;
    size_t padding_; /* keeps the header, and so the data after it, a multiple of 16 */
} block_t;

struct arena {
    block_t *current; /* the block allocated from, then the full ones */
    block_t *spare;   /* empty blocks of BLOCK_SIZE, kept by arena_reset */
    size_t used;
};

static _Noreturn void
s_out_of_memory (size_t size)
{
    fprintf (
        stderr, "arena: no memory for %zu bytes; give the process more or the turn less\n", size);
    abort ();
}

static char *
s_block_data (block_t *block)
{
    return (char *) (block + 1);
}

static block_t *
s_block_new (size_t size)
{
    block_t *block = malloc (sizeof (block_t) + size);
    if (!block)
        s_out_of_memory (size);
    *block = (block_t) { .size = size };
    POISON (s_block_data (block), size);
    return block;
}

static void
s_blocks_free (block_t *block)
{
    while (block) {
        block_t *next = block->next;
        UNPOISON (s_block_data (block), block->size);
        free (block);
        block = next;
    }
}

arena_t *
arena_new (void)
{
    arena_t *self = calloc (1, sizeof (arena_t));
    if (!self)
        s_out_of_memory (sizeof (arena_t));
    return self;
}

void
arena_destroy (arena_t **arena_p)
{
    arena_t *self = *arena_p;
    if (!self)
        return;
    s_blocks_free (self->current);
    s_blocks_free (self->spare);
    free (self);
    *arena_p = NULL;
}

void
arena_reset (arena_t *self)
{
    block_t *block = self->current;
    unsigned kept = 0;
    for (const block_t *spare = self->spare; spare; spare = spare->next)
        kept++;
    while (block) {
        block_t *next = block->next;
        block->next = NULL;
        if (block->size == BLOCK_SIZE && kept < BLOCKS_KEPT) {
            POISON (s_block_data (block), block->size);
            block->used = 0;
            block->next = self->spare;
            self->spare = block;
            kept++;
        } else
            s_blocks_free (block);
        block = next;
    }
    self->current = NULL;
    self->used = 0;
}

/* A piece too big for a common block gets its own, put behind the current one so that the rest of
 * that stays usable. */
static block_t *
s_big_block (arena_t *self, size_t size)
{
    block_t *block = s_block_new (size);
    if (self->current) {
        block->next = self->current->next;
        self->current->next = block;
    } else
        self->current = block;
    return block;
}

static block_t *
s_block_with_room (arena_t *self, size_t size)
{
    if (self->current && self->current->size - self->current->used >= size)
        return self->current;
    if (size > BLOCK_SIZE / 4)
        return s_big_block (self, size);
    block_t *block = self->spare;
    if (block)
        self->spare = block->next;
    else
        block = s_block_new (BLOCK_SIZE);
    block->next = self->current;
    self->current = block;
    return block;
}

void *
arena_piece (arena_t *self, size_t size)
{
    if (size > SIZE_MAX / 2)
        s_out_of_memory (size);
    size_t padded = ((size + ALIGNMENT - 1) & ~(size_t) (ALIGNMENT - 1)) + RED_ZONE;
    block_t *block = s_block_with_room (self, padded);
    char *piece = s_block_data (block) + block->used;
    block->used += padded;
    self->used += padded;
    UNPOISON (piece, size);
    return piece;
}

void *
arena_alloc (arena_t *self, size_t size)
{
    return memset (arena_piece (self, size), 0, size);
}

void *
arena_array (arena_t *self, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow (count, size, &bytes))
        s_out_of_memory (SIZE_MAX);
    return arena_alloc (self, bytes);
}

char *
arena_copy (arena_t *self, const void *bytes, size_t size)
{
    char *copy = arena_piece (self, size + 1);
    if (size)
        memcpy (copy, bytes, size);
    copy [size] = '\0';
    return copy;
}

char *
arena_strdup (arena_t *self, const char *text)
{
    return text ? arena_copy (self, text, strlen (text)) : NULL;
}

char *
arena_vprintf (arena_t *self, const char *format, va_list arguments)
{
    char usual [USUAL_TEXT], *text = NULL; /* most are short: formatted once */
    va_list again;
    va_copy (again, arguments);
    int length = vsnprintf (usual, sizeof usual, format, arguments);
    if (length < (int) sizeof usual)
        text = arena_copy (self, usual, length < 0 ? 0 : (size_t) length);
    else
        vsnprintf (text = arena_piece (self, (size_t) length + 1), (size_t) length + 1, format, again);
    va_end (again);
    return text;
}

char *
arena_printf (arena_t *self, const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    char *text = arena_vprintf (self, format, arguments);
    va_end (arguments);
    return text;
}

size_t
arena_used (const arena_t *self)
{
    return self->used;
}

static void *
s_protobuf_alloc (void *arena, size_t size)
{
    return arena_piece (arena, size);
}

static void
s_protobuf_free (void *arena, void *piece)
{
    (void) arena;
    (void) piece;
}

ProtobufCAllocator
arena_protobuf (arena_t *self)
{
    return (ProtobufCAllocator) { s_protobuf_alloc, s_protobuf_free, self };
}
