/* store_memory - the twin of Postgres for tests, simulation, and cached tables. Rows are one malloc each; a replaced
 * row is freed one commit later, because the turn that replaced it may still point to it. */
#include "check.h"
#include "hashed.h"
#include "sorted.h"
#include "store.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An index holds the rows whose field is not empty, by its value, then by key; that of timers their due times. */
typedef struct {
    hashed_t rows;
    sorted_t by_key, by_index [ENTITY_MAX_INDEXES], by_due;
    const field_t *indexed [ENTITY_MAX_INDEXES];        /* ends with NULL unless full */
} shelf_t;

typedef struct {
    store_t base;
    const entity_t *entities [64];
    shelf_t shelves [64];
    int entity_count;
    void **trash;
    int trash_count, trash_capacity;
    char *last_dead;
    int dead_count;
} memory_t;

static shelf_t *
s_shelf (memory_t *self, const entity_t *entity)
{
    for (int i = 0; i < self->entity_count; i++)
        if (self->entities [i] == entity)
            return &self->shelves [i];
    return NULL;
}

/* ---- places */

typedef struct { const entity_t *entity; const field_t *field; const char *value, *key; int64_t due_at; } wanted_t;

static int
s_by_key (const void *wanted, const void *row)
{
    const wanted_t *w = wanted;
    return strcmp (w->key, entity_key (w->entity, row));
}

static int
s_by_value (const void *wanted, const void *row)
{
    const wanted_t *w = wanted;
    int order = strcmp (w->value, entity_text (w->field, row));
    return order ? order : s_by_key (wanted, row);
}

static int
s_by_due (const void *wanted, const void *row)
{
    const wanted_t *w = wanted;
    int64_t due_at = ((const wakeup_row_t *) row)->due_at;
    return w->due_at != due_at ? (w->due_at > due_at) - (w->due_at < due_at) : s_by_key (wanted, row);
}

/* Where the row of that key is or would be. */
static sorted_place_t
s_place (const entity_t *entity, const shelf_t *shelf, const char *key)
{
    wanted_t wanted = { .entity = entity, .key = key };
    return sorted_find (&shelf->by_key, s_by_key, &wanted);
}

/* ---- rows */

static size_t
s_tail_size (const entity_t *entity, const void *row)
{
    size_t size = 0;
    for (int i = 0; i < entity->field_count; i++) {
        const field_t *field = &entity->fields [i];
        if (field->kind == FIELD_text)
            size += strlen (entity_text (field, row)) + 1;
        else if (field->kind == FIELD_blob)
            size += ((const blob_t *) ((const char *) row + field->offset))->size;
    }
    return size;
}

/* Struct and all it points to in one piece. */
static void *
s_clone (const entity_t *entity, const void *row)
{
    char *copy = malloc (entity->size + s_tail_size (entity, row) + 1), *tail = copy + entity->size;
    check (copy);
    memcpy (copy, row, entity->size);
    for (int i = 0; i < entity->field_count; i++) {
        const field_t *field = &entity->fields [i];
        if (field->kind == FIELD_text) {
            size_t size = strlen (entity_text (field, row)) + 1;
            *(char **) (copy + field->offset) = memcpy (tail, entity_text (field, row), size);
            tail += size;
        } else if (field->kind == FIELD_blob) {
            blob_t *blob = (blob_t *) (copy + field->offset);
            blob->data = blob->size ? memcpy (tail, blob->data, blob->size) : (void *) tail;
            tail += blob->size;
        }
    }
    return copy;
}

static void
s_throw (memory_t *self, void *row)
{
    if (self->trash_count == self->trash_capacity) {
        self->trash_capacity = self->trash_capacity ? self->trash_capacity * 2 : 16;
        self->trash = realloc (self->trash, (size_t) self->trash_capacity * sizeof *self->trash);
        check (self->trash);
    }
    self->trash [self->trash_count++] = row;
}

static void
s_move (sorted_t *index, sorted_fn *compare, const wanted_t *old, const wanted_t *new, void *row)
{
    sorted_place_t place = { 0 };
    if (old)
        place = sorted_find (index, compare, old);
    if (old && new && compare (old, row) == 0)
        return sorted_replace (index, place, row);
    if (old)
        sorted_remove (index, place);
    if (new)
        sorted_insert (index, sorted_find (index, compare, new), row);
}

