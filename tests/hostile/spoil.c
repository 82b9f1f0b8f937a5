#include "spoil.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { size_t at, size; } piece_t;

static char s_text [SPOIL_SIZE_MAX], s_copy [SPOIL_SIZE_MAX];
static size_t s_size;

/* splitmix64 (Steele, Lea, Flood, 2014) */
static uint64_t
s_random (spoil_t *self, uint64_t below)
{
    uint64_t z = self->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (z ^ (z >> 31)) % below;
}

/* Puts size bytes in the place of a piece; what does not fit is cut. */
static void
s_replace (piece_t piece, const char *bytes, size_t size)
{
    size_t after = s_size - piece.at - piece.size;
    size = size > SPOIL_SIZE_MAX - piece.at ? SPOIL_SIZE_MAX - piece.at : size;
    after = after > SPOIL_SIZE_MAX - piece.at - size ? SPOIL_SIZE_MAX - piece.at - size : after;
    memmove (s_text + piece.at + size, s_text + piece.at + piece.size, after);
    memcpy (s_text + piece.at, bytes, size);
    s_size = piece.at + size + after;
}

static void
s_insert (size_t at, const char *bytes, size_t size)
{
    s_replace ((piece_t) { at, 0 }, bytes, size);
}

static size_t
s_place (spoil_t *self)
{
    return s_random (self, s_size + 1);
}

/* ---- pieces: what is between two separators */

static piece_t
s_piece_at (size_t at, const char *separators)
{
    size_t from = at, to = at;
    while (from > 0 && !strchr (separators, s_text [from - 1]))
        from--;
    while (to < s_size && !strchr (separators, s_text [to]))
        to++;
    return (piece_t) { from, to - from };
}

static piece_t
s_line (spoil_t *self)
{
    piece_t line = s_piece_at (s_place (self), "\n");
    line.size += line.at + line.size < s_size;
    return line;
}

static piece_t
s_word (spoil_t *self)
{
    return s_piece_at (s_place (self), " \t\r\n,:;=[]{}\"");
}

/* What stands between quotes; the size is 0 when there is none. */
static piece_t
s_quoted (spoil_t *self)
{
    char *open = memchr (s_text, '"', s_size);
    for (uint64_t skip = s_random (self, 64) * 2; open && skip--;) {
        char *next = memchr (open + 1, '"', s_size - (size_t) (open + 1 - s_text));
        open = next ? next : open;
    }
    char *close = open ? memchr (open + 1, '"', s_size - (size_t) (open + 1 - s_text)) : NULL;
    return close ? (piece_t) { (size_t) (open + 1 - s_text), (size_t) (close - open - 1) } : (piece_t) { s_size, 0 };
}

/* ---- what goes wrong */

static void
s_turn_bits (spoil_t *self)
{
    for (uint64_t i = s_random (self, 4) + 1; i && s_size; i--)
        s_text [s_random (self, s_size)] ^= (char) (1 << s_random (self, 8));
}

static void
s_cut (spoil_t *self)
{
    s_size = s_place (self);
}

static void
s_drop_line (spoil_t *self)
{
    s_replace (s_line (self), "", 0);
}

static void
s_repeat_line (spoil_t *self)
{
    piece_t line = s_line (self);
    memcpy (s_copy, s_text + line.at, line.size);
    size_t times = s_random (self, 50) == 0 ? 2000 : 1;
    while (times--)
        s_insert (line.at, s_copy, line.size);
}

static void
s_move_line (spoil_t *self)
{
    piece_t line = s_line (self);
    memcpy (s_copy, s_text + line.at, line.size);
    s_replace (line, "", 0);
    s_insert (s_line (self).at, s_copy, line.size);
}

static void
s_drop_word (spoil_t *self)
{
    s_replace (s_word (self), "", 0);
}

static void
s_repeat_word (spoil_t *self)
{
    piece_t word = s_word (self);
    word.size += word.at + word.size < s_size;
    memcpy (s_copy, s_text + word.at, word.size);
    s_insert (word.at, s_copy, word.size);
}

/* What stands for another thing: an id for a name, a number for a text. */
static void
s_swap_word (spoil_t *self)
{
    piece_t word = s_word (self);
    memcpy (s_copy, s_text + word.at, word.size);
    s_replace (s_word (self), s_copy, word.size);
}

static void
s_odd_number (spoil_t *self)
{
    static const char *const numbers [] = {
        "0", "-1", "-0", "1e999", "-1e999", "NaN", "Infinity", "2147483648", "-2147483649", "9223372036854775807",
        "9223372036854775808", "-9223372036854775808", "18446744073709551616", "99999999999999999999999999", "0x10",
        "1e-320", "007", "1.5", "0.1", "1,5", "+3", "1_000", "4294967296", "1e18", "1e300", "--1", "3e", "\xd9\xa3",
        "1000001", "65536" };
    const char *number = numbers [s_random (self, sizeof numbers / sizeof *numbers)];
    size_t at = s_place (self);
    while (at < s_size && (s_text [at] < '0' || s_text [at] > '9'))
        at++;
    if (at < s_size)
        s_replace (s_piece_at (at, " \t\r\n,:;=[]{}\""), number, strlen (number));
}

static void
s_odd_text (spoil_t *self)
{
    static const char *const texts [] = {
        "", " ", "null", "\\u0000", "\\ud800", "\xff\xfe", "\xc0\x80", "\xed\xa0\x80", "\x1b[2J", "%n%s%n%s",
        "' or 1=1; --", "../../etc/passwd", "2026-02-30", "2026-13-01T00:00:00Z", "9999-12-31T23:59:59Z", "25:61",
        "24:00", "Europe/Nowhere", "\xe2\x80\xae", "a\tb", "/dev/zero", "\xf4\x90\x80\x80", "1", "true", "[]",
        "RegisterSite", "GetTerritories", "\\\"" };
    const char *text = texts [s_random (self, sizeof texts / sizeof *texts)];
    s_replace (s_random (self, 4) ? s_quoted (self) : s_word (self), text, strlen (text));
}

