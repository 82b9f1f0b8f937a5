#include "db_store.h"
#include "check.h"
#include "db_schema.h"
#include "db_turn.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SOURCES = 16 };

typedef struct {
    store_t base;
    db_t *db;
    const service_t *service;
    int64_t epoch;
    store_t *cache;                     /* whole tables of cached entities */
    bool cache_whole [64];
    const entity_t *entities [64];
    int entity_count;
    arena_t *names;                     /* of statements */
    struct { char source [32], event_id [EVENT_ID_SIZE]; int64_t sequence; bool moved; } cursors [MAX_SOURCES];
    int cursor_count;
    bool in_transaction;                /* something was sent since the last sync */
    bool is_unhurried;                  /* commits do not wait for the disk */
    bool has_unwritten;                 /* the last commit did not */
} pg_t;

/* ---- load */

static void
s_send (pg_t *self, const char *name, column_t *const *columns, int count)
{
    db_send (self->db, name, columns, count);
    self->in_transaction = true;
}

/* All wants of one statement, and where its answer goes. Pages come back with their number among those asked for. */
typedef struct {
    const entity_t *entity;
    const char *index;
    column_t *keys, *afters, *limits;
    map_t by_value;
    const want_t **pages;               /* NULL: not of pages */
} group_t;

static group_t *
s_group (group_t *groups, int *count, const tx_t *tx, const want_t *want)
{
    for (int i = 0; i < *count; i++)
        if (groups [i].entity == want->table->entity && groups [i].index == want->index
            && !groups [i].pages == !want->page)
            return &groups [i];
    group_t *group = &groups [(*count)++];
    *group = (group_t) { .entity = want->table->entity, .index = want->index, .keys =
        column_new (tx->arena, FIELD_text) };
    if (want->page) {
        group->afters = column_new (tx->arena, FIELD_text);
        group->limits = column_new (tx->arena, FIELD_int);
        group->pages = arena_array (tx->arena, (size_t) tx->want_count, sizeof *group->pages);
    }
    return group;
}

/* Wanted by several handlers: asked for once. */
static void
s_add_want (tx_t *tx, group_t *group, const want_t *want)
{
    void **slot = map_at (&group->by_value, tx->arena,
                          want->page ? arena_printf (tx->arena, "%p", (void *) want->page) : want->value);
    if (*slot)
        return;
    *slot = (void *) want;
    if (want->page) {
        group->pages [column_count (group->keys)] = want;
        column_text (group->afters, want->page->after);
        column_int (group->limits, want->page->limit);
    }
    column_text (group->keys, want->value);
}

static void
s_send_group (pg_t *self, const group_t *group)
{
    if (group->pages)
        return s_send (self, db_schema_page_name (self->names, group->entity, group->index),
                       (column_t *[]) { group->keys, group->afters, group->limits }, 3);
    bool whole = group->index && group->index [0] == '*';
    s_send (self, db_schema_name (self->names, group->entity, group->index ? group->index : "key"), &group->keys,
        whole ? 0 : 1);
}

static void
s_decode (const PGresult *result, int row, const entity_t *entity, void *ret_row)
{
    for (int i = 0; i < entity->field_count; i++)
        db_read_field (result, row, i, &entity->fields [i], ret_row);
}

static store_result_t
s_broken (pg_t *self)
{
    db_commit (self->db);
    snprintf (self->base.error, sizeof self->base.error, "%s", db_error (self->db));
    return STORE_BROKEN;
}

static store_result_t
s_receive_group (pg_t *self, tx_t *tx, group_t *group)
{
    PGresult *result = db_fetch (self->db);
    if (!result)
        return s_broken (self);
    const entity_t *entity = group->entity;
    const field_t *field = group->index ? entity_field (entity, group->index) : &entity->fields [0];
    void *row = arena_alloc (tx->arena, entity->size);
    for (int i = 0; i < PQntuples (result); i++) {
        s_decode (result, i, entity, row);
        const want_t *want = group->pages ? group->pages [db_read_int (result, i, entity->field_count) - 1]
                           : map_get (&group->by_value, entity_text (field, row));
        if (want)
            tx_row_loaded (tx, want->table, row, want);
    }
    PQclear (result);
    for (uint32_t i = 0; i < group->by_value.capacity; i++)
        if (group->by_value.slots [i].value)
            tx_want_done (tx, group->by_value.slots [i].value);
    return STORE_OK;
}

