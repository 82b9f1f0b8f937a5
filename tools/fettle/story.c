#include "story.h"
#include "bus.h"
#include "map.h"
#include "show.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOTS_MAX = 40 };

/* Each finds the roots of some kind of id; the newest story of all last. */
static const char s_roots_of [] =
    "select id as root, accepted_at as at from intake.service_request where $1 in (id, asset_id, external_id, "
    "order_id) "
    "union select root_id, created_at from dispatcher.work_order where $1 in (id, request_id, occurrence_id, "
    "asset_id, root_id) "
    "union select w.root_id, w.created_at from dispatcher.visit v join dispatcher.work_order w on w.id = "
    "v.work_order_id where v.id = $1 "
    "union select w.root_id, w.created_at from dispatcher.service_report r join dispatcher.work_order w on w.id = "
    "r.work_order_id "
    "where r.id = $1 "
    "union select id, due_at from scheduler.plan_occurrence where $1 in (id, plan_id) "
    "union select w.root, w.completed_at from billing.invoice i join billing.work_order w on i.id = 'work_order:' "
    "|| w.id "
    "where $1 in (i.id, i.number) "
    "union select n.contract_id, null from billing.invoice i join billing.instalment n on i.id = 'instalment:' || "
    "n.id "
    "where $1 in (i.id, i.number, n.id, n.contract_id) "
    "union select w.root, w.completed_at from billing.cost_line l join billing.work_order w on w.id = "
    "l.work_order_id where l.id = $1 "
    "union select case_id, started_at from sla_watchdog.sla_clock where id = $1 "
    "union select correlation_id, queued_at from notifier.message where id = $1 ";

typedef struct {
    db_t *db;
    arena_t *arena;
    story_t *story;
    map_t seen, by_id;
    int capacity;
} reader_t;

char *
story_array (arena_t *arena, const char *const *ids)
{
    char *text = arena_strdup (arena, "{");
    for (int i = 0; ids [i]; i++) {
        char *quoted = arena_alloc (arena, strlen (ids [i]) * 2 + 1), *to = quoted;
        for (const char *p = ids [i]; *p; *to++ = *p++)
            if (*p == '"' || *p == '\\')
                *to++ = '\\';
        text = arena_printf (arena, "%s%s\"%s\"", text, i ? "," : "", quoted);
    }
    return arena_printf (arena, "%s}", text);
}

/* ---- whose story */

static void
s_add_root (reader_t *self, const char *root)
{
    story_t *story = self->story;
    if (!*root || map_get (&self->seen, root))
        return;
    char *copy = arena_strdup (self->arena, root);
    *map_at (&self->seen, self->arena, copy) = copy;
    if (story->root_total++ < ROOTS_MAX)
        story->roots [story->root_count++] = copy;
}

/* False: the query failed. */
static bool
s_add_roots (reader_t *self, const char *sql, const char *id)
{
    PGresult *rows = db_query (self->db, sql, 1, &id);
    for (int i = 0; rows && i < DB_ROWS (rows); i++)
        s_add_root (self, DB_VALUE (rows, i, 0));
    bool ok = rows != NULL;
    DB_FREE (rows);
    return ok;
}

/* An id that is a root itself, or of a command whose answer names what came of it. */
static bool
s_add_trails (reader_t *self, const char *id)
{
    char schema [64];
    bool ok = true;
    for (int i = 0; bus_services [i] && ok; i++) {
        client_schema (bus_services [i], schema);
        ok = s_add_roots (self, arena_printf (self->arena, "select correlation_id from \"%s\".trail where "
            "correlation_id = $1 union select id from \"%s\".reply where id = $1 and last_sequence > 0 limit 1",
            schema, schema), id);
    }
    return ok;
}

static const bus_events_t *
s_unpack (arena_t *arena, const PGresult *rows, int i, int column)
{
    const char *text = DB_VALUE (rows, i, column);
    size_t length = strlen (text), size = 0;
    uint8_t *bytes = arena_alloc (arena, length / 2 + 1);
    sodium_hex2bin (bytes, length / 2, text, length, NULL, &size, NULL);
    return (const bus_events_t *) show_open (arena, bus_events_descriptor.name, bytes, size);
}

/* Anything else that an event was about: looked for in all that was ever said, by the database. */
static bool
s_search (reader_t *self, const char *id)
{
    char schema [64];
    for (int i = 0; bus_services [i]; i++) {
        client_schema (bus_services [i], schema);
        PGresult *rows = db_query (self->db, arena_printf (self->arena,
            "select encode (events, 'hex') from \"%s\".segment "
            "where position (convert_to ($1, 'UTF8') in events) > 0 order by last_sequence", schema), 1, &id);
        if (!rows)
            return false;
        for (int r = 0; r < DB_ROWS (rows); r++) {
            const bus_events_t *events = s_unpack (self->arena, rows, r, 0);
            for (size_t e = 0; events && e < events->n_events; e++)
                if (strcmp (events->events [e]->subject, id) == 0 || strcmp (events->events [e]->id, id) == 0
                    || strcmp (events->events [e]->causation_id, id) == 0)
                    s_add_root (self, events->events [e]->correlation_id);
        }
        DB_FREE (rows);
    }
    return true;
}

