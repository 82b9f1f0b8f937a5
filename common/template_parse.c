#include "template_parse.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define DELIMITER_MAX 16
#define BLANKS " \t\r\n"

typedef struct {
    arena_t *arena;
    const char *text, *at, *end;
    const char *counted; /* up to here the line ends are in line */
    char open [DELIMITER_MAX], close [DELIMITER_MAX];
    unsigned line, depth_max, depth;
    size_t *sections; /* indices of the sections not closed yet */
    pieces_t *pieces;
    char *error;
} parser_t;

/* One tag: from its first delimiter to behind its last. */
typedef struct {
    char sigil; /* one of #^/>&{!= or 0 */
    const char *start, *stop;
    const char *name;
    size_t size;
} tag_t;

static bool __attribute__ ((format (printf, 2, 3)))
s_fail (const parser_t *parser, const char *format, ...)
{
    int used = snprintf (parser->error, 200, "line %u: ", parser->line);
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (parser->error + used, 200 - (size_t) used, format, arguments);
    va_end (arguments);
    return false;
}

static piece_t *
s_add (parser_t *parser, piece_kind_t kind, const char *text, size_t size)
{
    pieces_t *pieces = parser->pieces;
    if (pieces->count == pieces->room) {
        size_t room = pieces->room ? pieces->room * 2 : 16;
        piece_t *more = arena_array (parser->arena, room, sizeof (piece_t));
        if (pieces->count)
            memcpy (more, pieces->pieces, pieces->count * sizeof (piece_t));
        pieces->pieces = more;
        pieces->room = room;
    }
    piece_t *piece = &pieces->pieces [pieces->count++];
    *piece = (piece_t) { .kind = kind, .text = text, .size = size, .line = parser->line };
    return piece;
}

static void
s_count_lines (parser_t *parser, const char *end)
{
    for (; parser->counted < end; parser->counted++)
        parser->line += *parser->counted == '\n';
}

static void
s_add_text (parser_t *parser, const char *end)
{
    if (end > parser->at)
        s_add (parser, PIECE_TEXT, parser->at, (size_t) (end - parser->at));
}

static bool
s_is_blank (char character)
{
    return character && strchr (BLANKS, character);
}

static void
s_trim (tag_t *tag)
{
    while (tag->size && s_is_blank (*tag->name)) {
        tag->name++;
        tag->size--;
    }
    while (tag->size && s_is_blank (tag->name [tag->size - 1]))
        tag->size--;
}

/* Reads the tag whose opening delimiter is at START. */
static bool
s_read_tag (parser_t *parser, const char *start, tag_t *ret_tag)
{
    tag_t tag = { .start = start, .name = start + strlen (parser->open) };
    tag.name += strspn (tag.name, BLANKS);
    if (*tag.name && strchr ("#^/>&{!=", *tag.name))
        tag.sigil = *tag.name++;
    char closing [DELIMITER_MAX + 2];
    snprintf (closing, sizeof (closing), "%s%s",
        tag.sigil == '{'       ? "}"
            : tag.sigil == '=' ? "="
                               : "",
        parser->close);
    const char *found = strstr (tag.name, closing);
    if (!found)
        return s_fail (
            parser, "a tag begins with %s and does not end with %s", parser->open, closing);
    tag.size = (size_t) (found - tag.name);
    tag.stop = found + strlen (closing);
    s_trim (&tag);
    *ret_tag = tag;
    return true;
}

static bool
s_check_name (parser_t *parser, const tag_t *tag)
{
    if (!tag->size)
        return s_fail (parser, "a tag has no name");
    for (size_t at = 0; at < tag->size; at++)
        if (s_is_blank (tag->name [at]))
            return s_fail (parser, "the name \"%.*s\" has a space in it",
                (int) (tag->size > 60 ? 60 : tag->size), tag->name);
    return true;
}

/* A tag that is alone on its line, but for blanks, takes the line with it. Returns the start of the
 * line, or NULL. */
static const char *
s_standalone_start (const parser_t *parser, const tag_t *tag)
{
    const char *start = tag->start;
    while (start > parser->text && (start [-1] == ' ' || start [-1] == '\t'))
        start--;
    return start == parser->text || start [-1] == '\n' ? start : NULL;
}

static const char *
s_standalone_stop (const tag_t *tag)
{
    const char *stop = tag->stop + strspn (tag->stop, " \t");
    if (stop [0] == '\r' && stop [1] == '\n')
        return stop + 2;
    return *stop == '\n' ? stop + 1 : *stop ? NULL : stop;
}