/* old, row: NULL when there is none. */
static void
s_index (const entity_t *entity, shelf_t *shelf, const void *old, void *row)
{
    for (int i = 0; i < ENTITY_MAX_INDEXES && shelf->indexed [i]; i++) {
        const field_t *field = shelf->indexed [i];
        wanted_t was = { entity, field, old ? entity_text (field, old) : "", old ? entity_key (entity, old) : "", 0 };
        wanted_t is = { entity, field, row ? entity_text (field, row) : "", row ? entity_key (entity, row) : "", 0 };
        s_move (&shelf->by_index [i], s_by_value, *was.value ? &was : NULL, *is.value ? &is : NULL, row);
    }
    if (entity != &timer_entity)
        return;
    const wakeup_row_t *before = old, *after = row;
    wanted_t was = { .entity = entity, .key = old ? before->id : "", .due_at = old ? before->due_at : 0 };
    wanted_t is = { .entity = entity, .key = row ? after->id : "", .due_at = row ? after->due_at : 0 };
    s_move (&shelf->by_due, s_by_due, old ? &was : NULL, row ? &is : NULL, row);
}

static void
s_set (memory_t *self, const entity_t *entity, const void *row)
{
    shelf_t *shelf = s_shelf (self, entity);
    void *old = hashed_get (&shelf->rows, entity, entity_key (entity, row)), *new = s_clone (entity, row);
    sorted_place_t place = s_place (entity, shelf, entity_key (entity, row));
    hashed_put (&shelf->rows, entity, new);
    if (old) {
        sorted_replace (&shelf->by_key, place, new);
        s_throw (self, old);
    } else
        sorted_insert (&shelf->by_key, place, new);
    s_index (entity, shelf, old, new);
}

static void
s_unset (memory_t *self, const entity_t *entity, const char *key)
{
    shelf_t *shelf = s_shelf (self, entity);
    void *old = hashed_get (&shelf->rows, entity, key);
    if (!old)
        return;
    hashed_remove (&shelf->rows, entity, key);
    sorted_remove (&shelf->by_key, s_place (entity, shelf, key));
    s_index (entity, shelf, old, NULL);
    s_throw (self, old);
}

/* ---- giving what is wanted */

/* The rows of one value, after a key, at most so many. */
static void
s_load_found (const shelf_t *shelf, tx_t *tx, const want_t *want, const char *after, int limit)
{
    const sorted_t *index = &shelf->by_index [want->index_number];
    wanted_t wanted = { want->table->entity, shelf->indexed [want->index_number], want->value, after, 0 };
    sorted_place_t place = sorted_find (index, s_by_value, &wanted);
    void *row = sorted_at (index, place);
    if (row && s_by_value (&wanted, row) == 0)
        sorted_step (index, &place);
    for (; limit > 0 && (row = sorted_at (index, place)); sorted_step (index, &place), limit--) {
        if (strcmp (entity_text (wanted.field, row), want->value) != 0)
            break;
        tx_row_loaded (tx, want->table, row, want);
    }
}

bool
store_memory_load_one (store_t *base, tx_t *tx, const want_t *want)
{
    shelf_t *shelf = s_shelf ((memory_t *) base, want->table->entity);
    if (!shelf)
        return false;
    sorted_place_t place = { 0 };
    void *row;
    if (want->page)
        s_load_found (shelf, tx, want, want->page->after, want->page->limit);
    else if (!want->index) {
        if ((row = hashed_get (&shelf->rows, want->table->entity, want->value)))
            tx_row_loaded (tx, want->table, row, want);
    } else if (want->index [0] == '*')
        for (; (row = sorted_at (&shelf->by_key, place)); sorted_step (&shelf->by_key, &place))
            tx_row_loaded (tx, want->table, row, want);
    else
        s_load_found (shelf, tx, want, "", INT_MAX);
    tx_want_done (tx, want);
    return true;
}

/* The same thing may be wanted by several handlers: it is given once. */
static store_result_t
s_load (store_t *base, tx_t *tx)
{
    for (int i = 0; i < tx->want_count; i++)
        if (!tx_want_is_done (&tx->wants [i]))
            check (store_memory_load_one (base, tx, &tx->wants [i]));
    return STORE_OK;
}

/* Cached tables answer at once, as those of Postgres do. */
static bool
s_peek (void *self, tx_t *tx, const want_t *want)
{
    return store_memory_load_one (self, tx, want);
}

static void
s_change (void *closure, table_t *table, change_t change, const void *row)
{
    memory_t *self = closure;
    if (!s_shelf (self, table->entity))
        return;
    if (change == CHANGE_DELETE)
        s_unset (self, table->entity, entity_key (table->entity, row));
    else
        s_set (self, table->entity, row);
}

static void
s_conflict (void *closure, table_t *table, change_t change, const void *row)
{
    memory_t *self = closure;
    if (change == CHANGE_INSERT
        && hashed_get (&s_shelf (self, table->entity)->rows, table->entity, entity_key (table->entity, row)))
        snprintf (self->base.error, sizeof self->base.error, "%s %s exists already", table->entity->name,
                  entity_key (table->entity, row));
}

