#include "plan_lines.h"
#include "sla.h"
#include "utf8.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
plan_lines_open (plan_lines_t *self, arena_t *arena, const char *text, size_t size, char error [512])
{
    self->next = text;
    self->end = text + size;
    self->line = arena_alloc (arena, PLAN_LINE_MAX + 1);
    self->error = error;
}

void
plan_lines_refuse (plan_lines_t *self, const char *format, ...)
{
    char text [400];
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (text, sizeof text, format, arguments);
    va_end (arguments);
    snprintf (self->error, 512, "line %d: %s", self->number, text);
    utf8_trim (sla_text_tame (self->error));
    longjmp (self->refused, 1);
}

static void
s_skip_spaces (plan_lines_t *self)
{
    self->at += strspn (self->at, " \t\r");
}

bool
plan_lines_next (plan_lines_t *self)
{
    while (self->next < self->end) {
        const char *newline = memchr (self->next, '\n', (size_t) (self->end - self->next));
        size_t length = (size_t) ((newline ? newline : self->end) - self->next);
        self->number++;
        if (length > PLAN_LINE_MAX)
            plan_lines_refuse (self, "longer than %d characters", PLAN_LINE_MAX);
        if (memchr (self->next, '\0', length))
            plan_lines_refuse (self, "there is a zero byte: this is not text");
        memcpy (self->line, self->next, length);
        self->line [length] = '\0';
        self->next += length + (newline != NULL);
        self->at = self->line;
        s_skip_spaces (self);
        if (*self->at)
            return true;
    }
    return false;
}

void
plan_lines_must (plan_lines_t *self, const char *what)
{
    if (!plan_lines_next (self))
        plan_lines_refuse (self, "ends before %s", what);
}

/* Past these words, if they are what stands here. */
static bool
s_takes_words (plan_lines_t *self, const char *words)
{
    for (const char *word = words; *word; word += strspn (word, " ")) {
        size_t length = strcspn (word, " ");
        s_skip_spaces (self);
        if (strncasecmp (self->at, word, length) != 0)
            return false;
        self->at += length;
        word += length;
    }
    return true;
}

void
plan_lines_heading (plan_lines_t *self, const char *words)
{
    if (!plan_lines_next (self))
        plan_lines_refuse (self, "ends before the line \"%s\"", words);
    if (!s_takes_words (self, words))
        plan_lines_refuse (self, "\"%.60s\": expected the line \"%s\"", self->line, words);
    plan_lines_line_end (self);
}

const char *
plan_lines_name (plan_lines_t *self, arena_t *arena, const char *heading)
{
    plan_lines_must (self, "its name");
    const char *begin = self->at;
    bool is_heading = s_takes_words (self, heading);
    s_skip_spaces (self);
    if (is_heading && !*self->at)
        return "";
    self->at = begin;
    const char *name = plan_lines_rest (self, arena);
    plan_lines_heading (self, heading);
    return name;
}

const char *
plan_lines_rest (plan_lines_t *self, arena_t *arena)
{
    char *copy = arena_copy (arena, self->at, strcspn (self->at, "\r"));
    return utf8_repair (arena, sla_text_tame (copy));
}

/* What stands at the cursor, for a sentence. */
static const char *
s_word (const plan_lines_t *self, char text [48])
{
    int length = (int) strcspn (self->at, " \t\r");
    snprintf (text, 48, "%.*s", length < 40 ? length : 40, self->at);
    return *text ? text : "nothing";
}

static bool
s_digits (const char **at, int most, int64_t *value)
{
    const char *begin = *at;
    for (; isdigit ((unsigned char) **at) && *at - begin < most; ++*at)
        *value = *value * 10 + (**at - '0');
    return *at > begin && !isdigit ((unsigned char) **at);
}

int64_t
plan_lines_decimal (plan_lines_t *self, const char *what, int decimals, int64_t min, int64_t max)
{
    char word [48];
    s_skip_spaces (self);
    const char *at = self->at;
    bool is_negative = *at == '-';
    int64_t value = 0, scale = 1;
    at += is_negative;
    bool is_good = s_digits (&at, 12, &value);
    if (is_good && *at == '.') {
        for (at++; isdigit ((unsigned char) *at) && decimals > 0; at++, decimals--) {
            value = value * 10 + (*at - '0');
            scale *= 10;
        }
        at += strspn (at, "0");
    }
    if (!is_good || (*at && !strchr (" \t\r,]", *at)))
        plan_lines_refuse (self, "%s is %s: not a number, or finer than is counted here", what, s_word (self, word));
    value = is_negative ? -value : value;
    if (value < min * scale || value > max * scale)
        plan_lines_refuse (self, "%s is %s: it goes from %" PRId64 " to %" PRId64, what, s_word (self, word), min, max);
    self->at = at;
    for (; decimals > 0; decimals--)
        value *= 10;
    return value;
}

int64_t
plan_lines_whole (plan_lines_t *self, const char *what, int64_t min, int64_t max)
{
    return plan_lines_decimal (self, what, 0, min, max);
}

static bool
s_take (plan_lines_t *self, char wanted)
{
    s_skip_spaces (self);
    if (*self->at != wanted)
        return false;
    self->at++;
    return true;
}

int
plan_lines_list (plan_lines_t *self, const char *what, int64_t min, int64_t max, int most, int32_t *ret_values)
{
    char word [48];
    int count = 0;
    if (!s_take (self, '['))
        plan_lines_refuse (self, "%s is %s: write [1,2] or []", what, s_word (self, word));
    if (s_take (self, ']'))
        return 0;
    do {
        if (count == most)
            plan_lines_refuse (self, "%s has more than %d numbers", what, most);
        ret_values [count++] = (int32_t) plan_lines_whole (self, what, min, max);
    } while (s_take (self, ','));
    if (!s_take (self, ']'))
        plan_lines_refuse (self, "%s does not end with ]", what);
    return count;
}

void
plan_lines_line_end (plan_lines_t *self)
{
    char word [48];
    s_skip_spaces (self);
    if (*self->at)
        plan_lines_refuse (self, "\"%s\" is more than belongs on this line", s_word (self, word));
}
