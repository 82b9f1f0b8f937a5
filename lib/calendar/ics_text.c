#include "ics_check.h"

/* Bytes of the character that begins there, 0: none does. Source: Unicode 15, table 3-7. */
static int
s_size (const unsigned char *at)
{
    int size = at [0] < 0x80 ? 1 : at [0] >= 0xc2 && at [0] <= 0xdf ? 2 : (at [0] & 0xf0) == 0xe0 ? 3
        : at [0] >= 0xf0 && at [0] <= 0xf4 ? 4 : 0;
    unsigned char low = at [0] == 0xe0 ? 0xa0 : at [0] == 0xf0 ? 0x90 : 0x80;
    unsigned char high = at [0] == 0xed ? 0x9f : at [0] == 0xf4 ? 0x8f : 0xbf;
    if (size > 1 && (at [1] < low || at [1] > high))
        return 0;
    for (int i = 2; i < size; i++)
        if ((at [i] & 0xc0) != 0x80)
            return 0;
    return size;
}

void
ics_tame (char *text)
{
    while (*text) {
        int size = s_size ((const unsigned char *) text);
        if (size == 0 || (size == 1 && (*text < ' ' || *text == 0x7f)))
            *text = '?';
        text += size ? size : 1;
    }
}
