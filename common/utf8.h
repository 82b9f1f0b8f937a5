/* utf8 - tells text from bytes. Source: RFC 3629, Unicode 15 table 3-7 (well-formed UTF-8 byte
 * sequences). */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include "arena.h"

/* Returns how many of the SIZE bytes, from the start, are whole well-formed characters; SIZE when
 * all is text. */
size_t utf8_valid_size (const void *bytes, size_t size);

bool utf8_is_valid (const void *bytes, size_t size);

/* Ends TEXT before the first byte that belongs to no character: for sentences cut to the size of a
 * buffer. */
void utf8_trim (char *text);

/* Makes "?" of every byte of TEXT that a terminal would obey, or that belongs to no character; line ends and tabs
 * stay. Returns TEXT. */
char *utf8_tame (char *text);

/* Returns a copy of TEXT in which every byte that belongs to no character is U+FFFD; owned by the
 * arena. */
char *utf8_repair (arena_t *arena, const char *text);

#endif
