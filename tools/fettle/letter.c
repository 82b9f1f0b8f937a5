#include "letter.h"
#include "base64.h"
#include "bus.h"
#include "moment.h"
#include "show.h"
#include "writer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUERY_MAX = 16384, COLUMNS = 12 };

bool
letter_is_state (const char *state)
{
    static const char *const states [] = { "dead", "retry", "retried", "dropped", "all" };
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp (states [i], state) == 0)
            return true;
    return false;
}

/* All letters of all schemas, as a table. */
static char *
s_query (arena_t *arena, const char *rest)
{
    writer_t writer = writer_new (arena, QUERY_MAX);
    char schema [64];
    writer_add_text (&writer, "select * from (");
    for (int i = 0; bus_services [i]; i++) {
        client_schema (bus_services [i], schema);
        writer_add_text (&writer, arena_printf (arena, "%sselect '%s' as service, id, (extract (epoch from "
            "received_at) * 1000)::bigint "
            "as received, origin, source, sequence, message_id, type, correlation_id, reason, state, encode (body, "
            "'base64') as body "
            "from \"%s\".dead_letter", i ? " union all " : "", bus_services [i], schema));
    }
    writer_add_text (&writer, ") as letter where ");
    writer_add_text (&writer, rest);
    writer_add_text (&writer, " order by received, service, id");
    return writer_text (&writer);
}

static letter_row_t
s_row (arena_t *arena, const PGresult *result, int i)
{
    char *text [COLUMNS];
    size_t size;
    for (int c = 0; c < COLUMNS; c++)
        text [c] = arena_strdup (arena, DB_VALUE (result, i, c));
    for (char *from = text [11], *to = text [11];; from++)
        if (*from != '\n' && !(*to++ = *from))
            break;
    const uint8_t *body = base64_decode (arena, text [11], &size);
    return (letter_row_t) {
        .service = text [0], .name = arena_printf (arena, "%s:%s", text [0], text [1]), .id = strtoll (text [1],
            NULL, 10),
        .received_at = strtoll (text [2], NULL, 10), .origin = text [3], .source = text [4],
        .sequence = strtoll (text [5], NULL, 10),
        .message_id = text [6], .type = text [7], .correlation_id = text [8], .reason = text [9], .state = text [10],
        .body = { body, body ? size : 0 } };
}

static letter_row_t *
s_ask (db_t *db, arena_t *arena, const char *rest, const char *const *params, int param_count, int *ret_count)
{
    PGresult *result = db_query (db, s_query (arena, rest), param_count, params);
    *ret_count = result ? DB_ROWS (result) : 0;
    letter_row_t *rows = arena_array (arena, (size_t) *ret_count + 1, sizeof *rows);
    for (int i = 0; i < *ret_count; i++)
        rows [i] = s_row (arena, result, i);
    DB_FREE (result);
    return rows;
}

bool
letter_check (db_t *db, char error [512])
{
    arena_t *arena = arena_new ();
    PGresult *result = db_query (db, s_query (arena, "false"), 0, NULL);
    if (!result)
        snprintf (error, 512, "The tables can not be read: %.300s. Has `fettle migrate` been run?", db_error (db));
    bool ok = result != NULL;
    DB_FREE (result);
    arena_destroy (&arena);
    return ok;
}

letter_row_t *
letter_list (db_t *db, arena_t *arena, const letter_filter_t *filter, int *ret_count)
{
    const char *state = filter->state && strcmp (filter->state, "all") != 0 ? filter->state : NULL;
    return s_ask (db, arena, "($1::text is null or service = $1) and ($2::text is null or strpos (lower (reason), "
        "lower ($2)) > 0) "
        "and ($3::text is null or strpos (lower (type), lower ($3)) > 0) and ($4::text is null or state = $4)",
        (const char *[]) { filter->service, filter->reason, filter->type, state }, 4, ret_count);
}

letter_row_t *
letter_find (db_t *db, arena_t *arena, const char *name, const char *service, char error [512])
{
    int count;
    const char *colon = strrchr (name, ':'), *number = colon ? colon + 1 : name;
    const char *of = colon ? arena_copy (arena, name, (size_t) (colon - name)) : service;
    if (!*number || strspn (number, "0123456789") != strlen (number) || strlen (number) > 18) {
        snprintf (error, 512, "%.80s is no id of a dead letter: they look like billing:12.", name);
        return NULL;
    }
    letter_row_t *rows = s_ask (db, arena, "id = $1::bigint and ($2::text is null or service = $2)",
        (const char *[]) { number, of }, 2,
                                &count);
    if (count == 1)
        return rows;
    if (count == 0)
        snprintf (error, 512, "There is no dead letter %.80s: `fettle dead list --state all` shows what there is.",
            name);
    else
        snprintf (error, 512, "%d services have a dead letter %.80s: say which, %s or %s.", count, name,
        rows [0].name, rows [1].name);
    return NULL;
}

bool
letter_mark (db_t *db, const letter_row_t *row, const char *state, char error [512])
{
    arena_t *arena = arena_new ();
    char schema [64];
    client_schema (row->service, schema);
    PGresult *result = db_query (db, arena_printf (arena, "update \"%s\".dead_letter set state = $1 where id = %lld "
        "and (state = 'dead' "
        "or (state = 'retry' and $1 = 'dropped')) returning id", schema, (long long) row->id), 1, &state);
    bool is_marked = result && DB_ROWS (result) == 1;
    if (!is_marked)
        snprintf (error, 512, "%s was not changed: %s%s.", row->name, result ? "it is " : "", result
            ? row->state : db_error (db));
    DB_FREE (result);
    arena_destroy (&arena);
    return is_marked;
}

static void
s_add_body (arena_t *arena, json_t *object, const letter_row_t *row)
{
    ProtobufCMessage *message = show_open (arena, row->type, row->body.data, row->body.size);
    if (message)
        json_object_set_new (object, "data", json_value_from_message (message, 0));
    else
        json_object_set_new (object, "bodyBase64", json_string (base64_encode (arena, row->body.data,
        row->body.size)));
}

json_t *
letter_json (arena_t *arena, const letter_row_t *row, bool with_body)
{
    char received [MOMENT_SIZE];
    moment_print (row->received_at, received);
    json_t *object = json_pack ("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:s}", "id", row->name,
        "service", row->service,
        "state", row->state, "receivedAt", received, "origin", row->origin, "source", row->source, "sequence",
        (json_int_t) row->sequence,
        "messageId", row->message_id, "type", row->type, "correlationId", row->correlation_id, "reason",
        row->reason);
    if (with_body)
        s_add_body (arena, object, row);
    return object;
}
