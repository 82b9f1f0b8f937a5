#include "base64.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

char *
base64_encode (arena_t *arena, const void *bytes, size_t size)
{
    size_t room = sodium_base64_encoded_len (size, sodium_base64_VARIANT_ORIGINAL);
    char *text = arena_alloc (arena, room);
    sodium_bin2base64 (text, room, bytes, size, sodium_base64_VARIANT_ORIGINAL);
    return text;
}

static int
s_variant (const char *text, size_t length)
{
    bool is_padded = length && text [length - 1] == '=';
    if (strpbrk (text, "-_"))
        return is_padded ? sodium_base64_VARIANT_URLSAFE : sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    return is_padded ? sodium_base64_VARIANT_ORIGINAL : sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
}

unsigned char *
base64_decode (arena_t *arena, const char *text, size_t *ret_size)
{
    size_t length = strlen (text), size = 0;
    size_t room = length / 4 * 3 + 3;
    unsigned char *bytes = arena_alloc (arena, room + 1);
    if (sodium_base642bin (bytes, room, text, length, NULL, &size, NULL, s_variant (text, length))
        != 0)
        return NULL;
    *ret_size = size;
    return bytes;
}
