#include "resync.h"
#include "audit.h"
#include "bus.h"
#include "fettle.h"
#include "id.h"
#include "moment.h"
#include "options.h"
#include "pg_tool.h"
#include "show.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RUN_MAX = 500, CONSUMERS_MAX = 16, SHOWN_MAX = 20 };

/* A consumer as it stands to the publisher. */
typedef struct {
    const char *service;
    char schema [64], event_id [64];
    int64_t applied;
    int64_t common;             /* the last event that both know */
    bool is_strange;            /* the publisher has nothing, or something else, at applied */
    bool is_set_back;           /* the publisher has said other things since */
} consumer_t;

typedef struct {
    arena_t *arena;
    db_t *db;
    const resync_t *what;
    char schema [64];
    int64_t head, top;          /* of the publisher, and the highest number that anybody has seen */
    int64_t common, common_at;  /* of all consumers that are strange: the earliest */
    consumer_t consumers [CONSUMERS_MAX];
    int count;
    char *error;
} self_t;

static bool
s_fail (self_t *self)
{
    if (!*self->error)
        snprintf (self->error, 512, "%.500s", db_error (self->db));
    return false;
}

static PGresult *
s_ask (self_t *self, const char *sql)
{
    PGresult *result = db_query (self->db, sql, 0, NULL);
    if (!result)
        s_fail (self);
    return result;
}

/* The only number of an answer; -1 with a sentence: none. */
static int64_t
s_number (self_t *self, const char *sql)
{
    PGresult *row = s_ask (self, sql);
    int64_t number = row && DB_ROWS (row) == 1 ? strtoll (DB_VALUE (row, 0, 0), NULL, 10) : -1;
    DB_FREE (row);
    return number;
}

/* ---- what is strange */

/* The event that the publisher has under this number; NULL: none. */
static const bus_event_t *
s_event_at (self_t *self, int64_t sequence)
{
    const bus_event_t *found = NULL;
    PGresult *row = s_ask (self, arena_printf (self->arena, "select encode (events, 'hex') from \"%s\".segment "
        "where last_sequence >= %lld order by last_sequence limit 1", self->schema, (long long) sequence));
    if (row && DB_ROWS (row)) {
        blob_t bytes = audit_bytes (self->arena, row, 0, 0);
        const bus_events_t *events = (const bus_events_t *) show_open (self->arena, bus_events_descriptor.name,
                                                                       bytes.data, bytes.size);
        for (size_t i = 0; events && i < events->n_events; i++)
            if (events->events [i]->sequence == sequence)
                found = events->events [i];
    }
    DB_FREE (row);
    return found;
}

static bool
s_is_lost (const bus_event_t *event)
{
    return strcmp (event->type, bus_event_lost_descriptor.name) == 0;
}

/* What was said after the restore was said later than anything that the consumer had heard before it. */
static void
s_judge (self_t *self, consumer_t *consumer)
{
    const bus_event_t *there = s_event_at (self, consumer->applied);
    if (consumer->applied == 0
        || (there && (!*consumer->event_id || s_is_lost (there) || strcmp (there->id, consumer->event_id) == 0)))
        return;
    int64_t heard_at = id_time_ms (consumer->event_id);
    consumer->is_strange = true;
    consumer->common = s_number (self, arena_printf (self->arena, "select coalesce (max (last_sequence), 0) from "
        "\"%s\".segment where last_sequence <= %lld and (%lld < 0 or recorded_at <= "
        "to_timestamp (%lld / 1000.0))", self->schema, (long long) consumer->applied, (long long) heard_at,
        (long long) heard_at));
    consumer->is_set_back = there || consumer->common < self->head;
    if (self->common < 0 || consumer->common < self->common)
        self->common = consumer->common;
}

