/* connection - what a loop has of its database: db.h, db_lease.h and db_store.h over the database of its service. */
#include "world.h"
#include "check.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMMIT_MIN_MS = 1, COMMIT_MAX_MS = 4, BARRIER_MAX_MS = 12, BATCH_TO_REFUSE = 2 };

typedef struct {
    store_t base;
    db_t *db;
    database_t *database;
    int64_t epoch;
    cursor_t cursors [SIM_SERVICES];    /* with those that moved and are not saved */
    bool moved;
} connection_t;

/* ---- db.h, as far as loops need it */

db_t *
db_open (const char *dsn, const char *role, const char *schema, const char *password, char error [512])
{
    (void) dsn, (void) role, (void) schema, (void) password;
    process_t *process = world->current;
    if (world->databases [process->service].is_gone) {
        snprintf (error, 512, "connection refused");
        return NULL;
    }
    db_t *self = calloc (1, sizeof *self);
    check (self);
    *self = (db_t) { .process = process, .serial = ++world->serial };
    return self;
}

void
db_close (db_t **self)
{
    free (*self);
    *self = NULL;
}

const char *
db_error (const db_t *self)
{
    return self->error;
}

int64_t
db_round_trips (const db_t *self)
{
    (void) self;                        /* nobody counts them here */
    return 0;
}

int64_t
db_timeline (const db_t *self)
{
    (void) self;                        /* there is one server */
    return 1;
}

/* Once broken, a connection stays so. */
static bool
s_is_alive (db_t *self)
{
    if (world->databases [self->process->service].is_gone)
        self->is_broken = true;
    if (self->is_broken)
        snprintf (self->error, sizeof self->error, "the connection to the database is lost");
    return !self->is_broken;
}

/* ---- db_barrier.h: a commit is on disk some ms later, and what is not there yet is never lost here */

bool
db_barrier_prepare (db_t *db)
{
    return s_is_alive (db);
}

void
db_barrier_begin (db_t *db)
{
    db->barrier_at = world->now + dice_between (&world->luck, COMMIT_MIN_MS, BARRIER_MAX_MS);
}

bool
db_barrier_is_done (db_t *db)
{
    return world->now >= db->barrier_at;
}

bool
db_barrier_end (db_t *db)
{
    if (world->now < db->barrier_at)
        process_sleep (db->barrier_at - world->now, false);
    return s_is_alive (db);
}

/* A file that does not exist; bus_wait knows when it would become readable. */
int
db_barrier_file (const db_t *db)
{
    return (int) (db->barrier_at % INT_MAX);
}

void
db_store_wait_for_disk (store_t *base, bool waits)
{
    (void) base, (void) waits;
}

/* ---- db_lease.h */

lease_result_t
db_lease_take (db_t *db, const char *holder, lease_t *ret_lease)
{
    database_t *database = &world->databases [db->process->service];
    if (!s_is_alive (db))
        return LEASE_BROKEN;
    if (!database_may_take (database, holder))
        return LEASE_HELD_BY_OTHER;
    database->epoch++;
    snprintf (database->holder, sizeof database->holder, "%s", holder);
    database->renewed_at = world->now;
    database->backend = db->serial;
    *ret_lease = (lease_t) { database->epoch, database->last_sequence };
    TELL ("%s %d has the lease, epoch %lld", database->service->name, db->process->number,
        (long long) database->epoch);
    return LEASE_TAKEN;
}

void
db_lease_release (db_t *db, const char *holder)
{
    database_t *database = &world->databases [db->process->service];
    if (s_is_alive (db) && strcmp (database->holder, holder) == 0)
        database->holder [0] = '\0';
}

/* ---- db_store.h: turns */

static store_result_t
s_broken (connection_t *self)
{
    snprintf (self->base.error, sizeof self->base.error, "%s", self->db->error);
    return STORE_BROKEN;
}

static void
s_maybe_lose_database (connection_t *self)
{
    if (!world->is_storm || self->database->is_gone || !fault_strikes (FAULT_database))
        return;
    fault_note_batch (FAULT_database, self->db->process);
    process_break_database (self->database, dice_between (&world->dice [FAULT_database], 50, 15000));
}

static store_result_t
s_load (store_t *base, tx_t *tx)
{
    connection_t *self = (connection_t *) base;
    self->db->process->is_in_turn = true;
    s_maybe_lose_database (self);
    if (!s_is_alive (self->db))
        return s_broken (self);
    return self->database->rows->load (self->database->rows, tx);
}

