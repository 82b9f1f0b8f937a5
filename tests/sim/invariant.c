/* invariant - the pages are asked, in order. */
#include "invariant.h"
#include <stdio.h>
#include <string.h>

static const page_t *const s_pages [] = { &invariant_log, &invariant_request, &invariant_answer, &invariant_path,
    &invariant_stock, &invariant_visit, &invariant_invoice, &invariant_clock, &invariant_notice };
enum { PAGES = sizeof s_pages / sizeof *s_pages };

static arena_t *s_arena, *s_step;

arena_t *invariant_arena (void) { return s_arena; }

char *
invariant_text (const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    char *text = arena_vprintf (s_arena, format, arguments);
    va_end (arguments);
    return text;
}

void *
invariant_thing (map_t *map, const char *key, size_t size)
{
    void *thing = map_get (map, key);
    if (!thing) {
        thing = arena_alloc (s_arena, size);
        *map_at (map, s_arena, arena_strdup (s_arena, key)) = thing;
    }
    return thing;
}

int64_t *
invariant_number (map_t *map, const char *key)
{
    return invariant_thing (map, key, sizeof (int64_t));
}

void
invariant_each (const map_t *map, void (*visit) (sim_t *sim, const char *key, void *value), sim_t *sim)
{
    for (uint32_t i = 0; i < map->capacity; i++)
        if (map->slots [i].key && map->slots [i].value)
            visit (sim, map->slots [i].key, map->slots [i].value);
}

void
invariant_begin (sim_t *sim)
{
    arena_destroy (&s_arena);
    arena_destroy (&s_step);
    s_arena = arena_new ();
    s_step = arena_new ();
    for (int i = 0; i < PAGES; i++)
        if (s_pages [i]->begin)
            s_pages [i]->begin (sim);
}

static void
s_event (sim_t *sim, const sim_commit_t *commit, const bus_event_t *event)
{
    const ProtobufCMessage *body = sim_body (sim, event, s_step);
    if (!body)
        return sim_fail (sim, "I11", "event %lld of %s can not be read as %s", (long long) event->sequence,
            event->source, event->type);
    for (int i = 0; i < PAGES; i++)
        if (s_pages [i]->event)
            s_pages [i]->event (sim, commit, event, body);
}

void
invariant_step (sim_t *sim, const sim_commit_t *commit)
{
    arena_reset (s_step);
    for (int64_t sequence = commit->first_sequence; sequence <= commit->last_sequence; sequence++)
        s_event (sim, commit, sim_event (sim, commit->service, sequence));
    for (int c = 0; c < commit->change_count; c++)
        for (int i = 0; i < PAGES; i++)
            if (s_pages [i]->row)
                s_pages [i]->row (sim, commit, &commit->changes [c]);
    for (int i = 0; i < PAGES; i++)
        if (s_pages [i]->commit)
            s_pages [i]->commit (sim, commit);
}

void
invariant_quiet (sim_t *sim)
{
    for (int i = 0; i < PAGES; i++)
        if (s_pages [i]->quiet)
            s_pages [i]->quiet (sim);
}

void
invariant_end (sim_t *sim)
{
    (void) sim;
    arena_destroy (&s_arena);
    arena_destroy (&s_step);
}
