/* rows - get, find, put: the rows of a turn, with what is missing noted as a want. */
#include "check.h"
#include "tx.h"
#include <stdlib.h>
#include <string.h>

void *
tx_grow (tx_t *tx, void *array, int count, int *capacity, size_t size)
{
    if (count < *capacity)
        return array;
    int bigger = *capacity ? *capacity * 2 : 8;
    void *copy = arena_array (tx->arena, (size_t) bigger, size);
    if (count)
        memcpy (copy, array, (size_t) count * size);
    *capacity = bigger;
    return copy;
}

table_t *
tx_table (tx_t *tx, const entity_t *entity)
{
    for (int i = 0; i < tx->table_count; i++)
        if (tx->tables [i].entity == entity) {
            tx->tables [i].is_used = true;
            return &tx->tables [i];
        }
    check (!"entity is in the service's table of entities");
    return NULL;
}

static int
s_index_number (const entity_t *entity, const char *field)
{
    for (int i = 0; i < ENTITY_MAX_INDEXES && entity->indexes [i]; i++)
        if (strcmp (entity->indexes [i], field) == 0)
            return i;
    check (!"field is declared as an index of the entity");
    return -1;
}

static void
s_note (tx_t *tx, table_t *table, const char *index, int number, const char *value)
{
    tx->wanting = true;
    *TX_PUSH (tx, tx->wants, tx->want_count, tx->want_capacity) =
        (want_t) { table, index, arena_strdup (tx->arena, value), number, NULL };
}

/* Comes back only when the store had it in memory. */
static void
s_want (tx_t *tx, table_t *table, const char *index, int number, const char *value)
{
    if (table->entity->cached && tx->peek) {
        want_t *want = arena_alloc (tx->arena, sizeof *want);
        *want = (want_t) { table, index, arena_strdup (tx->arena, value), number, NULL };
        if (tx->peek (tx->peek_store, tx, want))
            return;
    }
    s_note (tx, table, index, number, value);
    longjmp (tx->abandon, ABANDONED);
}

bool
tx_knows_row (tx_t *tx, const entity_t *entity, const char *id)
{
    return map_get (&tx_table (tx, entity)->by_key, id);
}

void
tx_expect_row (tx_t *tx, const entity_t *entity, const char *id)
{
    table_t *table = tx_table (tx, entity);
    if (!is_empty (id) && !table->whole && !map_get (&table->by_key, id))
        s_note (tx, table, NULL, 0, id);
}

void
tx_expect_rows (tx_t *tx, const entity_t *entity, const char *field, const char *value)
{
    table_t *table = tx_table (tx, entity);
    int number = s_index_number (entity, field);
    posting_t *posting = is_empty (value) ? NULL : map_get (&table->by_index [number], value);
    if (!is_empty (value) && (!posting || !posting->is_loaded))
        s_note (tx, table, entity->indexes [number], number, value);
}

static void
s_push (tx_t *tx, posting_t *list, row_t *row)
{
    *TX_PUSH (tx, list->rows, list->count, list->capacity) = row;
}

static posting_t *
s_posting (tx_t *tx, table_t *table, int number, const char *value)
{
    void **slot = map_at (&table->by_index [number], tx->arena, value);
    if (!*slot)
        *slot = arena_alloc (tx->arena, sizeof (posting_t));
    return *slot;
}

/* A field that an index is on, as it was when the row came into the turn. */
static const char *
s_index_value (const table_t *table, int number, const void *row)
{
    return entity_text (entity_field (table->entity, table->entity->indexes [number]), row);
}

static row_t *
s_touch (tx_t *tx, table_t *table, row_t *row)
{
    if (!row->touched) {
        row->touched = true;
        s_push (tx, &table->touched, row);
    }
    return row;
}

static row_t *
s_row (tx_t *tx, table_t *table, const char *key)
{
    row_t *row = map_get (&table->by_key, key);
    if (!row) {
        row = arena_alloc (tx->arena, sizeof *row);
        row->key = arena_strdup (tx->arena, key);
        *map_at (&table->by_key, tx->arena, row->key) = row;
        s_push (tx, &table->all, row);
    }
    return row;
}