static bool
s_peek (void *base, tx_t *tx, const want_t *want)
{
    store_t *rows = ((connection_t *) base)->database->rows;
    return rows->peek (rows, tx, want);
}

static void
s_count (void *closure, table_t *table, change_t change, const void *row)
{
    (void) table, (void) change, (void) row;
    ++*(int *) closure;
}

static bool
s_says_something (tx_t *tx, const turn_t *turn)
{
    int changes = 0;
    return tx_changes (tx, s_count, &changes) || tx->timer_count || turn->dead_count || turn->retried_count
        || turn->last_sequence >= turn->first_sequence;
}

static void
s_note_cursors (connection_t *self, const turn_t *turn)
{
    for (int i = 0; i < turn->cursor_count; i++) {
        cursor_t *cursor = &self->cursors [sim_service (turn->cursors [i].source)];
        if (turn->cursors [i].sequence <= cursor->sequence)
            continue;
        cursor->sequence = turn->cursors [i].sequence;
        snprintf (cursor->event_id, EVENT_ID_SIZE, "%s", turn->cursors [i].event_id);
        self->moved = true;
    }
}

/* The statement that divides by zero. */
static bool
s_is_fenced (connection_t *self, int64_t first)
{
    if (self->epoch == self->database->epoch && self->database->last_sequence == first - 1)
        return false;
    snprintf (self->base.error, sizeof self->base.error, "another process has taken the lease of this service");
    TELL ("%s %d is fenced: its epoch is %lld, that of the lease %lld", self->database->service->name,
        self->db->process->number, (long long) self->epoch, (long long) self->database->epoch);
    return true;
}

static bool
s_is_refused (connection_t *self)
{
    process_t *process = self->db->process;
    if (process->was_refused || process->loop->count < BATCH_TO_REFUSE || !world->is_storm
        || !fault_strikes (FAULT_refused))
        return false;
    process->was_refused = true;
    fault_note_batch (FAULT_refused, process);
    TELL ("the database refuses a batch of %s", process->loop->service->name);
    snprintf (self->base.error, sizeof self->base.error, "a constraint that nobody knows");
    return true;
}

static store_result_t
s_save (connection_t *self, tx_t *tx, const turn_t *turn)
{
    cursor_t before [SIM_SERVICES];
    memcpy (before, self->cursors, sizeof before);
    s_note_cursors (self, turn);
    store_result_t result = database_commit (self->db->process, tx, turn, self->cursors);
    if (result == STORE_OK)
        self->moved = false;
    else {
        memcpy (self->cursors, before, sizeof before);
        snprintf (self->base.error, sizeof self->base.error, "%s", self->database->rows->error);
    }
    return result;
}

static store_result_t
s_commit (store_t *base, tx_t *tx, const turn_t *turn)
{
    connection_t *self = (connection_t *) base;
    world->result->turns++;
    self->db->process->is_in_turn = true;
    if (!s_says_something (tx, turn)) {
        s_note_cursors (self, turn);
        return s_is_alive (self->db) ? STORE_OK : s_broken (self);
    }
    process_sleep (dice_between (&world->luck, COMMIT_MIN_MS, COMMIT_MAX_MS), false);
    while (base->meanwhile && base->meanwhile (base->meanwhile_closure))
        ;
    s_maybe_lose_database (self);
    if (!s_is_alive (self->db))
        return s_broken (self);
    if (s_is_fenced (self, turn->first_sequence))
        return STORE_BROKEN;
    if (s_is_refused (self))
        return STORE_REFUSED;
    store_result_t result = s_save (self, tx, turn);
    if (result != STORE_OK || !world->is_storm || !fault_strikes (FAULT_unknown))
        return result;
    fault_note_batch (FAULT_unknown, self->db->process);
    TELL ("%s does not hear that its commit is done", self->database->service->name);
    self->database->trouble_at = self->database->hurt_at = world->now;
    self->db->is_broken = true;
    s_is_alive (self->db);
    return s_broken (self);
}

store_result_t
db_store_flush (store_t *base, int64_t last_sequence)
{
    connection_t *self = (connection_t *) base;
    if (!s_is_alive (self->db))
        return s_broken (self);
    if (s_is_fenced (self, last_sequence + 1))
        return STORE_BROKEN;
    memcpy (self->database->cursors, self->cursors, sizeof self->cursors);
    self->database->renewed_at = world->now;
    self->moved = false;
    return STORE_OK;
}