/* A cached table is read once, whole, and answers from memory from then on. */
static store_result_t
s_fill_cache (pg_t *self, const entity_t *entity, arena_t *arena)
{
    s_send (self, db_schema_name (self->names, entity, "*"), NULL, 0);
    db_flush (self->db);
    PGresult *result = db_fetch (self->db);
    if (!result)
        return s_broken (self);
    void *row = arena_alloc (arena, entity->size);
    for (int i = 0; i < PQntuples (result); i++) {
        s_decode (result, i, entity, row);
        store_memory_put (self->cache, entity, row);
    }
    PQclear (result);
    return STORE_OK;
}

static store_result_t
s_load_cached (pg_t *self, tx_t *tx, const want_t *want)
{
    const entity_t *entity = want->table->entity;
    for (int i = 0; i < self->entity_count; i++)
        if (self->entities [i] == entity && !self->cache_whole [i]) {
            if (s_fill_cache (self, entity, tx->arena) != STORE_OK)
                return STORE_BROKEN;
            self->cache_whole [i] = true;
        }
    store_memory_load_one (self->cache, tx, want);
    return STORE_OK;
}

static bool
s_peek (void *store, tx_t *tx, const want_t *want)
{
    pg_t *self = store;
    for (int i = 0; i < self->entity_count; i++)
        if (self->entities [i] == want->table->entity && self->cache_whole [i])
            return store_memory_load_one (self->cache, tx, want);
    return false;
}

/* Answers the groups of cached tables from memory and moves the others to the front. How many are left; -1: broken. */
static int
s_keep_uncached (pg_t *self, tx_t *tx, group_t *groups, int count)
{
    int kept = 0;
    for (int g = 0; g < count; g++) {
        if (!groups [g].entity->cached) {
            groups [kept++] = groups [g];
            continue;
        }
        const map_t *values = &groups [g].by_value;
        for (uint32_t i = 0; i < values->capacity; i++)
            if (values->slots [i].value && s_load_cached (self, tx, values->slots [i].value) != STORE_OK)
                return -1;
    }
    return kept;
}

static store_result_t
s_load (store_t *base, tx_t *tx)
{
    pg_t *self = (pg_t *) base;
    group_t *groups = arena_array (tx->arena, 512, sizeof *groups);
    int group_count = 0;
    for (int i = 0; i < tx->want_count; i++) {
        const want_t *want = &tx->wants [i];
        s_add_want (tx, s_group (groups, &group_count, tx, want), want);
    }
    int sent = s_keep_uncached (self, tx, groups, group_count);
    if (sent < 0)
        return STORE_BROKEN;
    group_count = sent;
    if (!group_count)
        return STORE_OK;
    for (int i = 0; i < group_count; i++)
        s_send_group (self, &groups [i]);
    db_flush (self->db);
    for (int i = 0; i < group_count; i++)
        if (s_receive_group (self, tx, &groups [i]) != STORE_OK)
            return STORE_BROKEN;
    return STORE_OK;
}

/* ---- commit */

typedef struct { column_t **columns [3]; int count [3]; } batch_t;
typedef struct { pg_t *self; tx_t *tx; batch_t *batches; } changes_t;

static void
s_collect (void *closure, table_t *table, change_t change, const void *row)
{
    changes_t *changes = closure;
    const entity_t *entity = table->entity;
    batch_t *batch = &changes->batches [table - changes->tx->tables];
    int columns = change == CHANGE_DELETE ? 1 : entity->field_count;
    if (!batch->columns [change]) {
        batch->columns [change] = arena_array (changes->tx->arena, (size_t) columns, sizeof (column_t *));
        for (int i = 0; i < columns; i++)
            batch->columns [change] [i] = column_new (changes->tx->arena, entity->fields [i].kind);
    }
    for (int i = 0; i < columns; i++)
        column_field (batch->columns [change] [i], &entity->fields [i], row);
    batch->count [change]++;
}