static bool
s_set_delimiters (parser_t *parser, const tag_t *tag)
{
    size_t open = 0, close = 0;
    while (open < tag->size && !s_is_blank (tag->name [open]))
        open++;
    while (close < tag->size - open && !s_is_blank (tag->name [tag->size - close - 1]))
        close++;
    bool is_two = open && close && open + close < tag->size;
    for (size_t at = open; is_two && at < tag->size - close; at++)
        is_two = s_is_blank (tag->name [at]);
    if (!is_two || open >= DELIMITER_MAX || close >= DELIMITER_MAX
        || memchr (tag->name, '=', tag->size))
        return s_fail (parser,
            "new delimiters must be two, with a space between, without =, as in {{=<%% %%>=}}");
    snprintf (parser->open, sizeof (parser->open), "%.*s", (int) open, tag->name);
    snprintf (
        parser->close, sizeof (parser->close), "%.*s", (int) close, tag->name + tag->size - close);
    return true;
}

static bool
s_open_section (parser_t *parser, const tag_t *tag)
{
    if (parser->depth >= parser->depth_max)
        return s_fail (parser, "sections inside each other more than %u deep", parser->depth_max);
    parser->sections [parser->depth++] = parser->pieces->count;
    s_add (parser, tag->sigil == '#' ? PIECE_SECTION : PIECE_INVERTED, tag->name, tag->size);
    return true;
}

static bool
s_close_section (parser_t *parser, const tag_t *tag)
{
    int shown = (int) (tag->size > 60 ? 60 : tag->size);
    if (!parser->depth)
        return s_fail (parser, "\"%.*s\" is closed but was not opened", shown, tag->name);
    piece_t *section = &parser->pieces->pieces [parser->sections [--parser->depth]];
    if (section->size != tag->size || memcmp (section->text, tag->name, tag->size) != 0)
        return s_fail (parser, "\"%.*s\" is closed, but the open section is \"%.*s\" of line %u",
            shown, tag->name, (int) (section->size > 60 ? 60 : section->size), section->text,
            section->line);
    section->end = parser->pieces->count;
    s_add (parser, PIECE_END, tag->name, tag->size);
    return true;
}

static bool
s_add_tag (parser_t *parser, const tag_t *tag, const char *line_start)
{
    if (tag->sigil == '!')
        return true;
    if (tag->sigil == '=')
        return s_set_delimiters (parser, tag);
    if (!s_check_name (parser, tag))
        return false;
    if (tag->sigil == '#' || tag->sigil == '^')
        return s_open_section (parser, tag);
    if (tag->sigil == '/')
        return s_close_section (parser, tag);
    piece_kind_t kind = tag->sigil == '>' ? PIECE_PARTIAL : tag->sigil ? PIECE_RAW : PIECE_ESCAPED;
    piece_t *piece = s_add (parser, kind, tag->name, tag->size);
    if (line_start) {
        piece->indent = line_start;
        piece->indent_size = (size_t) (tag->start - line_start);
    }
    return true;
}

static bool
s_parse_tag (parser_t *parser, const char *start)
{
    tag_t tag = { 0 };
    s_count_lines (parser, start);
    if (!s_read_tag (parser, start, &tag))
        return false;
    bool may_stand_alone = tag.sigil && strchr ("#^/>!=", tag.sigil);
    const char *line_start = may_stand_alone ? s_standalone_start (parser, &tag) : NULL;
    const char *line_stop = line_start ? s_standalone_stop (&tag) : NULL;
    s_add_text (parser, line_stop ? line_start : start);
    if (!s_add_tag (parser, &tag, line_stop ? line_start : NULL))
        return false;
    parser->at = line_stop ? line_stop : tag.stop;
    return true;
}

static bool
s_parse (parser_t *parser)
{
    while (parser->at && *parser->at) {
        const char *start = strstr (parser->at, parser->open);
        if (!start) {
            s_add_text (parser, parser->end);
            break;
        }
        if (!s_parse_tag (parser, start))
            return false;
    }
    if (!parser->depth)
        return true;
    const piece_t *open = &parser->pieces->pieces [parser->sections [parser->depth - 1]];
    parser->line = open->line;
    return s_fail (parser, "the section \"%.*s\" is not closed",
        (int) (open->size > 60 ? 60 : open->size), open->text);
}

int
template_parse (
    arena_t *arena, const char *text, unsigned depth_max, pieces_t *ret_pieces, char error [200])
{
    *ret_pieces = (pieces_t) { 0 };
    parser_t parser = {
        .arena = arena,
        .text = text,
        .at = text,
        .counted = text,
        .end = text + strlen (text),
        .open = "{{",
        .close = "}}",
        .line = 1,
        .depth_max = depth_max,
        .sections = arena_array (arena, depth_max, sizeof (size_t)),
        .pieces = ret_pieces,
        .error = error,
    };
    return s_parse (&parser) ? 0 : -1;
}