static void
s_empty_trash (memory_t *self)
{
    while (self->trash_count)
        free (self->trash [--self->trash_count]);
}

void
store_memory_apply (store_t *base, tx_t *tx)
{
    s_empty_trash ((memory_t *) base);
    tx_changes (tx, s_change, base);
}

static store_result_t
s_commit (store_t *base, tx_t *tx, const turn_t *turn)
{
    memory_t *self = (memory_t *) base;
    base->error [0] = '\0';
    tx_changes (tx, s_conflict, self);
    if (base->error [0])
        return STORE_REFUSED;
    store_memory_apply (base, tx);
    for (int i = 0; i < tx->timer_count; i++) {
        const timer_op_t *op = tx->timers [i];
        if (op->due_at)
            s_set (self, &timer_entity, &(wakeup_row_t) { (char *) op->key, op->due_at });
        else
            s_unset (self, &timer_entity, op->key);
    }
    for (int i = 0; i < turn->dead_count; i++) {
        free (self->last_dead);
        self->last_dead = strdup (turn->dead [i]->dead);
        self->dead_count++;
    }
    return STORE_OK;
}

static void
s_add_shelf (memory_t *self, const entity_t *entity)
{
    check (self->entity_count < 64);
    self->entities [self->entity_count] = entity;
    shelf_t *shelf = &self->shelves [self->entity_count++];
    for (int i = 0; i < ENTITY_MAX_INDEXES && entity->indexes [i]; i++)
        shelf->indexed [i] = entity_field (entity, entity->indexes [i]);
}

static store_t *
s_new (const service_t *service, bool cached_only)
{
    memory_t *self = calloc (1, sizeof *self);
    check (self);
    self->base.load = s_load;
    self->base.peek = s_peek;
    self->base.commit = s_commit;
    for (int i = 0; service->entities && service->entities [i]; i++)
        if (service->entities [i]->cached || !cached_only)
            s_add_shelf (self, service->entities [i]);
    if (!cached_only) {
        s_add_shelf (self, &reply_entity);
        s_add_shelf (self, &timer_entity);
    }
    return &self->base;
}

store_t *store_memory_new (const service_t *service) { return s_new (service, false); }
store_t *store_memory_new_cache (const service_t *service) { return s_new (service, true); }

static void
s_free_shelf (shelf_t *shelf)
{
    void *row;
    for (sorted_place_t place = { 0 }; (row = sorted_at (&shelf->by_key, place)); sorted_step (&shelf->by_key, &place))
        free (row);
    hashed_free (&shelf->rows);
    sorted_free (&shelf->by_key);
    sorted_free (&shelf->by_due);
    for (int i = 0; i < ENTITY_MAX_INDEXES; i++)
        sorted_free (&shelf->by_index [i]);
}

void
store_memory_destroy (store_t **base)
{
    memory_t *self = (memory_t *) *base;
    *base = NULL;
    s_empty_trash (self);
    for (int i = 0; i < self->entity_count; i++)
        s_free_shelf (&self->shelves [i]);
    free (self->trash);
    free (self->last_dead);
    free (self);
}

void
store_memory_put (store_t *self, const entity_t *entity, const void *row)
{
    s_set ((memory_t *) self, entity, row);
}

const void *
store_memory_get (store_t *base, const entity_t *entity, const char *id)
{
    return hashed_get (&s_shelf ((memory_t *) base, entity)->rows, entity, id);
}

const void *
store_memory_next (store_t *base, const entity_t *entity, const char *after)
{
    const shelf_t *shelf = s_shelf ((memory_t *) base, entity);
    sorted_place_t place = s_place (entity, shelf, after);
    if (hashed_get (&shelf->rows, entity, after))
        sorted_step (&shelf->by_key, &place);
    return sorted_at (&shelf->by_key, place);
}

int
store_memory_count (store_t *self, const entity_t *entity)
{
    return s_shelf ((memory_t *) self, entity)->by_key.count;
}

int
store_memory_due (store_t *base, int64_t after, int64_t until, int max, const wakeup_row_t **ret_rows)
{
    const sorted_t *index = &s_shelf ((memory_t *) base, &timer_entity)->by_due;
    wanted_t wanted = { .entity = &timer_entity, .key = "", .due_at = after + 1 };
    sorted_place_t place = sorted_find (index, s_by_due, &wanted);
    int count = 0;
    const wakeup_row_t *row;
    for (; count < max && (row = sorted_at (index, place)) && row->due_at <= until; sorted_step (index, &place))
        ret_rows [count++] = row;
    return count;
}

const char *
store_memory_last_dead (store_t *base, int *ret_count)
{
    memory_t *self = (memory_t *) base;
    *ret_count = self->dead_count;
    return self->last_dead ? self->last_dead : "";
}