static void *
s_copy (tx_t *tx, const entity_t *entity, const void *row)
{
    char *copy = arena_copy (tx->arena, row, entity->size);
    for (int i = 0; i < entity->field_count; i++) {
        const field_t *field = &entity->fields [i];
        if (field->kind == FIELD_text) {
            char **text = (char **) (copy + field->offset);
            *text = arena_strdup (tx->arena, *text ? *text : "");
        } else if (field->kind == FIELD_blob) {
            blob_t *blob = (blob_t *) (copy + field->offset);
            blob->data = (const uint8_t *) arena_copy (tx->arena, blob->size ? (const void *) blob->data : "",
                blob->size);
        }
    }
    return copy;
}

void
tx_row_loaded (tx_t *tx, table_t *table, const void *loaded, const want_t *want)
{
    row_t *row = map_get (&table->by_key, entity_key (table->entity, loaded));
    if (!row || !row->base) {
        row = s_row (tx, table, entity_key (table->entity, loaded));
        row->is_known = true;
        row->base = s_copy (tx, table->entity, loaded);
        row->now = arena_copy (tx->arena, row->base, table->entity->size);
    }
    if (want->page || (want->index && want->index [0] != '*')) {
        posting_t *posting = want->page ? &want->page->found : s_posting (tx, table, want->index_number, want->value);
        s_push (tx, posting, row);
        posting->loaded = posting->count;
    }
}

/* A key that was asked for and did not come is known to be absent. */
void
tx_want_done (tx_t *tx, const want_t *want)
{
    if (want->page)
        want->page->found.is_loaded = true;
    else if (!want->index)
        s_row (tx, want->table, want->value)->is_known = true;
    else if (want->index [0] == '*')
        want->table->whole = true;
    else
        s_posting (tx, want->table, want->index_number, want->value)->is_loaded = true;
}

bool
tx_want_is_done (const want_t *want)
{
    const table_t *table = want->table;
    if (want->page)
        return want->page->found.is_loaded;
    if (!want->index)
        return map_get (&table->by_key, want->value);
    if (want->index [0] == '*')
        return table->whole;
    const posting_t *posting = map_get (&table->by_index [want->index_number], want->value);
    return posting && posting->is_loaded;
}

void *
tx_get_row (tx_t *tx, const entity_t *entity, const char *id)
{
    if (is_empty (id))
        return NULL;
    table_t *table = tx_table (tx, entity);
    row_t *row = map_get (&table->by_key, id);
    if (!row && !table->whole) {
        s_want (tx, table, NULL, 0, id);
        row = map_get (&table->by_key, id);
    }
    if (!row || row->deleted || !row->now)
        return NULL;
    return s_touch (tx, table, row)->now;
}

bool
tx_is_taken_row (tx_t *tx, const entity_t *entity, const char *id)
{
    if (tx->is_wary || entity->cached || is_empty (id))
        return tx_get_row (tx, entity, id);
    const row_t *row = map_get (&tx_table (tx, entity)->by_key, id);
    return row && row->now && !row->deleted;
}

static int
s_by_key (const void *left, const void *right)
{
    return strcmp ((*(row_t *const *) left)->key, (*(row_t *const *) right)->key);
}

static bool
s_is_sorted (const posting_t *found)
{
    for (int i = 1; i < found->count; i++)
        if (strcmp (found->rows [i - 1]->key, found->rows [i]->key) > 0)
            return false;
    return true;
}

static list_t
s_list (tx_t *tx, table_t *table, posting_t *found)
{
    list_t list = { arena_array (tx->arena, (size_t) found->count + 1, sizeof (void *)), found->count };
    if (found->rows && !s_is_sorted (found))
        qsort (found->rows, (size_t) found->count, sizeof *found->rows, s_by_key);
    list.count = 0;
    for (int i = 0; found->rows && i < found->count; i++)
        if (i == 0 || found->rows [i] != found->rows [i - 1])
            list.rows [list.count++] = s_touch (tx, table, found->rows [i])->now;
    return list;
}