static bool
s_find_roots (reader_t *self, const char *id)
{
    self->story->roots = arena_array (self->arena, ROOTS_MAX + 1, sizeof *self->story->roots);
    const char *newest_first = arena_printf (self->arena, "select root from (%s) r group by root order by max (at) "
        "desc nulls last",
                                             s_roots_of);
    return s_add_roots (self, newest_first, id) && s_add_trails (self, id)
        && (self->story->root_count || s_search (self, id));
}

/* ---- its events */

static void
s_add_event (reader_t *self, const bus_event_t *event)
{
    story_t *story = self->story;
    if (!map_get (&self->seen, event->correlation_id))
        return;
    if (story->count == self->capacity) {
        node_t *more = arena_array (self->arena, (size_t) self->capacity * 2 + 256, sizeof *more);
        if (story->count)
            memcpy (more, story->nodes, (size_t) story->count * sizeof *more);
        story->nodes = more;
        self->capacity = self->capacity * 2 + 256;
    }
    story->nodes [story->count++] = (node_t) {
        .event = event, .message = show_open (self->arena, event->type, event->data.data, event->data.len) };
}

static bool
s_read_events (reader_t *self, const char *roots)
{
    char schema [64];
    for (int i = 0; bus_services [i]; i++) {
        client_schema (bus_services [i], schema);
        PGresult *rows = db_query (self->db, arena_printf (self->arena,
            "select encode (s.events, 'hex') from \"%s\".segment s where "
            "s.last_sequence in (select last_sequence from \"%s\".trail where correlation_id = any ($1::text[]) "
            "union select last_sequence from \"%s\".reply where id = any ($1::text[])) "
            "order by 1", schema, schema, schema), 1, &roots);
        if (!rows)
            return false;
        for (int r = 0; r < DB_ROWS (rows); r++) {
            const bus_events_t *events = s_unpack (self->arena, rows, r, 0);
            for (size_t e = 0; events && e < events->n_events; e++)
                s_add_event (self, events->events [e]);
        }
        DB_FREE (rows);
    }
    return true;
}

/* Within a millisecond a cause still comes before what it led to: ids grow in one service, not between two. */
static int
s_older (const void *left, const void *right)
{
    const bus_event_t *a = ((const node_t *) left)->event, *b = ((const node_t *) right)->event;
    if (a->recorded != b->recorded)
        return a->recorded < b->recorded ? -1 : 1;
    if (strcmp (a->source, b->source) == 0)
        return a->sequence < b->sequence ? -1 : 1;
    return strcmp (a->source, b->source);
}

static void
s_link (reader_t *self)
{
    story_t *story = self->story;
    for (int i = 0; i < story->count; i++)
        *map_at (&self->by_id, self->arena, story->nodes [i].event->id) = &story->nodes [i];
    for (int i = 0; i < story->count; i++) {
        node_t *node = &story->nodes [i], *cause = map_get (&self->by_id, node->event->causation_id);
        if (!cause || cause == node)
            continue;
        node->cause = cause;
        if (cause->last_child)
            cause->last_child->next = node;
        else
            cause->first_child = node;
        cause->last_child = node;
    }
}

/* The one request, order and visit of a story need not be said in every line. */
static void
s_find_known (reader_t *self)
{
    story_t *story = self->story;
    const char *order = NULL, *visit = NULL;
    int orders = 0, visits = 0;
    for (int i = 0; i < story->count; i++) {
        const char *type = story->nodes [i].event->type;
        if (strcmp (type, work_order_created_descriptor.name) == 0)
            orders++, order = story->nodes [i].event->subject;
        else if (strcmp (type, visit_proposed_descriptor.name) == 0)
            visits++, visit = story->nodes [i].event->subject;
    }
    story->known = arena_array (self->arena, 4, sizeof *story->known);
    int count = 0;
    if (story->root_count == 1)
        story->known [count++] = story->roots [0];
    if (orders == 1)
        story->known [count++] = order;
    if (visits == 1)
        story->known [count++] = visit;
}

bool
story_read (db_t *db, arena_t *arena, const char *id, story_t *ret_story, bool *ret_is_lost, char error [512])
{
    *ret_story = (story_t) { 0 };
    reader_t self = { .db = db, .arena = arena, .story = ret_story };
    bool is_read = *id && s_find_roots (&self, id);
    is_read = is_read && (!ret_story->root_count || s_read_events (&self, story_array (arena, ret_story->roots)));
    *ret_is_lost = *id && !is_read;
    if (*ret_is_lost) {
        snprintf (error, 512, "The tables can not be read: %.300s. Has `fettle migrate` been run?", db_error (db));
        return false;
    }
    if (!ret_story->count) {
        snprintf (error, 512, "Nobody knows \"%.80s\". Ids of requests, work orders, visits and events look like "
                  "01a204d2-611f-769e-9752-be6fd38e6bcb, an invoice like IT-2026-000001, others are the names they "
                  "were registered "
                  "under. `fettle tail --since-start` shows what there is.", id);
        return false;
    }
    qsort (ret_story->nodes, (size_t) ret_story->count, sizeof *ret_story->nodes, s_older);
    s_link (&self);
    s_find_known (&self);
    return true;
}
