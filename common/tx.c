/* tx - a turn's transaction: what handlers say, and running one of them. */
#include "tx.h"
#include "check.h"
#include "utf8.h"
#include "wire.h"
#include <stdio.h>
#include <string.h>

/* A frame on the bus holds 1 MiB: an event and what surrounds it must fit. */
enum { EVENT_BYTES_MAX = 512 * 1024 };

enum { SENTENCE_MAX = 500 };

static int
s_count_entities (const service_t *service)
{
    int count = 0;
    while (service->entities && service->entities [count])
        count++;
    return count;
}

void
tx_begin (tx_t *tx, int64_t now)
{
    id_source_t *ids = tx->ids;
    arena_t *arena = tx->arena;
    const service_t *service = tx->service;
    peek_fn *peek = tx->peek;
    void *peek_store = tx->peek_store;
    *tx = (tx_t) { .arena = arena, .peek = peek, .peek_store = peek_store, .service = service, .ids = ids,
        .ids_at_begin = *ids, .now = now };
    int count = s_count_entities (service);
    tx->tables = arena_array (arena, (size_t) count + 2, sizeof *tx->tables);
    for (int i = 0; i < count; i++)
        tx->tables [i].entity = service->entities [i];
    tx->tables [count].entity = &reply_entity;
    tx->tables [count + 1].entity = &timer_entity;
    tx->table_count = count + 2;
}

void
tx_rewind (tx_t *tx)
{
    for (int i = 0; i < tx->table_count; i++)
        rows_rewind (&tx->tables [i]);
    tx->emit_count = tx->geo_count = tx->effect_count = tx->timer_count = tx->want_count = 0;
    tx->observation_count = 0;
    tx->are_changes_known = false;
    tx->timer_map = (map_t) { 0 };
    *tx->ids = tx->ids_at_begin;
    tx->wanting = false;
}

static void
s_verdict_none (message_t *message)
{
    message->status = 0;
    message->code = message->message = message->subject = "";
    message->answer = NULL;
    message->kept = NULL;
}

void
tx_call_handler (tx_t *tx, message_t *message)
{
    typedef void (typed_fn) (tx_t *, const void *);
    packed_event_t packed = { message->handler->type, message->raw };
    ((typed_fn *) message->handler->run) (tx, message->handler->is_packed ? &packed : message->body);
}

/* volatile is not needed: nothing local changes between setjmp and longjmp. */
run_t
tx_run (tx_t *tx, message_t *message, call_fn *call)
{
    tx->at_hand = message;
    tx->correlation = message->correlation;
    tx->are_changes_known = false;
    s_verdict_none (message);
    int how = setjmp (tx->abandon);
    if (how)
        return (run_t) how;
    call (tx, message);
    return RAN;
}

int64_t tx_now (tx_t *tx) { return tx->now; }
const char *tx_speaker (tx_t *tx) { return tx->at_hand->speaker ? tx->at_hand->speaker : ""; }
bool tx_may_speak_for (tx_t *tx, const char *id) { return !*tx_speaker (tx) || strcmp (tx_speaker (tx), id) == 0; }
char *tx_actor (tx_t *tx) { return tx->at_hand->actor ? tx->at_hand->actor : ""; }
char *tx_message_id (tx_t *tx) { return tx->at_hand->id ? tx->at_hand->id : ""; }
char *tx_correlation (tx_t *tx) { return is_empty (tx->correlation) ? tx_message_id (tx) : tx->correlation; }
arena_t *tx_arena (tx_t *tx) { return tx->arena; }
uint64_t tx_random (tx_t *tx) { return id_random (tx->ids); }

int64_t
tx_time (tx_t *tx)
{
    int64_t time = tx->at_hand->time;
    return time && time < tx->now ? time : tx->now;
}

int64_t
tx_recorded (tx_t *tx)
{
    return tx->at_hand->recorded_at ? tx->at_hand->recorded_at : tx->now;
}

void
tx_correlate (tx_t *tx, const char *root_id)
{
    if (!is_empty (root_id))
        tx->correlation = arena_strdup (tx->arena, root_id);
}

char *
tx_printf (tx_t *tx, const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    char *text = arena_vprintf (tx->arena, format, arguments);
    va_end (arguments);
    return text;
}

char *
tx_id (tx_t *tx)
{
    char *id = arena_alloc (tx->arena, ID_SIZE);
    id_new (tx->ids, tx->now, id);
    return id;
}

blob_t
tx_pack (tx_t *tx, const ProtobufCMessage *message)
{
    size_t size = protobuf_c_message_get_packed_size (message);
    uint8_t *bytes = arena_piece (tx->arena, size + 1);
    protobuf_c_message_pack (message, bytes);
    return (blob_t) { bytes, size };
}

ProtobufCMessage *
tx_unpack_message (tx_t *tx, const ProtobufCMessageDescriptor *type, blob_t blob)
{
    ProtobufCAllocator allocator = arena_protobuf (tx->arena);
    ProtobufCMessage *message = protobuf_c_message_unpack (type, &allocator, blob.size, blob.data ? blob.data
        : (const uint8_t *) "");
    check (message);
    return message;
}

const ProtobufCMessage *
tx_open (tx_t *tx, const packed_event_t *event)
{
    wire_error_t error;
    const ProtobufCMessage *message = wire_unpack (tx->arena, event->type, event->bytes.data, event->bytes.size,
        &wire_event_limits, &error);
    if (!message)
        tx_fail (tx, "%s: %s", wire_code_name (error.code), error.sentence);
    return message;
}

