#include "template.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "json.h"
#include "template_parse.h"
#include "utf8.h"
#include "writer.h"

#define OUTPUT_MAX ((size_t) 256 * 1024)
#define DEPTH_MAX 32
#define DEPTH_LIMIT 256 /* what an option may ask for: the C stack is not endless either */
#define WORK_MAX 100000
#define PARTIAL_WORK 16   /* taking a partial apart costs about as much as so many tags, */
#define BYTES_PER_WORK 64 /* and one more for so many bytes of it */

typedef struct {
    arena_t *arena;
    writer_t writer;
    template_options_t options;
    const json_t **stack; /* the contexts, the innermost last */
    unsigned stack_size;
    unsigned depth; /* sections and partials being filled */
    size_t work;
    const char *partial; /* the name of the partial being filled, or NULL */
    char *error;
} renderer_t;

static bool __attribute__ ((format (printf, 3, 4)))
s_fail (const renderer_t *renderer, unsigned line, const char *format, ...)
{
    int used = renderer->partial
        ? snprintf (renderer->error, 256, "partial \"%.60s\", ", renderer->partial)
        : 0;
    if (line)
        used += snprintf (renderer->error + used, 256 - (size_t) used, "line %u: ", line);
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (renderer->error + used, 256 - (size_t) used, format, arguments);
    va_end (arguments);
    utf8_trim (renderer->error);
    return false;
}

static const json_t *
s_member (const json_t *object, const char *name, size_t size)
{
    return json_is_object (object) ? json_object_getn (object, name, size) : NULL;
}

static const json_t *
s_find_in_stack (const renderer_t *renderer, const char *name, size_t size)
{
    for (unsigned index = renderer->stack_size; index-- > 0;) {
        const json_t *found = s_member (renderer->stack [index], name, size);
        if (found)
            return found;
    }
    return NULL;
}

/* The first part of a dotted name is looked for in all contexts, the others only in what the one
 * before gave. A leading dot means the innermost context. Returns NULL when there is nothing. */
static const json_t *
s_find (const renderer_t *renderer, const char *name, size_t size)
{
    const json_t *found = renderer->stack [renderer->stack_size - 1];
    bool is_first = *name != '.';
    const char *end = name + size;
    const char *at = is_first ? name : name + 1;
    while (at < end && found) {
        const char *dot = memchr (at, '.', (size_t) (end - at));
        size_t part = (size_t) ((dot ? dot : end) - at);
        found = is_first ? s_find_in_stack (renderer, at, part) : s_member (found, at, part);
        is_first = false;
        at += part + 1;
    }
    return found;
}

/* As !!value of JavaScript, and an empty list too. */
static bool
s_is_truthy (const json_t *value)
{
    if (!value || json_is_null (value) || json_is_false (value))
        return false;
    if (json_is_array (value))
        return json_array_size (value) > 0;
    if (json_is_string (value))
        return json_string_length (value) > 0;
    return !json_is_number (value) || json_number_value (value) != 0;
}

static void
s_write_escaped (writer_t *writer, const char *text, size_t size)
{
    for (size_t at = 0; at < size; at++)
        switch (text [at]) {
            case '&':
                writer_add_text (writer, "&amp;");
                break;
            case '<':
                writer_add_text (writer, "&lt;");
                break;
            case '>':
                writer_add_text (writer, "&gt;");
                break;
            case '"':
                writer_add_text (writer, "&quot;");
                break;
            case '\'':
                writer_add_text (writer, "&#39;");
                break;
            default:
                writer_add_character (writer, text [at]);
        }
}

static bool
s_render_value (renderer_t *renderer, const piece_t *piece)
{
    const json_t *value = s_find (renderer, piece->text, piece->size);
    if (!value || json_is_null (value))
        return true;
    if (json_is_object (value) || json_is_array (value))
        return s_fail (renderer, piece->line,
            "\"%.*s\" is %s, which has no text; name a part of it",
            (int) (piece->size > 60 ? 60 : piece->size), piece->text,
            json_is_object (value) ? "an object" : "a list");
    const char *text = json_is_string (value) ? json_string_value (value)
                                              : json_print (renderer->arena, value, 0);
    if (piece->kind == PIECE_ESCAPED && renderer->options.escape == TEMPLATE_HTML)
        s_write_escaped (&renderer->writer, text, strlen (text));
    else
        writer_add_text (&renderer->writer, text);
    return true;
}

static bool s_render_pieces (renderer_t *renderer, const pieces_t *pieces, size_t from, size_t to);

static bool
s_render_inside (
    renderer_t *renderer, const pieces_t *pieces, size_t section, const json_t *context)
{
    renderer->stack [renderer->stack_size++] = context;
    bool is_good = s_render_pieces (renderer, pieces, section + 1, pieces->pieces [section].end);
    renderer->stack_size--;
    return is_good;
}