static bool
s_look_at (self_t *self, const char *service)
{
    consumer_t *consumer = &self->consumers [self->count];
    *consumer = (consumer_t) { .service = service };
    client_schema (service, consumer->schema);
    PGresult *row = s_ask (self, arena_printf (self->arena, "select sequence, case when event_sequence = sequence "
        "then event_id else '' end from \"%s\".cursor where source = '%s'", consumer->schema, self->what->publisher));
    if (row && DB_ROWS (row)) {
        consumer->applied = strtoll (DB_VALUE (row, 0, 0), NULL, 10);
        snprintf (consumer->event_id, sizeof consumer->event_id, "%s", DB_VALUE (row, 0, 1));
        s_judge (self, consumer);
        self->top = consumer->applied > self->top ? consumer->applied : self->top;
        self->count++;
    }
    DB_FREE (row);
    return row != NULL;
}

static bool
s_look (self_t *self)
{
    self->head = s_number (self, arena_printf (self->arena, "select last_sequence from \"%s\".lease for update",
                                               self->schema));
    int64_t outside = s_number (self, arena_printf (self->arena, "select coalesce (max (sequence), 0) from "
                                                    "\"%s\".consumer", self->schema));
    self->top = self->head > self->what->given ? self->head : self->what->given;
    self->top = outside > self->top ? outside : self->top;
    self->common = -1;
    for (int i = 0; bus_services [i] && self->count < CONSUMERS_MAX; i++)
        if (!s_look_at (self, bus_services [i]))
            return false;
    if (self->common < 0)
        self->common = self->head;
    self->common_at = s_number (self, arena_printf (self->arena, "select coalesce ((extract (epoch from "
        "max (recorded_at)) * 1000)::bigint, 0) from \"%s\".segment where last_sequence <= %lld", self->schema,
        (long long) self->common));
    return self->head >= 0 && outside >= 0 && self->common_at >= 0;
}

/* ---- what follows from what is lost */

typedef struct {
    self_t *self;
    map_t ids;
    int count;
} effects_t;

typedef void (visit_fn) (effects_t *effects, const char *service, const bus_event_t *event);

static void
s_each_since (effects_t *effects, const char *service, visit_fn *visit)
{
    self_t *self = effects->self;
    char schema [64];
    client_schema (service, schema);
    PGresult *rows = s_ask (self, arena_printf (self->arena, "select encode (events, 'hex') from \"%s\".segment where "
        "recorded_at >= to_timestamp (%lld / 1000.0) order by last_sequence", schema, (long long) self->common_at));
    for (int i = 0; rows && i < DB_ROWS (rows); i++) {
        blob_t bytes = audit_bytes (self->arena, rows, i, 0);
        const bus_events_t *events = (const bus_events_t *) show_open (self->arena, bus_events_descriptor.name,
                                                                       bytes.data, bytes.size);
        for (size_t e = 0; events && e < events->n_events; e++)
            visit (effects, service, events->events [e]);
    }
    DB_FREE (rows);
}

static void
s_note_id (effects_t *effects, const char *service, const bus_event_t *event)
{
    (void) service;
    *map_at (&effects->ids, effects->self->arena, event->id) = effects;
}

static bool
s_is_command (self_t *self, const char *service, const char *id)
{
    char schema [64];
    client_schema (service, schema);
    PGresult *row = db_query (self->db, arena_printf (self->arena, "select from \"%s\".reply where id = $1", schema),
                              1, &id);
    bool is_known = row && DB_ROWS (row);
    DB_FREE (row);
    return is_known;
}

static void
s_show_effect (effects_t *effects, const char *service, const bus_event_t *event)
{
    self_t *self = effects->self;
    if (id_time_ms (event->causation_id) <= self->common_at || map_get (&effects->ids, event->causation_id)
        || s_is_command (self, service, event->causation_id))
        return;
    if (effects->count++ == 0)
        printf ("  said by others because of what is lost, and kept by them:\n");
    if (effects->count <= SHOWN_MAX)
        printf ("    %s %lld  %s %s\n", service, (long long) event->sequence, show_type (event->type), event->subject);
}

