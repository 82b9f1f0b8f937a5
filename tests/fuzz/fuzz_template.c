/* A template of a careless operator: whatever it is, it ends soon, within its limits, with text or
 * a sentence. The bytes are the template, then after a NUL a partial that all names give. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "template.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size);

#define OUTPUT_MAX 10000

static const char *
s_partial (void *partials, const char *name)
{
    (void) name;
    return partials;
}

static const json_t *
s_context (void)
{
    static json_t *context;
    if (!context)
        context = json_loads ("{\"a\": 1, \"b\": {\"c\": \"<&>\", \"a\": null}, \"l\": [1, \"x\", "
                              "{\"a\": 2}, [3, 4]], \"t\": true,"
                              " \"f\": false, \"r\": 1.5, \"s\": \"line\\nline\"}",
            0, NULL);
    return context;
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
    arena_t *arena = arena_new ();
    char error [256] = "";
    char *template = arena_copy (arena, bytes, size);
    char *partial = template + strlen (template) + (strlen (template) < size);
    template_options_t options = {
        .escape = size % 2 ? TEMPLATE_HTML : TEMPLATE_PLAIN,
        .output_max = OUTPUT_MAX,
        .work_max = 5000,
        .partial = s_partial,
        .partials = partial,
    };
    const char *text = template_render (arena, template, s_context (), &options, error);
    if (text ? strlen (text) > OUTPUT_MAX : !error [0] || !utf8_is_valid (error, strlen (error)))
        abort ();
    if (arena_used (arena) > 64 * 1024 * 1024)
        abort ();
    arena_destroy (&arena);
    return 0;
}