/* The first field names what the event is about. */
static const char *
s_subject (tx_t *tx, const ProtobufCMessage *event)
{
    const ProtobufCFieldDescriptor *first = event->descriptor->n_fields ? &event->descriptor->fields [0] : NULL;
    if (!first || first->type != PROTOBUF_C_TYPE_STRING || first->label == PROTOBUF_C_LABEL_REPEATED)
        return "";
    const char *text = *(char *const *) ((const char *) event + first->offset);
    return arena_strdup (tx->arena, text ? text : "");
}

static void
s_emit (tx_t *tx, int64_t happened_at, const ProtobufCMessage *event, blob_t data)
{
    message_t *cause = tx->at_hand;
    if (data.size > EVENT_BYTES_MAX)
        tx_fail (tx, "it says a %s of %zu bytes: an event holds at most %d", event->descriptor->name, data.size,
            EVENT_BYTES_MAX);
    *TX_PUSH (tx, tx->emits, tx->emit_count, tx->emit_capacity) = (emit_t) {
        .type = event->descriptor, .subject = s_subject (tx, event), .correlation = tx_correlation (tx),
        .causation = tx_message_id (tx), .actor = tx_actor (tx), .traceparent = cause->traceparent, .cause = cause,
        .time = happened_at, .data = data,
    };
}

void
tx_emit_at (tx_t *tx, int64_t happened_at, const ProtobufCMessage *event)
{
    s_emit (tx, happened_at, event, tx_pack (tx, event));
}

void
tx_emit_packed (tx_t *tx, const ProtobufCMessage *event, blob_t packed)
{
    s_emit (tx, tx_time (tx), event, packed);
}

void
tx_emit (tx_t *tx, const ProtobufCMessage *event)
{
    tx_emit_at (tx, tx_time (tx), event);
}

void
tx_accept (tx_t *tx, const char *subject_id)
{
    tx->at_hand->subject = arena_strdup (tx->arena, subject_id);
}

/* A sentence shows the value that was wrong, and values come from strangers: an answer is read by people and kept
 * for good. */
static char *
s_cut (char *sentence)
{
    if (strlen (sentence) > SENTENCE_MAX) {
        sentence [SENTENCE_MAX - 3] = '\0';
        utf8_trim (sentence);
        memcpy (sentence + strlen (sentence), "...", 4);
    }
    return sentence;
}

void
tx_reject (tx_t *tx, const char *code, const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    tx->at_hand->status = STATUS_REJECTED;
    tx->at_hand->code = arena_strdup (tx->arena, code);
    tx->at_hand->message = s_cut (arena_vprintf (tx->arena, format, arguments));
    va_end (arguments);
}

void
tx_answer (tx_t *tx, const ProtobufCMessage *answer)
{
    tx->at_hand->answer = tx_unpack_message (tx, answer->descriptor, tx_pack (tx, answer));
}

/* In a pass that misses rows nobody can tell yet: what looked impossible may be what was not loaded. */
void
tx_fail (tx_t *tx, const char *format, ...)
{
    if (tx->wanting)
        longjmp (tx->abandon, ABANDONED);
    va_list arguments;
    va_start (arguments, format);
    tx->at_hand->dead = arena_vprintf (tx->arena, format, arguments);
    va_end (arguments);
    longjmp (tx->abandon, FAILED);
}

void
tx_timer_set (tx_t *tx, const char *kind, const char *id, int64_t due_at)
{
    char *key = tx_printf (tx, "%s:%s", kind, id);
    void **slot = map_at (&tx->timer_map, tx->arena, key);
    if (!*slot) {
        *slot = arena_alloc (tx->arena, sizeof (timer_op_t));
        *TX_PUSH (tx, tx->timers, tx->timer_count, tx->timer_capacity) = *slot;
    }
    *(timer_op_t *) *slot = (timer_op_t) { key, due_at };
}

void
tx_timer_clear (tx_t *tx, const char *kind, const char *id)
{
    tx_timer_set (tx, kind, id, 0);
}

void
tx_effect (tx_t *tx, const ProtobufCMessage *message)
{
    *TX_PUSH (tx, tx->effects, tx->effect_count, tx->effect_capacity) =
        tx_unpack_message (tx, message->descriptor, tx_pack (tx, message));
}

void
tx_geo (tx_t *tx, const char *id, double latitude, double longitude, int64_t fixed_at)
{
    *TX_PUSH (tx, tx->geos, tx->geo_count, tx->geo_capacity) =
        (geo_op_t) { arena_strdup (tx->arena, id), latitude, longitude, fixed_at, false };
}

void
tx_geo_remove (tx_t *tx, const char *id)
{
    *TX_PUSH (tx, tx->geos, tx->geo_count, tx->geo_capacity) =
        (geo_op_t) { .id = arena_strdup (tx->arena, id), .remove = true };
}

void
tx_observe (tx_t *tx, const figure_t *figure, double value)
{
    *TX_PUSH (tx, tx->observations, tx->observation_count, tx->observation_capacity) =
        (observation_t) { figure, value };
}

const char *
tx_origin_name (origin_t origin)
{
    static const char *const names [] = {
        [ORIGIN_EVENT] = "event", [ORIGIN_COMMAND] = "command", [ORIGIN_QUERY] = "query", [ORIGIN_TIMER] = "timer",
        [ORIGIN_EVERY] = "every", [ORIGIN_RESULT] = "result" };
    return names [origin];
}