/* ---- making one */

store_t *
db_store_new (db_t *db, const service_t *service, int64_t epoch, char error [512])
{
    (void) service, (void) error;
    connection_t *self = calloc (1, sizeof *self);
    check (self);
    database_t *database = &world->databases [db->process->service];
    *self = (connection_t) { .base = { .load = s_load, .peek = s_peek, .commit = s_commit }, .db = db,
        .database = database, .epoch = epoch };
    memcpy (self->cursors, database->cursors, sizeof self->cursors);
    return &self->base;
}

void
db_store_destroy (store_t **self)
{
    free (*self);
    *self = NULL;
}

int64_t
db_store_cursor (store_t *base, const char *source, char ret_event_id [EVENT_ID_SIZE])
{
    const cursor_t *cursor = &((connection_t *) base)->cursors [sim_service (source)];
    memcpy (ret_event_id, cursor->event_id, EVENT_ID_SIZE);
    return cursor->sequence;
}

/* ---- what the loop asks beside turns */

due_t
db_store_due (store_t *base, arena_t *arena, int64_t after, int64_t until, int max)
{
    connection_t *self = (connection_t *) base;
    due_t due = { .ok = s_is_alive (self->db) };
    if (!due.ok)
        return due;
    static const wakeup_row_t **rows;
    static int capacity;
    if (max > capacity) {
        rows = realloc (rows, (size_t) (capacity = max) * sizeof *rows);
        check (rows);
    }
    due.count = store_memory_due (self->database->rows, after, until, max, rows);
    due.rows = arena_array (arena, (size_t) due.count + 1, sizeof *due.rows);
    for (int i = 0; i < due.count; i++)
        due.rows [i] = (wakeup_row_t) { arena_strdup (arena, rows [i]->id), rows [i]->due_at };
    return due;
}

bool
db_store_now (store_t *base, int64_t *ret_at)
{
    *ret_at = world->now;
    return s_is_alive (((connection_t *) base)->db);
}

/* Bounded as the statement in db_schema.c: so many events, so many bytes, never less than one run. */
blob_t
db_store_replay (store_t *base, arena_t *arena, int64_t after, int64_t until, int max, bool *ret_ok)
{
    enum { BYTES = 131072 };
    const database_t *database = ((connection_t *) base)->database;
    *ret_ok = s_is_alive (((connection_t *) base)->db);
    int low = 0, high = database->run_count, to;
    while (low < high) {
        int middle = (low + high) / 2;
        if (database->runs [middle].last <= after)
            low = middle + 1;
        else
            high = middle;
    }
    size_t size = 0;
    for (to = low; *ret_ok && to < database->run_count && size < BYTES && database->runs [to].first <= after + max
        && database->runs [to].last <= until; to++)
        size += database->runs [to].events.size;
    uint8_t *bytes = arena_alloc (arena, size + 1), *p = bytes;
    for (int i = low; i < to; i++) {
        memcpy (p, database->runs [i].events.data, database->runs [i].events.size);
        p += database->runs [i].events.size;
    }
    return (blob_t) { bytes, size };
}

/* Nobody outside reads here. */
int64_t
db_store_consumer (store_t *base, const char *name, const char *owner, bool *ret_ok)
{
    (void) base, (void) name, (void) owner;
    *ret_ok = false;
    return 0;
}

bool
db_store_acknowledge (store_t *base, const char *name, int64_t sequence)
{
    (void) base, (void) name, (void) sequence;
    return false;
}

letter_t *
db_store_retries (store_t *base, arena_t *arena, int *ret_count)
{
    const database_t *database = ((connection_t *) base)->database;
    letter_t *letters = arena_array (arena, (size_t) database->letter_count + 1, sizeof *letters);
    *ret_count = 0;
    for (int i = 0; i < database->letter_count; i++) {
        const sim_letter_t *letter = &database->letters [i];
        if (strcmp (letter->state, "retry") == 0)
            letters [(*ret_count)++] = (letter_t) { letter->id, (char *) letter->origin, (char *) letter->source,
                (char *) letter->message_id, (char *) letter->type, (char *) "", letter->body };
    }
    return letters;
}

int64_t
db_store_dead_count (store_t *base)
{
    return ((connection_t *) base)->database->letter_count;
}