static void
s_explain (self_t *self)
{
    effects_t effects = { .self = self };
    for (int i = 0; bus_services [i]; i++)
        s_each_since (&effects, bus_services [i], s_note_id);
    for (int i = 0; bus_services [i]; i++)
        if (strcmp (bus_services [i], self->what->publisher) != 0)
            s_each_since (&effects, bus_services [i], s_show_effect);
    if (effects.count > SHOWN_MAX)
        printf ("    and %d more\n", effects.count - SHOWN_MAX);
    if (!effects.count)
        printf ("  no event of another service follows from what is lost.\n");
}

static void
s_tell (const self_t *self)
{
    printf ("%s: its outbox ends at %lld; numbers up to %lld were given.\n", self->what->publisher,
            (long long) self->head, (long long) self->top);
    for (int i = 0; i < self->count; i++) {
        const consumer_t *c = &self->consumers [i];
        if (c->is_strange)
            printf ("  %-13s has applied %lld; both know events up to %lld; %lld that it has applied are lost%s\n",
                    c->service, (long long) c->applied, (long long) c->common, (long long) (c->applied - c->common),
                    c->is_set_back ? "; it reads again from there" : "");
    }
}

/* ---- making it good */

static bool
s_insert_run (self_t *self, int64_t first, int64_t last, const char *correlation, int64_t epoch)
{
    int count = (int) (last - first + 1);
    bus_events_t events = { .base = bus_events_init, .n_events = (size_t) count,
                            .events = arena_array (self->arena, (size_t) count, sizeof (bus_event_t *)) };
    bus_event_lost_t lost = { .base = bus_event_lost_init, .last_kept = self->head, .found_at = moment_now () };
    uint8_t body [64];
    size_t size = protobuf_c_message_pack (&lost.base, body);
    for (int i = 0; i < count; i++) {
        bus_event_t *event = arena_alloc (self->arena, sizeof *event);
        char *id = arena_alloc (self->arena, ID_SIZE);
        client_id (id);
        *event = (bus_event_t) { .base = bus_event_init, .id = id, .source = (char *) self->what->publisher,
            .type = (char *) bus_event_lost_descriptor.name, .subject = (char *) "", .time = lost.found_at,
            .recorded = lost.found_at, .sequence = first + i, .correlation_id = (char *) correlation,
            .causation_id = (char *) "", .traceparent = (char *) "", .actor = (char *) client_actor (),
            .epoch = epoch, .data = { size, body } };
        events.events [i] = event;
    }
    size_t packed = protobuf_c_message_get_packed_size (&events.base);
    uint8_t *bytes = arena_alloc (self->arena, packed);
    char *hex = arena_alloc (self->arena, packed * 2 + 1);
    protobuf_c_message_pack (&events.base, bytes);
    sodium_bin2hex (hex, packed * 2 + 1, bytes, packed);
    const char *values [] = { hex, correlation };
    PGresult *done = db_query (self->db, arena_printf (self->arena, "with s as (insert into \"%s\".segment "
        "(first_sequence, last_sequence, recorded_at, events) values (%lld, %lld, now (), decode ($1, 'hex'))) "
        "insert into \"%s\".trail values ($2, %lld)", self->schema, (long long) first, (long long) last,
        self->schema, (long long) last), 2, values);
    DB_FREE (done);
    return done ? true : s_fail (self);
}

static bool
s_record (self_t *self, const char *schema, const char *kind, int64_t first, int64_t last, const char *note)
{
    const char *values [] = { kind, client_actor (), self->what->backup_id, note };
    PGresult *done = db_query (self->db, arena_printf (self->arena, "insert into \"%s\".restoration (kind, actor, "
        "backup_id, first_sequence, last_sequence, note) values ($1, $2, $3, %lld, %lld, $4)", schema,
        (long long) first, (long long) last), 4, values);
    DB_FREE (done);
    return done ? true : s_fail (self);
}

