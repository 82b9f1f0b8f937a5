#include "utf8.h"

#include <stdint.h>
#include <string.h>

enum { EIGHT = sizeof (uint64_t) };

/* Returns the size of the character at BYTES, 0 when there is none. The second byte has the narrow
 * range of table 3-7 that keeps out overlong forms, surrogates and what is above U+10FFFF. */
static size_t
s_character_size (const unsigned char *bytes, size_t size)
{
    unsigned char lead = bytes [0];
    if (lead < 0x80)
        return 1;
    size_t wanted = lead >= 0xC2 && lead <= 0xDF ? 2
        : (lead & 0xF0) == 0xE0                  ? 3
        : lead >= 0xF0 && lead <= 0xF4           ? 4
                                                 : 0;
    if (wanted == 0 || wanted > size)
        return 0;
    unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (bytes [1] < low || bytes [1] > high)
        return 0;
    for (size_t at = 2; at < wanted; at++)
        if ((bytes [at] & 0xC0) != 0x80)
            return 0;
    return wanted;
}

/* Most text is: eight bytes are looked at in one. */
static bool
s_are_ascii (const unsigned char *bytes)
{
    uint64_t eight;
    memcpy (&eight, bytes, EIGHT);
    return !(eight & UINT64_C (0x8080808080808080));
}

size_t
utf8_valid_size (const void *bytes, size_t size)
{
    const unsigned char *start = bytes;
    size_t at = 0;
    while (at < size) {
        if (size - at >= EIGHT && s_are_ascii (start + at)) {
            at += EIGHT;
            continue;
        }
        size_t character = s_character_size (start + at, size - at);
        if (!character)
            break;
        at += character;
    }
    return at;
}

bool
utf8_is_valid (const void *bytes, size_t size)
{
    return utf8_valid_size (bytes, size) == size;
}

void
utf8_trim (char *text)
{
    text [utf8_valid_size (text, strlen (text))] = 0;
}

char *
utf8_tame (char *text)
{
    for (char *at = text; *at; at++)
        if (((unsigned char) *at < ' ' && *at != '\n' && *at != '\t') || *at == 0x7f)
            *at = '?';
    for (char *at = text; *(at += utf8_valid_size (at, strlen (at)));)
        *at = '?';
    return text;
}

char *
utf8_repair (arena_t *arena, const char *text)
{
    size_t size = strlen (text);
    char *repaired = arena_alloc (arena, size * 3 + 1); /* U+FFFD is three bytes */
    char *end = repaired;
    for (size_t at = 0; at < size;) {
        size_t good = utf8_valid_size (text + at, size - at);
        memcpy (end, text + at, good);
        end += good;
        at += good;
        if (at < size) {
            memcpy (end, "\xEF\xBF\xBD", 3);
            end += 3;
            at++;
        }
    }
    return repaired;
}
