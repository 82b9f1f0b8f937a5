/* why - why this engineer, and why not the other: the decision that the dispatcher has kept. */
#include "ask.h"
#include "fettle.h"
#include "options.h"
#include "show.h"
#include "why_text.h"
#include <stdio.h>

/* Of everybody or of one engineer beside the winner: the document as it was kept, and the sentences. */
static void
s_print_json (arena_t *arena, const dispatch_decided_t *document, const why_text_t *text)
{
    json_t *sentences = json_array ();
    for (int i = 0; i < text->count; i++)
        json_array_append_new (sentences, json_string (text->lines [i]));
    json_t *whole = json_pack ("{s:o, s:o}", "sentences", sentences, "decision",
        json_value_from_message (&document->base, JSON_PRINT_DEFAULTS));
    printf ("%s\n", json_print (arena, whole, JSON_PRETTY_PRINT));
    json_decref (whole);
}

static int
s_print (arena_t *arena, const dispatch_decided_t *document, const char *engineer_id, bool as_json)
{
    if (engineer_id && !why_candidate (document, engineer_id))
        return fettle_fail (EXIT_NO, "why", "%s was not among the %zu that were looked at: those of "
            "territory %s and the ones above it, as they were then. `fettle why %s` names them all.",
            engineer_id, document->n_candidates, document->territory_id,
            *document->visit_id ? document->visit_id : document->work_order_id);
    why_text_t text = why_text (arena, document, engineer_id);
    if (as_json)
        s_print_json (arena, document, &text);
    for (int i = 0; i < text.count && !as_json; i++)
        printf ("%s\n", text.lines [i]);
    return EXIT_OK;
}

static int
s_why (arena_t *arena, const char *visit_id, const char *engineer_id, bool as_json)
{
    int code = EXIT_OK;
    const get_decision_t query = { .base = get_decision_init, .visit_id = (char *) visit_id };
    const dispatch_decided_t *document = (const dispatch_decided_t *) ask_question (arena, "why", &query.base, &code);
    return document ? s_print (arena, document, engineer_id, as_json) : code;
}

int
command_why (int argc, char **argv)
{
    bool as_json = false;
    const option_t options [] = { { "--json", OPTION_FLAG, &as_json, 0, 0 }, { 0 } };
    int count = options_take (argc, argv, options);
    if (count < 0)
        return EXIT_USAGE;
    if (count < 1 || count > 2)
        return fettle_usage ("why", "give the id of a visit or work order, and of an engineer if you like.");
    arena_t *arena = arena_new ();
    int code = s_why (arena, argv [1], count > 1 ? argv [2] : NULL, as_json);
    arena_destroy (&arena);
    return code;
}
