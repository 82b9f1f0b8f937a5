/* template - fills texts people wrote for other people: Mustache without lambdas.
 *
 * Variables, sections, inverted sections, comments, partials, other delimiters, standalone lines,
 * dotted names. A name that is not in the context is empty, as Mustache says. Templates come from
 * operators, so a loop of partials or a huge list must end with an error, not with the process.
 * Source: github.com/mustache/spec, version 1.4, all required modules. */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include <stddef.h>
#include <jansson.h>
#include "arena.h"

typedef enum {
    TEMPLATE_HTML, /* {{name}} escapes & < > " and ' */
    TEMPLATE_PLAIN /* nothing is escaped: text messages, mail subjects */
} template_escape_t;

typedef struct {
    template_escape_t escape;
    size_t output_max;  /* bytes; 0 means 256 KiB */
    unsigned depth_max; /* sections and partials inside each other; 0 means 32 */
    size_t work_max;    /* tags filled in all; 0 means 100000 */

    /* Returns the text of the partial NAME, or NULL when there is none, which then is empty; may be
     * NULL. */
    const char *(*partial) (void *partials, const char *name);
    void *partials;
} template_options_t;

/* Returns TEXT filled from CONTEXT, owned by the arena, or NULL with a sentence in ERROR that names
 * the line. OPTIONS may be NULL: HTML, no partials. CONTEXT stays the caller's and may be NULL. */
char *template_render (arena_t *arena, const char *text, const json_t *context,
    const template_options_t *options, char error [256]);

#endif
