/* db_store - the rows of a service in its Postgres schema: the store that a running service has.
 *
 * All wants of a pass are fetched in one flush, one statement for each (entity, index); a turn is committed in one
 * more: fence, deletes, updates, inserts, timers, outbox, cursors, dead letters. So the round trips of a turn are
 * the depth of its look-ups plus one, whatever its size. Cursors that moved and nothing else are saved a little
 * later (db_store_flush): applying nothing again does no harm. */
#pragma once
#include "db.h"
#include "store.h"

/* Takes over nothing: db stays the caller's. epoch: of the lease just taken. Prepares every statement; NULL with a
 * sentence in error when the declared entities are not what the schema has. */
store_t *db_store_new (db_t *db, const service_t *service, int64_t epoch, char error [512]);
void db_store_destroy (store_t **self);
store_result_t db_store_flush (store_t *self, int64_t last_sequence);
/* From now on commits do (not) wait until they are on disk. What did not is there when the barrier, or any commit that
 * does wait, has come back. */
void db_store_wait_for_disk (store_t *self, bool waits);

/* The first timers with after < due_at <= until, at most max; in the arena. after: above 0. */
typedef struct { wakeup_row_t *rows; int count; bool ok; } due_t;
due_t db_store_due (store_t *self, arena_t *arena, int64_t after, int64_t until, int max);
bool db_store_now (store_t *self, int64_t *ret_at);      /* Postgres' own clock, ms UTC */

/* Packed Events with after < sequence <= until, the end of a turn; at most about max events, never less than one
 * segment; size 0: none. */
blob_t db_store_replay (store_t *self, arena_t *arena, int64_t after, int64_t until, int max, bool *ret_ok);
/* Cursor of an outside consumer; made at 0 when new. -1: not this owner's. */
int64_t db_store_consumer (store_t *self, const char *name, const char *owner, bool *ret_ok);
bool db_store_acknowledge (store_t *self, const char *name, int64_t sequence);
/* Dead letters that somebody has marked for retry. */
typedef struct { int64_t id; char *origin, *source, *message_id, *type, *correlation; blob_t body; } letter_t;
letter_t *db_store_retries (store_t *self, arena_t *arena, int *ret_count);
int64_t db_store_dead_count (store_t *self);
/* As last saved; 0 never heard. The id of the event there, cut to size; "" when it is not known. */
enum { EVENT_ID_SIZE = 64 };
int64_t db_store_cursor (store_t *self, const char *source, char ret_event_id [EVENT_ID_SIZE]);
