/* turn - what a handler sees.
 *
 * A turn takes everything that waits, runs the handlers over memory, saves what changed, commits, then
 * publishes and answers. Handlers are pure: no I/O, no clock but tx_now, no chance but tx_random.
 *
 * tx_get and tx_find return what the turn has loaded. What it has not loaded yet it notes, abandons the handler
 * (nothing to free: all memory is the turn's arena) and runs it again when the rows are there. So a handler
 * may be run several times before it counts: look up first, then change, then speak. */
#pragma once
#include "arena.h"
#include "entity.h"
#include "messages.h"

typedef struct tx_t tx_t;

/* ---- when, who, why */

int64_t tx_now (tx_t *tx);                  /* ms UTC; the same for the whole turn */
int64_t tx_time (tx_t *tx);                 /* ms UTC; when the message at hand happened, never later than tx_now */
int64_t tx_recorded (tx_t *tx);             /* ms UTC; when the publisher of the event kept it; else tx_now */
char *tx_actor (tx_t *tx);                  /* "engineer:li-wei", "key:gateway-7", "service:intake"; never NULL */
/* The engineer or provider for whom alone the sender of the command may speak; "" he may for anybody. */
const char *tx_speaker (tx_t *tx);
/* True when he may speak for this one; "" is nobody's. */
bool tx_may_speak_for (tx_t *tx, const char *id);
char *tx_message_id (tx_t *tx);             /* id of the command or event at hand */
char *tx_correlation (tx_t *tx);            /* the root of the story, inherited by what is emitted */
void tx_correlate (tx_t *tx, const char *root_id);  /* from here on in this handler: the story is that one */

/* ---- memory of the turn */

arena_t *tx_arena (tx_t *tx);
char *tx_printf (tx_t *tx, const char *format, ...) __attribute__ ((format (printf, 2, 3)));
char *tx_id (tx_t *tx);                     /* a new UUIDv7 */
uint64_t tx_random (tx_t *tx);
static inline bool is_empty (const char *text) { return !text || !*text; }

/* ---- rows. What is changed in place is saved by the turn. */

typedef struct { void **rows; int count; } list_t;      /* in order of key; rows ends with NULL */

