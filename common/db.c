#include "db.h"
#include "check.h"
#include "db_connect.h"
#include "moment.h"
#include <arpa/inet.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_COLUMNS = ENTITY_MAX_FIELDS, MAX_QUEUE = 1024 };

/* Postgres counts microseconds from 2000-01-01. */
#define PG_EPOCH_MS INT64_C (946684800000)

struct column_t {
    arena_t *arena;
    field_kind_t kind;
    int count;
    bool has_null;
    char *data;
    size_t used, size;
};

struct db_t {
    PGconn *conn;
    const char *queue [MAX_QUEUE];      /* names of statements whose answers are outstanding */
    int queue_head, queue_count;
    int deadline_ms;                    /* 0: waits for ever */
    int64_t ending_at, timeline;
    bool failed, broken, is_ending, is_late;
    char error [512], sqlstate [6], statement [64];
    int64_t round_trips;
};

static const Oid s_element_oid [] = {
    [FIELD_text] = 25, [FIELD_int] = 20, [FIELD_enum] = 23, [FIELD_bool] = 16,
    [FIELD_real] = 701, [FIELD_time] = 1184, [FIELD_blob] = 17,
};

enum { ARRAY_HEADER = 20 };

column_t *
column_new (arena_t *arena, field_kind_t kind)
{
    column_t *self = arena_alloc (arena, sizeof *self);
    *self = (column_t) { .arena = arena, .kind = kind, .size = 1024, .used = ARRAY_HEADER };
    self->data = arena_piece (arena, self->size);
    return self;
}

static char *
s_room (column_t *self, size_t need)
{
    if (self->used + need > self->size) {
        self->size = (self->used + need) * 2;
        char *bigger = arena_piece (self->arena, self->size);
        memcpy (bigger, self->data, self->used);
        self->data = bigger;
    }
    char *place = self->data + self->used;
    self->used += need;
    return place;
}

static void
s_put32 (char *place, uint32_t value)
{
    value = htonl (value);
    memcpy (place, &value, 4);
}

static void
s_put64 (char *place, uint64_t value)
{
    value = htobe64 (value);
    memcpy (place, &value, 8);
}

void
column_blob (column_t *self, const void *data, size_t size)
{
    char *place = s_room (self, 4 + size);
    s_put32 (place, (uint32_t) size);
    if (size)
        memcpy (place + 4, data, size);
    self->count++;
}

void
column_text (column_t *self, const char *value)
{
    column_blob (self, value ? value : "", value ? strlen (value) : 0);
}

static void
s_null (column_t *self)
{
    s_put32 (s_room (self, 4), UINT32_MAX);
    self->has_null = true;
    self->count++;
}

void
column_int (column_t *self, int64_t value)
{
    static const size_t sizes [] = { [FIELD_int] = 8, [FIELD_enum] = 4, [FIELD_bool] = 1, [FIELD_time] = 8 };
    if (self->kind == FIELD_time && value == 0)
        return s_null (self);
    size_t size = sizes [self->kind];
    char *place = s_room (self, 4 + size);
    s_put32 (place, (uint32_t) size);
    /* what no calendar has is given as what Postgres refuses: neither another instant by overflow, nor infinity */
    if (self->kind == FIELD_time && (__builtin_sub_overflow (value, PG_EPOCH_MS, &value)
                                     || __builtin_mul_overflow (value, INT64_C (1000), &value)))
        value = INT64_MAX - 1;
    if (size == 8)
        s_put64 (place + 4, (uint64_t) value);
    else if (size == 4)
        s_put32 (place + 4, (uint32_t) value);
    else
        place [4] = (char) (value != 0);
    self->count++;
}

static void
s_real (column_t *self, double value)
{
    uint64_t bits;
    memcpy (&bits, &value, 8);
    char *place = s_room (self, 12);
    s_put32 (place, 8);
    s_put64 (place + 4, bits);
    self->count++;
}

void
column_field (column_t *self, const field_t *field, const void *row)
{
    const char *at = (const char *) row + field->offset;
    switch (field->kind) {
    case FIELD_text: column_text (self, *(char *const *) at); break;
    case FIELD_int:
    case FIELD_time: column_int (self, *(const int64_t *) at); break;
    case FIELD_enum: column_int (self, *(const int *) at); break;
    case FIELD_bool: column_int (self, *(const bool *) at); break;
    case FIELD_real: s_real (self, *(const double *) at); break;
    case FIELD_blob: column_blob (self, ((const blob_t *) at)->data, ((const blob_t *) at)->size); break;
    }
}

int
column_count (const column_t *self)
{
    return self->count;
}

static void
s_seal (column_t *self)
{
    s_put32 (self->data, self->count ? 1 : 0);
    s_put32 (self->data + 4, self->has_null);
    s_put32 (self->data + 8, s_element_oid [self->kind]);
    s_put32 (self->data + 12, (uint32_t) self->count);
    s_put32 (self->data + 16, 1);
}

