/* template_parse - a template taken apart into pieces; the first half of template, for template.c
 * only. */
#ifndef TEMPLATE_PARSE_H
#define TEMPLATE_PARSE_H

#include <stddef.h>
#include "arena.h"

typedef enum {
    PIECE_TEXT,
    PIECE_ESCAPED,  /* {{name}} */
    PIECE_RAW,      /* {{{name}}}, {{&name}} */
    PIECE_SECTION,  /* {{#name}} */
    PIECE_INVERTED, /* {{^name}} */
    PIECE_END,      /* {{/name}} */
    PIECE_PARTIAL   /* {{>name}} */
} piece_kind_t;

typedef struct {
    piece_kind_t kind;
    const char *text; /* the text, or the name in the tag; not NUL-terminated */
    size_t size;
    const char *indent; /* of a partial that stands alone on its line */
    size_t indent_size;
    size_t end;    /* of a section: index of its PIECE_END */
    unsigned line; /* from 1 */
} piece_t;

typedef struct {
    piece_t *pieces;
    size_t count, room;
} pieces_t;

/* Takes TEXT apart; the pieces point into it and are owned by the arena. Returns 0, or -1 with a
 * sentence in ERROR that names the line. Sections may be nested depth_max deep. */
int template_parse (
    arena_t *arena, const char *text, unsigned depth_max, pieces_t *ret_pieces, char error [200]);

#endif