static bool
s_render_section (renderer_t *renderer, const pieces_t *pieces, size_t section)
{
    const piece_t *piece = &pieces->pieces [section];
    const json_t *value = s_find (renderer, piece->text, piece->size);
    if (piece->kind == PIECE_INVERTED)
        return s_is_truthy (value) || s_render_pieces (renderer, pieces, section + 1, piece->end);
    if (!s_is_truthy (value))
        return true;
    if (!json_is_array (value))
        return s_render_inside (renderer, pieces, section, value);
    for (size_t index = 0; index < json_array_size (value); index++)
        if (!s_render_inside (renderer, pieces, section, json_array_get (value, index)))
            return false;
    return true;
}

/* Puts the indentation of the tag before every line of the partial: before filling it, so that a
 * value of several lines is left as it is. Returns NULL when that is longer than any output may be.
 */
static const char *
s_indent (renderer_t *renderer, const char *text, const piece_t *piece)
{
    if (!piece->indent_size)
        return text;
    writer_t writer = writer_new (renderer->arena, renderer->options.output_max);
    while (*text) {
        size_t line = strcspn (text, "\n");
        line += text [line] == '\n';
        writer_add (&writer, piece->indent, piece->indent_size);
        writer_add (&writer, text, line);
        text += line;
    }
    return writer.is_overfull ? NULL : writer_text (&writer);
}

static bool
s_render_text (renderer_t *renderer, const char *text)
{
    pieces_t pieces;
    char error [200];
    if (template_parse (renderer->arena, text, renderer->options.depth_max, &pieces, error) != 0)
        return s_fail (renderer, 0, "%s", error);
    return s_render_pieces (renderer, &pieces, 0, pieces.count);
}

static bool
s_render_partial (renderer_t *renderer, const piece_t *piece)
{
    const template_options_t *options = &renderer->options;
    const char *name = arena_copy (renderer->arena, piece->text, piece->size);
    const char *text = options->partial ? options->partial (options->partials, name) : NULL;
    if (!text)
        return true;
    text = s_indent (renderer, text, piece);
    if (!text)
        return s_fail (renderer, piece->line, "partial \"%.60s\" is too long when indented", name);
    renderer->work += PARTIAL_WORK + strlen (text) / BYTES_PER_WORK;
    const char *outer = renderer->partial;
    renderer->partial = name;
    bool is_good = s_render_text (renderer, text);
    renderer->partial = outer;
    return is_good;
}

static bool
s_render_piece (renderer_t *renderer, const pieces_t *pieces, size_t index)
{
    const piece_t *piece = &pieces->pieces [index];
    switch (piece->kind) {
        case PIECE_TEXT:
            writer_add (&renderer->writer, piece->text, piece->size);
            return true;
        case PIECE_ESCAPED:
        case PIECE_RAW:
            return s_render_value (renderer, piece);
        case PIECE_SECTION:
        case PIECE_INVERTED:
            return s_render_section (renderer, pieces, index);
        case PIECE_PARTIAL:
            return s_render_partial (renderer, piece);
        default:
            return true;
    }
}

static bool
s_check_limits (renderer_t *renderer, const piece_t *piece)
{
    const template_options_t *options = &renderer->options;
    if (renderer->writer.is_overfull)
        return s_fail (
            renderer, piece->line, "the text is longer than %zu bytes", options->output_max);
    if (++renderer->work > options->work_max)
        return s_fail (renderer, piece->line, "more than %zu tags to fill; is a list too long?",
            options->work_max);
    return true;
}

static bool
s_render_pieces (renderer_t *renderer, const pieces_t *pieces, size_t from, size_t to)
{
    if (++renderer->depth > renderer->options.depth_max)
        return s_fail (renderer, from < pieces->count ? pieces->pieces [from].line : 0,
            "sections and partials inside each other more than %u deep",
            renderer->options.depth_max);
    for (size_t index = from; index < to; index++) {
        const piece_t *piece = &pieces->pieces [index];
        if (!s_render_piece (renderer, pieces, index) || !s_check_limits (renderer, piece))
            return false;
        if (piece->kind == PIECE_SECTION || piece->kind == PIECE_INVERTED)
            index = piece->end;
    }
    renderer->depth--;
    return true;
}

static template_options_t
s_complete (const template_options_t *options)
{
    template_options_t complete = options ? *options : (template_options_t) { 0 };
    if (!complete.output_max)
        complete.output_max = OUTPUT_MAX;
    if (!complete.depth_max)
        complete.depth_max = DEPTH_MAX;
    if (complete.depth_max > DEPTH_LIMIT)
        complete.depth_max = DEPTH_LIMIT;
    if (!complete.work_max)
        complete.work_max = WORK_MAX;
    return complete;
}

char *
template_render (arena_t *arena, const char *text, const json_t *context,
    const template_options_t *options, char error [256])
{
    renderer_t renderer = { .arena = arena, .options = s_complete (options), .error = error };
    renderer.writer = writer_new (arena, renderer.options.output_max);
    renderer.stack = arena_array (arena, renderer.options.depth_max + 1, sizeof (json_t *));
    renderer.stack [renderer.stack_size++] = context;
    return s_render_text (&renderer, text) ? writer_text (&renderer.writer) : NULL;
}
