/* db_queue - what the loop asks the store beside turns: timers, replay, outside cursors, dead letters. Each is a
 * transaction of its own, made between turns. */
#include "db_store.h"
#include <string.h>

typedef struct { store_t base; db_t *db; } queue_t;     /* the head of db_store's own struct */

static db_t *
s_db (store_t *store)
{
    return ((queue_t *) store)->db;
}

/* Sends, waits, ends the transaction. NULL: the world is broken. */
static PGresult *
s_ask (store_t *store, const char *name, column_t *const *columns, int count)
{
    db_t *db = s_db (store);
    db_send (db, name, columns, count);
    db_flush (db);
    PGresult *result = db_fetch (db);
    if (db_commit (db) == DB_OK)
        return result;
    PQclear (result);
    return NULL;
}

static column_t *
s_one_int (arena_t *arena, field_kind_t kind, int64_t value)
{
    column_t *column = column_new (arena, kind);
    column_int (column, value);
    return column;
}

static column_t *
s_one_text (arena_t *arena, const char *value)
{
    column_t *column = column_new (arena, FIELD_text);
    column_text (column, value);
    return column;
}

static due_t
s_timers (arena_t *arena, PGresult *result)
{
    due_t due = { .ok = result != NULL, .count = result ? PQntuples (result) : 0 };
    due.rows = arena_array (arena, (size_t) due.count + 1, sizeof *due.rows);
    for (int i = 0; i < due.count; i++) {
        db_read_field (result, i, 1, &timer_entity.fields [1], &due.rows [i]);
        due.rows [i].id = arena_strdup (arena, PQgetvalue (result, i, 0));
    }
    PQclear (result);
    return due;
}

due_t
db_store_due (store_t *self, arena_t *arena, int64_t after, int64_t until, int max)
{
    column_t *columns [] = { s_one_int (arena, FIELD_time, after), s_one_int (arena, FIELD_time, until),
        s_one_int (arena, FIELD_int, max) };
    return s_timers (arena, s_ask (self, "due", columns, 3));
}

bool
db_store_now (store_t *self, int64_t *ret_at)
{
    PGresult *result = s_ask (self, "now", NULL, 0);
    bool ok = result && PQntuples (result);
    *ret_at = ok ? db_read_int (result, 0, 0) : 0;
    PQclear (result);
    return ok;
}

blob_t
db_store_replay (store_t *self, arena_t *arena, int64_t after, int64_t until, int max, bool *ret_ok)
{
    column_t *columns [] = { s_one_int (arena, FIELD_int, after), s_one_int (arena, FIELD_int, until),
        s_one_int (arena, FIELD_int, max) };
    PGresult *result = s_ask (self, "replay", columns, 3);
    *ret_ok = result != NULL;
    size_t size = 0;
    for (int i = 0; result && i < PQntuples (result); i++)
        size += (size_t) PQgetlength (result, i, 0);
    uint8_t *bytes = arena_alloc (arena, size + 1), *p = bytes;
    for (int i = 0; result && i < PQntuples (result); i++) {
        memcpy (p, PQgetvalue (result, i, 0), (size_t) PQgetlength (result, i, 0));
        p += PQgetlength (result, i, 0);
    }
    PQclear (result);
    return (blob_t) { bytes, size };
}

/* A row made by the same statement is not seen by it: then the cursor is at the start. */
int64_t
db_store_consumer (store_t *self, const char *name, const char *owner, bool *ret_ok)
{
    arena_t *arena = arena_new ();
    column_t *columns [] = { s_one_text (arena, name), s_one_text (arena, owner) };
    PGresult *result = s_ask (self, "consumer", columns, 2);
    *ret_ok = result != NULL;
    int64_t sequence = result && PQntuples (result) ? db_read_int (result, 0, 0) : 0;
    PQclear (result);
    arena_destroy (&arena);
    return sequence;
}

bool
db_store_acknowledge (store_t *self, const char *name, int64_t sequence)
{
    arena_t *arena = arena_new ();
    column_t *columns [] = { s_one_text (arena, name), s_one_int (arena, FIELD_int, sequence) };
    PGresult *result = s_ask (self, "acknowledge", columns, 2);
    bool ok = result != NULL;
    PQclear (result);
    arena_destroy (&arena);
    return ok;
}

letter_t *
db_store_retries (store_t *self, arena_t *arena, int *ret_count)
{
    PGresult *result = s_ask (self, "retries", NULL, 0);
    *ret_count = result ? PQntuples (result) : 0;
    letter_t *letters = arena_array (arena, (size_t) *ret_count + 1, sizeof *letters);
    for (int i = 0; i < *ret_count; i++) {
        size_t size = (size_t) PQgetlength (result, i, 6);
        letters [i] = (letter_t) {
            .id = db_read_int (result, i, 0), .origin = arena_strdup (arena, PQgetvalue (result, i, 1)),
            .source = arena_strdup (arena, PQgetvalue (result, i, 2)), .message_id =
                arena_strdup (arena, PQgetvalue (result, i, 3)),
            .type = arena_strdup (arena, PQgetvalue (result, i, 4)), .correlation =
                arena_strdup (arena, PQgetvalue (result, i, 5)),
            .body = { (const uint8_t *) arena_copy (arena, PQgetvalue (result, i, 6), size), size } };
    }
    PQclear (result);
    return letters;
}

int64_t
db_store_dead_count (store_t *self)
{
    PGresult *result = s_ask (self, "dead_count", NULL, 0);
    int64_t count = result && PQntuples (result) ? db_read_int (result, 0, 0) : 0;
    PQclear (result);
    return count;
}
