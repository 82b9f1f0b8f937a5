#include "timeline.h"
#include "show.h"
#include <stdio.h>
#include <string.h>

enum { INDENT = 2, DEPTH_MAX = 8, OTHERS_MAX = 12 };

/* ---- why this engineer */

/* Prices of choosing are in a currency of their own. */
static char *
s_points (arena_t *arena, int64_t minor)
{
    return arena_printf (arena, "%s%lld.%02lld", minor < 0 ? "-" : "", (long long) (minor < 0
        ? -minor : minor) / 100,
                         (long long) (minor < 0 ? -minor : minor) % 100);
}

static void
s_print_terms (arena_t *arena, const dispatch_candidate_t *candidate)
{
    for (size_t i = 0; i < candidate->n_terms; i++) {
        const cost_term_t *term = candidate->terms [i];
        printf ("%s%s %s (%lld %s)", i ? " + " : " = ", term->term, s_points (arena, term->amount_minor),
            (long long) term->quantity,
                term->unit);
    }
}

static void
s_print_candidate (arena_t *arena, const dispatch_candidate_t *candidate, const char *word, int indent)
{
    printf ("%*s%s %s", indent, "", word, candidate->engineer_id);
    if (candidate->n_failed_rules) {
        printf (" may not go:");
        for (size_t i = 0; i < candidate->n_failed_rules; i++) {
            const failed_rule_t *rule = candidate->failed_rules [i];
            printf ("%s %s: needs %s (%s)", i ? ";" : "", rule->rule, rule->needed, rule->had);
        }
    } else {
        printf (" costs %s", s_points (arena, candidate->cost_minor));
        s_print_terms (arena, candidate);
        if (candidate->starts_at)
            printf (", from %s, %lld min of travel", show_clock (arena, candidate->starts_at),
                (long long) candidate->travel_minutes);
    }
    putchar ('\n');
}

static void
s_print_others (arena_t *arena, dispatch_candidate_t *const *candidates, size_t count, const char *winner_id,
int indent)
{
    int printed = 0;
    for (size_t i = 0; i < count; i++)
        if (strcmp (candidates [i]->engineer_id, winner_id) != 0 && printed++ < OTHERS_MAX)
            s_print_candidate (arena, candidates [i], "not", indent);
    if (printed > OTHERS_MAX)
        printf ("%*sand %d more who were not taken; --json shows all\n", indent, "", printed - OTHERS_MAX);
}

static void
s_print_decision (arena_t *arena, const dispatch_decided_t *decided, int indent)
{
    for (size_t i = 0; i < decided->n_candidates; i++)
        if (strcmp (decided->candidates [i]->engineer_id, decided->winner_id) == 0)
            s_print_candidate (arena, decided->candidates [i], decided->manual ? "chosen by a person:" : "taken:",
                indent);
    if (*decided->override_reason)
        printf ("%*sbecause \"%s\"\n", indent, "", decided->override_reason);
    if (*decided->runner_up_id)
        printf ("%*snext best %s, %s more\n", indent, "", decided->runner_up_id, s_points (arena,
            decided->runner_up_gap_minor));
    s_print_others (arena, decided->candidates, decided->n_candidates, decided->winner_id, indent);
}

static void
s_print_reasons (arena_t *arena, const node_t *node, int indent)
{
    if (node->message && node->message->descriptor == &dispatch_decided_descriptor)
        s_print_decision (arena, (const dispatch_decided_t *) node->message, indent);
    else if (node->message && node->message->descriptor == &dispatch_failed_descriptor) {
        const dispatch_failed_t *failed = (const dispatch_failed_t *) node->message;
        s_print_others (arena, failed->candidates, failed->n_candidates, "", indent);
    }
}

/* ---- one line for each event */

static const char *
s_since (arena_t *arena, const node_t *node, const node_t *before)
{
    const node_t *from = node->cause ? node->cause : before;
    return from ? arena_printf (arena, "+%s", show_span (arena, node->event->recorded - from->event->recorded)) : "";
}

/* A subject that the head line names already is left out, as are its repetitions in the fields. */
static bool
s_is_known (const story_t *story, const char *id)
{
    for (const char **known = story->known; *known; known++)
        if (strcmp (*known, id) == 0)
            return true;
    return false;
}

static void
s_print_event (const story_t *story, arena_t *arena, const node_t *node, const node_t *before, int depth)
{
    const bus_event_t *event = node->event;
    const char *known [] = { event->subject, story->known [0], story->known [0] ? story->known [1] : NULL,
                             story->known [0] && story->known [1] ? story->known [2] : NULL, NULL };
    const char *fields = node->message ? show_fields (arena, node->message,
        known) : "(of a type this version does not know)";
    bool names_subject = !s_is_known (story, event->subject);
    printf ("%s  %10s  %-12s  %*s%s  %s%s%s", show_clock (arena, event->recorded),
            s_since (arena, node, before), event->source, depth * INDENT, "", show_type (event->type),
            names_subject ? event->subject : "", names_subject ? "  " : "", fields);
    if (!node->cause && *event->actor)
        printf ("  [%s]", event->actor);
    if (event->recorded - event->time > 60000)
        printf ("  (happened %s)", show_instant (arena, event->time));
    putchar ('\n');
    s_print_reasons (arena, node, 42 + depth * INDENT);
}

static void
s_print_tree (const story_t *story, arena_t *arena, const node_t *node, const node_t *before, int depth)
{
    s_print_event (story, arena, node, before, depth < DEPTH_MAX ? depth : DEPTH_MAX);
    for (const node_t *child = node->first_child; child; child = child->next)
        s_print_tree (story, arena, child, node, depth + 1);
}

/* What began with a person, a timer or another story begins at the margin, with the time since the one before it. */
void
timeline_print (const story_t *story, arena_t *arena)
{
    const node_t *before = NULL;
    char day [16] = "";
    for (int i = 0; i < story->count; i++) {
        const node_t *node = &story->nodes [i];
        if (node->cause)
            continue;
        char *instant = show_instant (arena, node->event->recorded);
        if (strncmp (day, instant, 10) != 0)
            printf ("%s%.10s\n", *day ? "\n" : "", instant);
        snprintf (day, sizeof day, "%.10s", instant);
        s_print_tree (story, arena, node, before, 0);
        before = node;
    }
}