/* Deletes first and inserts last, so that a place that was freed in this turn can be taken in it. */
static void
s_send_changes (pg_t *self, tx_t *tx, const changes_t *changes)
{
    static const struct { change_t change; const char *name; } order [] = {
        { CHANGE_DELETE, "delete" }, { CHANGE_UPDATE, "update" }, { CHANGE_INSERT, "insert" } };
    for (int o = 0; o < 3; o++)
        for (int t = 0; t < tx->table_count; t++) {
            const batch_t *batch = &changes->batches [t];
            const entity_t *entity = tx->tables [t].entity;
            change_t change = order [o].change;
            if (batch->count [change])
                s_send (self, db_schema_name (self->names, entity, order [o].name), batch->columns [change],
                        change == CHANGE_DELETE ? 1 : entity->field_count);
        }
}

static void
s_note_cursor (pg_t *self, const char *source, int64_t sequence, const char *event_id)
{
    int i = 0;
    while (i < self->cursor_count && strcmp (self->cursors [i].source, source) != 0)
        i++;
    check (i < MAX_SOURCES);
    if (i == self->cursor_count) {
        self->cursor_count++;
        snprintf (self->cursors [i].source, sizeof self->cursors [i].source, "%s", source);
    }
    if (sequence <= self->cursors [i].sequence)
        return;
    self->cursors [i].moved = true;
    self->cursors [i].sequence = sequence;
    snprintf (self->cursors [i].event_id, EVENT_ID_SIZE, "%s", event_id);
}

static void
s_send_cursors (pg_t *self, arena_t *arena)
{
    column_t *columns [] = { column_new (arena, FIELD_text), column_new (arena, FIELD_int),
        column_new (arena, FIELD_text) };
    for (int i = 0; i < self->cursor_count; i++)
        if (self->cursors [i].moved) {
            column_text (columns [0], self->cursors [i].source);
            column_int (columns [1], self->cursors [i].sequence);
            column_text (columns [2], self->cursors [i].event_id);
        }
    if (column_count (columns [0]))
        s_send (self, "cursor", columns, 3);
}

static store_result_t
s_end (pg_t *self)
{
    db_outcome_t outcome = db_commit (self->db);
    self->in_transaction = false;
    arena_reset (self->names);
    if (outcome == DB_OK) {
        for (int i = 0; i < self->cursor_count; i++)
            self->cursors [i].moved = false;
        return STORE_OK;
    }
    bool fenced = strncmp (db_failed_statement (self->db), "fence", 5) == 0
        && strcmp (db_sqlstate (self->db), "22012") == 0;
    snprintf (self->base.error, sizeof self->base.error, "%s", fenced
              ? "another process has taken the lease of this service" : db_error (self->db));
    return outcome == DB_REFUSED && !fenced ? STORE_REFUSED : STORE_BROKEN;
}

/* Nothing was changed: the transaction only ends. Cursors that moved stay to be saved. */
static store_result_t
s_end_reading (pg_t *self)
{
    db_outcome_t outcome = db_commit (self->db);
    self->in_transaction = false;
    arena_reset (self->names);
    snprintf (self->base.error, sizeof self->base.error, "%s", outcome == DB_OK ? "" : db_error (self->db));
    return outcome == DB_OK ? STORE_OK : STORE_BROKEN;
}

static bool
s_changes_something (const tx_t *tx, const turn_t *turn, int changes)
{
    return changes || tx->timer_count || turn->dead_count || turn->retried_count
        || turn->last_sequence >= turn->first_sequence;
}

/* What is to be sent may be more than a socket takes at once: it goes on in between. */
static void
s_work_meanwhile (pg_t *self)
{
    db_commit_begin (self->db);
    while (self->base.meanwhile && !db_commit_is_done (self->db)
           && self->base.meanwhile (self->base.meanwhile_closure))
        ;
}