#define tx_get(tx, type, id)            ((type##_t *) tx_get_row (tx, &type##_entity, id))
#define tx_find(tx, type, field, value) tx_find_rows (tx, &type##_entity, #field, value)
#define tx_page(tx, type, field, value, after_id, limit) \
    tx_page_rows (tx, &type##_entity, #field, value, after_id, limit)
#define tx_all(tx, type)                tx_all_rows (tx, &type##_entity)    /* ENTITY_CACHED only */
#define tx_put(tx, type, ...)           ((type##_t *) tx_put_row (tx, &type##_entity, &(type##_t) __VA_ARGS__))
#define tx_delete(tx, type, row)        tx_delete_row (tx, &type##_entity, row)
#define EACH(type, name, ...) \
    for (type##_t **name##_at_ = (type##_t **) (__VA_ARGS__).rows, *name; (name = *name##_at_); name##_at_++)

/* The row of this key, or NULL when there is none. "" and NULL are nobody's key. */
void *tx_get_row (tx_t *tx, const entity_t *entity, const char *id);
/* Whether there is one, for who puts one with this key if not: costs no look-up. The key refuses a second row; then the
 * turn is run again and everything is looked up (ADR 19). Not for keys that are often taken. */
#define tx_is_taken(tx, type, id)       tx_is_taken_row (tx, &type##_entity, id)
bool tx_is_taken_row (tx_t *tx, const entity_t *entity, const char *id);
/* The rows whose field (declared as an index) equals value. */
list_t tx_find_rows (tx_t *tx, const entity_t *entity, const char *field, const char *value);
/* The first of those rows whose key comes after after_id ("" from the start), at most limit of them: fewer only when
 * there are no more. For work on a multitude, a part in each turn. Not for ENTITY_CACHED. In Postgres it wants an
 * index on (field, key collate "C") where field <> ''. */
list_t tx_page_rows (tx_t *tx, const entity_t *entity, const char *field, const char *value, const char *after_id,
    int limit);
list_t tx_all_rows (tx_t *tx, const entity_t *entity);
/* A new row; strings and blobs are copied into the turn. Putting an existing key is a bug: get it first. */
void *tx_put_row (tx_t *tx, const entity_t *entity, const void *row);
void tx_delete_row (tx_t *tx, const entity_t *entity, void *row);
/* "I shall look this up too": noted with the other missing rows, so that independent look-ups cost one round trip
 * together. Changes nothing else; a handler is right without them. */
#define tx_expect(tx, type, id)                 tx_expect_row (tx, &type##_entity, id)
#define tx_expect_find(tx, type, field, value)  tx_expect_rows (tx, &type##_entity, #field, value)
void tx_expect_row (tx_t *tx, const entity_t *entity, const char *id);
void tx_expect_rows (tx_t *tx, const entity_t *entity, const char *field, const char *value);
/* tx_get, or tx_put of an empty row with that key. */
#define tx_need(tx, type, id)           ((type##_t *) tx_need_row (tx, &type##_entity, id))
void *tx_need_row (tx_t *tx, const entity_t *entity, const char *id);

/* A list of messages or one message kept in a row: packed and unpacked in the turn's memory.
 * blob_t b = tx_pack (tx, &message->base); decided_t *d = tx_unpack (tx, dispatch_decided, b); empty blob: all
 * defaults. */
blob_t tx_pack (tx_t *tx, const ProtobufCMessage *message);
#define tx_unpack(tx, type, blob) ((type##_t *) tx_unpack_message (tx, &type##_descriptor, blob))
ProtobufCMessage *tx_unpack_message (tx_t *tx, const ProtobufCMessageDescriptor *type, blob_t blob);

/* An event as it came, for who looks into few of them (EVENT_PACKED). */
typedef struct { const ProtobufCMessageDescriptor *type; blob_t bytes; } packed_event_t;
/* The message in it, in the turn's memory; one that can not be unpacked goes to dead_letter. */
const ProtobufCMessage *tx_open (tx_t *tx, const packed_event_t *event);

/* ---- speaking. The first field of an event is its subject. At most 512 KiB packed. */

void tx_emit (tx_t *tx, const ProtobufCMessage *event);
void tx_emit_at (tx_t *tx, int64_t happened_at, const ProtobufCMessage *event);
/* The same for what tx_pack has packed already, to keep it in a row. */
void tx_emit_packed (tx_t *tx, const ProtobufCMessage *event, blob_t packed);

/* The answer to the command at hand. Without any: ACCEPTED. A rejected command should have changed nothing. */
void tx_accept (tx_t *tx, const char *subject_id);
void tx_reject (tx_t *tx, const char *code, const char *format, ...) __attribute__ ((format (printf, 3, 4)));
void tx_answer (tx_t *tx, const ProtobufCMessage *answer);      /* queries only */

/* This event can never be handled: it goes to dead_letter with this reason, everything it changed is undone. */
_Noreturn void tx_fail (tx_t *tx, const char *format, ...) __attribute__ ((format (printf, 2, 3)));

/* ---- later. A durable timer is (kind, id); setting it again moves it. Fires once, at or after due_at, then is
 * gone. */

typedef struct { char *kind, *id; int64_t due_at; int64_t late_by_ms; } wakeup_t;

void tx_timer_set (tx_t *tx, const char *kind, const char *id, int64_t due_at);
void tx_timer_clear (tx_t *tx, const char *kind, const char *id);

/* ---- the world outside. After the commit the service's performer for this type of message is run with it on a
 * thread of its own; what it returns comes back as a message to the handler declared with RESULT. At most once: when
 * the process dies in between, nothing comes back; keep a row that says it was begun. */
void tx_effect (tx_t *tx, const ProtobufCMessage *effect);
/* A position for the map in Redis after the commit; lossy. */
void tx_geo (tx_t *tx, const char *id, double latitude, double longitude, int64_t fixed_at);
void tx_geo_remove (tx_t *tx, const char *id);
/* A value for the service's metrics page, counted after the commit into a histogram that begins anew with the process.
 * The figure is a constant of the service: its address is what tells it from others. At most 8 figures a service. */
typedef struct { const char *name, *help; double first_bucket; } figure_t;     /* the next is four times as wide */
void tx_observe (tx_t *tx, const figure_t *figure, double value);