/* Rows that had this value when they came and have it still, and rows that have been given it since. */
list_t
tx_find_rows (tx_t *tx, const entity_t *entity, const char *field, const char *value)
{
    if (is_empty (value))
        return (list_t) { arena_alloc (tx->arena, sizeof (void *)), 0 };
    table_t *table = tx_table (tx, entity);
    int number = s_index_number (entity, field);
    const field_t *indexed = entity_field (entity, field);
    posting_t *posting = map_get (&table->by_index [number], value);
    if (!posting || !posting->is_loaded) {
        s_want (tx, table, entity->indexes [number], number, value);
        posting = map_get (&table->by_index [number], value);
    }
    posting_t found = { 0 };
    for (int i = 0; i < posting->count; i++) {
        row_t *row = posting->rows [i];
        if (row->now && !row->deleted && strcmp (entity_text (indexed, row->now), value) == 0)
            s_push (tx, &found, row);
    }
    for (int i = 0; i < table->touched.count; i++) {
        row_t *row = table->touched.rows [i];
        if (!row->deleted && entity_text (indexed, row->now) != entity_text (indexed, row->base)
            && strcmp (entity_text (indexed, row->base), value) != 0
                && strcmp (entity_text (indexed, row->now), value) == 0)
            s_push (tx, &found, row);
    }
    return s_list (tx, table, &found);
}

static const rows_page_t *
s_page (tx_t *tx, table_t *table, int number, const char *value, const char *after, int limit)
{
    const char *index = table->entity->indexes [number];
    char *name = tx_printf (tx, "%d:%d:%zu:%s:%s", number, limit, strlen (value), value, after);
    void **slot = map_at (&table->pages, tx->arena, name);
    if (!*slot) {
        rows_page_t *made = *slot = arena_alloc (tx->arena, sizeof *made);
        *made = (rows_page_t) { .after = arena_strdup (tx->arena, after), .limit = limit };
    }
    rows_page_t *page = *slot;
    if (page->found.is_loaded)
        return page;
    s_note (tx, table, index, number, value);
    tx->wants [tx->want_count - 1].page = page;
    longjmp (tx->abandon, ABANDONED);
}

/* What this turn has given the value, after one key and up to another (NULL: to the end). */
static void
s_add_newcomers (tx_t *tx, table_t *table, const field_t *indexed, const char *value, const char *after,
    const char *until,
                 posting_t *found)
{
    for (int i = 0; i < table->touched.count; i++) {
        row_t *row = table->touched.rows [i];
        bool was_found = !row->is_new && strcmp (entity_text (indexed, row->base), value) == 0;
        if (!was_found && !row->deleted && strcmp (entity_text (indexed, row->now), value) == 0
            && strcmp (row->key, after) > 0 && (!until || strcmp (row->key, until) <= 0))
            s_push (tx, found, row);
    }
}

/* Rows that have lost the value in this turn leave gaps, which the pages behind fill. */
list_t
tx_page_rows (tx_t *tx, const entity_t *entity, const char *field, const char *value, const char *after_id, int limit)
{
    table_t *table = tx_table (tx, entity);
    int number = s_index_number (entity, field);
    const field_t *indexed = entity_field (entity, field);
    const char *until = is_empty (after_id) ? "" : after_id;
    posting_t found = { 0 };
    check (!entity->cached && limit > 0);
    if (is_empty (value))
        return (list_t) { arena_alloc (tx->arena, sizeof (void *)), 0 };
    while (until && found.count < limit) {
        const posting_t *page = &s_page (tx, table, number, value, until, limit)->found;
        for (int i = 0; i < page->count; i++)
            if (!page->rows [i]->deleted && strcmp (entity_text (indexed, page->rows [i]->now), value) == 0)
                s_push (tx, &found, page->rows [i]);
        until = page->count < limit ? NULL : page->rows [page->count - 1]->key;
    }
    s_add_newcomers (tx, table, indexed, value, is_empty (after_id) ? "" : after_id, until, &found);
    if (found.rows && !s_is_sorted (&found))
        qsort (found.rows, (size_t) found.count, sizeof *found.rows, s_by_key);
    found.count = found.count < limit ? found.count : limit;
    return s_list (tx, table, &found);
}

list_t
tx_all_rows (tx_t *tx, const entity_t *entity)
{
    table_t *table = tx_table (tx, entity);
    check (entity->cached);
    if (!table->whole)
        s_want (tx, table, "*", 0, "");
    if (table->list.rows)
        return table->list;
    posting_t found = { 0 };
    for (int i = 0; i < table->all.count; i++)
        if (table->all.rows [i]->now && !table->all.rows [i]->deleted)
            s_push (tx, &found, table->all.rows [i]);
    return table->list = s_list (tx, table, &found);
}

