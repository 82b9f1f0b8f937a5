#include "ics_check.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { DEPTH_MAX = 8, NAME_SIZE = 32, HEAD_SIZE = 256 };

/* A line with its continuations, as far as it matters: a name and the beginning of its value. */
typedef struct {
    const char *rest;                       /* what comes after it */
    int number, next_number;                /* counted from 1 */
    char head [HEAD_SIZE];
    size_t length;
} line_t;

typedef struct {
    char open [DEPTH_MAX] [NAME_SIZE];
    int depth;
    int number;
    char *error;
} check_t;

static void
s_append (line_t *line, const char *from, size_t size)
{
    for (size_t i = 0; i < size && line->length + 1 < HEAD_SIZE; i++)
        line->head [line->length++] = from [i];
    line->head [line->length] = 0;
}

/* The next line, unfolded. False at the end. */
static bool
s_next (line_t *line)
{
    if (!*line->rest)
        return false;
    line->number = line->next_number;
    line->length = 0;
    line->head [0] = 0;
    do {
        size_t size = strcspn (line->rest, "\n");
        bool ends = line->rest [size] == 0;
        s_append (line, line->rest, size > 0 && line->rest [size - 1] == '\r' ? size - 1 : size);
        line->rest += size + (ends ? 0 : 1);
        line->next_number++;
        if (*line->rest != ' ' && *line->rest != '\t')
            return true;
        line->rest++;
    } while (*line->rest);
    return true;
}

static line_t
s_first (const char *text)
{
    bool has_mark = strncmp (text, "\xef\xbb\xbf", 3) == 0;
    return (line_t) { .rest = has_mark ? text + 3 : text, .next_number = 1 };
}

static bool __attribute__ ((format (printf, 2, 3)))
s_fail (check_t *self, const char *format, ...)
{
    char problem [ICS_ERROR_SIZE - 16];
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (problem, sizeof problem, format, arguments);
    va_end (arguments);
    ics_tame (problem);                     /* what is quoted may be cut within a character, or be none at all */
    snprintf (self->error, ICS_ERROR_SIZE, "line %d: %s", self->number, problem);
    return false;
}

/* "DTSTART;VALUE=DATE:20260101": the value begins after the first colon that is not in quotes. NULL: there is none. */
static const char *
s_value (const char *head)
{
    bool is_quoted = false;
    for (; *head; head++) {
        is_quoted ^= *head == '"';
        if (*head == ':' && !is_quoted)
            return head + 1;
    }
    return NULL;
}

static bool
s_is_named (const line_t *line, const char *name)
{
    size_t size = strlen (name);
    return strncasecmp (line->head, name, size) == 0 && (line->head [size] == ':' || line->head [size] == ';');
}

static bool
s_open (check_t *self, const char *name)
{
    if (self->depth == 0 && strcasecmp (name, "VCALENDAR") != 0)
        return s_fail (self, "%.20s is in no VCALENDAR: send an iCalendar file", name);
    if (self->depth == DEPTH_MAX)
        return s_fail (self, "nested more than %d deep: the file is not iCalendar", DEPTH_MAX);
    snprintf (self->open [self->depth++], NAME_SIZE, "%s", name);
    return true;
}

static bool
s_close (check_t *self, const char *name)
{
    if (self->depth == 0 || strcasecmp (self->open [self->depth - 1], name) != 0)
        return s_fail (self, "END:%.20s closes what is not open: look for a missing BEGIN or END", name);
    self->depth--;
    return true;
}

static bool
s_are_digits (const char *text, int count)
{
    for (int i = 0; i < count; i++)
        if (!isdigit ((unsigned char) text [i]))
            return false;
    return true;
}

/* YYYYMMDD, or that with Thhmmss and perhaps Z. */
static bool
s_is_date (const char *value)
{
    int year, month, day;
    if (!s_are_digits (value, 8) || sscanf (value, "%4d%2d%2d", &year, &month, &day) != 3
        || date_from_ymd (year, month, day) == DATE_NONE)
        return false;
    if (!value [8])
        return true;
    return value [8] == 'T' && s_are_digits (value + 9, 6) && (!value [15] || strcmp (value + 15, "Z") == 0);
}

static bool
s_check_property (check_t *self, const line_t *line, const char *value)
{
    bool is_in_event = self->depth == 2 && strcasecmp (self->open [1], "VEVENT") == 0;
    if (!is_in_event || (!s_is_named (line, "DTSTART") && !s_is_named (line, "DTEND")) || s_is_date (value))
        return true;
    return s_fail (self, "\"%.20s\" is no date that exists: write YYYYMMDD", value);
}

static bool
s_check_line (check_t *self, const line_t *line)
{
    const char *value = s_value (line->head);
    self->number = line->number;
    if (line->length == 0)
        return true;
    if (!value && line->length + 1 == HEAD_SIZE)
        return true;                        /* a parameter longer than anybody needs: no date is behind it */
    if (!value || !isalpha ((unsigned char) line->head [0]))
        return s_fail (self, "\"%.20s\" is no line of iCalendar: it would be NAME:VALUE", line->head);
    if (s_is_named (line, "BEGIN"))
        return s_open (self, value);
    if (s_is_named (line, "END"))
        return s_close (self, value);
    if (self->depth == 0)
        return s_fail (self, "\"%.20s\" is in no VCALENDAR: send an iCalendar file", line->head);
    return s_check_property (self, line, value);
}

bool
ics_check (const char *text, char error [ICS_ERROR_SIZE])
{
    check_t self = { .error = error };
    line_t line = s_first (text);
    bool is_empty = true;
    while (s_next (&line)) {
        is_empty &= line.length == 0;
        if (!s_check_line (&self, &line))
            return false;
    }
    self.number = line.number;
    if (is_empty)
        return s_fail (&self, "the file is empty: send an iCalendar file");
    if (self.depth > 0)
        return s_fail (&self, "the file ends within %.20s: the rest is missing", self.open [self.depth - 1]);
    return true;
}

int
ics_event_line (const char *text, int number)
{
    line_t line = s_first (text);
    while (s_next (&line))
        if (strcasecmp (line.head, "BEGIN:VEVENT") == 0 && --number == 0)
            return line.number;
    return 0;
}
