/* base64 - bytes as letters, RFC 4648. */
#ifndef BASE64_H
#define BASE64_H

#include <stddef.h>
#include "arena.h"

/* Returns SIZE bytes in the standard alphabet with padding; owned by the arena. */
char *base64_encode (arena_t *arena, const void *bytes, size_t size);

/* Returns the bytes of TEXT, which may be in the standard or the URL alphabet, with padding or
 * without, and sets *ret_size. Returns NULL when TEXT is neither, or has left-over bits. A NUL
 * follows the bytes. Owned by the arena. */
unsigned char *base64_decode (arena_t *arena, const char *text, size_t *ret_size);

#endif