void *
tx_put_row (tx_t *tx, const entity_t *entity, const void *given)
{
    table_t *table = tx_table (tx, entity);
    void *copy = s_copy (tx, entity, given);
    const char *key = entity_key (entity, copy);
    if (is_empty (key))
        tx_fail (tx, "%s: a row without a key", entity->name);
    row_t *row = s_row (tx, table, key);
    table->list.rows = NULL;
    if (row->now && !row->deleted)
        tx_fail (tx, "%s %s exists already", entity->name, key);
    if (row->now && row->base && !row->is_new) {                /* deleted in this turn, and back again */
        memcpy (row->now, copy, entity->size);
        row->deleted = false;
        return s_touch (tx, table, row)->now;
    }
    row->base = copy;
    row->now = arena_copy (tx->arena, copy, entity->size);
    row->is_new = true;
    row->deleted = false;
    for (int i = 0; i < ENTITY_MAX_INDEXES && entity->indexes [i]; i++)
        if (!is_empty (s_index_value (table, i, copy)))
            s_push (tx, s_posting (tx, table, i, s_index_value (table, i, copy)), row);
    return s_touch (tx, table, row)->now;
}

void *
tx_need_row (tx_t *tx, const entity_t *entity, const char *id)
{
    void *row = tx_get_row (tx, entity, id);
    if (row)
        return row;
    char *empty = arena_alloc (tx->arena, entity->size);
    *(const char **) (empty + entity->fields [0].offset) = id;
    return tx_put_row (tx, entity, empty);
}

void
tx_delete_row (tx_t *tx, const entity_t *entity, void *now)
{
    table_t *table = tx_table (tx, entity);
    row_t *row = map_get (&table->by_key, entity_key (entity, now));
    check (row && row->now == now);
    row->deleted = true;
    table->list.rows = NULL;
}

static void
s_rewind_postings (map_t *map)
{
    for (uint32_t i = 0; i < map->capacity; i++)
        if (map->slots [i].value) {
            posting_t *posting = map->slots [i].value;
            posting->count = posting->loaded;
        }
}

static void
s_rewind_row (const entity_t *entity, row_t *row)
{
    if (row->is_new)
        row->now = row->base = NULL;
    else if (row->base)
        memcpy (row->now, row->base, entity->size);
    row->touched = row->deleted = row->is_new = false;
}

/* A key that was put without asking the database is forgotten: whether it exists there is not known. */
void
rows_rewind (table_t *table)
{
    int kept = 0;
    if (!table->is_used)
        return;
    for (int i = 0; i < table->all.count; i++) {
        row_t *row = table->all.rows [i];
        s_rewind_row (table->entity, row);
        if (row->is_known)
            table->all.rows [kept++] = row;
        else
            map_forget (&table->by_key, row->key);
    }
    table->all.count = kept;
    table->touched.count = 0;
    table->list.rows = NULL;
    for (int i = 0; i < ENTITY_MAX_INDEXES; i++)
        s_rewind_postings (&table->by_index [i]);
}

static void
s_find_changes (tx_t *tx)
{
    tx->changed_count = 0;
    for (int t = 0; t < tx->table_count; t++) {
        table_t *table = &tx->tables [t];
        for (int i = 0; i < table->touched.count; i++) {
            row_t *row = table->touched.rows [i];
            if (row->is_new ? row->deleted : !row->deleted && entity_same (table->entity, row->now, row->base))
                continue;
            change_t change = row->deleted ? CHANGE_DELETE : row->is_new ? CHANGE_INSERT : CHANGE_UPDATE;
            *TX_PUSH (tx, tx->changed, tx->changed_count, tx->changed_capacity) = (changed_t) { table, row, change };
        }
    }
    tx->are_changes_known = true;
}

/* Stores ask more than once, between two handlers. */
int
tx_changes (tx_t *tx, change_fn *visit, void *closure)
{
    if (!tx->are_changes_known)
        s_find_changes (tx);
    for (int i = 0; visit && i < tx->changed_count; i++)
        visit (closure, tx->changed [i].table, tx->changed [i].change, tx->changed [i].row->now);
    return tx->changed_count;
}