/* ---- connection */

static void
s_notice (void *closure, const char *message)
{
    (void) closure, (void) message;     /* "relation exists, skipping" is no news */
}

db_t *
db_open (const char *dsn, const char *role, const char *schema, const char *password, char error [512])
{
    int64_t timeline = 0;
    PGconn *conn = db_connect (dsn, role, schema, password, &timeline, error);
    if (PQstatus (conn) != CONNECTION_OK) {
        if (conn)
            snprintf (error, 512, "%.500s", PQerrorMessage (conn));
        PQfinish (conn);
        return NULL;
    }
    PQsetNoticeProcessor (conn, s_notice, NULL);
    PQsetnonblocking (conn, 1);         /* a server that reads no more must not hold us while we send */
    db_t *self = calloc (1, sizeof *self);
    check (self);
    self->conn = conn;
    self->timeline = timeline;
    self->deadline_ms = schema ? DB_DEADLINE_MS : 0;
    return self;
}

void
db_close (db_t **self)
{
    if (*self) {
        PQfinish ((*self)->conn);
        free (*self);
        *self = NULL;
    }
}

void db_set_deadline (db_t *self, int deadline_ms) { self->deadline_ms = deadline_ms; }
int64_t db_timeline (const db_t *self) { return self->timeline; }
bool db_is_alive (const db_t *self) { return !self->broken && PQstatus (self->conn) == CONNECTION_OK; }
int db_backend_pid (const db_t *self) { return PQbackendPID (self->conn); }
int64_t db_round_trips (const db_t *self) { return self->round_trips; }
const char *db_error (const db_t *self) { return self->error; }
const char *db_sqlstate (const db_t *self) { return self->sqlstate; }
const char *db_failed_statement (const db_t *self) { return self->statement; }

static void
s_fail (db_t *self, const PGresult *result, const char *statement)
{
    if (self->failed)
        return;                         /* the first failure is the cause, the rest follow from it */
    const char *state = result ? PQresultErrorField (result, PG_DIAG_SQLSTATE) : NULL;
    const char *primary = result ? PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const char *detail = result ? PQresultErrorField (result, PG_DIAG_MESSAGE_DETAIL) : NULL;
    snprintf (self->error, sizeof self->error, "%.60s: %.300s%s%.120s", statement, primary ? primary
              : self->is_late ? "no answer in time: what became of it is not known" : PQerrorMessage (self->conn),
              detail ? " - " : "", detail ? detail : "");
    snprintf (self->sqlstate, sizeof self->sqlstate, "%s", state ? state : "08006");
    snprintf (self->statement, sizeof self->statement, "%s", statement);
    self->failed = true;
}

/* The next result; NULL also when it did not come in time. */
static PGresult *
s_next (db_t *self)
{
    if (self->is_late || !db_await (self->conn, self->deadline_ms)) {
        self->is_late = self->broken = true;
        return NULL;
    }
    return PQgetResult (self->conn);
}

static void
s_enqueue (db_t *self, const char *name, int sent)
{
    check (self->queue_count < MAX_QUEUE);
    if (!sent) {
        s_fail (self, NULL, name);
        self->broken = true;
        return;
    }
    self->queue [(self->queue_head + self->queue_count++) % MAX_QUEUE] = name;
}

static void
s_pipeline (db_t *self)
{
    if (PQpipelineStatus (self->conn) == PQ_PIPELINE_OFF)
        PQenterPipelineMode (self->conn);
}

void
db_prepare (db_t *self, const char *name, const char *text)
{
    s_pipeline (self);
    s_enqueue (self, name, PQsendPrepare (self->conn, name, text, 0, NULL));
}

void
db_send (db_t *self, const char *name, column_t *const *columns, int count)
{
    const char *values [MAX_COLUMNS];
    int lengths [MAX_COLUMNS], formats [MAX_COLUMNS];
    check (count <= MAX_COLUMNS);
    for (int i = 0; i < count; i++) {
        s_seal (columns [i]);
        values [i] = columns [i]->data;
        lengths [i] = columns [i]->count ? (int) columns [i]->used : ARRAY_HEADER - 8;
        formats [i] = 1;
    }
    s_pipeline (self);
    s_enqueue (self, name, PQsendQueryPrepared (self->conn, name, count, values, lengths, formats, 1));
}

void
db_flush (db_t *self)
{
    PQsendFlushRequest (self->conn);
    PQflush (self->conn);
    self->round_trips++;
}

