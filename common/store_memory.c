/* store_memory - the twin of Postgres for tests, simulation, and cached tables. Rows are one malloc each; a replaced
 * row is freed one commit later, because the turn that replaced it may still point to it. */
#include "check.h"
#include "store.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { void **rows; int count, capacity; } shelf_t;     /* sorted by key */

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

static void
s_push (void ***array, int *count, int *capacity, void *value)
{
    if (*count == *capacity) {
        *capacity = *capacity ? *capacity * 2 : 16;
        *array = realloc (*array, (size_t) *capacity * sizeof **array);
        check (*array);
    }
    (*array) [(*count)++] = value;
}

static shelf_t *
s_shelf (memory_t *self, const entity_t *entity)
{
    for (int i = 0; i < self->entity_count; i++)
        if (self->entities [i] == entity)
            return &self->shelves [i];
    return NULL;
}

/* Where the key is or would be. */
static int
s_position (const entity_t *entity, const shelf_t *shelf, const char *key, bool *ret_found)
{
    int low = 0, high = shelf->count;
    while (low < high) {
        int middle = (low + high) / 2;
        if (strcmp (entity_key (entity, shelf->rows [middle]), key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_found = low < shelf->count && strcmp (entity_key (entity, shelf->rows [low]), key) == 0;
    return low;
}

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
s_insert (shelf_t *shelf, int at, void *row)
{
    s_push (&shelf->rows, &shelf->count, &shelf->capacity, NULL);
    memmove (&shelf->rows [at + 1], &shelf->rows [at], (size_t) (shelf->count - 1 - at) * sizeof *shelf->rows);
    shelf->rows [at] = row;
}

static void
s_remove (memory_t *self, shelf_t *shelf, int at)
{
    s_push (&self->trash, &self->trash_count, &self->trash_capacity, shelf->rows [at]);
    memmove (&shelf->rows [at], &shelf->rows [at + 1], (size_t) (--shelf->count - at) * sizeof *shelf->rows);
}

static void
s_set (memory_t *self, const entity_t *entity, const void *row)
{
    shelf_t *shelf = s_shelf (self, entity);
    bool found;
    int at = s_position (entity, shelf, entity_key (entity, row), &found);
    if (found) {
        s_push (&self->trash, &self->trash_count, &self->trash_capacity, shelf->rows [at]);
        shelf->rows [at] = s_clone (entity, row);
    } else
        s_insert (shelf, at, s_clone (entity, row));
}

static void
s_unset (memory_t *self, const entity_t *entity, const char *key)
{
    shelf_t *shelf = s_shelf (self, entity);
    bool found;
    int at = s_position (entity, shelf, key, &found);
    if (found)
        s_remove (self, shelf, at);
}

static void
s_load_page (const shelf_t *shelf, tx_t *tx, const want_t *want)
{
    const entity_t *entity = want->table->entity;
    const field_t *field = entity_field (entity, want->index);
    bool found;
    int at = s_position (entity, shelf, want->page->after, &found);
    for (int given = 0, i = found ? at + 1 : at; i < shelf->count && given < want->page->limit; i++)
        if (strcmp (entity_text (field, shelf->rows [i]), want->value) == 0) {
            tx_row_loaded (tx, want->table, shelf->rows [i], want);
            given++;
        }
    tx_want_done (tx, want);
}

bool
store_memory_load_one (store_t *base, tx_t *tx, const want_t *want)
{
    const entity_t *entity = want->table->entity;
    shelf_t *shelf = s_shelf ((memory_t *) base, entity);
    if (!shelf)
        return false;
    if (want->page)
        return s_load_page (shelf, tx, want), true;
    bool found;
    int at = want->index ? -1 : s_position (entity, shelf, want->value, &found);
    if (at >= 0 && found)
        tx_row_loaded (tx, want->table, shelf->rows [at], want);
    const field_t *field = want->index ? entity_field (entity, want->index) : NULL;
    for (int i = 0; want->index && i < shelf->count; i++)
        if (!field || strcmp (entity_text (field, shelf->rows [i]), want->value) == 0)
            tx_row_loaded (tx, want->table, shelf->rows [i], want);
    tx_want_done (tx, want);
    return true;
}

/* The same thing may be wanted by several handlers: it is given once. */
static store_result_t
s_load (store_t *base, tx_t *tx)
{
    map_t seen = { 0 };
    for (int i = 0; i < tx->want_count; i++) {
        const want_t *want = &tx->wants [i];
        void **slot = map_at (&seen, tx->arena, arena_printf (tx->arena, "%s/%s/%p/%s", want->table->entity->name,
            want->index ? want->index : "", (void *) want->page, want->value));
        if (!*slot) {
            *slot = tx;
            check (store_memory_load_one (base, tx, want));
        }
    }
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
    bool found = false;
    s_position (table->entity, s_shelf (self, table->entity), entity_key (table->entity, row), &found);
    if (change == CHANGE_INSERT && found)
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
            self->entities [self->entity_count++] = service->entities [i];
    if (!cached_only) {
        self->entities [self->entity_count++] = &reply_entity;
        self->entities [self->entity_count++] = &timer_entity;
    }
    return &self->base;
}

store_t *store_memory_new (const service_t *service) { return s_new (service, false); }
store_t *store_memory_new_cache (const service_t *service) { return s_new (service, true); }

void
store_memory_destroy (store_t **base)
{
    memory_t *self = (memory_t *) *base;
    *base = NULL;
    s_empty_trash (self);
    for (int i = 0; i < self->entity_count; i++) {
        for (int r = 0; r < self->shelves [i].count; r++)
            free (self->shelves [i].rows [r]);
        free (self->shelves [i].rows);
    }
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
    shelf_t *shelf = s_shelf ((memory_t *) base, entity);
    bool found;
    int at = s_position (entity, shelf, id, &found);
    return found ? shelf->rows [at] : NULL;
}

int
store_memory_count (store_t *self, const entity_t *entity)
{
    return s_shelf ((memory_t *) self, entity)->count;
}

const wakeup_row_t *
store_memory_first_timer (store_t *base)
{
    shelf_t *shelf = s_shelf ((memory_t *) base, &timer_entity);
    const wakeup_row_t *first = NULL;
    for (int i = 0; i < shelf->count; i++) {
        const wakeup_row_t *row = shelf->rows [i];
        if (!first || row->due_at < first->due_at)
            first = row;
    }
    return first;
}

const wakeup_row_t *
store_memory_timer (store_t *base, int i)
{
    const shelf_t *shelf = s_shelf ((memory_t *) base, &timer_entity);
    return i < shelf->count ? shelf->rows [i] : NULL;
}

const char *
store_memory_last_dead (store_t *base, int *ret_count)
{
    memory_t *self = (memory_t *) base;
    *ret_count = self->dead_count;
    return self->last_dead ? self->last_dead : "";
}
