/* db_schema - the statements that an entity's declaration makes, and whether the schema is what it declares. */
#include "db_schema.h"
#include <stdio.h>
#include <string.h>

static const char *const s_sql_type [] = {
    [FIELD_text] = "text", [FIELD_int] = "bigint", [FIELD_enum] = "integer", [FIELD_bool] = "boolean",
    [FIELD_real] = "float8", [FIELD_time] = "timestamptz", [FIELD_blob] = "bytea",
};

/* ---- statements, made from the declaration */

static char *
s_fields (arena_t *arena, const entity_t *entity, const char *format)
{
    char *list = "";
    for (int i = 0; i < entity->field_count; i++) {
        const char *name = entity->fields [i].name;
        char *one = strcmp (format, "%s=u.%s") == 0 ? arena_printf (arena, "\"%s\" = u.\"%s\"", name, name)
                  : arena_printf (arena, "\"%s\"", name);
        list = arena_printf (arena, "%s%s%s", list, i ? ", " : "", one);
    }
    return list;
}

/* The columns of all fields, each in a format. */
static char *
s_columns (arena_t *arena, const entity_t *entity, const char *format)
{
    char *list = "";
    for (int i = 0; i < entity->field_count; i++) {
        char *column = arena_printf (arena, "$%d::%s[]", i + 1, s_sql_type [entity->fields [i].kind]);
        list = arena_printf (arena, "%s%s%s", list, i ? ", " : "",
            strcmp (format, "unnest (%s)") == 0 ? arena_printf (arena, "unnest (%s)", column) : column);
    }
    return list;
}

const char *
db_schema_name (arena_t *names, const entity_t *entity, const char *what)
{
    return arena_printf (names, "%s.%s", entity->name, what);
}

const char *
db_schema_page_name (arena_t *names, const entity_t *entity, const char *index)
{
    return arena_printf (names, "%s.page.%s", entity->name, index);
}

void
db_schema_prepare (db_t *db, arena_t *a, const entity_t *entity)
{
    const char *key = entity->fields [0].name, *fields = s_fields (a, entity, "%s");
    char *select = arena_printf (a, "select %s from \"%s\"", fields, entity->name);
    db_prepare (db, db_schema_name (a, entity, "*"), select);
    db_prepare (db, db_schema_name (a, entity, "key"), arena_printf (a, "%s where \"%s\" = any ($1::text[])", select,
        key));
    for (int i = 0; i < ENTITY_MAX_INDEXES && entity->indexes [i]; i++) {
        const char *index = entity->indexes [i];
        db_prepare (db, db_schema_name (a, entity, index),
            arena_printf (a, "%s where \"%s\" = any ($1::text[]) and \"%s\" <> ''", select, index, index));
        db_prepare (db, db_schema_page_name (a, entity, index), arena_printf (a, "select t.*, p.number from "
            "unnest ($1::text[], $2::text[], $3::bigint[]) with ordinality as p (value, after, max, number), lateral "
            "(%s where \"%s\" = p.value and \"%s\" <> '' and \"%s\" collate \"C\" > p.after "
            "order by \"%s\" collate \"C\" limit p.max) as t order by p.number, t.\"%s\" collate \"C\"",
            select, index, index, key, key, key));
    }
    /* in the list of the select: as a table, the columns would be kept once more before they are read */
    db_prepare (db, db_schema_name (a, entity, "insert"),
        arena_printf (a, "insert into \"%s\" (%s) select %s", entity->name, fields,
            s_columns (a, entity, "unnest (%s)")));
    db_prepare (db, db_schema_name (a, entity, "update"),
        arena_printf (a, "update \"%s\" as t set %s from unnest (%s) as u (%s) where t.\"%s\" = u.\"%s\"",
            entity->name, s_fields (a, entity, "%s=u.%s"), s_columns (a, entity, "%s"), fields, key, key));
    db_prepare (db, db_schema_name (a, entity, "delete"),
        arena_printf (a, "delete from \"%s\" where \"%s\" = any ($1::text[])", entity->name, key));
}

/* The function of the same name, without being planned anew in each turn. */
#define FENCE(more) \
    "with moved as (update lease as l set last_sequence = greatest (p.last, l.last_sequence), " \
    "renewed_at = clock_timestamp () from unnest ($1::bigint[], $2::bigint[], $3::bigint[]) " \
    "as p (epoch, first, last) where l.epoch = p.epoch and l.last_sequence = p.first - 1 returning 1) " \
    "select 1 / count (*)" more " from moved"