PGresult *
db_fetch (db_t *self)
{
    if (self->broken || !self->queue_count)
        return NULL;
    const char *name = self->queue [self->queue_head];
    self->queue_head = (self->queue_head + 1) % MAX_QUEUE;
    self->queue_count--;
    PGresult *result = s_next (self);
    if (!result) {
        s_fail (self, NULL, name);
        self->broken = true;
        return NULL;
    }
    PQclear (s_next (self));                    /* the NULL that ends each answer */
    ExecStatusType status = PQresultStatus (result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        return result;
    if (status != PGRES_PIPELINE_ABORTED)
        s_fail (self, result, name);
    self->broken |= PQstatus (self->conn) != CONNECTION_OK;
    PQclear (result);
    return NULL;
}

static db_outcome_t
s_classify (db_t *self)
{
    bool refused = strncmp (self->sqlstate, "22", 2) == 0 || strncmp (self->sqlstate, "23", 2) == 0
        || strncmp (self->sqlstate, "54", 2) == 0;
    return refused && !self->broken ? DB_REFUSED : DB_BROKEN;
}

void
db_commit_begin (db_t *self)
{
    s_pipeline (self);
    self->is_ending = !self->broken && PQpipelineSync (self->conn);
    self->ending_at = moment_steady ();
}

bool
db_commit_is_done (db_t *self)
{
    if (!self->is_ending || PQflush (self->conn) < 0 || !PQconsumeInput (self->conn) || !PQisBusy (self->conn))
        return true;
    self->is_late = self->deadline_ms && moment_steady () - self->ending_at > self->deadline_ms;
    return self->is_late;
}

int db_socket (const db_t *self) { return PQsocket (self->conn); }

db_outcome_t
db_commit (db_t *self)
{
    if (!self->is_ending)
        db_commit_begin (self);
    bool sent = self->is_ending;
    self->is_ending = false;
    self->round_trips++;
    while (self->queue_count && !self->broken)
        PQclear (db_fetch (self));
    PGresult *sync = sent && !self->broken ? s_next (self) : NULL;
    if (!sync || PQresultStatus (sync) != PGRES_PIPELINE_SYNC) {
        s_fail (self, sync, "commit");
        self->broken = true;            /* whether it was committed is not known */
    }
    PQclear (sync);
    db_outcome_t outcome = self->failed ? s_classify (self) : DB_OK;
    self->failed = false;
    return outcome;
}

/* ---- plain statements */

static bool
s_plain (db_t *self)
{
    if (PQpipelineStatus (self->conn) != PQ_PIPELINE_OFF)
        return PQexitPipelineMode (self->conn);
    return true;
}

static PGresult *
s_checked (db_t *self, PGresult *result, const char *sql)
{
    ExecStatusType status = PQresultStatus (result);
    self->round_trips++;
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        return result;
    self->failed = false;
    s_fail (self, result, sql);
    self->failed = false;
    self->broken |= PQstatus (self->conn) != CONNECTION_OK;
    PQclear (result);
    return NULL;
}

PGresult *
db_query (db_t *self, const char *sql, int count, const char *const *params)
{
    check (s_plain (self));
    bool sent = !self->broken && PQsendQueryParams (self->conn, sql, count, NULL, params, NULL, NULL, 0);
    PGresult *result = sent ? s_next (self) : NULL, *more;
    while (result && (more = s_next (self)))
        PQclear (more);
    return s_checked (self, result, sql);
}

bool
db_run (db_t *self, const char *sql)
{
    check (s_plain (self));
    PGresult *result = s_checked (self, PQexec (self->conn, sql), sql);
    PQclear (result);
    return result != NULL;
}

/* ---- reading */

static int64_t
s_int (const char *value, int size)
{
    uint64_t big;
    uint32_t small;
    if (size == 8)
        return memcpy (&big, value, 8), (int64_t) be64toh (big);
    if (size == 4)
        return memcpy (&small, value, 4), (int32_t) ntohl (small);
    return *value;
}

int64_t
db_read_int (const PGresult *result, int row, int column)
{
    return PQgetisnull (result, row, column) ? 0 : s_int (PQgetvalue (result, row, column),
        PQgetlength (result, row, column));
}

static double
s_real_value (const char *value)
{
    uint64_t bits = (uint64_t) s_int (value, 8);
    double real;
    memcpy (&real, &bits, 8);
    return real;
}

void
db_read_field (const PGresult *result, int row, int column, const field_t *field, void *ret_row)
{
    char *at = (char *) ret_row + field->offset, *value = PQgetvalue (result, row, column);
    int size = PQgetlength (result, row, column);
    bool null = PQgetisnull (result, row, column);
    switch (field->kind) {
    case FIELD_text: *(char **) at = value; break;
    case FIELD_int: *(int64_t *) at = null ? 0 : s_int (value, size); break;
    case FIELD_time: *(int64_t *) at = null ? 0 : s_int (value, size) / 1000 + PG_EPOCH_MS; break;
    case FIELD_enum: *(int *) at = null ? 0 : (int) s_int (value, size); break;
    case FIELD_bool: *(bool *) at = !null && *value; break;
    case FIELD_real: *(double *) at = null ? 0 : s_real_value (value); break;
    case FIELD_blob: *(blob_t *) at = (blob_t) { (const uint8_t *) value, (size_t) size }; break;
    }
}
