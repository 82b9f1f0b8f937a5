/* writer - text that grows in an arena up to a limit. */
#ifndef WRITER_H
#define WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include "arena.h"

typedef struct {
    arena_t *arena;
    char *text; /* always ends in a NUL once something was added */
    size_t size, room;
    size_t size_max;  /* bytes, the NUL not counted */
    bool is_overfull; /* something did not fit and was left out */
} writer_t;

/* Returns an empty writer; what it writes is owned by the arena. */
writer_t writer_new (arena_t *arena, size_t size_max);

/* Adds SIZE bytes, or none of them when they do not fit under the limit. */
void writer_add (writer_t *self, const void *bytes, size_t size);

/* Adds a text, a character, COUNT spaces. */
void writer_add_text (writer_t *self, const char *text);
void writer_add_character (writer_t *self, char character);
void writer_add_spaces (writer_t *self, size_t count);

/* Returns the text written so far, "" when there is none. */
char *writer_text (writer_t *self);

#endif