static void
s_swap_text (spoil_t *self)
{
    piece_t text = s_quoted (self);
    memcpy (s_copy, s_text + text.at, text.size);
    s_replace (s_quoted (self), s_copy, text.size);
}

static void
s_long_text (spoil_t *self)
{
    size_t size = s_random (self, 20) ? 1 + s_random (self, 3000) : 20000 + s_random (self, 100000);
    memset (s_copy, "x0 ["[s_random (self, 4)], size);
    s_insert (s_random (self, 2) ? s_quoted (self).at : s_place (self), s_copy, size);
}

static void
s_odd_bytes (spoil_t *self)
{
    char bytes [40];
    size_t size = s_random (self, sizeof bytes) + 1;
    for (size_t i = 0; i < size; i++)
        bytes [i] = (char) s_random (self, 256);
    memset (bytes, s_random (self, 3) ? bytes [0] : '\0', s_random (self, 2) ? size : 0);
    s_insert (s_place (self), bytes, size);
}

static void
s_mark_order (spoil_t *self)
{
    static const char *const marks [] = { "\xef\xbb\xbf", "\xff\xfe", "\xfe\xff" };
    const char *mark = marks [s_random (self, 3)];
    s_insert (0, mark, strlen (mark));
}

/* Every line ends as on another machine. */
static void
s_other_ends (spoil_t *self)
{
    bool alone = s_random (self, 3) == 0;
    size_t size = 0;
    for (size_t i = 0; i < s_size && size + 2 < sizeof s_copy; i++) {
        if (s_text [i] == '\n' && (i == 0 || s_text [i - 1] != '\r'))
            s_copy [size++] = '\r';
        if (s_text [i] != '\n' || !alone)
            s_copy [size++] = s_text [i];
    }
    memcpy (s_text, s_copy, s_size = size);
}

static void
s_nest (spoil_t *self)
{
    static const char *const opens [] = { "[", "{\"a\":", "(", "BEGIN:VEVENT\r\n", "{\"data\":{" };
    const char *open = opens [s_random (self, 5)];
    size_t length = strlen (open), times = s_random (self, 10) ? 1 + s_random (self, 300) : 60000, size = 0;
    for (size_t i = 0; i < times && size + length < sizeof s_copy; i++, size += length)
        memcpy (s_copy + size, open, length);
    s_insert (s_place (self), s_copy, size);
}

/* A value of another kind, where there are values. */
static void
s_other_kind (spoil_t *self)
{
    static const char *const values [] = { "[]", "{}", "null", "true", "\"x\"", "-1", "[[]]", "1e400",
        "[1, \"a\", null]", "{\"a\": 1}" };
    const char *value = values [s_random (self, sizeof values / sizeof *values)];
    size_t at = s_place (self), end;
    while (at < s_size && s_text [at] != ':')
        at++;
    if (at == s_size)
        return;
    for (end = ++at; end < s_size && !strchr (",}]\n", s_text [end]);)
        end++;
    s_replace ((piece_t) { at, end - at }, value, strlen (value));
}

/* A member that nobody knows, or one that is there already. */
static void
s_more_members (spoil_t *self)
{
    static const char unknown [] = "\"unheard_of\": 1, ";
    size_t at = s_place (self), end;
    while (at < s_size && s_text [at] != '{')
        at++;
    if (at++ == s_size)
        return;
    if (s_random (self, 2))
        return s_insert (at, unknown, sizeof unknown - 1);
    for (end = at; end < s_size && !strchr (",{}[", s_text [end]);)
        end++;
    end += end < s_size;
    memcpy (s_copy, s_text + at, end - at);
    s_insert (at, s_copy, end - at);
}

/* The end of another file behind the beginning of this one. */
static void
s_splice (spoil_t *self)
{
    const spoil_text_t *other = &self->good [s_random (self, self->good_count)];
    size_t at = s_place (self), from = s_random (self, other->size + 1);
    s_replace ((piece_t) { at, s_size - at }, other->bytes + from, other->size - from);
}

static void
s_noise (spoil_t *self)
{
    s_size = s_random (self, 8) ? s_random (self, 400) : 0;
    for (size_t i = 0; i < s_size; i++)
        s_text [i] = (char) s_random (self, 256);
}

typedef void (spoil_fn) (spoil_t *self);

static spoil_fn *const s_ways [] = {
    s_turn_bits, s_cut, s_drop_line, s_repeat_line, s_move_line, s_drop_word, s_repeat_word, s_swap_word, s_odd_number,
    s_odd_number, s_odd_text, s_odd_text, s_swap_text, s_swap_text, s_long_text, s_odd_bytes, s_mark_order,
    s_other_ends, s_nest, s_other_kind, s_other_kind, s_more_members, s_splice };

spoil_text_t
spoil_next (spoil_t *self)
{
    const spoil_text_t *good = &self->good [s_random (self, self->good_count)];
    s_size = good->size < SPOIL_SIZE_MAX ? good->size : SPOIL_SIZE_MAX;
    memcpy (s_text, good->bytes, s_size);
    if (s_random (self, 60) == 0)
        s_noise (self);
    for (uint64_t count = s_random (self, 10) < 6 ? 1 : 2 + s_random (self, 2); count--;)
        s_ways [s_random (self, sizeof s_ways / sizeof *s_ways)] (self);
    return (spoil_text_t) { s_text, s_size };
}