static store_result_t
s_commit (store_t *base, tx_t *tx, const turn_t *turn)
{
    pg_t *self = (pg_t *) base;
    changes_t changes = { self, tx, arena_array (tx->arena, (size_t) tx->table_count, sizeof (batch_t)) };
    int changed = tx_changes (tx, s_collect, &changes);
    pg_t before = *self;
    for (int i = 0; i < turn->cursor_count; i++)
        s_note_cursor (self, turn->cursors [i].source, turn->cursors [i].sequence, turn->cursors [i].event_id);
    bool is_unhurried = self->is_unhurried || turn->is_silent;
    if (!s_changes_something (tx, turn, changed) && (is_unhurried || !self->has_unwritten))
        return self->in_transaction ? s_end_reading (self) : STORE_OK;
    self->in_transaction = true;
    db_turn_send_fence (self->db, tx->arena, self->epoch, turn->first_sequence, turn->last_sequence,
        is_unhurried);
    s_send_changes (self, tx, &changes);
    db_turn_send_timers (self->db, tx);
    db_turn_send_events (self->db, tx, turn);
    s_send_cursors (self, tx->arena);
    db_turn_send_dead (self->db, tx, turn);
    s_work_meanwhile (self);
    store_result_t result = s_end (self);
    if (result == STORE_OK) {
        self->has_unwritten = is_unhurried;
        store_memory_apply (self->cache, tx);
    } else
        memcpy (self->cursors, before.cursors, sizeof self->cursors), self->cursor_count = before.cursor_count;
    return result;
}

void
db_store_wait_for_disk (store_t *base, bool waits)
{
    ((pg_t *) base)->is_unhurried = !waits;
}

store_result_t
db_store_flush (store_t *base, int64_t last_sequence)
{
    pg_t *self = (pg_t *) base;
    arena_t *arena = arena_new ();
    db_turn_send_fence (self->db, arena, self->epoch, last_sequence + 1, last_sequence, false);
    s_send_cursors (self, arena);
    store_result_t result = s_end (self);
    arena_destroy (&arena);
    return result;
}

/* ---- making one */

static bool
s_boot (pg_t *self, char error [512])
{
    for (int i = 0; i < self->entity_count; i++)
        if (!db_schema_fits (self->db, self->entities [i], error))
            return false;
    db_schema_prepare_common (self->db);
    for (int i = 0; i < self->entity_count; i++)
        db_schema_prepare (self->db, self->names, self->entities [i]);
    if (db_commit (self->db) != DB_OK)
        return snprintf (error, 512, "%s", db_error (self->db)), false;
    db_send (self->db, "cursors", NULL, 0);
    db_flush (self->db);
    PGresult *result = db_fetch (self->db);
    for (int i = 0; result && i < PQntuples (result); i++)
        s_note_cursor (self, PQgetvalue (result, i, 0), db_read_int (result, i, 1), PQgetvalue (result, i, 2));
    PQclear (result);
    for (int i = 0; i < self->cursor_count; i++)
        self->cursors [i].moved = false;
    return db_commit (self->db) == DB_OK || (snprintf (error, 512, "%s", db_error (self->db)), false);
}

store_t *
db_store_new (db_t *db, const service_t *service, int64_t epoch, char error [512])
{
    pg_t *self = calloc (1, sizeof *self);
    check (self);
    *self = (pg_t) { .base = { .load = s_load, .peek = s_peek, .commit = s_commit }, .db = db, .service = service,
        .epoch = epoch,
                     .names = arena_new (), .cache = store_memory_new_cache (service) };
    for (int i = 0; service->entities && service->entities [i]; i++)
        self->entities [self->entity_count++] = service->entities [i];
    self->entities [self->entity_count++] = &reply_entity;
    self->entities [self->entity_count++] = &timer_entity;
    store_t *base = &self->base;
    if (!s_boot (self, error))
        db_store_destroy (&base);
    return base;
}

void
db_store_destroy (store_t **base)
{
    pg_t *self = (pg_t *) *base;
    if (self) {
        store_memory_destroy (&self->cache);
        arena_destroy (&self->names);
        free (self);
    }
    *base = NULL;
}

int64_t
db_store_cursor (store_t *base, const char *source, char ret_event_id [EVENT_ID_SIZE])
{
    const pg_t *self = (const pg_t *) base;
    int i = 0;
    while (i < self->cursor_count && strcmp (self->cursors [i].source, source) != 0)
        i++;
    snprintf (ret_event_id, EVENT_ID_SIZE, "%s", i < self->cursor_count ? self->cursors [i].event_id : "");
    return i < self->cursor_count ? self->cursors [i].sequence : 0;
}