static const struct { const char *name, *text; } s_statements [] = {
    { "fence", FENCE ("") },
    /* this commit does not wait for the disk; who tells of it waits for a barrier */
    { "fence_unhurried", FENCE (", set_config ('synchronous_commit', 'off', true)") },
    { "segment", "with said as (insert into segment (first_sequence, last_sequence, recorded_at, events) select * from "
                 "unnest ($1::bigint[], $2::bigint[], $3::timestamptz[], $4::bytea[])) "
                 "insert into trail (correlation_id, last_sequence) "
                 "select unnest ($5::text[]), unnest ($6::bigint[])" },
    { "cursor", "insert into cursor as c (source, sequence, event_id, event_sequence) "
                "select source, sequence, event_id, sequence "
                "from unnest ($1::text[], $2::bigint[], $3::text[]) as p (source, sequence, event_id) "
                "on conflict (source) do update set sequence = excluded.sequence, event_id = excluded.event_id, "
                "event_sequence = excluded.event_sequence where excluded.sequence > c.sequence" },
    { "timer_set", "insert into timer (id, due_at) select * from unnest ($1::text[], $2::timestamptz[]) "
                   "on conflict (id) do update set due_at = excluded.due_at" },
    { "timer_clear", "delete from timer where id = any ($1::text[])" },
    { "dead", "insert into dead_letter (origin, source, sequence, message_id, type, correlation_id, body, reason) "
        "select * from "
              "unnest ($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bytea[], "
                  "$8::text[])" },
    { "due", "select t.id, t.due_at from unnest ($1::timestamptz[], $2::timestamptz[], $3::bigint[]) "
             "as p (after, until, max), lateral (select id, due_at from timer "
             "where due_at > p.after and due_at <= p.until order by due_at limit p.max) as t" },
    { "now", "select (extract (epoch from clock_timestamp ()) * 1000)::bigint" },
    /* bounded on both sides, in events and in bytes: a publisher with a long history must not be scanned to its end,
     * and the answer must fit into a frame */
    { "replay", "select s.events from unnest ($1::bigint[], $2::bigint[], $3::bigint[]) as p (after, until, max), "
                "lateral ("
                "select r.events from (select g.events, g.first_sequence, "
                "sum (length (g.events)) over (order by g.last_sequence) - length (g.events) as bytes_before "
                "from (select * from segment where last_sequence > p.after and last_sequence <= p.until "
                "order by last_sequence limit p.max) as g) as r "
                "where r.first_sequence <= p.after + p.max and r.bytes_before < 131072 order by r.first_sequence) as "
                    "s" },
    { "consumer", "with made as (insert into consumer (name, owner) select * from unnest ($1::text[], $2::text[]) "
                  "on conflict (name) do nothing) select case when c.owner = p.owner then c.sequence else -1 end "
                  "from unnest ($1::text[], $2::text[]) as p (name, owner) join consumer c using (name)" },
    { "acknowledge", "update consumer as c set sequence = greatest (c.sequence, p.sequence), seen_at = now () "
                     "from unnest ($1::text[], $2::bigint[]) as p (name, sequence) where c.name = p.name" },
    { "retries", "select id, origin, source, message_id, type, correlation_id, body from dead_letter "
                 "where state = 'retry' order by id limit 100" },
    { "retried", "update dead_letter set state = 'retried' where id = any ($1::bigint[])" },
    { "dead_count", "select count (*) from dead_letter where state = 'dead'" },
    { "cursors", "select source, sequence, case when event_sequence = sequence then event_id else '' end from cursor" },
};

void
db_schema_prepare_common (db_t *db)
{
    for (size_t i = 0; i < sizeof s_statements / sizeof *s_statements; i++)
        db_prepare (db, s_statements [i].name, s_statements [i].text);
}

/* ---- is the schema what the declaration says? */

static bool
s_column_fits (const field_t *field, const char *type)
{
    static const char *const types [] = {
        [FIELD_text] = "text", [FIELD_int] = "bigint", [FIELD_enum] = "integer", [FIELD_bool] = "boolean",
        [FIELD_real] = "double precision", [FIELD_time] = "timestamp with time zone", [FIELD_blob] = "bytea",
    };
    return strcmp (types [field->kind], type) == 0;
}

bool
db_schema_fits (db_t *db, const entity_t *entity, char error [512])
{
    PGresult *columns = db_query (db, "select column_name, data_type from information_schema.columns "
        "where table_schema = current_schema () and table_name = $1", 1, &entity->name);
    if (!columns)
        return snprintf (error, 512, "%s", db_error (db)), false;
    error [0] = '\0';
    for (int i = 0; i < entity->field_count && !error [0]; i++) {
        const field_t *field = &entity->fields [i];
        int row = 0;
        while (row < PQntuples (columns) && strcmp (PQgetvalue (columns, row, 0), field->name) != 0)
            row++;
        if (row == PQntuples (columns))
            snprintf (error, 512, "table %s has no column %s: run fettle migrate", entity->name, field->name);
        else if (!s_column_fits (field, PQgetvalue (columns, row, 1)))
            snprintf (error, 512, "%s.%s is %s in the database, the program declares %s", entity->name, field->name,
                      PQgetvalue (columns, row, 1), s_sql_type [field->kind]);
    }
    PQclear (columns);
    return !error [0];
}