/* The numbers are closed, and who writes now finds itself fenced and begins again above them. */
static bool
s_close_numbers (self_t *self)
{
    char correlation [ID_SIZE];
    client_id (correlation);
    int64_t epoch = s_number (self, arena_printf (self->arena, "update \"%s\".lease set epoch = epoch + 1, "
        "holder = '', last_sequence = %lld returning epoch", self->schema, (long long) self->top));
    for (int64_t first = self->head + 1; epoch >= 0 && first <= self->top; first += RUN_MAX) {
        int64_t last = first + RUN_MAX - 1 < self->top ? first + RUN_MAX - 1 : self->top;
        if (!s_insert_run (self, first, last, correlation, epoch))
            return false;
    }
    return epoch >= 0 && s_record (self, self->schema, "resync", self->head + 1, self->top,
                                   "numbers that were given before and whose events are lost");
}

static bool
s_set_back (self_t *self, const consumer_t *consumer)
{
    const bus_event_t *known = s_event_at (self, consumer->common);
    const char *values [] = { known ? known->id : "", self->what->publisher };
    PGresult *done = db_query (self->db, arena_printf (self->arena, "with l as (update \"%s\".lease set "
        "epoch = epoch + 1, holder = '') update \"%s\".cursor set sequence = %lld, event_sequence = %lld, "
        "event_id = $1 where source = $2", consumer->schema, consumer->schema, (long long) consumer->common,
        (long long) consumer->common), 2, values);
    DB_FREE (done);
    return done ? s_record (self, consumer->schema, "rewind", consumer->common + 1, consumer->applied,
                            arena_printf (self->arena, "reads %s again from here", self->what->publisher))
                : s_fail (self);
}

static bool
s_mend (self_t *self)
{
    bool done = s_close_numbers (self);
    for (int i = 0; done && i < self->count; i++)
        if (self->consumers [i].is_set_back)
            done = s_set_back (self, &self->consumers [i]);
    return done;
}

bool
resync_run (db_t *db, const resync_t *resync, bool *ret_found, char error [512])
{
    self_t self = { .arena = arena_new (), .db = db, .what = resync, .error = error };
    *error = '\0';
    client_schema (resync->publisher, self.schema);
    bool done = db_run (db, "begin") ? s_look (&self) : s_fail (&self);
    *ret_found = done && (self.top > self.head || self.common < self.head);
    for (int i = 0; done && i < self.count; i++)
        *ret_found |= self.consumers [i].is_strange;
    if (done && *ret_found) {
        s_tell (&self);
        s_explain (&self);
        done = resync->dry_run || s_mend (&self);
    }
    if (!db_run (db, done && !resync->dry_run ? "commit" : "rollback") && done)
        done = s_fail (&self);
    if (!done && !*error)
        snprintf (error, 512, "the tables can not be read: has `fettle migrate` been run?");
    arena_destroy (&self.arena);
    return done;
}

/* ---- the command */

int
command_resync (int argc, char **argv)
{
    char error [512];
    resync_t resync = { .backup_id = "" };
    const option_t options [] = { { "--dry-run", OPTION_FLAG, &resync.dry_run, 0, 0 }, { 0 } };
    int count = options_take (argc, argv, options);
    if (count < 0)
        return EXIT_USAGE;
    if (count != 1)
        return fettle_usage ("resync", "give the service that was restored, such as billing.");
    if (!client_is_service (resync.publisher = argv [1], error))
        return fettle_usage ("resync", "%s", error);
    bool is_found = false;
    db_t *db = pg_tool_wake (false, error) ? pg_tool_connect (NULL, error) : NULL;
    if (!db) {
        pg_tool_sleep ();
        return fettle_fail (EXIT_UNREACHABLE, "resync", "%s", error);
    }
    bool done = resync_run (db, &resync, &is_found, error);
    db_close (&db);
    pg_tool_sleep ();
    if (!done)
        return fettle_fail (EXIT_NO, "resync", "%s Nothing was changed.", error);
    puts (!is_found ? "Nothing to resolve: every consumer has heard what this service has said."
          : resync.dry_run ? "Nothing was changed: this was --dry-run."
          : "Done: it goes on above these numbers, and its consumers with it within seconds. What others have done "
            "because of lost events stays done: `fettle audit` tells what no longer fits.");
    return EXIT_OK;
}
